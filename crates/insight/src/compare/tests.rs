use proptest::prelude::*;
use throughline_model::Span;

use super::*;
use crate::{
    ask::people,
    fixture::{LAYOUTS, Log, any_log, at},
    kernel::funnel::FunnelAnswer,
};

fn report(text: &str) -> Report {
    serde_json::from_str(text).expect(text)
}

fn against(text: &str) -> Against {
    serde_json::from_str(text).expect(text)
}

fn compared(log: &Log, asked: &str, with: &str, now: &str) -> Comparison {
    let vocabulary = Vocabulary::default();
    compare(
        &log.snapshot(),
        &vocabulary,
        &report(asked),
        &against(with),
        at(now),
        &Cancel::default(),
    )
    .expect("sound")
}

fn find<'c>(comparison: &'c Comparison, of: FigureOf, name: &str) -> &'c Figure {
    let named = |it: &&Figure| match it.names.last() {
        None => name.is_empty(),
        Some(FigureName::Text(text) | FigureName::Series(crate::SeriesName::Name(text))) => {
            text == name
        }
        Some(_) => false,
    };
    let found = comparison.figures.iter().filter(|it| it.of == of);
    found.into_iter().find(named).expect(name)
}

/// So many of `entered` of each plan buy.
fn shop(groups: &[(&str, u64, u64)]) -> Log {
    let mut text = String::new();
    for (plan, converted, entered) in groups {
        for person in 0..*entered {
            let who = format!("{plan}{person}");
            text += &format!("{who} 09:00 view web {{\"plan\":\"{plan}\"}}\n");
            if person < *converted {
                text += &format!("{who} 09:10 buy web\n");
            }
        }
    }
    Log::read(&text)
}

/// Who has viewed with this plan.
fn plan(name: &str) -> String {
    format!(
        r#"{{"did":{{"matcher":{{"events":["view"],"rule":{{"where":{{"field":"properties.plan","test":{{"is":["{name}"]}}}}}}}}}}}}"#
    )
}

fn funnel(people: &str) -> String {
    format!(
        r#"{{"kind":"funnel","range":{{"all":true}}{people},
            "steps":[{{"name":"view","matcher":{{"events":["view"]}}}},{{"name":"buy","matcher":{{"events":["buy"]}}}}]}}"#
    )
}

