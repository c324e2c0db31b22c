//! The disk queue: a segmented log in one folder, for one process.
//!
//! One writer thread turns concurrent appends into groups: one write and one `fdatasync` each (`group`,
//! `writer`). Consumers read the synced part of the log in large chunks (`reader`, `scan`). Opening mends
//! what a crash left (`recover`). The bytes are described in `docs/formats/queue.md`.
//!
//! Invariants:
//! - `append` answers `Ok` only after the sync that covers its records;
//! - a segment is deleted only after every group's position past it is synced, and the one after it is;
//! - what every group has committed is gone from the disk once it is `segment_age` old;
//! - a failed sync is never retried on the same bytes; a full disk heals without a restart;
//! - whatever bytes the folder holds, opening and reading do not panic, and every intact record is read.
//!
//! Metrics, through the `metrics` facade: gauges `millrace_queue_bytes`, `millrace_queue_segments`; histograms
//! `millrace_queue_append_seconds` (one caller's wait), `millrace_queue_sync_seconds`,
//! `millrace_queue_commit_seconds`, `millrace_queue_group_records`; counters
//! `millrace_queue_appended_records_total`, `millrace_queue_damaged_records_total`,
//! `millrace_queue_dead_letters_total`.

use std::fs::{self, OpenOptions, TryLockError};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, RwLock};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use tokio::sync::{Semaphore, watch};

use self::files::{Files, OsFiles};
use self::format::RECORD_HEADER;
use self::group::{Append, Handover};
use self::groups::Groups;
use self::letters::Letters;
use self::reader::{DiskConsumer, PARTITION, blocking, written_at};
use self::shared::{Lock, Shared, since};
use self::writer::Writer;
use crate::{Consumer, ConsumerGroup, DeadLetter, Lag, Offset, PartitionLag, Queue, QueueError, Record};

#[cfg(feature = "testing")]
pub mod faults;
mod files;
mod format;
#[cfg(feature = "testing")]
pub mod fuzz;
mod group;
mod groups;
mod inspect;
mod letters;
mod reader;
mod recover;
mod scan;
mod shared;
mod writer;

pub use inspect::{Inspection, SegmentInspection, inspect};

/// Free space below which `health` says no.
const RESERVE_BYTES: u64 = 1 << 20;
/// Letters that are replayed with one append.
const REPLAY_BATCH: usize = 1000;

/// Where the queue is, and its bounds.
#[derive(Debug, Clone)]
pub struct DiskQueueConfig {
    /// The folder; created when missing.
    pub dir: PathBuf,
    /// A segment is closed at about this size. At most a quarter of `max_bytes`, so that committing always
    /// makes room.
    pub segment_bytes: u64,
    /// A segment is closed when its first record is this old, whether somebody appends or not, so that a
    /// committed record leaves the disk within this time on a quiet server too.
    pub segment_age: Duration,
    /// Copies of damaged bytes are deleted at this age, when the queue is opened or a segment is begun.
    pub damaged_age: Duration,
    /// Appends beyond this many kept bytes are refused with [`QueueError::Full`].
    pub max_bytes: u64,
    /// A record over this size is refused.
    pub max_record_bytes: usize,
    /// A group of appends is closed at this size; a larger append is a group of its own.
    pub group_bytes: usize,
    /// A group of appends is closed at this many records.
    pub group_records: usize,
    /// Appends in memory, waiting or being written, take at most this much; more wait their turn.
    pub pending_bytes: usize,
    /// Space that is zeroed ahead of the data, so that small syncs are fast. 0: none.
    pub preallocate_bytes: u64,
    /// Bound of the file of dead letters.
    pub max_dead_letter_bytes: u64,
    /// `false` skips every `fdatasync` of records: **for measurement only**, a power cut then loses
    /// acknowledged records.
    pub sync: bool,
}

impl DiskQueueConfig {
    /// The defaults, in `dir`.
    #[must_use]
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self {
            dir: dir.into(),
            segment_bytes: 64 << 20,
            segment_age: Duration::from_secs(60 * 60),
            damaged_age: Duration::from_secs(30 * 24 * 60 * 60),
            max_bytes: 8 << 30,
            max_record_bytes: 1 << 20,
            group_bytes: 4 << 20,
            group_records: 50_000,
            pending_bytes: 64 << 20,
            preallocate_bytes: 1 << 20,
            max_dead_letter_bytes: 256 << 20,
            sync: true,
        }
    }

    fn segments_dir(&self) -> PathBuf {
        self.dir.join("segments")
    }
}

/// The embedded queue.
#[derive(Debug)]
pub struct DiskQueue {
    inner: Arc<Inner>,
    writer: Mutex<Option<JoinHandle<()>>>,
    letters: Arc<Mutex<Letters>>,
}

/// What the handle and the consumers share.
#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) shared: Arc<Shared>,
    handover: Arc<Handover>,
    pending: Arc<Semaphore>,
}

