//! `throughline costs`: a file of costs comes in, or what is stored is listed, without a browser.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use clap::Args;
use serde_json::json;
use throughline_model::{cost::written_amount, limits};

use super::offline::Offline;
use crate::{
    app::App,
    config::Config,
    costs::{FileOfCosts, Storing, take_file},
    http::refusal::Refusal,
    workspace::WorkspaceRuntime,
};

/// Arguments of `costs`.
#[derive(Debug, Args)]
pub struct Costs {
    /// A table as CSV; a line replaces all that is known of its day and campaign
    #[arg(value_name = "FILE", required_unless_present_any = ["list", "undo"])]
    file: Option<PathBuf>,
    /// What the columns mean, as JSON; --dry-run prints the one that is used
    #[arg(long, value_name = "FILE")]
    mapping: Option<PathBuf>,
    /// Say what would happen, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Leave out rows that cannot be used, instead of refusing the file
    #[arg(long)]
    skip_faulty: bool,
    /// List the imports of costs of the workspace
    #[arg(long, conflicts_with = "file")]
    list: bool,
    /// Take an import of costs back; what it replaced counts again
    #[arg(long, value_name = "ID", conflicts_with_all = ["file", "list"])]
    undo: Option<u64>,
    #[command(flatten)]
    offline: Offline,
}

impl Costs {
    /// Stores, lists or takes back.
    pub fn run(self, config: Config, json: bool) -> anyhow::Result<()> {
        self.offline
            .with_workspace(config, |app, runtime| match (&self.file, self.undo) {
                (Some(path), _) => self.take(app, runtime, path, json),
                (None, Some(id)) => {
                    anyhow::ensure!(
                        runtime.state().undo_costs(id)?,
                        "there is no import of costs {id}"
                    );
                    Ok(())
                }
                (None, None) => list(runtime, json),
            })
    }

    fn take(
        &self,
        app: &App,
        runtime: &WorkspaceRuntime,
        path: &Path,
        json: bool,
    ) -> anyhow::Result<()> {
        let shown = path.display();
        let size = fs::metadata(path)
            .with_context(|| format!("could not read {shown}"))?
            .len();
        let most = limits::COST_FILE_BYTES_MAX as u64;
        anyhow::ensure!(
            size <= most,
            "{shown} is larger than {most} bytes; split it by day"
        );
        let text = fs::read_to_string(path).with_context(|| format!("could not read {shown}"))?;
        let mapping = match &self.mapping {
            Some(path) => {
                let shown = path.display();
                let text =
                    fs::read_to_string(path).with_context(|| format!("could not read {shown}"))?;
                let read = serde_json::from_str(&text);
                Some(read.with_context(|| format!("{shown} is not a mapping of costs"))?)
            }
            None => None,
        };
        let name = path
            .file_name()
            .map_or_else(String::new, |it| it.to_string_lossy().into_owned());
        let file = FileOfCosts {
            name: &name,
            text: &text,
            mapping: mapping.as_ref(),
            skip_faulty: self.skip_faulty,
        };
        let storing = (!self.dry_run).then_some(Storing {
            member: "command line",
            now: app.now(),
        });
        let outcome = take_file(runtime.state(), &file, storing).map_err(told)?;
        if json {
            println!("{}", serde_json::to_string(&outcome)?);
            return Ok(());
        }
        for fault in &outcome.faults {
            println!("row {}: {} {}", fault.row, fault.field, fault.message);
        }
        if let Some(obstacle) = &outcome.obstacle {
            println!("cannot be stored: {obstacle}");
        }
        let stored = &outcome.stored;
        println!(
            "{} of {} rows: {} {}, {} new and {} replaced days of campaigns",
            outcome.rows - outcome.faults_count,
            outcome.rows,
            stored.amount,
            stored.currency.as_deref().unwrap_or_default(),
            stored.places_new,
            stored.places_replaced,
        );
        match stored.import {
            Some(id) => println!("stored as import {id}"),
            None => println!("mapping: {}", serde_json::to_string(&outcome.mapping)?),
        }
        Ok(())
    }
}

fn list(runtime: &WorkspaceRuntime, json: bool) -> anyhow::Result<()> {
    let costs = runtime.state().costs(None::<(String, String)>)?;
    let micros: i128 = costs.costs.iter().map(|it| it.paid.micros).sum();
    let (amount, currency) = (
        written_amount(micros),
        costs.currency.map(|it| it.to_string()),
    );
    let imports = runtime.state().cost_imports()?;
    if json {
        let imports = imports.iter().map(|it| {
            json!({"id": it.id, "name": it.name, "member": it.member, "at": it.at,
                "records": it.records, "records_live": it.records_live})
        });
        let imports: Vec<_> = imports.collect();
        println!(
            "{}",
            json!({"amount": amount, "currency": currency, "imports": imports})
        );
        return Ok(());
    }
    println!("{amount} {}", currency.unwrap_or_default());
    for it in imports {
        println!(
            "{:>5}  {}  {:>7} of {:>7} count  {}",
            it.id, it.at, it.records_live, it.records, it.name
        );
    }
    Ok(())
}

/// Names every fault, as a person has to mend them.
fn told(refusal: Refusal) -> anyhow::Error {
    let faults: Vec<String> = (refusal.faults().iter())
        .map(|it| format!("\n  {} {}", it.place, it.message))
        .collect();
    anyhow::anyhow!("{}{}", refusal.message(), faults.concat())
}
