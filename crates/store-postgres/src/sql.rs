//! Statements of somebody's own, over one site's events.
//!
//! Three walls, each of which would do: [`check`] takes a statement apart and lets through what it knows; what runs is
//! its own rendering of that, in which `events` is the site's events; and it runs read-only, as the role
//! [`ROLE`], which may read nothing else.

mod check;

use std::fmt::Write;

use futures::TryStreamExt;
use millrace_store::StoreError;
use millrace_store::lists::{SQL_BYTES as MOST_BYTES, SqlAnswer, SqlQuestion, SqlValue};
use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{AssertSqlSafe, Column, Executor, Row, SqlSafeStr, Statement, TypeInfo};

use crate::columns::{COLUMNS, get};
use crate::error::{code, read_error};
use crate::links;
use crate::store::Shared;

/// Who runs them. It is of the whole server, and owns nothing.
const ROLE: &str = "millrace_sql";

pub(crate) async fn answer(shared: &Shared, question: &SqlQuestion) -> Result<SqlAnswer, StoreError> {
    let check::Checked { text: select, names } =
        check::checked(&question.text).map_err(StoreError::Invalid)?;
    let linked = links::any(shared, &question.site).await?;
    make_role(shared).await?;
    let taken: Option<String> = sqlx::query_scalar(
        "SELECT name FROM unnest(CAST($1 AS text[])) AS name WHERE to_regclass(quote_ident(name)) IS NOT NULL LIMIT 1",
    )
    .bind(names)
    .fetch_optional(&shared.pools.read)
    .await
    .map_err(read_error)?;
    if let Some(name) = taken {
        return Err(StoreError::Invalid(format!("there is a table {name}: name what WITH makes otherwise")));
    }
    let mut transaction = shared.pools.read.begin().await.map_err(read_error)?;
    let limits = format!(
        "SET TRANSACTION READ ONLY; SET LOCAL statement_timeout = {}; SET LOCAL work_mem = '32MB'; \
         SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL ROLE {ROLE};",
        question.timeout.as_millis()
    );
    transaction.execute(sqlx::raw_sql(AssertSqlSafe(limits))).await.map_err(read_error)?;
    let answer = run(&mut transaction, question, &select, linked).await;
    // Nothing was changed; the role and the limits end with it.
    transaction.rollback().await.map_err(read_error)?;
    answer
}

async fn run(
    connection: &mut PgConnection,
    question: &SqlQuestion,
    select: &str,
    linked: bool,
) -> Result<SqlAnswer, StoreError> {
    let with = format!("WITH events AS ({})", site_events(linked));
    // What the columns are called, and of which types they are.
    let described = format!("{with} SELECT * FROM ({select}) AS answer");
    let described =
        (&mut *connection).prepare(AssertSqlSafe(described).into_sql_str()).await.map_err(fault)?;
    let columns: Vec<(String, String)> = described
        .columns()
        .iter()
        .map(|column| (column.name().to_owned(), column.type_info().name().to_owned()))
        .collect();
    if columns.is_empty() {
        return Err(StoreError::Invalid("a statement without columns has no answer".to_owned()));
    }
    let names: Vec<_> = (0..columns.len()).map(|place| format!("c{place}")).collect();
    let mut text = format!("{with} SELECT ");
    for ((_, kind), name) in columns.iter().zip(&names) {
        let comma = if text.ends_with("SELECT ") { "" } else { ", " };
        let shown = match kind.as_str() {
            "TIMESTAMPTZ" => {
                format!("to_char({name} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')")
            }
            _ => format!("CAST({name} AS text)"),
        };
        let _ = write!(text, "{comma}{shown}");
    }
    let _ = write!(text, " FROM ({select}) AS answer({}) LIMIT {}", names.join(", "), question.most_rows + 1);
    let query = sqlx::query(AssertSqlSafe(text)).bind(question.site.as_str());
    let (mut rows, mut bytes, mut truncated) = (Vec::new(), 0, false);
    let mut found = query.fetch(connection);
    while let Some(row) = found.try_next().await.map_err(fault)? {
        if rows.len() == question.most_rows || bytes > MOST_BYTES {
            truncated = true;
            break;
        }
        let row = values(&row, &columns)?;
        bytes += row.iter().map(SqlValue::bytes).sum::<usize>();
        rows.push(row);
    }
    drop(found);
    Ok(SqlAnswer { columns: columns.into_iter().map(|(name, _)| name).collect(), rows, truncated })
}

