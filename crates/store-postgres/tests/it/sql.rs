//! Statements of somebody's own: what they see, and what they do not.

use std::time::Duration;

use millrace_store::lists::{SqlAnswer, SqlQuestion, SqlValue};
use millrace_store::{EventStore, StoreError};
use millrace_store_postgres::PostgresStore;

use crate::stack::{Database, NOON, batch, block_on, event, site};

async fn ask(store: &PostgresStore, text: &str) -> Result<SqlAnswer, StoreError> {
    let question = SqlQuestion {
        site: site("mine"),
        text: text.to_owned(),
        most_rows: 3,
        timeout: Duration::from_secs(2),
    };
    store.reader().sql(&question).await
}

fn is_invalid(answer: Result<SqlAnswer, StoreError>) -> String {
    match answer {
        Err(StoreError::Invalid(message)) => message,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_statement_sees_one_sites_events_and_nothing_else() {
    let database = Database::new();
    block_on(async {
        let store = database.store().await;
        let events =
            (0..5).map(|n| event(if n == 4 { "theirs" } else { "mine" }, n, NOON.plus_millis(n as i64)));
        store.insert(&batch(events.collect(), 0, None, 1)).await.expect("inserted");

        let counted = ask(
            &store,
            "SELECT count(*) AS n, min(site), max(timestamp), 1.5::float8, true, NULL FROM events",
        );
        let counted = counted.await.expect("an answer");
        let text = |text: &str| SqlValue::Text(text.to_owned());
        assert_eq!(counted.columns[..2], ["n", "min"]);
        assert_eq!(
            counted.rows,
            [[
                SqlValue::Number("4".to_owned()),
                text("mine"),
                text("2026-10-22T12:00:00.003Z"),
                SqlValue::Float(1.5),
                SqlValue::Boolean(true),
                SqlValue::Null,
            ]]
        );
        let cut = ask(&store, "SELECT path FROM events ORDER BY timestamp").await.expect("an answer");
        assert!(cut.truncated && cut.rows.len() == 3, "{cut:?}");
        let theirs = ask(&store, "SELECT count(*) FROM events WHERE site = 'theirs' OR true").await;
        assert_eq!(theirs.expect("an answer").rows, [[SqlValue::Number("4".to_owned())]]);
        let none = ask(&store, "SELECT path, session FROM events WHERE false").await.expect("an answer");
        assert_eq!((none.columns.len(), none.rows.len(), none.truncated), (2, 0, false));

        assert!(is_invalid(ask(&store, "SELECT nothing FROM events").await).contains("nothing"));
        assert!(is_invalid(ask(&store, "SELECT * FROM pg_roles").await).contains("events is the one"));
        for shadowed in ["visitor_links", "pg_stats", "applied_offsets", "pg_roles"] {
            let text = format!("WITH {shadowed} AS (SELECT * FROM {shadowed}) SELECT * FROM {shadowed}");
            assert!(is_invalid(ask(&store, &text).await).contains("there is a table"), "{text}");
        }
        assert!(is_invalid(ask(&store, "SELECT 1 / 0 FROM events").await).contains("division by zero"));
        let endless =
            "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
        assert!(is_invalid(ask(&store, endless).await).contains("longer"));
        // The connection is what it was before.
        assert!(store.reader().span(&site("theirs")).await.expect("a span").is_some());
        store.close().await.expect("closed");
    });
}

#[test]
fn the_role_may_read_events_alone() {
    let database = Database::new();
    block_on(async {
        let store = database.store().await;
        ask(&store, "SELECT 1").await.expect("an answer");
        let role = "SET ROLE millrace_sql; ";
        assert_eq!(database.run(&format!("{role}SELECT count(*) FROM events")).trim(), "0");
        for denied in ["SELECT * FROM applied_offsets", "DELETE FROM events", "CREATE TABLE mine (x int)"] {
            let run = database.server.run(&database.name, &format!("{role}{denied}"));
            assert!(format!("{run:?}").contains("permission denied"), "{denied}: {run:?}");
        }
        store.close().await.expect("closed");
    });
}
