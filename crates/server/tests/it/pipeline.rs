//! What the process says of itself and of what it refused, as the dashboard asks for it.

use serde_json::{Value, json};

use crate::stack::Stack;
use crate::support::{Server, Start, request, run, wait_for};

const PIPELINE: &str = "/api/v1/pipeline?site_id=demo";

fn check<'a>(status: &'a Value, part: &str) -> &'a Value {
    let checks = status["checks"].as_array().expect("checks");
    checks.iter().find(|check| check["part"] == part).unwrap_or(&Value::Null)
}

#[test]
fn what_is_taken_refused_and_stored_is_counted_and_shown() {
    let server = Server::start();
    let body = json!([
        {"name": "pageview", "url": "https://demo.example/"},
        {"name": "signup"},
        {"url": "https://demo.example/without-a-name"},
    ]);
    let answer = server.post("/api/events", &body);
    assert_eq!((answer.status, &answer.json()["accepted"]), (202, &json!(2)), "{}", answer.text());
    wait_for("what was stored", || server.get_json(PIPELINE)["totals"]["stored"] == 2);
    // A point is of the five seconds before it.
    let seen = |status: &Value| {
        let points = status["history"]["points"].as_array().expect("points");
        points.iter().any(|point| point["accepted"].as_f64() > Some(0.0))
    };
    wait_for("a point with the events", || seen(&server.get_json(PIPELINE)));
    let status = server.get_json(PIPELINE);
    assert_eq!(status["roles"], json!(["ingest", "worker", "api"]));
    assert_eq!(status["totals"]["accepted"], 2);
    let rejected = &status["totals"]["rejected"];
    assert_eq!(
        (&rejected[0]["count"], rejected.as_array().map(Vec::len)),
        (&json!(1), Some(1)),
        "{rejected}"
    );
    assert_eq!((&status["queue"]["kind"], &status["store"]["kind"]), (&json!("disk"), &json!("lake")));
    assert!(status["queue"]["lag_records"].is_u64() && status["queue"]["bytes"].is_u64(), "{status}");
    assert!(status["disk"]["total_bytes"].as_u64() > status["disk"]["free_bytes"].as_u64(), "{status}");
    for part in ["queue", "worker", "store", "catalog"] {
        assert_eq!(check(&status, part)["status"], "ok", "{status}");
    }
    let text = status.to_string();
    assert!(!text.contains(&*server.data_dir().to_string_lossy()) && !text.contains("demo"), "{text}");

    let key = run(server.data_dir(), &["key", "add", "--site", "demo", "--kind", "admin"]).trim().to_owned();
    let ask = |path: &str| {
        let path = format!("/api/v1/sites/demo/{path}");
        request(server.addr(), "GET", &path, &[("x-api-key", &key)], b"").expect("an answer")
    };
    wait_for("the key to be known", || ask("keys").status == 200);
    wait_for("the copy", || ask("rejects").json()["rejects"].as_array().is_some_and(|all| all.len() == 1));
    let rejects = ask("rejects").json();
    assert_eq!((&rejects["kept"], &rejects["rejects"][0]["code"]), (&json!(true), &rejected[0]["code"]));
    assert!(rejects["rejects"][0]["sample"].as_str().is_some_and(|sample| sample.contains("without-a-name")));
    assert_eq!(ask("dead-letters").json(), json!({"total": 0, "unreadable": 0, "dead_letters": []}));
}

#[test]
fn a_process_that_keeps_no_copies_says_so() {
    let env = vec![("MILLRACE__INGEST__KEEP_REJECTED", "false".to_owned())];
    let server = Server::start_with(Start { env, ..Start::default() });
    let key = run(server.data_dir(), &["key", "add", "--site", "demo", "--kind", "admin"]).trim().to_owned();
    let ask = || {
        let path = "/api/v1/sites/demo/rejects";
        request(server.addr(), "GET", path, &[("x-api-key", &key)], b"").expect("an answer")
    };
    wait_for("the key to be known", || ask().status == 200);
    assert_eq!(ask().json(), json!({"kept": false, "rejects": []}));
}

/// A process with the API alone knows the lag of a queue that it can reach, and that nobody works on it.
#[test]
fn a_process_that_only_answers_reports_sees_the_queue() {
    let stack = Stack::start();
    // The first worker makes the tables, and its group what the lag is counted from.
    let mut worker = stack.serve(&["worker"]);
    let (ingest, api) = (stack.serve(&["ingest"]), stack.serve(&["api"]));
    assert!(worker.terminate().0.success());
    let events: Vec<_> = (0..30).map(|n| json!({"name": "pageview", "user_id": format!("u{n}")})).collect();
    assert_eq!(ingest.post("/api/events", &json!(events)).status, 202);
    wait_for("the lag", || api.get_json(PIPELINE)["queue"]["lag_records"] == 30);
    let status = api.get_json(PIPELINE);
    assert_eq!((&status["roles"], &status["queue"]["kind"]), (&json!(["api"]), &json!("redis")));
    assert_eq!((&status["totals"]["accepted"], &status["queue"]["bytes"]), (&json!(0), &Value::Null));
    assert_eq!((&status["store"]["kind"], &status["store"]["segments"]), (&json!("postgres"), &Value::Null));
    let worker = check(&status, "worker");
    assert_eq!(
        (&worker["status"], &worker["message"]),
        (&json!("failed"), &json!("no worker reads the queue"))
    );
    let _worker = stack.serve(&["worker"]);
    wait_for("no lag", || api.get_json(PIPELINE)["queue"]["lag_records"] == 0);
    wait_for("all to be well", || check(&api.get_json(PIPELINE), "worker")["status"] == "ok");
}

#[test]
fn annotations_are_kept_by_command_and_shown() {
    let server = Server::start();
    let dir = server.data_dir();
    let said = run(dir, &["annotation", "add", "Release 2.0", "--site", "demo", "--at", "2026-11-20"]);
    assert_eq!(said.trim(), "annotation 1 of site 'demo' is added at 2026-11-20T00:00:00Z");
    assert!(
        run(dir, &["annotation", "list", "--site", "demo"])
            .starts_with("1\t2026-11-20T00:00:00Z\tRelease 2.0\t")
    );
    let shown = || server.get_json("/api/v1/sites/demo/annotations")["annotations"].clone();
    wait_for("the annotation", || shown()[0]["text"] == "Release 2.0");
    run(dir, &["annotation", "remove", "1", "--site", "demo"]);
    wait_for("its end", || shown() == json!([]));
}
