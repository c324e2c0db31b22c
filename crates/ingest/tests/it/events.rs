//! Events: the answers, what is stored, what is kept of the rejected.

use std::time::Duration;

use millrace_ingest::{IngestConfig, Submission, rejects};
use serde_json::json;

use crate::support::{bench, bench_with};

#[tokio::test]
async fn one_event() {
    let bench = bench();
    let answer = bench.post(&[], r#"{"site_id":"demo","name":"PAGE_VIEW","event_id":"e1"}"#).await;
    assert_eq!((answer.status.as_u16(), &answer.body), (202, &json!({"status":"accepted","event_id":"e1"})));
    let stored = bench.stored().remove(0);
    assert_eq!((&*stored.name, stored.client_id.as_deref(), stored.made), ("pageview", Some("e1"), None));
    assert_eq!(stored.timestamp, stored.received_at);

    let answer = bench.post(&[], r#"{"site_id":"demo","name":"x"}"#).await;
    let made = bench.stored().remove(1).made.unwrap();
    assert_eq!(answer.body["event_id"], made.to_string());
    assert_eq!(answer.headers["content-type"], "application/json");

    let answer = bench.post(&[], r#"{"site_id":"demo","name":""}"#).await;
    assert_eq!(answer.status, 400);
    assert_eq!((answer.code(), &answer.body["error"]["field"]), ("name_missing", &json!("name")));
}

#[tokio::test]
async fn one_bad_event_in_a_thousand() {
    let bench = bench();
    let events: Vec<String> = (0..1_000)
        .map(|i| match i {
            17 => r#"{"site_id":"demo"}"#.to_owned(),
            _ => format!(r#"{{"site_id":"demo","name":"x","user_id":"u{}"}}"#, i % 10),
        })
        .collect();
    let answer = bench.post(&[], format!("{{\"events\":[{}]}}", events.join(","))).await;
    assert_eq!(answer.status, 202);
    assert_eq!(answer.body["accepted"], 999);
    let rejected = answer.body["rejected"].as_array().unwrap();
    assert_eq!(rejected.len(), 1);
    assert_eq!(
        (&rejected[0]["index"], &rejected[0]["code"], &rejected[0]["field"]),
        (&json!(17), &json!("name_missing"), &json!("name"))
    );
    let stored = bench.stored();
    assert_eq!(stored.len(), 999);
    let mut made: Vec<_> = stored.iter().map(|event| event.made.unwrap()).collect();
    made.dedup();
    assert_eq!(made.len(), 999, "ids differ");
    let mut keys = bench.keys();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), 10, "a visitor, a key");
}

#[tokio::test]
async fn without_http() {
    let bench = bench();
    let accepted =
        bench.intake.accept(Submission::json(r#"[{"site_id":"demo","name":"x"},5]"#)).await.unwrap();
    assert_eq!((accepted.accepted, accepted.rejected.len(), accepted.rejected[0].index), (1, 1, 1));
    let error = bench.intake.accept(Submission::json("")).await.unwrap_err();
    assert_eq!((error.status().as_u16(), error.code()), (400, "empty_body"));
}

#[tokio::test]
async fn copies_of_the_rejected_are_kept() {
    let dir = tempfile::tempdir().unwrap();
    let config = IngestConfig { rejects_dir: Some(dir.path().to_owned()), ..IngestConfig::default() };
    let bench = bench_with(["demo"], config);
    let body = r#"[{"name":"x"},{"ip":"192.0.2.99","url":"/kept"}]"#;
    assert_eq!(bench.post(&["x-api-key: write"], body).await.status, 202);
    let copies = loop {
        let copies = rejects::read_latest(dir.path(), 10).unwrap();
        if !copies.is_empty() {
            break copies;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    let copy = &copies[0];
    assert_eq!((copy.index, &*copy.code, copy.site.as_deref()), (1, "name_missing", Some("demo")));
    assert_eq!(copy.body, r#"{"ip":"","url":"/kept"}"#);
}

/// Whoever sends without a key says whose the event would have been; a copy of what nobody can read is nobody's.
#[tokio::test]
async fn a_copy_is_of_the_site_that_its_event_names() {
    let dir = tempfile::tempdir().unwrap();
    let config = IngestConfig { rejects_dir: Some(dir.path().to_owned()), ..IngestConfig::default() };
    let bench = bench_with(["demo", "shop"], config);
    let body = r#"[{"site_id":"demo"},{"site_id":"shop","name":""},{"site_id":"nowhere","name":"x"},{"url":"/"},5,
        {"site_id":7,"name":"x"},{"site_id":"demo","name":"y"},{"site_id":"d\u0065mo"}]"#;
    assert_eq!(bench.post(&[], body).await.status, 202);
    let copies = loop {
        let copies = rejects::read_latest(dir.path(), 10).unwrap();
        if copies.len() == 7 {
            break copies;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    let mut sites: Vec<_> = copies.iter().map(|copy| (copy.index, copy.site.as_deref())).collect();
    sites.sort_unstable();
    let (demo, shop) = (Some("demo"), Some("shop"));
    assert_eq!(sites, [(0, demo), (1, shop), (2, None), (3, None), (4, None), (5, None), (7, demo)]);
}
