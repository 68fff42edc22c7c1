use std::{collections::BTreeMap, fmt::Write};

use proptest::prelude::*;
use throughline_model::{Vocabulary, report::Report};

use super::*;
use crate::{
    ask::{Numbers, ask, people},
    cancel::Cancel,
    fixture::{LAYOUTS, Log, any_log, at, by_profile},
    select::Select,
};

fn report(more: &str) -> Report {
    let text = format!(
        r#"{{"kind":"topics","range":{{"all":true}},"fields":["properties.comment"]{more}}}"#
    );
    serde_json::from_str(&text).expect(more)
}

const WAY: &str = r#","way":{"within":"10h","steps":[
    {"name":"cart","matcher":{"events":["cart"]}},{"name":"own","matcher":{"events":["buy"]}}]}"#;

/// The answer, with as many people as each number says.
fn asked(log: &str, report: &Report) -> TopicsAnswer {
    let snapshot = Log::read(&format!("{log}\nlast 8d00:00 mail\n")).snapshot();
    let (vocabulary, cancel) = (Vocabulary::default(), Cancel::default());
    let now = at("9d00:00");
    let answer = ask(&snapshot, &vocabulary, report, now, &cancel).expect("sound");
    let Numbers::Topics(numbers) = answer.numbers else {
        panic!("topics")
    };
    let check = |of: TopicsSelect, count: u64| {
        let select = Select::Topics { of };
        let found = people(&snapshot, &vocabulary, report, &select, now, &cancel);
        assert_eq!(found.expect("sound").len() as u64, count, "{select:?}");
    };
    check(TopicsSelect::All, numbers.texts.profiles);
    check(TopicsSelect::Untold, numbers.untold.profiles);
    if let Some(gave_up) = numbers.gave_up {
        check(TopicsSelect::Entered, gave_up.whole);
        check(TopicsSelect::GaveUp, gave_up.part);
    }
    for it in &numbers.topics {
        let parts = [
            (TopicPart::Said, Some(it.texts.profiles)),
            (TopicPart::GaveUp, it.gave_up.map(|it| it.part)),
            (TopicPart::Converted, it.converted.map(|it| it.part)),
        ];
        for (part, count) in parts {
            if let Some(count) = count {
                let topic = it.terms[0].clone();
                check(TopicsSelect::Of { topic, part }, count);
            }
        }
        for quote in &it.quotes {
            let (topic, text) = (it.terms[0].clone(), quote.text.clone());
            check(TopicsSelect::Quoted { topic, text }, quote.profiles);
        }
        assert_eq!(it.trend.iter().sum::<u64>(), it.texts.times);
    }
    assert_eq!(numbers.trend.iter().sum::<u64>(), numbers.texts.times);
    numbers
}

const DELIVERY: [&str; 4] = [
    "the courier was late again",
    "late courier, parcel lost",
    "parcel late, courier rude",
    "快递太慢，包裹丢了",
];
const PRICE: [&str; 3] = [
    "shipping fee too expensive",
    "expensive fee for shipping",
    "运费太贵，价格高",
];

/// People of whom some complain of the price and then mostly leave, others of the courier and mostly buy.
fn shop() -> String {
    let mut log = String::new();
    for who in 0..240 {
        let _ = writeln!(log, "p{who} 09:00 cart");
        let is_price = who % 2 == 0;
        let text = match is_price {
            true => PRICE[who / 2 % 2],
            false => DELIVERY[who / 2 % 3],
        };
        if who % 3 != 0 {
            let day = who % 2;
            let _ = writeln!(
                log,
                "p{who} {day}d10:00 note web {{\"comment\":\"{text}\"}}"
            );
        }
        if is_price == (who % 5 == 0) {
            let _ = writeln!(log, "p{who} 11:00 buy");
        }
    }
    log
}

#[test]
fn topics_are_told_with_who_writes_of_them_and_who_of_them_gives_up() {
    let answer = asked(&shop(), &report(WAY));
    assert_eq!(answer.topics.len(), 2, "{:?}", answer.topics);
    assert_eq!(answer.texts.profiles, 160);
    assert_eq!(answer.untold.times, 0);
    let of = |word: &str| {
        let has = |it: &&TopicAnswer| it.terms.iter().any(|term| term == word);
        answer.topics.iter().find(has).expect(word)
    };
    assert_eq!(of("expensive").standing, TopicStanding::Holds);
    assert_eq!(of("courier").standing, TopicStanding::Helps);
    let share = |it: Option<Share>| {
        let it = it.expect("there is a way");
        it.part as f64 / it.whole as f64
    };
    let price = of("expensive");
    assert!(
        share(price.gave_up) > share(price.converted) + 0.2,
        "{price:?}"
    );
    assert!(price.quotes.iter().all(|it| it.text.contains("fee")));
    assert_eq!(answer.tested, 2);
}

