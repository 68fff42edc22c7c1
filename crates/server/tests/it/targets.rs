use serde_json::{Value, json};

use crate::{
    client::Browser,
    events::{send, shop},
};

const DAY: u32 = 1_440;

/// People who order: one, two and three days ago three each, and one today.
fn orders() -> String {
    let mut lines = String::new();
    for (day, count) in [(0, 1), (1, 3), (2, 3), (3, 3)] {
        for who in 0..count {
            lines += &format!("p{day}{who} {} order_placed\n", day * DAY + 30);
        }
    }
    lines
}

async fn save(owner: &mut Browser, title: &str, report: Value) {
    let body = json!({"title": title, "report": report});
    owner.post("/api/w/shop/reports", body).await.expect(200);
}

async fn set(owner: &mut Browser, of: Value, bound: Value) -> Value {
    let body = json!({"title": "Goal", "of": of, "bound": bound});
    let made = owner.post("/api/w/shop/targets", body).await.expect(200);
    let path = format!(
        "/api/w/shop/targets/{}/measured",
        made["id"].as_str().unwrap()
    );
    owner.get(&path).await.expect(200)
}

#[tokio::test]
async fn a_target_is_measured_by_the_report_it_is_about_and_says_since_when_it_is_missed() {
    let (_server, mut owner) = shop(&orders()).await;
    save(
        &mut owner,
        "Buyers",
        json!({"kind": "counts", "range": {"last": "1d"}, "every": "range"}),
    )
    .await;
    let of = json!({"figure": {"report": "buyers", "figure": "profiles"}});
    let met = set(&mut owner, of.clone(), json!({"at_least": 1})).await;
    assert_eq!(
        (&met["value"], &met["is_met"], &met["missed"]),
        (&json!(1.0), &json!(true), &Value::Null)
    );
    // Of the days before, yesterday had three and kept to it.
    let missed = set(&mut owner, of.clone(), json!({"at_least": 2})).await;
    assert_eq!(missed["is_met"], false);
    assert_eq!(missed["course"].as_array().unwrap().len(), 1);
    assert_eq!(missed["course"][0]["value"], 3.0);
    assert_eq!(missed["missed"]["since"], missed["asked"]);
    let never = set(&mut owner, of, json!({"at_least": 9})).await;
    assert_eq!(never["course"].as_array().unwrap().len(), 14);
    assert_eq!(never["missed"]["is_longer"], true);
}

#[tokio::test]
async fn a_target_on_a_series_is_measured_at_its_last_whole_period() {
    let (_server, mut owner) = shop(&orders()).await;
    let series = json!([{"name": "Orders", "matcher": {"events": ["order_placed"]}}]);
    let report = json!({"kind": "trends", "range": {"last": "5d"}, "series": series});
    save(&mut owner, "Orders", report).await;
    let numbers = owner
        .get("/api/w/shop/reports/orders/numbers")
        .await
        .expect(200);
    let of = numbers["numbers"][0]["of"].clone();
    assert_eq!(of["series"]["series"], "Orders");
    let found = set(&mut owner, of.clone(), json!({"at_most": 100})).await;
    assert_eq!(found["value"], numbers["numbers"][0]["value"]);
    assert_eq!(found["is_met"], true);
    let missed = set(&mut owner, of, json!({"at_least": 100})).await;
    assert_eq!(missed["missed"]["is_longer"], true);
    assert_eq!(missed["missed"]["since"], missed["course"][0]["at"]);
}

#[tokio::test]
async fn targets_are_listed_with_what_they_are_about_and_say_when_it_is_gone() {
    let (_server, mut owner) = shop("ana 30 order_placed").await;
    let of = json!({"figure": {"report": "buyers", "figure": "profiles"}});
    let body = json!({"title": "Goal", "of": of, "bound": {"at_least": 1}});
    let refused = owner
        .post("/api/w/shop/targets", body.clone())
        .await
        .expect(422);
    assert_eq!(refused["error"]["faults"][0]["place"], "of");
    save(
        &mut owner,
        "Buyers",
        json!({"kind": "counts", "range": {"all": true}}),
    )
    .await;
    owner.post("/api/w/shop/targets", body).await.expect(200);
    let list = owner.get("/api/w/shop/targets").await.expect(200);
    assert_eq!(list["targets"][0]["about"], "Buyers");
    assert!(!list["targets"][0]["owner"].is_null());
    owner
        .send("DELETE", "/api/w/shop/reports/buyers", None)
        .await
        .expect(204);
    let list = owner.get("/api/w/shop/targets").await.expect(200);
    assert_eq!(list["targets"][0]["about"], Value::Null);
    let measured = owner.get("/api/w/shop/targets/goal/measured").await;
    assert_eq!(measured.refusal(), "404 document.unknown");
    owner
        .send("DELETE", "/api/w/shop/targets/goal", None)
        .await
        .expect(204);
}

#[tokio::test]
async fn a_decision_keeps_its_numbers_whatever_comes_later() {
    let (server, mut owner) = shop("ana 30 order_placed").await;
    let report = json!({"kind": "counts", "range": {"all": true}, "every": "range"});
    let seen = owner
        .post("/api/w/shop/ask", report.clone())
        .await
        .expect(200);
    let decision =
        json!({"title": "Open a second store", "text": "As Ana buys.", "day": "2026-03-02"});
    let body = json!({"decision": decision, "report": report, "asked": seen["asked"]});
    let made = owner.post("/api/w/shop/decisions", body).await.expect(200);
    assert_eq!(made["id"], "open-a-second-store");
    let path = "/api/w/shop/decisions/open-a-second-store";
    let then = owner.get(path).await.expect(200);
    for fact in ["numbers", "n", "links", "range", "zone", "asked", "report"] {
        assert_eq!(then["answer"][fact], seen[fact], "{fact}");
    }
    send(&server, "ben 20 order_placed").await;
    let now = owner
        .post("/api/w/shop/ask", then["answer"]["report"].clone())
        .await
        .expect(200);
    assert_eq!(now["n"], 2);
    // Words may be mended; numbers may not.
    let mut writer = owner.clone();
    writer.headers.push(("if-match", "1".to_owned()));
    let words = json!({"title": "Open a store", "text": "As Ana buys.", "day": "2026-03-02"});
    writer.send("PUT", path, Some(words)).await.expect(200);
    let again = owner.get(path).await.expect(200);
    assert_eq!(again["answer"], then["answer"]);
    let list = owner.get("/api/w/shop/decisions").await.expect(200);
    assert_eq!(list["decisions"][0]["decision"]["title"], "Open a store");
    assert_eq!(
        (&list["decisions"][0]["n"], &list["decisions"][0]["kind"]),
        (&json!(1), &json!("counts"))
    );
    owner.send("DELETE", path, None).await.expect(204);
    assert_eq!(owner.get(path).await.refusal(), "404 document.unknown");
}
