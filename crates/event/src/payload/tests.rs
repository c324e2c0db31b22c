//! Tables of events and what becomes of them.

use super::*;

const NOW: Timestamp = Timestamp::from_millis(1_795_168_800_000);

fn all(body: &str, format: Format, secret_key: bool) -> Result<Parsed<'_>, EnvelopeError> {
    parse(body, format, NOW, Trust { secret_key })
}

#[track_caller]
fn one(body: &str) -> Result<Payload<'_>, Rejection> {
    let mut parsed = all(body, Format::Json, false).unwrap_or_else(|error| panic!("{error}: {body}"));
    assert_eq!(parsed.events.len(), 1, "{body}");
    parsed.events.remove(0)
}

/// The properties that `properties` becomes.
fn flat(properties: &str) -> Result<String, &'static str> {
    let body = format!(r#"{{"name":"x","properties":{properties}}}"#);
    one(&body).map(|payload| payload.properties.into_owned()).map_err(|rejection| rejection.code)
}

#[test]
fn envelopes() {
    let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    let nested = |levels: usize| format!(r#"{{"name":"x","properties":{{"a":{}}}}}"#, deep(levels));
    let many = |events: usize| format!("[{}]", vec![r#"{"name":"x"}"#; events].join(","));
    let spaced = |event: &str, bytes: usize| format!("{event}{}", " ".repeat(bytes - event.len()));
    let single = r#"{"name":"x"}"#;
    let batch = r#"[{"name":"x"}]"#;
    for (body, expected) in [
        (single.to_owned(), Ok((Kind::Single, 1))),
        (batch.to_owned(), Ok((Kind::Batch, 1))),
        (r#"{"events":[{"name":"x"},5]}"#.to_owned(), Ok((Kind::Batch, 2))),
        (r#"{"ev\u0065nts":[{"name":"x"},5]}"#.to_owned(), Ok((Kind::Batch, 2))),
        (r#"{"events":5,"name":"x"}"#.to_owned(), Ok((Kind::Single, 1))),
        (String::new(), Err("empty_body")),
        (" \r\n\t".to_owned(), Err("empty_body")),
        ("null".to_owned(), Err("not_an_event")),
        ("5".to_owned(), Err("not_an_event")),
        ("\"x\"".to_owned(), Err("not_an_event")),
        ("[]".to_owned(), Err("empty_batch")),
        (r#"{"events":[]}"#.to_owned(), Err("empty_batch")),
        ("{".to_owned(), Err("invalid_json")),
        ("nope".to_owned(), Err("invalid_json")),
        (format!("{single}{single}"), Err("invalid_json")),
        (format!("{single}\n{single}"), Err("invalid_json")),
        (format!("{batch},"), Err("invalid_json")),
        (r#"{"name":"x","a":NaN}"#.to_owned(), Err("invalid_json")),
        (r#"{"name":"x","a":-Infinity}"#.to_owned(), Err("invalid_json")),
        ("{\"name\":\"a\u{1}b\"}".to_owned(), Err("invalid_json")),
        ("{'name':'x'}".to_owned(), Err("invalid_json")),
        (r#"{"name":"x",}"#.to_owned(), Err("invalid_json")),
        (r#"{"name":"\x"}"#.to_owned(), Err("invalid_json")),
        (r#"{"name":"\u00g0"}"#.to_owned(), Err("invalid_json")),
        (nested(126), Ok((Kind::Single, 1))),
        (nested(127), Err("too_deep")),
        (format!("[{}]", nested(125)), Ok((Kind::Batch, 1))),
        (format!("[{}]", nested(126)), Err("too_deep")),
        (format!(r#"{{"x":{},"events":{batch}}}"#, deep(128)), Err("too_deep")),
        (deep(10_000), Err("too_deep")),
        ("[".repeat(10_000), Err("too_deep")),
        (r#"{"a":"#.repeat(10_000), Err("too_deep")),
        (format!(r#"{{"name":"{}"}}"#, "[".repeat(100)), Ok((Kind::Single, 1))),
        (format!(r#"{{"name":"x","u":"{}"}}"#, "[".repeat(1000)), Ok((Kind::Single, 1))),
        (many(10_000), Ok((Kind::Batch, 10_000))),
        (many(10_001), Err("too_many_events")),
        (spaced(single, 1 << 20), Ok((Kind::Single, 1))),
        (spaced(single, (1 << 20) + 1), Err("body_too_large")),
        (spaced(batch, 20 << 20), Ok((Kind::Batch, 1))),
        (spaced(batch, (20 << 20) + 1), Err("body_too_large")),
    ] {
        let found = all(&body, Format::Json, false);
        let found = found.map(|parsed| (parsed.kind, parsed.events.len())).map_err(|error| error.code());
        assert_eq!(found, expected, "{}", cut(&body, 80).0);
    }
}

#[test]
fn utf8_only() {
    assert_eq!(utf8("\u{feff}{}".as_bytes()), Ok("{}"));
    assert_eq!(utf8("ä🚀".as_bytes()), Ok("ä🚀"));
    for bad in
        [&b"\xff\xfe{\0}\0"[..], b"{\"a\":\"\xe4\"}", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf5\x80\x80\x80"]
    {
        assert_eq!(utf8(bad).map_err(|error| error.code()), Err("invalid_utf8"), "{bad:?}");
    }
}

#[test]
fn ndjson_is_judged_line_by_line() {
    let body = "{\"name\":\"a\"}\r\n\n  \n{\"name\":\n[]\n{\"name\":\"b\"} x\n5\n{\"name\":\"c\"}";
    let parsed = all(body, Format::Ndjson, false).unwrap();
    let codes: Vec<&str> =
        parsed.events.iter().map(|e| e.as_ref().map_or_else(|e| e.code, |e| &e.name)).collect();
    assert_eq!(codes, ["a", "invalid_json", "not_an_event", "invalid_json", "not_an_event", "c"]);
    let deep = format!("{}\n{{\"name\":\"a\"}}", "[".repeat(10_000));
    assert_eq!(all(&deep, Format::Ndjson, false).unwrap().events[0].as_ref().unwrap_err().code, "too_deep");
    assert_eq!(all("\n\n", Format::Ndjson, false).unwrap_err(), EnvelopeError::EmptyBody);
}

#[test]
fn names() {
    let long = "n".repeat(120);
    let longer = "n".repeat(121);
    for (name, expected) in [
        ("PAGE_VIEW", Ok("pageview")),
        ("page_view", Ok("pageview")),
        ("View", Ok("pageview")),
        ("$pageview", Ok("pageview")),
        ("pageview", Ok("pageview")),
        ("  signup ", Ok("signup")),
        (r"\tsignup\r", Ok("signup")),
        ("🚀 l\u{202e}tr раypal", Ok("🚀 l\u{202e}tr раypal")),
        (r"\ud83d\ude80", Ok("🚀")),
        (r"a\ud83d", Ok("a\u{fffd}")),
        (r"a\u0000b", Ok("ab")),
        (&long, Ok(&long)),
        (&longer, Err("name_too_long")),
        ("", Err("name_missing")),
        ("  ", Err("name_missing")),
        (r"\u0000", Err("name_missing")),
        (r"a\u0007b", Err("name_invalid")),
        (r"a\nb", Err("name_invalid")),
        ("a\u{85}b", Err("name_invalid")),
    ] {
        let body = format!(r#"{{"name":"{name}"}}"#);
        let found = one(&body);
        let found = found.as_ref().map(|payload| &*payload.name).map_err(|rejection| rejection.code);
        assert_eq!(found, expected, "{name}");
    }
    for (body, expected) in [
        (r#"{"action":"d","event":"c","event_type":"b","name":"a"}"#, Ok("a")),
        (r#"{"event_type":"b","event":"c"}"#, Ok("b")),
        (r#"{"name":null,"event":"c"}"#, Ok("c")),
        (r#"{"name":"a","name":"z","event":"c"}"#, Ok("z")),
        (r#"{"n\u0061me":"a"}"#, Ok("a")),
        (r#"{"name":5}"#, Err("name_invalid")),
        ("{}", Err("name_missing")),
    ] {
        let found = one(body);
        let found = found.as_ref().map(|payload| &*payload.name).map_err(|rejection| rejection.code);
        assert_eq!(found, expected, "{body}");
    }
}

#[test]
fn properties() {
    let keys =
        |n: usize| format!("{{{}}}", (0..n).map(|i| format!(r#""k{i}":{i}"#)).collect::<Vec<_>>().join(","));
    for (properties, expected) in [
        (r#"{"a":"x","b":1.50,"c":true}"#, r#"{"a":"x","b":1.50,"c":true}"#),
        (r#" { "a" : "x" , "b":[ 1 , "\u00e4" ] } "#, r#"{"a":"x","b":"[1,\"ä\"]"}"#),
        (r#"{"a":{"b":{"c":1},"d":[]},"e":{}}"#, r#"{"a.b.c":1,"a.d":"[]"}"#),
        (r#"{"a.b":1,"a":{"b":2}}"#, r#"{"a.b":2}"#),
        (r#"{"a":{"b":2},"a.b":1}"#, r#"{"a.b":1}"#),
        (r#"{"a":1,"a":2}"#, r#"{"a":2}"#),
        (r#"{"a":1,"\u0061":2}"#, r#"{"a":2}"#),
        (r#"{"a":null}"#, ""),
        ("{}", ""),
        ("{ }", ""),
        ("null", ""),
        (
            r#"{"a":9007199254740993,"b":18446744073709551616,"c":-0}"#,
            r#"{"a":9007199254740993,"b":18446744073709551616,"c":-0}"#,
        ),
        (r#"{"a":1E5,"b":[1e2,{"x":null}]}"#, r#"{"a":1E5,"b":"[1e2,{\"x\":null}]"}"#),
        (r#"{"__proto__":{"x":1},"constructor":"y"}"#, r#"{"__proto__.x":1,"constructor":"y"}"#),
        (r#"{"a":"\ud83d","b\u0000":"x\u0000"}"#, "{\"a\":\"\u{fffd}\",\"b\":\"x\"}"),
        (r#"{"a":["\ud83d"]}"#, "{\"a\":\"[\\\"\u{fffd}\\\"]\"}"),
        (r#"{"a":"\n\"\\\u0001\/"}"#, r#"{"a":"\n\"\\\u0001/"}"#),
        (
            r#"{"a":"<script>","b":"=1+1","c":"' OR 1=1--"}"#,
            r#"{"a":"<script>","b":"=1+1","c":"' OR 1=1--"}"#,
        ),
    ] {
        assert_eq!(flat(properties).as_deref(), Ok(expected), "{properties}");
    }
    assert_eq!(flat(&keys(64)), Ok(keys(64)));
    assert_eq!(
        flat(&format!(r#"{{"{}":1}}"#, "k".repeat(120))),
        Ok(format!(r#"{{"{}":1}}"#, "k".repeat(120)))
    );
    for (properties, code) in [
        ("5", "properties_invalid"),
        ("\"x\"", "properties_invalid"),
        ("[1]", "properties_invalid"),
        (&*keys(65), "too_many_properties"),
        (&*keys(2_000), "too_many_properties"),
        (r#"{"":1}"#, "property_key_invalid"),
        (r#"{"a":{"":1}}"#, "property_key_invalid"),
        (r#"{"\u0000":1}"#, "property_key_invalid"),
        (&*format!(r#"{{"{}":1}}"#, "k".repeat(121)), "property_key_invalid"),
        (&*format!(r#"{{"{}":1}}"#, "k".repeat(10_000)), "property_key_invalid"),
        (&*format!(r#"{{"{}":{{"b":1}}}}"#, "k".repeat(119)), "property_key_invalid"),
        (r#"{"a":1e400}"#, "number_out_of_range"),
        (r#"{"a":[-1e400]}"#, "number_out_of_range"),
        (r#"{"a":[{"b":1e400}]}"#, "number_out_of_range"),
        (&*format!(r#"{{"a":{}}}"#, "9".repeat(400)), "number_out_of_range"),
    ] {
        assert_eq!(flat(properties), Err(code), "{}", cut(properties, 80).0);
    }
}

#[test]
fn long_texts_are_cut_and_counted() {
    let long = "ä".repeat(3_000);
    let body = format!(
        r#"{{"name":"x","url":"/{long}","title":"{long}","referrer":"https://{long}","language":"{long}","properties":{{"a":"{long}"}}}}"#
    );
    let parsed = all(&body, Format::Json, false).unwrap();
    let payload = parsed.events[0].as_ref().unwrap();
    assert_eq!(payload.url.as_ref().unwrap().chars().count(), 2_048);
    assert_eq!(payload.title.as_ref().unwrap().chars().count(), 500);
    assert_eq!((&payload.referrer, &payload.language), (&None, &None));
    assert_eq!(payload.properties.chars().count(), 2_000 + r#"{"a":""}"#.len());
    assert_eq!(parsed.repairs, Repairs { cut: 3, ..Repairs::default() });
    let repaired = all(r#"{"name":"\ud83d\u0000x"}"#, Format::Json, false).unwrap().repairs;
    assert_eq!(repaired, Repairs { surrogates: 1, nuls: 1, cut: 0 });
}

#[test]
fn ids() {
    let long = |n: usize| format!("\"{}\"", "i".repeat(n));
    for (field, value, expected) in [
        ("event_id", long(100), Ok(Some("i".repeat(100)))),
        ("event_id", long(101), Err("event_id_too_long")),
        ("event_id", "\"\"".to_owned(), Err("event_id_invalid")),
        ("event_id", "5".to_owned(), Err("event_id_invalid")),
        ("id", "{}".to_owned(), Err("event_id_invalid")),
        ("user_id", "42".to_owned(), Ok(Some("42".to_owned()))),
        ("distinct_id", "\"u\"".to_owned(), Ok(Some("u".to_owned()))),
        ("user_id", "\"\"".to_owned(), Ok(None)),
        ("user_id", long(201), Err("user_id_too_long")),
        ("user_id", "true".to_owned(), Err("user_id_invalid")),
        ("anonymous_id", long(201), Err("anonymous_id_too_long")),
        ("session_id", long(65), Err("session_id_too_long")),
        ("button_id", long(201), Err("element_too_long")),
        ("site_id", long(65), Err("site_id_too_long")),
        ("site_id", "\"\"".to_owned(), Ok(None)),
        ("url", "5".to_owned(), Err("url_invalid")),
    ] {
        let body = format!(r#"{{"name":"x","{field}":{value}}}"#);
        let found = one(&body).map_err(|rejection| rejection.code).map(|payload| {
            let Payload { site_id, event_id, user_id, anonymous_id, session_id, element, url, .. } = payload;
            let texts = [site_id, event_id, user_id, anonymous_id, session_id, element, url];
            texts.into_iter().flatten().next().map(Cow::into_owned)
        });
        assert_eq!(found, expected, "{body}");
    }
}

#[test]
fn timestamps_are_corrected_and_bounded() {
    let now = NOW.as_millis();
    let day = 86_400_000;
    for (fields, expected) in [
        (String::new(), Ok(None)),
        (format!(r#","timestamp":{now}"#), Ok(Some(0))),
        (format!(r#","ts":{}"#, now / 1000), Ok(Some(0))),
        (r#","time":"2026-11-20T09:00:00Z""#.to_owned(), Ok(Some(-3_600_000))),
        (format!(r#","timestamp":{}"#, now + day), Ok(Some(day))),
        (format!(r#","timestamp":{}"#, now + day + 1), Err("timestamp_out_of_range")),
        (format!(r#","timestamp":{}"#, now - 3_653 * day), Ok(Some(-3_653 * day))),
        (format!(r#","timestamp":{}"#, now - 3_653 * day - 1), Err("timestamp_out_of_range")),
        (
            r#","timestamp":"2027-11-20T10:00:00Z","sent_at":"2027-11-20T10:00:01Z""#.to_owned(),
            Ok(Some(-1000)),
        ),
        (r#","timestamp":1,"sent_at":"1970-01-01T00:01:00Z""#.to_owned(), Ok(Some(-59_000))),
        (format!(r#","timestamp":{now},"sent_at":"nonsense""#), Ok(Some(0))),
        (r#","timestamp":0"#.to_owned(), Err("timestamp_out_of_range")),
        (r#","timestamp":-1"#.to_owned(), Err("timestamp_out_of_range")),
        (r#","timestamp":"0000-01-01T00:00:00Z""#.to_owned(), Err("timestamp_out_of_range")),
        (r#","timestamp":"9999-12-31T23:59:59Z""#.to_owned(), Err("timestamp_out_of_range")),
        (r#","timestamp":"2299-01-01T00:00:00Z""#.to_owned(), Err("timestamp_out_of_range")),
        (r#","timestamp":"+275760-09-13T00:00:00Z""#.to_owned(), Err("timestamp_invalid")),
        (r#","timestamp":1795168800000000000"#.to_owned(), Err("timestamp_out_of_range")),
        (r#","timestamp":1e400"#.to_owned(), Err("timestamp_out_of_range")),
        (r#","timestamp":"2026-02-30T00:00:00Z""#.to_owned(), Err("timestamp_invalid")),
        (r#","timestamp":"2026-11-20 10:00:00""#.to_owned(), Ok(Some(0))),
        (r#","timestamp":"2026-11-20T09:59:60Z""#.to_owned(), Ok(Some(-1000))),
        (r#","timestamp":true"#.to_owned(), Err("timestamp_invalid")),
    ] {
        let body = format!(r#"{{"name":"x"{fields}}}"#);
        let found = one(&body).map_err(|rejection| rejection.code);
        let found = found.map(|payload| payload.timestamp.map(|at| at.as_millis() - now));
        assert_eq!(found, expected, "{body}");
    }
    let body = format!(r#"{{"sent_at":{},"events":[{{"name":"x","timestamp":{now}}}]}}"#, now + 5_000);
    let parsed = all(&body, Format::Json, false).unwrap();
    assert_eq!(parsed.events[0].as_ref().unwrap().timestamp, Some(NOW.plus_millis(-5_000)));
}

#[test]
fn numbers() {
    for (fields, expected) in [
        (r#""duration":1.2345"#, Ok(Some(1_235))),
        (r#""duration_ms":250"#, Ok(Some(250))),
        (r#""duration_ms":250,"duration":1"#, Ok(Some(1_000))),
        (r#""duration":null"#, Ok(None)),
        (r#""duration":-1"#, Err("duration_invalid")),
        (r#""duration":1e12"#, Err("duration_invalid")),
        (r#""duration":"5""#, Err("duration_invalid")),
        (r#""duration":1e400"#, Err("number_out_of_range")),
    ] {
        let body = format!(r#"{{"name":"x",{fields}}}"#);
        let found = one(&body).map(|payload| payload.duration_ms).map_err(|rejection| rejection.code);
        assert_eq!(found, expected, "{body}");
    }
}

#[test]
fn address_and_agent_are_believed_with_a_secret_key_only() {
    let body = r#"{"name":"x","ip":"[2001:db8::1]:80","user_agent":"curl"}"#;
    let read = |secret| all(body, Format::Json, secret).unwrap().events.remove(0).unwrap();
    assert_eq!((read(false).address, read(false).user_agent), (None, None));
    assert_eq!(read(true).user_agent.as_deref(), Some("curl"));
    assert_eq!(read(true).address, "2001:db8::1".parse().ok());
    for (text, expected) in [
        ("192.0.2.1", Some("192.0.2.1")),
        ("192.0.2.1:443", Some("192.0.2.1")),
        ("::ffff:192.0.2.1", Some("192.0.2.1")),
        (" [2001:db8::1] ", Some("2001:db8::1")),
        ("unknown", None),
        ("", None),
    ] {
        assert_eq!(address(text), expected.map(|text| text.parse().unwrap()), "{text}");
    }
}

#[test]
fn an_event_has_a_size() {
    let event = |bytes: usize| format!(r#"{{"name":"x","u":"{}"}}"#, "u".repeat(bytes - 19));
    let fits = event(32 << 10);
    assert_eq!(fits.len(), 32 << 10);
    assert!(one(&fits).is_ok());
    assert_eq!(one(&event((32 << 10) + 1)).unwrap_err().code, "event_too_large");
}

#[test]
fn history_is_taken_with_a_secret_key_only() {
    let body = r#"{"historical_migration":true,"events":[{"name":"x","timestamp":"2001-01-01T00:00:00Z"}]}"#;
    let judge = |secret_key| {
        let parsed =
            parse(body, Format::Json, Timestamp::from_millis(1_795_168_800_000), Trust { secret_key });
        parsed
            .expect("an envelope")
            .events
            .remove(0)
            .map(|payload| payload.timestamp)
            .map_err(|error| error.code)
    };
    assert_eq!(judge(true), Ok(Timestamp::parse("2001-01-01T00:00:00Z")));
    assert_eq!(judge(false), Err("timestamp_out_of_range"));
}
