//! Rows of imported files go with the person, and all others keep their places.

use std::{fs, io::Read as _, path::Path};

use flate2::read::MultiGzDecoder;
use serde_json::{Value, json};

use crate::{
    client::{Browser, Server},
    erasures::{check_sound, erase, erase_as, find, holding, tick},
    events::{runtime, shop, wait_until_shown},
    imports::{counted, counts, imported, packed, parquet_of, upload},
};

#[tokio::test]
async fn rows_of_imported_files_go_and_the_others_keep_their_places() {
    use std::io::Write as _;
    let (server, mut owner) = shop("+bob 5 product_viewed").await;
    let csv = "customer,event,time,note\r\n\
        annika-17,product_viewed,2026-02-01 10:00:00,\"secret, of annika-17\"\r\n\
        c2,product_viewed,2026-02-01 11:00:00,\r\n\
        annika-17,order_placed,2026-02-01 10:20:00,x\r\n\
        c2,order_placed,2026-02-01 11:00:00,y";
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(csv.as_bytes()).unwrap();
    let uploaded = upload(&mut owner, "a.csv.gz", packed.finish().unwrap()).await;
    assert_eq!(imported(&mut owner, &uploaded).await["new"], 4);
    let lines = "{\"customer\":\"annika-17\",\"event\":\"called\",\"time\":\"2026-02-02 10:00:00\"}\n\
        {\"customer\":\"c3\",\"event\":\"called\",\"time\":\"2026-02-02 11:00:00\"}\n";
    let uploaded = upload(&mut owner, "b.ndjson", lines.as_bytes().to_vec()).await;
    assert_eq!(imported(&mut owner, &uploaded).await["new"], 2);
    let done = erase(&server, &mut owner, "annika-17").await;
    assert_eq!(done["found"]["rows"], 3, "{done}");
    assert_eq!(done["found"]["files"], 2);
    assert_eq!(done["left"], json!([]));
    let dir = runtime(&server).dir().to_owned();
    assert_eq!(holding(&dir, &["annika-17"]), Vec::<String>::new());
    assert!(find(&mut owner, "annika").await.is_empty());
    assert_eq!(find(&mut owner, "c2").await[0]["events_count"], 2);
    assert_eq!(find(&mut owner, "c3").await[0]["events_count"], 1);
    check_sound(&server).await;
}

/// Two cases of different customers, each with what only it says.
const XES: &str = r#"<?xml version="1.0"?>
<log xes.version="1.0"><trace><string key="concept:name" value="annika-17"/><string key="motto" value="secret of annika-17"/>
 <event><string key="concept:name" value="check"/><date key="time:timestamp" value="2026-02-01T10:00:00Z"/>
  <string key="note" value="secret of annika-17"/></event>
 <!-- annika-17 again --><event><string key="concept:name" value="decide"/><date key="time:timestamp" value="soon"/></event></trace>
<trace><string key="concept:name" value="c4"/>
 <event><string key="concept:name" value="check"/><date key="time:timestamp" value="2026-02-01T11:00:00Z"/></event></trace></log>"#;

const OCEL: &str = r#"{"objectTypes":[{"name":"customer","attributes":[]}],"eventTypes":[],
    "objects":[{"id":"annika-17","type":"customer","attributes":[{"name":"motto","time":"","value":"secret of annika-17"}]},
      {"id":"c5","type":"customer","relationships":[{"objectId":"annika-17","qualifier":"is a friend of"}]},
      {"id":"o-of-annika","type":"order","relationships":[{"objectId":"parcel-of-annika","qualifier":"goes in"}]},
      {"id":"parcel-of-annika","type":"parcel"},{"id":"o2","type":"order"}],
    "events":[{"id":"e1","type":"order_placed","time":"2026-02-01T09:00:00Z","attributes":[{"name":"note","value":"secret of annika-17"}],
        "relationships":[{"objectId":"annika-17","qualifier":""},{"objectId":"o-of-annika","qualifier":""}]},
      {"id":"e2","type":"order_placed","time":"2026-02-01T10:00:00Z","attributes":[],
        "relationships":[{"objectId":"c5","qualifier":""},{"objectId":"o2","qualifier":""}]}]}"#;

const OCEL_XML: &str = r#"<?xml version="1.0"?><log><object-types/><objects>
    <object id="c6" type="customer"><objects><relationship object-id="annika-17" qualifier="x"/></objects></object>
    <object id="annika-17" type="customer"><attributes><attribute name="motto">secret of annika-17</attribute></attributes></object></objects>
    <events><event id="x1" type="order_paid" time="2026-02-01T09:00:00Z"><objects><relationship object-id="annika-17" qualifier=""/></objects></event>
    <event id="x2" type="order_paid" time="2026-02-01T10:00:00Z"><objects><relationship object-id="c6" qualifier=""/></objects></event></events></log>"#;

