//! `POST /api/v1/retention/query`: who came back.

use axum::response::Response;
use millrace_query::grammar::{FilterReader, Labels, Place, period_json};
use millrace_query::{
    CheckedRetention, Filter, Interval, QueryError, Retention, RetentionAnswer, RetentionTable, Returned,
};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::answer::{answer, cell, list, percent};
use super::asked::{Asked, Format, filters_of, present, word};
use super::described::{ByDimension, DateRange, Passing};
use super::funnels::shown;
use crate::csv::Csv;
use crate::error::Failure;
use crate::openapi::REPORTS;

/// Of the visitors who started together, how many came back, and when
///
/// A visitor starts with the first of all their events that passes `start`, and returns with one that passes `again`.
/// Cohorts are by days, weeks or months of the site's calendar, up to 400; those to come are left out. As CSV: a row
/// for each cohort and offset, with a column `breakdown` that is empty for all visitors.
#[utoipa::path(
    post, path = "/api/v1/retention/query", operation_id = "retention", tag = REPORTS,
    params(Format),
    request_body = RetentionRequest,
    security((), ("key" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "The cohorts.", content(
            (RetentionReport = "application/json"), (String = "text/csv"),
        )),
        Failure,
    ),
)]
pub(crate) async fn query(asked: Asked) -> Result<Response, Failure> {
    asked.fields(&["interval", "start", "again", "breakdown"])?;
    let ranged = asked.range()?;
    let context = asked.grammar();
    let mut reader = FilterReader::new(&context);
    let filter = asked.filters(&mut reader)?;
    let intervals = [("day", Interval::Day), ("week", Interval::Week), ("month", Interval::Month)];
    let interval = word(&asked.body, "interval", &intervals, Interval::Week)?;
    let (breakdown, column) = asked.breakdown()?.unzip();
    let site = asked.reader.site();
    let question = Retention {
        site: site.id.clone(),
        range: ranged.range,
        filter,
        start: part(&asked.body, "start", &mut reader)?,
        again: part(&asked.body, "again", &mut reader)?,
        interval,
        breakdown,
    };
    let checked: CheckedRetention = question.check(asked.context())?;
    let mut instants = ranged.instants();
    instants.extend(checked.buckets().starts());
    let kept = asked.question("v1/retention", &instants);
    let date_range = period_json(&ranged.period, &site.timezone);
    let computed = async {
        let found: RetentionAnswer = asked.reader.fold(&checked.walk(), checked.fold()).await?;
        let labels = Labels::of_buckets(checked.buckets(), checked.period(), &site.timezone);
        let group = |group: millrace_query::RetentionGroup| CohortGroup {
            table: CohortTable::new(&group.table, &labels),
            value: shown(column.as_ref(), group.value),
        };
        Ok(RetentionReport {
            cached: false,
            interval: interval.name(),
            date_range,
            all: CohortTable::new(&found.all, &labels),
            groups: found.groups.into_iter().map(group).collect(),
            other: found.other.map(|table| CohortTable::new(&table, &labels)),
            approximate: found.approximate,
        })
    };
    answer(&asked, kept, computed, "retention", table).await
}

/// The filters of `start` or `again`; everything where it is left out.
fn part(body: &Value, key: &'static str, reader: &mut FilterReader<'_>) -> Result<Filter, QueryError> {
    match present(body, key) {
        Some(value) => filters_of(value, &Place::of(key), &["filters"], reader),
        None => Ok(Filter::all()),
    }
}

fn table(report: &Value, csv: &mut Csv) {
    csv.texts(["breakdown", "cohort", "visitors", "offset", "returned", "rate"]);
    let mut rows = |breakdown: &Value, table: &Value| {
        for cohort in list(table, "cohorts") {
            for (offset, returned) in list(cohort, "returned").iter().enumerate() {
                cell(csv, breakdown);
                cell(csv, &cohort["start"]);
                cell(csv, &cohort["visitors"]);
                csv.number(offset);
                cell(csv, &returned["visitors"]);
                cell(csv, &returned["rate"]);
                csv.end_row();
            }
        }
    };
    rows(&Value::Null, &report["all"]);
    list(report, "groups").iter().for_each(|group| rows(&group["value"], &group["table"]));
    rows(&"(other)".into(), &report["other"]);
}

