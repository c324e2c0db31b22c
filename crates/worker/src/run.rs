//! The loop.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use millrace_catalog::Catalog;
use millrace_event::Timestamp;
use millrace_queue::{Batch, BatchLimit, Consumer, ConsumerGroup, DeadLetter, Queue, QueueError};
use millrace_store::{Discarded, EventBatch, EventStore, Offsets, RememberSince, StoreError};
use tokio_util::sync::CancellationToken;

use crate::pipeline::{Processed, letter, process};
use crate::steps::{Networks, PlaceDatabase, Step, pipeline};

/// Bounds of a worker.
#[derive(Clone, Debug)]
pub struct WorkerConfig {
    /// The consumer group it joins.
    pub group: ConsumerGroup,
    /// Records of one batch.
    pub batch_records: usize,
    /// Bytes of one batch.
    pub batch_bytes: usize,
    /// How long a client's event id is recognised.
    pub dedup_window: Duration,
    /// Ids that are held for that at most, about 25 bytes each.
    pub dedup_ids: usize,
    /// Visitors whose sessions are held at most, about 100 bytes each.
    pub session_visitors: usize,
    /// Distinct user agents that are remembered at most, about 500 bytes each.
    pub user_agents: usize,
    /// Where addresses are; the table of countries that comes with the program where there is none.
    pub places: Option<Arc<PlaceDatabase>>,
    /// Networks of data centres, whose events are discarded.
    pub data_centers: Option<Arc<Networks>>,
}

impl WorkerConfig {
    /// The defaults, for a consumer group.
    pub fn new(group: ConsumerGroup) -> Self {
        Self {
            group,
            batch_records: 16_384,
            batch_bytes: 16 << 20,
            dedup_window: Duration::from_secs(24 * 3_600),
            dedup_ids: 8_000_000,
            session_visitors: 1_000_000,
            user_agents: 20_000,
            places: None,
            data_centers: None,
        }
    }
}

/// How far the worker is, for whoever asks whether the server is ready.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    caught_up: Arc<AtomicBool>,
    stuck: Arc<AtomicBool>,
}

impl Progress {
    /// Whether it has read, once since its start, everything the queue held.
    pub fn caught_up(&self) -> bool {
        self.caught_up.load(Ordering::Acquire)
    }

    /// Whether it tries to store a batch again and again.
    pub fn stuck(&self) -> bool {
        self.stuck.load(Ordering::Acquire)
    }
}

