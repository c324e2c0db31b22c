//! PostHog.

use serde_json::{Value, json};

use super::stores;
use crate::support::{bench, gzip};

fn demo(mut expected: Value) -> Value {
    expected["site"] = "demo".into();
    expected
}

/// What `posthog-js` puts on every event, shortened.
fn browser(properties: &Value) -> Value {
    let mut all = json!({
        "$os": "Linux", "$browser": "Chrome", "$device_type": "Desktop", "$timezone": "UTC",
        "$current_url": "http://shop.test/page?utm_source=x", "$host": "shop.test", "$pathname": "/page",
        "$raw_user_agent": "Mozilla/5.0", "$browser_version": 140, "$browser_language": "en-US",
        "$screen_height": 720, "$screen_width": 1280, "$viewport_height": 700, "$lib": "web",
        "$lib_version": "1.449.2", "$insert_id": "kffs", "$time": 1795275645.262, "$device_id": "d1",
        "utm_source": "x", "utm_medium": null, "gclid": null, "$referrer": "$direct", "token": "demo",
        "$session_id": "s1", "$window_id": "w1", "$is_identified": false, "$process_person_profile": false,
        "$lib_rate_limit_remaining_tokens": 99, "distinct_id": "d1",
    });
    for (key, value) in properties.as_object().unwrap() {
        all[key] = value.clone();
    }
    all
}

fn stored(fields: &Value) -> Value {
    let mut all = json!({
        "url": "http://shop.test/page?utm_source=x", "session": "s1", "language": "en-US",
        "screen": [1280, 720], "properties": {"$lib": "web", "$lib_version": "1.449.2"},
    });
    for (key, value) in fields.as_object().unwrap() {
        match value.as_object() {
            Some(properties) if key == "properties" => {
                properties.iter().for_each(|(key, value)| all["properties"][key] = value.clone());
            }
            _ => all[key] = value.clone(),
        }
    }
    demo(all)
}

#[tokio::test]
async fn what_the_browser_sends() {
    let bench = bench();
    let known = json!({"$is_identified": true, "$process_person_profile": true, "$user_id": "u1", "distinct_id": "u1"});
    let with = |more: Value| {
        let mut all = known.clone();
        more.as_object().unwrap().iter().for_each(|(key, value)| all[key] = value.clone());
        all
    };
    for (event, properties, expected) in [
        (
            "$pageview",
            json!({"title": "A shop", "$referrer": "https://other.test/"}),
            json!({"name": "pageview", "anonymous": "d1", "title": "A shop", "referrer": "https://other.test/"}),
        ),
        (
            "custom",
            json!({"plan": "pro", "nested": {"b": 2}, "title": "mine", "$feature/new": "on"}),
            json!({"name": "custom", "anonymous": "d1",
                "properties": {"plan": "pro", "nested.b": 2, "title": "mine", "$feature/new": "on"}}),
        ),
        (
            "$identify",
            with(json!({"$anon_distinct_id": "d1"})),
            json!({"name": "identify", "user": "u1", "anonymous": "d1", "interactive": false,
                "properties": {"email": "x@y.test"}}),
        ),
        ("after", with(json!({})), json!({"name": "after", "user": "u1"})),
        (
            "$pageleave",
            json!({"$prev_pageview_duration": 12.345, "$prev_pageview_max_content_percentage": 0.416}),
            json!({"name": "engagement", "anonymous": "d1", "interactive": false, "duration_ms": 12345,
                "scroll_depth": 42}),
        ),
        (
            "$autocapture",
            json!({"$event_type": "click", "$el_text": "Buy", "$elements_chain": "button.primary:attr__id=\"buy\"nth-child=\"1\";body"}),
            json!({"name": "click", "anonymous": "d1", "element": "button#buy", "properties": {"$el_text": "Buy"}}),
        ),
        (
            "$autocapture",
            json!({"$event_type": "submit", "$elements": [{"tag_name": "form", "attr__class": "order big"}]}),
            json!({"name": "form_submit", "anonymous": "d1", "element": "form.order"}),
        ),
        (
            "$create_alias",
            with(json!({"alias": "old"})),
            json!({"name": "alias", "user": "u1", "anonymous": "old", "interactive": false}),
        ),
        (
            "$groupidentify",
            json!({"$group_type": "company", "$group_key": "c1", "$group_set": {"plan": "pro"}}),
            json!({"name": "group", "anonymous": "d1", "interactive": false,
                "properties": {"$group_type": "company", "$group_key": "c1", "plan": "pro"}}),
        ),
    ] {
        let id = format!("uuid of {event}");
        let mut body = json!({"api_key": "demo", "batch": [{"uuid": id, "event": event, "properties": browser(&properties)}]});
        if event == "$identify" {
            body["batch"][0]["$set"] = json!({"email": "x@y.test", "$initial_referrer": "x"});
            body["batch"][0]["$set_once"] = json!({"$initial_current_url": "x", "utm_source": "x"});
        }
        let mut expected = stored(&expected);
        expected["id"] = id.into();
        stores(&bench, "/e/", &["content-type: text/plain"], body.to_string(), &[expected]).await;
    }
}

