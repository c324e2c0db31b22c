//! Whatever comes in: no panic, and every payload within its limits.

use millrace_event::payload::fuzz;
use proptest::prelude::*;

const KEYS: &[&str] = &[
    "site_id",
    "name",
    "event_type",
    "event",
    "event_id",
    "id",
    "timestamp",
    "ts",
    "sent_at",
    "user_id",
    "url",
    "path",
    "referrer",
    "element",
    "duration",
    "duration_ms",
    "revenue",
    "amount",
    "currency",
    "properties",
    "data",
    "a.b",
    "a",
    "b",
    "",
    "__proto__",
    "screen",
    "width",
    "height",
    "language",
    "title",
    "user_agent",
    "ip",
    "events",
    r"\u0000",
    r"\ud83d",
    r"n\u0061me",
];

const VALUES: &[&str] = &[
    "null",
    "true",
    "0",
    "-0",
    "1e400",
    "-1e400",
    "9007199254740993",
    "1795168800",
    "1795168800250",
    "1.5E-3",
    "99999999999999999999999999",
    r#""""#,
    r#""x""#,
    r#""pageview""#,
    r#""\ud83d""#,
    r#""\u0000""#,
    r#""a\nb""#,
    r#""2026-11-20T10:00:00Z""#,
    r#""2026-11-20 10:00""#,
    r#""EUR""#,
    r#""9.99""#,
    r#""1920x1080""#,
    r#""https://u:p@ä.example:8/a?utm_source=%C3%A4+%00#x""#,
    r#""javascript:alert(1)""#,
    r#""[::1]:80""#,
    "{}",
    "[]",
];

/// A JSON value of the keys and values that matter, nested.
fn value() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        4 => prop::sample::select(VALUES).prop_map(str::to_owned),
        1 => "\\PC{0,20}".prop_map(|text| serde_json::to_string(&text).unwrap()),
        1 => (1usize..2_500).prop_map(|n| format!("\"{}\"", "ä".repeat(n))),
    ];
    leaf.prop_recursive(4, 60, 12, |inner| {
        prop_oneof![
            3 => object(inner.clone()),
            1 => prop::collection::vec(inner, 0..6).prop_map(|all| format!("[{}]", all.join(" , "))),
        ]
    })
}

fn object(value: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    prop::collection::vec((prop::sample::select(KEYS), value), 0..12).prop_map(|members| {
        let members: Vec<String> = members.iter().map(|(key, value)| format!("\"{key}\": {value}")).collect();
        format!("{{{}}}", members.join(","))
    })
}

/// An event with a name, so that most are not rejected for want of one.
fn event() -> impl Strategy<Value = String> {
    object(value()).prop_map(|event| event.replacen('{', r#"{"name":"x","#, 1).replace(",}", "}"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        fuzz::body(&bytes);
    }

    #[test]
    fn arbitrary_events(events in prop::collection::vec(event(), 1..4)) {
        fuzz::body(events[0].as_bytes());
        fuzz::body(format!("[{}]", events.join(",")).as_bytes());
        fuzz::body(format!("{{\"events\":[{}],\"sent_at\":5}}", events.join(",")).as_bytes());
        fuzz::body(events.join("\n").as_bytes());
    }

    #[test]
    fn mutated_events(
        event in event(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3u8), 1..6),
    ) {
        let mut bytes = event.into_bytes();
        for (at, byte, how) in changes {
            let at = at.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, b"{}[]\",:\\"[usize::from(byte % 8)]),
                _ => bytes.truncate(at.max(1)),
            }
        }
        fuzz::body(&bytes);
    }
}
