//! Commands that ask a data directory while no server has it.

use std::time::Duration;

use clap::Args;
use throughline_model::WorkspaceId;

use crate::{
    app::App,
    clock::Clock,
    config::Config,
    workspace::{Context, WorkspaceRuntime},
};

/// Which workspace a command is about.
#[derive(Debug, Args)]
pub struct Offline {
    /// The workspace; may be left out when there is only one
    #[arg(long, value_name = "NAME")]
    workspace: Option<String>,
}

impl Offline {
    /// Opens the data directory, asks one moment of the workspace, and closes everything again.
    pub fn with_context_of<T>(
        &self,
        config: Config,
        work: impl FnOnce(&Context) -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        self.with_workspace(config, |app, runtime| work(&runtime.context(app.now())))
    }

    /// Opens the data directory, uses the workspace, and closes everything again.
    pub fn with_workspace<T>(
        &self,
        config: Config,
        work: impl FnOnce(&App, &WorkspaceRuntime) -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        let tokio = tokio::runtime::Builder::new_current_thread().build()?;
        let app = App::open(config, Clock::System)?;
        let result = self.find(&app).and_then(|runtime| {
            // What was accepted before the last stop belongs to the answer.
            while runtime.pipeline().stats().waiting_records > 0 {
                std::thread::sleep(Duration::from_millis(5));
            }
            work(&app, &runtime)
        });
        tokio.block_on(app.close());
        result
    }

    fn find(&self, app: &App) -> anyhow::Result<WorkspaceRuntime> {
        let all = app.workspaces().all();
        let names: Vec<String> = all.iter().map(|it| it.id().to_string()).collect();
        let found = match (&self.workspace, all.as_slice()) {
            (Some(name), _) => {
                let id = WorkspaceId::parse(name);
                id.and_then(|id| app.workspaces().get(&id))
            }
            (None, [only]) => Some(only.clone()),
            (None, _) => anyhow::bail!(
                "say which workspace with --workspace; there are: {}",
                names.join(", ")
            ),
        };
        found.ok_or_else(|| {
            anyhow::anyhow!(
                "there is no such workspace; there are: {}",
                names.join(", ")
            )
        })
    }
}
