//! The disk queue under the suite that every backend runs.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use millrace_queue::Queue;
use millrace_queue::conformance::{Fixture, all};
use millrace_queue::disk::{DiskQueue, DiskQueueConfig};
use tempfile::TempDir;

use crate::support::tiny;

struct Disk {
    dir: TempDir,
    tiny: bool,
    segment_age: Option<Duration>,
}

#[async_trait]
impl Fixture for Disk {
    async fn open(&self) -> Arc<dyn Queue> {
        let mut config =
            if self.tiny { tiny(self.dir.path()) } else { DiskQueueConfig::new(self.dir.path()) };
        config.segment_age = self.segment_age.unwrap_or(config.segment_age);
        // A poll that was dropped may still hold the lock for the moment its read takes.
        for _ in 0..100 {
            match DiskQueue::open(config.clone()) {
                Ok(queue) => return Arc::new(queue),
                Err(_) => tokio::time::sleep(std::time::Duration::from_millis(10)).await,
            }
        }
        Arc::new(DiskQueue::open(config).expect("open"))
    }
}

fn disk(tiny: bool, segment_age: Option<Duration>) -> Box<dyn Fixture> {
    Box::new(Disk { dir: TempDir::new().expect("a folder"), tiny, segment_age })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_disk_queue_conforms() {
    all(&|| disk(false, None)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_disk_queue_conforms_with_tiny_segments() {
    all(&|| disk(true, None)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_disk_queue_conforms_when_every_segment_is_old() {
    all(&|| disk(false, Some(Duration::ZERO))).await;
}
