//! From the 202 of an event to the first report that shows it, while 10,000 events a second come in.
//!
//! Probes are due at fixed times, several may be under way, so that a stall meets as many of them as its length
//! deserves. A probe is one event with a name of its own, on a site of its own; after its 202 the site's latest
//! events are asked for again and again. What is measured includes that question and the pause before it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{bail, ensure};
use hdrhistogram::Histogram;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

use crate::load::{Load, Shape, micros, quantile_ms};
use crate::measure::Bench;
use crate::payload::{SITE, batches};
use crate::report::{Row, thousands};
use crate::server::{Server, Start};
use crate::usage::Usage;
use crate::visible;
use crate::wire::{Connection, get, post};

const BATCH: u64 = 10;
pub(crate) const PROBE_SITE: &str = "probe";
/// Between the times that probes are due.
const PROBE_EVERY: Duration = Duration::from_millis(100);
/// Probes that may be under way.
const PROBERS: usize = 8;
/// Between an answer without the probe and the next question.
const PAUSE: Duration = Duration::from_millis(2);
const GIVE_UP: Duration = Duration::from_secs(30);

/// What the probers share.
#[derive(Debug, Default)]
struct Probes {
    next: AtomicU64,
}

/// In microseconds.
struct Seen {
    visible: Histogram<u64>,
    question: Histogram<u64>,
}

/// The processes an event passes: one for all, or one each.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Way<'a> {
    pub(crate) ingest: &'a Server,
    pub(crate) worker: &'a Server,
    pub(crate) api: &'a Server,
}

pub(crate) async fn run(bench: &mut Bench) -> anyhow::Result<()> {
    let folder = bench.folder("latency")?;
    let start = Start::new(&bench.binary, &folder.data);
    start.add_site(SITE)?;
    start.add_site(PROBE_SITE)?;
    let server = start.serve().await?;
    let way = Way { ingest: &server, worker: &server, api: &server };
    measure(bench, way, 10_000, 250.0, "").await?;
    server.kill()
}

/// Sends `rate` events a second and probes among them; `target` in milliseconds.
pub(crate) async fn measure(
    bench: &mut Bench,
    way: Way<'_>,
    rate: u64,
    target: f64,
    of: &str,
) -> anyhow::Result<()> {
    let span = bench.either(Duration::from_secs(60), Duration::from_secs(10));
    let wanted = rate;
    let pace = Duration::from_nanos(1_000_000_000 * BATCH / rate);
    let shape = Shape { connections: 16, pace: Some(pace) };
    let mut load = Load::start(way.ingest.address, batches(256, BATCH as usize), shape).await?;
    load.run(Duration::from_secs(1)).await?;
    let before = Usage::now(way.worker);
    let probes = Arc::new(Probes::default());
    let begin = Instant::now();
    let mut probers = JoinSet::new();
    for _ in 0..PROBERS {
        let connections = (way.ingest.connect().await?, way.api.connect().await?);
        probers.spawn(probe(Arc::clone(&probes), connections, begin, span));
    }
    let rate = load.rate(span).await?;
    let usage = Usage::now(way.worker).since(&before);
    let mut seen = Seen { visible: micros(), question: micros() };
    while let Some(prober) = probers.join_next().await {
        let prober = prober??;
        seen.visible.add(prober.visible)?;
        seen.question.add(prober.question)?;
    }
    let (accepted, posts) = load.stop().await?;
    let probed = seen.visible.len();
    visible::await_all_through(way.worker, way.api, SITE, accepted, probed).await?;
    visible::await_all_through(way.worker, way.api, PROBE_SITE, probed, accepted).await?;

    let note = format!(
        "{probed} probes over {} s at {} events/s; p50 {:.1} ms, p90 {:.1} ms, longest {:.1} ms; the load's own 202: \
         p50 {:.1} ms, p99 {:.1} ms from when due; {usage}",
        span.as_secs(),
        thousands(rate as u64),
        quantile_ms(&seen.visible, 0.5),
        quantile_ms(&seen.visible, 0.9),
        seen.visible.max() as f64 / 1e3,
        quantile_ms(&posts, 0.5),
        quantile_ms(&posts, 0.99),
    );
    let p99 = quantile_ms(&seen.visible, 0.99);
    bench.report.add(
        Row::new(format!("202 to visible at {} events/s, p99{of}", thousands(wanted)), p99, "ms")
            .at_most(target)
            .note(note),
    );
    let note = format!(
        "{} questions; p50 {:.1} ms; included above",
        seen.question.len(),
        quantile_ms(&seen.question, 0.5)
    );
    let own = quantile_ms(&seen.question, 0.99);
    bench.report.add(Row::new("… one question of a probe, p99", own, "ms").note(note));
    Ok(())
}

async fn probe(
    probes: Arc<Probes>,
    (mut events, mut reports): (Connection, Connection),
    begin: Instant,
    span: Duration,
) -> anyhow::Result<Seen> {
    let question = get(&format!("/analytics/recent?site_id={PROBE_SITE}&limit=50"));
    let mut seen = Seen { visible: micros(), question: micros() };
    loop {
        let number = probes.next.fetch_add(1, Ordering::Relaxed);
        let due = begin + PROBE_EVERY * number as u32;
        if due > begin + span {
            return Ok(seen);
        }
        sleep_until(due).await;
        let name = format!("probe-{number}");
        let body =
            format!(r#"{{"site_id":"{PROBE_SITE}","name":"{name}","url":"https://www.example.com/"}}"#);
        let status = events.send(&post(body.as_bytes())).await?;
        ensure!(status == 202, "a probe was answered with {status}: {}", events.text());
        let accepted = Instant::now();
        let wanted = format!("\"{name}\"");
        loop {
            let asked = Instant::now();
            let status = reports.send(&question).await?;
            ensure!(status == 200, "recent events were answered with {status}: {}", reports.text());
            seen.question.saturating_record(asked.elapsed().as_micros() as u64);
            if contains(reports.body(), wanted.as_bytes()) {
                seen.visible.saturating_record(accepted.elapsed().as_micros() as u64);
                break;
            }
            if accepted.elapsed() > GIVE_UP {
                bail!("wrong count: '{name}' was accepted and is not visible after {} s", GIVE_UP.as_secs());
            }
            sleep(PAUSE).await;
        }
    }
}

fn contains(text: &[u8], wanted: &[u8]) -> bool {
    text.windows(wanted.len()).any(|bytes| bytes == wanted)
}
