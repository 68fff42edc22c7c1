//! Links in messages over HTTP: registered, seen in clicks, looked at, told of, led on.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU16, Ordering},
};

use serde_json::{Value, json};
use throughline_model::{Span, limits};
use throughline_server::{config::Config, schedules, sent_links::worker};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use crate::{
    client::{Browser, Server},
    events::{runtime, send},
    sink::hook_sink,
};

/// A site that answers everything with one status, and notes what it was asked.
struct Site {
    port: u16,
    status: Arc<AtomicU16>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Site {
    async fn open(status: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let site = Self {
            port: listener.local_addr().unwrap().port(),
            status: Arc::new(AtomicU16::new(status)),
            asked: Arc::default(),
        };
        let (status, asked) = (site.status.clone(), site.asked.clone());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut head = Vec::new();
                let mut buffer = [0; 1024];
                while !head.ends_with(b"\r\n\r\n") {
                    match stream.read(&mut buffer).await {
                        Ok(count) if count > 0 => head.extend_from_slice(&buffer[..count]),
                        _ => break,
                    }
                }
                let head = String::from_utf8(head).unwrap();
                let line = head.lines().next().unwrap_or_default().to_owned();
                let status = match (status.load(Ordering::SeqCst), line.starts_with("GET")) {
                    // A site that knows no HEAD.
                    (405, true) => 200,
                    (status, _) => status,
                };
                asked.lock().unwrap().push(line);
                let answer = format!(
                    "HTTP/1.1 {status} So\r\nlocation: /again\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
                );
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        site
    }

    fn answer(&self, status: u16) {
        self.status.store(status, Ordering::SeqCst);
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn may_call_itself(config: &mut Config) {
    config.outgoing.allow = vec!["127.0.0.1".to_owned()];
    calls_plainly(config);
}

fn calls_plainly(config: &mut Config) {
    config.outgoing.ports = Vec::new();
    config.outgoing.https_only = false;
}

async fn shop(change: impl FnOnce(&mut Config)) -> (Server, Browser) {
    let server = Server::start_with(change).await;
    let mut owner = server.owner().await;
    let body = json!({"id": "shop", "name": "Shop", "zone": "UTC"});
    owner.post("/api/workspaces", body).await.expect(200);
    (server, owner)
}

async fn turn_on(owner: &mut Browser, settings: Value) {
    let mut writer = owner.clone();
    writer.headers.push(("if-match", "0".to_owned()));
    let path = "/api/w/shop/sent-links/settings";
    writer.send("PUT", path, Some(settings)).await.expect(200);
}

async fn register(owner: &mut Browser, address: &str, fallback: Option<&str>) -> Value {
    let body = json!({"address": address, "fallback": fallback});
    owner.post("/api/w/shop/sent-links", body).await.expect(200)
}

async fn links(owner: &mut Browser) -> Vec<Value> {
    let list = owner.get("/api/w/shop/sent-links").await.expect(200);
    list["links"].as_array().unwrap().clone()
}

async fn led(owner: &mut Browser, made: &Value) -> String {
    let answer = owner.get(made["leads_from"].as_str().unwrap()).await;
    assert_eq!(answer.status, 302);
    assert_eq!(answer.header("cache-control"), "no-store");
    answer.header("location").to_owned()
}

#[tokio::test]
async fn a_link_that_breaks_after_it_was_sent_is_found_in_one_cycle_and_led_elsewhere() {
    let site = Site::open(200).await;
    let (server, mut owner) = shop(may_call_itself).await;
    turn_on(&mut owner, json!({"is_on": true, "every": "1h"})).await;
    let (sale, front) = (site.url("/sale?page=2"), site.url("/front"));
    let made = register(&mut owner, &sale, Some(&front)).await;
    let other = register(&mut owner, &site.url("/other"), None).await;
    let again = register(&mut owner, &sale, Some(&front)).await;
    assert_eq!(made, again, "what was sent goes on leading there");
    let click = |who: &str, minutes: u32| {
        let url = site.url(&format!("/sale?page=2&u={who}"));
        let told = json!({"url": url, "campaign": "Spring"});
        format!("{who} {minutes} message_clicked {told}\n")
    };
    send(
        &server,
        &[click("ana", 9), click("ana", 8), click("ben", 7)].concat(),
    )
    .await;

    worker::tick(&server.app).await;
    let list = links(&mut owner).await;
    assert_eq!(
        list.len(),
        2,
        "the click is on a link that is known: {list:?}"
    );
    assert_eq!(list[0]["address"], json!(sale));
    assert_eq!(
        (&list[0]["clicks"], &list[0]["people"]),
        (&json!(3), &json!(2))
    );
    assert_eq!(list[0]["campaigns"], json!(["Spring"]));
    assert_eq!(list[0]["status"], json!({"kind": "alive"}));
    assert_eq!(led(&mut owner, &made).await, sale);
    worker::tick(&server.app).await;
    assert_eq!(site.asked().len(), 2, "nothing is due");

    site.answer(404);
    server.clock.advance(Span::hours(1));
    worker::tick(&server.app).await;
    let list = links(&mut owner).await;
    assert_eq!(list[0]["status"], json!({"kind": "broken", "why": "gone"}));
    assert_eq!(list[0]["since"], json!(server.app.now()));
    assert_eq!(list[0]["turns"].as_array().unwrap().len(), 2);
    assert_eq!(led(&mut owner, &made).await, front);
    assert_eq!(
        led(&mut owner, &other).await,
        site.url("/other"),
        "it has no fallback"
    );
    let list = links(&mut owner).await;
    let sent = list.iter().find(|it| it["address"] == json!(sale)).unwrap();
    assert_eq!(sent["led"], 2);

    let (port, hooks) = hook_sink(&[]).await;
    let body = json!({"title": "Broken", "of": {"links": "broken"}, "every": "day", "at": "14:00", "zone": "UTC",
        "to": {"webhook": format!("http://127.0.0.1:{port}/")}});
    owner.post("/api/w/shop/schedules", body).await.expect(200);
    server.clock.advance(Span::hours(1));
    schedules::worker::tick(&server.app).await;
    let told: Value = serde_json::from_str(&hooks.first().body).unwrap();
    let sections = told["content"]["sections"].as_array().unwrap();
    assert_eq!(sections.len(), 2);
    assert_eq!(sections[0]["title"], json!(sale), "it has more people");
    let text = sections[0]["text"].as_str().unwrap();
    assert!(
        text.contains("there is no such page") && text.ends_with(": 2"),
        "{text}"
    );

    let mut writer = owner.clone();
    let path = format!("/api/w/shop/sent-links/{}", made["id"]);
    assert_eq!(writer.send("DELETE", &path, None).await.status, 204);
    let gone = owner.get(made["leads_from"].as_str().unwrap()).await;
    assert_eq!(gone.refusal(), "404 document.unknown");
}

#[tokio::test]
async fn nothing_is_asked_for_before_an_admin_turns_it_on() {
    let site = Site::open(200).await;
    let (server, mut owner) = shop(may_call_itself).await;
    let made = register(&mut owner, &site.url("/x"), None).await;
    worker::tick(&server.app).await;
    let path = format!("/api/w/shop/sent-links/{}/check", made["id"]);
    assert_eq!(
        owner.post(&path, json!({})).await.refusal(),
        "400 parameter.unusable"
    );
    assert_eq!(led(&mut owner, &made).await, site.url("/x"));
    worker::tick(&server.app).await;
    assert_eq!(site.asked(), Vec::<String>::new());
    turn_on(&mut owner, json!({"is_on": true})).await;
    let checked = owner.post(&path, json!({})).await.expect(200);
    assert_eq!(checked["status"], json!({"kind": "alive"}));
    assert_eq!(
        owner.post(&path, json!({})).await.status,
        503,
        "it was just now"
    );
    assert_eq!(site.asked(), ["HEAD /x HTTP/1.1"]);
    let faulty = json!({"is_on": true, "every": "1m", "parameters": ["token"]});
    let mut writer = owner.clone();
    writer.headers.push(("if-match", "1".to_owned()));
    let refused = writer
        .send("PUT", "/api/w/shop/sent-links/settings", Some(faulty))
        .await
        .expect(422);
    assert_eq!(refused["error"]["faults"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn links_of_clicks_are_taken_up_without_what_is_of_one_person() {
    let site = Site::open(405).await;
    let (server, mut owner) = shop(may_call_itself).await;
    let settings = json!({"is_on": true, "parameters": ["id"]});
    turn_on(&mut owner, settings).await;
    let click = |minutes: u32, path: &str| {
        format!(
            "ana {minutes} message_clicked {}\n",
            json!({"url": site.url(path)})
        )
    };
    let lines = [
        click(9, "/item?id=7&email=ana%40example.com"),
        click(8, "/item?id=8&token=1"),
        click(7, "/unsubscribe?u=ana"),
        click(6, "/mail?action=unsubscribe"),
        click(5, "/c/ana@example.com"),
        "ana 4 message_clicked {\"url\":\"javascript:alert(1)\"}\n".to_owned(),
        "ana 3 message_clicked {\"url\":\"</script><script>alert(1)</script>\"}\n".to_owned(),
    ];
    send(&server, &lines.concat()).await;
    worker::tick(&server.app).await;
    let told: Vec<(String, Value)> = (links(&mut owner).await.into_iter())
        .map(|it| {
            (
                it["address"].as_str().unwrap().to_owned(),
                it["unasked"].clone(),
            )
        })
        .collect();
    let mut told = told;
    told.sort_by(|a, b| a.0.cmp(&b.0));
    let expected = [
        (site.url("/c/*"), json!("personal")),
        (site.url("/item?id=7"), Value::Null),
        (site.url("/item?id=8"), json!("acts")),
        (site.url("/mail"), json!("acts")),
        (site.url("/unsubscribe"), json!("acts")),
    ];
    assert_eq!(told, expected);
    // A site that knows no HEAD is asked again, and what may do something is never asked for.
    assert_eq!(
        site.asked(),
        ["HEAD /item?id=7 HTTP/1.1", "GET /item?id=7 HTTP/1.1"]
    );
    let all = serde_json::to_string(&runtime(&server).state().sent_links().unwrap().len()).unwrap();
    assert_eq!(all, "5");
}

#[tokio::test]
async fn a_click_on_a_link_that_was_looked_at_long_ago_has_it_looked_at_soon() {
    let site = Site::open(200).await;
    let (server, mut owner) = shop(may_call_itself).await;
    turn_on(&mut owner, json!({"is_on": true, "every": "30d"})).await;
    let made = register(&mut owner, &site.url("/x"), None).await;
    worker::tick(&server.app).await;
    led(&mut owner, &made).await;
    worker::tick(&server.app).await;
    assert_eq!(site.asked().len(), 1, "it was looked at just now");
    server.clock.advance(Span::hours(2));
    worker::tick(&server.app).await;
    assert_eq!(site.asked().len(), 1);
    site.answer(301);
    led(&mut owner, &made).await;
    worker::tick(&server.app).await;
    let asked = site.asked().len();
    assert_eq!(asked, 1 + 6, "redirects are followed so far");
    // It leads to itself without an end, which is believed when it is heard twice.
    assert_eq!(links(&mut owner).await[0]["is_doubted"], true);
    server.clock.advance(Span::minutes(10));
    worker::tick(&server.app).await;
    let list = links(&mut owner).await;
    assert_eq!(
        list[0]["status"],
        json!({"kind": "broken", "why": "circle"})
    );
}

#[tokio::test]
async fn nothing_leads_inside_or_anywhere_that_was_not_registered() {
    let site = Site::open(200).await;
    let (server, mut owner) = shop(calls_plainly).await;
    turn_on(&mut owner, json!({"is_on": true})).await;
    register(&mut owner, &site.url("/x"), None).await;
    worker::tick(&server.app).await;
    let list = links(&mut owner).await;
    assert_eq!(list[0]["status"]["kind"], "refused", "{list:?}");
    assert_eq!(site.asked(), Vec::<String>::new());
    for path in [
        "/l/",
        "/l/https:%2F%2Fevil.example%2F",
        "/l/AAAAAAAAAAAAAAAA",
        "/l/%00",
        "/l/..%2f..%2fapi",
    ] {
        let answer = owner.get(path).await;
        assert_ne!(answer.status, 302, "{path}");
    }
    for (body, places) in [
        (json!({"address": "javascript:alert(1)"}), vec!["address"]),
        (
            json!({"address": "https://a.example@evil.example/"}),
            vec!["address"],
        ),
        (
            json!({"address": "https://a.example/\r\nx: y"}),
            vec!["address"],
        ),
        (
            json!({"address": "https://a.example/?email=ana@example.com"}),
            vec!["address"],
        ),
        (
            json!({"address": "//a.example", "fallback": "data:text/html,x"}),
            vec!["address", "fallback"],
        ),
    ] {
        let refused = owner.post("/api/w/shop/sent-links", body).await.expect(422);
        let told: Vec<&str> = (refused["error"]["faults"].as_array().unwrap().iter())
            .map(|it| it["place"].as_str().unwrap())
            .collect();
        assert_eq!(told, places);
    }
}

#[tokio::test]
async fn customers_are_led_on_however_many_come_and_who_guesses_is_held_up() {
    let (server, mut owner) = shop(may_call_itself).await;
    let made = register(&mut owner, "https://shop.example/sale", None).await;
    for _ in 0..=limits::SHARED_CALLS_MAX {
        assert_eq!(led(&mut owner, &made).await, "https://shop.example/sale");
    }
    for _ in 0..limits::SHARED_CALLS_MAX {
        let guessed = owner.get("/l/abcdefghijklmnop").await;
        assert_eq!(guessed.refusal(), "404 document.unknown");
    }
    let guessed = owner.get("/l/abcdefghijklmnop").await;
    assert_eq!(guessed.refusal(), "429 shared.busy");
    assert_eq!(led(&mut owner, &made).await, "https://shop.example/sale");
    drop(server);
}
