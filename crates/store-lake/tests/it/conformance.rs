use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use millrace_store::EventStore;
use millrace_store::conformance::{self, Harness, Op};
use millrace_store_lake::{LakeConfig, LakeStore};
use proptest::prelude::*;
use tempfile::TempDir;

pub(crate) struct LakeHarness {
    pub(crate) dir: TempDir,
    config: LakeConfig,
    pub(crate) store: Arc<LakeStore>,
}

impl LakeHarness {
    pub(crate) async fn new(seal_rows: usize) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let config = LakeConfig {
            seal_rows,
            seal_after: Duration::from_secs(3_600),
            query_threads: 2,
            // The tests say when.
            compaction: false,
            ..LakeConfig::new(dir.path())
        };
        let store = Arc::new(LakeStore::open(config.clone()).await.expect("a lake"));
        Self { dir, config, store }
    }

    pub(crate) async fn reopen(&mut self) {
        // The lock is the last thing to go: wait for it, as a restarted process would.
        let placeholder = tempfile::tempdir().expect("a folder");
        let placeholder = LakeStore::open(LakeConfig::new(placeholder.path())).await.expect("a lake");
        let old = std::mem::replace(&mut self.store, Arc::new(placeholder));
        assert_eq!(Arc::strong_count(&old), 1, "somebody still holds the store");
        old.abandon().await;
        drop(old);
        for _ in 0..200 {
            match LakeStore::open(self.config.clone()).await {
                Ok(store) => {
                    self.store = Arc::new(store);
                    return;
                }
                Err(error) if error.to_string().contains("held by another process") => {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
                Err(error) => panic!("{error}"),
            }
        }
        panic!("the lock was never released");
    }
}

#[async_trait]
impl Harness for LakeHarness {
    fn store(&self) -> Arc<dyn EventStore> {
        self.store.clone()
    }

    async fn crash(&mut self) {
        self.reopen().await;
    }

    async fn tidy(&mut self) {
        self.store.compact().await.expect("compaction");
    }
}

fn check(seal_rows: usize, ops: &[Op]) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let mut harness = LakeHarness::new(seal_rows).await;
        conformance::check(&mut harness, ops).await;
    });
}

#[test]
fn named_cases() {
    for (name, ops) in conformance::cases() {
        println!("{name}");
        check(1_000_000, &ops);
    }
}

#[test]
fn named_cases_while_sealing_by_itself() {
    for (name, ops) in conformance::cases() {
        println!("{name}");
        check(10, &ops);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 60, ..ProptestConfig::default() })]

    #[test]
    fn random_events_and_crashes(seal_rows in prop::sample::select(vec![1usize, 20, 1_000_000]), ops in conformance::ops()) {
        check(seal_rows, &ops);
    }
}
