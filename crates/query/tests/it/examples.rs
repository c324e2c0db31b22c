//! Requests of the shapes that the reference documents, those that need no import: each key, operator, dimension and
//! range of its examples, with values of our own.

use serde_json::{Value, json};

use crate::support::{Site, site_id};

fn requests() -> Vec<Value> {
    let ask = |metrics: &[&str], range: Value, rest: Value| {
        let mut request = json!({ "site_id": "demo", "metrics": metrics, "date_range": range });
        let object = request.as_object_mut().expect("an object");
        object.extend(rest.as_object().expect("an object").clone());
        request
    };
    let some = &["visitors", "events", "pageviews"];
    vec![
        ask(&["visitors", "events"], json!("7d"), json!({})),
        ask(&["visitors"], json!(["2026-10-01", "2026-10-15"]), json!({})),
        ask(&["visitors"], json!(["2026-10-01T12:00:00+02:00", "2026-10-01T15:59:59+02:00"]), json!({})),
        ask(
            &["visitors", "pageviews", "bounce_rate"],
            json!("7d"),
            json!({
                "filters": [["is_not", "visit:country_name", [""]]],
                "dimensions": ["visit:country_name", "visit:city_name"],
            }),
        ),
        ask(some, json!("7d"), json!({ "dimensions": ["visit:utm_medium", "visit:utm_source"] })),
        ask(
            &["visitors"],
            json!("7d"),
            json!({ "filters": [
                ["contains", "event:page", ["/help", "/plans"]],
                ["is", "visit:country_name", ["Norway", "United States of America"]],
            ] }),
        ),
        ask(
            &["visitors"],
            json!("7d"),
            json!({ "filters": [["contains", "event:page", ["news"], { "case_sensitive": false }]] }),
        ),
        ask(&["visitors", "events"], json!("7d"), json!({ "filters": [["is", "segment", [2]]] })),
        ask(
            &["visitors", "events"],
            json!("7d"),
            json!({ "filters": [["is", "visit:os", ["Linux", "Mac"]]], "dimensions": ["time:day"] }),
        ),
        ask(
            &["visitors"],
            json!("day"),
            json!({ "dimensions": ["time:hour"], "include": { "time_labels": true } }),
        ),
        ask(
            &["visitors"],
            json!("7d"),
            json!({
                "dimensions": ["time:day", "event:props:plan"],
                "order_by": [["time:day", "asc"], ["event:props:plan", "desc"]],
            }),
        ),
        ask(
            some,
            json!("7d"),
            json!({
                "dimensions": ["visit:utm_medium", "visit:utm_source"],
                "include": { "total_rows": true },
                "pagination": { "limit": 3, "offset": 1 },
            }),
        ),
        ask(&["total_revenue"], json!("all"), json!({ "dimensions": ["event:goal"] })),
        ask(
            &["total_revenue"],
            json!("all"),
            json!({ "filters": [["is", "event:goal", ["Buy A", "Buy B"]]] }),
        ),
        ask(
            &["visitors"],
            json!("all"),
            json!({ "filters": [
                ["is", "event:goal", ["Sign up"]],
                ["has_done", ["is", "event:page", ["/plans"]]],
            ] }),
        ),
        ask(
            &["visitors"],
            json!("7d"),
            json!({ "filters": [["and", [
                ["is", "visit:country", ["DE"]],
                ["or", [["is", "visit:city_name", ["Berlin"]], ["matches_not", "event:page", ["^/user/\\d+$"]]]],
            ]]] }),
        ),
        ask(
            &["visitors"],
            json!("all"),
            json!({ "dimensions": ["visit:source"], "include": { "imports": true } }),
        ),
    ]
}

#[test]
fn every_documented_shape_of_a_request_is_taken() {
    let site = Site::new("UTC");
    for request in requests() {
        let query = site.query(&request.to_string());
        assert_eq!(query.site(), &site_id(), "{request}");
        assert!(!query.metrics().is_empty());
    }
}

#[test]
fn the_echo_has_the_documented_keys_and_can_be_asked_again() {
    let site = Site::new("Europe/Berlin");
    for request in requests() {
        let read = site.parse(&request.to_string()).expect("a request");
        let query = read.check(site_id(), &site.context()).expect("a query");
        let echo = read.echo(&site_id(), &query, site.zone());
        for key in
            ["site_id", "metrics", "date_range", "filters", "dimensions", "order_by", "include", "pagination"]
        {
            assert!(echo.get(key).is_some(), "{key} is not in {echo}");
        }
        let again = site.query(&echo.to_string());
        assert_eq!((again.filter(), again.order()), (query.filter(), query.order()));
        assert_eq!(again.dimensions(), query.dimensions());
        if request["date_range"] != json!("all") {
            assert_eq!(again.period(), query.period(), "{echo}");
        }
    }
}

#[test]
fn the_echo_writes_defaults_out() {
    let site = Site::new("Europe/Berlin");
    let text = r#"{"metrics":["visits"],"date_range":"7d","dimensions":["time","visit:source"]}"#;
    let read = site.parse(text).expect("a request");
    let query = read.check(site_id(), &site.context()).expect("a query");
    assert_eq!(
        read.echo(&site_id(), &query, site.zone()),
        json!({
            "site_id": "demo",
            "metrics": ["visits"],
            "date_range": ["2026-11-12T00:00:00+01:00", "2026-11-18T23:59:59+01:00"],
            "filters": [],
            "dimensions": ["time:day", "visit:source"],
            "order_by": [["time:day", "asc"]],
            "include": {},
            "pagination": { "offset": 0, "limit": 10000 },
        })
    );
    let all = site.parse(r#"{"metrics":["visits"],"date_range":"all"}"#).expect("a request");
    let query = all.check(site_id(), &site.context()).expect("a query");
    let shown = json!(["2024-02-10T00:00:00+01:00", "2026-11-18T23:59:59+01:00"]);
    assert_eq!(all.echo(&site_id(), &query, site.zone())["date_range"], shown);
}
