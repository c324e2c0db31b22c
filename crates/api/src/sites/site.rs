//! `/api/v1/sites` and `/api/v1/sites/{id}`: which sites there are, what one of them is, and changing it.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use http::{HeaderMap, StatusCode};
use jiff::tz::TimeZone;
use millrace_catalog::key::KeyKind;
use millrace_catalog::{Site, SiteChange};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::saved::fields;
use super::{Administrator, Viewer};
use crate::Shared;
use crate::access::presented_grant;
use crate::error::Failure;
use crate::openapi::SITES;
use crate::parameters::shown;
use crate::reader::Reader;

const INVALID: &str = "site_invalid";
/// The most sites of a list.
const MOST: usize = 1_000;

/// The sites that the caller may read
///
/// The public ones, and that of the key that comes along: the first 1,000 by id.
#[utoipa::path(
    get, path = "/api/v1/sites", operation_id = "list_sites", tag = SITES,
    security((), ("key" = []), ("bearer" = [])),
    responses((status = 200, description = "The sites, by id.", body = SiteList)),
)]
pub(crate) async fn list(State(shared): State<Arc<Shared>>, headers: HeaderMap) -> Json<SiteList> {
    let directory = shared.api.catalog.directory();
    let held = presented_grant(&directory, &headers).filter(|grant| grant.kind != KeyKind::Write);
    let readable = |site: &&Arc<Site>| site.public || held.is_some_and(|grant| grant.site.id == site.id);
    let sites = directory.sites().filter(readable).take(MOST);
    Json(SiteList { sites: sites.map(|site| Listed::from(&**site)).collect() })
}

/// A site
///
/// With when its first and its last event happened, and what the caller may do with it.
#[utoipa::path(
    get, path = "/api/v1/sites/{id}", operation_id = "read_site", tag = SITES,
    params(("id" = String, Path, description = "The site.")),
    security((), ("key" = []), ("bearer" = [])),
    responses((status = 200, description = "The site.", body = Described), Failure),
)]
pub(crate) async fn read(viewer: Viewer, headers: HeaderMap) -> Result<Json<Described>, Failure> {
    let directory = viewer.shared.api.catalog.directory();
    let grant = presented_grant(&directory, &headers).filter(|grant| grant.site.id == viewer.site.id);
    let access = match grant.map(|grant| grant.kind) {
        Some(KeyKind::Admin) => "admin",
        Some(KeyKind::Read) => "read",
        // A write key of a public site opens what everybody has.
        Some(KeyKind::Write) | None => "public",
    };
    described(&viewer.shared, viewer.site, access).await.map(Json)
}

/// Changes a site
///
/// What is left out stays. A new zone counts for every report from then on, also of days that are over; who may read
/// and send is known to every process within two seconds.
#[utoipa::path(
    patch, path = "/api/v1/sites/{id}", operation_id = "change_site", tag = SITES,
    params(("id" = String, Path, description = "The site.")),
    request_body = Change,
    security(("key" = []), ("bearer" = [])),
    responses((status = 200, description = "The site as it is now.", body = Described), Failure),
)]
pub(crate) async fn change(administrator: Administrator, body: Body) -> Result<Json<Described>, Failure> {
    let Change { timezone, public, require_key } =
        fields(&administrator.text(body).await?, INVALID, "change of a site")?;
    let timezone = timezone.map(|name| zone(&name)).transpose()?;
    let id = administrator.site.id.clone();
    administrator.catalog().change_site(&id, &SiteChange { timezone, public, require_key }).await?;
    let directory = administrator.catalog().directory();
    let site = directory.site(id.as_str()).ok_or(Failure::SiteUnknown)?;
    described(&administrator.shared, Arc::clone(site), "admin").await.map(Json)
}

/// The zone of this name. Only names of the IANA database: an offset or a rule has none to be kept under.
fn zone(name: &str) -> Result<TimeZone, Failure> {
    let known = TimeZone::get(name).ok().filter(|zone| zone.iana_name().is_some());
    known.ok_or_else(|| {
        let message = format!("'{}' is no IANA time zone: write one such as Europe/Berlin", shown(name));
        Failure::Body { status: StatusCode::BAD_REQUEST, code: INVALID, field: Some("timezone"), message }
    })
}

async fn described(
    shared: &Arc<Shared>,
    site: Arc<Site>,
    access: &'static str,
) -> Result<Described, Failure> {
    let reader = Reader::of(shared, Arc::clone(&site));
    let span = reader.within_deadline(reader.lists().span(&site.id)).await?;
    let Listed { id, timezone, public, require_key, created_at } = Listed::from(&*site);
    Ok(Described {
        id,
        timezone,
        public,
        require_key,
        created_at,
        first_event_at: span.map(|(first, _)| first.to_string()),
        last_event_at: span.map(|(_, last)| last.to_string()),
        access,
    })
}

/// The sites that the caller may read.
#[derive(Serialize, ToSchema)]
pub(crate) struct SiteList {
    /// By id.
    sites: Vec<Listed>,
}

/// A site.
#[derive(Serialize, ToSchema)]
#[schema(as = Site)]
pub(crate) struct Listed {
    /// Its id.
    #[schema(example = "demo")]
    id: String,
    /// The IANA zone its days are cut in.
    #[schema(example = "Europe/Berlin")]
    timezone: String,
    /// Anybody may read its reports.
    public: bool,
    /// Events are taken with a key only.
    require_key: bool,
    /// When it was added, UTC.
    #[schema(format = DateTime)]
    created_at: String,
}

/// A site, with what the caller may do with it.
#[derive(Serialize, ToSchema)]
#[schema(as = SiteDescription)]
pub(crate) struct Described {
    /// Its id.
    #[schema(example = "demo")]
    id: String,
    /// The IANA zone its days are cut in.
    #[schema(example = "Europe/Berlin")]
    timezone: String,
    /// Anybody may read its reports.
    public: bool,
    /// Events are taken with a key only.
    require_key: bool,
    /// When it was added, UTC.
    #[schema(format = DateTime)]
    created_at: String,
    /// When its first event happened, UTC; nothing before one has arrived.
    #[schema(required = true, format = DateTime)]
    first_event_at: Option<String>,
    /// When its last event happened, UTC.
    #[schema(required = true, format = DateTime)]
    last_event_at: Option<String>,
    /// What the key that came along opens: `public` (nothing more than without one), `read` or `admin`.
    #[schema(example = "admin")]
    access: &'static str,
}

/// What is to change; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SiteChange)]
pub(crate) struct Change {
    /// The IANA zone its days are cut in.
    #[serde(default)]
    #[schema(example = "Europe/Berlin")]
    timezone: Option<String>,
    /// Anybody may read its reports.
    #[serde(default)]
    public: Option<bool>,
    /// Events are taken with a key only.
    #[serde(default)]
    require_key: Option<bool>,
}

impl From<&Site> for Listed {
    fn from(site: &Site) -> Self {
        Self {
            id: site.id.to_string(),
            // Every zone of the catalog has a name.
            timezone: site.timezone.iana_name().unwrap_or("UTC").to_owned(),
            public: site.public,
            require_key: site.require_key,
            created_at: site.created_at.to_string(),
        }
    }
}
