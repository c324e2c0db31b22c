//! A queue in memory: the contract in its plainest form, for tests. It keeps its records for as long as somebody holds
//! its [`Storage`].

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Instant;

use async_trait::async_trait;
use bytes::Bytes;
use tokio::sync::watch;

use crate::{
    Batch, BatchLimit, Consumer, ConsumerGroup, DeadLetter, Lag, Offset, Offsets, PartitionLag, Queue,
    QueueError, QueuedRecord, Record,
};

/// What outlives the handles that open it.
#[derive(Debug, Clone)]
pub struct Storage {
    state: Arc<Mutex<State>>,
    /// The offset after the last record.
    end: Arc<watch::Sender<Offset>>,
}

#[derive(Debug, Default)]
struct State {
    records: Vec<(Instant, Bytes)>,
    committed: BTreeMap<ConsumerGroup, Offset>,
    letters: Vec<DeadLetter>,
}

impl Default for Storage {
    fn default() -> Self {
        Self { state: Arc::default(), end: Arc::new(watch::Sender::new(0)) }
    }
}

impl Storage {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn append(&self, payloads: impl Iterator<Item = Bytes>) {
        let mut state = self.state();
        state.records.extend(payloads.map(|payload| (Instant::now(), payload)));
        self.end.send_replace(state.records.len() as Offset);
    }
}

/// A queue with one partition.
#[derive(Debug, Default)]
pub struct MemoryQueue {
    storage: Storage,
    closed: AtomicBool,
}

impl MemoryQueue {
    /// Opens what `storage` keeps.
    #[must_use]
    pub fn open(storage: Storage) -> Self {
        Self { storage, closed: AtomicBool::new(false) }
    }

    fn check(&self) -> Result<(), QueueError> {
        if self.closed.load(Ordering::Acquire) { Err(QueueError::Closed) } else { Ok(()) }
    }
}

#[async_trait]
impl Queue for MemoryQueue {
    async fn append(&self, records: Vec<Record>) -> Result<(), QueueError> {
        self.check()?;
        self.storage.append(records.into_iter().map(|record| record.payload));
        Ok(())
    }

    async fn subscribe(&self, group: &ConsumerGroup) -> Result<Box<dyn Consumer>, QueueError> {
        let next = *self.storage.state().committed.entry(group.clone()).or_default();
        Ok(Box::new(MemoryConsumer { storage: self.storage.clone(), group: group.clone(), next }))
    }

    async fn lags(&self, group: &ConsumerGroup) -> Result<Vec<PartitionLag>, QueueError> {
        let state = self.storage.state();
        let done = state.committed.get(group).copied().unwrap_or(0);
        let oldest = state.records.get(done as usize).map(|(at, _)| at.elapsed());
        let lag = Lag { records: (state.records.len() as Offset).saturating_sub(done), oldest };
        Ok(vec![PartitionLag { partition: 0, lag, pending: None, owner: None }])
    }

    async fn health(&self) -> Result<(), QueueError> {
        self.check()
    }

    async fn bury(&self, letters: Vec<DeadLetter>) -> Result<(), QueueError> {
        self.storage.state().letters.extend(letters);
        Ok(())
    }

    async fn count_dead_letters(&self) -> Result<u64, QueueError> {
        Ok(self.storage.state().letters.len() as u64)
    }

    async fn dead_letters(&self, limit: usize) -> Result<Vec<DeadLetter>, QueueError> {
        Ok(self.storage.state().letters.iter().take(limit).cloned().collect())
    }

    async fn replay_dead_letters(&self) -> Result<u64, QueueError> {
        let letters = std::mem::take(&mut self.storage.state().letters);
        let count = letters.len() as u64;
        self.storage.append(letters.into_iter().map(|letter| letter.payload));
        Ok(count)
    }

    async fn close(&self) -> Result<(), QueueError> {
        self.closed.store(true, Ordering::Release);
        Ok(())
    }
}

#[derive(Debug)]
struct MemoryConsumer {
    storage: Storage,
    group: ConsumerGroup,
    next: Offset,
}

#[async_trait]
impl Consumer for MemoryConsumer {
    async fn poll(&mut self, limit: BatchLimit) -> Result<Batch, QueueError> {
        let next = self.next;
        let mut end = self.storage.end.subscribe();
        // Nothing in time is an empty batch.
        let _ = tokio::time::timeout(limit.wait, end.wait_for(|end| *end > next)).await;
        let (mut records, mut bytes) = (Vec::new(), 0);
        for (offset, (_, payload)) in (0..).zip(&self.storage.state().records).skip(next as usize) {
            bytes += payload.len();
            if records.len() >= limit.records.max(1) || (bytes > limit.bytes && !records.is_empty()) {
                break;
            }
            records.push(QueuedRecord { partition: 0, offset, payload: payload.clone() });
        }
        self.next += records.len() as Offset;
        Ok(Batch { records, next: Offsets::from([(0, self.next)]), reassigned: false })
    }

    async fn commit(&mut self, offsets: &Offsets) -> Result<(), QueueError> {
        let Some(&done) = offsets.get(&0) else { return Ok(()) };
        let mut state = self.storage.state();
        let committed = state.committed.entry(self.group.clone()).or_default();
        *committed = done.max(*committed);
        self.next = self.next.max(done);
        Ok(())
    }

    async fn resume(&mut self, done: &Offsets) -> Result<(), QueueError> {
        self.commit(done).await?;
        self.next = self.storage.state().committed.get(&self.group).copied().unwrap_or(0);
        Ok(())
    }
}
