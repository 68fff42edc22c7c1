//! Which times are worth keeping while transitions are counted, so that exact quantiles need no second walk.
//!
//! A few rows out of many tell in which bins the quantiles of each pair are likely to lie. Should they lie elsewhere,
//! that comes out when all is counted, and those pairs are walked over again.

use super::tally::{FINE_ELEMENTS_MAX, Tally};
use crate::{
    ask::AskError,
    scan::{ProfileRows, rows_count, scan},
    sequence::Sequences,
    view::View,
};

/// What is kept of each pair.
pub(super) enum Keeping {
    /// Every time: there are few.
    All,
    /// None: there may be too many pairs to say anything of each.
    Nothing,
    /// By place.
    Likely(Vec<Kept>),
}

/// Two ranges of bins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kept {
    from: [u16; 2],
    count: [u16; 2],
}

/// Rows of which all times may be kept.
const KEPT_ROWS_MAX: u64 = 1 << 20;
/// So many rows in a row are looked at ...
const SAMPLED: usize = 16;
/// ... out of so many.
const SAMPLED_OF: usize = 256;
/// How far a rank may lie from where the sample has it, in standard deviations.
const DEVIATIONS: f64 = 5.0;

impl Keeping {
    /// Looks at a sample where there are many rows.
    pub(super) fn of(view: &View<'_>, sequences: &Sequences<'_>) -> Result<Self, AskError> {
        let count = sequences.elements.list().len();
        if rows_count(view.snapshot) <= KEPT_ROWS_MAX {
            return Ok(Self::All);
        }
        if count > FINE_ELEMENTS_MAX {
            return Ok(Self::Nothing);
        }
        let nothing = Self::Nothing;
        let begin = || Tally::new(count, &nothing);
        let states = scan(view.snapshot, view.cancel, begin, |tally, rows| {
            let mut items = std::mem::take(&mut tally.items);
            for_each_sampled(rows, |some| sequences.parts(some, &mut items, tally));
            tally.items = items;
        })?;
        let sample = states.into_iter().reduce(Tally::merged);
        let mut likely = vec![Kept::ALL; count * count];
        if let Some(sample) = sample {
            for (index, pair) in sample.pairs.iter().enumerate() {
                likely[pair.place] = Kept::likely(sample.bins_of(index));
            }
        }
        Ok(Self::Likely(likely))
    }

    pub(super) fn at(&self, place: usize) -> Kept {
        match self {
            Self::All => Kept::ALL,
            Self::Nothing => Kept::NOTHING,
            Self::Likely(likely) => likely[place],
        }
    }
}

impl Kept {
    pub(super) const ALL: Self = Self {
        from: [0; 2],
        count: [u16::MAX; 2],
    };
    pub(super) const NOTHING: Self = Self {
        from: [0; 2],
        count: [0; 2],
    };

    /// The bins in which the quantiles of many values lie, as a sample of them has it.
    fn likely(bins: &[u32]) -> Self {
        let count: u64 = bins.iter().map(|it| u64::from(*it)).sum();
        let ranges = super::QUANTILES.map(|permille| {
            let (count, share) = (count as f64, permille as f64 / 1e3);
            let spread = DEVIATIONS * (count * share * (1.0 - share)).sqrt() + 1.0;
            let bin_of = |rank: f64| {
                let mut behind = 0;
                bins.iter().position(|it| {
                    behind += u64::from(*it);
                    behind as f64 > rank
                })
            };
            let rank = count * share;
            let first = bin_of(rank - spread).filter(|_| rank > spread).unwrap_or(0);
            let last = bin_of(rank + spread).unwrap_or(bins.len() - 1);
            [first, last - first + 1].map(|it| u16::try_from(it).expect("there are few bins"))
        });
        Self {
            from: ranges.map(|it| it[0]),
            count: ranges.map(|it| it[1]),
        }
    }

    #[inline(always)]
    pub(super) fn has(self, bin: usize) -> bool {
        let is_in = |range: usize| (bin as u16).wrapping_sub(self.from[range]) < self.count[range];
        is_in(0) | is_in(1)
    }
}

/// Shows some of a profile's rows, which ones depends on where they lie.
fn for_each_sampled(rows: &ProfileRows<'_>, mut see: impl FnMut(&ProfileRows<'_>)) {
    if rows.is_empty() {
        return;
    }
    let phase = rows.place(0).row as usize % SAMPLED_OF;
    let mut start = 0;
    let mut end = SAMPLED.saturating_sub(phase);
    let mut next = SAMPLED_OF - phase;
    loop {
        if start < end.min(rows.len()) {
            see(&rows.slice(start..end.min(rows.len())));
        }
        if next >= rows.len() {
            break;
        }
        (start, end) = (next, next + SAMPLED);
        next += SAMPLED_OF;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_says_where_quantiles_are_likely_to_lie() {
        let even = Kept::likely(&[1_000; 100]);
        assert!(even.has(50) && even.has(49) && even.has(90));
        assert!(!even.has(46) && !even.has(54) && !even.has(70) && !even.has(99));
    }

    #[test]
    fn few_values_say_nothing() {
        let few = Kept::likely(&[0, 2, 0, 3, 0]);
        assert!((0..5).all(|bin| few.has(bin)));
        assert!((0..5).all(|bin| Kept::likely(&[0; 5]).has(bin)));
        assert!((0..5).all(|bin| Kept::ALL.has(bin) && !Kept::NOTHING.has(bin)));
    }
}
