//! Webhooks over HTTP: made by an admin, sent to by other products, taken back.

use base64::{Engine, prelude::BASE64_STANDARD};
use ring::{
    hmac,
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use serde_json::{Value, json};
use throughline_server::outgoing::sign::{hex, hmac_sha256};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    client::{Answer, Browser},
    collect::Shop,
    events::runtime,
    privacy::read_again,
};

pub const SECRET: &str = "s3cret";

/// A shop with one webhook.
pub struct Hooked {
    pub shop: Shop,
    pub hook: Value,
}

impl Hooked {
    async fn open(new: Value) -> Self {
        let mut shop = Shop::open().await;
        let hook = shop.owner.post("/api/w/shop/hooks", new).await.expect(200);
        Self { shop, hook }
    }

    pub async fn of(maker: &str) -> Self {
        Self::open(json!({"name": maker, "maker": maker, "secret": SECRET})).await
    }

    pub fn path(&self) -> String {
        self.hook["path"].as_str().unwrap().to_owned()
    }

    pub async fn send(&self, headers: &[(&'static str, &str)], body: &[u8]) -> Answer {
        let mut stranger = self.shop.stranger(headers);
        stranger.origin = None;
        stranger
            .send_bytes("POST", &self.path(), Some(body.to_vec()))
            .await
    }

    async fn listed(&mut self) -> Value {
        let hooks = self.shop.owner.get("/api/w/shop/hooks").await.expect(200);
        hooks["hooks"][0].clone()
    }

    async fn arrivals(&mut self) -> Value {
        let path = format!("/api/w/shop/hooks/{}/arrivals", self.hook["id"]);
        self.shop.owner.get(&path).await.expect(200)["arrivals"].clone()
    }
}

pub fn base64_of(message: &[u8]) -> String {
    BASE64_STANDARD.encode(hmac_sha256(SECRET.as_bytes(), message))
}

fn hex_of(message: &[u8]) -> String {
    hex(&hmac_sha256(SECRET.as_bytes(), message))
}

fn order(id: u32, email: &str) -> Vec<u8> {
    let body = json!({"id": id, "name": format!("#{id}"), "email": email, "total_price": "49.90", "currency": "EUR",
        "source_name": "web", "line_items": [{"sku": "LAMP", "title": "Lamp", "quantity": 1, "price": "49.90"}]});
    body.to_string().into_bytes()
}

async fn send_order(hooked: &Hooked, topic: &str, id: &str, body: &[u8]) -> Answer {
    let code = base64_of(body);
    let headers = [
        ("x-shopify-hmac-sha256", code.as_str()),
        ("x-shopify-topic", topic),
        ("x-shopify-event-id", id),
    ];
    hooked.send(&headers, body).await
}

#[tokio::test]
async fn an_order_of_shopify_becomes_an_event_once_however_often_it_is_delivered() {
    let mut hooked = Hooked::of("shopify").await;
    let body = order(1001, "ana@example.com");
    // The id of a delivery stands in a header, which nobody signs.
    for id in ["act-1", "act-1", "act-9"] {
        let answer = send_order(&hooked, "orders/create", id, &body).await;
        let expected = json!({"success": true, "accepted": 1, "held": 0});
        assert_eq!(answer.expect(200), expected);
    }
    hooked.shop.expect_count("order_completed", (1, 1)).await;
    let refund = json!({"id": 7, "order_id": 1001, "transactions": [{"kind": "refund", "amount": "10.00", "currency": "EUR"}]});
    let refund = refund.to_string().into_bytes();
    send_order(&hooked, "refunds/create", "act-2", &refund)
        .await
        .expect(200);
    hooked.shop.expect_count("order_refunded", (1, 1)).await;
    let matcher = json!({"events": ["order_completed", "order_refunded"]});
    let question = json!({"kind": "counts", "range": {"all": true}, "every": "range",
        "series": [{"name": "both", "matcher": matcher}]});
    let answer = hooked.shop.owner.post("/api/w/shop/ask", question).await;
    let total = answer.expect(200)["numbers"]["total"].clone();
    assert_eq!(
        total["profiles"], 1,
        "the refund is joined by the order: {total}"
    );
    let found = hooked
        .shop
        .owner
        .get("/api/w/shop/profiles?q=ana%40example.com")
        .await;
    let found = found.expect(200);
    assert_eq!(
        found["profiles"].as_array().map(Vec::len),
        Some(1),
        "{found}"
    );
    let listed = hooked.listed().await;
    assert_eq!(
        (&listed["stored"], &listed["duplicate"]),
        (&json!(2), &json!(2))
    );
    assert_eq!(
        (&listed["taken"], &listed["refused"]),
        (&json!(4), &json!(0))
    );
    let arrivals = hooked.arrivals().await;
    assert_eq!(arrivals[0]["events"], json!(["order_refunded"]));
    assert_eq!(arrivals[0]["topic"], "refunds/create");
}

#[tokio::test]
async fn a_wrong_signature_is_refused_counted_and_shown() {
    let mut hooked = Hooked::of("shopify").await;
    let body = order(1, "ana@example.com");
    let wrong = [
        ("x-shopify-hmac-sha256", "AAAA"),
        ("x-shopify-topic", "orders/create"),
    ];
    assert_eq!(
        hooked.send(&wrong, &body).await.refusal(),
        "401 hook.signature"
    );
    assert_eq!(
        hooked.send(&[], &body).await.refusal(),
        "401 hook.signature"
    );
    let listed = hooked.listed().await;
    assert_eq!(
        (&listed["stored"], &listed["refused"]),
        (&json!(0), &json!(2))
    );
    let arrivals = hooked.arrivals().await;
    let message = arrivals[0]["message"].as_str().unwrap();
    assert!(message.contains("x-shopify-hmac-sha256"), "{message}");
    assert_eq!(arrivals[0]["sample"], Value::Null);
    assert_eq!(hooked.shop.count("order_completed").await, (0, 0));
}

#[tokio::test]
async fn without_a_secret_everything_is_refused_until_one_is_pasted() {
    let mut hooked = Hooked::open(json!({"name": "Shop", "maker": "shopify"})).await;
    let body = order(1, "ana@example.com");
    assert_eq!(
        send_order(&hooked, "orders/create", "1", &body)
            .await
            .refusal(),
        "401 hook.signature"
    );
    let path = format!("/api/w/shop/hooks/{}", hooked.hook["id"]);
    let change = json!({"secret": format!(" {SECRET}\n")});
    let changed = hooked
        .shop
        .owner
        .send("PATCH", &path, Some(change))
        .await
        .expect(200);
    assert_eq!(changed["has_secret"], true);
    assert!(
        !changed.to_string().contains(SECRET),
        "it is never shown again"
    );
    send_order(&hooked, "orders/create", "1", &body)
        .await
        .expect(200);
    hooked.shop.expect_count("order_completed", (1, 1)).await;
}

#[tokio::test]
async fn a_paused_webhook_asks_to_send_again_and_a_deleted_one_is_unknown() {
    let mut hooked = Hooked::of("shopify").await;
    let path = format!("/api/w/shop/hooks/{}", hooked.hook["id"]);
    let body = order(1, "ana@example.com");
    hooked
        .shop
        .owner
        .send("PATCH", &path, Some(json!({"is_paused": true})))
        .await
        .expect(200);
    let answer = send_order(&hooked, "orders/create", "1", &body).await;
    assert_eq!(answer.refusal(), "503 hook.paused");
    assert_eq!(answer.header("retry-after"), "900");
    hooked
        .shop
        .owner
        .send("PATCH", &path, Some(json!({"is_paused": false})))
        .await
        .expect(200);
    send_order(&hooked, "orders/create", "1", &body)
        .await
        .expect(200);
    hooked.shop.expect_count("order_completed", (1, 1)).await;
    hooked.shop.owner.send("DELETE", &path, None).await;
    let answer = send_order(&hooked, "orders/create", "2", &body).await;
    assert_eq!(answer.refusal(), "404 hook.unknown");
    hooked.shop.expect_count("order_completed", (1, 1)).await;
}

#[tokio::test]
async fn what_a_webhook_brought_can_be_taken_back_with_it() {
    let mut hooked = Hooked::of("shopify").await;
    send_order(&hooked, "orders/create", "1", &order(1, "ana@example.com"))
        .await
        .expect(200);
    hooked.shop.expect_count("order_completed", (1, 1)).await;
    let path = format!("/api/w/shop/hooks/{}?with_events=true", hooked.hook["id"]);
    let answer = hooked.shop.owner.send("DELETE", &path, None).await;
    assert_eq!(answer.status, 204);
    hooked.shop.expect_count("order_completed", (0, 0)).await;
}

#[tokio::test]
async fn each_maker_is_taken_as_it_signs() {
    let hooked = Hooked::of("stripe").await;
    let now = hooked.shop.server.app.now();
    let seconds = now.0 / 1_000;
    let body = json!({"id": "evt_1", "type": "invoice.paid", "created": seconds, "data": {"object":
        {"id": "in_1", "customer": "cus_1", "customer_email": "ana@example.com", "amount_paid": 1200, "currency": "usd"}}});
    let body = body.to_string();
    let code = hex_of(format!("{seconds}.{body}").as_bytes());
    let header = format!("t={seconds},v1={code}");
    let answer = hooked
        .send(&[("stripe-signature", &header)], body.as_bytes())
        .await;
    assert_eq!(answer.expect(200)["accepted"], 1);

    let hooked = Hooked::of("whatsapp").await;
    let body = json!({"entry": [{"changes": [{"field": "messages", "value": {"messages": [
        {"from": "491701234567", "id": "wamid.1", "timestamp": seconds.to_string(), "type": "text", "text": {"body": "Hi"}}]}}]}]});
    let body = body.to_string();
    let header = format!("sha256={}", hex_of(body.as_bytes()));
    let answer = hooked
        .send(&[("x-hub-signature-256", &header)], body.as_bytes())
        .await;
    assert_eq!(answer.expect(200)["accepted"], 1);

    let hooked = Hooked::of("typeform").await;
    let body = json!({"event_id": "E", "event_type": "form_response", "form_response": {"token": "t", "answers":
        [{"type": "number", "number": 9, "field": {"id": "q", "type": "nps"}}]}});
    let body = body.to_string();
    let header = format!("sha256={}", base64_of(body.as_bytes()));
    let answer = hooked
        .send(&[("typeform-signature", &header)], body.as_bytes())
        .await;
    assert_eq!(answer.expect(200)["accepted"], 1);

    let hooked = Hooked::of("zendesk").await;
    let time = now.to_string();
    let body = json!({"event": "created", "ticket_id": 1, "email": "ana@example.com"}).to_string();
    let code = base64_of(format!("{time}{body}").as_bytes());
    let headers = [
        ("x-zendesk-webhook-signature-timestamp", time.as_str()),
        ("x-zendesk-webhook-signature", code.as_str()),
    ];
    assert_eq!(
        hooked.send(&headers, body.as_bytes()).await.expect(200)["accepted"],
        1
    );

    let hooked = Hooked::of("mailgun").await;
    let code = hex_of(format!("{seconds}token").as_bytes());
    let body = json!({"signature": {"timestamp": seconds.to_string(), "token": "token", "signature": code},
        "event-data": {"event": "delivered", "timestamp": seconds, "id": "g", "recipient": "ana@example.com"}});
    let answer = hooked.send(&[], body.to_string().as_bytes()).await;
    assert_eq!(answer.expect(200)["accepted"], 1);

    let hooked = Hooked::of("hubspot").await;
    let body = json!([{"eventId": 1, "subscriptionType": "contact.creation", "objectId": 5, "occurredAt": now.0}]).to_string();
    let url = format!("http://{}{}", hooked.shop.server.address, hooked.path());
    let time = now.0.to_string();
    let code = base64_of(format!("POST{url}{body}{time}").as_bytes());
    let headers = [
        ("x-hubspot-request-timestamp", time.as_str()),
        ("x-hubspot-signature-v3", code.as_str()),
    ];
    assert_eq!(
        hooked.send(&headers, body.as_bytes()).await.expect(200)["accepted"],
        1
    );
}

#[tokio::test]
async fn twilio_signs_the_address_and_its_form() {
    let mut hooked = Hooked::of("twilio").await;
    let url = format!("http://{}{}", hooked.shop.server.address, hooked.path());
    let signed = format!("{url}MessageSidSM1MessageStatusdeliveredTo+491701234567");
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, SECRET.as_bytes());
    let code = BASE64_STANDARD.encode(hmac::sign(&key, signed.as_bytes()));
    let body = b"To=%2B491701234567&MessageSid=SM1&MessageStatus=delivered";
    let answer = hooked.send(&[("x-twilio-signature", "AAAA")], body).await;
    assert_eq!(answer.refusal(), "401 hook.signature");
    let answer = hooked.send(&[("x-twilio-signature", &code)], body).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "text/xml");
    hooked.shop.expect_count("message_delivered", (1, 1)).await;
}

