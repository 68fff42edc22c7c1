use std::collections::{BTreeMap, BTreeSet};

use expect_test::{Expect, expect};
use proptest::prelude::*;
use throughline_model::{
    Channel, Field, Value, Vocabulary,
    naming::{NameRules, Naming},
    object_kind::{Counting, Promise},
};

use throughline_store::value_of;

use super::*;
use crate::{
    cancel::Cancel,
    fixture::{LAYOUTS, Layout, Log, at, twin_config},
};

/// Orders with two fields for their id, and shipments that belong to them.
const KINDS: &str = r#"{"objects":[
    {"id":"order","name":"Orders","keys":["properties.order","properties.number"],
     "states":[
        {"id":"placed","name":"Placed","entry":{"events":["place"]}},
        {"id":"paid","name":"Paid","entry":{"events":["pay","place"],"rule":{"where":{"field":"properties.paid","test":{"is":[true]}}}}},
        {"id":"there","name":"There","entry":{"events":["arrive"]},"ends":true},
        {"id":"off","name":"Off","entry":{"events":["drop"]},"ends":true}],
     "promise":{"told":["properties.by","properties.due"],"kept_by":"there","tolerance":"10m"}},
    {"id":"parcel","name":"Parcels","keys":["properties.parcel"],
     "states":[{"id":"sent","name":"Sent","entry":{"events":["send"]}}],"belongs_to":["order"]}]}"#;

pub(crate) fn vocabulary(counts: &str) -> Vocabulary {
    let mut vocabulary: Vocabulary = serde_json::from_str(KINDS).expect("readable");
    assert_eq!(vocabulary.check(), []);
    let promise = vocabulary.objects.as_mut().expect("kinds")[0]
        .promise
        .as_mut();
    promise.expect("promises").counts =
        serde_json::from_value(counts.into()).expect("first or last");
    vocabulary
}

fn line(facts: &ObjectFacts) -> String {
    let mut line = format!(
        "{} {}: {} events of {} people, {}",
        facts.kind,
        facts.id,
        facts.events_count,
        facts.people_count,
        facts.state.as_deref().unwrap_or("no state")
    );
    if let Some(since) = facts.since {
        line.push_str(&format!(" since {since}"));
    }
    if let Some(promise) = &facts.promise {
        line.push_str(&format!(
            ", {:?} {} minutes, {} promises",
            promise.standing,
            promise
                .gap_ms
                .map_or("no".to_owned(), |it| (it / 60_000).to_string()),
            promise.promises_count
        ));
    }
    line
}

fn check(log: &str, counts: &str, expected: Expect) {
    let vocabulary = vocabulary(counts);
    let log = Log::read(log);
    for layout in LAYOUTS {
        let snapshot = log.laid_out(layout);
        let cancel = Cancel::default();
        let view = View::new(&snapshot, &vocabulary, &cancel);
        let kind = vocabulary.object_kind("order").expect("there");
        let ask = ObjectsAsk {
            limit: 100,
            ..ObjectsAsk::default()
        };
        let list = objects(&view, kind, &ask, &Zone::UTC, at("9d00:00")).expect("listed");
        let lines: Vec<String> = list.objects.iter().map(line).collect();
        expected.assert_eq(&format!("{}\n", lines.join("\n")));
    }
}

