//! What comes of somebody who was erased is refused, until it is lifted.

use std::{fs, io::Write as _};

use serde_json::{Value, json};
use throughline_ingest::{dialect::Dialect, dialect::hook::Maker, segment::Route};
use throughline_server::import;

use crate::{
    client::{Browser, Server},
    erasures::{
        EVERYBODY, OF_ANN, accept, accept_hook, check_sound, erase_as, find, holding, numbers,
        tick, without_ann,
    },
    erasures_stops::between,
    events::{runtime, send, send_batch, shop},
    imports::{begin, imported, upload},
    plan::decide,
    quarantine::held,
};

async fn erased(server: &Server, owner: &mut Browser, query: &str) -> Value {
    erase_as(server, owner, query, json!({})).await
}

/// The erasure that was asked for last.
async fn latest(owner: &mut Browser) -> Value {
    let list = owner.get("/api/w/shop/erasures").await.expect(200);
    list["erasures"][0].clone()
}

async fn fate(owner: &mut Browser, message: &str) -> Value {
    let path = format!("/api/w/shop/receipts/{message}");
    owner.get(&path).await.expect(200)
}

fn viewed(who: Value, message: &str) -> Value {
    let mut event = json!({"type": "track", "event": "product_viewed", "messageId": message,
        "properties": {"secret": format!("secret of {message}")}});
    let members = event.as_object_mut().unwrap();
    members.extend(who.as_object().unwrap().clone());
    event
}

#[tokio::test]
async fn what_comes_later_is_refused_with_a_receipt_and_a_count_and_kept_nowhere() {
    let (server, mut owner) = shop(EVERYBODY).await;
    let done = erased(&server, &mut owner, "ann@example.org").await;
    assert_eq!(done["refuses_later"], true);
    assert_eq!(
        (&done["refused"], &done["lifted"]),
        (&json!(0), &Value::Null)
    );

    // From a phone that was offline, a browser that is new, with the address, and as its hash.
    let hash = throughline_ingest::identifiers::digest_of("ann@example.org");
    let later = json!({"batch": [
        viewed(json!({"userId": "ann"}), "later-1"),
        viewed(json!({"anonymousId": "phone-of-ann"}), "later-2"),
        viewed(json!({"anonymousId": "new", "context": {"traits": {"email": "ANN@example.org"}}}), "later-3"),
        viewed(json!({"anonymousId": "new", "context": {"traits": {"email": hash}}}), "later-4"),
        viewed(json!({"userId": "bob"}), "other-1"),
        // Dan signs in on the phone that Ann had.
        viewed(json!({"userId": "dan", "anonymousId": "phone-of-ann"}), "other-2")]});
    send_batch(&server, &later).await;
    assert!(find(&mut owner, "ann@example.org").await.is_empty());
    assert_eq!(find(&mut owner, "bob").await[0]["events_count"], 3);
    assert_eq!(find(&mut owner, "dan").await[0]["events_count"], 1);
    for n in 1..=4 {
        let receipt = fate(&mut owner, &format!("later-{n}")).await;
        assert_eq!(receipt["state"], "refused", "{receipt}");
        assert_eq!(receipt["refused"]["erasure"], done["id"]);
        assert_eq!(receipt["quarantined"], json!([]));
    }
    assert_eq!(fate(&mut owner, "other-2").await["state"], "stored");
    let counted = latest(&mut owner).await;
    assert_eq!(counted["refused"], 4, "{counted}");
    assert!(counted["refused_last"].is_string(), "{counted}");
    check_sound(&server).await;

    let dir = runtime(&server).dir().to_owned();
    assert!(!holding(&dir, &["secret of later-1"]).is_empty());
    tick(&server).await;
    let texts = [
        OF_ANN[0],
        OF_ANN[1],
        OF_ANN[2],
        OF_ANN[4],
        hash.as_str(),
        "secret of later",
    ];
    assert_eq!(holding(&dir, &texts), Vec::<String>::new());
    assert!(
        !holding(
            &dir.join("log"),
            &["secret of other-1", "secret of other-2"]
        )
        .is_empty()
    );
    let swept = latest(&mut owner).await;
    assert_eq!((&swept["refused"], &swept["left"]), (&json!(4), &json!([])));
    check_sound(&server).await;

    // Another erasure makes the tables once more; nothing comes back, and nothing is counted twice.
    erased(&server, &mut owner, "cid@example.org").await;
    let list = owner.get("/api/w/shop/erasures").await.expect(200);
    assert_eq!(list["erasures"][1]["refused"], 4, "{list}");
    assert!(find(&mut owner, "ann@example.org").await.is_empty());
    assert_eq!(fate(&mut owner, "later-1").await["state"], "refused");
    check_sound(&server).await;
}

