//! Ways that nobody would have expected.

use super::{Column, Table, Unit, passes};
use crate::{kernel::unexpected::UnexpectedAnswer, sequence::Names};

pub(super) fn tables(answer: &UnexpectedAnswer) -> Vec<Table> {
    let names = Names::of(&answer.elements);
    let mut ways = Table::new(
        "ways",
        [
            Column::text("way"),
            Column::whole("times", Unit::Times),
            Column::whole("profiles", Unit::Profiles),
            Column::real("expected", Unit::Profiles),
            Column::real("times_more", Unit::None),
            Column::share("false_rate"),
        ],
    );
    for it in &answer.ways {
        let way: Vec<&str> = it.elements.iter().map(|id| names.name(id)).collect();
        let told = [
            it.expected.into(),
            it.times_more.into(),
            it.false_rate.into(),
        ];
        let row = [way.join(" > ").into()].into_iter();
        ways.push(row.chain(passes(it.passes)).chain(told));
    }
    let mut totals = Table::new(
        "totals",
        [
            Column::whole("profiles", Unit::Profiles),
            Column::real("tested", Unit::None),
        ],
    );
    totals.push([answer.profiles.into(), answer.tested.into()]);
    vec![ways, totals]
}
