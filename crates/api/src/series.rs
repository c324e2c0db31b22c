//! Counts over time, with a bucket for every interval, also where nothing happened.

use std::collections::{BTreeMap, HashMap, HashSet};

use millrace_event::Timestamp;
use millrace_query::{CheckedQuery, Dimension, DimensionValue, Filter, Interval, Metric, Query, Range, Row};

use crate::error::Failure;
use crate::reader::Reader;

/// The most event names that a series shows apart.
pub(crate) const MOST_NAMES: usize = 100;

/// What the events of all further names are counted as.
pub(crate) const OTHER: &str = "(other)";

/// Counts by event name.
pub(crate) struct NamedSeries {
    /// Each bucket's start and counts, oldest first.
    pub(crate) buckets: Vec<(Timestamp, BTreeMap<String, u64>)>,
    /// All events.
    pub(crate) total: u64,
    /// Events divided by the period's seconds.
    pub(crate) per_second: f64,
}

impl Reader {
    /// The query of a series of events.
    pub(crate) fn series_query(&self, range: Range, interval: Interval) -> Result<CheckedQuery, Failure> {
        let time = vec![Dimension::Time(interval)];
        self.check(range, vec![Metric::Events], time, Filter::all(), Query::MOST_ROWS)
    }

    /// The events of each bucket of a [`Self::series_query`], oldest first.
    pub(crate) async fn series(&self, query: &CheckedQuery) -> Result<Vec<(Timestamp, u64)>, Failure> {
        let rows = self.run(query).await?;
        let counts: HashMap<_, _> =
            rows.iter().filter_map(|row| Some((bucket_of(row)?, row.count(0)))).collect();
        Ok(starts(query).map(|start| (start, counts.get(&start).copied().unwrap_or(0))).collect())
    }

    /// The events of each bucket by name. Clients choose names, so there may be any number of them: the most
    /// frequent are shown, the rest is one.
    pub(crate) async fn named_series(
        &self,
        range: Range,
        interval: Interval,
    ) -> Result<NamedSeries, Failure> {
        let by_name = |filter| {
            let dimensions = vec![Dimension::Time(interval), Dimension::Name];
            self.check(range, vec![Metric::Events], dimensions, filter, Query::MOST_ROWS)
        };
        let query = by_name(Filter::all())?;
        let rows = self.run(&query).await?;
        if rows.len() < Query::MOST_ROWS {
            let shown = most_frequent(&rows);
            return Ok(NamedSeries::new(&query, &rows, |name| shown.contains(name)));
        }
        // The answer was cut. Ask for the names first, then for theirs and for everything.
        let names = self.top(range, Dimension::Name, Filter::all(), MOST_NAMES).await?;
        let names: Vec<_> = names.into_iter().map(|name| name.value).collect();
        let query = by_name(Filter::Is(Dimension::Name, names))?;
        let all = self.series_query(range, interval)?;
        let (rows, totals) = tokio::try_join!(self.run(&query), self.series(&all))?;
        let mut series = NamedSeries::new(&query, &rows, |_| true);
        series.add_others(totals, query.period().minutes());
        Ok(series)
    }
}

impl NamedSeries {
    fn new(query: &CheckedQuery, rows: &[Row], shown: impl Fn(&str) -> bool) -> Self {
        let mut buckets: BTreeMap<Timestamp, BTreeMap<String, u64>> =
            starts(query).map(|start| (start, BTreeMap::new())).collect();
        let mut total = 0;
        for row in rows {
            let (Some(start), Some(name)) = (bucket_of(row), name_of(row)) else { continue };
            let name = if shown(name) { name } else { OTHER };
            *buckets.entry(start).or_default().entry(name.to_owned()).or_default() += row.count(0);
            total += row.count(0);
        }
        let per_second = per_second(total, query.period().minutes());
        Self { buckets: buckets.into_iter().collect(), total, per_second }
    }

    fn add_others(&mut self, totals: Vec<(Timestamp, u64)>, minutes: f64) {
        for ((_, counts), (_, total)) in self.buckets.iter_mut().zip(totals) {
            // Events may have arrived between the two answers.
            let others = total.saturating_sub(counts.values().sum());
            if others > 0 {
                *counts.entry(OTHER.to_owned()).or_default() += others;
            }
        }
        self.total = self.buckets.iter().flat_map(|(_, counts)| counts.values()).sum();
        self.per_second = per_second(self.total, minutes);
    }
}

/// The names with the most events, ties by name: the order of the store's own ranking.
fn most_frequent(rows: &[Row]) -> HashSet<String> {
    let mut totals: HashMap<&str, u64> = HashMap::new();
    for row in rows {
        *totals.entry(name_of(row).unwrap_or_default()).or_default() += row.count(0);
    }
    let mut ranked: Vec<_> = totals.into_iter().collect();
    ranked.sort_by(|(name, count), (other, others)| others.cmp(count).then(name.cmp(other)));
    ranked.into_iter().take(MOST_NAMES).map(|(name, _)| name.to_owned()).collect()
}

/// The starts of a query's buckets.
pub(crate) fn starts(query: &CheckedQuery) -> impl Iterator<Item = Timestamp> {
    query.buckets().into_iter().flat_map(|buckets| buckets.starts().iter().copied())
}

fn bucket_of(row: &Row) -> Option<Timestamp> {
    row.dimensions.iter().find_map(|value| match value {
        DimensionValue::Bucket(start) => Some(*start),
        DimensionValue::Text(_) => None,
    })
}

fn name_of(row: &Row) -> Option<&str> {
    row.dimensions.iter().find_map(DimensionValue::text)
}

/// Events a second, rounded as every rate is.
pub(crate) fn per_second(events: u64, minutes: f64) -> f64 {
    two_decimals(events as f64 / (minutes * 60.0))
}

/// Rates and means have two decimals on the wire.
pub(crate) fn two_decimals(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}
