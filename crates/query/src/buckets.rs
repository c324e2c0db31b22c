//! Time cut into buckets, in a site's zone.
//!
//! Every bucket starts where the zone's clock says so: hours of zones with 30 or 45 minutes start at :30 or :15
//! of the UTC hour, days around a clock change have 23 or 25 hours, and a day without a midnight starts at its
//! first instant.

use jiff::tz::TimeZone;
use jiff::{Span, ToSpan, Zoned};
use millrace_event::Timestamp;

use crate::Period;

/// The width of a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Interval {
    /// Ten seconds, for live figures.
    TenSeconds,
    /// A minute.
    Minute,
    /// An hour.
    Hour,
    /// A day.
    Day,
    /// A week, from Monday.
    Week,
    /// A month.
    Month,
}

impl Interval {
    /// Its name in answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::TenSeconds => "10s",
            Self::Minute => "minute",
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// Milliseconds of the intervals that are the same length in every zone.
    fn fixed_millis(self) -> Option<i64> {
        match self {
            Self::TenSeconds => Some(10_000),
            Self::Minute => Some(60_000),
            Self::Hour | Self::Day | Self::Week | Self::Month => None,
        }
    }
}

/// The starts of a period's buckets, ascending; the last one ends with the period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Buckets {
    interval: Interval,
    starts: Vec<Timestamp>,
}

impl Buckets {
    /// The most buckets a query may have.
    pub const MOST: usize = 10_000;

    /// Cuts `period`; nothing where that makes more than [`Self::MOST`] buckets or the calendar ends.
    pub(crate) fn cut(period: Period, interval: Interval, zone: &TimeZone) -> Option<Self> {
        let mut starts = Vec::new();
        let mut start = floor(period.from, interval, zone)?;
        while start < period.to {
            if starts.len() == Self::MOST {
                return None;
            }
            starts.push(start);
            start = next(start, interval, zone)?;
        }
        Some(Self { interval, starts })
    }

    /// The starts, ascending.
    pub fn starts(&self) -> &[Timestamp] {
        &self.starts
    }

    /// The width.
    pub fn interval(&self) -> Interval {
        self.interval
    }

    /// The index of the bucket `instant` lies in, if it is not before the first.
    pub fn index(&self, instant: Timestamp) -> Option<usize> {
        self.starts.partition_point(|start| *start <= instant).checked_sub(1)
    }
}

/// The start of the bucket that `at` lies in.
pub(crate) fn floor(at: Timestamp, interval: Interval, zone: &TimeZone) -> Option<Timestamp> {
    if let Some(millis) = interval.fixed_millis() {
        return Some(Timestamp::from_millis(at.as_millis().div_euclid(millis) * millis));
    }
    let local = zoned(at, zone)?;
    let start = match interval {
        Interval::Day => local.start_of_day().ok()?,
        Interval::Week => {
            let monday = local.date().weekday().to_monday_zero_offset();
            local
                .date()
                .checked_sub(i64::from(monday).days())
                .ok()?
                .to_zoned(zone.clone())
                .ok()?
                .start_of_day()
                .ok()?
        }
        Interval::Month => local.date().first_of_month().to_zoned(zone.clone()).ok()?.start_of_day().ok()?,
        _ => return hour_floor(&local),
    };
    Some(instant(&start))
}

/// The start of the bucket after the one that starts at `start`.
pub(crate) fn next(start: Timestamp, interval: Interval, zone: &TimeZone) -> Option<Timestamp> {
    if let Some(millis) = interval.fixed_millis() {
        return Some(start.plus_millis(millis));
    }
    let local = zoned(start, zone)?;
    let span = match interval {
        Interval::Day => 1.day(),
        Interval::Week => 1.week(),
        Interval::Month => 1.month(),
        _ => return hour_floor(&local.checked_add(1.hour()).ok()?).filter(|next| *next > start),
    };
    calendar_step(&local, span)
}

/// The start of the bucket before the one that starts at `start`.
pub(crate) fn previous(start: Timestamp, interval: Interval, zone: &TimeZone) -> Option<Timestamp> {
    floor(start.plus_millis(-1), interval, zone)
}

fn calendar_step(local: &Zoned, span: Span) -> Option<Timestamp> {
    let date = local.date().checked_add(span).ok()?;
    Some(instant(&date.to_zoned(local.time_zone().clone()).ok()?.start_of_day().ok()?))
}

