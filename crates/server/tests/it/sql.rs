//! SQL over HTTP, with the real companion where `THROUGHLINE_SQL_BIN` names one, as `make test` does.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    client::{Browser, Server},
    events::{send, shop_with},
};

const LINES: &str = "
    ana 30 product_viewed
    ana 20 order_placed
    ben 40 product_viewed
    +cem 50 product_viewed
    +cem 45 order_placed
";

/// The companion that was built for tests.
fn companion() -> Option<PathBuf> {
    let path = std::env::var_os("THROUGHLINE_SQL_BIN").map(PathBuf::from);
    if path.is_none() {
        eprintln!("skipped: THROUGHLINE_SQL_BIN names no companion");
    }
    path
}

async fn shop(lines: &str) -> Option<(Server, Browser)> {
    let companion = companion()?;
    Some(shop_with(lines, move |config| config.sql.companion = companion).await)
}

async fn ask(browser: &mut Browser, sql: &str) -> Value {
    let body = json!({"sql": sql});
    browser.post("/api/w/shop/sql", body).await.expect(200)
}

async fn refused(browser: &mut Browser, sql: &str) -> (String, String) {
    let answer = browser.post("/api/w/shop/sql", json!({"sql": sql})).await;
    (answer.refusal(), answer.text())
}

#[tokio::test]
async fn without_the_companion_the_answer_says_how_to_get_it() {
    let nowhere = PathBuf::from("/nowhere/throughline-sql");
    let (_server, mut owner) = shop_with(LINES, move |config| config.sql.companion = nowhere).await;
    let console = owner.get("/api/w/shop/sql").await.expect(200);
    assert_eq!(console["is_available"], false);
    assert_eq!(console["tables"][0]["name"], "events");
    let (code, text) = refused(&mut owner, "SELECT 1").await;
    assert_eq!(code, "503 sql.missing");
    assert!(text.contains("make sql"), "{text}");
}

#[tokio::test]
async fn a_query_sees_what_reports_see() {
    let Some((server, mut owner)) = shop(LINES).await else {
        return;
    };
    let sql = "SELECT event, count(*) AS events, count(DISTINCT profile) AS profiles
        FROM events GROUP BY event ORDER BY event";
    let answer = ask(&mut owner, sql).await;
    assert_eq!(
        answer["rows"],
        json!([["order_placed", 2, 2], ["product_viewed", 3, 3]])
    );
    assert_eq!(answer["columns"][1], json!({"name": "events", "kind": "number"}));
    assert_eq!(answer["is_cut"], false);
    send(&server, "dan 10 order_placed").await;
    let answer = ask(&mut owner, "SELECT count(*) FROM events WHERE event = 'order_placed'").await;
    assert_eq!(answer["rows"], json!([[3]]), "an event of a moment ago");
}

