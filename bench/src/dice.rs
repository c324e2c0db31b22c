//! Chance that can be repeated: a small generator, and the skewed choices that real traffic makes.

/// SplitMix64 (Steele, Lea, Flood 2014).
#[derive(Clone, Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// 64 random bits.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A number from 0 to `limit`, not included.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(limit)) >> 64) as u64
    }

    /// A number from 0 to 1, not included.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// True in `percent` of 100 cases.
    pub(crate) fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// A waiting time, exponentially distributed around `mean`.
    pub(crate) fn wait(&mut self, mean: f64) -> f64 {
        -(1.0 - self.unit()).ln() * mean
    }

    /// One of `choices`, all alike.
    pub(crate) fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len() as u64) as usize]
    }
}

/// Spreads the bits of `number` over all 64.
pub(crate) fn mix(mut number: u64) -> u64 {
    number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// Choices of given weights, by their place.
#[derive(Clone, Debug)]
pub(crate) struct Weighted(Vec<f64>);

impl Weighted {
    /// Choices with these weights.
    pub(crate) fn new(weights: impl IntoIterator<Item = f64>) -> Self {
        let mut sum = 0.0;
        let weights = weights.into_iter().map(|weight| {
            sum += weight;
            sum
        });
        Self(weights.collect())
    }

    /// `count` choices, the n-th of weight 1 / n ^ `exponent`.
    pub(crate) fn zipf(count: usize, exponent: f64) -> Self {
        Self::new((1..=count).map(|rank| (rank as f64).powf(-exponent)))
    }

    /// Each choice's share of all.
    pub(crate) fn shares(&self) -> Vec<f64> {
        let sum = self.0.last().copied().unwrap_or_default();
        let before = std::iter::once(&0.0).chain(&self.0);
        self.0.iter().zip(before).map(|(to, from)| (to - from) / sum).collect()
    }

    /// Draws one.
    pub(crate) fn draw(&self, dice: &mut Dice) -> usize {
        let at = dice.unit() * self.0.last().copied().unwrap_or_default();
        self.0.partition_point(|sum| *sum <= at).min(self.0.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_by_weight() {
        let mut dice = Dice::new(1);
        let choices = Weighted::new([1.0, 0.0, 3.0]);
        let mut counts = [0; 3];
        (0..40_000).for_each(|_| counts[choices.draw(&mut dice)] += 1);
        assert!(counts[1] == 0 && (9_500..10_500).contains(&counts[0]), "{counts:?}");
        assert!((0..1_000).all(|_| dice.below(7) < 7 && dice.unit() < 1.0));
    }
}
