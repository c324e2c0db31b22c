//! The live stream, over sockets.

mod client;
mod slow;

use std::time::Duration;

use bytestring::ByteString;
use http::StatusCode;
use millrace_catalog::key::KeyKind;
use millrace_event::{Event, EventId, VisitorId};
use serde_json::{Value, json};

use crate::support::{App, Setup, at, named, view_of};
use client::{Client, add, app_and_store, ids, refused, served};

const LIVE: &str = "/api/v1/live?site_id=demo";

/// An event with an id, at a second of the minute of the test's clock.
fn event(id: &str, path: &str) -> Event {
    let id = EventId::Client(ByteString::from(id));
    Event { id, ..view_of(path, 1, "2025-11-14T10:07:30Z") }
}

#[tokio::test]
async fn figures_are_those_of_the_other_routes() {
    let mut events = vec![
        view_of("/", 1, "2025-11-14T10:07:01Z"),
        view_of("/", 2, "2025-11-14T10:06:59.5Z"),
        view_of("/pricing", 2, "2025-11-14T10:03:00Z"),
        Event {
            duration_ms: Some(2_500),
            element: Some("buy".into()),
            ..named("click", "2025-11-14T10:07:33Z")
        },
        // Five minutes ago and a moment, and in the future.
        view_of("/old", 3, "2025-11-14T10:02:33.500Z"),
        view_of("/later", 4, "2025-11-14T10:07:33.501Z"),
    ];
    events[1].source = Some("Google".into());
    let app = Setup::demo(events.clone()).await.app();
    let figures = app.json("/api/v1/live/figures?site_id=demo").await;
    let realtime = app.json("/metrics/realtime?site_id=demo").await;
    let mut client = Client::connect(served(app).await, LIVE, &[]).await;
    let snapshot = client.next().await;
    assert_eq!(snapshot["type"], "snapshot");
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&snapshot), ["cursor", "live", "type"]);
    let live = &snapshot["live"];
    for key in [
        "current_visitors",
        "events_per_minute",
        "avg_duration",
        "top_pages",
        "top_sources",
        "top_elements",
        "top_countries",
    ] {
        assert_eq!(live[key], figures[key], "{key}");
    }
    assert_eq!(live["current_visitors"], 2);
    assert_eq!(
        live["top_sources"],
        json!([{"name": "Direct / None", "count": 2}]),
        "of sessions, not events"
    );
    assert_eq!(live["buckets"].as_array().unwrap().len(), 30);
    // That one counts to the end of the current bucket, this one up to now.
    let mut buckets = realtime["buckets"].clone();
    buckets[29]["counts"]["pageview"] = json!(1);
    buckets[29]["counts"].as_object_mut().unwrap().remove("pageview");
    assert_eq!(live["buckets"], buckets);
    let tick = client.next().await;
    assert_eq!((&tick["type"], &tick["live"], &tick["cursor"]), (&"tick".into(), live, &snapshot["cursor"]));
}

#[tokio::test]
async fn events_come_as_they_arrive_and_a_cursor_goes_on_after_them() {
    let (app, store) = app_and_store(vec![event("before", "/")]).await;
    let addr = served(app).await;
    let mut client = Client::connect(addr, LIVE, &[]).await;
    client.next().await;
    let sent = Event {
        user_id: Some("ann".into()),
        properties: r#"{"plan":"pro","n":1.50}"#.into(),
        element: Some("buy".into()),
        visitor: VisitorId(9),
        ..event("e1", "/pricing")
    };
    add(&store, vec![sent, event("e2", "/")]).await;
    let message = client.events().await;
    let expected = json!({
        "event_id": "e1", "name": "pageview", "url": "/pricing", "user_id": "ann",
        "session_id": "00000000000000ab", "timestamp": "2025-11-14T10:07:30Z",
        "properties": {"plan": "pro", "n": 1.50}, "element": "buy",
    });
    assert_eq!(message["events"][0], expected);
    let first = message["cursor"].as_str().unwrap().to_owned();
    drop(client);
    // While nobody looks, of this site and another.
    add(&store, (0..4_500).map(|n| event(&format!("m{n}"), "/")).collect()).await;
    add(&store, vec![Event { site: millrace_event::SiteId::new("other").unwrap(), ..event("o", "/") }]).await;
    let mut client = Client::connect(addr, &format!("{LIVE}&cursor={first}"), &[]).await;
    let snapshot = client.next().await;
    assert_eq!(
        (snapshot["type"].as_str(), snapshot["cursor"].as_str()),
        (Some("snapshot"), Some(first.as_str()))
    );
    let mut found = Vec::new();
    while found.len() < 4_500 {
        let message = client.events().await;
        assert!(message.to_string().len() < 20_000, "messages are small");
        found.extend(ids(&message));
    }
    assert_eq!(found, (0..4_500).map(|n| format!("m{n}")).collect::<Vec<_>>());
    add(&store, vec![event("last", "/")]).await;
    assert_eq!(ids(&client.events().await), ["last"]);
}

