//! What a fold finds, in whichever order it reads.

use proptest::prelude::*;

use super::*;

const START: i64 = 1_795_168_800_000;

fn observation(names: &[&str], schema: Option<&str>) -> Observation {
    let schema = schema.map(|document| Arc::new(EventSchema::parse(document).expect("a schema")));
    Observation {
        site: SiteId::new("demo").expect("a site id"),
        period: Period::ALL,
        names: names.iter().map(|name| (ByteString::from(*name), schema.clone())).collect(),
    }
}

/// The one event of these occurrences: seconds after the start, and properties.
fn observe(schema: Option<&str>, occurrences: &[(i64, String)]) -> ObservedEvent {
    let fold = |occurrences: &mut dyn Iterator<Item = &(i64, String)>| {
        let mut fold = Fold::new(&observation(&["x"], schema));
        for (second, properties) in occurrences {
            fold.event("x", Timestamp::from_millis(START + second * 1_000), properties);
            fold.event("not asked for", Timestamp::from_millis(0), properties);
        }
        fold.finish()
    };
    let found = fold(&mut occurrences.iter());
    assert_eq!(found, fold(&mut occurrences.iter().rev()), "the order does not matter");
    let [event] = <[ObservedEvent; 1]>::try_from(found.events).expect("one event");
    event
}

fn number(count: u64, first: i64, last: i64) -> Seen {
    let at = |second: i64| Timestamp::from_millis(START + second * 1_000);
    Seen { count, first: at(first), last: at(last) }
}

/// Each change as `property change second sample`.
fn drift(event: &ObservedEvent) -> Vec<String> {
    let shown = event.drift.iter().map(|drift| {
        let change = match drift.change {
            Change::Type { from, to } => format!("{}>{}", from.as_str(), to.as_str()),
            Change::Vanished => "vanished".to_owned(),
            Change::Appeared => "appeared".to_owned(),
        };
        let sample = match &drift.sample {
            Some(Sample::Text(text) | Sample::Number(text)) => text.clone(),
            other => format!("{other:?}"),
        };
        format!("{} {change} {} {sample}", drift.property, (drift.at.as_millis() - START) / 1_000)
    });
    shown.collect()
}

