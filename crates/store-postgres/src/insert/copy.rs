//! Events as rows of a binary COPY.
//!
//! Format (<https://www.postgresql.org/docs/current/sql-copy.html>, "Binary Format"; every number big-endian):
//!
//! - a header: 11 bytes of signature, 4 of flags, 4 of the length of an extension, both 0;
//! - a row: the number of its fields in 2 bytes, then each field's length in 4 and its bytes. The length -1 is NULL.
//!   A `timestamptz` is microseconds since 2000 in 8 bytes, a `uuid` its 16 bytes, a text or `json` its bytes in
//!   UTF-8, the rest numbers of their width;
//! - a trailer: -1 in 2 bytes.

use millrace_event::{Channel, Device, Event, EventId, ScreenClass, Timestamp};
use millrace_store::StoreError;

use crate::columns::COUNT;
use crate::types::{INSTANTS, Uuid, micros};

const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
const TRAILER: &[u8] = &(-1i16).to_be_bytes();
/// Where the number of the order of arrival begins in a row: after the count, and a field of 8 bytes.
const SEQ_AT: usize = 2 + 4 + 8 + 4;

/// Rows of a batch, the place in the order of arrival still open: that is known under the lock, and encoding is not
/// to wait for it, or to let others wait.
#[derive(Debug)]
pub(crate) struct Rows {
    bytes: Vec<u8>,
    /// Where each row ends.
    ends: Vec<usize>,
    /// The rows by site, then time.
    order: Vec<u32>,
}

impl Rows {
    /// The rows of `events`. Refuses what no column takes.
    pub(crate) fn encode(events: &[Event]) -> Result<Self, StoreError> {
        let mut order: Vec<u32> = (0..events.len() as u32).collect();
        order.sort_by_key(|row| {
            let event = &events[*row as usize];
            (&event.site, event.timestamp)
        });
        let mut rows = Self {
            bytes: Vec::with_capacity(events.len() * 400),
            ends: Vec::with_capacity(events.len()),
            order,
        };
        for event in events {
            rows.row(event)?;
            rows.ends.push(rows.bytes.len());
        }
        Ok(rows)
    }

    /// All of a COPY: the rows of which `keep` is true, or all of them without it, numbered from `first_seq` in order
    /// of arrival.
    ///
    /// They are sent site by site. So an index's pages are met one after the other, and a site's events of a batch lie
    /// on few pages of the table, where whoever reads them finds them together.
    pub(crate) fn finish(self, first_seq: i64, keep: Option<&[bool]>) -> Vec<u8> {
        let mut seqs = Vec::with_capacity(self.ends.len());
        let mut seq = first_seq;
        for row in 0..self.ends.len() {
            let kept = keep.is_none_or(|keep| keep[row]);
            seqs.push(kept.then_some(seq));
            seq += i64::from(kept);
        }
        let mut copy = Vec::with_capacity(HEADER.len() + self.bytes.len() + TRAILER.len());
        copy.extend_from_slice(HEADER);
        for row in self.order {
            let row = row as usize;
            if let Some(seq) = seqs[row] {
                let start = row.checked_sub(1).map_or(0, |before| self.ends[before]);
                let at = copy.len();
                copy.extend_from_slice(&self.bytes[start..self.ends[row]]);
                copy[at + SEQ_AT..][..8].copy_from_slice(&seq.to_be_bytes());
            }
        }
        copy.extend_from_slice(TRAILER);
        copy
    }

