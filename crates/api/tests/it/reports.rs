//! Every report's exact JSON.

use bytestring::ByteString;
use millrace_event::{Event, EventId, MadeId, VisitorId};
use serde_json::{Value, json};

use crate::support::{Setup, at, named, view, view_of};

#[tokio::test]
async fn stats_of_everything_and_of_a_day() {
    let app = Setup::demo(vec![
        view_of("/", 1, "2025-11-14T10:00:00Z"),
        view_of("/", 2, "2025-11-14T09:00:00Z"),
        view_of("/b", 1, "2025-11-13T23:59:59.999Z"),
        view_of("/a", 1, "2025-11-13T00:00:00Z"),
        // No view, but a visitor.
        Event { visitor: VisitorId(3), ..named("click", "2025-11-14T08:00:00Z") },
    ])
    .await
    .app();
    assert_eq!(
        app.json("/stats?site_id=demo").await,
        json!({"site_id": "demo", "date": null, "total_views": 4, "unique_users": 3, "top_paths": [
            {"path": "/", "views": 2}, {"path": "/a", "views": 1}, {"path": "/b", "views": 1},
        ]})
    );
    assert_eq!(
        app.json("/stats?date=2025-11-13&limit=1").await,
        json!({"site_id": "demo", "date": "2025-11-13", "total_views": 2, "unique_users": 1, "top_paths": [
            {"path": "/a", "views": 1},
        ]})
    );
}

#[tokio::test]
async fn the_summary_counts_all_events_and_the_last_24_hours() {
    let app = Setup::demo(vec![
        view("2025-11-14T10:07:33.500Z"),
        view("2025-11-13T10:07:33.501Z"),
        // 24 hours ago to the millisecond, and ahead of the server's clock.
        view("2025-11-13T10:07:33.500Z"),
        named("click", "2025-11-14T10:07:33.501Z"),
        named("buy", "2025-11-01T00:00:00Z"),
    ])
    .await
    .app();
    assert_eq!(
        app.json("/analytics/summary?site_id=demo").await,
        json!({"cached": false, "summary": {"total_events": 5, "last_24_hours": 2, "by_type": [
            {"event_type": "pageview", "count": 3},
            {"event_type": "buy", "count": 1},
            {"event_type": "click", "count": 1},
        ]}})
    );
}

#[tokio::test]
async fn a_timeseries_has_its_empty_buckets() {
    let app = Setup::demo(vec![
        view("2025-11-14T10:00:00Z"),
        named("click", "2025-11-14T10:07:00Z"),
        view("2025-11-13T11:00:00Z"),
        view("2025-11-13T10:59:59.999Z"),
        view("2025-10-16T00:00:00Z"),
        view("2025-10-15T23:59:59Z"),
    ])
    .await
    .app();
    for (query, range, interval, buckets, first, filled) in [
        ("", "24h", "hour", 24, "2025-11-13T11:00:00Z", vec![(0, 1), (23, 2)]),
        ("&range=24h", "24h", "hour", 24, "2025-11-13T11:00:00Z", vec![(0, 1), (23, 2)]),
        ("&range=7d", "7d", "day", 7, "2025-11-08T00:00:00Z", vec![(5, 2), (6, 2)]),
        ("&range=30d", "30d", "day", 30, "2025-10-16T00:00:00Z", vec![(0, 1), (28, 2), (29, 2)]),
    ] {
        let body = app.json(&format!("/analytics/timeseries?site_id=demo{query}")).await;
        let data = body["result"]["data"].as_array().unwrap().clone();
        assert_eq!(
            body,
            json!({"cached": false, "result": {"range": range, "interval": interval, "data": data}})
        );
        assert_eq!(data.len(), buckets, "{range}");
        assert_eq!(data[0]["time"], first);
        let counts: Vec<_> = data.iter().map(|point| point["count"].as_u64().unwrap()).enumerate().collect();
        assert_eq!(counts.into_iter().filter(|(_, count)| *count > 0).collect::<Vec<_>>(), filled, "{range}");
        assert_eq!(data[1].as_object().unwrap().len(), 2);
    }
}

#[tokio::test]
async fn top_pages_are_ten_unless_asked() {
    let views = (0..12).map(|page| view_of(&format!("/p{page:02}"), 1, "2025-11-14T10:00:00Z"));
    let app = Setup::demo(
        views
            .chain([view_of("/top", 1, "2020-01-01T00:00:00Z"); 1])
            .chain([view_of("/top", 1, "2020-01-01T00:00:00Z"), named("click", "2025-11-14T10:00:00Z")])
            .collect(),
    )
    .await
    .app();
    let body = app.json("/analytics/top-pages?site_id=demo").await;
    assert_eq!(body["pages"].as_array().unwrap().len(), 10);
    assert_eq!(
        app.json("/analytics/top-pages?site_id=demo&limit=2").await,
        json!({"cached": false, "pages": [{"page_url": "/top", "count": 2}, {"page_url": "/p00", "count": 1}]})
    );
}

