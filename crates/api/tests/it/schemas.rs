//! Declared and observed schemas.

use millrace_catalog::key::KeyKind::{Admin, Read, Write};
use millrace_catalog::memory::site;
use millrace_event::Event;
use serde_json::{Value, json};

use crate::support::{Answer, App, Setup, named};

const SCHEMAS: &str = "/api/v1/sites/demo/schemas";
const PURCHASE: &str = "/api/v1/sites/demo/schemas/purchase";
const OBSERVED: &str = "/api/v1/sites/demo/schema";

async fn app(events: Vec<Event>) -> App {
    let mut setup = Setup::demo(events).await;
    setup.sites = vec![site("demo"), site("shop")];
    setup.keys = vec![("r", "demo", Read), ("w", "demo", Write), ("a", "demo", Admin), ("s", "shop", Admin)];
    setup.app()
}

async fn send(app: &App, method: &str, path: &str, key: &str, body: &str) -> Answer {
    app.ask(method, path, key, body).await
}

async fn read(app: &App, path: &str) -> Value {
    let answer = app.get_with(path, &[("x-api-key", b"r")]).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer.json()
}

fn purchase(second: u32, properties: &str) -> Event {
    let instant = format!("2025-11-14T10:{:02}:{:02}.000Z", second / 60, second % 60);
    Event { properties: properties.into(), ..named("purchase", &instant) }
}

