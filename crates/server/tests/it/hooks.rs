//! Webhooks over HTTP: made by an admin, sent to by other products, taken back.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use throughline_server::outgoing::sign::{hex, hmac_sha256};

use crate::{
    client::{Answer, Browser},
    collect::Shop,
};

const SECRET: &str = "s3cret";

/// A shop with one webhook.
struct Hooked {
    shop: Shop,
    hook: Value,
}

impl Hooked {
    async fn open(new: Value) -> Self {
        let mut shop = Shop::open().await;
        let hook = shop.owner.post("/api/w/shop/hooks", new).await.expect(200);
        Self { shop, hook }
    }

    async fn of(maker: &str) -> Self {
        Self::open(json!({"name": maker, "maker": maker, "secret": SECRET})).await
    }

    fn path(&self) -> String {
        self.hook["path"].as_str().unwrap().to_owned()
    }

    async fn send(&self, headers: &[(&'static str, &str)], body: &[u8]) -> Answer {
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

fn base64_of(message: &[u8]) -> String {
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
    for _ in 0..3 {
        let answer = send_order(&hooked, "orders/create", "act-1", &body).await;
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
    assert_eq!(total["profiles"], 1, "the refund is joined by the order: {total}");
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
async fn twilio_and_sendgrid_are_refused_with_signatures_of_others() {
    // Signatures that fit are proven beside the check itself, by the examples of their makers.
    let hooked = Hooked::of("twilio").await;
    let answer = hooked
        .send(
            &[("x-twilio-signature", "AAAA")],
            b"MessageSid=SM1&MessageStatus=sent&To=%2B4917",
        )
        .await;
    assert_eq!(answer.refusal(), "401 hook.signature");
    let hooked = Hooked::of("sendgrid").await;
    let headers = [
        ("x-twilio-email-event-webhook-signature", "AAAA"),
        ("x-twilio-email-event-webhook-timestamp", "1600112502"),
    ];
    assert_eq!(
        hooked.send(&headers, b"[]").await.refusal(),
        "401 hook.signature"
    );
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
