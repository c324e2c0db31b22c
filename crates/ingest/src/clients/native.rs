//! A native event's JSON text, written out of pieces of another system's.
//!
//! Why text and not a `Payload`: `payload::read` is the one place that knows every bound, and judges what other
//! clients send exactly as it judges our own. What those systems allow and it would reject is made to fit here: ids
//! and names are cut, properties beyond the bounds are left out, numbers that no engine holds become texts.

use std::fmt::Write;

use millrace_event::payload::{Repairs, cut, raw};
use millrace_event::{Currency, id, limits};

/// Bytes of an event that its properties may fill it up to; the rest is for what escaping adds.
const PROPERTIES_UP_TO: usize = limits::EVENT_BYTES - (4 << 10);
/// Bytes of a raw text that is looked at: more than any limit needs.
const RAW_BYTES: usize = 64 << 10;
/// Bytes of a time or of a screen.
const SHORT_BYTES: usize = 512;
/// Levels of objects in a property that are flattened; what lies deeper is left out.
const NESTING: usize = 8;
/// Hashes ids that are too long to be kept. It keeps no secret.
const LONG_ID: u128 = 0x6d69_6c6c_7261_6365_206c_6f6e_6769_6401;

/// One event under construction; used again for the next one.
#[derive(Debug, Default)]
pub(crate) struct Native {
    /// The object, still open.
    text: String,
    /// Keys of properties that were put.
    properties: usize,
    /// Sites, or keys of sites, that the event is for.
    pub(crate) tokens: Vec<String>,
    /// A server sent it for somebody else: its own address and user agent are not the visitor's.
    pub(crate) from_server: bool,
    /// What had to be changed to be kept.
    pub(crate) repairs: Repairs,
}

impl Native {
    /// Begins the next event.
    pub(crate) fn clear(&mut self) {
        self.text.clear();
        self.text.push('{');
        self.properties = 0;
        self.tokens.clear();
        self.from_server = false;
    }

    /// The event, complete.
    pub(crate) fn finish(&mut self) -> &str {
        if self.properties > 0 {
            self.text.push('}');
            self.properties = 0;
        }
        self.text.push('}');
        &self.text
    }

    /// A field whose value is a text of ours.
    pub(crate) fn text(&mut self, field: &str, value: &str) {
        if !value.is_empty() {
            self.key(field);
            raw::escape(value, &mut self.text);
        }
    }

    /// A field whose value is JSON already.
    pub(crate) fn json(&mut self, field: &str, value: impl std::fmt::Display) {
        self.key(field);
        // Writing to a String cannot fail.
        let _ = write!(self.text, "{value}");
    }

    /// A field whose raw value, of whatever kind, the native reader knows how to judge.
    pub(crate) fn raw(&mut self, field: &str, raw: Option<&str>) {
        if let Some(raw) = raw.filter(|raw| raw.len() <= SHORT_BYTES) {
            self.json(field, raw);
        }
    }

    /// A raw string, cut to `chars`; another kind of value is left out.
    pub(crate) fn cut(&mut self, field: &str, raw: Option<&str>, chars: usize) {
        let Some(text) = self.read(raw) else { return };
        let (kept, was_cut) = cut(&text, chars);
        self.repairs.cut += u64::from(was_cut);
        self.text(field, kept);
    }

    /// The id of somebody or something, a string or a number, cut to `chars`.
    pub(crate) fn id(&mut self, field: &str, raw: Option<&str>, chars: usize) {
        if let Some(id) = self.read_id(raw) {
            self.text(field, cut(&id, chars).0);
        }
    }

    /// The client's own id of the event, behind `prefix`. One that is too long to be kept is replaced by its hash: cut,
    /// it might be another's.
    pub(crate) fn event_id(&mut self, prefix: &str, raw: Option<&str>) {
        let Some(id) = self.read_id(raw).map(|id| format!("{prefix}{id}")) else { return };
        if cut(&id, limits::EVENT_ID_CHARS).1 {
            let halves = [0u128, 1].map(|half| id::hash(LONG_ID + half, &[id.as_bytes()]));
            self.text("event_id", &format!("{:016x}{:016x}", halves[0], halves[1]));
        } else {
            self.text("event_id", &id);
        }
    }

