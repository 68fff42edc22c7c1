//! The store against a plain list of events, whatever happens in whatever order.

use proptest::prelude::*;

use super::*;

const ACTORS: u32 = 9;
const SOURCES: u32 = 3;

/// One record of the log.
#[derive(Clone, Debug)]
enum Record {
    Events(Vec<StoredEvent>),
    Remove(SourceId),
}

#[derive(Clone, Debug)]
enum Act {
    /// Actor, time and message of each event.
    Append(Vec<(u32, i64, u64)>),
    Roots(Vec<u32>, BTreeMap<u32, Vec<(i64, u32)>>),
    Seal,
    Merge,
    MergeAll,
    Remove(u32),
    Reopen,
}

fn any_act() -> impl Strategy<Value = Act> {
    let event = (0..ACTORS, 0_i64..20, 0_u64..200);
    prop_oneof![
        6 => proptest::collection::vec(event, 0..40).prop_map(Act::Append),
        3 => (any_roots(), any_shared()).prop_map(|(roots, shared)| Act::Roots(roots, shared)),
        3 => Just(Act::Seal),
        2 => Just(Act::Merge),
        1 => Just(Act::MergeAll),
        1 => (0..SOURCES).prop_map(Act::Remove),
        1 => Just(Act::Reopen),
    ]
}

/// Any partition of the actors, each part under one of its members.
fn any_roots() -> impl Strategy<Value = Vec<u32>> {
    proptest::collection::vec(0..ACTORS, ACTORS as usize).prop_map(|labels| {
        let place = |label: u32| match label % 2 {
            0 => labels.iter().position(|it| *it == label),
            _ => labels.iter().rposition(|it| *it == label),
        };
        let place = |label: &u32| u32::try_from(place(*label).expect("is there")).expect("few");
        labels.iter().map(place).collect()
    })
}

/// Some actors with moments from which they are another's.
fn any_shared() -> impl Strategy<Value = BTreeMap<u32, Vec<(i64, u32)>>> {
    let turns = proptest::collection::vec((0_i64..20, 0..ACTORS), 1..5);
    proptest::collection::btree_map(0..ACTORS, turns, 0..3)
}

/// The store and what it should hold.
struct Pair {
    dir: tempfile::TempDir,
    buckets: u32,
    store: EventStore,
    log: Vec<Record>,
    roots: Roots,
    /// When each message of an actor happened: it is the same event whenever it comes again.
    times: BTreeMap<(u32, u64), i64>,
}

impl Pair {
    fn new(buckets: u32) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let store = EventStore::open(dir.path(), options(buckets)).expect("opens");
        store.set_names(names()).expect("new");
        Self {
            dir,
            buckets,
            store,
            log: Vec::new(),
            roots: Roots::default(),
            times: BTreeMap::new(),
        }
    }

    fn play(&mut self, act: Act) {
        match act {
            Act::Append(rows) => {
                let position = self.log.len() as u64;
                let events: Vec<StoredEvent> = (0..)
                    .zip(rows)
                    .map(|(index, (actor, time, message))| {
                        // A repeated message comes from where it came before, so that undoing a
                        // source never undoes the first of two.
                        let source = u32::try_from(message).expect("small") % SOURCES;
                        let time = *self.times.entry((actor, message)).or_insert(time);
                        event(actor, time, Seq::new(position, index), message, source)
                    })
                    .collect();
                self.log.push(Record::Events(events));
                self.apply(self.log.len() - 1);
            }
            Act::Roots(roots, shared) => {
                self.roots = Roots::shared(roots, shared);
                self.give_roots();
            }
            Act::Seal => {
                self.store.seal().expect("sealed");
            }
            Act::Merge => while self.store.merge().expect("merged") {},
            Act::MergeAll => self.store.merge_all().expect("merged"),
            Act::Remove(source) => {
                self.log.push(Record::Remove(SourceId(source)));
                self.apply(self.log.len() - 1);
            }
            Act::Reopen => self.reopen(),
        }
    }

    fn apply(&self, position: usize) {
        let mut batch = Batch {
            applied: position as u64 + 1,
            ..Batch::default()
        };
        match &self.log[position] {
            Record::Events(events) => batch.events = events.clone(),
            Record::Remove(source) => self.store.remove_source(*source).expect("removed"),
        }
        self.store.append(batch);
    }

    fn give_roots(&self) {
        let roots = (0..).zip(self.roots.iter());
        let roots = roots.map(|(actor, root)| (ActorId(actor), ProfileId(*root)));
        // Those that are shared no longer are named as well.
        let turns = (0..ACTORS).map(|actor| {
            let turns = self.roots.turns_of(actor).cloned();
            (ActorId(actor), turns.unwrap_or_default())
        });
        self.store.set_roots_and_turns(roots, turns, 5);
    }

    fn reopen(&mut self) {
        let dir = self.dir.path();
        self.store = EventStore::open(dir, options(self.buckets)).expect("opens");
        self.store.set_names(names()).expect("the same");
        self.give_roots();
        let applied = usize::try_from(self.store.applied()).expect("few");
        (applied..self.log.len()).for_each(|position| self.apply(position));
    }

    fn expected(&self) -> Vec<StoredEvent> {
        let mut events = Vec::new();
        for record in &self.log {
            match record {
                Record::Events(more) => events.extend(more.iter().cloned()),
                Record::Remove(source) => events.retain(|event| event.source != *source),
            }
        }
        events
    }

    fn check(&self) {
        let expected = self.expected();
        let snapshot = self.store.snapshot(at(0));
        check_equal(
            &walked(&snapshot),
            &by_profile(expected.clone(), &self.roots),
        );
        self.check_pages(&snapshot);
        let keys: Vec<MessageKey> = (0..200_u64)
            .map(|n| event(0, 0, Seq(0), n, 0).message)
            .collect();
        let held: BTreeSet<MessageKey> = expected.iter().map(|event| event.message).collect();
        let held: Vec<bool> = keys.iter().map(|key| held.contains(key)).collect();
        assert_eq!(self.store.contains_keys(&keys).expect("sound"), held);
        for key in keys {
            let same = expected.iter().filter(|it| it.message == key);
            let seqs: Vec<Seq> = same.map(|event| event.seq).collect();
            let found = self.store.find_event(&[key]).expect("sound");
            // Of repeated messages, merging may keep any.
            let found = found.map(|event| (event.message, seqs.contains(&event.seq)));
            assert_eq!(found, (!seqs.is_empty()).then_some((key, true)));
        }
        let recent = |events: Vec<StoredEvent>| -> BTreeSet<_> {
            let recent = events.into_iter().filter(|event| event.received.0 >= 15);
            recent
                .map(|event| (event.message, event.source, event.received))
                .collect()
        };
        let found = self.store.keys_since(at(15)).expect("sound");
        let found: BTreeSet<_> = found
            .into_iter()
            .map(|it| (it.message, it.source, it.received))
            .collect();
        // Repeated messages may be there or not, depending on what was merged.
        assert!(recent(without_repeats(expected.clone())).is_subset(&found));
        assert!(found.is_subset(&recent(expected)));
    }

    fn check_pages(&self, snapshot: &Snapshot) {
        let all = walked(snapshot);
        for profile in 0..ACTORS {
            let mut newest = all.get(&profile).cloned().unwrap_or_default();
            newest.reverse();
            let mut listed = Vec::new();
            let mut before = None;
            loop {
                let page = snapshot
                    .profile_events(ProfileId(profile), 4, before)
                    .expect("readable");
                assert!(page.len() <= 4);
                let Some(last) = page.last() else {
                    break;
                };
                before = Some((last.time, last.seq));
                listed.extend(page);
            }
            assert!(listed.is_sorted_by_key(|it| std::cmp::Reverse((it.time, it.seq))));
            let listed = by_profile(listed, &snapshot.roots).remove(&profile);
            let mut listed = listed.unwrap_or_default();
            listed.reverse();
            assert_eq!(listed, newest);
        }
    }
}

