//! Measures durable appends: `cargo run --release -p millrace-queue --example append [DIR] [SECONDS]`.
//!
//! Prints single-record appends from 64 tasks, the same without syncs, batches of 500 x 250 bytes from 16
//! tasks, and one reader that follows and commits.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use millrace_queue::disk::{DiskQueue, DiskQueueConfig};
use millrace_queue::{BatchLimit, Consumer, ConsumerGroup, Queue, QueueError, Record};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let dir = arguments.next().unwrap_or_else(|| "target/queue-bench".to_owned());
    let seconds: u64 = arguments.next().map_or(Ok(3), |text| text.parse())?;
    let run = Duration::from_secs(seconds);
    for (name, appenders, size, sync, preallocate) in [
        ("64 x 1 record", 64, 1, true, true),
        ("64 x 1 record, no preallocation", 64, 1, true, false),
        ("64 x 1 record, no sync", 64, 1, false, true),
        ("1 x 1 record", 1, 1, true, true),
        ("16 x 500 records", 16, 500, true, true),
        ("64 x 500 records", 64, 500, true, true),
    ] {
        let dir = Path::new(&dir);
        if dir.exists() {
            std::fs::remove_dir_all(dir)?;
        }
        let mut config = DiskQueueConfig::new(dir);
        config.sync = sync;
        if !preallocate {
            config.preallocate_bytes = 0;
        }
        measure(name, config, appenders, size, run).await?;
        std::fs::remove_dir_all(dir)?;
    }
    Ok(())
}

async fn measure(
    name: &str,
    config: DiskQueueConfig,
    appenders: usize,
    size: usize,
    run: Duration,
) -> Result<(), Box<dyn Error>> {
    let queue = Arc::new(DiskQueue::open(config)?);
    let reader = tokio::spawn(follow(queue.subscribe(&ConsumerGroup::new("bench")?).await?));
    let payload = Bytes::from(vec![b'x'; 250]);
    let started = Instant::now();
    let tasks: Vec<_> = (0..appenders)
        .map(|_| {
            let (queue, payload) = (queue.clone(), payload.clone());
            tokio::spawn(async move {
                let (mut appends, mut slowest) = (0_u64, Duration::ZERO);
                while started.elapsed() < run {
                    let records = vec![Record { key: 0, payload: payload.clone() }; size];
                    let before = Instant::now();
                    queue.append(records).await?;
                    slowest = slowest.max(before.elapsed());
                    appends += 1;
                }
                Ok::<_, QueueError>((appends, slowest))
            })
        })
        .collect();
    let (mut appends, mut slowest) = (0, Duration::ZERO);
    for task in tasks {
        let (count, worst) = task.await??;
        appends += count;
        slowest = slowest.max(worst);
    }
    let seconds = started.elapsed().as_secs_f64();
    queue.close().await?;
    let read = reader.await??;
    let read_seconds = started.elapsed().as_secs_f64();
    println!(
        "{name:34} {:>9.0} appends/s {:>10.0} records/s  slowest {slowest:?}; read {:>10.0} records/s",
        appends as f64 / seconds,
        (appends * size as u64) as f64 / seconds,
        read as f64 / read_seconds,
    );
    Ok(())
}

/// Reads until nothing comes for a moment.
async fn follow(mut consumer: Box<dyn Consumer>) -> Result<u64, QueueError> {
    let limit = BatchLimit { records: 20_000, bytes: 8 << 20, wait: Duration::from_millis(500) };
    let mut read = 0;
    loop {
        let batch = consumer.poll(limit).await?;
        if batch.records.is_empty() {
            return Ok(read);
        }
        read += batch.records.len() as u64;
        consumer.commit(&batch.next).await?;
    }
}
