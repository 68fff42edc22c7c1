//! Why people who set out do not arrive: what they meet before they give up, by reasons that somebody has named.
//!
//! What was met before giving up need not be why. So each reason is told with those who met it and arrived all the
//! same, and whoever meets it is compared with all who were then still on the way and had not met it
//! (`throughline_predict::risk_set`): who gives up has all the time there is to meet something, who arrives has less.
//! Only people whose whole time is over are looked at, whether they arrived or not.

mod walk;

use std::collections::BTreeMap;

use serde::Serialize;
use throughline_model::{
    ProfileId,
    reasons::{Reasons, Sign},
};
use throughline_predict::{
    Measured,
    risk_set::{Comparison, Crowd, Exposed, OnTheWay},
};
use utoipa::ToSchema;

use self::walk::{Person, Ways};
use crate::{
    ask::{AskError, Counted, LeftOut, When},
    contrast::{Contrast, Contrasts, SUPPORT_MIN, Test, is_structural, months, ratio},
    kernel::funnel::Share,
    quote::{Quote, quoted},
    select::why::{ReasonPart, ReasonsSelect},
    view::View,
};

/// Reasons, each counted on both sides and compared.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ReasonsAnswer {
    /// Those who gave up, of all whose time is over.
    pub gave_up: Share,
    /// Those whose time is not over; they are in no other number.
    pub immature: u64,
    /// Of those who gave up, those who met something of the list, silence aside.
    pub explained: Share,
    /// Of those who gave up, all others: they met nothing of the list, or nothing but silence.
    pub unknown: Share,
    /// Of those who gave up, how many met so many of the list, from none on.
    pub by_count: Vec<u64>,
    /// Reasons that were tested; a finding has to hold its own against all of them.
    pub tested: u64,
    /// How many months people set out in.
    pub months: f64,
    /// The one that most met who gave up at the top.
    pub reasons: Vec<ReasonAnswer>,
    /// Who gave up and met two, for each two that somebody met.
    pub both: Vec<BothMet>,
    /// Those who gave up and left a text that may be quoted.
    pub said: u64,
    /// What those said of whom no reason is known.
    pub unknown_quotes: Vec<Quote>,
}

/// One reason.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ReasonAnswer {
    pub name: String,
    pub standing: ReasonStanding,
    /// Those who met it, of all who gave up.
    pub gave_up: Share,
    /// Those of them who met nothing else of the list.
    pub alone: u64,
    /// Those who met it, of all who arrived. Not to be compared with the others: they had less time.
    pub converted: Share,
    /// How often those who met it give up, against those who were as long on the way and had not; none when it was not
    /// tested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compared: Option<Contrast>,
    /// What those said who gave up and met it.
    pub quotes: Vec<Quote>,
}

/// What a reason is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReasonStanding {
    /// Those who met it give up more often.
    Holds,
    /// Those who met it give up less often.
    Helps,
    /// Chance may explain the difference.
    Unsure,
    /// Too few met it, or did not, or arrived.
    Few,
    /// Nearly all who arrive met it: it is on the way by construction.
    OnTheWay,
    /// Nearly all who met it gave up: it decides, or it is met only after giving up.
    AtTheEnd,
}

/// Who gave up and met two reasons.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct BothMet {
    pub first: String,
    pub second: String,
    pub profiles: u64,
}

