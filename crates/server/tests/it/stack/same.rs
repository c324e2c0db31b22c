//! The same events, the same answers: whatever they are kept in.

use serde_json::{Value, json};

use super::Stack;
use crate::durability::Random;
use crate::support::{Server, wait_for};

/// Random events of three days, some late, some twice, in the order they are sent.
fn events(random: &mut Random, count: usize) -> Vec<Value> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a clock").as_millis()
        as i64;
    let mut sent: Vec<Value> = Vec::new();
    for number in 0..count {
        if random.below(20) == 0 && !sent.is_empty() {
            let again = random.below(sent.len() as u64) as usize;
            sent.push(sent[again].clone());
            continue;
        }
        let name = ["pageview", "pageview", "click", "purchase", "' OR 1=1 --"][random.below(5) as usize];
        let url = ["https://example.com/", "https://example.com/a?utm_source=x", "/b", "/\u{202e}\u{1f600}"];
        let url = url[random.below(4) as usize];
        let at = now - 1_000 - random.below(3 * 86_400_000) as i64;
        let mut event = json!({
            "site_id": "demo",
            "event_id": format!("e{number}"),
            "name": name,
            "timestamp": at,
            // Named visitors: anonymous ones are hashed under the salt of one catalog.
            "user_id": format!("u{}", random.below(25)),
            "url": url,
            "properties": {"n": number, "big": 18_446_744_073_709_551_615_u64},
        });
        if random.below(3) == 0 {
            event["element"] = json!(format!("button-{}", random.below(4)));
            event["duration"] = json!(random.below(100_000) as f64 / 1_000.0);
        }
        if random.below(4) == 0 {
            event["session_id"] = json!(format!("s{}", random.below(9)));
        }
        sent.push(event);
    }
    sent
}

const REPORTS: [&str; 12] = [
    "/stats?site_id=demo",
    "/analytics/summary?site_id=demo",
    "/analytics/timeseries?site_id=demo&range=24h",
    "/analytics/timeseries?site_id=demo&range=7d",
    "/analytics/timeseries?site_id=demo&range=30d",
    "/analytics/top-pages?site_id=demo",
    "/analytics/recent?site_id=demo&limit=1000",
    "/metrics/hourly?site_id=demo",
    "/metrics/summary?site_id=demo",
    "/metrics/realtime?site_id=demo",
    "/events/recent?site_id=demo&limit=37",
    "/stats?site_id=demo&date=",
];

fn total(server: &Server) -> u64 {
    server.get_json("/analytics/summary?site_id=demo")["summary"]["total_events"].as_u64().expect("a total")
}

#[test]
fn embedded_and_reference_stack_answer_alike() {
    let stack = Stack::start();
    stack.prints(&["site", "remove", "demo"]);
    stack.prints(&["site", "add", "demo", "--public", "--timezone", "Asia/Kathmandu"]);
    let dir = tempfile::tempdir().expect("a folder");
    crate::support::run(dir.path(), &["site", "add", "demo", "--public", "--timezone", "Asia/Kathmandu"]);
    let start = crate::support::Start { data_dir: Some(dir.path().to_owned()), ..Default::default() };
    let embedded = Server::start_with(start);
    let reference = stack.serve(&[]);
    embedded.wait_ready();
    let mut random = Random(0x5eed ^ u64::from(std::process::id()));
    let events = events(&mut random, 2_000);
    let mut known: Vec<&Value> = events.iter().map(|event| &event["event_id"]).collect();
    known.sort_by_key(|id| id.to_string());
    known.dedup();
    for events in events.chunks(100) {
        for server in [&embedded, &reference] {
            let answer = server.post("/api/events", &json!(events));
            assert_eq!(answer.status, 202, "{}", answer.text());
        }
    }
    for server in [&embedded, &reference] {
        wait_for("every event once", || total(server) == known.len() as u64);
    }
    let today = embedded.get_json("/analytics/timeseries?site_id=demo&range=7d")["result"]["data"].clone();
    let day = today.as_array().expect("days").iter().rev().nth(1).expect("yesterday")["time"]
        .as_str()
        .expect("a time");
    // The first instant of a day of Kathmandu is the evening before in UTC.
    let date = &day[..10];
    for report in REPORTS {
        let report = if report.ends_with("date=") { format!("{report}{date}") } else { report.to_owned() };
        // Asked at two moments: reports that end now are asked again until both were asked within one bucket.
        let mut answers = (Value::Null, Value::Null);
        for _ in 0..5 {
            answers = (embedded.get_json(&report), reference.get_json(&report));
            if answers.0 == answers.1 {
                break;
            }
        }
        assert_eq!(answers.0, answers.1, "{report}");
    }
}
