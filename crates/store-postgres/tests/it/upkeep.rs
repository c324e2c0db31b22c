//! Versions of the tables, partitions, retention, and what is told of the store.

use millrace_event::time::DAY_MS;
use millrace_event::{Event, Screen, Timestamp};
use millrace_store::{Cursor, Erased, EventStore, StoreError};
use millrace_store_postgres::{OpenError, PostgresConfig, PostgresStore};
use sqlx::Connection;

use crate::aggregates;
use crate::stack::{Database, NOON, batch, block_on, event};

const PARTITIONS: &str = "SELECT string_agg(inhrelid::regclass::text, ' ' ORDER BY inhrelid::regclass::text) \
                          FROM pg_inherits WHERE inhparent = 'events'::regclass";

/// How many there are.
fn versions() -> i64 {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/plain");
    std::fs::read_dir(dir).expect("migrations").count() as i64
}

#[test]
fn a_process_that_only_reads_leaves_the_tables_alone() {
    let database = Database::new();
    let reading = PostgresConfig { upkeep: false, ..database.config() };
    block_on(async {
        let error = PostgresStore::open(reading.clone()).await.expect_err("no tables");
        assert!(matches!(error, OpenError::NoSchema { known } if known == versions()), "{error}");
        assert_eq!(database.run("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"), "0");
        database.store().await.close().await.expect("closed");
        let store = PostgresStore::open(reading.clone()).await.expect("a store");
        assert_eq!(store.cursor().await.expect("a cursor"), Cursor(0));
        store.close().await.expect("closed");

        database
            .run("DELETE FROM _store_migrations WHERE version > 1; UPDATE _store_migrations SET version = 0");
        let error = PostgresStore::open(reading.clone()).await.expect_err("older tables");
        assert_eq!(
            error.to_string(),
            format!(
                "the store's schema is version 0, this millrace needs {}: start a worker of this version first",
                versions()
            )
        );
        database.run(
            "UPDATE _store_migrations SET version = 1; INSERT INTO _store_migrations \
                      SELECT 77, 'later', now(), true, checksum, 1 FROM _store_migrations",
        );
        for config in [reading, database.config()] {
            let error = PostgresStore::open(config).await.expect_err("newer tables");
            assert_eq!(
                error.to_string(),
                format!(
                    "the store's schema is version 77, written by a newer millrace; this one knows versions up to {}: \
                     start the newer one, which ran here before",
                    versions()
                )
            );
        }
    });
}

#[test]
fn workers_that_start_at_once_make_the_tables_once() {
    let database = Database::new();
    block_on(async {
        let starts: Vec<_> = (0..4).map(|_| tokio::spawn(PostgresStore::open(database.config()))).collect();
        for start in starts {
            start.await.expect("a task").expect("a store").close().await.expect("closed");
        }
    });
    assert_eq!(database.run("SELECT count(*) FROM _store_migrations"), versions().to_string());
    assert_eq!(database.run("SELECT count(*) FROM store_state"), "1");
}

#[test]
fn partitions_are_there_before_they_are_needed() {
    let database = Database::new();
    block_on(async {
        let (one, other) = (database.store().await, database.store().await);
        let ahead = "SELECT string_agg('events_' || to_char(now() AT TIME ZONE 'UTC' + n * interval '1 month', \
                     'YYYY_MM'), ' ' ORDER BY n) FROM generate_series(0, 2) AS n";
        assert_eq!(database.run(PARTITIONS), database.run(ahead));
        // Both make the partitions of eleven years, in either order.
        let years = |back: bool| {
            let months = (0..140).map(move |n| if back { 139 - n } else { n });
            let events = months.map(|n| event("a", 1, NOON.plus_millis(-n * 30 * DAY_MS)));
            events.collect::<Vec<_>>()
        };
        let (early, late) = (batch(years(false), 0, None, 1), batch(years(true), 1, None, 1));
        let (early, late) = tokio::join!(one.insert(&early), other.insert(&late));
        early.expect("insert");
        late.expect("insert");
        assert_eq!(one.cursor().await.expect("a cursor"), Cursor(280));
        one.close().await.expect("closed");
        other.close().await.expect("closed");
    });
    assert_eq!(database.run("SELECT count(*) FROM events_2020_05"), "2");
    // Before 2016 there is one a year.
    let found = database.run("SELECT count(*) > 0, to_regclass('events_2015_12') IS NULL FROM events_2015");
    assert_eq!(found, "t|t");
    aggregates::compare(&database);
}

#[test]
fn a_partition_that_another_process_removed_is_made_again() {
    let database = Database::new();
    block_on(async {
        let (one, other) = (database.store().await, database.store().await);
        let old = || vec![event("a", 1, NOON.plus_millis(-3_000 * DAY_MS))];
        one.insert(&batch(old(), 0, None, 1)).await.expect("insert");
        assert_eq!(other.retain(NOON).await.expect("retain"), Erased { events: 1 });
        // The one has seen the partition, and does not know that it is gone.
        one.insert(&batch(old(), 0, Some(1), 2)).await.expect("insert");
        assert_eq!(one.cursor().await.expect("a cursor"), Cursor(2));
        one.close().await.expect("closed");
        other.close().await.expect("closed");
    });
    aggregates::compare(&database);
}

