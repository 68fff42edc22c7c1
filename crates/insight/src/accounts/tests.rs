use expect_test::{Expect, expect};
use proptest::prelude::*;
use serde_json::json;
use throughline_model::{
    ActorId, EventKind, JsonObject, Value, Vocabulary, account::account_id, report::Report,
};
use throughline_store::{Known, Snapshot};

use super::*;
use crate::{
    ask::{ask, behind},
    cancel::Cancel,
    fixture::{LAYOUTS, Log, any_spread_log, at, twin_config},
    select::Select,
};

/// As [`Log::read`]; the member `context` is the event's context, and `$group` is a group call.
fn read(text: &str) -> Log {
    let mut log = Log::read(text);
    let group = log.names.iter().find(|it| it.1.as_str() == "$group");
    let group = group.map(|it| it.0.0);
    for event in &mut log.events {
        let mut properties = event.properties.to_map();
        if let Some(serde_json::Value::Object(context)) = properties.remove("context") {
            event.context = JsonObject::from_map(&context);
            event.properties = JsonObject::from_map(&properties);
        }
        if Some(event.event) == group {
            event.kind = EventKind::Group;
        }
    }
    log
}

fn described(id: &str, name: &str, value: Option<&str>, time: i64) -> AccountTrait {
    AccountTrait {
        id: id.to_owned(),
        name: name.to_owned(),
        value: value.map(str::to_owned),
        time: Timestamp(time),
    }
}

fn line(it: &AccountFacts) -> String {
    let time = |it: Option<Timestamp>| it.map_or("never".to_owned(), |it| it.to_string());
    format!(
        "{} ({}): {} members, {} events, {} to {}\n",
        it.id,
        it.name.as_deref().unwrap_or("no name"),
        it.members_count,
        it.events_count,
        time(it.first),
        time(it.last),
    )
}

/// The accounts of a type, and all of the first one, the same however the log lies.
fn check(text: &str, account_type: &str, told: &[AccountTrait], roots: &[u32], expected: Expect) {
    let mut log = read(text);
    log.roots = roots.to_vec();
    let vocabulary = Vocabulary::default();
    let now = at("9d00:00");
    for layout in LAYOUTS {
        let snapshot = log.laid_out(layout);
        let cancel = Cancel::default();
        let view = View::new(&snapshot, &vocabulary, &cancel);
        let ask = AccountsAsk {
            limit: 100,
            ..AccountsAsk::default()
        };
        let key = AccountKey::Context;
        let list = accounts(&view, account_type, key, told, &ask, now).expect("listed");
        let mut text: String = list.accounts.iter().map(line).collect();
        if let Some(first) = list.accounts.first() {
            let theirs: Vec<AccountTrait> = told
                .iter()
                .filter(|it| it.id == first.id)
                .cloned()
                .collect();
            let story = account(&view, account_type, key, &first.id, &theirs, now);
            let story = story.expect("read").expect("there");
            assert_eq!(&story.facts, first);
            for it in story.traits {
                text += &format!("  {} = {} since {}\n", it.name, it.value, it.time);
            }
            for it in story.members {
                let (profile, events) = (it.profile.0, it.events_count);
                text += &format!("  member {profile}: {events} events to {}\n", it.last);
            }
            text += &format!("  {} rows\n", story.shown.len());
        }
        expected.assert_eq(&text);
    }
}

const TEAM: &str = r#"
    ana 09:00 $group web {"name":"Acme","plan":"free","seats":3,"context":{"groupId":"acme"}}
    ana 11:00 $group web {"plan":"pro","seats":null,"context":{"groupId":"acme"}}
    ana 10:00 $group web {"plan":"trial","city":"Linz","context":{"groupId":"acme"}}
    ana 10:30 view web {"context":{"groupId":"acme"}}
    ben 12:00 view web {"context":{"groupId":"acme","groups":{"team":"blue"}}}
    ben 12:30 view web {"context":{"groupId":"blue","groupType":"team"}}
    cem 13:00 view web {"context":{"groups":{"account":7}}}
    dia 14:00 view web
"#;

