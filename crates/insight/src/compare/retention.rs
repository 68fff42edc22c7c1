//! Who comes back, how often people are active, and what they are per period, on each side.

use throughline_model::Timestamp;

use super::figure::{FigureName, FigureOf, FigureUnit, Figures, Measure, labels};
use crate::{
    kernel::{
        lifecycle::{LifecycleAnswer, LifecyclePeriod},
        retention::{RetentionAnswer, RetentionColumn, Returns},
        stickiness::StickinessAnswer,
    },
    labels::Label,
    select::{
        Select,
        counts::{
            LifecycleSelect, LifecycleState, RetentionPart, RetentionSelect, StickinessSelect,
        },
    },
};

pub(super) fn figures(figures: &mut Figures<'_>, a: &RetentionAnswer, b: &RetentionAnswer) {
    let columns = a.columns.len().min(b.columns.len());
    for column in 0..columns {
        let cells = [a, b].map(|it| it.total.cells.get(column));
        let sides = cells.map(|cell| (returns(cell), Some(back(column, None, None))));
        let names = vec![name(&a.columns[column])];
        figures.push(FigureOf::RetentionBack, names, FigureUnit::Share, sides);
    }
    let [of_a, of_b] = [a, b].map(|it| it.lines.iter().filter_map(|it| it.label.as_ref()));
    for label in labels(of_a, of_b) {
        for column in 0..columns {
            let sides = [a, b].map(|it| {
                let line = it.lines.iter().find(|it| it.label.as_ref() == Some(label));
                let cell = line.and_then(|it| it.cells.get(column));
                (returns(cell), Some(back(column, Some(label.clone()), None)))
            });
            let names = vec![FigureName::Label(label.clone()), name(&a.columns[column])];
            figures.push(FigureOf::RetentionLine, names, FigureUnit::Share, sides);
        }
    }
    // Cohorts of other days are set side by side by their place: the first with the first.
    for (of_a, of_b) in a.cohorts.iter().zip(&b.cohorts) {
        for column in 0..columns.min(of_a.cells.len()).min(of_b.cells.len()) {
            let sides = [of_a, of_b].map(|it| {
                let select = back(column, None, Some(it.point.from));
                (returns(it.cells.get(column)), Some(select))
            });
            let points = points(of_a.point.from, of_b.point.from);
            let names = vec![points, name(&a.columns[column])];
            figures.push(FigureOf::RetentionCohort, names, FigureUnit::Share, sides);
        }
    }
}

fn returns<'a>(cell: Option<&Returns>) -> Measure<'a> {
    let (part, whole) = cell.map_or((0, 0), |it| (it.part, it.whole));
    match cell {
        Some(cell) if cell.interval.is_none() && whole > 0 => Measure::Dependent { part, whole },
        _ => Measure::Share { part, whole },
    }
}

fn back(column: usize, label: Option<Label>, cohort: Option<Timestamp>) -> Select {
    Select::Retention(RetentionSelect {
        cohort,
        label,
        column: Some(column),
        part: RetentionPart::Back,
    })
}

fn name(column: &RetentionColumn) -> FigureName {
    FigureName::Column {
        from: column.from,
        to: column.to,
    }
}

fn points(a: Timestamp, b: Timestamp) -> FigureName {
    FigureName::Points { a, b }
}

pub(super) fn stickiness(figures: &mut Figures<'_>, a: &StickinessAnswer, b: &StickinessAnswer) {
    let active = |it: &StickinessAnswer| it.at_least.first().map_or(0, |it| it.profiles);
    // That whoever was active was so in one unit at least says nothing.
    for units in 2..=a.at_least.len().max(b.at_least.len()) {
        let shares = [a, b].map(|it| Measure::Share {
            part: it.at_least.get(units - 1).map_or(0, |it| it.profiles),
            whole: active(it),
        });
        let select = |it: &StickinessAnswer| {
            let select = StickinessSelect {
                period: None,
                units,
                or_more: true,
            };
            (units <= it.at_least.len()).then_some(Select::Stickiness(select))
        };
        let [of_a, of_b] = shares;
        figures.push(
            FigureOf::StickinessAtLeast,
            vec![FigureName::AtLeast(units)],
            FigureUnit::Share,
            [(of_a, select(a)), (of_b, select(b))],
        );
    }
}

pub(super) fn lifecycle(figures: &mut Figures<'_>, a: &LifecycleAnswer, b: &LifecycleAnswer) {
    type Shares = fn(&LifecyclePeriod) -> (u64, u64);
    let states: [(FigureOf, LifecycleState, Shares); 4] = [
        (FigureOf::LifecycleNew, LifecycleState::New, |it| {
            (it.new, it.active)
        }),
        (
            FigureOf::LifecycleReturning,
            LifecycleState::Returning,
            |it| (it.returning, it.active),
        ),
        (
            FigureOf::LifecycleResurrecting,
            LifecycleState::Resurrecting,
            |it| (it.resurrecting, it.active),
        ),
        (FigureOf::LifecycleStayed, LifecycleState::Returning, |it| {
            (it.returning, it.returning + it.dormant)
        }),
    ];
    for (of, state, share) in states {
        for (of_a, of_b) in a.periods.iter().zip(&b.periods) {
            let sides = [of_a, of_b].map(|it| {
                let (part, whole) = share(it);
                let select = LifecycleSelect {
                    period: it.point.from,
                    state,
                };
                let measure = Measure::Share { part, whole };
                (measure, Some(Select::Lifecycle(select)))
            });
            let names = vec![points(of_a.point.from, of_b.point.from)];
            figures.push(of, names, FigureUnit::Share, sides);
        }
    }
}