#[tokio::test]
async fn recent_events_keep_what_the_client_sent() {
    let properties = r#"{"big":12345678901234567890123,"exact":0.1000000000000000055511151231257827,"e":1E400,"ä":"\u0000\ud83d"}"#;
    let rich = Event {
        user_id: Some("u1".into()),
        client_session_id: Some("s-1".into()),
        properties: properties.into(),
        id: EventId::Client("evt \"1\"".into()),
        ..view_of("/a?\"<script>", 1, "2025-11-14T10:00:00.250Z")
    };
    let bare = Event {
        id: EventId::Made(MadeId { process: 1, count: 2 }),
        ..named("click", "2025-11-14T10:00:00Z")
    };
    let app = Setup::demo(vec![bare, rich]).await.app();
    let answer = app.get("/analytics/recent?site_id=demo").await;
    // The numbers' digits are there to the letter, which no parsed JSON could show.
    assert_eq!(
        answer.text(),
        format!(
            r#"{{"events":[{{"event_id":"evt \"1\"","event_type":"pageview","user_id":"u1","session_id":"s-1","page_url":"/a?\"<script>","timestamp":"2025-11-14T10:00:00.250Z","metadata":{properties}}},{{"event_id":"{}","event_type":"click","user_id":null,"session_id":"00000000000000ab","page_url":null,"timestamp":"2025-11-14T10:00:00Z","metadata":{{}}}}]}}"#,
            MadeId { process: 1, count: 2 }
        )
    );
}

#[tokio::test]
async fn recent_events_are_counted() {
    let app = Setup::demo(vec![view("2025-11-14T10:00:00Z"), view("2025-11-14T10:00:01Z")]).await.app();
    let body = app.json("/events/recent?limit=1").await;
    assert_eq!(body, json!({"events": [body["events"][0]], "count": 1, "limit": 1}));
    assert_eq!(body["events"][0]["timestamp"], "2025-11-14T10:00:01Z");
    let body = app.json("/events/recent").await;
    assert_eq!((&body["count"], &body["limit"]), (&json!(2), &json!(50)));
}

#[tokio::test]
async fn properties_that_are_no_object_do_not_break_the_answer() {
    let with = |properties: &'static str| Event {
        properties: ByteString::from_static(properties),
        ..view("2025-11-14T10:00:00Z")
    };
    let app = Setup::demo(vec![with("{\"a\":"), with("[1]"), with("null"), with("x")]).await.app();
    let body = app.json("/analytics/recent").await;
    let metadata: Vec<&Value> =
        body["events"].as_array().unwrap().iter().map(|event| &event["metadata"]).collect();
    assert_eq!(metadata, [&json!({}); 4]);
}

#[tokio::test]
async fn realtime_is_thirty_buckets_of_ten_seconds() {
    let app = Setup::demo(vec![
        view("2025-11-14T10:07:33.500Z"),
        named("click", "2025-11-14T10:07:30Z"),
        view("2025-11-14T10:07:29.999Z"),
        view("2025-11-14T10:02:40Z"),
        view("2025-11-14T10:02:39.999Z"),
        view("2025-11-14T10:07:40Z"),
    ])
    .await
    .app();
    let body = app.json("/metrics/realtime?site_id=demo").await;
    let buckets = body["buckets"].as_array().unwrap();
    assert_eq!(buckets.len(), 30);
    assert_eq!(buckets[0], json!({"timestamp": "2025-11-14T10:02:40Z", "counts": {"pageview": 1}}));
    assert_eq!(buckets[1], json!({"timestamp": "2025-11-14T10:02:50Z", "counts": {}}));
    assert_eq!(buckets[28], json!({"timestamp": "2025-11-14T10:07:20Z", "counts": {"pageview": 1}}));
    assert_eq!(
        buckets[29],
        json!({"timestamp": "2025-11-14T10:07:30Z", "counts": {"click": 1, "pageview": 1}})
    );
    let rest = json!({"timeRange": "5m", "buckets": buckets, "summary": {"total_events": 4, "eventsPerSecond": 0.01}});
    assert_eq!(body, rest);
}

#[tokio::test]
async fn hourly_is_twenty_four_buckets() {
    let app = Setup::demo(vec![view("2025-11-14T10:00:00Z"), view("2025-11-13T11:00:00Z")]).await.app();
    let body = app.json("/metrics/hourly?site_id=demo").await;
    let buckets = body["buckets"].as_array().unwrap();
    assert_eq!(buckets.len(), 24);
    assert_eq!(buckets[0], json!({"timestamp": "2025-11-13T11:00:00Z", "counts": {"pageview": 1}}));
    assert_eq!(buckets[23], json!({"timestamp": "2025-11-14T10:00:00Z", "counts": {"pageview": 1}}));
    let rest = json!({"timeRange": "24h", "buckets": buckets, "summary": {"total_events": 2, "events_per_second": 0.0}});
    assert_eq!(body, rest);
}

