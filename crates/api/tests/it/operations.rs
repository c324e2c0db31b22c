//! Health, readiness, metrics, and what holds for every route.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use http::Request;
use metrics_util::debugging::{DebugValue, DebuggingRecorder};
use millrace_api::{NotReady, Readiness};
use serde_json::json;

use crate::support::{Checked, Setup};

#[tokio::test]
async fn health_and_readiness() {
    let app = Setup::demo(Vec::new()).await.app();
    assert_eq!(app.json("/healthz").await, json!({"status": "ok"}));
    assert_eq!(app.json("/readyz").await, json!({"status": "ready", "reasons": []}));

    let mut setup = Setup::demo(Vec::new()).await;
    let reason = NotReady { part: "worker".to_owned(), reason: "replaying: 7 records behind".to_owned() };
    setup.readiness = Arc::new(Checked(Err(vec![reason])));
    let app = setup.app();
    let answer = app.get("/readyz").await;
    assert_eq!(answer.status, 503);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(
        answer.json(),
        json!({"status": "not_ready", "reasons": [{"part": "worker", "reason": "replaying: 7 records behind"}]})
    );
    assert_eq!(app.get("/healthz").await.status, 200);
}

struct Silent;

#[async_trait::async_trait]
impl Readiness for Silent {
    async fn check(&self) -> Result<(), Vec<NotReady>> {
        std::future::pending().await
    }
}

#[tokio::test]
async fn a_readiness_check_that_hangs_is_not_ready() {
    let mut setup = Setup::demo(Vec::new()).await;
    setup.readiness = Arc::new(Silent);
    setup.limits.readiness_timeout = Duration::from_millis(10);
    let answer = setup.app().get("/readyz").await;
    assert_eq!(
        (answer.status.as_u16(), answer.json()["reasons"][0]["part"].as_str()),
        (503, Some("readiness"))
    );
}

#[tokio::test]
async fn metrics_are_text_unless_json_is_named() {
    let app = Setup::demo(Vec::new()).await.app();
    let prometheus =
        "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1";
    for (accept, json) in [
        (None, false),
        (Some(prometheus), false),
        (Some("*/*"), false),
        (Some("application/*"), false),
        (Some("text/html,application/xhtml+xml,*/*;q=0.8"), false),
        (Some("application/json;q=0"), false),
        (Some("text/plain, application/json;q=0.9"), false),
        (Some("nonsense;q=x,,;"), false),
        (Some("application/json"), true),
        (Some("APPLICATION/JSON ; q=0.5"), true),
        (Some("application/json, text/plain, */*"), true),
    ] {
        let headers: Vec<(&str, &[u8])> = accept.iter().map(|accept| ("accept", accept.as_bytes())).collect();
        let answer = app.get_with("/metrics", &headers).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("vary"), Some("accept"));
        let expected = if json { "application/json" } else { "text/plain; version=0.0.4; charset=utf-8" };
        assert_eq!(answer.header("content-type"), Some(expected), "{accept:?}");
        assert_eq!(answer.text().starts_with("# TYPE millrace_up gauge\n"), !json);
    }
}

#[tokio::test]
async fn reports_are_never_stored_and_head_has_no_body() {
    let app = Setup::demo(Vec::new()).await.app();
    for path in ["/stats", "/metrics", "/metrics/realtime", "/healthz", "/stats?limit=0", "/stats?site_id=x"]
    {
        assert_eq!(app.get(path).await.header("cache-control"), Some("no-store"), "{path}");
        let get = app.get(path).await;
        let head = app.send(Request::head(path).body(Body::empty()).unwrap()).await;
        assert_eq!((head.status, head.body.len()), (get.status, 0));
        assert_eq!(head.header("content-type"), get.header("content-type"));
        assert_eq!(get.header("access-control-allow-origin"), None);
    }
}

#[tokio::test]
async fn unknown_paths_and_methods_have_the_envelope() {
    let app = Setup::demo(Vec::new()).await.app();
    for path in [
        "/nothing",
        "/stats/",
        "/analytics",
        "/assets/nothing.js",
        "/docs/nothing",
        "/..%2f..%2fetc%2fpasswd",
    ] {
        assert_eq!(app.get(path).await.error(), (404, "route_unknown".to_owned(), None), "{path}");
    }
    for path in ["/stats", "/metrics", "/", "/openapi.json"] {
        let answer = app.send(Request::post(path).body(Body::empty()).unwrap()).await;
        assert_eq!(answer.error(), (405, "method_not_allowed".to_owned(), None), "{path}");
        assert_eq!(answer.header("allow"), Some("GET,HEAD"), "{path}");
    }
}

/// The labels are the route's pattern and the status: nothing that a client can make more of.
#[test]
fn requests_are_measured_by_route_and_status() {
    let recorder = DebuggingRecorder::new();
    let snapshots = recorder.snapshotter();
    metrics::with_local_recorder(&recorder, || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let app = Setup::demo(Vec::new()).await.app();
            for path in
                ["/stats", "/stats?site_id=demo&x=1", "/stats?site_id=nobody", "/nothing/at/all", "/healthz"]
            {
                app.get(path).await;
            }
        });
    });
    let mut counted = Vec::new();
    for (key, _, _, value) in snapshots.snapshot().into_vec() {
        let key = key.key();
        let labels: Vec<_> = key.labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
        match value {
            DebugValue::Counter(count) => {
                assert_eq!(key.name(), "millrace_api_requests_total");
                counted.push(format!("{} {count}", labels.join(",")));
            }
            DebugValue::Histogram(_) => assert_eq!(key.name(), "millrace_api_request_seconds"),
            DebugValue::Gauge(_) => panic!("no gauge"),
        }
    }
    counted.sort();
    assert_eq!(
        counted,
        ["route=/healthz,status=200 1", "route=/stats,status=200 2", "route=/stats,status=404 1"]
    );
}
