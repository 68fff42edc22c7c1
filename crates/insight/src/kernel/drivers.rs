//! What people do on their way, or had when they set out, that goes with getting there.
//!
//! A candidate counts from the moment it happens, and only between the two steps: before arriving, within the time
//! allowed. Whoever does it is compared with all who were then still on the way and had not done it
//! (`throughline_predict::risk_set`), so neither side is given time in which nothing could happen to it.
//! Only people whose whole time is over are looked at, whether they arrived or not.

mod ways;

use serde::Serialize;
use throughline_model::{
    ProfileId,
    drivers::{DriverSource, Drivers},
};
use throughline_predict::{
    Interval, Measured, difference_of,
    discoveries::false_discovery_rates,
    risk_set::{Comparison, Crowd, Exposed, OnTheWay},
};
use utoipa::ToSchema;

use self::ways::{Candidate, Ways};
use crate::{
    ask::{AskError, Counted, LeftOut, When},
    kernel::funnel::Share,
    labels::Label,
    select::{DriverPart, DriversSelect},
    view::View,
};

/// Candidates, each compared.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct DriversAnswer {
    /// Those who arrived, of all whose time is over.
    pub converted: Share,
    /// Those whose time is not over; they are in no other number.
    pub immature: u64,
    /// Candidates that were tested; a finding has to hold its own against all of them.
    pub tested: u64,
    /// How many months people set out in.
    pub months: f64,
    /// Findings first, the largest at the top; then what may be chance, what is too small, and what is on the way by
    /// construction.
    pub drivers: Vec<Driver>,
}

/// One candidate.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Driver {
    pub from: DriverSource,
    pub label: Label,
    pub standing: Standing,
    /// Those who did it on the way, and how many of them arrived.
    pub did: Share,
    /// Those who did not, and how many of them arrived. Not to be compared with the others: they had more time, or less.
    pub did_not: Share,
    /// None when it was not tested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compared: Option<DriverComparison>,
}

/// What a candidate is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Those who did it arrive more often.
    Helps,
    /// Those who did it arrive less often.
    Hinders,
    /// Chance may explain the difference.
    Unsure,
    /// Too few did it, or did not, or arrived.
    Few,
    /// Nearly all who arrive did it, or it is one of the steps: it is on the way by construction.
    OnTheWay,
    /// Nearly all who do it arrive: it is as good as arriving.
    AtTheEnd,
}

/// Those who did it against those who had been on the way as long.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct DriverComparison {
    /// Those who did it and could be compared, and how many of them arrived.
    pub with: Share,
    /// The share that arrives of those whom they are compared with.
    pub without: f64,
    /// The first less the second.
    pub difference: f64,
    /// The bounds of the difference, widened for the many looks (Benjamini and Yekutieli, 2005).
    pub interval: Interval,
    /// The first share by the second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relative: Option<f64>,
    /// The odds of the first by those of the second.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub odds: Option<f64>,
    /// So many more people arrive in a month than if those who did it arrived like the others; negative for fewer.
    pub people_per_month: f64,
    /// The bounds of that, by those of the difference.
    pub people_interval: Interval,
    /// How often chance alone would make as large a difference.
    pub p: f64,
    /// The smallest rate of false findings at which this is one.
    pub false_rate: f64,
}

/// Fewer people than these on one side say nothing.
const SUPPORT_MIN: u64 = 30;
/// A share of those who arrive, or of those who do it, that no free choice would reach.
const STRUCTURAL_SHARE: f64 = 0.98;
/// Days of a month on average.
const MONTH_MS: f64 = 30.436_875 * DAY_MS;
const DAY_MS: f64 = 86_400_000.0;

pub(crate) fn answer(
    view: &View<'_>,
    drivers: &Drivers,
    when: &When,
) -> Result<Counted<DriversAnswer>, AskError> {
    let ways = Ways::of(view, drivers, when)?;
    let crowd = Crowd::new(&ways.people);
    let converted = ways.people.iter().filter(|it| it.has_arrived).count() as u64;
    let all = Share::of(converted, ways.people.len() as u64);
    let months = months(&ways.begins);
    let mut listed: Vec<(Driver, Option<Comparison>)> = (ways.candidates.iter())
        .map(|it| measured(drivers, it, all, &ways.people, &crowd))
        .collect();
    let chances: Vec<f64> = listed.iter().filter_map(|it| Some(it.1?.p)).collect();
    let rates = false_discovery_rates(&chances);
    let most = f64::from(drivers.false_permille) / 1000.0;
    let found = rates.iter().filter(|it| **it <= most).count();
    // Intervals of what is picked out of many must be as much wider as there were many.
    let looks = chances.len().div_ceil(found.max(1)).max(1) as u64;
    let mut rates = rates.into_iter();
    for (driver, comparison) in &mut listed {
        let Some(comparison) = comparison else {
            continue;
        };
        let false_rate = rates.next().expect("one for each test");
        let told = told(comparison, months, looks, false_rate);
        driver.standing = match false_rate <= most {
            true if told.difference > 0.0 => Standing::Helps,
            true => Standing::Hinders,
            false => Standing::Unsure,
        };
        driver.compared = Some(told);
    }
    let mut list: Vec<Driver> = listed.into_iter().map(|it| it.0).collect();
    list.sort_by(|a, b| rank(a).partial_cmp(&rank(b)).expect("no number is missing"));
    Ok(Counted {
        n: all.whole,
        left_out: LeftOut {
            immature: ways.too_young.len() as u64,
            capped: ways.capped,
            ..LeftOut::default()
        },
        numbers: DriversAnswer {
            converted: all,
            immature: ways.too_young.len() as u64,
            tested: chances.len() as u64,
            months,
            drivers: list,
        },
    })
}

