//! The table of segments.

use millrace_event::{SiteId, Timestamp};
use sqlx::error::ErrorKind;

use super::is;
use super::server::{ANSWER, Server};
use crate::{CatalogError, NewSegment, SavedSegment, named, rows};

/// Adds a segment; answers its number.
pub(super) async fn add(server: &Server, site: &SiteId, segment: &NewSegment) -> Result<u32, CatalogError> {
    let work = async {
        let mut session = server.write().await?;
        // Whoever counts up the site's number holds its row, so no two get the same.
        let id: Option<i64> = sqlx::query_scalar(
            "WITH numbered AS \
                  (UPDATE sites SET last_segment = last_segment + 1 WHERE id = $1 RETURNING last_segment), \
                  clock AS (SELECT timestamptz 'epoch' + $4::bigint * interval '1 millisecond' AS now) \
             INSERT INTO segments (site_id, id, name, filters, created_at, updated_at) \
             SELECT $1, last_segment, $2, $3, now, now FROM numbered, clock RETURNING id::bigint",
        )
        .bind(site.as_str())
        .bind(segment.name())
        .bind(segment.filters())
        .bind(Timestamp::now().as_millis())
        .persistent(false)
        .fetch_optional(&mut session.connection)
        .await?;
        session.commit().await?;
        id.ok_or_else(|| CatalogError::UnknownSite(site.clone()))
    };
    let id = server.within(ANSWER, work).await.map_err(|error| unless_taken(error, site, segment))?;
    rows::number("segments.id", id)
}

/// Puts a segment in the place of another; answers whether there was one.
pub(super) async fn replace(
    server: &Server,
    site: &SiteId,
    id: u32,
    segment: &NewSegment,
) -> Result<bool, CatalogError> {
    let statement = sqlx::query(
        "UPDATE segments SET name = $3, filters = $4, \
                updated_at = timestamptz 'epoch' + $5::bigint * interval '1 millisecond' \
         WHERE site_id = $1 AND id = $2::bigint",
    )
    .bind(site.as_str())
    .bind(i64::from(id))
    .bind(segment.name())
    .bind(segment.filters())
    .bind(Timestamp::now().as_millis());
    let done = server.execute(statement).await.map_err(|error| unless_taken(error, site, segment))?;
    Ok(done > 0)
}

/// Removes a segment; answers whether there was one.
pub(super) async fn remove(server: &Server, site: &SiteId, id: u32) -> Result<bool, CatalogError> {
    let statement = sqlx::query("DELETE FROM segments WHERE site_id = $1 AND id = $2::bigint");
    Ok(server.execute(statement.bind(site.as_str()).bind(i64::from(id))).await? > 0)
}

fn unless_taken(error: CatalogError, site: &SiteId, segment: &NewSegment) -> CatalogError {
    match error {
        error if is(&error, &ErrorKind::UniqueViolation) => {
            named::taken::<SavedSegment>(site, segment.name())
        }
        error => error,
    }
}
