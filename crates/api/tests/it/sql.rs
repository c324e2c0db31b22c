//! SQL of somebody's own, answered by a store that says what it was asked.

use std::sync::Arc;
use std::time::Duration;

use millrace_catalog::key::KeyKind::{Admin, Read, Write};
use millrace_catalog::memory::site;
use millrace_store::StoreError;
use millrace_store::lists::{SqlAnswer, SqlQuestion, SqlValue};
use millrace_store::memory::MemoryStore;
use serde_json::json;

use crate::reading::{After, AnswerSql, Reading};
use crate::support::{App, Setup};

async fn app(sql: Option<AnswerSql>) -> App {
    let mut setup = Setup::demo(Vec::new()).await;
    setup.sites.push(site("shop"));
    setup.keys = vec![("w", "demo", Write), ("r", "demo", Read), ("a", "demo", Admin), ("s", "shop", Admin)];
    setup.store = Arc::new(Reading { store: MemoryStore::default(), after: After::Failure, sql });
    setup.app()
}

/// Its question, and a value of each kind.
fn asked(question: &SqlQuestion) -> Result<SqlAnswer, StoreError> {
    let SqlQuestion { site, text, most_rows, timeout } = question;
    let values = vec![
        SqlValue::Text(format!("{site} {text} {most_rows} {}", timeout.as_secs())),
        SqlValue::Null,
        SqlValue::Boolean(true),
        SqlValue::Number("-12345678901234567890.50".to_owned()),
        SqlValue::Number(".5".to_owned()),
        SqlValue::Float(0.25),
        SqlValue::Text("=1+1, \"x\"".to_owned()),
    ];
    let columns = ["asked", "none", "yes", "exact", "short", "float", "text"];
    Ok(SqlAnswer { columns: columns.map(str::to_owned).into(), rows: vec![values], truncated: true })
}

#[tokio::test]
async fn the_answer_has_columns_and_rows() {
    let app = app(Some(asked)).await;
    let body = r#"{"site_id":"demo","query":"SELECT 1","limit":10000}"#;
    let answer = app.ask("POST", "/api/v1/sql", "a", body).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(answer.text().contains("-12345678901234567890.50,\".5\",0.25"), "{}", answer.text());
    let json = answer.json();
    assert_eq!(json["columns"], json!(["asked", "none", "yes", "exact", "short", "float", "text"]));
    assert_eq!(json["rows"][0][0], "demo SELECT 1 10000 30");
    assert_eq!((&json["rows"][0][1], &json["rows"][0][2]), (&json!(null), &json!(true)));
    assert_eq!(json["truncated"], true);
    // Without a site the key's, without a limit 1,000.
    let answer = app.ask("POST", "/api/v1/sql", "s", r#"{"query":"SELECT 1"}"#).await;
    assert_eq!(answer.json()["rows"][0][0], "shop SELECT 1 1000 30");
}

#[tokio::test]
async fn the_same_as_csv() {
    let app = app(Some(asked)).await;
    let answer = app.ask("POST", "/api/v1/sql?format=csv", "a", r#"{"query":"SELECT 1"}"#).await;
    assert_eq!(answer.header("content-disposition"), Some("attachment; filename=\"demo-sql.csv\""));
    let expected = "asked,none,yes,exact,short,float,text\r\n\
                    demo SELECT 1 1000 30,,true,-12345678901234567890.50,.5,0.25,\"'=1+1, \"\"x\"\"\"\r\n";
    assert_eq!(answer.text(), expected);
}

#[tokio::test]
async fn it_needs_an_admin_key_of_the_site() {
    let app = app(Some(asked)).await;
    for (key, code) in [
        ("", "key_missing"),
        ("x", "key_unknown"),
        ("w", "key_cannot_ask"),
        ("r", "key_cannot_ask"),
        ("s", "key_of_another_site"),
    ] {
        // What else is wrong is nobody's business before.
        for body in [r#"{"site_id":"demo","query":"SELECT 1"}"#, r#"{"site_id":"demo","no":1}"#] {
            let answer = app.ask("POST", "/api/v1/sql", key, body).await;
            assert_eq!((answer.status.as_u16(), answer.error().1), (401, code.to_owned()), "{key} {body}");
        }
    }
}

#[tokio::test]
async fn a_wrong_request_names_the_field() {
    let app = app(Some(asked)).await;
    let long = format!(r#"{{"query":"{}"}}"#, "x".repeat(20_001));
    for (body, field) in [
        ("{}", "query"),
        (r#"{"query":""}"#, "query"),
        (r#"{"query":5}"#, "query"),
        (&*long, "query"),
        (r#"{"query":"x","limit":0}"#, "limit"),
        (r#"{"query":"x","limit":10001}"#, "limit"),
        (r#"{"query":"x","rows":1}"#, "body"),
    ] {
        let answer = app.ask("POST", "/api/v1/sql", "a", body).await;
        assert_eq!(answer.error(), (400, "query_invalid".to_owned(), Some(field.to_owned())), "{body:.40}");
    }
    let answer = app.ask("POST", "/api/v1/sql?format=xml", "a", r#"{"query":"x"}"#).await;
    assert_eq!(answer.error(), (400, "format_invalid".to_owned(), Some("format".to_owned())));
    assert_eq!(answer.message(), "format is 'xml': it must be one of json, csv");
}

#[tokio::test]
async fn a_statement_that_is_at_fault_is_told_so() {
    let app = app(Some(|_| Err(StoreError::Invalid("there is no column nmae".to_owned())))).await;
    let answer = app.ask("POST", "/api/v1/sql", "a", r#"{"query":"SELECT nmae FROM events"}"#).await;
    assert_eq!(answer.error(), (400, "sql_invalid".to_owned(), Some("query".to_owned())));
    assert_eq!(answer.message(), "there is no column nmae");
}

#[tokio::test]
async fn a_site_has_one_statement_at_a_time() {
    let app = app(None).await;
    let body = r#"{"query":"SELECT 1"}"#;
    let mut first = Box::pin(app.ask("POST", "/api/v1/sql", "a", body));
    let waited = tokio::time::timeout(Duration::from_millis(1), &mut first).await;
    assert!(waited.is_err(), "the first waits for the store");
    let second = app.ask("POST", "/api/v1/sql", "a", body).await;
    assert_eq!(second.error(), (429, "sql_busy".to_owned(), None));
    assert_eq!(second.header("retry-after"), Some("5"));
    // Another site has its own turn, and whoever goes away gives theirs back.
    let mut other = Box::pin(app.ask("POST", "/api/v1/sql", "s", body));
    assert!(tokio::time::timeout(Duration::from_millis(1), &mut other).await.is_err());
    drop(first);
    let mut third = Box::pin(app.ask("POST", "/api/v1/sql", "a", body));
    assert!(tokio::time::timeout(Duration::from_millis(1), &mut third).await.is_err());
}
