use serde_json::{Value, json};

use crate::{
    client::Browser,
    events::{runtime, send, shop},
    memberships::{make, settled},
    privacy::put,
};

const MONEY: &str = "/api/w/shop/money";

const LINES: &str = r#"
    +ana 30 order_placed {"total":100,"currency":"usd","region":"north"}
    +ben 20 order_placed {"total":50,"region":"south"}
    +cem 15 order_placed {"total":20,"currency":"EUR","region":"north"}
    +dan 10 order_placed {"total":1000,"currency":"JPY","region":"east"}
    +eve 5 order_placed {"total":7,"currency":"<b>\u202eDSU</b>","region":"south"}
"#;

fn rules(rates: &str) -> Value {
    json!({"currency": "EUR", "properties": ["properties.total"], "rates": rates})
}

fn trends(more: Value) -> Value {
    let mut report = json!({"kind": "trends", "range": {"all": true}, "period": "month",
        "series": [{"name": "revenue", "matcher": {"events": ["order_placed"]}, "measure": {"sum": "properties.total"}}]});
    for (name, value) in more.as_object().expect("an object") {
        report[name] = value.clone();
    }
    report
}

async fn ask(owner: &mut Browser, report: Value) -> Value {
    owner.post("/api/w/shop/ask", report).await.expect(200)
}

/// The sum over all lines, and that of each line by its label.
fn sums(answer: &Value) -> (f64, Vec<(String, f64)>) {
    let lines = answer["numbers"]["lines"].as_array().expect("lines").iter();
    let mut each: Vec<(String, f64)> = lines
        .map(|it| {
            let label = it["label"]["value"].as_str().unwrap_or_default();
            (
                label.to_owned(),
                it["total"]["value"].as_f64().unwrap_or(0.0),
            )
        })
        .collect();
    each.sort_by(|one, other| one.0.cmp(&other.0));
    (each.iter().map(|it| it.1).sum(), each)
}

async fn people(owner: &mut Browser, test: Value) -> Value {
    let matcher = json!({"events": ["order_placed"], "rule": {"where": {"field": "properties.total", "test": test}}});
    let report = json!({"kind": "counts", "range": {"all": true}, "every": "range",
        "people": {"did": {"matcher": matcher}}});
    ask(owner, report).await["n"].clone()
}

#[tokio::test]
async fn regions_add_up_to_the_total_after_conversion_and_answers_follow_the_rates() {
    let (_server, mut owner) = shop(LINES).await;
    let first = owner.get(MONEY).await.expect(200);
    assert_eq!(
        (&first["version"], &first["rules"]["currency"]),
        (&json!(0), &json!(""))
    );
    assert_eq!(first["rules"]["zone"], "UTC", "that of the workspace");
    let total = async |owner: &mut Browser| sums(&ask(owner, trends(json!({}))).await).0;
    assert_eq!(total(&mut owner).await, 1_177.0, "as they were sent");
    assert_eq!(people(&mut owner, json!({"at_least": 60})).await, 2);
    let written = put(
        &owner,
        MONEY,
        0,
        rules("currency,from,rate\nUSD,2000-01-01,0.5\n"),
    )
    .await;
    assert_eq!(written.expect(200)["version"], 1);
    let whole = ask(&mut owner, trends(json!({}))).await;
    assert_eq!((sums(&whole).0, &whole["unrated"]), (120.0, &json!(2)));
    for field in ["properties.region", "properties.currency", "channel"] {
        let parts = sums(&ask(&mut owner, trends(json!({"breakdown": field}))).await);
        assert_eq!(parts.0, 120.0, "{field}: {parts:?}");
    }
    let by_region = sums(
        &ask(
            &mut owner,
            trends(json!({"breakdown": "properties.region"})),
        )
        .await,
    );
    let north = by_region.1.iter().find(|it| it.0 == "north");
    assert_eq!(north.expect("a line").1, 70.0);
    let north = json!({"where": {"field": "properties.region", "test": {"is": ["north"]}}});
    assert_eq!(
        sums(&ask(&mut owner, trends(json!({"filter": north}))).await).0,
        70.0
    );
    assert_eq!(
        people(&mut owner, json!({"at_least": 60})).await,
        0,
        "100 dollars are 50"
    );
    assert_eq!(people(&mut owner, json!({"at_least": 50})).await, 2);
    let more = "USD,2000-01-01,0.25\njpy,2000-01-01,0.006";
    put(&owner, MONEY, 1, rules(more)).await.expect(200);
    let whole = ask(&mut owner, trends(json!({}))).await;
    assert_eq!(
        (sums(&whole).0, &whole["unrated"]),
        (101.0, &json!(1)),
        "replaced, not added"
    );
    let stored = owner.get(MONEY).await.expect(200);
    assert_eq!(
        (&stored["rates_count"], &stored["rules"]["rates"]),
        (&json!(2), &json!(more))
    );
    put(&owner, MONEY, 2, json!({})).await.expect(200);
    assert_eq!(total(&mut owner).await, 1_177.0, "as they were sent again");
    let audit = owner.get("/api/audit").await.expect(200);
    let told = audit["entries"].as_array().expect("a page").iter();
    let told: Vec<&Value> = told.filter(|it| it["action"] == "money.changed").collect();
    assert_eq!(told.len(), 3);
}

