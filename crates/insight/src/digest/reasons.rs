//! Why people do not get there.

use super::{Amount, Body, DigestRow, Quantity, RowLabel, bar};
use crate::{
    kernel::reasons::{ReasonAnswer, ReasonsAnswer},
    select::{
        Select,
        why::{ReasonPart, ReasonsSelect},
    },
};

pub(super) fn body(answer: &ReasonsAnswer) -> Body {
    let all = answer.gave_up;
    let behind = |of| Select::Reasons { of };
    Body {
        figures: vec![
            Amount::profiles(all.whole, behind(ReasonsSelect::Entered)).named(Quantity::Entered),
            Amount::share(all.part, all.whole, all.interval).named(Quantity::GaveUp),
        ],
        columns: vec![Quantity::Profiles, Quantity::ShareOfGaveUp],
        rows: answer.reasons.iter().map(row).collect(),
        ..Body::default()
    }
}

fn row(it: &ReasonAnswer) -> DigestRow {
    let of = ReasonsSelect::Of {
        reason: it.name.clone(),
        part: ReasonPart::GaveUp,
    };
    let share = it.gave_up;
    DigestRow {
        label: RowLabel::Name(it.name.clone()),
        bar: bar(share.part, share.whole),
        cells: vec![
            Amount::profiles(share.part, Select::Reasons { of }),
            Amount::share(share.part, share.whole, share.interval),
        ],
    }
}
