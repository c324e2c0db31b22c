//! Lists: events, sessions and visitors one by one.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use bytestring::ByteString;
use futures::stream::BoxStream;
use millrace_event::{Event, SessionId, SiteId, Timestamp, VisitorId};
use millrace_query::{Selection, Steps, Walk};

use crate::{Cursor, StoreError};

/// Reads a store's events one by one, persons in place of visitors.
#[async_trait]
pub trait EventReader: fmt::Debug + Send + Sync {
    /// Walks over events, one subject after the other. The stream may fail in its middle; what came before is no answer
    /// then.
    async fn walk(&self, walk: &Walk) -> Result<StepStream, StoreError>;

    /// Reads events. The stream may fail in its middle.
    async fn events(&self, list: &EventList) -> Result<EventStream, StoreError>;

    /// Sessions with an event in a selection: the latest start first, those of one instant by number, ascending.
    async fn sessions(&self, list: &SubjectList) -> Result<Vec<SessionSummary>, StoreError>;

    /// Visitors with an event in a selection: the latest event first, those of one instant by number, ascending.
    async fn visitors(&self, list: &SubjectList) -> Result<Vec<VisitorSummary>, StoreError>;

    /// The first and the last time of happening of a site's events, where it has any.
    async fn span(&self, site: &SiteId) -> Result<Option<(Timestamp, Timestamp)>, StoreError>;

    /// What happens now: one question for all figures of a moment, since they are asked again and again.
    async fn live(&self, question: &LiveQuestion) -> Result<LiveFigures, StoreError>;

    /// Events in order of arrival, each with the cursor after it: see [`ArrivalList`].
    async fn arrivals(&self, list: &ArrivalList) -> Result<Vec<(Cursor, Event)>, StoreError>;

    /// Answers a statement of somebody's own, in the engine's SQL, over one table: `events`, which has the site's events
    /// and nothing else. [`StoreError::Invalid`] where the statement is at fault.
    async fn sql(&self, question: &SqlQuestion) -> Result<SqlAnswer, StoreError>;
}

/// The events of a short period that ends now, and how they are counted.
#[derive(Clone, Debug, PartialEq)]
pub struct LiveQuestion {
    /// Which events.
    pub selection: Selection,
    /// The starts of buckets, ascending. An event before the first of them is in none.
    pub buckets: Vec<Timestamp>,
    /// The most names of events that buckets tell apart.
    pub names: usize,
    /// Entries of each list.
    pub top: usize,
}

/// The answer to a [`LiveQuestion`]: each list the most first, ties by the bytes of the name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LiveFigures {
    /// Distinct visitors.
    pub visitors: u64,
    /// Events.
    pub events: u64,
    /// Milliseconds of all events that have a duration.
    pub duration_ms: u64,
    /// Events that have one.
    pub durations: u64,
    /// Events of each bucket.
    pub buckets: Vec<LiveBucket>,
    /// Paths by page views.
    pub pages: Vec<(ByteString, u64)>,
    /// Elements by events.
    pub elements: Vec<(ByteString, u64)>,
    /// Sources of sessions by visitors.
    pub sources: Vec<(ByteString, u64)>,
    /// Countries of sessions by visitors.
    pub countries: Vec<(ByteString, u64)>,
}

/// The events of a bucket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LiveBucket {
    /// All of them.
    pub events: u64,
    /// Those of the most frequent names of the whole period, by name.
    pub names: BTreeMap<ByteString, u64>,
}

/// Events of a selection in order of arrival, from one cursor, excluded, to another, included.
#[derive(Clone, Debug, PartialEq)]
pub struct ArrivalList {
    /// Which events.
    pub selection: Selection,
    /// The cursor after which they arrived.
    pub after: Cursor,
    /// The last cursor that is of interest.
    pub until: Cursor,
    /// The most events.
    pub limit: usize,
}

/// A statement of somebody's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqlQuestion {
    /// Whose events.
    pub site: SiteId,
    /// One SELECT.
    pub text: String,
    /// The most rows of the answer; further ones are left out.
    pub most_rows: usize,
    /// How long it may take.
    pub timeout: Duration,
}

/// The answer to a [`SqlQuestion`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SqlAnswer {
    /// Names of the columns.
    pub columns: Vec<String>,
    /// A value for each column.
    pub rows: Vec<Vec<SqlValue>>,
    /// There were more rows.
    pub truncated: bool,
}

/// A value of a column.
#[derive(Clone, Debug, PartialEq)]
pub enum SqlValue {
    /// None.
    Null,
    /// A truth value.
    Boolean(bool),
    /// A whole number, or a decimal, by its digits.
    Number(String),
    /// A floating-point number that is finite.
    Float(f64),
    /// A text; of any other type, the text that the engine shows of it. Instants are RFC 3339.
    Text(String),
}

/// Events in pieces, as they are read.
pub type EventStream = BoxStream<'static, Result<Vec<Event>, StoreError>>;

/// A walk in pieces: see [`millrace_query::Walk`].
pub type StepStream = BoxStream<'static, Result<Steps, StoreError>>;

/// Events of a selection, by time of happening, those of one instant by arrival.
#[derive(Clone, Debug, PartialEq)]
pub struct EventList {
    /// Which events.
    pub selection: Selection,
    /// The last first, instead of the first.
    pub newest_first: bool,
    /// The most events.
    pub limit: Option<usize>,
    /// Events to pass over first.
    pub offset: usize,
}

/// Sessions or visitors who have an event in a selection.
#[derive(Clone, Debug, PartialEq)]
pub struct SubjectList {
    /// Which events.
    pub selection: Selection,
    /// The most of them.
    pub limit: usize,
    /// How many to pass over first.
    pub offset: usize,
}

/// A session as a whole: with its events of a day before and after the selection's period
/// ([`millrace_query::Period::of_sessions`]).
#[derive(Clone, Debug, PartialEq)]
pub struct SessionSummary {
    /// Its number.
    pub session: SessionId,
    /// The visitor of its opening event.
    pub visitor: VisitorId,
    /// The user of its opening event, where the client said so.
    pub user_id: Option<ByteString>,
    /// Its first event.
    pub start: Timestamp,
    /// Its last event.
    pub end: Timestamp,
    /// Its events.
    pub events: u64,
    /// Those of them named `pageview`.
    pub pageviews: u64,
    /// Those of them that are interactive.
    pub interactive: u64,
    /// What is known of it, in the order of [`millrace_query::VisitDimension::ALL`]; absent as it is.
    pub dimensions: Vec<Option<ByteString>>,
}

/// A visitor by the events of a selection alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VisitorSummary {
    /// Its number: the person's, where one is known.
    pub visitor: VisitorId,
    /// The last of the user ids by their bytes, where there is one.
    pub user_id: Option<ByteString>,
    /// The first event.
    pub first: Timestamp,
    /// The last event.
    pub last: Timestamp,
    /// Distinct sessions.
    pub sessions: u64,
    /// Events.
    pub events: u64,
    /// Events named `pageview`.
    pub pageviews: u64,
}

impl SqlValue {
    /// About the memory it takes.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Number(text) | Self::Text(text) => size_of::<Self>() + text.len(),
            _ => size_of::<Self>(),
        }
    }
}

/// About the most bytes of a [`SqlAnswer`]; rows beyond them are left out.
pub const SQL_BYTES: usize = 16 << 20;
