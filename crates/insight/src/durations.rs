//! Exact quantiles of very many durations in little memory: count them in bins first, then look
//! again into the few bins in which the wanted ranks lie.

use throughline_predict::rank;

/// Eight bins share a power of two.
const PARTS_BITS: u32 = 3;

/// Number of bins.
pub(crate) const BINS: usize = bins_count(PARTS_BITS);

/// The bin of a duration, which is not negative.
pub(crate) const fn bin(value: i64) -> usize {
    fine_bin(value, PARTS_BITS)
}

/// The bin of a duration where `2^parts_bits` bins share a power of two; small values have a bin each.
pub(crate) const fn fine_bin(value: i64, parts_bits: u32) -> usize {
    let value = value.unsigned_abs();
    let parts = 1 << parts_bits;
    if value < 2 * parts {
        return value as usize;
    }
    let power = u64::BITS - 1 - value.leading_zeros();
    let part = (value >> (power - parts_bits)) & (parts - 1);
    (((power - parts_bits) as u64 * parts) + parts + part) as usize
}

/// Number of such bins.
pub(crate) const fn bins_count(parts_bits: u32) -> usize {
    fine_bin(i64::MAX, parts_bits) + 1
}

/// The duration in the middle of a bin.
pub(crate) const fn middle(bin: usize, parts_bits: u32) -> i64 {
    let parts = 1_usize << parts_bits;
    if bin < 2 * parts {
        return bin as i64;
    }
    let shift = bin / parts - 1;
    let start = ((bin % parts + parts) as i64) << shift;
    start + (1_i64 << shift) / 2
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

    #[test]
    fn the_middle_of_a_bin_lies_in_it() {
        for bits in [3, 8] {
            for bin in 0..bins_count(bits) - 1 {
                assert_eq!(fine_bin(middle(bin, bits), bits), bin);
            }
        }
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
