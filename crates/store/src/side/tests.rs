use proptest::prelude::*;
use throughline_model::{
    ActorId, EventKind, Field, JsonObject, MessageKey, Seq, SourceId, Timestamp, Value,
};

use super::*;
use crate::{
    run::StoredEvent,
    snapshot::{EventNames, Snapshot},
    tail::run_of_chunks,
};

const ACTORS: u32 = 12;
const BUCKETS: u32 = 4;

fn run_of(events: Vec<StoredEvent>, roots: &Roots) -> Arc<Run> {
    Arc::new(run_of_chunks(vec![Arc::new(events)], roots, BUCKETS, None))
}

fn event(actor: u32, time: i64, seq: u64) -> StoredEvent {
    StoredEvent {
        actor: ActorId(actor),
        seq: Seq(seq),
        time: Timestamp(time),
        received: Timestamp(time),
        kind: EventKind::Track,
        event: u16::try_from(seq % 5).expect("small"),
        channel: 1,
        source: SourceId(0),
        message: MessageKey(u128::from(seq)),
        properties: JsonObject::parse(&format!("{{\"seq\":{seq},\"text\":\"t{}\"}}", seq % 3))
            .expect("an object"),
        context: JsonObject::empty(),
    }
}

fn shown(shelf: &Shelf) -> Snapshot {
    Snapshot {
        runs: shelf.runs().cloned().collect(),
        roots: shelf.roots.clone(),
        names: Arc::new(EventNames::default()),
        links: 0,
        taken: Timestamp::default(),
        buckets: BUCKETS,
        only: None,
        known: Arc::default(),
    }
}

/// Every live group of a snapshot with the events in it, in order of profile and sequence.
fn walked(snapshot: &Snapshot) -> Vec<(u32, u64)> {
    let mut found = Vec::new();
    for run in &snapshot.runs {
        let seqs = run
            .values(&Field::Property(vec!["seq".to_owned()]))
            .expect("in memory");
        for group in 0..u32::try_from(run.profiles.len()).expect("few") {
            let profile = run.profiles[group as usize];
            if !snapshot.is_live(profile) {
                continue;
            }
            let rows: Vec<u32> = run.rows_of(group).collect();
            assert!(run.time[rows[0] as usize..][..rows.len()].is_sorted());
            for (row, event) in rows.iter().zip(run.events(&rows).expect("in memory")) {
                assert_eq!(snapshot.profile_of(&event), profile);
                assert_eq!(run.event[*row as usize], event.event);
                assert_eq!(run.time[*row as usize], event.time.0);
                let seq = seqs.get(*row as usize);
                let expected = event.seq.0 as f64;
                assert_eq!(seq, Some(Value::Number(expected)));
                found.push((profile, event.seq.0));
            }
        }
        let groups = run.profiles.iter().map(|it| it & !MOVED);
        let keys = groups.map(|it| (crate::snapshot::bucket_of(it, BUCKETS), it));
        assert!(keys.is_sorted(), "groups are in order, marked or not");
    }
    found.sort_unstable();
    found
}

fn naive(events: &[StoredEvent], roots: &Roots) -> Vec<(u32, u64)> {
    let mut found: Vec<_> = events
        .iter()
        .map(|event| (roots.at(event.actor.0, event.time.0), event.seq.0))
        .collect();
    found.sort_unstable();
    found
}

/// Any partition of the actors, each part under one of its members.
fn any_roots() -> impl Strategy<Value = Vec<u32>> {
    proptest::collection::vec(0..ACTORS, ACTORS as usize).prop_map(|labels| {
        let first = |label: u32| labels.iter().position(|it| *it == label).expect("is there");
        let last = |label: u32| {
            labels
                .iter()
                .rposition(|it| *it == label)
                .expect("is there")
        };
        let place = |label: u32| {
            if label.is_multiple_of(2) {
                first(label)
            } else {
                last(label)
            }
        };
        labels
            .iter()
            .map(|label| u32::try_from(place(*label)).expect("few"))
            .collect()
    })
}

/// Any partition, in which some that stand for themselves are shared by others that do.
fn any_turns() -> impl Strategy<Value = Roots> {
    let turn = (0_i64..50, 0..ACTORS);
    let turns = proptest::collection::vec(turn, 0..6);
    let shared = proptest::collection::btree_map(0..ACTORS, turns, 0..4);
    (any_roots(), shared).prop_map(|(roots, shared)| Roots::shared(roots, shared))
}

#[derive(Clone, Debug)]
enum Act {
    Roots(Roots),
    Add(Vec<(u32, i64)>),
    Replace(usize),
}

