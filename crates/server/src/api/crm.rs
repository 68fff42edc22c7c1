//! A CRM beside the product: what is written to its contacts, tried out, turned on, and told of.

use axum::{Json, extract::State};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;
use throughline_model::{Role, Span, crm::CrmSettings, limits};
use throughline_store::state::DocumentKind;
use utoipa::ToSchema;

use super::{
    documents::{self, IfMatch},
    logged,
    maps::ChangedVersion,
};
use crate::{
    access::gate::{Needs, Workspace},
    app::App,
    crm::{self, Connection, CrmPreview, CrmRun, Patience, SETTINGS, Whom, worker},
    http::{
        body::Body,
        refusal::{Code, Fault, Refusal},
        routes::Route,
    },
    kept,
};

/// How a workspace is connected with HubSpot.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShownCrm {
    /// 0 while nobody has written any; to be sent in `If-Match` with a change.
    pub version: u64,
    /// Whether there is a token. The token itself is never shown again.
    pub has_token: bool,
    pub settings: CrmSettings,
    /// Whether a run goes on.
    pub is_running: bool,
    /// What became of the last run.
    pub last: Option<CrmRun>,
}

/// What is to be written from now on.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CrmChange {
    /// Of a private app of the account, with the scopes `crm.objects.contacts.read`, `crm.objects.contacts.write` and
    /// `crm.schemas.contacts.read`. Without one the token of before stays.
    #[serde(default)]
    pub token: Option<String>,
    pub settings: CrmSettings,
}

pub fn routes() -> Vec<Route> {
    let admin = Needs::Workspace(Role::Admin);
    vec![
        Route::new(admin, __path_show, show),
        Route::new(admin, __path_change, change),
        Route::new(admin, __path_preview, preview),
        Route::new(admin, __path_run, run),
        Route::new(admin, __path_remove, remove),
    ]
}

/// How the workspace is connected with HubSpot, and what became of the last run.
#[utoipa::path(get, path = "/api/w/{ws}/crm", tag = "crm", operation_id = "getCrm",
    params(("ws" = String, Path, description = "The workspace")),
    responses((status = 200, body = ShownCrm)))]
async fn show(State(app): State<App>, workspace: Workspace) -> Result<Json<ShownCrm>, Refusal> {
    let is_running = app.crm_turns().is_taken(workspace.runtime.id());
    let read = workspace.runtime.with_state(move |state| {
        let (version, known) = kept::read::<Connection>(state, DocumentKind::Crm, SETTINGS)?;
        let connection = known.unwrap_or_default();
        Ok(ShownCrm {
            version: version.unwrap_or(0),
            has_token: connection.token.is_some(),
            settings: connection.settings,
            is_running,
            last: crm::remembered(state)?.last,
        })
    });
    read.await.map(Json)
}

/// Changes what is written, unless somebody else has in the meantime. A run that goes on under other rules stops.
#[utoipa::path(put, path = "/api/w/{ws}/crm", tag = "crm", operation_id = "changeCrm",
    params(("ws" = String, Path, description = "The workspace"),
        ("If-Match" = u64, Header, description = "The version that was read")),
    request_body = CrmChange, responses((status = 200, body = ChangedVersion)))]
async fn change(
    State(app): State<App>,
    workspace: Workspace,
    IfMatch(version): IfMatch,
    Body(change): Body<CrmChange>,
) -> Result<Json<ChangedVersion>, Refusal> {
    let CrmChange { token, settings } = change;
    let token = token.map(|it| it.trim().to_owned());
    let token = token.filter(|it| !it.is_empty());
    let mut audit = workspace.did("crm.changed", app.now());
    let properties: Vec<&str> = settings
        .rules
        .iter()
        .map(|it| it.property.as_str())
        .collect();
    let details = json!({ "is_on": settings.is_on, "creates": settings.creates,
        "has_new_token": token.is_some(), "properties": properties });
    let now = app.now();
    let written = workspace.runtime.with_state(move |state| {
        let token = token.or(crm::connection(state)?.token);
        let mut faults: Vec<Fault> = settings.faults().into_iter().map(Into::into).collect();
        faults.extend(fault_of_token(token.as_deref(), settings.is_on));
        documents::check("list of settings", faults)?;
        let connection = Connection { token, settings };
        let json = serde_json::to_string(&connection).expect("settings have text keys");
        let expected = (version > 0).then_some(version);
        documents::put_over(state, DocumentKind::Crm, SETTINGS, expected, "", &json, now)
    });
    let version = written.await?;
    audit.details = json!({ "version": version, "after": details });
    logged::note(&app, audit).await?;
    Ok(Json(ChangedVersion { version }))
}

