//! Our own browser library as its pages meet it, and what is asked of what it tells.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::{
    client::{Browser, Server},
    events,
};

struct Site {
    /// Kept, as its folder is gone with it.
    _server: Server,
    owner: Browser,
    /// A page of a customer's site.
    page: Browser,
    key: String,
}

impl Site {
    async fn open() -> Self {
        let (server, mut owner) = events::shop("").await;
        let body = json!({"name": "site"});
        let made = owner.post("/api/w/shop/keys", body).await.expect(200);
        let key = made["key"].as_str().unwrap().to_owned();
        let mut page = server.browser();
        page.origin = Some("https://elsewhere.example".to_owned());
        page.headers = vec![("content-type", "text/plain;charset=UTF-8".to_owned())];
        Self {
            _server: server,
            owner,
            page,
            key,
        }
    }

    async fn send(&mut self, batch: Value) -> Value {
        let body = json!({"writeKey": self.key, "batch": batch}).to_string();
        let answer = self
            .page
            .send_bytes("POST", "/t/e", Some(body.into()))
            .await;
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        answer.expect(200)
    }

    async fn ask(&mut self, report: &Value) -> Value {
        self.owner
            .post("/api/w/shop/ask", report.clone())
            .await
            .expect(200)["numbers"]
            .clone()
    }
}

fn clicked(id: &str, visitor: &str, within: i64) -> Value {
    json!({"type": "track", "event": "element_clicked", "messageId": id, "anonymousId": visitor,
        "properties": {"path": "/sale", "view": "v", "x": 40, "y": 80, "page_width": 400,
            "viewport_width": 400, "reaction": "none", "within": {"2": 90, "3": within},
            "element": {"selector": "#buy", "tag": "button", "text": "Buy"}}})
}

#[tokio::test]
async fn the_library_and_its_settings_are_there_for_any_site() {
    let mut site = Site::open().await;
    let script = site.page.get("/t/throughline.js").await;
    assert_eq!(script.header("access-control-allow-origin"), "*");
    assert_eq!(
        script.header("cross-origin-resource-policy"),
        "cross-origin"
    );
    assert!(script.header("content-type").starts_with("text/javascript"));
    let path = format!("/t/{}/settings", site.key);
    let settings = site.page.get(&path).await.expect(200);
    assert_eq!(settings["batch_events_max"], 2_500);
    let unknown = site.page.get("/t/tlw_none/settings").await;
    assert_eq!(unknown.refusal(), "404 key.unknown");
    let unknown = site.page.get("/t/elsewhere").await;
    assert_eq!(unknown.refusal(), "404 path.unknown");
}

#[tokio::test]
async fn what_it_tells_is_named_and_asked_for_afterwards() {
    let mut site = Site::open().await;
    let batch = json!([
        clicked("1", "ana", 300),
        clicked("2", "ana", 3_000),
        clicked("3", "ben", 900)
    ]);
    let taken = site.send(batch.clone()).await;
    assert_eq!(taken["accepted"], 3);
    // A page that heard no answer sends again.
    site.send(batch).await;
    let map = json!({"kind": "page_map", "range": {"all": true}, "page": {"is": ["/sale"]}});
    let begin = Instant::now();
    while site.ask(&map).await["visitors"] != 2 {
        assert!(
            begin.elapsed() < Duration::from_secs(30),
            "events are counted"
        );
    }
    let phone = site.ask(&map).await["widths"][0].clone();
    assert_eq!(
        phone["clicks"]["clicks"],
        json!({"times": 3, "profiles": 2})
    );
    assert_eq!(
        phone["cells"][0]["rage"],
        json!({"times": 2, "profiles": 2})
    );
    let cell = json!({"row": phone["cells"][0]["row"], "column": phone["cells"][0]["column"]});
    assert_eq!(cell, json!({"row": 4, "column": 2}));
    for (of, count) in [
        (json!({"cell": cell}), 2),
        (json!({"element": "#buy"}), 2),
        (json!("dead"), 2),
        (json!("viewed"), 0),
    ] {
        let select = json!({"kind": "page_map", "width": "phone", "of": of});
        let body = json!({"of": {"report": map}, "select": select});
        let page = site
            .owner
            .post("/api/w/shop/people", body)
            .await
            .expect(200);
        assert_eq!(page["total"], count, "{of}");
    }
    let found = site.owner.get("/api/w/shop/elements").await.expect(200);
    assert_eq!(found["elements"][0]["text"], "Buy");
    assert_eq!(found["elements"][0]["events"], 3);
    let suggested = site
        .owner
        .post("/api/w/shop/vocabulary/suggest", json!({}))
        .await
        .expect(200);
    let ids: Vec<&str> = (suggested["signals"].as_array().unwrap().iter())
        .map(|it| it["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["rage_click", "dead_click"]);
    let mut asked_for = suggested.clone();
    asked_for["touchpoints"] = json!([]);
    asked_for["stages"] = json!([]);
    let checked = site
        .owner
        .post("/api/w/shop/vocabulary/check", asked_for)
        .await
        .expect(200);
    let rage = json!({"id": "rage_click", "events": 2, "profiles": 2});
    assert_eq!(checked["coverage"]["signals"][0], rage);
    let unheard = json!({"kind": "counts", "range": {"all": true},
        "series": [{"name": "a", "matcher": {"signals": ["unheard"]}}]});
    let refused = site
        .owner
        .post("/api/w/shop/ask", unheard)
        .await
        .expect(422);
    assert_eq!(refused["error"]["faults"][0]["place"], "series[0].matcher");
}
