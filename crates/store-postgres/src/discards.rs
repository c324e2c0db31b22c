//! Discarded events: rows of a batch's transaction, and counts of their hours.
//!
//! Whoever adds or removes them holds the lock of `store_state`, as for events. The window is kept by whoever adds,
//! after every [`CUT_EVERY`] of its rows, and by the upkeep.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use futures::TryStreamExt;
use millrace_event::{SiteId, Timestamp, VisitorId};
use millrace_store::discards::{DiscardLog, Folding, Kept, Report, Selection, Window, hour, is_of};
use millrace_store::{Discarded, Erasure, StoreError};
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::columns::get;
use crate::error::{read_error, store_error};
use crate::read::rows;
use crate::remove::lock_state;
use crate::store::{PostgresStore, Shared};
use crate::types::Instant;

/// Rows that a process adds before it looks whether there are too many.
const CUT_EVERY: usize = 50_000;

const COLUMNS: &str = "number, received_at, reason, detail, record";

/// What this process knows of the window.
#[derive(Debug, Default)]
pub(crate) struct Discards {
    pub(crate) window: Window,
    /// Rows added since it looked.
    added: AtomicUsize,
}

impl Discards {
    pub(crate) fn new(window: Window) -> Self {
        Self { window, added: AtomicUsize::new(0) }
    }
}

/// Adds what a batch has.
pub(crate) async fn add(
    shared: &Shared,
    discarded: &[Discarded],
    connection: &mut PgConnection,
) -> Result<(), sqlx::Error> {
    if discarded.is_empty() {
        return Ok(());
    }
    let mut counts: BTreeMap<(&str, i64, &str), (i64, Timestamp)> = BTreeMap::new();
    for one in discarded {
        let key = (one.site.as_str(), hour(one.received_at), &*one.reason);
        let counted = counts.entry(key).or_insert((0, one.received_at));
        *counted = (counted.0 + 1, counted.1.max(one.received_at));
    }
    sqlx::query(
        "INSERT INTO discard_counts AS known (site, hour, reason, count, last_at) \
         SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::bigint[], $5::timestamptz[]) \
         ON CONFLICT (site, hour, reason) DO UPDATE SET count = known.count + excluded.count, \
         last_at = GREATEST(known.last_at, excluded.last_at)",
    )
    .bind(counts.keys().map(|(site, _, _)| *site).collect::<Vec<_>>())
    .bind(counts.keys().map(|(_, hour, _)| *hour).collect::<Vec<_>>())
    .bind(counts.keys().map(|(_, _, reason)| *reason).collect::<Vec<_>>())
    .bind(counts.values().map(|(count, _)| *count).collect::<Vec<_>>())
    .bind(counts.values().map(|(_, last_at)| Instant(*last_at)).collect::<Vec<_>>())
    .execute(&mut *connection)
    .await?;
    let keep = shared.discards.window.a_site > 0;
    let kept: Vec<_> = discarded.iter().filter(|one| keep && one.fits()).collect();
    sqlx::query(
        "INSERT INTO discards (site, received_at, reason, detail, record) \
         SELECT * FROM unnest($1::text[], $2::timestamptz[], $3::text[], $4::text[], $5::bytea[])",
    )
    .bind(kept.iter().map(|one| one.site.as_str()).collect::<Vec<_>>())
    .bind(kept.iter().map(|one| Instant(one.received_at)).collect::<Vec<_>>())
    .bind(kept.iter().map(|one| &*one.reason).collect::<Vec<_>>())
    .bind(kept.iter().map(|one| &*one.detail).collect::<Vec<_>>())
    .bind(kept.iter().map(|one| &one.record[..]).collect::<Vec<_>>())
    .execute(connection)
    .await?;
    shared.discards.added.fetch_add(kept.len(), Ordering::Relaxed);
    Ok(())
}

/// Removes what the window has no room for, where this process has added enough to look. After a batch, which it
/// must not fail.
pub(crate) async fn cut_when_due(shared: &Shared) {
    if shared.discards.added.load(Ordering::Relaxed) >= CUT_EVERY {
        shared.discards.added.store(0, Ordering::Relaxed);
        if let Err(error) = cut(shared).await {
            tracing::warn!(%error, "discarded events beyond their window could not be removed; the upkeep will");
        }
    }
}

