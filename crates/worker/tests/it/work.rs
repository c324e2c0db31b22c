use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use bytestring::ByteString;
use millrace_event::{Event, EventId, SiteId, Timestamp};
use millrace_query::{CheckedQuery, Period, QueryResult};
use millrace_queue::{ConsumerGroup, Queue, Record};
use millrace_store::discards::DiscardLog;
use millrace_store::lists::EventReader;
use millrace_store::memory::MemoryStore;
use millrace_store::observed::{Observation, ObservedSchema};
use millrace_store::{
    Cursor, Erased, Erasure, EventBatch, EventStore, Memory, Offsets, RememberSince, StoreError, Tail,
};

use millrace_worker::WorkerConfig;

use crate::support::{Bench, Sent};

#[tokio::test]
async fn what_is_stored_is_committed_and_read_once() {
    let mut bench = Bench::new();
    let events: Vec<_> = (0..1_000).map(|minute| Sent { minute, ..Sent::default() }).collect();
    assert_eq!(bench.process(&events).await.len(), 1_000);
    let lag = bench.queue.lag(&ConsumerGroup::new("store").expect("a group")).await.expect("lag");
    assert_eq!(lag.records, 0);
    assert_eq!(bench.process(&[]).await.len(), 1_000);
}

#[tokio::test]
async fn a_record_that_cannot_be_read_becomes_a_dead_letter_and_the_rest_goes_on() {
    let mut bench = Bench::new();
    bench.send(&[Sent::default()]).await;
    let broken =
        [&b"\x01\xff"[..], b"\x09", b""].map(|bytes| Record { key: 0, payload: Bytes::from_static(bytes) });
    bench.queue.append(broken.to_vec()).await.expect("append");
    assert_eq!(bench.process(&[Sent::default()]).await.len(), 2);
    let letters = bench.queue.dead_letters(10).await.expect("letters");
    let reasons: Vec<_> = letters.iter().map(|letter| (letter.offset, letter.reason.as_str())).collect();
    assert_eq!(letters.len(), 3, "{reasons:?}");
    assert!(reasons[1].1.contains("version 9"), "{reasons:?}");
    // Replayed, they fail again and are kept again.
    assert_eq!(bench.queue.replay_dead_letters().await.expect("replay"), 3);
    bench.work().await;
    assert_eq!(bench.queue.dead_letters(10).await.expect("letters").len(), 3);
    assert_eq!(bench.events("demo").await.len(), 2);
}

#[tokio::test]
async fn an_insert_that_fails_is_tried_again_and_counts_once() {
    let memory = Arc::new(MemoryStore::default());
    for how in [How::Before, How::After, How::Conflict] {
        let flaky = Flaky { inner: memory.clone(), failures: AtomicU32::new(3), how };
        let before = memory.cursor().await.expect("cursor").0;
        let mut bench = Bench::with_store(Arc::new(flaky), memory.clone());
        // A queue of its own begins at offset 0 again; what the store has applied would hide it.
        let _ = memory.retain(Timestamp::from_millis(i64::MAX)).await;
        let already = memory.applied().await.expect("applied").get(&0).copied().unwrap_or(0);
        bench.send(&vec![Sent::default(); already as usize + 5]).await;
        bench.work().await;
        assert_eq!(memory.cursor().await.expect("cursor").0 - before, 5, "{how:?}");
    }
}

