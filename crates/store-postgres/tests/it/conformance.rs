use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use millrace_store::EventStore;
use millrace_store::conformance::{self, Harness, Op};
use millrace_store_postgres::{PostgresConfig, PostgresStore};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::aggregates;
use crate::stack::{Database, block_on};

struct PostgresHarness {
    config: PostgresConfig,
    store: Arc<PostgresStore>,
}

impl PostgresHarness {
    async fn new(config: PostgresConfig) -> Self {
        let store = Arc::new(PostgresStore::open(config.clone()).await.expect("a store"));
        Self { config, store }
    }
}

#[async_trait]
impl Harness for PostgresHarness {
    fn store(&self) -> Arc<dyn EventStore> {
        self.store.clone()
    }

    /// The connections break off; nothing is closed.
    async fn crash(&mut self) {
        self.store = Arc::new(PostgresStore::open(self.config.clone()).await.expect("a store"));
    }

    async fn tidy(&mut self) {
        self.store.tidy().await.expect("upkeep");
    }
}

fn check(ops: &[Op]) {
    let database = Database::new();
    block_on(async {
        let mut harness = PostgresHarness::new(database.config()).await;
        conformance::check(&mut harness, ops).await;
        harness.store.close().await.expect("closed");
    });
    aggregates::compare(&database);
}

#[test]
fn named_cases() {
    for (name, ops) in conformance::cases() {
        println!("{name}");
        check(&ops);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 40, ..ProptestConfig::default() })]

    #[test]
    fn random_events_and_crashes(ops in conformance::ops()) {
        check(&ops);
    }
}

/// `postgres://account@host/database`: of a server with TimescaleDB, whose account may make schemas.
const TIMESCALE_URL: &str = "MILLRACE_TEST_TIMESCALE_URL";

/// In a schema of its own, which goes in the end.
fn check_timescale(url: &str, ops: &[Op]) {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let schema = format!("millrace_test_{}_{number}", std::process::id());
    block_on(async {
        let pool = sqlx::PgPool::connect(url).await.expect("a connection");
        let execute = async |text: String| {
            sqlx::raw_sql(sqlx::AssertSqlSafe(text)).execute(&pool).await.expect("a statement");
        };
        execute("CREATE EXTENSION IF NOT EXISTS timescaledb".to_owned()).await;
        execute(format!("CREATE SCHEMA {schema}")).await;
        let sign = if url.contains('?') { '&' } else { '?' };
        let url = format!("{url}{sign}options=-c%20search_path%3D{schema},public");
        let mut harness = PostgresHarness::new(PostgresConfig::new(url)).await;
        assert!(harness.store.describe().await.expect("a description").timescale.is_some());
        conformance::check(&mut harness, ops).await;
        harness.store.close().await.expect("closed");
        execute(format!("DROP SCHEMA {schema} CASCADE")).await;
    });
}

#[test]
fn named_cases_and_random_events_with_timescale() {
    let Ok(url) = std::env::var(TIMESCALE_URL) else {
        println!("skipped: {TIMESCALE_URL} names no server with TimescaleDB");
        return;
    };
    for (name, ops) in conformance::cases() {
        println!("{name}");
        check_timescale(&url, &ops);
    }
    let mut runner = TestRunner::new(ProptestConfig { cases: 8, ..ProptestConfig::default() });
    let checked = runner.run(&conformance::ops(), |ops| {
        check_timescale(&url, &ops);
        Ok(())
    });
    checked.expect("random events");
}
