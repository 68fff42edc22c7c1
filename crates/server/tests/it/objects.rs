use flate2::read::MultiGzDecoder;
use serde_json::{Value, json};
use throughline_model::Span;

use crate::{
    client::{Browser, Server},
    events::{runtime, send, shop, wait_until_shown},
    imports::{imported, real, upload},
};

/// Two orders: one late, one overdue, and the courier who brought the first.
async fn orders() -> (Server, Browser) {
    let (server, owner) = shop("").await;
    let by = |minutes| server.app.now().minus(Span::minutes(minutes));
    let placed = |id: Value, minutes| json!({"order_id": id, "promised_at": by(minutes)});
    let lines = format!(
        "ana 90 order_placed {}\nbot 20 order_delivered {}\nben 80 order_placed {}\nben 5 page_seen",
        placed(json!(7), 30),
        json!({"order_id": "7", "shipment_id": "S1"}),
        placed(json!("8"), 60),
    );
    send(&server, &lines).await;
    (server, owner)
}

#[tokio::test]
async fn an_order_is_found_by_its_list_its_page_and_its_people() {
    let (_server, mut owner) = orders().await;
    let question = json!({"kind": "order", "range": {"all": true}});
    let list = owner
        .post("/api/w/shop/objects", question)
        .await
        .expect(200);
    let objects = list["objects"].as_array().unwrap();
    let told: Vec<(&str, &str, &str)> = (objects.iter())
        .map(|it| {
            let text = |value: &'static str| it[value].as_str().unwrap();
            let standing = it["promise"]["standing"].as_str().unwrap();
            (text("id"), text("state"), standing)
        })
        .collect();
    assert_eq!(
        told,
        [("8", "placed", "overdue"), ("7", "delivered", "late")]
    );
    assert_eq!((&list["all"], &list["open"]), (&json!(2), &json!(1)));

    let order = owner.get("/api/w/shop/objects/order/7").await.expect(200);
    assert_eq!(order["events"].as_array().unwrap().len(), 2);
    assert_eq!(order["events"][0]["name"], "order_delivered");
    assert_eq!(order["profiles"].as_array().unwrap().len(), 2);
    assert_eq!(order["related"], json!([{"kind": "shipment", "id": "S1"}]));
    let profile = &order["profiles"][0]["id"];
    let path = format!("/api/w/shop/profiles/{profile}/objects");
    let of = owner.get(&path).await.expect(200);
    assert_eq!(of["objects"][0]["id"], "7");
    assert_eq!(of["found"], 1);
    for path in ["order/9", "nothing/7"] {
        let path = format!("/api/w/shop/objects/{path}");
        assert_eq!(owner.get(&path).await.refusal(), "404 document.unknown");
    }
}

#[tokio::test]
async fn kinds_hold_for_all_of_history_and_do_not_fix_what_is_suggested() {
    let (_server, mut owner) = orders().await;
    let stored = owner.get("/api/w/shop/object-kinds").await.expect(200);
    assert_eq!(stored["version"], 0);
    let kinds = json!({"kinds": [{"id": "parcel", "name": "Parcels", "keys": ["properties.shipment_id"],
        "states": [{"id": "here", "name": "Here", "entry": {"events": ["order_delivered"]}, "ends": true}]}]});
    let check = owner
        .post("/api/w/shop/object-kinds/check", kinds.clone())
        .await;
    let check = check.expect(200);
    assert_eq!(check["kinds"][0]["objects"], 1);
    assert_eq!(check["kinds"][0]["open"], 0);
    let faulty = json!({"kinds": [{"id": "A b", "name": "", "keys": [], "states": []}]});
    let check = owner
        .post("/api/w/shop/object-kinds/check", faulty.clone())
        .await;
    assert_eq!(check.expect(200)["faults"].as_array().unwrap().len(), 4);

    let mut writer = owner.clone();
    writer.headers.push(("if-match", "0".to_owned()));
    let path = "/api/w/shop/object-kinds";
    let refused = writer.send("PUT", path, Some(faulty)).await;
    assert_eq!(refused.refusal(), "422 body.unusable");
    let written = writer.send("PUT", path, Some(kinds.clone())).await;
    assert_eq!(written.expect(200)["version"], 1);
    let again = writer.send("PUT", path, Some(kinds)).await;
    assert_eq!(again.refusal(), "409 version.conflict");

    let question = json!({"kind": "parcel", "range": {"all": true}});
    let list = owner
        .post("/api/w/shop/objects", question)
        .await
        .expect(200);
    assert_eq!(list["objects"][0]["id"], "S1");
    let vocabulary = owner.get("/api/w/shop/vocabulary").await.expect(200);
    assert_eq!(vocabulary["version"], 0, "it is still suggested");
    assert!(vocabulary["vocabulary"]["objects"].is_null());
}

