//! How long stays last.

use super::{Amount, Body, DigestRow, Quantity, RowLabel, bar};
use crate::{
    kernel::stage_time::StageTimeAnswer,
    select::{Select, ways::StageTimeSelect},
};

pub(super) fn body(answer: &StageTimeAnswer) -> Body {
    let longest = answer.stages.iter().filter_map(|it| it.median_ms).max();
    let select = |of| Select::StageTime { of };
    Body {
        columns: vec![Quantity::Stays, Quantity::StillIn, Quantity::MedianTime],
        rows: (answer.stages.iter())
            .map(|it| {
                let id = || it.stage.id.clone();
                let median = it.median_ms.unwrap_or(0).unsigned_abs();
                DigestRow {
                    label: RowLabel::Name(it.stage.name.clone()),
                    bar: bar(median, longest.unwrap_or(0).unsigned_abs()),
                    cells: vec![
                        Amount::profiles(it.stays.profiles, select(StageTimeSelect::Stays(id()))),
                        Amount::profiles(
                            it.still_in.profiles,
                            select(StageTimeSelect::StillIn(id())),
                        ),
                        Amount::span(it.median_ms),
                    ],
                }
            })
            .collect(),
        ..Body::default()
    }
}
