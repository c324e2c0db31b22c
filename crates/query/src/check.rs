//! From a query to a checked query.

use jiff::tz::TimeZone;
use millrace_event::{SiteId, Timestamp};

use crate::{Aggregate, Buckets, Dimension, Filter, Metric, Period, Range};

/// A question in a site's own terms.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// Whose events.
    pub site: SiteId,
    /// When.
    pub range: Range,
    /// The numbers wanted, at least one.
    pub metrics: Vec<Metric>,
    /// What to group by. Events that lack one of these dimensions are left out.
    pub dimensions: Vec<Dimension>,
    /// Which events.
    pub filter: Filter,
    /// The most rows.
    pub limit: usize,
    /// Rows to pass over first.
    pub offset: usize,
}

/// What a query is checked against.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The instant of asking.
    pub now: Timestamp,
    /// The site's zone.
    pub zone: &'a TimeZone,
}

/// What is wrong with a query.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct QueryError {
    /// The field at fault.
    pub field: &'static str,
    /// What is wrong and what would be right.
    pub message: String,
}

/// A query every engine can answer: periods are instants, buckets are cut, bounds hold.
///
/// Rows are ordered by time where there is a time dimension, else by the first metric, descending; ties by the
/// dimensions' values, ascending by bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckedQuery {
    query: Query,
    period: Period,
    buckets: Option<Buckets>,
    aggregates: Vec<Aggregate>,
}

impl Query {
    /// The most rows a query may ask for.
    pub const MOST_ROWS: usize = 10_000;
    /// The most values in all of a filter's lists.
    const MOST_DEPTH: usize = 32;

    /// Checks the query; answers the first thing that is wrong.
    pub fn check(self, context: Context<'_>) -> Result<CheckedQuery, QueryError> {
        let error = |field, message: String| Err(QueryError { field, message });
        if self.metrics.is_empty() {
            return error("metrics", "metrics is empty: ask for at least one".to_owned());
        }
        if self.limit == 0 || self.limit > Self::MOST_ROWS {
            return error("limit", format!("limit is {}: it must be 1 to {}", self.limit, Self::MOST_ROWS));
        }
        if self.filter.depth() > Self::MOST_DEPTH {
            return error("filters", format!("filters are nested deeper than {}", Self::MOST_DEPTH));
        }
        let mut time_filter = false;
        self.filter.dimensions(&mut |dimension| time_filter |= matches!(dimension, Dimension::Time(_)));
        if time_filter {
            return error("filters", "time is no dimension to filter by: use date_range".to_owned());
        }
        let Some(period) = self.range.period(context.now, context.zone) else {
            return error("date_range", "date_range reaches beyond the calendar".to_owned());
        };
        if period.from >= period.to {
            return error("date_range", "date_range ends before it starts".to_owned());
        }
        let mut intervals = self.dimensions.iter().filter_map(|dimension| match dimension {
            Dimension::Time(interval) => Some(*interval),
            _ => None,
        });
        let buckets = match (intervals.next(), intervals.next()) {
            (None, _) => None,
            (Some(_), Some(_)) => {
                return error("dimensions", "time can be grouped by one interval only".to_owned());
            }
            (Some(_), None) if period == Period::ALL => {
                return error(
                    "date_range",
                    "a time dimension needs a date_range with a start and an end".to_owned(),
                );
            }
            (Some(interval), None) => match Buckets::cut(period, interval, context.zone) {
                Some(buckets) => Some(buckets),
                None => {
                    return error(
                        "dimensions",
                        format!(
                            "the date_range has more than {} buckets: take a wider interval",
                            Buckets::MOST
                        ),
                    );
                }
            },
        };
        let mut aggregates: Vec<_> =
            self.metrics.iter().flat_map(|metric| metric.aggregates()).copied().collect();
        aggregates.sort_unstable();
        aggregates.dedup();
        Ok(CheckedQuery { query: self, period, buckets, aggregates })
    }
}

impl CheckedQuery {
    /// Whose events.
    pub fn site(&self) -> &SiteId {
        &self.query.site
    }

    /// When, as instants.
    pub fn period(&self) -> &Period {
        &self.period
    }

    /// The buckets of the time dimension, where there is one.
    pub fn buckets(&self) -> Option<&Buckets> {
        self.buckets.as_ref()
    }

    /// The metrics.
    pub fn metrics(&self) -> &[Metric] {
        &self.query.metrics
    }

    /// What the engine counts for them: distinct, ascending.
    pub fn aggregates(&self) -> &[Aggregate] {
        &self.aggregates
    }

    /// The dimensions.
    pub fn dimensions(&self) -> &[Dimension] {
        &self.query.dimensions
    }

    /// Which events.
    pub fn filter(&self) -> &Filter {
        &self.query.filter
    }

    /// The most rows.
    pub fn limit(&self) -> usize {
        self.query.limit
    }

    /// Rows to pass over first.
    pub fn offset(&self) -> usize {
        self.query.offset
    }
}
