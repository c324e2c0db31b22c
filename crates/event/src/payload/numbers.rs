//! Durations, money and screens.

use super::Rejection;
use super::fields::{Field, Fields};
use super::json;
use super::text::{self, Repairs};
use crate::{Currency, Revenue, Screen, limits};

/// Milliseconds of `duration` (seconds) or `duration_ms`.
pub(crate) fn duration(fields: &Fields<'_>) -> Result<Option<i64>, Rejection> {
    let (raw, millis) = match (fields.get(Field::Duration), fields.get(Field::DurationMs)) {
        (Some(raw), _) => (raw, 1000.0),
        (None, Some(raw)) => (raw, 1.0),
        (None, None) => return Ok(None),
    };
    let Some(number) = number(raw) else {
        return Err(Rejection::of("duration_invalid", "duration", "the duration is no number of seconds"));
    };
    if number.is_infinite() {
        return Err(out_of_range("duration"));
    }
    let duration = number * millis;
    if !(0.0..=limits::DURATION_SECONDS * 1000.0).contains(&duration) {
        let message = format!("the duration {raw} is not between 0 seconds and a year");
        return Err(Rejection::of("duration_invalid", "duration", text::cut(&message, 120).0.to_owned()));
    }
    Ok(Some(duration.round() as i64))
}

/// `{"amount": 9.99, "currency": "EUR"}`; the amount may be a decimal string.
pub(crate) fn revenue(raw: Option<&str>) -> Result<Option<Revenue>, Rejection> {
    let Some(raw) = raw else { return Ok(None) };
    let invalid = |what: &'static str| Rejection::of("revenue_invalid", "revenue", what);
    let (mut amount, mut currency) = (None, None);
    json::object(raw, |key, value| match key {
        "\"amount\"" => amount = Some(value),
        "\"currency\"" => currency = Some(value),
        _ => {}
    });
    let shape = "the revenue is no {\"amount\": 9.99, \"currency\": \"EUR\"}";
    let (amount, currency) = amount.zip(currency).ok_or_else(|| invalid(shape))?;
    let currency =
        text::string(currency, &mut Repairs::default()).and_then(|text| text.parse::<Currency>().ok());
    let currency =
        currency.ok_or_else(|| invalid("the currency is no ISO 4217 code of three letters, such as EUR"))?;
    let amount = text::string(amount, &mut Repairs::default()).unwrap_or(amount.into());
    let micros = micros(&amount).ok_or_else(|| invalid("the amount is no decimal number, such as 9.99"))?;
    if micros.unsigned_abs() as f64 > limits::REVENUE_AMOUNT * 1e6 {
        return Err(out_of_range("revenue"));
    }
    Ok(Some(Revenue { micros, currency }))
}

/// The screen, or the viewport; nonsense is no screen, and no reason to lose the event.
pub(crate) fn screen(fields: &Fields<'_>) -> Option<Screen> {
    let viewport = || {
        let (width, height) = (fields.get(Field::ViewportWidth)?, fields.get(Field::ViewportHeight)?);
        Some(Screen { width: pixels(width)?, height: pixels(height)? })
    };
    fields.get(Field::Screen).and_then(one_screen).or_else(viewport)
}

/// A percentage, rounded; what is none is left out.
pub(crate) fn percent(raw: Option<&str>) -> Option<u8> {
    let number = number(raw?)?.round();
    (0.0..=100.0).contains(&number).then_some(number as u8)
}

/// The number of 1e400 and its like, which no engine can hold.
pub(crate) fn out_of_range(field: &'static str) -> Rejection {
    Rejection::of(
        "number_out_of_range",
        field,
        format!("a number in '{field}' is too large: send it as a string"),
    )
}

/// A raw JSON number; infinite where it is beyond what 64 bits of floating point hold.
pub(crate) fn number(raw: &str) -> Option<f64> {
    matches!(raw.as_bytes().first()?, b'-' | b'0'..=b'9').then(|| raw.parse().ok()).flatten()
}

fn one_screen(raw: &str) -> Option<Screen> {
    if raw.starts_with('{') {
        let (mut width, mut height) = (None, None);
        json::object(raw, |key, value| match key {
            "\"width\"" => width = Some(value),
            "\"height\"" => height = Some(value),
            _ => {}
        });
        return Some(Screen { width: pixels(width?)?, height: pixels(height?)? });
    }
    let text = text::string(raw, &mut Repairs::default())?;
    let (width, height) = text.split_once(['x', 'X', '×'])?;
    Some(Screen { width: pixels(width.trim())?, height: pixels(height.trim())? })
}

