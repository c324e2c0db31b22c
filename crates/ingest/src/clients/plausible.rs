//! Plausible: `POST /api/event`.
//!
//! Its protocol has no ids, so nothing can be told from its repetition; its clients do not retry. 202 `ok` means
//! taken. Where the site is unknown or wants a key, the protocol says 202 as well, with `x-plausible-dropped` and the
//! number of sites for which the event was not counted; and so it is said here, counted as a rejection, and a copy
//! kept. Bodies that cannot be read are 400.

use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use millrace_event::limits;
use millrace_event::payload::{Kind, Rejection, raw};
use serde_json::json;

use super::native::Native;
use super::{Answering, Batch, Call, Translated};
use crate::answer::json;
use crate::{Accepted, Refusal};

/// Sites that one event may be for.
pub(super) const SITES: usize = 32;

const NOT_COUNTED: HeaderName = HeaderName::from_static("x-plausible-dropped");

pub(super) fn split(body: &str) -> Result<Batch<'_>, Refusal> {
    Ok(Batch { kind: Kind::Single, events: vec![body], token: None, sent_at: None, historical: false })
}

pub(super) fn translate(event: &str, call: &Call, native: &mut Native) -> Result<Translated, Rejection> {
    if !event.starts_with('{') {
        return Err(Rejection::whole(
            "not_an_event",
            "the body is no object: send {\"n\": \"pageview\", ...}",
        ));
    }
    let members = raw::Members::read(event);
    let sites = native.read(members.first(&["d", "domain"])).unwrap_or_default();
    for site in sites.split(',').map(str::trim).filter(|site| !site.is_empty()) {
        if !native.tokens.iter().any(|other| other == site) {
            native.tokens.push(site.to_owned());
        }
        // One too many is enough to refuse the event.
        if native.tokens.len() > SITES {
            break;
        }
    }
    if native.tokens.is_empty() {
        return Err(Rejection::of("domain_missing", "domain", "can't be blank"));
    }
    if native.tokens.len() > SITES {
        return Err(Rejection::of("domain_invalid", "domain", format!("names more than {SITES} sites")));
    }
    let name = native.read(members.first(&["n", "name"])).unwrap_or_default();
    if name.trim().is_empty() {
        return Err(Rejection::of("name_missing", "name", "can't be blank"));
    }
    let url = native.read(members.first(&["u", "url"])).unwrap_or_default();
    if url.trim().is_empty() {
        return Err(Rejection::of("url_missing", "url", "can't be blank"));
    }
    native.cut("name", members.first(&["n", "name"]), limits::NAME_CHARS);
    let hash = members.first(&["h", "hashMode"]).is_some_and(is_true);
    native.text("url", cut(&if hash { fragment_as_path(&url) } else { url }));
    native.cut("referrer", members.first(&["r", "referrer"]), limits::URL_CHARS);
    if name == "engagement" {
        native.json("interactive", false);
        let depth = members.get("sd").and_then(raw::number).filter(|depth| (0.0..=100.0).contains(depth));
        if let Some(depth) = depth {
            native.json("scroll_depth", depth.round());
        }
        let longest = limits::DURATION_SECONDS * 1000.0;
        if let Some(engaged) =
            members.get("e").and_then(raw::number).filter(|ms| (0.0..=longest).contains(ms))
        {
            native.json("duration_ms", engaged.round());
        }
    } else if members.first(&["i", "interactive"]).is_some_and(|raw| raw == "false") {
        native.json("interactive", false);
    }
    if let Some(address) = call.forwarded {
        native.text("ip", &address.to_string());
    }
    revenue(&members, native);
    properties(&members, native);
    Ok(Translated::Event)
}

/// `{currency, amount}`, or that in a string.
fn revenue(members: &raw::Members<'_>, native: &mut Native) {
    let Some(raw) = members.first(&["$", "revenue"]) else { return };
    let text = native.read(Some(raw));
    let object = text.as_deref().map_or(Some(raw), |text| raw::value(text).ok()).map(raw::Members::read);
    let object = object.unwrap_or_default();
    let currency = native.read(object.get("currency")).unwrap_or_default();
    native.revenue(object.get("amount"), &currency);
}