/// A cursor in the middle of what is sent to all: nothing of it comes twice.
#[tokio::test]
async fn every_cursor_of_every_message_is_a_place_to_go_on() {
    let (app, store) = app_and_store(Vec::new()).await;
    let addr = served(app).await;
    let mut client = Client::connect(addr, LIVE, &[]).await;
    let mut cursors = vec![(client.next().await["cursor"].as_str().unwrap().to_owned(), 0)];
    let mut found = 0;
    for round in 0..4 {
        add(&store, (0..150).map(|n| event(&format!("{}", round * 150 + n), "/")).collect()).await;
        while found < (round + 1) * 150 {
            let message = client.next().await;
            found += ids(&message).len();
            cursors.push((message["cursor"].as_str().unwrap().to_owned(), found));
        }
    }
    assert!(cursors.len() > 8);
    for (cursor, had) in cursors {
        let mut client = Client::connect(addr, &format!("{LIVE}&cursor={cursor}"), &[]).await;
        let mut later = Vec::new();
        while later.len() < 600 - had {
            later.extend(ids(&client.next().await));
        }
        assert_eq!(later, (had..600).map(|n| n.to_string()).collect::<Vec<_>>(), "after {cursor}");
    }
}

#[tokio::test]
async fn filters_are_those_of_reports() {
    let (app, store) = app_and_store(vec![event("a", "/pricing"), event("b", "/")]).await;
    let addr = served(app).await;
    let filters = "%5B%5B%22is%22,%22event:page%22,%5B%22/pricing%22%5D%5D%5D";
    let mut filtered = Client::connect(addr, &format!("{LIVE}&filters={filters}"), &[]).await;
    let mut all = Client::connect(addr, LIVE, &[]).await;
    let snapshot = filtered.next().await;
    assert_eq!(snapshot["live"]["top_pages"], json!([{"name": "/pricing", "count": 1}]));
    assert_eq!(all.next().await["live"]["top_pages"].as_array().unwrap().len(), 2);
    add(&store, vec![event("c", "/"), event("d", "/pricing")]).await;
    assert_eq!(ids(&filtered.events().await), ["d"]);
    assert_eq!(ids(&all.events().await), ["c", "d"]);
    // What a filter passes over is behind the cursor all the same.
    let cursor = snapshot["cursor"].as_str().unwrap();
    let mut again = Client::connect(addr, &format!("{LIVE}&filters={filters}&cursor={cursor}"), &[]).await;
    again.next().await;
    assert_eq!(ids(&again.events().await), ["d"]);
    for (wrong, field) in [
        ("filters=%5B1%5D", "filters"),
        ("filters=x", "filters"),
        ("cursor=1.", "cursor"),
        ("cursor=2.a", "cursor"),
        ("cursor=1.ffffffffffffffff", "cursor"),
        ("cursor=%00", "cursor"),
    ] {
        let (status, error) = refused(addr, &format!("{LIVE}&{wrong}"), &[]).await;
        assert_eq!(
            (status, error["field"].as_str().unwrap()[..field.len()].to_owned()),
            (400, field.to_owned())
        );
    }
}

