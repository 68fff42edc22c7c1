//! How long things last when some of them have not ended yet: the product-limit estimator.
//!
//! Kaplan and Meier, "Nonparametric estimation from incomplete observations", 1958.

use crate::interval::{DEVIATE, Interval, two_sided_deviate};

/// What happened after one length of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    pub time: i64,
    /// How many ended then.
    pub ended: u64,
    /// How many were last seen then, still going on.
    pub unfinished: u64,
}

/// The share that still goes on, as a falling staircase.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    stairs: Vec<Stair>,
}

/// Where the share falls.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stair {
    pub time: i64,
    /// How many had been seen going on right before.
    pub at_risk: u64,
    pub ended: u64,
    /// Share that goes on right after.
    pub share: f64,
    /// Greenwood's sum, from which the interval comes.
    spread: f64,
}

/// Rounding noise of a product of shares lies below this.
const NOISE: f64 = 1e-9;

impl Curve {
    /// The curve of lengths of time, each with whether it had ended.
    pub fn of(mut lengths: Vec<(i64, bool)>) -> Self {
        lengths.sort_unstable();
        let moments: Vec<Moment> = lengths
            .chunk_by(|a, b| a.0 == b.0)
            .map(|together| {
                let ended = together.iter().filter(|it| it.1).count();
                Moment {
                    time: together[0].0,
                    ended: ended as u64,
                    unfinished: (together.len() - ended) as u64,
                }
            })
            .collect();
        Self::of_moments(&moments)
    }

    /// The curve of moments in rising order of time. At one moment ends come before what is unfinished.
    pub fn of_moments(moments: &[Moment]) -> Self {
        debug_assert!(moments.is_sorted_by(|a, b| a.time < b.time));
        let mut at_risk: u64 = moments.iter().map(|it| it.ended + it.unfinished).sum();
        let (mut share, mut spread) = (1.0, 0.0);
        let mut stairs = Vec::new();
        for moment in moments {
            if moment.ended > 0 {
                let (ended, all) = (moment.ended as f64, at_risk as f64);
                share *= (all - ended) / all;
                spread += ended / (all * (all - ended));
                stairs.push(Stair {
                    time: moment.time,
                    at_risk,
                    ended: moment.ended,
                    share,
                    spread,
                });
            }
            at_risk -= moment.ended + moment.unfinished;
        }
        Self { stairs }
    }

    /// Every fall of the curve.
    pub fn stairs(&self) -> &[Stair] {
        &self.stairs
    }

    /// At most so many of the falls, evenly over the share that falls, the last one among them.
    pub fn sampled(&self, count: usize) -> Vec<Stair> {
        let last = self.stairs.last().map_or(1.0, |stair| stair.share);
        let step = (1.0 - last) / count as f64;
        let mut next = 1.0 - step;
        let mut sampled = Vec::new();
        for (index, stair) in self.stairs.iter().enumerate() {
            if stair.share <= next + NOISE || index + 1 == self.stairs.len() {
                sampled.push(*stair);
                next = stair.share - step;
            }
        }
        sampled
    }

    /// The share that goes on after a time.
    pub fn share_at(&self, time: i64) -> f64 {
        self.stair_at(time).map_or(1.0, |stair| stair.share)
    }

    /// The interval of that share, by Greenwood's formula on the log-log scale.
    pub fn interval_at(&self, time: i64) -> Interval {
        let sure = |share| Interval {
            low: share,
            high: share,
        };
        let Some(stair) = self.stair_at(time) else {
            return sure(1.0);
        };
        if stair.share <= 0.0 {
            return sure(0.0);
        }
        let log = stair.share.ln();
        let spread = DEVIATE * stair.spread.sqrt() / log;
        Interval {
            low: stair.share.powf((-spread).exp()),
            high: stair.share.powf(spread.exp()),
        }
    }

    /// When `permille` thousandths have ended; `None` when the curve does not fall that far.
    pub fn quantile(&self, permille: u64) -> Option<i64> {
        let left = 1.0 - permille as f64 / 1000.0;
        self.stairs
            .iter()
            .find(|stair| stair.share <= left + NOISE)
            .map(|stair| stair.time)
    }

    fn stair_at(&self, time: i64) -> Option<&Stair> {
        let count = self.stairs.partition_point(|stair| stair.time <= time);
        self.stairs.get(count.checked_sub(1)?)
    }
}

/// A point of a curve as it is told: the share that goes on after a time, with its interval on the log-log scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CurvePoint {
    pub time: i64,
    pub share: f64,
    pub bounds: Interval,
}

/// Between which times `permille` thousandths have ended, widened for `tests_count` looks at the same data.
///
/// Brookmeyer and Crowley, "A confidence interval for the median survival time", 1982: the times at which the interval
/// of the share holds what is left then. No upper one where the curve stays too high for it.
pub fn quantile_bounds(
    points: &[CurvePoint],
    permille: u64,
    tests_count: u64,
) -> (Option<i64>, Option<i64>) {
    let left = 1.0 - permille as f64 / 1000.0;
    let wider = two_sided_deviate(0.05 / tests_count.max(1) as f64) / DEVIATE;
    let first = |is_below: &dyn Fn(Interval) -> bool| {
        let found = (points.iter()).find(|it| is_below(widened(it.share, it.bounds, wider)));
        found.map(|it| it.time)
    };
    (
        first(&|it| it.low <= left + NOISE),
        first(&|it| it.high <= left + NOISE),
    )
}

/// On the log-log scale bounds lie as far from the share as the deviate is wide.
fn widened(share: f64, bounds: Interval, wider: f64) -> Interval {
    if share <= 0.0 || share >= 1.0 {
        return bounds;
    }
    let bound = |bound: f64| {
        if bound <= 0.0 || bound >= 1.0 {
            return bound;
        }
        share.powf((bound.ln() / share.ln()).powf(wider))
    };
    Interval {
        low: bound(bounds.low),
        high: bound(bounds.high),
    }
}

#[cfg(test)]
mod tests;