#[tokio::test]
async fn sendgrid_signs_with_the_other_half_of_the_key() {
    let chance = SystemRandom::new();
    let algorithm = &ECDSA_P256_SHA256_ASN1_SIGNING;
    let document = EcdsaKeyPair::generate_pkcs8(algorithm, &chance).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &chance).unwrap();
    let wrapping = BASE64_STANDARD
        .decode("MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgA=")
        .unwrap();
    let public = [wrapping.as_slice(), pair.public_key().as_ref()].concat();
    let new =
        json!({"name": "Mail", "maker": "sendgrid", "secret": BASE64_STANDARD.encode(public)});
    let mut hooked = Hooked::open(new).await;
    let seconds = (hooked.shop.server.app.now().0 / 1_000).to_string();
    let body = json!([{"email": "ana@example.com", "event": "open", "sg_event_id": "e1", "sg_machine_open": true}]);
    let body = body.to_string();
    let code = pair.sign(&chance, format!("{seconds}{body}").as_bytes());
    let code = BASE64_STANDARD.encode(code.unwrap());
    let headers = [
        ("x-twilio-email-event-webhook-signature", code.as_str()),
        ("x-twilio-email-event-webhook-timestamp", seconds.as_str()),
    ];
    for (body, status) in [(body.replace("open", "click"), 401), (body, 200)] {
        let answer = hooked.send(&headers, body.as_bytes()).await;
        assert_eq!(answer.status, status);
    }
    hooked.shop.expect_count("message_opened", (1, 1)).await;
}

