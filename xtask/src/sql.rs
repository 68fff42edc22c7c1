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

/// The program that its own tests have built, for the tests of others.
///
/// `cargo build` would compile DataFusion once more, as it takes other features without what tests need.
pub fn built_by_tests() -> Result<Option<PathBuf>> {
    let program = folder("debug")?.join(format!("throughline-sql{EXE_SUFFIX}"));
    Ok(program.exists().then_some(program))
}

/// Its own tests, and the program itself on the way.
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
    Ok(folder(profile)?.join(format!("throughline-sql{EXE_SUFFIX}")))
}

fn folder(profile: &str) -> Result<PathBuf> {
    Ok(metadata()?.target_directory.join("sql").join(profile))
}
