//! A batch: one transaction, under the one lock of all workers.
//!
//! The order of arrival is given under the lock that `store_state`'s row is, and kept until the commit: so whoever
//! reads on from a cursor never sees an event and later an earlier one, and workers that count the same site's events
//! wait for each other here and nowhere else. Whatever can be done before is done before: encoding, counting,
//! partitions.

pub(crate) mod copy;
pub(crate) mod counts;
pub(crate) mod ids;
mod links;

use std::time::{Duration, Instant};

use millrace_event::Timestamp;
use millrace_store::{Discarded, EventBatch, Offsets, StoreError};
use sqlx::{Connection, PgConnection, Row};

use crate::columns::COLUMNS;
use crate::error::{NO_PARTITION, code, store_error};
use crate::schema::Flavour;
use crate::store::Shared;
use crate::{discards, partitions, timescale, types};
use copy::Rows;
use counts::Counts;
use ids::Ids;

/// How long a batch may take before its connection is given up.
const LONGEST: Duration = Duration::from_secs(120);
/// How much of a COPY is handed to the socket at a time.
const CHUNK: usize = 256 << 10;

/// Rows of a batch are looked up in large tables: by an index, one after the other. Whatever else the planner may
/// think of reads all of a table.
const BEGIN: &str = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL enable_hashjoin = off; \
                     SET LOCAL enable_mergejoin = off; SET LOCAL enable_seqscan = off";

/// Stores `batch` whole or not at all.
pub(crate) async fn insert(shared: &Shared, batch: &EventBatch) -> Result<Offsets, StoreError> {
    let start = Instant::now();
    let offsets = match insert_once(shared, batch).await {
        // Retention has removed a partition that was there when we looked.
        Err(Failure::Database(error)) if code(&error).as_deref() == Some(NO_PARTITION) => {
            shared.partitions.forget();
            insert_once(shared, batch).await
        }
        answer => answer,
    }?;
    metrics::histogram!("millrace_store_insert_seconds").record(start.elapsed());
    Ok(offsets)
}

/// Why a batch is not stored.
enum Failure {
    Database(sqlx::Error),
    Store(StoreError),
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Database(error) => store_error(error),
            Failure::Store(error) => error,
        }
    }
}

async fn insert_once(shared: &Shared, batch: &EventBatch) -> Result<Offsets, Failure> {
    let prepared = Prepared::new(shared, batch)?;
    if shared.flavour == Flavour::Plain {
        partitions::ensure(shared, batch.events.iter().map(|event| event.timestamp)).await?;
    }
    let mut connection = shared.pools.write.acquire().await?;
    let stored = match tokio::time::timeout(LONGEST, prepared.store(shared, &mut connection)).await {
        Ok(stored) => stored,
        Err(_) => Err(StoreError::Unavailable(format!("a batch took longer than {LONGEST:?}")).into()),
    };
    if stored.is_err() {
        // Whatever state it is in ends with it; the server then rolls back, where it has not committed.
        connection.close_on_drop();
    }
    let times = stored?;
    drop(connection);
    discards::cut_when_due(shared).await;
    if let Some((first, last)) = times.filter(|_| shared.flavour == Flavour::Timescale) {
        timescale::refresh_late(shared, first, last).await;
    }
    Ok(batch.offsets.clone())
}

/// A batch as far as it can be prepared without the lock.
struct Prepared<'a> {
    batch: &'a EventBatch,
    rows: Rows,
    ids: Option<(Duration, Ids)>,
    counts: Counts<'a>,
    /// Events that the store has already.
    copies: Vec<Discarded>,
}

impl<'a> Prepared<'a> {
    fn new(shared: &Shared, batch: &'a EventBatch) -> Result<Self, StoreError> {
        Ok(Self {
            batch,
            rows: Rows::encode(&batch.events)?,
            ids: shared.dedup_window.map(|window| (window, Ids::of(&batch.events))),
            counts: Counts::of(&batch.events, None),
            copies: Vec::new(),
        })
    }

