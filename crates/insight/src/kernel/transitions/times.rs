//! The times between the elements of each pair, as far as exact quantiles need them, and how often there were any.
//!
//! Where a forecast says in which range a quantile lies, the times within it are kept, and those that lie before are
//! counted. Where there may be too many pairs for that, times are counted in bins.

use rayon::prelude::*;
use throughline_predict::rank;

use super::{QUANTILES, forecast::Forecast, tally::Profiles};
use crate::{
    durations::{Bins, seek},
    passes::Passes,
};

/// What is known of the times of all pairs.
pub(super) enum Times<'f> {
    Kept(KeptTimes<'f>),
    Binned(BinnedTimes),
}

/// How many times of very many pairs lie in each bin.
#[derive(Default)]
pub(super) struct BinnedTimes {
    profiles: Vec<Profiles>,
    /// Per pair a row of bins.
    bins: Vec<u32>,
}

const BINS: Bins = Bins::COARSE;

/// Times of all pairs, as far as they lie where quantiles are likely to lie.
pub(super) struct KeptTimes<'f> {
    forecast: &'f Forecast,
    pairs: Vec<Kept>,
    /// Per pair the times that wait no more.
    times: Vec<Vec<u32>>,
    /// Per pair what other threads have kept.
    others: Vec<Vec<Vec<u32>>>,
}

/// Times of one pair: how many lie before each bound, and the last ones between the bounds of a quantile.
///
/// Pairs are met in no order, so all that each needs comes from memory together, and times have 32 bits. Longer ones
/// are as good as the longest, which is in no range; a quantile among them is found in a second walk.
#[repr(C, align(64))]
pub(super) struct Kept {
    /// From and to of the range of each quantile, none before the one that it follows. Ranges that overlap are one,
    /// and the second one has nothing.
    bounds: [Short; BOUNDS],
    before: [u32; BOUNDS],
    /// The last times that were kept, which wait for company: whether one is kept is left to chance, so that a branch
    /// on it would be guessed wrong all the time.
    waiting: [u32; WAITING],
    waiting_count: u32,
    count: u32,
    profiles: Profiles,
}

const BOUNDS: usize = 2 * QUANTILES.len();

/// A time of 32 bits, such that all are compared at once: what every processor can do is to compare four numbers with a sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Short(i32);

impl Short {
    const LONGEST: Self = Self(i32::MAX);

    #[inline(always)]
    fn new(time: i64) -> Self {
        Self::of(u32::try_from(time).unwrap_or(u32::MAX))
    }

    #[inline(always)]
    fn of(time: u32) -> Self {
        Self((time ^ (1 << 31)).cast_signed())
    }

    #[inline(always)]
    fn time(self) -> u32 {
        self.0.cast_unsigned() ^ (1 << 31)
    }
}

/// As many as fit.
const WAITING: usize = 4;
const _: () = assert!(size_of::<Kept>() == 64);

/// Times from one up to but not including as much more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TimesRange {
    pub(super) from: i64,
    pub(super) width: u64,
}

impl TimesRange {
    pub(super) const ALL: Self = Self::onward(0);
    pub(super) const NOTHING: Self = Self { from: 0, width: 0 };

    pub(super) const fn onward(from: i64) -> Self {
        Self {
            from,
            width: (i64::MAX - from).cast_unsigned(),
        }
    }

    /// From one time up to but not including another.
    pub(super) const fn up_to(from: i64, to: i64) -> Self {
        Self {
            from,
            width: (to - from).cast_unsigned(),
        }
    }

    fn to(self) -> i64 {
        self.from.saturating_add_unsigned(self.width)
    }

    /// A time before the range is as good as one far behind it.
    #[inline(always)]
    pub(super) fn has(self, time: i64) -> bool {
        time.wrapping_sub(self.from).cast_unsigned() < self.width
    }
}

/// What the times that were kept say of one quantile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    At(i64),
    /// In this range, behind so many of the times in it.
    Within(TimesRange, u64),
}

