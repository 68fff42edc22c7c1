//! One process, one format.

use std::fs;
use std::path::Path;

use expect_test::{Expect, expect};
use throughline_store::DataDir;

#[track_caller]
fn check(dir: &Path, expected: Expect) {
    let text = match DataDir::lock(dir) {
        Ok(_) => "taken".to_owned(),
        Err(error) => error.to_string(),
    };
    let dir = dir.display().to_string();
    let id = format!("process {}", std::process::id());
    expected.assert_eq(&text.replace(&dir, "DIR").replace(&id, "process ID"));
}

#[test]
fn a_directory_is_created_and_taken_again() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("some/where");
    check(&dir, expect!["taken"]);
    check(&dir, expect!["taken"]);
    assert_eq!(
        fs::read_to_string(dir.join("FORMAT")).unwrap(),
        "throughline 1\n"
    );
}

#[test]
fn a_directory_in_use_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let held = DataDir::lock(dir.path()).unwrap();
    check(
        dir.path(),
        expect!["DIR is in use by process ID; stop that process or choose another directory"],
    );
    drop(held);
    check(dir.path(), expect!["taken"]);
}

#[test]
fn an_unknown_format_is_refused_naming_both() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("FORMAT"), "throughline 7\n").unwrap();
    check(
        dir.path(),
        expect!["DIR has data format 7, and this build uses format 1"],
    );
}

#[test]
fn a_directory_of_something_else_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("holiday.jpg"), "").unwrap();
    check(
        dir.path(),
        expect![
            "DIR is not a data directory: it holds files but no readable FORMAT; choose an empty directory"
        ],
    );
    fs::write(dir.path().join("FORMAT"), "mp3\n").unwrap();
    check(
        dir.path(),
        expect![
            "DIR is not a data directory: it holds files but no readable FORMAT; choose an empty directory"
        ],
    );
}
