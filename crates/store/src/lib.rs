//! The answer: where processed events are kept and counted.
//!
//! [`EventStore`] is the seam that every backend implements; [`memory`] is the executable definition of every
//! figure, which conformance suite and property tests hold each backend to; [`sql`] writes each report once for
//! every engine that speaks SQL. [`observed`] finds out what events look like.
//!
//! **Architecture invariant:** a batch and the offsets it came from become durable together. So a replay after a
//! crash changes nothing, and no other part of the product has to remember what was stored.

#[cfg(feature = "testing")]
pub mod conformance;
pub mod discards;
pub mod lists;
pub mod memory;
pub mod observed;
pub mod sql;

use std::collections::BTreeMap;
use std::fmt;

use async_trait::async_trait;
use bytes::Bytes;
use bytestring::ByteString;
use millrace_event::{Event, SessionId, SiteId, Timestamp, VisitorId};
use millrace_query::{CheckedQuery, Period, QueryResult};

use discards::DiscardLog;
use lists::EventReader;
use observed::{Observation, ObservedSchema};

/// Per partition of the queue, the offset of the next record: everything below is done.
pub type Offsets = BTreeMap<u32, u64>;

/// Events of one read of the queue, and how far that read came.
#[derive(Clone, Debug, Default)]
pub struct EventBatch {
    /// In order of arrival.
    pub events: Vec<Event>,
    /// Events of the same records that are deliberately not counted.
    pub discarded: Vec<Discarded>,
    /// Visitors who turned out to be known persons.
    pub links: Vec<Link>,
    /// The offsets that this batch follows. A store that several workers fill compares those of the partitions it
    /// knows, and refuses a batch that does not follow what it has applied.
    pub after: Offsets,
    /// The offsets after the records these events, and whatever was discarded among them, came from.
    pub offsets: Offsets,
}

/// An event that is deliberately not counted, as it is kept for a while to be explained, and judged again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discarded {
    /// Its site.
    pub site: SiteId,
    /// When it arrived.
    pub received_at: Timestamp,
    /// Why: a stable word, `robot`.
    pub reason: ByteString,
    /// What of the rule or list decided: a pattern, a network; may be empty.
    pub detail: ByteString,
    /// Its record, without the client's address, by [`millrace_event::record::encode_again`].
    pub record: Bytes,
}

/// An anonymous visitor turned out to be a known person: from now on, and in whatever is stored already, they are one.
///
/// Events keep the visitor they came with. Whatever a store answers has the person in place of the visitor: figures,
/// lists, sessions. A link changes nothing that
/// - links a visitor who is linked already: the first link counts, also on a device that several people use;
/// - links a visitor to whom others are linked: a person's history never goes to somebody else;
/// - links a visitor to themselves.
///
/// A person who is linked to another stands for that one: so there is one level, and no circle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The site of both.
    pub site: SiteId,
    /// The visitor so far.
    pub from: VisitorId,
    /// The person.
    pub to: VisitorId,
    /// When that became known.
    pub at: Timestamp,
}

/// Where events are kept and counted.
///
/// One writer a partition calls [`insert`](Self::insert), and one in all where the store is not
/// [`shared`](Self::shared); every other method may run at any time beside it.
#[async_trait]
pub trait EventStore: fmt::Debug + Send + Sync + 'static {
    /// Whether workers of several processes fill this store. It then compares [`EventBatch::after`], and leaves out of
    /// a batch what it has already by the client's own event id, since no worker sees all that arrives.
    fn shared(&self) -> bool {
        false
    }

    /// Offsets that are durably applied. A worker resumes after these, not after the queue's own commit.
    async fn applied(&self) -> Result<Offsets, StoreError>;

    /// Adds a batch. Its events are visible to every other method on return; answers the offsets that are durable
    /// by now, which may lie behind the batch's own.
    async fn insert(&self, batch: &EventBatch) -> Result<Offsets, StoreError>;

    /// Makes everything inserted so far durable; answers its offsets.
    async fn flush(&self) -> Result<Offsets, StoreError>;

    /// Makes everything durable and ends whatever runs beside; nothing is asked of it afterwards.
    async fn close(&self) -> Result<(), StoreError> {
        self.flush().await.map(drop)
    }

    /// Counts.
    async fn query(&self, query: &CheckedQuery) -> Result<QueryResult, StoreError>;

    /// Finds out what events look like, from all of a period: read as a stream into an [`observed::Fold`].
    async fn observe(&self, observation: &Observation) -> Result<ObservedSchema, StoreError>;

    /// The latest events of a site by time of happening, newest first; of one instant, the latest arrived first.
    async fn recent(&self, site: &SiteId, limit: usize) -> Result<Vec<Event>, StoreError>;

    /// Events that arrived after `cursor`, in order of arrival. A cursor stays valid across restarts.
    async fn tail(&self, site: &SiteId, cursor: Cursor, limit: usize) -> Result<Tail, StoreError>;

    /// The cursor after the last event that arrived so far.
    async fn cursor(&self) -> Result<Cursor, StoreError>;

    /// Removes a visitor's events for good, and those of them that were discarded: durable on return, and no replay
    /// brings them back. Those are the events that [`Subject::matches`], and the events of its [`Subject::visitor`] and
    /// of whoever is linked to that one. Of these visitors no link is left. Counts of discarded events stay.
    async fn erase(&self, erasure: &Erasure) -> Result<Erased, StoreError>;

    /// Removes every event that happened before `before`, of every site, and every discarded one that arrived before
    /// it. A site that has no event left has no links.
    async fn retain(&self, before: Timestamp) -> Result<Erased, StoreError>;

    /// Those of `ids`, the clients' own, that a site's events of `period` have: what a late event is compared with.
    async fn known_ids(
        &self,
        site: &SiteId,
        period: Period,
        ids: &[ByteString],
    ) -> Result<Vec<ByteString>, StoreError>;

    /// What a worker needs to go on as if it had never stopped.
    async fn remember(&self, since: RememberSince) -> Result<Memory, StoreError>;

    /// Reads events one by one.
    fn reader(&self) -> &dyn EventReader;

    /// Where discarded events are kept.
    fn discards(&self) -> &dyn DiscardLog;
}

