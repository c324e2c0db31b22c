//! How events come through this process: what the dashboard's page about it shows.
//!
//! One task looks every five seconds, and keeps ten minutes; whoever asks gets what it saw last, with the counts of this
//! moment, so that asking costs nothing. Anybody who may read a site may ask: nothing here names a path, a server, a
//! key or a site.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use millrace_api::NotReady;
use millrace_api::Readiness;
use millrace_api::pipeline::{
    CodeCount, DeadLetter, DeadLetters, Pipeline, PipelineCheck, PipelineDisk, PipelineHistory,
    PipelinePoint, PipelineQueue, PipelineStatus, PipelineStore, PipelineTotals, ReasonCount, Reject,
};
use millrace_catalog::Catalog;
use millrace_event::{SiteId, Timestamp};
use millrace_ingest::rejects;
use millrace_queue::{ConsumerGroup, PartitionLag};
use millrace_worker::Progress;
use tokio::time::{MissedTickBehavior, timeout};

use crate::config::Config;
use crate::parts::{GROUP, Roles, is_postgres, is_redis};
use crate::readiness;
use crate::requeue::Requeue;
use crate::tallies::{Counted, Tallies};

use checks::Working;

pub(crate) mod checks;
mod disk;

/// Between two looks.
const INTERVAL: Duration = Duration::from_secs(5);
/// Points that are kept: ten minutes.
const POINTS: usize = 120;
/// How long a part may take to answer before it counts as silent.
const ANSWER: Duration = Duration::from_secs(3);
/// What costs more than a few numbers is looked at every so many looks: once a minute.
const SELDOM: u64 = 12;
/// Dead letters that are looked at: up to a record each, in memory.
const LETTERS: usize = 1_000;

/// What looks and remembers.
pub(crate) struct Inside {
    started: Timestamp,
    roles: Roles,
    config: Config,
    tallies: Arc<Tallies>,
    requeue: Arc<Requeue>,
    readiness: Arc<readiness::Parts>,
    catalog: Arc<dyn Catalog>,
    group: ConsumerGroup,
    seen: Mutex<Seen>,
    /// Held while letters or copies are read: each reads megabytes.
    reading: tokio::sync::Mutex<()>,
}

/// What was seen last.
#[derive(Default)]
struct Seen {
    points: VecDeque<PipelinePoint>,
    queue: Option<QueueSeen>,
    disk: Option<PipelineDisk>,
    checks: Vec<PipelineCheck>,
}

/// What the queue said.
pub(super) struct QueueSeen {
    lags: Vec<PartitionLag>,
    dead_letters: u64,
}

impl QueueSeen {
    fn records(&self) -> u64 {
        self.lags.iter().map(|of| of.lag.records).sum()
    }

    /// The age of the oldest record that waits; none is none.
    fn seconds(&self) -> f64 {
        let oldest = self.lags.iter().filter_map(|of| of.lag.oldest).max();
        two_decimals(oldest.unwrap_or_default().as_secs_f64())
    }
}

impl Inside {
    /// Of a process with these parts; [`Self::watch`] looks.
    pub(crate) fn new(
        config: &Config,
        roles: Roles,
        tallies: Arc<Tallies>,
        requeue: Arc<Requeue>,
        readiness: Arc<readiness::Parts>,
        catalog: Arc<dyn Catalog>,
    ) -> anyhow::Result<Self> {
        Ok(Self {
            started: Timestamp::now(),
            roles,
            config: config.clone(),
            tallies,
            requeue,
            readiness,
            catalog,
            group: ConsumerGroup::new(GROUP)?,
            seen: Mutex::default(),
            reading: tokio::sync::Mutex::default(),
        })
    }