#[tokio::test]
async fn what_has_no_rate_is_told_and_what_was_sent_stays_readable() {
    let (server, mut owner) = shop(LINES).await;
    put(&owner, MONEY, 0, rules("USD,2000-01-01,0.5"))
        .await
        .expect(200);
    let quality = owner.get("/api/w/shop/quality").await.expect(200);
    assert_eq!(
        quality["unrated"],
        json!({"events": 2, "events_unlisted": 0, "currencies": [
            {"currency": "<b>\\u{202e}DSU</b>", "events": 1}, {"currency": "JPY", "events": 1}]})
    );
    let mut shown = Vec::new();
    for who in ["ana", "ben", "dan"] {
        let found = owner
            .get(&format!("/api/w/shop/profiles?q={who}"))
            .await
            .expect(200);
        let id = found["profiles"][0]["id"].clone();
        let path = format!("/api/w/shop/profiles/{id}/events");
        shown.push(owner.get(&path).await.expect(200)["events"][0]["properties"].clone());
    }
    assert_eq!(
        shown,
        [
            json!({"total": 50, "currency": "usd", "region": "north", "$sent": {"total": 100, "currency": "usd"}}),
            json!({"total": 50, "region": "south"}),
            json!({"currency": "JPY", "region": "east", "$sent": {"total": 1000, "currency": "JPY"}}),
        ]
    );
    // What comes in is read so at once.
    send(
        &server,
        r#"+fay 1 order_placed {"total":9,"currency":"USD"}"#,
    )
    .await;
    assert_eq!(sums(&ask(&mut owner, trends(json!({}))).await).0, 124.5);
}

#[tokio::test]
async fn every_fault_of_the_rates_is_told_and_nothing_holds() {
    let (_server, mut owner) = shop(LINES).await;
    let mut faulty = rules(
        "currency,from,rate\nUSD,2026-02-30,1\nUSD,2026-01-01,1e3\n€,2026-01-01,1\nEUR,2026-01-01,1",
    );
    faulty["properties"] = json!(["properties.total", "stage"]);
    let refused = put(&owner, MONEY, 0, faulty).await.expect(422);
    let places = refused["error"]["faults"]
        .as_array()
        .expect("faults")
        .iter();
    let places: Vec<&str> = places.filter_map(|it| it["place"].as_str()).collect();
    assert_eq!(
        places,
        [
            "properties[1]",
            "rates line 2",
            "rates line 3",
            "rates line 4",
            "rates line 5"
        ]
    );
    assert_eq!(owner.get(MONEY).await.expect(200)["version"], 0);
    put(&owner, MONEY, 0, rules("")).await.expect(200);
    let stale = put(&owner, MONEY, 0, rules("")).await;
    assert_eq!(stale.refusal(), "409 version.conflict");
}

#[tokio::test]
async fn costs_are_turned_over_at_the_rate_of_their_day() {
    let (_server, mut owner) = shop(LINES).await;
    put(&owner, MONEY, 0, rules("USD,2026-03-02,0.5"))
        .await
        .expect(200);
    let row = |day: &str, amount: &str, currency: &str| json!({"day": day, "campaign": "spring", "amount": amount, "currency": currency});
    let rows = json!({"rows": [row("2026-03-01", "8", "USD"), row("2026-03-02", "8", "USD"),
        row("2026-03-02", "1.5", "EUR"), row("2026-03-03", "9", "GBP")]});
    let stored = owner
        .send("PUT", "/api/w/shop/costs", Some(rows))
        .await
        .expect(200);
    assert_eq!(
        (
            &stored["amount"],
            &stored["currency"],
            &stored["records_unrated"]
        ),
        (&json!("5.5"), &json!("EUR"), &json!(2))
    );
    let listed = owner.get("/api/w/shop/costs").await.expect(200);
    assert_eq!(listed["amount"], "5.5");
    assert_eq!(
        listed["unrated"],
        json!([{"currency": "GBP", "records": 1}, {"currency": "USD", "records": 1}])
    );
    let alone = json!({"rows": [row("2026-03-03", "9", "GBP")]});
    let stored = owner
        .send("PUT", "/api/w/shop/costs", Some(alone))
        .await
        .expect(200);
    assert_eq!(
        (
            &stored["amount"],
            &stored["currency"],
            &stored["records_unrated"]
        ),
        (&json!("9"), &json!("GBP"), &json!(1))
    );
    let rates = "USD,2026-01-01,0.5\nGBP,2026-01-01,1.1";
    put(&owner, MONEY, 1, rules(rates)).await.expect(200);
    let listed = owner.get("/api/w/shop/costs").await.expect(200);
    assert_eq!(
        (&listed["amount"], &listed["unrated"]),
        (&json!("19.4"), &json!([]))
    );
}

#[tokio::test]
async fn segments_follow_the_rates_and_the_rates_outlive_a_restart() {
    let (server, mut owner) = shop(LINES).await;
    let rule = json!({"where": {"field": "properties.total", "test": {"at_least": 60}}});
    let did = json!({"did": {"matcher": {"events": ["order_placed"], "rule": rule}}});
    make(&mut owner, "Large", json!({ "rule": did })).await;
    let now = || server.app.now();
    assert_eq!(settled(&runtime(&server), now, "large").await, 2);
    put(&owner, MONEY, 0, rules("USD,2000-01-01,0.5"))
        .await
        .expect(200);
    assert_eq!(settled(&runtime(&server), now, "large").await, 0);
    let (app, open) = (server.app.clone(), runtime(&server));
    let opened = tokio::task::spawn_blocking(move || {
        let again = app.workspaces().reopen(&open, |_| Ok::<_, ()>(()));
        again.expect("opened").expect("nothing was done between");
    });
    opened.await.expect("no panic");
    assert_eq!(owner.get(MONEY).await.expect(200)["version"], 1);
    assert_eq!(sums(&ask(&mut owner, trends(json!({}))).await).0, 120.0);
    assert_eq!(settled(&runtime(&server), now, "large").await, 0);
}
