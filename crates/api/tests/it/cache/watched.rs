//! A store that counts its queries, and holds or fails them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use async_trait::async_trait;
use bytestring::ByteString;
use millrace_event::{Event, SiteId, Timestamp};
use millrace_query::{CheckedQuery, Period, QueryResult};
use millrace_store::discards::DiscardLog;
use millrace_store::lists::EventReader;
use millrace_store::memory::MemoryStore;
use millrace_store::observed::{Observation, ObservedSchema};
use millrace_store::{
    Cursor, Erased, Erasure, EventBatch, EventStore, Memory, Offsets, RememberSince, StoreError, Tail,
};
use tokio::sync::watch;

#[derive(Debug)]
pub(super) struct Watched {
    store: MemoryStore,
    queries: AtomicUsize,
    held: watch::Sender<bool>,
    failing: AtomicBool,
}

impl Watched {
    pub(super) async fn with(events: Vec<Event>) -> Arc<Self> {
        let store = MemoryStore::default();
        store.insert(&EventBatch { events, ..EventBatch::default() }).await.unwrap();
        let (held, _) = watch::channel(false);
        Arc::new(Self { store, queries: AtomicUsize::new(0), held, failing: AtomicBool::new(false) })
    }

    pub(super) async fn add(&self, event: Event) {
        let batch = EventBatch { events: vec![event], ..EventBatch::default() };
        self.store.insert(&batch).await.unwrap();
    }

    /// How many were begun.
    pub(super) fn queries(&self) -> usize {
        self.queries.load(Ordering::SeqCst)
    }

    /// From now on queries wait.
    pub(super) fn hold(&self) {
        self.held.send_replace(true);
    }

    /// Until now.
    pub(super) fn go_on(&self) {
        self.held.send_replace(false);
    }

    pub(super) fn fail(&self, failing: bool) {
        self.failing.store(failing, Ordering::SeqCst);
    }
}

#[async_trait]
impl EventStore for Watched {
    async fn query(&self, query: &CheckedQuery) -> Result<QueryResult, StoreError> {
        self.queries.fetch_add(1, Ordering::SeqCst);
        self.held.subscribe().wait_for(|held| !held).await.unwrap();
        if self.failing.load(Ordering::SeqCst) {
            return Err(StoreError::Unavailable("secret".to_owned()));
        }
        self.store.query(query).await
    }
    async fn observe(&self, observation: &Observation) -> Result<ObservedSchema, StoreError> {
        self.store.observe(observation).await
    }

    async fn recent(&self, site: &SiteId, limit: usize) -> Result<Vec<Event>, StoreError> {
        self.store.recent(site, limit).await
    }
    async fn applied(&self) -> Result<Offsets, StoreError> {
        self.store.applied().await
    }
    async fn insert(&self, batch: &EventBatch) -> Result<Offsets, StoreError> {
        self.store.insert(batch).await
    }
    async fn flush(&self) -> Result<Offsets, StoreError> {
        self.store.flush().await
    }
    async fn tail(&self, site: &SiteId, cursor: Cursor, limit: usize) -> Result<Tail, StoreError> {
        self.store.tail(site, cursor, limit).await
    }
    async fn cursor(&self) -> Result<Cursor, StoreError> {
        self.store.cursor().await
    }
    async fn erase(&self, erasure: &Erasure) -> Result<Erased, StoreError> {
        self.store.erase(erasure).await
    }
    async fn retain(&self, before: Timestamp) -> Result<Erased, StoreError> {
        self.store.retain(before).await
    }
    async fn known_ids(
        &self,
        site: &SiteId,
        period: Period,
        ids: &[ByteString],
    ) -> Result<Vec<ByteString>, StoreError> {
        self.store.known_ids(site, period, ids).await
    }
    async fn remember(&self, since: RememberSince) -> Result<Memory, StoreError> {
        self.store.remember(since).await
    }
    fn reader(&self) -> &dyn EventReader {
        self.store.reader()
    }
    fn discards(&self) -> &dyn DiscardLog {
        self.store.discards()
    }
}
