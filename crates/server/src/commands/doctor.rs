//! `millrace doctor`: looks at every part of a data directory, beside a running server or without one.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;
use clap::Args;
use millrace_queue::disk::{self, DiskQueue, DiskQueueConfig};
use millrace_queue::{ConsumerGroup, Queue};
use millrace_store_lake::inspect;

use crate::cli::DataArgs;
use crate::parts::{GROUP, open_catalog};

/// What to look at, and whether to repair.
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Put dead letters back on the queue (the server must be stopped)
    #[arg(long)]
    replay_dead_letters: bool,
    /// How many dead letters and rejected events to show
    #[arg(long, value_name = "N", default_value_t = 10)]
    show: usize,
    #[command(flatten)]
    data: DataArgs,
}

/// Runs the subcommand; fails where something is wrong.
pub async fn run(args: DoctorArgs) -> anyhow::Result<()> {
    let config = args.data.config()?;
    let data_dir = &config.server.data_dir;
    anyhow::ensure!(data_dir.is_dir(), "there is no data directory '{}'", data_dir.display());
    let queue_dir = config.path_of("queue", &config.queue.url, "disk", "queue")?;
    if args.replay_dead_letters {
        let queue = DiskQueue::open(DiskQueueConfig::new(queue_dir))?;
        let count = queue.replay_dead_letters().await?;
        queue.close().await?;
        println!("{count} dead letters are back on the queue");
        return Ok(());
    }
    let mut problems = 0;
    println!("data directory  {}", data_dir.display());
    problems += queue(&queue_dir, args.show)?;
    problems += store(&config.path_of("store", &config.store.url, "lake", "lake")?).await?;
    let catalog = open_catalog(&config).await?;
    println!(
        "catalog         {} sites, {} keys",
        catalog.directory().sites().count(),
        catalog.keys(None).await?.len()
    );
    rejected(data_dir, args.show)?;
    anyhow::ensure!(problems == 0, "{problems} problems were found");
    println!("no problems were found");
    Ok(())
}

fn queue(dir: &Path, show: usize) -> anyhow::Result<usize> {
    if !dir.is_dir() {
        println!("queue           empty: it was never opened");
        return Ok(0);
    }
    let inspection = disk::inspect(dir).context("queue")?;
    let bytes: u64 = inspection.segments.iter().map(|segment| segment.bytes).sum();
    let group = ConsumerGroup::new(GROUP)?;
    let committed = inspection.groups.get(&group).copied().flatten().unwrap_or(0);
    println!(
        "queue           {} segments, {bytes} bytes, {} records so far, {} not committed yet",
        inspection.segments.len(),
        inspection.next,
        inspection.next.saturating_sub(committed)
    );
    let mut problems = 0;
    for segment in &inspection.segments {
        let path = segment.path.display();
        if !segment.header_intact {
            println!("  PROBLEM       {path}: its header is damaged");
            problems += 1;
        }
        for (position, bytes, records) in &segment.damaged {
            println!(
                "  PROBLEM       {path}: {bytes} damaged bytes at {position}, {records} records are lost"
            );
            problems += 1;
        }
    }
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for letter in &inspection.dead_letters {
        *reasons.entry(&letter.reason).or_default() += 1;
    }
    println!("dead letters    {}", inspection.dead_letters.len());
    for (reason, count) in reasons.iter().take(show) {
        println!("  {count} x {reason}");
    }
    for letter in inspection.dead_letters.iter().take(show) {
        println!("  offset {}, {} bytes: {}", letter.offset, letter.payload.len(), letter.reason);
    }
    if !inspection.dead_letters.is_empty() {
        println!("  put them back with: millrace doctor --replay-dead-letters");
    }
    Ok(problems)
}

async fn store(dir: &Path) -> anyhow::Result<usize> {
    let Some(inspection) = inspect(dir).await.context("store")? else {
        println!("store           empty: it was never opened");
        return Ok(0);
    };
    let per_event = inspection.bytes as f64 / inspection.events.max(1) as f64;
    println!(
        "store           {} events in {} segments, {} bytes, {per_event:.1} bytes an event",
        inspection.events, inspection.segments, inspection.bytes
    );
    if let Some((first, last)) = inspection.period {
        println!("  from {first} to {last}");
    }
    for damaged in &inspection.damaged {
        println!(
            "  PROBLEM       segment {} of {} events was set aside: {}",
            damaged.number, damaged.rows, damaged.reason
        );
    }
    for problem in &inspection.problems {
        println!("  PROBLEM       {problem}");
    }
    Ok(inspection.damaged.len() + inspection.problems.len())
}

fn rejected(data_dir: &Path, show: usize) -> anyhow::Result<()> {
    let latest = millrace_ingest::rejects::read_latest(data_dir, show)?;
    println!("rejected        the latest {}", latest.len());
    for copy in latest {
        let field = copy.field.as_deref().unwrap_or("-");
        println!("  {}  {} ({field}): {}", copy.at, copy.code, copy.message);
    }
    Ok(())
}
