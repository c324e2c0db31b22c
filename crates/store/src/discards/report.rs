//! The report, folded from what a store has: once for all stores.

use std::collections::BTreeMap;

use bytestring::ByteString;
use millrace_event::Timestamp;

use super::{HOUR_MS, Kept, hour};

/// Kept events that are shown of each reason.
const SAMPLES: usize = 5;
/// Details that are shown of each reason.
const DETAILS: usize = 20;

/// What was discarded of a site's events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The start of the first hour that it is about.
    pub since: Timestamp,
    /// Most events first.
    pub reasons: Vec<ReasonReport>,
    /// Events of the site that are kept, whenever they arrived.
    pub held: u64,
    /// When the oldest of them arrived.
    pub oldest: Option<Timestamp>,
}

/// What was discarded for one reason.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReasonReport {
    /// The stable word.
    pub reason: ByteString,
    /// Events.
    pub count: u64,
    /// When the last one arrived.
    pub last_at: Timestamp,
    /// Those of them that are kept.
    pub held: u64,
    /// What decided about the kept ones, with how many, most first: the first twenty.
    pub details: Vec<(ByteString, u64)>,
    /// The newest of the kept ones.
    pub samples: Vec<Kept>,
}

/// A report that is being made.
#[derive(Debug)]
pub struct Folding {
    since: i64,
    reasons: BTreeMap<String, Part>,
    held: u64,
    oldest: Option<Timestamp>,
}

#[derive(Debug, Default)]
struct Part {
    count: u64,
    last_at: Option<Timestamp>,
    held: u64,
    details: BTreeMap<String, u64>,
    samples: Vec<u64>,
}

impl Folding {
    /// About what arrived since the hour of `since`.
    pub fn new(since: Timestamp) -> Self {
        Self { since: hour(since), reasons: BTreeMap::new(), held: 0, oldest: None }
    }

    /// The first hour of which counts are wanted.
    pub fn first_hour(&self) -> i64 {
        self.since
    }

    /// The count of an hour.
    pub fn count(&mut self, reason: &str, of_hour: i64, count: u64, last_at: Timestamp) {
        if of_hour >= self.since {
            let part = self.part(reason);
            part.count += count;
            part.last_at = part.last_at.max(Some(last_at));
        }
    }

    /// A kept event; they come newest first, and no more of them than the window has room for.
    pub fn kept(&mut self, number: u64, received_at: Timestamp, reason: &str, detail: &str) {
        self.held += 1;
        self.oldest = Some(self.oldest.map_or(received_at, |oldest| oldest.min(received_at)));
        if hour(received_at) < self.since {
            return;
        }
        let part = self.part(reason);
        part.held += 1;
        if !detail.is_empty() {
            match part.details.get_mut(detail) {
                Some(held) => *held += 1,
                None => drop(part.details.insert(detail.to_owned(), 1)),
            }
        }
        if part.samples.len() < SAMPLES {
            part.samples.push(number);
        }
    }

    /// The numbers of the events that the report shows.
    pub fn wanted(&self) -> Vec<u64> {
        self.reasons.values().flat_map(|part| part.samples.iter().copied()).collect()
    }

    /// The report, given the wanted events in any order.
    pub fn finish(self, wanted: Vec<Kept>) -> Report {
        let mut wanted: BTreeMap<u64, Kept> = wanted.into_iter().map(|kept| (kept.number, kept)).collect();
        let reasons = self.reasons.into_iter().filter(|(_, part)| part.count > 0);
        let mut reasons: Vec<_> = reasons
            .map(|(reason, part)| {
                let mut details: Vec<_> =
                    part.details.into_iter().map(|(detail, held)| (detail.into(), held)).collect();
                details.sort_by_key(|(_, held)| std::cmp::Reverse(*held));
                details.truncate(DETAILS);
                ReasonReport {
                    reason: reason.into(),
                    count: part.count,
                    last_at: part.last_at.unwrap_or_default(),
                    held: part.held,
                    details,
                    samples: part.samples.iter().filter_map(|number| wanted.remove(number)).collect(),
                }
            })
            .collect();
        reasons.sort_by_key(|of| std::cmp::Reverse(of.count));
        let since = Timestamp::from_millis(self.since.saturating_mul(HOUR_MS));
        Report { since, reasons, held: self.held, oldest: self.oldest }
    }

    fn part(&mut self, reason: &str) -> &mut Part {
        if !self.reasons.contains_key(reason) {
            self.reasons.insert(reason.to_owned(), Part::default());
        }
        self.reasons.entry(reason.to_owned()).or_default()
    }
}
