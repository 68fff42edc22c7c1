//! Why two funnels differ.

use super::{Cell, Column, Table, Unit};
use crate::kernel::difference::{DifferenceAnswer, FunnelStanding, Moved};

pub(super) fn tables(answer: &DifferenceAnswer) -> Vec<Table> {
    let mut table = Table::new(
        "moves",
        [
            Column::whole("move", Unit::None),
            Column::text("fields"),
            Column::whole("entered_units", Unit::None),
            Column::whole("entered", Unit::Profiles),
            Column::whole("converted_units", Unit::None),
            Column::whole("converted", Unit::Profiles),
            Column::whole("entered_gained", Unit::Profiles),
            Column::whole("entered_lost", Unit::Profiles),
            Column::whole("converted_gained", Unit::Profiles),
            Column::whole("converted_lost", Unit::Profiles),
        ],
    );
    let first = [0_u64.into(), Cell::Missing];
    table.push(
        first
            .into_iter()
            .chain(counts(&answer.from))
            .chain(vec![Cell::Missing; 4]),
    );
    for (index, it) in answer.moves.iter().enumerate() {
        let named = [(index + 1).into(), it.fields.join(", ").into()];
        let moved = people(&it.moved);
        table.push(named.into_iter().chain(counts(&it.standing)).chain(moved));
    }
    let mut total = Table::new(
        "totals",
        [
            Column::whole("entered_gained", Unit::Profiles),
            Column::whole("entered_lost", Unit::Profiles),
            Column::whole("converted_gained", Unit::Profiles),
            Column::whole("converted_lost", Unit::Profiles),
        ],
    );
    total.push(people(&answer.total));
    vec![table, total]
}

fn counts(it: &FunnelStanding) -> [Cell; 4] {
    [
        it.entered.units.into(),
        it.entered.profiles.into(),
        it.converted.units.into(),
        it.converted.profiles.into(),
    ]
}

fn people(it: &Moved) -> [Cell; 4] {
    [
        it.entered_gained.into(),
        it.entered_lost.into(),
        it.converted_gained.into(),
        it.converted_lost.into(),
    ]
}
