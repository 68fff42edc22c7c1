use std::collections::{BTreeMap, BTreeSet};

use expect_test::{Expect, expect};
use proptest::prelude::*;
use throughline_model::{EventCode, Vocabulary, report::Report};

use super::*;
use crate::{
    ask::{Numbers, ask, people},
    cancel::Cancel,
    fixture::{LAYOUTS, Layout, Log, at, by_profile, twin_config, twin_log},
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

#[test]
fn the_nth_and_the_last_event_begin_one_path_of_each_profile() {
    check(
        LOG,
        r#","from":{"events":["view"]},"occurrence":{"nth":2},"collapse":false"#,
        expect![[r"
            view > buy: 1/1, 840 s
            view > cart > buy: 1/1, 540 s
            total 2/2 on 2 ways, rest 0/0, unfinished 0/0, cut 0
        "]],
    );
    check(
        LOG,
        r#","from":{"events":["view"]},"occurrence":"last""#,
        expect![[r#"
            view > buy: 1/1, 840 s
            view > cart: 1/1, 300 s
            view > cart > buy: 1/1, 540 s
            total 3/3 on 3 ways, rest 0/0, unfinished 0/0, cut 0
        "#]],
    );
}

#[test]
fn a_few_last_steps_lead_to_each_event_or_to_a_chosen_one() {
    check(
        LOG,
        r#","to":{"events":["view"]},"tail":true,"length_max":2"#,
        expect![[r#"
            view: 4/3, 0 s
            cart > view: 1/1, 60 s
            total 5/3 on 2 ways, rest 0/0, unfinished 0/0, cut 0
        "#]],
    );
    check(
        LOG,
        r#","to":{"events":["buy"]},"tail":true,"length_max":2,"occurrence":{"nth":1}"#,
        expect![[r#"
            cart > buy: 1/1, 480 s
            view > buy: 1/1, 840 s
            total 2/2 on 2 ways, rest 0/0, unfinished 1/1, cut 0
        "#]],
    );
}

#[test]
fn what_came_before_the_nth_event_passes_the_earlier_ones() {
    check(
        LOG,
        r#","to":{"events":["view"]},"occurrence":{"nth":2}"#,
        expect![[r"
            view: 1/1, 60 s
            view > cart > view: 1/1, 360 s
            total 2/2 on 2 ways, rest 0/0, unfinished 1/1, cut 0
        "]],
    );
}

#[test]
fn stages_are_paths_of_what_leads_to_them() {
    let vocabulary: Vocabulary = serde_json::from_str(
        r#"{"stages":[{"id":"find","name":"Find","entry":{"events":["view"]}},{"id":"get","name":"Get","entry":{"events":["cart","buy"]}}]}"#,
    )
    .expect("read");
    let report = read(r#","by":"stage""#);
    let snapshot = Log::read(LOG).snapshot();
    let answer = ask(
        &snapshot,
        &vocabulary,
        &report,
        at("9d00:00"),
        &Cancel::default(),
    );
    let Numbers::Paths(found) = answer.expect("sound").numbers else {
        panic!("paths")
    };
    let ways: Vec<(String, u64)> = (found.paths.iter())
        .map(|it| (it.elements.join(" > "), it.passes.times))
        .collect();
    assert_eq!(
        ways,
        [
            ("find > get".to_owned(), 2),
            ("find > get > find > get".to_owned(), 1)
        ]
    );
    let names: Vec<&str> = found.elements.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["Find", "Get"]);
    let none = ask(
        &snapshot,
        &Vocabulary::default(),
        &report,
        at("9d00:00"),
        &Cancel::default(),
    );
    assert!(none.is_err());
}

#[test]
fn choices_that_mean_nothing_are_refused() {
    for (more, place) in [
        (r#","occurrence":"last""#, "occurrence"),
        (
            r#","occurrence":{"nth":0},"from":{"events":["view"]}"#,
            "occurrence",
        ),
        (r#","tail":true"#, "tail"),
        (
            r#","tail":true,"from":{"events":["view"]},"to":{"events":["buy"]}"#,
            "tail",
        ),
    ] {
        let faults = read(more).check();
        assert_eq!(
            faults
                .iter()
                .map(|it| it.place.as_str())
                .collect::<Vec<_>>(),
            [place],
            "{more}"
        );
    }
}

/// What is asked, where paths begin and end, the place of the occurrence among all, and whether only the tail is kept.
type Chosen = (
    &'static str,
    Option<&'static str>,
    &'static str,
    Option<usize>,
    bool,
);

const CHOSEN: [Chosen; 6] = [
    (
        r#","from":{"events":["view"]},"occurrence":{"nth":2},"length_max":3"#,
        Some("view"),
        "",
        Some(1),
        false,
    ),
    (
        r#","from":{"events":["view"]},"to":{"events":["buy"]},"occurrence":"last","length_max":3"#,
        Some("view"),
        "buy",
        None,
        false,
    ),
    (
        r#","to":{"events":["cart"]},"occurrence":{"nth":2},"length_max":3"#,
        None,
        "cart",
        Some(1),
        false,
    ),
    (
        r#","to":{"events":["cart"]},"occurrence":"last","length_max":3"#,
        None,
        "cart",
        None,
        false,
    ),
    (
        r#","to":{"events":["cart"]},"occurrence":{"nth":1},"tail":true,"length_max":3"#,
        None,
        "cart",
        Some(0),
        true,
    ),
    (
        r#","to":{"events":["cart"]},"occurrence":"last","tail":true,"length_max":3"#,
        None,
        "cart",
        None,
        true,
    ),
];

/// The paths of everybody, by looking for the event and cutting the sequence there.
fn naive_chosen(log: &Log, which: usize) -> (Ways, u64) {
    let (_, from, to, nth, tail) = CHOSEN[which];
    let (mut ways, mut unfinished) = (Ways::new(), 0);
    for (profile, events) in by_profile(log) {
        let name = |code| log.names.name(EventCode(code)).expect("known").to_string();
        let mut all: Vec<(i64, String)> = (events.into_iter())
            .map(|event| (event.time.0, name(event.event)))
            .filter(|(_, name)| !name.starts_with('$'))
            .collect();
        all.sort();
        let names: Vec<String> = all.into_iter().map(|it| it.1).collect();
        if names.is_empty() {
            continue;
        }
        let fits = |it: &usize| names[*it] == from.unwrap_or(to);
        let found: Vec<usize> = (0..names.len()).filter(fits).collect();
        let at = nth.map_or(found.last(), |nth| found.get(nth)).copied();
        let (way, is_whole) = match (from, at) {
            (None, None) => {
                unfinished += 1;
                continue;
            }
            (Some(_), None) => continue,
            (None, Some(at)) => (collapsed(&names[..=at]), true),
            (Some(_), Some(at)) => match names[at + 1..].iter().position(|it| it == to) {
                Some(next) => (collapsed(&names[at..=at + 1 + next]), true),
                None => (collapsed(&names[at..]), to.is_empty()),
            },
        };
        let is_long = way.len() > 3;
        let kept = match (tail, is_long) {
            (true, true) => way[way.len() - 3..].to_vec(),
            (false, true) if from.is_some() && to.is_empty() => way[..3].to_vec(),
            _ => way,
        };
        if kept.len() > 3 || !is_whole {
            unfinished += 1;
            continue;
        }
        let entry = ways.entry(kept).or_default();
        entry.0 += 1;
        entry.1.insert(profile);
    }
    (ways, unfinished)
}

fn collapsed(names: &[String]) -> Vec<String> {
    let mut way = names.to_vec();
    way.dedup();
    way
}

proptest! {
    #![proptest_config(twin_config())]

    #[test]
    fn chosen_occurrences_equal_their_naive_twin(log in twin_log(), which in 0..CHOSEN.len()) {
        let report = read(CHOSEN[which].0);
        let (ways, unfinished) = naive_chosen(&log, which);
        for layout in LAYOUTS {
            let answer = asked(&log, layout, &report);
            let found: Ways = (answer.paths.iter())
                .map(|it| (it.elements.clone(), (it.passes.times, BTreeSet::new())))
                .collect();
            let expected: Ways = (ways.iter())
                .map(|(way, (times, _))| (way.clone(), (*times, BTreeSet::new())))
                .collect();
            prop_assert_eq!(found, expected);
            prop_assert_eq!(answer.unfinished.times, unfinished);
            for it in &answer.paths {
                prop_assert_eq!(it.passes.profiles, ways[&it.elements].1.len() as u64);
            }
        }
    }
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
    #![proptest_config(twin_config())]

    #[test]
    fn the_kernel_equals_its_naive_twin_and_lists_are_as_long_as_numbers_say(
        log in twin_log(),
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
            prop_assert!(log.is_crowd() || count(PathsSelect::All) == answer.total.profiles);
            prop_assert!(log.is_crowd() || count(PathsSelect::Unfinished) == answer.unfinished.profiles);
            prop_assert!(log.is_crowd() || count(PathsSelect::Rest) == answer.rest.profiles);
            for it in &answer.paths {
                prop_assert!(log.is_crowd() || count(PathsSelect::Path(it.elements.clone())) == it.passes.profiles);
            }
        }
    }
}
