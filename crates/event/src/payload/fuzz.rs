//! What must hold for every body; run by proptest here and by cargo-fuzz in `fuzz/`.

use super::{Format, Payload, Trust, cut, parse, utf8};
use crate::{Timestamp, limits, page, properties};

/// Parses arbitrary bytes and checks every payload against its limits.
///
/// # Panics
/// When something does not hold.
pub fn body(bytes: &[u8]) {
    let Ok(text) = utf8(bytes) else { return };
    let now = Timestamp::from_millis(1_795_168_800_000);
    for format in [Format::Json, Format::Ndjson] {
        let Ok(parsed) = parse(text, format, now, Trust { secret_key: true }) else { continue };
        assert!(!parsed.events.is_empty());
        for event in &parsed.events {
            match event {
                Ok(payload) => within_limits(payload, now),
                Err(rejection) => assert!(!rejection.message.is_empty() && rejection.message.len() < 1_000),
            }
        }
    }
}

fn within_limits(payload: &Payload<'_>, now: Timestamp) {
    let name = &payload.name;
    assert!(!name.is_empty() && name.trim() == name.as_ref() && !name.chars().any(char::is_control));
    for (text, chars) in [
        (Some(name), limits::NAME_CHARS),
        (payload.site_id.as_ref(), limits::SITE_ID_CHARS),
        (payload.event_id.as_ref(), limits::EVENT_ID_CHARS),
        (payload.user_id.as_ref(), limits::VISITOR_ID_CHARS),
        (payload.anonymous_id.as_ref(), limits::VISITOR_ID_CHARS),
        (payload.session_id.as_ref(), limits::SESSION_ID_CHARS),
        (payload.url.as_ref(), limits::URL_CHARS),
        (payload.referrer.as_ref(), limits::URL_CHARS),
        (payload.element.as_ref(), limits::ELEMENT_CHARS),
        (payload.title.as_ref(), limits::TITLE_CHARS),
        (payload.language.as_ref(), limits::LANGUAGE_CHARS),
        (payload.user_agent.as_ref(), limits::USER_AGENT_CHARS),
    ] {
        let Some(text) = text else { continue };
        assert!(!text.is_empty() && !text.contains('\0') && !cut(text, chars).1, "{text:?}");
    }
    if let Some(at) = payload.timestamp {
        let age = now.as_millis() - at.as_millis();
        assert!((-limits::FUTURE_MS..=limits::PAST_MS).contains(&age), "{at}");
    }
    assert!(payload.duration_ms.is_none_or(|millis| millis >= 0));
    let sides = payload.screen.map(|screen| [screen.width, screen.height]).into_iter().flatten();
    assert!(sides.into_iter().all(|side| (1..=limits::SCREEN_PIXELS).contains(&side)));
    if let Some(url) = &payload.url {
        let page = page::Page::take_apart(url);
        assert!(!page.path.is_empty());
        let _ = page::referrer(url, page.host.as_deref());
    }
    flat(&payload.properties);
}

fn flat(text: &str) {
    if text.is_empty() {
        return;
    }
    let mut keys = Vec::new();
    properties::each(text, |key, value| {
        assert!(
            !key.is_empty() && !key.contains('\0') && !cut(&key, limits::PROPERTY_KEY_CHARS).1,
            "{key:?}"
        );
        let value = value.into_text();
        assert!(!value.contains('\0') && !cut(&value, limits::PROPERTY_VALUE_CHARS).1, "{value:?}");
        assert!(!keys.contains(&key), "{key:?} twice");
        keys.push(key);
    });
    assert!((1..=limits::PROPERTIES).contains(&keys.len()));
    let read: serde_json::Map<String, serde_json::Value> = serde_json::from_str(text).expect("valid JSON");
    assert_eq!(read.len(), keys.len());
    assert!(read.values().all(|value| value.is_string() || value.is_number() || value.is_boolean()));
}
