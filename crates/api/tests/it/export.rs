//! Events as files.

use std::sync::Arc;
use std::time::Duration;

use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal128Type, Float64Type, TimestampMillisecondType, UInt32Type};
use axum::body::Body;
use bytestring::ByteString;
use http::Request;
use http_body_util::BodyExt;
use millrace_catalog::key::KeyKind::{Admin, Read, Write};
use millrace_catalog::memory::site;
use millrace_event::page::Page;
use millrace_event::payload::{Context, Repairs, Trust, read};
use millrace_event::{Event, EventId, MadeId, Revenue, Screen, SessionId, Timestamp, Utm, VisitorId};
use millrace_store::memory::MemoryStore;
use millrace_store::{EventBatch, EventStore};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::reading::{After, Reading};
use crate::support::{Answer, App, Setup, at, named, view, view_of};

/// An event with everything, and one with as little as there may be.
fn events() -> Vec<Event> {
    let full = Event {
        received_at: at("2025-11-14T10:00:01Z"),
        user_id: Some("u1".into()),
        anonymous_id: Some("a1".into()),
        client_session_id: Some("s1".into()),
        host: Some("shop.example".into()),
        path: Some("/pricing".into()),
        title: Some("Prices, \"all\"".into()),
        referrer: Some("https://news.example/a?b=c".into()),
        source: Some("news.example".into()),
        utm: Utm {
            source: Some("a b".into()),
            medium: Some("c&d".into()),
            campaign: Some("ä".into()),
            content: None,
            term: Some("+".into()),
        },
        element: Some("=HYPERLINK(\"x\")".into()),
        language: Some("de-DE".into()),
        duration_ms: Some(1_250),
        revenue: Some(Revenue { micros: -9_990_000, currency: "EUR".parse().expect("a currency") }),
        screen: Some(Screen { width: 1_920, height: 1_080 }),
        scroll_depth: Some(80),
        interactive: false,
        properties: ByteString::from_static(r#"{"plan":"pro","n":1.50,"text":"two\r\nlines"}"#),
        ..named("purchase", "2025-11-14T10:00:00.250Z")
    };
    let plain = Event {
        id: EventId::Made(MadeId { process: 1, count: 2 }),
        visitor: VisitorId(7),
        session: SessionId(0xb7),
        ..view_of("/", 7, "2025-11-14T10:01:00Z")
    };
    vec![full, plain]
}

fn keyed(mut setup: Setup) -> App {
    setup.sites.push(site("shop"));
    setup.keys = vec![("w", "demo", Write), ("r", "demo", Read), ("a", "demo", Admin), ("s", "shop", Read)];
    setup.app()
}

async fn export(app: &App, query: &str) -> Answer {
    app.ask("GET", &format!("/api/v1/export/events?site_id=demo&{query}"), "r", "").await
}

#[tokio::test]
async fn lines_are_taken_back_as_they_were() {
    let app = keyed(Setup::demo(events()).await);
    let answer = export(&app, "date_range=day").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.header("content-type"), Some("application/x-ndjson"));
    let name = "attachment; filename=\"demo-events-2025-11-14-2025-11-14.ndjson\"";
    assert_eq!(answer.header("content-disposition"), Some(name));
    assert!(answer.text().ends_with('\n'));
    let lines: Vec<_> = answer.text().lines().collect();
    assert_eq!(lines.len(), 2);
    let now = at("2025-11-15T00:00:00Z");
    let context = Context::of_made(now, Trust { secret_key: true }, true);
    for (line, event) in lines.iter().zip(events()) {
        let taken = read(line, &context, &mut Repairs::default()).expect("an event");
        assert_eq!(taken.site_id, None, "it may go to another site");
        assert_eq!(taken.event_id.as_deref(), Some(&*event.id.to_string()));
        assert_eq!(taken.name, &*event.name);
        assert_eq!(taken.timestamp, Some(event.timestamp));
        assert_eq!(taken.user_id.as_deref(), event.user_id.as_deref());
        assert_eq!(taken.referrer.as_deref(), event.referrer.as_deref());
        assert_eq!(taken.title.as_deref(), event.title.as_deref());
        assert_eq!(taken.language.as_deref(), event.language.as_deref());
        assert_eq!(taken.element.as_deref(), event.element.as_deref());
        assert_eq!(taken.duration_ms, event.duration_ms);
        assert_eq!(taken.revenue, event.revenue);
        assert_eq!(taken.screen, event.screen);
        assert_eq!(taken.scroll_depth, event.scroll_depth);
        assert_eq!(taken.interactive, Some(event.interactive));
        assert_eq!(taken.properties, &*event.properties);
        assert!(taken.vouched, "no robot");
        let page = Page::take_apart(taken.url.as_deref().expect("a page"));
        assert_eq!(page.host.as_deref(), event.host.as_deref());
        assert_eq!(Some(&*page.path), event.path.as_deref());
        assert_eq!(page.utm_source.as_deref(), event.utm.source.as_deref());
        assert_eq!(page.utm_medium.as_deref(), event.utm.medium.as_deref());
        assert_eq!(page.utm_campaign.as_deref(), event.utm.campaign.as_deref());
        assert_eq!(page.utm_content.as_deref(), None);
        assert_eq!(page.utm_term.as_deref(), event.utm.term.as_deref());
    }
    let ids = |line: &str| {
        let taken = read(line, &context, &mut Repairs::default()).expect("an event");
        (taken.anonymous_id.map(String::from), taken.session_id.map(String::from))
    };
    assert_eq!(ids(lines[0]), (Some("a1".to_owned()), Some("s1".to_owned())));
    // Who had no id at all, and no session of the client's, stays apart from others by the numbers.
    let numbers = ("0000000000000007".to_owned(), "00000000000000b7".to_owned());
    assert_eq!(ids(lines[1]), (Some(numbers.0), Some(numbers.1)));
}

