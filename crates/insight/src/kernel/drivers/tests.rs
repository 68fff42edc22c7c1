use std::{collections::BTreeMap, fmt::Write, sync::Arc};

use proptest::prelude::*;
use throughline_model::{Channel, Value, Vocabulary, report::Report};

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

    fn is(&mut self, share: f64) -> bool {
        self.roll() < share
    }
}

fn label(name: &str) -> Label {
    Label::Value(Value::Text(name.to_owned()))
}

/// A moment so many minutes after nine.
fn minute(count: f64) -> String {
    let minutes = 9.0 * 60.0 + count;
    let days = (minutes / 1440.0).floor();
    let rest = minutes - days * 1440.0;
    format!(
        "{days}d{}:{}:{}",
        (rest / 60.0) as u32,
        (rest % 60.0) as u32,
        ((rest * 60.0) % 60.0) as u32
    )
}

fn report(more: &str) -> Report {
    serde_json::from_str(&format!(
        r#"{{"kind":"drivers","range":{{"all":true}},"within":"10h","steps":[
            {{"name":"see","matcher":{{"events":["view"]}}}},
            {{"name":"own","matcher":{{"events":["buy"]}}}}]{more}}}"#
    ))
    .expect(more)
}

/// The log goes on long enough for everybody's time to be over.
fn asked(log: &str, report: &Report) -> DriversAnswer {
    let text = format!("{log}\nlast 8d00:00 mail\n");
    let snapshot = Log::read(&text).snapshot();
    let (vocabulary, cancel) = (Vocabulary::default(), Cancel::default());
    let answer = ask(&snapshot, &vocabulary, report, at("9d00:00"), &cancel).expect("sound");
    let Numbers::Drivers(numbers) = answer.numbers else {
        panic!("drivers")
    };
    // As many people as each number says.
    for it in &numbers.drivers {
        for (part, count) in [
            (DriverPart::Did, it.did.whole),
            (DriverPart::DidConverted, it.did.part),
            (DriverPart::DidNot, it.did_not.whole),
            (DriverPart::DidNotConverted, it.did_not.part),
        ] {
            let of = DriversSelect::Of {
                from: it.from.clone(),
                label: it.label.clone(),
                part,
            };
            let select = Select::Drivers { of };
            let found = people(
                &snapshot,
                &vocabulary,
                report,
                &select,
                at("9d00:00"),
                &cancel,
            );
            assert_eq!(found.expect("sound").len() as u64, count);
        }
        assert_eq!(it.did.whole + it.did_not.whole, numbers.converted.whole);
        assert_eq!(it.did.part + it.did_not.part, numbers.converted.part);
    }
    numbers
}

fn standing(answer: &DriversAnswer, name: &str) -> Standing {
    let found = answer.drivers.iter().find(|it| it.label == label(name));
    found.expect(name).standing
}

#[test]
fn immortal_time_makes_no_finding() {
    // Arriving and chatting know nothing of each other, but who arrives has little time left to chat.
    let mut dice = Dice(5);
    let mut log = String::new();
    for who in 0..1_500 {
        let buys = dice.roll() * 1_200.0;
        let chats = dice.roll() * 900.0;
        let _ = writeln!(log, "p{who} {} view", minute(0.0));
        if chats < 1_400.0 {
            let _ = writeln!(log, "p{who} {} chat", minute(1.0 + chats));
        }
        let _ = writeln!(log, "p{who} {} buy", minute(1.0 + buys));
    }
    let answer = asked(&log, &report(""));
    let chat = answer
        .drivers
        .iter()
        .find(|it| it.label == label("chat"))
        .expect("there");
    let share = |it: Share| it.part as f64 / it.whole as f64;
    assert!(
        share(chat.did) < share(chat.did_not) - 0.1,
        "the trap is there: {chat:?}"
    );
    assert_eq!(chat.standing, Standing::Unsure, "{chat:?}");
    assert!(
        chat.compared.expect("tested").difference.abs() < 0.06,
        "{chat:?}"
    );
}

