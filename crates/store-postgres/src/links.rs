//! Who is whom, for whoever reads: events have the visitor they came with, answers have the person.
//!
//! A site without links pays one look into an index for each report that asks for visitors and is counted from
//! events. That a site has links is remembered, since it stays so; where it has none any more, joining them is as
//! right as not to.

use std::collections::{HashMap, HashSet};

use millrace_event::{Event, SiteId, Timestamp, VisitorId};
use millrace_query::{Aggregate, CheckedQuery};
use millrace_store::{Link, StoreError};
use parking_lot::Mutex;
use sqlx::PgConnection;

use crate::columns::{get, site as site_of};
use crate::error::read_error;
use crate::read::rows;
use crate::store::Shared;
use crate::types::Instant;

/// Sites that are known to have links.
#[derive(Debug, Default)]
pub(crate) struct Linked(Mutex<HashSet<SiteId>>);

/// Whether the answer to `query` depends on links.
pub(crate) async fn matter(shared: &Shared, query: &CheckedQuery) -> Result<bool, StoreError> {
    Ok(query.aggregates().contains(&Aggregate::Visitors) && any(shared, query.site()).await?)
}

/// Whether a site has links.
pub(crate) async fn any(shared: &Shared, site: &SiteId) -> Result<bool, StoreError> {
    if shared.linked.0.lock().contains(site) {
        return Ok(true);
    }
    let linked: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM visitor_links WHERE site = $1)")
        .bind(site.as_str())
        .fetch_one(&shared.pools.read)
        .await
        .map_err(read_error)?;
    if linked {
        shared.linked.0.lock().insert(site.clone());
    }
    Ok(linked)
}

/// Puts persons in the place of the visitors of a site's events.
pub(crate) async fn put_in(shared: &Shared, site: &SiteId, events: &mut [Event]) -> Result<(), StoreError> {
    if events.is_empty() {
        return Ok(());
    }
    let mut visitors: Vec<i64> = events.iter().map(|event| event.visitor.0 as i64).collect();
    visitors.sort_unstable();
    visitors.dedup();
    let links: Vec<(i64, i64)> =
        sqlx::query_as("SELECT visitor, person FROM visitor_links WHERE site = $1 AND visitor = ANY($2)")
            .bind(site.as_str())
            .bind(visitors)
            .fetch_all(&shared.pools.read)
            .await
            .map_err(read_error)?;
    let persons: HashMap<i64, i64> = links.into_iter().collect();
    for event in events {
        if let Some(person) = persons.get(&(event.visitor.0 as i64)) {
            event.visitor = VisitorId(*person as u64);
        }
    }
    Ok(())
}

/// The links that became known last, in order.
pub(crate) async fn latest(shared: &Shared, limit: usize) -> Result<Vec<Link>, StoreError> {
    let found = sqlx::query(
        "SELECT site, visitor, person, linked_at FROM visitor_links ORDER BY linked_at DESC LIMIT $1",
    )
    .bind(rows(limit))
    .fetch_all(&shared.pools.write)
    .await
    .map_err(read_error)?;
    let links = found.iter().rev().map(|row| {
        Ok(Link {
            site: site_of(row, 0)?,
            from: VisitorId(get::<i64>(row, 1)? as u64),
            to: VisitorId(get::<i64>(row, 2)? as u64),
            at: get::<Instant>(row, 3)?.0,
        })
    });
    links.collect()
}

/// A visitor and whoever is linked to them.
pub(crate) async fn linked_to(
    site: &SiteId,
    visitor: VisitorId,
    connection: &mut PgConnection,
) -> Result<Vec<i64>, sqlx::Error> {
    let mut visitors: Vec<i64> =
        sqlx::query_scalar("SELECT visitor FROM visitor_links WHERE site = $1 AND person = $2")
            .bind(site.as_str())
            .bind(visitor.0 as i64)
            .fetch_all(connection)
            .await?;
    visitors.push(visitor.0 as i64);
    Ok(visitors)
}

/// Removes the links of `visitors`, by whom they are of.
pub(crate) async fn forget(
    site: &SiteId,
    visitors: &[i64],
    connection: &mut PgConnection,
) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM visitor_links WHERE site = $1 AND visitor = ANY($2)")
        .bind(site.as_str())
        .bind(visitors)
        .execute(connection)
        .await
        .map(|_| ())
}

/// Removes the links of sites that have no event.
pub(crate) async fn forget_empty_sites(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    // From site to site along the index: there may be many more links than sites.
    let text = "WITH RECURSIVE sites AS (SELECT min(site) AS site FROM visitor_links UNION ALL \
                SELECT (SELECT min(site) FROM visitor_links WHERE site > sites.site) FROM sites \
                WHERE site IS NOT NULL) \
                DELETE FROM visitor_links USING sites WHERE visitor_links.site = sites.site \
                AND NOT EXISTS (SELECT FROM daily_site_stats AS known WHERE known.site = sites.site)";
    sqlx::query(text).execute(connection).await.map(|_| ())
}

/// The instant of a link, as the column takes it.
pub(crate) fn instant(at: Timestamp) -> Instant {
    Instant(at.clamp(crate::types::INSTANTS.start, crate::types::INSTANTS.end.plus_millis(-1)))
}