/// A position in the order of arrival.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor(pub u64);

/// A piece of the order of arrival.
#[derive(Clone, Debug, PartialEq)]
pub struct Tail {
    /// In order of arrival.
    pub events: Vec<Event>,
    /// The cursor after the last of them.
    pub cursor: Cursor,
}

/// Whose events are to be removed.
#[derive(Clone, Debug, PartialEq)]
pub struct Erasure {
    /// The site.
    pub site: SiteId,
    /// The person or visitor.
    pub subject: Subject,
}

/// A visitor by whichever name the request knows.
#[derive(Clone, Debug, PartialEq)]
pub enum Subject {
    /// Every event with this `user_id`, and the history of whoever signed in as this user.
    User(ByteString),
    /// Every event with this `anonymous_id`. What else the person did who is known by now stays.
    Anonymous(ByteString),
    /// Every event that came with this visitor, or is counted for them.
    Visitor(VisitorId),
}

impl Subject {
    /// The visitor's number.
    pub fn visitor(&self, site: &SiteId) -> VisitorId {
        match self {
            Self::User(id) => VisitorId::of_user(site, id),
            Self::Anonymous(id) => VisitorId::of_anonymous(site, id),
            Self::Visitor(visitor) => *visitor,
        }
    }

    /// Whether `event`, as it came, is one of theirs without any link.
    pub fn matches(&self, event: &Event) -> bool {
        match self {
            Self::User(id) => event.user_id.as_ref() == Some(id),
            Self::Anonymous(id) => event.anonymous_id.as_ref() == Some(id),
            Self::Visitor(visitor) => event.visitor == *visitor,
        }
    }
}

/// What was removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// How many events.
    pub events: u64,
}

/// How far back a worker remembers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RememberSince {
    /// Client ids of events that arrived at or after this.
    pub ids_received: Timestamp,
    /// Sessions with an event that happened at or after this.
    pub sessions: Timestamp,
    /// About the most of each; the latest are kept, and of links [`LINKS_REMEMBERED`] at most.
    pub limit: usize,
}

/// Links that a worker starts from at most.
pub const LINKS_REMEMBERED: usize = 500_000;

/// Durable facts a worker starts from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Memory {
    /// Client ids, with their site and time of arrival, in order of arrival.
    pub ids: Vec<(SiteId, ByteString, Timestamp)>,
    /// There are more ids that arrived in time: the limit cut them off.
    pub ids_cut: bool,
    /// Sessions, in order of their last event.
    pub sessions: Vec<StoredSession>,
    /// Links that are in force, in the order in which they became known.
    pub links: Vec<Link>,
}

/// A session as far as its events are stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSession {
    /// Its site.
    pub site: SiteId,
    /// Its visitor.
    pub visitor: VisitorId,
    /// Its number.
    pub session: SessionId,
    /// Its first event.
    pub start: Timestamp,
    /// Its last event.
    pub end: Timestamp,
}

/// Why a store could not answer.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Trying again later may help: the disk is full, the server is away.
    #[error("the store is unavailable: {0}")]
    Unavailable(String),
    /// Trying again will not help; the store has to be looked at.
    #[error("the store failed: {0}")]
    Failed(String),
    /// The batch does not follow what is applied: another worker stored events of the same partitions.
    #[error("another worker has stored events of partition {0} meanwhile")]
    Conflict(u32),
    /// The store cannot take one of the batch's events, however often it is tried; others may go in.
    #[error("the store refuses an event: {0}")]
    Refused(String),
    /// The store is shut down.
    #[error("the store is closed")]
    Closed,
}
