//! What a site's events look like, found out from the events themselves: which properties they have, of which types
//! and values, since when; where that changed; and how they agree with the schemas that were declared.
//!
//! A store reads name, time and properties of the events of a period into a [`Fold`], in any order, and answers what
//! that makes of them. Nothing is kept beside the events: what is erased is gone from here too.
//!
//! Invariants: a fold's memory is bounded by the constants below, whatever clients send; two stores with the same
//! events answer the same, but for the values of a property that has more than [`EXACT_VALUES`] of them.

mod distinct;
mod drift;
mod event;
mod fold;
mod history;
mod property;
#[cfg(test)]
mod tests;
mod values;

use std::sync::Arc;

use bytestring::ByteString;
use millrace_event::properties::Value;
use millrace_event::schema::{EventSchema, Problem};
use millrace_event::{SiteId, Timestamp, payload};
use millrace_query::Period;

pub use fold::Fold;

/// Event names of one observation.
pub const MOST_NAMES: usize = 500;
/// Properties of one name; of more, the first by name are kept.
pub const MOST_PROPERTIES: usize = 200;
/// Properties of all names together; of more, those of the names that come first in the question are kept.
pub const MOST_PROPERTIES_IN_ALL: usize = 2_000;
/// Kinds of violations of one name; of more, the first by property are kept.
pub const MOST_VIOLATIONS: usize = 100;
/// Values of a property that are all counted. Of one that has more, the most frequent are found, with counts that
/// may be too low.
pub const EXACT_VALUES: usize = 100;
/// Different values of a property that are counted exactly. The number of more is estimated, with a standard error
/// of 3.1 %.
pub const EXACT_CARDINALITY: usize = 1_024;
/// Values of a property in the answer.
pub const SHOWN_VALUES: usize = 10;
/// Characters of a value in the answer.
pub const SHOWN_CHARS: usize = 100;
/// Occurrences that are enough to speak of a change, and one in a hundred of those there are, up to
/// [`MOST_EVIDENCE`].
pub const LEAST_EVIDENCE: usize = 20;
/// Occurrences that are always enough.
pub const MOST_EVIDENCE: usize = 100;

/// What is asked.
#[derive(Clone, Debug)]
pub struct Observation {
    /// Whose events.
    pub site: SiteId,
    /// When.
    pub period: Period,
    /// Which, the most important first, up to [`MOST_NAMES`], each with the schema it is compared with.
    pub names: Vec<(ByteString, Option<Arc<EventSchema>>)>,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ObservedSchema {
    /// Those that occurred, the most frequent first, equals by name.
    pub events: Vec<ObservedEvent>,
    /// There are more properties than are kept.
    pub truncated: bool,
}

/// Events of one name.
#[derive(Clone, Debug, PartialEq)]
pub struct ObservedEvent {
    /// Their name.
    pub name: ByteString,
    /// How often, and when.
    pub seen: Seen,
    /// By name.
    pub properties: Vec<ObservedProperty>,
    /// What changed, the latest change first.
    pub drift: Vec<Drift>,
    /// Events that violate the schema they were compared with.
    pub violating: u64,
    /// How, by property.
    pub violations: Vec<ObservedViolation>,
}

/// A property of the events of one name.
#[derive(Clone, Debug, PartialEq)]
pub struct ObservedProperty {
    /// Its flat name.
    pub name: String,
    /// How often, and when.
    pub seen: Seen,
    /// The types it had, the first to be seen first.
    pub types: Vec<ObservedType>,
    /// Its most frequent values, up to [`SHOWN_VALUES`].
    pub values: Vec<(Sample, u64)>,
    /// All values were counted; else the numbers of the list may be too low.
    pub values_exact: bool,
    /// How many different values it had.
    pub cardinality: u64,
    /// That number is exact.
    pub cardinality_exact: bool,
    /// The smallest and the largest number, as sent.
    pub range: Option<(String, String)>,
}

/// A type that a property had.
#[derive(Clone, Debug, PartialEq)]
pub struct ObservedType {
    /// The type.
    pub kind: ValueType,
    /// How often, and when.
    pub seen: Seen,
}

/// How often something occurred, first and last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// How often.
    pub count: u64,
    /// The first time.
    pub first: Timestamp,
    /// The last time.
    pub last: Timestamp,
}

impl Seen {
    const NEVER: Self =
        Self { count: 0, first: Timestamp::from_millis(i64::MAX), last: Timestamp::from_millis(i64::MIN) };

    fn again(&mut self, at: Timestamp) {
        self.count += 1;
        self.first = self.first.min(at);
        self.last = self.last.max(at);
    }
}

/// The type of a property's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ValueType {
    /// A text.
    String,
    /// A number without a fraction.
    Integer,
    /// A number with one.
    Number,
    /// `true` or `false`.
    Boolean,
    /// The JSON text of an array.
    Array,
}

impl ValueType {
    const ALL: [Self; 5] = [Self::String, Self::Integer, Self::Number, Self::Boolean, Self::Array];

    /// As schemas write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Array => "array",
        }
    }
}

/// A value, cut to [`SHOWN_CHARS`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sample {
    /// A text; also a number that is too long to be shown.
    Text(String),
    /// A number, as sent.
    Number(String),
    /// `true` or `false`.
    Boolean(bool),
}

impl From<&Value<'_>> for Sample {
    fn from(value: &Value<'_>) -> Self {
        let cut = |text| payload::cut(text, SHOWN_CHARS).0.to_owned();
        match value {
            Value::Number(raw) if raw.len() <= SHOWN_CHARS => Self::Number((*raw).to_owned()),
            Value::Number(text) => Self::Text(cut(text)),
            Value::Text(text) => Self::Text(cut(text)),
            Value::Boolean(value) => Self::Boolean(*value),
        }
    }
}

/// A change in what is sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Drift {
    /// The property.
    pub property: String,
    /// What changed.
    pub change: Change,
    /// When: the first time of what is new, the last of what is gone.
    pub at: Timestamp,
    /// A value of then.
    pub sample: Option<Sample>,
}

/// What changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// A type was first seen after the property had occurred [`LEAST_EVIDENCE`] times without it.
    Type {
        /// The first type.
        from: ValueType,
        /// The new one.
        to: ValueType,
    },
    /// Most events had the property, and none of the latest has.
    Vanished,
    /// None of the first events had the property, and most have since.
    Appeared,
}

/// One way in which events violate their schema.
#[derive(Clone, Debug, PartialEq)]
pub struct ObservedViolation {
    /// The property.
    pub property: String,
    /// The keyword.
    pub problem: Problem,
    /// How often, and when.
    pub seen: Seen,
    /// The value of the last time, where there is one.
    pub sample: Option<Sample>,
    /// What would be right, for people.
    pub wanted: String,
}
