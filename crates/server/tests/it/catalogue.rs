use serde_json::{Value, json};
use throughline_server::rebuild::rebuild;
use throughline_store::state::DocumentKind;

use crate::{
    client::Browser,
    events::{runtime, send, shop},
};

const LINES: &str = "+ann 90 OrderCompleted {\"total\":5}
    +ann 80 order_completed {\"price\":\"7\"}
    +ben 70 order_completed {\"price\":9}
    +ben 60 viewed
    bot 50 spam
    bot 40 spam";

async fn rules(owner: &mut Browser, version: u64, rules: Value) -> crate::client::Answer {
    let mut writer = owner.clone();
    writer.headers.push(("if-match", version.to_string()));
    let body = json!({ "rules": rules });
    writer
        .send("PUT", "/api/w/shop/catalogue/rules", Some(body))
        .await
}

/// Events and profiles of each name, as a report counts them.
async fn counted(owner: &mut Browser) -> Value {
    let report =
        json!({"kind": "counts", "range": {"all": true}, "every": "range", "breakdown": "event"});
    let answer = owner.post("/api/w/shop/ask", report).await.expect(200);
    let series = answer["numbers"]["series"].as_array().unwrap().clone();
    let told = series
        .iter()
        .filter(|it| it["total"]["events"] != 0)
        .map(|it| json!([it["label"], it["total"]["events"], it["total"]["profiles"]]));
    json!([
        answer["numbers"]["total"]["profiles"],
        told.collect::<Vec<_>>()
    ])
}

fn find<'a>(list: &'a Value, name: &str) -> &'a Value {
    let mut list = list.as_array().unwrap().iter();
    list.find(|it| it["name"] == name).unwrap_or(&Value::Null)
}

