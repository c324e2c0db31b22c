//! Events that were deliberately not counted: seen by reason, and put back.

use std::sync::Arc;

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http::Request;
use millrace_catalog::key::KeyKind::{Admin, Read, Write};
use millrace_catalog::memory::site;
use millrace_event::payload::Payload;
use millrace_event::record::{Again, Arrival, decode, encode, encode_again};
use millrace_event::{MadeId, Place, SiteId, VisitorId};
use millrace_store::memory::MemoryStore;
use millrace_store::{Discarded, EventBatch, EventStore};
use serde_json::{Value, json};

use crate::support::{Answer, App, Requeued, Setup, at};

const DISCARDS: &str = "/api/v1/sites/demo/discards";
const REPLAY: &str = "/api/v1/sites/demo/discards/replay";

fn discarded(count: u64, reason: &str, detail: &str, received_at: &str) -> Discarded {
    let site = SiteId::new("demo").unwrap();
    let payload = Payload {
        name: "pageview".into(),
        timestamp: Some(at("2025-11-14T08:00:00Z")),
        url: Some("https://demo.example/a?x=1".into()),
        referrer: Some("https://elsewhere.example/".into()),
        ..Payload::default()
    };
    let arrival = Arrival {
        site: &site,
        made: MadeId { process: 0, count },
        received_at: at(received_at),
        address: Some([192, 0, 2, 7].into()),
        user_agent: Some("Spider/1.0"),
        language: None,
        keyed: false,
    };
    let mut record = BytesMut::new();
    encode(&payload, &arrival, &mut record);
    let place = Place { country: "DE".parse().ok(), ..Place::default() };
    let again = Again { visitor: VisitorId(count), place };
    Discarded {
        record: encode_again(&record.freeze(), &again).unwrap(),
        site,
        received_at: at(received_at),
        reason: reason.into(),
        detail: detail.into(),
    }
}

async fn app_with(discarded: Vec<Discarded>, requeue: Arc<Requeued>) -> App {
    let store = MemoryStore::default();
    store.insert(&EventBatch { discarded, ..EventBatch::default() }).await.unwrap();
    let mut setup = Setup::demo(Vec::new()).await;
    setup.sites = vec![site("demo"), site("shop")];
    setup.keys = vec![("r", "demo", Read), ("w", "demo", Write), ("a", "demo", Admin), ("s", "shop", Admin)];
    setup.store = Arc::new(store);
    setup.requeue = requeue;
    setup.app()
}

fn some() -> Vec<Discarded> {
    let mut all: Vec<_> = (0..7)
        .map(|n| discarded(n, "robot", ["Spider", "Bot", ""][n as usize % 3], "2025-11-14T10:05:00Z"))
        .collect();
    all.push(discarded(10, "duplicate", "", "2025-11-14T09:00:00Z"));
    all.push(discarded(11, "internal_address", "203.0.113.0/24", "2025-11-14T09:30:00Z"));
    all.push(discarded(12, "robot", "Spider", "2025-11-11T00:00:00Z"));
    all.push(discarded(13, "of tomorrow", "", "2025-11-14T10:07:00Z"));
    all
}