impl Times<'_> {
    pub(super) fn push_pair(&mut self, place: usize) {
        match self {
            Self::Kept(kept) => kept.push_pair(place),
            Self::Binned(binned) => {
                let BinnedTimes { profiles, bins } = binned;
                profiles.push(Profiles::default());
                bins.resize(bins.len() + BINS.count(), 0);
            }
        }
    }

    #[inline(always)]
    pub(super) fn add(&mut self, pair: usize, profile: u32, time: i64) {
        match self {
            Self::Kept(kept) => kept.add(pair, profile, time),
            Self::Binned(BinnedTimes { profiles, bins }) => {
                profiles[pair].add(profile);
                bins[pair * BINS.count() + BINS.bin(time)] += 1;
            }
        }
    }

    /// How often a pair was seen.
    pub(super) fn passes(&self, pair: usize) -> Passes {
        let (times, profiles) = match self {
            Self::Kept(kept) => (kept.pairs[pair].count.into(), kept.pairs[pair].profiles),
            Self::Binned(BinnedTimes { profiles, bins }) => {
                let bins = &bins[pair * BINS.count()..(pair + 1) * BINS.count()];
                (bins.iter().map(|it| u64::from(*it)).sum(), profiles[pair])
            }
        };
        Passes {
            times,
            profiles: profiles.count.into(),
        }
    }

    /// Where the quantiles of each pair lie.
    pub(super) fn quantiles(&self) -> Vec<[Found; 2]> {
        match self {
            Self::Kept(kept) => kept.quantiles(),
            Self::Binned(BinnedTimes { bins, .. }) => {
                let starts: Vec<i64> = (0..=BINS.count()).map(|bin| BINS.start(bin)).collect();
                let quantile = |bins: &[u32], permille| {
                    let sought = seek(bins, permille).expect("a pair has times");
                    let range = TimesRange::up_to(starts[sought.bin], starts[sought.bin + 1]);
                    Found::Within(range, sought.before)
                };
                let of_pair = |bins| QUANTILES.map(|permille| quantile(bins, permille));
                bins.par_chunks(BINS.count()).map(of_pair).collect()
            }
        }
    }

    /// Adds what another thread knows of a pair of its own.
    pub(super) fn merge(&mut self, pair: usize, other: &mut Self, theirs: usize) {
        match (self, other) {
            (Self::Kept(mine), Self::Kept(more)) => mine.merge(pair, more, theirs),
            (Self::Binned(mine), Self::Binned(more)) => {
                mine.profiles[pair].count += more.profiles[theirs].count;
                let count = BINS.count();
                let mine = mine.bins[pair * count..(pair + 1) * count].iter_mut();
                for (mine, more) in mine.zip(&more.bins[theirs * count..]) {
                    *mine += more;
                }
            }
            _ => unreachable!("all threads do the same"),
        }
    }
}

impl<'f> KeptTimes<'f> {
    pub(super) fn new(forecast: &'f Forecast) -> Self {
        Self {
            forecast,
            pairs: Vec::new(),
            times: Vec::new(),
            others: Vec::new(),
        }
    }

    fn push_pair(&mut self, place: usize) {
        self.pairs.push(Kept::new(self.forecast.ranges(place)));
        self.times.push(Vec::new());
        self.others.push(Vec::new());
    }

    #[inline(always)]
    fn add(&mut self, pair: usize, profile: u32, time: i64) {
        let kept = &mut self.pairs[pair];
        if kept.add(profile, time) {
            kept.flush(&mut self.times[pair]);
        }
    }

    /// Per pair what is counted, and the times that wait no more.
    #[inline(always)]
    pub(super) fn of_pairs(&mut self) -> (&mut [Kept], &mut [Vec<u32>]) {
        (&mut self.pairs, &mut self.times)
    }

    fn merge(&mut self, pair: usize, other: &mut Self, theirs: usize) {
        let (mine, more) = (&mut self.pairs[pair], &mut other.pairs[theirs]);
        if more.count == 0 {
            return;
        }
        mine.count += more.count;
        mine.profiles.count += more.profiles.count;
        for (mine, more) in mine.before.iter_mut().zip(more.before) {
            *mine += more;
        }
        other.times[theirs].extend_from_slice(more.waiting());
        self.others[pair].push(std::mem::take(&mut other.times[theirs]));
        self.others[pair].append(&mut other.others[theirs]);
    }

    fn quantiles(&self) -> Vec<[Found; 2]> {
        let all = (0..self.pairs.len()).into_par_iter();
        all.map(|pair| [0, 1].map(|index| self.quantile(pair, index)))
            .collect()
    }

