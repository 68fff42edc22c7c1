use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::json;
use throughline_model::{Span, Vocabulary, report::Report};
use throughline_store::StoredEvent;

use super::*;
use crate::{
    ask::{ask, people},
    cancel::Cancel,
    fixture::{LAYOUTS, Log, any_log, any_spread_log, at, by_profile},
    select::Select,
};

pub(super) fn vocabulary() -> Vocabulary {
    serde_json::from_value(json!({"stages": [
        {"id": "look", "name": "Look", "entry": {"events": ["view"]}},
        {"id": "want", "name": "Want", "entry": {"events": ["cart"]}},
        {"id": "have", "name": "Have", "entry": {"events": ["buy"]}},
    ], "objects": [
        {"id": "thing", "name": "Things", "keys": ["properties.p"], "states": [
            {"id": "on", "name": "On", "entry": {"events": ["view"]}},
            {"id": "off", "name": "Off", "entry": {"events": ["buy"]}}],
         "promise": {"told": ["properties.q"], "kept_by": "off"}},
    ]}))
    .expect("valid")
}

fn found(log: &Log, rule: &PeopleRule, now: Timestamp) -> Vec<u32> {
    let vocabulary = vocabulary();
    let all = LAYOUTS.map(|layout| {
        let (snapshot, cancel) = (log.laid_out(layout), Cancel::default());
        let view = View::new(&snapshot, &vocabulary, &cancel);
        let people = people_who(&view, rule, now).expect("sound");
        people.into_iter().map(|it| it.0).collect::<Vec<_>>()
    });
    assert_eq!(all[0], all[1]);
    assert_eq!(all[0], all[2]);
    all[0].clone()
}

fn names(text: &str, now: &str, rule: serde_json::Value) -> String {
    let log = Log::read(text);
    let rule: PeopleRule = serde_json::from_value(rule).expect("valid");
    let people = found(&log, &rule, at(now)).into_iter();
    let people: Vec<&str> = people
        .map(|it| log.profiles[it as usize].as_str())
        .collect();
    people.join(" ")
}

const SHOP: &str = "
    ana 09:00 view
    ana 09:05 buy
    bob 09:00 buy
    bob 09:00 view
    cleo 1d09:00 buy
    cleo 1d10:00 view
    dora 09:00 $identify";

#[test]
fn did_not_holds_for_those_who_did_nothing_else_either() {
    let never = json!({"not": {"did": {"matcher": {"events": ["view"]}}}});
    assert_eq!(names(SHOP, "2d00:00", never), "dora");
    let twice = json!({"did": {"matcher": {}, "times": {"exactly": 2}}});
    assert_eq!(names(SHOP, "2d00:00", twice), "ana bob cleo");
}

#[test]
fn system_events_are_nothing_that_was_done() {
    let nothing = json!({"did": {"matcher": {}, "times": {"at_most": 0}}});
    assert_eq!(names(SHOP, "2d00:00", nothing), "dora");
}

#[test]
fn one_instant_has_no_order() {
    let steps = json!([{"events": ["view"]}, {"events": ["buy"]}]);
    let rule = json!({"in_order": {"steps": steps}});
    assert_eq!(names(SHOP, "2d00:00", rule), "ana bob");
    let back = json!({"in_order": {"steps": [{"events": ["buy"]}, {"events": ["view"]}]}});
    assert_eq!(names(SHOP, "2d00:00", back), "bob cleo");
}

#[test]
fn the_end_of_a_window_is_within_it() {
    let of = |within: &str| json!({"in_order": {"steps": [{"events": ["view"]}, {"events": ["buy"]}], "within": within}});
    assert_eq!(names(SHOP, "2d00:00", of("5m")), "ana bob");
    assert_eq!(names(SHOP, "2d00:00", of("299s")), "bob");
}

#[test]
fn a_span_is_counted_back_from_now() {
    let bought = json!({"did": {"matcher": {"events": ["buy"]}, "within": {"last": "1d"}}});
    assert_eq!(names(SHOP, "2d09:00", bought.clone()), "cleo");
    assert_eq!(names(SHOP, "2d09:01", bought), "");
}

