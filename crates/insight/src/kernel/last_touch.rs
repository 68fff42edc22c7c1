//! What people meet last before they leave, against those who were like them and stayed.
//!
//! Each profile is looked at once in each period in which it acts, at its last act there, and has either left after
//! it or not. So a profile is a fresh case in each period that it was still here in, as in discrete-time survival
//! analysis (Cox, 1972): what is compared is the risk of leaving now of those who are still here now.

mod tally;
mod walk;

use serde::Serialize;
use throughline_model::{ProfileId, Timestamp, last_touch::LastTouch};
use throughline_predict::{
    matched::{Stratum, expected},
    stratified::{Pair, stratified_test},
};
use utoipa::ToSchema;

use self::{
    tally::{Tally, Touched},
    walk::{Room, Walker},
};
use crate::{
    ask::{AskError, Counted, LeftOut, When},
    contrast::{Contrast, Contrasts, SUPPORT_MIN, Test, is_structural, months},
    labels::{Label, ranks},
    passes::Passes,
    scan::scan,
    select::why::{LastTouchSelect, TouchPart},
    view::View,
};

/// Last acts, each compared.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct LastTouchAnswer {
    /// Up to when profiles were followed: the last event of the log, or now when that is earlier.
    pub followed_to: Timestamp,
    /// Names of events that were taken for contacts, as the report names none.
    pub contacts: Vec<String>,
    /// Periods that ended with an act, of which it is known what came of it.
    pub seen: Passes,
    /// Those of them after which profiles left.
    pub left: Passes,
    /// Those of them that left and came back later.
    pub back: Passes,
    /// Periods of which it is not known yet; they are in no other number.
    pub unknown: Passes,
    /// Candidates that were tested; a finding has to hold its own against all of them.
    pub tested: u64,
    /// Over how many months leaving was looked at.
    pub months: f64,
    /// What goes with leaving first, most people at the top; then what goes with staying, what may be chance, what is
    /// too small, and what is as good as leaving.
    pub touches: Vec<Touch>,
}

/// One value of the last act.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Touch {
    pub label: Label,
    pub standing: TouchStanding,
    /// Periods that ended with it.
    pub seen: Passes,
    /// Those of them after which profiles left.
    pub left: Passes,
    /// None when it was not tested.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compared: Option<Contrast>,
}

/// What a last act is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TouchStanding {
    /// Those with it leave more often.
    Loses,
    /// Those with it leave less often.
    Keeps,
    /// Chance may explain the difference.
    Unsure,
    /// Too few have it, or have not, or leave.
    Few,
    /// Nearly all with it leave: it is as good as leaving.
    AtTheEnd,
}

pub(crate) fn answer(
    view: &View<'_>,
    report: &LastTouch,
    when: &When,
) -> Result<Counted<LastTouchAnswer>, AskError> {
    let walker = Walker::new(view, report, when)?;
    let states = scan(
        view.snapshot,
        view.cancel,
        || (Tally::default(), Room::default()),
        |(tally, room), rows| walker.visit(rows, room, &mut |case| tally.add(rows.profile, case)),
    )?;
    let mut tally = Tally::default();
    for (state, _) in states {
        tally.merge(state);
    }
    let months = months(tally.first, tally.last);
    let (touched, capped) = listed(&tally);
    let measured: Vec<(Touch, Option<Test>)> = (touched.iter())
        .map(|(label, it)| measured(walker.label(*label), it, &tally))
        .collect();
    let tests: Vec<Test> = measured.iter().filter_map(|it| it.1).collect();
    let mut told = Contrasts::new(report.false_permille, months)
        .tell(&tests)
        .into_iter();
    let mut touches: Vec<Touch> = (measured.into_iter())
        .map(|(mut touch, test)| {
            if test.is_some() {
                let (contrast, is_found) = told.next().expect("one for each test");
                touch.standing = match is_found {
                    true if contrast.difference > 0.0 => TouchStanding::Loses,
                    true => TouchStanding::Keeps,
                    false => TouchStanding::Unsure,
                };
                touch.compared = Some(contrast);
            }
            touch
        })
        .collect();
    touches.sort_by(|a, b| rank(a).partial_cmp(&rank(b)).expect("no number is missing"));
    Ok(Counted {
        n: tally.seen.passes.profiles,
        left_out: LeftOut {
            immature: tally.unknown.passes.times,
            capped,
            ..LeftOut::default()
        },
        numbers: LastTouchAnswer {
            followed_to: Timestamp(walker.end),
            contacts: walker.contacts().to_vec(),
            seen: tally.seen.passes,
            left: tally.left.passes,
            back: tally.back.passes,
            unknown: tally.unknown.passes,
            tested: tests.len() as u64,
            months,
            touches,
        },
    })
}

