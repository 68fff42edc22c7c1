//! Exact quantiles of very many durations in little memory: count them in bins first, then look
//! again into the few bins in which the wanted ranks lie.

use throughline_predict::rank;

/// How durations are put into bins: so many bins share a power of two.
///
/// A bin is the leading bits of the duration as a 32-bit float, which costs next to nothing to find.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bins {
    parts_bits: u32,
    /// All that is longer than two to the power of this shares the last bin.
    powers: u32,
}

const MANTISSA_BITS: u32 = 23;
/// The exponent of 1 as a float stores it.
const BIAS: u32 = 127;

impl Bins {
    /// 256 for each power of two: the middle of a bin is off by 0.2 % at most.
    pub(crate) const FINEST: Self = Self {
        parts_bits: 8,
        powers: 63,
    };
    /// One for each power of two up to two years.
    pub(crate) const COARSE: Self = Self {
        parts_bits: 0,
        powers: 36,
    };

    /// Number of bins.
    pub(crate) const fn count(self) -> usize {
        self.bin(i64::MAX) + 1
    }

    /// The bin of a duration, which is not negative. Zero has a bin of its own.
    #[inline]
    pub(crate) const fn bin(self, value: i64) -> usize {
        let bits = (value as f32).to_bits() >> (MANTISSA_BITS - self.parts_bits);
        let bin = bits.saturating_sub((BIAS << self.parts_bits) - 1);
        let last = (self.powers << self.parts_bits) + 1;
        if bin < last {
            bin as usize
        } else {
            last as usize
        }
    }

    /// The shortest duration of a bin; of the one behind the last, more than any.
    pub(crate) fn start(self, bin: usize) -> i64 {
        let (mut low, mut high) = (0, i64::MAX);
        while low < high {
            let middle = low + (high - low) / 2;
            match self.bin(middle) >= bin {
                true => high = middle,
                false => low = middle + 1,
            }
        }
        low
    }

    /// The duration in the middle of a bin.
    pub(crate) fn middle(self, bin: usize) -> i64 {
        if bin == 0 {
            return 0;
        }
        let bits = u32::try_from(bin).expect("a bin") + (BIAS << self.parts_bits) - 1;
        let shift = MANTISSA_BITS - self.parts_bits;
        f32::from_bits((bits << shift) + (1 << shift) / 2).round() as i64
    }
}

/// Where a wanted rank lies: the bin, and how many values of it come before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sought {
    pub(crate) bin: usize,
    pub(crate) before: u64,
}

/// Finds the bin of the value that at least `permille` thousandths do not exceed; none of nothing.
pub(crate) fn seek(bins: &[u32], permille: u64) -> Option<Sought> {
    let count: u64 = bins.iter().map(|count| u64::from(*count)).sum();
    if count == 0 {
        return None;
    }
    let mut before = rank(count, permille) - 1;
    for (bin, count) in bins.iter().enumerate() {
        if before < u64::from(*count) {
            return Some(Sought { bin, before });
        }
        before -= u64::from(*count);
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use throughline_predict::quantile;

    use super::*;

    #[test]
    fn bins_rise_with_the_duration() {
        for bins in [Bins::COARSE, Bins::FINEST] {
            let values = (0..100_000).chain((17..63).map(|power| 1_i64 << power));
            let bins_of: Vec<usize> = values.map(|value| bins.bin(value)).collect();
            assert!(bins_of.is_sorted());
            assert_eq!(bins_of[0], 0);
            assert!(bins_of.iter().all(|bin| *bin < bins.count()));
            for bin in 1..bins.count() {
                let start = bins.start(bin);
                assert!(bins.bin(start) >= bin && bins.bin(start - 1) < bin);
            }
        }
    }

    #[test]
    fn the_middle_of_a_bin_is_near_all_that_lie_in_it() {
        for value in (1..5_000).chain([123_456_789, 86_400_000, 1 << 40]) {
            let middle = Bins::FINEST.middle(Bins::FINEST.bin(value));
            assert!(
                (middle - value).abs() as f64 <= 0.5 + value as f64 * 0.002,
                "{value} {middle}"
            );
        }
    }

    proptest! {
        #[test]
        fn the_value_is_that_of_sorting(
            mut values in prop::collection::vec(prop_oneof![0..40_i64, 0..10_000_000_i64], 0..60),
            permille in 1..=1000_u64,
        ) {
            let kind = Bins::COARSE;
            let mut bins = vec![0_u32; kind.count()];
            for value in &values {
                bins[kind.bin(*value)] += 1;
            }
            let found = seek(&bins, permille).map(|sought| {
                let mut inside: Vec<i64> =
                    values.iter().copied().filter(|it| kind.bin(*it) == sought.bin).collect();
                *inside.select_nth_unstable(sought.before as usize).1
            });
            prop_assert_eq!(found, quantile(&mut values, permille));
        }
    }
}