    /// Looks every few seconds, for ever.
    pub(crate) async fn watch(self: Arc<Self>) {
        let mut tick = tokio::time::interval(INTERVAL);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut before = (Instant::now(), self.tallies.counted());
        let mut catalog_answers = true;
        for turn in 0_u64.. {
            tick.tick().await;
            if turn % SELDOM == 0 {
                catalog_answers = matches!(timeout(ANSWER, self.catalog.refresh()).await, Ok(Ok(())));
                let disk = self.disk().await;
                self.seen().disk = disk;
            }
            let queue = self.queue().await;
            let reasons = timeout(ANSWER, self.readiness.check()).await;
            let reasons = match reasons {
                Ok(checked) => checked.err().unwrap_or_default(),
                Err(_) => {
                    vec![NotReady { part: "store".to_owned(), reason: "it does not answer".to_owned() }]
                }
            };
            let now = (Instant::now(), self.tallies.counted());
            let mut seen = self.seen();
            // The first look is what the next one is compared with.
            if turn > 0 {
                let point = point(&before, &now, queue.as_ref());
                if seen.points.len() == POINTS {
                    seen.points.pop_front();
                }
                seen.points.push_back(point);
            }
            seen.checks = self.checks(queue.as_ref(), &reasons, catalog_answers, seen.disk.as_ref());
            seen.queue = queue;
            before = now;
        }
    }

    /// What the queue says, where this process reaches it.
    async fn queue(&self) -> Option<QueueSeen> {
        let look = async {
            let queue = self.requeue.reach().await?;
            let lags = queue.lags(&self.group).await.ok()?;
            let dead_letters = queue.count_dead_letters().await.ok()?;
            Some(QueueSeen { lags, dead_letters })
        };
        timeout(ANSWER, look).await.ok().flatten()
    }

    async fn disk(&self) -> Option<PipelineDisk> {
        let config = &self.config;
        let files = [config.queue_dir(), config.lake_dir(), config.catalog_file()];
        files.iter().any(Option::is_some).then_some(())?;
        let dir = config.server.data_dir.clone();
        tokio::task::spawn_blocking(move || disk::look(&dir)).await.ok()
    }

