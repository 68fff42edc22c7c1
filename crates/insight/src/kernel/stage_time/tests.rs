use std::collections::BTreeMap;

use expect_test::{Expect, expect};
use proptest::prelude::*;
use throughline_model::{EventCode, Span, Vocabulary, report::Report};
use throughline_predict::survival::Curve;

use super::*;
use crate::{
    ask::{Numbers, ask, people},
    cancel::Cancel,
    fixture::{LAYOUTS, Layout, Log, at, by_profile, twin_config, twin_log},
    select::Select,
};

const STAGES: &str = r#""stages":[
    {"name":"look","matcher":{"events":["view","mail"]}},
    {"name":"take","matcher":{"events":["cart"]}},
    {"name":"own","matcher":{"events":["buy"]}}]"#;

fn read(more: &str) -> Report {
    serde_json::from_str(&format!(
        r#"{{"kind":"stage_time","range":{{"all":true}},{STAGES}{more}}}"#
    ))
    .expect(more)
}

fn asked(log: &Log, layout: Layout, report: &Report, now: Timestamp) -> StageTimeAnswer {
    let answer = ask(
        &log.laid_out(layout),
        &Vocabulary::default(),
        report,
        now,
        &Cancel::default(),
    );
    let Numbers::StageTime(found) = answer.expect("sound").numbers else {
        panic!("time in stages")
    };
    found
}

fn shown(answer: &StageTimeAnswer) -> String {
    let passes = |it: &Passes| format!("{}/{}", it.times, it.profiles);
    let minutes = |it: Option<i64>| it.map_or("-".to_owned(), |ms| (ms / 60_000).to_string());
    let mut text = String::new();
    for it in &answer.stages {
        let next: Vec<String> = it
            .next
            .iter()
            .map(|it| format!(" > {} {}", it.to, passes(&it.passes)))
            .collect();
        let curve: Vec<String> = it
            .curve
            .iter()
            .map(|point| {
                assert!(point.low <= point.share && point.share <= point.high);
                format!("{}:{:.0}%", point.ms / 60_000, point.share * 100.0)
            })
            .collect();
        text += &format!(
            "{}: {} stays, still in {}, silent {}{}; {} {} {} {}; {}\n",
            it.stage.id,
            passes(&it.stays),
            passes(&it.still_in),
            passes(&it.silent),
            next.concat(),
            minutes(it.quarter_ms),
            minutes(it.median_ms),
            minutes(it.three_quarters_ms),
            minutes(it.p90_ms),
            curve.join(" "),
        );
        let gave_up = it.gave_up.iter().map(|point| {
            assert!(point.low <= point.share + 1e-9 && point.share <= point.high + 1e-9);
            format!(" {}:{:.0}%", point.ms / 60_000, point.share * 100.0)
        });
        if !it.gave_up.is_empty() {
            text += &format!("  gave up{}\n", gave_up.collect::<String>());
        }
    }
    if answer.by_stay.iter().any(|it| it.silent.times > 0) {
        for it in &answer.by_stay {
            text += &format!(
                "{}{}: {} stays, next {}, silent {}, still in {}\n",
                it.nth,
                if it.is_or_later { "+" } else { "" },
                passes(&it.stays),
                passes(&it.next),
                passes(&it.silent),
                passes(&it.still_in),
            );
        }
    }
    text
}

fn check(text: &str, more: &str, expected: Expect) {
    let log = Log::read(text);
    let report = read(more);
    let all = LAYOUTS.map(|layout| shown(&asked(&log, layout, &report, at("9d00:00"))));
    assert_eq!(all[0], all[1]);
    assert_eq!(all[0], all[2]);
    expected.assert_eq(&all[0]);
}

