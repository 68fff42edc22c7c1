//! Lines by a trait are the report asked once for the people of each value.

use std::{collections::BTreeMap, sync::Arc};

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use throughline_model::{
    ActorId, EventKind, JsonObject, ProfileId, Timestamp, Value, Vocabulary,
    account::{AccountKey, account_id},
    report::Report,
};
use throughline_store::{Known, Snapshot, StoredEvent, state::AccountTrait, value_of};

use crate::{
    ask::{Answer, AskError, ask, people},
    cancel::Cancel,
    fixture::{LAYOUTS, Log, any_log, any_spread_log, at, twin_config},
    select::Select,
};

fn report(json: &Json) -> Report {
    serde_json::from_value(json.clone()).expect("valid")
}

fn asked(snapshot: &Snapshot, json: &Json, now: Timestamp) -> Result<Answer, AskError> {
    let (vocabulary, cancel) = (Vocabulary::default(), Cancel::default());
    ask(snapshot, &vocabulary, &report(json), now, &cancel)
}

fn numbers(snapshot: &Snapshot, json: &Json, now: Timestamp) -> Json {
    let answer = asked(snapshot, json, now).expect("sound");
    serde_json::to_value(&answer.numbers).expect("text keys")
}

fn behind(snapshot: &Snapshot, json: &Json, select: &Json, now: Timestamp) -> Vec<ProfileId> {
    let (vocabulary, cancel) = (Vocabulary::default(), Cancel::default());
    let select: Select = serde_json::from_value(select.clone()).expect("valid");
    people(snapshot, &vocabulary, &report(json), &select, now, &cancel).expect("sound")
}

/// Every value that is told, and none, each with what a filter asks for it.
fn values(plans: impl Iterator<Item = Option<&'static str>>) -> Vec<(Json, Json)> {
    let scalar = |plan: &str| -> Option<Json> {
        let value: Json = serde_json::from_str(plan).expect("JSON");
        (!value.is_array()).then_some(value)
    };
    let mut told: BTreeMap<String, Json> = BTreeMap::new();
    for value in plans.flatten().filter_map(scalar) {
        told.insert(value.to_string(), value);
    }
    let told = told.into_values().map(|value| {
        // Numbers of labels are written with a fraction.
        let shown = value.as_f64().map_or(value.clone(), |it| json!(it));
        (json!({"value": shown}), json!({"is": [value]}))
    });
    told.chain([(json!("not_set"), json!({"missing": {}}))])
        .collect()
}

/// A report with its lines, and which of its members hold one line and the whole.
struct Case {
    report: Json,
    by: &'static str,
    lines: &'static str,
    whole: Whole,
    select: Option<Json>,
}

/// Where the numbers of a report without lines lie, given those of one with lines.
#[derive(Clone, Copy)]
enum Whole {
    /// The only entry of the same list.
    Entry,
    /// The steps, told apart into two lists.
    Steps,
    /// The total.
    Total,
}

fn cases() -> Vec<Case> {
    let step = |name: &str| json!({"name": name, "matcher": {"events": [name]}});
    let range = json!({"all": true});
    let trend =
        json!({"name": "a", "matcher": {"events": ["view", "cart"]}, "measure": "profiles"});
    vec![
        Case {
            report: json!({"kind": "counts", "range": range, "every": "range", "series": [step("view")]}),
            by: "breakdown",
            lines: "series",
            whole: Whole::Entry,
            select: Some(json!({"kind": "counts"})),
        },
        Case {
            report: json!({"kind": "trends", "range": range, "period": "day", "series": [trend]}),
            by: "breakdown",
            lines: "lines",
            whole: Whole::Entry,
            select: Some(json!({"kind": "trends"})),
        },
        Case {
            report: json!({"kind": "funnel", "range": range, "window": {"whole": "3d"},
                "steps": [step("view"), step("buy")]}),
            by: "breakdown.field",
            lines: "lines",
            whole: Whole::Steps,
            select: Some(json!({"kind": "funnel", "step": 1})),
        },
        Case {
            report: json!({"kind": "funnel", "range": range, "order": "any", "unit": {"session": "1d"},
                "steps": [step("cart"), step("mail"), step("view")]}),
            by: "breakdown.field",
            lines: "lines",
            whole: Whole::Steps,
            select: Some(json!({"kind": "funnel", "step": 0})),
        },
        Case {
            report: json!({"kind": "retention", "range": range, "period": "day", "periods_count": 3,
                "cohorts": "each_period", "start": {"events": ["view"]}}),
            by: "breakdown",
            lines: "lines",
            whole: Whole::Total,
            select: None,
        },
    ]
}