pub(crate) fn answer(
    view: &View<'_>,
    reasons: &Reasons,
    when: &When,
) -> Result<Counted<ReasonsAnswer>, AskError> {
    let ways = Ways::of(view, reasons, when)?;
    let on_the_way: Vec<OnTheWay> = ways.people.iter().map(|it| it.way).collect();
    let crowd = Crowd::new(&on_the_way);
    let left: Vec<&Person> = (ways.people.iter())
        .filter(|it| !it.way.has_arrived)
        .collect();
    let all = Share::of(left.len() as u64, ways.people.len() as u64);
    let begins = || ways.people.iter().map(|it| it.begin);
    let months = months(begins().min().unwrap_or(0), begins().max().unwrap_or(0));
    let measured: Vec<(ReasonAnswer, Option<Test>)> = (0..reasons.reasons.len())
        .map(|index| measured(reasons, index, all, &ways.people, &crowd))
        .collect();
    let tests: Vec<Test> = measured.iter().filter_map(|it| it.1).collect();
    let mut told = Contrasts::new(reasons.false_permille, months)
        .tell(&tests)
        .into_iter();
    let mut list: Vec<ReasonAnswer> = (measured.into_iter())
        .map(|(mut reason, test)| {
            if test.is_some() {
                let (contrast, is_found) = told.next().expect("one for each test");
                reason.standing = match is_found {
                    true if contrast.difference > 0.0 => ReasonStanding::Holds,
                    true => ReasonStanding::Helps,
                    false => ReasonStanding::Unsure,
                };
                reason.compared = Some(contrast);
            }
            reason
        })
        .collect();
    // Equal ones stay in the order in which somebody has written them.
    list.sort_by_key(|it| std::cmp::Reverse(it.gave_up.part));
    let explained = left.iter().filter(|it| is_explained(reasons, it)).count();
    let unknown = left.iter().filter(|it| !is_explained(reasons, it));
    let said = left.iter().filter(|it| !it.said.is_empty()).count();
    Ok(Counted {
        n: all.whole,
        left_out: LeftOut {
            immature: ways.too_young.len() as u64,
            ..LeftOut::default()
        },
        numbers: ReasonsAnswer {
            gave_up: all,
            immature: ways.too_young.len() as u64,
            explained: Share::of(explained as u64, all.part),
            unknown: Share::of(unknown.clone().count() as u64, all.part),
            by_count: by_count(&left),
            tested: tests.len() as u64,
            months,
            reasons: list,
            both: both(reasons, &left),
            said: said as u64,
            unknown_quotes: said_by(unknown.copied()),
        },
    })
}

/// What people said, each text once for each of them.
fn said_by<'p>(people: impl Iterator<Item = &'p Person>) -> Vec<Quote> {
    quoted(people.flat_map(|person| {
        // In order of time, so the last moment of a text stays.
        let last: BTreeMap<&str, i64> = (person.said.iter())
            .map(|it| (it.text.as_str(), person.begin + it.at))
            .collect();
        last
    }))
}

/// Whether something besides silence was met.
fn is_explained(reasons: &Reasons, person: &Person) -> bool {
    (reasons.reasons.iter().zip(&person.met))
        .any(|(reason, met)| matches!(reason.sign, Sign::Met(_)) && met.is_some())
}

/// How many met so many, from none to the most.
fn by_count(left: &[&Person]) -> Vec<u64> {
    let mut counts = Vec::new();
    for person in left {
        let met = person.met_count();
        if counts.len() <= met {
            counts.resize(met + 1, 0);
        }
        counts[met] += 1;
    }
    counts
}

/// Who met two, in the order of the list.
fn both(reasons: &Reasons, left: &[&Person]) -> Vec<BothMet> {
    let count = reasons.reasons.len();
    let pairs = (0..count).flat_map(|first| (first + 1..count).map(move |second| (first, second)));
    pairs
        .map(|(first, second)| BothMet {
            first: reasons.reasons[first].name.clone(),
            second: reasons.reasons[second].name.clone(),
            profiles: (left.iter())
                .filter(|it| it.has_met(first) && it.has_met(second))
                .count() as u64,
        })
        .filter(|it| it.profiles > 0)
        .collect()
}