#[test]
fn those_who_are_still_in_a_stage_count_for_how_long_they_were() {
    // Without bob and eve, who have not left, half would seem to leave within ten minutes.
    check(
        "
        ana 09:00 view
        ana 09:10 cart
        bob 09:00 view
        dan 09:00 view
        dan 09:20 cart
        dan 09:30 buy
        eve 09:15 view
        eve 10:00 mail
        ",
        "",
        expect![[r#"
            look: 4/4 stays, still in 2/2, silent 0/0 > take 2/2; 10 20 - -; 10:75% 20:50%
            take: 2/2 stays, still in 1/1, silent 0/0 > own 1/1; 10 10 - -; 10:50%
            own: 1/1 stays, still in 1/1, silent 0/0; - - - -; 
        "#]],
    );
}

#[test]
fn a_return_is_a_stay_of_its_own_and_a_repetition_is_none() {
    check(
        "
        ana 09:00 view
        ana 09:05 mail
        ana 09:10 cart
        ana 09:30 view
        ana 09:31 cart
        ",
        "",
        expect![[r#"
            look: 2/1 stays, still in 0/0, silent 0/0 > take 2/1; 1 1 10 10; 1:50% 10:0%
            take: 2/1 stays, still in 1/1, silent 0/0 > look 1/1; 20 20 20 20; 20:0%
            own: 0/0 stays, still in 0/0, silent 0/0; - - - -; 
        "#]],
    );
}

#[test]
fn silence_ends_a_stay_once_it_has_lasted() {
    check(
        "
        ana 09:00 view
        ana 09:10 other
        ana 10:20 other
        ana 10:30 view
        bob 12:00 cart
        ",
        r#","silence_max":"1h""#,
        expect![[r#"
            look: 2/1 stays, still in 0/0, silent 2/1; 60 60 70 70; 60:50% 70:0%
              gave up 60:50% 70:100%
            take: 1/1 stays, still in 1/1, silent 0/0; - - - -; 
            own: 0/0 stays, still in 0/0, silent 0/0; - - - -; 
            1: 2/2 stays, next 0/0, silent 1/1, still in 1/1
            2: 1/1 stays, next 0/0, silent 1/1, still in 0/0
        "#]],
    );
}

#[test]
fn who_has_gone_on_is_not_counted_among_those_who_may_still_give_up() {
    // Two of five go on at once, two are followed for less than an hour, and one gives up: three of five, where
    // a curve of silence alone would say that all do.
    check(
        "
        ana 09:00 view
        ana 09:01 cart
        ana 09:40 cart
        bob 09:00 view
        bob 09:01 cart
        bob 09:50 cart
        cem 09:00 view
        dan 09:20 view
        eve 09:30 view
        fin 10:05 other
        ",
        r#","silence_max":"1h""#,
        expect![[r#"
            look: 5/5 stays, still in 2/2, silent 1/1 > take 2/2; 1 60 60 60; 1:60% 60:0%
              gave up 60:60%
            take: 2/2 stays, still in 2/2, silent 0/0; - - - -; 
            own: 0/0 stays, still in 0/0, silent 0/0; - - - -; 
            1: 5/5 stays, next 2/2, silent 1/1, still in 2/2
            2: 2/2 stays, next 0/0, silent 0/0, still in 2/2
        "#]],
    );
}

#[test]
fn the_stays_of_a_profile_are_numbered_and_the_late_ones_told_together() {
    let mut text = String::new();
    for minute in 0..26 {
        let event = if minute % 2 == 0 { "view" } else { "cart" };
        text += &format!("ana 09:{minute:02} {event}\n");
    }
    text += "bob 09:00 view\nbob 09:01 cart\nbob 12:00 other\n";
    check(
        &text,
        r#","silence_max":"1h""#,
        expect![[r#"
        look: 14/2 stays, still in 0/0, silent 0/0 > take 14/2; 1 1 1 1; 1:0%
        take: 14/2 stays, still in 0/0, silent 2/2 > look 12/1; 1 1 1 60; 1:14% 60:0%
          gave up 60:14%
        own: 0/0 stays, still in 0/0, silent 0/0; - - - -; 
        1: 2/2 stays, next 2/2, silent 0/0, still in 0/0
        2: 2/2 stays, next 1/1, silent 1/1, still in 0/0
        3: 1/1 stays, next 1/1, silent 0/0, still in 0/0
        4: 1/1 stays, next 1/1, silent 0/0, still in 0/0
        5: 1/1 stays, next 1/1, silent 0/0, still in 0/0
        6: 1/1 stays, next 1/1, silent 0/0, still in 0/0
        7: 1/1 stays, next 1/1, silent 0/0, still in 0/0
        8: 1/1 stays, next 1/1, silent 0/0, still in 0/0
        9: 1/1 stays, next 1/1, silent 0/0, still in 0/0
        10: 1/1 stays, next 1/1, silent 0/0, still in 0/0
        11: 1/1 stays, next 1/1, silent 0/0, still in 0/0
        12+: 15/1 stays, next 14/1, silent 1/1, still in 0/0
    "#]],
    );
}

#[test]
fn only_stays_that_begin_in_the_range_count_and_they_are_followed_beyond_it() {
    let log = Log::read(
        "
        ana 09:00 view
        ana 1d09:00 cart
        ana 2d09:00 buy
        ",
    );
    let report: Report = serde_json::from_str(&format!(
        r#"{{"kind":"stage_time","range":{{"between":{{"from":"2026-03-03","to":"2026-03-03"}}}},{STAGES}}}"#
    ))
    .expect("valid");
    expect![[r#"
        look: 0/0 stays, still in 0/0, silent 0/0; - - - -; 
        take: 1/1 stays, still in 0/0, silent 0/0 > own 1/1; 1440 1440 1440 1440; 1440:0%
        own: 0/0 stays, still in 0/0, silent 0/0; - - - -; 
    "#]]
    .assert_eq(&shown(&asked(&log, LAYOUTS[0], &report, at("9d00:00"))));
}

#[test]
fn at_one_instant_the_last_stage_wins() {
    check(
        "
        ana 09:00 buy
        ana 09:00 view
        ana 09:00 cart
        bob 09:00 cart
        bob 09:00 view
        bob 09:05 other
        ",
        "",
        expect![[r#"
            look: 0/0 stays, still in 0/0, silent 0/0; - - - -; 
            take: 1/1 stays, still in 1/1, silent 0/0; - - - -; 
            own: 1/1 stays, still in 1/1, silent 0/0; - - - -; 
        "#]],
    );
}

#[test]
fn a_log_without_stages_says_what_to_do() {
    let report = r#"{"kind":"stage_time","range":{"all":true}}"#;
    let answer = ask(
        &Log::read("a 09:00 view").snapshot(),
        &Vocabulary::default(),
        &serde_json::from_str(report).expect("valid"),
        at("10:00"),
        &Cancel::default(),
    );
    let Err(AskError::Faults(faults)) = answer else {
        panic!("a fault")
    };
    assert!(faults[0].message.contains("vocabulary"), "{faults:?}");
}

/// Stage, profile, length and how it ended.
type PlainStay = (usize, u32, i64, String);

/// Stays by following each profile instant by instant.
fn naive(log: &Log, report: &StageTime, now: Timestamp) -> String {
    let names = [&["view", "mail"][..], &["cart"], &["buy"]];
    let end = log
        .events
        .iter()
        .map(|it| it.time.0)
        .max()
        .map_or(now.0, |it| it.min(now.0));
    let silence = report.silence_max.map_or(i64::MAX, |it| it.0);
    let mut stays: Vec<PlainStay> = Vec::new();
    for (profile, events) in by_profile(log) {
        let mut instants: BTreeMap<i64, Option<usize>> = BTreeMap::new();
        for event in events {
            let name = log.names.name(EventCode(event.event)).expect("named");
            let passes = report.filter.as_ref().is_none_or(|filter| {
                filter.holds(&|field| throughline_store::value_of(event, field))
            });
            if passes && !name.is_system() {
                let stage = names.iter().rposition(|it| it.contains(&name.as_str()));
                let entry = instants.entry(event.time.0).or_default();
                *entry = (*entry).max(stage);
            }
        }
        let mut current: Option<(usize, i64)> = None;
        let mut last = 0;
        for (time, stage) in instants {
            if let Some((at, since)) = current
                && time - last > silence
            {
                stays.push((at, profile, last + silence - since, "silent".to_owned()));
                current = None;
            }
            if let Some(stage) = stage
                && current.is_none_or(|(at, _)| at != stage)
            {
                if let Some((at, since)) = current {
                    let next = ["look", "take", "own"][stage].to_owned();
                    stays.push((at, profile, time - since, next));
                }
                current = Some((stage, time));
            }
            last = time;
        }
        if let Some((at, since)) = current {
            let is_silent = silence < i64::MAX && end - last > silence;
            stays.push(match is_silent {
                true => (at, profile, last + silence - since, "silent".to_owned()),
                false => (at, profile, (end - since).max(0), "still".to_owned()),
            });
        }
    }
    let passes = |stays: Vec<&PlainStay>| {
        let mut profiles: Vec<u32> = stays.iter().map(|it| it.1).collect();
        profiles.sort_unstable();
        profiles.dedup();
        Passes {
            times: stays.len() as u64,
            profiles: profiles.len() as u64,
        }
    };
    let stages = (0..3)
        .map(|stage| {
            let here: Vec<_> = stays.iter().filter(|it| it.0 == stage).collect();
            let ending =
                |name: &str| passes(here.iter().copied().filter(|it| it.3 == name).collect());
            let curve = Curve::of(here.iter().map(|it| (it.2, it.3 != "still")).collect());
            let name = |index: usize| ["look", "take", "own"][index].to_owned();
            let mut next: Vec<NextStage> = (0..3)
                .map(|to| NextStage {
                    to: name(to),
                    passes: ending(&name(to)),
                })
                .filter(|it| it.passes.times > 0)
                .collect();
            next.sort_by_key(|it| std::cmp::Reverse(it.passes.times));
            StageStays {
                stage: Element::new(&name(stage), &name(stage)),
                stays: passes(here.clone()),
                still_in: ending("still"),
                silent: ending("silent"),
                next,
                quarter_ms: curve.quantile(250),
                median_ms: curve.quantile(500),
                three_quarters_ms: curve.quantile(750),
                p90_ms: curve.quantile(900),
                curve: remaining(&curve),
                gave_up: plain_gave_up(&here),
            }
        })
        .collect();
    let mut places: BTreeMap<u32, u32> = BTreeMap::new();
    let numbered: Vec<(u32, &PlainStay)> = (stays.iter())
        .map(|stay| {
            let place = places.entry(stay.1).or_default();
            *place += 1;
            ((*place).min(12), stay)
        })
        .collect();
    let by_stay = (1..=12)
        .map(|nth| {
            let of = |fits: &dyn Fn(&str) -> bool| {
                let here = numbered.iter().filter(|it| it.0 == nth && fits(&it.1.3));
                passes(here.map(|it| it.1).collect())
            };
            NthStays {
                nth,
                is_or_later: nth == 12,
                stays: of(&|_| true),
                next: of(&|it| it != "silent" && it != "still"),
                silent: of(&|it| it == "silent"),
                still_in: of(&|it| it == "still"),
            }
        })
        .filter(|it| it.stays.times > 0)
        .collect();
    shown(&StageTimeAnswer {
        followed_to: Timestamp(end),
        is_rounded: false,
        stages,
        by_stay,
    })
}

/// The share that gave up, from counting all stays anew at each moment. Intervals are held to their laws elsewhere.
fn plain_gave_up(stays: &[&PlainStay]) -> Vec<GaveUp> {
    let times: std::collections::BTreeSet<i64> = stays.iter().map(|it| it.2).collect();
    let (mut going_on, mut share) = (1.0, 0.0);
    let mut all = Vec::new();
    for ms in times {
        let count = |fits: &dyn Fn(&str) -> bool| {
            stays.iter().filter(|it| it.2 == ms && fits(&it.3)).count() as f64
        };
        let at_risk = stays.iter().filter(|it| it.2 >= ms).count() as f64;
        let silent = count(&|it| it == "silent");
        share += going_on * silent / at_risk;
        going_on *= 1.0 - count(&|it| it != "still") / at_risk;
        if silent > 0.0 {
            all.push(GaveUp {
                ms,
                share,
                low: share,
                high: share,
            });
        }
    }
    // Few enough to be told one by one, unless two lie closer than a sixtieth of the whole.
    let step = share / CURVE_POINTS as f64;
    let mut next = step;
    let last = all.len();
    let mut told = Vec::new();
    for (index, it) in all.into_iter().enumerate() {
        if it.share >= next - 1e-9 || index + 1 == last {
            next = it.share + step;
            told.push(it);
        }
    }
    told
}

proptest! {
    #![proptest_config(twin_config())]

    #[test]
    fn the_kernel_equals_its_naive_twin_and_lists_are_as_long_as_numbers_say(
        log in twin_log(),
        silence in prop::option::of(0..4_i64),
        is_filtered in any::<bool>(),
        now in 0..9_i64,
    ) {
        let mut report = read("");
        let Report::StageTime(definition) = &mut report else { panic!("time in stages") };
        definition.silence_max = silence.map(Span::minutes);
        if is_filtered {
            let rule = r#"{"where":{"field":"properties.p","test":{"exists":{}}}}"#;
            definition.filter = Some(serde_json::from_str(rule).expect("valid"));
        }
        let now = at(&format!("0:{now}"));
        let expected = naive(&log, &definition.clone(), now);
        for layout in LAYOUTS {
            let answer = asked(&log, layout, &report, now);
            prop_assert_eq!(&shown(&answer), &expected);
            let snapshot = log.laid_out(layout);
            let count = |of: StageTimeSelect| {
                let select = Select::StageTime { of };
                let cancel = Cancel::default();
                let vocabulary = Vocabulary::default();
                people(&snapshot, &vocabulary, &report, &select, now, &cancel)
                    .expect("sound")
                    .len() as u64
            };
            for it in &answer.stages {
                let id = || it.stage.id.clone();
                prop_assert!(log.is_crowd() || count(StageTimeSelect::Stays(id())) == it.stays.profiles);
                prop_assert!(log.is_crowd() || count(StageTimeSelect::StillIn(id())) == it.still_in.profiles);
                prop_assert!(log.is_crowd() || count(StageTimeSelect::Silent(id())) == it.silent.profiles);
                let mut sum = it.still_in.times + it.silent.times;
                for next in &it.next {
                    sum += next.passes.times;
                    let select = StageTimeSelect::Next { from: id(), to: next.to.clone() };
                    prop_assert!(log.is_crowd() || count(select) == next.passes.profiles);
                }
                prop_assert_eq!(sum, it.stays.times);
            }
            for it in &answer.by_stay {
                let sum = it.next.times + it.silent.times + it.still_in.times;
                prop_assert_eq!(sum, it.stays.times);
                for (part, number) in [
                    (NthPart::Stays, it.stays),
                    (NthPart::Next, it.next),
                    (NthPart::Silent, it.silent),
                    (NthPart::StillIn, it.still_in),
                ] {
                    let select = StageTimeSelect::Nth { nth: it.nth, part };
                    prop_assert!(log.is_crowd() || count(select) == number.profiles);
                }
            }
            let all: u64 = answer.stages.iter().map(|it| it.stays.times).sum();
            let numbered: u64 = answer.by_stay.iter().map(|it| it.stays.times).sum();
            prop_assert_eq!(numbered, all, "each stay has a number");
        }
    }
}
