use std::collections::{BTreeMap, BTreeSet};

use expect_test::{Expect, expect};
use proptest::prelude::*;
use throughline_model::{Channel, EventCode, Field, Value, Vocabulary, report::Report};
use throughline_store::value_of;

use super::*;
use crate::{
    ask::{Answer, Numbers, ask, people},
    cancel::Cancel,
    fixture::{LAYOUTS, Layout, Log, at, by_profile, twin_config, twin_log},
    select::Select,
};

fn asked(log: &Log, layout: Layout, report: &Report) -> (Answer, AttributionAnswer) {
    let snapshot = log.laid_out(layout);
    let answer = ask(
        &snapshot,
        &Vocabulary::default(),
        report,
        at("9d00:00"),
        &Cancel::default(),
    )
    .expect("sound");
    let Numbers::Attribution(found) = answer.numbers.clone() else {
        panic!("an attribution")
    };
    (answer, found)
}

fn listed(log: &Log, layout: Layout, report: &Report, of: AttributionSelect) -> Vec<ProfileId> {
    let snapshot = log.laid_out(layout);
    let select = Select::Attribution { of };
    let now = at("9d00:00");
    people(
        &snapshot,
        &Vocabulary::default(),
        report,
        &select,
        now,
        &Cancel::default(),
    )
    .expect("sound")
}

/// Every number of profiles, with the name of the people behind it.
fn numbers_of_profiles(answer: &AttributionAnswer) -> Vec<(AttributionSelect, u64)> {
    let mut all = vec![
        (AttributionSelect::Converted, answer.total.passes.profiles),
        (
            AttributionSelect::Untouched,
            answer.untouched.passes.profiles,
        ),
        (AttributionSelect::Unconverted, answer.unconverted.profiles),
    ];
    for line in &answer.lines {
        let label = || line.label.clone();
        all.push((AttributionSelect::Reached(label()), line.touches.profiles));
        all.push((AttributionSelect::OnPath(label()), line.on_path.profiles));
        all.push((AttributionSelect::Assisted(label()), line.assisted.profiles));
    }
    all
}

