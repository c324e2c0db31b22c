//! Opening a lake, and what it does as an [`EventStore`].

use std::collections::HashSet;
use std::fs::{self, File, TryLockError};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytestring::ByteString;
use datafusion::arrow::array::{AsArray, RecordBatch};
use datafusion::arrow::datatypes::{Int64Type, TimestampMillisecondType};
use millrace_event::{Event, SiteId, Timestamp};
use millrace_query::{CheckedQuery, Period, QueryResult};
use millrace_store::discards::DiscardLog;
use millrace_store::lists::EventReader;
use millrace_store::observed::{Observation, ObservedSchema};
use millrace_store::sql::{Statement, Value, Values};
use millrace_store::{
    Cursor, Erased, Erasure, EventBatch, EventStore, Memory, Offsets, RememberSince, StoreError, Tail,
};
use tokio::sync::{Mutex, Notify};
use tokio::task::JoinHandle;

use crate::cache::ColumnCache;
use crate::discards::Pending;
use crate::engine::{Engine, EngineError};
use crate::lake::{Lake, io, keep_sealing, keep_tidy};
use crate::links::Links;
use crate::manifest::{DamagedSegment, Manifest};
use crate::scan::Events;
use crate::segment::{Segment, number};
use crate::state::State;
use crate::tail::Chunk;
use crate::{LakeConfig, columns, discards, observe, reader, remember, rewrite, seal};

/// The embedded store.
#[derive(Debug)]
pub struct LakeStore {
    pub(crate) lake: Arc<Lake>,
    upkeep: Vec<JoinHandle<()>>,
}

impl LakeStore {
    /// Opens the lake in `config.dir` and starts its upkeep; a second process is refused.
    pub async fn open(mut config: LakeConfig) -> Result<Self, StoreError> {
        config.discards = config.discards.within(config.retention_days);
        let dir = config.dir.join("segments");
        fs::create_dir_all(&dir).map_err(io)?;
        let lock = lock(&config.dir)?;
        let path = config.dir.join("manifest.sqlite");
        let fresh = !path.exists();
        let files = segment_files(&dir)?;
        if fresh && !files.is_empty() {
            return Err(StoreError::Failed(format!(
                "'{}' is missing beside {} segments: restore it from a backup, or move the segments away",
                path.display(),
                files.len()
            )));
        }
        let manifest = Manifest::open(&path, false).await?;
        let contents = manifest.contents().await?;
        if files.is_empty() && contents.segments.len() > 1 {
            return Err(StoreError::Failed(format!(
                "'{}' is empty, and {} segments are missing from it: is it the right disk?",
                dir.display(),
                contents.segments.len()
            )));
        }
        let known: HashSet<i64> = contents.segments.iter().map(|meta| meta.number).collect();
        for (number, path) in &files {
            if !number.is_some_and(|number| known.contains(&number)) {
                fs::remove_file(path).map_err(io)?;
            }
        }
        let numbers = files.iter().filter_map(|(number, _)| *number).chain(known);
        let next_number =
            numbers.chain(contents.damaged.iter().map(|damaged| damaged.number)).max().unwrap_or(0) + 1;
        let segments: Vec<_> =
            contents.segments.into_iter().map(|meta| Arc::new(Segment::new(meta, &dir))).collect();
        let links = Links::new(&manifest.links().await?, config.most_links);
        let discards = Pending::new(contents.next_discard as u64, config.discards.a_site);
        let state =
            Arc::new(State::new(segments.clone(), links, discards, contents.offsets, contents.next_seq));
        let table =
            Arc::new(Events { state: state.clone(), cache: Arc::new(ColumnCache::new(config.column_cache)) });
        let lake = Arc::new(Lake {
            engine: Engine::new(table, config.query_threads, config.query_memory)?,
            config,
            manifest,
            state,
            sealing: Mutex::new(()),
            rewriting: Mutex::new(()),
            sealed: Notify::new(),
            due: Notify::new(),
            next_number: AtomicI64::new(next_number),
            _lock: lock,
        });
        for segment in segments {
            match segment.check_present() {
                Err(damage) if damage.passing => return Err(damage.into()),
                Err(damage) => lake.set_aside(&damage).await?,
                Ok(()) => {}
            }
        }
        let mut upkeep =
            vec![tokio::spawn(keep_sealing(lake.clone())), tokio::spawn(discards::keep(lake.clone()))];
        if lake.config.compaction {
            upkeep.push(tokio::spawn(keep_tidy(lake.clone())));
        }
        Ok(Self { lake, upkeep })
    }

