//! The statements of reports, run by SQLite over the same events: another engine of another house.

mod compared;
mod engine;
mod random;
mod shared;
mod ways;

use std::sync::Arc;

use throughline_model::{
    EventName, Matcher, StageRule, Timestamp, Touchpoint, Value, Vocabulary, Zone,
    attribution::CreditModel,
    naming::Naming,
    report::{Every, Report},
    retention::{PeriodUnit, WeekStart},
    segment::{Definitions, SegmentDefinition},
    sql::Period,
};
use throughline_store::{EventNames, Known, Snapshot};

use self::engine::{Cell, Engine};
use super::statement;
use crate::{
    ask::{Numbers, ask},
    cancel::Cancel,
    fixture::{Log, at},
    kernel::{
        attribution::{AttributionAnswer, CreditLine},
        counts::{Count, CountsAnswer, Series},
        funnel::{FunnelAnswer, FunnelLine},
        heatmap::HeatPlace,
        lift::LiftArm,
        trends::{TrendValue, TrendsAnswer},
    },
    labels::Label,
    select::counts::SeriesName,
};

/// Two touchpoints, so that statements can name one, and three stages with ids that are no plain words.
fn vocabulary() -> Vocabulary {
    let touchpoint = |id: &str, event: &str| Touchpoint {
        id: id.to_owned(),
        name: id.to_uppercase(),
        matcher: Matcher::event(EventName::parse(event).expect(event)),
    };
    let stage = |id: &str, event: &str| StageRule {
        id: id.to_owned(),
        name: id.to_uppercase(),
        entry: Matcher::event(EventName::parse(event).expect(event)),
    };
    Vocabulary {
        touchpoints: vec![touchpoint("till", "buy"), touchpoint("shelf", "view")],
        stages: vec![
            stage("any", "view"),
            stage("it's \"b\"", "cart"),
            stage("own", "buy"),
        ],
        ..Vocabulary::default()
    }
}

fn read(report: &str) -> Report {
    serde_json::from_str(report).expect(report)
}

