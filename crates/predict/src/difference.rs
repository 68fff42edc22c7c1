//! Whether shares of several groups differ by more than chance explains.
//!
//! Pearson, "On the criterion that a given system of deviations from the probable in the case of a correlated
//! system of variables is such that it can be reasonably supposed to have arisen from random sampling", 1900.

/// The outcome of a test that all groups share one true share.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ShareTest {
    /// The statistic, chi-square.
    pub statistic: f64,
    pub degrees: u32,
    /// How often groups that share one true share would differ as much.
    pub p: f64,
}

/// Counts of a table that may be expected below five, of one hundred (Cochran, 1954).
const SMALL_PERCENT_MAX: usize = 20;

/// Tests parts of wholes for one share that all have in common.
///
/// `None` when there are not two groups, when all or none are in the parts, or when groups are too small for the
/// test: every count must be expected to be 1 at least, and a fifth of them at most below 5.
pub fn share_test(groups: &[(u64, u64)]) -> Option<ShareTest> {
    let sum = |of: fn(&(u64, u64)) -> u64| groups.iter().map(of).sum::<u64>() as f64;
    let (part, whole) = (sum(|it| it.0), sum(|it| it.1));
    if groups.len() < 2 || part == 0.0 || part == whole {
        return None;
    }
    let share = part / whole;
    let expected = |it: &(u64, u64)| [share * it.1 as f64, (1.0 - share) * it.1 as f64];
    let all: Vec<f64> = groups.iter().flat_map(expected).collect();
    let small_count = all.iter().filter(|it| **it < 5.0).count();
    if all.iter().any(|it| *it < 1.0) || small_count * 100 > all.len() * SMALL_PERCENT_MAX {
        return None;
    }
    let statistic = groups
        .iter()
        .zip(all.chunks(2))
        .map(|(it, expected)| {
            let off = it.0 as f64 - expected[0];
            off * off * (1.0 / expected[0] + 1.0 / expected[1])
        })
        .sum();
    let degrees = groups.len() as u32 - 1;
    Some(ShareTest {
        statistic,
        degrees,
        p: chi_square_tail(statistic, degrees),
    })
}

/// The chance that a chi-square variable exceeds a value.
///
/// The tail of degrees of freedom two apart differs by one density, so it is a finite sum from that of one or two.
pub fn chi_square_tail(value: f64, degrees: u32) -> f64 {
    debug_assert!(degrees > 0 && value >= 0.0);
    if value <= 0.0 {
        return 1.0;
    }
    let half = value / 2.0;
    // The logarithm of half^k e^-half / gamma(k + 1), for k = 1/2, 3/2, ... or 0, 1, ...
    let (mut tail, mut order, mut log) = match degrees % 2 {
        0 => (0.0, 0.0, -half),
        _ => {
            let log = 0.5 * half.ln() - half - (std::f64::consts::PI.sqrt() / 2.0).ln();
            (crate::interval::two_sided_chance(value.sqrt()), 0.5, log)
        }
    };
    for _ in 0..degrees / 2 {
        tail += log.exp();
        order += 1.0;
        log += (half / order).ln();
    }
    tail.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_are_those_of_published_tables() {
        for (value, degrees, chance) in [
            (3.841_459, 1, 0.05),
            (6.634_897, 1, 0.01),
            (10.827_566, 1, 0.001),
            (5.991_465, 2, 0.05),
            (7.814_728, 3, 0.05),
            (11.070_498, 5, 0.05),
            (18.307_038, 10, 0.05),
            (29.588_298, 10, 0.001),
            (43.772_972, 30, 0.05),
            (124.342_113, 100, 0.05),
        ] {
            let found = chi_square_tail(value, degrees);
            assert!(
                (found / chance - 1.0).abs() < 1e-5,
                "{value} {degrees}: {found}"
            );
        }
        assert_eq!(chi_square_tail(0.0, 4), 1.0);
        assert!(chi_square_tail(5_000.0, 99) >= 0.0);
    }

    #[test]
    fn smokers_in_four_studies_differ_as_published() {
        // Fleiss, "Statistical methods for rates and proportions", 1981, page 139.
        let found = share_test(&[(83, 86), (90, 93), (129, 136), (70, 82)]).expect("large enough");
        assert!((found.statistic - 12.6).abs() < 5e-3, "{found:?}");
        assert_eq!(found.degrees, 3);
        assert!((found.p - 0.005_585).abs() < 5e-6, "{found:?}");
    }

    #[test]
    fn equal_shares_do_not_differ_and_what_is_too_small_is_not_tested() {
        let equal = share_test(&[(10, 40), (20, 80), (5, 20)]).expect("large enough");
        assert!(equal.statistic < 1e-12 && equal.p > 0.999_999);
        assert_eq!(share_test(&[(1, 4), (3, 4)]), None);
        assert_eq!(share_test(&[(5, 100)]), None);
        assert_eq!(share_test(&[(0, 100), (0, 50)]), None);
        assert_eq!(share_test(&[(100, 100), (50, 50)]), None);
    }
}
