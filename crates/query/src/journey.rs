//! Journeys: what sessions go on to after something, or what they come from before it.
//!
//! A session's *stations* are its page views, named by their path, or all that was done in it: page views by their
//! path and other events by their name, but not those named `engagement`. A page view without a path is no station,
//! and one like the station before it is no further one. A journey begins at the *anchor*: going onward from its
//! first occurrence in the session, going back from its last. Without an anchor it begins at the session's start or
//! end, and the first station is the first step. Only events of the range that pass the query's filter take part.

mod fold;
#[cfg(test)]
mod tests;

use millrace_event::SiteId;

use crate::check::{check_filter, check_period};
use crate::fold::{asks_of_engagement, check_filter_of, done};
use crate::{By, Context, Dimension, Filter, Period, QueryError, Range, Selection, Walk};

pub use fold::JourneyFold;

/// A question about journeys in a site's own terms.
#[derive(Clone, Debug, PartialEq)]
pub struct Journey {
    /// Whose events.
    pub site: SiteId,
    /// When.
    pub range: Range,
    /// Which events.
    pub filter: Filter,
    /// What the stations are.
    pub of: JourneyOf,
    /// Where journeys begin.
    pub anchor: Option<Anchor>,
    /// Which way they go.
    pub heading: Heading,
    /// How many stations after the anchor.
    pub steps: usize,
    /// How many branches are named at each station.
    pub branches: usize,
}

/// What the stations are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JourneyOf {
    /// Paths of page views.
    Pages,
    /// Paths of page views, and names of other events.
    Events,
}

/// Where journeys begin.
#[derive(Clone, Debug, PartialEq)]
pub enum Anchor {
    /// At a station of this name.
    Station(String),
    /// At an event that passes, station or not; if it is one named `engagement`, only where the filter names those or
    /// asks how far a page was seen. Where it is no station, the station next to it counts whatever its name.
    Event(Filter),
}

/// Which way journeys go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heading {
    /// To what follows.
    Onward,
    /// To what was before.
    Back,
}

/// A question about journeys that every engine can walk.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckedJourney {
    journey: Journey,
    period: Period,
}

/// Where sessions went.
#[derive(Clone, Debug, PartialEq)]
pub struct JourneyAnswer {
    /// The sessions that have the anchor, or without one a station, and where they went from there.
    pub start: JourneyNode,
    /// There were more ways than are told apart: some sessions are in a node's `other` that belong to one of its
    /// branches, or to one that would be named.
    pub approximate: bool,
}

/// Sessions that went the same way so far. Each is in one of `branches`, `other` and `ended`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JourneyNode {
    /// How many.
    pub sessions: u64,
    /// Where they went, by name: the most sessions first, then by bytes. None at the last step.
    pub branches: Vec<(String, JourneyNode)>,
    /// Those that went elsewhere; at the last step all that went on.
    pub other: u64,
    /// Those that went no further.
    pub ended: u64,
}

impl Journey {
    /// How many steps where the request does not say.
    pub const STEPS: usize = 4;
    /// The most steps.
    pub const MOST_STEPS: usize = 10;
    /// How many branches where the request does not say.
    pub const BRANCHES: usize = 5;
    /// The most branches.
    pub const MOST_BRANCHES: usize = 20;

    /// Checks the question; answers the first thing that is wrong.
    pub fn check(self, context: Context<'_>) -> Result<CheckedJourney, QueryError> {
        let bound = |field, value: usize, most: usize| match (1..=most).contains(&value) {
            true => Ok(()),
            false => Err(QueryError::new(field, format!("{field} is {value}: it must be 1 to {most}"))),
        };
        bound("steps", self.steps, Self::MOST_STEPS)?;
        bound("branches", self.branches, Self::MOST_BRANCHES)?;
        check_filter(&self.filter)?;
        if let Some(Anchor::Event(filter)) = &self.anchor {
            check_filter_of("anchor", filter)?;
        }
        let period = check_period(self.range, context)?;
        Ok(CheckedJourney { journey: self, period })
    }
}

impl CheckedJourney {
    /// The question.
    pub fn journey(&self) -> &Journey {
        &self.journey
    }

    /// When, as instants.
    pub fn period(&self) -> &Period {
        &self.period
    }

    /// The events it is counted from: marked as page views first, then as other stations, then as anchors.
    pub fn walk(&self) -> Walk {
        let journey = &self.journey;
        let pageview = Filter::Is(Dimension::Name, vec!["pageview".to_owned()]);
        let (mut marks, label, first_mark_label) = match journey.of {
            JourneyOf::Pages => (vec![pageview], Dimension::Page, None),
            JourneyOf::Events => (vec![pageview, done()], Dimension::Name, Some(Dimension::Page)),
        };
        if let Some(Anchor::Event(filter)) = &journey.anchor {
            marks.push(match asks_of_engagement(filter) {
                true => filter.clone(),
                false => filter.clone().and(done()),
            });
        }
        Walk {
            selection: Selection {
                site: journey.site.clone(),
                period: self.period,
                filter: journey.filter.clone(),
                subject: None,
            },
            by: By::Session,
            marks,
            marked_only: true,
            label: Some(label),
            first_mark_label,
        }
    }

    /// Counts them.
    pub fn fold(&self) -> JourneyFold {
        JourneyFold::new(self)
    }
}
