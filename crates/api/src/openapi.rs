//! What the API's description says beyond its routes: title, tags, keys.

use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi as _};

use crate::error::{ErrorBody, ErrorDetail};

/// The tag of the reports.
pub(crate) const REPORTS: &str = "Reports";
/// The tag of what happens now.
pub(crate) const LIVE: &str = "Live";
/// The tag of what a site's owner decides.
pub(crate) const SITES: &str = "Sites";
/// The tag of what runs the process.
pub(crate) const OPERATIONS: &str = "Operations";

/// A description without routes.
pub(crate) fn base() -> OpenApi {
    Base::openapi()
}

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Millrace",
        description = "Self-hosted real-time analytics: events in, reports out. \
            Times are RFC 3339 in UTC; days and hours are cut in the site's zone. \
            Every error has the one envelope, with a stable code.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    tags(
        (name = "Reports", description = "What happened on a site. Numbers of events are of what has arrived; \
            a visitor is a person or a browser, counted once."),
        (name = "Live", description = "What happens on a site now."),
        (name = "Sites", description = "What a site's owner sees and decides: these need a key of the site, \
            but for reading goals and segments of a public one."),
        (name = "Operations", description = "Health and description of the server."),
    ),
    components(schemas(ErrorBody, ErrorDetail)),
    modifiers(&Keys),
)]
struct Base;

/// The two ways to send a key.
struct Keys;

impl Modify for Keys {
    fn modify(&self, openapi: &mut OpenApi) {
        let components = openapi.components.get_or_insert_default();
        let header = ApiKeyValue::with_description("X-API-Key", "A read or admin key of the site.");
        components.add_security_scheme("key", SecurityScheme::ApiKey(ApiKey::Header(header)));
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("The same key."));
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer.build()));
    }
}
