//! The catalog of several machines: tables in PostgreSQL, version 14 or newer, read and written by any number of
//! processes.
//!
//! - The database is the truth, [`Directory`] a copy of it. While the database is away, the last copy stays in use,
//!   and a salt that was read already is known; whatever else is asked is an error, within seconds. The process
//!   connects again by itself.
//! - A write commits, then reads the copy again before it returns: whoever wrote sees it.
//! - Another process's write is noticed by `NOTIFY` at once, and where that does not arrive within a second.
//! - A pooler may stand in between, PgBouncer in transaction mode too. `NOTIFY` is not used then.
//! - The tables are `sites`, `keys`, `event_schemas`, `goals`, `segments`, `annotations`, `salts`, `catalog_state` and
//!   `_catalog_migrations`, in the first schema of the search path. Other tables may lie beside them.
//!
//! # What becomes of a deleted salt
//!
//! The table's file is rewritten without it. It stays, until PostgreSQL's own upkeep removes it, in places that no
//! statement reads, and whoever can read the server's files can:
//!
//! - in the write-ahead log, whose files are overwritten or deleted after some checkpoints;
//! - in archives of that log, on replicas as far as they keep it, and in backups, for as long as those are kept;
//! - in the table's file, while a transaction that is older than the deletion is open, or where a lock (a backup)
//!   was in the way of the rewrite: until the deletion of the next day;
//! - in the blocks of deleted files, as with any file.
//!
//! Whoever has such a copy, and the events, can compute for an address and a user agent which visitor of that day
//! they were. So the promise that nobody can is kept as late as the archives and backups of the database are
//! deleted: keep them as short as the promise has to be, or leave the data of the table `salts` out of dumps
//! (`pg_dump --exclude-table-data=salts`). Access to the table while a salt is alive is access to the same secret.

mod address;
mod annotations;
mod goals;
mod migrate;
mod read;
mod salts;
mod segments;
mod server;
mod watch;

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use millrace_event::{SiteId, Timestamp};
use sqlx::error::ErrorKind;
use tokio::task::JoinHandle;

use crate::key::{Key, KeyId, KeyKind, NewKey};
use crate::salts::Salts;
use crate::snapshot::Snapshot;
use crate::{
    Catalog, CatalogError, Directory, NewAnnotation, NewGoal, NewSchema, NewSegment, Salt, Site, SiteChange,
    SiteSettings, named, rows,
};
use read::Change;
use server::{ANSWER, Server};

/// A catalog in a PostgreSQL database.
#[derive(Debug)]
pub struct PostgresCatalog {
    shared: Arc<Shared>,
    watch: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    server: Server,
    snapshot: Snapshot,
    seen: Mutex<Change>,
    salts: Salts,
}

impl PostgresCatalog {
    /// Connects to `postgres://user:password@host:port/database`, makes the tables or brings them up to date, and
    /// reads them. Must be called within a Tokio runtime, which then runs the task that watches the database until
    /// the catalog goes.
    pub async fn open(url: &str) -> Result<Self, CatalogError> {
        let server = Server::new(url)?;
        migrate::migrate(&server).await?;
        let shared = Arc::new(Shared {
            server,
            snapshot: Snapshot::default(),
            seen: Mutex::default(),
            salts: Salts::default(),
        });
        shared.read().await?;
        let watch = tokio::spawn(watch::watch(Arc::clone(&shared)));
        Ok(Self { shared, watch })
    }
}

impl Drop for PostgresCatalog {
    fn drop(&mut self) {
        self.watch.abort();
    }
}

#[async_trait]
impl Catalog for PostgresCatalog {
    fn directory(&self) -> Arc<Directory> {
        self.shared.snapshot.get()
    }

    async fn refresh(&self) -> Result<(), CatalogError> {
        self.shared.read().await
    }

