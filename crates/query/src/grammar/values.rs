//! The values of a filter: texts that are compared, patterns, and countries by their names.

use serde_json::Value;

use super::countries;
use super::place::{Place, shown};
use crate::{Dimension, Filter, Pattern, QueryError};

/// A value as a test of texts.
pub(super) enum Test {
    /// The whole text.
    Is(String),
    /// A part of it.
    Contains(String),
    /// A pattern that is found in it.
    Matches(Pattern),
}

impl Test {
    /// Whether `text` passes.
    pub(super) fn holds(&self, text: &str) -> bool {
        match self {
            Self::Is(value) => value == text,
            Self::Contains(value) => text.contains(value.as_str()),
            Self::Matches(pattern) => pattern.is_match(text),
        }
    }
}

/// `is`, `contains` or `matches`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Is,
    Contains,
    Matches,
}

/// The filter of tests of one kind.
pub(super) fn of_texts(dimension: Dimension, operator: Operator, tests: Vec<Test>) -> Filter {
    let (mut texts, mut patterns) = (Vec::new(), Vec::new());
    for test in tests {
        match test {
            Test::Is(text) | Test::Contains(text) => texts.push(text),
            Test::Matches(pattern) => patterns.push(pattern),
        }
    }
    match operator {
        _ if !patterns.is_empty() => Filter::Matches(dimension, patterns),
        Operator::Contains => Filter::Contains(dimension, texts),
        Operator::Is | Operator::Matches => Filter::Is(dimension, texts),
    }
}

/// The countries whose names pass one of the tests; sessions without one pass by the word they are shown as.
pub(super) fn of_countries(
    dimension: Dimension,
    tests: &[Test],
    values: &Value,
    place: &Place,
) -> Result<Filter, QueryError> {
    let missing = dimension.missing().unwrap_or_default();
    for (index, test) in tests.iter().enumerate() {
        let is_unknown =
            |text: &str| text != missing && countries::codes_named(|name| name == text).is_empty();
        if let Test::Is(text) = test
            && is_unknown(text)
        {
            let found = shown(&values[index]);
            let mend = "write its usual English name, or use visit:country with its code, such as DE";
            return Err(place.item(index).error(format!("names no country: {found}; {mend}")));
        }
    }
    let mut codes = countries::codes_named(|name| tests.iter().any(|test| test.holds(name)));
    if tests.iter().any(|test| test.holds(missing)) {
        codes.push(missing.to_owned());
    }
    Ok(if codes.is_empty() { Filter::Or(Vec::new()) } else { Filter::Is(dimension, codes) })
}
