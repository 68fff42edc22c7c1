//! Limits on how long events are kept: rows of files, what was held back, requests that stay whole.

use serde_json::json;
use throughline_ingest::{dialect::Dialect, segment::Route};
use throughline_model::{MessageKey, Span};

use crate::{
    erasures::{accept, check_sound, find, holding},
    events::{runtime, send, shop, wait_until_shown},
    imports::{imported, upload},
    keeping::{sweep, write},
    plan::decide,
    quarantine::held,
};

#[tokio::test]
async fn rows_of_imported_files_and_what_was_held_back_go_as_well() {
    let (server, mut owner) = shop("+bob 5 product_viewed").await;
    let csv = "customer,event,time,note\r\n\
        c1,product_viewed,2025-09-01 10:00:00,\"worn, out-by-time\"\r\n\
        c2,product_viewed,2025-09-01 11:00:00,\r\n\
        c2,order_placed,2026-02-27 11:00:00,still here";
    let uploaded = upload(&mut owner, "a.csv", csv.as_bytes().to_vec()).await;
    assert_eq!(imported(&mut owner, &uploaded).await["new"], 3);
    let log = r#"<log><trace><string key="concept:name" value="c3"/><event><string key="concept:name" value="check"/>
        <date key="time:timestamp" value="2025-09-01T10:00:00Z"/><string key="note" value="worn, out-by-time"/></event>
        <event><string key="concept:name" value="check"/><date key="time:timestamp" value="2026-02-27T10:00:00Z"/>
        <string key="note" value="still here too"/></event></trace></log>"#;
    let uploaded = upload(&mut owner, "a.xes", log.as_bytes().to_vec()).await;
    assert_eq!(imported(&mut owner, &uploaded).await["new"], 2);
    let plan = json!({"mode": "lock", "events": [{"event": "ordered", "properties": [
        {"property": "properties.total", "type": "number", "required": true}]}]});
    decide(&mut owner, 0, plan).await.expect(200);
    send(&server, "+eve 5 ordered {\"note\":\"out-by-time-of-eve\"}").await;
    let nameless = r#"{"batch":[{"type":"track","userId":"eve","note":"out-by-time-of-eve"}]}"#;
    accept(
        &server,
        Dialect::Segment(Route::Batch),
        nameless.as_bytes().to_vec(),
    )
    .await;
    assert_eq!(held(&mut owner, "plan_broken").await.len(), 1);
    server.clock.advance(Span::days(2));
    send(&server, "+bob 5 order_placed\n+bob 4 ordered").await;

    write(&mut owner, 0, json!({"days": 60})).await.expect(200);
    let told = sweep(&server, &mut owner).await;
    assert_eq!(
        (&told["found"]["rows"], &told["found"]["events"]),
        (&json!(3), &json!(3)),
        "{told}"
    );
    assert_eq!(
        (&told["found"]["held_back"], &told["left"]),
        (&json!(0), &json!([]))
    );
    let dir = runtime(&server).dir().to_owned();
    assert_eq!(
        holding(&dir, &["worn, out-by-time", "c1,product"]),
        Vec::<String>::new()
    );
    assert!(!holding(&dir, &["still here"]).is_empty());
    assert!(!holding(&dir, &["still here too"]).is_empty());
    assert_eq!(find(&mut owner, "c3").await[0]["events_count"], 1);
    assert_eq!(find(&mut owner, "c2").await[0]["events_count"], 1);
    assert!(find(&mut owner, "c1").await.is_empty());
    check_sound(&server).await;

    write(&mut owner, 1, json!({"days": 1})).await.expect(200);
    let told = sweep(&server, &mut owner).await;
    assert_eq!(told["found"]["held_back"], 2, "{told}");
    assert_eq!(holding(&dir, &["out-by-time-of-eve"]), Vec::<String>::new());
    assert_eq!(
        held(&mut owner, "plan_broken").await.len(),
        1,
        "Bob's is left"
    );
    assert_eq!(find(&mut owner, "bob").await[0]["events_count"], 1);
    check_sound(&server).await;
}

#[tokio::test]
async fn a_request_that_cannot_be_taken_apart_stays_in_the_log_and_is_told() {
    let (server, mut owner) = shop("+bob 5 product_viewed").await;
    let (old, young) = (
        server.app.now().minus(Span::days(90)),
        server.app.now().minus(Span::days(20)),
    );
    let micros = |at: throughline_model::Timestamp| at.0 * 1_000;
    let both = json!({"client_id": "some-browser", "events": [
        {"name": "visited", "timestamp_micros": micros(old)},
        {"name": "visited", "timestamp_micros": micros(young)}]});
    accept(&server, Dialect::Ga4, both.to_string().into_bytes()).await;
    write(&mut owner, 0, json!({"days": 30})).await.expect(200);
    let done = sweep(&server, &mut owner).await;
    assert_eq!(done["found"]["events"], 1, "{done}");
    assert_eq!(
        (&done["left_count"], &done["left"][0]["kind"]),
        (&json!(1), &json!("record"))
    );
    assert_eq!(find(&mut owner, "some-browser").await[0]["events_count"], 1);
    check_sound(&server).await;
    // With this limit all of it is past.
    write(&mut owner, 1, json!({"days": 10})).await.expect(200);
    let done = sweep(&server, &mut owner).await;
    assert_eq!(done["left"], json!([]), "{done}");
    let dir = runtime(&server).dir().to_owned();
    assert_eq!(holding(&dir, &["some-browser"]), Vec::<String>::new());
    check_sound(&server).await;
}

#[tokio::test]
async fn rows_tell_the_actor_that_they_came_with_as_whole_events_do() {
    let (server, _owner) = shop(
        "phone 90 product_viewed
        +ann 80 product_viewed
        phone 70 identify {\"email\":\"ann@example.org\"}
        +ann 60 identify {\"email\":\"ann@example.org\"}
        other 50 product_viewed",
    )
    .await;
    let runtime = runtime(&server);
    let compare = move || {
        let store = runtime.pipeline().store();
        store.seal().unwrap();
        wait_until_shown(&runtime);
        let snapshot = store.snapshot(throughline_model::Timestamp(0));
        let mut seen: Vec<MessageKey> = Vec::new();
        for base in snapshot.bases() {
            let run = &snapshot.runs[base];
            let rows: Vec<u32> = (0..).take(run.len()).collect();
            let events = run.events(&rows).unwrap();
            let actors: Vec<u32> = events.iter().map(|it| it.actor.0).collect();
            assert_eq!(run.actors(), actors);
            seen.extend(events.iter().map(|it| it.message));
        }
        assert_eq!(seen.len(), 5);
    };
    tokio::task::spawn_blocking(compare).await.unwrap();
}