#[test]
fn every_figure_of_a_property() {
    let event = observe(
        None,
        &[
            (5, r#"{"price":9.99,"plan":"pro","tags":"[1]"}"#.to_owned()),
            (1, r#"{"price":10,"plan":"free"}"#.to_owned()),
            (9, r#"{"price":"9.99","plan":"pro","ok":true}"#.to_owned()),
            (7, r#"{"price":18446744073709551616}"#.to_owned()),
            (8, r#"{"price":18446744073709551617}"#.to_owned()),
            (3, String::new()),
        ],
    );
    assert_eq!(event.seen, number(6, 1, 9));
    let names: Vec<_> = event.properties.iter().map(|property| property.name.as_str()).collect();
    assert_eq!(names, ["ok", "plan", "price", "tags"]);
    let [ok, plan, price, tags] = &event.properties[..] else { panic!("four") };
    let types = |property: &ObservedProperty| -> Vec<_> {
        property.types.iter().map(|found| (found.kind, found.seen)).collect()
    };
    assert_eq!(
        types(price),
        [
            (ValueType::Integer, number(3, 1, 8)),
            (ValueType::Number, number(1, 5, 5)),
            (ValueType::String, number(1, 9, 9)),
        ]
    );
    assert_eq!((price.seen, price.cardinality, price.cardinality_exact), (number(5, 1, 9), 5, true));
    assert_eq!(price.range, Some(("9.99".to_owned(), "18446744073709551617".to_owned())));
    assert_eq!(
        (&plan.values[..], plan.values_exact),
        (&[(Sample::Text("pro".into()), 2), (Sample::Text("free".into()), 1)][..], true)
    );
    assert_eq!((types(ok)[0].0, types(tags)[0].0), (ValueType::Boolean, ValueType::Array));
    assert_eq!((&ok.range, ok.values[0].clone()), (&None, (Sample::Boolean(true), 1)));
    assert!(drift(&event).is_empty());
}

#[test]
fn a_type_that_comes_late_is_told_and_one_that_comes_early_is_not() {
    let sent = |changed: i64, all: i64| -> Vec<_> {
        let value = |second: i64| if second < changed { second.to_string() } else { format!("\"{second}\"") };
        (0..all).map(|second| (second, format!(r#"{{"n":{}}}"#, value(second)))).collect()
    };
    assert_eq!(drift(&observe(None, &sent(20, 21))), ["n integer>string 20 20"]);
    assert!(drift(&observe(None, &sent(19, 60))).is_empty());
    let prices: Vec<_> =
        (0..60).map(|n| (n, format!(r#"{{"n":{}}}"#, if n < 40 { "10" } else { "9.99" }))).collect();
    assert!(drift(&observe(None, &prices)).is_empty(), "a fraction is no other type");
}

#[test]
fn a_property_that_most_events_had_and_the_last_ones_lack_has_vanished() {
    let sent = |had: i64, every: i64, lack: i64| -> Vec<_> {
        let has = |n: i64| n < had && n % every == 0;
        (0..had + lack).map(|n| (n, if has(n) { r#"{"p":"v"}"# } else { "" }.to_owned())).collect()
    };
    assert_eq!(drift(&observe(None, &sent(40, 1, 20))), ["p vanished 39 v"]);
    assert!(drift(&observe(None, &sent(40, 1, 19))).is_empty(), "too soon to tell");
    assert!(drift(&observe(None, &sent(19, 1, 40))).is_empty(), "it was hardly there");
    assert!(drift(&observe(None, &sent(200, 3, 40))).is_empty(), "most did not have it");
    assert!(drift(&observe(None, &sent(9_000, 1, 80))).is_empty(), "of many, one in a hundred");
    assert_eq!(drift(&observe(None, &sent(9_000, 1, 100))), ["p vanished 8999 v"]);
}

#[test]
fn a_property_that_most_events_have_by_now_has_appeared() {
    let sent = |lack: i64, has: i64, every: i64| -> Vec<_> {
        let has_it = |n: i64| n >= lack && (n - lack) % every == 0;
        (0..lack + has).map(|n| (n, if has_it(n) { r#"{"p":1}"# } else { "" }.to_owned())).collect()
    };
    assert_eq!(drift(&observe(None, &sent(20, 40, 1))), ["p appeared 20 1"]);
    assert!(drift(&observe(None, &sent(19, 40, 1))).is_empty());
    assert!(drift(&observe(None, &sent(40, 200, 3))).is_empty(), "most still do not have it");
}

#[test]
fn stored_events_are_compared_with_their_schema() {
    let document = r#"{"required":["price"],"properties":{"price":{"type":"number","minimum":0}}}"#;
    let event = observe(
        Some(document),
        &[
            (1, r#"{"price":1}"#.to_owned()),
            (2, r#"{"price":-1,"x":1}"#.to_owned()),
            (4, r#"{"price":-3}"#.to_owned()),
            (4, r#"{"price":-2}"#.to_owned()),
            (3, r#"{"price":"free"}"#.to_owned()),
            (5, String::new()),
        ],
    );
    assert_eq!(event.violating, 5);
    let shown: Vec<_> = event
        .violations
        .iter()
        .map(|found| (found.problem, found.seen, found.sample.clone(), found.wanted.as_str()))
        .collect();
    assert_eq!(
        shown,
        [
            (
                Problem::Type,
                number(1, 3, 3),
                Some(Sample::Text("free".into())),
                "properties.price must be of the type number"
            ),
            (
                Problem::Minimum,
                number(3, 2, 4),
                Some(Sample::Number("-2".into())),
                "properties.price must be at least 0"
            ),
            (Problem::Required, number(1, 5, 5), None, "properties.price is required"),
        ]
    );
}

#[test]
fn cardinality_is_exact_and_then_an_estimate_within_its_error() {
    for (values, exact) in [(100, true), (1_024, true), (1_025, false), (50_000, false)] {
        // Each value twice.
        let sent: Vec<_> =
            (0..2 * values).map(|n| (n, format!(r#"{{"id":"user-{}"}}"#, n % values))).collect();
        let mut folds = [Fold::new(&observation(&["x"], None)), Fold::new(&observation(&["x"], None))];
        for (second, properties) in &sent {
            folds[0].event("x", Timestamp::from_millis(*second), properties);
        }
        for (second, properties) in sent.iter().rev() {
            folds[1].event("x", Timestamp::from_millis(*second), properties);
        }
        let found = folds.map(|fold| fold.finish().events.remove(0).properties.remove(0));
        assert_eq!(found[0].cardinality, found[1].cardinality, "the order does not matter");
        assert_eq!((found[0].cardinality_exact, found[0].values_exact), (exact, values <= 100));
        let error = (found[0].cardinality as f64 / values as f64 - 1.0).abs();
        assert!(error <= if exact { 0.0 } else { 3.0 * 0.0313 }, "{values}: {}", found[0].cardinality);
    }
}

#[test]
fn the_most_frequent_of_many_values_is_found() {
    // A value in twenty is the same; all others differ, and come first.
    let mut fold = Fold::new(&observation(&["x"], None));
    for n in 0..20_000 {
        let value = if n % 20 == 19 { "often".to_owned() } else { format!("id-{n}") };
        fold.event("x", Timestamp::from_millis(n), &format!(r#"{{"p":"{value}"}}"#));
    }
    let property = fold.finish().events.remove(0).properties.remove(0);
    assert_eq!(property.values[0].0, Sample::Text("often".into()));
    assert!((600..=1_000).contains(&property.values[0].1), "{:?}", property.values[0]);
    assert!(!property.values_exact);
}

#[test]
fn memory_is_bounded_and_what_is_kept_is_whole() {
    let name = |n: usize| format!("event-{n:03}");
    let names: Vec<_> = (0..MOST_NAMES + 1).map(name).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let run = |backwards: bool| {
        let mut fold = Fold::new(&observation(&names, None));
        let mut events: Vec<_> =
            (0..names.len()).flat_map(|n| (0..40).map(move |block| (n, block))).collect();
        // Each twice, so that something forgotten has the chance to come back.
        events.extend(events.clone());
        if backwards {
            events.reverse();
        }
        for (n, block) in events {
            let properties: Vec<_> = (0..10).map(|p| format!(r#""p{:03}":1"#, block * 10 + p)).collect();
            fold.event(&name(n), Timestamp::from_millis(0), &format!("{{{}}}", properties.join(",")));
        }
        fold.finish()
    };
    let found = run(false);
    assert!(found.truncated);
    assert_eq!(found, run(true));
    assert_eq!(found.events.len(), MOST_NAMES);
    let kept: Vec<_> =
        found.events.iter().map(|event| event.properties.len()).filter(|count| *count > 0).collect();
    assert_eq!(kept, [MOST_PROPERTIES; MOST_PROPERTIES_IN_ALL / MOST_PROPERTIES]);
    assert!(found.events[0].properties.iter().all(|property| property.seen.count == 2));
}

#[test]
fn long_values_are_cut() {
    let long = format!(r#"{{"t":"{}","n":{}}}"#, "ä".repeat(2_000), "1".repeat(200));
    let event = observe(None, &[(0, long)]);
    assert_eq!(event.properties[1].values[0].0, Sample::Text("ä".repeat(SHOWN_CHARS)));
    assert_eq!(event.properties[0].values[0].0, Sample::Text("1".repeat(SHOWN_CHARS)));
}

#[test]
fn no_event_is_no_answer() {
    assert_eq!(Fold::new(&observation(&["x"], None)).finish(), ObservedSchema::default());
}

fn occurrence() -> impl Strategy<Value = (i64, String)> {
    let value = prop::sample::select(vec!["1", "1.0", "-2.5", "true", r#""a""#, r#""[1]""#, r#""\n""#]);
    let properties = prop::collection::btree_map(prop::sample::select(vec!["a", "b", "c.d"]), value, 0..4);
    (-50..50i64, properties).prop_map(|(second, properties)| {
        let members: Vec<_> = properties.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
        (second, if members.is_empty() { String::new() } else { format!("{{{}}}", members.join(",")) })
    })
}

proptest! {
    #[test]
    fn the_order_of_events_does_not_matter(
        (sent, shuffled) in prop::collection::vec(occurrence(), 1..200)
            .prop_flat_map(|sent| (Just(sent.clone()), Just(sent).prop_shuffle()))
    ) {
        let schema = Some(r#"{"required":["a"],"properties":{"a":{},"b":{"type":"integer"}},"additionalProperties":false}"#);
        prop_assert_eq!(observe(schema, &sent), observe(schema, &shuffled));
    }
}
