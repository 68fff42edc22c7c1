use proptest::prelude::*;
use throughline_model::{
    ActorId, EventKind, JsonObject, MessageKey, Seq, SourceId, Timestamp, Value,
    naming::{NameRule, NameRules, ValueKind},
};

use super::*;

const RULES: &str = r#"{"rules":[
    {"kind":"rename","from":["Order Completed","orderCompleted"],"to":"order_completed"},
    {"kind":"rename","from":["seen"],"to":"viewed"},
    {"kind":"block","event":"bot_ping"},
    {"kind":"hide","event":"heartbeat"},
    {"kind":"property","from":"properties.total","to":"properties.price"},
    {"kind":"type","events":["viewed"],"property":"properties.price","to":"number"},
    {"kind":"property","events":["viewed"],"from":"properties.item","to":"properties.product"}
]}"#;

/// As they are sent and, where it is not blocked, as they are shown.
const NAMES: [(&str, Option<&str>); 7] = [
    ("Order Completed", Some("order_completed")),
    ("seen", Some("viewed")),
    ("orderCompleted", Some("order_completed")),
    ("bot_ping", None),
    ("heartbeat", Some("heartbeat")),
    ("order_completed", Some("order_completed")),
    ("search", Some("search")),
];

fn naming() -> Naming {
    let rules: NameRules = serde_json::from_str(RULES).expect("readable");
    assert_eq!(rules.check(), []);
    Naming::of(&rules)
}

fn name(text: &str) -> EventName {
    EventName::parse(text).expect(text)
}

fn names_of(names: &[&str]) -> EventNames {
    let names: Vec<EventName> = names.iter().map(|it| name(it)).collect();
    EventNames::of(&names)
}

fn event(actor: u32, time: i64, event: u16, properties: &str) -> StoredEvent {
    StoredEvent {
        actor: ActorId(actor),
        seq: Seq(time.unsigned_abs()),
        time: Timestamp(time),
        received: Timestamp(time),
        kind: EventKind::Track,
        event,
        channel: 1,
        source: SourceId(1),
        message: MessageKey(u128::from(actor) << 64 | u128::from(time.unsigned_abs())),
        properties: JsonObject::parse(properties).expect("an object"),
        context: JsonObject::empty(),
    }
}

/// Everything that can be asked of a snapshot's rows, in the order of profile and time.
fn told(snapshot: &Snapshot) -> Vec<String> {
    let fields = ["price", "total", "product.id", "item.id"].map(|path| {
        let names = path.split('.').map(str::to_owned).collect();
        (path, Field::Property(names))
    });
    let mut told = Vec::new();
    for run in &snapshot.runs {
        let columns = fields
            .clone()
            .map(|(path, it)| (path, run.values(&it).expect("read")));
        for group in 0..count(run.profiles.len()) {
            for row in run.rows_of(group) {
                let at = row as usize;
                let whole = &run.events(&[row]).expect("read")[0];
                let shown = snapshot
                    .names
                    .name(EventCode(run.event[at]))
                    .expect("named");
                assert_eq!(snapshot.names.name(EventCode(whole.event)), Some(shown));
                let values: Vec<(&str, Option<Value>)> = (columns.iter())
                    .filter(|(path, _)| {
                        !["total", "item.id"].contains(path) || shown.as_str() == "search"
                    })
                    .map(|(path, values)| (*path, values.get(at)))
                    .filter(|(path, _)| *path != "total")
                    .collect();
                told.push(format!(
                    "{:06} {:06} {} {} {values:?}",
                    run.profiles[group as usize], run.time[at], shown, whole.actor.0,
                ));
            }
        }
    }
    told.sort();
    told
}

#[test]
fn one_name_has_one_code_and_what_was_sent_leads_to_it() {
    let names = names_of(&NAMES.map(|it| it.0)).named(&naming());
    let shown = |code| names.name(EventCode(code)).expect("named").as_str();
    assert_eq!(
        (shown(0), shown(2), shown(5)),
        ("order_completed", "order_completed", "order_completed")
    );
    for sent in ["Order Completed", "orderCompleted", "order_completed"] {
        assert_eq!(names.code(&name(sent)), Some(EventCode(0)), "{sent}");
    }
    assert_eq!(names.sent(EventCode(2)), Some(&name("orderCompleted")));
    assert!(names.stands(EventCode(0)) && !names.stands(EventCode(5)));
    assert_eq!(
        names.quiet(),
        [false, false, false, true, true, false, false]
    );
}

#[test]
fn an_old_name_leads_to_what_it_means_before_it_is_sent() {
    let names = names_of(&["viewed", "search"]).named(&naming());
    assert_eq!(names.code(&name("seen")), Some(EventCode(0)));
    assert_eq!(names.shown(&name("seen")), Some(&name("viewed")));
    assert!(names.is_renamed());
    // Nothing is known of what a name means that was not seen either.
    assert_eq!(names.code(&name("orderCompleted")), None);
}