fn pixels(raw: &str) -> Option<u32> {
    let raw = raw.strip_prefix('"').and_then(|raw| raw.strip_suffix('"')).unwrap_or(raw);
    let number = number(raw)?.round();
    (1.0..=f64::from(limits::SCREEN_PIXELS)).contains(&number).then_some(number as u32)
}

/// Millionths of a decimal number, half away from zero; saturating. Digits are read as digits: 0.1 is exact.
fn micros(text: &str) -> Option<i64> {
    let text = text.trim();
    if text.contains(['e', 'E']) {
        let exact = number(text)?;
        return Some((exact * 1e6).round() as i64);
    }
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(whole) || !is_number(fraction) || whole.len() + fraction.len() == 0 {
        return None;
    }
    let digit = |byte: u8| i64::from(byte - b'0');
    let fractions = fraction.bytes().map(digit).chain(std::iter::repeat(0)).take(6);
    let sum = whole.bytes().map(digit).chain(fractions);
    let micros = sum.fold(0i64, |sum, digit| sum.saturating_mul(10).saturating_add(digit));
    let round_up = fraction.as_bytes().get(6).is_some_and(|byte| *byte >= b'5');
    let micros = micros.saturating_add(i64::from(round_up));
    Some(if negative { -micros } else { micros })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact() {
        for (text, expected) in [
            ("9.99", Some(9_990_000)),
            ("0.1", Some(100_000)),
            ("-5", Some(-5_000_000)),
            ("+5.", Some(5_000_000)),
            (".5", Some(500_000)),
            ("0.0000005", Some(1)),
            ("0.0000004", Some(0)),
            ("999999999999.999999", Some(999_999_999_999_999_999)),
            ("99999999999999999999", Some(i64::MAX)),
            ("1e2", Some(100_000_000)),
            ("1e400", Some(i64::MAX)),
            ("-0", Some(0)),
            ("", None),
            (".", None),
            ("-", None),
            ("1,5", None),
            ("NaN", None),
            ("true", None),
        ] {
            assert_eq!(micros(text), expected, "{text}");
        }
    }

    #[test]
    fn revenue_wants_amount_and_currency() {
        let eur = Some(Revenue { micros: 9_990_000, currency: "EUR".parse().unwrap() });
        assert_eq!(revenue(Some(r#"{"amount":9.99,"currency":"EUR"}"#)), Ok(eur));
        assert_eq!(revenue(Some(r#"{"amount":"9.99","currency":"eur","tax":1}"#)), Ok(eur));
        assert_eq!(revenue(None), Ok(None));
        for (raw, code) in [
            ("9.99", "revenue_invalid"),
            ("[]", "revenue_invalid"),
            (r#"{"amount":9.99}"#, "revenue_invalid"),
            (r#"{"amount":9.99,"currency":"EURO"}"#, "revenue_invalid"),
            (r#"{"amount":true,"currency":"EUR"}"#, "revenue_invalid"),
            (r#"{"amount":1e13,"currency":"EUR"}"#, "number_out_of_range"),
            (r#"{"amount":-1e400,"currency":"EUR"}"#, "number_out_of_range"),
        ] {
            assert_eq!(revenue(Some(raw)).unwrap_err().code, code, "{raw}");
        }
    }

    #[test]
    fn nonsense_is_no_screen() {
        for (event, expected) in [
            (r#"{"screen":"1920x1080"}"#, Some((1920, 1080))),
            (r#"{"screen":{"width":390,"height":844.4}}"#, Some((390, 844))),
            (r#"{"viewport_width":1280,"viewport_height":"720"}"#, Some((1280, 720))),
            (r#"{"screen":"wide","viewport_width":1280,"viewport_height":720}"#, Some((1280, 720))),
            (r#"{"screen":-1}"#, None),
            (r#"{"screen":1e9}"#, None),
            (r#"{"screen":"wide"}"#, None),
            (r#"{"screen":"-1x5"}"#, None),
            (r#"{"screen":"1000000000x5"}"#, None),
            (r#"{"screen":"0x0"}"#, None),
            (r#"{"screen":{"width":1e400,"height":1}}"#, None),
            (r#"{"screen":[1,2]}"#, None),
            (r#"{"viewport_width":1280}"#, None),
        ] {
            let screen = screen(&Fields::read(event));
            assert_eq!(screen.map(|screen| (screen.width, screen.height)), expected, "{event}");
        }
    }
}
