//! `GET /openapi.json`, from the routes themselves, and `/docs/`, a page to read it.
//!
//! The page is Swagger UI, embedded: it loads nothing from elsewhere, and its Content-Security-Policy sees to that.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::{Redirect, Response};
use axum::routing::get;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use utoipa_swagger_ui::Config;

use crate::openapi::OPERATIONS;
use crate::web::File;

/// What the page needs: its own scripts and styles, icons as `data:` in its stylesheet, and the API to try.
/// `unsafe-inline` is for styles alone: the page sets `style` attributes as it renders.
const CONTENT_SECURITY_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// The page's files; the vendored archive has more than the page loads.
const PAGE: [&str; 8] = [
    "index.html",
    "index.css",
    "swagger-ui.css",
    "swagger-ui-bundle.js",
    "swagger-ui-standalone-preset.js",
    "swagger-initializer.js",
    "favicon-16x16.png",
    "favicon-32x32.png",
];

/// Everything described, its description, and the page. Merge every described route before.
pub fn router(described: OpenApiRouter) -> Router {
    let (routes, mut document) = described.split_for_parts();
    let own: OpenApiRouter<Arc<File>> = OpenApiRouter::default().routes(routes!(openapi_json));
    let (own, own_document) = own.split_for_parts();
    document.merge(own_document);
    let json = serde_json::to_vec(&document).expect("maps with text keys are JSON");
    let file = File::new("openapi.json", "application/json", json);
    routes.merge(own.with_state(Arc::new(file))).merge(page())
}

/// The API's description
#[utoipa::path(
    get, path = "/openapi.json", tag = OPERATIONS,
    responses((status = 200, description = "This document, OpenAPI 3.1.", body = Object)),
)]
async fn openapi_json(State(file): State<Arc<File>>, headers: HeaderMap) -> Response {
    file.respond(&headers).await
}

fn page() -> Router {
    // A relative address keeps whatever prefix a proxy has taken off.
    let redirect = get(|| async { Redirect::to("docs/") });
    PAGE.into_iter().filter_map(page_file).fold(Router::new().route("/docs", redirect), |router, file| {
        let name = if file.path() == "index.html" { "" } else { file.path() };
        router.route(&format!("/docs/{name}"), file.clone().into_route())
    })
}

fn page_file(name: &str) -> Option<Arc<File>> {
    // Unless told otherwise the page asks a validator on the internet about every document.
    let config = Config::from("../openapi.json").validator_url("none").try_it_out_enabled(true);
    let file = utoipa_swagger_ui::serve(name, Arc::new(config)).ok()??;
    let bytes = Bytes::from(file.bytes.into_owned());
    let file = File::new(name, &file.content_type, bytes);
    Some(Arc::new(file.with_content_security_policy(CONTENT_SECURITY_POLICY)))
}
