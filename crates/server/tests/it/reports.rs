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
async fn reports_of_channels_are_answered_with_the_people_behind_them() {
    let (_server, mut owner) = shop(LINES).await;
    let (range, goal) = (json!({"all": true}), json!({"events": ["order_placed"]}));
    for (kind, part) in [("channels", "reached"), ("switches", "acted")] {
        let report = json!({"kind": kind, "range": range, "goal": goal});
        let answer = owner
            .post("/api/w/shop/ask", report.clone())
            .await
            .expect(200);
        let select = json!({"kind": kind, "part": part});
        let body = json!({"of": {"report": report}, "select": select});
        let page = owner.post("/api/w/shop/people", body).await.expect(200);
        assert_eq!(
            (&page["total"], &answer["n"]),
            (&json!(3), &json!(3)),
            "{kind}"
        );
    }
    let report = json!({"kind": "switches", "range": range, "goal": goal, "gap_max": "9d"});
    let refused = owner.post("/api/w/shop/ask", report).await.expect(422);
    assert_eq!(refused["error"]["faults"][0]["place"], "gap_max");
}

#[tokio::test]
async fn bottlenecks_are_answered_with_the_people_behind_them() {
    let (_server, mut owner) = shop(LINES).await;
    let report = json!({"kind": "bottlenecks", "range": {"all": true}, "within": "1m", "stages": [
        {"name": "View", "matcher": {"events": ["product_viewed"]}},
        {"name": "Order", "matcher": {"events": ["order_placed"]}}]});
    let asked = owner.post("/api/w/shop/ask", report.clone()).await;
    let answer = asked.expect(200);
    let passage = answer["numbers"]["stages"][0]["passage"].clone();
    for (part, count) in [
        ("entered", passage["entered"].clone()),
        ("passed", passage["passed"].clone()),
        ("immature", passage["immature"].clone()),
    ] {
        let select = json!({"kind": "bottlenecks", "stage": "View", "part": part});
        let body = json!({"of": {"report": report}, "select": select});
        let page = owner.post("/api/w/shop/people", body).await.expect(200);
        assert_eq!(page["total"], count, "{part}");
    }
    assert_ne!(passage["entered"], 0);
    let body =
        json!({"of": {"report": report}, "select": {"kind": "bottlenecks", "stage": "Order"}});
    let refused = owner.post("/api/w/shop/people", body).await.expect(422);
    assert_eq!(refused["error"]["faults"][0]["place"], "select.stage");
}

#[tokio::test]
async fn a_lift_is_answered_with_the_people_behind_it() {
    let (_server, mut owner) = shop(LINES).await;
    let report = json!({"kind": "lift", "range": {"all": true}, "within": "1m", "random": true,
        "assigned": {"events": ["product_viewed"]}, "goal": {"events": ["order_placed"]},
        "arms": {"field": {"field": "channel", "control": "web"}}});
    let asked = owner.post("/api/w/shop/ask", report.clone()).await;
    let answer = asked.expect(200);
    let arms = answer["numbers"]["arms"].as_array().expect("arms").iter();
    // The control is told even when nobody is in it.
    let arm = arms.max_by_key(|it| it["assigned"].as_u64()).expect("one");
    assert_ne!(arm["assigned"], 0);
    for (part, count) in [
        ("assigned", arm["assigned"].clone()),
        ("mature", arm["reached"]["whole"].clone()),
        ("reached", arm["reached"]["part"].clone()),
        ("immature", arm["immature"].clone()),
    ] {
        let select = json!({"kind": "lift", "arm": arm["arm"], "part": part});
        let body = json!({"of": {"report": report}, "select": select});
        let page = owner.post("/api/w/shop/people", body).await.expect(200);
        assert_eq!(page["total"], count, "{part}");
    }
    let body = json!({"of": {"report": report},
        "select": {"kind": "lift", "arm": {"value": "fax"}, "part": "assigned"}});
    let refused = owner.post("/api/w/shop/people", body).await.expect(422);
    assert_eq!(refused["error"]["faults"][0]["place"], "select.arm");
}

