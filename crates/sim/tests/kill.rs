//! A few kills of a real process; `sim kill` does more of them.

use std::process::Command;

#[test]
fn a_killed_process_loses_nothing_that_it_acknowledged() {
    let dir = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_sim"))
        .args(["kill", "--rounds", "8", "--dir"])
        .arg(dir.path().join("data"))
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
}
