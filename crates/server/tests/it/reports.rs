use serde_json::{Value, json};

use crate::events::{send, shop};

const LINES: &str = "
    ana 30 product_viewed
    ana 20 order_placed
    ben 40 product_viewed
    +cem 50 product_viewed
    +cem 45 order_placed
";

fn funnel() -> Value {
    json!({"kind": "funnel", "range": {"last": "1d"}, "steps": [
        {"name": "look", "matcher": {"events": ["product_viewed"]}},
        {"name": "buy", "matcher": {"events": ["order_placed"]}}]})
}

fn counts() -> Value {
    json!({"kind": "counts", "range": {"all": true}, "every": "range"})
}

#[tokio::test]
async fn a_report_is_answered_with_everything_that_it_depends_on() {
    let (_server, mut owner) = shop(LINES).await;
    let answer = owner.post("/api/w/shop/ask", funnel()).await.expect(200);
    let profiles: Vec<&Value> = answer["numbers"]["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["profiles"])
        .collect();
    assert_eq!(profiles, [3, 2]);
    assert_eq!(answer["report"]["entry"], "best", "defaults are filled in");
    for field in [
        "range", "zone", "asked", "taken", "links", "rows", "n", "left_out",
    ] {
        assert!(!answer[field].is_null(), "{field}");
    }
}

#[tokio::test]
async fn every_fault_of_a_report_is_named() {
    let (_server, mut owner) = shop("").await;
    let mut body = funnel();
    body["steps"][0]["optional"] = json!(true);
    body["unit"] = json!("attempt");
    let refused = owner.post("/api/w/shop/ask", body).await.expect(422);
    let places: Vec<&str> = refused["error"]["faults"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["place"].as_str().unwrap())
        .collect();
    assert_eq!(places, ["steps[0]", "entry"]);
}

#[tokio::test]
async fn the_people_behind_a_number_are_as_many_as_it_says() {
    let (_server, mut owner) = shop(LINES).await;
    let select = json!({"kind": "counts", "series": {"name": "order_placed"}});
    let mut after = json!(null);
    let mut labels = Vec::new();
    loop {
        let body =
            json!({"of": {"report": counts()}, "select": select, "limit": 1, "after": after});
        let page = owner.post("/api/w/shop/people", body).await.expect(200);
        assert_eq!(page["total"], 2);
        labels.extend(
            page["profiles"]
                .as_array()
                .unwrap()
                .iter()
                .map(|it| it["label"].clone()),
        );
        after = page["next"].clone();
        if after.is_null() {
            break;
        }
    }
    assert_eq!(labels, ["ana", "cem"]);
    let body = json!({"of": {"report": counts()}, "select": {"kind": "nothing"}});
    assert_eq!(
        owner.post("/api/w/shop/people", body).await.refusal(),
        "422 body.unusable"
    );
}

#[tokio::test]
async fn reports_of_coming_back_are_answered_with_the_people_behind_them() {
    let (_server, mut owner) = shop(LINES).await;
    let range = json!({"all": true});
    let ask = |kind: &str, more: Value| {
        let mut report = json!({"kind": kind, "range": range, "period": "month"});
        let report_fields = report.as_object_mut().unwrap();
        report_fields.extend(more.as_object().unwrap().clone());
        report
    };
    let retention = ask(
        "retention",
        json!({"start": {"events": ["product_viewed"]}, "returns": {"events": ["order_placed"]}}),
    );
    let started = json!({"kind": "retention", "part": "started"});
    let mut asked = vec![(retention, started)];
    for kind in ["stickiness", "lifecycle"] {
        let report = ask(kind, json!({"active": {"events": ["order_placed"]}}));
        let answer = owner
            .post("/api/w/shop/ask", report.clone())
            .await
            .expect(200);
        let period = answer["numbers"]["periods"].as_array().unwrap().last();
        let period = &period.unwrap()["from"];
        let select = match kind {
            "stickiness" => json!({"kind": kind, "period": period, "units": 1, "or_more": true}),
            _ => json!({"kind": kind, "period": period, "state": "active"}),
        };
        asked.push((report, select));
    }
    for (report, select) in asked {
        let answer = owner
            .post("/api/w/shop/ask", report.clone())
            .await
            .expect(200);
        let body = json!({"of": {"report": report}, "select": select});
        let page = owner.post("/api/w/shop/people", body).await.expect(200);
        assert!(answer["n"].as_u64().unwrap() >= 2);
        assert_eq!(page["total"], answer["n"], "{}", answer["numbers"]);
    }
}

#[tokio::test]
async fn an_answer_is_given_again_until_something_comes_in() {
    let (server, mut owner) = shop(LINES).await;
    let first = owner.post("/api/w/shop/ask", counts()).await;
    server.clock.advance(throughline_model::Span::seconds(9));
    let again = owner.post("/api/w/shop/ask", counts()).await;
    assert_eq!((again.header("age"), &again.bytes), ("9", &first.bytes));
    send(&server, "dan 5 order_placed").await;
    let fresh = owner.post("/api/w/shop/ask", counts()).await;
    assert_eq!(fresh.header("age"), "0");
    assert_eq!(fresh.expect(200)["numbers"]["total"]["profiles"], 4);
}

#[tokio::test]
async fn nobody_sees_or_stops_the_questions_of_others() {
    let (_server, mut owner) = shop("").await;
    assert_eq!(
        owner.get("/api/w/shop/queries/q1").await.refusal(),
        "404 question.unknown"
    );
    let stopped = owner.send("DELETE", "/api/w/shop/queries/q1", None).await;
    assert_eq!(stopped.refusal(), "404 question.unknown");
}

#[tokio::test]
async fn a_saved_report_is_not_written_over_unseen() {
    let (_server, mut owner) = shop("").await;
    let body = json!({"title": "Buyers", "report": funnel()});
    let made = owner
        .post("/api/w/shop/reports", body.clone())
        .await
        .expect(200);
    assert_eq!(made["id"], "buyers");
    let read = owner.get("/api/w/shop/reports/buyers").await.expect(200);
    assert_eq!(
        (&read["version"], &read["report"]["kind"]),
        (&json!(1), &json!("funnel"))
    );
    let unseen = owner
        .send("PUT", "/api/w/shop/reports/buyers", Some(body.clone()))
        .await;
    assert_eq!(unseen.refusal(), "428 version.needed");
    let mut writer = owner.clone();
    writer.headers.push(("if-match", "\"1\"".to_owned()));
    let changed = writer
        .send("PUT", "/api/w/shop/reports/buyers", Some(body.clone()))
        .await;
    assert_eq!(changed.expect(200)["version"], 2);
    let late = writer
        .send("PUT", "/api/w/shop/reports/buyers", Some(body))
        .await;
    assert_eq!(late.refusal(), "409 version.conflict");
    owner
        .send("DELETE", "/api/w/shop/reports/buyers", None)
        .await
        .expect(204);
    assert_eq!(
        owner.get("/api/w/shop/reports/buyers").await.refusal(),
        "404 document.unknown"
    );
    assert_eq!(
        owner.get("/api/w/shop/reports").await.expect(200)["reports"],
        json!([])
    );
}
