//! SQL over HTTP, with the real companion where `THROUGHLINE_SQL_BIN` names one, as `make test` does.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use throughline_model::Span;

use crate::{
    client::{Browser, Server},
    events::{send, shop_with},
    imports::{imported, real, upload},
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

#[tokio::test]
async fn a_statement_of_a_report_gives_its_numbers() {
    let Some((_server, mut owner)) = shop(LINES).await else {
        return;
    };
    let report = json!({"kind": "funnel", "range": {"all": true}, "steps": [
        {"name": "View", "matcher": {"events": ["product_viewed"]}},
        {"name": "Order", "matcher": {"events": ["order_placed"]}}]});
    let sql = statement(&mut owner, &report).await;
    let answer = ask(&mut owner, sql.as_str().unwrap()).await;
    assert_eq!(answer["rows"], json!([[1, "View", 3], [2, "Order", 2]]));
    let unsayable = json!({"kind": "switches", "range": {"last": "30d"}});
    let body = json!({"report": unsayable});
    let told = owner.post("/api/w/shop/sql/statement", body).await;
    assert_eq!(told.expect(200), json!({"sql": null, "why": "matched"}));
}

async fn statement(browser: &mut Browser, report: &Value) -> Value {
    let body = json!({"report": report});
    let told = browser
        .post("/api/w/shop/sql/statement", body)
        .await
        .expect(200);
    told["sql"].clone()
}

/// The value of a line, null where the field is missing.
fn of_label(line: &Value) -> Value {
    line["label"]["value"].clone()
}

/// What is no whole number to six digits, as sums may differ in the last.
fn rounded(value: Value) -> Value {
    match value.as_f64() {
        Some(number) if value.is_f64() => json!((number * 1e6).round() / 1e6),
        _ => value,
    }
}

/// The rows that the statement of a report should give, by what the report itself says.
fn told(numbers: &Value) -> Vec<Vec<Value>> {
    let list = |name: &str| numbers[name].as_array().unwrap().clone();
    let passes = |it: &Value| {
        vec![
            it["passes"]["times"].clone(),
            it["passes"]["profiles"].clone(),
            it["median_ms"].clone(),
            it["p90_ms"].clone(),
        ]
    };
    match numbers["kind"].as_str().unwrap() {
        "funnel" if numbers["lines"] != json!([]) => (list("lines").iter())
            .flat_map(|line| {
                let names = list("steps").into_iter().zip(1..);
                let steps = names.zip(line["steps"].as_array().unwrap().clone());
                steps
                    .map(|((step, number), units)| {
                        vec![of_label(line), json!(number), step["name"].clone(), units]
                    })
                    .collect::<Vec<_>>()
            })
            .collect(),
        "attribution" => (list("lines").iter())
            .map(|line| {
                let passes = ["touches", "on_path", "assisted"].map(|it| &line[it]);
                let passes = passes.map(|it| [it["times"].clone(), it["profiles"].clone()]);
                let credits = list("models")
                    .into_iter()
                    .zip(line["credit"].as_array().unwrap());
                let credits = credits
                    .filter(|it| ["first", "last", "linear"].iter().any(|name| it.0 == *name))
                    .flat_map(|(_, credit)| [&credit["conversions"], &credit["value"]]);
                let credits = credits.map(|it| json!(it.as_f64().unwrap()));
                let value = [of_label(line)].into_iter();
                value.chain(passes.concat()).chain(credits).collect()
            })
            .collect(),
        "channels" => (list("lines").iter())
            .map(|line| {
                let met = &line["meetings"];
                let both = ["events", "contacts", "acts"];
                let both = both.map(|it| [met[it]["times"].clone(), met[it]["profiles"].clone()]);
                let times =
                    ["answerable", "answered", "returned"].map(|it| met[it]["times"].clone());
                let counts = ["mature", "converted", "immature"].map(|it| met[it].clone());
                [
                    vec![line["channel"].clone()],
                    both.concat(),
                    times.to_vec(),
                    counts.to_vec(),
                ]
                .concat()
            })
            .collect(),
        "stage_time" => (list("stages").iter())
            .filter(|it| it["stays"]["times"] != 0)
            .map(|it| {
                let next = it["next"].as_array().unwrap().iter();
                let moved: u64 = next.map(|it| it["passes"]["times"].as_u64().unwrap()).sum();
                vec![
                    it["stage"]["id"].clone(),
                    it["stays"]["times"].clone(),
                    it["stays"]["profiles"].clone(),
                    json!(moved),
                    it["silent"]["times"].clone(),
                    it["still_in"]["times"].clone(),
                ]
            })
            .collect(),
        "funnel" => (list("steps").iter().zip(1..))
            .map(|(it, step)| vec![json!(step), it["name"].clone(), it["units"].clone()])
            .collect(),
        "transitions" => (list("transitions").iter())
            .map(|it| [vec![it["from"].clone(), it["to"].clone()], passes(it)].concat())
            .collect(),
        "paths" => (list("paths").iter())
            .map(|it| {
                let names: Vec<&str> = it["elements"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|it| it.as_str().unwrap())
                    .collect();
                [vec![json!(names.join(" > "))], passes(it)].concat()
            })
            .collect(),
        "retention" => {
            let columns = list("columns");
            let cohorts = list("cohorts");
            let begun = cohorts.iter().filter(|it| it["profiles"] != 0);
            begun
                .flat_map(|cohort| {
                    let cells = cohort["cells"].as_array().unwrap();
                    columns.iter().enumerate().map(|(index, column)| {
                        let back = cells.get(index).map_or(0, |it| {
                            it["part"].as_u64().unwrap() + it["open_back"].as_u64().unwrap()
                        });
                        vec![
                            cohort["profiles"].clone(),
                            column["from"].clone(),
                            json!(back),
                        ]
                    })
                })
                .collect()
        }
        kind => panic!("{kind}"),
    }
}

#[tokio::test]
async fn the_companion_and_reports_agree_on_public_logs() {
    for (file, reports) in [
        (
            "simple_onlineshop/simple-onlineshop.csv.gz",
            vec![
                json!({"kind": "funnel", "range": {"all": true}, "steps": [
                    {"name": "Catalog", "matcher": {"events": ["catalog"]}},
                    {"name": "Cart", "matcher": {"events": ["cart"]}},
                    {"name": "Paid", "matcher": {"events": ["payment_done"]}}]}),
                json!({"kind": "transitions", "range": {"all": true}, "pause_max": "30m"}),
                json!({"kind": "paths", "range": {"all": true}, "length_max": 6, "top": 1000}),
                json!({"kind": "retention", "range": {"all": true}, "period": "week", "periods_count": 8,
                    "start": {"events": ["catalog"]}, "returns": {"events": ["catalog", "cart"]}}),
                json!({"kind": "funnel", "range": {"all": true}, "breakdown": {"field": "event", "attribution": "last"}, "steps": [
                    {"name": "Catalog", "matcher": {"events": ["catalog"]}},
                    {"name": "Product", "matcher": {"events": ["product1", "product2"]}},
                    {"name": "Paid", "matcher": {"events": ["payment_done"]}}],
                    "exclusions": [{"matcher": {"events": ["main"]}, "after": 1, "before": 2, "effect": "stop_there"}]}),
                json!({"kind": "attribution", "range": {"all": true}, "by": "event", "conversion": {"events": ["payment_done"]}}),
                json!({"kind": "channels", "range": {"all": true}, "goal": {"events": ["payment_done"]},
                    "contacts": {"events": ["main"]}, "answer_within": "1h", "within": "7d"}),
                json!({"kind": "stage_time", "range": {"all": true}, "silence_max": "1d", "stages": [
                    {"name": "Look", "matcher": {"events": ["catalog", "product1", "product2"]}},
                    {"name": "Pay", "matcher": {"events": ["payment_choice", "payment_done"]}}]}),
            ],
        ),
        (
            "completejourney/events.csv.gz",
            vec![
                json!({"kind": "funnel", "range": {"all": true}, "window": {"whole": "30d"}, "steps": [
                    {"name": "Told", "matcher": {"events": ["campaign_received"]}},
                    {"name": "Bought", "matcher": {"events": ["purchase_item"]}},
                    {"name": "Redeemed", "matcher": {"events": ["coupon_redeemed"]}}]}),
                json!({"kind": "transitions", "range": {"all": true}, "by": "channel"}),
                json!({"kind": "paths", "range": {"all": true}, "length_max": 5, "top": 1000, "pause_max": "7d"}),
                json!({"kind": "retention", "range": {"all": true, "zone": "America/New_York"}, "period": "month",
                    "periods_count": 12, "cohorts": "each_period", "clock": "calendar",
                    "start": {"events": ["purchase_item"]}, "returns": {"events": ["purchase_item"]}}),
                json!({"kind": "funnel", "range": {"all": true}, "window": {"whole": "60d"}, "breakdown": {"field": "properties.detail"}, "steps": [
                    {"name": "Told", "matcher": {"events": ["campaign_received"]}},
                    {"name": "Redeemed", "matcher": {"events": ["coupon_redeemed"]}}],
                    "exclusions": [{"matcher": {"events": ["purchase_item"]}, "after": 0, "before": 1}]}),
                json!({"kind": "attribution", "range": {"all": true}, "by": "properties.detail", "conversion": {"events": ["coupon_redeemed"]},
                    "touch": {"events": ["campaign_received"]}, "value": "properties.value"}),
                json!({"kind": "channels", "range": {"all": true}, "goal": {"events": ["coupon_redeemed"]},
                    "contacts": {"events": ["campaign_received"]}}),
                json!({"kind": "stage_time", "range": {"all": true}, "silence_max": "30d", "stages": [
                    {"name": "Told", "matcher": {"events": ["campaign_received"]}},
                    {"name": "Bought", "matcher": {"events": ["purchase_item"]}}]}),
            ],
        ),
    ] {
        let Some(bytes) = real(file) else { return };
        let Some(companion) = companion() else { return };
        let (_server, mut owner) = shop_with("", move |config| {
            config.sql.companion = companion;
            // The companion is not optimized here, and other tests run beside.
            config.sql.wait_max = Span::seconds(500);
        })
        .await;
        let uploaded = upload(&mut owner, "real.csv.gz", bytes).await;
        imported(&mut owner, &uploaded).await;
        for report in reports {
            let answer = owner
                .post("/api/w/shop/ask", report.clone())
                .await
                .expect(200);
            let body = json!({"report": report, "asked": answer["asked"]});
            let sql = owner
                .post("/api/w/shop/sql/statement", body)
                .await
                .expect(200);
            let result = ask(&mut owner, sql["sql"].as_str().unwrap()).await;
            let of_row = |row: &Value| -> Vec<Value> {
                // The first cohort of a report may begin within a period, so its name is left out.
                let skipped = usize::from(report["kind"] == "retention");
                let cells = row.as_array().unwrap()[skipped..].iter().cloned();
                cells.map(rounded).collect()
            };
            let mut found: Vec<_> = result["rows"]
                .as_array()
                .unwrap()
                .iter()
                .map(of_row)
                .collect();
            let mut wanted: Vec<Vec<Value>> = (told(&answer["numbers"]).into_iter())
                .map(|row| {
                    // Credit without a value is told by the report as worth nothing, and not at all by SQL.
                    let has_value =
                        report["kind"] != "attribution" || report["value"] != Value::Null;
                    let cells = row.into_iter().enumerate();
                    let cells = cells.filter(|(at, _)| has_value || *at < 7 || at % 2 == 1);
                    cells.map(|(_, it)| rounded(it)).collect()
                })
                .collect();
            // Where counts are equal, either may come first.
            found.sort_by_key(|it| json!(it).to_string());
            wanted.sort_by_key(|it| json!(it).to_string());
            assert!(!wanted.is_empty(), "{report}");
            assert_eq!(found, wanted, "{file} {report}");
        }
    }
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
