//! `millrace doctor`: looks at every part, beside a running server or without one: the files of a data directory, or
//! the servers that the URLs name.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;
use clap::Args;
use millrace_queue::{ConsumerGroup, DeadLetter, Queue, disk};
use millrace_store::EventStore;
use millrace_store_lake::inspect;

use crate::cli::DataArgs;
use crate::config::{Config, shown};
use crate::parts::{GROUP, open_catalog, open_postgres, open_queue, open_redis};
use crate::pipeline::checks::nobody_reads;

/// Dead letters whose reasons are counted.
const MOST_LETTERS: usize = 10_000;

/// What to look at, and whether to repair.
#[derive(Debug, Args)]
pub struct DoctorArgs {
    /// Put dead letters back on the queue (where it is files, the server must be stopped)
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
    let files = [config.queue_dir(), config.lake_dir(), config.catalog_file()].iter().any(Option::is_some);
    anyhow::ensure!(!files || data_dir.is_dir(), "there is no data directory '{}'", data_dir.display());
    if args.replay_dead_letters {
        let queue = open_queue(&config).await?;
        let count = queue.replay_dead_letters().await?;
        queue.close().await?;
        println!("{count} dead letters are back on the queue");
        return Ok(());
    }
    let mut problems = 0;
    if files {
        println!("data directory  {}", data_dir.display());
    }
    problems += match config.queue_dir() {
        Some(dir) => queue(&dir, args.show)?,
        None => redis(&config, args.show).await?,
    };
    problems += match config.lake_dir() {
        Some(dir) => store(&dir).await?,
        None => postgres(&config).await?,
    };
    let catalog = open_catalog(&config).await?;
    println!(
        "catalog         {} sites, {} keys",
        catalog.directory().sites().count(),
        catalog.keys(None).await?.len()
    );
    if data_dir.is_dir() {
        rejected(data_dir, args.show)?;
    }
    anyhow::ensure!(problems == 0, "{problems} problems were found");
    println!("no problems were found");
    Ok(())
}

async fn redis(config: &Config, show: usize) -> anyhow::Result<usize> {
    let queue = open_redis(config).await?;
    let lags = queue.lags(&ConsumerGroup::new(GROUP)?).await?;
    let waiting: u64 = lags.iter().map(|of| of.lag.records).sum();
    println!(
        "queue           {} streams at {}, {waiting} records not committed yet",
        lags.len(),
        shown(&config.queue.url)
    );
    for of in lags.iter().filter(|of| of.lag.records > 0) {
        let age = of.lag.oldest.unwrap_or_default().as_secs_f64();
        let owner = of.owner.as_deref().unwrap_or("nobody");
        println!(
            "  stream {}: {} records, the oldest {age:.1} s old, read by {owner}",
            of.partition, of.lag.records
        );
    }
    let mut problems = 0;
    for warning in queue.warnings().await? {
        println!("  PROBLEM       {warning}");
        problems += 1;
    }
    if let Err(error) = queue.health().await {
        println!("  PROBLEM       {error}");
        problems += 1;
    }
    if nobody_reads(&lags) {
        println!("  PROBLEM       no worker reads the queue");
        problems += 1;
    }
    let letters = queue.count_dead_letters().await?;
    dead_letters(letters, &queue.dead_letters(MOST_LETTERS).await?, show);
    Ok(problems)
}

async fn postgres(config: &Config) -> anyhow::Result<usize> {
    let store = open_postgres(config, false).await?;
    println!("store           {} at {}", store.describe().await?, shown(&config.store.url));
    store.close().await?;
    Ok(0)
}

/// Counts dead letters by their reason, and shows the first.
fn dead_letters(count: u64, letters: &[DeadLetter], show: usize) {
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for letter in letters {
        *reasons.entry(&letter.reason).or_default() += 1;
    }
    println!("dead letters    {count}");
    for (reason, count) in reasons.iter().take(show) {
        println!("  {count} x {reason}");
    }
    for letter in letters.iter().take(show) {
        println!(
            "  partition {}, offset {}, {} bytes: {}",
            letter.partition,
            letter.offset,
            letter.payload.len(),
            letter.reason
        );
    }
    if count > 0 {
        println!("  put them back with: millrace doctor --replay-dead-letters");
    }
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
    dead_letters(inspection.dead_letters.len() as u64, &inspection.dead_letters, show);
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
