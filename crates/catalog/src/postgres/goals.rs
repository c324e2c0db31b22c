//! The table of goals.

use millrace_event::{SiteId, Timestamp};
use sqlx::error::ErrorKind;

use super::is;
use super::server::{ANSWER, Server};
use crate::{CatalogError, NewGoal, SavedGoal, named, rows};

/// Adds a goal; answers its number.
pub(super) async fn add(server: &Server, site: &SiteId, goal: &NewGoal) -> Result<u32, CatalogError> {
    let (kind, target, percent) = rows::of_kind(goal.kind());
    let work = async {
        let mut session = server.write().await?;
        // Whoever counts up the site's number holds its row, so no two get the same.
        let id: Option<i64> = sqlx::query_scalar(
            "WITH numbered AS (UPDATE sites SET last_goal = last_goal + 1 WHERE id = $1 RETURNING last_goal), \
                  clock AS (SELECT timestamptz 'epoch' + $7::bigint * interval '1 millisecond' AS now) \
             INSERT INTO goals (site_id, id, name, kind, target, percent, currency, created_at, updated_at) \
             SELECT $1, last_goal, $2, $3, $4, $5::bigint::smallint, $6, now, now FROM numbered, clock \
             RETURNING id::bigint",
        )
        .bind(site.as_str())
        .bind(goal.name())
        .bind(kind)
        .bind(target)
        .bind(percent)
        .bind(goal.currency().map(|currency| currency.as_str().to_owned()))
        .bind(Timestamp::now().as_millis())
        .persistent(false)
        .fetch_optional(&mut session.connection)
        .await?;
        session.commit().await?;
        id.ok_or_else(|| CatalogError::UnknownSite(site.clone()))
    };
    let id = server.within(ANSWER, work).await.map_err(|error| unless_taken(error, site, goal))?;
    rows::number("goals.id", id)
}

/// Puts a goal in the place of another; answers whether there was one.
pub(super) async fn replace(
    server: &Server,
    site: &SiteId,
    id: u32,
    goal: &NewGoal,
) -> Result<bool, CatalogError> {
    let (kind, target, percent) = rows::of_kind(goal.kind());
    let statement = sqlx::query(
        "UPDATE goals SET name = $3, kind = $4, target = $5, percent = $6::bigint::smallint, currency = $7, \
                updated_at = timestamptz 'epoch' + $8::bigint * interval '1 millisecond' \
         WHERE site_id = $1 AND id = $2::bigint",
    )
    .bind(site.as_str())
    .bind(i64::from(id))
    .bind(goal.name())
    .bind(kind)
    .bind(target)
    .bind(percent)
    .bind(goal.currency().map(|currency| currency.as_str().to_owned()))
    .bind(Timestamp::now().as_millis());
    let done = server.execute(statement).await.map_err(|error| unless_taken(error, site, goal))?;
    Ok(done > 0)
}

/// Removes a goal; answers whether there was one.
pub(super) async fn remove(server: &Server, site: &SiteId, id: u32) -> Result<bool, CatalogError> {
    let statement = sqlx::query("DELETE FROM goals WHERE site_id = $1 AND id = $2::bigint");
    Ok(server.execute(statement.bind(site.as_str()).bind(i64::from(id))).await? > 0)
}

fn unless_taken(error: CatalogError, site: &SiteId, goal: &NewGoal) -> CatalogError {
    match error {
        error if is(&error, &ErrorKind::UniqueViolation) => named::taken::<SavedGoal>(site, goal.name()),
        error => error,
    }
}
