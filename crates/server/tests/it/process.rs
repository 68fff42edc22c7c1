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
