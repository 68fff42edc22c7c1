//! The description of the API holds together: a generator of client types can follow every reference in it.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::run;
use crate::web;
use crate::workspace::{cargo, metadata, root};

/// Writes the description and the types made from it into the target folder, to compare with `web/src/api/schema.ts`.
pub fn write() -> Result<()> {
    web::install(&web::dir())?;
    let args = [
        "run",
        "--quiet",
        "--package",
        "throughline-server",
        "--",
        "openapi",
    ];
    let types = make_types(&run::output(&mut run::command(root(), &cargo(), args))?)?;
    println!("{}", types.display());
    Ok(())
}

/// Checks the description that a binary gives.
pub fn check(binary: &Path) -> Result<()> {
    let mut command = run::command(root(), &binary.to_string_lossy(), ["openapi"]);
    make_types(&run::output(&mut command)?).map(drop)
}

fn make_types(description: &str) -> Result<PathBuf> {
    let folder = metadata()?.target_directory.join("openapi");
    fs::create_dir_all(&folder).with_context(|| format!("could not make {}", folder.display()))?;
    let (from, to) = (folder.join("openapi.json"), folder.join("schema.ts"));
    fs::write(&from, description).with_context(|| format!("could not write {}", from.display()))?;
    let (from, to_text) = (from.to_string_lossy(), to.to_string_lossy());
    let generator = ["exec", "--offline", "--", "openapi-typescript"];
    let args = generator
        .into_iter()
        .chain([&*from, "--output", &*to_text, "--immutable"]);
    run::run(&mut web::npm(&web::dir(), args))?;
    Ok(to)
}
