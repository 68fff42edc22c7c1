//! What comes last before people leave.

use super::{Cell, Column, Table, Unit, line, share, word};
use crate::kernel::last_touch::{LastTouchAnswer, Touch};

pub(super) fn tables(answer: &LastTouchAnswer) -> Vec<Table> {
    vec![touches(answer), totals(answer)]
}

fn touches(answer: &LastTouchAnswer) -> Table {
    let mut table = Table::new(
        "touches",
        [
            Column::text("line"),
            Column::text("label"),
            Column::text("standing"),
            Column::whole("seen", Unit::None),
            Column::whole("seen_profiles", Unit::Profiles),
            Column::whole("left", Unit::None),
            Column::whole("left_profiles", Unit::Profiles),
            Column::share("left_share"),
        ]
        .into_iter()
        .chain(super::contrast::columns()),
    );
    for it in &answer.touches {
        let named = line(Some(&it.label)).into_iter();
        let standing = [word(&it.standing)];
        table.push(
            named
                .chain(standing)
                .chain(counted(it))
                .chain(super::contrast::cells(it.compared.as_ref())),
        );
    }
    table
}

fn counted(it: &Touch) -> [Cell; 5] {
    [
        it.seen.times.into(),
        it.seen.profiles.into(),
        it.left.times.into(),
        it.left.profiles.into(),
        share(it.left.times, it.seen.times),
    ]
}

fn totals(answer: &LastTouchAnswer) -> Table {
    let mut table = Table::new(
        "totals",
        [
            Column::whole("seen", Unit::None),
            Column::whole("seen_profiles", Unit::Profiles),
            Column::whole("left", Unit::None),
            Column::whole("left_profiles", Unit::Profiles),
            Column::whole("back", Unit::None),
            Column::whole("back_profiles", Unit::Profiles),
            Column::whole("unknown", Unit::None),
            Column::whole("unknown_profiles", Unit::Profiles),
            Column::whole("tested", Unit::None),
            Column::real("months", Unit::None),
            Column::time("followed_to"),
        ],
    );
    let passes = [answer.seen, answer.left, answer.back, answer.unknown];
    let counts = passes
        .iter()
        .flat_map(|it| [it.times.into(), it.profiles.into()]);
    table.push(counts.chain([
        answer.tested.into(),
        answer.months.into(),
        answer.followed_to.into(),
    ]));
    table
}
