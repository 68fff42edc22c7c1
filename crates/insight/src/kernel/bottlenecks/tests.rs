use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use throughline_model::{EventCode, Field, Value, Vocabulary, report::Report};

use super::*;
use crate::{
    ask::{Numbers, ask, people},
    cancel::Cancel,
    fixture::{LAYOUTS, Layout, Log, any_log, at, by_profile, shop},
    select::Select,
};

fn read(more: &str) -> Report {
    let text = format!(r#"{{"kind":"bottlenecks",{more}}}"#);
    serde_json::from_str(&text).expect(&text)
}

fn asked(log: &Log, layout: Layout, report: &Report, now: Timestamp) -> BottlenecksAnswer {
    let answer = ask(
        &log.laid_out(layout),
        &Vocabulary::default(),
        report,
        now,
        &Cancel::default(),
    );
    let Numbers::Bottlenecks(found) = answer.expect("sound").numbers else {
        panic!("bottlenecks")
    };
    found
}

fn chosen(log: &Log, report: &Report, select: BottlenecksSelect, now: Timestamp) -> u64 {
    let found = people(
        &log.snapshot(),
        &Vocabulary::default(),
        report,
        &Select::Bottlenecks(select),
        now,
        &Cancel::default(),
    );
    found.expect("in the answer").len() as u64
}

/// Forty of each kind: `web` goes on in one of four, `app` in three of four.
fn two_channels() -> Log {
    let mut lines = String::new();
    for person in 0..80 {
        let channel = if person < 40 { "web" } else { "app" };
        lines += &format!("p{person:02} 1d09:00 view {channel}\n");
        let goes_on = if person < 40 {
            person % 4 == 0
        } else {
            person % 4 != 0
        };
        if goes_on {
            lines += &format!("p{person:02} 1d09:10 buy {channel} {{\"worth\":10}}\n");
        }
    }
    lines += "late 9d09:00 mail web\n";
    Log::read(&lines)
}

const STAGES: &str = r#""stages":[{"name":"look","matcher":{"events":["view"]}},
    {"name":"take","matcher":{"events":["cart"]}},{"name":"buy","matcher":{"events":["buy"]}}]"#;

#[test]
fn the_weaker_channel_is_a_bottleneck_and_the_stronger_a_strength_to_the_same_amount() {
    let report = read(&format!(
        r#""range":{{"all":true}},"within":"1h",{STAGES},"goal":{{"events":["buy"]}},"value":"properties.worth""#
    ));
    let found = asked(&two_channels(), LAYOUTS[0], &report, at("10d00:00"));
    assert_eq!((found.bottlenecks.len(), found.strengths.len()), (1, 1));
    let (low, high) = (&found.bottlenecks[0], &found.strengths[0]);
    let value = |it: &StageContrast| it.spot.label.clone().expect("of a value");
    assert_eq!(value(low), Label::Value(Value::Text("web".to_owned())));
    assert_eq!(value(high), Label::Value(Value::Text("app".to_owned())));
    assert_eq!((low.own.passed, low.own.entered), (10, 40));
    assert_eq!((low.people, high.people), (-20.0, 20.0));
    // Forty bought for ten each, so one who goes on is worth ten.
    assert_eq!((low.value, high.value), (Some(-200.0), Some(200.0)));
    assert!(low.is_sure && low.interval.high < 0.0);
    assert_eq!(found.opportunities.len(), 1);
    let gain = &found.opportunities[0];
    assert_eq!((gain.people, gain.value), (20.0, Some(200.0)));
}

#[test]
fn who_entered_too_late_counts_for_nothing_yet() {
    let log = Log::read("ana 09:00 view\nben 09:50 view\ncem 10:00 mail");
    let report = read(&format!(
        r#""range":{{"all":true}},"within":"30m",{STAGES}"#
    ));
    let found = asked(&log, LAYOUTS[0], &report, at("1d00:00"));
    let look = &found.stages[0].passage;
    assert_eq!((look.entered, look.passed, look.immature), (1, 0, 1));
}

#[test]
fn a_later_stage_of_the_same_instant_is_reached_and_an_earlier_event_is_not() {
    let log =
        Log::read("ana 09:00 view\nana 09:00 buy\nben 09:00 buy\nben 09:01 view\ncem 2d09:00 mail");
    let report = read(&format!(
        r#""range":{{"all":true}},"within":"30m",{STAGES}"#
    ));
    let found = asked(&log, LAYOUTS[0], &report, at("3d00:00"));
    let look = &found.stages[0].passage;
    assert_eq!((look.entered, look.passed, look.median_ms), (2, 1, Some(0)));
}

