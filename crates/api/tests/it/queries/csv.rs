//! Answers as tables.

use axum::body::Body;
use http::Request;
use serde_json::{Value, json};

use super::{ACTIVITY, ENGAGEMENT, FUNNELS, JOURNEYS, QUERY, RETENTION, app, app_with, events, seen, week};
use crate::support::App;

async fn table(app: &App, path: &str, body: Value) -> String {
    let answer = app.ask("POST", &format!("{path}?format=csv"), "", &body.to_string()).await;
    assert_eq!(answer.status, 200, "{path} {body}: {}", answer.text());
    assert_eq!(answer.header("content-type"), Some("text/csv; charset=utf-8; header=present"));
    answer.text().to_owned()
}

#[tokio::test]
async fn texts_are_quoted_and_no_formula() {
    let mut events = events();
    for (visitor, path) in [(10, "=1+1"), (11, "+x"), (12, "-x"), (13, "@x"), (14, "a\"b,c"), (15, "-1")] {
        events.push(seen(path, visitor, "2025-11-14T08:00:00Z"));
    }
    let app = app_with(events, None).await;
    let body = week(json!({
        "metrics": ["pageviews", "views_per_visit", "time_on_page"], "dimensions": ["event:page"],
        "order_by": [["event:page", "asc"]], "pagination": {"limit": 7},
    }));
    assert_eq!(
        table(&app, QUERY, body).await,
        "event:page,pageviews,views_per_visit,time_on_page\r\n\
         '+x,1,1.0,0\r\n\
         '-1,1,1.0,0\r\n\
         '-x,1,1.0,0\r\n\
         /,3,1.67,0\r\n\
         /pricing,2,2.0,0\r\n\
         '=1+1,1,1.0,0\r\n\
         '@x,1,1.0,0\r\n"
    );
}

#[tokio::test]
async fn comparisons_are_columns() {
    let app = app().await;
    let body = json!({
        "site_id": "demo", "metrics": ["visitors", "total_revenue"], "date_range": "day",
        "dimensions": ["time:day"], "include": {"comparisons": {"mode": "previous_period"}},
    });
    assert_eq!(
        table(&app, QUERY, body).await,
        "time:day,visitors,total_revenue,total_revenue_currency,comparison_time:day,comparison_visitors,\
         comparison_total_revenue,comparison_total_revenue_currency,change_visitors,change_total_revenue\r\n\
         2025-11-14,2,,,2025-11-13,1,,,100,\r\n"
    );
}

#[tokio::test]
async fn every_report_is_a_table() {
    let app = app().await;
    let steps = json!([
        {"name": "=Pricing", "filters": [["is", "event:page", ["/pricing"]]]},
        {"filters": [["is", "event:name", ["signup"]]]},
    ]);
    let breakdown = json!({"dimension": "event:page"});
    assert_eq!(
        table(&app, FUNNELS, week(json!({"steps": steps, "breakdown": breakdown}))).await,
        "breakdown,step,name,visitors,of_first,of_previous,dropped,dropped_rate,median_seconds\r\n\
         ,1,'=Pricing,2,100.0,100.0,0,0.0,\r\n\
         ,2,Step 2,1,50.0,50.0,1,50.0,30.5\r\n\
         /pricing,1,'=Pricing,2,100.0,100.0,0,0.0,\r\n\
         /pricing,2,Step 2,1,50.0,50.0,1,50.0,30.5\r\n"
    );
    let people = json!({"step": 1, "state": "converted", "limit": 1});
    assert_eq!(
        table(&app, FUNNELS, week(json!({"steps": steps, "people": people}))).await,
        "visitor,step,at\r\n0000000000000002,1,2025-11-14T09:12:00Z\r\n"
    );
    assert_eq!(
        table(&app, RETENTION, json!({"site_id": "demo", "date_range": "all", "interval": "day"})).await,
        "breakdown,cohort,visitors,offset,returned,rate\r\n\
         ,2025-11-13,1,0,1,100.0\r\n,2025-11-13,1,1,0,0.0\r\n,2025-11-14,2,0,2,100.0\r\n"
    );
    assert_eq!(
        table(&app, JOURNEYS, week(json!({"steps": 2}))).await,
        "step_1,step_2,sessions,other,ended\r\n,,3,0,0\r\n/,,3,0,1\r\n/,/pricing,2,0,2\r\n"
    );
    let activity = table(&app, ACTIVITY, week(json!({}))).await;
    assert_eq!(activity.lines().count(), 1 + 7 * 24);
    assert!(activity.starts_with("day,hour,sum,mean,hours\r\nmonday,0,0.0,0.0,1\r\n"), "{activity}");
    assert!(activity.contains("\r\nfriday,9,5.0,5.0,1\r\n"), "{activity}");
    assert_eq!(
        table(&app, ENGAGEMENT, json!({"site_id": "demo", "date_range": "day"})).await,
        "date,daily,weekly,monthly,stickiness\r\n2025-11-14,2,3,3,66.67\r\n"
    );
}

#[tokio::test]
async fn the_accept_header_asks_for_a_table_too() {
    let app = app().await;
    let body = week(json!({})).to_string();
    for (accept, kind) in [
        ("text/csv", "text/csv; charset=utf-8; header=present"),
        ("text/csv;q=0.9, text/*", "text/csv; charset=utf-8; header=present"),
        ("application/json, text/csv", "application/json"),
        ("*/*", "application/json"),
    ] {
        let request = Request::post(ENGAGEMENT).header("accept", accept).body(Body::from(body.clone()));
        let answer = app.send(request.unwrap()).await;
        assert_eq!(answer.header("content-type"), Some(kind), "{accept}");
        assert_eq!(answer.header("vary"), Some("Accept"));
        let name = "attachment; filename=\"demo-engagement.csv\"";
        let expected = kind.starts_with("text").then_some(name);
        assert_eq!(answer.header("content-disposition"), expected, "{accept}");
    }
}
