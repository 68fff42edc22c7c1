//! Which parts to merge next.

use std::collections::{BTreeMap, BTreeSet};

use throughline_model::limits;

/// What is known of a part when merging is planned.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PartFacts {
    pub id: u64,
    pub set: u64,
    pub rows_count: u64,
    /// Rows that lie in side runs.
    pub moved_count: u64,
}

#[derive(Default)]
struct Set {
    parts: BTreeSet<u64>,
    rows_count: u64,
    moved_count: u64,
}

/// The parts to merge next, `None` when all is well.
///
/// Sets of about one size are merged as soon as there are enough of them, the smallest first, so
/// a row is rewritten a number of times that grows with the logarithm of all rows. A set is also
/// rewritten alone when too many of its rows were moved by merges of profiles.
pub(crate) fn plan(parts: &[PartFacts]) -> Option<BTreeSet<u64>> {
    let mut sets: BTreeMap<u64, Set> = BTreeMap::new();
    for part in parts {
        let set = sets.entry(part.set).or_default();
        set.parts.insert(part.id);
        set.rows_count += part.rows_count;
        set.moved_count += part.moved_count;
    }
    let mut levels: BTreeMap<u32, Vec<&Set>> = BTreeMap::new();
    for set in sets.values() {
        levels.entry(level(set.rows_count)).or_default().push(set);
    }
    let full = levels
        .into_values()
        .find(|level| level.len() >= limits::MERGE_SETS_MIN);
    if let Some(level) = full {
        return Some(level.iter().flat_map(|set| set.parts.clone()).collect());
    }
    let stale = sets
        .into_values()
        .filter(|set| set.moved_count * limits::MOVED_ONE_IN > set.rows_count)
        .max_by_key(|set| set.moved_count);
    stale.map(|set| set.parts)
}

/// Sets of one level differ in size by less than the count of sets that are merged at once.
fn level(rows_count: u64) -> u32 {
    let smallest = (limits::TAIL_ROWS_MAX / limits::MERGE_SETS_MIN) as u64;
    let ratio = (rows_count / smallest).max(1);
    ratio.ilog(limits::MERGE_SETS_MIN as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(rows_counts: &[u64]) -> Vec<PartFacts> {
        let facts = |(id, rows_count): (u64, &u64)| PartFacts {
            id,
            set: id,
            rows_count: *rows_count,
            moved_count: 0,
        };
        (0..).zip(rows_counts).map(facts).collect()
    }

    fn check(rows_counts: &[u64], expected: Option<&[u64]>) {
        let expected = expected.map(|ids| ids.iter().copied().collect());
        assert_eq!(plan(&parts(rows_counts)), expected, "{rows_counts:?}");
    }

    #[test]
    fn sets_of_one_size_are_merged_when_there_are_enough() {
        check(&[], None);
        check(&[300_000; 3], None);
        check(&[300_000; 4], Some(&[0, 1, 2, 3]));
        check(&[300_000, 300_000, 5_000_000, 300_000], None);
        check(&[5, 70_000, 5_000_000, 300], None);
        check(&[5, 60_000, 5_000_000, 300, 1], Some(&[0, 1, 3, 4]));
    }

    #[test]
    fn a_set_with_many_moved_rows_is_rewritten() {
        let mut parts = parts(&[5_000_000, 300_000]);
        parts[1].moved_count = 20_000;
        assert_eq!(plan(&parts), None);
        parts[1].moved_count = 40_000;
        assert_eq!(plan(&parts), Some([1].into()));
    }

    #[test]
    fn each_row_is_rewritten_a_few_times_only() {
        let (mut sets, mut written, mut sealed) = (Vec::new(), 0, 0);
        for _ in 0..2_000 {
            sets.push(262_144_u64);
            sealed += 262_144_u64;
            while let Some(ids) = plan(&parts(&sets)) {
                let merged: u64 = ids.iter().map(|id| sets[*id as usize]).sum();
                let is_kept = |index: &u64| !ids.contains(index);
                sets = (0..)
                    .zip(&sets)
                    .filter(|(id, _)| is_kept(id))
                    .map(|it| *it.1)
                    .collect();
                sets.push(merged);
                written += merged;
            }
            assert!(sets.len() <= 3 * 7);
        }
        assert!(written < 6 * sealed, "{written} of {sealed}");
    }
}
