//! Reading: a member of a consumer group, and what it was given.
//!
//! Invariants:
//! - A partition is read by its owner only: the script that reads compares the owner's key first.
//! - A partition that came to this member is not read before `resume`, and then what was pending comes first, in
//!   order, so that a partition's records are always delivered in the order of their offsets.
//! - An answer that was lost on the way leaves entries pending that nobody holds: after an error the partition's
//!   pending entries are claimed again before anything new is read. Reads run in tasks of their own, so that a
//!   dropped `poll` loses none.
//! - A record that was given out and never came back is given out again in smaller and smaller company, at last alone;
//!   so the one that takes its worker down is told from its neighbours, and after `max_deliveries` it is buried.

mod claim;
mod read;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use redis::aio::MultiplexedConnection;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use self::claim::Pending;
use super::Shared;
use super::keys::Id;
use super::lease::{self, Member, Owned};
use super::reply::Entry;
use crate::{
    Batch, BatchLimit, Consumer, ConsumerGroup, Offset, Offsets, Partition, QueueError, QueuedRecord,
};

/// Between two trims of a partition.
const TRIM: Duration = Duration::from_millis(500);
/// A wait for new records is looked at again this often, for partitions that came or went.
const LONGEST_WAIT: Duration = Duration::from_millis(500);
/// A partition that could not be read is tried again after this.
const RETRY: Duration = Duration::from_millis(500);
/// In a cluster nothing can wait on several nodes: it is asked this often.
const CLUSTER_PAUSE: Duration = Duration::from_millis(20);

/// A member of a group.
#[derive(Debug)]
pub(crate) struct RedisConsumer {
    member: Arc<Member>,
    /// What is owned, as the task that keeps it says.
    leases: watch::Receiver<Owned>,
    parts: BTreeMap<Partition, Part>,
    /// Read and not yet delivered.
    buffer: VecDeque<QueuedRecord>,
    /// A read under way.
    reading: Option<JoinHandle<Result<Vec<Found>, QueueError>>>,
    /// For commands that block.
    waiting: Option<MultiplexedConnection>,
    /// Why a partition could not be read since the last poll.
    failure: Option<QueueError>,
}

/// A partition this member owns.
#[derive(Debug)]
struct Part {
    /// The value of the owner's key.
    token: Arc<str>,
    /// `resume` has said where to begin.
    resumed: bool,
    /// Offsets that were delivered, or buffered, and not acknowledged.
    open: VecDeque<Offset>,
    /// The offset after the last one that was read from the stream.
    read: Offset,
    /// The offset after the last one the group was given when this member took over.
    given: Offset,
    /// The offset after the last one that was delivered.
    next: Offset,
    /// Pending entries, to be claimed before anything new is read.
    pending: VecDeque<Pending>,
    /// An answer was lost, so pending entries are not known; when to ask for them.
    retry_at: Option<Instant>,
    trimmed: Instant,
    /// Something was acknowledged since.
    untrimmed: bool,
    /// Given again below the read position, because Redis lost the group's own: the store has what is below.
    strays: Vec<Id>,
}

impl Part {
    fn new(token: Arc<str>) -> Self {
        Self {
            token,
            resumed: false,
            open: VecDeque::new(),
            read: 0,
            given: 0,
            next: 0,
            pending: VecDeque::new(),
            retry_at: None,
            trimmed: Instant::now(),
            untrimmed: true,
            strays: Vec::new(),
        }
    }

    fn lost(&self) -> bool {
        self.retry_at.is_some()
    }

    /// New entries may be read.
    fn ready(&self) -> bool {
        self.resumed && self.pending.is_empty() && !self.lost()
    }
}

/// What one partition's read came to.
#[derive(Debug)]
enum Found {
    Entries(Partition, Vec<Entry>),
    /// Somebody else owns it.
    NotOurs(Partition),
    Failed(Partition, QueueError),
}

