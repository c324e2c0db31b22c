//! A store that fails, is away, or takes too long.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytestring::ByteString;
use futures::{StreamExt, stream};
use millrace_catalog::key::KeyKind;
use millrace_event::{Event, SiteId, Timestamp};
use millrace_query::{CheckedQuery, Period, QueryResult, Steps, Walk};
use millrace_store::discards::{DiscardLog, Kept, Report, Selection};
use millrace_store::lists::{
    ArrivalList, EventList, EventReader, EventStream, LiveFigures, LiveQuestion, SessionSummary, SqlAnswer,
    SqlQuestion, StepStream, SubjectList, VisitorSummary,
};
use millrace_store::observed::{Observation, ObservedSchema};
use millrace_store::{
    Cursor, Erased, Erasure, EventBatch, EventStore, Memory, Offsets, RememberSince, StoreError, Tail,
};

use crate::support::{Answer, Setup};

/// Fails in one way, or, without an error, never answers.
#[derive(Debug)]
struct Broken(Option<fn() -> StoreError>);

impl Broken {
    async fn fail<T>(&self) -> Result<T, StoreError> {
        match self.0 {
            Some(error) => Err(error()),
            None => std::future::pending().await,
        }
    }
}

#[async_trait]
impl EventStore for Broken {
    async fn applied(&self) -> Result<Offsets, StoreError> {
        self.fail().await
    }
    async fn insert(&self, _: &EventBatch) -> Result<Offsets, StoreError> {
        self.fail().await
    }
    async fn flush(&self) -> Result<Offsets, StoreError> {
        self.fail().await
    }
    async fn query(&self, _: &CheckedQuery) -> Result<QueryResult, StoreError> {
        self.fail().await
    }
    async fn observe(&self, _: &Observation) -> Result<ObservedSchema, StoreError> {
        self.fail().await
    }
    async fn recent(&self, _: &SiteId, _: usize) -> Result<Vec<Event>, StoreError> {
        self.fail().await
    }
    async fn tail(&self, _: &SiteId, _: Cursor, _: usize) -> Result<Tail, StoreError> {
        self.fail().await
    }
    async fn cursor(&self) -> Result<Cursor, StoreError> {
        self.fail().await
    }
    fn reader(&self) -> &dyn EventReader {
        self
    }
    fn discards(&self) -> &dyn DiscardLog {
        self
    }
    async fn erase(&self, _: &Erasure) -> Result<Erased, StoreError> {
        self.fail().await
    }
    async fn retain(&self, _: Timestamp) -> Result<Erased, StoreError> {
        self.fail().await
    }
    async fn known_ids(
        &self,
        _: &SiteId,
        _: Period,
        _: &[ByteString],
    ) -> Result<Vec<ByteString>, StoreError> {
        self.fail().await
    }
    async fn remember(&self, _: RememberSince) -> Result<Memory, StoreError> {
        self.fail().await
    }
}

#[async_trait]
impl EventReader for Broken {
    async fn walk(&self, _: &Walk) -> Result<StepStream, StoreError> {
        // In its middle.
        let error = self.0;
        let failure = stream::once(async move { Self(error).fail().await });
        Ok(stream::iter([Ok(Steps::default())]).chain(failure).boxed())
    }
    async fn events(&self, _: &EventList) -> Result<EventStream, StoreError> {
        self.fail().await
    }
    async fn sessions(&self, _: &SubjectList) -> Result<Vec<SessionSummary>, StoreError> {
        self.fail().await
    }
    async fn visitors(&self, _: &SubjectList) -> Result<Vec<VisitorSummary>, StoreError> {
        self.fail().await
    }
    async fn span(&self, _: &SiteId) -> Result<Option<(Timestamp, Timestamp)>, StoreError> {
        self.fail().await
    }
    async fn live(&self, _: &LiveQuestion) -> Result<LiveFigures, StoreError> {
        self.fail().await
    }
    async fn arrivals(&self, _: &ArrivalList) -> Result<Vec<(Cursor, Event)>, StoreError> {
        self.fail().await
    }
    async fn sql(&self, _: &SqlQuestion) -> Result<SqlAnswer, StoreError> {
        self.fail().await
    }
}

