//! Likeness by example, in figures worked out by hand, and against a naive twin.

use std::{collections::BTreeMap, fmt::Write as _};

use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;

/// Reads `1 known seen=7 email=ann.lee@x.org phone=+442079460018 name=ann_lee city=oslo`.
fn subject(line: &str) -> Subject {
    let mut words = line.split_whitespace();
    let number = words.next().and_then(|it| it.parse().ok());
    let mut subject = Subject {
        profile: ProfileId(number.expect("a profile first")),
        is_known: false,
        shared: BTreeSet::new(),
        emails: BTreeSet::new(),
        phones: BTreeSet::new(),
        name: None,
        city: None,
    };
    for word in words {
        match word.split_once('=') {
            None if word == "known" => subject.is_known = true,
            Some(("seen", it)) => {
                let actor = it.parse().expect("an actor");
                subject.shared.insert(ActorId(actor));
            }
            Some(("email", it)) => {
                subject.emails.insert(it.to_owned());
            }
            Some(("phone", it)) => subject.phones.extend(phone_end(it)),
            Some(("name", it)) => subject.name = words_of(it),
            Some(("city", it)) => subject.city = words_of(it),
            _ => panic!("`{word}` is not known"),
        }
    }
    subject
}

fn subjects(text: &str) -> Vec<Subject> {
    let lines = text.lines().map(str::trim).filter(|it| !it.is_empty());
    lines.map(subject).collect()
}

fn shown(likely: &Likely) -> String {
    let mut shown = String::new();
    for it in &likely.pairs {
        let (left, right, percent) = (it.left.0, it.right.0, it.chance * 100.0);
        write!(shown, "{left} {right} {percent:.0}%").expect("a text");
        for reason in &it.reasons {
            let sign = if reason.agrees { "=" } else { "≠" };
            let (ground, bits) = (reason.ground, reason.bits);
            write!(shown, " {ground:?}{sign}{bits:+.2}").expect("a text");
        }
        shown.push('\n');
    }
    if likely.both_known > 0 {
        writeln!(shown, "both known: {}", likely.both_known).expect("a text");
    }
    shown
}

fn check(text: &str, expected: Expect) {
    let likely = find(subjects(text), &Pairs::new(), Bounds::default());
    expected.assert_eq(&shown(&likely));
}