#[tokio::test]
async fn the_last_hour_rolls() {
    let mut events = vec![view("2025-11-14T09:07:33.500Z"), view_of("/", 2, "2025-11-14T09:07:33.501Z")];
    events.extend((0..179).map(|_| named("click", "2025-11-14T10:07:33.500Z")));
    let app = Setup::demo(events).await.app();
    assert_eq!(
        app.json("/metrics/summary?site_id=demo").await,
        json!({"last_hour": {"total_events": 180, "unique_users": 2, "events_per_second": 0.05, "top_events": [
            {"type": "click", "count": 179}, {"type": "pageview", "count": 1},
        ]}})
    );
}

#[tokio::test]
async fn live_figures_are_of_the_last_five_minutes() {
    let touched = |element: &str, visitor, duration_ms| Event {
        element: Some(element.into()),
        visitor: VisitorId(visitor),
        duration_ms,
        ..named("click", "2025-11-14T10:02:33.501Z")
    };
    let app = Setup::demo(vec![
        touched("video_player", 1, Some(8_000)),
        touched("video_player", 2, Some(8_400)),
        touched("buy", 2, Some(8_000)),
        view("2025-11-14T10:07:33.500Z"),
        view_of("/", 9, "2025-11-14T10:02:33.500Z"),
    ])
    .await
    .app();
    let answer = app.get_with("/metrics?site_id=demo", &[("accept", b"application/json")]).await;
    assert_eq!(
        answer.json(),
        json!({"active_users": 2, "events_per_min": 0.8, "avg_duration": 8.13, "top_elements": [
            {"element": "video_player", "count": 2}, {"element": "buy", "count": 1},
        ]})
    );
}

#[tokio::test]
async fn a_site_without_events_has_zeros() {
    let app = Setup::demo(Vec::new()).await.app();
    assert_eq!(
        app.json("/stats").await,
        json!({"site_id": "demo", "date": null, "total_views": 0, "unique_users": 0, "top_paths": []})
    );
    assert_eq!(
        app.json("/analytics/summary").await,
        json!({"cached": false, "summary": {"total_events": 0, "last_24_hours": 0, "by_type": []}})
    );
    assert_eq!(app.json("/analytics/top-pages").await, json!({"cached": false, "pages": []}));
    assert_eq!(app.json("/analytics/recent").await, json!({"events": []}));
    assert_eq!(app.json("/events/recent").await, json!({"events": [], "count": 0, "limit": 50}));
    assert_eq!(
        app.json("/metrics/summary").await,
        json!({"last_hour": {"total_events": 0, "unique_users": 0, "events_per_second": 0.0, "top_events": []}})
    );
    let live = app.get_with("/metrics", &[("accept", b"application/json")]).await;
    assert_eq!(
        live.json(),
        json!({"active_users": 0, "events_per_min": 0.0, "avg_duration": 0.0, "top_elements": []})
    );
    for (path, name, buckets) in
        [("/metrics/realtime", "eventsPerSecond", 30), ("/metrics/hourly", "events_per_second", 24)]
    {
        let body = app.json(path).await;
        assert_eq!(body["summary"], json!({"total_events": 0, name: 0.0}));
        let counts: Vec<_> =
            body["buckets"].as_array().unwrap().iter().map(|bucket| &bucket["counts"]).collect();
        assert_eq!(counts, vec![&json!({}); buckets]);
    }
}

/// Clients choose names. However many there are, the answer has a bounded size and its sums are right.
#[tokio::test]
async fn the_rarest_of_many_names_are_counted_as_others() {
    for names in [150, 500] {
        let mut events = Vec::new();
        for hour in 0..24 {
            let instant = at("2025-11-13T11:30:00Z").plus_millis(hour * 3_600_000).to_string();
            events.extend((0..names).map(|name| named(&format!("name-{name:03}"), &instant)));
        }
        // The order of ranking is by count first.
        events.push(named("name-149", "2025-11-14T10:00:00Z"));
        let app = Setup::demo(events).await.app();
        let body = app.json("/metrics/hourly").await;
        let last = body["buckets"][23]["counts"].as_object().unwrap();
        assert_eq!(last.len(), 101, "{names}");
        assert_eq!((&last["name-149"], &last["name-000"]), (&json!(2), &json!(1)));
        assert_eq!(last["(other)"], names - 100);
        assert!(last.contains_key("name-098") && !last.contains_key("name-099"));
        assert_eq!(body["summary"]["total_events"], 24 * names + 1);
    }
}
