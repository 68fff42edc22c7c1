use serde_json::{Value, json};
use throughline_model::{Span, limits};
use throughline_server::schedules::{signature, worker};

use crate::{
    client::{Browser, PASSWORD, Server},
    dashboards::dashboard,
    events::send,
    sink::{Hook, Post, hook_sink, mail_sink},
};

const LINES: &str = "
    ana 30 product_viewed
    ana 20 order_placed
    ben 40 product_viewed
";

/// A server that may call this machine, with a shop and a dashboard of one text and one report.
async fn shop(mail_port: u16) -> (Server, Browser) {
    let server = Server::start_with(|config| {
        config.outgoing.allow = vec!["127.0.0.1".to_owned()];
        config.outgoing.ports = Vec::new();
        config.outgoing.https_only = false;
        if mail_port != 0 {
            config.mail.host = "127.0.0.1".to_owned();
            config.mail.port = mail_port;
            config.mail.security = throughline_server::config::MailSecurity::None;
        }
    })
    .await;
    let mut owner = server.owner().await;
    let body = json!({"id": "shop", "name": "Shop", "zone": "Europe/Berlin"});
    owner.post("/api/workspaces", body).await.expect(200);
    send(&server, LINES).await;
    let funnel = json!({"kind": "funnel", "range": {"last": "1d"}, "steps": [
        {"name": "look", "matcher": {"events": ["product_viewed"]}},
        {"name": "buy", "matcher": {"events": ["order_placed"]}}]});
    let tile =
        |id: &str, content: Value| json!({"id": id, "width": 6, "height": 2, "content": content});
    let tiles = json!([
        tile("a", json!({"text": "Read me"})),
        tile("b", json!({"report": funnel})),
    ]);
    let body = dashboard("Week", tiles);
    owner.post("/api/w/shop/dashboards", body).await.expect(200);
    (server, owner)
}

/// Due at 14:00 in Berlin, which is an hour after the clock of the test.
fn daily(to: Value) -> Value {
    json!({"title": "Every day", "of": {"dashboard": "week"}, "every": "day", "at": "14:00",
        "zone": "Europe/Berlin", "to": to})
}

async fn schedule(owner: &mut Browser, body: Value) -> (String, Option<String>) {
    let made = owner.post("/api/w/shop/schedules", body).await.expect(200);
    let text = |name: &str| made[name].as_str().map(str::to_owned);
    (text("id").unwrap(), text("secret"))
}

async fn listed(owner: &mut Browser) -> Value {
    let list = owner.get("/api/w/shop/schedules").await.expect(200);
    list["schedules"][0].clone()
}

#[tokio::test]
async fn a_mail_is_sent_when_it_is_due_and_once() {
    let (port, mails) = mail_sink(&[]).await;
    let (server, mut owner) = shop(port).await;
    let to = json!({"mail": ["ana@example.com", "ben@example.com"]});
    schedule(&mut owner, daily(to)).await;
    assert_eq!(
        listed(&mut owner).await["next_due"],
        "2026-03-02T13:00:00.000Z"
    );
    worker::tick(&server.app).await;
    assert_eq!(mails.count(), 0, "it is not due yet");
    server.clock.advance(Span::hours(1));
    for _ in 0..3 {
        worker::tick(&server.app).await;
    }
    assert_eq!(mails.count(), 1);
    let mail = mails.first();
    assert_eq!(mail.to, ["ana@example.com", "ben@example.com"]);
    for part in ["Subject: Week", "Read me", "buy", "50.0 %"] {
        assert!(mail.body.contains(part), "{part} in {}", mail.body);
    }
    let kept = listed(&mut owner).await;
    assert_eq!(kept["recent"][0]["outcome"], "sent");
    assert_eq!(kept["next_due"], "2026-03-03T13:00:00.000Z");
    server.clock.advance(Span::hours(24));
    worker::tick(&server.app).await;
    assert_eq!(mails.count(), 2);
}

#[tokio::test]
async fn the_next_moment_follows_the_clock_of_its_zone() {
    let (server, mut owner) = shop(0).await;
    let mut weekly = daily(json!({"webhook": "http://127.0.0.1:9/"}));
    weekly["every"] = json!({"week": 7});
    weekly["at"] = json!("08:30");
    schedule(&mut owner, weekly).await;
    // On 29 March 2026 clocks in Berlin move on by an hour.
    for due in [
        "2026-03-08T07:30:00.000Z",
        "2026-03-15T07:30:00.000Z",
        "2026-03-22T07:30:00.000Z",
        "2026-03-29T06:30:00.000Z",
        "2026-04-05T06:30:00.000Z",
    ] {
        assert_eq!(listed(&mut owner).await["next_due"], due);
        server.clock.advance(Span::days(7));
        let body = json!({"email": "owner@example.com", "password": PASSWORD});
        owner.post("/api/session", body).await.expect(200);
    }
}

