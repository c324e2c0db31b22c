//! Wrong, odd and hostile parameters.

use crate::support::{Setup, view_of};

#[tokio::test]
async fn a_wrong_parameter_is_named_with_what_is_allowed() {
    let app = Setup::demo(Vec::new()).await.app();
    for (path, code, field, allowed) in [
        ("/analytics/timeseries?range=1y", "range_invalid", "range", "24h, 7d, 30d"),
        ("/analytics/timeseries?range=", "range_invalid", "range", "24h, 7d, 30d"),
        ("/analytics/timeseries?range=7D", "range_invalid", "range", "24h, 7d, 30d"),
        ("/stats?date=yesterday", "date_invalid", "date", "2026-11-20"),
        ("/stats?date=", "date_invalid", "date", "2026-11-20"),
        ("/stats?date=2025-02-29", "date_invalid", "date", "2026-11-20"),
        ("/stats?date=2025-1-1", "date_invalid", "date", "2026-11-20"),
        ("/stats?date=20250101", "date_invalid", "date", "2026-11-20"),
        ("/stats?date=2025-01-01T00:00:00Z", "date_invalid", "date", "2026-11-20"),
        ("/stats?date=9999-01-01", "date_invalid", "date", "2026-11-20"),
        ("/stats?date=-000001-01-01", "date_invalid", "date", "2026-11-20"),
        ("/stats?limit=0", "limit_invalid", "limit", "1 to 1000"),
        ("/analytics/top-pages?limit=1001", "limit_invalid", "limit", "1 to 1000"),
        ("/analytics/recent?limit=-1", "limit_invalid", "limit", "1 to 1000"),
        ("/events/recent?limit=ten", "limit_invalid", "limit", "1 to 1000"),
        ("/events/recent?limit=", "limit_invalid", "limit", "1 to 1000"),
        ("/events/recent?limit=%2B5", "limit_invalid", "limit", "1 to 1000"),
        ("/events/recent?limit=5.0", "limit_invalid", "limit", "1 to 1000"),
        ("/events/recent?limit=99999999999999999999999", "limit_invalid", "limit", "1 to 1000"),
        ("/events/recent?limit=1&limit=2", "parameter_repeated", "limit", "once"),
        ("/stats?site_id=demo&site_id=demo", "parameter_repeated", "site_id", "once"),
        ("/stats?date=2025-01-01&date=2025-01-01", "parameter_repeated", "date", "once"),
    ] {
        let answer = app.get(path).await;
        assert_eq!(answer.error(), (400, code.to_owned(), Some(field.to_owned())), "{path}");
        assert!(answer.message().contains(allowed), "{path}: {}", answer.message());
        assert!(answer.message().contains(field), "{path}: {}", answer.message());
    }
}

#[tokio::test]
async fn limits_at_their_ends_and_unknown_parameters_are_fine() {
    let app = Setup::demo(Vec::new()).await.app();
    for path in [
        "/events/recent?limit=1",
        "/events/recent?limit=1000",
        "/events/recent?limit=007",
        "/stats?limit=1000&date=0000-01-01",
        "/stats?date=9998-12-31",
        "/stats?date=0001-01-01&foo=bar&foo=bar&&=&%00",
        "/analytics/summary?limit=x&range=x&date=x",
        "/stats?site%5Fid=demo",
        "/stats?site_id=%64emo",
        "/metrics/realtime?",
    ] {
        assert_eq!(app.get(path).await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn whatever_comes_is_never_the_servers_fault() {
    let app = Setup::demo(vec![view_of("/ä \"\u{0}\u{202e}", 1, "2025-11-14T10:00:00Z")]).await.app();
    let long = "x".repeat(8_000);
    let values = [
        "",
        "%00",
        "%ff%fe",
        "%",
        "%zz",
        "%F0%9F%98%80",
        "..%2f..%2fetc%2fpasswd",
        "'%20OR%201=1--",
        "%3Cscript%3E",
        "null",
        "NaN",
        "-0",
        "1e3",
        "0x10",
        "+1",
        "%e2%80%ae",
        "[]",
        "{}",
        "demo%00",
        "demo%20",
        "9223372036854775808",
        "-9999-01-01",
        "%C2%A0",
        "2025-13-01",
        "9999-12-31",
        "0000-00-00",
        "%d9%a1",
        &long,
    ];
    for path in [
        "/stats",
        "/analytics/timeseries",
        "/analytics/top-pages",
        "/analytics/recent",
        "/events/recent",
        "/metrics/hourly",
    ] {
        for name in ["site_id", "limit", "date", "range", "%00", "site_id[]"] {
            for value in values {
                let answer = app.get(&format!("{path}?{name}={value}")).await;
                assert!(answer.status.as_u16() < 500, "{path} {name} {value}");
                if answer.status != 200 {
                    // One line, and never the whole of what came.
                    assert!(answer.message().len() < 400, "{}", answer.message());
                    assert!(!answer.message().contains(|c: char| c.is_control()), "{:?}", answer.message());
                }
            }
        }
    }
    // What is in an event comes out as it is, escaped by JSON alone.
    assert_eq!(app.json("/stats").await["top_paths"][0]["path"], "/ä \"\u{0}\u{202e}");
}
