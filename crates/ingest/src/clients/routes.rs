//! The routes of other systems' clients, mounted beside each other.
//!
//! Where two systems know a path, letters of it tell them apart: `/s` is Segment's screen call and `/s/` PostHog's
//! recordings, `/i` Segment's identify and `/i/v0/e` PostHog's events, `/batch` PostHog's and `/v1/batch` Segment's.
//! `/track` is PostHog's; Segment's is `/v1/track`.

use std::sync::Arc;
use std::time::Instant;

use ::http::{HeaderMap, HeaderName, header};
use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::{MethodRouter, get, post};
use millrace_event::payload::{self, Format};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use super::{Answering, Call, Client, answer, encoded};
use crate::http::{other_method, receive, text};
use crate::{Accepted, Encoding, Intake, Refusal, decode};

mod described;
mod origins;
mod read;

/// The routes of the systems that are switched on.
pub(crate) fn routes(clients: &[Client]) -> OpenApiRouter<Intake> {
    let mut router = Router::new();
    let mut described = Vec::new();
    if clients.contains(&Client::Plausible) {
        router = router.route("/api/event", events(Client::Plausible, |_| "event"));
        described.push(described::Plausible::openapi());
    }
    if clients.contains(&Client::Segment) {
        router = segment_routes(router);
        described.push(described::Segment::openapi());
    }
    if clients.contains(&Client::PostHog) {
        router = posthog_routes(router);
        described.push(described::PostHog::openapi());
    }
    if clients.contains(&Client::Umami) {
        router = router
            .route("/api/send", events(Client::Umami, |_| "send"))
            .route("/api/batch", events(Client::Umami, |_| "batch"));
        described.push(described::Umami::openapi());
    }
    let mut all = OpenApiRouter::from(router);
    for document in described {
        all.get_openapi_mut().merge(document);
    }
    all
}

fn segment_routes(mut router: Router<Intake>) -> Router<Intake> {
    let of_path: OfPath = |path| match path.trim_end_matches('/').rsplit('/').next().unwrap_or_default() {
        "track" | "t" => "track",
        "page" | "p" => "page",
        "screen" | "s" => "screen",
        "identify" | "i" => "identify",
        "group" | "g" => "group",
        "alias" | "a" => "alias",
        _ => "batch",
    };
    for word in ["track", "page", "screen", "identify", "group", "alias", "batch", "import"] {
        router = router
            .route(&format!("/v1/{word}"), events(Client::Segment, of_path))
            .route(&format!("/v1/{word}/"), events(Client::Segment, of_path))
            .route(&format!("/api/s/{word}"), events(Client::Segment, of_path))
            .route(&format!("/api/s/s2s/{word}"), events(Client::Segment, of_path));
    }
    for letter in ["t", "p", "i", "g", "a", "s", "b"] {
        router = router
            .route(&format!("/{letter}"), events(Client::Segment, of_path))
            .route(&format!("/v1/{letter}"), events(Client::Segment, of_path));
    }
    router.route("/v1/projects/{write_key}/settings", get(read::segment_settings))
}

fn posthog_routes(mut router: Router<Intake>) -> Router<Intake> {
    let of_path: OfPath = |path| if path.starts_with("/engage") { "engage" } else { "event" };
    for path in ["/batch", "/e", "/i/v0/e", "/capture", "/track", "/engage"] {
        router = router
            .route(path, events(Client::PostHog, of_path))
            .route(&format!("{path}/"), events(Client::PostHog, of_path));
    }
    for path in ["/flags", "/flags/", "/decide", "/decide/"] {
        router =
            router.route(path, get(read::posthog_flags).post(read::posthog_flags).options(read::preflight));
    }
    router
        .route("/s/", post(read::posthog_recording).options(read::preflight))
        .route("/array/{token}/{file}", get(read::posthog_array).options(read::preflight))
}

type OfPath = fn(&str) -> &'static str;

/// A route that takes events; `of_path` is what the path says of them.
fn events(client: Client, of_path: OfPath) -> MethodRouter<Intake> {
    let collect =
        move |State(intake): State<Intake>, request: Request| collect(intake, client, of_path, request);
    let preflight = move |headers: HeaderMap| async move { origins::preflight(client, &headers) };
    let router = post(collect).options(preflight).fallback(other_method);
    // Its oldest clients send with an image.
    if client == Client::PostHog { router.get(collect) } else { router }
}

async fn collect(intake: Intake, client: Client, of_path: OfPath, request: Request) -> Response {
    let started = Instant::now();
    let headers = request.headers().clone();
    let call = Arc::new(Call {
        client,
        route: of_path(request.uri().path()).to_owned(),
        token: token(client, &headers),
        query: request.uri().query().unwrap_or_default().to_owned(),
        form: is_form(&headers),
        forwarded: text(&headers, &HeaderName::from_static("x-forwarded-for"))
            .and_then(|hops| payload::address(hops.split(',').next()?)),
        secret: intake.secret(),
    });
    let mut answering = Answering {
        debug: text(&headers, &HeaderName::from_static("x-debug-request")) == Some("true"),
        ..Answering::default()
    };
    let result = take(&intake, &call, &mut answering, request).await;
    let accepted = result.as_ref().map_or(0, |accepted| accepted.accepted);
    let mut response = answer(result, &call, &answering);
    origins::allow(client, &headers, response.headers_mut());
    intake.figures().answered(response.status(), started.elapsed());
    intake.figures().client_answered(client, response.status(), accepted);
    response
}

async fn take(
    intake: &Intake,
    call: &Arc<Call>,
    answering: &mut Answering,
    request: Request,
) -> Result<Accepted, Refusal> {
    let lenient = call.client == Client::PostHog;
    // Whatever the content type says: these clients send JSON as text, and some of them as a form.
    let how = |headers: &HeaderMap| match decode::encoding(headers) {
        Ok(encoding) => Ok((Format::Json, encoding)),
        Err(_) if lenient => Ok((Format::Json, None)),
        Err(refusal) => Err(refusal),
    };
    let (mut submission, held) = receive(intake, request, how).await?;
    if lenient {
        let other = submission.encoding.filter(|encoding| *encoding != Encoding::Gzip);
        submission.encoding = if encoded::is_gzip(&submission.body) { Some(Encoding::Gzip) } else { other };
    }
    answering.address = submission.address;
    answering.user_agent = submission.user_agent.clone();
    intake.accept_held(submission, Some(Arc::clone(call)), held).await
}

/// The site or key that the headers of a Segment client name.
fn token(client: Client, headers: &HeaderMap) -> Option<String> {
    if client != Client::Segment {
        return None;
    }
    let own = text(headers, &HeaderName::from_static("x-write-key")).map(str::to_owned);
    own.or_else(|| {
        let (scheme, words) = text(headers, &header::AUTHORIZATION)?.split_once(' ')?;
        let words = encoded::base64(scheme.eq_ignore_ascii_case("basic").then(|| words.trim())?.as_bytes())?;
        // The password is empty; a write key may have a colon of its own.
        let words = String::from_utf8(words).ok()?;
        Some(words.strip_suffix(':').unwrap_or(&words).to_owned())
    })
}

fn is_form(headers: &HeaderMap) -> bool {
    text(headers, &header::CONTENT_TYPE)
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"))
}
