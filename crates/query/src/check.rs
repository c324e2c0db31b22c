//! From a query to a checked query.

use std::sync::Arc;

use jiff::tz::TimeZone;
use millrace_event::{SiteId, Timestamp};

use crate::{Aggregate, Buckets, Dimension, Filter, Goal, Metric, Period, Range};

/// A question in a site's own terms.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// Whose events.
    pub site: SiteId,
    /// When.
    pub range: Range,
    /// The numbers wanted, at least one.
    pub metrics: Vec<Metric>,
    /// What to group by. Events that lack one of these dimensions, and have nothing to be shown as
    /// ([`Dimension::missing`]), are left out.
    pub dimensions: Vec<Dimension>,
    /// Which events.
    pub filter: Filter,
    /// The order of the rows, the first term first. Where it is empty: by time where there is a time dimension, else
    /// by the first metric, descending. What has no value comes last; ties are broken by the remaining dimensions,
    /// ascending, texts by their bytes.
    pub order: Vec<(OrderBy, Direction)>,
    /// The most rows.
    pub limit: usize,
    /// Rows to pass over first.
    pub offset: usize,
}

/// What rows are ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrderBy {
    /// A metric, by its place.
    Metric(usize),
    /// A dimension, by its place.
    Dimension(usize),
}

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// The least first.
    Ascending,
    /// The greatest first.
    Descending,
}

/// What a query is checked against.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The instant of asking.
    pub now: Timestamp,
    /// The site's zone.
    pub zone: &'a TimeZone,
    /// The site's goals.
    pub goals: &'a [Goal],
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

impl QueryError {
    /// An error of `field`.
    pub fn new(field: &'static str, message: impl Into<String>) -> Self {
        Self { field, message: message.into() }
    }
}

/// A query every engine can answer: periods are instants, buckets are cut, bounds hold.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckedQuery {
    query: Query,
    period: Period,
    buckets: Option<Buckets>,
    aggregates: Vec<Aggregate>,
    goals: Arc<[Goal]>,
}

impl Query {
    /// The most rows a query may ask for.
    pub const MOST_ROWS: usize = 10_000;
    /// The most metrics.
    pub const MOST_METRICS: usize = 30;
    /// The most dimensions.
    pub const MOST_DIMENSIONS: usize = 8;

    /// Checks the query; answers the first thing that is wrong.
    pub fn check(mut self, context: Context<'_>) -> Result<CheckedQuery, QueryError> {
        let error = |field, message: String| Err(QueryError { field, message });
        if self.metrics.is_empty() {
            return error("metrics", "metrics is empty: ask for at least one".to_owned());
        }
        if self.metrics.len() > Self::MOST_METRICS {
            return error("metrics", format!("metrics has more than {} entries", Self::MOST_METRICS));
        }
        if self.dimensions.len() > Self::MOST_DIMENSIONS {
            return error(
                "dimensions",
                format!("dimensions has more than {} entries", Self::MOST_DIMENSIONS),
            );
        }
        if self.limit == 0 || self.limit > Self::MOST_ROWS {
            return error("limit", format!("limit is {}: it must be 1 to {}", self.limit, Self::MOST_ROWS));
        }
        check_filter(&self.filter)?;
        self.check_needs()?;
        let period = check_period(self.range, context)?;
        let mut intervals = self.dimensions.iter().filter_map(Dimension::interval);
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
        if let Some((term, _)) = self.order.iter().find(|(term, _)| match term {
            OrderBy::Metric(place) => *place >= self.metrics.len(),
            OrderBy::Dimension(place) => *place >= self.dimensions.len(),
        }) {
            return error("order_by", format!("order_by names {term:?}, which is not asked for"));
        }
        if self.order.is_empty() {
            let time = self.dimensions.iter().position(|dimension| dimension.interval().is_some());
            self.order.push(match time {
                Some(place) => (OrderBy::Dimension(place), Direction::Ascending),
                None => (OrderBy::Metric(0), Direction::Descending),
            });
        }
        let goals = match self.dimensions.contains(&Dimension::Goal) {
            true => self.filter.goals().unwrap_or_else(|| context.goals.into()),
            false => Arc::default(),
        };
        Ok(CheckedQuery { aggregates: aggregates(&self.metrics), query: self, period, buckets, goals })
    }

