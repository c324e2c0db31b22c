//! Which pages may send, as each system has it: any; and where a client sends with credentials, the page's own origin
//! by name. Cookies are never read, so there is nothing that a foreign page could misuse.

use ::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::Client;
use crate::http::allow_any_origin;

/// Bytes of a list of header names that is given back.
const NAMES_BYTES: usize = 1 << 10;

/// Puts the origin's headers on an answer.
pub(super) fn allow(client: Client, request: &HeaderMap, headers: &mut HeaderMap) {
    allow_any_origin(headers);
    // The others' clients send without credentials, unless a page asks for them.
    let mirrored = matches!(client, Client::PostHog | Client::Segment);
    if let Some(origin) = request.get(header::ORIGIN).filter(|_| mirrored) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        headers.insert(header::VARY, HeaderValue::from_static("Origin"));
    }
    if client == Client::Plausible {
        let exposed = HeaderValue::from_static("Retry-After, x-plausible-dropped");
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
    }
}

/// The answer to a preflight.
pub(super) fn preflight(client: Client, request: &HeaderMap) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    allow(client, request, headers);
    let methods = match client {
        Client::PostHog => "GET, POST, OPTIONS",
        _ => "POST, OPTIONS",
    };
    headers.insert(header::ALLOW, HeaderValue::from_static(methods));
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(methods));
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400"));
    let asked = request.get(header::ACCESS_CONTROL_REQUEST_HEADERS);
    let usual =
        HeaderValue::from_static("Content-Type, Content-Encoding, Authorization, X-API-Key, X-Umami-Cache");
    let allowed = asked.filter(|names| names.len() <= NAMES_BYTES).cloned().unwrap_or(usual);
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, allowed);
    response
}
