//! The bytes of one event on a queue.
//!
//! Written by ingestion, read by the worker, kept for as long as a queue keeps its records; so the format is
//! versioned and a newer reader reads every older version.
//!
//! Format, version 1: one byte `1`, then fields in any order, each
//! - a tag byte: field number shifted left by two, or-ed with the wire type;
//! - by wire type: `0` a varint (LEB128 of an unsigned 64-bit number), `1` eight bytes little endian,
//!   `2` a varint of the length and that many bytes.
//!
//! A reader passes over fields it does not know. Signed numbers are zigzag-encoded. The fields are the
//! constants of the private module `field` below; `docs/formats/queue.md` lists them with their meaning.

mod again;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use bytes::{BufMut, Bytes, BytesMut};
use bytestring::ByteString;

pub use again::{Again, encode_again};

use crate::payload::Payload;
use crate::{Currency, MadeId, Place, Revenue, Screen, SiteId, Timestamp, VisitorId};

const VERSION: u8 = 1;

const VARINT: u8 = 0;
const FIXED: u8 = 1;
const BYTES: u8 = 2;

/// Bits of [`field::SENDER`].
const SENDER_ADDRESS: u64 = 1;
const SENDER_AGENT: u64 = 2;

mod field {
    pub(super) const SITE: u8 = 1;
    pub(super) const CLIENT_ID: u8 = 2;
    pub(super) const MADE_PROCESS: u8 = 3;
    pub(super) const MADE_COUNT: u8 = 4;
    pub(super) const NAME: u8 = 5;
    pub(super) const TIMESTAMP: u8 = 6;
    pub(super) const RECEIVED_AT: u8 = 7;
    pub(super) const USER_ID: u8 = 8;
    pub(super) const ANONYMOUS_ID: u8 = 9;
    pub(super) const SESSION_ID: u8 = 10;
    pub(super) const URL: u8 = 11;
    pub(super) const REFERRER: u8 = 12;
    pub(super) const ELEMENT: u8 = 13;
    pub(super) const DURATION_MS: u8 = 14;
    pub(super) const REVENUE_MICROS: u8 = 15;
    pub(super) const CURRENCY: u8 = 16;
    pub(super) const PROPERTIES: u8 = 17;
    pub(super) const SCREEN: u8 = 18;
    pub(super) const LANGUAGE: u8 = 19;
    pub(super) const TITLE: u8 = 20;
    pub(super) const USER_AGENT: u8 = 21;
    pub(super) const ADDRESS: u8 = 22;
    pub(super) const SCROLL_DEPTH: u8 = 23;
    pub(super) const PASSIVE: u8 = 24;
    pub(super) const SENDER: u8 = 25;
    pub(super) const VISITOR: u8 = 26;
    pub(super) const COUNTRY: u8 = 27;
    pub(super) const REGION: u8 = 28;
    pub(super) const CITY: u8 = 29;
    pub(super) const VOUCHED: u8 = 30;
}

/// What ingestion knows of an event beside its payload.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrival<'a> {
    /// The site it was admitted to.
    pub site: &'a SiteId,
    /// The id made for it; kept only where the client sent none.
    pub made: MadeId,
    /// When the request arrived.
    pub received_at: Timestamp,
    /// The client's address; leaves the system with the record and is never stored.
    pub address: Option<IpAddr>,
    /// The client's user agent, cut to its limit.
    pub user_agent: Option<&'a str>,
    /// The client's first language, by its request; for an event that names none.
    pub language: Option<&'a str>,
    /// It came with a secret key, or from a library that runs on servers: address and user agent are those of a server
    /// that speaks for others, unless the event names them, or the user agent is a browser's.
    pub keyed: bool,
}

impl Arrival<'_> {
    /// What of the client is not the visitor's, but that of a server which speaks for them: the bits of
    /// [`field::SENDER`].
    fn sender(&self, payload: &Payload<'_>) -> u64 {
        let browser = self.user_agent.is_some_and(|agent| agent.starts_with("Mozilla/"));
        if !self.keyed || payload.user_agent.is_none() && browser {
            return 0;
        }
        let bit = |told: bool, bit| if told { 0 } else { bit };
        bit(payload.address.is_some(), SENDER_ADDRESS) | bit(payload.user_agent.is_some(), SENDER_AGENT)
    }
}