#[test]
fn what_helps_and_what_hinders_are_told_apart_in_their_sizes() {
    let mut dice = Dice(8);
    let mut log = String::new();
    for who in 0..1_200 {
        let (helped, failed) = (dice.is(0.4), dice.is(0.3));
        let mut share = 0.35;
        share += if helped { 0.25 } else { 0.0 };
        share -= if failed { 0.2 } else { 0.0 };
        let _ = writeln!(log, "p{who} {} view", minute(0.0));
        if helped {
            let _ = writeln!(log, "p{who} {} advice", minute(1.0));
        }
        if failed {
            let _ = writeln!(log, "p{who} {} error", minute(3.0));
        }
        if dice.is(share) {
            let _ = writeln!(log, "p{who} {} buy", minute(10.0 + 60.0 * dice.roll()));
        }
    }
    let answer = asked(&log, &report(""));
    assert_eq!(standing(&answer, "advice"), Standing::Helps);
    assert_eq!(standing(&answer, "error"), Standing::Hinders);
    for (name, planted) in [("advice", 0.25), ("error", -0.2)] {
        let it = answer
            .drivers
            .iter()
            .find(|it| it.label == label(name))
            .expect(name);
        let compared = it.compared.expect("tested");
        let interval = compared.interval;
        assert!(
            interval.low < planted && planted < interval.high,
            "{name} {compared:?}"
        );
        assert!(compared.people_per_month * compared.difference > 0.0);
    }
}

#[test]
fn a_prerequisite_is_no_finding() {
    let mut log = String::new();
    for who in 0..200 {
        let _ = writeln!(log, "p{who} {} view", minute(0.0));
        if who % 2 == 0 {
            let _ = writeln!(log, "p{who} {} address", minute(5.0));
        }
        if who % 4 == 0 {
            let _ = writeln!(log, "p{who} {} pay", minute(6.0));
            let _ = writeln!(log, "p{who} {} buy", minute(7.0));
            let _ = writeln!(log, "p{who} {} thanks", minute(8.0));
        }
    }
    let answer = asked(&log, &report(""));
    assert_eq!(standing(&answer, "address"), Standing::OnTheWay);
    assert_eq!(standing(&answer, "pay"), Standing::OnTheWay);
    assert_eq!(answer.tested, 0);
    // What comes after arriving is not on the way at all.
    assert!(answer.drivers.iter().all(|it| it.label != label("thanks")));
}

#[test]
fn what_nearly_always_ends_in_arriving_is_as_good_as_arriving() {
    let mut log = String::new();
    for who in 0..300 {
        let _ = writeln!(log, "p{who} {} view", minute(0.0));
        if who % 3 == 0 {
            let _ = writeln!(log, "p{who} {} express", minute(6.0));
        }
        if who % 3 == 0 || who % 5 == 0 {
            let _ = writeln!(log, "p{who} {} buy", minute(7.0));
        }
    }
    assert_eq!(
        standing(&asked(&log, &report("")), "express"),
        Standing::AtTheEnd
    );
}