#[tokio::test]
async fn numbers_stay_those_without_the_person_through_a_restart() {
    let (server, mut owner) = shop(EVERYBODY).await;
    erased(&server, &mut owner, "ann@example.org").await;
    let late = "+ann 9 order_placed {\"total\":99}\nphone-of-ann 8 order_placed";
    send(&server, late).await;
    between(&server, |_| ()).await;
    send(&server, late).await;
    tick(&server).await;
    let (other, mut stranger) = shop(&without_ann(EVERYBODY)).await;
    assert_eq!(numbers(&mut owner).await, numbers(&mut stranger).await);
    drop(other);
    // What comes twice is refused twice.
    assert_eq!(latest(&mut owner).await["refused"], 4);
    check_sound(&server).await;
}

#[tokio::test]
async fn an_admin_lifts_it_with_a_reason_and_what_comes_then_is_somebody_new() {
    let (server, mut owner) = shop(EVERYBODY).await;
    let done = erased(&server, &mut owner, "ann@example.org").await;
    let path = format!("/api/w/shop/erasures/{}/lift", done["id"]);
    send_batch(
        &server,
        &json!({"batch": [viewed(json!({"userId": "ann"}), "before")]}),
    )
    .await;
    let refused = owner.post(&path, json!({"why": " "})).await;
    assert_eq!(refused.refusal(), "422 body.unusable");
    let unknown = "/api/w/shop/erasures/77/lift";
    let refused = owner.post(unknown, json!({"why": "x"})).await;
    assert_eq!(refused.refusal(), "404 erasure.unknown");

    let order = json!({"why": "She came back as a customer"});
    let lifting = owner.post(&path, order.clone()).await.expect(200);
    assert_eq!(lifting["lifted"]["is_done"], false);
    tick(&server).await;
    let lifted = latest(&mut owner).await;
    assert_eq!(lifted["lifted"]["is_done"], true, "{lifted}");
    assert_eq!(lifted["lifted"]["why"], order["why"]);
    let again = owner.post(&path, order).await;
    assert_eq!(again.refusal(), "409 erasure.state");
    let audit = owner.get("/api/audit").await.expect(200);
    assert_eq!(audit["entries"][0]["action"], "profile.erasure_lifted");
    assert_eq!(
        audit["entries"][0]["details"]["why"],
        lifted["lifted"]["why"]
    );

    send_batch(
        &server,
        &json!({"batch": [viewed(json!({"userId": "ann"}), "after")]}),
    )
    .await;
    assert_eq!(find(&mut owner, "ann").await[0]["events_count"], 1);
    assert_eq!(fate(&mut owner, "before").await["state"], "refused");
    assert_eq!(fate(&mut owner, "after").await["state"], "stored");
    assert_eq!(latest(&mut owner).await["refused"], 1);
    check_sound(&server).await;
    // Who is erased a second time is refused again.
    erased(&server, &mut owner, "ann").await;
    send_batch(
        &server,
        &json!({"batch": [viewed(json!({"userId": "ann"}), "third")]}),
    )
    .await;
    assert!(find(&mut owner, "ann").await.is_empty());
    assert_eq!(latest(&mut owner).await["refused"], 1);
    check_sound(&server).await;
}

