//! Files through the whole product: uploaded, mapped, imported, counted, taken back, read again.

use std::{
    collections::BTreeMap,
    io::{Read, Write},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use arrow::array::{ArrayRef, RecordBatch, StringArray, TimestampMillisecondArray};
use flate2::{Compression, read::MultiGzDecoder, write::GzEncoder};
use parquet::arrow::ArrowWriter;
use serde_json::{Value, json};
use throughline_model::Timestamp;
use throughline_server::{
    app::App,
    import::{self, ImportKind, Plan},
    workspace::WorkspaceRuntime,
};

use crate::{
    client::{Browser, Server},
    events::{runtime, shop, wait_until_shown},
};

const ROWS: &str = "\
customer,event,time,price
c1,product_viewed,2026-02-01 10:00:00,59
c1,order_placed,2026-02-01 10:20:00,59
c2,product_viewed,2026-02-01 11:00:00,12
c2,product_viewed,2026-02-01 11:00:00,12
";

pub async fn upload(owner: &mut Browser, name: &str, bytes: Vec<u8>) -> Value {
    let path = format!("/api/w/shop/imports/files?name={name}");
    owner
        .send_bytes("POST", &path, Some(bytes))
        .await
        .expect(200)
}

fn plan(uploaded: &Value) -> Value {
    json!({"file": uploaded["file"], "mapping": uploaded["mapping"]})
}

/// Waits until an import is no longer in this state.
async fn after(owner: &mut Browser, id: &Value, state: &str) -> Value {
    loop {
        let import = owner
            .get(&format!("/api/w/shop/imports/{id}"))
            .await
            .expect(200);
        if import["state"] != state {
            return import;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

pub async fn imported(owner: &mut Browser, uploaded: &Value) -> Value {
    let begun = owner
        .post("/api/w/shop/imports", plan(uploaded))
        .await
        .expect(200);
    after(owner, &begun["id"], "running").await
}

async fn undone(owner: &mut Browser, id: &Value) -> Value {
    let path = format!("/api/w/shop/imports/{id}/undo");
    owner.post(&path, json!({})).await.expect(200);
    after(owner, id, "undoing").await
}

/// Events by name, as a report counts them.
pub async fn counted(server: &Server, owner: &mut Browser) -> BTreeMap<String, u64> {
    let runtime = runtime(server);
    let waited = tokio::task::spawn_blocking(move || wait_until_shown(&runtime));
    waited.await.unwrap();
    let body = json!({"kind": "counts", "range": {"all": true}, "every": "range"});
    let answer = owner.post("/api/w/shop/ask", body).await.expect(200);
    let values = answer["numbers"]["series"].as_array().unwrap();
    values
        .iter()
        .map(|it| {
            (
                it["name"]["name"].as_str().expect("a name").to_owned(),
                it["total"]["events"].as_u64().unwrap(),
            )
        })
        .filter(|(_, count)| *count > 0)
        .collect()
}

fn outcome(import: &Value) -> String {
    let (new, duplicate, faulty) = (&import["new"], &import["duplicate"], &import["faulty"]);
    format!(
        "{} {new} {duplicate} {faulty}",
        import["state"].as_str().unwrap()
    )
}

pub fn counts(pairs: &[(&str, u64)]) -> BTreeMap<String, u64> {
    pairs
        .iter()
        .map(|(name, count)| ((*name).to_owned(), *count))
        .collect()
}

#[tokio::test]
async fn a_file_becomes_events_once_and_can_be_taken_back() {
    let (server, mut owner) = shop("ana 30 product_viewed").await;
    let uploaded = upload(&mut owner, "shop.csv", ROWS.into()).await;
    assert_eq!(uploaded["rows_estimate"], 4);
    assert_eq!(
        uploaded["columns"][3],
        json!({"name": "price", "samples": ["59", "12"]})
    );
    let preview = owner
        .post("/api/w/shop/imports/preview", plan(&uploaded))
        .await
        .expect(200);
    assert_eq!(preview["rows"][1]["event"]["name"], "order_placed");
    assert_eq!(
        preview["rows"][1]["event"]["properties"],
        json!({"price": 59})
    );
    let dry = owner
        .post("/api/w/shop/imports/dry-run", plan(&uploaded))
        .await
        .expect(200);
    let dry = after(&mut owner, &dry["id"], "running").await;
    assert_eq!(outcome(&dry), "done 4 0 0");
    assert_eq!(
        counted(&server, &mut owner).await,
        counts(&[("product_viewed", 1)])
    );

    let first = imported(&mut owner, &uploaded).await;
    assert_eq!(
        outcome(&first),
        "done 4 0 0",
        "equal rows of one file all count"
    );
    let whole = counts(&[("order_placed", 1), ("product_viewed", 4)]);
    assert_eq!(counted(&server, &mut owner).await, whole);
    let again = imported(&mut owner, &uploaded).await;
    assert_eq!(outcome(&again), "done 0 4 0");
    assert_eq!(counted(&server, &mut owner).await, whole);

    let gone = undone(&mut owner, &first["id"]).await;
    assert_eq!(outcome(&gone), "undone 0 0 0");
    assert_eq!(
        counted(&server, &mut owner).await,
        counts(&[("product_viewed", 1)])
    );
    let path = format!("/api/w/shop/imports/{}/undo", first["id"]);
    assert_eq!(
        owner.post(&path, json!({})).await.refusal(),
        "409 import.state"
    );
    let back = imported(&mut owner, &uploaded).await;
    assert_eq!(
        outcome(&back),
        "done 4 0 0",
        "what was taken back may come again"
    );
    assert_eq!(counted(&server, &mut owner).await, whole);
}

#[tokio::test]
async fn rows_that_are_no_events_are_listed_and_the_others_come_in() {
    let (_server, mut owner) = shop("").await;
    let csv =
        "customer,event,time\nc1,e,2026-02-01\n,e,2026-02-01\nc1,e,soon\nc1,e\nnull,e,2026-02-01\n";
    let mut uploaded = upload(&mut owner, "f.csv", csv.into()).await;
    uploaded["mapping"]["time"] = json!({"column": "time"});
    let preview = owner
        .post("/api/w/shop/imports/preview", plan(&uploaded))
        .await
        .expect(200);
    assert_eq!(
        (&preview["faults_count"], &preview["rows_count"]),
        (&json!(4), &json!(5))
    );
    let import = imported(&mut owner, &uploaded).await;
    assert_eq!(outcome(&import), "done 1 0 4");
    let path = format!("/api/w/shop/imports/{}/errors.csv", import["id"]);
    let report = owner.get(&path).await;
    assert!(
        report
            .header("content-disposition")
            .starts_with("attachment")
    );
    let text = report.text();
    let lines: Vec<&str> = text.lines().skip(1).collect();
    assert_eq!(
        lines,
        [
            "2,\"customer\",id_missing,\"says not who it was\"",
            "3,\"time\",time_invalid,\"`soon` is not a time in the format iso\"",
            "4,\"\",row_invalid,\"the row has 2 cells and the header 3\"",
            "5,\"customer\",id_blocked,\"`null` stands for nobody\"",
        ]
    );
}

#[tokio::test]
async fn what_cannot_be_imported_is_refused_with_its_place() {
    let (_server, mut owner) = shop("").await;
    let path = "/api/w/shop/imports/files?name=a.xlsx";
    let archive = owner
        .send_bytes("POST", path, Some(b"PK\x03\x04...".to_vec()))
        .await;
    assert_eq!(archive.refusal(), "422 file.unusable");
    assert!(
        archive.text().contains("save it as CSV"),
        "{}",
        archive.text()
    );
    let packed = owner
        .send_bytes("POST", path, Some(vec![0x1f, 0x8b, 8, 0, 1, 2, 3]))
        .await;
    assert_eq!(packed.refusal(), "422 file.unusable");
    let mut uploaded = upload(&mut owner, "shop.csv", ROWS.into()).await;
    uploaded["mapping"]["time"]["column"] = json!("when");
    let refused = owner
        .post("/api/w/shop/imports", plan(&uploaded))
        .await
        .expect(422);
    assert_eq!(
        refused["error"]["faults"][0]["place"],
        "mapping.time.column"
    );
    uploaded["mapping"] = json!({"format": "parquet"});
    let refused = owner.post("/api/w/shop/imports", plan(&uploaded)).await;
    assert_eq!(refused.refusal(), "422 file.unusable");
    uploaded["file"] = json!("../../instance.db");
    let refused = owner.post("/api/w/shop/imports", plan(&uploaded)).await;
    assert_eq!(refused.refusal(), "422 body.unusable");
    uploaded["file"] = json!("0".repeat(64));
    let refused = owner
        .post("/api/w/shop/imports/preview", plan(&uploaded))
        .await;
    assert_eq!(refused.refusal(), "404 file.unknown");
    for path in [
        "/api/w/shop/imports/999/undo",
        "/api/w/shop/imports/999/cancel",
    ] {
        assert_eq!(
            owner.post(path, json!({})).await.refusal(),
            "404 import.unknown"
        );
    }
}

#[tokio::test]
async fn a_mapping_can_be_kept_and_used_again() {
    let (_server, mut owner) = shop("").await;
    let uploaded = upload(&mut owner, "shop.csv", ROWS.into()).await;
    let body = json!({"title": "Till", "mapping": uploaded["mapping"]});
    assert_eq!(
        owner.post("/api/w/shop/mappings", body).await.expect(200)["id"],
        "till"
    );
    let listed = owner.get("/api/w/shop/mappings").await.expect(200);
    assert_eq!(listed["mappings"][0]["mapping"], uploaded["mapping"]);
    owner
        .send("DELETE", "/api/w/shop/mappings/till", None)
        .await
        .expect(204);
    let listed = owner.get("/api/w/shop/mappings").await.expect(200);
    assert_eq!(listed["mappings"], json!([]));
}

pub fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

pub fn parquet_of(rows: &[(&str, &str, i64)]) -> Vec<u8> {
    let texts = |of: fn(&(&str, &str, i64)) -> String| -> ArrayRef {
        Arc::new(
            rows.iter()
                .map(|row| Some(of(row)))
                .collect::<StringArray>(),
        )
    };
    let times = TimestampMillisecondArray::from_iter_values(rows.iter().map(|row| row.2));
    let times: ArrayRef = Arc::new(times.with_timezone("UTC"));
    let columns = [
        ("customer", texts(|it| it.0.to_owned())),
        ("event", texts(|it| it.1.to_owned())),
        ("time", times),
    ];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

#[tokio::test]
async fn the_same_rows_in_any_kind_of_file_are_the_same_events() {
    let (server, mut owner) = shop("").await;
    let rows: Vec<(String, &str, i64)> = (0..500)
        .map(|row| {
            let name = ["seen", "bought"][row % 5 / 4];
            (
                format!("c{}", row % 50),
                name,
                1_770_000_000_000 + 60_000 * row as i64,
            )
        })
        .collect();
    let lines = rows.iter().map(|(who, name, time)| {
        format!(
            "{}\n",
            json!({"customer": who, "event": name, "time": time})
        )
    });
    let csv = rows
        .iter()
        .map(|(who, name, time)| format!("{who};{name};{}\n", Timestamp(*time)));
    let csv = format!("\u{feff}customer;event;time\n{}", csv.collect::<String>());
    let borrowed: Vec<_> = rows.iter().map(|it| (it.0.as_str(), it.1, it.2)).collect();
    let mut is_first = true;
    for (name, bytes) in [
        ("rows.ndjson", lines.collect::<String>().into_bytes()),
        ("rows.csv", csv.clone().into_bytes()),
        ("rows.csv.gz", packed(csv.as_bytes())),
        ("rows.parquet", parquet_of(&borrowed)),
    ] {
        let uploaded = upload(&mut owner, name, bytes).await;
        let import = imported(&mut owner, &uploaded).await;
        let expected = if is_first {
            "done 500 0 0"
        } else {
            "done 0 500 0"
        };
        assert_eq!(outcome(&import), expected, "{name}");
        is_first = false;
    }
    assert_eq!(
        counted(&server, &mut owner).await,
        counts(&[("bought", 100), ("seen", 400)])
    );
    let segment = json!({"type": "track", "event": "seen", "userId": "c1", "messageId": "m-1",
        "timestamp": "2026-02-01T00:00:00Z"});
    let uploaded = upload(&mut owner, "export.jsonl", format!("{segment}\n").into()).await;
    assert_eq!(uploaded["mapping"], json!({"format": "segment"}));
    let import = imported(&mut owner, &uploaded).await;
    assert_eq!(outcome(&import), "done 1 0 0");
}

#[tokio::test]
async fn viewers_look_and_do_not_import() {
    let (server, mut owner) = shop("").await;
    let mut viewer = server
        .member(&mut owner, "v@example.com", &[("shop", "viewer")])
        .await;
    viewer.get("/api/w/shop/imports").await.expect(200);
    let path = "/api/w/shop/imports/files?name=a.csv";
    let refused = viewer.send_bytes("POST", path, Some(ROWS.into())).await;
    assert_eq!(refused.refusal(), "403 role.low");
}

pub fn begin(app: &App, runtime: &WorkspaceRuntime, file: &Path) -> Arc<import::Job> {
    let archive = runtime.imports().archive();
    let id = archive.copy(file, 1).unwrap();
    let stored = archive.find(&id).unwrap();
    let mapping = import::uploaded(&archive.path(&id), id.clone(), stored)
        .unwrap()
        .mapping;
    let plan = Plan { file: id, mapping };
    let source = app.instance().new_source_here().unwrap();
    let (state, now) = (runtime.state(), app.now());
    runtime
        .imports()
        .begin(state, source, ImportKind::Import, plan, now)
        .unwrap()
}

/// A real file, when the folder with them is there.
pub fn real(name: &str) -> Option<Vec<u8>> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let shared = std::env::var_os("THROUGHLINE_SHARED").map_or_else(beside, PathBuf::from);
    std::fs::read(shared.join("data").join(name)).ok()
}

/// How often each value stands in one column, counted without the product.
fn plain_counts(packed: &[u8], column: usize) -> BTreeMap<String, u64> {
    let mut text = String::new();
    MultiGzDecoder::new(packed)
        .read_to_string(&mut text)
        .unwrap();
    let mut plain = BTreeMap::new();
    for line in text.lines().skip(1) {
        let value = line.split(',').nth(column).unwrap();
        *plain.entry(value.to_owned()).or_default() += 1;
    }
    plain
}

#[tokio::test]
async fn real_files_come_in_without_a_row_lost() {
    for (file, column) in [
        ("completejourney/events.csv.gz", 2),
        ("simple_onlineshop/simple-onlineshop.csv.gz", 1),
    ] {
        let Some(bytes) = real(file) else { return };
        let plain = plain_counts(&bytes, column);
        let rows: u64 = plain.values().sum();
        let (server, mut owner) = shop("ana 30 product_viewed").await;
        let mut whole = plain.clone();
        *whole.entry("product_viewed".to_owned()).or_default() += 1;
        let uploaded = upload(&mut owner, "real.csv.gz", bytes).await;
        let first = imported(&mut owner, &uploaded).await;
        assert_eq!(outcome(&first), format!("done {rows} 0 0"), "{file}");
        assert_eq!(counted(&server, &mut owner).await, whole, "{file}");
        let again = imported(&mut owner, &uploaded).await;
        assert_eq!(outcome(&again), format!("done 0 {rows} 0"), "{file}");
        assert_eq!(counted(&server, &mut owner).await, whole, "{file}");
        if file.starts_with("simple_onlineshop") {
            let body = json!({"kind": "funnel", "range": {"all": true}, "window": {"whole": "52w"},
                "steps": [{"name": "paid", "matcher": {"events": ["payment_done"]}}]});
            let answer = owner.post("/api/w/shop/ask", body).await.expect(200);
            assert_eq!(answer["numbers"]["steps"][0]["profiles"], 653);
            let body = json!({"kind": "counts", "range": {"all": true}, "every": "range",
                "series": [{"name": "any", "matcher": {"events": plain.keys().collect::<Vec<_>>()}}]});
            let answer = owner.post("/api/w/shop/ask", body).await.expect(200);
            assert_eq!(answer["numbers"]["total"]["profiles"], 3_751);
        }
        undone(&mut owner, &first["id"]).await;
        assert_eq!(
            counted(&server, &mut owner).await,
            counts(&[("product_viewed", 1)]),
            "{file}"
        );
    }
}

#[tokio::test]
async fn a_stream_tells_how_far_an_import_is() {
    let (server, mut owner) = shop("").await;
    let mut stream = owner.listen("/api/w/shop/stream").await;
    let uploaded = upload(&mut owner, "shop.csv", ROWS.into()).await;
    imported(&mut owner, &uploaded).await;
    let told = loop {
        let event = stream.next().await;
        if let Some(data) = event.strip_prefix("event: import\ndata: ") {
            let import: Value = serde_json::from_str(data).unwrap();
            if import["state"] == "done" {
                break import;
            }
        }
    };
    assert_eq!(
        (&told["rows"], &told["by_event"][0]["count"]),
        (&json!(4), &json!(3))
    );
    drop(server);
}

#[tokio::test]
async fn logs_tell_how_many_events_they_have_before_all_are_read() {
    let (_server, mut owner) = shop("").await;
    const EVENTS: u64 = 2_500;
    let many = |event: &str| event.repeat(EVENTS as usize);
    let json = r#"{"id":"e","type":"pay","time":"2026-02-01T09:00:00Z"},"#;
    let element = r#"<event id="e" type="pay" time="2026-02-01T09:00:00Z"/>"#;
    let xes = r#"<event><string key="concept:name" value="pay"/></event>"#;
    for (name, log, most_off) in [
        (
            "a.json",
            format!("{{\"objects\":[],\"events\":[{}{{}}]}}", many(json)),
            1,
        ),
        (
            "a.xml",
            format!(
                "<log><object-types/><events>{}</events></log>",
                many(element)
            ),
            0,
        ),
        (
            "a.xes",
            format!("<log><trace>{}</trace></log>", many(xes)),
            EVENTS / 50,
        ),
    ] {
        let uploaded = upload(&mut owner, name, log.into_bytes()).await;
        let told = uploaded["rows_estimate"].as_u64().expect(name);
        assert!(told.abs_diff(EVENTS) <= most_off, "{name}: {told}");
    }
}

const XES: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1.0"><trace><string key="concept:name" value="A1"/><string key="customer" value="c1"/>
 <event><string key="concept:name" value="check"/><date key="time:timestamp" value="2026-02-01T10:00:00+01:00"/>
  <string key="lifecycle:transition" value="start"/><string key="org:resource" value="Ana"/></event>
 <event><string key="concept:name" value="check"/><date key="time:timestamp" value="2026-02-01T11:00:00+01:00"/>
  <string key="lifecycle:transition" value="complete"/></event></trace></log>"#;

#[tokio::test]
async fn logs_of_process_mining_come_in_with_their_cases_and_objects() {
    let (server, mut owner) = shop("").await;
    let uploaded = upload(&mut owner, "log.xes", packed(XES.as_bytes())).await;
    let mapping = &uploaded["mapping"];
    assert_eq!(mapping["format"], "xes");
    assert_eq!(mapping["user"], "case:concept:name");
    let done = imported(&mut owner, &uploaded).await;
    assert_eq!(outcome(&done), "done 2 0 0");
    assert_eq!(counted(&server, &mut owner).await, counts(&[("check", 2)]));
    // The case is an object as soon as a kind names it: the tickets that everybody has look for it.
    let case = owner.get("/api/w/shop/objects/ticket/A1").await.expect(200);
    let properties = &case["events"][1]["properties"];
    assert_eq!(properties["lifecycle"], "start");
    assert_eq!(properties["resource"], "Ana");
    assert_eq!(properties["case:customer"], "c1");
    undone(&mut owner, &done["id"]).await;

    let ocel = r#"{"objectTypes":[],"eventTypes":[],
        "objects":[{"id":"o1","type":"order"},{"id":"u1","type":"customer"}],
        "events":[{"id":"e1","type":"order_placed","time":"2026-02-01T09:00:00Z","attributes":[],
            "relationships":[{"objectId":"o1","qualifier":""},{"objectId":"u1","qualifier":""}]},
          {"id":"e2","type":"order_paid","time":"2026-02-01T10:00:00Z","attributes":[],
            "relationships":[{"objectId":"o1","qualifier":""}]}]}"#;
    let uploaded = upload(&mut owner, "log.jsonocel", ocel.as_bytes().to_vec()).await;
    assert_eq!(uploaded["mapping"]["user"], "customer_id");
    assert_eq!(uploaded["rows_estimate"], 2);
    let done = imported(&mut owner, &uploaded).await;
    assert_eq!(outcome(&done), "done 1 0 1", "one event is of nobody");
    let whole = counts(&[("order_placed", 1)]);
    assert_eq!(counted(&server, &mut owner).await, whole);
    let order = owner.get("/api/w/shop/objects/order/o1").await.expect(200);
    assert_eq!(order["state"], "placed");

    let bomb = r#"<!DOCTYPE log [<!ENTITY a "b">]><log><trace><event><string key="concept:name" value="&a;"/>"#;
    let refused = owner
        .send_bytes(
            "POST",
            "/api/w/shop/imports/files?name=x",
            Some(bomb.into()),
        )
        .await;
    assert_eq!(refused.refusal(), "422 file.unusable");
}
