//! Erasure and retention: events go, and what was counted from them, under the lock that batches are added under.
//!
//! Whoever removes takes the advisory lock [`REMOVING`] first, then the row of `store_state`, then the events.

mod retention;
mod take_away;

use millrace_store::{Erased, Erasure, StoreError, Subject};
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};

use crate::error::store_error;
use crate::schema::Flavour;
use crate::store::Shared;
use crate::types::Instant;
use crate::{discards, links, timescale};

pub(crate) use retention::{forget_days, retain};

/// What is locked, with the schema: one process removes at a time.
const REMOVING: i32 = 0x6d72_6102;

/// Removes a visitor's events. Their ids stay in `event_ids`, as hashes, until the window has passed: a copy that is
/// still under way must not come back.
pub(crate) async fn erase(shared: &Shared, erasure: &Erasure) -> Result<Erased, StoreError> {
    let mut connection = shared.pools.write.acquire().await.map_err(store_error)?;
    let erased = erase_with(shared, erasure, &mut connection).await;
    if erased.is_err() {
        connection.close_on_drop();
    }
    let (erased, times) = erased.map_err(store_error)?;
    drop(connection);
    if let Some((first, last)) = times.filter(|_| shared.flavour == Flavour::Timescale) {
        timescale::refresh_late(shared, first.0, last.0).await;
    }
    Ok(erased)
}

type Times = Option<(Instant, Instant)>;

async fn erase_with(
    shared: &Shared,
    erasure: &Erasure,
    connection: &mut PgConnection,
) -> Result<(Erased, Times), sqlx::Error> {
    let mut transaction = connection.begin().await?;
    lock_removing(&mut transaction).await?;
    let raw =
        "CREATE TEMPORARY TABLE found (timestamp timestamptz NOT NULL, seq bigint NOT NULL) ON COMMIT DROP";
    sqlx::raw_sql(raw).execute(&mut *transaction).await?;
    // Most of the search is done before the lock is taken: everything up to here is committed.
    let seen: i64 = sqlx::query_scalar("SELECT seq FROM store_state").fetch_one(&mut *transaction).await?;
    let (site, visitor) = (&erasure.site, erasure.subject.visitor(&erasure.site));
    let linked = links::linked_to(site, visitor, &mut transaction).await?;
    find(erasure, &linked, "seq <= $4", seen, &mut transaction).await?;
    let seq = lock_state(&mut transaction).await?;
    let visitors = links::linked_to(site, visitor, &mut transaction).await?;
    if visitors.len() != linked.len() {
        // Somebody signed in meanwhile: all of theirs.
        find(erasure, &visitors, "seq <= $4", seen, &mut transaction).await?;
    }
    if seq > seen {
        find(erasure, &visitors, "seq > $4", seen, &mut transaction).await?;
    }
    take_away::make_table(&mut transaction).await?;
    sqlx::raw_sql("ANALYZE found").execute(&mut *transaction).await?;
    let removed = sqlx::query(
        "WITH removed AS (DELETE FROM events USING found WHERE events.site = $1 \
         AND events.timestamp = found.timestamp AND events.seq = found.seq \
         RETURNING events.site, events.timestamp, events.name, events.path, events.visitor) \
         INSERT INTO gone (site, timestamp, name, path, visitor) SELECT * FROM removed",
    )
    .bind(erasure.site.as_str())
    .execute(&mut *transaction)
    .await?
    .rows_affected();
    discards::erase(erasure, &visitors, &mut transaction).await?;
    let mut times = None;
    if removed > 0 {
        take_away::take_away(shared.flavour, &mut transaction).await?;
        times = take_away::times(&mut transaction).await?;
    }
    links::forget(site, &visitors, &mut transaction).await?;
    transaction.commit().await?;
    Ok((Erased { events: removed }, times))
}

/// Adds to the table `found` where the visitor's events are.
async fn find(
    erasure: &Erasure,
    visitors: &[i64],
    condition: &str,
    seq: i64,
    connection: &mut PgConnection,
) -> Result<(), sqlx::Error> {
    let (named, id) = match &erasure.subject {
        Subject::User(id) => ("user_id = $3", Some(&**id)),
        Subject::Anonymous(id) => ("anonymous_id = $3", Some(&**id)),
        Subject::Visitor(_) => ("$3::text IS NOT NULL", None),
    };
    let text = format!(
        "INSERT INTO found SELECT timestamp, seq FROM events \
         WHERE site = $1 AND (visitor = ANY($2) OR {named}) AND {condition}"
    );
    let query = sqlx::query(AssertSqlSafe(text)).bind(erasure.site.as_str()).bind(visitors).bind(id);
    query.bind(seq).execute(connection).await.map(|_| ())
}

/// Waits for others who remove, until the end of the transaction.
pub(crate) async fn lock_removing(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let lock = sqlx::query("SELECT pg_advisory_xact_lock($1, hashtext(current_schema()))").bind(REMOVING);
    lock.execute(connection).await.map(|_| ())
}

/// Waits for whoever adds events, until the end of the transaction; answers the place of the last one.
pub(crate) async fn lock_state(connection: &mut PgConnection) -> Result<i64, sqlx::Error> {
    sqlx::query("SELECT seq FROM store_state FOR UPDATE").fetch_one(connection).await?.try_get(0)
}
