//! `POST /api/v1/activity/query`: a number for each hour of the week.

use axum::response::Response;
use millrace_query::grammar::{FilterReader, Place, parse_metric, period_json};
use millrace_query::{Activity, ActivityCell, Metric, QueryResult};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::answer::{answer, cell, list};
use super::asked::{Asked, Format, present};
use super::described::DateRange;
use crate::error::Failure;
use crate::openapi::REPORTS;

const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// A number for each hour of the week, in the site's zone
///
/// The metric is one that can be added up: `events`, `visitors`, `visits`, `pageviews` or `sum(event:props:<key>)`.
/// Visitors and sessions are those of each hour: who comes in two hours of one cell counts twice in it. Up to 400
/// days; hours to come are left out. As CSV: a row for each hour.
#[utoipa::path(
    post, path = "/api/v1/activity/query", operation_id = "activity", tag = REPORTS,
    params(Format),
    request_body = ActivityRequest,
    security((), ("key" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "The week.", content(
            (ActivityWeek = "application/json"), (String = "text/csv"),
        )),
        Failure,
    ),
)]
pub(crate) async fn query(asked: Asked) -> Result<Response, Failure> {
    asked.fields(&["metric"])?;
    let ranged = asked.range()?;
    let context = asked.grammar();
    let filter = asked.filters(&mut FilterReader::new(&context))?;
    let metric = match present(&asked.body, "metric") {
        Some(metric) => parse_metric(Place::of("metric").text(metric)?, "metric")?,
        None => Metric::Events,
    };
    let name = metric.name();
    let site = asked.reader.site();
    let question = Activity { site: site.id.clone(), range: ranged.range, filter, metric };
    let checked = question.check(asked.context())?;
    let mut instants = ranged.instants();
    if !instants.is_empty() {
        // The hours that have come by now.
        instants.push(checked.query().period().to);
    }
    let kept = asked.question("v1/activity", &instants);
    let date_range = period_json(&ranged.period, &site.timezone);
    let computed = async {
        let rows = asked.reader.run(checked.query()).await?;
        let week = checked.answer(&QueryResult { rows }).week;
        let days = DAYS.iter().zip(week).map(|(day, hours)| ActivityDay {
            day,
            hours: hours.iter().enumerate().map(ActivityHour::of).collect(),
        });
        Ok(ActivityWeek { cached: false, metric: name, date_range, week: days.collect() })
    };
    answer(&asked, kept, computed, "activity", |value, csv| {
        let names = ["hour", "sum", "mean", "hours"];
        csv.texts(["day"].iter().chain(&names));
        for day in list(value, "week") {
            for hour in list(day, "hours") {
                cell(csv, &day["day"]);
                names.iter().for_each(|name| cell(csv, &hour[*name]));
                csv.end_row();
            }
        }
    })
    .await
}

/// A question about activity.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it is described here and read by the grammar")]
pub(crate) struct ActivityRequest {
    /// The site. May be left out where the key decides it or there is only one.
    #[schema(example = "demo", max_length = 64)]
    site_id: Option<String>,
    /// When, as in `POST /api/v2/query`.
    date_range: DateRange,
    /// Which events, as in `POST /api/v2/query`.
    #[schema(example = json!([["is", "event:name", ["pageview"]]]))]
    filters: Option<Vec<Vec<Value>>>,
    /// The number; `events` where it is left out.
    #[schema(example = "pageviews")]
    metric: Option<String>,
}

/// A week.
#[derive(Serialize, ToSchema)]
pub(crate) struct ActivityWeek {
    /// Whether this was computed for an earlier request, up to 2 seconds ago unless configured otherwise.
    cached: bool,
    /// The number.
    #[schema(example = "events")]
    metric: String,
    /// The first and the last second of the range, in the site's zone.
    #[schema(value_type = Vec<String>)]
    date_range: Value,
    /// Seven days from Monday.
    week: Vec<ActivityDay>,
}

/// A day of the week.
#[derive(Serialize, ToSchema)]
pub(crate) struct ActivityDay {
    /// Its name.
    #[schema(example = "monday")]
    day: &'static str,
    /// Its 24 hours.
    hours: Vec<ActivityHour>,
}

/// An hour of the week.
#[derive(Serialize, ToSchema)]
pub(crate) struct ActivityHour {
    /// The hour of the site's clock, 0 to 23.
    hour: usize,
    /// The number added up over all such hours of the range.
    sum: f64,
    /// `sum` by `hours`, with six decimals at most; null where the range has no such hour.
    #[schema(required = true)]
    mean: Option<f64>,
    /// How many such hours the range has.
    hours: u32,
}

impl ActivityHour {
    fn of((hour, cell): (usize, &ActivityCell)) -> Self {
        let mean = cell.mean().map(|mean| (mean * 1e6).round() / 1e6);
        // Of numbers beyond a float's digits nothing is left to round.
        Self { hour, sum: cell.sum, mean: mean.filter(|mean| mean.is_finite()), hours: cell.hours }
    }
}
