//! Questions that are JSON.

mod csv;
mod kept;
mod others;
mod stats_api;
mod wrong;

use millrace_api::cache::Answers;
use millrace_catalog::Site;
use millrace_catalog::key::KeyKind::{Admin, Read, Write};
use millrace_catalog::memory::site;
use millrace_event::{Event, Revenue, SessionId};
use serde_json::{Value, json};

use crate::support::{App, Setup, view, view_of};

const QUERY: &str = "/api/v2/query";
const FUNNELS: &str = "/api/v1/funnels/query";
const RETENTION: &str = "/api/v1/retention/query";
const JOURNEYS: &str = "/api/v1/journeys/query";
const ACTIVITY: &str = "/api/v1/activity/query";
const ENGAGEMENT: &str = "/api/v1/engagement/query";

/// A view of a path by a visitor with a session of their own.
fn seen(path: &str, visitor: u64, instant: &str) -> Event {
    Event { session: SessionId(visitor), ..view_of(path, visitor, instant) }
}

/// An event of another name by a visitor.
fn done(name: &str, visitor: u64, instant: &str) -> Event {
    Event { name: name.into(), path: None, ..seen("/", visitor, instant) }
}

/// Three visitors: 1 sees two pages and signs up, 2 sees both pages, 3 sees one, the day before.
fn events() -> Vec<Event> {
    vec![
        seen("/", 1, "2025-11-14T09:00:00Z"),
        seen("/pricing", 1, "2025-11-14T09:01:00Z"),
        done("signup", 1, "2025-11-14T09:01:30.500Z"),
        seen("/", 2, "2025-11-14T09:10:00Z"),
        seen("/pricing", 2, "2025-11-14T09:12:00Z"),
        seen("/", 3, "2025-11-13T09:00:00Z"),
    ]
}

/// The same on `demo`, which is public; `shop` is not.
async fn app_with(events: Vec<Event>, cache: Option<Answers>) -> App {
    let mut setup = Setup::demo(events).await;
    setup.sites = vec![site("demo"), Site { public: false, ..site("shop") }];
    setup.keys = vec![("a", "demo", Admin), ("s", "shop", Read), ("w", "shop", Write)];
    if let Some(cache) = cache {
        setup.cache = cache;
    }
    setup.app()
}

async fn app() -> App {
    app_with(events(), None).await
}

/// The answer to a question that is right.
async fn ask(app: &App, path: &str, body: Value) -> Value {
    let answer = app.ask("POST", path, "", &body.to_string()).await;
    assert_eq!(answer.status, 200, "{path} {body}: {}", answer.text());
    answer.json()
}

/// `rest` with the site and a week.
fn week(rest: Value) -> Value {
    let mut body = json!({"site_id": "demo", "date_range": "7d"});
    body.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    body
}

#[tokio::test]
async fn metrics_by_dimensions_with_the_question_as_it_was_answered() {
    let app = app().await;
    let body = week(json!({
        "metrics": ["visitors", "pageviews"], "dimensions": ["event:page"],
        "include": {"total_rows": true}, "pagination": {"limit": 1},
    }));
    assert_eq!(
        ask(&app, QUERY, body).await,
        json!({
            "cached": false,
            "results": [{"metrics": [3, 3], "dimensions": ["/"]}],
            "meta": {"total_rows": 2, "as_of": "2025-11-14T10:07:33+00:00"},
            "query": {
                "site_id": "demo", "metrics": ["visitors", "pageviews"],
                "date_range": ["2025-11-08T00:00:00+00:00", "2025-11-14T23:59:59+00:00"],
                "dimensions": ["event:page"], "filters": [], "order_by": [["visitors", "desc"]],
                "include": {"total_rows": true}, "pagination": {"limit": 1, "offset": 0},
            },
        })
    );
    let all = json!({"site_id": "demo", "metrics": ["events"], "date_range": "all", "dimensions": ["time:day"],
                     "include": {"time_labels": true}});
    let all = ask(&app, QUERY, all).await;
    assert_eq!(all["meta"]["time_labels"], json!(["2025-11-13", "2025-11-14"]));
    assert_eq!(all["results"][1], json!({"metrics": [5], "dimensions": ["2025-11-14"]}));
    assert_eq!(all["query"]["date_range"][0], "2025-11-13T00:00:00+00:00");
}

