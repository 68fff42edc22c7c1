use std::{collections::BTreeMap, fmt::Write};

use proptest::prelude::*;
use throughline_model::{Timestamp, Vocabulary, report::Report};

use super::*;
use crate::{
    ask::{Numbers, ask, people},
    cancel::Cancel,
    fixture::{LAYOUTS, Log, any_log, at, by_profile},
    quote::quotable,
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

    fn is(&mut self, share: f64) -> bool {
        self.roll() < share
    }
}

/// A moment so many minutes after nine.
fn minute(count: f64) -> String {
    let minutes = 9.0 * 60.0 + count;
    let days = (minutes / 1440.0).floor();
    let rest = minutes - days * 1440.0;
    let (hour, second) = ((rest / 60.0) as u32, ((rest * 60.0) % 60.0) as u32);
    format!("{days}d{hour}:{}:{second}", (rest % 60.0) as u32)
}

/// Reasons as they are written, over carts that should become orders within ten hours.
fn report(reasons: &str) -> Report {
    serde_json::from_str(&format!(
        r#"{{"kind":"reasons","range":{{"all":true}},"within":"10h","steps":[
            {{"name":"cart","matcher":{{"events":["cart"]}}}},
            {{"name":"own","matcher":{{"events":["buy"]}}}}],
            "quotes":["properties.comment"],"reasons":[{reasons}]}}"#
    ))
    .expect(reasons)
}

fn met(name: &str) -> String {
    format!(r#"{{"name":"{name}","sign":{{"met":{{"matcher":{{"events":["{name}"]}}}}}}}}"#)
}

const SILENCE: &str = r#"{"name":"silence","sign":{"silence":"2h"}}"#;

/// The log goes on long enough for everybody's time to be over; as many people as each number says.
fn asked(log: &str, report: &Report) -> ReasonsAnswer {
    let text = format!("{log}\nlast 8d00:00 mail\n");
    let snapshot = Log::read(&text).snapshot();
    let (vocabulary, cancel) = (Vocabulary::default(), Cancel::default());
    let answer = ask(&snapshot, &vocabulary, report, at("9d00:00"), &cancel).expect("sound");
    let Numbers::Reasons(numbers) = answer.numbers else {
        panic!("reasons")
    };
    let check = |of: ReasonsSelect, count: u64| {
        let select = Select::Reasons { of };
        let now = at("9d00:00");
        let found = people(&snapshot, &vocabulary, report, &select, now, &cancel);
        assert_eq!(found.expect("sound").len() as u64, count, "{select:?}");
    };
    check(ReasonsSelect::Entered, numbers.gave_up.whole);
    check(ReasonsSelect::GaveUp, numbers.gave_up.part);
    check(
        ReasonsSelect::Converted,
        numbers.gave_up.whole - numbers.gave_up.part,
    );
    check(ReasonsSelect::Immature, numbers.immature);
    check(ReasonsSelect::Explained, numbers.explained.part);
    check(ReasonsSelect::Unknown, numbers.unknown.part);
    check(ReasonsSelect::Said, numbers.said);
    for (count, profiles) in numbers.by_count.iter().enumerate() {
        check(ReasonsSelect::Counted(count), *profiles);
    }
    for it in &numbers.reasons {
        for (part, count) in [
            (ReasonPart::GaveUp, it.gave_up.part),
            (ReasonPart::Alone, it.alone),
            (ReasonPart::Converted, it.converted.part),
        ] {
            let reason = it.name.clone();
            check(ReasonsSelect::Of { reason, part }, count);
        }
        for quote in &it.quotes {
            let of = ReasonsSelect::Quoted {
                text: quote.text.clone(),
                reason: Some(it.name.clone()),
            };
            check(of, quote.profiles);
        }
    }
    for quote in &numbers.unknown_quotes {
        let of = ReasonsSelect::Quoted {
            text: quote.text.clone(),
            reason: None,
        };
        check(of, quote.profiles);
    }
    for it in &numbers.both {
        let of = ReasonsSelect::Both {
            first: it.first.clone(),
            second: it.second.clone(),
        };
        check(of, it.profiles);
    }
    assert_eq!(numbers.by_count.iter().sum::<u64>(), numbers.gave_up.part);
    numbers
}

fn found<'a>(answer: &'a ReasonsAnswer, name: &str) -> &'a ReasonAnswer {
    let found = answer.reasons.iter().find(|it| it.name == name);
    found.expect(name)
}

