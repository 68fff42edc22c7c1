//! The interface and the browser library: packages installed and built only when what goes in has changed.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use crate::run;
use crate::workspace;

/// Folders below `web/`, `web-sdk/` and `e2e/` that are made, not written.
const MADE: &[&str] = &["node_modules", "dist", "coverage", "test-results", ".cache"];

/// The folder of the interface.
pub fn dir() -> PathBuf {
    workspace::root().join("web")
}

/// The folder of the browser library.
pub fn sdk_dir() -> PathBuf {
    workspace::root().join("web-sdk")
}

/// Builds interface and browser library if needed.
pub fn build() -> Result<()> {
    build_stamped().map(drop)
}

/// Builds interface and browser library if needed and returns a stamp of their sources.
pub fn build_stamped() -> Result<String> {
    let interface = build_one(&dir(), "dist/index.html")?;
    let sdk = build_sdk()?;
    Ok(format!("{interface}{}", &sdk[..16]))
}

/// Builds the browser library if needed and returns a stamp of its sources.
pub fn build_sdk() -> Result<String> {
    build_one(&sdk_dir(), "dist/throughline.js")
}

fn build_one(dir: &Path, made: &str) -> Result<String> {
    install(dir)?;
    let stamp = stamp(dir, &source_files(dir)?)?;
    let kept = dir.join("node_modules/.built");
    if !is_current(&kept, &stamp) || !dir.join(made).exists() {
        run::run(&mut npm(dir, ["run", "build"]))?;
        keep(&kept, &stamp)?;
    }
    Ok(stamp)
}

/// Installs the packages of a folder exactly as its lock file says, if that changed.
pub fn install(dir: &Path) -> Result<()> {
    let lock = dir.join("package-lock.json");
    if !lock.exists() {
        bail!(
            "{} is missing, so packages cannot be installed as tested",
            lock.display()
        );
    }
    let stamp = stamp(dir, &[dir.join("package.json"), lock])?;
    let kept = dir.join("node_modules/.installed");
    if is_current(&kept, &stamp) {
        return Ok(());
    }
    run::run(&mut npm(dir, ["ci", "--no-audit", "--no-fund"]))?;
    keep(&kept, &stamp)
}

/// npm in a folder. Browsers come from the distribution, so packages must not fetch their own.
pub fn npm<'a>(dir: &Path, args: impl IntoIterator<Item = &'a str>) -> std::process::Command {
    let mut command = run::command(dir, "npm", args);
    command.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    command
}

/// The oldest Node that the tools of the interface run on.
const NODE_MIN: (u32, u32) = (20, 19);

/// Refuses early, with what to install, when Node is missing or too old.
pub fn check_node() -> Result<()> {
    let (major, minor) = NODE_MIN;
    let needed = format!("Node {major}.{minor} or newer is needed (https://nodejs.org)");
    let printed = run::output(&mut run::command(workspace::root(), "node", ["--version"]))
        .with_context(|| needed.clone())?;
    let version = printed.trim().trim_start_matches('v');
    if parse_version(version).is_none_or(|it| it < NODE_MIN) {
        bail!("{needed}, found {version}");
    }
    Ok(())
}

fn parse_version(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version.split('.').map(|it| it.parse().ok());
    Some((numbers.next()??, numbers.next()??))
}

/// A hash over names and contents, so that neither a clone nor a checkout of old files counts as a change.
fn stamp(dir: &Path, files: &[PathBuf]) -> Result<String> {
    let mut hash = Sha256::new();
    for file in files {
        let name = file.strip_prefix(dir).unwrap_or(file);
        let bytes = fs::read(file).with_context(|| format!("could not read {}", file.display()))?;
        hash.update(name.to_string_lossy().as_bytes());
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(&bytes);
    }
    Ok(hash
        .finalize()
        .iter()
        .map(|it| format!("{it:02x}"))
        .collect())
}

fn source_files(dir: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder)
            .with_context(|| format!("could not list {}", folder.display()))?;
        for entry in entries {
            let path = entry?.path();
            let is_made = path
                .file_name()
                .is_some_and(|it| MADE.iter().any(|made| it == *made));
            if path.is_dir() && !is_made {
                folders.push(path);
            } else if path.is_file() {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

fn is_current(kept: &Path, stamp: &str) -> bool {
    fs::read_to_string(kept).is_ok_and(|it| it == stamp)
}

fn keep(kept: &Path, stamp: &str) -> Result<()> {
    if let Some(folder) = kept.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(kept, stamp).with_context(|| format!("could not write {}", kept.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn web_with(files: &[(&str, &str)]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = dir.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        dir
    }

    fn stamp_of(files: &[(&str, &str)]) -> String {
        let dir = web_with(files);
        stamp(dir.path(), &source_files(dir.path()).unwrap()).unwrap()
    }

    #[test]
    fn versions_compare_as_numbers() {
        assert_eq!(parse_version("20.19.2"), Some(NODE_MIN));
        assert!(parse_version("20.9.0") < Some(NODE_MIN));
        assert!(parse_version("22.1.0") > Some(NODE_MIN));
        assert_eq!(parse_version("unknown"), None);
    }

    #[test]
    fn what_is_made_does_not_change_the_stamp() {
        let sources = [("src/a.ts", "1"), ("package.json", "{}")];
        let built = [
            sources[0],
            sources[1],
            ("dist/a.js", "1"),
            ("node_modules/b/b.js", "2"),
        ];
        assert_eq!(stamp_of(&sources), stamp_of(&built));
    }

    #[test]
    fn names_and_contents_change_the_stamp() {
        let stamps = [
            stamp_of(&[("src/a.ts", "12"), ("src/b.ts", "3")]),
            stamp_of(&[("src/a.ts", "1"), ("src/b.ts", "23")]),
            stamp_of(&[("src/a.ts", "12"), ("src/c.ts", "3")]),
        ];
        assert_ne!(stamps[0], stamps[1]);
        assert_ne!(stamps[0], stamps[2]);
    }
}
