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
    if whole == 0 {
        return None;
    }
    debug_assert!(part <= whole);
    let (n, share) = (whole as f64, part as f64 / whole as f64);
    let square = DEVIATE * DEVIATE;
    let center = share + square / (2.0 * n);
    let spread = DEVIATE * (share * (1.0 - share) / n + square / (4.0 * n * n)).sqrt();
    let scale = 1.0 + square / n;
    Some(Interval {
        low: if part == 0 {
            0.0
        } else {
            (center - spread) / scale
        },
        high: if part == whole {
            1.0
        } else {
            (center + spread) / scale
        },
    })
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
