//! The durable log between ingest and worker.
//!
//! A [`Queue`] keeps records until every consumer group has committed past them. Ingest answers 202 only
//! after [`Queue::append`] returned; the worker reads through a [`Consumer`] and commits what its store
//! holds durably.
//!
//! Invariants, the same for every backend (`conformance` checks them):
//! - a record whose append returned `Ok` is delivered to every group, through crashes, until committed;
//! - within a partition, records are delivered in offset order;
//! - an append that failed may or may not be delivered: a duplicate is legal, a loss is not;
//! - nothing above the lowest commit of all groups is forgotten.
//!
//! This crate knows bytes only. What a record means is the business of `millrace-event`.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

pub mod disk;
pub mod error;
#[cfg(feature = "testing")]
pub mod memory;
pub mod noop;
#[cfg(not(loom))]
pub mod redis;

#[cfg(feature = "testing")]
pub mod conformance;

pub use error::QueueError;

/// An ordered share of the queue. The disk queue has one, number 0.
pub type Partition = u32;

/// The position of a record in its partition. The disk queue numbers records densely from 0.
pub type Offset = u64;

/// Per partition, the offset of the *next* record: everything below is done.
pub type Offsets = BTreeMap<Partition, Offset>;

/// A durable log of records with consumer groups.
#[async_trait]
pub trait Queue: fmt::Debug + Send + Sync + 'static {
    /// Returns once every record is durable. After an error the caller may retry: a duplicate is legal,
    /// a loss is not. A future that is dropped half-way may still have appended its records.
    ///
    /// # Errors
    /// [`QueueError::Full`] and [`QueueError::DiskFull`] when there is no room, [`QueueError::TooLarge`] for
    /// a record over the bound (nothing of the append is kept), [`QueueError::Closed`] after `close`, and
    /// [`QueueError::Io`] for a failing backend.
    async fn append(&self, records: Vec<Record>) -> Result<(), QueueError>;

    /// Joins a consumer group and resumes after its last commit. A new group starts at the oldest record
    /// that is still kept, and from then on holds back what it has not committed.
    async fn subscribe(&self, group: &ConsumerGroup) -> Result<Box<dyn Consumer>, QueueError>;

    /// How far the group is behind, partition by partition. For a group that never subscribed: all that is
    /// kept.
    async fn lags(&self, group: &ConsumerGroup) -> Result<Vec<PartitionLag>, QueueError>;

    /// Records appended and not yet committed by the group, and the age of the oldest, of all partitions.
    async fn lag(&self, group: &ConsumerGroup) -> Result<Lag, QueueError> {
        let lags = self.lags(group).await?;
        Ok(Lag {
            records: lags.iter().map(|of| of.lag.records).sum(),
            oldest: lags.iter().filter_map(|of| of.lag.oldest).max(),
        })
    }

    /// Would an append be taken now? For `/readyz`; cheap enough to be asked several times a second.
    async fn health(&self) -> Result<(), QueueError>;

    /// Keeps failed records with their reason; durable on return.
    async fn bury(&self, letters: Vec<DeadLetter>) -> Result<(), QueueError>;

    /// How many dead letters there are.
    async fn count_dead_letters(&self) -> Result<u64, QueueError>;

    /// Up to `limit` dead letters, oldest first.
    async fn dead_letters(&self, limit: usize) -> Result<Vec<DeadLetter>, QueueError>;

    /// Appends the dead letters' payloads again and forgets them; answers how many. A crash or an error
    /// half-way may replay a letter twice, and never loses one.
    async fn replay_dead_letters(&self) -> Result<u64, QueueError>;

    /// Finishes what was accepted, syncs, and refuses further appends with [`QueueError::Closed`].
    /// Consumers may go on polling and committing. Closing twice is harmless.
    async fn close(&self) -> Result<(), QueueError>;
}

