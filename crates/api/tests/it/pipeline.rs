//! How events come through, and those that did not.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use millrace_api::pipeline::{
    DeadLetter, DeadLetters, PipelineCheck, PipelineDisk, PipelinePoint, PipelineStatus, ReasonCount, Reject,
};
use millrace_catalog::Site;
use millrace_catalog::key::KeyKind::{Admin, Read};
use millrace_catalog::memory::site;
use millrace_event::payload::{Context, Repairs, Trust, read};
use millrace_event::record::{Arrival, encode};
use millrace_event::{MadeId, SiteId, Timestamp};
use serde_json::json;

use crate::support::{App, NOW, Piped, Setup, at};

const PIPELINE: &str = "/api/v1/pipeline";
const LETTERS: &str = "/api/v1/sites/demo/dead-letters";
const REJECTS: &str = "/api/v1/sites/demo/rejects";

/// `demo` is public, `shop` is not.
async fn app(pipeline: Piped) -> App {
    let mut setup = Setup::demo(Vec::new()).await;
    setup.sites = vec![site("demo"), Site { public: false, ..site("shop") }];
    setup.keys = vec![("r", "demo", Read), ("a", "demo", Admin), ("s", "shop", Admin)];
    setup.pipeline = Arc::new(pipeline);
    setup.app()
}

#[tokio::test]
async fn whoever_reads_a_site_sees_the_pipeline() {
    let point =
        PipelinePoint { at: NOW.to_owned(), accepted: 1.5, lag_records: Some(3), ..Default::default() };
    let status = PipelineStatus {
        at: NOW.to_owned(),
        roles: vec!["api"],
        disk: Some(PipelineDisk { free_bytes: Some(5), ..PipelineDisk::default() }),
        checks: vec![PipelineCheck { part: "queue", status: "ok", message: "takes events".to_owned() }],
        ..PipelineStatus::default()
    };
    let mut status = status;
    status.queue.kind = "redis";
    status.totals.discarded = vec![ReasonCount { reason: "robot".to_owned(), count: 7 }];
    status.history.interval_seconds = 5;
    status.history.points = vec![point];
    let app = app(Piped { status, ..Piped::default() }).await;
    let answer = app.get(&format!("{PIPELINE}?site_id=demo")).await;
    assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (200, Some("no-store")));
    let expected = json!({
        "at": NOW,
        "started_at": "",
        "roles": ["api"],
        "queue": {"kind": "redis", "lag_records": null, "lag_seconds": null, "bytes": null, "segments": null, "dead_letters": null},
        "store": {"kind": "", "segments": null, "segment_rows": null, "segment_bytes": null, "tail_rows": null},
        "disk": {"data_bytes": null, "free_bytes": 5, "total_bytes": null},
        "totals": {"accepted": 0, "stored": 0, "rejected": [], "discarded": [{"reason": "robot", "count": 7}], "dead_letters": 0},
        "history": {"interval_seconds": 5, "points": [{
            "at": NOW, "accepted": 1.5, "stored": 0.0, "rejected": 0.0, "discarded": 0.0, "lag_records": 3, "lag_seconds": null,
        }]},
        "checks": [{"part": "queue", "status": "ok", "message": "takes events"}],
    });
    assert_eq!(answer.json(), expected);
    assert_eq!(app.get(&format!("{PIPELINE}?site_id=shop")).await.error().1, "key_missing");
    assert_eq!(app.ask("GET", &format!("{PIPELINE}?site_id=shop"), "s", "").await.status, 200);
    assert_eq!(app.get(&format!("{PIPELINE}?site_id=nowhere")).await.error().1, "site_unknown");
    assert_eq!(app.get(PIPELINE).await.error().1, "site_missing");
}

/// A letter of a site, that failed at this instant.
fn letter(of: &str, url: &str, failed: &str) -> DeadLetter {
    let body = json!({"name": "pageview", "url": url, "event_id": format!("id {url}"), "ip": "192.0.2.7"})
        .to_string();
    let now = at(NOW);
    let context = Context::of_made(now, Trust { secret_key: true }, false);
    let payload = read(&body, &context, &mut Repairs::default()).unwrap();
    let site = SiteId::new(of).unwrap();
    let arrival = Arrival {
        site: &site,
        made: MadeId { process: 1, count: 1 },
        received_at: now,
        address: Some("192.0.2.9".parse().unwrap()),
        user_agent: Some("Mozilla/5.0"),
        language: None,
        keyed: true,
    };
    let mut record = BytesMut::new();
    encode(&payload, &arrival, &mut record);
    DeadLetter { at: at(failed), reason: "out of range".to_owned(), record: record.freeze() }
}

