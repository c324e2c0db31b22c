//! Schemas, declared and observed, on the real binary.

use millrace_event::Timestamp;
use serde_json::{Value, json};

use crate::support::{Answer, Server, request, run, wait_for};

struct Site {
    server: Server,
    admin: String,
}

impl Site {
    /// The site `demo` with an admin key that the server knows.
    fn start() -> Self {
        let server = Server::start();
        let admin =
            run(server.data_dir(), &["key", "add", "--site", "demo", "--kind", "admin"]).trim().to_owned();
        let site = Self { server, admin };
        wait_for("the key to be known", || site.ask("GET", "schemas", "").status == 200);
        site
    }

    /// With the admin key.
    fn ask(&self, method: &str, path: &str, body: &str) -> Answer {
        let path = format!("/api/v1/sites/demo/{path}");
        request(self.server.addr(), method, &path, &[("x-api-key", &self.admin)], body.as_bytes())
            .expect("an answer")
    }

    fn put(&self, event: &str, declaration: &Value) {
        let answer = self.ask("PUT", &format!("schemas/{event}"), &declaration.to_string());
        assert_eq!(answer.status, 200, "{}", answer.text());
    }

    /// The observed event of this name, once there are `count` of them.
    fn observed(&self, name: &str, count: u64) -> Value {
        let mut found = Value::Null;
        wait_for("the events to be stored", || {
            let answer = self.ask("GET", "schema?period=7d", "").json();
            let events = answer["events"].as_array().expect("events");
            found = events.iter().find(|event| event["name"] == name).cloned().unwrap_or_default();
            found["count"] == count
        });
        found
    }
}

#[test]
fn events_are_rejected_warned_of_or_observed() {
    let site = Site::start();
    let schema = json!({"required": ["price"], "properties": {"price": {"type": "number", "minimum": 0}}});
    site.put("purchase", &json!({"mode": "reject", "schema": schema}));
    site.put("refund", &json!({"mode": "warn", "schema": schema}));
    let event = |name: &str, price: Value| json!({"name": name, "properties": {"price": price}});

    let single = site.server.post("/api/events", &event("purchase", json!(-1)));
    let error = &single.json()["error"];
    assert_eq!(
        (single.status, &error["code"], &error["field"]),
        (400, &json!("schema_violation"), &json!("properties.price"))
    );
    assert_eq!(error["message"], "properties.price must be at least 0");
    let batch =
        json!([event("purchase", json!(5)), event("purchase", json!("free")), event("refund", json!("all"))]);
    let answer = site.server.post("/api/events", &batch);
    assert_eq!((answer.status, &answer.json()["accepted"]), (202, &json!(2)));
    assert_eq!(answer.json()["rejected"][0]["field"], "properties.price");

    assert_eq!(site.observed("purchase", 1)["violating"], 0);
    let refund = site.observed("refund", 1);
    assert_eq!((&refund["mode"], &refund["violating"]), (&json!("warn"), &json!(1)));
    let violation = &refund["violations"][0];
    assert_eq!(
        (&violation["problem"], &violation["sample"], &violation["count"]),
        (&json!("type"), &json!("all"), &json!(1))
    );
    let metrics = site.server.get("/metrics").text();
    assert!(metrics.contains("millrace_ingest_schema_warnings_total 1"), "{metrics}");
    assert!(
        metrics.contains("millrace_ingest_rejected_events_total{code=\"schema_violation\"} 2"),
        "{metrics}"
    );
    let dir = site.server.data_dir();
    wait_for("a copy of the rejected event", || run(dir, &["doctor"]).contains("schema_violation"));
}

#[test]
fn drift_is_seen_in_what_was_sent() {
    let site = Site::start();
    let start = Timestamp::now().plus_millis(-3_600_000);
    let event = |n: i64| {
        let properties =
            if n < 30 { json!({"plan": "pro", "seats": n}) } else { json!({"seats": n.to_string()}) };
        json!({"name": "signup", "timestamp": start.plus_millis(n * 1_000).to_string(), "properties": properties})
    };
    // The latest first: what is found does not depend on the order of arrival.
    let events: Vec<_> = (0..60).rev().map(event).collect();
    assert_eq!(site.server.post("/api/events", &json!(events)).json()["accepted"], 60);
    let signup = site.observed("signup", 60);
    let drift = signup["drift"].as_array().expect("drift");
    let changes: Vec<_> =
        drift.iter().map(|drift| (&drift["property"], &drift["change"], &drift["sample"])).collect();
    assert_eq!(
        changes,
        [
            (&json!("seats"), &json!("type_changed"), &json!("30")),
            (&json!("plan"), &json!("vanished"), &json!("pro")),
        ]
    );
    assert_eq!(drift[0]["at"], start.plus_millis(30_000).to_string());
    let seats = &signup["properties"][1];
    assert_eq!(
        (&seats["cardinality"], &seats["minimum"], &seats["maximum"]),
        (&json!(60), &json!(0), &json!(29))
    );
}

#[test]
fn the_command_line_declares_lists_and_removes() {
    let site = Site::start();
    let dir = site.server.data_dir().to_owned();
    let file = dir.join("purchase.json");
    std::fs::write(&file, r#"{"required":["price"]}"#).expect("written");
    let file = file.to_str().expect("a path");
    run(&dir, &["schema", "set", "--site", "demo", "$pageview", file, "--mode", "reject"]);
    let listed = run(&dir, &["schema", "list", "--site", "demo"]);
    assert!(listed.starts_with("pageview\treject\tsince 20"), "{listed}");
    let post = || site.server.post("/event", &json!({"name": "pageview"})).status;
    wait_for("the running server to know it", || post() == 400);
    run(&dir, &["schema", "remove", "--site", "demo", "page_view"]);
    wait_for("the running server to forget it", || post() == 202);
    assert_eq!(run(&dir, &["schema", "list", "--site", "demo"]), "");
}
