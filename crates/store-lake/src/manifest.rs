//! The list of segments and the applied offsets, in one SQLite database.
//!
//! One transaction adds segments, removes those they replace and moves the offsets: nothing else decides what the
//! lake holds. Files that are not in it are leftovers and removed at start.

mod discards;
mod links;

use std::collections::{HashMap, HashSet};
use std::path::Path;

use millrace_event::SiteId;
use millrace_store::discards::Window;
use millrace_store::{Link, Offsets, StoreError};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{Row, SqlitePool};

use crate::discards::Pending;
use crate::segment::{Meta, Run};

/// A change that becomes true at once or not at all.
#[derive(Debug, Default)]
pub(crate) struct Change<'a> {
    pub(crate) add: &'a [Meta],
    pub(crate) remove: &'a [i64],
    /// Together with `applied` only.
    pub(crate) links: &'a [Link],
    /// With the first place in the order of arrival that is not taken.
    pub(crate) applied: Option<(&'a Offsets, i64)>,
    pub(crate) discards: Option<(&'a Pending, &'a Window)>,
}

/// What the manifest says at start.
#[derive(Debug, Default)]
pub(crate) struct Contents {
    pub(crate) segments: Vec<Meta>,
    pub(crate) offsets: Offsets,
    pub(crate) next_seq: i64,
    pub(crate) next_discard: i64,
    pub(crate) damaged: Vec<DamagedSegment>,
}

/// A segment that was set aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DamagedSegment {
    /// Its number.
    pub number: i64,
    /// The events it held.
    pub rows: u64,
    /// What was wrong with it.
    pub reason: String,
}

#[derive(Debug)]
pub(crate) struct Manifest {
    pool: SqlitePool,
}

impl Manifest {
    pub(crate) async fn open(path: &Path, read_only: bool) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(!read_only)
            .read_only(read_only)
            .busy_timeout(std::time::Duration::from_secs(10));
        let options = if read_only {
            options
        } else {
            // What is deleted is overwritten: an erasure leaves nothing behind.
            let options = options.pragma("secure_delete", "ON");
            options.journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full)
        };
        let pool =
            SqlitePoolOptions::new().max_connections(1).connect_with(options).await.map_err(unavailable)?;
        if !read_only {
            sqlx::migrate!()
                .run(&pool)
                .await
                .map_err(|error| StoreError::Failed(format!("the manifest: {error}")))?;
        }
        Ok(Self { pool })
    }

    pub(crate) async fn contents(&self) -> Result<Contents, StoreError> {
        let rows = sqlx::query("SELECT * FROM segments ORDER BY number").fetch_all(&self.pool).await;
        let segments = rows.map_err(unavailable)?.iter().map(meta).collect::<Result<_, _>>()?;
        let rows = sqlx::query("SELECT number, rows, reason FROM damaged ORDER BY number")
            .fetch_all(&self.pool)
            .await;
        let damaged = rows.map_err(unavailable)?.iter().map(damaged_segment).collect();
        let (next_seq, next_discard) = (self.counter("next_seq").await?, self.counter("next_discard").await?);
        Ok(Contents { segments, offsets: self.offsets().await?, next_seq, next_discard, damaged })
    }

    /// What comes next, from 1.
    async fn counter(&self, name: &str) -> Result<i64, StoreError> {
        let value = sqlx::query_scalar("SELECT value FROM counters WHERE name = ?").bind(name);
        Ok(value.fetch_optional(&self.pool).await.map_err(unavailable)?.unwrap_or(1))
    }

    pub(crate) async fn offsets(&self) -> Result<Offsets, StoreError> {
        let rows = sqlx::query("SELECT partition, next FROM offsets").fetch_all(&self.pool).await;
        let offsets = rows.map_err(unavailable)?;
        Ok(offsets.iter().map(|row| (row.get::<i64, _>(0) as u32, row.get::<i64, _>(1) as u64)).collect())
    }

    /// Makes the change. After an error the caller does not know whether it happened: see [`Self::happened`].
    pub(crate) async fn apply(&self, change: &Change<'_>) -> Result<(), StoreError> {
        let result = self.try_apply(change).await;
        match result {
            Err(error) if !self.happened(change).await? => Err(unavailable(error)),
            _ => Ok(()),
        }
    }

    async fn try_apply(&self, change: &Change<'_>) -> Result<(), sqlx::Error> {
        let mut transaction = self.pool.begin().await?;
        for number in change.remove {
            sqlx::query("DELETE FROM segments WHERE number = ?")
                .bind(number)
                .execute(&mut *transaction)
                .await?;
        }
        for meta in change.add {
            sqlx::query("INSERT INTO segments VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
                .bind(meta.number)
                .bind(meta.rows as i64)
                .bind(meta.bytes as i64)
                .bind(i64::from(meta.crc32c))
                .bind(meta.timestamps.0)
                .bind(meta.timestamps.1)
                .bind(meta.received.0)
                .bind(meta.received.1)
                .bind(meta.seqs.0)
                .bind(meta.seqs.1)
                .bind(sites_text(meta))
                .execute(&mut *transaction)
                .await?;
        }
        links::add(change.links, &mut transaction).await?;
        if let Some((offsets, next_seq)) = change.applied {
            for (partition, next) in offsets {
                sqlx::query(
                    "INSERT INTO offsets VALUES (?, ?) ON CONFLICT DO UPDATE SET next = excluded.next",
                )
                .bind(i64::from(*partition))
                .bind(*next as i64)
                .execute(&mut *transaction)
                .await?;
            }
            sqlx::query("INSERT INTO counters VALUES ('next_seq', ?) ON CONFLICT DO UPDATE SET value = excluded.value")
                .bind(next_seq)
                .execute(&mut *transaction)
                .await?;
        }
        if let Some((pending, window)) = change.discards.filter(|(pending, _)| !pending.is_empty()) {
            discards::add(pending, window, &mut transaction).await?;
        }
        transaction.commit().await
    }

    /// Whether a change whose commit failed is in the database all the same.
    async fn happened(&self, change: &Change<'_>) -> Result<bool, StoreError> {
        let contents = self.contents().await?;
        let has = |number: &i64| contents.segments.iter().any(|meta| meta.number == *number);
        Ok(change.add.iter().all(|meta| has(&meta.number))
            && !change.remove.iter().any(has)
            && change.applied.is_none_or(|(offsets, _)| {
                offsets.iter().all(|(partition, next)| contents.offsets.get(partition) == Some(next))
            }))
    }

    /// Moves a segment to the damaged ones.
    pub(crate) async fn set_aside(&self, number: i64, rows: u64, reason: &str) -> Result<(), StoreError> {
        let change = async {
            let mut transaction = self.pool.begin().await?;
            sqlx::query("DELETE FROM segments WHERE number = ?")
                .bind(number)
                .execute(&mut *transaction)
                .await?;
            sqlx::query("INSERT OR REPLACE INTO damaged VALUES (?, ?, ?)")
                .bind(number)
                .bind(rows as i64)
                .bind(reason)
                .execute(&mut *transaction)
                .await?;
            transaction.commit().await
        };
        change.await.map_err(unavailable)
    }

    /// Every link.
    pub(crate) async fn links(&self) -> Result<Vec<Link>, StoreError> {
        links::latest(i64::MAX, &self.pool).await
    }

    /// The links that became known last, in order.
    pub(crate) async fn latest_links(&self, limit: usize) -> Result<Vec<Link>, StoreError> {
        links::latest(i64::try_from(limit).unwrap_or(i64::MAX), &self.pool).await
    }

    /// Removes the links of `visitors`, by whom they are of.
    pub(crate) async fn forget_links(
        &self,
        site: &SiteId,
        visitors: &HashSet<u64>,
    ) -> Result<(), StoreError> {
        links::forget(site, visitors, &self.pool).await.map_err(unavailable)
    }

    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }
}

