//! How good chances are that a model gives.

use serde::Serialize;
use utoipa::ToSchema;

use crate::interval::{Interval, wilson};

/// How chances compare with what came.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct Scores {
    /// How often one who did it was given a higher chance than one who did not; a half is guessing.
    pub auc: f64,
    /// The mean of the negative logarithm of the chance of what came.
    pub log_loss: f64,
    /// The mean square of the chance less what came (Brier, 1950).
    pub brier: f64,
}

/// Those with about the same chance.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct CalibrationBin {
    /// The mean of their chances.
    pub chance: f64,
    /// How many of them did it.
    pub part: u64,
    pub whole: u64,
    /// Of the share that did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<Interval>,
}

/// Chances closer to none or all than this are taken for this, so that one surprise is not infinitely bad.
const CHANCE_MIN: f64 = 1e-15;

/// Scores chances, each with whether it came; `None` when only one of the two came.
pub fn scores(chances: &[(f64, bool)]) -> Option<Scores> {
    let count = chances.len() as f64;
    let came = chances.iter().filter(|it| it.1).count() as f64;
    if came == 0.0 || came == count {
        return None;
    }
    let mut sorted = chances.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    // The sum of ranks of those who did it, equal chances sharing theirs (Mann and Whitney, 1947).
    let (mut ranks, mut before) = (0.0, 0.0);
    for equal in sorted.chunk_by(|a, b| a.0 == b.0) {
        let rank = before + (equal.len() as f64 + 1.0) / 2.0;
        ranks += rank * equal.iter().filter(|it| it.1).count() as f64;
        before += equal.len() as f64;
    }
    let loss = |(chance, came): &(f64, bool)| {
        let chance = if *came { *chance } else { 1.0 - chance };
        -chance.max(CHANCE_MIN).ln()
    };
    let square = |(chance, came): &(f64, bool)| (chance - f64::from(u8::from(*came))).powi(2);
    Some(Scores {
        auc: (ranks - came * (came + 1.0) / 2.0) / (came * (count - came)),
        log_loss: chances.iter().map(loss).sum::<f64>() / count,
        brier: chances.iter().map(square).sum::<f64>() / count,
    })
}

/// As many groups of about as many, by their chances; equal chances stay together.
pub fn calibration(chances: &[(f64, bool)], bins_count: usize) -> Vec<CalibrationBin> {
    let mut sorted = chances.to_vec();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let size = sorted.len().div_ceil(bins_count.max(1)).max(1);
    let mut bins: Vec<CalibrationBin> = Vec::new();
    let mut group: Vec<(f64, bool)> = Vec::new();
    let equal: Vec<&[(f64, bool)]> = sorted.chunk_by(|a, b| a.0 == b.0).collect();
    for (index, equal_ones) in equal.iter().enumerate() {
        group.extend_from_slice(equal_ones);
        if group.len() >= size || index + 1 == equal.len() {
            let whole = group.len() as u64;
            let part = group.iter().filter(|it| it.1).count() as u64;
            bins.push(CalibrationBin {
                chance: group.iter().map(|it| it.0).sum::<f64>() / whole as f64,
                part,
                whole,
                interval: wilson(part, whole),
            });
            group.clear();
        }
    }
    bins
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_chance_for_all_is_guessing() {
        let all: Vec<(f64, bool)> = (0..10).map(|it| (0.3, it < 3)).collect();
        let found = scores(&all).expect("both came");
        assert!((found.auc - 0.5).abs() < 1e-12);
        assert!((found.brier - 0.21).abs() < 1e-12);
        assert_eq!(calibration(&all, 10).len(), 1);
        assert_eq!(scores(&[(0.5, true)]), None);
    }

    proptest! {
        #[test]
        fn the_area_is_the_share_of_pairs_in_order(
            chances in prop::collection::vec((0..5_u8, any::<bool>()), 2..40),
        ) {
            let chances: Vec<(f64, bool)> =
                chances.into_iter().map(|(it, came)| (f64::from(it) / 5.0, came)).collect();
            let (mut won, mut pairs) = (0.0, 0.0);
            for did in chances.iter().filter(|it| it.1) {
                for not in chances.iter().filter(|it| !it.1) {
                    pairs += 1.0;
                    won += if did.0 > not.0 { 1.0 } else if did.0 == not.0 { 0.5 } else { 0.0 };
                }
            }
            match scores(&chances) {
                Some(found) => prop_assert!((found.auc - won / pairs).abs() < 1e-9),
                None => prop_assert_eq!(pairs, 0.0),
            }
            let bins = calibration(&chances, 3);
            prop_assert_eq!(bins.iter().map(|it| it.whole).sum::<u64>(), chances.len() as u64);
            prop_assert!(bins.windows(2).all(|two| two[0].chance < two[1].chance));
        }
    }
}
