use serde_json::{Value, json};

use crate::{
    client::{Answer, Browser},
    events::{send, shop},
};

const LINES: &str = r#"
    ana 30 product_viewed
    ana 20 order_placed
    ben 40 product_viewed
    +cem 50 product_viewed
    +cem 45 order_placed
    +cem 44 identify {"plan":"pro","visits":12}
    +dee 44 identify {"plan":"free"}
"#;

fn did(name: &str) -> Value {
    json!({"did": {"matcher": {"events": [name]}}})
}

fn within(id: &str) -> Value {
    json!({"segment": {"id": id}})
}

async fn make(owner: &mut Browser, title: &str, definition: Value) -> Answer {
    let body = json!({"title": title, "definition": definition});
    owner.post("/api/w/shop/segments", body).await
}

async fn labels(owner: &mut Browser, rule: Value) -> Vec<String> {
    let body = json!({"of": {"rule": rule}});
    let page = owner.post("/api/w/shop/people", body).await.expect(200);
    let profiles = page["profiles"].as_array().unwrap();
    assert_eq!(page["total"], profiles.len());
    let labels = profiles.iter().map(|it| it["label"].as_str().unwrap());
    labels.map(str::to_owned).collect()
}

fn faults(answer: &Answer) -> Vec<String> {
    let body = answer.expect(422);
    let faults = body["error"]["faults"].as_array().unwrap();
    let told = faults.iter().map(|it| {
        let (place, message) = (
            it["place"].as_str().unwrap(),
            it["message"].as_str().unwrap(),
        );
        format!("{place} {message}")
    });
    told.collect()
}

#[tokio::test]
async fn a_rule_is_counted_condition_by_condition() {
    let (_server, mut owner) = shop(LINES).await;
    let rule = json!({"all": [did("product_viewed"), {"not": did("order_placed")}]});
    let body = json!({ "rule": rule });
    let counted = owner.post("/api/w/shop/people/count", body).await;
    let counted = counted.expect(200);
    assert_eq!(
        (&counted["everybody"], &counted["people"]),
        (&json!(4), &json!(1))
    );
    let expected = json!([
        {"place": "all[0].did", "people": 3, "without": 2},
        {"place": "all[1]", "people": 2, "without": 3},
        {"place": "all[1].not.did", "people": 2, "without": null},
    ]);
    assert_eq!(counted["conditions"], expected);
    assert_eq!(labels(&mut owner, rule).await, ["ben"]);
}

