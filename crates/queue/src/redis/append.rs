//! Appending: what concurrent requests bring goes to Redis in few round trips.
//!
//! A task takes whatever appends are waiting, writes one pipeline of XADDs for all of them (in a cluster one a
//! partition), and answers each append once all of its records are acknowledged. A few pipelines are under way at a
//! time: while Redis syncs one, the next gathers.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use redis::aio::ConnectionLike;
use redis::{Pipeline, Value};
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::task::JoinSet;

use super::Shared;
use super::keys::{Id, SEQUENCE_SOFT_BOUND};
use super::reply::PAYLOAD;
use crate::{Partition, QueueError};

/// Appends taken into one pipeline.
const APPENDS_AT_ONCE: usize = 512;
/// Records of one pipeline, unless a single append has more.
const RECORDS_AT_ONCE: usize = 8_192;
/// Pipelines under way.
const PIPELINES: usize = 4;

/// One append: its records, and who waits for it.
#[derive(Debug)]
pub(crate) struct Submission {
    pub(crate) records: Vec<(Partition, Bytes)>,
    pub(crate) done: oneshot::Sender<Result<(), QueueError>>,
}

/// Runs until every sender is gone and everything submitted is answered.
pub(crate) async fn run(shared: Arc<Shared>, mut submissions: mpsc::Receiver<Submission>) {
    let permits = Arc::new(Semaphore::new(PIPELINES));
    let mut under_way = JoinSet::new();
    let mut taken = Vec::new();
    while submissions.recv_many(&mut taken, APPENDS_AT_ONCE).await > 0 {
        while !taken.is_empty() {
            let mut records = 0;
            let fit = taken.iter().take_while(|submission| {
                records += submission.records.len();
                records <= RECORDS_AT_ONCE
            });
            let fit = fit.count().max(1);
            let group: Vec<_> = taken.drain(..fit).collect();
            let Ok(permit) = permits.clone().acquire_owned().await else { return };
            let shared = shared.clone();
            under_way.spawn(async move {
                append(&shared, group).await;
                drop(permit);
            });
        }
        while under_way.try_join_next().is_some() {}
    }
    under_way.join_all().await;
}

async fn append(shared: &Shared, group: Vec<Submission>) {
    // In a cluster each partition's commands have to be a pipeline of their own.
    let mut parts: BTreeMap<Partition, (Pipeline, Vec<(usize, Partition)>)> = BTreeMap::new();
    for (place, submission) in group.iter().enumerate() {
        for (partition, payload) in &submission.records {
            let part = if shared.address.cluster() { *partition } else { 0 };
            let (pipeline, places) = parts.entry(part).or_default();
            pipeline
                .cmd("XADD")
                .arg(&shared.streams[*partition as usize])
                .arg(shared.next_id(*partition))
                .arg(PAYLOAD)
                .arg(payload.as_ref());
            places.push((place, *partition));
        }
    }
    let mut outcomes: Vec<Result<(), QueueError>> = group.iter().map(|_| Ok(())).collect();
    let sent = parts.into_values().map(|(pipeline, places)| async move {
        let mut link = shared.link.clone();
        let answers = link.req_packed_commands(&pipeline, 0, places.len()).await;
        (answers, places)
    });
    for (answers, places) in futures::future::join_all(sent).await {
        match answers {
            Err(error) => {
                let failed = shared.address.failed(&error);
                places.iter().for_each(|(place, _)| outcomes[*place] = Err(failed.clone()));
            }
            Ok(answers) => {
                for ((place, partition), answer) in places.into_iter().zip(answers) {
                    if let Err(error) = shared.appended(partition, answer) {
                        outcomes[place] = Err(error);
                    }
                }
            }
        }
    }
    for (submission, outcome) in group.into_iter().zip(outcomes) {
        // Whoever asked may have gone away; the records are there all the same.
        let _ = submission.done.send(outcome);
    }
}

impl Shared {
    /// The id to ask for: the server's own choice, or the next millisecond's where its clock stands still.
    fn next_id(&self, partition: Partition) -> String {
        match self.moved_on[partition as usize].swap(0, Ordering::Relaxed) {
            0 => "*".to_owned(),
            milliseconds => format!("{milliseconds}-*"),
        }
    }

    /// Looks at what an XADD was answered.
    fn appended(&self, partition: Partition, answer: Value) -> Result<(), QueueError> {
        let unsuitable = |id: String| QueueError::Unavailable {
            server: self.address.shown.clone(),
            reason: format!(
                "stream {} has the id {id}, which no clock gives: another program wrote to it; delete that entry with \
                 XDEL and set the last id back with XSETID",
                self.streams[partition as usize]
            ),
        };
        let text = match answer {
            Value::BulkString(text) => text,
            Value::ServerError(error) => return Err(self.address.failed(&error.into())),
            other => return Err(unsuitable(format!("{other:?}"))),
        };
        let id = Id::parse(&text).filter(|id| id.offset().is_some());
        let id = id.ok_or_else(|| unsuitable(String::from_utf8_lossy(&text).into_owned()))?;
        if id.sequence >= SEQUENCE_SOFT_BOUND {
            self.moved_on[partition as usize].store(id.milliseconds + 1, Ordering::Relaxed);
        }
        Ok(())
    }
}

/// Milliseconds of the next id, for each partition where the server's clock stands still; 0 elsewhere.
pub(crate) fn moved_on(partitions: u32) -> Vec<AtomicU64> {
    (0..partitions).map(|_| AtomicU64::new(0)).collect()
}
