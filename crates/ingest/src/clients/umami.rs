//! Umami: `POST /api/send`, and `POST /api/batch` for an array of the same.
//!
//! Its protocol has no ids of events, and its clients do not retry. Whether the sender is a robot is decided later, by
//! the worker, so the answer never is `{"beep":"boop"}`: a robot's event is taken, discarded, and shown as discarded.
//! The ids of the answer are opaque to clients: made from what a visitor looks like, under a secret that ends with
//! the process.

use axum::response::Response;
use http::{HeaderValue, StatusCode, header};
use millrace_event::payload::{Kind, Rejection, raw};
use millrace_event::{Timestamp, id, limits};
use serde_json::json;

use super::native::Native;
use super::{Answering, Batch, Call, Translated};
use crate::answer::json;
use crate::{Accepted, Refusal};

/// What Umami calls a visit is shorter than an hour, and nobody looks inside.
const VISIT_MS: i64 = 3_600_000;

pub(super) fn split<'a>(body: &'a str, call: &Call, limit: usize) -> Result<Batch<'a>, Refusal> {
    let (kind, events) = match call.route.as_str() {
        "batch" => (Kind::Batch, raw::elements(body, limit)?),
        _ => (Kind::Single, vec![body]),
    };
    Ok(Batch { kind, events, token: None, sent_at: None, historical: false })
}

pub(super) fn translate(event: &str, native: &mut Native) -> Result<Translated, Rejection> {
    let members = raw::Members::read(event);
    let kind = native.read(members.get("type")).unwrap_or_else(|| "event".to_owned());
    let payload = members.object("payload");
    native.token(payload.get("website"));
    if native.tokens.is_empty() {
        return Err(Rejection::of(
            "site_id_missing",
            "payload",
            "payload.website is missing: send the id of the site",
        ));
    }
    match (kind.as_str(), native.read(payload.get("name"))) {
        ("event", None) => native.text("name", "pageview"),
        ("event", Some(_)) => native.cut("name", payload.get("name"), limits::NAME_CHARS),
        ("identify", _) => native.text("name", "identify"),
        ("performance", _) => native.text("name", "web_vitals"),
        _ => {
            let message = "the type is none of event, identify, performance";
            return Err(Rejection::of("type_invalid", "type", message));
        }
    }
    if kind != "event" {
        native.json("interactive", false);
    }
    native.id("user_id", payload.get("id"), limits::VISITOR_ID_CHARS);
    native.raw("timestamp", payload.get("timestamp"));
    if let Some(url) = native.read(payload.get("url")) {
        let host = native.read(payload.get("hostname")).filter(|_| url.starts_with('/'));
        // Which scheme it was is not said, and nothing depends on it.
        let full = host.map(|host| format!("https://{host}{url}")).unwrap_or(url);
        native.text("url", millrace_event::payload::cut(&full, limits::URL_CHARS).0);
    }
    native.cut("referrer", payload.get("referrer"), limits::URL_CHARS);
    native.cut("title", payload.get("title"), limits::TITLE_CHARS);
    native.cut("language", payload.get("language"), limits::LANGUAGE_CHARS);
    native.cut("screen", payload.get("screen"), 32);
    native.cut("user_agent", payload.get("userAgent"), limits::USER_AGENT_CHARS);
    native.cut("ip", payload.get("ip"), 64);
    let data = payload.object("data");
    let currency = native.read(data.get("currency")).unwrap_or_default();
    native.revenue(data.get("revenue"), &currency);
    for key in ["tag", "lcp", "inp", "cls", "fcp", "ttfb"] {
        native.property(key, payload.get(key).unwrap_or("null"));
    }
    native.properties(&data);
    Ok(Translated::Event)
}

pub(super) fn answer(result: Result<Accepted, Refusal>, call: &Call, answering: &Answering) -> Response {
    match result {
        Err(refusal) => refused(&refusal),
        Ok(accepted) if call.route == "batch" => {
            let errors = accepted.rejected.len();
            let details: Vec<_> = accepted
                .rejected
                .iter()
                .map(|event| json!({ "index": event.index, "response": error(event.rejection.code, &event.rejection.message) }))
                .collect();
            let body = json!({
                "size": accepted.accepted + errors,
                "processed": accepted.accepted,
                "errors": errors,
                "details": details,
                "cache": ids(call, answering).2,
            });
            json(StatusCode::OK, &body)
        }
        Ok(_) => {
            let (session, visit, cache) = ids(call, answering);
            json(StatusCode::OK, &json!({ "cache": cache, "sessionId": session, "visitId": visit }))
        }
    }
}

fn refused(refusal: &Refusal) -> Response {
    let status = match refusal {
        // An unknown site is a bad request there.
        Refusal::Event(rejection) if rejection.code == "key_unknown" => StatusCode::BAD_REQUEST,
        refusal => refusal.status(),
    };
    let mut body = error(refusal.code(), &refusal.to_string());
    body["error"]["status"] = status.as_u16().into();
    let mut response = json(status, &body);
    if let Some(seconds) = refusal.retry_after() {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

fn error(code: &str, message: &str) -> serde_json::Value {
    json!({ "error": { "code": code, "message": message } })
}

/// Session, visit, and a token of both.
fn ids(call: &Call, answering: &Answering) -> (String, String, String) {
    let address = answering.address.map(|address| address.to_string()).unwrap_or_default();
    let agent = answering.user_agent.as_deref().unwrap_or_default();
    let hour = Timestamp::now().as_millis() / VISIT_MS;
    let made = |what: &str, at: i64| {
        let half = |half: &[u8]| {
            let parts = [what.as_bytes(), half, address.as_bytes(), agent.as_bytes(), &at.to_le_bytes()];
            id::hash(call.secret, &parts)
        };
        let (high, low) = (half(b"high"), half(b"low"));
        // The form of a random UUID, which is what clients expect.
        format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            high >> 32,
            high >> 16 & 0xffff,
            high & 0xfff,
            low >> 48 & 0x3fff | 0x8000,
            low & 0xffff_ffff_ffff
        )
    };
    let (session, visit) = (made("session", 0), made("visit", hour));
    let cache = format!("{session}.{visit}");
    (session, visit, cache)
}
