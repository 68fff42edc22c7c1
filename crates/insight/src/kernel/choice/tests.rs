use std::fmt::Write;

use proptest::prelude::*;
use throughline_model::{Channel, Value, Vocabulary, limits, report::Report};
use throughline_store::StoredEvent;

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

fn report(more: &str) -> Report {
    let text =
        format!(r#"{{"kind":"choice","range":{{"all":true}},"goal":{{"events":["buy"]}}{more}}}"#);
    serde_json::from_str(&text).expect(more)
}

fn text(value: &str) -> Label {
    Label::Value(Value::Text(value.to_owned()))
}

/// The answer, with as many people as each number says.
fn asked(log: &str, report: &Report) -> ChoiceAnswer {
    let snapshot = Log::read(log).snapshot();
    let (vocabulary, cancel) = (Vocabulary::default(), Cancel::default());
    let now = at("9d00:00");
    let answer = ask(&snapshot, &vocabulary, report, now, &cancel).expect("sound");
    let Numbers::Choice(numbers) = answer.numbers else {
        panic!("a choice")
    };
    let check = |of: ChoiceSelect, count: u64| {
        let select = Select::Choice { of };
        let found = people(&snapshot, &vocabulary, report, &select, now, &cancel);
        assert_eq!(found.expect("sound").len() as u64, count, "{select:?}");
    };
    check(ChoiceSelect::All, numbers.chosen.whole);
    for it in &numbers.ways {
        check(ChoiceSelect::Chose(it.label.clone()), it.profiles);
    }
    let of = |from: &FactorSource, label: &Label, part| ChoiceSelect::Of {
        from: from.clone(),
        label: label.clone(),
        part,
    };
    for it in numbers.model.iter().flat_map(|it| &it.factors) {
        check(of(&it.from, &it.label, ChoicePart::With), it.with.whole);
        check(
            of(&it.from, &it.label, ChoicePart::WithChosen),
            it.with.part,
        );
        check(
            of(&it.from, &it.label, ChoicePart::Without),
            it.without.whole,
        );
        let part = ChoicePart::WithoutChosen;
        check(of(&it.from, &it.label, part), it.without.part);
    }
    for it in &numbers.apart {
        check(of(&it.from, &it.label, ChoicePart::With), it.with.whole);
    }
    for it in &numbers.references {
        check(of(&it.from, &it.label, ChoicePart::With), it.with.whole);
        let part = ChoicePart::WithChosen;
        check(of(&it.from, &it.label, part), it.with.part);
    }
    numbers
}

/// Buyers in the app or on the web: age matters, and a call before; the color they like does not, but goes with age.
fn shop() -> String {
    let mut dice = Dice(9);
    let mut log = String::new();
    for who in 0..4_000 {
        let age = if dice.is(0.4) { "young" } else { "old" };
        let likes = if dice.is(if age == "young" { 0.7 } else { 0.2 }) {
            "red"
        } else {
            "blue"
        };
        let called = dice.is(0.3);
        if called {
            let _ = writeln!(log, "p{who} 09:00 call");
        }
        let mut log_odds: f64 = -0.6;
        log_odds += if age == "young" { 1.2 } else { 0.0 };
        log_odds -= if called { 0.8 } else { 0.0 };
        let channel = if dice.is(1.0 / (1.0 + (-log_odds).exp())) {
            "app"
        } else {
            "web"
        };
        let _ = writeln!(
            log,
            "p{who} 10:00 buy {channel} {{\"age\":\"{age}\",\"likes\":\"{likes}\"}}"
        );
    }
    log
}

const MORE: &str = r#","chosen":"app","fields":["properties.age","properties.likes"],
    "before":[{"name":"called","matcher":{"events":["call"]}}]"#;

#[test]
fn planted_weights_are_recovered_and_what_only_goes_along_is_no_finding() {
    let answer = asked(&shop(), &report(MORE));
    assert_eq!(answer.explained, text("app"));
    let model = answer.model.expect("there are enough");
    let factor = |label: &Label| {
        let found = model.factors.iter().find(|it| it.label == *label);
        found.expect("in the model")
    };
    for (label, weight) in [
        (text("young"), 1.2_f64),
        (Label::Value(Value::Flag(true)), -0.8),
    ] {
        let it = factor(&label);
        let planted = weight.exp();
        assert!(it.is_found, "{it:?}");
        assert!(
            it.interval.low < planted && planted < it.interval.high,
            "{it:?}"
        );
    }
    // Those who like red buy in the app more often, for they are young.
    let red = factor(&text("red"));
    let share = |it: Share| it.part as f64 / it.whole as f64;
    assert!(share(red.with) > share(red.without) + 0.08, "{red:?}");
    assert!(!red.is_found, "{red:?}");
    let order: Vec<&Label> = model.factors.iter().map(|it| &it.label).collect();
    assert_eq!(order[0], &text("young"));
    let (scores, naive) = (model.scores.expect("both"), model.naive.expect("both"));
    assert!(
        scores.auc > 0.6 && scores.brier < naive.brier,
        "{scores:?} {naive:?}"
    );
    assert!((naive.auc - 0.5).abs() < 1e-9);
    assert_eq!(model.fitted + model.scored, answer.chosen.whole);
    // Eight patterns of people at most, and each is told right.
    for bin in &model.calibration {
        let interval = bin.interval.expect("somebody");
        let off = 0.05;
        let fits = interval.low - off < bin.chance && bin.chance < interval.high + off;
        assert!(fits, "{bin:?}");
    }
}

#[test]
fn too_few_for_so_many_things_have_no_model() {
    let mut log = String::new();
    for who in 0..100 {
        let channel = if who < 19 { "app" } else { "web" };
        let flags = format!("{{\"a\":\"{}\",\"b\":\"{}\"}}", who % 2, who / 2 % 2);
        let _ = writeln!(log, "p{who} 10:00 buy {channel} {flags}");
    }
    let answer = asked(
        &log,
        &report(r#","fields":["properties.a","properties.b"]"#),
    );
    assert_eq!(answer.model, None);
    assert_eq!((answer.cases, answer.needed), (19, 20));
    assert_eq!(answer.explained, text("web"));
}

#[test]
fn what_decides_what_is_said_twice_and_what_few_have_is_set_apart() {
    let mut log = String::new();
    let mut dice = Dice(2);
    for who in 0..600 {
        let (is_member, near) = (dice.is(0.3), dice.is(0.5));
        let channel = match is_member || dice.is(if near { 0.6 } else { 0.3 }) {
            true => "app",
            false => "web",
        };
        let rare = if who < 12 { "yes" } else { "no" };
        let _ = writeln!(
            log,
            "p{who} 10:00 buy {channel} {{\"member\":{is_member},\"near\":\"{near}\",\"again\":\"{near}\",\"rare\":\"{rare}\"}}"
        );
    }
    let fields = r#","chosen":"app","fields":["properties.member","properties.near","properties.again","properties.rare"]"#;
    let answer = asked(&log, &report(fields));
    let mut why: Vec<ApartReason> = answer.apart.iter().map(|it| it.why).collect();
    why.sort_by_key(|it| *it as u8);
    assert_eq!(
        why,
        [ApartReason::Few, ApartReason::Same, ApartReason::Decides]
    );
    // Whoever has the rare value is counted among those with the frequent one, and the answer says so.
    let joins: Vec<Option<&Label>> = answer.apart.iter().map(|it| it.joins.as_ref()).collect();
    assert!(joins.iter().all(Option::is_some), "{joins:?}");
    let rare = answer.apart.iter().find(|it| it.why == ApartReason::Few);
    assert_eq!(rare.expect("one").joins, Some(text("no")));
    let model = answer.model.expect("one is left");
    assert_eq!(model.factors.len(), 1);
    assert!(model.factors[0].is_found);
}

#[test]
fn the_first_choice_counts_and_what_comes_with_it_or_later_was_not_met_before() {
    let log = r#"
        a 09:00 call
        a 10:00 buy app
        a 11:00 buy web
        b 10:00 buy web
        b 10:00 call
        b 11:00 call
        c 10:00 buy {"kind":"x"}
        d 10:00 view app
    "#;
    let before = r#","before":[{"name":"called","matcher":{"events":["call"]}}]"#;
    let answer = asked(log, &report(before));
    assert_eq!(answer.chosen.whole, 3);
    assert_eq!(answer.ways[0].label, text("web"));
    assert_eq!(answer.apart[0].with.whole, 1);
    let by_kind = asked(log, &report(&format!(r#"{before},"by":"properties.kind""#)));
    assert_eq!(by_kind.chosen.whole, 1);
}

#[test]
fn at_one_instant_the_least_values_count_whatever_came_first() {
    let log = r#"
        a 10:00 buy app {"kind":"y"}
        a 10:00 buy app {"kind":"x"}
        b 10:00 buy app {"kind":"x"}
        b 10:00 buy app {"kind":"y"}
    "#;
    let answer = asked(log, &report(r#","fields":["properties.kind"]"#));
    assert_eq!(answer.apart, [], "both have the first value");
}

#[test]
fn values_beyond_the_limit_are_said_to_be_left_out() {
    let mut log = String::new();
    for who in 0..limits::BREAKDOWN_VALUES_MAX + 5 {
        let _ = writeln!(log, "p{who} 10:00 buy app {{\"kind\":\"k{who}\"}}");
    }
    let snapshot = Log::read(&log).snapshot();
    let (vocabulary, cancel) = (Vocabulary::default(), Cancel::default());
    let report = report(r#","fields":["properties.kind"]"#);
    let answer = ask(&snapshot, &vocabulary, &report, at("9d00:00"), &cancel).expect("sound");
    assert_eq!(answer.left_out.capped, 5);
}

#[test]
fn a_model_that_is_being_fitted_can_be_stopped() {
    let snapshot = Log::read(&shop()).snapshot();
    let (vocabulary, cancel) = (Vocabulary::default(), Cancel::default());
    let view = View::new(&snapshot, &vocabulary, &cancel);
    let Report::Choice(choice) = report(MORE) else {
        panic!("a choice")
    };
    let when = When {
        range: throughline_model::TimeRange::ALL,
        zone: throughline_model::Zone::UTC,
        now: at("9d00:00"),
    };
    let choosers = Choosers::of(&view, &choice, &when).expect("sound");
    cancel.cancel();
    modelled(&choice, &choosers, 1, &cancel).expect_err("it was stopped");
}

#[test]
fn what_cannot_be_asked_is_refused() {
    let faults = report(r#","fields":["channel"],"look_back":"0d","false_permille":0"#).check();
    let places: Vec<&str> = faults.iter().map(|it| it.place.as_str()).collect();
    assert_eq!(places, ["fields", "look_back", "false_permille"]);
    assert_eq!(report("").check()[0].place, "traits");
}

#[test]
fn a_way_that_nobody_chose_is_explained_by_nothing() {
    let never = report(r#","chosen":"sms","fields":["source"]"#);
    let answer = asked("a 09:00 buy app", &never);
    assert_eq!((answer.chosen.part, answer.chosen.whole), (0, 1));
    assert_eq!((answer.explained, answer.model), (text("sms"), None));
    let nobody = asked("a 09:00 view app", &report(r#","fields":["source"]"#));
    assert_eq!((nobody.explained, nobody.chosen.whole), (Label::NotSet, 0));
}

proptest! {
    #[test]
    fn who_chose_and_met_what_equals_the_naive_twin(log in any_log()) {
        let json = r#"{"range":{"all":true},"goal":{"events":["buy"]},"look_back":"2m","fields":["properties.q"],
            "before":[{"name":"view","matcher":{"events":["view"]}},{"name":"p","matcher":{"events":["cart"]}}]}"#;
        let choice: Choice = serde_json::from_str(json).expect("valid");
        for layout in LAYOUTS {
            let snapshot = log.laid_out(layout);
            let (vocabulary, cancel) = (Vocabulary::default(), Cancel::default());
            let view = View::new(&snapshot, &vocabulary, &cancel);
            let when = When {
                range: throughline_model::TimeRange::ALL,
                zone: throughline_model::Zone::UTC,
                now: at("9d00:00"),
            };
            let found = Choosers::of(&view, &choice, &when).expect("sound");
            let mut wanted = Vec::new();
            for (profile, events) in by_profile(&log) {
                let name = |event: u16| {
                    let (_, name) = (log.names.iter().find(|(code, _)| code.0 == event)).expect("known");
                    name.as_str().to_owned()
                };
                let Some(first) = events.iter().filter(|it| name(it.event) == "buy").map(|it| it.time.0).min() else {
                    continue;
                };
                let ways = events.iter().filter(|it| name(it.event) == "buy" && it.time.0 == first);
                // Of one instant the first way, and of it the first value: none, then flags, then texts.
                let q = |it: &StoredEvent| match it.properties.as_str() {
                    it if it.contains(r#""q":true"#) => (1, Label::Value(Value::Flag(true))),
                    it if it.contains(r#""q":"a""#) => (2, text("a")),
                    _ => (0, Label::NotSet),
                };
                let chosen = ways.map(|it| (Channel::from_code(it.channel).name(), q(it)));
                let (way, (_, q)) = chosen.min_by_key(|it| (it.0, it.1.0)).expect("one");
                let met = |wanted: &str| {
                    events.iter().any(|it| name(it.event) == wanted && (first - 120_000..first).contains(&it.time.0))
                };
                wanted.push((profile, text(way), q, met("view"), met("cart")));
            }
            let told: Vec<(u32, Label, Label, bool, bool)> = (found.people.iter())
                .map(|it| {
                    let way = found.ways[it.way as usize - 1].clone();
                    let is_q = |of: &&Variable| matches!(of.from, FactorSource::Field(_)) && of.has(it);
                    let q = found.variables.iter().find(is_q).expect("few values").label.clone();
                    (it.profile.0, way, q, it.values[1] == 1, it.values[2] == 1)
                })
                .collect();
            prop_assert_eq!(told, wanted);
        }
    }
}
