//! The same figures of another period, beside those asked for.
//!
//! Periods of whole days are compared by the calendar: as many days, or the same dates a year before (29 February is
//! the 28th). Days to come are left out, since nothing has happened on them yet: a month that is ten days old is
//! compared with ten days. Other periods are compared with as many milliseconds.
//!
//! Where the day of the week is to match, the compared period is moved to begin on the weekday that the asked one
//! begins on: by three days at most, or by up to six where it would reach into the asked period.

use std::collections::{BTreeSet, HashMap};

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan};
use millrace_event::Timestamp;
use serde_json::Value;

use super::GrammarContext;
use super::dates::{date_of, range_at, whole_days};
use super::place::{Place, one_of, quoted};
use super::rates::MOST_GROUPS;
use crate::{
    CheckedQuery, Dimension, DimensionValue, Filter, Metric, Period, QueryError, QueryResult, Range, Row,
};

/// What to compare with.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// Which period.
    pub mode: ComparisonMode,
    /// Whether to begin on the same day of the week.
    pub match_day_of_week: bool,
}

/// Which period to compare with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ComparisonMode {
    /// As much time directly before.
    PreviousPeriod,
    /// The same dates a year before.
    YearOverYear,
    /// This one.
    Custom(Range),
}

/// Reads `include.comparisons`.
pub(super) fn read(
    value: &Value,
    place: &Place,
    context: &GrammarContext<'_>,
) -> Result<Comparison, QueryError> {
    let object = place.object(value, &["mode", "date_range", "match_day_of_week"])?;
    let allowed = ["previous_period", "year_over_year", "custom"];
    let modes = one_of(&allowed);
    let (range, at) = (object.get("date_range"), place.key("date_range"));
    let mode = match object.get("mode") {
        None => return Err(place.key("mode").error(format!("is missing: {modes}"))),
        Some(mode) => match (place.key("mode").text(mode)?, range) {
            ("previous_period", None) => ComparisonMode::PreviousPeriod,
            ("year_over_year", None) => ComparisonMode::YearOverYear,
            ("custom", Some(range)) => ComparisonMode::Custom(range_at(range, &at, context)?),
            ("custom", None) => return Err(at.error("is missing: the mode custom needs one")),
            (mode, _) if allowed.contains(&mode) => return Err(at.error("is for the mode custom alone")),
            (mode, _) => return Err(place.key("mode").error(format!("is {}: {modes}", quoted(mode)))),
        },
    };
    let match_day_of_week = match object.get("match_day_of_week") {
        Some(value) => place.key("match_day_of_week").boolean(value)?,
        None => false,
    };
    Ok(Comparison { mode, match_day_of_week })
}

impl Comparison {
    /// The range to compare `range` with.
    pub fn range(&self, range: Range, now: Timestamp, zone: &TimeZone) -> Result<Range, QueryError> {
        if range == Range::All || self.mode == ComparisonMode::Custom(Range::All) {
            let message = "include.comparisons needs a date_range with a start: all has none";
            return Err(QueryError::new("include", message));
        }
        let beyond = || QueryError::new("include", "include.comparisons reaches beyond the calendar");
        let period = range.period(now, zone).ok_or_else(beyond)?;
        let custom = match self.mode {
            ComparisonMode::Custom(range) => Some(range.period(now, zone).ok_or_else(beyond)?),
            _ => None,
        };
        let compared = match past_days(&period, now, zone) {
            Some(days) => self.days(days, custom, zone),
            None => self.instants(&period, custom, zone),
        };
        compared.ok_or_else(beyond)
    }

    fn days(&self, (first, last): (Date, Date), custom: Option<Period>, zone: &TimeZone) -> Option<Range> {
        let (mut start, mut end) = match (self.mode, custom) {
            (ComparisonMode::PreviousPeriod, _) => {
                let count = (1 + first.until(last).ok()?.get_days()).days();
                (first.checked_sub(count).ok()?, last.checked_sub(count).ok()?)
            }
            (_, Some(custom)) => match whole_days(&custom, zone) {
                Some(days) => days,
                None => return Some(Range::Between(custom.from, custom.to)),
            },
            _ => (first.checked_sub(1.year()).ok()?, last.checked_sub(1.year()).ok()?),
        };
        if self.match_day_of_week {
            let mut by = nearest(start.weekday(), first.weekday());
            if end < first && end.checked_add(by.days()).ok()? >= first {
                by -= 7;
            }
            start = start.checked_add(by.days()).ok()?;
            end = end.checked_add(by.days()).ok()?;
        }
        Some(Range::Days(start, end))
    }

