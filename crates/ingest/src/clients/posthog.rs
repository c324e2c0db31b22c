//! PostHog: `/batch`, `/e`, `/i/v0/e`, `/capture`, `/track`, `/engage`; `posthog/stubs.rs` has what its browser client
//! reads beside.
//!
//! 200 `{"status":1}` means durable; `uuid` is the event's id, so a retry counts once. The token is the id of a site,
//! or a key of ours. Session recordings are not collected: `/s/` is answered like an event and forgotten, and the
//! configuration that clients read turns recording off.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use millrace_event::payload::{Kind, Rejection, cut, raw};
use millrace_event::{Timestamp, limits};
use serde_json::json;

use super::native::Native;
use super::{Batch, Call, Translated, encoded};
use crate::answer::json;
use crate::{Accepted, Refusal};

mod element;
mod kept;
pub(super) mod stubs;

/// What other libraries than these send comes from the visitor's own machine.
const SERVER_LIBRARIES: [&str; 10] = [
    "posthog-node",
    "posthog-python",
    "posthog-ruby",
    "posthog-go",
    "posthog-php",
    "posthog-java",
    "posthog-server",
    "posthog-dotnet",
    "posthog-elixir",
    "posthog-rs",
];

pub(super) fn split<'a>(body: &'a str, call: &Call, limit: usize) -> Result<Batch<'a>, Refusal> {
    let token = encoded::query(call, "token").or_else(|| encoded::query(call, "api_key"));
    let token = token.map(std::borrow::Cow::into_owned);
    if body.starts_with('[') {
        let events = raw::elements(body, limit)?;
        return Ok(Batch { kind: Kind::Batch, events, token, sent_at: None, historical: false });
    }
    let members = raw::Members::read(body);
    let mut native = Native::default();
    let token = native.read(members.first(&["api_key", "token"])).or(token);
    let (kind, events) = match members.get("batch") {
        Some(batch) => (Kind::Batch, raw::elements(batch, limit)?),
        None => (Kind::Single, vec![body]),
    };
    let historical = members.get("historical_migration") == Some("true");
    Ok(Batch { kind, events, token, sent_at: members.get("sent_at"), historical })
}

pub(super) fn translate(
    event: &str,
    call: &Call,
    batch: &Batch<'_>,
    received_at: Timestamp,
    native: &mut Native,
) -> Result<Translated, Rejection> {
    if !event.starts_with('{') {
        return Err(Rejection::whole("not_an_event", "the event is no object: send {\"event\": \"...\"}"));
    }
    let members = raw::Members::read(event);
    let properties = members.object("properties");
    token(&members, &properties, batch, native);
    let sets = members.first(&["$set", "$set_once", "$unset", "$add"]).is_some();
    let name = match native.read(members.get("event")) {
        Some(name) => name,
        // `/engage`: what is known of a person, without an event.
        None if call.route == "engage" || sets => "$set".to_owned(),
        None => return Err(Rejection::of("name_missing", "event", "the event has no name: send \"event\"")),
    };
    if matches!(name.as_str(), "$snapshot" | "$snapshot_items" | "$performance_event") {
        return Ok(Translated::Ignored);
    }
    let is_click = name == "$autocapture";
    let own_name = named(&name, &properties, native);
    native.text("name", cut(&own_name, limits::NAME_CHARS).0);
    if name.starts_with('$') && !matches!(name.as_str(), "$pageview" | "$screen" | "$autocapture") {
        native.json("interactive", false);
    }
    native.event_id("", event_id(&members, &properties));
    person(&name, &members, &properties, native)?;
    time(&members, call, batch, received_at, native);
    page(&name, &properties, native);
    native.id("session_id", properties.get("$session_id"), limits::SESSION_ID_CHARS);
    if is_click && let Some(element) = element::of(&members, &properties, native) {
        native.text("element", cut(&element, limits::ELEMENT_CHARS).0);
    }
    kept::properties(&name, &members, &properties, native);
    Ok(Translated::Event)
}

