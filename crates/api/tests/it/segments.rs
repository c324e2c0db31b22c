//! Segments of a site.

use millrace_catalog::Site;
use millrace_catalog::key::KeyKind::{Admin, Read, Write};
use millrace_catalog::memory::site;
use serde_json::json;

use crate::support::{App, Setup};

const SEGMENTS: &str = "/api/v1/sites/demo/segments";
const ONE: &str = "/api/v1/sites/demo/segments/1";
const GERMANY: &str = r#"{"name":"Germany","filters":[["is","visit:country",["DE"]]]}"#;

/// `demo` is public, `shop` is not.
async fn app() -> App {
    let mut setup = Setup::demo(Vec::new()).await;
    setup.sites = vec![site("demo"), Site { public: false, ..site("shop") }];
    setup.keys = vec![("r", "demo", Read), ("w", "demo", Write), ("a", "demo", Admin), ("s", "shop", Admin)];
    setup.app()
}

#[tokio::test]
async fn segments_are_added_listed_replaced_and_removed() {
    let app = app().await;
    assert_eq!(app.json(SEGMENTS).await, json!({"segments": []}));
    let added = app.ask("POST", SEGMENTS, "a", GERMANY).await;
    assert_eq!(added.status, 201, "{}", added.text());
    let segment = added.json();
    assert_eq!((&segment["id"], &segment["name"]), (&json!(1), &json!("Germany")));
    assert_eq!(segment["filters"], json!([["is", "visit:country", ["DE"]]]));
    assert_eq!(segment["created_at"], segment["updated_at"]);
    let paid = r#"{"name":"Paid","filters":[["is","visit:channel",["Paid Search"]]]}"#;
    assert_eq!(app.ask("POST", SEGMENTS, "a", paid).await.json()["id"], 2);

    let body = r#"{"name":"Austria","filters":[["is","visit:country",["AT"]]]}"#;
    let replaced = app.ask("PUT", ONE, "a", body).await;
    assert_eq!((replaced.status.as_u16(), &replaced.json()["id"]), (200, &json!(1)));
    let list = app.json(SEGMENTS).await;
    assert_eq!(list["segments"][0], replaced.json());
    assert_eq!(list["segments"][1]["name"], "Paid");
    assert_eq!(list["segments"][0]["filters"], json!([["is", "visit:country", ["AT"]]]));
    assert_eq!(app.ask("GET", "/api/v1/sites/shop/segments", "s", "").await.json(), json!({"segments": []}));

    let removed = app.ask("DELETE", ONE, "a", "").await;
    assert_eq!((removed.status.as_u16(), removed.text()), (204, ""));
    assert_eq!(app.json(SEGMENTS).await["segments"].as_array().unwrap().len(), 1);
    assert_eq!(app.ask("POST", SEGMENTS, "a", GERMANY).await.json()["id"], 3, "no number is given twice");
}

#[tokio::test]
async fn what_is_not_there_is_a_404_and_a_taken_name_a_409() {
    let app = app().await;
    assert_eq!(app.ask("POST", SEGMENTS, "a", GERMANY).await.status, 201);
    let other = r#"{"name":"Other","filters":[["is","visit:country",["DE"]]]}"#;
    assert_eq!(app.ask("POST", SEGMENTS, "a", other).await.status, 201);
    for number in ["9", "0", "-1", "x", "99999999999999999999"] {
        for (method, body) in [("PUT", GERMANY), ("DELETE", "")] {
            let answer = app.ask(method, &format!("{SEGMENTS}/{number}"), "a", body).await;
            let expected = (404, "segment_unknown".to_owned(), Some("segment".to_owned()));
            assert_eq!(answer.error(), expected, "{method} {number}");
        }
    }
    for (method, path, body) in [("POST", SEGMENTS, GERMANY), ("PUT", ONE, other)] {
        let answer = app.ask(method, path, "a", body).await;
        assert_eq!(
            answer.error(),
            (409, "name_taken".to_owned(), Some("name".to_owned())),
            "{method} {path}"
        );
    }
    assert_eq!(app.ask("PUT", ONE, "a", GERMANY).await.status, 200, "its own name is no other segment's");
}

