//! Rows of a database to sites, keys, schemas and the [`Directory`], and back. Every backend's statements answer these rows.

use std::sync::Arc;

use jiff::tz::TimeZone;
use millrace_event::schema::EventSchema;
use millrace_event::{SiteId, Timestamp};

use crate::key::{Key, KeyHash, KeyId};
use crate::{CatalogError, DeclaredSchema, Directory, Site, SiteSettings};

/// Id, time zone, public, require_key, created_at in milliseconds, settings.
pub(crate) type SiteRow = (String, String, bool, bool, i64, String);
/// Of a valid key: hash, site, kind.
pub(crate) type GrantRow = (Vec<u8>, String, String);
/// Id, site, kind, hint, created_at and revoked_at in milliseconds.
pub(crate) type KeyRow = (String, String, String, String, i64, Option<i64>);

/// Site, name, mode, document, created_at and updated_at in milliseconds.
pub(crate) type SchemaRow = (String, String, String, String, i64, i64);

/// The snapshot of these sites, valid keys and schemas. What `before` has compiled already is taken from there.
pub(crate) fn directory(
    sites: Vec<SiteRow>,
    keys: Vec<GrantRow>,
    schemas: Vec<SchemaRow>,
    before: &Directory,
) -> Result<Directory, CatalogError> {
    let sites: Vec<Site> = sites.into_iter().map(site).collect::<Result<_, _>>()?;
    let keys = keys.into_iter().map(|(hash, site, kind)| {
        let hash = hash.try_into().map(KeyHash).map_err(|hash| invalid("keys.hash", hex::encode(hash)))?;
        Ok((hash, parse("keys.site_id", site, SiteId::new)?, parse("keys.kind", kind, |kind| kind.parse())?))
    });
    let keys = keys.collect::<Result<Vec<_>, CatalogError>>()?;
    let schemas = schemas.into_iter().map(|row| schema(row, before)).collect::<Result<Vec<_>, _>>()?;
    Ok(Directory::new(sites, keys).with_schemas(schemas.into_iter().flatten()))
}

/// Nothing where this version cannot read the document: a newer one wrote it, and events must go on meanwhile.
fn schema(
    (site, name, mode, document, created_at, updated_at): SchemaRow,
    before: &Directory,
) -> Result<Option<(SiteId, DeclaredSchema)>, CatalogError> {
    let site = parse("event_schemas.site_id", site, SiteId::new)?;
    let known = before.schemas(&site).get(&name).filter(|known| known.schema.document() == document);
    let schema = match known {
        Some(known) => Arc::clone(&known.schema),
        None => match EventSchema::parse(&document) {
            Ok(schema) => Arc::new(schema),
            Err(error) => {
                tracing::warn!(site.id = %site, event = name, %error, "a declared schema is not understood, and left out");
                return Ok(None);
            }
        },
    };
    let declared = DeclaredSchema {
        name: name.into(),
        mode: parse("event_schemas.mode", mode, |mode| mode.parse())?,
        schema,
        created_at: Timestamp::from_millis(created_at),
        updated_at: Timestamp::from_millis(updated_at),
    };
    Ok(Some((site, declared)))
}

/// The keys of these rows, in their order.
pub(crate) fn keys(rows: Vec<KeyRow>) -> Result<Vec<Key>, CatalogError> {
    rows.into_iter().map(key).collect()
}

/// The name that a site's time zone is stored under.
pub(crate) fn timezone(site: &Site) -> Result<&str, CatalogError> {
    site.timezone.iana_name().ok_or_else(|| invalid("sites.timezone", format!("{:?}", site.timezone)))
}

fn site((id, timezone, public, require_key, created_at, settings): SiteRow) -> Result<Site, CatalogError> {
    Ok(Site {
        id: parse("sites.id", id, SiteId::new)?,
        timezone: parse("sites.timezone", timezone, |name| TimeZone::get(&name))?,
        public,
        require_key,
        created_at: Timestamp::from_millis(created_at),
        settings: SiteSettings::parse(&settings).unwrap_or_else(|error| {
            // A newer version's, during an upgrade: that must not keep new sites and revoked keys from being seen.
            let field = error.field;
            tracing::warn!(
                settings.field = field,
                "a site's settings cannot be read by this version: it has the defaults"
            );
            SiteSettings::default()
        }),
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
