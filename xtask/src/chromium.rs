//! Finds the browser for the tests. It comes from the distribution, never from a download of our own.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use crate::run;
use crate::workspace;

/// Names under which distributions ship the browser, in order of preference.
const NAMES: &[&str] = &[
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];

/// Where macOS keeps it.
const APPLICATIONS: &[&str] = &[
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/// What to install from the distribution: the browser, and a font with Chinese glyphs.
const PACKAGES: &[&str] = &["chromium", "fonts-noto-cjk"];

const ADVICE: &str = "\
the browser tests need Chromium, and none was found.
  Debian:        sudo apt-get install chromium fonts-noto-cjk
  Ubuntu:        sudo snap install chromium; sudo apt-get install fonts-noto-cjk
  Fedora:        sudo dnf install chromium google-noto-sans-cjk-fonts
  Arch:          sudo pacman -S chromium noto-fonts-cjk
  macOS:         brew install --cask chromium
Or point THROUGHLINE_CHROMIUM at a Chromium or Chrome that is already there.";

/// The browser, installed first if it is missing and this account may do so.
pub fn find_or_install() -> Result<PathBuf> {
    if let Some(found) = find()? {
        return Ok(found);
    }
    if may_install() {
        install()?;
        if let Some(found) = find()? {
            return Ok(found);
        }
    }
    bail!("{ADVICE}");
}

fn find() -> Result<Option<PathBuf>> {
    if let Some(chosen) = env::var_os("THROUGHLINE_CHROMIUM").filter(|it| !it.is_empty()) {
        let chosen = PathBuf::from(chosen);
        if !starts(&chosen) {
            bail!(
                "THROUGHLINE_CHROMIUM is {}, which does not start",
                chosen.display()
            );
        }
        return Ok(Some(chosen));
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let candidates = candidates(&env::split_paths(&path).collect::<Vec<_>>());
    Ok(candidates.into_iter().find(|it| starts(it)))
}

fn candidates(folders: &[PathBuf]) -> Vec<PathBuf> {
    let named = NAMES
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    named
        .chain(APPLICATIONS.iter().map(PathBuf::from))
        .filter(|it| it.is_file())
        .collect()
}

/// A file of that name may be a hint to install something else, so it has to run.
fn starts(browser: &Path) -> bool {
    succeeds(Command::new(browser).arg("--version"))
}

fn may_install() -> bool {
    let is_root = run::output(&mut run::command(workspace::root(), "id", ["-u"]));
    is_root.is_ok_and(|it| it.trim() == "0") && succeeds(Command::new("apt-get").arg("--version"))
}

fn install() -> Result<()> {
    println!(
        "Chromium is missing; installing {} from the distribution",
        PACKAGES.join(" and ")
    );
    let apt = |args: &[&str]| {
        let mut command = run::command(workspace::root(), "apt-get", args);
        run::run(command.env("DEBIAN_FRONTEND", "noninteractive"))
    };
    apt(&["update"])?;
    apt(&[&["install", "--yes", "--no-install-recommends"], PACKAGES].concat())
}

fn succeeds(command: &mut Command) -> bool {
    command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|it| it.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_distributions_own_name_wins_over_the_order_of_folders() {
        let dir = tempfile::tempdir().unwrap();
        let folders = [dir.path().join("first"), dir.path().join("second")];
        for (folder, name) in [
            (0, "google-chrome"),
            (1, "chromium"),
            (0, "chromium-browser"),
        ] {
            std::fs::create_dir_all(&folders[folder]).unwrap();
            std::fs::write(folders[folder].join(name), "").unwrap();
        }
        let found = candidates(&folders);
        let ours: Vec<_> = found
            .iter()
            .filter_map(|it| it.strip_prefix(dir.path()).ok())
            .collect();
        assert_eq!(
            ours,
            [
                "second/chromium",
                "first/chromium-browser",
                "first/google-chrome"
            ]
            .map(Path::new)
        );
    }

    #[test]
    fn a_file_that_does_not_run_is_not_a_browser() {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert!(!starts(file.path()));
    }
}