async fn discards(app: &App, query: &str) -> Value {
    let answer = app.get_with(&format!("{DISCARDS}{query}"), &[("x-api-key", b"r")]).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

async fn replay(app: &App, key: &str, body: &str) -> Answer {
    let request = Request::post(REPLAY).header("x-api-key", key).body(Body::from(body.to_owned()));
    app.send(request.unwrap()).await
}

/// Reasons with their counts and held events.
fn counts(answer: &Value) -> Vec<(String, u64, u64)> {
    let reasons = answer["reasons"].as_array().unwrap().iter();
    let number = |of: &Value, field: &str| of[field].as_u64().unwrap();
    reasons
        .map(|of| (of["reason"].as_str().unwrap().into(), number(of, "count"), number(of, "held")))
        .collect()
}

#[tokio::test]
async fn every_reason_has_a_count_and_samples() {
    let app = app_with(some(), Arc::default()).await;
    let day = discards(&app, "").await;
    assert_eq!((&day["site_id"], &day["total"]), (&json!("demo"), &json!(10)));
    assert_eq!(
        (&day["from"], &day["to"]),
        (&json!("2025-11-13T11:00:00Z"), &json!("2025-11-14T10:07:33.500Z"))
    );
    assert_eq!(day["window"], json!({"held": 11, "oldest": "2025-11-11T00:00:00Z"}));
    let names =
        |answer: &Value| -> Vec<String> { counts(answer).into_iter().map(|(name, ..)| name).collect() };
    assert_eq!(names(&day), ["robot", "duplicate", "internal_address", "of tomorrow"]);
    let robot = &day["reasons"][0];
    assert_eq!((&robot["count"], &robot["held"]), (&json!(7), &json!(7)));
    assert_eq!(robot["last_seen"], "2025-11-14T10:05:00Z");
    assert_eq!((&robot["replayable"], &robot["judged_again"]), (&json!(true), &json!(true)));
    assert_eq!(robot["details"], json!([{"detail": "Spider", "held": 3}, {"detail": "Bot", "held": 2}]));
    let samples = robot["samples"].as_array().unwrap();
    assert_eq!(samples.len(), 5);
    assert_eq!(
        samples[0],
        json!({
            "event_id": "00000000-0000-8000-8000-000000000006",
            "received_at": "2025-11-14T10:05:00Z",
            "timestamp": "2025-11-14T08:00:00Z",
            "name": "pageview",
            "url": "https://demo.example/a?x=1",
            "referrer": "https://elsewhere.example/",
            "user_agent": "Spider/1.0",
            "country": "DE",
            "detail": "Spider",
        })
    );
    assert!(!day.to_string().contains("192.0.2.7"), "no address");
    let flags =
        |n: usize| (day["reasons"][n]["replayable"].clone(), day["reasons"][n]["judged_again"].clone());
    assert_eq!(flags(1), (json!(false), json!(false)));
    assert_eq!(flags(2), (json!(true), json!(false)));
    let described = |of: &Value| !of["description"].as_str().unwrap().is_empty();
    assert!(day["reasons"].as_array().unwrap().iter().all(described));
    let week = discards(&app, "?period=7d").await;
    assert_eq!((&week["total"], &week["reasons"][0]["count"]), (&json!(11), &json!(8)));
    assert_eq!(discards(&app, "?period=30d").await["from"], "2025-10-15T11:00:00Z");
    let wrong = app.get_with(&format!("{DISCARDS}?period=1y"), &[("x-api-key", b"r")]).await;
    assert_eq!(wrong.error(), (400, "period_invalid".to_owned(), Some("period".to_owned())));
}

#[tokio::test]
async fn a_site_without_any_says_so() {
    let app = app_with(Vec::new(), Arc::default()).await;
    let none = discards(&app, "").await;
    assert_eq!((&none["total"], &none["reasons"]), (&json!(0), &json!([])));
    assert_eq!(none["window"], json!({"held": 0, "oldest": null}));
}

#[tokio::test]
async fn seeing_them_needs_a_key_and_putting_them_back_an_admin_key() {
    let app = app_with(some(), Arc::default()).await;
    for (key, reading, replaying) in [
        ("", "key_missing", "key_missing"),
        ("x", "key_unknown", "key_unknown"),
        ("w", "key_cannot_read", "key_cannot_change"),
        ("s", "key_of_another_site", "key_of_another_site"),
        ("r", "", "key_cannot_change"),
    ] {
        let answer = app.get_with(DISCARDS, &[("x-api-key", key.as_bytes())]).await;
        if reading.is_empty() {
            assert_eq!(answer.status, 200);
        } else {
            assert_eq!(answer.error().1, reading, "{key}");
        }
        assert_eq!(replay(&app, key, "{}").await.error().1, replaying, "{key}");
    }
    let nowhere = app.get_with("/api/v1/sites/nowhere/discards", &[("x-api-key", b"a")]).await;
    assert_eq!(nowhere.error().0, 404);
    assert_eq!(discards(&app, "").await["total"], 10, "nothing was put back");
}

#[tokio::test]
async fn replayed_events_are_on_the_queue_and_held_no_longer() {
    let requeue = Arc::new(Requeued::default());
    let app = app_with(some(), requeue.clone()).await;
    let taken = || std::mem::take(&mut *requeue.records.lock());
    let ids = |records: Vec<Bytes>| -> Vec<u64> {
        records.iter().map(|record| decode(record).unwrap().again.unwrap().visitor.0).collect()
    };
    for (body, replayed, expected) in [
        (r#"{"reason":"robot","detail":"Bot"}"#, 2, vec![1, 4]),
        (r#"{"reason":"robot","to":"2025-11-12T00:00:00Z"}"#, 1, vec![12]),
        (r#"{"from":"2025-11-14T10:06:00Z","reason":null}"#, 1, vec![13]),
        (r#"{"reason":"nonsense"}"#, 0, vec![]),
        // Whatever can be judged: no duplicates, nothing that was discarded for its address.
        ("", 5, vec![0, 2, 3, 5, 6]),
        ("{}", 0, vec![]),
        (r#"{"reason":"internal_address"}"#, 1, vec![11]),
    ] {
        let answer = replay(&app, "a", body).await;
        assert_eq!((answer.status.as_u16(), answer.json()), (202, json!({"replayed": replayed})), "{body}");
        assert_eq!(ids(taken()), expected, "{body}");
    }
    assert_eq!(counts(&discards(&app, "?period=7d").await), [("duplicate".to_owned(), 1, 1)]);
}

#[tokio::test]
async fn a_queue_that_takes_nothing_leaves_everything_as_it_is() {
    let requeue = Requeued { error: Some("the queue takes no events just now"), ..Requeued::default() };
    let app = app_with(some(), Arc::new(requeue)).await;
    let answer = replay(&app, "a", "{}").await;
    assert_eq!(answer.error(), (503, "queue_unavailable".to_owned(), None));
    assert_eq!(answer.header("retry-after"), Some("5"));
    assert_eq!(discards(&app, "").await["total"], 10);
}

#[tokio::test]
async fn a_wrong_replay_names_the_field() {
    let app = app_with(some(), Arc::default()).await;
    for (body, code, field) in [
        ("[]", "replay_invalid", None),
        (r#"["robot",null,null,null]"#, "replay_invalid", None),
        ("{", "replay_invalid", None),
        (r#"{"reasons":["robot"]}"#, "replay_invalid", None),
        (r#"{"from":"yesterday"}"#, "replay_invalid", Some("from")),
        (r#"{"to":""}"#, "replay_invalid", Some("to")),
        (r#"{"reason":"duplicate"}"#, "reason_not_replayable", Some("reason")),
    ] {
        let error = replay(&app, "a", body).await.error();
        assert_eq!(error, (400, code.to_owned(), field.map(str::to_owned)), "{body}");
    }
}
