//! Opening the backends that the configuration's URLs name.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use millrace_api::cache::{self, Answers, CacheConfig};
use millrace_catalog::Catalog;
use millrace_catalog::postgres::PostgresCatalog;
use millrace_catalog::sqlite::SqliteCatalog;
use millrace_queue::disk::{DiskQueue, DiskQueueConfig};
use millrace_queue::noop::NoopQueue;
use millrace_queue::redis::{RedisQueue, RedisQueueConfig};
use millrace_queue::{ConsumerGroup, Queue};
use millrace_store::EventStore;
use millrace_store::discards::Window;
use millrace_store_lake::{LakeConfig, LakeStore};
use millrace_store_postgres::{PostgresConfig, PostgresStore};
use millrace_worker::{Networks, PlaceDatabase, WorkerConfig};

use crate::config::{Config, seconds, shown};

/// The consumer group of the workers.
pub const GROUP: &str = "store";

/// The URL of a queue that forgets: what the durable queue is measured against.
const NOOP: &str = "noop:";

/// What a process does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Roles {
    /// Takes events in over HTTP.
    pub ingest: bool,
    /// Brings them from the queue into the store.
    pub worker: bool,
    /// Answers reports over HTTP.
    pub api: bool,
}

impl Roles {
    /// All of them in one process.
    pub const ALL: Self = Self { ingest: true, worker: true, api: true };

    /// Fails where these roles would leave files to another process that only one can have open.
    pub fn check(self, config: &Config) -> anyhow::Result<()> {
        let url = &config.queue.url;
        anyhow::ensure!(
            self.ingest == self.worker || config.queue_dir().is_none(),
            "--role cannot split ingestion from the worker with the queue '{url}': it is files that one process owns; \
             run both roles in one process, or point --queue at Redis"
        );
        let url = &config.store.url;
        anyhow::ensure!(
            self.worker == self.api || config.lake_dir().is_none(),
            "--role cannot split the worker from the API with the store '{url}': it is files that one process owns, and \
             what is new in it is in that process's memory; run both roles in one process, or point --store at PostgreSQL"
        );
        Ok(())
    }
}

/// What the roles of a process stand on.
#[derive(Debug)]
pub struct Parts {
    /// Sites and keys.
    pub catalog: Arc<dyn Catalog>,
    queue: Option<Arc<dyn Queue>>,
    store: Option<Arc<dyn EventStore>>,
}

impl Parts {
    /// Opens what `roles` need.
    pub async fn open(config: &Config, roles: Roles) -> anyhow::Result<Self> {
        let catalog = open_catalog(config).await?;
        let queue = if roles.ingest || roles.worker { Some(open_queue(config).await?) } else { None };
        let store =
            if roles.worker || roles.api { Some(open_store(config, roles.worker).await?) } else { None };
        Ok(Self { catalog, queue, store })
    }

    /// Between ingestion and worker; an error in a process that has neither.
    pub fn queue(&self) -> anyhow::Result<&Arc<dyn Queue>> {
        self.queue.as_ref().context("this process has no queue: it has neither the role ingest nor worker")
    }

    /// What reports are made from; an error in a process that neither fills nor reads it.
    pub fn store(&self) -> anyhow::Result<&Arc<dyn EventStore>> {
        self.store.as_ref().context("this process has no store: it has neither the role worker nor api")
    }

    /// Refuses what is new, and finishes what was accepted.
    pub async fn close_queue(&self) -> anyhow::Result<()> {
        match &self.queue {
            Some(queue) => queue.close().await.context("queue"),
            None => Ok(()),
        }
    }

    /// Makes everything durable.
    pub async fn close_store(&self) -> anyhow::Result<()> {
        match &self.store {
            Some(store) => store.close().await.context("store"),
            None => Ok(()),
        }
    }
}

/// Opens the catalog alone.
pub async fn open_catalog(config: &Config) -> anyhow::Result<Arc<dyn Catalog>> {
    let url = &config.catalog.url;
    if is_postgres(url) {
        return Ok(Arc::new(Box::pin(PostgresCatalog::open(url)).await.context("catalog")?));
    }
    let path = config
        .catalog_file()
        .with_context(|| unknown("catalog", url, "'sqlite:', 'sqlite:PATH' and 'postgres://'"))?;
    make_folder(path.parent().unwrap_or(Path::new(".")))?;
    let catalog =
        SqliteCatalog::open(&path).await.with_context(|| format!("catalog '{}'", path.display()))?;
    Ok(Arc::new(catalog))
}

/// Opens the queue alone.
pub async fn open_queue(config: &Config) -> anyhow::Result<Arc<dyn Queue>> {
    let url = &config.queue.url;
    if url == NOOP {
        tracing::warn!("the queue forgets every event: this is for measurement only");
        return Ok(Arc::new(NoopQueue));
    }
    if is_redis(url) {
        return Ok(Arc::new(open_redis(config).await?));
    }
    let dir =
        config.queue_dir().with_context(|| unknown("queue", url, "'disk:', 'disk:PATH' and 'redis://'"))?;
    make_folder(&dir)?;
    let disk = DiskQueueConfig {
        max_bytes: config.queue.max_bytes,
        segment_bytes: config.queue.segment_bytes,
        ..DiskQueueConfig::new(dir)
    };
    let disk = tokio::task::spawn_blocking(move || DiskQueue::open(disk)).await?.context("queue")?;
    Ok(Arc::new(disk))
}

