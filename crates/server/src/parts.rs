//! Opening the backends that the configuration's URLs name.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use millrace_catalog::Catalog;
use millrace_catalog::sqlite::SqliteCatalog;
use millrace_queue::disk::{DiskQueue, DiskQueueConfig};
use millrace_queue::noop::NoopQueue;
use millrace_queue::{ConsumerGroup, Queue};
use millrace_store::EventStore;
use millrace_store_lake::{LakeConfig, LakeStore};
use millrace_worker::WorkerConfig;

use crate::config::{Config, seconds};

/// The consumer group of the workers.
pub const GROUP: &str = "store";

/// The URL of a queue that forgets: what the durable queue is measured against.
const NOOP: &str = "noop:";

/// Everything a server stands on.
#[derive(Debug)]
pub struct Parts {
    /// Sites and keys.
    pub catalog: Arc<dyn Catalog>,
    /// Between ingestion and worker.
    pub queue: Arc<dyn Queue>,
    /// The embedded queue itself, where it is one.
    pub disk: Option<Arc<DiskQueue>>,
    /// What reports are made from.
    pub store: Arc<dyn EventStore>,
    /// The embedded store itself.
    pub lake: Arc<LakeStore>,
}

impl Parts {
    /// Opens them all.
    pub async fn open(config: &Config) -> anyhow::Result<Self> {
        let catalog = open_catalog(config).await?;
        let (queue, disk) = open_queue(config).await?;
        let lake = Arc::new(LakeStore::open(lake_config(config)?).await.context("store")?);
        Ok(Self { catalog, queue, disk, store: lake.clone(), lake })
    }

    /// Closes queue and store, in the order of the data.
    pub async fn close(&self) -> anyhow::Result<()> {
        self.queue.close().await.context("queue")?;
        self.lake.close().await.context("store")
    }
}

/// Opens the catalog alone.
pub async fn open_catalog(config: &Config) -> anyhow::Result<Arc<dyn Catalog>> {
    let path = config.path_of("catalog", &config.catalog.url, "sqlite", "catalog.sqlite")?;
    make_folder(path.parent().unwrap_or(Path::new(".")))?;
    let catalog =
        SqliteCatalog::open(&path).await.with_context(|| format!("catalog '{}'", path.display()))?;
    Ok(Arc::new(catalog))
}

async fn open_queue(config: &Config) -> anyhow::Result<(Arc<dyn Queue>, Option<Arc<DiskQueue>>)> {
    if config.queue.url == NOOP {
        tracing::warn!("the queue forgets every event: this is for measurement only");
        return Ok((Arc::new(NoopQueue), None));
    }
    let dir = config.path_of("queue", &config.queue.url, "disk", "queue")?;
    make_folder(&dir)?;
    let disk = DiskQueueConfig {
        max_bytes: config.queue.max_bytes,
        segment_bytes: config.queue.segment_bytes,
        ..DiskQueueConfig::new(dir)
    };
    let disk = tokio::task::spawn_blocking(move || DiskQueue::open(disk)).await?.context("queue")?;
    let disk = Arc::new(disk);
    Ok((disk.clone(), Some(disk)))
}

fn lake_config(config: &Config) -> anyhow::Result<LakeConfig> {
    let dir = config.path_of("store", &config.store.url, "lake", "lake")?;
    let defaults = LakeConfig::new(dir);
    let store = &config.store;
    Ok(LakeConfig {
        seal_rows: store.seal_rows,
        seal_after: seconds(store.seal_seconds),
        query_threads: if store.query_threads == 0 { defaults.query_threads } else { store.query_threads },
        query_memory: store.query_memory_bytes,
        retention_days: (store.retention_days > 0).then_some(store.retention_days),
        ..defaults
    })
}

/// The worker's bounds.
pub fn worker_config(config: &Config) -> anyhow::Result<WorkerConfig> {
    let worker = &config.worker;
    Ok(WorkerConfig {
        batch_records: worker.batch_records,
        batch_bytes: worker.batch_bytes,
        dedup_window: seconds(worker.dedup_window_seconds),
        dedup_ids: worker.dedup_ids,
        session_visitors: worker.session_visitors,
        ..WorkerConfig::new(ConsumerGroup::new(GROUP)?)
    })
}

fn make_folder(dir: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(dir).with_context(|| format!("folder '{}'", dir.display()))
}
