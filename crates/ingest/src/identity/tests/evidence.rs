//! Policies, decisions and suspended identifiers, by example and against a naive twin.

use throughline_model::identity::{Decision, SharedByTime, TypeRule};

use super::*;

pub(super) fn policy(change: impl Fn(&mut TypeRule)) -> IdentityPolicy {
    let mut policy = IdentityPolicy::default();
    policy.types.iter_mut().for_each(change);
    policy
}

fn decided(what: Decision) -> Decided {
    Decided {
        at: Timestamp(1_000),
        by: "Mia".into(),
        why: "it is so".into(),
        what,
    }
}

impl Played {
    pub(super) fn decide(&mut self, what: Decision) {
        let mut changes = Changes::default();
        self.resolver.decide(&decided(what), &mut changes);
        self.keep(changes);
    }

    fn observe(&mut self, event: &Shown, position: u64) {
        let mut changes = Changes::default();
        let sighting = Sighting {
            identifiers: &event.identifiers,
            is_alias: event.is_alias,
            time: Timestamp(event.time),
            source: SourceId(event.source),
            seq: Seq::new(position, 0),
        };
        self.resolver.observe(sighting, &mut changes);
        self.resolver.settle(&mut changes);
        self.keep(changes);
    }

    pub(super) fn standings(&self, of: &Identifier) -> Vec<Standing> {
        let actor = self.resolver.actor(of).expect("seen");
        self.resolver.links_of(actor).map(|it| it.1).collect()
    }
}

pub(super) fn under(policy: &IdentityPolicy, events: &[Shown]) -> Played {
    let mut played = play(&[]);
    played.decide(Decision::Policy {
        policy: Box::new(policy.clone()),
    });
    for (position, event) in (0..).zip(events) {
        played.observe(event, position);
    }
    played
}

pub(super) fn lines(timeline: &str) -> Vec<Shown> {
    let lines = timeline.lines().filter(|line| !line.trim().is_empty());
    lines.map(shown).collect()
}

/// Every arrival order must end in the same profiles, and so must saving the policy at the end.
fn check_under(policy: &IdentityPolicy, timeline: &str, expected: Expect) {
    let events = lines(timeline);
    let first = under(policy, &events).show();
    for order in orders(events.len()) {
        let events: Vec<Shown> = order.iter().map(|&index| events[index].clone()).collect();
        assert_eq!(under(policy, &events).show(), first, "order {order:?}");
        let mut late = play(&events);
        late.decide(Decision::Policy {
            policy: Box::new(policy.clone()),
        });
        assert_eq!(late.show(), first, "saved after all, order {order:?}");
    }
    expected.assert_eq(&first);
}

fn email(value: &str) -> Identifier {
    Identifier {
        kind: IdentifierKind::Email,
        value: value.into(),
    }
}

pub(super) fn part(a: &Identifier, b: &Identifier) -> Decision {
    Decision::Part {
        left: a.clone(),
        right: b.clone(),
    }
}

pub(super) fn reunite(a: &Identifier, b: &Identifier) -> Decision {
    Decision::Reunite {
        left: a.clone(),
        right: b.clone(),
    }
}

pub(super) fn join(a: &Identifier, b: &Identifier) -> Decision {
    Decision::Join {
        left: a.clone(),
        right: b.clone(),
    }
}

