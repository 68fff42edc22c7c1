//! Who comes back, how often, and who goes silent.

use throughline_model::report::Report;

use super::{Amount, Body, DigestLine, DigestPoint, DigestRow, Form, Quantity, RowLabel, bar};
use crate::{
    ask::Answer,
    kernel::{
        lifecycle::LifecycleAnswer, retention::RetentionAnswer, stickiness::StickinessAnswer,
    },
    select::{
        Select,
        counts::{
            LifecycleSelect, LifecycleState, RetentionPart, RetentionSelect, StickinessSelect,
        },
    },
};

pub(super) fn body(answer: &Answer, numbers: &RetentionAnswer) -> Body {
    debug_assert!(matches!(answer.report, Report::Retention(_)));
    let total = &numbers.total;
    let started = Select::Retention(RetentionSelect::default());
    Body {
        figures: vec![Amount::profiles(total.profiles, started).named(Quantity::Started)],
        columns: vec![Quantity::Share, Quantity::Back],
        rows: (numbers.columns.iter().zip(&total.cells).enumerate())
            .map(|(index, (column, cell))| {
                let select = RetentionSelect {
                    column: Some(index),
                    part: RetentionPart::Back,
                    ..RetentionSelect::default()
                };
                DigestRow {
                    label: RowLabel::After {
                        from: column.from,
                        to: column.to,
                    },
                    bar: bar(cell.part, cell.whole),
                    cells: vec![
                        Amount::share(cell.part, cell.whole, cell.interval),
                        Amount::profiles(cell.profiles, Select::Retention(select)),
                    ],
                }
            })
            .collect(),
        ..Body::default()
    }
}

pub(super) fn stickiness(answer: &StickinessAnswer) -> Body {
    let all = answer.at_least.first().map_or(0, |it| it.times);
    Body {
        columns: vec![Quantity::Share, Quantity::Profiles],
        rows: (answer.at_least.iter().enumerate())
            .map(|(index, it)| {
                let select = StickinessSelect {
                    period: None,
                    units: index + 1,
                    or_more: true,
                };
                DigestRow {
                    label: RowLabel::Units(index as u64 + 1),
                    bar: bar(it.times, all),
                    cells: vec![
                        Amount::share(it.times, all, None),
                        Amount::profiles(it.profiles, Select::Stickiness(select)),
                    ],
                }
            })
            .collect(),
        ..Body::default()
    }
}

pub(super) fn lifecycle(answer: &LifecycleAnswer) -> Body {
    let select = |period, state| Select::Lifecycle(LifecycleSelect { period, state });
    let most = answer.periods.iter().map(|it| it.active).max().unwrap_or(0);
    Body {
        line: (answer.periods.len() > 1).then(|| DigestLine {
            name: Quantity::Active,
            form: Form::Count,
            points: (answer.periods.iter())
                .map(|it| DigestPoint {
                    from: it.point.from,
                    value: it.active as f64,
                    is_partial: it.point.is_partial,
                })
                .collect(),
        }),
        columns: vec![
            Quantity::New,
            Quantity::Returning,
            Quantity::Resurrecting,
            Quantity::Dormant,
        ],
        rows: (answer.periods.iter().rev())
            .map(|it| {
                let amount = |value, state| Amount::profiles(value, select(it.point.from, state));
                DigestRow {
                    label: RowLabel::Period(it.point.from),
                    bar: bar(it.active, most),
                    cells: vec![
                        amount(it.new, LifecycleState::New),
                        amount(it.returning, LifecycleState::Returning),
                        amount(it.resurrecting, LifecycleState::Resurrecting),
                        amount(it.dormant, LifecycleState::Dormant),
                    ],
                }
            })
            .collect(),
        ..Body::default()
    }
}
