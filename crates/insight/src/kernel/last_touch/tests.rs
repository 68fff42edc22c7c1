use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use proptest::prelude::*;
use throughline_model::{Value, Vocabulary, report::Report};
use throughline_store::StoredEvent;

use super::*;
use crate::{
    ask::{Numbers, ask, people},
    cancel::Cancel,
    fixture::{LAYOUTS, Log, any_spread_log, at, by_profile},
    select::Select,
    vocabulary_defaults::contacts::is_contact,
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

    fn is(&mut self, share: f64) -> bool {
        self.roll() < share
    }
}

fn label(name: &str) -> Label {
    Label::Value(Value::Text(name.to_owned()))
}

fn report(more: &str) -> Report {
    let text = format!(r#"{{"kind":"last_touch","range":{{"all":true}},"silence":"14d"{more}}}"#);
    serde_json::from_str(&text).expect(more)
}

fn select(label: Option<Label>, part: TouchPart) -> Select {
    Select::LastTouch(LastTouchSelect { label, part })
}

fn asked(
    snapshot: &throughline_store::Snapshot,
    report: &Report,
    now: Timestamp,
) -> LastTouchAnswer {
    let (vocabulary, cancel) = (Vocabulary::default(), Cancel::default());
    let answer = ask(snapshot, &vocabulary, report, now, &cancel).expect("sound");
    let Numbers::LastTouch(numbers) = answer.numbers else {
        panic!("last touches")
    };
    // As many people as each number says.
    let listed = |label: Option<&Label>, part: TouchPart| {
        let select = select(label.cloned(), part);
        let found = people(snapshot, &vocabulary, report, &select, now, &cancel);
        found.expect("sound").len() as u64
    };
    assert_eq!(listed(None, TouchPart::Seen), numbers.seen.profiles);
    assert_eq!(listed(None, TouchPart::Left), numbers.left.profiles);
    assert_eq!(listed(None, TouchPart::Back), numbers.back.profiles);
    assert_eq!(listed(None, TouchPart::Unknown), numbers.unknown.profiles);
    for it in &numbers.touches {
        assert_eq!(listed(Some(&it.label), TouchPart::Seen), it.seen.profiles);
        assert_eq!(listed(Some(&it.label), TouchPart::Left), it.left.profiles);
    }
    numbers
}

fn touch<'a>(answer: &'a LastTouchAnswer, name: &str) -> &'a Touch {
    let found = answer.touches.iter().find(|it| it.label == label(name));
    found.unwrap_or_else(|| panic!("{name} in {:?}", answer.touches))
}

/// Weeks of people who act once or twice a week, on a day and at an hour of chance, until they leave.
///
/// Newcomers leave often whatever they do, and mostly read the welcome page; the others seldom do either.
/// After the culprit, one more in four leaves than would have.
fn shop(seed: u64, culprit: Option<&str>) -> Log {
    let mut dice = Dice(seed);
    let mut text = String::new();
    for who in 0..1_200 {
        let begins = (dice.roll() * 8.0) as u32;
        let mut first_hour = None;
        for week in begins..16 {
            if dice.is(0.4) {
                let hour = (dice.roll() * 9.0) as u32;
                first_hour.get_or_insert(week * 168 + hour);
                let _ = writeln!(text, "p{who} {}d0{hour}:00 browse", week * 7);
            }
            let (day, hour) = (
                week * 7 + 1 + (dice.roll() * 5.0) as u32,
                10 + (dice.roll() * 9.0) as u32,
            );
            let is_new = day * 24 + hour < *first_hour.get_or_insert(day * 24 + hour) + 168;
            let name = match dice.roll() {
                it if it < 0.1 => "complaint",
                it if it < if is_new { 0.7 } else { 0.2 } => "welcome",
                it if it < 0.85 => "browse",
                _ => "order",
            };
            let _ = writeln!(text, "p{who} {day}d{hour}:00 {name}");
            let mut leaves = if is_new { 0.25 } else { 0.05 };
            if culprit == Some(name) {
                leaves += 0.25;
            }
            if dice.is(leaves) {
                break;
            }
        }
    }
    let _ = writeln!(text, "zlast 120d00:00 browse");
    Log::read(&text)
}

