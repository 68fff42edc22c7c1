//! How far each side gets, and how long it takes.

use throughline_model::report::{Report, Unit};

use super::figure::{FigureName, FigureOf, FigureUnit, Figures, Measure, labels};
use crate::{
    ask::Answer,
    kernel::funnel::{FunnelAnswer, FunnelLine},
    labels::Label,
    select::{
        Select,
        ways::{FunnelPart, FunnelSelect},
    },
};

pub(super) fn figures<'a>(
    figures: &mut Figures<'a>,
    (of_a, a): (&Answer, &'a FunnelAnswer),
    (_, b): (&Answer, &'a FunnelAnswer),
) {
    let is_sure = matches!(&of_a.report, Report::Funnel(it) if it.unit == Unit::Profile);
    let share = |part: u64, whole: u64| measure(is_sure, part, whole);
    let sides = [a, b];
    let converted = sides.map(|it| share(it.converted.part, it.converted.whole));
    let end = Select::Funnel(at(0, FunnelPart::Converted, None));
    figures.shares(FigureOf::FunnelConverted, Vec::new(), converted, end);
    let required: Vec<usize> = (0..a.steps.len())
        .filter(|step| !a.steps[*step].is_optional)
        .collect();
    for step in 1..a.steps.len() {
        let before = required.iter().rev().find(|it| **it < step).copied();
        let of = |it: &FunnelAnswer, from: usize| share(it.steps[step].units, it.steps[from].units);
        let names = || vec![FigureName::Text(a.steps[step].name.clone())];
        let reached = Select::Funnel(at(step, FunnelPart::Reached, None));
        let from = before.unwrap_or(0);
        let pair = sides.map(|it| of(it, from));
        figures.shares(FigureOf::FunnelStep, names(), pair, reached.clone());
        let pair = sides.map(|it| of(it, 0));
        figures.shares(FigureOf::FunnelReached, names(), pair, reached);
    }
    times(figures, a, b);
    let [left, right] = sides.map(|it| it.lines.iter().map(|it| &it.label));
    for label in labels(left, right) {
        let of = |it: &FunnelAnswer| line(it, label, is_sure);
        let select = Select::Funnel(at(0, FunnelPart::Converted, Some(label.clone())));
        let names = vec![FigureName::Label(label.clone())];
        figures.shares(FigureOf::FunnelLine, names, sides.map(of), select);
    }
}

fn times<'a>(figures: &mut Figures<'a>, a: &'a FunnelAnswer, b: &'a FunnelAnswer) {
    for way in &a.times {
        let same =
            (b.times.iter()).find(|it| (it.from_step, it.to_step) == (way.from_step, way.to_step));
        let Some(same) = same else { continue };
        let name = |step: usize| FigureName::Text(a.steps[step].name.clone());
        let select = Select::Funnel(at(way.to_step, FunnelPart::Reached, None));
        let sides = [way, same].map(|it| {
            let median = Measure::Median {
                ms: it.median_ms,
                curve: &it.curve,
                n: it.set_out.profiles,
            };
            (median, Some(select.clone()))
        });
        let names = vec![name(way.from_step), name(way.to_step)];
        figures.push(FigureOf::FunnelTime, names, FigureUnit::Milliseconds, sides);
    }
}

fn at(step: usize, part: FunnelPart, label: Option<Label>) -> FunnelSelect {
    FunnelSelect {
        step,
        part,
        label,
        point: None,
        took: None,
    }
}

fn measure<'a>(is_sure: bool, part: u64, whole: u64) -> Measure<'a> {
    match is_sure && part <= whole {
        true => Measure::Share { part, whole },
        false => Measure::Dependent { part, whole },
    }
}

fn line<'a>(answer: &FunnelAnswer, label: &Label, is_sure: bool) -> Measure<'a> {
    let found = answer.lines.iter().find(|it| it.label == *label);
    let (part, whole) = found.map_or((0, 0), |it: &FunnelLine| {
        (it.converted.part, it.converted.whole)
    });
    measure(is_sure, part, whole)
}
