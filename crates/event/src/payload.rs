//! Untrusted JSON in, [`Payload`]s and [`Rejection`]s out.
//!
//! Parse once: whoever holds a `Payload` holds values within every bound of [`crate::limits`].

use std::borrow::Cow;
use std::net::IpAddr;

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
    /// The user agent of whom the event is about; taken from requests with a secret key only.
    pub user_agent: Option<Cow<'a, str>>,
    /// The address of whom the event is about; taken from requests with a secret key only.
    pub address: Option<IpAddr>,
}
