//! Reports and lists.

use std::time::Instant as Clock;

use millrace_event::{Event, SiteId};
use millrace_query::{Cell, CheckedQuery, QueryResult};
use millrace_store::sql::{self, PostgreSql, Statement, Value};
use millrace_store::{Cursor, StoreError, Tail};
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::{Arguments, AssertSqlSafe, Column, Row, TypeInfo};

use crate::columns::{COLUMNS, events, get, seq};
use crate::error::read_error;
use crate::store::Shared;
use crate::types::Instant;
use crate::{links, patterns, rollup};

pub(crate) async fn query(shared: &Shared, query: &CheckedQuery) -> Result<QueryResult, StoreError> {
    let start = Clock::now();
    let linked = links::matter(shared, query).await?;
    let statement = match rollup::plan(query, linked) {
        Some(statement) => statement,
        None => {
            let filters = query.filters();
            let resolved = patterns::resolve(shared, query.site(), *query.period(), &filters).await?;
            sql::query(query, &PostgreSql { linked, resolved })
        }
    };
    let rows = run(shared, statement).await?;
    let rows = rows.iter().map(|row| {
        let cells = cells(row)?;
        sql::read_row(query, &cells)
            .ok_or_else(|| StoreError::Failed(format!("a report has an odd row: {cells:?}")))
    });
    let rows = rows.collect::<Result<_, _>>()?;
    metrics::histogram!("millrace_store_query_seconds").record(start.elapsed());
    Ok(QueryResult { rows })
}

pub(crate) async fn run(shared: &Shared, statement: Statement) -> Result<Vec<PgRow>, StoreError> {
    let query = sqlx::query_with(AssertSqlSafe(statement.text), arguments(statement.values)?);
    query.fetch_all(&shared.pools.read).await.map_err(read_error)
}

/// Values as the server takes them.
pub(crate) fn arguments(values: Vec<Value>) -> Result<PgArguments, StoreError> {
    let mut arguments = PgArguments::default();
    for value in values {
        let added = match value {
            Value::Text(text) => arguments.add(text),
            Value::Texts(texts) => arguments.add(texts),
            Value::Instant(instant) => arguments.add(Instant(instant)),
            Value::Instants(instants) => arguments.add(instants.into_iter().map(Instant).collect::<Vec<_>>()),
            Value::Integer(number) => arguments.add(number),
            Value::Number(number) => arguments.add(number as i64),
        };
        added.map_err(|error| StoreError::Failed(error.to_string()))?;
    }
    Ok(arguments)
}

/// The values of a row.
pub(crate) fn cells(row: &PgRow) -> Result<Vec<Cell>, StoreError> {
    (0..row.len()).map(|column| cell(row, column)).collect()
}

/// One value of an answer.
fn cell(row: &PgRow, column: usize) -> Result<Cell, StoreError> {
    let known = row.column(column).type_info().name().to_owned();
    Ok(match known.as_str() {
        "INT8" => get::<Option<i64>>(row, column)?.map_or(Cell::Null, Cell::Integer),
        "INT4" => get::<Option<i32>>(row, column)?.map_or(Cell::Null, |number| Cell::Integer(number.into())),
        "TEXT" => get::<Option<String>>(row, column)?.map_or(Cell::Null, Cell::Text),
        other => return Err(StoreError::Failed(format!("an answer has a value of the type {other}"))),
    })
}

pub(crate) async fn recent(shared: &Shared, site: &SiteId, limit: usize) -> Result<Vec<Event>, StoreError> {
    let text = format!(
        "SELECT {COLUMNS} FROM events WHERE site = $1 ORDER BY timestamp DESC, seq DESC LIMIT {}",
        rows(limit)
    );
    let rows = sqlx::query(AssertSqlSafe(text)).bind(site.as_str()).fetch_all(&shared.pools.read).await;
    let mut events = events(&rows.map_err(read_error)?)?;
    links::put_in(shared, site, &mut events).await?;
    Ok(events)
}

pub(crate) async fn tail(
    shared: &Shared,
    site: &SiteId,
    cursor: Cursor,
    limit: usize,
) -> Result<Tail, StoreError> {
    // A cursor beyond what the column can hold is beyond every event.
    let after = i64::try_from(cursor.0).unwrap_or(i64::MAX);
    let text = format!(
        "SELECT {COLUMNS} FROM events WHERE site = $1 AND seq > $2 ORDER BY seq LIMIT {}",
        rows(limit)
    );
    let query = sqlx::query(AssertSqlSafe(text)).bind(site.as_str()).bind(after);
    let rows = query.fetch_all(&shared.pools.read).await.map_err(read_error)?;
    let arrived = arrived(shared, site, &rows).await?;
    Ok(Tail {
        cursor: arrived.last().map_or(cursor, |(cursor, _)| *cursor),
        events: arrived.into_iter().map(|(_, event)| event).collect(),
    })
}

/// Events in order of arrival.
pub(crate) async fn arrived(
    shared: &Shared,
    site: &SiteId,
    rows: &[PgRow],
) -> Result<Vec<(Cursor, Event)>, StoreError> {
    let mut events = events(rows)?;
    links::put_in(shared, site, &mut events).await?;
    let cursors = rows.iter().map(|row| seq(row).map(Cursor)).collect::<Result<Vec<_>, _>>()?;
    Ok(cursors.into_iter().zip(events).collect())
}

pub(crate) async fn cursor(shared: &Shared) -> Result<Cursor, StoreError> {
    let seq: i64 = sqlx::query_scalar("SELECT seq FROM store_state")
        .fetch_one(&shared.pools.read)
        .await
        .map_err(read_error)?;
    Ok(Cursor(seq as u64))
}

/// A limit as the server takes it.
pub(crate) fn rows(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
