//! What comes last before people leave.

use super::{Amount, Body, DigestRow, Form, Quantity, RowLabel, bar};
use crate::{
    ask::Answer,
    kernel::last_touch::{LastTouchAnswer, Touch, TouchStanding},
    labels::Label,
    select::{
        Select,
        why::{LastTouchSelect, TouchPart},
    },
};

pub(super) fn body(answer: &Answer, numbers: &LastTouchAnswer) -> Body {
    let found = || (numbers.touches.iter()).filter(|it| it.standing <= TouchStanding::Keeps);
    let most = found().map(|it| it.left.profiles).max().unwrap_or(0);
    let by = match &answer.report {
        throughline_model::report::Report::LastTouch(it) => Some(it.by.clone()),
        _ => None,
    };
    Body {
        figures: vec![
            people(numbers.seen.profiles, None, TouchPart::Seen).named(Quantity::Profiles),
            people(numbers.left.profiles, None, TouchPart::Left).named(Quantity::Left),
        ],
        by,
        columns: vec![Quantity::Profiles, Quantity::Left, Quantity::LostPerMonth],
        rows: found().map(|it| row(it, most)).collect(),
        ..Body::default()
    }
}

fn people(value: u64, label: Option<Label>, part: TouchPart) -> Amount {
    Amount::profiles(value, Select::LastTouch(LastTouchSelect { label, part }))
}

fn row(it: &Touch, most: u64) -> DigestRow {
    let label = Some(it.label.clone());
    DigestRow {
        label: RowLabel::Line(it.label.clone()),
        bar: bar(it.left.profiles, most),
        cells: vec![
            people(it.seen.profiles, label.clone(), TouchPart::Seen),
            people(it.left.profiles, label, TouchPart::Left),
            Amount {
                form: Form::Amount,
                value: it.compared.map(|it| it.people_per_month),
                ..Amount::default()
            },
        ],
    }
}
