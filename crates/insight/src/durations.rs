//! Exact quantiles of very many durations in little memory: count them in bins first, then look
//! again into the few bins in which the wanted ranks lie.

use throughline_predict::rank;

/// Bins of one power of two.
const PARTS: u32 = 8;
const PARTS_BITS: u32 = PARTS.trailing_zeros();

/// Number of bins: values below 16 have a bin each, others share an eighth of their power of two.
pub(crate) const BINS: usize = bin(i64::MAX) + 1;

/// The bin of a duration, which is not negative.
pub(crate) const fn bin(value: i64) -> usize {
    let value = value.unsigned_abs();
    if value < (2 * PARTS) as u64 {
        return value as usize;
    }
    let power = u64::BITS - 1 - value.leading_zeros();
    let part = (value >> (power - PARTS_BITS)) as u32 & (PARTS - 1);
    ((power - PARTS_BITS) * PARTS + PARTS + part) as usize
}

/// Where a wanted rank lies: the bin, and how many values of it come before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sought {
    pub(crate) bin: usize,
    before: u64,
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

impl Sought {
    /// The value, out of all values of the bin, which are reordered.
    pub(crate) fn pick(self, values: &mut [i64]) -> i64 {
        let index = usize::try_from(self.before).expect("an index into the values");
        *values.select_nth_unstable(index).1
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use throughline_predict::quantile;

    use super::*;

    #[test]
    fn bins_rise_without_gaps() {
        let mut last = 0;
        for value in (0..100_000).chain((17..63).map(|power| 1_i64 << power)) {
            let here = bin(value);
            assert!(
                here == last || here == last + 1 || value > 100_000,
                "{value}"
            );
            last = here;
        }
        assert!(BINS < 512);
    }

    proptest! {
        #[test]
        fn the_value_is_that_of_sorting(
            mut values in prop::collection::vec(prop_oneof![0..40_i64, 0..10_000_000_i64], 0..60),
            permille in 1..=1000_u64,
        ) {
            let mut bins = vec![0_u32; BINS];
            for value in &values {
                bins[bin(*value)] += 1;
            }
            let found = seek(&bins, permille).map(|sought| {
                let mut inside: Vec<i64> =
                    values.iter().copied().filter(|it| bin(*it) == sought.bin).collect();
                sought.pick(&mut inside)
            });
            prop_assert_eq!(found, quantile(&mut values, permille));
        }
    }
}
