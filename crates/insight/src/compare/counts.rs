//! Who has an event at all, and how often, for each of the people of a side.

use super::{
    Sides,
    figure::{FigureName, FigureOf, FigureUnit, Figures, Measure, both},
};
use crate::{
    kernel::counts::{Count, CountsAnswer, Series},
    labels::Label,
    select::{
        Select,
        counts::{CountsSelect, SeriesName},
    },
};

pub(super) fn figures(figures: &mut Figures<'_>, a: &CountsAnswer, b: &CountsAnswer, sides: Sides) {
    let all = CountsSelect::default();
    let total = |it: &CountsAnswer| Some(it.total);
    push(figures, Vec::new(), &all, [total(a), total(b)], sides);
    for (name, label) in keys(a, b) {
        let counted = [a, b].map(|it| find(it, name, label));
        let select = CountsSelect {
            series: Some(name.clone()),
            label: label.cloned(),
            point: None,
        };
        let label = label.cloned().map(FigureName::Label);
        let names = std::iter::once(FigureName::Series(name.clone())).chain(label);
        push(figures, names.collect(), &select, counted, sides);
    }
}

fn push(
    figures: &mut Figures<'_>,
    names: Vec<FigureName>,
    select: &CountsSelect,
    [a, b]: [Option<Count>; 2],
    sides: Sides,
) {
    let people = [sides.people_a, sides.people_b];
    let select = Select::Counts(select.clone());
    let of = |count: Option<Count>, people: u64| match count {
        Some(count) => Measure::Share {
            part: count.profiles.min(people),
            whole: people,
        },
        None => Measure::unknown(people),
    };
    let shares = [of(a, people[0]), of(b, people[1])];
    figures.shares(
        FigureOf::SeriesProfiles,
        names.clone(),
        shares,
        select.clone(),
    );
    let rate = |count: Option<Count>, people: u64| Measure::Plain {
        value: count
            .filter(|_| people > 0)
            .map(|it| it.events as f64 / people as f64),
        n: people,
    };
    let rates = [
        (rate(a, people[0]), Some(select.clone())),
        (rate(b, people[1]), Some(select)),
    ];
    figures.push(FigureOf::SeriesEvents, names, FigureUnit::PerProfile, rates);
}

/// Every series and line that either side lists, those of the first in its order.
fn keys<'a>(a: &'a CountsAnswer, b: &'a CountsAnswer) -> Vec<(&'a SeriesName, Option<&'a Label>)> {
    let key = |it: &'a Series| (&it.name, it.label.as_ref());
    let mut keys = both(a.series.iter().map(key), b.series.iter().map(key));
    // What is not listed is not the same on both sides, so it cannot be compared.
    keys.retain(|(name, label)| **name != SeriesName::Rest && *label != Some(&Label::Rest));
    keys
}

/// Nothing where it may be among what is not listed.
fn find(answer: &CountsAnswer, name: &SeriesName, label: Option<&Label>) -> Option<Count> {
    let found = (answer.series.iter()).find(|it| it.name == *name && it.label.as_ref() == label);
    let has_rest = (answer.series.iter())
        .any(|it| it.name == SeriesName::Rest || it.label == Some(Label::Rest));
    match found {
        Some(series) => Some(series.total),
        None => (!has_rest).then(Count::default),
    }
}