#[test]
fn the_stage_is_that_of_the_last_event_that_leads_to_one() {
    assert_eq!(
        names(SHOP, "2d00:00", json!({"stage": {"id": "have"}})),
        "ana bob"
    );
    assert_eq!(
        names(SHOP, "2d00:00", json!({"stage": {"id": "look"}})),
        "cleo"
    );
}

#[test]
fn a_listed_actor_stands_for_the_profile_that_it_was_merged_into() {
    let mut log = Log::read(SHOP);
    log.roots = vec![0, 0, 2, 3];
    let rule: PeopleRule = serde_json::from_value(json!({"listed": [1, 2]})).expect("valid");
    assert_eq!(found(&log, &rule, at("2d00:00")), [0, 2]);
}

#[test]
fn people_of_a_number_are_among_those_asked_about() {
    let log = Log::read(SHOP);
    let report: Report = serde_json::from_value(json!({"kind": "funnel", "range": {"all": true},
        "steps": [{"name": "buy", "matcher": {"events": ["buy"]}}],
        "people": {"stage": {"id": "look"}}}))
    .expect("valid");
    let select: Select =
        serde_json::from_value(json!({"kind": "funnel", "step": 0})).expect("valid");
    let (now, cancel) = (at("2d00:00"), Cancel::default());
    let listed = people(
        &log.snapshot(),
        &vocabulary(),
        &report,
        &select,
        now,
        &cancel,
    );
    assert_eq!(listed.expect("sound"), [ProfileId(2)]);
}

#[test]
fn stages_and_touchpoints_that_do_not_exist_are_named() {
    let report: Report = serde_json::from_value(json!({"kind": "counts", "range": {"all": true},
        "people": {"any": [{"stage": {"id": "x"}}, {"did": {"matcher": {"touchpoints": ["y"]}}}]}}))
    .expect("valid");
    let (log, cancel) = (Log::read(SHOP), Cancel::default());
    let error = ask(
        &log.snapshot(),
        &vocabulary(),
        &report,
        at("2d00:00"),
        &cancel,
    );
    let Err(AskError::Faults(faults)) = error else {
        panic!("faults")
    };
    let places: Vec<&str> = faults.iter().map(|it| it.place.as_str()).collect();
    assert_eq!(
        places,
        ["people.any[0].stage.id", "people.any[1].did.matcher"]
    );
}

/// The rule read word by word over all of a profile's events.
fn naive(
    log: &Log,
    profile: u32,
    events: &[&StoredEvent],
    rule: &PeopleRule,
    now: Timestamp,
) -> bool {
    let done: Vec<(i64, &str)> = (events.iter())
        .map(|it| {
            (
                it.time.0,
                log.names
                    .name(throughline_model::EventCode(it.event))
                    .expect("known")
                    .as_str(),
            )
        })
        .filter(|(_, name)| !name.starts_with('$'))
        .collect();
    let fits = |matcher: &Matcher, name: &str| {
        matcher.events.is_empty() || matcher.events.iter().any(|it| it.as_str() == name)
    };
    let also = |rule: &PeopleRule| naive(log, profile, events, rule, now);
    match rule {
        PeopleRule::All(rules) => rules.iter().all(also),
        PeopleRule::Any(rules) => rules.iter().any(also),
        PeopleRule::Not(rule) => !also(rule),
        PeopleRule::Did(did) => {
            let range = did.within.as_ref().map(|it| it.resolve(now));
            let within = |time: i64| range.is_none_or(|it| it.contains(Timestamp(time)));
            let times = done
                .iter()
                .filter(|(time, name)| within(*time) && fits(&did.matcher, name));
            did.times.holds(times.count())
        }
        PeopleRule::InOrder(order) => {
            let span = order.within.map_or(i64::MAX, |it| it.0);
            // Ways to have done the first steps: which events they took, when the first was and the last.
            let mut ways: Vec<(Vec<usize>, i64, i64)> = vec![(Vec::new(), i64::MIN, i64::MIN)];
            for step in &order.steps {
                let mut longer = Vec::new();
                for (taken, first, last) in &ways {
                    for (index, (time, name)) in done.iter().enumerate() {
                        let first = if taken.is_empty() { *time } else { *first };
                        if time >= last
                            && time - first <= span
                            && fits(step, name)
                            && !taken.contains(&index)
                        {
                            longer.push(([taken.as_slice(), &[index]].concat(), first, *time));
                        }
                    }
                }
                ways = longer;
            }
            !ways.is_empty()
        }
        PeopleRule::Stage(stage) => {
            let stages = [("view", "look"), ("cart", "want"), ("buy", "have")];
            let entries = done.iter().filter_map(|(time, name)| {
                let stage = stages.iter().position(|(entry, _)| entry == name)?;
                Some((*time, stage))
            });
            entries
                .max()
                .is_some_and(|(_, index)| stages[index].1 == stage.id)
        }
        PeopleRule::Trait(_)
        | PeopleRule::Account(_)
        | PeopleRule::Consent(_)
        | PeopleRule::Segment(_) => {
            unreachable!("a log alone has none")
        }
        PeopleRule::Listed(actors) => {
            let root = |actor: u32| log.roots.get(actor as usize).copied().unwrap_or(actor);
            actors.iter().any(|it| root(it.0) == profile)
        }
    }
}