#[test]
fn a_run_of_what_an_old_name_means_is_another_run() {
    let events = vec![event(1, 10, 0, "{}")];
    let names = names_of(&["viewed", "seen"]);
    let snapshot = Snapshot::of_events(&events, vec![], names, 4, 1);
    let named = snapshot.named(&naming());
    assert_ne!(named.runs[0].id, snapshot.runs[0].id);
}

#[test]
fn a_value_without_room_under_its_new_name_stays_under_the_old_one() {
    let rules = r#"{"rules":[
        {"kind":"property","from":"properties.total","to":"properties.price.value"},
        {"kind":"property","from":"properties.item","to":"properties.product"}]}"#;
    for (sent, read) in [
        (r#"{"total":5,"price":3}"#, r#"{"total":5,"price":3}"#),
        (r#"{"total":5,"price":null}"#, r#"{"price":{"value":5}}"#),
        (
            r#"{"total":5,"price":{"value":1}}"#,
            r#"{"price":{"value":1}}"#,
        ),
        (
            r#"{"item":"a","product":{"id":"b"}}"#,
            r#"{"item":"a","product":{"id":"b"}}"#,
        ),
        (
            r#"{"item":{"id":{"x":1},"n":2},"product":{"id":"b"}}"#,
            r#"{"item":{"id":{"x":1}},"product":{"id":"b","n":2}}"#,
        ),
    ] {
        let rules: NameRules = serde_json::from_str(rules).expect("readable");
        assert_eq!(rules.check(), []);
        let events = vec![event(1, 10, 0, sent)];
        let snapshot = Snapshot::of_events(&events, vec![], names_of(&["a"]), 4, 1);
        let named = snapshot.named(&Naming::of(&rules));
        let whole = named.runs[0].events(&[0]).expect("read").remove(0);
        let expected = JsonObject::parse(read).expect("an object").to_map();
        assert_eq!(whole.properties.to_map(), expected, "{sent}");
    }
}

/// Paths that lie in each other, and events that share rules.
fn any_rules() -> impl Strategy<Value = Vec<NameRule>> {
    let path = || {
        prop::sample::select(vec!["a", "b", "c", "a.b", "a.c", "b.a", "d", "d.a"])
            .prop_map(|it| Field::parse(&format!("properties.{it}")).expect("a path"))
    };
    let events = || prop::collection::vec(prop::sample::select(vec![name("x"), name("y")]), 0..3);
    let kind = prop::sample::select(ValueKind::ALL.to_vec());
    let rule = prop_oneof![
        (events(), path(), path()).prop_map(|(events, from, to)| NameRule::Property {
            events,
            from,
            to
        }),
        (events(), path(), kind).prop_map(|(events, property, to)| NameRule::Type {
            events,
            property,
            to
        }),
    ];
    prop::collection::vec(rule, 0..6).prop_map(|rules| {
        let mut sound = NameRules::default();
        for rule in rules {
            sound.rules.push(rule);
            if !sound.check().is_empty() {
                sound.rules.pop();
            }
        }
        sound.rules
    })
}

proptest! {
    /// Sound rules mean the same in any order, and columns say what whole events do.
    #[test]
    fn the_order_of_rules_means_nothing(
        rules in any_rules().prop_flat_map(|it| (Just(it.clone()), Just(it).prop_shuffle())),
        sent in prop::collection::vec((0..2_u16, 0..7_usize), 1..12),
    ) {
        const SHAPES: [&str; 7] = [
            r#"{"a":1,"b":"2","d":true}"#,
            r#"{"a":{"b":1,"c":"x"},"d":{"a":7}}"#,
            r#"{"b":{"a":"1"},"c":0,"d":null}"#,
            r#"{"a":{"b":{"a":5}},"c":"true"}"#,
            r#"{"a":"1","b":"2","c":"3"}"#,
            r#"{"d":{"a":"4"},"a":[1]}"#,
            "{}",
        ];
        let (one, other) = rules;
        let is_old = |path: &Field| one.iter().any(|rule| {
            matches!((rule, path), (NameRule::Property { from: Field::Property(from), .. }, Field::Property(path))
                if path.starts_with(from))
        });
        let events: Vec<StoredEvent> = (0_i64..).zip(&sent)
            .map(|(at, (code, shape))| event(1, at, *code, SHAPES[*shape]))
            .collect();
        let read = |rules: &[NameRule]| {
            let naming = Naming::of(&NameRules { rules: rules.to_vec() });
            let snapshot = Snapshot::of_events(&events, vec![], names_of(&["x", "y"]), 4, 1).named(&naming);
            let run = &snapshot.runs[0];
            let rows: Vec<u32> = (0..count(run.len())).collect();
            let whole = run.events(&rows).expect("read");
            let columns: Vec<(Field, Vec<Option<Value>>)> =
                ["a", "b", "c", "d", "a.b", "a.c", "b.a", "d.a", "a.b.a"]
                    .map(|it| Field::parse(&format!("properties.{it}")).expect("a path"))
                    .into_iter()
                    .map(|field| {
                        let values = run.values(&field).expect("read");
                        (field, (0..run.len()).map(|row| values.get(row)).collect())
                    })
                    .collect();
            (whole, columns)
        };
        let ((whole, columns), (again, others)) = (read(&one), read(&other));
        let maps = |events: &[StoredEvent]| -> Vec<_> {
            events.iter().map(|it| it.properties.to_map()).collect()
        };
        prop_assert_eq!(maps(&whole), maps(&again));
        prop_assert_eq!(&columns, &others);
        for (field, values) in columns.iter().filter(|it| !is_old(&it.0)) {
            for (event, value) in whole.iter().zip(values) {
                let told = crate::rows::value_of(event, field);
                // Whole events have no room for some values that their column tells.
                prop_assert!(told.is_none() || told == *value, "{} {:?} {:?}", field, told, value);
            }
        }
    }
}

#[test]
fn nothing_is_done_without_rules_and_runs_are_made_once() {
    let events = vec![event(1, 10, 0, "{}"), event(2, 20, 3, "{}")];
    let snapshot = Arc::new(Snapshot::of_events(
        &events,
        vec![],
        names_of(&NAMES.map(|it| it.0)),
        4,
        1,
    ));
    let runs = NamedRuns::default();
    assert!(Arc::ptr_eq(
        &runs.apply(&snapshot, &Arc::default()),
        &snapshot
    ));
    let naming = Arc::new(naming());
    let first = runs.apply(&snapshot, &naming);
    assert!(Arc::ptr_eq(&first, &runs.apply(&snapshot, &naming)));
    let again = Arc::new(Snapshot::clone(&snapshot));
    assert_eq!(runs.apply(&again, &naming).runs[0].id, first.runs[0].id);
    assert_ne!(first.runs[0].id, snapshot.runs[0].id);
    assert_eq!(first.runs[0].len(), 1, "what is blocked is gone");
}

proptest! {
    /// Renaming what was sent gives what sending it under the new names would have given.
    #[test]
    fn a_log_under_new_names_is_the_log_that_was_sent_so(
        rows in prop::collection::vec((0..9_u32, 0..7_usize, 0..6_u32), 0..60),
        runs_count in 1..4_usize,
    ) {
        let naming = naming();
        let roots: Vec<u32> = (0..9).map(|actor| actor / 2 * 2).collect();
        let (mut sent, mut shown) = (Vec::new(), Vec::new());
        let mut shown_names = EventNames::default();
        for (at, (actor, index, shape)) in (0_i64..).zip(rows) {
            let (before, after) = NAMES[index];
            let is_view = after == Some("viewed");
            let (old, new) = match shape {
                // A number is a number, however it is written.
                0 => (r#"{"total":5}"#, r#"{"price":5}"#),
                1 if is_view => (r#"{"total":"7.5"}"#, r#"{"price":7.5}"#),
                1 => (r#"{"price":"7"}"#, r#"{"price":"7"}"#),
                2 => (r#"{"total":1,"price":2}"#, r#"{"price":2}"#),
                3 if is_view => (r#"{"item":{"id":"a"}}"#, r#"{"product":{"id":"a"}}"#),
                3 => (r#"{"item":{"id":"a"}}"#, r#"{"item":{"id":"a"}}"#),
                4 if is_view => (
                    r#"{"item":{"id":"a","b":1},"product":{"id":true}}"#,
                    r#"{"product":{"id":true,"b":1}}"#,
                ),
                _ => ("{}", "{}"),
            };
            let code = u16::try_from(index).expect("few");
            sent.push(event(actor, at, code, old));
            prop_assert_eq!(naming.is_blocked(&name(before)), after.is_none());
            if let Some(after) = after {
                let code = shown_names.intern(&name(after)).expect("few");
                shown.push(event(actor, at, code.0, new));
            }
        }
        let names = names_of(&NAMES.map(|it| it.0));
        let read = Snapshot::of_events(&sent, roots.clone(), names, 4, runs_count).named(&naming);
        let written = Snapshot::of_events(&shown, roots, shown_names, 4, runs_count);
        prop_assert_eq!(told(&read), told(&written));
        let whole = |snapshot: &Snapshot| {
            let mut all: Vec<(i64, serde_json::Map<_, _>)> = Vec::new();
            for run in &snapshot.runs {
                let rows: Vec<u32> = (0..count(run.len())).collect();
                let events = run.events(&rows).expect("read");
                all.extend(events.iter().map(|it| (it.time.0, it.properties.to_map())));
            }
            all.sort_by_key(|it| it.0);
            all
        };
        prop_assert_eq!(whole(&read), whole(&written));
    }
}