#[tokio::test]
async fn a_line_is_never_too_long_to_be_taken_back() {
    let properties = format!(r#"{{"text":"{}"}}"#, "x".repeat(32_768 - 400));
    let mut event = view("2025-11-14T10:00:00Z");
    event.properties = properties.into();
    event.place.city = Some("y".repeat(200).into());
    let app = keyed(Setup::demo(vec![event]).await);
    let answer = export(&app, "date_range=day").await;
    let line = answer.text().trim_end();
    let context = Context::of_made(at("2025-11-15T00:00:00Z"), Trust::default(), false);
    assert!(!line.contains("\"city\""));
    assert!(read(line, &context, &mut Repairs::default()).is_ok());
}

#[tokio::test]
async fn tables_have_every_column_and_no_formula() {
    let app = keyed(Setup::demo(events()).await);
    let answer = export(&app, "from=2025-11-14&to=2025-11-15&format=csv").await;
    assert_eq!(answer.header("content-type"), Some("text/csv; charset=utf-8; header=present"));
    let name = "attachment; filename=\"demo-events-2025-11-14-2025-11-15.csv\"";
    assert_eq!(answer.header("content-disposition"), Some(name));
    insta::assert_snapshot!("export.csv", answer.text().replace("\r\n", "<CRLF>\n"));
    let none = export(&app, "date_range=2024-01-01,2024-01-02&format=csv").await;
    assert_eq!(none.text().lines().count(), 1, "only the names");
}

#[tokio::test]
async fn parquet_has_typed_columns() {
    let mut many = events();
    let first = at("2025-11-14T10:02:00Z");
    many.extend((0..5_000).map(|number| Event {
        timestamp: first.plus_millis(number),
        properties: format!("{{\"n\":{number}}}").into(),
        ..view("2025-11-14T10:02:00Z")
    }));
    let app = keyed(Setup::demo(many).await);
    let answer = export(&app, "date_range=all&format=parquet").await;
    assert_eq!(answer.header("content-type"), Some("application/vnd.apache.parquet"));
    let name = "attachment; filename=\"demo-events-2025-11-14-2025-11-14.parquet\"";
    assert_eq!(answer.header("content-disposition"), Some(name));
    let file = ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(answer.body)).expect("a file");
    let schema: Vec<_> = file.schema().fields().iter().map(|field| format!("{field}")).collect();
    insta::assert_snapshot!("export.parquet", schema.join("\n"));
    let batches: Vec<_> = file.build().expect("a reader").map(|batch| batch.expect("rows")).collect();
    assert_eq!(batches.iter().map(arrow_array::RecordBatch::num_rows).sum::<usize>(), 5_002);
    let column = |name: &str| batches[0].column_by_name(name).expect("a column");
    let times = column("timestamp").as_primitive::<TimestampMillisecondType>();
    assert_eq!(times.value(0), at("2025-11-14T10:00:00.250Z").as_millis());
    assert_eq!(column("name").as_string::<i32>().value(0), "purchase");
    assert_eq!(column("duration").as_primitive::<Float64Type>().value(0), 1.25);
    assert_eq!(column("revenue_amount").as_primitive::<Decimal128Type>().value(0), -9_990_000);
    assert_eq!(column("screen_width").as_primitive::<UInt32Type>().value(0), 1_920);
    assert!(column("screen_width").is_null(1));
    let empty = export(&app, "date_range=2024-01-01,2024-01-02&format=parquet").await;
    let file = ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::from(empty.body)).expect("a file");
    assert_eq!(file.build().expect("a reader").count(), 0);
}

