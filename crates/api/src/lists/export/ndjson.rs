//! Events as lines of JSON, as `POST /api/events` and `millrace import ndjson` take them.
//!
//! What ingestion has a name for is written under it. What it finds out itself goes under a name that it passes over,
//! for whoever reads the file with something else. The site is left out, so that the events may go to another one.

use millrace_event::Event;
use millrace_event::limits::EVENT_BYTES;
use millrace_store::StoreError;
use serde::Serialize;
use serde_json::value::RawValue;
use url::form_urlencoded;

use super::Encoder;
use crate::lists::event::{amount, seconds};
use crate::reports::recent::metadata;

/// Lines, one an event.
pub(super) struct Lines;

impl Encoder for Lines {
    fn events(&mut self, events: &[Event]) -> Result<Vec<u8>, StoreError> {
        let mut out = Vec::with_capacity(events.len() * 512);
        for event in events {
            line(event, &mut out)
                .map_err(|error| StoreError::Failed(format!("an event that is no JSON: {error}")))?;
        }
        Ok(out)
    }

    fn end(self: Box<Self>) -> Result<Vec<u8>, StoreError> {
        Ok(Vec::new())
    }
}

fn line(event: &Event, out: &mut Vec<u8>) -> serde_json::Result<()> {
    let start = out.len();
    serde_json::to_writer(&mut *out, &Line::of(event, true))?;
    // Ingestion measures the whole line: a large event goes without what it passes over.
    if out.len() - start > EVENT_BYTES {
        out.truncate(start);
        serde_json::to_writer(&mut *out, &Line::of(event, false))?;
    }
    out.push(b'\n');
    Ok(())
}

/// An event as it is sent.
#[derive(Serialize)]
struct Line<'a> {
    event_id: String,
    name: &'a str,
    timestamp: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    anonymous_id: Option<String>,
    session_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    referrer: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    screen: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    element: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    revenue: Option<Earned<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scroll_depth: Option<u8>,
    interactive: bool,
    /// It was no robot's, and is not to be taken for one again.
    robot: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<Box<RawValue>>,
    #[serde(flatten)]
    found: Option<Found<'a>>,
}

#[derive(Serialize)]
struct Earned<'a> {
    amount: Box<RawValue>,
    currency: &'a str,
}

/// What Millrace found out.
#[derive(Serialize)]
struct Found<'a> {
    received_at: String,
    visitor_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    channel: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    browser: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    browser_version: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    os: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    os_version: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    country: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    city: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    screen_class: Option<&'a str>,
}

impl<'a> Line<'a> {
    fn of(event: &'a Event, with_found: bool) -> Self {
        // Whoever sent neither id was told apart by what is not kept: the visitor's number keeps them apart again.
        let is_nobody = event.user_id.is_none() && event.anonymous_id.is_none();
        let anonymous_id = event.anonymous_id.as_ref().map(ToString::to_string);
        let number = |digits: String| RawValue::from_string(digits).ok();
        Self {
            event_id: event.id.to_string(),
            name: &event.name,
            timestamp: event.timestamp.to_string(),
            user_id: event.user_id.as_deref(),
            anonymous_id: anonymous_id.or_else(|| is_nobody.then(|| event.visitor.to_string())),
            session_id: match &event.client_session_id {
                Some(id) => id.to_string(),
                None => event.session.to_string(),
            },
            url: url(event),
            referrer: event.referrer.as_deref(),
            title: event.title.as_deref(),
            language: event.language.as_deref(),
            screen: event.screen.map(|screen| format!("{}x{}", screen.width, screen.height)),
            element: event.element.as_deref(),
            duration: event.duration_ms.and_then(|millis| number(seconds(millis))),
            revenue: event.revenue.as_ref().and_then(|revenue| {
                Some(Earned { amount: number(amount(revenue.micros))?, currency: revenue.currency.as_str() })
            }),
            scroll_depth: event.scroll_depth,
            interactive: event.interactive,
            robot: false,
            properties: (!event.properties.is_empty()).then(|| metadata(event.properties.to_string())),
            found: with_found.then(|| Found::of(event)),
        }
    }
}

impl<'a> Found<'a> {
    fn of(event: &'a Event) -> Self {
        Self {
            received_at: event.received_at.to_string(),
            visitor_id: event.visitor.to_string(),
            source: event.source.as_deref(),
            channel: event.channel.map(|channel| channel.as_str()),
            browser: event.agent.browser.as_deref(),
            browser_version: event.agent.browser_version.as_deref(),
            os: event.agent.os.as_deref(),
            os_version: event.agent.os_version.as_deref(),
            device: event.agent.device.map(|device| device.as_str()),
            country: event.place.country.as_ref().map(|country| country.as_str()),
            region: event.place.region.as_deref(),
            city: event.place.city.as_deref(),
            screen_class: event.screen_class.map(|class| class.as_str()),
        }
    }
}

/// The page's URL put together again; its scheme was not kept.
fn url(event: &Event) -> Option<String> {
    let path = event.path.as_deref()?;
    let mut url = match event.host.as_deref() {
        Some(host) => format!("https://{host}{path}"),
        None => path.to_owned(),
    };
    let utm = &event.utm;
    let named = [
        ("utm_source", &utm.source),
        ("utm_medium", &utm.medium),
        ("utm_campaign", &utm.campaign),
        ("utm_content", &utm.content),
        ("utm_term", &utm.term),
    ];
    let mut given = named.iter().filter_map(|(name, value)| Some((*name, value.as_deref()?))).peekable();
    if given.peek().is_some() {
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(given).finish();
        url.push('?');
        url.push_str(&query);
    }
    Some(url)
}