#[test]
fn retention_does_not_wait_for_a_long_report() {
    let database = Database::new();
    block_on(async {
        let store = database.store().await;
        let old = (0..10).map(|n| event("a", n, NOON.plus_millis(-(n as i64) * DAY_MS))).collect();
        store.insert(&batch(old, 0, None, 1)).await.expect("insert");
        let mut report = sqlx::PgConnection::connect(&database.url).await.expect("a connection");
        sqlx::raw_sql("BEGIN; SELECT count(*) FROM events").execute(&mut report).await.expect("a report");
        let before = Timestamp::parse("2026-11-01T00:00:00Z").expect("an instant");
        assert_eq!(store.retain(before).await.expect("retain"), Erased { events: 10 });
        assert_eq!(database.run("SELECT count(*) FROM events_2026_10"), "0");
        sqlx::raw_sql("COMMIT").execute(&mut report).await.expect("the end of the report");
        assert_eq!(store.retain(before).await.expect("retain"), Erased { events: 0 });
        assert_eq!(database.run("SELECT to_regclass('events_2026_10')"), "", "the empty partition goes then");
        store.close().await.expect("closed");
    });
    aggregates::compare(&database);
}

#[test]
fn upkeep_keeps_days_whole() {
    let database = Database::new();
    let config = PostgresConfig { retention_days: Some(2), ..database.config() };
    block_on(async {
        let store = PostgresStore::open(config).await.expect("a store");
        let today = Timestamp::now().utc_day() * DAY_MS;
        let at = [0, -1, -2 * DAY_MS, -2 * DAY_MS - 1, -40 * DAY_MS];
        let events = at.map(|at| event("a", 1, Timestamp::from_millis(today + at)));
        store.insert(&batch(events.into(), 0, None, 1)).await.expect("insert");
        store.tidy().await.expect("upkeep");
        store.close().await.expect("closed");
    });
    assert_eq!(database.run("SELECT count(*) FROM events"), "3");
    aggregates::compare(&database);
}

#[test]
fn an_event_that_no_column_takes_is_refused_and_leaves_nothing() {
    let database = Database::new();
    block_on(async {
        let store = database.store().await;
        let base = || event("a", 1, NOON);
        for (wrong, text) in [
            (Event { title: Some("a\0b".into()), ..base() }, "title"),
            (Event { properties: "{\"a\":\"\0\"}".into(), ..base() }, "properties"),
            (Event { properties: "{\"a\":".into(), ..base() }, "json"),
            (Event { screen: Some(Screen { width: 1, height: u32::MAX }), ..base() }, "screen"),
            (Event { timestamp: Timestamp::from_millis(i64::MAX), ..base() }, "timestamp"),
            (Event { received_at: Timestamp::from_millis(i64::MIN), ..base() }, "received_at"),
        ] {
            let answer = store.insert(&batch(vec![base(), wrong], 0, None, 2)).await;
            assert!(
                matches!(&answer, Err(StoreError::Refused(why)) if why.contains(text)),
                "{text}: {answer:?}"
            );
        }
        assert_eq!(store.cursor().await.expect("a cursor"), Cursor(0));
        assert!(store.applied().await.expect("applied").is_empty());
        store.close().await.expect("closed");
    });
    assert_eq!(database.run("SELECT count(*) FROM events"), "0");
    aggregates::compare(&database);
}

#[test]
fn a_store_tells_what_it_has() {
    let database = Database::new();
    block_on(async {
        let store = database.store().await;
        assert_eq!(store.describe().await.expect("a description").bytes_an_event(), None);
        let events = (0..100).map(|n| event("a", n, NOON)).collect();
        store.insert(&batch(events, 0, None, 1)).await.expect("insert");
        let told = store.describe().await.expect("a description");
        assert_eq!((told.events, told.timescale.as_deref()), (100, None));
        assert!(told.server.starts_with(|first: char| first.is_ascii_digit()), "{told}");
        assert!(told.event_bytes > 10_000 && told.other_bytes > 10_000, "{told}");
        assert_eq!(database.run(PARTITIONS).split(' ').count() as u64, told.partitions);
        store.close().await.expect("closed");
    });
}

#[test]
fn a_closed_store_says_so() {
    let database = Database::new();
    block_on(async {
        let store = database.store().await;
        store.close().await.expect("closed");
        assert!(matches!(store.applied().await, Err(StoreError::Closed)));
        assert!(matches!(store.insert(&batch(vec![], 0, None, 1)).await, Err(StoreError::Closed)));
    });
}
