//! What rules on names do to answers, whatever the report.

use throughline_model::naming::{NameRules, Naming};

use super::*;
use crate::fixture::{Log, at};

const DAY: &str = r#"
    ana 09:00 ask web {"order":7}
    ana 09:05 work web {"order":7}
    ana 09:30 done app {"order":7}
    ben 09:10 ask web {"order":8,"arm":"a"}
    ben 09:12 done web {"order":8}
    cem 09:00 other web {"order":7}
    cem 10:00 ask email {"arm":"b"}
"#;

fn naming(rules: &str) -> Naming {
    let rules: NameRules =
        serde_json::from_str(&format!(r#"{{"rules":[{rules}]}}"#)).expect("readable");
    assert_eq!(rules.check(), []);
    Naming::of(&rules)
}

fn answer(snapshot: &Snapshot, report: &str) -> Answer {
    let vocabulary: Vocabulary = serde_json::from_str(
        r#"{"objects":[{"id":"order","name":"Orders","keys":["properties.order"],
            "states":[{"id":"asked","name":"Asked","entry":{"events":["ask"]}},
                {"id":"done","name":"Done","entry":{"events":["done"]},"ends":true}],
            "promise":{"told":["properties.by"],"kept_by":"done"}}]}"#,
    )
    .expect("readable");
    let report: Report = serde_json::from_str(report).expect(report);
    let now = at("2d00:00");
    ask(snapshot, &vocabulary, &report, now, &Cancel::default()).expect("sound")
}

#[test]
fn hidden_events_count_where_a_question_names_them_and_nowhere_else() {
    let plain = Log::read(DAY).snapshot();
    let hides = ["ask", "work", "done"].map(|it| format!(r#"{{"kind":"hide","event":"{it}"}}"#));
    let hidden = plain.named(&naming(&hides.join(",")));
    let all = r#""range":{"all":true}"#;
    for report in [
        format!(
            r#"{{"kind":"heatmap",{all},"rows":{{"field":"event"}},"columns":{{"field":"channel"}},
                "events":{{"events":["ask"]}},"goal":{{"events":["done"]}}}}"#
        ),
        format!(
            r#"{{"kind":"lift",{all},"assigned":{{"events":["ask"]}},"goal":{{"events":["done"]}},"within":"30m",
                "arms":{{"field":{{"field":"properties.arm","control":"a"}}}}}}"#
        ),
        format!(
            r#"{{"kind":"work_time",{all},"steps":[{{"name":"Do","asked":{{"events":["ask"]}},
                "start":{{"events":["work"]}},"end":{{"events":["done"]}}}}]}}"#
        ),
        format!(
            r#"{{"kind":"funnel",{all},"steps":[{{"name":"a","matcher":{{"events":["ask"]}}}},
                {{"name":"b","matcher":{{"events":["done"]}}}}],
                "people":{{"did":{{"matcher":{{"events":["work"]}}}}}}}}"#
        ),
        format!(
            r#"{{"kind":"counts",{all},"every":"range","series":[{{"name":"a","matcher":{{"events":["ask"]}}}}],
                "people":{{"in_order":{{"steps":[{{"events":["ask"]}},{{"events":["done"]}}]}}}}}}"#
        ),
    ] {
        let (before, after) = (answer(&plain, &report), answer(&hidden, &report));
        assert!(after.n > 0, "{report}");
        let numbers = |it: &Answer| serde_json::to_value(&it.numbers).expect("text keys");
        assert_eq!(numbers(&before), numbers(&after), "{report}");
        assert_eq!(before.n, after.n, "{report}");
    }
    let any = format!(
        r#"{{"kind":"heatmap",{all},"rows":{{"field":"event"}},"columns":{{"field":"channel"}}}}"#
    );
    assert_eq!(
        answer(&hidden, &any).n,
        1,
        "only one who did something that is seen"
    );
    let contacts = format!(
        r#"{{"kind":"channels",{all},"goal":{{"events":["done"]}},"contacts":{{"events":["ask"]}}}}"#
    );
    let Numbers::Channels(board) = answer(&hidden, &contacts).numbers else {
        panic!("a board");
    };
    let met: Vec<(u64, u64)> = (board.lines.iter())
        .map(|it| (it.meetings.contacts.times, it.meetings.acts.times))
        .filter(|it| *it != (0, 0))
        .collect();
    assert_eq!(
        met,
        [(2, 1), (1, 0)],
        "web: two contacts, one act; email: one contact"
    );
    let promises = format!(r#"{{"kind":"promises",{all},"object":"order"}}"#);
    let Numbers::Promises(found) = answer(&hidden, &promises).numbers else {
        panic!("promises");
    };
    assert_eq!(found.total.all.objects, 2, "states name what enters them");
}

#[test]
fn what_was_kept_of_an_old_name_does_not_outlive_the_rule() {
    let plain = Log::read(DAY).snapshot();
    let renamed = plain.named(&naming(r#"{"kind":"rename","from":["asked"],"to":"ask"}"#));
    for asked in [
        r#"{"kind":"counts","range":{"all":true},"every":"range","series":[{"name":"a","matcher":{
            "rule":{"any":[{"where":{"field":"event","test":{"is":["asked"]}}},
                {"where":{"field":"properties.arm","test":{"is":["z"]}}}]}}}]}"#,
        r#"{"kind":"counts","range":{"all":true},"every":"range","series":[{"name":"a","matcher":{"events":["asked"]}}]}"#,
    ] {
        assert_eq!(answer(&plain, asked).n, 0, "{asked}");
        assert_eq!(answer(&renamed, asked).n, 3, "{asked}");
        assert_eq!(answer(&plain, asked).n, 0, "{asked}");
    }
}
