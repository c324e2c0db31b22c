//! How many events a second one worker's `insert` stores, on a private server with its default promises.
//!
//! `cargo run --release -p millrace-store-postgres --example insert -- [events of a batch] [batches]`

use std::time::{Duration, Instant};

use millrace_event::{Event, EventId, MadeId, SessionId, SiteId, Timestamp, Utm, VisitorId};
use millrace_stack::Postgres;
use millrace_store::{EventBatch, EventStore};
use millrace_store_postgres::{PostgresConfig, PostgresStore};
use rand::RngExt;

const SITES: usize = 200;
const NAMES: [&str; 6] = ["pageview", "pageview", "pageview", "click", "scroll", "purchase"];

fn event(number: u64, now: Timestamp) -> Event {
    let mut random = rand::rng();
    // The largest site has about a seventh of all events.
    let rank = (SITES as f64).powf(random.random::<f64>()) as usize;
    let visitor = random.random_range(0..20_000_000 / (rank as u64 * 200));
    let some = |text: String| Some(text.into());
    let id = if random.random_range(0..10) < 3 {
        EventId::Client(format!("{:032x}", random.random::<u128>()).into())
    } else {
        EventId::Made(MadeId { process: 42, count: number })
    };
    let site = SiteId::new(format!("site-{rank}.example")).expect("a site id");
    let name = NAMES[random.random_range(0..NAMES.len())];
    let timestamp = now.plus_millis(-random.random_range(0..2_000));
    Event {
        received_at: now,
        visitor: VisitorId(visitor.wrapping_mul(0x9e37_79b9_7f4a_7c15)),
        anonymous_id: some(format!("anonymous-{visitor}")),
        session: SessionId(visitor.wrapping_mul(0x9e37_79b9)),
        client_session_id: some(format!("session-{visitor}")),
        host: some(format!("site-{rank}.example")),
        path: some(format!("/articles/{}", (500f64).powf(random.random::<f64>()) as u32)),
        referrer: (visitor % 3 == 0).then(|| "https://www.google.com/".into()),
        utm: Utm { source: (visitor % 7 == 0).then(|| "newsletter".into()), ..Utm::default() },
        title: some("An article about something".to_owned()),
        language: some("en-US".to_owned()),
        properties: r#"{"plan":"pro","variant":"b"}"#.into(),
        ..Event::new(site, id, name, timestamp)
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let size: usize = arguments.next().map_or(Ok(8_192), |text| text.parse())?;
    let batches: u64 = arguments.next().map_or(Ok(40), |text| text.parse())?;
    let server = Postgres::start()?;
    let config = PostgresConfig {
        dedup_window: Some(Duration::from_secs(86_400)),
        ..PostgresConfig::new(server.url())
    };
    let store = PostgresStore::open(config).await?;
    let (mut spent, mut after, mut number) = (Duration::ZERO, None, 0);
    let start = Timestamp::now().plus_millis(-3_600_000);
    for round in 0..batches {
        let now = start.plus_millis(round as i64 * size as i64 / 50);
        let events: Vec<_> = (0..size).map(|place| event(number + place as u64, now)).collect();
        number += size as u64;
        let after_this = [(0, number)].into();
        let batch = EventBatch {
            events,
            after: after.map(|after| (0, after)).into_iter().collect(),
            offsets: after_this,
            ..EventBatch::default()
        };
        let clock = Instant::now();
        store.insert(&batch).await?;
        spent += clock.elapsed();
        after = Some(number);
    }
    let each = spent.as_secs_f64() * 1e6 / number as f64;
    println!("{size} a batch: {:.0} events/s, {each:.2} us an event", 1e6 / each);
    println!("{}", store.describe().await?);
    store.close().await?;
    Ok(())
}
