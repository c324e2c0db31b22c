//! The embedded catalog: one SQLite file, read and written by any number of processes of one machine.
//!
//! - The file is the truth, [`Directory`] a copy of it.
//! - A write commits, then reads the copy again before it returns: whoever wrote sees it.
//! - Another process's write is noticed by `PRAGMA data_version`, asked twice a second on a connection of
//!   its own, since the number is only comparable within one connection.

mod annotations;
mod goals;
mod numbers;
mod read;
mod salts;
mod segments;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use millrace_event::{SiteId, Timestamp};
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use tokio::task::JoinHandle;

use crate::key::{Key, KeyId, KeyKind, NewKey};
use crate::salts::Salts;
use crate::snapshot::Snapshot;
use crate::{
    Catalog, CatalogError, Directory, NewAnnotation, NewGoal, NewSchema, NewSegment, Salt, Site, SiteChange,
    SiteSettings, named, rows, schema,
};

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

/// How often another process's changes are looked for.
const POLL: Duration = Duration::from_millis(500);
/// How often a process that gets no events looks for salts whose time is over.
const FORGET: Duration = Duration::from_secs(3600);
/// How long a statement waits for another process's transaction.
const BUSY: Duration = Duration::from_secs(10);
/// How often a new file is tried while another process is making it.
const ATTEMPTS: u32 = 20;

/// A catalog in one SQLite file.
#[derive(Debug)]
pub struct SqliteCatalog {
    shared: Arc<Shared>,
    watch: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    pool: SqlitePool,
    snapshot: Snapshot,
    salts: Salts,
}

impl SqliteCatalog {
    /// Opens the file, or makes it readable by its owner alone; its folder must exist. Must be called within a
    /// Tokio runtime, which then runs the task that watches the file until the catalog goes.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, CatalogError> {
        let path = path.as_ref();
        create_private(path).map_err(sqlx::Error::Io)?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY)
            // A deleted salt must be gone from the file, not only from the table.
            .pragma("secure_delete", "ON");
        let pool = SqlitePoolOptions::new().max_connections(4).connect_lazy_with(options);
        migrate(&pool).await?;
        let mut watching = pool.acquire().await?.detach();
        let seen = data_version(&mut watching).await?;
        let shared = Arc::new(Shared { pool, snapshot: Snapshot::default(), salts: Salts::default() });
        shared.read().await?;
        let watch = tokio::spawn(watch(Arc::clone(&shared), watching, seen));
        Ok(Self { shared, watch })
    }
}

impl Drop for SqliteCatalog {
    fn drop(&mut self) {
        self.watch.abort();
    }
}

#[async_trait]
impl Catalog for SqliteCatalog {
    fn directory(&self) -> Arc<Directory> {
        self.shared.snapshot.get()
    }

    async fn refresh(&self) -> Result<(), CatalogError> {
        self.shared.read().await
    }

    async fn add_site(&self, site: &Site) -> Result<(), CatalogError> {
        let timezone = rows::timezone(&site.timezone)?;
        let statement = "INSERT INTO sites (id, timezone, public, require_key, created_at, settings) VALUES (?, ?, ?, ?, ?, ?)";
        sqlx::query(statement)
            .bind(site.id.as_str())
            .bind(timezone)
            .bind(site.public)
            .bind(site.require_key)
            .bind(site.created_at.as_millis())
            .bind(site.settings.to_json())
            .execute(&self.shared.pool)
            .await
            .map_err(|error| match error.as_database_error() {
                Some(cause) if cause.is_unique_violation() => CatalogError::SiteExists(site.id.clone()),
                _ => error.into(),
            })?;
        self.shared.read().await
    }

    async fn change_site(&self, site: &SiteId, change: &SiteChange) -> Result<(), CatalogError> {
        let statement = "UPDATE sites SET timezone = coalesce(?, timezone), public = coalesce(?, public), \
                         require_key = coalesce(?, require_key) WHERE id = ?";
        let statement = sqlx::query(statement)
            .bind(change.timezone.as_ref().map(rows::timezone).transpose()?)
            .bind(change.public)
            .bind(change.require_key)
            .bind(site.as_str());
        let known = statement.execute(&self.shared.pool).await?.rows_affected() > 0;
        self.shared.read().await?;
        known.then_some(()).ok_or_else(|| CatalogError::UnknownSite(site.clone()))
    }