    /// Money, where it is a decimal number and an ISO 4217 code; anything else is left out.
    pub(crate) fn revenue(&mut self, amount: Option<&str>, currency: &str) {
        let amount = amount.and_then(|raw| Some((raw, raw::number(raw)?)));
        let Some((raw, number)) = amount.filter(|(_, n)| n.abs() <= limits::REVENUE_AMOUNT) else { return };
        let Ok(currency) = currency.parse::<Currency>() else { return };
        // The digits as they came: 0.1 is exact. What `number` takes beyond plain decimals is written out.
        let plain = raw.trim_matches('"').bytes().all(|byte| byte.is_ascii_digit() || b"+-.".contains(&byte));
        let amount = if plain { raw.to_owned() } else { number.to_string() };
        self.json("revenue", format_args!(r#"{{"amount":{amount},"currency":"{}"}}"#, currency.as_str()));
    }

    /// A property, flattened; last of all fields, since everything after it is a property too.
    pub(crate) fn property(&mut self, key: &str, value: &str) {
        self.nested(key, value, 0);
    }

    fn nested(&mut self, key: &str, value: &str, depth: usize) {
        match value.as_bytes().first() {
            _ if key.is_empty() || self.properties >= limits::PROPERTIES || value == "null" => {}
            Some(b'{') if depth < NESTING => {
                for (inner, value) in raw::Members::read(value).iter().filter(|(inner, _)| !inner.is_empty())
                {
                    let inner = format!("{}.{inner}", cut(key, limits::PROPERTY_KEY_CHARS).0);
                    self.nested(&inner, value, depth + 1);
                }
            }
            Some(b'"') => {
                let Some(text) = raw::string(value, &mut self.repairs) else { return };
                let (kept, was_cut) = cut(&text, limits::PROPERTY_VALUE_CHARS);
                self.repairs.cut += u64::from(was_cut);
                self.put(key, kept, true);
            }
            // As its text, like the native reader, which would refuse the whole event for a number in it.
            Some(b'[') => self.put(key, cut(value, limits::PROPERTY_VALUE_CHARS).0, true),
            Some(b't' | b'f') => self.put(key, value, false),
            Some(b'-' | b'0'..=b'9') => {
                let held = value.len() <= 40 && raw::number(value).is_some();
                self.put(key, cut(value, limits::PROPERTY_VALUE_CHARS).0, !held);
            }
            _ => {}
        }
    }

    /// Every member of an object as a property.
    pub(crate) fn properties(&mut self, members: &raw::Members<'_>) {
        for (key, value) in members.iter() {
            self.property(key, value);
        }
    }

    /// The event is for the site or key in this raw string, where it is one.
    pub(crate) fn token(&mut self, raw: Option<&str>) {
        let token = self.read(raw);
        self.tokens.extend(token);
    }

    /// The text of a raw string or number; nothing for what is empty, too long to be an id, or something else.
    pub(crate) fn read_id(&mut self, raw: Option<&str>) -> Option<String> {
        let raw = raw?;
        match raw.as_bytes().first()? {
            b'-' | b'0'..=b'9' => Some(cut(raw, limits::VISITOR_ID_CHARS).0.to_owned()),
            _ => self.read(Some(raw)),
        }
    }

    /// The text of a raw string; nothing for what is empty or something else.
    pub(crate) fn read(&mut self, raw: Option<&str>) -> Option<String> {
        let raw = raw.filter(|raw| raw.len() <= RAW_BYTES)?;
        let text = raw::string(raw, &mut self.repairs)?;
        (!text.is_empty()).then(|| text.into_owned())
    }

    fn put(&mut self, key: &str, value: &str, quoted: bool) {
        // A key and a value of only what must be escaped would double.
        if self.text.len() + key.len() + value.len() + 8 > PROPERTIES_UP_TO {
            return;
        }
        if self.properties == 0 {
            self.key("properties");
            self.text.push('{');
        } else {
            self.text.push(',');
        }
        self.properties += 1;
        raw::escape(cut(key, limits::PROPERTY_KEY_CHARS).0, &mut self.text);
        self.text.push(':');
        if quoted {
            raw::escape(value, &mut self.text);
        } else {
            self.text.push_str(value);
        }
    }

    fn key(&mut self, field: &str) {
        if self.text.len() > 1 {
            self.text.push(',');
        }
        raw::escape(field, &mut self.text);
        self.text.push(':');
    }
}

/// `url` with these parameters, where it has no UTM parameter of its own and is a web address or a path.
pub(crate) fn with_utm<'a>(url: &str, utm: impl Iterator<Item = (&'a str, String)>) -> String {
    let (base, fragment) = url.split_once('#').unwrap_or((url, ""));
    let mut out = base.to_owned();
    if !base.contains("utm_") {
        for (key, value) in utm {
            out.push(if out.contains('?') { '&' } else { '?' });
            out.push_str(key);
            out.push('=');
            out.extend(url::form_urlencoded::byte_serialize(value.as_bytes()));
        }
    }
    if !fragment.is_empty() {
        out.push('#');
        out.push_str(fragment);
    }
    out
}
