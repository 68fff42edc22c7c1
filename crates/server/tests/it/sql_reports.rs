//! The statement that is shown with a report gives the report's number.

use serde_json::{Value, json};
use throughline_model::Span;

use crate::{
    client::Browser,
    events::shop_with,
    imports::{imported, real, upload},
    sql::{LINES, ask, companion, shop},
};

#[tokio::test]
async fn a_statement_of_a_report_gives_its_numbers() {
    let Some((_server, mut owner)) = shop(LINES).await else {
        return;
    };
    let report = json!({"kind": "funnel", "range": {"all": true}, "steps": [
        {"name": "View", "matcher": {"events": ["product_viewed"]}},
        {"name": "Order", "matcher": {"events": ["order_placed"]}}]});
    let sql = statement(&mut owner, &report).await;
    let answer = ask(&mut owner, sql.as_str().unwrap()).await;
    assert_eq!(answer["rows"], json!([[1, "View", 3], [2, "Order", 2]]));
    let unsayable = json!({"kind": "counts", "range": {"last": "30d"}, "every": "minute"});
    let body = json!({"report": unsayable});
    let told = owner.post("/api/w/shop/sql/statement", body).await;
    assert_eq!(told.expect(200), json!({"sql": null, "why": "periods"}));
}

pub async fn statement(browser: &mut Browser, report: &Value) -> Value {
    let body = json!({"report": report});
    let told = browser
        .post("/api/w/shop/sql/statement", body)
        .await
        .expect(200);
    told["sql"].clone()
}

/// The value of a line, null where the field is missing.
fn of_label(line: &Value) -> Value {
    line["label"]["value"].clone()
}

/// What is no whole number to six digits, as sums may differ in the last.
pub fn rounded(value: Value) -> Value {
    match value.as_f64() {
        Some(number) if value.is_f64() => json!((number * 1e6).round() / 1e6),
        _ => value,
    }
}

/// The rows that the statement of a report should give, by what the report itself says.
fn told(numbers: &Value) -> Vec<Vec<Value>> {
    let list = |name: &str| numbers[name].as_array().unwrap().clone();
    let passes = |it: &Value| {
        vec![
            it["passes"]["times"].clone(),
            it["passes"]["profiles"].clone(),
            it["median_ms"].clone(),
            it["p90_ms"].clone(),
        ]
    };
    match numbers["kind"].as_str().unwrap() {
        "funnel" if numbers["lines"] != json!([]) => (list("lines").iter())
            .flat_map(|line| {
                let names = list("steps").into_iter().zip(1..);
                let steps = names.zip(line["steps"].as_array().unwrap().clone());
                steps
                    .map(|((step, number), units)| {
                        vec![of_label(line), json!(number), step["name"].clone(), units]
                    })
                    .collect::<Vec<_>>()
            })
            .collect(),
        "attribution" => (list("lines").iter())
            .map(|line| {
                let passes = ["touches", "on_path", "assisted"].map(|it| &line[it]);
                let passes = passes.map(|it| [it["times"].clone(), it["profiles"].clone()]);
                let credits = list("models")
                    .into_iter()
                    .zip(line["credit"].as_array().unwrap());
                let credits = credits
                    .filter(|it| ["first", "last", "linear"].iter().any(|name| it.0 == *name))
                    .flat_map(|(_, credit)| [&credit["conversions"], &credit["value"]]);
                let credits = credits.map(|it| json!(it.as_f64().unwrap()));
                let value = [of_label(line)].into_iter();
                value.chain(passes.concat()).chain(credits).collect()
            })
            .collect(),
        "channels" => (list("lines").iter())
            .map(|line| {
                let met = &line["meetings"];
                let both = ["events", "contacts", "acts"];
                let both = both.map(|it| [met[it]["times"].clone(), met[it]["profiles"].clone()]);
                let times =
                    ["answerable", "answered", "returned"].map(|it| met[it]["times"].clone());
                let counts = ["mature", "converted", "immature"].map(|it| met[it].clone());
                [
                    vec![line["channel"].clone()],
                    both.concat(),
                    times.to_vec(),
                    counts.to_vec(),
                ]
                .concat()
            })
            .collect(),
        "stage_time" => (list("stages").iter())
            .filter(|it| it["stays"]["times"] != 0)
            .map(|it| {
                let next = it["next"].as_array().unwrap().iter();
                let moved: u64 = next.map(|it| it["passes"]["times"].as_u64().unwrap()).sum();
                vec![
                    it["stage"]["id"].clone(),
                    it["stays"]["times"].clone(),
                    it["stays"]["profiles"].clone(),
                    json!(moved),
                    it["silent"]["times"].clone(),
                    it["still_in"]["times"].clone(),
                ]
            })
            .collect(),
        "funnel" => (list("steps").iter().zip(1..))
            .map(|(it, step)| vec![json!(step), it["name"].clone(), it["units"].clone()])
            .collect(),
        "transitions" => (list("transitions").iter())
            .map(|it| [vec![it["from"].clone(), it["to"].clone()], passes(it)].concat())
            .collect(),
        "paths" => (list("paths").iter())
            .map(|it| {
                let names: Vec<&str> = it["elements"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|it| it.as_str().unwrap())
                    .collect();
                [vec![json!(names.join(" > "))], passes(it)].concat()
            })
            .collect(),
        "retention" => {
            let columns = list("columns");
            let cohorts = list("cohorts");
            let begun = cohorts.iter().filter(|it| it["profiles"] != 0);
            begun
                .flat_map(|cohort| {
                    let cells = cohort["cells"].as_array().unwrap();
                    columns.iter().enumerate().map(|(index, column)| {
                        let back = cells.get(index).map_or(0, |it| {
                            it["part"].as_u64().unwrap() + it["open_back"].as_u64().unwrap()
                        });
                        vec![
                            cohort["profiles"].clone(),
                            column["from"].clone(),
                            json!(back),
                        ]
                    })
                })
                .collect()
        }
        kind => panic!("{kind}"),
    }
}

