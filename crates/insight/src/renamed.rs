//! A report over renamed data is the report over data that was sent under the new names.

use proptest::prelude::*;
use throughline_model::{
    Channel, Timestamp, Vocabulary,
    naming::{NameRules, Naming},
    report::Report,
};
use throughline_store::Snapshot;

use crate::{Cancel, ask, fixture::Log};

/// As they are sent and, where they are not blocked, as they are shown.
const NAMES: [(&str, Option<&str>); 6] = [
    ("Order Completed", Some("order_completed")),
    ("viewed", Some("viewed")),
    ("orderCompleted", Some("order_completed")),
    ("spam", None),
    ("searched", Some("searched")),
    ("order_completed", Some("order_completed")),
];

const RULES: &str = r#"{"rules":[
    {"kind":"rename","from":["Order Completed","orderCompleted"],"to":"order_completed"},
    {"kind":"block","event":"spam"},
    {"kind":"property","from":"properties.total","to":"properties.price"},
    {"kind":"type","events":[],"property":"properties.price","to":"number"}]}"#;

const REPORTS: [&str; 8] = [
    r#"{"kind":"counts","range":{"all":true},"every":"range","breakdown":"properties.price"}"#,
    r#"{"kind":"counts","range":{"all":true},"every":"range","breakdown":"event"}"#,
    r#"{"kind":"counts","range":{"all":true},"every":"range",
        "filter":{"where":{"field":"properties.price","test":{"at_least":2}}}}"#,
    r#"{"kind":"funnel","range":{"all":true},"window":{"whole":"7d"},"steps":[
        {"name":"a","matcher":{"events":["viewed"]}},{"name":"b","matcher":{"events":["order_completed"]}}]}"#,
    r#"{"kind":"transitions","range":{"all":true}}"#,
    r#"{"kind":"paths","range":{"all":true},"length_max":6,"top":100}"#,
    r#"{"kind":"counts","range":{"all":true},"every":"range",
        "people":{"did":{"matcher":{"events":["order_completed"]}}}}"#,
    r#"{"kind":"counts","range":{"all":true},"every":"range",
        "filter":{"where":{"field":"event","test":{"is":["order_completed","viewed"]}}}}"#,
];

/// Names a vocabulary and a report may still call by what was sent.
const VOCABULARY: &str = r#"{"touchpoints":[
    {"id":"till","name":"Till","matcher":{"events":["order_completed"]}}],
    "stages":[{"id":"look","name":"Look","entry":{"events":["viewed"]}},
    {"id":"buy","name":"Buy","entry":{"touchpoints":["till"]}}]}"#;

fn numbers(snapshot: &Snapshot, vocabulary: &str, report: &str) -> String {
    let vocabulary: Vocabulary = serde_json::from_str(vocabulary).expect("readable");
    let report: Report = serde_json::from_str(report).expect(report);
    let now = Timestamp(1_775_000_000_000);
    let answer = ask(snapshot, &vocabulary, &report, now, &Cancel::default());
    let answer = answer.expect("answered");
    format!(
        "{} {}",
        answer.n,
        serde_json::to_string(&answer.numbers).expect("text keys")
    )
}

fn naming() -> Naming {
    let rules: NameRules = serde_json::from_str(RULES).expect("readable");
    assert_eq!(rules.check(), []);
    Naming::of(&rules)
}

#[test]
fn what_was_written_under_a_name_that_was_sent_means_the_same_events() {
    let log = Log::read("ana 09:00 viewed\nana 09:05 orderCompleted\nben 09:00 Order");
    let rules = r#"{"rules":[{"kind":"rename","from":["orderCompleted","Order"],"to":"bought"}]}"#;
    let rules: NameRules = serde_json::from_str(rules).expect("readable");
    let snapshot = log.snapshot().named(&Naming::of(&rules));
    let asked = |name: &str| {
        let counts = format!(
            r#"{{"kind":"counts","range":{{"all":true}},"every":"range",
                "series":[{{"name":"x","matcher":{{"events":["{name}"]}}}}],
                "filter":{{"where":{{"field":"event","test":{{"is":["{name}"]}}}}}}}}"#
        );
        numbers(&snapshot, "{}", &counts)
    };
    assert!(
        asked("bought").contains(r#""events":2"#),
        "{}",
        asked("bought")
    );
    assert_eq!(asked("orderCompleted"), asked("bought"));
    assert_eq!(asked("Order"), asked("bought"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn a_report_is_that_over_data_that_was_sent_under_the_new_names(
        rows in prop::collection::vec((0..4_u32, 0..6_usize, 0..4_usize, 0..3_i64), 0..40),
    ) {
        let (mut sent, mut shown) = (Log::default(), Log::default());
        let roots: Vec<u32> = vec![0, 1, 1, 3];
        (sent.roots, shown.roots) = (roots.clone(), roots);
        let mut time = 1_772_400_000_000;
        for (actor, name, shape, wait) in rows {
            time += wait * 1_800_000;
            let (old, new) = [
                ("{}", "{}"),
                (r#"{"total":2}"#, r#"{"price":2}"#),
                (r#"{"price":"3"}"#, r#"{"price":3}"#),
                (r#"{"total":"much"}"#, r#"{"price":"much"}"#),
            ][shape];
            let (before, after) = NAMES[name];
            sent.push(actor, Timestamp(time), before, Channel::Web, old);
            if let Some(after) = after {
                shown.push(actor, Timestamp(time), after, Channel::Web, new);
            }
        }
        let raw = sent.snapshot();
        let (read, written) = (raw.named(&naming()), shown.snapshot());
        for report in REPORTS {
            prop_assert_eq!(
                numbers(&read, VOCABULARY, report),
                numbers(&written, VOCABULARY, report),
                "{}", report
            );
            // Without rules the numbers are those of before.
            prop_assert_eq!(
                numbers(&raw.named(&Naming::default()), VOCABULARY, report),
                numbers(&raw, VOCABULARY, report)
            );
        }
    }
}
