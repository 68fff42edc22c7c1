use std::{fs, path::Path};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use bytes::Bytes;
use serde_json::{Value, json};
use throughline_ingest::{
    Decoded,
    dialect::{
        Call, Dialect, Moment,
        hook::{self, Maker, Note},
        read,
    },
    segment::Route,
};
use throughline_model::{EventKind, SourceId, Timestamp};
use throughline_server::{
    clock::Clock,
    erasures::work,
    import,
    pipeline::{applier::Arrival, envelope::Envelope},
    rebuild::{StateHash, rebuild},
};
use throughline_store::state::DocumentKind;

use crate::{
    client::{Browser, Server},
    events::{runtime, send, shop, wait_until_shown},
    imports::{begin, imported, upload},
    plan::decide,
    quarantine::{held, let_in},
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

const SOURCE: SourceId = SourceId(7);

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

fn batch(people: &[&str]) -> String {
    let event = |who: &&str| {
        json!({"type": "track", "event": "visited", "userId": who, "messageId": format!("m-{who}"),
            "properties": {"secret": format!("secret of {who}")}})
    };
    json!({"batch": people.iter().map(event).collect::<Vec<_>>()}).to_string()
}

#[tokio::test]
async fn packed_requests_faulty_events_and_decisions_are_reached_as_well() {
    use std::io::Write as _;
    let (server, mut owner) = shop("+bob 5 product_viewed\nlone-browser 4 product_viewed").await;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed
        .write_all(batch(&["annika-17", "bob", "cid"]).as_bytes())
        .unwrap();
    let route = Dialect::Segment(Route::Batch);
    accept(&server, route, packed.finish().unwrap()).await;
    let faulty = r#"{"batch":[{"type":"track","userId":"annika-17","secret":"secret of annika-17"},
        {"type":"track","userId":"bob","secret":"secret of bob"}]}"#;
    accept(&server, route, faulty.as_bytes().to_vec()).await;
    let alone = r#"{"event":"e","distinct_id":"annika-17","uuid":"u","properties":{"x":"secret of annika-17"}}"#;
    accept(&server, Dialect::PostHog, alone.as_bytes().to_vec()).await;
    let decision = json!({"what": "join", "why": "annika-17 told us",
        "identifier": {"kind": "user", "value": "annika-17"},
        "other": {"kind": "anonymous", "value": "lone-browser"}});
    owner
        .post("/api/w/shop/identity/decisions", decision)
        .await
        .expect(200);

    let done = erase(&server, &mut owner, "annika-17").await;
    assert_eq!(done["found"]["events"], 3, "{done}");
    assert_eq!(done["found"]["quarantined"], 1);
    assert_eq!(done["found"]["decisions"], 1);
    assert_eq!(done["found"]["records"], 5);
    // A reason that a member wrote is in the audit log for good.
    assert_eq!(done["left"].as_array().unwrap().len(), 1);
    assert_eq!(done["left"][0]["kind"], "audit");
    let dir = runtime(&server).dir().to_owned();
    let texts = ["annika-17", "secret of annika-17"];
    assert_eq!(holding(&dir, &texts), Vec::<String>::new());
    let held = owner.get("/api/w/shop/quarantine").await.expect(200);
    assert_eq!(
        held["entries"].as_array().unwrap().len(),
        1,
        "Bob's is left"
    );
    let counts = find(&mut owner, "bob").await;
    assert_eq!(counts[0]["events_count"], 2);
    check_sound(&server).await;
}