#[tokio::test]
async fn dead_letters_are_those_of_the_site() {
    let unreadable = DeadLetter {
        at: Timestamp::default(),
        reason: "cut".to_owned(),
        record: Bytes::from_static(b"nonsense"),
    };
    let letters = vec![
        unreadable,
        letter("demo", "https://a.example/1", "2025-11-14T10:00:00Z"),
        letter("shop", "https://secret.example/", "2025-11-14T10:00:01Z"),
        letter("demo", "https://a.example/2", "2025-11-14T10:00:02Z"),
    ];
    let all = DeadLetters { count: 4, letters };
    let piped = Piped { letters: Some(all.clone()), ..Piped::default() };
    let app = app(piped).await;
    let answer = app.ask("GET", LETTERS, "a", "").await;
    assert!(!answer.text().contains("192.0.2.") && !answer.text().contains("secret"), "{}", answer.text());
    let found = answer.json();
    assert_eq!((&found["total"], &found["unreadable"]), (&json!(2), &json!(1)));
    let first = &found["dead_letters"][0];
    assert_eq!((&first["at"], &first["reason"]), (&json!("2025-11-14T10:00:02Z"), &json!("out of range")));
    assert_eq!(first["record_bytes"], all.letters[3].record.len());
    let event = &first["event"];
    assert_eq!((&event["name"], &event["url"]), (&json!("pageview"), &json!("https://a.example/2")));
    assert_eq!((&event["event_id"], &event["referrer"]), (&json!("id https://a.example/2"), &json!(null)));
    assert_eq!(found["dead_letters"][1]["event"]["url"], "https://a.example/1");
    let one = app.ask("GET", &format!("{LETTERS}?limit=1"), "a", "").await.json();
    assert_eq!((one["dead_letters"].as_array().unwrap().len(), &one["total"]), (1, &json!(2)));
}

#[tokio::test]
async fn of_more_letters_than_are_looked_at_the_total_is_not_known() {
    let letters = vec![letter("demo", "https://a.example/1", NOW)];
    let app = app(Piped { letters: Some(DeadLetters { count: 2, letters }), ..Piped::default() }).await;
    let found = app.ask("GET", LETTERS, "a", "").await.json();
    assert_eq!((&found["total"], found["dead_letters"].as_array().unwrap().len()), (&json!(null), 1));
}

#[tokio::test]
async fn rejected_events_are_shown_with_why() {
    let reject = |code: &str| Reject {
        at: NOW.to_owned(),
        code: code.to_owned(),
        field: Some("name".to_owned()),
        message: "name is missing".to_owned(),
        sample: "{}".to_owned(),
    };
    let rejects = Some(vec![reject("name_missing"), reject("name_invalid")]);
    let app = app(Piped { rejects, ..Piped::default() }).await;
    let one = json!({"at": NOW, "code": "name_missing", "field": "name", "message": "name is missing", "sample": "{}"});
    let found = app.ask("GET", &format!("{REJECTS}?limit=1"), "a", "").await.json();
    assert_eq!(found, json!({"kept": true, "rejects": [one]}));
    assert_eq!(app.ask("GET", REJECTS, "a", "").await.json()["rejects"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn what_is_not_there_is_said() {
    let app = app(Piped::default()).await;
    let letters = app.ask("GET", LETTERS, "a", "").await;
    assert_eq!(letters.error(), (503, "queue_unavailable".to_owned(), None));
    assert!(letters.message().contains("the queue is out of reach"));
    assert_eq!(app.ask("GET", REJECTS, "a", "").await.json(), json!({"kept": false, "rejects": []}));
    for path in [LETTERS, REJECTS] {
        for (key, code) in [("", "key_missing"), ("r", "key_cannot_change"), ("s", "key_of_another_site")] {
            assert_eq!(app.ask("GET", path, key, "").await.error().1, code, "{path} {key}");
        }
        let wrong = app.ask("GET", &format!("{path}?limit=0"), "a", "").await;
        assert_eq!(wrong.error(), (400, "limit_invalid".to_owned(), Some("limit".to_owned())));
    }
}
