//! Redis Streams: the queue that several processes share.
//!
//! - A record goes to one of N streams, by the hash of its site and visitor, so that a visitor's records stay in
//!   order. N is written down in Redis by whoever comes first, and everybody has to agree.
//! - `append` returns after Redis acknowledged the XADD. What that is worth in a power cut is decided by Redis's own
//!   settings, which [`RedisQueue::open`] looks at: see `check`.
//! - A consumer group's members share the streams out (`lease`), and read with XREADGROUP from those they own.
//! - A commit acknowledges entries (XACK) and trims what every group has acknowledged, never more.
//! - Entries that a dead member had been given are claimed by the next owner. One that was given out too often
//!   becomes a dead letter; see `consumer`.
//!
//! Needs Redis 7.0 or later, or Valkey, with `maxmemory-policy noeviction`. Nothing that a worker does needs memory that
//! a full Redis does not have (`allow-oom`): a worker is what makes room.

mod append;
mod check;
mod consumer;
mod keys;
mod lag;
mod lease;
mod letters;
mod link;
mod reply;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use redis::aio::ConnectionLike;
use redis::{Cmd, Pipeline, Value};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use self::append::Submission;
use self::consumer::RedisConsumer;
use self::keys::Keys;
use self::link::{Address, Link};
use self::reply::number;
use crate::{Consumer, ConsumerGroup, DeadLetter, PartitionLag, Queue, QueueError, Record};

/// How a queue on Redis is used.
#[derive(Clone, Debug)]
pub struct RedisQueueConfig {
    /// `redis://[user:password@]host[:port][/database][?prefix=millrace]`; `rediss://` for TLS;
    /// `redis+cluster://host:port,host:port` for a cluster.
    pub url: String,
    /// How many streams the queue has; 0: as many as it has, and [`STREAMS`] where it is new. A queue keeps its number,
    /// and another one is refused.
    pub streams: u32,
    /// Entries of all streams beyond which appends are refused.
    pub max_records: u64,
    /// How often a record is given to a worker that does not come back before it becomes a dead letter.
    pub max_deliveries: u32,
}

impl RedisQueueConfig {
    /// The defaults, for a URL.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), streams: 0, max_records: 10_000_000, max_deliveries: 10 }
    }
}

/// Streams of a new queue, where nothing else is asked for.
pub const STREAMS: u32 = 8;

/// A queue on Redis Streams.
#[derive(Debug)]
pub struct RedisQueue {
    shared: Arc<Shared>,
    appender: Mutex<Option<JoinHandle<()>>>,
    watch: JoinHandle<()>,
}

/// What appender, consumers and the queue itself share.
#[derive(Debug)]
struct Shared {
    address: Address,
    link: Link,
    keys: Keys,
    config: RedisQueueConfig,
    /// The streams' names.
    streams: Vec<String>,
    moved_on: Vec<AtomicU64>,
    /// Nothing once the queue is closed.
    submissions: Mutex<Option<mpsc::Sender<Submission>>>,
    /// Entries of all streams, as of the last look.
    depth: AtomicU64,
    /// Why the last append failed, and when.
    failed: Mutex<Option<(Instant, QueueError)>>,
    /// The last look failed.
    away: AtomicBool,
    /// Where tasks run that outlive whoever needs them: a worker has a runtime of its own.
    runtime: Handle,
}

/// Streams that a queue has at most.
const MOST_STREAMS: u32 = 1_024;
/// Appends that wait to be taken into a pipeline.
const SUBMISSIONS: usize = 8_192;
/// How long a failed append makes the queue unhealthy, unless another one works.
const FRESH: Duration = Duration::from_secs(2);
/// How often the streams' length is looked at.
const LOOK: Duration = Duration::from_millis(250);

impl RedisQueue {
    /// Connects, agrees on the number of streams, and warns of settings that would make a 202 worth less than it
    /// says. Must be called within a Tokio runtime, in which the queue's tasks then run.
    ///
    /// # Errors
    /// [`QueueError::Unsuitable`] for a wrong URL or number of streams, [`QueueError::Unavailable`] where Redis cannot
    /// be reached.
    pub async fn open(config: RedisQueueConfig) -> Result<Self, QueueError> {
        let address = Address::parse(&config.url)?;
        let link = address.connect().await?;
        let keys = Keys::new(address.prefix.clone());
        let streams = agree(&address, &link, &keys, config.streams).await?;
        let (send, submissions) = mpsc::channel(SUBMISSIONS);
        let shared = Arc::new(Shared {
            streams: (0..streams).map(|partition| keys.stream(partition)).collect(),
            moved_on: append::moved_on(streams),
            submissions: Mutex::new(Some(send)),
            depth: AtomicU64::new(0),
            failed: Mutex::new(None),
            away: AtomicBool::new(false),
            runtime: Handle::current(),
            address,
            link,
            keys,
            config,
        });
        for warning in shared.warnings().await? {
            tracing::warn!(server = shared.address.shown, "{warning}");
        }
        shared.look().await?;
        let appender = tokio::spawn(append::run(shared.clone(), submissions));
        let watch = tokio::spawn(watch(Arc::downgrade(&shared)));
        Ok(Self { shared, appender: Mutex::new(Some(appender)), watch })
    }

