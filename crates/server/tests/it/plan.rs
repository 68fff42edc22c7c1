use serde_json::{Value, json};
use throughline_server::rebuild::{StateHash, rebuild};

use crate::{
    client::{Answer, Browser},
    events::{runtime, send, shop, wait_until_shown},
    quarantine::{held, let_in},
};

/// Writes a plan over a version.
pub async fn decide(owner: &mut Browser, version: u64, plan: Value) -> Answer {
    let mut writer = owner.clone();
    writer.headers.push(("if-match", version.to_string()));
    writer.send("PUT", "/api/w/shop/plan", Some(plan)).await
}

fn shop_plan(mode: &str) -> Value {
    json!({
        "mode": mode,
        "other_events": "refused",
        "events": [
            {"event": "viewed"},
            {"event": "ordered", "properties": [
                {"property": "properties.total", "type": "number", "required": true},
                {"property": "properties.pay", "type": "text", "values": ["card", "cash"]},
            ]},
        ],
    })
}

async fn stored(owner: &mut Browser) -> Value {
    let report = json!({"kind": "counts", "range": {"all": true}, "every": "range"});
    let answer = owner.post("/api/w/shop/ask", report).await.expect(200);
    answer["numbers"]["total"]["events"].clone()
}

#[tokio::test]
async fn a_plan_is_watched_then_locked_and_what_breaks_it_is_mended_and_let_in() {
    let (server, mut owner) = shop("+ann 90 ordered {\"total\":5}").await;
    let bad = json!({"other_events": "refused", "events": []});
    assert_eq!(
        decide(&mut owner, 0, bad).await.refusal(),
        "422 body.unusable"
    );
    let version = decide(&mut owner, 0, shop_plan("watch")).await.expect(200)["version"].clone();
    assert_eq!(version, 1);
    assert_eq!(
        decide(&mut owner, 0, shop_plan("lock")).await.refusal(),
        "409 version.conflict"
    );

    // What is watched is stored and counted.
    send(
        &server,
        "+ann 80 ordered {\"total\":\"5\",\"pay\":\"gold\"}\n+ben 70 clicked\n+ben 65 viewed",
    )
    .await;
    assert_eq!(stored(&mut owner).await, 4);
    let told = owner.get("/api/w/shop/plan").await.expect(200);
    let counts: Vec<String> = (told["violations"].as_array().unwrap().iter())
        .map(|it| {
            format!(
                "{} {} {} {}",
                it["breach"], it["event"], it["property"], it["count"]
            )
        })
        .collect();
    assert_eq!(
        counts,
        [
            r#""event_unplanned" "clicked" "" 1"#,
            r#""value_unplanned" "ordered" "properties.pay" 1"#,
            r#""type_differs" "ordered" "properties.total" 1"#,
        ]
    );

    // What is locked is held back, and nothing else.
    decide(&mut owner, 1, shop_plan("lock")).await.expect(200);
    send(&server, "+ann 60 ordered {\"pay\":\"card\"}\n+ben 50 clicked\n+ben 40 viewed\n+ben 30 ordered {\"total\":3}").await;
    assert_eq!(stored(&mut owner).await, 6);
    let entries = held(&mut owner, "plan_broken").await;
    let messages: Vec<&str> = entries
        .iter()
        .map(|it| it["message"].as_str().unwrap())
        .collect();
    assert_eq!(
        messages,
        [
            "`clicked` is not in the tracking plan; add it there, or send a planned event",
            "`properties.total` is missing, which the tracking plan requires",
        ]
    );
    let told = owner.get("/api/w/shop/plan").await.expect(200);
    assert_eq!(
        told["violations"].as_array().unwrap().len(),
        2,
        "counted anew: {told}"
    );
    assert_eq!(told["history"].as_array().unwrap().len(), 2);

    // As it is it stays; mended it counts, at its own time and under its own id.
    let ordered = &entries[1];
    let again = let_in(&mut owner, json!([{"id": ordered["id"]}])).await;
    assert_eq!(
        (&again["released"], &again["refused"][0]["reason"]),
        (&json!(0), &json!("plan_broken"))
    );
    let mut mended: Value = serde_json::from_str(ordered["raw"].as_str().unwrap()).unwrap();
    mended["properties"]["total"] = json!(8);
    let order = json!([{"id": ordered["id"], "raw": mended.to_string()}]);
    assert_eq!(let_in(&mut owner, order.clone()).await["released"], 1);
    assert_eq!(
        let_in(&mut owner, order).await["refused"][0]["reason"],
        "not_held"
    );
    wait_until_shown(&runtime(&server));
    assert_eq!(stored(&mut owner).await, 7);

    // An event is planned after all, and what was held back for it is let in as it is.
    let mut wider = shop_plan("lock");
    wider["events"]
        .as_array_mut()
        .unwrap()
        .push(json!({"event": "clicked"}));
    decide(&mut owner, 2, wider).await.expect(200);
    let all = json!({"reason": "plan_broken"});
    let done = owner
        .post("/api/w/shop/quarantine/release", all)
        .await
        .expect(200);
    assert_eq!(
        (&done["released"], &done["next"]),
        (&json!(1), &Value::Null)
    );
    wait_until_shown(&runtime(&server));
    assert_eq!(stored(&mut owner).await, 8);
    assert_eq!(held(&mut owner, "plan_broken").await.len(), 0);

    // The log alone says all of it.
    let (live, folder) = (runtime(&server), tempfile::tempdir().unwrap());
    let clock = throughline_server::clock::Clock::System;
    tokio::task::spawn_blocking(move || {
        let fresh = rebuild(live.pipeline(), &folder.path().join("fresh"), &clock, false).unwrap();
        let now = StateHash::of(live.pipeline(), clock.now()).unwrap();
        assert_eq!(fresh, now);
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_plan_speaks_of_what_is_shown() {
    let (server, mut owner) = shop("+ann 90 viewed").await;
    let rules = json!({"rules": [
        {"kind": "rename", "from": ["OrderCompleted"], "to": "ordered"},
        {"kind": "property", "from": "properties.sum", "to": "properties.total"},
        {"kind": "type", "property": "properties.total", "to": "number"},
    ]});
    let mut writer = owner.clone();
    writer.headers.push(("if-match", "0".to_owned()));
    let path = "/api/w/shop/catalogue/rules";
    writer.send("PUT", path, Some(rules)).await.expect(200);
    decide(&mut owner, 0, shop_plan("lock")).await.expect(200);
    send(
        &server,
        "+ann 80 OrderCompleted {\"sum\":\"7.5\"}\n+ann 70 OrderCompleted {\"sum\":\"much\"}",
    )
    .await;
    assert_eq!(stored(&mut owner).await, 2);
    let entries = held(&mut owner, "plan_broken").await;
    assert_eq!(
        entries[0]["message"],
        "`properties.total` is not a number, as the tracking plan has it"
    );
}

#[tokio::test]
async fn a_plan_is_proposed_from_what_came_in_and_tried_on_it() {
    let lines: Vec<String> = (0..60)
        .map(|n| {
            format!(
                "+p{n} {} ordered {{\"total\":{n},\"pay\":\"card\"}}",
                100 + n
            )
        })
        .collect();
    let (_server, mut owner) = shop(&lines.join("\n")).await;
    let plan = owner.get("/api/w/shop/plan/proposal").await.expect(200);
    assert_eq!(
        plan["events"][0]["properties"],
        json!([
            {"property": "properties.pay", "type": "text", "required": true, "values": ["card"]},
            {"property": "properties.total", "type": "number", "required": true},
        ])
    );
    let tried = |plan: Value| json!({"plan": plan, "days": 30});
    let path = "/api/w/shop/plan/preview";
    let fine = owner.post(path, tried(plan)).await.expect(200);
    assert_eq!(
        (&fine["looked_at"], &fine["breaking"]),
        (&json!(60), &json!(0))
    );
    let mut other = shop_plan("lock");
    other["events"][1]["properties"][1]["values"] = json!(["cash"]);
    let broken = owner.post(path, tried(other)).await.expect(200);
    assert_eq!(broken["breaking"], 60, "{broken}");
    assert_eq!(broken["violations"][0]["breach"], "value_unplanned");
}
