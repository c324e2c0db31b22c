//! Plausible.

use serde_json::json;

use super::stores;
use crate::support::bench;

const PATH: &str = "/api/event";

#[tokio::test]
async fn events() {
    let bench = bench();
    for (body, expected) in [
        (
            r#"{"n":"pageview","v":36,"u":"http://shop.test/page?utm_source=x","d":"demo","r":null}"#,
            json!({"name": "pageview", "url": "http://shop.test/page?utm_source=x"}),
        ),
        (
            r#"{"name":"Signup","url":"/a","domain":"demo","referrer":"https://other.test/","props":{"plan":"pro","n":2},"interactive":false}"#,
            json!({"name": "Signup", "url": "/a", "referrer": "https://other.test/", "interactive": false,
                "properties": {"plan": "pro", "n": 2}}),
        ),
        (
            r#"{"n":"Buy","u":"/a","d":"demo","p":"{\"a\":1}","$":{"amount":"10.29","currency":"EUR"}}"#,
            json!({"name": "Buy", "url": "/a", "properties": {"a": 1}, "revenue": [10.29, "EUR"]}),
        ),
        (
            r#"{"n":"Buy","u":"/a","d":"demo","m":{"a":1},"revenue":"{\"amount\":3,\"currency\":\"usd\"}"}"#,
            json!({"name": "Buy", "url": "/a", "properties": {"a": 1}, "revenue": [3.0, "USD"]}),
        ),
        // What a tagged element without revenue sends.
        (r#"{"n":"Tag","u":"/a","d":"demo","$":{},"p":"no json"}"#, json!({"name": "Tag", "url": "/a"})),
        (
            r#"{"n":"engagement","sd":40,"d":"demo","u":"/a","p":null,"e":5407,"v":36}"#,
            json!({"name": "engagement", "url": "/a", "interactive": false, "scroll_depth": 40,
                "duration_ms": 5407}),
        ),
        // Its word for a depth that is not known.
        (
            r#"{"n":"engagement","sd":255,"d":"demo","u":"/a","e":-1}"#,
            json!({"name": "engagement", "url": "/a", "interactive": false}),
        ),
        (
            r#"{"n":"pageview","u":"https://shop.test/#/about?x=1","d":"demo","h":1}"#,
            json!({"name": "pageview", "url": "https://shop.test/about?x=1"}),
        ),
    ] {
        let mut expected = expected;
        expected["site"] = "demo".into();
        stores(&bench, PATH, &["content-type: text/plain"], body, &[expected]).await;
    }
}

#[tokio::test]
async fn one_event_for_several_sites() {
    let bench = bench();
    let body = r#"{"n":"x","u":"/","d":"demo, closed,nosuch,demo"}"#;
    let answer = bench.request("POST", PATH, &[], body).await;
    assert_eq!((answer.status.as_u16(), &*answer.text), (202, "ok"));
    assert_eq!(answer.headers["x-plausible-dropped"], "2");
    assert_eq!(bench.stored().len(), 1);
    let body = r#"{"n":"x","u":"/","d":"closed,nosuch,other,other"}"#;
    let answer = bench.request("POST", PATH, &[], body).await;
    assert_eq!((answer.status.as_u16(), &*answer.text), (202, "ok"), "where it was counted for none");
    assert_eq!(answer.headers["x-plausible-dropped"], "3");
    assert_eq!(bench.stored().len(), 1);
    let sites: Vec<String> = (0..33).map(|site| format!("s{site}")).collect();
    let body = format!(r#"{{"n":"x","u":"/","d":"{}"}}"#, sites.join(","));
    assert_eq!(bench.request("POST", PATH, &[], body).await.status, 400);
}

#[tokio::test]
async fn answers() {
    let bench = bench();
    let good = r#"{"n":"x","u":"/","d":"demo"}"#;
    let answer = bench.request("POST", PATH, &[], good).await;
    assert_eq!((answer.status.as_u16(), &*answer.text), (202, "ok"));
    assert!(!answer.headers.contains_key("x-plausible-dropped"));
    let answer = bench.request("POST", PATH, &["x-debug-request: true"], good).await;
    assert_eq!((answer.status.as_u16(), &*answer.text), (200, "192.0.2.7"));
    for (body, field) in [
        ("{", "request"),
        (r#"{"n":"x","u":"/"}"#, "domain"),
        (r#"{"n":"","u":"/","d":"demo"}"#, "event_name"),
        (r#"{"n":"x","d":"demo"}"#, "url"),
    ] {
        let answer = bench.request("POST", PATH, &[], body).await;
        assert_eq!(answer.status, 400, "{body}");
        assert!(answer.body["errors"][field][0].is_string(), "{body}: {}", answer.text);
    }
}

#[tokio::test]
async fn a_server_speaks_for_its_visitor_with_a_key() {
    let bench = bench();
    let body = r#"{"n":"x","u":"/","d":"demo"}"#;
    let forwarded = "x-forwarded-for: 203.0.113.9, 10.0.0.1";
    bench.request("POST", PATH, &[forwarded, "authorization: Bearer write"], body).await;
    bench.request("POST", PATH, &[forwarded], body).await;
    let addresses: Vec<_> = bench.stored().iter().map(|event| event.address.unwrap().to_string()).collect();
    assert_eq!(addresses, ["203.0.113.9", "192.0.2.7"]);
}