    async fn add_site(&self, site: &Site) -> Result<(), CatalogError> {
        let statement = sqlx::query(
            "INSERT INTO sites (id, timezone, public, require_key, created_at, settings) \
             VALUES ($1, $2, $3, $4, timestamptz 'epoch' + $5::bigint * interval '1 millisecond', $6)",
        )
        .bind(site.id.as_str())
        .bind(rows::timezone(&site.timezone)?)
        .bind(site.public)
        .bind(site.require_key)
        .bind(site.created_at.as_millis())
        .bind(site.settings.to_json());
        self.shared.server.execute(statement).await.map_err(|error| match error {
            error if is(&error, &ErrorKind::UniqueViolation) => CatalogError::SiteExists(site.id.clone()),
            error => error,
        })?;
        self.shared.read().await
    }

    async fn change_site(&self, site: &SiteId, change: &SiteChange) -> Result<(), CatalogError> {
        let statement = sqlx::query(
            "UPDATE sites SET timezone = coalesce($2, timezone), public = coalesce($3, public), \
                    require_key = coalesce($4, require_key) WHERE id = $1",
        )
        .bind(site.as_str())
        .bind(change.timezone.as_ref().map(rows::timezone).transpose()?)
        .bind(change.public)
        .bind(change.require_key);
        let known = self.shared.server.execute(statement).await? > 0;
        self.shared.read().await?;
        known.then_some(()).ok_or_else(|| CatalogError::UnknownSite(site.clone()))
    }

    async fn set_schema(&self, site: &SiteId, schema: &NewSchema) -> Result<(), CatalogError> {
        schema.check_room(site, &self.directory())?;
        let statement = sqlx::query(
            "INSERT INTO event_schemas (site_id, name, mode, document, created_at, updated_at) \
             SELECT $1, $2, $3, $4, now, now \
             FROM (SELECT timestamptz 'epoch' + $5::bigint * interval '1 millisecond' AS now) AS clock \
             ON CONFLICT (site_id, name) DO UPDATE \
             SET mode = excluded.mode, document = excluded.document, updated_at = excluded.updated_at",
        )
        .bind(site.as_str())
        .bind(schema.name())
        .bind(schema.mode().as_str())
        .bind(schema.document())
        .bind(Timestamp::now().as_millis());
        self.shared.server.execute(statement).await.map_err(|error| match error {
            error if is(&error, &ErrorKind::ForeignKeyViolation) => CatalogError::UnknownSite(site.clone()),
            error => error,
        })?;
        self.shared.read().await
    }

    async fn remove_schema(&self, site: &SiteId, name: &str) -> Result<bool, CatalogError> {
        let statement = sqlx::query("DELETE FROM event_schemas WHERE site_id = $1 AND name = $2");
        let statement = statement.bind(site.as_str()).bind(name);
        let removed = self.shared.server.execute(statement).await? > 0;
        self.shared.read().await?;
        Ok(removed)
    }

    async fn add_goal(&self, site: &SiteId, goal: &NewGoal) -> Result<u32, CatalogError> {
        named::check_room(site, self.directory().goals(site).all())?;
        let id = goals::add(&self.shared.server, site, goal).await?;
        self.shared.read().await?;
        Ok(id)
    }

    async fn replace_goal(&self, site: &SiteId, id: u32, goal: &NewGoal) -> Result<bool, CatalogError> {
        let replaced = goals::replace(&self.shared.server, site, id, goal).await?;
        self.shared.read().await?;
        Ok(replaced)
    }

    async fn remove_goal(&self, site: &SiteId, id: u32) -> Result<bool, CatalogError> {
        let removed = goals::remove(&self.shared.server, site, id).await?;
        self.shared.read().await?;
        Ok(removed)
    }

    async fn add_segment(&self, site: &SiteId, segment: &NewSegment) -> Result<u32, CatalogError> {
        named::check_room(site, self.directory().segments(site).all())?;
        let id = segments::add(&self.shared.server, site, segment).await?;
        self.shared.read().await?;
        Ok(id)
    }

    async fn replace_segment(
        &self,
        site: &SiteId,
        id: u32,
        segment: &NewSegment,
    ) -> Result<bool, CatalogError> {
        let replaced = segments::replace(&self.shared.server, site, id, segment).await?;
        self.shared.read().await?;
        Ok(replaced)
    }

    async fn remove_segment(&self, site: &SiteId, id: u32) -> Result<bool, CatalogError> {
        let removed = segments::remove(&self.shared.server, site, id).await?;
        self.shared.read().await?;
        Ok(removed)
    }

