//! Funnels, retention, journeys, activity, engagement.

use jiff::tz::TimeZone;
use millrace_catalog::Site;
use millrace_catalog::memory::site;
use serde_json::{Value, json};

use super::{ACTIVITY, ENGAGEMENT, FUNNELS, JOURNEYS, QUERY, RETENTION, app, app_with, ask, seen, week};
use crate::support::Setup;

fn two_steps() -> Value {
    json!([
        {"name": "Pricing", "filters": [["is", "event:page", ["/pricing"]]]},
        {"filters": [["is", "event:name", ["signup"]]]},
    ])
}

#[tokio::test]
async fn a_funnel_has_steps_groups_and_people() {
    let app = app().await;
    let body = week(json!({
        "steps": two_steps(), "breakdown": {"dimension": "event:page", "limit": 1},
        "people": {"step": 2, "state": "dropped"},
    }));
    let steps = json!([
        {"name": "Pricing", "visitors": 2, "of_first": 100.0, "of_previous": 100.0, "dropped": 0,
         "dropped_rate": 0.0, "median_seconds": null},
        {"name": "Step 2", "visitors": 1, "of_first": 50.0, "of_previous": 50.0, "dropped": 1,
         "dropped_rate": 50.0, "median_seconds": 30.5},
    ]);
    let expected = json!({
        "cached": false,
        "date_range": ["2025-11-08T00:00:00+00:00", "2025-11-14T23:59:59+00:00"],
        "conversion_rate": 50.0,
        "steps": steps,
        "groups": [{"value": "/pricing", "steps": steps}],
        "other": null,
        "people": [{"visitor": "0000000000000002", "step": 1, "at": "2025-11-14T09:12:00Z"}],
        "approximate": false,
    });
    assert_eq!(ask(&app, FUNNELS, body.clone()).await, expected);
    let mut converted = body;
    converted["people"]["state"] = json!("converted");
    let people = json!([{"visitor": "0000000000000001", "step": 2, "at": "2025-11-14T09:01:30.500Z"}]);
    assert_eq!(ask(&app, FUNNELS, converted).await["people"], people);
}

#[tokio::test]
async fn a_funnel_keeps_to_its_window_and_order() {
    let app = app().await;
    let steps = json!([
        {"filters": [["is", "event:page", ["/"]]]}, {"filters": [["is", "event:name", ["signup"]]]},
    ]);
    for (rest, reached) in [
        (json!({}), 1),
        (json!({"window": "2m"}), 1),
        (json!({"window": 91}), 1),
        (json!({"window": "90s"}), 0),
        (json!({"window": "1h", "order": "loose"}), 1),
        (json!({"order": "strict"}), 0),
        (json!({"date_range": "all"}), 1),
    ] {
        let mut body = week(json!({"steps": steps}));
        body.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        assert_eq!(ask(&app, FUNNELS, body).await["steps"][1]["visitors"], reached, "{rest}");
    }
}

#[tokio::test]
async fn retention_has_cohorts_and_their_sums() {
    let app = app_with(
        vec![
            seen("/", 1, "2025-11-12T09:00:00Z"),
            seen("/", 1, "2025-11-14T09:00:00Z"),
            seen("/", 2, "2025-11-12T10:00:00Z"),
            seen("/", 3, "2025-11-13T10:00:00Z"),
        ],
        None,
    )
    .await;
    let all = json!({
        "cohorts": [
            {"start": "2025-11-12", "visitors": 2, "returned": [
                {"visitors": 2, "of": 2, "rate": 100.0}, {"visitors": 0, "of": 2, "rate": 0.0},
                {"visitors": 1, "of": 2, "rate": 50.0},
            ]},
            {"start": "2025-11-13", "visitors": 1, "returned": [
                {"visitors": 1, "of": 1, "rate": 100.0}, {"visitors": 0, "of": 1, "rate": 0.0},
            ]},
            {"start": "2025-11-14", "visitors": 0, "returned": [{"visitors": 0, "of": 0, "rate": null}]},
        ],
        "sums": [
            {"visitors": 3, "of": 3, "rate": 100.0}, {"visitors": 0, "of": 3, "rate": 0.0},
            {"visitors": 1, "of": 2, "rate": 50.0},
        ],
    });
    for range in [json!("all"), json!(["2025-11-12", "2025-11-30"])] {
        let body = json!({"site_id": "demo", "date_range": range, "interval": "day",
                          "breakdown": {"dimension": "event:page"}});
        let mut answer = ask(&app, RETENTION, body).await;
        answer.as_object_mut().unwrap().remove("date_range");
        assert_eq!(
            answer,
            json!({"cached": false, "interval": "day", "all": all, "other": null, "approximate": false,
                   "groups": [{"value": "/", "table": all}]})
        );
    }
    let never = json!({"filters": [["is", "event:name", ["purchase"]]]});
    let body = week(json!({"interval": "day", "start": never}));
    assert_eq!(ask(&app, RETENTION, body).await["all"]["sums"][0]["of"], 0);
    let body = week(json!({"again": never}));
    let answer = ask(&app, RETENTION, body).await;
    assert_eq!((&answer["interval"], &answer["all"]["sums"][0]["of"]), (&json!("week"), &json!(3)));
    assert_eq!(answer["all"]["sums"][0]["visitors"], 0);
}

