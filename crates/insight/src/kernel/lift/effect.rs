//! What arms have, and what they have more than the control.

use throughline_model::{
    Timestamp,
    cost::{CostField, Paid, parse_amount},
    lift::{CostEach, Lift, LiftCost},
};
use throughline_predict::{
    Interval, difference as difference_of_shares,
    difference::chi_square_tail,
    means::{Moments, mean_difference, moments_of_share, relative_difference},
};

use super::{
    LiftAnswer, LiftCapped, LiftDifference, LiftEffect, LiftLine, LiftMean, LiftPaid, LiftReturn,
    SplitTest,
    walk::{Crowd, Person},
};
use crate::{ask::When, contrast::SUPPORT_MIN, kernel::funnel::Share, view::View};

/// What is rarer than this is no chance: the sizes of arms are looked at again and again.
const SPLIT_CHANCE_MIN: f64 = 0.001;
/// Arms that are expected to be smaller than this are too small for the test.
const SPLIT_EXPECTED_MIN: f64 = 5.0;

/// What the people of one arm have together.
struct Sums {
    assigned: u64,
    immature: u64,
    reached: u64,
    contacts: u64,
    visits: Moments,
    visits_sum: u64,
    value: Moments,
    /// The same with the largest amounts cut.
    capped: Moments,
    micros: i128,
}

/// What somebody costs who was treated.
struct Prices {
    /// For each profile of a treated arm whose time is over.
    treated: f64,
    /// For each contact of any arm.
    contact: f64,
}

pub(super) fn told(view: &View<'_>, lift: &Lift, when: &When, crowd: &Crowd) -> LiftAnswer {
    let mut members: Vec<Vec<&Person>> = crowd.arms.iter().map(|_| Vec::new()).collect();
    let (mut others, mut switched, mut unvalued) = (0, 0, 0);
    for person in &crowd.people {
        match crowd.arm_of(person) {
            Some(arm) => {
                switched += u64::from(person.has_switched);
                unvalued += person.unvalued * u64::from(person.is_mature);
                members[arm].push(person);
            }
            None => others += 1,
        }
    }
    let cap = lift.value.as_ref().and_then(|_| cap(&members));
    let sums: Vec<Sums> = members.iter().map(|it| Sums::of(it, cap)).collect();
    let paid = paid(view, lift, when);
    let prices = prices(lift, paid.as_ref().map(|it| it.amount), &sums);
    let expected = (lift.random).then(|| expected(lift, &sums));
    let mut arms: Vec<LiftLine> = (crowd.arms.iter().zip(&sums).enumerate())
        .map(|(index, (arm, own))| LiftLine {
            arm: arm.name.clone(),
            assigned: own.assigned,
            expected: expected.as_ref().map(|it| it[index]),
            immature: own.immature,
            reached: own.share(),
            visits: lift.visits.as_ref().map(|_| LiftMean {
                sum: own.visits_sum as f64,
                mean: own.mean(own.visits_sum as f64),
                moments: own.visits,
            }),
            value: lift.value.as_ref().map(|_| LiftMean {
                sum: own.money(),
                mean: own.mean(own.money()),
                moments: own.value,
            }),
            contacts: contact(lift).map(|_| own.contacts),
            cost: prices.as_ref().map(|it| it.cost(own, index > 0)),
            effect: None,
        })
        .collect();
    for index in 1..arms.len() {
        arms[index].effect = effect(lift, &sums[index], &sums[0], prices.as_ref());
    }
    LiftAnswer {
        followed_to: Timestamp(crowd.end),
        split: expected.and_then(|expected| split(&sums, &expected)),
        arms,
        others,
        switched,
        unvalued,
        cap,
        paid,
    }
}

/// Of so many with a worth one lies beyond the cap.
const CAPPED_ONE_IN: usize = 100;

