use std::collections::{BTreeMap, BTreeSet};

use expect_test::{Expect, expect};
use proptest::prelude::*;
use throughline_model::{EventCode, Vocabulary, report::Report};

use super::*;
use crate::{
    ask::{Numbers, ask, people},
    cancel::Cancel,
    fixture::{LAYOUTS, Layout, Log, any_log, at, by_profile},
    select::Select,
};

fn asked(log: &Log, layout: Layout, report: &Report) -> PathsAnswer {
    let snapshot = log.laid_out(layout);
    let now = at("9d00:00");
    let answer = ask(
        &snapshot,
        &Vocabulary::default(),
        report,
        now,
        &Cancel::default(),
    );
    let Numbers::Paths(found) = answer.expect("sound").numbers else {
        panic!("paths")
    };
    found
}

fn read(report: &str) -> Report {
    serde_json::from_str(&format!(
        r#"{{"kind":"paths","range":{{"all":true}}{report}}}"#
    ))
    .expect(report)
}

fn check(text: &str, report: &str, expected: Expect) {
    let log = Log::read(text);
    let report = read(report);
    let shown = LAYOUTS.map(|layout| {
        let answer = asked(&log, layout, &report);
        let passes = |it: Passes| format!("{}/{}", it.times, it.profiles);
        let mut text = String::new();
        for it in &answer.paths {
            let (way, median) = (it.elements.join(" > "), it.median_ms / 1000);
            text += &format!("{way}: {}, {median} s\n", passes(it.passes));
        }
        let (total, rest) = (passes(answer.total), passes(answer.rest));
        let (variants, unfinished) = (answer.variants, passes(answer.unfinished));
        text += &format!(
            "total {total} on {variants} ways, rest {rest}, unfinished {unfinished}, cut {}\n",
            answer.cut
        );
        text
    });
    assert_eq!(shown[0], shown[1]);
    assert_eq!(shown[0], shown[2]);
    expected.assert_eq(&shown[0]);
}

const LOG: &str = "
    a 09:00 view
    a 09:01 view
    a 09:02 cart
    a 09:10 buy
    b 10:00 view
    b 10:05 cart
    b 10:06 view
    b 10:20 buy
    c 11:00 view
    c 11:05 cart
";

