//! What has to be done from time to time. Several workers may do it; whoever comes second finds little to do.

use std::sync::Arc;
use std::time::Duration;

use millrace_event::Timestamp;
use millrace_event::time::DAY_MS;
use millrace_store::StoreError;

use crate::error::store_error;
use crate::schema::Flavour;
use crate::store::Shared;
use crate::types::Instant;
use crate::{discards, partitions, remove};

const EVERY: Duration = Duration::from_secs(3_600);
/// The first time after a start: soon, and not while the worker catches up.
const FIRST: Duration = Duration::from_secs(60);
/// Ids that one statement forgets.
const FORGOTTEN_AT_ONCE: i64 = 10_000;

/// Every hour, as long as the store is open.
pub(crate) async fn keep(shared: Arc<Shared>) {
    let mut pause = FIRST;
    loop {
        tokio::time::sleep(pause).await;
        pause = EVERY;
        if let Err(error) = tidy(&shared, Timestamp::now()).await {
            tracing::error!(%error, "the store's upkeep failed; next try in an hour");
        }
    }
}

/// All of it, once.
pub(crate) async fn tidy(shared: &Shared, now: Timestamp) -> Result<(), StoreError> {
    if shared.flavour == Flavour::Plain {
        partitions::make_ahead(shared, now).await?;
    }
    if let Some(window) = shared.dedup_window {
        forget_ids(shared, window).await?;
    }
    discards::forget_past(shared, now).await?;
    if let Some(days) = shared.retention_days {
        // Whole days: they take their aggregates with them.
        let before = Timestamp::from_millis((now.utc_day() - i64::from(days)) * DAY_MS);
        let removed = remove::retain(shared, before).await?;
        if removed.events > 0 {
            tracing::info!(events = removed.events, days, "events past their retention are gone");
        }
    }
    if shared.flavour == Flavour::Plain {
        // The server keeps statistics of each partition by itself, of all together it does not.
        let analyze = sqlx::raw_sql("ANALYZE events");
        analyze.execute(&shared.pools.write).await.map_err(store_error)?;
    }
    Ok(())
}

/// Removes ids past their window, by the latest arrival there is: a worker that is days behind compares with ids that
/// are days old. A quarter more, for one that is behind another.
async fn forget_ids(shared: &Shared, window: Duration) -> Result<(), StoreError> {
    loop {
        // A row that a worker is about to count anew is left to it.
        let forgotten = sqlx::query(
            "DELETE FROM event_ids WHERE ctid = ANY (ARRAY(SELECT ctid FROM event_ids \
             WHERE received_at < LEAST($1, (SELECT received_at FROM store_state)) - make_interval(secs => $2) \
             LIMIT $3 FOR UPDATE SKIP LOCKED))",
        )
        .bind(Instant(Timestamp::now()))
        .bind(window.as_secs_f64() * 1.25)
        .bind(FORGOTTEN_AT_ONCE)
        .execute(&shared.pools.write)
        .await
        .map_err(store_error)?;
        if forgotten.rows_affected() < FORGOTTEN_AT_ONCE as u64 {
            return Ok(());
        }
    }
}
