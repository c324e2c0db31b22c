//! Several workers on one database, and answers that get lost.

use std::sync::Arc;
use std::time::{Duration, Instant};

use millrace_event::time::DAY_MS;
use millrace_event::{Event, EventId};
use millrace_stack::{Fault, Postgres, Proxy};
use millrace_store::{Cursor, EventStore, Offsets, StoreError};
use millrace_store_postgres::{PostgresConfig, PostgresStore};
use rand::RngExt;

use crate::aggregates;
use crate::stack::{Database, NOON, batch, block_on, event, site};

const DAY: Duration = Duration::from_secs(86_400);

fn with_id(id: &str, event: Event) -> Event {
    Event { id: EventId::Client(id.to_owned().into()), ..event }
}

#[test]
fn a_batch_that_does_not_follow_is_refused_whole() {
    let database = Database::new();
    block_on(async {
        let (one, other) = (database.store().await, database.store().await);
        let pageview = || vec![event("a", 1, NOON)];
        one.insert(&batch(pageview(), 7, None, 10)).await.expect("the first batch");
        for after in [None, Some(9), Some(11)] {
            let refused = other.insert(&batch(pageview(), 7, after, 20)).await;
            assert!(matches!(refused, Err(StoreError::Conflict(7))), "{after:?}: {refused:?}");
        }
        // Another partition is nobody's business, and offsets may be as large as they like.
        other.insert(&batch(pageview(), u32::MAX, Some(3), u64::MAX)).await.expect("another partition");
        other.insert(&batch(pageview(), 7, Some(10), 20)).await.expect("one that follows");
        other
            .insert(&batch(pageview(), u32::MAX, Some(u64::MAX), u64::MAX - 1))
            .await
            .expect("one that follows");
        let right: Offsets = [(7, 20), (u32::MAX, u64::MAX - 1)].into();
        assert_eq!(one.applied().await.expect("applied"), right);
        assert_eq!(one.cursor().await.expect("a cursor"), Cursor(4));
    });
    assert_eq!(database.run("SELECT count(*) FROM events"), "4");
}

#[test]
fn copies_that_arrive_at_two_workers_at_once_count_once() {
    let database = Database::new();
    let config = PostgresConfig { dedup_window: Some(DAY), ..database.config() };
    block_on(async {
        let open = async || Arc::new(PostgresStore::open(config.clone()).await.expect("a store"));
        let mut inserts = Vec::new();
        for partition in 0..4u32 {
            let store = open().await;
            // Each worker has them in an order of its own, and twice.
            let ids = (0..500u64).map(|n| (n * 7 + u64::from(partition) * 131) % 500);
            let events: Vec<_> = ids
                .flat_map(|n| [n, n])
                .map(|n| with_id(&format!("id-{n}"), event("a", n, NOON.plus_millis(n as i64))))
                .collect();
            inserts.push(tokio::spawn(
                async move { store.insert(&batch(events, partition, None, 1_000)).await },
            ));
        }
        for insert in inserts {
            insert.await.expect("a task").expect("insert");
        }
        assert_eq!(open().await.cursor().await.expect("a cursor"), Cursor(500));
    });
    assert_eq!(
        database.run("SELECT count(*), count(DISTINCT client_id), max(seq) FROM events"),
        "500|500|500"
    );
    aggregates::compare(&database);
}

