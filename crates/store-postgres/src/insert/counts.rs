//! What a batch adds to the aggregates, computed before the lock is taken.
//!
//! Each table gets its rows in one statement, in the order of its key: neighbours in the index one after the other.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};

use foldhash::fast::RandomState;
use millrace_event::time::DAY_MS;
use millrace_event::{Event, Timestamp, VisitorId};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;

use super::links;
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

    /// How many persons are new on their day is what `unique_users` grows by.
    async fn add_days(&self, connection: &mut PgConnection) -> Result<(), sqlx::Error> {
        let known: Vec<(String, Instant, i64, bool)> = sqlx::query_as(
            "INSERT INTO daily_site_stats AS known (site, day, views, unique_users, events) \
             SELECT site, (day AT TIME ZONE 'UTC')::date, views, 0, events \
             FROM unnest($1, $2, $3, $4) AS one (site, day, views, events) ON CONFLICT (site, day) DO UPDATE \
             SET views = known.views + excluded.views, events = known.events + excluded.events \
             RETURNING site, day::timestamp AT TIME ZONE 'UTC', id, \
             EXISTS (SELECT FROM visitor_links AS links WHERE links.site = known.site)",
        )
        .bind(self.days.keys().map(|(site, _)| *site).collect::<Vec<_>>())
        .bind(self.days.keys().map(|(_, day)| start(*day)).collect::<Vec<_>>())
        .bind(self.days.values().map(|(views, _)| *views).collect::<Vec<_>>())
        .bind(self.days.values().map(|(_, events)| *events).collect::<Vec<_>>())
        .fetch_all(&mut *connection)
        .await?;
        let ids: HashMap<(&str, i64), i64, RandomState> =
            known.iter().map(|(site, day, id, _)| ((&**site, day.0.utc_day()), *id)).collect();
        let linked: HashSet<&str, RandomState> =
            known.iter().filter(|(_, _, _, linked)| *linked).map(|(site, ..)| &**site).collect();
        let visitors = self.people(&linked, connection).await?;
        // Nobody else adds rows while we hold the lock: looking first is cheaper than ON CONFLICT.
        let fresh: Vec<(i64, i64)> = sqlx::query_as(
            "WITH fresh AS (INSERT INTO daily_site_visitors (site_day, visitor) \
             SELECT site_day, visitor FROM unnest($1, $2) AS one (site_day, visitor) \
             WHERE NOT EXISTS (SELECT FROM daily_site_visitors AS known \
             WHERE known.site_day = one.site_day AND known.visitor = one.visitor) RETURNING site_day) \
             SELECT site_day, count(*) FROM fresh GROUP BY site_day",
        )
        .bind(visitors.iter().map(|(site, day, _)| ids.get(&(*site, *day)).copied()).collect::<Vec<_>>())
        .bind(visitors.iter().map(|(_, _, visitor)| visitor.0 as i64).collect::<Vec<_>>())
        .fetch_all(&mut *connection)
        .await?;
        let people: HashMap<i64, i64, RandomState> = fresh.into_iter().collect();
        let grown = || known.iter().filter_map(|(site, day, id, _)| Some((&**site, *day, *people.get(id)?)));
        sqlx::query(
            "UPDATE daily_site_stats AS known SET unique_users = unique_users + people \
             FROM unnest($1, $2, $3) AS one (site, day, people) \
             WHERE known.site = one.site AND known.day = (one.day AT TIME ZONE 'UTC')::date",
        )
        .bind(grown().map(|(site, _, _)| site).collect::<Vec<_>>())
        .bind(grown().map(|(_, day, _)| day).collect::<Vec<_>>())
        .bind(grown().map(|(_, _, people)| people).collect::<Vec<_>>())
        .execute(connection)
        .await
        .map(|_| ())
    }

    /// The visitors of each day, where a site has links the persons: each once.
    async fn people(
        &self,
        linked: &HashSet<&str, RandomState>,
        connection: &mut PgConnection,
    ) -> Result<Cow<'_, [(&'a str, i64, VisitorId)]>, sqlx::Error> {
        if linked.is_empty() {
            return Ok(Cow::Borrowed(&self.visitors));
        }
        let of_linked = self.visitors.iter().filter(|(site, _, _)| linked.contains(site));
        let asked = of_linked.map(|(site, _, visitor)| (*site, visitor.0 as i64));
        let persons = links::known(asked, connection).await?;
        let mut people = self.visitors.clone();
        for (site, _, visitor) in &mut people {
            if let Some(person) = persons.get(&((*site).to_owned(), visitor.0 as i64)) {
                *visitor = VisitorId(*person as u64);
            }
        }
        people.sort_unstable();
        people.dedup();
        Ok(Cow::Owned(people))
    }

    async fn add_paths(&self, connection: &mut PgConnection) -> Result<(), sqlx::Error> {
        if self.paths.is_empty() {
            return Ok(());
        }
        let paths = &self.paths;
        let hashes: Vec<Uuid> = paths.iter().map(|((_, _, path), _)| path_hash(path)).collect();
        // Most are there already, and an update is cheaper than an insert that finds a conflict.
        let updated: Vec<i32> = sqlx::query_scalar(
            "UPDATE daily_site_path_counts AS known SET views = known.views + one.views \
             FROM unnest($1, $2, $3, $4, $5) AS one (place, site, day, path_hash, views) \
             WHERE known.site = one.site AND known.day = (one.day AT TIME ZONE 'UTC')::date \
             AND known.path_hash = one.path_hash RETURNING place",
        )
        .bind((0..paths.len() as i32).collect::<Vec<_>>())
        .bind(paths.iter().map(|((site, _, _), _)| *site).collect::<Vec<_>>())
        .bind(paths.iter().map(|((_, day, _), _)| start(*day)).collect::<Vec<_>>())
        .bind(&hashes)
        .bind(paths.iter().map(|(_, views)| *views).collect::<Vec<_>>())
        .fetch_all(&mut *connection)
        .await?;
        if updated.len() == paths.len() {
            return Ok(());
        }
        let mut missing = vec![true; paths.len()];
        updated.into_iter().for_each(|place| missing[place as usize] = false);
        let new =
            || paths.iter().zip(&hashes).zip(&missing).filter(|(_, missing)| **missing).map(|(row, _)| row);
        sqlx::query(
            "INSERT INTO daily_site_path_counts (site, day, path_hash, path, views) \
             SELECT site, (day AT TIME ZONE 'UTC')::date, path_hash, path, views \
             FROM unnest($1, $2, $3, $4, $5) AS one (site, day, path_hash, path, views)",
        )
        .bind(new().map(|(((site, _, _), _), _)| *site).collect::<Vec<_>>())
        .bind(new().map(|(((_, day, _), _), _)| start(*day)).collect::<Vec<_>>())
        .bind(new().map(|(_, hash)| *hash).collect::<Vec<_>>())
        .bind(new().map(|(((_, _, path), _), _)| *path).collect::<Vec<_>>())
        .bind(new().map(|((_, views), _)| *views).collect::<Vec<_>>())
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
