//! What was held back goes with the person whom it names, however it names them.

use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD, Engine as _};
use serde_json::json;
use throughline_ingest::{
    dialect::{Dialect, hook::Maker},
    segment::Route,
};

use crate::{
    erasures::{accept, accept_hook, check_sound, erase, holding},
    events::{runtime, send_batch, shop},
};

/// A moment that no event may have yet.
const AHEAD_MS: i64 = 32_503_680_000_000;

#[tokio::test]
async fn a_phone_is_found_in_another_form_and_as_its_hash() {
    let (server, mut owner) = shop("+bob 5 product_viewed").await;
    let phone = "+491712345678";
    let known = json!({"type": "identify", "userId": "annika-17", "messageId": "k",
        "traits": {"phone": phone}});
    send_batch(&server, &json!({ "batch": [known] })).await;
    let faulty = |phone: &str, id: &str| json!({"type": "track", "messageId": id, "anonymousId": id, "traits": {"phone": phone}});
    let hash = throughline_ingest::identifiers::digest_of(phone);
    let written = "0049 (171) 234-5678";
    let batch = json!({"batch": [faulty(written, "one-1"), faulty(&hash, "two-2"),
        faulty("0049 171 234-5679", "three-3")]});
    let body = batch.to_string().into_bytes();
    accept(&server, Dialect::Segment(Route::Batch), body).await;

    let done = erase(&server, &mut owner, "annika-17").await;
    assert_eq!(done["found"]["quarantined"], 2, "{done}");
    assert_eq!(done["left"], json!([]));
    let dir = runtime(&server).dir().to_owned();
    assert_eq!(
        holding(&dir, &[written, &hash, phone]),
        Vec::<String>::new()
    );
    assert!(!holding(&dir, &["0049 171 234-5679"]).is_empty());
    check_sound(&server).await;
}

#[tokio::test]
async fn an_id_under_the_name_of_another_system_is_found_where_it_stands_bare() {
    let (server, mut owner) = shop("+bob 5 product_viewed").await;
    let contact = |object: u32, more: serde_json::Value| {
        let mut item = json!({"objectId": object, "portalId": 62515, "eventId": object});
        let members = item.as_object_mut().unwrap();
        members.extend(more.as_object().unwrap().clone());
        json!([item])
    };
    let known = json!({"subscriptionType": "contact.propertyChange", "propertyName": "email",
        "propertyValue": "annika@example.org"});
    accept_hook(&server, Maker::Hubspot, contact(900_100, known)).await;
    for object in [900_100, 900_200] {
        let held = json!({"subscriptionType": "contact.deletion", "occurredAt": AHEAD_MS,
            "changeSource": format!("of {object}")});
        accept_hook(&server, Maker::Hubspot, contact(object, held)).await;
    }
    let done = erase(&server, &mut owner, "annika@example.org").await;
    assert_eq!(done["found"]["quarantined"], 1, "{done}");
    let dir = runtime(&server).dir().to_owned();
    assert_eq!(holding(&dir, &["of 900100"]), Vec::<String>::new());
    assert!(!holding(&dir, &["of 900200"]).is_empty());
    check_sound(&server).await;
}

#[tokio::test]
async fn identifiers_that_trackers_of_snowplow_wrap_are_found() {
    let (server, mut owner) = shop("+annika-17 5 product_viewed\n+bob 4 product_viewed").await;
    let wrapped = |who: &str| {
        let session = json!({"schema": "iglu:com.snowplowanalytics.snowplow/client_session/jsonschema/1-0-2",
            "data": {"userId": who}});
        let contexts = json!({"schema": "iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-0",
            "data": [session]});
        contexts.to_string()
    };
    let (of_annika, of_bob) = (
        BASE64_URL_SAFE_NO_PAD.encode(wrapped("annika-17")),
        BASE64_URL_SAFE_NO_PAD.encode(wrapped("bob")),
    );
    let described = BASE64_STANDARD.encode(wrapped("annika-17"));
    let items = json!([{"e": "none", "duid": "d-1", "cx": of_annika}, {"e": "none", "duid": "d-2", "cx": of_bob},
        {"e": "ue", "duid": "d-3", "ue_px": described}]);
    let post = json!({"schema": "iglu:x/payload_data/jsonschema/1-0-4", "data": items});
    accept(&server, Dialect::Snowplow, post.to_string().into_bytes()).await;
    // As the picture that a tracker asks for.
    let query = format!("e=none&duid=d-4&cx={of_annika}");
    accept(&server, Dialect::Snowplow, query.into_bytes()).await;

    let done = erase(&server, &mut owner, "annika-17").await;
    assert_eq!(done["found"]["quarantined"], 3, "{done}");
    let dir = runtime(&server).dir().to_owned();
    assert_eq!(
        holding(&dir, &[&of_annika, &described]),
        Vec::<String>::new()
    );
    assert!(!holding(&dir, &[&of_bob]).is_empty());
    check_sound(&server).await;
}
