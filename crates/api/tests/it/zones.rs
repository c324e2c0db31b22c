//! Days and hours as the site's clock has them.

use jiff::tz::TimeZone;
use millrace_catalog::memory::site;
use millrace_event::Timestamp;

use crate::support::{App, Setup, at, view};

async fn app(zone: &str, clock: fn() -> Timestamp, events: &[&str]) -> App {
    let mut setup = Setup::demo(events.iter().map(|instant| view(instant)).collect()).await;
    setup.sites = vec![millrace_catalog::Site { timezone: TimeZone::get(zone).unwrap(), ..site("demo") }];
    setup.clock = clock;
    setup.app()
}

async fn points(app: &App, range: &str) -> Vec<(String, u64)> {
    let body = app.json(&format!("/analytics/timeseries?range={range}")).await;
    let data = body["result"]["data"].as_array().unwrap();
    data.iter()
        .map(|point| (point["time"].as_str().unwrap().to_owned(), point["count"].as_u64().unwrap()))
        .collect()
}

#[tokio::test]
async fn kathmandu_starts_its_hours_at_a_quarter() {
    let app = app(
        "Asia/Kathmandu",
        || at("2025-11-14T10:07:00Z"),
        &["2025-11-14T09:14:59Z", "2025-11-14T09:15:00Z", "2025-11-13T18:15:00Z", "2025-11-13T18:14:59Z"],
    )
    .await;
    let hours = points(&app, "24h").await;
    assert_eq!(hours.len(), 24);
    assert_eq!(hours[23], ("2025-11-14T09:15:00Z".to_owned(), 1));
    assert_eq!(hours[22], ("2025-11-14T08:15:00Z".to_owned(), 1));
    let days = points(&app, "7d").await;
    assert_eq!(days[6], ("2025-11-13T18:15:00Z".to_owned(), 3));
    assert_eq!(days[5], ("2025-11-12T18:15:00Z".to_owned(), 1));
    assert_eq!(app.json("/stats?date=2025-11-14").await["total_views"], 3);
    assert_eq!(app.json("/stats?date=2025-11-13").await["total_views"], 1);
    assert_eq!(app.json("/metrics/hourly").await["buckets"][23]["timestamp"], "2025-11-14T09:15:00Z");
}

#[tokio::test]
async fn a_day_of_25_hours_is_one_day_and_25_hours() {
    // Clocks in Berlin went back at 2025-10-26T01:00:00Z.
    let app = app(
        "Europe/Berlin",
        || at("2025-10-26T22:30:00Z"),
        &["2025-10-25T22:00:00Z", "2025-10-26T00:30:00Z", "2025-10-26T01:30:00Z", "2025-10-26T22:15:00Z"],
    )
    .await;
    let days = points(&app, "7d").await;
    assert_eq!(days[6], ("2025-10-25T22:00:00Z".to_owned(), 4));
    assert_eq!(days[5], ("2025-10-24T22:00:00Z".to_owned(), 0));
    let hours = points(&app, "24h").await;
    assert_eq!(
        (hours.len(), hours[0].0.as_str(), hours[23].0.as_str()),
        (24, "2025-10-25T23:00:00Z", "2025-10-26T22:00:00Z")
    );
    // The hour from two to three happened twice.
    assert_eq!(hours[1], ("2025-10-26T00:00:00Z".to_owned(), 1));
    assert_eq!(hours[2], ("2025-10-26T01:00:00Z".to_owned(), 1));
    assert_eq!(app.json("/stats?date=2025-10-26").await["total_views"], 4);
}

#[tokio::test]
async fn a_day_of_23_hours_and_one_that_never_was() {
    // Clocks in Berlin went forward at 2025-03-30T01:00:00Z.
    let berlin = app(
        "Europe/Berlin",
        || at("2025-03-31T12:00:00Z"),
        &["2025-03-29T23:00:00Z", "2025-03-30T21:59:59.999Z", "2025-03-30T22:00:00Z"],
    )
    .await;
    let days = points(&berlin, "7d").await;
    assert_eq!(days[5], ("2025-03-29T23:00:00Z".to_owned(), 2));
    assert_eq!(days[6], ("2025-03-30T22:00:00Z".to_owned(), 1));
    // Samoa had no 30 December 2011.
    let apia =
        app("Pacific/Apia", || at("2012-01-01T00:00:00Z"), &["2011-12-30T09:59:00Z", "2011-12-30T10:00:00Z"])
            .await;
    for (date, views) in [("2011-12-29", 1), ("2011-12-31", 1)] {
        assert_eq!(apia.json(&format!("/stats?date={date}")).await["total_views"], views, "{date}");
    }
    let missing = apia.get("/stats?date=2011-12-30").await;
    assert!(missing.status.is_success() || missing.status.is_client_error(), "{}", missing.text());
    assert_eq!(points(&apia, "7d").await.len(), 7);
}
