//! Statements that eat memory, never end, are left by who asked, or whose companion dies.

use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use throughline_model::Span;

use crate::{
    client::Server,
    events::shop_with,
    sql::{LINES, ask, companion, refused, shop},
};

#[tokio::test]
async fn a_query_that_eats_memory_harms_nobody() {
    let Some((_server, mut owner)) = shop(LINES).await else {
        return;
    };
    for sql in [
        "SELECT length(repeat('x', 2000000000) || repeat('y', 2000000000))",
        "SELECT array_length(array_agg(a.value * b.value)) FROM generate_series(1, 30000) a, generate_series(1, 30000) b",
    ] {
        let (code, text) = refused(&mut owner, sql).await;
        assert_eq!(code, "422 sql.exhausted", "{sql}: {text}");
    }
    assert_eq!(ask(&mut owner, "SELECT 1").await["rows"], json!([[1]]));
    let counted = owner.post(
        "/api/w/shop/ask",
        json!({"kind": "counts", "range": {"all": true}}),
    );
    counted.await.expect(200);
}

#[tokio::test]
async fn a_query_without_end_is_stopped_by_its_asker() {
    let Some((server, mut owner)) = shop(LINES).await else {
        return;
    };
    let mut other = owner.clone();
    other.headers.push(("x-query-id", "endless".to_owned()));
    let endless =
        tokio::spawn(async move { other.post("/api/w/shop/sql", json!({"sql": ENDLESS})).await });
    let start = Instant::now();
    let path = "/api/w/shop/queries/endless";
    while owner.get(path).await.status != 200 {
        assert!(start.elapsed() < Duration::from_secs(30), "it never began");
        tokio::task::yield_now().await;
    }
    owner.send("DELETE", path, None).await.expect(204);
    let answer = endless.await.unwrap();
    assert_eq!(answer.refusal(), "409 question.stopped");
    assert_eq!(running(&server), 0, "its folder is gone");
    let console = owner.get("/api/w/shop/sql").await.expect(200);
    assert_eq!(console["history"][0]["rows_count"], Value::Null);
}

#[tokio::test]
async fn a_companion_that_is_killed_harms_nobody() {
    let Some((server, mut owner)) = shop(LINES).await else {
        return;
    };
    for (signal, code) in [
        (Signal::KILL, "422 sql.failed"),
        // As a fault of the processor ends it.
        (Signal::FPE, "422 sql.failed"),
        (Signal::ABORT, "422 sql.exhausted"),
    ] {
        let mut other = owner.clone();
        let killed =
            tokio::spawn(
                async move { other.post("/api/w/shop/sql", json!({"sql": ENDLESS})).await },
            );
        until("it begins", || kill(&server, signal).is_some()).await;
        let answer = killed.await.unwrap();
        assert_eq!(answer.refusal(), code, "{}", answer.text());
        assert_eq!(ask(&mut owner, "SELECT 1").await["rows"], json!([[1]]));
    }
}

/// Ends the companion of this server; it works in a folder of the server's.
fn kill(server: &Server, signal: Signal) -> Option<()> {
    let folder = server
        .app
        .config()
        .data
        .dir
        .canonicalize()
        .ok()?
        .join("sql");
    for entry in std::fs::read_dir("/proc").ok()?.flatten() {
        let works_in = std::fs::read_link(entry.path().join("cwd"));
        if works_in.is_ok_and(|it| it.starts_with(&folder)) {
            let id = entry.file_name().to_string_lossy().parse().ok()?;
            return kill_process(Pid::from_raw(id)?, signal).ok();
        }
    }
    None
}

const ENDLESS: &str = "SELECT count(*) FROM generate_series(1, 1000000) a, generate_series(1, 1000000) b, generate_series(1, 1000000) c";

/// Folders of statements that run. Each goes when its statement is over.
fn running(server: &Server) -> usize {
    let folder = server.app.config().data.dir.join("sql");
    std::fs::read_dir(folder).map_or(0, Iterator::count)
}

/// Waits for something that happens in a moment.
async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(60), "{what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_query_without_end_is_stopped_by_the_clock() {
    let Some(companion) = companion() else { return };
    let (server, mut owner) = shop_with(LINES, move |config| {
        config.sql.companion = companion;
        config.sql.wait_max = Span::seconds(3);
    })
    .await;
    let (code, text) = refused(&mut owner, ENDLESS).await;
    assert_eq!(code, "422 sql.exhausted", "{text}");
    assert!(text.contains("time"), "{text}");
    assert_eq!(running(&server), 0);
    assert_eq!(ask(&mut owner, "SELECT 1").await["rows"], json!([[1]]));
}

#[tokio::test]
async fn a_query_whose_asker_leaves_ends() {
    let Some((server, owner)) = shop(LINES).await else {
        return;
    };
    let mut leaving = owner.clone();
    let asking = tokio::spawn(async move {
        leaving
            .post("/api/w/shop/sql", json!({"sql": ENDLESS}))
            .await
    });
    until("it begins", || running(&server) == 1).await;
    asking.abort();
    until("it ends", || running(&server) == 0).await;
}

#[tokio::test]
async fn reports_are_answered_while_statements_run() {
    let Some((server, mut owner)) = shop(LINES).await else {
        return;
    };
    let askers: Vec<_> = (0..3)
        .map(|_| {
            let mut other = owner.clone();
            tokio::spawn(
                async move { other.post("/api/w/shop/sql", json!({"sql": ENDLESS})).await },
            )
        })
        .collect();
    until("two run", || running(&server) == 2).await;
    let report = json!({"kind": "funnel", "range": {"all": true},
        "steps": [{"name": "View", "matcher": {"events": ["product_viewed"]}}]});
    let answer = owner.post("/api/w/shop/ask", report).await.expect(200);
    assert_eq!(answer["numbers"]["steps"][0]["profiles"], 3);
    assert_eq!(running(&server), 2, "the third waits");
    for asker in askers {
        asker.abort();
    }
    until("all end", || running(&server) == 0).await;
}