#[test]
fn without_a_way_topics_are_only_counted() {
    let answer = asked(&shop(), &report(r#","every":"day""#));
    assert_eq!(answer.topics.len(), 2);
    assert!(
        answer
            .topics
            .iter()
            .all(|it| it.gave_up.is_none() && it.compared.is_none())
    );
    // Days of the price and days of the courier.
    assert_eq!(
        answer.topics[0].trend.iter().filter(|it| **it > 0).count(),
        1
    );
    assert_eq!((answer.gave_up, answer.tested), (None, 0));
}

#[test]
fn texts_of_other_events_and_empty_ones_are_not_looked_at() {
    let log = r#"
        a 09:00 note {"comment":"late courier"}
        a 09:01 note {"comment":"  "}
        a 09:02 note {"comment":7}
        b 09:00 draft {"comment":"late courier"}
    "#;
    let answer = asked(log, &report(r#","events":{"events":["note"]}"#));
    assert_eq!((answer.texts.times, answer.texts.profiles), (1, 1));
}

#[test]
fn what_cannot_be_asked_is_refused() {
    let text = r#"{"kind":"topics","range":{"all":true},"fields":[],"false_permille":0,"way":{"steps":[]}}"#;
    let faults = serde_json::from_str::<Report>(text).expect("read").check();
    let places: Vec<&str> = faults.iter().map(|it| it.place.as_str()).collect();
    assert!(
        places.contains(&"fields") && places.contains(&"steps"),
        "{places:?}"
    );
    assert!(places.contains(&"false_permille"), "{places:?}");
    let snapshot = Log::read("a 09:00 cart").snapshot();
    let (vocabulary, cancel) = (Vocabulary::default(), Cancel::default());
    let of = |topic: &str, part| TopicsSelect::Of {
        topic: topic.to_owned(),
        part,
    };
    for of in [of("unheard", TopicPart::Said), TopicsSelect::GaveUp] {
        let select = Select::Topics { of };
        people(
            &snapshot,
            &vocabulary,
            &report(""),
            &select,
            at("9d00:00"),
            &cancel,
        )
        .expect_err("no such people");
    }
}

proptest! {
    #[test]
    fn who_wrote_what_equals_the_naive_twin(log in any_log()) {
        let report: TopicsReport =
            serde_json::from_str(r#"{"range":{"all":true},"fields":["properties.p","properties.q"]}"#).expect("valid");
        let mut wanted: BTreeMap<String, (u64, u64)> = BTreeMap::new();
        for (_, events) in by_profile(&log) {
            let mut own: BTreeMap<String, u64> = BTreeMap::new();
            for event in &events {
                let (_, name) = (log.names.iter().find(|(code, _)| code.0 == event.event)).expect("known");
                let properties: serde_json::Value = serde_json::from_str(event.properties.as_str()).expect("an object");
                for field in ["p", "q"] {
                    if let (false, Some(text)) = (name.is_system(), properties[field].as_str()) {
                        *own.entry(text.to_owned()).or_default() += 1;
                    }
                }
            }
            for (text, times) in own {
                let counted = wanted.entry(text).or_default();
                counted.0 += times;
                counted.1 += 1;
            }
        }
        for layout in LAYOUTS {
            let snapshot = log.laid_out(layout);
            let (vocabulary, cancel) = (Vocabulary::default(), Cancel::default());
            let view = View::new(&snapshot, &vocabulary, &cancel);
            let when = When {
                range: throughline_model::TimeRange::ALL,
                zone: throughline_model::Zone::UTC,
                now: at("9d00:00"),
            };
            let texts = Texts::of(&view, &report, &when).expect("sound");
            let found: BTreeMap<String, (u64, u64)> = (texts.list.iter().zip(&texts.seen))
                .map(|(text, seen)| (text.text.clone(), seen.passes()))
                .filter(|it| it.1.0 > 0)
                .collect();
            prop_assert_eq!(&found, &wanted);
            let told = Told::of(&view, &texts).expect("sound");
            let times: u64 = told.topics.iter().map(|it| it.passes.times).sum();
            prop_assert_eq!(times + told.untold.times, told.all.times);
            prop_assert_eq!(told.all.times, wanted.values().map(|it| it.0).sum::<u64>());
        }
    }
}