#[tokio::test]
async fn whatsapp_asks_for_a_word_first() {
    let hooked = Hooked::of("whatsapp").await;
    let token = hooked.hook["verify_token"].as_str().unwrap();
    let ask = |token: &str| {
        format!(
            "{}?hub.mode=subscribe&hub.verify_token={token}&hub.challenge=1158201444",
            hooked.path()
        )
    };
    let answer = hooked.shop.stranger(&[]).get(&ask(token)).await;
    assert_eq!(answer.text(), "1158201444");
    let answer = hooked.shop.stranger(&[]).get(&ask("guess")).await;
    assert_eq!(answer.refusal(), "401 hook.signature");
}

#[tokio::test]
async fn answers_of_any_survey_tool_are_taken_by_a_token() {
    let check = json!({"method": "token", "header": "X-Token"});
    let mut hooked = Hooked::open(
        json!({"name": "Survey", "maker": "survey", "secret": SECRET, "check": check}),
    )
    .await;
    let body =
        json!({"id": "r1", "kind": "nps", "score": 9, "email": "ana@example.com"}).to_string();
    assert_eq!(
        hooked
            .send(&[("x-token", "guess")], body.as_bytes())
            .await
            .refusal(),
        "401 hook.signature"
    );
    hooked
        .send(&[("x-token", SECRET)], body.as_bytes())
        .await
        .expect(200);
    hooked.shop.expect_count("survey_answered", (1, 1)).await;
}

