//! POSTs of 500 events, each durable before its 202, while the worker empties the queue at the same time.

use std::time::Duration;

use crate::load::{Load, Shape, quantile_ms};
use crate::measure::Bench;
use crate::payload::{SITE, batches, event_bytes};
use crate::report::{Row, thousands};
use crate::server::Start;
use crate::usage::Usage;
use crate::visible;

/// Events of a request.
pub(crate) const BATCH: usize = 500;
/// Different bodies that are sent in turn.
pub(crate) const BODIES: usize = 16;
/// Enough for the server to have work at any time.
pub(crate) const CONNECTIONS: usize = 8;

pub(crate) async fn run(bench: &mut Bench) -> anyhow::Result<()> {
    let span = bench.either(Duration::from_secs(10), Duration::from_secs(3));
    let folder = bench.folder("batch")?;
    let start = Start::new(&bench.binary, &folder.data);
    start.add_site(SITE)?;
    let server = start.serve().await?;
    let requests = batches(BODIES, BATCH);
    let bytes = event_bytes(&requests);
    let mut load =
        Load::start(server.address, requests, Shape { connections: CONNECTIONS, pace: None }).await?;
    load.run(Duration::from_secs(1)).await?;
    let before = Usage::now(&server);
    let rate = load.rate(span).await?;
    let usage = Usage::now(&server).since(&before);
    let refused = load.refused();
    let mut connection = server.connect().await?;
    let stored = server.figure(&mut connection, visible::STORED).await?;
    let (accepted, latency) = load.stop().await?;
    let stopped = tokio::time::Instant::now();
    let all = visible::await_all(&server, SITE, accepted, 0).await?;
    let note = format!(
        "{} s, {CONNECTIONS} connections, {bytes} bytes an event; p50 {:.1} ms, p99 {:.1} ms; {refused} refused; \
         {} not stored yet at the end, {:.1} s later all; {usage}",
        span.as_secs(),
        quantile_ms(&latency, 0.5),
        quantile_ms(&latency, 0.99),
        thousands(accepted.saturating_sub(stored)),
        (all - stopped).as_secs_f64(),
    );
    bench.report.add(
        Row::new("batched POST, 500 events each, durable 202", rate, "events/s")
            .at_least(500_000.0)
            .note(note),
    );
    server.kill()
}
