use serde_json::{Value, json};
use throughline_model::{Span, limits};

use crate::{
    client::{Browser, Server},
    dashboards::dashboard,
    events::shop,
};

const LINES: &str = "
    ana 30 product_viewed
    ana 20 order_placed
    ben 40 product_viewed
";

/// A shop with a dashboard that shows a saved report, an own one, a text and a map, and a secret one.
async fn stocked() -> (Server, Browser) {
    let (server, mut owner) = shop(LINES).await;
    let funnel = json!({"kind": "funnel", "range": {"last": "1d"}, "steps": [
        {"name": "look", "matcher": {"events": ["product_viewed"]}},
        {"name": "buy", "matcher": {"events": ["order_placed"]}}]});
    for title in ["Buyers", "Hidden plan"] {
        let body = json!({"title": title, "report": funnel});
        owner.post("/api/w/shop/reports", body).await.expect(200);
    }
    let counts = json!({"kind": "counts", "range": {"last": "1d"}, "every": "range"});
    let tile =
        |id: &str, content: Value| json!({"id": id, "width": 6, "height": 2, "content": content});
    let tiles = json!([
        tile("a", json!({"saved": "buyers"})),
        tile("b", json!({"report": counts})),
        tile("c", json!({"text": "Read me"})),
        tile("d", json!({"map": "inner-map"})),
        tile("e", json!({"saved": "gone"})),
    ]);
    for (title, tiles) in [("Open week", tiles), ("Closed week", json!([]))] {
        let body = dashboard(title, tiles);
        owner.post("/api/w/shop/dashboards", body).await.expect(200);
    }
    (server, owner)
}

async fn share(owner: &mut Browser, kind: &str, document: &str) -> (Value, String) {
    let body = json!({"kind": kind, "document": document, "note": "For Lin"});
    let made = owner.post("/api/w/shop/shares", body).await.expect(200);
    let token = made["path"].as_str().unwrap().strip_prefix("/shared/");
    (made["id"].clone(), token.unwrap().to_owned())
}

#[tokio::test]
async fn a_link_shows_its_document_without_signing_in_and_nothing_else() {
    let (server, mut owner) = stocked().await;
    let (_, token) = share(&mut owner, "dashboard", "open-week").await;
    let mut anybody = server.browser();
    let answer = anybody.get(&format!("/api/shared/{token}")).await;
    assert_eq!(answer.header("referrer-policy"), "no-referrer");
    assert_eq!(answer.header("x-robots-tag"), "noindex");
    assert_eq!(answer.header("cache-control"), "no-store");
    let mut bodies = vec![answer.text()];
    let shown = answer.expect(200);
    let kinds: Vec<Value> = shown["tiles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| match it["content"].get("report") {
            Some(_) => json!("report"),
            None => it["content"].clone(),
        })
        .collect();
    let expected = [
        json!("report"),
        json!("report"),
        json!({"text": "Read me"}),
        // The map is left out.
        json!("nothing"),
    ];
    assert_eq!(kinds, expected);
    assert_eq!(shown["tiles"][0]["title"], "Buyers");
    assert_eq!(shown["author"], "Olive Owner");
    assert_eq!(shown["expires"], Value::Null);
    for tile in ["a", "b"] {
        let path = format!("/api/shared/{token}/tiles/{tile}");
        let answer = anybody.get(&path).await;
        bodies.push(answer.text());
        assert!(answer.expect(200)["n"].as_u64().unwrap() > 0);
        let other = anybody.get(&format!("{path}?last=10m")).await.expect(200);
        assert_eq!(other["n"], 0, "another range counts others");
    }
    for tile in ["c", "d", "e", "zzz"] {
        let path = format!("/api/shared/{token}/tiles/{tile}");
        assert_eq!(anybody.get(&path).await.refusal(), "404 document.unknown");
    }
    for secret in [
        "Hidden",
        "Closed",
        "inner-map",
        "gone",
        "select",
        "owner@",
        "\"shop\"",
    ] {
        for body in &bodies {
            assert!(!body.contains(secret), "{secret} in {body}");
        }
    }
}

#[tokio::test]
async fn a_link_to_a_report_shows_that_report() {
    let (server, mut owner) = stocked().await;
    let (_, token) = share(&mut owner, "report", "buyers").await;
    let mut anybody = server.browser();
    let shown = anybody
        .get(&format!("/api/shared/{token}"))
        .await
        .expect(200);
    assert_eq!(
        (&shown["kind"], &shown["title"]),
        (&json!("report"), &json!("Buyers"))
    );
    let path = format!("/api/shared/{token}/tiles/report");
    let answer = anybody.get(&path).await.expect(200);
    assert_eq!(
        (&answer["numbers"]["kind"], &answer["n"]),
        (&json!("funnel"), &json!(2))
    );
}