/// An object, or that in a string.
fn properties(members: &raw::Members<'_>, native: &mut Native) {
    let Some(raw) = members.first(&["p", "props", "m", "meta"]) else { return };
    let text = native.read(Some(raw));
    if let Some(raw) = text.as_deref().map_or(Some(raw), |text| raw::value(text).ok()) {
        native.properties(&raw::Members::read(raw));
    }
}

/// Pages that are told apart behind the `#` only: what stands there becomes a part of the path, `/#/about` the page
/// `/about`.
fn fragment_as_path(url: &str) -> String {
    let Some((base, fragment)) = url.split_once('#') else { return url.to_owned() };
    let (address, query) =
        base.split_once('?').map_or((base, None), |(address, query)| (address, Some(query)));
    let (route, own_query) = fragment.split_once('?').map_or((fragment, None), |(r, q)| (r, Some(q)));
    let route = route.trim_start_matches('!').trim_start_matches('/');
    let mut out = address.trim_end_matches('/').to_owned();
    out.push('/');
    out.push_str(route);
    for (at, query) in [query, own_query].into_iter().flatten().enumerate() {
        out.push(if at == 0 { '?' } else { '&' });
        out.push_str(query);
    }
    out
}

fn cut(text: &str) -> &str {
    millrace_event::payload::cut(text, limits::URL_CHARS).0
}

fn is_true(raw: &str) -> bool {
    raw == "true" || raw::number(raw).is_some_and(|number| number != 0.0)
}

pub(super) fn answer(result: Result<Accepted, Refusal>, answering: &Answering) -> Response {
    let not_counted = match &result {
        Ok(accepted) => accepted.rejected.len(),
        Err(refusal) => return refused(refusal),
    };
    let mut response = if answering.debug {
        let address = answering.address.map(|address| address.to_string()).unwrap_or_default();
        (StatusCode::OK, address).into_response()
    } else {
        (StatusCode::ACCEPTED, "ok").into_response()
    };
    if not_counted > 0 {
        response.headers_mut().insert(NOT_COUNTED, HeaderValue::from(not_counted));
    }
    response
}

fn refused(refusal: &Refusal) -> Response {
    let status = refusal.status();
    let field = match refusal.field() {
        Some("name") => "event_name",
        Some("properties") => "props",
        Some(field) => field,
        None => "request",
    };
    let mut response = json(status, &json!({ "errors": { field: [refusal.to_string()] } }));
    if let Some(seconds) = refusal.retry_after() {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_sites_are_read_than_refuse_the_event() {
        let sites: Vec<String> = (0..1_000).map(|site| site.to_string()).collect();
        let event = format!(r#"{{"n":"x","u":"/","d":"{}"}}"#, sites.join(","));
        let call = Call {
            client: crate::Client::Plausible,
            route: "event".to_owned(),
            token: None,
            query: String::new(),
            form: false,
            forwarded: None,
            secret: 0,
        };
        let mut native = Native::default();
        let rejected = translate(&event, &call, &mut native).err();
        assert_eq!(rejected.map(|rejection| rejection.code), Some("domain_invalid"));
        assert_eq!(native.tokens.len(), SITES + 1);
    }

    #[test]
    fn a_fragment_becomes_a_path() {
        for (url, expected) in [
            ("https://x.test/", "https://x.test/"),
            ("https://x.test/#/about", "https://x.test/about"),
            ("https://x.test/app/#!/about?b=1", "https://x.test/app/about?b=1"),
            ("https://x.test/?utm_source=s#/about?b=1", "https://x.test/about?utm_source=s&b=1"),
            ("https://x.test#", "https://x.test/"),
        ] {
            assert_eq!(fragment_as_path(url), expected);
        }
    }
}
