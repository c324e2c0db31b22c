//! Tables: documents that are taken or not, and properties that are right or not.

use super::*;

fn schema(document: &str) -> EventSchema {
    EventSchema::parse(document).unwrap_or_else(|error| panic!("{document}: {error}"))
}

/// Each violation as `property keyword`.
fn violations(document: &str, properties: &str) -> Vec<String> {
    let schema = schema(document);
    let mut found = Vec::new();
    schema.check(properties, |violation| {
        found.push(format!("{} {}", violation.property, violation.problem.as_str()));
    });
    let first = schema.first_violation(properties);
    let first = first.map(|violation| format!("{} {}", violation.property, violation.problem.as_str()));
    assert_eq!(first.as_ref(), found.first(), "{document} {properties}");
    found
}

#[test]
fn values_are_held_to_their_keywords() {
    for (rule, right, wrong, keyword) in [
        (r#"{"type":"string"}"#, &[r#""""#, r#""a""#, r#""[1]""#][..], &["1", "true"][..], "type"),
        (r#"{"type":"number"}"#, &["1", "-0.5", "1e3", "18446744073709551616"], &[r#""1""#, "true"], "type"),
        (
            r#"{"type":"integer"}"#,
            &["1", "-0", "1.0", "10e-1", "12345678901234567890123"],
            &["1.5", r#""1""#],
            "type",
        ),
        (r#"{"type":"boolean"}"#, &["true", "false"], &["1", r#""true""#], "type"),
        (r#"{"type":"array"}"#, &[r#""[]""#, r#""[1,{\"a\":2}]""#], &[r#""[""#, r#""a""#, "1"], "type"),
        (r#"{"type":["integer","boolean"]}"#, &["1", "true"], &["1.5", r#""a""#], "type"),
        (
            r#"{"enum":["a","b\n",1,true]}"#,
            &[r#""a""#, r#""b\n""#, "1", "1.0", "true"],
            &[r#""c""#, "2", "false", r#""1""#],
            "enum",
        ),
        (r#"{"const":2.50}"#, &["2.5", "25e-1"], &["2", r#""2.50""#], "enum"),
        (r#"{"minimum":0}"#, &["0", "-0", "1", r#""text""#, "true"], &["-0.0001", "-1e-300"], "minimum"),
        (r#"{"minimum":9007199254740993}"#, &["9007199254740993"], &["9007199254740992"], "minimum"),
        (r#"{"exclusiveMinimum":0}"#, &["1e-300"], &["0", "-1"], "minimum"),
        (r#"{"maximum":1e2}"#, &["100", "100.0"], &["100.0000000000000000000001"], "maximum"),
        (r#"{"exclusiveMaximum":100}"#, &["99.999"], &["100", "1e300"], "maximum"),
        (r#"{"minLength":2}"#, &[r#""äö""#, r#""🚀🚀""#, "1"], &[r#""ä""#, r#""""#, r#""🚀""#], "minLength"),
        (r#"{"maxLength":2}"#, &[r#""äö""#, r#""\n\n""#, "123"], &[r#""äöü""#, r#""abc""#], "maxLength"),
        (r#"{"pattern":"^[A-Z]{3}$"}"#, &[r#""EUR""#, "1"], &[r#""eur""#, r#""EURO""#], "pattern"),
        (r#"{"pattern":"b+"}"#, &[r#""abba""#], &[r#""aca""#], "pattern"),
        ("true", &["1", r#""a""#, "true"], &[], ""),
        ("{}", &["1", r#""a""#, "true"], &[], ""),
    ] {
        let document = format!(r#"{{"properties":{{"p":{rule}}}}}"#);
        for value in right {
            assert!(violations(&document, &format!(r#"{{"p":{value}}}"#)).is_empty(), "{rule} {value}");
        }
        for value in wrong {
            assert_eq!(
                violations(&document, &format!(r#"{{"p":{value}}}"#)),
                [format!("p {keyword}")],
                "{rule} {value}"
            );
        }
        assert!(violations(&document, "").is_empty(), "{rule}: it may be left out");
    }
}

#[test]
fn objects_are_checked_as_they_are_flattened() {
    let nested = r#"{"type":"object","required":["customer"],"properties":{
        "customer":{"type":"object","required":["id"],"additionalProperties":false,
            "properties":{"id":{"type":"integer"},"plan":{"enum":["free","pro"]}}},
        "price":{"type":"number"},
        "coupon":{"type":"object","properties":{"code":{"type":"string"}},"required":["code"]},
        "any":{}}}"#;
    for (properties, expected) in [
        (r#"{"customer.id":1,"customer.plan":"pro","other":1,"any.thing":1}"#, &[][..]),
        (r#"{"customer.id":1,"price":2}"#, &[]),
        ("", &["customer required"]),
        (r#"{"customer.plan":"pro"}"#, &["customer.id required"]),
        (r#"{"customer.id":1,"customer.plan":"gold"}"#, &["customer.plan enum"]),
        (r#"{"customer.id":1,"customer.name":"x"}"#, &["customer.name additionalProperties"]),
        (r#"{"customer.id":1,"customer.id.x":2}"#, &["customer.id type"]),
        (r#"{"customer":"me"}"#, &["customer type"]),
        (r#"{"customer.id":1,"price.amount":1,"price.currency":"EUR"}"#, &["price type"]),
        (r#"{"customer.id":1,"coupon.rate":1}"#, &["coupon.code required"]),
        (r#"{"customer.id":1,"coupon.code":5}"#, &["coupon.code type"]),
    ] {
        assert_eq!(violations(nested, properties), expected, "{properties}");
    }
}

#[test]
fn what_is_not_declared_may_be_forbidden_and_what_is_missing_is_named() {
    let closed = r#"{"properties":{"a":{},"z":{}},"required":["z","a"],"additionalProperties":false}"#;
    assert_eq!(
        violations(closed, r#"{"b":1,"b.c":2}"#),
        ["b additionalProperties", "b.c additionalProperties", "a required", "z required"]
    );
    assert_eq!(violations(r#"{"required":["a"]}"#, r#"{"b":1}"#), ["a required"]);
    assert!(violations(r#"{"required":["a"]}"#, r#"{"a.b":1}"#).is_empty(), "an object was sent");
    assert_eq!(violations(closed, r#"{"\u0062":1,"\u0061":1,"z":1}"#), ["b additionalProperties"]);
}

#[test]
fn a_message_says_what_is_allowed() {
    let schema = schema(
        r#"{"required":["id"],"properties":{"id":{},"price":{"type":["number","boolean"],"minimum":0,"exclusiveMaximum":1e3},
            "plan":{"enum":["a","b",3,4,5,6,7,8,9,10]},"text":{"minLength":1,"maxLength":5,"pattern":"^x"},"o":{"type":"object"}}}"#,
    );
    for (property, problem, message) in [
        ("price", Problem::Type, "properties.price must be of the type number or boolean"),
        ("price", Problem::Minimum, "properties.price must be at least 0"),
        ("price", Problem::Maximum, "properties.price must be less than 1e3"),
        ("plan", Problem::Enum, r#"properties.plan must be one of "a", "b", 3, 4, 5, 6, 7, 8 or 2 more"#),
        ("text", Problem::MinLength, "properties.text must have at least 1 characters"),
        ("text", Problem::MaxLength, "properties.text must have at most 5 characters"),
        ("text", Problem::Pattern, "properties.text must match the pattern ^x"),
        ("id", Problem::Required, "properties.id is required"),
        ("o", Problem::Type, "properties.o must be an object"),
        ("o", Problem::Required, "properties.o is required"),
        (
            "x",
            Problem::AdditionalProperties,
            "properties.x is not declared, and no other properties are allowed",
        ),
    ] {
        assert_eq!(schema.wanted(property, problem), message);
    }
}

#[test]
fn a_document_that_is_not_understood_is_refused_with_its_place() {
    let long = format!(r#"{{"pattern":"{}"}}"#, "a".repeat(501));
    let of = |rule: &str| format!(r#"{{"properties":{{"a/b~":{rule}}}}}"#);
    let many: Vec<_> = (0..129).map(|n| format!(r#""p{n}":{{}}"#)).collect();
    let values: Vec<_> = (0..501).map(|n| n.to_string()).collect();
    let patterns: Vec<_> = (0..17).map(|n| format!(r#""p{n}":{{"pattern":"a"}}"#)).collect();
    let here = "/properties/a~1b~0";
    for (document, pointer, message) in [
        ("".to_owned(), "", "not valid JSON"),
        ("{".to_owned(), "", "not valid JSON"),
        ("[]".to_owned(), "", "must be an object"),
        ("{} {}".to_owned(), "", "not valid JSON"),
        (r#"{"$ref":"x"}"#.to_owned(), "/$ref", "'$ref' is not taken"),
        (r#"{"type":"string"}"#.to_owned(), "/type", "must be \"object\" here"),
        (r#"{"minimum":1}"#.to_owned(), "", "put keywords for a value"),
        (r#"{"properties":[]}"#.to_owned(), "/properties", "an object of names"),
        (r#"{"properties":{"":{}}}"#.to_owned(), "/properties/", "needs a name"),
        (r#"{"properties":{"a":{},"a":{}}}"#.to_owned(), "/properties/a", "twice"),
        (r#"{"title":"a","title":"b"}"#.to_owned(), "/title", "twice"),
        (r#"{"required":"a"}"#.to_owned(), "/required", "an array of names"),
        (r#"{"required":["a"],"additionalProperties":false}"#.to_owned(), "/required", "not declared"),
        (r#"{"additionalProperties":{}}"#.to_owned(), "/additionalProperties", "true or false"),
        (
            r#"{"properties":{"a.b":{},"a":{"properties":{"b":{}}}}}"#.to_owned(),
            "/properties/a/properties/b",
            "twice under the same flat",
        ),
        (format!(r#"{{"properties":{{{}}}}}"#, many.join(",")), "/properties/p128", "more than 128"),
        (format!(r#"{{"properties":{{{}}}}}"#, patterns.join(",")), "/properties/p16", "more than 16"),
        (
            format!(r#"{{"properties":{{"{}":{{}}}}}}"#, "k".repeat(121)),
            &format!("/properties/{}", "k".repeat(121)),
            "longer than 120",
        ),
        (format!(r#"{{"title":"{}"}}"#, "x".repeat(limits::SCHEMA_BYTES)), "", "the limit is 65536"),
        ("[".repeat(30), "", "nests deeper"),
        (of("5"), here, "must be an object"),
        (of("false"), here, "must be an object"),
        (of(r#"{"format":"email"}"#), &format!("{here}/format"), "'format' is not taken"),
        (of(r#"{"items":{}}"#), &format!("{here}/items"), "'items' is not taken"),
        (of(r#"{"type":"date"}"#), &format!("{here}/type"), "must be one of"),
        (of(r#"{"type":[]}"#), &format!("{here}/type"), "must be one of"),
        (of(r#"{"type":["string","null"]}"#), &format!("{here}/type"), "leaving the property out"),
        (of(r#"{"type":["string","object"]}"#), &format!("{here}/type"), "something else"),
        (of(r#"{"type":"object","minimum":1}"#), here, "keywords for a value"),
        (of(r#"{"type":"string","required":["x"]}"#), here, "keywords for an object"),
        (of(r#"{"enum":[]}"#), &format!("{here}/enum"), "1 to 500"),
        (of(&format!(r#"{{"enum":[{}]}}"#, values.join(","))), &format!("{here}/enum"), "1 to 500"),
        (of(r#"{"enum":"a"}"#), &format!("{here}/enum"), "an array"),
        (of(r#"{"enum":[null]}"#), &format!("{here}/enum"), "strings, numbers and booleans"),
        (of(r#"{"enum":["a"],"const":"a"}"#), &format!("{here}/const"), "leave one out"),
        (of(r#"{"minimum":"0"}"#), &format!("{here}/minimum"), "must be a number"),
        (of(r#"{"minimum":0,"exclusiveMinimum":0}"#), &format!("{here}/exclusiveMinimum"), "there twice"),
        (of(r#"{"maxLength":-1}"#), &format!("{here}/maxLength"), "0 or more"),
        (of(r#"{"maxLength":1.5}"#), &format!("{here}/maxLength"), "0 or more"),
        (of(r#"{"minLength":2001}"#), &format!("{here}/minLength"), "no value has more"),
        (of(r#"{"pattern":"("}"#), &format!("{here}/pattern"), "not taken: unclosed group"),
        (of(r#"{"pattern":"(?=a)"}"#), &format!("{here}/pattern"), "look-around"),
        (of(r#"{"pattern":"(\\w{50}){50}"}"#), &format!("{here}/pattern"), "too large"),
        (of(&long), &format!("{here}/pattern"), "longer than 500"),
        (of(r#"{"pattern":5}"#), &format!("{here}/pattern"), "must be a string"),
    ] {
        let error = EventSchema::parse(&document).expect_err(&document);
        let shown: String = document.chars().take(80).collect();
        assert_eq!(error.pointer, pointer, "{shown}: {error}");
        assert!(error.message.contains(message), "{shown}: {error}");
    }
}

#[test]
fn notes_are_kept_and_mean_nothing() {
    let document = r#"{"$schema":"https://json-schema.org/draft/2020-12/schema","title":"t","description":"d",
        "properties":{"a":{"type":"string","description":"d","examples":["x"],"$comment":"c"}}}"#;
    assert_eq!(schema(document).document(), document);
    assert!(violations(document, r#"{"a":"b"}"#).is_empty());
}

#[test]
fn patterns_take_linear_time() {
    let document = r#"{"properties":{"a":{"pattern":"^(a+)+$"}}}"#;
    let text = format!(r#"{{"a":"{}b"}}"#, "a".repeat(1_999));
    assert_eq!(violations(document, &text), ["a pattern"]);
}

#[test]
fn a_text_that_was_cut_may_have_been_an_array() {
    let cut = format!("[{}", "1,".repeat(1_000)).chars().take(2_000).collect::<String>();
    assert!(is_array(&cut) && !is_array(&cut[..1_999]) && is_array("[]") && !is_array("[] x"));
}
