//! How quickly events are folded into an observed schema: `cargo run --release -p millrace-store --example observe`.

use std::time::Instant;

use bytestring::ByteString;
use millrace_event::{SiteId, Timestamp};
use millrace_query::Period;
use millrace_store::observed::{Fold, Observation};

/// Events of one run.
const EVENTS: i64 = 200_000;

fn main() {
    let names = ["pageview", "click", "purchase", "play"];
    let observation = Observation {
        site: SiteId::new("demo").expect("a site id"),
        period: Period::ALL,
        names: names.map(|name| (ByteString::from_static(name), None)).to_vec(),
    };
    // Properties with few and with many values, as events have them.
    let events: Vec<_> = (0..EVENTS)
        .map(|n| {
            let mixed = n.wrapping_mul(0x9e37_79b9) >> 7;
            let properties = format!(
                r#"{{"plan":"{}","price":{}.99,"order":"order-{n}","seats":{},"trial":{},"path":"/p/{}"}}"#,
                ["free", "pro", "team"][(mixed % 3) as usize],
                mixed % 500,
                mixed % 40,
                n % 7 == 0,
                mixed % 2_000,
            );
            (names[(mixed % 4) as usize], Timestamp::from_millis(1_795_168_800_000 + n * 1_000), properties)
        })
        .collect();
    for _ in 0..5 {
        let start = Instant::now();
        let mut fold = Fold::new(&observation);
        for (name, at, properties) in &events {
            fold.event(name, *at, properties);
        }
        let found = fold.finish();
        let seconds = start.elapsed().as_secs_f64();
        let properties: usize = found.events.iter().map(|event| event.properties.len()).sum();
        let each = seconds * 1e9 / EVENTS as f64;
        println!("{EVENTS} events, {properties} properties: {:.0} ms, {each:.0} ns an event", seconds * 1e3);
    }
}
