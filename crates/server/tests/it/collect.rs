//! Events as libraries send them: over HTTP, with a write key, from anywhere.

use std::{
    io::Write,
    path::PathBuf,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};
use throughline_model::{Span, Timestamp, limits};

use crate::{
    client::{Answer, Browser, Server},
    events,
};

const CALLS: [(&str, &str); 6] = [
    ("track", "t"),
    ("identify", "i"),
    ("page", "p"),
    ("screen", "s"),
    ("group", "g"),
    ("alias", "a"),
];

/// A workspace `shop` with a write key.
pub struct Shop {
    pub server: Server,
    pub owner: Browser,
    pub key: String,
}

impl Shop {
    pub async fn open() -> Self {
        let (server, mut owner) = events::shop("").await;
        let body = json!({"name": "tests"});
        let made = owner.post("/api/w/shop/keys", body).await.expect(200);
        let key = made["key"].as_str().unwrap().to_owned();
        Self { server, owner, key }
    }

    /// A library with the write key as the user name.
    fn library(&self) -> Browser {
        self.stranger(&[("authorization", &basic(&self.key))])
    }

    /// Somebody whom we know nothing of but these headers.
    pub fn stranger(&self, headers: &[(&'static str, &str)]) -> Browser {
        let mut browser = self.server.browser();
        browser.origin = Some("https://elsewhere.example".to_owned());
        browser.headers = headers
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()))
            .collect();
        browser
    }

    async fn send(&self, path: &str, body: Value) -> Answer {
        self.library().post(path, body).await
    }

    async fn send_bytes(&self, path: &str, body: Vec<u8>) -> Answer {
        self.library().send_bytes("POST", path, Some(body)).await
    }

    /// Events and profiles with this event.
    pub async fn count(&mut self, name: &str) -> (u64, u64) {
        let matcher = json!({"events": [name]});
        let question = json!({"kind": "counts", "range": {"all": true}, "every": "range",
            "series": [{"name": name, "matcher": matcher}]});
        let answer = self.owner.post("/api/w/shop/ask", question).await;
        let total = answer.expect(200)["numbers"]["total"].clone();
        let number = |name: &str| total[name].as_u64().unwrap();
        (number("events"), number("profiles"))
    }

    /// Asks again until the answer is as expected.
    pub async fn expect_count(&mut self, name: &str, expected: (u64, u64)) {
        let begin = Instant::now();
        loop {
            let count = self.count(name).await;
            if count == expected {
                return;
            }
            let is_late = begin.elapsed() > Duration::from_secs(30);
            assert!(!is_late, "{name}: {count:?} instead of {expected:?}");
        }
    }
}

pub fn basic(key: &str) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(format!("{key}:")))
}

/// Each has an id of its own: the clock stands still, and what comes again at once is the same.
fn track(name: &str, user: &str) -> Value {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let id = NEXT.fetch_add(1, Ordering::Relaxed).to_string();
    json!({"type": "track", "event": name, "userId": user, "messageId": id})
}

pub fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn every_call_takes_its_kind_of_event() {
    let mut shop = Shop::open().await;
    for (name, short) in CALLS {
        for call in [name, short] {
            let body = json!({"event": "called", "userId": "u", "previousId": "p", "groupId": "g",
                "messageId": call});
            let answer = shop.send(&format!("/v1/{call}"), body).await;
            assert_eq!(answer.expect(200), json!({"success": true}), "{call}");
        }
    }
    for call in ["batch", "b", "import"] {
        let mut event = track("called", "u");
        event["messageId"] = json!(call);
        let answer = shop
            .send(&format!("/v1/{call}"), json!({"batch": [event]}))
            .await;
        let expected = json!({"success": true, "accepted": 1});
        assert_eq!(answer.expect(200), expected, "{call}");
    }
    shop.expect_count("called", (5, 1)).await;
    for (name, count) in [
        ("page_viewed", 2),
        ("screen_viewed", 2),
        ("$identify", 2),
        ("$group", 2),
        ("$alias", 2),
    ] {
        shop.expect_count(name, (count, 1)).await;
    }
    let answer = shop.send("/v1/batch", json!({"batch": []})).await;
    let nothing = json!({"success": true, "accepted": 0});
    assert_eq!(answer.expect(200), nothing);
}