    /// Answers the times of the first and the last event that were added.
    async fn store(
        mut self,
        shared: &Shared,
        connection: &mut PgConnection,
    ) -> Result<Option<(Timestamp, Timestamp)>, Failure> {
        let events = &self.batch.events;
        let mut transaction = connection.begin_with(BEGIN).await?;
        let seq: i64 =
            sqlx::query_scalar("SELECT seq FROM store_state FOR UPDATE").fetch_one(&mut *transaction).await?;
        // A statement of its own: the one above sees what was committed when it began to wait for the lock.
        check_offsets(self.batch, &mut transaction).await?;
        links::add(&self.batch.links, &mut transaction).await?;
        let mut added = events.len();
        let mut keep = None;
        if let Some((window, ids)) = self.ids.take() {
            let kept = ids.note(window, &mut transaction).await?;
            let copies = kept.iter().filter(|keep| !**keep).count();
            if copies > 0 {
                added -= copies;
                self.counts = Counts::of(events, Some(&kept));
                keep = Some(kept);
            }
        }
        if added > 0 {
            let copied = copy(self.rows.finish(seq + 1, keep.as_deref()), &mut transaction).await?;
            if copied != added as u64 {
                return Err(StoreError::Failed(format!("{copied} of {added} events were copied")).into());
            }
            self.counts.add(shared.flavour, &mut transaction).await?;
            let received = events.iter().map(|event| event.received_at).max().unwrap_or_default();
            sqlx::query("UPDATE store_state SET seq = seq + $1, received_at = GREATEST(received_at, $2)")
                .bind(added as i64)
                .bind(types::Instant(received))
                .execute(&mut *transaction)
                .await?;
        }
        if let Some(keep) = &keep {
            let copies = events.iter().zip(keep).filter(|(_, keep)| !**keep);
            self.copies = copies.map(|(event, _)| Discarded::copy_of(event)).collect();
        }
        for discarded in [&self.batch.discarded, &self.copies] {
            discards::add(shared, discarded, &mut transaction).await?;
        }
        note_offsets(&self.batch.offsets, &mut transaction).await?;
        transaction.commit().await?;
        if added < events.len() {
            let copies = (events.len() - added) as u64;
            metrics::counter!("millrace_store_duplicate_events_total").increment(copies);
        }
        let times = || events.iter().map(|event| event.timestamp);
        Ok(times().min().zip(times().max()))
    }
}

/// Refuses a batch that does not follow what is applied.
async fn check_offsets(batch: &EventBatch, connection: &mut PgConnection) -> Result<(), Failure> {
    let applied = applied_of(&batch.offsets, connection).await?;
    for (partition, next) in applied {
        if batch.after.get(&partition) != Some(&next) {
            return Err(StoreError::Conflict(partition).into());
        }
    }
    Ok(())
}

async fn applied_of(of: &Offsets, connection: &mut PgConnection) -> Result<Offsets, sqlx::Error> {
    let partitions: Vec<i64> = of.keys().map(|partition| i64::from(*partition)).collect();
    let rows = sqlx::query("SELECT partition, next FROM applied_offsets WHERE partition = ANY($1)");
    let rows = rows.bind(partitions).fetch_all(connection).await?;
    rows.iter().map(|row| Ok((row.try_get::<i64, _>(0)? as u32, row.try_get::<i64, _>(1)? as u64))).collect()
}

async fn note_offsets(offsets: &Offsets, connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO applied_offsets (partition, next) SELECT * FROM unnest($1, $2) \
         ON CONFLICT (partition) DO UPDATE SET next = excluded.next",
    )
    .bind(offsets.keys().map(|partition| i64::from(*partition)).collect::<Vec<_>>())
    .bind(offsets.values().map(|next| *next as i64).collect::<Vec<_>>())
    .execute(connection)
    .await
    .map(|_| ())
}

async fn copy(bytes: Vec<u8>, connection: &mut PgConnection) -> Result<u64, sqlx::Error> {
    let statement = format!("COPY events ({COLUMNS}) FROM STDIN (FORMAT binary)");
    let mut copy = connection.copy_in_raw(&statement).await?;
    for chunk in bytes.chunks(CHUNK) {
        // The server says nothing before the end: an error of a row is answered to `finish`.
        copy.send(chunk).await?;
    }
    copy.finish().await
}
