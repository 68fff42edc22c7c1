use std::collections::BTreeSet;

use expect_test::{Expect, expect};
use proptest::prelude::*;
use throughline_model::{By, EventCode, Timestamp, Vocabulary, report::Report};
use throughline_store::value_of;

use super::*;
use crate::{
    ask::{Answer, Numbers, ask, people},
    cancel::Cancel,
    fixture::{LAYOUTS, Layout, Log, at, by_profile, twin_config, twin_log},
    select::Select,
};

fn asked(log: &Log, layout: Layout, report: &str, now: Timestamp) -> (Answer, CountsAnswer) {
    let report: Report = serde_json::from_str(report).expect(report);
    let answer = ask(
        &log.laid_out(layout),
        &Vocabulary::default(),
        &report,
        now,
        &Cancel::default(),
    )
    .expect("sound");
    let Numbers::Counts(counts) = answer.numbers.clone() else {
        panic!("counts")
    };
    (answer, counts)
}

fn check(text: &str, report: &str, expected: Expect) {
    let log = Log::read(text);
    let report = format!(r#"{{"kind":"counts",{report}}}"#);
    let shown = LAYOUTS.map(|layout| {
        let (_, counts) = asked(&log, layout, &report, at("2d00:00"));
        let mut lines = vec![format!(
            "total {} events {} profiles",
            counts.total.events, counts.total.profiles
        )];
        for series in &counts.series {
            let points: Vec<String> = (series.points.iter())
                .map(|it| format!("{}/{}", it.events, it.profiles))
                .collect();
            lines.push(format!(
                "{} {}: {}/{} = {}",
                serde_json::to_string(&series.name).expect("written"),
                serde_json::to_string(&series.label).expect("written"),
                series.total.events,
                series.total.profiles,
                points.join(" "),
            ));
        }
        lines.join("\n") + "\n"
    });
    assert_eq!(shown[0], shown[1]);
    assert_eq!(shown[0], shown[2]);
    expected.assert_eq(&shown[0]);
}

const DAYS: &str = r#""range":{"between":{"from":"2026-03-02","to":"2026-03-03"}}"#;

#[test]
fn each_name_is_a_series_and_system_events_are_none() {
    check(
        "
        a 09:00 view
        a 10:00 view
        b 1d09:00 view
        b 1d09:00 buy
        b 1d09:01 $identify
        b 2d00:00 view
        ",
        DAYS,
        expect![[r#"
            total 4 events 2 profiles
            {"name":"view"} null: 3/2 = 2/1 1/1
            {"name":"buy"} null: 1/1 = 0/0 1/1
        "#]],
    );
}

#[test]
fn a_missing_value_is_a_line_of_its_own() {
    check(
        r#"
        a 09:00 view web {"size":"L"}
        a 10:00 view web {"size":"L"}
        b 10:00 view web {"size":"S"}
        c 10:00 view web
        "#,
        &format!(
            r#"{DAYS},"series":[{{"name":"seen","matcher":{{"events":["view"]}}}}],"breakdown":"properties.size""#
        ),
        expect![[r#"
            total 4 events 3 profiles
            {"name":"seen"} {"value":"L"}: 2/1 = 2/1 0/0
            {"name":"seen"} {"value":"S"}: 1/1 = 1/1 0/0
            {"name":"seen"} "not_set": 1/1 = 1/1 0/0
        "#]],
    );
}

#[test]
fn values_beyond_the_limit_are_one_honest_rest() {
    let mut log = Log {
        roots: vec![0, 1],
        ..Log::default()
    };
    for index in 0..limits::BREAKDOWN_VALUES_MAX + 5 {
        let count = if index < limits::BREAKDOWN_VALUES_MAX {
            2
        } else {
            1
        };
        for _ in 0..count {
            let properties = format!(r#"{{"n":{index}}}"#);
            log.push(
                (index % 2) as u32,
                at("09:00"),
                "view",
                throughline_model::Channel::Web,
                &properties,
            );
        }
    }
    let (answer, counts) = asked(
        &log,
        LAYOUTS[2],
        r#"{"kind":"counts","range":{"all":true},"breakdown":"properties.n"}"#,
        at("2d00:00"),
    );
    let rest = counts.series.last().expect("lines");
    assert_eq!(rest.label, Some(Label::Rest));
    assert_eq!((rest.total.events, rest.total.profiles), (5, 2));
    assert_eq!(counts.series.len(), limits::BREAKDOWN_VALUES_MAX + 1);
    assert_eq!(answer.left_out.capped, 5);
}

#[test]
fn too_many_points_are_a_fault_that_says_what_to_do() {
    let log = Log::read("a 0d00:00 view\na 900d00:00 view");
    let report = r#"{"kind":"counts","range":{"all":true},"every":"hour"}"#;
    let error = ask(
        &log.snapshot(),
        &Vocabulary::default(),
        &serde_json::from_str(report).expect("valid"),
        at("0:00"),
        &Cancel::default(),
    );
    let Err(AskError::Faults(faults)) = error else {
        panic!("a fault")
    };
    assert!(
        faults[0].message.contains("choose a longer unit"),
        "{faults:?}"
    );
}

fn any_report() -> impl Strategy<Value = String> {
    let series = prop::sample::select(vec![
        "",
        r#","series":[{"name":"a","matcher":{"events":["view"]}},{"name":"b","matcher":{}}]"#,
        r#","series":[{"name":"a","matcher":{"channels":["web"]}}]"#,
    ]);
    let filter = prop::sample::select(vec![
        "",
        r#","filter":{"where":{"field":"properties.p","test":{"exists":{}}}}"#,
    ]);
    let breakdown = prop::sample::select(vec![
        "",
        r#","breakdown":"properties.p""#,
        r#","breakdown":"channel""#,
        r#","breakdown":"event""#,
    ]);
    (series, filter, breakdown).prop_map(|(series, filter, breakdown)| {
        format!(r#"{{"kind":"counts","range":{{"all":true}},"every":"range"{series}{filter}{breakdown}}}"#)
    })
}

/// Counts by the plainest loop: the total and per (series, value) events and profiles.
fn naive(log: &Log, report: &Counts) -> (Count, BTreeSet<(String, String, u64, u64)>) {
    let mut lines: Vec<(String, String, BTreeSet<u32>, u64)> = Vec::new();
    let (mut events_count, mut profiles) = (0, BTreeSet::new());
    for (profile, events) in by_profile(log) {
        for event in events {
            let name = log.names.name(EventCode(event.event)).expect("named");
            let look = |field: &throughline_model::Field| match field {
                throughline_model::Field::Event => {
                    Some(throughline_model::Value::Text(name.to_string()))
                }
                throughline_model::Field::Channel => Some(throughline_model::Value::Text(
                    throughline_model::Channel::from_code(event.channel)
                        .name()
                        .to_owned(),
                )),
                field => value_of(event, field),
            };
            if report
                .filter
                .as_ref()
                .is_some_and(|filter| !filter.holds(&look))
            {
                continue;
            }
            let series: Vec<String> = match report.series.as_slice() {
                [] => vec![name.to_string()],
                series => (series.iter())
                    .filter(|it| {
                        let matcher = &it.matcher;
                        (matcher.events.is_empty() || matcher.events.contains(name))
                            && (matcher.channels.is_empty()
                                || (matcher.channels.iter())
                                    .any(|channel| channel.code() == event.channel))
                    })
                    .map(|it| it.name.clone())
                    .collect(),
            };
            if name.is_system() || series.is_empty() {
                continue;
            }
            events_count += 1;
            profiles.insert(profile);
            let label = match report.breakdown.as_ref().and_then(By::field) {
                Some(field) => match look(field) {
                    Some(throughline_model::Value::Number(number)) => format!("{:?}", number + 0.0),
                    value => format!("{value:?}"),
                },
                None => "-".to_owned(),
            };
            for name in series {
                let found = lines.iter_mut().find(|it| it.0 == name && it.1 == label);
                match found {
                    Some(line) => {
                        line.2.insert(profile);
                        line.3 += 1;
                    }
                    None => lines.push((name, label.clone(), BTreeSet::from([profile]), 1)),
                }
            }
        }
    }
    let total = Count {
        events: events_count,
        profiles: profiles.len() as u64,
    };
    let lines = (lines.into_iter())
        .map(|(name, label, profiles, events)| (name, label, events, profiles.len() as u64))
        .collect();
    (total, lines)
}

proptest! {
    #![proptest_config(twin_config())]

    #[test]
    fn the_kernel_equals_its_naive_twin_and_lists_are_as_long_as_numbers_say(
        log in twin_log(),
        text in any_report(),
    ) {
        let report: Report = serde_json::from_str(&text).expect("valid");
        let Report::Counts(definition) = &report else { panic!("counts") };
        let expected = naive(&log, definition);
        for layout in log.layouts() {
            let (answer, counts) = asked(&log, layout, &text, at("09:00"));
            let lines: BTreeSet<_> = (counts.series.iter())
                .filter(|it| it.total.events > 0)
                .map(|it| {
                    let SeriesName::Name(name) = &it.name else { panic!("few names") };
                    let label = match &it.label {
                        None => "-".to_owned(),
                        Some(Label::NotSet) => "None".to_owned(),
                        Some(Label::Value(throughline_model::Value::Number(number))) => {
                            format!("{number:?}")
                        }
                        Some(Label::Value(value)) => format!("{:?}", Some(value)),
                        Some(Label::Rest) => panic!("few values"),
                    };
                    (name.clone(), label, it.total.events, it.total.profiles)
                })
                .collect();
            prop_assert_eq!((counts.total, lines), expected.clone());
            prop_assert_eq!(answer.n, counts.total.profiles);

            let count = |select: CountsSelect| {
                people(
                    &log.laid_out(layout),
                    &Vocabulary::default(),
                    &report,
                    &Select::Counts(select),
                    at("09:00"),
                    &Cancel::default(),
                )
                .expect("sound")
                .len() as u64
            };
            prop_assert!(log.is_crowd() || count(CountsSelect::default()) == counts.total.profiles);
            for series in &counts.series {
                let select = CountsSelect {
                    series: Some(series.name.clone()),
                    label: series.label.clone(),
                    point: None,
                };
                prop_assert!(log.is_crowd() || count(select.clone()) == series.total.profiles);
                for (point, it) in counts.points.iter().zip(&series.points) {
                    let select = CountsSelect { point: Some(point.from), ..select.clone() };
                    prop_assert!(log.is_crowd() || count(select) == it.profiles);
                }
            }
        }
    }
}
