//! Umami.

use serde_json::json;

use super::stores;
use crate::support::bench;

#[tokio::test]
async fn events() {
    let bench = bench();
    for (body, expected) in [
        (
            r#"{"type":"event","payload":{"website":"demo","hostname":"shop.test","language":"en-GB","referrer":"https://other.test/","screen":"1920x1080","title":"A shop","url":"/a?utm_source=x"}}"#,
            json!({"name": "pageview", "url": "https://shop.test/a?utm_source=x", "language": "en-GB",
                "referrer": "https://other.test/", "screen": [1920, 1080], "title": "A shop"}),
        ),
        (
            r#"{"type":"event","payload":{"website":"demo","url":"https://shop.test/b","hostname":"x.test","name":"buy","tag":"t1","id":"u1","data":{"revenue":9.5,"currency":"EUR","a":{"b":1}}}}"#,
            json!({"name": "buy", "url": "https://shop.test/b", "user": "u1", "revenue": [9.5, "EUR"],
                "properties": {"tag": "t1", "revenue": 9.5, "currency": "EUR", "a.b": 1}}),
        ),
        (
            r#"{"type":"identify","payload":{"website":"demo","id":"u1","data":{"plan":"pro"}}}"#,
            json!({"name": "identify", "user": "u1", "interactive": false, "properties": {"plan": "pro"}}),
        ),
        (
            r#"{"type":"performance","payload":{"website":"demo","url":"/","lcp":1200.5,"cls":0.01}}"#,
            json!({"name": "web_vitals", "url": "/", "interactive": false,
                "properties": {"lcp": 1200.5, "cls": 0.01}}),
        ),
    ] {
        let mut expected = expected;
        expected["site"] = "demo".into();
        stores(&bench, "/api/send", &["x-umami-cache: whatever"], body, &[expected]).await;
    }
}

#[tokio::test]
async fn answers() {
    let bench = bench();
    let body = r#"{"type":"event","payload":{"website":"demo","url":"/"}}"#;
    let first = bench.request("POST", "/api/send", &["user-agent: a"], body).await;
    let again = bench.request("POST", "/api/send", &["user-agent: a"], body).await;
    let other = bench.request("POST", "/api/send", &["user-agent: b"], body).await;
    assert_eq!(first.status, 200);
    for key in ["cache", "sessionId", "visitId"] {
        assert!(first.body[key].is_string(), "{key}");
    }
    assert_eq!(first.body["sessionId"].as_str().unwrap().len(), 36);
    assert_eq!(first.body["sessionId"], again.body["sessionId"]);
    assert_ne!(first.body["sessionId"], other.body["sessionId"]);

    for (body, status, code) in [
        (r#"{"type":"event","payload":{"website":"nosuch"}}"#, 400, "key_unknown"),
        (r#"{"type":"event","payload":{"url":"/"}}"#, 400, "site_id_missing"),
        (r#"{"type":"other","payload":{"website":"demo"}}"#, 400, "type_invalid"),
        (r#"{"type":"event","payload":{"website":"closed"}}"#, 401, "key_missing"),
        ("", 400, "empty_body"),
    ] {
        let answer = bench.request("POST", "/api/send", &[], body).await;
        assert_eq!((answer.status.as_u16(), &answer.body["error"]["code"]), (status, &json!(code)), "{body}");
        assert_eq!(answer.body["error"]["status"], status, "{body}");
    }
}

#[tokio::test]
async fn a_batch() {
    let bench = bench();
    let body = r#"[{"type":"event","payload":{"website":"demo","url":"/a"}},
        {"type":"event","payload":{"website":"nosuch","url":"/a"}},
        {"type":"event","payload":{"website":"demo","name":"x","timestamp":1795275645}}]"#;
    let answer = bench.request("POST", "/api/batch", &[], body).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let told = ["size", "processed", "errors"].map(|key| answer.body[key].as_u64().unwrap());
    assert_eq!(told, [3, 2, 1]);
    assert_eq!(answer.body["details"][0]["index"], 1);
    assert!(answer.body["cache"].is_string());
    let stored = bench.stored();
    assert_eq!((stored.len(), stored[1].timestamp.as_millis()), (2, 1_795_275_645_000));
}
