//! How far a measured share may lie from the true one.

use serde::Serialize;
use utoipa::ToSchema;

/// The normal deviate of a 95 % interval.
pub(crate) const DEVIATE: f64 = 1.959_963_984_540_054;

/// Bounds that hold the true value in 95 of 100 cases.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct Interval {
    pub low: f64,
    pub high: f64,
}

/// The interval of a share by Wilson's score method, which stays sound for small counts and near 0 and 1.
///
/// `None` when there is nothing to take a share of.
pub fn wilson(part: u64, whole: u64) -> Option<Interval> {
    wilson_at(part, whole, DEVIATE)
}

/// The interval of the difference of two independent shares, the second taken from the first.
///
/// Newcombe's hybrid of two Wilson intervals. It is widened for `tests_count` looks at the same
/// data (Bonferroni), so that the largest of many differences is not taken for a finding.
pub fn difference(
    (part, whole): (u64, u64),
    (part_before, whole_before): (u64, u64),
    tests_count: u64,
) -> Option<Interval> {
    if whole == 0 || whole_before == 0 {
        return None;
    }
    debug_assert!(part <= whole && part_before <= whole_before);
    let measured = |part: u64, whole: u64| Measured {
        share: part as f64 / whole as f64,
        n: whole as f64,
    };
    Some(difference_of(
        measured(part, whole),
        measured(part_before, whole_before),
        tests_count,
    ))
}

/// A share and of how many it was measured; a weighted share is worth as many as an unweighted one of its variance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    pub share: f64,
    /// More than 0.
    pub n: f64,
}

/// As [`difference`], of shares that need not be counts.
pub fn difference_of(measured: Measured, before: Measured, tests_count: u64) -> Interval {
    difference_between(
        share_bounds(measured, tests_count),
        share_bounds(before, tests_count),
    )
}

/// An estimate with its own bounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounded {
    pub value: f64,
    pub bounds: Interval,
}

/// The interval of the difference of two independent estimates, the second taken from the first.
///
/// Zou and Donner, "Construction of confidence intervals about effect measures: a general approach", 2008: what the
/// bounds of both say of their variances near the limits of the difference is put together. Of two shares with
/// intervals of Wilson it is Newcombe's, so that shares, times and rates are compared in one way.
pub fn difference_between(it: Bounded, other: Bounded) -> Interval {
    let down = (it.value - it.bounds.low).hypot(other.bounds.high - other.value);
    let up = (it.bounds.high - it.value).hypot(other.value - other.bounds.low);
    let difference = it.value - other.value;
    Interval {
        low: difference - down,
        high: difference + up,
    }
}

/// The interval of a share by Wilson's method, widened for `tests_count` looks at the same data (Bonferroni).
pub fn share_bounds(measured: Measured, tests_count: u64) -> Bounded {
    Bounded {
        value: measured.share,
        bounds: score(
            measured,
            two_sided_deviate(0.05 / tests_count.max(1) as f64),
        ),
    }
}

fn wilson_at(part: u64, whole: u64, deviate: f64) -> Option<Interval> {
    debug_assert!(part <= whole);
    (whole > 0).then(|| {
        let (share, n) = (part as f64 / whole as f64, whole as f64);
        score(Measured { share, n }, deviate)
    })
}

fn score(Measured { share, n }: Measured, deviate: f64) -> Interval {
    let square = deviate * deviate;
    let center = share + square / (2.0 * n);
    let spread = deviate * (share * (1.0 - share) / n + square / (4.0 * n * n)).sqrt();
    let scale = 1.0 + square / n;
    Interval {
        low: if share <= 0.0 {
            0.0
        } else {
            (center - spread) / scale
        },
        high: if share >= 1.0 {
            1.0
        } else {
            (center + spread) / scale
        },
    }
}

/// The deviate that a normal variable exceeds, up or down, with this chance.
pub(crate) fn two_sided_deviate(chance: f64) -> f64 {
    let wanted = chance / 2.0;
    let (mut low, mut high) = (0.0, 40.0);
    // Each step halves the error, so sixty leave nothing of a double.
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if upper_tail(middle) > wanted {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

/// The chance that a normal variable lies further from its mean than a deviate, on either side.
pub(crate) fn two_sided_chance(deviate: f64) -> f64 {
    2.0 * upper_tail(deviate)
}

/// The chance that a normal variable exceeds a deviate, by the continued fraction of Laplace
/// where it converges fast and by the series of the distribution elsewhere.
fn upper_tail(deviate: f64) -> f64 {
    let density = (-deviate * deviate / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
    if deviate > 3.0 {
        let mut fraction = deviate;
        for level in (1..=80).rev() {
            fraction = deviate + f64::from(level) / fraction;
        }
        return density / fraction;
    }
    let (mut term, mut sum) = (deviate, deviate);
    for level in 1..=80 {
        term *= deviate * deviate / (2.0 * f64::from(level) + 1.0);
        sum += term;
    }
    0.5 - density * sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_values_are_met() {
        // Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
        for (part, whole, low, high) in [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ] {
            let interval = wilson(part, whole).expect("some");
            assert!((interval.low - low).abs() < 5e-5, "{interval:?}");
            assert!((interval.high - high).abs() < 5e-5, "{interval:?}");
        }
    }

    #[test]
    fn published_differences_are_met() {
        // Newcombe 1998, table II, method 10: cases (a), (b) and (e).
        for (now, before, low, high) in [
            ((56, 70), (48, 80), 0.0524, 0.3339),
            ((9, 10), (3, 10), 0.1705, 0.8090),
            ((5, 56), (0, 29), -0.0381, 0.1926),
        ] {
            let interval = difference(now, before, 1).expect("some");
            assert!((interval.low - low).abs() < 5e-5, "{interval:?}");
            assert!((interval.high - high).abs() < 5e-5, "{interval:?}");
        }
    }

    #[test]
    fn many_looks_widen_the_interval() {
        for (tests_count, deviate) in [(1, 1.959_964), (10, 2.807_034), (100, 3.480_756)] {
            let found = two_sided_deviate(0.05 / f64::from(tests_count));
            assert!((found - deviate).abs() < 1e-6, "{found}");
        }
    }

    #[test]
    fn the_interval_holds_the_share_and_lies_within_0_and_1() {
        for whole in 1..50 {
            for part in 0..=whole {
                let interval = wilson(part, whole).expect("some");
                let share = part as f64 / whole as f64;
                assert!(0.0 <= interval.low && interval.low <= share);
                assert!(share <= interval.high && interval.high <= 1.0);
            }
        }
        assert_eq!(wilson(0, 0), None);
    }
}