#[tokio::test]
async fn what_libraries_count_about_themselves_is_forgotten() {
    let shop = Shop::open().await;
    let body = json!({"series": [{"type": "Counter", "metric": "analytics_js.invoke"}]});
    let answer = shop.stranger(&[]).post("/v1/m", body).await;
    assert_eq!(answer.expect(200), json!({"success": true}));
    assert_eq!(answer.header("access-control-allow-origin"), "*");
}

#[tokio::test]
async fn the_write_key_may_be_in_several_places() {
    let mut shop = Shop::open().await;
    let key = shop.key.clone();
    let with = |place: &str, key: &str| {
        let mut event = track("sent", "u");
        event[place] = json!(key);
        event
    };
    let mut keyed = shop.stranger(&[("x-write-key", &key)]);
    // Some libraries mask the key in the body.
    keyed
        .post("/v1/track", with("writeKey", "***"))
        .await
        .expect(200);
    let mut plain = shop.stranger(&[]);
    plain
        .post("/v1/track", with("writeKey", &key))
        .await
        .expect(200);
    let batch = json!({"batch": [track("sent", "u")], "writeKey": key});
    plain.post("/v1/batch", batch).await.expect(200);
    let path = format!("/v1/track?writeKey={key}");
    plain.post(&path, track("sent", "u")).await.expect(200);
    let mut bearer = shop.stranger(&[("authorization", "Bearer token")]);
    bearer
        .post("/v1/track", with("writeKey", &key))
        .await
        .expect(200);
    shop.expect_count("sent", (5, 1)).await;
}

#[tokio::test]
async fn a_key_that_is_not_ours_is_refused_before_the_body_counts() {
    let mut shop = Shop::open().await;
    let event = track("sent", "u");
    let mut with_key = event.clone();
    with_key["writeKey"] = json!("tlw_unknown");
    for headers in [
        vec![("authorization", basic("tlw_unknown"))],
        vec![("authorization", "Basic ###".to_owned())],
        vec![("x-write-key", "tlw_unknown".to_owned())],
        vec![],
    ] {
        let headers: Vec<_> = headers.iter().map(|(n, v)| (*n, v.as_str())).collect();
        let mut browser = shop.stranger(&headers);
        let answer = browser.post("/v1/track", with_key.clone()).await;
        assert_eq!(answer.refusal(), "401 write_key.unknown", "{headers:?}");
        let body = answer.expect(401);
        assert_eq!(body["code"], "write_key.unknown", "also at the top");
        assert_eq!(body["message"], body["error"]["message"]);
        assert_eq!(answer.header("access-control-allow-origin"), "*");
    }
    let none = shop.stranger(&[]).post("/v1/track", event).await;
    assert_eq!(none.refusal(), "401 write_key.unknown");
    let mut stranger = shop.stranger(&[("authorization", &basic("tlw_unknown"))]);
    let broken = stranger.send_bytes("POST", "/v1/track", Some(b"{".to_vec()));
    assert_eq!(broken.await.refusal(), "401 write_key.unknown");
    // A session is no write key.
    let mut owner = shop.owner.clone();
    let answer = owner.post("/v1/track", track("sent", "u")).await;
    assert_eq!(answer.refusal(), "401 write_key.unknown");
    assert_eq!(shop.count("sent").await, (0, 0));
}

#[tokio::test]
async fn a_removed_key_sends_nothing_more() {
    let mut shop = Shop::open().await;
    let sent = shop.send("/v1/track", track("sent", "u")).await;
    sent.expect(200);
    let keys = shop.owner.get("/api/w/shop/keys").await.expect(200);
    let path = format!("/api/w/shop/keys/{}", keys["keys"][0]["id"]);
    shop.owner.send("DELETE", &path, None).await.expect(204);
    let refused = shop.send("/v1/track", track("sent", "u")).await;
    assert_eq!(refused.refusal(), "401 write_key.unknown");
    shop.expect_count("sent", (1, 1)).await;
}

