//! Numbers of goals and segments, and the errors of writing them.

use millrace_event::SiteId;
use sqlx::sqlite::SqliteConnection;

use crate::CatalogError;

/// The next number of a site. `statement` counts it up, which keeps others from writing until the transaction ends.
pub(super) async fn next(
    transaction: &mut SqliteConnection,
    statement: &'static str,
    site: &SiteId,
) -> Result<i64, CatalogError> {
    let next = sqlx::query_scalar(statement).bind(site.as_str()).fetch_optional(transaction).await?;
    next.ok_or_else(|| CatalogError::UnknownSite(site.clone()))
}

/// What `taken` says where the name is not new, else the error.
pub(super) fn unless_taken(error: sqlx::Error, taken: impl FnOnce() -> CatalogError) -> CatalogError {
    match error.as_database_error() {
        Some(cause) if cause.is_unique_violation() => taken(),
        _ => error.into(),
    }
}