    /// A quantile of a pair, as far as it lies where the forecast has it. A pair that was never seen has none.
    fn quantile(&self, pair: usize, index: usize) -> Found {
        let kept = &self.pairs[pair];
        if kept.count == 0 {
            return Found::At(0);
        }
        let rank = rank(kept.count.into(), QUANTILES[index]) - 1;
        let range = kept.range(index);
        let [from, to] = kept.bounds(range).map(|it| i64::from(it.time()));
        let [before, before_end] = kept.before(range).map(u64::from);
        if rank < before {
            return Found::Within(TimesRange::up_to(0, from), rank);
        }
        if rank >= before_end {
            return Found::Within(TimesRange::onward(to), rank - before_end);
        }
        let mut times = self.times_in(pair, range);
        let place = usize::try_from(rank - before).expect("a rank among what is in memory");
        Found::At(nth(&mut times, place).into())
    }

    /// The times of a pair that were kept in a range, in no order.
    fn times_in(&self, pair: usize, range: usize) -> Vec<u32> {
        let kept = &self.pairs[pair];
        let others = self.others[pair].iter().map(Vec::as_slice);
        let all: Vec<&[u32]> = others
            .chain([self.times[pair].as_slice(), kept.waiting()])
            .collect();
        let mut times = vec![0; all.iter().map(|it| it.len()).sum::<usize>() + 1];
        let mut count = 0;
        for time in all.into_iter().flatten() {
            times[count] = *time;
            count += usize::from(kept.has(range, *time));
        }
        times.truncate(count);
        times
    }

    /// All times that were kept, pair by pair.
    pub(super) fn into_times(self) -> impl IndexedParallelIterator<Item = Vec<u32>> {
        let all = self.pairs.into_par_iter().zip(self.times).zip(self.others);
        all.map(|((pair, mut times), others)| {
            times.extend_from_slice(pair.waiting());
            others.iter().for_each(|it| times.extend(it));
            times
        })
    }
}

impl Kept {
    fn new(ranges: [TimesRange; 2]) -> Self {
        let [(from, to), (next_from, next_to)] =
            ranges.map(|it| (Short::new(it.from), Short::new(it.to())));
        let nowhere = Short::LONGEST;
        Self {
            bounds: match to <= next_from {
                true => [from, to, next_from, next_to],
                false => [from.min(next_from), to.max(next_to), nowhere, nowhere],
            },
            before: [0; BOUNDS],
            waiting: [0; WAITING],
            waiting_count: 0,
            count: 0,
            profiles: Profiles::default(),
        }
    }

    /// Counts a time, and keeps it where it lies between the bounds of a quantile. True when no more can wait.
    #[inline(always)]
    pub(super) fn add(&mut self, profile: u32, time: i64) -> bool {
        let time = Short::new(time);
        self.count += 1;
        self.profiles.add(profile);
        // An odd count of bounds lies behind what lies in a range.
        let mut behind = 0;
        for (bound, before) in self.bounds.iter().zip(&mut self.before) {
            let is_before = u32::from(time < *bound);
            *before += is_before;
            behind ^= is_before;
        }
        self.waiting[self.waiting_count as usize] = time.time();
        self.waiting_count += behind;
        self.waiting_count as usize == WAITING
    }

    /// Lets go of as many as can wait.
    #[cold]
    pub(super) fn flush(&mut self, times: &mut Vec<u32>) {
        times.extend_from_slice(&self.waiting);
        self.waiting_count = 0;
    }

    fn waiting(&self) -> &[u32] {
        &self.waiting[..self.waiting_count as usize]
    }

    /// Which range a quantile is looked for in.
    fn range(&self, quantile: usize) -> usize {
        match self.bounds[2] == Short::LONGEST {
            true => 0,
            false => quantile,
        }
    }

    fn bounds(&self, range: usize) -> [Short; 2] {
        [self.bounds[2 * range], self.bounds[2 * range + 1]]
    }

    /// How many times lie before a range, and before its end.
    fn before(&self, range: usize) -> [u32; 2] {
        [self.before[2 * range], self.before[2 * range + 1]]
    }

    fn has(&self, range: usize, time: u32) -> bool {
        let [from, to] = self.bounds(range);
        (from..to).contains(&Short::of(time))
    }
}

/// The value that `place` others do not exceed.
pub(super) fn nth<T: Copy + Ord>(times: &mut [T], place: usize) -> T {
    *times.select_nth_unstable(place).1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_pair_that_another_thread_has_not_seen_nothing_is_kept() {
        let [mut mine, mut other] = [(); 2].map(|()| {
            let mut times = KeptTimes::new(&Forecast::ALL);
            (0..2).for_each(|place| times.push_pair(place));
            times
        });
        other.add(1, 7, 5);
        (0..2).for_each(|pair| mine.merge(pair, &mut other, pair));
        assert!(mine.others[0].is_empty());
        assert_eq!(mine.others[1], [vec![5]]);
    }
}
