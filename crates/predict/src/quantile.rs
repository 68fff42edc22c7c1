//! Exact quantiles: always a value that was observed, never one between two.

/// How many of `count` values make up at least `permille` thousandths of them; at least one.
pub fn rank(count: u64, permille: u64) -> u64 {
    let product = u128::from(count) * u128::from(permille);
    let rank = product.div_ceil(1000).max(1);
    u64::try_from(rank).expect("no more than the count when permille is at most 1000")
}

/// The smallest value that at least `permille` thousandths of all do not exceed; `None` of nothing.
///
/// The values are reordered.
pub fn quantile(values: &mut [i64], permille: u64) -> Option<i64> {
    if values.is_empty() {
        return None;
    }
    let rank = rank(values.len() as u64, permille.min(1000));
    let index = usize::try_from(rank - 1).expect("an index into the values");
    Some(*values.select_nth_unstable(index).1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_median_of_an_even_count_is_the_lower_middle() {
        assert_eq!(quantile(&mut [4, 1, 3, 2], 500), Some(2));
        assert_eq!(quantile(&mut [5, 1, 3], 500), Some(3));
        assert_eq!(quantile(&mut [7], 900), Some(7));
        assert_eq!(quantile(&mut [7, 8], 0), Some(7));
        assert_eq!(quantile(&mut [], 500), None);
    }

    proptest! {
        #[test]
        fn enough_values_lie_at_or_below_and_not_enough_below(
            mut values in prop::collection::vec(-5..5_i64, 1..40),
            permille in 1..=1000_u64,
        ) {
            let found = quantile(&mut values, permille).expect("some");
            let share = |count: usize| count as u64 * 1000 >= permille * values.len() as u64;
            prop_assert!(share(values.iter().filter(|it| **it <= found).count()));
            prop_assert!(!share(values.iter().filter(|it| **it < found).count()));
        }
    }
}
