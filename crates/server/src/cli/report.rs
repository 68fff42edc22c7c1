//! `throughline report`: a report asked from the command line.

use std::{fs, path::PathBuf};

use anyhow::Context as _;
use clap::Args;
use throughline_insight::{Answer, AskError, Cancel, compare::Comparison};
use throughline_model::{compare::Against, report::Report as Spec};
use throughline_store::state::DocumentKind;

use super::{offline::Offline, out::Out};
use crate::{api::reports::Kept, config::Config, export::Export, workspace::WorkspaceRuntime};

/// Arguments of `report`.
#[derive(Debug, Args)]
pub struct Report {
    #[command(flatten)]
    question: Question,
    /// Compares it: `rest`, `before`, `year_before`, or what the API takes as `against`, as JSON
    #[arg(long, value_name = "WHAT", value_parser = against)]
    against: Option<Against>,
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
        let (title, asked) = self.offline.with_workspace(config, |app, runtime| {
            let (title, report, kept) = match (spec, &self.question.saved) {
                (Some(report), _) => (None, report, None),
                (None, Some(id)) => saved(runtime, id)?,
                (None, None) => anyhow::bail!("name a report with --spec or --saved"),
            };
            let (context, cancel) = (runtime.context(app.now()), Cancel::default());
            let asked = match self.against.or(kept) {
                None => Asked::Answer(Box::new(context.ask(&report, &cancel).map_err(told)?)),
                Some(against) => {
                    let compared = context.compare(&report, &against, &cancel);
                    Asked::Comparison(Box::new(compared.map_err(told)?))
                }
            };
            Ok((title, asked))
        })?;
        if !self.out.is_unsaid() {
            let title = title.as_deref();
            return self.out.write(&match &asked {
                Asked::Answer(answer) => Export::of_answer(title, answer),
                Asked::Comparison(comparison) => Export::of_comparison(title, comparison),
            });
        }
        let text = match (&asked, json) {
            (Asked::Answer(answer), true) => serde_json::to_string(answer)?,
            (Asked::Answer(answer), false) => serde_json::to_string_pretty(&answer.numbers)?,
            (Asked::Comparison(comparison), true) => serde_json::to_string(comparison)?,
            (Asked::Comparison(comparison), false) => {
                serde_json::to_string_pretty(&comparison.figures)?
            }
        };
        println!("{text}");
        Ok(())
    }
}

enum Asked {
    Answer(Box<Answer>),
    Comparison(Box<Comparison>),
}

/// A word stands for itself, so that nobody has to quote it twice in a shell.
fn against(text: &str) -> Result<Against, String> {
    let is_word = text.chars().all(|it| it.is_ascii_lowercase() || it == '_');
    let json = match is_word {
        true => format!("\"{text}\""),
        false => text.to_owned(),
    };
    serde_json::from_str(&json).map_err(|error| error.to_string())
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

type Saved = (Option<String>, Spec, Option<Against>);

fn saved(runtime: &WorkspaceRuntime, id: &str) -> anyhow::Result<Saved> {
    let document = runtime.state().document(DocumentKind::Report, id)?;
    let document = document.with_context(|| format!("there is no saved report `{id}`"))?;
    let kept =
        Kept::read(&document).with_context(|| format!("could not read the saved report `{id}`"))?;
    Ok((Some(document.head.title), kept.report, kept.against))
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
