use std::collections::BTreeSet;

use proptest::prelude::*;
use throughline_model::report::Report;

use super::*;
use crate::{
    ask::{Numbers, ask, people},
    fixture::{LAYOUTS, Log, any_log, at},
    select::{
        Select,
        ways::{FunnelPart, FunnelSelect},
    },
};

fn funnel(more: &str) -> Funnel {
    serde_json::from_str(&format!(
        r#"{{"range":{{"all":true}},"steps":[{{"name":"see","matcher":{{"events":["view"]}}}},
            {{"name":"own","matcher":{{"events":["buy"]}}}}]{more}}}"#
    ))
    .expect(more)
}

fn report(from: Funnel, to: Funnel) -> Report {
    Report::Difference(Box::new(Difference { from, to }))
}

fn asked(snapshot: &Snapshot, report: &Report) -> DifferenceAnswer {
    let (vocabulary, cancel) = (Vocabulary::default(), Cancel::default());
    let answer = ask(snapshot, &vocabulary, report, at("9d00:00"), &cancel).expect("sound");
    let Numbers::Difference(numbers) = answer.numbers else {
        panic!("a difference")
    };
    numbers
}

fn listed(snapshot: &Snapshot, report: &Report, select: Select) -> BTreeSet<u32> {
    let (vocabulary, cancel) = (Vocabulary::default(), Cancel::default());
    let found = people(
        snapshot,
        &vocabulary,
        report,
        &select,
        at("9d00:00"),
        &cancel,
    );
    found.expect("sound").into_iter().map(|it| it.0).collect()
}

fn moved_people(
    snapshot: &Snapshot,
    report: &Report,
    at: Option<usize>,
    part: DifferencePart,
) -> BTreeSet<u32> {
    listed(
        snapshot,
        report,
        Select::Difference(DifferenceSelect { at, part }),
    )
}

fn names(log: &Log, profiles: &BTreeSet<u32>) -> Vec<String> {
    let name = |it: &u32| log.profiles[*it as usize].clone();
    profiles.iter().map(name).collect()
}

