//! One server for all tests that do not hurt it, a database for each.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, Weak};

use millrace_event::{EventId, MadeId, SessionId, SiteId, Timestamp, VisitorId};
use millrace_stack::Postgres;
use millrace_store::{EventBatch, Offsets};
use millrace_store_postgres::{PostgresConfig, PostgresStore};

/// A database of its own on the shared server, which ends with the last of them: a static would never.
#[derive(Debug)]
pub(crate) struct Database {
    pub(crate) server: Arc<Postgres>,
    pub(crate) name: String,
    pub(crate) url: String,
}

impl Database {
    pub(crate) fn new() -> Self {
        static SERVER: Mutex<Weak<Postgres>> = Mutex::new(Weak::new());
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let server = {
            let mut server = SERVER.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            server.upgrade().unwrap_or_else(|| {
                let started = Arc::new(Postgres::start_careless().expect("a server"));
                *server = Arc::downgrade(&started);
                started
            })
        };
        let name = format!("test_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let url = server.create_database(&name).expect("a database");
        Self { server, name, url }
    }

    pub(crate) fn config(&self) -> PostgresConfig {
        PostgresConfig { max_connections: 6, ..PostgresConfig::new(&self.url) }
    }

    pub(crate) async fn store(&self) -> PostgresStore {
        PostgresStore::open(self.config()).await.expect("a store")
    }

    /// Runs SQL; the answer one line a row, columns divided by `|`.
    pub(crate) fn run(&self, sql: &str) -> String {
        self.server.run(&self.name, sql).expect("an answer")
    }
}

pub(crate) const NOON: Timestamp = Timestamp::from_millis(1_792_670_400_000);

pub(crate) fn site(name: &str) -> SiteId {
    SiteId::new(name.to_owned()).expect("a site id")
}

/// A pageview of `/`.
pub(crate) fn event(of: &str, visitor: u64, timestamp: Timestamp) -> millrace_event::Event {
    let id = EventId::Made(MadeId { process: 1, count: visitor });
    millrace_event::Event {
        visitor: VisitorId(visitor),
        session: SessionId(visitor),
        path: Some("/".into()),
        ..millrace_event::Event::new(site(of), id, "pageview", timestamp)
    }
}

/// Events of one partition, after the offset `after` and up to `next`.
pub(crate) fn batch(
    events: Vec<millrace_event::Event>,
    partition: u32,
    after: Option<u64>,
    next: u64,
) -> EventBatch {
    let after: Offsets = after.into_iter().map(|after| (partition, after)).collect();
    EventBatch { events, after, offsets: [(partition, next)].into(), ..EventBatch::default() }
}

pub(crate) fn block_on<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(work)
}
