//! Which questions share an answer.

use std::time::Duration;

use millrace_api::cache::{self, CacheConfig};
use serde_json::{Value, json};

use super::{ACTIVITY, ENGAGEMENT, FUNNELS, JOURNEYS, QUERY, RETENTION, app_with, events, week};
use crate::support::App;

async fn app() -> App {
    let config = CacheConfig { ttl: Duration::from_secs(60), ..CacheConfig::default() };
    app_with(events(), Some(cache::memory(config))).await
}

/// Whether the answer was kept, and what it says.
async fn asked(app: &App, path: &str, body: &str) -> (bool, Value) {
    let answer = app.ask("POST", path, "", body).await;
    assert_eq!(answer.status, 200, "{path} {body}: {}", answer.text());
    let mut value = answer.json();
    let cached = value.as_object_mut().unwrap().remove("cached").unwrap();
    (cached.as_bool().unwrap(), value)
}

#[tokio::test]
async fn equal_questions_share_an_answer_in_whatever_form() {
    let app = app().await;
    let none = json!({"filters": []});
    for (path, rest) in [
        (QUERY, json!({"metrics": ["visitors"]})),
        (QUERY, json!({"metrics": ["visitors"], "date_range": "realtime"})),
        (FUNNELS, json!({"steps": [none, none]})),
        (RETENTION, json!({})),
        (JOURNEYS, json!({})),
        (ACTIVITY, json!({})),
        (ENGAGEMENT, json!({})),
    ] {
        let body = week(rest);
        let (cached, first) = asked(&app, path, &body.to_string()).await;
        assert!(!cached, "{path}");
        assert_eq!(asked(&app, path, &body.to_string()).await, (true, first.clone()), "{path}");
        let spaced = serde_json::to_string_pretty(&body).unwrap();
        assert_eq!(asked(&app, path, &spaced).await, (true, first), "{path}");
        let csv = app.ask("POST", &format!("{path}?format=csv"), "", &spaced).await;
        assert_eq!(csv.status, 200, "a table is made of what is kept: {}", csv.text());
        let other = {
            let mut other = body.clone();
            other["filters"] = json!([["is", "event:page", ["/"]]]);
            other.to_string()
        };
        assert!(!asked(&app, path, &other).await.0, "{path}: another question");
    }
}

#[tokio::test]
async fn another_definition_of_a_goal_or_segment_is_another_question() {
    let app = app().await;
    let goal = |event: &str| json!({"name": "Goal", "kind": "event", "event": event}).to_string();
    let segment = |page: &str| json!({"name": "S", "filters": [["is", "event:page", [page]]]}).to_string();
    assert_eq!(app.ask("POST", "/api/v1/sites/demo/goals", "a", &goal("signup")).await.status, 201);
    assert_eq!(app.ask("POST", "/api/v1/sites/demo/segments", "a", &segment("/")).await.status, 201);
    let by_goal =
        week(json!({"metrics": ["events"], "filters": [["is", "event:goal", ["Goal"]]]})).to_string();
    let by_segment = week(json!({"metrics": ["events"], "filters": [["is", "segment", [1]]]})).to_string();
    let events = |value: &Value| value["results"][0]["metrics"][0].as_u64().unwrap();
    for (body, path, definition, before, after) in [
        (&by_goal, "/api/v1/sites/demo/goals/1", goal("pageview"), 1, 5),
        (&by_segment, "/api/v1/sites/demo/segments/1", segment("/pricing"), 3, 2),
    ] {
        let (cached, value) = asked(&app, QUERY, body).await;
        assert_eq!((cached, events(&value)), (false, before), "{body}");
        assert_eq!(asked(&app, QUERY, body).await, (true, value));
        assert_eq!(app.ask("PUT", path, "a", &definition).await.status, 200);
        let (cached, value) = asked(&app, QUERY, body).await;
        assert_eq!((cached, events(&value)), (false, after), "{body}");
    }
}

#[tokio::test]
async fn sites_share_nothing() {
    let app = app().await;
    let body = json!({"metrics": ["events"], "date_range": "7d"}).to_string();
    let of = |key: &'static str| app.ask("POST", QUERY, key, &body);
    assert_eq!(of("a").await.json()["results"][0]["metrics"], json!([6]));
    let shop = of("s").await.json();
    assert_eq!((&shop["cached"], &shop["results"][0]["metrics"]), (&json!(false), &json!([0])));
    let named = week(json!({"metrics": ["events"]})).to_string();
    assert!(asked(&app, QUERY, &named).await.0, "the site is the same, however it is named");
}
