//! Which way people choose.

use super::{Amount, Body, DigestRow, Form, Quantity, RowLabel, bar};
use crate::{
    kernel::choice::{ChoiceAnswer, Factor, FactorSource},
    labels::Label,
    select::{
        Select,
        why::{ChoicePart, ChoiceSelect},
    },
};

pub(super) fn body(answer: &ChoiceAnswer) -> Body {
    let all = answer.chosen;
    let everybody = Select::Choice {
        of: ChoiceSelect::All,
    };
    let found = answer.model.iter().flat_map(|it| &it.factors);
    Body {
        figures: vec![
            Amount::profiles(all.whole, everybody).named(Quantity::Profiles),
            Amount::share(all.part, all.whole, all.interval).named(Quantity::Chose),
        ],
        columns: vec![Quantity::Profiles, Quantity::Chose, Quantity::OddsRatio],
        rows: found
            .filter(|it| it.is_found)
            .map(|it| row(it, all.whole))
            .collect(),
        ..Body::default()
    }
}

fn row(it: &Factor, whole: u64) -> DigestRow {
    let of = ChoiceSelect::Of {
        from: it.from.clone(),
        label: it.label.clone(),
        part: ChoicePart::With,
    };
    DigestRow {
        label: match (&it.from, &it.label) {
            (FactorSource::Before(name), _) => RowLabel::Name(name.clone()),
            (_, label @ Label::Value(_)) => RowLabel::Line(label.clone()),
            (FactorSource::Trait(name), _) => RowLabel::Name(name.clone()),
            (FactorSource::Field(field), _) => RowLabel::Name(field.to_string()),
        },
        bar: bar(it.with.whole, whole),
        cells: vec![
            Amount::profiles(it.with.whole, Select::Choice { of }),
            Amount::share(it.with.part, it.with.whole, it.with.interval),
            Amount {
                form: Form::Amount,
                value: Some(it.odds),
                interval: Some(it.interval),
                ..Amount::default()
            },
        ],
    }
}
