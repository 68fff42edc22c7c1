use serde_json::{Value, json};
use throughline_model::{Span, Timestamp};

use crate::{
    client::{Browser, Server},
    erasures::{check_sound, erase},
    events::{runtime, send_batch, shop, wait_until_shown},
    keeping::{sweep, write},
};

/// Each line is `minutes-before-noon event`, of a person on the tablet, or of the tablet alone.
fn on_the_tablet(now: Timestamp, lines: &str) -> Value {
    let lines = lines.lines().map(str::trim).filter(|it| !it.is_empty());
    let events = lines.enumerate().map(|(index, line)| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let time = now.minus(Span::minutes(words[0].parse().unwrap()));
        let mut event = json!({"type": "track", "event": words[1], "anonymousId": "tablet",
            "timestamp": time, "messageId": format!("{index}-{line}")});
        if let Some(user) = words.get(2) {
            event["userId"] = json!(user);
        }
        event
    });
    json!({"batch": events.collect::<Vec<_>>()})
}

/// Ann, then Ben, then Ann again on one tablet, with what happened on it in between.
const FAMILY: &str = "
    100 viewed
    90 signed_in ann
    85 viewed
    65 viewed
    60 signed_in ben
    50 viewed
    30 signed_in ann
    20 viewed";

async fn family() -> (Server, Browser) {
    let (server, owner) = shop("").await;
    send_batch(&server, &on_the_tablet(server.app.now(), FAMILY)).await;
    (server, owner)
}

async fn events_of(owner: &mut Browser, user: &str) -> Value {
    let path = format!("/api/w/shop/profiles?q={user}");
    owner.get(&path).await.expect(200)["profiles"][0].clone()
}

/// How many events Ann and Ben have.
async fn shares(owner: &mut Browser) -> [Value; 2] {
    let ann = events_of(owner, "ann").await["events_count"].clone();
    [ann, events_of(owner, "ben").await["events_count"].clone()]
}

async fn viewers(owner: &mut Browser) -> Value {
    let rule = json!({"did": {"matcher": {"events": ["viewed"]}}});
    let body = json!({"of": {"rule": rule}});
    owner.post("/api/w/shop/people", body).await.expect(200)["total"].clone()
}

async fn policy(owner: &mut Browser, shared: Value) -> Value {
    let stored = owner.get("/api/w/shop/identity/policy").await.expect(200);
    let mut policy = stored["policy"].clone();
    let types = policy["types"].as_array_mut().unwrap();
    for rule in types.iter_mut().filter(|it| it["kind"] == "anonymous") {
        rule["shared"] = shared.clone();
    }
    policy
}

async fn save(server: &Server, owner: &mut Browser, shared: Value) {
    let path = "/api/w/shop/identity/policy";
    let version = owner.get(path).await.expect(200)["version"].clone();
    let policy = policy(owner, shared).await;
    let body = json!({"version": version, "policy": policy, "why": "a tablet for all"});
    owner.send("PUT", path, Some(body)).await.expect(200);
    until_shown(server).await;
}

/// Waits until the next question sees who is whom.
async fn until_shown(server: &Server) {
    let runtime = runtime(server);
    let wait = move || {
        wait_until_shown(&runtime);
        while runtime.snapshot().links != runtime.pipeline().resolver().position() {
            std::thread::yield_now();
        }
    };
    tokio::task::spawn_blocking(wait).await.unwrap();
}