#[tokio::test]
async fn journeys_go_on_from_an_anchor_or_back() {
    let app = app().await;
    let answer = ask(&app, JOURNEYS, week(json!({"anchor": {"page": "/"}, "steps": 1}))).await;
    assert_eq!(
        answer,
        json!({
            "cached": false,
            "date_range": ["2025-11-08T00:00:00+00:00", "2025-11-14T23:59:59+00:00"],
            "start": {"name": null, "sessions": 3, "other": 0, "ended": 1, "branches": [
                {"name": "/pricing", "sessions": 2, "other": 0, "ended": 2, "branches": []},
            ]},
            "approximate": false,
        })
    );
    for (rest, name, sessions) in [
        (json!({}), "/", 3),
        (json!({"direction": "before", "anchor": {"event": "signup"}}), "/pricing", 1),
        (json!({"of": "events", "direction": "before", "anchor": {"event": "signup"}}), "/pricing", 1),
        (json!({"of": "events", "anchor": {"page": "/pricing"}}), "signup", 1),
        (json!({"anchor": {"filters": [["is", "event:page", ["/"]]]}}), "/pricing", 2),
        (json!({"direction": "before"}), "/pricing", 2),
    ] {
        let branch = &ask(&app, JOURNEYS, week(rest.clone())).await["start"]["branches"][0];
        assert_eq!((&branch["name"], &branch["sessions"]), (&json!(name), &json!(sessions)), "{rest}");
    }
}

#[tokio::test]
async fn activity_has_a_cell_for_each_hour_of_the_week() {
    let app = app().await;
    let answer = ask(&app, ACTIVITY, week(json!({"metric": "visitors"}))).await;
    assert_eq!((&answer["metric"], &answer["cached"]), (&json!("visitors"), &json!(false)));
    let days = answer["week"].as_array().unwrap();
    assert_eq!((days.len(), days[4]["hours"].as_array().unwrap().len()), (7, 24));
    assert_eq!(days[4]["day"], "friday");
    assert_eq!(days[4]["hours"][9], json!({"hour": 9, "sum": 2.0, "mean": 2.0, "hours": 1}));
    assert_eq!(
        days[4]["hours"][23],
        json!({"hour": 23, "sum": 0.0, "mean": null, "hours": 0}),
        "it is to come"
    );
    let everything = ask(&app, ACTIVITY, json!({"site_id": "demo", "date_range": "all"})).await;
    assert_eq!(everything["week"][4]["hours"][9]["sum"], 5.0);
}

#[tokio::test]
async fn engagement_has_every_day() {
    let app = app().await;
    let answer = ask(&app, ENGAGEMENT, json!({"site_id": "demo", "date_range": "all"})).await;
    assert_eq!(
        answer,
        json!({
            "cached": false,
            "date_range": ["2025-11-13T00:00:00+00:00", "2025-11-14T23:59:59+00:00"],
            "days": [
                {"date": "2025-11-13", "daily": 1, "weekly": 1, "monthly": 1, "stickiness": 100.0},
                {"date": "2025-11-14", "daily": 2, "weekly": 3, "monthly": 3, "stickiness": 66.67},
            ],
        })
    );
}

#[tokio::test]
async fn days_and_hours_are_those_of_the_sites_clock() {
    // In Kathmandu it is a quarter to the next day.
    let mut setup = Setup::demo(vec![seen("/", 1, "2025-11-13T18:20:00Z")]).await;
    let timezone = TimeZone::get("Asia/Kathmandu").unwrap();
    setup.sites = vec![Site { timezone, ..site("demo") }];
    let app = setup.app();
    let body = |range: &str| json!({"date_range": range, "interval": "day"});
    let day = |value: &Value| value.as_array().unwrap().last().unwrap().clone();
    let answer = ask(&app, RETENTION, body("7d")).await;
    let cohort = day(&answer["all"]["cohorts"]);
    assert_eq!((&cohort["start"], &cohort["visitors"]), (&json!("2025-11-14"), &json!(1)));
    assert_eq!(answer["date_range"][1], "2025-11-14T23:59:59+05:45");
    let answer = ask(&app, ENGAGEMENT, json!({"date_range": "7d"})).await;
    assert_eq!(day(&answer["days"])["daily"], 1);
    let answer = ask(&app, ACTIVITY, json!({"date_range": "7d"})).await;
    assert_eq!(answer["week"][4]["hours"][0]["sum"], 1.0);
    let body = json!({"metrics": ["events"], "date_range": "7d", "dimensions": ["time:hour"]});
    let answer = ask(&app, QUERY, body).await;
    assert_eq!(answer["results"], json!([{"metrics": [1], "dimensions": ["2025-11-14 00:00:00"]}]));
    assert_eq!(answer["meta"]["as_of"], "2025-11-14T15:52:33+05:45");
}