#[test]
fn an_account_is_what_its_members_did_and_of_each_trait_the_newest() {
    check(
        TEAM,
        "account",
        &[],
        &[0, 1, 2, 3],
        expect![[r#"
            acme (Acme): 2 members, 2 events, 2026-03-02T09:00:00.000Z to 2026-03-02T12:00:00.000Z
            7 (no name): 1 members, 1 events, 2026-03-02T13:00:00.000Z to 2026-03-02T13:00:00.000Z
              city = "Linz" since 2026-03-02T10:00:00.000Z
              name = "Acme" since 2026-03-02T09:00:00.000Z
              plan = "pro" since 2026-03-02T11:00:00.000Z
              member 1: 1 events to 2026-03-02T12:00:00.000Z
              member 0: 1 events to 2026-03-02T11:00:00.000Z
              5 rows
        "#]],
    );
    check(
        TEAM,
        "team",
        &[],
        &[0, 1, 2, 3],
        expect![[r"
            blue (no name): 1 members, 2 events, 2026-03-02T12:00:00.000Z to 2026-03-02T12:30:00.000Z
              member 1: 2 events to 2026-03-02T12:30:00.000Z
              2 rows
        "]],
    );
}

#[test]
fn merged_profiles_are_one_member() {
    check(
        TEAM,
        "account",
        &[],
        &[0, 0, 2, 3],
        expect![[r#"
            7 (no name): 1 members, 1 events, 2026-03-02T13:00:00.000Z to 2026-03-02T13:00:00.000Z
            acme (Acme): 1 members, 2 events, 2026-03-02T09:00:00.000Z to 2026-03-02T12:00:00.000Z
              member 2: 1 events to 2026-03-02T13:00:00.000Z
              1 rows
        "#]],
    );
}

#[test]
fn what_nobody_told_describes_an_account_and_adds_no_member() {
    let hour = |text: &str| at(text).0;
    let told = [
        described("acme", "", None, 0),
        described("acme", "city", Some("\"Graz\""), -hour("08:00")),
        described("acme", "name", Some("\"Acme Inc\""), hour("15:00")),
        described("acme", "plan", None, hour("12:00")),
        described("acme", "region", Some("\"EU\""), -hour("08:00")),
        described("zeta", "", None, 0),
    ];
    check(
        TEAM,
        "account",
        &told,
        &[0, 1, 2, 3],
        expect![[r#"
            acme (Acme Inc): 2 members, 2 events, 2026-03-02T09:00:00.000Z to 2026-03-02T12:00:00.000Z
            7 (no name): 1 members, 1 events, 2026-03-02T13:00:00.000Z to 2026-03-02T13:00:00.000Z
            zeta (no name): 0 members, 0 events, never to never
              city = "Linz" since 2026-03-02T10:00:00.000Z
              name = "Acme Inc" since 2026-03-02T15:00:00.000Z
              region = "EU" since 2026-03-02T08:00:00.000Z
              member 1: 1 events to 2026-03-02T12:00:00.000Z
              member 0: 1 events to 2026-03-02T11:00:00.000Z
              5 rows
        "#]],
    );
}

#[test]
fn a_profile_has_the_accounts_of_its_events() {
    let log = read(TEAM);
    let (vocabulary, cancel) = (Vocabulary::default(), Cancel::default());
    let snapshot = log.laid_out(LAYOUTS[1]);
    let view = View::new(&snapshot, &vocabulary, &cancel);
    let types: AccountTypes = (["account", "team"].into_iter())
        .map(|it| (it.to_owned(), AccountKey::Context))
        .collect();
    let nothing = |_: &str| Ok(Vec::new());
    let of = |profile, now| {
        let found = accounts_of(&view, ProfileId(profile), &types, nothing, at(now));
        let ids = found.expect("read").0;
        ids.into_iter().map(|it| it.id).collect::<Vec<String>>()
    };
    assert_eq!(of(1, "9d00:00"), ["blue", "acme"]);
    assert_eq!(of(1, "12:10"), ["acme", "blue"]);
    assert_eq!(of(1, "11:00"), [""; 0]);
    assert_eq!(of(3, "9d00:00"), [""; 0]);
    let types = account_types(&view, &types, nothing).expect("read");
    let counts: Vec<u64> = types.iter().map(|it| it.accounts).collect();
    assert_eq!(counts, [2, 1]);
}

/// Accounts by the property `p`, which is what the random logs have.
fn with_types(snapshot: Snapshot) -> Snapshot {
    let known = Known {
        account_types: [("p".to_owned(), AccountKey::Property)].into(),
        ..Known::default()
    };
    Snapshot {
        known: known.into(),
        ..snapshot
    }
}

/// The reports that can be about accounts, each with one of its numbers.
fn reports() -> Vec<(serde_json::Value, serde_json::Value)> {
    let step = |name: &str| json!({"name": name, "matcher": {"events": [name]}});
    let range = json!({"all": true});
    vec![
        (
            json!({"kind": "funnel", "range": range, "steps": [step("view"), step("cart")]}),
            json!({"kind": "funnel", "step": 1}),
        ),
        (
            json!({"kind": "funnel", "range": range, "order": "any", "window": {"whole": "2m"},
                "steps": [step("view"), step("buy")], "people": {"did": {"matcher": {"events": ["view"]}}}}),
            json!({"kind": "funnel", "step": 0}),
        ),
        (
            json!({"kind": "counts", "range": range, "every": "range", "series": [step("view")]}),
            json!({"kind": "counts"}),
        ),
        (
            json!({"kind": "trends", "range": range, "period": "day",
                "series": [{"name": "view", "matcher": {"events": ["view"]}, "measure": "profiles"}]}),
            json!(null),
        ),
        (
            json!({"kind": "retention", "range": range, "period": "day", "start": {"events": ["view"]}}),
            json!(null),
        ),
    ]
}

/// The same log with each event under its account, and those of none left out.
fn of_accounts(log: &Log, is_in: impl Fn(u32) -> bool) -> (Log, Vec<String>) {
    let id = |event: &throughline_store::StoredEvent| {
        let field = throughline_model::Field::Property(vec!["p".to_owned()]);
        let value: Value = throughline_store::value_of(event, &field)?;
        account_id(&value)
    };
    let ids: BTreeSet<String> = log.events.iter().filter_map(id).collect();
    let ids: Vec<String> = ids.into_iter().collect();
    let mut twin = log.clone();
    twin.roots = (0..).take(ids.len()).collect();
    twin.events
        .retain(|it| is_in(it.actor.0) && id(it).is_some());
    for event in &mut twin.events {
        let id = id(event).expect("kept for it");
        let number = ids.iter().position(|it| *it == id).expect("listed");
        event.actor = ActorId(number as u32);
    }
    (twin, ids)
}

proptest! {
    #![proptest_config(twin_config())]

    #[test]
    fn a_report_about_accounts_is_the_report_of_a_log_in_which_each_is_a_person(log in any_spread_log()) {
        let vocabulary = Vocabulary::default();
        let cancel = Cancel::default();
        let now = Timestamp(log.events.iter().map(|it| it.time.0).max().unwrap_or(0) + 1);
        for (report, select) in reports() {
            let parse = |report: &serde_json::Value| -> Report {
                serde_json::from_value(report.clone()).expect("valid")
            };
            let mut about = report.clone();
            about["accounts"] = json!("p");
            // Of those asked about, all events count, and of others none.
            let mut alone = report.clone();
            let rule = alone.as_object_mut().expect("an object").remove("people");
            let root = |actor: u32| log.roots.get(actor as usize).copied().unwrap_or(actor);
            let in_it: BTreeSet<u32> = match rule {
                None => log.events.iter().map(|it| root(it.actor.0)).collect(),
                Some(_) => {
                    let viewed = log.events.iter().filter(|it| {
                        let code = throughline_model::EventCode(it.event);
                        log.names.name(code).is_some_and(|it| it.as_str() == "view")
                    });
                    viewed.map(|it| root(it.actor.0)).collect()
                }
            };
            let (twin, ids) = of_accounts(&log, |actor| in_it.contains(&root(actor)));
            let (about, alone) = (parse(&about), parse(&alone));
            for layout in log.layouts() {
                let snapshot = with_types(log.laid_out(layout));
                let other = twin.laid_out(layout);
                let told = ask(&snapshot, &vocabulary, &about, now, &cancel).expect("sound");
                let expected = ask(&other, &vocabulary, &alone, now, &cancel).expect("sound");
                let text = |it| serde_json::to_value(it).expect("JSON");
                prop_assert_eq!(text(&told.numbers), text(&expected.numbers), "{:?}", about);
                prop_assert_eq!(told.n, expected.n);
                if select.is_null() {
                    continue;
                }
                let select: Select = serde_json::from_value(select.clone()).expect("valid");
                let of = behind(&snapshot, &vocabulary, &about, &select, now, &cancel).expect("sound");
                let theirs = behind(&other, &vocabulary, &alone, &select, now, &cancel).expect("sound");
                let named: Vec<String> =
                    theirs.people.iter().map(|it| ids[it.0 as usize].clone()).collect();
                let members: BTreeSet<u32> = (log.events.iter())
                    .filter(|it| in_it.contains(&root(it.actor.0)))
                    .filter(|it| {
                        let field = throughline_model::Field::Property(vec!["p".to_owned()]);
                        let value = throughline_store::value_of(it, &field);
                        value.and_then(|it| account_id(&it)).is_some_and(|it| named.contains(&it))
                    })
                    .map(|it| root(it.actor.0))
                    .collect();
                prop_assert_eq!(of.accounts, Some(named));
                let people: Vec<u32> = of.people.iter().map(|it| it.0).collect();
                prop_assert_eq!(people, members.into_iter().collect::<Vec<u32>>());
            }
        }
    }
}

proptest! {
    #[test]
    fn a_trait_that_rules_ask_for_is_the_one_that_the_page_shows(
        told in prop::collection::vec((0..3_u32, 0..3_u32, 0..4_i64, 0..6_usize, any::<bool>()), 0..20),
        layout in prop::sample::select(LAYOUTS.to_vec()),
    ) {
        const PLANS: [&str; 6] = [r#"{"plan":"pro"}"#, r#"{"plan":"free"}"#, r#"{"plan":7}"#, r#"{"plan":null}"#, r#"{"plan":["pro"]}"#, "{}"];
        let mut log = Log { roots: (0..3).collect(), ..Log::default() };
        let mut descriptions = Vec::new();
        for (actor, account, time, plan, is_described) in told {
            let id = format!("a{account}");
            let properties = JsonObject::parse(PLANS[plan]).expect("an object");
            if is_described {
                for (name, value) in properties.to_map() {
                    let value = (!value.is_null()).then(|| value.to_string());
                    descriptions.push(described(&id, &name, value.as_deref(), time));
                }
                continue;
            }
            log.push(actor, Timestamp(time), "$group", throughline_model::Channel::Web, PLANS[plan]);
            let event = log.events.last_mut().expect("pushed");
            event.kind = EventKind::Group;
            let context = json!({"groupId": id, "groupType": "team"});
            event.context = JsonObject::from_map(context.as_object().expect("an object"));
        }
        let mut snapshot = log.laid_out(layout);
        snapshot.known = std::sync::Arc::new(Known {
            described: [("team".to_owned(), std::sync::Arc::new(descriptions.clone()))].into(),
            ..Known::default()
        });
        let (vocabulary, cancel) = (Vocabulary::default(), Cancel::default());
        let view = View::new(&snapshot, &vocabulary, &cancel);
        let asked = throughline_model::people::AccountTraitIs {
            account_type: "team".to_owned(),
            name: "plan".to_owned(),
            test: throughline_model::Test::Exists(throughline_model::Nothing {}),
        };
        let traits = account_traits(&view, [&asked]).expect("read");
        let values = traits.values().next().expect("asked");
        for account_index in 0..3 {
            let id = format!("a{account_index}");
            let theirs: Vec<AccountTrait> = descriptions.iter().filter(|it| it.id == id).cloned().collect();
            let story = account(&view, "team", AccountKey::Context, &id, &theirs, at("1d00:00")).expect("read");
            let shown = story.iter().flat_map(|it| &it.traits).find(|it| it.name == "plan");
            let shown = shown.and_then(|it| serde_json::from_value::<Value>(it.value.clone()).ok());
            prop_assert_eq!(values.get(&id), shown.as_ref());
        }
    }
}
