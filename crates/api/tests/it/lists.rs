//! Events, sessions and visitors one by one, and the live figures.

use bytestring::ByteString;
use millrace_catalog::Site;
use millrace_catalog::key::KeyKind::{Admin, Read, Write};
use millrace_catalog::memory::site;
use millrace_event::{Event, Revenue, SessionId, VisitorId};
use serde_json::{Value, json};

use crate::support::{Answer, App, Setup, named, view_of};

/// Visitor 1 sees two pages and buys; visitor 2, a user of Google, sees one.
fn events() -> Vec<Event> {
    let of = |event: Event, visitor: u64, session: u64| Event {
        visitor: VisitorId(visitor),
        session: SessionId(session),
        ..event
    };
    vec![
        of(view_of("/", 1, "2025-11-14T10:00:00Z"), 1, 0xa1),
        of(view_of("/pricing", 1, "2025-11-14T10:00:30.500Z"), 1, 0xa1),
        Event {
            revenue: Some(Revenue { micros: -9_990_000, currency: "EUR".parse().expect("a currency") }),
            duration_ms: Some(1_250),
            element: Some("button".into()),
            properties: ByteString::from_static(r#"{"plan":"pro","n":1.50}"#),
            ..of(named("purchase", "2025-11-14T10:01:00Z"), 1, 0xa1)
        },
        Event {
            source: Some("Google".into()),
            user_id: Some("u2".into()),
            ..of(view_of("/pricing", 2, "2025-11-14T10:06:00Z"), 2, 0xa2)
        },
    ]
}

async fn app() -> App {
    Setup::demo(events()).await.app()
}

async fn ask(app: &App, path: &str, body: Value) -> Answer {
    app.ask("POST", path, "", &body.to_string()).await
}

async fn rows(app: &App, list: &str, body: Value) -> Vec<Value> {
    let answer = ask(app, &format!("/api/v1/{list}/query"), body).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()[list].as_array().expect("a list").clone()
}

#[tokio::test]
async fn sessions_are_listed_with_all_that_is_known_of_them() {
    let app = app().await;
    let sessions = rows(&app, "sessions", json!({"site_id": "demo", "date_range": "day"})).await;
    assert_eq!(sessions.len(), 2);
    assert_eq!(sessions[0]["session_id"], "00000000000000a2");
    assert_eq!(sessions[0]["source"], "Google");
    assert_eq!(sessions[0]["user_id"], "u2");
    assert_eq!(sessions[0]["bounce"], true);
    let first = &sessions[1];
    assert_eq!(first["visitor_id"], "0000000000000001");
    assert_eq!(first["start"], "2025-11-14T10:00:00Z");
    assert_eq!(first["end"], "2025-11-14T10:01:00Z");
    assert_eq!(first["duration"], 60.0);
    assert_eq!((&first["pageviews"], &first["events"]), (&json!(2), &json!(3)));
    assert_eq!((&first["entry_page"], &first["exit_page"]), (&json!("/"), &json!("/pricing")));
    assert_eq!((&first["source"], &first["country"]), (&json!("Direct / None"), &json!("(not set)")));
    assert_eq!(first["bounce"], false);
    let filters = json!([["is", "event:name", ["purchase"]]]);
    let body = json!({"site_id": "demo", "date_range": "day", "filters": filters});
    let bought = rows(&app, "sessions", body).await;
    assert_eq!(bought.len(), 1);
    assert_eq!(bought[0]["events"], 3, "a session is shown as a whole");
    let body = json!({"site_id": "demo", "date_range": "day", "pagination": {"limit": 1, "offset": 1}});
    let second = rows(&app, "sessions", body).await;
    assert_eq!(second, std::slice::from_ref(first));
}

#[tokio::test]
async fn visitors_are_counted_by_the_events_asked_for() {
    let app = app().await;
    let visitors = rows(&app, "visitors", json!({"date_range": "all"})).await;
    let expected = json!([
        {"visitor_id": "0000000000000002", "user_id": "u2", "first": "2025-11-14T10:06:00Z",
         "last": "2025-11-14T10:06:00Z", "sessions": 1, "pageviews": 1, "events": 1},
        {"visitor_id": "0000000000000001", "user_id": null, "first": "2025-11-14T10:00:00Z",
         "last": "2025-11-14T10:01:00Z", "sessions": 1, "pageviews": 2, "events": 3},
    ]);
    assert_eq!(json!(visitors), expected);
}

#[tokio::test]
async fn events_come_in_either_order_of_one_session_or_visitor() {
    let app = app().await;
    let paths =
        |events: &[Value]| -> Vec<Value> { events.iter().map(|event| event["path"].clone()).collect() };
    let all = rows(&app, "events", json!({"date_range": ["2025-11-14", "2025-11-14"]})).await;
    assert_eq!(paths(&all), [json!("/pricing"), json!(null), json!("/pricing"), json!("/")]);
    let body = json!({"date_range": "day", "session_id": "00000000000000a1", "newest_first": false,
                      "pagination": {"limit": 2}});
    assert_eq!(paths(&rows(&app, "events", body).await), [json!("/"), json!("/pricing")]);
    let body = json!({"date_range": "day", "visitor_id": "0000000000000002"});
    assert_eq!(paths(&rows(&app, "events", body).await), [json!("/pricing")]);
    let bought = &all[1];
    assert_eq!(bought["name"], "purchase");
    assert_eq!(bought["duration"], 1.25);
    assert_eq!(bought["revenue"], json!({"amount": -9.99, "currency": "EUR"}));
    assert_eq!(bought["properties"], json!({"plan": "pro", "n": 1.5}));
    assert_eq!(bought["session_id"], "00000000000000a1");
    assert_eq!(bought["received_at"], "2025-11-14T10:01:00Z");
    assert_eq!(bought["event_id"], "id-2025-11-14T10:01:00Z");
}

#[tokio::test]
async fn one_session_and_one_visitor_come_with_their_events() {
    let app = app().await;
    let session = app.json("/api/v1/sessions/00000000000000a1?site_id=demo").await;
    assert_eq!(session["session"]["events"], 3);
    assert_eq!(session["events"].as_array().expect("events").len(), 3);
    assert_eq!(session["events"][0]["path"], "/");
    assert_eq!(session["truncated"], false);
    let visitor = app.json("/api/v1/visitors/0000000000000002?site_id=demo").await;
    assert_eq!(visitor["visitor"]["user_id"], "u2");
    assert_eq!(visitor["events"].as_array().expect("events").len(), 1);
    for (path, code, field) in [
        ("/api/v1/sessions/00000000000000ff", "session_unknown", "session_id"),
        ("/api/v1/sessions/a1", "session_unknown", "session_id"),
        ("/api/v1/visitors/00000000000000ff", "visitor_unknown", "visitor_id"),
        ("/api/v1/visitors/+000000000000001", "visitor_unknown", "visitor_id"),
        (
            "/api/v1/visitors/0000000000000001?date_range=2025-11-01,2025-11-02",
            "visitor_unknown",
            "visitor_id",
        ),
    ] {
        let answer = app.get(path).await;
        assert_eq!(answer.error(), (404, code.to_owned(), Some(field.to_owned())), "{path}");
    }
    let answer = app.get("/api/v1/sessions/00000000000000a1?date_range=8d").await;
    assert_eq!(answer.error(), (400, "query_invalid".to_owned(), Some("date_range".to_owned())));
}

#[tokio::test]
async fn a_long_session_says_that_there_is_more() {
    let event = |second: usize| {
        let instant = format!("2025-11-14T09:{:02}:{:02}Z", second / 60, second % 60);
        view_of("/", 1, &instant)
    };
    let app = Setup::demo((0..1_001).map(event).collect()).await.app();
    let session = app.json("/api/v1/sessions/00000000000000ab").await;
    assert_eq!(session["session"]["events"], 1_001);
    assert_eq!(session["events"].as_array().expect("events").len(), 1_000);
    assert_eq!(session["truncated"], true);
}

#[tokio::test]
async fn a_wrong_body_names_the_field_and_what_is_allowed() {
    let app = app().await;
    for (path, body, field, message) in [
        ("events", json!([]), "body", "body is a list, not an object"),
        ("events", json!({}), "date_range", "date_range is missing: every request has one"),
        ("events", json!({"date_range": "8d"}), "date_range", "date_range is \"8d\"; allowed are day, 24h"),
        (
            "events",
            json!({"date_range": "7d", "limit": 1}),
            "body",
            "body has the unknown key \"limit\": allowed are site_id, date_range, filters, session_id, visitor_id, newest_first, pagination",
        ),
        (
            "events",
            json!({"date_range": "7d", "session_id": "a1"}),
            "session_id",
            "session_id is \"a1\": it must be 16 hexadecimal digits",
        ),
        (
            "events",
            json!({"date_range": "7d", "visitor_id": 5}),
            "visitor_id",
            "visitor_id is a number, not a text",
        ),
        (
            "events",
            json!({"date_range": "7d", "visitor_id": "0000000000000001", "session_id": "0000000000000001"}),
            "visitor_id",
            "visitor_id comes with session_id",
        ),
        (
            "events",
            json!({"date_range": "7d", "newest_first": "no"}),
            "newest_first",
            "newest_first is a text: it must be true or false",
        ),
        (
            "sessions",
            json!({"date_range": "7d", "pagination": {"limit": 1_001}}),
            "pagination",
            "pagination.limit is 1001: it must be a whole number from 1 to 1000",
        ),
        (
            "sessions",
            json!({"date_range": "7d", "pagination": {"offset": 100_001}}),
            "pagination",
            "pagination.offset is 100001: it must be a whole number from 0 to 100000",
        ),
        (
            "sessions",
            json!({"date_range": "7d", "pagination": {"page": 1}}),
            "pagination",
            "pagination has the unknown key \"page\": allowed are limit, offset",
        ),
        (
            "visitors",
            json!({"date_range": "7d", "filters": [["is", "event:nothing", ["x"]]]}),
            "filters",
            "filters[0][1]",
        ),
        (
            "visitors",
            json!({"date_range": "7d", "filters": [["is", "segment", [7]]]}),
            "filters",
            "filters[0][2][0] is no segment",
        ),
        ("visitors", json!({"site_id": 5}), "site_id", "site_id is a number, not a text"),
    ] {
        let answer = ask(&app, &format!("/api/v1/{path}/query"), body.clone()).await;
        assert_eq!(answer.error(), (400, "query_invalid".to_owned(), Some(field.to_owned())), "{body}");
        assert!(answer.message().starts_with(message), "{body}: {}", answer.message());
    }
    let answer = app.ask("POST", "/api/v1/events/query", "", "{").await;
    assert_eq!(answer.error(), (400, "query_invalid".to_owned(), Some("body".to_owned())));
}

#[tokio::test]
async fn who_may_read_reports_may_read_lists() {
    let mut setup = Setup::demo(events()).await;
    setup.sites = vec![Site { public: false, ..site("demo") }, site("open")];
    setup.keys = vec![("w", "demo", Write), ("r", "demo", Read), ("a", "demo", Admin), ("o", "open", Admin)];
    let app = setup.app();
    // What else is wrong is nobody's business before the site is.
    let bodies = [json!({"site_id": "demo", "date_range": "7d"}), json!({"site_id": "demo", "no": 1})];
    for (key, code) in
        [("", "key_missing"), ("x", "key_unknown"), ("w", "key_cannot_read"), ("o", "key_of_another_site")]
    {
        for list in ["events", "sessions", "visitors"] {
            for body in &bodies {
                let answer = app.ask("POST", &format!("/api/v1/{list}/query"), key, &body.to_string()).await;
                assert_eq!(
                    (answer.status.as_u16(), answer.error().1),
                    (401, code.to_owned()),
                    "{list} {key}"
                );
            }
        }
        for path in ["sessions/00000000000000a1", "visitors/0000000000000001", "live/figures"] {
            let answer = app.ask("GET", &format!("/api/v1/{path}?site_id=demo"), key, "").await;
            assert_eq!((answer.status.as_u16(), answer.error().1), (401, code.to_owned()), "{path} {key}");
        }
    }
    for key in ["r", "a"] {
        let answer = app.ask("POST", "/api/v1/events/query", key, r#"{"date_range":"day"}"#).await;
        assert_eq!(answer.json()["events"].as_array().map(Vec::len), Some(4), "without a site the key's");
        let answer = app.ask("GET", "/api/v1/sessions/00000000000000a1?site_id=demo", key, "").await;
        assert_eq!(answer.status, 200, "{key}");
    }
}

#[tokio::test]
async fn goals_and_segments_of_the_site_can_be_named() {
    let mut setup = Setup::demo(events()).await;
    setup.keys = vec![("a", "demo", Admin)];
    let app = setup.app();
    let goal = r#"{"name": "Buy", "kind": "event", "event": "purchase"}"#;
    assert_eq!(app.ask("POST", "/api/v1/sites/demo/goals", "a", goal).await.status, 201);
    for (name, filters) in
        [("Bought", json!([["is", "event:goal", ["Buy"]]])), ("Broken", json!([["is", "event:page", ["/"]]]))]
    {
        let body = json!({"name": name, "filters": filters}).to_string();
        assert_eq!(app.ask("POST", "/api/v1/sites/demo/segments", "a", &body).await.status, 201);
    }
    for filter in [
        json!(["is", "event:goal", ["Buy"]]),
        json!(["is", "segment", [1]]),
        json!(["and", [["is", "segment", ["Bought"]]]]),
    ] {
        let events = rows(&app, "events", json!({"date_range": "day", "filters": [filter]})).await;
        assert_eq!(events.len(), 1, "{filter}");
        assert_eq!(events[0]["name"], "purchase");
    }
    // The goal goes, and with it what the segment means.
    assert_eq!(app.ask("DELETE", "/api/v1/sites/demo/goals/1", "a", "").await.status, 204);
    let body = json!({"date_range": "day", "filters": [["is", "segment", [1]]]});
    let answer = ask(&app, "/api/v1/events/query", body).await;
    assert_eq!(answer.error().2.as_deref(), Some("filters"));
    let message = answer.message();
    assert!(message.starts_with("the segment 1 (Bought) cannot be used, replace it: "), "{message}");
}

#[tokio::test]
async fn live_figures_are_those_of_the_minutes_asked_for() {
    let app = app().await;
    let figures = app.json("/api/v1/live/figures?site_id=demo&minutes=30").await;
    let expected = json!({
        "current_visitors": 1,
        "visitors": 2,
        "events": 4,
        "events_per_minute": 0.13,
        "avg_duration": 1.25,
        "top_pages": [{"name": "/pricing", "count": 2}, {"name": "/", "count": 1}],
        "top_sources": [{"name": "Direct / None", "count": 1}, {"name": "Google", "count": 1}],
        "top_elements": [{"name": "button", "count": 1}],
        "top_countries": [{"name": "(not set)", "count": 2}],
        "top_events": [{"name": "pageview", "count": 3}, {"name": "purchase", "count": 1}],
    });
    assert_eq!(figures, expected);
    let figures = app.json("/api/v1/live/figures").await;
    assert_eq!((&figures["visitors"], &figures["events"]), (&json!(1), &json!(1)));
    for minutes in ["0", "61", "x", "", "+5", "-1"] {
        let answer = app.get(&format!("/api/v1/live/figures?minutes={minutes}")).await;
        assert_eq!(
            answer.error(),
            (400, "minutes_invalid".to_owned(), Some("minutes".to_owned())),
            "{minutes}"
        );
    }
}
