//! Putting kept events back on the queue, to be judged by the rules as they are now.
//!
//! Each is appended first and forgotten then. Whatever is cut off in between is appended again by the next replay: a
//! kept record has a client's id, by which the worker recognises the copy.

use async_trait::async_trait;
use bytes::Bytes;
use millrace_event::SiteId;

use super::{DiscardLog, Reason, Replay, Selection};
use crate::StoreError;

/// Events of one step.
const STEP: usize = 500;

/// The way back to the queue.
#[async_trait]
pub trait Requeue: Send + Sync {
    /// Appends records; they are durable on return.
    ///
    /// # Errors
    /// What is in the way, for people.
    async fn append(&self, records: Vec<Bytes>) -> Result<(), String>;
}

/// Why events are not replayed, or not all of them.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The store does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The queue takes nothing.
    #[error("{0}")]
    Queue(String),
}

/// Replays what `selection` says and was kept when this began; answers how many.
///
/// Without a reason that is what the rules of now can judge: no duplicates, and nothing that was discarded for its
/// address, since that is not kept. The latter are counted where their reason is named.
pub async fn replay(
    log: &dyn DiscardLog,
    requeue: &dyn Requeue,
    site: &SiteId,
    selection: &Selection,
) -> Result<u64, ReplayError> {
    let named = selection.reason.is_some();
    // What is discarded again comes back with a higher number: without this end a replay could go on for ever.
    let end = log.newest(site).await?;
    let (mut after, mut replayed) = (0, 0);
    while after < end {
        let page = log.page(site, selection, after, STEP).await?;
        let Some(last) = page.last() else { break };
        after = last.number;
        let due: Vec<_> = page
            .into_iter()
            .filter(|kept| kept.number <= end)
            .filter(|kept| match Reason::named(&kept.reason).replay {
                Replay::Judged => true,
                Replay::Passes => named,
                Replay::Never => false,
            })
            .collect();
        if due.is_empty() {
            continue;
        }
        let numbers: Vec<_> = due.iter().map(|kept| kept.number).collect();
        requeue
            .append(due.into_iter().map(|kept| kept.record).collect())
            .await
            .map_err(ReplayError::Queue)?;
        replayed += log.forget(site, &numbers).await?;
    }
    Ok(replayed)
}