/// The last full hour of the wall clock at or before `local`, as an instant: by subtraction, so that the two
/// hours of the same name when clocks go back stay two. Where the clock changed by less than an hour since, the
/// bucket starts with the change.
fn hour_floor(local: &Zoned) -> Option<Timestamp> {
    let past = i64::from(local.minute()) * 60_000
        + i64::from(local.second()) * 1_000
        + local.timestamp().as_millisecond().rem_euclid(1_000);
    let (zone, at) = (local.time_zone(), instant(local));
    let start = at.plus_millis(-past);
    if zone.to_offset(jiff::Timestamp::from_millisecond(start.as_millis()).ok()?) == local.offset() {
        return Some(start);
    }
    let change = zone.preceding(jiff::Timestamp::from_millisecond(at.as_millis() + 1).ok()?).next()?;
    Some(Timestamp::from_millis(change.timestamp().as_millisecond()))
}

fn zoned(at: Timestamp, zone: &TimeZone) -> Option<Zoned> {
    Some(jiff::Timestamp::from_millisecond(at.as_millis()).ok()?.to_zoned(zone.clone()))
}

fn instant(at: &Zoned) -> Timestamp {
    Timestamp::from_millis(at.timestamp().as_millisecond())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).expect("a known zone")
    }

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).expect("a timestamp")
    }

    fn starts(zone_name: &str, from: &str, to: &str, interval: Interval) -> Vec<String> {
        let period = Period { from: at(from), to: at(to) };
        let buckets = Buckets::cut(period, interval, &zone(zone_name)).expect("buckets");
        buckets.starts().iter().map(Timestamp::to_string).collect()
    }

    #[test]
    fn a_day_of_a_clock_change_is_one_bucket() {
        assert_eq!(
            starts("Europe/Berlin", "2026-03-28T00:00:00Z", "2026-03-30T12:00:00Z", Interval::Day),
            ["2026-03-27T23:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"]
        );
    }

    #[test]
    fn an_hour_that_happens_twice_is_two_buckets() {
        assert_eq!(
            starts("America/New_York", "2026-11-01T04:30:00Z", "2026-11-01T07:30:00Z", Interval::Hour),
            ["2026-11-01T04:00:00Z", "2026-11-01T05:00:00Z", "2026-11-01T06:00:00Z", "2026-11-01T07:00:00Z"]
        );
    }

    #[test]
    fn hours_of_a_zone_with_45_minutes_start_at_a_quarter() {
        assert_eq!(
            starts("Asia/Kathmandu", "2026-11-01T04:30:00Z", "2026-11-01T06:00:00Z", Interval::Hour),
            ["2026-11-01T04:15:00Z", "2026-11-01T05:15:00Z"]
        );
    }

    #[test]
    fn weeks_start_on_monday_and_months_on_the_first() {
        assert_eq!(
            starts("UTC", "2026-11-20T10:00:00Z", "2026-11-24T00:00:00Z", Interval::Week),
            ["2026-11-16T00:00:00Z", "2026-11-23T00:00:00Z"]
        );
        assert_eq!(
            starts("UTC", "2026-11-20T10:00:00Z", "2026-12-02T00:00:00Z", Interval::Month),
            ["2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z"]
        );
    }

    proptest! {
        #[test]
        fn buckets_have_no_gap_and_hold_every_instant(
            zone_name in prop::sample::select(vec![
                "UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe",
                "America/Sao_Paulo", "Pacific/Apia", "Africa/Cairo", "America/St_Johns",
            ]),
            interval in prop::sample::select(vec![Interval::Hour, Interval::Day, Interval::Week, Interval::Month]),
            from in 1_400_000_000_000i64..1_900_000_000_000,
            length in 1i64..40 * 86_400_000,
        ) {
            let zone = zone(zone_name);
            let period = Period { from: Timestamp::from_millis(from), to: Timestamp::from_millis(from + length) };
            let buckets = Buckets::cut(period, interval, &zone).expect("buckets");
            let starts = buckets.starts();
            prop_assert!(starts[0] <= period.from);
            for pair in starts.windows(2) {
                prop_assert!(pair[0] < pair[1]);
                // The instant before a start belongs to the bucket before.
                prop_assert_eq!(floor(pair[1].plus_millis(-1), interval, &zone), Some(pair[0]));
                prop_assert_eq!(floor(pair[1], interval, &zone), Some(pair[1]));
            }
            prop_assert!(next(*starts.last().expect("one"), interval, &zone).expect("next") >= period.to);
        }
    }
}