#[test]
fn planted_reasons_are_recovered_with_their_shares_and_in_their_order() {
    // Each is met by lot, makes some give up who meet it, and is seen by some who buy all the same.
    let planted = [
        ("shipping", 0.5, 0.6),
        ("declined", 0.25, 0.7),
        ("error", 0.12, 0.8),
    ];
    let mut dice = Dice(3);
    let mut log = String::new();
    let (mut left, mut left_with) = (0_u32, BTreeMap::new());
    for who in 0..3_000 {
        let _ = writeln!(log, "p{who} {} cart", minute(0.0));
        let mut gives_up = dice.is(0.2);
        let mut own = Vec::new();
        for (index, (name, share, loses)) in planted.into_iter().enumerate() {
            if dice.is(share) {
                let _ = writeln!(log, "p{who} {} {name}", minute(1.0 + index as f64));
                gives_up |= dice.is(loses);
                own.push(name);
            }
        }
        // Met by anybody, and nobody gives up for it.
        if dice.is(0.4) {
            let _ = writeln!(log, "p{who} {} banner", minute(5.0));
        }
        if gives_up {
            left += 1;
            for name in own {
                *left_with.entry(name).or_insert(0_u32) += 1;
            }
        } else {
            let _ = writeln!(log, "p{who} {} buy", minute(10.0 + 60.0 * dice.roll()));
        }
    }
    let names = ["error", "banner", "declined", "shipping"].map(met);
    let answer = asked(&log, &report(&names.join(",")));
    let order: Vec<&str> = (answer.reasons.iter())
        .map(|it| it.name.as_str())
        .filter(|it| *it != "banner")
        .collect();
    assert_eq!(order, ["shipping", "declined", "error"]);
    assert_eq!(answer.gave_up.part, u64::from(left));
    for (name, _, loses) in planted {
        let it = found(&answer, name);
        assert_eq!(it.gave_up.part, u64::from(left_with[name]), "{name}");
        assert_eq!(it.standing, ReasonStanding::Holds, "{it:?}");
        let compared = it.compared.expect("tested");
        assert!(compared.interval.low > 0.0, "{compared:?}");
        // Who meets it is lost so often of those who would have bought without it.
        let saved = compared.difference / (1.0 - compared.without);
        assert!((saved - loses).abs() < 0.1, "{name} {saved}");
    }
    assert_eq!(found(&answer, "banner").standing, ReasonStanding::Unsure);
    assert_eq!(answer.tested, 4);
}

#[test]
fn shares_alone_would_call_what_takes_time_a_reason() {
    // Chatting and buying know nothing of each other, but who buys has little time left to chat.
    let mut dice = Dice(5);
    let mut log = String::new();
    for who in 0..1_500 {
        let _ = writeln!(log, "p{who} {} cart", minute(0.0));
        let (chats, buys) = (dice.roll() * 900.0, dice.roll() * 1_200.0);
        let _ = writeln!(log, "p{who} {} chat", minute(1.0 + chats));
        let _ = writeln!(log, "p{who} {} buy", minute(1.0 + buys));
    }
    let answer = asked(&log, &report(&met("chat")));
    let chat = found(&answer, "chat");
    let share = |it: Share| it.part as f64 / it.whole as f64;
    assert!(
        share(chat.gave_up) > share(chat.converted) + 0.2,
        "{chat:?}"
    );
    assert_eq!(chat.standing, ReasonStanding::Unsure, "{chat:?}");
}