#[tokio::test]
async fn packed_requests_webhooks_and_released_events_are_refused_as_well() {
    let (server, mut owner) = shop("+annika-17 5 product_viewed\n+bob 4 product_viewed").await;
    let plan = json!({"mode": "lock", "events": [{"event": "ordered", "properties": [
        {"property": "properties.total", "type": "number", "required": true}]}]});
    decide(&mut owner, 0, plan).await.expect(200);
    let known = json!([{"subscriptionType": "contact.propertyChange", "objectId": 900_100,
        "portalId": 5, "eventId": 1, "propertyName": "email", "propertyValue": "annika@example.org"}]);
    accept_hook(&server, Maker::Hubspot, known.clone()).await;
    let joined = json!({"type": "identify", "userId": "annika-17", "messageId": "j",
        "traits": {"email": "annika@example.org"}});
    send_batch(&server, &json!({ "batch": [joined] })).await;
    erased(&server, &mut owner, "annika-17").await;

    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    let body = json!({"batch": [viewed(json!({"userId": "annika-17"}), "packed"),
        viewed(json!({"userId": "bob"}), "beside")]});
    packed.write_all(body.to_string().as_bytes()).unwrap();
    let route = Dialect::Segment(Route::Batch);
    accept(&server, route, packed.finish().unwrap()).await;
    let changed = json!([{"subscriptionType": "contact.propertyChange", "objectId": 900_100,
        "portalId": 5, "eventId": 2, "propertyName": "city", "propertyValue": "Annikastadt"}]);
    accept_hook(&server, Maker::Hubspot, changed).await;
    // It is refused before it could be held back.
    send(&server, "+annika-17 3 ordered\n+bob 3 ordered").await;
    assert_eq!(held(&mut owner, "plan_broken").await.len(), 1);
    assert_eq!(latest(&mut owner).await["refused"], 3);
    check_sound(&server).await;
    tick(&server).await;
    let dir = runtime(&server).dir().to_owned();
    let texts = ["annika-17", "annika@example.org", "Annikastadt"];
    assert_eq!(holding(&dir, &texts), Vec::<String>::new());
    assert_eq!(find(&mut owner, "bob").await[0]["events_count"], 2);
    check_sound(&server).await;

    // Bob's order is mended so that it is hers.
    let entry = held(&mut owner, "plan_broken").await[0].clone();
    let mended = json!({"type": "track", "event": "ordered", "userId": "annika-17",
        "properties": {"total": 1}});
    let order = json!({"events": [{"id": entry["id"], "raw": mended.to_string()}]});
    let released = owner.post("/api/w/shop/quarantine/release", order).await;
    let released = released.expect(200);
    assert_eq!(released["released"], 0, "{released}");
    assert_eq!(released["refused"][0]["reason"], "person_erased");
}

#[tokio::test]
async fn rows_of_files_that_are_imported_later_are_refused_and_counted() {
    let (server, mut owner) = shop("+annika-17 5 product_viewed\n+bob 4 product_viewed").await;
    erased(&server, &mut owner, "annika-17").await;
    let csv = "customer,event,time,note\n\
        annika-17,order_placed,2026-02-01 10:00:00,secret of annika-17\n\
        c2,order_placed,2026-02-01 11:00:00,y\n\
        annika-17,order_placed,2026-02-01 12:00:00,x\n";
    let uploaded = upload(&mut owner, "a.csv", csv.as_bytes().to_vec()).await;
    let import = imported(&mut owner, &uploaded).await;
    assert_eq!(
        (&import["new"], &import["faulty"], &import["refused"]),
        (&json!(1), &json!(0), &json!(2)),
        "{import}"
    );
    assert!(find(&mut owner, "annika").await.is_empty());
    assert_eq!(latest(&mut owner).await["refused"], 2);
    check_sound(&server).await;
    tick(&server).await;
    let dir = runtime(&server).dir().to_owned();
    assert_eq!(holding(&dir, &["annika-17"]), Vec::<String>::new());
    assert_eq!(find(&mut owner, "c2").await[0]["events_count"], 1);
    check_sound(&server).await;

    // The same file once more.
    let uploaded = upload(&mut owner, "b.csv", csv.as_bytes().to_vec()).await;
    let import = imported(&mut owner, &uploaded).await;
    assert_eq!(import["duplicate"], 1, "{import}");
    tick(&server).await;
    assert_eq!(holding(&dir, &["annika-17"]), Vec::<String>::new());
    check_sound(&server).await;
}

#[tokio::test]
async fn rows_of_an_import_that_still_runs_wait_for_its_end() {
    let (server, mut owner) = shop("+annika-17 5 product_viewed").await;
    erased(&server, &mut owner, "annika-17").await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.csv");
    let rows = "customer,event,time\nannika-17,called,2026-02-01 10:00:00\n";
    fs::write(&file, rows).unwrap();
    let (app, here) = (server.app.clone(), runtime(&server));
    let job = begin(&app, &here, &file);
    tick(&server).await;
    let running = tokio::task::spawn_blocking(move || import::run(&app, &here, &job));
    running.await.unwrap();
    assert_eq!(latest(&mut owner).await["refused"], 1);
    tick(&server).await;
    let dir = runtime(&server).dir().to_owned();
    assert_eq!(holding(&dir, &["annika-17"]), Vec::<String>::new());
    check_sound(&server).await;
}
