//! Consent with its proof, and personal data that is taken out before anything is stored.

use serde_json::{Value, json};
use throughline_server::{clock::Clock, rebuild, workspace::WorkspaceRuntime};

use crate::{
    client::{Answer, Browser},
    collect::Shop,
    events::{runtime, send, shop, wait_until_shown},
    imports,
};

pub async fn put(owner: &Browser, path: &str, version: u64, body: Value) -> Answer {
    let mut writer = owner.clone();
    writer.headers.push(("if-match", version.to_string()));
    writer.send("PUT", path, Some(body)).await
}

async fn profile(owner: &mut Browser, who: &str) -> Value {
    let found = owner.get(&format!("/api/w/shop/profiles?q={who}")).await;
    let id = found.expect(200)["profiles"][0]["id"].clone();
    owner
        .get(&format!("/api/w/shop/profiles/{id}"))
        .await
        .expect(200)
}

fn state_of<'a>(profile: &'a Value, purpose: &str, channel: Value) -> &'a Value {
    let purposes = profile["consents"]["purposes"].as_array().unwrap();
    let found = purposes
        .iter()
        .find(|it| it["purpose"] == purpose && it["channel"] == channel);
    found.unwrap()
}

async fn count(owner: &mut Browser, rule: Value) -> Value {
    let body = json!({ "rule": rule });
    let counted = owner.post("/api/w/shop/people/count", body).await;
    counted.expect(200)["people"].clone()
}

/// In what the log, read again, differs from what is live.
pub async fn read_again(runtime: WorkspaceRuntime) -> Vec<String> {
    let again = tokio::task::spawn_blocking(move || {
        let (live, now) = (runtime.pipeline(), throughline_model::Timestamp(0));
        let hash = rebuild::StateHash::of(live, now).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let into = folder.path().join("again");
        let again = rebuild::rebuild(live, &into, &Clock::manual(now), false).unwrap();
        hash.differences(&again)
    });
    again.await.unwrap()
}

#[tokio::test]
async fn a_profile_tells_what_was_agreed_to_and_by_what() {
    let (server, mut owner) = shop(
        "+ana 90 consent_given {\"purpose\":\"marketing\",\"version\":\"v2\",\"proof\":\"https://x.org/1\"}
         +ana 30 email_unsubscribed
         +bob 20 product_viewed",
    )
    .await;
    // What is late changes what was before it only.
    send(
        &server,
        "+ana 60 consent_changed {\"purpose\":\"marketing\",\"channel\":\"email\",\"state\":\"granted\"}",
    )
    .await;
    let ana = profile(&mut owner, "ana").await;
    let email = state_of(&ana, "marketing", json!("email"));
    assert_eq!(
        (&email["state"], &email["said"]["event"]),
        (&json!("denied"), &json!("email_unsubscribed"))
    );
    let sms = state_of(&ana, "marketing", json!("sms"));
    assert_eq!(
        (&sms["state"], &sms["said"]["text"], &sms["said"]["proof"]),
        (&json!("granted"), &json!("v2"), &json!("https://x.org/1"))
    );
    assert_eq!(ana["consents"]["history"].as_array().unwrap().len(), 3);
    let service = state_of(&ana, "service", json!("email"));
    assert_eq!(
        (&service["state"], &service["said"]),
        (&json!("granted"), &Value::Null)
    );
    let bob = profile(&mut owner, "bob").await;
    assert_eq!(state_of(&bob, "marketing", json!("sms"))["state"], "denied");
}