#[tokio::test]
async fn profiles_channels_and_json_can_be_asked_for() {
    let Some((_server, mut owner)) = shop(LINES).await else {
        return;
    };
    let sql = "SELECT p.id, p.events, count(e.event) AS counted, min(e.time) = p.first_seen AS is_first
        FROM profiles p JOIN events e ON e.profile = p.id GROUP BY p.id, p.events, p.first_seen ORDER BY p.id";
    let answer = ask(&mut owner, sql).await;
    let rows = answer["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 3);
    assert!(rows.iter().all(|row| row[1] == row[2] && row[3] == true), "{rows:?}");
    let sql = "SELECT DISTINCT channel IS NOT NULL, touchpoint IS NULL OR touchpoint <> '', stage IS NULL OR stage <> '',
        json_get(properties, 'nothing'), json_get(context, 'library', 'name') IS NULL OR true FROM events";
    let answer = ask(&mut owner, sql).await;
    assert_eq!(answer["rows"], json!([[true, true, true, null, true]]));
}

#[tokio::test]
async fn nothing_gets_past_the_gate() {
    let Some((_server, mut owner)) = shop(LINES).await else {
        return;
    };
    for sql in [
        "DROP TABLE events",
        "COPY events TO '/tmp/out.csv'",
        "SELECT * FROM '/etc/passwd'",
        "SELECT 1; SELECT 2",
        "SET datafusion.execution.batch_size = 1",
        "CREATE EXTERNAL TABLE a STORED AS CSV LOCATION '/etc/passwd'",
    ] {
        let (code, _) = refused(&mut owner, sql).await;
        assert_eq!(code, "422 sql.refused", "{sql}");
    }
    let (code, text) = refused(&mut owner, "SELECT evnt FROM events").await;
    assert_eq!(code, "422 sql.failed");
    assert!(text.contains("evnt"), "{text}");
    let terms = vec!["source = 1"; 20_000].join(" OR ");
    let sql = format!("SELECT count(*) FROM events WHERE {terms}");
    let (code, _) = refused(&mut owner, &sql).await;
    assert_eq!(code, "422 sql.refused");
    assert_eq!(ask(&mut owner, "SELECT 1").await["rows"], json!([[1]]));
}

#[tokio::test]
async fn a_query_that_eats_memory_harms_nobody() {
    let Some((_server, mut owner)) = shop(LINES).await else {
        return;
    };
    for sql in [
        "SELECT length(repeat('x', 2000000000) || repeat('y', 2000000000))",
        "SELECT count(DISTINCT a.value * b.value || 'padding so that each is long enough to matter, a little more')
            FROM generate_series(1, 20000) a, generate_series(1, 20000) b",
    ] {
        let (code, text) = refused(&mut owner, sql).await;
        assert!(["422 sql.exhausted", "422 sql.failed"].contains(&code.as_str()), "{sql}: {text}");
    }
    assert_eq!(ask(&mut owner, "SELECT 1").await["rows"], json!([[1]]));
    let counted = owner.post("/api/w/shop/ask", json!({"kind": "counts", "range": {"all": true}}));
    counted.await.expect(200);
}

#[tokio::test]
async fn a_query_without_end_is_stopped_by_its_asker() {
    let Some((server, mut owner)) = shop(LINES).await else {
        return;
    };
    let mut other = owner.clone();
    other.headers.push(("x-query-id", "endless".to_owned()));
    let sql = "SELECT count(*) FROM generate_series(1, 1000000) a, generate_series(1, 1000000) b, generate_series(1, 1000000) c";
    let endless = tokio::spawn(async move { other.post("/api/w/shop/sql", json!({"sql": sql})).await });
    let start = Instant::now();
    let path = "/api/w/shop/queries/endless";
    while owner.get(path).await.status != 200 {
        assert!(start.elapsed() < Duration::from_secs(30), "it never began");
        tokio::task::yield_now().await;
    }
    owner.send("DELETE", path, None).await.expect(204);
    let answer = endless.await.unwrap();
    assert_eq!(answer.refusal(), "409 question.stopped");
    assert!(start.elapsed() < Duration::from_secs(30));
    let folder = server.app.config().data.dir.join("sql");
    let left = std::fs::read_dir(folder).map_or(0, Iterator::count);
    assert_eq!(left, 0, "its folder is gone");
    let console = owner.get("/api/w/shop/sql").await.expect(200);
    assert_eq!(console["history"][0]["rows_count"], Value::Null);
}

#[tokio::test]
async fn a_companion_that_is_killed_harms_nobody() {
    let Some((_server, mut owner)) = shop(LINES).await else {
        return;
    };
    let mut other = owner.clone();
    let sql = "SELECT count(*) FROM generate_series(1, 1000000) a, generate_series(1, 1000000) b, generate_series(1, 999983) c";
    let killed = tokio::spawn(async move { other.post("/api/w/shop/sql", json!({"sql": sql})).await });
    let start = Instant::now();
    while kill_children().is_none() {
        assert!(start.elapsed() < Duration::from_secs(30), "it never began");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let answer = killed.await.unwrap();
    assert!(answer.refusal().starts_with("422 sql."), "{}", answer.text());
    assert_eq!(ask(&mut owner, "SELECT 1").await["rows"], json!([[1]]));
}

/// Kills the companion whose statement is the one above, which no other test asks.
fn kill_children() -> Option<()> {
    let us = std::process::id().to_string();
    for entry in std::fs::read_dir("/proc").ok()?.flatten() {
        let path = entry.path();
        let status = std::fs::read_to_string(path.join("status")).unwrap_or_default();
        let is_ours = status.lines().any(|it| it.strip_prefix("PPid:").is_some_and(|it| it.trim() == us));
        let times = std::fs::read_to_string(path.join("stat")).unwrap_or_default();
        // The others are done in a moment, so one that has computed for long is the endless one.
        let ticks: Option<u64> = times.rsplit(") ").next().and_then(|it| it.split(' ').nth(11)?.parse().ok());
        if is_ours && status.starts_with("Name:\tthroughline-sql") && ticks.is_some_and(|it| it > 100) {
            let id = entry.file_name().to_string_lossy().parse().ok()?;
            let id = rustix::process::Pid::from_raw(id)?;
            rustix::process::kill_process(id, rustix::process::Signal::KILL).ok()?;
            return Some(());
        }
    }
    None
}

#[tokio::test]
async fn long_results_are_cut_and_say_so_and_exports_have_the_rest() {
    let Some((_server, mut owner)) = shop(LINES).await else {
        return;
    };
    let sql = "SELECT value AS n, 'row ' || value AS name FROM generate_series(1, 12000)";
    let answer = ask(&mut owner, sql).await;
    assert_eq!(answer["rows_count"], 10_000);
    assert_eq!(answer["is_cut"], true);
    let body = json!({"sql": "SELECT 1", "rows_max": 0});
    let none = owner.post("/api/w/shop/sql", body).await.expect(200);
    assert_eq!((&none["rows"], &none["is_cut"]), (&json!([]), &json!(true)));
    let body = json!({"sql": sql, "format": "csv"});
    let csv = owner.post("/api/w/shop/sql/export", body).await;
    assert_eq!(csv.text().lines().count(), 12_001);
    assert!(csv.text().starts_with("n,name\n1,row 1\n"));
    assert_eq!((csv.header("x-rows"), csv.header("x-rows-cut")), ("12000", "false"));
    let body = json!({"sql": sql, "format": "parquet"});
    let parquet = owner.post("/api/w/shop/sql/export", body).await;
    assert!(parquet.bytes.starts_with(b"PAR1") && parquet.bytes.ends_with(b"PAR1"));
}

#[tokio::test]
async fn each_member_has_a_history_of_their_own() {
    let Some((server, mut owner)) = shop(LINES).await else {
        return;
    };
    ask(&mut owner, "SELECT 1").await;
    ask(&mut owner, "SELECT 2").await;
    ask(&mut owner, "SELECT 1").await;
    let statements = async |browser: &mut Browser| {
        let console = browser.get("/api/w/shop/sql").await.expect(200);
        let history = console["history"].as_array().unwrap().clone();
        history.iter().map(|it| it["sql"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(statements(&mut owner).await, ["SELECT 1", "SELECT 2"]);
    let roles = [("shop", "analyst")];
    let mut analyst = server.member(&mut owner, "a@example.com", &roles).await;
    assert!(statements(&mut analyst).await.is_empty());
    owner.send("DELETE", "/api/w/shop/sql/history", None).await.expect(204);
    assert!(statements(&mut owner).await.is_empty());
    let roles = [("shop", "viewer")];
    let mut viewer = server.member(&mut owner, "v@example.com", &roles).await;
    assert_eq!(refused(&mut viewer, "SELECT 1").await.0, "403 role.low");
}
