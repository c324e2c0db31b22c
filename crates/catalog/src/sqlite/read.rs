//! The statements that read sites and what belongs to them.

use millrace_event::SiteId;
use sqlx::sqlite::SqlitePool;

use crate::key::Key;
use crate::rows::{self, AnnotationRow, GoalRow, GrantRow, KeyRow, Rows, SchemaRow, SegmentRow, SiteRow};
use crate::{CatalogError, Directory};

/// Everything that a snapshot has, as of one moment.
pub(super) async fn directory(pool: &SqlitePool, before: &Directory) -> Result<Directory, CatalogError> {
    // One transaction, so that no key appears without its site.
    let mut snapshot = pool.begin().await?;
    let sites: Vec<SiteRow> =
        sqlx::query_as("SELECT id, timezone, public, require_key, created_at, settings FROM sites")
            .fetch_all(&mut *snapshot)
            .await?;
    let keys: Vec<GrantRow> =
        sqlx::query_as("SELECT hash, id, site_id, kind FROM keys WHERE revoked_at IS NULL")
            .fetch_all(&mut *snapshot)
            .await?;
    let schemas: Vec<SchemaRow> =
        sqlx::query_as("SELECT site_id, name, mode, document, created_at, updated_at FROM event_schemas")
            .fetch_all(&mut *snapshot)
            .await?;
    let goals: Vec<GoalRow> = sqlx::query_as(
        "SELECT site_id, id, name, kind, target, percent, currency, created_at, updated_at FROM goals",
    )
    .fetch_all(&mut *snapshot)
    .await?;
    let segments: Vec<SegmentRow> =
        sqlx::query_as("SELECT site_id, id, name, filters, created_at, updated_at FROM segments")
            .fetch_all(&mut *snapshot)
            .await?;
    let annotations: Vec<AnnotationRow> =
        sqlx::query_as("SELECT site_id, id, at, text, created_at FROM annotations")
            .fetch_all(&mut *snapshot)
            .await?;
    snapshot.rollback().await?;
    rows::directory(Rows { sites, keys, schemas, goals, segments, annotations }, before)
}

/// Every key, oldest first, of one site or of all.
pub(super) async fn keys(pool: &SqlitePool, of: Option<&SiteId>) -> Result<Vec<Key>, CatalogError> {
    let rows: Vec<KeyRow> = sqlx::query_as(
        "SELECT id, site_id, kind, hint, created_at, revoked_at FROM keys \
         WHERE ?1 IS NULL OR site_id = ?1 ORDER BY created_at, rowid",
    )
    .bind(of.map(SiteId::as_str))
    .fetch_all(pool)
    .await?;
    rows::keys(rows)
}
