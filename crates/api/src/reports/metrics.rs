//! `GET /metrics/hourly` and `/metrics/summary`, and the buckets that `/metrics/realtime` answers too.

use std::collections::BTreeMap;

use axum::Json;
use millrace_event::Timestamp;
use millrace_query::{Dimension, Filter, Interval, Metric, Range};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::Failure;
use crate::openapi::REPORTS;
use crate::parameters::SiteId;
use crate::reader::Reader;
use crate::series::per_second;

const HOUR_MS: i64 = 3_600_000;

/// How many event types `/metrics/summary` shows.
const TOP_EVENTS: usize = 10;

/// Events of the last 24 hours by hour and type
///
/// The current hour and the 23 before it, in the site's zone.
#[utoipa::path(
    get, path = "/metrics/hourly", tag = REPORTS,
    params(SiteId),
    security((), ("key" = []), ("bearer" = [])),
    responses((status = 200, description = "24 buckets, oldest first.", body = Hourly), Failure),
)]
pub(crate) async fn hourly(reader: Reader) -> Result<Json<Hourly>, Failure> {
    let series = reader.named_series(Range::Last(24, Interval::Hour), Interval::Hour).await?;
    Ok(Json(Hourly {
        time_range: "24h",
        buckets: series.buckets.into_iter().map(Bucket::from).collect(),
        summary: HourlySummary { total_events: series.total, events_per_second: series.per_second },
    }))
}

/// The last hour
#[utoipa::path(
    get, path = "/metrics/summary", operation_id = "metrics_summary", tag = REPORTS,
    params(SiteId),
    security((), ("key" = []), ("bearer" = [])),
    responses((status = 200, description = "The last 60 minutes.", body = MetricsSummary), Failure),
)]
pub(crate) async fn summary(reader: Reader) -> Result<Json<MetricsSummary>, Failure> {
    let range = reader.last(HOUR_MS);
    let (totals, top) = tokio::try_join!(
        reader.totals(range, &[Metric::Events, Metric::Visitors]),
        reader.top(range, Dimension::Name, Filter::all(), TOP_EVENTS),
    )?;
    Ok(Json(MetricsSummary {
        last_hour: LastHour {
            total_events: totals.count(0),
            unique_users: totals.count(1),
            events_per_second: per_second(totals.count(0), 60.0),
            top_events: top
                .into_iter()
                .map(|event| TopEvent { kind: event.value, count: event.count })
                .collect(),
        },
    }))
}

/// `GET /metrics/hourly`
#[derive(Serialize, ToSchema)]
pub(crate) struct Hourly {
    /// Always `24h`.
    #[serde(rename = "timeRange")]
    #[schema(example = "24h")]
    time_range: &'static str,
    /// Every hour, oldest first.
    buckets: Vec<Bucket>,
    /// All of them together.
    summary: HourlySummary,
}

/// The hours together.
#[derive(Serialize, ToSchema)]
pub(crate) struct HourlySummary {
    /// Events.
    total_events: u64,
    /// Events a second over the whole period, with two decimals.
    events_per_second: f64,
}

/// Events of a piece of time.
#[derive(Serialize, ToSchema)]
pub(crate) struct Bucket {
    /// Its first instant, UTC.
    #[schema(format = DateTime, example = "2026-11-20T10:00:00Z")]
    timestamp: String,
    /// Events by type; of the period's 100 most frequent types, with all others as `(other)`.
    counts: BTreeMap<String, u64>,
}

impl From<(Timestamp, BTreeMap<String, u64>)> for Bucket {
    fn from((start, counts): (Timestamp, BTreeMap<String, u64>)) -> Self {
        Self { timestamp: start.to_string(), counts }
    }
}

/// `GET /metrics/summary`
#[derive(Serialize, ToSchema)]
pub(crate) struct MetricsSummary {
    /// The last 60 minutes.
    last_hour: LastHour,
}

/// The last 60 minutes.
#[derive(Serialize, ToSchema)]
pub(crate) struct LastHour {
    /// Events.
    total_events: u64,
    /// Visitors.
    unique_users: u64,
    /// Events a second, with two decimals.
    events_per_second: f64,
    /// The ten most frequent types.
    top_events: Vec<TopEvent>,
}

/// A type's events.
#[derive(Serialize, ToSchema)]
pub(crate) struct TopEvent {
    /// The event's name.
    #[serde(rename = "type")]
    #[schema(example = "pageview")]
    kind: String,
    /// Its events.
    count: u64,
}
