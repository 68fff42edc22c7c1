//! How many go on from each stage.

use super::{Amount, Body, DigestRow, Quantity, RowLabel, bar};
use crate::{
    kernel::bottlenecks::BottlenecksAnswer,
    select::{
        Select,
        why::{BottleneckPart, BottlenecksSelect},
    },
};

pub(super) fn body(answer: &BottlenecksAnswer) -> Body {
    let select = |stage: &str, part| {
        Select::Bottlenecks(BottlenecksSelect {
            stage: stage.to_owned(),
            by: None,
            label: None,
            is_of_peers: false,
            is_before: false,
            part,
        })
    };
    let lost = |it: &crate::kernel::bottlenecks::Passage| it.entered - it.passed;
    let most = answer.stages.iter().map(|it| lost(&it.passage)).max();
    Body {
        columns: vec![Quantity::Profiles, Quantity::Share, Quantity::Lost],
        rows: (answer.stages.iter())
            .map(|it| {
                let (id, passage) = (&it.stage.id, &it.passage);
                DigestRow {
                    label: RowLabel::Name(it.stage.name.clone()),
                    bar: bar(lost(passage), most.unwrap_or(0)),
                    cells: vec![
                        Amount::profiles(passage.entered, select(id, BottleneckPart::Entered)),
                        Amount::share(passage.passed, passage.entered, None),
                        Amount::profiles(lost(passage), select(id, BottleneckPart::Lost)),
                    ],
                }
            })
            .collect(),
        ..Body::default()
    }
}
