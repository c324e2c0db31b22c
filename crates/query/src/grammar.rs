//! The JSON of the query API, read into a [`Query`], and what its answers show.
//!
//! The grammar is that of Plausible's Stats API, version 2, as its documentation describes it, so that its clients work
//! unchanged, with more metrics and dimensions. A request becomes a [`Request`] or an error that names the field, the
//! place in it and what is allowed; nothing of it is guessed, and an unknown key is an error.
//!
//! A request is answered by up to four kinds of queries: its own ([`Request::check`]), those that its rates of
//! visitors need ([`Rates`]), the same of another period ([`Request::compared`]), and one that counts the rows
//! ([`total_rows_query`]).
//!
//! Invariant: what reading a request costs is bounded, whatever it says.

mod answer;
mod comparison;
mod countries;
mod dates;
mod filters;
mod labels;
mod money;
mod place;
mod rates;
mod values;
mod words;

use jiff::tz::TimeZone;
use millrace_event::{SiteId, Timestamp};
use serde_json::Value;

pub use answer::{metric_json, total_rows_query};
pub use comparison::{Comparison, ComparisonMode, align, change, comparison_query};
pub use countries::country_name;
pub use dates::{days_of_all, parse_date_range};
pub use filters::{FilterReader, MOST_PATTERNS, parse_filter, parse_filters};
pub use labels::{Labels, instant_text, period_json};
pub use place::{Place, one_of, quoted};
pub use rates::Rates;
pub use words::{Column, parse_dimension, parse_metric};

use crate::{
    CheckedQuery, Context, Dimension, Direction, Filter, Goal, Interval, Metric, OrderBy, Period, Query,
    QueryError, Range,
};

/// What a request is read against.
#[derive(Clone, Copy, Debug)]
pub struct GrammarContext<'a> {
    /// The instant of asking.
    pub now: Timestamp,
    /// The site's zone.
    pub zone: &'a TimeZone,
    /// The site's goals.
    pub goals: &'a [Goal],
    /// The site's segments.
    pub segments: &'a [Segment],
    /// The site's first event, where it has one.
    pub first: Option<Timestamp>,
}

/// A saved filter.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    /// Its number or id, as a text.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it stands for.
    pub filter: Filter,
}

/// A request in the grammar, read.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Whose events, where it says so.
    pub site: Option<SiteId>,
    /// When.
    pub range: Range,
    /// The instants that are shown as its date range: those of `all` go from the first event's day to today.
    pub shown: Period,
    /// The numbers wanted.
    pub metrics: Vec<Metric>,
    /// What to group by.
    pub columns: Vec<Column>,
    /// Which events.
    pub filter: Filter,
    /// The filters as they were written.
    pub filters: Value,
    /// The order of the rows; empty for the usual one.
    pub order: Vec<(OrderBy, Direction)>,
    /// What else the answer should say.
    pub include: Include,
    /// The most rows.
    pub limit: usize,
    /// Rows to pass over first.
    pub offset: usize,
}

/// What an answer says beside its rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Include {
    /// The labels of all buckets.
    pub time_labels: bool,
    /// The number of rows without a limit.
    pub total_rows: bool,
    /// Whether imported data was asked for; there is none.
    pub imports: bool,
    /// The same figures of another period.
    pub comparison: Option<Comparison>,
    /// As it was written.
    pub written: Option<Value>,
}

const KEYS: [&str; 8] =
    ["site_id", "metrics", "date_range", "dimensions", "filters", "order_by", "include", "pagination"];

/// The most rows that can be passed over.
const MOST_OFFSET: usize = 1_000_000_000;

impl Request {
    /// Reads the body of a request. A body that is nested deeper than 127 levels is an error, like any that is no
    /// JSON.
    pub fn parse(text: &str, context: &GrammarContext<'_>) -> Result<Self, QueryError> {
        match serde_json::from_str(text) {
            Ok(value) => Self::read(&value, context),
            Err(error) => Err(QueryError::new("body", format!("body is not JSON: {error}"))),
        }
    }

