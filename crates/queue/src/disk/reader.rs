//! Reading: a cursor that walks the segments in offset order, and the consumer around it.
//!
//! Invariants: nothing beyond the synced extent is read; the read position moves only when a batch is
//! handed out, so a dropped `poll` repeats; file reads happen on the blocking pool; a waiting poll sleeps
//! on the tail's watch channel and costs nothing.

use std::fs::File;
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use async_trait::async_trait;
use tokio::task::spawn_blocking;

use super::Inner;
use super::format::SEGMENT_HEADER;
use super::scan::{Item, Scanner};
use super::shared::{Segment, Shared};
use crate::{Batch, BatchLimit, Consumer, ConsumerGroup, Offset, Offsets, QueueError, QueuedRecord, Record};

/// One read of the file; payloads are slices of it.
const CHUNK: usize = 512 << 10;
/// The disk queue's only partition.
pub(crate) const PARTITION: u32 = 0;

/// The one consumer of a group.
#[derive(Debug)]
pub(crate) struct DiskConsumer {
    inner: Arc<Inner>,
    group: ConsumerGroup,
    next: Offset,
    cursor: Option<Cursor>,
}

impl DiskConsumer {
    pub(crate) fn new(inner: Arc<Inner>, group: ConsumerGroup, next: Offset) -> Self {
        Self { inner, group, next, cursor: None }
    }

    /// A batch without records that ends where this consumer stands.
    fn nothing(&self) -> Batch {
        Batch { next: Offsets::from([(PARTITION, self.next)]), ..Batch::default() }
    }

    /// Closes a file that was deleted: until then its bytes stay on the medium.
    fn let_go(&mut self) {
        let oldest = self.inner.shared.oldest();
        self.cursor.take_if(|cursor| cursor.segment.base < oldest);
    }

    /// Records that arrived since the start with offsets a commit from before the start covers: the queue
    /// has lost its end, and numbered them anew. They get new offsets above that commit.
    async fn renumber(&mut self, committed: Offset) -> Result<(), QueueError> {
        let shared = self.inner.shared.clone();
        shared.floor.fetch_max(committed, Ordering::AcqRel);
        // Once this empty group is answered, no group gets an offset below the floor.
        self.inner.append(Vec::new()).await?;
        let mut next = self.next.max(shared.opened_at);
        let mut moved = 0;
        while next < committed {
            let limit = BatchLimit { records: 10_000, bytes: 8 << 20, wait: std::time::Duration::ZERO };
            let shared = shared.clone();
            let read = blocking(move || read_batch(&shared, None, next, limit)).await?;
            let lost = read.records.into_iter().filter(|record| record.offset < committed);
            let again: Vec<_> = lost.map(|record| Record { key: 0, payload: record.payload }).collect();
            moved += again.len();
            if read.next <= next {
                break;
            }
            next = read.next;
            if !again.is_empty() {
                self.inner.append(again).await?;
            }
        }
        tracing::warn!(
            group = %self.group, offset = committed, records = moved,
            "commit beyond the queue's end: the queue lost its end; new records are numbered after the commit"
        );
        Ok(())
    }
}

#[async_trait]
impl Consumer for DiskConsumer {
    async fn poll(&mut self, limit: BatchLimit) -> Result<Batch, QueueError> {
        let deadline = tokio::time::Instant::now() + limit.wait;
        let mut tail = self.inner.shared.tail.subscribe();
        loop {
            if *tail.borrow_and_update() > self.next {
                let (shared, cursor, next) = (self.inner.shared.clone(), self.cursor.take(), self.next);
                let read = blocking(move || read_batch(&shared, cursor, next, limit)).await?;
                let moved = read.next > self.next;
                self.next = read.next;
                self.cursor = read.cursor;
                if moved {
                    return Ok(Batch { records: read.records, ..self.nothing() });
                }
            }
            self.let_go();
            match tokio::time::timeout_at(deadline, tail.changed()).await {
                Ok(Ok(())) => {}
                Ok(Err(_)) | Err(_) => {
                    return Ok(self.nothing());
                }
            }
        }
    }

    async fn commit(&mut self, offsets: &Offsets) -> Result<(), QueueError> {
        let Some(&offset) = offsets.get(&PARTITION) else { return Ok(()) };
        if offset > *self.inner.shared.tail.borrow() {
            self.renumber(offset).await?;
        }
        let (shared, group) = (self.inner.shared.clone(), self.group.clone());
        let started = Instant::now();
        blocking(move || {
            let mut groups = shared.groups();
            if groups.commit(&group, offset)? {
                shared.retire(&groups);
            }
            Ok(())
        })
        .await?;
        metrics::histogram!("millrace_queue_commit_seconds").record(started.elapsed().as_secs_f64());
        if offset > self.next {
            self.next = offset;
            self.cursor = None;
        }
        self.let_go();
        Ok(())
    }

