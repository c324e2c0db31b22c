//! When something occurred: its first times to the millisecond, and all of it in buckets.
//!
//! Both depend on the set of times alone, not on their order.

use std::collections::BTreeMap;

/// The smallest of many numbers.
#[derive(Debug, Default)]
pub(super) struct Extremes(
    /// Ascending.
    Vec<i64>,
);

impl Extremes {
    /// Notes `number`, if it is one of the smallest `most`.
    pub(super) fn add(&mut self, number: i64, most: usize) {
        if self.0.len() == most {
            if self.0.last().is_none_or(|last| number >= *last) {
                return;
            }
            self.0.pop();
        }
        let place = self.0.partition_point(|other| *other <= number);
        self.0.insert(place, number);
    }

    /// The `nth` smallest, from 1.
    pub(super) fn nth(&self, nth: usize) -> Option<i64> {
        self.0.get(nth.checked_sub(1)?).copied()
    }
}

/// Counts in buckets of equal width, a power of two of milliseconds: the smallest of which 256 are enough.
#[derive(Debug, Default)]
pub(super) struct History {
    shift: u32,
    buckets: BTreeMap<i64, u64>,
}

const BUCKETS: u64 = 256;

impl History {
    pub(super) fn add(&mut self, at: i64) {
        *self.buckets.entry(at >> self.shift).or_default() += 1;
        while self.width() >= BUCKETS {
            self.shift += 1;
            let narrow = std::mem::take(&mut self.buckets);
            for (bucket, count) in narrow {
                *self.buckets.entry(bucket >> 1).or_default() += count;
            }
        }
    }

    /// How many occurred until the end of the bucket that `at` is in.
    pub(super) fn through(&self, at: i64) -> u64 {
        self.buckets.range(..=at >> self.shift).map(|(_, count)| count).sum()
    }

    /// How many occurred from the beginning of the bucket that `at` is in.
    pub(super) fn since(&self, at: i64) -> u64 {
        self.buckets.range(at >> self.shift..).map(|(_, count)| count).sum()
    }

    fn width(&self) -> u64 {
        match (self.buckets.first_key_value(), self.buckets.last_key_value()) {
            (Some((first, _)), Some((last, _))) => last.abs_diff(*first),
            _ => 0,
        }
    }
}
