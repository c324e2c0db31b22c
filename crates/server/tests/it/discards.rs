//! Events that are not counted: seen by reason, judged again after a rule changed, once whatever happens.

use std::path::Path;

use serde_json::{Value, json};

use crate::stack::{Stack, metric};
use crate::support::{Answer, Server, Start, add_site, recent, request, run, wait_for};

const DISCARDS: &str = "/api/v1/sites/demo/discards";
const CRAWLER: &str = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";
const BROWSER: &str =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36";

fn admin_key(data_dir: &Path) -> String {
    run(data_dir, &["key", "add", "--site", "demo", "--kind", "admin"]).trim().to_owned()
}

fn send(server: &Server, agent: &str, event: &Value) {
    let headers = [("content-type", "application/json"), ("user-agent", agent)];
    let answer = request(server.addr(), "POST", "/api/events", &headers, event.to_string().as_bytes());
    let answer = answer.expect("an answer");
    assert_eq!(answer.status, 202, "{}", answer.text());
}

fn ask(server: &Server, key: &str, method: &str, path: &str, body: &Value) -> Answer {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    request(server.addr(), method, path, &[("x-api-key", key)], body.as_bytes()).expect("an answer")
}

/// Reasons with their counts and held events.
fn reasons(server: &Server, key: &str) -> Vec<(String, u64, u64)> {
    let answer = ask(server, key, "GET", DISCARDS, &Value::Null);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let number = |of: &Value, field: &str| of[field].as_u64().expect("a number");
    let reason = |of: &Value| of["reason"].as_str().expect("a reason").to_owned();
    let reasons = answer.json()["reasons"].as_array().expect("reasons").clone();
    reasons.iter().map(|of| (reason(of), number(of, "count"), number(of, "held"))).collect()
}

fn wait_for_reasons(server: &Server, key: &str, expected: &[(&str, u64, u64)]) {
    let expected: Vec<_> =
        expected.iter().map(|(name, count, held)| ((*name).to_owned(), *count, *held)).collect();
    wait_for(&format!("the discarded events {expected:?}"), || reasons(server, key) == expected);
}

fn replay(server: &Server, key: &str, selection: &Value) -> u64 {
    let answer = ask(server, key, "POST", &format!("{DISCARDS}/replay"), selection);
    assert_eq!(answer.status, 202, "{}", answer.text());
    answer.json()["replayed"].as_u64().expect("a number")
}

#[test]
fn copies_are_explained_and_counted_once_through_kills() {
    for seal_rows in ["1", "100000"] {
        let dir = tempfile::tempdir().expect("a folder");
        add_site(dir.path(), "demo");
        let key = admin_key(dir.path());
        let start = || {
            let env = vec![("MILLRACE__STORE__SEAL_ROWS", seal_rows.to_owned())];
            Server::start_with(Start { data_dir: Some(dir.path().to_owned()), env, ..Start::default() })
        };
        let mut server = start();
        let event = json!({"site_id": "demo", "name": "pageview", "url": "/a", "event_id": "one"});
        for copies in [3, 7] {
            for _ in 0..4 {
                send(&server, BROWSER, &event);
            }
            wait_for_reasons(&server, &key, &[("duplicate", copies, copies)]);
            server.kill();
            server = start();
            server.wait_ready();
            assert_eq!(reasons(&server, &key), [("duplicate".to_owned(), copies, copies)]);
        }
        assert_eq!(server.get_json("/stats?site_id=demo")["total_views"], 1);
        let answer =
            ask(&server, &key, "POST", &format!("{DISCARDS}/replay"), &json!({"reason": "duplicate"}));
        assert_eq!(answer.json()["error"]["code"], "reason_not_replayable");
        assert_eq!(replay(&server, &key, &Value::Null), 0);
        assert!(server.terminate().0.success());
        let listed = run(dir.path(), &["discards", "list", "--site", "demo"]);
        assert!(listed.contains("duplicate\t7 events, 7 held"), "{listed}");
    }
}

/// A crawler that comes back: three views of one visitor, in one minute of yesterday.
fn crawl(server: &Server) {
    let yesterday = std::time::SystemTime::now() - std::time::Duration::from_secs(86_400);
    let at = yesterday.duration_since(std::time::UNIX_EPOCH).expect("a clock").as_millis() as u64;
    for n in 0..3 {
        let url = format!("https://demo.example/page-{n}");
        send(
            server,
            CRAWLER,
            &json!({"site_id": "demo", "name": "pageview", "url": url, "timestamp": at + n}),
        );
    }
}

fn keep_robots(server: &Server, key: &str) {
    let answer = ask(server, key, "PUT", "/api/v1/sites/demo/settings", &json!({"robots": "keep"}));
    assert_eq!(answer.status, 200, "{}", answer.text());
}

/// The three views are counted, once, with their time, and of one visitor.
fn check_counted(server: &Server, times: &[Value]) {
    wait_for("the replayed events", || server.get_json("/stats?site_id=demo")["total_views"] == 4);
    assert_eq!(server.get_json("/stats?site_id=demo")["unique_users"], 2, "the crawler and a person");
    let mut found: Vec<Value> = recent(server, 9)["events"]
        .as_array()
        .expect("events")
        .iter()
        .map(|event| event["timestamp"].clone())
        .collect();
    found.retain(|time| times.contains(time));
    assert_eq!(found, times, "{found:?}");
}

