//! Where things lie, and what `cargo metadata` says about the crates.

use std::collections::BTreeMap;
use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::run;

/// What `cargo metadata` tells about this workspace, as far as the chores need it.
#[derive(Debug, Deserialize)]
pub struct Metadata {
    pub packages: Vec<Package>,
    pub target_directory: PathBuf,
}

/// One crate of the workspace and what its manifest asks for.
#[derive(Debug, Deserialize)]
pub struct Package {
    pub name: String,
    pub version: String,
    pub manifest_path: PathBuf,
    pub dependencies: Vec<Dependency>,
}

/// One line of a manifest. `kind` is none for what is linked into the product.
#[derive(Debug, Deserialize)]
pub struct Dependency {
    pub name: String,
    pub kind: Option<String>,
    pub path: Option<PathBuf>,
}

/// The root of the checkout.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask lies one folder below the root")
}

/// Reads the manifests of the workspace.
pub fn metadata() -> Result<Metadata> {
    metadata_of(root())
}

/// Reads the manifests of the workspace in a folder.
pub fn metadata_of(dir: &Path) -> Result<Metadata> {
    let mut command = run::command(
        dir,
        &cargo(),
        ["metadata", "--format-version=1", "--no-deps"],
    );
    let text = run::output(&mut command)?;
    serde_json::from_str(&text).context("could not read the output of `cargo metadata`")
}

/// The cargo that runs us.
pub fn cargo() -> String {
    env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned())
}

/// Builds the binary as it ships, with the interface inside, and returns its path.
pub fn build_release(web_stamp: &str) -> Result<PathBuf> {
    let mut command = run::command(
        root(),
        &cargo(),
        ["build", "--release", "--package", "throughline-server"],
    );
    run::run(command.envs(release_environment(web_stamp)))?;
    Ok(folder("release")?.join(program()))
}

/// Builds the binary as tests take it: quick to build, and it reads the interface from its folder as it answers.
pub fn build_dev() -> Result<PathBuf> {
    let args = ["build", "--package", "throughline-server"];
    run::run(&mut run::command(root(), &cargo(), args))?;
    Ok(folder("debug")?.join(program()))
}

/// The binary that the tests of the server have built.
pub fn built_by_tests() -> Result<Option<PathBuf>> {
    let binary = folder("debug")?.join(program());
    Ok(binary.exists().then_some(binary))
}

fn folder(profile: &str) -> Result<PathBuf> {
    Ok(metadata()?.target_directory.join(profile))
}

fn program() -> String {
    format!("throughline{}", env::consts::EXE_SUFFIX)
}

/// Files that appear in `web/dist` for the first time are unknown to cargo; the stamp makes it look again.
fn release_environment(web_stamp: &str) -> BTreeMap<&'static str, String> {
    BTreeMap::from([("THROUGHLINE_WEB_STAMP", web_stamp.to_owned())])
}
