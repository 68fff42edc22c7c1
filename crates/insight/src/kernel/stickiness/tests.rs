use std::collections::{BTreeMap, BTreeSet};

use expect_test::{Expect, expect};
use proptest::prelude::*;
use throughline_model::{
    EventCode, Timestamp, Vocabulary, Zone,
    report::Report,
    retention::{PeriodUnit, WeekStart},
};

use super::*;
use crate::{
    ask::{Answer, Numbers, ask, people},
    cancel::Cancel,
    fixture::{LAYOUTS, Layout, Log, at, by_profile, twin_config, twin_spread_log},
    select::Select,
};

fn asked(log: &Log, layout: Layout, report: &Report, now: Timestamp) -> (Answer, StickinessAnswer) {
    let answer = ask(
        &log.laid_out(layout),
        &Vocabulary::default(),
        report,
        now,
        &Cancel::default(),
    )
    .expect("sound");
    let Numbers::Stickiness(found) = answer.numbers.clone() else {
        panic!("a stickiness")
    };
    (answer, found)
}

fn check(now: &str, text: &str, more: &str, expected: Expect) {
    let log = Log::read(text);
    let report: Report =
        serde_json::from_str(&format!(r#"{{"kind":"stickiness",{more}}}"#)).expect(more);
    let Report::Stickiness(definition) = &report else {
        panic!("a stickiness")
    };
    let zone = definition.range.zone.clone();
    let all = LAYOUTS.map(|layout| {
        let (_, found) = asked(&log, layout, &report, at(now));
        let mut text = String::new();
        for it in &found.periods {
            let exactly: Vec<String> = (1..)
                .zip(&it.exactly)
                .filter(|(_, profiles)| **profiles > 0)
                .map(|(units, profiles)| format!("{profiles} on {units}"))
                .collect();
            text += &format!(
                "{}{} of {}: {} active, {} in all; {}\n",
                it.point.from.in_zone(&zone).date(),
                if it.point.is_partial { "*" } else { "" },
                it.units,
                it.profiles,
                it.active_units,
                exactly.join(", "),
            );
        }
        let passes = |list: &[Passes]| {
            let shown: Vec<String> = (1..)
                .zip(list)
                .filter(|(_, it)| it.times > 0)
                .map(|(units, it)| format!("{units}: {}/{}", it.times, it.profiles))
                .collect();
            shown.join(" ")
        };
        text + &format!(
            "exactly {}\nat least {}\n",
            passes(&found.exactly),
            passes(&found.at_least)
        )
    });
    assert_eq!(all[0], all[1]);
    assert_eq!(all[0], all[2]);
    expected.assert_eq(&all[0]);
}

#[test]
fn days_are_counted_once_and_a_week_that_is_not_over_is_left_out_of_the_whole() {
    check(
        "9d12:00",
        "
        ana 09:00 view
        ana 10:00 view
        ana 2d10:00 view
        ana 8d10:00 view
        bob 3d10:00 view
        bob 3d10:00 $identify
        bob 10d10:00 view
        ",
        r#""range":{"between":{"from":"2026-03-04","to":"2026-03-15"}}"#,
        expect![[r#"
            2026-03-02 of 7: 2 active, 3 in all; 1 on 1, 1 on 2
            2026-03-09* of 7: 1 active, 1 in all; 1 on 1
            exactly 1: 1/1 2: 1/1
            at least 1: 2/2 2: 1/1
        "#]],
    );
}

#[test]
fn the_first_day_of_the_week_is_a_choice() {
    // The 8th of March is a Sunday.
    check(
        "29d00:00",
        "
        ana 5d09:00 view
        ana 6d09:00 view
        ",
        r#""week_start":"sunday","range":{"between":{"from":"2026-03-07","to":"2026-03-08"}}"#,
        expect![[r#"
            2026-03-01 of 7: 1 active, 1 in all; 1 on 1
            2026-03-08 of 7: 1 active, 1 in all; 1 on 1
            exactly 1: 2/1
            at least 1: 2/1
        "#]],
    );
}

#[test]
fn the_day_that_lost_an_hour_has_23_and_a_month_has_its_own_days() {
    check(
        "99d00:00",
        "
        ana 27d21:30 view
        ana 27d22:30 view
        ana 28d21:30 view
        ",
        r#""period":"month","range":{"between":{"from":"2026-03-10","to":"2026-04-10"},"zone":"Europe/Berlin"}"#,
        expect![[r#"
            2026-03-01 of 31: 1 active, 2 in all; 1 on 2
            2026-04-01 of 30: 0 active, 0 in all; 
            exactly 2: 1/1
            at least 1: 1/1 2: 1/1
        "#]],
    );
    check(
        "99d00:00",
        "
        ana 27d00:30 view
        ana 27d01:30 view
        ",
        r#""period":"day","unit":"hour","range":{"between":{"from":"2026-03-29","to":"2026-03-29"},"zone":"Europe/Berlin"}"#,
        expect![[r#"
            2026-03-29 of 23: 1 active, 2 in all; 1 on 2
            exactly 2: 1/1
            at least 1: 1/1 2: 1/1
        "#]],
    );
}

#[test]
fn a_week_that_a_month_cuts_counts_in_both() {
    // The 31st of March is a Tuesday.
    check(
        "99d00:00",
        "
        ana 29d09:00 view
        ana 30d09:00 view
        ",
        r#""period":"month","unit":"week","range":{"between":{"from":"2026-03-31","to":"2026-04-01"}}"#,
        expect![[r#"
            2026-03-01 of 6: 1 active, 1 in all; 1 on 1
            2026-04-01 of 5: 1 active, 1 in all; 1 on 1
            exactly 1: 2/1
            at least 1: 2/1
        "#]],
    );
}

fn any_report() -> impl Strategy<Value = String> {
    let pick = |texts: &'static [&'static str]| prop::sample::select(texts);
    (
        pick(&[
            r#""range":{"all":true,"zone":"Europe/Berlin"}"#,
            r#""range":{"between":{"from":"2026-03-28","to":"2026-03-31"},"zone":"Europe/Berlin"}"#,
            r#""range":{"last":"60h","zone":"America/New_York"}"#,
        ]),
        pick(&[
            "",
            r#","week_start":"sunday""#,
            r#","period":"month""#,
            r#","period":"month","unit":"week""#,
            r#","period":"day","unit":"hour""#,
        ]),
        pick(&["", r#","active":{"events":["view"]}"#]),
    )
        .prop_map(|(range, period, active)| {
            format!(r#"{{"kind":"stickiness",{range}{period}{active}}}"#)
        })
}

/// The first day or hour of the unit that an instant is in, as text.
fn unit_name(unit: PeriodUnit, week: WeekStart, zone: &Zone, time: Timestamp) -> String {
    let date = time.in_zone(zone).date();
    match unit {
        PeriodUnit::Hour => (time.0 / 3_600_000).to_string(),
        PeriodUnit::Day => date.to_string(),
        PeriodUnit::Week => {
            let weekday = date.weekday();
            let back = match week {
                WeekStart::Monday => weekday.to_monday_zero_offset(),
                WeekStart::Sunday => weekday.to_sunday_zero_offset(),
            };
            let back = jiff::Span::new().days(i64::from(back));
            date.checked_sub(back).expect("near").to_string()
        }
        PeriodUnit::Month => date.first_of_month().to_string(),
    }
}

proptest! {
    #![proptest_config(twin_config())]

    #[test]
    fn the_kernel_equals_its_naive_twin_and_lists_are_as_long_as_numbers_say(
        log in twin_spread_log(),
        text in any_report(),
        hours in 0..900_i64,
    ) {
        let report: Report = serde_json::from_str(&text).expect("valid");
        let Report::Stickiness(definition) = &report else { panic!("a stickiness") };
        let now = Timestamp(at("25d00:00").0 + hours * 3_600_000);
        let zone = &definition.range.zone;
        let name = |unit, time| unit_name(unit, definition.week_start, zone, time);
        // Per profile and period the units with an event.
        let mut units: BTreeMap<(u32, String), BTreeSet<String>> = BTreeMap::new();
        for (profile, events) in by_profile(&log) {
            for event in events.into_iter().filter(|it| it.time <= now) {
                let event_name = log.names.name(EventCode(event.event)).expect("named");
                let asks = &definition.active.events;
                if !event_name.is_system() && (asks.is_empty() || asks.contains(event_name)) {
                    let period = name(definition.period, event.time);
                    let unit = name(definition.unit, event.time);
                    units.entry((profile, period)).or_default().insert(unit);
                }
            }
        }
        for layout in LAYOUTS {
            let (answer, found) = asked(&log, layout, &report, now);
            let snapshot = log.laid_out(layout);
            let vocabulary = Vocabulary::default();
            let count = |period: Option<Timestamp>, units: usize, or_more: bool| {
                let select = Select::Stickiness(StickinessSelect { period, units, or_more });
                people(&snapshot, &vocabulary, &report, &select, now, &Cancel::default())
                    .expect("sound")
                    .len() as u64
            };
            let (mut active, mut complete) = (BTreeSet::new(), Vec::new());
            for it in &found.periods {
                let of = name(definition.period, it.point.from);
                let mut exactly = vec![0; it.units];
                for ((profile, period), units) in &units {
                    if *period == of {
                        exactly[units.len() - 1] += 1;
                        active.insert(*profile);
                        if !it.point.is_partial {
                            complete.push((*profile, units.len()));
                        }
                    }
                }
                prop_assert_eq!(&it.exactly, &exactly);
                prop_assert!(log.is_crowd() || it.profiles == count(Some(it.point.from), 1, true));
                let active_units: usize = (1..).zip(&exactly).map(|(units, it)| units * *it as usize).sum();
                prop_assert_eq!(it.active_units, active_units as u64);
                for (units, number) in (1..).zip(&exactly).filter(|(_, number)| **number > 0) {
                    prop_assert!(log.is_crowd() || *number == count(Some(it.point.from), units, false));
                }
            }
            prop_assert_eq!(answer.n, active.len() as u64);
            for (units, (exactly, at_least)) in (1..).zip(found.exactly.iter().zip(&found.at_least)) {
                let of = |fits: &dyn Fn(usize) -> bool| {
                    let list: Vec<u32> =
                        complete.iter().filter(|it| fits(it.1)).map(|it| it.0).collect();
                    Passes {
                        times: list.len() as u64,
                        profiles: list.iter().collect::<BTreeSet<_>>().len() as u64,
                    }
                };
                prop_assert_eq!(*exactly, of(&|it| it == units));
                prop_assert_eq!(*at_least, of(&|it| it >= units));
                prop_assert!(log.is_crowd() || exactly.profiles == count(None, units, false));
                prop_assert!(log.is_crowd() || at_least.profiles == count(None, units, true));
            }
        }
    }
}