    fn row(&mut self, event: &Event) -> Result<(), StoreError> {
        self.bytes.extend_from_slice(&COUNT.to_be_bytes());
        self.instant("timestamp", event.timestamp)?;
        self.long(0);
        self.instant("received_at", event.received_at)?;
        self.long(event.visitor.0 as i64);
        self.long(event.session.0 as i64);
        self.text("site", event.site.as_str())?;
        self.text("name", &event.name)?;
        match &event.id {
            EventId::Client(id) => {
                self.text("client_id", id)?;
                self.null();
            }
            EventId::Made(id) => {
                self.null();
                self.field(&Uuid::from(*id).0);
            }
        }
        let utm = &event.utm;
        for (column, text) in [
            ("user_id", &event.user_id),
            ("anonymous_id", &event.anonymous_id),
            ("client_session_id", &event.client_session_id),
            ("host", &event.host),
            ("path", &event.path),
            ("referrer", &event.referrer),
            ("utm_source", &utm.source),
            ("utm_medium", &utm.medium),
            ("utm_campaign", &utm.campaign),
            ("utm_content", &utm.content),
            ("utm_term", &utm.term),
            ("element", &event.element),
            ("title", &event.title),
            ("language", &event.language),
        ] {
            match text {
                Some(text) => self.text(column, text)?,
                None => self.null(),
            }
        }
        match event.duration_ms {
            Some(millis) => self.long(millis),
            None => self.null(),
        }
        match &event.revenue {
            Some(revenue) => {
                self.long(revenue.micros);
                self.field(revenue.currency.as_str().as_bytes());
            }
            None => self.nulls(2),
        }
        match event.screen {
            Some(screen) => {
                self.pixels(screen.width)?;
                self.pixels(screen.height)?;
            }
            None => self.nulls(2),
        }
        match event.properties.is_empty() {
            true => self.null(),
            false => self.text("properties", &event.properties)?,
        }
        let (agent, place) = (&event.agent, &event.place);
        for (column, text) in [
            ("source", event.source.as_deref()),
            ("channel", event.channel.map(Channel::as_str)),
            ("browser", agent.browser.as_deref()),
            ("browser_version", agent.browser_version.as_deref()),
            ("os", agent.os.as_deref()),
            ("os_version", agent.os_version.as_deref()),
            ("device", agent.device.map(Device::as_str)),
            ("country", place.country.as_ref().map(|country| country.as_str())),
            ("region", place.region.as_deref()),
            ("city", place.city.as_deref()),
            ("screen_class", event.screen_class.map(ScreenClass::as_str)),
        ] {
            match text {
                Some(text) => self.text(column, text)?,
                None => self.null(),
            }
        }
        match event.scroll_depth {
            Some(percent) => self.field(&i16::from(percent).to_be_bytes()),
            None => self.null(),
        }
        match event.interactive {
            true => self.null(),
            false => self.field(&[0]),
        }
        Ok(())
    }

    fn instant(&mut self, column: &str, instant: Timestamp) -> Result<(), StoreError> {
        if !INSTANTS.contains(&instant) {
            return Err(refused(column, "is an instant before the year 1 or after the year 9999"));
        }
        self.long(micros(instant));
        Ok(())
    }

    fn text(&mut self, column: &str, text: &str) -> Result<(), StoreError> {
        // Ingestion leaves none; one that came another way would be refused again and again, with its batch.
        if text.as_bytes().contains(&0) {
            return Err(refused(column, "has a NUL, which PostgreSQL cannot keep"));
        }
        self.field(text.as_bytes());
        Ok(())
    }

    fn pixels(&mut self, pixels: u32) -> Result<(), StoreError> {
        let pixels = i32::try_from(pixels).map_err(|_| refused("screen", "has a side beyond 31 bits"))?;
        self.field(&pixels.to_be_bytes());
        Ok(())
    }

    fn long(&mut self, number: i64) {
        self.field(&number.to_be_bytes());
    }

    fn nulls(&mut self, count: usize) {
        (0..count).for_each(|_| self.null());
    }

    fn null(&mut self) {
        self.bytes.extend_from_slice(&(-1i32).to_be_bytes());
    }

    fn field(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(&(bytes.len() as i32).to_be_bytes());
        self.bytes.extend_from_slice(bytes);
    }
}

fn refused(column: &str, wrong: &str) -> StoreError {
    StoreError::Refused(format!("its {column} {wrong}"))
}