    /// Reads a request that is JSON already.
    pub fn read(value: &Value, context: &GrammarContext<'_>) -> Result<Self, QueryError> {
        let body = Place::of("body").object(value, &KEYS)?;
        let needed = |key: &'static str| {
            body.get(key)
                .ok_or_else(|| QueryError::new(key, format!("{key} is missing: every request has one")))
        };
        let site = match body.get("site_id") {
            None | Some(Value::Null) => None,
            Some(site) => {
                let place = Place::of("site_id");
                Some(words::site_at(place.text(site)?, &place)?)
            }
        };
        let metrics = read_metrics(needed("metrics")?)?;
        let range = parse_date_range(needed("date_range")?, "date_range", context)?;
        let (range, shown, columns) = read_columns(body.get("dimensions"), range, &metrics, context)?;
        let filters = body.get("filters").cloned().unwrap_or_else(|| Value::Array(Vec::new()));
        let filter = parse_filters(&filters, "filters", context)?;
        let order = match body.get("order_by") {
            Some(order) => read_order(order, &metrics, &columns)?,
            None => Vec::new(),
        };
        let include = match body.get("include") {
            Some(include) => read_include(include, &columns, range, context)?,
            None => Include::default(),
        };
        let (limit, offset) = match body.get("pagination") {
            Some(pagination) => read_pagination(pagination)?,
            None => (Query::MOST_ROWS, 0),
        };
        Ok(Self { site, range, shown, metrics, columns, filter, filters, order, include, limit, offset })
    }

    /// The checked query of `site`.
    pub fn check(&self, site: SiteId, context: &GrammarContext<'_>) -> Result<CheckedQuery, QueryError> {
        self.check_over(site, self.range, context)
    }

    /// The checked query of the period to compare with, where one is asked for. Run it as
    /// [`Rates::of_comparison`] says.
    pub fn compared(
        &self,
        site: SiteId,
        context: &GrammarContext<'_>,
    ) -> Result<Option<CheckedQuery>, QueryError> {
        let Some(comparison) = &self.include.comparison else { return Ok(None) };
        let range = comparison.range(self.range, context.now, context.zone)?;
        self.check_over(site, range, context).map(Some)
    }

    fn check_over(
        &self,
        site: SiteId,
        range: Range,
        context: &GrammarContext<'_>,
    ) -> Result<CheckedQuery, QueryError> {
        let query = Query {
            site,
            range,
            metrics: self.metrics.clone(),
            dimensions: self.columns.iter().map(|column| column.dimension.clone()).collect(),
            filter: self.filter.clone(),
            order: self.order.clone(),
            limit: self.limit,
            offset: self.offset,
        };
        query.check(Context { now: context.now, zone: context.zone, goals: context.goals })
    }
}

/// Entries of a list, read one by one; lists longer than `most` are an error.
fn entries<'v>(value: &'v Value, most: usize, place: &Place) -> Result<&'v [Value], QueryError> {
    let list = place.list(value)?;
    match list.len() > most {
        true => Err(place.error(format!("has {} entries: {most} are the most", list.len()))),
        false => Ok(list),
    }
}

fn read_metrics(value: &Value) -> Result<Vec<Metric>, QueryError> {
    let place = Place::of("metrics");
    let list = entries(value, Query::MOST_METRICS, &place)?;
    if list.is_empty() {
        return Err(place.error("is empty: ask for at least one"));
    }
    let metric = |(index, value): (usize, &Value)| {
        let place = place.item(index);
        words::metric_at(place.text(value)?, &place)
    };
    list.iter().enumerate().map(metric).collect()
}