fn any_act() -> impl Strategy<Value = Act> {
    prop_oneof![
        2 => any_roots().prop_map(|it| Act::Roots(it.into())),
        3 => any_turns().prop_map(Act::Roots),
        2 => proptest::collection::vec((0..ACTORS, 0_i64..50), 0..30).prop_map(Act::Add),
        1 => (0_usize..4).prop_map(Act::Replace),
    ]
}

proptest! {
    #[test]
    fn every_event_lies_once_under_its_present_root(
        acts in proptest::collection::vec(any_act(), 1..12),
    ) {
        let cache = Arc::new(ValuesCache::new(1 << 20));
        let mut roots = Roots::default();
        let mut shelf = Shelf::new(BUCKETS, Arc::clone(&cache), roots.clone());
        let mut events: Vec<StoredEvent> = Vec::new();
        for act in acts {
            match act {
                Act::Roots(new) => {
                    roots = new;
                    let all: Vec<u32> = (0..ACTORS).collect();
                    shelf.apply(&all, &roots);
                }
                Act::Add(rows) => {
                    let first = events.len() as u64;
                    let added: Vec<_> = rows
                        .into_iter()
                        .zip(first..)
                        .map(|((actor, time), seq)| event(actor, time, seq))
                        .collect();
                    events.extend(added.iter().cloned());
                    // As when a part was made while the roots changed: sorted under others.
                    let stale = Roots::default();
                    let sorted_under = if first.is_multiple_of(2) { &roots } else { &stale };
                    shelf.add(run_of(added, sorted_under));
                }
                Act::Replace(index) => {
                    let base = shelf.bases().nth(index).cloned();
                    if let Some(base) = base {
                        let rows: Vec<u32> = (0..count(base.len())).collect();
                        let rows = base.events(&rows).expect("in memory");
                        let run = run_of(rows, &roots);
                        shelf.replace(&BTreeSet::from([base.id]), vec![run]);
                    }
                }
            }
            prop_assert_eq!(walked(&shown(&shelf)), naive(&events, &roots));
        }
    }
}

fn count(count: usize) -> u32 {
    u32::try_from(count).expect("few")
}

#[test]
fn a_union_moves_only_the_groups_that_lost_their_root() {
    let cache = Arc::new(ValuesCache::new(1 << 20));
    let mut shelf = Shelf::new(BUCKETS, cache, Roots::default());
    let events: Vec<_> = (0..10)
        .map(|seq| event(u32::from(seq > 7), 0, seq))
        .collect();
    shelf.add(run_of(events, &Roots::default()));
    shelf.apply(&[1], &vec![0, 0].into());
    let base = shelf.bases().next().expect("one").id;
    assert_eq!(shelf.moved_rows(), [(base, 2)].into());
    assert_eq!(shelf.runs().count(), 2);
    // The base is shown as it is: the roots alone say that its group is dead.
    assert!(
        shelf
            .runs()
            .next()
            .expect("one")
            .profiles
            .iter()
            .all(|it| it & MOVED == 0)
    );
}

#[test]
fn a_turn_at_the_end_leaves_older_rows_where_they_lie() {
    let cache = Arc::new(ValuesCache::new(1 << 20));
    let mut shelf = Shelf::new(BUCKETS, cache, Roots::default());
    let device = 9;
    // Others, so that looking at every group is not the cheaper way.
    let others = (20..60).map(|actor| event(actor, 0, u64::from(100 + actor)));
    let own = (0..50).map(|time| event(device, time, time.unsigned_abs()));
    let events: Vec<StoredEvent> = own.chain(others).collect();
    let who = |turns: &[(i64, u32)]| {
        let shared = BTreeMap::from([(device, turns.to_vec())]);
        Roots::shared((0..ACTORS).collect(), shared)
    };
    shelf.apply(&[device], &who(&[(0, 1)]));
    shelf.add(run_of(events, &Roots::default()));
    let sides = |shelf: &Shelf| -> Vec<u64> { shelf.sides.iter().map(|it| it.run.id).collect() };
    let before = sides(&shelf);
    assert_eq!(before.len(), 1);
    // Nothing of the run lies within the new turn, so nothing is moved.
    shelf.apply(&[device], &who(&[(0, 1), (60, 2)]));
    assert_eq!(sides(&shelf), before);
    shelf.apply(&[device], &who(&[(0, 1), (20, 2), (60, 2)]));
    assert_ne!(sides(&shelf), before);
    let snapshot = shown(&shelf);
    let of_second = walked(&snapshot).iter().filter(|it| it.0 == 2).count();
    assert_eq!(of_second, 30);
}