/// Files with rows of Annika and of one other customer each.
fn files() -> [(&'static str, Vec<u8>); 5] {
    // In February 2026.
    const AT: i64 = 1_772_000_000_000;
    let rows = [
        ("annika-17", "called", AT),
        ("c2", "called", AT + 1),
        ("annika-17", "wrote", AT + 2),
        ("c2", "wrote", AT + 3),
    ];
    [
        ("rows.parquet", parquet_of(&rows)),
        ("log.xes", XES.as_bytes().to_vec()),
        (
            "packed.xes.gz",
            packed(XES.replace("c4", "c7").replace("check", "call").as_bytes()),
        ),
        ("log.jsonocel", packed(OCEL.as_bytes())),
        ("log.xmlocel", OCEL_XML.as_bytes().to_vec()),
    ]
}

const OF_ANNIKA: [&str; 2] = ["annika", "secret of"];

/// Each of the other customers, by how many events they have.
async fn others(server: &Server, owner: &mut Browser) -> Vec<Value> {
    let shown = runtime(server);
    let wait = tokio::task::spawn_blocking(move || wait_until_shown(&shown));
    wait.await.unwrap();
    let mut others = Vec::new();
    for customer in ["c2", "c4", "c5", "c6", "c7"] {
        let found = find(owner, customer).await;
        assert_eq!(found.len(), 1, "{customer}");
        let id = found[0]["id"].clone();
        let path = format!("/api/w/shop/profiles/{id}/export");
        let file = owner.get(&path).await;
        let text = file.text();
        let events = text.lines().filter(|it| it.contains("\"kind\":\"event\""));
        others.push(json!([id, events.collect::<Vec<_>>()]));
    }
    others
}

#[tokio::test]
async fn rows_of_parquet_and_of_logs_go_and_the_others_are_as_they_were() {
    let (server, mut owner) = shop("+bob 5 product_viewed").await;
    for (name, bytes) in files() {
        let uploaded = upload(&mut owner, name, bytes).await;
        let import = imported(&mut owner, &uploaded).await;
        assert_eq!(import["state"], "done", "{name} {import}");
    }
    let dir = runtime(&server).dir().to_owned();
    assert!(holding(&dir, &OF_ANNIKA).len() >= 4);
    let before = others(&server, &mut owner).await;
    let done = erase(&server, &mut owner, "annika-17").await;
    assert_eq!(done["found"]["rows"], 6, "{done}");
    assert_eq!(done["found"]["files"], 5, "{done}");
    assert_eq!(done["left"], json!([]));
    assert_eq!(unpacked_holding(&dir, &OF_ANNIKA), Vec::<String>::new());
    assert!(find(&mut owner, "annika").await.is_empty());
    assert_eq!(others(&server, &mut owner).await, before);
    check_sound(&server).await;

    // Those who are erased later are taken out of the same files.
    for customer in ["c2", "c4", "c5", "c6", "c7"] {
        let done = erase(&server, &mut owner, customer).await;
        assert_eq!(done["found"]["files"], 1, "{customer}: {done}");
        assert_eq!(done["left"], json!([]), "{customer}");
    }
    check_sound(&server).await;
    assert_eq!(
        counted(&server, &mut owner).await,
        counts(&[("product_viewed", 1)])
    );
}

/// As `holding`, also within what is packed.
fn unpacked_holding(dir: &Path, texts: &[&str]) -> Vec<String> {
    let mut found = holding(dir, texts);
    for entry in fs::read_dir(dir.join("files")).unwrap() {
        let path = entry.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        let mut text = String::new();
        if bytes.starts_with(&[0x1f, 0x8b]) {
            MultiGzDecoder::new(&*bytes)
                .read_to_string(&mut text)
                .unwrap();
        }
        let its = texts.iter().filter(|it| text.contains(**it));
        found.extend(its.map(|it| format!("{it} in {}", path.display())));
    }
    found
}

#[tokio::test]
async fn what_such_files_bring_in_later_is_refused_and_taken_out() {
    let (server, mut owner) = shop("+annika-17 5 product_viewed").await;
    let done = erase_as(&server, &mut owner, "annika-17", json!({})).await;
    assert_eq!(done["refuses_later"], true);
    for (name, bytes) in files() {
        let uploaded = upload(&mut owner, name, bytes).await;
        let import = imported(&mut owner, &uploaded).await;
        assert!(import["refused"].as_u64() > Some(0), "{name}: {import}");
    }
    check_sound(&server).await;
    let before = others(&server, &mut owner).await;
    let dir = runtime(&server).dir().to_owned();
    assert!(holding(&dir, &OF_ANNIKA).len() >= 4);
    tick(&server).await;
    assert_eq!(unpacked_holding(&dir, &OF_ANNIKA), Vec::<String>::new());
    assert_eq!(others(&server, &mut owner).await, before);
    let list = owner.get("/api/w/shop/erasures").await.expect(200);
    assert_eq!(list["erasures"][0]["left"], json!([]), "{list}");
    check_sound(&server).await;
}

#[tokio::test]
async fn what_events_of_others_need_stays_and_is_told() {
    let (server, mut owner) = shop("+bob 5 product_viewed").await;
    let event = |who: &str, hour: u8| {
        format!(
            "<event><string key=\"concept:name\" value=\"check\"/><string key=\"org:resource\" value=\"{who}\"/>\
            <date key=\"time:timestamp\" value=\"2026-02-01T{hour}:00:00Z\"/></event>"
        )
    };
    let trace = |opened: &str, events: &str| {
        format!(
            "<trace><string key=\"concept:name\" value=\"case\"/><string key=\"opened\" value=\"{opened}\"/>{events}</trace>"
        )
    };
    let both = event("annika-17", 10) + &event("c8", 11);
    let log = format!(
        "<log>{}{}</log>",
        trace("annika-17", &both),
        trace("c8", &both)
    );
    let mut uploaded = upload(&mut owner, "shared.xes", log.into_bytes()).await;
    uploaded["mapping"]["user"] = json!("org:resource");
    assert_eq!(imported(&mut owner, &uploaded).await["new"], 4);
    let done = erase(&server, &mut owner, "annika-17").await;
    assert_eq!(done["found"]["rows"], 2, "{done}");
    assert_eq!(done["found"]["files"], 1, "{done}");
    let left = json!([{"kind": "shared", "name": "shared.xes", "count": 1}]);
    assert_eq!(done["left"], left);
    let c8 = find(&mut owner, "c8").await;
    assert_eq!(c8[0]["events_count"], 2);
    check_sound(&server).await;
}
