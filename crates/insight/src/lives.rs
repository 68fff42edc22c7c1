//! Lengths of stays of which some have not ended, many or few.

use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;
use throughline_predict::{
    incidence::{Ends, Incidence},
    survival::{Curve, Moment},
};

use utoipa::ToSchema;

use crate::durations::Bins;

/// Stays of one answer whose lengths are kept one by one.
const EXACT_MAX: u64 = 2_000_000;
/// Stays between two times that a thread tells the others of them.
const UNTOLD_MAX: u64 = 4_096;

/// How many stays all threads have seen, about: so that a thread need not keep what will be rounded.
#[derive(Debug, Default)]
pub(crate) struct LivesCount(AtomicU64);

/// The lengths of stays in one stage.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lives {
    /// Each with whether it had ended; given up for all once there are too many.
    each: Vec<(i64, bool)>,
    has_given_up: bool,
    ended: Vec<u32>,
    unfinished: Vec<u32>,
}

/// Falls of a curve that are told, and rises.
pub(crate) const CURVE_POINTS: usize = 60;

/// How many stay on after a time, by the product-limit estimator.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct Remaining {
    pub ms: i64,
    pub share: f64,
    /// The interval of the share, by Greenwood's formula on the log-log scale.
    pub low: f64,
    pub high: f64,
}

/// The points of a curve that are told.
pub(crate) fn remaining(curve: &Curve) -> Vec<Remaining> {
    let stairs = curve.sampled(CURVE_POINTS).into_iter();
    let points = stairs.map(|stair| {
        let interval = curve.interval_at(stair.time);
        Remaining {
            ms: stair.time,
            share: stair.share,
            low: interval.low,
            high: interval.high,
        }
    });
    points.collect()
}

/// Stays of one thread since the others were told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Untold(Option<u64>);

impl Default for Untold {
    fn default() -> Self {
        Self(Some(0))
    }
}

impl Untold {
    /// Counts one, and says once when there are too many to keep each.
    pub(crate) fn add(&mut self, all: &LivesCount) -> bool {
        let Some(untold) = &mut self.0 else {
            return false;
        };
        *untold += 1;
        if *untold < UNTOLD_MAX {
            return false;
        }
        *untold = 0;
        let is_beyond = all.add(UNTOLD_MAX);
        if is_beyond {
            self.0 = None;
        }
        is_beyond
    }
}

impl LivesCount {
    /// Adds stays and says whether there are now too many to keep each.
    pub(crate) fn add(&self, count: u64) -> bool {
        is_beyond(self.0.fetch_add(count, Ordering::Relaxed) + count)
    }
}

/// True when so many stays are rounded.
pub(crate) fn is_beyond(count: u64) -> bool {
    count > EXACT_MAX
}

impl Lives {
    #[inline]
    pub(crate) fn add(&mut self, length_ms: i64, has_ended: bool) {
        match self.has_given_up {
            true => self.count(length_ms, has_ended),
            false => self.each.push((length_ms, has_ended)),
        }
    }

    /// Keeps rounded lengths from now on.
    pub(crate) fn give_up(&mut self) {
        self.has_given_up = true;
        for (length_ms, has_ended) in std::mem::take(&mut self.each) {
            self.count(length_ms, has_ended);
        }
    }

    fn count(&mut self, length_ms: i64, has_ended: bool) {
        let bins = if has_ended {
            &mut self.ended
        } else {
            &mut self.unfinished
        };
        if bins.is_empty() {
            bins.resize(Bins::FINEST.count(), 0);
        }
        bins[Bins::FINEST.bin(length_ms)] += 1;
    }

    pub(crate) fn merge(&mut self, mut other: Self) {
        if !self.has_given_up && !other.has_given_up {
            self.each.append(&mut other.each);
            return;
        }
        self.give_up();
        other.give_up();
        for (mine, more) in [
            (&mut self.ended, other.ended),
            (&mut self.unfinished, other.unfinished),
        ] {
            if mine.is_empty() {
                *mine = more;
                continue;
            }
            for (mine, more) in mine.iter_mut().zip(more) {
                *mine += more;
            }
        }
    }

