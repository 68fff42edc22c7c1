//! Another engine in a process of its own, which answers lines of JSON.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use anyhow::Context;
use serde::Deserialize;
use serde_json::json;

use super::machine::kib;

/// An engine that has loaded the events. It is ended when this is dropped.
pub struct Peer {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    pub version: String,
    pub tables: Vec<String>,
    pub load_seconds: f64,
}

/// The first line of an engine.
#[derive(Deserialize)]
#[serde(untagged)]
enum Hello {
    Absent {
        absent: String,
    },
    Here {
        version: String,
        tables: Vec<String>,
        load_seconds: f64,
    },
}

/// The line that answers a question.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Reply {
    Failed {
        failed: String,
    },
    Rows {
        seconds: f64,
        rows: BTreeMap<String, i64>,
    },
}

impl Peer {
    /// Starts an engine, and waits until it has loaded the events. The error is why there is none.
    pub fn start(
        program: &Path,
        engine: &str,
        parts: &Path,
        work: &Path,
        threads: usize,
    ) -> Result<Self, String> {
        let absent = |why: &dyn std::fmt::Display| format!("{engine} is absent: {why}");
        let mut child = Command::new(program)
            .arg(engine)
            .args([parts, work])
            .arg(threads.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| absent(&format_args!("{}: {error}", program.display())))?;
        let input = child.stdin.take().expect("it was asked for");
        let mut output = BufReader::new(child.stdout.take().expect("it was asked for"));
        let hello = next_line(&mut output);
        let hello = hello.and_then(|line| Ok(serde_json::from_str(&line)?));
        match hello {
            Ok(Hello::Here {
                version,
                tables,
                load_seconds,
            }) => Ok(Self {
                child,
                input,
                output,
                version,
                tables,
                load_seconds,
            }),
            Ok(Hello::Absent { absent: why }) => {
                end(&mut child);
                Err(absent(&why))
            }
            Err(error) => {
                end(&mut child);
                Err(absent(&error))
            }
        }
    }

    /// Asks one question of one table.
    pub fn ask(&mut self, table: &str, report: &str) -> anyhow::Result<Reply> {
        let question = json!({"table": table, "report": report});
        writeln!(self.input, "{question}").context("an engine has ended")?;
        self.input.flush()?;
        let line = next_line(&mut self.output)?;
        serde_json::from_str(&line).with_context(|| format!("could not read {line}"))
    }

    /// The most memory that was resident at a time, in MiB.
    pub fn peak_mib(&self) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        kib(&status.unwrap_or_default(), "VmHWM") / 1024.0
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

fn next_line(output: &mut impl BufRead) -> anyhow::Result<String> {
    let mut line = String::new();
    output.read_line(&mut line)?;
    anyhow::ensure!(!line.is_empty(), "it ended without an answer");
    Ok(line)
}

fn end(child: &mut Child) {
    // It has nothing that anyone will need.
    let _ = child.kill();
    let _ = child.wait();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_are_rows_or_a_failure() {
        let reply = |text: &str| serde_json::from_str::<Reply>(text).unwrap();
        assert!(matches!(
            reply(r#"{"seconds": 0.5, "rows": {"CN 1": 7}}"#),
            Reply::Rows { rows, .. } if rows["CN 1"] == 7
        ));
        assert!(matches!(
            reply(r#"{"failed": "no memory"}"#),
            Reply::Failed { failed } if failed == "no memory"
        ));
    }

    #[test]
    fn an_engine_that_cannot_be_started_is_absent() {
        let nowhere = Path::new("/nowhere");
        let why = Peer::start(nowhere, "duckdb", nowhere, nowhere, 2).err();
        assert!(why.unwrap().starts_with("duckdb is absent: /nowhere: "));
    }
}
