//! `throughline bench`: what the product promises about speed and memory, measured here.

use std::{
    fs,
    io::{IsTerminal, Write},
    path::PathBuf,
};

use anyhow::Context;
use clap::Args;

use crate::{
    bench::{self, Plan, Subject},
    clock::Clock,
};

/// Arguments of `bench`.
#[derive(Debug, Args)]
pub struct Bench {
    /// What to measure: kernels, peers, growth, ingest, freshness, import, memory, demo [default: everything]
    #[arg(value_name = "SUBJECT", value_enum)]
    subjects: Vec<Subject>,
    /// Stored events that reports are asked over [default: 50000000]
    #[arg(
        long,
        value_name = "N",
        default_value_t = 50_000_000,
        hide_default_value = true
    )]
    rows: u64,
    /// Rounds whose median is told [default: 7]
    #[arg(long, value_name = "N", default_value_t = 7, hide_default_value = true)]
    rounds: usize,
    /// Seconds of one round of requests [default: 3]
    #[arg(
        long,
        value_name = "N",
        default_value_t = 3.0,
        hide_default_value = true
    )]
    seconds: f64,
    /// Connections that send at the same time [default: 64]
    #[arg(
        long,
        value_name = "N",
        default_value_t = 64,
        hide_default_value = true
    )]
    connections: usize,
    /// Rows of the files that are imported [default: 2000000]
    #[arg(
        long,
        value_name = "N",
        default_value_t = 2_000_000,
        hide_default_value = true
    )]
    file_rows: u64,
    /// Customers of the demo shop [default: 50000]
    #[arg(
        long,
        value_name = "N",
        default_value_t = 50_000,
        hide_default_value = true
    )]
    profiles: u32,
    /// Where to write meanwhile; a disk, not memory [default: the system's folder for such files]
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
    /// What starts the other engines that we are compared with: bench/peers/run of the repository
    #[arg(long, value_name = "PROGRAM")]
    peers: Option<PathBuf>,
    /// Write the page of the reference to this file, too
    #[arg(long, value_name = "FILE")]
    page: Option<PathBuf>,
}

impl Bench {
    /// Measures, and prints what was found.
    pub fn run(self, json: bool) -> anyhow::Result<()> {
        let measured = bench::measure(&self.plan()?, tell)?;
        if let Some(path) = &self.page {
            fs::write(path, bench::markdown(&measured, &command()))
                .with_context(|| format!("could not write {}", path.display()))?;
        }
        if json {
            println!("{}", serde_json::to_string(&measured)?);
        } else {
            print!("{}", bench::table(&measured));
        }
        Ok(())
    }

    fn plan(&self) -> anyhow::Result<Plan> {
        let least = self.rounds.min(self.connections);
        anyhow::ensure!(
            least > 0
                && self.rows > 0
                && self.file_rows > 0
                && self.profiles > 0
                && self.seconds > 0.0,
            "nothing of this size can be measured; numbers start at 1"
        );
        let mut subjects = match self.subjects.as_slice() {
            [] => Subject::ALL.to_vec(),
            some => some.to_vec(),
        };
        subjects.sort_unstable();
        subjects.dedup();
        Ok(Plan {
            subjects,
            rows: self.rows,
            rounds: self.rounds,
            seconds: self.seconds,
            connections: self.connections,
            file_rows: self.file_rows,
            profiles: self.profiles,
            folder: self.folder.clone().unwrap_or_else(std::env::temp_dir),
            peers: self.peers.clone(),
            now: Clock::System.now(),
        })
    }
}

/// What this process was started with.
fn command() -> String {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    format!("throughline {}", arguments.join(" "))
}

/// Says what is being done, where somebody watches.
fn tell(doing: &str) {
    let mut error = std::io::stderr();
    if error.is_terminal() {
        // Whether the line could be shown changes nothing.
        let _ = writeln!(error, "{doing} …");
    }
}
