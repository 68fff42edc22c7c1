//! A person goes, and what is held of a person as a file.

pub mod copy;

use axum::{
    Json,
    extract::{Path, State},
    response::Response,
};
use serde::Serialize;
use throughline_model::{ActorId, ProfileId, Role, Timestamp};
use throughline_store::state::is_gone;
use utoipa::ToSchema;

use crate::{
    access::gate::{Needs, Workspace},
    app::App,
    erasures::{self, ErasureState, Found, LedgerError, Left},
    http::{
        refusal::{Code, Refusal},
        routes::Route,
    },
    instance::Decision,
    work::blocking,
};

/// Everybody who was asked to be erased.
#[derive(Debug, Serialize, ToSchema)]
pub struct Erasures {
    /// The newest first.
    pub erasures: Vec<Erasure>,
}

/// One person that was asked to be erased, with what became of it. It names nobody.
#[derive(Debug, Serialize, ToSchema)]
pub struct Erasure {
    pub id: u32,
    pub requested: Timestamp,
    /// E-mail of the member who asked.
    pub by: String,
    pub state: ErasureState,
    pub finished: Option<Timestamp>,
    /// Why it does not go on, until it does.
    pub waits_for: Option<String>,
    /// Records of the raw log before this one are erased; none while that is not decided.
    pub upto: Option<u64>,
    pub found: Found,
    /// What still holds something of the person, to be looked at by somebody.
    pub left: Vec<Left>,
}

pub fn routes() -> Vec<Route> {
    vec![
        Route::new(Needs::Workspace(Role::Editor), __path_export, export),
        Route::new(Needs::Workspace(Role::Admin), __path_erase, erase),
        Route::new(Needs::Workspace(Role::Admin), __path_list, list),
    ]
}

/// Everything that is held of a profile, as lines of JSON.
///
/// Identifiers with when they were seen, traits with their sources, lines of the link log,
/// memberships, every event as it is kept, and the text of each as it came.
#[utoipa::path(get, path = "/api/w/{ws}/profiles/{id}/export", tag = "profiles",
    operation_id = "exportProfile",
    params(("ws" = String, Path, description = "The workspace"), ("id" = u32, Path, description = "The profile")),
    responses((status = 200, description = "The file", content_type = "application/x-ndjson")))]
async fn export(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, id)): Path<(String, u32)>,
) -> Result<Response, Refusal> {
    let profile = known(&workspace, id).await?;
    note(&app, &workspace, "profile.exported", profile).await?;
    Ok(copy::respond(&app, &workspace.runtime, profile))
}

/// Erases a person everywhere: all actors of the profile, up to now. It is done in a while.
#[utoipa::path(post, path = "/api/w/{ws}/profiles/{id}/erase", tag = "profiles",
    operation_id = "eraseProfile",
    params(("ws" = String, Path, description = "The workspace"), ("id" = u32, Path, description = "The profile")),
    responses((status = 200, body = Erasure)))]
async fn erase(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, id)): Path<(String, u32)>,
) -> Result<Json<Erasure>, Refusal> {
    let profile = known(&workspace, id).await?;
    note(&app, &workspace, "profile.erasure_requested", profile).await?;
    let (runtime, by, now) = (
        workspace.runtime.clone(),
        workspace.caller.email.clone(),
        app.now(),
    );
    let asked = blocking(move || {
        let asked = runtime.ledger().request(profile.0, &by, now);
        asked.map_err(|error| match error {
            LedgerError::Full => Refusal::new(Code::LimitReached, error.to_string()),
            error => Refusal::internal(&error),
        })
    });
    Ok(Json(shown(&asked.await?)))
}

/// Who was asked to be erased, and what became of it.
#[utoipa::path(get, path = "/api/w/{ws}/erasures", tag = "profiles", operation_id = "listErasures",
    params(("ws" = String, Path, description = "The workspace")),
    responses((status = 200, body = Erasures)))]
async fn list(workspace: Workspace) -> Json<Erasures> {
    let ledger = workspace.runtime.ledger();
    let erasures = ledger.read(|all| all.iter().rev().map(shown).collect());
    Json(Erasures { erasures })
}

/// The profile that a number leads to now; one that nobody has is refused.
async fn known(workspace: &Workspace, id: u32) -> Result<ProfileId, Refusal> {
    let runtime = workspace.runtime.clone();
    blocking(move || {
        let unknown = || {
            let message = "this workspace has no profile of this id";
            Refusal::new(Code::ProfileUnknown, message)
        };
        let profile = {
            let resolver = runtime.pipeline().resolver();
            if id as usize >= resolver.roots().len() {
                return Err(unknown());
            }
            resolver.root(ActorId(id))
        };
        let identifiers = runtime.state().identifiers(&[ActorId(id)])?;
        match identifiers.first() {
            Some((_, identifier)) if !is_gone(&identifier.value) => Ok(profile),
            _ => Err(unknown()),
        }
    })
    .await
}

/// Notes it with the profile's number, which tells nothing when the person is gone.
async fn note(
    app: &App,
    workspace: &Workspace,
    action: &str,
    profile: ProfileId,
) -> Result<(), Refusal> {
    let mut audit = workspace.did(action, app.now());
    audit.subject = Some(format!("profile {}", profile.0));
    let decide = move |_: &crate::instance::Directory| {
        Ok::<_, Refusal>(Decision {
            changes: Vec::new(),
            audit: Some(audit),
            result: (),
        })
    };
    app.instance().decide(decide).await
}

fn shown(erasure: &erasures::Erasure) -> Erasure {
    Erasure {
        id: erasure.id,
        requested: erasure.requested,
        by: erasure.by.clone(),
        state: erasure.state,
        finished: erasure.finished,
        waits_for: erasure.waits_for.clone(),
        upto: erasure.upto,
        found: erasure.found,
        left: erasure.left.clone(),
    }
}
