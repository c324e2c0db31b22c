//! What consumers of Plausible's Stats API, version 2, send and read: the shapes of the examples in its public
//! documentation (<https://plausible.io/docs/stats-api#examples>), those that need no imported data.

use serde_json::{Value, json};

use super::{QUERY, app, ask};

/// Each example's question, without its site.
fn questions() -> Vec<(&'static str, Value)> {
    let days = json!(["2025-11-10", "2025-11-14"]);
    vec![
        ("aggregate", json!({"metrics": ["visitors", "pageviews", "bounce_rate"], "date_range": "7d"})),
        ("custom date range", json!({"metrics": ["visits", "pageviews"], "date_range": days})),
        (
            "country and city",
            json!({"metrics": ["visitors"], "date_range": "all", "dimensions": ["visit:country_name", "visit:city_name"],
                   "filters": [["is_not", "visit:country_name", [""]]]}),
        ),
        (
            "campaigns",
            json!({"metrics": ["visitors", "events", "pageviews"], "date_range": "7d",
                   "dimensions": ["visit:utm_medium", "visit:utm_source"],
                   "filters": [["is_not", "visit:utm_medium", ["none"]]]}),
        ),
        (
            "filters",
            json!({"metrics": ["visitors"], "date_range": "7d", "dimensions": ["visit:city"],
                   "filters": [["or", [["is", "visit:country_name", ["Germany"]], ["contains", "event:page", ["/"]]]]]}),
        ),
        (
            "any case",
            json!({"metrics": ["visitors"], "date_range": "7d", "dimensions": ["event:page"],
                   "filters": [["contains", "event:page", ["PRICING"], {"case_sensitive": false}]]}),
        ),
        (
            "series",
            json!({"metrics": ["visitors", "events"], "date_range": "7d", "dimensions": ["time"],
                   "filters": [["is", "visit:os", ["GNU/Linux", "(not set)"]]]}),
        ),
        (
            "labels",
            json!({"metrics": ["visitors"], "date_range": ["2025-11-14", "2025-11-14"], "dimensions": ["time:hour"],
                   "include": {"time_labels": true}}),
        ),
        (
            "properties",
            json!({"metrics": ["visitors", "percentage"], "date_range": "7d",
                   "dimensions": ["event:props:author", "event:page"], "order_by": [["visitors", "desc"]]}),
        ),
        (
            "pages of rows",
            json!({"metrics": ["visitors"], "date_range": "7d", "dimensions": ["event:page"],
                   "include": {"total_rows": true}, "pagination": {"limit": 1, "offset": 1}}),
        ),
        (
            "behaviour",
            json!({"metrics": ["visitors", "events"], "date_range": "7d",
                   "filters": [["is", "event:name", ["signup"]], ["has_done", ["is", "event:page", ["/pricing"]]]]}),
        ),
    ]
}

#[tokio::test]
async fn every_example_has_the_shape_that_its_readers_expect() {
    let app = app().await;
    for (name, mut body) in questions() {
        body["site_id"] = json!("demo");
        let answer = ask(&app, QUERY, body.clone()).await;
        let lengths = ["metrics", "dimensions"].map(|key| body[key].as_array().map_or(0, Vec::len));
        for row in answer["results"].as_array().expect(name) {
            let found = ["metrics", "dimensions"].map(|key| row[key].as_array().expect(name).len());
            assert_eq!(found, lengths, "{name}: {row}");
            assert!(row["dimensions"].as_array().expect(name).iter().all(Value::is_string), "{name}: {row}");
        }
        assert!(answer["meta"].is_object(), "{name}");
        for key in
            ["site_id", "metrics", "date_range", "filters", "dimensions", "order_by", "include", "pagination"]
        {
            assert!(!answer["query"][key].is_null(), "{name}: {key}: {}", answer["query"]);
        }
        assert_eq!(answer["query"]["date_range"].as_array().map(Vec::len), Some(2), "{name}");
    }
}

#[tokio::test]
async fn their_numbers_are_those_of_the_events() {
    let app = app().await;
    let mut answers = std::collections::BTreeMap::new();
    for (name, mut body) in questions() {
        body["site_id"] = json!("demo");
        answers.insert(name, ask(&app, QUERY, body).await);
    }
    let results = |name: &str| answers[name]["results"].clone();
    // Three visits: two of several interactive events, one of a single page.
    assert_eq!(results("aggregate"), json!([{"metrics": [3, 5, 33], "dimensions": []}]));
    assert_eq!(results("custom date range"), json!([{"metrics": [3, 5], "dimensions": []}]));
    assert_eq!(results("country and city"), json!([]), "no event says where it was");
    assert_eq!(results("any case"), json!([{"metrics": [2], "dimensions": ["/pricing"]}]));
    assert_eq!(
        results("series"),
        json!([
            {"metrics": [1, 1], "dimensions": ["2025-11-13"]},
            {"metrics": [2, 5], "dimensions": ["2025-11-14"]},
        ])
    );
    assert_eq!(results("labels"), json!([{"metrics": [2], "dimensions": ["2025-11-14 09:00:00"]}]));
    let labels = answers["labels"]["meta"]["time_labels"].as_array().cloned().unwrap_or_default();
    assert_eq!((labels.len(), &labels[0]), (24, &json!("2025-11-14 00:00:00")));
    assert_eq!(results("pages of rows"), json!([{"metrics": [2], "dimensions": ["/pricing"]}]));
    assert_eq!(answers["pages of rows"]["meta"]["total_rows"], 2);
    assert_eq!(results("behaviour"), json!([{"metrics": [1, 1], "dimensions": []}]));
}
