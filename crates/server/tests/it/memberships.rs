use std::{collections::BTreeSet, fs, path::Path, time::Duration};

use serde_json::{Value, json};
use throughline_insight::{Cancel, View, people_who};
use throughline_model::{Span, Timestamp, people::PeopleRule};
use throughline_server::{app::App, config::Config, workspace::WorkspaceRuntime};

use crate::{
    client::Browser,
    events::{runtime, send, shop},
};

const LINES: &str = r#"
    ana 30 product_viewed
    ana 20 order_placed
    ben 40 product_viewed
    +cem 50 product_viewed
    +cem 45 order_placed
"#;

fn lately() -> Value {
    json!({"did": {"matcher": {"events": ["order_placed"]}, "within": {"last": "1h"}}})
}

pub async fn make(owner: &mut Browser, title: &str, definition: Value) {
    let body = json!({"title": title, "definition": definition});
    owner.post("/api/w/shop/segments", body).await.expect(200);
}

/// Waits until the profiles of a segment are as many as the rule finds, and gives how many.
pub async fn settled(runtime: &WorkspaceRuntime, now: impl Fn() -> Timestamp, id: &str) -> usize {
    for _ in 0..3_000 {
        let profiles = runtime.memberships().of(id);
        let profiles: Option<BTreeSet<u32>> = profiles.map(|it| it.iter().collect());
        let context = runtime.context(now());
        let rule: PeopleRule = serde_json::from_value(json!({"segment": {"id": id}})).unwrap();
        let snapshot = context.snapshot_for(&[&rule]).unwrap();
        let cancel = Cancel::default();
        let view = View::new(&snapshot, &context.meaning.vocabulary, &cancel);
        let found = people_who(&view, &rule, context.now).unwrap();
        let found: BTreeSet<u32> = found.into_iter().map(|it| it.0).collect();
        if profiles.as_ref() == Some(&found) {
            return found.len();
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the profiles of {id} are never those whom the rule finds");
}

pub fn told(moves: &Value) -> Vec<String> {
    let moves = moves["moves"].as_array().unwrap().iter();
    let told = moves.map(|it| {
        let way = if it["entered"] == true { "in" } else { "out" };
        format!(
            "{} {way} {}",
            it["label"].as_str().unwrap(),
            it["because"].as_str().unwrap()
        )
    });
    told.collect()
}

#[tokio::test]
async fn members_come_by_events_and_go_by_time() {
    let (server, mut owner) = shop(LINES).await;
    make(&mut owner, "Lately", json!({"rule": lately()})).await;
    let (runtime, clock) = (runtime(&server), server.clock.clone());
    assert_eq!(settled(&runtime, || clock.now(), "lately").await, 2);
    send(&server, "eva 1 order_placed").await;
    assert_eq!(settled(&runtime, || clock.now(), "lately").await, 3);
    // Late: it happened before, and counts no more.
    send(&server, "fay 61 order_placed").await;
    clock.advance(Span::minutes(20));
    assert_eq!(settled(&runtime, || clock.now(), "lately").await, 2);
    let moves = owner
        .get("/api/w/shop/segments/lately/moves")
        .await
        .expect(200);
    assert_eq!(told(&moves), ["cem out time", "eva in event"]);
    assert_eq!(
        moves["moves"][0]["at"], "2026-03-02T12:15:00.001Z",
        "the very moment"
    );
    let event = moves["moves"][1]["event"].as_str().unwrap().to_owned();
    let eva = moves["moves"][1]["profile"].as_u64().unwrap();
    let timeline = owner
        .get(&format!("/api/w/shop/profiles/{eva}/events"))
        .await
        .expect(200);
    assert_eq!(timeline["events"][0]["seq"], event);
    let history = owner
        .get("/api/w/shop/segments/lately/history?days=7")
        .await
        .expect(200);
    let days = json!([{"day": "2026-03-02", "entered": 1, "left": 1, "people": 2}]);
    assert_eq!((&history["days"], &history["people"]), (&days, &json!(2)));
    let listed = owner.get("/api/w/shop/segments").await.expect(200);
    assert_eq!(listed["segments"][0]["people"], 2);
    let own = owner
        .get(&format!("/api/w/shop/profiles/{eva}/segments"))
        .await
        .expect(200);
    assert_eq!(own["segments"][0]["title"], "Lately");
    assert_eq!(own["segments"][0]["since"], "2026-03-02T12:00:00.000Z");
    assert_eq!(told(&own), ["eva in event"]);
    // A page at a time.
    let first = owner
        .get("/api/w/shop/segments/lately/moves?limit=1")
        .await
        .expect(200);
    let next = first["next"].as_u64().unwrap();
    let second = owner
        .get(&format!(
            "/api/w/shop/segments/lately/moves?limit=1&before={next}"
        ))
        .await;
    assert_eq!(told(&second.expect(200)), ["eva in event"]);
}

#[tokio::test]
async fn a_change_of_the_rule_makes_nobody_come_or_go() {
    let (server, mut owner) = shop(LINES).await;
    make(&mut owner, "Lately", json!({"rule": lately()})).await;
    make(
        &mut owner,
        "Others",
        json!({"rule": {"not": {"segment": {"id": "lately"}}}}),
    )
    .await;
    let (runtime, clock) = (runtime(&server), server.clock.clone());
    assert_eq!(settled(&runtime, || clock.now(), "others").await, 1);
    let mut writer = owner.clone();
    writer.headers.push(("if-match", "1".to_owned()));
    let body = json!({"title": "Lately", "definition": {"rule": {"all": []}}});
    writer
        .send("PUT", "/api/w/shop/segments/lately", Some(body))
        .await
        .expect(200);
    assert_eq!(settled(&runtime, || clock.now(), "lately").await, 3);
    assert_eq!(settled(&runtime, || clock.now(), "others").await, 0);
    for id in ["lately", "others"] {
        let moves = owner
            .get(&format!("/api/w/shop/segments/{id}/moves"))
            .await
            .expect(200);
        assert!(told(&moves).is_empty());
    }
    owner
        .send("DELETE", "/api/w/shop/segments/others", None)
        .await
        .expect(204);
    let gone = owner.get("/api/w/shop/segments/others/moves").await;
    assert_eq!(gone.refusal(), "404 document.unknown");
}

#[tokio::test]
async fn traits_and_merges_move_members() {
    let (server, mut owner) = shop(LINES).await;
    let rule = json!({"trait": {"name": "plan", "test": {"is": ["pro"]}}});
    make(&mut owner, "Pro", json!({ "rule": rule })).await;
    make(&mut owner, "One buyer", json!({"rule": {"did": {"matcher": {"events": ["order_placed"]}, "times": {"exactly": 1}}}})).await;
    let (runtime, clock) = (runtime(&server), server.clock.clone());
    assert_eq!(settled(&runtime, || clock.now(), "pro").await, 0);
    assert_eq!(settled(&runtime, || clock.now(), "one-buyer").await, 2);
    send(&server, r#"+cem 1 identify {"plan":"pro"}"#).await;
    assert_eq!(settled(&runtime, || clock.now(), "pro").await, 1);
    // Somebody new, whom no link has named yet.
    send(&server, r#"hal 1 identify {"plan":"pro"}"#).await;
    assert_eq!(settled(&runtime, || clock.now(), "pro").await, 2);
    // The browser of somebody known turns out to be where an unknown one had bought.
    send(&server, "browser-of-gus 3 order_placed").await;
    assert_eq!(settled(&runtime, || clock.now(), "one-buyer").await, 3);
    send(&server, "+gus 2 order_placed").await;
    assert_eq!(settled(&runtime, || clock.now(), "one-buyer").await, 2);
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (entry, path) = (entry.unwrap().path(), to);
        let target = path.join(entry.file_name().unwrap());
        match entry.is_dir() {
            true => copy(&entry, &target),
            false => drop(fs::copy(&entry, &target).unwrap()),
        }
    }
}

#[tokio::test]
async fn who_starts_after_a_crash_has_the_profiles_of_who_never_stopped() {
    let (server, mut owner) = shop(LINES).await;
    make(&mut owner, "Lately", json!({"rule": lately()})).await;
    let (here, clock) = (runtime(&server), server.clock.clone());
    settled(&here, || clock.now(), "lately").await;
    for round in 0..3 {
        send(&server, &format!("new{round} 1 order_placed")).await;
        if round == 1 {
            settled(&here, || clock.now(), "lately").await;
        }
        // What is on disk at a moment at which nobody was told to stop.
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        copy(here.dir().parent().unwrap().parent().unwrap(), &data);
        let mut config = Config::defaults();
        config.data.dir = data;
        // A while later, so that time has moved profiles, too.
        let later = clock.now().plus(Span::minutes(16));
        let app = App::open(config, throughline_server::clock::Clock::manual(later)).unwrap();
        let there = app.workspaces().get(here.id()).unwrap();
        let count = settled(&there, || later, "lately").await;
        assert_eq!(count, 2 + round, "ana, and those who bought since");
        let moves = there.state().moves_of_segment("lately", None, 100).unwrap();
        let kept = there.state().segment_profiles("lately").unwrap().unwrap();
        assert_eq!(
            kept.profiles.len(),
            count,
            "the log of moves leads to the profiles"
        );
        assert!(moves.iter().all(|it| it.step.at <= later));
        app.close().await;
        drop(app);
    }
}
