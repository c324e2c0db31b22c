//! The figures about the process that the dashboard shows, read back where they are counted.
//!
//! Every part counts for Prometheus, and what Prometheus keeps can only be rendered. So a recorder stands before it that
//! also adds to numbers of its own, for the few names below; whatever else is counted passes.
//!
//! Invariant: labels are bounded here again ([`LABELS`]), although all of them are of closed sets.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

use metrics::{
    Counter, CounterFn, Gauge, GaugeFn, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit,
};
use metrics_exporter_prometheus::PrometheusRecorder;

const ACCEPTED: &str = "millrace_ingest_accepted_events_total";
const REJECTED: &str = "millrace_ingest_rejected_events_total";
const STORED: &str = "millrace_worker_stored_events_total";
const DISCARDED: &str = "millrace_worker_discarded_events_total";
const DEAD_LETTERS: &str = "millrace_worker_dead_letters_total";

/// Labels of one counter that are told apart; further ones are [`OTHERS`].
const LABELS: usize = 100;
const OTHERS: &str = "others";

/// The numbers.
#[derive(Debug, Default)]
pub(crate) struct Tallies {
    accepted: Arc<AtomicU64>,
    stored: Arc<AtomicU64>,
    dead_letters: Arc<AtomicU64>,
    /// By code.
    rejected: Labelled,
    /// By reason.
    discarded: Labelled,
    /// Bytes of the queue on disk.
    pub(crate) queue_bytes: Level,
    /// Files of the queue.
    pub(crate) queue_segments: Level,
    /// Segments of the lake.
    pub(crate) segments: Level,
    /// Events in them.
    pub(crate) segment_rows: Level,
    /// Their bytes.
    pub(crate) segment_bytes: Level,
    /// Events in the lake's memory.
    pub(crate) tail_rows: Level,
}

/// What was counted up to a moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counted {
    pub(crate) accepted: u64,
    pub(crate) stored: u64,
    pub(crate) dead_letters: u64,
    /// By code, most first.
    pub(crate) rejected: Vec<(String, u64)>,
    /// By reason, most first.
    pub(crate) discarded: Vec<(String, u64)>,
}

/// A counter's numbers by its only label.
#[derive(Debug, Default)]
struct Labelled(Mutex<BTreeMap<String, Arc<AtomicU64>>>);

/// A gauge's value, where it was ever set.
#[derive(Clone, Debug)]
pub(crate) struct Level(Arc<AtomicU64>);

impl Default for Level {
    fn default() -> Self {
        Self(Arc::new(AtomicU64::new(f64::NAN.to_bits())))
    }
}

impl Level {
    /// The value as a number of things; nothing before it was set.
    pub(crate) fn get(&self) -> Option<u64> {
        let value = f64::from_bits(self.0.load(Relaxed));
        (!value.is_nan()).then_some(value.max(0.0) as u64)
    }
}

impl Labelled {
    fn of(&self, key: &Key) -> Arc<AtomicU64> {
        let label = key.labels().next().map_or(OTHERS, |label| label.value());
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let label = if all.len() < LABELS || all.contains_key(label) { label } else { OTHERS };
        match all.get(label) {
            Some(tally) => Arc::clone(tally),
            None => Arc::clone(all.entry(label.to_owned()).or_default()),
        }
    }

    fn read(&self) -> Vec<(String, u64)> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut counts: Vec<_> =
            all.iter().map(|(label, tally)| (label.clone(), tally.load(Relaxed))).collect();
        counts.retain(|(_, count)| *count > 0);
        // Those of one count stay by label.
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        counts
    }
}

impl Tallies {
    /// What was counted until now.
    pub(crate) fn counted(&self) -> Counted {
        Counted {
            accepted: self.accepted.load(Relaxed),
            stored: self.stored.load(Relaxed),
            dead_letters: self.dead_letters.load(Relaxed),
            rejected: self.rejected.read(),
            discarded: self.discarded.read(),
        }
    }

    fn counter(&self, key: &Key) -> Option<Arc<AtomicU64>> {
        match key.name() {
            ACCEPTED => Some(Arc::clone(&self.accepted)),
            STORED => Some(Arc::clone(&self.stored)),
            DEAD_LETTERS => Some(Arc::clone(&self.dead_letters)),
            REJECTED => Some(self.rejected.of(key)),
            DISCARDED => Some(self.discarded.of(key)),
            _ => None,
        }
    }

    fn level(&self, key: &Key) -> Option<Level> {
        let level = match key.name() {
            "millrace_queue_bytes" => &self.queue_bytes,
            "millrace_queue_segments" => &self.queue_segments,
            "millrace_store_segments" => &self.segments,
            "millrace_store_segment_rows" => &self.segment_rows,
            "millrace_store_segment_bytes" => &self.segment_bytes,
            "millrace_store_tail_rows" => &self.tail_rows,
            _ => return None,
        };
        Some(level.clone())
    }
}

/// Prometheus' recorder, with the tallies beside it.
pub(crate) struct Tallying {
    pub(crate) prometheus: PrometheusRecorder,
    pub(crate) tallies: Arc<Tallies>,
}

impl Recorder for Tallying {
    fn describe_counter(&self, key: KeyName, unit: Option<Unit>, description: SharedString) {
        self.prometheus.describe_counter(key, unit, description);
    }

