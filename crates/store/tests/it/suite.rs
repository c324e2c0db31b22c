//! The conformance suite itself: that it runs, and that its events and questions meet.

use std::sync::Arc;

use async_trait::async_trait;
use millrace_store::conformance::{self, Draft, Harness, Op};
use millrace_store::memory::{MemoryStore, answer};
use millrace_store::{EventBatch, EventStore};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

/// A store in memory is durable here: a crash leaves it as it is.
struct Plain(Arc<MemoryStore>);

#[async_trait]
impl Harness for Plain {
    fn store(&self) -> Arc<dyn EventStore> {
        self.0.clone()
    }

    async fn crash(&mut self) {}

    async fn tidy(&mut self) {}
}

#[tokio::test]
async fn the_oracle_conforms_to_itself() {
    let drafts = (0..90).map(|n| Draft {
        site: (n % 3) as u8,
        visitor: (n % 5) as u8,
        at: n * 3_600_000,
        kind: (n * 7_919) as u16,
        ..Draft::default()
    });
    let ops = [Op::Insert(drafts.collect()), Op::Flush, Op::Tidy, Op::Flush];
    conformance::check(&mut Plain(Arc::default()), &ops).await;
}

/// Random questions that no event answers would hold a store to nothing.
#[test]
fn most_random_questions_find_something() {
    let mut runner = TestRunner::deterministic();
    let drafts: Vec<_> = (0..400u32)
        .map(|n| Draft {
            site: (n % 3) as u8,
            visitor: (n % 6) as u8,
            at: i64::from(n) * 863_000,
            kind: (n * 7_919) as u16,
            ..Draft::default()
        })
        .collect();
    let events: Vec<_> = drafts.iter().map(conformance::event).collect();
    let queries = conformance::queries();
    let (mut grouped, mut rows, mut values) = (0, 0, 0);
    for _ in 0..300 {
        let query = queries.new_tree(&mut runner).expect("a query").current();
        let answer = answer(&query, events.iter());
        if !query.dimensions().is_empty() {
            grouped += 1;
            rows += usize::from(!answer.rows.is_empty());
            let has_value =
                |row: &millrace_query::Row| row.metrics.iter().flatten().any(|number| *number != 0.0);
            values += usize::from(answer.rows.iter().any(has_value));
        }
    }
    println!("of {grouped} grouped questions, {rows} have rows, {values} have a number");
    assert!(rows * 3 > grouped && values * 4 > grouped);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4, ..ProptestConfig::default() })]

    #[test]
    fn random_operations_are_in_order(ops in conformance::ops()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(conformance::check(&mut Plain(Arc::default()), &ops));
    }
}

#[tokio::test]
async fn a_wrong_store_is_found_out() {
    let store = Arc::new(MemoryStore::default());
    // An event that was never sent to it.
    let one = conformance::event(&Draft::default());
    store.insert(&EventBatch { events: vec![one], ..EventBatch::default() }).await.expect("insert");
    let ops = [Op::Insert(vec![Draft::default()])];
    let checked = tokio::spawn(async move {
        conformance::check(&mut Plain(store), &ops).await;
    });
    let message = checked.await.expect_err("a difference").into_panic();
    let message = message.downcast_ref::<String>().expect("a text");
    assert!(message.contains("CheckedQuery"), "the question is named: {message}");
}
