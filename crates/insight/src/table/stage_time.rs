//! How long stays last.

use super::{Column, Table, Unit, passes, paths::Names};
use crate::kernel::stage_time::StageTimeAnswer;

pub(super) fn tables(answer: &StageTimeAnswer) -> Vec<Table> {
    let names = Names::of(answer.stages.iter().map(|it| &it.stage));
    let mut stages = Table::new(
        "stages",
        [
            Column::text("stage"),
            Column::text("name"),
            Column::whole("stays", Unit::Times),
            Column::whole("stays_profiles", Unit::Profiles),
            Column::whole("still_in", Unit::Times),
            Column::whole("still_in_profiles", Unit::Profiles),
            Column::whole("silent", Unit::Times),
            Column::whole("silent_profiles", Unit::Profiles),
            Column::span("quarter_ms"),
            Column::span("median_ms"),
            Column::span("three_quarters_ms"),
            Column::span("p90_ms"),
        ],
    );
    let mut next = Table::new(
        "next",
        [
            Column::text("from"),
            Column::text("from_name"),
            Column::text("to"),
            Column::text("to_name"),
            Column::whole("times", Unit::Times),
            Column::whole("profiles", Unit::Profiles),
        ],
    );
    let mut curve = Table::new(
        "curve",
        [
            Column::text("stage"),
            Column::text("name"),
            Column::span("after_ms"),
            Column::share("remaining_share"),
            Column::share("remaining_low"),
            Column::share("remaining_high"),
        ],
    );
    for it in &answer.stages {
        let named = || names.cells(&it.stage.id).into_iter();
        let counted = [it.stays, it.still_in, it.silent];
        let times = [it.quarter_ms, it.median_ms, it.three_quarters_ms, it.p90_ms];
        let counted = counted.into_iter().flat_map(passes);
        stages.push(named().chain(counted).chain(times.map(Into::into)));
        for to in &it.next {
            next.push(named().chain(names.cells(&to.to)).chain(passes(to.passes)));
        }
        for point in &it.curve {
            let shares = [point.share, point.low, point.high].map(Into::into);
            curve.push(named().chain([point.ms.into()]).chain(shares));
        }
    }
    let mut totals = Table::new(
        "totals",
        [Column::time("followed_to"), Column::flag("is_rounded")],
    );
    totals.push([answer.followed_to.into(), answer.is_rounded.into()]);
    vec![stages, next, curve, totals]
}
