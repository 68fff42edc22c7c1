//! What became of one event, whichever library has sent it.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::collect::{Shop, basic};

async fn ask(shop: &Shop, message: &str) -> Value {
    let mut library = shop.stranger(&[("authorization", &basic(&shop.key))]);
    let path = format!("/v1/receipts/{message}");
    library.get(&path).await.expect(200)
}

#[tokio::test]
async fn every_event_has_a_receipt() {
    let mut shop = Shop::open().await;
    let key = shop.key.clone();
    let send = async |path: &str, body: Value| {
        let answer = shop.stranger(&[]).post(path, body).await;
        assert!(answer.status < 300, "{path} {}", answer.text());
    };
    let segment = json!({"event": "sent", "userId": "u", "messageId": "a", "writeKey": key});
    send("/v1/track", segment.clone()).await;
    send("/v1/track", segment).await;
    let posthog = json!({"api_key": key, "event": "sent", "uuid": "b", "distinct_id": "u"});
    send("/e/", posthog).await;
    let properties = json!({"token": key, "distinct_id": "u", "$insert_id": "c"});
    send("/track", json!({"event": "sent", "properties": properties})).await;
    let amplitude = json!({"event_type": "sent", "user_id": "u", "insert_id": "d"});
    send("/2/httpapi", json!({"api_key": key, "events": [amplitude]})).await;
    let snowplow = json!({"e": "se", "se_ac": "sent", "uid": "u", "eid": "e", "aid": key});
    let path = "/com.snowplowanalytics.snowplow/tp2";
    send(path, json!({"data": [snowplow]})).await;
    for (index, message) in ["a", "b", "c", "d", "e"].into_iter().enumerate() {
        let receipt = ask(&shop, message).await;
        assert_eq!(receipt["state"], "stored", "{message} {receipt}");
        let stored = &receipt["stored"];
        assert_eq!(stored["event"], "sent", "{message}");
        assert_eq!(stored["repeats"], u32::from(message == "a"), "{message}");
        // The first record is that of the shop, the third the one that came again.
        let position = if index == 0 { 1 } else { index + 2 };
        assert_eq!(stored["position"], position.to_string(), "{message}");
    }
    let path = "/api/w/shop/receipts/a";
    let seen = shop.owner.get(path).await.expect(200);
    assert_eq!(seen["stored"], ask(&shop, "a").await["stored"]);
    let profile = format!("/api/w/shop/profiles/{}", seen["stored"]["profile"]);
    // What is asked may be a moment behind the receipt.
    let begin = Instant::now();
    while shop.owner.get(&profile).await.status != 200 {
        assert!(begin.elapsed() < Duration::from_secs(30), "{profile}");
    }
}

#[tokio::test]
async fn what_is_held_says_why_and_what_is_not_there_says_so() {
    let shop = Shop::open().await;
    let held = json!({"api_key": shop.key, "batch": [
        {"event": "sent", "uuid": "held", "distinct_id": "u", "timestamp": "3000-01-01T00:00:00Z"},
        {"event": "sent", "uuid": "other", "distinct_id": "u", "properties": {"x": "held"}}]});
    shop.stranger(&[]).post("/e/", held).await.expect(200);
    let receipt = ask(&shop, "held").await;
    assert_eq!(receipt["state"], "quarantined", "{receipt}");
    assert_eq!(receipt["quarantined"][0]["reason"], "time_ahead");
    assert_eq!(receipt["quarantined"][1], Value::Null);
    // Such a purchase is asked for by its name and its number.
    let purchase = |id: Value| json!({"name": "purchase", "timestamp_micros": 32503680000000000i64, "params": {"transaction_id": id}});
    let events =
        json!({"client_id": "c", "events": [purchase(json!("T:17")), purchase(json!(18))]});
    let path = format!("/mp/collect?measurement_id=G-1&api_secret={}", shop.key);
    let answer = shop.stranger(&[]).post(&path, events).await;
    assert!(answer.status < 300, "{}", answer.text());
    for message in ["purchase:T:17", "purchase:18"] {
        let receipt = ask(&shop, message).await;
        assert_eq!(
            receipt["quarantined"][0]["reason"], "time_ahead",
            "{message}"
        );
    }
    assert_eq!(ask(&shop, "refund:T:17").await["state"], "unknown");
    let nothing = ask(&shop, "nothing").await;
    assert_eq!(
        (&nothing["state"], &nothing["waiting_records"]),
        (&json!("unknown"), &json!(0))
    );
    let long = shop.stranger(&[("authorization", &basic(&shop.key))]);
    let path = format!("/v1/receipts/{}", "x".repeat(101));
    let refused = long.clone().get(&path).await;
    assert_eq!(refused.refusal(), "400 parameter.unusable");
    let stranger = shop.stranger(&[]).get("/v1/receipts/held").await;
    assert_eq!(stranger.refusal(), "401 write_key.unknown");
}
