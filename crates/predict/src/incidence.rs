//! How many have ended in one way after a time, when they can also end in others or have not ended yet.
//!
//! Aalen and Johansen, "An empirical transition matrix for non-homogeneous Markov chains based on censored
//! observations", 1978. One minus a product-limit curve of one way of ending would be too much: who has ended
//! in another way can no longer end in this one. The variance is that of the delta method (Dinse and Larson,
//! "A note on semi-Markov models for partially censored data", 1986).

use crate::interval::{DEVIATE, Interval};

/// What happened after one length of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ends {
    pub time: i64,
    /// How many ended in the way that is asked for.
    pub wanted: u64,
    /// How many ended in any other way.
    pub other: u64,
    /// How many were last seen then, still going on.
    pub unfinished: u64,
}

/// The share that has ended in one way, as a rising staircase.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Incidence {
    rises: Vec<Rise>,
}

/// Where the share rises.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rise {
    pub time: i64,
    /// How many had been seen going on right before.
    pub at_risk: u64,
    /// Share that has ended in this way right after.
    pub share: f64,
    /// Standard error of the share.
    pub error: f64,
}

/// Rounding noise of a sum of shares lies below this.
const NOISE: f64 = 1e-9;

/// Sums over the moments so far, of which the variance at any later one is made.
#[derive(Default)]
struct Sums {
    /// Of Greenwood's terms, those times the share, and times its square.
    spread: [f64; 3],
    own: f64,
    /// Of the terms that both share, and those times the share.
    both: [f64; 2],
}

impl Sums {
    fn variance(&self, share: f64) -> f64 {
        let [spread, once, twice] = self.spread;
        let [both, both_once] = self.both;
        let apart = share * share * spread - 2.0 * share * once + twice;
        (apart + self.own - 2.0 * (share * both - both_once)).max(0.0)
    }
}

impl Incidence {
    /// The staircase of moments in rising order of time. At one moment ends come before what is unfinished.
    pub fn of_moments(moments: &[Ends]) -> Self {
        debug_assert!(moments.is_sorted_by(|a, b| a.time < b.time));
        let all = moments
            .iter()
            .map(|it| it.wanted + it.other + it.unfinished);
        let mut at_risk: u64 = all.sum();
        let (mut going_on, mut share) = (1.0, 0.0);
        let mut sums = Sums::default();
        let mut rises = Vec::new();
        for it in moments {
            let ended = it.wanted + it.other;
            if ended > 0 {
                let (all, wanted, ended) = (at_risk as f64, it.wanted as f64, ended as f64);
                share += going_on * wanted / all;
                sums.own += going_on * going_on * (all - wanted) * wanted / (all * all * all);
                let both = going_on * wanted / (all * all);
                sums.both[0] += both;
                sums.both[1] += both * share;
                // When nobody goes on the share cannot change any more, and so adds nothing.
                if ended < all {
                    let spread = ended / (all * (all - ended));
                    sums.spread[0] += spread;
                    sums.spread[1] += spread * share;
                    sums.spread[2] += spread * share * share;
                }
                going_on *= (all - ended) / all;
                if it.wanted > 0 {
                    rises.push(Rise {
                        time: it.time,
                        at_risk,
                        share,
                        error: sums.variance(share).sqrt(),
                    });
                }
            }
            at_risk -= it.wanted + it.other + it.unfinished;
        }
        Self { rises }
    }

    /// Every rise of the staircase.
    pub fn rises(&self) -> &[Rise] {
        &self.rises
    }

    /// At most so many of the rises, evenly over the share that rises, the last one among them.
    pub fn sampled(&self, count: usize) -> Vec<Rise> {
        let step = self.rises.last().map_or(0.0, |it| it.share) / count as f64;
        let mut next = step;
        let mut sampled = Vec::new();
        for (index, rise) in self.rises.iter().enumerate() {
            if rise.share >= next - NOISE || index + 1 == self.rises.len() {
                sampled.push(*rise);
                next = rise.share + step;
            }
        }
        sampled
    }

    /// The share that has ended in this way by a time.
    pub fn share_at(&self, time: i64) -> f64 {
        let count = self.rises.partition_point(|it| it.time <= time);
        count.checked_sub(1).map_or(0.0, |it| self.rises[it].share)
    }
}

