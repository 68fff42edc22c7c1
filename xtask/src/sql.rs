//! The SQL companion, a workspace of its own: DataFusion takes half an hour to compile, so nothing else waits for it.

use std::env::consts::EXE_SUFFIX;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::run;
use crate::tally::Tally;
use crate::workspace::{cargo, metadata, root};

/// Where its sources and its lock file are.
pub fn dir() -> PathBuf {
    root().join("crates/sql")
}

/// Builds it as it ships, and puts it where the server looks for it.
pub fn build() -> Result<()> {
    let built = compiled("release", &["build", "--release", "--locked"])?;
    let beside = shipped()?;
    let folder = beside.parent().context("it lies in a folder")?;
    fs::create_dir_all(folder).with_context(|| format!("could not make {}", folder.display()))?;
    fs::copy(&built, &beside).with_context(|| format!("could not write {}", beside.display()))?;
    println!("{}", beside.display());
    Ok(())
}

/// Builds it for tests. This is the build that its own tests share.
pub fn build_for_tests() -> Result<PathBuf> {
    compiled("debug", &["build", "--locked"])
}

/// Its own tests.
pub fn test() -> Result<Tally> {
    let mut command = run::command(&dir(), &cargo(), ["test", "--locked", "--no-fail-fast"]);
    let mut tally = Tally::default();
    let succeeded = run::tee(&mut command, |line| tally.read_cargo_line(line))?;
    Ok(tally.with_exit("cargo test of the companion", succeeded))
}

/// Beside the server as it ships.
pub fn shipped() -> Result<PathBuf> {
    let folder = metadata()?.target_directory.join("release");
    Ok(folder.join(format!("throughline-sql{EXE_SUFFIX}")))
}

fn compiled(profile: &str, args: &[&str]) -> Result<PathBuf> {
    run::run(&mut run::command(&dir(), &cargo(), args))?;
    let folder = metadata()?.target_directory.join("sql").join(profile);
    Ok(folder.join(format!("throughline-sql{EXE_SUFFIX}")))
}
