//! One event's raw fields judged into a [`Payload`].

use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};

use super::fields::{Field, Fields};
use super::text::{self, Repairs};
use super::{Payload, Rejection, json, moment, name, numbers, properties};
use crate::{Timestamp, limits};

/// What a request is trusted with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Trust {
    /// It came with a secret key, so its `ip` and `user_agent` are believed.
    pub secret_key: bool,
}

/// What is known of the events of a body beside their own text; made by
/// [`Envelope::context`](super::Envelope::context).
#[derive(Clone, Copy, Debug)]
pub struct Context {
    pub(super) received_at: Timestamp,
    pub(super) trust: Trust,
    /// The client's clock at sending, from the envelope; milliseconds since the epoch.
    pub(super) sent_at: Option<i64>,
    /// History is imported with a secret key: events may be of any age since 1970.
    pub(super) historical: bool,
    pub(super) checked: bool,
}

impl Context {
    /// Of an event whose text was made here, from pieces that are valid JSON: its own `sent_at` counts.
    pub fn of_made(received_at: Timestamp, trust: Trust, historical: bool) -> Self {
        let historical = historical && trust.secret_key;
        Self { received_at, trust, sent_at: None, historical, checked: true }
    }
}

/// Judges the raw text of one event, as its [`Envelope`](super::Envelope) has it.
///
/// # Errors
/// A [`Rejection`] that names the field, the limit and the fix.
pub fn read<'a>(raw: &'a str, context: &Context, repairs: &mut Repairs) -> Result<Payload<'a>, Rejection> {
    let fields = fields(raw, context.checked)?;
    let name = name::read(fields.get(Field::Name), repairs)?;
    let timestamp = moment::read(fields.get(Field::Timestamp), fields.get(Field::SentAt), context)?;
    let mut texts = Texts { fields: &fields, repairs };
    let mut payload = Payload {
        site_id: texts.id(Field::SiteId, &SITE_ID)?,
        event_id: texts.event_id()?,
        name,
        timestamp,
        user_id: texts.id(Field::UserId, &USER_ID)?,
        anonymous_id: texts.id(Field::AnonymousId, &ANONYMOUS_ID)?,
        session_id: texts.id(Field::SessionId, &SESSION_ID)?,
        url: texts.url()?,
        referrer: texts.lenient(Field::Referrer).filter(|text| !text::cut(text, limits::URL_CHARS).1),
        element: texts.id(Field::Element, &ELEMENT)?,
        duration_ms: numbers::duration(&fields)?,
        revenue: numbers::revenue(fields.get(Field::Revenue))?,
        properties: Cow::Borrowed(""),
        screen: numbers::screen(&fields),
        language: texts.lenient(Field::Language).filter(|text| !text::cut(text, limits::LANGUAGE_CHARS).1),
        title: texts.cut(Field::Title, limits::TITLE_CHARS),
        scroll_depth: numbers::percent(fields.get(Field::ScrollDepth)),
        interactive: fields.get(Field::Interactive).and_then(|raw| raw.parse().ok()),
        vouched: context.trust.secret_key && fields.get(Field::Robot) == Some("false"),
        user_agent: None,
        address: None,
    };
    if context.trust.secret_key {
        payload.user_agent = texts.cut(Field::UserAgent, limits::USER_AGENT_CHARS);
        payload.address = texts.lenient(Field::Ip).and_then(|text| address(&text));
    }
    payload.properties = properties::flatten(fields.get(Field::Properties), repairs)?;
    Ok(payload)
}

/// Reads an address as proxies and clients write it: with or without a port, with or without brackets; an IPv4
/// address inside an IPv6 one is taken out. Nothing for `unknown` and its like.
pub fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse().or_else(|_| text.parse::<SocketAddr>().map(|with_port| with_port.ip()));
    address.ok().map(|address: IpAddr| address.to_canonical())
}

