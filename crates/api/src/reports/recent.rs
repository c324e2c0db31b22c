//! `GET /analytics/recent` and `GET /events/recent`: the latest events themselves.

use axum::Json;
use millrace_event::Event;
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::error::Failure;
use crate::openapi::REPORTS;
use crate::parameters::{EventLimit, Limit, SiteId};
use crate::reader::Reader;

/// The latest events
#[utoipa::path(
    get, path = "/analytics/recent", tag = REPORTS,
    params(SiteId, EventLimit),
    security((), ("key" = []), ("bearer" = [])),
    responses((status = 200, description = "The events, newest first.", body = AnalyticsRecent), Failure),
)]
pub(crate) async fn analytics_recent(
    reader: Reader,
    Limit(limit): EventLimit,
) -> Result<Json<AnalyticsRecent>, Failure> {
    Ok(Json(AnalyticsRecent { events: latest(&reader, limit).await? }))
}

/// The latest events, with their number
#[utoipa::path(
    get, path = "/events/recent", tag = REPORTS,
    params(SiteId, EventLimit),
    security((), ("key" = []), ("bearer" = [])),
    responses((status = 200, description = "The events, newest first.", body = EventsRecent), Failure),
)]
pub(crate) async fn events_recent(
    reader: Reader,
    Limit(limit): EventLimit,
) -> Result<Json<EventsRecent>, Failure> {
    let events = latest(&reader, limit).await?;
    Ok(Json(EventsRecent { count: events.len(), events, limit }))
}

async fn latest(reader: &Reader, limit: usize) -> Result<Vec<RecentEvent>, Failure> {
    Ok(reader.recent(limit).await?.into_iter().map(RecentEvent::from).collect())
}

/// `GET /analytics/recent`
#[derive(Serialize, ToSchema)]
pub(crate) struct AnalyticsRecent {
    /// The events, newest first.
    events: Vec<RecentEvent>,
}

/// `GET /events/recent`
#[derive(Serialize, ToSchema)]
pub(crate) struct EventsRecent {
    /// The events, newest first.
    events: Vec<RecentEvent>,
    /// How many there are here.
    count: usize,
    /// The most that there could have been.
    limit: usize,
}

/// One event.
#[derive(Serialize, ToSchema)]
pub(crate) struct RecentEvent {
    /// The client's own id, or the one it was given.
    event_id: String,
    /// Its name.
    #[schema(example = "pageview")]
    event_type: String,
    /// The person, where the client said so.
    #[schema(required = true)]
    user_id: Option<String>,
    /// The client's own session id, or the one it was given.
    session_id: String,
    /// The page's path.
    #[schema(required = true, example = "/pricing")]
    page_url: Option<String>,
    /// When it happened, UTC.
    #[schema(format = DateTime, example = "2026-11-20T10:00:00.250Z")]
    timestamp: String,
    /// The properties, numbers with the digits they were sent with.
    #[schema(value_type = HashMap<String, serde_json::Value>)]
    metadata: Box<RawValue>,
}

impl From<Event> for RecentEvent {
    fn from(event: Event) -> Self {
        Self {
            event_id: event.id.to_string(),
            event_type: event.name.into(),
            user_id: event.user_id.map(String::from),
            session_id: event.client_session_id.map_or_else(|| event.session.to_string(), String::from),
            page_url: event.path.map(String::from),
            timestamp: event.timestamp.to_string(),
            metadata: metadata(event.properties.into()),
        }
    }
}

/// The stored JSON text as it is. Text that is no object would break the whole answer: it becomes an empty one.
pub(crate) fn metadata(properties: String) -> Box<RawValue> {
    if !properties.is_empty() {
        match RawValue::from_string(properties) {
            Ok(object) if object.get().starts_with('{') => return object,
            _ => tracing::warn!("an event's properties are no JSON object"),
        }
    }
    serde_json::value::to_raw_value(&serde_json::Map::new()).unwrap_or_default()
}
