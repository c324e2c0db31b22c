//! The table of goals.

use millrace_event::{SiteId, Timestamp};
use sqlx::sqlite::SqlitePool;

use super::numbers;
use crate::{CatalogError, NewGoal, SavedGoal, named, rows};

/// Adds a goal; answers its number.
pub(super) async fn add(pool: &SqlitePool, site: &SiteId, goal: &NewGoal) -> Result<u32, CatalogError> {
    let (kind, target, percent) = rows::of_kind(goal.kind());
    let mut transaction = pool.begin().await?;
    let next = "UPDATE sites SET last_goal = last_goal + 1 WHERE id = ? RETURNING last_goal";
    let id = numbers::next(&mut transaction, next, site).await?;
    sqlx::query(
        "INSERT INTO goals (site_id, id, name, kind, target, percent, currency, created_at, updated_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8)",
    )
    .bind(site.as_str())
    .bind(id)
    .bind(goal.name())
    .bind(kind)
    .bind(target)
    .bind(percent)
    .bind(goal.currency().map(|currency| currency.as_str().to_owned()))
    .bind(Timestamp::now().as_millis())
    .execute(&mut *transaction)
    .await
    .map_err(|error| numbers::unless_taken(error, || named::taken::<SavedGoal>(site, goal.name())))?;
    transaction.commit().await?;
    rows::number("sites.last_goal", id)
}

/// Puts a goal in the place of another; answers whether there was one.
pub(super) async fn replace(
    pool: &SqlitePool,
    site: &SiteId,
    id: u32,
    goal: &NewGoal,
) -> Result<bool, CatalogError> {
    let (kind, target, percent) = rows::of_kind(goal.kind());
    let done = sqlx::query(
        "UPDATE goals SET name = ?, kind = ?, target = ?, percent = ?, currency = ?, updated_at = ? \
         WHERE site_id = ? AND id = ?",
    )
    .bind(goal.name())
    .bind(kind)
    .bind(target)
    .bind(percent)
    .bind(goal.currency().map(|currency| currency.as_str().to_owned()))
    .bind(Timestamp::now().as_millis())
    .bind(site.as_str())
    .bind(id)
    .execute(pool)
    .await
    .map_err(|error| numbers::unless_taken(error, || named::taken::<SavedGoal>(site, goal.name())))?;
    Ok(done.rows_affected() > 0)
}

/// Removes a goal; answers whether there was one.
pub(super) async fn remove(pool: &SqlitePool, site: &SiteId, id: u32) -> Result<bool, CatalogError> {
    let statement = sqlx::query("DELETE FROM goals WHERE site_id = ? AND id = ?");
    Ok(statement.bind(site.as_str()).bind(id).execute(pool).await?.rows_affected() > 0)
}