#[tokio::test]
async fn traits_are_asked_as_they_are_now() {
    let (server, mut owner) = shop(LINES).await;
    let plan = |test: Value| json!({"trait": {"name": "plan", "test": test}});
    let pro = plan(json!({"is": ["pro"]}));
    assert_eq!(labels(&mut owner, pro.clone()).await, ["cem"]);
    let not_pro = plan(json!({"is_not": ["pro"]}));
    assert_eq!(labels(&mut owner, not_pro).await, ["ana", "ben", "dee"]);
    let often = json!({"trait": {"name": "visits", "test": {"at_least": 12}}});
    assert_eq!(labels(&mut owner, often).await, ["cem"]);
    send(&server, r#"+dee 1 identify {"plan":"pro"}"#).await;
    assert_eq!(labels(&mut owner, pro.clone()).await, ["cem", "dee"]);
    send(&server, r#"+dee 44 identify {"plan":"none"}"#).await;
    assert_eq!(
        labels(&mut owner, pro).await,
        ["cem", "dee"],
        "what is older changes nothing"
    );
    let traits = owner.get("/api/w/shop/traits").await.expect(200);
    let names: Vec<&Value> = traits["traits"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["name"])
        .collect();
    assert_eq!(names, ["plan", "visits"]);
    let values = owner
        .get("/api/w/shop/traits/values?name=plan")
        .await
        .expect(200);
    assert_eq!(values["values"], json!([{"value": "pro", "profiles": 2}]));
}

#[tokio::test]
async fn a_segment_is_asked_for_wherever_a_rule_is() {
    let (server, mut owner) = shop(LINES).await;
    let made = make(&mut owner, "Buyers", json!({"rule": did("order_placed")})).await;
    assert_eq!(made.expect(200)["id"], "buyers");
    assert_eq!(labels(&mut owner, within("buyers")).await, ["ana", "cem"]);
    let inner =
        json!({"all": [within("buyers"), {"trait": {"name": "plan", "test": {"is": ["pro"]}}}]});
    make(&mut owner, "Pro buyers", json!({ "rule": inner }))
        .await
        .expect(200);
    assert_eq!(labels(&mut owner, within("pro-buyers")).await, ["cem"]);
    let report = json!({"kind": "counts", "range": {"all": true}, "every": "range", "people": within("pro-buyers")});
    let asked = owner
        .post("/api/w/shop/ask", report.clone())
        .await
        .expect(200);
    assert_eq!(asked["numbers"]["total"]["profiles"], 1);
    // An answer is not given again once a segment in it says something else.
    let mut writer = owner.clone();
    writer.headers.push(("if-match", "1".to_owned()));
    let body = json!({"title": "Buyers", "definition": {"rule": did("product_viewed")}});
    writer
        .send("PUT", "/api/w/shop/segments/buyers", Some(body))
        .await
        .expect(200);
    send(&server, r#"+dee 1 identify {"plan":"pro"}"#).await;
    send(&server, "+dee 1 product_viewed").await;
    let asked = owner.post("/api/w/shop/ask", report).await.expect(200);
    assert_eq!(asked["numbers"]["total"]["profiles"], 2);
    let unknown = json!({"kind": "counts", "range": {"all": true}, "people": within("x")});
    let refused = owner.post("/api/w/shop/ask", unknown).await;
    assert_eq!(
        faults(&refused),
        ["people names the segment `x`, which does not exist"]
            .map(|it| it.replace("people ", "people.segment.id "))
    );
}

#[tokio::test]
async fn the_people_behind_a_number_become_a_list_that_stays() {
    let (server, mut owner) = shop(LINES).await;
    let report = json!({"kind": "counts", "range": {"all": true}, "every": "range"});
    let select = json!({"kind": "counts", "series": {"name": "order_placed"}});
    let behind = json!({"behind": {"of": {"report": report}, "select": select}});
    make(&mut owner, "They bought", behind).await.expect(200);
    send(&server, "eva 1 order_placed").await;
    assert_eq!(
        labels(&mut owner, within("they-bought")).await,
        ["ana", "cem"]
    );
    let read = owner
        .get("/api/w/shop/segments/they-bought")
        .await
        .expect(200);
    assert_eq!(read["definition"], json!({"listed": {"profiles": 2}}));
    assert_eq!(read["origin"]["select"], select);
    // A new title leaves the list.
    let mut writer = owner.clone();
    writer.headers.push(("if-match", "1".to_owned()));
    let body = json!({"title": "Early buyers"});
    writer
        .send("PUT", "/api/w/shop/segments/they-bought", Some(body))
        .await
        .expect(200);
    assert_eq!(
        labels(&mut owner, within("they-bought")).await,
        ["ana", "cem"]
    );
}

#[tokio::test]
async fn circles_and_unknown_names_are_refused_with_their_places() {
    let (_server, mut owner) = shop(LINES).await;
    make(&mut owner, "a", json!({"rule": did("x")}))
        .await
        .expect(200);
    make(&mut owner, "b", json!({"rule": within("a")}))
        .await
        .expect(200);
    let mut writer = owner.clone();
    writer.headers.push(("if-match", "1".to_owned()));
    let body = json!({"title": "a", "definition": {"rule": {"not": within("b")}}});
    let refused = writer
        .send("PUT", "/api/w/shop/segments/a", Some(body))
        .await;
    let circle = "definition.rule.not.segment.id leads back to itself: a → b → a";
    assert_eq!(faults(&refused), [circle]);
    let refused = make(
        &mut owner,
        "c",
        json!({"rule": {"any": [within("x"), {"stage": {"id": "y"}}]}}),
    )
    .await;
    let expected = [
        "definition.rule.any[0].segment.id names the segment `x`, which does not exist",
        "definition.rule.any[1].stage.id names the stage `y`, which does not exist",
    ];
    assert_eq!(faults(&refused), expected);
    assert_eq!(
        make(&mut owner, "c", Value::Null).await.refusal(),
        "422 body.unusable"
    );
}

#[tokio::test]
async fn a_segment_that_others_name_is_not_deleted() {
    let (_server, mut owner) = shop(LINES).await;
    make(&mut owner, "Buyers", json!({"rule": did("order_placed")}))
        .await
        .expect(200);
    make(
        &mut owner,
        "Others",
        json!({"rule": {"not": within("buyers")}}),
    )
    .await
    .expect(200);
    let report = json!({"kind": "counts", "range": {"all": true}, "people": within("buyers")});
    let body = json!({"title": "What buyers do", "report": report});
    owner.post("/api/w/shop/reports", body).await.expect(200);
    let refused = owner
        .send("DELETE", "/api/w/shop/segments/buyers", None)
        .await;
    assert_eq!(refused.refusal(), "409 segment.used");
    let text = refused.text();
    assert!(
        text.contains("the segment “Others”, the report “What buyers do”"),
        "{text}"
    );
    let used = owner.get("/api/w/shop/segments/buyers").await.expect(200)["used_by"].clone();
    let expected = json!([{"kind": "segment", "id": "others", "title": "Others"},
        {"kind": "report", "id": "what-buyers-do", "title": "What buyers do"}]);
    assert_eq!(used, expected);
    owner
        .send("DELETE", "/api/w/shop/reports/what-buyers-do", None)
        .await
        .expect(204);
    owner
        .send("DELETE", "/api/w/shop/segments/others", None)
        .await
        .expect(204);
    owner
        .send("DELETE", "/api/w/shop/segments/buyers", None)
        .await
        .expect(204);
    assert_eq!(
        owner.get("/api/w/shop/segments/buyers").await.refusal(),
        "404 document.unknown"
    );
}

#[tokio::test]
async fn overlaps_are_told_pair_by_pair_and_region_by_region() {
    let (_server, mut owner) = shop(LINES).await;
    make(&mut owner, "Buyers", json!({"rule": did("order_placed")}))
        .await
        .expect(200);
    let pro = json!({"trait": {"name": "plan", "test": {"is": ["pro"]}}});
    let body = json!({"rules": [within("buyers"), did("product_viewed"), pro]});
    let told = owner
        .post("/api/w/shop/people/overlap", body)
        .await
        .expect(200);
    assert_eq!(
        (&told["everybody"], &told["neither"], &told["sizes"]),
        (&json!(4), &json!(1), &json!([2, 3, 1]))
    );
    let pairs: Vec<&Value> = told["pairs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["people"])
        .collect();
    assert_eq!(pairs, [2, 1, 1]);
    let regions: Vec<String> = (told["regions"].as_array().unwrap().iter())
        .map(|it| format!("{} {}", it["within"], it["people"]))
        .collect();
    let expected = [
        "[0] 0",
        "[1] 1",
        "[0,1] 1",
        "[2] 0",
        "[0,2] 0",
        "[1,2] 0",
        "[0,1,2] 1",
    ];
    assert_eq!(regions, expected);
    let one = json!({"rules": [did("x")]});
    assert_eq!(
        owner
            .post("/api/w/shop/people/overlap", one)
            .await
            .refusal(),
        "422 body.unusable"
    );
}

#[tokio::test]
async fn the_people_of_a_segment_leave_as_a_file() {
    let (_server, mut owner) = shop(LINES).await;
    make(&mut owner, "Buyers", json!({"rule": did("order_placed")}))
        .await
        .expect(200);
    let body = json!({"of": {"people": {"of": {"rule": within("buyers")}}}, "format": "csv"});
    let file = owner.post("/api/w/shop/export", body).await;
    assert_eq!(file.status, 200);
    assert!(
        file.text().contains("\n0,ana,") || file.text().contains(",ana,"),
        "{}",
        file.text()
    );
    assert!(file.text().contains("# n,2"));
}
