//! Goals of a site.

use millrace_catalog::Site;
use millrace_catalog::key::KeyKind::{Admin, Read, Write};
use millrace_catalog::memory::site;
use serde_json::{Value, json};

use crate::support::{App, Setup};

const GOALS: &str = "/api/v1/sites/demo/goals";
const ONE: &str = "/api/v1/sites/demo/goals/1";
const PURCHASE: &str = r#"{"name":"Purchase","kind":"event","event":"purchase"}"#;

/// `demo` is public, `shop` is not.
async fn app() -> App {
    let mut setup = Setup::demo(Vec::new()).await;
    setup.sites = vec![site("demo"), Site { public: false, ..site("shop") }];
    setup.keys = vec![("r", "demo", Read), ("w", "demo", Write), ("a", "demo", Admin), ("s", "shop", Admin)];
    setup.app()
}

/// Without the instants, which are the catalog's.
fn described(goal: &Value) -> Value {
    let mut goal = goal.clone();
    for instant in ["created_at", "updated_at"] {
        assert!(goal.as_object_mut().unwrap().remove(instant).unwrap().as_str().unwrap().ends_with('Z'));
    }
    goal
}

#[tokio::test]
async fn goals_are_added_listed_replaced_and_removed() {
    let app = app().await;
    assert_eq!(app.json(GOALS).await, json!({"goals": []}));
    for (n, body, expected) in [
        (
            1,
            r#"{"name":" Sale ","kind":"event","event":"$pageview","currency":"eur"}"#,
            json!({"kind": "event", "name": "Sale", "event": "pageview", "page": null, "percent": null, "currency": "EUR"}),
        ),
        (
            2,
            r#"{"name":"Blog","kind":"page","page":"/blog/**"}"#,
            json!({"kind": "page", "name": "Blog", "event": null, "page": "/blog/**", "percent": null, "currency": null}),
        ),
        (
            3,
            r#"{"name":"Read","kind":"scroll","page":"/","percent":100,"event":null}"#,
            json!({"kind": "scroll", "name": "Read", "event": null, "page": "/", "percent": 100, "currency": null}),
        ),
    ] {
        let answer = app.ask("POST", GOALS, "a", body).await;
        assert_eq!(answer.status, 201, "{body}: {}", answer.text());
        let mut expected = expected;
        expected["id"] = n.into();
        assert_eq!(described(&answer.json()), expected);
        assert_eq!(app.json(GOALS).await["goals"][n - 1], answer.json());
    }
    let replaced = app.ask("PUT", ONE, "a", PURCHASE).await;
    assert_eq!(replaced.status, 200, "{}", replaced.text());
    let goal = replaced.json();
    assert_eq!(
        (&goal["id"], &goal["name"], &goal["currency"]),
        (&json!(1), &json!("Purchase"), &Value::Null)
    );
    assert_eq!(app.json(GOALS).await["goals"][0], goal);
    assert_eq!(app.ask("GET", "/api/v1/sites/shop/goals", "s", "").await.json(), json!({"goals": []}));

    let removed = app.ask("DELETE", ONE, "a", "").await;
    assert_eq!((removed.status.as_u16(), removed.text()), (204, ""));
    let ids: Vec<_> =
        app.json(GOALS).await["goals"].as_array().unwrap().iter().map(|goal| goal["id"].clone()).collect();
    assert_eq!(ids, [2, 3]);
    assert_eq!(app.ask("POST", GOALS, "a", PURCHASE).await.json()["id"], 4, "no number is given twice");
}

#[tokio::test]
async fn what_is_not_there_is_a_404_and_a_taken_name_a_409() {
    let app = app().await;
    assert_eq!(app.ask("POST", GOALS, "a", PURCHASE).await.status, 201);
    let other = r#"{"name":"Other","kind":"event","event":"purchase"}"#;
    assert_eq!(app.ask("POST", GOALS, "a", other).await.status, 201);
    for number in ["9", "0", "-1", "x", "1.0", "99999999999999999999"] {
        for (method, body) in [("PUT", PURCHASE), ("DELETE", "")] {
            let answer = app.ask(method, &format!("{GOALS}/{number}"), "a", body).await;
            assert_eq!(
                answer.error(),
                (404, "goal_unknown".to_owned(), Some("goal".to_owned())),
                "{method} {number}"
            );
        }
    }
    for (method, path, body) in
        [("POST", GOALS, PURCHASE), ("PUT", "/api/v1/sites/demo/goals/2", PURCHASE), ("PUT", ONE, other)]
    {
        let answer = app.ask(method, path, "a", body).await;
        assert_eq!(
            answer.error(),
            (409, "name_taken".to_owned(), Some("name".to_owned())),
            "{method} {path}"
        );
        assert!(answer.message().contains("choose another name"), "{}", answer.message());
    }
    assert_eq!(app.ask("PUT", ONE, "a", PURCHASE).await.status, 200, "its own name is no other goal's");
    assert_eq!(
        app.ask("POST", "/api/v1/sites/shop/goals", "s", PURCHASE).await.status,
        201,
        "a name is a site's"
    );
}

