//! `make check`: what should hold before each commit.

use anyhow::Result;

use crate::workspace::{cargo, root};
use crate::{gates, layers, links, run, sql, web};

/// Runs the checks, the quickest first, and stops at the first that fails.
pub fn check() -> Result<()> {
    run_cargo(&["fmt", "--all", "--check"])?;
    run::run(&mut run::command(&sql::dir(), &cargo(), ["fmt", "--check"]))?;
    layers::check_workspace()?;
    links::check_pages()?;
    run_cargo(&[
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "--deny",
        "warnings",
    ])?;
    run_cargo(&["test", "--workspace", "--lib", "--bins"])?;
    run_cargo(&[
        "run",
        "--quiet",
        "--package",
        "sim",
        "--",
        "fuzz",
        "log",
        "--seeds",
        "2000",
    ])?;
    web::check_node()?;
    web::install(&web::dir())?;
    gates::web_types()?;
    gates::web_keys()?;
    run::run(&mut web::npm(&web::dir(), ["test"]))?;
    web::install(&web::sdk_dir())?;
    gates::sdk_types()?;
    run::run(&mut web::npm(&web::sdk_dir(), ["test"]))
}

fn run_cargo(args: &[&str]) -> Result<()> {
    run::run(&mut run::command(root(), &cargo(), args))
}
