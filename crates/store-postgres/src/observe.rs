//! What events look like: three columns, streamed into a fold.

use futures::TryStreamExt;
use millrace_store::StoreError;
use millrace_store::observed::{Fold, Observation, ObservedSchema};
use sqlx::Row;
use sqlx::postgres::PgRow;

use crate::columns::get;
use crate::error::read_error;
use crate::store::Shared;
use crate::types::Instant;

/// Rows between two turns of the other tasks of this thread.
const ROWS_A_TURN: usize = 1_000;

/// Reads the events of the period once, as the server sends them.
pub(crate) async fn observe(
    shared: &Shared,
    observation: &Observation,
) -> Result<ObservedSchema, StoreError> {
    let mut fold = Fold::new(observation);
    let mut rows = sqlx::query(
        "SELECT name, timestamp, properties FROM events WHERE site = $1 AND timestamp >= $2 AND timestamp < $3",
    )
    .bind(observation.site.as_str())
    .bind(Instant(observation.period.from))
    .bind(Instant(observation.period.to))
    .fetch(&shared.pools.read);
    let mut count = 0usize;
    while let Some(row) = rows.try_next().await.map_err(read_error)? {
        let row: &PgRow = &row;
        // Of the type `json`, whose bytes are the text as it was sent.
        let properties: Option<&str> = row.try_get_unchecked(2).map_err(read_error)?;
        fold.event(get(row, 0)?, get::<Instant>(row, 1)?.0, properties.unwrap_or_default());
        count += 1;
        if count.is_multiple_of(ROWS_A_TURN) {
            tokio::task::yield_now().await;
        }
    }
    Ok(fold.finish())
}