#[tokio::test]
async fn anything_else_is_read_by_a_mapping_from_then_on() {
    let mut hooked = Hooked::open(json!({"name": "Till", "maker": "generic"})).await;
    let body = |id: u32| {
        json!({"id": id, "kind": "receipt_printed", "who": {"email": "ana@example.com"}, "total": 5}).to_string()
    };
    assert_eq!(
        hooked.send(&[], body(1).as_bytes()).await.expect(200)["accepted"],
        0
    );
    let arrivals = hooked.arrivals().await;
    assert_eq!(arrivals[0]["aside"], 1);
    let sample = json!({"body": arrivals[0]["sample"]});
    let preview = hooked
        .shop
        .owner
        .post("/api/w/shop/hooks/preview", sample)
        .await
        .expect(200);
    let places: Vec<&str> = preview["columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["name"].as_str().unwrap())
        .collect();
    assert_eq!(places, ["id", "kind", "total", "who.email"]);
    let mapping = json!({"format": "lines", "event": {"column": "kind"}, "identifiers": {"who.email": "email"}, "message": "id"});
    let sample = json!({"body": body(1), "mapping": mapping});
    let preview = hooked
        .shop
        .owner
        .post("/api/w/shop/hooks/preview", sample)
        .await
        .expect(200);
    assert_eq!(preview["rows"][0]["event"]["name"], "receipt_printed");
    let path = format!("/api/w/shop/hooks/{}", hooked.hook["id"]);
    hooked
        .shop
        .owner
        .send("PATCH", &path, Some(json!({"mapping": mapping})))
        .await
        .expect(200);
    for id in [2, 3, 3] {
        assert_eq!(
            hooked.send(&[], body(id).as_bytes()).await.expect(200)["accepted"],
            1
        );
    }
    hooked.shop.expect_count("receipt_printed", (2, 1)).await;
    let faulty = json!({"mapping": {"format": "csv"}});
    let answer = hooked.shop.owner.send("PATCH", &path, Some(faulty)).await;
    assert_eq!(answer.refusal(), "422 body.unusable");
}

#[tokio::test]
async fn what_came_before_there_was_a_mapping_is_read_by_it_once() {
    let mut hooked = Hooked::open(json!({"name": "Till", "maker": "generic"})).await;
    let body = |id: &str| {
        json!({"id": id, "kind": "receipt_printed", "who": {"email": "ana@example.com"}, "page": "https://x.example/?key=abc"})
            .to_string()
    };
    let nobody = json!({"kind": "receipt_printed", "note": "of nobody at all"}).to_string();
    for body in [body("r1"), body("r2"), nobody] {
        hooked.send(&[], body.as_bytes()).await.expect(200);
    }
    let path = format!("/api/w/shop/hooks/{}", hooked.hook["id"]);
    let again = format!("{path}/again");
    let owner = &mut hooked.shop.owner;
    let answer = owner.post(&again, json!({})).await;
    assert_eq!(answer.refusal(), "422 body.unusable");
    let mapping = json!({"format": "lines", "event": {"column": "kind"}, "identifiers": {"who.email": "email"}, "message": "id"});
    let change = json!({"mapping": mapping});
    owner.send("PATCH", &path, Some(change)).await.expect(200);
    hooked.send(&[], body("r3").as_bytes()).await.expect(200);
    let owner = &mut hooked.shop.owner;
    let answer = owner.post(&again, json!({})).await.expect(200);
    let expected = json!({"arrivals": 2, "events": 2, "left": 1});
    assert_eq!(answer, expected);
    let answer = owner.post(&again, json!({})).await.expect(200);
    assert_eq!(answer, json!({"arrivals": 0, "events": 0, "left": 1}));
    hooked.shop.expect_count("receipt_printed", (3, 1)).await;
    let differences = read_again(runtime(&hooked.shop.server)).await;
    assert_eq!(differences, Vec::<String>::new());
}

#[tokio::test]
async fn what_may_not_be_kept_is_taken_out_of_webhooks_too() {
    let mut hooked = Hooked::of("shopify").await;
    let body = json!({"id": 1001, "email": "ana@example.com", "source_name": "web",
        "landing_site": "/?email=cem@x.example&utm_source=mail", "order_status_url": "https://x.example/?key=hidden"});
    let body = body.to_string().into_bytes();
    send_order(&hooked, "orders/create", "1", &body)
        .await
        .expect(200);
    hooked.shop.expect_count("order_completed", (1, 1)).await;
    let arrivals = hooked.arrivals().await;
    let sample = arrivals[0]["sample"].as_str().unwrap();
    assert!(sample.contains("ana@example.com"), "{sample}");
    assert!(sample.contains("key=***secret***"), "{sample}");
    let live = hooked.shop.owner.get("/api/w/shop/live").await.expect(200);
    let page = &live["events"][0]["properties"]["landing_page"];
    assert_eq!(page, "/?email=***email***&utm_source=mail");
    let log = runtime(&hooked.shop.server).dir().join("log");
    for file in std::fs::read_dir(log).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("cem@x") && !text.contains("hidden"));
    }
}

