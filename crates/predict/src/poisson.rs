//! How often chance alone brings as many as were seen.

/// The logarithm of the chance that a Poisson variable is a count or more.
///
/// It bounds the chance for a sum of independent yes or no with the same mean from above wherever the count lies one
/// or more above it (Hoeffding, "On the distribution of the number of successes in independent trials", 1956).
pub fn ln_upper_tail(count: u64, mean: f64) -> f64 {
    debug_assert!(mean >= 0.0);
    if count == 0 {
        return 0.0;
    }
    if mean <= 0.0 {
        return f64::NEG_INFINITY;
    }
    if (count as f64) <= mean {
        // Far below, it is nearly sure; near the mean, a half at least, which is never a finding.
        return 0.0;
    }
    let n = count as f64;
    let first = n * mean.ln() - mean - ln_factorial(n);
    // The terms that follow fall faster than a geometric series.
    let (mut sum, mut term, mut next) = (1.0, 1.0, n + 1.0);
    while term > 1e-17 * sum {
        term *= mean / next;
        sum += term;
        next += 1.0;
    }
    (first + sum.ln()).min(0.0)
}

/// By Stirling's series, which needs a number that is not small; smaller ones are led up to it.
fn ln_factorial(n: f64) -> f64 {
    let (mut x, mut off) = (n + 1.0, 0.0);
    while x < 10.0 {
        off += x.ln();
        x += 1.0;
    }
    let inverse = 1.0 / x;
    let square = inverse * inverse;
    let series = inverse * (1.0 / 12.0 - square * (1.0 / 360.0 - square / 1260.0));
    (x - 0.5) * x.ln() - x + 0.5 * (2.0 * std::f64::consts::PI).ln() + series - off
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_are_those_of_the_tables() {
        for (count, mean, tail) in [
            (1_u64, 0.5, 0.393_469_340_287_366_6),
            (4, 1.5, 0.065_642_454_378_450_12),
            (10, 3.0, 0.001_102_488_130_115_481_7),
            (200, 150.0, 0.000_057_096_885_742),
        ] {
            let found = ln_upper_tail(count, mean).exp();
            assert!((found / tail - 1.0).abs() < 1e-9, "{count} {mean} {found}");
        }
    }

    #[test]
    fn every_term_added_up_gives_the_same() {
        for mean in [0.3_f64, 2.0, 7.5] {
            let mut term = (-mean).exp();
            let mut below = 0.0;
            for count in 0..40_u64 {
                if count as f64 > mean {
                    let wanted: f64 = 1.0 - below;
                    if wanted > 1e-9 {
                        let found = ln_upper_tail(count, mean).exp();
                        assert!(
                            (found / wanted - 1.0).abs() < 1e-5,
                            "{count} {mean} {found} {wanted}"
                        );
                    }
                }
                below += term;
                term *= mean / (count + 1) as f64;
            }
        }
        assert_eq!(ln_upper_tail(0, 3.0), 0.0);
        assert_eq!(ln_upper_tail(3, 0.0), f64::NEG_INFINITY);
        assert!(ln_upper_tail(5_000, 3.0) < -30_000.0);
    }
}
