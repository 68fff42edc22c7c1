use std::collections::BTreeSet;

use expect_test::{ExpectFile, expect_file};
use proptest::prelude::*;
use throughline_model::{Timestamp, Vocabulary, compare::Against, report::Report};

use super::*;
use crate::{
    ask::ask,
    cancel::Cancel,
    compare::compare,
    fixture::{Log, any_spread_log, at},
    map_metrics::map_metrics,
    view::View,
};

const LOG: &str = r#"
    ana 09:00 view web {"page":"=1+1"}
    ana 09:05 cart web {"page":"購物車"}
    ana 09:20 buy app {"worth":12.5}
    ben 09:01 mail email
    ben 09:30 view web {"page":"a"}
    ben 1d09:00 view web
    ben 2d10:00 cart app {"page":"a"}
    cem 1d12:00 view store {"page":3}
    cem 1d12:10 buy store {"worth":4}
    dan 2d08:00 view web {"page":true}
    dan 2d08:00 mail email
"#;

/// A report of every kind, each of which has something to say of the log.
const REPORTS: [&str; 25] = [
    r#"{"kind":"counts","range":{"all":true},"breakdown":"channel"}"#,
    r#"{"kind":"funnel","range":{"all":true},"times":true,"breakdown":{"field":"properties.page"},"steps":[
        {"name":"look","matcher":{"events":["view"]}},
        {"name":"take","matcher":{"events":["cart"]},"optional":true},
        {"name":"own","matcher":{"events":["buy"]}}]}"#,
    r#"{"kind":"transitions","range":{"all":true}}"#,
    r#"{"kind":"stage_time","range":{"all":true},"silence_max":"1d","stages":[
        {"name":"look","matcher":{"events":["view","mail"]}},
        {"name":"own","matcher":{"events":["buy"]}}]}"#,
    r#"{"kind":"work_time","range":{"all":true},"steps":[
        {"name":"=choose","asked":{"events":["mail"]},"start":{"events":["view"]},"end":{"events":["buy"]}},
        {"name":"pack","start":{"events":["cart"]},"end":{"events":["buy"]}}]}"#,
    r#"{"kind":"paths","range":{"all":true},"top":2}"#,
    r#"{"kind":"attribution","range":{"all":true},"conversion":{"events":["buy"]},
        "value":"properties.worth"}"#,
    r#"{"kind":"retention","range":{"all":true},"start":{},"periods_count":3,"breakdown":"channel"}"#,
    r#"{"kind":"stickiness","range":{"all":true}}"#,
    r#"{"kind":"lifecycle","range":{"all":true}}"#,
    r#"{"kind":"drivers","range":{"all":true},"within":"1d","steps":[
        {"name":"look","matcher":{"events":["view"]}},
        {"name":"own","matcher":{"events":["buy"]}}],"fields":["event","properties.page"],
        "entry_fields":["channel"],"traits":["plan"]}"#,
    r#"{"kind":"reasons","range":{"all":true},"within":"1d","steps":[
        {"name":"look","matcher":{"events":["view"]}},
        {"name":"own","matcher":{"events":["buy"]}}],"reasons":[
        {"name":"=mailed","sign":{"met":{"matcher":{"events":["mail"]}}}},
        {"name":"came again","sign":{"met":{"matcher":{"events":["view"]},"different":"properties.page"}}},
        {"name":"silent","sign":{"silence":"10m"}}],"quotes":["properties.page"]}"#,
    r#"{"kind":"topics","range":{"all":true},"fields":["properties.page"],"every":"day","way":{"within":"1d","steps":[
        {"name":"look","matcher":{"events":["view"]}},
        {"name":"own","matcher":{"events":["buy"]}}]}}"#,
    r#"{"kind":"choice","range":{"all":true},"goal":{"events":["buy"]},"fields":["source"],"before":[
        {"name":"look","matcher":{"events":["view"]}}]}"#,
    r#"{"kind":"unexpected","range":{"all":true},"people_min":2,"times_min":1.0,"false_permille":500}"#,
    r#"{"kind":"difference","from":{"range":{"all":true},"steps":[
        {"name":"look","matcher":{"events":["view"]}},
        {"name":"own","matcher":{"events":["buy"]}}]},"to":{"range":{"all":true},"window":{"whole":"1h"},"reuse":true,"steps":[
        {"name":"look","matcher":{"events":["view"]}},
        {"name":"own","matcher":{"events":["buy"]}}]}}"#,
    r#"{"kind":"last_touch","range":{"all":true},"silence":"1d","period":"day"}"#,
    r#"{"kind":"channels","range":{"all":true},"goal":{"events":["buy"]},"within":"1d",
        "contacts":{"events":["mail"]},"answer_within":"1d","value":"properties.worth","by_stage":true,
        "service":{"events":["view"]},"repeat_within":"1d"}"#,
    r#"{"kind":"switches","range":{"all":true},"goal":{"events":["buy"]},"within":"1d",
        "value":"properties.worth"}"#,
    r#"{"kind":"heatmap","range":{"all":true},"rows":{"field":"properties.page"},"columns":"weekday",
        "clock":"own","goal":{"events":["buy"]},"within":"1d"}"#,
    r#"{"kind":"rfm","range":{"all":true},"purchase":{"events":["buy"]},"value":"properties.worth"}"#,
    r#"{"kind":"bottlenecks","range":{"all":true},"within":"1d","goal":{"events":["buy"]},"value":"properties.worth",
        "stages":[{"name":"look","matcher":{"events":["view"]}},{"name":"buy","matcher":{"events":["buy"]}}]}"#,
    r#"{"kind":"trends","range":{"all":true},"period":"day","breakdown":"channel","display":{"moving":2},"series":[
        {"name":"who","matcher":{},"measure":"profiles"},
        {"name":"=worth","matcher":{"events":["buy"]},"measure":{"sum":"properties.worth"}}],
        "formulas":[{"name":"each","expression":"B / A"}]}"#,
    r#"{"kind":"page_map","range":{"all":true},"page":{"is":["/"]}}"#,
    r#"{"kind":"lift","range":{"all":true},"assigned":{"events":["view","mail"]},"random":true,"within":"12h",
        "arms":{"field":{"field":"channel","control":"web"}},"goal":{"events":["cart","buy"]},"value":"properties.worth",
        "visits":{},"cost":{"each":{"amount":"0.25"}}}"#,
];

