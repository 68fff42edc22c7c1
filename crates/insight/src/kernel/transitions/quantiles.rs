//! Median and ninth decile of the times of each pair, exact.

use rayon::prelude::*;

use super::{QUANTILES, tally::Tally};
use crate::{
    ask::AskError,
    durations::{Sought, seek},
    scan::scan,
    sequence::{Item, SeeParts, Sequences},
    view::View,
};

/// Looks for times that lie in the bins of quantiles.
struct Seeker<'t> {
    tally: &'t Tally<'t>,
    /// Per pair the bins of its quantiles.
    wanted: &'t [[u16; 2]],
    values: Vec<[Vec<i64>; 2]>,
    items: Vec<Item>,
}

/// Stands for a bin that is not looked for.
const NO_BIN: u16 = u16::MAX;

impl SeeParts for Seeker<'_> {
    fn start(&mut self, _: u32) {}

    #[inline(always)]
    fn next(&mut self, from: u32, to: u32, time: i64) {
        let index = self.tally.index_of(from, to);
        let bin = self.tally.bins_kind.bin(time) as u16;
        let wanted = self.wanted[index];
        if wanted[0] == bin || wanted[1] == bin {
            // Where both lie in one bin, one list serves both.
            self.values[index][usize::from(wanted[0] != bin)].push(time);
        }
    }

    fn end(&mut self, _: u32) {}
}

/// Per pair its quantiles: from the times that were kept, and for pairs of which the wrong ones were kept from a second
/// walk over the bins that they lie in.
pub(super) fn quantiles(
    view: &View<'_>,
    sequences: &Sequences<'_>,
    tally: &Tally<'_>,
) -> Result<Vec<[i64; 2]>, AskError> {
    let sought: Vec<[Sought; 2]> = (0..tally.pairs.len())
        .map(|index| {
            let bins = tally.bins_of(index);
            QUANTILES.map(|permille| seek(bins, permille).expect("a pair has times"))
        })
        .collect();
    let was_kept = |index: usize| {
        let kept = tally.pairs[index].kept;
        sought[index].iter().all(|it| kept.has(it.bin))
    };
    let mut walked = match (0..sought.len()).all(was_kept) {
        true => Vec::new(),
        false => walk_again(view, sequences, tally, &sought, was_kept)?,
    };
    walked.resize_with(sought.len(), <[Vec<i64>; 2]>::default);
    let of_pair = |(index, mut walked): (usize, [Vec<i64>; 2])| {
        let (sought, pair) = (sought[index], &tally.pairs[index]);
        if was_kept(index) {
            return sought.map(|it| it.pick(&mut pair.times_in(tally.bins_kind, it.bin)));
        }
        let is_shared = sought[0].bin == sought[1].bin;
        [
            sought[0].pick(&mut walked[0]),
            sought[1].pick(&mut walked[usize::from(!is_shared)]),
        ]
    };
    Ok(walked.into_par_iter().enumerate().map(of_pair).collect())
}

/// The times in the bins of quantiles, of pairs of which they were not kept.
fn walk_again(
    view: &View<'_>,
    sequences: &Sequences<'_>,
    tally: &Tally<'_>,
    sought: &[[Sought; 2]],
    was_kept: impl Fn(usize) -> bool,
) -> Result<Vec<[Vec<i64>; 2]>, AskError> {
    let bin_of = |it: &Sought| u16::try_from(it.bin).expect("there are fewer than 2^16 bins");
    let wanted: Vec<[u16; 2]> = (sought.iter().enumerate())
        .map(|(index, [median, p90])| match was_kept(index) {
            true => [NO_BIN; 2],
            false => [bin_of(median), bin_of(p90)],
        })
        .collect();
    let begin = || Seeker {
        tally,
        wanted: &wanted,
        values: vec![[Vec::new(), Vec::new()]; wanted.len()],
        items: Vec::new(),
    };
    let states = scan(view.snapshot, view.cancel, begin, |seeker, rows| {
        let mut items = std::mem::take(&mut seeker.items);
        sequences.parts(rows, &mut items, seeker);
        seeker.items = items;
    })?;
    let mut states: Vec<_> = states.into_iter().map(|it| it.values).collect();
    let mut all = states.pop().expect("there is a state");
    for state in states {
        for (mine, more) in all.iter_mut().flatten().zip(state.into_iter().flatten()) {
            mine.extend(more);
        }
    }
    Ok(all)
}
