//! Filters as they are written.
//!
//! `[operator, dimension, values]` or, for `is` and `contains` and their opposites, with `{"case_sensitive": false}` as
//! a fourth entry; `["and" | "or", [filter, ...]]`; `["not" | "has_done" | "has_not_done", filter]`;
//! `["is" | "is_not", "segment", [id or name]]`. A list of filters holds where all of them do.
//!
//! An empty text as a value of `is` and a `visit:` dimension stands for sessions that have none. Values that are numbers or booleans are their
//! texts.
//!
//! Invariant: what a request costs is bounded while it is read: its parts and values, those of goals and segments
//! included wherever they are named, and the patterns that are compiled.

use std::sync::Arc;

use serde_json::Value;

use super::place::{Place, kind, one_of, quoted, shown};
use super::values::{Operator, Test, of_countries, of_texts};
use super::words::dimension_at;
use super::{GrammarContext, Segment};
use crate::check::{MOST_PARTS, MOST_VALUES, VALUES_OF_A_PATTERN, check_filter, weigh};
use crate::{Dimension, Filter, Goal, Pattern, QueryError};

/// The most patterns of a request: one may take a megabyte when it is compiled.
pub const MOST_PATTERNS: usize = 50;

const OPERATORS: [&str; 12] = [
    "is",
    "is_not",
    "contains",
    "contains_not",
    "matches",
    "matches_not",
    "and",
    "or",
    "not",
    "has_done",
    "has_not_done",
    "does_not_contain",
];

/// Reads a list of filters, all of which must hold.
pub fn parse_filters(
    value: &Value,
    field: &'static str,
    context: &GrammarContext<'_>,
) -> Result<Filter, QueryError> {
    FilterReader::new(context).list(value, &Place::of(field))
}

/// Reads one filter.
pub fn parse_filter(
    value: &Value,
    field: &'static str,
    context: &GrammarContext<'_>,
) -> Result<Filter, QueryError> {
    checked(FilterReader::new(context).filter(value, &Place::of(field))?, field)
}

fn checked(filter: Filter, field: &'static str) -> Result<Filter, QueryError> {
    check_filter(&filter).map_err(|error| QueryError::new(field, error.message))?;
    Ok(filter)
}

/// Reads the filters of one request, wherever they stand in it: their bounds are those of all of them together.
#[derive(Debug)]
pub struct FilterReader<'a> {
    context: &'a GrammarContext<'a>,
    parts: usize,
    values: usize,
    patterns: usize,
}

impl<'a> FilterReader<'a> {
    /// For a request that is read against `context`.
    pub fn new(context: &'a GrammarContext<'a>) -> Self {
        Self { context, parts: 0, values: 0, patterns: 0 }
    }

    /// Reads a list of filters, all of which must hold.
    pub fn list(&mut self, value: &Value, place: &Place) -> Result<Filter, QueryError> {
        let mut parts = self.filters(place.list(value)?, place)?;
        let only = if parts.len() == 1 { parts.pop() } else { None };
        checked(only.unwrap_or(Filter::And(parts)), place.field())
    }

    fn filters(&mut self, list: &[Value], place: &Place) -> Result<Vec<Filter>, QueryError> {
        list.iter().enumerate().map(|(index, value)| self.filter(value, &place.item(index))).collect()
    }

    fn filter(&mut self, value: &Value, place: &Place) -> Result<Filter, QueryError> {
        let entries = place.list(value)?;
        let Some(operator) = entries.first() else {
            return Err(
                place.error(format!("is empty: write [operator, dimension, values]; {}", operators()))
            );
        };
        let name = place.item(0).text(operator)?;
        if let "and" | "or" | "not" | "has_done" | "has_not_done" = name {
            return self.combination(name, entries, place);
        }
        let (operator, is_negated) = match name {
            "is" => (Operator::Is, false),
            "is_not" => (Operator::Is, true),
            "contains" => (Operator::Contains, false),
            "contains_not" | "does_not_contain" => (Operator::Contains, true),
            "matches" => (Operator::Matches, false),
            "matches_not" => (Operator::Matches, true),
            _ => {
                return Err(place.item(0).error(format!(
                    "names no operator: {}; {}",
                    quoted(name),
                    operators()
                )));
            }
        };
        let (dimension, values, modifiers) = match entries {
            [_, dimension, values] => (dimension, values, None),
            [_, dimension, values, modifiers] => (dimension, values, Some(modifiers)),
            _ => {
                let count = entries.len();
                return Err(place.error(format!("has {count} entries: write [{name:?}, dimension, values]")));
            }
        };
        let any_case = match modifiers {
            Some(modifiers) => self.modifiers(modifiers, operator, &place.item(3))?,
            None => false,
        };
        let filter = self.simple(operator, any_case, dimension, values, place)?;
        Ok(if is_negated { Filter::Not(Box::new(filter)) } else { filter })
    }