/// The events of the site that is bound first, persons in place of visitors.
fn site_events(linked: bool) -> String {
    let visitor = match linked {
        false => "visitor",
        true => {
            "COALESCE((SELECT person FROM visitor_links WHERE visitor_links.site = $1 \
             AND visitor_links.visitor = events.visitor), visitor) AS visitor"
        }
    };
    let columns: Vec<_> = COLUMNS.split(", ").map(str::trim).collect();
    let columns: Vec<_> =
        columns.into_iter().map(|column| if column == "visitor" { visitor } else { column }).collect();
    format!("SELECT {} FROM events WHERE site = $1", columns.join(", "))
}

fn values(row: &PgRow, columns: &[(String, String)]) -> Result<Vec<SqlValue>, StoreError> {
    let value = |(place, (_, kind)): (usize, &(String, String))| {
        let Some(text) = get::<Option<String>>(row, place)? else {
            return Ok(SqlValue::Null);
        };
        let number = || text.starts_with(|first: char| first.is_ascii_digit() || first == '-');
        Ok(match kind.as_str() {
            "BOOL" => SqlValue::Boolean(text == "true"),
            "INT2" | "INT4" | "INT8" | "NUMERIC" if number() => SqlValue::Number(text),
            "FLOAT4" | "FLOAT8" => match text.parse::<f64>() {
                Ok(float) if float.is_finite() => SqlValue::Float(float),
                _ => SqlValue::Text(text),
            },
            _ => SqlValue::Text(text),
        })
    };
    (0..row.len()).zip(columns).map(value).collect()
}

/// Makes the role and lets it read the tables, at every statement: a column that is added later is theirs too.
async fn make_role(shared: &Shared) -> Result<(), StoreError> {
    let known: bool = sqlx::query_scalar(
        "SELECT COALESCE((SELECT pg_has_role(oid, 'MEMBER') AND has_table_privilege(oid, 'events', 'SELECT') \
         AND has_table_privilege(oid, 'visitor_links', 'SELECT') \
         AND has_schema_privilege(oid, current_schema(), 'USAGE') FROM pg_roles WHERE rolname = $1), false)",
    )
    .bind(ROLE)
    .fetch_one(&shared.pools.read)
    .await
    .map_err(read_error)?;
    if known {
        return Ok(());
    }
    let make = format!(
        "DO $do$ BEGIN \
         IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{ROLE}') THEN CREATE ROLE {ROLE} NOLOGIN; END IF; \
         IF NOT pg_has_role('{ROLE}', 'MEMBER') THEN EXECUTE format('GRANT {ROLE} TO %I', current_user); END IF; \
         EXECUTE format('GRANT USAGE ON SCHEMA %I TO {ROLE}', current_schema()); \
         GRANT SELECT ON events, visitor_links TO {ROLE}; END $do$"
    );
    let made = shared.pools.write.execute(sqlx::raw_sql(AssertSqlSafe(make))).await;
    made.map(drop).map_err(|error| match code(&error).as_deref() {
        Some("42501") => StoreError::Invalid(format!(
            "SQL needs the role {ROLE}, and this account may not make it; somebody who may runs: \
             CREATE ROLE {ROLE} NOLOGIN; GRANT {ROLE} TO <the store's account>; \
             and the store's account: GRANT USAGE ON SCHEMA <its schema> TO {ROLE}; \
             GRANT SELECT ON events, visitor_links TO {ROLE}"
        )),
        _ => read_error(error),
    })
}

/// Whose fault an error is: the statement's, unless the server is away.
fn fault(error: sqlx::Error) -> StoreError {
    match (error.as_database_error(), code(&error).as_deref()) {
        (Some(_), Some("57014")) => {
            StoreError::Invalid("the statement took longer than it may: ask for less".to_owned())
        }
        (Some(database), Some(code)) if !matches!(&code[..2], "08" | "53" | "57" | "58") => {
            StoreError::Invalid(database.message().to_owned())
        }
        _ => read_error(error),
    }
}