/// The last acts that most periods end with, and how many are left out.
fn listed(tally: &Tally) -> (Vec<(u32, &Touched)>, u64) {
    let all: Vec<(u32, &Touched)> = tally.touched().collect();
    let sums: Vec<u64> = all.iter().map(|it| it.1.seen.passes.times).collect();
    let ranked = ranks(&sums, |_| true);
    let kept = ranked.kept.iter().map(|it| all[*it]).collect();
    (kept, ranked.capped)
}

/// A last act before it is known what the others are; with a test when there is one.
fn measured(label: Label, touched: &Touched, tally: &Tally) -> (Touch, Option<Test>) {
    let (seen, left) = (touched.seen.passes, touched.left.passes);
    let mut touch = Touch {
        label,
        standing: TouchStanding::Few,
        seen,
        left,
        compared: None,
    };
    if seen.times >= SUPPORT_MIN && is_structural(left.times, seen.times) {
        touch.standing = TouchStanding::AtTheEnd;
        return (touch, None);
    }
    // A stratum without others says nothing.
    let pairs: Vec<Pair> = (touched.strata())
        .map(|(key, own)| (own, tally.stratum(key)))
        .filter(|(own, all)| all.seen > own.seen)
        .map(|(own, all)| Pair {
            members_part: own.left,
            stratum: Stratum {
                members: own.seen,
                others: all.seen - own.seen,
                others_part: all.left - own.left,
            },
        })
        .collect();
    let sum = |of: fn(&Pair) -> u64| pairs.iter().map(of).sum::<u64>();
    let (members, others) = (sum(|it| it.stratum.members), sum(|it| it.stratum.others));
    if members.min(others) < SUPPORT_MIN {
        return (touch, None);
    }
    let strata: Vec<Stratum> = pairs.iter().map(|it| it.stratum).collect();
    let test = (stratified_test(&pairs).filter(|it| !it.is_rare))
        .zip(expected(&strata))
        .map(|(test, without)| Test {
            with: (sum(|it| it.members_part), members),
            without,
            odds: test.odds,
            p: test.p,
        });
    (touch, test)
}

/// What loses people by how many, what keeps them likewise, then by how sure it is, then by size.
fn rank(touch: &Touch) -> (TouchStanding, f64, String) {
    let size = match (&touch.compared, touch.standing) {
        (Some(it), TouchStanding::Loses | TouchStanding::Keeps) => -it.people_per_month.abs(),
        (Some(it), _) => it.p,
        (None, _) => -(touch.seen.times as f64),
    };
    let name = serde_json::to_string(&touch.label).expect("plain data");
    (touch.standing, size, name)
}

pub(crate) fn people(
    view: &View<'_>,
    report: &LastTouch,
    select: &LastTouchSelect,
    when: &When,
) -> Result<Vec<ProfileId>, AskError> {
    let walker = Walker::new(view, report, when)?;
    let label = match &select.label {
        Some(label) => Some(
            walker
                .number(label)
                .ok_or_else(|| AskError::fault("select.label", "is not in the report's answer"))?,
        ),
        None => None,
    };
    let states = scan(
        view.snapshot,
        view.cancel,
        || (Vec::new(), Room::default()),
        |(found, room): &mut (Vec<ProfileId>, Room), rows| {
            let mut is_in = false;
            walker.visit(rows, room, &mut |case| {
                let is_part = match select.part {
                    TouchPart::Seen => case.is_known,
                    TouchPart::Left => case.is_known && case.has_left,
                    TouchPart::Back => case.is_known && case.has_left && case.is_back,
                    TouchPart::Unknown => !case.is_known,
                };
                is_in |= is_part && label.is_none_or(|it| case.labels.contains(&it));
            });
            if is_in {
                found.push(rows.profile);
            }
        },
    )?;
    let mut people: Vec<ProfileId> = states.into_iter().flat_map(|it| it.0).collect();
    people.sort_unstable();
    Ok(people)
}

#[cfg(test)]
mod tests;