#[test]
fn an_email_joins_browsers_and_a_type_that_does_not_join_is_kept_apart() {
    let timeline = "
        1 a=phone e=ann@x.org
        2 a=laptop e=ann@x.org
        3 u=ann e=ann@x.org
        ";
    check_under(
        &IdentityPolicy::default(),
        timeline,
        expect![[r"
            u=ann a=laptop a=phone e=ann@x.org
        "]],
    );
    check_under(
        &policy(|rule| rule.joins &= rule.kind != IdentifierKind::Email),
        timeline,
        expect![[r"
            u=ann
            a=laptop
            a=phone
            e=ann@x.org
            refused u=ann e=ann@x.org
            refused a=laptop e=ann@x.org
            refused a=phone e=ann@x.org
        "]],
    );
}

#[test]
fn an_identifier_that_joins_too_many_joins_nobody() {
    check_under(
        &policy(|rule| {
            if rule.kind == IdentifierKind::Email {
                rule.owners_max = Some(2);
            }
        }),
        "
        1 u=ann e=shop@x.org
        2 u=bob e=shop@x.org
        3 a=tablet e=shop@x.org
        4 u=cat e=shop@x.org
        5 u=cat e=cat@x.org
        ",
        expect![[r"
            u=ann
            u=bob
            u=cat e=cat@x.org
            a=tablet
            e=shop@x.org
            refused u=ann e=shop@x.org
            refused u=bob e=shop@x.org
            refused u=cat e=shop@x.org
            refused a=tablet e=shop@x.org
        "]],
    );
}

#[test]
fn only_so_many_of_a_type_join_and_they_are_the_earliest() {
    check_under(
        &policy(|rule| {
            if rule.kind == IdentifierKind::Anonymous {
                rule.around_max = Some(2);
            }
        }),
        "
        1 u=ann a=one
        4 u=ann a=four
        2 u=ann a=two
        3 u=ann a=three
        5 u=ann a=one
        ",
        expect![[r"
            u=ann a=one a=two
            a=four
            a=three
            refused u=ann a=four
            refused u=ann a=three
        "]],
    );
}

#[test]
fn parting_a_link_restores_both_sides_and_its_undoing_joins_them_again() {
    let ann = Identifier::user("ann");
    let mut played = play(&lines(
        "
        1 a=phone e=ann@x.org
        2 u=ann e=ann@x.org
        3 u=ann a=laptop
        ",
    ));
    let (whole, roots) = (played.show(), played.roots.clone());
    played.decide(part(&ann, &email("ann@x.org")));
    expect![[r"
        u=ann a=laptop
        a=phone e=ann@x.org
        refused u=ann e=ann@x.org
    "]]
    .assert_eq(&played.show());
    played.observe(&shown("4 u=ann e=ann@x.org from=2"), 9);
    assert_eq!(
        played.standings(&ann),
        [Standing::Parted, Standing::Holds, Standing::Parted],
        "what events say later changes nothing"
    );
    played.decide(reunite(&ann, &email("ann@x.org")));
    assert_eq!(played.show(), whole);
    assert_eq!(played.roots, roots);
}

#[test]
fn members_join_whatever_events_say_but_never_two_known_identities() {
    let mut played = play(&lines(
        "
        1 u=ann a=phone
        2 u=bob a=laptop
        ",
    ));
    played.decide(join(
        &Identifier::user("bob"),
        &Identifier::anonymous("phone"),
    ));
    played.decide(join(&Identifier::user("ann"), &Identifier::user("bob")));
    expect![[r"
        u=ann
        u=bob a=laptop a=phone
        refused u=ann a=phone
    "]]
    .assert_eq(&played.show());
}

#[test]
fn what_is_dismissed_moves_nobody_and_is_remembered_until_it_is_reconsidered() {
    let mut played = play(&lines("1 u=ann e=a@x.org\n2 a=phone e=b@x.org"));
    let before = played.show();
    let (left, right) = (Identifier::user("ann"), email("b@x.org"));
    played.decide(Decision::Dismiss {
        left: right.clone(),
        right: left.clone(),
    });
    let ids = |played: &Played| {
        let actor = |it: &Identifier| played.resolver.actor(it).expect("seen");
        (actor(&left), actor(&right))
    };
    let dismissed = |played: &Played| played.resolver.dismissed().collect::<Vec<_>>();
    assert_eq!(dismissed(&played), [ids(&played)]);
    assert_eq!(played.show(), before);
    let identifiers = played.identifiers.iter().cloned();
    let restored = Resolver::restore(identifiers, &played.log, &[]);
    assert!(restored.dismissed().eq([ids(&played)]));
    played.decide(Decision::Reconsider { left, right });
    assert_eq!(played.resolver.dismissed().count(), 0);
}

#[test]
fn evidence_that_joins_nobody_names_what_holds_it_back() {
    let unjoined = |played: &Played| -> Vec<(String, String)> {
        let value = |actor: ActorId| played.identifiers[actor.0 as usize].value.to_string();
        let pairs = played.resolver.unjoined();
        pairs.map(|(a, b)| (value(a), value(b))).collect()
    };
    let pairs = |them: &[(&str, &str)]| -> Vec<(String, String)> {
        let owned = |it: &(&str, &str)| (it.0.to_owned(), it.1.to_owned());
        them.iter().map(owned).collect()
    };
    let timeline = lines("1 u=ann e=a@x.org\n2 u=bob e=a@x.org\n3 u=bob a=phone");
    assert_eq!(
        unjoined(&play(&timeline)),
        pairs(&[]),
        "refused is no suggestion"
    );
    let no_emails = policy(|it| it.joins &= it.kind != IdentifierKind::Email);
    let played = under(&no_emails, &timeline);
    let expected = pairs(&[("a@x.org", "ann"), ("a@x.org", "bob")]);
    assert_eq!(unjoined(&played), expected);
    let crowded = policy(|it| it.owners_max = it.owners_max.map(|_| 1));
    assert_eq!(unjoined(&under(&crowded, &timeline)), expected);
    let one = policy(|it| it.around_max = (it.kind != IdentifierKind::User).then_some(1));
    let timeline = lines("1 u=ann e=a@x.org\n2 u=ann e=b@x.org");
    let mut played = under(&one, &timeline);
    assert_eq!(unjoined(&played), pairs(&[("b@x.org", "ann")]));
    played.decide(part(&Identifier::user("ann"), &email("b@x.org")));
    assert_eq!(unjoined(&played), pairs(&[]), "a member has decided");
}

#[test]
fn a_suspended_identifier_is_released_by_a_member_and_learned_again() {
    let shop = email("shop@x.org");
    let treat = |treatment| Decision::Treat {
        identifier: shop.clone(),
        treatment,
    };
    let events: Vec<Shown> = (0..12)
        .map(|n| shown(&format!("{n} u=u{n} e=shop@x.org")))
        .collect();
    let mut played = play(&events);
    let learned = played.show();
    let suspects = played.resolver.suspects();
    assert_eq!(suspects.len(), 1);
    assert!(suspects[0].is_suspended);
    assert_eq!(suspects[0].owners_count, 12);
    played.decide(treat(Treatment::Released));
    let shop_now = played.resolver.root(suspects[0].actor);
    let first = played
        .resolver
        .actor(&Identifier::user("u0"))
        .expect("seen");
    assert_eq!(
        shop_now,
        played.resolver.root(first),
        "with whom it was first"
    );
    played.decide(treat(Treatment::Learned));
    assert_eq!(played.show(), learned);
    let mut other = play(&lines("1 u=ann e=ann@x.org"));
    other.decide(Decision::Treat {
        identifier: email("ann@x.org"),
        treatment: Treatment::Suspended,
    });
    expect![[r"
        u=ann
        e=ann@x.org
        refused u=ann e=ann@x.org
    "]]
    .assert_eq(&other.show());
}

#[test]
fn a_chain_tells_why_two_identifiers_are_one_person() {
    let played = play(&lines(
        "
        1 a=phone e=ann@x.org
        2 a=laptop e=ann@x.org
        3 u=ann a=laptop
        4 u=bob a=tablet
        ",
    ));
    let actor = |it: &Identifier| played.resolver.actor(it).expect("seen");
    let (phone, ann) = (
        actor(&Identifier::anonymous("phone")),
        actor(&Identifier::user("ann")),
    );
    let chain = played.resolver.chain(phone, ann).expect("one person");
    let times: Vec<i64> = chain.iter().map(|link| link.time.0).collect();
    assert_eq!(times, [1, 2, 3]);
    let back = played.resolver.chain(ann, phone).expect("one person");
    assert!(back.iter().rev().eq(&chain));
    assert_eq!(played.resolver.chain(ann, ann), Some(Vec::new()));
    let bob = actor(&Identifier::user("bob"));
    assert_eq!(played.resolver.chain(phone, bob), None);
}

#[test]
fn a_hash_and_the_email_that_it_was_made_of_are_one_identifier() {
    let plain = email("ann@x.org");
    let of = |identifier: &Identifier| Shown {
        time: 1,
        source: 1,
        is_alias: false,
        identifiers: vec![Identifier::anonymous("a"), identifier.clone()],
    };
    let true_hash = Identifier {
        kind: IdentifierKind::Email,
        value: format!("sha256:{}", identifiers::digest_of("ann@x.org")).into(),
    };
    let played = play(&[of(&true_hash), of(&plain), of(&true_hash)]);
    assert_eq!(played.identifiers.len(), 2);
    assert_eq!(played.identifiers[1], plain, "the plain form is kept");
    let restored = Resolver::restore(played.identifiers.clone(), &played.log, &[]);
    assert_eq!(restored.actor(&true_hash), restored.actor(&plain));
}

#[test]
fn merging_ten_thousand_identifiers_is_quick() {
    let played = {
        let star: Vec<Shown> = (0..10_000)
            .map(|n| shown(&format!("{n} e=ann@x.org a=d{n}")))
            .collect();
        play(&star)
    };
    let mut resolver = played.resolver.clone();
    let begin = std::time::Instant::now();
    let mut changes = Changes::default();
    let last = shown("20000 u=ann e=ann@x.org");
    resolver.observe(
        Sighting {
            identifiers: &last.identifiers,
            is_alias: false,
            time: Timestamp(last.time),
            source: SourceId(1),
            seq: Seq::new(10_000, 0),
        },
        &mut changes,
    );
    let joined = begin.elapsed();
    assert_eq!(changes.roots.len(), 10_001);
    let begin = std::time::Instant::now();
    resolver.decide(
        &decided(part(&last.identifiers[0], &last.identifiers[1])),
        &mut changes,
    );
    let parted = begin.elapsed();
    println!("10,000 identifiers: joined in {joined:?}, parted in {parted:?} (not optimized)");
    assert_eq!(changes.roots.len(), 2 * 10_001);
}

/// The definition: which links count, and then all of them in rank order.
fn naive_under(
    policy: &IdentityPolicy,
    events: &[Shown],
    decisions: &[Decision],
) -> BTreeSet<BTreeSet<Identifier>> {
    type Pair = (Identifier, Identifier);
    type Rank = (bool, i64, u8, u128, u128);
    let strength = |it: &Identifier| policy.types.iter().position(|rule| rule.kind == it.kind);
    let rule = |it: &Identifier| policy.rule(it.kind).expect("each type");
    let pair = |a: &Identifier, b: &Identifier| -> Pair {
        let key = |it: &Identifier| (it.kind, identifiers::key(it));
        let (a, b) = if key(a) <= key(b) { (a, b) } else { (b, a) };
        (a.clone(), b.clone())
    };
    let mut seen: BTreeSet<Identifier> = BTreeSet::new();
    let mut links: Vec<(Rank, Pair)> = Vec::new();
    let mut link = |is_evidence, time, reason, (a, b): Pair| {
        let (x, y) = (identifiers::key(&a), identifiers::key(&b));
        if a != b {
            links.push(((is_evidence, time, reason, x.min(y), x.max(y)), (a, b)));
        }
    };
    for event in events {
        seen.extend(event.identifiers.iter().cloned());
        let own = &event.identifiers[0];
        for other in &event.identifiers[1..] {
            link(true, event.time, 0, pair(own, other));
        }
    }
    let mut apart: BTreeSet<Pair> = BTreeSet::new();
    let mut treated: BTreeMap<Identifier, Treatment> = BTreeMap::new();
    for decision in decisions {
        match decision {
            Decision::Part { left, right } => {
                apart.insert(pair(left, right));
            }
            Decision::Reunite { left, right } => {
                apart.remove(&pair(left, right));
            }
            Decision::Join { left, right } => {
                apart.remove(&pair(left, right));
                if seen.contains(left) && seen.contains(right) {
                    link(false, 1_000, 2, pair(left, right));
                }
            }
            Decision::Treat {
                identifier,
                treatment,
            } => {
                treated.insert(identifier.clone(), *treatment);
            }
            Decision::Policy { .. } | Decision::Dismiss { .. } | Decision::Reconsider { .. } => {}
        }
    }
    links.retain(|it| !apart.contains(&it.1));
    links.sort();
    let neighbors = |of: &Identifier| -> Vec<Identifier> {
        let ends = links.iter().filter_map(|(_, (a, b))| {
            let other = if a == of { b } else { a };
            (a == of || b == of).then(|| other.clone())
        });
        let mut found: Vec<Identifier> = Vec::new();
        for end in ends {
            if !found.contains(&end) {
                found.push(end);
            }
        }
        found
    };
    let is_suspended = |it: &Identifier| match treated.get(it) {
        Some(Treatment::Released) => false,
        Some(Treatment::Suspended) => true,
        _ => rule(it).owners_max.is_some_and(|max| {
            let owners = neighbors(it);
            let of = |kind| {
                let stronger = owners.iter().filter(|owner| strength(owner) < strength(it));
                stronger.filter(|owner| owner.kind == kind).count()
            };
            IdentifierKind::ALL
                .into_iter()
                .any(|kind| of(kind) > max as usize)
        }),
    };
    let is_late = |rank: (bool, i64, u8, u128, u128), (a, b): &Pair| {
        let (strong, weak) = if strength(a) < strength(b) {
            (a, b)
        } else {
            (b, a)
        };
        let Some(max) = rule(weak).around_max else {
            return false;
        };
        if strength(strong) == strength(weak) {
            return false;
        }
        // Links are sorted, so neighbors are in the order of their earliest link.
        let around = neighbors(strong)
            .into_iter()
            .filter(|it| it.kind == weak.kind);
        let Some(last) = around.take(max as usize).last() else {
            return false;
        };
        let ends = pair(strong, &last);
        let first = links.iter().find(|it| it.1 == ends).expect("a neighbor").0;
        let count = neighbors(strong)
            .iter()
            .filter(|it| it.kind == weak.kind)
            .count();
        count > max as usize && rank > first
    };
    let is_shared = |it: &Identifier| {
        let guests = links.iter().filter_map(|(rank, (a, b))| {
            let is_guest = rank.2 == 0 && a.kind == IdentifierKind::User && b == it;
            is_guest.then_some(a)
        });
        let guests: BTreeSet<&Identifier> = guests.collect();
        rule(it).joins && rule(it).shared.is_some() && guests.len() > 1
    };
    let counts = |rank: (bool, i64, u8, u128, u128), ends: &Pair| {
        !rank.0
            || (rule(&ends.0).joins
                && rule(&ends.1).joins
                && !is_suspended(&ends.0)
                && !is_suspended(&ends.1)
                && !is_shared(&ends.0)
                && !is_shared(&ends.1)
                && !is_late(rank, ends))
    };
    let counted: Vec<Pair> = (links.iter())
        .filter(|(rank, ends)| counts(*rank, ends))
        .map(|it| it.1.clone())
        .collect();
    let mut profiles: Vec<BTreeSet<Identifier>> =
        seen.into_iter().map(|it| BTreeSet::from([it])).collect();
    for (a, b) in counted {
        let place = |it: &Identifier| profiles.iter().position(|them| them.contains(it));
        let (a, b) = (place(&a).expect("seen"), place(&b).expect("seen"));
        let known = |at: usize| {
            profiles[at]
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

fn any_identifier() -> impl Strategy<Value = Identifier> {
    prop_oneof![
        (0u8..4).prop_map(|n| Identifier::user(&format!("u{n}"))),
        (0u8..5).prop_map(|n| Identifier::anonymous(&format!("a{n}"))),
        (0u8..4).prop_map(|n| email(&format!("e{n}@x.org"))),
        (0u8..2).prop_map(|n| Identifier {
            kind: IdentifierKind::Device,
            value: format!("d{n}").into(),
        }),
    ]
}

pub(super) fn any_typed_event() -> impl Strategy<Value = Shown> {
    let identifiers = prop::collection::vec(any_identifier(), 1..4);
    (0i64..8, 1u32..3, identifiers).prop_map(|(time, source, mut identifiers)| {
        identifiers.sort();
        identifiers.dedup();
        // At most one known identity stands on an event.
        let mut has_known = false;
        identifiers.retain(|it| {
            let is_second = it.kind == IdentifierKind::User && has_known;
            has_known |= it.kind == IdentifierKind::User;
            !is_second
        });
        Shown {
            time,
            source,
            is_alias: false,
            identifiers,
        }
    })
}

fn any_policy() -> impl Strategy<Value = IdentityPolicy> {
    let limit = || prop::option::of(1u32..4);
    let rule = (any::<bool>(), limit(), limit(), any::<bool>());
    prop::collection::vec(rule, 9).prop_map(|rules| {
        let mut policy = IdentityPolicy::default();
        for (rule, it) in policy.types.iter_mut().zip(rules).skip(1) {
            (rule.joins, rule.owners_max, rule.around_max) = (it.0, it.1, it.2);
            let is_device = SharedByTime::KINDS.contains(&rule.kind);
            rule.shared = (it.3 && is_device).then(SharedByTime::default);
        }
        policy
    })
}

fn any_decision() -> impl Strategy<Value = Decision> {
    let pair = || (any_identifier(), any_identifier());
    let treatment = prop_oneof![
        Just(Treatment::Learned),
        Just(Treatment::Released),
        Just(Treatment::Suspended)
    ];
    prop_oneof![
        3 => pair().prop_map(|(a, b)| part(&a, &b)),
        1 => pair().prop_map(|(a, b)| reunite(&a, &b)),
        1 => pair().prop_map(|(a, b)| join(&a, &b)),
        1 => pair().prop_map(|(left, right)| Decision::Dismiss { left, right }),
        2 => (any_identifier(), treatment)
            .prop_map(|(identifier, treatment)| Decision::Treat { identifier, treatment }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    #[test]
    fn policies_and_decisions_equal_the_definition_in_any_arrival_order(
        policy in any_policy(),
        events in prop::collection::vec(any_typed_event(), 0..20),
        later in prop::collection::vec(any_typed_event(), 0..8),
        decisions in prop::collection::vec(any_decision(), 0..5),
        swaps in prop::collection::vec((0usize..20, 0usize..20), 0..20),
    ) {
        let mut shuffled = events.clone();
        for (a, b) in swaps {
            if a < shuffled.len() && b < shuffled.len() {
                shuffled.swap(a, b);
            }
        }
        // Whoever was never seen can be no part of a decision.
        let seen: BTreeSet<&Identifier> = events.iter().flat_map(|it| &it.identifiers).collect();
        let is_seen = |it: &Decision| match it {
            Decision::Part { left, right }
            | Decision::Reunite { left, right }
            | Decision::Join { left, right }
            | Decision::Dismiss { left, right }
            | Decision::Reconsider { left, right } => seen.contains(left) && seen.contains(right),
            Decision::Treat { identifier, .. } => seen.contains(identifier),
            Decision::Policy { .. } => true,
        };
        let decisions: Vec<Decision> = decisions.into_iter().filter(is_seen).collect();
        let mut all = events.clone();
        all.extend(later.iter().cloned());
        let expected = naive_under(&policy, &all, &decisions);
        for order in [&events, &shuffled] {
            let mut played = under(&policy, order);
            for decision in &decisions {
                played.decide(decision.clone());
            }
            for event in &later {
                played.observe(event, 99);
            }
            prop_assert_eq!(&played.profiles(), &expected);
            let restored = Resolver::restore(played.identifiers.clone(), &played.log, &[]);
            prop_assert_eq!(restored.roots(), played.resolver.roots());
            prop_assert_eq!(restored.position(), played.resolver.position());
            prop_assert_eq!(restored.suspects(), played.resolver.suspects());
        }
    }

    #[test]
    fn parting_and_reuniting_leaves_everything_as_it_was(
        policy in any_policy(),
        events in prop::collection::vec(any_typed_event(), 1..20),
        picks in (any::<prop::sample::Index>(), any::<prop::sample::Index>()),
    ) {
        // Whoever was never seen can be no part of a decision.
        let seen: Vec<Identifier> = events.iter().flat_map(|it| it.identifiers.clone()).collect();
        let (a, b) = (picks.0.get(&seen), picks.1.get(&seen));
        let mut played = under(&policy, &events);
        let (profiles, roots) = (played.profiles(), played.roots.clone());
        played.decide(part(a, b));
        played.decide(reunite(a, b));
        prop_assert_eq!(played.profiles(), profiles);
        prop_assert_eq!(&played.roots, &roots);
    }
}
