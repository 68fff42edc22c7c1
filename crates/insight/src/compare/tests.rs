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
        let faults = faults(&vocabulary, &report(asked), &against(with));
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

/// One report of each kind, about everybody who has viewed.
const KINDS: [&str; 15] = [
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
