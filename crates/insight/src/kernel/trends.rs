//! How quantities move: series over calendar periods, formulas of them, and where their level changed.
//!
//! Every number of a period comes from one tally, and so does every number of the whole range and of what has passed of
//! it: the tallies of periods are put together in order, and different profiles and values stay different.

mod level;
mod plan;
mod tally;

use serde::Serialize;
use throughline_model::{
    ProfileId,
    trends::{Formula, TrendDisplay, Trends},
};
use utoipa::ToSchema;

pub use self::level::{LevelChange, LevelTest};
use self::{
    plan::Plan,
    tally::{Board, Tally},
};
use crate::{
    ask::{AskError, Counted, LeftOut, When},
    calendar::Point,
    labels::Label,
    scan::scan,
    select::counts::TrendsSelect,
    view::View,
};

/// Lines over points.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct TrendsAnswer {
    pub points: Vec<Point>,
    /// Series in their order, each by the lines of the breakdown, and formulas behind them.
    pub lines: Vec<TrendLine>,
}

/// A series or a formula, or one line of its breakdown.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct TrendLine {
    pub name: String,
    pub is_formula: bool,
    /// None when there is no breakdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<Label>,
    /// The whole range measured as one.
    pub total: TrendValue,
    /// One for each point of the answer, each for itself.
    pub points: Vec<TrendValue>,
    /// What is drawn at each point.
    pub shown: Vec<Option<f64>>,
    /// Events that fit and have no number to be measured by.
    pub unmeasured: u64,
    /// None where there are too few whole periods, or too many, or all are the same.
    pub level: Option<LevelTest>,
}

/// One measured value, and what it was taken of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct TrendValue {
    /// None where there is nothing to take it of.
    pub value: Option<f64>,
    /// None for formulas, which have no events of their own.
    pub events: Option<u64>,
    pub profiles: Option<u64>,
}

pub(crate) fn answer(
    view: &View<'_>,
    trends: &Trends,
    when: &When,
) -> Result<Counted<TrendsAnswer>, AskError> {
    let plan = Plan::new(view, trends, when)?;
    let begin = || Board::new(&plan);
    let states = scan(view.snapshot, view.cancel, begin, |board, rows| {
        let mut is_in = false;
        plan.visit(rows, &mut |hit| {
            is_in |= board.add(&plan, rows.profile, &hit);
        });
        board.profiles += u64::from(is_in);
    })?;
    let mut board = Board::new(&plan);
    for state in states {
        board.merge(state);
    }
    let mut lines = measured(&plan, trends, &board);
    lines.extend(computed(&plan, trends, &lines)?);
    level::test(&mut lines, &plan.points, trends, &when.zone);
    Ok(Counted {
        n: board.profiles,
        left_out: LeftOut {
            capped: plan.capped,
            ungrouped: lines.iter().map(|it| it.unmeasured).sum(),
            ..LeftOut::default()
        },
        numbers: TrendsAnswer {
            points: plan.points,
            lines,
        },
    })
}

pub(crate) fn people(
    view: &View<'_>,
    trends: &Trends,
    select: &TrendsSelect,
    when: &When,
) -> Result<Vec<ProfileId>, AskError> {
    let plan = Plan::new(view, trends, when)?;
    let place = |place: &str, found: Option<usize>| {
        found
            .map(Some)
            .ok_or_else(|| AskError::fault(place, "is not in the report's answer"))
    };
    let series = match &select.series {
        Some(name) => place(
            "select.series",
            trends.series.iter().position(|it| it.name == *name),
        )?,
        None => None,
    };
    let line = match &select.label {
        Some(label) => place(
            "select.label",
            (plan.lines.iter()).position(|it| it.as_ref() == Some(label)),
        )?,
        None => None,
    };
    let point = match select.point {
        Some(from) => place(
            "select.point",
            plan.points.iter().position(|it| it.from == from),
        )?,
        None => None,
    };
    let states = scan(view.snapshot, view.cancel, Vec::new, |profiles, rows| {
        let mut is_hit = false;
        plan.visit(rows, &mut |hit| {
            is_hit |= hit.is_measured()
                && series.is_none_or(|it| it == hit.series)
                && line.is_none_or(|it| it == hit.line)
                && point.is_none_or(|it| it == hit.point);
        });
        if is_hit {
            profiles.push(rows.profile);
        }
    })?;
    let mut profiles = states.concat();
    profiles.sort_unstable();
    Ok(profiles)
}

