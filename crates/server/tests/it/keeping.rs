use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use throughline_model::{EventCode, Span};
use throughline_store::state::is_gone;

use crate::{
    client::{Answer, Browser, Server},
    erasures::{check_sound, find, holding, numbers, tick},
    events::{runtime, send, send_batch, shop},
    privacy::put,
};

const LIMITS: &str = "/api/w/shop/privacy/keeping";
pub const SWEEPS: &str = "/api/w/shop/privacy/sweeps";
const DAY: i64 = 24 * 60;

/// Ages are told in days.
pub fn aged(lines: &str) -> String {
    let mut aged = String::new();
    for line in lines.lines().filter(|it| !it.trim().is_empty()) {
        let mut words = line.split_whitespace();
        let (who, days) = (words.next().unwrap(), words.next().unwrap());
        let rest: Vec<&str> = words.collect();
        let minutes = days.parse::<i64>().unwrap() * DAY;
        aged.push_str(&format!("{who} {minutes} {}\n", rest.join(" ")));
    }
    aged
}

/// Ann and Bob are here still; Cid and a browser are not.
pub const SHOP: &str = "
    lost-browser 95 product_viewed {\"note\":\"worn-out-by-time\"}
    +ann 90 product_viewed
    +ann 85 order_placed {\"total\":12}
    +ann 80 product_viewed {\"note\":\"worn-out-by-time\"}
    phone-of-ann 79 identify {\"email\":\"ann@example.org\"}
    phone-of-ann 78 product_viewed {\"note\":\"worn-out-by-time\"}
    +ann 77 identify {\"email\":\"ann@example.org\",\"city\":\"Oslo\"}
    +ann 76 identify {\"email\":\"ann@example.org\"}
    +ann 75 identify {\"email\":\"ann@example.org\"}
    +bob 70 product_viewed
    +bob 60 consent_given {\"purpose\":\"marketing\",\"proof\":\"https://x.org/1\"}
    +cid 70 identify {\"email\":\"cid@example.org\"}
    +cid 69 product_viewed {\"note\":\"worn-out-by-time\"}
    +bob 31 order_placed {\"total\":9}
    +bob 29 product_viewed
    phone-of-ann 10 product_viewed
    +ann 3 order_placed {\"total\":7}
    new-browser 2 product_viewed";

pub fn limits() -> Value {
    json!({"days": 30, "events": [{"event": "order_placed", "days": 84}]})
}

/// The naive twin: which lines are left.
fn kept(lines: &str) -> String {
    let is_kept = |line: &&str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let days: i64 = words.get(1).map_or(0, |it| it.parse().unwrap());
        words.len() > 2 && days <= if words[2] == "order_placed" { 84 } else { 30 }
    };
    lines
        .lines()
        .filter(is_kept)
        .map(|it| format!("{it}\n"))
        .collect()
}

pub async fn write(owner: &mut Browser, version: u64, limits: Value) -> Answer {
    put(owner, LIMITS, version, limits).await
}

async fn preview(owner: &mut Browser, limits: Value) -> Value {
    let path = format!("{LIMITS}/preview");
    owner.post(&path, limits).await.expect(200)["found"].clone()
}

/// Asks for a sweep, and tells what became of it.
pub async fn sweep(server: &Server, owner: &mut Browser) -> Value {
    let asked = owner.post(SWEEPS, json!({})).await.expect(200);
    assert_eq!(asked["state"], "waiting");
    tick(server).await;
    let list = owner.get(SWEEPS).await.expect(200);
    assert_eq!(list["sweeps"][0]["id"], asked["id"]);
    assert_eq!(list["sweeps"][0]["state"], "done", "{list}");
    list["sweeps"][0].clone()
}

/// Every event with whose it is, its name, age in days and properties, without those that are past.
pub async fn events_left(server: &Server, is_past: impl Fn(&str, i64) -> bool) -> Vec<String> {
    let (runtime, now) = (runtime(server), server.app.now());
    let read = move || {
        let snapshot = runtime.pipeline().store().snapshot(now);
        let mut all = Vec::new();
        for base in snapshot.bases() {
            let run = &snapshot.runs[base];
            let rows: Vec<u32> = (0..).take(run.len()).collect();
            for event in run.events(&rows).unwrap() {
                let name = snapshot.names.name(EventCode(event.event)).unwrap();
                let minutes = now.since(event.time).0 / 60_000;
                let profile = snapshot.root(event.actor.0);
                let text = event.properties.as_str();
                let told = format!("{profile} {name} {minutes} {text}");
                all.push((name.to_string(), minutes, told));
            }
        }
        all
    };
    let all = tokio::task::spawn_blocking(read).await.unwrap();
    let left = all
        .into_iter()
        .filter(|(name, minutes, _)| !is_past(name, *minutes));
    let mut left: Vec<String> = left.map(|(_, _, told)| told).collect();
    left.sort();
    left
}

/// What is known of the profiles that some events are of, apart from those: lines of the link log,
/// traits, consents. The identifiers of all others come as well.
pub async fn known(server: &Server, events: &[String]) -> (Vec<String>, Vec<String>) {
    let runtime = runtime(server);
    let number = |text: &str| -> u32 { text.parse().unwrap() };
    let profiles: BTreeSet<u32> = (events.iter())
        .map(|it| number(it.split(' ').next().unwrap()))
        .collect();
    let read = move || {
        let roots = runtime.pipeline().resolver().roots().to_vec();
        let is_theirs = |actor: &str| profiles.contains(&roots[number(actor) as usize]);
        let (mut lines, mut others) = (Vec::new(), Vec::new());
        let note = &mut |line: &str| {
            let words: Vec<&str> = line.split('\t').collect();
            match words[0] {
                "trait" | "consent" if is_theirs(words[1]) => lines.push(line.to_owned()),
                // Its position is told by those before it.
                "link" if is_theirs(words[2].split('/').nth(1).unwrap()) => {
                    lines.push(words[2..].join(" "));
                }
                "identifier" if !is_theirs(words[1]) && !is_gone(words[3]) => {
                    others.push(line.to_owned());
                }
                _ => {}
            }
        };
        runtime.state().describe(note).unwrap();
        (lines, others)
    };
    tokio::task::spawn_blocking(read).await.unwrap()
}

#[tokio::test]
async fn events_past_their_limit_are_nowhere_and_reports_are_those_that_never_had_them() {
    let (server, mut owner) = shop(&aged(SHOP)).await;
    let dir = runtime(&server).dir().to_owned();
    let forgotten = ["worn-out-by-time", "lost-browser", "cid@example.org"];
    assert!(!holding(&dir, &forgotten).is_empty());
    let (bob, ann) = (
        find(&mut owner, "bob").await[0]["id"].clone(),
        find(&mut owner, "ann@example.org").await[0]["id"].clone(),
    );
    let is_past =
        |name: &str, minutes: i64| minutes > DAY * if name == "order_placed" { 84 } else { 30 };
    let events = events_left(&server, is_past).await;
    let (people, others) = known(&server, &events).await;
    assert!(!others.is_empty());

    let mut expected = BTreeMap::new();
    let left = kept(SHOP);
    for line in SHOP
        .lines()
        .filter(|it| !it.is_empty() && !left.contains(it))
    {
        let name = line.split_whitespace().nth(2).unwrap();
        let name = name.replace("identify", "$identify");
        *expected.entry(name).or_insert(0) += 1;
    }
    let told = preview(&mut owner, limits()).await;
    assert_eq!(told["by_event"], json!(expected));
    // The lost browser and Cid.
    assert_eq!(told["profiles"], 2, "{told}");
    assert_eq!(find(&mut owner, "lost-browser").await.len(), 1);

    assert_eq!(
        write(&mut owner, 0, limits()).await.expect(200)["version"],
        1
    );
    let done = sweep(&server, &mut owner).await;
    assert_eq!(done["found"]["by_event"], told["by_event"]);
    assert_eq!(done["found"]["events"], expected.values().sum::<i32>());
    assert_eq!(done["left"], json!([]), "{done}");
    assert_eq!(holding(&dir, &forgotten), Vec::<String>::new());
    assert!(find(&mut owner, "lost-browser").await.is_empty());

    assert_eq!(events_left(&server, |_, _| false).await, events);
    assert_eq!(events.len(), left.lines().count());
    // Who is there still, is known as before, and nobody else is.
    assert_eq!(known(&server, &events).await, (people, Vec::new()));
    assert_eq!(find(&mut owner, "bob").await[0]["id"], bob);
    let again = find(&mut owner, "ann@example.org").await[0].clone();
    assert_eq!((&again["id"], &again["events_count"]), (&ann, &json!(2)));
    assert!(find(&mut owner, "cid").await.is_empty());
    check_sound(&server).await;

    let audit = owner.get("/api/audit").await.expect(200);
    let actions: Vec<&Value> = (0..3).map(|it| &audit["entries"][it]["action"]).collect();
    assert_eq!(
        actions,
        ["events.swept", "sweep.requested", "keeping.changed"]
    );
    // What is not past stays as it came.
    assert_eq!(preview(&mut owner, limits()).await["events"], 0);
    let nothing = sweep(&server, &mut owner).await;
    assert_eq!(
        (&nothing["id"], &nothing["found"]["events"]),
        (&json!(2), &json!(0))
    );
}

#[tokio::test]
async fn reports_are_those_of_a_workspace_that_never_had_what_is_past() {
    let lines = "
        +ann 90 product_viewed
        +ann 85 order_placed {\"total\":12}
        +bob 70 product_viewed
        +bob 31 order_placed {\"total\":9}
        +cid 40 product_viewed
        +cid 29 product_viewed
        +bob 28 product_viewed
        +ann 3 order_placed {\"total\":7}
        new-browser 2 product_viewed";
    let (server, mut owner) = shop(&aged(lines)).await;
    write(&mut owner, 0, limits()).await.expect(200);
    sweep(&server, &mut owner).await;
    let (_other, mut stranger) = shop(&aged(&kept(lines))).await;
    assert_eq!(numbers(&mut owner).await, numbers(&mut stranger).await);
}

/// Numbers that look as if they came by chance, the same for a seed each time.
fn chance(seed: &mut u64, below: u64) -> u64 {
    *seed = seed
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    (*seed >> 33) % below
}

#[tokio::test]
async fn whatever_comes_is_past_or_stays_as_the_naive_twin_says() {
    for start in 1..=4 {
        let mut seed = start;
        let mut lines = String::new();
        for _ in 0..120 {
            let who = ["+ann", "+bob", "+cid", "phone", "tablet", "lost", "seen"];
            let who = who[chance(&mut seed, 7) as usize];
            let name = ["viewed", "ordered", "asked", "identify"][chance(&mut seed, 4) as usize];
            let days = chance(&mut seed, 60);
            let more = match (name, who) {
                ("identify", "phone" | "+ann") => "{\"email\":\"a@x.org\"}".to_owned(),
                ("identify", _) => format!("{{\"city\":{}}}", chance(&mut seed, 5)),
                _ => format!("{{\"n\":{}}}", chance(&mut seed, 9)),
            };
            lines.push_str(&format!("{who} {days} {name} {more}\n"));
        }
        let (server, mut owner) = shop(&aged(&lines)).await;
        let limits = [None, Some(10 + chance(&mut seed, 40))];
        let (all, own) = (
            limits[chance(&mut seed, 2) as usize],
            1 + chance(&mut seed, 50),
        );
        write(
            &mut owner,
            0,
            json!({"days": all, "events": [{"event": "ordered", "days": own}, {"event": "asked"}]}),
        )
        .await
        .expect(200);
        let is_past = |name: &str, minutes: i64| match name {
            "ordered" => minutes > DAY * own as i64,
            "asked" => false,
            _ => all.is_some_and(|days| minutes > DAY * days as i64),
        };
        let events = events_left(&server, is_past).await;
        let (people, _) = known(&server, &events).await;
        let found = sweep(&server, &mut owner).await["found"].clone();
        assert_eq!(found["events"], 120 - events.len(), "seed {start}");
        assert_eq!(
            events_left(&server, |_, _| false).await,
            events,
            "seed {start}"
        );
        assert_eq!(
            known(&server, &events).await,
            (people, Vec::new()),
            "seed {start}"
        );
        check_sound(&server).await;
    }
}

#[tokio::test]
async fn of_a_trait_the_first_and_the_last_stay_in_the_log_and_what_was_between_goes() {
    let lines = "
        +ann 90 product_viewed
        +ann 80 identify {\"city\":\"Longyearbyen\"}
        +ann 70 identify {\"city\":\"Hammerfest\"}
        +ann 60 identify {\"city\":\"Kirkenes\"}
        +ann 2 product_viewed";
    let (server, mut owner) = shop(&aged(lines)).await;
    let events = events_left(&server, |_, age| age > 30 * DAY).await;
    let (before, _) = known(&server, &events).await;
    write(&mut owner, 0, limits()).await.expect(200);
    sweep(&server, &mut owner).await;
    let log = runtime(&server).dir().join("log");
    for (city, is_there) in [
        ("Longyearbyen", true),
        ("Hammerfest", false),
        ("Kirkenes", true),
    ] {
        assert_eq!(!holding(&log, &[city]).is_empty(), is_there, "{city}");
    }
    assert_eq!(known(&server, &events).await, (before, Vec::new()));
    // None of them is an event any more.
    assert_eq!(find(&mut owner, "ann").await[0]["events_count"], 1);
    check_sound(&server).await;
}

#[tokio::test]
async fn what_was_added_to_a_trait_still_counts_when_its_event_is_past() {
    let (server, mut owner) = shop(&aged("+ann 3 product_viewed")).await;
    let now = server.app.now();
    let event = |days: i64, kind: &str, traits: Value, operations: Value| {
        let time = now.minus(Span::minutes(days * DAY));
        json!({"type": kind, "event": "seen", "userId": "ann", "messageId": format!("m{days}"),
            "timestamp": time.0, "traits": traits, "context": {"traitOperations": operations}})
    };
    let add = json!({"$add": {"visits": 1}});
    let lost = json!({"$union": {"tags": "worn-out-by-time"}});
    let events = [
        event(90, "track", Value::Null, add.clone()),
        event(85, "track", Value::Null, lost),
        event(80, "track", Value::Null, add),
        event(70, "identify", json!({"tags": ["new"]}), Value::Null),
    ];
    send_batch(&server, &json!({ "batch": events })).await;
    write(&mut owner, 0, limits()).await.expect(200);
    let done = sweep(&server, &mut owner).await;
    assert_eq!(done["found"]["events"], 4, "{done}");
    let dir = runtime(&server).dir().to_owned();
    // It was taken back by what was set since.
    let gone = holding(&dir, &["worn-out-by-time"]);
    assert_eq!(gone, Vec::<String>::new());
    let id = find(&mut owner, "ann").await[0]["id"].clone();
    let profile = owner.get(&format!("/api/w/shop/profiles/{id}")).await;
    let profile = profile.expect(200);
    assert_eq!(profile["events_count"], 1);
    let traits = profile["traits"].as_array().unwrap().iter();
    let traits: Vec<Value> = traits
        .map(|it| json!([it["name"], it["value"], it["operations_count"]]))
        .collect();
    assert_eq!(
        traits,
        [json!(["tags", ["new"], 0]), json!(["visits", 2, 2])]
    );
    check_sound(&server).await;
}

#[tokio::test]
async fn names_count_as_they_are_shown_and_a_single_event_can_have_a_limit_or_none() {
    let lines = "
        +ann 90 orderCompleted {\"note\":\"worn-out-by-time\"}
        +ann 80 order_placed {\"note\":\"worn-out-by-time\"}
        +ann 70 paid
        +ann 60 product_viewed";
    let (server, mut owner) = shop(&aged(lines)).await;
    let mut writer = owner.clone();
    writer.headers.push(("if-match", "0".to_owned()));
    let rules =
        json!({"rules": [{"kind": "rename", "from": ["orderCompleted"], "to": "order_placed"}]});
    let path = "/api/w/shop/catalogue/rules";
    writer.send("PUT", path, Some(rules)).await.expect(200);
    let only_one = json!({"events": [{"event": "order_placed", "days": 30}]});
    let told = preview(&mut owner, only_one.clone()).await;
    assert_eq!(told["by_event"], json!({"order_placed": 2}));
    write(&mut owner, 0, only_one).await.expect(200);
    sweep(&server, &mut owner).await;
    assert_eq!(find(&mut owner, "ann").await[0]["events_count"], 2);
    // The first event is by what the browser is known to be Ann's, so it stays in the log alone.
    assert_eq!(
        preview(
            &mut owner,
            json!({"days": 1, "events": [{"event": "paid"}]})
        )
        .await["by_event"],
        json!({"product_viewed": 1})
    );
    check_sound(&server).await;
}

#[tokio::test]
async fn limits_that_are_none_are_refused_and_only_admins_write_them() {
    let (server, mut owner) = shop("+ann 5 product_viewed").await;
    let wrong = json!({"days": 0, "events": [{"event": "a", "days": 5}, {"event": "a"}]});
    let faults = owner
        .post(&format!("{LIMITS}/preview"), wrong.clone())
        .await
        .expect(200);
    assert_eq!(faults["faults"].as_array().unwrap().len(), 2);
    assert_eq!(
        write(&mut owner, 0, wrong).await.refusal(),
        "422 body.unusable"
    );
    let unheard = write(&mut owner, 0, json!({"weeks": 3})).await;
    assert_eq!(unheard.refusal(), "422 body.unusable");
    let none = owner.post(SWEEPS, json!({})).await;
    assert_eq!(none.refusal(), "404 document.unknown");
    write(&mut owner, 0, json!({"days": 5})).await.expect(200);
    let late = write(&mut owner, 0, json!({"days": 6})).await;
    assert_eq!(late.refusal(), "409 version.conflict");
    drop(server);
}

#[tokio::test]
async fn it_is_looked_once_a_day_and_not_before_a_day_has_passed_since_the_limits_were_written() {
    let (server, mut owner) = shop(&aged(
        "+ann 90 product_viewed\n+ann 89 product_viewed\n+ann 9 product_viewed",
    ))
    .await;
    write(&mut owner, 0, json!({"days": 30})).await.expect(200);
    server.clock.advance(Span::hours(23));
    tick(&server).await;
    let list = owner.get(SWEEPS).await.expect(200);
    assert_eq!(list["sweeps"], json!([]));
    server.clock.advance(Span::hours(1));
    tick(&server).await;
    let list = owner.get(SWEEPS).await.expect(200);
    assert_eq!(list["sweeps"][0]["state"], "done", "{list}");
    assert_eq!(list["sweeps"][0]["found"]["events"], 2);
    assert_eq!(list["sweeps"][0]["by"], Value::Null);
    // What comes late and is past goes with the next.
    send(&server, &aged("+ann 50 product_viewed")).await;
    tick(&server).await;
    assert_eq!(find(&mut owner, "ann").await[0]["events_count"], 2);
    server.clock.advance(Span::days(1));
    tick(&server).await;
    assert_eq!(find(&mut owner, "ann").await[0]["events_count"], 1);
    let next = owner.get(LIMITS).await.expect(200)["next"].clone();
    let then = server.app.now().plus(Span::days(1));
    assert_eq!(next, json!(then));
    check_sound(&server).await;
}
