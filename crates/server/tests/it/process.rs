//! The binary as a process: what it prints, how it stops, what it refuses.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
};

use rustix::process::{Pid, Signal, kill_process};

struct Running {
    child: Child,
    lines: std::io::Lines<BufReader<ChildStdout>>,
}

impl Running {
    fn start(data: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_throughline"))
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    fn line(&mut self) -> String {
        self.lines.next().unwrap().unwrap()
    }

    fn stop(mut self) -> std::process::ExitStatus {
        let id = Pid::from_raw(self.child.id().cast_signed()).unwrap();
        kill_process(id, Signal::TERM).unwrap();
        self.child.wait().unwrap()
    }
}

#[test]
fn it_prints_the_link_then_the_address_and_stops_when_told() {
    let dir = tempfile::tempdir().unwrap();
    let mut running = Running::start(dir.path());
    let link = running.line();
    let address = running.line();
    let url = address.strip_prefix("listening on ").unwrap();
    assert!(url.starts_with("http://127.0.0.1:"), "{address}");
    assert!(
        link.starts_with(&format!("open {url}/setup?token=")),
        "{link}"
    );
    let status = running.stop();
    assert!(status.success(), "{status}");
    let mut again = Running::start(dir.path());
    assert_ne!(again.line(), link, "the link is new at each start");
    assert!(again.stop().success());
}

#[test]
fn a_setting_that_is_not_known_is_refused() {
    let output = Command::new(env!("CARGO_BIN_EXE_throughline"))
        .args(["config", "--json"])
        .env("THROUGHLINE__SERVER__LISTN", "127.0.0.1:1")
        .output()
        .unwrap();
    assert!(!output.status.success());
    let error: serde_json::Value = serde_json::from_slice(&output.stderr).unwrap();
    let message = error["error"]["message"].as_str().unwrap();
    assert!(message.contains("THROUGHLINE__SERVER__LISTN"), "{message}");
}

/// Runs a command of the binary on a folder, and reads the JSON of its result or of its error.
fn command(data: &Path, args: &[&str]) -> (bool, serde_json::Value) {
    let output = Command::new(env!("CARGO_BIN_EXE_throughline"))
        .args(args)
        .args(["--json", "--data"])
        .arg(data)
        .output()
        .unwrap();
    let said = match output.stdout.is_empty() {
        true => output.stderr,
        false => output.stdout,
    };
    let json = serde_json::from_slice(&said);
    let text = String::from_utf8_lossy(&said);
    let json = json.unwrap_or_else(|_| panic!("{text}"));
    (output.status.success(), json)
}

#[test]
fn a_file_comes_in_on_the_command_line_and_is_taken_back() {
    let dir = tempfile::tempdir().unwrap();
    let (data, file) = (dir.path().join("data"), dir.path().join("shop.csv"));
    std::fs::write(
        &file,
        "who,what,at\nc1,seen,2026-02-01\nc2,seen,2026-02-02\n",
    )
    .unwrap();
    let path = file.to_str().unwrap();
    let columns = ["--user", "who", "--event", "what", "--time", "at"];
    let args: Vec<&str> = ["import", path].into_iter().chain(columns).collect();
    let (ok, import) = command(&data, &args);
    assert!(ok);
    assert_eq!(
        (&import["state"], &import["new"]),
        (&"done".into(), &2.into())
    );
    let (_, again) = command(&data, &args);
    assert_eq!((&again["new"], &again["duplicate"]), (&0.into(), &2.into()));
    let (_, listed) = command(&data, &["import", "--list"]);
    assert_eq!(listed.as_array().unwrap().len(), 2);
    let (ok, undone) = command(&data, &["import", "--undo", &import["id"].to_string()]);
    assert!(ok);
    assert_eq!(undone["state"], "undone");
    let (_, found) = command(&data, &["verify"]);
    assert_eq!(found[0]["events"], 0);
}

#[test]
fn damage_is_named_and_what_the_log_holds_is_made_again() {
    let dir = tempfile::tempdir().unwrap();
    let (data, file) = (dir.path().join("data"), dir.path().join("shop.csv"));
    let rows = (0..5_000).map(|row| format!("c{row},seen,2026-02-01\n"));
    std::fs::write(
        &file,
        format!("user,event,time\n{}", rows.collect::<String>()),
    )
    .unwrap();
    let (ok, _) = command(&data, &["import", file.to_str().unwrap()]);
    assert!(ok);
    let (ok, found) = command(&data, &["verify"]);
    assert!(ok);
    assert_eq!(
        (&found[0]["events"], &found[0]["faults"]),
        (&5_000.into(), &serde_json::json!([]))
    );

    let events = data.join("workspaces/main/events");
    let parts = std::fs::read_dir(events.join("parts")).unwrap();
    let part = parts
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|it| it == "parquet"))
        .unwrap();
    let mut bytes = std::fs::read(&part).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&part, bytes).unwrap();
    let (ok, found) = command(&data, &["verify"]);
    assert!(!ok);
    // What cannot even be opened is refused before it is checked.
    let fault = found["error"]["message"].as_str().unwrap();
    let name = part.file_name().unwrap().to_str().unwrap();
    assert!(fault.contains(name), "{fault}");

    std::fs::remove_dir_all(events).unwrap();
    let (ok, found) = command(&data, &["verify"]);
    assert!(ok);
    assert_eq!(found[0]["events"], 5_000);
}