/// The columns, and the range, which has a start where they group time or a metric is by the minute.
fn read_columns(
    value: Option<&Value>,
    range: Range,
    metrics: &[Metric],
    context: &GrammarContext<'_>,
) -> Result<(Range, Period, Vec<Column>), QueryError> {
    let beyond = || QueryError::new("date_range", "date_range reaches beyond the calendar");
    let with_start =
        if range == Range::All { dates::days_of_all(context).ok_or_else(beyond)? } else { range };
    let shown = with_start.period(context.now, context.zone).ok_or_else(beyond)?;
    let place = Place::of("dimensions");
    let list = match value {
        Some(value) => entries(value, Query::MOST_DIMENSIONS, &place)?,
        None => &[],
    };
    let time = dates::usual_interval(with_start, &shown);
    let column = |(index, value): (usize, &Value)| {
        let place = place.item(index);
        words::dimension_at(place.text(value)?, Some(time), &place)
    };
    let columns: Vec<Column> = list.iter().enumerate().map(column).collect::<Result<_, _>>()?;
    let interval = columns.iter().find_map(|column| column.dimension.interval());
    let range = match (range, interval, context.first) {
        (Range::All, Some(interval @ (Interval::Minute | Interval::Hour)), Some(first))
            if first < shown.to =>
        {
            let from = crate::buckets::floor(first, interval, context.zone).ok_or_else(beyond)?;
            Range::Between(from, shown.to)
        }
        (Range::All, Some(_), _) => with_start,
        (Range::All, None, _) if metrics.contains(&Metric::EventsPerMinute) => with_start,
        _ => range,
    };
    Ok((range, shown, columns))
}

fn read_order(
    value: &Value,
    metrics: &[Metric],
    columns: &[Column],
) -> Result<Vec<(OrderBy, Direction)>, QueryError> {
    let place = Place::of("order_by");
    let list = entries(value, metrics.len() + columns.len(), &place)?;
    let term = |(index, value): (usize, &Value)| {
        let place = place.item(index);
        let [name, direction] = place.list(value)? else {
            return Err(place.error("is no pair: write [metric or dimension, \"asc\" or \"desc\"]"));
        };
        let direction = match place.item(1).text(direction)? {
            "asc" => Direction::Ascending,
            "desc" => Direction::Descending,
            other => {
                return Err(place.item(1).error(format!(
                    "is {}: {}",
                    quoted(other),
                    one_of(&["asc", "desc"])
                )));
            }
        };
        let place = place.item(0);
        let name = place.text(name)?;
        let is_named = |column: &Column| {
            column.name == name || (name == "time" && matches!(column.dimension, Dimension::Time(_)))
        };
        if let Some(column) = columns.iter().position(is_named) {
            return Ok((OrderBy::Dimension(column), direction));
        }
        match metrics.iter().position(|metric| metric.name() == name) {
            Some(metric) => Ok((OrderBy::Metric(metric), direction)),
            None => {
                let mut allowed: Vec<String> = metrics.iter().map(Metric::name).collect();
                allowed.extend(columns.iter().map(|column| column.name.clone()));
                let found = quoted(name);
                Err(place.error(format!("is {found}, which is not asked for: {}", one_of(&allowed))))
            }
        }
    };
    list.iter().enumerate().map(term).collect()
}

fn read_include(
    value: &Value,
    columns: &[Column],
    range: Range,
    context: &GrammarContext<'_>,
) -> Result<Include, QueryError> {
    let place = Place::of("include");
    let allowed = ["time_labels", "total_rows", "comparisons", "imports", "imports_meta"];
    let include = place.object(value, &allowed)?;
    let flag = |key: &str| match include.get(key) {
        Some(value) => place.key(key).boolean(value),
        None => Ok(false),
    };
    flag("imports_meta")?;
    let time_labels = flag("time_labels")?;
    if time_labels && !columns.iter().any(|column| column.dimension.interval().is_some()) {
        return Err(place.key("time_labels").error("needs a time dimension: add one, such as time:day"));
    }
    let comparison = match include.get("comparisons") {
        None | Some(Value::Null) => None,
        Some(value) => {
            let comparison = comparison::read(value, &place.key("comparisons"), context)?;
            comparison.range(range, context.now, context.zone)?;
            Some(comparison)
        }
    };
    Ok(Include {
        time_labels,
        total_rows: flag("total_rows")?,
        imports: flag("imports")?,
        comparison,
        written: Some(value.clone()),
    })
}

fn read_pagination(value: &Value) -> Result<(usize, usize), QueryError> {
    let place = Place::of("pagination");
    let pagination = place.object(value, &["limit", "offset"])?;
    let number = |key: &str, default: usize, least: usize, most: usize| match pagination.get(key) {
        Some(value) => place.key(key).number(value, least, most),
        None => Ok(default),
    };
    Ok((number("limit", Query::MOST_ROWS, 1, Query::MOST_ROWS)?, number("offset", 0, 0, MOST_OFFSET)?))
}
