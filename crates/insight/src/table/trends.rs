//! Series over time, formulas of them, and where their level changed.

use super::{Cell, Column, LINE, POINT, Table, Unit, bounds, line, point};
use crate::kernel::trends::{TrendLine, TrendsAnswer};

pub(super) fn tables(answer: &TrendsAnswer) -> Vec<Table> {
    let named = || {
        [Column::text("series"), Column::flag("is_formula")]
            .into_iter()
            .chain(LINE)
    };
    let counted = [
        Column::whole("events", Unit::Events),
        Column::whole("profiles", Unit::Profiles),
    ];
    let mut points = Table::new(
        "points",
        named()
            .chain(POINT)
            .chain([
                Column::real("value", Unit::None),
                Column::real("shown", Unit::None),
            ])
            .chain(counted.clone()),
    );
    let mut totals = Table::new(
        "totals",
        named()
            .chain([Column::real("value", Unit::None)])
            .chain(counted)
            .chain([Column::whole("unmeasured", Unit::Events)]),
    );
    let mut levels = Table::new(
        "levels",
        named().chain([
            Column::real("chance", Unit::None),
            Column::real("false_discovery_rate", Unit::None),
            Column::time("changed_at"),
            Column::real("before", Unit::None),
            Column::real("after", Unit::None),
            Column::whole("periods_before", Unit::Periods),
            Column::whole("periods_after", Unit::Periods),
            Column::real("step", Unit::None),
            Column::real("step_low", Unit::None),
            Column::real("step_high", Unit::None),
            Column::flag("is_without_rhythm"),
        ]),
    );
    for it in &answer.lines {
        for ((at, value), shown) in answer.points.iter().zip(&it.points).zip(&it.shown) {
            let measured = [value.value.into(), (*shown).into()];
            let counted = [value.events.into(), value.profiles.into()];
            points.push(name(it).chain(point(at)).chain(measured).chain(counted));
        }
        totals.push(name(it).chain([
            it.total.value.into(),
            it.total.events.into(),
            it.total.profiles.into(),
            it.unmeasured.into(),
        ]));
        if let Some(level) = it.level {
            let change = level.change;
            let tested = [level.chance.into(), level.false_discovery_rate.into()];
            let levels_of = [
                change.map(|it| it.at).into(),
                change.map(|it| it.before).into(),
                change.map(|it| it.after).into(),
                change.map(|it| it.periods_before).into(),
                change.map(|it| it.periods_after).into(),
                change.map(|it| it.step).into(),
            ];
            let ends = bounds(change.and_then(|it| it.interval));
            let rhythm = [change.map(|it| it.is_without_rhythm).into()];
            levels.push(
                name(it)
                    .chain(tested)
                    .chain(levels_of)
                    .chain(ends)
                    .chain(rhythm),
            );
        }
    }
    vec![points, totals, levels]
}

fn name(it: &TrendLine) -> impl Iterator<Item = Cell> {
    [it.name.as_str().into(), it.is_formula.into()]
        .into_iter()
        .chain(line(it.label.as_ref()))
}
