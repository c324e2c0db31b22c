//! `GET /api/v1/sites/{id}/dead-letters` and `/rejects`: events of a site that were not stored, one by one.
//!
//! Both show what visitors sent, so that only the site's administrator sees them. Of other sites nothing is shown: a
//! dead letter that cannot be read has no site that anybody knows, and is counted only.

use axum::Json;
use millrace_event::record;
use serde::Serialize;
use tokio::time::timeout;
use utoipa::ToSchema;

use super::Administrator;
use crate::Api;
use crate::error::Failure;
use crate::openapi::SITES;
use crate::parameters::EventLimit;
use crate::pipeline::{DeadLetter, Reject};

/// Records that could not be processed
///
/// They are kept until an operator puts them back on the queue with 'millrace doctor --replay-dead-letters'.
#[utoipa::path(
    get, path = "/api/v1/sites/{id}/dead-letters", operation_id = "list_dead_letters", tag = SITES,
    params(("id" = String, Path, description = "The site."), EventLimit),
    security(("key" = []), ("bearer" = [])),
    responses((status = 200, description = "The site's dead letters, newest first.", body = Letters), Failure),
)]
pub(crate) async fn dead_letters(
    administrator: Administrator,
    limit: EventLimit,
) -> Result<Json<Letters>, Failure> {
    let Api { pipeline, limits, .. } = &administrator.shared.api;
    let kept = timeout(limits.query_timeout, pipeline.dead_letters()).await;
    let kept = kept.map_err(|_| Failure::QueryTimeout)?.map_err(Failure::Queue)?;
    let looked_at = kept.letters.len() as u64;
    let mut unreadable = 0;
    let mut letters = Vec::new();
    for letter in kept.letters {
        match record::decode(&letter.record) {
            Ok(received) if received.site == administrator.site.id => letters.push((letter, received)),
            Ok(_) => {}
            Err(_) => unreadable += 1,
        }
    }
    let total = letters.len() as u64;
    letters.sort_by_key(|(letter, _)| std::cmp::Reverse(letter.at));
    let shown = letters.into_iter().take(limit.0).map(|(letter, received)| Letter::of(&letter, received));
    Ok(Json(Letters {
        total: (kept.count <= looked_at).then_some(total),
        unreadable,
        dead_letters: shown.collect(),
    }))
}

/// Events that were refused when they were sent
///
/// Copies of the newest; an operator turns this off with 'ingest.keep_rejected'.
#[utoipa::path(
    get, path = "/api/v1/sites/{id}/rejects", operation_id = "list_rejects", tag = SITES,
    params(("id" = String, Path, description = "The site."), EventLimit),
    security(("key" = []), ("bearer" = [])),
    responses((status = 200, description = "The site's rejected events, newest first.", body = Rejects), Failure),
)]
pub(crate) async fn rejects(
    administrator: Administrator,
    limit: EventLimit,
) -> Result<Json<Rejects>, Failure> {
    let Api { pipeline, limits, .. } = &administrator.shared.api;
    let rejects = timeout(limits.query_timeout, pipeline.rejects(&administrator.site.id, limit.0)).await;
    let rejects = rejects.map_err(|_| Failure::QueryTimeout)?.map_err(Failure::Copies)?;
    Ok(Json(Rejects { kept: rejects.is_some(), rejects: rejects.unwrap_or_default() }))
}

/// A site's dead letters.
#[derive(Serialize, ToSchema)]
#[schema(as = DeadLetters)]
pub(crate) struct Letters {
    /// How many the site has; null where there are more, of all sites, than are looked at.
    #[schema(required = true)]
    total: Option<u64>,
    /// Letters that cannot be read, so that nobody knows whose they are.
    unreadable: u64,
    /// Newest first.
    dead_letters: Vec<Letter>,
}

/// A record that could not be processed.
#[derive(Serialize, ToSchema)]
#[schema(as = DeadLetter)]
pub(crate) struct Letter {
    /// When it failed, UTC.
    #[schema(format = DateTime)]
    at: String,
    /// Why, for people.
    reason: String,
    /// The event in it.
    event: LetterEvent,
    /// Bytes of the record.
    record_bytes: u64,
}

/// The event of a dead letter, without its address.
#[derive(Serialize, ToSchema)]
#[schema(as = DeadLetterEvent)]
pub(crate) struct LetterEvent {
    /// The client's own id, or the one it was given.
    event_id: String,
    /// Its name.
    #[schema(example = "pageview")]
    name: String,
    /// When it happened, UTC.
    #[schema(format = DateTime)]
    timestamp: String,
    /// When it arrived, UTC.
    #[schema(format = DateTime)]
    received_at: String,
    /// The page.
    #[schema(required = true)]
    url: Option<String>,
    /// Where the visitor came from.
    #[schema(required = true)]
    referrer: Option<String>,
    /// The user agent.
    #[schema(required = true)]
    user_agent: Option<String>,
}

/// A site's rejected events.
#[derive(Serialize, ToSchema)]
pub(crate) struct Rejects {
    /// Whether this process keeps copies: only then does an empty list mean that there are none.
    kept: bool,
    /// Newest first.
    rejects: Vec<Reject>,
}

impl Letter {
    fn of(letter: &DeadLetter, received: record::Received) -> Self {
        let id = received.client_id.map(String::from);
        let id = id.or_else(|| received.made.map(|made| made.to_string()));
        Self {
            at: letter.at.to_string(),
            reason: letter.reason.clone(),
            event: LetterEvent {
                event_id: id.unwrap_or_default(),
                name: received.name.into(),
                timestamp: received.timestamp.to_string(),
                received_at: received.received_at.to_string(),
                url: received.url.map(String::from),
                referrer: received.referrer.map(String::from),
                user_agent: received.user_agent.map(String::from),
            },
            record_bytes: letter.record.len() as u64,
        }
    }
}
