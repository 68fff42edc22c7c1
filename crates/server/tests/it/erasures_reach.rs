//! What names a person goes however it came: packed, faulty, wrapped, decided, mended.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Value, json};
use throughline_ingest::{
    dialect::{Dialect, hook::Maker},
    segment::Route,
};
use throughline_model::EventKind;
use throughline_store::state::DocumentKind;

use crate::{
    erasures::{accept, accept_hook, check_sound, erase, find, holding},
    events::{runtime, send, shop},
    plan::decide,
    quarantine::{held, let_in},
};

pub fn batch(people: &[&str]) -> String {
    let event = |who: &&str| {
        json!({"type": "track", "event": "visited", "userId": who, "messageId": format!("m-{who}"),
            "properties": {"secret": format!("secret of {who}")}})
    };
    json!({"batch": people.iter().map(event).collect::<Vec<_>>()}).to_string()
}

#[tokio::test]
async fn packed_requests_faulty_events_and_decisions_are_reached_as_well() {
    use std::io::Write as _;
    let (server, mut owner) = shop("+bob 5 product_viewed\nlone-browser 4 product_viewed").await;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed
        .write_all(batch(&["annika-17", "bob", "cid"]).as_bytes())
        .unwrap();
    let route = Dialect::Segment(Route::Batch);
    accept(&server, route, packed.finish().unwrap()).await;
    let faulty = r#"{"batch":[{"type":"track","userId":"annika-17","secret":"secret of annika-17"},
        {"type":"track","userId":"bob","secret":"secret of bob"}]}"#;
    accept(&server, route, faulty.as_bytes().to_vec()).await;
    let alone = r#"{"event":"e","distinct_id":"annika-17","uuid":"u","properties":{"x":"secret of annika-17"}}"#;
    accept(&server, Dialect::PostHog, alone.as_bytes().to_vec()).await;
    let decision = json!({"what": "join", "why": "annika-17 told us",
        "identifier": {"kind": "user", "value": "annika-17"},
        "other": {"kind": "anonymous", "value": "lone-browser"}});
    owner
        .post("/api/w/shop/identity/decisions", decision)
        .await
        .expect(200);

    let done = erase(&server, &mut owner, "annika-17").await;
    assert_eq!(done["found"]["events"], 3, "{done}");
    assert_eq!(done["found"]["quarantined"], 1);
    assert_eq!(done["found"]["decisions"], 1);
    assert_eq!(done["found"]["records"], 5);
    // A reason that a member wrote is in the audit log for good.
    assert_eq!(done["left"].as_array().unwrap().len(), 1);
    assert_eq!(done["left"][0]["kind"], "audit");
    let dir = runtime(&server).dir().to_owned();
    let texts = ["annika-17", "secret of annika-17"];
    assert_eq!(holding(&dir, &texts), Vec::<String>::new());
    let held = owner.get("/api/w/shop/quarantine").await.expect(200);
    assert_eq!(
        held["entries"].as_array().unwrap().len(),
        1,
        "Bob's is left"
    );
    let counts = find(&mut owner, "bob").await;
    assert_eq!(counts[0]["events_count"], 2);
    check_sound(&server).await;
}

#[tokio::test]
async fn what_was_mended_and_let_in_goes_with_the_person_and_that_of_others_stays() {
    let (server, mut owner) = shop("+bob 90 product_viewed").await;
    let plan = json!({"mode": "lock", "events": [{"event": "ordered", "properties": [
        {"property": "properties.total", "type": "number", "required": true}]}]});
    decide(&mut owner, 0, plan).await.expect(200);
    send(&server, "+annika-17 60 ordered\n+bob 50 ordered").await;
    let mend = |entry: &Value| {
        let mut event: Value = serde_json::from_str(entry["raw"].as_str().unwrap()).unwrap();
        let note = format!("mended for {}", event["userId"].as_str().unwrap());
        event["properties"] = json!({"total": 8, "note": note});
        json!({"id": entry["id"], "raw": event.to_string()})
    };
    let entries = held(&mut owner, "plan_broken").await;
    let order: Vec<Value> = entries.iter().map(mend).collect();
    assert_eq!(let_in(&mut owner, json!(order)).await["released"], 2);
    let dir = runtime(&server).dir().to_owned();
    let texts = ["annika-17", "mended for annika-17"];
    assert!(!holding(&dir.join("log"), &texts[1..]).is_empty());

    let done = erase(&server, &mut owner, "annika-17").await;
    // It stands in the request with which it came, and in the record that let it in.
    assert_eq!(done["found"]["events"], 2, "{done}");
    assert_eq!(done["found"]["records"], 2, "{done}");
    assert_eq!(holding(&dir, &texts), Vec::<String>::new());
    assert!(!holding(&dir.join("log"), &["mended for bob"]).is_empty());
    assert_eq!(find(&mut owner, "bob").await[0]["events_count"], 2);
    check_sound(&server).await;
}

#[tokio::test]
async fn whatever_names_the_person_goes_also_where_it_was_never_their_event() {
    let (server, mut owner) = shop("+annika-17 5 product_viewed\n+bob 4 product_viewed").await;
    let wrapped = json!({"event": "", "distinct_id": "annika-17", "uuid": "u1", "properties": {}})
        .to_string();
    let (bodies, held) = (
        [
            (
                Dialect::Ga4,
                r#"{"client_id":"annika-17","user_properties":{"motto":{"value":"annika-17"}},
                    "events":[{"name":"visited"},{"params":{}}]}"#
                    .to_owned(),
            ),
            (Dialect::PostHog, BASE64_STANDARD.encode(wrapped)),
            (
                Dialect::Pixel(EventKind::Track),
                "userId=annika%2D17".to_owned(),
            ),
            (
                Dialect::Amplitude,
                r#"{"api_key":"k","events":[
                    {"event_type":"$groupidentify","user_id":"annika-17","groups":{"a":"b"}},
                    {"event_type":"e","user_id":"bob","insert_id":"of-bob"}]}"#
                    .to_owned(),
            ),
        ],
        3,
    );
    for (dialect, body) in bodies {
        accept(&server, dialect, body.into_bytes()).await;
    }
    let deal = json!([{"subscriptionType": "deal.propertyChange", "propertyValue": "annika-17"}]);
    accept_hook(&server, Maker::Hubspot, deal).await;
    let documents = runtime(&server);
    let now = server.app.now();
    let json = json!({"note": "ask ANNIKA-17"}).to_string();
    (documents.state())
        .put_document(DocumentKind::Report, "r1", None, "Hers", &json, now)
        .unwrap();
    drop(documents);

    let done = erase(&server, &mut owner, "annika-17").await;
    assert_eq!(done["found"]["quarantined"], held, "{done}");
    assert_eq!(done["found"]["records"], 6, "{done}");
    let left = [json!({"kind": "document", "document": "report", "id": "r1", "title": "Hers"})];
    assert_eq!(done["left"], json!(left));
    let log = runtime(&server).dir().join("log");
    for text in [
        "annika",
        "annika%2D17",
        "ANNIKA-17",
        "$groupidentify",
        "deal.",
    ] {
        assert_eq!(holding(&log, &[text]), Vec::<String>::new());
    }
    assert_eq!(find(&mut owner, "bob").await[0]["events_count"], 2);
    check_sound(&server).await;
}
