use serde_json::json;

use crate::events::shop;

const LINES: &str = "
    ana 90 ad_clicked
    ana 80 product_viewed
    ana 70 checkout_started
    ana 60 order_placed
    ben 90 product_viewed
    ben 80 checkout_started
    cem 95 ad_clicked
    cem 90 product_viewed
    cem 85 checkout_started
    cem 80 order_placed
";

#[tokio::test]
async fn a_discovered_map_is_live_once_it_is_saved() {
    let (_server, mut owner) = shop(LINES).await;
    let body = json!({"goal": {"events": ["order_placed"]}, "range": {"last": "1d"}, "title": "To the order"});
    let found = owner
        .post("/api/w/shop/maps/discover", body)
        .await
        .expect(200);
    assert_eq!(found["summary"]["goal_profiles"], 2);
    let map = found["map"].clone();
    let made = owner
        .post("/api/w/shop/maps", map.clone())
        .await
        .expect(200);
    assert_eq!(made["id"], "to-the-order");
    let numbers = owner
        .get("/api/w/shop/maps/to-the-order/numbers")
        .await
        .expect(200);
    assert_eq!(
        (&numbers["profiles"], &numbers["goal"]),
        (&json!(3), &json!(2))
    );
    let draft = owner
        .post("/api/w/shop/maps/numbers", json!({"map": map}))
        .await
        .expect(200);
    assert_eq!(draft["steps"], numbers["steps"]);
    let step = numbers["steps"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["people"] == 2)
        .unwrap();
    let body = json!({"of": {"map": "to-the-order"}, "select": {"kind": "step", "step": step["step"], "part": "people"}});
    let people = owner.post("/api/w/shop/people", body).await.expect(200);
    assert_eq!(people["total"], step["people"]);
    let listed = owner.get("/api/w/shop/maps").await.expect(200);
    assert_eq!(
        listed["maps"][0]["goal"],
        json!({"events": ["order_placed"]})
    );
}

#[tokio::test]
async fn a_goal_that_never_happens_is_refused() {
    let (_server, mut owner) = shop(LINES).await;
    let body = json!({"goal": {"events": ["never"]}, "range": {"all": true}});
    let refused = owner
        .post("/api/w/shop/maps/discover", body)
        .await
        .expect(422);
    assert_eq!(refused["error"]["faults"][0]["place"], "goal");
}

#[tokio::test]
async fn a_faulty_map_is_not_saved() {
    let (_server, mut owner) = shop("").await;
    let map = json!({"title": "", "kind": "current", "goal": {}, "range": {"all": true},
        "stages": [{"id": "Bad Id", "title": "A", "steps": []}]});
    let refused = owner.post("/api/w/shop/maps", map).await.expect(422);
    assert_eq!(refused["error"]["faults"].as_array().unwrap().len(), 2);
}