/// What the browser library tells of a page.
const SITE: &str = r##"
    ana 09:02 element_clicked web {"path":"/","view":"v","x":500,"y":70,"page_width":1200,"page_height":2400,"viewport_width":1200,"viewport_height":700,"within":{"2":90,"3":400},"waited_ms":5000,"element":{"selector":"#buy","text":"=Buy","left":480,"top":60,"width":120,"height":40}}
    ana 09:03 page_left web {"path":"/","view":"v","page_width":1200,"page_height":2400,"viewport_width":1200,"viewport_height":700,"reached":250,"bands":"20 0 5"}
"##;

const MAP: &str = r#"{"title":"Shop","kind":"current","goal":{"events":["buy"]},"range":{"all":true},
    "stages":[{"id":"find","title":"Find","steps":[{"id":"look","title":"Look","matcher":{"events":["view"]}}]},
        {"id":"get","title":"Get","steps":[{"id":"own","title":"Own","matcher":{"events":["buy"]}}]}],
    "lanes":[{"kind":"doing","cells":{"look":"compares"}}]}"#;

fn answered(log: &Log, report: &str, now: Timestamp) -> Answer {
    let report: Report = serde_json::from_str(report).expect(report);
    ask(
        &log.snapshot(),
        &Vocabulary::default(),
        &report,
        now,
        &Cancel::default(),
    )
    .expect("sound")
}

fn written(tables: &[Table]) -> String {
    let mut text = String::new();
    for table in tables {
        text += &format!("# {}\n", table.name);
        let names: Vec<&str> = table.columns.iter().map(|it| &*it.name).collect();
        text += &format!("{}\n", names.join(" | "));
        for row in &table.rows {
            let cells: Vec<String> = row.iter().map(cell_text).collect();
            text += &format!("{}\n", cells.join(" | "));
        }
    }
    text
}

fn cell_text(cell: &Cell) -> String {
    match cell {
        Cell::Missing => "-".to_owned(),
        Cell::Text(text) => text.clone(),
        Cell::Whole(number) => number.to_string(),
        Cell::Real(number) => format!("{number:.4}"),
        Cell::Flag(flag) => flag.to_string(),
        Cell::Time(time) => time.to_string(),
    }
}

