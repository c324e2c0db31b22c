//! `period`: which time a question is about, in the site's days.

use axum::extract::FromRequestParts;
use http::request::Parts;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use millrace_event::Timestamp;
use millrace_query::{Interval, Range};
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};

use super::{day, described, shown, value};
use crate::error::Failure;

/// `period`: `24h`, `30d`, `all`, or the days from one to another, both included, as `2026-11-01/2026-11-20`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Period {
    /// The current hour or day and those before.
    Last(u32, Interval),
    /// Everything there is.
    All,
    /// From the first day to the last, both included.
    Days(Date, Date),
}

/// The most days, and hours, to look back.
const MOST_DAYS: u32 = 3_660;
const MOST_HOURS: u32 = 24 * 366;

impl Default for Period {
    fn default() -> Self {
        Self::Last(30, Interval::Day)
    }
}

impl Period {
    /// It as a query has it; nothing where the calendar does not reach.
    pub(crate) fn range(self, zone: &TimeZone) -> Option<Range> {
        match self {
            Self::Last(count, interval) => Some(Range::Last(count, interval)),
            Self::All => Some(Range::All),
            Self::Days(first, last) => {
                let start = |date: Date| {
                    let start = date.to_zoned(zone.clone()).ok()?.start_of_day().ok()?;
                    Some(Timestamp::from_millis(start.timestamp().as_millisecond()))
                };
                Some(Range::Between(start(first)?, start(last.tomorrow().ok()?)?))
            }
        }
    }

    fn read(text: &str) -> Option<Self> {
        if text == "all" {
            return Some(Self::All);
        }
        if let Some((first, last)) = text.split_once('/') {
            let (first, last) = (day(first)?, day(last)?);
            return (first <= last).then_some(Self::Days(first, last));
        }
        let number = |digits: &str, most: u32| {
            let plain = (1..=5).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
            digits.parse::<u32>().ok().filter(|number| plain && (1..=most).contains(number))
        };
        match (text.strip_suffix('h'), text.strip_suffix('d')) {
            (Some(hours), _) => Some(Self::Last(number(hours, MOST_HOURS)?, Interval::Hour)),
            (_, Some(days)) => Some(Self::Last(number(days, MOST_DAYS)?, Interval::Day)),
            _ => None,
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Period {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let Some(text) = value(parts, "period")? else { return Ok(Self::default()) };
        Self::read(&text).ok_or_else(|| Failure::Parameter {
            code: "period_invalid",
            field: "period",
            message: format!(
                "period is '{}': it must be hours or days such as 24h or 30d, all, or days such as \
                 2026-11-01/2026-11-20, the earlier first",
                shown(&text)
            ),
        })
    }
}

impl IntoParams for Period {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let schema = ObjectBuilder::new().schema_type(Type::String).default(Some("30d".into()));
        let description = "The last hours (`24h`) or days (`30d`), the current one included; `all`; or the days from \
                           one to another, both included (`2026-11-01/2026-11-20`), in the site's zone.";
        described("period", description, schema)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_read_and_nothing_like_them() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        for (text, expected) in [
            ("24h", Some(Period::Last(24, Interval::Hour))),
            ("1d", Some(Period::Last(1, Interval::Day))),
            ("3660d", Some(Period::Last(3_660, Interval::Day))),
            ("all", Some(Period::All)),
            ("2026-11-01/2026-11-20", Some(Period::Days(day("2026-11-01"), day("2026-11-20")))),
            ("2026-11-20/2026-11-20", Some(Period::Days(day("2026-11-20"), day("2026-11-20")))),
            ("2026-11-21/2026-11-20", None),
            ("2026-11-01", None),
            ("2026-11-01/", None),
            ("2026-02-30/2026-03-01", None),
            ("9999-01-01/9999-12-31", None),
            ("3661d", None),
            ("0d", None),
            ("-1d", None),
            ("+1d", None),
            ("99999999999h", None),
            ("d", None),
            ("", None),
            ("30", None),
            ("7w", None),
        ] {
            assert_eq!(Period::read(text), expected, "{text}");
        }
    }

    #[test]
    fn days_are_those_of_the_site() {
        let zone = TimeZone::get("Asia/Kathmandu").unwrap();
        let days = Period::read("2026-11-20/2026-11-20").unwrap();
        let at = |text: &str| Timestamp::parse(text).unwrap();
        let expected = Range::Between(at("2026-11-19T18:15:00Z"), at("2026-11-20T18:15:00Z"));
        assert_eq!(days.range(&zone), Some(expected));
    }
}
