//! Events in the dialects of other makers: where they are sent, what is answered, what is refused.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use throughline_model::limits;

use crate::collect::{Shop, packed};

/// A sound event of each maker, at each of its addresses. `KEY` stands for the write key, `ID` for
/// the id of the message.
const SENT: [(&str, &str, &str); 14] = [
    (
        "posthog",
        "/batch/ /batch /e/ /e /i/v0/e/ /capture/ /capture /x/posthog/e/ /x/posthog/batch/ /x/posthog/track/",
        r#"{"api_key":"KEY","batch":[{"event":"sent","uuid":"ID","distinct_id":"u","properties":{}}]}"#,
    ),
    (
        "posthog",
        "/track/ /track /engage/ /engage",
        r#"{"api_key":"KEY","uuid":"ID","event":"sent","properties":{"distinct_id":"u"}}"#,
    ),
    (
        "posthog",
        "/i/v1/analytics/events?token=KEY",
        r#"{"batch":[{"event":"sent","uuid":"ID","distinct_id":"u","options":{},"properties":{}}]}"#,
    ),
    (
        "mixpanel",
        "/track /track/?verbose=1 /import /x/mixpanel/track /x/mixpanel/import",
        r#"{"event":"sent","properties":{"token":"KEY","distinct_id":"u","$insert_id":"ID"}}"#,
    ),
    (
        "amplitude",
        "/2/httpapi /batch /x/amplitude/2/httpapi /x/amplitude/batch",
        r#"{"api_key":"KEY","events":[{"event_type":"sent","user_id":"u","insert_id":"ID"}]}"#,
    ),
    (
        "snowplow",
        "/com.snowplowanalytics.snowplow/tp2 /x/snowplow/com.snowplowanalytics.snowplow/tp2",
        r#"{"schema":"s","data":[{"e":"se","se_ac":"sent","se_ca":"c","uid":"u","eid":"ID","aid":"KEY"}]}"#,
    ),
    (
        "snowplow",
        "/x/snowplow/KEY/com.snowplowanalytics.snowplow/tp2",
        r#"{"schema":"s","data":[{"e":"se","se_ac":"sent","se_ca":"c","uid":"u","eid":"ID","aid":"app"}]}"#,
    ),
    (
        "snowplow",
        "GET /i?e=se&se_ac=sent&se_ca=c&uid=u&eid=ID&aid=KEY",
        "",
    ),
    (
        "ga4",
        "/mp/collect?api_secret=KEY&measurement_id=G-1 /x/ga4/mp/collect?api_secret=KEY",
        r#"{"client_id":"c","user_id":"u","events":[{"name":"sent","params":{"event_id":"ID"}}]}"#,
    ),
    (
        "jitsu",
        "/api/s/track?writeKey=KEY /api/s/s2s/track?writeKey=KEY",
        r#"{"type":"track","event":"sent","userId":"u","messageId":"ID","writeKey":"KEY:***"}"#,
    ),
    (
        "rudder",
        "/beacon/v1/batch?writeKey=KEY",
        r#"{"batch":[{"type":"track","event":"sent","userId":"u","messageId":"ID"}]}"#,
    ),
    (
        "rudder",
        "GET /pixel/v1/track?writeKey=KEY&event=sent&userId=u&messageId=ID",
        "",
    ),
    (
        "mixpanel",
        "GET /track?ip=0&verbose=0&data=BASE64",
        r#"{"event":"sent","properties":{"token":"KEY","distinct_id":"u","$insert_id":"ID"}}"#,
    ),
    (
        "posthog",
        "GET /e/?ip=1&data=BASE64",
        r#"{"api_key":"KEY","event":"sent","uuid":"ID","properties":{"distinct_id":"u"}}"#,
    ),
];

