//! Questions that are wrong, and stores that do not answer.

use serde_json::{Value, json};

use super::{ACTIVITY, ENGAGEMENT, FUNNELS, JOURNEYS, QUERY, RETENTION, app, week};

#[tokio::test]
async fn a_wrong_question_says_where_and_what_is_allowed() {
    let app = app().await;
    let none = json!({"filters": []});
    let two = json!([none, none]);
    let cases: Vec<(&str, Value, &str, &str)> = vec![
        (QUERY, week(json!({})), "metrics", "metrics is missing"),
        (QUERY, week(json!({"metrics": ["x"]})), "metrics", "allowed are visitors"),
        (QUERY, week(json!({"metrics": ["visits"], "x": 1})), "body", "has the unknown key \"x\""),
        (QUERY, week(json!({"metrics": ["scroll_depth"]})), "metrics", "add event:page"),
        (QUERY, json!({"site_id": "demo", "metrics": ["visits"]}), "date_range", "is missing"),
        (QUERY, week(json!({"metrics": ["visits"], "filters": [["is", "segment", [7]]]})), "filters", "none"),
        (FUNNELS, week(json!({})), "steps", "write 2 to 10"),
        (FUNNELS, week(json!({"steps": [none]})), "steps", "it must have 2 to 10"),
        (FUNNELS, week(json!({"steps": [none, {}]})), "steps", "steps[1].filters is missing"),
        (
            FUNNELS,
            week(json!({"steps": [none, {"filters": [["is", "x", [1]]]}]})),
            "steps",
            "steps[1].filters[0][1]",
        ),
        (FUNNELS, week(json!({"steps": two, "order": "x"})), "order", "allowed are loose, strict"),
        (FUNNELS, week(json!({"steps": two, "window": "0s"})), "window", "1 second to 366 days"),
        (FUNNELS, week(json!({"steps": two, "window": "7 days"})), "window", "write 30m"),
        (FUNNELS, week(json!({"steps": two, "window": "99999999999999999999d"})), "window", "366 days"),
        (
            FUNNELS,
            week(json!({"steps": two, "breakdown": {}})),
            "breakdown",
            "breakdown.dimension is missing",
        ),
        (
            FUNNELS,
            week(json!({"steps": two, "breakdown": {"dimension": "event:goal"}})),
            "breakdown",
            "cannot be event:goal",
        ),
        (
            FUNNELS,
            week(json!({"steps": two, "people": {"step": 1, "state": "dropped"}})),
            "people",
            "whole number from 2 to 2",
        ),
        (
            FUNNELS,
            week(json!({"steps": two, "people": {"step": 3, "state": "converted"}})),
            "people",
            "whole number from 1 to 2",
        ),
        (
            FUNNELS,
            week(json!({"steps": two, "people": {"step": 1, "state": "x"}})),
            "people",
            "dropped, converted",
        ),
        (FUNNELS, week(json!({"steps": two, "interval": "day"})), "body", "unknown key \"interval\""),
        (RETENTION, week(json!({"interval": "hour"})), "interval", "allowed are day, week, month"),
        (RETENTION, week(json!({"start": []})), "start", "not an object"),
        (RETENTION, week(json!({"again": {"filter": []}})), "again", "allowed are filters"),
        (
            RETENTION,
            json!({"site_id": "demo", "interval": "day", "date_range": ["2020-01-01", "2025-01-01"]}),
            "date_range",
            "more than 400",
        ),
        (JOURNEYS, week(json!({"anchor": {}})), "anchor", "allowed are page, event, filters"),
        (JOURNEYS, week(json!({"anchor": {"page": "/", "event": "x"}})), "anchor", "must have one key"),
        (JOURNEYS, week(json!({"steps": 11})), "steps", "from 1 to 10"),
        (JOURNEYS, week(json!({"branches": 0})), "branches", "from 1 to 20"),
        (JOURNEYS, week(json!({"direction": "up"})), "direction", "allowed are after, before"),
        (ACTIVITY, week(json!({"metric": "bounce_rate"})), "metric", "cannot be added up"),
        (ACTIVITY, week(json!({"metric": 1})), "metric", "not a text"),
        (ENGAGEMENT, week(json!({"metric": "events"})), "body", "allowed are site_id, date_range, filters"),
        (ENGAGEMENT, week(json!({"filters": {}})), "filters", "not a list"),
        (ENGAGEMENT, json!({"site_id": 1}), "site_id", "site_id is a number, not a text"),
        (ENGAGEMENT, json!([]), "", ""),
    ];
    for (path, body, field, message) in cases {
        let answer = app.ask("POST", path, "a", &body.to_string()).await;
        let field = if field.is_empty() { "body" } else { field };
        let expected = (400, "query_invalid".to_owned(), Some(field.to_owned()));
        assert_eq!(answer.error(), expected, "{path} {body}: {}", answer.text());
        assert!(answer.message().contains(message), "{path} {body}: {}", answer.message());
    }
}