fn check(acts: Vec<Act>, buckets: u32) {
    let mut pair = Pair::new(buckets);
    for act in acts {
        pair.play(act);
        pair.check();
    }
    let hash = pair.store.state_hash().expect("readable");
    pair.store.seal().expect("sealed");
    pair.store.merge_all().expect("merged");
    assert_eq!(pair.store.state_hash().expect("readable"), hash);
    assert!(pair.store.verify().is_empty());
    pair.check();
    let snapshot = pair.store.snapshot(at(0));
    let live: Vec<u32> = snapshot
        .runs
        .iter()
        .flat_map(|run| run.profiles.to_vec())
        .collect();
    let different: BTreeSet<u32> = live.iter().copied().collect();
    assert_eq!(
        different.len(),
        live.len(),
        "after merging all, no profile lies in two parts"
    );
    let repeats = snapshot.runs.iter().map(|run| run.len()).sum::<usize>();
    assert_eq!(
        repeats,
        without_repeats(pair.expected()).len(),
        "and no message twice"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn a_walk_sees_what_a_plain_list_would_say(
        acts in proptest::collection::vec(any_act(), 1..14),
        buckets in prop_oneof![Just(1_u32), Just(4), Just(64)],
    ) {
        check(acts, buckets);
    }
}

#[test]
fn merging_profiles_before_or_after_sealing_is_the_same() {
    let rows = |from: u64| -> Vec<(u32, i64, u64)> {
        let row = |n: u64| {
            let actor = u32::try_from(n % 7).expect("small");
            (actor, i64::try_from(n * 7 % 20).expect("small"), n)
        };
        (from..from + 40).map(row).collect()
    };
    let roots = vec![0, 0, 2, 2, 0, 5, 5, 7, 8];
    let shared = BTreeMap::from([(8, vec![(3, 0), (9, 5), (14, 8)])]);
    let stories = [
        vec![
            Act::Roots(roots.clone(), shared.clone()),
            Act::Append(rows(0)),
            Act::Append(rows(40)),
            Act::Seal,
            Act::MergeAll,
        ],
        vec![
            Act::Append(rows(0)),
            Act::Seal,
            Act::Append(rows(40)),
            Act::Seal,
            Act::Roots(roots.clone(), shared.clone()),
        ],
    ];
    let [first, second] = stories.map(|story| {
        let mut pair = Pair::new(4);
        for act in story {
            pair.play(act);
            pair.check();
        }
        walked(&pair.store.snapshot(at(0)))
    });
    assert_eq!(first, second);
}