fn any_matcher() -> impl Strategy<Value = Matcher> {
    let names = prop::sample::subsequence(vec!["view", "cart", "buy", "mail"], 0..3);
    names.prop_map(|names| serde_json::from_value(json!({"events": names})).expect("valid"))
}

pub(super) fn any_rule() -> impl Strategy<Value = PeopleRule> {
    let times = (0..3_u8, 0..4_u32).prop_map(|(kind, times)| match kind {
        0 => Times::AtLeast(times),
        1 => Times::AtMost(times),
        _ => Times::Exactly(times),
    });
    let within = prop::option::of(0..9_i64).prop_map(|minutes| {
        minutes.map(|it| serde_json::from_value(json!({"last": format!("{it}m")})).expect("valid"))
    });
    let did = (any_matcher(), times, within).prop_map(|(matcher, times, within)| {
        PeopleRule::Did(Box::new(Did {
            matcher,
            times,
            within,
        }))
    });
    let order = (
        prop::collection::vec(any_matcher(), 2..4),
        prop::option::of(0..4_i64),
    );
    let order = order.prop_map(|(steps, minutes)| {
        let within = minutes.map(Span::minutes);
        PeopleRule::InOrder(InOrder { steps, within })
    });
    let stage = prop::sample::select(vec!["look", "want", "have"])
        .prop_map(|id| serde_json::from_value(json!({"stage": {"id": id}})).expect("valid"));
    let listed = prop::collection::vec(0..8_u32, 0..3)
        .prop_map(|actors| serde_json::from_value(json!({"listed": actors})).expect("valid"));
    let one = prop_oneof![did, order, stage, listed];
    one.prop_recursive(3, 8, 3, |inner| {
        let list = prop::collection::vec(inner.clone(), 0..3);
        prop_oneof![
            list.clone().prop_map(PeopleRule::All),
            list.prop_map(PeopleRule::Any),
            inner.prop_map(|it| PeopleRule::Not(Box::new(it))),
        ]
    })
}

fn rule_text(rule: &PeopleRule) -> String {
    serde_json::to_string(rule).expect("text keys")
}

