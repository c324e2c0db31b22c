//! `GET /healthz` and `GET /readyz`: for whatever starts, restarts and routes to this process.

use std::sync::Arc;

use async_trait::async_trait;
use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::Serialize;
use tokio::time::timeout;
use utoipa::ToSchema;

use crate::Shared;
use crate::openapi::OPERATIONS;

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
    let check = timeout(shared.api.limits.readiness_timeout, shared.api.readiness.check());
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
