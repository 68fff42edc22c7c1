//! Durations in bins that are as fine for short ones as for long ones.

/// Bins share a power of two.
///
/// A bin is the leading bits of the duration as a 32-bit float, which costs next to nothing to find.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bins;

/// 256 for each power of two: the middle of a bin is off by 0.2 % at most.
const PARTS_BITS: u32 = 8;
const MANTISSA_BITS: u32 = 23;
/// The exponent of 1 as a float stores it.
const BIAS: u32 = 127;
const SHIFT: u32 = MANTISSA_BITS - PARTS_BITS;

impl Bins {
    /// Number of bins.
    pub(crate) const COUNT: usize = Self::bin(i64::MAX) + 1;

    /// The bin of a duration, which is not negative. Zero has a bin of its own.
    #[inline]
    pub(crate) const fn bin(value: i64) -> usize {
        let bits = (value as f32).to_bits() >> SHIFT;
        bits.saturating_sub((BIAS << PARTS_BITS) - 1) as usize
    }

    /// The duration in the middle of a bin.
    pub(crate) fn middle(bin: usize) -> i64 {
        if bin == 0 {
            return 0;
        }
        let bits = u32::try_from(bin).expect("a bin") + (BIAS << PARTS_BITS) - 1;
        f32::from_bits((bits << SHIFT) + (1 << SHIFT) / 2).round() as i64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_rise_with_the_duration() {
        let values = (0..100_000).chain((17..63).map(|power| 1_i64 << power));
        let bins_of: Vec<usize> = values.map(Bins::bin).collect();
        assert!(bins_of.is_sorted());
        assert_eq!(bins_of[0], 0);
        assert!(bins_of.iter().all(|bin| *bin < Bins::COUNT));
    }

    #[test]
    fn the_middle_of_a_bin_is_near_all_that_lie_in_it() {
        for value in (1..5_000).chain([123_456_789, 86_400_000, 1 << 40]) {
            let middle = Bins::middle(Bins::bin(value));
            assert!(
                (middle - value).abs() as f64 <= 0.5 + value as f64 * 0.002,
                "{value} {middle}"
            );
        }
    }
}
