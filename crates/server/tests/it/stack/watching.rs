//! Lag, dead letters, the cache, and what a process says of itself.

use std::time::Duration;

use serde_json::json;

use super::{Stack, metric};
use crate::support::{request, wait_for};

#[test]
fn lag_is_seen_in_metrics_in_a_table_and_in_a_file() {
    let stack = Stack::start();
    let ingest = stack.serve(&["ingest"]);
    let events: Vec<_> = (0..500).map(|n| json!({"name": "pageview", "user_id": format!("u{n}")})).collect();
    assert_eq!(ingest.post("/api/events", &json!(events)).status, 202);
    wait_for("the lag in the metrics", || metric(&ingest, "millrace_queue_lag_records") == Some(500.0));
    assert_eq!(metric(&ingest, "millrace_queue_partition_lag_records"), Some(500.0));
    let csv = stack.dir().join("lag.csv");
    let table = stack.prints(&["lag", "--csv", &csv.to_string_lossy()]);
    assert_eq!(table.lines().count(), 10, "{table}");
    assert_eq!(table.lines().last().and_then(|all| all.split_whitespace().nth(1)), Some("500"), "{table}");
    let output = stack.run(&["doctor"]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(!output.status.success() && said.contains("no worker reads the queue"), "{said}");

    let worker = stack.serve(&["worker"]);
    wait_for("no lag", || metric(&worker, "millrace_queue_lag_records") == Some(0.0));
    assert_eq!(metric(&worker, "millrace_queue_dead_letters"), Some(0.0));
    stack.prints(&["lag", "--csv", &csv.to_string_lossy()]);
    let rows = std::fs::read_to_string(&csv).expect("the file");
    let all: Vec<&str> = rows.lines().filter(|row| row.split(',').nth(2) == Some("all")).collect();
    assert!(rows.starts_with("time,group,partition,lag_records,lag_seconds"), "{rows}");
    assert_eq!(all.iter().filter_map(|row| row.split(',').nth(3)).collect::<Vec<_>>(), ["500", "0"]);
    assert!(stack.prints(&["doctor"]).contains("no problems were found"));
}

#[test]
fn roles_have_their_routes_and_no_others() {
    let stack = Stack::start();
    let worker = stack.serve(&["worker"]);
    let (ingest, api) = (stack.serve(&["ingest"]), stack.serve(&["api"]));
    for server in [&ingest, &worker, &api] {
        assert_eq!(server.get("/healthz").status, 200);
        assert_eq!(server.get("/readyz").status, 200);
        assert!(server.get("/metrics").text().contains("# TYPE "));
    }
    let event = json!({"name": "pageview", "url": "/"});
    let statuses = |path: &str| [&ingest, &worker, &api].map(|server| server.get(path).status);
    assert_eq!(statuses("/stats?site_id=demo"), [404, 404, 200]);
    assert_eq!(statuses("/"), [404, 404, 200]);
    assert_eq!(
        [&ingest, &worker, &api].map(|server| server.post("/api/events", &event).status),
        [202, 404, 404]
    );
    let stored = || api.get_json("/stats?site_id=demo")["total_views"] == 1;
    wait_for("the event in the reports of another process", stored);
}

#[test]
fn the_cache_is_shared_and_a_dead_one_costs_nothing() {
    let mut stack = Stack::start();
    let redis = stack.redis.url();
    let env = [("MILLRACE__CACHE__URL", redis.as_str()), ("MILLRACE__CACHE__TTL_SECONDS", "60")];
    let one = stack.serve_with(&[], &env);
    let two = stack.serve_with(&["api"], &env);
    one.post("/api/events", &json!({"name": "pageview", "url": "/"}));
    wait_for("the event", || one.get_json("/stats?site_id=demo")["total_views"] == 1);
    let path = "/analytics/top-pages?site_id=demo";
    let first = one.get_json(path);
    assert_eq!((&first["cached"], &first["pages"][0]["count"]), (&json!(false), &json!(1)));
    let second = two.get_json(path);
    assert_eq!((&second["cached"], &second["pages"]), (&json!(true), &first["pages"]));
    stack.redis.kill();
    let begin = std::time::Instant::now();
    let third = two.get_json(path);
    assert_eq!((&third["cached"], &third["pages"]), (&json!(false), &first["pages"]));
    assert!(begin.elapsed() < Duration::from_secs(2), "{:?}", begin.elapsed());
    stack.redis.restart().expect("restarted");
    wait_for("the cache to be used again", || two.get_json(path)["cached"] == true);
}

#[test]
fn one_event_id_counts_once_whichever_stream_it_comes_through() {
    let stack = Stack::start();
    let ingest = stack.serve(&["ingest"]);
    let _workers = [stack.serve(&["worker"]), stack.serve(&["worker"])];
    // A retry after the network changed: another address, so another visitor, so another stream.
    for retry in 0..20 {
        let body =
            json!({"name": "pageview", "event_id": "order-1", "user_id": format!("u{retry}")}).to_string();
        let answer = request(ingest.addr(), "POST", "/api/events", &[], body.as_bytes()).expect("an answer");
        assert_eq!(answer.status, 202);
    }
    let last = json!({"name": "pageview", "event_id": "order-2"});
    assert_eq!(ingest.post("/api/events", &last).status, 202);
    wait_for("the queue to be empty", || {
        stack.prints(&["lag"]).lines().last().is_some_and(|all| all.split_whitespace().nth(1) == Some("0"))
    });
    assert_eq!(stack.stored(), 2);
}
