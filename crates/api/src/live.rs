//! What happens now: `GET /metrics/realtime`, `GET /metrics` as JSON, and the live stream in `live/`.
//!
//! The stream: a `group` is those who watch one site with the same filters, and asks the store on behalf of all of them;
//! the `hub` has all groups and counts connections; a `stream` is one client's; `socket` and `sse` are its two forms on
//! the wire. [docs/live.md](../../../docs/live.md) is the contract.
//!
//! `/metrics` is two things under one name, told apart by `Accept`: a site's live figures for whoever asks for
//! JSON, the process's own figures for everyone else, Prometheus first.

mod asked;
pub(crate) mod figures;
mod group;
mod hub;
mod messages;
pub(crate) mod socket;
pub(crate) mod sse;
mod stream;

use std::any::Any;
use std::sync::Arc;

use axum::Json;
use axum::extract::{FromRequestParts, Request, State};
use axum::response::{IntoResponse, Response};
use http::header::{ACCEPT, CONTENT_TYPE, VARY};
use http::{HeaderMap, HeaderValue, StatusCode};
use millrace_query::{Dimension, Filter, Interval, Metric, Range};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Shared;
use crate::error::Failure;
use crate::openapi::LIVE;
use crate::parameters::SiteId;
use crate::reader::Reader;
use crate::reports::metrics::Bucket;
use crate::series::two_decimals;

pub(crate) use hub::Hub;

/// What is held for as long as a connection is open, also where HTTP has handed it over: the server puts it among a
/// request's extensions.
#[derive(Clone)]
pub struct Held(pub Arc<dyn Any + Send + Sync>);

/// As much as may be is there already.
fn full(message: &str) -> Failure {
    Failure::Body {
        status: StatusCode::SERVICE_UNAVAILABLE,
        code: "live_full",
        field: None,
        message: message.to_owned(),
    }
}

/// What "live" means: the last five minutes.
const LIVE_MS: i64 = 5 * 60_000;

/// How many elements the live figures show.
const TOP_ELEMENTS: usize = 10;

/// Events of the last five minutes by ten seconds and type
#[utoipa::path(
    get, path = "/metrics/realtime", tag = LIVE,
    params(SiteId),
    security((), ("key" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "30 buckets of ten seconds, the current one last.", body = Realtime),
        Failure,
    ),
)]
pub(crate) async fn realtime(reader: Reader) -> Result<Json<Realtime>, Failure> {
    let series = reader.named_series(Range::Last(30, Interval::TenSeconds), Interval::TenSeconds).await?;
    Ok(Json(Realtime {
        time_range: "5m",
        buckets: series.buckets.into_iter().map(Bucket::from).collect(),
        summary: RealtimeSummary { total_events: series.total, events_per_second: series.per_second },
    }))
}

/// A site's live figures, or the server's own
///
/// With `Accept: application/json` the site's last five minutes; otherwise the server's metrics as Prometheus
/// reads them, for which no site and no key is needed.
#[utoipa::path(
    get, path = "/metrics", tag = LIVE,
    params(SiteId),
    security((), ("key" = []), ("bearer" = [])),
    responses(
        (
            status = 200,
            description = "The live figures, or Prometheus text of version 0.0.4.",
            content((LiveFigures = "application/json"), (String = "text/plain")),
        ),
        Failure,
    ),
)]
pub(crate) async fn metrics(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let mut response = if wants_json(request.headers()) {
        live_figures(&shared, request).await.into_response()
    } else {
        prometheus_text((shared.api.prometheus)())
    };
    response.headers_mut().insert(VARY, HeaderValue::from_static("accept"));
    response
}

/// The process's own metrics, as Prometheus reads them.
pub(crate) fn prometheus_text(text: String) -> Response {
    const TEXT: HeaderValue = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    ([(CONTENT_TYPE, TEXT)], text).into_response()
}

async fn live_figures(shared: &Arc<Shared>, request: Request) -> Result<Json<LiveFigures>, Failure> {
    let (mut parts, _) = request.into_parts();
    let reader = Reader::from_request_parts(&mut parts, shared).await?;
    let range = reader.last(LIVE_MS);
    let (totals, elements) = tokio::try_join!(
        reader.totals(range, &[Metric::Visitors, Metric::EventsPerMinute, Metric::AvgDuration]),
        reader.top(range, Dimension::Element, Filter::all(), TOP_ELEMENTS),
    )?;
    let metric = |place: usize| two_decimals(totals.metrics.get(place).copied().flatten().unwrap_or(0.0));
    Ok(Json(LiveFigures {
        active_users: totals.count(0),
        events_per_min: metric(1),
        avg_duration: metric(2),
        top_elements: elements
            .into_iter()
            .map(|element| ElementCount { element: element.value, count: element.count })
            .collect(),
    }))
}

/// Whether JSON is named, and liked at least as much as text. A wildcard names nothing: Prometheus sends one.
fn wants_json(headers: &HeaderMap) -> bool {
    let (mut json, mut text) = (0.0f32, 0.0f32);
    let accepted = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    for range in accepted.flat_map(|value| value.split(',')) {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default().to_ascii_lowercase();
        let quality =
            parts.find_map(|part| part.strip_prefix("q=")).map_or(1.0, |q| q.parse().unwrap_or(0.0));
        match name.as_str() {
            "application/json" => json = json.max(quality),
            "text/plain" | "application/openmetrics-text" => text = text.max(quality),
            _ => {}
        }
    }
    json > 0.0 && json >= text
}

/// `GET /metrics/realtime`
#[derive(Serialize, ToSchema)]
pub(crate) struct Realtime {
    /// Always `5m`.
    #[serde(rename = "timeRange")]
    #[schema(example = "5m")]
    time_range: &'static str,
    /// Every ten seconds, oldest first.
    buckets: Vec<Bucket>,
    /// All of them together.
    summary: RealtimeSummary,
}

/// The buckets together.
#[derive(Serialize, ToSchema)]
pub(crate) struct RealtimeSummary {
    /// Events.
    total_events: u64,
    /// Events a second over the whole period, with two decimals.
    #[serde(rename = "eventsPerSecond")]
    events_per_second: f64,
}

/// A site's last five minutes.
#[derive(Serialize, ToSchema)]
pub(crate) struct LiveFigures {
    /// Visitors.
    active_users: u64,
    /// Events a minute.
    events_per_min: f64,
    /// The mean duration, in seconds, of the events that have one; 0 where none has.
    avg_duration: f64,
    /// The ten elements with the most events.
    top_elements: Vec<ElementCount>,
}

/// An element's events.
#[derive(Serialize, ToSchema)]
pub(crate) struct ElementCount {
    /// What was touched.
    #[schema(example = "video_player")]
    element: String,
    /// Its events.
    count: u64,
}
