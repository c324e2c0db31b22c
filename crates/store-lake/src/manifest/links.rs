//! The table of links.

use std::collections::HashSet;

use futures::TryStreamExt;
use millrace_event::{SiteId, Timestamp, VisitorId};
use millrace_store::{Link, StoreError};
use sqlx::{Row, SqliteConnection, SqlitePool};

use super::unavailable;

/// Adds links, of visitors who have none.
pub(super) async fn add(links: &[Link], connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    for link in links {
        sqlx::query("INSERT INTO links VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING")
            .bind(link.site.as_str())
            .bind(link.from.0 as i64)
            .bind(link.to.0 as i64)
            .bind(link.at.as_millis())
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// The latest, in the order in which they became known.
pub(super) async fn latest(limit: i64, pool: &SqlitePool) -> Result<Vec<Link>, StoreError> {
    let mut rows =
        sqlx::query("SELECT site, visitor, person, linked_at FROM links ORDER BY linked_at DESC LIMIT ?")
            .bind(limit)
            .fetch(pool);
    let mut links = Vec::new();
    while let Some(row) = rows.try_next().await.map_err(unavailable)? {
        let site = SiteId::new(row.get::<String, _>(0));
        links.push(Link {
            site: site.map_err(|error| StoreError::Failed(format!("the manifest: {error}")))?,
            from: VisitorId(row.get::<i64, _>(1) as u64),
            to: VisitorId(row.get::<i64, _>(2) as u64),
            at: Timestamp::from_millis(row.get(3)),
        });
    }
    links.reverse();
    Ok(links)
}

/// Removes those of `visitors`, by whom they are of.
pub(super) async fn forget(
    site: &SiteId,
    visitors: &HashSet<u64>,
    pool: &SqlitePool,
) -> Result<(), sqlx::Error> {
    let mut transaction = pool.begin().await?;
    for visitor in visitors {
        sqlx::query("DELETE FROM links WHERE site = ? AND visitor = ?")
            .bind(site.as_str())
            .bind(*visitor as i64)
            .execute(&mut *transaction)
            .await?;
    }
    transaction.commit().await
}
