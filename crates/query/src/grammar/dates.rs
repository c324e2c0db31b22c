//! Date ranges as they are written.
//!
//! Words: `day` is today; `24h` the hour of now and the 23 before it; `7d`, `28d`, `30d` and `91d` so many days, the
//! last of which is today; `month`, `6mo` and `12mo` so many calendar months, the last of which is the current one, to
//! its end; `year` the current calendar year; `realtime` the last 30 minutes. A pair is two days, or two instants in
//! RFC 3339 or, without an offset, on the site's clock. Both ends are included: of an instant its whole second, or its
//! millisecond where it has a fraction.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use millrace_event::Timestamp;
use serde_json::Value;

use super::GrammarContext;
use super::place::{Place, kind, one_of, quoted};
use crate::{Interval, Period, QueryError, Range};

const WORDS: [&str; 13] =
    ["day", "24h", "7d", "28d", "30d", "91d", "month", "6mo", "12mo", "year", "all", "realtime", "yesterday"];

const PAIR: &str = "a pair of dates such as [\"2025-11-01\", \"2025-11-14\"] or of instants such as \
                    [\"2025-11-01T12:00:00+01:00\", \"2025-11-01T15:59:59+01:00\"]";

/// Reads a date range.
pub fn parse_date_range(
    value: &Value,
    field: &'static str,
    context: &GrammarContext<'_>,
) -> Result<Range, QueryError> {
    range_at(value, &Place::of(field), context)
}

pub(super) fn range_at(
    value: &Value,
    place: &Place,
    context: &GrammarContext<'_>,
) -> Result<Range, QueryError> {
    let wrong = |found: String| Err(place.error(format!("is {found}; {} and {PAIR}", one_of(&WORDS))));
    match value {
        Value::String(word) => match word_range(word, context) {
            Some(range) => Ok(range),
            None => wrong(quoted(word)),
        },
        Value::Array(ends) => match ends.as_slice() {
            [Value::String(from), Value::String(to)] => pair(from, to, place, context.zone),
            _ => wrong("a list that is no pair of texts".to_owned()),
        },
        other => wrong(kind(other).to_owned()),
    }
}

fn word_range(word: &str, context: &GrammarContext<'_>) -> Option<Range> {
    Some(match word {
        "day" => Range::Last(1, Interval::Day),
        "24h" => Range::Last(24, Interval::Hour),
        "7d" => Range::Last(7, Interval::Day),
        "28d" => Range::Last(28, Interval::Day),
        "30d" => Range::Last(30, Interval::Day),
        "91d" => Range::Last(91, Interval::Day),
        "month" => Range::Last(1, Interval::Month),
        "6mo" => Range::Last(6, Interval::Month),
        "12mo" => Range::Last(12, Interval::Month),
        "year" => Range::ThisYear,
        "all" => Range::All,
        "realtime" => Range::Minutes(30),
        "yesterday" => Range::Day(date_of(context.now, context.zone)?.yesterday().ok()?),
        _ => return None,
    })
}

/// An end of a pair.
enum End {
    Day(Date),
    Instant(jiff::Timestamp),
    Local(DateTime),
}

fn pair(from: &str, to: &str, place: &Place, zone: &TimeZone) -> Result<Range, QueryError> {
    let read = |text: &str, index: usize| {
        end(text).ok_or_else(|| {
            let found = quoted(text);
            place.item(index).error(format!("is {found}, neither a date nor an instant: write {PAIR}"))
        })
    };
    let (first, last) = (read(from, 0)?, read(to, 1)?);
    if let (End::Day(first), End::Day(last)) = (&first, &last) {
        return match first <= last {
            true => Ok(Range::Days(*first, *last)),
            false => Err(place.error(format!("ends on {last}, before it starts on {first}"))),
        };
    }
    if matches!(first, End::Day(_)) || matches!(last, End::Day(_)) {
        return Err(place.error("is a date and an instant: write two dates or two instants"));
    }
    let beyond = || place.error("reaches beyond the calendar");
    let from = instant(first, zone, false).ok_or_else(beyond)?;
    let to = instant(last, zone, true).ok_or_else(beyond)?;
    if from > to {
        return Err(place.error("ends before it starts"));
    }
    let unit = if to.as_millis().rem_euclid(1_000) == 0 { 1_000 } else { 1 };
    Ok(Range::Between(from, to.plus_millis(unit)))
}