fn fields(raw: &str, checked: bool) -> Result<Fields<'_>, Rejection> {
    if raw.len() > limits::EVENT_BYTES {
        let message = format!("the event has {} bytes, the limit is {}", raw.len(), limits::EVENT_BYTES);
        return Err(Rejection::whole("event_too_large", message));
    }
    if !checked {
        if json::deeper_than(raw, limits::DEPTH) {
            let message = format!("the event nests deeper than {} levels: flatten it", limits::DEPTH);
            return Err(Rejection::whole("too_deep", message));
        }
        let not_json =
            |error| Rejection::whole("invalid_json", format!("the event is not valid JSON: {error}"));
        json::check(raw).map_err(not_json)?;
    }
    if !raw.starts_with('{') {
        return Err(Rejection::whole("not_an_event", "the event is no object: send {\"name\": \"...\"}"));
    }
    Ok(Fields::read(raw))
}

/// A text within a limit beyond which the event is refused: cutting it would make one of two.
struct Id {
    field: &'static str,
    invalid: &'static str,
    too_long: &'static str,
    chars: usize,
}

macro_rules! id {
    ($field:literal, $chars:expr) => {
        Id {
            field: $field,
            invalid: concat!($field, "_invalid"),
            too_long: concat!($field, "_too_long"),
            chars: $chars,
        }
    };
}

const SITE_ID: Id = id!("site_id", limits::SITE_ID_CHARS);
const EVENT_ID: Id = id!("event_id", limits::EVENT_ID_CHARS);
const USER_ID: Id = id!("user_id", limits::VISITOR_ID_CHARS);
const ANONYMOUS_ID: Id = id!("anonymous_id", limits::VISITOR_ID_CHARS);
const SESSION_ID: Id = id!("session_id", limits::SESSION_ID_CHARS);
const ELEMENT: Id = id!("element", limits::ELEMENT_CHARS);

impl Id {
    fn within<'a>(&self, text: Cow<'a, str>) -> Result<Option<Cow<'a, str>>, Rejection> {
        if text::cut(&text, self.chars).1 {
            let (field, chars) = (self.field, text.chars().count());
            let message = format!("{field} has {chars} characters, the limit is {}", self.chars);
            return Err(Rejection::of(self.too_long, field, message));
        }
        Ok((!text.is_empty()).then_some(text))
    }

    fn rejection(&self, what: &str) -> Rejection {
        Rejection::of(self.invalid, self.field, format!("{} is {what}: send a string", self.field))
    }
}

struct Texts<'f, 'a, 'r> {
    fields: &'f Fields<'a>,
    repairs: &'r mut Repairs,
}

impl<'a> Texts<'_, 'a, '_> {
    /// A string, or a number as its text: many programs number their users.
    fn id(&mut self, field: Field, id: &Id) -> Result<Option<Cow<'a, str>>, Rejection> {
        let Some(raw) = self.fields.get(field) else { return Ok(None) };
        match raw.as_bytes()[0] {
            b'"' => id.within(text::string(raw, self.repairs).unwrap_or_default()),
            b'-' | b'0'..=b'9' => id.within(raw.into()),
            _ => Err(id.rejection("neither a string nor a number")),
        }
    }

    /// A string and nothing else: an id that two programs write differently would not be recognised again.
    fn event_id(&mut self) -> Result<Option<Cow<'a, str>>, Rejection> {
        let Some(raw) = self.fields.get(Field::EventId) else { return Ok(None) };
        let text = text::string(raw, self.repairs).ok_or_else(|| EVENT_ID.rejection("no string"))?;
        if text.is_empty() {
            return Err(Rejection::of(EVENT_ID.invalid, EVENT_ID.field, "event_id is empty: leave it out"));
        }
        EVENT_ID.within(text)
    }

    fn url(&mut self) -> Result<Option<Cow<'a, str>>, Rejection> {
        match self.fields.get(Field::Url) {
            Some(raw) if !raw.starts_with('"') => {
                Err(Rejection::of("url_invalid", "url", "the url is no string: send a full URL or a path"))
            }
            _ => Ok(self.cut(Field::Url, limits::URL_CHARS)),
        }
    }

    fn cut(&mut self, field: Field, chars: usize) -> Option<Cow<'a, str>> {
        self.lenient(field).map(|text| text::cut_cow(text, chars, self.repairs))
    }

    /// A text that is not worth an event: what is no string is left out.
    fn lenient(&mut self, field: Field) -> Option<Cow<'a, str>> {
        let text = text::string(self.fields.get(field)?, self.repairs)?;
        (!text.is_empty()).then_some(text)
    }
}
