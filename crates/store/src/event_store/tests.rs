mod crash;
mod damage;
mod twin;

use std::collections::{BTreeMap, BTreeSet};

use throughline_model::{EventKind, Field, JsonObject, MessageKey, Seq, SourceId};

use super::*;
use crate::{roots::Roots, rows::value_of};

/// Fields that the generated events have, in every type, promoted or left in the rest.
const FIELDS: [&str; 6] = [
    "properties.price",
    "properties.name",
    "properties.deep.er",
    "properties.rare",
    "context.page.path",
    "source",
];

fn names() -> Arc<EventNames> {
    let names = ["page_viewed", "cart_added", "purchase"];
    let names: Vec<EventName> = names
        .iter()
        .filter_map(|it| EventName::parse(it).ok())
        .collect();
    Arc::new(EventNames::of(&names))
}

fn options(buckets: u32) -> StoreOptions {
    StoreOptions {
        buckets: Some(buckets),
        part_rows_max: 25,
        ..StoreOptions::default()
    }
}

fn at(time: i64) -> Timestamp {
    Timestamp(time)
}

/// An event whose content follows from its numbers.
fn event(actor: u32, time: i64, seq: Seq, message: u64, source: u32) -> StoredEvent {
    let price = match message % 5 {
        0 => format!("{message}"),
        1 => format!("{message}.50"),
        2 => format!("\"{message}\""),
        3 => "12345678901234567890".to_owned(),
        _ => "null".to_owned(),
    };
    let rare = if message.is_multiple_of(11) {
        ",\"rare\":true"
    } else {
        ""
    };
    let properties = format!(
        "{{\"price\":{price},\"name\":\"n\\u00e9{}\",\"deep\":{{\"er\":{},\"list\":[1]}}{rare}}}",
        message % 4,
        message.is_multiple_of(3)
    );
    let context = match message % 3 {
        0 => "{}".to_owned(),
        _ => format!(
            "{{\"page\":{{\"path\":\"/{}\"}},\"ip\":\"10.0.0.1\"}}",
            message % 7
        ),
    };
    StoredEvent {
        actor: ActorId(actor),
        seq,
        time: at(time),
        received: at(time + 5),
        kind: if message.is_multiple_of(2) {
            EventKind::Track
        } else {
            EventKind::Page
        },
        event: u16::try_from(message % 3).expect("small"),
        channel: u8::try_from(message % 15).expect("small"),
        source: SourceId(source),
        message: MessageKey(u128::from(message) << 64 | u128::from(message % 2)),
        properties: JsonObject::parse(&properties).expect("an object"),
        context: JsonObject::parse(&context).expect("an object"),
    }
}

/// What tells events apart and what they hold, without the spelling of their objects.
type Told = (u32, u64, i64, i64, u8, u16, u8, u32, u128, String, String);

fn told(event: &StoredEvent) -> Told {
    let json = |object: &JsonObject| {
        let mut members: Vec<_> = object.to_map().into_iter().collect();
        members.sort_by(|left, right| left.0.cmp(&right.0));
        // `5` and `5.0` are one number.
        format!("{members:?}").replace(".0)", ")")
    };
    (
        event.actor.0,
        event.seq.0,
        event.time.0,
        event.received.0,
        event.kind as u8,
        event.event,
        event.channel,
        event.source.0,
        event.message.0,
        json(&event.properties),
        json(&event.context),
    )
}

/// Each message of an actor once: the first by sequence.
fn without_repeats(events: impl IntoIterator<Item = StoredEvent>) -> Vec<StoredEvent> {
    let mut first: BTreeMap<(u32, u128), StoredEvent> = BTreeMap::new();
    for event in events {
        let kept = first
            .entry((event.actor.0, event.message.0))
            .or_insert_with(|| event.clone());
        if event.seq < kept.seq {
            *kept = event;
        }
    }
    first.into_values().collect()
}

/// Events by profile, in order of time and sequence.
fn by_profile(events: Vec<StoredEvent>, roots: &Roots) -> BTreeMap<u32, Vec<Told>> {
    let mut found: BTreeMap<u32, Vec<StoredEvent>> = BTreeMap::new();
    for event in without_repeats(events) {
        found
            .entry(roots.at(event.actor.0, event.time.0))
            .or_default()
            .push(event);
    }
    let in_order = |(profile, mut events): (u32, Vec<StoredEvent>)| {
        events.sort_by_key(|event| (event.time, event.seq));
        (profile, events.iter().map(told).collect())
    };
    found.into_iter().map(in_order).collect()
}

/// Says what differs, as both together are too long to be read.
fn check_equal(found: &BTreeMap<u32, Vec<Told>>, expected: &BTreeMap<u32, Vec<Told>>) {
    let profiles: BTreeSet<&u32> = found.keys().chain(expected.keys()).collect();
    for profile in profiles {
        let of = |events: &BTreeMap<u32, Vec<Told>>| -> BTreeSet<Told> {
            events.get(profile).into_iter().flatten().cloned().collect()
        };
        let (found, expected) = (of(found), of(expected));
        let missing: Vec<_> = expected.difference(&found).collect();
        let surplus: Vec<_> = found.difference(&expected).collect();
        assert!(
            missing.is_empty() && surplus.is_empty(),
            "profile {profile} misses {missing:?} and has {surplus:?}"
        );
    }
    assert!(found == expected, "the order differs");
}

