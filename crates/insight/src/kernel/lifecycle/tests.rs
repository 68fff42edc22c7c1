use std::collections::{BTreeMap, BTreeSet};

use expect_test::{Expect, expect};
use proptest::prelude::*;
use throughline_model::{EventCode, Vocabulary, report::Report};

use super::*;
use crate::{
    ask::{Answer, Numbers, ask, people},
    cancel::Cancel,
    fixture::{LAYOUTS, Layout, Log, at, by_profile, twin_config, twin_spread_log},
    select::Select,
};

fn asked(log: &Log, layout: Layout, report: &Report, now: Timestamp) -> (Answer, LifecycleAnswer) {
    let answer = ask(
        &log.laid_out(layout),
        &Vocabulary::default(),
        report,
        now,
        &Cancel::default(),
    )
    .expect("sound");
    let Numbers::Lifecycle(found) = answer.numbers.clone() else {
        panic!("a lifecycle")
    };
    (answer, found)
}

fn check(now: &str, text: &str, more: &str, expected: Expect) {
    let log = Log::read(text);
    let report: Report =
        serde_json::from_str(&format!(r#"{{"kind":"lifecycle",{more}}}"#)).expect(more);
    let Report::Lifecycle(definition) = &report else {
        panic!("a lifecycle")
    };
    let zone = definition.range.zone.clone();
    let all = LAYOUTS.map(|layout| {
        let (_, found) = asked(&log, layout, &report, at(now));
        let mut text = format!("before: {}\n", found.active_before);
        for it in &found.periods {
            text += &format!(
                "{}{}: {} active, +{} new, {} returning, +{} resurrecting, -{} dormant\n",
                it.point.from.in_zone(&zone).date(),
                if it.point.is_partial { "*" } else { "" },
                it.active,
                it.new,
                it.returning,
                it.resurrecting,
                it.dormant,
            );
        }
        text
    });
    assert_eq!(all[0], all[1]);
    assert_eq!(all[0], all[2]);
    expected.assert_eq(&all[0]);
}

#[test]
fn dormant_is_the_first_period_of_silence_and_only_that() {
    check(
        "5d12:00",
        "
        ana 09:00 view
        ana 1d09:00 view
        ana 4d09:00 view
        bob 1d09:00 view
        bob 1d09:00 $identify
        bob 2d09:00 $identify
        ",
        r#""range":{"between":{"from":"2026-03-02","to":"2026-03-31"}}"#,
        expect![[r#"
            before: 0
            2026-03-02: 1 active, +1 new, 0 returning, +0 resurrecting, -0 dormant
            2026-03-03: 2 active, +1 new, 1 returning, +0 resurrecting, -0 dormant
            2026-03-04: 0 active, +0 new, 0 returning, +0 resurrecting, -2 dormant
            2026-03-05: 0 active, +0 new, 0 returning, +0 resurrecting, -0 dormant
            2026-03-06: 1 active, +0 new, 0 returning, +1 resurrecting, -0 dormant
            2026-03-07*: 0 active, +0 new, 0 returning, +0 resurrecting, -1 dormant
        "#]],
    );
}

#[test]
fn what_came_before_the_range_is_known() {
    // By the range alone, both would be new on the 4th.
    check(
        "2d12:00",
        "
        ana 09:00 view
        ana 2d09:00 view
        bob 1d09:00 view
        bob 2d09:00 view
        cem 1d09:00 view
        ",
        r#""range":{"between":{"from":"2026-03-04","to":"2026-03-04"}}"#,
        expect![[r#"
            before: 2
            2026-03-04*: 2 active, +0 new, 1 returning, +1 resurrecting, -1 dormant
        "#]],
    );
}

#[test]
fn a_period_that_the_range_cuts_is_counted_whole() {
    check(
        "29d00:00",
        "
        ana 09:00 view
        ana 8d09:00 view
        ",
        r#""period":"week","range":{"between":{"from":"2026-03-04","to":"2026-03-09"}}"#,
        expect![[r#"
            before: 0
            2026-03-02: 1 active, +1 new, 0 returning, +0 resurrecting, -0 dormant
            2026-03-09: 1 active, +0 new, 1 returning, +0 resurrecting, -0 dormant
        "#]],
    );
}

#[test]
fn the_first_day_of_the_week_is_a_choice() {
    // The 8th of March is a Sunday.
    let text = "
        ana 5d09:00 view
        ana 6d09:00 view
        ";
    let range = r#""period":"week","range":{"between":{"from":"2026-03-07","to":"2026-03-08"}}"#;
    check(
        "29d00:00",
        text,
        range,
        expect![[r#"
        before: 0
        2026-03-02: 1 active, +1 new, 0 returning, +0 resurrecting, -0 dormant
    "#]],
    );
    let sunday = format!(r#"{range},"week_start":"sunday""#);
    check(
        "29d00:00",
        text,
        &sunday,
        expect![[r#"
        before: 0
        2026-03-01: 1 active, +1 new, 0 returning, +0 resurrecting, -0 dormant
        2026-03-08: 1 active, +0 new, 1 returning, +0 resurrecting, -0 dormant
    "#]],
    );
}

#[test]
fn the_days_on_which_clocks_change_are_days() {
    // 23 hours in March and 25 in October; both times ana is active on two days in a row.
    for (now, text, day) in [
        (
            "60d00:00",
            "
            ana 26d23:30 view
            ana 27d22:30 view
            ",
            "2026-03",
        ),
        (
            "260d00:00",
            "
            ana 236d22:30 view
            ana 237d23:30 view
            ",
            "2026-10",
        ),
    ] {
        let (from, to) = match day {
            "2026-03" => ("2026-03-29", "2026-03-31"),
            _ => ("2026-10-25", "2026-10-27"),
        };
        check(
            now,
            text,
            &format!(
                r#""range":{{"between":{{"from":"{from}","to":"{to}"}},"zone":"Europe/Berlin"}}"#
            ),
            match day {
                "2026-03" => expect![[r#"
                    before: 0
                    2026-03-29: 1 active, +1 new, 0 returning, +0 resurrecting, -0 dormant
                    2026-03-30: 1 active, +0 new, 1 returning, +0 resurrecting, -0 dormant
                    2026-03-31: 0 active, +0 new, 0 returning, +0 resurrecting, -1 dormant
                "#]],
                _ => expect![[r#"
                    before: 0
                    2026-10-25: 1 active, +1 new, 0 returning, +0 resurrecting, -0 dormant
                    2026-10-26: 1 active, +0 new, 1 returning, +0 resurrecting, -0 dormant
                    2026-10-27: 0 active, +0 new, 0 returning, +0 resurrecting, -1 dormant
                "#]],
            },
        );
    }
}

fn any_report() -> impl Strategy<Value = String> {
    let pick = |texts: &'static [&'static str]| prop::sample::select(texts);
    (
        pick(&[
            r#""range":{"all":true,"zone":"Europe/Berlin"}"#,
            r#""range":{"between":{"from":"2026-03-28","to":"2026-04-02"},"zone":"Europe/Berlin"}"#,
            r#""range":{"last":"60h","zone":"America/New_York"}"#,
        ]),
        pick(&[
            "",
            r#","period":"hour""#,
            r#","period":"week""#,
            r#","period":"week","week_start":"sunday""#,
            r#","period":"month""#,
        ]),
        pick(&[
            "",
            r#","active":{"events":["view"]}"#,
            r#","filter":{"where":{"field":"properties.p","test":{"exists":{}}}}"#,
        ]),
    )
        .prop_map(|(range, period, active)| {
            format!(r#"{{"kind":"lifecycle",{range}{period}{active}}}"#)
        })
}

proptest! {
    #![proptest_config(twin_config())]

    #[test]
    fn the_kernel_equals_its_naive_twin_obeys_its_laws_and_lists_are_as_long_as_numbers_say(
        log in twin_spread_log(),
        text in any_report(),
        hours in 0..900_i64,
    ) {
        let report: Report = serde_json::from_str(&text).expect("valid");
        let Report::Lifecycle(definition) = &report else { panic!("a lifecycle") };
        let now = Timestamp(at("25d00:00").0 + hours * 3_600_000);
        let mut active: BTreeMap<u32, Vec<i64>> = BTreeMap::new();
        for (profile, events) in by_profile(&log) {
            for event in events.into_iter().filter(|it| it.time <= now) {
                let name = log.names.name(EventCode(event.event)).expect("named");
                let look = |field: &throughline_model::Field| {
                    throughline_store::value_of(event, field)
                };
                let asks = &definition.active.events;
                if !name.is_system()
                    && (asks.is_empty() || asks.contains(name))
                    && definition.filter.as_ref().is_none_or(|filter| filter.holds(&look))
                {
                    active.entry(profile).or_default().push(event.time.0);
                }
            }
        }
        // Whether a profile was active from one instant up to another.
        let is_active = |times: &[i64], from: i64, to: i64| {
            times.iter().any(|time| from <= *time && *time < to)
        };
        let ruler = Ruler::new(definition.period, definition.week_start, &definition.range.zone);
        for layout in LAYOUTS {
            let (answer, found) = asked(&log, layout, &report, now);
            let snapshot = log.laid_out(layout);
            let vocabulary = Vocabulary::default();
            let count = |period: Timestamp, state: LifecycleState| {
                let select = Select::Lifecycle(LifecycleSelect { period, state });
                people(&snapshot, &vocabulary, &report, &select, now, &Cancel::default())
                    .expect("sound")
                    .len() as u64
            };
            let mut before = found.active_before;
            let mut n = BTreeSet::new();
            for (index, it) in found.periods.iter().enumerate() {
                let (from, to) = (it.point.from.0, it.point.to.0);
                let earlier = ruler.start_of_unit(Timestamp(from - 1)).0;
                let tally = |fits: &dyn Fn(bool, bool, bool) -> bool| {
                    active
                        .values()
                        .filter(|times| {
                            fits(
                                is_active(times, from, to),
                                is_active(times, earlier, from),
                                is_active(times, i64::MIN, earlier),
                            )
                        })
                        .count() as u64
                };
                prop_assert_eq!(it.new, tally(&|now, last, past| now && !last && !past));
                prop_assert_eq!(it.returning, tally(&|now, last, _| now && last));
                prop_assert_eq!(it.resurrecting, tally(&|now, last, past| now && !last && past));
                prop_assert_eq!(it.dormant, tally(&|now, last, _| !now && last));
                prop_assert_eq!(it.active, tally(&|now, _, _| now));
                if index == 0 {
                    prop_assert_eq!(before, tally(&|_, last, _| last));
                }
                prop_assert_eq!(it.returning + it.dormant, before);
                prop_assert_eq!(it.new + it.returning + it.resurrecting, it.active);
                before = it.active;
                for (state, number) in [
                    (LifecycleState::New, it.new),
                    (LifecycleState::Returning, it.returning),
                    (LifecycleState::Resurrecting, it.resurrecting),
                    (LifecycleState::Dormant, it.dormant),
                    (LifecycleState::Active, it.active),
                ] {
                    prop_assert!(log.is_crowd() || count(it.point.from, state) == number);
                }
                n.extend(active.iter().filter(|(_, times)| is_active(times, from, to)).map(|it| *it.0));
            }
            prop_assert_eq!(answer.n, n.len() as u64);
        }
    }
}
