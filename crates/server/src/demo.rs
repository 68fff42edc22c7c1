//! The demo shop, loaded into a workspace of its own the way real events come in.

mod feed;
mod prepare;

use std::path::PathBuf;

use serde::Serialize;
use throughline_insight::AskError;
use throughline_model::{MemberId, Timestamp, WorkspaceId, Zone, schedule::Language};
use throughline_store::state::{
    DocumentError, StateError,
    instance::{Change, MembershipRow, WorkspaceRow},
};
use throughline_testkit::demo::Demo;
use utoipa::ToSchema;

use crate::{
    access::gate::Caller,
    app::App,
    instance::Decision,
    pipeline::runtime::AcceptError,
    workspace::{WorkspaceError, WorkspaceRuntime},
};

/// The workspace of the demo shop.
pub const DEMO: &str = "demo";

/// How far the demo shop is.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DemoProgress {
    pub stage: DemoStage,
    /// Events.
    pub rows: u64,
    /// As far as can be told from the people so far.
    pub rows_total: Option<u64>,
    pub seconds_left: Option<f64>,
}

/// What is being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DemoStage {
    Loading,
    Discovering,
    Done,
    Failed,
}

/// What the demo shop ended in.
#[derive(Clone, Debug)]
pub struct Loaded {
    pub events: u64,
    /// The map that was discovered.
    pub map: String,
    pub truth: PathBuf,
}

/// Why the demo shop was not loaded.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    #[error("there is a demo shop already; remove it first")]
    Exists,
    #[error("could not open the workspace of the demo shop")]
    Workspace(#[from] WorkspaceError),
    #[error("could not store the demo shop")]
    State(#[from] StateError),
    #[error("could not save what was made of the demo shop")]
    Document(#[from] DocumentError),
    #[error("events of the demo shop were not accepted")]
    Accept(#[from] AcceptError),
    #[error("could not draw the map of the demo shop")]
    Ask(#[from] AskError),
    #[error("could not write {}", path.display())]
    Truth {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("could not store the costs of the demo shop: {0}")]
    Costs(crate::http::refusal::Refusal),
    #[error("the server is about to stop")]
    Stopped,
}

/// Makes the workspace, empty. The caller administers it; without one, only owners reach it.
pub fn make_workspace(
    app: &App,
    caller: Option<&Caller>,
    language: Language,
) -> Result<WorkspaceRuntime, DemoError> {
    let id = WorkspaceId::parse(DEMO).expect("a valid name");
    let now = app.now();
    let (new, caller) = (id.clone(), caller.cloned());
    app.instance().decide_here(move |directory| {
        if directory.workspace(&new).is_some() {
            return Err(DemoError::Exists);
        }
        let mut changes = vec![Change::PutWorkspace(WorkspaceRow {
            id: new.clone(),
            name: match language {
                Language::English => "Demo shop",
                Language::SimplifiedChinese => "演示商店",
                Language::TraditionalChinese => "示範商店",
            }
            .to_owned(),
            zone: Zone::parse("Asia/Shanghai").unwrap_or(Zone::UTC),
            is_demo: true,
            created: now,
        })];
        let owner = |id: MemberId| directory.member(id).is_some_and(|row| row.is_owner);
        if let Some(caller) = caller.as_ref().filter(|caller| !owner(caller.id)) {
            changes.push(Change::PutMembership(MembershipRow {
                member: caller.id,
                workspace: new.clone(),
                role: throughline_model::Role::Admin,
            }));
        }
        let audit = caller.map(|caller| {
            let mut audit = caller.did("workspace.made", now);
            audit.workspace = Some(new);
            audit
        });
        Ok(Decision {
            changes,
            audit,
            result: (),
        })
    })?;
    let runtime = app.workspaces().start_empty(id)?;
    runtime.speak(language, now)?;
    Ok(runtime)
}

/// Loads the shop, names its touchpoints and draws its map. Blocks until it is done.
pub fn load(
    app: &App,
    runtime: &WorkspaceRuntime,
    shop: &Demo,
    language: Language,
    mut tell: impl FnMut(&DemoProgress),
) -> Result<Loaded, DemoError> {
    let source = app.instance().new_source_here()?;
    let tally = feed::feed(app, runtime, shop, source, &mut tell)?;
    let truth = shop.truth(&tally);
    let mut progress = DemoProgress {
        stage: DemoStage::Discovering,
        rows: truth.events_count,
        rows_total: Some(truth.events_count),
        seconds_left: None,
    };
    tell(&progress);
    let path = runtime.dir().join("truth.json");
    let json = serde_json::to_vec_pretty(&truth).expect("truths have text keys");
    std::fs::write(&path, json).map_err(|source| DemoError::Truth {
        path: path.clone(),
        source,
    })?;
    let map = prepare::prepare(app, runtime, &truth.goal, shop, language)?;
    progress.stage = DemoStage::Done;
    tell(&progress);
    Ok(Loaded {
        events: truth.events_count,
        map,
        truth: path,
    })
}

/// A shop of this size whose last day is today.
pub fn shop(profiles: Option<u32>, days: Option<u32>, seed: Option<u64>, now: Timestamp) -> Demo {
    let usual = Demo::new(now);
    Demo {
        profiles: profiles.unwrap_or(usual.profiles),
        days: days.unwrap_or(usual.days),
        seed: seed.unwrap_or(usual.seed),
        end: now,
    }
}