#[tokio::test]
async fn a_webhook_is_signed_and_tells_the_numbers() {
    let (port, hooks) = hook_sink(&[]).await;
    let (server, mut owner) = shop(0).await;
    let url = format!("http://127.0.0.1:{port}/hook?for=us");
    let (id, secret) = schedule(&mut owner, daily(json!({"webhook": url}))).await;
    server.clock.advance(Span::hours(1));
    worker::tick(&server.app).await;
    let Post { path, head, body } = hooks.first();
    assert_eq!(path, "/hook?for=us");
    let signed = signature(&secret.unwrap(), server.app.now(), body.as_bytes());
    assert_eq!(head["throughline-signature"], signed);
    let told: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(
        told["id"].as_str(),
        Some(head["throughline-delivery"].as_str())
    );
    assert_eq!(
        (&told["schedule"], &told["is_test"]),
        (&json!(id), &json!(false))
    );
    let sections = &told["content"]["sections"];
    assert_eq!(sections[0]["text"], "Read me");
    assert_eq!(sections[1]["digest"]["figures"][0]["value"], 0.5);
    assert!(!body.contains("select"), "{body}");
}

#[tokio::test]
async fn what_fails_is_tried_again_so_often_and_the_reason_is_kept() {
    let (port, hooks) = hook_sink(&[Hook::Answer(503); 9]).await;
    let (server, mut owner) = shop(0).await;
    let url = format!("http://127.0.0.1:{port}/");
    schedule(&mut owner, daily(json!({"webhook": url}))).await;
    server.clock.advance(Span::hours(1));
    worker::tick(&server.app).await;
    assert_eq!(listed(&mut owner).await["open"]["tries"], 1);
    // Far more looks than tries, over the longest of the pauses between them.
    for _ in 0..12 {
        server.clock.advance(Span::minutes(65));
        worker::tick(&server.app).await;
    }
    assert_eq!(hooks.count(), limits::DELIVERY_TRIES_MAX as usize);
    let kept = listed(&mut owner).await;
    assert_eq!(kept["open"], Value::Null);
    assert_eq!(
        (&kept["recent"][0]["outcome"], &kept["recent"][0]["message"]),
        (&json!("failed"), &json!("answered 503"))
    );
    let ids: Vec<String> = hooks
        .all()
        .iter()
        .map(|it| it.head["throughline-delivery"].clone())
        .collect();
    assert!(ids.iter().all(|it| *it == ids[0]), "one id for every try");
}

#[tokio::test]
async fn a_mail_server_that_is_busy_gets_the_mail_a_little_later() {
    let (port, mails) = mail_sink(&["451 try again later"]).await;
    let (server, mut owner) = shop(port).await;
    schedule(&mut owner, daily(json!({"mail": ["ana@example.com"]}))).await;
    server.clock.advance(Span::hours(1));
    worker::tick(&server.app).await;
    assert_eq!(mails.count(), 0);
    server.clock.advance(limits::DELIVERY_RETRY_AFTER);
    worker::tick(&server.app).await;
    assert_eq!(mails.count(), 1);
    let kept = listed(&mut owner).await;
    assert_eq!(
        (&kept["recent"][0]["outcome"], &kept["recent"][0]["tries"]),
        (&json!("sent"), &json!(2))
    );
}

#[tokio::test]
async fn what_a_stopped_server_was_sending_is_not_sent_again() {
    let (port, hooks) = hook_sink(&[Hook::Silent]).await;
    let (server, mut owner) = shop(0).await;
    let url = format!("http://127.0.0.1:{port}/");
    schedule(&mut owner, daily(json!({"webhook": url}))).await;
    server.clock.advance(Span::hours(1));
    // The server goes while the other side has the message and has not answered.
    tokio::select! {
        () = worker::tick(&server.app) => panic!("the sink never answers"),
        () = hooks.arrived() => {}
    }
    worker::tick(&server.app).await;
    server.clock.advance(Span::hours(2));
    worker::tick(&server.app).await;
    assert_eq!(hooks.count(), 1);
    assert_eq!(listed(&mut owner).await["recent"][0]["outcome"], "unknown");
}