/// A member of a consumer group. It remembers how far it read; [`Consumer::commit`] says how far it is done.
///
/// Each partition belongs to one member at a time. Where a queue shares its partitions out among processes, two of
/// them may believe for a moment that they own the same one: the store's offsets decide who was right.
#[async_trait]
pub trait Consumer: Send {
    /// The next records, in order, within `limit`. Answers at once when there are any, and an empty batch
    /// after `limit.wait` without one. Cancel safe: a dropped `poll` delivers its records again.
    async fn poll(&mut self, limit: BatchLimit) -> Result<Batch, QueueError>;

    /// Everything below `offsets`, per partition, is done and may be forgotten; durable on return.
    ///
    /// A commit beyond the read position moves the read position forward: the worker does this at start
    /// with the offsets its store has applied, and before ingest takes records, so that a queue which lost
    /// its end never gives new records offsets the store believes it has. A commit below what is committed
    /// changes nothing.
    async fn commit(&mut self, offsets: &Offsets) -> Result<(), QueueError>;

    /// Commits `done`, and goes back to there: what follows it is delivered by the next polls, also what was
    /// delivered before. A partition that `done` does not name goes back to its last commit.
    async fn resume(&mut self, done: &Offsets) -> Result<(), QueueError>;

    /// Leaves the group in good order: its partitions may go to another member at once. A member that is merely
    /// dropped is missed after a while.
    async fn leave(&mut self) {}
}

/// What is appended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The routing hash of (site, visitor): equal keys keep their order. The disk queue ignores it.
    pub key: u64,
    /// The bytes, opaque to the queue.
    pub payload: Bytes,
}

/// What is delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedRecord {
    /// The partition it was appended to.
    pub partition: Partition,
    /// Its position there.
    pub offset: Offset,
    /// The bytes, as appended. A slice of the reader's chunk: hold it briefly, or copy it.
    pub payload: Bytes,
}

/// The answer of one poll.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    /// In offset order per partition.
    pub records: Vec<QueuedRecord>,
    /// Where the next poll goes on: the next offset per partition, also past damaged records. Commit this
    /// once the records are stored; it may be ahead of the last record, and move without any record.
    pub next: Offsets,
    /// Partitions came to this member since the last poll; the batch is empty. Nothing of them is delivered before
    /// [`Consumer::resume`] said where to begin.
    pub reassigned: bool,
}

/// Bounds of one poll.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchLimit {
    /// At most this many records; 0 counts as 1.
    pub records: usize,
    /// At most this many payload bytes, except that a single larger record is delivered alone.
    pub bytes: usize,
    /// How long to wait for the first record before answering an empty batch.
    pub wait: Duration,
}

/// How far a group is behind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Lag {
    /// Records appended and not yet committed.
    pub records: u64,
    /// The age of the oldest uncommitted record; `None` without one. A clock that stepped back gives zero.
    pub oldest: Option<Duration>,
}

/// How far a group is behind in one partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartitionLag {
    /// Which.
    pub partition: Partition,
    /// How far.
    pub lag: Lag,
    /// Records of them that were delivered; nothing where the backend does not keep count.
    pub pending: Option<u64>,
    /// The member it belongs to, where members share partitions out.
    pub owner: Option<String>,
}

/// A record that was taken from the queue and could not be processed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// The partition it came from.
    pub partition: Partition,
    /// The offset it had there.
    pub offset: Offset,
    /// Why it failed, for a person to read. Cut to 4 KiB when stored.
    pub reason: String,
    /// When it failed, in milliseconds since the Unix epoch, UTC.
    pub failed_at_ms: i64,
    /// The record's bytes as they were on the queue.
    pub payload: Bytes,
}

/// The validated name of a consumer group: 1 to 64 of `a-z`, `0-9`, `-`, `_`, so that it can be a file
/// name and a Redis key everywhere.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConsumerGroup(String);

impl ConsumerGroup {
    /// Checks a name.
    ///
    /// # Errors
    /// [`QueueError::InvalidGroup`] with the name.
    pub fn new(name: impl Into<String>) -> Result<Self, QueueError> {
        let name = name.into();
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
        if name.is_empty() || name.len() > 64 || !name.bytes().all(allowed) {
            return Err(QueueError::InvalidGroup { name });
        }
        Ok(Self(name))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ConsumerGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
