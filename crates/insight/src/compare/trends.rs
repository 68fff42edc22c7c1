//! What the whole range of each side was measured at, and how many of its people have a part in it.

use super::{
    Sides,
    figure::{FigureName, FigureOf, FigureUnit, Figures, Measure, both},
};
use crate::{
    kernel::trends::{TrendLine, TrendsAnswer},
    labels::Label,
    select::{Select, counts::TrendsSelect},
};

pub(super) fn figures(figures: &mut Figures<'_>, a: &TrendsAnswer, b: &TrendsAnswer, sides: Sides) {
    let key = |it: &TrendLine| (it.name.clone(), it.label.clone());
    let mut keys = both(a.lines.iter().map(key), b.lines.iter().map(key));
    // What is not listed is not the same on both sides, so it cannot be compared.
    keys.retain(|(_, label)| *label != Some(Label::Rest));
    for (name, label) in keys {
        let find = |answer: &TrendsAnswer| {
            let is_it = |it: &&TrendLine| it.name == name && it.label == label;
            answer.lines.iter().find(is_it).map(|it| it.total)
        };
        let found = [find(a), find(b)];
        let text = std::iter::once(FigureName::Text(name.clone()));
        let names: Vec<_> = text.chain(label.clone().map(FigureName::Label)).collect();
        let is_formula = found.iter().flatten().all(|it| it.profiles.is_none());
        let select = Select::Trends(TrendsSelect {
            series: Some(name.clone()),
            label: label.clone(),
            point: None,
        });
        let people = [sides.people_a, sides.people_b];
        let n = |index: usize| found[index].and_then(|it| it.profiles);
        let value = |index: usize| Measure::Plain {
            value: found[index].and_then(|it| it.value),
            n: n(index).unwrap_or(people[index]),
        };
        let listed = (!is_formula).then(|| select.clone());
        let values = [(value(0), listed.clone()), (value(1), listed)];
        figures.push(
            FigureOf::TrendValue,
            names.clone(),
            FigureUnit::Plain,
            values,
        );
        if !is_formula {
            let share = |index: usize| match n(index) {
                Some(profiles) => Measure::Share {
                    part: profiles.min(people[index]),
                    whole: people[index],
                },
                None => Measure::unknown(people[index]),
            };
            let shares = [share(0), share(1)];
            figures.shares(FigureOf::SeriesProfiles, names, shares, select);
        }
    }
}