#[test]
fn an_id_is_known_on_its_site_and_for_the_window() {
    let database = Database::new();
    let config = PostgresConfig { dedup_window: Some(DAY), ..database.config() };
    block_on(async {
        let store = PostgresStore::open(config).await.expect("a store");
        let mut next = None;
        for (of, after_ms, stored) in [
            ("a", 0, 1),
            ("a", DAY_MS - 1, 1),
            ("b", DAY_MS, 2),
            // The window begins with the copy that counted.
            ("a", DAY_MS + 1, 3),
            ("a", 2 * DAY_MS, 3),
            ("a", 2 * DAY_MS + 2, 4),
        ] {
            let events = vec![with_id("one", event(of, 1, NOON.plus_millis(after_ms)))];
            let end = next.unwrap_or(0) + 1;
            store.insert(&batch(events, 0, next, end)).await.expect("insert");
            next = Some(end);
            assert_eq!(store.cursor().await.expect("a cursor"), Cursor(stored), "{of} after {after_ms} ms");
        }
        // Upkeep forgets what has passed, and nothing that has not.
        store.tidy().await.expect("upkeep");
        store.close().await.expect("closed");
    });
    assert_eq!(database.run("SELECT count(*) FROM event_ids"), "2");
    assert_eq!(database.run("SELECT count(*), max(seq) FROM events"), "4|4");
}

#[test]
fn whoever_reads_on_sees_every_event_of_four_workers_once() {
    let database = Database::new();
    block_on(async {
        let mut writers = Vec::new();
        for partition in 0..4u32 {
            let store = database.store().await;
            writers.push(tokio::spawn(async move {
                let (mut stored, mut after) = (0, None);
                for round in 0..15 {
                    let count = rand::rng().random_range(0..120u64);
                    let visitor = |n| u64::from(partition) << 32 | round << 16 | n;
                    let events = (0..count).map(|n| event("a", visitor(n), NOON)).collect();
                    store.insert(&batch(events, partition, after, round + 1)).await.expect("insert");
                    (stored, after) = (stored + count, Some(round + 1));
                }
                stored
            }));
        }
        let reader = database.store().await;
        let (mut cursor, mut seen) = (Cursor::default(), Vec::new());
        loop {
            let done = writers.iter().all(tokio::task::JoinHandle::is_finished);
            let tail = reader.tail(&site("a"), cursor, 50).await.expect("a tail");
            cursor = tail.cursor;
            if tail.events.is_empty() && done {
                break;
            }
            seen.extend(tail.events.into_iter().map(|event| event.visitor));
        }
        let mut stored = 0;
        for writer in writers {
            stored += writer.await.expect("a writer");
        }
        assert_eq!(seen.len() as u64, stored);
        assert_eq!(cursor, Cursor(stored), "arrivals are counted without gaps");
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len() as u64, stored, "none is seen twice");
    });
    aggregates::compare(&database);
}