#[test]
fn reasons_overlap_and_what_is_not_known_is_said() {
    let log = r#"
        a 09:00 cart
        a 09:10 error
        a 09:20 declined
        a 09:30 note {"comment":" it broke "}
        b 09:00 cart
        b 09:10 error
        b 09:30 note {"comment":"it broke"}
        c 09:00 cart
        c 09:10 note {"comment":"just looking"}
        d 09:00 cart
        d 09:10 error
        d 09:15 note {"comment":"bought it anyhow"}
        d 09:20 buy
    "#;
    let names = ["error", "declined"].map(met).join(",");
    let answer = asked(log, &report(&names));
    assert_eq!((answer.gave_up.part, answer.gave_up.whole), (3, 4));
    assert_eq!(answer.by_count, [1, 1, 1]);
    assert_eq!(answer.unknown.part, 1);
    assert_eq!(answer.explained.part, 2);
    let error = found(&answer, "error");
    assert_eq!(
        (error.gave_up.part, error.alone, error.converted.part),
        (2, 1, 1)
    );
    assert_eq!(answer.both.len(), 1);
    assert_eq!(answer.both[0].profiles, 1);
    let texts = |quotes: &[Quote]| -> Vec<(String, u64)> {
        (quotes.iter())
            .map(|it| (it.text.clone(), it.profiles))
            .collect()
    };
    // What those said who bought is no reason not to.
    assert_eq!(texts(&error.quotes), [("it broke".to_owned(), 2)]);
    assert_eq!(
        texts(&answer.unknown_quotes),
        [("just looking".to_owned(), 1)]
    );
    assert_eq!(answer.said, 3);
}

#[test]
fn silence_counts_where_nothing_else_was_met_before_it() {
    let log = r#"
        away 09:00 cart
        away 09:30 view
        back 09:00 cart
        back 12:00 view
        back 12:10 buy
        busy 09:00 cart
        busy 10:30 view
        busy 12:00 view
        busy 13:30 view
        busy 15:00 view
        busy 16:30 view
        busy 18:00 view
        hurt 09:00 cart
        hurt 09:05 error
        late 09:00 cart
        late 14:00 error
        mailed 09:00 cart
        mailed 09:30 mail_sent
        mailed 10:45 mail_sent
        quick 09:00 cart
        quick 09:05 buy
    "#;
    let names = format!("{},{SILENCE}", met("error"));
    let answer = asked(log, &report(&names));
    let silence = found(&answer, "silence");
    // Away, late and mailed: what the company sends ends no silence, and an error hours later explains none.
    assert_eq!(silence.gave_up.part, 3);
    assert_eq!(silence.converted.part, 1);
    assert_eq!(found(&answer, "error").gave_up.part, 2);
    // Silence explains nothing.
    assert_eq!(answer.explained.part, 2);
    assert_eq!(answer.unknown.part, 3);
    assert_eq!(answer.by_count[0], 1);
}

#[test]
fn so_many_times_and_so_many_different_ones_are_told_apart() {
    let log = r#"
        a 09:00 cart
        a 09:01 view {"sku":1}
        a 09:02 view {"sku":1}
        a 09:03 view {"sku":1}
        a 09:04 view
        b 09:00 cart
        b 09:01 view {"sku":1}
        b 09:01 view {"sku":2}
        b 09:03 view {"sku":"3"}
        c 09:00 cart
        c 09:00 view {"sku":1}
        c 09:01 view {"sku":2}
        c 09:02 view {"sku":3}
    "#;
    let often = r#"{"name":"often","sign":{"met":{"matcher":{"events":["view"]},"times":3}}}"#;
    let different = r#"{"name":"different","sign":{"met":{"matcher":{"events":["view"]},"times":3,
        "different":"properties.sku"}}}"#;
    let answer = asked(log, &report(&format!("{often},{different}")));
    assert_eq!(found(&answer, "often").gave_up.part, 2);
    // What happens at the instant of setting out may have come before it.
    assert_eq!(found(&answer, "different").gave_up.part, 1);
}