#[tokio::test]
async fn a_link_ends_when_it_is_revoked_runs_out_or_its_document_goes() {
    let (server, mut owner) = stocked().await;
    let mut anybody = server.browser();
    let refused = "404 share.unknown";
    let (id, token) = share(&mut owner, "dashboard", "open-week").await;
    let path = format!("/api/shared/{token}");
    anybody.get(&path).await.expect(200);
    owner
        .send("DELETE", &format!("/api/w/shop/shares/{id}"), None)
        .await
        .expect(204);
    assert_eq!(anybody.get(&path).await.refusal(), refused);
    assert_eq!(
        anybody.get(&format!("{path}/tiles/b")).await.refusal(),
        refused
    );

    let body = json!({"kind": "dashboard", "document": "open-week", "expires_in": "1h"});
    let made = owner.post("/api/w/shop/shares", body).await.expect(200);
    let path = format!("/api{}", made["path"].as_str().unwrap());
    anybody.get(&path).await.expect(200);
    server.clock.advance(Span::hours(1));
    assert_eq!(anybody.get(&path).await.refusal(), refused);
    let listed = owner.get("/api/w/shop/shares").await.expect(200);
    assert_eq!(listed["shares"][0]["is_over"], true);

    let (_, token) = share(&mut owner, "dashboard", "open-week").await;
    owner
        .send("DELETE", "/api/w/shop/dashboards/open-week", None)
        .await
        .expect(204);
    let again = dashboard("Open week", json!([]));
    owner
        .post("/api/w/shop/dashboards", again)
        .await
        .expect(200);
    let path = format!("/api/shared/{token}");
    assert_eq!(
        anybody.get(&path).await.refusal(),
        refused,
        "a namesake is not shared"
    );
}

#[tokio::test]
async fn the_secret_is_told_once_and_what_was_done_is_on_record() {
    let (_server, mut owner) = stocked().await;
    let (id, token) = share(&mut owner, "dashboard", "open-week").await;
    let listed = owner.get("/api/w/shop/shares").await;
    assert!(!listed.text().contains(&token));
    let listed = listed.expect(200);
    assert_eq!(listed["shares"][0]["author"], "owner@example.com");
    owner
        .send("DELETE", &format!("/api/w/shop/shares/{id}"), None)
        .await
        .expect(204);
    let audit = owner.get("/api/audit").await;
    assert!(!audit.text().contains(&token));
    let audit = audit.expect(200);
    let actions: Vec<&str> = audit["entries"]
        .as_array()
        .unwrap()
        .iter()
        .take(2)
        .map(|it| it["action"].as_str().unwrap())
        .collect();
    assert_eq!(actions, ["share.revoked", "share.made"]);
    assert_eq!(audit["entries"][1]["subject"], "dashboard open-week");
}

#[tokio::test]
async fn only_what_is_there_can_be_shared_and_only_by_publishers() {
    let (server, mut owner) = stocked().await;
    let body = json!({"kind": "dashboard", "document": "nothing"});
    let refused = owner.post("/api/w/shop/shares", body).await;
    assert_eq!(refused.refusal(), "404 document.unknown");
    let mut editor = server
        .member(&mut owner, "e@example.com", &[("shop", "editor")])
        .await;
    let body = json!({"kind": "dashboard", "document": "open-week"});
    assert_eq!(
        editor.post("/api/w/shop/shares", body).await.refusal(),
        "403 role.low"
    );
}

#[tokio::test]
async fn an_address_that_calls_too_often_has_to_wait() {
    let (server, _owner) = stocked().await;
    let mut anybody = server.browser();
    for _ in 0..limits::SHARED_CALLS_MAX {
        assert_eq!(
            anybody.get("/api/shared/x").await.refusal(),
            "404 share.unknown"
        );
    }
    let refused = anybody.get("/api/shared/x").await;
    assert_eq!(refused.header("retry-after"), "60");
    assert_eq!(refused.refusal(), "429 shared.busy");
}

#[tokio::test]
async fn a_link_shows_what_a_report_is_compared_with() {
    let (server, mut owner) = stocked().await;
    let report = json!({"kind": "counts", "range": {"last": "1d"}, "every": "range"});
    let body = json!({"title": "Today", "report": report, "against": "before"});
    let made = owner.post("/api/w/shop/reports", body).await.expect(200);
    let id = made["id"].as_str().unwrap().to_owned();
    let (_, token) = share(&mut owner, "report", &id).await;
    let mut anybody = server.browser();
    let path = format!("/api/shared/{token}");
    let shown = anybody.get(&path).await.expect(200);
    assert_eq!(shown["tiles"][0]["against"], "before");
    let own = anybody.get(&format!("{path}/tiles/report")).await;
    let own = own.expect(200);
    let other = format!("{path}/tiles/report/against");
    let other = anybody.get(&other).await.expect(200);
    assert_eq!(own["range"]["from"], other["range"]["to"]);
    let (_, plain) = share(&mut owner, "report", "buyers").await;
    let path = format!("/api/shared/{plain}/tiles/report/against");
    assert_eq!(anybody.get(&path).await.refusal(), "404 document.unknown");
}
