use std::{collections::BTreeSet, sync::Arc};

use proptest::{prelude::*, test_runner::Config};
use serde_json::json;
use throughline_model::{
    Channel, JsonObject, Timestamp,
    consent::{ConsentIs, ConsentState},
    people::PeopleRule,
};
use throughline_store::{Known, TraitColumn, state::AccountTrait};

use super::{
    super::tests::{any_rule, vocabulary},
    *,
};
use crate::{
    accounts::{AccountTraits, account_traits, touched_by as touched_by_accounts},
    cancel::Cancel,
    fixture::{LAYOUTS, Layout, Log, any_log, at},
    people_rule::{Membership, people_who},
    scan::Gather,
};

fn set(log: &Log, layout: Layout, rule: &PeopleRule, now: Timestamp) -> BTreeSet<u32> {
    let (snapshot, vocabulary, cancel) = (log.laid_out(layout), vocabulary(), Cancel::default());
    let view = View::new(&snapshot, &vocabulary, &cancel);
    let people = people_who(&view, rule, now).expect("sound");
    people.into_iter().map(|it| it.0).collect()
}

fn standings(log: &Log, layout: Layout, rule: &PeopleRule, now: Timestamp) -> Vec<(u32, Standing)> {
    let (snapshot, vocabulary, cancel) = (log.laid_out(layout), vocabulary(), Cancel::default());
    let view = View::new(&snapshot, &vocabulary, &cancel);
    let values = TraitValues::new();
    let accounts = AccountTraits::new();
    let ready = RowRule::new(&view, rule, &values, &accounts).expect("sound");
    let mut gather = Gather::default();
    let all = (0..6).filter_map(|profile| {
        let rows = gather.profile(&snapshot, profile)?;
        Some((profile, ready.stands(&rows, now)))
    });
    all.collect()
}

fn check(text: &str, rule: serde_json::Value, now: &str, expected: &str) {
    let (log, rule) = (
        Log::read(text),
        serde_json::from_value(rule).expect("valid"),
    );
    for layout in LAYOUTS {
        let told: Vec<String> = standings(&log, layout, &rule, at(now))
            .into_iter()
            .map(|(_, it)| match it.until {
                Some(until) => format!("{} until +{}", it.holds, until.since(at(now))),
                None => it.holds.to_string(),
            })
            .collect();
        assert_eq!(told.join(", "), expected);
    }
}

#[test]
fn an_event_leaves_its_span_though_nothing_happens() {
    let lately = json!({"did": {"matcher": {"events": ["buy"]}, "within": {"last": "1h"}}});
    let log = "ana 09:00 buy\nana 09:30 buy";
    check(log, lately.clone(), "09:40", "true until +3000001ms");
    check(log, lately.clone(), "10:30", "true until +1ms");
    check(log, lately, "10:31", "false");
    let twice = json!({"did": {"matcher": {}, "times": {"at_least": 2}, "within": {"last": "1h"}}});
    check(log, twice, "09:40", "true until +1200001ms");
}

#[test]
fn an_event_that_is_yet_to_come_is_waited_for() {
    let lately = json!({"did": {"matcher": {"events": ["buy"]}, "within": {"last": "1h"}}});
    check("ana 09:30 buy", lately, "09:00", "false until +30m");
    let never = json!({"not": {"did": {"matcher": {"events": ["buy"]}, "within": {"last": "1h"}}}});
    check("ana 09:00 buy", never, "09:30", "false until +1800001ms");
}

#[test]
fn events_that_come_and_go_at_once_change_nothing() {
    // The one leaves in the millisecond in which the other comes.
    let exactly =
        json!({"did": {"matcher": {}, "times": {"exactly": 1}, "within": {"last": "3599999ms"}}});
    check(
        "ana 09:00 buy\nana 10:00 buy",
        exactly,
        "09:30",
        "true until +90m",
    );
}

#[test]
fn one_event_serves_one_step_also_within_an_instant() {
    let twice = json!({"in_order": {"steps": [{"events": ["buy"]}, {}]}});
    check("ana 09:00 buy", twice.clone(), "10:00", "false");
    check(
        "ana 09:00 view\nana 09:00 buy",
        twice.clone(),
        "10:00",
        "true",
    );
    check("ana 09:00 buy\nana 09:00 buy", twice, "10:00", "true");
}

fn groups(account: u32) -> JsonObject {
    let context = json!({"groups": {"team": format!("a{account}")}});
    JsonObject::from_map(context.as_object().expect("an object"))
}

