//! Instants: milliseconds since 1970-01-01T00:00:00Z, the unit of everything stored.

use std::fmt;

/// An instant, in milliseconds since the Unix epoch, UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// Milliseconds of a day of 24 hours.
pub const DAY_MS: i64 = 86_400_000;

impl Timestamp {
    /// From milliseconds since the epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the epoch.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// The system clock's instant.
    pub fn now() -> Self {
        Self(jiff::Timestamp::now().as_millisecond())
    }

    /// This instant moved by `millis`, which may be negative.
    #[must_use]
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// Whole days since the epoch, in UTC.
    pub const fn utc_day(self) -> i64 {
        self.0.div_euclid(DAY_MS)
    }

    /// Reads RFC 3339 with a zone, or without one as UTC (`2026-11-20 10:00`, `2026-11-20T10:00:00.5`).
    /// Answers nothing for anything else; a leap second `:60` is the last one of its minute.
    pub fn parse(text: &str) -> Option<Self> {
        if let Ok(instant) = text.parse::<jiff::Timestamp>() {
            return Some(Self(instant.as_millisecond()));
        }
        // A bare date is an instant to nobody, and a zone in brackets is not RFC 3339.
        if text.len() < 16 || text.contains('[') {
            return None;
        }
        let civil = text.parse::<jiff::civil::DateTime>().ok()?;
        let utc = civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
        Some(Self(utc.timestamp().as_millisecond()))
    }
}

/// RFC 3339 in UTC: whole seconds as `2026-11-20T10:00:00Z`, else with milliseconds.
impl fmt::Display for Timestamp {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(instant) => {
                let precision = if self.0.rem_euclid(1000) == 0 { 0 } else { 3 };
                write!(out, "{instant:.precision$}")
            }
            Err(_) => write!(out, "{}", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Timestamp;

    #[test]
    fn reads_zones_and_takes_none_as_utc() {
        for (text, millis) in [
            ("2026-11-20T10:00:00Z", Some(1_795_168_800_000)),
            ("2026-11-20T11:00:00.250+01:00", Some(1_795_168_800_250)),
            ("2026-11-20 10:00:00", Some(1_795_168_800_000)),
            ("2026-11-20T10:00:60Z", Some(1_795_168_859_000)),
            ("2026-02-30T10:00:00Z", None),
            ("0000-00-00T00:00:00Z", None),
            ("+275760-09-13T00:00:00Z", None),
            ("2026-11-20", None),
            ("yesterday", None),
            ("", None),
        ] {
            assert_eq!(Timestamp::parse(text).map(Timestamp::as_millis), millis, "{text}");
        }
    }

    #[test]
    fn displays_milliseconds_only_where_there_are_any() {
        assert_eq!(Timestamp::from_millis(1_795_168_800_000).to_string(), "2026-11-20T10:00:00Z");
        assert_eq!(Timestamp::from_millis(1_795_168_800_250).to_string(), "2026-11-20T10:00:00.250Z");
    }
}
