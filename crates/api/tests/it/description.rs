//! The API's description says what the router does.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::Setup;

#[tokio::test]
async fn every_route_is_described() {
    let (router, document) = Setup::demo(Vec::new()).await.api().split_for_parts();
    let described: BTreeSet<String> = document.paths.paths.keys().cloned().collect();
    assert_eq!(registered(&router), described);
    let expected = [
        "/analytics/recent",
        "/analytics/summary",
        "/analytics/timeseries",
        "/analytics/top-pages",
        "/api/v1/activity/query",
        "/api/v1/engagement/query",
        "/api/v1/events/query",
        "/api/v1/export/events",
        "/api/v1/funnels/query",
        "/api/v1/journeys/query",
        "/api/v1/live",
        "/api/v1/live/events",
        "/api/v1/live/figures",
        "/api/v1/pipeline",
        "/api/v1/retention/query",
        "/api/v1/sessions/query",
        "/api/v1/sessions/{session_id}",
        "/api/v1/sites",
        "/api/v1/sites/{id}",
        "/api/v1/sites/{id}/annotations",
        "/api/v1/sites/{id}/annotations/{annotation}",
        "/api/v1/sites/{id}/dead-letters",
        "/api/v1/sites/{id}/discards",
        "/api/v1/sites/{id}/discards/replay",
        "/api/v1/sites/{id}/goals",
        "/api/v1/sites/{id}/goals/{goal}",
        "/api/v1/sites/{id}/keys",
        "/api/v1/sites/{id}/keys/{key}",
        "/api/v1/sites/{id}/rejects",
        "/api/v1/sites/{id}/schema",
        "/api/v1/sites/{id}/schemas",
        "/api/v1/sites/{id}/schemas/{event}",
        "/api/v1/sites/{id}/segments",
        "/api/v1/sites/{id}/segments/{segment}",
        "/api/v1/sites/{id}/settings",
        "/api/v1/sql",
        "/api/v1/visitors/query",
        "/api/v1/visitors/{visitor_id}",
        "/api/v2/query",
        "/events/recent",
        "/healthz",
        "/metrics",
        "/metrics/hourly",
        "/metrics/realtime",
        "/metrics/summary",
        "/readyz",
        "/stats",
    ];
    assert!(described.iter().eq(expected), "{described:?}");
}

/// A router does not list its paths but for a person who debugs: every quoted text there that is a path.
fn registered(router: &axum::Router) -> BTreeSet<String> {
    let shown = format!("{router:?}");
    let paths = shown.split('"').filter(|piece| piece.starts_with('/'));
    // The fallback is a route too, of everything else.
    paths
        .filter(|path| *path != "/" && !path.contains("__private__axum_fallback"))
        .map(str::to_owned)
        .collect()
}

#[tokio::test]
async fn the_description_is_the_committed_one() {
    let app = Setup::demo(Vec::new()).await.app();
    let answer = app.get("/openapi.json").await;
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let mut document = answer.json();
    document["info"]["version"] = "of the workspace".into();
    insta::assert_json_snapshot!("openapi", document);
}

#[tokio::test]
async fn every_reference_and_key_in_it_exists() {
    let document = Setup::demo(Vec::new()).await.app().get("/openapi.json").await.json();
    let mut references = Vec::new();
    collect(&document, &mut references);
    assert!(!references.is_empty());
    for reference in references {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
    let schemes = &document["components"]["securitySchemes"];
    assert_eq!(schemes["key"]["name"], "X-API-Key");
    assert_eq!(schemes["bearer"]["scheme"], "bearer");
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let tag = operation["tags"][0].as_str().unwrap();
            assert!(["Reports", "Live", "Sites", "Operations"].contains(&tag), "{method} {path}");
            assert!(operation["summary"].is_string(), "{method} {path}");
            // The list of sites is about none of them.
            if tag != "Operations" && path != "/api/v1/sites" {
                let site = if tag == "Sites" { "id" } else { "site_id" };
                let body = &operation["requestBody"]["content"]["application/json"]["schema"]["$ref"];
                match body.as_str().filter(|_| tag != "Sites") {
                    // Questions that are JSON name their site there.
                    Some(body) => {
                        let schema = document.pointer(body.strip_prefix('#').unwrap()).unwrap();
                        assert!(schema["properties"][site].is_object(), "{method} {path}");
                    }
                    None => assert_eq!(operation["parameters"][0]["name"], site, "{method} {path}"),
                }
                for status in ["400", "401", "404", "500", "503"] {
                    assert!(operation["responses"][status].is_object(), "{method} {path} {status}");
                }
                let responses = operation["responses"].as_object().unwrap();
                // What changes the protocol has its answer there.
                let answers = |status: &String| status.starts_with('2') || status == "101";
                assert!(responses.keys().any(answers), "{method} {path}");
            }
        }
    }
}

fn collect(value: &Value, references: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            if let Some(reference) = object.get("$ref").and_then(Value::as_str) {
                references.push(reference.to_owned());
            }
            object.values().for_each(|value| collect(value, references));
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, references)),
        _ => {}
    }
}