#[tokio::test]
async fn reports_of_why_are_answered_with_the_people_behind_them() {
    let (_server, mut owner) = shop(LINES).await;
    let mut slow = funnel();
    slow.as_object_mut().unwrap().remove("kind");
    let mut quick = slow.clone();
    quick["window"] = json!({"whole": "1ms"});
    let steps = &slow["steps"];
    // Nobody's time is over yet, and nobody can convert within a millisecond.
    for (report, select, at) in [
        (
            json!({"kind": "drivers", "range": slow["range"], "steps": steps}),
            json!({"kind": "drivers", "of": "immature"}),
            "/numbers/immature",
        ),
        (
            json!({"kind": "reasons", "range": slow["range"], "steps": steps, "reasons": [
                {"name": "Away", "sign": {"silence": "1h"}}]}),
            json!({"kind": "reasons", "of": "immature"}),
            "/numbers/immature",
        ),
        (
            json!({"kind": "choice", "range": slow["range"], "goal": {"events": ["order_placed"]}, "fields": ["source"]}),
            json!({"kind": "choice", "of": "all"}),
            "/n",
        ),
        (
            json!({"kind": "unexpected", "range": slow["range"]}),
            json!({"kind": "unexpected", "elements": []}),
            "/numbers/profiles",
        ),
        (
            json!({"kind": "last_touch", "range": slow["range"]}),
            json!({"kind": "last_touch", "part": "unknown"}),
            "/numbers/unknown/profiles",
        ),
        (
            json!({"kind": "difference", "from": quick, "to": slow}),
            json!({"kind": "difference", "at": 1, "part": "converted_gained"}),
            "/numbers/moves/0/moved/converted_gained",
        ),
    ] {
        let answer = owner
            .post("/api/w/shop/ask", report.clone())
            .await
            .expect(200);
        let body = json!({"of": {"report": report}, "select": select});
        let page = owner.post("/api/w/shop/people", body).await.expect(200);
        let count = answer.pointer(at).unwrap();
        assert_eq!(&page["total"], count, "{answer}");
        assert!(count.as_u64().unwrap() >= 2, "{answer}");
    }
    let mut wrong = slow.clone();
    wrong["unit"] = json!("attempt");
    let report = json!({"kind": "difference", "from": slow, "to": wrong});
    let refused = owner.post("/api/w/shop/ask", report).await.expect(422);
    assert_eq!(refused["error"]["faults"][0]["place"], "to.entry");
}

