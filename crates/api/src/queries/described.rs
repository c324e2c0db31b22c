//! Parts of questions, for the description alone: the grammar reads them.

#![expect(dead_code, reason = "these are described here and read by the grammar")]

use std::collections::HashMap;

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// `day`, `yesterday`, `24h`, `7d`, `28d`, `30d`, `91d`, `month`, `6mo`, `12mo`, `year`, `all`, `realtime`, in the site's
/// zone; or a pair of days or of instants, both included.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[schema(example = "7d")]
pub(crate) enum DateRange {
    /// A word.
    Word(String),
    /// The first and the last day or instant.
    Pair(Vec<String>),
}

/// `30m`, `1h`, `7d`, or a number of seconds.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[schema(example = "7d")]
pub(crate) enum FunnelWindow {
    /// A number with `s`, `m`, `h` or `d`.
    Text(String),
    /// Seconds.
    Seconds(u64),
}

/// What else an answer says.
#[derive(ToSchema)]
pub(crate) struct Include {
    /// The labels of all buckets in `meta.time_labels`, those without events too. Needs a time dimension.
    time_labels: Option<bool>,
    /// The number of rows without the limit in `meta.total_rows`, up to 100,000.
    total_rows: Option<bool>,
    /// The same figures of another period.
    comparisons: Option<Comparisons>,
}

/// What to compare with.
#[derive(ToSchema)]
pub(crate) struct Comparisons {
    /// `previous_period`, `year_over_year` or `custom`.
    #[schema(example = "previous_period")]
    mode: String,
    /// The period, of the mode `custom`.
    date_range: Option<DateRange>,
    /// Whether the other period begins on the same day of the week.
    match_day_of_week: Option<bool>,
}

/// Which rows.
#[derive(ToSchema)]
pub(crate) struct Pagination {
    /// The most rows; 10,000 where it is left out.
    #[schema(minimum = 1, maximum = 10000)]
    limit: Option<usize>,
    /// Rows to pass over first.
    offset: Option<usize>,
}

/// The same for the values of a dimension.
#[derive(ToSchema)]
pub(crate) struct ByDimension {
    /// The dimension; no goal and no time.
    #[schema(example = "visit:source")]
    dimension: String,
    /// How many values; 10 where it is left out.
    #[schema(minimum = 1, maximum = 100)]
    limit: Option<usize>,
}

/// Events that pass.
#[derive(ToSchema)]
pub(crate) struct Passing {
    /// Filters as in `POST /api/v2/query`.
    #[schema(example = json!([["is", "event:name", ["signup"]]]))]
    filters: Vec<Vec<Value>>,
}

/// A step of a funnel.
#[derive(ToSchema)]
pub(crate) struct FunnelStepRequest {
    /// Its name; `Step 1` and so on where it is left out.
    #[schema(example = "Pricing")]
    name: Option<String>,
    /// What takes it: filters as in `POST /api/v2/query`.
    #[schema(example = json!([["is", "event:page", ["/pricing"]]]))]
    filters: Vec<Vec<Value>>,
}

/// Which visitors of a funnel are listed.
#[derive(ToSchema)]
pub(crate) struct FunnelPeopleRequest {
    /// The step, from 1.
    #[schema(example = 2)]
    step: usize,
    /// `dropped`, whom the step counts so, or `converted`, all who reached it.
    #[schema(example = "dropped")]
    state: String,
    /// The most visitors; 100 where it is left out.
    #[schema(minimum = 1, maximum = 1000)]
    limit: Option<usize>,
}

/// Where journeys begin: one of these.
#[derive(ToSchema)]
pub(crate) struct JourneyAnchor {
    /// A page's path.
    #[schema(example = "/pricing")]
    page: Option<String>,
    /// An event's name.
    #[schema(example = json!(null))]
    event: Option<String>,
    /// Filters as in `POST /api/v2/query`.
    #[schema(example = json!(null))]
    filters: Option<Vec<Vec<Value>>>,
}

/// A group.
#[derive(ToSchema)]
pub(crate) struct QueryRow {
    /// In the order asked for: numbers, durations in seconds, rates in percent; null where there is none. An amount is
    /// an object with `value`, `currency`, `short` and `long`.
    #[schema(example = json!([120, 41]))]
    metrics: Vec<Option<MetricValue>>,
    /// In the order asked for.
    #[schema(example = json!(["Google"]))]
    dimensions: Vec<String>,
    /// The other period, where one is asked for.
    comparison: Option<ComparedRow>,
}

/// A metric's value, where it has one.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum MetricValue {
    /// A number, durations in seconds, rates in percent.
    Number(f64),
    /// An amount of money.
    Amount(Amount),
}

/// An amount of money.
#[derive(Serialize, ToSchema)]
pub(crate) struct Amount {
    /// The amount.
    #[schema(example = 1249.5)]
    value: f64,
    /// ISO 4217.
    #[schema(example = "EUR")]
    currency: String,
    /// As it is shown where there is little room.
    #[schema(example = "€1.2K")]
    short: String,
    /// As it is shown in full.
    #[schema(example = "€1,249.50")]
    long: String,
}

/// What an answer says beside its rows.
#[derive(ToSchema)]
pub(crate) struct QueryMeta {
    /// The instant of asking, in the site's zone.
    #[schema(format = DateTime)]
    as_of: String,
    /// The labels of all buckets, where they are asked for.
    time_labels: Option<Vec<String>>,
    /// The number of rows without the limit, where it is asked for.
    total_rows: Option<u64>,
    /// The first and the last instant of the period that is compared with, where one is asked for.
    comparison_date_range: Option<Vec<String>>,
    /// Why a metric is null though there is something to count, by metric.
    metric_warnings: Option<HashMap<String, MetricWarning>>,
    /// Always false, where it is asked for: nothing is imported from elsewhere.
    imports_included: Option<bool>,
}

/// Why a metric is null.
#[derive(ToSchema)]
pub(crate) struct MetricWarning {
    /// The stable word.
    #[schema(example = "several_currencies")]
    code: String,
    /// Why, for people.
    warning: String,
}

/// A question as it was answered, defaults written out.
#[derive(ToSchema)]
pub(crate) struct QueryEcho {
    /// The site.
    #[schema(example = "demo")]
    site_id: String,
    /// The numbers.
    metrics: Vec<String>,
    /// The first and the last instant.
    date_range: Vec<String>,
    /// The filters.
    filters: Vec<Vec<Value>>,
    /// What is grouped by.
    dimensions: Vec<String>,
    /// Pairs of a metric or dimension, and `asc` or `desc`.
    order_by: Vec<Vec<String>>,
    /// What else was asked for.
    #[schema(value_type = HashMap<String, Value>)]
    include: Value,
    /// Which rows.
    pagination: Pagination,
}

/// A JSON value that is no list and no object.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum ScalarValue {
    /// A text.
    Text(String),
    /// A number, with the digits it was sent with.
    Number(f64),
    /// A truth value.
    Boolean(bool),
}

/// The same group in another period.
#[derive(ToSchema)]
pub(crate) struct ComparedRow {
    /// In the order asked for.
    #[schema(example = json!([100, 50]))]
    metrics: Vec<Option<MetricValue>>,
    /// In the order asked for; a time is the one at the same place of the period.
    #[schema(example = json!(["Google"]))]
    dimensions: Vec<Option<String>>,
    /// Of each metric in percent, of rates in points; null where one of the two is.
    #[schema(example = json!([20, -9]))]
    change: Vec<Option<f64>>,
}
