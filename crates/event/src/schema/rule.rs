//! What one property may be.

use std::fmt::{self, Write};

use regex::Regex;

use super::decimal::Decimal;
use super::{Problem, is_array};
use crate::properties::Value;

/// Kinds of values, as a set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Types(u8);

impl Types {
    pub(super) const STRING: Self = Self(1);
    pub(super) const NUMBER: Self = Self(2);
    pub(super) const INTEGER: Self = Self(4);
    pub(super) const BOOLEAN: Self = Self(8);
    pub(super) const ARRAY: Self = Self(16);
    const NAMES: [(Self, &str); 5] = [
        (Self::STRING, "string"),
        (Self::NUMBER, "number"),
        (Self::INTEGER, "integer"),
        (Self::BOOLEAN, "boolean"),
        (Self::ARRAY, "array"),
    ];

    /// The type of this name; none for `object` and `null`, which no flat property is.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind)
    }

    pub(super) fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    fn take(self, value: &Value<'_>) -> bool {
        match value {
            _ if self == Self::default() => true,
            Value::Text(text) => self.has(Self::STRING) || self.has(Self::ARRAY) && is_array(text),
            Value::Number(raw) => {
                self.has(Self::NUMBER) || self.has(Self::INTEGER) && Decimal::read(raw).is_integer()
            }
            Value::Boolean(_) => self.has(Self::BOOLEAN),
        }
    }
}

impl fmt::Display for Types {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = Self::NAMES.iter().filter(|(kind, _)| self.has(*kind));
        for (place, (_, name)) in names.enumerate() {
            write!(out, "{}{name}", if place > 0 { " or " } else { "" })?;
        }
        Ok(())
    }
}

/// A value that is allowed.
#[derive(Clone, Debug)]
pub(super) enum Allowed {
    Text(Box<str>),
    Number(Box<str>),
    Boolean(bool),
}

impl Allowed {
    fn is(&self, value: &Value<'_>) -> bool {
        match (self, value) {
            (Self::Text(allowed), Value::Text(text)) => **allowed == **text,
            (Self::Number(allowed), Value::Number(raw)) => Decimal::read(allowed) == Decimal::read(raw),
            (Self::Boolean(allowed), Value::Boolean(value)) => allowed == value,
            _ => false,
        }
    }
}

impl fmt::Display for Allowed {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(out, "\"{}\"", text.escape_debug()),
            Self::Number(raw) => out.write_str(raw),
            Self::Boolean(value) => write!(out, "{value}"),
        }
    }
}

/// A bound of a number.
#[derive(Clone, Debug)]
pub(super) struct Bound {
    pub(super) raw: Box<str>,
    pub(super) exclusive: bool,
}

/// Everything a property's value is held to. The default allows everything.
#[derive(Clone, Debug, Default)]
pub(super) struct Rule {
    pub(super) types: Types,
    /// Of `enum` or `const`; nothing where any value is allowed.
    pub(super) allowed: Option<Vec<Allowed>>,
    pub(super) minimum: Option<Bound>,
    pub(super) maximum: Option<Bound>,
    pub(super) min_length: Option<usize>,
    pub(super) max_length: Option<usize>,
    pub(super) pattern: Option<Regex>,
}

impl Rule {
    /// The first thing that is wrong with a value.
    pub(super) fn check(&self, value: &Value<'_>) -> Option<Problem> {
        if !self.types.take(value) {
            return Some(Problem::Type);
        }
        if self.allowed.as_ref().is_some_and(|allowed| !allowed.iter().any(|allowed| allowed.is(value))) {
            return Some(Problem::Enum);
        }
        match value {
            Value::Number(raw) if self.minimum.is_some() || self.maximum.is_some() => self.range(raw),
            Value::Text(text) => self.text(text),
            _ => None,
        }
    }

    /// Whether an object may be there: where nothing at all is said of the value.
    pub(super) fn takes_objects(&self) -> bool {
        self.types == Types::default() && self.allowed.is_none()
    }

    fn range(&self, raw: &str) -> Option<Problem> {
        let number = Decimal::read(raw);
        let outside = |bound: &Option<Bound>, beyond: std::cmp::Ordering| {
            bound.as_ref().is_some_and(|bound| {
                let order = number.cmp(&Decimal::read(&bound.raw));
                order == beyond || bound.exclusive && order.is_eq()
            })
        };
        if outside(&self.minimum, std::cmp::Ordering::Less) {
            return Some(Problem::Minimum);
        }
        outside(&self.maximum, std::cmp::Ordering::Greater).then_some(Problem::Maximum)
    }

    fn text(&self, text: &str) -> Option<Problem> {
        // Bytes are counted first: they settle most texts, and no character takes more than four.
        if self.min_length.is_some_and(|least| text.len() < 4 * least && text.chars().count() < least) {
            return Some(Problem::MinLength);
        }
        if self.max_length.is_some_and(|most| text.len() > most && text.chars().count() > most) {
            return Some(Problem::MaxLength);
        }
        let pattern = self.pattern.as_ref()?;
        (!pattern.is_match(text)).then_some(Problem::Pattern)
    }

    /// What would be right, as the end of a sentence about a property.
    pub(super) fn wanted(&self, problem: Problem) -> String {
        let bound = |bound: &Option<Bound>, inclusive: &str, exclusive: &str| {
            let Some(bound) = bound else { return String::new() };
            format!("{} {}", if bound.exclusive { exclusive } else { inclusive }, bound.raw)
        };
        match problem {
            Problem::Type => format!("must be of the type {}", self.types),
            Problem::Enum => {
                let mut out = "must be one of".to_owned();
                let allowed = self.allowed.as_deref().unwrap_or_default();
                for (place, value) in allowed.iter().take(SHOWN).enumerate() {
                    // Writing to a String cannot fail.
                    let _ = write!(out, "{} {value}", if place > 0 { "," } else { "" });
                }
                if allowed.len() > SHOWN {
                    let _ = write!(out, " or {} more", allowed.len() - SHOWN);
                }
                out
            }
            Problem::Minimum => {
                format!("must be {}", bound(&self.minimum, "at least", "more than"))
            }
            Problem::Maximum => format!("must be {}", bound(&self.maximum, "at most", "less than")),
            Problem::MinLength => {
                format!("must have at least {} characters", self.min_length.unwrap_or_default())
            }
            Problem::MaxLength => {
                format!("must have at most {} characters", self.max_length.unwrap_or_default())
            }
            Problem::Pattern => {
                format!("must match the pattern {}", self.pattern.as_ref().map_or("", Regex::as_str))
            }
            Problem::Required => "is required".to_owned(),
            Problem::AdditionalProperties => {
                "is not declared, and no other properties are allowed".to_owned()
            }
        }
    }
}

/// How many allowed values a message lists.
const SHOWN: usize = 8;
