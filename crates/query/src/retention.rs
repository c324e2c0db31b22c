//! Retention: of the visitors who started together, how many came back, and when.
//!
//! A visitor *starts* with the first of all their events that passes the query's filter and `start`; of everything
//! stored, not of the range alone. Visitors who start in the same bucket of the range are a *cohort*. A visitor
//! *returns* in a bucket with an event that passes the query's filter and `again` and is not before the starting one
//! in the order of time and arrival. Offset 0 is the bucket they started in, 1 the next; there the starting event
//! itself returns, if it passes `again`. Buckets are the site's days, weeks or months, which are not of one length.
//!
//! Buckets that start after now are not there.

mod fold;
#[cfg(test)]
mod tests;

use millrace_event::{SiteId, Timestamp};

use crate::check::check_filter;
use crate::fold::{check_filter_of, past_buckets};
use crate::{Breakdown, Buckets, By, Context, Filter, Interval, Period, QueryError, Range, Selection, Walk};

pub use fold::RetentionFold;

/// A question about retention in a site's own terms.
#[derive(Clone, Debug, PartialEq)]
pub struct Retention {
    /// Whose events.
    pub site: SiteId,
    /// When visitors started, and until when they may return.
    pub range: Range,
    /// Which events, for both what follows.
    pub filter: Filter,
    /// What makes a visitor start; [`Filter::all`] is to be seen at all.
    pub start: Filter,
    /// What makes a visitor return; [`Filter::all`] is anything.
    pub again: Filter,
    /// The width of a bucket: a day, a week or a month.
    pub interval: Interval,
    /// By the starting event.
    pub breakdown: Option<Breakdown>,
}

/// A question about retention that every engine can walk.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckedRetention {
    retention: Retention,
    period: Period,
    buckets: Buckets,
}

/// Who came back.
#[derive(Clone, Debug, PartialEq)]
pub struct RetentionAnswer {
    /// All cohorts.
    pub all: RetentionTable,
    /// The same for the breakdown's values: the most visitors first, then by bytes.
    pub groups: Vec<RetentionGroup>,
    /// The same for all other values, where there are any; shown as `(other)`.
    pub other: Option<RetentionTable>,
    /// A bound was reached: values were not told apart. Of all cohorts the figures are exact.
    pub approximate: bool,
}

/// One value of the breakdown.
#[derive(Clone, Debug, PartialEq)]
pub struct RetentionGroup {
    /// The value.
    pub value: String,
    /// Its visitors.
    pub table: RetentionTable,
}

/// Cohorts below each other.
#[derive(Clone, Debug, PartialEq)]
pub struct RetentionTable {
    /// One for each bucket, in order, the empty ones too.
    pub cohorts: Vec<Cohort>,
    /// For each offset, of all cohorts for which it is not in the future: their visitors are weighed alike.
    pub sums: Vec<Returned>,
}

/// Visitors who started in one bucket.
#[derive(Clone, Debug, PartialEq)]
pub struct Cohort {
    /// The start of the bucket.
    pub start: Timestamp,
    /// How many.
    pub visitors: u64,
    /// For each offset up to the last bucket of the range: the later the cohort, the shorter.
    pub returned: Vec<Returned>,
}

/// Visitors who returned after so many buckets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Returned {
    /// How many.
    pub visitors: u64,
    /// Of how many.
    pub of: u64,
    /// In percent; nothing where there are none they could be of.
    pub rate: Option<f64>,
}

impl Retention {
    /// The most buckets.
    pub const MOST_BUCKETS: usize = 400;
    /// The most numbers of an answer.
    pub const MOST_CELLS: usize = 400_000;

    /// Checks the question; answers the first thing that is wrong.
    pub fn check(self, context: Context<'_>) -> Result<CheckedRetention, QueryError> {
        if !matches!(self.interval, Interval::Day | Interval::Week | Interval::Month) {
            let name = self.interval.name();
            return Err(QueryError::new(
                "interval",
                format!("interval is {name}: it must be day, week or month"),
            ));
        }
        check_filter(&self.filter)?;
        check_filter_of("start", &self.start)?;
        check_filter_of("again", &self.again)?;
        self.breakdown.as_ref().map_or(Ok(()), Breakdown::check)?;
        let (period, buckets) = past_buckets(self.range, self.interval, Self::MOST_BUCKETS, context)?;
        // A cohort for each bucket, in it a number for each bucket that follows, and that for each value and twice more.
        let groups = self.breakdown.as_ref().map_or(1, |breakdown| breakdown.top + 2);
        let count = buckets.starts().len();
        let cells = groups * count * (count + 1) / 2;
        if cells > Self::MOST_CELLS {
            return Err(QueryError::new(
                "interval",
                format!(
                    "the answer would have {cells} numbers, {} are the most: take a wider interval, a shorter \
                     date_range, or a smaller breakdown.limit",
                    Self::MOST_CELLS
                ),
            ));
        }
        Ok(CheckedRetention { retention: self, period, buckets })
    }
}

impl CheckedRetention {
    /// The question.
    pub fn retention(&self) -> &Retention {
        &self.retention
    }

    /// When visitors may start and return, as instants.
    pub fn period(&self) -> &Period {
        &self.period
    }

    /// The buckets.
    pub fn buckets(&self) -> &Buckets {
        &self.buckets
    }

    /// The events it is counted from: back to the first of all, since who was seen before has started before.
    pub fn walk(&self) -> Walk {
        let retention = &self.retention;
        Walk {
            selection: Selection {
                site: retention.site.clone(),
                period: Period { from: Period::ALL.from, to: self.period.to },
                filter: retention.filter.clone(),
                subject: None,
            },
            by: By::Visitor,
            marks: vec![retention.start.clone(), retention.again.clone()],
            marked_only: true,
            label: retention.breakdown.as_ref().map(|breakdown| breakdown.dimension.clone()),
            first_mark_label: None,
        }
    }

    /// Counts them.
    pub fn fold(&self) -> RetentionFold {
        RetentionFold::new(self)
    }
}
