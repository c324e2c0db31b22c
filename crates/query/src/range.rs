//! Which time a query is about.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use millrace_event::Timestamp;

use crate::Interval;
use crate::buckets::{floor, previous};

/// A period in a site's own terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Range {
    /// Everything there is.
    All,
    /// One day of the site's calendar.
    Day(Date),
    /// The interval that `now` lies in and the `count - 1` whole ones before it: `Last(24, Hour)` ends with the
    /// current, unfinished hour.
    Last(u32, Interval),
    /// From an instant, included, to another, excluded.
    Between(Timestamp, Timestamp),
}

/// From an instant, included, to another, excluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first instant.
    pub from: Timestamp,
    /// The first instant after it.
    pub to: Timestamp,
}

impl Period {
    /// Every instant an event may have.
    pub const ALL: Self =
        Self { from: Timestamp::from_millis(i64::MIN), to: Timestamp::from_millis(i64::MAX) };

    /// Whether `instant` lies in it.
    pub fn contains(&self, instant: Timestamp) -> bool {
        self.from <= instant && instant < self.to
    }

    /// Its length in minutes.
    pub fn minutes(&self) -> f64 {
        (self.to.as_millis() as f64 - self.from.as_millis() as f64) / 60_000.0
    }
}

impl Range {
    /// The period this is in `zone` at `now`; nothing where the calendar does not reach.
    pub(crate) fn period(self, now: Timestamp, zone: &TimeZone) -> Option<Period> {
        match self {
            Self::All => Some(Period::ALL),
            Self::Between(from, to) => Some(Period { from, to }),
            Self::Day(date) => {
                let start =
                    |date: Date| Some(date.to_zoned(zone.clone()).ok()?.start_of_day().ok()?.timestamp());
                let (from, to) = (start(date)?, start(date.tomorrow().ok()?)?);
                Some(Period { from: instant(from), to: instant(to) })
            }
            Self::Last(count, interval) => {
                let current = floor(now, interval, zone)?;
                let mut from = current;
                for _ in 1..count {
                    from = previous(from, interval, zone)?;
                }
                Some(Period { from, to: crate::buckets::next(current, interval, zone)? })
            }
        }
    }
}

fn instant(at: jiff::Timestamp) -> Timestamp {
    Timestamp::from_millis(at.as_millisecond())
}
