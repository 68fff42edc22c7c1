//! What follows what, and the most frequent whole ways.

use super::{Amount, Body, DigestRow, Quantity, RowLabel, bar};
use crate::{
    kernel::{paths::PathsAnswer, transitions::TransitionsAnswer},
    select::{
        Select,
        ways::{PathsSelect, TransitionsSelect},
    },
    sequence::{Element, Names},
};

pub(super) fn transitions(answer: &TransitionsAnswer) -> Body {
    let name = names(answer.elements.iter().map(|it| &it.element));
    let mut list: Vec<_> = answer.transitions.iter().collect();
    list.sort_by_key(|it| std::cmp::Reverse(it.passes.times));
    let most = list.first().map_or(0, |it| it.passes.times);
    Body {
        columns: vec![Quantity::Times, Quantity::Profiles, Quantity::MedianTime],
        rows: (list.into_iter())
            .map(|it| {
                let of = TransitionsSelect::Transition {
                    from: it.from.clone(),
                    to: it.to.clone(),
                };
                DigestRow {
                    label: RowLabel::Way(vec![name(&it.from), name(&it.to)]),
                    bar: bar(it.passes.times, most),
                    cells: vec![
                        Amount::count(it.passes.times),
                        Amount::profiles(it.passes.profiles, Select::Transitions { of }),
                        Amount::span(Some(it.median_ms)),
                    ],
                }
            })
            .collect(),
        ..Body::default()
    }
}

pub(super) fn paths(answer: &PathsAnswer) -> Body {
    let name = names(answer.elements.iter());
    let most = (answer.paths.iter()).map(|it| it.passes.times).max();
    let all = Select::Paths {
        of: PathsSelect::All,
    };
    Body {
        figures: vec![
            Amount::profiles(answer.total.profiles, all).named(Quantity::Profiles),
            Amount::count(answer.variants).named(Quantity::Ways),
        ],
        columns: vec![Quantity::Times, Quantity::Profiles, Quantity::MedianTime],
        rows: (answer.paths.iter())
            .map(|it| {
                let of = PathsSelect::Path(it.elements.clone());
                DigestRow {
                    label: RowLabel::Way(it.elements.iter().map(|id| name(id)).collect()),
                    bar: bar(it.passes.times, most.unwrap_or(0)),
                    cells: vec![
                        Amount::count(it.passes.times),
                        Amount::profiles(it.passes.profiles, Select::Paths { of }),
                        Amount::span(Some(it.median_ms)),
                    ],
                }
            })
            .collect(),
        more: answer.variants.saturating_sub(answer.paths.len() as u64),
        ..Body::default()
    }
}

/// What an element is called; an id that has no name is shown itself.
fn names<'a>(elements: impl Iterator<Item = &'a Element>) -> impl Fn(&str) -> String {
    let names = Names::of(elements);
    move |id| names.name(id).to_owned()
}
