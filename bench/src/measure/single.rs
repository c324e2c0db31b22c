//! Single-event POSTs, each durable before its 202, against the same server with a queue that does nothing.
//!
//! The two take turns, each round with a server and a data directory of its own, so that neither the machine's mood
//! nor the other's unfinished work falls on one of them alone. The durable one also does the worker's share.

use std::time::Duration;

use crate::load::{Load, Shape, quantile_ms};
use crate::measure::Bench;
use crate::payload::{SITE, event_bytes, singles};
use crate::report::{Row, median, thousands};
use crate::server::Start;
use crate::usage::Usage;
use crate::visible;

const CONNECTIONS: usize = 64;

struct Round {
    rate: f64,
    p50_ms: f64,
    p99_ms: f64,
    usage: String,
}

pub(crate) async fn run(bench: &mut Bench) -> anyhow::Result<()> {
    let (rounds, span) = bench.either((4, Duration::from_secs(6)), (2, Duration::from_secs(2)));
    let (mut durable, mut noop) = (Vec::new(), Vec::new());
    for number in 1..=rounds {
        for (queue, of) in [(None, &mut durable), (Some("noop:"), &mut noop)] {
            let round = round(bench, queue, span).await?;
            let name = queue.unwrap_or("durable");
            eprintln!("single, round {number}, {name}: {} events/s", thousands(round.rate as u64));
            of.push(round);
        }
    }
    let rates = |rounds: &[Round]| rounds.iter().map(|round| round.rate).collect::<Vec<_>>();
    let middle = |rounds: &[Round]| median(&rates(rounds), f64::total_cmp);
    let listed = |rounds: &[Round]| {
        rates(rounds).iter().map(|rate| thousands(*rate as u64)).collect::<Vec<_>>().join(", ")
    };
    let last = |rounds: &[Round]| rounds.last().map(|round| round.usage.clone()).unwrap_or_default();
    let of_request = |rounds: &[Round]| {
        rounds
            .last()
            .map(|round| format!("p50 {:.2} ms, p99 {:.2} ms", round.p50_ms, round.p99_ms))
            .unwrap_or_default()
    };
    let ratio = 100.0 * middle(&durable) / middle(&noop);
    let bytes = event_bytes(&singles(1_024));
    let note = format!(
        "medians of {rounds} alternating rounds of {} s, {bytes} bytes a request with its head",
        span.as_secs()
    );
    bench.report.add(
        Row::new("single-event POST, durable 202, 64 connections, of a no-op queue", ratio, "%")
            .at_least(60.0)
            .note(note),
    );
    for (what, rounds) in [("durable", &durable), ("no-op queue", &noop)] {
        let note = format!("rounds {}; last: {}; {}", listed(rounds), of_request(rounds), last(rounds));
        bench.report.add(Row::new(format!("… {what}"), middle(rounds), "events/s").note(note));
    }
    Ok(())
}

async fn round(bench: &Bench, queue: Option<&str>, span: Duration) -> anyhow::Result<Round> {
    let folder = bench.folder("single")?;
    let start = Start { queue, ..Start::new(&bench.binary, &folder.data) };
    start.add_site(SITE)?;
    let server = start.serve().await?;
    let shape = Shape { connections: CONNECTIONS, pace: None };
    let mut load = Load::start(server.address, singles(1_024), shape).await?;
    load.run(Duration::from_secs(1)).await?;
    let before = Usage::now(&server);
    let rate = load.rate(span).await?;
    let usage = Usage::now(&server).since(&before);
    let (accepted, latency) = load.stop().await?;
    if queue.is_none() {
        visible::await_all(&server, SITE, accepted, 0).await?;
    }
    server.kill()?;
    Ok(Round { rate, p50_ms: quantile_ms(&latency, 0.5), p99_ms: quantile_ms(&latency, 0.99), usage })
}