#[tokio::test]
async fn what_is_on_its_way_when_a_webhook_is_deleted_is_not_taken() {
    let mut hooked = Hooked::open(json!({"name": "Survey", "maker": "survey"})).await;
    let body = json!({"id": "r1", "score": 9, "email": "ana@example.com"}).to_string();
    let address = hooked.shop.server.address;
    let mut slow = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        hooked.path(),
        body.len()
    );
    slow.write_all(head.as_bytes()).await.unwrap();
    slow.write_all(&body.as_bytes()[..10]).await.unwrap();
    slow.flush().await.unwrap();
    hooked.send(&[], body.as_bytes()).await.expect(200);
    hooked.shop.expect_count("survey_answered", (1, 1)).await;
    let path = format!("/api/w/shop/hooks/{}?with_events=true", hooked.hook["id"]);
    let answer = hooked.shop.owner.send("DELETE", &path, None).await;
    assert_eq!(answer.status, 204);
    slow.write_all(&body.as_bytes()[10..]).await.unwrap();
    let mut answer = String::new();
    slow.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 404"), "{answer}");
    hooked.shop.expect_count("survey_answered", (0, 0)).await;
}

#[tokio::test]
async fn bodies_that_cannot_be_read_are_refused_and_shown() {
    let mut hooked = Hooked::open(json!({"name": "Till", "maker": "generic"})).await;
    for (body, refusal) in [
        (b"{\"a\":".to_vec(), "400 body.syntax"),
        (b"\xff".to_vec(), "400 body.syntax"),
        (vec![b' '; (4 << 20) + 1], "413 body.large"),
    ] {
        assert_eq!(hooked.send(&[], &body).await.refusal(), refusal);
    }
    assert_eq!(hooked.listed().await["refused"], 3);
}

#[tokio::test]
async fn only_admins_see_webhooks_and_each_workspace_its_own() {
    let mut hooked = Hooked::of("shopify").await;
    let server = &hooked.shop.server;
    let mut viewer: Browser = server
        .member(
            &mut hooked.shop.owner,
            "v@example.com",
            &[("shop", "viewer")],
        )
        .await;
    assert_eq!(
        viewer.get("/api/w/shop/hooks").await.refusal(),
        "403 role.low"
    );
    let other = json!({"id": "other", "name": "Other", "zone": "UTC"});
    hooked
        .shop
        .owner
        .post("/api/workspaces", other)
        .await
        .expect(200);
    let hooks = hooked
        .shop
        .owner
        .get("/api/w/other/hooks")
        .await
        .expect(200);
    assert_eq!(hooks["hooks"], json!([]));
    let path = format!("/api/w/other/hooks/{}", hooked.hook["id"]);
    let answer = hooked.shop.owner.send("DELETE", &path, None).await;
    assert_eq!(answer.refusal(), "404 hook.unknown");
}
