//! Arms against their control.

use super::{Amount, Body, DigestRow, Form, Quantity, RowLabel, bar};
use crate::{
    kernel::lift::{LiftAnswer, LiftArm, LiftLine},
    labels::Label,
    select::{
        Select,
        why::{LiftPart, LiftSelect},
    },
};

pub(super) fn body(answer: &LiftAnswer) -> Body {
    let effect = answer.arms.iter().find_map(|it| it.effect);
    let mut figures = Vec::new();
    let mut columns = vec![Quantity::Profiles, Quantity::Reached];
    let has_value = answer.arms.iter().any(|it| it.value.is_some());
    if let Some(effect) = effect {
        let extra = Amount {
            is_small: effect.is_small,
            interval: effect.reached.extra_interval,
            ..amount(effect.reached.extra)
        };
        figures.push(extra.named(Quantity::Extra));
        if let Some(value) = effect.value {
            let extra = Amount {
                is_small: effect.is_small,
                interval: value.extra_interval,
                ..amount(value.extra)
            };
            figures.push(extra.named(Quantity::ExtraWorth));
        }
    }
    if has_value {
        columns.push(Quantity::Worth);
    }
    let most = answer.arms.iter().map(|it| it.reached.whole).max();
    Body {
        figures,
        columns,
        rows: (answer.arms.iter())
            .map(|it| row(it, most.unwrap_or(0), has_value))
            .collect(),
        ..Body::default()
    }
}

fn row(it: &LiftLine, most: u64, has_value: bool) -> DigestRow {
    let select = Select::Lift(LiftSelect {
        arm: Some(it.arm.clone()),
        part: LiftPart::Mature,
    });
    let mut cells = vec![
        Amount::profiles(it.reached.whole, select),
        Amount::share(it.reached.part, it.reached.whole, it.reached.interval),
    ];
    cells.extend(has_value.then(|| amount(it.value.map_or(0.0, |it| it.sum))));
    DigestRow {
        label: match &it.arm {
            LiftArm::Value(value) => RowLabel::Line(Label::Value(value.clone())),
            LiftArm::Treated => RowLabel::Treated,
            LiftArm::Control => RowLabel::Control,
        },
        bar: bar(it.reached.whole, most),
        cells,
    }
}

fn amount(value: f64) -> Amount {
    Amount {
        form: Form::Amount,
        value: Some(value),
        ..Amount::default()
    }
}