async fn cut(shared: &Shared) -> Result<(), StoreError> {
    let Window { a_site, in_all, .. } = shared.discards.window;
    // Only the newest are ever asked for, and nobody adds an older one: no lock is needed.
    for (text, room) in [
        (
            "DELETE FROM discards USING (SELECT site FROM discards GROUP BY site HAVING count(*) > $1) AS full_site, \
             LATERAL (SELECT number FROM discards WHERE site = full_site.site ORDER BY number DESC OFFSET $1 LIMIT 1) \
             AS first WHERE discards.site = full_site.site AND discards.number <= first.number",
            a_site,
        ),
        (
            "DELETE FROM discards WHERE number <= (SELECT number FROM discards ORDER BY number DESC OFFSET $1 LIMIT 1)",
            in_all,
        ),
    ] {
        sqlx::query(text).bind(rows(room)).execute(&shared.pools.write).await.map_err(store_error)?;
    }
    Ok(())
}

/// Removes what is past its window; part of the upkeep.
pub(crate) async fn forget_past(shared: &Shared, now: Timestamp) -> Result<(), StoreError> {
    let window = &shared.discards.window;
    retain(shared, window.events_from(now)).await?;
    sqlx::query("DELETE FROM discard_counts WHERE hour < $1")
        .bind(window.counts_from(now))
        .execute(&shared.pools.write)
        .await
        .map_err(store_error)?;
    cut(shared).await
}

/// Removes what arrived before an instant.
pub(crate) async fn retain(shared: &Shared, from: Timestamp) -> Result<(), StoreError> {
    let delete = sqlx::query("DELETE FROM discards WHERE received_at < $1").bind(Instant(from));
    delete.execute(&shared.pools.write).await.map(drop).map_err(store_error)
}

/// Removes a visitor's events, and those of `visitors`, under the lock that batches are added under.
pub(crate) async fn erase(
    erasure: &Erasure,
    visitors: &[i64],
    connection: &mut PgConnection,
) -> Result<(), sqlx::Error> {
    let linked = |visitor: VisitorId| visitors.contains(&(visitor.0 as i64));
    let mut theirs: Vec<i64> = Vec::new();
    {
        let found =
            sqlx::query_as::<_, (i64, Vec<u8>)>("SELECT number, record FROM discards WHERE site = $1");
        let mut found = found.bind(erasure.site.as_str()).fetch(&mut *connection);
        while let Some((number, record)) = found.try_next().await? {
            if is_of(&Bytes::from(record), &erasure.subject, linked) {
                theirs.push(number);
            }
        }
    }
    let delete = sqlx::query("DELETE FROM discards WHERE number = ANY($1)").bind(theirs);
    delete.execute(connection).await.map(drop)
}

#[async_trait]
impl DiscardLog for PostgresStore {
    async fn report(&self, site: &SiteId, since: Timestamp) -> Result<Report, StoreError> {
        let shared = self.shared();
        let mut folding = Folding::new(since);
        // One snapshot: the counts and the events of one moment.
        let mut connection = shared.pools.read.acquire().await.map_err(read_error)?;
        let mut snapshot = connection
            .begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            .await
            .map_err(read_error)?;
        let text = "SELECT reason, hour, count, last_at FROM discard_counts WHERE site = $1 AND hour >= $2";
        let query = sqlx::query(text).bind(site.as_str()).bind(folding.first_hour());
        for row in query.fetch_all(&mut *snapshot).await.map_err(read_error)? {
            let last_at = get::<Instant>(&row, 3)?.0;
            folding.count(get(&row, 0)?, get(&row, 1)?, get::<i64>(&row, 2)? as u64, last_at);
        }
        let text = "SELECT number, received_at, reason, detail FROM discards WHERE site = $1 \
                    ORDER BY number DESC LIMIT $2";
        let query = sqlx::query(text).bind(site.as_str()).bind(rows(shared.discards.window.a_site));
        for row in query.fetch_all(&mut *snapshot).await.map_err(read_error)? {
            let received_at = get::<Instant>(&row, 1)?.0;
            folding.kept(get::<i64>(&row, 0)? as u64, received_at, get(&row, 2)?, get(&row, 3)?);
        }
        let text = format!("SELECT {COLUMNS} FROM discards WHERE number = ANY($1)");
        let wanted: Vec<i64> = folding.wanted().into_iter().map(|number| number as i64).collect();
        let query = sqlx::query(AssertSqlSafe(text)).bind(wanted);
        let wanted = query.fetch_all(&mut *snapshot).await.map_err(read_error)?;
        snapshot.commit().await.map_err(read_error)?;
        Ok(folding.finish(wanted.iter().map(kept).collect::<Result<_, _>>()?))
    }

