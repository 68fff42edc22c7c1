//! Events for tests: written into the log of a workspace the way the collecting API does.

use serde_json::json;
use throughline_ingest::{
    dialect::{Dialect, Moment},
    segment::{self, Route},
};
use throughline_model::{SourceId, Span, Timestamp, WorkspaceId};
use throughline_server::{
    config::Config,
    pipeline::{applier::Arrival, envelope::Envelope},
    workspace::WorkspaceRuntime,
};
use throughline_store::Snapshot;

use crate::client::{Browser, Server};

/// A server with an owner and a workspace `shop` that holds a few customers' days.
///
/// Each line is `who minutes-before-noon event`; `+who` is a known customer with that id.
pub async fn shop(lines: &str) -> (Server, Browser) {
    shop_with(lines, |_| {}).await
}

/// As `shop`, with other settings.
pub async fn shop_with(lines: &str, change: impl FnOnce(&mut Config)) -> (Server, Browser) {
    let server = Server::start_with(change).await;
    let mut owner = server.owner().await;
    let body = json!({"id": "shop", "name": "Shop", "zone": "UTC"});
    owner.post("/api/workspaces", body).await.expect(200);
    send(&server, lines).await;
    (server, owner)
}

/// Sends more events, and waits until they can be asked about.
pub async fn send(server: &Server, lines: &str) {
    let now = server.app.now();
    let lines = lines.lines().map(str::trim).filter(|line| !line.is_empty());
    let events: Vec<_> = lines
        .enumerate()
        .map(|(index, line)| event(index, line, now))
        .collect();
    send_batch(server, &json!({ "batch": events })).await;
}

/// Sends the body of a batch, and waits until what is in it can be asked about.
pub async fn send_batch(server: &Server, batch: &serde_json::Value) {
    let now = server.app.now();
    let runtime = runtime(server);
    let body = batch.to_string();
    tokio::task::spawn_blocking(move || {
        let source = SourceId(7);
        let decoded = segment::decode(Route::Batch, body.as_bytes(), now).expect("sound");
        let envelope = Envelope::Request {
            source,
            moment: Moment {
                received: now,
                sent: None,
            },
            dialect: Dialect::Segment(Route::Batch),
            body: body.into(),
        };
        let position = runtime
            .pipeline()
            .append(&envelope, Some(Arrival::of(source, now, decoded)))
            .unwrap();
        assert!(runtime.pipeline().wait_until_applied(position));
        wait_until_shown(&runtime);
    })
    .await
    .unwrap();
}

pub fn runtime(server: &Server) -> WorkspaceRuntime {
    let id = WorkspaceId::parse("shop").unwrap();
    server.app.workspaces().get(&id).unwrap()
}

/// A snapshot may be a moment old; waits until the next question sees everything that is applied.
pub fn wait_until_shown(runtime: &WorkspaceRuntime) {
    runtime.pipeline().settle();
    let count = |snapshot: &Snapshot| -> usize { snapshot.runs.iter().map(|run| run.len()).sum() };
    let store = runtime.pipeline().store();
    // As it was sent: what is blocked lies in the store all the same.
    while count(&runtime.pipeline().snapshot()) != count(&store.snapshot(Timestamp(0))) {
        std::thread::yield_now();
    }
}

fn event(index: usize, line: &str, now: Timestamp) -> serde_json::Value {
    let mut words = line.split_whitespace();
    let mut next = || words.next().unwrap();
    let (who, minutes, name) = (next(), next(), next());
    let properties: serde_json::Value = match words.next() {
        Some(text) => serde_json::from_str(text).unwrap(),
        None => json!({}),
    };
    let time = now.minus(Span::minutes(minutes.parse().unwrap()));
    let mut event = match name {
        "identify" => json!({"type": "identify", "traits": properties}),
        _ => json!({"type": "track", "event": name, "properties": properties}),
    };
    event["timestamp"] = json!(time);
    event["messageId"] = json!(format!("{index}-{line}"));
    match who.strip_prefix('+') {
        Some(user) => {
            event["userId"] = json!(user);
            event["anonymousId"] = json!(format!("browser-of-{user}"));
        }
        None => event["anonymousId"] = json!(who),
    }
    event
}
