//! Rows 45 to 56: what well-formed events say.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::{count, event, get, of_demo, post, refused, run, settle, total};
use crate::support::{Server, recent};

#[test]
fn semantics_names_and_times() {
    let server = Server::start();
    let bad = |number, what, fields: &str, code| refused(number, what, of_demo(fields), 400, code);
    let long = |chars: usize| format!(r#""name":"{}""#, "n".repeat(chars));
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
    let at = |seconds: u64| format!(r#""timestamp":{seconds}"#);
    run(
        &server,
        &[
            refused(45, "no name", r#"{"site_id":"demo","event_id":"$ID"}"#, 400, "name_missing"),
            bad(45, "an empty name", r#""name":"""#, "name_missing"),
            bad(45, "a name of 201", &long(201), "name_too_long"),
            bad(46, "a control character", r#""name":"a\u0007b""#, "name_invalid"),
            event(46, "right to left", r#""name":"a\u202eb""#).stores("/event_type", "a\u{202e}b"),
            event(46, "an emoji", r#""name":"🚀""#).stores("/event_type", "🚀"),
            event(46, "a homoglyph", r#""name":"раypal""#).stores("/event_type", "раypal"),
            refused(
                47,
                "an id of 101",
                with_event_id(&format!("\"{}\"", "i".repeat(101))),
                400,
                "event_id_too_long",
            ),
            refused(47, "an id that is a number", with_event_id("5"), 400, "event_id_invalid"),
            refused(47, "an empty id", with_event_id("\"\""), 400, "event_id_invalid"),
            bad(49, "0", r#""timestamp":0"#, "timestamp_out_of_range"),
            bad(49, "negative", r#""timestamp":-5"#, "timestamp_out_of_range"),
            bad(49, "year 0", r#""timestamp":"0000-01-01T00:00:00Z""#, "timestamp_out_of_range"),
            bad(49, "year 9999", r#""timestamp":"9999-12-31T23:59:59Z""#, "timestamp_out_of_range"),
            bad(49, "year 275760", r#""timestamp":"+275760-09-13T00:00:00Z""#, "timestamp_invalid"),
            bad(49, "year 2299", r#""timestamp":"2299-01-01T00:00:00Z""#, "timestamp_out_of_range"),
            bad(49, "nanoseconds", r#""timestamp":1795168800000000000"#, "timestamp_out_of_range"),
            bad(49, "30 February", r#""timestamp":"2026-02-30T00:00:00Z""#, "timestamp_invalid"),
            event(49, "no zone", r#""timestamp":"2026-02-20T10:00:00""#)
                .stores("/timestamp", "2026-02-20T10:00:00Z"),
            event(49, "a leap second", r#""timestamp":"2025-12-31T23:59:60Z""#)
                .stores("/timestamp", "2025-12-31T23:59:59Z"),
            bad(49, "a year ahead", &at(now + 365 * 86_400), "timestamp_out_of_range"),
            bad(49, "ten years past", &at(now - 11 * 365 * 86_400), "timestamp_out_of_range"),
        ],
    );
    // 50: a clock that is a day and an hour ahead; the event was an hour before it was sent.
    let ahead = now + 90_000;
    let skewed =
        of_demo(&format!(r#""timestamp":{},"sent_at":{ahead}"#, ahead - 3_600)).replace("$ID", "skewed");
    assert_eq!(post(&server, &[], skewed.as_bytes()).status, 202, "row 50");
    settle(&server);
    let latest = recent(&server, 1_000);
    let events = latest["events"].as_array().expect("events");
    let skewed = events.iter().find(|event| event["event_id"] == "skewed").expect("row 50: stored");
    let stored: jiff::Timestamp = skewed["timestamp"].as_str().expect("a text").parse().expect("RFC 3339");
    let off = stored.as_second() - (now as i64 - 3_600);
    assert!(off.abs() < 60, "row 50: off by {off} s");
}

#[test]
fn semantics_ids_count_once() {
    let server = Server::start();
    // 47: none of the client's: the server makes one.
    let made = post(&server, &[], br#"{"site_id":"demo","name":"x"}"#);
    let made: serde_json::Value = serde_json::from_slice(&made.body).expect("JSON");
    let made = made["event_id"].as_str().expect("row 47: an id was made").to_owned();
    settle(&server);
    assert_eq!(count(&server, &made), 1, "row 47");
    let before = total(&server);
    // 47: in a batch, again, and at the same time; an id of 100 characters and of any form.
    let id = format!("{}\u{1F680}' OR 1", "i".repeat(90));
    let one = of_demo("").replace("$ID", &id);
    post(&server, &[], format!("[{one},{one}]").as_bytes());
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| assert_eq!(post(&server, &[], one.as_bytes()).status, 202, "row 47"));
        }
    });
    settle(&server);
    assert_eq!(count(&server, &id), 1, "row 47: counted once");
    assert_eq!(total(&server), before + 2, "row 47: it, and the event of `settle`");
    // 48: another site has its own ids.
    add_site(&server, "other");
    let theirs = one.replace(r#""site_id":"demo""#, r#""site_id":"other""#);
    let until = Instant::now() + Duration::from_secs(10);
    while post(&server, &[], theirs.as_bytes()).status != 202 {
        assert!(Instant::now() < until, "row 48: a new site is known within seconds");
        std::thread::sleep(Duration::from_millis(100));
    }
    settle(&server);
    let other = server.get_json("/analytics/recent?site_id=other&limit=10");
    assert_eq!(
        other["events"].as_array().map(Vec::len),
        Some(1),
        "row 48: counted on the other site as well"
    );
    assert_eq!(count(&server, &id), 1, "row 48");
}

#[test]
fn semantics_texts() {
    let server = Server::start();
    let page = |number, what, url: &str, stored: &str| {
        event(number, what, &format!(r#""url":"{url}""#)).stores("/page_url", stored)
    };
    let long = format!("/{}", "l".repeat(8_000));
    let mut rows = vec![
        page(51, "javascript:", "javascript:alert(1)", "javascript:alert(1)"),
        page(51, "data:", "data:text/html,x", "data:text/html,x"),
        page(51, "8 KB", &long, &long[..2_048]),
        page(51, "userinfo", "https://me:secret@example.com/in", "/in"),
        page(51, "IDN", "https://bücher.example/buch", "/buch"),
        page(51, "IPv6", "http://[::1]:8080/six", "/six"),
        page(51, "no host", "https:///x", "https:///x"),
        page(51, "%00", "/%00", "/%00"),
        page(51, "only a fragment", "#top", "#top"),
        event(52, "its own referrer", r#""url":"https://a.example/x","referrer":"https://a.example/""#)
            .stores("/page_url", "/x"),
        event(52, "a huge referrer", &format!(r#""referrer":"https://b.example/{long}""#))
            .stores("/event_type", "x"),
        event(52, "a broken referrer", r#""referrer":"not a url""#).stores("/event_type", "x"),
        event(54, "screen -1", r#""screen":-1"#).stores("/event_type", "x"),
        event(54, "screen 1e9", r#""screen":1e9"#).stores("/event_type", "x"),
        event(54, "screen wide", r#""screen":"wide""#).stores("/event_type", "x"),
    ];
    for lead in [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "=HYPERLINK(1)",
        "@SUM(1)",
        "+1",
        "\ttab",
        "\rreturn",
    ] {
        let json = serde_json::to_string(lead).expect("JSON");
        let fields = format!(
            r#""user_id":{json},"session_id":{json},"element":{json},"title":{json},"properties":{{"a":{json}}}"#
        );
        let row = event(55, lead, &fields).stores("/user_id", lead).stores("/session_id", lead);
        rows.push(row.stores("/metadata/a", lead));
    }
    rows.push(event(55, "a name that is a tag", r#""name":"<script>""#).stores("/event_type", "<script>"));
    // 53: 7 KB fit into the head; a larger head is row 10.
    let long = "a".repeat(7_000);
    for agent in
        ["", &long, &"Mozilla/5.0 ((((((((((".repeat(200), "Googlebot/2.1 (+http://www.google.com/bot.html)"]
    {
        rows.push(event(53, "a user agent", "").header(&format!("User-Agent: {agent}")));
    }
    let started = Instant::now();
    run(&server, &rows);
    assert!(started.elapsed() < Duration::from_secs(20), "row 53: {:?} for all of it", started.elapsed());
}

#[test]
fn semantics_sql_is_text() {
    let server = Server::start();
    let texts = ["/' OR 1=1--", r"/\'", "/{x:String}", "/$.a') --", "/%_", "/(a+)+$"];
    for text in texts {
        let json = serde_json::to_string(text).expect("JSON");
        let fields = format!(r#""name":"pageview","url":{json},"properties":{{"k":{json}}}"#);
        let body = of_demo(&fields).replace(r#","event_id":"$ID""#, "");
        for _ in 0..2 {
            assert_eq!(post(&server, &[], body.as_bytes()).status, 202, "row 56: {text}");
        }
    }
    settle(&server);
    let pages = server.get_json("/analytics/top-pages?site_id=demo");
    let pages = pages["pages"].as_array().expect("pages");
    for text in texts {
        let found = pages.iter().find(|page| page["page_url"] == text);
        assert_eq!(found.map(|page| &page["count"]), Some(&2.into()), "row 56: {text} in {pages:?}");
    }
    // As a site: there is none of such a name, and nothing is computed from it.
    for site in ["demo'%20OR%201=1--", "%25", "demo%00", "de_o"] {
        for path in ["/stats", "/analytics/summary", "/analytics/top-pages", "/analytics/recent"] {
            let status = get(&server, &format!("{path}?site_id={site}")).status;
            assert!((400..500).contains(&status), "row 56: {path} of site {site} answers {status}");
        }
    }
}

fn with_event_id(id: &str) -> String {
    format!(r#"{{"site_id":"demo","name":"x","event_id":{id}}}"#)
}

/// By the command line, as an operator does while the server runs.
fn add_site(server: &Server, id: &str) {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_millrace"));
    let status = command.args(["site", "add", id, "--public", "--data-dir"]).arg(server.data_dir()).status();
    assert!(status.expect("millrace runs").success(), "the site is added");
}
