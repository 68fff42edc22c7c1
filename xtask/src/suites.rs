//! `make test`: every test of the project, and one closing line with the sum of what the runners counted.

use std::env;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::tally::{Suite, Summary, Tally, read_report};
use crate::workspace::{built_by_tests, cargo, root};
use crate::{chromium, e2e, gates, layers, links, openapi, run, sizes, sql, web};

/// Runs everything even when something fails, so that one run tells the whole state.
pub fn test() -> Result<()> {
    web::check_node()?;
    let browser = chromium::find_or_install()?;
    let mut suites = Vec::new();
    let mut suite = |name: &'static str, run: &mut dyn FnMut() -> Result<Tally>| {
        println!("\n== {name}");
        let start = Instant::now();
        let tally = run().unwrap_or_else(|error| Tally::broken(format!("{name}: {error:#}")));
        suites.push(Suite {
            name,
            tally,
            took: start.elapsed(),
        });
    };
    let gate =
        |name: &'static str, check: &dyn Fn() -> Result<()>| Ok(Tally::verdict(name, &check()));

    suite("layers", &mut || gate("layers", &layers::check_workspace));
    suite("links", &mut || gate("links", &links::check_pages));
    suite("interface packages", &mut || {
        gate("interface packages", &|| web::install(&web::dir()))
    });
    suite("interface types", &mut || {
        gate("interface types", &gates::web_types)
    });
    suite("interface texts", &mut || {
        gate("interface texts", &gates::web_keys)
    });
    suite("interface units", &mut || units(&web::dir()));
    suite("browser library packages", &mut || {
        gate(
            "browser library packages",
            &|| web::install(&web::sdk_dir()),
        )
    });
    suite("browser library types", &mut || {
        gate("browser library types", &gates::sdk_types)
    });
    suite("browser library units", &mut || units(&web::sdk_dir()));
    suite("interface build", &mut || {
        gate("interface build", &web::build)
    });
    suite("interface first load", &mut || {
        gate("interface first load", &sizes::check_build)
    });
    suite("browser library size", &mut || {
        gate("browser library size", &sizes::check_sdk)
    });

    let mut companion = None;
    suite("sql companion", &mut || {
        let tally = sql::test()?;
        companion = sql::built_by_tests()?;
        Ok(tally)
    });
    suite("rust", &mut || rust(companion.as_deref()));
    if let Some(binary) = &built_by_tests()? {
        suite("generated api types", &mut || {
            gate("generated api types", &|| openapi::check(binary))
        });
        suite("browser packages", &mut || {
            gate("browser packages", &|| web::install(&e2e::dir()))
        });
        suite("browser types", &mut || gate("browser types", &e2e::types));
        suite("browser", &mut || {
            e2e::counted(&browser, binary, companion.as_deref())
        });
    }

    let summary = Summary(suites);
    println!("\n{summary}");
    if !summary.is_clean() {
        bail!("tests failed; the lines marked FAILED above name them");
    }
    Ok(())
}

/// All Rust tests in one invocation, which builds the binary that the browser tests take as well.
fn rust(companion: Option<&Path>) -> Result<Tally> {
    let mut command = run::command(root(), &cargo(), ["test", "--workspace", "--no-fail-fast"]);
    if env::var_os("CI").is_some() {
        // Nobody debugs what was built there, and without lines it is built sooner.
        command.env("CARGO_PROFILE_DEV_DEBUG", "false");
    }
    if let Some(companion) = companion {
        command.env("THROUGHLINE_SQL_BIN", companion);
    }
    let mut tally = Tally::default();
    let succeeded = run::tee(&mut command, |line| tally.read_cargo_line(line))?;
    Ok(tally.with_exit("cargo test", succeeded))
}

/// The unit tests of a folder in TypeScript.
fn units(dir: &Path) -> Result<Tally> {
    let report = dir.join("node_modules/.vitest-report.json");
    if report.exists() {
        std::fs::remove_file(&report)?;
    }
    let output = format!("--outputFile.json={}", report.display());
    let args = [
        "test",
        "--",
        "--reporter=default",
        "--reporter=json",
        &output,
    ];
    let succeeded = run::tee(&mut web::npm(dir, args), |_| {})?;
    let tally = Tally::from_vitest(&read_report(&report)?)
        .context("the report of vitest has an unknown shape")?;
    Ok(tally.with_exit("vitest", succeeded))
}
