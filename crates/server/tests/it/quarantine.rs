use serde_json::{Value, json};

use crate::{
    client::Browser,
    events::{runtime, send, send_batch, shop, wait_until_shown},
};

/// Events that are held back for a reason, the newest first.
pub async fn held(owner: &mut Browser, reason: &str) -> Vec<Value> {
    let path = format!("/api/w/shop/quarantine?reason={reason}");
    let list = owner.get(&path).await.expect(200);
    list["entries"].as_array().unwrap().clone()
}

pub async fn let_in(owner: &mut Browser, events: Value) -> Value {
    let order = json!({ "events": events });
    owner
        .post("/api/w/shop/quarantine/release", order)
        .await
        .expect(200)
}

async fn rules(owner: &Browser, version: u64, rules: Value) {
    let mut writer = owner.clone();
    writer.headers.push(("if-match", version.to_string()));
    let body = json!({ "rules": rules });
    writer
        .send("PUT", "/api/w/shop/catalogue/rules", Some(body))
        .await
        .expect(200);
}

#[tokio::test]
async fn what_a_block_held_back_comes_in_when_the_block_is_gone() {
    let (server, mut owner) = shop("+ann 90 viewed").await;
    rules(&owner, 0, json!([{"kind": "block", "event": "pinged"}])).await;
    send(
        &server,
        "+ann 80 pinged {\"n\":1}\n+ann 70 pinged {\"n\":2}",
    )
    .await;
    let entries = held(&mut owner, "event_blocked").await;
    assert_eq!(entries.len(), 2);
    let order = json!([{"id": entries[0]["id"]}]);
    assert_eq!(
        let_in(&mut owner, order.clone()).await["refused"][0]["reason"],
        "event_blocked"
    );
    rules(&owner, 1, json!([])).await;
    assert_eq!(let_in(&mut owner, order).await["released"], 1);
    assert_eq!(held(&mut owner, "event_blocked").await.len(), 1);
    let runtime = runtime(&server);
    wait_until_shown(&runtime);
    let snapshot = runtime.pipeline().snapshot();
    let times: Vec<i64> = snapshot
        .runs
        .iter()
        .flat_map(|run| run.time.iter().copied())
        .collect();
    assert_eq!(times.len(), 2);
}

#[tokio::test]
async fn what_could_not_be_read_is_mended_and_let_in_and_nothing_else_is() {
    let (server, mut owner) = shop("+ann 90 viewed").await;
    let batch = json!({"batch": [
        {"type": "track", "userId": "ann", "event": "", "messageId": "m1", "timestamp": "2026-03-02T10:00:00Z"},
        {"type": "track", "event": "orphan", "messageId": "m2"},
    ]});
    send_batch(&server, &batch).await;
    let nameless = held(&mut owner, "event_name_invalid").await;
    let raw = nameless[0]["raw"].as_str().unwrap();
    let mended = raw.replace(r#""event":"""#, r#""event":"named""#);
    for (raw, reason) in [
        ("[1]", "not_an_object"),
        ("{\"type\":\"track\"", "not_an_object"),
        ("{\"event\":\"x\"}", "type_unknown"),
        ("{\"type\":\"track\",\"event\":\"x\"}", "id_missing"),
        (
            "{\"type\":\"track\",\"userId\":\"a\",\"event\":\"$identify\"}",
            "event_name_reserved",
        ),
        (
            "{\"type\":\"track\",\"userId\":\"a\",\"event\":\"x\"}]},{\"b\":[{}",
            "not_an_object",
        ),
    ] {
        let done = let_in(&mut owner, json!([{"id": nameless[0]["id"], "raw": raw}])).await;
        assert_eq!(done["refused"][0]["reason"], reason, "{raw}");
    }
    let done = let_in(
        &mut owner,
        json!([{"id": nameless[0]["id"], "raw": mended}]),
    )
    .await;
    assert_eq!(done["released"], 1, "{done}");
    let receipt = owner.get("/api/w/shop/receipts/m1").await.expect(200);
    assert_eq!(
        (&receipt["state"], &receipt["stored"]["event"]),
        (&json!("stored"), &json!("named"))
    );
    assert_eq!(receipt["stored"]["time"], "2026-03-02T10:00:00.000Z");
    let unknown = let_in(&mut owner, json!([{"id": "12345"}])).await;
    assert_eq!(unknown["refused"][0]["reason"], "not_held");
    let many: Vec<Value> = (0..501).map(|it| json!({"id": it.to_string()})).collect();
    let order = json!({ "events": many });
    let refused = owner.post("/api/w/shop/quarantine/release", order).await;
    assert_eq!(refused.refusal(), "400 parameter.unusable");
}
