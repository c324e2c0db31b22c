//! An event's members, found by name or alias, still raw.

use super::json;
use super::text::{self, Repairs};

/// What a client may send. The variants with the same meaning are one field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub(crate) enum Field {
    SiteId,
    Name,
    EventId,
    Timestamp,
    SentAt,
    UserId,
    AnonymousId,
    SessionId,
    Url,
    Referrer,
    Element,
    Duration,
    DurationMs,
    Revenue,
    Properties,
    Screen,
    ViewportWidth,
    ViewportHeight,
    Language,
    Title,
    UserAgent,
    Ip,
    ScrollDepth,
    Interactive,
    Robot,
    Events,
    Historical,
}

const FIELDS: usize = Field::Historical as usize + 1;

/// The raw value of each field, of the name that goes first among those sent.
#[derive(Debug)]
pub(crate) struct Fields<'a> {
    raw: [&'a str; FIELDS],
    /// The rank of the name that it came under.
    rank: [u8; FIELDS],
}

impl<'a> Fields<'a> {
    /// Precondition: that of [`json::object`].
    pub(crate) fn read(event: &'a str) -> Self {
        let mut fields = Self { raw: [""; FIELDS], rank: [u8::MAX; FIELDS] };
        json::object(event, |key, value| fields.put(key, value));
        fields
    }

    /// The field's raw value; never `null`.
    pub(crate) fn get(&self, field: Field) -> Option<&'a str> {
        let raw = self.raw[field as usize];
        (!raw.is_empty()).then_some(raw)
    }

    fn put(&mut self, key: &str, value: &'a str) {
        let inner = &key[1..key.len() - 1];
        let found = if inner.as_bytes().contains(&b'\\') {
            text::string(key, &mut Repairs::default()).and_then(|key| field(&key))
        } else {
            field(inner)
        };
        let Some((field, rank)) = found else { return };
        let field = field as usize;
        // Equal rank: the same key again, and the last one counts.
        if rank <= self.rank[field] && value != "null" {
            self.raw[field] = value;
            self.rank[field] = rank;
        }
    }
}

/// The field of a name, and the name's rank: the field's own is 0, aliases follow in order of precedence.
fn field(name: &str) -> Option<(Field, u8)> {
    let found = match name.as_bytes() {
        b"site_id" => (Field::SiteId, 0),
        b"name" => (Field::Name, 0),
        b"event_type" => (Field::Name, 1),
        b"event" => (Field::Name, 2),
        b"action" => (Field::Name, 3),
        b"event_id" => (Field::EventId, 0),
        b"id" => (Field::EventId, 1),
        b"uuid" => (Field::EventId, 2),
        b"message_id" => (Field::EventId, 3),
        b"timestamp" => (Field::Timestamp, 0),
        b"time" => (Field::Timestamp, 1),
        b"ts" => (Field::Timestamp, 2),
        b"sent_at" => (Field::SentAt, 0),
        b"user_id" => (Field::UserId, 0),
        b"distinct_id" => (Field::UserId, 1),
        b"anonymous_id" => (Field::AnonymousId, 0),
        b"session_id" => (Field::SessionId, 0),
        b"url" => (Field::Url, 0),
        b"page_url" => (Field::Url, 1),
        b"path" => (Field::Url, 2),
        b"referrer" => (Field::Referrer, 0),
        b"element" => (Field::Element, 0),
        b"button_id" => (Field::Element, 1),
        b"duration" => (Field::Duration, 0),
        b"duration_ms" => (Field::DurationMs, 0),
        b"revenue" => (Field::Revenue, 0),
        b"properties" => (Field::Properties, 0),
        b"props" => (Field::Properties, 1),
        b"metadata" => (Field::Properties, 2),
        b"data" => (Field::Properties, 3),
        b"screen" => (Field::Screen, 0),
        b"viewport_width" => (Field::ViewportWidth, 0),
        b"viewport_height" => (Field::ViewportHeight, 0),
        b"language" => (Field::Language, 0),
        b"title" => (Field::Title, 0),
        b"user_agent" => (Field::UserAgent, 0),
        b"ip" => (Field::Ip, 0),
        b"scroll_depth" => (Field::ScrollDepth, 0),
        b"interactive" => (Field::Interactive, 0),
        b"robot" => (Field::Robot, 0),
        b"events" => (Field::Events, 0),
        b"historical_migration" => (Field::Historical, 0),
        _ => return None,
    };
    Some(found)
}