/// A record read back: the event as it was received.
#[derive(Clone, Debug, PartialEq)]
pub struct Received {
    /// The site it was admitted to.
    pub site: SiteId,
    /// The client's own id.
    pub client_id: Option<ByteString>,
    /// The id made at ingestion, where there is no client's.
    pub made: Option<MadeId>,
    /// The event's name.
    pub name: ByteString,
    /// When it happened.
    pub timestamp: Timestamp,
    /// When it arrived.
    pub received_at: Timestamp,
    /// See [`Payload`] for this and the following fields.
    pub user_id: Option<ByteString>,
    /// The anonymous visitor.
    pub anonymous_id: Option<ByteString>,
    /// The client's session id.
    pub session_id: Option<ByteString>,
    /// The page, as sent.
    pub url: Option<ByteString>,
    /// The referrer, as sent.
    pub referrer: Option<ByteString>,
    /// What was touched.
    pub element: Option<ByteString>,
    /// Milliseconds.
    pub duration_ms: Option<i64>,
    /// An amount.
    pub revenue: Option<Revenue>,
    /// The JSON text of a flat object, or empty.
    pub properties: ByteString,
    /// The screen.
    pub screen: Option<Screen>,
    /// The language tag.
    pub language: Option<ByteString>,
    /// The page's title.
    pub title: Option<ByteString>,
    /// The user agent.
    pub user_agent: Option<ByteString>,
    /// The client's address.
    pub address: Option<IpAddr>,
    /// How far down the page was seen, in percent.
    pub scroll_depth: Option<u8>,
    /// Whether the visitor did something.
    pub interactive: bool,
    /// `address` is that of a server which speaks for the visitor.
    pub sender_address: bool,
    /// `user_agent` is that of such a server.
    pub sender_agent: bool,
    /// The sender vouches that this is no robot.
    pub vouched: bool,
    /// What a worker had found out when it discarded the event: the record is judged again.
    pub again: Option<Again>,
}

/// The bytes are no record this version can read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// Written by a newer version.
    #[error(
        "record version {0} is unknown, the newest known is {VERSION}: was it written by a newer millrace?"
    )]
    Version(u8),
    /// The bytes end early or contradict the format.
    #[error("record is damaged at byte {at}")]
    Damaged {
        /// Bytes from the record's start.
        at: usize,
    },
    /// A field is absent or of a value that ingestion never writes.
    #[error("record has no valid field '{0}'")]
    Field(&'static str),
}

/// Appends one event's record to `out`; answers nothing, the caller knows the length before and after.
pub fn encode(payload: &Payload<'_>, arrival: &Arrival<'_>, out: &mut BytesMut) {
    out.put_u8(VERSION);
    put_text(out, field::SITE, Some(arrival.site.as_str()));
    match payload.event_id.as_deref() {
        Some(id) => put_text(out, field::CLIENT_ID, Some(id)),
        None => {
            put_fixed(out, field::MADE_PROCESS, arrival.made.process);
            put_varint(out, field::MADE_COUNT, arrival.made.count);
        }
    }
    put_text(out, field::NAME, Some(&payload.name));
    let timestamp = payload.timestamp.unwrap_or(arrival.received_at);
    put_fixed(out, field::TIMESTAMP, timestamp.as_millis() as u64);
    put_fixed(out, field::RECEIVED_AT, arrival.received_at.as_millis() as u64);
    put_text(out, field::USER_ID, payload.user_id.as_deref());
    put_text(out, field::ANONYMOUS_ID, payload.anonymous_id.as_deref());
    put_text(out, field::SESSION_ID, payload.session_id.as_deref());
    put_text(out, field::URL, payload.url.as_deref());
    put_text(out, field::REFERRER, payload.referrer.as_deref());
    put_text(out, field::ELEMENT, payload.element.as_deref());
    if let Some(duration) = payload.duration_ms {
        put_varint(out, field::DURATION_MS, zigzag(duration));
    }
    if let Some(revenue) = payload.revenue {
        put_varint(out, field::REVENUE_MICROS, zigzag(revenue.micros));
        put_text(out, field::CURRENCY, Some(revenue.currency.as_str()));
    }
    if !payload.properties.is_empty() {
        put_text(out, field::PROPERTIES, Some(&payload.properties));
    }
    if let Some(screen) = payload.screen {
        put_varint(out, field::SCREEN, (u64::from(screen.width) << 32) | u64::from(screen.height));
    }
    let own_language = || arrival.language.filter(|_| !arrival.keyed);
    put_text(out, field::LANGUAGE, payload.language.as_deref().or_else(own_language));
    put_text(out, field::TITLE, payload.title.as_deref());
    put_text(out, field::USER_AGENT, payload.user_agent.as_deref().or(arrival.user_agent));
    match payload.address.or(arrival.address) {
        Some(IpAddr::V4(address)) => put_bytes(out, field::ADDRESS, &address.octets()),
        Some(IpAddr::V6(address)) => put_bytes(out, field::ADDRESS, &address.octets()),
        None => {}
    }
    if let Some(percent) = payload.scroll_depth {
        put_varint(out, field::SCROLL_DEPTH, percent.into());
    }
    if payload.interactive == Some(false) {
        put_varint(out, field::PASSIVE, 1);
    }
    if payload.vouched {
        put_varint(out, field::VOUCHED, 1);
    }
    match arrival.sender(payload) {
        0 => {}
        bits => put_varint(out, field::SENDER, bits),
    }
}

