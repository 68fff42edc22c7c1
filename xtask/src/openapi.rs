//! The interface's API types, made from what the server says about itself.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::run;
use crate::web;
use crate::workspace::{cargo, root};

/// Writes the description of the API and the types made from it.
pub fn regenerate() -> Result<()> {
    let mut build = run::command(
        root(),
        &cargo(),
        [
            "run",
            "--quiet",
            "--package",
            "throughline-server",
            "--",
            "openapi",
        ],
    );
    let description = run::output(&mut build)?;
    web::install(&web::dir())?;
    fs::write(description_file(), &description)
        .context("could not write the description of the API")?;
    make_types(&description_file(), &types_file())
}

/// Fails when the committed files are not what this binary would give.
pub fn check(binary: &Path) -> Result<()> {
    let mut command = run::command(root(), &binary.to_string_lossy(), ["openapi"]);
    let description = run::output(&mut command)?;
    let scratch = web::dir().join("node_modules/.openapi");
    fs::create_dir_all(&scratch)?;
    let (fresh_description, fresh_types) =
        (scratch.join("openapi.json"), scratch.join("schema.ts"));
    fs::write(&fresh_description, &description)?;
    make_types(&fresh_description, &fresh_types)?;
    same(&description_file(), &fresh_description)?;
    same(&types_file(), &fresh_types)
}

fn same(committed: &Path, fresh: &Path) -> Result<()> {
    let read =
        |file: &Path| fs::read(file).with_context(|| format!("could not read {}", file.display()));
    if read(committed)? != read(fresh)? {
        bail!(
            "{} is stale; run `cargo xtask openapi` and commit it",
            committed.display()
        );
    }
    Ok(())
}

fn make_types(description: &Path, types: &Path) -> Result<()> {
    let (from, to) = (description.to_string_lossy(), types.to_string_lossy());
    let args = [
        "exec",
        "--offline",
        "--",
        "openapi-typescript",
        &from,
        "--output",
        &to,
        "--immutable",
    ];
    run::run(&mut web::npm(&web::dir(), args))
}

fn description_file() -> PathBuf {
    root().join("docs/reference/openapi.json")
}

fn types_file() -> PathBuf {
    web::dir().join("src/api/schema.ts")
}