    async fn newest(&self, site: &SiteId) -> Result<u64, StoreError> {
        let query = sqlx::query_scalar("SELECT COALESCE(max(number), 0) FROM discards WHERE site = $1");
        let newest: i64 =
            query.bind(site.as_str()).fetch_one(&self.shared().pools.read).await.map_err(read_error)?;
        Ok(newest as u64)
    }

    async fn page(
        &self,
        site: &SiteId,
        selection: &Selection,
        after: u64,
        limit: usize,
    ) -> Result<Vec<Kept>, StoreError> {
        let shared = self.shared();
        let text = format!(
            "SELECT {COLUMNS} FROM discards WHERE site = $1 AND number > $2 AND number > COALESCE((SELECT number \
             FROM discards WHERE site = $1 ORDER BY number DESC OFFSET $3 LIMIT 1), 0) \
             AND ($4::text IS NULL OR reason = $4) AND ($5::text IS NULL OR detail = $5) \
             AND ($6::timestamptz IS NULL OR received_at >= $6) AND ($7::timestamptz IS NULL OR received_at < $7) \
             ORDER BY number LIMIT $8"
        );
        let query = sqlx::query(AssertSqlSafe(text))
            .bind(site.as_str())
            .bind(i64::try_from(after).unwrap_or(i64::MAX))
            .bind(rows(shared.discards.window.a_site))
            .bind(selection.reason.as_deref())
            .bind(selection.detail.as_deref())
            .bind(selection.from.map(Instant))
            .bind(selection.to.map(Instant))
            .bind(rows(limit));
        query.fetch_all(&shared.pools.read).await.map_err(read_error)?.iter().map(kept).collect()
    }

    async fn forget(&self, site: &SiteId, numbers: &[u64]) -> Result<u64, StoreError> {
        let mut connection = self.shared().pools.write.acquire().await.map_err(store_error)?;
        let forgotten = forget(site, numbers, &mut connection).await;
        if forgotten.is_err() {
            connection.close_on_drop();
        }
        forgotten.map_err(store_error)
    }

    async fn forget_past(&self, now: Timestamp) -> Result<(), StoreError> {
        forget_past(self.shared(), now).await
    }
}

async fn forget(site: &SiteId, numbers: &[u64], connection: &mut PgConnection) -> Result<u64, sqlx::Error> {
    let mut transaction = connection.begin().await?;
    lock_state(&mut transaction).await?;
    let delete = "DELETE FROM discards WHERE site = $1 AND number = ANY($2) RETURNING reason, received_at";
    let gone: Vec<(String, Instant)> = sqlx::query_as(delete)
        .bind(site.as_str())
        .bind(numbers.iter().map(|number| *number as i64).collect::<Vec<_>>())
        .fetch_all(&mut *transaction)
        .await?;
    let mut counts: HashMap<(&str, i64), i64> = HashMap::new();
    for (reason, received_at) in &gone {
        *counts.entry((reason, hour(received_at.0))).or_default() += 1;
    }
    let (keys, counts): (Vec<_>, Vec<_>) = counts.into_iter().unzip();
    for text in [
        "UPDATE discard_counts AS known SET count = known.count - gone.count \
         FROM unnest($2::text[], $3::bigint[], $4::bigint[]) AS gone (reason, hour, count) \
         WHERE known.site = $1 AND known.hour = gone.hour AND known.reason = gone.reason",
        "DELETE FROM discard_counts AS known \
         USING unnest($2::text[], $3::bigint[], $4::bigint[]) AS gone (reason, hour, count) \
         WHERE known.site = $1 AND known.hour = gone.hour AND known.reason = gone.reason AND known.count <= 0",
    ] {
        sqlx::query(text)
            .bind(site.as_str())
            .bind(keys.iter().map(|(reason, _)| *reason).collect::<Vec<_>>())
            .bind(keys.iter().map(|(_, hour)| *hour).collect::<Vec<_>>())
            .bind(&counts)
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await?;
    Ok(gone.len() as u64)
}

fn kept(row: &PgRow) -> Result<Kept, StoreError> {
    Ok(Kept {
        number: get::<i64>(row, 0)? as u64,
        received_at: get::<Instant>(row, 1)?.0,
        reason: get::<String>(row, 2)?.into(),
        detail: get::<String>(row, 3)?.into(),
        record: get::<Vec<u8>>(row, 4)?.into(),
    })
}