#[tokio::test]
async fn comparisons_stand_beside_their_rows() {
    let app = app().await;
    let body = json!({
        "site_id": "demo", "metrics": ["visitors", "events"], "date_range": "day",
        "dimensions": ["event:page"], "include": {"comparisons": {"mode": "previous_period"}},
    });
    let answer = ask(&app, QUERY, body).await;
    assert_eq!(
        answer["results"],
        json!([
            {"metrics": [2, 2], "dimensions": ["/"],
             "comparison": {"metrics": [1, 1], "dimensions": ["/"], "change": [100, 100]}},
            {"metrics": [2, 2], "dimensions": ["/pricing"],
             "comparison": {"metrics": [0, 0], "dimensions": ["/pricing"], "change": [100, 100]}},
        ])
    );
    let range = json!(["2025-11-13T00:00:00+00:00", "2025-11-13T23:59:59+00:00"]);
    assert_eq!(answer["meta"]["comparison_date_range"], range);
}

#[tokio::test]
async fn rates_are_of_all_visitors() {
    let app = app().await;
    let goal = r#"{"name":"Sign-up","kind":"event","event":"signup"}"#;
    assert_eq!(app.ask("POST", "/api/v1/sites/demo/goals", "a", goal).await.status, 201);
    let body = week(json!({
        "metrics": ["visitors", "conversion_rate", "group_conversion_rate"], "dimensions": ["event:goal"],
        "include": {"comparisons": {"mode": "previous_period"}},
    }));
    let answer = ask(&app, QUERY, body).await;
    assert_eq!(answer["results"][0]["metrics"], json!([1, 33.33, 33.33]));
    assert_eq!(answer["results"][0]["dimensions"], json!(["Sign-up"]));
    let body = week(json!({"metrics": ["percentage"], "dimensions": ["event:page"]}));
    let answer = ask(&app, QUERY, body).await;
    assert_eq!(answer["results"][1], json!({"metrics": [66.67], "dimensions": ["/pricing"]}));
}

#[tokio::test]
async fn goals_and_segments_are_filters_of_every_report() {
    let app = app().await;
    let goal = r#"{"name":"Sign-up","kind":"event","event":"signup"}"#;
    assert_eq!(app.ask("POST", "/api/v1/sites/demo/goals", "a", goal).await.status, 201);
    let segment = r#"{"name":"Buyers","filters":[["has_done",["is","event:goal",["Sign-up"]]]]}"#;
    assert_eq!(app.ask("POST", "/api/v1/sites/demo/segments", "a", segment).await.status, 201);
    for segment in [json!(1), json!("1"), json!("Buyers")] {
        let filters = json!([["is", "segment", [segment]]]);
        let answer =
            ask(&app, QUERY, week(json!({"metrics": ["visitors", "pageviews"], "filters": filters}))).await;
        assert_eq!(answer["results"][0]["metrics"], json!([1, 2]), "{filters}");
        assert_eq!(answer["query"]["filters"], filters);
        let answer = ask(&app, ENGAGEMENT, week(json!({"filters": filters}))).await;
        assert_eq!(answer["days"][6]["daily"], 1);
        let steps = json!([{"filters": filters}, {"filters": [["is", "event:page", ["/pricing"]]]}]);
        let answer = ask(&app, FUNNELS, week(json!({"steps": steps}))).await;
        assert_eq!(answer["steps"][0]["visitors"], 1);
    }
    let filters = json!([["is_not", "segment", [1]], ["is", "event:page", ["/"]]]);
    let answer = ask(&app, QUERY, week(json!({"metrics": ["visitors"], "filters": filters}))).await;
    assert_eq!(answer["results"][0]["metrics"], json!([2]));
}

#[tokio::test]
async fn a_segment_may_have_any_name() {
    let app = app().await;
    for (name, value) in [("true", json!(true)), ("1.5", json!(1.5)), ("segment", json!("segment"))] {
        let segment = json!({"name": name, "filters": [["is", "event:page", ["/pricing"]]]}).to_string();
        assert_eq!(app.ask("POST", "/api/v1/sites/demo/segments", "a", &segment).await.status, 201);
        let filters = json!([["is", "segment", [value]]]);
        let answer = ask(&app, QUERY, week(json!({"metrics": ["events"], "filters": filters}))).await;
        assert_eq!(answer["results"][0]["metrics"], json!([2]), "{name}");
    }
}

