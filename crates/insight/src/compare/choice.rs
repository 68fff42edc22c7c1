//! Which ways people of each side choose, and whether those who have something choose alike.
//!
//! Odds ratios are not compared: each holds all else equal that is in the model of its own side, and models of two
//! sides need not have the same in them.

use super::figure::{CandidateOf, FigureName, FigureOf, FigureUnit, Figures, Measure};
use crate::{
    ask::Answer,
    kernel::{
        choice::{ChoiceAnswer, FactorSource},
        funnel::Share,
    },
    labels::Label,
    select::{ChoicePart, ChoiceSelect, Select},
};

pub(super) fn figures(
    figures: &mut Figures<'_>,
    (of_a, a): (&Answer, &ChoiceAnswer),
    (of_b, b): (&Answer, &ChoiceAnswer),
) {
    let mut ways: Vec<&Label> = a.ways.iter().map(|it| &it.label).collect();
    let more = b.ways.iter().map(|it| &it.label);
    ways.extend(more.filter(|it| a.ways.iter().all(|way| way.label != **it)));
    for way in ways {
        let chose = [(of_a, a), (of_b, b)].map(|(of, answer)| {
            let whole = answer.chosen.whole;
            let found = answer.ways.iter().find(|it| it.label == *way);
            let select = found.map(|_| Select::Choice {
                of: ChoiceSelect::Chose(way.clone()),
            });
            let measure = match found {
                // Ways beyond the limit were not chosen by nobody.
                None if of.left_out.capped > 0 => Measure::unknown(whole),
                found => Measure::Share {
                    part: found.map_or(0, |it| it.profiles),
                    whole,
                },
            };
            (measure, select)
        });
        let names = vec![FigureName::Label(way.clone())];
        figures.push(FigureOf::Chose, names, FigureUnit::Share, chose);
    }
    if a.explained != b.explained {
        return;
    }
    let mut known = with(a);
    for (from, label, _) in with(b) {
        if find(a, from, label).is_none() {
            known.push((from, label, Share::of(0, 0)));
        }
    }
    for (from, label, _) in known {
        let shares = [a, b].map(|answer| {
            let found = find(answer, from, label);
            let select = found.map(|_| Select::Choice {
                of: ChoiceSelect::Of {
                    from: from.clone(),
                    label: label.clone(),
                    part: ChoicePart::WithChosen,
                },
            });
            (found.map_or(Measure::unknown(0), Measure::share), select)
        });
        let names = vec![name(from, label)];
        figures.push(FigureOf::ChoseWith, names, FigureUnit::Share, shares);
    }
}

/// Everything that the answer tells, whether it is in the model or set apart, with those who have it.
fn with(answer: &ChoiceAnswer) -> Vec<(&FactorSource, &Label, Share)> {
    let factors = answer.model.iter().flat_map(|it| &it.factors);
    let factors = factors.map(|it| (&it.from, &it.label, it.with));
    let apart = answer.apart.iter().map(|it| (&it.from, &it.label, it.with));
    factors.chain(apart).collect()
}

fn find(answer: &ChoiceAnswer, from: &FactorSource, label: &Label) -> Option<Share> {
    let mut all = with(answer).into_iter();
    let found = all.find(|it| it.0 == from && it.1 == label)?;
    Some(found.2)
}

fn name(from: &FactorSource, label: &Label) -> FigureName {
    let (of, field) = match from {
        FactorSource::Before(name) => return FigureName::Text(name.clone()),
        FactorSource::Field(field) => (CandidateOf::Choice, field.to_string()),
        FactorSource::Trait(name) => (CandidateOf::Trait, name.clone()),
    };
    FigureName::Candidate {
        of,
        field,
        label: label.clone(),
    }
}
