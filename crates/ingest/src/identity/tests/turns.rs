//! Shared devices, by example and against a naive twin.

use throughline_model::{
    identity::{Decision, SharedByTime},
    limits,
};

use super::{evidence::*, *};

const MINUTE: i64 = 60_000;

/// Browsers and devices are shared by time, without limits besides.
fn shared(gap: Option<u32>, before: Option<u32>) -> IdentityPolicy {
    policy(|rule| {
        rule.owners_max = None;
        if SharedByTime::KINDS.contains(&rule.kind) {
            rule.shared = Some(SharedByTime {
                gap_minutes_max: gap,
                before_minutes_max: before,
            });
        }
    })
}

/// Lines as others have them, with times in minutes.
fn minutes(timeline: &str) -> Vec<Shown> {
    let mut events = lines(timeline);
    events.iter_mut().for_each(|it| it.time *= MINUTE);
    events
}

impl Played {
    fn owner(&self, device: &str, minute: i64) -> String {
        let device = Identifier::anonymous(device);
        let actor = self.resolver.actor(&device).expect("seen");
        let owner = self.resolver.profile_at(actor, Timestamp(minute * MINUTE));
        self.identifiers[owner.0 as usize].value.to_string()
    }

    /// Whose a browser was, from minute to minute.
    fn owners(&self, device: &str, until: i64) -> String {
        let mut shown: Vec<String> = Vec::new();
        let mut last = String::new();
        for minute in 0..until {
            let owner = self.owner(device, minute);
            if owner != last {
                shown.push(format!("{minute} {owner}"));
                last = owner;
            }
        }
        shown.join(", ")
    }
}

fn check(policy: &IdentityPolicy, timeline: &str, expected: &str) {
    let events = minutes(timeline);
    for order in orders(events.len()) {
        let events: Vec<Shown> = order.iter().map(|&index| events[index].clone()).collect();
        let played = under(policy, &events);
        assert_eq!(played.owners("tablet", 100), expected, "order {order:?}");
        let mut late = play(&events);
        late.decide(Decision::Policy {
            policy: Box::new(policy.clone()),
        });
        assert_eq!(
            late.owners("tablet", 100),
            expected,
            "saved after all, {order:?}"
        );
        late.decide(Decision::Policy {
            policy: Box::default(),
        });
        assert!(late.resolver.turns().is_empty());
        assert_eq!(late.show(), play(&events).show(), "taken back, {order:?}");
    }
}

#[test]
fn from_a_sign_in_until_the_next_other_one_a_device_is_that_persons() {
    let timeline = "
        10 u=ann a=tablet
        30 u=ben a=tablet
        40 u=ben a=tablet
        60 u=ann a=tablet
        ";
    check(&shared(None, None), timeline, "0 ann, 30 ben, 60 ann");
    check(
        &shared(None, Some(5)),
        timeline,
        "0 tablet, 5 ann, 30 ben, 60 ann",
    );
    check(
        &shared(Some(15), None),
        timeline,
        "0 ann, 26 tablet, 30 ben, 56 tablet, 60 ann, 76 tablet",
    );
    check(&IdentityPolicy::default(), timeline, "0 ann");
}

#[test]
fn a_device_on_which_one_person_signs_in_is_that_persons_as_everywhere() {
    let timeline = "
        10 u=ann a=tablet
        50 u=ann a=tablet
        ";
    check(&shared(Some(15), Some(5)), timeline, "0 ann");
    let played = under(&shared(Some(15), None), &minutes(timeline));
    assert!(played.resolver.turns().is_empty());
}

#[test]
fn of_two_at_one_moment_the_same_one_counts_in_any_order() {
    let timeline = "
        10 u=ann a=tablet
        10 u=ben a=tablet
        20 u=cat a=tablet
        ";
    let played = under(&shared(None, None), &minutes(timeline));
    let owners = played.owners("tablet", 100);
    check(&shared(None, None), timeline, &owners);
}

