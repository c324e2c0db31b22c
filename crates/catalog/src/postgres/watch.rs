//! What other processes change.
//!
//! One connection hears of changes by `NOTIFY` and asks for the newest one every second all the same: through a
//! pooler there are no notifications, and a connection that is dead without having been closed is noticed only by
//! asking.

use std::sync::Arc;
use std::time::{Duration, Instant};

use millrace_event::Timestamp;
use sqlx::postgres::PgListener;

use super::Shared;
use super::read::{self, Change};
use super::server::{ANSWER, Server};
use crate::CatalogError;

/// What the triggers notify.
const CHANNEL: &str = "millrace_catalog";
/// How often changes are looked for where no notification comes.
const POLL: Duration = Duration::from_secs(1);
/// How long a lost connection, or a failed attempt to make one, is left alone.
const RETRY: Duration = Duration::from_millis(500);
/// The failed turn, one after the other, that is told: a connection that is cut while it is used fails the first.
const TOLD: u32 = 2;
/// How often a process that gets no events looks for salts whose time is over.
const FORGET: Duration = Duration::from_secs(3600);

/// Runs until it is aborted. A failure that lasts is logged once, and the next turn tries again.
pub(super) async fn watch(shared: Arc<Shared>) {
    let mut listener = None;
    let mut failures = 0_u32;
    let mut forgotten = Instant::now();
    loop {
        let mut outcome = turn(&shared, &mut listener).await;
        if outcome.is_ok() && forgotten.elapsed() >= FORGET {
            outcome = shared.salts.forget(&shared.server, Timestamp::now()).await;
            forgotten = Instant::now();
        }
        match outcome {
            Ok(()) => {
                if failures >= TOLD {
                    tracing::info!(server = shared.server.name(), "the catalog can be read again");
                }
                failures = 0;
            }
            Err(error) => {
                failures = failures.saturating_add(1);
                if failures == TOLD {
                    tracing::error!(error = %error, "the catalog cannot be read, its last state stays in use");
                }
                tokio::time::sleep(RETRY).await;
            }
        }
    }
}

/// Reads what has changed, after waiting for that, for a second at most. A lost connection is no failure yet: the
/// next turn makes another, and says why if it cannot.
async fn turn(shared: &Shared, listener: &mut Option<PgListener>) -> Result<(), CatalogError> {
    let Some(listening) = listener else {
        shared.read().await?;
        *listener = Some(shared.server.within(ANSWER, shared.server.listen(CHANNEL)).await?);
        return Ok(());
    };
    match newest(&shared.server, listening).await {
        Some(change) if change == shared.seen() => Ok(()),
        Some(_) => shared.read().await,
        None => {
            *listener = None;
            tokio::time::sleep(RETRY).await;
            Ok(())
        }
    }
}

/// The newest change, after a notification or a second; nothing where the connection is lost.
async fn newest(server: &Server, listening: &mut PgListener) -> Option<Change> {
    match tokio::time::timeout(POLL, listening.try_recv()).await {
        Ok(Ok(Some(_))) | Err(_) => {}
        Ok(Ok(None) | Err(_)) => return None,
    }
    // What was heard until now, the question that follows answers.
    while listening.next_buffered().is_some() {}
    server.within(ANSWER, read::change(listening)).await.ok()
}