#[test]
fn many_candidates_of_pure_noise_yield_no_findings() {
    for seed in [1, 2, 3] {
        let mut dice = Dice(seed);
        let mut log = String::new();
        for who in 0..600 {
            let color = (dice.roll() * 8.0) as u32;
            let _ = writeln!(
                log,
                "p{who} {} view web {{\"color\":\"c{color}\"}}",
                minute(0.0)
            );
            let buys = dice.is(0.4).then(|| 60.0 + 300.0 * dice.roll());
            for noise in 0..40 {
                if dice.is(0.3) {
                    let _ = writeln!(
                        log,
                        "p{who} {} noise{noise}",
                        minute(1.0 + 400.0 * dice.roll())
                    );
                }
            }
            if let Some(buys) = buys {
                let _ = writeln!(log, "p{who} {} buy", minute(buys));
            }
        }
        let answer = asked(&log, &report(r#","entry_fields":["properties.color"]"#));
        assert!(answer.tested >= 45, "{}", answer.tested);
        let found = answer
            .drivers
            .iter()
            .filter(|it| it.standing <= Standing::Hinders)
            .count();
        assert_eq!(found, 0, "seed {seed}");
    }
}

#[test]
fn small_samples_are_grey() {
    let mut log = String::new();
    for who in 0..100 {
        let _ = writeln!(log, "p{who} {} view", minute(0.0));
        if who < 29 {
            let _ = writeln!(log, "p{who} {} rare", minute(1.0));
        }
        if (20..100).contains(&who) && who % 2 == 0 {
            let _ = writeln!(log, "p{who} {} buy", minute(2.0));
        }
    }
    let answer = asked(&log, &report(""));
    assert_eq!(standing(&answer, "rare"), Standing::Few);
    assert!(answer.drivers.iter().all(|it| it.compared.is_none()));
}

#[test]
fn a_value_at_the_entry_is_a_candidate_from_the_start() {
    let mut dice = Dice(4);
    let mut log = String::new();
    for who in 0..600 {
        let is_app = who % 2 == 0;
        let channel = if is_app { "app" } else { "web" };
        let _ = writeln!(log, "p{who} {} view {channel}", minute(0.0));
        if dice.is(if is_app { 0.5 } else { 0.3 }) {
            let _ = writeln!(log, "p{who} {} buy {channel}", minute(1.0));
        }
    }
    let answer = asked(&log, &report(r#","fields":[],"entry_fields":["channel"]"#));
    assert_eq!(standing(&answer, "app"), Standing::Helps);
    assert_eq!(standing(&answer, "web"), Standing::Hinders);
}

#[test]
fn whose_time_is_not_over_is_left_out_and_counted() {
    let log = "
        a 09:00 view
        a 09:10 buy
        b 7d20:00 view
        b 7d20:10 buy
        c 7d21:00 view
    ";
    let answer = asked(log, &report(""));
    assert_eq!(
        (
            answer.converted.part,
            answer.converted.whole,
            answer.immature
        ),
        (1, 1, 2)
    );
}

#[test]
fn planted_weights_of_what_is_compared_are_recovered_in_their_order() {
    // What people look at while they compare moves their odds of choosing; what they look at later is not compared.
    let planted = [
        ("price", 1.6),
        ("service", 1.0),
        ("features", 0.5),
        ("brand", -0.9),
    ];
    let mut dice = Dice(11);
    let mut log = String::new();
    for who in 0..6_000 {
        let _ = writeln!(log, "p{who} {} view", minute(0.0));
        let mut log_odds: f64 = -0.8;
        for (index, (content, weight)) in planted.into_iter().enumerate() {
            if dice.is(0.35) {
                let at = minute(1.0 + index as f64);
                let _ = writeln!(log, "p{who} {at} read web {{\"content\":\"{content}\"}}");
                log_odds += weight;
            }
        }
        let buys = dice.is(1.0 / (1.0 + (-log_odds).exp()));
        if buys {
            let _ = writeln!(
                log,
                "p{who} {} help web {{\"content\":\"delivery\"}}",
                minute(30.0)
            );
            let _ = writeln!(log, "p{who} {} buy", minute(60.0 + 60.0 * dice.roll()));
        }
    }
    let among = r#","fields":["properties.content"],
        "among":{"where":{"field":"event","test":{"is":["read"]}}}"#;
    let answer = asked(&log, &report(among));
    let mut found: Vec<(&Driver, f64)> = (answer.drivers.iter())
        .map(|it| (it, it.compared.expect("tested").odds.expect("known")))
        .collect();
    found.sort_by(|a, b| b.1.total_cmp(&a.1));
    let order: Vec<&Label> = found.iter().map(|it| &it.0.label).collect();
    let wanted = planted.map(|it| label(it.0));
    assert_eq!(order, wanted.iter().collect::<Vec<_>>());
    for ((driver, odds), (name, weight)) in found.iter().zip(planted) {
        assert!(driver.standing <= Standing::Hinders, "{name}");
        assert_eq!(*odds > 1.0, weight > 0.0, "{name}");
        // Over those who differ in the rest, odds are a little nearer to one than for each alone.
        assert!((odds.ln() - weight).abs() < 0.45, "{name} {odds}");
    }
}

#[test]
fn what_cannot_be_asked_is_refused() {
    for (field, value) in [
        ("to", "0"),
        ("from", "1"),
        ("false_permille", "900"),
        ("fields", "[]"),
    ] {
        let mut json = serde_json::to_value(report("")).expect("written");
        json[field] = serde_json::from_str(value).expect(value);
        let faults = serde_json::from_value::<Report>(json)
            .expect("read")
            .check();
        let place = if field == "from" { "to" } else { field };
        assert!(faults.iter().any(|it| it.place == place), "{faults:?}");
    }
}

#[test]
fn what_is_known_of_people_is_a_candidate() {
    let mut dice = Dice(12);
    let mut text = String::new();
    let mut plans = throughline_store::TraitColumn::default();
    let mut customers = throughline_store::TraitColumn::default();
    let mut bought = Vec::new();
    for who in 0..400_u32 {
        let is_pro = who % 2 == 0;
        let _ = writeln!(text, "p{who:03} {} view", minute(0.0));
        bought.push(dice.is(if is_pro { 0.6 } else { 0.3 }));
        if bought[who as usize] {
            let _ = writeln!(text, "p{who:03} {} buy", minute(1.0));
        }
    }
    let log = Log::read(&format!("{text}\nzlast 8d00:00 mail\n"));
    for who in 0..400_u32 {
        let plan = if who % 2 == 0 { "\"pro\"" } else { "\"free\"" };
        plans.hear(who, throughline_model::SourceId(1), at("09:00"), Some(plan));
        // Who has bought is called a customer: as good as arriving.
        let is_customer = bought[who as usize].then_some("true");
        customers.hear(
            who,
            throughline_model::SourceId(1),
            at("10:00"),
            is_customer,
        );
    }
    let mut snapshot = log.snapshot();
    let traits = [("plan", plans), ("customer", customers)];
    snapshot.known = Arc::new(throughline_store::Known {
        traits: (traits.into_iter())
            .map(|(name, column)| (name.to_owned(), Arc::new(column)))
            .collect(),
        ..Default::default()
    });
    let report = report(r#","fields":[],"traits":["plan","customer","unheard"]"#);
    let (vocabulary, cancel) = (Vocabulary::default(), Cancel::default());
    let now = at("9d00:00");
    let answer = ask(&snapshot, &vocabulary, &report, now, &cancel).expect("sound");
    let Numbers::Drivers(numbers) = answer.numbers else {
        panic!("drivers")
    };
    assert_eq!(numbers.drivers.len(), 3);
    assert_eq!(standing(&numbers, "pro"), Standing::Helps);
    assert_eq!(standing(&numbers, "free"), Standing::Hinders);
    let customer = (numbers.drivers.iter()).find(|it| it.label == Label::Value(Value::Flag(true)));
    assert_eq!(customer.expect("there").standing, Standing::AtTheEnd);
    let pro = (numbers.drivers.iter()).find(|it| it.label == label("pro"));
    let of = DriversSelect::Of {
        from: DriverSource::Trait("plan".to_owned()),
        label: label("pro"),
        part: DriverPart::DidConverted,
    };
    let found = people(
        &snapshot,
        &vocabulary,
        &report,
        &Select::Drivers { of },
        now,
        &cancel,
    );
    let found = found.expect("sound").len() as u64;
    assert_eq!(found, pro.expect("there").did.part);
}

/// Who met what, and when, by the words of the definition.
type Met = BTreeMap<(String, String), Vec<(u32, i64)>>;

fn naive(log: &Log) -> (BTreeMap<u32, (i64, bool)>, Met) {
    let end = log.events.iter().map(|it| it.time.0).max().unwrap_or(0);
    let (mut people, mut met) = (BTreeMap::new(), Met::new());
    for (profile, events) in by_profile(log) {
        let name = |event: u16| {
            let (_, name) = (log.names.iter().find(|(code, _)| code.0 == event)).expect("known");
            name.as_str().to_owned()
        };
        let Some(begin) = (events.iter()).find(|it| name(it.event) == "view") else {
            continue;
        };
        let (begin, limit) = (begin.time.0, begin.time.0 + 3 * 60_000);
        if limit > end {
            continue;
        }
        let arrival = (events.iter())
            .find(|it| name(it.event) == "buy" && (begin..=limit).contains(&it.time.0));
        let until = arrival.map_or(limit, |it| it.time.0);
        people.insert(profile, (until - begin, arrival.is_some()));
        let mut first: BTreeMap<(String, String), i64> = BTreeMap::new();
        let mut channel: Option<&str> = None;
        for event in &events {
            let named = name(event.event);
            if named == "view" && event.time.0 == begin {
                let own = Channel::from_code(event.channel).name();
                channel = Some(channel.map_or(own, |it| it.min(own)));
            }
            if event.time.0 <= begin || event.time.0 >= until || named.starts_with('$') {
                continue;
            }
            let properties: serde_json::Value =
                serde_json::from_str(event.properties.as_str()).expect("an object");
            let value = match &properties["p"] {
                serde_json::Value::Number(it) => {
                    Some(Value::Number(it.as_f64().expect("small") + 0.0))
                }
                serde_json::Value::String(it) => Some(Value::Text(it.clone())),
                serde_json::Value::Bool(it) => Some(Value::Flag(*it)),
                _ => None,
            };
            let values = [("event", Some(Value::Text(named))), ("properties.p", value)];
            for (field, value) in values {
                if let Some(value) = value {
                    let key = (format!("on the way {field}"), format!("{value:?}"));
                    first.entry(key).or_insert(event.time.0 - begin);
                }
            }
        }
        if let Some(channel) = channel {
            let value = Value::Text(channel.to_owned());
            first.insert(("at entry".to_owned(), format!("{value:?}")), -1);
        }
        for (key, at) in first {
            met.entry(key).or_default().push((profile, at));
        }
    }
    (people, met)
}

proptest! {
    #[test]
    fn who_met_what_and_when_equals_the_naive_twin(log in any_log()) {
        let json = r#"{"range":{"all":true},"within":"3m","steps":[
            {"name":"see","matcher":{"events":["view"]}},{"name":"own","matcher":{"events":["buy"]}}],
            "fields":["event","properties.p"],"entry_fields":["channel"]}"#;
        let drivers: Drivers = serde_json::from_str(json).expect("valid");
        let (wanted_people, wanted) = naive(&log);
        for layout in LAYOUTS {
            let snapshot = log.laid_out(layout);
            let (vocabulary, cancel) = (Vocabulary::default(), Cancel::default());
            let view = View::new(&snapshot, &vocabulary, &cancel);
            let when = When {
                range: throughline_model::TimeRange::ALL,
                zone: throughline_model::Zone::UTC,
                now: at("9d00:00"),
            };
            let ways = Ways::of(&view, &drivers, &when).expect("sound");
            let people: BTreeMap<u32, (i64, bool)> = (ways.profiles.iter().zip(&ways.people))
                .map(|(profile, way)| (profile.0, (way.until, way.has_arrived)))
                .collect();
            prop_assert_eq!(&people, &wanted_people);
            let mut met = Met::new();
            for it in &ways.candidates {
                let from = match &it.from {
                    DriverSource::OnTheWay(field) => format!("on the way {field}"),
                    DriverSource::AtEntry(_) => "at entry".to_owned(),
                    DriverSource::Trait(_) => unreachable!("none was asked for"),
                };
                let Label::Value(value) = &it.label else {
                    panic!("missing values are no candidates")
                };
                let done = it.done.iter().map(|(person, at)| (ways.profiles[*person as usize].0, *at));
                met.insert((from, format!("{value:?}")), done.collect());
            }
            prop_assert_eq!(&met, &wanted);
        }
    }
}