#[test]
fn a_return_within_one_slot_is_seen_in_the_next() {
    let slot = limits::SIGN_IN_SLOT.0 / MINUTE;
    assert_eq!(slot, 5);
    let timeline = "
        10 u=ann a=tablet
        11 u=ben a=tablet
        12 u=ann a=tablet
        15 u=ann a=tablet
        ";
    check(&shared(None, None), timeline, "0 ann, 11 ben, 15 ann");
}

#[test]
fn parting_a_pair_takes_its_turns_away_and_reuniting_gives_them_back() {
    let (ann, tablet) = (Identifier::user("ann"), Identifier::anonymous("tablet"));
    let events = minutes(
        "
        10 u=ann a=tablet
        30 u=ben a=tablet
        50 u=cat a=tablet
        ",
    );
    let mut played = under(&shared(None, None), &events);
    let whole = played.owners("tablet", 100);
    assert_eq!(whole, "0 ann, 30 ben, 50 cat");
    played.decide(part(&ann, &tablet));
    assert_eq!(played.owners("tablet", 100), "0 ben, 50 cat");
    played.decide(reunite(&ann, &tablet));
    assert_eq!(played.owners("tablet", 100), whole);
    // What a member has joined stands before what events say.
    played.decide(join(&ann, &tablet));
    assert_eq!(played.owners("tablet", 100), "0 ann");
    played.decide(part(&ann, &tablet));
    assert_eq!(played.owners("tablet", 100), "0 ben, 50 cat");
    let treat = |treatment| Decision::Treat {
        identifier: tablet.clone(),
        treatment,
    };
    played.decide(treat(Treatment::Suspended));
    assert_eq!(played.owners("tablet", 100), "0 tablet");
    assert!(played.standings(&tablet).contains(&Standing::Suspended));
}

#[test]
fn links_of_a_shared_device_say_that_whose_it_is_follows_from_the_time() {
    let events = minutes(
        "
        10 u=ann a=tablet
        11 a=tablet e=ann@x.org
        30 u=ben a=tablet
        ",
    );
    let played = under(&shared(None, None), &events);
    let tablet = Identifier::anonymous("tablet");
    assert_eq!(played.standings(&tablet), [Standing::Shared; 3]);
    let actor = played.resolver.actor(&tablet).expect("seen");
    assert!(played.resolver.is_shared(actor));
    let stretches = played.resolver.stretches(actor);
    assert_eq!(stretches.len(), 2);
    let ann = played
        .resolver
        .actor(&Identifier::user("ann"))
        .expect("seen");
    let of_ann = played.resolver.stretches_of(ProfileId(ann.0));
    assert_eq!(of_ann, stretches[..1]);
    assert_eq!(
        (of_ann[0].from.0, of_ann[0].until.0),
        (i64::MIN, 30 * MINUTE)
    );
}

