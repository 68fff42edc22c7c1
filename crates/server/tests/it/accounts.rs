use bytes::Bytes;
use serde_json::{Value, json};
use throughline_ingest::dialect::{Call, Dialect, Moment, read};
use throughline_model::{SourceId, Span};
use throughline_server::pipeline::{applier::Arrival, envelope::Envelope};

use crate::{
    client::{Browser, Server},
    erasures::erase,
    events::{runtime, send, send_batch, shop, wait_until_shown},
    memberships::{settled, told},
};

/// What a library of another maker sends, as it arrives.
async fn send_as(server: &Server, dialect: Dialect, body: Value) {
    let now = server.app.now();
    let runtime = runtime(server);
    tokio::task::spawn_blocking(move || {
        let source = SourceId(8);
        let moment = Moment {
            received: now,
            sent: None,
        };
        let body = Bytes::from(body.to_string());
        let decoded = read(Call::Is(dialect), &body, moment)
            .expect("sound")
            .decoded;
        let envelope = Envelope::Request {
            source,
            moment,
            dialect,
            body,
        };
        let arrival = Arrival::of(source, now, decoded);
        let position = runtime.pipeline().append(&envelope, Some(arrival)).unwrap();
        assert!(runtime.pipeline().wait_until_applied(position));
        wait_until_shown(&runtime);
    })
    .await
    .unwrap();
}

/// Two who belong to Acme, one of whom tells more of it later, and one who belongs nowhere.
async fn team(is_backwards: bool) -> (Server, Browser) {
    let (server, owner) = shop("").await;
    let at = |minutes| server.app.now().minus(Span::minutes(minutes));
    let mut batches = vec![
        json!([{"type": "group", "userId": "ann", "groupId": "acme", "messageId": "1", "timestamp": at(90),
            "traits": {"name": "Acme", "plan": "free", "owner": "ann@example.org"}}]),
        json!([{"type": "group", "userId": "bob", "groupId": "acme", "messageId": "2", "timestamp": at(60),
            "traits": {"plan": "pro"}}]),
        json!([{"type": "track", "event": "report_opened", "userId": "bob", "messageId": "3", "timestamp": at(50),
                "context": {"groupId": "acme"}},
            {"type": "track", "event": "report_opened", "userId": "ann", "messageId": "4", "timestamp": at(40),
                "context": {"groups": {"account": "acme", "project": 7}}},
            {"type": "track", "event": "report_shared", "userId": "bob", "messageId": "5", "timestamp": at(30),
                "context": {"groupId": "acme"}},
            {"type": "track", "event": "report_opened", "userId": "cid", "messageId": "6", "timestamp": at(20)}]),
    ];
    if is_backwards {
        batches.reverse();
    }
    for batch in batches {
        send_batch(&server, &json!({ "batch": batch })).await;
    }
    (server, owner)
}

async fn account(owner: &mut Browser, path: &str) -> Value {
    let path = format!("/api/w/shop/accounts/{path}");
    owner.get(&path).await.expect(200)
}

fn traits(account: &Value) -> Vec<String> {
    let traits = account["traits"].as_array().unwrap();
    let line = |it: &Value| format!("{}={}", it["name"].as_str().unwrap(), it["value"]);
    traits.iter().map(line).collect()
}