/// Every number and instant in a JSON value, as text.
fn leaves(value: &serde_json::Value, found: &mut BTreeSet<String>) {
    match value {
        serde_json::Value::Number(number) => {
            found.insert(number.as_f64().expect("a number").to_string());
        }
        serde_json::Value::String(text) if Timestamp::parse(text).is_some() => {
            found.insert(text.clone());
        }
        serde_json::Value::Array(list) => list.iter().for_each(|it| leaves(it, found)),
        // Models are named by their parameters, and steps by numbers from 1.
        serde_json::Value::Object(fields) => (fields.iter())
            .filter(|(name, _)| {
                !["models", "skipped", "from_step", "to_step"].contains(&name.as_str())
            })
            .for_each(|(_, it)| leaves(it, found)),
        _ => {}
    }
}

/// Nothing of the answer is lost, and nothing in the tables is made up but shares and places.
fn agrees(tables: &[Table], json: &serde_json::Value) {
    let mut told = BTreeSet::new();
    leaves(json, &mut told);
    let mut shown = BTreeSet::new();
    for table in tables {
        for row in &table.rows {
            assert_eq!(row.len(), table.columns.len(), "{}", table.name);
            for (column, cell) in table.columns.iter().zip(row) {
                let (kind, number) = match cell {
                    Cell::Missing => continue,
                    Cell::Text(it) => {
                        // A label may be a number.
                        shown.extend(it.parse().map(|it: f64| it.to_string()));
                        (ColumnKind::Text, None)
                    }
                    Cell::Flag(_) => (ColumnKind::Flag, None),
                    Cell::Whole(it) => (ColumnKind::Whole, Some((*it as f64).to_string())),
                    Cell::Real(it) => (ColumnKind::Real, Some(it.to_string())),
                    Cell::Time(it) => (ColumnKind::Time, Some(it.to_string())),
                };
                assert_eq!(kind, column.kind, "{}.{}", table.name, column.name);
                let Some(number) = number else { continue };
                let is_own = matches!(column.unit, Unit::None | Unit::Periods | Unit::Share)
                    && column.kind != ColumnKind::Time;
                assert!(
                    is_own || told.contains(&number),
                    "{}.{}: {number}",
                    table.name,
                    column.name
                );
                shown.insert(number);
            }
        }
    }
    let lost: Vec<&String> = told.difference(&shown).collect();
    assert!(lost.is_empty(), "{lost:?} of {json}");
}

fn check(report: &str, expected: ExpectFile) {
    let answer = answered(&Log::read(LOG), report, at("2d12:00"));
    let tables = tables(&answer);
    expected.assert_eq(&written(&tables));
    agrees(
        &tables,
        &serde_json::to_value(&answer.numbers).expect("JSON"),
    );
}

#[test]
fn tables_hold_what_answers_say() {
    for (report, expected) in REPORTS.into_iter().zip([
        expect_file!["golden/counts.txt"],
        expect_file!["golden/funnel.txt"],
        expect_file!["golden/transitions.txt"],
        expect_file!["golden/stage_time.txt"],
        expect_file!["golden/work_time.txt"],
        expect_file!["golden/paths.txt"],
        expect_file!["golden/attribution.txt"],
        expect_file!["golden/retention.txt"],
        expect_file!["golden/stickiness.txt"],
        expect_file!["golden/lifecycle.txt"],
        expect_file!["golden/drivers.txt"],
        expect_file!["golden/reasons.txt"],
        expect_file!["golden/topics.txt"],
        expect_file!["golden/choice.txt"],
        expect_file!["golden/unexpected.txt"],
        expect_file!["golden/difference.txt"],
        expect_file!["golden/last_touch.txt"],
        expect_file!["golden/channels.txt"],
        expect_file!["golden/switches.txt"],
        expect_file!["golden/heatmap.txt"],
        expect_file!["golden/rfm.txt"],
        expect_file!["golden/bottlenecks.txt"],
        expect_file!["golden/trends.txt"],
        expect_file!["golden/page_map.txt"],
        expect_file!["golden/lift.txt"],
    ]) {
        check(report, expected);
    }
}

#[test]
fn tables_hold_what_is_told_of_a_page() {
    let report = r#"{"kind":"page_map","range":{"all":true},"page":{"is":["/"]}}"#;
    let answer = answered(&Log::read(SITE), report, at("2d12:00"));
    let tables = tables(&answer);
    expect_file!["golden/page_map_told.txt"].assert_eq(&written(&tables));
    agrees(
        &tables,
        &serde_json::to_value(&answer.numbers).expect("JSON"),
    );
}

