//! The reference stack: from HTTP through Redis to a report of PostgreSQL, sustained, and how late a report is.
//!
//! Redis, PostgreSQL, ingestion, worker, API and load share the machine's cores.

use std::time::Duration;

use crate::load::{Load, Shape};
use crate::measure::Bench;
use crate::measure::batch::{BATCH, BODIES, CONNECTIONS};
use crate::measure::latency::{self, PROBE_SITE};
use crate::payload::{SITE, batches, event_bytes};
use crate::report::{Row, thousands};
use crate::stack::Stack;
use crate::usage::Usage;
use crate::visible;

/// Events that may be accepted and not visible yet: two seconds' worth of the target.
const BACKLOG: u64 = 100_000;
const RATE: u64 = 5_000;

pub(crate) async fn run(bench: &mut Bench) -> anyhow::Result<()> {
    sustained(bench).await?;
    let stack = Stack::start(bench, "stack-latency")?;
    stack.add_sites(bench, &[SITE, PROBE_SITE])?;
    let processes = stack.serve(bench).await?;
    latency::measure(bench, processes.way(), RATE, 1_000.0, ", reference stack").await?;
    processes.kill()
}

async fn sustained(bench: &mut Bench) -> anyhow::Result<()> {
    let span = bench.either(Duration::from_secs(60), Duration::from_secs(10));
    let stack = Stack::start(bench, "stack")?;
    stack.add_sites(bench, &[SITE])?;
    let processes = stack.serve(bench).await?;
    let requests = batches(BODIES, BATCH);
    let bytes = event_bytes(&requests);
    let mut figures = processes.worker.connect().await?;
    let before = Usage::now(&processes.worker);
    let shape = Shape { connections: CONNECTIONS, pace: None };
    let mut load = Load::start(processes.ingest.address, requests, shape).await?;
    let (mut held, mut looks) = (0, 0);
    while load.begin().elapsed() < span {
        let stored = processes.worker.figure(&mut figures, visible::STORED).await?;
        let behind = load.accepted().saturating_sub(stored) > BACKLOG;
        load.hold(behind);
        held += u64::from(behind);
        looks += 1;
        load.run(Duration::from_millis(20)).await?;
    }
    let usage = Usage::now(&processes.worker).since(&before);
    let (begin, refused) = (load.begin(), load.refused());
    let (accepted, _) = load.stop().await?;
    let all = visible::await_all_through(&processes.worker, &processes.api, SITE, accepted, 0).await?;
    let took = (all - begin).as_secs_f64();
    let note = format!(
        "{} events of {bytes} bytes in {took:.1} s through Redis with 'appendfsync always', all of them counted; held back \
         {} % of the time; {refused} refused; the worker's {usage}",
        thousands(accepted),
        100 * held / looks.max(1),
    );
    let what = "HTTP through Redis to visible in PostgreSQL, sustained";
    let row = Row::new(what, accepted as f64 / took, "events/s").at_least(50_000.0).note(note);
    bench.report.add(row);
    processes.kill()
}
