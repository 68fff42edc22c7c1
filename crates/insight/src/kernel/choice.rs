//! Why people choose one way and not another: how the odds of choosing it hang on what is known of them and on what
//! they met before, each with all others held equal (`throughline_predict::logistic`).
//!
//! Each profile counts once, with its first choice. Seven of ten profiles fit the model that is scored on the other
//! three, beside what everybody's share alone would say; the odds ratios that are told are fitted on all. Where there
//! are too few for so many things, no model is told, and how many are missing.

mod cases;
mod model;

use serde::Serialize;
use throughline_model::{ProfileId, choice::Choice};
use throughline_predict::{
    Interval,
    scoring::{CalibrationBin, Scores},
};
use utoipa::ToSchema;

use self::{
    cases::{Chooser, Choosers, Variable},
    model::modelled,
};
use crate::{
    ask::{AskError, Counted, LeftOut, When},
    kernel::funnel::Share,
    labels::{Label, ranks},
    select::why::{ChoicePart, ChoiceSelect},
    view::View,
};

/// What is chosen, and what it hangs on.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ChoiceAnswer {
    /// The ways, the most frequent first.
    pub ways: Vec<ChosenWay>,
    /// The one that is explained.
    pub explained: Label,
    /// Those who chose it, of all who chose: what everybody's share alone would say.
    pub chosen: Share,
    /// None where there are too few for so many things.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<ChoiceModel>,
    /// So many of the rarer outcome there are.
    pub cases: u64,
    /// So many are needed for as many things as are looked at.
    pub needed: u64,
    /// What cannot be in a model, and why.
    pub apart: Vec<SetApart>,
    /// The value of each source that most have, which its other values are compared with.
    pub references: Vec<ReferenceValue>,
}

/// One way.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ChosenWay {
    pub label: Label,
    pub profiles: u64,
}

/// What the choice hangs on.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ChoiceModel {
    /// Findings first, the strongest at the top.
    pub factors: Vec<Factor>,
    /// How good its chances are for people that it was not fitted on; none where one outcome is missing there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scores: Option<Scores>,
    /// How good everybody's share alone is for the same people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub naive: Option<Scores>,
    /// For the same people: chances beside what came.
    pub calibration: Vec<CalibrationBin>,
    /// How many people the scores were fitted on, and how many they are about.
    pub fitted: u64,
    pub scored: u64,
}

/// Something that the choice may hang on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, serde::Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FactorSource {
    /// A trait of the profile, as it is known now.
    Trait(String),
    /// A field of the choice.
    Field(throughline_model::Field),
    /// Met before, by its name.
    Before(String),
}

/// One thing, all others held equal.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Factor {
    pub from: FactorSource,
    /// Its value; for what was met before, that it was.
    pub label: Label,
    /// The value that it is compared with, together with values that are set apart or not listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<Label>,
    /// Those with it, and how many of them chose the way.
    pub with: Share,
    /// Those without it.
    pub without: Share,
    /// The odds of choosing the way with it by those with the reference.
    pub odds: f64,
    /// The bounds of that, widened for the many looks.
    pub interval: Interval,
    /// How often chance alone would make as large a difference.
    pub p: f64,
    /// The smallest rate of false findings at which this is one.
    pub false_rate: f64,
    pub is_found: bool,
}

/// What is not in the model.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct SetApart {
    pub from: FactorSource,
    pub label: Label,
    pub why: ApartReason,
    /// The value among whose people those with this one are counted in the model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub joins: Option<Label>,
    /// Those with it, and how many of them chose the way.
    pub with: Share,
}

/// What other values of a source are compared with.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ReferenceValue {
    pub from: FactorSource,
    pub label: Label,
    /// Those with it, and how many of them chose the way.
    pub with: Share,
}

/// Why something is not in the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ApartReason {
    /// Too few have it, or have not.
    Few,
    /// It says the same as something before it.
    Same,
    /// It decides the choice: all with it choose alike.
    Decides,
}

