//! The routes.

use std::net::SocketAddr;
use std::time::Instant;

use ::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use millrace_event::payload::{Format, Kind};
use millrace_event::{Timestamp, limits};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt};
use utoipa_axum::routes;

use crate::answer::{BatchAnswer, ErrorAnswer, RejectedEvent, SingleAnswer, json};
use crate::body::Held;
use crate::{Accepted, Encoding, Intake, Refusal, Submission, body, client, clients, decode, script};

mod wire;

/// The address of the connection's other end; the server's accept loop puts it into each request's extensions.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// `POST /api/events`, `POST /event`, the routes of other systems' clients, and the browser script.
pub fn router(intake: Intake) -> Router {
    openapi_router(intake).into()
}

/// [`router`] with its description, for the server to merge into the whole.
pub fn openapi_router(intake: Intake) -> OpenApiRouter {
    OpenApiRouter::default()
        .routes(routes!(send_events).map(|methods| methods.options(preflight).fallback(other_method)))
        .routes(routes!(send_event).map(|methods| methods.options(preflight).fallback(other_method)))
        .merge(script::routes())
        .merge(clients::routes::routes(&intake.config().clients))
        .with_state(intake)
}

/// What `/api/events` answers, at another path.
pub(crate) async fn events(intake: &Intake, request: Request) -> Response {
    match *request.method() {
        Method::POST => answer(intake, request).await,
        Method::OPTIONS => preflight().await,
        _ => {
            let (parts, body) = request.into_parts();
            other_method(State(intake.clone()), parts.headers, body).await
        }
    }
}

/// Sends events.
///
/// One event, an array of events, or `{"events": [...], "sent_at": "..."}`; with `application/x-ndjson` an event a
/// line. A 202 means that the accepted events are durable. A bad event leaves the rest of its batch alone.
/// `Content-Encoding` may be gzip, br, zstd or deflate.
#[utoipa::path(
    post,
    path = "/api/events",
    operation_id = "send_events",
    tag = "ingest",
    params(
        ("X-API-Key" = Option<String>, Header, description = "a write or admin key; or `Authorization: Bearer`"),
    ),
    request_body(
        content(
            (wire::Body = "application/json"),
            (wire::Body = "text/plain"),
            (String = "application/x-ndjson"),
        ),
    ),
    responses(
        (status = 202, description = "durable", body = wire::Answer),
        (status = 400, description = "not JSON, empty, too deep, or a single bad event", body = ErrorAnswer),
        (status = 401, description = "no key, or an unknown, revoked or wrong one", body = ErrorAnswer),
        (status = 404, description = "no such site", body = ErrorAnswer),
        (status = 408, description = "the body was too slow", body = ErrorAnswer),
        (status = 413, description = "too many bytes or events", body = ErrorAnswer),
        (status = 415, description = "unknown content type or encoding", body = ErrorAnswer),
        (status = 503, description = "nothing was acknowledged: try again after `Retry-After`", body = ErrorAnswer),
    ),
)]
async fn send_events(State(intake): State<Intake>, request: Request) -> Response {
    answer(&intake, request).await
}

/// Sends events; the same as `POST /api/events`.
#[utoipa::path(
    post,
    path = "/event",
    operation_id = "send_event",
    tag = "ingest",
    request_body(content((wire::Body = "application/json"), (wire::Body = "text/plain"))),
    responses(
        (status = 202, description = "durable", body = wire::Answer),
        (status = "4XX", description = "refused, as by /api/events", body = ErrorAnswer),
        (status = 503, description = "nothing was acknowledged: try again after `Retry-After`", body = ErrorAnswer),
    ),
)]
async fn send_event(State(intake): State<Intake>, request: Request) -> Response {
    answer(&intake, request).await
}

async fn answer(intake: &Intake, request: Request) -> Response {
    let started = Instant::now();
    let mut response = match take(intake, request).await {
        Ok(accepted) => accepted.into_response(),
        Err(refusal) => refusal.into_response(),
    };
    allow_any_origin(response.headers_mut());
    intake.figures().answered(response.status(), started.elapsed());
    response
}

async fn take(intake: &Intake, request: Request) -> Result<Accepted, Refusal> {
    let how = |headers: &HeaderMap| Ok((decode::format(headers)?, decode::encoding(headers)?));
    let (submission, held) = receive(intake, request, how).await?;
    intake.accept_held(submission, None, held).await
}