#[tokio::test]
async fn what_was_mended_and_let_in_goes_with_the_person_and_that_of_others_stays() {
    let (server, mut owner) = shop("+bob 90 product_viewed").await;
    let plan = json!({"mode": "lock", "events": [{"event": "ordered", "properties": [
        {"property": "properties.total", "type": "number", "required": true}]}]});
    decide(&mut owner, 0, plan).await.expect(200);
    send(&server, "+annika-17 60 ordered\n+bob 50 ordered").await;
    let mend = |entry: &Value| {
        let mut event: Value = serde_json::from_str(entry["raw"].as_str().unwrap()).unwrap();
        let note = format!("mended for {}", event["userId"].as_str().unwrap());
        event["properties"] = json!({"total": 8, "note": note});
        json!({"id": entry["id"], "raw": event.to_string()})
    };
    let entries = held(&mut owner, "plan_broken").await;
    let order: Vec<Value> = entries.iter().map(mend).collect();
    assert_eq!(let_in(&mut owner, json!(order)).await["released"], 2);
    let dir = runtime(&server).dir().to_owned();
    let texts = ["annika-17", "mended for annika-17"];
    assert!(!holding(&dir.join("log"), &texts[1..]).is_empty());

    let done = erase(&server, &mut owner, "annika-17").await;
    // It stands in the request with which it came, and in the record that let it in.
    assert_eq!(done["found"]["events"], 2, "{done}");
    assert_eq!(done["found"]["records"], 2, "{done}");
    assert_eq!(holding(&dir, &texts), Vec::<String>::new());
    assert!(!holding(&dir.join("log"), &["mended for bob"]).is_empty());
    assert_eq!(find(&mut owner, "bob").await[0]["events_count"], 2);
    check_sound(&server).await;
}

#[tokio::test]
async fn whatever_names_the_person_goes_also_where_it_was_never_their_event() {
    let (server, mut owner) = shop("+annika-17 5 product_viewed\n+bob 4 product_viewed").await;
    let wrapped = json!({"event": "", "distinct_id": "annika-17", "uuid": "u1", "properties": {}})
        .to_string();
    let (bodies, held) = (
        [
            (
                Dialect::Ga4,
                r#"{"client_id":"annika-17","user_properties":{"motto":{"value":"annika-17"}},
                    "events":[{"name":"visited"},{"params":{}}]}"#
                    .to_owned(),
            ),
            (Dialect::PostHog, BASE64_STANDARD.encode(wrapped)),
            (
                Dialect::Pixel(EventKind::Track),
                "userId=annika%2D17".to_owned(),
            ),
            (
                Dialect::Amplitude,
                r#"{"api_key":"k","events":[
                    {"event_type":"$groupidentify","user_id":"annika-17","groups":{"a":"b"}},
                    {"event_type":"e","user_id":"bob","insert_id":"of-bob"}]}"#
                    .to_owned(),
            ),
        ],
        3,
    );
    for (dialect, body) in bodies {
        accept(&server, dialect, body.into_bytes()).await;
    }
    let deal = json!([{"subscriptionType": "deal.propertyChange", "propertyValue": "annika-17"}]);
    accept_hook(&server, Maker::Hubspot, deal).await;
    let documents = runtime(&server);
    let now = server.app.now();
    let json = json!({"note": "ask ANNIKA-17"}).to_string();
    (documents.state())
        .put_document(DocumentKind::Report, "r1", None, "Hers", &json, now)
        .unwrap();
    drop(documents);

    let done = erase(&server, &mut owner, "annika-17").await;
    assert_eq!(done["found"]["quarantined"], held, "{done}");
    assert_eq!(done["found"]["records"], 6, "{done}");
    let left = [json!({"kind": "document", "document": "report", "id": "r1", "title": "Hers"})];
    assert_eq!(done["left"], json!(left));
    let log = runtime(&server).dir().join("log");
    for text in [
        "annika",
        "annika%2D17",
        "ANNIKA-17",
        "$groupidentify",
        "deal.",
    ] {
        assert_eq!(holding(&log, &[text]), Vec::<String>::new());
    }
    assert_eq!(find(&mut owner, "bob").await[0]["events_count"], 2);
    check_sound(&server).await;
}

