use std::collections::BTreeSet;

use expect_test::{Expect, expect};
use proptest::prelude::*;
use throughline_model::{
    By, Channel, EventCode, Field, Timestamp, Value, Vocabulary,
    report::Report,
    trends::{Measure, QuantileOf},
};
use throughline_store::{StoredEvent, value_of};
use throughline_testkit::rng::Rng;

use super::*;
use crate::{
    ask::{Answer, Numbers, ask, people},
    cancel::Cancel,
    fixture::{LAYOUTS, Layout, Log, at, by_profile, twin_config, twin_spread_log},
    select::Select,
};

fn asked(log: &Log, layout: Layout, report: &str, now: Timestamp) -> (Answer, TrendsAnswer) {
    let report: Report = serde_json::from_str(report).expect(report);
    let answer = ask(
        &log.laid_out(layout),
        &Vocabulary::default(),
        &report,
        now,
        &Cancel::default(),
    )
    .expect("sound");
    let Numbers::Trends(trends) = answer.numbers.clone() else {
        panic!("trends")
    };
    (answer, trends)
}

fn number(value: Option<f64>) -> String {
    value.map_or("-".to_owned(), |it| {
        format!("{}", (it * 1000.0).round() / 1000.0)
    })
}

fn check(text: &str, report: &str, now: &str, expected: Expect) {
    let log = Log::read(text);
    let report = format!(r#"{{"kind":"trends",{report}}}"#);
    let shown = LAYOUTS.map(|layout| {
        let (answer, trends) = asked(&log, layout, &report, at(now));
        let marks = |it: &Point| if it.is_partial { "*" } else { "" };
        let points: Vec<String> = (trends.points.iter())
            .map(|it| {
                format!(
                    "{}{}",
                    it.from.in_zone(&answer.zone).strftime("%d %H:%M"),
                    marks(it)
                )
            })
            .collect();
        let mut lines = vec![format!("{} profiles: {}", answer.n, points.join(", "))];
        for line in &trends.lines {
            let shown: Vec<String> = line.shown.iter().map(|it| number(*it)).collect();
            let label = (line.label.as_ref()).map_or(String::new(), |it| {
                format!(" {}", serde_json::to_string(it).expect("written"))
            });
            lines.push(format!(
                "{}{label}: {} = {} ({} unmeasured)",
                line.name,
                number(line.total.value),
                shown.join(" "),
                line.unmeasured,
            ));
        }
        lines.join("\n") + "\n"
    });
    assert_eq!(shown[0], shown[1]);
    assert_eq!(shown[0], shown[2]);
    expected.assert_eq(&shown[0]);
}

const DAYS: &str = r#""range":{"between":{"from":"2026-03-02","to":"2026-03-05"}}"#;

const SHOP: &str = r#"
    a 09:00 view
    a 10:00 view
    b 11:00 view
    b 11:30 buy web {"worth":10}
    a 1d09:00 view
    c 1d09:00 buy web {"worth":"10"}
    c 1d10:00 buy web {"worth":2.5}
    a 3d09:00 buy web {"worth":4}
    b 3d10:00 buy web {"worth":6}
"#;

fn series(measures: &[&str]) -> String {
    let all: Vec<String> = (measures.iter())
        .map(|it| {
            format!(
                r#"{{"name":{0:?},"matcher":{{"events":["buy"]}},"measure":{it}}}"#,
                it.replace('"', "")
            )
        })
        .collect();
    format!(r#""series":[{}]"#, all.join(","))
}

#[test]
fn every_measure_says_what_it_says_and_nothing_of_nothing() {
    let measures = series(&[
        r#""events""#,
        r#""profiles""#,
        r#""events_per_profile""#,
        r#"{"sum":"properties.worth"}"#,
        r#"{"mean":"properties.worth"}"#,
        r#"{"median":"properties.worth"}"#,
        r#"{"quantile":{"field":"properties.worth","permille":900}}"#,
        r#"{"min":"properties.worth"}"#,
        r#"{"max":"properties.worth"}"#,
        r#"{"distinct":"properties.worth"}"#,
    ]);
    check(
        SHOP,
        &format!("{DAYS},{measures}"),
        "3d12:00",
        expect![[r#"
            3 profiles: 02 00:00, 03 00:00, 04 00:00, 05 00:00*
            events: 5 = 1 2 0 2 (0 unmeasured)
            profiles: 3 = 1 1 0 2 (0 unmeasured)
            events_per_profile: 1.667 = 1 2 - 1 (0 unmeasured)
            {sum:properties.worth}: 22.5 = 10 2.5 0 10 (1 unmeasured)
            {mean:properties.worth}: 5.625 = 10 2.5 - 5 (1 unmeasured)
            {median:properties.worth}: 4 = 10 2.5 - 4 (1 unmeasured)
            {quantile:{field:properties.worth,permille:900}}: 10 = 10 2.5 - 6 (1 unmeasured)
            {min:properties.worth}: 2.5 = 10 2.5 - 4 (1 unmeasured)
            {max:properties.worth}: 10 = 10 2.5 - 6 (1 unmeasured)
            {distinct:properties.worth}: 5 = 1 2 0 2 (0 unmeasured)
        "#]],
    );
}

#[test]
fn answers_count_as_much_as_they_weigh_and_those_without_a_weight_are_told() {
    let log = r#"
        a 09:00 buy web {"worth":10,"w":0.5}
        b 10:00 buy web {"worth":1,"w":4}
        c 11:00 buy web {"worth":9,"w":0}
        d 12:00 buy web {"worth":9,"w":-1}
        e 13:00 buy web {"worth":9,"w":1000001}
        f 14:00 buy web {"worth":9,"w":"2"}
        g 15:00 buy web {"worth":9}
        h 16:00 buy web {"w":3}
    "#;
    let measures = series(&[
        r#"{"weighted_mean":{"field":"properties.worth","weight":"properties.w"}}"#,
        r#"{"mean":"properties.worth"}"#,
    ]);
    check(
        log,
        &format!("{DAYS},{measures}"),
        "9d00:00",
        expect![[r"
            7 profiles: 02 00:00, 03 00:00, 04 00:00, 05 00:00
            {weighted_mean:{field:properties.worth,weight:properties.w}}: 2 = 2 - - - (6 unmeasured)
            {mean:properties.worth}: 8 = 8 - - - (1 unmeasured)
        "]],
    );
}

#[test]
fn what_runs_stays_different() {
    check(
        SHOP,
        &format!(
            r#"{DAYS},"display":"running","series":[
                {{"name":"who","matcher":{{}},"measure":"profiles"}},
                {{"name":"buys","matcher":{{"events":["buy"]}}}},
                {{"name":"median","matcher":{{"events":["buy"]}},"measure":{{"median":"properties.worth"}}}}],
                "formulas":[{{"name":"each","expression":"B / A"}}]"#
        ),
        "9d00:00",
        expect![[r#"
            3 profiles: 02 00:00, 03 00:00, 04 00:00, 05 00:00
            who: 3 = 2 3 3 3 (0 unmeasured)
            buys: 5 = 1 3 3 5 (0 unmeasured)
            median: 4 = 10 2.5 2.5 4 (1 unmeasured)
            each: 1.667 = 0.5 1 1 1.667 (0 unmeasured)
        "#]],
    );
}

#[test]
fn a_moving_mean_waits_for_enough_whole_periods() {
    check(
        SHOP,
        &format!(
            r#"{DAYS},"display":{{"moving":2}},"series":[{{"name":"all","matcher":{{}}}},
                {{"name":"mean","matcher":{{}},"measure":{{"mean":"properties.worth"}}}}]"#
        ),
        "3d12:00",
        expect![[r#"
            3 profiles: 02 00:00, 03 00:00, 04 00:00, 05 00:00*
            all: 9 = - 3.5 1.5 - (0 unmeasured)
            mean: 5.625 = - 6.25 2.5 - (5 unmeasured)
        "#]],
    );
}

#[test]
fn dividing_by_nothing_has_no_value() {
    check(
        SHOP,
        &format!(
            r#"{DAYS},"series":[{{"name":"buys","matcher":{{"events":["buy"]}}}},
                {{"name":"views","matcher":{{"events":["view"]}}}}],
                "formulas":[{{"name":"rate","expression":"100 * A / B"}},{{"name":"more","expression":"A - B"}}]"#
        ),
        "9d00:00",
        expect![[r#"
            3 profiles: 02 00:00, 03 00:00, 04 00:00, 05 00:00
            buys: 5 = 1 2 0 2 (0 unmeasured)
            views: 4 = 3 1 0 0 (0 unmeasured)
            rate: 125 = 33.333 200 - - (0 unmeasured)
            more: 1 = -2 1 0 2 (0 unmeasured)
        "#]],
    );
}

#[test]
fn a_formula_of_a_line_that_one_series_lacks_takes_nothing_for_what_it_is() {
    check(
        "
        a 09:00 view web
        a 09:10 buy app
        b 09:20 view app
        ",
        &format!(
            r#"{DAYS},"breakdown":"channel","series":[{{"name":"buys","matcher":{{"events":["buy"]}}}},
                {{"name":"views","matcher":{{"events":["view"]}}}}],
                "formulas":[{{"name":"rate","expression":"A / B"}}]"#
        ),
        "0d12:00",
        expect![[r#"
            2 profiles: 02 00:00*
            buys {"value":"app"}: 1 = 1 (0 unmeasured)
            views {"value":"app"}: 1 = 1 (0 unmeasured)
            views {"value":"web"}: 1 = 1 (0 unmeasured)
            rate {"value":"app"}: 1 = 1 (0 unmeasured)
            rate {"value":"web"}: 0 = 0 (0 unmeasured)
        "#]],
    );
}

/// The night of 29 March 2026 has no hour from 2 to 3 in Berlin; that of 25 October has it twice.
#[test]
fn days_in_which_clocks_move_are_days() {
    let all = r#""series":[{"name":"all","matcher":{}}]"#;
    let range =
        r#""range":{"between":{"from":"2026-03-28","to":"2026-03-30"},"zone":"Europe/Berlin"}"#;
    // 22:30 in UTC is half past eleven before the change, and half past midnight behind it.
    let log = "a 26d22:30 view\na 26d23:30 view\na 27d21:59 view\na 27d22:30 view";
    check(
        log,
        &format!("{range},{all}"),
        "60d00:00",
        expect![[r#"
        1 profiles: 28 00:00, 29 00:00, 30 00:00
        all: 4 = 1 2 1 (0 unmeasured)
    "#]],
    );
    check(
        "a 27d00:30 view\na 27d01:30 view",
        &format!(
            r#""range":{{"between":{{"from":"2026-03-29","to":"2026-03-29"}},"zone":"Europe/Berlin"}},"period":"hour",{all}"#
        ),
        "27d03:00",
        expect![[r#"
            1 profiles: 29 00:00, 29 01:00, 29 03:00, 29 04:00, 29 05:00*
            all: 2 = 0 1 1 0 0 (0 unmeasured)
        "#]],
    );
    check(
        "a 237d00:30 view\na 237d01:30 view",
        &format!(
            r#""range":{{"between":{{"from":"2026-10-25","to":"2026-10-25"}},"zone":"Europe/Berlin"}},"period":"hour",{all}"#
        ),
        "237d02:00",
        expect![[r#"
            1 profiles: 25 00:00, 25 01:00, 25 02:00, 25 02:00, 25 03:00*
            all: 2 = 0 0 1 1 0 (0 unmeasured)
        "#]],
    );
}

#[test]
fn weeks_begin_where_they_are_said_to_begin() {
    for (start, expected) in [
        (
            "monday",
            expect![[r#"
            1 profiles: 07 12:00*, 09 00:00*
            all: 3 = 2 1 (0 unmeasured)
        "#]],
        ),
        (
            "sunday",
            expect![[r#"
            1 profiles: 07 12:00*, 08 00:00*
            all: 3 = 1 2 (0 unmeasured)
        "#]],
        ),
    ] {
        check(
            "a 5d12:00 view\na 6d12:00 view\na 7d12:00 view",
            &format!(
                r#""range":{{"all":true}},"period":"week","week_start":"{start}","series":[{{"name":"all","matcher":{{}}}}]"#
            ),
            "7d12:00",
            expected,
        );
    }
}

#[test]
fn a_profile_that_was_merged_counts_once() {
    let mut log = Log::read("a 09:00 view\nb 09:10 view\nc 1d09:00 view");
    log.roots = vec![0, 0, 0];
    let report = format!(
        r#"{{"kind":"trends",{DAYS},"display":"running","series":[{{"name":"who","matcher":{{}},"measure":"profiles"}}]}}"#
    );
    for layout in LAYOUTS {
        let (_, trends) = asked(&log, layout, &report, at("9d00:00"));
        let line = &trends.lines[0];
        assert_eq!(line.total.value, Some(1.0));
        assert_eq!(
            line.points[..2]
                .iter()
                .map(|it| it.value)
                .collect::<Vec<_>>(),
            [Some(1.0); 2]
        );
        assert_eq!(line.shown, [Some(1.0); 4]);
    }
}

#[test]
fn values_beyond_the_limit_are_one_honest_rest() {
    let mut log = Log {
        roots: vec![0, 1],
        ..Log::default()
    };
    let most = throughline_model::limits::BREAKDOWN_VALUES_MAX;
    for index in 0..most + 5 {
        for _ in 0..if index < most { 2 } else { 1 } {
            let properties = format!(r#"{{"n":{index}}}"#);
            log.push(
                (index % 2) as u32,
                at("09:00"),
                "view",
                Channel::Web,
                &properties,
            );
        }
    }
    let report = format!(
        r#"{{"kind":"trends",{DAYS},"breakdown":"properties.n","series":[{{"name":"who","matcher":{{}},"measure":"profiles"}}]}}"#
    );
    let (answer, trends) = asked(&log, LAYOUTS[2], &report, at("9d00:00"));
    let rest = trends.lines.last().expect("lines");
    assert_eq!(rest.label, Some(Label::Rest));
    assert_eq!((rest.total.events, rest.total.value), (Some(5), Some(2.0)));
    assert_eq!(trends.lines.len(), most + 1);
    assert_eq!(answer.left_out.capped, 5);
}

#[test]
fn too_many_pieces_are_a_fault_that_says_what_to_do() {
    let log = Log::read("a 0d00:00 view\na 900d00:00 view");
    let report = r#"{"kind":"trends","range":{"all":true},"period":"hour","series":[{"name":"all","matcher":{}}]}"#;
    let error = ask(
        &log.snapshot(),
        &Vocabulary::default(),
        &serde_json::from_str(report).expect("valid"),
        at("950d00:00"),
        &Cancel::default(),
    );
    let Err(AskError::Faults(faults)) = error else {
        panic!("a fault")
    };
    assert!(
        faults[0].message.contains("choose a longer period"),
        "{faults:?}"
    );
}

/// Days around a level, with weekends that have less, as events of a few profiles.
fn days(seed: u64, days: u64, level: impl Fn(u64) -> f64) -> Log {
    let mut log = Log {
        roots: (0..50).collect(),
        ..Log::default()
    };
    let mut rng = Rng::new(seed, 0);
    for day in 0..days {
        let weekday = if day % 7 < 5 { 1.1 } else { 0.75 };
        let mean = level(day) * weekday;
        // A sum of coins is near enough to what chance makes of a rate.
        let events = (0..(mean * 2.0) as usize).filter(|_| rng.is(0.5)).count();
        for event in 0..events {
            let minute = i64::try_from(event).expect("few") % 1440;
            let time = Timestamp(at("0:00").0 + day as i64 * 86_400_000 + minute * 60_000);
            log.push(rng.below(50) as u32, time, "view", Channel::Web, "{}");
        }
    }
    log
}

const ALL_DAYS: &str = r#"{"kind":"trends","range":{"between":{"from":"2026-03-02","to":"2026-04-30"}},"series":[{"name":"all","matcher":{}}]}"#;

#[test]
fn a_planted_drop_is_found_within_two_days() {
    for seed in 0..10 {
        for planted in [20, 30, 41] {
            let log = days(seed, 60, |day| if day < planted { 60.0 } else { 40.0 });
            let (_, trends) = asked(&log, LAYOUTS[0], ALL_DAYS, at("60d00:00"));
            let change = trends.lines[0]
                .level
                .and_then(|it| it.change)
                .expect("a change");
            let day = change.at.since(at("0:00")).0 / 86_400_000;
            assert!(
                (day - planted as i64).abs() <= 2,
                "{seed}: {planted} {change:?}"
            );
            assert!(
                (change.before - 60.0).abs() < 5.0 && (change.after - 40.0).abs() < 5.0,
                "{change:?}"
            );
            let interval = change.interval.expect("many days");
            assert!(interval.high < 0.0 && interval.low < -15.0, "{change:?}");
            assert!(change.is_without_rhythm);
        }
    }
}

#[test]
fn a_weekly_rhythm_and_noise_are_no_change() {
    let found = (0..100)
        .filter(|seed| {
            let log = days(100 + seed, 60, |_| 50.0);
            let (_, trends) = asked(&log, LAYOUTS[0], ALL_DAYS, at("60d00:00"));
            let level = trends.lines[0].level.expect("enough days");
            level.change.is_some()
        })
        .count();
    // One in twenty is what the test promises; of a hundred, nine are more than chance explains.
    assert!(found <= 9, "{found}");
}

#[test]
fn the_last_day_that_is_not_over_is_not_taken_for_a_drop() {
    let log = days(7, 60, |_| 50.0);
    let (_, trends) = asked(&log, LAYOUTS[0], ALL_DAYS, at("59d00:05"));
    assert!(trends.points.last().expect("days").is_partial);
    assert_eq!(trends.lines[0].level.and_then(|it| it.change), None);
    let few = days(7, 18, |day| if day < 9 { 60.0 } else { 10.0 });
    let (_, trends) = asked(&few, LAYOUTS[0], ALL_DAYS, at("18d00:00"));
    assert_eq!(trends.lines[0].level, None);
}

fn any_report() -> impl Strategy<Value = String> {
    let measures = prop::sample::select(vec![
        r#""events""#,
        r#""profiles""#,
        r#""events_per_profile""#,
        r#"{"sum":"properties.p"}"#,
        r#"{"mean":"properties.p"}"#,
        r#"{"weighted_mean":{"field":"properties.p","weight":"properties.p"}}"#,
        r#"{"median":"properties.p"}"#,
        r#"{"quantile":{"field":"properties.p","permille":900}}"#,
        r#"{"min":"properties.p"}"#,
        r#"{"max":"properties.p"}"#,
        r#"{"distinct":"properties.p"}"#,
        r#"{"distinct":"channel"}"#,
    ]);
    let matchers = prop::sample::select(vec![
        "{}",
        r#"{"events":["view","cart"]}"#,
        r#"{"channels":["web"]}"#,
    ]);
    let filter = prop::sample::select(vec![
        "",
        r#","filter":{"where":{"field":"properties.p","test":{"exists":{}}}}"#,
    ]);
    let breakdown = prop::sample::select(vec![
        "",
        r#","breakdown":"properties.q""#,
        r#","breakdown":"channel""#,
    ]);
    let series = prop::collection::vec((matchers, measures), 1..4);
    let period = prop::sample::select(vec!["day", "week", "month"]);
    let display = prop::sample::select(vec![r#""plain""#, r#""running""#]);
    (series, filter, breakdown, period, display).prop_map(
        |(series, filter, breakdown, period, display)| {
            let series: Vec<String> = (series.iter().enumerate())
                .map(|(index, (matcher, measure))| {
                    format!(r#"{{"name":"s{index}","matcher":{matcher},"measure":{measure}}}"#)
                })
                .collect();
            format!(
                r#"{{"kind":"trends","range":{{"between":{{"from":"2026-03-25","to":"2026-05-25"}},"zone":"Europe/Berlin"}},
                    "period":"{period}","display":{display},"series":[{}]{filter}{breakdown}}}"#,
                series.join(",")
            )
        },
    )
}

/// What a field of an event holds.
fn look(log: &Log, event: &StoredEvent, field: &Field) -> Option<Value> {
    match field {
        Field::Event => {
            let name = log.names.name(EventCode(event.event)).expect("named");
            Some(Value::Text(name.to_string()))
        }
        Field::Channel => Some(Value::Text(
            Channel::from_code(event.channel).name().to_owned(),
        )),
        field => value_of(event, field),
    }
}

/// The events of a series and line, each with its profile, by the plainest loop.
fn events_of<'l>(
    log: &'l Log,
    report: &Trends,
    series: usize,
    label: Option<&Label>,
) -> Vec<(u32, &'l StoredEvent)> {
    let matcher = &report.series[series].matcher;
    let mut all = Vec::new();
    for (profile, events) in by_profile(log) {
        for event in events {
            let name = log.names.name(EventCode(event.event)).expect("named");
            let channel = Channel::from_code(event.channel);
            let fits = !name.is_system()
                && (matcher.events.is_empty() || matcher.events.contains(name))
                && (matcher.channels.is_empty() || matcher.channels.contains(&channel))
                && (report.filter.as_ref())
                    .is_none_or(|it| it.holds(&|field| look(log, event, field)));
            let is_on_line = match (report.breakdown.as_ref().and_then(By::field), label) {
                (Some(field), Some(Label::Value(value))) => {
                    look(log, event, field).as_ref() == Some(value)
                }
                (Some(field), Some(Label::NotSet)) => look(log, event, field).is_none(),
                (_, other) => other.is_none(),
            };
            let is_measured = match &report.series[series].measure {
                Measure::Distinct(field) => look(log, event, field).is_some(),
                Measure::WeightedMean(it) => {
                    let number = |field| match look(log, event, field) {
                        Some(Value::Number(number)) => Some(number),
                        _ => None,
                    };
                    number(&it.field).is_some() && number(&it.weight).is_some_and(|it| it > 0.0)
                }
                it => it
                    .number()
                    .is_none_or(|field| matches!(look(log, event, field), Some(Value::Number(_)))),
            };
            if fits && is_on_line && is_measured {
                all.push((profile, event));
            }
        }
    }
    all
}

fn measured(log: &Log, measure: &Measure, events: &[(u32, &StoredEvent)]) -> Option<f64> {
    let profiles: BTreeSet<u32> = events.iter().map(|it| it.0).collect();
    let mut numbers: Vec<f64> = (measure.number().into_iter())
        .flat_map(|field| events.iter().map(move |it| look(log, it.1, field)))
        .map(|it| match it {
            Some(Value::Number(number)) => number + 0.0,
            other => panic!("measured by {other:?}"),
        })
        .collect();
    numbers.sort_by(f64::total_cmp);
    let nth = |permille: usize| {
        let rank = (numbers.len() * permille).div_ceil(1000);
        rank.checked_sub(1).map(|index| numbers[index])
    };
    let n = events.len() as f64;
    match measure {
        Measure::Events => Some(n),
        Measure::Profiles => Some(profiles.len() as f64),
        Measure::EventsPerProfile => (n > 0.0).then(|| n / profiles.len() as f64),
        Measure::Sum(_) => Some(numbers.iter().sum::<f64>() + 0.0),
        Measure::Mean(_) => (n > 0.0).then(|| numbers.iter().sum::<f64>() / n),
        Measure::WeightedMean(it) => {
            let number = |event: &StoredEvent, field| match look(log, event, field) {
                Some(Value::Number(number)) => number,
                other => panic!("measured by {other:?}"),
            };
            let weights: f64 = events
                .iter()
                .map(|(_, event)| number(event, &it.weight))
                .sum();
            let weighed = |(_, event): &(u32, &StoredEvent)| {
                number(event, &it.field) * number(event, &it.weight)
            };
            (n > 0.0).then(|| events.iter().map(weighed).sum::<f64>() / weights)
        }
        Measure::Median(_) => nth(500),
        Measure::Quantile(QuantileOf { permille, .. }) => nth(usize::from(*permille)),
        Measure::Min(_) => numbers.first().copied(),
        Measure::Max(_) => numbers.last().copied(),
        Measure::Distinct(field) => {
            let values: BTreeSet<String> = (events.iter())
                .map(|it| match look(log, it.1, field) {
                    Some(Value::Number(number)) => format!("{:?}", number + 0.0),
                    other => format!("{other:?}"),
                })
                .collect();
            Some(values.len() as f64)
        }
    }
}

proptest! {
    #![proptest_config(twin_config())]

    #[test]
    fn the_kernel_equals_its_naive_twin_and_lists_are_as_long_as_numbers_say(
        log in twin_spread_log(),
        text in any_report(),
        days in 30..80_i64,
    ) {
        let report: Report = serde_json::from_str(&text).expect("valid");
        let Report::Trends(definition) = &report else { panic!("trends") };
        let now = at(&format!("{days}d03:00"));
        for layout in log.layouts() {
            let (answer, trends) = asked(&log, layout, &text, now);
            let (first, last) = match (trends.points.first(), trends.points.last()) {
                (Some(first), Some(last)) => (first.from, last.to),
                _ => continue,
            };
            let mut anybody = BTreeSet::new();
            let mut listed = BTreeSet::new();
            for line in &trends.lines {
                let index = definition.series.iter().position(|it| it.name == line.name).expect("named");
                let measure = &definition.series[index].measure;
                let events: Vec<_> = events_of(&log, definition, index, line.label.as_ref())
                    .into_iter()
                    .filter(|it| first <= it.1.time && it.1.time < last)
                    .collect();
                anybody.extend(events.iter().map(|it| it.0));
                listed.extend(events.iter().map(|it| (index, it.1.seq.0)));
                prop_assert_eq!(line.total.value, measured(&log, measure, &events), "{} {:?}", &line.name, &line.label);
                for (at, point) in trends.points.iter().enumerate() {
                    let of = |from: Timestamp| -> Vec<(u32, &StoredEvent)> {
                        let is_in = |it: &&(u32, &StoredEvent)| from <= it.1.time && it.1.time < point.to;
                        events.iter().filter(is_in).copied().collect()
                    };
                    let here = of(point.from);
                    let value = line.points[at];
                    prop_assert_eq!(value.value, measured(&log, measure, &here));
                    prop_assert_eq!(value.events, Some(here.len() as u64));
                    let profiles: BTreeSet<u32> = here.iter().map(|it| it.0).collect();
                    prop_assert_eq!(value.profiles, Some(profiles.len() as u64));
                    let shown = match definition.display {
                        TrendDisplay::Running => measured(&log, measure, &of(first)),
                        _ => value.value,
                    };
                    prop_assert_eq!(line.shown[at], shown);
                    if log.is_crowd() || here.is_empty() {
                        continue;
                    }
                    let select = TrendsSelect {
                        series: Some(line.name.clone()),
                        label: line.label.clone(),
                        point: Some(point.from),
                    };
                    let found = people(
                        &log.laid_out(layout), &Vocabulary::default(), &report,
                        &Select::Trends(select), now, &Cancel::default(),
                    ).expect("sound");
                    prop_assert_eq!(found.len(), profiles.len());
                }
            }
            prop_assert_eq!(answer.n, anybody.len() as u64);
            // No event is on no line.
            let whole = Trends { breakdown: None, ..(**definition).clone() };
            let all: BTreeSet<_> = (0..definition.series.len())
                .flat_map(|index| events_of(&log, &whole, index, None).into_iter().map(move |it| (index, it.1)))
                .filter(|it| first <= it.1.time && it.1.time < last)
                .map(|it| (it.0, it.1.seq.0))
                .collect();
            prop_assert_eq!(listed, all);
        }
    }
}
