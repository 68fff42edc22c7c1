//! Why two funnels differ.

use super::{Amount, Body, DigestRow, Quantity, RowLabel, bar};
use crate::{
    kernel::difference::DifferenceAnswer,
    select::{
        Select,
        why::{DifferencePart, DifferenceSelect},
    },
};

pub(super) fn body(answer: &DifferenceAnswer) -> Body {
    let people = |value: u64, at: Option<usize>, part: DifferencePart| {
        Amount::profiles(value, Select::Difference(DifferenceSelect { at, part }))
    };
    let (from, to) = (answer.from.converted, answer.to.converted);
    let most = (answer.moves.iter())
        .map(|it| it.standing.converted.profiles)
        .fold(from.profiles, u64::max);
    Body {
        figures: vec![
            people(from.profiles, Some(0), DifferencePart::Converted).named(Quantity::Before),
            people(to.profiles, None, DifferencePart::Converted).named(Quantity::After),
        ],
        columns: vec![Quantity::Converted, Quantity::Gained, Quantity::Gone],
        rows: (answer.moves.iter().enumerate())
            .map(|(index, it)| {
                let (at, converted) = (Some(index + 1), it.standing.converted.profiles);
                let (gained, lost) = (it.moved.converted_gained, it.moved.converted_lost);
                DigestRow {
                    label: RowLabel::Name(it.fields.join(", ")),
                    bar: bar(converted, most),
                    cells: vec![
                        people(converted, at, DifferencePart::Converted),
                        people(gained, at, DifferencePart::ConvertedGained),
                        people(lost, at, DifferencePart::ConvertedLost),
                    ],
                }
            })
            .collect(),
        ..Body::default()
    }
}