/// Reads one record; texts share `record`'s memory.
pub fn decode(record: &Bytes) -> Result<Received, RecordError> {
    let mut reader = Reader { record, at: 0 };
    match reader.byte()? {
        VERSION => {}
        version => return Err(RecordError::Version(version)),
    }
    let mut site = None;
    let mut name = None;
    let mut timestamp = None;
    let mut received_at = None;
    let (mut made_process, mut made_count) = (None, None);
    let (mut micros, mut currency) = (None, None);
    let (mut visitor, mut place) = (None, Place::default());
    let mut received = Received::empty();
    while reader.at < record.len() {
        let tag = reader.byte()?;
        match (tag >> 2, tag & 3) {
            (field::SITE, BYTES) => site = Some(reader.text()?),
            (field::CLIENT_ID, BYTES) => received.client_id = Some(reader.text()?),
            (field::MADE_PROCESS, FIXED) => made_process = Some(reader.fixed()?),
            (field::MADE_COUNT, VARINT) => made_count = Some(reader.varint()?),
            (field::NAME, BYTES) => name = Some(reader.text()?),
            (field::TIMESTAMP, FIXED) => timestamp = Some(Timestamp::from_millis(reader.fixed()? as i64)),
            (field::RECEIVED_AT, FIXED) => received_at = Some(Timestamp::from_millis(reader.fixed()? as i64)),
            (field::USER_ID, BYTES) => received.user_id = Some(reader.text()?),
            (field::ANONYMOUS_ID, BYTES) => received.anonymous_id = Some(reader.text()?),
            (field::SESSION_ID, BYTES) => received.session_id = Some(reader.text()?),
            (field::URL, BYTES) => received.url = Some(reader.text()?),
            (field::REFERRER, BYTES) => received.referrer = Some(reader.text()?),
            (field::ELEMENT, BYTES) => received.element = Some(reader.text()?),
            (field::DURATION_MS, VARINT) => received.duration_ms = Some(unzigzag(reader.varint()?)),
            (field::REVENUE_MICROS, VARINT) => micros = Some(unzigzag(reader.varint()?)),
            (field::CURRENCY, BYTES) => currency = reader.text()?.parse::<Currency>().ok(),
            (field::PROPERTIES, BYTES) => received.properties = reader.text()?,
            (field::SCREEN, VARINT) => {
                let packed = reader.varint()?;
                received.screen = Some(Screen { width: (packed >> 32) as u32, height: packed as u32 });
            }
            (field::LANGUAGE, BYTES) => received.language = Some(reader.text()?),
            (field::TITLE, BYTES) => received.title = Some(reader.text()?),
            (field::USER_AGENT, BYTES) => received.user_agent = Some(reader.text()?),
            (field::ADDRESS, BYTES) => received.address = address(&reader.bytes()?),
            (field::SCROLL_DEPTH, VARINT) => {
                received.scroll_depth = u8::try_from(reader.varint()?).ok().filter(|percent| *percent <= 100);
            }
            (field::PASSIVE, VARINT) => received.interactive = reader.varint()? == 0,
            (field::SENDER, VARINT) => {
                let bits = reader.varint()?;
                received.sender_address = bits & SENDER_ADDRESS != 0;
                received.sender_agent = bits & SENDER_AGENT != 0;
            }
            (field::VOUCHED, VARINT) => received.vouched = reader.varint()? == 1,
            (field::VISITOR, FIXED) => visitor = Some(VisitorId(reader.fixed()?)),
            (field::COUNTRY, BYTES) => place.country = reader.text()?.parse().ok(),
            (field::REGION, BYTES) => place.region = Some(reader.text()?),
            (field::CITY, BYTES) => place.city = Some(reader.text()?),
            _ => reader.pass(tag)?,
        }
    }
    let site = site.ok_or(RecordError::Field("site"))?;
    received.site = SiteId::new(site).map_err(|_| RecordError::Field("site"))?;
    received.name = name.ok_or(RecordError::Field("name"))?;
    received.timestamp = timestamp.ok_or(RecordError::Field("timestamp"))?;
    received.received_at = received_at.ok_or(RecordError::Field("received_at"))?;
    received.revenue = micros.zip(currency).map(|(micros, currency)| Revenue { micros, currency });
    received.again = visitor.map(|visitor| Again { visitor, place });
    received.made = made_process.zip(made_count).map(|(process, count)| MadeId { process, count });
    if received.client_id.is_none() && received.made.is_none() {
        return Err(RecordError::Field("event_id"));
    }
    Ok(received)
}

