//! Requests that mean harm: each is answered, as what it says or by an error, and soon.

use millrace_query::grammar::{GrammarContext, Request, Segment};
use millrace_query::{Dimension, Filter};
use proptest::prelude::*;

use crate::support::{Site, visitors};

fn filtered(filter: &str) -> String {
    visitors(&format!(r#""date_range":"day","filters":[{filter}]"#))
}

#[test]
fn what_looks_like_another_language_is_a_text() {
    let site = Site::new("UTC");
    for text in
        ["' OR 1=1--", "\\'", "{x:String}", "?fields", "$.a') --", "%_", "(a+)+$", "\u{202e}", "🦀", "$1"]
    {
        let json = serde_json::to_string(text).expect("a text");
        let request =
            filtered(&format!(r#"["is","event:page",[{json}]],["contains","event:props:x",[{json}]]"#));
        let expected = Filter::And(vec![
            Filter::Is(Dimension::Page, vec![text.to_owned()]),
            Filter::Contains(Dimension::Property("x".into()), vec![text.to_owned()]),
        ]);
        assert_eq!(site.query(&request).filter(), &expected);
        // In any case too it matches itself alone.
        let request = filtered(&format!(r#"["is","event:page",[{json}],{{"case_sensitive":false}}]"#));
        let query = site.query(&request);
        let Filter::Matches(_, patterns) = query.filter() else { panic!("{text}") };
        assert!(
            patterns[0].is_match(text) && !patterns[0].is_match("aaaa") && !patterns[0].is_match(""),
            "{text}"
        );
    }
    assert!(site.check(&filtered(r#"["is","event:page",["a\u0000b"]]"#)).is_err());
}

#[test]
fn patterns_cannot_blow_up() {
    let site = Site::new("UTC");
    let query = site.query(&filtered(r#"["matches","event:page",["(a+)+$"]]"#));
    let Filter::Matches(_, patterns) = query.filter() else { panic!("{:?}", query.filter()) };
    assert!(!patterns[0].is_match(&format!("{}!", "a".repeat(100_000))));
    for pattern in ["(a{1000}){1000}", "((a{100}){100}){100}", "(?=a)", "(a)\\\\1", "[", "\\\\p{Nonsense}"] {
        let error =
            site.check(&filtered(&format!(r#"["matches","event:page",["{pattern}"]]"#))).expect_err(pattern);
        assert!(error.message.contains("filters[0][2][0]"), "{error}");
    }
    let long = "a".repeat(1_001);
    assert!(site.check(&filtered(&format!(r#"["matches","event:page",["{long}"]]"#))).is_err());
    let many = vec![r#"["matches","event:page",["(a{40}){40}"]]"#; 51].join(",");
    let error = site.check(&filtered(&many)).expect_err("too many patterns");
    assert!(error.message.contains("50 patterns"), "{error}");
}

#[test]
fn deep_filters_are_errors() {
    let site = Site::new("UTC");
    let nested = |open: &str, close: &str, depth: usize| {
        filtered(&format!(r#"{}["is","event:page",["/"]]{}"#, open.repeat(depth), close.repeat(depth)))
    };
    site.query(&nested(r#"["not","#, "]", 30));
    for depth in [33, 100, 1_000, 100_000] {
        for (open, close) in [(r#"["not","#, "]"), (r#"["and",["#, "]]"), ("[", "]"), (r#"{"a":"#, "}")] {
            assert!(site.check(&nested(open, close, depth)).is_err(), "{open} {depth}");
        }
    }
}

#[test]
fn long_lists_are_errors() {
    let site = Site::new("UTC");
    let list = |count: usize| (0..count).map(|value| value.to_string()).collect::<Vec<_>>().join(",");
    let of_values = |count, rest: &str| filtered(&format!(r#"["is","event:page",[{}]{rest}]"#, list(count)));
    site.query(&of_values(10_000, ""));
    site.query(&of_values(1_000, r#",{"case_sensitive":false}"#));
    for (body, word) in [
        (of_values(10_001, ""), "10000 values"),
        (of_values(1_001, r#",{"case_sensitive":false}"#), "10000 values"),
        (filtered(&vec![r#"["is","event:page",["/"]]"#; 1_001].join(",")), "1000 filters"),
        // A few bytes that stand for much: three goals are counted wherever they are named.
        (filtered(&vec![r#"["contains","event:goal",["u"]]"#; 300].join(",")), "1000 filters"),
        (visitors(&format!(r#""date_range":"day","dimensions":[{}]"#, list(9))), "8 are the most"),
        (format!(r#"{{"metrics":[{}],"date_range":"day"}}"#, list(31)), "30 are the most"),
        (visitors(&format!(r#""date_range":"day","order_by":[{}]"#, list(2))), "1 are the most"),
        (
            visitors(r#""date_range":["2000-01-01","2026-01-01"],"dimensions":["time:minute"]"#),
            "10000 buckets",
        ),
    ] {
        let error = site.check(&body).expect_err(word);
        assert!(error.message.contains(word), "{error}");
        assert!(error.message.len() < 1_000, "{error}");
    }
}

#[test]
fn a_segment_is_counted_wherever_it_is_named() {
    let site = Site::new("UTC");
    let part = Filter::Is(Dimension::Page, vec!["/".to_owned(); 9]);
    let filter = Filter::Or(vec![part; 98]);
    let segments = [Segment { id: "7".to_owned(), name: "Large".to_owned(), filter }];
    let context = GrammarContext { segments: &segments, ..site.context() };
    let named = |times: usize| filtered(&vec![r#"["is","segment",[7]]"#; times].join(","));
    assert!(Request::parse(&named(10), &context).is_ok());
    assert!(Request::parse(&named(11), &context).is_err());
    // Named twice in one list it is one.
    assert_eq!(Request::parse(&filtered(r#"["is","segment",[7,7,"Large"]]"#), &context), {
        let one = Request::parse(&named(1), &context).expect("one");
        let filters = serde_json::json!([["is", "segment", [7, 7, "Large"]]]);
        Ok(Request { filters, ..one })
    });
}

#[test]
fn messages_do_not_repeat_long_texts() {
    let site = Site::new("UTC");
    let long = "x".repeat(50_000);
    for body in [
        filtered(&format!(r#"["{long}","event:page",["/"]]"#)),
        filtered(&format!(r#"["is","{long}",["/"]]"#)),
        filtered(&format!(r#"["is","event:goal",["{long}"]]"#)),
        filtered(&format!(r#"["is","segment",["{long}"]]"#)),
        filtered(&format!(r#"["is","visit:country_name",["{long}"]]"#)),
        visitors(&format!(r#""date_range":"{long}""#)),
        visitors(&format!(r#""date_range":"day","{long}":1"#)),
        visitors(&format!(r#""date_range":"day","order_by":[["{long}","asc"]]"#)),
        format!(r#"{{"metrics":["{long}"],"date_range":"day"}}"#),
        format!(r#"{{"site_id":"{long}","metrics":["visits"],"date_range":"day"}}"#),
    ] {
        let error = site.check(&body).expect_err("a wrong request");
        assert!(error.message.len() < 1_500, "{} bytes: {error}", error.message.len());
    }
}

/// JSON out of the grammar's own words.
fn json() -> impl Strategy<Value = serde_json::Value> {
    let words = [
        "is",
        "is_not",
        "contains",
        "matches",
        "and",
        "or",
        "not",
        "has_done",
        "segment",
        "event:page",
        "event:goal",
        "visit:country_name",
        "time",
        "Sign up",
        "(a+)+$",
        "",
        "day",
        "visitors",
        "desc",
        "custom",
        "2026-11-01",
    ];
    let leaf = prop_oneof![
        prop::sample::select(words.to_vec()).prop_map(serde_json::Value::from),
        any::<i64>().prop_map(serde_json::Value::from),
        any::<bool>().prop_map(serde_json::Value::from),
        Just(serde_json::Value::Null),
        ".{0,8}".prop_map(serde_json::Value::from),
    ];
    let keys = vec!["mode", "date_range", "case_sensitive", "limit", "offset", "time_labels", "comparisons"];
    leaf.prop_recursive(5, 40, 5, move |inner| {
        let object = prop::collection::hash_map(prop::sample::select(keys.clone()), inner.clone(), 0..3);
        prop_oneof![
            prop::collection::vec(inner, 0..5).prop_map(serde_json::Value::from),
            object.prop_map(|map| map.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()),
        ]
    })
}

proptest! {
    #[test]
    fn any_json_is_a_query_or_an_error(
        key in prop::sample::select(vec![
            "site_id", "metrics", "date_range", "dimensions", "filters", "order_by", "include", "pagination",
        ]),
        value in json(),
    ) {
        let site = Site::new("Australia/Lord_Howe");
        let mut body = serde_json::json!({ "metrics": ["visitors"], "date_range": "7d", "dimensions": ["time"] });
        body[key] = value;
        match site.check(&body.to_string()) {
            Ok(query) => prop_assert!(query.period().from < query.period().to),
            Err(error) => prop_assert!(!error.message.is_empty()),
        }
    }

    #[test]
    fn any_text_is_a_query_or_an_error(text in ".{0,60}") {
        prop_assert!(Site::new("UTC").check(&text).is_err());
    }
}

#[test]
fn a_filter_looks_at_a_session_only_so_often() {
    let site = Site::new("UTC");
    let done = |count: usize| {
        let each = (0..count).map(|n| format!(r#"["has_done",["is","event:page",["/{n}"]]]"#));
        filtered(&format!(r#"["or",[{}]]"#, each.collect::<Vec<_>>().join(",")))
    };
    site.query(&done(8));
    let error = site.check(&done(9)).expect_err("nine");
    assert!(error.message.contains("8 are the most"), "{error}");
}

#[test]
fn no_filter_has_a_character_that_no_event_has() {
    // However it was made: other routes make filters of single names.
    for filter in [
        Filter::Is(Dimension::Name, vec!["a\0b".to_owned()]),
        Filter::Not(Box::new(Filter::Contains(Dimension::Page, vec!["\0".to_owned()]))),
    ] {
        let error = millrace_query::check::check_filter(&filter).expect_err("a wrong filter");
        assert!(error.message.contains("U+0000"), "{error}");
    }
}
