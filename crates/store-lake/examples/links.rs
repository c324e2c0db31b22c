//! What links cost a lake's reports: `cargo run --release -p millrace-store-lake --example links [events]`.
//!
//! One site, thirty days, a seventh as many visitors as events. Prints, for each number of links, the fastest of many
//! runs of three reports, and how long the lake takes to open.

use std::time::{Duration, Instant};

use jiff::tz::TimeZone;
use millrace_event::time::DAY_MS;
use millrace_event::{Event, EventId, MadeId, SessionId, SiteId, Timestamp, VisitorId, id};
use millrace_query::{CheckedQuery, Context, Dimension, Filter, Interval, Metric, Query, Range};
use millrace_store::{EventBatch, EventStore, Link};
use millrace_store_lake::{LakeConfig, LakeStore};

const BATCH: u64 = 8_192;
const BEGIN: Timestamp = Timestamp::from_millis(1_792_627_200_000);

#[tokio::main]
async fn main() {
    let events: u64 = std::env::args().nth(1).map_or(2_000_000, |events| events.parse().expect("a number"));
    let dir = std::env::temp_dir().join(format!("millrace-links-{}", std::process::id()));
    let config = LakeConfig { compaction: false, ..LakeConfig::new(&dir) };
    let site = SiteId::new("demo").expect("a site id");
    let mut lake = LakeStore::open(config.clone()).await.expect("a lake");
    let visitors = events / 7;
    for first in (0..events).step_by(BATCH as usize) {
        let events =
            (first..(first + BATCH).min(events)).map(|n| event(&site, n, events, visitors)).collect();
        lake.insert(&EventBatch { events, ..EventBatch::default() }).await.expect("insert");
    }
    lake.flush().await.expect("flush");
    lake.compact().await.expect("compaction");
    println!("{events} events of {visitors} visitors");
    println!(
        "{:>8} {:>10} {:>10} {:>10} {:>10} {:>10}",
        "links", "visitors", "by day", "by page", "events", "open"
    );
    let mut linked = 0;
    for links in [0, 10_000, 200_000] {
        while linked < links {
            let end = (linked + BATCH).min(links);
            let links = (linked..end).map(|n| Link {
                site: site.clone(),
                from: visitor(n),
                // Two devices a person.
                to: VisitorId(id::hash(7, &[&(n / 2).to_le_bytes()])),
                at: BEGIN,
            });
            let batch =
                EventBatch { links: links.collect(), offsets: [(0, end)].into(), ..EventBatch::default() };
            lake.insert(&batch).await.expect("insert");
            linked = end;
        }
        lake.close().await.expect("closed");
        drop(lake);
        let start = Instant::now();
        lake = LakeStore::open(config.clone()).await.expect("a lake");
        let open = start.elapsed();
        let mut row = format!("{links:>8}");
        for (metric, dimensions) in [
            (Metric::Visitors, vec![]),
            (Metric::Visitors, vec![Dimension::Time(Interval::Day)]),
            (Metric::Visitors, vec![Dimension::Page]),
            (Metric::Events, vec![Dimension::Page]),
        ] {
            let query = query(&site, metric, dimensions);
            let mut fastest = Duration::MAX;
            for _ in 0..20 {
                let start = Instant::now();
                lake.query(&query).await.expect("an answer");
                fastest = fastest.min(start.elapsed());
            }
            row += &format!(" {:>7.1} ms", fastest.as_secs_f64() * 1_000.0);
        }
        println!("{row} {:>7.1} ms", open.as_secs_f64() * 1_000.0);
    }
    drop(lake);
    std::fs::remove_dir_all(&dir).expect("removed");
}

fn visitor(n: u64) -> VisitorId {
    VisitorId(id::hash(1, &[&n.to_le_bytes()]))
}

fn event(site: &SiteId, n: u64, events: u64, visitors: u64) -> Event {
    let at = BEGIN.plus_millis((n * (30 * DAY_MS as u64) / events) as i64);
    let draw = id::hash(2, &[&n.to_le_bytes()]);
    // Some visitors come often.
    let who = (draw % visitors).min(draw.rotate_left(17) % visitors);
    let id = EventId::Made(MadeId { process: 1, count: n });
    Event {
        visitor: visitor(who),
        session: SessionId(who << 20 | (n * 60 / events)),
        path: Some(format!("/{}", draw.rotate_left(31) % 50).into()),
        ..Event::new(site.clone(), id, "pageview", at)
    }
}

fn query(site: &SiteId, metric: Metric, dimensions: Vec<Dimension>) -> CheckedQuery {
    let query = Query {
        site: site.clone(),
        range: Range::Last(30, Interval::Day),
        metrics: vec![metric],
        dimensions,
        filter: Filter::all(),
        order: Vec::new(),
        limit: 100,
        offset: 0,
    };
    let now = BEGIN.plus_millis(30 * DAY_MS - 1);
    query.check(Context { now, zone: &TimeZone::UTC, goals: &[] }).expect("a right query")
}
