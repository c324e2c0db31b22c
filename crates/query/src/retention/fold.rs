//! Counting retention: event by event, none is kept.
//!
//! Memory: a number for each cohort and offset, 80,000 at most; the buckets of one visitor; for a breakdown a number
//! for each value, cohort and offset at which somebody is, up to [`RetentionFold::MOST_CELLS`] or 80,000 a value.

use std::collections::HashMap;

use millrace_event::Timestamp;

use super::{CheckedRetention, Cohort, RetentionAnswer, RetentionGroup, RetentionTable, Returned};
use crate::fold::{Groups, REST, percent};
use crate::{Buckets, Fold, Period, Steps};

/// Retention while it is counted.
#[derive(Debug)]
pub struct RetentionFold {
    period: Period,
    buckets: Buckets,
    top: usize,
    subject: Option<u64>,
    started: Started,
    /// The offsets at which the visitor returned, ascending.
    offsets: Vec<u16>,
    counts: Counts,
    groups: Groups,
    cells: HashMap<(u32, u16, u16), u64>,
    pub(super) most_cells: usize,
}

/// What is known of the visitor at hand.
#[derive(Debug)]
enum Started {
    NotYet,
    /// Before the range: nothing more is counted.
    Before,
    /// In the bucket, as a member of a group.
    In(u16, Option<u32>),
}

/// For each cohort: how many started, then how many returned, by offset.
#[derive(Clone, Debug)]
struct Counts(Vec<Vec<u64>>);

impl Counts {
    fn new(buckets: usize) -> Self {
        // The cohort's size and one number for each bucket from its own to the last.
        Self((0..buckets).map(|cohort| vec![0; buckets - cohort + 1]).collect())
    }

    fn table(&self, starts: &[Timestamp]) -> RetentionTable {
        let returned = |visitors, of| Returned { visitors, of, rate: percent(visitors, of) };
        let cohorts = starts.iter().zip(&self.0).map(|(start, counts)| Cohort {
            start: *start,
            visitors: counts[0],
            returned: counts[1..].iter().map(|visitors| returned(*visitors, counts[0])).collect(),
        });
        let sums = (1..=starts.len()).map(|place| {
            let reaching = self.0.iter().filter(|counts| counts.len() > place);
            let (visitors, of) =
                reaching.fold((0, 0), |(visitors, of), counts| (visitors + counts[place], of + counts[0]));
            returned(visitors, of)
        });
        RetentionTable { cohorts: cohorts.collect(), sums: sums.collect() }
    }
}

impl RetentionFold {
    /// The most numbers of a breakdown. Where there are more, the half of the values with the fewest visitors go with
    /// the rest, and the answer is approximate.
    pub const MOST_CELLS: usize = 2_000_000;

    pub(super) fn new(checked: &CheckedRetention) -> Self {
        Self {
            period: checked.period,
            buckets: checked.buckets.clone(),
            top: checked.retention.breakdown.as_ref().map_or(0, |breakdown| breakdown.top),
            subject: None,
            started: Started::NotYet,
            offsets: Vec::new(),
            counts: Counts::new(checked.buckets.starts().len()),
            groups: Groups::new(),
            cells: HashMap::new(),
            most_cells: Self::MOST_CELLS,
        }
    }

    fn end_subject(&mut self) {
        if let Started::In(cohort, group) = self.started {
            // The size stands before the offsets.
            let places = std::iter::once(0).chain(self.offsets.iter().map(|offset| offset + 1));
            for place in places {
                self.counts.0[usize::from(cohort)][usize::from(place)] += 1;
                if let Some(group) = group {
                    *self.cells.entry((group, cohort, place)).or_default() += 1;
                }
            }
            if self.cells.len() > self.most_cells {
                self.give_up_half();
            }
        }
        self.started = Started::NotYet;
        self.offsets.clear();
    }

    fn sizes(&self) -> Vec<u64> {
        let mut sizes = vec![0; self.groups.len()];
        for ((group, _, place), count) in &self.cells {
            if *place == 0 && *group != REST {
                sizes[*group as usize] += count;
            }
        }
        sizes
    }

    /// Moves the half of the values with the fewest visitors to the rest.
    fn give_up_half(&mut self) {
        let sizes = self.sizes();
        let there = sizes.iter().filter(|size| **size > 0).count();
        let kept = self.groups.top(&sizes, there / 2);
        let mut keep = vec![false; sizes.len()];
        kept.iter().for_each(|(group, _)| keep[*group as usize] = true);
        let stays = |group: u32| group != REST && keep[group as usize];
        for ((group, cohort, place), count) in std::mem::take(&mut self.cells) {
            let group = if stays(group) { group } else { REST };
            *self.cells.entry((group, cohort, place)).or_default() += count;
        }
        self.groups.give_up(|group| !stays(group));
    }
}

impl Fold for RetentionFold {
    type Answer = RetentionAnswer;

    fn steps(&mut self, steps: &Steps) {
        for step in steps.iter() {
            if self.subject != Some(step.subject) {
                self.end_subject();
                self.subject = Some(step.subject);
            }
            let at = Timestamp::from_millis(step.at);
            if matches!(self.started, Started::NotYet) && step.marks & 1 != 0 {
                self.started = match self.buckets.index(at) {
                    Some(bucket) if self.period.contains(at) => {
                        Started::In(bucket as u16, step.label.map(|label| self.groups.id(label)))
                    }
                    _ => Started::Before,
                };
            }
            if let Started::In(cohort, _) = self.started
                && step.marks & 2 != 0
                && let Some(bucket) = self.buckets.index(at)
            {
                let offset = bucket as u16 - cohort;
                if self.offsets.last() != Some(&offset) {
                    self.offsets.push(offset);
                }
            }
        }
    }

    fn finish(mut self) -> RetentionAnswer {
        self.end_subject();
        let starts = self.buckets.starts();
        let shown = self.groups.top(&self.sizes(), self.top);
        let mut places = vec![shown.len(); self.groups.len()];
        for (place, (group, _)) in shown.iter().enumerate() {
            places[*group as usize] = place;
        }
        // The last is the rest.
        let mut tables = vec![None; shown.len() + 1];
        for ((group, cohort, place), count) in &self.cells {
            let table = places.get(*group as usize).copied().unwrap_or(shown.len());
            let counts = tables[table].get_or_insert_with(|| Counts::new(starts.len()));
            counts.0[usize::from(*cohort)][usize::from(*place)] += count;
        }
        let mut tables = tables.into_iter().map(|counts| counts.map(|counts| counts.table(starts)));
        let groups = shown
            .iter()
            .zip(tables.by_ref())
            .filter_map(|((_, value), table)| Some(RetentionGroup { value: value.clone(), table: table? }));
        RetentionAnswer {
            all: self.counts.table(starts),
            groups: groups.collect(),
            other: tables.next().flatten(),
            approximate: self.groups.overflown,
        }
    }
}