    /// Merges segments until none are due; what the upkeep does bit by bit.
    pub async fn compact(&self) -> Result<(), StoreError> {
        while rewrite::compact(&self.lake).await? {}
        Ok(())
    }

    /// Bytes and events in segments.
    pub fn size(&self) -> (u64, u64) {
        let (rows, bytes) = self.lake.state.sealed();
        (bytes, rows)
    }

    /// Ends the store without sealing, as a crash would, but with its tasks and its manifest at rest: for tests that
    /// open it again in the same process.
    pub async fn abandon(&self) {
        self.upkeep.iter().for_each(JoinHandle::abort);
        let _sealing = self.lake.sealing.lock().await;
        let _rewriting = self.lake.rewriting.lock().await;
        self.lake.manifest.close().await;
    }

    /// Runs a statement; a damaged segment in its way is set aside and the statement run again.
    pub(crate) async fn run(&self, statement: &Statement) -> Result<Vec<RecordBatch>, StoreError> {
        let start = Instant::now();
        loop {
            match self.lake.engine.run(statement.clone()).await {
                Ok(batches) => {
                    metrics::histogram!("millrace_store_query_seconds").record(start.elapsed());
                    return Ok(batches);
                }
                Err(EngineError::Damaged(damage)) => self.lake.set_aside(&damage).await?,
                Err(EngineError::Failed(error)) => return Err(error),
            }
        }
    }

    /// Events in order of arrival, which a statement answers whole.
    pub(crate) async fn arrived(&self, statement: &Statement) -> Result<Vec<(Cursor, Event)>, StoreError> {
        let mut arrived = Vec::new();
        for batch in self.run(statement).await? {
            let seqs = batch[columns::SEQ].as_primitive::<Int64Type>().values().iter();
            arrived.extend(seqs.map(|seq| Cursor(*seq as u64)).zip(columns::events(&batch)?));
        }
        Ok(arrived)
    }

    async fn events(&self, statement: Statement) -> Result<Vec<Event>, StoreError> {
        let mut events = Vec::new();
        for batch in self.run(&statement).await? {
            events.extend(columns::events(&batch)?);
        }
        Ok(events)
    }

    /// The time of a site's latest event, or later.
    fn latest(&self, site: &SiteId) -> Option<i64> {
        let snapshot = self.lake.state.snapshot();
        let segments = snapshot.segments.iter().filter_map(|segment| segment.meta.sites.get(site.as_str()));
        let sealed = segments.map(|run| run.timestamps.1);
        sealed.chain(snapshot.tail.iter().map(|chunk| chunk.max_timestamp)).max()
    }
}

impl Drop for LakeStore {
    fn drop(&mut self) {
        self.upkeep.iter().for_each(JoinHandle::abort);
    }
}

#[async_trait]
impl EventStore for LakeStore {
    async fn applied(&self) -> Result<Offsets, StoreError> {
        Ok(self.lake.state.durable())
    }

