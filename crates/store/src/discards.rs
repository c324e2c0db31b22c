//! What is kept of events that were deliberately not counted: so that each can be explained, and judged again after a
//! rule changed.
//!
//! Two things, both durable with the batch that brought them:
//! - counts by site, reason and UTC hour of arrival: exact, for [`Window::count_days`];
//! - the events themselves: a [`Window`] of the newest. What falls out of it stays counted.
//!
//! Invariant: a kept record has no address. It has a user agent and ids, so erasure and retention reach it.

mod reasons;
mod replay;
mod report;

use std::fmt;

use async_trait::async_trait;
use bytes::Bytes;
use bytestring::ByteString;
use millrace_event::payload::Payload;
use millrace_event::record::{self, Again, Arrival};
use millrace_event::{Event, EventId, MadeId, SiteId, Timestamp, VisitorId};

pub use reasons::{DUPLICATE, Reason, Replay};
pub use replay::{ReplayError, Requeue, replay};
pub use report::{Folding, ReasonReport, Report};

use crate::{Discarded, StoreError, Subject};

/// The part of a store that keeps discarded events. Batches bring them: see [`crate::EventBatch::discarded`].
#[async_trait]
pub trait DiscardLog: fmt::Debug + Send + Sync {
    /// What was discarded of a site's events that arrived since the hour of `since`.
    async fn report(&self, site: &SiteId, since: Timestamp) -> Result<Report, StoreError>;

    /// The number of the last event of a site that is kept; 0 where none is.
    async fn newest(&self, site: &SiteId) -> Result<u64, StoreError>;

    /// Kept events of a site with a number above `after`, in the order in which they came.
    async fn page(
        &self,
        site: &SiteId,
        selection: &Selection,
        after: u64,
        limit: usize,
    ) -> Result<Vec<Kept>, StoreError>;

    /// Forgets kept events, and counts them no more; durable on return. Answers how many there were.
    async fn forget(&self, site: &SiteId, numbers: &[u64]) -> Result<u64, StoreError>;

    /// Forgets what is past its window, as of `now`; part of every store's upkeep.
    async fn forget_past(&self, now: Timestamp) -> Result<(), StoreError>;
}

/// How much is kept, and how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Events of one site, the newest.
    pub a_site: usize,
    /// Events of all sites together. Upkeep sees to it, so that there may be more for a while.
    pub in_all: usize,
    /// Days after its arrival that an event is kept.
    pub days: u32,
    /// Days that the counts of an hour are kept.
    pub count_days: u32,
}

impl Default for Window {
    fn default() -> Self {
        Self { a_site: 10_000, in_all: 200_000, days: 7, count_days: 35 }
    }
}

impl Window {
    /// No event is kept longer than those that count.
    #[must_use]
    pub fn within(self, retention_days: Option<u32>) -> Self {
        Self { days: retention_days.map_or(self.days, |days| days.min(self.days)), ..self }
    }

    /// Events that arrived before this are past the window.
    pub fn events_from(&self, now: Timestamp) -> Timestamp {
        now.plus_millis(-i64::from(self.days) * 24 * HOUR_MS)
    }

    /// Counts of hours before this one are past theirs.
    pub fn counts_from(&self, now: Timestamp) -> i64 {
        hour(now) - i64::from(self.count_days) * 24
    }
}

/// Bytes of a record that is kept. A larger one is counted only: no site can fill a disk with events that do not count.
pub const RECORD_BYTES: usize = 8 << 10;

const HOUR_MS: i64 = 3_600_000;

/// The hour of an instant, from the epoch.
pub fn hour(at: Timestamp) -> i64 {
    at.as_millis().div_euclid(HOUR_MS)
}

/// A kept event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its place in the order in which discarded events came, from 1; only its order means anything.
    pub number: u64,
    /// When it arrived.
    pub received_at: Timestamp,
    /// Why it was discarded.
    pub reason: ByteString,
    /// What of the rule or list decided; may be empty.
    pub detail: ByteString,
    /// Its record.
    pub record: Bytes,
}

/// Whether a kept record is of an event of `subject`, or of one of `visitors`: whoever is linked to it.
pub fn is_of(record: &Bytes, subject: &Subject, visitors: impl Fn(VisitorId) -> bool) -> bool {
    let Ok(received) = record::decode(record) else { return false };
    let visitor = received.again.map(|again| again.visitor);
    let named = match subject {
        Subject::User(id) => received.user_id.as_ref() == Some(id),
        Subject::Anonymous(id) => received.anonymous_id.as_ref() == Some(id),
        Subject::Visitor(id) => visitor == Some(*id),
    };
    named || visitor.is_some_and(visitors)
}

/// Some of the kept events; all where every field is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Of this reason.
    pub reason: Option<ByteString>,
    /// With this detail.
    pub detail: Option<ByteString>,
    /// That arrived at this instant or later.
    pub from: Option<Timestamp>,
    /// That arrived before this.
    pub to: Option<Timestamp>,
}

impl Selection {
    /// Whether `kept` is one of them.
    pub fn has(&self, kept: &Kept) -> bool {
        self.reason.as_ref().is_none_or(|reason| *reason == kept.reason)
            && self.detail.as_ref().is_none_or(|detail| *detail == kept.detail)
            && self.from.is_none_or(|from| kept.received_at >= from)
            && self.to.is_none_or(|to| kept.received_at < to)
    }
}

impl Discarded {
    /// Whether it may be kept, and is not only counted.
    pub fn fits(&self) -> bool {
        (1..=RECORD_BYTES).contains(&self.record.len())
    }

    /// A copy of an event that the store has already, which only the store could recognise.
    pub fn copy_of(event: &Event) -> Self {
        let text = |text: &Option<ByteString>| text.as_ref().map(|text| text.to_string().into());
        let url = match (&event.host, &event.path) {
            (Some(host), Some(path)) if path.starts_with('/') => Some(format!("https://{host}{path}").into()),
            (_, path) => text(path),
        };
        let (event_id, made) = match &event.id {
            EventId::Client(id) => (Some(id.to_string().into()), MadeId { process: 0, count: 0 }),
            EventId::Made(made) => (None, *made),
        };
        let payload = Payload {
            event_id,
            name: event.name.to_string().into(),
            timestamp: Some(event.timestamp),
            user_id: text(&event.user_id),
            anonymous_id: text(&event.anonymous_id),
            session_id: text(&event.client_session_id),
            url,
            referrer: text(&event.referrer),
            title: text(&event.title),
            properties: event.properties.to_string().into(),
            ..Payload::default()
        };
        let arrival = Arrival {
            site: &event.site,
            made,
            received_at: event.received_at,
            address: None,
            user_agent: None,
            language: None,
            keyed: false,
        };
        let mut bytes = bytes::BytesMut::new();
        record::encode(&payload, &arrival, &mut bytes);
        let plain = bytes.freeze();
        let again = Again { visitor: event.visitor, place: event.place.clone() };
        Self {
            site: event.site.clone(),
            received_at: event.received_at,
            reason: ByteString::from_static(DUPLICATE),
            detail: ByteString::new(),
            record: record::encode_again(&plain, &again).unwrap_or(plain),
        }
    }
}
