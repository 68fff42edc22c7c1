use serde_json::{Value, json};

use crate::events::shop;

const LINES: &str = "
    ana 30 product_viewed
    ana 20 order_placed
    ben 40 product_viewed
";

fn counts() -> Value {
    json!({"kind": "counts", "range": {"last": "1d"}, "every": "range"})
}

pub fn dashboard(title: &str, tiles: Value) -> Value {
    json!({"title": title, "tiles": tiles})
}

#[tokio::test]
async fn a_dashboard_is_kept_listed_and_not_written_over_unseen() {
    let (_server, mut owner) = shop(LINES).await;
    let tile = json!({"id": "a", "width": 6, "height": 2, "content": {"report": counts()}});
    let body = dashboard("My week", json!([tile]));
    let path = "/api/w/shop/dashboards";
    let made = owner.post(path, body.clone()).await.expect(200);
    assert_eq!(made["id"], "my-week");
    let list = owner.get(path).await.expect(200);
    assert_eq!(list["dashboards"][0]["tiles_count"], 1);
    let read = owner
        .get("/api/w/shop/dashboards/my-week")
        .await
        .expect(200);
    assert_eq!(
        read["dashboard"]["tiles"][0]["content"]["report"]["kind"],
        "counts"
    );
    let mut writer = owner.clone();
    writer.headers.push(("if-match", "1".to_owned()));
    let path = "/api/w/shop/dashboards/my-week";
    let changed = writer.send("PUT", path, Some(body.clone())).await;
    assert_eq!(changed.expect(200)["version"], 2);
    let late = writer.send("PUT", path, Some(body)).await;
    assert_eq!(late.refusal(), "409 version.conflict");
    owner.send("DELETE", path, None).await.expect(204);
    assert_eq!(owner.get(path).await.refusal(), "404 document.unknown");
}

#[tokio::test]
async fn every_fault_of_a_dashboard_is_named() {
    let (_server, mut owner) = shop("").await;
    let tile = json!({"id": "a", "width": 13, "height": 2, "content": {"text": "x"}});
    let body = dashboard(" ", json!([tile]));
    let refused = owner.post("/api/w/shop/dashboards", body).await.expect(422);
    let faults = refused["error"]["faults"].as_array().unwrap();
    let places: Vec<&str> = faults
        .iter()
        .map(|it| it["place"].as_str().unwrap())
        .collect();
    assert_eq!(places, ["title", "tiles[0].width"]);
}
