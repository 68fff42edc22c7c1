//! Median and ninth decile of the times of each pair, exact.

use rayon::prelude::*;

use super::{
    tally::Tally,
    times::{Found, TimesRange, nth},
};
use crate::{
    ask::AskError,
    scan::scan,
    sequence::{Item, SeeParts, Sequences},
    view::View,
};

/// Looks for times that lie in ranges.
struct Seeker<'t> {
    tally: &'t Tally<'t>,
    /// Two for each pair.
    wanted: &'t [[TimesRange; 2]],
    times: Vec<[Vec<i64>; 2]>,
    items: Vec<Item>,
}

impl SeeParts for Seeker<'_> {
    fn start(&mut self, _: u32) {}

    #[inline(always)]
    fn next(&mut self, from: u32, to: u32, time: i64) {
        let pair = self.tally.pair_of(from, to);
        for (range, times) in self.wanted[pair].iter().zip(&mut self.times[pair]) {
            if range.has(time) {
                times.push(time);
            }
        }
    }

    fn end(&mut self, _: u32) {}
}

/// Per pair its quantiles: from the times that were kept, or from a second walk over the ranges that they lie in.
pub(super) fn quantiles(
    view: &View<'_>,
    sequences: &Sequences<'_>,
    tally: &Tally<'_>,
) -> Result<Vec<[i64; 2]>, AskError> {
    let found = tally.times.quantiles();
    let range = |it: &Found| match it {
        Found::At(_) => TimesRange::NOTHING,
        Found::Within(range, _) => *range,
    };
    let wanted: Vec<[TimesRange; 2]> = found.iter().map(|it| it.each_ref().map(range)).collect();
    let is_done = wanted
        .as_flattened()
        .iter()
        .all(|it| *it == TimesRange::NOTHING);
    let mut times = match is_done {
        true => Vec::new(),
        false => times_within(view, sequences, tally, &wanted)?,
    };
    times.resize_with(found.len(), Default::default);
    let pick = |(found, [first, second]): ([Found; 2], [Vec<i64>; 2])| {
        [(found[0], first), (found[1], second)].map(|(found, mut times)| match found {
            Found::At(time) => time,
            Found::Within(_, rank) => nth(
                &mut times,
                usize::try_from(rank).expect("a rank among what is in memory"),
            ),
        })
    };
    Ok(found.into_par_iter().zip(times).map(pick).collect())
}

fn times_within(
    view: &View<'_>,
    sequences: &Sequences<'_>,
    tally: &Tally<'_>,
    wanted: &[[TimesRange; 2]],
) -> Result<Vec<[Vec<i64>; 2]>, AskError> {
    let begin = || Seeker {
        tally,
        wanted,
        times: vec![[Vec::new(), Vec::new()]; wanted.len()],
        items: Vec::new(),
    };
    let states = scan(view.snapshot, view.cancel, begin, |seeker, rows| {
        let mut items = std::mem::take(&mut seeker.items);
        sequences.parts(rows, &mut items, seeker);
        seeker.items = items;
    })?;
    let mut states: Vec<_> = states.into_iter().map(|it| it.times).collect();
    let mut all = states.pop().expect("there is a state");
    for state in states {
        for (mine, more) in all.iter_mut().flatten().zip(state.into_iter().flatten()) {
            mine.extend(more);
        }
    }
    Ok(all)
}
