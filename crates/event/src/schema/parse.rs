//! From a document to an [`EventSchema`].
//!
//! The document's text is taken apart as a payload's is, so that numbers keep their digits and an error knows its
//! place.

use regex::RegexBuilder;

use super::rule::{Allowed, Bound, Rule, Types};
use super::{Decimal, Entry, EventSchema, Kind, SchemaError};
use crate::limits;
use crate::payload::{Repairs, json, text};

/// Keywords that say nothing about values.
const NOTES: [&str; 5] = ["$schema", "$comment", "title", "description", "examples"];

pub(super) fn parse(document: &str) -> Result<EventSchema, SchemaError> {
    let at = Place(String::new());
    let text = document.trim_ascii();
    if text.len() > limits::SCHEMA_BYTES {
        let message = format!("it has {} bytes, the limit is {}", text.len(), limits::SCHEMA_BYTES);
        return Err(at.error(message));
    }
    if json::deeper_than(text, DEPTH) {
        return Err(at.error(format!("it nests deeper than {DEPTH} levels")));
    }
    json::check(text).map_err(|error| at.error(format!("it is not valid JSON: {error}")))?;
    let mut declared = Declared::default();
    let object = Schema::read(text, &at)?;
    if object.types.is_some_and(|kind| kind != Kinds::Object) {
        return Err(at.member("type").error("type must be \"object\" here: the schema is of all properties"));
    }
    if object.has_rule {
        return Err(at.error("it is of all properties: put keywords for a value below \"properties\""));
    }
    let closed = object.closed;
    declared.members(&object, "", None, &at)?;
    declared.finish(text, closed)
}

/// Levels of arrays and objects in a document.
const DEPTH: usize = 24;

/// Where in the document, as a JSON pointer.
#[derive(Clone, Debug)]
struct Place(String);

impl Place {
    fn member(&self, key: &str) -> Self {
        Self(format!("{}/{}", self.0, key.replace('~', "~0").replace('/', "~1")))
    }

    fn error(&self, message: impl Into<String>) -> SchemaError {
        SchemaError { pointer: self.0.clone(), message: message.into() }
    }
}

/// What `type` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kinds {
    Object,
    Values(Types),
}

/// The keywords of one schema, apart from what is below it.
struct Schema<'a> {
    types: Option<Kinds>,
    rule: Rule,
    /// A keyword that is about a value, and not about an object's members, was there.
    has_rule: bool,
    closed: bool,
    required: Vec<String>,
    /// Names and schemas.
    properties: Option<Vec<(String, &'a str)>>,
}

impl<'a> Schema<'a> {
    fn read(raw: &'a str, at: &Place) -> Result<Self, SchemaError> {
        let mut schema = Self {
            types: None,
            rule: Rule::default(),
            has_rule: false,
            closed: false,
            required: Vec::new(),
            properties: None,
        };
        if raw == "true" {
            return Ok(schema);
        }
        if !raw.starts_with('{') {
            return Err(at.error("a schema must be an object, such as {\"type\": \"string\"}"));
        }
        for (key, value) in members(raw, at)? {
            schema.keyword(&key, value, &at.member(&key))?;
        }
        if let Some(Kinds::Values(types)) = schema.types {
            schema.rule.types = types;
        }
        Ok(schema)
    }

    fn keyword(&mut self, key: &str, value: &'a str, at: &Place) -> Result<(), SchemaError> {
        let rule = &mut self.rule;
        match key {
            _ if NOTES.contains(&key) => return Ok(()),
            "type" => {
                self.types = Some(types(value, at)?);
                return Ok(());
            }
            "properties" => {
                if !value.starts_with('{') {
                    return Err(at.error("properties must be an object of names and schemas"));
                }
                self.properties = Some(members(value, at)?);
                return Ok(());
            }
            "required" => {
                self.required =
                    strings(value).ok_or_else(|| at.error("required must be an array of names"))?;
                return Ok(());
            }
            "additionalProperties" => {
                self.closed = match value {
                    "true" => false,
                    "false" => true,
                    _ => return Err(at.error("additionalProperties must be true or false")),
                };
                return Ok(());
            }
            "enum" | "const" => {
                if rule.allowed.is_some() {
                    return Err(at.error("enum and const are both there: leave one out"));
                }
                let values = if key == "const" { vec![value] } else { elements(value, at)? };
                if values.is_empty() || values.len() > limits::SCHEMA_VALUES {
                    let message = format!("enum must have 1 to {} values", limits::SCHEMA_VALUES);
                    return Err(at.error(message));
                }
                rule.allowed =
                    Some(values.into_iter().map(|raw| allowed(raw, key, at)).collect::<Result<_, _>>()?);
            }
            "minimum" | "exclusiveMinimum" => {
                bound(&mut rule.minimum, key, value, key == "exclusiveMinimum", at)?;
            }
            "maximum" | "exclusiveMaximum" => {
                bound(&mut rule.maximum, key, value, key == "exclusiveMaximum", at)?;
            }
            "minLength" => {
                let least = length(key, value, at)?;
                if least > limits::PROPERTY_VALUE_CHARS {
                    let most = limits::PROPERTY_VALUE_CHARS;
                    return Err(at.error(format!("minLength is {least}, and no value has more than {most}")));
                }
                rule.min_length = Some(least);
            }
            "maxLength" => rule.max_length = Some(length(key, value, at)?),
            "pattern" => rule.pattern = Some(pattern(value, at)?),
            _ => {
                let shown: String = key.chars().take(40).collect();
                return Err(at.error(format!("the keyword '{shown}' is not taken: {TAKEN}")));
            }
        }
        self.has_rule = true;
        Ok(())
    }
}

