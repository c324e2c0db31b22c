//! What a site's owner decides.

use axum::body::Body;
use http::Request;
use millrace_catalog::key::KeyKind::{Admin, Read, Write};
use millrace_catalog::memory::site;
use serde_json::{Value, json};

use crate::support::{Answer, App, Setup};

const SETTINGS: &str = "/api/v1/sites/demo/settings";

async fn app() -> App {
    let mut setup = Setup::demo(Vec::new()).await;
    setup.sites = vec![site("demo"), site("shop")];
    setup.keys = vec![("r", "demo", Read), ("w", "demo", Write), ("a", "demo", Admin), ("s", "shop", Admin)];
    setup.app()
}

async fn put(app: &App, path: &str, key: &str, body: &Value) -> Answer {
    let request = Request::put(path).header("x-api-key", key).body(Body::from(body.to_string()));
    app.send(request.unwrap()).await
}

#[tokio::test]
async fn settings_are_read_and_replaced() {
    let app = app().await;
    let before = app.get_with(SETTINGS, &[("x-api-key", b"r")]).await;
    assert_eq!(before.json()["robots"], "discard");
    assert_eq!(before.json()["script"], json!({"path": null, "events_path": null}));
    let settings = json!({"robots": "keep", "internal": {"addresses": ["203.0.113.7"]}});
    let answer = put(&app, SETTINGS, "a", &settings).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["robots"]), (200, &json!("keep")));
    let after = app.get_with(SETTINGS, &[("x-api-key", b"a")]).await.json();
    assert_eq!(after["internal"], json!({"addresses": ["203.0.113.7/32"], "hostnames": [], "paths": []}));
    let other = app.get_with("/api/v1/sites/shop/settings", &[("x-api-key", b"s")]).await;
    assert_eq!(other.json()["robots"], "discard");
}

#[tokio::test]
async fn only_an_admin_key_of_the_site_changes_it() {
    let app = app().await;
    for (path, key, expected) in [
        (SETTINGS, "", (401, "key_missing")),
        (SETTINGS, "nonsense", (401, "key_unknown")),
        (SETTINGS, "r", (401, "key_cannot_change")),
        (SETTINGS, "w", (401, "key_cannot_change")),
        (SETTINGS, "s", (401, "key_of_another_site")),
        ("/api/v1/sites/nowhere/settings", "a", (404, "site_unknown")),
    ] {
        let (status, code, _) = put(&app, path, key, &json!({"robots": "keep"})).await.error();
        assert_eq!((status, code.as_str()), expected, "{path} {key}");
    }
    // The site is public, its settings are not.
    assert_eq!(app.get(SETTINGS).await.error().1, "key_missing");
    let with_write = app.get_with(SETTINGS, &[("x-api-key", b"w")]).await;
    assert_eq!(with_write.error().1, "key_cannot_read");
    let unchanged = app.get_with(SETTINGS, &[("x-api-key", b"r")]).await;
    assert_eq!(unchanged.json()["robots"], "discard");
}

#[tokio::test]
async fn wrong_settings_name_the_field() {
    let app = app().await;
    for (settings, field, message) in [
        (json!([]), "settings", "no JSON object"),
        (json!({"robot": "keep"}), "settings", "unknown field `robot`"),
        (json!({"internal": {"paths": ["admin"]}}), "internal.paths", "write '/admin'"),
    ] {
        let answer = put(&app, SETTINGS, "a", &settings).await;
        assert_eq!(answer.error(), (400, "settings_invalid".to_owned(), Some(field.to_owned())));
        assert!(answer.message().contains(message), "{}", answer.message());
    }
    let large = json!({"urls": {"query": ["x".repeat(2 << 20)]}});
    assert_eq!(put(&app, SETTINGS, "a", &large).await.error().1, "body_too_large");
}