#[tokio::test]
async fn whoever_comes_back_before_it_is_done_takes_nobodys_number() {
    let (server, mut owner) = shop(EVERYBODY).await;
    let before = find(&mut owner, "ann@example.org").await[0]["id"].clone();
    // It waits for an import, when the log is blanked.
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.csv");
    fs::write(
        &file,
        "customer,event,time\nzoe,called,2026-02-01 10:00:00\n",
    )
    .unwrap();
    let (app, here) = (server.app.clone(), runtime(&server));
    let job = begin(&app, &here, &file);
    let path = format!("/api/w/shop/profiles/{before}/erase");
    let order = json!({"refuse_later": false});
    owner.post(&path, order).await.expect(200);
    let first = server.app.clone();
    let first = tokio::task::spawn_blocking(move || work::tick(&first));
    assert!(!first.await.unwrap());
    send(&server, "+ann 5 product_viewed\n+dan 4 product_viewed").await;
    let dan = find(&mut owner, "dan").await[0]["id"].clone();
    let running = tokio::task::spawn_blocking(move || import::run(&app, &here, &job));
    running.await.unwrap();
    tick(&server).await;
    let list = owner.get("/api/w/shop/erasures").await.expect(200);
    assert_eq!(list["erasures"][0]["state"], "done");
    assert_eq!(find(&mut owner, "dan").await[0]["id"], dan);
    let again = find(&mut owner, "ann").await[0].clone();
    assert_eq!(again["events_count"], 1);
    assert_ne!(again["id"], before);
    assert_eq!(find(&mut owner, "zoe").await[0]["events_count"], 1);
    check_sound(&server).await;
}

#[tokio::test]
async fn events_that_come_in_meanwhile_are_all_there_afterwards() {
    use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
    let (server, mut owner) = shop(EVERYBODY).await;
    let is_over = std::sync::Arc::new(AtomicBool::new(false));
    let (app, over) = (server.app.clone(), is_over.clone());
    let sending = tokio::task::spawn_blocking(move || {
        let ws = throughline_model::WorkspaceId::parse("shop").unwrap();
        let mut accepted = 0;
        while !over.load(Relaxed) {
            let Some(runtime) = app.workspaces().get(&ws) else {
                std::thread::yield_now();
                continue;
            };
            let body = batch(&[&format!("newcomer-{accepted}")]);
            let envelope = Envelope::Request {
                source: SOURCE,
                moment: Moment {
                    received: app.now(),
                    sent: None,
                },
                dialect: Dialect::Segment(Route::Batch),
                body: body.into(),
            };
            // What is not accepted is sent again, as libraries do.
            accepted += u64::from(runtime.pipeline().append(&envelope, None).is_ok());
        }
        accepted
    });
    let done = erase(&server, &mut owner, "ann@example.org").await;
    is_over.store(true, Relaxed);
    let accepted = sending.await.unwrap();
    assert_eq!(done["found"]["events"], 5);
    let here = runtime(&server);
    let counted = move || {
        here.pipeline().settle();
        StateHash::of(here.pipeline(), Timestamp(0))
            .unwrap()
            .events_count
    };
    let counted = tokio::task::spawn_blocking(counted).await.unwrap();
    assert_eq!(counted, 5 + accepted);
    check_sound(&server).await;
}

