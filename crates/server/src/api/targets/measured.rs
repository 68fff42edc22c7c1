//! The number of a target, from the same fold as the report or map that it is about, now and on earlier days.

use serde::Serialize;
use throughline_insight::{
    Answer, Cancel, Numbers, View,
    digest::{Form, digest},
    map_metrics::{MapNumbers, map_metrics},
};
use throughline_model::{
    Span, TimeRange, Timestamp, Zone, limits,
    report::{Days, Range},
    target::{Bound, FigureOfReport, SeriesOfReport, StepNumber, StepOfMap, Target, TargetOf},
};
use utoipa::ToSchema;

use super::{ReportNumber, Source};
use crate::{
    answers,
    http::refusal::{Code, Refusal},
    workspace::Context,
};

/// A target with its number now.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Measured {
    /// None where there is nothing to take it of.
    pub value: Option<f64>,
    /// How it is to be written.
    pub form: Form,
    /// How many profiles or other units it was taken of.
    pub n: u64,
    /// None where there is no value.
    pub is_met: Option<bool>,
    /// False while the day is yet to come from which it is to hold.
    pub is_due: bool,
    /// Start of the period that it is of, where it is the level of a series.
    pub period: Option<Timestamp>,
    /// None when it is met, not due, or of days that do not move.
    pub missed: Option<Missed>,
    /// Earlier values, the latest last, as far as they were looked at.
    pub course: Vec<CoursePoint>,
    pub range: TimeRange,
    #[schema(value_type = String)]
    pub zone: Zone,
    pub asked: Timestamp,
    /// Position in the link log: who counts as one profile.
    pub links: u64,
}

/// Since when a target is missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Missed {
    pub since: Timestamp,
    /// True when it may be longer, as nobody has looked further back.
    pub is_longer: bool,
}

/// A number on an earlier day, or of an earlier period.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct CoursePoint {
    pub at: Timestamp,
    pub value: Option<f64>,
    pub is_met: Option<bool>,
}

/// One value, and what it is of.
struct Told {
    value: Option<f64>,
    form: Form,
    n: u64,
    /// Earlier values that the same answer has.
    course: Vec<CoursePoint>,
    period: Option<Timestamp>,
    range: TimeRange,
    zone: Zone,
    links: u64,
}

pub fn measured(
    context: &Context,
    target: &Target,
    source: &Source,
    cancel: &Cancel,
) -> Result<Measured, Refusal> {
    let told = told(context, target, source, cancel)?;
    let since = target.since.map(|day| told.zone.start_of(day));
    let is_met = told.value.map(|it| target.bound.is_met(it));
    let is_due = since.is_none_or(|since| since <= context.now);
    let is_missed = is_due && is_met == Some(false);
    let (course, missed) = match (&told.period, moves(source)) {
        (Some(_), _) => (told.course.clone(), run_of(&told.course, since)),
        (None, true) if is_missed => {
            let course = walked(context, target, source, since, cancel)?;
            let is_longer = course.first().is_some_and(|it| it.is_met == Some(false));
            let first = course.iter().rposition(|it| it.is_met != Some(false));
            let run = course.get(first.map_or(0, |it| it + 1)..).unwrap_or(&[]);
            let at = run.first().map_or(context.now, |it| it.at);
            let from_start = since.is_some_and(|since| at.minus(DAY) < since);
            let missed = Missed {
                since: at,
                is_longer: is_longer && !from_start,
            };
            (course, Some(missed))
        }
        _ => (Vec::new(), None),
    };
    Ok(Measured {
        value: told.value,
        form: told.form,
        n: told.n,
        is_met,
        is_due,
        period: told.period,
        missed: missed.filter(|_| is_missed),
        course,
        range: told.range,
        zone: told.zone,
        asked: context.now,
        links: told.links,
    })
}

const DAY: Span = Span::days(1);

/// What was missed without a break up to the last period.
fn run_of(course: &[CoursePoint], since: Option<Timestamp>) -> Option<Missed> {
    let is_run =
        |it: &&CoursePoint| it.is_met == Some(false) && since.is_none_or(|since| since <= it.at);
    let run = course.iter().rev().take_while(is_run).count();
    let first = course.get(course.len() - run)?;
    Some(Missed {
        since: first.at,
        is_longer: run == course.len(),
    })
}

/// The same question as of each day before, as long as it is missed.
fn walked(
    context: &Context,
    target: &Target,
    source: &Source,
    since: Option<Timestamp>,
    cancel: &Cancel,
) -> Result<Vec<CoursePoint>, Refusal> {
    let mut course = Vec::new();
    let mut at = context.now;
    while course.len() < limits::TARGET_DAYS_BACK_MAX {
        at = at.minus(DAY);
        if since.is_some_and(|since| at < since) {
            break;
        }
        let earlier = Context {
            now: at,
            ..context.clone()
        };
        let value = told(&earlier, target, source, cancel)?.value;
        let is_met = value.map(|it| target.bound.is_met(it));
        course.insert(0, CoursePoint { at, value, is_met });
        if is_met != Some(false) {
            break;
        }
    }
    Ok(course)
}

/// Whether what it is about ends with now, so that earlier days say something else.
fn moves(source: &Source) -> bool {
    let range: &Range = match source {
        Source::Report(report) => report.range(),
        Source::Map(map) => &map.range,
    };
    matches!(range.days, Days::Last(_))
}