    /// What about this Redis makes a 202 worth less than it says, or puts records at risk; for people to read.
    ///
    /// # Errors
    /// [`QueueError::Unavailable`].
    pub async fn warnings(&self) -> Result<Vec<String>, QueueError> {
        self.shared.warnings().await
    }
}

impl Drop for RedisQueue {
    fn drop(&mut self) {
        self.watch.abort();
        self.shared.stop_submissions();
    }
}

impl Shared {
    /// One command.
    async fn ask(&self, command: &Cmd) -> Result<Value, QueueError> {
        ask(&self.address, &self.link, command).await
    }

    /// Several commands in one round trip, each about one partition; an error of one is its own.
    async fn ask_each(
        &self,
        commands: Vec<(u32, Cmd)>,
    ) -> Result<Vec<Result<Value, QueueError>>, QueueError> {
        if commands.is_empty() {
            return Ok(Vec::new());
        }
        if self.address.cluster() {
            return Ok(futures::future::join_all(commands.iter().map(|(_, command)| self.ask(command))).await);
        }
        let mut pipeline = Pipeline::with_capacity(commands.len());
        let count = commands.len();
        for (_, command) in commands {
            pipeline.add_command(command);
        }
        let mut link = self.link.clone();
        let answers = link.req_packed_commands(&pipeline, 0, count).await;
        let answers = answers.map_err(|error| self.address.failed(&error))?;
        let each = answers
            .into_iter()
            .map(|answer| answer.extract_error().map_err(|error| self.address.failed(&error)));
        Ok(each.collect())
    }

    /// The server's time, in milliseconds since the epoch.
    async fn now(&self) -> Result<u64, QueueError> {
        Ok(lease::milliseconds(self.ask(&redis::cmd("TIME")).await?))
    }

    /// Counts what the streams keep.
    async fn look(&self) -> Result<u64, QueueError> {
        let lengths = (0..).zip(&self.streams).map(|(partition, stream)| {
            let mut command = redis::cmd("XLEN");
            command.arg(stream);
            (partition, command)
        });
        let lengths = self.ask_each(lengths.collect()).await?;
        let depth = lengths.iter().filter_map(|length| number(length.as_ref().ok()?)).sum();
        self.depth.store(depth, Ordering::Relaxed);
        Ok(depth)
    }

    fn room(&self) -> Result<(), QueueError> {
        let (records, max_records) = (self.depth.load(Ordering::Relaxed), self.config.max_records);
        if records >= max_records { Err(QueueError::Deep { records, max_records }) } else { Ok(()) }
    }

    async fn submit(&self, submission: Submission) -> Result<(), QueueError> {
        let sender = self.submissions.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).clone();
        let sender = sender.ok_or(QueueError::Closed)?;
        sender.send(submission).await.map_err(|_| QueueError::Closed)
    }

    fn stop_submissions(&self) {
        self.submissions.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).take();
    }

    fn is_closed(&self) -> bool {
        self.submissions.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).is_none()
    }
}

#[async_trait]
impl Queue for RedisQueue {
    async fn append(&self, records: Vec<Record>) -> Result<(), QueueError> {
        if records.is_empty() {
            return Ok(());
        }
        self.shared.room()?;
        let started = Instant::now();
        let streams = self.shared.streams.len() as u64;
        let place = |record: Record| ((record.key % streams) as u32, record.payload);
        let (done, answer) = oneshot::channel();
        self.shared.submit(Submission { records: records.into_iter().map(place).collect(), done }).await?;
        let outcome = answer.await.unwrap_or(Err(QueueError::Closed));
        metrics::histogram!("millrace_queue_append_seconds").record(started.elapsed().as_secs_f64());
        let failed = outcome.as_ref().err().map(|error| (Instant::now(), error.clone()));
        let mut last = self.shared.failed.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if failed.is_some() || last.is_some() {
            *last = failed;
        }
        drop(last);
        outcome
    }

