//! `POST /api/v1/engagement/query`: active visitors.

use axum::response::Response;
use millrace_query::grammar::{FilterReader, Labels, period_json};
use millrace_query::{CheckedEngagement, Engagement};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::answer::{answer, cell, list, percent};
use super::asked::{Asked, Format};
use super::described::DateRange;
use crate::error::Failure;
use crate::openapi::REPORTS;

/// Active visitors of each day, and of the 7 and 30 days that end with it
///
/// A visitor is active on a day of the site's calendar with an event that passes the filters. Up to 400 days; days to
/// come are left out. As CSV: a row for each day.
#[utoipa::path(
    post, path = "/api/v1/engagement/query", operation_id = "engagement", tag = REPORTS,
    params(Format),
    request_body = EngagementRequest,
    security((), ("key" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "The days.", content(
            (ActiveVisitors = "application/json"), (String = "text/csv"),
        )),
        Failure,
    ),
)]
pub(crate) async fn query(asked: Asked) -> Result<Response, Failure> {
    asked.fields(&[])?;
    let ranged = asked.range()?;
    let context = asked.grammar();
    let filter = asked.filters(&mut FilterReader::new(&context))?;
    let site = asked.reader.site();
    let question = Engagement { site: site.id.clone(), range: ranged.range, filter };
    let checked: CheckedEngagement = question.check(asked.context())?;
    let mut instants = ranged.instants();
    instants.extend(checked.days());
    let kept = asked.question("v1/engagement", &instants);
    let date_range = period_json(&ranged.period, &site.timezone);
    let computed = async {
        let walk = checked.walk();
        let found = asked.reader.fold(&walk, checked.fold()).await?;
        let labels = Labels::of_buckets(checked.buckets(), &walk.selection.period, &site.timezone);
        let days = found.days.iter().map(|day| ActiveDay {
            date: labels.of(day.start),
            daily: day.daily,
            weekly: day.weekly,
            monthly: day.monthly,
            stickiness: percent(day.stickiness),
        });
        Ok(ActiveVisitors { cached: false, date_range, days: days.collect() })
    };
    answer(&asked, kept, computed, "engagement", |value, csv| {
        let names = ["date", "daily", "weekly", "monthly", "stickiness"];
        csv.texts(names);
        for day in list(value, "days") {
            names.iter().for_each(|name| cell(csv, &day[*name]));
            csv.end_row();
        }
    })
    .await
}

/// A question about active visitors.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it is described here and read by the grammar")]
pub(crate) struct EngagementRequest {
    /// The site. May be left out where the key decides it or there is only one.
    #[schema(example = "demo", max_length = 64)]
    site_id: Option<String>,
    /// Which days, as in `POST /api/v2/query`.
    date_range: DateRange,
    /// Which events make a visitor active, as in `POST /api/v2/query`.
    #[schema(example = json!([["is", "event:name", ["pageview"]]]))]
    filters: Option<Vec<Vec<Value>>>,
}

/// Active visitors.
#[derive(Serialize, ToSchema)]
pub(crate) struct ActiveVisitors {
    /// Whether this was computed for an earlier request, up to 2 seconds ago unless configured otherwise.
    cached: bool,
    /// The first and the last second of the range, in the site's zone.
    #[schema(value_type = Vec<String>)]
    date_range: Value,
    /// The days, oldest first.
    days: Vec<ActiveDay>,
}

/// A day's active visitors.
#[derive(Serialize, ToSchema)]
pub(crate) struct ActiveDay {
    /// The day, in the site's zone.
    #[schema(format = Date, example = "2026-11-20")]
    date: String,
    /// Visitors of the day.
    daily: u64,
    /// Visitors of the 7 days that end with it.
    weekly: u64,
    /// Visitors of the 30 days that end with it.
    monthly: u64,
    /// `daily` in percent of `monthly`, with two decimals; null where there are none.
    #[schema(required = true)]
    stickiness: Option<f64>,
}
