//! The shapes of bodies, for the API's description. Bodies are read by `millrace_event::payload`, never by these.

use serde::Serialize;
use utoipa::ToSchema;

use crate::answer::{BatchAnswer, SingleAnswer};

/// One event, an array of events, or a batch with the client's clock.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "described, never constructed")]
pub(super) enum Body {
    /// One event.
    Event(Box<Event>),
    /// A batch.
    Array(Vec<Event>),
    /// A batch with the client's clock at sending.
    Batch(Batch),
}

/// A batch of events.
#[derive(Serialize, ToSchema)]
pub(super) struct Batch {
    /// Up to 10,000 events.
    events: Vec<Event>,
    /// The client's clock at sending: timestamps are corrected by its difference from the server's.
    sent_at: Option<String>,
}

/// One event. Unknown fields are ignored; `null` is the same as leaving a field out.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({"site_id": "demo", "name": "pageview", "url": "https://example.com/pricing",
    "user_id": "u1", "properties": {"plan": "pro"}}))]
pub(super) struct Event {
    /// The site; may be left out where the key, or a single site, decides it.
    #[schema(max_length = 64)]
    site_id: Option<String>,
    /// What happened. Also: `event_type`, `event`, `action`. `page_view`, `view`, `$pageview` mean `pageview`.
    #[schema(min_length = 1, max_length = 120)]
    name: String,
    /// The client's own id, counted once. Also: `id`, `uuid`, `message_id`.
    #[schema(min_length = 1, max_length = 100)]
    event_id: Option<String>,
    /// RFC 3339, or epoch seconds or milliseconds; default: on arrival. Also: `time`, `ts`.
    #[schema(example = "2026-11-20T10:00:00Z")]
    timestamp: Option<String>,
    /// An identified person. Also: `distinct_id`.
    #[schema(max_length = 200)]
    user_id: Option<String>,
    /// An anonymous visitor.
    #[schema(max_length = 200)]
    anonymous_id: Option<String>,
    /// The client's session.
    #[schema(max_length = 64)]
    session_id: Option<String>,
    /// Full URL or path; cut at 2,048 characters. Also: `page_url`, `path`.
    url: Option<String>,
    /// Full URL.
    #[schema(max_length = 2048)]
    referrer: Option<String>,
    /// What was touched. Also: `button_id`.
    #[schema(max_length = 200)]
    element: Option<String>,
    /// Seconds. Also: `duration_ms`, milliseconds.
    #[schema(minimum = 0)]
    duration: Option<f64>,
    /// What it earned.
    revenue: Option<Revenue>,
    /// Up to 64 keys; nested objects are flattened with dots. Also: `props`, `metadata`, `data`.
    properties: Option<std::collections::BTreeMap<String, serde_json::Value>>,
    /// `1920x1080`, or `{"width": 1920, "height": 1080}`; or `viewport_width` and `viewport_height`.
    #[schema(example = "1920x1080")]
    screen: Option<String>,
    /// A language tag.
    #[schema(example = "en-GB")]
    language: Option<String>,
    /// The page's title.
    title: Option<String>,
    /// Whom the event is about; taken with a key only.
    user_agent: Option<String>,
    /// Whom the event is about; taken with a key only.
    ip: Option<String>,
}

/// An amount of money.
#[derive(Serialize, ToSchema)]
pub(super) struct Revenue {
    /// A number, or a decimal string.
    #[schema(example = 9.99)]
    amount: f64,
    /// ISO 4217.
    #[schema(example = "EUR")]
    currency: String,
}

/// Of one event, or of a batch.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "described, never constructed")]
pub(super) enum Answer {
    /// One event.
    Single(SingleAnswer),
    /// A batch.
    Batch(BatchAnswer<'static>),
}