/// The lines of series.
fn measured(plan: &Plan<'_>, trends: &Trends, board: &Board) -> Vec<TrendLine> {
    let mut lines = Vec::new();
    for (index, series) in trends.series.iter().enumerate() {
        for (line, label) in plan.lines.iter().enumerate() {
            let tallies = board.of(plan, index, line);
            let mut sofar = Tally::new(&series.measure);
            let mut running = Vec::with_capacity(tallies.len());
            for tally in tallies {
                sofar.absorb(tally);
                if trends.display == TrendDisplay::Running {
                    running.push(sofar.value(&series.measure));
                }
            }
            // A line of the breakdown that a series does not have is not listed under it.
            if label.is_some() && sofar.is_empty() {
                continue;
            }
            let points: Vec<TrendValue> = (tallies.iter())
                .map(|it| it.told(&series.measure))
                .collect();
            lines.push(TrendLine {
                name: series.name.clone(),
                is_formula: false,
                label: label.clone(),
                total: sofar.told(&series.measure),
                shown: match trends.display {
                    TrendDisplay::Plain => points.iter().map(|it| it.value).collect(),
                    TrendDisplay::Running => running,
                    TrendDisplay::Moving(count) => moving(&points, &plan.points, count as usize),
                },
                points,
                unmeasured: sofar.unmeasured,
                level: None,
            });
        }
    }
    lines
}

/// The lines of formulas: for each value of the breakdown that any series has.
fn computed(
    plan: &Plan<'_>,
    trends: &Trends,
    measured: &[TrendLine],
) -> Result<Vec<TrendLine>, AskError> {
    let mut lines = Vec::new();
    for (index, formula) in trends.formulas.iter().enumerate() {
        let parsed = Formula::parse(&formula.expression, trends.series.len())
            .map_err(|fault| AskError::fault(&format!("formulas[{index}].expression"), fault))?;
        for label in &plan.lines {
            if label.is_some() && !measured.iter().any(|it| it.label == *label) {
                continue;
            }
            let own: Vec<Option<&TrendLine>> = (trends.series.iter())
                .map(|series| {
                    (measured.iter()).find(|it| it.name == series.name && it.label == *label)
                })
                .collect();
            // A series without an event on this line is measured as any tally of nothing.
            let nothing: Vec<Option<f64>> = (trends.series.iter())
                .map(|it| Tally::new(&it.measure).value(&it.measure))
                .collect();
            let value = |of: &dyn Fn(&TrendLine) -> Option<f64>| {
                parsed.value(&|series| own[series].map_or(nothing[series], of))
            };
            lines.push(TrendLine {
                name: formula.name.clone(),
                is_formula: true,
                label: label.clone(),
                total: TrendValue::computed(value(&|it| it.total.value)),
                points: (0..plan.points.len())
                    .map(|at| TrendValue::computed(value(&|it| it.points[at].value)))
                    .collect(),
                shown: (0..plan.points.len())
                    .map(|at| value(&|it| it.shown[at]))
                    .collect(),
                unmeasured: 0,
                level: None,
            });
        }
    }
    Ok(lines)
}

impl TrendValue {
    fn computed(value: Option<f64>) -> Self {
        Self {
            value,
            ..Self::default()
        }
    }
}

/// The mean of so many whole periods up to each; those without a value have no part in it.
fn moving(values: &[TrendValue], points: &[Point], count: usize) -> Vec<Option<f64>> {
    let window_of = |index: usize| {
        let start = (index + 1).checked_sub(count)?;
        let is_whole = points[start..=index].iter().all(|it| !it.is_partial);
        is_whole.then(|| &values[start..=index])
    };
    (0..values.len())
        .map(|index| {
            let given: Vec<f64> = window_of(index)?.iter().filter_map(|it| it.value).collect();
            (!given.is_empty()).then(|| given.iter().sum::<f64>() / given.len() as f64)
        })
        .collect()
}

#[cfg(test)]
mod tests;