#[tokio::test]
async fn a_workspace_that_is_removed_meanwhile_does_not_come_back() {
    let (server, mut owner) = shop(EVERYBODY).await;
    let old = runtime(&server);
    let removed = owner.send("DELETE", "/api/workspaces/shop", None).await;
    assert_eq!(removed.status, 204);
    let app = server.app.clone();
    tokio::task::spawn_blocking(move || {
        let opened = app.workspaces().reopen(&old, |_| Ok::<_, ()>(()));
        assert!(opened.is_err());
        assert!(old.ledger().request(1, true, "owner", app.now()).is_err());
        assert!(!old.dir().exists());
        assert!(old.news().has_ended(), "open pages ask again");
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn an_older_backup_loses_nothing_of_those_who_come_after_it() {
    let (server, mut owner) = shop(EVERYBODY).await;
    let older = tempfile::tempdir().unwrap();
    let to = older.path().to_owned();
    between(&server, move |dir| copy_dir(dir, &to)).await;
    let tablet = "tablet-of-ann 3 identify {\"email\":\"ann@example.org\"}";
    send(&server, tablet).await;
    send(&server, "+bob 2 product_viewed").await;
    erase(&server, &mut owner, "ann@example.org").await;
    let from = older.path().to_owned();
    between(&server, move |dir| {
        put_back(dir, &from, &["log", "state.db", "events"])
    })
    .await;
    // Eve gets the number that the tablet had.
    send(&server, "+eve 2 product_viewed\n+ann 1 product_viewed").await;
    tick(&server).await;
    assert_eq!(find(&mut owner, "eve").await[0]["events_count"], 1);
    assert_eq!(find(&mut owner, "ann").await[0]["events_count"], 1);
    assert_eq!(find(&mut owner, "bob").await[0]["events_count"], 2);
    let list = owner.get("/api/w/shop/erasures").await.expect(200);
    // What was found the first time is not told twice.
    assert_eq!(list["erasures"][0]["found"]["events"], 5, "{list}");
    check_sound(&server).await;
}

#[tokio::test]
async fn an_export_holds_events_that_reports_leave_out() {
    let (server, mut owner) = shop(EVERYBODY).await;
    let id = find(&mut owner, "ann@example.org").await[0]["id"].clone();
    let rule = json!({"rules": [{"kind": "block", "event": "only_ann_does_this"}]});
    let here = runtime(&server);
    let decide = move || {
        let rules = serde_json::from_value(rule).unwrap();
        here.pipeline()
            .decide_names(0, "owner".into(), rules)
            .unwrap()
            .unwrap()
    };
    tokio::task::spawn_blocking(decide).await.unwrap();
    let path = format!("/api/w/shop/profiles/{id}/export");
    let file = owner.get(&path).await;
    assert!(file.text().contains("only_ann_does_this"));
}

#[tokio::test]
async fn an_export_holds_all_that_is_known_and_each_event_as_it_came() {
    let (_server, mut owner) = shop(EVERYBODY).await;
    let id = find(&mut owner, "ann@example.org").await[0]["id"].clone();
    let file = owner
        .get(&format!("/api/w/shop/profiles/{id}/export"))
        .await;
    assert_eq!(file.status, 200);
    assert_eq!(file.header("content-type"), "application/x-ndjson");
    let lines: Vec<Value> = (file.text().lines())
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let of = |kind: &'static str| lines.iter().filter(move |it| it["kind"] == kind);
    assert_eq!(of("identifier").count(), 4);
    assert!(of("trait").any(|it| it["value"] == "Per-aspera-ad-astra"));
    assert!(of("link").count() >= 3);
    assert_eq!(of("event").count(), 5);
    let raw: Vec<Value> = of("raw")
        .map(|it| serde_json::from_str(it["text"].as_str().unwrap()).unwrap())
        .collect();
    assert_eq!(raw.len(), 5);
    assert!(raw.iter().any(|it| it["properties"]["total"] == 12));
    assert!(!file.text().contains("bob"), "nothing of others");
    assert_eq!(lines.last().unwrap()["complete"], true);
    let audit = owner.get("/api/audit").await.expect(200);
    assert_eq!(audit["entries"][0]["action"], "profile.exported");
    let none = owner.get("/api/w/shop/profiles/4000/export").await;
    assert_eq!(none.refusal(), "404 profile.unknown");
}

pub fn copy_dir(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        match path.is_dir() {
            true => copy_dir(&path, &to),
            false => drop(fs::copy(&path, &to).unwrap()),
        }
    }
}

/// Puts pieces of an older state of the folder in the place of what is there.
pub fn put_back(dir: &Path, older: &Path, pieces: &[&str]) {
    for piece in pieces {
        let (from, to) = (older.join(piece), dir.join(piece));
        if to.is_dir() {
            fs::remove_dir_all(&to).unwrap();
        }
        if *piece == "state.db" {
            // What is open still goes on with a file of its own.
            fs::remove_file(&to).unwrap();
            for more in ["state.db-wal", "state.db-shm"] {
                let _ = fs::remove_file(dir.join(more));
            }
        }
        match from.is_dir() {
            true => copy_dir(&from, &to),
            false => drop(fs::copy(&from, &to).unwrap()),
        }
    }
}

/// Closes the workspace, changes its folder, and opens it again.
pub async fn between(server: &Server, change: impl FnOnce(&Path) + Send + 'static) {
    let (app, runtime) = (server.app.clone(), runtime(server));
    let reopen = move || {
        let change = |old: &throughline_server::workspace::WorkspaceRuntime| {
            old.state().fold().unwrap();
            change(old.dir());
            Ok::<_, std::convert::Infallible>(())
        };
        let _ = app.workspaces().reopen(&runtime, change).unwrap();
        // Its tables would tidy up behind them, where others lie now.
        std::mem::forget(runtime);
    };
    tokio::task::spawn_blocking(reopen).await.unwrap();
}

#[tokio::test]
async fn whatever_a_stop_or_a_backup_leaves_the_person_is_erased() {
    use throughline_server::erasures::ErasureState::{Blanking, Done, Rebuilding};
    let (server, mut owner) = shop(EVERYBODY).await;
    let older = tempfile::tempdir().unwrap();
    let to = older.path().to_owned();
    between(&server, move |dir| copy_dir(dir, &to)).await;
    erase(&server, &mut owner, "ann@example.org").await;
    let bob = find(&mut owner, "bob").await[0]["id"].clone();
    let expected = numbers(&mut owner).await;
    // What is as it was before, what is not there, and how far the ledger says that it is.
    let stops: [(&[&str], &[&str], _); 7] = [
        (&["log", "state.db", "events"], &[], Blanking),
        (&["state.db", "events"], &[], Blanking),
        (&["state.db", "events"], &[], Rebuilding),
        (&["state.db"], &["events"], Rebuilding),
        (&[], &["events"], Rebuilding),
        (&[], &[], Rebuilding),
        (&["log", "state.db", "events"], &[], Done),
    ];
    for (old, gone, state) in stops {
        let mut erasure = runtime(&server).ledger().read(|all| all[0].clone());
        erasure.state = state;
        runtime(&server).ledger().put(&erasure).unwrap();
        let from = older.path().to_owned();
        between(&server, move |dir| {
            put_back(dir, &from, old);
            for piece in gone {
                fs::remove_dir_all(dir.join(piece)).unwrap();
            }
        })
        .await;
        tick(&server).await;
        let place = format!("{old:?} {gone:?} {state:?}");
        let list = owner.get("/api/w/shop/erasures").await.expect(200);
        assert_eq!(list["erasures"][0]["state"], "done", "{place}");
        let dir = runtime(&server).dir().to_owned();
        assert_eq!(holding(&dir, &OF_ANN), Vec::<String>::new(), "{place}");
        assert_eq!(numbers(&mut owner).await, expected, "{place}");
        assert_eq!(find(&mut owner, "bob").await[0]["id"], bob, "{place}");
        check_sound(&server).await;
    }
}

#[tokio::test]
async fn rows_of_imported_files_go_and_the_others_keep_their_places() {
    use std::io::Write as _;
    let (server, mut owner) = shop("+bob 5 product_viewed").await;
    let csv = "customer,event,time,note\r\n\
        annika-17,product_viewed,2026-02-01 10:00:00,\"secret, of annika-17\"\r\n\
        c2,product_viewed,2026-02-01 11:00:00,\r\n\
        annika-17,order_placed,2026-02-01 10:20:00,x\r\n\
        c2,order_placed,2026-02-01 11:00:00,y";
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(csv.as_bytes()).unwrap();
    let uploaded = upload(&mut owner, "a.csv.gz", packed.finish().unwrap()).await;
    assert_eq!(imported(&mut owner, &uploaded).await["new"], 4);
    let lines = "{\"customer\":\"annika-17\",\"event\":\"called\",\"time\":\"2026-02-02 10:00:00\"}\n\
        {\"customer\":\"c3\",\"event\":\"called\",\"time\":\"2026-02-02 11:00:00\"}\n";
    let uploaded = upload(&mut owner, "b.ndjson", lines.as_bytes().to_vec()).await;
    assert_eq!(imported(&mut owner, &uploaded).await["new"], 2);
    let done = erase(&server, &mut owner, "annika-17").await;
    assert_eq!(done["found"]["rows"], 3, "{done}");
    assert_eq!(done["found"]["files"], 2);
    assert_eq!(done["left"], json!([]));
    let dir = runtime(&server).dir().to_owned();
    assert_eq!(holding(&dir, &["annika-17"]), Vec::<String>::new());
    assert!(find(&mut owner, "annika").await.is_empty());
    assert_eq!(find(&mut owner, "c2").await[0]["events_count"], 2);
    assert_eq!(find(&mut owner, "c3").await[0]["events_count"], 1);
    check_sound(&server).await;
}
