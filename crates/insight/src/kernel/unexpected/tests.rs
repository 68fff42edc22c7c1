use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use throughline_model::{Channel, Timestamp, Vocabulary, report::Report};

use super::*;
use crate::{
    ask::{Numbers, ask, people},
    cancel::Cancel,
    fixture::{LAYOUTS, Log, any_log, at, by_profile},
    select::Select,
};

/// A small fast stream of numbers from 0 to 1.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> f64 {
        self.0 = (self.0)
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as f64 / (1_u64 << 31) as f64
    }
}

fn report(more: &str) -> Report {
    let text = format!(r#"{{"kind":"unexpected","range":{{"all":true}}{more}}}"#);
    serde_json::from_str(&text).expect(more)
}

/// The answer, with as many people as each number says.
fn asked(log: &Log, report: &Report) -> UnexpectedAnswer {
    let snapshot = log.snapshot();
    let (vocabulary, cancel) = (Vocabulary::default(), Cancel::default());
    let answer = ask(&snapshot, &vocabulary, report, at("90d00:00"), &cancel).expect("sound");
    let Numbers::Unexpected(numbers) = answer.numbers else {
        panic!("unexpected ways")
    };
    let check = |elements: Vec<String>, count: u64| {
        let select = Select::Unexpected(UnexpectedSelect { elements });
        let now = at("90d00:00");
        let found = people(&snapshot, &vocabulary, report, &select, now, &cancel);
        assert_eq!(found.expect("sound").len() as u64, count, "{select:?}");
    };
    check(Vec::new(), numbers.profiles);
    for it in &numbers.ways {
        check(it.elements.clone(), it.passes.profiles);
    }
    numbers
}

const PAGES: [&str; 8] = [
    "home", "list", "item", "cart", "help", "blog", "news", "jobs",
];

/// People who walk at random, each page leading to some more likely than to others; some of them go one way besides.
fn walks(seed: u64, planted: &[&str], one_in: usize) -> Log {
    let mut dice = Dice(seed);
    let mut log = Log::default();
    for who in 0..1_200_u32 {
        let mut minute = 0;
        let mut go = |name: &str, minute: &mut i64| {
            *minute += 1;
            let time = Timestamp(at("0:00").0 + *minute * 60_000);
            log.push(who, time, name, Channel::Web, "{}");
        };
        let mut page = (dice.roll() * PAGES.len() as f64) as usize;
        let steps = 4 + (dice.roll() * 12.0) as usize;
        let turn = (dice.roll() * steps as f64) as usize;
        for step in 0..steps {
            go(PAGES[page], &mut minute);
            if step == turn && !planted.is_empty() && (who as usize).is_multiple_of(one_in) {
                for name in planted {
                    go(name, &mut minute);
                }
            }
            // Squares lean towards the pages right behind.
            let ahead = 1 + (dice.roll().powi(2) * (PAGES.len() - 1) as f64) as usize;
            page = (page + ahead) % PAGES.len();
        }
    }
    log.roots = (0..1_200).collect();
    log
}

#[test]
fn a_planted_rare_path_is_surfaced() {
    // Three people of a hundred take a detour that the walk hardly ever takes.
    let planted = ["news", "cart", "blog", "item"];
    let answer = asked(&walks(7, &planted, 33), &report(""));
    let first = answer.ways.first().expect("something stands out");
    assert_eq!(first.elements, planted, "{answer:?}");
    assert!(
        first.passes.profiles >= 37 && first.times_more > 3.0,
        "{first:?}"
    );
    assert_eq!(
        answer.ways.len(),
        1,
        "its parts are no findings of their own: {answer:?}"
    );
}

#[test]
fn a_walk_without_memory_has_no_unexpected_ways() {
    for seed in [1, 2, 3, 4] {
        for more in ["", r#","times_min":1.0,"length_max":5"#] {
            let answer = asked(&walks(seed, &[], 1), &report(more));
            assert!(answer.tested > 500.0, "{}", answer.tested);
            assert!(answer.ways.is_empty(), "seed {seed}: {:?}", answer.ways);
        }
    }
}

#[test]
fn who_goes_a_way_a_hundred_times_is_one_person() {
    let mut log = walks(5, &[], 1);
    for round in 0..100 {
        for (step, name) in ["jobs", "item", "news"].into_iter().enumerate() {
            let time = Timestamp(at("2d00:00").0 + (round * 10 + step as i64) * 60_000);
            log.push(3, time, name, Channel::Web, "{}");
        }
    }
    assert!(asked(&log, &report("")).ways.is_empty());
}

#[test]
fn what_cannot_be_asked_is_refused() {
    let more = r#","length_max":2,"people_min":1,"times_min":0.5,"false_permille":0"#;
    let faults = report(more).check();
    let places: Vec<&str> = faults.iter().map(|it| it.place.as_str()).collect();
    assert_eq!(
        places,
        ["length_max", "people_min", "times_min", "false_permille"]
    );
    let snapshot = Log::read("a 09:00 view").snapshot();
    let elements = vec!["view".to_owned(), "unheard".to_owned()];
    let select = Select::Unexpected(UnexpectedSelect { elements });
    let (vocabulary, cancel) = (Vocabulary::default(), Cancel::default());
    let now = at("9d00:00");
    people(&snapshot, &vocabulary, &report(""), &select, now, &cancel).expect_err("unheard");
}

/// Each profile's sequence of names, those again and again once.
fn naive_walks(log: &Log) -> Vec<Vec<String>> {
    let mut all = Vec::new();
    for (_, events) in by_profile(log) {
        let mut named: Vec<(i64, String)> = (events.iter())
            .map(|it| {
                let (_, name) =
                    (log.names.iter().find(|(code, _)| code.0 == it.event)).expect("known");
                (it.time.0, name.as_str().to_owned())
            })
            .filter(|(_, name)| !name.starts_with('$'))
            .collect();
        named.sort();
        let mut names: Vec<String> = named.into_iter().map(|it| it.1).collect();
        names.dedup();
        if !names.is_empty() {
            all.push(names);
        }
    }
    all
}

proptest! {
    #[test]
    fn counts_and_expectations_equal_the_naive_twin(log in any_log()) {
        let report: Unexpected = serde_json::from_str(r#"{"range":{"all":true}}"#).expect("valid");
        let all = naive_walks(&log);
        let pairs = |from: &str, to: &str| -> usize {
            all.iter().map(|it| it.windows(2).filter(|two| two[0] == from && two[1] == to).count()).sum()
        };
        let comes = |name: &str| -> usize { all.iter().flatten().filter(|it| *it == name).count() };
        for layout in LAYOUTS {
            let snapshot = log.laid_out(layout);
            let (vocabulary, cancel) = (Vocabulary::default(), Cancel::default());
            let view = View::new(&snapshot, &vocabulary, &cancel);
            let when = When {
                range: throughline_model::TimeRange::ALL,
                zone: throughline_model::Zone::UTC,
                now: at("9d00:00"),
            };
            let walks = walks_of(&view, &report, &when);
            let chain = Chain::of(&view, &walks).expect("sound");
            prop_assert_eq!(chain.profiles, all.len() as u64);
            let name = |element: u16| walks.sequences.elements.list()[usize::from(element)].id.clone();
            let counts = Counts::of(&view, &walks, 3, &chain.pairs(1), 1).expect("sound");
            let mut told: BTreeMap<Vec<String>, (u64, u64)> = BTreeMap::new();
            for (sequence, passes) in counts.iter() {
                let names: Vec<String> = sequence.iter().map(|it| name(*it)).collect();
                let chance: f64 = names.windows(2)
                    .map(|two| pairs(&two[0], &two[1]) as f64 / comes(&two[0]) as f64)
                    .product();
                let wanted: f64 = all.iter()
                    .map(|it| it.iter().filter(|own| **own == names[0]).count() as i32)
                    .map(|own| 1.0 - (1.0 - chance).powi(own))
                    .sum();
                prop_assert!((chain.expected(sequence) - wanted).abs() < 1e-9);
                told.insert(names, (passes.times, passes.profiles));
            }
            let mut wanted: BTreeMap<Vec<String>, (u64, u64)> = BTreeMap::new();
            for own in &all {
                let mut seen = BTreeSet::new();
                for three in own.windows(3) {
                    let counted = wanted.entry(three.to_vec()).or_default();
                    counted.0 += 1;
                    counted.1 += u64::from(seen.insert(three.to_vec()));
                }
            }
            prop_assert_eq!(told, wanted);
            let names: BTreeSet<&String> = all.iter().flatten().collect();
            let mut possible = 0;
            for a in &names {
                for b in &names {
                    for c in &names {
                        possible += i32::from(pairs(a, b) > 0 && pairs(b, c) > 0);
                    }
                }
            }
            prop_assert_eq!(chain.sequences_count(3, &cancel), Ok(f64::from(possible)));
        }
    }
}

#[test]
fn very_many_elements_have_room_and_only_ways_of_enough_people_are_counted() {
    let mut log = Log::default();
    let mut go = |who: u32, minute: i64, name: &str| {
        let time = Timestamp(at("0:00").0 + minute * 60_000);
        log.push(who, time, name, Channel::Web, "{}");
    };
    for name in 0..20_000_u32 {
        go(name % 10, i64::from(name), &format!("once {name}"));
    }
    for who in 0..10 {
        for (minute, name) in (30_000..).zip(["a", "b", "c"]) {
            go(who, minute, name);
        }
    }
    log.roots = (0..10).collect();
    let snapshot = log.snapshot();
    let (vocabulary, cancel) = (Vocabulary::default(), Cancel::default());
    let view = View::new(&snapshot, &vocabulary, &cancel);
    let when = When {
        range: throughline_model::TimeRange::ALL,
        zone: throughline_model::Zone::UTC,
        now: at("90d00:00"),
    };
    let report: Unexpected = serde_json::from_str(r#"{"range":{"all":true}}"#).expect("valid");
    let walks = walks_of(&view, &report, &when);
    let chain = Chain::of(&view, &walks).expect("sound");
    let pairs = chain.pairs(2);
    assert_eq!(pairs.iter().count(), 2);
    let counts = Counts::of(&view, &walks, 3, &pairs, 1).expect("sound");
    let told: Vec<u64> = counts.iter().map(|(_, passes)| passes.profiles).collect();
    assert_eq!(told, [10]);
    cancel.cancel();
    chain.sequences_count(3, &cancel).expect_err("was stopped");
}

fn walks_of<'v>(view: &'v View<'_>, report: &Unexpected, when: &When) -> Walks<'v> {
    super::walks(view, report, when).expect("sound")
}
