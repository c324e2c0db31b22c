//! What removed events had added to the aggregates.
//!
//! The removed events are in a temporary table `gone`, so that however many they are, they stay in the database.

use sqlx::{AssertSqlSafe, PgConnection};

use super::Times;
use crate::insert::counts::COUNTS;
use crate::schema::Flavour;

/// Makes the table `gone`, until the end of the transaction.
pub(super) async fn make_table(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let text = "CREATE TEMPORARY TABLE gone (site text COLLATE \"C\" NOT NULL, timestamp timestamptz NOT NULL, \
                name text COLLATE \"C\" NOT NULL, path text COLLATE \"C\", visitor bigint NOT NULL) ON COMMIT DROP";
    sqlx::raw_sql(text).execute(connection).await.map(|_| ())
}

/// The times of the first and the last event in `gone`.
pub(super) async fn times(connection: &mut PgConnection) -> Result<Times, sqlx::Error> {
    let times: (Option<_>, Option<_>) =
        sqlx::query_as("SELECT min(timestamp), max(timestamp) FROM gone").fetch_one(connection).await?;
    Ok(times.0.zip(times.1))
}

/// Takes the events in `gone` out of the aggregates. Their visitors' links are still in force.
pub(super) async fn take_away(flavour: Flavour, connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(PERSONS).execute(&mut *connection).await?;
    sqlx::raw_sql("ANALYZE gone").execute(&mut *connection).await?;
    if flavour == Flavour::Plain {
        for (table, width) in COUNTS {
            sqlx::raw_sql(AssertSqlSafe(counts(table, width / 1_000))).execute(&mut *connection).await?;
        }
    }
    for text in [PATHS, VISITORS, DAYS] {
        sqlx::raw_sql(AssertSqlSafe(text)).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Events have the visitor they came with, aggregates the person.
const PERSONS: &str = "UPDATE gone SET visitor = person FROM visitor_links AS links \
                       WHERE links.site = gone.site AND links.visitor = gone.visitor";

fn counts(table: &str, seconds: i64) -> String {
    format!(
        "CREATE TEMPORARY TABLE {table}_gone ON COMMIT DROP AS \
         SELECT site, date_bin('{seconds} s', timestamp, '2000-01-01 00:00Z') AS bucket, name, count(*) AS count \
         FROM gone GROUP BY 1, 2, 3; \
         UPDATE {table} AS known SET count = known.count - gone.count FROM {table}_gone AS gone \
         WHERE known.site = gone.site AND known.bucket = gone.bucket AND known.name = gone.name; \
         DELETE FROM {table} AS known USING {table}_gone AS gone \
         WHERE known.site = gone.site AND known.bucket = gone.bucket AND known.name = gone.name AND known.count = 0;"
    )
}

const PATHS: &str = "\
    CREATE TEMPORARY TABLE paths_gone ON COMMIT DROP AS \
    SELECT site, (timestamp AT TIME ZONE 'UTC')::date AS day, path, count(*) AS views \
    FROM gone WHERE name = 'pageview' AND path IS NOT NULL GROUP BY 1, 2, 3; \
    UPDATE daily_site_path_counts AS known SET views = known.views - gone.views FROM paths_gone AS gone \
    WHERE known.site = gone.site AND known.day = gone.day AND known.path = gone.path; \
    DELETE FROM daily_site_path_counts AS known USING paths_gone AS gone \
    WHERE known.site = gone.site AND known.day = gone.day AND known.path = gone.path AND known.views = 0;";

/// A person leaves a day when nothing of theirs is left on it. What is left is looked for in one pass over the time
/// concerned.
const VISITORS: &str = "\
    WITH days AS (SELECT DISTINCT id AS site_day, day, visitor FROM gone JOIN daily_site_stats AS stats \
    ON stats.site = gone.site AND stats.day = (timestamp AT TIME ZONE 'UTC')::date), \
    still AS MATERIALIZED (SELECT DISTINCT stats.id AS site_day, COALESCE(person, events.visitor) AS visitor \
    FROM events JOIN daily_site_stats AS stats ON stats.site = events.site \
    AND stats.day = (timestamp AT TIME ZONE 'UTC')::date \
    LEFT JOIN visitor_links AS links ON links.site = events.site AND links.visitor = events.visitor \
    WHERE events.site = ANY (ARRAY(SELECT DISTINCT site FROM gone)) \
    AND timestamp >= ((SELECT min(day) FROM days)::timestamp AT TIME ZONE 'UTC') \
    AND timestamp < ((SELECT max(day) + 1 FROM days)::timestamp AT TIME ZONE 'UTC') \
    AND COALESCE(person, events.visitor) IN (SELECT visitor FROM days)), \
    left_days AS (DELETE FROM daily_site_visitors AS known USING days \
    WHERE known.site_day = days.site_day AND known.visitor = days.visitor \
    AND NOT EXISTS (SELECT FROM still WHERE still.site_day = days.site_day AND still.visitor = days.visitor) \
    RETURNING known.site_day) \
    UPDATE daily_site_stats AS known SET unique_users = unique_users - people \
    FROM (SELECT site_day, count(*) AS people FROM left_days GROUP BY 1) AS gone \
    WHERE known.id = gone.site_day";

const DAYS: &str = "\
    CREATE TEMPORARY TABLE days_gone ON COMMIT DROP AS \
    SELECT site, (timestamp AT TIME ZONE 'UTC')::date AS day, count(*) AS events, \
    count(*) FILTER (WHERE name = 'pageview') AS views FROM gone GROUP BY 1, 2; \
    UPDATE daily_site_stats AS known SET events = known.events - gone.events, views = known.views - gone.views \
    FROM days_gone AS gone WHERE known.site = gone.site AND known.day = gone.day; \
    DELETE FROM daily_site_stats AS known USING days_gone AS gone \
    WHERE known.site = gone.site AND known.day = gone.day AND known.events = 0;";