#[test]
fn all_of_time_has_no_past_and_a_range_is_held_against_the_one_before() {
    let log = Log::read("ana 1d09:00 view\nana 1d09:10 buy\nben 2d09:00 view\ncem 9d09:00 mail");
    let ranged = r#""range":{"between":{"from":"2026-03-04","to":"2026-03-04"}}"#;
    let report = read(&format!(r#"{ranged},"within":"1h",{STAGES}"#));
    let found = asked(&log, LAYOUTS[0], &report, at("9d00:00"));
    let look = &found.stages[0];
    assert_eq!((look.passage.entered, look.passage.passed), (1, 0));
    assert_eq!((look.before.entered, look.before.passed), (1, 1));
    let all = read(&format!(r#""range":{{"all":true}},"within":"1h",{STAGES}"#));
    assert_eq!(asked(&log, LAYOUTS[0], &all, at("9d00:00")).before, None);
}

/// What is planted in the demo shop has to be on top of the list for its step.
#[test]
fn planted_problems_of_the_demo_shop_are_found_first() {
    let log = shop(3_000);
    let check = |from: &str, to: &str, field: &str, within: &str, planted: Value| {
        let report = read(&format!(
            r#""range":{{"all":true}},"within":"{within}","by":["{field}"],"stages":[
                {{"name":"from","matcher":{from}}},{{"name":"to","matcher":{to}}}]"#
        ));
        let found = asked(&log, LAYOUTS[0], &report, at("101d00:00"));
        let first = found.bottlenecks.first().expect("a bottleneck");
        assert!(first.is_sure, "{field} {first:?}");
        assert_eq!(first.spot.label, Some(Label::Value(planted)), "{field}");
    };
    check(
        r#"{"events":["product_searched"]}"#,
        r#"{"events":["product_viewed"]}"#,
        "properties.results_count",
        "30m",
        Value::Number(0.0),
    );
    check(
        r#"{"events":["ad_clicked"]}"#,
        r#"{"events":["product_added"]}"#,
        "properties.campaign",
        "1h",
        Value::Text("garden_week".to_owned()),
    );
}

/// Everybody's entries, by brute force over all events.
fn naive(
    log: &Log,
    report: &Bottlenecks,
    range: TimeRange,
    end: i64,
) -> BTreeMap<(usize, usize, String), (u64, u64, u64)> {
    let stages = ["view", "cart", "buy"];
    let mut counted = BTreeMap::new();
    for events in by_profile(log).values() {
        let name = |event: &throughline_store::StoredEvent| {
            log.names
                .name(EventCode(event.event))
                .expect("interned")
                .as_str()
                .to_owned()
        };
        for (stage, wanted) in stages.iter().enumerate().take(2) {
            let first = events
                .iter()
                .filter(|it| name(it) == *wanted && range.contains(it.time))
                .map(|it| it.time.0)
                .min();
            let Some(first) = first else { continue };
            let until = first + report.within.0;
            let is_later = |it: &&throughline_store::StoredEvent| {
                stages[stage + 1..].contains(&name(it).as_str())
                    && (first..=until).contains(&it.time.0)
            };
            let passed = events.iter().any(is_later);
            let channels: BTreeSet<String> = events
                .iter()
                .filter(|it| it.time.0 == first && name(it) == *wanted)
                .map(|it| {
                    throughline_model::Channel::from_code(it.channel)
                        .name()
                        .to_owned()
                })
                .collect();
            let channel = channels.first().cloned().unwrap_or_default();
            for place in [(stage, 0, String::new()), (stage, 1, channel)] {
                let cell: &mut (u64, u64, u64) = counted.entry(place).or_default();
                match until <= end {
                    true => {
                        cell.0 += 1;
                        cell.1 += u64::from(passed);
                    }
                    false => cell.2 += 1,
                }
            }
        }
    }
    counted
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_kernel_equals_its_twin(log in any_log(), within in 0..5_i64, last in 1..9_i64) {
        let within = within.max(1);
        let report = read(&format!(
            r#""range":{{"last":"{last}m"}},"within":"{within}m","by":["channel"],{STAGES}"#
        ));
        let Report::Bottlenecks(definition) = &report else { unreachable!() };
        let now = at("0:08");
        let range = definition.range.resolve(now);
        let end = log.events.iter().map(|it| it.time.0).max().map_or(now.0, |it| it.min(now.0));
        let counted = naive(&log, definition, range, end);
        for layout in LAYOUTS {
            let found = asked(&log, layout, &report, now);
            for (index, stage) in found.stages.iter().enumerate() {
                let wanted = counted.get(&(index, 0, String::new())).copied().unwrap_or_default();
                let passage = &stage.passage;
                prop_assert_eq!((passage.entered, passage.passed, passage.immature), wanted);
                let before = TimeRange { from: Timestamp(range.from.0 - (range.to.0 - range.from.0)), to: range.from };
                let past = naive(&log, definition, before, end);
                let wanted = past.get(&(index, 0, String::new())).copied().unwrap_or_default();
                prop_assert_eq!((stage.before.entered, stage.before.passed, stage.before.immature), wanted);
            }
        }
        // Lists are as long as they say, for everybody and for each value that somebody has.
        for ((stage, field, channel), (entered, passed, immature)) in counted {
            let select = |part| BottlenecksSelect {
                stage: ["look", "take"][stage].to_owned(),
                by: (field == 1).then_some(By::Field(Field::Channel)),
                label: (field == 1).then(|| Label::Value(Value::Text(channel.clone()))),
                is_of_peers: false,
                is_before: false,
                part,
            };
            let of = |part| chosen(&log, &report, select(part), now);
            prop_assert_eq!(of(BottleneckPart::Entered), entered);
            prop_assert_eq!(of(BottleneckPart::Passed), passed);
            prop_assert_eq!(of(BottleneckPart::Lost), entered - passed);
            prop_assert_eq!(of(BottleneckPart::Immature), immature);
        }
    }
}
