//! The table of annotations.

use millrace_event::{SiteId, Timestamp};
use sqlx::sqlite::SqlitePool;

use super::numbers;
use crate::{CatalogError, NewAnnotation, rows};

/// Adds an annotation; answers its number.
pub(super) async fn add(
    pool: &SqlitePool,
    site: &SiteId,
    annotation: &NewAnnotation,
) -> Result<u32, CatalogError> {
    let mut transaction = pool.begin().await?;
    let next =
        "UPDATE sites SET last_annotation = last_annotation + 1 WHERE id = ? RETURNING last_annotation";
    let id = numbers::next(&mut transaction, next, site).await?;
    sqlx::query("INSERT INTO annotations (site_id, id, at, text, created_at) VALUES (?, ?, ?, ?, ?)")
        .bind(site.as_str())
        .bind(id)
        .bind(annotation.at().as_millis())
        .bind(annotation.text())
        .bind(Timestamp::now().as_millis())
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    rows::number("sites.last_annotation", id)
}

/// Puts an annotation in the place of another; answers whether there was one.
pub(super) async fn replace(
    pool: &SqlitePool,
    site: &SiteId,
    id: u32,
    annotation: &NewAnnotation,
) -> Result<bool, CatalogError> {
    let done = sqlx::query("UPDATE annotations SET at = ?, text = ? WHERE site_id = ? AND id = ?")
        .bind(annotation.at().as_millis())
        .bind(annotation.text())
        .bind(site.as_str())
        .bind(id)
        .execute(pool)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Removes an annotation; answers whether there was one.
pub(super) async fn remove(pool: &SqlitePool, site: &SiteId, id: u32) -> Result<bool, CatalogError> {
    let statement = sqlx::query("DELETE FROM annotations WHERE site_id = ? AND id = ?");
    Ok(statement.bind(site.as_str()).bind(id).execute(pool).await?.rows_affected() > 0)
}