/// A candidate before it is known what the others are; with a comparison when it is to be tested.
fn measured(
    drivers: &Drivers,
    candidate: &Candidate,
    all: Share,
    people: &[OnTheWay],
    crowd: &Crowd,
) -> (Driver, Option<Comparison>) {
    let exposed: Vec<Exposed> = (candidate.done.iter())
        .map(|(person, at)| Exposed {
            at: *at,
            way: people[*person as usize],
        })
        .collect();
    let did_count = exposed.len() as u64;
    let did_arrived = exposed.iter().filter(|it| it.way.has_arrived).count() as u64;
    let did = Share::of(did_arrived, did_count);
    let did_not = Share::of(all.part - did_arrived, all.whole - did_count);
    let reaches = |part: u64, whole: u64| part as f64 >= STRUCTURAL_SHARE * whole as f64;
    let is_of_all = candidate.is_deed() && all.part > 0 && reaches(did_arrived, all.part);
    let is_few = did.whole < SUPPORT_MIN || did_not.whole < SUPPORT_MIN;
    let comparison = crowd.compare(&exposed).filter(|it| !it.is_rare);
    let (standing, comparison) = match comparison {
        _ if is_of_all || candidate.is_step(drivers) => (Standing::OnTheWay, None),
        _ if did.whole >= SUPPORT_MIN && reaches(did.part, did.whole) => (Standing::AtTheEnd, None),
        Some(comparison) if !is_few && comparison.exposed >= SUPPORT_MIN => {
            (Standing::Unsure, Some(comparison))
        }
        _ => (Standing::Few, None),
    };
    let driver = Driver {
        from: candidate.from.clone(),
        label: candidate.label.clone(),
        standing,
        did,
        did_not,
        compared: None,
    };
    (driver, comparison)
}

fn told(it: &Comparison, months: f64, looks: u64, false_rate: f64) -> DriverComparison {
    let exposed = it.exposed as f64;
    let share = it.arrived as f64 / exposed;
    let without = it.expected / exposed;
    let others = Measured {
        // A sum of fractions may lie a little above 1.
        share: without.clamp(0.0, 1.0),
        n: it.compared as f64,
    };
    let interval = difference_of(Measured { share, n: exposed }, others, looks);
    let a_month = |difference: f64| difference * exposed / months;
    let ratio = |a: f64, b: f64| (b > 0.0).then_some(a / b);
    DriverComparison {
        with: Share::of(it.arrived, it.exposed),
        without,
        difference: share - without,
        interval,
        relative: ratio(share, without),
        odds: ratio(share * (1.0 - without), without * (1.0 - share)),
        people_per_month: a_month(share - without),
        people_interval: Interval {
            low: a_month(interval.low),
            high: a_month(interval.high),
        },
        p: it.p,
        false_rate,
    }
}

/// Findings by how many people they are about, the others by how sure they are, what was not tested by its size.
fn rank(driver: &Driver) -> (u8, f64, String) {
    let group = match driver.standing {
        Standing::Helps | Standing::Hinders => 0,
        Standing::Unsure => 1,
        Standing::Few => 2,
        Standing::OnTheWay | Standing::AtTheEnd => 3,
    };
    let size = match (&driver.compared, group) {
        (Some(it), 0) => -it.people_per_month.abs(),
        (Some(it), _) => it.p,
        (None, _) => -(driver.did.whole as f64),
    };
    let name = serde_json::to_string(&(&driver.from, &driver.label)).expect("plain data");
    (group, size, name)
}

/// How many months lie between the first and the last who set out, and never less than a day.
fn months(begins: &[i64]) -> f64 {
    let first = begins.iter().min().copied().unwrap_or(0);
    let last = begins.iter().max().copied().unwrap_or(0);
    ((last - first) as f64 / MONTH_MS).max(DAY_MS / MONTH_MS)
}

pub(crate) fn people(
    view: &View<'_>,
    drivers: &Drivers,
    select: &DriversSelect,
    when: &When,
) -> Result<Vec<ProfileId>, AskError> {
    let ways = Ways::of(view, drivers, when)?;
    let all = || 0..ways.people.len();
    let profiles = |people: &mut dyn Iterator<Item = usize>| {
        let mut profiles: Vec<ProfileId> = people.map(|it| ways.profiles[it]).collect();
        profiles.sort_unstable();
        profiles
    };
    Ok(match select {
        DriversSelect::Entered => profiles(&mut all()),
        DriversSelect::Converted => profiles(&mut all().filter(|it| ways.people[*it].has_arrived)),
        DriversSelect::Immature => ways.too_young.clone(),
        DriversSelect::Of { from, label, part } => {
            let found = (ways.candidates.iter()).find(|it| it.from == *from && it.label == *label);
            let candidate = found
                .ok_or_else(|| AskError::fault("select", "names what is not in the answer"))?;
            let mut has_done = vec![false; ways.people.len()];
            for (person, _) in &candidate.done {
                has_done[*person as usize] = true;
            }
            profiles(&mut all().filter(|person| {
                let (did, arrived) = (has_done[*person], ways.people[*person].has_arrived);
                match part {
                    DriverPart::Did => did,
                    DriverPart::DidConverted => did && arrived,
                    DriverPart::DidNot => !did,
                    DriverPart::DidNotConverted => !did && arrived,
                }
            }))
        }
    })
}

#[cfg(test)]
mod tests;
