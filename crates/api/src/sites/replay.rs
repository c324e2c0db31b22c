//! `POST /api/v1/sites/{id}/discards/replay`: held events are put back on the queue and judged by the rules of now.

use axum::Json;
use axum::body::Body;
use http::StatusCode;
use millrace_event::Timestamp;
use millrace_store::discards::{self, Reason, Replay, ReplayError, Selection};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Administrator;
use crate::error::Failure;
use crate::openapi::SITES;

/// Judges held events again
///
/// Each is put back on the queue as it came, with its time and visitor, and is held no longer. What the rules still
/// discard comes back. Without a reason that is everything but duplicates, which are never replayed, and what was
/// discarded for its address: that is not kept, so where such a reason is named the event is counted whatever the rule
/// says. The queue has all of them on return; reports have them a moment later.
#[utoipa::path(
    post, path = "/api/v1/sites/{id}/discards/replay", operation_id = "replay_discards", tag = SITES,
    params(("id" = String, Path, description = "The site.")),
    request_body = ReplayRequest,
    security(("key" = []), ("bearer" = [])),
    responses((status = 202, description = "They are on the queue.", body = Replayed), Failure),
)]
pub(crate) async fn replay(
    administrator: Administrator,
    body: Body,
) -> Result<(StatusCode, Json<Replayed>), Failure> {
    let selection = selection(&administrator.text(body).await?)?;
    let Administrator { shared, site, .. } = administrator;
    // On its own: a caller who goes away leaves no step half done.
    let work = tokio::spawn(async move {
        let _turn = shared.replaying.lock().await;
        let api = &shared.api;
        discards::replay(api.store.discards(), api.requeue.as_ref(), &site.id, &selection).await
    });
    let replayed = work.await.map_err(|error| Failure::Queue(error.to_string()))?;
    let replayed = replayed.map_err(|error| match error {
        ReplayError::Store(error) => Failure::Store(error),
        ReplayError::Queue(error) => Failure::Queue(error),
    })?;
    tracing::info!(replayed, "discarded events are judged again");
    Ok((StatusCode::ACCEPTED, Json(Replayed { replayed })))
}

/// Which held events; all that are judged again where every field is left out.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ReplayRequest {
    /// Of this reason.
    #[schema(example = "robot")]
    reason: Option<String>,
    /// With this detail.
    detail: Option<String>,
    /// That arrived at this instant or later, RFC 3339.
    #[schema(format = DateTime)]
    from: Option<String>,
    /// That arrived before this.
    #[schema(format = DateTime)]
    to: Option<String>,
}

/// What was put back.
#[derive(Serialize, ToSchema)]
pub(crate) struct Replayed {
    /// Events.
    replayed: u64,
}

fn selection(body: &str) -> Result<Selection, Failure> {
    let invalid =
        |code, field, message| Failure::Body { status: StatusCode::BAD_REQUEST, code, field, message };
    let body = if body.trim().is_empty() { "{}" } else { body };
    // Of an array, too, fields would be read, by their places.
    if !body.trim_start().starts_with('{') {
        return Err(invalid("replay_invalid", None, "the body is no JSON object".to_owned()));
    }
    let request: ReplayRequest = serde_json::from_str(body)
        .map_err(|error| invalid("replay_invalid", None, format!("the body: {error}")))?;
    let instant = |field, text: Option<String>| {
        let parse = |text: String| {
            Timestamp::parse(&text).ok_or_else(|| {
                let message = format!("{field} is no instant such as 2026-11-20T10:00:00Z");
                invalid("replay_invalid", Some(field), message)
            })
        };
        text.map(parse).transpose()
    };
    let ReplayRequest { reason, detail, from, to } = request;
    if reason.as_deref().is_some_and(|reason| Reason::named(reason).replay == Replay::Never) {
        let message = "duplicates are counted already, once: they are never replayed".to_owned();
        return Err(invalid("reason_not_replayable", Some("reason"), message));
    }
    Ok(Selection {
        reason: reason.map(Into::into),
        detail: detail.map(Into::into),
        from: instant("from", from)?,
        to: instant("to", to)?,
    })
}
