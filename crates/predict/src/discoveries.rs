//! Which of many tests are discoveries, when each may be one by chance.
//!
//! Benjamini and Hochberg, "Controlling the false discovery rate: a practical and powerful approach to multiple testing",
//! 1995.

/// The smallest rate of false discoveries at which each test would be one, in the order of the tests.
///
/// Of those at or below a rate, that share at most is expected to be false.
pub fn false_discovery_rates(chances: &[f64]) -> Vec<f64> {
    rates_among(chances, chances.len() as f64)
}

/// The same where only those are given that may be findings, of so many that were looked at.
pub fn rates_among(chances: &[f64], tests_count: f64) -> Vec<f64> {
    debug_assert!(tests_count >= chances.len() as f64);
    let count = chances.len();
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|a, b| chances[*a].total_cmp(&chances[*b]));
    let mut rates = vec![1.0; count];
    let mut least: f64 = 1.0;
    for (rank, test) in order.iter().enumerate().rev() {
        least = least.min(chances[*test] * tests_count / (rank + 1) as f64);
        rates[*test] = least;
    }
    rates
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn as_many_are_found_as_published() {
        // Benjamini and Hochberg 1995, section 4: fifteen comparisons of two treatments.
        let chances = [
            0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
            0.5719, 0.6528, 0.7590, 1.0,
        ];
        let rates = false_discovery_rates(&chances);
        assert_eq!(rates.iter().filter(|it| **it <= 0.05).count(), 4);
        assert!((rates[3] - 0.0095 * 15.0 / 4.0).abs() < 1e-12);
        assert_eq!(rates[14], 1.0);
    }

    #[test]
    fn nothing_is_found_among_nothing() {
        assert_eq!(false_discovery_rates(&[]), Vec::<f64>::new());
    }

    proptest! {
        #[test]
        fn the_tests_at_or_below_a_rate_are_those_of_the_procedure(
            chances in prop::collection::vec(0.0..=1.0_f64, 1..30),
            rate in 0.01..0.5_f64,
        ) {
            // The procedure as published: the largest rank whose chance lies below its line, and all before it.
            let mut sorted = chances.clone();
            sorted.sort_by(f64::total_cmp);
            let line = |rank: usize| rank as f64 / chances.len() as f64 * rate;
            let found = (1..=sorted.len()).rev().find(|rank| sorted[rank - 1] <= line(*rank)).unwrap_or(0);
            let rates = false_discovery_rates(&chances);
            let near = rates.iter().any(|it| (it - rate).abs() < 1e-9);
            prop_assume!(!near);
            prop_assert_eq!(rates.iter().filter(|it| **it <= rate).count(), found);
        }
    }
}