    fn checks(
        &self,
        queue: Option<&QueueSeen>,
        reasons: &[NotReady],
        catalog_answers: bool,
        disk: Option<&PipelineDisk>,
    ) -> Vec<PipelineCheck> {
        let reaches_queue = self.roles.ingest || self.roles.worker || is_redis(&self.config.queue.url);
        let mut checks = Vec::new();
        if reaches_queue {
            checks.push(checks::queue(queue, reasons));
            let working = Working {
                stuck: self.readiness.progress.as_ref().is_some_and(Progress::stuck),
                shared: is_redis(&self.config.queue.url),
                late_seconds: late_seconds(&self.config),
            };
            checks.push(checks::worker(queue, reasons, working));
        }
        checks.push(checks::store(reasons));
        checks.push(checks::catalog(catalog_answers));
        checks.extend(disk.and_then(checks::disk));
        checks
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What was done between two looks, a second.
fn point(
    (then, before): &(Instant, Counted),
    (now, counted): &(Instant, Counted),
    queue: Option<&QueueSeen>,
) -> PipelinePoint {
    let seconds = now.duration_since(*then).as_secs_f64().max(0.001);
    let rate = |before: u64, after: u64| two_decimals(after.saturating_sub(before) as f64 / seconds);
    let sum = |counts: &[(String, u64)]| counts.iter().map(|(_, count)| count).sum::<u64>();
    PipelinePoint {
        at: Timestamp::now().to_string(),
        accepted: rate(before.accepted, counted.accepted),
        stored: rate(before.stored, counted.stored),
        rejected: rate(sum(&before.rejected), sum(&counted.rejected)),
        discarded: rate(sum(&before.discarded), sum(&counted.discarded)),
        lag_records: queue.map(QueueSeen::records),
        lag_seconds: queue.map(QueueSeen::seconds),
    }
}

fn two_decimals(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}

#[async_trait]
impl Pipeline for Inside {
    fn status(&self) -> PipelineStatus {
        let Counted { accepted, stored, dead_letters, rejected, discarded } = self.tallies.counted();
        let Roles { ingest, worker, api } = self.roles;
        let roles = [(ingest, "ingest"), (worker, "worker"), (api, "api")];
        let tallies = &self.tallies;
        let seen = self.seen();
        let queue = seen.queue.as_ref();
        PipelineStatus {
            at: Timestamp::now().to_string(),
            started_at: self.started.to_string(),
            roles: roles.into_iter().filter_map(|(has, role)| has.then_some(role)).collect(),
            queue: PipelineQueue {
                kind: queue_kind(&self.config),
                lag_records: queue.map(QueueSeen::records),
                lag_seconds: queue.map(QueueSeen::seconds),
                bytes: tallies.queue_bytes.get(),
                segments: tallies.queue_segments.get(),
                dead_letters: queue.map(|queue| queue.dead_letters),
            },
            store: PipelineStore {
                kind: if is_postgres(&self.config.store.url) { "postgres" } else { "lake" },
                segments: tallies.segments.get(),
                segment_rows: tallies.segment_rows.get(),
                segment_bytes: tallies.segment_bytes.get(),
                tail_rows: tallies.tail_rows.get(),
            },
            disk: seen.disk.clone(),
            totals: PipelineTotals {
                accepted,
                stored,
                rejected: rejected.into_iter().map(|(code, count)| CodeCount { code, count }).collect(),
                discarded: discarded
                    .into_iter()
                    .map(|(reason, count)| ReasonCount { reason, count })
                    .collect(),
                dead_letters,
            },
            history: PipelineHistory {
                interval_seconds: INTERVAL.as_secs(),
                points: seen.points.iter().cloned().collect(),
            },
            checks: seen.checks.clone(),
        }
    }

    async fn dead_letters(&self) -> Result<DeadLetters, String> {
        let silent = |error: &dyn std::fmt::Display| {
            tracing::warn!(%error, "dead letters cannot be read");
            "the queue does not answer".to_owned()
        };
        let _alone = self.reading.lock().await;
        let queue = self.requeue.queue().await?;
        let count = queue.count_dead_letters().await.map_err(|error| silent(&error))?;
        let letters = queue.dead_letters(LETTERS).await.map_err(|error| silent(&error))?;
        let letters = letters.into_iter().map(|letter| DeadLetter {
            at: Timestamp::from_millis(letter.failed_at_ms),
            reason: letter.reason,
            record: letter.payload,
        });
        Ok(DeadLetters { count, letters: letters.collect() })
    }

    async fn rejects(&self, site: &SiteId, limit: usize) -> Result<Option<Vec<Reject>>, String> {
        if !self.roles.ingest || !self.config.ingest.keep_rejected {
            return Ok(None);
        }
        let _alone = self.reading.lock().await;
        let (dir, site) = (self.config.server.data_dir.clone(), site.clone());
        let read = move || rejects::read_latest_of(&dir, site.as_str(), limit);
        let read = tokio::task::spawn_blocking(read).await.map_err(std::io::Error::other).flatten();
        let copies = read.map_err(|error| {
            tracing::warn!(%error, "copies of rejected events cannot be read");
            "the copies of rejected events cannot be read".to_owned()
        })?;
        let rejects = copies.into_iter().map(|copy| Reject {
            at: copy.at,
            code: copy.code,
            field: copy.field,
            message: copy.message,
            sample: copy.body,
        });
        Ok(Some(rejects.collect()))
    }
}

/// Records wait until the store has them for good: in the lake until its tail is sealed.
fn late_seconds(config: &Config) -> f64 {
    let seal = config.lake_dir().map_or(0, |_| config.store.seal_seconds);
    60.0 + 2.0 * seal as f64
}

fn queue_kind(config: &Config) -> &'static str {
    match config.queue_dir() {
        Some(_) => "disk",
        None if is_redis(&config.queue.url) => "redis",
        None => "none",
    }
}

#[cfg(test)]
mod tests {
    use millrace_queue::Lag;

    use super::*;

    #[test]
    fn rates_are_what_was_done_between_two_looks() {
        let by = |count| vec![("a".to_owned(), count), ("b".to_owned(), 1)];
        let then = Instant::now();
        let before = Counted { accepted: 10, stored: 5, dead_letters: 0, rejected: by(1), discarded: vec![] };
        let after =
            Counted { accepted: 1_010, stored: 5, dead_letters: 9, rejected: by(6), discarded: by(3) };
        let now = (then + Duration::from_secs(4), after);
        let lag = |records, millis| PartitionLag {
            partition: 0,
            lag: Lag { records, oldest: Some(Duration::from_millis(millis)) },
            pending: None,
            owner: None,
        };
        let queue = QueueSeen { lags: vec![lag(3, 1_250), lag(4, 80)], dead_letters: 0 };
        let point = point(&(then, before), &now, Some(&queue));
        let expected = PipelinePoint {
            at: point.at.clone(),
            accepted: 250.0,
            stored: 0.0,
            rejected: 1.25,
            discarded: 1.0,
            lag_records: Some(7),
            lag_seconds: Some(1.25),
        };
        assert_eq!(point, expected);
    }
}
