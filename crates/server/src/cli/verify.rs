//! `throughline verify`: whether everything on disk is what was written.

use anyhow::bail;
use clap::Args;
use serde::Serialize;
use throughline_insight::rows_count;
use throughline_model::WorkspaceId;

use crate::{
    app::App,
    clock::Clock,
    config::Config,
    rebuild::{StateHash, rebuild},
    workspace::WorkspaceRuntime,
};

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub struct Verify {
    /// Only this workspace
    #[arg(long, value_name = "NAME")]
    workspace: Option<String>,
    /// Also make everything again from the raw log, and compare
    #[arg(long)]
    replay: bool,
}

/// What was found in one workspace.
#[derive(Debug, Serialize)]
struct Found {
    workspace: WorkspaceId,
    /// Records of the raw log that could be read.
    records: u64,
    /// Events that reports see.
    events: u64,
    /// Stands for profiles, links, traits and events; equal to that of a replay.
    state_hash: Option<String>,
    faults: Vec<String>,
}

impl Verify {
    /// Reads every file whole, and fails when anything is not as it was written.
    pub fn run(self, config: Config, json: bool) -> anyhow::Result<()> {
        let tokio = tokio::runtime::Builder::new_current_thread().build()?;
        let app = App::open(config, Clock::System)?;
        let asked = |runtime: &WorkspaceRuntime| {
            let name = self.workspace.as_deref();
            name.is_none_or(|name| name == runtime.id().as_str())
        };
        let workspaces = app.workspaces().all().into_iter().filter(asked);
        let found: Vec<Found> = (workspaces)
            .map(|it| check(&app, &it, self.replay))
            .collect();
        tokio.block_on(app.close());
        if let (Some(name), true) = (&self.workspace, found.is_empty()) {
            bail!("there is no workspace {name}");
        }
        if json {
            println!("{}", serde_json::to_string(&found)?);
        }
        for Found {
            workspace,
            records,
            events,
            state_hash,
            faults,
        } in &found
        {
            if !json {
                let hash = state_hash.as_deref().unwrap_or("unknown");
                println!(
                    "{workspace}: {records} records, {events} events, state {hash}, {} faults",
                    faults.len()
                );
                faults.iter().for_each(|fault| println!("  {fault}"));
            }
        }
        match found.iter().map(|it| it.faults.len()).sum::<usize>() {
            0 => Ok(()),
            count => bail!(
                "{count} faults were found; restore a backup, or remove the folder `events` of the workspace: it is made again from the raw log"
            ),
        }
    }
}

fn check(app: &App, runtime: &WorkspaceRuntime, replays: bool) -> Found {
    let pipeline = runtime.pipeline();
    pipeline.settle();
    let mut faults: Vec<String> = pipeline.store().verify().iter().map(told).collect();
    let records = match pipeline.read_log() {
        Ok(records) => records,
        Err(error) => {
            faults.push(told(&error));
            0
        }
    };
    let hash = StateHash::of(pipeline, app.now());
    let hash = hash.map_err(|error| faults.push(told(&error))).ok();
    if let (Some(hash), true) = (&hash, replays) {
        let fresh = runtime.dir().with_extension("replayed");
        match rebuild(pipeline, &fresh, &Clock::System, false) {
            Ok(again) => faults.extend(hash.differences(&again)),
            Err(error) => faults.push(told(&error)),
        }
        if let Err(error) = std::fs::remove_dir_all(&fresh) {
            faults.push(told(&error));
        }
    }
    Found {
        workspace: runtime.id().clone(),
        records,
        events: rows_count(&pipeline.store().snapshot(app.now())),
        state_hash: hash.map(|it| it.to_string()),
        faults,
    }
}

/// An error with its causes.
fn told(error: &impl std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
