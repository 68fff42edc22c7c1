//! Every subject can be measured. What is found is not judged here: a test machine is busy.

use std::process::Command;

use serde_json::Value;

fn measure(subject: &str, arguments: &[&str]) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("performance.md");
    let output = Command::new(env!("CARGO_BIN_EXE_throughline"))
        .args(["bench", subject, "--json", "--rounds", "1", "--folder"])
        .arg(folder.path())
        .arg("--page")
        .arg(&page)
        .args(arguments)
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let text = std::fs::read_to_string(&page).unwrap();
    std::fs::remove_file(&page).unwrap();
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert!(left.is_empty(), "left behind: {left:?}");
    let measured: Value = serde_json::from_slice(&output.stdout).unwrap();
    let chapters = measured["chapters"].as_array().unwrap();
    assert_eq!(chapters.len(), 1);
    for figure in chapters[0]["figures"].as_array().unwrap() {
        assert!(figure["value"].is_f64(), "{figure} is no number");
        let name = figure["name"].as_str().unwrap();
        assert!(text.contains(&format!("| {name} |")), "{name} in {text}");
    }
    chapters[0].clone()
}

fn figure(chapter: &Value, name: &str) -> f64 {
    let mut figures = chapter["figures"].as_array().unwrap().iter();
    let found = figures.find(|it| it["name"] == name);
    found.unwrap()["value"].as_f64().unwrap()
}

#[test]
fn reports_are_compared_with_a_bare_scan() {
    let chapter = measure("kernels", &["--rows", "20000"]);
    assert!(figure(&chapter, "transitions, over a bare scan") > 0.0);
}

#[test]
fn without_peers_the_bench_says_so_and_goes_on() {
    let chapter = measure("peers", &["--rows", "20000"]);
    let about = chapter["about"].as_str().unwrap();
    assert!(about.contains("clickhouse is absent"), "{about}");
    assert!(figure(&chapter, "all transitions with exact median time") > 0.0);
}

#[test]
fn questions_are_asked_over_fewer_and_more_events() {
    let chapter = measure("growth", &["--rows", "20000"]);
    assert!(figure(&chapter, "slowest over 40000 events, cold") > 0.0);
    assert_eq!(chapter["grid"]["columns"][4], "0.08 M warm");
}

#[cfg(unix)]
#[test]
fn peers_are_asked_in_turns_and_compared() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("peer");
    let answers = "#!/bin/sh\n\
        echo '{\"version\": \"Wrong 1\", \"tables\": [\"DuckDB tuned\"], \"load_seconds\": 1.5}'\n\
        while read line; do echo '{\"seconds\": 1000, \"rows\": {\"ways\": -1}}'; done\n";
    std::fs::write(&program, answers).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&program, mode).unwrap();
    let chapter = measure(
        "peers",
        &["--rows", "20000", "--peers", program.to_str().unwrap()],
    );
    let name = "ways of channels to a purchase within 7 days: DuckDB tuned over ours";
    assert!(figure(&chapter, name) > 1.0);
    let rows = chapter["grid"]["rows"].as_array().unwrap();
    let verdict = rows[5].as_array().unwrap().last().unwrap();
    assert!(
        verdict
            .as_str()
            .unwrap()
            .contains("DuckDB tuned differs in 2"),
        "{verdict}"
    );
}

#[test]
fn events_come_in_over_http_and_are_all_counted() {
    let chapter = measure("ingest", &["--seconds", "1.5", "--connections", "4"]);
    assert!(figure(&chapter, "single events") > 1.0);
    assert!(figure(&chapter, "batches") > 100.0);
    assert_eq!(figure(&chapter, "requests that were refused"), 0.0);
}

#[test]
fn files_are_imported_whole() {
    let chapter = measure("import", &["--file-rows", "2000"]);
    assert!(figure(&chapter, "Parquet") > 1.0);
    assert!(figure(&chapter, "CSV") > 1.0);
}

#[test]
fn a_server_over_generated_events_answers_everything() {
    let chapter = measure("memory", &["--rows", "20000"]);
    assert!(figure(&chapter, "peak of resident memory") > 1.0);
}

#[test]
fn the_demo_shop_is_loaded() {
    let chapter = measure("demo", &["--profiles", "200"]);
    assert!(figure(&chapter, "events") > 1_000.0);
}
