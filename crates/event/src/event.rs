//! The processed event: what the worker's steps leave and a store keeps.

use std::str::FromStr;

use bytestring::ByteString;

use crate::names::{Channel, Country, Device, ScreenClass};
use crate::{EventId, SessionId, SiteId, Timestamp, VisitorId};

/// One thing that happened on a site, ready to be stored and counted.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// The site it belongs to.
    pub site: SiteId,
    /// Its id, the client's own or one made here.
    pub id: EventId,
    /// Its normalised name, such as `pageview`.
    pub name: ByteString,
    /// When it happened, corrected for the client's clock.
    pub timestamp: Timestamp,
    /// When it arrived.
    pub received_at: Timestamp,
    /// Who did it, for counting.
    pub visitor: VisitorId,
    /// The person, where the client said so.
    pub user_id: Option<ByteString>,
    /// The anonymous visitor, where the client said so.
    pub anonymous_id: Option<ByteString>,
    /// The session it belongs to.
    pub session: SessionId,
    /// The client's own session id, of which `session` is then the hash.
    pub client_session_id: Option<ByteString>,
    /// The page's host, lower case, without a port.
    pub host: Option<ByteString>,
    /// The page's path, without query and fragment; whatever could not be taken apart as it came.
    pub path: Option<ByteString>,
    /// Where the visitor came from: another host's http(s) URL.
    pub referrer: Option<ByteString>,
    /// The campaign, from the URL's query.
    pub utm: Utm,
    /// Who sent the visitor, by name: `Google`; nothing where neither referrer nor campaign says.
    pub source: Option<ByteString>,
    /// The class of that source; nothing where neither referrer, campaign nor click id says, which a report calls
    /// direct if the session begins so.
    pub channel: Option<Channel>,
    /// The program that the visitor used.
    pub agent: Agent,
    /// Where the visitor was.
    pub place: Place,
    /// What was touched.
    pub element: Option<ByteString>,
    /// The page's title.
    pub title: Option<ByteString>,
    /// The browser's language tag.
    pub language: Option<ByteString>,
    /// How long it took, in milliseconds, 0 and up.
    pub duration_ms: Option<i64>,
    /// What it earned.
    pub revenue: Option<Revenue>,
    /// The visitor's screen.
    pub screen: Option<Screen>,
    /// The screen's class, by its width.
    pub screen_class: Option<ScreenClass>,
    /// How far down the page was seen, in percent.
    pub scroll_depth: Option<u8>,
    /// Whether the visitor did something: what is not interactive keeps a visit of one page a bounce.
    pub interactive: bool,
    /// The properties: the JSON text of a flat object, empty where there are none.
    pub properties: ByteString,
}

impl Event {
    /// An event of which only this is known.
    pub fn new(site: SiteId, id: EventId, name: impl Into<ByteString>, timestamp: Timestamp) -> Self {
        Self {
            site,
            id,
            name: name.into(),
            timestamp,
            received_at: timestamp,
            visitor: VisitorId::default(),
            user_id: None,
            anonymous_id: None,
            session: SessionId::default(),
            client_session_id: None,
            host: None,
            path: None,
            referrer: None,
            utm: Utm::default(),
            source: None,
            channel: None,
            agent: Agent::default(),
            place: Place::default(),
            element: None,
            title: None,
            language: None,
            duration_ms: None,
            revenue: None,
            screen: None,
            screen_class: None,
            scroll_depth: None,
            interactive: true,
            properties: ByteString::new(),
        }
    }
}

/// What a user agent says of the program and the device.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Agent {
    /// `Firefox`
    pub browser: Option<ByteString>,
    /// `128` or `17.4`
    pub browser_version: Option<ByteString>,
    /// `macOS`
    pub os: Option<ByteString>,
    /// `14.4`
    pub os_version: Option<ByteString>,
    /// What kind of device.
    pub device: Option<Device>,
}

/// Where an address is, as far as a database knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The country.
    pub country: Option<Country>,
    /// The region: its ISO 3166-2 code (`DE-BE`), or its name where the database has none.
    pub region: Option<ByteString>,
    /// The city's English name.
    pub city: Option<ByteString>,
}

/// Campaign parameters (`utm_source` and so on) of a page's URL.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Utm {
    /// `utm_source`
    pub source: Option<ByteString>,
    /// `utm_medium`
    pub medium: Option<ByteString>,
    /// `utm_campaign`
    pub campaign: Option<ByteString>,
    /// `utm_content`
    pub content: Option<ByteString>,
    /// `utm_term`
    pub term: Option<ByteString>,
}

/// An amount of money; the unit is a millionth of the currency, so that sums are exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revenue {
    /// Millionths of the currency's unit; negative for a refund.
    pub micros: i64,
    /// The currency.
    pub currency: Currency,
}

/// An ISO 4217 code by its form: three letters, upper case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// The code as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl FromStr for Currency {
    type Err = InvalidCurrency;

    fn from_str(text: &str) -> Result<Self, InvalidCurrency> {
        let bytes: [u8; 3] = text.as_bytes().try_into().map_err(|_| InvalidCurrency)?;
        let upper = bytes.map(|b| b.to_ascii_uppercase());
        upper.iter().all(u8::is_ascii_uppercase).then_some(Self(upper)).ok_or(InvalidCurrency)
    }
}

/// The text is no currency code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a currency is an ISO 4217 code of three letters, such as EUR")]
pub struct InvalidCurrency;

/// A screen or viewport, in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Screen {
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
}