#[tokio::test]
async fn a_page_view_brings_the_engagement_with_the_page_before() {
    let bench = bench();
    let properties = json!({"distinct_id": "d1", "$is_identified": false, "$session_id": "s1",
        "$current_url": "https://shop.test/b", "$host": "shop.test", "$prev_pageview_pathname": "/a",
        "$prev_pageview_duration": 4.5, "$prev_pageview_max_scroll_percentage": 1, "token": "demo"});
    let body = json!([{"event": "$pageview", "uuid": "i1", "properties": properties}]);
    let expected = [
        json!({"name": "pageview", "id": "i1", "anonymous": "d1", "session": "s1", "url": "https://shop.test/b"}),
        json!({"name": "engagement", "id": "before-i1", "anonymous": "d1", "session": "s1",
            "url": "https://shop.test/a", "interactive": false, "duration_ms": 4500, "scroll_depth": 100}),
    ];
    stores(&bench, "/e/", &[], body.to_string(), &expected.map(demo)).await;
}

#[tokio::test]
async fn the_id_of_an_event() {
    let long = "i".repeat(98);
    for (top, properties, expected) in [
        (r#""uuid":"a","#, r#""uuid":"b","$insert_id":"c","#, Some("a")),
        ("", r#""uuid":"b","$insert_id":"c","#, Some("c")),
        (r#""uuid":"","#, r#""$insert_id":"c","#, Some("c")),
        ("", r#""uuid":"b","#, None),
        (&*format!(r#""uuid":"{long}","#), "", Some(&*long)),
    ] {
        let bench = bench();
        let body = format!(
            r#"{{"event":"$pageview","distinct_id":"u","token":"demo",{top}"properties":{{{properties}
                "$prev_pageview_pathname":"/a","$prev_pageview_duration":1}}}}"#
        );
        assert_eq!(bench.request("POST", "/e/", &[], body).await.status, 200);
        let ids: Vec<_> = bench.stored().into_iter().map(|event| event.client_id).collect();
        assert_eq!((ids.len(), ids[0].as_deref()), (2, expected), "{top} {properties}");
        match (expected, ids[1].as_deref()) {
            (Some(id), Some(before)) if id == long => assert!(before.len() == 32 && before != id, "{before}"),
            (id, before) => assert_eq!(before, id.map(|id| format!("before-{id}")).as_deref(), "{top}"),
        }
    }
}

#[tokio::test]
async fn every_way_to_pack_a_body() {
    let event = r#"{"event":"x","distinct_id":"u1","uuid":"i1","api_key":"demo"}"#;
    let expected = [demo(json!({"name": "x", "id": "i1", "user": "u1"}))];
    // `event` in base64, and after gzip.
    let base64 = "eyJldmVudCI6IngiLCJkaXN0aW5jdF9pZCI6InUxIiwidXVpZCI6ImkxIiwiYXBpX2tleSI6ImRlbW8ifQ==";
    let form = "content-type: application/x-www-form-urlencoded";
    for (path, headers, body) in [
        ("/e/", &[][..], event.as_bytes().to_vec()),
        ("/e", &[], format!("[{event}]").into_bytes()),
        ("/capture/", &[], event.as_bytes().to_vec()),
        ("/track", &[], event.as_bytes().to_vec()),
        ("/i/v0/e/", &[], gzip(event.as_bytes())),
        ("/i/v0/e/", &["content-encoding: gzip"], gzip(event.as_bytes())),
        // It says gzip and is not; it is gzip and says something else.
        ("/i/v0/e/", &["content-encoding: gzip"], event.as_bytes().to_vec()),
        ("/i/v0/e/", &["content-encoding: x"], gzip(event.as_bytes())),
        ("/e/?compression=gzip-js", &["content-type: text/plain"], gzip(event.as_bytes())),
        ("/e/?compression=base64", &[form], format!("data={}", base64.replace('=', "%3D")).into_bytes()),
        ("/e/?compression=base64", &[], base64.as_bytes().to_vec()),
        ("/e/", &[form], format!("data={base64}&compression=base64").into_bytes()),
        ("/e/", &[form], event.as_bytes().to_vec()),
        ("/batch", &[], format!(r#"{{"token":"demo","batch":[{event}]}}"#).into_bytes()),
    ] {
        let bench = bench();
        let answer = bench.request("POST", path, headers, body.clone()).await;
        let text = String::from_utf8_lossy(&body);
        assert_eq!(
            (answer.status.as_u16(), &answer.body),
            (200, &json!({"status": 1})),
            "{path} {headers:?} {text}: {}",
            answer.text
        );
        assert_eq!(bench.stored().iter().map(super::shown).collect::<Vec<_>>(), expected, "{path} {text}");
    }
    let bench = bench();
    let answer = bench.request("GET", &format!("/e/?data={base64}&ip=1"), &[], "").await;
    assert_eq!((answer.status.as_u16(), bench.stored().len()), (200, 1), "{}", answer.text);
}

#[tokio::test]
async fn what_servers_send() {
    let bench = bench();
    let body = r#"{"api_key":"demo","batch":[
        {"event":"signup","properties":{"plan":"pro","$lib":"posthog-node","$is_server":true,"$geoip_disable":true,"$ip":"203.0.113.9"},"timestamp":"2026-11-20T10:00:00.000Z","uuid":"1","distinct_id":"u1"},
        {"event":"$identify","properties":{"$set":{"email":"a"},"$set_once":{},"$lib":"posthog-node"},"uuid":"2","distinct_id":"u1"},
        {"event":"$create_alias","properties":{"distinct_id":"u1","alias":"anon","$lib":"posthog-node"},"uuid":"3","distinct_id":"u1"},
        {"event":"anonymous","properties":{"$process_person_profile":false},"uuid":"4","distinct_id":"x1"},
        {"properties":{},"distinct_id":"u1"},
        {"event":"nobody"}],"sent_at":"2026-11-20T10:00:10.000Z"}"#;
    let expected = [
        json!({"name": "signup", "id": "1", "user": "u1", "properties": {"plan": "pro", "$lib": "posthog-node"}}),
        json!({"name": "identify", "id": "2", "user": "u1", "interactive": false, "properties": {"email": "a", "$lib": "posthog-node"}}),
        json!({"name": "alias", "id": "3", "user": "u1", "anonymous": "anon", "interactive": false, "properties": {"$lib": "posthog-node"}}),
        json!({"name": "anonymous", "id": "4", "anonymous": "x1"}),
    ];
    stores(&bench, "/batch/", &["user-agent: posthog-node/5"], body, &expected.map(demo)).await;
    let first = bench.stored().remove(0);
    assert_eq!(first.received_at.as_millis() - first.timestamp.as_millis(), 10_000);
    assert!(first.sender_address && first.sender_agent);
    let answer = bench.request("POST", "/batch/", &[], body.replace("demo", "write")).await;
    assert_eq!(answer.status, 200);
    let with_key = bench.stored().remove(4);
    assert_eq!(with_key.address.unwrap().to_string(), "203.0.113.9");
    assert!(!with_key.sender_address && with_key.sender_agent);
}

#[tokio::test]
async fn people_without_events() {
    let bench = bench();
    let body = r#"[{"$token":"demo","$distinct_id":"u1","$set":{"plan":"pro"}}]"#;
    let expected =
        demo(json!({"name": "$set", "user": "u1", "interactive": false, "properties": {"plan": "pro"}}));
    stores(&bench, "/engage/", &[], body, &[expected]).await;
}

#[tokio::test]
async fn times() {
    let bench = bench();
    let now = millrace_event::Timestamp::now().as_millis();
    for (query, fields) in [
        ("", r#""offset":10000"#.to_owned()),
        ("", r#""timestamp":"2026-11-20T10:00:00Z","sent_at":"2026-11-20T10:00:10Z""#.to_owned()),
        ("?_=1795168810000", r#""timestamp":"2026-11-20T10:00:00Z""#.to_owned()),
        ("", format!(r#""timestamp":{}"#, now - 10_000)),
    ] {
        let body = format!(r#"{{"event":"x","distinct_id":"u","api_key":"demo",{fields}}}"#);
        let answer = bench.request("POST", &format!("/e/{query}"), &[], body).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let event = bench.stored().pop().unwrap();
        let age = event.received_at.as_millis() - event.timestamp.as_millis();
        assert!((10_000..15_000).contains(&age), "{query} {fields}: {age}");
    }
}

#[tokio::test]
async fn ids_are_cut_and_refusals_are_texts() {
    let bench = bench();
    let body = format!(r#"{{"event":"x","distinct_id":"{}","api_key":"demo"}}"#, "u".repeat(500));
    assert_eq!(bench.request("POST", "/e/", &[], body).await.status, 200);
    assert_eq!(bench.stored().remove(0).user_id.unwrap().len(), 200);
    for (body, status) in [
        ("", 400),
        ("{", 400),
        (r#"{"event":"x","api_key":"demo"}"#, 400),
        (r#"{"event":"x","distinct_id":"u"}"#, 401),
        (r#"{"event":"x","distinct_id":"u","api_key":"nosuch"}"#, 401),
        (r#"{"api_key":"nosuch","batch":[{"event":"x","distinct_id":"u"},{}]}"#, 401),
    ] {
        let answer = bench.request("POST", "/e/", &[], body).await;
        assert_eq!(answer.status, status, "{body}");
        assert!(answer.body.is_null() && !answer.text.is_empty(), "{body}: {}", answer.text);
    }
}

#[tokio::test]
async fn recordings_are_forgotten() {
    let bench = bench();
    let snapshot =
        r#"{"event":"$snapshot","distinct_id":"u","api_key":"demo","properties":{"$snapshot_data":[]}}"#;
    for path in ["/s/", "/e/"] {
        let answer = bench.request("POST", path, &[], snapshot).await;
        assert_eq!((answer.status.as_u16(), &answer.body), (200, &json!({"status": 1})), "{path}");
    }
    assert_eq!(bench.stored().len(), 0);
}

#[tokio::test]
async fn what_clients_read() {
    let bench = bench();
    let answer = bench.request("GET", "/array/demo/config", &["origin: https://shop.test"], "").await;
    assert_eq!((answer.status.as_u16(), &answer.body["sessionRecording"]), (200, &json!(false)));
    assert_eq!(answer.headers["access-control-allow-origin"], "https://shop.test");
    let answer = bench.request("GET", "/array/demo/config.js", &[], "").await;
    assert!(answer.text.contains(r#"window._POSTHOG_REMOTE_CONFIG["demo"]"#), "{}", answer.text);
    assert_eq!(answer.headers["content-type"], "text/javascript; charset=utf-8");
    for path in ["/array/nosuch/config", "/array/%22%29%3Balert(1)/config.js", "/array/demo/array.js"] {
        assert_eq!(bench.request("GET", path, &[], "").await.status, 404, "{path}");
    }
    for (method, path) in [("POST", "/flags/?v=2"), ("GET", "/flags"), ("POST", "/decide/?v=3")] {
        let answer = bench.request(method, path, &[], "{}").await;
        assert_eq!((answer.status.as_u16(), &answer.body["flags"]), (200, &json!({})), "{method} {path}");
    }
}