#[tokio::test]
async fn there_are_bounds() {
    let mut setup = Setup::demo(Vec::new()).await;
    setup.sites.push(millrace_catalog::memory::site("other"));
    setup.limits.live_connections = 3;
    setup.limits.live_connections_per_site = 2;
    let addr = served(setup.app()).await;
    let first = Client::connect(addr, LIVE, &[]).await;
    let _second = Client::connect(addr, LIVE, &[]).await;
    let (status, error) = refused(addr, LIVE, &[]).await;
    assert_eq!((status, error["code"].as_str()), (503, Some("live_full")));
    let _third = Client::connect(addr, "/api/v1/live?site_id=other", &[]).await;
    assert_eq!(refused(addr, "/api/v1/live?site_id=other", &[]).await.0, 503);
    drop(first);
    client::until(async || client::status(addr, "/api/v1/live?site_id=other", &[]).await == 101).await;
}

#[tokio::test]
async fn distinct_filters_are_bounded() {
    let addr = served(Setup::demo(Vec::new()).await.app()).await;
    let path = |n: usize| format!("{LIVE}&filters=%5B%5B%22is%22,%22event:page%22,%5B%22/{n}%22%5D%5D%5D");
    let mut open = Vec::new();
    for n in 0..32 {
        open.push(Client::connect(addr, &path(n), &[]).await);
    }
    let (status, error) = refused(addr, &path(32), &[]).await;
    assert_eq!((status, error["code"].as_str()), (503, Some("live_full")));
    open.push(Client::connect(addr, &path(7), &[]).await);
    // However many filters others watch with, whoever has none gets in.
    open.push(Client::connect(addr, LIVE, &[]).await);
}

#[tokio::test]
async fn whoever_may_read_may_watch() {
    let mut setup = Setup::demo(Vec::new()).await;
    setup.sites.push(millrace_catalog::Site { public: false, ..millrace_catalog::memory::site("private") });
    setup.keys = vec![("secret", "private", KeyKind::Read), ("writes", "private", KeyKind::Write)];
    let addr = served(setup.app()).await;
    let path = "/api/v1/live?site_id=private";
    let own = format!("http://{addr}");
    let protocols = |key: &str| format!("millrace.live.v1, millrace.key.{key}");
    for (headers, expected) in [
        (vec![], 401),
        (vec![("x-api-key", "secret".to_owned())], 101),
        (vec![("authorization", "Bearer secret".to_owned())], 101),
        (vec![("sec-websocket-protocol", protocols("secret"))], 101),
        (vec![("sec-websocket-protocol", protocols("wrong"))], 401),
        (vec![("sec-websocket-protocol", protocols("writes"))], 401),
        (vec![("x-api-key", "secret".to_owned()), ("origin", own.clone())], 101),
        (vec![("x-api-key", "secret".to_owned()), ("origin", "https://evil.example".to_owned())], 403),
        (vec![("x-api-key", "secret".to_owned()), ("origin", "null".to_owned())], 403),
        (vec![("origin", "https://evil.example".to_owned())], 403),
        (vec![("origin", own.clone())], 401),
    ] {
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(client::status(addr, path, &headers).await, expected, "{headers:?}");
    }
    // A public site is anybody's, but not that of pages of other hosts: the server may be one that only this reader
    // reaches.
    assert_eq!(client::status(addr, LIVE, &[("origin", "https://evil.example")]).await, 403);
    assert_eq!(client::status(addr, LIVE, &[("origin", &own)]).await, 101);
    let client = Client::connect(addr, path, &[("sec-websocket-protocol", &protocols("secret"))]).await;
    assert_eq!(client.protocol.as_deref(), Some("millrace.live.v1"), "never the key");
    let app: App = Setup::demo(Vec::new()).await.app();
    let answer = app.get(LIVE).await;
    assert_eq!((answer.status, answer.error().1.as_str()), (StatusCode::UPGRADE_REQUIRED, "upgrade_missing"));
}

