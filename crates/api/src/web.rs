//! The dashboard's files, embedded: `web/dist` where it was built before the binary, else a placeholder page.
//!
//! A file is served under its own path, and `index.html` at `/` and below `/sites` and `/embed`, where the page itself
//! says what is to be seen. Nothing is looked up by what a request says, so there is no path to escape by; whatever is
//! not there is the server's 404.
//!
//! What the dashboard's build has compressed already, `app.js.br` beside `app.js`, travels so; the rest is compressed at
//! its first use.

mod file;

use std::sync::Arc;

use axum::Router;
use http::HeaderValue;
use rust_embed::RustEmbed;

pub use file::File;

/// What a page may do: run its own scripts and ask its own server, nothing else. `$ancestors` may frame it.
///
/// `connect-src 'self'` is also the page's own WebSocket, as CSP 3 has it: in Chrome since 71, in Safari since 16. An
/// older one refuses the socket, so that the page needs another way to what is live.
macro_rules! policy {
    ($ancestors:literal) => {
        HeaderValue::from_static(concat!(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
             connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors ",
            $ancestors
        ))
    };
}

/// Nobody may frame the dashboard.
const CONTENT_SECURITY_POLICY: HeaderValue = policy!("'none'");
/// Anybody may frame what is below `/embed`. So the page there must never use a key that the browser keeps: it shows
/// public sites only, which answer without one, and a click that another page steals can do nothing.
const EMBEDDED_POLICY: HeaderValue = policy!("*");

/// Where the page finds its way by the path. `{*rest}` is never empty.
const PAGES: [&str; 4] = ["/", "/sites", "/sites/", "/sites/{*rest}"];
const EMBEDDED_PAGES: [&str; 1] = ["/embed/{*rest}"];

/// Serves `files`.
pub fn router(files: impl IntoIterator<Item = File>) -> Router {
    files.into_iter().fold(Router::new(), |router, file| {
        let framed = file.clone().with_content_security_policy(EMBEDDED_POLICY);
        let file = Arc::new(file.with_content_security_policy(CONTENT_SECURITY_POLICY));
        if file.path() == "index.html" {
            let framed = Arc::new(framed);
            let at =
                |router: Router, path, file: &Arc<File>| router.route(path, Arc::clone(file).into_route());
            let router = PAGES.into_iter().fold(router, |router, path| at(router, path, &file));
            return EMBEDDED_PAGES.into_iter().fold(router, |router, path| at(router, path, &framed));
        }
        // Braces would be a pattern.
        let path = format!("/{}", file.path().replace('{', "{{").replace('}', "}}"));
        router.route(&path, file.into_route())
    })
}

/// The files in the binary.
pub fn embedded() -> Vec<File> {
    let bytes = |path: &str| Embedded::get(path).map(|file| file.data.into_owned());
    let compressed = |path: &str, suffix| path.strip_suffix(suffix).is_some_and(|of| bytes(of).is_some());
    let files = Embedded::iter().filter(|path| !compressed(path, ".br") && !compressed(path, ".gz"));
    let files = files.filter_map(|path| Some((Embedded::get(&path)?, path)));
    let files = files.map(|(file, path)| {
        let (brotli, gzip) = (bytes(&format!("{path}.br")), bytes(&format!("{path}.gz")));
        File::new(&path, file.metadata.mimetype(), file.data.into_owned()).with_compressed(brotli, gzip)
    });
    files.collect()
}

/// What `build.rs` chose.
#[derive(RustEmbed)]
#[cfg_attr(web_dist, folder = "../../web/dist")]
#[cfg_attr(not(web_dist), folder = "../../web/placeholder")]
struct Embedded;
