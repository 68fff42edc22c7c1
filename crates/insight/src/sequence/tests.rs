use proptest::prelude::*;
use throughline_model::{Channel, Timestamp, Vocabulary, limits, report::Report};

use crate::{
    ask::{Numbers, ask, people},
    cancel::Cancel,
    fixture::{LAYOUTS, Layout, Log, any_log, at},
    kernel::{paths::PathsAnswer, transitions::TransitionsAnswer},
    select::{Select, ways::PathsSelect},
};

fn numbers(log: &Log, layout: Layout, report: &str, now: Timestamp) -> Numbers {
    let report: Report = serde_json::from_str(report).expect(report);
    let answer = ask(
        &log.laid_out(layout),
        &Vocabulary::default(),
        &report,
        now,
        &Cancel::default(),
    );
    answer.expect("sound").numbers
}

fn paths(log: &Log, layout: Layout, more: &str, now: Timestamp) -> PathsAnswer {
    let report = format!(r#"{{"kind":"paths","range":{{"all":true}},{more}}}"#);
    match numbers(log, layout, &report, now) {
        Numbers::Paths(found) => found,
        other => panic!("{other:?}"),
    }
}

fn transitions(log: &Log, layout: Layout, more: &str, now: Timestamp) -> TransitionsAnswer {
    let report = format!(r#"{{"kind":"transitions","range":{{"all":true}},{more}}}"#);
    match numbers(log, layout, &report, now) {
        Numbers::Transitions(found) => found,
        other => panic!("{other:?}"),
    }
}

fn ways(found: &PathsAnswer) -> Vec<String> {
    (found.paths.iter())
        .map(|it| format!("{} x {}", it.passes.times, it.elements.join(" > ")))
        .collect()
}

#[test]
fn work_is_handed_over_from_team_to_team() {
    let log = Log::read(
        r#"
        ana 09:00 ticket_opened web {"team":"desk"}
        ana 09:10 note_added web
        ana 10:00 ticket_passed web {"team":"bank"}
        ana 10:30 $identify web {"team":"bank"}
        ana 12:00 ticket_passed web {"team":"desk"}
        ben 09:00 ticket_opened web {"team":"desk"}
        ben 09:30 ticket_closed web {"team":"desk"}
        "#,
    );
    let by = r#""by":{"field":"properties.team"}"#;
    for layout in LAYOUTS {
        let found = paths(&log, layout, by, at("23:00"));
        assert_eq!(ways(&found), ["1 x desk", "1 x desk > bank > desk"]);
        let found = transitions(&log, layout, by, at("23:00"));
        let all: Vec<String> = (found.transitions.iter())
            .map(|it| format!("{} > {} {} min", it.from, it.to, it.median_ms / 60_000))
            .collect();
        assert_eq!(
            all,
            [
                "bank > desk 120 min",
                "desk > bank 60 min",
                "desk > desk 30 min"
            ]
        );
    }
}

#[test]
fn a_number_that_reads_like_a_text_is_another_element() {
    let log = Log::read(
        r#"
        ana 09:00 view web {"p":1}
        ana 09:01 view web {"p":"1"}
        ana 09:02 view web {"p":true}
        "#,
    );
    let found = paths(
        &log,
        Layout::default(),
        r#""by":{"field":"properties.p"}"#,
        at("23:00"),
    );
    assert_eq!(ways(&found), ["1 x 1 > 1 (3) > true"]);
    let names: Vec<&str> = found.elements.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["true", "1", "1"]);
}

#[test]
fn values_beyond_those_that_are_listed_are_one_element_and_nobody_is_lost() {
    let mut log = Log::default();
    let count = limits::BREAKDOWN_VALUES_MAX as u32 + 5;
    for actor in 0..count {
        // The first is the most frequent of all, the others are met by one each.
        let own = format!(r#"{{"page":"/page/{actor:04}"}}"#);
        log.push(actor, at("09:00"), "view", Channel::Web, r#"{"page":"/"}"#);
        log.push(actor, at("09:01"), "view", Channel::Web, &own);
    }
    log.roots = (0..count).collect();
    let by = r#""by":{"field":"properties.page"},"top":1000"#;
    let found = paths(&log, Layout::default(), by, at("23:00"));
    let rest: Vec<_> = found.elements.iter().filter(|it| it.is_rest).collect();
    assert_eq!(rest.len(), 1);
    let most = &found.paths[0];
    assert_eq!(most.elements, ["/".to_owned(), rest[0].id.clone()]);
    // One of a hundred names is the first page.
    assert_eq!(most.passes.profiles, 6);
    assert_eq!(found.total.profiles, u64::from(count));
    let report = format!(r#"{{"kind":"paths","range":{{"all":true}},{by}}}"#);
    let people = people(
        &log.snapshot(),
        &Vocabulary::default(),
        &serde_json::from_str(&report).expect("readable"),
        &Select::Paths {
            of: PathsSelect::Path(most.elements.clone()),
        },
        at("23:00"),
        &Cancel::default(),
    );
    assert_eq!(people.expect("in the answer").len(), 6);
}

/// The same values as steps of one's own, in the order of values.
const STEPS: &str = r#""by":{"steps":[
    {"name":"true","matcher":{"rule":{"where":{"field":"properties.p","test":{"is":[true]}}}}},
    {"name":"0","matcher":{"rule":{"where":{"field":"properties.p","test":{"is":[0]}}}}},
    {"name":"1","matcher":{"rule":{"where":{"field":"properties.p","test":{"is":[1]}}}}},
    {"name":"a","matcher":{"rule":{"where":{"field":"properties.p","test":{"is":["a"]}}}}},
    {"name":"ab","matcher":{"rule":{"where":{"field":"properties.p","test":{"is":["ab"]}}}}},
    {"name":"b","matcher":{"rule":{"where":{"field":"properties.p","test":{"is":["b"]}}}}}]}"#;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn values_of_a_field_are_steps_that_nobody_had_to_write(
        log in any_log(),
        layout in prop::sample::select(LAYOUTS.to_vec()),
        pause in prop::sample::select(vec!["", r#","pause_max":"2m""#]),
    ) {
        let now = at("0:30");
        let (field, steps) = (format!(r#""by":{{"field":"properties.p"}}{pause}"#), format!("{STEPS}{pause}"));
        let (mut found, mut expected) = (ways(&paths(&log, layout, &field, now)), ways(&paths(&log, layout, &steps, now)));
        found.sort();
        expected.sort();
        prop_assert_eq!(found, expected);
        let (found, expected) = (transitions(&log, layout, &field, now), transitions(&log, layout, &steps, now));
        let lines = |it: &TransitionsAnswer| {
            let mut lines: Vec<String> = (it.transitions.iter())
                .map(|it| format!("{} > {} {:?} {} {}", it.from, it.to, it.passes, it.median_ms, it.p90_ms))
                .collect();
            lines.sort();
            lines
        };
        prop_assert_eq!(lines(&found), lines(&expected));
    }
}
