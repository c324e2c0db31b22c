//! The reference stack for a quarter of an hour: 10,000 events a second, and every minute ten seconds of five times
//! that. Memory has to stay flat, lag has to return to zero, nothing may fail, and every event has to be counted.
//!
//! Writes `soak.csv`, a row a second, and `soak.svg` into the folder of the measurements.

use std::fmt::Write as _;
use std::fs;
use std::time::Duration;

use anyhow::ensure;
use tokio::time::Instant;

use crate::load::{Load, Shape};
use crate::measure::Bench;
use crate::payload::{SITE, batches};
use crate::plot::{Panel, plot};
use crate::report::{Row, thousands};
use crate::stack::{Processes, Stack};
use crate::visible;

const RATE: u64 = 10_000;
const BATCH: u64 = 50;
/// A burst adds four times the rate to the rate.
const BURST: u64 = 4 * RATE;
const BURST_EVERY: Duration = Duration::from_secs(60);
const BURST_FOR: Duration = Duration::from_secs(10);
const HEADER: &str = "second,accepted,stored,lag_records,lag_seconds,refused,store_errors,dead_letters,\
                      ingest_mb,worker_mb,api_mb,redis_mb,postgres_mb";

/// What is noted each second: the columns of the file.
type Sample = [f64; 13];

pub(crate) async fn run(bench: &mut Bench) -> anyhow::Result<()> {
    let span = bench.either(Duration::from_secs(15 * 60), Duration::from_secs(130));
    let stack = Stack::start(bench, "soak")?;
    stack.add_sites(bench, &[SITE])?;
    let processes = stack.serve(bench).await?;
    let mut figures = processes.worker.connect().await?;
    let steady = Shape { connections: 16, pace: Some(pace(RATE)) };
    let mut load = Load::start(processes.ingest.address, batches(64, BATCH as usize), steady).await?;
    let begin = load.begin();
    let (mut burst, mut bursts, mut of_bursts) = (None::<Load>, 0, 0);
    let mut samples: Vec<Sample> = Vec::new();
    let mut refused = 0;
    while begin.elapsed() < span {
        // Half a minute into each minute, so that the last burst is over before the end.
        let since = begin.elapsed().as_secs() % BURST_EVERY.as_secs();
        let due = (30..30 + BURST_FOR.as_secs()).contains(&since);
        if due && burst.is_none() {
            let shape = Shape { connections: 16, pace: Some(pace(BURST)) };
            burst = Some(Load::start(processes.ingest.address, batches(64, BATCH as usize), shape).await?);
            bursts += 1;
        }
        if let Some(over) = burst.take_if(|_| !due) {
            refused += over.refused();
            of_bursts += over.stop().await?.0;
        }
        let accepted = load.accepted() + of_bursts + burst.as_ref().map_or(0, Load::accepted);
        let now_refused = refused + load.refused() + burst.as_ref().map_or(0, Load::refused);
        let sample = sample(&stack, &processes, &mut figures, begin, accepted, now_refused).await?;
        samples.push(sample);
        let next = begin + Duration::from_secs(samples.len() as u64);
        load.run(next.saturating_duration_since(Instant::now())).await?;
    }
    if let Some(burst) = burst {
        of_bursts += burst.stop().await?.0;
    }
    refused += load.refused();
    let accepted = load.stop().await?.0 + of_bursts;
    visible::await_all_through(&processes.worker, &processes.api, SITE, accepted, 0).await?;
    // The server looks at its lag once a second; then it has to be none.
    let mut last = sample(&stack, &processes, &mut figures, begin, accepted, refused).await?;
    for _ in 0..50 {
        if last[3] == 0.0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        last = sample(&stack, &processes, &mut figures, begin, accepted, refused).await?;
    }
    samples.push(last);
    write(bench, &samples)?;
    report(bench, &samples, accepted, bursts)?;
    ensure!(refused == 0, "{refused} requests were refused");
    ensure!(last[6] == 0.0 && last[7] == 0.0, "{} errors of the store, {} dead letters", last[6], last[7]);
    ensure!(last[3] == 0.0, "{} records were never committed", last[3]);
    processes.kill()
}

fn pace(rate: u64) -> Duration {
    Duration::from_nanos(1_000_000_000 * BATCH / rate)
}

