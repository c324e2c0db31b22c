//! A store in memory that reads one by one as a test says.

use async_trait::async_trait;
use bytestring::ByteString;
use futures::{StreamExt, stream};
use millrace_event::{Event, SiteId, Timestamp};
use millrace_query::{CheckedQuery, Period, QueryResult, Walk};
use millrace_store::discards::DiscardLog;
use millrace_store::lists::{
    ArrivalList, EventList, EventReader, EventStream, LiveFigures, LiveQuestion, SessionSummary, SqlAnswer,
    SqlQuestion, StepStream, SubjectList, VisitorSummary,
};
use millrace_store::memory::MemoryStore;
use millrace_store::observed::{Observation, ObservedSchema};
use millrace_store::{
    Cursor, Erased, Erasure, EventBatch, EventStore, Memory, Offsets, RememberSince, StoreError, Tail,
};

/// What comes after the events that there are.
#[derive(Clone, Copy, Debug)]
pub(crate) enum After {
    /// A failure.
    Failure,
    /// Nothing, for ever.
    Silence,
}

/// How SQL is answered.
pub(crate) type AnswerSql = fn(&SqlQuestion) -> Result<SqlAnswer, StoreError>;

/// The store.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) store: MemoryStore,
    pub(crate) after: After,
    /// Never, where there is nothing.
    pub(crate) sql: Option<AnswerSql>,
}

#[async_trait]
impl EventReader for Reading {
    async fn walk(&self, walk: &Walk) -> Result<StepStream, StoreError> {
        self.store.walk(walk).await
    }
    async fn events(&self, list: &EventList) -> Result<EventStream, StoreError> {
        let events = self.store.events(list).await?;
        Ok(match self.after {
            After::Failure => {
                let failure = StoreError::Failed("a file is gone".to_owned());
                events.chain(stream::iter([Err(failure)])).boxed()
            }
            After::Silence => events.chain(stream::pending()).boxed(),
        })
    }
    async fn sessions(&self, list: &SubjectList) -> Result<Vec<SessionSummary>, StoreError> {
        self.store.sessions(list).await
    }
    async fn visitors(&self, list: &SubjectList) -> Result<Vec<VisitorSummary>, StoreError> {
        self.store.visitors(list).await
    }
    async fn span(&self, site: &SiteId) -> Result<Option<(Timestamp, Timestamp)>, StoreError> {
        self.store.span(site).await
    }
    async fn live(&self, question: &LiveQuestion) -> Result<LiveFigures, StoreError> {
        self.store.live(question).await
    }
    async fn arrivals(&self, list: &ArrivalList) -> Result<Vec<(Cursor, Event)>, StoreError> {
        self.store.arrivals(list).await
    }
    async fn sql(&self, question: &SqlQuestion) -> Result<SqlAnswer, StoreError> {
        match self.sql {
            Some(answer) => answer(question),
            None => std::future::pending().await,
        }
    }
}

#[async_trait]
impl EventStore for Reading {
    async fn applied(&self) -> Result<Offsets, StoreError> {
        self.store.applied().await
    }
    async fn insert(&self, batch: &EventBatch) -> Result<Offsets, StoreError> {
        self.store.insert(batch).await
    }
    async fn flush(&self) -> Result<Offsets, StoreError> {
        self.store.flush().await
    }
    async fn query(&self, query: &CheckedQuery) -> Result<QueryResult, StoreError> {
        self.store.query(query).await
    }
    async fn observe(&self, observation: &Observation) -> Result<ObservedSchema, StoreError> {
        self.store.observe(observation).await
    }
    async fn recent(&self, site: &SiteId, limit: usize) -> Result<Vec<Event>, StoreError> {
        self.store.recent(site, limit).await
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
        self
    }
    fn discards(&self) -> &dyn DiscardLog {
        self.store.discards()
    }
}
