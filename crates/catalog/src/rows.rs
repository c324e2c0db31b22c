//! Rows of a database to sites, keys, schemas, goals, segments, annotations and the [`Directory`], and back. Every backend's
//! statements answer these rows.

use std::sync::Arc;

use jiff::tz::TimeZone;
use millrace_event::schema::EventSchema;
use millrace_event::{SiteId, Timestamp};
use millrace_query::{Goal, GoalKind};

use crate::key::{Key, KeyHash, KeyId};
use crate::{
    CatalogError, DeclaredSchema, Directory, SavedAnnotation, SavedGoal, SavedSegment, Site, SiteSettings,
};

/// Id, time zone, public, require_key, created_at in milliseconds, settings.
pub(crate) type SiteRow = (String, String, bool, bool, i64, String);
/// Of a valid key: hash, id, site, kind.
pub(crate) type GrantRow = (Vec<u8>, String, String, String);
/// Id, site, kind, hint, created_at and revoked_at in milliseconds.
pub(crate) type KeyRow = (String, String, String, String, i64, Option<i64>);

/// Site, name, mode, document, created_at and updated_at in milliseconds.
pub(crate) type SchemaRow = (String, String, String, String, i64, i64);
/// Site, id, name, kind, target, percent, currency, created_at and updated_at in milliseconds.
pub(crate) type GoalRow = (String, i64, String, String, String, Option<i64>, Option<String>, i64, i64);

/// Site, id, name, filters, created_at and updated_at in milliseconds.
pub(crate) type SegmentRow = (String, i64, String, String, i64, i64);
/// Site, id, at in milliseconds, text, created_at in milliseconds.
pub(crate) type AnnotationRow = (String, i64, i64, String, i64);

/// All rows that make a snapshot, as of one moment.
pub(crate) struct Rows {
    pub(crate) sites: Vec<SiteRow>,
    /// Of keys that are not revoked.
    pub(crate) keys: Vec<GrantRow>,
    pub(crate) schemas: Vec<SchemaRow>,
    pub(crate) goals: Vec<GoalRow>,
    pub(crate) segments: Vec<SegmentRow>,
    pub(crate) annotations: Vec<AnnotationRow>,
}

/// The snapshot of these rows. What `before` has compiled already is taken from there.
pub(crate) fn directory(rows: Rows, before: &Directory) -> Result<Directory, CatalogError> {
    let sites: Vec<Site> = rows.sites.into_iter().map(site).collect::<Result<_, _>>()?;
    let keys = rows.keys.into_iter().map(|(hash, id, site, kind)| {
        let hash = hash.try_into().map(KeyHash).map_err(|hash| invalid("keys.hash", hex::encode(hash)))?;
        let id = parse("keys.id", id, |id| KeyId::new(&id))?;
        let site = parse("keys.site_id", site, SiteId::new)?;
        Ok((hash, id, site, parse("keys.kind", kind, |kind| kind.parse())?))
    });
    let keys = keys.collect::<Result<Vec<_>, CatalogError>>()?;
    let schemas = rows.schemas.into_iter().map(|row| schema(row, before)).collect::<Result<Vec<_>, _>>()?;
    let goals = rows.goals.into_iter().map(|row| goal(row, before)).collect::<Result<Vec<_>, _>>()?;
    let segments = rows.segments.into_iter().map(segment).collect::<Result<Vec<_>, _>>()?;
    let annotations = rows.annotations.into_iter().map(annotation).collect::<Result<Vec<_>, _>>()?;
    let directory = Directory::new(sites, keys).with_schemas(schemas.into_iter().flatten());
    let directory = directory.with_goals(goals.into_iter().flatten());
    Ok(directory.with_segments(segments).with_annotations(annotations))
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

/// How a goal's kind is stored: its name, the event or page, the percentage.
pub(crate) fn of_kind(kind: &GoalKind) -> (&'static str, &str, Option<i64>) {
    match kind {
        GoalKind::Event(event) => ("event", event, None),
        GoalKind::Page(page) => ("page", page, None),
        GoalKind::Scroll(page, percent) => ("scroll", page, Some(i64::from(*percent))),
    }
}

/// Nothing where this version does not know the kind, or cannot compile the page: a newer one wrote it, and reports
/// must go on meanwhile.
fn goal(
    (site, id, name, kind, target, percent, currency, created_at, updated_at): GoalRow,
    before: &Directory,
) -> Result<Option<(SiteId, SavedGoal)>, CatalogError> {
    let site = parse("goals.site_id", site, SiteId::new)?;
    let percent = percent.and_then(|percent| u8::try_from(percent).ok());
    let kind = match (kind.as_str(), percent) {
        ("event", None) => Some(GoalKind::Event(target)),
        ("page", None) => Some(GoalKind::Page(target)),
        ("scroll", Some(percent)) => Some(GoalKind::Scroll(target, percent)),
        _ => None,
    };
    let id = number("goals.id", id)?;
    let compiled = kind.and_then(|kind| {
        let known = before.goals(&site).get(id).filter(|known| known.goal.name == name && known.kind == kind);
        let goal = known.map(|known| known.goal.clone()).or_else(|| Goal::new(&name, &kind).ok())?;
        Some((goal, kind))
    });
    let Some((goal, kind)) = compiled else {
        tracing::warn!(site.id = %site, goal.id = id, "a goal is not understood, and left out");
        return Ok(None);
    };
    let currency = currency.map(|code| parse("goals.currency", code, |code| code.parse())).transpose()?;
    let created_at = Timestamp::from_millis(created_at);
    let updated_at = Timestamp::from_millis(updated_at);
    Ok(Some((site, SavedGoal { id, goal, kind, currency, created_at, updated_at })))
}

fn segment(
    (site, id, name, filters, created_at, updated_at): SegmentRow,
) -> Result<(SiteId, SavedSegment), CatalogError> {
    let segment = SavedSegment {
        id: number("segments.id", id)?,
        name,
        filters,
        created_at: Timestamp::from_millis(created_at),
        updated_at: Timestamp::from_millis(updated_at),
    };
    Ok((parse("segments.site_id", site, SiteId::new)?, segment))
}

fn annotation(
    (site, id, at, text, created_at): AnnotationRow,
) -> Result<(SiteId, SavedAnnotation), CatalogError> {
    let annotation = SavedAnnotation {
        id: number("annotations.id", id)?,
        at: Timestamp::from_millis(at),
        text,
        created_at: Timestamp::from_millis(created_at),
    };
    Ok((parse("annotations.site_id", site, SiteId::new)?, annotation))
}

/// The number of a goal, a segment or an annotation.
pub(crate) fn number(what: &'static str, id: i64) -> Result<u32, CatalogError> {
    u32::try_from(id).map_err(|_| invalid(what, id.to_string()))
}

/// The keys of these rows, in their order.
pub(crate) fn keys(rows: Vec<KeyRow>) -> Result<Vec<Key>, CatalogError> {
    rows.into_iter().map(key).collect()
}

/// The name that a site's time zone is stored under.
pub(crate) fn timezone(zone: &TimeZone) -> Result<&str, CatalogError> {
    zone.iana_name().ok_or_else(|| invalid("sites.timezone", format!("{zone:?}")))
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
