//! The statements that read sites and what belongs to them.

use millrace_event::SiteId;
use sqlx::FromRow;
use sqlx::postgres::{PgConnection, PgListener, PgRow};

use super::server::Server;
use crate::key::Key;
use crate::rows::{self, AnnotationRow, GoalRow, GrantRow, KeyRow, Rows, SchemaRow, SegmentRow, SiteRow};
use crate::{CatalogError, Directory};

const CHANGE: &str = "SELECT change::text FROM catalog_state";

/// A sign that is another one after every change; nothing where somebody emptied the table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Change(Option<String>);

/// The newest change.
pub(super) async fn change(listener: &mut PgListener) -> Result<Change, CatalogError> {
    let row = sqlx::raw_sql(CHANGE).fetch_optional(listener).await?;
    Ok(change_of(row)?)
}

/// Everything that a snapshot has, as of one moment, and the change that made it so.
pub(super) async fn directory(
    server: &Server,
    before: &Directory,
) -> Result<(Change, Directory), CatalogError> {
    let mut session = server.read().await?;
    let change = change_of(sqlx::raw_sql(CHANGE).fetch_optional(&mut session.connection).await?)?;
    let sites: Vec<SiteRow> = all(
        &mut session.connection,
        "SELECT id, timezone, public, require_key, (extract(epoch FROM created_at) * 1000)::bigint, settings \
         FROM sites",
    )
    .await?;
    let keys: Vec<GrantRow> =
        all(&mut session.connection, "SELECT hash, id, site_id, kind FROM keys WHERE revoked_at IS NULL")
            .await?;
    let schemas: Vec<SchemaRow> = all(
        &mut session.connection,
        "SELECT site_id, name, mode, document, (extract(epoch FROM created_at) * 1000)::bigint, \
                (extract(epoch FROM updated_at) * 1000)::bigint FROM event_schemas",
    )
    .await?;
    let goals: Vec<GoalRow> = all(
        &mut session.connection,
        "SELECT site_id, id::bigint, name, kind, target, percent::bigint, currency, \
                (extract(epoch FROM created_at) * 1000)::bigint, \
                (extract(epoch FROM updated_at) * 1000)::bigint FROM goals",
    )
    .await?;
    let segments: Vec<SegmentRow> = all(
        &mut session.connection,
        "SELECT site_id, id::bigint, name, filters, (extract(epoch FROM created_at) * 1000)::bigint, \
                (extract(epoch FROM updated_at) * 1000)::bigint FROM segments",
    )
    .await?;
    let annotations: Vec<AnnotationRow> = all(
        &mut session.connection,
        "SELECT site_id, id::bigint, (extract(epoch FROM at) * 1000)::bigint, text, \
                (extract(epoch FROM created_at) * 1000)::bigint FROM annotations",
    )
    .await?;
    session.commit().await?;
    let rows = Rows { sites, keys, schemas, goals, segments, annotations };
    Ok((change, rows::directory(rows, before)?))
}

/// Every key, oldest first, of one site or of all.
pub(super) async fn keys(server: &Server, of: Option<&SiteId>) -> Result<Vec<Key>, CatalogError> {
    let mut session = server.read().await?;
    let rows: Vec<KeyRow> = sqlx::query_as(
        "SELECT id, site_id, kind, hint, (extract(epoch FROM created_at) * 1000)::bigint, \
                (extract(epoch FROM revoked_at) * 1000)::bigint \
         FROM keys WHERE $1::text IS NULL OR site_id = $1 ORDER BY created_at, seq",
    )
    .bind(of.map(SiteId::as_str))
    .persistent(false)
    .fetch_all(&mut session.connection)
    .await?;
    session.commit().await?;
    rows::keys(rows)
}

fn change_of(row: Option<PgRow>) -> Result<Change, sqlx::Error> {
    let change: Option<(String,)> = row.as_ref().map(FromRow::from_row).transpose()?;
    Ok(Change(change.map(|(change,)| change)))
}

async fn all<T: for<'r> FromRow<'r, PgRow>>(
    connection: &mut PgConnection,
    statement: &'static str,
) -> Result<Vec<T>, sqlx::Error> {
    let rows = sqlx::raw_sql(statement).fetch_all(connection).await?;
    rows.iter().map(T::from_row).collect()
}
