//! What a batch adds to the aggregates, computed before the lock is taken.
//!
//! Each table gets its rows in one statement, in the order of its key: neighbours in the index one after the other.

use std::collections::{BTreeMap, HashMap, HashSet};

use foldhash::fast::RandomState;
use millrace_event::time::DAY_MS;
use millrace_event::{Event, Timestamp, VisitorId};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;

use crate::schema::Flavour;
use crate::types::{Instant, Uuid};

/// The tables of counts by name: each one's bucket in milliseconds.
pub(crate) const COUNTS: [(&str, i64); 3] =
    [("event_counts_minute", 60_000), ("event_counts_hour", 3_600_000), ("event_counts_day", DAY_MS)];

#[derive(Debug)]
pub(crate) struct Counts<'a> {
    /// By site, start of the minute, name.
    minutes: Vec<((&'a str, i64, &'a str), i64)>,
    /// By site and day since 1970: pageviews and events.
    days: BTreeMap<(&'a str, i64), (i64, i64)>,
    visitors: Vec<(&'a str, i64, VisitorId)>,
    /// Pageviews by site, day and path.
    paths: Vec<((&'a str, i64, &'a str), i64)>,
}

impl<'a> Counts<'a> {
    /// Of the events of which `keep` is true, or all of them without it.
    pub(crate) fn of(events: &'a [Event], keep: Option<&[bool]>) -> Self {
        let mut minutes: HashMap<(&str, i64, &str), i64, RandomState> = HashMap::default();
        let mut paths: HashMap<(&str, i64, &str), i64, RandomState> = HashMap::default();
        let mut visitors: HashSet<(&str, i64, VisitorId), RandomState> = HashSet::default();
        for (place, event) in events.iter().enumerate() {
            if keep.is_some_and(|keep| !keep[place]) {
                continue;
            }
            let (site, day) = (event.site.as_str(), event.timestamp.utc_day());
            let minute = event.timestamp.as_millis().div_euclid(60_000);
            *minutes.entry((site, minute * 60_000, &event.name)).or_default() += 1;
            visitors.insert((site, day, event.visitor));
            if let Some(path) = event.path.as_deref().filter(|_| event.name == "pageview") {
                *paths.entry((site, day, path)).or_default() += 1;
            }
        }
        let mut days: BTreeMap<(&str, i64), (i64, i64)> = BTreeMap::new();
        for ((site, minute, name), count) in &minutes {
            let day = days.entry((site, minute.div_euclid(DAY_MS))).or_default();
            day.0 += if *name == "pageview" { *count } else { 0 };
            day.1 += count;
        }
        let mut visitors: Vec<_> = visitors.into_iter().collect();
        visitors.sort_unstable();
        Self { minutes: sorted(minutes), days, visitors, paths: sorted(paths) }
    }

    /// Adds them to the tables.
    pub(crate) async fn add(
        &self,
        flavour: Flavour,
        connection: &mut PgConnection,
    ) -> Result<(), sqlx::Error> {
        if flavour == Flavour::Plain {
            for (table, width) in COUNTS {
                self.add_counts(table, width, connection).await?;
            }
        }
        self.add_days(connection).await?;
        self.add_paths(connection).await
    }

    async fn add_counts(
        &self,
        table: &str,
        width: i64,
        connection: &mut PgConnection,
    ) -> Result<(), sqlx::Error> {
        let mut rows: BTreeMap<(&str, i64, &str), i64> = BTreeMap::new();
        for ((site, minute, name), count) in &self.minutes {
            *rows.entry((site, minute.div_euclid(width) * width, name)).or_default() += count;
        }
        let (mut sites, mut buckets, mut names, mut counts) = (vec![], vec![], vec![], vec![]);
        for ((site, bucket, name), count) in rows {
            sites.push(site);
            buckets.push(Instant(Timestamp::from_millis(bucket)));
            names.push(name);
            counts.push(count);
        }
        sqlx::query(sqlx::AssertSqlSafe(format!(
            "INSERT INTO {table} AS known (site, bucket, name, count) SELECT * FROM unnest($1, $2, $3, $4) \
             ON CONFLICT (site, bucket, name) DO UPDATE SET count = known.count + excluded.count"
        )))
        .bind(sites)
        .bind(buckets)
        .bind(names)
        .bind(counts)
        .execute(connection)
        .await
        .map(|_| ())
    }

    /// Visitors first: how many of them are new on their day is what `unique_users` grows by.
    async fn add_days(&self, connection: &mut PgConnection) -> Result<(), sqlx::Error> {
        let visitors = &self.visitors;
        sqlx::query(
            "WITH fresh AS (INSERT INTO daily_site_visitors (site, day, visitor) \
             SELECT site, (day AT TIME ZONE 'UTC')::date, visitor FROM unnest($1, $2, $3) AS one (site, day, visitor) \
             ON CONFLICT DO NOTHING RETURNING site, day), \
             people AS (SELECT site, day, count(*) AS people FROM fresh GROUP BY site, day), \
             added AS (SELECT site, (day AT TIME ZONE 'UTC')::date AS day, views, events \
             FROM unnest($4, $5, $6, $7) AS one (site, day, views, events)) \
             INSERT INTO daily_site_stats AS known (site, day, views, unique_users, events) \
             SELECT site, day, views, COALESCE(people, 0), events FROM added LEFT JOIN people USING (site, day) \
             ON CONFLICT (site, day) DO UPDATE SET views = known.views + excluded.views, \
             unique_users = known.unique_users + excluded.unique_users, events = known.events + excluded.events",
        )
        .bind(visitors.iter().map(|(site, _, _)| *site).collect::<Vec<_>>())
        .bind(visitors.iter().map(|(_, day, _)| start(*day)).collect::<Vec<_>>())
        .bind(visitors.iter().map(|(_, _, visitor)| visitor.0 as i64).collect::<Vec<_>>())
        .bind(self.days.keys().map(|(site, _)| *site).collect::<Vec<_>>())
        .bind(self.days.keys().map(|(_, day)| start(*day)).collect::<Vec<_>>())
        .bind(self.days.values().map(|(views, _)| *views).collect::<Vec<_>>())
        .bind(self.days.values().map(|(_, events)| *events).collect::<Vec<_>>())
        .execute(connection)
        .await
        .map(|_| ())
    }

    async fn add_paths(&self, connection: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.paths.is_empty() {
            return Ok(());
        }
        let paths = &self.paths;
        sqlx::query(
            "INSERT INTO daily_site_path_counts AS known (site, day, path_hash, path, views) \
             SELECT site, (day AT TIME ZONE 'UTC')::date, path_hash, path, views \
             FROM unnest($1, $2, $3, $4, $5) AS one (site, day, path_hash, path, views) \
             ON CONFLICT (site, day, path_hash) DO UPDATE SET views = known.views + excluded.views",
        )
        .bind(paths.iter().map(|((site, _, _), _)| *site).collect::<Vec<_>>())
        .bind(paths.iter().map(|((_, day, _), _)| start(*day)).collect::<Vec<_>>())
        .bind(paths.iter().map(|((_, _, path), _)| path_hash(path)).collect::<Vec<_>>())
        .bind(paths.iter().map(|((_, _, path), _)| *path).collect::<Vec<_>>())
        .bind(paths.iter().map(|(_, views)| *views).collect::<Vec<_>>())
        .execute(connection)
        .await
        .map(|_| ())
    }
}

fn sorted<K: Ord, S>(map: HashMap<K, i64, S>) -> Vec<(K, i64)> {
    let mut rows: Vec<_> = map.into_iter().collect();
    rows.sort_unstable();
    rows
}

fn start(day: i64) -> Instant {
    Instant(Timestamp::from_millis(day * DAY_MS))
}

fn path_hash(path: &str) -> Uuid {
    let mut hash = [0; 16];
    hash.copy_from_slice(&Sha256::digest(path)[..16]);
    Uuid(hash)
}
