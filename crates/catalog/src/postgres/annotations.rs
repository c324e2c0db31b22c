//! The table of annotations.

use millrace_event::{SiteId, Timestamp};

use super::server::{ANSWER, Server};
use crate::{CatalogError, NewAnnotation, rows};

/// Adds an annotation; answers its number.
pub(super) async fn add(
    server: &Server,
    site: &SiteId,
    annotation: &NewAnnotation,
) -> Result<u32, CatalogError> {
    let work = async {
        let mut session = server.write().await?;
        // Whoever counts up the site's number holds its row, so no two get the same.
        let id: Option<i64> = sqlx::query_scalar(
            "WITH numbered AS \
                  (UPDATE sites SET last_annotation = last_annotation + 1 WHERE id = $1 RETURNING last_annotation) \
             INSERT INTO annotations (site_id, id, at, text, created_at) \
             SELECT $1, last_annotation, timestamptz 'epoch' + $2::bigint * interval '1 millisecond', $3, \
                    timestamptz 'epoch' + $4::bigint * interval '1 millisecond' \
             FROM numbered RETURNING id::bigint",
        )
        .bind(site.as_str())
        .bind(annotation.at().as_millis())
        .bind(annotation.text())
        .bind(Timestamp::now().as_millis())
        .persistent(false)
        .fetch_optional(&mut session.connection)
        .await?;
        session.commit().await?;
        id.ok_or_else(|| CatalogError::UnknownSite(site.clone()))
    };
    rows::number("annotations.id", server.within(ANSWER, work).await?)
}

/// Puts an annotation in the place of another; answers whether there was one.
pub(super) async fn replace(
    server: &Server,
    site: &SiteId,
    id: u32,
    annotation: &NewAnnotation,
) -> Result<bool, CatalogError> {
    let statement = sqlx::query(
        "UPDATE annotations SET at = timestamptz 'epoch' + $3::bigint * interval '1 millisecond', text = $4 \
         WHERE site_id = $1 AND id = $2::bigint",
    )
    .bind(site.as_str())
    .bind(i64::from(id))
    .bind(annotation.at().as_millis())
    .bind(annotation.text());
    Ok(server.execute(statement).await? > 0)
}

/// Removes an annotation; answers whether there was one.
pub(super) async fn remove(server: &Server, site: &SiteId, id: u32) -> Result<bool, CatalogError> {
    let statement = sqlx::query("DELETE FROM annotations WHERE site_id = $1 AND id = $2::bigint");
    Ok(server.execute(statement.bind(site.as_str()).bind(i64::from(id))).await? > 0)
}