impl Rise {
    /// The interval of the share, on the log-log scale.
    pub fn interval(&self) -> Interval {
        // A share of all of them has no scale of its own; what rounding leaves of it counts as all.
        if self.share >= 1.0 - NOISE {
            return Interval {
                low: self.share,
                high: self.share,
            };
        }
        let spread = DEVIATE * self.error / (self.share * self.share.ln());
        Interval {
            low: self.share.powf((-spread).exp()),
            high: self.share.powf(spread.exp()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::survival::{Curve, Moment};

    fn ends(list: &[(i64, u64, u64, u64)]) -> Vec<Ends> {
        let end = |it: &(i64, u64, u64, u64)| Ends {
            time: it.0,
            wanted: it.1,
            other: it.2,
            unfinished: it.3,
        };
        list.iter().map(end).collect()
    }

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-9
    }

    #[test]
    fn a_small_case_is_right_by_hand() {
        // Six: one gives up at 1, one goes on at 2, one is last seen at 3, one gives up at 4, two are left at 5.
        let moments = ends(&[
            (1, 1, 0, 0),
            (2, 0, 1, 0),
            (3, 0, 0, 1),
            (4, 1, 0, 0),
            (5, 0, 0, 2),
        ]);
        let found = Incidence::of_moments(&moments);
        assert!(close(found.share_at(0), 0.0));
        assert!(close(found.share_at(3), 1.0 / 6.0));
        // Of the four sixths that went on until 4, a third gave up then.
        assert!(close(found.share_at(4), 1.0 / 6.0 + 4.0 / 6.0 / 3.0));
        assert_eq!(found.rises()[1].at_risk, 3);
    }

    #[test]
    fn who_has_gone_on_can_no_longer_give_up() {
        // Nine of ten go on at once. One minus a product-limit curve would say that all have given up.
        let found = Incidence::of_moments(&ends(&[(1, 0, 9, 0), (2, 1, 0, 0)]));
        assert!(close(found.share_at(2), 0.1));
    }

    #[test]
    fn without_unfinished_ones_the_error_is_that_of_a_plain_share() {
        let found = Incidence::of_moments(&ends(&[(1, 2, 1, 0), (2, 1, 3, 0), (3, 1, 2, 0)]));
        for rise in found.rises() {
            let plain = (rise.share * (1.0 - rise.share) / 10.0).sqrt();
            assert!(close(rise.error, plain), "{rise:?} {plain}");
        }
        assert!(close(found.share_at(9), 0.4));
    }

    fn any_ends() -> impl Strategy<Value = Vec<Ends>> {
        prop::collection::vec((0..4_u64, 0..4_u64, 0..4_u64), 0..20).prop_map(|list| {
            let times = (0..).zip(list);
            let list: Vec<_> = times.map(|(time, it)| (time, it.0, it.1, it.2)).collect();
            ends(&list)
        })
    }

    proptest! {
        #[test]
        fn all_ways_of_ending_and_going_on_add_up_to_one(moments in any_ends()) {
            let turned: Vec<Ends> = (moments.iter())
                .map(|it| Ends { wanted: it.other, other: it.wanted, ..*it })
                .collect();
            let together: Vec<Moment> = (moments.iter())
                .map(|it| Moment {
                    time: it.time,
                    ended: it.wanted + it.other,
                    unfinished: it.unfinished,
                })
                .collect();
            let (one, other) = (Incidence::of_moments(&moments), Incidence::of_moments(&turned));
            let curve = Curve::of_moments(&together);
            for time in -1..21 {
                let sum = one.share_at(time) + other.share_at(time) + curve.share_at(time);
                prop_assert!(close(sum, 1.0), "{sum}");
            }
        }

        #[test]
        fn with_one_way_of_ending_it_is_the_product_limit_curve_and_greenwoods_error(moments in any_ends()) {
            let moments: Vec<Ends> = moments.iter().map(|it| Ends { other: 0, ..*it }).collect();
            let alone: Vec<Moment> = (moments.iter())
                .map(|it| Moment { time: it.time, ended: it.wanted, unfinished: it.unfinished })
                .collect();
            let curve = Curve::of_moments(&alone);
            let found = Incidence::of_moments(&moments);
            prop_assert_eq!(found.rises().len(), curve.stairs().len());
            let mut greenwood = 0.0;
            for (rise, stair) in found.rises().iter().zip(curve.stairs()) {
                prop_assert!(close(rise.share, 1.0 - stair.share));
                let (ended, all) = (stair.ended as f64, stair.at_risk as f64);
                if ended < all {
                    greenwood += ended / (all * (all - ended));
                    prop_assert!(close(rise.error, stair.share * greenwood.sqrt()));
                }
            }
        }

        #[test]
        fn the_share_never_falls_lies_in_its_interval_and_a_sample_keeps_its_end(moments in any_ends()) {
            let found = Incidence::of_moments(&moments);
            prop_assert!(found.rises().is_sorted_by(|a, b| a.share <= b.share));
            for rise in found.rises() {
                let interval = rise.interval();
                prop_assert!(interval.low <= rise.share + 1e-9 && rise.share <= interval.high + 1e-9);
            }
            let sampled = found.sampled(4);
            prop_assert!(sampled.len() <= 5);
            prop_assert_eq!(sampled.last(), found.rises().last());
        }
    }
}