#[test]
fn what_is_shared_is_weighed_and_what_differs_takes_away() {
    // log2(0.9 · 1000 / 0.5) = 10.81, log2(0.7 · 1000 / 0.5) = 10.45, log2(0.3 · 1000 / 0.5) = 9.23,
    // log2(0.8 · 1000 / 0.5) = 10.64, log2(1 − 0.9) = −3.32; log2(999) = 9.96 is taken from the sum.
    check(
        "
        1 known seen=90
        2 seen=90
        3 known phone=+442079460018
        4 phone=02079460018
        5 known email=ann.lee@x.org name=Ann
        6 email=ann.le@x.org name=Ann
        7 known name=Bob_Ray city=Oslo
        8 name=Ray_Bob city=oslo
        9 known email=carla@x.org name=Carla
        10 email=crala@x.org name=Dora
        ",
        expect![[r"
            7 8 100% Name=+10.81 City=+10.64
            5 6 100% Email=+9.23 Name=+10.81
            1 2 64% Identifier(ActorId(90))=+10.81
            3 4 58% Phone=+10.45
        "]],
    );
}

#[test]
fn what_many_share_says_little() {
    let desk = |count: u32| {
        let each = (0..count).map(|it| format!("{it} seen=900\n"));
        find(
            subjects(&each.collect::<String>()),
            &Pairs::new(),
            Bounds::default(),
        )
    };
    assert_eq!(desk(2).pairs.len(), 1);
    assert_eq!(desk(3).pairs.len(), 3);
    assert_eq!(desk(12).pairs.len(), 0, "a desk that serves twelve");
}

#[test]
fn two_known_identities_are_counted_and_not_suggested() {
    check("1 known seen=9\n2 known seen=9", expect!["both known: 1\n"]);
}

#[test]
fn what_members_have_decided_is_not_suggested() {
    let them = subjects("1 seen=9\n2 seen=9\n3 seen=9");
    let settled = Pairs::from([(ProfileId(1), ProfileId(3))]);
    let likely = find(them, &settled, Bounds::default());
    let pairs: Vec<_> = likely
        .pairs
        .iter()
        .map(|it| (it.left.0, it.right.0))
        .collect();
    assert_eq!(pairs, [(1, 2), (2, 3)]);
}

#[test]
fn what_is_not_looked_at_is_told() {
    let them = subjects("1 seen=8\n2 seen=8\n3 seen=9\n4 seen=9\n5 seen=9");
    let bounds = Bounds {
        group_max: 2,
        pairs_max: 1,
    };
    let likely = find(them.clone(), &Pairs::new(), bounds);
    assert_eq!((likely.pairs.len(), likely.groups_left_out), (1, 1));
    assert!(!likely.is_cut);
    let bounds = Bounds {
        group_max: 3,
        pairs_max: 2,
    };
    let likely = find(them, &Pairs::new(), bounds);
    assert_eq!(likely.pairs.len(), 2);
    assert!(likely.is_cut);
}

/// Looks at every two, and counts for each value over all.
fn naive(them: &[Subject]) -> BTreeMap<(u32, u32), f64> {
    let near = |a: &Subject, b: &Subject| {
        let any = |x: &String| b.emails.iter().any(|y| is_near(x, y));
        a.emails.iter().any(any)
    };
    let population = them.len().max(1000) as f64;
    let weight = |same: f64, holders: usize| {
        let others = holders as f64 - 2.0 + 0.5;
        (same * population / others).log2()
    };
    let holders = |has: &dyn Fn(&Subject) -> bool| them.iter().filter(|it| has(it)).count();
    let word = |a: &Option<String>, b: &Option<String>, same: f64, has: &dyn Fn(&str) -> usize| {
        let (Some(a), Some(b)) = (a, b) else {
            return 0.0;
        };
        let words = |it: &str| it.split(' ').map(str::to_owned).collect::<BTreeSet<_>>();
        if a == b {
            weight(same, has(a))
        } else if words(a).is_disjoint(&words(b)) {
            (1.0 - same).log2()
        } else {
            0.0
        }
    };
    let mut found = BTreeMap::new();
    for a in them {
        for b in them.iter().filter(|b| a.profile < b.profile) {
            let is_home =
                a.name.is_some() && a.name == b.name && a.city.is_some() && a.city == b.city;
            let is_near = near(a, b);
            if a.shared.is_disjoint(&b.shared)
                && a.phones.is_disjoint(&b.phones)
                && !is_home
                && !is_near
            {
                continue;
            }
            let mut bits = -(population - 1.0).log2();
            let rarest = (a.shared.intersection(&b.shared))
                .map(|actor| holders(&|it| it.shared.contains(actor)))
                .min();
            bits += rarest.map_or(0.0, |it| weight(0.9, it));
            if is_near {
                let those =
                    |of: &Subject| 1 + holders(&|it| it.profile != of.profile && near(of, it));
                bits += weight(0.3, those(a).max(those(b)));
            } else if !a.emails.is_empty() && !b.emails.is_empty() {
                bits += 0.7_f64.log2();
            }
            let rarest = (a.phones.intersection(&b.phones))
                .map(|phone| holders(&|it| it.phones.contains(phone)))
                .min();
            match rarest {
                Some(it) => bits += weight(0.7, it),
                None if !a.phones.is_empty() && !b.phones.is_empty() => bits += 0.3_f64.log2(),
                None => {}
            }
            let named = |value: &str| holders(&|it| it.name.as_deref() == Some(value));
            bits += word(&a.name, &b.name, 0.9, &named);
            let living = |value: &str| holders(&|it| it.city.as_deref() == Some(value));
            bits += word(&a.city, &b.city, 0.8, &living);
            let chance = 1.0 / (1.0 + 2.0_f64.powf(-bits));
            if chance >= 0.3 && !(a.is_known && b.is_known) {
                let pair = if b.is_known { (b, a) } else { (a, b) };
                found.insert((pair.0.profile.0, pair.1.profile.0), chance);
            }
        }
    }
    found
}

fn any_subject() -> impl Strategy<Value = Subject> {
    let email = prop::sample::select(vec![
        "ann.lee@x.org",
        "ann.le@x.org",
        "ann.lee+a@x.org",
        "nan.lee@x.org",
        "ann.lee@y.org",
        "ann.lee1@x.org",
    ]);
    let phone = prop::sample::select(vec!["123456789", "987654321", "555666777"]);
    let name = prop::sample::select(vec!["ann lee", "ann ray", "bob"]);
    let city = prop::sample::select(vec!["oslo", "rome"]);
    (
        any::<bool>(),
        prop::collection::btree_set(0..6_u32, 0..3),
        prop::collection::btree_set(email, 0..3),
        prop::collection::btree_set(phone, 0..2),
        prop::option::of(name),
        prop::option::of(city),
    )
        .prop_map(|(is_known, shared, emails, phones, name, city)| Subject {
            profile: ProfileId(0),
            is_known,
            shared: shared.into_iter().map(ActorId).collect(),
            emails: emails.into_iter().map(str::to_owned).collect(),
            phones: phones.into_iter().map(str::to_owned).collect(),
            name: name.map(str::to_owned),
            city: city.map(str::to_owned),
        })
}

proptest! {
    #[test]
    fn those_found_are_those_of_a_look_at_every_two(
        mut them in prop::collection::vec(any_subject(), 0..14),
        turn in any::<prop::sample::Index>(),
    ) {
        for (number, it) in (0..).zip(&mut them) {
            it.profile = ProfileId(number);
        }
        let expected = naive(&them);
        let likely = find(them.clone(), &Pairs::new(), Bounds::default());
        let found: BTreeMap<(u32, u32), f64> = (likely.pairs.iter())
            .map(|it| ((it.left.0, it.right.0), it.chance))
            .collect();
        prop_assert_eq!(
            found.keys().collect::<Vec<_>>(),
            expected.keys().collect::<Vec<_>>()
        );
        for (pair, chance) in found {
            prop_assert!((chance - expected[&pair]).abs() < 1e-9);
        }
        let at = turn.index(them.len().max(1)).min(them.len());
        them.rotate_left(at);
        prop_assert_eq!(find(them, &Pairs::new(), Bounds::default()), likely);
    }
}