async fn sample(
    stack: &Stack,
    processes: &Processes,
    figures: &mut crate::wire::Connection,
    begin: Instant,
    accepted: u64,
    refused: u64,
) -> anyhow::Result<Sample> {
    let names = [
        visible::STORED,
        "millrace_queue_lag_records",
        "millrace_queue_lag_seconds",
        "millrace_worker_store_errors_total",
        "millrace_queue_dead_letters",
    ];
    let [stored, records, seconds, errors, letters] = processes.worker.figures(figures, names).await?;
    let memory = |pid: Option<u32>| pid.map_or(0.0, family_megabytes);
    Ok([
        begin.elapsed().as_secs_f64(),
        accepted as f64,
        stored,
        records,
        seconds,
        refused as f64,
        errors,
        letters,
        memory(Some(processes.ingest.id())),
        memory(Some(processes.worker.id())),
        memory(Some(processes.api.id())),
        memory(stack.redis.pid()),
        memory(stack.postgres.pid()),
    ])
}

/// What a process and its children hold, in megabytes; what they share counts once.
fn family_megabytes(pid: u32) -> f64 {
    let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    let family = children.split_whitespace().filter_map(|child| child.parse().ok()).chain([pid]);
    let proportional = |pid: u32| {
        let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
        let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
        line.trim().trim_end_matches("kB").trim().parse::<f64>().ok()
    };
    family.filter_map(proportional).sum::<f64>() * 1.024e-3
}

fn write(bench: &Bench, samples: &[Sample]) -> anyhow::Result<()> {
    let mut text = format!("{HEADER}\n");
    for sample in samples {
        let columns: Vec<_> = sample.iter().map(|value| format!("{value:.2}").replace(".00", "")).collect();
        writeln!(text, "{}", columns.join(","))?;
    }
    fs::write(bench.dir.join("soak.csv"), text)?;
    let column = |place: usize| samples.iter().map(|sample| (sample[0], sample[place])).collect::<Vec<_>>();
    let rate = |place: usize| {
        let pairs = samples.windows(2).map(|pair| {
            let seconds = (pair[1][0] - pair[0][0]).max(1e-3);
            (pair[1][0], (pair[1][place] - pair[0][place]) / seconds)
        });
        pairs.collect::<Vec<_>>()
    };
    let panels = [
        Panel { title: "events a second", lines: vec![("accepted", rate(1)), ("stored", rate(2))] },
        Panel { title: "lag, records", lines: vec![("lag", column(3))] },
        Panel { title: "lag, seconds", lines: vec![("lag", column(4))] },
        Panel {
            title: "memory, MB",
            lines: vec![
                ("ingest", column(8)),
                ("worker", column(9)),
                ("api", column(10)),
                ("redis", column(11)),
                ("postgres", column(12)),
            ],
        },
    ];
    fs::write(
        bench.dir.join("soak.svg"),
        plot("Reference stack, 15 minutes at 10,000 events/s with bursts", &panels),
    )?;
    eprintln!("  {} and soak.svg", bench.dir.join("soak.csv").display());
    Ok(())
}

fn report(bench: &mut Bench, samples: &[Sample], accepted: u64, bursts: u32) -> anyhow::Result<()> {
    let most = |place: usize| samples.iter().map(|sample| sample[place]).fold(0.0, f64::max);
    let minutes = samples.last().map_or(0.0, |last| last[0] / 60.0);
    let note = format!(
        "{} events in {minutes:.1} minutes with {bursts} bursts, all counted, none refused; lag at most {} records",
        thousands(accepted),
        thousands(most(3) as u64)
    );
    bench.report.add(Row::new("soak: lag at most", most(4), "s").note(note));
    // After a third everything is warm: what grows after that is a leak, or PostgreSQL's cache filling up.
    for (place, name) in [(8, "ingest"), (9, "worker"), (10, "api"), (11, "Redis"), (12, "PostgreSQL")] {
        let mean =
            |part: &[Sample]| part.iter().map(|sample| sample[place]).sum::<f64>() / part.len().max(1) as f64;
        let third = samples.len() / 3;
        let (middle, end) = (mean(&samples[third..2 * third]), mean(&samples[2 * third..]));
        let note = format!("mean of the second third {middle:.0} MB, of the last {end:.0} MB");
        bench.report.add(Row::new(format!("soak: memory of {name} at most"), most(place), "MB").note(note));
    }
    Ok(())
}
