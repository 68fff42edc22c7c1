//! Ways that nobody would have expected.

use super::{Amount, Body, DigestRow, Form, Quantity, RowLabel, bar};
use crate::{
    kernel::unexpected::{UnexpectedAnswer, UnexpectedWay},
    select::{Select, ways::UnexpectedSelect},
    sequence::Names,
};

pub(super) fn body(answer: &UnexpectedAnswer) -> Body {
    let most = answer.ways.iter().map(|it| it.passes.profiles).max();
    let names = Names::of(&answer.elements);
    let everybody = Select::Unexpected(UnexpectedSelect {
        elements: Vec::new(),
    });
    Body {
        figures: vec![
            Amount::profiles(answer.profiles, everybody).named(Quantity::Profiles),
            Amount::count(answer.ways.len() as u64).named(Quantity::Ways),
        ],
        columns: vec![Quantity::Profiles, Quantity::Expected],
        rows: (answer.ways.iter())
            .map(|it| row(&names, it, most.unwrap_or(0)))
            .collect(),
        ..Body::default()
    }
}

fn row(names: &Names<'_>, it: &UnexpectedWay, most: u64) -> DigestRow {
    let select = Select::Unexpected(UnexpectedSelect {
        elements: it.elements.clone(),
    });
    DigestRow {
        label: RowLabel::Way(
            it.elements
                .iter()
                .map(|id| names.name(id).to_owned())
                .collect(),
        ),
        bar: bar(it.passes.profiles, most),
        cells: vec![
            Amount::profiles(it.passes.profiles, select),
            Amount {
                form: Form::Amount,
                value: Some(it.expected),
                ..Amount::default()
            },
        ],
    }
}
