//! Declared schemas: what the properties of an event may be, in a subset of JSON Schema.
//!
//! A document is compiled once ([`EventSchema::parse`]) and then checks the flat properties that
//! [`crate::payload`] wrote, without allocating where they are right and nothing in them is escaped.
//!
//! It speaks of the event's `properties` only: an event's own fields (`url`, `revenue`, ...) have one type each, which
//! ingestion holds them to already. Rules where a flat object differs from the one that was sent:
//! - nested `properties` are declared as nested, and checked under the names with dots that flattening gives them;
//!   an object that is required is there when one of its members is, and what it requires is asked for only then;
//! - `null` is the same as leaving the property out, so there is no type `null`;
//! - an array is its JSON text: a string that is such a text passes as `array` and as `string`;
//! - numbers are compared by their digits, and `1.0` is an integer;
//! - a text that was cut to its limit is checked as it is kept.
//!
//! Invariants: a document is within the bounds of [`crate::limits`]; checking takes time linear in the properties,
//! patterns included; a keyword that is not understood is an error, never ignored.

mod decimal;
mod parse;
mod rule;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

pub use decimal::Decimal;

use crate::limits;
use crate::payload::{Repairs, json, text};
use crate::properties::Value;
use rule::Rule;

/// What becomes of an event that violates its schema.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Nothing; reports show the violation.
    #[default]
    Observe,
    /// It is accepted and counted as a violation; reports show it.
    Warn,
    /// It is rejected.
    Reject,
}

impl Mode {
    /// Every mode.
    pub const ALL: [Self; 3] = [Self::Observe, Self::Warn, Self::Reject];

    /// Its name in requests, answers and the catalog.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Observe => "observe",
            Self::Warn => "warn",
            Self::Reject => "reject",
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

impl FromStr for Mode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|mode| mode.as_str() == text);
        found.ok_or_else(|| "the mode must be one of observe, warn, reject".to_owned())
    }
}

/// Why a document is no schema.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {message}", if .pointer.is_empty() { "the schema" } else { .pointer })]
pub struct SchemaError {
    /// Where, as a JSON pointer (RFC 6901); empty for the document as a whole.
    pub pointer: String,
    /// What is wrong and how to mend it.
    pub message: String,
}

/// Which keyword of its schema a property violates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Problem {
    /// It is not of its type.
    Type,
    /// It is none of the values of `enum` or `const`.
    Enum,
    /// It is too small a number.
    Minimum,
    /// It is too large a number.
    Maximum,
    /// It is too short a text.
    MinLength,
    /// It is too long a text.
    MaxLength,
    /// It does not match.
    Pattern,
    /// It is not there.
    Required,
    /// It is there and not declared.
    AdditionalProperties,
}

impl Problem {
    /// The keyword.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Type => "type",
            Self::Enum => "enum",
            Self::Minimum => "minimum",
            Self::Maximum => "maximum",
            Self::MinLength => "minLength",
            Self::MaxLength => "maxLength",
            Self::Pattern => "pattern",
            Self::Required => "required",
            Self::AdditionalProperties => "additionalProperties",
        }
    }
}

/// A property that is not what its schema says.
#[derive(Clone, Debug, PartialEq)]
pub struct Violation<'a> {
    /// The flat property.
    pub property: Cow<'a, str>,
    /// What is wrong.
    pub problem: Problem,
    /// Its value, where it has one of its own.
    pub value: Option<Value<'a>>,
}

/// A compiled schema.
#[derive(Clone, Debug)]
pub struct EventSchema {
    document: Box<str>,
    /// By name.
    entries: Vec<Entry>,
    /// No other properties than the declared ones.
    closed: bool,
}

/// A declared property, or an object of them.
#[derive(Clone, Debug)]
struct Entry {
    /// The flat name.
    name: Box<str>,
    kind: Kind,
    required: bool,
    /// The place of the object it is in.
    parent: Option<usize>,
    /// The bits of it and of every object around it.
    present: u128,
}

#[derive(Clone, Debug)]
enum Kind {
    Value(Rule),
    Object { closed: bool },
}

impl EventSchema {
    /// Compiles a document.
    ///
    /// # Errors
    /// With the place and the keyword that is not understood, contradicts another, or is beyond a limit.
    pub fn parse(document: &str) -> Result<Self, SchemaError> {
        parse::parse(document)
    }