#[test]
fn what_all_meet_and_what_is_met_after_giving_up_is_no_finding() {
    let mut log = String::new();
    for who in 0..200 {
        let _ = writeln!(log, "p{who} {} cart", minute(0.0));
        let _ = writeln!(log, "p{who} {} price", minute(1.0));
        if who % 2 == 0 {
            let _ = writeln!(log, "p{who} {} buy", minute(2.0));
        } else {
            let _ = writeln!(log, "p{who} {} asked_why", minute(300.0));
        }
    }
    let names = ["price", "asked_why"].map(met).join(",");
    let answer = asked(&log, &report(&names));
    assert_eq!(found(&answer, "price").standing, ReasonStanding::OnTheWay);
    assert_eq!(
        found(&answer, "asked_why").standing,
        ReasonStanding::AtTheEnd
    );
    assert_eq!(answer.tested, 0);
}

#[test]
fn whose_time_is_not_over_is_left_out_and_counted() {
    let log = "
        a 09:00 cart
        a 09:10 error
        b 7d20:00 cart
        b 7d20:10 error
        c 7d21:00 cart
        c 7d21:10 buy
    ";
    let answer = asked(log, &report(&met("error")));
    assert_eq!((answer.gave_up.whole, answer.immature), (1, 2));
}

#[test]
fn what_cannot_be_asked_is_refused() {
    let names = [
        met("a"),
        met("a"),
        r#"{"name":" ","sign":{"silence":"11h"}}"#.to_owned(),
        r#"{"name":"c","sign":{"met":{"matcher":{},"times":0}}}"#.to_owned(),
    ];
    let faults = report(&names.join(",")).check();
    let places: Vec<&str> = faults.iter().map(|it| it.place.as_str()).collect();
    assert_eq!(
        places,
        [
            "reasons[1].name",
            "reasons[2].name",
            "reasons[2].sign.silence",
            "reasons[3].sign.met.times"
        ]
    );
    assert_eq!(report("").check()[0].place, "reasons");
    let snapshot = Log::read("a 09:00 cart").snapshot();
    let of = ReasonsSelect::Of {
        reason: "unheard".to_owned(),
        part: ReasonPart::GaveUp,
    };
    let (vocabulary, cancel) = (Vocabulary::default(), Cancel::default());
    let report = report(&met("a"));
    let select = Select::Reasons { of };
    people(
        &snapshot,
        &vocabulary,
        &report,
        &select,
        at("9d00:00"),
        &cancel,
    )
    .expect_err("unheard");
}

/// A person as the definition has it in words.
#[derive(Debug, PartialEq)]
struct Told {
    until: i64,
    has_arrived: bool,
    met: Vec<Option<i64>>,
    said: Vec<(i64, String)>,
}

/// One pass over the events for each question.
fn naive(log: &Log) -> BTreeMap<u32, Told> {
    const MINUTE: i64 = 60_000;
    let end = log.events.iter().map(|it| it.time.0).max().unwrap_or(0);
    let mut people = BTreeMap::new();
    for (profile, events) in by_profile(log) {
        let name = |event: u16| {
            let (_, name) = (log.names.iter().find(|(code, _)| code.0 == event)).expect("known");
            name.as_str().to_owned()
        };
        let p = |text: &str| -> serde_json::Value {
            serde_json::from_str::<serde_json::Value>(text).expect("an object")["p"].clone()
        };
        let Some(begin) = events.iter().find(|it| name(it.event) == "view") else {
            continue;
        };
        let (begin, limit) = (begin.time.0, begin.time.0 + 4 * MINUTE);
        if limit > end {
            continue;
        }
        let arrival = (events.iter())
            .find(|it| name(it.event) == "buy" && (begin..=limit).contains(&it.time.0));
        let until = arrival.map_or(limit, |it| it.time.0);
        let on_the_way: Vec<(i64, String, serde_json::Value)> = (events.iter())
            .filter(|it| it.time.0 > begin && it.time.0 < until)
            .map(|it| (it.time.0, name(it.event), p(it.properties.as_str())))
            .collect();
        let is_scalar =
            |it: &serde_json::Value| it.is_string() || it.is_boolean() || it.is_number();
        let moments = || on_the_way.iter().map(|it| it.0);
        let cart = moments().find(|moment| {
            let so_far = on_the_way.iter().filter(|it| it.0 <= *moment);
            so_far.filter(|it| it.1 == "cart").count() >= 2
        });
        let different = moments().find(|moment| {
            let so_far = on_the_way.iter().filter(|it| it.0 <= *moment);
            let asked = so_far.filter(|it| is_scalar(&it.2) && !it.1.starts_with('$'));
            let values: Vec<String> = asked
                .map(|it| match it.2.as_f64() {
                    Some(number) => (number + 0.0).to_string(),
                    None => it.2.to_string(),
                })
                .collect();
            let distinct = values.iter().enumerate();
            distinct
                .filter(|(index, it)| !values[..*index].contains(it))
                .count()
                >= 2
        });
        let acts: Vec<i64> = (on_the_way.iter())
            .filter(|it| !it.1.starts_with('$') && it.1 != "cart")
            .map(|it| it.0)
            .collect();
        // A silence is a stretch without an act, right behind one.
        let silent = (begin..until).step_by(1000).find(|moment| {
            let from = moment - MINUTE;
            let starts = from == begin || acts.contains(&from);
            starts && !acts.iter().any(|it| *it > from && it < moment)
        });
        let obstacle = cart.into_iter().chain(different).min();
        let silent = silent.filter(|it| obstacle.is_none_or(|obstacle| obstacle > *it));
        let mut said: Vec<(i64, String)> = (on_the_way.iter())
            .filter(|_| arrival.is_none())
            .filter_map(|(at, _, p)| Some((at - begin, p.as_str()?.trim().to_owned())))
            .filter(|(_, text)| !text.is_empty())
            .collect();
        said.sort();
        let told = Told {
            until: until - begin,
            has_arrived: arrival.is_some(),
            met: [cart, different, silent]
                .map(|it| it.map(|at| at - begin))
                .to_vec(),
            said,
        };
        people.insert(profile, told);
    }
    people
}

