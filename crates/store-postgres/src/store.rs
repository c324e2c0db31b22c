//! Opening a store, and what it does as an [`EventStore`].

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytestring::ByteString;
use millrace_event::{Event, SiteId, Timestamp};
use millrace_query::{CheckedQuery, Period, QueryResult};
use millrace_store::discards::DiscardLog;
use millrace_store::lists::EventReader;
use millrace_store::observed::{Observation, ObservedSchema};
use millrace_store::{
    Cursor, Erased, Erasure, EventBatch, EventStore, Memory, Offsets, RememberSince, StoreError, Tail,
};
use tokio::task::JoinHandle;

use crate::connect::Pools;
use crate::describe::{self, Description};
use crate::discards::Discards;
use crate::error::{OpenError, store_error};
use crate::schema::{self, Flavour, Schema};
use crate::{PostgresConfig, insert, links, observe, partitions, read, remember, remove, upkeep};

/// How long a small question may take.
const ANSWER: Duration = Duration::from_secs(30);

/// A store in a PostgreSQL database.
#[derive(Debug)]
pub struct PostgresStore {
    shared: Arc<Shared>,
    schema: Schema,
    upkeep: Option<JoinHandle<()>>,
}

/// What every part of an open store needs.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) pools: Pools,
    pub(crate) flavour: Flavour,
    pub(crate) partitions: partitions::Known,
    pub(crate) linked: links::Linked,
    pub(crate) dedup_window: Option<Duration>,
    pub(crate) retention_days: Option<u32>,
    pub(crate) discards: Discards,
}

impl PostgresStore {
    /// Connects, checks the tables or brings them up to date, and starts the upkeep where this process does it. Must be
    /// called within a Tokio runtime.
    pub async fn open(config: PostgresConfig) -> Result<Self, OpenError> {
        let schema = schema::prepare(&config).await?;
        let shared = Arc::new(Shared {
            pools: Pools::new(&config)?,
            flavour: schema.flavour,
            partitions: partitions::Known::default(),
            linked: links::Linked::default(),
            dedup_window: config.dedup_window,
            retention_days: config.retention_days,
            discards: Discards::new(config.discards.within(config.retention_days)),
        });
        let mut upkeep = None;
        if config.upkeep {
            if schema.flavour == Flavour::Plain {
                partitions::make_ahead(&shared, Timestamp::now()).await?;
            }
            upkeep = Some(tokio::spawn(upkeep::keep(Arc::clone(&shared))));
        }
        let timescale = match (schema.flavour, &schema.timescale) {
            (Flavour::Timescale, Some(version)) => version,
            (Flavour::Timescale, None) => "missing, and the tables need it",
            (Flavour::Plain, Some(_)) => "not used, it came after the tables",
            (Flavour::Plain, None) => "none",
        };
        tracing::info!(server = schema.server, timescale, "the store is open");
        Ok(Self { shared, schema, upkeep })
    }

    /// What there is, for the log and for `millrace doctor`. Reads sizes and aggregates, no events.
    pub async fn describe(&self) -> Result<Description, StoreError> {
        describe::describe(&self.shared, &self.schema).await
    }

    /// Does once what the upkeep does every hour: makes partitions ahead, forgets ids past their window, removes
    /// events past their retention.
    pub async fn tidy(&self) -> Result<(), StoreError> {
        upkeep::tidy(&self.shared, Timestamp::now()).await
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }

    /// For a task that goes on beside.
    pub(crate) fn shared_arc(&self) -> Arc<Shared> {
        Arc::clone(&self.shared)
    }
}

impl Drop for PostgresStore {
    fn drop(&mut self) {
        if let Some(upkeep) = &self.upkeep {
            upkeep.abort();
        }
    }
}

#[async_trait]
impl EventStore for PostgresStore {
    fn shared(&self) -> bool {
        true
    }

    async fn applied(&self) -> Result<Offsets, StoreError> {
        let rows = sqlx::query_as::<_, (i64, i64)>("SELECT partition, next FROM applied_offsets");
        // The worker asks this to find out what became of a batch: it must not wait for a server that is gone.
        let rows = tokio::time::timeout(ANSWER, rows.fetch_all(&self.shared.pools.write)).await;
        let late = |_| StoreError::Unavailable(format!("no answer within {ANSWER:?}"));
        let rows = rows.map_err(late)?.map_err(store_error)?;
        Ok(rows.into_iter().map(|(partition, next)| (partition as u32, next as u64)).collect())
    }

    /// Durable on return.
    async fn insert(&self, batch: &EventBatch) -> Result<Offsets, StoreError> {
        insert::insert(&self.shared, batch).await
    }

    async fn flush(&self) -> Result<Offsets, StoreError> {
        self.applied().await
    }

    async fn close(&self) -> Result<(), StoreError> {
        if let Some(upkeep) = &self.upkeep {
            upkeep.abort();
        }
        self.shared.pools.close().await;
        Ok(())
    }

    async fn query(&self, query: &CheckedQuery) -> Result<QueryResult, StoreError> {
        read::query(&self.shared, query).await
    }

    async fn observe(&self, observation: &Observation) -> Result<ObservedSchema, StoreError> {
        observe::observe(&self.shared, observation).await
    }

    async fn recent(&self, site: &SiteId, limit: usize) -> Result<Vec<Event>, StoreError> {
        read::recent(&self.shared, site, limit).await
    }

    async fn tail(&self, site: &SiteId, cursor: Cursor, limit: usize) -> Result<Tail, StoreError> {
        read::tail(&self.shared, site, cursor, limit).await
    }

    async fn cursor(&self) -> Result<Cursor, StoreError> {
        read::cursor(&self.shared).await
    }

    async fn erase(&self, erasure: &Erasure) -> Result<Erased, StoreError> {
        remove::erase(&self.shared, erasure).await
    }

    async fn retain(&self, before: Timestamp) -> Result<Erased, StoreError> {
        remove::retain(&self.shared, before).await
    }

    async fn known_ids(
        &self,
        site: &SiteId,
        period: Period,
        ids: &[ByteString],
    ) -> Result<Vec<ByteString>, StoreError> {
        remember::known_ids(&self.shared, site, period, ids).await
    }

    async fn remember(&self, since: RememberSince) -> Result<Memory, StoreError> {
        remember::remember(&self.shared, since).await
    }

    fn reader(&self) -> &dyn EventReader {
        self
    }

    fn discards(&self) -> &dyn DiscardLog {
        self
    }
}
