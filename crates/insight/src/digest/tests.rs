//! The short form says what the answer says, and lists whom its numbers count.

use throughline_model::{Timestamp, Vocabulary, report::Report};

use super::*;
use crate::{
    ask::{ask, people},
    cancel::Cancel,
    fixture::{LAYOUTS, Log, at},
};

const DAY: &str = "
    ana 09:00 view web
    ana 09:05 cart web
    ana 09:30 buy web
    ben 09:10 view ads
    ben 09:12 cart ads
    cem 10:00 view email
    cem 1d10:00 view web
    dan 11:00 cart store
    dan 11:01 buy store
";

fn now() -> Timestamp {
    at("2d00:00")
}

/// Every number that names its place counts as many profiles as are listed at it.
fn check(report: &str) -> Digest {
    let log = Log::read(DAY);
    let report: Report = serde_json::from_str(report).expect(report);
    let snapshot = log.laid_out(LAYOUTS[0]);
    let (vocabulary, cancel) = (Vocabulary::default(), Cancel::default());
    let answer = ask(&snapshot, &vocabulary, &report, now(), &cancel).expect("sound");
    let digest = digest(&answer);
    let figures = digest.figures.iter().map(|it| &it.amount);
    let cells = digest.rows.iter().flat_map(|row| &row.cells);
    let mut checked = 0;
    for amount in figures.chain(cells) {
        let Some(select) = &amount.select else {
            continue;
        };
        let listed = people(&snapshot, &vocabulary, &report, select, now(), &cancel);
        let listed = listed.expect("a place of the answer").len() as f64;
        assert_eq!(amount.value, Some(listed), "{select:?}");
        checked += 1;
    }
    assert!(checked > 0, "{report:?}");
    for row in &digest.rows {
        assert_eq!(row.cells.len(), digest.columns.len());
        assert!((0.0..=1.0).contains(&row.bar), "{row:?}");
    }
    let json = serde_json::to_string(&digest).expect("text keys");
    assert!(!json.contains("select"), "{json}");
    digest
}

#[test]
fn numbers_of_each_kind_list_as_many_as_they_say() {
    let funnel = r#"{"kind":"funnel","range":{"all":true},"steps":[
        {"name":"view","matcher":{"events":["view"]}},{"name":"buy","matcher":{"events":["buy"]}}]}"#;
    let found = check(funnel);
    assert_eq!(found.figures[0].amount.value, Some(1.0 / 3.0));
    assert!(found.figures[0].amount.is_small);
    let who = r#"{"name":"who","matcher":{},"measure":"profiles"}"#;
    let trends = r#"{"kind":"trends","range":{"all":true},"series"#;
    check(&format!(r#"{trends}":[{who}]}}"#));
    check(&format!(r#"{trends}":[{who}],"breakdown":"channel"}}"#));
    check(&format!(
        r#"{trends}":[{who},{{"name":"all","matcher":{{}}}}],"formulas":[{{"name":"each","expression":"B / A"}}]}}"#
    ));
    check(r#"{"kind":"counts","range":{"all":true}}"#);
    check(r#"{"kind":"counts","range":{"all":true},"breakdown":"channel"}"#);
    check(r#"{"kind":"transitions","range":{"all":true}}"#);
    check(r#"{"kind":"paths","range":{"all":true}}"#);
    let buy = r#"{"events":["buy"]}"#;
    check(&format!(
        r#"{{"kind":"attribution","range":{{"all":true}},"conversion":{buy}}}"#
    ));
    for kind in ["channels", "switches"] {
        check(&format!(
            r#"{{"kind":"{kind}","range":{{"all":true}},"goal":{buy}}}"#
        ));
    }
    check(r#"{"kind":"retention","range":{"all":true},"start":{"events":["view"]}}"#);
    check(r#"{"kind":"heatmap","range":{"all":true},"rows":{"field":"channel"}}"#);
    check(r#"{"kind":"heatmap","range":{"all":true},"goal":{"events":["buy"]},"within":"1h"}"#);
    check(r#"{"kind":"stickiness","range":{"last":"2d"},"period":"day","unit":"hour"}"#);
    check(r#"{"kind":"lifecycle","range":{"last":"2d"},"period":"day"}"#);
    check(&format!(
        r#"{{"kind":"rfm","range":{{"all":true}},"purchase":{buy}}}"#
    ));
    check(r#"{"kind":"page_map","range":{"all":true},"page":{"exists":{}}}"#);
    check(&format!(
        r#"{{"kind":"bottlenecks","range":{{"all":true}},"stages":[
            {{"name":"look","matcher":{{"events":["view"]}}}},{{"name":"buy","matcher":{buy}}}]}}"#
    ));
    check(&format!(
        r#"{{"kind":"lift","range":{{"all":true}},"assigned":{{"events":["view"]}},"within":"1h","goal":{buy},
            "arms":{{"field":{{"field":"channel","control":"web"}}}}}}"#
    ));
    check(&format!(
        r#"{{"kind":"reasons","range":{{"all":true}},"within":"1h","steps":[
            {{"name":"look","matcher":{{"events":["view"]}}}},{{"name":"buy","matcher":{buy}}}],
            "reasons":[{{"name":"silent","sign":{{"silence":"1m"}}}}]}}"#
    ));
    check(r#"{"kind":"topics","range":{"all":true},"fields":["properties.p"]}"#);
    check(r#"{"kind":"unexpected","range":{"all":true},"people_min":2,"times_min":1.0}"#);
    check(&format!(
        r#"{{"kind":"choice","range":{{"all":true}},"goal":{buy},"fields":["source"]}}"#
    ));
}

#[test]
fn reports_of_accounts_say_so() {
    let names = |report: &str| {
        let found = check(report);
        let figures = found.figures.iter().map(|it| it.name);
        figures.chain(found.columns).collect::<Vec<_>>()
    };
    let of_people = names(r#"{"kind":"counts","range":{"all":true}}"#);
    let of_accounts = names(r#"{"kind":"counts","range":{"all":true},"accounts":"company"}"#);
    assert!(of_people.contains(&Quantity::Profiles) && !of_people.contains(&Quantity::Accounts));
    assert!(!of_accounts.contains(&Quantity::Profiles));
    assert!(of_accounts.contains(&Quantity::Accounts));
}

#[test]
fn one_series_over_days_is_a_line_and_no_rows() {
    let found =
        check(r#"{"kind":"counts","range":{"last":"2d"},"series":[{"name":"all","matcher":{}}]}"#);
    let line = found.line.expect("two days");
    let sum: f64 = line.points.iter().map(|it| it.value).sum();
    assert_eq!(found.figures[0].amount.value, Some(sum));
    assert!(found.rows.is_empty());
}

#[test]
fn rows_that_are_not_listed_are_counted() {
    let mut log = Log::read(DAY);
    for n in 0..limits::DIGEST_ROWS_MAX {
        log.push(
            0,
            at("12:00"),
            &format!("name {n}"),
            throughline_model::Channel::Web,
            "{}",
        );
    }
    let report = serde_json::from_str(r#"{"kind":"counts","range":{"all":true}}"#).unwrap();
    let (vocabulary, cancel) = (Vocabulary::default(), Cancel::default());
    let snapshot = log.laid_out(LAYOUTS[0]);
    let answer = ask(&snapshot, &vocabulary, &report, now(), &cancel).expect("sound");
    let digest = digest(&answer);
    assert_eq!(digest.rows.len(), limits::DIGEST_ROWS_MAX);
    assert_eq!(digest.more, 3);
}
