//! Every aggregate against what it is of.

use millrace_event::time::DAY_MS;
use millrace_store::{Erasure, EventStore, Subject};
use rand::RngExt;

use crate::stack::{Database, NOON, batch, block_on, event, site};

/// What each table has to be, computed from the events; of daily tables, the columns that say something.
const RIGHT: [(&str, &str); 6] = [
    (
        "TABLE event_counts_minute",
        "SELECT site, date_trunc('minute', timestamp), name, count(*) FROM events GROUP BY 1, 2, 3",
    ),
    (
        "TABLE event_counts_hour",
        "SELECT site, date_trunc('hour', timestamp), name, count(*) FROM events GROUP BY 1, 2, 3",
    ),
    (
        "TABLE event_counts_day",
        "SELECT site, date_trunc('day', timestamp, 'UTC'), name, count(*) FROM events GROUP BY 1, 2, 3",
    ),
    (
        "SELECT site, day, views, unique_users, events FROM daily_site_stats",
        "SELECT site, (timestamp AT TIME ZONE 'UTC')::date, count(*) FILTER (WHERE name = 'pageview'), \
         count(DISTINCT person), count(*) FROM people GROUP BY 1, 2",
    ),
    (
        // A row of no day would be one too many here.
        "SELECT site, day, visitor FROM daily_site_visitors LEFT JOIN daily_site_stats ON id = site_day",
        "SELECT DISTINCT site, (timestamp AT TIME ZONE 'UTC')::date, person FROM people",
    ),
    (
        "TABLE daily_site_path_counts",
        "SELECT site, (timestamp AT TIME ZONE 'UTC')::date, \
         encode(substring(sha256(convert_to(path, 'UTF8')) for 16), 'hex')::uuid, path, count(*) \
         FROM events WHERE name = 'pageview' AND path IS NOT NULL GROUP BY 1, 2, 3, 4",
    ),
];

/// Fails where an aggregate has a row too many, too few or other than the events say.
pub(crate) fn compare(database: &Database) {
    for (kept, right) in RIGHT {
        let found = database.run(&format!(
            "WITH people AS (SELECT events.*, COALESCE(person, events.visitor) AS person FROM events \
             LEFT JOIN visitor_links AS links ON links.site = events.site AND links.visitor = events.visitor) \
             (({kept}) EXCEPT ALL ({right})) UNION ALL (({right}) EXCEPT ALL ({kept})) LIMIT 3"
        ));
        assert_eq!(found, "", "not as the events say: {kept}");
    }
}

#[test]
fn aggregates_agree_with_the_events_whatever_happens() {
    let database = Database::new();
    block_on(async {
        let store = database.store().await;
        let mut random = rand::rng();
        let mut next = None;
        for round in 0..30u64 {
            let events: Vec<_> = (0..random.random_range(0..200))
                .map(|_| {
                    let at = NOON.plus_millis(random.random_range(-3 * DAY_MS..DAY_MS));
                    let mut event =
                        event(["a", "b"][random.random_range(0..2)], random.random_range(0..9), at);
                    event.name = ["pageview", "click"][random.random_range(0..2)].into();
                    event.path = (random.random_range(0..4) > 0)
                        .then(|| format!("/{}", random.random_range(0..3)).into());
                    event.user_id = Some(format!("user-{}", random.random_range(0..5)).into());
                    event
                })
                .collect();
            store.insert(&batch(events, 0, next, round + 1)).await.expect("insert");
            next = Some(round + 1);
            match round % 5 {
                // A user's events are some of those of several visitors.
                1 => {
                    let subject = Subject::User(format!("user-{}", random.random_range(0..5)).into());
                    store.erase(&Erasure { site: site("a"), subject }).await.expect("erase");
                }
                2 => {
                    let subject = Subject::Visitor(millrace_event::VisitorId(random.random_range(0..9)));
                    store.erase(&Erasure { site: site("b"), subject }).await.expect("erase");
                }
                // Through the middle of a day, an hour and a minute.
                4 => {
                    let before = NOON.plus_millis(-3 * DAY_MS + round as i64 * 7_654_321);
                    store.retain(before).await.expect("retain");
                }
                _ => {}
            }
            compare(&database);
        }
        store.close().await.expect("closed");
    });
}

#[test]
fn a_path_longer_than_an_index_takes_is_counted() {
    let database = Database::new();
    block_on(async {
        let store = database.store().await;
        let long = |end: &str| Some(format!("/{}{end}", "\u{1f600}ab".repeat(1_000)).into());
        let events =
            ["x", "y", "x"].map(|end| millrace_event::Event { path: long(end), ..event("a", 1, NOON) });
        store.insert(&batch(events.into(), 0, None, 3)).await.expect("insert");
        store.close().await.expect("closed");
    });
    compare(&database);
    assert_eq!(database.run("SELECT views FROM daily_site_path_counts ORDER BY path"), "2\n1");
}

#[test]
fn workers_and_those_who_remove_do_not_disturb_one_another() {
    let database = Database::new();
    block_on(async {
        let mut tasks = Vec::new();
        for partition in 0..2u32 {
            let store = database.store().await;
            tasks.push(tokio::spawn(async move {
                for round in 0..20u64 {
                    let late = |n: u64| NOON.plus_millis(-((n * 7 + round) as i64 % 60) * DAY_MS / 2);
                    let events = (0..60).map(|n| event("a", n % 7, late(n))).collect();
                    let after = (round > 0).then_some(round);
                    let next = batch(events, partition, after, round + 1);
                    while let Err(error) = store.insert(&next).await {
                        // Its partition went twice in a row: the worker would try again, too.
                        assert!(error.to_string().contains("23514"), "{error}");
                    }
                }
            }));
        }
        let store = database.store().await;
        tasks.push(tokio::spawn(async move {
            for round in 0..20u64 {
                let subject = Subject::Visitor(millrace_event::VisitorId(round % 7));
                store.erase(&Erasure { site: site("a"), subject }).await.expect("erase");
            }
        }));
        let store = database.store().await;
        tasks.push(tokio::spawn(async move {
            for round in 0..6 {
                // Partitions that the workers need again at once.
                store.retain(NOON.plus_millis((round - 25) * DAY_MS)).await.expect("retain");
            }
        }));
        for task in tasks {
            task.await.expect("no error");
        }
    });
    compare(&database);
}