#[tokio::test]
async fn filters_choose_events() {
    let app = keyed(Setup::demo(events()).await);
    let filters = "filters=%5B%5B%22is%22,%22event:name%22,%5B%22purchase%22%5D%5D%5D";
    assert_eq!(export(&app, &format!("date_range=day&{filters}")).await.text().lines().count(), 1);
    for (query, code, field) in [
        ("filters=x", "filters_invalid", "filters"),
        ("filters=5", "query_invalid", "filters"),
        ("format=xlsx", "format_invalid", "format"),
        ("date_range=8d", "query_invalid", "date_range"),
        ("from=2025-11-14", "date_range_invalid", "to"),
        ("to=2025-11-14", "date_range_invalid", "from"),
        ("from=2025-11-14&to=2025-11-15&date_range=7d", "date_range_invalid", "date_range"),
        ("from=2025-11-14&to=2025-11-13", "query_invalid", "date_range"),
    ] {
        let answer = export(&app, query).await;
        assert_eq!(answer.error(), (400, code.to_owned(), Some(field.to_owned())), "{query}");
    }
}

#[tokio::test]
async fn it_needs_a_key_that_reads_also_on_a_public_site() {
    let app = keyed(Setup::demo(events()).await);
    for (key, status, code) in [
        ("", 401, "key_missing"),
        ("x", 401, "key_unknown"),
        ("w", 401, "key_cannot_read"),
        ("s", 401, "key_of_another_site"),
    ] {
        let answer = app.ask("GET", "/api/v1/export/events?site_id=demo", key, "").await;
        assert_eq!((answer.status.as_u16(), answer.error().1), (status, code.to_owned()), "{key}");
    }
    for key in ["r", "a"] {
        assert_eq!(app.ask("GET", "/api/v1/export/events", key, "").await.status, 200, "{key}");
    }
}

async fn reading(after: After, events: Vec<Event>) -> App {
    let store = MemoryStore::default();
    store.insert(&EventBatch { events, ..EventBatch::default() }).await.expect("stored");
    let mut setup = Setup::demo(Vec::new()).await;
    setup.store = Arc::new(Reading { store, after, sql: None });
    keyed(setup)
}

fn request() -> Request<Body> {
    let request = Request::get("/api/v1/export/events?site_id=demo&date_range=day").header("x-api-key", "r");
    request.body(Body::empty()).expect("a request")
}

#[tokio::test]
async fn a_failure_in_the_middle_breaks_the_connection() {
    let app = reading(After::Failure, events()).await;
    let response = app.open(request()).await;
    assert_eq!(response.status(), 200);
    let mut body = response.into_body();
    let piece = body.frame().await.expect("a piece").expect("bytes").into_data().expect("bytes");
    assert_eq!(piece.iter().filter(|byte| **byte == b'\n').count(), 2);
    assert!(body.frame().await.expect("no end").is_err(), "the end is an error");
    // A store that fails at once has a status of its own.
    let app = reading(After::Failure, Vec::new()).await;
    assert_eq!(export(&app, "date_range=day").await.error().0, 500);
}

#[tokio::test(start_paused = true)]
async fn a_store_that_stands_still_ends_it_and_two_run_at_once() {
    let app = reading(After::Silence, events()).await;
    let (first, second) = (app.open(request()).await, app.open(request()).await);
    assert_eq!((first.status(), second.status()), (http::StatusCode::OK, http::StatusCode::OK));
    let third = export(&app, "date_range=day").await;
    assert_eq!(third.error(), (429, "export_busy".to_owned(), None));
    assert_eq!(third.header("retry-after"), Some("5"));
    // Nothing comes for 30 seconds: the body fails, and the turn is free again.
    assert!(first.into_body().collect().await.is_err());
    assert_eq!(app.open(request()).await.status(), 200);
}

#[tokio::test(start_paused = true)]
async fn a_caller_who_takes_nothing_or_goes_away_gives_the_turn_back() {
    let many = (0..1_000).map(|second| Event {
        timestamp: Timestamp::from_millis(at("2025-11-14T09:00:00Z").as_millis() + second),
        ..view("2025-11-14T09:00:00Z")
    });
    let app = Arc::new(reading(After::Silence, many.collect()).await);
    let (first, second) = (app.open(request()).await, app.open(request()).await);
    assert_eq!(export(&app, "date_range=day").await.error().0, 429);
    drop(first);
    let mut attempts = 0;
    let third = loop {
        let answer = app.open(request()).await;
        if answer.status() == 200 {
            break answer;
        }
        attempts += 1;
        assert!(attempts < 100, "the turn comes back");
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    // Nobody takes what these have written. Later both turns are free, and what they wrote ends with an error.
    tokio::time::sleep(Duration::from_secs(61)).await;
    let (fourth, fifth) = (app.open(request()).await, app.open(request()).await);
    assert_eq!((fourth.status(), fifth.status()), (http::StatusCode::OK, http::StatusCode::OK));
    for held in [second, third] {
        assert!(held.into_body().collect().await.is_err());
    }
}