/// A report of each kind, with whatever looks at more than one profile at a time.
fn reports() -> Vec<serde_json::Value> {
    let all = json!({"all": true});
    let steps = json!([{"name": "a", "matcher": {"events": ["view"]}}, {"name": "b", "matcher": {"events": ["buy"]}}]);
    vec![
        json!({"kind": "trends", "range": all, "breakdown": "properties.p", "series": [
            {"name": "a", "matcher": {"events": ["view"]}, "measure": "profiles"},
            {"name": "b", "matcher": {}, "measure": {"sum": "properties.p"}}],
            "formulas": [{"name": "c", "expression": "B / A"}]}),
        json!({"kind": "counts", "range": all, "every": "day"}),
        json!({"kind": "counts", "range": all, "breakdown": "properties.p"}),
        json!({"kind": "counts", "range": all, "breakdown": "stage"}),
        json!({"kind": "funnel", "range": all, "steps": steps, "breakdown": {"field": "properties.p"}}),
        json!({"kind": "funnel", "range": all, "steps": steps, "unit": {"group": "properties.q"}}),
        json!({"kind": "transitions", "range": all}),
        json!({"kind": "stage_time", "range": all}),
        json!({"kind": "stage_time", "range": all, "silence_max": "2m"}),
        json!({"kind": "work_time", "range": all, "steps": [
            {"name": "a", "start": {"events": ["view"]}, "end": {"events": ["buy"]}}]}),
        json!({"kind": "paths", "range": all, "from": {"events": ["view"]}}),
        json!({"kind": "paths", "range": all, "by": "channel"}),
        json!({"kind": "attribution", "range": all, "conversion": {"events": ["buy"]}}),
        json!({"kind": "retention", "range": all, "start": {"events": ["view"]}, "returns": {}}),
        json!({"kind": "stickiness", "range": all, "active": {}}),
        json!({"kind": "lifecycle", "range": all, "active": {}}),
        json!({"kind": "bottlenecks", "range": all, "stages": [
            {"name": "a", "matcher": {"events": ["view"]}}, {"name": "b", "matcher": {"events": ["buy"]}}]}),
        json!({"kind": "heatmap", "range": all, "rows": {"steps": steps}, "columns": {"field": "properties.p"},
            "goal": {"events": ["buy"]}}),
        json!({"kind": "promises", "range": all, "object": "thing", "every": "day", "breakdown": "channel",
            "bounds_hours": [0.0]}),
        json!({"kind": "rfm", "range": all, "purchase": {"events": ["buy"]}, "value": "properties.p"}),
        json!({"kind": "drivers", "entry_fields": ["channel"], "range": all, "steps": steps, "within": "1m"}),
        json!({"kind": "reasons", "range": all, "steps": steps, "within": "2m", "quotes": ["properties.p"], "reasons": [
            {"name": "a", "sign": {"met": {"matcher": {"events": ["cart"]}}}}, {"name": "b", "sign": {"silence": "1m"}}]}),
        json!({"kind": "topics", "range": all, "fields": ["properties.p"], "way": {"steps": steps, "within": "2m"}}),
        json!({"kind": "choice", "range": all, "goal": {"events": ["buy"]}, "fields": ["properties.p"], "before": steps}),
        json!({"kind": "unexpected", "range": all, "people_min": 2, "times_min": 1.0}),
        json!({"kind": "last_touch", "range": all, "silence": "1d", "period": "day"}),
        json!({"kind": "page_map", "range": all, "page": {"missing": {}}}),
        json!({"kind": "lift", "range": all, "assigned": {"events": ["view"]}, "goal": {"events": ["buy"]}, "within": "2m",
            "arms": {"field": {"field": "properties.p", "control": "a"}}, "visits": {}, "value": "properties.p"}),
        json!({"kind": "lift", "range": all, "assigned": {"events": ["view"]}, "goal": {"events": ["buy"]}, "within": "2m",
            "arms": {"people": {"treated": {"did": {"matcher": {"events": ["mail"]}}}}}}),
    ]
}

fn numbers(log: &Log, report: &serde_json::Value, now: Timestamp) -> serde_json::Value {
    let report: Report = serde_json::from_value(report.clone()).expect("valid");
    let answer = ask(
        &log.snapshot(),
        &vocabulary(),
        &report,
        now,
        &Cancel::default(),
    );
    let answer = answer.expect("sound");
    json!({"n": answer.n, "left_out": answer.left_out, "numbers": answer.numbers})
}

