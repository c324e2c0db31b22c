//! How buckets and instants are shown, on the site's clock.
//!
//! A day, a week and a month are a date: `2025-11-14`. Shorter buckets are a local time: `2025-11-14 13:00:00`; where
//! clocks go back, two buckets have the same one. A week is shown by its Monday, or by the period's first day where
//! it begins before; a month always by its first day.

use jiff::Zoned;
use jiff::tz::TimeZone;
use millrace_event::Timestamp;
use serde_json::{Value, json};

use crate::{Buckets, CheckedQuery, Interval, Period};

/// The labels of a query's buckets.
#[derive(Clone, Debug)]
pub struct Labels<'a> {
    buckets: Option<&'a Buckets>,
    period: &'a Period,
    zone: &'a TimeZone,
}

impl<'a> Labels<'a> {
    /// Those of `query`, on the clock of `zone`.
    pub fn new(query: &'a CheckedQuery, zone: &'a TimeZone) -> Self {
        Self { buckets: query.buckets(), period: query.period(), zone }
    }

    /// Those of buckets that `period` was cut into.
    pub fn of_buckets(buckets: &'a Buckets, period: &'a Period, zone: &'a TimeZone) -> Self {
        Self { buckets: Some(buckets), period, zone }
    }

    /// The label of the bucket that starts at `start`.
    pub fn of(&self, start: Timestamp) -> String {
        let interval = self.buckets.map_or(Interval::TenSeconds, Buckets::interval);
        let shown = if interval == Interval::Week { start.max(self.period.from) } else { start };
        let format = match interval {
            Interval::TenSeconds | Interval::Minute | Interval::Hour => "%Y-%m-%d %H:%M:%S",
            Interval::Day | Interval::Week | Interval::Month => "%Y-%m-%d",
        };
        match zoned(shown, self.zone) {
            Some(local) => local.strftime(format).to_string(),
            None => shown.to_string(),
        }
    }

    /// The labels of every bucket, in order.
    pub fn all(&self) -> Vec<String> {
        let starts = self.buckets.map_or(&[][..], Buckets::starts);
        starts.iter().map(|start| self.of(*start)).collect()
    }
}

/// An instant with the offset of the site's clock: `2025-11-14T13:00:00+01:00`.
pub fn instant_text(at: Timestamp, zone: &TimeZone) -> String {
    match zoned(at, zone) {
        Some(local) => local.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
        None => at.to_string(),
    }
}

/// The first and the last second of a period.
pub fn period_json(period: &Period, zone: &TimeZone) -> Value {
    json!([instant_text(period.from, zone), instant_text(period.to.plus_millis(-1), zone)])
}

fn zoned(at: Timestamp, zone: &TimeZone) -> Option<Zoned> {
    Some(jiff::Timestamp::from_millisecond(at.as_millis()).ok()?.to_zoned(zone.clone()))
}
