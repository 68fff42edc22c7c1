//! What a group would have done, had it done as others who are like it: direct standardization over strata.

use crate::interval::Measured;

/// Some of a group, and those who are like them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stratum {
    /// How many of the group are in it.
    pub members: u64,
    /// Of those who are like them, how many there are and how many of them did it.
    pub others: u64,
    pub others_part: u64,
}

/// The share of the group that would have done it; a stratum without others says nothing and must not be among them.
///
/// It is worth as many as an unweighted share of the same variance. The variance takes half a person more on either
/// side in each stratum, so that strata in which all or none did it are not taken for certain.
pub fn expected(strata: &[Stratum]) -> Option<Measured> {
    let members: u64 = strata.iter().map(|it| it.members).sum();
    if members == 0 {
        return None;
    }
    let (mut share, mut smooth_share, mut variance) = (0.0, 0.0, 0.0);
    for it in strata {
        debug_assert!(it.others > 0 && it.others_part <= it.others);
        let (others, part) = (it.others as f64, it.others_part as f64);
        let weight = it.members as f64 / members as f64;
        let smooth = (part + 0.5) / (others + 1.0);
        share += weight * (part / others);
        smooth_share += weight * smooth;
        variance += weight * weight * smooth * (1.0 - smooth) / others;
    }
    Some(Measured {
        // A sum of weights may lie a little above 1.
        share: share.clamp(0.0, 1.0),
        n: smooth_share * (1.0 - smooth_share) / variance,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn stratum(members: u64, others_part: u64, others: u64) -> Stratum {
        Stratum {
            members,
            others,
            others_part,
        }
    }

    #[test]
    fn one_stratum_is_worth_as_many_as_are_in_it() {
        let found = expected(&[stratum(7, 30, 120)]).expect("some");
        assert!((found.share - 0.25).abs() < 1e-12);
        assert!((found.n - 120.0).abs() < 1e-9);
        assert_eq!(expected(&[]), None);
    }

    #[test]
    fn others_count_as_the_group_is_made_up() {
        // Deaths at two ages: the group is mostly old, those it is compared with mostly young.
        let found = expected(&[stratum(20, 10, 1_000), stratum(80, 20, 100)]).expect("some");
        assert!((found.share - (0.2 * 0.01 + 0.8 * 0.2)).abs() < 1e-12);
        assert!(found.n < 250.0, "{found:?}");
    }

    proptest! {
        #[test]
        fn dividing_a_stratum_whose_halves_are_alike_changes_nothing(
            members in 1..50_u64, part in 1..40_u64, more in 1..40_u64,
        ) {
            let whole = expected(&[stratum(2 * members, 2 * part, 2 * (part + more))]);
            let halves = expected(&[stratum(members, part, part + more); 2]);
            let (whole, halves) = (whole.expect("some"), halves.expect("some"));
            prop_assert!((whole.share - halves.share).abs() < 1e-9);
            prop_assert!((whole.n / halves.n - 1.0).abs() < 1e-6);
        }
    }
}
