//! The browser script and its extras, as `tracker/` built them: `/script.js` for every site, and the same at a path of
//! a site's own, where it knows its site and where to send events.
//!
//! Invariants: a site's own paths are asked for after every route, so that none can shadow one; what the wrapped script
//! is told comes from checked settings, never from the request.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use axum::extract::Request;
use axum::response::Response;
use http::{HeaderMap, Method};
use millrace_catalog::{OwnPath, Site};
use parking_lot::Mutex;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Intake;
use served::Served;

mod served;

const SCRIPT: &str = include_str!("../../../tracker/dist/script.js");
static SCRIPT_JS: LazyLock<Served> = LazyLock::new(|| Served::new(SCRIPT));
static CLICKS_JS: LazyLock<Served> =
    LazyLock::new(|| Served::new(include_str!("../../../tracker/dist/script.clicks.js")));
static VITALS_JS: LazyLock<Served> =
    LazyLock::new(|| Served::new(include_str!("../../../tracker/dist/script.vitals.js")));

/// Wrapped scripts that are kept; beyond it they are made anew.
const KEPT: usize = 1_000;

/// The routes of the script, the same for every site.
pub(crate) fn routes() -> OpenApiRouter<Intake> {
    OpenApiRouter::default().routes(routes!(script)).routes(routes!(clicks)).routes(routes!(vitals))
}

/// The browser script
///
/// `<script defer data-site="demo" src="https://this.host/script.js"></script>` measures a page. A site may have it at
/// a path of its own as well.
#[utoipa::path(
    get,
    path = "/script.js",
    operation_id = "script",
    tag = "ingest",
    responses(
        (status = 200, description = "the script", body = String, content_type = "text/javascript"),
        (status = 304, description = "as before"),
    ),
)]
async fn script(headers: HeaderMap) -> Response {
    SCRIPT_JS.respond(&headers)
}

/// Reports every click on a link or a button; the script loads it for `data-clicks`.
#[utoipa::path(
    get,
    path = "/script.clicks.js",
    operation_id = "script_clicks",
    tag = "ingest",
    responses((status = 200, description = "an extra of the script", body = String, content_type = "text/javascript")),
)]
async fn clicks(headers: HeaderMap) -> Response {
    CLICKS_JS.respond(&headers)
}

/// Reports the Core Web Vitals; the script loads it for `data-vitals`.
#[utoipa::path(
    get,
    path = "/script.vitals.js",
    operation_id = "script_vitals",
    tag = "ingest",
    responses((status = 200, description = "an extra of the script", body = String, content_type = "text/javascript")),
)]
async fn vitals(headers: HeaderMap) -> Response {
    VITALS_JS.respond(&headers)
}

/// Answers a request for a path that a site has chosen for itself; nothing where no site has it. To be asked before a
/// server's 404.
pub async fn at_own_path(intake: &Intake, request: Request) -> Option<Response> {
    let directory = intake.directory();
    let path = request.uri().path();
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    match directory.own_path(path) {
        Some(OwnPath::Events) => Some(crate::http::events(intake, request).await),
        Some(OwnPath::Script(site)) if reads => Some(intake.scripts().of(site).respond(request.headers())),
        None if reads => {
            let is_script = |path: &str| matches!(directory.own_path(path), Some(OwnPath::Script(_)));
            extra(path, is_script).map(|extra| extra.respond(request.headers()))
        }
        _ => None,
    }
}

/// The extra that lies beside a script: `/m/x7.clicks.js` beside `/m/x7.js`.
fn extra(path: &str, is_script: impl Fn(&str) -> bool) -> Option<&'static Served> {
    let extras = [(".clicks.js", &CLICKS_JS), (".vitals.js", &VITALS_JS)];
    extras.into_iter().find_map(|(end, extra)| {
        let script = format!("{}.js", path.strip_suffix(end)?);
        is_script(&script).then_some(&**extra)
    })
}

/// Scripts of sites that have a path of their own for it.
#[derive(Debug, Default)]
pub(crate) struct Scripts(Mutex<HashMap<String, Arc<Served>>>);

impl Scripts {
    /// Made at its first use, which takes a millisecond.
    fn of(&self, site: &Site) -> Arc<Served> {
        let told = told(site);
        let mut kept = self.0.lock();
        if kept.len() >= KEPT && !kept.contains_key(&told) {
            kept.clear();
        }
        Arc::clone(kept.entry(told).or_insert_with_key(|told| Arc::new(Served::new(&wrapped(told)))))
    }
}

/// What the script of a site is told, as JSON: its site, and where events go as seen from the script, so that it holds
/// behind whatever prefix a proxy has.
fn told(site: &Site) -> String {
    let settings = &site.settings.script;
    let from = settings.path.as_deref().unwrap_or("/script.js");
    let to = settings.events_path.as_deref().unwrap_or("/api/events");
    serde_json::json!({ "site": site.id.as_str(), "api": relative(from, to) }).to_string()
}

/// `tracker/src/script.ts` looks for this name.
fn wrapped(told: &str) -> String {
    format!("(function(MILLRACE){{{}}})({told});\n", SCRIPT.trim_end())
}

/// The path `to` as seen from the file at `from`; both begin with `/`.
fn relative(from: &str, to: &str) -> String {
    let folders: Vec<&str> = from.split('/').collect();
    let folders = &folders[..folders.len() - 1];
    let to: Vec<&str> = to.split('/').collect();
    let common = folders.iter().zip(&to[..to.len() - 1]).take_while(|(a, b)| a == b).count();
    let ups = folders.len() - common;
    let start = if ups == 0 { "./".to_owned() } else { "../".repeat(ups) };
    start + &to[common..].join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_as_seen_from_another() {
        for (from, to, seen) in [
            ("/m/x7.js", "/m/e", "./e"),
            ("/script.js", "/api/events", "./api/events"),
            ("/m/x7.js", "/api/events", "../api/events"),
            ("/a/b/x.js", "/a/c/e", "../c/e"),
            ("/a/b/x.js", "/a", "../../a"),
            ("/x.js", "/m/", "./m/"),
            ("/m/x.js", "/m/", "./"),
        ] {
            assert_eq!(relative(from, to), seen, "{to} from {from}");
        }
    }

    #[test]
    fn the_built_script_looks_for_what_it_is_told() {
        assert!(SCRIPT.contains("MILLRACE"), "tracker/src/script.ts has another name for it");
        assert_eq!(wrapped("{}").matches("(function(MILLRACE){").count(), 1);
    }
}