fn read(fields: &str) -> Report {
    let text = format!(r#"{{"kind":"attribution","conversion":{{"events":["buy"]}},{fields}}}"#);
    serde_json::from_str(&text).expect(&text)
}

const ALL: &str = r#""range":{"all":true}"#;

fn check(text: &str, fields: &str, expected: Expect) {
    let log = Log::read(text);
    let report = read(fields);
    let shown = LAYOUTS.map(|layout| {
        let (answer, found) = asked(&log, layout, &report);
        let passes = |it: Passes| format!("{}/{}", it.times, it.profiles);
        let mut text = String::new();
        let credits = |credits: &[Credit]| {
            let one = |it: &Credit| {
                let effect = it
                    .effect
                    .map_or(String::new(), |it| format!(" effect {it:.2}"));
                format!("{:.2} ${:.2}{effect}", it.conversions, it.value)
            };
            credits.iter().map(one).collect::<Vec<_>>().join(", ")
        };
        for line in &found.lines {
            let label = match &line.label {
                Label::Value(Value::Text(text)) => text.clone(),
                other => serde_json::to_string(other).expect("written"),
            };
            text += &format!(
                "{label}: touches {}, on path {}, assisted {}: {}\n",
                passes(line.touches),
                passes(line.on_path),
                passes(line.assisted),
                credits(&line.credit),
            );
        }
        let conversions = |it: Conversions| format!("{} ${}", passes(it.passes), it.value);
        text += &format!("sums {}\n", credits(&found.sums));
        text += &format!(
            "total {}, untouched {}, unconverted {} of which {} open, {} paths, {} unvalued\n",
            conversions(found.total),
            conversions(found.untouched),
            passes(found.unconverted),
            answer.left_out.immature,
            found.paths,
            found.unvalued,
        );
        text
    });
    assert_eq!(shown[0], shown[1]);
    assert_eq!(shown[0], shown[2]);
    expected.assert_eq(&shown[0]);
}

const LOG: &str = r#"
    a 09:00 click ads
    a 10:00 open email
    a 11:00 visit web
    a 12:00 buy web {"total":100}
    b 09:00 open email
    b 09:30 buy store {"total":30.5}
    b 1d09:00 click ads
    b 1d10:00 buy store {"total":20}
    c 09:00 click ads
"#;

#[test]
fn each_conversion_of_a_profile_has_its_own_touches() {
    check(
        LOG,
        r#""range":{"all":true},"value":"properties.total","models":["first","last","last_non_direct","linear"]"#,
        expect![[r#"
            ads: touches 3/3, on path 2/2, assisted 1/1: 2.00 $120.00, 1.00 $20.00, 1.00 $20.00, 1.33 $53.33
            email: touches 2/2, on path 2/2, assisted 1/1: 1.00 $30.50, 1.00 $30.50, 2.00 $130.50, 1.33 $63.83
            web: touches 1/1, on path 1/1, assisted 0/0: 0.00 $0.00, 1.00 $100.00, 0.00 $0.00, 0.33 $33.33
            sums 3.00 $150.50, 3.00 $150.50, 3.00 $150.50, 3.00 $150.50
            total 3/2 $150.5, untouched 0/0 $0, unconverted 1/1 of which 1 open, 3 paths, 0 unvalued
        "#]],
    );
}

#[test]
fn chains_and_coalitions_know_the_paths_to_nothing() {
    check(
        LOG,
        r#""range":{"all":true},"look_back":"unlimited","models":["participation",{"markov":1},{"markov":3},"shapley"]"#,
        expect![[r#"
            ads: touches 3/3, on path 2/2, assisted 1/1: 2.00 $0.00, 1.20 $0.00 effect 0.67, 1.20 $0.00 effect 0.67, 1.33 $0.00
            email: touches 2/2, on path 2/2, assisted 1/1: 2.00 $0.00, 1.20 $0.00 effect 0.67, 1.20 $0.00 effect 0.67, 1.33 $0.00
            web: touches 1/1, on path 1/1, assisted 0/0: 1.00 $0.00, 0.60 $0.00 effect 0.33, 0.60 $0.00 effect 0.33, 0.33 $0.00
            sums 5.00 $0.00, 3.00 $0.00, 3.00 $0.00, 3.00 $0.00
            total 3/2 $0, untouched 0/0 $0, unconverted 1/1 of which 1 open, 3 paths, 0 unvalued
        "#]],
    );
}

#[test]
fn a_touch_serves_two_conversions_only_where_it_may() {
    let models = r#""models":["last","linear"]"#;
    check(
        LOG,
        &format!(r#"{ALL},{models},"reuse":true"#),
        expect![[r#"
            email: touches 2/2, on path 3/2, assisted 2/2: 1.00 $0.00, 1.83 $0.00
            ads: touches 3/3, on path 2/2, assisted 1/1: 1.00 $0.00, 0.83 $0.00
            web: touches 1/1, on path 1/1, assisted 0/0: 1.00 $0.00, 0.33 $0.00
            sums 3.00 $0.00, 3.00 $0.00
            total 3/2 $0, untouched 0/0 $0, unconverted 1/1 of which 1 open, 3 paths, 0 unvalued
        "#]],
    );
    check(
        LOG,
        &format!(r#"{ALL},{models},"reuse":true,"look_back":{{"within":"1h"}}"#),
        expect![[r#"
            ads: touches 3/3, on path 1/1, assisted 0/0: 1.00 $0.00, 1.00 $0.00
            email: touches 2/2, on path 1/1, assisted 0/0: 1.00 $0.00, 1.00 $0.00
            web: touches 1/1, on path 1/1, assisted 0/0: 1.00 $0.00, 1.00 $0.00
            sums 3.00 $0.00, 3.00 $0.00
            total 3/2 $0, untouched 0/0 $0, unconverted 2/2 of which 0 open, 3 paths, 0 unvalued
        "#]],
    );
}

#[test]
fn positions_and_half_lives_divide_as_they_say() {
    check(
        "
        a 09:00 click ads
        a 1d09:00 seen social
        a 2d09:00 open email
        a 2d09:00:30 open email
        a 2d10:00 buy web
        ",
        r#""range":{"all":true},"models":[{"position":{"first":40,"last":40}},{"position":{"first":20,"last":60}},
            {"position":{"first":60,"last":20}},{"time_decay":"1d"}]"#,
        expect![[r#"
            email: touches 2/1, on path 1/1, assisted 0/0: 0.40 $0.00, 0.60 $0.00, 0.20 $0.00, 0.57 $0.00
            ads: touches 1/1, on path 1/1, assisted 1/1: 0.40 $0.00, 0.20 $0.00, 0.60 $0.00, 0.14 $0.00
            social: touches 1/1, on path 1/1, assisted 1/1: 0.20 $0.00, 0.20 $0.00, 0.20 $0.00, 0.29 $0.00
            sums 1.00 $0.00, 1.00 $0.00, 1.00 $0.00, 1.00 $0.00
            total 1/1 $0, untouched 0/0 $0, unconverted 0/0 of which 0 open, 1 paths, 0 unvalued
        "#]],
    );
    check(
        "
        a 09:00 click ads
        a 1d09:00 seen social
        a 2d09:00 open email
        a 2d09:00:30 open email
        a 2d10:00 buy web
        ",
        r#""range":{"all":true},"collapse":false,"models":["linear",{"position":{"first":40,"last":40}}]"#,
        expect![[r#"
            email: touches 2/1, on path 1/1, assisted 1/1: 0.50 $0.00, 0.50 $0.00
            ads: touches 1/1, on path 1/1, assisted 1/1: 0.25 $0.00, 0.40 $0.00
            social: touches 1/1, on path 1/1, assisted 1/1: 0.25 $0.00, 0.10 $0.00
            sums 1.00 $0.00, 1.00 $0.00
            total 1/1 $0, untouched 0/0 $0, unconverted 0/0 of which 0 open, 1 paths, 0 unvalued
        "#]],
    );
}

#[test]
fn touches_after_the_conversion_have_no_credit_and_those_at_its_instant_do() {
    check(
        "
        a 09:00 open email
        a 09:00 buy web
        a 09:00:01 click ads
        ",
        r#""range":{"all":true},"models":["first","last"]"#,
        expect![[r#"
            email: touches 1/1, on path 1/1, assisted 0/0: 1.00 $0.00, 1.00 $0.00
            ads: touches 1/1, on path 0/0, assisted 0/0: 0.00 $0.00, 0.00 $0.00
            sums 1.00 $0.00, 1.00 $0.00
            total 1/1 $0, untouched 0/0 $0, unconverted 1/1 of which 1 open, 1 paths, 0 unvalued
        "#]],
    );
}

#[test]
fn credit_goes_to_the_channel_of_the_touch_and_never_to_that_of_the_conversion() {
    check(
        "
        a 09:00 open email
        a 09:10 buy web
        a 09:20 buy web
        ",
        r#""range":{"all":true},"models":["last"]"#,
        expect![[r#"
            email: touches 1/1, on path 1/1, assisted 0/0: 1.00 $0.00
            sums 1.00 $0.00
            total 2/1 $0, untouched 1/1 $0, unconverted 0/0 of which 0 open, 1 paths, 0 unvalued
        "#]],
    );
}

#[test]
fn the_range_binds_conversions_and_not_their_touches() {
    check(
        "
        a 09:00 open email
        a 1d09:00 buy web
        b 1d09:00 click ads
        b 2d09:00 buy web
        c 1d09:00 click ads
        ",
        r#""range":{"between":{"from":"2026-03-03","to":"2026-03-03"}},"models":["last",{"markov":1}]"#,
        expect![[r#"
            email: touches 0/0, on path 1/1, assisted 0/0: 1.00 $0.00, 1.00 $0.00 effect 1.00
            ads: touches 2/2, on path 0/0, assisted 0/0: 0.00 $0.00, 0.00 $0.00 effect 0.00
            sums 1.00 $0.00, 1.00 $0.00
            total 1/1 $0, untouched 0/0 $0, unconverted 1/1 of which 1 open, 2 paths, 0 unvalued
        "#]],
    );
}

#[test]
fn profiles_do_not_add_up_over_lines() {
    let log = Log::read(
        "
        a 09:00 open email
        a 09:01 click ads
        a 09:02 buy web
        ",
    );
    let (_, found) = asked(&log, LAYOUTS[0], &read(ALL));
    let sum: u64 = found.lines.iter().map(|it| it.on_path.profiles).sum();
    assert_eq!((sum, found.total.passes.profiles), (2, 1));
}

#[test]
fn only_what_the_matcher_takes_is_a_touch_so_that_being_shown_an_ad_need_not_count() {
    let log = "
        a 09:00 shown ads
        a 09:01 open email
        a 09:02 buy web
    ";
    check(
        log,
        r#""range":{"all":true},"models":["first"]"#,
        expect![[r#"
            ads: touches 1/1, on path 1/1, assisted 1/1: 1.00 $0.00
            email: touches 1/1, on path 1/1, assisted 0/0: 0.00 $0.00
            sums 1.00 $0.00
            total 1/1 $0, untouched 0/0 $0, unconverted 0/0 of which 0 open, 1 paths, 0 unvalued
        "#]],
    );
    check(
        log,
        r#""range":{"all":true},"models":["first"],"touch":{"events":["click","open"]}"#,
        expect![[r#"
            email: touches 1/1, on path 1/1, assisted 0/0: 1.00 $0.00
            sums 1.00 $0.00
            total 1/1 $0, untouched 0/0 $0, unconverted 0/0 of which 0 open, 1 paths, 0 unvalued
        "#]],
    );
}

#[test]
fn a_campaign_that_is_not_set_is_a_line_only_when_touches_are_named() {
    let log = r#"
        a 09:00 click ads {"campaign":"spring"}
        a 09:01 click ads
        a 09:02 buy web
    "#;
    let by = r#""by":"properties.campaign","models":["last"],"range":{"all":true}"#;
    check(
        log,
        by,
        expect![[r#"
        spring: touches 1/1, on path 1/1, assisted 0/0: 1.00 $0.00
        sums 1.00 $0.00
        total 1/1 $0, untouched 0/0 $0, unconverted 0/0 of which 0 open, 1 paths, 0 unvalued
    "#]],
    );
    check(
        log,
        &format!(r#"{by},"touch":{{"events":["click"]}}"#),
        expect![[r#"
            spring: touches 1/1, on path 1/1, assisted 1/1: 0.00 $0.00
            "not_set": touches 1/1, on path 1/1, assisted 0/0: 1.00 $0.00
            sums 1.00 $0.00
            total 1/1 $0, untouched 0/0 $0, unconverted 0/0 of which 0 open, 1 paths, 0 unvalued
        "#]],
    );
}

#[test]
fn conversions_that_do_not_say_their_worth_are_counted() {
    check(
        r#"
        a 09:00 click ads
        a 09:02 buy web {"total":"12"}
        b 09:00 click ads
        b 09:02 buy web {"total":0.1}
        c 09:00 click ads
        c 09:02 buy web {"total":0.2}
        "#,
        r#""range":{"all":true},"value":"properties.total","models":["last",{"time_decay":"7d"}]"#,
        expect![[r#"
            ads: touches 3/3, on path 3/3, assisted 0/0: 3.00 $0.30, 3.00 $0.30
            sums 3.00 $0.30, 3.00 $0.30
            total 3/3 $0.3, untouched 0/0 $0, unconverted 0/0 of which 0 open, 1 paths, 1 unvalued
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
        let properties = format!(r#"{{"n":{index}}}"#);
        for actor in 0..2 {
            log.push(actor, at("09:00"), "view", Channel::Web, &properties);
        }
    }
    for actor in 0..2 {
        log.push(actor, at("10:00"), "buy", Channel::Web, "{}");
    }
    let report = read(&format!(
        r#"{ALL},"by":"properties.n","models":["linear",{{"markov":1}}]"#
    ));
    let (answer, found) = asked(&log, LAYOUTS[2], &report);
    assert_eq!(answer.left_out.capped, 5);
    let rest = found.lines.last().expect("lines");
    let passes = |times, profiles| Passes { times, profiles };
    assert_eq!(rest.label, Label::Rest);
    assert_eq!((rest.touches, rest.on_path), (passes(10, 2), passes(2, 2)));
    let expected = 10.0 / (limits::BREAKDOWN_VALUES_MAX + 5) as f64;
    assert!((rest.credit[0].conversions - expected).abs() < 1e-9);
    for (select, count) in numbers_of_profiles(&found) {
        assert_eq!(
            listed(&log, LAYOUTS[0], &report, select).len() as u64,
            count
        );
    }
}

#[test]
fn of_a_very_long_path_the_latest_touches_are_credited_and_it_is_said() {
    let mut log = Log {
        roots: vec![0],
        ..Log::default()
    };
    log.push(0, at("08:00"), "click", Channel::Ads, "{}");
    for index in 0..limits::PATH_TOUCHES_MAX {
        let channel = [Channel::Email, Channel::Web][index % 2];
        log.push(0, at("09:00"), "view", channel, "{}");
    }
    log.push(0, at("10:00"), "buy", Channel::Web, "{}");
    let (_, found) = asked(
        &log,
        LAYOUTS[0],
        &read(&format!(r#"{ALL},"models":["first"]"#)),
    );
    assert_eq!(found.cut, 1);
    let ads = (found.lines.iter())
        .find(|it| it.label == Label::Value(Value::Text("ads".to_owned())))
        .expect("listed");
    assert_eq!((ads.touches.times, ads.on_path.times), (1, 0));
}

#[test]
fn a_chain_of_too_many_states_is_skipped_and_named() {
    let mut log = Log {
        roots: (0..200).collect(),
        ..Log::default()
    };
    for actor in 0..200_u32 {
        for step in 0..60_u32 {
            let value = (actor * 7 + step * step * (actor % 13 + 1)) % 97;
            let time = at(&format!("09:{:02}", step));
            log.push(
                actor,
                time,
                "view",
                Channel::Web,
                &format!(r#"{{"n":{value}}}"#),
            );
        }
        log.push(actor, at("10:00"), "buy", Channel::Web, "{}");
    }
    let report = read(&format!(
        r#"{ALL},"by":"properties.n","models":["first",{{"markov":3}},"last"]"#
    ));
    let (_, found) = asked(&log, LAYOUTS[0], &report);
    assert_eq!(found.skipped, [CreditModel::Markov(3)]);
    assert_eq!(found.models, [CreditModel::First, CreditModel::Last]);
    assert!(found.lines.iter().all(|it| it.credit.len() == 2));
}

/// A report: its fields, and what they mean.
struct Case {
    fields: &'static str,
    by_property: bool,
    /// Names of touches; none means all where the value is known.
    touch: Option<&'static [&'static str]>,
    look_back_min: Option<i64>,
    reuse: bool,
    collapse: bool,
    /// Minutes of the range.
    from_min: i64,
    to_min: i64,
}

const MANY: i64 = 100_000;

const CASES: [Case; 4] = [
    Case {
        fields: r#""range":{"all":true},"value":"properties.p""#,
        by_property: false,
        touch: None,
        look_back_min: Some(30 * 24 * 60),
        reuse: false,
        collapse: true,
        from_min: -MANY,
        to_min: MANY,
    },
    Case {
        fields: r#""range":{"all":true},"value":"properties.p","look_back":{"within":"2m"},"reuse":true,
            "collapse":false,"by":"properties.p","touch":{"events":["view","mail"]}"#,
        by_property: true,
        touch: Some(&["view", "mail"]),
        look_back_min: Some(2),
        reuse: true,
        collapse: false,
        from_min: -MANY,
        to_min: MANY,
    },
    Case {
        fields: r#""range":{"between":{"from":"2026-03-02","to":"2026-03-02"},"zone":"Etc/GMT-12"},
            "value":"properties.p","look_back":"unlimited","collapse":false,"by":"properties.p""#,
        by_property: true,
        touch: None,
        look_back_min: None,
        reuse: false,
        collapse: false,
        from_min: -12 * 60,
        to_min: 12 * 60,
    },
    Case {
        fields: r#""range":{"all":true},"value":"properties.p","look_back":{"within":"3m"}"#,
        by_property: false,
        touch: None,
        look_back_min: Some(3),
        reuse: false,
        collapse: true,
        from_min: -MANY,
        to_min: MANY,
    },
];

/// A label that sorts as labels do.
type Key = String;

fn key(value: Option<&Value>) -> Key {
    match value {
        None => String::new(),
        Some(Value::Flag(flag)) => format!("1{flag}"),
        Some(Value::Number(number)) => format!("2{:?}", number + 0.0),
        Some(Value::Text(text)) => format!("3{text}"),
    }
}

#[derive(Clone, Debug, Default)]
struct NaiveLine {
    touches: (u64, BTreeSet<u32>),
    on_path: (u64, BTreeSet<u32>),
    assisted: (u64, BTreeSet<u32>),
    /// By model.
    credit: BTreeMap<String, (f64, f64)>,
}

#[derive(Default)]
struct Naive {
    lines: BTreeMap<Key, NaiveLine>,
    /// Conversions, their worth; those without touches.
    total: (u64, f64),
    untouched: u64,
    unvalued: u64,
    nulls: u64,
    ways: BTreeSet<Vec<Key>>,
    /// Of every conversion and null.
    paths: Vec<(Vec<Key>, Option<f64>)>,
}

/// Follows each profile with the definition in hand, one conversion and one touch at a time.
fn naive(log: &Log, case: &Case) -> Naive {
    let minute = |n: i64| at("0:0").0 + n * 60_000;
    let in_range = |time: i64| (minute(case.from_min)..minute(case.to_min)).contains(&time);
    let look_back = case.look_back_min.map_or(i64::MAX / 4, |it| it * 60_000);
    let mut found = Naive::default();
    for (profile, events) in by_profile(log) {
        // Time, label, whether direct, whether on a path.
        let mut touches: Vec<(i64, Key, bool, bool)> = Vec::new();
        let mut conversions: Vec<(i64, Option<f64>)> = Vec::new();
        for event in events {
            let name = log
                .names
                .name(EventCode(event.event))
                .expect("known")
                .to_string();
            let property = value_of(event, &Field::parse("properties.p").expect("a path"));
            let channel = Channel::from_code(event.channel);
            if name == "buy" {
                let worth = property.and_then(|it| match it {
                    Value::Number(number) => Some(number),
                    _ => None,
                });
                conversions.push((event.time.0, worth));
                continue;
            }
            let label = match case.by_property {
                true => key(property.as_ref()),
                false => key(Some(&Value::Text(channel.name().to_owned()))),
            };
            let is_known = !label.is_empty() && label != "3other";
            let is_touch = match case.touch {
                Some(names) => names.contains(&name.as_str()),
                None => is_known && !name.starts_with('$'),
            };
            if is_touch {
                let is_direct = matches!(channel, Channel::Web | Channel::App);
                touches.push((event.time.0, label, is_direct, false));
            }
        }
        touches.sort();
        for (time, worth) in &conversions {
            let mut way = Vec::new();
            for touch in &mut touches {
                let is_taken = conversions
                    .iter()
                    .any(|(other, _)| other < time && touch.0 <= *other);
                if touch.0 <= *time && *time - touch.0 <= look_back && (case.reuse || !is_taken) {
                    touch.3 = true;
                    way.push(touch.clone());
                }
            }
            if in_range(*time) {
                found.convert(case, profile, *time, *worth, &way);
            }
        }
        let lost: Vec<_> = (touches.iter())
            .filter(|it| !it.3 && in_range(it.0))
            .cloned()
            .collect();
        let mut rest = &lost[..];
        while let Some(first) = rest.first() {
            let count = rest
                .iter()
                .take_while(|it| it.0 - first.0 <= look_back)
                .count();
            let way = counted(case, &rest[..count])
                .into_iter()
                .map(|it| it.1)
                .collect::<Vec<_>>();
            found.nulls += 1;
            found.ways.insert(way.clone());
            found.paths.push((way, None));
            rest = &rest[count..];
        }
        for touch in touches.iter().filter(|it| in_range(it.0)) {
            let line = found.lines.entry(touch.1.clone()).or_default();
            line.touches.0 += 1;
            line.touches.1.insert(profile);
        }
    }
    found
}

fn counted(case: &Case, way: &[(i64, Key, bool, bool)]) -> Vec<(i64, Key)> {
    let mut list: Vec<(i64, Key)> = Vec::new();
    for touch in way {
        if case.collapse && list.last().is_some_and(|it| it.1 == touch.1) {
            list.pop();
        }
        list.push((touch.0, touch.1.clone()));
    }
    list
}

impl Naive {
    fn convert(
        &mut self,
        case: &Case,
        profile: u32,
        time: i64,
        worth: Option<f64>,
        way: &[(i64, Key, bool, bool)],
    ) {
        self.unvalued += u64::from(worth.is_none());
        let worth = worth.unwrap_or_default();
        self.total.0 += 1;
        self.total.1 += worth;
        let list = counted(case, way);
        let n = list.len();
        if n == 0 {
            self.untouched += 1;
            return;
        }
        let non_direct = way
            .iter()
            .rev()
            .find(|it| !it.2)
            .unwrap_or(&way[way.len() - 1])
            .1
            .clone();
        let keys: Vec<Key> = list.iter().map(|it| it.1.clone()).collect();
        let different: BTreeSet<&Key> = keys.iter().collect();
        let mut give = |label: &Key, model: &str, weight: f64| {
            let line = self.lines.entry(label.clone()).or_default();
            let credit = line.credit.entry(model.to_owned()).or_default();
            credit.0 += weight;
            credit.1 += weight * worth;
        };
        give(&keys[0], r#""first""#, 1.0);
        give(&keys[n - 1], r#""last""#, 1.0);
        give(&non_direct, r#""last_non_direct""#, 1.0);
        let halves: Vec<f64> = (list.iter())
            .map(|it| 0.5_f64.powf((time - it.0) as f64 / (7.0 * 86_400_000.0)))
            .collect();
        let half_sum: f64 = halves.iter().sum();
        for (index, label) in keys.iter().enumerate() {
            give(label, r#""linear""#, 1.0 / n as f64);
            give(label, r#"{"time_decay":"1w"}"#, halves[index] / half_sum);
            for (first, last) in [(40.0, 40.0), (20.0, 60.0), (60.0, 20.0)] {
                let percent = match (index, n) {
                    (_, 1) => 100.0,
                    (0, 2) => 100.0 * first / (first + last),
                    (1, 2) => 100.0 * last / (first + last),
                    (0, _) => first,
                    (index, n) if index == n - 1 => last,
                    (_, n) => (100.0 - first - last) / (n - 2) as f64,
                };
                let model = format!(r#"{{"position":{{"first":{first},"last":{last}}}}}"#);
                give(label, &model, percent / 100.0);
            }
        }
        for label in &different {
            give(label, r#""participation""#, 1.0);
            give(label, r#""shapley""#, 1.0 / different.len() as f64);
        }
        for label in &different {
            let line = self.lines.entry((*label).clone()).or_default();
            line.on_path.0 += 1;
            line.on_path.1.insert(profile);
            if keys[..n - 1].contains(*label) {
                line.assisted.0 += 1;
                line.assisted.1.insert(profile);
            }
        }
        self.ways.insert(keys.clone());
        self.paths.push((keys, Some(worth)));
    }

    /// Credit from chains of the single paths.
    fn chains(&mut self) {
        let keys: Vec<Key> = self.lines.keys().cloned().collect();
        let paths: Vec<models::Path> = (self.paths.iter())
            .map(|(way, worth)| models::Path {
                channels: (way.iter())
                    .map(|it| keys.iter().position(|key| key == it).expect("a line") as u32)
                    .collect(),
                conversions: if worth.is_some() { 1.0 } else { 0.0 },
                value: worth.unwrap_or_default(),
                nulls: if worth.is_some() { 0.0 } else { 1.0 },
            })
            .collect();
        for order in 1..=3 {
            let chain = models::Chain::of(&paths, keys.len(), order, 10_000).expect("few states");
            let credits = models::by_effect(&paths, &chain.removal_effects());
            for (key, credit) in keys.iter().zip(credits) {
                let line = self.lines.entry(key.clone()).or_default();
                let pair = (credit.conversions, credit.value);
                line.credit.insert(format!(r#"{{"markov":{order}}}"#), pair);
            }
        }
    }
}

proptest! {
    #![proptest_config(twin_config())]

    #[test]
    fn the_kernel_equals_its_naive_twin_and_lists_are_as_long_as_numbers_say(
        log in twin_log(),
        which in 0..CASES.len(),
    ) {
        let case = &CASES[which];
        let report = read(case.fields);
        let mut twin = naive(&log, case);
        twin.chains();
        let close = |a: f64, b: f64| (a - b).abs() < 1e-8;
        let mut first: Option<AttributionAnswer> = None;
        for layout in LAYOUTS {
            let (answer, found) = asked(&log, layout, &report);
            prop_assert_eq!(first.get_or_insert_with(|| found.clone()), &found);
            prop_assert_eq!(found.total.passes.times, twin.total.0);
            prop_assert_eq!(answer.n, twin.total.0);
            prop_assert!(close(found.total.value, twin.total.1));
            prop_assert_eq!(found.untouched.passes.times, twin.untouched);
            prop_assert_eq!(found.unvalued, twin.unvalued);
            prop_assert_eq!(found.unconverted.times, twin.nulls);
            prop_assert_eq!(found.paths, twin.ways.len() as u64);
            prop_assert_eq!(found.lines.len(), twin.lines.len());
            for line in &found.lines {
                let expected = &twin.lines[&match &line.label {
                    Label::Value(value) => key(Some(value)),
                    _ => String::new(),
                }];
                for (passes, naive) in [
                    (line.touches, &expected.touches),
                    (line.on_path, &expected.on_path),
                    (line.assisted, &expected.assisted),
                ] {
                    prop_assert_eq!(passes.times, naive.0);
                    prop_assert_eq!(passes.profiles, naive.1.len() as u64);
                }
                prop_assert_eq!(line.credit.len(), CreditModel::ALL.len());
                for (model, credit) in found.models.iter().zip(&line.credit) {
                    let name = serde_json::to_string(model).expect("written");
                    let (conversions, value) = expected.credit.get(&name).copied().unwrap_or_default();
                    prop_assert!(close(credit.conversions, conversions), "{name} {credit:?} {conversions}");
                    prop_assert!(close(credit.value, value), "{name} {credit:?} {value}");
                }
            }
            let touched = (twin.total.0 - twin.untouched) as f64;
            for (model, sum) in found.models.iter().zip(&found.sums) {
                if *model != CreditModel::Participation {
                    prop_assert!(close(sum.conversions, touched), "{model:?}");
                }
            }
            for (select, count) in numbers_of_profiles(&found).into_iter().filter(|_| !log.is_crowd()) {
                let list = listed(&log, layout, &report, select);
                prop_assert_eq!(list.len() as u64, count);
            }
        }
    }
}