#[tokio::test]
async fn the_body_counts_and_not_what_headers_say_of_it() {
    let mut shop = Shop::open().await;
    for (name, value) in [
        ("content-type", "text/plain"),
        ("content-type", "application/x-www-form-urlencoded"),
        ("content-type", "image/x"),
        ("content-encoding", "gzip"),
    ] {
        for is_packed in [false, true] {
            let text = track("sent", "u").to_string().into_bytes();
            let body = if is_packed { packed(&text) } else { text };
            let mut library = shop.library();
            library.headers.push((name, value.to_owned()));
            let answer = library.send_bytes("POST", "/v1/t", Some(body)).await;
            answer.expect(200);
        }
    }
    shop.expect_count("sent", (8, 1)).await;
}

#[tokio::test]
async fn large_batches_are_taken_packed_and_plain() {
    let mut shop = Shop::open().await;
    for (half, is_packed) in [("a", false), ("b", true)] {
        let events: Vec<Value> = (0..limits::BATCH_EVENTS_MAX)
            .map(|n| {
                let mut event = track("bulk", &format!("{half}{n}"));
                event["messageId"] = json!(format!("{half}{n}"));
                event["properties"] = json!({"note": format!("{n}").repeat(100)});
                event
            })
            .collect();
        let body = json!({"batch": events}).to_string().into_bytes();
        assert!(body.len() > 500_000);
        let body = if is_packed { packed(&body) } else { body };
        let taken = shop.send_bytes("/v1/batch", body).await.expect(200);
        assert_eq!(taken["accepted"], limits::BATCH_EVENTS_MAX);
    }
    let all = 2 * limits::BATCH_EVENTS_MAX as u64;
    shop.expect_count("bulk", (all, all)).await;
}

#[tokio::test]
async fn a_faulty_event_is_named_and_held_back_and_the_rest_is_taken() {
    let mut shop = Shop::open().await;
    let mut ahead = track("good", "u");
    ahead["timestamp"] = json!("2031-01-01T00:00:00Z");
    let batch = json!([
        track("good", "u"),
        ahead,
        {"type": "track", "event": "good"},
        track("good", "v"),
        {"type": "tarck", "event": "good", "userId": "u"},
        "text",
    ]);
    let answer = shop.send("/v1/batch", json!({"batch": batch})).await;
    let taken = answer.expect(200);
    assert_eq!(
        (&taken["success"], &taken["accepted"]),
        (&json!(true), &json!(2))
    );
    let rejected = taken["rejected"].as_array().unwrap();
    let verdicts: Vec<String> = rejected
        .iter()
        .map(|it| format!("{} {}", it["index"], it["reason"].as_str().unwrap()))
        .collect();
    let expected = [
        "1 time_ahead",
        "2 id_missing",
        "4 type_unknown",
        "5 not_an_object",
    ];
    assert_eq!(verdicts, expected);
    assert!(rejected.iter().all(|it| it["message"].is_string()));
    let one = shop.send("/v1/track", json!({"userId": "u"})).await;
    let one = one.expect(200);
    assert_eq!(one["accepted"], 0);
    assert_eq!(one["rejected"][0]["reason"], "field_missing");
    shop.expect_count("good", (2, 2)).await;
    let begin = Instant::now();
    loop {
        let held = shop.owner.get("/api/w/shop/quarantine").await.expect(200);
        if held["total"] == 5 {
            let reasons: Vec<&str> = held["entries"]
                .as_array()
                .unwrap()
                .iter()
                .map(|it| it["reason"].as_str().unwrap())
                .collect();
            assert!(reasons.contains(&"time_ahead"), "{reasons:?}");
            break;
        }
        assert!(begin.elapsed() < Duration::from_secs(30), "{held}");
    }
}

#[tokio::test]
async fn an_event_that_is_sent_again_is_stored_once() {
    let mut shop = Shop::open().await;
    let event = |id: &str, sent: &str| {
        json!({"event": "sent", "userId": "u", "messageId": id,
            "timestamp": "2026-03-02T11:00:00Z", "sentAt": sent})
    };
    for sent in ["2026-03-02T12:00:00Z", "2026-03-02T12:00:07Z"] {
        let answer = shop.send("/v1/track", event("m1", sent)).await;
        answer.expect(200);
    }
    let twice = track("sent", "u");
    let batch = json!({"batch": [twice, twice]});
    shop.send("/v1/batch", batch).await.expect(200);
    let last = shop.send("/v1/track", event("m3", "2026-03-02T12:00:09Z"));
    last.await.expect(200);
    shop.expect_count("sent", (3, 1)).await;
    let metrics = shop.server.browser().get("/metrics").await.text();
    for line in [
        r#"throughline_events_total{workspace="shop",verdict="stored"} 3"#,
        r#"throughline_events_total{workspace="shop",verdict="duplicate"} 2"#,
    ] {
        assert!(metrics.contains(line), "{line} in {metrics}");
    }
}

