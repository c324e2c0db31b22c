//! Rows 29 to 44: JSON.

use super::{accepted, event, of_demo, post, refused, run, settle, total};
use crate::support::Server;

#[test]
fn json_rows() {
    let server = Server::start();
    let deep = |levels: usize| {
        of_demo(&format!(r#""properties":{{"a":{}{}}}"#, "[".repeat(levels), "]".repeat(levels)))
    };
    let bad = |fields: &str| of_demo(fields);
    let keys = |n: usize| (0..n).map(|i| format!(r#""k{i}":1"#)).collect::<Vec<_>>().join(",");
    let rejected = |number, what, properties: &str, code| {
        refused(number, what, bad(&format!(r#""properties":{properties}"#)), 400, code)
    };
    let kept = |number, what, properties: &str| event(number, what, &format!(r#""properties":{properties}"#));
    let text_of_3000 = "v".repeat(3_000);
    let text_of_2000 = "v".repeat(2_000);
    run(
        &server,
        &[
            event(29, "a lone surrogate", r#""name":"cut \ud83d""#).stores("/event_type", "cut \u{fffd}"),
            kept(29, "in a key and a value", r#"{"k\udc00":"v\ud83d"}"#)
                .stores("/metadata/k\u{fffd}", "v\u{fffd}"),
            kept(30, "NUL in a value and a key", r#"{"a\u0000b":"x\u0000y"}"#).stores("/metadata/ab", "xy"),
            event(30, "NUL in an id", r#""user_id":"u\u00001""#).stores("/user_id", "u1"),
            refused(31, "a raw control character", bad("\"name\":\"a\u{1}b\""), 400, "invalid_json"),
            refused(32, "NaN", bad(r#""duration":NaN"#), 400, "invalid_json"),
            refused(32, "Infinity", bad(r#""properties":{"a":-Infinity}"#), 400, "invalid_json"),
            rejected(33, "1e400", r#"{"a":1e400}"#, "number_out_of_range"),
            refused(33, "1e400 seconds", bad(r#""duration":1e400"#), 400, "number_out_of_range"),
            accepted(
                33,
                "1e400 among others",
                format!("[{},{}]", bad(r#""properties":{"a":1e400}"#), of_demo("")),
            )
            .stores("/event_type", "x"),
            kept(34, "2^53 + 1", r#"{"a":9007199254740993}"#).shows("9007199254740993"),
            kept(34, "the largest u64 + 1", r#"{"a":18446744073709551616}"#).shows("18446744073709551616"),
            kept(34, "-0", r#"{"minus_zero":-0}"#).shows(r#""minus_zero":-0"#),
            event(35, "a key twice", r#""name":"first","name":"last""#).stores("/event_type", "last"),
            kept(35, "a property twice", r#"{"a":"first","a":"last"}"#).stores("/metadata/a", "last"),
            refused(36, "depth 129", deep(127), 400, "too_deep"),
            accepted(36, "depth 128", deep(126)),
            refused(36, "depth 10,000", deep(10_000), 400, "too_deep"),
            refused(36, "10,000 brackets that never close", "[".repeat(10_000), 400, "too_deep"),
            refused(37, "garbage after it", format!("{} x", bad("")), 400, "invalid_json"),
            refused(37, "two documents", format!("{}\n{}", bad(""), bad("")), 400, "invalid_json"),
            accepted(37, "two documents as NDJSON", format!("{}\n{}", of_demo(""), of_demo("")))
                .header("Content-Type: application/x-ndjson"),
            kept(38, "dots and nesting", r#"{"a.b":"1","a":{"b":"2"}}"#).stores("/metadata/a.b", "2"),
            kept(38, "an array", r#"{"a":[1,{"b":null}]}"#).stores("/metadata/a", r#"[1,{"b":null}]"#),
            rejected(39, "an empty key", r#"{"":1}"#, "property_key_invalid"),
            rejected(
                39,
                "a key of 10 KB",
                &format!(r#"{{"{}":1}}"#, "k".repeat(10_000)),
                "property_key_invalid",
            ),
            kept(40, "__proto__", r#"{"__proto__":"p","constructor":"c"}"#)
                .stores("/metadata/__proto__", "p")
                .stores("/metadata/constructor", "c"),
            rejected(41, "5,000 properties", &format!("{{{}}}", keys(5_000)), "event_too_large"),
            rejected(41, "65 properties", &format!("{{{}}}", keys(65)), "too_many_properties"),
            rejected(42, "a number", "5", "properties_invalid"),
            rejected(42, "a string", "\"x\"", "properties_invalid"),
            rejected(42, "an array", "[1]", "properties_invalid"),
            kept(42, "null", "null").stores("/event_type", "x"),
            rejected(
                43,
                "a value of 1 MB",
                &format!(r#"{{"a":"{}"}}"#, "v".repeat(1_000_000)),
                "event_too_large",
            ),
            kept(43, "a value of 3,000", &format!(r#"{{"a":"{text_of_3000}"}}"#))
                .stores("/metadata/a", text_of_2000),
        ],
    );
}

#[test]
fn json_one_bad_event_in_a_thousand() {
    let server = Server::start();
    settle(&server);
    let before = total(&server);
    // 44
    let events = (0..1_000).map(|i| match i {
        17 => r#"{"site_id":"demo"}"#.to_owned(),
        _ => r#"{"site_id":"demo","name":"x"}"#.to_owned(),
    });
    let answer = post(&server, &[], format!("[{}]", events.collect::<Vec<_>>().join(",")).as_bytes());
    assert_eq!(answer.status, 202, "row 44: {}", answer.text());
    let body: serde_json::Value = serde_json::from_slice(&answer.body).expect("JSON");
    assert_eq!(body["accepted"], 999, "row 44");
    assert_eq!(body["rejected"].as_array().map(Vec::len), Some(1), "row 44");
    let rejected = &body["rejected"][0];
    assert_eq!(
        (&rejected["index"], &rejected["code"], &rejected["field"]),
        (&17.into(), &"name_missing".into(), &"name".into())
    );
    settle(&server);
    // And the event of `settle` itself.
    assert_eq!(total(&server), before + 999 + 1, "row 44");
}
