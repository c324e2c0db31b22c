//! Subcommands, and what they leave behind.

use serde_json::json;

use crate::support::{Server, Start, millrace, request, run, wait_for};

#[test]
fn keys_are_made_shown_once_used_and_revoked() {
    let server = Server::start();
    let dir = server.data_dir().to_owned();
    run(&dir, &["site", "add", "shop", "--timezone", "Europe/Berlin", "--require-key"]);
    let write = run(&dir, &["key", "add", "--site", "shop"]).trim().to_owned();
    let read = run(&dir, &["key", "add", "--site", "shop", "--kind", "read"]).trim().to_owned();
    assert!(!run(&dir, &["key", "list"]).contains(&write), "a secret is shown once");
    let post = |key: &str| {
        let event = json!({"name": "purchase"}).to_string();
        request(server.addr(), "POST", "/api/events", &[("x-api-key", key)], event.as_bytes())
            .expect("an answer")
            .status
    };
    let stats = |key: &str| {
        let bearer = format!("Bearer {key}");
        let headers = [("authorization", bearer.as_str())];
        request(server.addr(), "GET", "/stats?site_id=shop", &headers, b"").expect("an answer").status
    };
    wait_for("the running server to know the keys", || post(&write) == 202 && stats(&read) == 200);
    assert_eq!((post(&read), stats(&write)), (401, 401));
    assert_eq!(server.get("/stats?site_id=shop").status, 401);
    let list = run(&dir, &["key", "list", "--site", "shop"]);
    let id = list
        .lines()
        .find(|line| line.contains("write"))
        .and_then(|line| line.split('\t').next())
        .expect("an id");
    run(&dir, &["key", "revoke", id]);
    wait_for("the key to be refused", || post(&write) == 401);
    assert!(run(&dir, &["site", "list"]).contains("Europe/Berlin"));
    run(&dir, &["site", "remove", "shop"]);
    wait_for("the site to be unknown", || server.get("/stats?site_id=shop").status == 404);
}

#[test]
fn goals_are_added_listed_and_removed() {
    let server = Server::start();
    let dir = server.data_dir().to_owned();
    let goals = || server.get_json("/api/v1/sites/demo/goals")["goals"].as_array().expect("goals").len();
    run(&dir, &["goal", "add", "Sale", "--site", "demo", "--event", "purchase", "--currency", "eur"]);
    run(&dir, &["goal", "add", "Read", "--site", "demo", "--page", "/blog/**", "--percent", "75"]);
    wait_for("the running server to know them", || goals() == 2);
    let listed = run(&dir, &["goal", "list", "--site", "demo"]);
    assert!(listed.starts_with("1\tSale\tevent purchase\tEUR\tsince 20"), "{listed}");
    assert!(listed.contains("\n2\tRead\tpage /blog/** to 75 %\t-\tsince 20"), "{listed}");
    run(&dir, &["goal", "remove", "1", "--site", "demo"]);
    wait_for("the running server to forget it", || goals() == 1);
    assert_eq!(run(&dir, &["segment", "list", "--site", "demo"]), "");
}

#[test]
fn roles_cannot_be_split_over_files() {
    let dir = tempfile::tempdir().expect("a folder");
    let output =
        millrace(dir.path(), &["serve", "--role", "api"]).stderr(std::process::Stdio::piped()).output();
    let output = output.expect("the binary runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && said.contains("files that one process owns"), "{said}");
}

#[test]
fn rejected_events_and_damage_are_seen_by_the_doctor() {
    let server = Server::start();
    let events = json!([{"name": "pageview"}, {"url": "/no-name"}]);
    assert_eq!(server.post("/api/events", &events).json()["rejected"][0]["code"], "name_missing");
    let dir = server.data_dir().to_owned();
    wait_for("the copy of the rejected event", || run(&dir, &["doctor"]).contains("name_missing"));
    let mut server = server;
    let (status, _) = server.terminate();
    assert!(status.success());
    let segment = std::fs::read_dir(dir.join("lake/segments"))
        .expect("segments")
        .next()
        .expect("one")
        .expect("one")
        .path();
    let mut bytes = std::fs::read(&segment).expect("a segment");
    bytes[100] ^= 1;
    std::fs::write(&segment, bytes).expect("written");
    let output = millrace(&dir, &["doctor"]).output().expect("the binary runs");
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stdout).contains("PROBLEM"));
}

#[test]
fn a_record_nobody_can_read_is_buried_listed_and_replayed() {
    use bytes::Bytes;
    use millrace_queue::disk::{DiskQueue, DiskQueueConfig};
    use millrace_queue::{Queue, Record};
    let mut server = Server::start();
    let dir = server.data_dir().to_owned();
    server.terminate();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let queue = DiskQueue::open(DiskQueueConfig::new(dir.join("queue"))).expect("a queue");
        queue
            .append(vec![Record { key: 0, payload: Bytes::from_static(b"\x07from the future") }])
            .await
            .expect("append");
        queue.close().await.expect("closed");
    });
    let start = Start { data_dir: Some(dir.clone()), ..Start::default() };
    let mut second = Server::start_with(start);
    second.wait_ready();
    assert_eq!(second.post("/event", &json!({"name": "pageview"})).status, 202);
    wait_for("the event behind the bad record", || {
        second.get_json("/analytics/summary?site_id=demo")["summary"]["total_events"] == 1
    });
    let said = run(&dir, &["doctor"]);
    assert!(said.contains("record version 7 is unknown"), "{said}");
    second.terminate();
    assert!(run(&dir, &["doctor", "--replay-dead-letters"]).contains("1 dead letters are back"));
}

#[test]
fn the_figures_of_the_pipeline_are_in_the_metrics() {
    let server = Server::start();
    assert_eq!(server.post("/event", &json!({"name": "pageview", "event_id": "a"})).status, 202);
    assert_eq!(server.post("/event", &json!({"name": "pageview", "event_id": "a"})).status, 202);
    assert_eq!(server.post("/event", &json!({"url": "/"})).status, 400);
    server.get_json("/stats?site_id=demo");
    wait_for("every figure", || {
        let text = server.get("/metrics").text();
        [
            "millrace_ingest_accepted_events_total 2",
            "millrace_ingest_rejected_events_total{code=\"name_missing\"} 1",
            "millrace_worker_discarded_events_total{reason=\"duplicate\"} 1",
            "millrace_worker_stored_events_total 1",
            "millrace_queue_bytes ",
            "millrace_queue_lag_records ",
            "millrace_queue_lag_seconds ",
            "millrace_queue_append_seconds_count",
            "millrace_queue_sync_seconds_count",
            "millrace_worker_batch_events_count",
            "millrace_store_tail_rows ",
            "millrace_store_segments ",
            "millrace_store_query_seconds_count",
            "millrace_api_request",
        ]
        .iter()
        .all(|figure| text.contains(figure))
    });
    assert_eq!(server.get("/healthz").status, 200);
    assert_eq!(server.get("/readyz").status, 200);
}