/// A reason before it is known what the others are; with a test when there is one.
fn measured(
    reasons: &Reasons,
    index: usize,
    all: Share,
    people: &[Person],
    crowd: &Crowd,
) -> (ReasonAnswer, Option<Test>) {
    let who = || people.iter().filter(|it| it.has_met(index));
    let exposed: Vec<Exposed> = who()
        .filter_map(|it| {
            let (at, way) = (it.met[index]?, it.way);
            Some(Exposed { at, way })
        })
        .collect();
    let left = || who().filter(|it| !it.way.has_arrived);
    let met = exposed.len() as u64;
    let gave_up = Share::of(left().count() as u64, all.part);
    let converted = Share::of(met - gave_up.part, all.whole - all.part);
    let is_few = met < SUPPORT_MIN || all.whole - met < SUPPORT_MIN;
    let is_of_all = converted.whole > 0 && is_structural(converted.part, converted.whole);
    let comparison = crowd.compare(&exposed).filter(|it| !it.is_rare);
    let (standing, comparison) = match comparison {
        _ if is_of_all => (ReasonStanding::OnTheWay, None),
        _ if met >= SUPPORT_MIN && is_structural(gave_up.part, met) => {
            (ReasonStanding::AtTheEnd, None)
        }
        Some(comparison) if !is_few && comparison.exposed >= SUPPORT_MIN => {
            (ReasonStanding::Unsure, Some(comparison))
        }
        _ => (ReasonStanding::Few, None),
    };
    let reason = ReasonAnswer {
        name: reasons.reasons[index].name.clone(),
        standing,
        gave_up,
        alone: left().filter(|it| it.met_count() == 1).count() as u64,
        converted,
        compared: None,
        quotes: said_by(left()),
    };
    (reason, comparison.map(|it| tested(&it)))
}

/// The comparison of arriving, told of giving up.
fn tested(it: &Comparison) -> Test {
    let gave_up = it.exposed - it.arrived;
    let share = gave_up as f64 / it.exposed as f64;
    let without = Measured {
        share: 1.0 - it.expected / it.exposed as f64,
        n: it.compared as f64,
    };
    Test {
        with: (gave_up, it.exposed),
        without,
        odds: ratio(share * (1.0 - without.share), without.share * (1.0 - share)),
        p: it.p,
    }
}

pub(crate) fn people(
    view: &View<'_>,
    reasons: &Reasons,
    select: &ReasonsSelect,
    when: &When,
) -> Result<Vec<ProfileId>, AskError> {
    let ways = Ways::of(view, reasons, when)?;
    if let ReasonsSelect::Immature = select {
        return Ok(ways.too_young);
    }
    let is_in = chosen(reasons, select)?;
    Ok((ways.people.iter())
        .filter(|it| is_in(it))
        .map(|it| it.profile)
        .collect())
}

type IsIn<'a> = Box<dyn Fn(&Person) -> bool + 'a>;

/// Who is behind a number.
fn chosen<'a>(reasons: &'a Reasons, select: &'a ReasonsSelect) -> Result<IsIn<'a>, AskError> {
    let place = |name: &str| {
        let found = reasons.reasons.iter().position(|it| it.name == name);
        found.ok_or_else(|| AskError::fault("select", "names a reason that the report has not"))
    };
    let has_left = |it: &Person| !it.way.has_arrived;
    Ok(match select {
        ReasonsSelect::Entered => Box::new(|_| true),
        ReasonsSelect::Converted => Box::new(|it| it.way.has_arrived),
        ReasonsSelect::GaveUp => Box::new(has_left),
        ReasonsSelect::Immature => Box::new(|_| false),
        ReasonsSelect::Explained => Box::new(move |it| has_left(it) && is_explained(reasons, it)),
        ReasonsSelect::Unknown => Box::new(move |it| has_left(it) && !is_explained(reasons, it)),
        ReasonsSelect::Counted(count) => {
            Box::new(move |it| has_left(it) && it.met_count() == *count)
        }
        ReasonsSelect::Said => Box::new(move |it| has_left(it) && !it.said.is_empty()),
        ReasonsSelect::Of { reason, part } => {
            let index = place(reason)?;
            Box::new(move |it| {
                it.has_met(index)
                    && match part {
                        ReasonPart::GaveUp => has_left(it),
                        ReasonPart::Alone => has_left(it) && it.met_count() == 1,
                        ReasonPart::Converted => it.way.has_arrived,
                    }
            })
        }
        ReasonsSelect::Both { first, second } => {
            let (first, second) = (place(first)?, place(second)?);
            Box::new(move |it| has_left(it) && it.has_met(first) && it.has_met(second))
        }
        ReasonsSelect::Quoted { text, reason } => {
            let index = match reason {
                Some(name) => Some(place(name)?),
                None => None,
            };
            Box::new(move |it| {
                let is_met = match index {
                    Some(index) => it.has_met(index),
                    None => !is_explained(reasons, it),
                };
                has_left(it) && is_met && it.said.iter().any(|it| it.text == *text)
            })
        }
    })
}

#[cfg(test)]
mod tests;
