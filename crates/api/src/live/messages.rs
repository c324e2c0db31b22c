//! What is sent: a snapshot, a tick each second, events. Each is written once, however many read it.

use std::collections::BTreeMap;

use axum::extract::ws::Utf8Bytes;
use millrace_event::{Event, Timestamp};
use millrace_query::Period;
use millrace_store::Cursor;
use millrace_store::lists::LiveFigures;
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::lists::event::Earned;
use crate::lists::figures::Named;
use crate::reports::metrics::Bucket;
use crate::reports::recent::metadata;
use crate::series::{OTHER, two_decimals};

/// Bytes of the events of one message, unless a single event is larger. What a connection's buffer grows to.
const MESSAGE_BYTES: usize = 16 << 10;

/// What a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Snapshot,
    Tick,
    Events,
}

impl Kind {
    /// Its name on the wire.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Snapshot => "snapshot",
            Self::Tick => "tick",
            Self::Events => "events",
        }
    }
}

/// A message.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) kind: Kind,
    /// Of events: whoever has read up to here, or further, has missed nothing.
    pub(crate) from: Cursor,
    /// What has been read after it.
    pub(crate) to: Cursor,
    pub(crate) text: Utf8Bytes,
}

/// A message of the live stream: told apart by `type`.
#[derive(Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "lowercase")]
#[schema(as = LiveMessage)]
#[expect(dead_code, reason = "the description of what is put together from texts")]
pub(crate) enum Described {
    /// The first message; a later one says that events were left out.
    Snapshot {
        /// Where to go on from, for a client that connects again.
        #[schema(example = "1.5f3a")]
        cursor: String,
        /// The figures.
        live: Moment,
    },
    /// The figures again, each second.
    Tick {
        /// Where to go on from.
        cursor: String,
        /// The figures.
        live: Moment,
    },
    /// Events, in order of arrival.
    Events {
        /// Where to go on from.
        cursor: String,
        /// At least one.
        events: Vec<Arrived>,
    },
}

/// What happens on a site: the last five minutes up to now.
#[derive(Serialize, ToSchema)]
#[schema(as = LiveMoment)]
pub(crate) struct Moment {
    /// Distinct visitors.
    current_visitors: u64,
    /// Events a minute, with two decimals.
    events_per_minute: f64,
    /// The mean duration, in seconds with two decimals, of the events that have one; 0 where none has.
    avg_duration: f64,
    /// 30 buckets of ten seconds, the current one last.
    buckets: Vec<Bucket>,
    /// The ten pages with the most page views; `count` is these.
    top_pages: Vec<Named>,
    /// The ten sources of sessions with the most visitors; `count` is these.
    top_sources: Vec<Named>,
    /// The ten elements with the most events; `count` is these.
    top_elements: Vec<Named>,
    /// The ten countries with the most visitors; `count` is these.
    top_countries: Vec<Named>,
}

impl Moment {
    /// From what the store counted over `period`, in buckets that start at `starts`.
    pub(super) fn new(figures: LiveFigures, period: Period, starts: &[Timestamp]) -> Self {
        let buckets = starts.iter().zip(figures.buckets).map(|(start, bucket)| {
            let others = bucket.events.saturating_sub(bucket.names.values().sum());
            let mut counts: BTreeMap<String, u64> =
                bucket.names.into_iter().map(|(name, count)| (name.into(), count)).collect();
            if others > 0 {
                *counts.entry(OTHER.to_owned()).or_default() += others;
            }
            Bucket::from((*start, counts))
        });
        let mean = match figures.durations {
            0 => 0.0,
            durations => figures.duration_ms as f64 / durations as f64 / 1_000.0,
        };
        Self {
            current_visitors: figures.visitors,
            events_per_minute: two_decimals(figures.events as f64 / period.minutes()),
            avg_duration: two_decimals(mean),
            buckets: buckets.collect(),
            top_pages: named(figures.pages),
            top_sources: named(figures.sources),
            top_elements: named(figures.elements),
            top_countries: named(figures.countries),
        }
    }