    async fn add_annotation(&self, site: &SiteId, annotation: &NewAnnotation) -> Result<u32, CatalogError> {
        named::check_room(site, self.directory().annotations(site).all())?;
        let id = annotations::add(&self.shared.server, site, annotation).await?;
        self.shared.read().await?;
        Ok(id)
    }

    async fn replace_annotation(
        &self,
        site: &SiteId,
        id: u32,
        annotation: &NewAnnotation,
    ) -> Result<bool, CatalogError> {
        let replaced = annotations::replace(&self.shared.server, site, id, annotation).await?;
        self.shared.read().await?;
        Ok(replaced)
    }

    async fn remove_annotation(&self, site: &SiteId, id: u32) -> Result<bool, CatalogError> {
        let removed = annotations::remove(&self.shared.server, site, id).await?;
        self.shared.read().await?;
        Ok(removed)
    }

    async fn remove_site(&self, site: &SiteId) -> Result<bool, CatalogError> {
        let statement = sqlx::query("DELETE FROM sites WHERE id = $1").bind(site.as_str());
        let removed = self.shared.server.execute(statement).await? > 0;
        self.shared.read().await?;
        Ok(removed)
    }

    async fn set_settings(&self, site: &SiteId, settings: &SiteSettings) -> Result<(), CatalogError> {
        let statement = sqlx::query("UPDATE sites SET settings = $1 WHERE id = $2");
        let statement = statement.bind(settings.to_json()).bind(site.as_str());
        let known = self.shared.server.execute(statement).await? > 0;
        self.shared.read().await?;
        known.then_some(()).ok_or_else(|| CatalogError::UnknownSite(site.clone()))
    }

    async fn add_key(&self, site: &SiteId, kind: KeyKind) -> Result<NewKey, CatalogError> {
        let new = NewKey::generate(site.clone(), kind, Timestamp::now());
        let hash = new.hash().0;
        let statement = sqlx::query(
            "INSERT INTO keys (id, site_id, kind, hint, hash, created_at) \
             VALUES ($1, $2, $3, $4, $5, timestamptz 'epoch' + $6::bigint * interval '1 millisecond')",
        )
        .bind(new.key.id.as_str())
        .bind(site.as_str())
        .bind(kind.as_str())
        .bind(&new.key.hint)
        .bind(hash.as_slice())
        .bind(new.key.created_at.as_millis());
        self.shared.server.execute(statement).await.map_err(|error| match error {
            error if is(&error, &ErrorKind::ForeignKeyViolation) => CatalogError::UnknownSite(site.clone()),
            error => error,
        })?;
        self.shared.read().await?;
        Ok(new)
    }

    async fn keys(&self, site: Option<&SiteId>) -> Result<Vec<Key>, CatalogError> {
        let server = &self.shared.server;
        server.within(ANSWER, read::keys(server, site)).await
    }

    async fn revoke_key(&self, key: &KeyId) -> Result<bool, CatalogError> {
        let statement = sqlx::query(
            "UPDATE keys SET revoked_at = timestamptz 'epoch' + $1::bigint * interval '1 millisecond' \
             WHERE id = $2 AND revoked_at IS NULL",
        )
        .bind(Timestamp::now().as_millis())
        .bind(key.as_str());
        let revoked = self.shared.server.execute(statement).await? > 0;
        self.shared.read().await?;
        Ok(revoked)
    }

    async fn salt(&self, utc_day: i64, now: Timestamp) -> Result<Salt, CatalogError> {
        self.shared.salts.get(&self.shared.server, utc_day, now).await
    }
}

impl Shared {
    async fn read(&self) -> Result<(), CatalogError> {
        let read = async |before: Arc<Directory>| {
            let (change, directory) = read::directory(&self.server, &before).await?;
            *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = change;
            Ok(directory)
        };
        self.server.within(ANSWER, self.snapshot.replace(read)).await
    }

    /// The change that the snapshot has.
    fn seen(&self) -> Change {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn is(error: &CatalogError, kind: &ErrorKind) -> bool {
    let CatalogError::Database(error) = error else { return false };
    error.as_database_error().is_some_and(|cause| cause.kind() == *kind)
}
