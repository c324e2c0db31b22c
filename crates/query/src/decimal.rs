//! Numbers of properties: decimals in millionths, so that every engine adds and compares the same integers.
//!
//! Invariant: no floats. What a text means does not depend on the engine that reads it.

/// The most bytes of a number's text: what an engine casts has a bound.
const MOST_BYTES: usize = 400;
/// A number has at most this many digits before the point.
const MOST_DIGITS: i64 = 18;
/// Digits after the point that are kept.
const PLACES: i64 = 6;

/// The millionths of a plain decimal, rounded half away from zero.
///
/// Plain is `-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?` of at most 400 bytes, and nearer to zero than 10^18; nothing
/// else is a number.
pub fn micros(text: &str) -> Option<i128> {
    if text.len() > MOST_BYTES {
        return None;
    }
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, self::exponent(exponent)?),
        None => (unsigned, 0),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) if are_digits(fraction) => (whole, fraction),
        Some(_) => return None,
        None => (mantissa, ""),
    };
    if !are_digits(whole) {
        return None;
    }
    let mut digits = whole.bytes().chain(fraction.bytes()).skip_while(|digit| *digit == b'0').peekable();
    if digits.peek().is_none() {
        return Some(0);
    }
    let zeros = whole.bytes().chain(fraction.bytes()).take_while(|digit| *digit == b'0').count();
    // The number is 0.<digits> times ten to the power of this.
    let point = whole.len() as i64 - zeros as i64 + exponent;
    if point > MOST_DIGITS {
        return None;
    }
    let kept = point + PLACES;
    if kept < 0 {
        return Some(0);
    }
    let digit = |digit: Option<u8>| i128::from(digit.unwrap_or(b'0') - b'0');
    let cut = (0..kept).fold(0, |sum, _| sum * 10 + digit(digits.next()));
    let rounded = cut + i128::from(digit(digits.next()) >= 5);
    Some(if negative { -rounded } else { rounded })
}

/// The text of millionths: digits, a point, six digits.
pub fn text(micros: i128) -> String {
    let sign = if micros < 0 { "-" } else { "" };
    let (whole, fraction) = (micros.unsigned_abs() / 1_000_000, micros.unsigned_abs() % 1_000_000);
    format!("{sign}{whole}.{fraction:06}")
}

fn exponent(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    // `parse` takes a sign, too.
    (are_digits(digits) && digits.len() <= 3).then(|| text.parse().ok()).flatten()
}

fn are_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use regex::Regex;

    use super::*;

    #[test]
    fn what_is_a_number() {
        let long = |zeros: usize| format!("{}1.5", "0".repeat(zeros));
        let (fits, too_long) = (long(397), long(398));
        for (from, expected) in [
            ("0", Some("0.000000")),
            ("-0", Some("0.000000")),
            ("-0.0000004", Some("0.000000")),
            ("12", Some("12.000000")),
            ("00012.50", Some("12.500000")),
            ("-12.5", Some("-12.500000")),
            ("0.0000005", Some("0.000001")),
            ("-0.0000005", Some("-0.000001")),
            ("0.00000049999", Some("0.000000")),
            ("1.9999995", Some("2.000000")),
            ("1e2", Some("100.000000")),
            ("1E+2", Some("100.000000")),
            ("125e-2", Some("1.250000")),
            ("5e-7", Some("0.000001")),
            ("0.00001234e5", Some("1.234000")),
            ("0e999", Some("0.000000")),
            ("0.000e-999", Some("0.000000")),
            ("1e-999", Some("0.000000")),
            ("1e17", Some("100000000000000000.000000")),
            ("1e18", None),
            ("-1e18", None),
            ("0.1e19", None),
            ("0.1e18", Some("100000000000000000.000000")),
            ("999999999999999999.9999994", Some("999999999999999999.999999")),
            // Near enough to zero as it stands, though not as it is rounded.
            ("999999999999999999.9999995", Some("1000000000000000000.000000")),
            ("1000000000000000000", None),
            (&fits, Some("1.500000")),
            (&too_long, None),
            ("1e0001", None),
            ("1e", None),
            ("1e+", None),
            ("1e+-2", None),
            ("e1", None),
            ("+1", None),
            ("--1", None),
            ("-", None),
            (".5", None),
            ("5.", None),
            ("1.2.3", None),
            ("1_000", None),
            ("1,5", None),
            ("0x10", None),
            ("NaN", None),
            ("Infinity", None),
            (" 1", None),
            ("1\n", None),
            ("\u{661}\u{662}", None),
            ("true", None),
            ("", None),
        ] {
            assert_eq!(micros(from).map(text).as_deref(), expected, "{from:?}");
        }
    }

    #[test]
    fn extreme_texts() {
        assert_eq!(text(i128::MIN), "-170141183460469231731687303715884.105728");
        assert_eq!(text(-1), "-0.000001");
    }

    proptest! {
        #[test]
        fn a_written_number_is_read_back(number in -1_000_000_000_000_000_000_000_000i128 + 1..1_000_000_000_000_000_000_000_000) {
            prop_assert_eq!(micros(&text(number)), Some(number));
        }

        /// `digits` divided by a power of ten, by long division, written in one of many ways.
        #[test]
        fn rounds_half_away_from_zero(
            digits in -100_000_000_000_000_000_000i128..100_000_000_000_000_000_000,
            places in 0u32..18,
            shift in -200i32..200,
        ) {
            let divisor = 10i128.pow(places);
            let scaled = digits.unsigned_abs() as i128 * 1_000_000;
            let half_up = (scaled * 2 + divisor) / (divisor * 2);
            let expected = (digits.unsigned_abs() < 10u128.pow(18 + places)).then_some(half_up * digits.signum());
            // `digits` with its point moved by `places`, and then away and back by an exponent.
            let exponent = -(places as i32) - shift;
            let zeros = shift.unsigned_abs() as usize;
            let sign = if digits < 0 { "-" } else { "" };
            let plain = digits.unsigned_abs().to_string();
            let written = if shift >= 0 {
                format!("{sign}{plain}{}e{exponent}", "0".repeat(zeros))
            } else {
                let padded = format!("{}{plain}", "0".repeat(zeros + 1));
                let (whole, fraction) = padded.split_at(padded.len() - zeros);
                format!("{sign}{whole}.{fraction}e{exponent}")
            };
            prop_assert_eq!(micros(&written), expected, "{}", written);
        }

        #[test]
        fn other_texts_are_no_numbers(text in "-{0,2}[0-9]{0,3}\\.?[0-9]{0,3}[eE]?[+-]{0,2}[0-9]{0,4}[ a\n]?") {
            let plain = Regex::new(r"\A-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?\z").expect("a pattern");
            // What is plain may still be too far from zero.
            prop_assert!(plain.is_match(&text) || micros(&text).is_none(), "{text:?}");
            prop_assert!(!plain.is_match(&text) || text.contains(['e', 'E']) || micros(&text).is_some(), "{text:?}");
        }
    }
}
