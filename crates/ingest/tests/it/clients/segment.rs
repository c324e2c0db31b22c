//! Segment, RudderStack, Jitsu.

use millrace_ingest::IngestConfig;
use serde_json::json;

use super::stores;
use crate::support::{bench, bench_with};

/// `demo:` and `write:`, as Basic has them.
const BASIC_DEMO: &str = "authorization: Basic ZGVtbzo=";
const BASIC_WRITE: &str = "authorization: Basic d3JpdGU6";

#[tokio::test]
async fn calls() {
    let bench = bench();
    for (path, body, expected) in [
        (
            "/v1/p",
            r#"{"type":"page","properties":{"path":"/page","referrer":"","search":"?x","title":"A shop","url":"http://shop.test/page?x","plan":1},
              "context":{"page":{"url":"http://shop.test/other"},"locale":"en-US","campaign":{"source":"news","name":"may & june"},"screen":{"width":1280,"height":720}},
              "name":"Home","messageId":"m1","anonymousId":"a1","userId":null,"writeKey":"demo"}"#,
            json!({"name": "pageview", "id": "m1", "anonymous": "a1", "title": "A shop", "language": "en-US",
                "url": "http://shop.test/page?x&utm_source=news&utm_campaign=may+%26+june", "screen": [1280, 720],
                "properties": {"name": "Home", "plan": 1}}),
        ),
        (
            "/v1/track",
            r#"{"event":"Order Completed","userId":7,"anonymousId":"a1","messageId":"m2","properties":{"total":"39.90","currency":"EUR","products":[{"id":1}]},
              "context":{"page":{"url":"/cart","referrer":"https://other.test/","title":"Cart"},"sessionId":1795275645244}}"#,
            json!({"name": "Order Completed", "id": "m2", "user": "7", "anonymous": "a1", "url": "/cart",
                "referrer": "https://other.test/", "title": "Cart", "session": "1795275645244",
                "revenue": [39.9, "EUR"],
                "properties": {"total": "39.90", "currency": "EUR", "products": "[{\"id\":1}]"}}),
        ),
        // What a track call's properties call a page is no page.
        (
            "/v1/track",
            r#"{"event":"Downloaded","userId":"u1","properties":{"url":"https://shop.test/a.pdf","title":"A","path":"/a","referrer":"r"},
              "context":{"page":{"url":"","path":"/here","title":"Here"}}}"#,
            json!({"name": "Downloaded", "user": "u1", "url": "/here", "title": "Here",
                "properties": {"url": "https://shop.test/a.pdf", "title": "A", "path": "/a", "referrer": "r"}}),
        ),
        (
            "/v1/track",
            r#"{"event":"Downloaded","userId":"u1","properties":{"url":"https://shop.test/a.pdf"}}"#,
            json!({"name": "Downloaded", "user": "u1", "properties": {"url": "https://shop.test/a.pdf"}}),
        ),
        (
            "/t",
            r#"{"event":"Buy","userId":"u1","properties":{"revenue":2}}"#,
            json!({"name": "Buy", "user": "u1", "revenue": [2.0, "USD"], "properties": {"revenue": 2}}),
        ),
        (
            "/v1/identify",
            r#"{"userId":"u1","anonymousId":"a1","messageId":"m3","traits":{"email":"x@y.test","address":{"city":"B"}}}"#,
            json!({"name": "identify", "id": "m3", "user": "u1", "anonymous": "a1", "interactive": false,
                "properties": {"email": "x@y.test", "address.city": "B"}}),
        ),
        (
            "/a",
            r#"{"type":"alias","userId":"u1","previousId":"a1","anonymousId":"a9"}"#,
            json!({"name": "alias", "user": "u1", "anonymous": "a1", "interactive": false}),
        ),
        (
            "/v1/group/",
            r#"{"userId":"u1","groupId":"g1","traits":{"plan":"pro"}}"#,
            json!({"name": "group", "user": "u1", "interactive": false,
                "properties": {"groupId": "g1", "plan": "pro"}}),
        ),
        (
            "/s",
            r#"{"anonymousId":"a1","name":"Settings","properties":{"a":1}}"#,
            json!({"name": "screen", "anonymous": "a1", "properties": {"name": "Settings", "a": 1}}),
        ),
        (
            "/api/s/track",
            r#"{"type":"track","event":"x","anonymousId":"a1","writeKey":"***","messageId":"j1"}"#,
            json!({"name": "x", "id": "j1", "anonymous": "a1"}),
        ),
    ] {
        let mut expected = expected;
        expected["site"] = "demo".into();
        let key = if path.starts_with("/api/s/") { "x-write-key: demo" } else { BASIC_DEMO };
        stores(&bench, path, &[key, "content-type: text/plain"], body, &[expected]).await;
    }
}

