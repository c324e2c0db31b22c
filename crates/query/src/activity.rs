//! Activity: a number for each hour of the week.
//!
//! Counted from a table by hours. An hour belongs to the weekday and the hour of the site's clock at its first
//! instant: of two hours of one name, when clocks go back, both belong to the cell of that name, and none does of one
//! that clocks leave out. Where clocks change by half an hour, what is left of the hour counts as one. Hours that
//! start after now are not there.

#[cfg(test)]
mod tests;

use jiff::tz::TimeZone;
use millrace_event::{SiteId, Timestamp};

use crate::fold::past_buckets;
use crate::{
    Buckets, CheckedQuery, Context, Dimension, DimensionValue, Direction, Filter, Interval, Metric, OrderBy,
    Query, QueryError, QueryResult, Range, Statistic,
};

/// A question about activity in a site's own terms.
#[derive(Clone, Debug, PartialEq)]
pub struct Activity {
    /// Whose events.
    pub site: SiteId,
    /// When.
    pub range: Range,
    /// Which events.
    pub filter: Filter,
    /// The number: one that can be added up, such as events. Amounts cannot, since each may have its own currency.
    /// Visitors and sessions are those of each hour, so that who comes in two hours of a cell counts twice in it.
    pub metric: Metric,
}

/// A question about activity, with the query that every engine can answer.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckedActivity {
    query: CheckedQuery,
    buckets: Buckets,
    /// The cell of each bucket.
    cells: Vec<u8>,
}

/// A week.
#[derive(Clone, Debug, PartialEq)]
pub struct ActivityAnswer {
    /// Seven days from Monday, 24 hours each.
    pub week: [[ActivityCell; 24]; 7],
}

/// An hour of the week.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ActivityCell {
    /// The sum over the hours.
    pub sum: f64,
    /// How many hours of the range belong here, those without events too; one that the range cuts counts as one.
    pub hours: u32,
}

impl ActivityCell {
    /// The mean of an hour; nothing where there is none.
    pub fn mean(&self) -> Option<f64> {
        (self.hours > 0).then(|| self.sum / f64::from(self.hours))
    }
}

impl Activity {
    /// The most hours: 400 days, and the one that clocks may put back.
    pub const MOST_HOURS: usize = 400 * 24 + 1;

    /// Checks the question; answers the first thing that is wrong.
    pub fn check(self, context: Context<'_>) -> Result<CheckedActivity, QueryError> {
        let adds_up = matches!(
            self.metric,
            Metric::Events
                | Metric::Visitors
                | Metric::Visits
                | Metric::Pageviews
                | Metric::Property(Statistic::Sum, _)
        );
        if !adds_up {
            let name = self.metric.name();
            return Err(QueryError::new(
                "metric",
                format!(
                    "{name} cannot be added up over hours: take events, visitors, visits, pageviews or \
                     sum(event:props:<key>)"
                ),
            ));
        }
        let (period, buckets) = past_buckets(self.range, Interval::Hour, Self::MOST_HOURS, context)?;
        let query = Query {
            site: self.site,
            range: Range::Between(period.from, period.to),
            metrics: vec![self.metric],
            dimensions: vec![Dimension::Time(Interval::Hour)],
            filter: self.filter,
            order: vec![(OrderBy::Dimension(0), Direction::Ascending)],
            limit: Query::MOST_ROWS,
            offset: 0,
        };
        let cells: Option<Vec<u8>> =
            buckets.starts().iter().map(|start| cell(*start, context.zone)).collect();
        let beyond = || QueryError::new("date_range", "date_range reaches beyond the calendar");
        Ok(CheckedActivity { query: query.check(context)?, buckets, cells: cells.ok_or_else(beyond)? })
    }
}

/// The hour of the week at `instant`, from Monday's first.
fn cell(instant: Timestamp, zone: &TimeZone) -> Option<u8> {
    let local = jiff::Timestamp::from_millisecond(instant.as_millis()).ok()?.to_zoned(zone.clone());
    let hour = i16::from(local.weekday().to_monday_zero_offset()) * 24 + i16::from(local.hour());
    u8::try_from(hour).ok()
}

impl CheckedActivity {
    /// What an engine is asked.
    pub fn query(&self) -> &CheckedQuery {
        &self.query
    }

    /// The week of what it answers.
    pub fn answer(&self, result: &QueryResult) -> ActivityAnswer {
        let mut week = [[ActivityCell::default(); 24]; 7];
        let place = |cell: u8| (usize::from(cell / 24), usize::from(cell % 24));
        for cell in &self.cells {
            let (day, hour) = place(*cell);
            week[day][hour].hours += 1;
        }
        for row in &result.rows {
            let Some(DimensionValue::Bucket(start)) = row.dimensions.first() else { continue };
            let Some(cell) = self.buckets.index(*start).and_then(|bucket| self.cells.get(bucket)) else {
                continue;
            };
            let (day, hour) = place(*cell);
            week[day][hour].sum += row.metrics.first().copied().flatten().unwrap_or(0.0);
        }
        ActivityAnswer { week }
    }
}
