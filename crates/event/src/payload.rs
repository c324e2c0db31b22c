//! Untrusted JSON in, [`Payload`]s and [`Rejection`]s out.
//!
//! Parse once: whoever holds a `Payload` holds values within every bound of [`crate::limits`].
//!
//! A body is [split](Envelope::split) into the raw text of its events, and each is [read](read()) alone, so that one
//! bad event leaves its batch alone. `serde_json` checks the syntax and finds the pieces; the strings are
//! unescaped here, because it refuses a whole text for one lone surrogate (an emoji cut by JavaScript's `slice`).
//!
//! What is repaired, and counted in [`Repairs`]: a lone surrogate becomes U+FFFD, `\u0000` is removed (PostgreSQL
//! keeps neither), a text that may be cut is cut. Rules where JSON leaves room:
//! - of a key sent twice the last value counts; a field's own name goes before its aliases, and these in the
//!   order of the list in the private module `fields`; `null` is the same as leaving the field out;
//! - an empty text is the same as leaving the field out, except for `name` and `event_id`;
//! - unknown fields are ignored;
//! - an object with an array `events` is a batch, every other object is an event.

mod envelope;
mod fields;
pub mod fuzz;
pub(crate) mod json;
mod moment;
mod name;
mod numbers;
mod properties;
pub mod raw;
mod read;
mod rejection;
pub(crate) mod text;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::net::IpAddr;

pub use envelope::{Envelope, EnvelopeError, Format, Kind, utf8};
pub use name::normalise as normalise_name;
pub use read::{Context, Trust, address, read};
pub use rejection::Rejection;
pub use text::{Repairs, cut};

use crate::{Revenue, Screen, Timestamp};

/// One event as a client sent it, every field judged. Texts borrow from the body where nothing was escaped.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Payload<'a> {
    /// The site it names; the request's key may decide it instead.
    pub site_id: Option<Cow<'a, str>>,
    /// The client's own id.
    pub event_id: Option<Cow<'a, str>>,
    /// The normalised name.
    pub name: Cow<'a, str>,
    /// When it happened, corrected by `sent_at` where there was one; absent: on arrival.
    pub timestamp: Option<Timestamp>,
    /// The person.
    pub user_id: Option<Cow<'a, str>>,
    /// The anonymous visitor.
    pub anonymous_id: Option<Cow<'a, str>>,
    /// The client's session id.
    pub session_id: Option<Cow<'a, str>>,
    /// The page: a full URL or a path, as sent.
    pub url: Option<Cow<'a, str>>,
    /// The referrer, as sent.
    pub referrer: Option<Cow<'a, str>>,
    /// What was touched.
    pub element: Option<Cow<'a, str>>,
    /// How long it took, in milliseconds.
    pub duration_ms: Option<i64>,
    /// What it earned.
    pub revenue: Option<Revenue>,
    /// The JSON text of a flat object; empty where there are no properties.
    pub properties: Cow<'a, str>,
    /// The screen.
    pub screen: Option<Screen>,
    /// The language tag.
    pub language: Option<Cow<'a, str>>,
    /// The page's title.
    pub title: Option<Cow<'a, str>>,
    /// How far down the page was seen, in percent.
    pub scroll_depth: Option<u8>,
    /// Whether the visitor did something; absent: yes.
    pub interactive: Option<bool>,
    /// The sender vouches that this is no robot; taken from requests with a secret key only.
    pub vouched: bool,
    /// The user agent of whom the event is about; taken from requests with a secret key only.
    pub user_agent: Option<Cow<'a, str>>,
    /// The address of whom the event is about; taken from requests with a secret key only.
    pub address: Option<IpAddr>,
}

/// A whole body, every event of it judged.
#[derive(Clone, Debug)]
pub struct Parsed<'a> {
    /// One event or a batch, which decides the shape of the answer.
    pub kind: Kind,
    /// In the order of the body: a rejection's index is its place here.
    pub events: Vec<Result<Payload<'a>, Rejection>>,
    /// What had to be changed to be kept.
    pub repairs: Repairs,
}

/// Judges a whole body at once. Ingestion itself goes event by event, through [`Envelope`] and [`read()`].
///
/// # Errors
/// When the body as a whole is refused; nothing of it may be stored then.
pub fn parse<'a>(
    body: &'a str,
    format: Format,
    received_at: Timestamp,
    trust: Trust,
) -> Result<Parsed<'a>, EnvelopeError> {
    let envelope = Envelope::split(body, format)?;
    let context = envelope.context(received_at, trust);
    let mut repairs = Repairs::default();
    let events = envelope.events().iter().map(|raw| read(raw, &context, &mut repairs)).collect();
    Ok(Parsed { kind: envelope.kind(), events, repairs })
}
