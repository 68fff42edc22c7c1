//! Which times are worth keeping while transitions are counted, so that exact quantiles need no second walk.
//!
//! A few rows out of many tell in which range the quantiles of each pair are likely to lie. Should they lie elsewhere,
//! that comes out when all is counted, and those pairs are walked over again.

use rayon::prelude::*;

use super::{
    QUANTILES,
    tally::Tally,
    times::{Times, TimesRange, nth},
};
use crate::{
    ask::AskError,
    scan::{ProfileRows, rows_count, scan},
    sequence::Sequences,
    view::View,
};

/// By place the ranges of the quantiles of a pair; none where all times are kept.
pub(super) struct Forecast(Option<Vec<[TimesRange; 2]>>);

/// Elements of which the times of all pairs can be kept by range.
const ELEMENTS_MAX: usize = 128;
/// Rows of which all times may be kept.
const KEPT_ROWS_MAX: u64 = 1 << 20;
/// So many rows in a row are looked at ...
const SAMPLED: usize = 32;
/// ... out of so many, or of more where that makes too many.
const SAMPLED_OF: usize = 1024;
const SAMPLED_ROWS_MAX: u64 = 1 << 21;
/// How far a rank may lie from where the sample has it, in standard deviations.
const DEVIATIONS: f64 = 4.0;

impl Forecast {
    pub(super) const ALL: Self = Self(None);

    /// Looks at a sample where there are many rows; none where there may be too many pairs.
    pub(super) fn of(view: &View<'_>, sequences: &Sequences<'_>) -> Result<Option<Self>, AskError> {
        let (count, rows) = (sequences.elements.list().len(), rows_count(view.snapshot));
        if rows <= KEPT_ROWS_MAX {
            return Ok(Some(Self::ALL));
        }
        if count > ELEMENTS_MAX {
            return Ok(None);
        }
        let every = (rows * SAMPLED as u64 / SAMPLED_ROWS_MAX) as usize;
        Self::sampled(view, sequences, every.max(SAMPLED_OF)).map(Some)
    }

    /// What a few rows out of so many say.
    pub(super) fn sampled(
        view: &View<'_>,
        sequences: &Sequences<'_>,
        every: usize,
    ) -> Result<Self, AskError> {
        let count = sequences.elements.list().len();
        let begin = || Tally::new(count, Some(&Self::ALL));
        let states = scan(view.snapshot, view.cancel, begin, |tally, rows| {
            for_each_sampled(rows, every, |some| tally.see(sequences, some));
        })?;
        let mut ranges = vec![[TimesRange::ALL; 2]; count * count];
        let sample = states.into_iter().reduce(Tally::merged);
        if let Some((places, Times::Kept(kept))) = sample.map(Tally::into_times) {
            let found: Vec<_> = kept.into_times().map(likely).collect();
            places
                .into_iter()
                .zip(found)
                .for_each(|(place, found)| ranges[place] = found);
        }
        Ok(Self(Some(ranges)))
    }

    /// Whatever ranges, as lengths before and of them.
    #[cfg(test)]
    pub(super) fn at_random(ranges: &[(i64, i64)], count: usize) -> Self {
        let ranges = ranges
            .iter()
            .map(|(from, width)| TimesRange::up_to(*from, from + width));
        let mut ranges = ranges.cycle();
        let mut next = || ranges.next().expect("there are some");
        Self(Some((0..count * count).map(|_| [next(), next()]).collect()))
    }

    pub(super) fn ranges(&self, place: usize) -> [TimesRange; 2] {
        match &self.0 {
            Some(ranges) => ranges[place],
            None => [TimesRange::ALL; 2],
        }
    }
}

/// The ranges in which the quantiles of many times lie, as a sample of them has it.
fn likely(mut sample: Vec<u32>) -> [TimesRange; 2] {
    let count = sample.len() as f64;
    QUANTILES.map(|permille| {
        let share = permille as f64 / 1e3;
        let spread = DEVIATIONS * (count * share * (1.0 - share)).sqrt() + 1.0;
        let (first, last) = (count * share - spread, count * share + spread);
        let from = match first > 0.0 {
            true => nth(&mut sample, first as usize).into(),
            false => 0,
        };
        match (last as usize) < sample.len() {
            true => TimesRange::up_to(from, i64::from(nth(&mut sample, last as usize)) + 1),
            false => TimesRange::onward(from),
        }
    })
}

/// Shows some of a profile's rows; which ones depends on where they lie.
fn for_each_sampled(rows: &ProfileRows<'_>, every: usize, mut see: impl FnMut(&ProfileRows<'_>)) {
    if rows.is_empty() {
        return;
    }
    let phase = rows.place(0).row as usize % every;
    let (mut start, mut end) = (0, SAMPLED.saturating_sub(phase));
    let mut next = every - phase;
    loop {
        if start < end.min(rows.len()) {
            see(&rows.slice(start..end.min(rows.len())));
        }
        if next >= rows.len() {
            return;
        }
        (start, end) = (next, next + SAMPLED);
        next += every;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_says_where_quantiles_are_likely_to_lie() {
        let [median, p90] = likely((0..10_000).collect());
        assert!(median.has(4_900) && median.has(5_100) && p90.has(9_000));
        assert!(!median.has(4_700) && !median.has(5_300) && !p90.has(8_800) && !p90.has(9_200));
    }

    #[test]
    fn few_values_say_nothing() {
        for sample in [vec![], vec![7], (0..10).collect()] {
            let [median, _] = likely(sample);
            assert!([0, 7, i64::MAX - 1].into_iter().all(|it| median.has(it)));
        }
        assert!(!TimesRange::NOTHING.has(0) && !TimesRange::onward(5).has(4));
    }
}