/// Segments that the engine's table holds too.
fn segments() -> Arc<Definitions> {
    let rule = |text: &str| SegmentDefinition::Rule(serde_json::from_str(text).expect(text));
    Arc::new(Definitions::from([
        (
            "buyers".to_owned(),
            rule(r#"{"did":{"matcher":{"events":["buy"]}}}"#),
        ),
        (
            "idle".to_owned(),
            rule(r#"{"did":{"matcher":{},"times":{"at_most":3}}}"#),
        ),
        (
            "both".to_owned(),
            rule(r#"{"all":[{"segment":{"id":"buyers"}},{"segment":{"id":"idle"}}]}"#),
        ),
    ]))
}

fn numbers(log: &Log, report: &Report, now: Timestamp) -> Numbers {
    numbers_by(log, &vocabulary(), report, now)
}

fn numbers_by(log: &Log, vocabulary: &Vocabulary, report: &Report, now: Timestamp) -> Numbers {
    let known = Known {
        segments: segments(),
        ..Known::default()
    };
    let snapshot = Snapshot {
        known: Arc::new(known),
        ..log.snapshot()
    };
    let snapshot = log.with_plans(snapshot);
    let answer = ask(&snapshot, vocabulary, report, now, &Cancel::default());
    answer.expect("sound").numbers
}

/// Every name that tests use; `mail` is none by which a company reaches out, as its name does not say so.
fn names() -> EventNames {
    let names = ["view", "cart", "buy", "mail", "email_sent"];
    EventNames::of(&names.map(|it| EventName::parse(it).expect(it)))
}

fn told(report: &Report, now: Timestamp) -> Option<String> {
    statement(report, &vocabulary(), &names(), now).ok()
}

fn statement_of(report: &Report, now: Timestamp) -> String {
    told(report, now).expect("SQL can say it")
}

/// What is no whole number, in millionths.
fn millionths(value: f64) -> Cell {
    Cell::Number((value * 1e6).round() as i64)
}

fn label(of: &Label) -> Cell {
    match of {
        Label::NotSet => Cell::Null,
        Label::Value(Value::Text(it)) => text(it),
        Label::Value(Value::Number(it)) => text(&format!("{it:?}")),
        Label::Value(Value::Flag(it)) => text(&it.to_string()),
        Label::Rest => panic!("tests have few values"),
    }
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
        Numbers::Funnel(it) => of_funnel(report, it),
        Numbers::Attribution(it) => of_attribution(report, it),
        Numbers::Channels(it) => (it.lines.iter())
            .filter(|it| it.meetings.events.times > 0)
            .map(|it| {
                let met = it.meetings;
                let counts = [
                    met.events.times,
                    met.events.profiles,
                    met.contacts.times,
                    met.contacts.profiles,
                    met.acts.times,
                    met.acts.profiles,
                    met.answerable.times,
                    met.answered.times,
                    met.returned.times,
                    met.mature,
                    met.converted,
                    met.immature,
                ];
                let channel = [text(it.channel.name())];
                channel.into_iter().chain(counts.map(cell)).collect()
            })
            .collect(),
        Numbers::StageTime(it) => (it.stages.iter())
            .filter(|it| it.stays.times > 0)
            .map(|it| {
                let moved: u64 = it.next.iter().map(|it| it.passes.times).sum();
                let (silent, still_in) = (it.silent.times, it.still_in.times);
                let counts = [it.stays.times, it.stays.profiles, moved, silent, still_in];
                let stage = [text(&it.stage.id)];
                stage.into_iter().chain(counts.map(cell)).collect()
            })
            .collect(),
        Numbers::WorkTime(it) => (it.steps.iter())
            .filter_map(|it| {
                let counts = [
                    it.waits.begun.times,
                    it.waits.begun.profiles,
                    it.waits.unfinished.times,
                    it.work.begun.times,
                    it.work.begun.profiles,
                    it.work.unfinished.times,
                    it.unasked.times,
                    it.done.passes.times,
                ];
                let done = [it.done.waited_ms, it.done.worked_ms].map(cell);
                let counted = counts.map(cell).into_iter().chain(done);
                let is_any = counts.iter().any(|it| *it > 0) || it.loose_ends > 0;
                let name = [text(&it.name)].into_iter();
                is_any.then(|| name.chain(counted).chain([cell(it.loose_ends)]).collect())
            })
            .collect(),
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
        Numbers::Counts(it) => of_counts(report, it),
        Numbers::Trends(it) => of_trends(report, it),
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
        Numbers::Heatmap(it) => {
            let place = |place: &HeatPlace| match place {
                HeatPlace::Label(of) => label(of),
                other => panic!("{other:?} is no field"),
            };
            let has_goal = matches!(report, Report::Heatmap(it) if it.goal.is_some());
            let cells = it.rows.iter().flat_map(|row| {
                let columns = it.columns.iter().map(|it| &it.place);
                row.cells
                    .iter()
                    .zip(columns)
                    .map(move |(found, column)| (row, found, column))
            });
            cells
                .filter(|(_, found, _)| found.events > 0)
                .map(|(row, found, column)| {
                    let mut cells = vec![
                        place(&row.place),
                        place(column),
                        cell(found.events),
                        cell(found.profiles),
                    ];
                    if has_goal {
                        cells.extend([found.mature, found.converted, found.immature].map(cell));
                    }
                    cells
                })
                .collect()
        }
        Numbers::Lift(it) => (it.arms.iter())
            .filter(|it| it.assigned > 0)
            .map(|it| {
                let LiftArm::Value(value) = &it.arm else {
                    panic!("arms of a field")
                };
                let mut row = vec![
                    label(&Label::Value(value.clone())),
                    cell(it.assigned),
                    cell(it.reached.whole),
                    cell(it.reached.part),
                ];
                row.extend(it.value.map(|it| millionths(it.sum)));
                row
            })
            .collect(),
        Numbers::Switches(it) => compared::of_switches(it),
        Numbers::LastTouch(it) => compared::of_last_touch(it),
        Numbers::Reasons(it) => ways::of_reasons(report, it),
        Numbers::Drivers(it) => ways::of_drivers(it),
        Numbers::Topics(it) => ways::of_topics(report, it),
        Numbers::PageMap(it) => ways::of_page_map(it),
        other => panic!("no statement says {other:?}"),
    }
}

fn of_counts(report: &Report, answer: &CountsAnswer) -> Vec<Vec<Cell>> {
    let Report::Counts(asked) = report else {
        panic!("counts")
    };
    let period = match asked.every {
        Every::Hour => Some(Period::Hour),
        Every::Day => Some(Period::Day),
        Every::Week => Some(Period::Week),
        Every::Month => Some(Period::Month),
        Every::Range | Every::Minute | Every::Second => None,
    };
    let row = |series: &Series, point: Option<Timestamp>, count: &Count| {
        let mut row = vec![match &series.name {
            SeriesName::Name(name) => text(name),
            SeriesName::Rest => panic!("tests have few names"),
        }];
        row.extend(series.label.as_ref().map(label));
        row.extend(point.map(|it| cell(it.0)));
        row.extend([cell(count.events), cell(count.profiles)]);
        row
    };
    let mut rows = Vec::new();
    for series in &answer.series {
        let Some(period) = period else {
            // SQL has no row of nothing.
            if series.total.events > 0 {
                rows.push(row(series, None, &series.total));
            }
            continue;
        };
        // A report that begins within a period tells it from there; SQL names the whole period.
        for (point, count) in answer.points.iter().zip(&series.points) {
            if count.events > 0 {
                let start = period.start(point.from, &asked.range.zone);
                rows.push(row(series, Some(start), count));
            }
        }
    }
    rows
}

fn of_trends(report: &Report, answer: &TrendsAnswer) -> Vec<Vec<Cell>> {
    let Report::Trends(asked) = report else {
        panic!("trends")
    };
    let counts = |it: &TrendValue| it.events.unwrap_or(0) > 0;
    let mut rows = Vec::new();
    for line in &answer.lines {
        for (index, point) in answer.points.iter().enumerate() {
            // SQL has a row for a formula where any series has an event with that value in that period.
            let mut same = (answer.lines.iter()).filter(|it| it.label == line.label);
            let value = &line.points[index];
            let is_told = match line.is_formula {
                true => same.any(|it| counts(&it.points[index])),
                false => counts(value),
            };
            if !is_told {
                continue;
            }
            let mut row = vec![text(&line.name)];
            row.extend(line.label.as_ref().map(label));
            row.push(cell(
                start_of(
                    asked.period,
                    asked.week_start,
                    &asked.range.zone,
                    point.from,
                )
                .0,
            ));
            let count = |it: Option<u64>| it.map_or(Cell::Null, cell);
            row.extend([count(value.events), count(value.profiles)]);
            row.push(value.value.map_or(Cell::Null, millionths));
            rows.push(row);
        }
    }
    rows
}

fn whole_period(report: &Report, at: Timestamp) -> Timestamp {
    let Report::Retention(it) = report else {
        panic!("a retention")
    };
    start_of(it.period, it.week_start, &it.range.zone, at)
}

fn start_of(unit: PeriodUnit, week_start: WeekStart, zone: &Zone, at: Timestamp) -> Timestamp {
    let period = match (unit, week_start) {
        (PeriodUnit::Hour, _) => Period::Hour,
        (PeriodUnit::Day, _) => Period::Day,
        (PeriodUnit::Week, WeekStart::Monday) => Period::Week,
        (PeriodUnit::Week, WeekStart::Sunday) => Period::SundayWeek,
        (PeriodUnit::Month, _) => Period::Month,
    };
    period.start(at, zone)
}

fn of_funnel(report: &Report, answer: &FunnelAnswer) -> Vec<Vec<Cell>> {
    let steps = || answer.steps.iter().zip(1_u64..);
    if !matches!(report, Report::Funnel(it) if it.breakdown.is_some()) {
        return steps()
            .map(|(step, number)| vec![cell(number), text(&step.name), cell(step.units)])
            .collect();
    }
    let of_line = |line: &FunnelLine| -> Vec<Vec<Cell>> {
        let units = steps().zip(&line.steps);
        units
            .map(|((step, number), units)| {
                let value = label(&line.label);
                vec![value, cell(number), text(&step.name), cell(*units)]
            })
            .collect()
    };
    answer.lines.iter().flat_map(of_line).collect()
}

fn of_attribution(report: &Report, answer: &AttributionAnswer) -> Vec<Vec<Cell>> {
    let Report::Attribution(asked) = report else {
        panic!("an attribution")
    };
    let is_told = |it: &CreditModel| {
        matches!(
            it,
            CreditModel::First | CreditModel::Last | CreditModel::Linear
        )
    };
    let of_line = |line: &CreditLine| -> Vec<Cell> {
        let passes = [line.touches, line.on_path, line.assisted];
        let passes = passes
            .into_iter()
            .flat_map(|it| [cell(it.times), cell(it.profiles)]);
        let credits = line.credit.iter().zip(&answer.models);
        let credits = credits.filter(|it| is_told(it.1)).flat_map(|(credit, _)| {
            let value = asked.value.as_ref().map(|_| millionths(credit.value));
            [Some(millionths(credit.conversions)), value]
        });
        let value = [label(&line.label)];
        value
            .into_iter()
            .chain(passes)
            .chain(credits.flatten())
            .collect()
    };
    answer.lines.iter().map(of_line).collect()
}

/// Fails unless SQLite and the report agree to the last row. Both orders are given up, as ties may differ.
fn agree(engine: &Engine, log: &Log, report: &Report, now: Timestamp) {
    agree_by(engine, log, &vocabulary(), report, now);
}

fn agree_by(engine: &Engine, log: &Log, vocabulary: &Vocabulary, report: &Report, now: Timestamp) {
    let sql = statement(report, vocabulary, &names(), now).expect("SQL can say it");
    let mut found = engine.rows(&sql);
    let mut wanted = expected(report, &numbers_by(log, vocabulary, report, now));
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

#[test]
fn statements_leave_out_what_is_hidden_unless_it_is_named() {
    let log = Log::read(
        "
        ana 0:01 view web
        ana 0:02 cart web
        ana 0:03 buy app
        ben 0:01 mail web
        ben 0:04 view app
        ben 0:05 buy web
        ",
    );
    let rules = r#"{"rules":[{"kind":"hide","event":"view"},{"kind":"hide","event":"cart"}]}"#;
    let naming = Naming::of(&serde_json::from_str(rules).expect("readable"));
    let snapshot = log.snapshot().named(&naming);
    let all = r#""range":{"all":true}"#;
    for report in [
        format!(
            r#"{{"kind":"stage_time",{all},"silence_max":"2m","stages":[
                {{"name":"Look","matcher":{{"events":["cart"]}}}},{{"name":"Pay","matcher":{{"events":["buy"]}}}}]}}"#
        ),
        format!(
            r#"{{"kind":"lift",{all},"assigned":{{"events":["view"]}},"goal":{{"events":["buy"]}},"within":"1m",
                "arms":{{"field":{{"field":"channel","control":"web"}}}}}}"#
        ),
        format!(
            r#"{{"kind":"channels",{all},"every":"range","goal":{{"events":["buy"]}},
                "contacts":{{"events":["cart"]}},"answer_within":"1m","within":"1m"}}"#
        ),
        format!(
            r#"{{"kind":"heatmap",{all},"rows":{{"field":"event"}},"columns":{{"field":"channel"}}}}"#
        ),
        format!(
            r#"{{"kind":"heatmap",{all},"rows":{{"field":"event"}},"columns":{{"field":"channel"}},
                "events":{{"events":["view","buy"]}},"goal":{{"events":["cart"]}},"within":"1m"}}"#
        ),
        format!(
            r#"{{"kind":"attribution",{all},"by":"channel","conversion":{{"events":["buy"]}},
                "look_back":{{"within":"1h"}},"models":["first","last"]}}"#
        ),
        format!(r#"{{"kind":"paths",{all},"by":"event"}}"#),
        format!(r#"{{"kind":"transitions",{all},"by":"channel"}}"#),
        format!(
            r#"{{"kind":"counts",{all},"every":"range","series":[{{"name":"all","matcher":{{}}}}],
                "people":{{"did":{{"matcher":{{"events":["cart"]}}}}}}}}"#
        ),
    ] {
        let (report, now) = (read(&report), at("0:08"));
        let sql = statement(&report, &vocabulary(), &snapshot.names, now).expect("SQL can say it");
        let answer = ask(&snapshot, &vocabulary(), &report, now, &Cancel::default());
        let mut wanted = expected(&report, &answer.expect("sound").numbers);
        let mut found = Engine::over(&log).rows(&sql);
        assert!(!wanted.is_empty(), "{report:?}");
        found.sort();
        wanted.sort();
        assert_eq!(found, wanted, "{report:?}\n{sql}");
    }
}
