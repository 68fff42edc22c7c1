//! Promises against facts.

use throughline_model::report::Report;

use super::{
    Amount, Body, DigestLine, DigestPoint, DigestRow, Form, Quantity, RowLabel, bar, ratio,
};
use crate::{
    ask::Answer,
    kernel::promises::{PromiseCounts, PromisePart, PromisesAnswer},
    labels::Label,
    select::{Select, counts::PromisesSelect},
};

pub(super) fn body(answer: &Answer, numbers: &PromisesAnswer) -> Body {
    let Report::Promises(report) = &answer.report else {
        return Body::default();
    };
    let total = &numbers.total;
    let most = (numbers.lines.iter()).map(|it| it.counts.all.objects).max();
    let points = numbers.points.iter().filter_map(|it| {
        Some(DigestPoint {
            from: it.point.from,
            value: ratio(it.counts.due_late.objects, it.counts.due.objects)?,
            is_partial: it.point.is_partial,
        })
    });
    Body {
        figures: vec![
            late_share(total).named(Quantity::LateShare),
            Amount::count(total.due.objects).named(Quantity::Due),
            Amount::count(total.overdue.objects).named(Quantity::Overdue),
            Amount::span(total.median_gap_ms).named(Quantity::MedianGap),
            Amount::count(total.all.objects).named(Quantity::Objects),
        ],
        line: Some(DigestLine {
            name: Quantity::LateShare,
            form: Form::Share,
            points: points.collect(),
        }),
        by: report.breakdown.clone(),
        columns: vec![
            Quantity::Objects,
            Quantity::LateShare,
            Quantity::Overdue,
            Quantity::MedianGap,
            Quantity::Profiles,
        ],
        rows: (numbers.lines.iter())
            .map(|it| DigestRow {
                label: RowLabel::Line(it.label.clone()),
                bar: bar(it.counts.all.objects, most.unwrap_or(0)),
                cells: cells(&it.label, &it.counts),
            })
            .collect(),
        ..Body::default()
    }
}

fn cells(label: &Label, counts: &PromiseCounts) -> Vec<Amount> {
    let select = Select::Promises(PromisesSelect {
        part: PromisePart::All,
        label: Some(label.clone()),
        point: None,
        bin: None,
    });
    vec![
        Amount::count(counts.all.objects),
        late_share(counts),
        Amount::count(counts.overdue.objects),
        Amount::span(counts.median_gap_ms),
        Amount::profiles(counts.all.profiles, select),
    ]
}

fn late_share(counts: &PromiseCounts) -> Amount {
    Amount::share(
        counts.due_late.objects,
        counts.due.objects,
        counts.late_share,
    )
}
