//! A queue that remembers, a catalog of a few sites, and a router to post to.

use std::io::Write;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use millrace_catalog::key::KeyKind;
use millrace_catalog::memory::{self, MemoryCatalog};
use millrace_event::record::{Received, decode};
use millrace_ingest::{IngestConfig, Intake, Peer, router};
use millrace_queue::{Consumer, ConsumerGroup, DeadLetter, PartitionLag, Queue, QueueError, Record};
use serde_json::Value;
use tower::ServiceExt;

/// Takes everything, until told to fail.
#[derive(Debug, Default)]
pub(crate) struct FakeQueue {
    appended: Mutex<Vec<Record>>,
    fails: Mutex<Option<QueueError>>,
}

#[async_trait]
impl Queue for FakeQueue {
    async fn append(&self, records: Vec<Record>) -> Result<(), QueueError> {
        if let Some(error) = self.fails.lock().unwrap().clone() {
            return Err(error);
        }
        self.appended.lock().unwrap().extend(records);
        Ok(())
    }

    async fn subscribe(&self, _: &ConsumerGroup) -> Result<Box<dyn Consumer>, QueueError> {
        Err(QueueError::Closed)
    }

    async fn lags(&self, _: &ConsumerGroup) -> Result<Vec<PartitionLag>, QueueError> {
        Ok(Vec::new())
    }

    async fn health(&self) -> Result<(), QueueError> {
        Ok(())
    }

    async fn bury(&self, _: Vec<DeadLetter>) -> Result<(), QueueError> {
        Ok(())
    }

    async fn count_dead_letters(&self) -> Result<u64, QueueError> {
        Ok(0)
    }

    async fn dead_letters(&self, _: usize) -> Result<Vec<DeadLetter>, QueueError> {
        Ok(Vec::new())
    }

    async fn replay_dead_letters(&self) -> Result<u64, QueueError> {
        Ok(0)
    }

    async fn close(&self) -> Result<(), QueueError> {
        Ok(())
    }
}

/// An intake of its own for each test.
pub(crate) struct Bench {
    pub(crate) queue: Arc<FakeQueue>,
    pub(crate) intake: Intake,
    pub(crate) catalog: Arc<MemoryCatalog>,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
    pub(crate) text: String,
}

impl Answer {
    /// The error's code; empty where there is none.
    pub(crate) fn code(&self) -> &str {
        self.body["error"]["code"].as_str().unwrap_or_default()
    }
}

/// Sites `demo` (open), `closed` (keys only); keys `write`, `read`, `admin` of `demo`, `closed-write`.
pub(crate) fn bench() -> Bench {
    bench_with(["demo", "closed"], IngestConfig::default())
}

pub(crate) fn bench_with<const N: usize>(sites: [&str; N], config: IngestConfig) -> Bench {
    let sites = sites.map(|id| {
        let mut site = memory::site(id);
        site.require_key = id == "closed";
        site
    });
    let keys = [
        ("write", "demo", KeyKind::Write),
        ("read", "demo", KeyKind::Read),
        ("admin", "demo", KeyKind::Admin),
        ("closed-write", "closed", KeyKind::Write),
    ];
    let queue = Arc::new(FakeQueue::default());
    let catalog = Arc::new(memory::fixed(sites, keys));
    let intake =
        Intake::new(Arc::<MemoryCatalog>::clone(&catalog), Arc::<FakeQueue>::clone(&queue), config).unwrap();
    Bench { queue, intake, catalog }
}

impl Bench {
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = router(self.intake.clone()).oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status: parts.status, headers: parts.headers, body, text }
    }

    /// Posts with headers written as `name: value`.
    pub(crate) async fn post(&self, headers: &[&str], body: impl Into<Body>) -> Answer {
        self.request("POST", "/api/events", headers, body).await
    }

    /// Any request, with headers written as `name: value`.
    pub(crate) async fn request(
        &self,
        method: &str,
        path: &str,
        headers: &[&str],
        body: impl Into<Body>,
    ) -> Answer {
        let request = Request::builder().method(method).uri(path);
        let mut request = request.extension(Peer("192.0.2.7:5000".parse().unwrap()));
        for header in headers {
            let (name, value) = header.split_once(": ").unwrap();
            request = request.header(name, value);
        }
        self.send(request.body(body.into()).unwrap()).await
    }

    /// What is on the queue, in order.
    pub(crate) fn stored(&self) -> Vec<Received> {
        let records = self.queue.appended.lock().unwrap();
        records.iter().map(|record| decode(&record.payload).unwrap()).collect()
    }

    pub(crate) fn keys(&self) -> Vec<u64> {
        self.queue.appended.lock().unwrap().iter().map(|record| record.key).collect()
    }

    pub(crate) fn fail_with(&self, error: Option<QueueError>) {
        *self.queue.fails.lock().unwrap() = error;
    }
}

pub(crate) fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}