#[test]
fn an_object_is_what_everybody_did_with_it_and_its_promise_is_held_against_the_fact() {
    check(
        r#"
        ana 09:00 place web {"order":7,"by":"2026-03-02T12:00:00Z"}
        ana 09:05 pay web {"order":"7","paid":true}
        bot 12:30 arrive web {"number":7}
        ben 10:00 place web {"order":"8","by":"2026-03-02 13:00"}
        ben 12:51 arrive web {"order":8}
        cem 10:00 place web {"order":"9","by":"2026-03-03"}
        cem 11:00 drop web {"order":"9"}
        dia 10:00 place web {"order":"10","paid":true}
        dia 10:00 arrive web {"order":"10","due":1772449200}
        eve 10:00 place web {"order":"11","by":"2026-03-02T13:00:00Z"}
        fay 10:00 place web {"order":"12","by":"2026-03-02T18:00:00Z"}
        gus 14:00 view web
        "#,
        "first",
        expect![[r"
            order 11: 1 events of 1 people, placed since 2026-03-02T10:00:00.000Z, Overdue 60 minutes, 1 promises
            order 12: 1 events of 1 people, placed since 2026-03-02T10:00:00.000Z, Pending -240 minutes, 1 promises
            order 7: 3 events of 2 people, there since 2026-03-02T12:30:00.000Z, Late 30 minutes, 1 promises
            order 8: 2 events of 1 people, there since 2026-03-02T12:51:00.000Z, OnTime -9 minutes, 1 promises
            order 9: 2 events of 1 people, off since 2026-03-02T11:00:00.000Z, Released no minutes, 1 promises
            order 10: 2 events of 1 people, there since 2026-03-02T10:00:00.000Z, Early -60 minutes, 1 promises
        "]],
    );
}

#[test]
fn of_several_promises_the_first_counts_or_the_last_before_the_fact() {
    let log = r#"
        ana 09:00 place web {"order":1,"by":"2026-03-02T10:00:00Z"}
        ana 09:30 delay web {"order":1,"by":"2026-03-02T12:00:00Z"}
        ana 09:30 delay web {"order":1,"by":"2026-03-02T11:00:00Z"}
        ana 11:30 arrive web {"order":1}
        ana 11:31 excuse web {"order":1,"by":"2026-03-02T15:00:00Z"}
        ben 09:00 arrive web {"order":2}
        ben 09:10 excuse web {"order":2,"by":"2026-03-02T15:00:00Z"}
    "#;
    check(
        log,
        "first",
        expect![[r"
            order 1: 5 events of 1 people, there since 2026-03-02T11:30:00.000Z, Late 90 minutes, 3 promises
            order 2: 2 events of 1 people, there since 2026-03-02T09:00:00.000Z, Untold no minutes, 0 promises
        "]],
    );
    check(
        log,
        "last",
        expect![[r"
            order 1: 5 events of 1 people, there since 2026-03-02T11:30:00.000Z, Late 30 minutes, 3 promises
            order 2: 2 events of 1 people, there since 2026-03-02T09:00:00.000Z, Untold no minutes, 0 promises
        "]],
    );
}

#[test]
fn an_object_that_goes_on_after_its_end_is_waited_for_again() {
    check(
        r#"
        ana 09:00 place web {"order":1,"by":"2026-03-02T12:00:00Z"}
        ana 09:30 drop web {"order":1}
        ana 10:00 place web {"order":1,"by":"2026-03-02T13:00:00Z"}
        ben 09:00 place web {"order":2,"by":"2026-03-02T12:00:00Z"}
        ben 09:30 drop web {"order":2}
        ben 10:00 place web {"order":2}
        ben 10:30 drop web {"order":2}
        cem 14:00 view web
        "#,
        "last",
        expect![[r"
            order 1: 3 events of 1 people, placed since 2026-03-02T10:00:00.000Z, Overdue 60 minutes, 2 promises
            order 2: 4 events of 1 people, off since 2026-03-02T10:30:00.000Z, Released no minutes, 1 promises
        "]],
    );
}

#[test]
fn what_is_stamped_later_than_now_decides_nothing() {
    let vocabulary = vocabulary("last");
    let snapshot = Log::read(
        r#"
        ana 09:00 place web {"order":1,"by":"2026-03-02T10:00:00Z"}
        ana 13:00 excuse web {"order":1,"by":"2026-03-02T15:00:00Z"}
        ana 14:00 arrive web {"order":1}
        "#,
    )
    .snapshot();
    let cancel = Cancel::default();
    let view = View::new(&snapshot, &vocabulary, &cancel);
    let kind = vocabulary.object_kind("order").expect("there");
    let story = object(&view, kind, "1", &Zone::UTC, at("12:00")).expect("asked");
    assert_eq!(
        line(&story.expect("there").facts),
        "order 1: 1 events of 1 people, placed since 2026-03-02T09:00:00.000Z, Overdue 120 minutes, 1 promises"
    );
}

#[test]
fn a_key_that_is_read_under_another_name_still_leads_to_its_objects() {
    let vocabulary = vocabulary("first");
    let rules: NameRules = serde_json::from_str(
        r#"{"rules":[{"kind":"property","from":"properties.order","to":"properties.order_id"},
            {"kind":"property","from":"properties.parcel","to":"properties.parcel_id"}]}"#,
    )
    .expect("readable");
    let snapshot = Log::read(
        r#"
        ana 09:00 place web {"order":7}
        ana 10:00 send web {"order":7,"parcel":"A"}
        "#,
    )
    .snapshot()
    .named(&Naming::of(&rules));
    let cancel = Cancel::default();
    let view = View::new(&snapshot, &vocabulary, &cancel);
    let of = objects_of(&view, ProfileId(0), &Zone::UTC, at("12:00")).expect("asked");
    assert_eq!(of.found, 2);
    let kind = vocabulary.object_kind("order").expect("there");
    let story = object(&view, kind, "7", &Zone::UTC, at("12:00")).expect("asked");
    assert_eq!(story.expect("there").related[0].id, "A");
}

#[test]
fn the_story_of_an_object_has_its_states_its_people_and_its_neighbors() {
    let vocabulary = vocabulary("first");
    let log = Log::read(
        r#"
        ana 09:00 place web {"order":7,"paid":true}
        ana 10:00 send web {"order":7,"parcel":"A"}
        ben 11:00 arrive web {"order":7}
        ana 12:00 place web {"order":7}
        ana 13:00 place web {"order":7}
        "#,
    );
    let snapshot = log.laid_out(LAYOUTS[1]);
    let cancel = Cancel::default();
    let view = View::new(&snapshot, &vocabulary, &cancel);
    let kind = |id: &str| vocabulary.object_kind(id).expect(id);
    let story =
        |id: &str, of: &str| object(&view, kind(of), id, &Zone::UTC, at("9d00:00")).expect("asked");
    let seven = story(" 7 ", "order").expect("there");
    let passages: Vec<(&str, i64)> = (seven.passages.iter())
        .map(|it| (it.state.as_str(), (it.from.0 - at("9:00").0) / 3_600_000))
        .collect();
    // Entering the state that it is in already is no change.
    assert_eq!(
        passages,
        [("placed", 0), ("paid", 0), ("there", 2), ("placed", 3)]
    );
    assert_eq!(seven.passages[3].to, None);
    assert_eq!(seven.people.len(), 2);
    assert_eq!(seven.shown.len(), 5);
    let parcel = ObjectName {
        kind: "parcel".to_owned(),
        id: "A".to_owned(),
    };
    assert_eq!(seven.related, [parcel]);
    let parcel = story("A", "parcel").expect("there");
    assert_eq!(parcel.related[0].id, "7");
    assert_eq!(parcel.facts.promise, None);
    assert_eq!(story("8", "order"), None);
}

/// What became of one object, by the slowest way that one could think of.
pub(crate) struct Naive {
    pub(crate) events: Vec<usize>,
    pub(crate) people: BTreeSet<u32>,
    pub(crate) begun: i64,
    pub(crate) state: Option<(String, i64)>,
    pub(crate) standing: PromiseStanding,
    pub(crate) promised: Option<i64>,
    pub(crate) moments_count: usize,
    pub(crate) gap: Option<i64>,
}

/// Every order of a log, by its id.
pub(crate) fn naive(log: &Log, vocabulary: &Vocabulary, now: Timestamp) -> BTreeMap<String, Naive> {
    let field = |name: &str| Field::parse(name).expect(name);
    let name = |index: usize| {
        let code = throughline_model::EventCode(log.events[index].event);
        log.names.name(code).expect("named").as_str().to_owned()
    };
    let mut ids: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let end = log.events.iter().map(|it| it.time.0).max();
    let end = end.map_or(now.0, |it| it.min(now.0));
    for (index, event) in log.events.iter().enumerate() {
        let id = ["properties.order", "properties.number"]
            .iter()
            .find_map(|name| object_id(&value_of(event, &field(name))?));
        if let Some(id) = id
            && !name(index).starts_with('$')
            && event.time.0 <= end
        {
            ids.entry(id).or_default().push(index);
        }
    }
    let kind = vocabulary.object_kind("order").expect("there");
    let promise = kind.promise.as_ref().expect("promises");
    let is_paid = |index: usize| {
        value_of(&log.events[index], &field("properties.paid")) == Some(Value::Flag(true))
    };
    let enters = |index: usize, state: &str| match state {
        "placed" => name(index) == "place",
        "paid" => ["pay", "place"].contains(&name(index).as_str()) && is_paid(index),
        "there" => name(index) == "arrive",
        _ => name(index) == "drop",
    };
    let mut told = BTreeMap::new();
    for (id, events) in ids {
        let times: BTreeSet<i64> = events.iter().map(|it| log.events[*it].time.0).collect();
        let mut passages: Vec<(String, i64)> = Vec::new();
        for time in &times {
            for state in &kind.states {
                let mut together = events.iter().filter(|it| log.events[**it].time.0 == *time);
                if together.any(|index| enters(*index, &state.id))
                    && passages.last().is_none_or(|it| it.0 != state.id)
                {
                    passages.push((state.id.clone(), *time));
                }
            }
        }
        let first = |state: &str| {
            let entering = events.iter().filter(|index| enters(**index, state));
            entering.map(|it| log.events[*it].time.0).min()
        };
        let mut dropped = None;
        for (state, time) in &passages {
            dropped = match kind.states.iter().any(|it| it.id == *state && it.ends) {
                true => dropped.or(Some(*time)),
                false => None,
            };
        }
        let kept = first("there");
        let until = kept.or(dropped).unwrap_or(i64::MAX);
        let mut promises: Vec<(i64, i64)> = Vec::new();
        for index in &events {
            let event = &log.events[*index];
            let by = ["properties.by", "properties.due"]
                .iter()
                .find_map(|name| Promise::moment(&value_of(event, &field(name))?, &Zone::UTC));
            if let Some(by) = by.filter(|_| event.time.0 <= until) {
                promises.push((event.time.0, by.0));
            }
        }
        promises.sort_unstable();
        let chosen = match promise.counts {
            Counting::First => promises.first(),
            Counting::Last => {
                let last = promises.last().map(|it| it.0);
                promises.iter().find(|it| Some(it.0) == last)
            }
        };
        use PromiseStanding as Is;
        let tolerance = promise.tolerance.0;
        let (standing, gap) = match chosen {
            None => (Is::Untold, None),
            Some((_, by)) => match (kept, dropped) {
                (Some(kept), _) if kept > by + tolerance => (Is::Late, Some(kept - by)),
                (Some(kept), _) if kept < by - tolerance => (Is::Early, Some(kept - by)),
                (Some(kept), _) => (Is::OnTime, Some(kept - by)),
                (None, Some(_)) => (Is::Released, None),
                (None, None) if end > by + tolerance => (Is::Overdue, Some(end - by)),
                (None, None) => (Is::Pending, Some(end - by)),
            },
        };
        let people = (events.iter())
            .map(|it| log.events[*it].actor.0)
            .map(|it| log.roots.get(it as usize).copied().unwrap_or(it));
        let moments: BTreeSet<i64> = promises.iter().map(|it| it.1).collect();
        let naive = Naive {
            people: people.collect(),
            begun: *times.first().expect("it has an event"),
            state: passages.pop(),
            standing,
            promised: chosen.map(|it| it.1),
            moments_count: moments.len(),
            gap,
            events,
        };
        told.insert(id, naive);
    }
    told
}

fn naive_line(id: &str, naive: &Naive) -> String {
    line(&ObjectFacts {
        kind: "order".to_owned(),
        id: id.to_owned(),
        begun: Timestamp(naive.begun),
        last: Timestamp::default(),
        events_count: naive.events.len() as u64,
        people_count: naive.people.len() as u64,
        state: naive.state.as_ref().map(|it| it.0.clone()),
        since: naive.state.as_ref().map(|it| Timestamp(it.1)),
        is_over: false,
        promise: Some(PromiseFacts {
            standing: naive.standing,
            promised: None,
            told: None,
            promises_count: naive.moments_count,
            kept: None,
            gap_ms: naive.gap,
        }),
    })
}

/// Logs in which few objects are touched by several people, often in one instant and with ids of both types.
pub(crate) fn any_object_log() -> impl Strategy<Value = Log> {
    const NAMES: [&str; 7] = [
        "place",
        "pay",
        "arrive",
        "drop",
        "send",
        "delay",
        "$identify",
    ];
    const IDS: [&str; 10] = [
        "",
        r#""order":1"#,
        r#""order":"1""#,
        r#""number":1.0"#,
        r#""order":2,"number":1"#,
        r#""order":"","number":"2""#,
        r#""number":true"#,
        r#""order":"01""#,
        r#""order":3.5"#,
        r#""order":3,"parcel":"A""#,
    ];
    const TOLD: [&str; 7] = [
        "",
        "",
        r#","by":"2026-03-02T01:10:00Z""#,
        r#","by":"2026-03-02 00:20""#,
        r#","by":"soon","due":1772409900"#,
        r#","due":1772411400000"#,
        r#","by":"2026-03-02""#,
    ];
    let event = (
        0..4_u32,
        0..30_i64,
        0..7_usize,
        0..10_usize,
        0..7_usize,
        any::<bool>(),
    );
    (
        prop::collection::vec(event, 0..40),
        prop::collection::vec(0..4_u32, 4),
    )
        .prop_map(|(events, merged_into)| {
            let mut log = Log::default();
            for (actor, minute, name, id, told, is_paid) in events {
                let paid = if is_paid { r#","paid":true"# } else { "" };
                let id = if IDS[id].is_empty() {
                    r#""no":1"#
                } else {
                    IDS[id]
                };
                log.push(
                    actor,
                    Timestamp(at("0:00").0 + minute * 300_000),
                    NAMES[name],
                    Channel::Web,
                    &format!("{{{id}{}{paid}}}", TOLD[told]),
                );
            }
            let mut roots: Vec<u32> = (0..4).collect();
            for (actor, root) in merged_into.into_iter().enumerate() {
                if root < actor as u32 && roots[root as usize] == root {
                    roots[actor] = root;
                }
            }
            log.roots = roots;
            log
        })
}

proptest! {
    #![proptest_config(twin_config())]

    #[test]
    fn objects_are_those_of_the_twin(
        log in any_object_log(),
        counts in prop::sample::select(vec!["first", "last"]),
        now in 0..200_i64,
    ) {
        let vocabulary = vocabulary(counts);
        let now = Timestamp(at("0:00").0 + now * 60_000);
        let expected: BTreeMap<String, String> = naive(&log, &vocabulary, now)
            .iter()
            .map(|(id, it)| (id.clone(), naive_line(id, it)))
            .collect();
        for layout in LAYOUTS.into_iter().chain([Layout::default()]) {
            let snapshot = log.laid_out(layout);
            let cancel = Cancel::default();
            let view = View::new(&snapshot, &vocabulary, &cancel);
            let kind = vocabulary.object_kind("order").expect("there");
            let ask = ObjectsAsk { limit: 1000, ..ObjectsAsk::default() };
            let list = objects(&view, kind, &ask, &Zone::UTC, now).expect("listed");
            let told: BTreeMap<String, String> =
                list.objects.iter().map(|it| (it.id.clone(), line(it))).collect();
            prop_assert_eq!(&told, &expected);
            prop_assert_eq!(list.found as usize, expected.len());
            let by_standing: u64 = list.standings.iter().map(|it| it.objects).sum();
            prop_assert_eq!(by_standing, list.all);
            // One at a time they are told the same, and each is under those who have its events.
            for facts in &list.objects {
                let story = object(&view, kind, &facts.id, &Zone::UTC, now).expect("asked").expect("there");
                prop_assert_eq!(&story.facts, facts);
                for profile in story.people {
                    let of = objects_of(&view, profile, &Zone::UTC, now).expect("asked");
                    prop_assert!(of.objects.contains(facts));
                }
            }
        }
    }
}
