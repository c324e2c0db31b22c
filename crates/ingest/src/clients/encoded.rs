//! PostHog's ways of packing a body: plain JSON, JSON in base64, either of them in a form's `data`, gzip at any place.

use std::borrow::Cow;

use millrace_event::limits;
use millrace_event::payload::{self, EnvelopeError, Rejection};
use url::form_urlencoded;

use super::Call;
use crate::{Encoding, Refusal, decode};

/// The JSON of a body whose content encoding is off already. Nothing is copied where it is not packed once more.
///
/// # Errors
/// [`EnvelopeError::BodyTooLarge`] where it has, or what it is unpacked to has, more than `limit` bytes.
pub(super) fn unpack<'a>(plain: &'a [u8], call: &'a Call, limit: usize) -> Result<Cow<'a, [u8]>, Refusal> {
    // Whatever it is called: nothing else begins like that, and a URL in it may have `&data=`.
    if is_json(plain) {
        return Ok(plain.into());
    }
    let in_query = plain.is_empty() && call.query.contains("data=");
    let packed = if in_query || call.form || plain.starts_with(b"data=") {
        let form = if in_query { call.query.as_bytes() } else { plain };
        within(form, limit)?;
        match form_urlencoded::parse(form).find(|(key, _)| key == "data") {
            Some((_, data)) => data,
            None => {
                let message = "the form has no data: send JSON, or JSON as base64 in data";
                return Err(Rejection::of("data_missing", "data", message).into());
            }
        }
    } else if query(call, "compression").is_some_and(|compression| compression == "base64") {
        within(plain, limit)?;
        payload::utf8(plain)?.into()
    } else {
        return Ok(plain.into());
    };
    let packed = packed.trim();
    if is_json(packed.as_bytes()) {
        return Ok(packed.as_bytes().to_vec().into());
    }
    let mut bytes = base64(packed.as_bytes()).ok_or(Refusal::Undecodable)?;
    if is_gzip(&bytes) {
        bytes = decode::decode(&bytes, Encoding::Gzip, limit)?;
    }
    Ok(bytes.into())
}

fn within(bytes: &[u8], limit: usize) -> Result<(), Refusal> {
    let too_large = || EnvelopeError::BodyTooLarge { limit: limits::BATCH_BODY_BYTES };
    if bytes.len() > limit { Err(too_large().into()) } else { Ok(()) }
}

/// Does the text begin like an object or an array?
fn is_json(text: &[u8]) -> bool {
    let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
    matches!(text.trim_ascii_start().first(), Some(b'{' | b'['))
}

/// A parameter of the query string.
pub(super) fn query<'c>(call: &'c Call, name: &str) -> Option<Cow<'c, str>> {
    form_urlencoded::parse(call.query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value)
}

/// Gzip by its first bytes, whatever headers say.
pub(super) fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1f, 0x8b])
}

/// Both alphabets, with padding or without; a space is a plus sign that passed through a form.
pub(super) fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3 + 3);
    let (mut word, mut bits, mut padded) = (0u32, 0, false);
    for byte in text {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' | b' ' => 62,
            b'/' | b'_' => 63,
            b'\r' | b'\n' => continue,
            b'=' => {
                padded = true;
                continue;
            }
            _ => return None,
        };
        if padded {
            return None;
        }
        word = word << 6 | u32::from(six);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push((word >> bits) as u8);
        }
    }
    // Six bits alone are no byte.
    (bits < 6).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_of_every_kind() {
        for (text, bytes) in [
            ("", Some(&b""[..])),
            ("Zg==", Some(b"f")),
            ("Zg", Some(b"f")),
            ("Zm9v", Some(b"foo")),
            ("Zm9v\r\nYmE=", Some(b"fooba")),
            ("-_8=", Some(&[0xfb, 0xff])),
            (" /8=", Some(&[0xfb, 0xff])),
            ("Z", None),
            ("Zg==Zg==", None),
            ("%%%", None),
            ("ä", None),
        ] {
            assert_eq!(base64(text.as_bytes()).as_deref(), bytes, "{text}");
        }
    }
}
