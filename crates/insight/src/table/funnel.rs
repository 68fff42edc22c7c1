//! Who gets how far through steps.

use super::{Cell, Column, LINE, POINT, Table, Unit, bounds, line, point, share};
use crate::{
    kernel::funnel::{FunnelAnswer, FunnelStepAnswer, FunnelTimes, Lengths, Share, Tally},
    labels::Label,
};

pub(super) fn tables(answer: &FunnelAnswer) -> Vec<Table> {
    vec![
        steps(answer),
        conversion(answer),
        lines(answer),
        trend(answer),
        difference(answer),
        times(answer),
        took(answer),
        curve(answer),
    ]
}

fn steps(answer: &FunnelAnswer) -> Table {
    let mut table = Table::new(
        "steps",
        [
            Column::whole("number", Unit::None),
            Column::text("step"),
            Column::flag("is_optional"),
            Column::whole("units", Unit::Units),
            Column::whole("profiles", Unit::Profiles),
            Column::share("reached_share"),
            Column::share("reached_low"),
            Column::share("reached_high"),
            Column::share("passed_share"),
            Column::whole("lost_units", Unit::Units),
            Column::whole("lost_profiles", Unit::Profiles),
            Column::whole("immature_units", Unit::Units),
            Column::whole("immature_profiles", Unit::Profiles),
            Column::span("to_reach_median_ms"),
            Column::span("to_reach_p90_ms"),
        ],
    );
    let entered = answer.steps.first().map_or(0, |it| it.units);
    // The required step before, which is what a step was passed from.
    let mut before: Option<&FunnelStepAnswer> = None;
    for (number, step) in (1_u64..).zip(&answer.steps) {
        let [low, high] = bounds(step.interval);
        let [median, p90] = lengths(step.to_reach);
        table.push([
            number.into(),
            step.name.as_str().into(),
            step.is_optional.into(),
            step.units.into(),
            step.profiles.into(),
            share(step.units, entered),
            low,
            high,
            before.map_or(Cell::Missing, |it| share(step.units, it.units)),
            step.lost.units.into(),
            step.lost.profiles.into(),
            step.immature.units.into(),
            step.immature.profiles.into(),
            median,
            p90,
        ]);
        if !step.is_optional {
            before = Some(step);
        }
    }
    table
}

fn conversion(answer: &FunnelAnswer) -> Table {
    let columns = [
        Column::whole("entered", Unit::Units),
        Column::whole("converted", Unit::Units),
        Column::share("share"),
        Column::share("share_low"),
        Column::share("share_high"),
        Column::span("to_convert_median_ms"),
        Column::span("to_convert_p90_ms"),
    ];
    let mut table = Table::new("conversion", LINE.into_iter().chain(columns));
    let mut push = |label: Option<&Label>, it: Share, times: Option<Lengths>| {
        let counted = [it.whole.into(), it.part.into(), share(it.part, it.whole)];
        let named = line(label).into_iter().chain(counted);
        table.push(named.chain(bounds(it.interval)).chain(lengths(times)));
    };
    push(None, answer.converted, answer.to_convert);
    for it in &answer.lines {
        push(Some(&it.label), it.converted, None);
    }
    table
}

/// Units per step of each line of the breakdown.
fn lines(answer: &FunnelAnswer) -> Table {
    let mut table = Table::new("lines", LINE.into_iter().chain(STEP));
    for it in &answer.lines {
        for step in units(answer, &it.steps, &it.profiles) {
            table.push(line(Some(&it.label)).into_iter().chain(step));
        }
    }
    table
}

/// Units per step by when they entered. How they ended is told of the whole point, on each of its rows.
fn trend(answer: &FunnelAnswer) -> Table {
    let columns = POINT.into_iter().chain(STEP);
    let ended = [
        Column::whole("point_converted", Unit::Units),
        Column::whole("point_converted_profiles", Unit::Profiles),
        Column::whole("point_missed", Unit::Units),
        Column::whole("point_missed_profiles", Unit::Profiles),
        Column::whole("point_immature", Unit::Units),
        Column::whole("point_immature_profiles", Unit::Profiles),
    ];
    let mut table = Table::new("trend", columns.chain(ended));
    for it in &answer.trend {
        let ended = [it.converted, it.missed, it.immature];
        for step in units(answer, &it.steps, &it.profiles) {
            let named = point(&it.point).into_iter().chain(step);
            table.push(named.chain(ended.into_iter().flat_map(tally)));
        }
    }
    table
}