#[tokio::test]
async fn the_clock_of_the_sender_is_corrected_by_when_it_sent() {
    let mut shop = Shop::open().await;
    // The sender's clock is three days ahead; it happened ten minutes before it was sent.
    let event = json!({"event": "sent", "userId": "u",
        "timestamp": "2026-03-05T11:50:00Z", "sentAt": "2026-03-05T12:00:00Z"});
    shop.send("/v1/track", event).await.expect(200);
    let mut event = track("sent", "u");
    event["timestamp"] = json!("2026-03-05T11:40:00Z");
    let batch = json!({"batch": [event], "sentAt": "2026-03-05T12:00:00Z"});
    let taken = shop.send("/v1/batch", batch).await.expect(200);
    assert_eq!(taken["accepted"], 1, "{taken}");
    shop.expect_count("sent", (2, 1)).await;
    let live = shop.owner.get("/api/w/shop/live").await.expect(200);
    let times: Vec<&Value> = (0..2).map(|index| &live["events"][index]["time"]).collect();
    let at = |text| json!(Timestamp::parse(text).unwrap());
    let expected = [at("2026-03-02T11:40:00Z"), at("2026-03-02T11:50:00Z")];
    assert_eq!(times, expected.iter().collect::<Vec<_>>());
}

#[tokio::test]
async fn ids_that_say_nothing_count_as_absent() {
    let mut shop = Shop::open().await;
    for ids in [
        json!({"userId": "u", "anonymousId": null}),
        json!({"userId": null, "anonymousId": "u"}),
        json!({"userId": "", "anonymousId": "u"}),
        json!({"userId": 17, "anonymousId": null}),
    ] {
        let mut event = ids.clone();
        event["event"] = json!("sent");
        let answer = shop.send("/v1/track", event).await;
        assert_eq!(answer.expect(200), json!({"success": true}), "{ids}");
    }
    shop.expect_count("sent", (4, 3)).await;
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_with_words_that_help() {
    let mut shop = Shop::open().await;
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let spaces = vec![b' '; 30 << 20];
    let many = json!({"batch": vec![track("sent", "u"); limits::BATCH_EVENTS_MAX + 1]});
    let mut cut = packed(&br#"{"event":"sent","userId":"u"}"#.repeat(100));
    cut.truncate(cut.len() / 2);
    for (path, body, expected) in [
        ("/v1/track", b"{\"event\":".to_vec(), "400 body.syntax"),
        ("/v1/track", Vec::new(), "400 body.syntax"),
        (
            "/v1/track",
            b"{\"event\":\"\xff\"}".to_vec(),
            "400 body.syntax",
        ),
        ("/v1/track", cut, "400 body.syntax"),
        ("/v1/batch", deep.into_bytes(), "400 events.missing"),
        ("/v1/track", b"[]".to_vec(), "400 events.missing"),
        ("/v1/batch", b"{}".to_vec(), "400 events.missing"),
        ("/v1/batch", many.to_string().into_bytes(), "413 body.large"),
        ("/v1/batch", packed(&spaces), "413 body.large"),
        (
            "/v1/batch",
            vec![b' '; limits::BODY_BYTES_MAX + 1],
            "413 body.large",
        ),
    ] {
        let length = body.len();
        let answer = shop.send_bytes(path, body).await;
        assert_eq!(answer.refusal(), expected, "{length} bytes to {path}");
        let body: Value = serde_json::from_slice(&answer.bytes).unwrap();
        assert_eq!(body["code"], body["error"]["code"]);
        assert_eq!(answer.header("retry-after"), "", "it would be no use");
    }
    // Within a batch, one event that is too deep does no harm to the others.
    let deep = format!("{}1{}", "[".repeat(100), "]".repeat(100));
    let text = format!(
        r#"{{"batch":[{{"type":"track","event":"sent","userId":"u","properties":{{"a":{deep}}}}},{}]}}"#,
        track("sent", "u")
    );
    let taken = shop.send_bytes("/v1/batch", text.into_bytes()).await;
    let taken = taken.expect(200);
    assert_eq!(taken["accepted"], 1);
    assert_eq!(taken["rejected"][0]["reason"], "too_deep");
    shop.expect_count("sent", (1, 1)).await;
}

#[tokio::test]
async fn browsers_of_any_site_may_send_and_see_when_to_come_back() {
    let shop = Shop::open().await;
    let asked = "authorization,x-retry-count";
    let headers = [
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", asked),
        ("sec-fetch-site", "cross-site"),
    ];
    let names = CALLS.iter().flat_map(|(name, short)| [*name, *short]);
    for name in names.chain(["batch", "b", "import", "m", "projects/x/settings"]) {
        let path = format!("/v1/{name}");
        let mut browser = shop.stranger(&headers);
        let answer = browser.send("OPTIONS", &path, None).await;
        assert_eq!(answer.status, 204, "{path}: {}", answer.text());
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert_eq!(answer.header("access-control-max-age"), "86400");
        let allowed = answer.header("access-control-allow-headers");
        for name in [
            "authorization",
            "content-type",
            "x-retry-count",
            "x-write-key",
        ] {
            assert!(allowed.contains(name), "{allowed}");
        }
        assert!(
            answer
                .header("access-control-allow-methods")
                .contains("POST")
        );
        assert_eq!(answer.header("access-control-allow-credentials"), "");
    }
    let mut library = shop.library();
    library
        .headers
        .push(("sec-fetch-site", "cross-site".to_owned()));
    let answer = library.post("/v1/t", track("sent", "u")).await;
    answer.expect(200);
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    let exposed = answer.header("access-control-expose-headers");
    assert_eq!(exposed, "Retry-After");
    let policy = answer.header("cross-origin-resource-policy");
    assert_eq!(policy, "cross-origin");
    // Our own API stays closed.
    let own = shop.stranger(&[]).get("/api/session").await;
    assert_eq!(own.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn the_browser_library_learns_where_to_send() {
    let shop = Shop::open().await;
    let path = format!("/v1/projects/{}/settings", shop.key);
    let settings = shop.stranger(&[]).get(&path).await.expect(200);
    let ours = &settings["integrations"]["Segment.io"];
    assert_eq!(ours["apiKey"], shop.key);
    assert_eq!(ours["apiHost"], format!("{}/v1", shop.server.address));
    assert_eq!(ours["protocol"], "http");
    assert_eq!(settings["metrics"]["sampleRate"], 0);
    let mut stranger = shop.stranger(&[]);
    let unknown = stranger.get("/v1/projects/tlw_unknown/settings").await;
    assert_eq!(unknown.refusal(), "404 key.unknown");
    let elsewhere = Server::start_with(|config| {
        let url = throughline_server::config::PublicUrl::parse("https://journeys.example.com");
        config.server.public_url = url;
    });
    let elsewhere = elsewhere.await;
    let unknown = elsewhere.browser().get(&path).await;
    assert_eq!(unknown.refusal(), "404 key.unknown");
}

#[tokio::test]
async fn the_use_of_a_key_is_noted_once_in_a_while() {
    let mut shop = Shop::open().await;
    let noon = shop.server.app.now();
    let used = async |shop: &mut Shop| {
        let keys = shop.owner.get("/api/w/shop/keys").await.expect(200);
        keys["keys"][0]["last_used"].clone()
    };
    assert_eq!(used(&mut shop).await, Value::Null);
    for (minutes, expected) in [(0, 0), (4, 0), (2, 6)] {
        shop.server.clock.advance(Span::minutes(minutes));
        let answer = shop.send("/v1/track", track("sent", "u")).await;
        answer.expect(200);
        let expected = json!(noon.plus(Span::minutes(expected)));
        let begin = Instant::now();
        while used(&mut shop).await != expected {
            let is_late = begin.elapsed() > Duration::from_secs(30);
            assert!(!is_late, "{expected} is not noted");
        }
    }
}

#[tokio::test]
async fn the_server_counts_what_it_takes() {
    let mut shop = Shop::open().await;
    let batch = json!({"batch": [track("sent", "u"), {"type": "track"}]});
    shop.send("/v1/batch", batch).await.expect(200);
    let mut again = shop.library();
    again.headers.push(("x-retry-count", "2".to_owned()));
    let answer = again.post("/v1/track", track("sent", "v")).await;
    answer.expect(200);
    shop.expect_count("sent", (2, 2)).await;
    let metrics = shop.server.browser().get("/metrics").await.text();
    for line in [
        r#"throughline_events_total{workspace="shop",verdict="stored"} 2"#,
        r#"throughline_events_total{workspace="shop",verdict="quarantined"} 1"#,
        r#"throughline_log_state{workspace="shop",state="writing"} 1"#,
        r#"throughline_log_state{workspace="shop",state="stopped"} 0"#,
        r#"throughline_waiting_records{workspace="shop"} 0"#,
        "throughline_collected_again_total 1",
    ] {
        assert!(metrics.contains(line), "{line} in {metrics}");
    }
    assert!(metrics.contains("throughline_collected_bytes_total "));
    assert!(metrics.ends_with("# EOF\n"));
}

#[tokio::test]
async fn while_the_server_ends_events_are_sent_away_to_come_back() {
    let shop = Shop::open().await;
    let library = shop.library();
    // The logs are closed, while a connection is still served.
    let router = throughline_server::api::router(&shop.server.app);
    shop.server.app.close().await;
    let request = http::Request::post("/v1/track")
        .header("authorization", &library.headers[0].1)
        .body(axum::body::Body::from(track("sent", "u").to_string()))
        .unwrap();
    let answer = tower::ServiceExt::oneshot(router, request).await.unwrap();
    assert_eq!(answer.status(), 503);
    assert_eq!(answer.headers()["retry-after"], "5");
}

/// Method, path, headers and body of a request.
type Recording = (String, String, Vec<(String, String)>, Value);

/// Requests that unmodified libraries sent, when the folder with recordings is there.
fn recordings() -> Vec<Recording> {
    let shared = std::env::var_os("THROUGHLINE_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let Ok(files) = std::fs::read_dir(shared.join("data/wire")) else {
        return Vec::new();
    };
    let mut requests = Vec::new();
    for file in files {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if !name.starts_with("segment") && !name.starts_with("rudder") {
            continue;
        }
        let recording: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        for request in recording["requests"].as_array().unwrap() {
            if request["method"] != "POST" || !request["body"].is_object() {
                continue;
            }
            let headers = request["headers"].as_object().unwrap().iter();
            let headers = headers
                .map(|(name, value)| (name.to_lowercase(), value.as_str().unwrap().to_owned()))
                .collect();
            let path = request["path"].as_str().unwrap().to_owned();
            requests.push((name.clone(), path, headers, request["body"].clone()));
        }
    }
    requests
}

#[tokio::test]
async fn everything_that_real_libraries_sent_is_taken() {
    let shop = Shop::open().await;
    let recorded_at = Timestamp::parse("2026-11-22T02:00:00Z").unwrap();
    let since = recorded_at.since(shop.server.app.now());
    shop.server.clock.advance(since);
    for (name, path, headers, mut body) in recordings() {
        let mut library = shop.stranger(&[]);
        let mut is_packed = false;
        for (header, value) in headers {
            match header.as_str() {
                "authorization" => library.headers.push(("authorization", basic(&shop.key))),
                "content-type" => library.headers.push(("content-type", value)),
                "origin" => library.origin = Some(value),
                "content-encoding" => {
                    is_packed = true;
                    library.headers.push(("content-encoding", value));
                }
                _ => {}
            }
        }
        if body["writeKey"].is_string() {
            body["writeKey"] = json!(shop.key);
        }
        let text = body.to_string().into_bytes();
        let bytes = if is_packed { packed(&text) } else { text };
        let answer = library.send_bytes("POST", &path, Some(bytes)).await;
        let taken = answer.expect(200);
        assert_eq!(taken["rejected"], Value::Null, "{name}");
        if let Some(batch) = body["batch"].as_array() {
            assert_eq!(taken["accepted"], batch.len(), "{name}");
        }
    }
}
