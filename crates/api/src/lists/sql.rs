//! `POST /api/v1/sql`: a statement of somebody's own over the events of one site.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use millrace_event::SiteId;
use millrace_query::QueryError;
use millrace_query::grammar::Place;
use millrace_store::lists::{SqlAnswer, SqlQuestion, SqlValue};
use parking_lot::Mutex;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::asking::{Asking, given, needed};
use crate::Shared;
use crate::access::administered_named_site;
use crate::csv::Csv;
use crate::error::{ErrorBody, Failure};
use crate::openapi::REPORTS;
use crate::parameters::{ByFormat, TableFormat};
use crate::queries::described::ScalarValue;

const KEYS: [&str; 3] = ["site_id", "query", "limit"];

/// Rows of an answer where nothing else is asked for, and the most.
const USUAL_ROWS: usize = 1_000;
const MOST_ROWS: usize = 10_000;

/// Bytes of a statement.
const MOST_BYTES: usize = 20_000;

/// How long a statement may take, however long reports may.
const MOST_TIME: Duration = Duration::from_secs(30);

/// Sites a statement of which is being answered: one at a time has one.
#[derive(Debug, Default)]
pub(crate) struct Statements(Mutex<BTreeSet<SiteId>>);

/// The turn of a site's statement.
struct Turn<'a> {
    statements: &'a Statements,
    site: SiteId,
}

impl Statements {
    fn turn(&self, site: &SiteId) -> Result<Turn<'_>, Failure> {
        match self.0.lock().insert(site.clone()) {
            true => Ok(Turn { statements: self, site: site.clone() }),
            false => Err(Failure::Busy {
                code: "sql_busy",
                message: "a statement of this site is being answered already: wait until it has its answer",
            }),
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.statements.0.lock().remove(&self.site);
    }
}

/// Answers SQL of one's own
///
/// One SELECT in the store's SQL, over the table `events`, which has the site's events and nothing else. Needs an admin
/// key, also on a public site. One statement of a site at a time.
#[utoipa::path(
    post, path = "/api/v1/sql", operation_id = "query_sql", tag = REPORTS,
    params(ByFormat<TableFormat>),
    request_body = Statement,
    security(("key" = []), ("bearer" = [])),
    responses(
        (
            status = 200,
            description = "The rows. As CSV: names of the columns first, an empty cell where there is no value.",
            content((SqlRows = "application/json"), (String = "text/csv")),
        ),
        (
            status = 429,
            description = "A statement of the site is being answered already.",
            body = ErrorBody,
            headers(("Retry-After" = u32, description = "Seconds to wait before another try.")),
        ),
        Failure,
    ),
)]
pub(crate) async fn query(
    State(shared): State<Arc<Shared>>,
    ByFormat(format): ByFormat<TableFormat>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Failure> {
    let (asking, fields) = Asking::read(&shared, &headers, body, administered_named_site, &KEYS).await?;
    let statement = Place::of("query").text(needed(&fields, "query")?)?;
    if statement.trim().is_empty() || statement.len() > MOST_BYTES {
        let message = format!("query has {} bytes: it must have 1 to {MOST_BYTES}", statement.len());
        return Err(QueryError::new("query", message).into());
    }
    let most_rows = match given(&fields, "limit") {
        Some(limit) => Place::of("limit").number(limit, 1, MOST_ROWS)?,
        None => USUAL_ROWS,
    };
    let site = asking.reader.site().id.clone();
    let _turn = shared.statements.turn(&site)?;
    let timeout = shared.api.limits.query_timeout.min(MOST_TIME);
    let question = SqlQuestion { site, text: statement.to_owned(), most_rows, timeout };
    let answer = asking.reader.within_deadline(asking.reader.lists().sql(&question)).await?;
    Ok(match format {
        TableFormat::Json => Json(SqlRows::from(answer)).into_response(),
        TableFormat::Csv => table(&answer).respond(&question.site, "sql"),
    })
}

fn table(answer: &SqlAnswer) -> Csv {
    let mut csv = Csv::default();
    csv.texts(&answer.columns);
    for row in &answer.rows {
        for value in row {
            match value {
                SqlValue::Null => csv.empty(),
                SqlValue::Boolean(value) => csv.number(value),
                SqlValue::Number(digits) => csv.number(digits),
                SqlValue::Float(number) => csv.number(number),
                SqlValue::Text(text) => csv.text(text),
            };
        }
        csv.end_row();
    }
    csv
}

/// A statement.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the description of what is read key by key")]
pub(crate) struct Statement {
    /// The site. May be left out where the key decides it or there is only one.
    #[schema(example = "demo")]
    site_id: Option<String>,
    /// One SELECT, up to 20,000 bytes.
    #[schema(example = "SELECT name, count(*) AS events FROM events GROUP BY name ORDER BY events DESC")]
    query: String,
    /// The most rows; further ones are left out.
    #[schema(minimum = 1, maximum = 10_000, default = 1_000)]
    limit: Option<usize>,
}

/// The answer to a statement.
#[derive(Serialize, ToSchema)]
pub(crate) struct SqlRows {
    /// Names of the columns.
    #[schema(example = json!(["name", "events"]))]
    columns: Vec<String>,
    /// Rows: a value for each column. Null, a truth value, a number with all of its digits, or a text; of any other
    /// type its text. Instants are RFC 3339.
    #[schema(value_type = Vec<Vec<Option<ScalarValue>>>, example = json!([["pageview", 42]]))]
    rows: Vec<Vec<Box<RawValue>>>,
    /// Whether there were more rows.
    truncated: bool,
}

impl From<SqlAnswer> for SqlRows {
    fn from(answer: SqlAnswer) -> Self {
        let row = |row: Vec<SqlValue>| row.into_iter().map(json).collect();
        Self {
            columns: answer.columns,
            rows: answer.rows.into_iter().map(row).collect(),
            truncated: answer.truncated,
        }
    }
}

fn json(value: SqlValue) -> Box<RawValue> {
    let value = match value {
        SqlValue::Null => Value::Null,
        SqlValue::Boolean(value) => value.into(),
        // A number that JSON cannot write goes as a text.
        SqlValue::Number(digits) => match RawValue::from_string(digits.clone()) {
            Ok(number) => return number,
            Err(_) => digits.into(),
        },
        SqlValue::Float(number) => number.into(),
        SqlValue::Text(text) => text.into(),
    };
    serde_json::value::to_raw_value(&value).unwrap_or_default()
}
