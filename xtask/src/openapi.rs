//! The interface's API types, made from what the server says about itself.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::run;
use crate::web;
use crate::workspace::{cargo, metadata, root};

/// Inner objects without members hold anything, and a default may be left out of an answer.
const OPTIONS: &[&str] = &[
    "--immutable",
    "--empty-objects-unknown",
    "--default-non-nullable=false",
];

/// Writes the description of the API and the types made from it.
pub fn regenerate() -> Result<()> {
    web::install(&web::dir())?;
    let args = [
        "run",
        "--quiet",
        "--package",
        "throughline-server",
        "--",
        "openapi",
    ];
    let description = run::output(&mut run::command(root(), &cargo(), args))?;
    write(&description, &description_file(), &types_file())
}

/// Fails when the committed files are not what this binary would give.
pub fn check(binary: &Path) -> Result<()> {
    let mut command = run::command(root(), &binary.to_string_lossy(), ["openapi"]);
    let description = run::output(&mut command)?;
    let scratch = metadata()?.target_directory.join("openapi");
    fs::create_dir_all(&scratch)
        .with_context(|| format!("could not make {}", scratch.display()))?;
    let fresh = (scratch.join("openapi.json"), scratch.join("schema.ts"));
    write(&description, &fresh.0, &fresh.1)?;
    same(&description_file(), &fresh.0)?;
    same(&types_file(), &fresh.1)
}

fn write(description: &str, document: &Path, types: &Path) -> Result<()> {
    fs::write(document, description)
        .with_context(|| format!("could not write {}", document.display()))?;
    let (from, to) = (document.to_string_lossy(), types.to_string_lossy());
    let generator = [
        "exec",
        "--offline",
        "--",
        "openapi-typescript",
        &from,
        "--output",
        &to,
    ];
    run::run(&mut web::npm(
        &web::dir(),
        generator.iter().chain(OPTIONS).copied(),
    ))
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

fn description_file() -> PathBuf {
    root().join("docs/reference/openapi.json")
}

fn types_file() -> PathBuf {
    web::dir().join("src/api/schema.ts")
}
