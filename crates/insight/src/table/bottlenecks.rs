//! Where people are lost, and where they are kept.

use super::{Cell, Column, LINE, Table, Unit, line, share};
use crate::kernel::bottlenecks::{
    BottlenecksAnswer, HeldAgainst, Opportunity, Passage, Spot, StageContrast,
};

pub(super) fn tables(answer: &BottlenecksAnswer) -> Vec<Table> {
    vec![
        contrasts("bottlenecks", &answer.bottlenecks),
        contrasts("strengths", &answer.strengths),
        opportunities(&answer.opportunities),
        stages(answer),
        totals(answer),
    ]
}

const PASSAGE: [Column; 6] = [
    Column::whole("entered", Unit::Profiles),
    Column::whole("passed", Unit::Profiles),
    Column::share("share"),
    Column::whole("immature", Unit::Profiles),
    Column::span("median_ms"),
    Column::real("value", Unit::Value),
];

const OTHER: [Column; 4] = [
    Column::whole("other_entered", Unit::Profiles),
    Column::whole("other_passed", Unit::Profiles),
    Column::share("other_share"),
    Column::span("other_median_ms"),
];

fn contrasts(name: &'static str, contrasts: &[StageContrast]) -> Table {
    let spot = [Column::text("stage"), Column::text("field")].into_iter();
    let rest = [
        Column::share("difference"),
        Column::share("low"),
        Column::share("high"),
        Column::share("chance"),
        Column::share("false_share"),
        Column::flag("is_sure"),
        Column::real("people", Unit::Profiles),
        Column::real("people_value", Unit::Value),
    ];
    let columns = (spot.chain(LINE))
        .chain([Column::text("against")])
        .chain(PASSAGE)
        .chain(OTHER)
        .chain(rest);
    let mut table = Table::new(name, columns);
    for it in contrasts {
        let against = match it.against {
            HeldAgainst::Past => "past",
            HeldAgainst::Peers => "peers",
        };
        let rest: [Cell; 8] = [
            it.difference.into(),
            it.interval.low.into(),
            it.interval.high.into(),
            it.chance.into(),
            it.false_share.into(),
            it.is_sure.into(),
            it.people.into(),
            it.value.into(),
        ];
        let row = (spot_of(&it.spot).into_iter())
            .chain([against.into()])
            .chain(passage(&it.own))
            .chain(other(&it.other))
            .chain(rest);
        table.push(row);
    }
    table
}

fn opportunities(opportunities: &[Opportunity]) -> Table {
    let spot = [Column::text("stage"), Column::text("field")].into_iter();
    let best = [Column::text("best"), Column::text("best_kind")];
    let rest = [
        Column::share("behind"),
        Column::real("people", Unit::Profiles),
        Column::real("people_value", Unit::Value),
    ];
    let columns = (spot.chain(LINE)).chain(best).chain(PASSAGE).chain(OTHER);
    let mut table = Table::new("opportunities", columns.chain(rest));
    for it in opportunities {
        let rest: [Cell; 3] = [it.behind.into(), it.people.into(), it.value.into()];
        let row = (spot_of(&it.spot).into_iter())
            .chain(line(Some(&it.best)))
            .chain(passage(&it.own))
            .chain(other(&it.best_passage))
            .chain(rest);
        table.push(row);
    }
    table
}

fn stages(answer: &BottlenecksAnswer) -> Table {
    let columns = [Column::text("stage")]
        .into_iter()
        .chain(PASSAGE)
        .chain(OTHER);
    let mut table = Table::new("stages", columns);
    for it in &answer.stages {
        let row = [it.stage.id.as_str().into()].into_iter();
        table.push(row.chain(passage(&it.passage)).chain(other(&it.before)));
    }
    table
}

fn totals(answer: &BottlenecksAnswer) -> Table {
    let mut table = Table::new(
        "totals",
        [
            Column::time("followed_to"),
            Column::time("before_from"),
            Column::time("before_to"),
            Column::whole("tests", Unit::None),
            Column::whole("too_small", Unit::None),
        ],
    );
    table.push([
        answer.followed_to.into(),
        answer.before.map(|it| it.from).into(),
        answer.before.map(|it| it.to).into(),
        answer.tests_count.into(),
        answer.too_small.into(),
    ]);
    table
}

fn spot_of(spot: &Spot) -> Vec<Cell> {
    let field = spot.by.as_ref().map(ToString::to_string);
    let head = [spot.stage.id.as_str().into(), field.into()];
    head.into_iter().chain(line(spot.label.as_ref())).collect()
}

fn passage(it: &Passage) -> [Cell; 6] {
    [
        it.entered.into(),
        it.passed.into(),
        share(it.passed, it.entered),
        it.immature.into(),
        it.median_ms.into(),
        it.value.into(),
    ]
}

fn other(it: &Passage) -> [Cell; 4] {
    [
        it.entered.into(),
        it.passed.into(),
        share(it.passed, it.entered),
        it.median_ms.into(),
    ]
}
