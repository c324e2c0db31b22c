//! What there is, for an operator.

use std::fmt;

use millrace_store::StoreError;

use crate::error::read_error;
use crate::schema::{Flavour, Schema};
use crate::store::Shared;

/// Figures of a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// The server's version, such as `15.6`.
    pub server: String,
    /// The version of TimescaleDB, where the store uses it.
    pub timescale: Option<String>,
    /// Events.
    pub events: u64,
    /// Bytes of the events with their indexes.
    pub event_bytes: u64,
    /// Bytes of everything else the store keeps: aggregates, ids.
    pub other_bytes: u64,
    /// Partitions of the events, or chunks.
    pub partitions: u64,
}

impl Description {
    /// Bytes an event takes with all that is kept of it; nothing where there is none.
    pub fn bytes_an_event(&self) -> Option<u64> {
        (self.event_bytes + self.other_bytes).checked_div(self.events)
    }
}

impl fmt::Display for Description {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "PostgreSQL {}", self.server)?;
        match &self.timescale {
            Some(version) => write!(out, " with TimescaleDB {version}")?,
            None => write!(out, " without TimescaleDB")?,
        }
        let bytes = self.event_bytes + self.other_bytes;
        write!(out, ": {} events in {} partitions, {bytes} bytes", self.events, self.partitions)?;
        match self.bytes_an_event() {
            Some(bytes) => write!(out, ", {bytes} an event"),
            None => Ok(()),
        }
    }
}

pub(crate) async fn describe(shared: &Shared, schema: &Schema) -> Result<Description, StoreError> {
    // Each size is null for a table that is removed meanwhile.
    let text = match schema.flavour {
        Flavour::Plain => {
            "SELECT count(*), COALESCE(sum(pg_total_relation_size(inhrelid)), 0)::bigint FROM pg_inherits \
             WHERE inhparent = to_regclass('events')"
        }
        Flavour::Timescale => {
            "SELECT (SELECT count(*) FROM show_chunks('events')), COALESCE(hypertable_size('events'), 0)::bigint"
        }
    };
    let read = &shared.pools.read;
    let (partitions, event_bytes): (i64, i64) =
        sqlx::query_as(text).fetch_one(read).await.map_err(read_error)?;
    let (events, other_bytes): (i64, i64) = sqlx::query_as(
        "SELECT (SELECT COALESCE(sum(events), 0)::bigint FROM daily_site_stats), \
         (SELECT COALESCE(sum(pg_total_relation_size(to_regclass(name))), 0)::bigint FROM unnest(ARRAY[ \
         'event_ids', 'event_counts_minute', 'event_counts_hour', 'event_counts_day', \
         'daily_site_stats', 'daily_site_visitors', 'daily_site_path_counts']) AS name)",
    )
    .fetch_one(read)
    .await
    .map_err(read_error)?;
    let timescale = schema.timescale.clone().filter(|_| schema.flavour == Flavour::Timescale);
    Ok(Description {
        server: schema.server.clone(),
        timescale,
        events: events as u64,
        event_bytes: event_bytes as u64,
        other_bytes: other_bytes as u64,
        partitions: partitions as u64,
    })
}
