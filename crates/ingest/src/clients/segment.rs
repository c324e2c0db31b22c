//! Segment's protocol, which RudderStack's and Jitsu's clients speak as well: `POST /v1/<type>`, the browser's short
//! paths, `/v1/batch` and `/b`, Jitsu's `/api/s/<type>`.
//!
//! 200 `{"success":true}` means durable. `messageId` is the event's id, so a retry counts once. The write key is the
//! id of a site, or a key of ours: by Basic, `X-Write-Key`, or in the body.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use millrace_event::limits;
use millrace_event::payload::{Kind, Rejection, raw};
use serde_json::json;

use super::native::{Native, with_utm};
use super::{Batch, Call, Translated};
use crate::answer::json;
use crate::{Accepted, Refusal};

/// Libraries that run on servers: the request's address and user agent are not the visitor's.
const SERVER_LIBRARIES: [&str; 12] = [
    "@segment/analytics-node",
    "analytics-node",
    "analytics-node-next",
    "analytics-python",
    "analytics-ruby",
    "analytics-go",
    "analytics-php",
    "analytics-java",
    "analytics-csharp",
    "analytics.net",
    "rudder-analytics-python",
    "rudder-sdk-go",
];
/// Properties of a page call that are fields here.
const PAGE_FIELDS: [&str; 5] = ["url", "path", "referrer", "title", "search"];
const UTM: [(&str, &str); 5] = [
    ("source", "utm_source"),
    ("medium", "utm_medium"),
    ("name", "utm_campaign"),
    ("content", "utm_content"),
    ("term", "utm_term"),
];

pub(super) fn split<'a>(body: &'a str, call: &Call, limit: usize) -> Result<Batch<'a>, Refusal> {
    let members = raw::Members::read(body);
    let mut native = Native::default();
    // Jitsu's browser client blanks the key in the body that it sends in a header.
    let token = call.token.clone().or_else(|| native.read(members.get("writeKey")));
    let sent_at = members.get("sentAt");
    match members.get("batch") {
        Some(batch) => {
            let events = raw::elements(batch, limit)?;
            Ok(Batch { kind: Kind::Batch, events, token, sent_at, historical: false })
        }
        None => Ok(Batch { kind: Kind::Single, events: vec![body], token, sent_at, historical: false }),
    }
}

