use std::collections::BTreeMap;

use expect_test::{Expect, expect};

use super::*;
use crate::workspace::Dependency;

/// Each line is `crate -> dependency [dev]`; a dependency with a dash prefix is a crate of ours.
fn check(manifests: &str, expected: Expect) {
    let mut packages: BTreeMap<String, Vec<Dependency>> = BTreeMap::new();
    for line in manifests.lines().map(str::trim).filter(|it| !it.is_empty()) {
        let (from, to) = line
            .split_once(" -> ")
            .expect("a line is `crate -> dependency`");
        let (name, kind) = match to.split_once(' ') {
            Some((name, kind)) => (name, Some(kind.to_owned())),
            None => (to, None),
        };
        packages
            .entry(from.to_owned())
            .or_default()
            .push(Dependency {
                name: name.to_owned(),
                kind,
                path: (name.starts_with("throughline-") || row(name).is_some()).then(PathBuf::new),
            });
    }
    let packages: Vec<Package> = packages
        .into_iter()
        .map(|(name, dependencies)| Package {
            name,
            version: "0.0.0".to_owned(),
            manifest_path: PathBuf::new(),
            dependencies,
        })
        .collect();
    let found: Vec<String> = edges(&packages).iter().map(ToString::to_string).collect();
    expected.assert_eq(&found.join("\n"));
}

fn check_source(text: &str, expected: Expect) {
    let found: Vec<String> = sources(Path::new("lib.rs"), text)
        .iter()
        .map(ToString::to_string)
        .collect();
    expected.assert_eq(&found.join("\n"));
}

#[test]
fn edges_of_the_table_are_fine() {
    check(
        "
        throughline-ingest -> throughline-model
        throughline-insight -> throughline-store
        throughline-insight -> throughline-predict
        throughline-server -> throughline-insight
        throughline-server -> throughline-testkit
        throughline-server -> axum
        throughline-sql -> datafusion
        throughline-store -> rusqlite
        sim -> throughline-store
        ",
        expect![""],
    );
}

#[test]
fn an_edge_to_the_same_or_a_higher_row_is_a_breach() {
    check(
        "
        throughline-model -> throughline-ingest
        throughline-ingest -> throughline-predict
        throughline-store -> throughline-server
        throughline-delivery -> throughline-store
        sim -> throughline-server
        ",
        expect![[r#"
            delivery must not use store
            ingest must not use predict
            model must not use ingest
            sim must not use server
            store must not use server"#]],
    );
}

#[test]
fn testkit_is_for_tests_and_the_demo_shop() {
    check(
        "
        throughline-model -> throughline-testkit dev
        throughline-insight -> throughline-testkit dev
        throughline-store -> throughline-testkit
        throughline-store -> throughline-insight dev
        ",
        expect![[r#"
            store must not use insight
            store must not use testkit"#]],
    );
}

#[test]
fn datafusion_and_axum_have_one_home() {
    check(
        "
        throughline-server -> datafusion
        throughline-insight -> datafusion-expr
        throughline-insight -> axum
        throughline-server -> rusqlite
        ",
        expect![[r#"
            insight must not use axum; only server may
            insight must not use datafusion-expr; only sql may
            server must not use datafusion; only sql may
            server must not use rusqlite; only store may"#]],
    );
}

#[test]
fn thinking_crates_link_nothing_that_waits_or_rolls_dice() {
    check(
        "
        throughline-ingest -> tokio
        throughline-journey -> futures-util
        throughline-predict -> rand
        throughline-predict -> getrandom
        throughline-ingest -> tempfile dev
        ",
        expect![[r#"
            ingest thinks only, so it must not use tokio
            journey thinks only, so it must not use futures-util
            predict thinks only, so it must not use getrandom"#]],
    );
}

#[test]
fn a_crate_without_a_row_is_a_breach() {
    check(
        "throughline-helpers -> serde",
        expect![
            "throughline-helpers is not in the table of STYLE.md; add a row there and in xtask/src/layers.rs"
        ],
    );
}

#[test]
fn thinking_crates_do_not_name_the_file_system_or_the_clock() {
    check_source(
        "
use std::fs::File;
let now = std::time::Instant::now();
let fine = std::fstring;
// std::net is only a comment
",
        expect![[r#"
            lib.rs:2 names std::fs in a crate that thinks only
            lib.rs:3 names std::time::Instant in a crate that thinks only"#]],
    );
}

#[test]
fn grouped_imports_are_read_in_full() {
    check_source(
        "
use std::{
    collections::BTreeMap,
    fs,
    time::{Duration, SystemTime},
};
use std::{fmt, io};
",
        expect![[r#"
            lib.rs:6 names std::fs in a crate that thinks only
            lib.rs:6 names std::time::SystemTime in a crate that thinks only"#]],
    );
}

#[test]
fn tests_at_the_end_of_a_file_may_read_files() {
    check_source(
        "fn pure() {}\n#[cfg(test)]\nmod tests { use std::fs; }\n",
        expect![""],
    );
}

/// STYLE.md is what people read, so the table here must be the one there.
#[test]
fn the_table_is_that_of_the_style_page() {
    let style = fs::read_to_string(workspace::root().join("STYLE.md")).unwrap();
    let everyone: Vec<&str> = TABLE.iter().map(|it| it.name).collect();
    let mut written = 0;
    for line in style.lines().filter(|it| it.starts_with("| `")) {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let Some(row) = row(cells[1].trim_matches('`')) else {
            continue;
        };
        written += 1;
        let mut expected: Vec<&str> = match cells[3] {
            "–" => Vec::new(),
            "all above" => everyone
                .iter()
                .copied()
                .take_while(|it| *it != "server")
                .chain(["testkit"])
                .collect(),
            "all but server" => everyone
                .iter()
                .copied()
                .filter(|it| !["server", "sim", "xtask"].contains(it))
                .collect(),
            list => list.split(", ").collect(),
        };
        let mut granted = row.may_use.to_vec();
        expected.sort_unstable();
        granted.sort_unstable();
        assert_eq!(granted, expected, "row `{}`", row.name);
    }
    assert_eq!(
        written,
        TABLE.len() - 1,
        "every crate but xtask has a row in STYLE.md"
    );
}
