//! Promises against facts.

use super::{Cell, Column, LINE, POINT, Table, Unit, bounds, line, point, share};
use crate::kernel::promises::{PromiseCounts, PromisesAnswer, Touched};

const PARTS: [(&str, &str); 11] = [
    ("objects", "profiles"),
    ("promised", "promised_profiles"),
    ("early", "early_profiles"),
    ("on_time", "on_time_profiles"),
    ("late", "late_profiles"),
    ("overdue", "overdue_profiles"),
    ("pending", "pending_profiles"),
    ("released", "released_profiles"),
    ("untold", "untold_profiles"),
    ("due", "due_profiles"),
    ("due_late", "due_late_profiles"),
];

pub(super) fn tables(answer: &PromisesAnswer) -> Vec<Table> {
    let mut lines = Table::new("lines", LINE.into_iter().chain(columns()));
    lines.push(line(None).into_iter().chain(cells(&answer.total)));
    for it in &answer.lines {
        lines.push((line(Some(&it.label)).into_iter()).chain(cells(&it.counts)));
    }
    let mut points = Table::new("points", POINT.into_iter().chain(columns()));
    for it in &answer.points {
        points.push(point(&it.point).into_iter().chain(cells(&it.counts)));
    }
    let mut gaps = Table::new(
        "gaps",
        [
            Column::span("above_ms"),
            Column::span("upto_ms"),
            Column::whole("kept", Unit::Objects),
            Column::whole("kept_profiles", Unit::Profiles),
        ],
    );
    for it in &answer.gaps {
        let bounds = [it.above_ms.into(), it.upto_ms.into()];
        gaps.push(bounds.into_iter().chain(touched(it.kept)));
    }
    let mut curve = Table::new(
        "curve",
        [
            Column::span("gap_ms"),
            Column::share("open_share"),
            Column::share("open_low"),
            Column::share("open_high"),
        ],
    );
    for point in &answer.curve {
        let shares = [point.share, point.low, point.high].map(Cell::from);
        curve.push([point.ms.into()].into_iter().chain(shares));
    }
    let mut totals = Table::new(
        "totals",
        [
            Column::time("followed_to"),
            Column::text("kept_by"),
            Column::text("promise"),
        ],
    );
    totals.push([
        answer.followed_to.into(),
        answer.promise.kept_by.as_str().into(),
        serde_json::to_string(&answer.promise)
            .unwrap_or_default()
            .into(),
    ]);
    vec![lines, points, gaps, curve, totals]
}

fn columns() -> impl Iterator<Item = Column> {
    let parts = PARTS.into_iter().flat_map(|(objects, profiles)| {
        [
            Column::whole(objects, Unit::Objects),
            Column::whole(profiles, Unit::Profiles),
        ]
    });
    let shares = ["due_late_share", "due_late_low", "due_late_high"].map(Column::share);
    let gaps = [
        "mean_gap_ms",
        "p10_gap_ms",
        "quarter_gap_ms",
        "median_gap_ms",
        "three_quarters_gap_ms",
        "p90_gap_ms",
    ];
    parts.chain(shares).chain(gaps.map(Column::span))
}

fn cells(counts: &PromiseCounts) -> impl Iterator<Item = Cell> {
    let parts = [
        counts.all,
        counts.promised,
        counts.early,
        counts.on_time,
        counts.late,
        counts.overdue,
        counts.pending,
        counts.released,
        counts.untold,
        counts.due,
        counts.due_late,
    ];
    let gaps = [
        counts.mean_gap_ms,
        counts.p10_gap_ms,
        counts.quarter_gap_ms,
        counts.median_gap_ms,
        counts.three_quarters_gap_ms,
        counts.p90_gap_ms,
    ];
    (parts.into_iter().flat_map(touched))
        .chain([share(counts.due_late.objects, counts.due.objects)])
        .chain(bounds(counts.late_share))
        .chain(gaps.map(Cell::from))
}

fn touched(touched: Touched) -> [Cell; 2] {
    [touched.objects.into(), touched.profiles.into()]
}