#[test]
fn tables_hold_what_became_of_promises() {
    let log = Log::read(
        r#"
        ana 09:00 order_placed web {"order_id":1,"promised_at":"2026-03-02T12:00:00Z","by":"=post"}
        ana 11:00 order_delivered web {"order_id":"1"}
        ben 09:30 order_placed web {"order_id":2,"promised_at":"2026-03-02T12:00:00Z"}
        bot 2d11:55 order_delivered web {"order_id":2}
        cem 1d10:00 order_placed web {"order_id":3,"promised_at":"2026-03-04"}
        dia 1d10:00 order_placed web {"order_id":4}
        "#,
    );
    let report = r#"{"kind":"promises","range":{"all":true},"object":"order","every":"day",
        "breakdown":"properties.by","bounds_hours":[-0.5,0]}"#;
    let answer = answered(&log, report, at("2d12:00"));
    let tables = tables(&answer);
    expect_file!["golden/promises.txt"].assert_eq(&written(&tables));
    agrees(
        &tables,
        &serde_json::to_value(&answer.numbers).expect("JSON"),
    );
}

#[test]
fn tables_hold_the_numbers_of_a_map_and_what_is_written_on_it() {
    let map = serde_json::from_str(MAP).expect("readable");
    let snapshot = Log::read(LOG).snapshot();
    let (vocabulary, cancel) = (Vocabulary::default(), Cancel::default());
    let view = View::new(&snapshot, &vocabulary, &cancel);
    let numbers = map_metrics(&view, &map, at("2d12:00")).expect("sound");
    let tables = map_tables(&map, &numbers);
    expect_file!["golden/map.txt"].assert_eq(&written(&tables));
    let mut json = serde_json::to_value(&numbers).expect("JSON");
    for fact in ["range", "asked", "taken", "links"] {
        json.as_object_mut().expect("fields").remove(fact);
    }
    agrees(&tables, &json);
}

#[test]
fn a_comparison_is_a_table_of_pairs() {
    let report = REPORTS[1].replacen(
        '{',
        r#"{"people":{"did":{"matcher":{"events":["mail"]}}},"#,
        1,
    );
    let compared = compare(
        &Log::read(LOG).snapshot(),
        &Vocabulary::default(),
        &serde_json::from_str(&report).expect("readable"),
        &Against::Rest,
        at("2d12:00"),
        &Cancel::default(),
    )
    .expect("sound");
    expect_file!["golden/comparison.txt"].assert_eq(&written(&[comparison_table(&compared)]));
    let facts = about_comparison(&compared);
    let fact = |name| &facts.iter().find(|it| it.name == name).expect(name).value;
    assert_eq!(*fact("n"), compared.a.n.into());
    assert_eq!(*fact("against_n"), compared.b.n.into());
    assert_eq!(*fact("against"), "\"rest\"".into());
}

#[test]
fn names_are_told_apart() {
    let log = Log::read(LOG);
    for report in REPORTS {
        let tables = tables(&answered(&log, report, at("2d12:00")));
        let names: BTreeSet<&str> = tables.iter().map(|it| it.name).collect();
        assert_eq!(names.len(), tables.len(), "{names:?}");
        for table in &tables {
            let names: BTreeSet<&str> = table.columns.iter().map(|it| &*it.name).collect();
            assert_eq!(names.len(), table.columns.len(), "{names:?}");
        }
    }
}

#[test]
fn an_answer_says_what_it_depends_on() {
    let answer = answered(&Log::read(LOG), REPORTS[1], at("2d12:00"));
    let facts = about(&answer);
    let fact = |name| &facts.iter().find(|it| it.name == name).expect(name).value;
    assert_eq!(*fact("report"), "funnel".into());
    assert_eq!(*fact("n"), 4_u64.into());
    assert_eq!(*fact("left_out_immature"), 2_u64.into());
    assert_eq!(*fact("asked"), at("2d12:00").into());
    let Cell::Text(definition) = fact("definition") else {
        panic!("text")
    };
    let again: Report = serde_json::from_str(definition).expect("a report");
    assert_eq!(again, answer.report);
}

proptest! {
    #[test]
    fn no_number_is_lost_or_made_up(log in any_spread_log(), report in prop::sample::select(REPORTS.to_vec())) {
        let now = Timestamp(at("60d00:00").0);
        let answer = answered(&log, report, now);
        // Days of a count on which nothing was counted are rows of nothing, as are those of trends.
        let is_empty = match &answer.numbers {
            Numbers::Counts(it) => it.series.is_empty(),
            Numbers::Trends(it) => it.lines.is_empty(),
            _ => false,
        };
        prop_assume!(!is_empty);
        agrees(&tables(&answer), &serde_json::to_value(&answer.numbers).expect("JSON"));
    }
}