/// What all but the largest amounts are at most, by the nearest rank.
fn cap(members: &[Vec<&Person>]) -> Option<f64> {
    let all = members.iter().flatten().filter(|it| it.is_mature);
    let mut amounts: Vec<i128> = all.map(|it| it.micros).filter(|it| *it > 0).collect();
    amounts.sort_unstable();
    let beyond = amounts.len() / CAPPED_ONE_IN;
    let at = amounts.len().checked_sub(beyond + 1)?;
    Some(amounts[at] as f64 / 1e6)
}

impl Sums {
    fn of(members: &[&Person], cap: Option<f64>) -> Self {
        let mature = || members.iter().filter(|it| it.is_mature);
        let n = mature().count() as u64;
        // In order, so that the same people give the same to the last bit.
        let moments = |amount: &dyn Fn(&Person) -> f64| {
            let mut amounts: Vec<f64> = mature()
                .map(|it| amount(it))
                .filter(|it| *it != 0.0)
                .collect();
            amounts.sort_unstable_by(f64::total_cmp);
            Moments::of(&amounts, n - amounts.len() as u64)
        };
        Self {
            assigned: members.len() as u64,
            immature: members.len() as u64 - n,
            reached: mature().filter(|it| it.has_reached).count() as u64,
            contacts: mature().map(|it| it.contacts).sum(),
            visits: moments(&|it| it.visits as f64),
            visits_sum: mature().map(|it| it.visits).sum(),
            value: moments(&|it| it.micros as f64 / 1e6),
            capped: moments(&|it| (it.micros as f64 / 1e6).min(cap.unwrap_or(f64::INFINITY))),
            micros: mature().map(|it| it.micros).sum(),
        }
    }

    /// How many are followed to the end.
    fn n(&self) -> u64 {
        self.assigned - self.immature
    }

    fn share(&self) -> Share {
        Share::of(self.reached, self.n())
    }

    fn money(&self) -> f64 {
        self.micros as f64 / 1e6
    }

    fn mean(&self, sum: f64) -> Option<f64> {
        (self.n() > 0).then(|| sum / self.n() as f64)
    }
}

impl Prices {
    fn cost(&self, arm: &Sums, is_treated: bool) -> f64 {
        let treated = if is_treated { arm.n() as f64 } else { 0.0 };
        self.treated * treated + self.contact * arm.contacts as f64
    }
}

fn contact(lift: &Lift) -> Option<&throughline_model::Matcher> {
    match &lift.cost {
        Some(LiftCost::Each(it)) => it.contact.as_ref(),
        _ => None,
    }
}

/// What was paid for the campaigns that a report names.
fn paid(view: &View<'_>, lift: &Lift, when: &When) -> Option<LiftPaid> {
    let Some(LiftCost::Campaigns(names)) = &lift.cost else {
        return None;
    };
    let costs = &view.snapshot.known.costs;
    let (first, last) = when.zone.days_of(when.range)?;
    let mut sum = Paid::default();
    for cost in &costs.costs {
        let is_named = (names.iter()).any(|it| it == cost.text(CostField::Campaign));
        if is_named && (first..=last).contains(&cost.place.day) {
            sum.add(cost.paid);
        }
    }
    Some(LiftPaid {
        currency: costs.currency?.to_string(),
        amount: sum.amount(),
    })
}

/// None where costs are not known.
fn prices(lift: &Lift, paid: Option<f64>, sums: &[Sums]) -> Option<Prices> {
    let (treated, contact) = match lift.cost.as_ref()? {
        LiftCost::Each(CostEach { amount, contact }) => {
            let amount = parse_amount(amount).expect("checked") as f64 / 1e6;
            match contact {
                None => (amount, 0.0),
                Some(_) => (0.0, amount),
            }
        }
        LiftCost::Campaigns(_) => {
            // Those whose time is not over were paid for, too.
            let all: u64 = sums[1..].iter().map(|it| it.assigned).sum();
            match all {
                0 => (0.0, 0.0),
                all => (paid? / all as f64, 0.0),
            }
        }
    };
    Some(Prices { treated, contact })
}