    /// As JSON.
    pub(super) fn text(&self) -> Utf8Bytes {
        serde_json::to_string(self).unwrap_or_default().into()
    }
}

fn named<T: Into<String>>(list: Vec<(T, u64)>) -> Vec<Named> {
    list.into_iter().map(|(name, count)| Named { name: name.into(), count }).collect()
}

/// An event that has arrived.
#[derive(Serialize, ToSchema)]
#[schema(as = LiveEvent)]
pub(crate) struct Arrived {
    /// The client's own id, or the one it was given.
    event_id: String,
    /// Its name.
    #[schema(example = "pageview")]
    name: String,
    /// The page's path.
    #[schema(required = true, example = "/pricing")]
    url: Option<String>,
    /// The person, where the client said so.
    #[schema(required = true)]
    user_id: Option<String>,
    /// The client's own session id, or the one it was given.
    session_id: String,
    /// When it happened, UTC.
    #[schema(format = DateTime, example = "2026-11-20T10:00:00.250Z")]
    timestamp: String,
    /// The properties, numbers with the digits they were sent with.
    #[schema(value_type = Object)]
    properties: Box<RawValue>,
    /// What was touched, where it was something.
    #[serde(skip_serializing_if = "Option::is_none")]
    element: Option<String>,
    /// Who sent the visitor, where this event says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    /// The country, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    country: Option<String>,
    /// What was earned, where it was something.
    #[serde(skip_serializing_if = "Option::is_none")]
    revenue: Option<Earned>,
}

impl From<Event> for Arrived {
    fn from(event: Event) -> Self {
        Self {
            event_id: event.id.to_string(),
            name: event.name.into(),
            url: event.path.map(String::from),
            user_id: event.user_id.map(String::from),
            session_id: event.client_session_id.map_or_else(|| event.session.to_string(), String::from),
            timestamp: event.timestamp.to_string(),
            properties: metadata(event.properties.into()),
            element: event.element.map(String::from),
            source: event.source.map(String::from),
            country: event.place.country.map(|country| country.as_str().to_owned()),
            revenue: event.revenue.map(Earned::from),
        }
    }
}

/// A snapshot or tick for whoever has read up to `cursor`.
pub(super) fn figures(kind: Kind, cursor: Cursor, live: &str) -> Message {
    let text = format!(r#"{{"type":"{}","cursor":"{}","live":{live}}}"#, kind.name(), shown(cursor)).into();
    Message { kind, from: cursor, to: cursor, text }
}

/// Events after `from`, and nothing else up to `to`, in as many messages as they need.
pub(super) fn events(from: Cursor, to: Cursor, arrived: Vec<(Cursor, Event)>) -> Vec<Message> {
    let mut messages = Vec::new();
    let (mut from, mut list, mut last) = (from, String::new(), from);
    let message = |from, to, list: &str| Message {
        kind: Kind::Events,
        from,
        to,
        text: format!(r#"{{"type":"events","cursor":"{}","events":[{list}]}}"#, shown(to)).into(),
    };
    for (cursor, event) in arrived {
        let event = serde_json::to_string(&Arrived::from(event)).unwrap_or_default();
        if !list.is_empty() && list.len() + event.len() > MESSAGE_BYTES {
            messages.push(message(from, last, &list));
            (from, list) = (last, String::new());
        }
        if !list.is_empty() {
            list.push(',');
        }
        list.push_str(&event);
        last = cursor;
    }
    if !list.is_empty() {
        messages.push(message(from, to, &list));
    }
    messages
}

/// A cursor as clients see it: the version of this form, and a number that is no business of theirs.
pub(super) fn shown(cursor: Cursor) -> String {
    format!("1.{:x}", cursor.0)
}

/// A cursor by that text.
pub(super) fn read(text: &str) -> Option<Cursor> {
    let digits = text.strip_prefix("1.")?;
    let are_some = (1..=16).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let number = are_some.then(|| u64::from_str_radix(digits, 16).ok()).flatten()?;
    // As the store's column holds it.
    i64::try_from(number).is_ok().then_some(Cursor(number))
}