/// For who sends another keyword.
const TAKEN: &str = "take type, enum, const, minimum, maximum, exclusiveMinimum, exclusiveMaximum, minLength, \
                     maxLength, pattern, properties, required, additionalProperties, title, description, examples";

/// What is declared so far; places are kept, order is made in the end.
#[derive(Default)]
struct Declared {
    entries: Vec<Entry>,
    patterns: usize,
}

impl Declared {
    /// Adds what `object` has below it.
    fn members(
        &mut self,
        object: &Schema<'_>,
        prefix: &str,
        parent: Option<usize>,
        at: &Place,
    ) -> Result<(), SchemaError> {
        let flat = |name: &str| if prefix.is_empty() { name.to_owned() } else { format!("{prefix}.{name}") };
        let below = at.member("properties");
        let properties = object.properties.as_deref().unwrap_or_default();
        for (name, raw) in properties {
            let at = below.member(name);
            let schema = Schema::read(raw, &at)?;
            let required = object.required.contains(name);
            let is_object = match schema.types {
                Some(kind) => kind == Kinds::Object,
                None => schema.properties.is_some(),
            };
            let about_members = schema.properties.is_some() || !schema.required.is_empty() || schema.closed;
            if is_object && schema.has_rule {
                return Err(
                    at.error("it is an object and has keywords for a value: take them to its properties")
                );
            }
            if !is_object && about_members {
                return Err(at.error("it has keywords for an object: add \"type\": \"object\""));
            }
            let kind = if is_object {
                Kind::Object { closed: schema.closed }
            } else {
                Kind::Value(schema.rule.clone())
            };
            let place = self.add(flat(name), kind, required, parent, &at)?;
            if is_object {
                self.members(&schema, &flat(name), Some(place), &at)?;
            }
        }
        for name in &object.required {
            if properties.iter().any(|(declared, _)| declared == name) {
                continue;
            }
            let at = at.member("required");
            if object.closed {
                let shown: String = name.chars().take(40).collect();
                return Err(
                    at.error(format!("'{shown}' is required and not declared, and no others are allowed"))
                );
            }
            self.add(flat(name), Kind::Value(Rule::default()), true, parent, &at)?;
        }
        Ok(())
    }

    fn add(
        &mut self,
        name: String,
        kind: Kind,
        required: bool,
        parent: Option<usize>,
        at: &Place,
    ) -> Result<usize, SchemaError> {
        if name.is_empty() || name.starts_with('.') && name.len() == 1 {
            return Err(at.error("a property needs a name"));
        }
        if text::cut(&name, limits::PROPERTY_KEY_CHARS).1 {
            let most = limits::PROPERTY_KEY_CHARS;
            return Err(
                at.error(format!("its flat name is longer than {most} characters, which no property's is"))
            );
        }
        if self.entries.iter().any(|entry| *entry.name == name) {
            return Err(at.error("it is declared twice under the same flat name"));
        }
        if self.entries.len() == limits::SCHEMA_PROPERTIES {
            return Err(at.error(format!("more than {} properties are declared", limits::SCHEMA_PROPERTIES)));
        }
        self.patterns += usize::from(matches!(&kind, Kind::Value(rule) if rule.pattern.is_some()));
        if self.patterns > limits::SCHEMA_PATTERNS {
            return Err(at.error(format!("more than {} properties have a pattern", limits::SCHEMA_PATTERNS)));
        }
        self.entries.push(Entry { name: name.into(), kind, required, parent, present: 0 });
        Ok(self.entries.len() - 1)
    }

    fn finish(self, document: &str, closed: bool) -> Result<EventSchema, SchemaError> {
        let mut order: Vec<usize> = (0..self.entries.len()).collect();
        order.sort_by(|a, b| self.entries[*a].name.cmp(&self.entries[*b].name));
        let mut moved = vec![0; order.len()];
        order.iter().enumerate().for_each(|(to, from)| moved[*from] = to);
        let entries = order.iter().enumerate().map(|(to, from)| {
            let mut entry = self.entries[*from].clone();
            entry.present = 1 << to;
            let mut around = entry.parent;
            while let Some(place) = around {
                entry.present |= 1 << moved[place];
                around = self.entries[place].parent;
            }
            entry.parent = entry.parent.map(|place| moved[place]);
            entry
        });
        Ok(EventSchema { entries: entries.collect(), document: document.into(), closed })
    }
}