#[tokio::test]
async fn the_stop_of_the_server_is_said() {
    let setup = Setup::demo(Vec::new()).await;
    let stopping = setup.stopping.clone();
    let addr = served(setup.app()).await;
    let mut client = Client::connect(addr, LIVE, &[]).await;
    client.next().await;
    stopping.cancel();
    assert_eq!(client.closed().await, Some(1001));
}

#[tokio::test]
async fn a_client_that_talks_is_shown_out() {
    let addr = served(Setup::demo(Vec::new()).await.app()).await;
    let mut client = Client::connect(addr, LIVE, &[]).await;
    client.say(&"x".repeat(4_097)).await;
    client.closed().await;
    let mut client = Client::connect(addr, LIVE, &[]).await;
    for _ in 0..101 {
        client.say("hello").await;
    }
    assert_eq!(client.closed().await, Some(1008));
}

#[tokio::test]
async fn the_same_as_server_sent_events() {
    use futures::StreamExt;
    let (app, store) = app_and_store(vec![event("a", "/")]).await;
    let request = |last: Option<&str>| {
        let request = http::Request::get("/api/v1/live/events?site_id=demo");
        let request = last.iter().fold(request, |request, last| request.header("last-event-id", *last));
        request.body(axum::body::Body::empty()).unwrap()
    };
    let response = app.open(request(None)).await;
    let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "text/event-stream");
    assert_eq!(
        (header("cache-control"), header("x-accel-buffering")),
        ("no-store".to_owned(), "no".to_owned())
    );
    let mut body = response.into_body().into_data_stream();
    let next = async |body: &mut axum::body::BodyDataStream| {
        let piece = tokio::time::timeout(Duration::from_secs(20), body.next()).await.unwrap();
        String::from_utf8(piece.unwrap().unwrap().to_vec()).unwrap()
    };
    assert_eq!(next(&mut body).await, "retry: 2000\n\n");
    let snapshot = next(&mut body).await;
    let id = snapshot.strip_prefix("id: ").and_then(|rest| rest.split_once('\n')).unwrap().0.to_owned();
    assert!(snapshot.starts_with(&format!(
        "id: {id}\nevent: snapshot\ndata: {{\"type\":\"snapshot\",\"cursor\":\"{id}\""
    )));
    assert!(snapshot.ends_with("}\n\n") && snapshot.trim_end().lines().count() == 3);
    add(&store, vec![event("b", "/")]).await;
    let message = loop {
        let message = next(&mut body).await;
        if message.contains("event: events\n") {
            break message;
        }
    };
    assert!(message.contains("\"event_id\":\"b\""));
    drop(body);
    let mut body = app.open(request(Some(&id))).await.into_body().into_data_stream();
    let mut text = String::new();
    while !text.contains("event: events\n") {
        text = next(&mut body).await;
    }
    assert!(text.contains("\"event_id\":\"b\"") && !text.contains("\"event_id\":\"a\""));
    assert_eq!(app.open(request(Some("nonsense"))).await.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_client_ahead_of_the_store_gets_nothing_twice() {
    let (app, store) = app_and_store(vec![event("e1", "/"), event("e2", "/")]).await;
    let addr = served(app).await;
    // As after a crash: the store begins again at two, and the client has had four.
    let mut client = Client::connect(addr, &format!("{LIVE}&cursor=1.4"), &[]).await;
    assert_eq!(client.next().await["cursor"], "1.4");
    for id in ["e3", "e4", "e5", "e6"] {
        add(&store, vec![event(id, "/")]).await;
    }
    let mut found = Vec::new();
    while found.len() < 2 {
        let message = client.next().await;
        assert!(message["type"] != "snapshot");
        found.extend(ids(&message));
    }
    assert_eq!(found, ["e5", "e6"]);
    assert_eq!(at("2025-11-14T10:07:33.500Z"), at(crate::support::NOW));
}