#[tokio::test]
async fn an_event_the_store_refuses_is_found_and_buried_and_its_neighbours_are_stored_once() {
    let memory = Arc::new(MemoryStore::default());
    let flaky = Flaky { inner: memory.clone(), failures: AtomicU32::new(0), how: How::Refuse("poison") };
    let mut bench = Bench::with_store(Arc::new(flaky), memory.clone());
    let ids: Vec<&'static str> = (0..60).map(|n| &*format!("id-{n}").leak()).collect();
    let sent = |id| Sent { id: Some(id), user: Some("u"), ..Sent::default() };
    let mut events: Vec<_> = ids.iter().copied().map(sent).collect();
    events.insert(30, sent("poison"));
    // Told apart from its neighbours, each of which is sent twice: what was tried with the poison was never stored.
    events.extend(ids.iter().copied().map(sent));
    bench.send(&events).await;
    // The tests' events arrived on a day of their own, which a window that ends now may not reach.
    let dedup_window = Duration::from_secs(100 * 365 * 86_400);
    bench.work_with(WorkerConfig { dedup_window, ..Bench::config() }).await;
    let stored = bench.events("demo").await;
    assert_eq!(stored.iter().map(|event| event.id.to_string()).collect::<Vec<_>>(), ids);
    assert!(
        stored.windows(2).all(|pair| pair[0].session == pair[1].session),
        "one visit, however often it was tried"
    );
    let letters = bench.queue.dead_letters(10).await.expect("letters");
    assert_eq!(letters.len(), 1, "{letters:?}");
    assert_eq!((letters[0].offset, letters[0].reason.as_str()), (30, "the test cannot take it"));
    // Put back, it is tried again, not taken for a duplicate of itself.
    assert_eq!(bench.queue.replay_dead_letters().await.expect("replay"), 1);
    bench.work_with(WorkerConfig { dedup_window, ..Bench::config() }).await;
    assert_eq!(bench.queue.dead_letters(10).await.expect("letters").len(), 1);
}

/// What goes wrong with an insert.
#[derive(Clone, Copy, Debug)]
pub(crate) enum How {
    /// It is not applied.
    Before,
    /// It is applied all the same.
    After,
    /// Another worker is said to have been quicker.
    Conflict,
    /// A batch with this id is never taken.
    Refuse(&'static str),
}

/// Fails the first inserts, or those with one event.
#[derive(Debug)]
pub(crate) struct Flaky {
    pub(crate) inner: Arc<MemoryStore>,
    pub(crate) failures: AtomicU32,
    pub(crate) how: How,
}

#[async_trait]
impl EventStore for Flaky {
    async fn insert(&self, batch: &EventBatch) -> Result<Offsets, StoreError> {
        if let How::Refuse(poison) = self.how {
            let poisoned = batch.events.iter().any(|event| event.id == EventId::Client(poison.into()));
            return if poisoned {
                Err(StoreError::Refused("the test cannot take it".to_owned()))
            } else {
                self.inner.insert(batch).await
            };
        }
        let fails = self
            .failures
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1))
            .is_ok();
        if !fails || matches!(self.how, How::After) {
            let durable = self.inner.insert(batch).await?;
            if !fails {
                return Ok(durable);
            }
        }
        Err(match self.how {
            How::Conflict => StoreError::Conflict(0),
            _ => StoreError::Unavailable("the test says so".to_owned()),
        })
    }

    async fn applied(&self) -> Result<Offsets, StoreError> {
        self.inner.applied().await
    }

    async fn flush(&self) -> Result<Offsets, StoreError> {
        self.inner.flush().await
    }

    async fn query(&self, query: &CheckedQuery) -> Result<QueryResult, StoreError> {
        self.inner.query(query).await
    }

    async fn observe(&self, observation: &Observation) -> Result<ObservedSchema, StoreError> {
        self.inner.observe(observation).await
    }

    async fn recent(&self, site: &SiteId, limit: usize) -> Result<Vec<Event>, StoreError> {
        self.inner.recent(site, limit).await
    }

    async fn tail(&self, site: &SiteId, cursor: Cursor, limit: usize) -> Result<Tail, StoreError> {
        self.inner.tail(site, cursor, limit).await
    }

    async fn cursor(&self) -> Result<Cursor, StoreError> {
        self.inner.cursor().await
    }

    async fn erase(&self, erasure: &Erasure) -> Result<Erased, StoreError> {
        self.inner.erase(erasure).await
    }

    async fn retain(&self, before: Timestamp) -> Result<Erased, StoreError> {
        self.inner.retain(before).await
    }

    async fn known_ids(
        &self,
        site: &SiteId,
        period: Period,
        ids: &[ByteString],
    ) -> Result<Vec<ByteString>, StoreError> {
        self.inner.known_ids(site, period, ids).await
    }

    async fn remember(&self, since: RememberSince) -> Result<Memory, StoreError> {
        self.inner.remember(since).await
    }

    fn reader(&self) -> &dyn EventReader {
        self.inner.reader()
    }

    fn discards(&self) -> &dyn DiscardLog {
        self.inner.discards()
    }
}
