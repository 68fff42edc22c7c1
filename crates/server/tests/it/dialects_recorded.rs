//! Requests that unmodified libraries have sent, played to the server. They are skipped where the
//! folder with recordings is not there.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use throughline_model::{Timestamp, WorkspaceId};
use throughline_server::workspace::WorkspaceRuntime;

use crate::{
    client::{Browser, Server},
    collect::{basic, packed},
};

/// What becomes of the events of each recording when it is played twice.
struct Expected {
    file: &'static str,
    /// Events, without those that describe groups.
    stored: u64,
    /// Events that are sent without an id and a time of their own, and so count again.
    nameless: u64,
    /// Traits of the customer `u1`.
    traits: &'static [&'static str],
}

const fn file(
    file: &'static str,
    stored: u64,
    nameless: u64,
    traits: &'static [&'static str],
) -> Expected {
    Expected {
        file,
        stored,
        nameless,
        traits,
    }
}

const FILES: [Expected; 15] = [
    file("amplitude_node", 3, 0, &["company", "email"]),
    file(
        "amplitude_python",
        4,
        0,
        &["company", "email", "first", "n"],
    ),
    file("jitsu_browser", 4, 0, &["email"]),
    file(
        "mixpanel_browser",
        6,
        3,
        &["browser", "browser_version", "company", "email"],
    ),
    file("mixpanel_node", 5, 3, &["email"]),
    file(
        "mixpanel_python",
        14,
        1,
        &["email", "l", "n", "transactions", "x"],
    ),
    file("posthog_browser", 8, 0, &["email", "first"]),
    file("posthog_node", 4, 0, &["email", "plan"]),
    file("posthog_python_v0", 5, 0, &["email", "first", "plan"]),
    file("posthog_python_v1", 4, 0, &["email", "first", "plan"]),
    file("rudder_browser", 5, 0, &["email"]),
    file("rudder_node", 6, 0, &["email"]),
    file("rudder_python", 6, 0, &["email"]),
    file("snowplow_browser", 3, 0, &[]),
    file("snowplow_node", 2, 0, &[]),
];

fn folder() -> PathBuf {
    let shared = std::env::var_os("THROUGHLINE_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    shared.join("data/wire")
}

fn read(name: &str) -> Option<Value> {
    let path = folder().join(format!("{name}.json"));
    let bytes = std::fs::read(path).ok()?;
    Some(serde_json::from_slice(&bytes).unwrap())
}

/// A workspace of the recording's own, and its write key.
async fn workspace(owner: &mut Browser, server: &Server, id: &str) -> (WorkspaceRuntime, String) {
    let body = json!({"id": id, "name": id, "zone": "UTC"});
    owner.post("/api/workspaces", body).await.expect(200);
    let path = format!("/api/w/{id}/keys");
    let made = owner
        .post(&path, json!({"name": "tests"}))
        .await
        .expect(200);
    let id = WorkspaceId::parse(id).unwrap();
    let runtime = server.app.workspaces().get(&id).unwrap();
    (runtime, made["key"].as_str().unwrap().to_owned())
}

/// Puts our key wherever the recorded library has put its own.
fn with_key(recorded: &Value, key: &str) -> Value {
    let mut text = recorded.to_string();
    for theirs in ["phc_PROJECT", "MPTOKEN", "WRITEKEY", "KEY:SECRET"] {
        text = text.replace(theirs, key);
    }
    text = text.replace("\"APIKEY\"", &json!(key).to_string());
    text = text.replace("\"aid\":\"app\"", &format!("\"aid\":\"{key}\""));
    serde_json::from_str(&text).unwrap()
}

async fn play(server: &Server, request: &Value, key: &str) {
    let mut browser = server.browser();
    browser.origin = None;
    let (method, mut path) = (
        request["method"].as_str().unwrap(),
        request["path"].as_str().unwrap().to_owned(),
    );
    let empty = serde_json::Map::new();
    let mut is_packed = request["body_encoding"]
        .as_str()
        .is_some_and(|it| it.contains("gzip"));
    for (name, value) in request["headers"].as_object().unwrap_or(&empty) {
        let value = value.as_str().unwrap();
        match name.to_lowercase().as_str() {
            "authorization" if value.starts_with("Basic") => {
                browser.headers.push(("authorization", basic(key)));
            }
            "authorization" => browser.headers.push(("authorization", value.to_owned())),
            "content-type" => browser.headers.push(("content-type", value.to_owned())),
            "content-encoding" => is_packed = true,
            "x-write-key" => browser.headers.push(("x-write-key", value.to_owned())),
            "posthog-request-timestamp" => {
                browser
                    .headers
                    .push(("posthog-request-timestamp", value.to_owned()));
            }
            "origin" => browser.origin = Some(value.to_owned()),
            _ => {}
        }
    }
    if let Some(asked) = request["preflight_asks_for"].as_str() {
        browser
            .headers
            .push(("access-control-request-method", "POST".to_owned()));
        browser
            .headers
            .push(("access-control-request-headers", asked.to_owned()));
        browser.origin = Some("http://shop.example".to_owned());
    }
    let body = if request["body_decoded"].is_null() {
        (!request["body"].is_null()).then(|| request["body"].to_string())
    } else {
        let text = request["body_decoded"].to_string();
        let encoding = request["body_encoding"].as_str().unwrap();
        let data = match encoding.contains("base64") {
            true => BASE64_STANDARD.encode(&text),
            false => text,
        };
        let mut form = format!("data={}", escaped(&data));
        for (name, value) in request["form_fields"].as_object().unwrap() {
            form += &format!("&{name}={}", value.as_str().unwrap());
        }
        Some(form)
    };
    if !request["query_data_decoded"].is_null() {
        let (start, _) = path.split_once("data=").unwrap();
        let data = BASE64_STANDARD.encode(request["query_data_decoded"].to_string());
        path = format!("{start}data={}", escaped(&data));
    }
    let bytes = body.map(|text| match is_packed {
        true => packed(text.as_bytes()),
        false => text.into_bytes(),
    });
    let answer = browser.send_bytes(method, &path, bytes).await;
    let text = String::from_utf8_lossy(&answer.bytes).into_owned();
    let is_right = match method {
        "OPTIONS" => {
            let origin = answer.header("access-control-allow-origin");
            answer.status == 204 && ["*", "http://shop.example"].contains(&origin)
        }
        // A file of the library itself, which is not ours to give.
        _ if path.starts_with("/static/") => answer.status == 404,
        _ => answer.status == 200 && !text.contains("rejected") && !text.contains("drop"),
    };
    assert!(is_right, "{method} {path}: {} {text}", answer.status);
}

fn escaped(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte.is_ascii_alphanumeric() {
            true => char::from(byte).to_string(),
            false => format!("%{byte:02X}"),
        })
        .collect()
}

