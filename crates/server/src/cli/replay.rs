//! `throughline replay`: state, profiles, links and parts made again from the raw log.

use anyhow::{Context as _, bail};
use clap::Args;
use serde::Serialize;
use throughline_model::WorkspaceId;

use super::offline::Offline;
use crate::{
    clock::Clock,
    config::Config,
    rebuild::{StateHash, rebuild, swap},
};

/// Arguments of `replay`.
#[derive(Debug, Args)]
pub struct Replay {
    #[command(flatten)]
    offline: Offline,
    /// Put what was made in the place of what is there
    #[arg(long)]
    swap: bool,
    /// Take e-mails, phones and other typed identifiers from the very first event on, also where an
    /// older version left them out
    #[arg(long, requires = "swap")]
    all_identifiers: bool,
}

/// What came of it.
#[derive(Debug, Serialize)]
struct Replayed {
    workspace: WorkspaceId,
    before: StateHash,
    after: StateHash,
    /// What differs; empty when both are equal.
    differences: Vec<String>,
    swapped: bool,
}

impl Replay {
    /// Makes the workspace again beside the one that is there, compares, and swaps when asked.
    pub fn run(self, config: Config, json: bool) -> anyhow::Result<()> {
        let all = self.all_identifiers;
        let done = self.offline.with_workspace(config, |app, runtime| {
            let live = runtime.pipeline();
            let fresh = runtime.dir().with_extension("replayed");
            let before = StateHash::of(live, app.now())?;
            let after = rebuild(live, &fresh, &Clock::System, all)?;
            Ok((
                runtime.id().clone(),
                runtime.dir().to_owned(),
                fresh,
                before,
                after,
            ))
        });
        let (workspace, dir, fresh, before, after) = done?;
        let differences = before.differences(&after);
        if self.swap {
            swap(&dir, &fresh).context("could not put what was made in its place")?;
        } else {
            std::fs::remove_dir_all(&fresh).context("could not remove what was made")?;
        }
        let is_equal = differences.is_empty();
        let done = Replayed {
            workspace,
            before,
            after,
            differences,
            swapped: self.swap,
        };
        if json {
            println!("{}", serde_json::to_string(&done)?);
        } else {
            let Replayed { workspace, .. } = &done;
            println!("{workspace}: was {}, is {}", done.before, done.after);
            println!(
                "  {} events, {} lines of the link log",
                done.after.events_count, done.after.links
            );
            for difference in &done.differences {
                println!("  {difference}");
            }
            if done.swapped {
                println!("  what was made from the log is in its place");
            }
        }
        if !is_equal && !self.swap {
            bail!(
                "what the log gives differs from what is there; `--swap` takes what the log gives"
            );
        }
        Ok(())
    }
}