fn with(report: &Json, by: &str, value: &str) -> Json {
    let mut report = report.clone();
    match by.split_once('.') {
        Some((outer, inner)) => report[outer][inner] = json!(value),
        None => report[by] = json!(value),
    }
    report
}

/// What a line says besides what it is called.
fn told(line: &Json, whole: Whole) -> Json {
    let mut line = line.clone();
    let members = line.as_object_mut().expect("an object");
    match whole {
        Whole::Entry => members.retain(|name, _| name != "label" && name != "level"),
        Whole::Steps => members.retain(|name, _| name == "steps" || name == "profiles"),
        Whole::Total => members.retain(|name, _| name != "label" && name != "cohorts"),
    }
    line
}

fn whole(numbers: &Json, lines: &str, of: Whole) -> Json {
    match of {
        Whole::Entry => told(&numbers[lines][0], of),
        Whole::Steps => {
            let steps = numbers["steps"].as_array().expect("steps");
            let all = |member: &str| steps.iter().map(|it| it[member].clone()).collect::<Json>();
            json!({"steps": all("units"), "profiles": all("profiles")})
        }
        Whole::Total => told(&numbers["total"], of),
    }
}

/// How many events or units are in it; each is in one line.
fn size(line: &Json, of: Whole) -> u64 {
    let size = match of {
        Whole::Entry => &line["total"]["events"],
        Whole::Steps => &line["steps"][0],
        Whole::Total => &line["starts"],
    };
    size.as_u64().unwrap_or(0)
}

