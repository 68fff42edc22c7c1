//! Whether means of two groups differ: money and counts, which have long tails.

use crate::{Interval, interval::two_sided_deviate};

/// What is known of a group: how many there are, and the moments of what they have.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Moments {
    pub n: u64,
    pub mean: f64,
    /// The unbiased variance; 0 where there are not two.
    pub variance: f64,
}

/// The difference of two means, the second taken from the first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeanDifference {
    pub difference: f64,
    /// Welch, "The generalization of Student's problem when several different population variances are involved", 1947.
    pub interval: Interval,
    /// Degrees of freedom after Satterthwaite.
    pub degrees: f64,
}

impl Moments {
    /// Of a list, besides which so many have nothing. Sorted lists give the same to the last bit.
    pub fn of(values: &[f64], zeros: u64) -> Self {
        let n = values.len() as u64 + zeros;
        if n == 0 {
            return Self::default();
        }
        let count = n as f64;
        let mean = values.iter().sum::<f64>() / count;
        let some: f64 = values.iter().map(|it| (it - mean).powi(2)).sum();
        let squares = some + zeros as f64 * mean * mean;
        Self {
            n,
            mean,
            variance: if n < 2 { 0.0 } else { squares / (count - 1.0) },
        }
    }

    fn of_mean(&self) -> f64 {
        self.variance / self.n as f64
    }
}

/// The difference of two means with its intervals; none where a group has not two or nothing varies.
pub fn mean_difference(it: &Moments, other: &Moments) -> Option<MeanDifference> {
    mean_difference_of(it, other, 1)
}

/// The same, its interval widened for `tests_count` looks at the same data (Bonferroni).
pub fn mean_difference_of(
    it: &Moments,
    other: &Moments,
    tests_count: u64,
) -> Option<MeanDifference> {
    let (mine, theirs) = (it.of_mean(), other.of_mean());
    if it.n < 2 || other.n < 2 || mine + theirs <= 0.0 {
        return None;
    }
    let difference = it.mean - other.mean;
    let error = (mine + theirs).sqrt();
    let degrees = satterthwaite((mine, it.n), (theirs, other.n));
    let reach = student_deviate(degrees, 0.05 / tests_count.max(1) as f64) * error;
    Some(MeanDifference {
        difference,
        interval: Interval {
            low: difference - reach,
            high: difference + reach,
        },
        degrees,
    })
}

/// The first mean by the second, less 1, with its interval by the delta method and Welch's degrees of freedom.
///
/// None where the second is not above 0.
pub fn relative_difference(it: &Moments, other: &Moments) -> Option<(f64, Interval)> {
    if it.n < 2 || other.n < 2 || other.mean <= 0.0 {
        return None;
    }
    let (mine, theirs) = (it.of_mean(), other.of_mean());
    let square = other.mean * other.mean;
    let variance = mine / square + theirs * it.mean * it.mean / (square * square);
    let value = it.mean / other.mean - 1.0;
    let degrees = satterthwaite((mine, it.n), (theirs, other.n));
    let reach = match variance > 0.0 {
        true => student_deviate(degrees, 0.05) * variance.sqrt(),
        false => 0.0,
    };
    Some((
        value,
        Interval {
            low: value - reach,
            high: value + reach,
        },
    ))
}

/// A share as a mean of zeros and ones, with the variance of a share.
pub fn moments_of_share(part: u64, whole: u64) -> Moments {
    if whole == 0 {
        return Moments::default();
    }
    let share = part as f64 / whole as f64;
    Moments {
        n: whole,
        mean: share,
        variance: share * (1.0 - share),
    }
}

fn satterthwaite((mine, n): (f64, u64), (theirs, m): (f64, u64)) -> f64 {
    let sum = mine + theirs;
    let parts = mine * mine / (n as f64 - 1.0) + theirs * theirs / (m as f64 - 1.0);
    match parts > 0.0 {
        true => sum * sum / parts,
        false => f64::INFINITY,
    }
}

/// The deviate that a variable of Student exceeds, up or down, with a chance.
fn student_deviate(degrees: f64, chance: f64) -> f64 {
    if degrees > 1e9 {
        return two_sided_deviate(chance);
    }
    let (mut low, mut high) = (0.0, 1e4);
    // Each step halves the error, so that this many leave nothing of a double.
    for _ in 0..80 {
        let middle = (low + high) / 2.0;
        if student_chance(middle, degrees) > chance {
            low = middle;
        } else {
            high = middle;
        }
    }
    low
}

/// The chance that a variable of Student lies further from 0 than a deviate, on either side.
fn student_chance(deviate: f64, degrees: f64) -> f64 {
    beta_share(degrees / (degrees + deviate * deviate), degrees / 2.0, 0.5)
}