/// A question about retention.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it is described here and read by the grammar")]
pub(crate) struct RetentionRequest {
    /// The site. May be left out where the key decides it or there is only one.
    #[schema(example = "demo", max_length = 64)]
    site_id: Option<String>,
    /// When visitors start, and until when they may return, as in `POST /api/v2/query`.
    date_range: DateRange,
    /// Which events take part, as in `POST /api/v2/query`.
    #[schema(example = json!([["is", "visit:country", ["DE"]]]))]
    filters: Option<Vec<Vec<Value>>>,
    /// `day`, `week` or `month`; `week` where it is left out.
    #[schema(example = "week")]
    interval: Option<String>,
    /// `{"filters": [...]}`: what makes a visitor start; to be seen at all where it is left out.
    start: Option<Passing>,
    /// `{"filters": [...]}`: what makes a visitor return; anything where it is left out.
    again: Option<Passing>,
    /// `{"dimension": "visit:source", "limit": 10}`: the same by the dimension of the starting event, for up to 100
    /// values.
    breakdown: Option<ByDimension>,
}

/// Who came back.
#[derive(Serialize, ToSchema)]
pub(crate) struct RetentionReport {
    /// Whether this was computed for an earlier request, up to 2 seconds ago unless configured otherwise.
    cached: bool,
    /// `day`, `week` or `month`.
    #[schema(example = "week")]
    interval: &'static str,
    /// The first and the last second of the range, in the site's zone.
    #[schema(value_type = Vec<String>)]
    date_range: Value,
    /// All visitors.
    all: CohortTable,
    /// The same for the values of the breakdown: the most visitors first.
    groups: Vec<CohortGroup>,
    /// The same for all other values; null where there are none.
    #[schema(required = true)]
    other: Option<CohortTable>,
    /// A bound was reached: values were not told apart. What is said of all visitors is exact.
    approximate: bool,
}

/// One value of the breakdown.
#[derive(Serialize, ToSchema)]
pub(crate) struct CohortGroup {
    /// The value.
    #[schema(example = "Google")]
    value: String,
    /// Its visitors.
    table: CohortTable,
}

/// Cohorts below each other.
#[derive(Serialize, ToSchema)]
pub(crate) struct CohortTable {
    /// One for each interval, oldest first, the empty ones too.
    cohorts: Vec<CohortReport>,
    /// For each offset, of all cohorts for which it has come.
    sums: Vec<ReturnedReport>,
}

/// Visitors who started together.
#[derive(Serialize, ToSchema)]
#[schema(as = Cohort)]
pub(crate) struct CohortReport {
    /// The interval's first day, in the site's zone.
    #[schema(format = Date, example = "2026-11-16")]
    start: String,
    /// How many.
    visitors: u64,
    /// For each offset, from 0, the interval they started in; the later the cohort, the fewer.
    returned: Vec<ReturnedReport>,
}

/// Visitors who came back.
#[derive(Serialize, ToSchema)]
#[schema(as = Returned)]
pub(crate) struct ReturnedReport {
    /// How many.
    visitors: u64,
    /// Of how many.
    of: u64,
    /// In percent, with two decimals; null where there are none they could be of.
    #[schema(required = true)]
    rate: Option<f64>,
}

impl CohortTable {
    fn new(table: &RetentionTable, labels: &Labels<'_>) -> Self {
        let cohort = |cohort: &millrace_query::Cohort| CohortReport {
            start: labels.of(cohort.start),
            visitors: cohort.visitors,
            returned: cohort.returned.iter().map(ReturnedReport::from).collect(),
        };
        Self {
            cohorts: table.cohorts.iter().map(cohort).collect(),
            sums: table.sums.iter().map(ReturnedReport::from).collect(),
        }
    }
}

impl From<&Returned> for ReturnedReport {
    fn from(returned: &Returned) -> Self {
        Self { visitors: returned.visitors, of: returned.of, rate: percent(returned.rate) }
    }
}
