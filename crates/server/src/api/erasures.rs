//! A person goes, and what is held of a person as a file.

pub mod copy;

use axum::{
    Json,
    extract::{Path, State},
    response::Response,
};
use serde::{Deserialize, Serialize};
use throughline_model::{ActorId, ProfileId, Role, Timestamp};
use throughline_store::state::{RefusedCount, is_gone};
use utoipa::ToSchema;

use super::{identity::reason, logged};
use crate::{
    access::gate::{Needs, Workspace},
    app::App,
    erasures::{self, ErasureState, Found, LedgerError, Left},
    http::{
        body::Body,
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
    /// Whether events of the person that come later are refused, unless that was lifted.
    pub refuses_later: bool,
    /// Events that came later and were refused.
    pub refused: u64,
    /// When one was refused last.
    pub refused_last: Option<Timestamp>,
    pub lifted: Option<Lifted>,
}

/// That events of somebody who was erased are taken in again.
#[derive(Debug, Serialize, ToSchema)]
pub struct Lifted {
    pub at: Timestamp,
    /// E-mail of the member who decided.
    pub by: String,
    pub why: String,
    /// Whether it holds already; it takes a moment.
    pub is_done: bool,
}

/// How a person is erased.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EraseOrder {
    /// Whether events that come later with one of the person's identifiers are refused, until that is
    /// lifted. Without it, whoever comes back is somebody new.
    #[serde(default = "yes")]
    pub refuse_later: bool,
}

fn yes() -> bool {
    true
}

/// Why events of somebody who was erased are taken in again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LiftOrder {
    pub why: String,
}

pub fn routes() -> Vec<Route> {
    vec![
        Route::new(Needs::Workspace(Role::Editor), __path_export, export),
        Route::new(Needs::Workspace(Role::Admin), __path_erase, erase),
        Route::new(Needs::Workspace(Role::Admin), __path_list, list),
        Route::new(Needs::Workspace(Role::Admin), __path_lift, lift),
    ]
}

/// Everything that is held of a profile, as lines of JSON.
///
/// Identifiers with when they were seen, traits with their sources, lines of the link log,
/// memberships, field notes and quotes, every event as it is kept, and the text of each as it came.
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
///
/// What comes later is refused, unless the order says otherwise.
#[utoipa::path(post, path = "/api/w/{ws}/profiles/{id}/erase", tag = "profiles",
    operation_id = "eraseProfile",
    params(("ws" = String, Path, description = "The workspace"), ("id" = u32, Path, description = "The profile")),
    request_body = EraseOrder, responses((status = 200, body = Erasure)))]
async fn erase(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, id)): Path<(String, u32)>,
    Body(order): Body<EraseOrder>,
) -> Result<Json<Erasure>, Refusal> {
    let profile = known(&workspace, id).await?;
    note(&app, &workspace, "profile.erasure_requested", profile).await?;
    let (runtime, by, now) = (
        workspace.runtime.clone(),
        workspace.caller.email.clone(),
        app.now(),
    );
    let asked = blocking(move || {
        let ledger = runtime.ledger();
        let resolver = runtime.pipeline().resolver();
        let identifiers = erasures::work::actors_of(&resolver, profile.0).len();
        drop(resolver);
        let asked = ledger.request(profile.0, identifiers, order.refuse_later, &by, now);
        asked.map_err(|error| refused(&error))
    });
    Ok(Json(shown(&asked.await?, None)))
}

/// Who was asked to be erased, and what became of it.
#[utoipa::path(get, path = "/api/w/{ws}/erasures", tag = "profiles", operation_id = "listErasures",
    params(("ws" = String, Path, description = "The workspace")),
    responses((status = 200, body = Erasures)))]
async fn list(workspace: Workspace) -> Result<Json<Erasures>, Refusal> {
    let refused = (workspace.runtime)
        .with_state(|state| Ok(state.refused_counts()?))
        .await?;
    let shown = |it: &erasures::Erasure| shown(it, refused.get(&it.id));
    let ledger = workspace.runtime.ledger();
    let erasures = ledger.read(|all| all.iter().rev().map(shown).collect());
    Ok(Json(Erasures { erasures }))
}

/// Takes in again what comes of somebody who was erased. What was refused until then stays away.
#[utoipa::path(post, path = "/api/w/{ws}/erasures/{id}/lift", tag = "profiles", operation_id = "liftErasure",
    params(("ws" = String, Path, description = "The workspace"), ("id" = u32, Path, description = "The erasure")),
    request_body = LiftOrder, responses((status = 200, body = Erasure)))]
async fn lift(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, id)): Path<(String, u32)>,
    Body(order): Body<LiftOrder>,
) -> Result<Json<Erasure>, Refusal> {
    let why = reason("why", &order.why)?;
    let mut audit = workspace.did("profile.erasure_lifted", app.now());
    audit.subject = Some(format!("erasure {id}"));
    audit.details = serde_json::json!({ "why": why });
    let lifted = erasures::Lifted {
        at: app.now(),
        by: workspace.caller.email.clone(),
        why,
        from: None,
    };
    let runtime = workspace.runtime.clone();
    let asked = blocking(move || {
        let lifted = runtime.ledger().lift(id, lifted);
        let erasure = lifted.map_err(|error| refused(&error))?;
        let counts = runtime.state().refused_counts()?;
        Ok::<_, Refusal>(shown(&erasure, counts.get(&id)))
    })
    .await?;
    logged::note(&app, audit).await?;
    Ok(Json(asked))
}

fn refused(error: &LedgerError) -> Refusal {
    let code = match error {
        LedgerError::Full | LedgerError::RefusedFull => Code::LimitReached,
        LedgerError::Unknown => Code::ErasureUnknown,
        LedgerError::Open | LedgerError::NotRefusing => Code::ErasureState,
        error => return Refusal::internal(error),
    };
    Refusal::new(code, error.to_string())
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

fn shown(erasure: &erasures::Erasure, refused: Option<&RefusedCount>) -> Erasure {
    let lifted = erasure.lifted.as_ref().map(|it| Lifted {
        at: it.at,
        by: it.by.clone(),
        why: it.why.clone(),
        is_done: it.from.is_some(),
    });
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
        refuses_later: erasure.refuses_later,
        refused: refused.map_or(0, |it| it.events),
        refused_last: refused.map(|it| it.last),
        lifted,
    }
}
