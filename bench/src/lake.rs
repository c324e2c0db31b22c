//! Filling a lake without a server: as many events as a month brings, in minutes.
//!
//! Every hour of the events' time is sealed on its own, so that the segments come as small as a server makes them,
//! and are merged by the same compaction.

use std::collections::HashMap;
use std::path::Path;

use anyhow::{Context, ensure};
use millrace_store::{EventBatch, EventStore};
use millrace_store_lake::{LakeConfig, LakeStore};
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::report::thousands;
use crate::world::{Plan, World};

/// What was built.
#[derive(Clone, Debug, Default)]
pub(crate) struct Built {
    /// Events in the lake.
    pub(crate) events: u64,
    /// Bytes of its segments, and of its folder with everything in it.
    pub(crate) bytes: u64,
    pub(crate) folder_bytes: u64,
    /// Segments after the compaction.
    pub(crate) segments: usize,
    /// Seconds of inserting and sealing, and of the compaction.
    pub(crate) insert_seconds: f64,
    pub(crate) compact_seconds: f64,
    /// Events and page views of each site.
    pub(crate) sites: HashMap<String, (u64, u64)>,
}

/// Makes the events of `plan` and stores them in a new lake in `dir`.
pub(crate) async fn build(dir: &Path, plan: Plan) -> anyhow::Result<Built> {
    let config = LakeConfig { compaction: false, ..LakeConfig::new(dir) };
    let lake = LakeStore::open(config).await.context("opening a lake")?;
    // Made ahead on a thread of its own; what is measured is the lake.
    let (give, mut take) = mpsc::channel(2);
    let maker = std::thread::spawn(move || {
        for hour in World::new(plan) {
            if give.blocking_send(hour).is_err() {
                break;
            }
        }
    });
    let mut built = Built::default();
    let (mut waited, begin, mut shown) = (0.0, Instant::now(), 0);
    loop {
        let asked = Instant::now();
        let Some(hour) = take.recv().await else { break };
        waited += asked.elapsed().as_secs_f64();
        for events in hour {
            built.events += events.len() as u64;
            for event in &events {
                let name = event.site.as_str();
                let counts = match built.sites.get_mut(name) {
                    Some(counts) => counts,
                    None => built.sites.entry(name.to_owned()).or_default(),
                };
                counts.0 += 1;
                counts.1 += u64::from(event.name == "pageview");
            }
            lake.insert(&EventBatch { events, ..EventBatch::default() }).await?;
        }
        lake.flush().await?;
        if built.events / 2_000_000 > shown {
            shown = built.events / 2_000_000;
            eprintln!("  {} events stored", thousands(built.events));
        }
    }
    maker.join().map_err(|_| anyhow::anyhow!("making events panicked"))?;
    built.insert_seconds = begin.elapsed().as_secs_f64() - waited;
    let begin = Instant::now();
    lake.compact().await?;
    built.compact_seconds = begin.elapsed().as_secs_f64();
    let (bytes, rows) = lake.size();
    lake.close().await?;
    ensure!(
        rows == built.events,
        "wrong count: {} events were inserted, the segments hold {rows}",
        built.events
    );
    built.bytes = bytes;
    built.segments = std::fs::read_dir(dir.join("segments"))?.count();
    built.folder_bytes = folder_bytes(dir)?;
    Ok(built)
}

fn folder_bytes(dir: &Path) -> std::io::Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        let metadata = entry.metadata()?;
        bytes += if metadata.is_dir() { folder_bytes(&entry.path())? } else { metadata.len() };
    }
    Ok(bytes)
}
