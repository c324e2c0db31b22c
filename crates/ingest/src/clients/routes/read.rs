//! What other systems' clients read before they send, or beside it.

use ::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::Extension;
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};

use super::origins;
use crate::clients::{posthog, segment};
use crate::http::text;
use crate::{Client, Intake, Peer, body, client};

/// `GET /v1/projects/{write_key}/settings`. No cache keeps it: what one visitor's headers made of it would lead another's
/// events elsewhere.
pub(super) async fn segment_settings(
    State(intake): State<Intake>,
    Path(write_key): Path<String>,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
) -> Response {
    let trusted = &intake.config().trusted_proxies;
    let proxied = peer.is_some_and(|Extension(peer)| client::is_trusted(peer.0.ip(), trusted));
    let host = text(&headers, &header::HOST).filter(|host| !host.is_empty());
    let mut response = match host.filter(|_| intake.knows(&write_key)) {
        Some(host) => segment::settings(&write_key, host, protocol(&headers, proxied)),
        None => unknown(),
    };
    let answer = response.headers_mut();
    origins::allow(Client::Segment, &headers, answer);
    answer.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer.insert(header::VARY, HeaderValue::from_static("Origin, Referer, X-Forwarded-Proto"));
    response
}

/// `https` where a trusted proxy says so, or the page came by it: it could not send to any other.
fn protocol(headers: &HeaderMap, proxied: bool) -> &'static str {
    let is_https = |text: &str| text.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("https"));
    let forwarded = text(headers, &HeaderName::from_static("x-forwarded-proto")).filter(|_| proxied);
    let page = || text(headers, &header::ORIGIN).or_else(|| text(headers, &header::REFERER));
    if forwarded.or_else(page).is_some_and(is_https) { "https" } else { "http" }
}

/// `/flags` and `/decide`.
pub(super) async fn posthog_flags(request: Request) -> Response {
    finish(request, posthog::stubs::flags()).await
}

/// `/s/`: recordings are forgotten.
pub(super) async fn posthog_recording(State(intake): State<Intake>, request: Request) -> Response {
    intake.figures().ignored(Client::PostHog, 1);
    finish(request, posthog::stubs::recording()).await
}

/// `/array/{token}/config` and `config.js`.
pub(super) async fn posthog_array(
    State(intake): State<Intake>,
    Path((token, file)): Path<(String, String)>,
    request: Request,
) -> Response {
    let response = match file.as_str() {
        "config" if intake.knows(&token) => posthog::stubs::config(&token),
        "config.js" if intake.knows(&token) => posthog::stubs::config_script(&token),
        _ => unknown(),
    };
    finish(request, response).await
}

/// A preflight of these.
pub(super) async fn preflight(headers: HeaderMap) -> Response {
    origins::preflight(Client::PostHog, &headers)
}

/// Reads what the request still sends, and lets its page read the answer.
async fn finish(request: Request, mut response: Response) -> Response {
    let (parts, body) = request.into_parts();
    body::drain(body, &parts.headers).await;
    origins::allow(Client::PostHog, &parts.headers, response.headers_mut());
    response
}

fn unknown() -> Response {
    let message =
        "there is no such site or key: send the id of a site, or a key made with 'millrace key add'";
    (StatusCode::NOT_FOUND, message).into_response()
}