    /// What some metrics need to mean anything.
    fn check_needs(&self) -> Result<(), QueryError> {
        let asks = |wanted: &Dimension| {
            let mut asks = self.dimensions.contains(wanted);
            self.filter.walk(&mut |part| asks |= part.dimension() == Some(wanted));
            asks
        };
        for metric in &self.metrics {
            let name = metric.name();
            match metric {
                Metric::ScrollDepth | Metric::TimeOnPage if !asks(&Dimension::Page) => {
                    return Err(QueryError::new(
                        "metrics",
                        format!("{name} is of a page: add event:page to dimensions or filters"),
                    ));
                }
                Metric::Percentage if self.dimensions.is_empty() => {
                    return Err(QueryError::new(
                        "metrics",
                        format!("{name} is a share of all: add a dimension"),
                    ));
                }
                Metric::ConversionRate | Metric::GroupConversionRate
                    if !self.dimensions.contains(&Dimension::Goal) && self.filter.goals().is_none() =>
                {
                    return Err(QueryError::new(
                        "metrics",
                        format!(
                            "{name} is of a goal: add event:goal to dimensions, or to filters outside of or and not"
                        ),
                    ));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn aggregates(metrics: &[Metric]) -> Vec<Aggregate> {
    let mut aggregates: Vec<_> = metrics.iter().flat_map(Metric::aggregates).collect();
    aggregates.sort_unstable();
    aggregates.dedup();
    aggregates
}

/// The most nested filters, parts of filters, and values in all of them.
const MOST_DEPTH: usize = 32;
/// Each is a look at all events of the period.
const MOST_DONE: usize = 8;
pub(crate) const MOST_PARTS: usize = 1_000;
pub(crate) const MOST_VALUES: usize = 10_000;
/// A pattern takes the time of many texts.
pub(crate) const VALUES_OF_A_PATTERN: usize = 10;

/// The parts of a filter and the values in all of them.
pub(crate) fn weigh(filter: &Filter) -> (usize, usize) {
    let (mut parts, mut values) = (0, 0);
    filter.walk(&mut |part| {
        parts += 1;
        values += match part {
            Filter::Is(_, list) | Filter::Contains(_, list) => list.len(),
            Filter::Matches(_, list) => list.len() * VALUES_OF_A_PATTERN,
            _ => 0,
        };
    });
    (parts, values)
}

/// Checks that engines can answer a filter.
pub fn check_filter(filter: &Filter) -> Result<(), QueryError> {
    let error = |message: String| Err(QueryError { field: "filters", message });
    if filter.depth() > MOST_DEPTH {
        return error(format!("filters are nested deeper than {MOST_DEPTH}"));
    }
    let (parts, values) = weigh(filter);
    let (mut wrong, mut done) = (None, 0);
    filter.walk(&mut |part| {
        if let Filter::Is(_, list) | Filter::Contains(_, list) = part
            && list.iter().any(|value| value.contains('\0'))
        {
            wrong = Some("a value contains U+0000, which no event has: leave it out");
        }
        match part.dimension() {
            Some(Dimension::Time(_)) => wrong = Some("time is no dimension to filter by: use date_range"),
            Some(Dimension::Goal) => wrong = Some("event:goal takes is and is_not, with names of goals"),
            _ => {}
        }
        if let Filter::HasDone(inner) = part {
            done += 1;
            inner.walk(&mut |part| {
                if matches!(part, Filter::HasDone(_)) {
                    wrong = Some("has_done cannot stand within has_done");
                }
            });
        }
    });
    if done > MOST_DONE {
        return error(format!("filters have {done} has_done: {MOST_DONE} are the most"));
    }
    if parts > MOST_PARTS {
        return error(format!("filters have {parts} parts: {MOST_PARTS} are the most"));
    }
    if values > MOST_VALUES {
        return error(format!(
            "filters have {values} values, a pattern counted as 10: {MOST_VALUES} are the most"
        ));
    }
    wrong.map_or(Ok(()), |message| error(message.to_owned()))
}

/// The instants of a range.
pub fn check_period(range: Range, context: Context<'_>) -> Result<Period, QueryError> {
    let Some(period) = range.period(context.now, context.zone) else {
        return Err(QueryError::new("date_range", "date_range reaches beyond the calendar"));
    };
    if period.from >= period.to {
        return Err(QueryError::new("date_range", "date_range ends before it starts"));
    }
    Ok(period)
}

impl CheckedQuery {
    /// The query over the same period after `change`, which must keep every bound but that of the limit, and may take
    /// dimensions away but add none.
    pub(crate) fn derived(&self, change: impl FnOnce(&mut Query)) -> Self {
        let mut query = self.query.clone();
        change(&mut query);
        let groups_time = query.dimensions.iter().any(|dimension| dimension.interval().is_some());
        let groups_goals = query.dimensions.contains(&Dimension::Goal);
        Self {
            aggregates: aggregates(&query.metrics),
            period: self.period,
            buckets: self.buckets.clone().filter(|_| groups_time),
            goals: if groups_goals { Arc::clone(&self.goals) } else { Arc::default() },
            query,
        }
    }

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

    /// The goals that [`Dimension::Goal`] tells apart.
    pub fn goals(&self) -> &[Goal] {
        &self.goals
    }

    /// Which events.
    pub fn filter(&self) -> &Filter {
        &self.query.filter
    }

    /// Every filter that is asked: its own, and those of the goals it tells apart.
    pub fn filters(&self) -> Vec<&Filter> {
        std::iter::once(self.filter()).chain(self.goals.iter().map(|goal| &goal.filter)).collect()
    }

    /// The order of the rows, never empty.
    pub fn order(&self) -> &[(OrderBy, Direction)] {
        &self.query.order
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
