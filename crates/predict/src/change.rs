//! Whether a series has changed its level, and when.
//!
//! Pettitt, "A non-parametric approach to the change-point problem", 1979: of all places to cut a series, the one at
//! which what lies before and what lies behind differ most in rank. It asks for one change and for values that do not
//! depend on each other, so that a weekly rhythm has to be taken out first.

use crate::quantile;

/// Where a series changed most, whether or not that is more than chance explains.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Change {
    /// Index of the first value behind the change.
    pub at: usize,
    /// The greatest difference of ranks: below zero when the series fell.
    pub statistic: i64,
    /// How often a series without a change would seem to change as much; good below one half.
    pub p: f64,
}

/// Tests a series for one change of its level.
///
/// `None` when there are fewer than two values, or when all are the same.
pub fn change(series: &[f64]) -> Option<Change> {
    debug_assert!(series.iter().all(|it| it.is_finite()));
    let n = series.len() as i64;
    let mut sum = 0;
    let mut found: Option<(usize, i64)> = None;
    // Moving one value from behind the cut to before it changes the sum by how it stands to all values.
    for (index, value) in series
        .iter()
        .enumerate()
        .take(series.len().saturating_sub(1))
    {
        let below = series.iter().filter(|it| *it < value).count() as i64;
        let above = series.iter().filter(|it| *it > value).count() as i64;
        sum += below - above;
        if sum != 0 && found.is_none_or(|(_, most)| sum.abs() > most.abs()) {
            found = Some((index + 1, sum));
        }
    }
    let (at, before) = found?;
    let (k, n) = (before as f64, n as f64);
    Some(Change {
        at,
        statistic: -before,
        p: (2.0 * (-6.0 * k * k / (n * n * n + n * n)).exp()).min(1.0),
    })
}

/// By how much the level changed: the median of all differences between a value behind the change and one before it
/// (Hodges and Lehmann, 1963), in millionths so that it is one of them.
pub fn step(series: &[f64], at: usize) -> Option<f64> {
    const MILLION: f64 = 1e6;
    let (before, behind) = series.split_at_checked(at)?;
    let mut differences: Vec<i64> = (before.iter())
        .flat_map(|before| {
            behind
                .iter()
                .map(move |it| ((it - before) * MILLION).round() as i64)
        })
        .collect();
    quantile(&mut differences, 500).map(|it| it as f64 / MILLION)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Table 1 of the paper.
    const PUBLISHED: [f64; 40] = [
        -1.05, 0.96, 1.22, 0.58, -0.98, -0.03, -1.54, -0.71, -0.35, 0.66, 0.44, 0.91, -0.02, -1.42,
        1.26, -1.02, -0.81, 1.66, 1.05, 0.97, 2.14, 1.22, -0.24, 1.60, 0.72, -0.12, 0.44, 0.03,
        0.66, 0.56, 1.37, 1.66, 0.10, 0.80, 1.29, 0.49, -0.07, 1.18, 3.29, 1.84,
    ];

    #[test]
    fn the_published_change_is_found() {
        let found = change(&PUBLISHED).expect("a change");
        assert_eq!((found.at, found.statistic), (17, 232));
        assert!((found.p - 0.0146).abs() < 5e-5, "{found:?}");
    }

    #[test]
    fn a_planted_drop_is_found_where_it_is_and_how_deep() {
        // Sixty days around 20 with a drop of 6 after day 37; what is added has no trend.
        let noise = |day: usize| ((day * 7919) % 11) as f64 / 2.0;
        let series: Vec<f64> = (0..60)
            .map(|day| if day < 37 { 20.0 } else { 14.0 } + noise(day))
            .collect();
        let found = change(&series).expect("a change");
        assert!(found.at.abs_diff(37) <= 2, "{found:?}");
        assert!(found.statistic < 0 && found.p < 0.001, "{found:?}");
        let step = step(&series, found.at).expect("two sides");
        assert!((step + 6.0).abs() < 1.0, "{step}");
    }

    #[test]
    fn what_never_changes_has_no_change() {
        assert_eq!(change(&[]), None);
        assert_eq!(change(&[1.0]), None);
        assert_eq!(change(&[2.0; 30]), None);
        assert_eq!(step(&[1.0], 1), None);
    }

    proptest! {
        /// The statistic is the sum of signs over all pairs on two sides of the cut, and no cut has a greater one.
        #[test]
        fn it_is_what_comparing_every_pair_gives(series in prop::collection::vec(-5..6_i32, 2..40)) {
            let series: Vec<f64> = series.into_iter().map(f64::from).collect();
            let sum = |at: usize| -> i64 {
                let (before, behind) = series.split_at(at);
                let sign = |a: &f64, b: &f64| i64::from(b > a) - i64::from(b < a);
                before.iter().map(|a| behind.iter().map(|b| sign(a, b)).sum::<i64>()).sum()
            };
            let most = (1..series.len()).map(|at| sum(at).abs()).max().unwrap_or(0);
            match change(&series) {
                None => prop_assert_eq!(most, 0),
                Some(found) => {
                    prop_assert_eq!(found.statistic, sum(found.at));
                    prop_assert_eq!(found.statistic.abs(), most);
                    prop_assert!((0.0..=1.0).contains(&found.p));
                }
            }
        }
    }
}