/// The times of the held robots, newest first; each has a sample that says what decided.
fn sampled(server: &Server, key: &str) -> Vec<Value> {
    let answer = ask(server, key, "GET", &format!("{DISCARDS}?period=7d"), &Value::Null).json();
    let robots =
        answer["reasons"].as_array().expect("reasons").iter().find(|of| of["reason"] == "robot").cloned();
    let samples = robots.expect("robots")["samples"].as_array().expect("samples").clone();
    for sample in &samples {
        assert_eq!((&sample["name"], &sample["user_agent"]), (&json!("pageview"), &json!(CRAWLER)));
        assert!(sample["url"].as_str().is_some_and(|url| url.starts_with("https://demo.example/page-")));
        assert!(sample["detail"].as_str().is_some_and(|detail| detail.contains("Googlebot")), "{sample}");
        assert!(sample["event_id"].as_str().is_some_and(|id| id.len() == 36));
    }
    samples.iter().map(|sample| sample["timestamp"].clone()).collect()
}

#[test]
fn robots_are_judged_again_after_the_rule_changed_and_count_once_through_kills() {
    let dir = tempfile::tempdir().expect("a folder");
    add_site(dir.path(), "demo");
    let key = admin_key(dir.path());
    let start = || Server::start_with(Start { data_dir: Some(dir.path().to_owned()), ..Start::default() });
    let server = start();
    send(&server, BROWSER, &json!({"site_id": "demo", "name": "pageview", "url": "/"}));
    crawl(&server);
    wait_for_reasons(&server, &key, &[("robot", 3, 3)]);
    let times = sampled(&server, &key);
    assert_eq!(times.len(), 3);
    assert_eq!(server.get_json("/stats?site_id=demo")["total_views"], 1);
    // The rule still stands: they come back, each once.
    assert_eq!(replay(&server, &key, &json!({"reason": "robot"})), 3);
    wait_for_reasons(&server, &key, &[("robot", 3, 3)]);
    server.kill();
    let server = start();
    server.wait_ready();
    wait_for_reasons(&server, &key, &[("robot", 3, 3)]);
    assert_eq!(sampled(&server, &key), times);
    keep_robots(&server, &key);
    assert_eq!(replay(&server, &key, &json!({"reason": "robot"})), 3);
    server.kill();
    let server = start();
    check_counted(&server, &times);
    assert_eq!(reasons(&server, &key), []);
    assert_eq!(replay(&server, &key, &Value::Null), 0);
    server.kill();
    let server = start();
    server.wait_ready();
    check_counted(&server, &times);
    assert_eq!(reasons(&server, &key), []);
}

#[test]
fn a_command_replays_without_a_server() {
    let dir = tempfile::tempdir().expect("a folder");
    add_site(dir.path(), "demo");
    let key = admin_key(dir.path());
    let start = || Server::start_with(Start { data_dir: Some(dir.path().to_owned()), ..Start::default() });
    let mut server = start();
    crawl(&server);
    wait_for_reasons(&server, &key, &[("robot", 3, 3)]);
    keep_robots(&server, &key);
    assert!(server.terminate().0.success());
    let said = run(dir.path(), &["discards", "replay", "--site", "demo", "--reason", "robot"]);
    assert!(said.starts_with("3 events are on the queue"), "{said}");
    let server = start();
    wait_for("the replayed events", || server.get_json("/stats?site_id=demo")["total_views"] == 3);
    assert_eq!(reasons(&server, &key), []);
}

#[test]
fn a_process_that_only_answers_reports_replays_over_redis() {
    let stack = Stack::start();
    let key = stack.prints(&["key", "add", "--site", "demo", "--kind", "admin"]).trim().to_owned();
    let (ingest, worker, api) = (stack.serve(&["ingest"]), stack.serve(&["worker"]), stack.serve(&["api"]));
    send(&ingest, BROWSER, &json!({"site_id": "demo", "name": "pageview", "url": "/"}));
    crawl(&ingest);
    wait_for_reasons(&api, &key, &[("robot", 3, 3)]);
    let times = sampled(&api, &key);
    keep_robots(&api, &key);
    wait_for("the worker to hear of it", || {
        let said = metric(&worker, "millrace_worker_discarded_events_total");
        replay(&api, &key, &json!({"reason": "robot"}));
        // What came back was judged by the rule of before.
        wait_for("the queue to be empty", || stack.prints(&["lag"]).contains("all            0"));
        metric(&worker, "millrace_worker_discarded_events_total") == said && reasons(&api, &key).is_empty()
    });
    worker.kill();
    let _worker = stack.serve(&["worker"]);
    check_counted(&api, &times);
    // A copy that comes through another worker is recognised by the store, and shown as far as that knows it.
    let event =
        json!({"site_id": "demo", "name": "pageview", "url": "https://demo.example/a", "event_id": "one"});
    for _ in 0..3 {
        send(&ingest, BROWSER, &event);
    }
    wait_for_reasons(&api, &key, &[("duplicate", 2, 2)]);
}
