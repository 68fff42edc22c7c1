//! Lines of reports by what is known of people and of their accounts.

use serde_json::{Value, json};
use throughline_model::Span;

use crate::{
    client::{Browser, Server},
    events::{send, send_batch, shop},
};

const HOSTILE: &str = "a'\"; <b>";

/// Ann on two devices, of which one has told her plan; Bob and Eve with theirs, and Cid of whom nothing is known.
///
/// Bob is in an account with a tier and then in one of which none was told.
async fn people() -> (Server, Browser) {
    let (server, owner) = shop("phone 90 product_viewed").await;
    send(
        &server,
        "phone 80 identify {\"email\":\"ann@example.org\",\"plan\":\"pro\"}
        +ann 70 identify {\"email\":\"ann@example.org\"}
        +ann 65 product_viewed
        +bob 60 product_viewed
        +cid 50 product_viewed",
    )
    .await;
    let at = |minutes| server.app.now().minus(Span::minutes(minutes));
    let batch = json!([
        {"type": "identify", "userId": "bob", "messageId": "i1", "timestamp": at(45), "traits": {"plan": HOSTILE}},
        {"type": "group", "userId": "bob", "groupId": "acme", "messageId": "g1", "timestamp": at(40), "traits": {"tier": "gold"}},
        {"type": "track", "event": "product_viewed", "userId": "bob", "messageId": "t1", "timestamp": at(30), "context": {"groupId": "zeta"}},
        {"type": "identify", "userId": "eve", "messageId": "i2", "timestamp": at(25), "traits": {"plan": 2}},
        {"type": "track", "event": "product_viewed", "userId": "eve", "messageId": "t2", "timestamp": at(20)}]);
    send_batch(&server, &json!({ "batch": batch })).await;
    (server, owner)
}

fn counts(by: &str) -> Value {
    json!({"kind": "counts", "range": {"all": true}, "every": "range", "breakdown": by,
        "series": [{"name": "views", "matcher": {"events": ["product_viewed"]}}]})
}

/// Label, events and profiles of each line.
async fn lines(owner: &mut Browser, query: &str, report: Value) -> Vec<(Value, u64, u64)> {
    let answer = owner.post(&format!("/api/w/shop/ask{query}"), report).await;
    let answer = answer.expect(200);
    let series = answer["numbers"]["series"].as_array().unwrap();
    let count = |it: &Value, of: &str| it["total"][of].as_u64().unwrap();
    (series.iter())
        .map(|it| {
            let label = it["label"].get("value").unwrap_or(&it["label"]);
            (label.clone(), count(it, "events"), count(it, "profiles"))
        })
        .collect()
}

#[tokio::test]
async fn lines_are_by_what_is_known_now_of_who_is_one_person_at_the_moment_that_is_asked_for() {
    let (_server, mut owner) = people().await;
    let now = lines(&mut owner, "", counts("traits.plan")).await;
    let line = |label: Value, events, profiles| (label, events, profiles);
    for expected in [
        line(json!("pro"), 2, 1),
        line(json!(HOSTILE), 2, 1),
        line(json!(2.0), 1, 1),
        line(json!("not_set"), 1, 1),
    ] {
        assert!(now.contains(&expected), "{expected:?} in {now:?}");
    }
    assert_eq!(now.len(), 4);
    let then = lines(&mut owner, "?as_of=0", counts("traits.plan")).await;
    assert!(then.contains(&line(json!("pro"), 1, 1)), "{then:?}");
    assert!(then.contains(&line(json!("not_set"), 2, 2)), "{then:?}");
    // Of Bob's two accounts the later has no tier, so that of the other counts, as a filter finds him by it.
    let tiers = lines(&mut owner, "", counts("accounts.account.tier")).await;
    let expected = [line(json!("gold"), 2, 1), line(json!("not_set"), 4, 3)];
    assert_eq!(tiers, expected);
}

#[tokio::test]
async fn every_report_with_lines_takes_traits_and_a_line_opens_its_people() {
    let (_server, mut owner) = people().await;
    let step = |name: &str| json!({"name": name, "matcher": {"events": ["product_viewed"]}});
    let range = json!({"all": true});
    for by in ["traits.plan", "accounts.account.tier", "traits.unheard"] {
        for report in [
            counts(by),
            json!({"kind": "trends", "range": range, "series": [step("a")], "breakdown": by}),
            json!({"kind": "funnel", "range": range, "steps": [step("a"), step("b")], "breakdown": {"field": by}}),
            json!({"kind": "retention", "range": range, "start": {}, "breakdown": by}),
            json!({"kind": "heatmap", "range": range, "rows": {"field": by}, "columns": {"field": "channel"}}),
            json!({"kind": "bottlenecks", "range": range, "by": [by], "stages": [step("a"), step("b")]}),
            json!({"kind": "last_touch", "range": range, "by": by}),
            json!({"kind": "promises", "range": range, "object": "order", "breakdown": by}),
            json!({"kind": "difference",
                "from": {"range": range, "steps": [step("a"), step("b")]},
                "to": {"range": range, "steps": [step("a"), step("b")], "breakdown": {"field": by}}}),
        ] {
            let answer = owner.post("/api/w/shop/ask", report.clone()).await;
            assert_eq!(answer.expect(200)["report"]["kind"], report["kind"]);
        }
    }
    for (label, profiles) in [(json!({"value": "pro"}), 1), (json!("not_set"), 1)] {
        let select = json!({"kind": "counts", "label": label});
        let body = json!({"of": {"report": counts("traits.plan")}, "select": select});
        let page = owner.post("/api/w/shop/people", body).await.expect(200);
        assert_eq!(page["total"], profiles);
    }
    let body = json!({"of": {"report": counts("traits.plan")}, "format": "csv"});
    let file = owner.post("/api/w/shop/export", body).await;
    assert!(file.text().contains("value,pro,"), "{}", file.text());
    assert!(file.text().contains("not_set,"), "{}", file.text());
    let query = json!({"report": counts("traits.plan"), "against": {"people": {"all": []}}});
    let compared = owner.post("/api/w/shop/compare", query).await.expect(200);
    let figures = compared["figures"].as_array().unwrap();
    assert!(
        figures
            .iter()
            .any(|it| it["names"].to_string().contains("pro"))
    );
}

#[tokio::test]
async fn what_has_no_lines_or_no_statement_is_told() {
    let (_server, mut owner) = people().await;
    let mut of_accounts = counts("traits.plan");
    of_accounts["accounts"] = json!("account");
    let refused = owner.post("/api/w/shop/ask", of_accounts.clone()).await;
    let refused = refused.expect(422);
    assert_eq!(refused["error"]["faults"][0]["place"], "breakdown");
    of_accounts["breakdown"] = json!("accounts.account.tier");
    let tiers = lines(&mut owner, "", of_accounts).await;
    assert_eq!(tiers, [(json!("not_set"), 1, 1)], "a view at Zeta");
    for by in ["accounts.company", "traits.", "accounts..plan", "plan"] {
        let refused = owner.post("/api/w/shop/ask", counts(by)).await;
        let text = refused.text().to_owned();
        assert!(
            refused.status >= 400 && text.contains(&format!("`{by}`")),
            "{text}"
        );
    }
    let mut statement = async |report: Value| {
        let body = json!({"report": report});
        let told = owner.post("/api/w/shop/sql/statement", body).await;
        told.expect(200)
    };
    let told = statement(counts("traits.it's")).await;
    let sql = told["sql"].as_str().unwrap();
    assert!(sql.contains("json_text(traits, 'it''s')"), "{sql}");
    assert!(sql.contains("profiles known"), "{sql}");
    let told = statement(counts("accounts.account.tier")).await;
    assert_eq!(told, json!({"sql": null, "why": "accounts"}));
}
