//! Which sites there are, what one of them is, and changing it.

use millrace_catalog::Site;
use millrace_catalog::key::KeyKind::{Admin, Read, Write};
use millrace_catalog::memory::site;
use serde_json::{Value, json};

use crate::support::{App, Setup, at, view};

const SITES: &str = "/api/v1/sites";
const DEMO: &str = "/api/v1/sites/demo";
const SHOP: &str = "/api/v1/sites/shop";

/// `demo` is public, `shop` and `vault` are not.
async fn app() -> App {
    let events = vec![view("2025-11-14T09:00:00.250Z"), view("2025-11-12T08:00:00Z")];
    let mut setup = Setup::demo(events).await;
    let private = |id| Site { public: false, created_at: at("2025-10-01T00:00:00Z"), ..site(id) };
    let demo = Site { created_at: at("2025-11-01T00:00:00Z"), require_key: true, ..site("demo") };
    setup.sites = vec![private("vault"), private("shop"), demo];
    setup.keys = vec![
        ("r", "demo", Read),
        ("w", "demo", Write),
        ("a", "demo", Admin),
        ("sr", "shop", Read),
        ("sw", "shop", Write),
        ("sa", "shop", Admin),
    ];
    setup.app()
}

async fn ids(app: &App, key: &str) -> Vec<Value> {
    let answer = app.ask("GET", SITES, key, "").await;
    assert_eq!(answer.status, 200);
    answer.json()["sites"].as_array().unwrap().iter().map(|site| site["id"].clone()).collect()
}

#[tokio::test]
async fn a_caller_sees_the_public_sites_and_that_of_the_key() {
    let app = app().await;
    for (key, expected) in [
        ("", vec!["demo"]),
        ("nonsense", vec!["demo"]),
        ("a", vec!["demo"]),
        ("sr", vec!["demo", "shop"]),
        ("sa", vec!["demo", "shop"]),
        // It may not read the site's reports.
        ("sw", vec!["demo"]),
    ] {
        assert_eq!(ids(&app, key).await, expected, "{key}");
    }
    let demo = json!({
        "id": "demo",
        "timezone": "UTC",
        "public": true,
        "require_key": true,
        "created_at": "2025-11-01T00:00:00Z",
    });
    assert_eq!(app.json(SITES).await, json!({"sites": [demo]}));
}

#[tokio::test]
async fn a_list_has_a_thousand_sites_at_most() {
    let mut setup = Setup::demo(Vec::new()).await;
    setup.sites = (0..1_010).map(|n| site(&format!("site-{n:04}"))).collect();
    let listed = ids(&setup.app(), "").await;
    assert_eq!((listed.len(), &listed[0], &listed[999]), (1_000, &json!("site-0000"), &json!("site-0999")));
}

#[tokio::test]
async fn a_site_says_when_its_events_happened_and_what_the_key_opens() {
    let app = app().await;
    for (key, access) in [
        ("", "public"),
        ("nonsense", "public"),
        ("w", "public"),
        ("sa", "public"),
        ("r", "read"),
        ("a", "admin"),
    ] {
        let expected = json!({
            "id": "demo",
            "timezone": "UTC",
            "public": true,
            "require_key": true,
            "created_at": "2025-11-01T00:00:00Z",
            "first_event_at": "2025-11-12T08:00:00Z",
            "last_event_at": "2025-11-14T09:00:00.250Z",
            "access": access,
        });
        assert_eq!(app.ask("GET", DEMO, key, "").await.json(), expected, "{key}");
    }
    let shop = app.ask("GET", SHOP, "sr", "").await.json();
    assert_eq!((&shop["first_event_at"], &shop["last_event_at"]), (&json!(null), &json!(null)));
    assert_eq!(shop["access"], "read");
    for (key, code) in [("", "key_missing"), ("sw", "key_cannot_read"), ("a", "key_of_another_site")] {
        assert_eq!(app.ask("GET", SHOP, key, "").await.error().1, code, "{key}");
    }
    assert_eq!(app.get("/api/v1/sites/nowhere").await.error().1, "site_unknown");
}

#[tokio::test]
async fn an_administrator_changes_what_is_named_and_nothing_else() {
    let app = app().await;
    let before = app.ask("GET", SHOP, "sa", "").await.json();
    let mut expected = before.clone();
    for change in [
        json!({}),
        json!({"timezone": "Asia/Kathmandu"}),
        json!({"require_key": true}),
        json!({"public": true}),
        json!({"public": false, "require_key": false, "timezone": "Europe/Berlin"}),
    ] {
        for (field, value) in change.as_object().unwrap() {
            expected[field] = value.clone();
        }
        let changed = app.ask("PATCH", SHOP, "sa", &change.to_string()).await;
        assert_eq!((changed.status.as_u16(), changed.json()), (200, expected.clone()), "{change}");
        assert_eq!(app.ask("GET", SHOP, "sa", "").await.json(), expected);
        let public = if expected["public"] == true { 200 } else { 401 };
        assert_eq!(app.get("/stats?site_id=shop").await.status.as_u16(), public, "{change}");
    }
    assert_eq!(app.json(DEMO).await["timezone"], "UTC", "the other site stays");
}

#[tokio::test]
async fn a_wrong_change_names_the_field_and_changes_nothing() {
    let app = app().await;
    for (body, field, message) in [
        (
            json!({"timezone": "Mars/Olympus"}),
            Some("timezone"),
            "'Mars/Olympus' is no IANA time zone: write one such",
        ),
        (json!({"timezone": ""}), Some("timezone"), "is no IANA time zone"),
        (json!({"timezone": "+02:00", "public": false}), Some("timezone"), "is no IANA time zone"),
        (json!({"timezone": "x".repeat(10_000)}), Some("timezone"), "is no IANA time zone"),
        (json!({"public": "yes"}), None, "expected a boolean"),
        (json!({"id": "other"}), None, "unknown field `id`"),
        (json!([]), None, "no JSON object"),
    ] {
        let answer = app.ask("PATCH", DEMO, "a", &body.to_string()).await;
        assert_eq!(answer.error(), (400, "site_invalid".to_owned(), field.map(str::to_owned)), "{body}");
        assert!(answer.message().contains(message) && answer.message().len() < 300, "{}", answer.message());
    }
    for (key, code) in [("", "key_missing"), ("r", "key_cannot_change"), ("sa", "key_of_another_site")] {
        assert_eq!(app.ask("PATCH", DEMO, key, r#"{"public":false}"#).await.error().1, code, "{key}");
    }
    let demo = app.json(DEMO).await;
    assert_eq!((&demo["timezone"], &demo["public"]), (&json!("UTC"), &json!(true)));
}

/// What is cut by days is cut in the new zone at once, also where an answer is kept.
#[tokio::test]
async fn a_new_zone_is_no_question_of_an_old_answer() {
    let mut setup = Setup::demo(vec![view("2025-11-13T23:30:00Z")]).await;
    setup.keys = vec![("a", "demo", Admin)];
    setup.cache = millrace_api::cache::memory(millrace_api::cache::CacheConfig::default());
    let app = setup.app();
    let today = json!({"site_id": "demo", "metrics": ["pageviews"], "date_range": "day"}).to_string();
    let views = async || {
        app.ask("POST", "/api/v2/query", "", &today).await.json()["results"][0]["metrics"][0].clone()
    };
    assert_eq!(views().await, json!(0));
    assert_eq!(app.ask("PATCH", DEMO, "a", r#"{"timezone":"Europe/Berlin"}"#).await.status, 200);
    assert_eq!(views().await, json!(1), "half past midnight in Berlin");
}
