//! A release archive: the binary with its licence and what changed.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::run;
use crate::sql;
use crate::web;
use crate::workspace::{build_release, metadata, root};

/// Packs `throughline-VERSION-PLATFORM.tar.gz` in the target folder.
pub fn dist() -> Result<()> {
    web::check_node()?;
    let stamp = web::build_stamped()?;
    let binary = build_release(&stamp)?;
    let metadata = metadata()?;
    let server = metadata
        .packages
        .iter()
        .find(|it| it.name == "throughline-server");
    let version = &server.context("the workspace has no server")?.version;
    let name = format!(
        "throughline-{version}-{}-{}",
        std::env::consts::OS,
        std::env::consts::ARCH
    );
    let parent = metadata.target_directory.join("dist");
    let folder = parent.join(&name);
    fs::create_dir_all(&folder).with_context(|| format!("could not make {}", folder.display()))?;
    let texts = ["LICENSE", "README.md", "CHANGELOG.md"].map(|it| root().join(it));
    // The companion is part of an archive once it has been built.
    let companion = sql::shipped()?;
    let programs = [&binary, &companion].into_iter().filter(|it| it.exists());
    for file in texts.iter().chain(programs) {
        copy_into(file, &folder)?;
    }
    let archive = format!("{name}.tar.gz");
    run::run(&mut run::command(&parent, "tar", ["-czf", &archive, &name]))?;
    println!("{}", parent.join(archive).display());
    Ok(())
}

fn copy_into(file: &Path, folder: &Path) -> Result<()> {
    let name = file.file_name().expect("only files are packed");
    fs::copy(file, folder.join(name))
        .map(drop)
        .with_context(|| format!("could not copy {}", file.display()))
}