#[tokio::test]
async fn a_test_goes_to_whoever_asks_and_is_kept_with_its_error() {
    let (port, mails) = mail_sink(&[]).await;
    let (server, mut owner) = shop(port).await;
    let (id, _) = schedule(&mut owner, daily(json!({"mail": ["ana@example.com"]}))).await;
    let path = format!("/api/w/shop/schedules/{id}/send");
    let sent = owner
        .post(&path, json!({"is_test": true}))
        .await
        .expect(200);
    assert_eq!(sent["outcome"], "sent");
    let mail = mails.first();
    assert_eq!(mail.to, ["owner@example.com"]);
    assert!(mail.body.contains("Test: Week"), "{}", mail.body);
    let mut editor = server
        .member(&mut owner, "e@example.com", &[("shop", "editor")])
        .await;
    let refused = editor.post(&path, json!({"is_test": true})).await;
    assert_eq!(refused.refusal(), "403 role.low");

    let (server, mut owner) = shop(0).await;
    let url = json!({"webhook": "http://127.0.0.1:1/"});
    let (id, _) = schedule(&mut owner, daily(url)).await;
    let path = format!("/api/w/shop/schedules/{id}/send");
    let sent = owner
        .post(&path, json!({"is_test": true}))
        .await
        .expect(200);
    assert_eq!(sent["outcome"], "failed");
    assert_eq!(listed(&mut owner).await["recent"][0], sent);
    drop(server);
}

#[tokio::test]
async fn an_inner_address_is_not_called_and_the_schedule_says_so() {
    let (port, hooks) = hook_sink(&[]).await;
    let server = Server::start_with(|config| {
        config.outgoing.ports = Vec::new();
        config.outgoing.https_only = false;
    })
    .await;
    let mut owner = server.owner().await;
    let body = json!({"id": "shop", "name": "Shop", "zone": "Europe/Berlin"});
    owner.post("/api/workspaces", body).await.expect(200);
    let text = json!([{"id": "a", "width": 6, "height": 1, "content": {"text": "x"}}]);
    let body = dashboard("Week", text);
    owner.post("/api/w/shop/dashboards", body).await.expect(200);
    let url = format!("http://127.0.0.1:{port}/");
    schedule(&mut owner, daily(json!({"webhook": url}))).await;
    server.clock.advance(Span::hours(1));
    worker::tick(&server.app).await;
    assert_eq!(hooks.count(), 0);
    let kept = listed(&mut owner).await;
    assert_eq!(kept["recent"][0]["outcome"], "failed");
    let message = kept["recent"][0]["message"].as_str().unwrap();
    assert!(message.contains("127.0.0.1"), "{message}");
}

#[tokio::test]
async fn a_schedule_ends_with_its_dashboard() {
    let (port, hooks) = hook_sink(&[]).await;
    let (server, mut owner) = shop(0).await;
    let url = format!("http://127.0.0.1:{port}/");
    schedule(&mut owner, daily(json!({"webhook": url}))).await;
    owner
        .send("DELETE", "/api/w/shop/dashboards/week", None)
        .await
        .expect(204);
    assert_eq!(listed(&mut owner).await, Value::Null);
    server.clock.advance(Span::hours(1));
    worker::tick(&server.app).await;
    assert_eq!(hooks.count(), 0);
}

#[tokio::test]
async fn every_fault_of_a_schedule_is_named() {
    let (_server, mut owner) = shop(0).await;
    let mut body = daily(json!({"mail": ["nobody"]}));
    body["title"] = json!("");
    body["every"] = json!({"week": 8});
    let refused = owner.post("/api/w/shop/schedules", body).await.expect(422);
    let faults = refused["error"]["faults"].as_array().unwrap();
    let places: Vec<&str> = faults
        .iter()
        .map(|it| it["place"].as_str().unwrap())
        .collect();
    assert_eq!(places, ["title", "every.week", "to.mail[0]"]);
}

#[tokio::test]
async fn a_comparison_is_sent_with_both_sides() {
    let (port, hooks) = hook_sink(&[]).await;
    let (server, mut owner) = shop(0).await;
    let report = json!({"kind": "counts", "range": {"last": "1d"}, "every": "range"});
    let body = json!({"title": "Today", "report": report, "against": "before"});
    let made = owner.post("/api/w/shop/reports", body).await.expect(200);
    let url = format!("http://127.0.0.1:{port}/hook");
    let mut body = daily(json!({"webhook": url}));
    body["of"] = json!({"report": made["id"]});
    schedule(&mut owner, body).await;
    server.clock.advance(Span::hours(1));
    worker::tick(&server.app).await;
    let told: Value = serde_json::from_str(&hooks.first().body).unwrap();
    let section = &told["content"]["sections"][0];
    assert_eq!(section["compared"]["with"], "before", "{told}");
    let other = &section["compared"]["digest"];
    assert_eq!(section["digest"]["range"]["from"], other["range"]["to"]);
}
