//! What the writer, the consumers and the handle know together: the list of segments, where the synced end
//! is, the groups' positions.
//!
//! Invariants: a segment's extent covers synced records only, so that nothing is delivered that a crash
//! could take back; the segments are sorted by base and the last one is the only one written to.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, RwLock, RwLockWriteGuard};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::watch;

use super::DiskQueueConfig;
use super::files::Files;
use super::format::Seed;
use super::groups::Groups;
use super::scan::{Damage, Extent, Source};
use crate::Offset;

/// A sparse index entry at least every so many bytes.
const INDEX_EVERY: u64 = 64 << 10;
/// Copies of damaged stretches that are kept; beyond it they are only counted and logged.
const MAX_SET_ASIDE: usize = 1024;

#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) config: DiskQueueConfig,
    pub(crate) files: Arc<dyn Files>,
    pub(crate) queue_id: u64,
    pub(crate) segments: RwLock<Vec<Arc<Segment>>>,
    /// The offset after the last synced record; wakes waiting polls.
    pub(crate) tail: watch::Sender<Offset>,
    /// The tail when the queue was opened.
    pub(crate) opened_at: Offset,
    /// New records get offsets of at least this: a group has committed that far.
    pub(crate) floor: AtomicU64,
    pub(crate) groups: Mutex<Groups>,
    /// The last group failed for a reason other than the configured bound.
    pub(crate) failing: AtomicBool,
    pub(crate) damage: DamageLog,
    pub(crate) torn_bytes: AtomicU64,
    /// Held as long as anybody may write: the handle, the writer, a consumer.
    pub(crate) _lock: Lock,
}

impl Shared {
    /// Records and headers that are kept, without preallocated space.
    pub(crate) fn bytes(&self) -> u64 {
        let segments = self.segments.read().unwrap_or_else(|poisoned| poisoned.into_inner());
        segments.iter().map(|segment| segment.extent().bytes).sum()
    }

    pub(crate) fn segments(&self) -> Vec<Arc<Segment>> {
        self.segments.read().unwrap_or_else(|poisoned| poisoned.into_inner()).clone()
    }

    /// The segment that has, or would have, the record at `offset`: the last that starts at or below it,
    /// else the first. And the one after it.
    pub(crate) fn locate(&self, offset: Offset) -> Option<(Arc<Segment>, Option<Arc<Segment>>)> {
        let segments = self.segments.read().unwrap_or_else(|poisoned| poisoned.into_inner());
        let index = segments.partition_point(|segment| segment.base <= offset).saturating_sub(1);
        Some((segments.get(index)?.clone(), segments.get(index + 1).cloned()))
    }

    /// The oldest offset that is kept.
    pub(crate) fn oldest(&self) -> Offset {
        let segments = self.segments.read().unwrap_or_else(|poisoned| poisoned.into_inner());
        segments.first().map_or_else(|| *self.tail.borrow(), |segment| segment.base)
    }

    pub(crate) fn groups(&self) -> MutexGuard<'_, Groups> {
        self.groups.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Deletes the segments that every group has committed past: a deleted segment must never be needed
    /// again after a crash, and the positions in `groups` are synced ones.
    pub(crate) fn retire(&self, groups: &Groups) {
        let segments = self.segments.write().unwrap_or_else(|poisoned| poisoned.into_inner());
        retire(segments, groups);
    }

    /// Adds a segment whose header is durable, and deletes those that it makes superfluous. In one step: a
    /// group that joins starts at what is left.
    pub(crate) fn begin(&self, segment: Arc<Segment>) {
        let groups = self.groups();
        let mut segments = self.segments.write().unwrap_or_else(|poisoned| poisoned.into_inner());
        // A segment abandoned before its first record had this very name.
        segments.retain(|other| other.base != segment.base);
        segments.push(segment);
        retire(segments, &groups);
    }

    /// Deletes copies of damaged bytes that are older than `damaged_age`: they may hold personal data.
    /// Best effort.
    pub(crate) fn tidy(&self) {
        let Ok(entries) = fs::read_dir(self.config.dir.join("damaged")) else { return };
        for entry in entries.flatten() {
            let modified = entry.metadata().and_then(|metadata| metadata.modified());
            let age = modified.ok().and_then(|at| SystemTime::now().duration_since(at).ok());
            if age.is_some_and(|age| age >= self.config.damaged_age)
                && let Err(error) = fs::remove_file(entry.path())
            {
                tracing::warn!(path = %entry.path().display(), error = %error, "cannot delete damaged bytes");
            }
        }
    }

    /// Counts, logs and copies aside what is damaged, once however many groups read past it.
    pub(crate) fn report(&self, segment: &Segment, damage: Damage, source: &dyn Source) {
        self.damage.report(&self.config.dir.join("damaged"), segment.base, damage, source);
    }
}

