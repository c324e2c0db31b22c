//! The dashboard's files, embedded: `web/dist` where it was built before the binary, else a placeholder page.
//!
//! A file is served under its own path and `index.html` at `/`. Nothing is looked up by what a request says, so
//! there is no path to escape by; whatever is not there is the server's 404.

mod file;

use std::sync::Arc;

use axum::Router;
use http::HeaderValue;
use rust_embed::RustEmbed;

pub use file::File;

/// The page runs its own scripts and asks its own server, nothing else; nobody may frame it.
const CONTENT_SECURITY_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
     connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// Serves `files`.
pub fn router(files: impl IntoIterator<Item = File>) -> Router {
    files.into_iter().fold(Router::new(), |router, file| {
        let path = match file.path() {
            "index.html" => "/".to_owned(),
            // Braces would be a pattern.
            path => format!("/{}", path.replace('{', "{{").replace('}', "}}")),
        };
        let file = file.with_content_security_policy(CONTENT_SECURITY_POLICY);
        router.route(&path, Arc::new(file).into_route())
    })
}

/// The files in the binary.
pub fn embedded() -> Vec<File> {
    let files = Embedded::iter().filter_map(|path| Some((Embedded::get(&path)?, path)));
    files.map(|(file, path)| File::new(&path, file.metadata.mimetype(), file.data.into_owned())).collect()
}

/// What `build.rs` chose.
#[derive(RustEmbed)]
#[cfg_attr(web_dist, folder = "../../web/dist")]
#[cfg_attr(not(web_dist), folder = "../../web/placeholder")]
struct Embedded;
