//! What the worker asks for to recognise what it saw before. On the worker's connections: no report is to be in its
//! way, and the first answer after a start may take longer than a report may.

use bytestring::ByteString;
use millrace_event::{SessionId, SiteId, VisitorId};
use millrace_query::Period;
use millrace_store::{LINKS_REMEMBERED, Memory, RememberSince, StoreError, StoredSession};

use crate::columns::{get, site};
use crate::error::read_error;
use crate::links;
use crate::read::rows;
use crate::store::Shared;
use crate::types::Instant;

pub(crate) async fn known_ids(
    shared: &Shared,
    site: &SiteId,
    period: Period,
    ids: &[ByteString],
) -> Result<Vec<ByteString>, StoreError> {
    let known: Vec<String> = sqlx::query_scalar(
        "SELECT client_id FROM events WHERE site = $1 AND timestamp >= $2 AND timestamp < $3 AND client_id = ANY($4)",
    )
    .bind(site.as_str())
    .bind(Instant(period.from))
    .bind(Instant(period.to))
    .bind(ids.iter().map(|id| &**id).collect::<Vec<&str>>())
    .fetch_all(&shared.pools.write)
    .await
    .map_err(read_error)?;
    Ok(known.into_iter().map(ByteString::from).collect())
}

pub(crate) async fn remember(shared: &Shared, since: RememberSince) -> Result<Memory, StoreError> {
    let mut found = sqlx::query(
        "SELECT site, client_id, received_at FROM events WHERE received_at >= $1 AND client_id IS NOT NULL \
         ORDER BY seq DESC LIMIT $2",
    )
    .bind(Instant(since.ids_received))
    .bind(rows(since.limit.saturating_add(1)))
    .fetch_all(&shared.pools.write)
    .await
    .map_err(read_error)?;
    let ids_cut = found.len() > since.limit;
    found.truncate(since.limit);
    let ids = found
        .iter()
        .rev()
        .map(|row| Ok((site(row, 0)?, get::<&str>(row, 1)?.into(), get::<Instant>(row, 2)?.0)));
    let ids = ids.collect::<Result<Vec<_>, StoreError>>()?;

    // Site by site: the index has the sites first, and a scan of every recent partition would take minutes.
    let found = sqlx::query(
        "SELECT site, visitor, session, first, last FROM \
         (SELECT DISTINCT site FROM daily_site_stats WHERE day >= ($1 AT TIME ZONE 'UTC')::date) AS active, \
         LATERAL (SELECT COALESCE(person, events.visitor) AS visitor, session, \
         MIN(timestamp) AS first, MAX(timestamp) AS last FROM events \
         LEFT JOIN visitor_links AS links ON links.site = active.site AND links.visitor = events.visitor \
         WHERE events.site = active.site AND timestamp >= $1 GROUP BY 1, 2) AS sessions \
         ORDER BY last DESC, session DESC LIMIT $2",
    )
    .bind(Instant(since.sessions))
    .bind(rows(since.limit))
    .fetch_all(&shared.pools.write)
    .await
    .map_err(read_error)?;
    let sessions = found.iter().rev().map(|row| {
        Ok(StoredSession {
            site: site(row, 0)?,
            visitor: VisitorId(get::<i64>(row, 1)? as u64),
            session: SessionId(get::<i64>(row, 2)? as u64),
            start: get::<Instant>(row, 3)?.0,
            end: get::<Instant>(row, 4)?.0,
        })
    });
    let sessions = sessions.collect::<Result<_, StoreError>>()?;
    let links = links::latest(shared, since.limit.min(LINKS_REMEMBERED)).await?;
    Ok(Memory { ids, ids_cut, sessions, links })
}
