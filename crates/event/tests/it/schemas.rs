//! Declared schemas against a plain reading of the same rules.

use std::collections::{BTreeMap, BTreeSet};

use millrace_event::Timestamp;
use millrace_event::payload::{Format, Trust, parse};
use millrace_event::schema::EventSchema;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

const NAMES: [&str; 5] = ["a", "b", "a.c", "b.c", "c"];

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        (-6..7i64).prop_map(|n| json!(n)),
        (-12..13i64).prop_map(|n| json!(n as f64 / 4.0)),
        prop::sample::select(vec!["", "x", "xy", "äöü", "[1]", "[", "\"\\\n"]).prop_map(|text| json!(text)),
        any::<bool>().prop_map(|value| json!(value)),
    ]
}

/// The schema of one value.
fn rule() -> impl Strategy<Value = Value> {
    let kinds = prop::sample::select(vec!["string", "number", "integer", "boolean", "array"]);
    let bound = |key: &'static str| (-3..4i64).prop_map(move |n| (key, json!(n)));
    let keyword = prop_oneof![
        3 => kinds.prop_map(|kind| ("type", json!(kind))),
        1 => Just(("type", json!(["integer", "string"]))),
        2 => prop::collection::vec(scalar(), 1..4).prop_map(|values| ("enum", json!(values))),
        1 => bound("minimum"),
        1 => bound("exclusiveMaximum"),
        1 => (0..4u64).prop_map(|n| ("minLength", json!(n))),
        1 => (0..4u64).prop_map(|n| ("maxLength", json!(n))),
        1 => Just(("pattern", json!("^x"))),
    ];
    prop::collection::vec(keyword, 0..3)
        .prop_map(|keywords| keywords.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
        .prop_map(Value::Object)
}

fn object(members: BTreeMap<&'static str, Value>, required: Vec<&'static str>, closed: bool) -> Value {
    let required: BTreeSet<_> =
        required.into_iter().filter(|name| !closed || members.contains_key(name)).collect();
    json!({"type": "object", "properties": members, "required": required, "additionalProperties": !closed})
}

fn document() -> impl Strategy<Value = Value> {
    let name = || prop::sample::select(vec!["a", "b", "c"]);
    let parts = |of: BoxedStrategy<Value>| {
        (prop::collection::btree_map(name(), of, 0..3), prop::collection::vec(name(), 0..2), any::<bool>())
            .prop_map(|(members, required, closed)| object(members, required, closed))
    };
    let inner = prop_oneof![3 => rule().boxed(), 1 => parts(rule().boxed()).boxed()];
    parts(inner.boxed())
}

fn properties() -> impl Strategy<Value = BTreeMap<&'static str, Value>> {
    prop::collection::btree_map(prop::sample::select(NAMES.to_vec()), scalar(), 0..5)
}

