//! How long people wait, and how long work takes.

use super::{Amount, Body, DigestRow, Quantity, RowLabel, bar};
use crate::{
    kernel::work_time::WorkTimeAnswer,
    select::{
        Select,
        ways::{WorkPart, WorkTimeSelect},
    },
};

pub(super) fn body(answer: &WorkTimeAnswer) -> Body {
    let longest = answer
        .steps
        .iter()
        .filter_map(|it| it.waits.median_ms)
        .max();
    Body {
        columns: vec![
            Quantity::MedianWait,
            Quantity::StillWaiting,
            Quantity::MedianWork,
            Quantity::StillInWork,
        ],
        rows: (answer.steps.iter())
            .map(|it| {
                let select = |part| {
                    let step = it.name.clone();
                    Select::WorkTime(WorkTimeSelect { step, part })
                };
                let median = it.waits.median_ms.unwrap_or(0).unsigned_abs();
                DigestRow {
                    label: RowLabel::Name(it.name.clone()),
                    bar: bar(median, longest.unwrap_or(0).unsigned_abs()),
                    cells: vec![
                        Amount::span(it.waits.median_ms),
                        Amount::profiles(
                            it.waits.unfinished.profiles,
                            select(WorkPart::StillWaiting),
                        ),
                        Amount::span(it.work.median_ms),
                        Amount::profiles(
                            it.work.unfinished.profiles,
                            select(WorkPart::StillInWork),
                        ),
                    ],
                }
            })
            .collect(),
        ..Body::default()
    }
}