#[tokio::test]
async fn groups_of_customers_are_answered_with_the_people_behind_them() {
    let (_server, mut owner) = shop(LINES).await;
    let report =
        json!({"kind": "rfm", "range": {"all": true}, "purchase": {"events": ["order_placed"]}});
    let answer = owner
        .post("/api/w/shop/ask", report.clone())
        .await
        .expect(200);
    let groups = answer["numbers"]["groups"].as_array().unwrap();
    let mut sum = 0;
    for line in groups {
        let select = json!({"kind": "rfm", "group": line["group"]});
        let body = json!({"of": {"report": report}, "select": select});
        let page = owner.post("/api/w/shop/people", body).await.expect(200);
        assert_eq!(page["total"], line["profiles"], "{line}");
        sum += line["profiles"].as_u64().unwrap();
    }
    assert_eq!((groups.len(), Some(sum)), (10, answer["n"].as_u64()));
    assert!(sum >= 2);
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

#[tokio::test]
async fn a_saved_report_says_what_it_is_for_whose_it_is_and_where_it_is_shown() {
    let (server, mut owner) = shop("").await;
    let page = json!({"name": "funnel", "search": {"ask": {"steps": []}, "show": "trend"}});
    let body = json!({"title": " Buyers ", "description": "For the weekly", "report": funnel(), "page": page});
    owner
        .post("/api/w/shop/reports", body.clone())
        .await
        .expect(200);
    let listed = owner.get("/api/w/shop/reports").await.expect(200);
    let entry = &listed["reports"][0];
    assert_eq!(entry["title"], "Buyers");
    assert_eq!(entry["description"], "For the weekly");
    assert_eq!(entry["owner"]["name"], "Olive Owner");
    assert_eq!(
        (&entry["kind"], &entry["page"]),
        (&json!("funnel"), &json!("funnel"))
    );
    let read = owner.get("/api/w/shop/reports/buyers").await.expect(200);
    assert_eq!(read["page"], page, "as it was, with its order");

    // Who changes it does not take it over, but may hand it on to a member.
    let mut analyst = server
        .member(&mut owner, "ana@example.com", &[("shop", "analyst")])
        .await;
    let put = async |browser: &mut crate::client::Browser, version: u64, body: Value| {
        let mut browser = browser.clone();
        browser.headers.push(("if-match", version.to_string()));
        browser
            .send("PUT", "/api/w/shop/reports/buyers", Some(body))
            .await
    };
    put(&mut analyst, 1, body.clone()).await.expect(200);
    let read = analyst.get("/api/w/shop/reports/buyers").await.expect(200);
    assert_eq!(read["owner"]["name"], "Olive Owner");
    let me = analyst.get("/api/session").await.expect(200)["member"]["id"].clone();
    let mut handed = body.clone();
    handed["owner"] = me;
    put(&mut analyst, 2, handed.clone()).await.expect(200);
    let read = owner.get("/api/w/shop/reports/buyers").await.expect(200);
    assert_eq!(read["owner"]["name"], "ana@example.com");
    let mut stranger = body.clone();
    stranger["owner"] = json!(999);
    assert_eq!(
        put(&mut owner, 3, stranger).await.refusal(),
        "422 body.unusable"
    );

    // What was deleted comes back under its id.
    owner
        .send("DELETE", "/api/w/shop/reports/buyers", None)
        .await
        .expect(204);
    put(&mut owner, 0, handed).await.expect(200);
    let read = owner.get("/api/w/shop/reports/buyers").await.expect(200);
    assert_eq!(
        (&read["version"], &read["owner"]["name"]),
        (&json!(1), &json!("ana@example.com"))
    );
}

#[tokio::test]
async fn a_report_of_the_time_before_descriptions_is_still_read() {
    let (server, mut owner) = shop("").await;
    let id = throughline_model::WorkspaceId::parse("shop").unwrap();
    let runtime = server.app.workspaces().get(&id).unwrap();
    let kind = throughline_store::state::DocumentKind::Report;
    let now = throughline_model::Timestamp(0);
    runtime
        .state()
        .put_document(kind, "old", None, "Old", &funnel().to_string(), now)
        .unwrap();
    let read = owner.get("/api/w/shop/reports/old").await.expect(200);
    assert_eq!(
        (&read["report"]["kind"], &read["owner"]),
        (&json!("funnel"), &Value::Null)
    );
}

#[tokio::test]
async fn what_a_page_keeps_with_a_report_is_bounded() {
    let (_server, mut owner) = shop("").await;
    for (place, value) in [
        ("description", json!("x".repeat(2_001))),
        ("page", json!({"name": "../x", "search": {}})),
        (
            "page",
            json!({"name": "funnel", "search": {"x": "x".repeat(70_000)}}),
        ),
        ("page", json!({"name": "funnel", "search": "x"})),
    ] {
        let mut body = json!({"title": "Buyers", "report": funnel()});
        body[place] = value;
        let refused = owner.post("/api/w/shop/reports", body).await;
        assert_eq!(refused.refusal(), "422 body.unusable", "{place}");
    }
}

#[tokio::test]
async fn a_report_is_compared_with_the_rest_and_both_sides_have_their_people() {
    let (_server, mut owner) = shop(LINES).await;
    let buyers = json!({"did": {"matcher": {"events": ["order_placed"]}}});
    let mut report = funnel();
    report["people"] = buyers.clone();
    let body = json!({"report": report, "against": "rest"});
    let found = owner.post("/api/w/shop/compare", body).await.expect(200);
    assert_eq!(
        found["sides"],
        json!({"people_a": 2, "people_b": 1, "people_both": 0, "both_ms": 0})
    );
    let converted = &found["figures"][0];
    assert_eq!(converted["of"], "funnel_converted");
    assert_eq!(
        (&converted["a"]["n"], &converted["b"]["n"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(converted["difference"], json!(1.0));
    assert_eq!(converted["is_small"], json!(true));
    for (side, total) in [("a", 2), ("b", 0)] {
        let body =
            json!({"of": {"report": found[side]["report"]}, "select": converted[side]["select"]});
        let page = owner.post("/api/w/shop/people", body).await.expect(200);
        assert_eq!(page["total"], total, "{side}");
    }
    // Nobody is left of everybody.
    let body = json!({"report": funnel(), "against": "rest"});
    let refused = owner.post("/api/w/shop/compare", body).await.expect(422);
    assert_eq!(refused["error"]["faults"][0]["place"], "against");
}

#[tokio::test]
async fn a_saved_report_keeps_what_it_is_compared_with_and_a_file_has_it() {
    let (_server, mut owner) = shop(LINES).await;
    let body = json!({"title": "Week", "report": funnel(), "against": "before"});
    let made = owner.post("/api/w/shop/reports", body).await.expect(200);
    let path = format!("/api/w/shop/reports/{}", made["id"].as_str().unwrap());
    let stored = owner.get(&path).await.expect(200);
    assert_eq!(stored["against"], "before");
    let query = json!({"report": stored["report"], "against": stored["against"]});
    let body = json!({"of": {"comparison": query}, "format": "csv"});
    let file = owner.post("/api/w/shop/export", body).await.text();
    for part in [
        "# table,comparison",
        "# against,",
        "# against_n,0",
        "figure,of,unit,a,a_n",
        "funnel_converted,",
    ] {
        assert!(file.contains(part), "{part} in {file}");
    }
    let mut body = json!({"title": "All", "report": counts(), "against": "before"});
    let refused = owner
        .post("/api/w/shop/reports", body.clone())
        .await
        .expect(422);
    assert_eq!(refused["error"]["faults"][0]["place"], "against");
    body["against"] = json!({"people": {"all": []}});
    owner.post("/api/w/shop/reports", body).await.expect(200);
}
