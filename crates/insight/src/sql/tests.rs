//! The statements of reports, run by SQLite over the same events: another engine of another house.

mod engine;
mod random;
mod shared;

use throughline_model::{
    EventName, Matcher, Timestamp, Touchpoint, Vocabulary,
    report::Report,
    retention::{PeriodUnit, WeekStart},
    sql::Period,
};

use self::engine::{Cell, Engine};
use super::statement;
use crate::{
    ask::{Numbers, ask},
    cancel::Cancel,
    fixture::Log,
    kernel::funnel::FunnelAnswer,
    select::SeriesName,
};

/// Two touchpoints, so that statements can name one.
fn vocabulary() -> Vocabulary {
    let touchpoint = |id: &str, event: &str| Touchpoint {
        id: id.to_owned(),
        name: id.to_uppercase(),
        matcher: Matcher::event(EventName::parse(event).expect(event)),
    };
    Vocabulary {
        touchpoints: vec![touchpoint("till", "buy"), touchpoint("shelf", "view")],
        ..Vocabulary::default()
    }
}

fn read(report: &str) -> Report {
    serde_json::from_str(report).expect(report)
}

fn numbers(log: &Log, report: &Report, now: Timestamp) -> Numbers {
    let answer = ask(
        &log.snapshot(),
        &vocabulary(),
        report,
        now,
        &Cancel::default(),
    );
    answer.expect("sound").numbers
}

fn statement_of(report: &Report, now: Timestamp) -> String {
    statement(report, &vocabulary(), now).expect("SQL can say it")
}

fn cell(value: impl TryInto<i64>) -> Cell {
    Cell::Number(value.try_into().ok().expect("numbers of tests are small"))
}

fn text(value: &str) -> Cell {
    Cell::Text(value.to_owned())
}

/// What the statement of a report should give, from the report's own answer.
fn expected(report: &Report, numbers: &Numbers) -> Vec<Vec<Cell>> {
    match numbers {
        Numbers::Funnel(it) => of_funnel(it),
        Numbers::Transitions(it) => (it.transitions.iter())
            .map(|it| {
                vec![
                    text(&it.from),
                    text(&it.to),
                    cell(it.passes.times),
                    cell(it.passes.profiles),
                    cell(it.median_ms),
                    cell(it.p90_ms),
                ]
            })
            .collect(),
        Numbers::Paths(it) => (it.paths.iter())
            .map(|it| {
                vec![
                    text(&it.elements.join(" > ")),
                    cell(it.passes.times),
                    cell(it.passes.profiles),
                    cell(it.median_ms),
                    cell(it.p90_ms),
                ]
            })
            .collect(),
        Numbers::Retention(it) => {
            // A report that begins within a period shows that cohort from there; SQL names the whole period.
            let start = |at: Timestamp| whole_period(report, at);
            let mut rows = Vec::new();
            for cohort in it.cohorts.iter().filter(|it| it.profiles > 0) {
                for (index, column) in it.columns.iter().enumerate() {
                    let cell_of = cohort.cells.get(index);
                    let back = cell_of.map_or(0, |it| it.part + it.open_back);
                    rows.push(vec![
                        cell(start(cohort.point.from).0),
                        cell(cohort.profiles),
                        cell(column.from),
                        cell(back),
                    ]);
                }
            }
            rows
        }
        Numbers::Stickiness(it) => (it.periods.iter())
            .flat_map(|period| {
                let counted = (1_u64..).zip(&period.exactly).filter(|(_, it)| **it > 0);
                counted.map(|(units, profiles)| {
                    vec![cell(period.point.from.0), cell(units), cell(*profiles)]
                })
            })
            .collect(),
        Numbers::Lifecycle(it) => (it.periods.iter())
            .flat_map(|it| {
                [
                    ("new", it.new),
                    ("returning", it.returning),
                    ("resurrecting", it.resurrecting),
                    ("dormant", it.dormant),
                ]
                .map(|(state, profiles)| (it.point.from, state, profiles))
            })
            .filter(|(_, _, profiles)| *profiles > 0)
            .map(|(from, state, profiles)| vec![cell(from.0), text(state), cell(profiles)])
            .collect(),
        Numbers::Counts(it) => {
            let name = |name: &SeriesName| match name {
                SeriesName::Name(name) => text(name),
                SeriesName::Rest => panic!("tests have few names"),
            };
            (it.series.iter())
                .map(|it| {
                    vec![
                        name(&it.name),
                        cell(it.total.events),
                        cell(it.total.profiles),
                    ]
                })
                .collect()
        }
        Numbers::Rfm(it) => (it.cells.iter())
            .map(|found| {
                let mut row = vec![
                    cell(found.recency),
                    cell(found.frequency),
                    cell(found.tally.profiles),
                    cell(found.tally.purchases),
                ];
                let has_worth = !it.money.is_empty();
                row.extend(has_worth.then(|| cell((found.tally.value * 1e6).round() as i64)));
                row
            })
            .collect(),
        other => panic!("no statement says {other:?}"),
    }
}

fn whole_period(report: &Report, at: Timestamp) -> Timestamp {
    let Report::Retention(it) = report else {
        panic!("a retention")
    };
    let period = match (it.period, it.week_start) {
        (PeriodUnit::Hour, _) => Period::Hour,
        (PeriodUnit::Day, _) => Period::Day,
        (PeriodUnit::Week, WeekStart::Monday) => Period::Week,
        (PeriodUnit::Week, WeekStart::Sunday) => Period::SundayWeek,
        (PeriodUnit::Month, _) => Period::Month,
    };
    period.start(at, &it.range.zone)
}

fn of_funnel(answer: &FunnelAnswer) -> Vec<Vec<Cell>> {
    (answer.steps.iter().enumerate())
        .map(|(index, step)| vec![cell(index + 1), text(&step.name), cell(step.units)])
        .collect()
}

/// Fails unless SQLite and the report agree to the last row. Both orders are given up, as ties may differ.
fn agree(engine: &Engine, log: &Log, report: &Report, now: Timestamp) {
    let sql = statement_of(report, now);
    let mut found = engine.rows(&sql);
    let mut wanted = expected(report, &numbers(log, report, now));
    found.sort();
    wanted.sort();
    let first = found.iter().zip(&wanted).find(|(a, b)| a != b);
    assert!(
        found == wanted,
        "{report:?}\n{sql}\nSQL has {} rows, the report {}; {first:?}",
        found.len(),
        wanted.len()
    );
}
