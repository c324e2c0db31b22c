//! JSON of other shapes than this crate's own, for whoever translates it: pieces of a body as raw text, nothing
//! judged.
//!
//! What is read here becomes the native text of an event, which [`read()`](super::read()) judges like any other: so
//! that there is one place that knows every bound.

use std::borrow::Cow;

use super::envelope::{self, EnvelopeError};
use super::text::{self, Repairs};
use super::{json, moment, numbers};
use crate::limits;

/// A body that is one JSON value, within the bounds of a batch, without the white space around it.
///
/// # Errors
/// As [`Envelope::split`](super::Envelope::split) of a body that is empty, too large, too deep or no JSON.
pub fn value(body: &str) -> Result<&str, EnvelopeError> {
    if body.len() > limits::BATCH_BODY_BYTES {
        return Err(EnvelopeError::BodyTooLarge { limit: limits::BATCH_BODY_BYTES });
    }
    let text = body.trim_ascii();
    if text.is_empty() {
        return Err(EnvelopeError::EmptyBody);
    }
    if json::deeper_than(text, limits::DEPTH) {
        return Err(EnvelopeError::TooDeep);
    }
    json::check(text).map_err(envelope::not_json)?;
    Ok(text)
}

/// The elements of an array, at most `limit`. Precondition: `array` is, or lies in, what [`value`] answered.
///
/// # Errors
/// [`EnvelopeError::EmptyBatch`], [`EnvelopeError::TooManyEvents`], or what is no array.
pub fn elements(array: &str, limit: usize) -> Result<Vec<&str>, EnvelopeError> {
    envelope::elements(array, limit)
}

/// Members of one object that are kept.
pub const MEMBERS: usize = 4_096;

/// The first [`MEMBERS`] members of an object by name. Of a key sent twice the last value counts.
#[derive(Clone, Debug, Default)]
pub struct Members<'a>(Vec<(Cow<'a, str>, &'a str)>);

impl<'a> Members<'a> {
    /// None of what is no object; what is beyond the bound is not looked at. Precondition: that of [`elements`].
    pub fn read(object: &'a str) -> Self {
        let mut members = Vec::new();
        json::object(object, |key, value| {
            if members.len() < MEMBERS {
                members.push((text::string(key, &mut Repairs::default()).unwrap_or_default(), value));
            }
        });
        Self(members)
    }

    /// The raw value of a name; never `null`.
    pub fn get(&self, name: &str) -> Option<&'a str> {
        let found = self.0.iter().rev().find(|(key, _)| key == name);
        found.map(|(_, value)| *value).filter(|value| *value != "null")
    }

    /// The raw value of the first of these names that is there.
    pub fn first(&self, names: &[&str]) -> Option<&'a str> {
        names.iter().find_map(|name| self.get(name))
    }

    /// The object of a name; an empty one where there is none.
    pub fn object(&self, name: &str) -> Members<'a> {
        self.get(name).map_or_else(Members::default, Members::read)
    }

    /// Keys and raw values, in order, as often as they were sent.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &'a str)> {
        self.0.iter().map(|(key, value)| (&**key, *value))
    }
}

/// The text of a raw string, repaired; nothing for another kind of value.
pub fn string<'a>(raw: &'a str, repairs: &mut Repairs) -> Option<Cow<'a, str>> {
    text::string(raw, repairs)
}

/// Appends `text` as a JSON string.
pub fn escape(text: &str, out: &mut String) {
    text::escape(text, out);
}

/// A raw number, also one in quotes; nothing for what is none or is not finite.
pub fn number(raw: &str) -> Option<f64> {
    let bare = raw.strip_prefix('"').and_then(|raw| raw.strip_suffix('"')).unwrap_or(raw).trim();
    numbers::number(bare).filter(|number| number.is_finite())
}

/// Milliseconds since the epoch of a raw instant, in every form that a timestamp may have.
pub fn instant(raw: &str) -> Option<i64> {
    moment::millis(raw)
}
