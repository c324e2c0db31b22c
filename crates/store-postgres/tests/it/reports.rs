//! Random questions, whose answers come from aggregates or not, against the in-memory store.

use jiff::tz::TimeZone;
use millrace_event::time::DAY_MS;
use millrace_query::{CheckedQuery, Context, Dimension, Filter, Interval, Metric, Query, Range};
use millrace_store::memory::MemoryStore;
use millrace_store::{EventBatch, EventStore};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use rand::RngExt;

use crate::stack::{Database, NOON, batch, block_on, event, site};

const QUERIES: usize = 600;

fn events() -> EventBatch {
    let mut random = rand::rng();
    let events = (0..3_000).map(|_| {
        let at = match random.random_range(0..3) {
            // On the edges of buckets, and beside them.
            0 => random.random_range(-200..200) * 3_600_000 + random.random_range(-1..=1),
            1 => random.random_range(-200..200) * 60_000 + random.random_range(-1..=1),
            _ => random.random_range(-9 * DAY_MS..9 * DAY_MS),
        };
        let mut event =
            event(["a", "b"][random.random_range(0..2)], random.random_range(0..60), NOON.plus_millis(at));
        event.name = ["pageview", "click", "%_", "pageview"][random.random_range(0..4)].into();
        event.path =
            (random.random_range(0..5) > 0).then(|| format!("/{}", random.random_range(0..9)).into());
        event.duration_ms = (random.random_range(0..3) == 0).then(|| random.random_range(0..90_000));
        event
    });
    batch(events.collect(), 0, None, 1)
}

fn queries() -> impl Strategy<Value = (Query, &'static str)> {
    let instant = prop_oneof![
        (-10..10i64).prop_map(|day| NOON.plus_millis(-DAY_MS / 2 + day * DAY_MS)),
        (-240..240i64).prop_map(|hour| NOON.plus_millis(hour * 3_600_000)),
        (-600..600i64).prop_map(|minute| NOON.plus_millis(minute * 60_000)),
        (-10 * DAY_MS..10 * DAY_MS).prop_map(|at| NOON.plus_millis(at)),
    ];
    let range = prop_oneof![
        1 => Just(Range::All),
        6 => (instant.clone(), instant).prop_map(|(a, b)| Range::Between(a.min(b), a.max(b).plus_millis(1))),
        3 => (1..5u32, prop::sample::select(vec![Interval::Hour, Interval::Day, Interval::Week]))
            .prop_map(|(count, interval)| Range::Last(count, interval)),
    ];
    let metric = prop::sample::select(vec![
        Metric::Events,
        Metric::Events,
        Metric::Pageviews,
        Metric::Pageviews,
        Metric::Visitors,
        Metric::EventsPerMinute,
        Metric::AvgDuration,
    ]);
    let interval =
        prop::sample::select(vec![Interval::Minute, Interval::Hour, Interval::Day, Interval::Week]);
    let dimensions = prop_oneof![
        3 => Just(vec![]),
        2 => Just(vec![Dimension::Name]),
        2 => interval.clone().prop_map(|interval| vec![Dimension::Time(interval)]),
        1 => interval.prop_map(|interval| vec![Dimension::Time(interval), Dimension::Name]),
        1 => Just(vec![Dimension::Name, Dimension::Time(Interval::Day)]),
        2 => Just(vec![Dimension::Page]),
    ];
    let is = |dimension, values: &[&str]| {
        Filter::Is(dimension, values.iter().map(|value| (*value).to_owned()).collect())
    };
    let filter = prop::sample::select(vec![
        Filter::all(),
        Filter::all(),
        Filter::all(),
        is(Dimension::Name, &["pageview"]),
        is(Dimension::Name, &["pageview"]),
        Filter::Not(Box::new(is(Dimension::Name, &["click", "nothing"]))),
        Filter::And(vec![is(Dimension::Name, &["pageview"]), is(Dimension::Name, &["pageview"])]),
        Filter::Or(vec![is(Dimension::Name, &["%_"]), is(Dimension::Page, &["/1"])]),
        is(Dimension::Name, &[]),
    ]);
    let zone = prop::sample::select(vec!["UTC", "UTC", "Europe/Berlin", "Asia/Kathmandu"]);
    let metrics = prop::collection::vec(metric, 1..3);
    let page = (prop::sample::select(vec![2usize, 1_000]), 0..2usize);
    (range, metrics, dimensions, filter, zone, page).prop_map(
        |(range, metrics, dimensions, filter, zone, (limit, offset))| {
            let offset = if dimensions.is_empty() { 0 } else { offset };
            (
                Query {
                    site: site("a"),
                    range,
                    metrics,
                    dimensions,
                    filter,
                    order: Vec::new(),
                    limit,
                    offset,
                },
                zone,
            )
        },
    )
}

#[test]
fn every_question_has_the_answer_of_the_oracle() {
    let database = Database::new();
    block_on(async {
        let (store, oracle) = (database.store().await, MemoryStore::default());
        let batch = events();
        store.insert(&batch).await.expect("insert");
        oracle.insert(&batch).await.expect("insert");
        let mut runner =
            TestRunner::new(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() });
        let mut answered = 0;
        while answered < QUERIES {
            let (query, zone) = queries().new_tree(&mut runner).expect("a query").current();
            let zone = TimeZone::get(zone).expect("a zone");
            // A time dimension needs a range with ends, and not too many buckets.
            let Ok(query): Result<CheckedQuery, _> =
                query.check(Context { now: NOON, zone: &zone, goals: &[] })
            else {
                continue;
            };
            let (found, right) =
                (store.query(&query).await.expect("query"), oracle.query(&query).await.expect("query"));
            assert_eq!(found, right, "{query:?}");
            answered += 1;
        }
        store.close().await.expect("closed");
    });
}
