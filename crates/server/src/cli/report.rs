//! `throughline report`: a report asked from the command line.

use std::{fs, path::PathBuf};

use anyhow::Context as _;
use clap::Args;
use throughline_insight::{AskError, Cancel};
use throughline_model::report::Report as Spec;

use super::offline::Offline;
use crate::config::Config;

/// Arguments of `report`.
#[derive(Debug, Args)]
pub struct Report {
    /// A file with the report as JSON, as the API takes it
    #[arg(long, value_name = "FILE")]
    spec: PathBuf,
    #[command(flatten)]
    offline: Offline,
}

impl Report {
    /// Prints the answer.
    pub fn run(self, config: Config, json: bool) -> anyhow::Result<()> {
        let path = self.spec.display();
        let text =
            fs::read_to_string(&self.spec).with_context(|| format!("could not read {path}"))?;
        let report: Spec =
            serde_json::from_str(&text).with_context(|| format!("{path} is not a report"))?;
        let faults = report.check();
        if !faults.is_empty() {
            let faults: Vec<String> = faults
                .iter()
                .map(|it| format!("{} {}", it.place, it.message))
                .collect();
            anyhow::bail!("{path} cannot be asked: {}", faults.join("; "));
        }
        let answer = self.offline.with_context_of(config, |context| {
            context.ask(&report, &Cancel::default()).map_err(told)
        })?;
        let text = match json {
            true => serde_json::to_string(&answer)?,
            false => serde_json::to_string_pretty(&answer.numbers)?,
        };
        println!("{text}");
        Ok(())
    }
}

/// Names every fault, as a person has to mend them.
pub fn told(error: AskError) -> anyhow::Error {
    match error {
        AskError::Faults(faults) => {
            let faults: Vec<String> = faults
                .iter()
                .map(|it| format!("{} {}", it.place, it.message))
                .collect();
            anyhow::anyhow!("the question cannot be asked: {}", faults.join("; "))
        }
        error => error.into(),
    }
}