    /// The share that has ended in one way by length. Ends in that way are `wanted`, and in this one too.
    pub(crate) fn incidence(&mut self, wanted: &mut Self, is_rounded: bool) -> Incidence {
        if is_rounded {
            self.give_up();
            wanted.give_up();
            let count = |bins: &[u32], bin: usize| bins.get(bin).map_or(0, |it| u64::from(*it));
            let moments: Vec<Ends> = (0..Bins::FINEST.count())
                .map(|bin| Ends {
                    time: Bins::FINEST.middle(bin),
                    wanted: count(&wanted.ended, bin),
                    other: count(&self.ended, bin) - count(&wanted.ended, bin),
                    unfinished: count(&self.unfinished, bin),
                })
                .filter(|it| it.wanted + it.other + it.unfinished > 0)
                .collect();
            return Incidence::of_moments(&moments);
        }
        debug_assert!(!self.has_given_up && !wanted.has_given_up);
        self.each.sort_unstable();
        wanted.each.sort_unstable();
        let mut ends = wanted.each.iter().map(|it| it.0).peekable();
        let moments: Vec<Ends> = (self.each.chunk_by(|a, b| a.0 == b.0))
            .map(|together| {
                let time = together[0].0;
                let ended = together.iter().filter(|it| it.1).count();
                let wanted = std::iter::from_fn(|| ends.next_if_eq(&time)).count();
                Ends {
                    time,
                    wanted: wanted as u64,
                    other: (ended - wanted) as u64,
                    unfinished: (together.len() - ended) as u64,
                }
            })
            .collect();
        Incidence::of_moments(&moments)
    }

    /// The share that still goes on by length. `is_rounded` makes all stages of an answer alike.
    pub(crate) fn curve(mut self, is_rounded: bool) -> Curve {
        if !is_rounded {
            debug_assert!(!self.has_given_up);
            return Curve::of(self.each);
        }
        self.give_up();
        let count = |bins: &[u32], bin: usize| bins.get(bin).map_or(0, |it| u64::from(*it));
        let moments: Vec<Moment> = (0..Bins::FINEST.count())
            .map(|bin| Moment {
                time: Bins::FINEST.middle(bin),
                ended: count(&self.ended, bin),
                unfinished: count(&self.unfinished, bin),
            })
            .filter(|it| it.ended + it.unfinished > 0)
            .collect();
        Curve::of_moments(&moments)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lives(count: i64) -> Lives {
        let mut lives = Lives::default();
        for index in 0..count {
            lives.add(1000 + index * 7919 % 1_000_000, index % 3 > 0);
        }
        lives
    }

    #[test]
    fn many_stays_are_rounded_by_very_little() {
        let exact = lives(100_000).curve(false);
        let rounded = lives(100_000).curve(true);
        for permille in [250, 500, 750] {
            let exact = exact.quantile(permille).expect("falls that far") as f64;
            let rounded = rounded.quantile(permille).expect("falls that far") as f64;
            assert!((exact / rounded - 1.0).abs() < 0.003, "{exact} {rounded}");
        }
    }

    #[test]
    fn a_rounded_share_of_one_way_of_ending_is_nearly_the_exact_one() {
        let mut wanted = Lives::default();
        for (length, _) in lives(50_000).each.iter().filter(|it| it.1 && it.0 % 2 == 0) {
            wanted.add(*length, true);
        }
        let exact = lives(50_000).incidence(&mut wanted.clone(), false);
        let rounded = lives(50_000).incidence(&mut wanted, true);
        for time in [10_000, 100_000, 400_000, 900_000] {
            let (exact, rounded) = (exact.share_at(time), rounded.share_at(time));
            assert!((exact - rounded).abs() < 0.003, "{exact} {rounded}");
        }
    }

    #[test]
    fn when_a_thread_gives_up_and_in_which_order_they_finish_changes_nothing() {
        let mut parts = [1, 2, 3].map(|part| lives(part * 2_000));
        parts[1].give_up();
        let merged = |order: [usize; 3], is_rounded: bool| {
            let mut all = Lives::default();
            for part in order {
                all.merge(parts[part].clone());
            }
            all.curve(is_rounded)
        };
        assert_eq!(merged([0, 1, 2], true), merged([2, 0, 1], true));
    }

    #[test]
    fn there_are_too_many_beyond_the_limit() {
        let count = LivesCount::default();
        assert!(!count.add(EXACT_MAX));
        assert!(count.add(1));
    }
}
