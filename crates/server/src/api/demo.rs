//! Loading the demo shop with one click.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use throughline_model::{Role, WorkspaceId, schedule::Language};
use utoipa::ToSchema;

use crate::{
    access::gate::{Caller, Needs},
    app::App,
    demo::{self, DemoError, DemoProgress, DemoStage},
    http::{
        body::Body,
        refusal::{Code, Refusal},
        routes::Route,
    },
    workspace::{Notice, WorkspaceRuntime},
};

/// How large the shop is; what is left out is as in `throughline demo`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DemoSize {
    /// At most 200,000.
    #[serde(default)]
    pub profiles: Option<u32>,
    /// At most 730.
    #[serde(default)]
    pub days: Option<u32>,
    #[serde(default)]
    pub seed: Option<u64>,
    /// In which its stages and touchpoints are named; English when it is left out.
    #[serde(default)]
    pub language: Language,
}

/// The workspace that the shop is loaded into. Its stream tells how far it is.
#[derive(Debug, Serialize, ToSchema)]
pub struct DemoBegun {
    pub workspace: WorkspaceId,
}

pub fn routes() -> Vec<Route> {
    vec![Route::new(
        Needs::Anywhere(Role::Admin),
        __path_begin,
        begin,
    )]
}

/// Starts loading the demo shop into a workspace of its own.
#[utoipa::path(post, path = "/api/demo", tag = "workspaces", operation_id = "loadDemo",
    request_body = DemoSize, responses((status = 200, body = DemoBegun)))]
async fn begin(
    State(app): State<App>,
    caller: Caller,
    Body(size): Body<DemoSize>,
) -> Result<Json<DemoBegun>, Refusal> {
    let is_sound = (1..=200_000).contains(&size.profiles.unwrap_or(1))
        && (1..=730).contains(&size.days.unwrap_or(1));
    if !is_sound {
        let message = "the shop has 1 to 200000 profiles and is open for 1 to 730 days";
        return Err(Refusal::faulty(message, Vec::new()));
    }
    let making = app.clone();
    let language = size.language;
    let made =
        tokio::task::spawn_blocking(move || demo::make_workspace(&making, Some(&caller), language));
    let runtime = made
        .await
        .expect("making a workspace does not panic")
        .map_err(refuse)?;
    let workspace = runtime.id().clone();
    // It goes on when the page that asked for it is closed, and ends when the server drains.
    tokio::task::spawn_blocking(move || run(&app, &runtime, &size));
    Ok(Json(DemoBegun { workspace }))
}

fn run(app: &App, runtime: &WorkspaceRuntime, size: &DemoSize) {
    let shop = demo::shop(size.profiles, size.days, size.seed, app.now());
    let tell = |progress: &DemoProgress| {
        let json = serde_json::to_string(progress).expect("progress has text keys");
        runtime.news().tell(Notice::Work { kind: "demo", json });
    };
    if let Err(error) = demo::load(app, runtime, &shop, size.language, tell) {
        tracing::error!(
            error = &error as &dyn std::error::Error,
            "the demo shop was not loaded"
        );
        tell(&DemoProgress {
            stage: DemoStage::Failed,
            rows: 0,
            rows_total: None,
            seconds_left: None,
        });
    }
}

fn refuse(error: DemoError) -> Refusal {
    match error {
        DemoError::Exists => Refusal::new(Code::WorkspaceExists, error.to_string()),
        error => Refusal::internal(&error),
    }
}