#[tokio::test]
async fn schemas_are_declared_read_replaced_and_removed() {
    let app = app(Vec::new()).await;
    assert_eq!(read(&app, SCHEMAS).await, json!({"schemas": []}));
    // A number that no float holds comes back as it was.
    let body = r#"{"mode": "reject", "schema": {"properties": {"n": {"maximum": 18446744073709551617.10}}}}"#;
    let answer = send(&app, "PUT", PURCHASE, "a", body).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(answer.text().contains("18446744073709551617.10"), "{}", answer.text());
    assert_eq!((&answer.json()["event"], &answer.json()["mode"]), (&json!("purchase"), &json!("reject")));
    let path = "/api/v1/sites/demo/schemas/%24pageview";
    assert_eq!(
        send(&app, "PUT", path, "a", r#"{"mode":"warn","schema":{}}"#).await.json()["event"],
        "pageview"
    );
    let body = r#"{"mode":"observe","schema":{"title":"t"}}"#;
    assert_eq!(send(&app, "PUT", PURCHASE, "a", body).await.status, 200);

    let list = read(&app, SCHEMAS).await;
    let names: Vec<_> = list["schemas"].as_array().unwrap().iter().map(|schema| &schema["event"]).collect();
    assert_eq!(names, ["pageview", "purchase"]);
    assert_eq!(list["schemas"][1]["schema"], json!({"title": "t"}));
    assert_eq!(read(&app, PURCHASE).await, list["schemas"][1]);
    assert_eq!(read(&app, "/api/v1/sites/demo/schemas/page_view").await, list["schemas"][0]);
    let other = app.get_with("/api/v1/sites/shop/schemas", &[("x-api-key", b"s")]).await;
    assert_eq!(other.json(), json!({"schemas": []}));

    let removed = send(&app, "DELETE", PURCHASE, "a", "").await;
    assert_eq!((removed.status.as_u16(), removed.text()), (204, ""));
    let again = send(&app, "DELETE", PURCHASE, "a", "").await;
    assert_eq!(again.error(), (404, "schema_unknown".to_owned(), Some("event".to_owned())));
    assert_eq!(app.get_with(PURCHASE, &[("x-api-key", b"r")]).await.error().1, "schema_unknown");
}

#[tokio::test]
async fn a_key_reads_and_an_admin_key_changes() {
    let app = app(Vec::new()).await;
    let body = r#"{"mode":"warn","schema":{}}"#;
    for (method, path, key, status, code) in [
        ("GET", SCHEMAS, "", 401, "key_missing"),
        ("GET", SCHEMAS, "w", 401, "key_cannot_read"),
        ("GET", SCHEMAS, "s", 401, "key_of_another_site"),
        ("GET", OBSERVED, "", 401, "key_missing"),
        ("GET", OBSERVED, "w", 401, "key_cannot_read"),
        ("GET", PURCHASE, "", 401, "key_missing"),
        ("PUT", PURCHASE, "", 401, "key_missing"),
        ("PUT", PURCHASE, "nonsense", 401, "key_unknown"),
        ("PUT", PURCHASE, "r", 401, "key_cannot_change"),
        ("PUT", PURCHASE, "w", 401, "key_cannot_change"),
        ("PUT", PURCHASE, "s", 401, "key_of_another_site"),
        ("DELETE", PURCHASE, "r", 401, "key_cannot_change"),
        ("PUT", "/api/v1/sites/nowhere/schemas/x", "a", 404, "site_unknown"),
        // Whoever may not change it need not be told what is wrong with it.
        ("PUT", "/api/v1/sites/demo/schemas/%20", "r", 401, "key_cannot_change"),
        ("POST", SCHEMAS, "a", 405, "method_not_allowed"),
    ] {
        let (found, word, _) = send(&app, method, path, key, body).await.error();
        assert_eq!((found, word.as_str()), (status, code), "{method} {path} {key}");
    }
    assert_eq!(read(&app, SCHEMAS).await, json!({"schemas": []}));
}

#[tokio::test]
async fn a_wrong_declaration_says_where() {
    let app = app(Vec::new()).await;
    let long = format!("/api/v1/sites/demo/schemas/{}", "x".repeat(121));
    for (path, body, code, field, message) in [
        (PURCHASE, "", "schema_invalid", None, "the body is no"),
        (PURCHASE, r#"{"mode":"warn"}"#, "schema_invalid", None, "missing field `schema`"),
        (PURCHASE, r#"{"mode":"warn","schema":{},"x":1}"#, "schema_invalid", None, "unknown field `x`"),
        (
            PURCHASE,
            r#"{"mode":"strict","schema":{}}"#,
            "schema_invalid",
            Some("mode"),
            "observe, warn, reject",
        ),
        (
            PURCHASE,
            r#"{"mode":"warn","schema":{"properties":{"a/b":{"format":"email"}}}}"#,
            "schema_invalid",
            Some("schema"),
            "/properties/a~1b/format: the keyword 'format' is not taken",
        ),
        (PURCHASE, r#"{"mode":"warn","schema":5}"#, "schema_invalid", Some("schema"), "must be an object"),
        ("/api/v1/sites/demo/schemas/%20", "{}", "name_missing", Some("event"), "no name"),
        ("/api/v1/sites/demo/schemas/a%00b", "{}", "name_invalid", Some("event"), "control character"),
        (&long, "{}", "name_too_long", Some("event"), "the limit is 120"),
    ] {
        let answer = send(&app, "PUT", path, "a", body).await;
        assert_eq!(answer.error(), (400, code.to_owned(), field.map(str::to_owned)), "{path} {body}");
        assert!(answer.message().contains(message), "{}", answer.message());
    }
    assert_eq!(send(&app, "PUT", PURCHASE, "a", &" ".repeat(2 << 20)).await.error().1, "body_too_large");
}

#[tokio::test]
async fn observed_events_with_drift_and_violations() {
    let mut events: Vec<_> =
        (0..25).map(|second| purchase(second, r#"{"price":9.99,"plan":"pro"}"#)).collect();
    events.extend((25..50).map(|second| purchase(second, r#"{"price":"free","n":18446744073709551616}"#)));
    events.push(named("purchase", "2025-09-01T00:00:00Z"));
    events.push(named("login", "2025-11-14T10:00:00.000Z"));
    let app = app(events).await;
    let document = r#"{"mode":"warn","schema":{"properties":{"price":{"type":"number"}}}}"#;
    assert_eq!(send(&app, "PUT", PURCHASE, "a", document).await.status, 200);

    let found = read(&app, &format!("{OBSERVED}?period=7d")).await;
    assert_eq!((&found["site_id"], &found["truncated"]), (&json!("demo"), &json!(false)));
    let bounds = json!({"from": "2025-11-08T00:00:00Z", "to": "2025-11-15T00:00:00Z"});
    assert_eq!(found["period"], bounds);
    let names: Vec<_> = found["events"].as_array().unwrap().iter().map(|event| &event["name"]).collect();
    assert_eq!(names, ["purchase", "login"]);
    let at = |second: u32| format!("2025-11-14T10:00:{second:02}Z");
    let seen = |count: u32, first: u32, last: u32| json!({"count": count, "first_seen": at(first), "last_seen": at(last)});
    let with = |mut object: Value, more: Value| {
        object.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        object
    };
    let purchase = &found["events"][0];
    let price = json!({
        "name": "price",
        "types": [with(seen(25, 0, 24), json!({"type": "number"})), with(seen(25, 25, 49), json!({"type": "string"}))],
        "values": [{"value": "free", "count": 25}, {"value": 9.99, "count": 25}],
        "values_exact": true, "cardinality": 2, "cardinality_error": 0.0, "minimum": 9.99, "maximum": 9.99,
    });
    assert_eq!(purchase["properties"][2], with(seen(50, 0, 49), price));
    assert_eq!(
        (&purchase["count"], &purchase["mode"], &purchase["violating"]),
        (&json!(50), &json!("warn"), &json!(25))
    );
    let changes = json!([
        {"property": "n", "change": "appeared", "from": null, "to": null, "at": at(25), "sample": 18446744073709551616.0},
        {"property": "price", "change": "type_changed", "from": "number", "to": "string", "at": at(25), "sample": "free"},
        {"property": "plan", "change": "vanished", "from": null, "to": null, "at": at(24), "sample": "pro"},
    ]);
    assert_eq!(purchase["drift"], changes);
    let violation = json!({"property": "price", "problem": "type", "sample": "free",
        "message": "properties.price must be of the type number"});
    assert_eq!(purchase["violations"], json!([with(seen(25, 25, 49), violation)]));
    assert_eq!(found["events"][1]["properties"], json!([]));
    assert_eq!(found["events"][1]["mode"], Value::Null);

    let raw = app.get_with(OBSERVED, &[("x-api-key", b"r")]).await;
    assert!(raw.text().contains(":18446744073709551616"), "with its digits: {}", raw.text());
    let all = read(&app, &format!("{OBSERVED}?period=all")).await;
    assert_eq!((&all["events"][0]["count"], &all["period"]), (&json!(51), &Value::Null));
    let day = read(&app, &format!("{OBSERVED}?period=2025-09-01/2025-09-02")).await;
    assert_eq!((&day["events"][0]["count"], &day["events"][1]), (&json!(1), &Value::Null));
    let other = app.get_with("/api/v1/sites/shop/schema", &[("x-api-key", b"s")]).await;
    assert_eq!(other.json()["events"], json!([]));
    let wrong = app.get_with(&format!("{OBSERVED}?period=forever"), &[("x-api-key", b"r")]).await;
    assert_eq!(wrong.error(), (400, "period_invalid".to_owned(), Some("period".to_owned())));
}

#[tokio::test]
async fn the_most_frequent_names_are_listed_and_the_rest_is_said() {
    let mut events: Vec<_> =
        (0..520).map(|n| named(&format!("event-{n:03}"), "2025-11-14T10:00:00.000Z")).collect();
    events.extend((0..3).map(|_| named("event-519", "2025-11-14T10:00:01.000Z")));
    let found = read(&app(events).await, OBSERVED).await;
    assert_eq!(found["truncated"], true);
    assert_eq!(found["events"].as_array().unwrap().len(), 500);
    assert_eq!((&found["events"][0]["name"], &found["events"][0]["count"]), (&json!("event-519"), &json!(4)));
}
