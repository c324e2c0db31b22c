//! Numbers a query can ask for, and the whole numbers an engine counts to get them.
//!
//! Engines answer [`Aggregate`]s, all exact integers, so that every engine agrees to the last digit; the
//! divisions are done once, here.

use crate::Period;

/// A number of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Metric {
    /// Distinct visitors.
    Visitors,
    /// Distinct sessions.
    Visits,
    /// Events named `pageview`.
    Pageviews,
    /// Events.
    Events,
    /// Events divided by the period's minutes.
    EventsPerMinute,
    /// The mean duration in seconds of the events that have one; nothing where none has.
    AvgDuration,
}

/// A whole number that an engine counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Aggregate {
    /// Events.
    Events,
    /// Events named `pageview`.
    Pageviews,
    /// Distinct visitors.
    Visitors,
    /// Distinct sessions.
    Sessions,
    /// The sum of durations, in milliseconds.
    DurationSum,
    /// Events that have a duration.
    DurationCount,
}

impl Metric {
    /// Its name in the query grammar and in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Visitors => "visitors",
            Self::Visits => "visits",
            Self::Pageviews => "pageviews",
            Self::Events => "events",
            Self::EventsPerMinute => "events_per_minute",
            Self::AvgDuration => "avg_duration",
        }
    }

    /// What an engine counts for it.
    pub fn aggregates(self) -> &'static [Aggregate] {
        match self {
            Self::Visitors => &[Aggregate::Visitors],
            Self::Visits => &[Aggregate::Sessions],
            Self::Pageviews => &[Aggregate::Pageviews],
            Self::Events | Self::EventsPerMinute => &[Aggregate::Events],
            Self::AvgDuration => &[Aggregate::DurationSum, Aggregate::DurationCount],
        }
    }

    /// The metric's value from its aggregates, in the order of [`Self::aggregates`].
    pub fn value(self, counted: &[i64], period: &Period) -> Option<f64> {
        match (self, counted) {
            (Self::EventsPerMinute, [events]) => Some(*events as f64 / period.minutes()),
            (Self::AvgDuration, [_, 0]) => None,
            (Self::AvgDuration, [sum, count]) => Some(*sum as f64 / 1_000.0 / *count as f64),
            (_, [count]) => Some(*count as f64),
            _ => None,
        }
    }
}