#[derive(Clone, Debug)]
enum Act {
    Event {
        actor: u32,
        minute: i64,
        name: usize,
    },
    Merge(u32, u32),
    Unmerge,
    Pass(i64),
    Tell {
        actor: u32,
        plan: usize,
    },
    Consent {
        actor: u32,
        time: i64,
        is_denied: bool,
    },
    /// An event that carries the id of an account.
    Belong {
        actor: u32,
        account: u32,
    },
    /// A group call of a member; or a description, which is nobody's.
    TellAccount {
        actor: Option<u32>,
        account: u32,
        time: i64,
        plan: usize,
    },
}

fn any_act() -> impl Strategy<Value = Act> {
    prop_oneof![
        5 => (0..6_u32, 0..20_i64, 0..5_usize).prop_map(|(actor, minute, name)| Act::Event { actor, minute, name }),
        1 => (0..6_u32, 0..6_u32).prop_map(|(a, b)| Act::Merge(a, b)),
        1 => Just(Act::Unmerge),
        3 => (1..200_i64).prop_map(Act::Pass),
        1 => (0..6_u32, 0..3_usize).prop_map(|(actor, plan)| Act::Tell { actor, plan }),
        2 => (0..6_u32, 0..4_i64, any::<bool>())
            .prop_map(|(actor, time, is_denied)| Act::Consent { actor, time, is_denied }),
        2 => (0..6_u32, 0..3_u32).prop_map(|(actor, account)| Act::Belong { actor, account }),
        3 => (prop::option::of(0..6_u32), 0..3_u32, 0..6_i64, 0..5_usize)
            .prop_map(|(actor, account, time, plan)| Act::TellAccount { actor, account, time, plan }),
    ]
}

fn any_rule_with_traits() -> impl Strategy<Value = PeopleRule> {
    let plan = prop::sample::select(vec![
        json!({"is": ["pro"]}),
        json!({"is_not": ["pro"]}),
        json!({"missing": {}}),
    ]);
    let plan = plan.prop_map(|test| json!({"trait": {"name": "plan", "test": test}}));
    let consent = prop_oneof![
        Just(json!({"consent": {"purpose": "marketing", "channel": "email"}})),
        Just(json!({"consent": {"purpose": "marketing", "channel": "email", "state": "denied"}})),
        Just(json!({"consent": {"purpose": "service"}})),
    ];
    let account = prop::sample::select(vec![
        json!({"is": ["pro"]}),
        json!({"is_not": ["pro"]}),
        json!({"less": 8}),
        json!({"missing": {}}),
    ]);
    let account = account.prop_map(
        |test| json!({"account": {"account_type": "team", "name": "plan", "test": test}}),
    );
    let asked = prop_oneof![plan, consent, account]
        .prop_map(|rule| serde_json::from_value::<PeopleRule>(rule).expect("valid"));
    prop_oneof![
        1 => any_rule(),
        1 => (any_rule(), asked).prop_map(|(rule, asked)| PeopleRule::Any(vec![PeopleRule::Not(Box::new(rule)), asked])),
    ]
}

proptest! {
    // Six timelines in each case.
    #![proptest_config(Config::with_cases(20_000))]

    #[test]
    fn a_row_rule_says_what_the_walk_says_until_it_says(
        log in any_log(),
        rule in any_rule(),
        now in -1..20_i64,
        later in 0..900_000_i64,
        layout in prop::sample::select(LAYOUTS.to_vec()),
    ) {
        let now = Timestamp(at("00:00").0 + now * 60_000);
        let people = set(&log, layout, &rule, now);
        let told = standings(&log, layout, &rule, now);
        let holding: BTreeSet<u32> = told.iter().filter(|it| it.1.holds).map(|it| it.0).collect();
        prop_assert_eq!(&holding, &people);
        let later = Timestamp(now.0 + later);
        let people_later = set(&log, layout, &rule, later);
        for (profile, standing) in told {
            if standing.until.is_none_or(|until| later < until) {
                prop_assert_eq!(people_later.contains(&profile), standing.holds);
            }
        }
    }
}