/// The event's own site or key, where its batch names none.
fn token(members: &raw::Members<'_>, properties: &raw::Members<'_>, batch: &Batch<'_>, native: &mut Native) {
    if batch.token.is_none() {
        native.token(members.first(&["api_key", "token", "$token"]).or(properties.get("token")));
    }
}

/// The event's own id; `properties.uuid` is a property like any other.
fn event_id<'a>(members: &raw::Members<'a>, properties: &raw::Members<'a>) -> Option<&'a str> {
    members.get("uuid").filter(|raw| *raw != r#""""#).or(properties.get("$insert_id"))
}

/// What is done in every program has one name here.
fn named(name: &str, properties: &raw::Members<'_>, native: &mut Native) -> String {
    let own = match name {
        "$pageview" => "pageview",
        "$pageleave" => "engagement",
        "$screen" => "screen",
        "$identify" => "identify",
        "$create_alias" | "$merge_dangerously" => "alias",
        "$groupidentify" => "group",
        "$web_vitals" => "web_vitals",
        "$autocapture" => match native.read(properties.get("$event_type")).as_deref() {
            Some("submit") => "form_submit",
            Some("change") => "change",
            _ => "click",
        },
        other => other,
    };
    own.to_owned()
}

/// `distinct_id` is the person, unless the client says that it is not known who that is: then it is the anonymous
/// visitor. Two ids are said to be the same by `$identify` and by an alias alone: a device may change hands.
fn person(
    name: &str,
    members: &raw::Members<'_>,
    properties: &raw::Members<'_>,
    native: &mut Native,
) -> Result<(), Rejection> {
    let id = members.first(&["distinct_id", "$distinct_id"]);
    let id = id.or(properties.first(&["distinct_id", "$distinct_id"]));
    let Some(known) = native.read_id(id) else {
        return Err(Rejection::of("distinct_id_missing", "distinct_id", "the event has no distinct_id"));
    };
    let other = match name {
        "$identify" => properties.get("$anon_distinct_id"),
        "$create_alias" | "$merge_dangerously" => properties.get("alias"),
        _ => None,
    };
    let device = native.read_id(properties.get("$device_id"));
    let anonymous = properties.get("$is_identified") == Some("false")
        || properties.get("$process_person_profile") == Some("false")
        || properties.get("$user_id").is_none() && device.as_deref() == Some(&known);
    if anonymous && other.is_none() {
        native.id("anonymous_id", id, limits::VISITOR_ID_CHARS);
    } else {
        native.id("user_id", id, limits::VISITOR_ID_CHARS);
        native.id("anonymous_id", other, limits::VISITOR_ID_CHARS);
    }
    Ok(())
}

/// `timestamp` by the client's clock, corrected by its `sent_at`; or `offset`, milliseconds before the sending.
fn time(
    members: &raw::Members<'_>,
    call: &Call,
    batch: &Batch<'_>,
    received_at: Timestamp,
    native: &mut Native,
) {
    if let Some(at) = members.get("timestamp") {
        native.raw("timestamp", Some(at));
        let sent_at = members.get("sent_at").or(batch.sent_at);
        native.raw("sent_at", sent_at);
        if sent_at.is_none()
            && let Some(clock) = encoded::query(call, "_").and_then(|text| text.parse::<u64>().ok())
        {
            native.json("sent_at", clock);
        }
    } else if let Some(offset) = members.get("offset").and_then(raw::number).filter(|offset| *offset >= 0.0) {
        native.json("timestamp", received_at.as_millis().saturating_sub(offset as i64));
    }
}

fn page(name: &str, properties: &raw::Members<'_>, native: &mut Native) {
    let host = native.read(properties.get("$host"));
    let path = native.read(properties.get("$pathname"));
    let from_parts =
        path.map(|path| host.map_or_else(|| path.clone(), |host| format!("https://{host}{path}")));
    if let Some(url) = native.read(properties.get("$current_url")).or(from_parts) {
        native.text("url", cut(&url, limits::URL_CHARS).0);
    }
    // Its word for no referrer.
    let referrer = properties.get("$referrer").filter(|raw| *raw != "\"$direct\"");
    native.cut("referrer", referrer, limits::URL_CHARS);
    let title = properties.get("$title").or(properties.get("title").filter(|_| name == "$pageview"));
    native.cut("title", title, limits::TITLE_CHARS);
    native.cut("language", properties.first(&["$browser_language", "$locale"]), limits::LANGUAGE_CHARS);
    if let Some((width, height)) = properties.get("$screen_width").zip(properties.get("$screen_height")) {
        let sides = raw::number(width).zip(raw::number(height));
        if let Some((width, height)) = sides {
            native.json("screen", format_args!(r#"{{"width":{width},"height":{height}}}"#));
        }
    }
    native.cut("user_agent", properties.first(&["$raw_user_agent", "$user_agent"]), limits::USER_AGENT_CHARS);
    native.cut("ip", properties.get("$ip"), 64);
    let library = native.read(properties.get("$lib"));
    native.from_server = properties.get("$is_server") == Some("true")
        || library.is_some_and(|library| SERVER_LIBRARIES.contains(&library.as_str()));
    if name == "$pageleave" {
        engagement(properties, native);
    }
}

/// How long the page before was seen, and how far down.
fn engagement(properties: &raw::Members<'_>, native: &mut Native) {
    let seconds = properties.get("$prev_pageview_duration").and_then(raw::number);
    if let Some(seconds) = seconds.filter(|s| (0.0..=limits::DURATION_SECONDS).contains(s)) {
        native.json("duration", seconds);
    }
    // Of the page's content, as others measure it; older clients have the share of the way to scroll only.
    let seen = ["$prev_pageview_max_content_percentage", "$prev_pageview_max_scroll_percentage"];
    let scrolled = properties.first(&seen).and_then(raw::number);
    if let Some(share) = scrolled.filter(|share| (0.0..=1.0).contains(share)) {
        native.json("scroll_depth", (share * 100.0).round());
    }
}

/// The engagement with the page before, which a page view within the same document carries: there is no `$pageleave`
/// then. Answers whether it was written.
pub(super) fn page_before(
    event: &str,
    call: &Call,
    batch: &Batch<'_>,
    received_at: Timestamp,
    native: &mut Native,
) -> bool {
    // Looked for as text first: nearly no event has it.
    if !event.contains("$prev_pageview_duration") {
        return false;
    }
    let members = raw::Members::read(event);
    let properties = members.object("properties");
    let is_view = native.read(members.get("event")).is_some_and(|name| name == "$pageview");
    let path = native.read(properties.get("$prev_pageview_pathname"));
    let Some(path) = path.filter(|path| is_view && path.starts_with('/')) else { return false };
    token(&members, &properties, batch, native);
    native.text("name", "engagement");
    native.json("interactive", false);
    // The page view's own id is taken; this one comes out the same whenever it is sent again.
    native.event_id("before-", event_id(&members, &properties));
    if person("$pageview", &members, &properties, native).is_err() {
        return false;
    }
    time(&members, call, batch, received_at, native);
    let host = native.read(properties.get("$host")).unwrap_or_default();
    let url = if host.is_empty() { path } else { format!("https://{host}{path}") };
    native.text("url", cut(&url, limits::URL_CHARS).0);
    native.id("session_id", properties.get("$session_id"), limits::SESSION_ID_CHARS);
    engagement(&properties, native);
    true
}

pub(super) fn answer(result: Result<Accepted, Refusal>) -> Response {
    let refusal = match result {
        Ok(_) => return json(StatusCode::OK, &json!({ "status": 1 })),
        Err(refusal) => refusal,
    };
    let status = match refusal.status() {
        StatusCode::NOT_FOUND => StatusCode::UNAUTHORIZED,
        status => status,
    };
    let mut response = (status, refusal.to_string()).into_response();
    if let Some(seconds) = refusal.retry_after() {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
