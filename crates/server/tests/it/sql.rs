//! SQL over HTTP, with the real companion where `THROUGHLINE_SQL_BIN` names one, as `make test` does.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::{
    client::{Browser, Server},
    events::{send, shop_with},
    sql_reports::statement,
};

pub const LINES: &str = "
    ana 30 product_viewed
    ana 20 order_placed
    ben 40 product_viewed
    +cem 50 product_viewed
    +cem 45 order_placed
";

/// The companion that was built for tests.
pub fn companion() -> Option<PathBuf> {
    let path = std::env::var_os("THROUGHLINE_SQL_BIN").map(PathBuf::from);
    if path.is_none() {
        eprintln!("skipped: THROUGHLINE_SQL_BIN names no companion");
    }
    path
}

pub async fn shop(lines: &str) -> Option<(Server, Browser)> {
    let companion = companion()?;
    Some(shop_with(lines, move |config| config.sql.companion = companion).await)
}

pub async fn ask(browser: &mut Browser, sql: &str) -> Value {
    let body = json!({"sql": sql});
    browser.post("/api/w/shop/sql", body).await.expect(200)
}

pub async fn refused(browser: &mut Browser, sql: &str) -> (String, String) {
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

#[test]
fn a_folder_of_data_that_is_named_from_here_is_found_by_the_companion() {
    let Some(companion) = companion() else { return };
    let here = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_throughline"))
            .current_dir(here.path())
            .env("THROUGHLINE__SQL__COMPANION", &companion)
            .args(args)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{args:?} ended with {said}");
        String::from_utf8(output.stdout).unwrap()
    };
    let small = ["--no-serve", "--profiles", "100", "--days", "20"];
    run(&[&["demo", "--data", "data"], &small[..]].concat());
    let statement = "SELECT count(DISTINCT profile) AS profiles FROM events";
    let told = run(&["sql", "--data", "data", "--json", statement]);
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["columns"][0]["name"], "profiles", "{told}");
    assert!(told["rows"][0][0].as_u64() > Some(0), "{told}");
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
    assert_eq!(
        answer["columns"][1],
        json!({"name": "events", "kind": "number"})
    );
    assert_eq!(answer["is_cut"], false);
    send(&server, "dan 10 order_placed").await;
    let answer = ask(
        &mut owner,
        "SELECT count(*) FROM events WHERE event = 'order_placed'",
    )
    .await;
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
    assert!(
        rows.iter().all(|row| row[1] == row[2] && row[3] == true),
        "{rows:?}"
    );
    let sql = "SELECT DISTINCT channel IS NOT NULL, touchpoint IS NULL OR touchpoint <> '', stage IS NULL OR stage <> '',
        json_get(properties, 'nothing'), json_get(context, 'library', 'name') IS NULL OR true FROM events";
    let answer = ask(&mut owner, sql).await;
    assert_eq!(answer["rows"], json!([[true, true, true, null, true]]));
}

