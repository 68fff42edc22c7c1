//! Customers by recency, frequency and money.

use super::{Cell, Column, Table, Unit, share};
use crate::kernel::rfm::{RfmAnswer, RfmScore, RfmTally};

const TALLY: [Column; 3] = [
    Column::whole("profiles", Unit::Profiles),
    Column::whole("purchases", Unit::Purchases),
    Column::real("value", Unit::Value),
];

pub(super) fn tables(answer: &RfmAnswer) -> Vec<Table> {
    let all = answer.total.profiles;
    let columns = [Column::text("group")].into_iter().chain(TALLY).chain([
        Column::share("share"),
        Column::whole("median_ms", Unit::Milliseconds),
    ]);
    let mut groups = Table::new("groups", columns);
    for it in &answer.groups {
        let head = [it.group.name().into()].into_iter();
        let rest = [share(it.tally.profiles, all), it.median_ms.into()];
        groups.push(head.chain(tally(it.tally)).chain(rest));
    }
    let columns = [
        Column::whole("recency", Unit::None),
        Column::whole("frequency", Unit::None),
        Column::text("group"),
    ];
    let columns = columns
        .into_iter()
        .chain(TALLY)
        .chain([Column::share("share")]);
    let mut cells = Table::new("cells", columns);
    for it in &answer.cells {
        let scores = [u64::from(it.recency).into(), u64::from(it.frequency).into()];
        let head = scores.into_iter().chain([it.group.name().into()]);
        let rest = [share(it.tally.profiles, all)];
        cells.push(head.chain(tally(it.tally)).chain(rest));
    }
    let mut totals = Table::new(
        "totals",
        [Column::time("until")]
            .into_iter()
            .chain(TALLY)
            .chain([Column::whole("unvalued", Unit::Purchases)]),
    );
    let rest = [answer.unvalued.into()];
    totals.push(
        [answer.until.into()]
            .into_iter()
            .chain(tally(answer.total))
            .chain(rest),
    );
    vec![
        groups,
        cells,
        scores("recency", Unit::Milliseconds, &answer.recency),
        scores("frequency", Unit::Purchases, &answer.frequency),
        scores("money", Unit::Value, &answer.money),
        totals,
    ]
}

/// What the scores of one measure mean.
fn scores(name: &'static str, unit: Unit, scores: &[RfmScore]) -> Table {
    let columns = [Column::whole("score", Unit::None)]
        .into_iter()
        .chain(TALLY);
    let ends = [Column::real("least", unit), Column::real("most", unit)];
    let mut table = Table::new(name, columns.chain(ends));
    for it in scores {
        let head = [u64::from(it.score).into()].into_iter();
        let ends = [it.least.into(), it.most.into()];
        table.push(head.chain(tally(it.tally)).chain(ends));
    }
    table
}

fn tally(it: RfmTally) -> [Cell; 3] {
    [it.profiles.into(), it.purchases.into(), it.value.into()]
}
