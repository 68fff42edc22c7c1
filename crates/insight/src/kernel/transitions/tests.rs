use std::collections::{BTreeMap, BTreeSet};

use expect_test::{Expect, expect};
use proptest::prelude::*;
use throughline_model::{Channel, EventCode, EventName, Timestamp, Vocabulary, report::Report};
use throughline_predict::quantile;

use super::*;
use crate::{
    ask::{Numbers, ask, people},
    cancel::Cancel,
    fixture::{LAYOUTS, Layout, Log, any_log, at, by_profile, twin_config, twin_log},
    select::Select,
};

fn asked(log: &Log, layout: Layout, report: &Report) -> TransitionsAnswer {
    let snapshot = log.laid_out(layout);
    let now = at("9d00:00");
    let answer = ask(
        &snapshot,
        &Vocabulary::default(),
        report,
        now,
        &Cancel::default(),
    );
    let Numbers::Transitions(found) = answer.expect("sound").numbers else {
        panic!("transitions")
    };
    found
}

fn read(report: &str) -> Report {
    serde_json::from_str(&format!(
        r#"{{"kind":"transitions","range":{{"all":true}}{report}}}"#
    ))
    .expect(report)
}

fn check(text: &str, report: &str, expected: Expect) {
    let log = Log::read(text);
    let report = read(report);
    let shown = LAYOUTS.map(|layout| {
        let answer = asked(&log, layout, &report);
        let passes = |it: Passes| format!("{}/{}", it.times, it.profiles);
        let mut text = format!("{} sequences\n", answer.sequences);
        for it in &answer.elements {
            let (visits, starts, ends) = (passes(it.visits), passes(it.starts), passes(it.ends));
            text += &format!(
                "{}: {visits}, starts {starts}, ends {ends}\n",
                it.element.id
            );
        }
        for it in &answer.transitions {
            let (median, p90) = (it.median_ms / 1000, it.p90_ms / 1000);
            text += &format!(
                "{} > {}: {}, {median} s, {p90} s\n",
                it.from,
                it.to,
                passes(it.passes)
            );
        }
        text
    });
    assert_eq!(shown[0], shown[1]);
    assert_eq!(shown[0], shown[2]);
    expected.assert_eq(&shown[0]);
}