#[tokio::test]
async fn whoever_may_read_reports_reads_them_and_an_admin_key_changes_them() {
    let app = app().await;
    let shop = "/api/v1/sites/shop/segments";
    for key in ["", "r", "w", "a", "s", "nonsense"] {
        assert_eq!(app.ask("GET", SEGMENTS, key, "").await.status, 200, "{key}: the site is public");
    }
    for (method, path, key, status, code) in [
        ("GET", shop, "", 401, "key_missing"),
        ("GET", shop, "a", 401, "key_of_another_site"),
        ("GET", "/api/v1/sites/nowhere/segments", "a", 404, "site_unknown"),
        ("POST", SEGMENTS, "", 401, "key_missing"),
        ("POST", SEGMENTS, "r", 401, "key_cannot_change"),
        ("POST", SEGMENTS, "s", 401, "key_of_another_site"),
        ("PUT", ONE, "w", 401, "key_cannot_change"),
        ("DELETE", ONE, "", 401, "key_missing"),
        ("DELETE", ONE, "r", 401, "key_cannot_change"),
        ("PUT", SEGMENTS, "a", 405, "method_not_allowed"),
        ("GET", ONE, "a", 405, "method_not_allowed"),
    ] {
        let (found, word, _) = app.ask(method, path, key, GERMANY).await.error();
        assert_eq!((found, word.as_str()), (status, code), "{method} {path} {key}");
    }
    assert_eq!(app.json(SEGMENTS).await, json!({"segments": []}));
}

#[tokio::test]
async fn a_wrong_segment_says_where() {
    let app = app().await;
    let long = format!(r#"{{"name":"a","filters":[["is","event:page",["{}"]]]}}"#, "x".repeat(20_000));
    for (body, field, message) in [
        ("", None, "the body is no {\"name\""),
        (r#"["a",[1]]"#, None, "it is no JSON object"),
        (r#"{"name":"a"}"#, None, "missing field `filters`"),
        (r#"{"name":"a","filters":[1],"x":1}"#, None, "unknown field `x`"),
        (
            r#"{"name":"","filters":[["is","event:page",["/"]]]}"#,
            Some("name"),
            "a name has 1 to 120 characters",
        ),
        (r#"{"name":"a","filters":{}}"#, Some("filters"), "filters: they are no JSON array"),
        (r#"{"name":"a","filters":[]}"#, Some("filters"), "filters: they are empty"),
        (&long, Some("filters"), "20000 are the most"),
        (r#"{"name":"a","filters":[1]}"#, Some("filters"), "filters[0] is a number, not a list"),
        (r#"{"name":"a","filters":[["is","x",["/"]]]}"#, Some("filters"), "filters[0][1] names no dimension"),
        (
            r#"{"name":"a","filters":[["matches","event:page",["("]]]}"#,
            Some("filters"),
            "which cannot be matched",
        ),
        (
            r#"{"name":"a","filters":[["is","event:goal",["Purchase"]]]}"#,
            Some("filters"),
            "the site has none",
        ),
        (
            r#"{"name":"a","filters":[["not",["is","segment",[1]]]]}"#,
            Some("filters"),
            "a segment names no segments",
        ),
    ] {
        for (method, path) in [("POST", SEGMENTS), ("PUT", ONE)] {
            let answer = app.ask(method, path, "a", body).await;
            assert_eq!(
                answer.error(),
                (400, "segment_invalid".to_owned(), field.map(str::to_owned)),
                "{body}"
            );
            assert!(answer.message().contains(message), "{}", answer.message());
        }
    }
    assert_eq!(app.ask("POST", SEGMENTS, "a", &" ".repeat(2 << 20)).await.error().1, "body_too_large");
}

#[tokio::test]
async fn a_site_has_two_hundred_segments_at_most() {
    let app = app().await;
    for n in 0..200 {
        let body = format!(r#"{{"name":"{n}","filters":[["is","event:page",["/"]]]}}"#);
        assert_eq!(app.ask("POST", SEGMENTS, "a", &body).await.status, 201, "{n}");
    }
    let answer = app.ask("POST", SEGMENTS, "a", GERMANY).await;
    assert_eq!(answer.error(), (400, "too_many_segments".to_owned(), None));
    assert_eq!(app.ask("PUT", ONE, "a", GERMANY).await.status, 200);
}
