//! The parts of an open lake, and its upkeep.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use millrace_event::Timestamp;
use millrace_event::time::DAY_MS;
use millrace_store::StoreError;
use tokio::sync::{Mutex, Notify};

use crate::LakeConfig;
use crate::engine::Engine;
use crate::manifest::Manifest;
use crate::segment::{Damage, Meta, Segment, Segments, path};
use crate::state::State;
use crate::{rewrite, seal};

/// Everything the tasks of a lake share.
#[derive(Debug)]
pub(crate) struct Lake {
    pub(crate) config: LakeConfig,
    pub(crate) manifest: Manifest,
    pub(crate) state: Arc<State>,
    pub(crate) engine: Engine,
    /// Held while the tail is sealed.
    pub(crate) sealing: Mutex<()>,
    /// Held while segments are rewritten.
    pub(crate) rewriting: Mutex<()>,
    /// Rung after each seal, also a failed one.
    pub(crate) sealed: Notify,
    /// Rung when the tail is due.
    pub(crate) due: Notify,
    pub(crate) next_number: AtomicI64,
    /// Held until the last task that writes files is done.
    pub(crate) _lock: std::fs::File,
}

impl Lake {
    pub(crate) fn segments_dir(&self) -> PathBuf {
        self.config.dir.join("segments")
    }

    /// Reserves `count` numbers for segments; answers the first.
    pub(crate) fn take_numbers(&self, count: usize) -> i64 {
        self.next_number.fetch_add(count as i64, Ordering::Relaxed)
    }

    pub(crate) fn segments_of(&self, metas: Vec<Meta>) -> Segments {
        let dir = self.segments_dir();
        metas.into_iter().map(|meta| Arc::new(Segment::new(meta, &dir))).collect()
    }

    /// Removes files whose transaction did not happen.
    pub(crate) fn remove_files(&self, metas: &[Meta]) {
        for meta in metas {
            let _ = std::fs::remove_file(path(&self.segments_dir(), meta.number));
        }
    }

    /// Takes a damaged segment out of the way, so that the rest can answer. Its file moves to `damaged/`.
    pub(crate) async fn set_aside(&self, damage: &Damage) -> Result<(), StoreError> {
        let Some(segment) = self.state.forget(damage.segment) else {
            return Ok(());
        };
        let rows = segment.meta.rows;
        let aside = self.config.dir.join("damaged");
        tracing::error!(
            segment.number = damage.segment,
            segment.rows = rows,
            reason = damage.reason,
            moved_to = %aside.display(),
            "a segment is damaged and was set aside: its events are missing from every report"
        );
        metrics::counter!("millrace_store_damaged_segments_total").increment(1);
        let file = segment.path().file_name().unwrap_or_default();
        let moved =
            std::fs::create_dir_all(&aside).and_then(|()| std::fs::rename(segment.path(), aside.join(file)));
        if let Err(error) = moved {
            tracing::warn!(%error, "the damaged segment's file stays where it is");
        }
        self.manifest.set_aside(damage.segment, rows, &damage.reason).await
    }

    fn report(&self) {
        let (rows, bytes) = self.state.sealed();
        let (sealing, tail) = self.state.unsealed_rows();
        metrics::gauge!("millrace_store_segments").set(self.state.segments().len() as f64);
        metrics::gauge!("millrace_store_segment_rows").set(rows as f64);
        metrics::gauge!("millrace_store_segment_bytes").set(bytes as f64);
        metrics::gauge!("millrace_store_tail_rows").set((sealing + tail) as f64);
    }
}

/// How often the figures of the lake are brought up to date.
const REPORT: Duration = Duration::from_secs(1);

/// Seals the tail when it is due, for as long as the lake is open.
pub(crate) async fn keep_sealing(lake: Arc<Lake>) {
    let mut wait = lake.config.seal_after;
    loop {
        let _ = tokio::time::timeout(wait.min(REPORT), lake.due.notified()).await;
        lake.report();
        let age = lake.state.tail_age();
        let full = lake.state.unsealed_rows().1 >= lake.config.seal_rows || lake.state.many_discards();
        wait = match age {
            Some(age) if full || age >= lake.config.seal_after => match seal::seal(&lake).await {
                Ok(_) => lake.config.seal_after,
                Err(error) => {
                    tracing::error!(%error, "the tail could not be sealed; its events stay on the queue, next try in a second");
                    tokio::time::sleep(Duration::from_secs(1)).await;
                    Duration::ZERO
                }
            },
            Some(age) => lake.config.seal_after - age,
            None => lake.config.seal_after,
        };
    }
}

/// Merges segments, drops what is past its time, and reads every segment's bytes once a day.
pub(crate) async fn keep_tidy(lake: Arc<Lake>) {
    let mut checked = std::collections::HashSet::new();
    let mut checked_day = 0;
    loop {
        // After a failure the same work would fail again at once.
        let pause = match rewrite::compact(&lake).await {
            Ok(true) => Duration::ZERO,
            Ok(false) => Duration::from_secs(1),
            Err(error) => {
                tracing::error!(%error, "segments could not be compacted");
                set_aside_unreadable(&lake).await;
                Duration::from_secs(60)
            }
        };
        if let Some(days) = lake.config.retention_days {
            let today = Timestamp::now().utc_day();
            let before = Timestamp::from_millis((today - i64::from(days)) * DAY_MS);
            if lake.state.segments().iter().any(|segment| segment.meta.timestamps.0 < before.as_millis()) {
                match rewrite::retain(&lake, before).await {
                    Ok(erased) => {
                        tracing::info!(events = erased.events, days, "events past their retention are gone")
                    }
                    Err(error) => tracing::error!(%error, "retention could not be kept"),
                }
            }
        }
        let today = Timestamp::now().utc_day();
        if today != checked_day {
            checked.clear();
            checked_day = today;
        }
        let unchecked =
            lake.state.segments().iter().find(|segment| !checked.contains(&segment.meta.number)).cloned();
        if let Some(segment) = unchecked {
            checked.insert(segment.meta.number);
            check(&lake, segment).await;
            tokio::time::sleep(pause.min(Duration::from_millis(200))).await;
        } else {
            tokio::time::sleep(pause).await;
        }
    }
}

/// Checks every segment after a rewrite failed: one of them may be why.
async fn set_aside_unreadable(lake: &Arc<Lake>) {
    for segment in lake.state.segments().iter() {
        check(lake, segment.clone()).await;
    }
}

async fn check(lake: &Arc<Lake>, segment: Arc<Segment>) {
    let result = tokio::task::spawn_blocking(move || segment.check_bytes()).await;
    if let Ok(Err(damage)) = result
        && !damage.passing
        && let Err(error) = lake.set_aside(&damage).await
    {
        tracing::error!(%error, "the damage could not be noted in the manifest");
    }
}

pub(crate) fn io(error: std::io::Error) -> StoreError {
    StoreError::Unavailable(error.to_string())
}
