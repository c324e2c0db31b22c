use std::sync::Arc;

use async_trait::async_trait;
use millrace_queue::Queue;
use millrace_queue::conformance::{self, Fixture};
use millrace_queue::memory::{MemoryQueue, Storage};

struct InMemory(Storage);

#[async_trait]
impl Fixture for InMemory {
    async fn open(&self) -> Arc<dyn Queue> {
        Arc::new(MemoryQueue::open(self.0.clone()))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn conformance_in_memory() {
    conformance::all(&|| Box::new(InMemory(Storage::default()))).await;
}
