//! `POST /api/v2/query`: metrics by dimensions.

use axum::response::Response;
use futures::future::try_join_all;
use millrace_query::grammar::{Labels, Rates, Request, align, instant_text, total_rows_query};
use millrace_query::{CheckedQuery, Metric, QueryResult, Row};
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::answer::{answer, cell, list};
use super::asked::{Asked, Format, instants};
use super::described::{DateRange, Include, Pagination, QueryEcho, QueryMeta, QueryRow};
use crate::csv::Csv;
use crate::error::Failure;
use crate::openapi::REPORTS;
use crate::reader::Reader;

/// Metrics by dimensions
///
/// The grammar of Plausible's Stats API, version 2, with more metrics and dimensions; `docs/query.md` has every one. A
/// wrong request is a 400 `query_invalid` whose message names the place and lists what is allowed. As CSV: a row for
/// each result, columns by the names of dimensions and metrics, then those of the compared period.
#[utoipa::path(
    post, path = "/api/v2/query", operation_id = "query", tag = REPORTS,
    params(Format),
    request_body = QueryRequest,
    security((), ("key" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "The rows.", content(
            (QueryAnswer = "application/json"), (String = "text/csv"),
        )),
        Failure,
    ),
)]
pub(crate) async fn query(asked: Asked) -> Result<Response, Failure> {
    let context = asked.grammar();
    let request = Request::read(&asked.body, &context)?;
    let site = &asked.reader.site().id;
    let query = request.check(site.clone(), &context)?;
    let compared = request.compared(site.clone(), &context)?;
    let mut moments = instants(request.range, query.period());
    // Those that are compared move with what they are compared with.
    if !moments.is_empty() {
        moments.extend(compared.iter().flat_map(|compared| [compared.period().from, compared.period().to]));
    }
    let question = asked.question("v2/query", &moments);
    let computed = compute(&asked.reader, &request, &query, compared.as_ref());
    answer(&asked, question, computed, "query", |value, csv| table(&request, value, csv)).await
}

async fn compute(
    reader: &Reader,
    request: &Request,
    query: &CheckedQuery,
    compared: Option<&CheckedQuery>,
) -> Result<QueryAnswer, Failure> {
    let total_rows = async {
        match request.include.total_rows {
            true => Ok(Some(reader.run(&total_rows_query(query)).await?.len())),
            false => Ok(None),
        }
    };
    let (rows, total_rows) = tokio::try_join!(with_rates(reader, Rates::of(query)), total_rows)?;
    let zone = &reader.site().timezone;
    let labels = Labels::new(query, zone);
    let mut results: Vec<Value> = rows.iter().map(|row| request.row_json(row, &labels)).collect();
    if let Some(compared) = compared {
        let before = match Rates::of_comparison(compared, &rows) {
            Some(rates) => QueryResult { rows: with_rates(reader, rates).await? },
            None => QueryResult::default(),
        };
        let aligned = align(query, &rows, compared, &before);
        for (result, (row, before)) in results.iter_mut().zip(rows.iter().zip(aligned)) {
            result["comparison"] = request.comparison_json((query, row), (compared, before), zone);
        }
    }
    let mut meta = request.beside_rows(&labels, total_rows);
    if let Some(compared) = compared {
        meta.insert("comparison_date_range".to_owned(), Request::compared_date_range(compared, zone));
    }
    if let Some(warnings) = warnings(request, &rows) {
        meta.insert("metric_warnings".to_owned(), warnings);
    }
    meta.insert("as_of".to_owned(), instant_text(reader.now(), zone).into());
    Ok(QueryAnswer { cached: false, results, meta, query: request.echo(&reader.site().id, query, zone) })
}

/// The rows of a query with its rates, all that it needs asked at once.
async fn with_rates(reader: &Reader, rates: Rates) -> Result<Vec<Row>, Failure> {
    let run = |query| async move { Ok::<_, Failure>(QueryResult { rows: reader.run(query).await? }) };
    let others = try_join_all(rates.queries().iter().map(run));
    let (mut main, others) = tokio::try_join!(run(rates.main()), others)?;
    rates.fill(&mut main, &others);
    Ok(main.rows)
}

/// What is to be said of metrics that are null though there is something to count.
fn warnings(request: &Request, rows: &[Row]) -> Option<Value> {
    let is_mixed = rows.iter().any(|row| row.mixed_currencies);
    let revenue = request.metrics.iter().filter(|metric| is_mixed && metric.is_revenue());
    let warning = |metric: &Metric| {
        let warning = "null where amounts are in several currencies, which cannot be added up: filter by a goal or a \
                       property that has one";
        (metric.name(), json!({ "code": "several_currencies", "warning": warning }))
    };
    let warnings: Map<String, Value> = revenue.map(warning).collect();
    (!warnings.is_empty()).then_some(Value::Object(warnings))
}

