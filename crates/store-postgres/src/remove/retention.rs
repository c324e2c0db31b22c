//! Retention: whole partitions go as files, whole days of sites with their aggregates, and of the day that is cut
//! through, event by event.
//!
//! Each step is a transaction of about [`STEP`] events, so that workers get their turn in between. What a failure
//! leaves undone is done the next time.

use millrace_event::Timestamp;
use millrace_event::time::DAY_MS;
use millrace_store::{Erased, StoreError};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use super::{lock_removing, lock_state, take_away};
use crate::error::{LOCK_TIMEOUT, code, store_error};
use crate::insert::counts::COUNTS;
use crate::partitions::{self, Partition};
use crate::schema::Flavour;
use crate::store::Shared;
use crate::types::Instant;
use crate::{discards, links, timescale};

/// Events that one transaction removes; a site's day is not divided.
const STEP: i64 = 100_000;

/// Removes every event that happened before `before`.
pub(crate) async fn retain(shared: &Shared, before: Timestamp) -> Result<Erased, StoreError> {
    let mut connection = shared.pools.write.acquire().await.map_err(store_error)?;
    let mut events = 0;
    let removed = retain_with(shared, before, &mut events, &mut connection).await;
    if removed.is_err() {
        connection.close_on_drop();
    }
    removed.map_err(store_error)?;
    forget_links(&mut connection).await.map_err(store_error)?;
    drop(connection);
    discards::retain(shared, before).await?;
    if events > 0 && shared.flavour == Flavour::Timescale {
        timescale::refresh_before(shared, before).await;
    }
    Ok(Erased { events })
}

/// Links of sites that have no event left.
async fn forget_links(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let mut transaction = connection.begin().await?;
    lock_state(&mut transaction).await?;
    links::forget_empty_sites(&mut transaction).await?;
    transaction.commit().await
}

async fn retain_with(
    shared: &Shared,
    before: Timestamp,
    events: &mut u64,
    connection: &mut PgConnection,
) -> Result<(), sqlx::Error> {
    match shared.flavour {
        Flavour::Plain => match whole_partitions(before, connection).await {
            Ok(removed) => *events += removed,
            // A report is reading one of them: remove what is in it now, and the empty table another day.
            Err(error) if code(&error).as_deref() == Some(LOCK_TIMEOUT) => {
                tracing::info!("old partitions are being read; their events go one by one");
            }
            Err(error) => return Err(error),
        },
        Flavour::Timescale => *events += timescale::drop_chunks(before, connection).await?,
    }
    shared.partitions.forget();
    while let Some((day, sites)) = oldest_day(before, connection).await? {
        let end = day.0.plus_millis(DAY_MS);
        *events += if end <= before {
            whole_day(shared.flavour, day, Instant(end), &sites, connection).await?
        } else {
            let removed = part_of_day(shared.flavour, day, Instant(before), &sites, connection).await?;
            if removed == 0 {
                return Ok(());
            }
            removed
        };
    }
    Ok(())
}

/// Removes the partitions that end before `before`, and what was counted from them.
async fn whole_partitions(before: Timestamp, connection: &mut PgConnection) -> Result<u64, sqlx::Error> {
    let mut transaction = connection.begin().await?;
    lock_removing(&mut transaction).await?;
    let mut old = partitions::list(&mut transaction).await?;
    old.retain(|partition| partition.instants().end <= before);
    let Some(end) = old.iter().map(|partition| partition.instants().end).max() else {
        return Ok(0);
    };
    lock_state(&mut transaction).await?;
    // Nobody can add or read an event while we wait for those who read now.
    sqlx::raw_sql("SET LOCAL lock_timeout = '2s'").execute(&mut *transaction).await?;
    let names: Vec<String> = old.iter().map(Partition::name).collect();
    let text = format!("DROP TABLE {}", names.join(", "));
    sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut *transaction).await?;
    let events = forget_days(Flavour::Plain, Instant(end), &mut transaction).await?;
    transaction.commit().await?;
    tracing::info!(events, partitions = names.len(), "partitions past their retention are gone");
    Ok(events)
}

/// Removes the aggregates of every day before `end`, a start of a day; answers how many events they counted.
pub(crate) async fn forget_days(
    flavour: Flavour,
    end: Instant,
    connection: &mut PgConnection,
) -> Result<u64, sqlx::Error> {
    let counted = "SELECT COALESCE(sum(events), 0)::bigint FROM daily_site_stats WHERE day < ($1 AT TIME ZONE 'UTC')::date";
    let events: i64 = sqlx::query_scalar(counted).bind(end).fetch_one(&mut *connection).await?;
    if flavour == Flavour::Plain {
        for (table, _) in COUNTS {
            let text = format!("DELETE FROM {table} WHERE bucket < $1");
            sqlx::query(AssertSqlSafe(text)).bind(end).execute(&mut *connection).await?;
        }
    }
    for table in DAILY {
        let text = format!("DELETE FROM {table} {}", of_days(table, "day < ($1 AT TIME ZONE 'UTC')::date"));
        sqlx::query(AssertSqlSafe(text)).bind(end).execute(&mut *connection).await?;
    }
    Ok(events as u64)
}

