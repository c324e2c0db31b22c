//! `GET` and `PUT /api/v1/sites/{id}/settings`: what is discarded, how pages are written, where the script is.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderValue};
use millrace_catalog::SiteSettings;
use millrace_catalog::settings::InvalidSettings;
use utoipa::ToSchema;

use super::{Administrator, Holder};
use crate::error::Failure;
use crate::openapi::SITES;

/// A site's settings
///
/// With every field, also those that have their defaults.
#[utoipa::path(
    get, path = "/api/v1/sites/{id}/settings", operation_id = "read_settings", tag = SITES,
    params(("id" = String, Path, description = "The site.")),
    security(("key" = []), ("bearer" = [])),
    responses((status = 200, description = "The settings.", body = Settings), Failure),
)]
pub(crate) async fn read(holder: Holder) -> Response {
    json(&holder.site.settings)
}

/// Replaces a site's settings
///
/// A field that is left out gets its default. They count for events that arrive from the next second on.
#[utoipa::path(
    put, path = "/api/v1/sites/{id}/settings", operation_id = "replace_settings", tag = SITES,
    params(("id" = String, Path, description = "The site.")),
    request_body = Settings,
    security(("key" = []), ("bearer" = [])),
    responses((status = 200, description = "The settings as they are now.", body = Settings), Failure),
)]
pub(crate) async fn replace(administrator: Administrator, body: Body) -> Result<Response, Failure> {
    let invalid = |error: InvalidSettings| Failure::Body {
        status: StatusCode::BAD_REQUEST,
        code: "settings_invalid",
        field: Some(error.field),
        message: error.to_string(),
    };
    let settings = SiteSettings::parse(&administrator.text(body).await?).map_err(invalid)?;
    let directory = administrator.catalog().directory();
    directory.check_own_paths(&administrator.site.id, &settings).map_err(invalid)?;
    administrator.catalog().set_settings(&administrator.site.id, &settings).await?;
    Ok(json(&settings))
}

fn json(settings: &SiteSettings) -> Response {
    let mut response = settings.to_json().into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// A site's settings: [`SiteSettings`] as the description has them.
#[derive(ToSchema)]
#[schema(as = SiteSettings)]
#[expect(dead_code, reason = "only its shape is read")]
pub(crate) struct Settings {
    /// What becomes of events that robots send: `discard` or `keep`.
    #[schema(example = "discard")]
    robots: String,
    /// What becomes of events from data centres, where the server has a list of their addresses.
    #[schema(example = "discard")]
    data_centers: String,
    /// The owner's own visits, which are discarded.
    internal: Internal,
    /// How pages are written.
    urls: Urls,
    /// Where the browser script is for this site alone.
    script: Script,
}

/// Which visits are the owner's own.
#[derive(ToSchema)]
#[schema(as = InternalTraffic)]
#[expect(dead_code, reason = "only its shape is read")]
pub(crate) struct Internal {
    /// From these addresses or networks.
    #[schema(example = json!(["203.0.113.7", "2001:db8::/32"]))]
    addresses: Vec<String>,
    /// On these hosts; `*.` stands for every host below.
    #[schema(example = json!(["*.preview.example.com"]))]
    hostnames: Vec<String>,
    /// Of these paths; `*` is anything but a slash, `**` anything.
    #[schema(example = json!(["/admin/**"]))]
    paths: Vec<String>,
}

/// How pages are written, so that one page has one name.
#[derive(ToSchema)]
#[schema(as = UrlRules)]
#[expect(dead_code, reason = "only its shape is read")]
pub(crate) struct Urls {
    /// `www.example.com` stays apart from `example.com`.
    keep_www: bool,
    /// `/pricing/` becomes `/pricing`.
    strip_trailing_slash: bool,
    /// Query parameters that are part of a page's name; all others are left out.
    #[schema(example = json!(["q"]))]
    query: Vec<String>,
    /// Further hosts of the site: coming from them is not coming from elsewhere.
    own_hosts: Vec<String>,
}

/// Where the browser script is for this site alone.
#[derive(ToSchema)]
#[schema(as = ScriptPaths)]
#[expect(dead_code, reason = "only its shape is read")]
pub(crate) struct Script {
    /// The path of the script.
    #[schema(example = "/m/x7.js")]
    path: Option<String>,
    /// The path that it sends events to.
    #[schema(example = "/m/e")]
    events_path: Option<String>,
}
