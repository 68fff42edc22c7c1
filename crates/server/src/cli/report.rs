//! `throughline report`: a report asked from the command line.

use std::{fs, path::PathBuf};

use anyhow::Context as _;
use clap::Args;
use throughline_insight::{AskError, Cancel};
use throughline_model::report::Report as Spec;
use throughline_store::state::DocumentKind;

use super::{offline::Offline, out::Out};
use crate::{api::reports::Kept, config::Config, export::Export, workspace::WorkspaceRuntime};

/// Arguments of `report`.
#[derive(Debug, Args)]
pub struct Report {
    #[command(flatten)]
    question: Question,
    #[command(flatten)]
    out: Out,
    #[command(flatten)]
    offline: Offline,
}

/// Which report.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Question {
    /// A file with the report as JSON, as the API takes it
    #[arg(long, value_name = "FILE")]
    spec: Option<PathBuf>,
    /// A saved report, as its address names it
    #[arg(long, value_name = "ID")]
    saved: Option<String>,
}

impl Report {
    /// Prints the answer, or writes it to a file.
    pub fn run(self, config: Config, json: bool) -> anyhow::Result<()> {
        let spec = self.question.spec.as_ref().map(read).transpose()?;
        let (title, answer) = self.offline.with_workspace(config, |app, runtime| {
            let (title, report) = match (spec, &self.question.saved) {
                (Some(report), _) => (None, report),
                (None, Some(id)) => saved(runtime, id)?,
                (None, None) => anyhow::bail!("name a report with --spec or --saved"),
            };
            let context = runtime.context(app.now());
            let answer = context.ask(&report, &Cancel::default()).map_err(told)?;
            Ok((title, answer))
        })?;
        if !self.out.is_unsaid() {
            return self
                .out
                .write(&Export::of_answer(title.as_deref(), &answer));
        }
        let text = match json {
            true => serde_json::to_string(&answer)?,
            false => serde_json::to_string_pretty(&answer.numbers)?,
        };
        println!("{text}");
        Ok(())
    }
}

fn read(path: &PathBuf) -> anyhow::Result<Spec> {
    let shown = path.display();
    let text = fs::read_to_string(path).with_context(|| format!("could not read {shown}"))?;
    let report: Spec =
        serde_json::from_str(&text).with_context(|| format!("{shown} is not a report"))?;
    let faults = report.check();
    if !faults.is_empty() {
        let faults: Vec<String> = faults
            .iter()
            .map(|it| format!("{} {}", it.place, it.message))
            .collect();
        anyhow::bail!("{shown} cannot be asked: {}", faults.join("; "));
    }
    Ok(report)
}

fn saved(runtime: &WorkspaceRuntime, id: &str) -> anyhow::Result<(Option<String>, Spec)> {
    let document = runtime.state().document(DocumentKind::Report, id)?;
    let document = document.with_context(|| format!("there is no saved report `{id}`"))?;
    let kept =
        Kept::read(&document).with_context(|| format!("could not read the saved report `{id}`"))?;
    Ok((Some(document.head.title), kept.report))
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
