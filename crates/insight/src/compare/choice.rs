//! Which ways people of each side choose, and whether those who have something choose alike.
//!
//! Odds ratios are not compared: each holds all else equal that is in the model of its own side, and models of two
//! sides need not have the same in them.

use super::figure::{CandidateOf, FigureName, FigureOf, FigureUnit, Figures, Measure, both};
use crate::{
    kernel::{
        choice::{ChoiceAnswer, FactorSource},
        funnel::Share,
    },
    labels::Label,
    select::{
        Select,
        why::{ChoicePart, ChoiceSelect},
    },
};

pub(super) fn figures(figures: &mut Figures<'_>, a: &ChoiceAnswer, b: &ChoiceAnswer) {
    let [of_a, of_b] = [a, b].map(|it| it.ways.iter().map(|it| &it.label));
    for way in both(of_a, of_b) {
        let chose = [a, b].map(|answer| {
            let whole = answer.chosen.whole;
            let listed: u64 = answer.ways.iter().map(|it| it.profiles).sum();
            let found = answer.ways.iter().find(|it| it.label == *way);
            let select = found.map(|_| Select::Choice {
                of: ChoiceSelect::Chose(way.clone()),
            });
            let part = found.map(|it| it.profiles);
            let measure = Measure::of_line(part, whole, listed < whole);
            (measure, select)
        });
        let names = vec![FigureName::Label(way.clone())];
        figures.push(FigureOf::Chose, names, FigureUnit::Share, chose);
    }
    if a.explained != b.explained {
        return;
    }
    let [of_a, of_b] = [a, b].map(|it| with(it).map(|(from, label, _)| (from, label)));
    for (from, label) in both(of_a, of_b) {
        let shares = [a, b].map(|answer| {
            let found = with(answer).find(|it| it.0 == from && it.1 == label);
            let select = found.map(|_| Select::Choice {
                of: ChoiceSelect::Of {
                    from: from.clone(),
                    label: label.clone(),
                    part: ChoicePart::WithChosen,
                },
            });
            let measure = found.map_or(Measure::unknown(0), |it| Measure::share(it.2));
            (measure, select)
        });
        let names = vec![name(from, label)];
        figures.push(FigureOf::ChoseWith, names, FigureUnit::Share, shares);
    }
}

/// Everything that the answer tells of, whether it is in the model, set apart or what others are compared with, with
/// those who have it: what most have on one side need not be it on the other.
fn with(answer: &ChoiceAnswer) -> impl Iterator<Item = (&FactorSource, &Label, Share)> {
    let factors = answer.model.iter().flat_map(|it| &it.factors);
    let factors = factors.map(|it| (&it.from, &it.label, it.with));
    let apart = answer.apart.iter().map(|it| (&it.from, &it.label, it.with));
    let references = (answer.references.iter()).map(|it| (&it.from, &it.label, it.with));
    factors.chain(apart).chain(references)
}

fn name(from: &FactorSource, label: &Label) -> FigureName {
    match from {
        FactorSource::Before(name) => FigureName::Text(name.clone()),
        FactorSource::Field(field) => FigureName::candidate(CandidateOf::Choice, field, label),
        FactorSource::Trait(name) => FigureName::candidate(CandidateOf::Trait, name, label),
    }
}