#[tokio::test]
async fn segments_are_a_table_of_who_is_in_them() {
    let Some((server, mut owner)) = shop(LINES).await else {
        return;
    };
    let did = |name: &str| json!({"did": {"matcher": {"events": [name]}}});
    for (title, rule) in [
        ("Buyers", did("order_placed")),
        (
            "Lookers",
            json!({"all": [did("product_viewed"), {"not": {"segment": {"id": "buyers"}}}]}),
        ),
        ("Nobody", json!({"any": []})),
    ] {
        let body = json!({"title": title, "definition": {"rule": rule}});
        owner.post("/api/w/shop/segments", body).await.expect(200);
    }
    let sql = "SELECT segment, name, count(*) AS profiles FROM segments GROUP BY segment, name ORDER BY segment";
    let answer = ask(&mut owner, sql).await;
    assert_eq!(
        answer["rows"],
        json!([["buyers", "Buyers", 2], ["lookers", "Lookers", 1]])
    );
    send(&server, "ben 10 order_placed").await;
    let joined = "SELECT count(*), count(DISTINCT e.profile) FROM events e
        JOIN segments s ON s.profile = e.profile AND s.segment = 'buyers'";
    assert_eq!(ask(&mut owner, joined).await["rows"], json!([[6, 3]]));
    let report = json!({"kind": "funnel", "range": {"all": true}, "people": {"not": {"segment": {"id": "lookers"}}},
        "steps": [{"name": "View", "matcher": {"events": ["product_viewed"]}}]});
    let counted = owner.post("/api/w/shop/ask", report.clone()).await;
    let counted = counted.expect(200);
    let sql = statement(&mut owner, &report).await;
    let told = ask(&mut owner, sql.as_str().unwrap()).await;
    assert_eq!(told["rows"], json!([[1, "View", 3]]));
    assert_eq!(counted["numbers"]["steps"][0]["units"], 3);
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
        "INSERT INTO events SELECT * FROM events",
        "UPDATE events SET event = 'a'",
        "DELETE FROM events",
        "SELECT 1 INTO copied",
        "SHOW TABLES",
        "SELECT * FROM information_schema.tables",
        "SELECT * FROM members",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM parquet_metadata('/etc/passwd')",
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
async fn long_results_are_cut_and_say_so_and_exports_have_the_rest() {
    let Some((_server, mut owner)) = shop(LINES).await else {
        return;
    };
    let sql =
        "SELECT value AS n, 'row ' || value AS name FROM generate_series(1, 12000) ORDER BY n";
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
    assert_eq!(
        (csv.header("x-rows"), csv.header("x-rows-cut")),
        ("12000", "false")
    );
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
        history
            .iter()
            .map(|it| it["sql"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(statements(&mut owner).await, ["SELECT 1", "SELECT 2"]);
    let roles = [("shop", "analyst")];
    let mut analyst = server.member(&mut owner, "a@example.com", &roles).await;
    assert!(statements(&mut analyst).await.is_empty());
    owner
        .send("DELETE", "/api/w/shop/sql/history", None)
        .await
        .expect(204);
    assert!(statements(&mut owner).await.is_empty());
    let roles = [("shop", "viewer")];
    let mut viewer = server.member(&mut owner, "v@example.com", &roles).await;
    assert_eq!(refused(&mut viewer, "SELECT 1").await.0, "403 role.low");
}

#[tokio::test]
async fn statements_are_kept_for_everybody_who_may_ask() {
    let (server, mut owner) = shop_with(LINES, |_| {}).await;
    let path = "/api/w/shop/sql/statements";
    let body = json!({"title": "All events", "sql": "SELECT * FROM events"});
    let made = owner.post(path, body).await.expect(200);
    assert_eq!(made["id"], "all-events");
    let mut analyst = server
        .member(&mut owner, "a@example.com", &[("shop", "analyst")])
        .await;
    let body = json!({"title": "Counted", "sql": "SELECT count(*) FROM events"});
    let place = format!("{path}/all-events");
    analyst.headers.push(("if-match", "1".to_owned()));
    analyst
        .send("PUT", &place, Some(body.clone()))
        .await
        .expect(200);
    assert_eq!(
        analyst.send("PUT", &place, Some(body)).await.refusal(),
        "409 version.conflict"
    );
    let kept = owner.get(path).await.expect(200);
    let kept = kept["statements"].as_array().unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!(
        (&kept[0]["title"], &kept[0]["version"]),
        (&json!("Counted"), &json!(2))
    );
    assert_eq!(kept[0]["sql"], "SELECT count(*) FROM events");
    for sql in [" ".to_owned(), "x".repeat(70_000)] {
        let refused = owner.post(path, json!({"title": "No", "sql": sql})).await;
        assert_eq!(refused.refusal(), "422 body.unusable");
    }
    let mut viewer = server
        .member(&mut owner, "v@example.com", &[("shop", "viewer")])
        .await;
    assert_eq!(viewer.get(path).await.refusal(), "403 role.low");
    owner.send("DELETE", &place, None).await.expect(204);
    assert_eq!(
        owner.send("DELETE", &place, None).await.refusal(),
        "404 document.unknown"
    );
}