/// The body and where it came from; `how` says what the headers make of it.
pub(crate) async fn receive(
    intake: &Intake,
    request: Request,
    how: impl FnOnce(&HeaderMap) -> Result<(Format, Option<Encoding>), Refusal>,
) -> Result<(Submission, Held), Refusal> {
    let received_at = Timestamp::now();
    let (parts, mut body) = request.into_parts();
    let headers = &parts.headers;
    let read = async {
        let (format, encoding) = how(headers)?;
        let key = key(headers)?;
        let config = intake.config();
        let (body, held) = body::read(&mut body, config.body_deadline, intake.budget()).await?;
        let peer = parts.extensions.get::<Peer>();
        let submission = Submission {
            encoding,
            format,
            key: key.map(str::to_owned),
            operator: false,
            address: peer.map(|peer| client::address(peer.0.ip(), headers, &config.trusted_proxies)),
            user_agent: text(headers, &header::USER_AGENT)
                .filter(|agent| !agent.is_empty())
                .map(str::to_owned),
            language: text(headers, &header::ACCEPT_LANGUAGE).and_then(preferred_language),
            received_at,
            body,
        };
        Ok((submission, held))
    };
    match read.await {
        Ok((submission, held)) => {
            intake.figures().body(submission.body.len());
            Ok((submission, held))
        }
        Err(refusal) => {
            body::drain(body, headers).await;
            Err(refusal)
        }
    }
}

async fn preflight() -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    allow_any_origin(headers);
    for (name, value) in [
        (header::ALLOW, "POST, OPTIONS"),
        (header::ACCESS_CONTROL_ALLOW_METHODS, "POST, OPTIONS"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "Content-Type, Content-Encoding, X-API-Key, Authorization"),
        (header::ACCESS_CONTROL_MAX_AGE, "86400"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

pub(crate) async fn other_method(State(intake): State<Intake>, headers: HeaderMap, body: Body) -> Response {
    let mut response = Refusal::Method.into_response();
    allow_any_origin(response.headers_mut());
    body::drain(body, &headers).await;
    intake.figures().answered(response.status(), std::time::Duration::ZERO);
    response
}

/// Events may come from every page: without credentials, there is nothing a foreign page could misuse.
pub(crate) fn allow_any_origin(headers: &mut HeaderMap) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("Retry-After"));
}

const X_API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// The key as presented. An empty one is a key, an unknown one: its sender believes to have sent something.
fn key(headers: &HeaderMap) -> Result<Option<&str>, Refusal> {
    if headers.contains_key(X_API_KEY) {
        return text(headers, &X_API_KEY).map(|key| Some(key.trim_ascii())).ok_or(Refusal::KeyUnknown);
    }
    if !headers.contains_key(header::AUTHORIZATION) {
        return Ok(None);
    }
    let value = text(headers, &header::AUTHORIZATION).ok_or(Refusal::KeyUnknown)?;
    let (scheme, key) = value.split_once(' ').unwrap_or((value, ""));
    // Another scheme is for a proxy before this server.
    Ok(scheme.eq_ignore_ascii_case("bearer").then(|| key.trim_ascii()))
}

pub(crate) fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    std::str::from_utf8(headers.get(name)?.as_bytes()).ok()
}

/// The first language of an `Accept-Language`, which is the one preferred in every browser's.
fn preferred_language(header: &str) -> Option<String> {
    let first = header.split([',', ';']).next()?.trim();
    let is_tag = (2..=limits::LANGUAGE_CHARS).contains(&first.len())
        && first.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    is_tag.then(|| first.to_owned())
}

impl IntoResponse for Accepted {
    fn into_response(self) -> Response {
        let status = "accepted";
        match (self.kind, self.event_id) {
            (Kind::Single, Some(event_id)) => json(StatusCode::ACCEPTED, &SingleAnswer { status, event_id }),
            _ => {
                let rejected = self.rejected.iter().map(|event| RejectedEvent {
                    index: event.index,
                    code: event.rejection.code,
                    field: event.rejection.field.as_deref(),
                    message: &event.rejection.message,
                });
                let body = BatchAnswer { status, accepted: self.accepted, rejected: rejected.collect() };
                json(StatusCode::ACCEPTED, &body)
            }
        }
    }
}
