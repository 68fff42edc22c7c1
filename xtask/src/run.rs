//! Starting other programs: shown to the reader as they run, failing with the line to repeat by hand.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// A program to start in a folder.
pub fn command<S: AsRef<OsStr>>(
    dir: &Path,
    program: &str,
    args: impl IntoIterator<Item = S>,
) -> Command {
    let mut command = Command::new(program);
    command.current_dir(dir).args(args);
    command
}

/// Runs with the terminal handed over; a failure names the command.
pub fn run(command: &mut Command) -> Result<()> {
    let text = announce(command);
    let status = command
        .status()
        .with_context(|| format!("could not start `{text}`"))?;
    if !status.success() {
        bail!("`{text}` ended with {status}");
    }
    Ok(())
}

/// Runs quietly and returns what was printed on standard output.
pub fn output(command: &mut Command) -> Result<String> {
    let text = shown(command);
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("could not start `{text}`"))?;
    if !output.status.success() {
        bail!("`{text}` ended with {}", output.status);
    }
    String::from_utf8(output.stdout).with_context(|| format!("`{text}` did not print UTF-8"))
}

/// Runs with standard output both shown and handed over line by line; returns whether it succeeded.
pub fn tee(command: &mut Command, each: impl FnMut(&str)) -> Result<bool> {
    let text = announce(command);
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("could not start `{text}`"))?;
    let stdout = child
        .stdout
        .take()
        .expect("standard output was asked for above");
    copy_lines(stdout, each).with_context(|| format!("could not read from `{text}`"))?;
    let status = child
        .wait()
        .with_context(|| format!("could not wait for `{text}`"))?;
    Ok(status.success())
}

fn copy_lines(from: impl Read, mut each: impl FnMut(&str)) -> Result<()> {
    let mut reader = BufReader::new(from);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line)? > 0 {
        // Tests may print anything, so bytes that are not UTF-8 must not end the run.
        let text = String::from_utf8_lossy(&line);
        print!("{text}");
        each(text.trim_end_matches(['\r', '\n']));
        line.clear();
    }
    Ok(())
}

fn announce(command: &Command) -> String {
    let text = shown(command);
    println!("+ {text}");
    text
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|it| it.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}