#[async_trait]
impl DiscardLog for Broken {
    async fn report(&self, _: &SiteId, _: Timestamp) -> Result<Report, StoreError> {
        self.fail().await
    }
    async fn newest(&self, _: &SiteId) -> Result<u64, StoreError> {
        self.fail().await
    }
    async fn page(&self, _: &SiteId, _: &Selection, _: u64, _: usize) -> Result<Vec<Kept>, StoreError> {
        self.fail().await
    }
    async fn forget(&self, _: &SiteId, _: &[u64]) -> Result<u64, StoreError> {
        self.fail().await
    }
    async fn forget_past(&self, _: Timestamp) -> Result<(), StoreError> {
        self.fail().await
    }
}

async fn answers(error: Option<fn() -> StoreError>) -> Vec<Answer> {
    let mut setup = Setup::demo(Vec::new()).await;
    setup.store = Arc::new(Broken(error));
    setup.keys = vec![("r", "demo", KeyKind::Read)];
    setup.limits.query_timeout = Duration::from_millis(20);
    let app = setup.app();
    let mut answers = Vec::new();
    for path in [
        "/stats",
        "/analytics/recent",
        "/metrics/realtime",
        "/analytics/summary",
        "/metrics",
        "/api/v1/sites/demo/discards",
    ] {
        answers.push(app.get_with(path, &[("accept", b"application/json"), ("x-api-key", b"r")]).await);
    }
    for (path, body) in [
        ("/api/v2/query", r#"{"metrics":["visitors"],"date_range":"7d"}"#),
        ("/api/v2/query", r#"{"metrics":["visitors"],"date_range":"all"}"#),
        ("/api/v1/funnels/query", r#"{"date_range":"7d","steps":[{"filters":[]},{"filters":[]}]}"#),
        ("/api/v1/retention/query", r#"{"date_range":"7d"}"#),
        ("/api/v1/journeys/query", r#"{"date_range":"7d"}"#),
        ("/api/v1/activity/query", r#"{"date_range":"7d"}"#),
        ("/api/v1/engagement/query?format=csv", r#"{"date_range":"7d"}"#),
    ] {
        answers.push(app.ask("POST", path, "", body).await);
    }
    answers
}

#[tokio::test]
async fn a_failed_store_is_a_500_without_its_internals() {
    for answer in answers(Some(|| StoreError::Failed("SELECT secret FROM /data/x".to_owned()))).await {
        assert_eq!(answer.error(), (500, "store_failed".to_owned(), None));
        assert!(!answer.text().contains("secret"), "{}", answer.text());
        assert_eq!(answer.header("retry-after"), None);
    }
}

#[tokio::test]
async fn a_store_that_is_away_is_a_503_to_be_tried_again() {
    for error in [|| StoreError::Unavailable("10.0.0.7 refused".to_owned()), || StoreError::Closed] {
        for answer in answers(Some(error)).await {
            assert_eq!(answer.error(), (503, "store_unavailable".to_owned(), None));
            assert_eq!(answer.header("retry-after"), Some("5"));
            assert!(!answer.text().contains("10.0.0.7"), "{}", answer.text());
        }
    }
}

#[tokio::test]
async fn a_store_that_never_answers_is_a_503_in_time() {
    for answer in answers(None).await {
        assert_eq!(answer.error(), (503, "query_timeout".to_owned(), None));
        assert_eq!(answer.header("retry-after"), Some("5"));
    }
}

#[tokio::test]
async fn waiting_for_a_turn_counts_too() {
    let mut setup = Setup::demo(Vec::new()).await;
    setup.limits.query_timeout = Duration::from_millis(20);
    setup.limits.queries_at_once = 0;
    assert_eq!(setup.app().get("/stats").await.error().1, "query_timeout");
    // One at a time is enough for a report of several.
    let mut setup = Setup::demo(Vec::new()).await;
    setup.limits.queries_at_once = 1;
    assert_eq!(setup.app().get("/analytics/summary").await.status, 200);
}
