//! What a load came to.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use hdrhistogram::Histogram;

/// Reasons that are kept apart; what comes after them is counted together.
const REASONS: usize = 8;
/// Latencies are told apart to three digits, up to five minutes; in microseconds.
const LONGEST_US: u64 = 300_000_000;

/// What came of a load.
#[derive(Clone, Debug)]
pub struct Summary {
    /// Events in requests that were begun, each counted once however often it was sent.
    pub sent: u64,
    /// Events that the server took.
    pub accepted: u64,
    /// Events that the server judged and refused.
    pub rejected: u64,
    /// Events in requests that came to nothing: refused as a whole, or not answered.
    pub failed: u64,
    /// Events that were due and never sent: the server, or this machine, was too slow for the rate.
    pub behind: u64,
    /// Requests, repeated ones included.
    pub requests: u64,
    /// Requests that were repeated.
    pub retries: u64,
    /// From the first request to the last answer.
    pub elapsed: Duration,
    /// Of each request that was answered for good, in microseconds, pauses before repetitions included; from when
    /// it was due where there is a rate.
    pub latency: Histogram<u64>,
    /// Why events failed, and how many.
    pub reasons: BTreeMap<String, u64>,
}

impl Summary {
    /// Accepted events a second.
    pub fn rate(&self) -> f64 {
        self.accepted as f64 / self.elapsed.as_secs_f64().max(1e-9)
    }

    /// The latency that `percent` of the requests did not exceed.
    pub fn percentile(&self, percent: f64) -> Duration {
        Duration::from_micros(self.latency.value_at_percentile(percent))
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let events = |number: u64| grouped(number, 14);
        writeln!(out, "sent     {} events in {} requests", events(self.sent), grouped(self.requests, 0))?;
        writeln!(out, "accepted {} ({} a second)", events(self.accepted), grouped(self.rate() as u64, 0))?;
        writeln!(out, "rejected {}", events(self.rejected))?;
        writeln!(out, "failed   {}", events(self.failed))?;
        for (reason, count) in &self.reasons {
            writeln!(out, "         {}   {reason}", events(*count))?;
        }
        if self.behind > 0 {
            writeln!(
                out,
                "behind   {} were due and not sent: the rate was not reached",
                events(self.behind)
            )?;
        }
        if self.retries > 0 {
            writeln!(out, "repeated {} requests", events(self.retries))?;
        }
        writeln!(out, "elapsed  {:>14.1} s", self.elapsed.as_secs_f64())?;
        let ms = |percent| self.percentile(percent).as_secs_f64() * 1e3;
        writeln!(
            out,
            "latency  p50 {:.2} ms, p90 {:.2} ms, p99 {:.2} ms, max {:.2} ms",
            ms(50.0),
            ms(90.0),
            ms(99.0),
            ms(100.0)
        )
    }
}

/// 1234567 as `1,234,567`, at least so wide.
fn grouped(number: u64, width: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    format!("{text:>width$}")
}

/// One connection's part of the summary.
#[derive(Debug)]
pub(super) struct Tally {
    pub(super) sent: u64,
    pub(super) accepted: u64,
    pub(super) rejected: u64,
    pub(super) failed: u64,
    pub(super) requests: u64,
    pub(super) retries: u64,
    pub(super) latency: Histogram<u64>,
    pub(super) reasons: BTreeMap<String, u64>,
}

impl Default for Tally {
    fn default() -> Self {
        Self {
            sent: 0,
            accepted: 0,
            rejected: 0,
            failed: 0,
            requests: 0,
            retries: 0,
            latency: Histogram::new_with_bounds(1, LONGEST_US, 3).expect("the bounds are valid"),
            reasons: BTreeMap::new(),
        }
    }
}

impl Tally {
    pub(super) fn record(&mut self, latency: Duration) {
        self.latency.saturating_record(latency.as_micros() as u64);
    }

    pub(super) fn fail(&mut self, events: u64, reason: String) {
        self.failed += events;
        self.because(reason, events);
    }

    pub(super) fn add(&mut self, other: Self) {
        self.sent += other.sent;
        self.accepted += other.accepted;
        self.rejected += other.rejected;
        self.failed += other.failed;
        self.requests += other.requests;
        self.retries += other.retries;
        self.latency.add(other.latency).expect("both histograms have the same bounds");
        for (reason, count) in other.reasons {
            self.because(reason, count);
        }
    }

    fn because(&mut self, reason: String, events: u64) {
        let known = self.reasons.len() < REASONS || self.reasons.contains_key(&reason);
        let reason = if known { reason } else { "other reasons".to_owned() };
        *self.reasons.entry(reason).or_default() += events;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_bounded_and_numbers_readable() {
        let mut tally = Tally::default();
        for n in 0..20 {
            tally.fail(2, format!("reason {n}"));
        }
        assert_eq!((tally.failed, tally.reasons.len()), (40, REASONS + 1));
        assert_eq!(tally.reasons["other reasons"], 24);
        for (number, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(number, 0), text);
        }
    }
}