/// The regularized incomplete beta function, by its continued fraction after Lentz.
fn beta_share(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return x.clamp(0.0, 1.0);
    }
    // The fraction converges fast on this side only.
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - beta_share(1.0 - x, b, a);
    }
    let front = ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * x.ln() + b * (-x).ln_1p();
    let keep = |it: f64| if it.abs() < 1e-300 { 1e-300 } else { it };
    let mut upper = 1.0;
    let mut lower = 1.0 / keep(1.0 - (a + b) * x / (a + 1.0));
    let mut fraction = lower;
    for step in 1..=10_000 {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let before = fraction;
        for term in [even, odd] {
            lower = 1.0 / keep(1.0 + term * lower);
            upper = keep(1.0 + term / upper);
            fraction *= upper * lower;
        }
        if (fraction / before - 1.0).abs() < 1e-15 {
            break;
        }
    }
    (front.exp() * fraction / a).clamp(0.0, 1.0)
}

/// The logarithm of the gamma function of a positive number, by Stirling's series where it is exact to a double.
fn ln_gamma(x: f64) -> f64 {
    let (mut x, mut shift) = (x, 0.0);
    while x < 15.0 {
        shift += x.ln();
        x += 1.0;
    }
    let square = x * x;
    let series = (1.0 / 12.0
        - (1.0 / 360.0 - (1.0 / 1260.0 - (1.0 / 1680.0) / square) / square) / square)
        / x;
    (x - 0.5) * x.ln() - x + (2.0 * std::f64::consts::PI).ln() / 2.0 + series - shift
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn deviates_are_those_of_published_tables() {
        for (degrees, deviate) in [
            (1.0, 12.706_205),
            (2.0, 4.302_653),
            (5.0, 2.570_582),
            (10.0, 2.228_139),
            (30.0, 2.042_272),
            (120.0, 1.979_930),
            (36_671.0, 1.960_029),
        ] {
            let found = student_deviate(degrees, 0.05);
            assert!((found - deviate).abs() < 2e-6, "{degrees}: {found}");
        }
    }

    #[test]
    fn sleepers_gain_what_student_published() {
        // Student, "The probable error of a mean", 1908: hours of sleep gained with two drugs.
        let first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
        let second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
        let found =
            mean_difference(&Moments::of(&first, 0), &Moments::of(&second, 0)).expect("both vary");
        assert!((found.difference + 1.58).abs() < 1e-12, "{found:?}");
        assert!((found.degrees - 17.776_474).abs() < 1e-6, "{found:?}");
        assert!((found.interval.low + 3.365_483).abs() < 1e-6, "{found:?}");
        assert!((found.interval.high - 0.205_483).abs() < 1e-6, "{found:?}");
    }

    #[test]
    fn what_does_not_vary_has_no_interval() {
        assert_eq!(
            mean_difference(&Moments::of(&[], 40), &Moments::of(&[], 40)),
            None
        );
        assert_eq!(
            mean_difference(&Moments::of(&[1.0], 0), &Moments::of(&[1.0, 2.0], 0)),
            None
        );
        assert_eq!(
            relative_difference(&Moments::of(&[1.0, 2.0], 0), &Moments::of(&[], 4)),
            None
        );
    }

    /// How often an interval misses the truth is its error; money of one in ten buyers has a very long tail.
    #[test]
    fn intervals_of_money_hold_the_truth_about_as_often_as_they_say() {
        let mut state = 7_u64;
        let mut roll = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1_u64 << 53) as f64
        };
        let mut missed = 0;
        for _ in 0..2_000 {
            let mut group = |share: f64| {
                let values: Vec<f64> = (0..400)
                    .filter_map(|_| match roll() < share {
                        true => Some((-roll().max(1e-12).ln()).powi(2)),
                        false => None,
                    })
                    .collect();
                Moments::of(&values, 400 - values.len() as u64)
            };
            let (treated, control) = (group(0.2), group(0.1));
            let found = mean_difference(&treated, &control).expect("both vary");
            // The mean of the square of an exponential is 2.
            missed += u32::from(found.interval.low > 0.2 || found.interval.high < 0.2);
        }
        assert!((70..=140).contains(&missed), "{missed} of 2000");
    }

    proptest! {
        #[test]
        fn zeros_count_as_values_do(values in prop::collection::vec(0.0..1e4_f64, 2..40), zeros in 0..40_u64) {
            let mut all = values.clone();
            all.extend((0..zeros).map(|_| 0.0));
            let (some, all) = (Moments::of(&values, zeros), Moments::of(&all, 0));
            prop_assert_eq!(some.n, all.n);
            prop_assert!((some.mean - all.mean).abs() < 1e-6);
            prop_assert!((some.variance - all.variance).abs() <= 1e-6 * (1.0 + all.variance));
        }
    }
}