/// How large arms are when they are as the plan has them.
fn expected(lift: &Lift, sums: &[Sums]) -> Vec<f64> {
    let all: u64 = sums.iter().map(|it| it.assigned).sum();
    let count = sums.len() as f64;
    let control = match lift.control_permille {
        Some(permille) => f64::from(permille) / 1000.0,
        None => 1.0 / count,
    };
    let other = (1.0 - control) / (count - 1.0).max(1.0);
    let share = |index: usize| if index == 0 { control } else { other };
    (0..sums.len()).map(|it| share(it) * all as f64).collect()
}

fn split(sums: &[Sums], expected: &[f64]) -> Option<SplitTest> {
    if sums.len() < 2 || expected.iter().any(|it| *it < SPLIT_EXPECTED_MIN) {
        return None;
    }
    let off = |(it, expected): (&Sums, &f64)| {
        let off = it.assigned as f64 - expected;
        off * off / expected
    };
    let statistic: f64 = sums.iter().zip(expected).map(off).sum();
    let degrees = u32::try_from(sums.len() - 1).expect("few arms");
    let p = chi_square_tail(statistic, degrees);
    Some(SplitTest {
        p,
        is_off: p < SPLIT_CHANCE_MIN,
    })
}

fn effect(lift: &Lift, arm: &Sums, control: &Sums, prices: Option<&Prices>) -> Option<LiftEffect> {
    if arm.n() == 0 || control.n() == 0 {
        return None;
    }
    let n = arm.n() as f64;
    let value = lift.value.as_ref().map(|_| LiftDifference {
        capped: Some(LiftCapped {
            difference: arm.capped.mean - control.capped.mean,
            interval: mean_difference(&arm.capped, &control.capped).map(|it| it.interval),
        }),
        ..of_means(&arm.value, &control.value)
    });
    let returned = value.zip(prices).map(|(value, prices)| {
        let without = prices.cost(control, false) / control.n() as f64;
        returned(&value, prices.cost(arm, true) - without * n)
    });
    Some(LiftEffect {
        is_small: arm.n() < SUPPORT_MIN || control.n() < SUPPORT_MIN,
        reached: of_shares(arm, control),
        visits: (lift.visits.as_ref()).map(|_| of_means(&arm.visits, &control.visits)),
        value,
        returned,
    })
}

fn of_shares(arm: &Sums, control: &Sums) -> LiftDifference {
    let (it, other) = (
        moments_of_share(arm.reached, arm.n()),
        moments_of_share(control.reached, control.n()),
    );
    let interval = difference_of_shares((arm.reached, arm.n()), (control.reached, control.n()), 1);
    difference(&it, &other, interval)
}

fn of_means(arm: &Moments, control: &Moments) -> LiftDifference {
    let found = mean_difference(arm, control);
    difference(arm, control, found.map(|it| it.interval))
}

fn difference(arm: &Moments, control: &Moments, interval: Option<Interval>) -> LiftDifference {
    let (n, difference) = (arm.n as f64, arm.mean - control.mean);
    let relative = relative_difference(arm, control);
    LiftDifference {
        difference,
        interval,
        capped: None,
        relative: relative.map(|it| it.0),
        relative_interval: relative.map(|it| it.1),
        extra: difference * n,
        extra_interval: interval.map(|it| each(it, |bound| bound * n)),
    }
}

fn returned(value: &LiftDifference, cost: f64) -> LiftReturn {
    let net = |extra: f64| extra - cost;
    let net_interval = value.extra_interval.map(|it| each(it, net));
    let pays = cost > 0.0;
    LiftReturn {
        cost,
        net: net(value.extra),
        net_interval,
        ratio: pays.then(|| net(value.extra) / cost),
        ratio_interval: net_interval
            .filter(|_| pays)
            .map(|it| each(it, |bound| bound / cost)),
    }
}

fn each(interval: Interval, change: impl Fn(f64) -> f64) -> Interval {
    Interval {
        low: change(interval.low),
        high: change(interval.high),
    }
}
