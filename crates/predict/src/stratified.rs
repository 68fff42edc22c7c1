//! Whether a group does something more often than others who are like it, stratum by stratum.
//!
//! Mantel and Haenszel, "Statistical aspects of the analysis of data from retrospective studies of disease", 1959,
//! with their correction for continuity; when the test may be used is said by Mantel and Fleiss, "Minimum expected
//! cell size requirements for the Mantel-Haenszel one-degree-of-freedom chi-square test and a related rapid
//! procedure", 1980.

use crate::{interval::two_sided_chance, matched::Stratum};

/// Some of a group and how many of them did it, beside those who are like them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    pub members_part: u64,
    pub stratum: Stratum,
}

/// The outcome of the test that the group does it as often as the others in every stratum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StratifiedTest {
    /// Chi-square of one degree of freedom.
    pub statistic: f64,
    /// How often no difference would look like this one or a larger one.
    pub p: f64,
    /// The odds ratio that all strata have in common; none where the others never did it, or the group always.
    pub odds: Option<f64>,
    /// True when too few could have done it, or not, for the chance to be worth anything.
    pub is_rare: bool,
}

/// So far must the sum of expected counts lie from the least and the most that it could be.
const MARGIN_MIN: f64 = 5.0;

/// Tests a group against those who are like it; `None` where nothing can differ.
pub fn stratified_test(pairs: &[Pair]) -> Option<StratifiedTest> {
    let (mut seen, mut expected, mut variance) = (0.0_f64, 0.0, 0.0);
    let (mut least, mut most) = (0.0, 0.0);
    let (mut with, mut against) = (0.0, 0.0);
    for it in pairs {
        let Stratum {
            members,
            others,
            others_part,
        } = it.stratum;
        debug_assert!(it.members_part <= members && others_part <= others);
        let (members, others) = (members as f64, others as f64);
        let (part, others_part) = (it.members_part as f64, others_part as f64);
        let all = members + others;
        if all < 2.0 {
            continue;
        }
        let parts = part + others_part;
        seen += part;
        expected += members * parts / all;
        variance += members * others * parts * (all - parts) / (all * all * (all - 1.0));
        least += (parts - others).max(0.0);
        most += parts.min(members);
        with += part * (others - others_part) / all;
        against += others_part * (members - part) / all;
    }
    if variance <= 0.0 {
        return None;
    }
    let off = (seen - expected).abs() - 0.5;
    let statistic = off.max(0.0).powi(2) / variance;
    Some(StratifiedTest {
        statistic,
        p: two_sided_chance(statistic.sqrt()).min(1.0),
        odds: (against > 0.0).then_some(with / against),
        is_rare: expected - least < MARGIN_MIN || most - expected < MARGIN_MIN,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::difference::chi_square_tail;

    fn pair(part: u64, not: u64, others_part: u64, others_not: u64) -> Pair {
        Pair {
            members_part: part,
            stratum: Stratum {
                members: part + not,
                others: others_part + others_not,
                others_part,
            },
        }
    }

    #[test]
    fn admissions_to_six_departments_are_as_published() {
        // Bickel, Hammel and O'Connell, "Sex bias in graduate admissions", 1975; the test as the R manual prints it.
        let departments = [
            pair(512, 313, 89, 19),
            pair(353, 207, 17, 8),
            pair(120, 205, 202, 391),
            pair(138, 279, 131, 244),
            pair(53, 138, 94, 299),
            pair(22, 351, 24, 317),
        ];
        let found = stratified_test(&departments).expect("can differ");
        assert!((found.statistic - 1.4269).abs() < 5e-5, "{found:?}");
        assert!((found.p - 0.2323).abs() < 5e-5, "{found:?}");
        assert!((found.odds.expect("known") - 0.904_696_8).abs() < 5e-8);
        assert!(!found.is_rare);
        // Over all departments together, the difference looks large, and is none.
        let together = pair(1198, 1493, 557, 1278);
        assert!(stratified_test(&[together]).expect("can differ").p < 1e-15);
    }

    #[test]
    fn strata_in_which_all_do_alike_say_nothing() {
        assert_eq!(stratified_test(&[]), None);
        assert_eq!(stratified_test(&[pair(3, 0, 7, 0), pair(0, 2, 0, 9)]), None);
        assert_eq!(stratified_test(&[pair(1, 0, 0, 0)]), None);
        let telling = pair(20, 30, 10, 40);
        let more = [telling, pair(9, 0, 9, 0), pair(0, 4, 0, 4)];
        let (alone, among) = (stratified_test(&[telling]), stratified_test(&more));
        let (alone, among) = (alone.expect("some"), among.expect("some"));
        assert!((alone.statistic - among.statistic).abs() < 1e-9);
    }

    #[test]
    fn few_are_rare() {
        assert!(stratified_test(&[pair(2, 3, 1, 40)]).expect("some").is_rare);
        assert!(
            !stratified_test(&[pair(20, 30, 10, 40)])
                .expect("some")
                .is_rare
        );
    }

    proptest! {
        #[test]
        fn turning_the_table_changes_the_odds_only(
            counts in prop::collection::vec((0..40_u64, 0..40_u64, 0..40_u64, 0..40_u64), 1..6),
        ) {
            let of = |turn: fn(&(u64, u64, u64, u64)) -> Pair| {
                stratified_test(&counts.iter().map(turn).collect::<Vec<_>>())
            };
            let (one, other) = (of(|it| pair(it.0, it.1, it.2, it.3)), of(|it| pair(it.2, it.3, it.0, it.1)));
            match (one, other) {
                (Some(one), Some(other)) => {
                    prop_assert!((one.statistic - other.statistic).abs() < 1e-6);
                    prop_assert_eq!(one.is_rare, other.is_rare);
                    if let (Some(a), Some(b)) = (one.odds, other.odds) {
                        prop_assert!((a * b - 1.0).abs() < 1e-9 || a * b == 0.0);
                    }
                    prop_assert!((one.p - chi_square_tail(one.statistic, 1)).abs() < 1e-9);
                }
                (one, other) => prop_assert!(one.is_none() && other.is_none()),
            }
        }
    }
}
