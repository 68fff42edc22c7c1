//! Who gets how far through steps.

use super::{Amount, Body, DigestRow, Quantity, RowLabel, bar};
use crate::{
    kernel::funnel::{FunnelAnswer, FunnelStepAnswer},
    select::{
        Select,
        ways::{FunnelPart, FunnelSelect},
    },
};

pub(super) fn body(answer: &FunnelAnswer) -> Body {
    let converted = answer.converted;
    let median = answer.to_convert.map(|it| it.median_ms);
    let entered = answer.steps.first().map_or(0, |it| it.units);
    Body {
        figures: vec![
            Amount::share(converted.part, converted.whole, converted.interval)
                .named(Quantity::Converted),
            Amount::count(converted.whole).named(Quantity::Entered),
            Amount::span(median).named(Quantity::MedianTime),
        ],
        columns: vec![Quantity::Profiles, Quantity::Reached],
        rows: (answer.steps.iter().enumerate())
            .map(|(index, step)| row(index, step, entered))
            .collect(),
        ..Body::default()
    }
}

fn row(index: usize, step: &FunnelStepAnswer, entered: u64) -> DigestRow {
    let select = Select::Funnel(FunnelSelect {
        step: index,
        part: FunnelPart::Reached,
        label: None,
        point: None,
        took: None,
    });
    DigestRow {
        label: RowLabel::Name(step.name.clone()),
        bar: bar(step.units, entered),
        cells: vec![
            Amount::profiles(step.profiles, select),
            Amount::share(step.units, entered, step.interval),
        ],
    }
}