#[test]
fn the_planted_culprit_ranks_first_and_its_effect_is_in_the_interval() {
    for seed in [1, 2, 3] {
        let answer = asked(
            &shop(seed, Some("complaint")).snapshot(),
            &report(""),
            at("120d00:00"),
        );
        let first = &answer.touches[0];
        assert_eq!(
            (&first.label, first.standing),
            (&label("complaint"), TouchStanding::Loses)
        );
        let found = first.compared.expect("tested");
        assert!(
            found.interval.low < 0.25 && 0.25 < found.interval.high,
            "{found:?}"
        );
        assert!(found.people_per_month > 0.0 && found.false_rate < 1e-6);
        // Counted plainly, the welcome page looks as if it drove people away; it is where newcomers are.
        let share = |it: &Touch| it.left.times as f64 / it.seen.times as f64;
        assert!(share(touch(&answer, "welcome")) > share(touch(&answer, "browse")) + 0.03);
        assert_ne!(
            touch(&answer, "welcome").standing,
            TouchStanding::Loses,
            "{answer:?}"
        );
    }
}

#[test]
fn without_a_culprit_there_is_no_finding() {
    for seed in [4, 5, 6] {
        let answer = asked(&shop(seed, None).snapshot(), &report(""), at("120d00:00"));
        assert!(answer.tested >= 4);
        let found = answer
            .touches
            .iter()
            .filter(|it| it.standing <= TouchStanding::Keeps);
        assert_eq!(found.count(), 0, "seed {seed}: {answer:?}");
    }
}

