use std::{
    collections::{BTreeMap, BTreeSet},
    io::Read as _,
    path::PathBuf,
    sync::Arc,
};

use proptest::prelude::*;
use throughline_model::{
    Channel, EventCode, Vocabulary,
    cost::{CostRow, Costs, Currency},
    report::Report,
};

use super::*;
use crate::{
    ask::{Numbers, ask, people},
    cancel::Cancel,
    fixture::{LAYOUTS, Layout, Log, at, by_profile, twin_config, twin_spread_log},
    select::Select,
};

fn read(more: &str) -> Report {
    let text = format!(
        r#"{{"kind":"lift","range":{{"all":true}},"assigned":{{"events":["assigned"]}},
            "goal":{{"events":["buy"]}},{more}}}"#
    );
    serde_json::from_str(&text).expect(&text)
}

const BY_ARM: &str = r#""arms":{"field":{"field":"properties.arm","control":"none"}}"#;

fn answered(snapshot: &throughline_store::Snapshot, report: &Report, now: Timestamp) -> LiftAnswer {
    let (vocabulary, cancel) = (Vocabulary::default(), Cancel::default());
    let answer = ask(snapshot, &vocabulary, report, now, &cancel).expect("sound");
    let Numbers::Lift(found) = answer.numbers else {
        panic!("arms")
    };
    found
}

fn asked(log: &str, more: &str) -> LiftAnswer {
    let log = Log::read(log);
    let all = LAYOUTS.map(|it| answered(&log.laid_out(it), &read(more), at("9d00:00")));
    assert_eq!(all[0], all[1]);
    assert_eq!(all[0], all[2]);
    all.into_iter().next().expect("three")
}

fn chosen(
    log: &Log,
    layout: Layout,
    report: &Report,
    select: LiftSelect,
    now: Timestamp,
) -> Vec<u32> {
    let (vocabulary, cancel) = (Vocabulary::default(), Cancel::default());
    let snapshot = log.laid_out(layout);
    let found = people(
        &snapshot,
        &vocabulary,
        report,
        &Select::Lift(select),
        now,
        &cancel,
    );
    let found = found.expect("in the answer");
    found.into_iter().map(|it| it.0).collect()
}

/// Each arm as `name assigned-immature: reached of mature, visits, worth`.
fn shown(answer: &LiftAnswer) -> Vec<String> {
    let line = |it: &LiftLine| {
        let name = match &it.arm {
            LiftArm::Value(value) => serde_json::to_string(value).expect("plain"),
            LiftArm::Treated => "treated".to_owned(),
            LiftArm::Control => "control".to_owned(),
        };
        let sum = |it: Option<LiftMean>| it.map_or("-".to_owned(), |it| it.sum.to_string());
        format!(
            "{name} {}-{}: {} of {}, {}, {}",
            it.assigned,
            it.immature,
            it.reached.part,
            it.reached.whole,
            sum(it.visits),
            sum(it.value)
        )
    };
    answer.arms.iter().map(line).collect()
}

const END: &str = "\nzoe 8d00:00 other\n";

