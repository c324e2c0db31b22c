//! Where in a request something is, for messages, and reading JSON with them.

use serde_json::{Map, Value};

use crate::QueryError;

/// The most characters of a client's text that a message repeats.
const MOST_QUOTED: usize = 80;

/// A place in a request: the field that errors carry, and the path that messages show.
#[derive(Clone, Debug)]
pub struct Place {
    field: &'static str,
    path: String,
}

impl Place {
    /// The field itself.
    pub fn of(field: &'static str) -> Self {
        Self { field, path: field.to_owned() }
    }

    /// An entry of the list here.
    pub fn item(&self, index: usize) -> Self {
        Self { field: self.field, path: format!("{}[{index}]", self.path) }
    }

    /// A value of the object here.
    pub fn key(&self, key: &str) -> Self {
        Self { field: self.field, path: format!("{}.{key}", self.path) }
    }

    /// The field.
    pub fn field(&self) -> &'static str {
        self.field
    }

    /// An error of what is here; `message` goes on after the path.
    pub fn error(&self, message: impl std::fmt::Display) -> QueryError {
        QueryError::new(self.field, format!("{} {message}", self.path))
    }

    /// The list here.
    pub fn list<'v>(&self, value: &'v Value) -> Result<&'v [Value], QueryError> {
        value
            .as_array()
            .map(Vec::as_slice)
            .ok_or_else(|| self.error(format!("is {}, not a list", kind(value))))
    }

    /// The text here.
    pub fn text<'v>(&self, value: &'v Value) -> Result<&'v str, QueryError> {
        value.as_str().ok_or_else(|| self.error(format!("is {}, not a text", kind(value))))
    }

    /// The boolean here.
    pub fn boolean(&self, value: &Value) -> Result<bool, QueryError> {
        value.as_bool().ok_or_else(|| self.error(format!("is {}: it must be true or false", kind(value))))
    }

    /// The whole number here, from `least` to `most`.
    pub fn number(&self, value: &Value, least: usize, most: usize) -> Result<usize, QueryError> {
        let number = value.as_u64().and_then(|number| usize::try_from(number).ok());
        number.filter(|number| (least..=most).contains(number)).ok_or_else(|| {
            let found = shown(value);
            self.error(format!("is {found}: it must be a whole number from {least} to {most}"))
        })
    }

    /// The object here, which has no keys but `allowed`.
    pub fn object<'v>(
        &self,
        value: &'v Value,
        allowed: &[&str],
    ) -> Result<&'v Map<String, Value>, QueryError> {
        let Some(object) = value.as_object() else {
            return Err(self.error(format!("is {}, not an object", kind(value))));
        };
        match object.keys().find(|key| !allowed.contains(&key.as_str())) {
            Some(key) => Err(self.error(format!("has the unknown key {}: {}", quoted(key), one_of(allowed)))),
            None => Ok(object),
        }
    }
}

/// `allowed are a, b, c`.
pub fn one_of<T: AsRef<str>>(allowed: &[T]) -> String {
    format!("allowed are {}", allowed.iter().map(AsRef::as_ref).collect::<Vec<_>>().join(", "))
}

/// A client's text in quotes, cut where it is long.
pub fn quoted(text: &str) -> String {
    match text.char_indices().nth(MOST_QUOTED) {
        Some((end, _)) => format!("{:?}...", &text[..end]),
        None => format!("{text:?}"),
    }
}

/// A client's value: a text in quotes, a number as it is, else what it is.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        Value::Number(number) => number.to_string(),
        other => kind(other).to_owned(),
    }
}

/// What a value is.
pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