fn of_plan(name: &str) -> String {
    funnel(&format!(r#","people":{}"#, plan(name)))
}

#[test]
fn the_difference_of_two_conversions_is_as_published() {
    // Newcombe 1998, table II, method 10, case (a): 56 of 70 against 48 of 80.
    let log = shop(&[("a", 56, 70), ("b", 48, 80)]);
    let found = compared(&log, &of_plan("a"), r#""rest""#, "9d00:00");
    let figure = find(&found, FigureOf::FunnelConverted, "");
    assert_eq!((figure.a.n, figure.b.n), (70, 80));
    assert!((figure.difference.expect("known") - 0.2).abs() < 1e-12);
    let interval = figure.interval.expect("independent");
    assert!(
        (interval.low - 0.0524).abs() < 5e-5 && (interval.high - 0.3339).abs() < 5e-5,
        "{interval:?}"
    );
    assert!(!figure.is_small);
    let sides = found.sides;
    assert_eq!(
        (sides.people_a, sides.people_b, sides.people_both),
        (70, 80, 0)
    );
}

#[test]
fn fewer_than_thirty_are_small_on_either_side() {
    let log = shop(&[("a", 10, 29), ("b", 10, 30)]);
    for (people, is_small) in [("a", true), ("b", true)] {
        let found = compared(&log, &of_plan(people), r#""rest""#, "9d00:00");
        let figure = find(&found, FigureOf::FunnelConverted, "");
        assert_eq!(figure.is_small, is_small);
    }
    let log = shop(&[("a", 10, 30), ("b", 10, 30)]);
    let found = compared(&log, &of_plan("a"), r#""rest""#, "9d00:00");
    assert!(!find(&found, FigureOf::FunnelConverted, "").is_small);
}

#[test]
fn people_of_both_sides_are_told() {
    let log = shop(&[("a", 1, 3), ("b", 1, 4)]);
    let everybody = compared(&log, &of_plan("a"), r#"{"people":{"all":[]}}"#, "9d00:00");
    let sides = everybody.sides;
    assert_eq!(
        (sides.people_a, sides.people_b, sides.people_both),
        (3, 7, 3)
    );
}

#[test]
fn an_empty_side_has_no_value_and_no_difference() {
    let log = shop(&[("a", 1, 3)]);
    let found = compared(&log, &of_plan("a"), r#""rest""#, "9d00:00");
    let figure = find(&found, FigureOf::FunnelConverted, "");
    assert_eq!((figure.b.value, figure.b.n), (None, 0));
    assert_eq!((figure.difference, figure.interval), (None, None));
    assert!(figure.is_small);
}

#[test]
fn units_of_one_profile_have_no_interval() {
    let log = shop(&[("a", 20, 40), ("b", 20, 40)]);
    let sessions = of_plan("a").replace(
        r#""kind":"funnel""#,
        r#""kind":"funnel","unit":{"session":"30m"}"#,
    );
    let found = compared(&log, &sessions, r#""rest""#, "9d00:00");
    let figure = find(&found, FigureOf::FunnelConverted, "");
    assert!(figure.difference.is_some() && figure.interval.is_none());
}

#[test]
fn the_day_before_has_its_own_hours_when_a_clock_moves() {
    // In Berlin the 29th of March began at 23:00 of the 28th in UTC and had 23 hours.
    let log = Log::read(
        "ana 26d22:59 view
         ben 26d23:00 view
         cem 27d21:59 view
         dan 27d22:00 view
         eve 28d21:59 view",
    );
    let asked = r#"{"kind":"counts","range":{"between":{"from":"2026-03-30","to":"2026-03-30"},"zone":"Europe/Berlin"}}"#;
    let found = compared(&log, asked, r#""before""#, "40d00:00");
    assert_eq!(found.b.range.to, found.a.range.from);
    assert_eq!(found.b.range.to.since(found.b.range.from), Span::hours(23));
    assert_eq!((found.a.n, found.b.n, found.sides.both_ms), (2, 2, 0));
}

#[test]
fn days_of_both_sides_are_told() {
    let log = shop(&[("a", 1, 3)]);
    let asked = r#"{"kind":"counts","range":{"between":{"from":"2026-03-01","to":"2026-03-03"}}}"#;
    let with = r#"{"days":{"between":{"from":"2026-03-03","to":"2026-03-09"}}}"#;
    let found = compared(&log, asked, with, "40d00:00");
    assert_eq!(found.sides.both_ms, Span::days(1).0);
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let vocabulary = Vocabulary::default();
    let place = |asked: &str, with: &str| {
        let faults = faults(
            &vocabulary,
            &Default::default(),
            &report(asked),
            &against(with),
        );
        faults
            .into_iter()
            .map(|it| it.place)
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(place(&funnel(""), r#""rest""#), "against");
    assert_eq!(place(&funnel(""), r#""before""#), "against");
    let nowhere = r#"{"people":{"stage":{"id":"nowhere"}}}"#;
    assert_eq!(place(&funnel(""), nowhere), "against.people.stage.id");
    assert_eq!(place(&of_plan("a"), r#""rest""#), "");
}

/// The first figure of a kind.
fn first(comparison: &Comparison, of: FigureOf) -> &Figure {
    let mut figures = comparison.figures.iter();
    figures.find(|it| it.of == of).expect("in the answer")
}

fn is_close(figure: &Figure, difference: f64, low: f64, high: f64) {
    let interval = figure.interval.expect("independent");
    let off = [
        figure.difference.expect("known") - difference,
        interval.low - low,
        interval.high - high,
    ];
    assert!(off.iter().all(|it| it.abs() < 5e-7), "{figure:?}");
}

/// Of each plan, so many who look into it, how many of them buy, and the same of those who do not look.
fn lookers(groups: &[(&str, [u64; 4])]) -> Log {
    let mut text = String::new();
    for (plan, [looked, bought, others, others_bought]) in groups {
        for person in 0..looked + others {
            let who = format!("{plan}{person}");
            text += &format!("{who} 09:00 view web {{\"plan\":\"{plan}\"}}\n");
            let has_looked = person < *looked;
            if has_looked {
                text += &format!("{who} 09:10 look web\n");
            }
            if person < *bought || (!has_looked && person - looked < *others_bought) {
                text += &format!("{who} 09:20 buy web\n");
            }
        }
    }
    Log::read(&format!("{text}zoe 8d00:00 other\n"))
}

/// By hand: 45 of 60 with against 20 of 40 without are 25 points (5.80 to 42.44), 20 of 50 against 25 of 50 are -10
/// (-28.22 to 9.22), each after Newcombe; their difference is 35 points, with the bounds put together after Zou and
/// Donner.
const LOOKERS: [(&str, [u64; 4]); 2] = [("a", [60, 45, 40, 20]), ("b", [50, 20, 50, 25])];
const EFFECTS: (f64, f64, f64) = (0.35, 0.078_338_592_7, 0.602_199_830_0);

fn on_the_way(kind: &str, more: &str) -> String {
    format!(
        r#"{{"kind":"{kind}","range":{{"all":true}},"within":"1h","people":{}{more},
            "steps":[{{"name":"view","matcher":{{"events":["view"]}}}},{{"name":"buy","matcher":{{"events":["buy"]}}}}]}}"#,
        plan("a")
    )
}

const B: fn() -> String = || format!(r#"{{"people":{}}}"#, plan("b"));

#[test]
fn effects_of_a_driver_are_compared_and_not_only_who_does_it() {
    let found = compared(
        &lookers(&LOOKERS),
        &on_the_way("drivers", ""),
        &B(),
        "9d00:00",
    );
    let converted = first(&found, FigureOf::DriversConverted);
    assert_eq!(
        (converted.a.value, converted.b.value),
        (Some(0.65), Some(0.45))
    );
    let looked = |of: FigureOf| {
        let is_look = |it: &&Figure| it.of == of && format!("{:?}", it.names).contains("look");
        found.figures.iter().find(is_look).expect("a candidate")
    };
    let did = looked(FigureOf::DriverDid);
    assert_eq!((did.a.value, did.b.value), (Some(0.6), Some(0.5)));
    let effect = looked(FigureOf::DriverEffect);
    assert_eq!(
        (effect.unit, effect.a.n, effect.b.n),
        (FigureUnit::Points, 40, 50)
    );
    is_close(effect, EFFECTS.0, EFFECTS.1, EFFECTS.2);
}

#[test]
fn reasons_are_compared_by_who_meets_them_and_by_what_they_go_with() {
    let reasons = r#","reasons":[{"name":"look","sign":{"met":{"matcher":{"events":["look"]}}}}]"#;
    let found = compared(
        &lookers(&LOOKERS),
        &on_the_way("reasons", reasons),
        &B(),
        "9d00:00",
    );
    let gave_up = first(&found, FigureOf::ReasonsGaveUp);
    assert_eq!((gave_up.a.value, gave_up.b.value), (Some(0.35), Some(0.55)));
    let met = find(&found, FigureOf::ReasonMet, "look");
    assert_eq!(
        (met.a.value, met.b.value),
        (Some(15.0 / 35.0), Some(30.0 / 55.0))
    );
    // Who gives up is who does not arrive: the same differences with the other sign.
    let effect = find(&found, FigureOf::ReasonEffect, "look");
    is_close(effect, -EFFECTS.0, -EFFECTS.2, -EFFECTS.1);
}

#[test]
fn of_a_lift_the_difference_of_two_effects_has_an_interval() {
    let mut text = String::new();
    let arms = [
        ("a", "mail", 50, 30),
        ("a", "none", 50, 20),
        ("b", "mail", 40, 20),
        ("b", "none", 40, 20),
    ];
    for (plan, arm, assigned, reached) in arms {
        for person in 0..assigned {
            let who = format!("{plan}{arm}{person}");
            text += &format!("{who} 09:00 view web {{\"plan\":\"{plan}\",\"arm\":\"{arm}\"}}\n");
            if person < reached {
                text += &format!("{who} 09:10 buy web {{\"worth\":{}}}\n", 10 + person % 2);
            }
        }
    }
    let asked = format!(
        r#"{{"kind":"lift","range":{{"all":true}},"assigned":{{"events":["view"]}},"goal":{{"events":["buy"]}},"within":"1h",
            "value":"properties.worth","arms":{{"field":{{"field":"properties.arm","control":"none"}}}},"people":{}}}"#,
        plan("a")
    );
    let log = Log::read(&format!("{text}zoe 8d00:00 other\n"));
    let found = compared(&log, &asked, &B(), "9d00:00");
    // By hand: 30 of 50 against 20 of 50 are 20 points (0.46 to 37.52), 20 of 40 twice are none (-20.93 to 20.93).
    let effect = first(&found, FigureOf::LiftEffect);
    assert_eq!((effect.a.n, effect.b.n), (50, 40));
    is_close(effect, 0.2, -0.086_358_749_0, 0.472_985_716_9);
    let worth = first(&found, FigureOf::LiftWorth);
    assert_eq!(worth.unit, FigureUnit::WorthPerProfile);
    // 30 with 10.5 on average less 20 with 10.5, of 50 each; nothing on the other side.
    assert!(
        (worth.difference.expect("known") - 2.1).abs() < 1e-12,
        "{worth:?}"
    );
    let bounds = worth.interval.expect("it varies");
    assert!(bounds.low < 2.1 && 2.1 < bounds.high);
    let reached = found
        .figures
        .iter()
        .filter(|it| it.of == FigureOf::LiftReached);
    assert_eq!(reached.count(), 2);
}

#[test]
fn ways_are_compared_and_what_those_choose_who_have_something() {
    let mut text = String::new();
    for (plan, young, app, old) in [("a", 60, 40, 30), ("b", 50, 20, 40)] {
        for person in 0..young + old {
            let age = if person < young { "young" } else { "old" };
            let channel = if person < app { "app" } else { "web" };
            let who = format!("{plan}{person}");
            text += &format!("{who} 09:00 view web {{\"plan\":\"{plan}\"}}\n");
            text += &format!("{who} 09:10 buy {channel} {{\"age\":\"{age}\"}}\n");
        }
    }
    let asked = format!(
        r#"{{"kind":"choice","range":{{"all":true}},"goal":{{"events":["buy"]}},"chosen":"app","fields":["properties.age"],"people":{},
            "before":[{{"name":"viewed","matcher":{{"events":["view"]}}}}]}}"#,
        plan("a")
    );
    let found = compared(&Log::read(&text), &asked, &B(), "9d00:00");
    let app = found
        .figures
        .iter()
        .find(|it| it.of == FigureOf::Chose && format!("{:?}", it.names).contains("app"));
    let app = app.expect("a way");
    assert_eq!(
        (app.a.value, app.b.value),
        (Some(40.0 / 90.0), Some(20.0 / 90.0))
    );
    // All have viewed, which says nothing and is told all the same: 40 of 90 against 20 of 90.
    let viewed = find(&found, FigureOf::ChoseWith, "viewed");
    assert_eq!((viewed.a.n, viewed.b.n), (90, 90));
    assert!(viewed.interval.expect("independent").low > 0.0);
}

#[test]
fn topics_are_not_compared_but_who_writes_is() {
    let mut text = String::new();
    for (plan, writers, people) in [("a", 56, 70), ("b", 48, 80)] {
        for person in 0..people {
            let who = format!("{plan}{person}");
            text += &format!("{who} 09:00 view web {{\"plan\":\"{plan}\"}}\n");
            if person < writers {
                text += &format!("{who} 09:10 note web {{\"text\":\"the parcel came late\"}}\n");
            }
        }
    }
    let asked = format!(
        r#"{{"kind":"topics","range":{{"all":true}},"fields":["properties.text"],"people":{}}}"#,
        plan("a")
    );
    let found = compared(&Log::read(&text), &asked, &B(), "9d00:00");
    assert_eq!(found.figures.len(), 1);
    // Newcombe 1998, as above.
    let wrote = first(&found, FigureOf::TopicsWrote);
    let interval = wrote.interval.expect("independent");
    assert!((interval.low - 0.0524).abs() < 5e-5 && (interval.high - 0.3339).abs() < 5e-5);
}

#[test]
fn of_a_page_people_are_compared_and_clicks_by_views_have_no_interval() {
    let mut text = String::new();
    let page = r#""path":"/","page_width":1200,"viewport_width":1200"#;
    for (plan, deep, bought, people) in [("a", 56, 35, 70), ("b", 48, 40, 80)] {
        for person in 0..people {
            let who = format!("{plan}{person}");
            text += &format!("{who} 09:00 view web {{\"plan\":\"{plan}\"}}\n");
            let selector = if person < bought { "#buy" } else { "#more" };
            for minute in [1, 2] {
                text += &format!(
                    "{who} 09:0{minute} element_clicked web {{{page},\"x\":5,\"y\":5,\"element\":{{\"selector\":\"{selector}\"}}}}\n"
                );
            }
            let reached = if person < deep { 900 } else { 300 };
            text += &format!(
                "{who} 09:05 page_left web {{{page},\"view\":\"{who}\",\"reached\":{reached}}}\n"
            );
        }
    }
    let asked = format!(
        r#"{{"kind":"page_map","page":{{"is":["/"]}},"range":{{"all":true}},"people":{}}}"#,
        plan("a")
    );
    let found = compared(&Log::read(&text), &asked, &B(), "9d00:00");
    // Newcombe 1998, as above, once: no other depth of 500 pixels was reached.
    let reached = first(&found, FigureOf::PageReached);
    assert_eq!((reached.a.n, reached.b.n), (70, 80));
    let interval = reached.interval.expect("independent");
    assert!((interval.low - 0.0524).abs() < 5e-5 && (interval.high - 0.3339).abs() < 5e-5);
    let element = |of: FigureOf| {
        let is_it = |it: &&Figure| it.of == of && format!("{:?}", it.names).contains("#buy");
        found.figures.iter().find(is_it).expect("an element")
    };
    let clicked = element(FigureOf::PageElement);
    assert_eq!((clicked.a.value, clicked.b.value), (Some(0.5), Some(0.5)));
    let clicks = element(FigureOf::PageClicks);
    assert_eq!((clicks.a.value, clicks.interval), (Some(1.0), None));
}

#[test]
fn promises_are_compared_by_what_is_late_and_by_how_far_facts_lie_from_them() {
    let kinds = r#"{"objects":[{"id":"order","name":"Orders","keys":["properties.order"],
        "states":[{"id":"placed","name":"Placed","entry":{"events":["view"]}},{"id":"there","name":"There","entry":{"events":["arrive"]}}],
        "promise":{"told":["properties.by"],"kept_by":"there"}}]}"#;
    let vocabulary: Vocabulary = serde_json::from_str(kinds).expect("valid");
    let mut text = String::new();
    for (plan, late, people, hour) in [("a", 56, 70, 14), ("b", 48, 80, 13)] {
        for person in 0..people {
            let who = format!("{plan}{person}");
            text += &format!(
                "{who} 09:00 view web {{\"plan\":\"{plan}\",\"order\":\"{who}\",\"by\":\"2026-03-02T12:00:00Z\"}}\n"
            );
            let hour = if person < late { hour } else { 11 };
            text += &format!("{who} {hour}:00 arrive web {{\"order\":\"{who}\"}}\n");
        }
    }
    let asked = format!(
        r#"{{"kind":"promises","range":{{"all":true}},"object":"order","breakdown":"properties.plan","people":{}}}"#,
        plan("a")
    );
    let log = Log::read(&format!("{text}zoe 8d00:00 other\n"));
    let (snapshot, cancel) = (log.snapshot(), Cancel::default());
    let (asked, other) = (report(&asked), against(&B()));
    let found = compare(
        &snapshot,
        &vocabulary,
        &asked,
        &other,
        at("9d00:00"),
        &cancel,
    );
    let found = found.expect("sound");
    // Newcombe 1998, as above.
    let late = first(&found, FigureOf::PromiseLate);
    assert_eq!((late.a.n, late.b.n), (70, 80));
    let interval = late.interval.expect("independent");
    assert!((interval.low - 0.0524).abs() < 5e-5 && (interval.high - 0.3339).abs() < 5e-5);
    let gap = first(&found, FigureOf::PromiseGap);
    let hour = 3_600_000.0;
    assert_eq!((gap.a.value, gap.b.value), (Some(2.0 * hour), Some(hour)));
    assert_eq!((gap.a.n, gap.difference), (70, Some(hour)));
    // Four of five are late on one side, so half of them surely are; on the other the bounds reach to those that came early.
    assert_eq!(gap.a.interval.expect("it falls").low, 2.0 * hour);
    assert!(gap.interval.is_some());
    let lines = found
        .figures
        .iter()
        .filter(|it| it.of == FigureOf::PromiseLine);
    let lines: Vec<_> = lines.map(|it| (it.a.value, it.b.value)).collect();
    assert_eq!(lines, [(Some(0.8), None), (None, Some(0.6))]);
}

#[test]
fn what_others_are_compared_with_on_one_side_is_told_of_both() {
    let mut text = String::new();
    // Most are old on one side, and young on the other; each names a color of its own, which is more than are looked at.
    for (plan, young, old) in [("a", 40, 80), ("b", 80, 40)] {
        for person in 0..young + old {
            let age = if person < young { "young" } else { "old" };
            let channel = match (person % 2, plan) {
                (0, _) => "app",
                (_, "a") => "web",
                _ => "store",
            };
            let who = format!("{plan}{person}");
            text += &format!("{who} 09:00 view web {{\"plan\":\"{plan}\"}}\n");
            text +=
                &format!("{who} 09:10 buy {channel} {{\"age\":\"{age}\",\"color\":\"{who}\"}}\n");
        }
    }
    let asked = format!(
        r#"{{"kind":"choice","range":{{"all":true}},"goal":{{"events":["buy"]}},"chosen":"app","fields":["properties.age","properties.color"],"people":{}}}"#,
        plan("a")
    );
    let found = compared(&Log::read(&text), &asked, &B(), "9d00:00");
    assert!(found.a.left_out.capped > 0);
    let figure = |of: FigureOf, name: &str| {
        let is_it = |it: &&Figure| it.of == of && format!("{:?}", it.names).contains(name);
        found.figures.iter().find(is_it).expect(name)
    };
    for (age, n) in [("young", [40, 80]), ("old", [80, 40])] {
        let with = figure(FigureOf::ChoseWith, age);
        assert_eq!([with.a.n, with.b.n], n, "{age}");
        assert_eq!((with.a.value, with.b.value), (Some(0.5), Some(0.5)));
    }
    // Colors are beyond the limit and ways are not, so that a way which is not listed was chosen by nobody.
    let store = figure(FigureOf::Chose, "store");
    assert_eq!((store.a.value, store.b.value), (Some(0.0), Some(0.5)));
}

/// One report of each kind, about everybody who has viewed.
const KINDS: [&str; 21] = [
    r#"{"kind":"counts","range":{"all":true},"every":"range"}"#,
    r#"{"kind":"funnel","range":{"all":true},"times":true,"breakdown":{"field":"properties.p"},
        "steps":[{"name":"a","matcher":{"events":["view"]}},{"name":"b","matcher":{"events":["cart"]},"optional":true},{"name":"c","matcher":{"events":["buy"]}}]}"#,
    r#"{"kind":"transitions","range":{"all":true},"by":"event"}"#,
    r#"{"kind":"paths","range":{"all":true},"by":"event","top":2}"#,
    r#"{"kind":"stage_time","range":{"all":true},"stages":[{"name":"s","matcher":{"events":["view"]}},{"name":"t","matcher":{"events":["buy"]}}]}"#,
    r#"{"kind":"work_time","range":{"all":true},"steps":[{"name":"s","start":{"events":["view"]},"end":{"events":["buy"]}}]}"#,
    r#"{"kind":"attribution","range":{"all":true},"conversion":{"events":["buy"]}}"#,
    r#"{"kind":"retention","range":{"between":{"from":"2026-03-01","to":"2026-03-02"}},"start":{"events":["view"]},"returns":{"events":["buy"]}}"#,
    r#"{"kind":"stickiness","range":{"between":{"from":"2026-03-01","to":"2026-03-02"}}}"#,
    r#"{"kind":"lifecycle","range":{"between":{"from":"2026-03-01","to":"2026-03-02"}}}"#,
    r#"{"kind":"channels","range":{"all":true},"goal":{"events":["buy"]}}"#,
    r#"{"kind":"switches","range":{"all":true},"goal":{"events":["buy"]}}"#,
    r#"{"kind":"heatmap","range":{"all":true},"rows":{"field":"properties.p"},"goal":{"events":["buy"]},"within":"2m"}"#,
    r#"{"kind":"rfm","range":{"all":true},"purchase":{"events":["buy"]}}"#,
    r#"{"kind":"trends","range":{"all":true},"breakdown":"channel","series":[{"name":"who","matcher":{},"measure":"profiles"},
        {"name":"sum","matcher":{"events":["buy"]},"measure":{"sum":"properties.p"}}],"formulas":[{"name":"each","expression":"B / A"}]}"#,
    r#"{"kind":"drivers","range":{"all":true},"within":"2m","fields":["event","properties.p"],"entry_fields":["channel"],
        "steps":[{"name":"a","matcher":{"events":["view"]}},{"name":"b","matcher":{"events":["buy"]}}]}"#,
    r#"{"kind":"reasons","range":{"all":true},"within":"2m","steps":[{"name":"a","matcher":{"events":["view"]}},{"name":"b","matcher":{"events":["buy"]}}],
        "reasons":[{"name":"cart","sign":{"met":{"matcher":{"events":["cart"]}}}},{"name":"silence","sign":{"silence":"1m"}}]}"#,
    r#"{"kind":"topics","range":{"all":true},"fields":["properties.p"],"way":{"within":"2m","steps":[
        {"name":"a","matcher":{"events":["view"]}},{"name":"b","matcher":{"events":["buy"]}}]}}"#,
    r#"{"kind":"choice","range":{"all":true},"goal":{"events":["buy"]},"fields":["properties.p"],
        "before":[{"name":"looked","matcher":{"events":["view"]}}]}"#,
    r#"{"kind":"page_map","range":{"all":true},"page":{"starts_with":"/"}}"#,
    r#"{"kind":"lift","range":{"all":true},"assigned":{"events":["view"]},"arms":{"field":{"field":"properties.p","control":"a"}},
        "goal":{"events":["buy"]},"visits":{"events":["cart"]},"value":"properties.p","within":"2m"}"#,
];

