use std::collections::BTreeMap;

use expect_test::{Expect, expect};
use proptest::prelude::*;
use throughline_model::{EventCode, Matcher, Vocabulary, report::Report, work_time::WorkStep};
use throughline_predict::survival::Curve;
use throughline_store::StoredEvent;

use super::*;
use crate::{
    ask::{Numbers, ask, people},
    cancel::Cancel,
    fixture::{LAYOUTS, Layout, Log, at, by_profile, twin_config, twin_log},
    lives::remaining,
    select::{Select, ways::WorkPart},
};

const CALL: &str = r#""steps":[{"name":"call","asked":{"events":["ring"]},"start":{"events":["answer"]},"end":{"events":["hangup"]}}]"#;

fn read(more: &str) -> Report {
    let text = format!(r#"{{"kind":"work_time",{more}}}"#);
    serde_json::from_str(&text).expect(more)
}

fn asked(log: &Log, layout: Layout, report: &Report, now: Timestamp) -> (u64, WorkTimeAnswer) {
    let answer = ask(
        &log.laid_out(layout),
        &Vocabulary::default(),
        report,
        now,
        &Cancel::default(),
    );
    let answer = answer.expect("sound");
    let Numbers::WorkTime(found) = answer.numbers else {
        panic!("waiting and work")
    };
    (answer.n, found)
}

fn shown((n, answer): &(u64, WorkTimeAnswer)) -> String {
    let passes = |it: &Passes| format!("{}/{}", it.times, it.profiles);
    let minutes = |it: Option<i64>| it.map_or("-".to_owned(), |ms| (ms / 60_000).to_string());
    let spans = |it: &Spans| {
        let curve: Vec<String> = (it.curve.iter())
            .map(|point| {
                assert!(point.low <= point.share && point.share <= point.high);
                format!("{}:{:.0}%", point.ms / 60_000, point.share * 100.0)
            })
            .collect();
        let quantiles = [it.quarter_ms, it.median_ms, it.three_quarters_ms, it.p90_ms];
        format!(
            "{} {} open, {}; {}",
            passes(&it.begun),
            passes(&it.unfinished),
            quantiles.map(minutes).join(" "),
            curve.join(" ")
        )
    };
    let mut text = format!("n {n}\n");
    for it in &answer.steps {
        text += &format!(
            "{} waits {}\n{} work {}\n{} unasked {}, done {} {}+{}, loose {}\n",
            it.name,
            spans(&it.waits),
            it.name,
            spans(&it.work),
            it.name,
            passes(&it.unasked),
            passes(&it.done.passes),
            it.done.waited_ms / 60_000,
            it.done.worked_ms / 60_000,
            it.loose_ends,
        );
    }
    text
}

fn check(now: &str, text: &str, more: &str, expected: Expect) {
    let log = Log::read(text);
    let all = LAYOUTS.map(|layout| shown(&asked(&log, layout, &read(more), at(now))));
    assert_eq!(all[0], all[1]);
    assert_eq!(all[0], all[2]);
    expected.assert_eq(&all[0]);
}

#[test]
fn who_still_waits_and_who_is_still_served_counts_at_least_so_long() {
    check(
        "10:00",
        "
        ana 09:00 ring
        ana 09:10 answer
        ana 09:15 hangup
        bob 09:00 ring
        cem 09:30 ring
        cem 09:32 answer
        dan 10:00 view
        ",
        &format!(r#""range":{{"all":true}},{CALL}"#),
        expect![[r#"
            n 3
            call waits 3/3 1/1 open, 2 10 - -; 2:67% 10:33%
            call work 2/2 1/1 open, 5 5 - -; 5:50%
            call unasked 0/0, done 1/1 10+5, loose 0
        "#]],
    );
}

#[test]
fn asking_or_starting_again_changes_nothing_and_what_never_started_cannot_end() {
    check(
        "10:00",
        "
        ana 09:00 hangup
        ana 09:05 ring
        ana 09:08 ring
        ana 09:10 answer
        ana 09:12 answer
        ana 09:13 ring
        ana 09:20 hangup
        ana 09:21 hangup
        ana 09:30 answer
        ana 09:40 hangup
        ",
        &format!(r#""range":{{"all":true}},{CALL}"#),
        expect![[r#"
            n 1
            call waits 1/1 0/0 open, 5 5 5 5; 5:0%
            call work 2/1 0/0 open, 10 10 10 10; 10:0%
            call unasked 1/1, done 1/1 5+10, loose 2
        "#]],
    );
}

#[test]
fn at_one_instant_what_ends_comes_first_then_what_asks_then_what_starts() {
    check(
        "10:00",
        "
        ana 09:00 answer
        ana 09:10 hangup
        ana 09:10 ring
        ana 09:10 answer
        ana 09:15 hangup
        bob 09:20 answer
        bob 09:20 hangup
        bob 09:20 ring
        ",
        &format!(r#""range":{{"all":true}},{CALL}"#),
        expect![[r#"
            n 2
            call waits 2/2 0/0 open, 0 0 0 0; 0:0%
            call work 3/2 0/0 open, 0 5 10 10; 0:67% 5:33% 10:0%
            call unasked 1/1, done 2/2 0+5, loose 0
        "#]],
    );
}

#[test]
fn without_a_word_for_asking_the_wait_is_since_work_on_any_step_ended() {
    check(
        "12:00",
        "
        ana 09:00 pack
        ana 09:30 packed
        ana 10:30 send
        ana 11:00 sent
        bob 09:00 pack
        bob 09:10 send
        bob 09:20 packed
        bob 09:40 sent
        ",
        r#""range":{"all":true},"steps":[
            {"name":"packing","start":{"events":["pack"]},"end":{"events":["packed"]}},
            {"name":"sending","start":{"events":["send"]},"end":{"events":["sent"]}}]"#,
        expect![[r#"
            n 2
            packing waits 0/0 0/0 open, - - - -; 
            packing work 2/2 0/0 open, 20 20 30 30; 20:50% 30:0%
            packing unasked 2/2, done 0/0 0+0, loose 0
            sending waits 2/2 0/0 open, 0 0 60 60; 0:50% 60:0%
            sending work 2/2 0/0 open, 30 30 30 30; 30:0%
            sending unasked 0/0, done 2/2 60+60, loose 0
        "#]],
    );
}

#[test]
fn the_range_binds_where_a_span_begins_and_not_where_it_ends() {
    check(
        "3d00:00",
        "
        ana 23:00 ring
        ana 1d01:00 answer
        ana 2d02:00 hangup
        bob 2d01:00 ring
        ",
        &format!(r#""range":{{"between":{{"from":"2026-03-03","to":"2026-03-03"}}}},{CALL}"#),
        expect![[r#"
            n 1
            call waits 0/0 0/0 open, - - - -; 
            call work 1/1 0/0 open, 1500 1500 1500 1500; 1500:0%
            call unasked 0/0, done 1/1 120+1500, loose 0
        "#]],
    );
}

#[test]
fn faults_are_named() {
    let report = read(
        r#""range":{"all":true},"steps":[{"name":"a","start":{},"end":{}},{"name":"a","start":{},"end":{}}]"#,
    );
    let faults: Vec<String> = report.check().into_iter().map(|it| it.place).collect();
    assert_eq!(faults, ["steps[1].name"]);
    let none = read(r#""range":{"all":true},"steps":[]"#);
    assert_eq!(none.check().len(), 1);
}

/// Work on one step by search: each piece with its start and its end, found from the instants alone.
fn pieces(starts: &[i64], ends: &[i64]) -> Vec<(i64, Option<i64>)> {
    let mut pieces: Vec<(i64, Option<i64>)> = Vec::new();
    // Where the last piece ended, and whether a new one may start right there.
    let mut free_from = (i64::MIN, true);
    while let Some(start) = (starts.iter().copied())
        .filter(|it| *it > free_from.0 || (*it == free_from.0 && free_from.1))
        .min()
    {
        let is_taken = start == free_from.0;
        let end = match ends.contains(&start) && !is_taken {
            true => Some(start),
            false => ends.iter().copied().filter(|it| *it > start).min(),
        };
        pieces.push((start, end));
        let Some(end) = end else { break };
        free_from = (end, end > start);
    }
    pieces
}

/// The first ask since work last ended; one of that very instant counts unless the work took no time.
fn first_ask(asks: &[i64], free_from: (i64, bool), until: i64) -> Option<i64> {
    let open = |it: &i64| *it > free_from.0 || (*it == free_from.0 && free_from.1);
    (asks.iter().copied())
        .filter(|it| *it <= until && open(it))
        .min()
}

/// Since when there is no work on any step: since right now while there is some.
fn idle_since(all: &[Vec<(i64, Option<i64>)>], now: i64) -> Option<i64> {
    let before = || all.iter().flatten().filter(|(start, _)| *start < now);
    let is_busy = before().any(|(_, end)| end.is_none_or(|it| it > now));
    let last = before().filter_map(|(_, end)| *end).max();
    if is_busy { Some(now) } else { last }
}

#[derive(Default)]
struct Naive {
    waits: Vec<(u32, i64, bool)>,
    work: Vec<(u32, i64, bool)>,
    unasked: Vec<u32>,
    done: Vec<(u32, i64, i64)>,
    loose_ends: u64,
}

fn naive(log: &Log, definition: &WorkTime, now: Timestamp) -> String {
    let range = definition.range.resolve(now);
    let end = (log.events.iter().map(|it| it.time.0).max()).map_or(now.0, |it| it.min(now.0));
    let mut steps: Vec<Naive> = definition.steps.iter().map(|_| Naive::default()).collect();
    let mut seen = std::collections::BTreeSet::new();
    for (profile, events) in by_profile(log) {
        let times = |matcher: &Matcher| -> Vec<i64> {
            let fits = |event: &&&StoredEvent| {
                let name = log.names.name(EventCode(event.event)).expect("interned");
                let has_p = matches!(event.properties.to_map().get("p"), Some(it) if !it.is_null());
                let passes = definition.filter.is_none() || has_p;
                !name.is_system()
                    && passes
                    && (matcher.events.is_empty() || matcher.events.contains(name))
            };
            events.iter().filter(fits).map(|it| it.time.0).collect()
        };
        let all: Vec<Vec<(i64, Option<i64>)>> = (definition.steps.iter())
            .map(|it| pieces(&times(&it.start), &times(&it.end)))
            .collect();
        for (index, step) in definition.steps.iter().enumerate() {
            let found = &mut steps[index];
            let asks = step.asked.as_ref().map(&times);
            let mut free_from = (i64::MIN, true);
            let mut known = Vec::new();
            for (start, piece_end) in &all[index] {
                let since = match &asks {
                    Some(asks) => first_ask(asks, free_from, *start),
                    None => idle_since(&all, *start),
                };
                known.push((*start, *piece_end, since));
                free_from = piece_end.map_or((i64::MAX, false), |it| (it, it > *start));
            }
            let open = asks.and_then(|asks| first_ask(&asks, free_from, i64::MAX));
            for (start, piece_end, since) in known {
                if let Some(since) = since.filter(|it| range.contains(Timestamp(*it))) {
                    found.waits.push((profile, start - since, true));
                    seen.insert(profile);
                }
                if range.contains(Timestamp(start)) {
                    let length = (piece_end.unwrap_or(end) - start).max(0);
                    found.work.push((profile, length, piece_end.is_some()));
                    seen.insert(profile);
                    match (since, piece_end) {
                        (None, _) => found.unasked.push(profile),
                        (Some(since), Some(_)) => found.done.push((profile, start - since, length)),
                        (Some(_), None) => {}
                    }
                }
            }
            if let Some(open) = open.filter(|it| range.contains(Timestamp(*it))) {
                found.waits.push((profile, (end - open).max(0), false));
                seen.insert(profile);
            }
            let mut ends = times(&step.end);
            ends.dedup();
            let closes = |it: &i64| all[index].iter().any(|(_, end)| *end == Some(*it));
            let loose = ends
                .iter()
                .filter(|it| !closes(it) && range.contains(Timestamp(**it)));
            found.loose_ends += loose.count() as u64;
        }
    }
    let passes = |profiles: &mut dyn Iterator<Item = u32>| {
        let mut count: BTreeMap<u32, u64> = BTreeMap::new();
        profiles.for_each(|it| *count.entry(it).or_default() += 1);
        Passes {
            times: count.values().sum(),
            profiles: count.len() as u64,
        }
    };
    let spans = |list: &[(u32, i64, bool)]| {
        let curve = Curve::of(list.iter().map(|it| (it.1, it.2)).collect());
        Spans {
            begun: passes(&mut list.iter().map(|it| it.0)),
            unfinished: passes(&mut list.iter().filter(|it| !it.2).map(|it| it.0)),
            quarter_ms: curve.quantile(250),
            median_ms: curve.quantile(500),
            three_quarters_ms: curve.quantile(750),
            p90_ms: curve.quantile(900),
            curve: remaining(&curve),
        }
    };
    let steps = (steps.iter().zip(&definition.steps))
        .map(|(it, step)| StepWork {
            name: step.name.clone(),
            waits: spans(&it.waits),
            work: spans(&it.work),
            unasked: passes(&mut it.unasked.iter().copied()),
            done: Done {
                passes: passes(&mut it.done.iter().map(|it| it.0)),
                waited_ms: it.done.iter().map(|it| it.1).sum(),
                worked_ms: it.done.iter().map(|it| it.2).sum(),
            },
            loose_ends: it.loose_ends,
        })
        .collect();
    let answer = WorkTimeAnswer {
        followed_to: Timestamp(end),
        is_rounded: false,
        steps,
    };
    shown(&(seen.len() as u64, answer))
}

fn any_step(name: &'static str) -> impl Strategy<Value = WorkStep> {
    let matcher = || {
        prop::sample::select(vec![
            r#"{"events":["view"]}"#,
            r#"{"events":["cart"]}"#,
            r#"{"events":["buy","mail"]}"#,
            r#"{"events":["view","buy"]}"#,
            "{}",
        ])
        .prop_map(|it| serde_json::from_str::<Matcher>(it).expect("valid"))
    };
    (prop::option::of(matcher()), matcher(), matcher()).prop_map(move |(asked, start, end)| {
        WorkStep {
            name: name.to_owned(),
            asked,
            start,
            end,
        }
    })
}

proptest! {
    #![proptest_config(twin_config())]

    #[test]
    fn the_kernel_equals_its_naive_twin_and_lists_are_as_long_as_numbers_say(
        log in twin_log(),
        first in any_step("first"),
        second in any_step("second"),
        is_filtered in any::<bool>(),
        now in 0..9_i64,
    ) {
        let mut report = read(r#""range":{"all":true},"steps":[]"#);
        let Report::WorkTime(definition) = &mut report else { panic!("waiting and work") };
        definition.steps = vec![first, second];
        if is_filtered {
            let rule = r#"{"where":{"field":"properties.p","test":{"exists":{}}}}"#;
            definition.filter = Some(serde_json::from_str(rule).expect("valid"));
        }
        let now = at(&format!("0:{now}"));
        let expected = naive(&log, &definition.clone(), now);
        for layout in log.layouts() {
            let answer = asked(&log, layout, &report, now);
            prop_assert_eq!(&shown(&answer), &expected);
            if log.is_crowd() {
                continue;
            }
            let snapshot = log.laid_out(layout);
            for it in &answer.1.steps {
                for (part, number) in [
                    (WorkPart::Waits, it.waits.begun),
                    (WorkPart::StillWaiting, it.waits.unfinished),
                    (WorkPart::Work, it.work.begun),
                    (WorkPart::StillInWork, it.work.unfinished),
                    (WorkPart::Unasked, it.unasked),
                    (WorkPart::Done, it.done.passes),
                ] {
                    let select = Select::WorkTime(WorkTimeSelect { step: it.name.clone(), part });
                    let cancel = Cancel::default();
                    let vocabulary = Vocabulary::default();
                    let found = people(&snapshot, &vocabulary, &report, &select, now, &cancel);
                    prop_assert_eq!(found.expect("sound").len() as u64, number.profiles);
                }
            }
        }
    }
}