#[tokio::test]
async fn rules_on_names_hold_for_history_and_undoing_them_restores_the_numbers() {
    let (server, mut owner) = shop(LINES).await;
    let before = counted(&mut owner).await;
    let mend = json!([
        {"kind": "rename", "from": ["OrderCompleted"], "to": "order_completed"},
        {"kind": "property", "from": "properties.total", "to": "properties.price"},
        {"kind": "type", "property": "properties.price", "to": "number"},
        {"kind": "hide", "event": "viewed"},
        {"kind": "block", "event": "spam"},
    ]);
    assert_eq!(
        rules(&mut owner, 0, mend.clone()).await.expect(200)["version"],
        1
    );
    assert_eq!(
        rules(&mut owner, 0, mend).await.refusal(),
        "409 version.conflict"
    );
    let after = counted(&mut owner).await;
    assert_eq!(after[0], 2, "who only did what is blocked is gone: {after}");
    assert!(
        after[1]
            .to_string()
            .contains(r#"[{"value":"order_completed"},3,2]"#),
        "{after}"
    );

    let names = owner.get("/api/w/shop/events").await.expect(200)["names"].clone();
    assert_eq!(names.as_array().unwrap().len(), 1, "{names}");
    let catalogue = owner.get("/api/w/shop/catalogue").await.expect(200)["events"].clone();
    assert_eq!(find(&catalogue, "spam")["blocked"], true);
    assert_eq!(find(&catalogue, "viewed")["hidden"], true);
    let sent = &find(&catalogue, "order_completed")["sent"];
    assert_eq!(
        (&sent[0]["name"], &sent[1]["name"]),
        (&json!("order_completed"), &json!("OrderCompleted"))
    );
    let page = owner
        .get("/api/w/shop/catalogue/event?name=OrderCompleted")
        .await
        .expect(200);
    assert_eq!(page["properties"][0]["property"], "properties.price");
    assert_eq!(page["properties"][0]["types"][0]["events"], 3, "{page}");

    // What comes in now is read so at once, and what is blocked is held back.
    send(&server, "+ann 30 OrderCompleted {\"total\":1}\nbot 20 spam").await;
    let after = counted(&mut owner).await;
    assert!(
        after[1]
            .to_string()
            .contains(r#"[{"value":"order_completed"},4,2]"#),
        "{after}"
    );
    let held = owner
        .get("/api/w/shop/quarantine?reason=event_blocked")
        .await
        .expect(200);
    assert_eq!(held["total"], 1);

    assert_eq!(
        rules(&mut owner, 1, json!([])).await.expect(200)["version"],
        2
    );
    send(&server, "bot 10 spam").await;
    let undone = counted(&mut owner).await;
    assert!(
        undone[1].to_string().contains(r#"[{"value":"spam"},3,1]"#),
        "{undone}"
    );
    assert_eq!(undone[0], before[0]);

    // The log alone says what was held back and when.
    let runtime = runtime(&server);
    let (live, folder) = (runtime.clone(), tempfile::tempdir().unwrap());
    let clock = throughline_server::clock::Clock::System;
    tokio::task::spawn_blocking(move || {
        let fresh = rebuild(live.pipeline(), &folder.path().join("fresh"), &clock, false).unwrap();
        let now = throughline_server::rebuild::StateHash::of(live.pipeline(), clock.now()).unwrap();
        assert_eq!(fresh, now);
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn twins_and_types_that_flip_are_proposed_with_a_rule_that_mends_them() {
    let (_server, mut owner) = shop(LINES).await;
    let path = "/api/w/shop/catalogue/proposals";
    let found = owner.get(path).await.expect(200);
    assert_eq!(
        found["twins"][0]["rule"],
        json!({"kind": "rename", "from": ["OrderCompleted"], "to": "order_completed"})
    );
    let flip = &found["flips"][0];
    assert_eq!(flip["property"], "properties.price", "{found}");
    assert_eq!(flip["types"].as_array().unwrap().len(), 2);
    let mend = json!([found["twins"][0]["rule"], {"kind": "type", "property": "properties.price", "to": "number"}]);
    rules(&mut owner, 0, mend).await.expect(200);
    let found = owner.get(path).await.expect(200);
    assert_eq!((&found["twins"], &found["flips"]), (&json!([]), &json!([])));
}

#[tokio::test]
async fn people_say_who_looks_after_a_name_and_faulty_rules_are_refused() {
    let (_server, mut owner) = shop(LINES).await;
    let note =
        json!({"event": "viewed", "note": {"owner": "Web team", "meaning": "Looked at a page"}});
    owner
        .send("PUT", "/api/w/shop/catalogue/notes", Some(note))
        .await
        .expect(200);
    let catalogue = owner.get("/api/w/shop/catalogue").await.expect(200)["events"].clone();
    assert_eq!(find(&catalogue, "viewed")["note"]["owner"], "Web team");
    let both = json!({"event": "viewed", "property": "properties.a", "note": {}});
    let refused = owner
        .send("PUT", "/api/w/shop/catalogue/notes", Some(both))
        .await;
    assert!(
        refused.refusal().starts_with("422"),
        "{}",
        refused.refusal()
    );
    let twice = json!([{"kind": "hide", "event": "viewed"}, {"kind": "hide", "event": "viewed"}]);
    let refused = rules(&mut owner, 0, twice).await;
    assert!(
        refused.refusal().starts_with("422"),
        "{}",
        refused.refusal()
    );
    let history = owner.get("/api/w/shop/catalogue/rules").await.expect(200);
    assert_eq!(
        (&history["version"], &history["history"]),
        (&json!(0), &json!([]))
    );
}

#[tokio::test]
async fn a_note_outlives_a_rename_and_what_is_hidden_is_proposed_no_more() {
    let (server, mut owner) = shop(LINES).await;
    let path = "/api/w/shop/catalogue/notes";
    for note in [
        json!({"event": "OrderCompleted", "note": {"meaning": "Paid"}}),
        json!({"property": "properties.total", "note": {"meaning": "With tax"}}),
    ] {
        owner.send("PUT", path, Some(note)).await.expect(200);
    }
    let renamed = json!([
        {"kind": "rename", "from": ["OrderCompleted"], "to": "bought"},
        {"kind": "property", "from": "properties.total", "to": "properties.price"}]);
    rules(&mut owner, 0, renamed).await.expect(200);
    let page = "/api/w/shop/catalogue/event?name=bought";
    let page = owner.get(page).await.expect(200);
    assert_eq!(page["event"]["note"]["meaning"], "Paid");
    assert_eq!(page["properties"][0]["note"]["meaning"], "With tax");

    let hidden = json!([{"kind": "hide", "event": "OrderCompleted"}]);
    rules(&mut owner, 1, hidden).await.expect(200);
    let proposals = "/api/w/shop/catalogue/proposals";
    let found = owner.get(proposals).await.expect(200);
    assert_eq!(found["twins"], json!([]), "{found}");

    // Notes that cannot be read are shown as none and are not written over.
    let state = runtime(&server);
    let (kind, now) = (DocumentKind::Notes, server.app.now());
    state
        .with_state(move |state| {
            let version = state.document(kind, "notes")?.map(|it| it.head.version);
            Ok(state
                .put_document(kind, "notes", version, "Notes", "[1]", now)
                .unwrap())
        })
        .await
        .unwrap();
    owner.get("/api/w/shop/catalogue").await.expect(200);
    let note = json!({"event": "viewed", "note": {"owner": "Web team"}});
    let refused = owner.send("PUT", path, Some(note)).await;
    assert!(
        refused.refusal().starts_with("500"),
        "{}",
        refused.refusal()
    );
}

#[tokio::test]
async fn live_events_are_told_as_rules_on_names_read_them() {
    let (_server, mut owner) = shop(LINES).await;
    let touchpoint =
        json!({"id": "till", "name": "Till", "matcher": {"events": ["OrderCompleted"]}});
    let vocabulary = owner.get("/api/w/shop/vocabulary").await.expect(200);
    let mut written = vocabulary["vocabulary"].clone();
    written["touchpoints"] = json!([touchpoint]);
    written["stages"] = json!([]);
    let mut writer = owner.clone();
    writer.headers.push(("if-match", "0".to_owned()));
    writer
        .send("PUT", "/api/w/shop/vocabulary", Some(written))
        .await
        .expect(200);
    let mend = json!([
        {"kind": "rename", "from": ["OrderCompleted"], "to": "order_completed"},
        {"kind": "block", "event": "spam"}]);
    rules(&mut owner, 0, mend).await.expect(200);
    let live = owner.get("/api/w/shop/live").await.expect(200)["events"].clone();
    assert_eq!(find(&live, "spam"), &Value::Null, "{live}");
    assert_eq!(find(&live, "order_completed")["touchpoint"], "till");
}