fn about_viewers(text: &str) -> Report {
    let mut value: serde_json::Value = serde_json::from_str(text).expect(text);
    value["people"] = serde_json::json!({"did": {"matcher": {"events": ["view"]}}});
    serde_json::from_value(value).expect(text)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Each side is what the report itself says of it, whatever its kind, and its people are found there.
    #[test]
    fn sides_are_the_answers_of_their_own_reports(log in any_log(), kind in 0..KINDS.len()) {
        let (vocabulary, cancel, now) = (Vocabulary::default(), Cancel::default(), at("9d00:00"));
        let snapshot = log.snapshot();
        let asked = about_viewers(KINDS[kind]);
        let found = compare(&snapshot, &vocabulary, &asked, &Against::Rest, now, &cancel).expect("sound");
        let other = Against::Rest.other(&asked);
        for (side, report) in [(&found.a, &asked), (&found.b, &other)] {
            let alone = ask(&snapshot, &vocabulary, report, now, &cancel).expect("sound");
            prop_assert_eq!(format!("{:?}", side.numbers), format!("{:?}", alone.numbers));
        }
        for figure in &found.figures {
            for (side, report) in [(&figure.a, &asked), (&figure.b, &other)] {
                let (Some(select), FigureUnit::Share, Some(value)) = (&side.select, figure.unit, side.value) else {
                    continue;
                };
                let listed = people(&snapshot, &vocabulary, report, select, now, &cancel);
                // Whoever is on nobody's list of the side is asked for by a name that its answer does not have.
                let count = listed.map_or(0, |it| it.len()) as f64;
                if !matches!(figure.of, FigureOf::Credit | FigureOf::LifecycleStayed) {
                    prop_assert!((value * side.n as f64 - count).abs() < 1e-6, "{:?}", figure);
                }
            }
        }
        for layout in LAYOUTS {
            let again = compare(&log.laid_out(layout), &vocabulary, &asked, &Against::Rest, now, &cancel).expect("sound");
            prop_assert_eq!(&found.figures, &again.figures);
        }
    }

    /// A side and the rest are all, and nobody is on both.
    #[test]
    fn a_side_and_the_rest_are_everybody(log in any_log()) {
        let (vocabulary, cancel, now) = (Vocabulary::default(), Cancel::default(), at("9d00:00"));
        let snapshot = log.snapshot();
        let all = ask(&snapshot, &vocabulary, &report(KINDS[0]), now, &cancel).expect("sound");
        let found = compare(&snapshot, &vocabulary, &about_viewers(KINDS[0]), &Against::Rest, now, &cancel).expect("sound");
        prop_assert_eq!(found.sides.people_both, 0);
        prop_assert_eq!(found.a.n + found.b.n, all.n);
        let events = |it: &Answer| match &it.numbers {
            Numbers::Counts(counts) => counts.total.events,
            _ => unreachable!("counts"),
        };
        prop_assert_eq!(events(&found.a) + events(&found.b), events(&all));
        let steps = |it: &Answer| -> FunnelAnswer {
            match &it.numbers {
                Numbers::Funnel(funnel) => funnel.clone(),
                _ => unreachable!("a funnel"),
            }
        };
        let all = ask(&snapshot, &vocabulary, &report(KINDS[1]), now, &cancel).expect("sound");
        let found = compare(&snapshot, &vocabulary, &about_viewers(KINDS[1]), &Against::Rest, now, &cancel).expect("sound");
        let (a, b, all) = (steps(&found.a), steps(&found.b), steps(&all));
        for step in 0..3 {
            prop_assert_eq!(a.steps[step].units + b.steps[step].units, all.steps[step].units);
        }
    }
}