fn retire(mut segments: RwLockWriteGuard<'_, Vec<Arc<Segment>>>, groups: &Groups) {
    let committed = groups.lowest().unwrap_or(0);
    let done = segments.windows(2).take_while(|pair| pair[1].base <= committed).count();
    for segment in segments.drain(..done) {
        match fs::remove_file(&segment.path) {
            Ok(()) => tracing::debug!(segment.base = segment.base, "segment deleted"),
            // It is opened again at the next start and deleted then.
            Err(error) => {
                tracing::warn!(path = %segment.path.display(), error = %error, "cannot delete segment");
            }
        }
    }
    metrics::gauge!("millrace_queue_segments").set(segments.len() as f64);
    let bytes: u64 = segments.iter().map(|segment| segment.extent().bytes).sum();
    metrics::gauge!("millrace_queue_bytes").set(bytes as f64);
}

/// The exclusive lock on the queue's folder.
#[derive(Debug)]
pub(crate) struct Lock(pub(crate) File);

impl Drop for Lock {
    fn drop(&mut self) {
        // By hand: a child process between fork and exec has a copy of the descriptor, and closing ours
        // would leave the lock with it.
        let _ = self.0.unlock();
    }
}

/// One file of records.
#[derive(Debug)]
pub(crate) struct Segment {
    pub(crate) base: Offset,
    pub(crate) path: PathBuf,
    pub(crate) seed: Seed,
    extent: Mutex<Extent>,
    /// Some records' offsets and positions, ascending.
    index: Mutex<Vec<(Offset, u64)>>,
}

impl Segment {
    pub(crate) fn new(base: Offset, path: PathBuf, seed: Seed, extent: Extent) -> Self {
        Self { base, path, seed, extent: Mutex::new(extent), index: Mutex::new(Vec::new()) }
    }

    /// The synced bytes and the offset after them, as one consistent pair.
    pub(crate) fn extent(&self) -> Extent {
        *self.extent.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    pub(crate) fn set_extent(&self, extent: Extent) {
        *self.extent.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = extent;
    }

    /// Remembers where a record stands, if the index has none nearby.
    pub(crate) fn note(&self, offset: Offset, at: u64) {
        let mut index = self.index.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if index.last().is_none_or(|(_, last)| at >= last + INDEX_EVERY) {
            index.push((offset, at));
        }
    }

    /// The nearest known record at or below `offset`.
    pub(crate) fn nearest(&self, offset: Offset) -> Option<(Offset, u64)> {
        let index = self.index.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        index[..index.partition_point(|(known, _)| *known <= offset)].last().copied()
    }
}

/// Remembers which damage was already reported.
#[derive(Debug, Default)]
pub(crate) struct DamageLog {
    seen: Mutex<BTreeSet<(Offset, u64)>>,
    records: AtomicU64,
    bytes: AtomicU64,
}

impl DamageLog {
    /// Damaged or missing records since the queue was opened, and the bytes they took.
    pub(crate) fn totals(&self) -> (u64, u64) {
        (self.records.load(Ordering::Relaxed), self.bytes.load(Ordering::Relaxed))
    }

    pub(crate) fn report(&self, dir: &Path, base: Offset, damage: Damage, source: &dyn Source) {
        let mut seen = self.seen.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if !seen.insert((base, damage.at)) {
            return;
        }
        let number = seen.len();
        drop(seen);
        self.records.fetch_add(damage.lost, Ordering::Relaxed);
        self.bytes.fetch_add(damage.bytes, Ordering::Relaxed);
        metrics::counter!("millrace_queue_damaged_records_total").increment(damage.lost);
        tracing::error!(
            segment.base = base,
            segment.position = damage.at,
            damage.bytes = damage.bytes,
            damage.records = damage.lost,
            damage.first_offset = damage.first,
            "damaged records in the queue; the bytes are set aside in damaged/, reading goes on after them"
        );
        if number <= MAX_SET_ASIDE {
            set_aside(dir, &format!("{base:020}-{}.bin", damage.at), source, damage.at, damage.bytes);
        }
    }
}

/// Keeps a copy of bytes that are about to be skipped or cut. Best effort: reading must go on.
pub(crate) fn set_aside(dir: &Path, name: &str, source: &dyn Source, at: u64, bytes: u64) {
    let path = dir.join(name);
    if bytes == 0 || path.exists() {
        return;
    }
    let copied = fs::create_dir_all(dir).and_then(|()| {
        let mut buffer = vec![0; usize::try_from(bytes).unwrap_or(usize::MAX)];
        source.read_at(&mut buffer, at)?;
        fs::write(&path, buffer)
    });
    if let Err(error) = copied {
        tracing::warn!(path = %path.display(), error = %error, "cannot set damaged bytes aside");
    }
}

/// Milliseconds since the Unix epoch, as the wall clock has it.
pub(crate) fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// How long ago that was; zero when the clock stepped back.
pub(crate) fn since(at_ms: i64) -> Duration {
    Duration::from_millis(u64::try_from(now_ms().saturating_sub(at_ms)).unwrap_or(0))
}
