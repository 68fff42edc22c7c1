//! Commands that ask a data directory while no server has it.

use anyhow::Context as _;
use clap::Args;
use throughline_model::{WorkspaceId, Zone};
use throughline_store::state::{
    StateError,
    instance::{AuditEntry, Change, WorkspaceRow},
};

use crate::{
    app::App,
    clock::Clock,
    config::Config,
    instance::Decision,
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
        self.open(config, |app| self.find(app), work)
    }

    /// As [`Offline::with_workspace`], for commands that bring something: the workspace is made
    /// when it is not there.
    pub fn with_made_workspace<T>(
        &self,
        config: Config,
        work: impl FnOnce(&App, &WorkspaceRuntime) -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        self.open(config, |app| {
            let name = match &self.workspace {
                Some(name) => name.as_str(),
                None if app.workspaces().all().is_empty() => "main",
                None => return self.find(app),
            };
            let id = WorkspaceId::parse(name).with_context(|| {
                format!("`{name}` is no name of a workspace; use a-z, 0-9 and -, with a letter first")
            })?;
            match app.workspaces().get(&id) {
                Some(runtime) => Ok(runtime),
                None => Ok(make(app, id)?),
            }
        }, work)
    }

    fn open<T>(
        &self,
        config: Config,
        find: impl FnOnce(&App) -> anyhow::Result<WorkspaceRuntime>,
        work: impl FnOnce(&App, &WorkspaceRuntime) -> anyhow::Result<T>,
    ) -> anyhow::Result<T> {
        let tokio = tokio::runtime::Builder::new_current_thread().build()?;
        let app = App::open(config, Clock::System)?;
        let result = find(&app).and_then(|runtime| {
            // What was accepted before the last stop belongs to the answer.
            runtime.pipeline().settle();
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

/// Makes a workspace that only owners reach, until they let others in.
fn make(app: &App, id: WorkspaceId) -> anyhow::Result<WorkspaceRuntime> {
    let now = app.now();
    app.instance().decide_here(|_| {
        let row = WorkspaceRow {
            id: id.clone(),
            name: id.to_string(),
            zone: Zone::UTC,
            is_demo: false,
            created: now,
        };
        let audit = AuditEntry {
            at: now,
            actor: "command line".to_owned(),
            address: None,
            action: "workspace.made".to_owned(),
            workspace: Some(id.clone()),
            subject: None,
            details: serde_json::json!({}),
        };
        Ok::<_, StateError>(Decision {
            changes: vec![Change::PutWorkspace(row)],
            audit: Some(audit),
            result: (),
        })
    })?;
    Ok(app.workspaces().start_empty(id)?)
}
