use serde_json::{Value, json};

use crate::{
    client::{Answer, Browser},
    events::shop,
};

const COSTS: &str = "/api/w/shop/costs";

const LINES: &str = r#"
    ana 30 ad_clicked {"channel":"ads","campaign":"spring"}
    ana 20 order_placed {"total":50}
    ben 40 social_post_clicked {"channel":"social"}
"#;

fn row(day: &str, campaign: &str, amount: &str) -> Value {
    json!({"day": day, "campaign": campaign, "amount": amount, "currency": "EUR"})
}

async fn put(owner: &mut Browser, rows: Value) -> Answer {
    owner.send("PUT", COSTS, Some(rows)).await
}

async fn amount(owner: &mut Browser) -> String {
    let stored = owner.get(COSTS).await.expect(200);
    stored["amount"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_batch_replaces_what_it_names_and_can_be_taken_back() {
    let (_server, mut owner) = shop(LINES).await;
    let rows =
        json!({"rows": [row("2026-03-01", "spring", "0.1"), row("2026-03-02", "spring", "0.2")]});
    let first = put(&mut owner, rows.clone()).await.expect(200);
    assert_eq!(first["amount"], "0.3");
    put(&mut owner, rows).await.expect(200);
    assert_eq!(amount(&mut owner).await, "0.3", "replaced, not added");
    let rows = json!({"name": "restated", "rows": [row("2026-03-02", "spring", "7.05")]});
    let second = put(&mut owner, rows).await.expect(200);
    assert_eq!(
        (&second["places_new"], &second["places_replaced"]),
        (&json!(0), &json!(1))
    );
    assert_eq!(amount(&mut owner).await, "7.15");
    let undo = format!("{COSTS}/imports/{}/undo", second["import"]);
    owner.post(&undo, json!({})).await.expect(204);
    assert_eq!(amount(&mut owner).await, "0.3");
    owner.post(&undo, json!({})).await.expect(404);
    let removed = owner
        .send(
            "DELETE",
            &format!("{COSTS}?from=2026-03-02&campaign=spring"),
            None,
        )
        .await;
    assert_eq!(removed.expect(200)["records"], 1);
    assert_eq!(amount(&mut owner).await, "0.1");
    owner.send("DELETE", COSTS, None).await.expect(400);
    let audit = owner.get("/api/audit").await.expect(200);
    let told: Vec<String> = (audit["entries"].as_array().expect("a page").iter())
        .map(|it| format!("{} {}", it["action"], it["subject"]))
        .filter(|it| it.contains("costs."))
        .collect();
    assert_eq!(
        told,
        [
            r#""costs.removed" "spring""#,
            r#""costs.undone" "restated""#,
            r#""costs.stored" "restated""#,
            r#""costs.stored" "API""#,
            r#""costs.stored" "API""#,
        ]
    );
}

#[tokio::test]
async fn costs_are_listed_of_one_campaign() {
    let (_server, mut owner) = shop(LINES).await;
    let rows = json!({"rows": [row("2026-03-01", "spring", "3"), row("2026-03-02", "autumn", "4"),
        row("2026-03-02", "spring", "5")]});
    put(&mut owner, rows).await.expect(200);
    let listed = owner.get(&format!("{COSTS}?campaign=spring")).await;
    let listed = listed.expect(200);
    assert_eq!(
        (&listed["amount"], &listed["lines_count"]),
        (&json!("8"), &json!(2))
    );
}

/// Costs of lines and those that no line has are all costs, and parts of a campaign's people are all of them.
#[tokio::test]
async fn campaigns_add_up_over_regions_and_costs() {
    let (_server, mut owner) = shop(
        r#"
        ana 30 ad_clicked {"channel":"ads","campaign":"spring","region":"north"}
        ana 20 order_placed {"total":50}
        ben 40 ad_clicked {"channel":"ads","campaign":"spring","region":"south"}
        cem 50 ad_clicked {"channel":"social","campaign":"spring"}
        cem 40 ad_clicked {"channel":"ads","campaign":"autumn","region":"north"}
        cem 30 order_placed {"total":20}
        "#,
    )
    .await;
    let rows =
        json!({"rows": [row("2026-03-01", "spring", "3"), row("2026-03-02", "winter", "4")]});
    put(&mut owner, rows).await.expect(200);
    let (range, goal) = (json!({"all": true}), json!({"events": ["order_placed"]}));
    let touch = |test: Value| {
        json!({"rule": {"all": [{"where": {"field": "properties.campaign", "test": test}},
            {"not": {"all": [{"where": {"field": "event", "test": {"is": ["order_placed"]}}}]}}]}})
    };
    let credit = owner
        .post("/api/w/shop/ask", json!({"kind": "attribution", "range": range, "conversion": goal,
            "value": "properties.total", "by": "properties.campaign", "models": ["last"], "touch": touch(json!({"exists": {}}))}))
        .await
        .expect(200);
    let numbers = &credit["numbers"];
    let sum = |list: &Value, at: &str| -> f64 {
        let list = list.as_array().expect("a list").iter();
        list.filter_map(|it| it.pointer(at).and_then(Value::as_f64))
            .sum()
    };
    let paid = sum(&numbers["lines"], "/cost/amount")
        + sum(&numbers["cost"]["without_touch"], "/paid/amount");
    assert_eq!(Some(paid), numbers["cost"]["paid"]["amount"].as_f64());
    let worth = sum(&numbers["lines"], "/credit/0/value");
    assert_eq!(worth, 70.0);
    let funnel = |breakdown: Option<&str>| {
        let mut report = json!({"kind": "funnel", "range": range, "entry": "first", "window": {"whole": "30d"},
            "steps": [{"name": "reached", "matcher": touch(json!({"is": ["spring"]}))}, {"name": "goal", "matcher": goal}]});
        if let Some(field) = breakdown {
            report["breakdown"] = json!({"field": field});
        }
        report
    };
    let whole = owner
        .post("/api/w/shop/ask", funnel(None))
        .await
        .expect(200);
    let spring = numbers["lines"].as_array().expect("lines").iter();
    let spring = spring
        .clone()
        .find(|it| it["label"] == json!({"value": "spring"}))
        .expect("a line");
    assert_eq!(whole["n"], spring["touches"]["profiles"]);
    for field in ["properties.region", "channel"] {
        let parts = owner
            .post("/api/w/shop/ask", funnel(Some(field)))
            .await
            .expect(200);
        let lines = &parts["numbers"]["lines"];
        assert_eq!(Some(sum(lines, "/steps/0")), whole["n"].as_f64(), "{field}");
        let converted = whole["numbers"]["converted"]["part"].as_f64();
        assert_eq!(Some(sum(lines, "/steps/1")), converted, "{field}");
    }
}

#[tokio::test]
async fn what_is_no_money_is_refused_with_its_place_and_nothing_is_stored() {
    let (_server, mut owner) = shop(LINES).await;
    for wrong in ["NaN", "-1", "1e3", "99999999999999999999", "", "1.0000001"] {
        let rows = json!({"rows": [row("2026-03-01", "a", "1"), row("2026-03-01", "b", wrong)]});
        let refused = put(&mut owner, rows).await.expect(422);
        assert_eq!(
            refused["error"]["faults"][0]["place"], "rows[1].amount",
            "{wrong}"
        );
    }
    let number = json!({"rows": [{"day": "2026-03-01", "amount": 1.5, "currency": "EUR"}]});
    put(&mut owner, number).await.expect(422);
    let rows = json!({"rows": [{"day": "2026-03-01", "amount": "1", "currency": "XXX"}]});
    put(&mut owner, rows).await.expect(422);
    let rows = json!({"rows": [{"day": "2026-03-01", "amount": "1"}]});
    put(&mut owner, rows).await.expect(422);
    assert_eq!(amount(&mut owner).await, "0");
    put(&mut owner, json!({"rows": [row("2026-03-01", "a", "1")]}))
        .await
        .expect(200);
    let dollars = json!({"rows": [{"day": "2026-03-01", "amount": "1", "currency": "USD"}]});
    let refused = put(&mut owner, dollars).await.expect(422);
    assert_eq!(refused["error"]["faults"][0]["place"], "currency");
}

#[tokio::test]
async fn a_file_is_looked_at_before_it_is_stored() {
    let (_server, mut owner) = shop(LINES).await;
    let file = |more: Value| {
        let mut body = json!({"name": "ads.csv",
            "text": "Day,Campaign,Cost,Currency\n2026-03-01,spring,\"1,000.50\",EUR\n2026-03-02,spring,oops,EUR\n"});
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        body
    };
    let path = format!("{COSTS}/files");
    let look = owner
        .post(&path, file(json!({"dry_run": true})))
        .await
        .expect(200);
    assert_eq!(
        (&look["rows"], &look["faults_count"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(look["faults"][0]["row"], 3);
    assert_eq!(
        (&look["amount"], &look["import"]),
        (&json!("1000.5"), &json!(null))
    );
    assert_eq!(amount(&mut owner).await, "0");
    owner.post(&path, file(json!({}))).await.expect(422);
    let stored = owner
        .post(&path, file(json!({"skip_faulty": true})))
        .await
        .expect(200);
    assert!(stored["import"].is_u64());
    assert_eq!(amount(&mut owner).await, "1000.5");
}

#[tokio::test]
async fn reports_of_credit_and_channels_tell_what_was_paid() {
    let (_server, mut owner) = shop(LINES).await;
    let today = owner
        .post(
            "/api/w/shop/ask",
            json!({"kind": "channels", "range": {"last": "2d"},
        "goal": {"events": ["order_placed"]}}),
        )
        .await
        .expect(200);
    let day = &today["asked"].as_str().unwrap()[..10];
    let rows = json!({"rows": [row(day, "spring", "12.5"),
        {"day": day, "channel": "sms", "amount": "3", "currency": "EUR"}]});
    put(&mut owner, rows).await.expect(200);
    let ask = json!({"kind": "attribution", "range": {"last": "2d"}, "conversion": {"events": ["order_placed"]},
        "value": "properties.total", "by": "properties.campaign", "models": ["last"]});
    let answer = owner.post("/api/w/shop/ask", ask).await.expect(200);
    let numbers = &answer["numbers"];
    assert_eq!(numbers["cost"]["paid"]["amount"], 15.5);
    let spring = numbers["lines"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["label"] == json!({"value": "spring"}))
        .unwrap();
    assert_eq!(spring["cost"]["amount"], 12.5);
    assert_eq!(numbers["cost"]["without_touch"][0]["paid"]["amount"], 3.0);
    // The same question again is not answered from before the costs came.
    let board = owner
        .post(
            "/api/w/shop/ask",
            json!({"kind": "channels", "range": {"last": "2d"},
        "goal": {"events": ["order_placed"]}}),
        )
        .await
        .expect(200);
    assert_eq!(board["numbers"]["cost"]["currency"], "EUR");
}
