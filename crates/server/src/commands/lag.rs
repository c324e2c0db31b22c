//! `millrace lag`: how far the workers are behind, once or again and again, on the screen or appended to a CSV file.

use std::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use millrace_event::Timestamp;
use millrace_queue::redis::RedisQueue;
use millrace_queue::{ConsumerGroup, Lag, PartitionLag, Queue, disk};

use crate::cli::DataArgs;
use crate::config::{Config, shown};
use crate::parts::{GROUP, is_redis, open_redis};
use crate::serve::signalled;

/// What to show, and how often.
#[derive(Debug, Args)]
pub struct LagArgs {
    /// Look again and again, until Ctrl-C
    #[arg(long)]
    watch: bool,
    /// Seconds between two looks
    #[arg(long, value_name = "SECONDS", default_value_t = 1.0)]
    interval: f64,
    /// Append every look to this file, a row a partition and one of all, for plotting
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
    /// The consumer group
    #[arg(long, value_name = "NAME", default_value = GROUP)]
    group: String,
    #[command(flatten)]
    data: DataArgs,
}

const HEADER: &str = "time,group,partition,lag_records,lag_seconds,pending_records,dead_letters,owner";

/// Runs the subcommand.
pub async fn run(args: LagArgs) -> anyhow::Result<()> {
    let config = args.data.config()?;
    let interval = Duration::try_from_secs_f64(args.interval).ok().filter(|interval| !interval.is_zero());
    let interval =
        interval.with_context(|| format!("--interval is {}: it must be more than 0", args.interval))?;
    let group = ConsumerGroup::new(args.group)?;
    let source = Source::open(&config).await?;
    let mut csv = args.csv.as_deref().map(open_csv).transpose()?;
    let mut stop = std::pin::pin!(signalled());
    let mut ticks = tokio::time::interval(interval);
    loop {
        tokio::select! {
            () = &mut stop => return Ok(()),
            _ = ticks.tick() => {}
        }
        match source.look(&group).await {
            Ok(look) => {
                print!("{}", table(&look));
                if let Some(file) = &mut csv {
                    file.write_all(rows(&look, &group, Timestamp::now()).as_bytes())?;
                }
            }
            // A server that restarts is what one watches for.
            Err(error) if args.watch => eprintln!("{error:#}"),
            Err(error) => return Err(error),
        }
        if !args.watch {
            return Ok(());
        }
        println!();
    }
}

/// Where to look.
enum Source {
    Redis(Box<RedisQueue>),
    Disk(PathBuf),
}

struct Look {
    partitions: Vec<PartitionLag>,
    dead_letters: u64,
}

impl Source {
    async fn open(config: &Config) -> anyhow::Result<Self> {
        if is_redis(&config.queue.url) {
            return Ok(Self::Redis(Box::new(open_redis(config).await?)));
        }
        let dir = config
            .queue_dir()
            .with_context(|| format!("the queue '{}' has no lag to show", shown(&config.queue.url)))?;
        anyhow::ensure!(dir.is_dir(), "there is no queue in '{}'", dir.display());
        Ok(Self::Disk(dir))
    }

    async fn look(&self, group: &ConsumerGroup) -> anyhow::Result<Look> {
        match self {
            Self::Redis(queue) => Ok(Look {
                partitions: queue.lags(group).await?,
                dead_letters: queue.count_dead_letters().await?,
            }),
            // Beside a running server, which has the files open: they are read, not opened as a queue.
            Self::Disk(dir) => {
                let dir = dir.clone();
                let found =
                    tokio::task::spawn_blocking(move || disk::inspect(&dir)).await?.context("queue")?;
                let committed = found.groups.get(group).copied().flatten().unwrap_or(0);
                let lag = Lag { records: found.next.saturating_sub(committed), oldest: None };
                let partition = PartitionLag { partition: 0, lag, pending: None, owner: None };
                Ok(Look { partitions: vec![partition], dead_letters: found.dead_letters.len() as u64 })
            }
        }
    }
}

fn seconds(age: Option<Duration>) -> String {
    age.map_or(String::new(), |age| format!("{:.3}", age.as_secs_f64()))
}

fn total(look: &Look) -> Lag {
    Lag {
        records: look.partitions.iter().map(|of| of.lag.records).sum(),
        oldest: look.partitions.iter().filter_map(|of| of.lag.oldest).max(),
    }
}

fn pending(look: &Look) -> Option<u64> {
    look.partitions.iter().map(|of| of.pending).sum()
}

fn count(number: Option<u64>) -> String {
    number.map_or(String::new(), |number| number.to_string())
}

fn table(look: &Look) -> String {
    let mut text = format!("{:>9} {:>12} {:>12} {:>12}  owner\n", "partition", "lag", "seconds", "pending");
    let mut line = |name: &str, lag: &Lag, pending: Option<u64>, owner: &str| {
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "{name:>9} {:>12} {:>12} {:>12}  {owner}",
            lag.records,
            seconds(lag.oldest),
            count(pending)
        );
    };
    for of in &look.partitions {
        line(&of.partition.to_string(), &of.lag, of.pending, of.owner.as_deref().unwrap_or("-"));
    }
    line("all", &total(look), pending(look), &format!("{} dead letters", look.dead_letters));
    text
}

fn rows(look: &Look, group: &ConsumerGroup, now: Timestamp) -> String {
    let mut text = String::new();
    let mut row = |name: &str, lag: &Lag, pending: Option<u64>, letters: &str, owner: &str| {
        let _ = writeln!(
            text,
            "{now},{group},{name},{},{},{},{letters},{owner}",
            lag.records,
            seconds(lag.oldest),
            count(pending)
        );
    };
    for of in &look.partitions {
        row(&of.partition.to_string(), &of.lag, of.pending, "", of.owner.as_deref().unwrap_or(""));
    }
    row("all", &total(look), pending(look), &look.dead_letters.to_string(), "");
    text
}

/// Opens the file to append to; a new one gets its header.
fn open_csv(path: &Path) -> anyhow::Result<File> {
    let mut file = OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .with_context(|| format!("CSV file '{}'", path.display()))?;
    if file.metadata()?.len() == 0 {
        writeln!(file, "{HEADER}")?;
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_have_the_columns_of_the_header() {
        let of = |partition, records, oldest: Option<u64>| PartitionLag {
            partition,
            lag: Lag { records, oldest: oldest.map(Duration::from_millis) },
            pending: Some(records / 2),
            owner: (partition == 0).then(|| "77-abcd".to_owned()),
        };
        let look = Look { partitions: vec![of(0, 10, Some(1_250)), of(1, 0, None)], dead_letters: 3 };
        let group = ConsumerGroup::new("store").expect("a name");
        let text = rows(&look, &group, Timestamp::from_millis(1_795_168_800_123));
        let expected = "2026-11-20T10:00:00.123Z,store,0,10,1.250,5,,77-abcd\n\
                        2026-11-20T10:00:00.123Z,store,1,0,,0,,\n\
                        2026-11-20T10:00:00.123Z,store,all,10,1.250,5,3,\n";
        assert_eq!(text, expected);
        let columns = HEADER.split(',').count();
        assert!(text.lines().all(|line| line.split(',').count() == columns));
    }
}
