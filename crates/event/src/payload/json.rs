//! Raw pieces of a JSON text, nothing interpreted.
//!
//! `serde_json` checks the syntax of every text once ([`check`], [`array()`]). What it has checked is taken apart by
//! [`object`], which looks for the ends of strings only and is three times as quick. Given a text that was not
//! checked, [`object`] answers pieces without meaning, and neither panics nor hangs.

use std::fmt;

use serde::de::{Deserializer, Error as _, IgnoredAny, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// Calls `each` with the raw key (in its quotes) and the raw value of every member of an object, in order.
/// Precondition: `text` is one valid JSON value without white space around it; of any other than an object there
/// are no members.
pub(crate) fn object<'a>(text: &'a str, mut each: impl FnMut(&'a str, &'a str)) {
    let bytes = text.as_bytes();
    if bytes.first() != Some(&b'{') {
        return;
    }
    let mut at = 1;
    loop {
        let key = skip(bytes, at, b',');
        if bytes.get(key) != Some(&b'"') {
            return;
        }
        let key_end = string_end(bytes, key + 1);
        let value = skip(bytes, key_end, b':');
        let end = value_end(bytes, value);
        match (text.get(key..key_end), text.get(value..end)) {
            (Some(key), Some(value)) if key.len() > 1 && !value.is_empty() => each(key, value),
            _ => return,
        }
        at = end;
    }
}

/// Calls `each` with the raw text of every element of an array, in order. Where it answers `false`, the rest is not
/// looked at and this fails.
pub(crate) fn array<'a>(text: &'a str, each: impl FnMut(&'a str) -> bool) -> Result<(), serde_json::Error> {
    let mut json = serde_json::Deserializer::from_str(text);
    json.deserialize_seq(Elements(each))?;
    json.end()
}

/// Checks that `text` is exactly one JSON value.
pub(crate) fn check(text: &str) -> Result<(), serde_json::Error> {
    let mut json = serde_json::Deserializer::from_str(text);
    json.deserialize_ignored_any(IgnoredAny)?;
    json.end()
}

/// Does `text` nest arrays and objects deeper than `limit`? Wants no valid syntax, and takes no stack.
pub(crate) fn deeper_than(text: &str, limit: usize) -> bool {
    if opened(text) <= limit {
        return false;
    }
    let (mut depth, mut in_string) = (0usize, false);
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => in_string = !in_string,
            b'\\' if in_string => drop(bytes.next()),
            b'[' | b'{' if !in_string => {
                depth += 1;
                if depth > limit {
                    return true;
                }
            }
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

/// How many brackets and braces open in `text`, those inside strings included: no place of it is deeper. An order
/// of magnitude quicker than following the strings, and settles nearly every text.
pub(crate) fn opened(text: &str) -> usize {
    // The sum of a chunk fits a byte, which lets the compiler count 16 bytes and more at once.
    let chunk = |bytes: &[u8]| bytes.iter().map(|byte| u8::from(*byte | 0x20 == b'{')).sum::<u8>();
    text.as_bytes().chunks(255).map(|bytes| usize::from(chunk(bytes))).sum()
}

/// The first place at or after `at` that is neither white space nor `separator`.
fn skip(bytes: &[u8], mut at: usize, separator: u8) -> usize {
    while let Some(byte) = bytes.get(at) {
        if *byte > b' ' && *byte != separator {
            break;
        }
        at += 1;
    }
    at
}

/// The place after the quote that closes the string whose text begins at `at`.
fn string_end(bytes: &[u8], mut at: usize) -> usize {
    const ONES: u64 = u64::MAX / 255;
    const HIGHS: u64 = ONES << 7;
    // Eight bytes at once: the high bit of each that is zero after the exclusive or. A borrow can mark a byte above
    // a true one as well, never one below the lowest.
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word & HIGHS;
    loop {
        while let Some(word) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
            let word = u64::from_le_bytes(*word);
            let found = zeros(word ^ (ONES * u64::from(b'"'))) | zeros(word ^ (ONES * u64::from(b'\\')));
            if found != 0 {
                at += found.trailing_zeros() as usize / 8;
                break;
            }
            at += 8;
        }
        match bytes.get(at) {
            Some(b'"') => return at + 1,
            Some(b'\\') => at += 2,
            Some(_) => at += 1,
            None => return bytes.len(),
        }
    }
}

/// The place after the value that begins at `at`.
fn value_end(bytes: &[u8], mut at: usize) -> usize {
    match bytes.get(at) {
        Some(b'"') => string_end(bytes, at + 1),
        Some(b'{' | b'[') => {
            let mut depth = 0usize;
            while let Some(byte) = bytes.get(at) {
                at += 1;
                match byte {
                    b'"' => at = string_end(bytes, at),
                    b'{' | b'[' => depth += 1,
                    b'}' | b']' if depth <= 1 => return at,
                    b'}' | b']' => depth -= 1,
                    _ => {}
                }
            }
            at
        }
        _ => {
            let rest = bytes.get(at..).unwrap_or_default();
            let ends = |byte: &u8| *byte <= b' ' || matches!(byte, b',' | b'}' | b']');
            at + rest.iter().position(ends).unwrap_or(rest.len())
        }
    }
}

struct Elements<F>(F);

impl<'a, F: FnMut(&'a str) -> bool> Visitor<'a> for Elements<F> {
    type Value = ();

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'a>>(mut self, mut elements: A) -> Result<(), A::Error> {
        while let Some(element) = elements.next_element::<&'a RawValue>()? {
            if !(self.0)(element.get()) {
                return Err(A::Error::custom("stopped"));
            }
        }
        Ok(())
    }
}
