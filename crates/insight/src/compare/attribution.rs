//! Which values get how much of the credit on each side.

use throughline_model::attribution::CreditModel;

use super::figure::{FigureName, FigureOf, Figures, Measure, labels};
use crate::{
    kernel::attribution::{AttributionAnswer, CreditLine},
    labels::Label,
    select::{Select, why::AttributionSelect},
};

pub(super) fn figures(figures: &mut Figures<'_>, a: &AttributionAnswer, b: &AttributionAnswer) {
    let [of_a, of_b] = [a, b].map(|it| it.lines.iter().map(|it| &it.label));
    let labels = labels(of_a, of_b);
    let on_path = |label: &Label| Select::Attribution {
        of: AttributionSelect::OnPath(label.clone()),
    };
    for label in &labels {
        let shares = [a, b].map(|it| match line(it, label) {
            Line::Listed(line) => Measure::Share {
                part: line.on_path.profiles,
                whole: it.total.passes.profiles,
            },
            Line::Nothing => Measure::Share {
                part: 0,
                whole: it.total.passes.profiles,
            },
            Line::Unknown => Measure::unknown(it.total.passes.profiles),
        });
        let names = vec![FigureName::Label((*label).clone())];
        figures.shares(FigureOf::OnPath, names, shares, on_path(label));
    }
    for model in &a.models {
        for label in &labels {
            let credit = |it: &AttributionAnswer| credit(it, model, label);
            let names = vec![
                FigureName::Model(*model),
                FigureName::Label((*label).clone()),
            ];
            let sides = [credit(a), credit(b)];
            figures.shares(FigureOf::Credit, names, sides, on_path(label));
        }
    }
}

/// What an answer says of a value.
enum Line<'a> {
    Listed(&'a CreditLine),
    Nothing,
    /// It may be among what is not listed.
    Unknown,
}

fn line<'a>(answer: &'a AttributionAnswer, label: &Label) -> Line<'a> {
    let has_rest = answer.lines.iter().any(|it| it.label == Label::Rest);
    match answer.lines.iter().find(|it| it.label == *label) {
        Some(line) => Line::Listed(line),
        None if has_rest => Line::Unknown,
        None => Line::Nothing,
    }
}

/// Credit divides a conversion, so that a share of it varies no more than a share of conversions; as those of one
/// profile belong together, it is as sure as if there were one for each profile.
fn credit<'a>(answer: &AttributionAnswer, model: &CreditModel, label: &Label) -> Measure<'a> {
    let (all, none) = (answer.total.passes, answer.untouched.passes);
    let n = all.profiles.saturating_sub(none.profiles);
    let place = answer.models.iter().position(|it| it == model);
    let share = match (place, line(answer, label)) {
        (Some(place), Line::Listed(line)) => line.credit.get(place).map(|it| it.share),
        (Some(_), Line::Nothing) => Some(0.0),
        (None, _) | (_, Line::Unknown) => None,
    };
    let is_divided = !matches!(model, CreditModel::Markov(_) | CreditModel::Shapley);
    match share {
        // Chains and fair shares are drawn from all paths at once, so no conversion has a share of its own.
        Some(share) if !is_divided => Measure::Plain {
            value: (n > 0).then_some(share),
            n,
        },
        // Full credit for each value on a path may sum to more than there is, but no value has more than all.
        Some(share) => Measure::Part {
            share: share.clamp(0.0, 1.0),
            n,
        },
        None => Measure::unknown(n),
    }
}
