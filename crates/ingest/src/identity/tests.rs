//! Components by example, in every arrival order, and against a naive twin.

use std::collections::{BTreeMap, BTreeSet};

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;

mod evidence;
mod turns;

/// An event as the tests write it: time, source, identifiers.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Shown {
    time: i64,
    source: u32,
    is_alias: bool,
    identifiers: Vec<Identifier>,
}

/// Reads `3 u=ann a=phone` or `3 alias u=ann a=phone`; `from=2` names another source.
fn shown(line: &str) -> Shown {
    let mut words = line.split_whitespace();
    let time = words
        .next()
        .and_then(|word| word.parse().ok())
        .expect("a time first");
    let mut shown = Shown {
        time,
        source: 1,
        is_alias: false,
        identifiers: Vec::new(),
    };
    for word in words {
        match word.split_once('=') {
            Some(("u", value)) => shown.identifiers.push(Identifier::user(value)),
            Some(("a", value)) => shown.identifiers.push(Identifier::anonymous(value)),
            Some(("e", value)) => shown.identifiers.push(Identifier {
                kind: IdentifierKind::Email,
                value: value.into(),
            }),
            Some(("from", value)) => shown.source = value.parse().expect("a source number"),
            None if word == "alias" => shown.is_alias = true,
            _ => panic!("`{word}` is not known"),
        }
    }
    shown
}

struct Played {
    resolver: Resolver,
    identifiers: Vec<Identifier>,
    log: Vec<LinkEntry>,
    roots: Vec<u32>,
}

/// Observes events one after the other and keeps what storage would keep.
fn play(events: &[Shown]) -> Played {
    let mut played = Played {
        resolver: Resolver::default(),
        identifiers: Vec::new(),
        log: Vec::new(),
        roots: Vec::new(),
    };
    for (index, event) in events.iter().enumerate() {
        let sighting = Sighting {
            identifiers: &event.identifiers,
            is_alias: event.is_alias,
            time: Timestamp(event.time),
            source: SourceId(event.source),
            seq: Seq::new(index as u64, 0),
        };
        let mut changes = Changes::default();
        played.resolver.observe(sighting, &mut changes);
        played.resolver.settle(&mut changes);
        played.keep(changes);
    }
    played
}

impl Played {
    fn retract(&mut self, source: u32) {
        let mut changes = Changes::default();
        self.resolver.retract(SourceId(source), &mut changes);
        self.keep(changes);
    }

    fn keep(&mut self, changes: Changes) {
        for (actor, identifier) in changes.actors {
            assert_eq!(actor.0 as usize, self.identifiers.len(), "actors are dense");
            self.identifiers.push(identifier);
            self.roots.push(actor.0);
        }
        for (actor, identifier) in changes.plain {
            self.identifiers[actor.0 as usize] = identifier;
        }
        for (position, entry) in changes.links {
            assert_eq!(position, self.log.len() as u64, "positions are dense");
            self.log.push(entry);
        }
        for change in changes.roots {
            assert_eq!(self.roots[change.actor.0 as usize], change.old.0);
            self.roots[change.actor.0 as usize] = change.new.0;
        }
        assert_eq!(
            self.roots,
            self.resolver.roots(),
            "changes tell the whole truth"
        );
    }

    /// The profiles as sets of identifiers.
    fn profiles(&self) -> BTreeSet<BTreeSet<Identifier>> {
        let mut groups: BTreeMap<u32, BTreeSet<Identifier>> = BTreeMap::new();
        for (index, identifier) in self.identifiers.iter().enumerate() {
            let root = self.resolver.roots()[index];
            groups.entry(root).or_default().insert(identifier.clone());
        }
        for (root, members) in &groups {
            let stands_for_it = &self.identifiers[*root as usize];
            assert!(members.contains(stands_for_it));
            assert_eq!(
                stands_for_it.kind == IdentifierKind::User,
                members.iter().any(|it| it.kind == IdentifierKind::User),
                "the known identity stands for the profile"
            );
        }
        groups.into_values().collect()
    }

    /// Links that lost, as pairs of identifiers.
    fn refused(&self) -> BTreeSet<(Identifier, Identifier)> {
        let name = |actor: ActorId| self.identifiers[actor.0 as usize].clone();
        self.log
            .iter()
            .filter_map(|entry| match entry {
                LinkEntry::Link(link) if !self.resolver.holds(link) => {
                    Some((name(link.left), name(link.right)))
                }
                _ => None,
            })
            .collect()
    }

    fn show(&self) -> String {
        let letter = |it: &Identifier| match it.kind {
            IdentifierKind::User => format!("u={}", it.value),
            IdentifierKind::Anonymous => format!("a={}", it.value),
            IdentifierKind::Email => format!("e={}", it.value),
            kind => format!("{kind:?}={}", it.value),
        };
        let mut text = String::new();
        for members in self.profiles() {
            let members: Vec<String> = members.iter().map(letter).collect();
            text.push_str(&format!("{}\n", members.join(" ")));
        }
        for (left, right) in self.refused() {
            text.push_str(&format!("refused {} {}\n", letter(&left), letter(&right)));
        }
        text
    }
}

