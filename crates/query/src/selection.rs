//! Events of a site, and walking over them one subject after the other: what funnels, retention, journeys and
//! engagement are counted from.

use bytestring::ByteString;
use millrace_event::{SessionId, SiteId, VisitorId};

use crate::{Dimension, Filter, Period};

/// Which events.
#[derive(Clone, Debug, PartialEq)]
pub struct Selection {
    /// Of which site.
    pub site: SiteId,
    /// When they happened.
    pub period: Period,
    /// Which of them; checked by [`Selection::check_filter`](crate::check).
    pub filter: Filter,
    /// Of whom, where it is one alone.
    pub subject: Option<Subject>,
}

/// One session or visitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A session.
    Session(SessionId),
    /// A visitor: the person, where one is known.
    Visitor(VisitorId),
}

/// A walk over the events of a selection, those of one subject together, in order of subject, time and arrival.
#[derive(Clone, Debug, PartialEq)]
pub struct Walk {
    /// Which events.
    pub selection: Selection,
    /// Whose steps belong together.
    pub by: By,
    /// What is asked of each event, up to [`Walk::MOST_MARKS`]; each is a bit of [`Steps::marks`].
    pub marks: Vec<Filter>,
    /// Events without a mark are passed over.
    pub marked_only: bool,
    /// A dimension of each event; not [`Dimension::Goal`] nor a time.
    pub label: Option<Dimension>,
    /// The dimension in its place for events that have the first mark: page views have their path in a list of names.
    /// Only together with `label`, and of the same kind.
    pub first_mark_label: Option<Dimension>,
}

/// Whose steps belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// A visitor's.
    Visitor,
    /// A session's.
    Session,
}

impl Walk {
    /// The most marks of a walk.
    pub const MOST_MARKS: usize = 16;
}

/// A piece of a walk: an entry of each list for each event.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Steps {
    /// Numbers of visitors or sessions, ascending; a piece may go on with the last subject of the one before.
    pub subjects: Vec<u64>,
    /// When, in milliseconds since 1970.
    pub timestamps: Vec<i64>,
    /// The marks that hold, the first of them as the lowest bit.
    pub marks: Vec<u32>,
    /// The label's text, [`Dimension::missing`] in place of an absent one; empty where none is asked for.
    pub labels: Vec<Option<ByteString>>,
}

/// One event of a piece.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step<'a> {
    /// Whose.
    pub subject: u64,
    /// When, in milliseconds since 1970.
    pub at: i64,
    /// The marks that hold.
    pub marks: u32,
    /// The label's text.
    pub label: Option<&'a ByteString>,
}

impl Steps {
    /// Its events, one by one.
    pub fn iter(&self) -> impl Iterator<Item = Step<'_>> {
        (0..self.subjects.len()).map(|place| Step {
            subject: self.subjects[place],
            at: self.timestamps[place],
            marks: self.marks[place],
            label: self.labels.get(place).and_then(Option::as_ref),
        })
    }
}
