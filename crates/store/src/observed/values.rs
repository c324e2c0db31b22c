//! The values of one property: the most frequent ones, and how many there are.
//!
//! Up to [`EXACT_VALUES`] values each is counted. When there is one more, the count in the middle is taken off every
//! value, and those that have none left are forgotten (Misra and Gries, "Finding repeated elements", 1982): a value
//! that is more than a fiftieth of all stays for sure, with a count that is too low by a fiftieth of all at most.

use std::collections::HashMap;

use millrace_event::properties::Value;

use super::distinct::Distinct;
use super::{EXACT_VALUES, SHOWN_VALUES, Sample};

#[derive(Debug, Default)]
pub(super) struct Values {
    /// By the value's hash.
    counted: HashMap<u64, (Sample, u64), foldhash::fast::RandomState>,
    some_forgotten: bool,
    distinct: Distinct,
}

impl Values {
    pub(super) fn add(&mut self, hash: u64, value: &Value<'_>) {
        if let Some((_, count)) = self.counted.get_mut(&hash) {
            *count += 1;
            return;
        }
        // A value that is counted is in there already.
        self.distinct.add(hash);
        if self.counted.len() == EXACT_VALUES {
            self.forget_some();
        }
        self.counted.insert(hash, (value.into(), 1));
    }

    /// How many different ones, and whether that is exact.
    pub(super) fn cardinality(&mut self) -> (u64, bool) {
        self.distinct.count()
    }

    /// The most frequent, equals in their own order, and whether all were counted.
    pub(super) fn most_frequent(self) -> (Vec<(Sample, u64)>, bool) {
        let mut values: Vec<_> = self.counted.into_values().collect();
        values.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        values.truncate(SHOWN_VALUES);
        (values, !self.some_forgotten)
    }

    /// The most frequent, as far as it is known by now.
    pub(super) fn top(&self) -> Option<Sample> {
        let values = self.counted.values();
        values.min_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0))).map(|(sample, _)| sample.clone())
    }

    fn forget_some(&mut self) {
        self.some_forgotten = true;
        let mut counts: Vec<u64> = self.counted.values().map(|(_, count)| *count).collect();
        let middle = counts.len() / 2;
        let (_, off, _) = counts.select_nth_unstable(middle);
        let off = *off;
        self.counted.retain(|_, (_, count)| {
            *count = count.saturating_sub(off);
            *count > 0
        });
    }
}