#[test]
fn leaving_is_known_only_once_the_silence_is_over() {
    let log = Log::read(
        "
        gone 09:00 a
        back 09:00 b
        back 30d09:00 b
        stays 09:00 c
        stays 13d09:00 c
        edge 09:00 d
        edge 14d09:00 d
        late 39d09:00 e
        last 40d00:00 f
        ",
    );
    let answer = asked(
        &log.snapshot(),
        &report(r#","period":"day""#),
        at("40d00:00"),
    );
    let counts = |name: &str| {
        let it = touch(&answer, name);
        (it.seen.times, it.left.times)
    };
    assert_eq!(counts("a"), (1, 1));
    // Coming back after the silence is having left; the second time is not over yet.
    assert_eq!(counts("b"), (1, 1));
    assert_eq!((answer.back.times, answer.back.profiles), (1, 1));
    // Who acts at the very end of the silence has not left; the last act of `stays` was silent for long enough.
    assert_eq!(counts("c"), (2, 1));
    assert_eq!(counts("d"), (2, 1));
    assert_eq!(answer.unknown.profiles, 3);
    assert!(answer.touches.iter().all(|it| it.label != label("e")));
}

#[test]
fn what_the_company_sends_is_no_act() {
    let log = Log::read(
        "
        ana 09:00 visit
        ana 1d09:00 email_sent
        ana 20d09:00 email_sent
        last 40d00:00 visit
        ",
    );
    let answer = asked(&log.snapshot(), &report(""), at("40d00:00"));
    assert_eq!(answer.contacts, ["email_sent"]);
    assert_eq!(
        (
            touch(&answer, "visit").seen.times,
            touch(&answer, "visit").left.times
        ),
        (1, 1)
    );
    let own = report(r#","contacts":{"events":["nothing"]}"#);
    let answer = asked(&log.snapshot(), &own, at("40d00:00"));
    assert_eq!((answer.seen.times, answer.left.times), (2, 2));
    assert_eq!(touch(&answer, "email_sent").left.times, 2);
}

#[test]
fn what_nearly_everybody_leaves_after_is_as_good_as_leaving() {
    let mut text = String::new();
    for who in 0..80 {
        let _ = writeln!(text, "p{who} 09:00 visit");
        let _ = writeln!(
            text,
            "p{who} 1d09:00 {}",
            if who < 40 { "close_account" } else { "visit" }
        );
        if who >= 40 {
            let _ = writeln!(text, "p{who} 9d09:00 visit");
        }
    }
    let log = Log::read(&format!("{text}\nlast 60d00:00 visit"));
    let answer = asked(&log.snapshot(), &report(""), at("60d00:00"));
    assert_eq!(
        touch(&answer, "close_account").standing,
        TouchStanding::AtTheEnd
    );
    assert_eq!(
        answer.touches.last().map(|it| &it.label),
        Some(&label("close_account"))
    );
}

#[test]
fn an_empty_log_says_nothing() {
    let answer = asked(&Log::default().snapshot(), &report(""), at("9d00:00"));
    assert_eq!((answer.seen.times, answer.touches.len()), (0, 0));
}

type Counts = BTreeMap<(String, Option<String>), (u64, u64)>;

/// How many cases there are, and how many of them left, by what people are alike in and by the last act.
fn naive(log: &Log, silence: i64) -> (Counts, u64) {
    let end = log.events.iter().map(|it| it.time.0).max().unwrap_or(0);
    let name = |event: u16| {
        let (_, name) = (log.names.iter().find(|(code, _)| code.0 == event)).expect("known");
        name.clone()
    };
    let is_act = |it: &&&StoredEvent| {
        let name = name(it.event);
        !name.is_system() && !is_contact(&name)
    };
    let zone = throughline_model::Zone::UTC;
    let day = |time: i64| Timestamp(time).in_zone(&zone).date();
    let (mut counts, mut unknown) = (Counts::new(), 0);
    for events in by_profile(log).values() {
        let first = events[0].time.0;
        let times: BTreeSet<i64> = events.iter().filter(is_act).map(|it| it.time.0).collect();
        for time in &times {
            if times.iter().any(|it| it > time && day(*it) == day(*time)) {
                continue;
            }
            if time + silence > end {
                unknown += 1;
                continue;
            }
            let has_left = !times.iter().any(|it| it > time && *it <= time + silence);
            let lately = times
                .iter()
                .filter(|it| **it < *time && **it >= time - silence)
                .count();
            let band = [0, 1, 2, 4, 8, 16]
                .iter()
                .rposition(|it| *it <= lately)
                .expect("from 0 on");
            let days = (time - first) as f64 / 86_400_000.0;
            let tenure = [1.0, 7.0, 30.0, 90.0]
                .iter()
                .filter(|it| **it <= days)
                .count();
            let key = format!("{} {band} {tenure}", day(*time));
            let labels: BTreeSet<String> = (events.iter())
                .filter(is_act)
                .filter(|it| it.time.0 == *time)
                .map(|it| name(it.event).as_str().to_owned())
                .collect();
            for label in labels.into_iter().map(Some).chain([None]) {
                let own = counts.entry((key.clone(), label)).or_default();
                own.0 += 1;
                own.1 += u64::from(has_left);
            }
        }
    }
    (counts, unknown)
}

proptest! {
    #[test]
    fn cases_equal_the_naive_twin(log in any_spread_log(), days in 1..4_i64) {
        let silence = days * 86_400_000;
        let (wanted, unknown) = naive(&log, silence);
        let text = format!(r#"{{"range":{{"all":true}},"silence":"{days}d","period":"day"}}"#);
        let report: LastTouch = serde_json::from_str(&text).expect("valid");
        let (vocabulary, cancel) = (Vocabulary::default(), Cancel::default());
        for layout in LAYOUTS {
            let snapshot = log.laid_out(layout);
            let view = View::new(&snapshot, &vocabulary, &cancel);
            let when = When {
                range: throughline_model::TimeRange::ALL,
                zone: throughline_model::Zone::UTC,
                now: at("900d00:00"),
            };
            let walker = Walker::new(&view, &report, &when).expect("sound");
            let mut found = Counts::new();
            let mut unknown_found = 0;
            let states = scan(
                view.snapshot,
                view.cancel,
                || (Vec::new(), Room::default()),
                |(cases, room): &mut (Vec<_>, Room), rows| walker.visit(rows, room, &mut |case| {
                    cases.push((case.key, case.time, case.labels.to_vec(), case.has_left, case.is_known));
                }),
            ).expect("not stopped");
            for (key, time, labels, has_left, is_known) in states.into_iter().flat_map(|it| it.0) {
                if !is_known {
                    unknown_found += 1;
                    continue;
                }
                let day = Timestamp(time).in_zone(&throughline_model::Zone::UTC).date();
                let key = format!("{day} {} {}", key.acts, key.tenure);
                let labels = labels.iter().map(|it| match walker.label(*it) {
                    Label::Value(Value::Text(name)) => Some(name),
                    other => panic!("{other:?}"),
                });
                for label in labels.chain([None]) {
                    let own = found.entry((key.clone(), label)).or_default();
                    own.0 += 1;
                    own.1 += u64::from(has_left);
                }
            }
            prop_assert_eq!(&found, &wanted);
            prop_assert_eq!(unknown_found, unknown);
        }
    }
}