impl RedisConsumer {
    /// Joins, and takes what nobody owns.
    pub(crate) async fn join(shared: Arc<Shared>, group: ConsumerGroup) -> Result<Self, QueueError> {
        let name = format!("{}-{:08x}", std::process::id(), super::random() as u32);
        let member = Arc::new(Member { shared, group, name });
        for partition in 0..member.shared.streams.len() as Partition {
            member.create_group(partition).await?;
            member.forget_members(partition).await?;
        }
        let owned = member.turn(Owned::new()).await?;
        let (send, leases) = watch::channel(owned.clone());
        member.shared.runtime.spawn(lease::run(member.clone(), send));
        let parts = owned.into_iter().map(|(partition, token)| (partition, Part::new(token))).collect();
        let mut consumer = Self {
            member,
            leases,
            parts,
            buffer: VecDeque::new(),
            reading: None,
            waiting: None,
            failure: None,
        };
        consumer.resume(&Offsets::new()).await?;
        Ok(consumer)
    }

    /// Takes over what the leases say; answers whether partitions came.
    fn follow_leases(&mut self) -> bool {
        if !self.leases.has_changed().unwrap_or(false) {
            return false;
        }
        let owned = self.leases.borrow_and_update().clone();
        let mut came = false;
        self.parts.retain(|partition, part| owned.get(partition).is_some_and(|token| *token == part.token));
        for (partition, token) in owned {
            self.parts.entry(partition).or_insert_with(|| {
                came = true;
                Part::new(token)
            });
        }
        let parts = &self.parts;
        self.buffer.retain(|record| parts.get(&record.partition).is_some_and(|part| part.resumed));
        came
    }

    /// Takes a partition's records out of what is buffered.
    fn forget_buffered(&mut self, partition: Partition) {
        self.buffer.retain(|record| record.partition != partition);
    }

    /// Where it stands.
    fn position(&self) -> Offsets {
        self.parts.iter().map(|(partition, part)| (*partition, part.next)).collect()
    }

    /// A batch from the buffer.
    fn deliver(&mut self, limit: BatchLimit) -> Batch {
        let mut batch = Batch::default();
        let mut bytes = 0;
        while let Some(record) = self.buffer.front() {
            bytes += record.payload.len();
            let full = batch.records.len() >= limit.records.max(1) || bytes > limit.bytes;
            if full && !batch.records.is_empty() {
                break;
            }
            let Some(record) = self.buffer.pop_front() else { break };
            batch.next.insert(record.partition, record.offset + 1);
            batch.records.push(record);
        }
        let left: BTreeSet<Partition> = self.buffer.iter().map(|record| record.partition).collect();
        for (partition, part) in &mut self.parts {
            // With nothing left, also past records that were buried.
            let delivered = batch.next.get(partition).copied().unwrap_or(part.next);
            part.next = if left.contains(partition) { delivered } else { delivered.max(part.read) };
            batch.next.insert(*partition, part.next);
        }
        batch
    }

    /// Takes in what was read.
    fn take_in(&mut self, found: Vec<Found>) {
        for found in found {
            match found {
                Found::Entries(partition, entries) => self.buffer_entries(partition, entries),
                Found::NotOurs(partition) => {
                    self.parts.remove(&partition);
                    self.forget_buffered(partition);
                }
                Found::Failed(partition, error) => self.failed(partition, error),
            }
        }
    }

    /// A partition could not be read: what is pending of it is asked for in a while.
    fn failed(&mut self, partition: Partition, error: QueueError) {
        if is_gone(&error) {
            return self.gone(partition);
        }
        if let Some(part) = self.parts.get_mut(&partition) {
            part.retry_at = Some(Instant::now() + RETRY);
            // They would keep the others from being read, and are asked for again anyway.
            part.pending.clear();
        }
        self.failure = Some(error);
    }

    /// Stream or group are not there any more: `resume` makes them again.
    fn gone(&mut self, partition: Partition) {
        tracing::warn!(partition, "a stream or its group is gone: somebody deleted it");
        self.forget_buffered(partition);
        if let Some(part) = self.parts.get_mut(&partition) {
            part.resumed = false;
            part.pending.clear();
        }
    }

    fn buffer_entries(&mut self, partition: Partition, entries: Vec<Entry>) {
        let Some(part) = self.parts.get_mut(&partition).filter(|part| part.resumed) else { return };
        let strays = &mut part.strays;
        for entry in entries {
            let Some(offset) = entry.id.offset() else {
                tracing::error!(partition, id = %entry.id, "an entry's id is one that no clock gives: it is skipped");
                continue;
            };
            if offset < part.read {
                strays.push(entry.id);
                continue;
            }
            part.read = offset + 1;
            part.open.push_back(offset);
            self.buffer.push_back(QueuedRecord { partition, offset, payload: entry.payload });
        }
    }
}

