//! When it happened: RFC 3339, epoch seconds or milliseconds, corrected by the client's own clock.

use super::text::{self, Repairs};
use super::{Context, Rejection};
use crate::{Timestamp, limits};

/// Numbers of a smaller magnitude are seconds: as milliseconds they would lie in 1973 at the latest, as seconds
/// they reach the year 5138.
const SECONDS_BELOW: f64 = 1e11;

/// The event's instant, within the window that is taken; nothing where the client sent none.
pub(crate) fn read(
    raw: Option<&str>,
    sent_at: Option<&str>,
    context: &Context,
) -> Result<Option<Timestamp>, Rejection> {
    let Some(raw) = raw else { return Ok(None) };
    let Some(sent) = millis(raw) else {
        let message =
            "the timestamp is neither RFC 3339 (2026-11-20T10:00:00Z) nor epoch seconds or milliseconds";
        return Err(Rejection::of("timestamp_invalid", "timestamp", message));
    };
    let received_at = context.received_at;
    let clock = sent_at.and_then(millis).or(context.sent_at);
    let behind = clock.map_or(0, |clock| received_at.as_millis().saturating_sub(clock));
    let at = Timestamp::from_millis(sent).plus_millis(behind);
    let age = received_at.as_millis().saturating_sub(at.as_millis());
    if age > limits::PAST_MS && !(context.historical && at.as_millis() >= 0) {
        let message = format!(
            "the timestamp {at} is older than ten years: send the time of the event in UTC, or import it with a \
             secret key and \"historical_migration\": true"
        );
        return Err(Rejection::of("timestamp_out_of_range", "timestamp", message));
    }
    if age < -limits::FUTURE_MS {
        let message =
            format!("the timestamp {at} is more than 24 hours ahead: set the clock, or send sent_at");
        return Err(Rejection::of("timestamp_out_of_range", "timestamp", message));
    }
    Ok(Some(at))
}

/// Milliseconds since the epoch of a raw JSON value; nothing where it is no instant.
pub(crate) fn millis(raw: &str) -> Option<i64> {
    match raw.as_bytes().first()? {
        b'"' => {
            let text = text::string(raw, &mut Repairs::default())?;
            let text = text.trim();
            rfc3339_utc(text)
                .or_else(|| Timestamp::parse(text).map(Timestamp::as_millis))
                .or_else(|| number(text))
        }
        b'-' | b'0'..=b'9' => number(raw),
        _ => None,
    }
}

fn number(text: &str) -> Option<i64> {
    // `parse` would also take "inf" and "nan".
    if !text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte)) {
        return None;
    }
    let number: f64 = text.parse().ok()?;
    let millis = if number.abs() < SECONDS_BELOW { number * 1000.0 } else { number };
    // The cast saturates: what is far outside stays outside.
    Some(millis.round() as i64)
}

/// The form that browsers send, `2026-11-20T10:00:00.000Z` with or without the fraction, read in a tenth of the
/// time that all of RFC 3339 takes. Nothing for any other form, which is not to say that it is wrong.
fn rfc3339_utc(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    let millis = match bytes {
        [.., b'Z'] if bytes.len() == 20 => 0,
        [.., b'.', a, b, c, b'Z'] if bytes.len() == 24 => digits(&[*a, *b, *c])?,
        _ => return None,
    };
    let separators = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
    if separators.iter().any(|(at, byte)| bytes[*at] != *byte) {
        return None;
    }
    let part = |from: usize, to: usize| digits(&bytes[from..to]);
    let (year, month, day) = (part(0, 4)?, part(5, 7)?, part(8, 10)?);
    let (hour, minute, second) = (part(11, 13)?, part(14, 16)?, part(17, 19)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let fits =
        (1..=12).contains(&month) && (1..=last).contains(&day) && hour < 24 && minute < 60 && second < 60;
    if !fits || year == 0 {
        return None;
    }
    // Days since the epoch, with years that begin in March (Howard Hinnant, "chrono-compatible low-level date
    // algorithms").
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let year_of_era = shifted - era * 400;
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    let days = era * 146_097 + day_of_era - 719_468;
    Some((((days * 24 + hour) * 60 + minute) * 60 + second) * 1000 + millis)
}

fn digits(bytes: &[u8]) -> Option<i64> {
    bytes
        .iter()
        .try_fold(0, |number, byte| byte.is_ascii_digit().then(|| number * 10 + i64::from(byte - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quick_reader_agrees_with_the_whole_one() {
        for day in (-250_000i64..1_000_000).step_by(37) {
            let text =
                Timestamp::from_millis(day * 86_400_000 + (day * 7_919).rem_euclid(86_400_000)).to_string();
            if let Some(quick) = rfc3339_utc(&text) {
                assert_eq!(Some(quick), Timestamp::parse(&text).map(Timestamp::as_millis), "{text}");
            } else {
                assert!(text.len() != 20 && text.len() != 24, "{text}");
            }
        }
        for other in
            ["2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-11-20T24:00:00Z", "2026-11-20 10:00:00Z"]
        {
            assert_eq!(rfc3339_utc(other), None, "{other}");
        }
    }

    #[test]
    fn reads_numbers_by_their_magnitude() {
        for (raw, expected) in [
            ("1795168800", Some(1_795_168_800_000)),
            ("1795168800.25", Some(1_795_168_800_250)),
            ("1795168800250", Some(1_795_168_800_250)),
            ("\"1795168800\"", Some(1_795_168_800_000)),
            ("\" 1795168800250 \"", Some(1_795_168_800_250)),
            ("1.7951688e9", Some(1_795_168_800_000)),
            ("0", Some(0)),
            ("-1", Some(-1000)),
            ("1795168800250000000", Some(1_795_168_800_249_999_872)),
            ("1e400", Some(i64::MAX)),
            ("\"2026-11-20T11:00:00+01:00\"", Some(1_795_168_800_000)),
            ("\"2026-11-20 10:00:00\"", Some(1_795_168_800_000)),
            ("\"2026-11-20T10:00:60Z\"", Some(1_795_168_859_000)),
            ("\"2026-02-30T10:00:00Z\"", None),
            ("\"inf\"", None),
            ("\"nan\"", None),
            ("\"\"", None),
            ("true", None),
            ("{}", None),
        ] {
            assert_eq!(millis(raw), expected, "{raw}");
        }
    }
}