/// The definition: whoever signed in last, of the first sign-ins of all slots.
fn naive_owner(
    policy: &IdentityPolicy,
    events: &[Shown],
    apart: &BTreeSet<(Identifier, Identifier)>,
    device: &Identifier,
    time: i64,
) -> Option<Identifier> {
    let rule = policy.rule(device.kind).and_then(|it| it.shared)?;
    let mut signs: BTreeMap<(Identifier, u32, i64), i64> = BTreeMap::new();
    for event in events {
        let (own, others) = event.identifiers.split_first().expect("somebody");
        let is_sign = own.kind == IdentifierKind::User
            && others.contains(device)
            && !apart.contains(&(own.clone(), device.clone()));
        if is_sign {
            let slot = event.time.div_euclid(limits::SIGN_IN_SLOT.0);
            let place = (own.clone(), event.source, slot);
            let known = signs.entry(place).or_insert(event.time);
            *known = event.time.min(*known);
        }
    }
    let mut signs: Vec<(i64, u128, Identifier)> = signs
        .into_iter()
        .map(|((user, ..), time)| (time, identifiers::key(&user), user))
        .collect();
    signs.sort();
    let users: BTreeSet<&Identifier> = signs.iter().map(|it| &it.2).collect();
    assert!(users.len() > 1, "asked of shared devices only");
    let before = signs.iter().rfind(|it| it.0 <= time);
    let (found, wait, most) = match before {
        Some(last) => (last, time - last.0, rule.gap_minutes_max),
        None => (&signs[0], signs[0].0 - time, rule.before_minutes_max),
    };
    let is_near = most.is_none_or(|most| wait <= i64::from(most) * MINUTE);
    is_near.then(|| found.2.clone())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn turns_equal_the_definition_in_any_arrival_order(
        rule in (
            prop::option::of(10u32..30), prop::option::of(0u32..20), prop::option::of(1u32..4),
        ),
        events in prop::collection::vec(any_typed_event(), 0..20),
        swaps in prop::collection::vec((0usize..20, 0usize..20), 0..20),
        parted in prop::collection::vec((0u8..4, 0u8..5), 0..2),
        retracts in any::<bool>(),
    ) {
        let mut policy = shared(rule.0, rule.1);
        policy.types.iter_mut().skip(1).for_each(|it| it.owners_max = rule.2);
        let mut events = events;
        // Some of a slot, some of another.
        events.iter_mut().for_each(|it| it.time *= 2 * MINUTE + 30_000);
        let mut shuffled = events.clone();
        for (a, b) in swaps {
            if a < shuffled.len() && b < shuffled.len() {
                shuffled.swap(a, b);
            }
        }
        let pairs: Vec<(Identifier, Identifier)> = parted
            .into_iter()
            .map(|(user, device)| {
                let user = Identifier::user(&format!("u{user}"));
                (user, Identifier::anonymous(&format!("a{device}")))
            })
            .collect();
        let kept: Vec<Shown> = events
            .iter()
            .filter(|it| !retracts || it.source != 2)
            .cloned()
            .collect();
        let mut turns: Option<BTreeMap<Identifier, Vec<(i64, String)>>> = None;
        for order in [&events, &shuffled] {
            let mut played = under(&policy, order);
            for (user, device) in &pairs {
                played.decide(part(user, device));
            }
            if retracts {
                played.retract(2);
            }
            let apart = pairs.iter().cloned().collect();
            for (actor, device) in (0..).map(ActorId).zip(&played.identifiers) {
                let is_suspended = played.resolver.is_suspended(actor);
                if !played.resolver.is_shared(actor) || is_suspended {
                    prop_assert!(played.resolver.stretches(actor).is_empty());
                    continue;
                }
                prop_assert_eq!(played.resolver.root(actor), ProfileId(actor.0));
                for time in (-10..40).map(|it| it * MINUTE) {
                    let owner = played.resolver.profile_at(actor, Timestamp(time));
                    let owner = &played.identifiers[owner.0 as usize];
                    let expected = naive_owner(&policy, &kept, &apart, device, time);
                    prop_assert_eq!(owner, &expected.unwrap_or_else(|| device.clone()));
                }
            }
            let shown = (0..).map(ActorId).zip(&played.identifiers).map(|(actor, device)| {
                let all = played.resolver.stretches(actor).into_iter();
                let owner = |it: Option<ProfileId>| {
                    it.map_or_else(String::new, |it| played.identifiers[it.0 as usize].value.to_string())
                };
                (device.clone(), all.map(|it| (it.from.0, owner(it.owner))).collect())
            });
            let shown: BTreeMap<Identifier, Vec<(i64, String)>> = shown.collect();
            if let Some(turns) = &turns {
                prop_assert_eq!(turns, &shown);
            }
            turns = Some(shown);
            let (_, signs) = played.resolver.sign_ins();
            let restored = Resolver::restore(played.identifiers.clone(), &played.log, &signs);
            prop_assert_eq!(restored.turns(), played.resolver.turns());
            prop_assert_eq!(restored.roots(), played.resolver.roots());
        }
    }
}
