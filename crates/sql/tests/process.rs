//! The companion as the server sees it: a process that is told, answers and ends.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Command, Stdio},
};

use serde_json::{Value, json};

/// Asks a statement that reads no table, and gives what was said last with the rows that were written.
fn ask(sql: &str, change: impl FnOnce(&mut Value)) -> (Value, Value) {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("result");
    let spill = folder.path().join("spill");
    std::fs::create_dir(&spill).unwrap();
    let mut job = json!({
        "sql": sql, "format": "json", "output": output, "spill": spill,
        "limits": {"memory_bytes": 64 << 20, "spill_bytes": 1 << 20, "processor_seconds": 20,
            "threads": 2, "rows": 1000, "bytes": 1 << 20},
    });
    change(&mut job);
    let mut child = Command::new(env!("CARGO_BIN_EXE_throughline-sql"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    writeln!(input, "{job}").unwrap();
    let mut said: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
    if said.get("needs").is_some() {
        let tables = json!({"profile_of_actor": null, "channels": [], "touchpoints": [], "stages": [],
            "events": [], "profiles": null, "segments": null});
        writeln!(input, "{tables}").unwrap();
        said = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
    }
    // It ends by itself; without our end of the pipe it would take us for gone.
    let ended = child.wait().unwrap();
    drop(input);
    assert!(ended.success(), "{said}");
    let rows = std::fs::read_to_string(&output).unwrap_or_default();
    (said, serde_json::from_str(&rows).unwrap_or_default())
}

fn rows(sql: &str) -> Value {
    let (said, rows) = ask(sql, |_| {});
    assert!(said.get("done").is_some(), "{sql}: {said}");
    rows
}

#[test]
fn rows_are_written_with_their_types() {
    let (said, rows) = ask(
        "SELECT 1 AS n, 'a' AS name, true AS flag, NULL AS nothing",
        |_| {},
    );
    assert_eq!(rows, json!([[1, "a", true, null]]));
    let kinds: Vec<&Value> = said["done"]["columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["kind"])
        .collect();
    assert_eq!(kinds, ["number", "text", "flag", "text"]);
}

#[test]
fn numbers_that_browsers_would_round_are_texts() {
    assert_eq!(
        rows("SELECT 999999999999999, 9007199254740993, -9007199254740993, 0.5"),
        json!([[
            999_999_999_999_999_u64,
            "9007199254740993",
            "-9007199254740993",
            0.5
        ]])
    );
}

#[test]
fn instants_are_told_in_universal_time_whatever_made_them() {
    assert_eq!(
        rows("SELECT instant(0), to_timestamp_millis(0), date_trunc('day', instant(90000000)),
            period_start(instant(90000000), 'day', 'Asia/Shanghai'), epoch_ms(instant(-5)), instant(NULL)"),
        json!([[
            "1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "1970-01-02T00:00:00Z", "1970-01-01T16:00:00Z", -5, null
        ]])
    );
}

#[test]
fn a_table_that_is_empty_has_no_rows() {
    assert_eq!(
        rows("SELECT event, count(*) FROM events GROUP BY event"),
        json!([])
    );
    assert_eq!(
        rows("SELECT count(*) FROM events WHERE event = 'a'"),
        json!([[0]])
    );
}

#[test]
fn more_memory_than_there_may_be_is_refused_as_such() {
    let sql = "SELECT count(DISTINCT a.value * 100000 + b.value) FROM generate_series(1, 4000) a, generate_series(1, 4000) b";
    let (said, _) = ask(sql, |_| {});
    assert_eq!(said["failed"]["why"], "resources", "{said}");
}

#[test]
fn what_is_not_ours_is_refused_before_it_is_planned() {
    let (said, _) = ask("COPY events TO '/tmp/copy.csv'", |_| {});
    assert!(said.get("refused").is_some(), "{said}");
    let (said, _) = ask("SELECT nothing FROM events", |_| {});
    assert_eq!(said["failed"]["why"], "statement", "{said}");
}

#[test]
fn nobody_but_the_server_is_answered() {
    let ended = Command::new(env!("CARGO_BIN_EXE_throughline-sql"))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert_eq!(ended.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&ended.stderr).contains("throughline"));
}