#[test]
fn each_change_names_the_people_who_move() {
    let log = Log::read(
        "
        quick 09:00 view
        quick 09:10 buy
        slow 09:00 view
        slow 2d09:00 buy
        again 09:00 view
        again 3d09:00 view
        again 3d09:10 buy
        never 09:00 view
        last 8d00:00 mail
        ",
    );
    let snapshot = log.snapshot();
    let report = report(
        funnel(r#","window":{"whole":"1h"}"#),
        funnel(r#","window":{"whole":"2d"},"entry":"first""#),
    );
    let answer = asked(&snapshot, &report);
    // The best attempt of `again` is its second, which the first entry does not allow.
    let fields: Vec<String> = answer.moves.iter().map(|it| it.fields.join("+")).collect();
    assert_eq!(fields, ["window", "entry"]);
    assert_eq!(answer.from.converted.profiles, 2);
    assert_eq!(answer.moves[0].standing.converted.profiles, 3);
    assert_eq!(answer.to.converted.profiles, 2);
    let at = |at, part| names(&log, &moved_people(&snapshot, &report, at, part));
    assert_eq!(at(Some(1), DifferencePart::ConvertedGained), ["slow"]);
    assert_eq!(at(Some(2), DifferencePart::ConvertedLost), ["again"]);
    assert_eq!(at(None, DifferencePart::ConvertedGained), ["slow"]);
    assert_eq!(at(None, DifferencePart::ConvertedLost), ["again"]);
    assert_eq!(at(Some(0), DifferencePart::Converted), ["again", "quick"]);
    assert_eq!(at(None, DifferencePart::Converted), ["quick", "slow"]);
}

#[test]
fn each_funnel_is_about_its_own_people_and_range() {
    let log = Log::read(
        "
        ana 09:00 view
        ana 09:10 buy
        ben 5d09:00 view
        ben 5d09:10 buy
        last 8d00:00 mail
        ",
    );
    let snapshot = log.snapshot();
    let from = funnel(r#","people":{"listed":[0]}"#);
    let mut to = funnel("");
    to.range = serde_json::from_str(r#"{"between":{"from":"2026-03-05","to":"2026-03-09"}}"#)
        .expect("valid");
    let report = report(from, to);
    let answer = asked(&snapshot, &report);
    let entered: Vec<u64> = (answer.moves.iter())
        .map(|it| it.standing.entered.profiles)
        .collect();
    // The range takes `ana` out, whom it was about alone; then it is about everybody.
    assert_eq!((answer.from.entered.profiles, entered), (1, vec![0, 1]));
    assert_eq!(answer.total.entered_gained, 1);
    assert_eq!(answer.total.entered_lost, 1);
}

#[test]
fn two_of_the_same_have_no_difference() {
    let log = Log::read("ana 09:00 view");
    let answer = asked(
        &log.snapshot(),
        &report(funnel(""), funnel(r#","times":true"#)),
    );
    assert_eq!(answer.moves, []);
    assert_eq!(answer.from, answer.to);
    assert_eq!(answer.total, Moved::default());
}

#[test]
fn what_is_not_in_the_answer_is_refused() {
    let snapshot = Log::read("ana 09:00 view").snapshot();
    let report = report(funnel(""), funnel(r#","reuse":true"#));
    let (vocabulary, cancel) = (Vocabulary::default(), Cancel::default());
    for (place, part) in [
        (Some(2), DifferencePart::Entered),
        (Some(0), DifferencePart::EnteredGained),
    ] {
        let select = Select::Difference(DifferenceSelect { at: place, part });
        let found = people(
            &snapshot,
            &vocabulary,
            &report,
            &select,
            at("9d00:00"),
            &cancel,
        );
        assert!(found.is_err(), "{place:?}");
    }
}

/// Funnels that differ in all fields, some of which cannot stand together.
fn any_funnel() -> impl Strategy<Value = Funnel> {
    let choice = |choices: &'static [&'static str]| prop::sample::select(choices);
    (
        choice(&[
            "",
            r#","entry":"first""#,
            r#","entry":"every""#,
            r#","entry":"every","unit":"attempt""#,
        ]),
        choice(&[
            "",
            r#","window":{"whole":"2m"}"#,
            r#","window":{"each":"1m"}"#,
            r#","window":"unlimited""#,
        ]),
        choice(&["", r#","ties":"later""#, r#","ties":{"grace":"1m"}"#]),
        choice(&["", r#","reuse":true"#]),
        choice(&["", r#","hold":["properties.p"]"#]),
        choice(&[
            "",
            r#","exclusions":[{"matcher":{"events":["mail"]},"after":0,"before":1}]"#,
        ]),
        choice(&[
            "",
            r#","filter":{"rule":{"where":{"field":"channel","test":{"is":["web"]}}}}"#,
        ]),
        choice(&["", r#","people":{"listed":[0,1,3]}"#]),
        choice(&["view", "cart"]),
    )
        .prop_map(
            |(entry, window, ties, reuse, hold, exclusions, filter, people, first)| {
                let mut funnel = funnel(
                    &[entry, window, ties, reuse, hold, exclusions, filter, people].concat(),
                );
                funnel.steps[0].matcher.events =
                    vec![throughline_model::EventName::parse(first).expect("valid")];
                funnel
            },
        )
}

proptest! {
    #[test]
    fn moves_add_up_and_equal_what_the_funnels_themselves_say(
        log in any_log(), from in any_funnel(), to in any_funnel(),
    ) {
        let report = report(from.clone(), to.clone());
        let difference = Difference { from: from.clone(), to: to.clone() };
        let definitions: Vec<Funnel> = std::iter::once(from)
            .chain(difference.changes().into_iter().map(|it| it.funnel))
            .collect();
        prop_assert_eq!(definitions.last(), Some(&to));
        let snapshot = log.snapshot();
        let answer = asked(&snapshot, &report);
        for layout in LAYOUTS {
            prop_assert_eq!(&asked(&log.laid_out(layout), &report), &answer);
        }
        prop_assert_eq!(answer.moves.len() + 1, definitions.len());

        // What the report of each definition says, and whom it lists.
        let mut sets = Vec::new();
        for (index, funnel) in definitions.iter().enumerate() {
            let of = Report::Funnel(funnel.clone());
            let (vocabulary, cancel) = (Vocabulary::default(), Cancel::default());
            let own = ask(&snapshot, &vocabulary, &of, at("9d00:00"), &cancel).expect("sound");
            let Numbers::Funnel(own) = own.numbers else { panic!("a funnel") };
            let standing = index.checked_sub(1).map_or(answer.from, |it| answer.moves[it].standing);
            prop_assert_eq!(standing.entered.units, own.converted.whole);
            prop_assert_eq!(standing.converted.units, own.converted.part);
            let select = |step| Select::Funnel(FunnelSelect {
                step,
                part: FunnelPart::Reached,
                label: None,
                point: None,
                took: None,
            });
            let (entered, converted) = (listed(&snapshot, &of, select(0)), listed(&snapshot, &of, select(1)));
            prop_assert_eq!(standing.entered.profiles, entered.len() as u64);
            prop_assert_eq!(standing.converted.profiles, converted.len() as u64);
            sets.push((entered, converted));
        }

        // Whoever is listed as moving does, and all moves together are the whole difference.
        let (mut entered_sum, mut converted_sum) = (0, 0);
        for (index, pair) in sets.windows(2).enumerate() {
            let (before, after) = (&pair[0], &pair[1]);
            let moved = answer.moves[index].moved;
            for (part, now, then, count) in [
                (DifferencePart::EnteredGained, &after.0, &before.0, moved.entered_gained),
                (DifferencePart::EnteredLost, &before.0, &after.0, moved.entered_lost),
                (DifferencePart::ConvertedGained, &after.1, &before.1, moved.converted_gained),
                (DifferencePart::ConvertedLost, &before.1, &after.1, moved.converted_lost),
            ] {
                let expected: BTreeSet<u32> = now.difference(then).copied().collect();
                prop_assert_eq!(count, expected.len() as u64);
                prop_assert_eq!(moved_people(&snapshot, &report, Some(index + 1), part), expected);
            }
            entered_sum += moved.entered_gained as i64 - moved.entered_lost as i64;
            converted_sum += moved.converted_gained as i64 - moved.converted_lost as i64;
        }
        let by = |a: u64, b: u64| b as i64 - a as i64;
        prop_assert_eq!(entered_sum, by(answer.from.entered.profiles, answer.to.entered.profiles));
        prop_assert_eq!(converted_sum, by(answer.from.converted.profiles, answer.to.converted.profiles));
        let (total, first, last) = (answer.total, &sets[0], &sets[sets.len() - 1]);
        prop_assert_eq!(total.converted_gained, last.1.difference(&first.1).count() as u64);
        prop_assert_eq!(total.converted_lost, first.1.difference(&last.1).count() as u64);
    }
}
