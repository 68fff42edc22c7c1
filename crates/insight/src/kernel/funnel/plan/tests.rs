use proptest::prelude::*;
use serde_json::Value;
use throughline_model::{Vocabulary, report::Report};

use crate::{
    ask::{Numbers, ask},
    cancel::Cancel,
    fixture::{LAYOUTS, Layout, Log, at, twin_config, twin_log},
    kernel::funnel::FunnelAnswer,
};

/// Rules, and whether an event of a name and a property passes them.
type Passes = fn(&str, &Value) -> bool;

const RULES: [(&str, Passes); 4] = [
    (
        r#"{"where":{"field":"properties.p","test":{"is":["a"]}}}"#,
        |_, p| *p == "a",
    ),
    (
        r#"{"not":{"where":{"field":"properties.p","test":{"is":["a","b"]}}}}"#,
        |_, p| *p != "a" && *p != "b",
    ),
    (
        r#"{"any":[{"where":{"field":"event","test":{"is":["view"]}}},
            {"where":{"field":"properties.p","test":{"is":["b"]}}}]}"#,
        |name, p| name == "view" || *p == "b",
    ),
    (
        r#"{"all":[{"not":{"where":{"field":"event","test":{"is":["mail"]}}}},
            {"where":{"field":"properties.p","test":{"exists":{}}}}]}"#,
        |name, p| name != "mail" && !p.is_null(),
    ),
];

/// What else a funnel may ask: one that the common walk answers, and others that others do.
const MORE: [&str; 5] = [
    "",
    r#","breakdown":{"field":"properties.p"}"#,
    r#","window":{"whole":"2m"},"entry":"first""#,
    r#","order":"strict""#,
    r#","order":"any","breakdown":{"field":"properties.p"}"#,
];

fn read(more: &str) -> Report {
    serde_json::from_str(&format!(
        r#"{{"kind":"funnel","range":{{"between":{{"from":"2026-03-02","to":"2026-03-02"}}}},"steps":[
            {{"name":"see","matcher":{{"events":["view"]}}}},
            {{"name":"take","matcher":{{"events":["cart","mail"]}}}},
            {{"name":"own","matcher":{{"events":["buy"]}}}}]{more}}}"#
    ))
    .expect(more)
}

fn asked(log: &Log, layout: Layout, report: &Report) -> FunnelAnswer {
    let (vocabulary, cancel, now) = (Vocabulary::default(), Cancel::default(), at("9d00:00"));
    let answer = ask(&log.laid_out(layout), &vocabulary, report, now, &cancel);
    let Numbers::Funnel(mut numbers) = answer.expect("sound").numbers else {
        panic!("a funnel")
    };
    // A log without events has no trend.
    numbers.trend.retain(|it| it.steps[0] > 0);
    numbers
}

proptest! {
    #![proptest_config(twin_config())]

    #[test]
    fn what_a_filter_takes_out_is_as_good_as_not_there(
        log in twin_log(),
        rule in 0..RULES.len(),
        more in 0..MORE.len(),
    ) {
        let ((rule, passes), more) = (RULES[rule], MORE[more]);
        let filtered = read(&format!(r#"{more},"filter":{{"rule":{rule}}}"#));
        let names: Vec<String> = log.names.iter().map(|(_, name)| name.to_string()).collect();
        let mut left = log.clone();
        left.events.retain(|event| {
            let properties: Value = serde_json::from_str(event.properties.as_str()).expect("JSON");
            passes(&names[usize::from(event.event)], &properties["p"])
        });
        let expected = asked(&left, LAYOUTS[0], &read(more));
        for layout in LAYOUTS {
            prop_assert_eq!(&asked(&log, layout, &filtered), &expected);
        }
    }
}