pub(crate) fn answer(
    view: &View<'_>,
    choice: &Choice,
    when: &When,
) -> Result<Counted<ChoiceAnswer>, AskError> {
    let choosers = Choosers::of(view, choice, when)?;
    let explained = explained(choice, &choosers);
    let chose = |it: &Chooser| it.way == explained;
    let all = share(&choosers, |_| true, chose);
    let modelled = modelled(choice, &choosers, explained, view.cancel)?;
    let mut sums = vec![0; choosers.ways.len() + 1];
    for it in &choosers.people {
        sums[it.way as usize] += 1;
    }
    let ranked = ranks(&sums, |_| true);
    Ok(Counted {
        n: all.whole,
        left_out: LeftOut {
            capped: ranked.capped + choosers.capped,
            ungrouped: choosers.unnamed,
            ..LeftOut::default()
        },
        numbers: ChoiceAnswer {
            ways: (ranked.kept.iter())
                .map(|way| ChosenWay {
                    label: choosers.ways[*way - 1].clone(),
                    profiles: sums[*way],
                })
                .collect(),
            explained: match (&choice.chosen, explained) {
                (Some(value), _) => Label::Value(value.clone()),
                (None, 0) => Label::NotSet,
                (None, way) => choosers.ways[way as usize - 1].clone(),
            },
            chosen: all,
            model: modelled.model,
            cases: modelled.cases,
            needed: modelled.needed,
            apart: modelled.apart,
            references: (choosers.variables.iter().filter(|it| it.is_reference))
                .map(|it| ReferenceValue {
                    from: it.from.clone(),
                    label: it.label.clone(),
                    with: share(&choosers, |who| it.has(who), chose),
                })
                .collect(),
        },
    })
}

/// One more than the index of the way that is explained; 0 where nobody chose it.
fn explained(choice: &Choice, choosers: &Choosers) -> u32 {
    let way = match &choice.chosen {
        Some(value) => {
            let label = Label::Value(value.clone());
            let found = choosers.ways.iter().position(|it| *it == label);
            found.map_or(0, |it| it + 1)
        }
        None => {
            let mut sums = vec![0_u64; choosers.ways.len() + 1];
            for it in &choosers.people {
                sums[it.way as usize] += 1;
            }
            // Of equal ones the first in the order of values.
            let most = (1..sums.len()).rev().max_by_key(|way| sums[*way]);
            most.filter(|way| sums[*way] > 0).unwrap_or(0)
        }
    };
    u32::try_from(way).expect("few ways")
}

/// Of those in a whole, how many are in a part too.
fn share(
    choosers: &Choosers,
    is_whole: impl Fn(&Chooser) -> bool,
    is_part: impl Fn(&Chooser) -> bool,
) -> Share {
    let whole = || choosers.people.iter().filter(|it| is_whole(it));
    let part = whole().filter(|it| is_part(it)).count();
    Share::of(part as u64, whole().count() as u64)
}

pub(crate) fn people(
    view: &View<'_>,
    choice: &Choice,
    select: &ChoiceSelect,
    when: &When,
) -> Result<Vec<ProfileId>, AskError> {
    let choosers = Choosers::of(view, choice, when)?;
    let listed = |is_in: &dyn Fn(&Chooser) -> bool| {
        let found = choosers.people.iter().filter(|it| is_in(it));
        found.map(|it| it.profile).collect()
    };
    let way = |label: &Label| {
        let found = choosers.ways.iter().position(|it| it == label);
        let found =
            found.ok_or_else(|| AskError::fault("select", "names no way that was chosen"))?;
        Ok::<u32, AskError>(u32::try_from(found + 1).expect("few ways"))
    };
    Ok(match select {
        ChoiceSelect::All => listed(&|_| true),
        ChoiceSelect::Chose(label) => {
            let way = way(label)?;
            listed(&|it| it.way == way)
        }
        ChoiceSelect::Of { from, label, part } => {
            let explained = explained(choice, &choosers);
            let is_it = |it: &&Variable| it.from == *from && it.label == *label;
            let variable = choosers.variables.iter().find(is_it);
            let variable = variable
                .ok_or_else(|| AskError::fault("select", "names what is not in the answer"))?;
            listed(&|it| {
                let (has, chose) = (variable.has(it), it.way == explained);
                match part {
                    ChoicePart::With => has,
                    ChoicePart::WithChosen => has && chose,
                    ChoicePart::Without => !has,
                    ChoicePart::WithoutChosen => !has && chose,
                }
            })
        }
    })
}

#[cfg(test)]
mod tests;
