//! Cells of two axes.

use super::{Cell, Column, ColumnKind, Table, Unit, value_text};
use crate::{
    kernel::heatmap::{HeatCell, HeatPlace, HeatmapAnswer},
    labels::Label,
};

pub(super) fn tables(answer: &HeatmapAnswer) -> Vec<Table> {
    let axes = ["row", "column"].into_iter().flat_map(|axis| {
        [
            Column::named(format!("{axis}_kind"), ColumnKind::Text),
            Column::named(axis.to_owned(), ColumnKind::Text),
            Column::named(format!("{axis}_number"), ColumnKind::Whole),
        ]
    });
    let numbers = [
        Column::whole("events", Unit::Events),
        Column::whole("profiles", Unit::Profiles),
        Column::real("per_hour", Unit::Events),
        Column::span("observed_ms"),
        Column::whole("mature", Unit::Profiles),
        Column::whole("converted", Unit::Profiles),
        Column::share("converted_share"),
        Column::whole("immature", Unit::Profiles),
    ];
    let mut cells = Table::new("cells", axes.chain(numbers));
    for row in &answer.rows {
        for (column, cell) in answer.columns.iter().zip(&row.cells) {
            push(&mut cells, Some(&row.place), Some(&column.place), cell);
        }
        push(&mut cells, Some(&row.place), None, &row.total);
    }
    for column in &answer.columns {
        push(&mut cells, None, Some(&column.place), &column.total);
    }
    push(&mut cells, None, None, &answer.total);
    let mut zones = Table::new(
        "zones",
        [
            Column::text("zone"),
            Column::whole("events", Unit::Events),
            Column::flag("is_fallback"),
        ],
    );
    for it in &answer.zones {
        zones.push([
            it.zone.clone().into(),
            it.events.into(),
            it.is_fallback.into(),
        ]);
    }
    let mut totals = Table::new(
        "totals",
        [
            Column::time("followed_to"),
            Column::whole("unplaced", Unit::Events),
        ],
    );
    totals.push([answer.followed_to.into(), answer.unplaced.into()]);
    vec![cells, zones, totals]
}

fn push(table: &mut Table, row: Option<&HeatPlace>, column: Option<&HeatPlace>, cell: &HeatCell) {
    let converted = (cell.mature > 0).then(|| cell.converted as f64 / cell.mature as f64);
    let numbers = [
        cell.events.into(),
        cell.profiles.into(),
        cell.per_hour.into(),
        cell.observed_ms.into(),
        cell.mature.into(),
        cell.converted.into(),
        converted.into(),
        cell.immature.into(),
    ];
    let places = [row, column].into_iter().flat_map(place);
    table.push(places.chain(numbers));
}

/// Its kind, its name where it has one, and its number where it is one of a clock.
fn place(place: Option<&HeatPlace>) -> [Cell; 3] {
    match place {
        None => ["all".into(), Cell::Missing, Cell::Missing],
        Some(HeatPlace::Hour(hour)) => ["hour".into(), Cell::Missing, u32::from(*hour).into()],
        Some(HeatPlace::Weekday(day)) => ["weekday".into(), Cell::Missing, u32::from(*day).into()],
        Some(HeatPlace::Label(Label::Value(value))) => {
            ["value".into(), value_text(value).into(), Cell::Missing]
        }
        Some(HeatPlace::Label(Label::NotSet)) => ["not_set".into(), Cell::Missing, Cell::Missing],
        Some(HeatPlace::Label(Label::Rest)) => ["rest".into(), Cell::Missing, Cell::Missing],
        Some(HeatPlace::Step(name)) => ["step".into(), name.clone().into(), Cell::Missing],
        Some(HeatPlace::People(name)) => ["people".into(), name.clone().into(), Cell::Missing],
    }
}