proptest! {
    #![proptest_config(twin_config())]

    #[test]
    fn a_line_is_the_report_about_the_people_of_its_value(log in any_spread_log()) {
        let now = Timestamp(log.events.iter().map(|it| it.time.0).max().unwrap_or(0) + 1);
        let layout = LAYOUTS[log.events.len() % LAYOUTS.len()];
        let snapshot = log.with_plans(log.laid_out(layout));
        for Case { report, by, lines, whole: of, select } in cases() {
            let split = with(&report, by, "traits.plan");
            let found = numbers(&snapshot, &split, now);
            let mut sum = 0;
            for (label, test) in values(log.plans().into_values()) {
                let mut about = report.clone();
                about["people"] = json!({"trait": {"name": "plan", "test": test}});
                let wanted = whole(&numbers(&snapshot, &about, now), lines, of);
                let all = found[lines].as_array().expect("lines");
                let line = all.iter().find(|it| it["label"] == label).map(|it| told(it, of));
                sum += line.as_ref().map_or(0, |it| size(it, of));
                match line {
                    Some(line) => prop_assert_eq!(line, wanted, "{} {}", split, label),
                    // A line without an event is not listed.
                    None => prop_assert_eq!(size(&wanted, of), 0, "{} {}", split, label),
                }
                if let Some(select) = &select {
                    let mut one = select.clone();
                    one["label"] = label.clone();
                    let is_there = all.iter().any(|it| it["label"] == label);
                    let people = match is_there {
                        true => behind(&snapshot, &split, &one, now),
                        false => Vec::new(),
                    };
                    prop_assert_eq!(people, behind(&snapshot, &about, select, now));
                }
            }
            let everybody = whole(&numbers(&snapshot, &report, now), lines, of);
            prop_assert_eq!(sum, size(&everybody, of), "{}", split);
        }
    }

    #[test]
    fn rows_of_a_heatmap_are_groups_of_people(log in any_log()) {
        let now = at("0:09");
        let snapshot = log.with_plans(log.laid_out(LAYOUTS[1]));
        let values = values(log.plans().into_values());
        let groups = values.iter().map(|(label, test)| {
            json!({"name": label.to_string(), "rule": {"trait": {"name": "plan", "test": test}}})
        });
        let groups: Vec<Json> = groups.collect();
        let heat = |rows: Json| numbers(&snapshot, &json!({"kind": "heatmap", "range": {"all": true}, "rows": rows,
            "columns": {"field": "channel"}, "goal": {"events": ["buy"]}, "within": "2m"}), now);
        let (found, wanted) = (heat(json!({"field": "traits.plan"})), heat(json!({"people": groups})));
        for ((label, _), group) in values.iter().zip(wanted["rows"].as_array().expect("rows")) {
            let rows = found["rows"].as_array().expect("rows");
            match rows.iter().find(|it| it["place"]["label"] == *label) {
                Some(row) => {
                    prop_assert_eq!(&row["cells"], &group["cells"]);
                    prop_assert_eq!(&row["total"], &group["total"]);
                }
                None => prop_assert_eq!(&group["total"]["events"], &json!(0)),
            }
        }
    }

    #[test]
    fn peers_and_last_acts_by_a_trait_are_the_people_of_its_values(log in any_spread_log()) {
        let now = Timestamp(log.events.iter().map(|it| it.time.0).max().unwrap_or(0) + 1);
        let snapshot = log.with_plans(log.laid_out(LAYOUTS[0]));
        let stage = |name: &str| json!({"name": name, "matcher": {"events": [name]}});
        let stages = json!([stage("view"), stage("cart")]);
        let bottlenecks = json!({"kind": "bottlenecks", "range": {"all": true}, "within": "1d", "stages": stages});
        let leaving = json!({"kind": "last_touch", "range": {"all": true}, "silence": "1d", "period": "day"});
        for (label, test) in values(log.plans().into_values()).into_iter().filter(|it| it.0 != "not_set") {
            let about = |report: &Json| {
                let mut about = report.clone();
                about["people"] = json!({"trait": {"name": "plan", "test": test}});
                about
            };
            let by = json!({"kind": "bottlenecks", "stage": "view", "by": "traits.plan", "label": label});
            let mut split = bottlenecks.clone();
            split["by"] = json!(["traits.plan"]);
            prop_assert_eq!(
                behind(&snapshot, &split, &by, now),
                behind(&snapshot, &about(&bottlenecks), &json!({"kind": "bottlenecks", "stage": "view"}), now)
            );
            let split = with(&leaving, "by", "traits.plan");
            let seen = json!({"kind": "last_touch", "part": "left", "label": label});
            prop_assert_eq!(
                behind(&snapshot, &split, &seen, now),
                behind(&snapshot, &about(&leaving), &json!({"kind": "last_touch", "part": "left"}), now)
            );
        }
    }

    #[test]
    fn of_several_accounts_the_last_that_has_the_trait_counts(log in any_log()) {
        let now = at("0:09");
        let split = json!({"kind": "counts", "range": {"all": true}, "every": "range",
            "series": [{"name": "all", "matcher": {}}], "breakdown": "accounts.p.plan"});
        let wanted = latest(&log);
        for layout in LAYOUTS {
            let snapshot = with_accounts(log.laid_out(layout));
            let found = numbers(&snapshot, &split, now);
            let mut lines: BTreeMap<String, Vec<u32>> = BTreeMap::new();
            let names = |it: &StoredEvent| {
                let name = log.names.name(throughline_model::EventCode(it.event));
                name.is_some_and(|it| !it.is_system())
            };
            for event in log.events.iter().filter(|it| names(it)) {
                let profile = log.root(event.actor.0);
                let label = wanted.get(&profile).map_or("not_set".to_owned(), |it| it.1.clone());
                lines.entry(label).or_default().push(profile);
            }
            let series = found["series"].as_array().expect("series");
            prop_assert_eq!(series.len(), lines.len());
            for line in series {
                let label = line["label"]["value"].as_str().unwrap_or("not_set");
                let events = &lines[label];
                prop_assert_eq!(&line["total"]["events"], &json!(events.len()));
                // Whoever is in a line is found by the filter for its value, and nobody without one has an account with one.
                let test = match label {
                    "not_set" => json!({"exists": {}}),
                    value => json!({"is": [value]}),
                };
                let rule = json!({"account": {"account_type": "p", "name": "plan", "test": test}});
                let about = json!({"kind": "counts", "range": {"all": true}, "people": rule});
                let filtered = behind(&snapshot, &about, &json!({"kind": "counts"}), now);
                let select = json!({"kind": "counts", "label": line["label"]});
                for profile in behind(&snapshot, &split, &select, now) {
                    prop_assert_eq!(filtered.contains(&profile), label != "not_set");
                }
            }
        }
    }
}