/// Names and raw values; a name that comes twice is an error.
fn members<'a>(raw: &'a str, at: &Place) -> Result<Vec<(String, &'a str)>, SchemaError> {
    let mut members: Vec<(String, &'a str)> = Vec::new();
    json::object(raw, |key, value| members.push((string(key).unwrap_or_default(), value)));
    for (place, (key, _)) in members.iter().enumerate() {
        if members[..place].iter().any(|(other, _)| other == key) {
            return Err(at.member(key).error("it is there twice"));
        }
    }
    Ok(members)
}

fn elements<'a>(raw: &'a str, at: &Place) -> Result<Vec<&'a str>, SchemaError> {
    let mut values = Vec::new();
    let read = json::array(raw, |value| {
        values.push(value);
        true
    });
    read.map_err(|_| at.error("enum must be an array of values"))?;
    Ok(values)
}

fn strings(raw: &str) -> Option<Vec<String>> {
    let mut names = Vec::new();
    let read = json::array(raw, |value| string(value).map(|name| names.push(name)).is_some());
    read.ok().map(|()| names)
}

fn string(raw: &str) -> Option<String> {
    text::string(raw, &mut Repairs::default()).map(std::borrow::Cow::into_owned)
}

fn types(raw: &str, at: &Place) -> Result<Kinds, SchemaError> {
    let wrong =
        || at.error("type must be one of string, number, integer, boolean, array, object, or a list of them");
    let names = match string(raw) {
        Some(name) => vec![name],
        None => strings(raw).ok_or_else(wrong)?,
    };
    if names == ["object"] {
        return Ok(Kinds::Object);
    }
    let mut types = None;
    for name in &names {
        let kind = match name.as_str() {
            "null" => {
                let message =
                    "null is the same as leaving the property out: leave it out of \"required\" instead";
                return Err(at.error(message));
            }
            "object" => return Err(at.error("an object cannot be something else as well")),
            name => Types::named(name).ok_or_else(wrong)?,
        };
        types = Some(types.unwrap_or_default()).map(|types: Types| types.with(kind));
    }
    types.map(Kinds::Values).ok_or_else(wrong)
}

fn allowed(raw: &str, key: &str, at: &Place) -> Result<Allowed, SchemaError> {
    match raw.as_bytes() {
        b"true" => Ok(Allowed::Boolean(true)),
        b"false" => Ok(Allowed::Boolean(false)),
        [b'"', ..] => Ok(Allowed::Text(string(raw).unwrap_or_default().into())),
        [b'-' | b'0'..=b'9', ..] => Ok(Allowed::Number(raw.into())),
        _ => Err(at.error(format!("{key} takes strings, numbers and booleans only"))),
    }
}

fn bound(
    bound: &mut Option<Bound>,
    key: &str,
    raw: &str,
    exclusive: bool,
    at: &Place,
) -> Result<(), SchemaError> {
    if !matches!(raw.as_bytes().first(), Some(b'-' | b'0'..=b'9')) || raw.len() > 300 {
        return Err(at.error(format!("{key} must be a number")));
    }
    if bound.is_some() {
        return Err(at.error("the bound is there twice, inclusive and exclusive: leave one out"));
    }
    *bound = Some(Bound { raw: raw.into(), exclusive });
    Ok(())
}

fn length(key: &str, raw: &str, at: &Place) -> Result<usize, SchemaError> {
    let number = matches!(raw.as_bytes().first(), Some(b'0'..=b'9')) && Decimal::read(raw).is_integer();
    let length = if number { raw.parse().ok() } else { None };
    length.ok_or_else(|| at.error(format!("{key} must be a whole number of characters, 0 or more")))
}

fn pattern(raw: &str, at: &Place) -> Result<regex::Regex, SchemaError> {
    let text = string(raw).ok_or_else(|| at.error("pattern must be a string"))?;
    if text::cut(&text, limits::SCHEMA_PATTERN_CHARS).1 {
        return Err(at.error(format!("pattern is longer than {} characters", limits::SCHEMA_PATTERN_CHARS)));
    }
    let compiled = RegexBuilder::new(&text)
        .size_limit(limits::SCHEMA_PATTERN_BYTES)
        .dfa_size_limit(limits::SCHEMA_PATTERN_BYTES)
        .nest_limit(32)
        .build();
    compiled.map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => {
            at.error("pattern is too large: write smaller repetitions, or [0-9A-Za-z_] for \\w")
        }
        // The rest of it draws the pattern with a mark below, over several lines.
        error => {
            let reason = error.to_string();
            let reason = reason.lines().last().unwrap_or_default().trim().trim_start_matches("error: ");
            at.error(format!("pattern is not taken: {reason}"))
        }
    })
}
