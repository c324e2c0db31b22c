//! The links of a batch: under the lock, before what is counted.
//!
//! Aggregates count persons. So when a visitor is linked, their days become the person's, and where the person was
//! there already that day, the day has one visitor less; and a visitor who is linked is counted as the person from
//! then on.

use std::collections::{HashMap, HashSet};

use millrace_event::{SiteId, VisitorId};
use millrace_store::Link;
use sqlx::PgConnection;

use crate::links::instant;

/// Site and visitor.
type Key = (String, i64);

/// Adds the links that change something, and changes what was counted.
pub(crate) async fn add(links: &[Link], connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    if links.is_empty() {
        return Ok(());
    }
    let added = resolve(links, connection).await?;
    if added.is_empty() {
        return Ok(());
    }
    let sites: Vec<&str> = added.iter().map(|link| link.site.as_str()).collect();
    let visitors: Vec<i64> = added.iter().map(|link| link.from.0 as i64).collect();
    let persons: Vec<i64> = added.iter().map(|link| link.to.0 as i64).collect();
    sqlx::query(
        "INSERT INTO visitor_links (site, visitor, person, linked_at) SELECT * FROM unnest($1, $2, $3, $4)",
    )
    .bind(&sites)
    .bind(&visitors)
    .bind(&persons)
    .bind(added.iter().map(|link| instant(link.at)).collect::<Vec<_>>())
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "WITH moved AS (DELETE FROM daily_site_visitors AS known \
         USING unnest($1, $2, $3) AS link (site, visitor, person), daily_site_stats AS stats \
         WHERE stats.site = link.site AND known.site_day = stats.id AND known.visitor = link.visitor \
         RETURNING known.site_day, stats.site, stats.day, link.person), \
         arrived AS (INSERT INTO daily_site_visitors (site_day, visitor) SELECT DISTINCT site_day, person FROM moved \
         ON CONFLICT DO NOTHING RETURNING site_day), \
         before AS (SELECT site_day, site, day, count(*) AS people FROM moved GROUP BY 1, 2, 3), \
         after AS (SELECT site_day, count(*) AS people FROM arrived GROUP BY 1) \
         UPDATE daily_site_stats AS known SET unique_users = unique_users - before.people + COALESCE(after.people, 0) \
         FROM before LEFT JOIN after USING (site_day) WHERE known.site = before.site AND known.day = before.day",
    )
    .bind(&sites)
    .bind(&visitors)
    .bind(&persons)
    .execute(connection)
    .await
    .map(|_| ())
}

/// The links that change something, with the persons they are of: the rules of [`Link`], in order.
async fn resolve(links: &[Link], connection: &mut PgConnection) -> Result<Vec<Link>, sqlx::Error> {
    let key = |site: &SiteId, visitor: VisitorId| (site.as_str().to_owned(), visitor.0 as i64);
    let asked: HashSet<Key> =
        links.iter().flat_map(|link| [key(&link.site, link.from), key(&link.site, link.to)]).collect();
    let mut persons =
        known(asked.iter().map(|(site, visitor)| (site.as_str(), *visitor)), connection).await?;
    let (sites, visitors): (Vec<&str>, Vec<i64>) =
        asked.iter().map(|(site, visitor)| (site.as_str(), *visitor)).unzip();
    let found: Vec<Key> = sqlx::query_as(
        "SELECT site, visitor FROM unnest($1, $2) AS one (site, visitor) WHERE EXISTS (SELECT FROM visitor_links \
         WHERE visitor_links.site = one.site AND visitor_links.person = one.visitor)",
    )
    .bind(sites)
    .bind(visitors)
    .fetch_all(connection)
    .await?;
    let mut targets: HashSet<Key> = found.into_iter().collect();
    let mut added = Vec::new();
    for link in links {
        let from = key(&link.site, link.from);
        let mut to = key(&link.site, link.to);
        if let Some(person) = persons.get(&to) {
            to.1 = *person;
        }
        if from == to || persons.contains_key(&from) || targets.contains(&from) {
            continue;
        }
        added.push(Link { to: VisitorId(to.1 as u64), ..link.clone() });
        persons.insert(from, to.1);
        targets.insert(to);
    }
    Ok(added)
}

/// The persons that visitors of sites are.
pub(super) async fn known(
    visitors: impl Iterator<Item = (&str, i64)>,
    connection: &mut PgConnection,
) -> Result<HashMap<Key, i64>, sqlx::Error> {
    let (sites, visitors): (Vec<&str>, Vec<i64>) = visitors.unzip();
    let rows: Vec<(String, i64, i64)> = sqlx::query_as(
        "SELECT links.site, links.visitor, person FROM unnest($1, $2) AS one (site, visitor) \
         JOIN visitor_links AS links ON links.site = one.site AND links.visitor = one.visitor",
    )
    .bind(sites)
    .bind(visitors)
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|(site, visitor, person)| ((site, visitor), person)).collect())
}