#[tokio::test]
async fn promises_are_answered_with_the_people_behind_them() {
    let (_server, mut owner) = orders().await;
    let report =
        json!({"kind": "promises", "range": {"all": true}, "object": "order", "every": "range"});
    let answer = owner
        .post("/api/w/shop/ask", report.clone())
        .await
        .expect(200);
    let total = &answer["numbers"]["total"];
    assert_eq!(total["due"]["objects"], 2);
    for part in ["due_late", "late", "overdue", "untold"] {
        let select = json!({"kind": "promises", "part": part});
        let body = json!({"of": {"report": report}, "select": select});
        let page = owner.post("/api/w/shop/people", body).await.expect(200);
        assert_eq!(page["total"], total[part]["profiles"], "{part}");
    }
    let unknown = json!({"kind": "promises", "range": {"all": true}, "object": "parcel"});
    let refused = owner.post("/api/w/shop/ask", unknown).await.expect(422);
    assert_eq!(refused["error"]["faults"][0]["place"], "object");
}

/// Real orders with what was promised and when they came, where they are at hand.
#[tokio::test]
async fn real_promises_are_held_against_real_deliveries() {
    let file = "olist_reviews/olist_classified_public_dataset.csv.gz";
    let Some(bytes) = real(file) else { return };
    let mut rows = "customer,order_id,event,time,promised_at\n".to_owned();
    let unpacked = MultiGzDecoder::new(bytes.as_slice());
    let mut reader = csv::Reader::from_reader(unpacked);
    let head = reader.headers().unwrap().clone();
    let columns = [
        "id",
        "order_status",
        "order_purchase_timestamp",
        "order_estimated_delivery_date",
        "order_delivered_customer_date",
    ];
    let columns = columns.map(|name| head.iter().position(|it| it == name).unwrap());
    for row in reader.records() {
        let row = row.unwrap();
        let [id, status, placed, promised, came] = columns.map(|column| &row[column]);
        if status == "delivered" && !came.is_empty() {
            rows += &format!("buyer-{id},{id},order_placed,{placed},{promised}\n");
            rows += &format!("buyer-{id},{id},order_delivered,{came},\n");
        }
    }
    let (server, mut owner) = shop("").await;
    // A promise stands at the start of its day there, and is kept until the day is over.
    let mut kinds = owner.get("/api/w/shop/object-kinds").await.expect(200);
    kinds["kinds"][0]["promise"]["tolerance"] = json!("1d");
    let mut writer = owner.clone();
    writer.headers.push(("if-match", "0".to_owned()));
    let body = json!({"kinds": kinds["kinds"]});
    let written = writer.send("PUT", "/api/w/shop/object-kinds", Some(body));
    written.await.expect(200);

    let uploaded = upload(&mut owner, "orders.csv", rows.into_bytes()).await;
    assert_eq!(uploaded["mapping"]["user"], "customer");
    let done = imported(&mut owner, &uploaded).await;
    assert_eq!((&done["new"], &done["faulty"]), (&json!(6_934), &json!(0)));
    let runtime = runtime(&server);
    let shown = tokio::task::spawn_blocking(move || wait_until_shown(&runtime));
    shown.await.unwrap();
    let report = json!({"kind": "promises", "range": {"all": true}, "object": "order", "every": "range",
        "bounds_hours": [-336, -168, 0, 24, 72, 168, 336]});
    let answer = owner.post("/api/w/shop/ask", report).await.expect(200);
    let total = &answer["numbers"]["total"];
    assert_eq!(answer["n"], 3_467);
    assert_eq!(total["late"]["objects"], 339);
    let days = |name: &str| total[name].as_f64().unwrap() / 86_400_000.0;
    assert!((days("mean_gap_ms") - -10.165_117).abs() < 1e-5);
    assert!((days("median_gap_ms") - -11.879_494).abs() < 1e-5);
    let bins = answer["numbers"]["gaps"].as_array().unwrap();
    let bins: Vec<u64> = (bins.iter())
        .map(|it| it["kept"]["objects"].as_u64().unwrap())
        .collect();
    assert_eq!(bins, [1_259, 1_316, 512, 41, 48, 85, 100, 106]);
}
