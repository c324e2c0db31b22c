//! The browser script: how it is served, and at which paths.

use axum::body::Body;
use axum::http::{Method, Request};
use axum::response::Response;
use http_body_util::BodyExt;
use millrace_catalog::{Site, SiteSettings, memory};
use millrace_ingest::{IngestConfig, Intake, at_own_path, router};
use std::sync::Arc;
use tower::ServiceExt;

use crate::support::{FakeQueue, bench};

async fn text(response: Response) -> String {
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(bytes.to_vec()).unwrap()
}

async fn get(path: &str, headers: &[(&str, &str)]) -> Response {
    let request =
        headers.iter().fold(Request::get(path), |request, (name, value)| request.header(*name, *value));
    router(bench().intake).oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
}

#[tokio::test]
async fn every_script_is_for_every_page_and_for_an_hour() {
    for path in ["/script.js", "/script.clicks.js", "/script.vitals.js"] {
        let response = get(path, &[]).await;
        assert_eq!(response.status(), 200, "{path}");
        for (name, value) in [
            ("content-type", "text/javascript; charset=utf-8"),
            ("cache-control", "public, max-age=3600"),
            ("access-control-allow-origin", "*"),
            ("cross-origin-resource-policy", "cross-origin"),
            ("x-content-type-options", "nosniff"),
            ("vary", "accept-encoding"),
        ] {
            assert_eq!(response.headers()[name], value, "{path} {name}");
        }
        assert!(!response.headers().contains_key("content-encoding"));
        assert!(text(response).await.contains("millrace"), "{path}");
    }
}

#[tokio::test]
async fn it_is_compressed_and_revalidated() {
    let plain = text(get("/script.js", &[]).await).await;
    for (accepted, encoding) in [("gzip, deflate, br", "br"), ("gzip", "gzip"), ("br;q=0, gzip", "gzip")] {
        let response = get("/script.js", &[("accept-encoding", accepted)]).await;
        assert_eq!(response.headers()["content-encoding"], encoding, "{accepted}");
        let etag = response.headers()["etag"].to_str().unwrap().to_owned();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        let mut out = Vec::new();
        match encoding {
            "br" => _ = std::io::copy(&mut brotli::Decompressor::new(&*bytes, 4_096), &mut out).unwrap(),
            _ => _ = std::io::copy(&mut flate2::read::GzDecoder::new(&*bytes), &mut out).unwrap(),
        }
        assert_eq!(String::from_utf8(out).unwrap(), plain, "{accepted}");

        let again = get("/script.js", &[("accept-encoding", accepted), ("if-none-match", &etag)]).await;
        assert_eq!((again.status().as_u16(), again.headers()["etag"] == etag.as_str()), (304, true));
        let other = get("/script.js", &[("if-none-match", &etag)]).await;
        assert_eq!(other.status(), 200, "an etag is of one encoding");
    }
}

#[tokio::test]
async fn head_has_the_headers_only() {
    let request = Request::head("/script.js").body(Body::empty()).unwrap();
    let response = router(bench().intake).oneshot(request).await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.headers()["content-length"].to_str().unwrap().parse::<usize>().unwrap() > 1_000);
    assert_eq!(text(response).await, "");
}

/// Site `own` has paths of its own; `late` wants the same ones.
fn intake() -> (Intake, Arc<FakeQueue>) {
    let with = |id: &str, settings: &str| Site {
        settings: SiteSettings::parse(settings).unwrap(),
        ..memory::site(id)
    };
    let sites = [
        with("own", r#"{"script":{"path":"/m/x7.js","events_path":"/m/e"}}"#),
        with("late", r#"{"script":{"path":"/m/x8.js","events_path":"/m/e"}}"#),
        with("plain", "{}"),
        with("zz", r#"{"script":{"path":"/m/x7.js"}}"#),
    ];
    let queue = Arc::new(FakeQueue::default());
    let catalog = Arc::new(memory::fixed(sites, []));
    (Intake::new(catalog, Arc::<FakeQueue>::clone(&queue), IngestConfig::default()).unwrap(), queue)
}

async fn own(intake: &Intake, method: Method, path: &str, body: &'static str) -> Option<Response> {
    let request = Request::builder().method(method).uri(path).body(Body::from(body)).unwrap();
    at_own_path(intake, request).await
}

#[tokio::test]
async fn a_site_may_have_it_at_a_path_of_its_own() {
    let (intake, _) = intake();
    for (path, told) in [
        ("/m/x7.js", r#"({"api":"./e","site":"own"});"#),
        ("/m/x7.js?v=2", r#"({"api":"./e","site":"own"});"#),
        ("/m/x8.js", r#"({"api":"./e","site":"late"});"#),
    ] {
        let script = text(own(&intake, Method::GET, path, "").await.unwrap()).await;
        assert!(script.trim_end().ends_with(told), "{path}: {}", &script[script.len() - 80..]);
    }
    for path in ["/m/x7.clicks.js", "/m/x7.vitals.js"] {
        assert_eq!(own(&intake, Method::GET, path, "").await.unwrap().status(), 200, "{path}");
    }
    let head = own(&intake, Method::HEAD, "/m/x7.js", "").await.unwrap();
    assert_eq!(head.headers()["content-type"], "text/javascript; charset=utf-8");
    for path in
        ["/m/x9.js", "/m/x9.clicks.js", "/m/x7.other.js", "/m", "/m/x7.js/", "/M/X7.js", "/.clicks.js"]
    {
        assert!(own(&intake, Method::GET, path, "").await.is_none(), "{path}");
    }
    assert!(own(&intake, Method::POST, "/m/x7.js", "").await.is_none());
}

#[tokio::test]
async fn a_site_may_take_events_at_a_path_of_its_own() {
    let (intake, _) = intake();
    let event = r#"{"site_id":"own","name":"x"}"#;
    let response = own(&intake, Method::POST, "/m/e", event).await.unwrap();
    assert_eq!(
        (response.status().as_u16(), &response.headers()["access-control-allow-origin"]),
        (202, &"*".parse().unwrap())
    );
    assert_eq!(own(&intake, Method::POST, "/m/e", "{}").await.unwrap().status(), 400);
    assert_eq!(own(&intake, Method::OPTIONS, "/m/e", "").await.unwrap().status(), 204);
    assert_eq!(own(&intake, Method::GET, "/m/e", "").await.unwrap().status(), 405);
}