    async fn insert(&self, batch: &EventBatch) -> Result<Offsets, StoreError> {
        let lake = &self.lake;
        for _ in 0..HOLD_BACK_TRIES {
            // Listening begins before looking: a seal that ends in between is heard.
            let mut sealed = std::pin::pin!(lake.sealed.notified());
            sealed.as_mut().enable();
            let (sealing, tail) = lake.state.unsealed_rows();
            if sealing + tail <= lake.config.seal_rows * 4 {
                let chunk = (!batch.events.is_empty())
                    .then(|| Chunk::new(columns::batch(&batch.events, lake.state.next_seq())));
                let mut discards = lake.state.next_discards();
                discards.add(&batch.discarded);
                lake.state.insert(chunk, &batch.links, discards, &batch.offsets);
                if lake.state.unsealed_rows().1 >= lake.config.seal_rows || lake.state.many_discards() {
                    lake.due.notify_one();
                }
                return Ok(lake.state.durable());
            }
            lake.due.notify_one();
            let _ = tokio::time::timeout(HOLD_BACK, sealed).await;
        }
        Err(StoreError::Unavailable("the tail is full and cannot be sealed fast enough".to_owned()))
    }

    async fn flush(&self) -> Result<Offsets, StoreError> {
        seal::seal(&self.lake).await
    }

    async fn close(&self) -> Result<(), StoreError> {
        let result = seal::seal(&self.lake).await;
        self.upkeep.iter().for_each(JoinHandle::abort);
        // A rewrite in flight ends by itself or is not noted: neither loses anything.
        self.lake.manifest.close().await;
        result.map(|_| ())
    }

    async fn query(&self, query: &CheckedQuery) -> Result<QueryResult, StoreError> {
        reader::query(self, query).await
    }

    async fn observe(&self, observation: &Observation) -> Result<ObservedSchema, StoreError> {
        observe::observe(self, observation).await
    }

    async fn recent(&self, site: &SiteId, limit: usize) -> Result<Vec<Event>, StoreError> {
        let Some(latest) = self.latest(site) else {
            return Ok(Vec::new());
        };
        // First how far back the last events reach, by one column over growing spans; then those events, whole.
        let mut from = i64::MIN;
        for span in RECENT_SPANS_MS {
            let mut values = Values::default();
            let text = format!(
                "SELECT timestamp FROM events WHERE site = {} AND timestamp >= {} ORDER BY timestamp DESC LIMIT {limit}",
                values.bind(site),
                values.bind(Value::Instant(Timestamp::from_millis(latest - span))),
            );
            let batches = self.run(&values.statement(text)).await?;
            if batches.iter().map(RecordBatch::num_rows).sum::<usize>() >= limit {
                let times = batches
                    .iter()
                    .flat_map(|batch| batch.column(0).as_primitive::<TimestampMillisecondType>());
                from = times.flatten().min().unwrap_or(from);
                break;
            }
        }
        let mut values = Values::default();
        let text = format!(
            "SELECT * FROM events WHERE site = {} AND timestamp >= {} ORDER BY timestamp DESC, seq DESC LIMIT {limit}",
            values.bind(site),
            values.bind(Value::Instant(Timestamp::from_millis(from))),
        );
        self.events(values.statement(text)).await
    }

    async fn tail(&self, site: &SiteId, cursor: Cursor, limit: usize) -> Result<Tail, StoreError> {
        let mut values = Values::default();
        let text = format!(
            "SELECT * FROM events WHERE site = {} AND seq > {} ORDER BY seq LIMIT {limit}",
            values.bind(site),
            values.bind(Value::Integer(cursor.0 as i64)),
        );
        let arrived = self.arrived(&values.statement(text)).await?;
        Ok(Tail {
            cursor: arrived.last().map_or(cursor, |(cursor, _)| *cursor),
            events: arrived.into_iter().map(|(_, event)| event).collect(),
        })
    }

    async fn cursor(&self) -> Result<Cursor, StoreError> {
        Ok(Cursor((self.lake.state.next_seq() - 1) as u64))
    }

    async fn erase(&self, erasure: &Erasure) -> Result<Erased, StoreError> {
        rewrite::erase(&self.lake, erasure).await
    }

