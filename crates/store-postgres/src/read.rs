//! Reports and lists.

use std::time::Instant as Clock;

use millrace_event::{Event, SiteId};
use millrace_query::{CheckedQuery, Dimension, DimensionValue, QueryResult, Row};
use millrace_store::sql::{self, PostgreSql, Statement, Value};
use millrace_store::{Cursor, StoreError, Tail};
use sqlx::AssertSqlSafe;
use sqlx::postgres::PgRow;

use crate::columns::{COLUMNS, events, get, seq};
use crate::error::read_error;
use crate::store::Shared;
use crate::types::Instant;
use crate::{links, rollup};

pub(crate) async fn query(shared: &Shared, query: &CheckedQuery) -> Result<QueryResult, StoreError> {
    let start = Clock::now();
    let linked = links::matter(shared, query).await?;
    let counted = || match linked {
        true => sql::query_people(query, &PostgreSql),
        false => sql::query(query, &PostgreSql),
    };
    let statement = rollup::plan(query, linked).unwrap_or_else(counted);
    let rows = run(shared, statement).await?;
    let rows = rows.iter().map(|row| read_row(query, row)).collect::<Result<_, _>>()?;
    metrics::histogram!("millrace_store_query_seconds").record(start.elapsed());
    Ok(QueryResult { rows })
}

async fn run(shared: &Shared, statement: Statement) -> Result<Vec<PgRow>, StoreError> {
    let mut query = sqlx::query(AssertSqlSafe(statement.text));
    for value in statement.values {
        query = match value {
            Value::Text(text) => query.bind(text),
            Value::Instant(instant) => query.bind(Instant(instant)),
            Value::Instants(instants) => query.bind(instants.into_iter().map(Instant).collect::<Vec<_>>()),
            Value::Integer(number) => query.bind(number),
        };
    }
    query.fetch_all(&shared.pools.read).await.map_err(read_error)
}

fn read_row(query: &CheckedQuery, row: &PgRow) -> Result<Row, StoreError> {
    let mut dimensions = Vec::with_capacity(query.dimensions().len());
    for (column, dimension) in query.dimensions().iter().enumerate() {
        dimensions.push(match dimension {
            Dimension::Time(_) => {
                let bucket: i32 = get(row, column)?;
                let starts = query.buckets().map(|buckets| buckets.starts()).unwrap_or_default();
                let start = usize::try_from(bucket - 1).ok().and_then(|bucket| starts.get(bucket));
                let unknown =
                    || StoreError::Failed(format!("a report has a bucket {bucket}, which was not asked for"));
                DimensionValue::Bucket(*start.ok_or_else(unknown)?)
            }
            _ => DimensionValue::Text(get(row, column)?),
        });
    }
    let first = query.dimensions().len();
    let counted = (first..first + query.aggregates().len()).map(|column| get::<i64>(row, column));
    Ok(Row::new(query, dimensions, &counted.collect::<Result<Vec<_>, _>>()?))
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
    let cursor = rows.last().map(seq).transpose()?.map_or(cursor, Cursor);
    let mut events = events(&rows)?;
    links::put_in(shared, site, &mut events).await?;
    Ok(Tail { events, cursor })
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
