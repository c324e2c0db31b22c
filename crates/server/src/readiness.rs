//! Whether the server can do its work, part by part.

use std::sync::Arc;

use async_trait::async_trait;
use millrace_api::{NotReady, Readiness};
use millrace_queue::Queue;
use millrace_worker::Progress;

/// Asks the queue whether it takes events, and the worker whether it has read what was there at its start.
#[derive(Debug)]
pub struct Parts {
    /// The queue.
    pub queue: Arc<dyn Queue>,
    /// The worker's progress.
    pub progress: Progress,
}

#[async_trait]
impl Readiness for Parts {
    async fn check(&self) -> Result<(), Vec<NotReady>> {
        let mut reasons = Vec::new();
        if let Err(error) = self.queue.health().await {
            reasons.push(NotReady { part: "queue".to_owned(), reason: error.to_string() });
        }
        if !self.progress.caught_up() {
            let reason = "events that were on the queue at start are being replayed".to_owned();
            reasons.push(NotReady { part: "worker".to_owned(), reason });
        }
        if reasons.is_empty() { Ok(()) } else { Err(reasons) }
    }
}