#[tokio::test]
async fn a_batch() {
    let bench = bench();
    let body = r#"{"batch":[
        {"type":"track","event":"E","userId":"u1","messageId":"m1"},
        {"type":"nonsense","userId":"u1"},
        {"type":"page","name":"Home","anonymousId":"a1","messageId":"m2"},
        {"type":"track","event":"nobody"},
        5],"sentAt":"2026-11-21T15:40:44.252Z","writeKey":"demo"}"#;
    for path in ["/v1/batch", "/v1/batch/", "/v1/b", "/b", "/v1/import", "/api/s/batch"] {
        let expected = [
            json!({"site": "demo", "name": "E", "id": "m1", "user": "u1"}),
            json!({"site": "demo", "name": "pageview", "id": "m2", "anonymous": "a1",
                "properties": {"name": "Home"}}),
        ];
        // RudderStack's client calls its JSON a form.
        stores(&bench, path, &["content-type: application/x-www-form-urlencoded"], body, &expected).await;
    }
    let answer = bench.request("POST", "/v1/batch", &[], body).await;
    assert_eq!((answer.status.as_u16(), answer.body), (200, json!({"success": true})));
    let none = r#"{"batch":[{"type":"nonsense"}],"writeKey":"demo"}"#;
    let answer = bench.request("POST", "/v1/batch", &[], none).await;
    assert_eq!((answer.status.as_u16(), &answer.body["success"]), (400, &json!(false)));
    assert_eq!(answer.body["code"], "type_invalid");
}

#[tokio::test]
async fn times_are_corrected_by_the_clients_clock() {
    let bench = bench();
    // The client's clock is a day behind; the event is ten seconds old.
    for body in [
        r#"{"event":"x","userId":"u","timestamp":"2026-11-20T10:00:00.000Z","sentAt":"2026-11-20T10:00:10.000Z"}"#,
        r#"{"event":"x","userId":"u","originalTimestamp":"2026-11-20T10:00:00.000Z","timestamp":"2020-01-01T00:00:00Z","sentAt":"2026-11-20T10:00:10.000Z"}"#,
        r#"{"batch":[{"type":"track","event":"x","userId":"u","timestamp":"2026-11-20T10:00:00.000Z"}],"sentAt":"2026-11-20T10:00:10.000Z"}"#,
    ] {
        let answer = bench.request("POST", "/v1/track", &[BASIC_DEMO], body).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let event = bench.stored().pop().unwrap();
        assert_eq!(event.received_at.as_millis() - event.timestamp.as_millis(), 10_000, "{body}");
    }
    let bad = r#"{"event":"x","userId":"u","timestamp":"yesterday"}"#;
    let answer = bench.request("POST", "/v1/track", &[BASIC_DEMO], bad).await;
    assert_eq!((answer.status.as_u16(), &answer.body["code"]), (400, &json!("timestamp_invalid")));
}

