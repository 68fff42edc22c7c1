//! How long work takes, and how long people wait for it.

use super::{Cell, Column, Table, Unit, passes};
use crate::kernel::work_time::{Spans, WorkTimeAnswer};

pub(super) fn tables(answer: &WorkTimeAnswer) -> Vec<Table> {
    let counted = [
        ("waits", "waits_profiles"),
        ("still_waiting", "still_waiting_profiles"),
        ("work", "work_profiles"),
        ("still_in_work", "still_in_work_profiles"),
        ("unasked", "unasked_profiles"),
        ("done", "done_profiles"),
    ];
    let counted = counted.into_iter().flat_map(|(times, profiles)| {
        [
            Column::whole(times, Unit::Times),
            Column::whole(profiles, Unit::Profiles),
        ]
    });
    let lengths = [
        "wait_quarter_ms",
        "wait_median_ms",
        "wait_three_quarters_ms",
        "wait_p90_ms",
        "work_quarter_ms",
        "work_median_ms",
        "work_three_quarters_ms",
        "work_p90_ms",
        "done_waited_ms",
        "done_worked_ms",
    ];
    let columns = ([Column::text("step")].into_iter())
        .chain(counted)
        .chain(lengths.map(Column::span))
        .chain([Column::whole("loose_ends", Unit::Times)]);
    let mut steps = Table::new("steps", columns);
    let mut curve = Table::new(
        "curve",
        [
            Column::text("step"),
            Column::text("part"),
            Column::span("after_ms"),
            Column::share("remaining_share"),
            Column::share("remaining_low"),
            Column::share("remaining_high"),
        ],
    );
    for it in &answer.steps {
        let counted = [
            it.waits.begun,
            it.waits.unfinished,
            it.work.begun,
            it.work.unfinished,
            it.unasked,
            it.done.passes,
        ];
        let sums = [it.done.waited_ms.into(), it.done.worked_ms.into()];
        let row = ([it.name.as_str().into()].into_iter())
            .chain(counted.into_iter().flat_map(passes))
            .chain(lengths_of(&it.waits))
            .chain(lengths_of(&it.work))
            .chain(sums)
            .chain([it.loose_ends.into()]);
        steps.push(row);
        for (part, spans) in [("wait", &it.waits), ("work", &it.work)] {
            for point in &spans.curve {
                let head = [it.name.as_str().into(), part.into(), point.ms.into()];
                let shares = [point.share, point.low, point.high].map(Cell::from);
                curve.push(head.into_iter().chain(shares));
            }
        }
    }
    let mut totals = Table::new(
        "totals",
        [Column::time("followed_to"), Column::flag("is_rounded")],
    );
    totals.push([answer.followed_to.into(), answer.is_rounded.into()]);
    vec![steps, curve, totals]
}

fn lengths_of(spans: &Spans) -> [Cell; 4] {
    let lengths = [
        spans.quarter_ms,
        spans.median_ms,
        spans.three_quarters_ms,
        spans.p90_ms,
    ];
    lengths.map(Into::into)
}
