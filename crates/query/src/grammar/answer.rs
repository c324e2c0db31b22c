//! What an answer shows: rounded numbers, the values of dimensions, and the query that was answered.

use jiff::tz::TimeZone;
use millrace_event::SiteId;
use serde_json::{Map, Number, Value, json};

use super::labels::{Labels, period_json};
use super::rates::MOST_GROUPS;
use super::{Column, Request, change, country_name, money};
use crate::{CheckedQuery, DimensionValue, Direction, Metric, OrderBy, Row};

/// Digits after the point that a metric is shown with.
fn digits(metric: &Metric) -> i32 {
    match metric {
        Metric::Visitors | Metric::Visits | Metric::Pageviews | Metric::Events => 0,
        Metric::BounceRate | Metric::VisitDuration | Metric::ScrollDepth | Metric::TimeOnPage => 0,
        Metric::ViewsPerVisit | Metric::AverageRevenue | Metric::TotalRevenue => 2,
        Metric::ConversionRate | Metric::GroupConversionRate | Metric::Percentage => 2,
        Metric::EventsPerMinute => 2,
        Metric::AvgDuration => 3,
        // As many as properties have.
        Metric::Property(..) => 6,
    }
}

/// A metric's value as it is shown; amounts with the digits of their currency.
fn rounded(metric: &Metric, value: f64, currency: Option<&str>) -> f64 {
    let digits = match currency {
        Some(currency) if metric.is_revenue() => money::digits(currency) as i32,
        _ => digits(metric),
    };
    let scale = 10f64.powi(digits);
    let scaled = (value * scale).round() / scale;
    // So large that it has no fraction, and scaling it overflows.
    if scaled.is_finite() { scaled } else { value }
}

/// A metric's value in an answer: a whole number where the metric is shown as one, an object of an amount, null where
/// there is none.
pub fn metric_json(metric: &Metric, value: Option<f64>, currency: Option<&str>) -> Value {
    let Some(value) = value.map(|value| rounded(metric, value, currency)) else { return Value::Null };
    if metric.is_revenue() {
        // An amount without a currency is none that can be shown: nothing says what it is worth.
        let Some(currency) = currency else { return Value::Null };
        return json!({
            "value": number(value, false),
            "currency": currency,
            "short": money::short(value, currency),
            "long": money::long(value, currency),
        });
    }
    number(value, digits(metric) == 0)
}

fn number(value: f64, is_whole: bool) -> Value {
    if is_whole && value.abs() < 9e15 {
        return Value::from(value as i64);
    }
    Number::from_f64(value).map_or(Value::Null, Value::Number)
}

/// The query whose number of rows, up to 100,000, is that of `query` without its limit.
pub fn total_rows_query(query: &CheckedQuery) -> CheckedQuery {
    query.derived(|query| {
        query.metrics = vec![Metric::Events];
        query.order = vec![(OrderBy::Metric(0), Direction::Descending)];
        query.limit = MOST_GROUPS;
        query.offset = 0;
    })
}

impl Column {
    /// A value in an answer.
    pub fn shown(&self, value: &DimensionValue, labels: &Labels<'_>) -> String {
        match value {
            DimensionValue::Bucket(start) => labels.of(*start),
            DimensionValue::Text(code) if self.names_countries => country_name(code).to_owned(),
            DimensionValue::Text(text) => text.clone(),
        }
    }
}

impl Request {
    /// A row in an answer: `{"metrics": [...], "dimensions": [...]}`.
    pub fn row_json(&self, row: &Row, labels: &Labels<'_>) -> Value {
        json!({ "metrics": self.metrics_json(row), "dimensions": self.dimensions_json(row, labels) })
    }

