//! Other systems' clients: what becomes of their bodies, and what they are answered.
//!
//! Bodies are those that the clients' current versions send, shortened; `clients/` at the root of the repository runs
//! the clients themselves.

mod hostile;
mod packed;
mod plausible;
mod posthog;
mod segment;
mod umami;

use millrace_event::record::Received;
use millrace_ingest::{Client, IngestConfig};
use millrace_queue::QueueError;
use serde_json::{Map, Value, json};

use crate::support::{Bench, bench, bench_with};

/// One way to send one event to the site `demo`, for each system.
const ONE: [(&str, &str, &str, u16); 5] = [
    ("plausible", "/api/event", r#"{"n":"pageview","u":"https://shop.test/a","d":"demo"}"#, 202),
    ("segment", "/v1/track", r#"{"event":"Bought","userId":"u1","messageId":"m1","writeKey":"demo"}"#, 200),
    ("posthog", "/i/v0/e/", r#"{"event":"bought","distinct_id":"u1","uuid":"i1","api_key":"demo"}"#, 200),
    ("posthog", "/batch/", r#"{"api_key":"demo","batch":[{"event":"bought","distinct_id":"u1"}]}"#, 200),
    ("umami", "/api/send", r#"{"type":"event","payload":{"website":"demo","url":"/a"}}"#, 200),
];

/// The fields of what was stored that are set, in the words of the native format.
fn shown(event: &Received) -> Value {
    let mut fields = Map::new();
    let texts = [
        ("site", Some(event.site.text())),
        ("id", event.client_id.as_ref()),
        ("name", Some(&event.name)),
        ("user", event.user_id.as_ref()),
        ("anonymous", event.anonymous_id.as_ref()),
        ("session", event.session_id.as_ref()),
        ("url", event.url.as_ref()),
        ("referrer", event.referrer.as_ref()),
        ("element", event.element.as_ref()),
        ("language", event.language.as_ref()),
        ("title", event.title.as_ref()),
    ];
    for (key, text) in texts {
        fields.extend(text.map(|text| (key.to_owned(), Value::from(text.to_string()))));
    }
    let numbers = [("duration_ms", event.duration_ms), ("scroll_depth", event.scroll_depth.map(i64::from))];
    for (key, number) in numbers {
        fields.extend(number.map(|number| (key.to_owned(), number.into())));
    }
    if !event.interactive {
        fields.insert("interactive".into(), false.into());
    }
    if let Some(revenue) = event.revenue {
        let revenue = json!([revenue.micros as f64 / 1e6, revenue.currency.as_str()]);
        fields.insert("revenue".into(), revenue);
    }
    if let Some(screen) = event.screen {
        fields.insert("screen".into(), json!([screen.width, screen.height]));
    }
    if !event.properties.is_empty() {
        fields.insert("properties".into(), serde_json::from_str(&event.properties).unwrap());
    }
    Value::Object(fields)
}

/// Sends `body` and compares what was stored.
async fn stores(bench: &Bench, path: &str, headers: &[&str], body: impl Into<String>, expected: &[Value]) {
    let body = body.into();
    let before = bench.stored().len();
    let answer = bench.request("POST", path, headers, body.clone()).await;
    assert!(answer.status.is_success(), "{path} {body}: {} {}", answer.status, answer.text);
    let stored: Vec<_> = bench.stored()[before..].iter().map(shown).collect();
    assert_eq!(stored, expected, "{path} {body}");
}

#[tokio::test]
async fn success_is_said_after_the_append_only() {
    for (system, path, body, status) in ONE {
        let bench = bench();
        bench.fail_with(Some(QueueError::Full { bytes: 1, max_bytes: 1 }));
        let answer = bench.request("POST", path, &[], body).await;
        assert_eq!(answer.status, 503, "{system} {path}: {}", answer.text);
        assert!(answer.headers.contains_key("retry-after"), "{system} {path}");
        assert_eq!(bench.stored().len(), 0, "{system} {path}");
        bench.fail_with(None);
        let answer = bench.request("POST", path, &[], body).await;
        assert_eq!((answer.status.as_u16(), bench.stored().len()), (status, 1), "{system} {path}");
    }
}

#[tokio::test]
async fn each_system_can_be_switched_off() {
    for (system, path, body, status) in ONE {
        let only: Client = system.parse().unwrap();
        for on in [vec![only], Client::ALL.into_iter().filter(|client| *client != only).collect()] {
            let expected = if on.contains(&only) { status } else { 404 };
            let bench = bench_with(["demo"], IngestConfig { clients: on, ..IngestConfig::default() });
            let answer = bench.request("POST", path, &[], body).await;
            assert_eq!(answer.status.as_u16(), expected, "{system} {path}");
            let native = bench.post(&[], r#"{"name":"x"}"#).await;
            assert_eq!(native.status, 202, "{system}");
        }
    }
}

#[tokio::test]
async fn a_secret_key_opens_its_site_and_no_other() {
    for (system, path, body, status) in ONE {
        for (token, headers, expected) in [
            ("write", &[][..], status),
            ("closed-write", &[], status),
            ("demo", &["x-api-key: write"], status),
            ("write", &["x-api-key: write"], status),
            ("closed", &["x-api-key: closed-write"], status),
            ("closed", &[], 401),
            ("read", &[], 401),
            ("nosuch", &[], 401),
            ("nosuch", &["x-api-key: write"], 401),
            ("demo", &["x-api-key: closed-write"], 401),
            ("demo", &["x-api-key: nosuch"], 401),
        ] {
            let bench = bench();
            let answer = bench.request("POST", path, headers, body.replace("demo", token)).await;
            let refused = expected == 401;
            // Their protocols have other words for it: Umami's is 400, Plausible's a header.
            let expected = match system {
                "umami" if token == "nosuch" && headers.is_empty() => 400,
                "plausible" if refused && !headers.contains(&"x-api-key: nosuch") => 202,
                _ => expected,
            };
            assert_eq!(answer.status.as_u16(), expected, "{system} {token} {headers:?}: {}", answer.text);
            assert_eq!(bench.stored().len(), usize::from(!refused), "{system} {token} {headers:?}");
            if system == "plausible" && expected == 202 {
                let told = answer.headers.get("x-plausible-dropped").map(|value| value.to_str().unwrap());
                assert_eq!(told, refused.then_some("1"), "{token} {headers:?}");
            }
        }
    }
}

#[tokio::test]
async fn any_page_may_send() {
    for (system, path, body, _) in ONE {
        let bench = bench();
        let origin = "origin: https://shop.test";
        let asked = "access-control-request-headers: content-type, x-something";
        let preflight = bench.request("OPTIONS", path, &[origin, asked], "").await;
        assert_eq!(preflight.status, 204, "{system}");
        assert_eq!(
            preflight.headers["access-control-allow-headers"], "content-type, x-something",
            "{system}"
        );
        let answer = bench.request("POST", path, &[origin], body).await;
        let refused = bench.request("POST", path, &[origin], "").await;
        for answer in [&preflight, &answer, &refused] {
            let allowed = answer.headers["access-control-allow-origin"].to_str().unwrap();
            let credentials = answer.headers.get("access-control-allow-credentials").is_some();
            match system {
                "plausible" | "umami" => assert_eq!((allowed, credentials), ("*", false), "{system}"),
                _ => assert_eq!((allowed, credentials), ("https://shop.test", true), "{system}"),
            }
        }
    }
}

#[tokio::test]
async fn gzip_is_taken_of_everyone() {
    for (system, path, body, status) in ONE {
        let bench = bench();
        let gzip = crate::support::gzip(body.as_bytes());
        let answer = bench.request("POST", path, &["content-encoding: gzip"], gzip).await;
        assert_eq!((answer.status.as_u16(), bench.stored().len()), (status, 1), "{system}: {}", answer.text);
    }
}

#[tokio::test]
async fn a_batch_with_an_unknown_key_is_sent_again_as_a_whole() {
    let batches = [
        (
            "/v1/batch",
            r#"{"batch":[{"type":"track","event":"a","userId":"u","writeKey":"demo"},
                {"type":"nonsense","userId":"u","writeKey":"demo"},
                {"type":"track","event":"b","userId":"u","writeKey":"OTHER"}]}"#,
        ),
        (
            "/batch/",
            r#"[{"event":"a","distinct_id":"u","token":"demo"},{"event":"","token":"demo"},
                {"event":"b","distinct_id":"u","token":"OTHER"}]"#,
        ),
        (
            "/batch/",
            r#"[{"event":"a","distinct_id":"u","token":"demo"},
                {"event":"$snapshot","distinct_id":"u","token":"OTHER"}]"#,
        ),
    ];
    for (path, body) in batches {
        for (other, status) in [("demo", 200), ("nosuch", 401), ("closed", 401), ("read", 401)] {
            let bench = bench();
            let answer = bench.request("POST", path, &[], body.replace("OTHER", other)).await;
            assert_eq!(answer.status, status, "{path} {other}: {}", answer.text);
            assert_eq!(bench.stored().is_empty(), status == 401, "{path} {other}");
        }
    }
}

#[tokio::test]
async fn no_key_is_in_a_copy_of_what_was_rejected() {
    let secret = |letter: &str| format!("mr_{letter}_{}", "aZ09-_x".repeat(7).split_at(43).0);
    let (write, read) = (secret("w"), secret("r"));
    for (path, body) in [
        ("/api/event", format!(r#"{{"n":"","u":"/?k={write}","d":"{read}"}}"#)),
        ("/api/event", format!(r#"{{"n":"x","u":"/","d":"demo,nosuch","p":{{"a":"{write}"}}}}"#)),
        ("/v1/track", format!(r#"{{"userId":"{read}","writeKey":"demo","properties":{{"a":"{write}"}}}}"#)),
        ("/api/events", format!(r#"{{"site_id":"demo","properties":{{"a":"{write}"}}}}"#)),
        // Where the copy ends, half a key is left.
        ("/api/events", format!(r#"{{"site_id":"demo","a":"{}{write}"}}"#, " ".repeat(4_050))),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let config = IngestConfig { rejects_dir: Some(dir.path().to_owned()), ..IngestConfig::default() };
        let bench = bench_with(["demo", "closed"], config);
        bench.request("POST", path, &[], body.clone()).await;
        let mut copies = Vec::new();
        for _ in 0..500 {
            copies = millrace_ingest::rejects::read_latest(dir.path(), 10).unwrap();
            if !copies.is_empty() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        assert_eq!(copies.len(), 1, "{path} {body}");
        let kept = &copies[0].body;
        assert!(!kept.contains("aZ09") && kept.contains("***"), "{path} {kept}");
    }
}
