//! What the product promises about speed and memory, measured on the machine that asks.
//!
//! Whatever serves does so in a process of its own, started from the same binary, and is reached
//! the way customers reach it. A busy machine disturbs times more than ratios, so what can be is
//! measured in turns with something bare in the same run, and medians are told.

mod client;
mod dashboards;
mod demo;
mod folder;
mod freshness;
mod growth;
mod identity;
mod import;
mod ingest;
mod kernels;
mod lines;
mod load;
mod machine;
mod memory;
mod page;
mod peer;
mod peers;
mod process;
mod profiles;
mod stored;

use std::{path::PathBuf, time::Instant};

use clap::ValueEnum;
use serde::Serialize;
use throughline_model::Timestamp;

pub use machine::Machine;
pub use page::{markdown, table};

use folder::Folder;
use machine::Ticks;
use stored::Stored;

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// Reports over stored events, against a bare scan of the same columns
    Kernels,
    /// The same questions, asked of ClickHouse and DuckDB as well
    Peers,
    /// The same questions over fewer and more events
    Growth,
    /// Events over HTTP, each safe on disk before it is acknowledged
    Ingest,
    /// How soon an event shows in every report, and what segments cost meanwhile
    Freshness,
    /// Files that become events
    Import,
    /// Memory of a server that answers over many events
    Memory,
    /// Identifiers that become one profile, and message ids in memory
    Identity,
    /// Loading the demo shop
    Demo,
}

impl Subject {
    /// Everything, in the order in which it is measured.
    pub const ALL: [Self; 9] = [
        Self::Kernels,
        Self::Peers,
        Self::Growth,
        Self::Ingest,
        Self::Freshness,
        Self::Import,
        Self::Memory,
        Self::Identity,
        Self::Demo,
    ];
}

/// What to measure, and how much of it.
#[derive(Clone, Debug)]
pub struct Plan {
    /// In this order; each once.
    pub subjects: Vec<Subject>,
    /// Stored events that reports are asked over.
    pub rows: u64,
    /// Rounds whose median is told.
    pub rounds: usize,
    /// Length of one round of requests.
    pub seconds: f64,
    /// Connections that send at the same time.
    pub connections: usize,
    /// Rows of the files that are imported.
    pub file_rows: u64,
    /// Customers of the demo shop.
    pub profiles: u32,
    /// Where everything is written meanwhile; nothing is left there.
    pub folder: PathBuf,
    /// What starts the other engines, as `bench/peers/run` of the repository does.
    pub peers: Option<PathBuf>,
    pub now: Timestamp,
}

/// Everything that was measured, and on what.
#[derive(Clone, Debug, Serialize)]
pub struct Measured {
    pub machine: Machine,
    /// The share of the processors' time that other programs took meanwhile.
    pub others: f64,
    pub at: Timestamp,
    pub version: &'static str,
    pub chapters: Vec<Chapter>,
}

/// The figures of one subject.
#[derive(Clone, Debug, Serialize)]
pub struct Chapter {
    pub subject: Subject,
    /// Sentences: what was done.
    pub about: String,
    pub figures: Vec<Figure>,
    /// What is better seen side by side.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grid: Option<Grid>,
}

/// Rows of texts under names, each as long as there are names.
#[derive(Clone, Debug, Serialize)]
pub struct Grid {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

/// One number with what it should be.
#[derive(Clone, Debug, Serialize)]
pub struct Figure {
    pub name: String,
    pub value: f64,
    pub unit: Unit,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<Target>,
}

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    Seconds,
    Milliseconds,
    Times,
    RequestsPerSecond,
    EventsPerSecond,
    Mebibytes,
    Count,
}

/// What is promised.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    AtLeast(f64),
    AtMost(f64),
}

impl Figure {
    fn new(name: impl Into<String>, value: f64, unit: Unit) -> Self {
        Self {
            name: name.into(),
            value,
            unit,
            target: None,
        }
    }

    fn with(self, target: Target) -> Self {
        Self {
            target: Some(target),
            ..self
        }
    }

    /// Whether the promise is kept; none where nothing is promised.
    pub fn is_met(&self) -> Option<bool> {
        self.target.map(|target| match target {
            Target::AtLeast(bound) => self.value >= bound,
            Target::AtMost(bound) => self.value <= bound,
        })
    }
}

/// Measures one subject after the other; `tell` hears what is being done.
pub fn measure(plan: &Plan, mut tell: impl FnMut(&str)) -> anyhow::Result<Measured> {
    let folder = Folder::make(&plan.folder)?;
    let (machine, began) = (Machine::look(folder.path()), Ticks::now());
    let mut stored = Stored::new(plan);
    let mut chapters = Vec::new();
    for subject in &plan.subjects {
        let begun = Instant::now();
        let mut chapter = match subject {
            Subject::Kernels => kernels::measure(plan, &mut stored, &folder, &mut tell)?,
            Subject::Peers => peers::measure(plan, &mut stored, &folder, &mut tell)?,
            Subject::Growth => growth::measure(plan, &folder, &mut tell)?,
            Subject::Ingest => ingest::measure(plan, &folder, &mut tell)?,
            Subject::Freshness => freshness::measure(plan, &folder, &mut tell)?,
            Subject::Import => import::measure(plan, &folder, &mut tell)?,
            Subject::Memory => memory::measure(plan, &mut stored, &folder, &mut tell)?,
            Subject::Identity => identity::measure(plan, &mut tell)?,
            Subject::Demo => demo::measure(plan, &folder, &mut tell)?,
        };
        let seconds = begun.elapsed().as_secs_f64();
        let all = Figure::new("all of this was measured in", seconds, Unit::Seconds);
        chapter.figures.push(all);
        chapters.push(chapter);
    }
    Ok(Measured {
        machine,
        others: Ticks::now().others_since(began),
        at: plan.now,
        version: env!("CARGO_PKG_VERSION"),
        chapters,
    })
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_promise_is_kept_or_not() {
        let figure = |target| Figure::new("speed", 8.0, Unit::Times).with(target);
        assert_eq!(figure(Target::AtLeast(8.0)).is_met(), Some(true));
        assert_eq!(figure(Target::AtMost(7.9)).is_met(), Some(false));
        assert_eq!(Figure::new("speed", 8.0, Unit::Times).is_met(), None);
    }

    #[test]
    fn the_median_is_the_one_in_the_middle() {
        assert_eq!(median(vec![9.0, 1.0, 2.0]), 2.0);
        assert!(median(Vec::new()).is_nan());
    }
}
