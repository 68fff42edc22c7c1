//! Everything that is held of a person, as one file.

use serde_json::{Value, json};

use crate::{
    erasures::{EVERYBODY, find},
    events::{runtime, shop},
};

#[tokio::test]
async fn an_export_holds_events_that_reports_leave_out() {
    let (server, mut owner) = shop(EVERYBODY).await;
    let id = find(&mut owner, "ann@example.org").await[0]["id"].clone();
    let rule = json!({"rules": [{"kind": "block", "event": "only_ann_does_this"}]});
    let here = runtime(&server);
    let decide = move || {
        let rules = serde_json::from_value(rule).unwrap();
        here.pipeline()
            .decide_names(0, "owner".into(), rules)
            .unwrap()
            .unwrap()
    };
    tokio::task::spawn_blocking(decide).await.unwrap();
    let path = format!("/api/w/shop/profiles/{id}/export");
    let file = owner.get(&path).await;
    assert!(file.text().contains("only_ann_does_this"));
}

#[tokio::test]
async fn an_export_holds_all_that_is_known_and_each_event_as_it_came() {
    let (_server, mut owner) = shop(EVERYBODY).await;
    let id = find(&mut owner, "ann@example.org").await[0]["id"].clone();
    let file = owner
        .get(&format!("/api/w/shop/profiles/{id}/export"))
        .await;
    assert_eq!(file.status, 200);
    assert_eq!(file.header("content-type"), "application/x-ndjson");
    let lines: Vec<Value> = (file.text().lines())
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let of = |kind: &'static str| lines.iter().filter(move |it| it["kind"] == kind);
    assert_eq!(of("identifier").count(), 4);
    assert!(of("trait").any(|it| it["value"] == "Per-aspera-ad-astra"));
    assert!(of("link").count() >= 3);
    assert_eq!(of("event").count(), 5);
    let raw: Vec<Value> = of("raw")
        .map(|it| serde_json::from_str(it["text"].as_str().unwrap()).unwrap())
        .collect();
    assert_eq!(raw.len(), 5);
    assert!(raw.iter().any(|it| it["properties"]["total"] == 12));
    assert!(!file.text().contains("bob"), "nothing of others");
    assert_eq!(lines.last().unwrap()["complete"], true);
    let audit = owner.get("/api/audit").await.expect(200);
    assert_eq!(audit["entries"][0]["action"], "profile.exported");
    let none = owner.get("/api/w/shop/profiles/4000/export").await;
    assert_eq!(none.refusal(), "404 profile.unknown");
}