    fn combination(&mut self, name: &str, entries: &[Value], place: &Place) -> Result<Filter, QueryError> {
        self.spend(1, 0, place)?;
        let [_, of] = entries else {
            let of = if matches!(name, "and" | "or") { "[filter, ...]" } else { "filter" };
            let count = entries.len();
            return Err(place.error(format!("has {count} entries: write [{name:?}, {of}]")));
        };
        let inner = place.item(1);
        if let "and" | "or" = name {
            let list = inner.list(of)?;
            if list.is_empty() {
                return Err(inner.error(format!("is empty: {name} takes at least one filter")));
            }
            let parts = self.filters(list, &inner)?;
            return Ok(if name == "and" { Filter::And(parts) } else { Filter::Or(parts) });
        }
        let part = Box::new(self.filter(of, &inner)?);
        Ok(match name {
            "not" => Filter::Not(part),
            "has_done" => Filter::HasDone(part),
            _ => Filter::Not(Box::new(Filter::HasDone(part))),
        })
    }

    /// Whether letter case does not matter.
    fn modifiers(&self, value: &Value, operator: Operator, place: &Place) -> Result<bool, QueryError> {
        if operator == Operator::Matches {
            return Err(place.error("is not for matches: write (?i) at the start of the pattern"));
        }
        match place.object(value, &["case_sensitive"])?.get("case_sensitive") {
            Some(value) => Ok(!place.key("case_sensitive").boolean(value)?),
            None => Ok(false),
        }
    }

    fn simple(
        &mut self,
        operator: Operator,
        any_case: bool,
        dimension: &Value,
        values: &Value,
        place: &Place,
    ) -> Result<Filter, QueryError> {
        let named = place.item(1);
        let name = named.text(dimension)?;
        let place = place.item(2);
        let texts = self.texts(values, &place)?;
        if name == "segment" {
            return match operator {
                Operator::Is if !any_case => self.segments(&texts, &place),
                _ => Err(named.error("is segment, which takes is and is_not, with ids or names")),
            };
        }
        if name == "time" || name.starts_with("time:") {
            return Err(
                named.error(format!("is {}, no dimension to filter by: use date_range", quoted(name)))
            );
        }
        let column = dimension_at(name, None, &named)?;
        let tests = self.tests(operator, any_case, texts, &column.dimension, &place)?;
        if column.dimension == Dimension::Goal {
            return match operator {
                Operator::Matches => {
                    Err(named.error("is event:goal, which takes is and contains and their opposites"))
                }
                _ => self.goals(&tests, values, &place),
            };
        }
        self.spend(1, 0, &place)?;
        match column.names_countries {
            true => of_countries(column.dimension, &tests, values, &place),
            false => Ok(of_texts(column.dimension, operator, tests)),
        }
    }

    fn texts(&mut self, values: &Value, place: &Place) -> Result<Vec<String>, QueryError> {
        let list = place.list(values)?;
        if list.is_empty() {
            return Err(place.error("is empty: give at least one value"));
        }
        self.spend(0, list.len(), place)?;
        let text = |(index, value): (usize, &Value)| match value {
            Value::String(text) if text.contains('\0') => {
                Err(place.item(index).error("contains U+0000, which no event has: leave it out"))
            }
            Value::String(text) => Ok(text.clone()),
            Value::Number(_) | Value::Bool(_) => Ok(value.to_string()),
            _ => Err(place
                .item(index)
                .error(format!("is {}: values are texts, numbers or booleans", kind(value)))),
        };
        list.iter().enumerate().map(text).collect()
    }

