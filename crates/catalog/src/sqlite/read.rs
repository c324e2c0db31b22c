//! Rows to sites, keys and the [`Directory`].

use jiff::tz::TimeZone;
use millrace_event::{SiteId, Timestamp};
use sqlx::sqlite::SqlitePool;

use crate::key::{Key, KeyHash, KeyId};
use crate::{CatalogError, Directory, Site};

/// Sites and valid keys, as of one moment.
pub(super) async fn directory(pool: &SqlitePool) -> Result<Directory, CatalogError> {
    // One transaction, so that no key appears without its site.
    let mut snapshot = pool.begin().await?;
    let sites: Vec<SiteRow> =
        sqlx::query_as("SELECT id, timezone, public, require_key, created_at FROM sites")
            .fetch_all(&mut *snapshot)
            .await?;
    let keys: Vec<(Vec<u8>, String, String)> =
        sqlx::query_as("SELECT hash, site_id, kind FROM keys WHERE revoked_at IS NULL")
            .fetch_all(&mut *snapshot)
            .await?;
    snapshot.rollback().await?;
    let sites: Vec<Site> = sites.into_iter().map(site).collect::<Result<_, _>>()?;
    let keys = keys.into_iter().map(|(hash, site, kind)| {
        let hash = hash.try_into().map(KeyHash).map_err(|hash| invalid("keys.hash", hex::encode(hash)))?;
        Ok((hash, parse("keys.site_id", site, SiteId::new)?, parse("keys.kind", kind, |kind| kind.parse())?))
    });
    Ok(Directory::new(sites, keys.collect::<Result<Vec<_>, CatalogError>>()?))
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
    rows.into_iter().map(key).collect()
}

type SiteRow = (String, String, bool, bool, i64);
type KeyRow = (String, String, String, String, i64, Option<i64>);

fn site((id, timezone, public, require_key, created_at): SiteRow) -> Result<Site, CatalogError> {
    Ok(Site {
        id: parse("sites.id", id, SiteId::new)?,
        timezone: parse("sites.timezone", timezone, |name| TimeZone::get(&name))?,
        public,
        require_key,
        created_at: Timestamp::from_millis(created_at),
    })
}

fn key((id, site, kind, hint, created_at, revoked_at): KeyRow) -> Result<Key, CatalogError> {
    Ok(Key {
        id: parse("keys.id", id, |id| KeyId::new(&id))?,
        site: parse("keys.site_id", site, SiteId::new)?,
        kind: parse("keys.kind", kind, |kind| kind.parse())?,
        hint,
        created_at: Timestamp::from_millis(created_at),
        revoked_at: revoked_at.map(Timestamp::from_millis),
    })
}

fn parse<T, E>(
    what: &'static str,
    value: String,
    read: impl FnOnce(String) -> Result<T, E>,
) -> Result<T, CatalogError> {
    read(value.clone()).map_err(|_| invalid(what, value))
}

fn invalid(what: &'static str, value: String) -> CatalogError {
    CatalogError::Invalid { what, value }
}