impl DiskQueue {
    /// Opens or creates the queue in `config.dir`, mends what a crash left, and starts the writer. Blocking:
    /// reads the last segment once.
    ///
    /// # Errors
    /// [`QueueError::Locked`] when another process has it, [`QueueError::UnknownVersion`],
    /// [`QueueError::Io`] and [`QueueError::DiskFull`].
    pub fn open(config: DiskQueueConfig) -> Result<Self, QueueError> {
        Self::open_on(config, Arc::new(OsFiles))
    }

    fn open_on(mut config: DiskQueueConfig, files: Arc<dyn Files>) -> Result<Self, QueueError> {
        config.segment_bytes = config.segment_bytes.min(config.max_bytes / 4);
        for dir in [&config.dir, &config.segments_dir(), &config.dir.join("groups")] {
            fs::create_dir_all(dir).map_err(|error| QueueError::io("create", dir, error))?;
        }
        let lock = lock(&config)?;
        let recovered = recover::recover(&config, &*files)?;
        let oldest = recovered.segments.first().map_or(recovered.next, |segment| segment.base);
        let groups = Groups::open(config.dir.join("groups"), oldest)?;
        let letters =
            Letters::new(&config.dir, recovered.queue_id, files.clone(), config.max_dead_letter_bytes);
        let shared = Arc::new(Shared {
            files,
            queue_id: recovered.queue_id,
            segments: RwLock::new(recovered.segments),
            tail: watch::Sender::new(recovered.next),
            opened_at: recovered.next,
            floor: AtomicU64::new(groups.highest().unwrap_or(0)),
            failing: AtomicBool::new(false),
            damage: recovered.damage,
            torn_bytes: AtomicU64::new(recovered.torn_bytes),
            _lock: lock,
            groups: Mutex::new(groups),
            config,
        });
        shared.retire(&shared.groups());
        shared.tidy();
        let handover = Arc::new(Handover::new(shared.config.group_bytes, shared.config.group_records));
        let writer = Writer::new(shared.clone(), recovered.active, recovered.next, recovered.first_ms);
        let thread = start(writer, handover.clone())?;
        let pending = Arc::new(Semaphore::new(shared.config.pending_bytes.min(Semaphore::MAX_PERMITS)));
        Ok(Self {
            inner: Arc::new(Inner { shared, handover, pending }),
            writer: Mutex::new(Some(thread)),
            letters: Arc::new(Mutex::new(letters)),
        })
    }

    /// What the queue holds now.
    #[must_use]
    pub fn stats(&self) -> DiskStats {
        let shared = &self.inner.shared;
        let (damaged_records, damaged_bytes) = shared.damage.totals();
        DiskStats {
            bytes: shared.bytes(),
            segments: shared.segments().len(),
            oldest: shared.oldest(),
            next: *shared.tail.borrow(),
            damaged_records,
            damaged_bytes,
            torn_bytes: shared.torn_bytes.load(Ordering::Relaxed),
        }
    }

    fn stop(&self) -> Option<JoinHandle<()>> {
        self.inner.handover.close();
        self.writer.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).take()
    }
}

/// Figures of a disk queue. Damage and torn bytes count from the opening.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DiskStats {
    /// Bytes kept, without preallocated space.
    pub bytes: u64,
    /// Segment files.
    pub segments: usize,
    /// The oldest offset kept.
    pub oldest: Offset,
    /// The next record's offset.
    pub next: Offset,
    /// Damaged or missing records met.
    pub damaged_records: u64,
    /// Bytes of them, set aside in `damaged/`.
    pub damaged_bytes: u64,
    /// Bytes cut from the end at opening.
    pub torn_bytes: u64,
}

impl Inner {
    /// Appends, and waits for the sync. An empty append only asks the writer whether it could.
    pub(crate) async fn append(&self, records: Vec<Record>) -> Result<(), QueueError> {
        let max_bytes = self.shared.config.max_record_bytes;
        let mut bytes = 0;
        for record in &records {
            if record.payload.len() > max_bytes {
                return Err(QueueError::TooLarge { bytes: record.payload.len(), max_bytes });
            }
            bytes += RECORD_HEADER + record.payload.len();
        }
        let wanted = bytes.min(self.shared.config.pending_bytes);
        let permits = u32::try_from(wanted).unwrap_or(u32::MAX);
        let permit =
            self.pending.clone().acquire_many_owned(permits).await.map_err(|_| QueueError::Closed)?;
        self.handover.submit(Append { records, bytes, _permit: Some(permit) })?.await
    }
}

#[async_trait]
impl Queue for DiskQueue {
    async fn append(&self, records: Vec<Record>) -> Result<(), QueueError> {
        if records.is_empty() {
            return Ok(());
        }
        let started = Instant::now();
        let outcome = self.inner.append(records).await;
        metrics::histogram!("millrace_queue_append_seconds").record(started.elapsed().as_secs_f64());
        outcome
    }

    async fn subscribe(&self, group: &ConsumerGroup) -> Result<Box<dyn Consumer>, QueueError> {
        let (inner, name) = (self.inner.clone(), group.clone());
        let consumer = blocking(move || {
            let mut groups = inner.shared.groups();
            let next = groups.join(&name, inner.shared.oldest())?;
            drop(groups);
            Ok(DiskConsumer::new(inner, name, next))
        });
        Ok(Box::new(consumer.await?))
    }