pub(super) fn translate(
    event: &str,
    call: &Call,
    batch: &Batch<'_>,
    native: &mut Native,
) -> Result<Translated, Rejection> {
    if !event.starts_with('{') {
        return Err(Rejection::whole(
            "not_an_event",
            "the event is no object: send {\"type\": \"track\", ...}",
        ));
    }
    let members = raw::Members::read(event);
    if batch.token.is_none() {
        native.token(members.get("writeKey"));
    }
    let sent = native.read(members.get("type"));
    let kind = sent.as_deref().unwrap_or(&call.route);
    let context = members.object("context");
    let properties = members.object("properties");
    let Some(kind) = Type::of(kind) else {
        let message = "the type is none of track, page, screen, identify, group, alias";
        return Err(Rejection::of("type_invalid", "type", message));
    };
    name(kind, &members, native)?;
    native.event_id("", members.get("messageId"));
    let library = context.object("library");
    // Jitsu's says where it runs.
    native.from_server = library.get("env") == Some("\"node\"")
        || native
            .read(library.get("name"))
            .is_some_and(|name| SERVER_LIBRARIES.iter().any(|server| name.eq_ignore_ascii_case(server)));
    person(kind, &members, native)?;
    native.raw("timestamp", members.first(&["originalTimestamp", "timestamp"]));
    native.raw("sent_at", members.get("sentAt").or(batch.sent_at));
    page(kind, &context, &properties, native);
    native.id("session_id", context.get("sessionId"), limits::SESSION_ID_CHARS);
    native.cut("user_agent", context.get("userAgent"), limits::USER_AGENT_CHARS);
    native.cut("ip", context.get("ip"), 64);
    native.cut("language", context.get("locale"), limits::LANGUAGE_CHARS);
    native.raw("screen", context.get("screen"));
    if kind == Type::Track {
        revenue(&members, &properties, native);
    }
    if matches!(kind, Type::Identify | Type::Group | Type::Alias) {
        native.json("interactive", false);
    }
    put_properties(kind, &members, &properties, native);
    Ok(Translated::Event)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Type {
    Track,
    Page,
    Screen,
    Identify,
    Group,
    Alias,
}

impl Type {
    fn of(text: &str) -> Option<Self> {
        Some(match text {
            "track" | "t" => Self::Track,
            "page" | "p" => Self::Page,
            "screen" | "s" => Self::Screen,
            "identify" | "i" => Self::Identify,
            "group" | "g" => Self::Group,
            "alias" | "a" => Self::Alias,
            _ => return None,
        })
    }
}

fn name(kind: Type, members: &raw::Members<'_>, native: &mut Native) -> Result<(), Rejection> {
    match kind {
        Type::Track => {
            let name = native.read(members.get("event")).filter(|name| !name.trim().is_empty());
            if name.is_none() {
                return Err(Rejection::of(
                    "name_missing",
                    "event",
                    "the track call has no event: send \"event\"",
                ));
            }
            native.cut("name", members.get("event"), limits::NAME_CHARS);
        }
        Type::Page => native.text("name", "pageview"),
        Type::Screen => native.text("name", "screen"),
        Type::Identify => native.text("name", "identify"),
        Type::Group => native.text("name", "group"),
        Type::Alias => native.text("name", "alias"),
    }
    Ok(())
}

/// The person is `userId`; who they were before they signed in is `anonymousId`, of an alias `previousId`.
fn person(kind: Type, members: &raw::Members<'_>, native: &mut Native) -> Result<(), Rejection> {
    let before = match kind {
        Type::Alias => members.first(&["previousId", "from", "anonymousId"]),
        _ => members.get("anonymousId"),
    };
    let user = members.first(if kind == Type::Alias { &["userId", "to"] } else { &["userId"] });
    if native.read_id(before).is_none() && native.read_id(user).is_none() {
        return Err(Rejection::of(
            "user_id_missing",
            "userId",
            "the event has neither userId nor anonymousId",
        ));
    }
    native.id("user_id", user, limits::VISITOR_ID_CHARS);
    native.id("anonymous_id", before, limits::VISITOR_ID_CHARS);
    Ok(())
}

/// The page is the context's. Of a page or screen call it is first that of the properties; what is called so there in
/// any other call is about something else, a product or a file.
fn page(kind: Type, context: &raw::Members<'_>, properties: &raw::Members<'_>, native: &mut Native) {
    let page = context.object("page");
    let has_own = matches!(kind, Type::Page | Type::Screen);
    let not_empty = |raw: &&str| raw.len() > 2;
    let of = |name: &str| {
        let own = properties.get(name).filter(|_| has_own).filter(not_empty);
        own.or(page.get(name).filter(not_empty))
    };
    let url = native.read(of("url").or(of("path")));
    if let Some(url) = url {
        let campaign = context.object("campaign");
        let utm: Vec<_> =
            UTM.iter().filter_map(|(from, to)| Some((*to, native.read(campaign.get(from))?))).collect();
        let url = with_utm(&url, utm.into_iter());
        native.text("url", millrace_event::payload::cut(&url, limits::URL_CHARS).0);
    }
    native.cut("referrer", of("referrer"), limits::URL_CHARS);
    native.cut("title", of("title"), limits::TITLE_CHARS);
}

/// `revenue`; of a completed order `total` or `value` will do. Without a currency it is in dollars, as Segment has it.
fn revenue(members: &raw::Members<'_>, properties: &raw::Members<'_>, native: &mut Native) {
    let event = native.read(members.get("event")).unwrap_or_default();
    let order = ["order completed", "completed order"].iter().any(|name| event.eq_ignore_ascii_case(name));
    let names: &[&str] = if order { &["revenue", "total", "value"] } else { &["revenue"] };
    let currency = native.read(properties.get("currency")).unwrap_or_else(|| "USD".to_owned());
    native.revenue(properties.first(names), &currency);
}

fn put_properties(
    kind: Type,
    members: &raw::Members<'_>,
    properties: &raw::Members<'_>,
    native: &mut Native,
) {
    match kind {
        Type::Track => native.properties(properties),
        Type::Page | Type::Screen => {
            for key in ["name", "category"] {
                native.property(key, members.get(key).unwrap_or("null"));
            }
            for (key, value) in properties.iter().filter(|(key, _)| !PAGE_FIELDS.contains(key)) {
                native.property(key, value);
            }
        }
        Type::Group => {
            native.property("groupId", members.get("groupId").unwrap_or("null"));
            native.properties(&members.object("traits"));
        }
        Type::Identify => native.properties(&members.object("traits")),
        Type::Alias => {}
    }
}

/// What `analytics-next` asks for before it sends anything: that it sends to us, at `host`, and no figures of its own.
pub(super) fn settings(write_key: &str, host: &str, protocol: &str) -> Response {
    let body = json!({
        "integrations": {
            "Segment.io": {
                "apiKey": write_key,
                "apiHost": format!("{host}/v1"),
                "protocol": protocol,
                "unbundledIntegrations": [],
                "addBundledMetadata": false,
                "maybeBundledConfigIds": {},
                "versionSettings": { "version": "4.4.7", "componentTypes": ["browser"] },
            },
        },
        "plan": { "track": { "__default": { "enabled": true, "integrations": {} } } },
        "edgeFunction": {},
        "analyticsNextEnabled": true,
        "middlewareSettings": {},
        "enabledMiddleware": {},
        "metrics": { "sampleRate": 0 },
        "legacyVideoPluginsEnabled": false,
        "remotePlugins": [],
    });
    json(StatusCode::OK, &body)
}

pub(super) fn answer(result: Result<Accepted, Refusal>) -> Response {
    let refusal = match result {
        Ok(_) => return json(StatusCode::OK, &json!({ "success": true })),
        Err(refusal) => refusal,
    };
    let status = match refusal.status() {
        // Segment says 400 of whatever must not be sent again, and its clients retry some others.
        StatusCode::PAYLOAD_TOO_LARGE | StatusCode::UNSUPPORTED_MEDIA_TYPE => StatusCode::BAD_REQUEST,
        status => status,
    };
    let body = json!({ "success": false, "code": refusal.code(), "message": refusal.to_string() });
    let mut response = json(status, &body).into_response();
    if let Some(seconds) = refusal.retry_after() {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