    /// What the row of the compared period says beside `row`: its `metrics` and `dimensions`, and the `change` of each
    /// metric. Where the period has no such row, its counts are 0 and its dimensions those of `row`, a bucket apart,
    /// which is the one at the same place or null.
    pub fn comparison_json(
        &self,
        (query, row): (&CheckedQuery, &Row),
        (compared, before): (&CheckedQuery, Option<&Row>),
        zone: &TimeZone,
    ) -> Value {
        let labels = Labels::new(compared, zone);
        let absent = Row {
            dimensions: Vec::new(),
            metrics: self.metrics.iter().map(of_nothing).collect(),
            visitors: Some(0),
            currency: None,
            mixed_currencies: false,
        };
        let dimensions: Vec<Value> = match before {
            Some(before) => self.dimensions_json(before, &labels),
            None => self
                .columns
                .iter()
                .zip(&row.dimensions)
                .map(|(column, value)| match value {
                    DimensionValue::Bucket(start) => {
                        let place = query.buckets().and_then(|buckets| buckets.index(*start));
                        let starts = compared.buckets().map_or(&[][..], |buckets| buckets.starts());
                        let start = place.and_then(|place| starts.get(place));
                        start.map_or(Value::Null, |start| labels.of(*start).into())
                    }
                    text => column.shown(text, &labels).into(),
                })
                .collect(),
        };
        let before = before.unwrap_or(&absent);
        let changes: Vec<Value> = (self.metrics.iter().zip(row.metrics.iter().zip(&before.metrics)))
            .map(|(metric, (value, other))| {
                if metric.is_revenue() && row.currency != before.currency {
                    return Value::Null;
                }
                let shown =
                    |value: &Option<f64>| value.map(|value| rounded(metric, value, row.currency.as_deref()));
                change(metric, shown(value), shown(other))
                    .map_or(Value::Null, |change| number(change, change.fract() == 0.0))
            })
            .collect();
        json!({ "metrics": self.metrics_json(before), "dimensions": dimensions, "change": changes })
    }

    /// The query as it was answered, in the grammar: defaults written out, the date range as two instants, the first
    /// and the last second.
    pub fn echo(&self, site: &SiteId, query: &CheckedQuery, zone: &TimeZone) -> Value {
        let order: Vec<Value> = query
            .order()
            .iter()
            .map(|(term, direction)| {
                let name = match term {
                    OrderBy::Metric(place) => self.metrics.get(*place).map(Metric::name),
                    OrderBy::Dimension(place) => self.columns.get(*place).map(|column| column.name.clone()),
                };
                json!([name, if *direction == Direction::Ascending { "asc" } else { "desc" }])
            })
            .collect();
        json!({
            "site_id": site.as_str(),
            "metrics": self.metrics.iter().map(Metric::name).collect::<Vec<_>>(),
            "date_range": period_json(&self.shown, zone),
            "filters": self.filters,
            "dimensions": self.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>(),
            "order_by": order,
            "include": self.include.written.clone().unwrap_or_else(|| Value::Object(Map::new())),
            "pagination": { "offset": self.offset, "limit": self.limit },
        })
    }

    /// The `meta` of an answer: what was asked for beside the rows.
    pub fn beside_rows(&self, labels: &Labels<'_>, total_rows: Option<usize>) -> Map<String, Value> {
        let mut beside = Map::new();
        if self.include.imports {
            beside.insert("imports_included".to_owned(), Value::Bool(false));
        }
        if self.include.time_labels {
            beside.insert("time_labels".to_owned(), labels.all().into());
        }
        if let Some(total) = total_rows.filter(|_| self.include.total_rows) {
            beside.insert("total_rows".to_owned(), total.into());
        }
        beside
    }

    /// The date range of a compared query, as the echo has it.
    pub fn compared_date_range(compared: &CheckedQuery, zone: &TimeZone) -> Value {
        period_json(compared.period(), zone)
    }

    fn metrics_json(&self, row: &Row) -> Vec<Value> {
        let currency = row.currency.as_deref();
        let values = self.metrics.iter().zip(&row.metrics);
        values.map(|(metric, value)| metric_json(metric, *value, currency)).collect()
    }

    fn dimensions_json(&self, row: &Row, labels: &Labels<'_>) -> Vec<Value> {
        let values = self.columns.iter().zip(&row.dimensions);
        values.map(|(column, value)| column.shown(value, labels).into()).collect()
    }
}

/// A metric's value where there are no events.
fn of_nothing(metric: &Metric) -> Option<f64> {
    let counts = matches!(
        metric,
        Metric::Visitors | Metric::Visits | Metric::Pageviews | Metric::Events | Metric::EventsPerMinute
    );
    (counts || metric.is_rate_of_visitors()).then_some(0.0)
}