/// What is told of the accounts that random logs name by their property `p`.
const ACCOUNTS: [(&str, &str); 4] = [
    ("a", "pro"),
    ("b", "free"),
    ("1", "pro"),
    ("0", "a'\" -- <b>"),
];

fn with_accounts(snapshot: Snapshot) -> Snapshot {
    let told = ACCOUNTS.map(|(id, plan)| AccountTrait {
        id: id.to_owned(),
        name: "plan".to_owned(),
        value: Some(json!(plan).to_string()),
        time: Timestamp(0),
    });
    let known = Known {
        account_types: [("p".to_owned(), AccountKey::Property)].into(),
        described: [("p".to_owned(), Arc::new(told.to_vec()))].into(),
        ..Known::default()
    };
    Snapshot {
        known: known.into(),
        ..snapshot
    }
}

/// Event by event, of each profile the latest event of an account of which a plan is told; of an instant the smallest plan.
fn latest(log: &Log) -> BTreeMap<u32, (i64, String)> {
    let mut latest: BTreeMap<u32, (i64, String)> = BTreeMap::new();
    for event in &log.events {
        let field = throughline_model::Field::Property(vec!["p".to_owned()]);
        let id = value_of(event, &field).and_then(|it: Value| account_id(&it));
        let plan = ACCOUNTS.iter().find(|it| Some(it.0) == id.as_deref());
        let Some((_, plan)) = plan else { continue };
        let profile = log.root(event.actor.0);
        let new = (event.time.0, (*plan).to_owned());
        let known = latest.entry(profile).or_insert_with(|| new.clone());
        if new.0 > known.0 || new.0 == known.0 && new.1 < known.1 {
            *known = new;
        }
    }
    latest
}

/// Two of a company, of which one has left it, and one without.
fn team() -> Snapshot {
    let mut log = Log::read(
        r#"
        ana 09:00 $group web {"plan":"free","context":{"groupId":"acme"}}
        ana 09:10 view web {"context":{"groupId":"acme"}}
        ben 09:20 view web {"context":{"groupId":"acme"}}
        ben 09:30 buy web {"context":{"groupId":"umbrella"}}
        ben 09:40 buy web {"context":{"groupId":"nobody"}}
        cem 09:50 view web
        dia 10:00 $group web {"plan":"pro","context":{"groupId":"umbrella"}}
        "#,
    );
    let group = log.names.iter().find(|it| it.1.as_str() == "$group");
    let group = group.map(|it| it.0.0);
    for event in &mut log.events {
        let mut properties = event.properties.to_map();
        if let Some(Json::Object(context)) = properties.remove("context") {
            event.context = JsonObject::from_map(&context);
            event.properties = JsonObject::from_map(&properties);
        }
        if Some(event.event) == group {
            event.kind = EventKind::Group;
        }
    }
    log.snapshot()
}

fn sizes(snapshot: &Snapshot, report: Json) -> Vec<(String, u64, u64)> {
    let found = numbers(snapshot, &report, at("1d00:00"));
    let series = found["series"].as_array().expect("series").iter();
    let mut sizes: Vec<_> = series
        .map(|it| {
            let label = it["label"]["value"].as_str().unwrap_or("not_set");
            let count = |name: &str| it["total"][name].as_u64().expect("a count");
            (label.to_owned(), count("events"), count("profiles"))
        })
        .collect();
    sizes.sort();
    sizes
}

