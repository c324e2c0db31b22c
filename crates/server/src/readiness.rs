//! Whether the server can do its work, part by part.

use std::sync::Arc;

use async_trait::async_trait;
use millrace_api::{NotReady, Readiness};
use millrace_queue::{Queue, QueueError};
use millrace_store::EventStore;
use millrace_worker::Progress;

/// Asks the queue whether it takes events, the worker whether it has read what was there at its start, and the store
/// whether it answers: each where the process has it.
#[derive(Debug)]
pub(crate) struct Parts {
    /// The queue.
    pub(crate) queue: Option<Arc<dyn Queue>>,
    /// The worker's progress.
    pub(crate) progress: Option<Progress>,
    /// The store.
    pub(crate) store: Option<Arc<dyn EventStore>>,
}

#[async_trait]
impl Readiness for Parts {
    async fn check(&self) -> Result<(), Vec<NotReady>> {
        let mut reasons = Vec::new();
        if let Some(queue) = &self.queue
            && let Err(error) = queue.health().await
        {
            // No paths: anybody may ask whether the server is ready.
            let reason = match error {
                QueueError::Full { .. } | QueueError::Deep { .. } => "the queue is full",
                QueueError::DiskFull { .. } => "no space is left on the queue's disk",
                _ => "the queue cannot be written",
            };
            reasons.push(NotReady { part: "queue".to_owned(), reason: reason.to_owned() });
        }
        if self.progress.as_ref().is_some_and(Progress::stuck) {
            let reason = "a batch cannot be stored and is tried again and again".to_owned();
            reasons.push(NotReady { part: "worker".to_owned(), reason });
        }
        if self.progress.as_ref().is_some_and(|progress| !progress.caught_up()) {
            let reason = "events that were on the queue at start are being replayed".to_owned();
            reasons.push(NotReady { part: "worker".to_owned(), reason });
        }
        if let Some(store) = &self.store
            && let Err(error) = store.cursor().await
        {
            tracing::warn!(%error, "the store does not answer");
            reasons
                .push(NotReady { part: "store".to_owned(), reason: "the store does not answer".to_owned() });
        }
        if reasons.is_empty() { Ok(()) } else { Err(reasons) }
    }
}