#[tokio::test]
async fn the_companion_and_reports_agree_on_public_logs() {
    for (file, reports) in [
        (
            "simple_onlineshop/simple-onlineshop.csv.gz",
            vec![
                json!({"kind": "funnel", "range": {"all": true}, "steps": [
                    {"name": "Catalog", "matcher": {"events": ["catalog"]}},
                    {"name": "Cart", "matcher": {"events": ["cart"]}},
                    {"name": "Paid", "matcher": {"events": ["payment_done"]}}]}),
                json!({"kind": "transitions", "range": {"all": true}, "pause_max": "30m"}),
                json!({"kind": "paths", "range": {"all": true}, "length_max": 6, "top": 1000}),
                json!({"kind": "retention", "range": {"all": true}, "period": "week", "periods_count": 8,
                    "start": {"events": ["catalog"]}, "returns": {"events": ["catalog", "cart"]}}),
                json!({"kind": "funnel", "range": {"all": true}, "breakdown": {"field": "event", "attribution": "last"}, "steps": [
                    {"name": "Catalog", "matcher": {"events": ["catalog"]}},
                    {"name": "Product", "matcher": {"events": ["product1", "product2"]}},
                    {"name": "Paid", "matcher": {"events": ["payment_done"]}}],
                    "exclusions": [{"matcher": {"events": ["main"]}, "after": 1, "before": 2, "effect": "stop_there"}]}),
                json!({"kind": "attribution", "range": {"all": true}, "by": "event", "conversion": {"events": ["payment_done"]}}),
                json!({"kind": "channels", "range": {"all": true}, "goal": {"events": ["payment_done"]},
                    "contacts": {"events": ["main"]}, "answer_within": "1h", "within": "7d"}),
                json!({"kind": "stage_time", "range": {"all": true}, "silence_max": "1d", "stages": [
                    {"name": "Look", "matcher": {"events": ["catalog", "product1", "product2"]}},
                    {"name": "Pay", "matcher": {"events": ["payment_choice", "payment_done"]}}]}),
            ],
        ),
        (
            "completejourney/events.csv.gz",
            vec![
                json!({"kind": "funnel", "range": {"all": true}, "window": {"whole": "30d"}, "steps": [
                    {"name": "Told", "matcher": {"events": ["campaign_received"]}},
                    {"name": "Bought", "matcher": {"events": ["purchase_item"]}},
                    {"name": "Redeemed", "matcher": {"events": ["coupon_redeemed"]}}]}),
                json!({"kind": "transitions", "range": {"all": true}, "by": "channel"}),
                json!({"kind": "paths", "range": {"all": true}, "length_max": 5, "top": 1000, "pause_max": "7d"}),
                json!({"kind": "retention", "range": {"all": true, "zone": "America/New_York"}, "period": "month",
                    "periods_count": 12, "cohorts": "each_period", "clock": "calendar",
                    "start": {"events": ["purchase_item"]}, "returns": {"events": ["purchase_item"]}}),
                json!({"kind": "funnel", "range": {"all": true}, "window": {"whole": "60d"}, "breakdown": {"field": "properties.detail"}, "steps": [
                    {"name": "Told", "matcher": {"events": ["campaign_received"]}},
                    {"name": "Redeemed", "matcher": {"events": ["coupon_redeemed"]}}],
                    "exclusions": [{"matcher": {"events": ["purchase_item"]}, "after": 0, "before": 1}]}),
                json!({"kind": "attribution", "range": {"all": true}, "by": "properties.detail", "conversion": {"events": ["coupon_redeemed"]},
                    "touch": {"events": ["campaign_received"]}, "value": "properties.value"}),
                json!({"kind": "channels", "range": {"all": true}, "goal": {"events": ["coupon_redeemed"]},
                    "contacts": {"events": ["campaign_received"]}}),
                json!({"kind": "stage_time", "range": {"all": true}, "silence_max": "30d", "stages": [
                    {"name": "Told", "matcher": {"events": ["campaign_received"]}},
                    {"name": "Bought", "matcher": {"events": ["purchase_item"]}}]}),
            ],
        ),
    ] {
        let Some(bytes) = real(file) else { return };
        let Some(companion) = companion() else { return };
        let (_server, mut owner) = shop_with("", move |config| {
            config.sql.companion = companion;
            // The companion is not optimized here, and other tests run beside.
            config.sql.wait_max = Span::seconds(500);
        })
        .await;
        let uploaded = upload(&mut owner, "real.csv.gz", bytes).await;
        imported(&mut owner, &uploaded).await;
        for report in reports {
            let answer = owner
                .post("/api/w/shop/ask", report.clone())
                .await
                .expect(200);
            let body = json!({"report": report, "asked": answer["asked"]});
            let sql = owner
                .post("/api/w/shop/sql/statement", body)
                .await
                .expect(200);
            let result = ask(&mut owner, sql["sql"].as_str().unwrap()).await;
            let of_row = |row: &Value| -> Vec<Value> {
                // The first cohort of a report may begin within a period, so its name is left out.
                let skipped = usize::from(report["kind"] == "retention");
                let cells = row.as_array().unwrap()[skipped..].iter().cloned();
                cells.map(rounded).collect()
            };
            let mut found: Vec<_> = result["rows"]
                .as_array()
                .unwrap()
                .iter()
                .map(of_row)
                .collect();
            let mut wanted: Vec<Vec<Value>> = (told(&answer["numbers"]).into_iter())
                .map(|row| {
                    // Credit without a value is told by the report as worth nothing, and not at all by SQL.
                    let has_value =
                        report["kind"] != "attribution" || report["value"] != Value::Null;
                    let cells = row.into_iter().enumerate();
                    let cells = cells.filter(|(at, _)| has_value || *at < 7 || at % 2 == 1);
                    cells.map(|(_, it)| rounded(it)).collect()
                })
                .collect();
            // Where counts are equal, either may come first.
            found.sort_by_key(|it| json!(it).to_string());
            wanted.sort_by_key(|it| json!(it).to_string());
            assert!(!wanted.is_empty(), "{report}");
            assert_eq!(found, wanted, "{file} {report}");
        }
    }
}
