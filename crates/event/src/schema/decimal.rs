//! JSON numbers compared by their digits, however many: 9007199254740993 is more than 9007199254740992, and 1.0 is 1.

use std::cmp::Ordering;

/// The parts of a JSON number's text.
#[derive(Clone, Copy, Debug)]
pub struct Decimal<'a> {
    negative: bool,
    /// Digits before and after the point, the first of them not zero; both empty for zero.
    whole: &'a [u8],
    fraction: &'a [u8],
    /// How many digits are before the point once the exponent is applied; 0 or less: zeros follow the point.
    magnitude: i64,
}

impl<'a> Decimal<'a> {
    /// Reads a valid JSON number; of any other text an unspecified number.
    pub fn read(raw: &'a str) -> Self {
        let (negative, digits) = raw.strip_prefix('-').map_or((false, raw), |digits| (true, digits));
        let (mantissa, exponent) = digits.split_once(['e', 'E']).unwrap_or((digits, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let far = if exponent.starts_with('-') { i64::MIN / 2 } else { i64::MAX / 2 };
        let exponent = exponent.parse::<i64>().unwrap_or(far).clamp(i64::MIN / 2, i64::MAX / 2);
        let whole = whole.trim_start_matches('0').as_bytes();
        let (fraction, zeros) = match whole {
            [] => {
                let kept = fraction.trim_start_matches('0');
                (kept.as_bytes(), fraction.len() - kept.len())
            }
            _ => (fraction.as_bytes(), 0),
        };
        let magnitude = exponent + whole.len() as i64 - zeros as i64;
        let zero = whole.is_empty() && fraction.is_empty();
        Self {
            negative: negative && !zero,
            whole,
            fraction,
            magnitude: if zero { i64::MIN } else { magnitude },
        }
    }

    /// Whether it has no fraction: `1.0` and `10e-1` have none.
    pub fn is_integer(&self) -> bool {
        let before = usize::try_from(self.magnitude.max(0)).unwrap_or(usize::MAX);
        self.digits().skip(before).all(|digit| digit == b'0')
    }

    fn digits(&self) -> impl Iterator<Item = u8> + use<'a> {
        self.whole.iter().chain(self.fraction).copied()
    }
}

impl Ord for Decimal<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        let size = || {
            let length =
                (self.whole.len() + self.fraction.len()).max(other.whole.len() + other.fraction.len());
            let padded = |number: &Self| number.digits().chain(std::iter::repeat(b'0')).take(length);
            self.magnitude.cmp(&other.magnitude).then_with(|| padded(self).cmp(padded(other)))
        };
        match (self.negative, other.negative) {
            (false, false) => size(),
            (true, true) => size().reverse(),
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
        }
    }
}

impl PartialOrd for Decimal<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Decimal<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Decimal<'_> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_in_the_order_of_their_values() {
        let ascending = [
            &["-1e400"][..],
            &["-9007199254740993"],
            &["-9007199254740992", "-9007199254740992.000"],
            &["-1.5", "-15e-1"],
            &["-1e-99999999999999999999"],
            &["0", "-0", "0.00", "0e99999999999999999999"],
            &["1e-400", "0.1e-399"],
            &["0.009", "9e-3"],
            &["0.01"],
            &["0.1", "1e-1", "0.10"],
            &["1", "1.0", "10e-1", "0.01E+2"],
            &["1.0000000000000000000000001"],
            &["9.99"],
            &["10", "1e1"],
            &["18446744073709551615"],
            &["18446744073709551616"],
            &["1e400"],
            &["1e99999999999999999999"],
        ];
        for (place, equal) in ascending.iter().enumerate() {
            for (other_place, others) in ascending.iter().enumerate() {
                for (one, other) in equal.iter().flat_map(|one| others.iter().map(move |other| (one, other)))
                {
                    let order = Decimal::read(one).cmp(&Decimal::read(other));
                    assert_eq!(order, place.cmp(&other_place), "{one} and {other}");
                }
            }
        }
    }

    #[test]
    fn a_number_without_a_fraction_is_an_integer() {
        for (raw, integer) in [
            ("0", true),
            ("-0.0", true),
            ("1.0", true),
            ("10e-1", true),
            ("1e300", true),
            ("1.5e1", true),
            ("12345678901234567890123", true),
            ("12345678901234567890123.5", false),
            ("1.5", false),
            ("1e-1", false),
            ("-0.5e0", false),
            ("1e-99999999999999999999", false),
        ] {
            assert_eq!(Decimal::read(raw).is_integer(), integer, "{raw}");
        }
    }
}