#[test]
fn segments_and_traits_are_looked_up_once_for_all() {
    let mut plans = throughline_store::TraitColumn::default();
    plans.hear(
        0,
        throughline_model::SourceId(1),
        at("09:00"),
        Some("\"pro\""),
    );
    plans.hear(2, throughline_model::SourceId(1), at("09:00"), Some("7"));
    let segments = json!({"viewers": {"rule": {"did": {"matcher": {"events": ["view"]}}}}, "two": {"listed": [1, 3]}});
    let log = Log::read(SHOP);
    let mut snapshot = log.snapshot();
    snapshot.known = std::sync::Arc::new(throughline_store::Known {
        segments: std::sync::Arc::new(serde_json::from_value(segments).expect("valid")),
        traits: [("plan".to_owned(), std::sync::Arc::new(plans))].into(),
        ..Default::default()
    });
    let (vocabulary, cancel) = (vocabulary(), Cancel::default());
    let view = View::new(&snapshot, &vocabulary, &cancel);
    let names = |rule: serde_json::Value| {
        let rule: PeopleRule = serde_json::from_value(rule).expect("valid");
        let people = people_who(&view, &rule, at("2d00:00")).expect("sound");
        let people: Vec<&str> = people
            .iter()
            .map(|it| log.profiles[it.0 as usize].as_str())
            .collect();
        people.join(" ")
    };
    let plan = |test: serde_json::Value| json!({"trait": {"name": "plan", "test": test}});
    assert_eq!(names(plan(json!({"is": ["pro"]}))), "ana");
    assert_eq!(names(plan(json!({"is_not": ["pro"]}))), "bob cleo dora");
    assert_eq!(names(plan(json!({"less": 8}))), "cleo");
    assert_eq!(names(plan(json!({"missing": {}}))), "bob dora");
    assert_eq!(names(json!({"segment": {"id": "viewers"}})), "ana bob cleo");
    assert_eq!(
        names(json!({"not": {"segment": {"id": "two"}}})),
        "ana cleo"
    );
}

#[test]
fn who_has_said_nothing_counts_as_the_purpose_says() {
    let consent = |purpose: &str| throughline_model::consent::ConsentIs {
        purpose: purpose.to_owned(),
        channel: None,
        state: throughline_model::consent::ConsentState::Granted,
    };
    let mut said = throughline_store::TraitColumn::default();
    for (actor, is_denied) in [(0, "false"), (1, "true")] {
        let source = throughline_model::SourceId(1);
        said.hear(actor, source, at("09:00"), Some(is_denied));
    }
    let said = std::sync::Arc::new(said);
    let log = Log::read(SHOP);
    let mut snapshot = log.snapshot();
    snapshot.known = std::sync::Arc::new(throughline_store::Known {
        traits: ["marketing", "service"]
            .map(|purpose| (consent(purpose).column(), std::sync::Arc::clone(&said)))
            .into(),
        ..Default::default()
    });
    let (vocabulary, cancel) = (vocabulary(), Cancel::default());
    let view = View::new(&snapshot, &vocabulary, &cancel);
    let names = |rule: serde_json::Value| {
        let rule: PeopleRule = serde_json::from_value(rule).expect("valid");
        let people = people_who(&view, &rule, at("2d00:00")).expect("sound");
        let people: Vec<&str> = people
            .iter()
            .map(|it| log.profiles[it.0 as usize].as_str())
            .collect();
        people.join(" ")
    };
    let is = |purpose: &str, state: &str| json!({"consent": {"purpose": purpose, "state": state}});
    assert_eq!(names(is("marketing", "granted")), "ana");
    assert_eq!(names(is("marketing", "denied")), "bob cleo dora");
    assert_eq!(names(is("service", "granted")), "ana cleo dora");
    assert_eq!(names(is("service", "denied")), "bob");
    assert_eq!(names(is("analytics", "granted")), "");
    let unknown = json!({"any": [is("none", "denied")]});
    let rule: PeopleRule = serde_json::from_value(unknown.clone()).expect("valid");
    let report = json!({"kind": "counts", "range": {"all": true}, "people": unknown});
    let report: Report = serde_json::from_value(report).expect("valid");
    let now = at("2d00:00");
    for (place, asked) in [
        ("people", people_who(&view, &rule, now).map(drop)),
        (
            "people.any[0].consent.purpose",
            ask(&snapshot, &vocabulary, &report, now, &cancel).map(drop),
        ),
    ] {
        let fault = AskError::fault(place, "names the purpose `none`, which does not exist");
        let asked = asked.expect_err(place);
        assert_eq!(format!("{asked:?}"), format!("{fault:?}"));
    }
}