/// Tells what would be written to the first people under settings that need not be stored, with the stored token.
/// Nothing is written.
#[utoipa::path(post, path = "/api/w/{ws}/crm/preview", tag = "crm", operation_id = "previewCrm",
    params(("ws" = String, Path, description = "The workspace")),
    request_body = CrmSettings, responses((status = 200, body = CrmPreview)))]
async fn preview(
    State(app): State<App>,
    workspace: Workspace,
    Body(settings): Body<CrmSettings>,
) -> Result<Json<CrmPreview>, Refusal> {
    let asked = CrmSettings {
        is_on: true,
        ..settings
    };
    documents::check("list of settings", asked.faults())?;
    let known = workspace
        .runtime
        .with_state(|state| Ok(crm::connection(state)?));
    let Some(token) = known.await?.token else {
        return Err(without_token());
    };
    // It asks the account as a run does, so it takes its turn.
    let _turn = app
        .crm_turns()
        .take(workspace.runtime.id())
        .ok_or_else(goes_on)?;
    let patience = Patience::of_somebody_waiting();
    let previewed = crm::preview(&app, &workspace.runtime, &token, &asked, patience).await;
    previewed.map(Json).map_err(|it| Refusal::internal(&it))
}

/// Begins a run that looks at everybody, now. It goes on by itself; what becomes of it is told with the settings.
#[utoipa::path(post, path = "/api/w/{ws}/crm/run", tag = "crm", operation_id = "runCrm",
    params(("ws" = String, Path, description = "The workspace")),
    responses((status = 202, description = "It has begun")))]
async fn run(State(app): State<App>, workspace: Workspace) -> Result<StatusCode, Refusal> {
    let known = workspace
        .runtime
        .with_state(|state| Ok(crm::connection(state)?));
    let known = known.await?;
    if known.token.is_none() {
        return Err(without_token());
    }
    if !known.is_live() {
        let message = "nothing is written while it is turned off; turn it on first";
        return Err(Refusal::new(Code::ParameterUnusable, message));
    }
    let turn = app
        .crm_turns()
        .take(workspace.runtime.id())
        .ok_or_else(goes_on)?;
    let audit = workspace.did("crm.run", app.now());
    logged::note(&app, audit).await?;
    let runtime = workspace.runtime;
    tokio::spawn(async move {
        let drained = app.clone().drained();
        tokio::select! {
            () = drained => {}
            () = worker::carry_through(&app, &runtime, Whom::Everybody, Patience::default(), turn) => {}
        }
    });
    Ok(StatusCode::ACCEPTED)
}

/// Forgets the token, the rules and which profile is which contact. What was written stays in HubSpot.
#[utoipa::path(delete, path = "/api/w/{ws}/crm", tag = "crm", operation_id = "removeCrm",
    params(("ws" = String, Path, description = "The workspace")),
    responses((status = 204)))]
async fn remove(State(app): State<App>, workspace: Workspace) -> Result<StatusCode, Refusal> {
    let _turn = app
        .crm_turns()
        .take(workspace.runtime.id())
        .ok_or_else(goes_on)?;
    let audit = workspace.did("crm.removed", app.now());
    let removed = workspace
        .runtime
        .with_state(|state| Ok(crm::forget(state)?));
    if !removed.await? {
        let message = "no CRM is connected";
        return Err(Refusal::new(Code::DocumentUnknown, message));
    }
    logged::note(&app, audit).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn fault_of_token(token: Option<&str>, is_on: bool) -> Option<Fault> {
    let message = match token {
        None if is_on => "is missing; copy it from the private app in HubSpot",
        Some(it) if it.chars().count() > limits::CRM_TOKEN_CHARS_MAX => {
            "is longer than any token is"
        }
        Some(it) if !it.bytes().all(|it| it.is_ascii_graphic()) => {
            "has a character that no token has"
        }
        _ => return None,
    };
    Some(Fault {
        place: "token".to_owned(),
        message: message.to_owned(),
    })
}

fn without_token() -> Refusal {
    let message = "there is no token; save the one of a private app in HubSpot first";
    Refusal::new(Code::ParameterUnusable, message)
}

fn goes_on() -> Refusal {
    let message = "a run goes on; wait until it has ended";
    Refusal::new(Code::Busy, message).retry_after(Span::seconds(5))
}