/// Decodes arbitrary bytes; run by proptest and by cargo-fuzz. Whatever comes: an error, or a record.
pub fn fuzz(bytes: &[u8]) {
    let _ = decode(&Bytes::copy_from_slice(bytes));
}

impl Received {
    fn empty() -> Self {
        Self {
            site: SiteId::unset(),
            client_id: None,
            made: None,
            name: ByteString::new(),
            timestamp: Timestamp::default(),
            received_at: Timestamp::default(),
            user_id: None,
            anonymous_id: None,
            session_id: None,
            url: None,
            referrer: None,
            element: None,
            duration_ms: None,
            revenue: None,
            properties: ByteString::new(),
            screen: None,
            language: None,
            title: None,
            user_agent: None,
            address: None,
            scroll_depth: None,
            interactive: true,
            sender_address: false,
            sender_agent: false,
            vouched: false,
            again: None,
        }
    }
}

fn address(octets: &[u8]) -> Option<IpAddr> {
    match octets.len() {
        4 => <[u8; 4]>::try_from(octets).ok().map(|octets| Ipv4Addr::from(octets).into()),
        16 => <[u8; 16]>::try_from(octets).ok().map(|octets| Ipv6Addr::from(octets).into()),
        _ => None,
    }
}

fn put_text(out: &mut BytesMut, field: u8, text: Option<&str>) {
    if let Some(text) = text {
        put_bytes(out, field, text.as_bytes());
    }
}

fn put_bytes(out: &mut BytesMut, field: u8, bytes: &[u8]) {
    out.put_u8(field << 2 | BYTES);
    put_number(out, bytes.len() as u64);
    out.put_slice(bytes);
}

fn put_fixed(out: &mut BytesMut, field: u8, number: u64) {
    out.put_u8(field << 2 | FIXED);
    out.put_u64_le(number);
}

fn put_varint(out: &mut BytesMut, field: u8, number: u64) {
    out.put_u8(field << 2 | VARINT);
    put_number(out, number);
}

fn put_number(out: &mut BytesMut, mut number: u64) {
    while number >= 0x80 {
        out.put_u8(number as u8 | 0x80);
        number >>= 7;
    }
    out.put_u8(number as u8);
}

fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)) as u64
}

fn unzigzag(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}

struct Reader<'a> {
    record: &'a Bytes,
    at: usize,
}

impl Reader<'_> {
    fn damaged(&self) -> RecordError {
        RecordError::Damaged { at: self.at }
    }

    fn byte(&mut self) -> Result<u8, RecordError> {
        let byte = *self.record.get(self.at).ok_or_else(|| self.damaged())?;
        self.at += 1;
        Ok(byte)
    }

    /// Passes over the value after `tag`.
    fn pass(&mut self, tag: u8) -> Result<(), RecordError> {
        match tag & 3 {
            VARINT => self.varint().map(drop),
            FIXED => self.fixed().map(drop),
            BYTES => self.bytes().map(drop),
            _ => Err(self.damaged()),
        }
    }

    fn varint(&mut self) -> Result<u64, RecordError> {
        let mut number = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(self.damaged())
    }

    fn fixed(&mut self) -> Result<u64, RecordError> {
        let end = self.at + 8;
        let bytes = self.record.get(self.at..end).ok_or_else(|| self.damaged())?;
        self.at = end;
        Ok(bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    fn bytes(&mut self) -> Result<Bytes, RecordError> {
        let length = usize::try_from(self.varint()?).map_err(|_| self.damaged())?;
        let end = self.at.checked_add(length).filter(|end| *end <= self.record.len());
        let end = end.ok_or_else(|| self.damaged())?;
        let bytes = self.record.slice(self.at..end);
        self.at = end;
        Ok(bytes)
    }

    fn text(&mut self) -> Result<ByteString, RecordError> {
        let bytes = self.bytes()?;
        ByteString::try_from(bytes).map_err(|_| self.damaged())
    }
}
