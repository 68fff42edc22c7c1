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
    Measured,
    risk_set::{Comparison, Crowd, Exposed, OnTheWay},
};
use utoipa::ToSchema;

use self::ways::{Candidate, Ways};
use crate::{
    ask::{AskError, Counted, LeftOut, When},
    contrast::{Contrast, Contrasts, SUPPORT_MIN, Test, is_structural, months, ratio},
    kernel::funnel::Share,
    labels::Label,
    select::why::{DriverPart, DriversSelect},
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
    pub compared: Option<Contrast>,
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

pub(crate) fn answer(
    view: &View<'_>,
    drivers: &Drivers,
    when: &When,
) -> Result<Counted<DriversAnswer>, AskError> {
    let ways = Ways::of(view, drivers, when)?;
    let crowd = Crowd::new(&ways.people);
    let converted = ways.people.iter().filter(|it| it.has_arrived).count() as u64;
    let all = Share::of(converted, ways.people.len() as u64);
    let first = ways.begins.iter().min().copied().unwrap_or(0);
    let last = ways.begins.iter().max().copied().unwrap_or(0);
    let months = months(first, last);
    let measured: Vec<(Driver, Option<Test>)> = (ways.candidates.iter())
        .map(|it| measured(drivers, it, all, &ways.people, &crowd))
        .collect();
    let tests: Vec<Test> = measured.iter().filter_map(|it| it.1).collect();
    let mut told = Contrasts::new(drivers.false_permille, months)
        .tell(&tests)
        .into_iter();
    let mut list: Vec<Driver> = (measured.into_iter())
        .map(|(mut driver, test)| {
            if test.is_some() {
                let (contrast, is_found) = told.next().expect("one for each test");
                driver.standing = match is_found {
                    true if contrast.difference > 0.0 => Standing::Helps,
                    true => Standing::Hinders,
                    false => Standing::Unsure,
                };
                driver.compared = Some(contrast);
            }
            driver
        })
        .collect();
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
            tested: tests.len() as u64,
            months,
            drivers: list,
        },
    })
}

/// A candidate before it is known what the others are; with a test when there is one.
fn measured(
    drivers: &Drivers,
    candidate: &Candidate,
    all: Share,
    people: &[OnTheWay],
    crowd: &Crowd,
) -> (Driver, Option<Test>) {
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
    let is_of_all = candidate.is_deed() && all.part > 0 && is_structural(did_arrived, all.part);
    let is_few = did.whole < SUPPORT_MIN || did_not.whole < SUPPORT_MIN;
    let comparison = crowd.compare(&exposed).filter(|it| !it.is_rare);
    let (standing, comparison) = match comparison {
        _ if is_of_all || candidate.is_step(drivers) => (Standing::OnTheWay, None),
        _ if did.whole >= SUPPORT_MIN && is_structural(did.part, did.whole) => {
            (Standing::AtTheEnd, None)
        }
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
    (driver, comparison.map(|it| tested(&it)))
}

fn tested(it: &Comparison) -> Test {
    let without = Measured {
        share: it.expected / it.exposed as f64,
        n: it.compared as f64,
    };
    let share = it.arrived as f64 / it.exposed as f64;
    Test {
        with: (it.arrived, it.exposed),
        without,
        odds: ratio(share * (1.0 - without.share), without.share * (1.0 - share)),
        p: it.p,
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