    async fn resume(&mut self, done: &Offsets) -> Result<(), QueueError> {
        self.commit(done).await?;
        let (shared, group) = (self.inner.shared.clone(), self.group.clone());
        let committed = blocking(move || Ok(shared.groups().committed(&group))).await?;
        self.next = committed.unwrap_or(0).max(self.inner.shared.oldest());
        self.cursor = None;
        Ok(())
    }
}

impl Drop for DiskConsumer {
    fn drop(&mut self) {
        self.inner.shared.groups().leave(&self.group);
    }
}

/// Where a reader stands in a segment.
#[derive(Debug)]
pub(crate) struct Cursor {
    segment: Arc<Segment>,
    file: File,
    scanner: Scanner,
    /// Read, and over the batch's byte limit.
    held: Option<QueuedRecord>,
}

impl Cursor {
    fn open(segment: Arc<Segment>, next: Offset, chunk: usize) -> Result<Self, QueueError> {
        let file = File::open(&segment.path).map_err(|error| QueueError::io("open", &segment.path, error))?;
        let (offset, at) = segment.nearest(next).unwrap_or((segment.base, SEGMENT_HEADER as u64));
        let scanner = Scanner::new(segment.seed, at, offset, chunk);
        Ok(Self { segment, file, scanner, held: None })
    }

    fn is_at(&self, segment: &Arc<Segment>, next: Offset) -> bool {
        let at = self.held.as_ref().map_or(self.scanner.expected(), |record| record.offset);
        Arc::ptr_eq(&self.segment, segment) && at == next
    }

    fn advance(&mut self) -> Result<Item, QueueError> {
        let item = self.scanner.next(&self.file, self.segment.extent());
        let item = item.map_err(|error: io::Error| QueueError::io("read", &self.segment.path, error))?;
        if let Item::Record { at, offset, .. } = &item {
            self.segment.note(*offset, *at);
        }
        Ok(item)
    }
}

/// What was read, and where to go on.
#[derive(Debug)]
pub(crate) struct Read {
    pub(crate) records: Vec<QueuedRecord>,
    pub(crate) next: Offset,
    cursor: Option<Cursor>,
}

/// Reads from `from` on until a limit or the synced end. Blocking.
pub(crate) fn read_batch(
    shared: &Shared,
    mut cursor: Option<Cursor>,
    from: Offset,
    limit: BatchLimit,
) -> Result<Read, QueueError> {
    let mut next = from;
    let mut records = Vec::new();
    let mut bytes = 0;
    while let Some((segment, following)) = shared.locate(next) {
        next = next.max(segment.base);
        if next >= segment.extent().next {
            // Offsets between two segments were skipped on purpose, or lost and reported at the start.
            let Some(following) = following else { break };
            next = following.base;
            continue;
        }
        let mut reading = match cursor.take() {
            Some(cursor) if cursor.is_at(&segment, next) => cursor,
            _ => Cursor::open(segment, next, CHUNK)?,
        };
        loop {
            let record = match reading.held.take() {
                Some(record) => record,
                None => match reading.advance()? {
                    Item::Record { offset, .. } if offset < next => continue,
                    Item::Record { offset, payload, .. } => {
                        QueuedRecord { partition: PARTITION, offset, payload }
                    }
                    Item::Damage(damage) => {
                        shared.report(&reading.segment, damage, &reading.file);
                        next = next.max(reading.scanner.expected());
                        continue;
                    }
                    Item::End => break,
                },
            };
            bytes += record.payload.len();
            if !records.is_empty() && bytes > limit.bytes {
                reading.held = Some(record);
                return Ok(Read { records, next, cursor: Some(reading) });
            }
            next = record.offset + 1;
            records.push(record);
            if records.len() >= limit.records.max(1) {
                return Ok(Read { records, next, cursor: Some(reading) });
            }
        }
        next = next.max(reading.scanner.expected());
        cursor = Some(reading);
    }
    Ok(Read { records, next, cursor })
}

/// When the first intact record at or after `from` was written. Blocking.
pub(crate) fn written_at(shared: &Shared, from: Offset) -> Result<Option<i64>, QueueError> {
    let mut next = from;
    while let Some((segment, following)) = shared.locate(next) {
        if next < segment.extent().next {
            let mut cursor = Cursor::open(segment, next, 64 << 10)?;
            loop {
                match cursor.advance()? {
                    Item::Record { offset, written_ms, .. } if offset >= next => return Ok(Some(written_ms)),
                    Item::Record { .. } => {}
                    // The consumer reports it when it gets there.
                    Item::Damage(_) => {}
                    Item::End => break,
                }
            }
        }
        let Some(following) = following else { break };
        next = following.base;
    }
    Ok(None)
}

/// File work leaves the async threads; a panic there is a bug and stays one.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, QueueError> + Send + 'static,
) -> Result<T, QueueError> {
    match spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => Err(QueueError::Closed),
    }
}
