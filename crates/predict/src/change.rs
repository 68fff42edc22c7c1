//! Whether a series has changed its level, and when.
//!
//! Pettitt, "A non-parametric approach to the change-point problem", 1979: of all places to cut a series, the one at
//! which what lies before and what lies behind differ most in rank. It asks for one change and for values that do not
//! depend on each other, so that a weekly rhythm has to be taken out first.

use crate::{Interval, interval::DEVIATE, quantile};

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
    // Adding zero makes both zeros one, which comparing tells no apart.
    let mut sorted: Vec<f64> = series.iter().map(|it| it + 0.0).collect();
    sorted.sort_by(f64::total_cmp);
    let mut sum = 0;
    let mut found: Option<(usize, i64)> = None;
    // Moving one value from behind the cut to before it changes the sum by how it stands to all values.
    for (index, value) in series
        .iter()
        .enumerate()
        .take(series.len().saturating_sub(1))
    {
        let below = sorted.partition_point(|it| it < value) as i64;
        let above = n - sorted.partition_point(|it| it <= value) as i64;
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

/// Index of the first value at the new level: the cut at which two levels fit best, by the least sum of distances from
/// the medians of both sides.
///
/// The cut of the test itself is drawn to the middle of a series when the change lies far from it.
pub fn place(series: &[f64]) -> Option<usize> {
    let cost = |side: &[f64]| {
        let mut sorted = side.to_vec();
        let (_, median, _) = sorted.select_nth_unstable_by(side.len() / 2, f64::total_cmp);
        let median = *median;
        side.iter().map(|it| (it - median).abs()).sum::<f64>()
    };
    (1..series.len())
        .map(|at| (at, cost(&series[..at]) + cost(&series[at..])))
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .map(|it| it.0)
}

/// By how much a level changed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    pub size: f64,
    /// Missing where there are too few values for one.
    pub interval: Option<Interval>,
}

/// By how much the level changed: the median of all differences between a value behind the change and one before it
/// (Hodges and Lehmann, 1963), in millionths so that it is one of them.
///
/// The interval is that of Moses, which takes the differences as far from their middle as the test of Wilcoxon allows.
/// It holds for a change whose place was known beforehand.
pub fn step(series: &[f64], at: usize) -> Option<Step> {
    const MILLION: f64 = 1e6;
    let (before, behind) = series.split_at_checked(at)?;
    let mut differences: Vec<i64> = (before.iter())
        .flat_map(|before| {
            behind
                .iter()
                .map(move |it| ((it - before) * MILLION).round() as i64)
        })
        .collect();
    let size = quantile(&mut differences, 500)? as f64 / MILLION;
    let (m, n) = (before.len() as f64, behind.len() as f64);
    let spread = (m * n * (m + n + 1.0) / 12.0).sqrt();
    let outside = (m * n / 2.0 - DEVIATE * spread).floor();
    let interval = (outside >= 1.0).then(|| {
        let rank = outside as usize;
        let mut nth = |index: usize| *differences.select_nth_unstable(index).1 as f64 / MILLION;
        let low = nth(rank - 1);
        let high = nth(before.len() * behind.len() - rank);
        Interval { low, high }
    });
    Some(Step { size, interval })
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
        assert!((step.size + 6.0).abs() < 1.0, "{step:?}");
        let interval = step.interval.expect("enough values");
        assert!(interval.low < -6.0 && -6.0 < interval.high, "{step:?}");
        assert!(interval.high < 0.0, "{step:?}");
    }

    #[test]
    fn a_change_far_from_the_middle_is_placed_where_it_is() {
        for planted in [8, 20, 52] {
            // After the drop some days are a little higher at first, which draws the test to the middle.
            let series: Vec<f64> = (0..60)
                .map(|day| match day {
                    day if day < planted => 60.0,
                    day if day < planted + 6 => 45.0,
                    _ => 40.0,
                })
                .enumerate()
                .map(|(day, level)| level + ((day * 31) % 7) as f64)
                .collect();
            assert_eq!(place(&series), Some(planted), "{planted}");
        }
        assert_eq!(place(&[1.0]), None);
    }

    #[test]
    fn what_never_changes_has_no_change() {
        assert_eq!(change(&[]), None);
        assert_eq!(change(&[1.0]), None);
        assert_eq!(change(&[2.0; 30]), None);
        assert_eq!(step(&[1.0], 1), None);
        assert_eq!(step(&[1.0, 2.0], 3), None);
        let two = step(&[1.0, 3.0], 1).expect("two sides");
        assert_eq!((two.size, two.interval), (2.0, None));
    }

    #[test]
    fn the_interval_is_that_of_the_ranks() {
        // Of 8 and 8 values 13 of the 64 differences lie outside on each side.
        let series: Vec<f64> = [0.0, 100.0]
            .iter()
            .flat_map(|level| (0..8).map(move |it| level + f64::from(it * it)))
            .collect();
        let mut differences: Vec<f64> = (series[..8].iter())
            .flat_map(|a| series[8..].iter().map(move |b| b - a))
            .collect();
        differences.sort_by(f64::total_cmp);
        let interval = step(&series, 8).and_then(|it| it.interval).expect("one");
        assert_eq!(
            (interval.low, interval.high),
            (differences[12], differences[51])
        );
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