#[tokio::test]
async fn everything_that_real_libraries_sent_is_stored_once() {
    let server = Server::start().await;
    let mut owner = server.owner().await;
    let recorded_at = Timestamp::parse("2026-11-22T02:00:00Z").unwrap();
    server.clock.advance(recorded_at.since(server.app.now()));
    let mut owner = match owner.get("/api/session").await.status {
        200 => owner,
        // The session is older than it may be, by the clock that was just moved.
        _ => {
            let body = json!({"email": "owner@example.com", "password": crate::client::PASSWORD});
            owner.post("/api/session", body).await.expect(200);
            owner
        }
    };
    for Expected {
        file,
        stored,
        nameless,
        traits,
    } in FILES
    {
        let Some(recording) = read(file) else {
            continue;
        };
        let id = file.replace('_', "-");
        let (runtime, key) = workspace(&mut owner, &server, &id).await;
        let recording = with_key(&recording, &key);
        for round in 1..=2 {
            for request in recording["requests"].as_array().unwrap() {
                play(&server, request, &key).await;
            }
            let settling = runtime.clone();
            let settled = tokio::task::spawn_blocking(move || settling.pipeline().settle());
            assert!(settled.await.unwrap());
            let counts = runtime.pipeline().stats().events;
            let again = (round - 1) * (stored - nameless);
            let expected = (round * stored - again, again, 0);
            let found = (counts.stored, counts.duplicate, counts.quarantined);
            assert_eq!(found, expected, "{file}, played {round} times");
        }
        check_traits(&mut owner, &id, traits).await;
    }
}

/// Asks again until the traits are there: what is asked may be a moment behind.
async fn check_traits(owner: &mut Browser, workspace: &str, expected: &[&str]) {
    let begin = Instant::now();
    loop {
        let names = traits_of_u1(owner, workspace).await;
        if expected
            .iter()
            .all(|name| names.iter().any(|it| it == name))
        {
            return;
        }
        let is_late = begin.elapsed() > Duration::from_secs(30);
        assert!(!is_late, "{workspace}: {expected:?} instead of {names:?}");
    }
}

async fn traits_of_u1(owner: &mut Browser, workspace: &str) -> Vec<String> {
    let path = format!("/api/w/{workspace}/profiles");
    let found = owner.get(&format!("{path}?q=u1")).await.expect(200);
    for line in found["profiles"].as_array().unwrap() {
        let profile = owner
            .get(&format!("{path}/{}", line["id"]))
            .await
            .expect(200);
        let identifiers = profile["identifiers"].as_array().unwrap();
        if identifiers.iter().any(|it| it["value"] == "u1") {
            let traits = profile["traits"].as_array().unwrap();
            let names = traits
                .iter()
                .map(|it| it["name"].as_str().unwrap().to_owned());
            return names.collect();
        }
    }
    Vec::new()
}