fn unavailable(error: sqlx::Error) -> StoreError {
    StoreError::Unavailable(format!("the manifest: {error}"))
}

fn damaged_segment(row: &SqliteRow) -> DamagedSegment {
    DamagedSegment { number: row.get(0), rows: row.get::<i64, _>(1) as u64, reason: row.get(2) }
}

fn meta(row: &SqliteRow) -> Result<Meta, StoreError> {
    let number: i64 = row.get("number");
    let sites: String = row.get("sites");
    Ok(Meta {
        number,
        rows: row.get::<i64, _>("rows") as u64,
        bytes: row.get::<i64, _>("bytes") as u64,
        crc32c: row.get::<i64, _>("crc32c") as u32,
        timestamps: (row.get("min_timestamp"), row.get("max_timestamp")),
        received: (row.get("min_received_at"), row.get("max_received_at")),
        seqs: (row.get("min_seq"), row.get("max_seq")),
        sites: sites_from(&sites).ok_or_else(|| {
            StoreError::Failed(format!("the manifest: segment {number} has an unreadable site list"))
        })?,
    })
}

/// A line a site: `site first_row rows first_timestamp last_timestamp`; a site's id has no white space.
fn sites_text(meta: &Meta) -> String {
    use std::fmt::Write;
    let mut text = String::new();
    for (site, run) in &meta.sites {
        let rows = run.rows.end - run.rows.start;
        let _ = writeln!(text, "{site} {} {rows} {} {}", run.rows.start, run.timestamps.0, run.timestamps.1);
    }
    text
}

fn sites_from(text: &str) -> Option<HashMap<String, Run>> {
    let line = |line: &str| {
        let mut words = line.split(' ');
        let site = words.next()?.to_owned();
        let (start, rows): (u64, u64) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
        let timestamps = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
        Some((site, Run { rows: start..start + rows, timestamps }))
    };
    text.lines().map(line).collect()
}
