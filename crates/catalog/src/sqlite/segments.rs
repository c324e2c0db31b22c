//! The table of segments.

use millrace_event::{SiteId, Timestamp};
use sqlx::sqlite::SqlitePool;

use super::numbers;
use crate::{CatalogError, NewSegment, SavedSegment, named, rows};

/// Adds a segment; answers its number.
pub(super) async fn add(pool: &SqlitePool, site: &SiteId, segment: &NewSegment) -> Result<u32, CatalogError> {
    let mut transaction = pool.begin().await?;
    let next = "UPDATE sites SET last_segment = last_segment + 1 WHERE id = ? RETURNING last_segment";
    let id = numbers::next(&mut transaction, next, site).await?;
    sqlx::query(
        "INSERT INTO segments (site_id, id, name, filters, created_at, updated_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?5)",
    )
    .bind(site.as_str())
    .bind(id)
    .bind(segment.name())
    .bind(segment.filters())
    .bind(Timestamp::now().as_millis())
    .execute(&mut *transaction)
    .await
    .map_err(|error| numbers::unless_taken(error, || named::taken::<SavedSegment>(site, segment.name())))?;
    transaction.commit().await?;
    rows::number("sites.last_segment", id)
}

/// Puts a segment in the place of another; answers whether there was one.
pub(super) async fn replace(
    pool: &SqlitePool,
    site: &SiteId,
    id: u32,
    segment: &NewSegment,
) -> Result<bool, CatalogError> {
    let statement = "UPDATE segments SET name = ?, filters = ?, updated_at = ? WHERE site_id = ? AND id = ?";
    let done = sqlx::query(statement)
        .bind(segment.name())
        .bind(segment.filters())
        .bind(Timestamp::now().as_millis())
        .bind(site.as_str())
        .bind(id)
        .execute(pool)
        .await
        .map_err(|error| {
            numbers::unless_taken(error, || named::taken::<SavedSegment>(site, segment.name()))
        })?;
    Ok(done.rows_affected() > 0)
}

/// Removes a segment; answers whether there was one.
pub(super) async fn remove(pool: &SqlitePool, site: &SiteId, id: u32) -> Result<bool, CatalogError> {
    let statement = sqlx::query("DELETE FROM segments WHERE site_id = ? AND id = ?");
    Ok(statement.bind(site.as_str()).bind(id).execute(pool).await?.rows_affected() > 0)
}