/// What each maker's library is answered.
fn is_answer(maker: &str, path: &str, status: u16, text: &str) -> bool {
    match maker {
        "posthog" if path.contains("/v1/") => text.starts_with(r#"{"results":{"#) && status == 200,
        "posthog" => (status, text) == (200, r#"{"status":1}"#),
        "mixpanel" if path.contains("verbose=1") => (status, text) == (200, r#"{"status":1}"#),
        "mixpanel" if path.contains("/import") => text.contains(r#""num_records_imported":1"#),
        "mixpanel" => (status, text) == (200, "1"),
        "amplitude" => text.starts_with(r#"{"code":200,"events_ingested":1,"#) && status == 200,
        "snowplow" if path.starts_with("GET") => status == 200,
        "snowplow" => (status, text) == (200, "ok"),
        "ga4" => (status, text) == (204, ""),
        "jitsu" => status == 200 && text.contains(r#""ok":true"#),
        _ => status == 200,
    }
}

#[tokio::test]
async fn every_address_takes_its_event_once() {
    let mut shop = Shop::open().await;
    let mut sent = 0;
    for (maker, paths, body) in SENT {
        let paths: Vec<String> = match paths.strip_prefix("GET ") {
            Some(path) => vec![format!("GET {path}")],
            None => paths.split(' ').map(str::to_owned).collect(),
        };
        for path in paths {
            sent += 1;
            let id = format!("message-{sent}");
            let fill = |text: &str| text.replace("KEY", &shop.key).replace("ID", &id);
            let body = fill(body);
            let path = fill(&path).replace("BASE64", &BASE64_STANDARD.encode(&body));
            let mut browser = shop.stranger(&[]);
            for _ in 0..2 {
                let answer = match path.strip_prefix("GET ") {
                    Some(path) => browser.get(path).await,
                    None => {
                        let bytes = body.clone().into_bytes();
                        browser.send_bytes("POST", &path, Some(bytes)).await
                    }
                };
                let text = String::from_utf8_lossy(&answer.bytes).into_owned();
                let is_right = is_answer(maker, &path, answer.status, &text);
                assert!(is_right, "{maker} {path}: {} {text}", answer.status);
            }
        }
    }
    shop.expect_count("sent", (sent, 1)).await;
}

#[tokio::test]
async fn a_body_is_known_by_its_first_bytes() {
    let mut shop = Shop::open().await;
    let event = |id: &str| {
        format!(
            r#"{{"api_key":"{}","batch":[{{"event":"sent","uuid":"{id}","distinct_id":"u"}}]}}"#,
            shop.key
        )
    };
    for (id, kind) in [
        ("1", "text/plain"),
        ("2", "application/x-www-form-urlencoded"),
    ] {
        for (packing, body) in [
            ("plain", event(&format!("{id}a")).into_bytes()),
            ("gzip", packed(event(&format!("{id}b")).as_bytes())),
            (
                "base64",
                format!("data={}", BASE64_STANDARD.encode(event(&format!("{id}c")))).into_bytes(),
            ),
        ] {
            let mut browser = shop.stranger(&[("content-type", kind)]);
            let answer = browser.send_bytes("POST", "/e/", Some(body)).await;
            assert_eq!(answer.expect(200), json!({"status": 1}), "{packing} {kind}");
        }
    }
    shop.expect_count("sent", (6, 1)).await;
}

#[tokio::test]
async fn keys_that_are_not_ours_are_refused_in_the_words_of_each_maker() {
    let shop = Shop::open().await;
    let event = json!({"api_key": "other", "event": "e", "properties": {"distinct_id": "u"}});
    let answer = shop.stranger(&[]).post("/e/", event).await;
    assert_eq!(answer.status, 401);
    let body: Value = serde_json::from_slice(&answer.bytes).unwrap();
    assert_eq!((&body["status"], &body["code"]), (&json!(0), &json!(401)));
    assert_eq!(body["reason"], "write_key.unknown");
    let events = json!({"api_key": "other", "events": [{"event_type": "e", "user_id": "u"}]});
    let answer = shop.stranger(&[]).post("/2/httpapi", events).await;
    assert_eq!(
        answer.status, 400,
        "its libraries send everything again otherwise"
    );
    let body: Value = serde_json::from_slice(&answer.bytes).unwrap();
    assert_eq!(body["code"], 400);
    let error = body["error"].as_str().unwrap();
    assert!(error.starts_with("Invalid API key"), "{error}");
    let event = json!({"client_id": "c", "events": [{"name": "e"}]});
    let answer = shop
        .stranger(&[])
        .post("/mp/collect?api_secret=other", event)
        .await;
    assert_eq!(answer.status, 204, "it never says no");
}

#[tokio::test]
async fn faulty_events_are_named_and_the_rest_is_taken() {
    let mut shop = Shop::open().await;
    let key = shop.key.clone();
    let far = "3000-01-01T00:00:00Z";
    let amplitude = json!({"api_key": key, "events": [
        {"event_type": "good", "user_id": "u", "insert_id": "1"},
        {"event_type": "good", "user_id": "u", "insert_id": "2", "time": 32_503_680_000_000_i64},
        {"event_type": "good", "insert_id": "3"},
        {"event_type": "good", "user_id": "u", "insert_id": "4"}]});
    let taken = shop
        .stranger(&[])
        .post("/2/httpapi", amplitude)
        .await
        .expect(200);
    assert_eq!(
        (&taken["code"], &taken["events_ingested"]),
        (&json!(200), &json!(2))
    );
    assert_eq!(taken["events_with_invalid_fields"], json!({"time": [1]}));
    assert_eq!(taken["events_with_missing_fields"], json!({"user_id": [2]}));
    let posthog = json!({"batch": [
        {"event": "good", "uuid": "5", "distinct_id": "u"},
        {"event": "good", "uuid": "6", "distinct_id": "u", "timestamp": far}]});
    let mut bearer = shop.stranger(&[("authorization", &format!("Bearer {key}"))]);
    let taken = bearer
        .post("/i/v1/analytics/events", posthog)
        .await
        .expect(200);
    assert_eq!(taken["results"]["5"], json!({"result": "ok"}));
    assert_eq!(taken["results"]["6"]["result"], "drop");
    let mixpanel = json!([
        {"event": "good", "properties": {"token": key, "distinct_id": "u", "$insert_id": "7"}},
        {"event": "good", "properties": {"token": key, "distinct_id": "undefined"}}]);
    let taken = shop
        .stranger(&[])
        .post("/track?verbose=1", mixpanel)
        .await
        .expect(200);
    assert_eq!(
        (&taken["status"], &taken["rejected"][0]["reason"]),
        (&json!(1), &json!("id_blocked"))
    );
    shop.expect_count("good", (4, 1)).await;
    let debug = json!({"client_id": "c", "events": [{"name": "ok"}, {"params": {}}]});
    let path = format!("/debug/mp/collect?api_secret={key}");
    let told = shop.stranger(&[]).post(&path, debug).await.expect(200);
    assert_eq!(told["validationMessages"][0]["fieldPath"], "events[1]");
    assert_eq!(told["validationMessages"][1], Value::Null);
}

/// Nothing that is sent to any address may do more than be refused.
#[tokio::test]
async fn hostile_bodies_are_refused_everywhere() {
    let mut shop = Shop::open().await;
    let key = shop.key.clone();
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let nested = format!("{}1{}", r#"{"a":"#.repeat(50_000), "}".repeat(50_000));
    let mut cut = packed(&b"{\"event\":1}".repeat(100));
    cut.truncate(cut.len() / 2);
    let bodies: Vec<Vec<u8>> = vec![
        Vec::new(),
        b"{".to_vec(),
        b"\xff\xfe".to_vec(),
        b"{\"event\":NaN}".to_vec(),
        b"data=%%%".to_vec(),
        b"data=AAAA".to_vec(),
        deep.into_bytes(),
        nested.into_bytes(),
        cut,
        packed(&vec![b' '; 30 << 20]),
        vec![b' '; limits::BODY_BYTES_MAX + 1],
        vec![0; 1_000],
    ];
    for path in [
        "/e/",
        "/batch/",
        "/i/v1/analytics/events",
        "/track",
        "/engage",
        "/import",
        "/groups",
        "/2/httpapi",
        "/com.snowplowanalytics.snowplow/tp2",
        "/api/s/track",
        "/beacon/v1/batch",
        "/mp/collect",
    ] {
        for body in &bodies {
            let path = format!("{path}?api_secret={key}&writeKey={key}");
            let answer = shop
                .stranger(&[])
                .send_bytes("POST", &path, Some(body.clone()))
                .await;
            // What is one event, or a batch of one, is held back by itself.
            let is_event = body.starts_with(b"[[") || body.starts_with(b"{\"a\"");
            let is_held = answer.status == 200 && is_event;
            let is_refused = matches!(answer.status, 400 | 413) || path.starts_with("/mp/");
            let is_refused = is_refused || is_held;
            let start = String::from_utf8_lossy(&body[..body.len().min(20)]).into_owned();
            assert!(
                is_refused,
                "{path} {start:?}: {} {}",
                answer.status,
                answer.text()
            );
            assert_eq!(answer.header("retry-after"), "", "it would be no use");
        }
    }
    let fine = json!({"api_key": key, "event": "fine", "properties": {"distinct_id": "u"}});
    shop.stranger(&[]).post("/e/", fine).await.expect(200);
    shop.expect_count("fine", (1, 1)).await;
}

#[tokio::test]
async fn pages_may_send_their_cookies_along_and_need_not() {
    let shop = Shop::open().await;
    let path = "/com.snowplowanalytics.snowplow/tp2";
    let asked = [
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "content-type,anonymousid"),
    ];
    let answer = shop.stranger(&asked).send("OPTIONS", path, None).await;
    assert_eq!(answer.status, 204);
    assert_eq!(
        answer.header("access-control-allow-origin"),
        "https://elsewhere.example"
    );
    assert_eq!(answer.header("access-control-allow-credentials"), "true");
    assert_eq!(
        answer.header("access-control-allow-headers"),
        "content-type,anonymousid"
    );
    let event = json!({"data": [{"e": "pv", "uid": "u", "aid": shop.key, "eid": "1"}]});
    let answer = shop.stranger(&[]).post(path, event).await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.header("access-control-allow-origin"),
        "https://elsewhere.example"
    );
    assert_eq!(
        answer.header("access-control-expose-headers"),
        "Retry-After"
    );
    assert_eq!(answer.header("vary"), "Origin");
}

#[tokio::test]
async fn what_libraries_ask_besides_is_answered() {
    let shop = Shop::open().await;
    let key = &shop.key;
    for path in ["/flags/?v=2", "/flags?v=4", "/decide/?v=3"] {
        let body = json!({"token": key, "distinct_id": "u"});
        let flags = shop.stranger(&[]).post(path, body).await.expect(200);
        assert_eq!(flags["errorsWhileComputingFlags"], false, "{path}");
        assert_eq!(flags["flags"], json!({}), "{path}");
    }
    let config = shop
        .stranger(&[])
        .get(&format!("/array/{key}/config"))
        .await;
    assert_eq!(config.expect(200)["supportedCompression"][0], "gzip");
    let script = shop
        .stranger(&[])
        .get(&format!("/array/{key}/config.js"))
        .await;
    assert_eq!(
        script.header("content-type"),
        "text/javascript; charset=utf-8"
    );
    assert!(script.text().contains("_POSTHOG_REMOTE_CONFIG"));
    let other = shop.stranger(&[]).get("/array/x'y/config.js").await;
    assert_eq!(other.refusal(), "404 key.unknown");
    let path = format!("/sourceConfig/?p=npm&writeKey={key}");
    let source = shop.stranger(&[]).get(&path).await.expect(200);
    assert_eq!(source["source"]["enabled"], true);
    let none = shop.stranger(&[]).get("/sourceConfig/?writeKey=x").await;
    assert_eq!(none.refusal(), "401 write_key.unknown");
    let replay = shop.stranger(&[]).post("/s/", json!({"a": 1})).await;
    assert_eq!(replay.expect(200), json!({"status": 1}));
    let rules = shop.stranger(&[]).get("/flags/definitions?token=x").await;
    assert_eq!(rules.expect(200)["flags"], json!([]));
}