#[tokio::test]
async fn people_are_asked_for_by_what_they_agreed_to_and_purposes_can_change() {
    let (_server, mut owner) = shop(
        "+ana 90 consent_changed {\"purpose\":\"shoes\",\"state\":\"granted\"}
         +bob 80 consent_changed {\"purpose\":\"marketing\",\"state\":\"granted\"}
         +cem 70 product_viewed",
    )
    .await;
    let rule = json!({"consent": {"purpose": "marketing", "channel": "email"}});
    assert_eq!(count(&mut owner, rule.clone()).await, 1);
    let path = "/api/w/shop/privacy/consent";
    let mut stored = owner.get(path).await.expect(200);
    assert_eq!(stored["version"], 0);
    stored["policy"]["purposes"][1]["keys"] = json!(["Shoes"]);
    let policy = stored["policy"].clone();
    assert_eq!(
        put(&owner, path, 0, policy.clone()).await.expect(200)["version"],
        1
    );
    assert_eq!(
        put(&owner, path, 0, policy).await.refusal(),
        "409 version.conflict"
    );
    assert_eq!(count(&mut owner, rule).await, 2);
    let denied =
        json!({"consent": {"purpose": "marketing", "channel": "email", "state": "denied"}});
    assert_eq!(count(&mut owner, denied).await, 1);
    stored["policy"]["purposes"][1]["id"] = json!("Not An Id");
    let faulty = put(&owner, path, 1, stored["policy"].clone()).await;
    assert_eq!(faulty.refusal(), "422 body.unusable");
}

#[tokio::test]
async fn what_a_log_says_of_consent_is_the_same_when_it_is_read_again() {
    let (server, _owner) = shop(
        "+ana 90 consent_changed {\"purpose\":\"marketing\",\"state\":\"granted\"}
         +ana 30 email_unsubscribed
         +bob 20 sms_received {\"text\":\"STOP\"}",
    )
    .await;
    let differences = read_again(runtime(&server)).await;
    assert_eq!(differences, Vec::<String>::new());
}

#[tokio::test]
async fn personal_data_in_addresses_is_nowhere_once_it_has_arrived() {
    let mut shop = Shop::open().await;
    let body = |url: &str, id: &str| {
        json!({"writeKey": shop.key, "batch": [{"type": "page", "userId": "ana", "messageId": id,
            "properties": {"note": "ben@x.example"},
            "context": {"page": {"url": url}, "traits": {"email": "ana@x.example"}}}]})
    };
    let url = "https://shop.example/?email=cem@x.example&token=abc&utm_source=mail";
    let sent = body(url, "m1");
    let answer = shop.stranger(&[]).post("/v1/batch", sent).await;
    assert_eq!(answer.expect(200)["accepted"], 1);
    let runtime = runtime(&shop.server);
    let waited = runtime.clone();
    tokio::task::spawn_blocking(move || wait_until_shown(&waited))
        .await
        .unwrap();
    let ana = profile(&mut shop.owner, "ana").await;
    assert_eq!(ana["traits"][0]["value"], "ana@x.example", "a trait stays");
    let path = format!("/api/w/shop/profiles/{}/events", ana["id"]);
    let events = shop.owner.get(&path).await.expect(200);
    assert_eq!(
        events["events"][0]["context"]["page"]["url"],
        "https://shop.example/?email=***email***&token=***secret***&utm_source=mail"
    );
    let log = std::fs::read_dir(runtime.dir().join("log")).unwrap();
    for file in log {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        let has = |text: &str| bytes.windows(text.len()).any(|it| it == text.as_bytes());
        assert!(
            !has("cem@x.example") && !has("token=abc"),
            "it is in the log"
        );
    }
    let path = "/api/w/shop/privacy/masking";
    let stored = shop.owner.get(path).await.expect(200);
    let found = stored["found"].as_array().unwrap();
    assert_eq!(found.len(), 2);
    assert_eq!(
        found[0],
        json!({"detector": "email", "place": "url_parameters", "count": 1})
    );
    // Properties are left until somebody says so, and a look at the latest events says what would be.
    let mut masking = stored["masking"].clone();
    for rule in masking["rules"].as_array_mut().unwrap() {
        rule["is_on"] = json!(true);
    }
    let preview = shop
        .owner
        .post(&format!("{path}/preview"), masking.clone())
        .await
        .expect(200);
    assert_eq!(
        (&preview["events"], &preview["events_masked"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(
        preview["samples"][0],
        json!({"event": "page_viewed", "field": "properties.note", "before": "ben@x.example", "after": "***email***"})
    );
    assert_eq!(
        put(&shop.owner, path, 0, masking).await.expect(200)["version"],
        1
    );
    let sent = body("https://shop.example/", "m2");
    shop.stranger(&[]).post("/v1/batch", sent).await.expect(200);
    let runtime = crate::events::runtime(&shop.server);
    tokio::task::spawn_blocking(move || wait_until_shown(&runtime))
        .await
        .unwrap();
    let live = shop.owner.get("/api/w/shop/live").await.expect(200);
    assert_eq!(live["events"][0]["properties"]["note"], "***email***");
}

#[tokio::test]
async fn a_preview_tells_nothing_of_traits_which_are_never_masked() {
    let mut shop = Shop::open().await;
    let traits = json!({"email": "ana@x.example", "note": "call 212-555-0123"});
    let batch = json!({"writeKey": shop.key, "batch": [
        {"type": "identify", "userId": "ana", "traits": traits},
        {"type": "track", "event": "paid", "userId": "ana", "properties": {"card": 4_111_111_111_111_111_u64}}]});
    shop.stranger(&[])
        .post("/v1/batch", batch)
        .await
        .expect(200);
    shop.expect_count("paid", (1, 1)).await;
    let path = "/api/w/shop/privacy/masking";
    let mut masking = shop.owner.get(path).await.expect(200)["masking"].clone();
    for rule in masking["rules"].as_array_mut().unwrap() {
        rule["is_on"] = json!(true);
    }
    let preview = shop.owner.post(&format!("{path}/preview"), masking).await;
    let preview = preview.expect(200);
    assert_eq!(
        (&preview["events"], &preview["events_masked"]),
        (&json!(2), &json!(1))
    );
    let sample = json!({"event": "paid", "field": "properties.card", "before": "4111111111111111", "after": "***card***"});
    assert_eq!(preview["samples"], json!([sample]));
}

#[tokio::test]
async fn rows_of_files_are_masked_as_when_they_came_in_whenever_they_are_read() {
    let (server, mut owner) = shop("").await;
    let csv = "customer,event,time,url\nana,opened,2026-02-01 10:00:00,https://x.example/?e=cem@x.example&key=abc\n";
    let uploaded = imports::upload(&mut owner, "shop.csv", csv.into()).await;
    let import = imports::imported(&mut owner, &uploaded).await;
    assert_eq!(
        (&import["state"], &import["new"]),
        (&json!("done"), &json!(1))
    );
    let path = "/api/w/shop/privacy/masking";
    let none = json!({"rules": [], "allowed": []});
    put(&owner, path, 0, none).await.expect(200);
    let runtime = runtime(&server);
    let waited = runtime.clone();
    tokio::task::spawn_blocking(move || wait_until_shown(&waited))
        .await
        .unwrap();
    let ana = profile(&mut owner, "ana").await;
    let path = format!("/api/w/shop/profiles/{}/events", ana["id"]);
    let events = owner.get(&path).await.expect(200);
    assert_eq!(
        events["events"][0]["properties"]["url"],
        "https://x.example/?e=***email***&key=***secret***"
    );
    assert_eq!(read_again(runtime).await, Vec::<String>::new());
}

#[tokio::test]
async fn who_only_works_here_looks_and_changes_nothing_and_changes_are_in_the_audit_log() {
    let (server, mut owner) = shop("").await;
    let mut editor = server
        .member(&mut owner, "ed@example.com", &[("shop", "editor")])
        .await;
    for what in ["consent", "masking"] {
        let path = format!("/api/w/shop/privacy/{what}");
        let stored = editor.get(&path).await.expect(200);
        let body = stored[if what == "consent" {
            "policy"
        } else {
            "masking"
        }]
        .clone();
        let refused = put(&editor, &path, 0, body.clone()).await;
        assert_eq!(refused.refusal(), "403 role.low");
        put(&owner, &path, 0, body).await.expect(200);
    }
    let audit = owner.get("/api/audit").await.expect(200).to_string();
    assert!(audit.contains("consent.changed") && audit.contains("masking.changed"));
}
