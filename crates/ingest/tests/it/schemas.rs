//! Declared schemas at the door.

use std::time::Duration;

use millrace_catalog::{Catalog, NewSchema};
use millrace_event::SiteId;
use millrace_event::schema::{EventSchema, Mode};
use millrace_ingest::{IngestConfig, Submission, rejects};
use serde_json::json;

use crate::support::{Bench, bench, bench_with};

const DOCUMENT: &str = r#"{"required":["price"],"properties":{"price":{"type":"number","minimum":0},
    "customer":{"type":"object","properties":{"plan":{"enum":["free","pro"]}}}}}"#;

async fn declare(bench: &Bench, site: &str, name: &str, mode: Mode) {
    let schema = NewSchema::new(name, mode, EventSchema::parse(DOCUMENT).unwrap()).unwrap();
    bench.catalog.set_schema(&SiteId::new(site).unwrap(), &schema).await.unwrap();
}

#[tokio::test]
async fn each_mode_and_site_for_itself() {
    let bad = r#""properties":{"price":"free"}"#;
    for (mode, name, site, key, properties, status) in [
        (Mode::Reject, "purchase", "demo", "", r#""properties":{"price":1}"#, 202),
        (Mode::Reject, "purchase", "demo", "", bad, 400),
        (Mode::Reject, "purchase", "demo", "x-api-key: write", bad, 400),
        (Mode::Reject, "purchase", "demo", "", r#""x":1"#, 400),
        (Mode::Reject, "purchase", "demo", "", r#""data":{"price":-0.5}"#, 400),
        (Mode::Reject, "refund", "demo", "", bad, 202),
        (Mode::Reject, "purchase", "closed", "x-api-key: closed-write", bad, 202),
        (Mode::Warn, "purchase", "demo", "", bad, 202),
        (Mode::Observe, "purchase", "demo", "", bad, 202),
    ] {
        let bench = bench();
        declare(&bench, "demo", "purchase", mode).await;
        let body = format!(r#"{{"site_id":"{site}","name":"{name}",{properties}}}"#);
        let headers: Vec<_> = [key].into_iter().filter(|key| !key.is_empty()).collect();
        let answer = bench.post(&headers, body).await;
        assert_eq!(answer.status, status, "{mode} {name} {site} {properties}");
        assert_eq!(bench.stored().len(), usize::from(status == 202));
        assert_eq!(answer.code(), if status == 400 { "schema_violation" } else { "" });
    }
}

#[tokio::test]
async fn a_schema_holds_for_every_name_that_means_the_event() {
    let bench = bench();
    declare(&bench, "demo", "page_view", Mode::Reject).await;
    for name in ["pageview", "$pageview", "View"] {
        let answer = bench.post(&[], format!(r#"{{"site_id":"demo","name":"{name}"}}"#)).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (400, "schema_violation"), "{name}");
    }
}

#[tokio::test]
async fn a_rejected_event_leaves_its_batch_alone_and_names_what_is_allowed() {
    let dir = tempfile::tempdir().unwrap();
    let config = IngestConfig { rejects_dir: Some(dir.path().to_owned()), ..IngestConfig::default() };
    let bench = bench_with(["demo"], config);
    declare(&bench, "demo", "purchase", Mode::Reject).await;
    let event =
        |properties: &str| format!(r#"{{"site_id":"demo","name":"purchase","properties":{properties}}}"#);
    let good = event(r#"{"price":1,"customer":{"plan":"pro"}}"#);
    let body =
        format!("[{good},{},{},{good}]", event(r#"{"price":1,"customer":{"plan":"gold"}}"#), event("{}"));
    let answer = bench.post(&[], body).await;
    assert_eq!((answer.status.as_u16(), &answer.body["accepted"]), (202, &json!(2)));
    let expected = json!([
        {"index": 1, "code": "schema_violation", "field": "properties.customer.plan",
            "message": "properties.customer.plan must be one of \"free\", \"pro\""},
        {"index": 2, "code": "schema_violation", "field": "properties.price",
            "message": "properties.price is required"},
    ]);
    assert_eq!(answer.body["rejected"], expected);
    assert_eq!(bench.stored().len(), 2);

    let single = bench.post(&[], event(r#"{"price":-1}"#)).await;
    assert_eq!((single.status.as_u16(), &single.body["error"]["field"]), (400, &json!("properties.price")));
    assert_eq!(single.body["error"]["message"], "properties.price must be at least 0");
    let copies = loop {
        let copies = rejects::read_latest(dir.path(), 10).unwrap();
        if copies.len() == 3 {
            break copies;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    assert_eq!(
        (&*copies[0].code, copies[0].field.as_deref()),
        ("schema_violation", Some("properties.price"))
    );
    // No key came along: the site is the one that the event was admitted to.
    assert_eq!((copies[0].site.as_deref(), &*copies[0].body), (Some("demo"), &*event(r#"{"price":-1}"#)));
}

#[tokio::test]
async fn events_that_come_without_http_are_checked_alike() {
    let bench = bench();
    declare(&bench, "demo", "purchase", Mode::Reject).await;
    let mut submission =
        Submission::json(r#"[{"site_id":"demo","name":"purchase"},{"site_id":"demo","name":"x"}]"#);
    submission.operator = true;
    let accepted = bench.intake.accept(submission).await.unwrap();
    assert_eq!((accepted.accepted, accepted.rejected[0].rejection.code), (1, "schema_violation"));
    assert!(bench.catalog.remove_schema(&SiteId::new("demo").unwrap(), "purchase").await.unwrap());
    let again = bench.intake.accept(Submission::json(r#"{"site_id":"demo","name":"purchase"}"#)).await;
    assert_eq!(again.unwrap().accepted, 1);
}
