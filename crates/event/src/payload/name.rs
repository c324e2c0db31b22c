//! An event's name, normalised.

use std::borrow::Cow;

use super::Rejection;
use super::text::{self, Repairs};
use crate::limits;

const PAGEVIEW: &str = "pageview";
const OTHER_PAGEVIEWS: [&str; 4] = ["page_view", "view", "$pageview", PAGEVIEW];

/// Trimmed, without control characters, within its limit; what clients call a page view is `pageview`.
/// Emoji, letters of any script and marks of direction are taken as they are.
pub(crate) fn read<'a>(raw: Option<&'a str>, repairs: &mut Repairs) -> Result<Cow<'a, str>, Rejection> {
    let raw = raw.ok_or_else(missing)?;
    let Some(text) = text::string(raw, repairs) else {
        return Err(Rejection::of(
            "name_invalid",
            "name",
            "the event's name is no string: send it in quotes",
        ));
    };
    normalise(text)
}

/// The name as it is kept, so that whoever speaks of events by their name means those that arrive under it.
///
/// # Errors
/// As for an event of this name.
pub fn normalise(text: Cow<'_, str>) -> Result<Cow<'_, str>, Rejection> {
    let name = match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    };
    if name.is_empty() {
        return Err(missing());
    }
    if text::cut(&name, limits::NAME_CHARS).1 {
        let message = format!(
            "the event's name has {} characters, the limit is {}: put what varies into properties",
            name.chars().count(),
            limits::NAME_CHARS
        );
        return Err(Rejection::of("name_too_long", "name", message));
    }
    if name.chars().any(char::is_control) {
        let message = "the event's name has a control character: send plain text";
        return Err(Rejection::of("name_invalid", "name", message));
    }
    if OTHER_PAGEVIEWS.iter().any(|other| name.eq_ignore_ascii_case(other)) {
        return Ok(Cow::Borrowed(PAGEVIEW));
    }
    Ok(name)
}

fn missing() -> Rejection {
    Rejection::of("name_missing", "name", "the event has no name: send \"name\"")
}
