//! Those who switched against those who stayed.

use throughline_predict::{
    Measured, difference_of,
    matched::{Stratum, expected},
};

use super::{
    ANY, Against,
    tally::{Cell, Key, Part, Tally},
    walk::Walker,
};

pub(super) struct Comparisons {
    list: Vec<(Key, Option<Against>)>,
    /// Profiles that switched, over all stages, and may still go on; once for each pair of channels.
    pub(super) immature: u64,
}

/// A comparison of fewer is shown, and not counted among those that intervals are widened for.
const SMALL: u64 = 30;

impl Comparisons {
    pub(super) fn of(tally: &Tally, walker: &Walker<'_>, mean: Option<f64>) -> Self {
        let matched: Vec<(Key, Matched)> = (tally.cells())
            .map(|(key, cell)| (key, Matched::of(tally, walker, key, cell)))
            .collect();
        let tests_count = |is_any: bool| {
            let counted = matched
                .iter()
                .filter(|(key, it)| (key.stage == ANY) == is_any && it.switched.profiles >= SMALL);
            counted.count() as u64
        };
        let tests = [false, true].map(tests_count);
        let immature = (tally.cells())
            .filter(|(key, _)| key.stage == ANY)
            .map(|(_, cell)| cell.outcome.immature)
            .sum();
        let list = (matched.into_iter())
            .map(|(key, it)| (key, it.against(tests[usize::from(key.stage == ANY)], mean)))
            .collect();
        Self { list, immature }
    }

    pub(super) fn get(&self, key: &Key) -> Option<Against> {
        let found = self.list.iter().find(|(it, _)| it == key)?;
        found.1
    }
}

/// The profiles of a cell that have somebody to be compared with.
struct Matched {
    switched: Part,
    strata: Vec<Stratum>,
}

impl Matched {
    fn of(tally: &Tally, walker: &Walker<'_>, key: Key, cell: &Cell) -> Self {
        let mut matched = Self {
            switched: Part::default(),
            strata: Vec::new(),
        };
        for ((stage, band, pause), part) in &cell.strata {
            let stayed = tally.stayed(*stage, key.from, *band, *pause);
            if stayed.profiles == 0 || !walker.can_go_on(*stage) {
                continue;
            }
            matched.switched.profiles += part.profiles;
            matched.switched.went_on += part.went_on;
            matched.strata.push(Stratum {
                members: part.profiles,
                others: stayed.profiles,
                others_part: stayed.went_on,
            });
        }
        matched
    }

    fn against(&self, tests_count: u64, mean: Option<f64>) -> Option<Against> {
        let expected = expected(&self.strata)?;
        let Part { profiles, went_on } = self.switched;
        let n = profiles as f64;
        let share = went_on as f64 / n;
        let lost = expected.share * n - went_on as f64;
        Some(Against {
            profiles,
            went_on,
            share,
            expected_share: expected.share,
            difference: share - expected.share,
            interval: difference_of(Measured { share, n }, expected, tests_count),
            lost,
            lost_value: mean.map(|mean| lost * mean),
        })
    }
}
