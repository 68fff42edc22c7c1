//! Exact medians and ninth deciles of very many times in one walk and little memory.
//!
//! Some of the profiles go first, and all their times are kept: they say in which window each
//! quantile must lie, but for bad luck. Of the others only the times in a window are kept, and
//! those before it counted. Where luck was bad, a second walk looks for what is missing.

use std::ops::Range;

use rayon::prelude::*;
use throughline_predict::rank;

use super::tally::{Kept, Pair, Tally, Window};
use crate::{
    ask::AskError,
    scan::{rows_count, scan_buckets},
    sequence::Sequences,
    view::View,
};

const MEDIAN: u64 = 500;
const P90: u64 = 900;
const WANTED: [u64; 2] = [MEDIAN, P90];

/// Who goes first, and how far from the quantiles of a sample those of all may lie.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sampling {
    /// Logs with so few rows are looked at in one go.
    pub(super) rows_min: u64,
    /// One in so many buckets goes first.
    pub(super) one_in: usize,
    /// Standard deviations of a rank in a sample on either side. Times of one profile are alike, so
    /// a sample says less than its size promises.
    pub(super) deviations: f64,
    /// Fewer times say too little, and are all kept.
    pub(super) times_min: usize,
}

impl Sampling {
    pub(super) const DEFAULT: Self = Self {
        rows_min: 2_000_000,
        one_in: 8,
        deviations: 5.0,
        times_min: 200,
    };
}

/// Counts transitions, with the median and the ninth decile of each pair that was seen.
pub(super) fn count(
    view: &View<'_>,
    sequences: &Sequences<'_>,
    sampling: Sampling,
) -> Result<(Tally, Vec<[i64; 2]>), AskError> {
    let buckets = view.snapshot.buckets as usize;
    let is_short = rows_count(view.snapshot) < sampling.rows_min;
    let first = if is_short {
        buckets
    } else {
        buckets.div_ceil(sampling.one_in)
    };
    let nothing = Tally::new(sequences.elements.list().len());
    let begin = || Tally::new(sequences.elements.list().len());
    let sample = walk(view, sequences, 0..first, nothing, begin)?;
    let mut tally = if first < buckets {
        let windows = windows(&sample, sampling);
        let mut tally = walk(
            view,
            sequences,
            first..buckets,
            sample.emptied(&windows),
            || sample.emptied(&windows),
        )?;
        tally.absorb(sample);
        tally
    } else {
        sample
    };
    let kept: Vec<_> = tally.each_kept().collect();
    let mut found: Vec<[Option<i64>; 2]> = kept.into_par_iter().map(quantiles).collect();
    if tally.seen().any(|(index, _)| found[index].contains(&None)) {
        look_again(view, sequences, &tally, &mut found)?;
    }
    let times = (tally.seen())
        .map(|(index, _)| found[index].map(|it| it.expect("a pair that was seen has times")))
        .collect();
    Ok((tally, times))
}

fn walk(
    view: &View<'_>,
    sequences: &Sequences<'_>,
    buckets: Range<usize>,
    mut all: Tally,
    begin: impl Fn() -> Tally + Sync,
) -> Result<Tally, AskError> {
    let states = scan_buckets(view.snapshot, view.cancel, buckets, begin, |tally, rows| {
        let mut items = std::mem::take(&mut tally.items);
        let before = tally.sequences;
        tally.profile = rows.profile.0;
        sequences.parts(rows, &mut items, tally);
        tally.profiles += u64::from(tally.sequences > before);
        tally.items = items;
    })?;
    for state in states {
        all.absorb(state);
    }
    Ok(all)
}

/// In which window the quantiles of each pair lie, by those of a sample.
fn windows(sample: &Tally, sampling: Sampling) -> Vec<[Window; 2]> {
    let all: Vec<&Kept> = sample.first_kept().collect();
    (all.into_par_iter())
        .map(|times| {
            if times.len() < sampling.times_min {
                return [Window::ALL, Window::NONE];
            }
            let mut times = times.clone();
            WANTED.map(|permille| window(&mut times, permille, sampling.deviations))
        })
        .collect()
}

/// The times whose ranks lie near that of a quantile; to the very end where the sample ends.
fn window(times: &mut Kept, permille: u64, deviations: f64) -> Window {
    let count = times.len() as f64;
    let share = permille as f64 / 1000.0;
    let reach = deviations * (count * share * (1.0 - share)).sqrt();
    let (low, high) = (count * share - reach, count * share + reach);
    let mut at = |rank: f64| times.nth(rank as usize);
    let low = if low < 1.0 { 0 } else { at(low) };
    let high = if high + 1.0 >= count {
        i64::MAX
    } else {
        at(high)
    };
    Window::around(low, high)
}

/// The quantiles of a pair; none where its rank lies outside of the window.
fn quantiles((pair, kept): (&Pair, &mut [Kept; 2])) -> [Option<i64>; 2] {
    if pair.times == 0 {
        return [None; 2];
    }
    [0, 1].map(|which| {
        let rank = rank(pair.times.into(), WANTED[which]) - 1;
        // Where all are kept, one list serves both.
        let which = if pair.keeps_all() { 0 } else { which };
        let index = rank.checked_sub(pair.below[which].into())?;
        let times = &mut kept[which];
        let index = usize::try_from(index).ok().filter(|it| *it < times.len())?;
        Some(times.nth(index))
    })
}

/// Keeps all times of the pairs that lack a quantile.
fn look_again(
    view: &View<'_>,
    sequences: &Sequences<'_>,
    tally: &Tally,
    found: &mut [[Option<i64>; 2]],
) -> Result<(), AskError> {
    let windows: Vec<[Window; 2]> = (tally.pairs().iter().zip(&*found))
        .map(
            |(pair, found)| match pair.times > 0 && found.contains(&None) {
                true => [Window::ALL, Window::NONE],
                false => [Window::NONE; 2],
            },
        )
        .collect();
    let buckets = 0..view.snapshot.buckets as usize;
    let begin = || tally.emptied(&windows);
    let mut again = walk(view, sequences, buckets, begin(), begin)?;
    for (found, again) in found.iter_mut().zip(again.each_kept()) {
        if found.contains(&None) {
            *found = quantiles(again);
        }
    }
    Ok(())
}