/// The test that all lines have one conversion in common; no row where there is none.
fn difference(answer: &FunnelAnswer) -> Table {
    let columns = [
        Column::real("chi_square", Unit::None),
        Column::whole("degrees", Unit::None),
        Column::share("p"),
        Column::whole("lines", Unit::None),
        Column::whole("small_lines", Unit::None),
    ];
    let mut table = Table::new("difference", columns);
    if let Some(it) = answer.difference {
        table.push([
            it.statistic.into(),
            it.degrees.into(),
            it.p.into(),
            it.lines.into(),
            it.small_lines.into(),
        ]);
    }
    table
}

/// How long it takes from step to step.
fn times(answer: &FunnelAnswer) -> Table {
    let columns = [
        Column::whole("set_out_units", Unit::Units),
        Column::whole("set_out_profiles", Unit::Profiles),
        Column::whole("arrived_units", Unit::Units),
        Column::whole("arrived_profiles", Unit::Profiles),
        Column::span("quarter_ms"),
        Column::span("median_ms"),
        Column::span("three_quarters_ms"),
        Column::flag("is_rounded"),
    ];
    let mut table = Table::new("times", WAY.into_iter().chain(columns));
    for it in &answer.times {
        let counted = [it.set_out, it.arrived].into_iter().flat_map(tally);
        let quarters = [it.quarter_ms, it.median_ms, it.three_quarters_ms];
        let quarters = quarters.into_iter().map(Cell::from);
        let rest = counted.chain(quarters).chain([it.is_rounded.into()]);
        table.push(way(answer, it).into_iter().chain(rest));
    }
    table
}

/// Those that arrived, by how long it took.
fn took(answer: &FunnelAnswer) -> Table {
    let columns = [
        Column::span("from_ms"),
        Column::span("to_ms"),
        Column::whole("units", Unit::Units),
        Column::whole("profiles", Unit::Profiles),
    ];
    let mut table = Table::new("took", WAY.into_iter().chain(columns));
    for it in &answer.times {
        for bin in &it.bins {
            let between = [bin.from_ms.into(), bin.to_ms.into()].into_iter();
            let counted = between.chain(tally(bin.tally));
            table.push(way(answer, it).into_iter().chain(counted));
        }
    }
    table
}

/// The share that is still to arrive.
fn curve(answer: &FunnelAnswer) -> Table {
    let columns = [
        Column::span("after_ms"),
        Column::share("to_arrive"),
        Column::share("to_arrive_low"),
        Column::share("to_arrive_high"),
    ];
    let mut table = Table::new("curve", WAY.into_iter().chain(columns));
    for it in &answer.times {
        for at in &it.curve {
            let told = [at.ms.into(), at.share.into(), at.low.into(), at.high.into()];
            table.push(way(answer, it).into_iter().chain(told));
        }
    }
    table
}

const WAY: [Column; 4] = [
    Column::whole("from_number", Unit::None),
    Column::text("from_step"),
    Column::whole("to_number", Unit::None),
    Column::text("to_step"),
];

/// Both steps by number and name.
fn way(answer: &FunnelAnswer, times: &FunnelTimes) -> [Cell; 4] {
    let name = |step: usize| answer.steps[step].name.as_str();
    [
        (times.from_step + 1).into(),
        name(times.from_step).into(),
        (times.to_step + 1).into(),
        name(times.to_step).into(),
    ]
}

const STEP: [Column; 4] = [
    Column::whole("number", Unit::None),
    Column::text("step"),
    Column::whole("units", Unit::Units),
    Column::whole("profiles", Unit::Profiles),
];

fn units<'a>(
    answer: &'a FunnelAnswer,
    units: &'a [u64],
    profiles: &'a [u64],
) -> impl Iterator<Item = [Cell; 4]> {
    let counted = units.iter().zip(profiles);
    (1_u64..)
        .zip(&answer.steps)
        .zip(counted)
        .map(|((number, step), (units, profiles))| {
            [
                number.into(),
                step.name.as_str().into(),
                (*units).into(),
                (*profiles).into(),
            ]
        })
}

fn tally(tally: Tally) -> [Cell; 2] {
    [tally.units.into(), tally.profiles.into()]
}

fn lengths(lengths: Option<Lengths>) -> [Cell; 2] {
    [
        lengths.map(|it| it.median_ms).into(),
        lengths.map(|it| it.p90_ms).into(),
    ]
}
