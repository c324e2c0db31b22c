//! Reading the flat properties that [`crate::payload`] wrote: for steps and stores that want one key of them.

use std::borrow::Cow;

use crate::payload::{Repairs, json, text};

/// A property's value.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    /// A text; also an array, as its JSON text.
    Text(Cow<'a, str>),
    /// A number, digit for digit as it was sent.
    Number(&'a str),
    /// A boolean.
    Boolean(bool),
}

impl<'a> Value<'a> {
    /// The value as the text that reports show and filters compare.
    pub fn into_text(self) -> Cow<'a, str> {
        match self {
            Self::Text(text) => text,
            Self::Number(digits) => digits.into(),
            Self::Boolean(value) => if value { "true" } else { "false" }.into(),
        }
    }
}

/// Calls `each` with every key and value, in order. `properties` is what [`Payload`](crate::payload::Payload) has
/// under that name: flat and valid, or empty; of any other text some or no members are read.
pub fn each<'a>(properties: &'a str, mut each: impl FnMut(Cow<'a, str>, Value<'a>)) {
    let repairs = &mut Repairs::default();
    json::object(properties, |key, raw| {
        let Some(key) = text::string(key, repairs) else { return };
        match raw {
            "true" => each(key, Value::Boolean(true)),
            "false" => each(key, Value::Boolean(false)),
            _ => match text::string(raw, repairs) {
                Some(value) => each(key, Value::Text(value)),
                None => each(key, Value::Number(raw)),
            },
        }
    });
}

/// The value of one key.
pub fn get<'a>(properties: &'a str, wanted: &str) -> Option<Value<'a>> {
    let mut found = None;
    each(properties, |key, value| {
        if key == wanted {
            found = Some(value);
        }
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_kind_of_value() {
        let text = r#"{"a":"x\n\"y\"","b.c":12345678901234567890123,"d":true,"\"":"[1,2]"}"#;
        assert_eq!(get(text, "a"), Some(Value::Text("x\n\"y\"".into())));
        assert_eq!(get(text, "b.c"), Some(Value::Number("12345678901234567890123")));
        assert_eq!(get(text, "d").map(Value::into_text).as_deref(), Some("true"));
        assert_eq!(get(text, "\""), Some(Value::Text("[1,2]".into())));
        assert_eq!(get(text, "b"), None);
        assert_eq!(get("", "b"), None);
    }
}