proptest! {
    #[test]
    fn counts_and_overlaps_are_as_many_as_the_people(log in any_log(), rules in prop::collection::vec(any_rule(), 2..4)) {
        let now = at("00:06");
        let (snapshot, cancel, vocabulary) = (log.laid_out(LAYOUTS[2]), Cancel::default(), vocabulary());
        let view = View::new(&snapshot, &vocabulary, &cancel);
        let sets: Vec<BTreeSet<u32>> = rules.iter().map(|it| found(&log, it, now).into_iter().collect()).collect();
        let told = overlap(&view, &rules, now).expect("sound");
        prop_assert_eq!(told.everybody, by_profile(&log).len() as u64);
        for pair in &told.pairs {
            let both = sets[pair.first].intersection(&sets[pair.second]).count();
            prop_assert_eq!(pair.people, both as u64);
        }
        for region in &told.regions {
            let inside = |it: u32| (0..sets.len()).all(|index| sets[index].contains(&it) == region.within.contains(&index));
            let people = by_profile(&log).keys().filter(|it| inside(**it)).count();
            prop_assert_eq!(region.people, people as u64);
        }
        let all = PeopleRule::All(rules.clone());
        let counts = count_people(&view, &all, now).expect("sound");
        prop_assert_eq!(counts.people, found(&log, &all, now).len() as u64);
        for (index, rule) in rules.iter().enumerate() {
            let place = format!("all[{index}]");
            let told = counts.conditions.iter().find(|it| it.place.starts_with(&place)).expect("told");
            prop_assert_eq!(told.people, sets[index].len() as u64);
            let others: Vec<PeopleRule> = (rules.iter().enumerate())
                .filter(|(other, _)| *other != index)
                .map(|(_, it)| it.clone())
                .collect();
            let without = found(&log, &PeopleRule::All(others), now).len() as u64;
            prop_assert_eq!(told.without, Some(without), "{}", rule_text(rule));
        }
    }

    #[test]
    fn rules_mean_what_they_say(log in any_log(), rule in any_rule()) {
        let now = at("00:06");
        let expected: Vec<u32> = by_profile(&log)
            .into_iter()
            .filter(|(profile, events)| naive(&log, *profile, events, &rule, now))
            .map(|(profile, _)| profile)
            .collect();
        prop_assert_eq!(found(&log, &rule, now), expected);
    }

    #[test]
    fn a_report_about_people_is_the_report_of_a_log_of_them(
        mut log in any_spread_log(),
        listed in prop::collection::btree_set(0..6_u32, 0..5),
    ) {
        // Somebody who is always in it spans the log, as its first and last day are those of everybody.
        let times: Vec<Timestamp> = log.events.iter().map(|it| it.time).collect();
        for time in times.iter().min().into_iter().chain(times.iter().max()) {
            log.push(7, *time, "view", throughline_model::Channel::Web, "{}");
        }
        let now = Timestamp(times.iter().max().map_or(0, |it| it.0) + 1);
        let listed: Vec<u32> = listed.into_iter().chain([7]).collect();
        let root = |actor: u32| log.roots.get(actor as usize).copied().unwrap_or(actor);
        let profiles: BTreeSet<u32> = listed.iter().map(|it| root(*it)).collect();
        let mut theirs = log.clone();
        theirs.events.retain(|it| profiles.contains(&root(it.actor.0)));
        for report in reports() {
            let mut about = report.clone();
            about["people"] = json!({"listed": listed});
            prop_assert_eq!(numbers(&log, &about, now), numbers(&theirs, &report, now), "{}", report);
        }
    }
}
