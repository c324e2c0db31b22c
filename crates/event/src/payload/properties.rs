//! Properties, made flat: whatever nesting came in, one JSON object of strings, numbers and booleans goes out.
//!
//! Rules: nested objects are flattened with dots; arrays become their compact JSON text, a string; `null` is left
//! out; of a key that comes twice, also by flattening (`{"a.b":1,"a":{"b":2}}`), the last value counts, at the
//! place of the first. Numbers keep their digits, however many. Keys such as `__proto__` are keys like any other.

use std::borrow::Cow;

use super::text::{self, Repairs};
use super::{Rejection, json, numbers};
use crate::limits;

/// The compact JSON text of a flat object; empty where there are no properties. Borrows where the client already
/// sent just that, which most do.
pub(crate) fn flatten<'a>(raw: Option<&'a str>, repairs: &mut Repairs) -> Result<Cow<'a, str>, Rejection> {
    let Some(raw) = raw else { return Ok(Cow::Borrowed("")) };
    if !raw.starts_with('{') {
        let message = "the properties are no object: send {\"key\": \"value\"}";
        return Err(Rejection::of("properties_invalid", "properties", message));
    }
    if let Some(flat) = already_flat(raw) {
        return Ok(Cow::Borrowed(flat));
    }
    let mut flat = Flat { entries: Vec::new(), repairs, rejection: None };
    flat.object("", raw);
    match flat.rejection {
        Some(rejection) => Err(rejection),
        None => Ok(Cow::Owned(flat.write())),
    }
}

/// Answers `raw` where it is what [`flatten`] would write; empty for an empty object.
fn already_flat(raw: &str) -> Option<&str> {
    const FEW: usize = 16;
    let mut keys = [""; FEW];
    let (mut count, mut length, mut plain) = (0, 1, true);
    json::object(raw, |key, value| {
        let inner = &key[1..key.len() - 1];
        let plain_value = match value.as_bytes()[0] {
            b'"' => value.len() - 2 <= limits::PROPERTY_VALUE_CHARS && !value.as_bytes().contains(&b'\\'),
            b'{' | b'[' | b'n' => false,
            b't' | b'f' => true,
            _ => plain_number(value),
        };
        plain = plain
            && plain_value
            && count < FEW
            && (1..=limits::PROPERTY_KEY_CHARS).contains(&inner.len())
            && !inner.as_bytes().contains(&b'\\')
            && !keys[..count].contains(&inner);
        if plain {
            keys[count] = inner;
            count += 1;
            // A colon, and a comma or the closing brace.
            length += key.len() + value.len() + 2;
        }
    });
    match count {
        0 if plain => Some(""),
        // Equal lengths: there is no white space between the pieces.
        _ if plain && length == raw.len() => Some(raw),
        _ => None,
    }
}

/// Surely within the range of every engine: no exponent, and fewer digits than the largest has.
fn plain_number(raw: &str) -> bool {
    raw.len() <= 300 && !raw.bytes().any(|byte| byte == b'e' || byte == b'E')
}

/// Some number that can be held; infinity and texts of absurd length cannot.
fn holdable(raw: &str) -> bool {
    plain_number(raw) || raw.len() <= limits::PROPERTY_VALUE_CHARS && raw.parse().is_ok_and(f64::is_finite)
}

struct Flat<'a, 'r> {
    /// Unescaped key, and the value as JSON.
    entries: Vec<(Cow<'a, str>, Cow<'a, str>)>,
    repairs: &'r mut Repairs,
    /// The first reason; nothing is added after it.
    rejection: Option<Rejection>,
}

impl<'a> Flat<'a, '_> {
    /// Recursion is bounded: the event's depth was checked.
    fn object(&mut self, prefix: &str, raw: &'a str) {
        json::object(raw, |key, value| self.member(prefix, key, value));
    }

    fn member(&mut self, prefix: &str, key: &'a str, value: &'a str) {
        if self.rejection.is_some() || value == "null" {
            return;
        }
        let inner = text::string(key, self.repairs).unwrap_or_default();
        if inner.is_empty() {
            return self
                .reject("property_key_invalid", "a property has an empty key: name it, or leave it out");
        }
        let key = if prefix.is_empty() { inner } else { Cow::Owned(format!("{prefix}.{inner}")) };
        if text::cut(&key, limits::PROPERTY_KEY_CHARS).1 {
            let (start, _) = text::cut(&key, 40);
            let message = format!(
                "the property key '{start}...' is longer than {} characters",
                limits::PROPERTY_KEY_CHARS
            );
            return self.reject("property_key_invalid", message);
        }
        match value.as_bytes()[0] {
            b'{' => self.object(&key, value),
            b'"' => {
                let value = text::string(value, self.repairs).unwrap_or_default();
                self.text(key, value);
            }
            b'[' => {
                let mut array = String::with_capacity(value.len());
                if compact(value, &mut array, self.repairs) {
                    self.text(key, array.into());
                } else {
                    self.rejection = Some(numbers::out_of_range("properties"));
                }
            }
            b't' | b'f' => self.put(key, value.into()),
            _ if holdable(value) => self.put(key, value.into()),
            _ => self.rejection = Some(numbers::out_of_range("properties")),
        }
    }

    fn text(&mut self, key: Cow<'a, str>, value: Cow<'a, str>) {
        let value = text::cut_cow(value, limits::PROPERTY_VALUE_CHARS, self.repairs);
        let mut json = String::with_capacity(value.len() + 2);
        text::escape(&value, &mut json);
        self.put(key, json.into());
    }

    fn put(&mut self, key: Cow<'a, str>, value: Cow<'a, str>) {
        if let Some(entry) = self.entries.iter_mut().find(|entry| entry.0 == key) {
            entry.1 = value;
        } else if self.entries.len() == limits::PROPERTIES {
            let message =
                format!("the event has more than {} properties after flattening", limits::PROPERTIES);
            self.reject("too_many_properties", message);
        } else {
            self.entries.push((key, value));
        }
    }

    fn reject(&mut self, code: &'static str, message: impl Into<Cow<'static, str>>) {
        self.rejection = Some(Rejection::of(code, "properties", message));
    }

    fn write(&self) -> String {
        if self.entries.is_empty() {
            return String::new();
        }
        let length: usize = self.entries.iter().map(|(key, value)| key.len() + value.len() + 4).sum();
        let mut out = String::with_capacity(length + 1);
        for (key, value) in &self.entries {
            out.push(if out.is_empty() { '{' } else { ',' });
            text::escape(key, &mut out);
            out.push(':');
            out.push_str(value);
        }
        out.push('}');
        out
    }
}

/// Appends the compact text of any JSON value, its strings repaired; `false` where a number cannot be held.
fn compact(raw: &str, out: &mut String, repairs: &mut Repairs) -> bool {
    let mut held = true;
    let before = out.len() + 1;
    match raw.as_bytes()[0] {
        b'[' => {
            out.push('[');
            let _ = json::array(raw, |element| {
                if out.len() > before {
                    out.push(',');
                }
                held = compact(element, out, repairs);
                held
            });
            out.push(']');
        }
        b'{' => {
            out.push('{');
            json::object(raw, |key, value| {
                if out.len() > before {
                    out.push(',');
                }
                text::escape(&text::string(key, repairs).unwrap_or_default(), out);
                out.push(':');
                held &= compact(value, out, repairs);
            });
            out.push('}');
        }
        b'"' => text::escape(&text::string(raw, repairs).unwrap_or_default(), out),
        b'-' | b'0'..=b'9' => {
            held = holdable(raw);
            out.push_str(raw);
        }
        _ => out.push_str(raw),
    }
    held
}
