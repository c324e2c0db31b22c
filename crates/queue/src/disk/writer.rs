//! The writer: one thread that turns groups of appends into one write and one sync each.
//!
//! Invariants:
//! - `Active::end` is the synced end: bytes below it are never written again;
//! - a record is published, and its appender answered, only after the sync that covers it;
//! - after a failed sync nothing is known about the unsynced bytes, so the segment is abandoned at its
//!   synced end and the next group starts a new one: its base tells every reader to ignore the rest;
//! - preallocation is an optimisation: it writes only beyond the data, and its failure fails nothing;
//! - a segment whose first record is `segment_age` old is closed, also when nobody appends, so that it can
//!   be deleted once it is committed. It is not written to again even if the new one could not be made:
//!   that one's name may be on the medium all the same, and would hide records behind its base.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use super::files::LogFile;
use super::format::{SEGMENT_HEADER, Seed, SegmentHeader, encode_record};
use super::group::{Commit, Group};
use super::scan::Extent;
use super::shared::{Segment, Shared, now_ms, since};
use crate::{Offset, QueueError};

/// Groups above this size do not zero space ahead: they are bound by bandwidth, not by sync latency.
const ZERO_AHEAD_BELOW: usize = 128 << 10;

/// Bounds of the time until a new segment for age is tried again: `segment_age`, within these.
const RETRY: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(60));

static ZEROS: [u8; 256 << 10] = [0; 256 << 10];

#[derive(Debug)]
pub(crate) struct Writer {
    shared: Arc<Shared>,
    active: Option<Active>,
    /// The next record's offset.
    next: Offset,
    /// When the last segment, written to or not, is too old to stay the last. `None`: it holds no record.
    /// Of the monotonic clock, so that a wall clock that steps keeps no segment.
    expires: Option<Instant>,
    buffer: Vec<u8>,
}

/// The segment being written.
#[derive(Debug)]
pub(crate) struct Active {
    pub(crate) segment: Arc<Segment>,
    pub(crate) file: Box<dyn LogFile>,
    /// The synced end of its data.
    pub(crate) end: u64,
    /// The file is written, with zeros, up to here.
    pub(crate) zeroed: u64,
}

impl Writer {
    /// Goes on in `active`, or in a new segment. The last segment's first record was written at `first_ms`.
    pub(crate) fn new(
        shared: Arc<Shared>,
        active: Option<Active>,
        next: Offset,
        first_ms: Option<i64>,
    ) -> Self {
        let left = first_ms.map(|first| shared.config.segment_age.saturating_sub(since(first)));
        let expires = left.and_then(|left| Instant::now().checked_add(left));
        Self { shared, active, next, expires, buffer: Vec::new() }
    }

    /// Leaves the last segment without preallocated space.
    pub(crate) fn finish(&mut self) {
        self.seal();
    }
}

impl Commit for Writer {
    /// An empty group only makes sure that there is a segment to write to.
    fn commit(&mut self, group: &mut Group) -> Result<(), QueueError> {
        let outcome = self.store(group);
        let failing = matches!(outcome, Err(ref error) if !matches!(error, QueueError::Full { .. }));
        let was_failing = self.shared.failing.swap(failing, Ordering::Relaxed);
        match &outcome {
            Ok(()) if was_failing => tracing::info!("queue takes appends again"),
            Err(error) if failing && !was_failing => {
                tracing::error!(error = %error, records = group.records, "queue cannot store a group of records");
            }
            _ => {}
        }
        if outcome.is_ok() && group.records > 0 {
            metrics::counter!("millrace_queue_appended_records_total").increment(group.records as u64);
            metrics::histogram!("millrace_queue_group_records").record(group.records as f64);
            metrics::gauge!("millrace_queue_bytes").set(self.shared.bytes() as f64);
        }
        outcome
    }

    fn due(&self) -> Option<Instant> {
        self.expires
    }

    /// Closes the last segment for its age. It goes at once if it is committed, else with the commit.
    fn idle(&mut self) {
        self.seal();
        let base = self.next.max(self.shared.floor.load(Ordering::Acquire));
        if let Err(error) = self.roll(base) {
            tracing::warn!(error = %error, "cannot begin a segment, so an old one stays; trying again");
            let retry = self.shared.config.segment_age.clamp(RETRY.0, RETRY.1);
            self.expires = Instant::now().checked_add(retry);
        }
    }
}

impl Writer {
    fn store(&mut self, group: &Group) -> Result<(), QueueError> {
        let config = &self.shared.config;
        let bytes = group.bytes as u64;
        let kept = self.shared.bytes();
        if bytes > 0 && kept.saturating_add(bytes) > config.max_bytes {
            return Err(QueueError::Full { bytes: kept, max_bytes: config.max_bytes });
        }
        let over =
            |active: &Active| active.end + bytes > config.segment_bytes && active.end > SEGMENT_HEADER as u64;
        let base = self.next.max(self.shared.floor.load(Ordering::Acquire));
        let expired = self.expires.is_some_and(|at| at <= Instant::now());
        if base > self.next || expired || self.active.as_ref().is_some_and(over) {
            self.seal();
        }
        if self.active.is_none() {
            self.roll(base)?;
        }
        if group.records == 0 {
            return Ok(());
        }
        self.encode(group);
        if self.expires.is_none() {
            // Before the write: one that fails may leave its bytes in the file.
            self.expires = Instant::now().checked_add(self.shared.config.segment_age);
        }
        self.write()?;
        self.next += group.records as u64;
        self.publish();
        Ok(())
    }

