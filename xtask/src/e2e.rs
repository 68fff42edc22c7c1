//! The browser tests: a real browser on the real binary.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::tally::{Tally, read_report};
use crate::workspace::{build_dev, root};
use crate::{chromium, run, web};

/// The folder of the browser tests.
pub fn dir() -> PathBuf {
    root().join("e2e")
}

/// Builds what is needed and runs only the browser tests; `args` go to Playwright.
pub fn only(args: &[String]) -> Result<()> {
    let browser = chromium::find_or_install()?;
    web::check_node()?;
    web::build()?;
    let binary = build_dev()?;
    web::install(&dir())?;
    run::run(playwright(&browser, &binary).args(args))
}

/// The types of the tests themselves.
pub fn types() -> Result<()> {
    run::run(&mut web::npm(&dir(), ["run", "typecheck"]))
}

/// Runs all browser tests and counts them.
///
/// With the companion, the pages that ask in SQL are tested too.
pub fn counted(browser: &Path, binary: &Path, companion: Option<&Path>) -> Result<Tally> {
    let report = dir().join("test-results/report.json");
    if report.exists() {
        std::fs::remove_file(&report)
            .with_context(|| format!("could not remove {}", report.display()))?;
    }
    let mut command = playwright(browser, binary);
    if let Some(companion) = companion {
        command.env("THROUGHLINE__SQL__COMPANION", companion);
    }
    let succeeded = run::tee(command.env("THROUGHLINE_REPORT", &report), |_| {})?;
    let tally = Tally::from_playwright(&read_report(&report)?)
        .context("the report of Playwright has an unknown shape")?;
    Ok(tally.with_exit("playwright", succeeded))
}

fn playwright(browser: &Path, binary: &Path) -> Command {
    let mut command = web::npm(&dir(), ["exec", "--offline", "--", "playwright", "test"]);
    command
        .env("THROUGHLINE_CHROMIUM", browser)
        .env("THROUGHLINE_BIN", binary);
    command
}