    async fn subscribe(&self, group: &ConsumerGroup) -> Result<Box<dyn Consumer>, QueueError> {
        Ok(Box::new(RedisConsumer::join(self.shared.clone(), group.clone()).await?))
    }

    async fn lags(&self, group: &ConsumerGroup) -> Result<Vec<PartitionLag>, QueueError> {
        self.shared.lags(group).await
    }

    async fn health(&self) -> Result<(), QueueError> {
        if self.shared.is_closed() {
            return Err(QueueError::Closed);
        }
        self.shared.room()?;
        let last = self.shared.failed.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).clone();
        // What an append met a moment ago a small probe may not meet: memory that is nearly used up, for one.
        if let Some((_, error)) = last.filter(|(at, _)| at.elapsed() < FRESH) {
            return Err(error);
        }
        // Writing is what has to work: a Redis without memory, or without a disk, still answers a PING.
        let mut probe = redis::cmd("SET");
        probe.arg(self.shared.keys.probe()).arg(1).arg("PX").arg(10_000);
        self.shared.ask(&probe).await.map(drop)
    }

    async fn bury(&self, letters: Vec<DeadLetter>) -> Result<(), QueueError> {
        self.shared.bury(&letters).await
    }

    async fn count_dead_letters(&self) -> Result<u64, QueueError> {
        let mut length = redis::cmd("XLEN");
        length.arg(self.shared.keys.letters());
        Ok(number(&self.shared.ask(&length).await?).unwrap_or(0))
    }

    async fn dead_letters(&self, limit: usize) -> Result<Vec<DeadLetter>, QueueError> {
        self.shared.dead_letters(limit).await
    }

    async fn replay_dead_letters(&self) -> Result<u64, QueueError> {
        self.shared.replay_dead_letters().await
    }

    async fn close(&self) -> Result<(), QueueError> {
        self.shared.stop_submissions();
        let appender = self.appender.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).take();
        match appender {
            Some(appender) => appender.await.map_err(|_| QueueError::Closed),
            None => Ok(()),
        }
    }
}

async fn ask(address: &Address, link: &Link, command: &Cmd) -> Result<Value, QueueError> {
    let mut link = link.clone();
    let answer = link.req_packed_command(command).await.and_then(Value::extract_error);
    answer.map_err(|error| address.failed(&error))
}

/// How many streams the queue has. Whoever comes first writes it down: the `wanted` number, or [`STREAMS`] for 0.
async fn agree(address: &Address, link: &Link, keys: &Keys, wanted: u32) -> Result<u32, QueueError> {
    let unsuitable =
        |reason: String| QueueError::Unsuitable(format!("the queue at {}: {reason}", address.shown));
    if wanted > MOST_STREAMS {
        return Err(unsuitable(format!("queue.streams is {wanted}: it has at most {MOST_STREAMS}")));
    }
    let key = keys.settings();
    let mut read = redis::cmd("HGET");
    read.arg(&key).arg("streams");
    let mut agreed = number(&ask(address, link, &read).await?);
    // Written only where it is missing: a Redis that is out of memory is one that needs a worker.
    if agreed.is_none() {
        let mut write = redis::cmd("HSETNX");
        write.arg(&key).arg("streams").arg(if wanted == 0 { STREAMS } else { wanted });
        ask(address, link, &write).await?;
        agreed = number(&ask(address, link, &read).await?);
    }
    let agreed = agreed
        .and_then(|agreed| u32::try_from(agreed).ok())
        .filter(|agreed| (1..=MOST_STREAMS).contains(agreed));
    let agreed = agreed.ok_or_else(|| unsuitable(format!("the key '{key}' has no number of streams")))?;
    if wanted != 0 && agreed != wanted {
        return Err(unsuitable(format!(
            "it has {agreed} streams and queue.streams is {wanted}: set it to that or to 0, or let the workers empty the \
             queue, stop every process, and delete the key '{key}'"
        )));
    }
    Ok(agreed)
}

/// Keeps the depth fresh.
async fn watch(shared: std::sync::Weak<Shared>) {
    loop {
        tokio::time::sleep(LOOK).await;
        let Some(shared) = shared.upgrade() else { return };
        match shared.look().await {
            Ok(_) => {
                if shared.away.swap(false, Ordering::Relaxed) {
                    tracing::info!(server = shared.address.shown, "the queue is back");
                }
            }
            Err(error) => {
                if !shared.away.swap(true, Ordering::Relaxed) {
                    tracing::error!(%error, "the queue is away");
                }
            }
        }
    }
}

/// A number that no other process has.
fn random() -> u64 {
    getrandom::u64().unwrap_or_else(|_| u64::from(std::process::id()))
}