#[test]
fn whole_sequences_are_listed_with_the_most_frequent_first() {
    check(
        LOG,
        r#","top":1"#,
        expect![[r"
            view > cart: 1/1, 300 s
            total 3/3 on 3 ways, rest 2/2, unfinished 0/0, cut 0
        "]],
    );
}

#[test]
fn paths_between_two_events_begin_anew_after_each_end() {
    check(
        LOG,
        r#","from":{"events":["view"]},"to":{"events":["cart","buy"]}"#,
        expect![[r"
            view > cart: 3/3, 300 s
            view > buy: 1/1, 840 s
            total 4/3 on 2 ways, rest 0/0, unfinished 0/0, cut 0
        "]],
    );
}

#[test]
fn too_long_a_way_is_cut_or_unfinished() {
    check(
        LOG,
        r#","length_max":2,"collapse":false"#,
        expect![[r"
            view > cart: 2/2, 300 s
            view > view: 1/1, 60 s
            total 3/3 on 2 ways, rest 0/0, unfinished 0/0, cut 2
        "]],
    );
    check(
        LOG,
        r#","length_max":3,"to":{"events":["buy"]}"#,
        expect![[r"
            view > cart > buy: 1/1, 600 s
            total 1/1 on 1 ways, rest 0/0, unfinished 2/2, cut 0
        "]],
    );
}

/// Fields of a report, from, to, length, loops, pause.
type Case = (
    &'static str,
    Option<&'static str>,
    Option<&'static str>,
    usize,
    bool,
    i64,
);

const REPORTS: [Case; 4] = [
    (r#","top":3"#, None, None, 8, true, i64::MAX),
    (
        r#","from":{"events":["view"]},"top":2"#,
        Some("view"),
        None,
        8,
        true,
        i64::MAX,
    ),
    (
        r#","from":{"events":["view"]},"to":{"events":["buy"]},"length_max":3,"collapse":false"#,
        Some("view"),
        Some("buy"),
        3,
        false,
        i64::MAX,
    ),
    (
        r#","to":{"events":["cart"]},"pause_max":"1m""#,
        None,
        Some("cart"),
        8,
        true,
        60_000,
    ),
];

type Ways = BTreeMap<Vec<String>, (u64, BTreeSet<u32>)>;

/// Each profile's paths, by following it with the definition in hand.
fn naive(log: &Log, which: usize) -> (Ways, u64, u64) {
    let (_, from, to, length_max, collapse, pause) = REPORTS[which];
    let (mut ways, mut unfinished, mut cut) = (Ways::new(), 0, 0);
    for (profile, events) in by_profile(log) {
        let name = |code| log.names.name(EventCode(code)).expect("known").to_string();
        let mut all: Vec<(i64, String)> = events
            .into_iter()
            .map(|event| (event.time.0, name(event.event)))
            .collect();
        all.retain(|(_, name)| !name.starts_with('$'));
        all.sort();
        for sequence in all.chunk_by(|a, b| b.0 - a.0 <= pause) {
            let mut rest: &[(i64, String)] = sequence;
            let mut is_first = true;
            loop {
                let start = match from {
                    Some(from) => rest.iter().position(|(_, name)| name == from),
                    None => (is_first && !rest.is_empty()).then_some(0),
                };
                is_first = false;
                let Some(start) = start else { break };
                rest = &rest[start..];
                let (mut way, mut used, mut ended) = (vec![rest[0].1.clone()], 1, false);
                let mut was_cut = false;
                while used < rest.len() && !ended {
                    let next = &rest[used].1;
                    if !collapse || way.last() != Some(next) {
                        if way.len() == length_max {
                            was_cut = true;
                            used += 1;
                            break;
                        }
                        way.push(next.clone());
                    }
                    used += 1;
                    ended = Some(next.as_str()) == to;
                }
                if to.is_some() && !ended {
                    unfinished += 1;
                } else {
                    cut += u64::from(was_cut);
                    let entry = ways.entry(way).or_default();
                    entry.0 += 1;
                    entry.1.insert(profile);
                }
                rest = &rest[used..];
            }
        }
    }
    (ways, unfinished, cut)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn the_kernel_equals_its_naive_twin_and_lists_are_as_long_as_numbers_say(
        log in any_log(),
        which in 0..REPORTS.len(),
    ) {
        let report = read(REPORTS[which].0);
        let (ways, unfinished, cut) = naive(&log, which);
        let total: u64 = ways.values().map(|(times, _)| times).sum();
        for layout in LAYOUTS {
            let answer = asked(&log, layout, &report);
            prop_assert_eq!(answer.variants, ways.len() as u64);
            prop_assert_eq!(answer.unfinished.times, unfinished);
            prop_assert_eq!(answer.cut, cut);
            prop_assert_eq!(answer.total.times, total);
            let listed: u64 = answer.paths.iter().map(|it| it.passes.times).sum();
            prop_assert_eq!(listed + answer.rest.times, total);
            for it in &answer.paths {
                let (times, profiles) = &ways[&it.elements];
                prop_assert_eq!((it.passes.times, it.passes.profiles), (*times, profiles.len() as u64));
            }
            let snapshot = log.laid_out(layout);
            let count = |of: PathsSelect| {
                let select = Select::Paths { of };
                let now = at("9d00:00");
                let found = people(&snapshot, &Vocabulary::default(), &report, &select, now, &Cancel::default());
                found.expect("sound").len() as u64
            };
            prop_assert_eq!(count(PathsSelect::All), answer.total.profiles);
            prop_assert_eq!(count(PathsSelect::Unfinished), answer.unfinished.profiles);
            prop_assert_eq!(count(PathsSelect::Rest), answer.rest.profiles);
            for it in &answer.paths {
                prop_assert_eq!(count(PathsSelect::Path(it.elements.clone())), it.passes.profiles);
            }
        }
    }
}