    fn encode(&mut self, group: &Group) {
        let written_ms = now_ms();
        let seed = Seed::new(self.shared.queue_id);
        self.buffer.clear();
        self.buffer.shrink_to(2 * self.shared.config.group_bytes);
        self.buffer.reserve(group.bytes);
        let records = group.appends.iter().flat_map(|append| &append.records);
        for (offset, record) in (self.next..).zip(records) {
            encode_record(&mut self.buffer, seed, offset, written_ms, &record.payload);
        }
    }

    fn write(&mut self) -> Result<(), QueueError> {
        let active = self.active.as_mut().expect("store made sure of a segment");
        if let Err(error) = active.file.write_all_at(&self.buffer, active.end) {
            // Nothing was synced and nothing answered: cut what arrived, and go on here if that works.
            if active.file.set_len(active.end).is_ok() {
                active.zeroed = active.end;
                return Err(QueueError::io("write", &active.segment.path, error));
            }
            return Err(self.abandon("write", error));
        }
        let end = active.end + self.buffer.len() as u64;
        if end > active.zeroed {
            active.zeroed = end;
            if self.buffer.len() < ZERO_AHEAD_BELOW {
                let to = (end + self.shared.config.preallocate_bytes).min(self.shared.config.segment_bytes);
                zero_ahead(active, end, to);
            }
        }
        if self.shared.config.sync {
            let started = Instant::now();
            if let Err(error) = active.file.sync_data() {
                return Err(self.abandon("sync", error));
            }
            metrics::histogram!("millrace_queue_sync_seconds").record(started.elapsed().as_secs_f64());
        }
        active.end = end;
        Ok(())
    }

    fn publish(&mut self) {
        let active = self.active.as_ref().expect("just written");
        let records_at = active.end - self.buffer.len() as u64;
        let first = active.segment.extent().next;
        active.segment.set_extent(Extent { bytes: active.end, next: self.next });
        active.segment.note(first, records_at);
        self.shared.tail.send_replace(self.next);
    }

    /// Gives up the active segment at its synced end.
    fn abandon(&mut self, action: &'static str, error: std::io::Error) -> QueueError {
        let active = self.active.take().expect("abandoned while writing");
        tracing::error!(
            path = %active.segment.path.display(), position = active.end, error = %error,
            "cannot {action} the queue's segment; going on in a new one"
        );
        // Best effort: the next segment's base hides what remains.
        let _ = active.file.set_len(active.end);
        let _ = active.file.sync_data();
        QueueError::io(action, &active.segment.path, error)
    }

    fn seal(&mut self) {
        if let Some(active) = self.active.take()
            && let Err(error) = active.file.set_len(active.end)
        {
            tracing::warn!(path = %active.segment.path.display(), error = %error, "cannot trim segment");
        }
    }

    /// Starts a new segment; durable, name included, before anything is written to it, and before the one
    /// before it may be deleted.
    fn roll(&mut self, base: Offset) -> Result<(), QueueError> {
        let shared = self.shared.clone();
        let dir = shared.config.segments_dir();
        let path = dir.join(format!("{base:020}.seg"));
        let header =
            SegmentHeader { queue_id: shared.queue_id, base, previous_end: self.next, created_ms: now_ms() };
        let created = shared.files.create(&path).and_then(|file| {
            file.write_all_at(&header.encode(), 0)?;
            file.sync_data()?;
            shared.files.sync_dir(&dir)?;
            Ok(file)
        });
        let file = match created {
            Ok(file) => file,
            Err(error) => {
                let _ = fs::remove_file(&path);
                return Err(QueueError::io("create", &path, error));
            }
        };
        let end = SEGMENT_HEADER as u64;
        let extent = Extent { bytes: end, next: base };
        let segment = Arc::new(Segment::new(base, path, Seed::new(shared.queue_id), extent));
        shared.begin(segment.clone());
        self.active = Some(Active { segment, file, end, zeroed: end });
        self.next = base;
        self.expires = None;
        // Also without a new offset: a waiting consumer lets go of a file that was deleted.
        shared.tail.send_replace(base);
        shared.tidy();
        Ok(())
    }
}

/// Writes zeros ahead of the data, so that the next syncs change no metadata (measured: half the latency).
fn zero_ahead(active: &mut Active, from: u64, to: u64) {
    let mut at = from;
    while at < to {
        let length = ZEROS.len().min((to - at) as usize);
        if let Err(error) = active.file.write_all_at(&ZEROS[..length], at) {
            tracing::debug!(error = %error, "no space preallocated");
            return;
        }
        at += length as u64;
        active.zeroed = at;
    }
}
