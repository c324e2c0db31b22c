//! `GET /healthz` and `GET /readyz`: for whatever starts, restarts and routes to this process.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use http::header::CACHE_CONTROL;
use http::{HeaderValue, StatusCode};
use serde::Serialize;
use tokio::time::timeout;
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa::ToSchema;

use crate::openapi::OPERATIONS;
use crate::{Limits, Shared, live};

/// Whether every part does its work: the server's knowledge.
#[async_trait]
pub trait Readiness: Send + Sync + 'static {
    /// Answers every part that does not. Cheap: it is called every few seconds, by anyone.
    async fn check(&self) -> Result<(), Vec<NotReady>>;
}

/// A part that does not do its work yet, or any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct NotReady {
    /// The part, such as `queue`.
    #[schema(example = "worker")]
    pub part: String,
    /// What keeps it, for people; no internals, since anyone may read it.
    #[schema(example = "replaying: 120000 records behind")]
    pub reason: String,
}

/// Alive
///
/// Answers as long as the process can answer anything.
#[utoipa::path(
    get, path = "/healthz", tag = OPERATIONS,
    responses((status = 200, description = "The process answers.", body = Health)),
)]
pub(crate) async fn healthz() -> Json<Health> {
    Json(Health { status: "ok" })
}

/// Ready
///
/// Whether requests should be sent here: every part does its work.
#[utoipa::path(
    get, path = "/readyz", tag = OPERATIONS,
    responses(
        (status = 200, description = "Every part does its work.", body = Ready),
        (status = 503, description = "Some part does not; the reasons say which and why.", body = Ready),
    ),
)]
pub(crate) async fn readyz(State(shared): State<Arc<Shared>>) -> (StatusCode, Json<Ready>) {
    ready(shared.api.readiness.as_ref(), shared.api.limits.readiness_timeout).await
}

async fn ready(readiness: &dyn Readiness, limit: Duration) -> (StatusCode, Json<Ready>) {
    let check = timeout(limit, readiness.check());
    let reasons = match check.await {
        Ok(checked) => checked.err().unwrap_or_default(),
        Err(_) => {
            vec![NotReady { part: "readiness".to_owned(), reason: "the check does not answer".to_owned() }]
        }
    };
    if reasons.is_empty() {
        (StatusCode::OK, Json(Ready { status: "ready", reasons }))
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, Json(Ready { status: "not_ready", reasons }))
    }
}

/// What a process that answers no reports still answers: `/healthz`, `/readyz`, and `/metrics` as Prometheus text.
pub fn operations_router(
    readiness: Arc<dyn Readiness>,
    prometheus: impl Fn() -> String + Clone + Send + Sync + 'static,
) -> Router {
    let check = move || async move { ready(readiness.as_ref(), Limits::default().readiness_timeout).await };
    let metrics = move || async move { live::prometheus_text(prometheus()) };
    Router::new()
        .route("/healthz", get(healthz))
        .route("/readyz", get(check))
        .route("/metrics", get(metrics))
        .layer(SetResponseHeaderLayer::if_not_present(CACHE_CONTROL, HeaderValue::from_static("no-store")))
}

/// `GET /healthz`
#[derive(Serialize, ToSchema)]
pub(crate) struct Health {
    /// Always `ok`.
    #[schema(example = "ok")]
    status: &'static str,
}

/// `GET /readyz`
#[derive(Serialize, ToSchema)]
pub(crate) struct Ready {
    /// `ready` or `not_ready`.
    #[schema(example = "not_ready")]
    status: &'static str,
    /// Every part that does not do its work; empty when ready.
    reasons: Vec<NotReady>,
}