#[tokio::test]
async fn whoever_may_read_reports_reads_them_and_an_admin_key_changes_them() {
    let app = app().await;
    let shop = "/api/v1/sites/shop/goals";
    for key in ["", "r", "w", "a", "s", "nonsense"] {
        assert_eq!(app.ask("GET", GOALS, key, "").await.status, 200, "{key}: the site is public");
    }
    for (method, path, key, status, code) in [
        ("GET", shop, "", 401, "key_missing"),
        ("GET", shop, "a", 401, "key_of_another_site"),
        ("GET", shop, "nonsense", 401, "key_unknown"),
        ("GET", "/api/v1/sites/nowhere/goals", "a", 404, "site_unknown"),
        ("POST", GOALS, "", 401, "key_missing"),
        ("POST", GOALS, "nonsense", 401, "key_unknown"),
        ("POST", GOALS, "r", 401, "key_cannot_change"),
        ("POST", GOALS, "w", 401, "key_cannot_change"),
        ("POST", GOALS, "s", 401, "key_of_another_site"),
        ("PUT", ONE, "", 401, "key_missing"),
        ("PUT", ONE, "r", 401, "key_cannot_change"),
        ("DELETE", ONE, "", 401, "key_missing"),
        ("DELETE", ONE, "s", 401, "key_of_another_site"),
        // Whoever may not change it need not be told that it is none.
        ("DELETE", "/api/v1/sites/demo/goals/x", "r", 401, "key_cannot_change"),
        ("POST", "/api/v1/sites/nowhere/goals", "a", 404, "site_unknown"),
        ("PUT", GOALS, "a", 405, "method_not_allowed"),
        ("GET", ONE, "a", 405, "method_not_allowed"),
    ] {
        let (found, word, _) = app.ask(method, path, key, PURCHASE).await.error();
        assert_eq!((found, word.as_str()), (status, code), "{method} {path} {key}");
    }
    assert_eq!(app.json(GOALS).await, json!({"goals": []}));
}

#[tokio::test]
async fn a_wrong_goal_says_where() {
    let app = app().await;
    let long = format!(r#"{{"name":"{}","kind":"event","event":"x"}}"#, "x".repeat(121));
    for (body, field, message) in [
        ("", None, "the body is no {\"name\""),
        ("[\"a\",\"event\",\"x\",null,null,null]", None, "it is no JSON object"),
        (r#"{"name":"a"}"#, None, "missing field `kind`"),
        (r#"{"name":"a","kind":"event","event":"x","x":1}"#, None, "unknown field `x`"),
        (
            r#"{"name":"a","kind":"click"}"#,
            Some("kind"),
            "'click' is no kind of goal: write event, page or scroll",
        ),
        (r#"{"name":"a","kind":"event"}"#, Some("event"), "event: it is missing"),
        (r#"{"name":"a","kind":"event","page":"/"}"#, Some("event"), "event: it is missing"),
        (
            r#"{"name":"a","kind":"event","event":"x","page":"/"}"#,
            Some("page"),
            "page: a goal of kind 'event'",
        ),
        (
            r#"{"name":"a","kind":"event","event":"x","percent":5}"#,
            Some("percent"),
            "only a goal of kind 'scroll'",
        ),
        (r#"{"name":"a","kind":"page"}"#, Some("page"), "page: it is missing"),
        (
            r#"{"name":"a","kind":"page","page":"/","percent":5}"#,
            Some("percent"),
            "only a goal of kind 'scroll'",
        ),
        (
            r#"{"name":"a","kind":"page","page":"/","event":"x"}"#,
            Some("event"),
            "only a goal of kind 'event'",
        ),
        (r#"{"name":"a","kind":"scroll","percent":5}"#, Some("page"), "page: it is missing"),
        (r#"{"name":"a","kind":"scroll","page":"/"}"#, Some("percent"), "percent: it is missing"),
        (
            r#"{"name":"a","kind":"scroll","page":"/","percent":5,"event":"x"}"#,
            Some("event"),
            "only a goal of kind",
        ),
        (
            r#"{"name":"a","kind":"scroll","page":"/","percent":0}"#,
            Some("percent"),
            "percent: 0 is no percentage",
        ),
        (
            r#"{"name":"a","kind":"scroll","page":"/","percent":300}"#,
            Some("percent"),
            "percent: 300 is no percentage",
        ),
        (r#"{"name":"a","kind":"page","page":"blog"}"#, Some("page"), "page: a page begins with '/'"),
        (r#"{"name":"a","kind":"event","event":" "}"#, Some("event"), "event: "),
        (r#"{"name":" ","kind":"event","event":"x"}"#, Some("name"), "name: a name has 1 to 120 characters"),
        (&long, Some("name"), "name: a name has 1 to 120 characters"),
        (r#"{"name":"a","kind":"event","event":"x","currency":"euro"}"#, Some("currency"), "'euro' is none"),
    ] {
        for (method, path) in [("POST", GOALS), ("PUT", ONE)] {
            let answer = app.ask(method, path, "a", body).await;
            assert_eq!(answer.error(), (400, "goal_invalid".to_owned(), field.map(str::to_owned)), "{body}");
            assert!(answer.message().contains(message), "{body}: {}", answer.message());
        }
    }
    assert_eq!(app.ask("POST", GOALS, "a", &" ".repeat(2 << 20)).await.error().1, "body_too_large");
}

#[tokio::test]
async fn a_site_has_sixty_goals_at_most() {
    let app = app().await;
    for n in 0..60 {
        let body = format!(r#"{{"name":"{n}","kind":"event","event":"x"}}"#);
        assert_eq!(app.ask("POST", GOALS, "a", &body).await.status, 201, "{n}");
    }
    let answer = app.ask("POST", GOALS, "a", PURCHASE).await;
    assert_eq!(answer.error(), (400, "too_many_goals".to_owned(), None));
    assert!(
        answer.message().contains("has 60 goals, which is the most: remove one first"),
        "{}",
        answer.message()
    );
    assert_eq!(app.ask("PUT", ONE, "a", PURCHASE).await.status, 200);
}