    fn describe_gauge(&self, key: KeyName, unit: Option<Unit>, description: SharedString) {
        self.prometheus.describe_gauge(key, unit, description);
    }

    fn describe_histogram(&self, key: KeyName, unit: Option<Unit>, description: SharedString) {
        self.prometheus.describe_histogram(key, unit, description);
    }

    fn register_counter(&self, key: &Key, metadata: &Metadata<'_>) -> Counter {
        let counter = self.prometheus.register_counter(key, metadata);
        match self.tallies.counter(key) {
            Some(tally) => Counter::from_arc(Arc::new(Counts { counter, tally })),
            None => counter,
        }
    }

    fn register_gauge(&self, key: &Key, metadata: &Metadata<'_>) -> Gauge {
        let gauge = self.prometheus.register_gauge(key, metadata);
        match self.tallies.level(key) {
            Some(level) => Gauge::from_arc(Arc::new(Levels { gauge, level })),
            None => gauge,
        }
    }

    fn register_histogram(&self, key: &Key, metadata: &Metadata<'_>) -> Histogram {
        self.prometheus.register_histogram(key, metadata)
    }
}

struct Counts {
    counter: Counter,
    tally: Arc<AtomicU64>,
}

impl CounterFn for Counts {
    fn increment(&self, value: u64) {
        self.counter.increment(value);
        self.tally.fetch_add(value, Relaxed);
    }

    fn absolute(&self, value: u64) {
        self.counter.absolute(value);
        self.tally.fetch_max(value, Relaxed);
    }
}

struct Levels {
    gauge: Gauge,
    level: Level,
}

impl Levels {
    fn change(&self, change: impl Fn(f64) -> f64) {
        let changed = |bits| {
            let before = f64::from_bits(bits);
            Some(change(if before.is_nan() { 0.0 } else { before }).to_bits())
        };
        let _ = self.level.0.fetch_update(Relaxed, Relaxed, changed);
    }
}

impl GaugeFn for Levels {
    fn increment(&self, value: f64) {
        self.gauge.increment(value);
        self.change(|before| before + value);
    }

    fn decrement(&self, value: f64) {
        self.gauge.decrement(value);
        self.change(|before| before - value);
    }

    fn set(&self, value: f64) {
        self.gauge.set(value);
        self.change(|_| value);
    }
}

#[cfg(test)]
mod tests {
    use metrics_exporter_prometheus::PrometheusBuilder;

    use super::*;

    #[test]
    fn what_is_counted_for_prometheus_is_counted_here_too() {
        let prometheus = PrometheusBuilder::new().build_recorder();
        let handle = prometheus.handle();
        let tallies = Arc::new(Tallies::default());
        let recorder = Tallying { prometheus, tallies: Arc::clone(&tallies) };
        assert_eq!((tallies.counted(), tallies.tail_rows.get()), (Counted::default(), None));
        metrics::with_local_recorder(&recorder, || {
            metrics::counter!(ACCEPTED).increment(7);
            metrics::counter!(STORED).increment(5);
            metrics::counter!(STORED).absolute(4);
            metrics::counter!(DEAD_LETTERS).increment(1);
            for (code, count) in [("name_missing", 2), ("name_invalid", 1), ("name_missing", 1)] {
                metrics::counter!(REJECTED, "code" => code).increment(count);
            }
            metrics::counter!(DISCARDED, "reason" => "robot").increment(9);
            metrics::counter!(DISCARDED, "reason" => "spam").increment(0);
            metrics::counter!("millrace_api_requests_total").increment(1);
            let tail = metrics::gauge!("millrace_store_tail_rows");
            tail.set(10.0);
            tail.increment(3.0);
            tail.decrement(1.0);
            metrics::gauge!("millrace_store_segments").set(-1.0);
        });
        let by = |label: &str, count| (label.to_owned(), count);
        let expected = Counted {
            accepted: 7,
            stored: 5,
            dead_letters: 1,
            rejected: vec![by("name_missing", 3), by("name_invalid", 1)],
            discarded: vec![by("robot", 9)],
        };
        assert_eq!(tallies.counted(), expected);
        assert_eq!(
            (tallies.tail_rows.get(), tallies.segments.get(), tallies.queue_bytes.get()),
            (Some(12), Some(0), None)
        );
        let rendered = handle.render();
        for line in [
            "millrace_ingest_accepted_events_total 7",
            "millrace_ingest_rejected_events_total{code=\"name_missing\"} 3",
            "millrace_store_tail_rows 12",
            "millrace_api_requests_total 1",
        ] {
            assert!(rendered.contains(line), "{line} in {rendered}");
        }
    }

    #[test]
    fn labels_are_bounded() {
        let tallies = Tallies::default();
        for n in 0..3 * LABELS {
            let key = Key::from_parts(REJECTED, vec![metrics::Label::new("code", format!("code {n}"))]);
            tallies.counter(&key).expect("a counter").fetch_add(1, Relaxed);
        }
        let rejected = tallies.counted().rejected;
        assert_eq!(rejected[0], (OTHERS.to_owned(), 2 * LABELS as u64));
        assert_eq!(rejected.len(), LABELS + 1);
    }
}