/// What a walk over a snapshot sees. Checks on the way that columns and rows agree.
fn walked(snapshot: &Snapshot) -> BTreeMap<u32, Vec<Told>> {
    let mut found = Vec::new();
    for run in &snapshot.runs {
        let rows: Vec<u32> = (0..u32::try_from(run.len()).expect("few")).collect();
        let events = run.events(&rows).expect("readable");
        for field in FIELDS {
            let field = Field::parse(field).expect("a field");
            let values = run.values(&field).expect("readable");
            for (row, event) in events.iter().enumerate() {
                assert_eq!(
                    values.get(row),
                    value_of(event, &field),
                    "{field} of row {row}"
                );
            }
        }
        for (group, profile) in run.profiles.iter().enumerate() {
            if !snapshot.is_live(*profile) {
                continue;
            }
            for row in run.rows_of(u32::try_from(group).expect("few")) {
                let event = &events[row as usize];
                assert_eq!(snapshot.profile_of(event), *profile);
                assert_eq!(event.time.0, run.time[row as usize]);
                found.push(event.clone());
            }
        }
    }
    by_profile(found, &snapshot.roots)
}

#[test]
fn an_empty_store_has_an_empty_snapshot() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = EventStore::open(dir.path(), options(4)).expect("opens");
    assert_eq!(store.snapshot(at(7)).runs.len(), 0);
    assert_eq!(store.snapshot(at(7)).taken, at(7));
    assert!(!store.seal().expect("nothing to do"));
    assert!(!store.merge().expect("nothing to do"));
    assert_eq!(
        store.contains_keys(&[MessageKey(1)]).expect("sound"),
        [false]
    );
    assert_eq!(store.state_hash().expect("sound"), 0);
}

#[test]
fn a_snapshot_never_changes() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = EventStore::open(dir.path(), options(4)).expect("opens");
    store.set_names(names()).expect("new");
    let event = |n: u64| {
        event(
            u32::try_from(n % 5).expect("small"),
            100,
            Seq::new(n, 0),
            n,
            1,
        )
    };
    store.append(Batch {
        events: (0..60).map(event).collect(),
        applied: 60,
    });
    store.seal().expect("sealed");
    store.append(Batch {
        events: (60..70).map(event).collect(),
        applied: 70,
    });
    let before = store.snapshot(at(0));
    let seen = walked(&before);
    store.set_roots([(ActorId(1), ProfileId(0))], 1);
    store.seal().expect("sealed");
    store.merge_all().expect("merged");
    store.remove_source(SourceId(1)).expect("removed");
    assert_eq!(walked(&before), seen);
    assert_eq!(walked(&store.snapshot(at(0))), BTreeMap::new());
    drop(before);
    let files = std::fs::read_dir(dir.path().join("parts"))
        .expect("listed")
        .count();
    assert_eq!(files, 0, "files go with the last reader");
}

#[test]
fn a_wish_for_other_buckets_is_refused() {
    let dir = tempfile::tempdir().expect("a folder");
    drop(EventStore::open(dir.path(), options(4)).expect("opens"));
    let refused = EventStore::open(dir.path(), options(8))
        .err()
        .expect("refused");
    assert!(refused.to_string().contains("has 4 buckets"), "{refused}");
    EventStore::open(dir.path(), StoreOptions::default()).expect("takes what there is");
}

#[test]
fn names_must_continue_those_of_the_store() {
    let dir = tempfile::tempdir().expect("a folder");
    let store = EventStore::open(dir.path(), options(4)).expect("opens");
    store.set_names(names()).expect("new");
    store.append(Batch {
        events: vec![event(0, 0, Seq(0), 0, 0)],
        applied: 1,
    });
    store.seal().expect("sealed");
    drop(store);
    let store = EventStore::open(dir.path(), options(4)).expect("opens");
    assert_eq!(store.names().len(), 3);
    let other = EventNames::of(&[EventName::parse("other").expect("a name")]);
    assert!(matches!(
        store.set_names(Arc::new(other)),
        Err(StoreError::Names { code: 0, .. })
    ));
}

#[test]
fn a_store_that_lost_its_place_is_fenced_off() {
    let dir = tempfile::tempdir().expect("a folder");
    let (first, second) = (
        EventStore::open(dir.path(), options(4)).expect("opens"),
        EventStore::open(dir.path(), options(4)).expect("opens"),
    );
    for (store, expected) in [(&second, true), (&first, false)] {
        store.set_names(names()).expect("new");
        store.append(Batch {
            events: vec![event(0, 0, Seq(0), 0, 0)],
            applied: 1,
        });
        assert_eq!(store.seal().is_ok(), expected);
    }
    assert!(matches!(first.seal(), Err(StoreError::Stopped)));
    assert_eq!(first.snapshot(at(0)).runs.len(), 1, "reading goes on");
}