    async fn retain(&self, before: Timestamp) -> Result<Erased, StoreError> {
        rewrite::retain(&self.lake, before).await
    }

    async fn known_ids(
        &self,
        site: &SiteId,
        period: Period,
        ids: &[ByteString],
    ) -> Result<Vec<ByteString>, StoreError> {
        remember::known_ids(self, site, period, ids).await
    }

    async fn remember(&self, since: RememberSince) -> Result<Memory, StoreError> {
        remember::remember(self, since).await
    }

    fn reader(&self) -> &dyn EventReader {
        self
    }

    fn discards(&self) -> &dyn DiscardLog {
        self
    }
}

/// How long an insert waits for a seal at a time, and how often.
const HOLD_BACK: Duration = Duration::from_millis(500);
const HOLD_BACK_TRIES: usize = 20;

/// Ten minutes, a day, thirty days.
const RECENT_SPANS_MS: [i64; 3] = [600_000, 86_400_000, 30 * 86_400_000];

/// What there is on disk, read beside a running server or without one.
#[derive(Clone, Debug, Default)]
pub struct Inspection {
    /// Segments.
    pub segments: usize,
    /// Events in them.
    pub events: u64,
    /// Bytes of them.
    pub bytes: u64,
    /// The time of the first and the last event.
    pub period: Option<(Timestamp, Timestamp)>,
    /// Offsets that are applied.
    pub applied: Offsets,
    /// Segments set aside before.
    pub damaged: Vec<DamagedSegment>,
    /// What is wrong with segments now: each one's bytes were read and compared with their checksum.
    pub problems: Vec<String>,
}

/// Reads every byte of a lake; changes nothing. Nothing where `dir` holds no lake.
pub async fn inspect(dir: &Path) -> Result<Option<Inspection>, StoreError> {
    let path = dir.join("manifest.sqlite");
    if !path.exists() {
        return Ok(None);
    }
    let manifest = Manifest::open(&path, true).await?;
    let contents = manifest.contents().await?;
    manifest.close().await;
    let mut inspection =
        Inspection { applied: contents.offsets, damaged: contents.damaged, ..Inspection::default() };
    let mut problems = Vec::new();
    for meta in contents.segments {
        inspection.segments += 1;
        inspection.events += meta.rows;
        inspection.bytes += meta.bytes;
        let (first, last) = meta.timestamps;
        let (first, last) = (Timestamp::from_millis(first), Timestamp::from_millis(last));
        let so_far = inspection.period.unwrap_or((first, last));
        inspection.period = Some((so_far.0.min(first), so_far.1.max(last)));
        let segment = Segment::new(meta, &dir.join("segments"));
        if let Err(damage) = segment.check_bytes() {
            problems.push((segment.meta.number, damage.to_string()));
        }
    }
    // A server beside may have replaced a segment while it was looked at.
    if !problems.is_empty() {
        let manifest = Manifest::open(&path, true).await?;
        let still: HashSet<i64> =
            manifest.contents().await?.segments.iter().map(|meta| meta.number).collect();
        manifest.close().await;
        problems.retain(|(number, _)| still.contains(number));
    }
    inspection.problems = problems.into_iter().map(|(_, problem)| problem).collect();
    Ok(Some(inspection))
}

fn lock(dir: &Path) -> Result<File, StoreError> {
    let path = dir.join("lock");
    let file = File::create(&path).map_err(io)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::Unavailable(format!(
            "'{}' is held by another process: is a server running on this data directory?",
            path.display()
        ))),
        Err(TryLockError::Error(error)) => Err(io(error)),
    }
}

fn segment_files(dir: &Path) -> Result<Vec<(Option<i64>, std::path::PathBuf)>, StoreError> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).map_err(io)? {
        let entry = entry.map_err(io)?;
        files.push((number(&entry.file_name().to_string_lossy()), entry.path()));
    }
    Ok(files)
}