    async fn set_schema(&self, site: &SiteId, schema: &NewSchema) -> Result<(), CatalogError> {
        schema.check_room(site, &self.directory())?;
        let statement = "INSERT INTO event_schemas (site_id, name, mode, document, created_at, updated_at) \
                         VALUES (?1, ?2, ?3, ?4, ?5, ?5) ON CONFLICT (site_id, name) DO UPDATE \
                         SET mode = excluded.mode, document = excluded.document, updated_at = excluded.updated_at";
        sqlx::query(statement)
            .bind(site.as_str())
            .bind(schema.name())
            .bind(schema.mode().as_str())
            .bind(schema.document())
            .bind(Timestamp::now().as_millis())
            .execute(&self.shared.pool)
            .await
            .map_err(|error| match error.as_database_error() {
                Some(cause) if cause.is_foreign_key_violation() => CatalogError::UnknownSite(site.clone()),
                _ => error.into(),
            })?;
        self.shared.read().await
    }

    async fn remove_schema(&self, site: &SiteId, name: &str) -> Result<bool, CatalogError> {
        let statement = sqlx::query("DELETE FROM event_schemas WHERE site_id = ? AND name = ?");
        let statement = statement.bind(site.as_str()).bind(name);
        let removed = statement.execute(&self.shared.pool).await?.rows_affected() > 0;
        self.shared.read().await?;
        Ok(removed)
    }

    async fn add_goal(&self, site: &SiteId, goal: &NewGoal) -> Result<u32, CatalogError> {
        named::check_room(site, self.directory().goals(site).all())?;
        let id = goals::add(&self.shared.pool, site, goal).await?;
        self.shared.read().await?;
        Ok(id)
    }

    async fn replace_goal(&self, site: &SiteId, id: u32, goal: &NewGoal) -> Result<bool, CatalogError> {
        let replaced = goals::replace(&self.shared.pool, site, id, goal).await?;
        self.shared.read().await?;
        Ok(replaced)
    }

    async fn remove_goal(&self, site: &SiteId, id: u32) -> Result<bool, CatalogError> {
        let removed = goals::remove(&self.shared.pool, site, id).await?;
        self.shared.read().await?;
        Ok(removed)
    }

    async fn add_segment(&self, site: &SiteId, segment: &NewSegment) -> Result<u32, CatalogError> {
        named::check_room(site, self.directory().segments(site).all())?;
        let id = segments::add(&self.shared.pool, site, segment).await?;
        self.shared.read().await?;
        Ok(id)
    }

    async fn replace_segment(
        &self,
        site: &SiteId,
        id: u32,
        segment: &NewSegment,
    ) -> Result<bool, CatalogError> {
        let replaced = segments::replace(&self.shared.pool, site, id, segment).await?;
        self.shared.read().await?;
        Ok(replaced)
    }

    async fn remove_segment(&self, site: &SiteId, id: u32) -> Result<bool, CatalogError> {
        let removed = segments::remove(&self.shared.pool, site, id).await?;
        self.shared.read().await?;
        Ok(removed)
    }

    async fn add_annotation(&self, site: &SiteId, annotation: &NewAnnotation) -> Result<u32, CatalogError> {
        named::check_room(site, self.directory().annotations(site).all())?;
        let id = annotations::add(&self.shared.pool, site, annotation).await?;
        self.shared.read().await?;
        Ok(id)
    }

    async fn replace_annotation(
        &self,
        site: &SiteId,
        id: u32,
        annotation: &NewAnnotation,
    ) -> Result<bool, CatalogError> {
        let replaced = annotations::replace(&self.shared.pool, site, id, annotation).await?;
        self.shared.read().await?;
        Ok(replaced)
    }

    async fn remove_annotation(&self, site: &SiteId, id: u32) -> Result<bool, CatalogError> {
        let removed = annotations::remove(&self.shared.pool, site, id).await?;
        self.shared.read().await?;
        Ok(removed)
    }

    async fn remove_site(&self, site: &SiteId) -> Result<bool, CatalogError> {
        let statement = sqlx::query("DELETE FROM sites WHERE id = ?").bind(site.as_str());
        let removed = statement.execute(&self.shared.pool).await?.rows_affected() > 0;
        self.shared.read().await?;
        Ok(removed)
    }

    async fn set_settings(&self, site: &SiteId, settings: &SiteSettings) -> Result<(), CatalogError> {
        let statement = sqlx::query("UPDATE sites SET settings = ? WHERE id = ?");
        let statement = statement.bind(settings.to_json()).bind(site.as_str());
        let known = statement.execute(&self.shared.pool).await?.rows_affected() > 0;
        self.shared.read().await?;
        known.then_some(()).ok_or_else(|| CatalogError::UnknownSite(site.clone()))
    }