/// Whether an error says that there is no such stream or group.
fn is_gone(error: &QueueError) -> bool {
    matches!(error, QueueError::Unavailable { reason, .. } if reason.contains("NOGROUP"))
}

#[async_trait]
impl Consumer for RedisConsumer {
    async fn poll(&mut self, limit: BatchLimit) -> Result<Batch, QueueError> {
        let deadline = Instant::now() + limit.wait;
        let before = self.position();
        loop {
            if self.follow_leases() || self.parts.values().any(|part| !part.resumed) {
                return Ok(Batch { reassigned: true, ..Batch::default() });
            }
            self.claim(limit).await;
            if self.buffer.is_empty() && self.parts.values().all(|part| part.pending.is_empty()) {
                self.read(limit).await;
            }
            let batch = self.deliver(limit);
            if let Some(error) = self.failure.take() {
                if batch.records.is_empty() {
                    return Err(error);
                }
                tracing::error!(%error, "a partition cannot be read; the others go on");
            }
            if !batch.records.is_empty() {
                self.read_ahead(limit);
            }
            if !batch.records.is_empty() || batch.next != before || Instant::now() >= deadline {
                return Ok(batch);
            }
            // On a quiet queue no commit comes to do it.
            self.trim().await;
            self.wait(deadline.min(Instant::now() + LONGEST_WAIT)).await;
        }
    }

    async fn commit(&mut self, offsets: &Offsets) -> Result<(), QueueError> {
        let started = Instant::now();
        for (partition, offset) in offsets {
            let beyond = self.parts.get(partition).is_some_and(|part| *offset > part.read);
            if beyond {
                self.move_to(*partition, *offset).await?;
            }
        }
        self.acknowledge(offsets).await?;
        self.trim().await;
        metrics::histogram!("millrace_queue_commit_seconds").record(started.elapsed().as_secs_f64());
        Ok(())
    }

    async fn resume(&mut self, done: &Offsets) -> Result<(), QueueError> {
        self.follow_leases();
        // What a read under way brings is pending, and will be claimed.
        if let Some(reading) = self.reading.take() {
            let _ = reading.await;
        }
        self.buffer.clear();
        let partitions: Vec<_> = self.parts.keys().copied().collect();
        for partition in partitions {
            self.member.create_group(partition).await?;
            let from = done.get(&partition).copied().unwrap_or(0);
            if from > 0 {
                self.move_to(partition, from).await?;
            }
            let pending = self.member.pending(partition).await?;
            let (stored, pending): (Vec<_>, Vec<_>) = pending
                .into_iter()
                .partition(|pending| pending.id.offset().is_some_and(|offset| offset < from));
            let stored: Vec<Id> = stored.into_iter().map(|pending| pending.id).collect();
            self.member.acknowledge_ids(partition, &stored).await?;
            let given = self.member.given(partition).await?;
            if let Some(part) = self.parts.get_mut(&partition) {
                part.open.clear();
                part.pending = pending.into();
                part.given = given.and_then(Id::offset).map_or(0, |offset| offset + 1);
                (part.read, part.next, part.resumed, part.retry_at) = (from, from, true, None);
            }
        }
        Ok(())
    }

    async fn leave(&mut self) {
        let owned = std::mem::take(&mut self.parts);
        let owned = owned.into_iter().map(|(partition, part)| (partition, part.token)).collect();
        // The task that renews ends with its receiver.
        self.leases = watch::channel(Owned::new()).1;
        if let Err(error) = self.member.leave(&owned).await {
            tracing::warn!(%error, "the group could not be left: its partitions come free in a few seconds");
        }
    }
}

impl Drop for RedisConsumer {
    fn drop(&mut self) {
        let owned: Owned = std::mem::take(&mut self.parts)
            .into_iter()
            .map(|(partition, part)| (partition, part.token))
            .collect();
        if !owned.is_empty() {
            let member = self.member.clone();
            self.member.shared.runtime.spawn(async move { member.leave(&owned).await });
        }
    }
}