#[tokio::test]
async fn whom_a_server_speaks_for() {
    let bench = bench();
    let context = r#"{"event":"x","userId":"u","context":{"ip":"203.0.113.9","userAgent":"Mozilla/5.0 theirs","library":{"name":"@segment/analytics-node"}}}"#;
    let agent = "user-agent: analytics-node-next/latest";
    for (key, address, user_agent, sender) in [
        (BASIC_WRITE, "203.0.113.9", "Mozilla/5.0 theirs", false),
        (BASIC_DEMO, "192.0.2.7", "analytics-node-next/latest", true),
    ] {
        let answer = bench.request("POST", "/v1/track", &[key, agent], context).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let event = bench.stored().pop().unwrap();
        assert_eq!(event.address.unwrap().to_string(), address);
        assert_eq!(event.user_agent.as_deref(), Some(user_agent));
        assert_eq!((event.sender_address, event.sender_agent), (sender, sender), "{key}");
    }
    // Without a key, a robot does not get past the rule for robots by the name of a library.
    for (agent, key, sender) in [
        ("ExampleBot/1.0", BASIC_DEMO, false),
        ("example (+https://crawler.test)", BASIC_DEMO, false),
        ("python-requests/2", BASIC_DEMO, true),
        ("shop/1", BASIC_DEMO, true),
        ("ExampleBot/1.0", BASIC_WRITE, true),
    ] {
        let body = r#"{"event":"x","userId":"u","context":{"library":{"name":"analytics-python"}}}"#;
        let header = format!("user-agent: {agent}");
        assert_eq!(bench.request("POST", "/v1/track", &[key, &header], body).await.status, 200);
        let event = bench.stored().pop().unwrap();
        assert_eq!((event.sender_address, event.sender_agent), (sender, sender), "{agent} {key}");
    }
}

#[tokio::test]
async fn settings_lead_to_this_server() {
    let proxied =
        || IngestConfig { trusted_proxies: vec!["192.0.2.0/24".parse().unwrap()], ..IngestConfig::default() };
    for (config, headers, protocol) in [
        (proxied(), &["host: stats.test:81"][..], "http"),
        (proxied(), &["host: stats.test:81", "origin: https://shop.test"], "https"),
        (
            proxied(),
            &["host: stats.test:81", "referer: http://shop.test/", "x-forwarded-proto: https"],
            "https",
        ),
        (proxied(), &["host: stats.test:81", "origin: https://shop.test", "x-forwarded-proto: http"], "http"),
        // Whoever is no proxy of ours could say so to a cache.
        (
            IngestConfig::default(),
            &["host: stats.test:81", "origin: https://shop.test", "x-forwarded-proto: http"],
            "https",
        ),
    ] {
        let bench = bench_with(["demo"], config);
        let answer = bench.request("GET", "/v1/projects/demo/settings", headers, "").await;
        let destination = &answer.body["integrations"]["Segment.io"];
        assert_eq!((answer.status.as_u16(), &destination["apiKey"]), (200, &json!("demo")));
        assert_eq!(
            (&destination["apiHost"], &destination["protocol"]),
            (&json!("stats.test:81/v1"), &json!(protocol)),
            "{headers:?}"
        );
        assert_eq!(answer.headers["cache-control"], "no-store");
        assert_eq!(answer.headers["vary"], "Origin, Referer, X-Forwarded-Proto");
    }
    let answer = bench().request("GET", "/v1/projects/nosuch/settings", &["host: x"], "").await;
    assert_eq!(
        (answer.status.as_u16(), &answer.headers["cache-control"]),
        (404, &"no-store".parse().unwrap())
    );
}

#[tokio::test]
async fn long_ids_stay_different() {
    let bench = bench();
    for last in ["a", "b", "a"] {
        let body = format!(r#"{{"event":"x","userId":"u","messageId":"{}{last}"}}"#, "m".repeat(150));
        assert_eq!(bench.request("POST", "/v1/track", &[BASIC_DEMO], body).await.status, 200);
    }
    let ids: Vec<_> = bench.stored().into_iter().map(|event| event.client_id.unwrap()).collect();
    assert!(ids[0] == ids[2] && ids[0] != ids[1] && ids[0].len() == 32, "{ids:?}");
}

#[tokio::test]
async fn jitsus_keys_have_two_parts() {
    let body = r#"{"event":"x","userId":"u"}"#;
    for (key, status) in [("demo:write", 200), ("anything:write", 200), ("demo:nosuch", 401), ("write", 200)]
    {
        let bench = bench();
        let header = format!("x-write-key: {key}");
        assert_eq!(bench.request("POST", "/api/s/track", &[&header], body).await.status, status, "{key}");
    }
}