    async fn add_key(&self, site: &SiteId, kind: KeyKind) -> Result<NewKey, CatalogError> {
        let new = NewKey::generate(site.clone(), kind, Timestamp::now());
        let statement =
            "INSERT INTO keys (id, site_id, kind, hint, hash, created_at) VALUES (?, ?, ?, ?, ?, ?)";
        sqlx::query(statement)
            .bind(new.key.id.as_str())
            .bind(site.as_str())
            .bind(kind.as_str())
            .bind(&new.key.hint)
            .bind(new.hash().0.as_slice())
            .bind(new.key.created_at.as_millis())
            .execute(&self.shared.pool)
            .await
            .map_err(|error| match error.as_database_error() {
                Some(cause) if cause.is_foreign_key_violation() => CatalogError::UnknownSite(site.clone()),
                _ => error.into(),
            })?;
        self.shared.read().await?;
        Ok(new)
    }

    async fn keys(&self, site: Option<&SiteId>) -> Result<Vec<Key>, CatalogError> {
        read::keys(&self.shared.pool, site).await
    }

    async fn revoke_key(&self, key: &KeyId) -> Result<bool, CatalogError> {
        let statement = "UPDATE keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL";
        let statement = sqlx::query(statement).bind(Timestamp::now().as_millis()).bind(key.as_str());
        let revoked = statement.execute(&self.shared.pool).await?.rows_affected() > 0;
        self.shared.read().await?;
        Ok(revoked)
    }

    async fn salt(&self, utc_day: i64, now: Timestamp) -> Result<Salt, CatalogError> {
        self.shared.salts.get(&self.shared.pool, utc_day, now).await
    }
}

impl Shared {
    async fn read(&self) -> Result<(), CatalogError> {
        let read = async |before: Arc<Directory>| read::directory(&self.pool, &before).await;
        self.snapshot.replace(read).await
    }
}

/// Runs until it is aborted. A failure is logged once, and the next turn tries again.
async fn watch(shared: Arc<Shared>, mut connection: SqliteConnection, mut seen: i64) {
    let mut failing = false;
    let mut forget = tokio::time::interval_at(tokio::time::Instant::now() + FORGET, FORGET);
    loop {
        let outcome = tokio::select! {
            () = tokio::time::sleep(POLL) => look(&shared, &mut connection, &mut seen).await,
            _ = forget.tick() => shared.salts.forget(&shared.pool, Timestamp::now()).await,
        };
        match outcome {
            Ok(()) => failing = false,
            Err(error) => {
                if !failing {
                    tracing::error!(error = %error, "the catalog cannot be read, its last state stays in use");
                }
                failing = true;
            }
        }
    }
}

async fn look(
    shared: &Shared,
    connection: &mut SqliteConnection,
    seen: &mut i64,
) -> Result<(), CatalogError> {
    let version = data_version(connection).await?;
    if version != *seen {
        shared.read().await?;
        *seen = version;
    }
    Ok(())
}

async fn data_version(connection: &mut SqliteConnection) -> Result<i64, CatalogError> {
    Ok(sqlx::query_scalar("PRAGMA data_version").fetch_one(connection).await?)
}

/// Brings the schema up to date. Two processes may do this to one new file at the same moment: who comes second
/// finds it locked, in a way SQLite does not wait for, or its migration done, and looks again.
async fn migrate(pool: &SqlitePool) -> Result<(), CatalogError> {
    let mut attempt = 0;
    loop {
        attempt += 1;
        match MIGRATIONS.run(pool).await.map_err(|error| schema::error(&MIGRATIONS, error)) {
            Err(error) if attempt < ATTEMPTS && is_passing(&error) => {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            outcome => return outcome,
        }
    }
}

fn is_passing(error: &CatalogError) -> bool {
    match error {
        // The primary code is the low byte: 5 is SQLITE_BUSY, 6 SQLITE_LOCKED.
        CatalogError::Database(error) | CatalogError::Migration(MigrateError::Execute(error)) => {
            let code = error.as_database_error().and_then(|cause| cause.code());
            matches!(code.and_then(|code| code.parse::<u32>().ok()).map(|code| code & 0xff), Some(5 | 6))
        }
        CatalogError::Migration(MigrateError::ExecuteMigration(..)) => true,
        _ => false,
    }
}

/// SQLite gives its own files the mode of the database, and salts are secrets.
fn create_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}
