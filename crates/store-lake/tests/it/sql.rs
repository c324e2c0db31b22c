//! Statements of somebody's own: what they see, and what they do not.

use std::time::{Duration, Instant};

use millrace_event::SiteId;
use millrace_store::conformance::{Draft, event};
use millrace_store::lists::{SqlAnswer, SqlQuestion, SqlValue};
use millrace_store::{EventBatch, EventStore, StoreError};
use millrace_store_lake::LakeStore;

use crate::conformance::LakeHarness;

async fn ask(store: &LakeStore, text: &str) -> Result<SqlAnswer, StoreError> {
    let site = SiteId::new("site").expect("a site id");
    let question =
        SqlQuestion { site, text: text.to_owned(), most_rows: 3, timeout: Duration::from_millis(1_500) };
    store.reader().sql(&question).await
}

fn is_invalid(answer: Result<SqlAnswer, StoreError>, text: &str) -> String {
    match answer {
        Err(StoreError::Invalid(message)) => message,
        other => panic!("{text}: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_sees_one_sites_events_and_nothing_else() {
    let harness = LakeHarness::new(1_000_000).await;
    let store = &harness.store;
    let draft = |n: u8| Draft { site: n % 3, at: i64::from(n), kind: 1 << 14, ..Draft::default() };
    let events: Vec<_> = (0..12).map(|n| event(&draft(n))).collect();
    let insert = |events| EventBatch { events, offsets: [(0, 1)].into(), ..EventBatch::default() };
    store.insert(&insert(events[..6].to_vec())).await.expect("inserted");
    store.flush().await.expect("sealed");
    store.insert(&insert(events[6..].to_vec())).await.expect("inserted");

    let counted = "SELECT count(*) AS n, min(site), min(timestamp), 1.5e0, true, NULL, \
                   max(property(properties, 'plan')) FROM events";
    let counted = ask(store, counted).await.expect("an answer");
    let text = |text: &str| SqlValue::Text(text.to_owned());
    assert_eq!(counted.columns[0], "n");
    assert_eq!(
        counted.rows[0][..6],
        [
            SqlValue::Number("4".to_owned()),
            text("site"),
            text("2026-10-22T00:00:00Z"),
            SqlValue::Float(1.5),
            SqlValue::Boolean(true),
            SqlValue::Null,
        ]
    );
    assert!(matches!(counted.rows[0][6], SqlValue::Text(_)), "{counted:?}");
    let cut = ask(store, "SELECT name FROM events ORDER BY timestamp").await.expect("an answer");
    assert!(cut.truncated && cut.rows.len() == 3, "{cut:?}");
    let theirs = ask(store, "SELECT count(*) FROM events WHERE site <> 'site' OR true").await;
    assert_eq!(theirs.expect("an answer").rows, [[SqlValue::Number("4".to_owned())]]);

    for text in [
        "SELECT nothing FROM events",
        "SELECT * FROM visits",
        "SELECT * FROM information_schema.tables",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM datafusion.public.events WHERE nothing",
        "CREATE TABLE mine AS SELECT 1",
        "CREATE EXTERNAL TABLE mine STORED AS CSV LOCATION '/etc/passwd'",
        "COPY (SELECT 1) TO '/tmp/millrace-mine.csv'",
        "INSERT INTO events SELECT * FROM events",
        "SET datafusion.execution.batch_size = 1",
        "SHOW ALL",
        "SELECT 1; SELECT 2",
        "SELECT repeat('x', 2000000000)",
        "SELECT * FROM generate_series(1, 1000000000)",
        "SELECT name || name FROM events",
        "SELECT n FROM (SELECT upper(name || name) AS n FROM events)",
        "SELECT concat(name, name) FROM events",
        "SELECT 'a\0b'",
        "SELECT a.seq FROM events a, events b, events c, events d, events e, events f, events g, events h, events i, \
         events j, events k, events l, events m, events n, events o, events p, events q",
        "SELECT 1 / 0",
        "",
    ] {
        is_invalid(ask(store, text).await, text);
    }
    assert!(!std::path::Path::new("/tmp/millrace-mine.csv").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_has_its_time_and_its_memory() {
    let harness = LakeHarness::new(1_000_000).await;
    let draft = |n: i64| Draft { at: n, kind: n as u16, ..Draft::default() };
    let events: Vec<_> = (0..12_000).map(|n| event(&draft(n))).collect();
    let batch = EventBatch { events, offsets: [(0, 1)].into(), ..EventBatch::default() };
    harness.store.insert(&batch).await.expect("inserted");
    let start = Instant::now();
    let endless = "SELECT count(*) FROM events a JOIN events b ON a.site = b.site WHERE reverse(upper(a.name)) < reverse(lower(b.name))";
    let said = is_invalid(ask(&harness.store, endless).await, endless);
    assert!(said.contains("longer"), "{said}");
    let large = "SELECT count(DISTINCT a.seq * 12000 + b.seq) FROM events a, events b";
    is_invalid(ask(&harness.store, large).await, large);
    assert!(start.elapsed() < Duration::from_secs(20), "both end in time");
    assert_eq!(ask(&harness.store, "SELECT 1").await.expect("an answer").rows.len(), 1);
}