/// Every violation of `flat`, the members of an object at `prefix`.
fn violations(
    schema: &Value,
    prefix: &str,
    flat: &BTreeMap<&str, Value>,
    out: &mut BTreeSet<(String, &'static str)>,
) {
    let empty = Map::new();
    let declared = schema["properties"].as_object().unwrap_or(&empty);
    let name = |member: &str| format!("{prefix}{member}");
    let below = |name: &str| flat.keys().any(|key| key.starts_with(&format!("{name}.")));
    for (member, schema) in declared {
        let name = name(member);
        let value = flat.get(name.as_str());
        if schema["type"] == "object" {
            let mut of_members = BTreeSet::new();
            if below(&name) {
                violations(schema, &format!("{name}."), flat, &mut of_members);
            }
            // Whoever sends a value and members of the same name has not sent an object that lacks some.
            if value.is_some() {
                of_members.retain(|(_, problem)| *problem != "required");
                of_members.insert((name, "type"));
            }
            out.append(&mut of_members);
            continue;
        }
        let free = schema.get("type").is_none() && schema.get("enum").is_none();
        match value.and_then(|value| problem(schema, value)) {
            Some(problem) => drop(out.insert((name, problem))),
            None if below(&name) && !free => drop(out.insert((name, "type"))),
            None => {}
        }
    }
    for required in schema["required"].as_array().into_iter().flatten() {
        let name = name(required.as_str().unwrap());
        if !flat.contains_key(name.as_str()) && !below(&name) {
            out.insert((name, "required"));
        }
    }
    if schema["additionalProperties"] == false {
        for key in flat.keys().filter_map(|key| key.strip_prefix(prefix)) {
            let first = key.split('.').next().unwrap();
            if !declared.contains_key(first) {
                out.insert((name(key), "additionalProperties"));
            }
        }
    }
}

fn problem(schema: &Value, value: &Value) -> Option<&'static str> {
    let is = |kind: &Value| match kind.as_str().unwrap() {
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        "boolean" => value.is_boolean(),
        _ => value.as_str().is_some_and(|text| serde_json::from_str::<Vec<Value>>(text).is_ok()),
    };
    let same = |other: &Value| other == value || value.is_number() && other.as_f64() == value.as_f64();
    let right = match &schema["type"] {
        Value::Null => true,
        Value::Array(kinds) => kinds.iter().any(is),
        kind => is(kind),
    };
    if !right {
        return Some("type");
    }
    if schema["enum"].as_array().is_some_and(|values| !values.iter().any(same)) {
        return Some("enum");
    }
    if let Some(number) = value.as_f64() {
        if schema["minimum"].as_f64().is_some_and(|least| number < least) {
            return Some("minimum");
        }
        if schema["exclusiveMaximum"].as_f64().is_some_and(|most| number >= most) {
            return Some("maximum");
        }
    }
    let text = value.as_str()?;
    let length = text.chars().count() as u64;
    if schema["minLength"].as_u64().is_some_and(|least| length < least) {
        return Some("minLength");
    }
    if schema["maxLength"].as_u64().is_some_and(|most| length > most) {
        return Some("maxLength");
    }
    (schema["pattern"] == "^x" && !text.starts_with('x')).then_some("pattern")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_096, ..ProptestConfig::default() })]

    #[test]
    fn a_schema_means_what_a_plain_reading_of_it_means(document in document(), flat in properties()) {
        let schema = EventSchema::parse(&document.to_string()).unwrap();
        let text = serde_json::to_string(&flat).unwrap();
        let mut found = BTreeSet::new();
        schema.check(&text, |violation| {
            assert!(!schema.wanted(&violation.property, violation.problem).is_empty());
            found.insert((violation.property.into_owned(), violation.problem.as_str()));
        });
        let mut expected = BTreeSet::new();
        violations(&document, "", &flat, &mut expected);
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn nothing_makes_a_schema_panic(document in ".*", json in "[\\[\\]{}:,\"a-c0-9.\\\\]{0,60}", text in ".*") {
        let fixed = EventSchema::parse(r#"{"properties":{"a":{"type":"array","pattern":"b"},"a.b":{"minimum":1}}}"#).unwrap();
        for document in [&document, &json, r#"{"required":["a"]}"#] {
            let schema = EventSchema::parse(document).unwrap_or_else(|_| fixed.clone());
            for properties in [&json, &text, &format!("{{\"a\":{json}}}")] {
                schema.check(properties, |violation| assert!(violation.property.len() < 1_000));
            }
        }
    }

    #[test]
    fn what_a_client_sends_is_checked_as_it_is_kept(document in document(), flat in properties(), nested in any::<bool>()) {
        let schema = EventSchema::parse(&document.to_string()).unwrap();
        let mut sent = json!(flat);
        if nested {
            sent["b"] = json!({"c": {"d": [1, {"e": "\u{fffd}"}]}, "x": null});
        }
        let body = json!({"name": "x", "properties": sent}).to_string();
        let parsed = parse(&body, Format::Json, Timestamp::from_millis(0), Trust::default()).unwrap();
        let payload = parsed.events[0].as_ref().unwrap();
        let kept: BTreeMap<String, Value> = match &*payload.properties {
            "" => BTreeMap::new(),
            text => serde_json::from_str(text).unwrap(),
        };
        let kept: BTreeMap<&str, Value> = kept.iter().map(|(key, value)| (key.as_str(), value.clone())).collect();
        let mut expected = BTreeSet::new();
        violations(&document, "", &kept, &mut expected);
        prop_assert_eq!(schema.first_violation(&payload.properties).is_some(), !expected.is_empty());
    }
}