    /// The document, as it was given.
    pub fn document(&self) -> &str {
        &self.document
    }

    /// The first violation in the properties of a [`Payload`](crate::payload::Payload) or an
    /// [`Event`](crate::Event).
    pub fn first_violation<'p>(&'p self, properties: &'p str) -> Option<Violation<'p>> {
        let mut first = None;
        self.check(properties, |violation| {
            first.get_or_insert(violation);
        });
        first
    }

    /// Calls `each` with every violation: those of properties that are there, in their order, at most one each, then
    /// those that are missing, by name.
    pub fn check<'p>(&'p self, properties: &'p str, mut each: impl FnMut(Violation<'p>)) {
        // Bits of entries: those that are there, and those whose violation is known.
        let (mut present, mut wrong) = (0u128, 0u128);
        json::object(properties, |key, raw| {
            let Some(key) = text::string(key, &mut Repairs::default()) else { return };
            match self.find(&key) {
                Some(place) => {
                    let entry = &self.entries[place];
                    present |= entry.present;
                    let Some(value) = value(raw) else { return };
                    let problem = match &entry.kind {
                        Kind::Value(rule) => rule.check(&value),
                        Kind::Object { .. } => Some(Problem::Type),
                    };
                    if let Some(problem) = problem {
                        wrong |= 1 << place;
                        each(Violation { property: key, problem, value: Some(value) });
                    }
                }
                None => match self.around(&key) {
                    Some(place) => {
                        let entry = &self.entries[place];
                        present |= entry.present;
                        match &entry.kind {
                            Kind::Object { closed: true } => each(undeclared(key, raw)),
                            Kind::Value(rule) if !rule.takes_objects() && wrong >> place & 1 == 0 => {
                                wrong |= 1 << place;
                                let property = Cow::Borrowed(&*entry.name);
                                each(Violation { property, problem: Problem::Type, value: None });
                            }
                            _ => {}
                        }
                    }
                    None if self.closed => each(undeclared(key, raw)),
                    None => {}
                },
            }
        });
        for (place, entry) in self.entries.iter().enumerate() {
            let wanted = entry.parent.is_none_or(|parent| (present & !wrong) >> parent & 1 == 1);
            if entry.required && present >> place & 1 == 0 && wanted {
                let property = Cow::Borrowed(&*entry.name);
                each(Violation { property, problem: Problem::Required, value: None });
            }
        }
    }

    /// What would be right, for people: `properties.price must be at least 0`.
    pub fn wanted(&self, property: &str, problem: Problem) -> String {
        let free = Rule::default();
        let said = match self.find(property).map(|place| &self.entries[place].kind) {
            Some(Kind::Object { .. }) if problem == Problem::Type => "must be an object".to_owned(),
            Some(Kind::Value(rule)) => rule.wanted(problem),
            Some(Kind::Object { .. }) | None => free.wanted(problem),
        };
        format!("properties.{property} {said}")
    }

    fn find(&self, name: &str) -> Option<usize> {
        self.entries.binary_search_by(|entry| (*entry.name).cmp(name)).ok()
    }

    /// The innermost declared property that `key` would be a member of.
    fn around(&self, key: &str) -> Option<usize> {
        key.rmatch_indices('.').find_map(|(at, _)| self.find(&key[..at]))
    }
}

/// Whether a property's text is that of an array, as far as it was kept.
pub fn is_array(text: &str) -> bool {
    text.starts_with('[')
        && (json::check(text).is_ok() || text.chars().count() == limits::PROPERTY_VALUE_CHARS)
}

fn undeclared<'a>(property: Cow<'a, str>, raw: &'a str) -> Violation<'a> {
    Violation { property, problem: Problem::AdditionalProperties, value: value(raw) }
}

/// A flat property's value.
fn value(raw: &str) -> Option<Value<'_>> {
    Some(match raw.as_bytes().first()? {
        b'"' => Value::Text(text::string(raw, &mut Repairs::default())?),
        b't' => Value::Boolean(true),
        b'f' => Value::Boolean(false),
        b'-' | b'0'..=b'9' => Value::Number(raw),
        _ => return None,
    })
}
