//! Which time a query is about.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use millrace_event::Timestamp;

use crate::Interval;
use crate::buckets::{floor, next, previous};

/// A period in a site's own terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Range {
    /// Everything there is.
    All,
    /// One day of the site's calendar.
    Day(Date),
    /// From one day of the site's calendar to another, both included.
    Days(Date, Date),
    /// The interval that `now` lies in and the `count - 1` whole ones before it: `Last(24, Hour)` ends with the
    /// current, unfinished hour.
    Last(u32, Interval),
    /// The calendar year that `now` lies in.
    ThisYear,
    /// The last `count` minutes up to and including this instant.
    Minutes(u32),
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

    /// The period and a day on both sides: where the events of its sessions lie. What a session did before or after
    /// counts as another one's.
    pub fn of_sessions(&self) -> Self {
        let wider = |at: Timestamp, by: i64| match at.as_millis() {
            i64::MIN | i64::MAX => at,
            millis => Timestamp::from_millis(millis.saturating_add(by)),
        };
        const DAY: i64 = millrace_event::time::DAY_MS;
        Self { from: wider(self.from, -DAY), to: wider(self.to, DAY) }
    }
}

impl Range {
    /// The period this is in `zone` at `now`; nothing where the calendar does not reach.
    pub fn period(self, now: Timestamp, zone: &TimeZone) -> Option<Period> {
        let midnight =
            |date: Date| Some(instant(date.to_zoned(zone.clone()).ok()?.start_of_day().ok()?.timestamp()));
        match self {
            Self::All => Some(Period::ALL),
            Self::Between(from, to) => Some(Period { from, to }),
            Self::Day(date) => Self::Days(date, date).period(now, zone),
            Self::Days(first, last) => {
                Some(Period { from: midnight(first)?, to: midnight(last.tomorrow().ok()?)? })
            }
            Self::Minutes(count) => {
                Some(Period { from: now.plus_millis(1 - i64::from(count) * 60_000), to: now.plus_millis(1) })
            }
            Self::ThisYear => {
                let today =
                    jiff::Timestamp::from_millisecond(now.as_millis()).ok()?.to_zoned(zone.clone()).date();
                let first = today.first_of_year();
                Some(Period { from: midnight(first)?, to: midnight(today.last_of_year().tomorrow().ok()?)? })
            }
            Self::Last(count, interval) => {
                let current = floor(now, interval, zone)?;
                let mut from = current;
                for _ in 1..count {
                    from = previous(from, interval, zone)?;
                }
                Some(Period { from, to: next(current, interval, zone)? })
            }
        }
    }
}

fn instant(at: jiff::Timestamp) -> Timestamp {
    Timestamp::from_millis(at.as_millisecond())
}