#[test]
fn what_others_told_of_an_account_holds_for_the_people_asked_about() {
    let split = json!({"kind": "counts", "range": {"all": true}, "every": "range",
        "series": [{"name": "all", "matcher": {}}], "breakdown": "accounts.account.plan"});
    let line = |label: &str, events, profiles| (label.to_owned(), events, profiles);
    let all = [line("free", 1, 1), line("not_set", 1, 1), line("pro", 3, 1)];
    assert_eq!(sizes(&team(), split.clone()), all);
    // Only ana and dia have told of their accounts, and ben alone is asked about.
    let mut about = split;
    about["people"] = json!({"did": {"matcher": {"events": ["buy"]}}});
    assert_eq!(sizes(&team(), about), [line("pro", 3, 1)]);
}

#[test]
fn accounts_that_are_counted_are_told_apart_by_their_own_traits() {
    let mut report = json!({"kind": "counts", "range": {"all": true}, "every": "range", "accounts": "account",
        "series": [{"name": "all", "matcher": {}}], "breakdown": "accounts.account.plan"});
    let line = |label: &str, events, profiles| (label.to_owned(), events, profiles);
    let found = sizes(&team(), report.clone());
    assert_eq!(
        found,
        [line("free", 2, 1), line("not_set", 1, 1), line("pro", 1, 1)]
    );
    report["people"] = json!({"did": {"matcher": {"events": ["buy"]}}});
    let found = sizes(&team(), report.clone());
    assert_eq!(
        found,
        [line("free", 1, 1), line("not_set", 1, 1), line("pro", 1, 1)]
    );
    for by in ["traits.plan", "accounts.team.plan"] {
        report["breakdown"] = json!(by);
        let Err(AskError::Faults(faults)) = asked(&team(), &report, at("1d00:00")) else {
            panic!("{by}: an account of many people has no one value")
        };
        assert_eq!(faults[0].place, "breakdown");
        assert!(faults[0].message.contains("accounts.account.<name>"));
    }
}

#[test]
fn values_beyond_the_limit_share_the_rest() {
    let mut log = Log::default();
    let mut column = throughline_store::TraitColumn::default();
    let count = throughline_model::limits::BREAKDOWN_VALUES_MAX as u32 + 3;
    for actor in 0..count {
        log.push(
            actor,
            at("09:00"),
            "view",
            throughline_model::Channel::Web,
            "{}",
        );
        let value = format!("\"city {actor}\"");
        let source = throughline_model::SourceId(1);
        column.hear(ActorId(actor).0, source, Timestamp(0), Some(&value));
    }
    log.roots = (0..count).collect();
    let known = Known {
        traits: [("city".to_owned(), Arc::new(column))].into(),
        ..Known::default()
    };
    let snapshot = Snapshot {
        known: known.into(),
        ..log.snapshot()
    };
    let report = json!({"kind": "trends", "range": {"all": true}, "breakdown": "traits.city",
        "series": [{"name": "all", "matcher": {}}]});
    let answer = asked(&snapshot, &report, at("1d00:00")).expect("sound");
    assert_eq!(answer.left_out.capped, 3);
    let found = serde_json::to_value(&answer.numbers).expect("text keys");
    let lines = found["lines"].as_array().expect("lines");
    let rest = lines.iter().find(|it| it["label"] == "rest");
    assert_eq!(rest.expect("a rest")["total"]["events"], 3);
}

#[test]
fn zero_has_no_sign_whichever_came_first() {
    for values in [[0.0, -0.0], [-0.0, 0.0]] {
        let shown = super::sorted(values.into_iter().map(Value::Number));
        let [Value::Number(zero)] = shown.as_slice() else {
            panic!("{shown:?}")
        };
        assert!(zero.is_sign_positive());
    }
}