#[tokio::test]
async fn a_shared_tablet_is_tried_out_saved_told_and_taken_back() {
    let (server, mut owner) = family().await;
    assert_eq!(shares(&mut owner).await, [7, 1]);
    let preview = "/api/w/shop/identity/policy/preview";
    let by_time = policy(&mut owner, json!({})).await;
    let tried = owner.post(preview, by_time).await.expect(200);
    let effect = &tried["effect"];
    assert_eq!(
        (&effect["shared_before"], &effect["shared_after"]),
        (&json!(0), &json!(1))
    );
    assert_eq!(
        (&effect["profiles_before"], &effect["profiles_after"]),
        (&json!(2), &json!(2))
    );
    assert_eq!(shares(&mut owner).await, [7, 1], "nothing was saved");
    assert_eq!(viewers(&mut owner).await, 1);

    save(&server, &mut owner, json!({})).await;
    assert_eq!(shares(&mut owner).await, [6, 2]);
    assert_eq!(viewers(&mut owner).await, 2);
    let ben = events_of(&mut owner, "ben").await["id"].clone();
    let path = format!("/api/w/shop/profiles/{ben}/identity");
    let identity = owner.get(&path).await.expect(200);
    let turns = identity["turns"].as_array().unwrap();
    assert_eq!(turns.len(), 1);
    assert_eq!(turns[0]["owner"], ben);
    let moment =
        |field: &str| -> Timestamp { serde_json::from_value(turns[0][field].clone()).unwrap() };
    assert_eq!(moment("until").since(moment("from")), Span::minutes(30));
    assert_eq!(identity["links"][0]["standing"], "shared");
    let tablet = (identity["identifiers"].as_array().unwrap().iter())
        .find(|it| it["kind"] == "anonymous")
        .unwrap();
    assert_eq!(
        (&tablet["value"], &tablet["shared"]),
        (&json!("tablet"), &json!(true))
    );
    let path = format!("/api/w/shop/profiles/{}/identity", tablet["id"]);
    let whole = owner.get(&path).await.expect(200)["turns"].clone();
    assert_eq!(whole.as_array().unwrap().len(), 3, "{whole}");
    check_sound(&server).await;

    // With limits, some of it is nobody's, and the tablet is a profile of its own.
    save(
        &server,
        &mut owner,
        json!({"gap_minutes_max": 15, "before_minutes_max": 5}),
    )
    .await;
    assert_eq!(shares(&mut owner).await, [4, 2]);
    assert_eq!(viewers(&mut owner).await, 3);
    let refused = policy(&mut owner, json!({"gap_minutes_max": 5})).await;
    let tried = owner.post(preview, refused).await.expect(200);
    let place = tried["faults"][0]["place"].as_str().unwrap();
    assert!(place.ends_with("shared.gap_minutes_max"), "{place}");

    save(&server, &mut owner, Value::Null).await;
    assert_eq!(shares(&mut owner).await, [7, 1]);
    check_sound(&server).await;
}

#[tokio::test]
async fn a_late_sign_in_moves_what_came_after_it_and_parting_takes_it_back() {
    let (server, mut owner) = family().await;
    save(&server, &mut owner, json!({})).await;
    let runtime_ = runtime(&server);
    tokio::task::spawn_blocking(move || runtime_.pipeline().store().seal().unwrap())
        .await
        .unwrap();
    let late = on_the_tablet(server.app.now(), "70 signed_in cat\n 10 viewed");
    send_batch(&server, &late).await;
    until_shown(&server).await;
    let cat = events_of(&mut owner, "cat").await;
    assert_eq!(
        cat["events_count"], 2,
        "her own, and what was viewed 5 minutes later"
    );
    assert_eq!(shares(&mut owner).await, [6, 2]);
    let body = json!({"what": "part", "why": "she only tried it",
        "identifier": {"kind": "user", "value": "cat"},
        "other": {"kind": "anonymous", "value": "tablet"}});
    let path = "/api/w/shop/identity/decisions";
    owner.post(path, body.clone()).await.expect(200);
    until_shown(&server).await;
    assert_eq!(events_of(&mut owner, "cat").await["events_count"], 1);
    assert_eq!(shares(&mut owner).await, [7, 2]);
    let mut again = body;
    again["what"] = json!("reunite");
    owner.post(path, again).await.expect(200);
    until_shown(&server).await;
    assert_eq!(events_of(&mut owner, "cat").await["events_count"], 2);
    check_sound(&server).await;
}

#[tokio::test]
async fn who_is_erased_takes_their_turns_along_and_leaves_those_of_others() {
    let (server, mut owner) = family().await;
    save(&server, &mut owner, json!({})).await;
    let erased = erase(&server, &mut owner, "ben").await;
    assert_eq!(erased["found"]["events"], 2, "{erased}");
    assert_eq!(events_of(&mut owner, "ann").await["events_count"], 6);
    assert_eq!(events_of(&mut owner, "ben").await, Value::Null);
    let report = json!({"kind": "counts", "range": {"all": true}, "every": "range"});
    let answer = owner.post("/api/w/shop/ask", report).await.expect(200);
    assert_eq!(answer["numbers"]["total"]["events"], 6);
    check_sound(&server).await;
}

#[tokio::test]
async fn whose_turn_it_is_outlives_the_sign_in_that_said_so() {
    let (server, mut owner) = shop("").await;
    let days = |it: i64| it * 24 * 60;
    let lines = format!(
        "{} signed_in ann\n{} signed_in ben\n{} viewed\n{} signed_in ann\n{} viewed\n{} viewed ben",
        days(90),
        days(60),
        days(55),
        days(50),
        days(10),
        days(5),
    );
    send_batch(&server, &on_the_tablet(server.app.now(), &lines)).await;
    save(&server, &mut owner, json!({})).await;
    assert_eq!(shares(&mut owner).await, [3, 3]);
    write(&mut owner, 0, json!({"days": 30})).await.expect(200);
    let swept = sweep(&server, &mut owner).await;
    assert_eq!(swept["found"]["events"], 4, "{swept}");
    assert_eq!(swept["found"]["profiles"], 0, "{swept}");
    assert_eq!(shares(&mut owner).await, [1, 1]);
    check_sound(&server).await;
}
