//! How many different values there are, from their hashes: exactly while they are few, else by an estimate.
//!
//! The smallest K hashes are kept. As hashes are even over their range, the Kth smallest says how many there are
//! (Bar-Yossef et al., "Counting distinct elements in a data stream", 2002; the unbiased estimate and its error of
//! 1/√(K-2) are those of Beyer et al., "On synopses for distinct-value estimation", 2007). Unlike the estimate of a
//! HyperLogLog that counts along, it depends on the set alone, and not on the order of its members: two stores that
//! read the same events in different orders answer the same.

use super::EXACT_CARDINALITY as K;

#[derive(Debug)]
pub(super) struct Distinct {
    /// At most twice K; the first ones sorted, the rest new and perhaps repeated.
    hashes: Vec<u64>,
    /// Larger hashes do not matter any more.
    most: u64,
    exact: bool,
}

impl Default for Distinct {
    fn default() -> Self {
        Self { hashes: Vec::new(), most: u64::MAX, exact: true }
    }
}

impl Distinct {
    pub(super) fn add(&mut self, hash: u64) {
        if hash > self.most {
            return;
        }
        self.hashes.push(hash);
        if self.hashes.len() == 2 * K {
            self.tidy();
        }
    }

    /// The number, and whether it is exact.
    pub(super) fn count(&mut self) -> (u64, bool) {
        self.tidy();
        if self.exact {
            return (self.hashes.len() as u64, true);
        }
        let share = (self.most as f64 + 1.0) / 2f64.powi(64);
        (((K - 1) as f64 / share).round() as u64, false)
    }

    fn tidy(&mut self) {
        self.hashes.sort_unstable();
        self.hashes.dedup();
        if self.hashes.len() > K {
            self.hashes.truncate(K);
            self.exact = false;
        }
        if !self.exact {
            self.most = self.hashes[K - 1];
        }
    }
}