#[tokio::test]
async fn what_is_no_question_is_refused_by_every_route() {
    let app = app().await;
    for path in [QUERY, FUNNELS, RETENTION, JOURNEYS, ACTIVITY, ENGAGEMENT] {
        for (body, status, code) in [
            ("{\"site_id\":\"demo\"", 400, "query_invalid"),
            ("{\"site_id\":\"nowhere\"}", 404, "site_unknown"),
            ("{\"site_id\":\"\"}", 400, "site_missing"),
            ("{}", 400, "site_missing"),
            ("", 400, "site_missing"),
            (&" ".repeat(2 << 20), 413, "body_too_large"),
        ] {
            let (found, word, _) = app.ask("POST", path, "", body).await.error();
            assert_eq!((found, word.as_str()), (status, code), "{path} {}", body.trim());
        }
        let deep = format!("{{\"site_id\":\"demo\",\"filters\":{}", "[".repeat(100_000));
        assert_eq!(app.ask("POST", path, "", &deep).await.error().1, "query_invalid", "{path}");
        let answer = app.ask("POST", &format!("{path}?format=xml"), "", "{\"site_id\":\"demo\"}").await;
        assert_eq!(answer.error(), (400, "format_invalid".to_owned(), Some("format".to_owned())));
    }
}

#[tokio::test]
async fn patterns_are_bounded_over_all_of_a_request() {
    let app = app().await;
    let patterns = |count: usize| json!([["matches", "event:page", vec!["x"; count]]]);
    let steps = json!([{"filters": patterns(30)}, {"filters": patterns(30)}]);
    let answer = app.ask("POST", FUNNELS, "", &week(json!({"steps": steps})).to_string()).await;
    assert!(answer.message().contains("50 patterns are the most"), "{}", answer.text());
    for name in ["A", "B"] {
        let segment = json!({"name": name, "filters": patterns(30)}).to_string();
        assert_eq!(app.ask("POST", "/api/v1/sites/demo/segments", "a", &segment).await.status, 201);
    }
    let named = |names: Value| week(json!({"filters": [["is", "segment", names]]})).to_string();
    assert_eq!(app.ask("POST", ENGAGEMENT, "", &named(json!(["A"]))).await.status, 200);
    let answer = app.ask("POST", ENGAGEMENT, "", &named(json!(["A", 2]))).await;
    assert!(answer.message().contains("more than 50 patterns"), "{}", answer.text());
}

#[tokio::test]
async fn a_segment_whose_goal_is_gone_says_so() {
    let app = app().await;
    let goal = r#"{"name":"Sign-up","kind":"event","event":"signup"}"#;
    assert_eq!(app.ask("POST", "/api/v1/sites/demo/goals", "a", goal).await.status, 201);
    let segment = r#"{"name":"Buyers","filters":[["is","event:goal",["Sign-up"]]]}"#;
    assert_eq!(app.ask("POST", "/api/v1/sites/demo/segments", "a", segment).await.status, 201);
    assert_eq!(app.ask("DELETE", "/api/v1/sites/demo/goals/1", "a", "").await.status, 204);
    let body = week(json!({"filters": [["is", "segment", [1]]]})).to_string();
    let answer = app.ask("POST", ENGAGEMENT, "", &body).await;
    assert_eq!(answer.error(), (400, "query_invalid".to_owned(), Some("filters".to_owned())));
    assert!(answer.message().contains("the segment 1 (Buyers) cannot be used"), "{}", answer.text());
    let other = week(json!({"filters": [["is", "event:page", ["/"]]]})).to_string();
    assert_eq!(app.ask("POST", ENGAGEMENT, "", &other).await.status, 200, "others are not touched");
}