proptest! {
    #[test]
    fn what_was_met_and_said_equals_the_naive_twin(log in any_log()) {
        let json = r#"{"range":{"all":true},"within":"4m","steps":[
            {"name":"see","matcher":{"events":["view"]}},{"name":"own","matcher":{"events":["buy"]}}],
            "contacts":{"events":["cart"]},"quotes":["properties.p"],"reasons":[
            {"name":"twice","sign":{"met":{"matcher":{"events":["cart"]},"times":2}}},
            {"name":"different","sign":{"met":{"matcher":{},"times":2,"different":"properties.p"}}},
            {"name":"silent","sign":{"silence":"1m"}}]}"#;
        let reasons: Reasons = serde_json::from_str(json).expect("valid");
        let wanted = naive(&log);
        for layout in LAYOUTS {
            let snapshot = log.laid_out(layout);
            let (vocabulary, cancel) = (Vocabulary::default(), Cancel::default());
            let view = View::new(&snapshot, &vocabulary, &cancel);
            let when = When {
                range: throughline_model::TimeRange::ALL,
                zone: throughline_model::Zone::UTC,
                now: at("9d00:00"),
            };
            let ways = Ways::of(&view, &reasons, &when).expect("sound");
            let people: BTreeMap<u32, Told> = (ways.people.into_iter())
                .map(|it| {
                    let told = Told {
                        until: it.way.until,
                        has_arrived: it.way.has_arrived,
                        met: it.met,
                        said: it.said.into_iter().map(|it| (it.at, it.text)).collect(),
                    };
                    (it.profile.0, told)
                })
                .collect();
            prop_assert_eq!(&people, &wanted);
        }
    }
}

#[test]
fn long_texts_are_cut_between_signs_and_empty_ones_left_out() {
    let long = "字".repeat(500);
    let cut = quotable(&long).expect("long");
    assert_eq!(cut.chars().count(), 401);
    assert_eq!(quotable("  \n"), None);
    let at = Timestamp(5).0;
    let person = |text: &str| Person {
        profile: ProfileId(1),
        begin: at,
        way: OnTheWay {
            until: 9,
            has_arrived: false,
        },
        met: Vec::new(),
        said: vec![walk::Said {
            at: 1,
            text: text.to_owned(),
        }],
    };
    let people: Vec<Person> = (0..9).map(|it| person(&it.to_string())).collect();
    assert_eq!(said_by(people.iter()).len(), 5);
}