proptest! {
    #![proptest_config(Config::with_cases(3_000))]

    #[test]
    fn profiles_are_at_any_moment_those_whom_the_walk_finds(
        acts in prop::collection::vec(any_act(), 1..40),
        rule in any_rule_with_traits(),
        layout in prop::sample::select(LAYOUTS.to_vec()),
    ) {
        const NAMES: [&str; 5] = ["view", "cart", "buy", "mail", "$identify"];
        const PLANS: [Option<&str>; 3] = [Some("\"pro\""), Some("\"free\""), None];
        let mut log = Log { roots: (0..6).collect(), ..Log::default() };
        let mut plans = TraitColumn::default();
        let mut consents = TraitColumn::default();
        let columns: Vec<String> = [("marketing", Some(Channel::Email)), ("service", None)]
            .map(|(purpose, channel)| ConsentIs { purpose: purpose.to_owned(), channel, state: ConsentState::Granted }.column())
            .into();
        const ACCOUNT_PLANS: [&str; 5] = ["\"pro\"", "\"free\"", "7", "null", "[\"pro\"]"];
        let mut described = Vec::new();
        let mut accounts = AccountTraits::new();
        let mut now = at("00:05");
        let mut membership = Membership::default();
        let (vocabulary, cancel) = (vocabulary(), Cancel::default());
        for (step, act) in acts.into_iter().enumerate() {
            let roots = log.roots.clone();
            let mut actors: Vec<u32> = Vec::new();
            match act {
                // Late events, and events that are yet to come.
                Act::Event { actor, minute, name } => {
                    let time = Timestamp(at("00:00").0 + minute * 60_000);
                    log.push(actor, time, NAMES[name], Channel::Web, "{}");
                    actors.push(actor);
                }
                Act::Merge(a, b) => {
                    let (a, b) = (roots[a as usize], roots[b as usize]);
                    for root in &mut log.roots {
                        if *root == a.max(b) {
                            *root = a.min(b);
                        }
                    }
                }
                Act::Unmerge => log.roots = (0..6).collect(),
                Act::Pass(seconds) => now = Timestamp(now.0 + seconds * 1_000),
                Act::Tell { actor, plan } => {
                    plans.hear(actor, throughline_model::SourceId(1), Timestamp(step as i64), PLANS[plan]);
                    actors.push(actor);
                }
                Act::Consent { actor, time, is_denied } => {
                    let said = if is_denied { "true" } else { "false" };
                    consents.hear(actor, throughline_model::SourceId(1), Timestamp(time), Some(said));
                    actors.push(actor);
                }
                Act::Belong { actor, account } => {
                    log.push(actor, at("00:01"), "view", Channel::Web, "{}");
                    log.events.last_mut().expect("pushed").context = groups(account);
                    actors.push(actor);
                }
                Act::TellAccount { actor: Some(actor), account, time, plan } => {
                    let told = format!("{{\"plan\":{}}}", ACCOUNT_PLANS[plan]);
                    log.push(actor, Timestamp(time), "$group", Channel::Web, &told);
                    let event = log.events.last_mut().expect("pushed");
                    event.kind = throughline_model::EventKind::Group;
                    let about = json!({"groupId": format!("a{account}"), "groupType": "team"});
                    event.context = JsonObject::from_map(about.as_object().expect("an object"));
                    actors.push(actor);
                }
                Act::TellAccount { actor: None, account, time, plan } => described.push(AccountTrait {
                    id: format!("a{account}"),
                    name: "plan".to_owned(),
                    value: Some(ACCOUNT_PLANS[plan].to_owned()).filter(|it| it != "null"),
                    time: Timestamp(time),
                }),
            }
            // Whom it concerns: profiles of the actors, and both sides of whoever was moved.
            let mut touched: BTreeSet<u32> = actors.iter().map(|it| log.roots[*it as usize]).collect();
            for (old, new) in roots.iter().zip(&log.roots).filter(|(old, new)| old != new) {
                touched.extend([*old, *new]);
            }
            let mut snapshot = log.laid_out(layout);
            snapshot.known = Arc::new(Known {
                segments: Arc::default(),
                traits: (columns.iter().map(|it| (it.clone(), Arc::new(consents.clone()))))
                    .chain([("plan".to_owned(), Arc::new(plans.clone()))])
                    .collect(),
                described: [("team".to_owned(), Arc::new(described.clone()))].into(),
                ..Default::default()
            });
            let view = View::new(&snapshot, &vocabulary, &cancel);
            let values: TraitValues = (columns.iter().map(|it| (it.clone(), consents.values(|it| snapshot.root(it)))))
                .chain([("plan".to_owned(), plans.values(|it| snapshot.root(it)))])
                .collect();
            let told = account_traits(&view, rule.accounts()).expect("sound");
            let members = touched_by_accounts(&view, &accounts, &told).expect("sound");
            touched.extend(members.iter());
            accounts = told;
            let ready = RowRule::new(&view, &rule, &values, &accounts).expect("sound");
            let mut gather = Gather::default();
            let mut moves = Vec::new();
            for profile in touched {
                moves.extend(membership.touch(&view, &ready, profile, now, &mut gather));
            }
            for due in membership.due(now) {
                membership.wake(&view, &ready, due, now, &mut gather, &mut moves);
            }
            let people = people_who(&view, &rule, now).expect("sound");
            let people: Vec<u32> = people.into_iter().map(|it| it.0).collect();
            prop_assert_eq!(membership.profiles().iter().collect::<Vec<_>>(), people.clone());
            prop_assert!(moves.iter().all(|it| it.at <= now));
            // Whoever starts anew ends where the one that went along did.
            let mut fresh = Membership::of(membership.profiles().clone());
            prop_assert!(fresh.renew(&view, &ready, now).expect("sound").is_empty());
        }
    }
}