#[test]
fn outcomes_count_strictly_after_the_assignment_and_up_to_the_end_of_the_time() {
    let log = r#"
        ana 09:00 assigned {"arm":"mail"}
        ana 09:00 buy {"worth":100}
        ana 1d09:00 buy {"worth":2}
        ben 08:00 buy {"worth":100}
        ben 09:00 assigned {"arm":"none"}
        ben 1d09:00:01 buy {"worth":3}
        cem 09:00 assigned {"arm":"none"}
        cem 10:00 buy {"worth":4}
        cem 11:00 buy
    "#;
    let found = asked(
        &format!("{log}{END}"),
        &format!(r#"{BY_ARM},"within":"1d","value":"properties.worth""#),
    );
    assert_eq!(
        shown(&found),
        [r#""none" 2-0: 1 of 2, -, 4"#, r#""mail" 1-0: 1 of 1, -, 2"#]
    );
    assert_eq!(found.unvalued, 1);
}

#[test]
fn the_first_assignment_says_the_arm_and_who_saw_two_is_told() {
    let log = r#"
        ana 09:00 assigned {"arm":"none"}
        ana 10:00 assigned {"arm":"mail"}
        ben 09:00 assigned {"arm":"none"}
        ben 09:00 assigned {"arm":"mail"}
        cem 09:00 assigned
        dan 09:00 assigned {"arm":"mail"}
        dan 10:00 assigned {"arm":"mail"}
        dan 11:00 assigned
    "#;
    let found = asked(
        &format!("{log}{END}"),
        &format!(r#"{BY_ARM},"within":"1d""#),
    );
    assert_eq!(
        shown(&found),
        [r#""none" 1-0: 0 of 1, -, -"#, r#""mail" 1-0: 0 of 1, -, -"#]
    );
    assert_eq!((found.switched, found.others), (1, 2));
}

#[test]
fn those_whose_time_is_not_over_are_in_no_rate() {
    let log = r#"
        ana 09:00 assigned {"arm":"mail"}
        ben 7d09:00 assigned {"arm":"mail"}
        ben 7d10:00 buy
        cem 09:00 assigned {"arm":"none"}
    "#;
    let found = asked(
        &format!("{log}{END}"),
        &format!(r#"{BY_ARM},"within":"1d""#),
    );
    assert_eq!(
        shown(&found),
        [r#""none" 1-0: 0 of 1, -, -"#, r#""mail" 2-1: 0 of 1, -, -"#]
    );
}

#[test]
fn a_visit_begins_after_a_pause_and_one_that_goes_on_is_none() {
    let log = r#"
        ana 08:50 view
        ana 09:00 assigned {"arm":"mail"}
        ana 09:10 view
        ana 09:39:59 view
        ana 10:09:59 view
        ben 09:00 assigned {"arm":"none"}
        ben 09:10 view
    "#;
    let found = asked(
        &format!("{log}{END}"),
        &format!(r#"{BY_ARM},"within":"1d","visits":{{"events":["view"]}}"#),
    );
    assert_eq!(
        shown(&found),
        [r#""none" 1-0: 0 of 1, 1, -"#, r#""mail" 1-0: 0 of 1, 1, -"#]
    );
}

#[test]
fn who_satisfies_both_rules_is_in_neither_arm() {
    let log = r#"
        ana 08:00 mail
        ana 09:00 assigned
        ben 08:00 mail
        ben 08:00 call
        ben 09:00 assigned
        cem 08:00 call
        cem 09:00 assigned
        dan 09:00 assigned
    "#;
    let did = |name: &str| format!(r#"{{"did":{{"matcher":{{"events":["{name}"]}}}}}}"#);
    let (mail, call) = (did("mail"), did("call"));
    let two = format!(r#""arms":{{"people":{{"treated":{mail},"control":{call}}}}},"within":"1d""#);
    let found = asked(&format!("{log}{END}"), &two);
    assert_eq!(
        shown(&found),
        ["control 1-0: 0 of 1, -, -", "treated 1-0: 0 of 1, -, -"]
    );
    assert_eq!(found.others, 2);
    let rest = format!(r#""arms":{{"people":{{"treated":{mail}}}}},"within":"1d""#);
    let found = asked(&format!("{log}{END}"), &rest);
    assert_eq!(
        shown(&found),
        ["control 2-0: 0 of 2, -, -", "treated 2-0: 0 of 2, -, -"]
    );
}

#[test]
fn a_trait_splits_people_as_it_is_known_now() {
    let log = Log::read(&format!(
        "ana 09:00 assigned\nben 09:00 assigned\ncem 09:00 assigned{END}"
    ));
    let mut plans = throughline_store::TraitColumn::default();
    plans.hear(0, throughline_model::SourceId(1), at("09:00"), Some("true"));
    plans.hear(
        1,
        throughline_model::SourceId(1),
        at("09:00"),
        Some("false"),
    );
    let mut snapshot = log.snapshot();
    snapshot.known = Arc::new(throughline_store::Known {
        traits: [("mailed".to_owned(), Arc::new(plans))].into(),
        ..Default::default()
    });
    let report = read(r#""arms":{"trait":{"name":"mailed","control":false}},"within":"1d""#);
    assert_eq!(report.traits(), ["mailed"]);
    let found = answered(&snapshot, &report, at("9d00:00"));
    assert_eq!(
        shown(&found),
        ["false 1-0: 0 of 1, -, -", "true 1-0: 0 of 1, -, -"]
    );
    assert_eq!(found.others, 1);
}

/// So many in each arm, of whom so many buy for so much each.
fn drawn(control: (u32, u32, f64), mail: (u32, u32, f64)) -> String {
    let mut text = END.to_owned();
    for (arm, (count, buyers, worth)) in [("none", control), ("mail", mail)] {
        for n in 0..count {
            text += &format!("{arm}{n} 09:00 assigned {{\"arm\":\"{arm}\"}}\n");
            if n < buyers {
                text += &format!(
                    "{arm}{n} 10:00 buy {{\"worth\":{}}}\n",
                    worth + f64::from(n % 2)
                );
            }
        }
    }
    text
}

#[test]
fn costs_are_held_against_what_came_of_them() {
    let each = r#""value":"properties.worth","within":"1d","cost":{"each":{"amount":"0.5"}}"#;
    let log = drawn((100, 10, 9.5), (200, 60, 9.5));
    let found = asked(&log, &format!("{BY_ARM},{each}"));
    let (control, mail) = (&found.arms[0], &found.arms[1]);
    assert_eq!((control.cost, mail.cost), (Some(0.0), Some(100.0)));
    assert_eq!(control.value.expect("asked").sum, 100.0);
    let effect = mail.effect.expect("two arms");
    assert!((effect.reached.extra - 40.0).abs() < 1e-9);
    let money = effect.value.expect("asked");
    assert!((money.extra - 400.0).abs() < 1e-9, "{money:?}");
    let returned = effect.returned.expect("costs are known");
    assert!((returned.net - 300.0).abs() < 1e-9, "{returned:?}");
    assert!((returned.ratio.expect("it costs") - 3.0).abs() < 1e-9);
    let (low, ratio) = (
        money.extra_interval.expect("money varies").low,
        returned.ratio_interval.expect("money varies").low,
    );
    assert!((ratio - (low - 100.0) / 100.0).abs() < 1e-9);
}

#[test]
fn contacts_of_the_control_are_no_cost_of_the_treatment() {
    let log = drawn((100, 10, 9.5), (200, 60, 9.5));
    let contact = r#""value":"properties.worth","within":"1d",
        "cost":{"each":{"amount":"0.5","contact":{"events":["assigned"]}}}"#;
    let found = asked(&log, &format!("{BY_ARM},{contact}"));
    assert_eq!(found.arms[0].contacts, Some(100));
    assert_eq!(found.arms[1].cost, Some(100.0));
    let returned = found.arms[1]
        .effect
        .and_then(|it| it.returned)
        .expect("costs are known");
    assert_eq!((returned.cost, returned.ratio), (0.0, None));
}

#[test]
fn what_was_paid_for_a_campaign_is_shared_out_over_all_who_were_treated() {
    let late = "late 7d12:00 assigned {\"arm\":\"mail\"}\n";
    let log = Log::read(&format!("{}{late}", drawn((100, 10, 9.5), (199, 60, 9.5))));
    let row = |day: &str, campaign: &str, amount: &str| {
        let row = CostRow {
            day: day.to_owned(),
            campaign: campaign.to_owned(),
            amount: amount.to_owned(),
            ..CostRow::default()
        };
        row.read().expect("sound").0
    };
    let mut snapshot = log.snapshot();
    snapshot.known = Arc::new(throughline_store::Known {
        costs: Arc::new(Costs {
            currency: Currency::parse("EUR"),
            costs: vec![
                row("2026-03-02", "spring", "150"),
                row("2026-03-03", "spring", "50"),
                row("2026-03-02", "autumn", "70"),
                row("2025-03-02", "spring", "1000"),
            ],
            ..Costs::default()
        }),
        ..Default::default()
    });
    let report = read(&format!(
        r#"{BY_ARM},"value":"properties.worth","within":"1d","cost":{{"campaigns":["spring"]}}"#
    ));
    let Report::Lift(mut lift) = report else {
        panic!("a lift")
    };
    lift.range = serde_json::from_str(r#"{"between":{"from":"2026-03-01","to":"2026-03-20"}}"#)
        .expect("valid");
    let found = answered(&snapshot, &Report::Lift(lift), at("9d00:00"));
    assert_eq!(found.paid.as_ref().map(|it| it.amount), Some(200.0));
    assert_eq!(found.arms[1].assigned, 200);
    assert!((found.arms[1].cost.expect("paid") - 199.0).abs() < 1e-9);
}

#[test]
fn a_split_that_chance_does_not_make_is_told_only_of_what_was_drawn() {
    let log = drawn((300, 0, 1.0), (400, 0, 1.0));
    let random = format!(r#"{BY_ARM},"within":"1d","random":true"#);
    let split = asked(&log, &random).split.expect("drawn");
    assert!(
        split.is_off && (split.p - 0.000_157).abs() < 1e-6,
        "{split:?}"
    );
    let planned = asked(&log, &format!(r#"{random},"control_permille":430"#));
    assert!(!planned.split.expect("drawn").is_off);
    assert_eq!(planned.arms[0].expected, Some(301.0));
    assert_eq!(
        asked(&log, &format!(r#"{BY_ARM},"within":"1d""#)).split,
        None
    );
}

#[test]
fn few_are_said_to_be_few_and_nobody_has_no_effect() {
    let few = asked(
        &drawn((29, 3, 1.0), (400, 80, 1.0)),
        &format!(r#"{BY_ARM},"within":"1d""#),
    );
    assert!(few.arms[1].effect.expect("some").is_small);
    let named = r#""arms":{"field":{"field":"properties.arm","control":"none","treated":["gone"]}},"within":"1d""#;
    let nobody = asked(&drawn((40, 3, 1.0), (400, 80, 1.0)), named);
    assert_eq!(nobody.arms[1].assigned, 0);
    assert_eq!(nobody.arms[1].effect, None);
    assert_eq!(nobody.others, 400);
}

#[test]
fn one_large_amount_is_cut_to_what_nearly_all_have() {
    let log = drawn((100, 100, 10.0), (100, 100, 10.0));
    let log = log.replace(
        "mail99 10:00 buy {\"worth\":11}",
        "mail99 10:00 buy {\"worth\":9000}",
    );
    let found = asked(
        &log,
        &format!(r#"{BY_ARM},"value":"properties.worth","within":"1d""#),
    );
    assert_eq!(found.cap, Some(11.0));
    let money = found.arms[1].effect.and_then(|it| it.value).expect("asked");
    assert!((money.difference - 89.89).abs() < 1e-9, "{money:?}");
    assert!(
        money.capped.expect("asked").difference.abs() < 1e-9,
        "{money:?}"
    );
}

/// One column of a file behind the last cell with a comma in it.
fn column<'a>(lines: &[&'a str], name: &str) -> Vec<&'a str> {
    let place = lines[0].rsplit(',').position(|it| it == name).expect(name);
    let cells = lines[1..]
        .iter()
        .map(|it| it.rsplit(',').nth(place).expect(it));
    cells.collect()
}

/// The mails of a shop for clothes, sent to two thirds at random: what independent packages say of them.
#[test]
fn the_mails_of_the_clothes_shop_have_their_published_effect() {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let shared = std::env::var_os("THROUGHLINE_SHARED").map_or_else(beside, PathBuf::from);
    let Ok(bytes) = std::fs::read(shared.join("data/hillstrom/hillstrom.csv.gz")) else {
        eprintln!("skipped: there is no such log");
        return;
    };
    let expected = std::fs::read_to_string(shared.join("data/expected/experiments.json"));
    let expected: serde_json::Value =
        serde_json::from_str(&expected.expect("beside the log")).expect("JSON");
    let of = |id: &str| {
        let cases = expected["cases"].as_array().expect("a list");
        let case = cases.iter().find(|it| it["id"] == id).expect(id);
        case["expected"].clone()
    };
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(&bytes[..])
        .read_to_string(&mut text)
        .expect("packed text");
    let lines: Vec<&str> = text.lines().collect();
    let mut log = Log::default();
    let columns = ["segment", "visit", "conversion", "spend"].map(|it| column(&lines, it));
    let [segments, visits, conversions, spends] = &columns;
    let rows = segments.iter().zip(visits).zip(conversions).zip(spends);
    for (actor, (((segment, visit), conversion), spend)) in (0_u32..).zip(rows) {
        let arm = format!(r#"{{"arm":"{segment}"}}"#);
        let mut push = |time: &str, name: &str, properties: &str| {
            log.push(actor, at(time), name, Channel::Email, properties);
        };
        push("09:00", "assigned", &arm);
        if *visit == "1" {
            push("3d09:00", "visit", "{}");
        }
        if *conversion == "1" {
            push("3d10:00", "buy", &format!(r#"{{"worth":{spend}}}"#));
        }
    }
    log.roots = (0..columns[0].len() as u32).collect();
    log.push(0, at("20d09:00"), "other", Channel::Web, "{}");
    let snapshot = log.snapshot();
    let arms = r#""arms":{"field":{"field":"properties.arm","control":"No E-Mail"}},"random":true,
        "value":"properties.worth""#;
    let asked = |goal: &str| {
        let text = format!(
            r#"{{"kind":"lift","range":{{"all":true}},"assigned":{{"events":["assigned"]}},
                "goal":{{"events":["{goal}"]}},{arms}}}"#
        );
        answered(
            &snapshot,
            &serde_json::from_str(&text).expect(&text),
            at("20d09:00"),
        )
    };
    let near = |found: f64, expected: &serde_json::Value| {
        let expected = expected.as_f64().expect("a number");
        assert!((found - expected).abs() < 1e-5, "{found} is not {expected}");
    };
    let both = |found: Option<Interval>, expected: &serde_json::Value| {
        let found = found.expect("it varies");
        near(found.low, &expected[0]);
        near(found.high, &expected[1]);
    };
    let mens = |answer: &LiftAnswer| {
        let name = LiftArm::Value(Value::Text("Mens E-Mail".to_owned()));
        let line = answer.arms.iter().find(|it| it.arm == name);
        line.expect("an arm").clone()
    };
    for (goal, case) in [
        ("visit", "hillstrom.mens.visit"),
        ("buy", "hillstrom.mens.conversion"),
    ] {
        let (answer, expected) = (asked(goal), of(case));
        let (control, mail) = (&answer.arms[0].reached, mens(&answer));
        near(
            control.part as f64 / control.whole as f64,
            &expected["rate_a"],
        );
        near(
            mail.reached.part as f64 / mail.reached.whole as f64,
            &expected["rate_b"],
        );
        let effect = mail.effect.expect("two arms").reached;
        near(effect.difference, &expected["diff"]);
        near(effect.relative.expect("some buy"), &expected["lift"]);
        both(effect.interval, &expected["ci95_newcombe"]);
        both(
            effect.relative_interval,
            &expected["gbstats"]["welch_relative"]["ci"],
        );
    }
    let (answer, expected) = (asked("buy"), of("hillstrom.mens.spend"));
    let mail = mens(&answer);
    near(
        answer.arms[0].value.and_then(|it| it.mean).expect("some"),
        &expected["mean_a"],
    );
    near(
        mail.value.and_then(|it| it.mean).expect("some"),
        &expected["mean_b"],
    );
    let money = mail.effect.and_then(|it| it.value).expect("asked");
    near(money.difference, &expected["diff"]);
    both(money.interval, &expected["ci95"]);
    both(
        money.relative_interval,
        &expected["gbstats"]["welch_relative"]["ci"],
    );
    let capped = money.capped.and_then(|it| it.interval).expect("asked");
    assert!(capped.low > 0.0 && capped.high <= money.interval.expect("varies").high);
    let split = answer.split.expect("drawn");
    near(split.p, &of("hillstrom.srm")["srm_p"]);
    assert!(!split.is_off);
}

/// Who belongs to a number of the answer.
type Fits<'a> = &'a dyn Fn(&Own) -> bool;

/// What one profile is in the definition: arm, whether its time is over, and what it did in it.
struct Own {
    arm: Option<String>,
    is_mature: bool,
    has_switched: bool,
    goals: u64,
    visits: u64,
    micros: i128,
    contacts: u64,
}

/// The same from the definition, by looking at every event again for each question.
fn twin(log: &Log, within: i64, pause: i64, now: Timestamp) -> BTreeMap<u32, Own> {
    let end = log
        .events
        .iter()
        .map(|it| it.time.0)
        .max()
        .unwrap_or(now.0)
        .min(now.0);
    let name = |event: u16| {
        log.names
            .name(EventCode(event))
            .expect("interned")
            .as_str()
            .to_owned()
    };
    let value = |properties: &str| {
        let all: serde_json::Value = serde_json::from_str(properties).expect("JSON");
        match &all["p"] {
            serde_json::Value::Number(it) => {
                Some((it.as_f64().expect("a number") + 0.0).to_string())
            }
            serde_json::Value::Null => None,
            other => Some(other.to_string()),
        }
    };
    let mut all = BTreeMap::new();
    for (profile, events) in by_profile(log) {
        let is = |names: &[&str], event: u16| names.contains(&name(event).as_str());
        let assigned: Vec<(i64, Option<String>)> = (events.iter())
            .filter(|it| is(&["view", "mail"], it.event) && it.time <= now)
            .map(|it| (it.time.0, value(it.properties.as_str())))
            .collect();
        let Some(begin) = assigned.iter().map(|it| it.0).min() else {
            continue;
        };
        let at_once: BTreeSet<&Option<String>> = assigned
            .iter()
            .filter(|it| it.0 == begin)
            .map(|it| &it.1)
            .collect();
        let arm = match at_once.len() {
            1 => at_once.into_iter().next().expect("one").clone(),
            _ => None,
        };
        let inside = |time: i64| time > begin && time <= begin + within && time <= end;
        let goals: Vec<_> = (events.iter())
            .filter(|it| inside(it.time.0) && is(&["buy", "cart"], it.event))
            .collect();
        let micros = goals.iter().map(|it| {
            let all: serde_json::Value =
                serde_json::from_str(it.properties.as_str()).expect("JSON");
            (all["p"].as_f64().unwrap_or(0.0) * 1e6).round() as i128
        });
        let acts: Vec<i64> = (events.iter())
            .filter(|it| name(it.event) != "$identify")
            .map(|it| it.time.0)
            .collect();
        let starts: BTreeSet<i64> = (acts.iter().copied())
            .filter(|time| inside(*time) && !acts.iter().any(|it| *it < *time && time - it < pause))
            .collect();
        let contacts = events
            .iter()
            .filter(|it| is(&["mail"], it.event) && (inside(it.time.0) || it.time.0 == begin));
        all.insert(
            profile,
            Own {
                is_mature: begin + within <= end,
                has_switched: assigned
                    .iter()
                    .any(|it| it.0 > begin && it.1.is_some() && it.1 != arm),
                goals: goals.len() as u64,
                visits: starts.len() as u64,
                micros: micros.sum(),
                contacts: contacts.count() as u64,
                arm,
            },
        );
    }
    all
}

fn key(arm: &LiftArm) -> String {
    match arm {
        LiftArm::Value(Value::Number(it)) => (it + 0.0).to_string(),
        LiftArm::Value(Value::Text(it)) => format!("{it:?}"),
        LiftArm::Value(Value::Flag(it)) => it.to_string(),
        LiftArm::Treated | LiftArm::Control => panic!("arms by value"),
    }
}

proptest! {
    #![proptest_config(twin_config())]

    #[test]
    fn arms_are_those_of_the_definition(
        log in twin_spread_log(),
        layout in prop::sample::select(LAYOUTS.to_vec()),
        within_hours in prop::sample::select(vec![1_i64, 30, 200]),
        pause_minutes in prop::sample::select(vec![30_i64, 90, 2000]),
        days in 26..70_i64,
    ) {
        let now = at(&format!("{days}d03:00"));
        let text = format!(
            r#"{{"kind":"lift","range":{{"all":true}},"assigned":{{"events":["view","mail"]}},
                "goal":{{"events":["buy","cart"]}},"value":"properties.p","visits":{{}},
                "within":"{within_hours}h","pause":"{pause_minutes}m","random":true,
                "cost":{{"each":{{"amount":"2","contact":{{"events":["mail"]}}}}}},
                "arms":{{"field":{{"field":"properties.p","control":"a"}}}}}}"#
        );
        let report: Report = serde_json::from_str(&text).expect(&text);
        let found = answered(&log.laid_out(layout), &report, now);
        let twin = twin(&log, within_hours * 3_600_000, pause_minutes * 60_000, now);
        let arms: BTreeSet<String> = found.arms.iter().map(|it| key(&it.arm)).collect();
        for own in twin.values() {
            prop_assert!(own.arm.as_ref().is_none_or(|it| arms.contains(it)));
        }
        let of = |arm: &LiftArm, fits: &dyn Fn(&Own) -> bool| -> Vec<u32> {
            let name = Some(key(arm));
            twin.iter().filter(|(_, it)| it.arm == name && fits(it)).map(|(profile, _)| *profile).collect()
        };
        for line in &found.arms {
            let mature: Vec<&Own> = twin.values().filter(|it| it.arm == Some(key(&line.arm)) && it.is_mature).collect();
            prop_assert_eq!(line.visits.expect("asked").sum, mature.iter().map(|it| it.visits).sum::<u64>() as f64);
            let micros: i128 = mature.iter().map(|it| it.micros).sum();
            prop_assert_eq!(line.value.expect("asked").sum, micros as f64 / 1e6);
            let contacts: u64 = mature.iter().map(|it| it.contacts).sum();
            prop_assert_eq!(line.contacts, Some(contacts));
            prop_assert_eq!(line.cost, Some(2.0 * contacts as f64));
            let parts: [(LiftPart, u64, Fits<'_>); 5] = [
                (LiftPart::Assigned, line.assigned, &|_| true),
                (LiftPart::Mature, line.reached.whole, &|it| it.is_mature),
                (LiftPart::Reached, line.reached.part, &|it| it.is_mature && it.goals > 0),
                (LiftPart::Missed, line.reached.whole - line.reached.part, &|it| it.is_mature && it.goals == 0),
                (LiftPart::Immature, line.immature, &|it| !it.is_mature),
            ];
            for (part, count, fits) in parts {
                let expected = of(&line.arm, fits);
                prop_assert_eq!(count as usize, expected.len());
                if !log.is_crowd() || part == LiftPart::Reached {
                    let select = LiftSelect { arm: Some(line.arm.clone()), part };
                    prop_assert_eq!(chosen(&log, layout, &report, select, now), expected);
                }
            }
        }
        let others: Vec<u32> = twin.iter().filter(|(_, it)| it.arm.is_none()).map(|it| *it.0).collect();
        prop_assert_eq!(found.others as usize, others.len());
        let select = LiftSelect { arm: None, part: LiftPart::Others };
        prop_assert_eq!(chosen(&log, layout, &report, select, now), others);
        let switched: Vec<u32> = twin.iter().filter(|(_, it)| it.arm.is_some() && it.has_switched).map(|it| *it.0).collect();
        prop_assert_eq!(found.switched as usize, switched.len());
        let select = LiftSelect { arm: None, part: LiftPart::Switched };
        prop_assert_eq!(chosen(&log, layout, &report, select, now), switched);
    }
}
