//! Who gets how far through steps.

use super::{Cell, Column, LINE, POINT, Table, Unit, bounds, line, point, share};
use crate::{
    kernel::funnel::{FunnelAnswer, FunnelStepAnswer, Lengths, Share},
    labels::Label,
};

pub(super) fn tables(answer: &FunnelAnswer) -> Vec<Table> {
    vec![
        steps(answer),
        conversion(answer),
        lines(answer),
        trend(answer),
        difference(answer),
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
        for step in units(answer, &it.steps) {
            table.push(line(Some(&it.label)).into_iter().chain(step));
        }
    }
    table
}

/// Units per step by when they entered. What is immature is told of the whole point, on each of its rows.
fn trend(answer: &FunnelAnswer) -> Table {
    let columns = POINT.into_iter().chain(STEP);
    let immature = [Column::whole("point_immature", Unit::Units)];
    let mut table = Table::new("trend", columns.chain(immature));
    for it in &answer.trend {
        for step in units(answer, &it.steps) {
            let named = point(&it.point).into_iter().chain(step);
            table.push(named.chain([it.immature.into()]));
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

const STEP: [Column; 3] = [
    Column::whole("number", Unit::None),
    Column::text("step"),
    Column::whole("units", Unit::Units),
];

fn units<'a>(answer: &'a FunnelAnswer, units: &'a [u64]) -> impl Iterator<Item = [Cell; 3]> {
    (1_u64..)
        .zip(&answer.steps)
        .zip(units)
        .map(|((number, step), units)| [number.into(), step.name.as_str().into(), (*units).into()])
}

fn lengths(lengths: Option<Lengths>) -> [Cell; 2] {
    [
        lengths.map(|it| it.median_ms).into(),
        lengths.map(|it| it.p90_ms).into(),
    ]
}
