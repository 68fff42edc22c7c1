use serde_json::json;

use crate::events::shop;

#[tokio::test]
async fn an_edit_holds_for_all_of_history_at_once() {
    let (_server, mut owner) = shop("ana 90 product_viewed\nana 80 order_placed").await;
    let suggested = owner.get("/api/w/shop/vocabulary").await.expect(200);
    assert_eq!(suggested["version"], 0);
    assert!(suggested["vocabulary"]["stages"].as_array().unwrap().len() > 1);
    let vocabulary = json!({"channels": [{"channel": "store", "matcher": {"events": ["order_placed"]}}],
        "touchpoints": [{"id": "till", "name": "Till", "matcher": {"events": ["order_placed"]}}],
        "stages": [{"id": "bought", "name": "Bought", "entry": {"touchpoints": ["till"]}}]});
    let mut writer = owner.clone();
    writer.headers.push(("if-match", "0".to_owned()));
    let written = writer
        .send("PUT", "/api/w/shop/vocabulary", Some(vocabulary.clone()))
        .await;
    assert_eq!(written.expect(200)["version"], 1);
    let again = writer
        .send("PUT", "/api/w/shop/vocabulary", Some(vocabulary))
        .await;
    assert_eq!(again.refusal(), "409 version.conflict");
    let names = owner.get("/api/w/shop/events").await.expect(200);
    let order = names["names"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["name"] == "order_placed")
        .unwrap();
    assert_eq!(
        (&order["channel"], &order["touchpoint"], &order["stage"]),
        (&json!("store"), &json!("till"), &json!("bought"))
    );
}

#[tokio::test]
async fn a_check_says_what_a_vocabulary_would_explain() {
    let (_server, mut owner) =
        shop("ana 90 product_viewed\nana 80 order_placed\nben 70 product_viewed\nben 60 left")
            .await;
    let vocabulary = json!({"touchpoints": [{"id": "page", "name": "Page", "matcher": {"events": ["product_viewed"]}}]});
    let check = owner
        .post("/api/w/shop/vocabulary/check", vocabulary)
        .await
        .expect(200);
    assert_eq!(check["coverage"]["events"], 4);
    assert_eq!(check["coverage"]["events_share_with_touchpoint"], 0.5);
    assert_eq!(
        check["coverage"]["touchpoints"],
        json!([{"id": "page", "events": 2, "profiles": 2}])
    );
    let faulty = json!({"touchpoints": [{"id": "A", "name": "", "matcher": {}}]});
    let check = owner
        .post("/api/w/shop/vocabulary/check", faulty)
        .await
        .expect(200);
    assert_eq!(check["faults"].as_array().unwrap().len(), 2);
    assert!(check["coverage"].is_null());
}

#[tokio::test]
async fn names_are_suggested_in_the_language_of_who_asks() {
    let (_server, mut owner) = shop("ana 90 product_viewed\nana 80 order_placed").await;
    let path = "/api/w/shop/vocabulary/suggest";
    let names = |vocabulary: &serde_json::Value| -> Vec<String> {
        let touchpoints = vocabulary["touchpoints"].as_array().unwrap();
        (touchpoints.iter())
            .map(|it| it["name"].as_str().unwrap().to_owned())
            .collect()
    };
    let english = owner.post(path, json!({})).await.expect(200);
    assert_eq!(names(&english), ["Order placed", "Product viewed"]);
    let chinese = owner
        .post(&format!("{path}?language=zh-TW"), json!({}))
        .await;
    let chinese = chinese.expect(200);
    assert_eq!(names(&chinese), ["訂單成立", "商品瀏覽"]);
    assert_eq!(
        chinese["touchpoints"][0]["id"],
        english["touchpoints"][0]["id"]
    );
    let unknown = owner.post(&format!("{path}?language=fr"), json!({})).await;
    assert_eq!(unknown.refusal(), "400 parameter.unusable");
}