/// The last one has the ids of the one before.
const DAILY: [&str; 3] = ["daily_site_path_counts", "daily_site_visitors", "daily_site_stats"];

/// The rows of one of [`DAILY`] whose site and day fulfil `condition`.
fn of_days(table: &str, condition: &str) -> String {
    match table {
        "daily_site_visitors" => {
            format!("WHERE site_day = ANY (ARRAY(SELECT id FROM daily_site_stats WHERE {condition}))")
        }
        _ => format!("WHERE {condition}"),
    }
}

/// The oldest day with events before `before`, and some of its sites.
async fn oldest_day(
    before: Timestamp,
    connection: &mut PgConnection,
) -> Result<Option<(Instant, Vec<String>)>, sqlx::Error> {
    // The day that `before` begins has nothing to remove.
    let last = Instant(before.plus_millis(-1));
    let rows: Vec<(String, Instant, i64)> = sqlx::query_as(
        "SELECT site, (day::timestamp AT TIME ZONE 'UTC'), events FROM daily_site_stats \
         WHERE day = (SELECT min(day) FROM daily_site_stats WHERE day <= ($1 AT TIME ZONE 'UTC')::date)",
    )
    .bind(last)
    .fetch_all(connection)
    .await?;
    let Some(day) = rows.first().map(|(_, day, _)| *day) else {
        return Ok(None);
    };
    let cut_through = day.0.plus_millis(DAY_MS) > before;
    let mut events = 0;
    let some = rows.into_iter().take_while(|(_, _, of_site)| {
        // Of a day that stays in part there is one step: what is left looks like what has not been looked at.
        let more = cut_through || events < STEP;
        events += of_site;
        more
    });
    Ok(Some((day, some.map(|(site, _, _)| site).collect())))
}

async fn whole_day(
    flavour: Flavour,
    day: Instant,
    end: Instant,
    sites: &[String],
    connection: &mut PgConnection,
) -> Result<u64, sqlx::Error> {
    let mut transaction = connection.begin().await?;
    lock_removing(&mut transaction).await?;
    lock_state(&mut transaction).await?;
    let mut removed = 0;
    let tables = [("events", "timestamp")].into_iter();
    let counts = COUNTS.into_iter().filter(|_| flavour == Flavour::Plain).map(|(table, _)| (table, "bucket"));
    for (table, column) in tables.chain(counts) {
        let text = format!("DELETE FROM {table} WHERE site = ANY($1) AND {column} >= $2 AND {column} < $3");
        let query = sqlx::query(AssertSqlSafe(text)).bind(sites).bind(day).bind(end);
        let rows = query.execute(&mut *transaction).await?.rows_affected();
        removed += if table == "events" { rows } else { 0 };
    }
    for table in DAILY {
        let of_days = of_days(table, "site = ANY($1) AND day = ($2 AT TIME ZONE 'UTC')::date");
        let text = format!("DELETE FROM {table} {of_days}");
        sqlx::query(AssertSqlSafe(text)).bind(sites).bind(day).execute(&mut *transaction).await?;
    }
    transaction.commit().await?;
    Ok(removed)
}

async fn part_of_day(
    flavour: Flavour,
    day: Instant,
    before: Instant,
    sites: &[String],
    connection: &mut PgConnection,
) -> Result<u64, sqlx::Error> {
    let mut transaction = connection.begin().await?;
    lock_removing(&mut transaction).await?;
    lock_state(&mut transaction).await?;
    take_away::make_table(&mut transaction).await?;
    let removed = sqlx::query(
        "WITH removed AS (DELETE FROM events WHERE site = ANY($1) AND timestamp >= $2 AND timestamp < $3 \
         RETURNING site, timestamp, name, path, visitor) \
         INSERT INTO gone (site, timestamp, name, path, visitor) SELECT * FROM removed",
    )
    .bind(sites)
    .bind(day)
    .bind(before)
    .execute(&mut *transaction)
    .await?
    .rows_affected();
    if removed > 0 {
        take_away::take_away(flavour, &mut transaction).await?;
    }
    transaction.commit().await?;
    Ok(removed)
}
