//! Who comes back, how often, and who goes silent.

use super::{Cell, Column, LINE, POINT, Table, Unit, bounds, line, point, share};
use crate::kernel::{
    lifecycle::LifecycleAnswer,
    retention::{Cohort, RetentionAnswer, RetentionColumn, Returns},
    stickiness::StickinessAnswer,
};

const CELL: [Column; 10] = [
    Column::whole("period_from", Unit::None),
    Column::whole("period_to", Unit::None),
    Column::whole("whole", Unit::Starts),
    Column::whole("part", Unit::Starts),
    Column::whole("part_profiles", Unit::Profiles),
    Column::share("share"),
    Column::share("share_low"),
    Column::share("share_high"),
    Column::whole("open", Unit::Starts),
    Column::whole("open_back", Unit::Starts),
];

pub(super) fn tables(answer: &RetentionAnswer) -> Vec<Table> {
    let size = [Column::whole("cohort_profiles", Unit::Profiles)];
    let columns = || POINT.into_iter().chain(size.clone()).chain(CELL);
    let mut cohorts = Table::new("cohorts", columns());
    for row in answer.cohorts.iter().flat_map(|it| rows(answer, it)) {
        cohorts.push(row);
    }
    let mut by_value = Table::new("line_cohorts", LINE.into_iter().chain(columns()));
    for it in &answer.lines {
        for row in it.cohorts.iter().flatten().flat_map(|it| rows(answer, it)) {
            by_value.push(line(it.label.as_ref()).into_iter().chain(row));
        }
    }
    let size = [
        Column::whole("starts", Unit::Starts),
        Column::whole("starts_profiles", Unit::Profiles),
    ];
    let mut lines = Table::new("lines", LINE.into_iter().chain(size).chain(CELL));
    for it in std::iter::once(&answer.total).chain(&answer.lines) {
        let size = || [it.starts.into(), it.profiles.into()];
        for (column, returns) in answer.columns.iter().zip(&it.cells) {
            let head = line(it.label.as_ref()).into_iter().chain(size());
            lines.push(head.chain(cell(*column, returns)));
        }
    }
    let mut totals = Table::new("totals", [Column::time("known_from")]);
    totals.push([answer.known_from.into()]);
    vec![cohorts, lines, by_value, totals]
}

/// A row for each cell of a cohort, and one for a cohort without cells.
fn rows(answer: &RetentionAnswer, cohort: &Cohort) -> Vec<Vec<Cell>> {
    let head = || {
        let point = point(&cohort.point).into_iter();
        point.chain([cohort.profiles.into()])
    };
    if cohort.cells.is_empty() {
        return vec![head().chain(CELL.map(|_| Cell::Missing)).collect()];
    }
    (answer.columns.iter().zip(&cohort.cells))
        .map(|(column, it)| head().chain(cell(*column, it)).collect())
        .collect()
}

fn cell(column: RetentionColumn, it: &Returns) -> impl Iterator<Item = Cell> {
    let counted = [
        column.from.into(),
        column.to.into(),
        it.whole.into(),
        it.part.into(),
        it.profiles.into(),
        share(it.part, it.whole),
    ];
    let open = [it.open.into(), it.open_back.into()];
    counted.into_iter().chain(bounds(it.interval)).chain(open)
}

pub(super) fn stickiness(answer: &StickinessAnswer) -> Vec<Table> {
    let columns = [
        Column::whole("units_count", Unit::Periods),
        Column::whole("profiles", Unit::Profiles),
        Column::whole("active_units", Unit::Periods),
        Column::share("share"),
    ];
    let mut periods = Table::new("periods", POINT.into_iter().chain(columns));
    let columns = [
        Column::whole("active_in_units", Unit::Periods),
        Column::whole("profiles", Unit::Profiles),
    ];
    let mut exactly = Table::new("exactly", POINT.into_iter().chain(columns));
    for it in &answer.periods {
        let units = it.units as u64;
        let counted = [
            units.into(),
            it.profiles.into(),
            it.active_units.into(),
            share(it.active_units, it.profiles * units),
        ];
        periods.push(point(&it.point).into_iter().chain(counted));
        for (units, profiles) in (1_u64..).zip(&it.exactly) {
            let counted = [units.into(), (*profiles).into()];
            exactly.push(point(&it.point).into_iter().chain(counted));
        }
    }
    let mut together = Table::new(
        "together",
        [
            Column::whole("active_in_units", Unit::Periods),
            Column::whole("exactly", Unit::Times),
            Column::whole("exactly_profiles", Unit::Profiles),
            Column::whole("at_least", Unit::Times),
            Column::whole("at_least_profiles", Unit::Profiles),
        ],
    );
    for ((units, exactly), at_least) in (1_u64..).zip(&answer.exactly).zip(&answer.at_least) {
        together.push([
            units.into(),
            exactly.times.into(),
            exactly.profiles.into(),
            at_least.times.into(),
            at_least.profiles.into(),
        ]);
    }
    vec![periods, together, exactly]
}

pub(super) fn lifecycle(answer: &LifecycleAnswer) -> Vec<Table> {
    let states = ["active", "new", "returning", "resurrecting", "dormant"];
    let states = states.map(|it| Column::whole(it, Unit::Profiles));
    let mut periods = Table::new("periods", POINT.into_iter().chain(states));
    for it in &answer.periods {
        let counted = [it.active, it.new, it.returning, it.resurrecting, it.dormant];
        periods.push(point(&it.point).into_iter().chain(counted.map(Into::into)));
    }
    let mut totals = Table::new(
        "totals",
        [
            Column::time("known_from"),
            Column::whole("active_before", Unit::Profiles),
        ],
    );
    totals.push([answer.known_from.into(), answer.active_before.into()]);
    vec![periods, totals]
}
