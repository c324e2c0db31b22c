//! Annotations of a site's charts.

use jiff::tz::TimeZone;
use millrace_catalog::Site;
use millrace_catalog::key::KeyKind::{Admin, Read, Write};
use millrace_catalog::memory::site;
use serde_json::json;

use crate::support::{App, Setup};

const ANNOTATIONS: &str = "/api/v1/sites/demo/annotations";
const ONE: &str = "/api/v1/sites/demo/annotations/1";
const RELEASE: &str = r#"{"at":"2025-11-20","text":"Release 2.0"}"#;

/// `demo` is public and in Kathmandu, `shop` is not public.
async fn app() -> App {
    let mut setup = Setup::demo(Vec::new()).await;
    let timezone = TimeZone::get("Asia/Kathmandu").unwrap();
    setup.sites = vec![Site { timezone, ..site("demo") }, Site { public: false, ..site("shop") }];
    setup.keys = vec![("r", "demo", Read), ("w", "demo", Write), ("a", "demo", Admin), ("s", "shop", Admin)];
    setup.app()
}

#[tokio::test]
async fn annotations_are_added_listed_replaced_and_removed() {
    let app = app().await;
    assert_eq!(app.json(ANNOTATIONS).await, json!({"annotations": []}));
    let added = app.ask("POST", ANNOTATIONS, "a", RELEASE).await;
    assert_eq!(added.status, 201, "{}", added.text());
    let release = added.json();
    // The start of the day in the site's zone.
    assert_eq!(
        (&release["id"], &release["at"], &release["text"]),
        (&json!(1), &json!("2025-11-19T18:15:00Z"), &json!("Release 2.0"))
    );
    assert_eq!(release.as_object().unwrap().len(), 4);
    let earlier = r#"{"at":"2025-11-01T10:00:00+01:00","text":" Campaign \"A\" "}"#;
    let earlier = app.ask("POST", ANNOTATIONS, "a", earlier).await.json();
    assert_eq!(
        (&earlier["at"], &earlier["text"]),
        (&json!("2025-11-01T09:00:00Z"), &json!("Campaign \"A\""))
    );
    assert_eq!(app.json(ANNOTATIONS).await, json!({"annotations": [earlier, release]}), "the oldest first");

    let moved = app.ask("PUT", ONE, "a", r#"{"at":"2025-10-01","text":"Release 1.9"}"#).await;
    assert_eq!((moved.status.as_u16(), &moved.json()["id"]), (200, &json!(1)));
    assert_eq!(moved.json()["created_at"], release["created_at"]);
    assert_eq!(app.json(ANNOTATIONS).await["annotations"], json!([moved.json(), earlier]));
    assert_eq!(
        app.ask("GET", "/api/v1/sites/shop/annotations", "s", "").await.json()["annotations"],
        json!([])
    );

    let removed = app.ask("DELETE", ONE, "a", "").await;
    assert_eq!((removed.status.as_u16(), removed.text()), (204, ""));
    assert_eq!(app.json(ANNOTATIONS).await["annotations"], json!([earlier]));
    assert_eq!(app.ask("POST", ANNOTATIONS, "a", RELEASE).await.json()["id"], 3, "no number is given twice");
}

#[tokio::test]
async fn what_is_not_there_is_a_404() {
    let app = app().await;
    for number in ["1", "0", "-1", "x", "99999999999999999999"] {
        for (method, body) in [("PUT", RELEASE), ("DELETE", "")] {
            let answer = app.ask(method, &format!("{ANNOTATIONS}/{number}"), "a", body).await;
            let expected = (404, "annotation_unknown".to_owned(), Some("annotation".to_owned()));
            assert_eq!(answer.error(), expected, "{method} {number}");
        }
    }
}

#[tokio::test]
async fn whoever_may_read_reports_reads_them_and_an_admin_key_changes_them() {
    let app = app().await;
    assert_eq!(app.ask("POST", ANNOTATIONS, "a", RELEASE).await.status, 201);
    for key in ["", "r", "w", "a", "s", "nonsense"] {
        assert_eq!(app.ask("GET", ANNOTATIONS, key, "").await.status, 200, "{key}: the site is public");
    }
    let of_shop = app.ask("GET", "/api/v1/sites/shop/annotations", "", "").await;
    assert_eq!(of_shop.error().1, "key_missing");
    for (method, path, body) in [("POST", ANNOTATIONS, RELEASE), ("PUT", ONE, RELEASE), ("DELETE", ONE, "")] {
        for (key, code) in [
            ("", "key_missing"),
            ("nonsense", "key_unknown"),
            ("r", "key_cannot_change"),
            ("w", "key_cannot_change"),
            ("s", "key_of_another_site"),
        ] {
            let (status, found, _) = app.ask(method, path, key, body).await.error();
            assert_eq!((status, found.as_str()), (401, code), "{method} {key}");
        }
    }
    assert_eq!(app.json(ANNOTATIONS).await["annotations"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_wrong_annotation_names_the_field() {
    let app = app().await;
    let long = "ä".repeat(201);
    for (body, field, message) in [
        (json!([]), None, "no JSON object"),
        (json!({"at": "2025-11-20"}), None, "missing field `text`"),
        (json!({"at": "2025-11-20", "text": "x", "colour": "red"}), None, "unknown field `colour`"),
        (json!({"at": "2025-11-31", "text": "x"}), Some("at"), "write a date such as 2026-11-20"),
        (json!({"at": "yesterday", "text": "x"}), Some("at"), "write a date such as 2026-11-20"),
        (json!({"at": "", "text": "x"}), Some("at"), "write a date such as 2026-11-20"),
        (json!({"at": "-0100-01-01T00:00:00Z", "text": "x"}), Some("at"), "at: "),
        (json!({"at": "2025-11-20", "text": " "}), Some("text"), "1 to 200 characters"),
        (json!({"at": "2025-11-20", "text": "a\u{0}b"}), Some("text"), "1 to 200 characters"),
        (json!({"at": "2025-11-20", "text": long}), Some("text"), "1 to 200 characters"),
    ] {
        let answer = app.ask("POST", ANNOTATIONS, "a", &body.to_string()).await;
        let expected = (400, "annotation_invalid".to_owned(), field.map(str::to_owned));
        assert_eq!(answer.error(), expected, "{body}");
        assert!(answer.message().contains(message), "{body}: {}", answer.message());
    }
    assert_eq!(app.json(ANNOTATIONS).await["annotations"], json!([]));
}

#[tokio::test]
async fn a_site_has_so_many_and_no_more() {
    let app = app().await;
    for n in 0..1_000 {
        assert_eq!(app.ask("POST", ANNOTATIONS, "a", RELEASE).await.status, 201, "{n}");
    }
    let refused = app.ask("POST", ANNOTATIONS, "a", RELEASE).await;
    assert_eq!(refused.error(), (400, "too_many_annotations".to_owned(), None));
    assert!(refused.message().contains("remove one first"), "{}", refused.message());
}
