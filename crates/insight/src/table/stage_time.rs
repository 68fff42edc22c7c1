//! How long stays last.

use super::{Column, Table, Unit, passes};
use crate::{kernel::stage_time::StageTimeAnswer, sequence::Names};

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
    let mut gave_up = Table::new(
        "gave_up",
        [
            Column::text("stage"),
            Column::text("name"),
            Column::span("by_ms"),
            Column::share("gave_up_share"),
            Column::share("gave_up_low"),
            Column::share("gave_up_high"),
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
        for point in &it.gave_up {
            let shares = [point.share, point.low, point.high].map(Into::into);
            gave_up.push(named().chain([point.ms.into()]).chain(shares));
        }
    }
    let mut totals = Table::new(
        "totals",
        [Column::time("followed_to"), Column::flag("is_rounded")],
    );
    totals.push([answer.followed_to.into(), answer.is_rounded.into()]);
    vec![stages, next, curve, gave_up, by_stay(answer), totals]
}

fn by_stay(answer: &StageTimeAnswer) -> Table {
    let counted = [
        ("stays", "stays_profiles"),
        ("next", "next_profiles"),
        ("silent", "silent_profiles"),
        ("still_in", "still_in_profiles"),
    ];
    let counted = counted.into_iter().flat_map(|(times, profiles)| {
        [
            Column::whole(times, Unit::Times),
            Column::whole(profiles, Unit::Profiles),
        ]
    });
    let head = [
        Column::whole("nth", Unit::None),
        Column::flag("is_or_later"),
    ];
    let mut table = Table::new("by_stay", head.into_iter().chain(counted));
    for it in &answer.by_stay {
        let counted = [it.stays, it.next, it.silent, it.still_in];
        let head = [it.nth.into(), it.is_or_later.into()];
        table.push(head.into_iter().chain(counted.into_iter().flat_map(passes)));
    }
    table
}