    fn tests(
        &mut self,
        operator: Operator,
        any_case: bool,
        texts: Vec<String>,
        dimension: &Dimension,
        place: &Place,
    ) -> Result<Vec<Test>, QueryError> {
        if operator == Operator::Matches {
            self.patterns += texts.len();
            if self.patterns > MOST_PATTERNS {
                return Err(place.error(format!(
                    "is too much: {MOST_PATTERNS} patterns are the most of a request; join some by |"
                )));
            }
        }
        if operator == Operator::Matches || any_case {
            // Each was counted as one already.
            self.spend(0, texts.len() * (VALUES_OF_A_PATTERN - 1), place)?;
        }
        let is_whole = operator == Operator::Is;
        if any_case && operator != Operator::Matches {
            let shown = |text: &String| match dimension.missing() {
                Some(missing) if is_whole && text.is_empty() && matches!(dimension, Dimension::Visit(_)) => {
                    missing.to_owned()
                }
                _ => text.clone(),
            };
            let texts: Vec<String> = texts.iter().map(shown).collect();
            let pattern =
                Pattern::any_case(&texts, is_whole).map_err(|error| place.error(error.to_string()))?;
            return Ok(vec![Test::Matches(pattern)]);
        }
        let test = |(index, text): (usize, String)| {
            let text = match dimension.missing() {
                // A property may be empty and there.
                Some(missing) if is_whole && text.is_empty() && matches!(dimension, Dimension::Visit(_)) => {
                    missing.to_owned()
                }
                _ => text,
            };
            let pattern = match operator {
                Operator::Matches => Pattern::new(&text),
                Operator::Is => return Ok(Test::Is(text)),
                Operator::Contains => return Ok(Test::Contains(text)),
            };
            pattern.map(Test::Matches).map_err(|error| {
                place.item(index).error(format!("is {}, which cannot be matched: {error}", quoted(&text)))
            })
        };
        texts.into_iter().enumerate().map(test).collect()
    }

    /// The goals whose names pass one of the tests; each test has to have one.
    fn goals(&mut self, tests: &[Test], values: &Value, place: &Place) -> Result<Filter, QueryError> {
        let known = self.context.goals;
        if let Some(index) = tests.iter().position(|test| !known.iter().any(|goal| test.holds(&goal.name))) {
            let names: Vec<&str> = known.iter().map(|goal| goal.name.as_str()).collect();
            let found = shown(&values[index]);
            let allowed = if names.is_empty() { "the site has none".to_owned() } else { one_of(&names) };
            return Err(place.item(index).error(format!("is the name of no goal: {found}; {allowed}")));
        }
        let named = known.iter().filter(|goal| tests.iter().any(|test| test.holds(&goal.name)));
        let goals: Arc<[Goal]> = named.cloned().collect();
        let filter = Filter::Reaches(goals);
        self.spend_on(&filter, place)?;
        Ok(filter)
    }

    fn segments(&mut self, names: &[String], place: &Place) -> Result<Filter, QueryError> {
        let known = self.context.segments;
        let mut named: Vec<&Segment> = Vec::new();
        for (index, name) in names.iter().enumerate() {
            let by_id = known.iter().find(|segment| &segment.id == name);
            let Some(segment) = by_id.or_else(|| known.iter().find(|segment| &segment.name == name)) else {
                let ids: Vec<String> =
                    known.iter().map(|segment| format!("{} ({})", segment.id, segment.name)).collect();
                let allowed = if ids.is_empty() { "the site has none".to_owned() } else { one_of(&ids) };
                return Err(place.item(index).error(format!("is no segment: {}; {allowed}", quoted(name))));
            };
            if !named.iter().any(|other| other.id == segment.id) {
                self.spend_on(&segment.filter, place)?;
                named.push(segment);
            }
        }
        match named.as_slice() {
            [one] => Ok(one.filter.clone()),
            _ => Ok(Filter::Or(named.iter().map(|segment| segment.filter.clone()).collect())),
        }
    }

    fn spend_on(&mut self, filter: &Filter, place: &Place) -> Result<(), QueryError> {
        let (parts, values) = weigh(filter);
        self.spend(parts, values, place)
    }

    /// Counts what was read against the bounds of a request.
    fn spend(&mut self, parts: usize, values: usize, place: &Place) -> Result<(), QueryError> {
        self.parts += parts;
        self.values += values;
        if self.parts > MOST_PARTS {
            return Err(place.error(format!("is too much: {MOST_PARTS} filters are the most of a request")));
        }
        if self.values > MOST_VALUES {
            return Err(place.error(format!(
                "is too much: {MOST_VALUES} values are the most of a request; a pattern, or a text in any case, counts as \
                 {VALUES_OF_A_PATTERN}"
            )));
        }
        Ok(())
    }
}

fn operators() -> String {
    one_of(&OPERATORS)
}
