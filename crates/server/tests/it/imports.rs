//! A real access log, imported. The expected figures were counted by an independent script; see `data/README.md`.

use serde_json::{Value, json};

use crate::support::{Server, Start, add_site, request, run, wait_for};

const LOG: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/apache_access.log");

fn check_figures(server: &Server) {
    let stats = server.get_json("/stats?site_id=demo");
    assert_eq!(stats["total_views"], 3_907);
    assert_eq!(stats["unique_users"], 1_263, "distinct pairs of address and user agent that viewed a page");
    assert_eq!(stats["top_paths"][0], json!({"path": "/", "views": 572}));
    assert_eq!(stats["top_paths"][1], json!({"path": "/blog/tags/puppet", "views": 489}));
    assert_eq!(stats["top_paths"][2], json!({"path": "/projects/xdotool/", "views": 219}));
    for (day, views, users) in [(17, 702, 258), (18, 1_289, 424), (19, 1_029, 415), (20, 887, 367)] {
        let stats = server.get_json(&format!("/stats?site_id=demo&date=2015-05-{day}"));
        assert_eq!(
            (&stats["total_views"], &stats["unique_users"]),
            (&json!(views), &json!(users)),
            "2015-05-{day}"
        );
    }
}

#[test]
fn a_log_in_a_stopped_data_directory_counts_right_and_once() {
    let dir = tempfile::tempdir().expect("a folder");
    add_site(dir.path(), "demo");
    let import = ["import", "access-log", LOG, "--site", "demo", "--keep-bots"];
    let said = run(dir.path(), &import);
    assert!(said.contains("3,907") || said.contains("3907"), "{said}");
    assert!(said.contains("8,899") || said.contains("8899"), "the malformed line is named: {said}");
    run(dir.path(), &import);
    let server = Server::start_with(Start { data_dir: Some(dir.path().to_owned()), ..Start::default() });
    server.wait_ready();
    check_figures(&server);
    assert!(run(dir.path(), &["doctor"]).contains("no problems"));
}

#[test]
fn a_log_into_a_running_server_counts_right_and_once() {
    let server = Server::start();
    let dir = server.data_dir().to_owned();
    let key = run(&dir, &["key", "add", "--site", "demo"]).trim().to_owned();
    let url = format!("http://{}", server.addr());
    wait_for("the running server to know the key", || {
        // An event without a name is refused for that, once the key is known.
        let headers = [("x-api-key", key.as_str())];
        request(server.addr(), "POST", "/event", &headers, b"{}").expect("an answer").status == 400
    });
    for _ in 0..2 {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_millrace"))
            .args(["import", "access-log", LOG, "--site", "demo", "--keep-bots", "--to", &url, "--key", &key])
            .output()
            .expect("the binary runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    wait_for("all lines", || server.get_json("/stats?site_id=demo")["total_views"] == 3_907);
    check_figures(&server);
}

/// What the script counts that shares nothing with this program.
fn independent_figures() -> Value {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/figures.py");
    let output = std::process::Command::new("python3").arg(script).output().expect("python3 runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[test]
fn the_query_api_agrees_with_an_independent_count() {
    let dir = tempfile::tempdir().expect("a folder");
    add_site(dir.path(), "demo");
    run(dir.path(), &["import", "access-log", LOG, "--site", "demo", "--keep-bots"]);
    let server = Server::start_with(Start { data_dir: Some(dir.path().to_owned()), ..Start::default() });
    server.wait_ready();
    let figures = independent_figures();
    let query = |metrics: &[&str], dimensions: &[&str]| {
        let body = json!({
            "site_id": "demo", "metrics": metrics, "dimensions": dimensions,
            "date_range": ["2015-05-17", "2015-05-20"], "pagination": {"limit": 20},
        });
        let answer = server.post("/api/v2/query", &body);
        assert_eq!(answer.status, 200, "{}", answer.text());
        let rows = answer.json()["results"].as_array().expect("rows").clone();
        // A row as one list: dimensions, then metrics.
        let flat = rows.iter().map(|row| {
            let list = |name: &str| row[name].as_array().expect("a list").clone();
            Value::from([list("dimensions"), list("metrics")].concat())
        });
        Value::from(flat.collect::<Vec<_>>())
    };
    assert_eq!(query(&["visitors", "pageviews"], &["time:day"]), figures["days"]);
    assert_eq!(query(&["visitors", "pageviews"], &["event:page"]), figures["pages"]);
    assert_eq!(query(&["visits"], &["visit:entry_page"]), figures["entry_pages"]);
    assert_eq!(query(&["visits"], &["visit:exit_page"]), figures["exit_pages"]);
    let number = |name: &str| figures[name].as_f64().expect("a number");
    let visits = number("visits");
    let totals =
        query(&["visitors", "visits", "pageviews", "views_per_visit", "bounce_rate", "visit_duration"], &[]);
    let expected = json!([[
        figures["visitors"],
        figures["visits"],
        figures["pageviews"],
        (number("pageviews") / visits * 100.0).round() / 100.0,
        (number("bounces") / visits * 100.0).round() as u64,
        (number("seconds") / visits).round() as u64,
    ]]);
    assert_eq!(totals, expected);
}

#[test]
fn robots_are_counted_apart_and_left_out_by_default() {
    let dir = tempfile::tempdir().expect("a folder");
    add_site(dir.path(), "demo");
    let said = run(dir.path(), &["import", "access-log", LOG, "--site", "demo"]);
    assert!(said.to_lowercase().contains("robot"), "{said}");
    let server = Server::start_with(Start { data_dir: Some(dir.path().to_owned()), ..Start::default() });
    server.wait_ready();
    let views = server.get_json("/stats?site_id=demo")["total_views"].as_u64().expect("a number");
    assert!((1_000..3_907).contains(&views), "{views}");
}

#[test]
fn events_from_a_file_and_a_generated_load_arrive() {
    let server = Server::start();
    let dir = server.data_dir().to_owned();
    let file = dir.join("events.ndjson");
    let lines =
        "{\"name\":\"signup\",\"user_id\":\"u1\"}\nnot json\n{\"name\":\"signup\",\"user_id\":\"u1\"}\n";
    std::fs::write(&file, lines).expect("written");
    let url = format!("http://{}", server.addr());
    let millrace = |args: &[&str]| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_millrace")).args(args).output();
        let output = output.expect("the binary runs");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{args:?}: {said}{}", String::from_utf8_lossy(&output.stderr));
        said
    };
    for _ in 0..2 {
        let said =
            millrace(&["import", "ndjson", file.to_str().expect("a path"), "--site", "demo", "--to", &url]);
        assert!(said.contains("line 2") || said.contains("2:"), "the bad line is named: {said}");
    }
    let total = || server.get_json("/analytics/summary?site_id=demo")["summary"]["total_events"].as_u64();
    wait_for("two events, once", || total() == Some(2));
    let said =
        millrace(&["generate", "--to", &url, "--site", "demo", "--events", "3000", "--batch", "50", "--ids"]);
    assert!(said.contains("3,000") || said.contains("3000"), "{said}");
    wait_for("three thousand more", || total() == Some(3_002));
    let by_type = server.get_json("/analytics/summary?site_id=demo")["summary"]["by_type"].clone();
    let count = |name: &str| {
        let rows = by_type.as_array().expect("rows");
        rows.iter().find(|row| row["event_type"] == name).and_then(|row| row["count"].as_u64()).unwrap_or(0)
    };
    assert!((1_950..2_250).contains(&count("pageview")), "70 % of 3,000: {by_type}");
}