#[test]
fn a_report_leaves_on_the_command_line_in_every_format() {
    let dir = tempfile::tempdir().unwrap();
    let (data, file) = (dir.path().join("data"), dir.path().join("shop.csv"));
    std::fs::write(
        &file,
        "user,event,time\nc1,=seen,2026-02-01\nc2,=seen,2026-02-02\n",
    )
    .unwrap();
    let (ok, _) = command(&data, &["import", file.to_str().unwrap()]);
    assert!(ok);
    let spec = dir.path().join("report.json");
    let report = r#"{"kind":"counts","range":{"all":true},"every":"range"}"#;
    std::fs::write(&spec, report).unwrap();
    let run = |more: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_throughline"))
            .args(["report", "--spec", spec.to_str().unwrap(), "--data"])
            .arg(&data)
            .args(more)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.success(), output.stdout, said)
    };
    let (ok, csv, _) = run(&["--format", "csv", "--table", "totals", "--bare"]);
    assert!(ok);
    assert_eq!(
        String::from_utf8(csv).unwrap(),
        "series,is_rest,line,label,events,profiles\r\n'=seen,false,all,,2,2\r\n,false,all,,2,2\r\n"
    );
    for (name, begins) in [
        ("a.csv", &b"# report,counts"[..]),
        ("a.xlsx", b"PK"),
        ("a.zip", b"PK"),
        ("a.json", b"{"),
    ] {
        let out = dir.path().join(name);
        let (ok, _, said) = run(&["--out", out.to_str().unwrap()]);
        assert!(ok, "{said}");
        assert!(std::fs::read(&out).unwrap().starts_with(begins), "{name}");
    }
    let out = dir.path().join("a.parquet");
    let out = out.to_str().unwrap();
    let (ok, _, said) = run(&["--out", out]);
    assert!(
        !ok && said.contains("several tables: points, totals"),
        "{said}"
    );
    let (ok, _, said) = run(&["--out", out, "--table", "points"]);
    assert!(ok, "{said}");
    assert!(std::fs::read(out).unwrap().starts_with(b"PAR1"));
    let (ok, _, said) = run(&["--out", "a.doc"]);
    assert!(!ok && said.contains("`.doc` is no kind of file"), "{said}");
    let (ok, said) = command(&data, &["report", "--saved", "nothing"]);
    assert!(!ok);
    assert_eq!(
        said["error"]["message"],
        "there is no saved report `nothing`"
    );
}