/// Every arrival order must end in the same profiles.
fn check(timeline: &str, expected: Expect) {
    let events: Vec<Shown> = timeline
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(shown)
        .collect();
    let first = play(&events).show();
    for order in orders(events.len()) {
        let events: Vec<Shown> = order.iter().map(|&index| events[index].clone()).collect();
        assert_eq!(play(&events).show(), first, "arrival order {order:?}");
    }
    expected.assert_eq(&first);
}

fn orders(count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for order in orders(count - 1) {
        for place in 0..=order.len() {
            let mut order = order.clone();
            order.insert(place, count - 1);
            all.push(order);
        }
    }
    all
}

#[test]
fn anonymous_events_join_the_known_identity() {
    check(
        "
        1 a=phone
        2 a=laptop
        3 u=ann a=phone
        4 u=ann a=laptop
        ",
        expect![[r"
            u=ann a=laptop a=phone
        "]],
    );
}

#[test]
fn a_shared_device_belongs_to_whom_it_was_seen_with_first() {
    check(
        "
        1 u=ann a=tablet
        2 u=bob a=tablet
        3 u=bob a=phone
        4 a=tablet
        ",
        expect![[r"
            u=ann a=tablet
            u=bob a=phone
            refused u=bob a=tablet
        "]],
    );
}

#[test]
fn links_of_one_instant_are_decided_by_value() {
    check(
        "
        5 u=ann a=tablet
        5 u=bob a=tablet
        5 u=cat a=tablet
        ",
        expect![[r#"
            u=ann
            u=bob a=tablet
            u=cat
            refused u=ann a=tablet
            refused u=cat a=tablet
        "#]],
    );
}

#[test]
fn devices_linked_to_each_other_follow_the_earliest_link() {
    check(
        "
        1 a=one a=two
        2 a=two a=three
        3 u=ann a=three
        4 u=bob a=one
        2 u=bob a=two
        ",
        expect![[r"
            u=ann
            u=bob a=one a=three a=two
            refused u=ann a=three
        "]],
    );
}

#[test]
fn an_alias_joins_what_was_anonymous() {
    check(
        "
        1 a=anon
        2 alias u=ann a=anon
        ",
        expect![[r"
            u=ann a=anon
        "]],
    );
}

#[test]
fn an_alias_of_two_known_identities_is_recorded_and_refused() {
    check(
        "
        1 u=old
        2 u=new
        3 alias u=new a=old
        ",
        expect![[r"
            u=new a=old
            u=old
            refused u=new u=old
        "]],
    );
}

#[test]
fn retracting_a_source_leaves_what_others_have_shown() {
    let mut played = play(&[
        shown("5 u=ann a=phone from=1"),
        shown("1 u=ann a=phone from=2"),
        shown("1 u=bob a=tablet from=2"),
        shown("3 u=cat a=tablet from=1"),
    ]);
    expect![[r"
        u=ann a=phone
        u=bob a=tablet
        u=cat
        refused u=cat a=tablet
    "]]
    .assert_eq(&played.show());
    played.retract(2);
    assert_eq!(played.resolver.position(), 5);
    expect![[r"
        u=ann a=phone
        u=bob
        u=cat a=tablet
        refused u=bob a=tablet
    "]]
    .assert_eq(&played.show());
}

#[test]
fn ten_thousand_identifiers_become_one_profile() {
    let chain: Vec<Shown> = (0..10_000)
        .map(|index| shown(&format!("{index} a=d{index} a=d{}", index + 1)))
        .collect();
    let mut played = play(&chain);
    let mut changes = Changes::default();
    let last = shown("0 u=ann a=d10000");
    played.resolver.observe(
        Sighting {
            identifiers: &last.identifiers,
            is_alias: false,
            time: Timestamp(0),
            source: SourceId(1),
            seq: Seq::new(10_000, 0),
        },
        &mut changes,
    );
    assert_eq!(changes.roots.len(), 10_001);
    let known = played.resolver.actor(&last.identifiers[0]).expect("seen");
    assert!(played.resolver.roots().iter().all(|&root| root == known.0));
}

/// The definition: all links in rank order, none that would join two known identities.
fn naive(events: &[Shown]) -> BTreeSet<BTreeSet<Identifier>> {
    let mut seen: BTreeSet<Identifier> = BTreeSet::new();
    let mut edges = Vec::new();
    for event in events {
        seen.extend(event.identifiers.iter().cloned());
        let own = &event.identifiers[0];
        for (index, other) in event.identifiers.iter().enumerate().skip(1) {
            let is_alias = event.is_alias && index + 1 == event.identifiers.len();
            let (a, b) = (identifiers::key(own), identifiers::key(other));
            let (low, high) = (a.min(b), a.max(b));
            edges.push((event.time, is_alias, low, high, own.clone(), other.clone()));
        }
    }
    edges.sort();
    let mut profiles: Vec<BTreeSet<Identifier>> =
        seen.into_iter().map(|it| BTreeSet::from([it])).collect();
    for (_, _, _, _, own, other) in edges {
        let place = |profiles: &[BTreeSet<Identifier>], it| {
            profiles
                .iter()
                .position(|members| members.contains(it))
                .expect("seen")
        };
        let (a, b) = (place(&profiles, &own), place(&profiles, &other));
        let known = |index: usize| {
            profiles[index]
                .iter()
                .any(|it| it.kind == IdentifierKind::User)
        };
        if a != b && !(known(a) && known(b)) {
            let moved = profiles[b].clone();
            profiles[a].extend(moved);
            profiles.remove(b);
        }
    }
    profiles.into_iter().collect()
}

fn any_event() -> impl Strategy<Value = Shown> {
    let user = (0u8..4).prop_map(|n| Identifier::user(&format!("d{n}")));
    let device = || (0u8..7).prop_map(|n| Identifier::anonymous(&format!("d{n}")));
    let identifiers = prop_oneof![
        6 => (user.clone(), device()).prop_map(|(a, b)| vec![a, b]),
        2 => (device(), device()).prop_map(|(a, b)| vec![a, b]),
        1 => (user.clone(), device(), device()).prop_map(|(a, b, c)| vec![a, b, c]),
        1 => user.prop_map(|a| vec![a]),
    ];
    (0i64..6, 1u32..3, any::<bool>(), identifiers).prop_map(|(time, source, alias, identifiers)| {
        Shown {
            time,
            source,
            is_alias: alias,
            identifiers,
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn profiles_equal_the_definition_in_any_arrival_order(
        events in prop::collection::vec(any_event(), 0..25),
        swaps in prop::collection::vec((0usize..25, 0usize..25), 0..25),
    ) {
        let mut shuffled = events.clone();
        for (a, b) in swaps {
            if a < shuffled.len() && b < shuffled.len() {
                shuffled.swap(a, b);
            }
        }
        let played = play(&events);
        prop_assert_eq!(played.profiles(), naive(&events));
        let again = play(&shuffled);
        prop_assert_eq!(again.profiles(), naive(&events));
        prop_assert_eq!(again.refused(), played.refused());
    }

    #[test]
    fn seeing_all_again_changes_nothing(events in prop::collection::vec(any_event(), 0..20)) {
        let mut twice = events.clone();
        twice.extend(events.iter().cloned());
        let once = play(&events);
        let played = play(&twice);
        prop_assert_eq!(played.log, once.log);
        prop_assert_eq!(played.roots, once.roots);
    }

    #[test]
    fn a_restored_resolver_goes_on_as_the_old_one(
        events in prop::collection::vec(any_event(), 0..20),
        later in prop::collection::vec(any_event(), 0..20),
        retracted in any::<bool>(),
    ) {
        let mut played = play(&events);
        if retracted {
            played.retract(2);
        }
        let identifiers = played.identifiers.clone();
        let mut restored = Played {
            resolver: Resolver::restore(identifiers.clone(), &played.log, &[]),
            identifiers,
            log: played.log.clone(),
            roots: played.roots.clone(),
        };
        prop_assert_eq!(restored.resolver.roots(), played.resolver.roots());
        for event in later {
            for it in [&mut played, &mut restored] {
                let mut changes = Changes::default();
                let sighting = Sighting {
                    identifiers: &event.identifiers,
                    is_alias: event.is_alias,
                    time: Timestamp(event.time),
                    source: SourceId(event.source),
                    seq: Seq::new(99, 0),
                };
                it.resolver.observe(sighting, &mut changes);
                it.keep(changes);
            }
        }
        prop_assert_eq!(&restored.log, &played.log);
        prop_assert_eq!(restored.resolver.roots(), played.resolver.roots());
    }

    #[test]
    fn a_retracted_source_might_never_have_been(
        events in prop::collection::vec(any_event(), 0..25),
    ) {
        let mut played = play(&events);
        played.retract(2);
        let kept: Vec<Shown> = events.iter().filter(|it| it.source == 1).cloned().collect();
        let mut expected = naive(&kept);
        let seen: BTreeSet<Identifier> = expected.iter().flatten().cloned().collect();
        for identifier in events.iter().flat_map(|it| &it.identifiers) {
            if !seen.contains(identifier) {
                expected.insert(BTreeSet::from([identifier.clone()]));
            }
        }
        prop_assert_eq!(played.profiles(), expected);
        played.retract(2);
        for (index, event) in events.iter().enumerate() {
            let mut changes = Changes::default();
            played.resolver.observe(
                Sighting {
                    identifiers: &event.identifiers,
                    is_alias: event.is_alias,
                    time: Timestamp(event.time),
                    source: SourceId(event.source),
                    seq: Seq::new(index as u64, 0),
                },
                &mut changes,
            );
            played.keep(changes);
        }
        prop_assert_eq!(played.profiles(), naive(&events), "shown again, it counts again");
    }
}