#[test]
fn loops_and_returns_are_transitions_like_others() {
    check(
        "
        a 09:00 view
        a 09:01 view
        a 09:02 cart
        a 09:03 view
        b 10:00 view
        b 10:09 cart
        b 10:09 $identify
        ",
        "",
        expect![[r"
            2 sequences
            cart: 2/2, starts 0/0, ends 1/1
            view: 4/2, starts 2/2, ends 1/1
            view > cart: 2/2, 60 s, 540 s
            cart > view: 1/1, 60 s, 60 s
            view > view: 1/1, 60 s, 60 s
        "]],
    );
}

#[test]
fn a_long_pause_is_an_end_and_a_new_start() {
    check(
        "
        a 09:00 view
        a 09:30 view
        a 10:01 cart
        ",
        r#","pause_max":"30m""#,
        expect![[r"
            2 sequences
            cart: 1/1, starts 1/1, ends 1/1
            view: 2/1, starts 1/1, ends 1/1
            view > view: 1/1, 1800 s, 1800 s
        "]],
    );
}

#[test]
fn events_of_one_instant_are_taken_in_the_order_of_their_names() {
    check(
        "
        a 09:00 view
        a 09:00 cart
        b 09:00 cart
        b 09:00 view
        ",
        "",
        expect![[r"
            2 sequences
            cart: 2/2, starts 2/2, ends 0/0
            view: 2/2, starts 0/0, ends 2/2
            cart > view: 2/2, 0 s, 0 s
        "]],
    );
}

#[test]
fn events_outside_the_steps_are_passed_over() {
    check(
        "
        a 09:00 view web
        a 09:01 mail email
        a 09:02 cart web
        ",
        r#","by":{"steps":[{"name":"Look","matcher":{"events":["view"]}},{"name":"Take","matcher":{"events":["cart"]}}]}"#,
        expect![[r"
            1 sequences
            Look: 1/1, starts 1/1, ends 0/0
            Take: 1/1, starts 0/0, ends 1/1
            Look > Take: 1/1, 120 s, 120 s
        "]],
    );
}

const REPORTS: [&str; 4] = [
    "",
    r#","by":"channel","pause_max":"2m""#,
    r#","by":{"steps":[{"name":"a","matcher":{"events":["view"],"channels":["web"]}},{"name":"b","matcher":{"events":["view","buy"]}}]}"#,
    r#","filter":{"where":{"field":"properties.p","test":{"exists":{}}}},"pause_max":"1m""#,
];

type Named = BTreeMap<(String, String), (Vec<i64>, BTreeSet<u32>)>;

/// The transitions by looking at each pair of neighbors.
fn naive(log: &Log, which: usize) -> (Named, usize) {
    let mut found = Named::new();
    let mut sequences = 0;
    for (profile, events) in by_profile(log) {
        let mut elements: Vec<(i64, String)> = Vec::new();
        for event in events {
            let name = log
                .names
                .name(EventCode(event.event))
                .expect("known")
                .as_str();
            let channel = Channel::from_code(event.channel).name();
            let element = match which {
                0 | 3 => (!name.starts_with('$')).then_some(name),
                1 => (!name.starts_with('$')).then_some(channel),
                _ if name == "view" && channel == "web" => Some("a"),
                _ => ["view", "buy"].contains(&name).then_some("b"),
            };
            let scalar =
                matches!(event.properties.to_map().get("p"), Some(value) if !value.is_null());
            if let Some(element) = element.filter(|_| which != 3 || scalar) {
                elements.push((event.time.0, element.to_owned()));
            }
        }
        let rank = |name: &str| match which {
            1 => usize::from(Channel::parse(name).expect("a channel").code()),
            _ => 0,
        };
        elements.sort_by(|a, b| (a.0, rank(&a.1), &a.1).cmp(&(b.0, rank(&b.1), &b.1)));
        let pause = [i64::MAX, 120_000, i64::MAX, 60_000][which];
        sequences += usize::from(!elements.is_empty());
        for two in elements.windows(2) {
            let time = two[1].0 - two[0].0;
            if time > pause {
                sequences += 1;
                continue;
            }
            let (times, profiles) = found
                .entry((two[0].1.clone(), two[1].1.clone()))
                .or_default();
            times.push(time);
            profiles.insert(profile);
        }
    }
    (found, sequences)
}

fn equals(transitions: &[Transition], expected: &Named) {
    assert_eq!(transitions.len(), expected.len());
    for it in transitions {
        let (times, profiles) = &expected[&(it.from.clone(), it.to.clone())];
        let mut times = times.clone();
        assert_eq!(it.passes.times, times.len() as u64);
        assert_eq!(it.passes.profiles, profiles.len() as u64);
        assert_eq!(Some(it.median_ms), quantile(&mut times, 500));
        assert_eq!(Some(it.p90_ms), quantile(&mut times, 900));
    }
}

/// Shows the sequences of a report over a log.
fn over<T>(log: &Log, report: &Report, see: impl FnOnce(&View<'_>, &Sequences<'_>) -> T) -> T {
    let Report::Transitions(definition) = report else {
        panic!("transitions")
    };
    let (vocabulary, cancel, now) = (Vocabulary::default(), Cancel::default(), at("9d00:00"));
    let when = When {
        range: definition.range.resolve(now),
        zone: definition.range.zone.clone(),
        now,
    };
    let snapshot = log.snapshot();
    let view = View::new(&snapshot, &vocabulary, &cancel);
    see(&view, &sequences(&view, definition, &when).expect("sound"))
}

/// Events of so many names, some of which nobody has.
fn log_of_names(count: u32) -> Log {
    let actors = 50;
    let mut log = Log {
        roots: (0..actors).collect(),
        profiles: (0..actors).map(|it| it.to_string()).collect(),
        ..Log::default()
    };
    for name in 0..count {
        let name = EventName::parse(&format!("n{name}")).expect("a name");
        log.names.intern(&name).expect("few names");
    }
    let mut dice: u32 = 7;
    for minute in 0..80 {
        for actor in 0..actors {
            dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            // Squared, so that some pairs come often.
            let name = (u64::from((dice >> 16).pow(2)) * u64::from(count)) >> 32;
            let time = Timestamp(at("09:00").0 + i64::from(minute) * 60_000 + i64::from(dice % 97));
            log.push(actor, time, &format!("n{name}"), Channel::Web, "{}");
        }
    }
    log
}

#[test]
fn pairs_of_many_names_are_the_same_however_they_are_kept() {
    // More than lie side by side, and more than a table is made for.
    for count in [130, 1_030] {
        let (log, report) = (log_of_names(count), read(""));
        let (expected, _) = naive(&log, 0);
        for layout in LAYOUTS {
            equals(&asked(&log, layout, &report).transitions, &expected);
        }
        over(&log, &report, |view, sequences| {
            let sampled = Forecast::sampled(view, sequences, 40).expect("not stopped");
            for forecast in [Some(&sampled), None] {
                let told = counted(view, sequences, forecast).expect("not stopped");
                equals(&told.numbers.transitions, &expected);
            }
        });
    }
}

proptest! {
    #![proptest_config(twin_config())]

    #[test]
    fn the_kernel_equals_its_naive_twin_and_every_element_adds_up(
        log in twin_log(),
        which in 0..REPORTS.len(),
    ) {
        let report = read(REPORTS[which]);
        let (expected, sequences) = naive(&log, which);
        for layout in log.layouts() {
            let answer = asked(&log, layout, &report);
            prop_assert_eq!(answer.sequences, sequences as u64);
            equals(&answer.transitions, &expected);
            for it in &answer.elements {
                let sum = |side: fn(&Transition) -> &String| -> u64 {
                    let all = answer.transitions.iter();
                    all.filter(|each| side(each) == &it.element.id).map(|each| each.passes.times).sum()
                };
                prop_assert_eq!(it.visits.times, sum(|each| &each.from) + it.ends.times);
                prop_assert_eq!(it.visits.times, sum(|each| &each.to) + it.starts.times);
            }
        }
    }

    #[test]
    fn a_forecast_changes_no_number_however_wrong_it_is(
        log in twin_log(),
        which in 0..REPORTS.len(),
        ranges in prop::collection::vec((0..300_000_i64, 0..300_000_i64), 1..20),
        every in 1..100_usize,
    ) {
        let report = read(REPORTS[which]);
        over(&log, &report, |view, sequences| {
            let wrong = Forecast::at_random(&ranges, sequences.elements.list().len());
            let sampled = Forecast::sampled(view, sequences, every).expect("not stopped");
            let told = |forecast| counted(view, sequences, forecast).expect("not stopped").numbers;
            let expected = told(Some(&Forecast::ALL));
            for forecast in [Some(&wrong), Some(&sampled), None] {
                assert_eq!(told(forecast), expected);
            }
        });
    }

    #[test]
    fn lists_are_as_long_as_numbers_say(log in any_log(), which in 0..REPORTS.len()) {
        let report = read(REPORTS[which]);
        let snapshot = log.snapshot();
        let answer = asked(&log, Layout::default(), &report);
        let count = |of: TransitionsSelect| {
            let select = Select::Transitions { of };
            let now = at("9d00:00");
            let found = people(&snapshot, &Vocabulary::default(), &report, &select, now, &Cancel::default());
            found.expect("sound").len() as u64
        };
        for it in &answer.elements {
            let id = || it.element.id.clone();
            prop_assert_eq!(count(TransitionsSelect::Visit(id())), it.visits.profiles);
            prop_assert_eq!(count(TransitionsSelect::Start(id())), it.starts.profiles);
            prop_assert_eq!(count(TransitionsSelect::End(id())), it.ends.profiles);
        }
        for it in answer.transitions {
            let of = TransitionsSelect::Transition { from: it.from, to: it.to };
            prop_assert_eq!(count(of), it.passes.profiles);
        }
    }
}
