//! Moments of the link log, for whoever asks a report as of one.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use throughline_model::{Role, Timestamp, limits};
use throughline_store::state::{LinkMoment, StateError};
use utoipa::{IntoParams, ToSchema};

use crate::{
    access::gate::{Needs, Workspace},
    app::App,
    http::{
        body::Query,
        refusal::{Code, Refusal},
        routes::Route,
    },
    work::blocking,
    workspace::WorkspaceRuntime,
};

/// Which moment is asked for: neither, or one of the two.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MomentQuery {
    /// A time, to learn how many lines had arrived by then.
    #[param(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
    /// So many lines, to learn when the last of them arrived.
    pub as_of: Option<u64>,
}

/// When the lines of the link log arrived.
#[derive(Debug, Serialize, ToSchema)]
pub struct LinkMoments {
    /// Lines of the link log now.
    pub position: u64,
    /// Moments at which lines arrived, the oldest first: at most 200, evenly spread, the last one among them.
    pub moments: Vec<MomentOfLinks>,
    /// The moment that was asked for; none when none was.
    pub asked: Option<MomentOfLinks>,
}

/// How many lines the link log had at a moment: `as_of` of a question about then.
#[derive(Debug, Serialize, ToSchema)]
pub struct MomentOfLinks {
    pub lines: u64,
    /// When the last of them arrived; none before the first.
    pub at: Option<Timestamp>,
}

pub fn routes() -> Vec<Route> {
    let reads = Needs::Workspace(Role::Viewer);
    vec![Route::new(reads, __path_moments, moments)]
}

/// When the lines of the link log arrived, and how many there were at a moment.
#[utoipa::path(get, path = "/api/w/{ws}/identity/moments", tag = "identity",
    operation_id = "listLinkMoments",
    params(("ws" = String, Path, description = "The workspace"), MomentQuery),
    responses((status = 200, body = LinkMoments)))]
async fn moments(
    State(app): State<App>,
    workspace: Workspace,
    Query(query): Query<MomentQuery>,
) -> Result<Json<LinkMoments>, Refusal> {
    if query.at.is_some() && query.as_of.is_some() {
        let message = "`at` and `as_of` ask for two moments; send one of them";
        return Err(Refusal::new(Code::ParameterUnusable, message));
    }
    let runtime = workspace.runtime;
    let links = runtime.context(app.now()).snapshot.links;
    let told = blocking(move || tell(&runtime, links, &query)).await;
    told.map(Json).map_err(|error| Refusal::internal(&error))
}

fn tell(
    runtime: &WorkspaceRuntime,
    position: u64,
    query: &MomentQuery,
) -> Result<LinkMoments, StateError> {
    let state = runtime.state();
    let asked = match (query.at, query.as_of) {
        (Some(at), _) => Some(state.link_moment_at(at)?.map_or(BEFORE, Into::into)),
        (None, Some(lines)) => {
            let lines = lines.min(position);
            let at = state.link_moment_of(lines)?;
            Some(MomentOfLinks { lines, at })
        }
        (None, None) => None,
    };
    let moments = state.link_moments(limits::LINK_MOMENTS_SHOWN_MAX)?;
    Ok(LinkMoments {
        position,
        moments: moments.into_iter().map(Into::into).collect(),
        asked,
    })
}

/// Before the first line nobody was known to be anybody else.
const BEFORE: MomentOfLinks = MomentOfLinks { lines: 0, at: None };

impl From<LinkMoment> for MomentOfLinks {
    fn from(LinkMoment { lines, at }: LinkMoment) -> Self {
        Self {
            lines,
            at: Some(at),
        }
    }
}