/// Why a worker cannot start or go on.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    /// The queue failed for good.
    #[error(transparent)]
    Queue(#[from] QueueError),
    /// The store failed for good.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Reads the queue, runs the steps, fills the store.
pub struct Worker {
    config: WorkerConfig,
    queue: Arc<dyn Queue>,
    store: Arc<dyn EventStore>,
    consumer: Box<dyn Consumer>,
    steps: Vec<Box<dyn Step>>,
    /// Where the next poll goes on.
    read: Offsets,
    committed: Offsets,
    /// Up to here records are taken one by one, since the store refused an event of theirs.
    alone: Offsets,
    progress: Progress,
}

impl Worker {
    /// Joins the group after what the store has applied, and remembers. Ingestion must not take events before this
    /// returned: see [`Consumer::commit`].
    pub async fn start(
        config: WorkerConfig,
        queue: Arc<dyn Queue>,
        store: Arc<dyn EventStore>,
        catalog: Arc<dyn Catalog>,
    ) -> Result<Self, WorkerError> {
        let consumer = queue.subscribe(&config.group).await?;
        let steps = pipeline(&config, &catalog, &store);
        let mut worker = Self {
            config,
            queue,
            store,
            consumer,
            steps,
            read: Offsets::new(),
            committed: Offsets::new(),
            alone: Offsets::new(),
            progress: Progress::default(),
        };
        worker.resume().await?;
        Ok(worker)
    }

    /// Goes back to what the store has applied, and remembers what came before that.
    async fn resume(&mut self) -> Result<(), WorkerError> {
        let done = self.store.applied().await?;
        self.consumer.resume(&done).await?;
        let now = Timestamp::now();
        // A shared store recognises ids itself: this worker's memory would know a part of them only.
        let window = if self.store.shared() { 0 } else { self.config.dedup_window.as_millis() as i64 };
        let memory = self.store.remember(RememberSince {
            ids_received: now.plus_millis(-window),
            sessions: now.plus_millis(-SESSIONS_REMEMBERED_MS),
            limit: self.config.dedup_ids,
        });
        let memory = memory.await?;
        let (ids, sessions, links) = (memory.ids.len(), memory.sessions.len(), memory.links.len());
        tracing::info!(ids, sessions, links, "worker remembers");
        self.steps.iter_mut().for_each(|step| step.remember(&memory));
        self.read.clone_from(&done);
        self.committed = done;
        Ok(())
    }

    /// Like [`Self::resume`], however often it takes; answers whether that was done before `stop`.
    async fn resume_until(&mut self, stop: &CancellationToken) -> bool {
        let mut pause = FIRST_PAUSE;
        while let Err(error) = self.resume().await {
            tracing::error!(%error, "the worker cannot go on from what the store has; it will try again");
            if wait(pause, stop).await {
                return false;
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
        true
    }

    /// How far it is.
    pub fn progress(&self) -> Progress {
        self.progress.clone()
    }

    /// Works until `stop`; then makes durable and commits what it has inserted.
    pub async fn run(mut self, stop: CancellationToken) -> Result<(), WorkerError> {
        loop {
            let isolating = self.alone.iter().any(|(partition, end)| self.read.get(partition) < Some(end));
            let limit = BatchLimit {
                records: if isolating { 1 } else { self.config.batch_records },
                bytes: self.config.batch_bytes,
                wait: if self.progress.caught_up() { IDLE_WAIT } else { Duration::ZERO },
            };
            let polled = tokio::select! {
                biased;
                () = stop.cancelled() => break,
                polled = self.consumer.poll(limit) => polled,
            };
            let batch = match polled {
                Ok(batch) => batch,
                Err(error) => {
                    tracing::error!(%error, "the queue could not be read; next try in a second");
                    wait(Duration::from_secs(1), &stop).await;
                    continue;
                }
            };
            if batch.reassigned {
                if !self.resume_until(&stop).await {
                    break;
                }
                continue;
            }
            let records = batch.records.len();
            let end_in_reach = !isolating
                && batch.records.len() < self.config.batch_records
                && payload_bytes(&batch) < self.config.batch_bytes / 2;
            // A batch may move on without a record: past damaged ones, which the store notes like discarded ones.
            // A partition that went to another worker is no longer this one's to take apart.
            self.alone.retain(|partition, _| batch.next.contains_key(partition));
            let nothing_new = batch.records.is_empty()
                && batch.next.iter().all(|(of, next)| self.read.get(of).copied().unwrap_or(0) == *next);
            let durable = if nothing_new {
                self.store.applied().await
            } else {
                match self.take(batch, &stop).await? {
                    Taken::Stored(durable) => Ok(durable),
                    Taken::Stopped => break,
                    Taken::Again => {
                        if !self.resume_until(&stop).await {
                            break;
                        }
                        continue;
                    }
                }
            };
            if end_in_reach {
                // What the queue held at start is visible by now.
                self.progress.caught_up.store(true, Ordering::Release);
            }
            self.commit(durable).await;
            // Small batches cost as much as larger ones: under load, let the next one gather.
            if (1..GATHERED_RECORDS).contains(&records) && self.progress.caught_up() {
                wait(GATHER, &stop).await;
            }
        }
        let durable = self.store.flush().await;
        self.commit(durable).await;
        self.consumer.leave().await;
        Ok(())
    }

    /// Processes and inserts one batch, however often it takes.
    async fn take(&mut self, batch: Batch, stop: &CancellationToken) -> Result<Taken, WorkerError> {
        let start = Instant::now();
        let processed = loop {
            let now = Timestamp::now().as_millis();
            match process(&mut self.steps, &batch.records, now).await {
                Ok(processed) => break processed,
                Err(error) => {
                    tracing::error!(%error, "a step cannot go on; next try in a second");
                    if wait(Duration::from_secs(1), stop).await {
                        return Ok(Taken::Stopped);
                    }
                }
            }
        };
        let Processed { events, discarded, links, letters } = processed;
        if !self.bury(letters, stop).await {
            return Ok(Taken::Stopped);
        }
        let Batch { records, next: mut offsets, .. } = batch;
        offsets.retain(|partition, next| self.read.get(partition).copied().unwrap_or(0) != *next);
        let after =
            offsets.keys().filter_map(|partition| Some((*partition, *self.read.get(partition)?))).collect();
        let oldest = events.iter().map(|event| event.received_at).min();
        let mut count = events.len();
        let mut batch = EventBatch { events, discarded, links, after, offsets };
        let links = batch.links.len() as u64;
        let mut pause = FIRST_PAUSE;
        let mut refused = false;
        let durable = loop {
            let error = match self.store.insert(&batch).await {
                Ok(durable) => break durable,
                Err(error) => error,
            };
            match &error {
                StoreError::Closed => return Err(error.into()),
                StoreError::Refused(reason)
                    if records.len() <= 1 && !(batch.events.is_empty() && batch.discarded.is_empty()) =>
                {
                    let failed_at_ms = Timestamp::now().as_millis();
                    let letters = records.iter().map(|record| letter(record, reason.clone(), failed_at_ms));
                    if !self.bury(letters.collect(), stop).await {
                        return Ok(Taken::Stopped);
                    }
                    (batch.events, batch.discarded, count) = (Vec::new(), Vec::new(), 0);
                    batch.links.clear();
                    refused = true;
                    continue;
                }
                StoreError::Refused(reason) if records.len() > 1 => {
                    tracing::warn!(
                        reason,
                        records = records.len(),
                        "the records of a batch are taken one by one"
                    );
                    self.alone = batch.offsets;
                    return Ok(Taken::Again);
                }
                _ => {}
            }
            metrics::counter!("millrace_worker_store_errors_total").increment(1);
            // The error may have come after the commit: what the store says it has decides.
            if let Ok(applied) = self.store.applied().await
                && batch.offsets.iter().all(|(of, next)| applied.get(of).is_some_and(|at| at == next))
            {
                break batch.offsets.clone();
            }
            if let StoreError::Conflict(_) = error {
                metrics::counter!("millrace_worker_conflicts_total").increment(1);
                tracing::warn!(%error, "the worker goes back to what the store has");
                return Ok(Taken::Again);
            }
            tracing::error!(%error, events = count, "a batch could not be stored; it will be tried again");
            if wait(pause, stop).await {
                return Ok(Taken::Stopped);
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
            self.progress.stuck.store(pause == LONGEST_PAUSE, Ordering::Release);
        };
        self.read.extend(batch.offsets);
        self.progress.stuck.store(false, Ordering::Release);
        if let Some(oldest) = oldest {
            let age = (Timestamp::now().as_millis() - oldest.as_millis()).max(0);
            metrics::histogram!("millrace_worker_visible_seconds").record(age as f64 / 1_000.0);
        }
        metrics::counter!("millrace_worker_links_total").increment(links);
        count_discarded(&batch.discarded);
        metrics::counter!("millrace_worker_stored_events_total").increment(count as u64);
        metrics::histogram!("millrace_worker_batch_events").record(count as f64);
        metrics::histogram!("millrace_worker_batch_seconds").record(start.elapsed());
        // The steps remember an event that the store does not have: a replay of its letter would be a duplicate.
        Ok(if refused { Taken::Again } else { Taken::Stored(durable) })
    }

    /// Keeps what could not be processed; answers whether that was done before `stop`.
    async fn bury(&mut self, letters: Vec<DeadLetter>, stop: &CancellationToken) -> bool {
        if letters.is_empty() {
            return true;
        }
        let count = letters.len() as u64;
        for letter in &letters {
            tracing::error!(
                letter.partition,
                letter.offset,
                reason = letter.reason,
                "a record becomes a dead letter"
            );
        }
        metrics::counter!("millrace_worker_dead_letters_total").increment(count);
        while let Err(error) = self.queue.bury(letters.clone()).await {
            tracing::error!(%error, "dead letters could not be kept; next try in a second");
            if wait(Duration::from_secs(1), stop).await {
                return false;
            }
        }
        true
    }

    /// The one place where offsets of the queue are committed. A commit that fails is made up for by the next one.
    async fn commit(&mut self, durable: Result<Offsets, StoreError>) {
        match durable {
            Ok(durable) if durable != self.committed => match self.consumer.commit(&durable).await {
                Ok(()) => self.committed = durable,
                Err(error) => {
                    tracing::error!(%error, "offsets could not be committed; next try with the next batch")
                }
            },
            Ok(_) => {}
            Err(error) => tracing::error!(%error, "the store does not say what is durable"),
        }
    }
}

/// How long a poll waits for the first record; also how often a quiet worker commits what was sealed since.
const IDLE_WAIT: Duration = Duration::from_secs(1);
/// A batch smaller than this is followed by a pause of [`GATHER`], which an event's way into the reports then takes
/// longer at most. Measured with 64 connections that send single events: without it the worker took half a core for
/// 53,000 events a second.
const GATHERED_RECORDS: usize = 1_024;
const GATHER: Duration = Duration::from_millis(10);
/// Between the first two tries to store a batch; each further pause is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
/// Between two tries to store a batch, at most.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// Sessions that had an event within this are open or may be joined by a late event.
const SESSIONS_REMEMBERED_MS: i64 = 2 * 3_600_000;

/// What became of a batch.
enum Taken {
    /// It is stored, and these offsets are durable.
    Stored(Offsets),
    /// `stop` came first.
    Stopped,
    /// It has to be read again: another worker stored of its partitions, or it is to be taken in pieces.
    Again,
}

fn count_discarded(discarded: &[Discarded]) {
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for one in discarded {
        *counts.entry(&one.reason).or_default() += 1;
    }
    for (reason, count) in counts {
        let reason = reason.to_owned();
        metrics::counter!("millrace_worker_discarded_events_total", "reason" => reason).increment(count);
    }
}

fn payload_bytes(batch: &Batch) -> usize {
    batch.records.iter().map(|record| record.payload.len()).sum()
}

/// Waits; answers whether `stop` came.
async fn wait(pause: Duration, stop: &CancellationToken) -> bool {
    tokio::time::timeout(pause, stop.cancelled()).await.is_ok()
}