    fn instants(&self, period: &Period, custom: Option<Period>, zone: &TimeZone) -> Option<Range> {
        let length = period.to.as_millis() - period.from.as_millis();
        let (mut from, length) = match (self.mode, custom) {
            (ComparisonMode::PreviousPeriod, _) => (period.from.plus_millis(-length), length),
            (_, Some(custom)) => (custom.from, custom.to.as_millis() - custom.from.as_millis()),
            _ => (moved(period.from, -1.year(), zone)?, length),
        };
        if self.match_day_of_week {
            let wanted = date_of(period.from, zone)?.weekday();
            let mut by = nearest(date_of(from, zone)?.weekday(), wanted);
            let ends_before =
                |by: i64| Some(moved(from, by.days(), zone)?.plus_millis(length) <= period.from);
            if ends_before(0)? && !ends_before(by)? {
                by -= 7;
            }
            from = moved(from, by.days(), zone)?;
        }
        Some(Range::Between(from, from.plus_millis(length)))
    }
}

/// The days of a period of whole days, up to today where it has begun.
fn past_days(period: &Period, now: Timestamp, zone: &TimeZone) -> Option<(Date, Date)> {
    let (first, last) = whole_days(period, zone)?;
    let today = date_of(now, zone)?;
    Some((first, if first <= today { last.min(today) } else { last }))
}

/// Days from one weekday to the nearest of another, -3 to 3.
fn nearest(from: Weekday, to: Weekday) -> i64 {
    let later = i64::from(to.to_monday_zero_offset() - from.to_monday_zero_offset()).rem_euclid(7);
    if later > 3 { later - 7 } else { later }
}

/// The same time of the site's clock `span` later.
fn moved(at: Timestamp, span: Span, zone: &TimeZone) -> Option<Timestamp> {
    let zoned = jiff::Timestamp::from_millisecond(at.as_millis()).ok()?.to_zoned(zone.clone());
    Some(Timestamp::from_millis(zoned.checked_add(span).ok()?.timestamp().as_millisecond()))
}

/// The query of the compared period ([`super::Request::compared`]) for what is in `rows` alone; nothing where there is
/// no row.
///
/// It asks for the values of each dimension, a word for missing ones included, so it may answer more rows than there
/// are to compare with: [`align`] picks them.
pub fn comparison_query(compared: &CheckedQuery, rows: &[Row]) -> Option<CheckedQuery> {
    if rows.is_empty() {
        return None;
    }
    let mut filter = compared.filter().clone();
    for (place, dimension) in compared.dimensions().iter().enumerate() {
        // Goals are few, and a filter by them would change what rates are a share of.
        if matches!(dimension, Dimension::Goal | Dimension::Time(_)) {
            continue;
        }
        let values: BTreeSet<&str> =
            rows.iter().filter_map(|row| row.dimensions.get(place)?.text()).collect();
        let values = values.into_iter().map(str::to_owned).collect();
        filter = filter.and(Filter::Is(dimension.clone(), values));
    }
    Some(compared.derived(|query| {
        query.filter = filter;
        query.limit = MOST_GROUPS;
        query.offset = 0;
    }))
}

/// The row of `answer`, that to `compared`, which belongs to each of `rows`, those of `query`: the one with the same
/// values, and in the bucket at the same place.
pub fn align<'a>(
    query: &CheckedQuery,
    rows: &[Row],
    compared: &CheckedQuery,
    answer: &'a QueryResult,
) -> Vec<Option<&'a Row>> {
    let by_key: HashMap<Vec<Key<'_>>, &'a Row> =
        answer.rows.iter().map(|row| (key(compared, row), row)).collect();
    rows.iter().map(|row| by_key.get(&key(query, row)).copied()).collect()
}

/// What rows of two periods have in common.
#[derive(PartialEq, Eq, Hash)]
enum Key<'a> {
    Text(&'a str),
    Bucket(Option<usize>),
}

fn key<'a>(query: &CheckedQuery, row: &'a Row) -> Vec<Key<'a>> {
    let of = |value: &'a DimensionValue| match value {
        DimensionValue::Text(text) => Key::Text(text),
        DimensionValue::Bucket(start) => {
            Key::Bucket(query.buckets().and_then(|buckets| buckets.index(*start)))
        }
    };
    row.dimensions.iter().map(of).collect()
}

/// How far a metric changed, of values as they are shown: percent of the value before, rounded to a whole number; 0
/// from nothing to nothing, 100 from nothing to something, -100 from nothing to less. Metrics that are percent of
/// visitors or sessions change by points instead, as the difference. Nothing where one of the values is absent.
pub fn change(metric: &Metric, value: Option<f64>, before: Option<f64>) -> Option<f64> {
    let (value, before) = (value?, before?);
    if metric.is_rate_of_visitors() || *metric == Metric::BounceRate {
        return Some(((value - before) * 100.0).round() / 100.0);
    }
    Some(match before {
        0.0 if value == 0.0 => 0.0,
        0.0 => 100.0 * value.signum(),
        _ => ((value - before) / before.abs() * 100.0).round(),
    })
}
