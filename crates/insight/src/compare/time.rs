//! How long stays, waits and work last on each side.

use super::figure::{FigureName, FigureOf, FigureUnit, Figures, Measure};
use crate::{
    kernel::{
        stage_time::{StageStays, StageTimeAnswer},
        work_time::{Spans, WorkTimeAnswer},
    },
    select::{
        Select,
        ways::{StageTimeSelect, WorkPart, WorkTimeSelect},
    },
};

pub(super) fn stages<'a>(
    figures: &mut Figures<'a>,
    (n_a, a): (u64, &'a StageTimeAnswer),
    (n_b, b): (u64, &'a StageTimeAnswer),
) {
    for of_a in &a.stages {
        let Some(of_b) = b.stages.iter().find(|it| it.stage.id == of_a.stage.id) else {
            continue;
        };
        let names = || {
            vec![FigureName::Element {
                id: of_a.stage.id.clone(),
                name: of_a.stage.name.clone(),
            }]
        };
        let select = Select::StageTime {
            of: StageTimeSelect::Stays(of_a.stage.id.clone()),
        };
        let median = |it: &'a StageStays| {
            let median = Measure::Median {
                ms: it.median_ms,
                curve: &it.curve,
                n: it.stays.profiles,
            };
            (median, Some(select.clone()))
        };
        figures.push(
            FigureOf::StageTime,
            names(),
            FigureUnit::Milliseconds,
            [median(of_a), median(of_b)],
        );
        let reached = [(of_a, n_a), (of_b, n_b)].map(|(it, n)| Measure::Share {
            part: it.stays.profiles,
            whole: n,
        });
        figures.shares(FigureOf::StageReached, names(), reached, select);
    }
}

pub(super) fn work<'a>(figures: &mut Figures<'a>, a: &'a WorkTimeAnswer, b: &'a WorkTimeAnswer) {
    for of_a in &a.steps {
        let Some(of_b) = b.steps.iter().find(|it| it.name == of_a.name) else {
            continue;
        };
        let parts = [
            (
                FigureOf::WaitTime,
                WorkPart::Waits,
                [&of_a.waits, &of_b.waits],
            ),
            (FigureOf::WorkTime, WorkPart::Work, [&of_a.work, &of_b.work]),
        ];
        for (of, part, sides) in parts {
            let select = Select::WorkTime(WorkTimeSelect {
                step: of_a.name.clone(),
                part,
            });
            let sides = sides.map(|it: &'a Spans| {
                let median = Measure::Median {
                    ms: it.median_ms,
                    curve: &it.curve,
                    n: it.begun.profiles,
                };
                (median, Some(select.clone()))
            });
            let names = vec![FigureName::Text(of_a.name.clone())];
            figures.push(of, names, FigureUnit::Milliseconds, sides);
        }
    }
}