fn members(account: &Value) -> Vec<&str> {
    let members = account["members"].as_array().unwrap();
    (members.iter())
        .map(|it| it["profile"]["label"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn an_account_has_its_members_and_the_newest_of_each_trait_in_whatever_order_it_arrived() {
    for is_backwards in [false, true] {
        let (_server, mut owner) = team(is_backwards).await;
        let types = owner.get("/api/w/shop/account-types").await.expect(200);
        let expected = json!([{"account_type": "account", "accounts": 1, "traits": ["name", "owner", "plan"]},
            {"account_type": "project", "accounts": 1, "traits": []}]);
        assert_eq!(types["types"], expected);
        let list = owner.get("/api/w/shop/accounts?q=ACM").await.expect(200);
        assert_eq!((&list["all"], &list["found"]), (&json!(1), &json!(1)));
        let listed = &list["accounts"][0];
        assert_eq!(
            (&listed["id"], &listed["name"]),
            (&json!("acme"), &json!("Acme"))
        );
        assert_eq!(listed["members_count"], 2);
        assert_eq!(listed["events_count"], 3, "group calls are no acts");
        let none = owner
            .get("/api/w/shop/accounts?q=nothing")
            .await
            .expect(200);
        assert_eq!((&none["all"], &none["found"]), (&json!(1), &json!(0)));

        let acme = account(&mut owner, "account/acme").await;
        let known = ["name=\"Acme\"", "owner=\"ann@example.org\"", "plan=\"pro\""];
        assert_eq!(traits(&acme), known);
        assert_eq!(members(&acme), ["bob", "ann"]);
        let events = acme["events"].as_array().unwrap();
        assert_eq!(events.len(), 5);
        assert_eq!(events[0]["name"], "report_shared");
        let id = &acme["members"][1]["profile"]["id"];
        let path = format!("/api/w/shop/profiles/{id}/accounts");
        let of = owner.get(&path).await.expect(200);
        let ids: Vec<&str> = (of["accounts"].as_array().unwrap().iter())
            .map(|it| it["id"].as_str().unwrap())
            .collect();
        assert_eq!(ids, ["acme", "7"]);
        let refused = owner.get("/api/w/shop/accounts/account/none").await;
        assert_eq!(refused.refusal(), "404 document.unknown");
    }
}

#[tokio::test]
async fn a_description_makes_an_account_and_no_profile() {
    let (server, mut owner) = shop("").await;
    send_as(
        &server,
        Dialect::PostHog,
        json!({"batch": [{"event": "$groupidentify", "uuid": "1", "distinct_id": "$company_acme",
            "properties": {"$group_type": "company", "$group_key": "acme",
                "$group_set": {"name": "Acme", "seats": 3}}}]}),
    )
    .await;
    let mixpanel = json!([{"$token": "k", "$group_key": "firm", "$group_id": "zeta", "$set": {"$name": "Zeta"}}]);
    send_as(&server, Dialect::MixpanelGroups, mixpanel).await;
    let found = owner
        .get("/api/w/shop/profiles?q=%24company")
        .await
        .expect(200);
    assert_eq!(found["profiles"], json!([]));
    let runtime = runtime(&server);
    assert_eq!(runtime.state().actors_count().unwrap(), 0);
    let acme = account(&mut owner, "company/acme").await;
    assert_eq!(traits(&acme), ["name=\"Acme\"", "seats=3"]);
    assert_eq!(
        (&acme["members_count"], &acme["first"]),
        (&json!(0), &Value::Null)
    );

    // The key of Mixpanel's groups is a property of events.
    let event = json!([{"event": "opened", "properties": {"distinct_id": "dia", "$insert_id": "1", "firm": "zeta"}}]);
    send_as(&server, Dialect::MixpanelEvents, event).await;
    let zeta = account(&mut owner, "firm/zeta").await;
    assert_eq!(
        (&zeta["name"], members(&zeta)),
        (&json!("Zeta"), vec!["dia"])
    );
}

#[tokio::test]
async fn who_is_erased_takes_what_they_told_along_and_descriptions_stay() {
    let (server, mut owner) = team(false).await;
    send_as(
        &server,
        Dialect::PostHog,
        json!({"batch": [{"event": "$groupidentify", "uuid": "1", "distinct_id": "$account_acme",
            "properties": {"$group_type": "account", "$group_key": "acme", "$group_set": {"city": "Linz"}}}]}),
    )
    .await;
    let before = account(&mut owner, "account/acme").await;
    assert_eq!(traits(&before).len(), 4);
    erase(&server, &mut owner, "ann").await;
    let after = account(&mut owner, "account/acme").await;
    assert_eq!(traits(&after), ["city=\"Linz\"", "plan=\"pro\""]);
    assert_eq!(members(&after), ["bob"]);
    let types = owner.get("/api/w/shop/account-types").await.expect(200);
    let expected = json!([{"account_type": "account", "accounts": 1, "traits": ["city", "plan"]}]);
    assert_eq!(types["types"], expected, "only ann had a project");
}

#[tokio::test]
async fn a_report_counts_accounts_and_tells_whose_members_are_behind_them() {
    let (_server, mut owner) = team(false).await;
    let step = |name: &str| json!({"name": name, "matcher": {"events": [name]}});
    let mut report = json!({"kind": "funnel", "range": {"all": true},
        "steps": [step("report_opened"), step("report_shared")]});
    let select = json!({"kind": "funnel", "step": 1});
    let reached = |answer: &Value| -> Vec<u64> {
        let steps = answer["numbers"]["steps"].as_array().unwrap();
        (steps.iter())
            .map(|it| it["profiles"].as_u64().unwrap())
            .collect()
    };
    let answer = owner.post("/api/w/shop/ask", report.clone()).await;
    assert_eq!(reached(&answer.expect(200)), [3, 1]);
    report["accounts"] = json!("account");
    let answer = owner.post("/api/w/shop/ask", report.clone()).await;
    assert_eq!(reached(&answer.expect(200)), [1, 1]);
    let body = json!({"of": {"report": report}, "select": select});
    let page = owner.post("/api/w/shop/people", body).await.expect(200);
    let expected = json!({"account_type": "account", "total": 1, "ids": ["acme"]});
    assert_eq!(page["accounts"], expected);
    assert_eq!(page["total"], 2, "both are members");
    report["accounts"] = json!(" ");
    let refused = owner.post("/api/w/shop/ask", report).await.expect(422);
    assert_eq!(refused["error"]["faults"][0]["place"], "accounts");
}

fn described(plan: &str, time: u32) -> Value {
    json!({"batch": [{"event": "$groupidentify", "uuid": format!("d{time}"), "distinct_id": "$account_acme",
        "timestamp": format!("2026-03-02T11:5{time}:00Z"),
        "properties": {"$group_type": "account", "$group_key": "acme", "$group_set": {"plan": plan}}}]})
}

#[tokio::test]
async fn who_is_in_a_segment_by_their_account_follows_what_anybody_tells_of_it() {
    let (server, mut owner) = team(false).await;
    let on =
        |test: Value| json!({"account": {"account_type": "account", "name": "plan", "test": test}});
    let is_pro = on(json!({"is": ["pro"]}));
    let body = json!({"title": "Pro", "definition": {"rule": is_pro}});
    owner.post("/api/w/shop/segments", body).await.expect(200);
    let (runtime, clock) = (runtime(&server), server.clock.clone());
    let now = || clock.now();
    assert_eq!(settled(&runtime, now, "pro").await, 2);
    // One member tells it, and both go; nobody does, and both come.
    let at = server.app.now().minus(Span::minutes(15));
    let call = json!([{"type": "group", "userId": "ann", "groupId": "acme", "messageId": "7", "timestamp": at, "traits": {"plan": "free"}}]);
    send_batch(&server, &json!({ "batch": call })).await;
    assert_eq!(settled(&runtime, now, "pro").await, 0);
    send_as(&server, Dialect::PostHog, described("pro", 8)).await;
    assert_eq!(settled(&runtime, now, "pro").await, 2);
    let path = "/api/w/shop/segments/pro/moves";
    let moves = told(&owner.get(path).await.expect(200));
    let expected = [
        "ann in account",
        "bob in account",
        "ann out event",
        "bob out account",
    ];
    for line in expected {
        assert!(moves.iter().any(|it| it == line), "{line} in {moves:?}");
    }
    assert_eq!(moves.len(), 4);

    // Somebody of two accounts is in by either; of none by no test.
    let other = json!([{"type": "group", "userId": "cid", "groupId": "zeta", "messageId": "8", "timestamp": at},
        {"type": "track", "event": "report_opened", "userId": "cid", "messageId": "9", "timestamp": at, "context": {"groupId": "acme"}}]);
    send_batch(&server, &json!({ "batch": other })).await;
    send(&server, "+dia 5 report_opened").await;
    assert_eq!(settled(&runtime, now, "pro").await, 3);
    let counts = async |owner: &mut Browser, rule: Value| {
        let report =
            json!({"kind": "counts", "range": {"all": true}, "every": "range", "people": rule});
        let answer = owner.post("/api/w/shop/ask", report).await.expect(200);
        answer["numbers"]["total"]["profiles"].clone()
    };
    assert_eq!(counts(&mut owner, is_pro.clone()).await, 3);
    assert_eq!(counts(&mut owner, on(json!({"missing": {}}))).await, 1);
    assert_eq!(counts(&mut owner, json!({"not": is_pro})).await, 1);
    // A description adds no event, and the same question has another answer all the same.
    send_as(&server, Dialect::PostHog, described("free", 9)).await;
    assert_eq!(counts(&mut owner, is_pro).await, 0);
    let faulty = json!({"kind": "counts", "range": {"all": true}, "people": {"account": {"account_type": " ", "name": "", "test": {"exists": {}}}}});
    let refused = owner.post("/api/w/shop/ask", faulty).await.expect(422);
    assert_eq!(refused["error"]["faults"].as_array().unwrap().len(), 2);
}