#[tokio::test]
async fn amounts_of_several_currencies_are_null_and_it_is_said_why() {
    let paid = |micros: i64, currency: &str, instant: &str| Event {
        revenue: Some(Revenue { micros, currency: currency.parse().unwrap() }),
        ..view(instant)
    };
    let one = vec![paid(1_500_000, "EUR", "2025-11-14T09:00:00Z")];
    let app = app_with(one.clone(), None).await;
    let body = week(json!({"metrics": ["total_revenue", "visitors"]}));
    let answer = ask(&app, QUERY, body.clone()).await;
    let amount = json!({"value": 1.5, "currency": "EUR", "short": "€1.50", "long": "€1.50"});
    assert_eq!(answer["results"][0]["metrics"], json!([amount, 1]));
    assert_eq!(answer["meta"].get("metric_warnings"), None);

    let app = app_with([one, vec![paid(1, "USD", "2025-11-14T09:01:00Z")]].concat(), None).await;
    let answer = ask(&app, QUERY, body).await;
    assert_eq!(answer["results"][0]["metrics"], json!([null, 1]));
    let warnings = answer["meta"]["metric_warnings"].as_object().unwrap();
    assert_eq!(warnings.len(), 1);
    assert_eq!(warnings["total_revenue"]["code"], "several_currencies");
}

#[tokio::test]
async fn what_looks_hostile_is_a_text_like_any_other() {
    for text in ["' OR 1=1 --", "\"; DROP TABLE events; --", "%", "_", "\\", "*", "a\nb", "{}", "../../etc"] {
        let mut events = events();
        events.push(seen(text, 9, "2025-11-14T09:30:00Z"));
        let app = app_with(events, None).await;
        for operator in ["is", "contains"] {
            let filters = json!([[operator, "event:page", [text]]]);
            let answer = ask(&app, QUERY, week(json!({"metrics": ["events"], "filters": filters}))).await;
            assert_eq!(answer["results"][0]["metrics"], json!([1]), "{operator} {text}");
        }
        let body = week(json!({"anchor": {"page": text}}));
        assert_eq!(ask(&app, JOURNEYS, body).await["start"]["sessions"], 1, "{text}");
    }
}

#[tokio::test]
async fn a_private_site_answers_its_own_keys_alone() {
    let app = app().await;
    for path in [QUERY, FUNNELS, RETENTION, JOURNEYS, ACTIVITY, ENGAGEMENT] {
        let steps = json!([{"filters": []}, {"filters": []}]);
        let mut body = json!({"site_id": "shop", "date_range": "7d"});
        match path {
            QUERY => body["metrics"] = json!(["visitors"]),
            FUNNELS => body["steps"] = steps,
            _ => {}
        }
        for (key, status, code) in [
            ("", 401, "key_missing"),
            ("nonsense", 401, "key_unknown"),
            ("a", 401, "key_of_another_site"),
            ("w", 401, "key_cannot_read"),
        ] {
            // Who may not read the site hears nothing of what is wrong with their question either.
            for body in
                [body.to_string(), r#"{"site_id":"shop","filters":[["is","segment",[1]]]}"#.to_owned()]
            {
                for format in ["", "?format=xml"] {
                    let path = format!("{path}{format}");
                    let (found, word, _) = app.ask("POST", &path, key, &body).await.error();
                    assert_eq!((found, word.as_str()), (status, code), "{path} {key}");
                }
            }
        }
        assert_eq!(app.ask("POST", path, "s", &body.to_string()).await.status, 200, "{path}");
        body.as_object_mut().unwrap().remove("site_id");
        assert_eq!(app.ask("POST", path, "s", &body.to_string()).await.status, 200, "{path}: the key's site");
        assert_eq!(app.ask("POST", path, "", &body.to_string()).await.error().1, "site_missing", "{path}");
        assert_eq!(app.get(path).await.error().1, "method_not_allowed", "{path}");
    }
}