/// The rows of an answer as a table.
fn table(request: &Request, answer: &Value, csv: &mut Csv) {
    let is_compared = request.include.comparison.is_some();
    let is_time: Vec<bool> =
        request.columns.iter().map(|column| column.dimension.interval().is_some()).collect();
    let mut names: Vec<String> = request.columns.iter().map(|column| column.name.clone()).collect();
    let metrics = |before: &str, names: &mut Vec<String>| {
        for metric in &request.metrics {
            names.push(format!("{before}{}", metric.name()));
            if metric.is_revenue() {
                names.push(format!("{before}{}_currency", metric.name()));
            }
        }
    };
    metrics("", &mut names);
    if is_compared {
        let times = request.columns.iter().filter(|column| column.dimension.interval().is_some());
        names.extend(times.map(|column| format!("comparison_{}", column.name)));
        metrics("comparison_", &mut names);
        names.extend(request.metrics.iter().map(|metric| format!("change_{}", metric.name())));
    }
    csv.texts(names);
    for row in list(answer, "results") {
        list(row, "dimensions").iter().for_each(|value| cell(csv, value));
        metric_cells(request, list(row, "metrics"), csv);
        if is_compared {
            let before = &row["comparison"];
            let labels = list(before, "dimensions").iter().zip(&is_time).filter(|(_, is_time)| **is_time);
            labels.for_each(|(value, _)| cell(csv, value));
            metric_cells(request, list(before, "metrics"), csv);
            list(before, "change").iter().for_each(|value| cell(csv, value));
        }
        csv.end_row();
    }
}

/// The values of metrics, an amount as two cells.
fn metric_cells(request: &Request, values: &[Value], csv: &mut Csv) {
    for (metric, value) in request.metrics.iter().zip(values) {
        if metric.is_revenue() {
            cell(csv, &value["value"]);
            cell(csv, &value["currency"]);
        } else {
            cell(csv, value);
        }
    }
}

/// A question.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it is described here and read by the grammar")]
pub(crate) struct QueryRequest {
    /// The site. May be left out where the key decides it or there is only one.
    #[schema(example = "demo", max_length = 64)]
    site_id: Option<String>,
    /// The numbers wanted, 1 to 30: `visitors`, `visits`, `pageviews`, `views_per_visit`, `bounce_rate`,
    /// `visit_duration`, `events`, `scroll_depth`, `time_on_page`, `percentage`, `conversion_rate`,
    /// `group_conversion_rate`, `average_revenue`, `total_revenue`, `events_per_minute`, `avg_duration`, and `sum`,
    /// `avg`, `min`, `max`, `p50`, `p95`, `p99` of a property: `sum(event:props:size)`.
    #[schema(example = json!(["visitors", "bounce_rate"]))]
    metrics: Vec<String>,
    /// When, in the site's zone: `day`, `yesterday`, `24h`, `7d`, `28d`, `30d`, `91d`, `month`, `6mo`, `12mo`, `year`,
    /// `all`, `realtime`, or a pair of dates or instants, both included.
    date_range: DateRange,
    /// What to group by, up to 8: `event:name`, `event:page`, `event:hostname`, `event:element`, `event:goal`,
    /// `event:props:<key>`, `visit:source` and others of the session, `time`, `time:day` and other intervals.
    #[schema(example = json!(["visit:source"]))]
    dimensions: Option<Vec<String>>,
    /// Filters that all hold: `["is", "event:page", ["/"]]`, `["and", [...]]`, `["not", ...]`, `["has_done", ...]`,
    /// `["is", "segment", [1]]`.
    #[schema(example = json!([["is", "visit:country", ["DE"]]]))]
    filters: Option<Vec<Vec<Value>>>,
    /// Pairs of a metric or dimension that is asked for, and `asc` or `desc`.
    #[schema(example = json!([["visitors", "desc"]]))]
    order_by: Option<Vec<Vec<String>>>,
    /// What else the answer says: `time_labels`, `total_rows`, `comparisons`.
    include: Option<Include>,
    /// `limit`, 1 to 10,000, which is the default, and `offset`.
    pagination: Option<Pagination>,
}

/// The answer to a question.
#[derive(Serialize, ToSchema)]
pub(crate) struct QueryAnswer {
    /// Whether this was computed for an earlier request, up to 2 seconds ago unless configured otherwise.
    cached: bool,
    /// A row for each group: `metrics` and `dimensions` in the order asked for, and `comparison` where one is asked
    /// for, with the other period's `metrics` and `dimensions`, and the `change` of each metric. Durations are seconds,
    /// rates percent; an amount is an object with `value` and `currency`.
    #[schema(value_type = Vec<QueryRow>)]
    results: Vec<Value>,
    /// `as_of`, the instant of asking; `time_labels` and `total_rows` where they are asked for;
    /// `comparison_date_range`; `metric_warnings`, which say why a metric is null.
    #[schema(value_type = QueryMeta)]
    meta: Map<String, Value>,
    /// The question as it was answered, defaults written out, the range as two instants.
    #[schema(value_type = QueryEcho)]
    query: Value,
}
