//! A person goes: who that is, what is left of them, and whoever comes back.

use std::{fs, path::Path};

use bytes::Bytes;
use serde_json::{Value, json};
use throughline_ingest::{
    Decoded,
    dialect::{
        Call, Dialect, Moment,
        hook::{self, Maker, Note},
        read,
    },
};
use throughline_model::{SourceId, Timestamp};
use throughline_server::{
    clock::Clock,
    erasures::work,
    pipeline::{applier::Arrival, envelope::Envelope},
    rebuild::{StateHash, rebuild},
};

use crate::{
    client::{Browser, Server},
    events::{runtime, send, shop, wait_until_shown},
};

/// Ann on two devices, between Bob and Cid, in one request.
pub const EVERYBODY: &str = "phone-of-ann 90 product_viewed
    +bob 88 product_viewed
    phone-of-ann 80 identify {\"email\":\"Ann@Example.org\"}
    +ann 70 identify {\"email\":\"ann@example.org\",\"motto\":\"Per-aspera-ad-astra\"}
    +ann 65 order_placed {\"total\":12}
    +cid 64 product_viewed
    +ann 63 only_ann_does_this
    +bob 50 order_placed {\"total\":30}
    +cid 40 identify {\"email\":\"cid@example.org\"}
    +cid 30 order_placed {\"total\":7}";

pub const OF_ANN: [&str; 5] = [
    "ann@example.org",
    "Ann@Example.org",
    "Per-aspera-ad-astra",
    "phone-of-ann",
    "browser-of-ann",
];

pub fn without_ann(lines: &str) -> String {
    let others = lines.lines().filter(|line| !line.trim().contains("ann "));
    others.map(|line| format!("{line}\n")).collect()
}

pub async fn find(owner: &mut Browser, query: &str) -> Vec<Value> {
    let path = format!("/api/w/shop/profiles?q={query}");
    let found = owner.get(&path).await.expect(200)["profiles"].clone();
    found.as_array().unwrap().clone()
}

pub async fn tick(server: &Server) {
    let app = server.app.clone();
    let done = tokio::task::spawn_blocking(move || work::tick(&app));
    assert!(done.await.unwrap(), "everybody is erased");
    let runtime = runtime(server);
    tokio::task::spawn_blocking(move || wait_until_shown(&runtime))
        .await
        .unwrap();
}

/// Erases who has this identifier, and tells what became of it. What comes later is taken in.
pub async fn erase(server: &Server, owner: &mut Browser, query: &str) -> Value {
    erase_as(server, owner, query, json!({"refuse_later": false})).await
}

/// As above, in the way that an order says.
pub async fn erase_as(server: &Server, owner: &mut Browser, query: &str, order: Value) -> Value {
    let here = runtime(server);
    tokio::task::spawn_blocking(move || wait_until_shown(&here))
        .await
        .unwrap();
    let id = find(owner, query).await[0]["id"].clone();
    let path = format!("/api/w/shop/profiles/{id}/erase");
    let asked = owner.post(&path, order).await.expect(200);
    assert_eq!(asked["state"], "waiting");
    tick(server).await;
    let list = owner.get("/api/w/shop/erasures").await.expect(200);
    assert_eq!(list["erasures"][0]["id"], asked["id"]);
    assert_eq!(list["erasures"][0]["state"], "done", "{list}");
    list["erasures"][0].clone()
}

/// Files below a folder that hold one of these texts.
pub fn holding(dir: &Path, texts: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(holding(&path, texts));
            continue;
        }
        let bytes = fs::read(&path).unwrap();
        for text in texts {
            if bytes.windows(text.len()).any(|it| it == text.as_bytes()) {
                found.push(format!("{} in {}", text, path.display()));
            }
        }
    }
    found
}

/// Numbers of several reports, without what depends on when they are asked.
pub async fn numbers(owner: &mut Browser) -> Vec<Value> {
    let step = |name: &str| json!({"name": name, "matcher": {"events": [name]}});
    let range = json!({"all": true});
    let reports = [
        json!({"kind": "counts", "range": range, "every": "range"}),
        json!({"kind": "funnel", "range": range,
            "steps": [step("product_viewed"), step("order_placed")]}),
    ];
    let mut numbers = Vec::new();
    for report in reports {
        let answer = owner.post("/api/w/shop/ask", report).await.expect(200);
        numbers.push(answer["numbers"].clone());
    }
    numbers
}

pub async fn check_sound(server: &Server) {
    let runtime = runtime(server);
    let check = move || {
        let pipeline = runtime.pipeline();
        pipeline.settle();
        assert!(pipeline.store().verify().is_empty());
        assert!(runtime.state().faults().unwrap().is_empty());
        pipeline.read_log().unwrap();
        let live = StateHash::of(pipeline, Timestamp(0)).unwrap();
        let fresh = runtime.dir().with_extension("replayed");
        let again = rebuild(pipeline, &fresh, &Clock::System, false).unwrap();
        fs::remove_dir_all(&fresh).unwrap();
        assert_eq!(live.differences(&again), Vec::<String>::new());
    };
    tokio::task::spawn_blocking(check).await.unwrap();
}

#[tokio::test]
async fn an_erased_person_is_nowhere_and_all_numbers_are_those_without_them() {
    let (server, mut owner) = shop(EVERYBODY).await;
    let dir = runtime(&server).dir().to_owned();
    assert!(!holding(&dir, &OF_ANN).is_empty());
    let bob = find(&mut owner, "bob").await[0]["id"].clone();
    let cid = find(&mut owner, "cid@example.org").await[0]["id"].clone();

    let done = erase(&server, &mut owner, "ann@example.org").await;
    assert_eq!(done["found"]["events"], 5);
    assert_eq!(done["found"]["records"], 1);
    assert_eq!(done["found"]["identifiers"], 4);
    assert_eq!(done["left"], json!([]));
    assert_eq!(holding(&dir, &OF_ANN), Vec::<String>::new());
    for query in ["ann", "phone-of-ann", "ann@example.org", "Per"] {
        assert!(find(&mut owner, query).await.is_empty(), "{query}");
    }
    assert_eq!(find(&mut owner, "bob").await[0]["id"], bob);
    assert_eq!(find(&mut owner, "cid@example.org").await[0]["id"], cid);
    check_sound(&server).await;

    let (other, mut stranger) = shop(&without_ann(EVERYBODY)).await;
    assert_eq!(numbers(&mut owner).await, numbers(&mut stranger).await);
    drop(other);

    let audit = owner.get("/api/audit").await.expect(200);
    assert_eq!(audit["entries"][0]["action"], "profile.erased");
    assert_eq!(audit["entries"][1]["action"], "profile.erasure_requested");
}

#[tokio::test]
async fn whoever_comes_back_is_somebody_new_and_all_others_keep_their_numbers() {
    let (server, mut owner) = shop(EVERYBODY).await;
    let before = find(&mut owner, "ann@example.org").await[0]["id"].clone();
    erase(&server, &mut owner, "ann@example.org").await;
    send(&server, "+ann 5 product_viewed\n+dan 4 product_viewed").await;
    let again = find(&mut owner, "ann").await;
    assert_eq!(again[0]["events_count"], 1);
    assert_ne!(again[0]["id"], before);
    let path = format!("/api/w/shop/profiles/{before}/erase");
    let refused = owner.post(&path, json!({})).await;
    assert_eq!(refused.refusal(), "404 profile.unknown");
    check_sound(&server).await;
    // A second time, with those who came after the first.
    let dan = find(&mut owner, "dan").await[0]["id"].clone();
    let done = erase(&server, &mut owner, "ann").await;
    assert_eq!(done["found"]["events"], 1);
    assert_eq!(find(&mut owner, "dan").await[0]["id"], dan);
    check_sound(&server).await;
}

pub const SOURCE: SourceId = SourceId(7);

/// Writes a request into the log as it would come from a library.
pub async fn accept(server: &Server, dialect: Dialect, body: Vec<u8>) {
    let moment = Moment {
        received: server.app.now(),
        sent: None,
    };
    let decoded = read(Call::Is(dialect), &body, moment).unwrap().decoded;
    let envelope = Envelope::Request {
        source: SOURCE,
        moment,
        dialect,
        body: Bytes::from(body),
    };
    append(server, envelope, decoded).await;
}

/// Writes what came to a webhook.
pub async fn accept_hook(server: &Server, maker: Maker, body: Value) {
    let (received, body) = (server.app.now(), Bytes::from(body.to_string()));
    let decoded = hook::decode(maker, SOURCE, &Note::default(), &body, received).unwrap();
    let envelope = Envelope::Hook {
        source: SOURCE,
        received,
        maker,
        note: Bytes::from_static(b"{}"),
        body,
    };
    append(server, envelope, decoded).await;
}

async fn append(server: &Server, envelope: Envelope, decoded: Decoded) {
    let runtime = runtime(server);
    let arrival = Arrival::of(SOURCE, server.app.now(), decoded);
    let append = move || {
        let position = runtime.pipeline().append(&envelope, Some(arrival)).unwrap();
        assert!(runtime.pipeline().wait_until_applied(position));
        wait_until_shown(&runtime);
    };
    tokio::task::spawn_blocking(append).await.unwrap();
}
