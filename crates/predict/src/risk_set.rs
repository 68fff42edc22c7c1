//! Whether those who did something on their way arrive more often than those who were on the way for as long.
//!
//! Who does something late has not arrived before, and who arrives early had little time to do anything: to compare who
//! did it with who did not gives time in which nothing could happen to one side. So each one who did it is compared, at
//! the moment of doing it, with all who were still on the way and had not done it: risk-set matching, as in Li, Propert
//! and Rosenbaum, "Balanced risk set matching", 2001. The trap is described by Suissa, "Immortal time bias in
//! pharmacoepidemiology", 2008.

use crate::interval::two_sided_chance;

/// One who was on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OnTheWay {
    /// Up to when it was on the way: it arrived then, or had no more time.
    pub until: i64,
    pub has_arrived: bool,
}

/// Everybody on the way, made ready to be compared with.
#[derive(Clone, Debug)]
pub struct Crowd {
    /// When each left the way, sorted.
    until: Vec<i64>,
    /// When those who arrived did, sorted.
    arrived: Vec<i64>,
}

/// One who did it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exposed {
    /// When it was done, before the way was over; negative when it was so from the start.
    pub at: i64,
    pub way: OnTheWay,
}

/// How those who did it compare.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Comparison {
    /// Those who did it and had somebody to be compared with.
    pub exposed: u64,
    /// How many of them arrived.
    pub arrived: u64,
    /// How many would have, had they arrived like those they are compared with.
    pub expected: f64,
    /// How many independent people a comparison with as much doubt would have; never more than there were.
    pub compared: u64,
    /// How often no difference would look like this one or a larger one, with a correction for continuity.
    pub p: f64,
    /// True when too few are expected to arrive, or not to, for the chance to be worth anything (Cochran, 1954).
    pub is_rare: bool,
}

/// Fewer than these expected on one side say nothing.
const EXPECTED_MIN: f64 = 5.0;

impl Crowd {
    pub fn new(ways: &[OnTheWay]) -> Self {
        let mut until: Vec<i64> = ways.iter().map(|it| it.until).collect();
        let mut arrived: Vec<i64> = (ways.iter().filter(|it| it.has_arrived))
            .map(|it| it.until)
            .collect();
        until.sort_unstable();
        arrived.sort_unstable();
        Self { until, arrived }
    }

    /// Compares those who did something, each of whom is one of the crowd. `None` when nobody can be compared.
    pub fn compare(&self, exposed: &[Exposed]) -> Option<Comparison> {
        debug_assert!(exposed.iter().all(|it| it.at < it.way.until));
        let sorted = |times: &mut dyn Iterator<Item = i64>| {
            let mut times: Vec<i64> = times.collect();
            times.sort_unstable();
            times
        };
        let did = sorted(&mut exposed.iter().map(|it| it.at));
        let left = sorted(&mut exposed.iter().map(|it| it.way.until));
        let arriving = || exposed.iter().filter(|it| it.way.has_arrived);
        let did_arriving = sorted(&mut arriving().map(|it| it.at));
        let left_arriving = sorted(&mut arriving().map(|it| it.way.until));
        let (mut count, mut arrived) = (0_u64, 0_u64);
        let (mut expected, mut own, mut doubt, mut inverse) = (0.0, 0.0, 0.0, 0.0);
        for it in exposed {
            // Who has left the way after doing it did it before, so what is left are those who are on the way and did.
            let with = up_to(&did, it.at) - up_to(&left, it.at);
            let with_arriving = up_to(&did_arriving, it.at) - up_to(&left_arriving, it.at);
            let all = self.until.len() - up_to(&self.until, it.at);
            let all_arriving = self.arrived.len() - up_to(&self.arrived, it.at);
            let without = (all - with) as f64;
            if without == 0.0 {
                continue;
            }
            count += 1;
            arrived += u64::from(it.way.has_arrived);
            expected += (all_arriving - with_arriving) as f64 / without;
            // Were there no difference, all on the way would arrive alike.
            let share = all_arriving as f64 / all as f64;
            own += share * (1.0 - share);
            doubt += (share * (1.0 - share) / without).sqrt();
            inverse += 1.0 / without.sqrt();
        }
        if count == 0 {
            return None;
        }
        let n = count as f64;
        // Comparisons share people; taking them for wholly dependent can only make them look less sure.
        let spread = (own + doubt * doubt).sqrt();
        let off = ((arrived as f64 - expected).abs() - 0.5).max(0.0);
        let p = match spread > 0.0 {
            true => two_sided_chance(off / spread).min(1.0),
            false => 1.0,
        };
        Some(Comparison {
            exposed: count,
            arrived,
            expected,
            compared: ((n / inverse).powi(2).round() as u64).max(1),
            p,
            is_rare: expected < EXPECTED_MIN || n - expected < EXPECTED_MIN,
        })
    }
}

/// How many of sorted times lie at or before one.
fn up_to(times: &[i64], at: i64) -> usize {
    times.partition_point(|it| *it <= at)
}

#[cfg(test)]
mod tests;
