//! Bodies that nobody's client sends: refused or made to fit, never a 5xx.

use millrace_event::payload::raw;
use proptest::prelude::*;

use super::ONE;
use crate::support::bench;

const PATHS: [&str; 16] = [
    "/api/event",
    "/v1/track",
    "/v1/batch",
    "/v1/identify",
    "/t",
    "/b",
    "/api/s/page",
    "/batch/",
    "/e/",
    "/e/?compression=base64",
    "/i/v0/e",
    "/capture/",
    "/engage/",
    "/api/send",
    "/api/batch",
    "/track/?compression=gzip-js&_=1",
];

#[tokio::test]
async fn nothing_is_a_fault_of_ours() {
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let deep_object = format!("{}1{}", r#"{"a":"#.repeat(2_000), "}".repeat(2_000));
    let wide = format!(r#"{{"batch":[{}]}}"#, vec!["{}"; 20_000].join(","));
    let long = format!(r#"{{"event":"{}","distinct_id":"a","api_key":"demo"}}"#, "x".repeat(300_000));
    let bodies: Vec<&[u8]> = vec![
        b"",
        b" ",
        b"null",
        b"5",
        b"\"x\"",
        b"[]",
        b"{}",
        b"[5]",
        b"[null]",
        b"[[[]]]",
        b"{\"batch\":[]}",
        b"{\"batch\":5}",
        b"{\"batch\":[5,null,\"x\",[]]}",
        b"{\"batch\":{}}",
        b"{\"payload\":5}",
        b"{\"payload\":{\"website\":5}}",
        b"{\"d\":5,\"n\":[],\"u\":{}}",
        b"{\"d\":\",,,\",\"n\":\"x\",\"u\":\"/\"}",
        b"{\"properties\":[],\"context\":7,\"traits\":\"x\"}",
        b"{\"event\":{},\"distinct_id\":[],\"properties\":null}",
        b"{\"writeKey\":[],\"type\":1}",
        b"{broken",
        b"{\"a\":NaN}",
        b"{\"a\":1}{\"a\":1}",
        b"\xff\xfe\x00",
        b"\x1f\x8b\x08\x00garbage",
        b"data=",
        b"data=%%%",
        b"data=Zg==",
        b"data=ew==",
        b"data=H4sIAAAA",
        b"data=bnVsbA==&compression=gzip",
        b"compression=gzip",
        deep.as_bytes(),
        deep_object.as_bytes(),
        wide.as_bytes(),
        long.as_bytes(),
    ];
    let bench = bench();
    for path in PATHS {
        for body in &bodies {
            for kind in ["x/y; charset=z", "application/x-www-form-urlencoded"] {
                let kind = format!("content-type: {kind}");
                let answer = bench.request("POST", path, &[&kind], body.to_vec()).await;
                let start = String::from_utf8_lossy(&body[..body.len().min(80)]).into_owned();
                assert!(answer.status.is_client_error(), "{path} {kind} {start}: {}", answer.status);
                assert_eq!(bench.stored().len(), 0, "{path} {start}");
            }
        }
    }
}

#[tokio::test]
async fn what_is_odd_in_an_event_is_made_to_fit() {
    let many: String = (0..5_000).map(|i| format!(r#","p{i}":{i}"#)).collect();
    let strings: String = (0..60).map(|i| format!(r#","s{i}":"{}""#, "\\n🚀".repeat(500))).collect();
    let odd: [(String, &str, Option<serde_json::Value>); 12] = [
        (r#""a":"cut \ud83d""#.to_owned(), "a", Some("cut \u{fffd}".into())),
        (r#""a":"nul \u0000""#.to_owned(), "a", Some("nul ".into())),
        (r#""a":1e400"#.to_owned(), "a", Some("1e400".into())),
        (r#""a":18446744073709551616"#.to_owned(), "a", None),
        (r#""a":[1,[2,{"b":null}],1e400]"#.to_owned(), "a", Some(r#"[1,[2,{"b":null}],1e400]"#.into())),
        (r#""a":null,"":5,"b":true"#.to_owned(), "b", Some(true.into())),
        (r#""__proto__":"x","constructor":{"prototype":1}"#.to_owned(), "__proto__", Some("x".into())),
        (r#""a":{"b":{"c":1}}"#.to_owned(), "a.b.c", Some(1.into())),
        (r#""a":"\ttab <script>""#.to_owned(), "a", Some("\ttab <script>".into())),
        (format!(r#""{}":1"#, "k".repeat(10_000)), &"k".repeat(120), Some(1.into())),
        (format!(r#""first":1{many}"#), "first", Some(1.into())),
        (format!(r#""first":1{strings}"#), "first", Some(1.into())),
    ];
    for (members, key, expected) in &odd {
        for (path, body) in [
            ("/api/event", format!(r#"{{"n":"x","u":"/","d":"demo","p":{{{members}}}}}"#)),
            (
                "/v1/track",
                format!(r#"{{"event":"x","userId":"u","writeKey":"demo","properties":{{{members}}}}}"#),
            ),
            (
                "/e/",
                format!(r#"{{"event":"x","distinct_id":"u","token":"demo","properties":{{{members}}}}}"#),
            ),
            (
                "/api/send",
                format!(
                    r#"{{"type":"event","payload":{{"website":"demo","name":"x","data":{{{members}}}}}}}"#
                ),
            ),
        ] {
            let bench = bench();
            let answer = bench.request("POST", path, &[], body.clone()).await;
            let start: String = body.chars().take(200).collect();
            assert!(answer.status.is_success(), "{path} {start}: {} {}", answer.status, answer.text);
            let stored = bench.stored().remove(0);
            let properties: serde_json::Value = serde_json::from_str(&stored.properties).unwrap();
            assert!(properties.as_object().unwrap().len() <= 64, "{path} {start}");
            if let Some(expected) = expected {
                assert_eq!(&properties[*key], expected, "{path} {start}");
            }
        }
    }
}

/// Bodies that begin as a client's and end as anything: bytes flipped, cut, doubled, pieces of another in between.
#[test]
fn whatever_a_body_becomes_it_is_no_fault_of_ours() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let bench = bench();
    let change = (any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0usize..PIECES.len(), 0u8..4);
    let case = (0..ONE.len(), 0..PATHS.len(), prop::collection::vec(change, 1..6));
    proptest!(ProptestConfig::with_cases(2_000), |((one, path, changes) in case)| {
        let mut body = ONE[one].2.as_bytes().to_vec();
        for (from, to, piece, kind) in changes {
            let (from, to) = (from.index(body.len() + 1), to.index(body.len() + 1));
            let (from, to) = (from.min(to), from.max(to));
            let piece = match kind {
                0 => PIECES[piece].as_bytes().to_vec(),
                1 => body[from..to].repeat(2),
                2 => vec![piece as u8 * 17; to - from],
                _ => Vec::new(),
            };
            body.splice(from..to, piece);
        }
        let before = bench.keys().len();
        let answer = runtime.block_on(bench.request("POST", PATHS[path], &[], body));
        prop_assert!(!answer.status.is_server_error());
        prop_assert!(answer.status.is_success() || bench.keys().len() == before);
    });
    // Whatever was stored can be read back.
    assert!(!bench.stored().is_empty());
}

const PIECES: [&str; 16] = [
    "null",
    "[]",
    "{}",
    "{\"properties\":{\"$set\":{\"a\":[{}]}}}",
    "1e999",
    "-0",
    "\"\\ud83d\"",
    "\"\\u0000\"",
    ",\"timestamp\":\"2026-13-01\"",
    ",\"timestamp\":99999999999999999999",
    ",\"sentAt\":{}",
    ",\"context\":{\"page\":{\"url\":\"javascript:0\"},\"screen\":[]}",
    ",\"$\":{\"amount\":\"1e9\",\"currency\":\"EUR\"}",
    "data=",
    "\u{feff}",
    "🚀",
];

#[tokio::test]
async fn an_object_of_very_many_members_is_not_kept_whole() {
    let many = vec![r#""":0"#; 1 << 20].join(",");
    let read = raw::Members::read(&format!("{{{many}}}")).iter().count();
    assert_eq!(read, raw::MEMBERS);
    for path in PATHS {
        let bench = bench();
        let answer = bench.request("POST", path, &[], format!("{{{many}}}")).await;
        assert!(answer.status.is_client_error(), "{path}: {}", answer.status);
    }
}

#[tokio::test]
async fn other_methods_are_told_which_one() {
    for (system, path, _, _) in ONE {
        for method in ["PUT", "DELETE", "PATCH"] {
            let answer = bench().request(method, path, &[], "").await;
            assert_eq!(answer.status, 405, "{system} {method}");
            assert!(answer.headers.contains_key("allow"), "{system} {method}");
        }
    }
}
