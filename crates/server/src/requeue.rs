//! The way of the API's role to the queue: for discarded events that go back, and for how far the workers are behind.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use async_trait::async_trait;
use bytes::Bytes;
use millrace_ingest::routing_again;
use millrace_queue::{Queue, Record};
use millrace_store::discards;
use tokio::sync::OnceCell;

use crate::config::Config;
use crate::parts::{is_redis, open_queue};

/// The process's own queue; in one that has none, a server's queue is opened when it is first needed.
#[derive(Debug)]
pub struct Requeue {
    queue: OnceCell<Arc<dyn Queue>>,
    config: Config,
    /// That it cannot be opened was logged: it is tried every few seconds.
    told: AtomicBool,
}

impl Requeue {
    /// Through `queue`, or through the one that `config` names.
    pub fn new(queue: Option<Arc<dyn Queue>>, config: &Config) -> Self {
        Self { queue: OnceCell::new_with(queue), config: config.clone(), told: AtomicBool::new(false) }
    }

    /// The queue, for whoever looks again and again: nothing where there is none or it cannot be opened just now.
    pub(crate) async fn reach(&self) -> Option<&Arc<dyn Queue>> {
        self.queue().await.ok()
    }

    /// The queue.
    ///
    /// # Errors
    /// Says for anybody why there is none.
    pub(crate) async fn queue(&self) -> Result<&Arc<dyn Queue>, String> {
        let open = async || {
            if !is_redis(&self.config.queue.url) {
                return Err("this process has no queue: ask one with the role ingest".to_owned());
            }
            open_queue(&self.config).await.map_err(|error| {
                if !self.told.swap(true, Relaxed) {
                    tracing::warn!(error = format!("{error:#}"), "the queue cannot be opened");
                }
                "the queue is out of reach".to_owned()
            })
        };
        self.queue.get_or_try_init(open).await
    }
}

#[async_trait]
impl discards::Requeue for Requeue {
    async fn append(&self, records: Vec<Bytes>) -> Result<(), String> {
        let records = records.into_iter().map(|payload| Record { key: routing_again(&payload), payload });
        let appended = self.queue().await?.append(records.collect()).await;
        // Paths are nobody's business.
        appended.map_err(|error| {
            tracing::warn!(%error, "the queue takes no events back");
            "the queue takes no events just now".to_owned()
        })
    }
}