/// Reads an end, strictly: what the calendar's parser takes beyond RFC 3339 is nobody's habit.
fn end(text: &str) -> Option<End> {
    let bytes = text.as_bytes();
    let plain = |byte: &u8| byte.is_ascii_digit() || b"-+:.TtZz ".contains(byte);
    if bytes.len() > 40
        || !bytes.iter().all(plain)
        || bytes.get(4) != Some(&b'-')
        || bytes.get(7) != Some(&b'-')
    {
        return None;
    }
    if bytes.len() == 10 {
        return text.parse().ok().map(End::Day);
    }
    if bytes.len() < 16 {
        return None;
    }
    let instant = text.parse::<jiff::Timestamp>().ok().map(End::Instant);
    instant.or_else(|| text.parse::<DateTime>().ok().map(End::Local))
}

/// The instant; of a local time that happens twice the earlier one, or the later one where it ends a range.
fn instant(end: End, zone: &TimeZone, is_last: bool) -> Option<Timestamp> {
    let at = match end {
        End::Day(_) => return None,
        End::Instant(at) => at,
        End::Local(local) => {
            let ambiguous = zone.to_ambiguous_zoned(local);
            let zoned = if is_last { ambiguous.later() } else { ambiguous.compatible() };
            zoned.ok()?.timestamp()
        }
    };
    Some(Timestamp::from_millis(at.as_millisecond()))
}

/// The day of the site's calendar that `at` lies on.
pub(super) fn date_of(at: Timestamp, zone: &TimeZone) -> Option<Date> {
    Some(jiff::Timestamp::from_millisecond(at.as_millis()).ok()?.to_zoned(zone.clone()).date())
}

/// The first instant of a day.
pub(super) fn start_of(date: Date, zone: &TimeZone) -> Option<Timestamp> {
    let start = date.to_zoned(zone.clone()).ok()?.start_of_day().ok()?;
    Some(Timestamp::from_millis(start.timestamp().as_millisecond()))
}

/// The first and the last day of a period of whole days; nothing where it starts or ends within one.
pub(super) fn whole_days(period: &Period, zone: &TimeZone) -> Option<(Date, Date)> {
    let first = date_of(period.from, zone)?;
    let last = date_of(period.to.plus_millis(-1), zone)?;
    let is_whole =
        start_of(first, zone)? == period.from && start_of(last.tomorrow().ok()?, zone)? == period.to;
    is_whole.then_some((first, last))
}

/// What `all` is where it needs a start: the days from that of the site's first event to today.
pub fn days_of_all(context: &GrammarContext<'_>) -> Option<Range> {
    let today = date_of(context.now, context.zone)?;
    let first = context.first.and_then(|first| date_of(first, context.zone)).unwrap_or(today);
    Some(Range::Days(first.min(today), today))
}

/// The interval of `time`: minutes up to two hours, hours up to two days, days up to three months (92 days), months
/// beyond, and for years to date. An hour is granted to each for clocks that change.
pub(super) fn usual_interval(range: Range, period: &Period) -> Interval {
    const HOUR: i64 = 3_600_000;
    let length = period.to.as_millis().saturating_sub(period.from.as_millis());
    match range {
        Range::ThisYear | Range::Last(_, Interval::Month) if length > 32 * 24 * HOUR => Interval::Month,
        _ if length <= 2 * HOUR => Interval::Minute,
        _ if length <= 49 * HOUR => Interval::Hour,
        _ if length <= (92 * 24 + 1) * HOUR => Interval::Day,
        _ => Interval::Month,
    }
}