#[test]
fn a_commit_whose_answer_is_lost_is_found_again() {
    let database = Database::new();
    let proxy = Proxy::start(database.server.port()).expect("a proxy");
    let url = format!("postgres://millrace@127.0.0.1:{}/{}", proxy.port(), database.name);
    block_on(async {
        let store = Arc::new(PostgresStore::open(PostgresConfig::new(url)).await.expect("a store"));
        // A commit takes long enough to lose exactly its answer.
        database.run(
            "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS \
             $$ BEGIN PERFORM pg_sleep(0.5); RETURN NULL; END $$; \
             CREATE CONSTRAINT TRIGGER slow AFTER UPDATE ON store_state DEFERRABLE INITIALLY DEFERRED \
             FOR EACH ROW EXECUTE FUNCTION slow()",
        );
        let first = batch(vec![event("a", 1, NOON)], 0, None, 1);
        let insert = tokio::spawn({
            let (store, first) = (store.clone(), first.clone());
            async move { store.insert(&first).await }
        });
        let committing = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query = 'COMMIT'";
        for _ in 0..500 {
            if database.run(committing) == "1" {
                break;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        proxy.set(Fault::LoseAnswer);
        let answer = insert.await.expect("a task");
        assert!(matches!(answer, Err(StoreError::Unavailable(_))), "{answer:?}");
        // What the worker does then: ask, and find it done; or try again, and be refused.
        assert_eq!(store.applied().await.expect("applied"), first.offsets);
        assert!(matches!(store.insert(&first).await, Err(StoreError::Conflict(0))));
        store.close().await.expect("closed");
    });
    assert_eq!(database.run("SELECT count(*), max(seq) FROM events"), "1|1");
    aggregates::compare(&database);
}

#[test]
fn an_insert_whose_connection_breaks_changes_nothing_or_everything() {
    let database = Database::new();
    let proxy = Proxy::start(database.server.port()).expect("a proxy");
    let url = format!("postgres://millrace@127.0.0.1:{}/{}", proxy.port(), database.name);
    block_on(async {
        let store = Arc::new(PostgresStore::open(PostgresConfig::new(url)).await.expect("a store"));
        let events = || (0..50).map(|n| event("a", n, NOON)).collect();
        let start = Instant::now();
        let mut applied = store.insert(&batch(events(), 0, None, 1)).await.expect("insert");
        // Machines differ: the faults are to meet most inserts, somewhere in the middle.
        let usual = start.elapsed();
        let mut lost = 0;
        for round in 1..40u64 {
            let next = batch(events(), 0, applied.get(&0).copied(), round + 1);
            let insert = tokio::spawn({
                let (store, next) = (store.clone(), next.clone());
                async move { store.insert(&next).await }
            });
            tokio::time::sleep(usual.mul_f64(rand::rng().random_range(0.0..1.5))).await;
            match round % 3 {
                0 => proxy.cut(),
                1 => proxy.set(Fault::LoseAnswer),
                _ => proxy.set(Fault::CutAnswer),
            }
            lost += u64::from(insert.await.expect("a task").is_err());
            proxy.set(Fault::None);
            applied = loop {
                // A connection that was cut unnoticed is the next caller's error.
                match store.applied().await {
                    Ok(applied) => break applied,
                    Err(error) => assert!(matches!(error, StoreError::Unavailable(_)), "{error}"),
                }
            };
        }
        assert!(lost > 0, "the faults met no insert");
        store.close().await.expect("closed");
    });
    // A round that was stored has moved the offset; each has 50 events.
    assert_eq!(database.run("SELECT count(*) % 50, count(*) = max(seq) FROM events"), "0|t");
    aggregates::compare(&database);
}

#[test]
fn what_a_killed_server_has_applied_it_has() {
    let mut server = Postgres::start_with(None, &["shared_buffers=16MB"]).expect("a server");
    block_on(async {
        let store = Arc::new(PostgresStore::open(PostgresConfig::new(server.url())).await.expect("a store"));
        for round in 0..3u64 {
            let durable = store.applied().await.expect("applied").get(&0).copied();
            let writer = tokio::spawn({
                let store = store.clone();
                async move {
                    let mut after = durable;
                    loop {
                        let next = after.unwrap_or(0) + 100;
                        let events = (0..100).map(|n| event("a", n, NOON)).collect();
                        match store.insert(&batch(events, 0, after, next)).await {
                            Ok(_) => after = Some(next),
                            Err(error) => break (after, error),
                        }
                    }
                }
            });
            tokio::time::sleep(Duration::from_millis(150 + 40 * round)).await;
            server.kill();
            let (answered, error) = writer.await.expect("a writer");
            assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
            server.restart().expect("the server starts again");
            let mut applied = Err(StoreError::Closed);
            for _ in 0..100 {
                applied = store.applied().await;
                if applied.is_ok() {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            let applied = applied.expect("applied").get(&0).copied();
            assert!(applied >= answered, "{answered:?} was answered, {applied:?} is left");
            let counted = server
                .run("postgres", "SELECT count(*), COALESCE(max(seq), 0) FROM events")
                .expect("a count");
            let applied = applied.unwrap_or(0);
            assert_eq!(counted, format!("{applied}|{applied}"));
            let stats = server.run("postgres", "SELECT COALESCE(sum(events), 0) FROM daily_site_stats");
            assert_eq!(stats.expect("a sum"), applied.to_string());
        }
        store.close().await.expect("closed");
    });
}
