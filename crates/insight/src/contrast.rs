//! What goes with an outcome, told alike wherever many candidates are tested at once.

use serde::Serialize;
use throughline_predict::{Interval, Measured, difference_of, discoveries::false_discovery_rates};
use utoipa::ToSchema;

use crate::kernel::funnel::Share;

/// Fewer than these on one side say nothing.
pub(crate) const SUPPORT_MIN: u64 = 30;
/// A share of those who do something, or of those with an outcome, that no free choice would reach.
pub(crate) const STRUCTURAL_SHARE: f64 = 0.98;
/// Days of a month on average.
const MONTH_MS: f64 = 30.436_875 * DAY_MS;
const DAY_MS: f64 = 86_400_000.0;

/// Those with something against those who are like them and without it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct Contrast {
    /// Those with it who have somebody to be compared with, and how many of them have the outcome.
    pub with: Share,
    /// The share that has the outcome of those whom they are compared with.
    pub without: f64,
    /// Of how many that share is; a weighted share is worth as many as an unweighted one of its variance. It is what
    /// comparing two contrasts needs and nobody reads.
    #[serde(skip)]
    pub(crate) without_n: f64,
    /// The first less the second.
    pub difference: f64,
    /// The bounds of the difference, widened for the many looks (Benjamini and Yekutieli, 2005).
    pub interval: Interval,
    /// The first by the second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relative: Option<f64>,
    /// The odds of the first by those of the second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub odds: Option<f64>,
    /// So many more have the outcome in a month than if those with it were as the others; negative for fewer.
    pub people_per_month: f64,
    /// The bounds of that, by those of the difference.
    pub people_interval: Interval,
    /// How often chance alone would make as large a difference.
    pub p: f64,
    /// The smallest rate of false findings at which this is one.
    pub false_rate: f64,
}

/// One candidate, measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Test {
    /// How many of those with it have the outcome, and how many there are.
    pub(crate) with: (u64, u64),
    pub(crate) without: Measured,
    pub(crate) odds: Option<f64>,
    pub(crate) p: f64,
}

/// All candidates that were tested, told together: each is a finding only if it holds its own against all others.
pub(crate) struct Contrasts {
    most: f64,
    months: f64,
}

impl Contrasts {
    /// Of the findings, so many thousandths at most are expected to be chance.
    pub(crate) fn new(false_permille: u32, months: f64) -> Self {
        Self {
            most: f64::from(false_permille) / 1000.0,
            months,
        }
    }

    /// Tells tests in their order, each with whether it is a finding.
    pub(crate) fn tell(&self, tests: &[Test]) -> Vec<(Contrast, bool)> {
        let chances: Vec<f64> = tests.iter().map(|it| it.p).collect();
        let rates = false_discovery_rates(&chances);
        let found = rates.iter().filter(|it| **it <= self.most).count();
        // Intervals of what is picked out of many must be as much wider as there were many.
        let looks = tests.len().div_ceil(found.max(1)).max(1) as u64;
        (tests.iter().zip(rates))
            .map(|(test, rate)| (self.told(test, looks, rate), rate <= self.most))
            .collect()
    }

    fn told(&self, test: &Test, looks: u64, false_rate: f64) -> Contrast {
        let (part, whole) = test.with;
        let n = whole as f64;
        let with = Measured {
            share: part as f64 / n,
            n,
        };
        let without = Measured {
            // A sum of fractions may lie a little above 1.
            share: test.without.share.clamp(0.0, 1.0),
            ..test.without
        };
        let interval = difference_of(with, without, looks);
        let difference = with.share - without.share;
        let a_month = |difference: f64| difference * n / self.months;
        Contrast {
            with: Share::of(part, whole),
            without: without.share,
            without_n: without.n,
            difference,
            interval,
            relative: ratio(with.share, without.share),
            odds: test.odds,
            people_per_month: a_month(difference),
            people_interval: Interval {
                low: a_month(interval.low),
                high: a_month(interval.high),
            },
            p: test.p,
            false_rate,
        }
    }
}

/// None when there is nothing to divide by.
pub(crate) fn ratio(a: f64, b: f64) -> Option<f64> {
    (b > 0.0).then_some(a / b)
}

/// Whether nearly all of a whole are in its part.
pub(crate) fn is_structural(part: u64, whole: u64) -> bool {
    part as f64 >= STRUCTURAL_SHARE * whole as f64
}

/// How many months lie between the first and the last moment, and never less than a day.
pub(crate) fn months(first: i64, last: i64) -> f64 {
    (last.saturating_sub(first) as f64).max(DAY_MS) / MONTH_MS
}
