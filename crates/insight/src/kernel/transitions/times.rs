//! The times between the elements of each pair, as far as exact quantiles need them.
//!
//! Where a forecast says in which range a quantile lies, the times within it are kept, and those that lie before are
//! counted. Where there may be too many pairs for that, times are counted in bins.

use rayon::prelude::*;
use throughline_predict::rank;

use super::{QUANTILES, forecast::Forecast};
use crate::durations::{Bins, seek};

/// What is known of the times of all pairs.
pub(super) enum Times<'f> {
    Kept(KeptTimes<'f>),
    /// Per pair a row of bins.
    Binned(Vec<u32>),
}

/// One for each pair of very many.
const BINS: Bins = Bins::COARSE;

/// Times of all pairs, as far as they lie where quantiles are likely to lie.
pub(super) struct KeptTimes<'f> {
    forecast: &'f Forecast,
    pairs: Vec<Kept>,
    /// Per pair what other threads have kept.
    others: Vec<Vec<Vec<u32>>>,
}

/// Times of one pair: those in the range of each quantile, and how many lie before.
///
/// Pairs are met in no order, so all that one is asked for lies together, and times have 32 bits. Longer ones are as
/// good as the longest, which is in no range; a quantile among them is found in a second walk.
#[repr(align(64))]
struct Kept {
    count: u32,
    before: [u32; 2],
    from: [u32; 2],
    width: [u32; 2],
    /// The last times that were kept, which wait for company: whether one is kept is left to chance, so that a branch
    /// on it would be guessed wrong all the time.
    waiting: [u32; WAITING],
    waiting_count: u32,
    times: Vec<u32>,
}

const WAITING: usize = 16;

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
            Self::Binned(bins) => bins.resize(bins.len() + BINS.count(), 0),
        }
    }

    #[inline(always)]
    pub(super) fn add(&mut self, pair: usize, time: i64) {
        match self {
            Self::Kept(kept) => kept.pairs[pair].add(time),
            Self::Binned(bins) => bins[pair * BINS.count() + BINS.bin(time)] += 1,
        }
    }

    pub(super) fn count(&self, pair: usize) -> u64 {
        match self {
            Self::Kept(kept) => kept.pairs[pair].count.into(),
            Self::Binned(bins) => {
                let bins = &bins[pair * BINS.count()..(pair + 1) * BINS.count()];
                bins.iter().map(|it| u64::from(*it)).sum()
            }
        }
    }

    /// Where the quantiles of each pair lie.
    pub(super) fn quantiles(&self) -> Vec<[Found; 2]> {
        match self {
            Self::Kept(kept) => kept.quantiles(),
            Self::Binned(bins) => {
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
                let count = BINS.count();
                let mine = mine[pair * count..(pair + 1) * count].iter_mut();
                for (mine, more) in mine.zip(&more[theirs * count..]) {
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
            others: Vec::new(),
        }
    }

    fn push_pair(&mut self, place: usize) {
        self.pairs.push(Kept::new(self.forecast.ranges(place)));
        self.others.push(Vec::new());
    }

    fn merge(&mut self, pair: usize, other: &mut Self, theirs: usize) {
        let (mine, more) = (&mut self.pairs[pair], &mut other.pairs[theirs]);
        mine.count += more.count;
        for (mine, more) in mine.before.iter_mut().zip(more.before) {
            *mine += more;
        }
        more.flush();
        self.others[pair].push(std::mem::take(&mut more.times));
        self.others[pair].append(&mut other.others[theirs]);
    }

    fn quantiles(&self) -> Vec<[Found; 2]> {
        let all = self.pairs.par_iter().zip(&self.others);
        all.map(|(pair, others)| [0, 1].map(|index| pair.quantile(others, index)))
            .collect()
    }

    /// All times that were kept, pair by pair.
    pub(super) fn into_times(self) -> impl IndexedParallelIterator<Item = Vec<u32>> {
        let all = self.pairs.into_par_iter().zip(self.others);
        all.map(|(mut pair, others)| {
            pair.flush();
            let mut times = pair.times;
            others.iter().for_each(|it| times.extend(it));
            times
        })
    }
}

impl Kept {
    fn new(ranges: [TimesRange; 2]) -> Self {
        let short = |time: i64| u32::try_from(time).unwrap_or(u32::MAX);
        let from = ranges.map(|it| short(it.from));
        let to = ranges.map(|it| short(it.to()));
        Self {
            count: 0,
            before: [0; 2],
            from,
            width: [to[0] - from[0], to[1] - from[1]],
            waiting: [0; WAITING],
            waiting_count: 0,
            times: Vec::new(),
        }
    }

    #[inline(always)]
    fn add(&mut self, time: i64) {
        let time = u32::try_from(time).unwrap_or(u32::MAX);
        self.count += 1;
        self.before[0] += u32::from(time < self.from[0]);
        self.before[1] += u32::from(time < self.from[1]);
        self.waiting[self.waiting_count as usize % WAITING] = time;
        self.waiting_count += u32::from(self.has(0, time) | self.has(1, time));
        if self.waiting_count as usize == WAITING {
            self.flush();
        }
    }

    #[cold]
    fn flush(&mut self) {
        let waiting = &self.waiting[..self.waiting_count as usize];
        self.times.extend_from_slice(waiting);
        self.waiting_count = 0;
    }

    #[inline(always)]
    fn has(&self, range: usize, time: u32) -> bool {
        time.wrapping_sub(self.from[range]) < self.width[range]
    }

    /// A quantile, as far as it lies where the forecast has it.
    fn quantile(&self, others: &[Vec<u32>], index: usize) -> Found {
        let rank = rank(self.count.into(), QUANTILES[index]) - 1;
        let before = u64::from(self.before[index]);
        let from = i64::from(self.from[index]);
        if rank < before {
            return Found::Within(TimesRange::up_to(0, from), rank);
        }
        let mut times = self.times_in(others, index);
        match usize::try_from(rank - before) {
            Ok(place) if place < times.len() => Found::At(nth(&mut times, place).into()),
            _ => {
                let behind = TimesRange::onward(from + i64::from(self.width[index]));
                Found::Within(behind, rank - before - times.len() as u64)
            }
        }
    }

    /// The times that were kept in a range, in no order.
    fn times_in(&self, others: &[Vec<u32>], index: usize) -> Vec<u32> {
        let waiting = &self.waiting[..self.waiting_count as usize];
        let others = others.iter().map(Vec::as_slice);
        let all: Vec<&[u32]> = others.chain([self.times.as_slice(), waiting]).collect();
        let mut times = vec![0; all.iter().map(|it| it.len()).sum::<usize>() + 1];
        let mut count = 0;
        for time in all.into_iter().flatten() {
            times[count] = *time;
            count += usize::from(self.has(index, *time));
        }
        times.truncate(count);
        times
    }
}

/// The value that `place` others do not exceed.
pub(super) fn nth<T: Copy + Ord>(times: &mut [T], place: usize) -> T {
    *times.select_nth_unstable(place).1
}