    async fn lags(&self, group: &ConsumerGroup) -> Result<Vec<PartitionLag>, QueueError> {
        let (shared, group) = (self.inner.shared.clone(), group.clone());
        blocking(move || {
            // Locked to the end: no commit deletes the file that is read here.
            let groups = shared.groups();
            let oldest = shared.oldest();
            let from = groups.committed(&group).unwrap_or(oldest).max(oldest);
            let records = shared.tail.borrow().saturating_sub(from);
            let written = if records == 0 { None } else { written_at(&shared, from)? };
            let lag = Lag { records, oldest: written.map(since) };
            Ok(vec![PartitionLag { partition: PARTITION, lag, pending: None, owner: None }])
        })
        .await
    }

    async fn health(&self) -> Result<(), QueueError> {
        let shared = &self.inner.shared;
        if self.inner.handover.is_closed() {
            return Err(QueueError::Closed);
        }
        let (bytes, max_bytes) = (shared.bytes(), shared.config.max_bytes);
        // With room for a usual group: saying yes and then refusing every append would help nobody.
        let room = (shared.config.group_bytes as u64).min(max_bytes / 32);
        if bytes + room > max_bytes {
            return Err(QueueError::Full { bytes, max_bytes });
        }
        let path = &shared.config.dir;
        let free =
            shared.files.free_bytes(path).map_err(|error| QueueError::io("ask for space on", path, error))?;
        if free < RESERVE_BYTES {
            return Err(QueueError::DiskFull { path: path.clone() });
        }
        if shared.failing.load(Ordering::Relaxed) {
            // No traffic comes while this says no, so it has to find out for itself.
            self.inner.append(Vec::new()).await?;
        }
        Ok(())
    }

    async fn bury(&self, letters: Vec<DeadLetter>) -> Result<(), QueueError> {
        let file = self.letters.clone();
        blocking(move || file.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).bury(&letters)).await
    }

    async fn count_dead_letters(&self) -> Result<u64, QueueError> {
        let file = self.letters.clone();
        blocking(move || file.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).count()).await
    }

    async fn dead_letters(&self, limit: usize) -> Result<Vec<DeadLetter>, QueueError> {
        let file = self.letters.clone();
        let found =
            blocking(move || file.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).read(0, limit));
        Ok(found.await?.into_iter().map(|(_, letter)| letter).collect())
    }

    async fn replay_dead_letters(&self) -> Result<u64, QueueError> {
        let file = self.letters.clone();
        let inner = self.inner.clone();
        let runtime = tokio::runtime::Handle::current();
        // The lock is held throughout: a letter buried meanwhile must not be forgotten with the rest.
        blocking(move || {
            let mut letters = file.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            let (mut from, mut replayed) = (0, 0);
            loop {
                let batch = letters.read(from, REPLAY_BATCH)?;
                let Some((last, _)) = batch.last() else { break };
                from = last + 1;
                replayed += batch.len() as u64;
                let records = batch.into_iter().map(|(_, letter)| Record { key: 0, payload: letter.payload });
                runtime.block_on(inner.append(records.collect()))?;
            }
            letters.forget()?;
            Ok(replayed)
        })
        .await
    }

    async fn close(&self) -> Result<(), QueueError> {
        let Some(thread) = self.stop() else { return Ok(()) };
        blocking(move || thread.join().map_err(|_| QueueError::Closed)).await
    }
}

impl Drop for DiskQueue {
    fn drop(&mut self) {
        if let Some(thread) = self.stop() {
            // A panic of the writer was logged by it, and its appenders answered.
            let _ = thread.join();
        }
    }
}

fn lock(config: &DiskQueueConfig) -> Result<Lock, QueueError> {
    let path = config.dir.join("lock");
    let file = OpenOptions::new().write(true).create(true).truncate(false).open(&path);
    let file = file.map_err(|error| QueueError::io("open", &path, error))?;
    match file.try_lock() {
        Ok(()) => Ok(Lock(file)),
        Err(TryLockError::WouldBlock) => Err(QueueError::Locked { path: config.dir.clone() }),
        Err(TryLockError::Error(error)) => Err(QueueError::io("lock", &path, error)),
    }
}

fn start(mut writer: Writer, handover: Arc<Handover>) -> Result<JoinHandle<()>, QueueError> {
    /// Answers everybody, also when the writer panics.
    struct Abandon(Arc<Handover>);
    impl Drop for Abandon {
        fn drop(&mut self) {
            self.0.abandon();
        }
    }
    let work = move || {
        let stop = Abandon(handover);
        stop.0.run(&mut writer);
        writer.finish();
    };
    let thread = thread::Builder::new().name("millrace-queue".to_owned()).spawn(work);
    thread.map_err(|error| QueueError::io("start the writer of", &PathBuf::from("the queue"), error))
}