fn told(
    context: &Context,
    target: &Target,
    source: &Source,
    cancel: &Cancel,
) -> Result<Told, Refusal> {
    match (&target.of, source) {
        (TargetOf::Step(step), Source::Map(map)) => {
            let view = View::new(&context.snapshot, &context.meaning.vocabulary, cancel);
            let numbers = map_metrics(&view, map, context.now).map_err(answers::refuse)?;
            of_step(step, &numbers)
        }
        (of, Source::Report(report)) => {
            let answer = context.ask(report, cancel).map_err(answers::refuse)?;
            match of {
                TargetOf::Figure(figure) => of_figure(figure, &answer),
                TargetOf::Series(series) => of_series(series, target.bound, &answer),
                TargetOf::Step(_) => Err(gone("step")),
            }
        }
        (_, Source::Map(_)) => Err(gone("map")),
    }
}

fn of_figure(wanted: &FigureOfReport, answer: &Answer) -> Result<Told, Refusal> {
    let digest = digest(answer);
    let found = (digest.figures.iter())
        .find(|it| it.name.word() == wanted.figure)
        .ok_or_else(|| gone("figure"))?;
    Ok(Told {
        value: found.amount.value,
        form: found.amount.form,
        n: answer.n,
        course: Vec::new(),
        period: None,
        range: answer.range,
        zone: answer.zone.clone(),
        links: answer.links,
    })
}

fn of_series(wanted: &SeriesOfReport, bound: Bound, answer: &Answer) -> Result<Told, Refusal> {
    let Numbers::Trends(trends) = &answer.numbers else {
        return Err(gone("series"));
    };
    let line = (trends.lines.iter())
        .find(|it| it.name == wanted.series && it.label.is_none())
        .ok_or_else(|| gone("series"))?;
    let course: Vec<CoursePoint> = (trends.points.iter().zip(&line.points))
        .filter(|(point, _)| !point.is_partial)
        .map(|(point, it)| CoursePoint {
            at: point.from,
            value: it.value,
            is_met: it.value.map(|it| bound.is_met(it)),
        })
        .collect();
    let last = course.last().copied();
    let profiles = (trends.points.iter().zip(&line.points))
        .find(|(point, _)| Some(point.from) == last.map(|it| it.at))
        .and_then(|(_, it)| it.profiles);
    Ok(Told {
        value: last.and_then(|it| it.value),
        form: Form::Amount,
        n: profiles.unwrap_or(answer.n),
        period: Some(last.map_or(answer.range.from, |it| it.at)),
        course,
        range: answer.range,
        zone: answer.zone.clone(),
        links: answer.links,
    })
}

fn of_step(wanted: &StepOfMap, numbers: &MapNumbers) -> Result<Told, Refusal> {
    let index =
        (numbers.steps.iter().position(|it| it.step == wanted.step)).ok_or_else(|| gone("step"))?;
    let step = &numbers.steps[index];
    let (value, n) = match wanted.number {
        StepNumber::People => (Some(step.people as f64), numbers.base),
        StepNumber::Share => of_people(numbers.base, step.share),
        StepNumber::FromPreviousShare => {
            let before = index
                .checked_sub(1)
                .map_or(0, |it| numbers.steps[it].people);
            of_people(before, step.from_previous_share)
        }
        StepNumber::GoalShare => of_people(step.people, step.goal_share),
        StepNumber::ReturnShare => of_people(step.people, step.return_share),
        StepNumber::ExitShare => of_people(step.people, step.exit_share),
    };
    Ok(Told {
        value,
        form: match wanted.number {
            StepNumber::People => Form::Count,
            _ => Form::Share,
        },
        n,
        course: Vec::new(),
        period: None,
        range: TimeRange {
            from: numbers.range.from,
            to: numbers.range.to,
        },
        zone: numbers.range.zone.clone(),
        links: numbers.links,
    })
}

fn of_people(people: u64, share: f64) -> (Option<f64>, u64) {
    ((people > 0).then_some(share), people)
}

/// Everything in an answer that a target can be set on.
pub fn numbers(report: &str, answer: &Answer) -> Vec<ReportNumber> {
    let figures = (digest(answer).figures.into_iter()).map(|it| ReportNumber {
        of: TargetOf::Figure(FigureOfReport {
            report: report.to_owned(),
            figure: it.name.word(),
        }),
        form: it.amount.form,
        value: it.amount.value,
    });
    let Numbers::Trends(trends) = &answer.numbers else {
        return figures.collect();
    };
    let is_over = |index: &usize| !trends.points[*index].is_partial;
    let last = (0..trends.points.len()).rev().find(is_over);
    (trends.lines.iter())
        .filter(|it| it.label.is_none())
        .map(|it| ReportNumber {
            of: TargetOf::Series(SeriesOfReport {
                report: report.to_owned(),
                series: it.name.clone(),
            }),
            form: Form::Amount,
            value: last.and_then(|index| it.points[index].value),
        })
        .collect()
}

fn gone(what: &str) -> Refusal {
    Refusal::new(
        Code::DocumentUnknown,
        format!("the {what} that the target is about is not there any more"),
    )
}