/// Opens a queue that is on Redis.
pub async fn open_redis(config: &Config) -> anyhow::Result<RedisQueue> {
    let redis = RedisQueueConfig {
        streams: config.queue.streams,
        max_records: config.queue.max_records,
        max_deliveries: config.queue.max_deliveries,
        ..RedisQueueConfig::new(&config.queue.url)
    };
    Ok(RedisQueue::open(redis).await?)
}

/// Opens the store alone; `fill`: for a worker, which also keeps the schema up to date.
pub async fn open_store(config: &Config, fill: bool) -> anyhow::Result<Arc<dyn EventStore>> {
    let url = &config.store.url;
    if is_postgres(url) {
        return Ok(Arc::new(open_postgres(config, fill).await?));
    }
    let dir =
        config.lake_dir().with_context(|| unknown("store", url, "'lake:', 'lake:PATH' and 'postgres://'"))?;
    Ok(Arc::new(LakeStore::open(lake_config(config, dir)).await.context("store")?))
}

/// Opens a store that is PostgreSQL.
pub async fn open_postgres(config: &Config, fill: bool) -> anyhow::Result<PostgresStore> {
    let postgres = PostgresConfig {
        max_connections: config.store.connections,
        dedup_window: Some(seconds(config.worker.dedup_window_seconds)),
        retention_days: (config.store.retention_days > 0).then_some(config.store.retention_days),
        discards: discard_window(config),
        upkeep: fill,
        read_timeout: seconds(config.api.query_timeout_seconds),
        ..PostgresConfig::new(&config.store.url)
    };
    Box::pin(PostgresStore::open(postgres)).await.context("store")
}

/// What keeps the answers of reports.
pub fn open_cache(config: &Config) -> anyhow::Result<Answers> {
    let cache = &config.cache;
    let bounds =
        CacheConfig { ttl: seconds(cache.ttl_seconds), max_bytes: cache.max_bytes, ..CacheConfig::default() };
    match cache.url.as_str() {
        "none:" => Ok(cache::none()),
        "memory:" => Ok(cache::memory(bounds)),
        url if is_redis(url) => cache::redis(url, bounds).context("cache"),
        url => anyhow::bail!(unknown("cache", url, "'memory:', 'redis://' and 'none:'")),
    }
}

/// Whether a URL is PostgreSQL's.
pub fn is_postgres(url: &str) -> bool {
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}

/// Whether a URL is Redis's.
pub fn is_redis(url: &str) -> bool {
    ["redis://", "rediss://", "redis+cluster://", "rediss+cluster://"]
        .iter()
        .any(|scheme| url.starts_with(scheme))
}

fn unknown(what: &str, url: &str, known: &str) -> String {
    format!("{what}.url is '{}': this version knows {known}", shown(url))
}

fn lake_config(config: &Config, dir: PathBuf) -> LakeConfig {
    let defaults = LakeConfig::new(dir);
    let store = &config.store;
    LakeConfig {
        seal_rows: store.seal_rows,
        seal_after: seconds(store.seal_seconds),
        query_threads: if store.query_threads == 0 { defaults.query_threads } else { store.query_threads },
        query_memory: store.query_memory_bytes,
        column_cache: store.column_cache_bytes,
        retention_days: (store.retention_days > 0).then_some(store.retention_days),
        discards: discard_window(config),
        ..defaults
    }
}

fn discard_window(config: &Config) -> Window {
    let (days, window) = (config.store.discard_days, Window::default());
    Window { days, a_site: if days == 0 { 0 } else { window.a_site }, ..window }
}

/// The worker's bounds, and the files that it looks things up in.
pub fn worker_config(config: &Config) -> anyhow::Result<WorkerConfig> {
    let worker = &config.worker;
    let named = |path: &Path| (!path.as_os_str().is_empty()).then(|| path.to_owned());
    let places = named(&worker.place_database).map(|path| PlaceDatabase::open(&path)).transpose();
    let data_centers = named(&worker.data_centers).map(|path| Networks::open(&path)).transpose();
    Ok(WorkerConfig {
        batch_records: worker.batch_records,
        batch_bytes: worker.batch_bytes,
        dedup_window: seconds(worker.dedup_window_seconds),
        dedup_ids: worker.dedup_ids,
        session_visitors: worker.session_visitors,
        user_agents: worker.user_agents,
        places: places.context("worker.place_database")?.map(Arc::new),
        data_centers: data_centers.context("worker.data_centers")?.map(Arc::new),
        ..WorkerConfig::new(ConsumerGroup::new(GROUP)?)
    })
}

fn make_folder(dir: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(dir).with_context(|| format!("folder '{}'", dir.display()))
}
