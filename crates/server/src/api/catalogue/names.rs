//! Rules on names: what events and properties are read as, which are hidden, which are blocked.

use axum::{Json, extract::State};
use serde::Serialize;
use throughline_model::{
    Role, Timestamp,
    naming::{NameRules, NamesDecided},
};
use utoipa::ToSchema;

use super::super::{
    documents::{self, IfMatch},
    logged,
    maps::ChangedVersion,
};
use crate::{
    access::gate::{Needs, Workspace},
    app::App,
    http::{body::Body, refusal::Refusal, routes::Route},
    work::blocking,
};

/// The rules on names that hold.
#[derive(Debug, Serialize, ToSchema)]
pub struct StoredNameRules {
    /// 0 while there are none; to be sent in `If-Match` with a change.
    pub version: u64,
    pub rules: NameRules,
    /// Earlier versions, the latest first.
    pub history: Vec<NameRulesChange>,
}

/// One change of the rules on names.
#[derive(Debug, Serialize, ToSchema)]
pub struct NameRulesChange {
    pub version: u64,
    pub at: Timestamp,
    /// The e-mail address of the member.
    pub by: String,
    pub rules: NameRules,
}

/// Versions that are told.
const HISTORY_MAX: usize = 50;

pub fn routes() -> Vec<Route> {
    vec![
        Route::new(Needs::Workspace(Role::Viewer), __path_show, show),
        Route::new(Needs::Workspace(Role::Editor), __path_change, change),
    ]
}

/// The rules on names that hold, with those of before.
#[utoipa::path(get, path = "/api/w/{ws}/catalogue/rules", tag = "catalogue", operation_id = "getNameRules",
    params(("ws" = String, Path, description = "The workspace")),
    responses((status = 200, body = StoredNameRules)))]
async fn show(workspace: Workspace) -> Result<Json<StoredNameRules>, Refusal> {
    let now = workspace.runtime.naming();
    let decided = workspace.runtime.with_state(|state| Ok(state.namings()?));
    let history = decided.await?.into_values().rev().take(HISTORY_MAX);
    Ok(Json(StoredNameRules {
        version: now.version,
        rules: now.rules,
        history: history.map(changed).collect(),
    }))
}

fn changed(decided: NamesDecided) -> NameRulesChange {
    NameRulesChange {
        version: decided.version,
        at: decided.at,
        by: decided.by,
        rules: decided.rules,
    }
}

/// Writes the rules on names. They hold for all of history and for what comes in, at once.
#[utoipa::path(put, path = "/api/w/{ws}/catalogue/rules", tag = "catalogue", operation_id = "changeNameRules",
    params(("ws" = String, Path, description = "The workspace"),
        ("If-Match" = u64, Header, description = "The version that was read")),
    request_body = NameRules, responses((status = 200, body = ChangedVersion)))]
async fn change(
    State(app): State<App>,
    workspace: Workspace,
    IfMatch(expected): IfMatch,
    Body(rules): Body<NameRules>,
) -> Result<Json<ChangedVersion>, Refusal> {
    documents::check("list of rules", rules.check())?;
    let mut audit = workspace.did("names.changed", app.now());
    audit.details = serde_json::json!({ "rules": rules.rules.len() });
    let by = workspace.caller.email.clone();
    let runtime = workspace.runtime.clone();
    let decided = blocking(move || runtime.pipeline().decide_names(expected, by, rules)).await;
    let version = logged::version("rules are", decided)?;
    logged::note(&app, audit).await?;
    Ok(Json(ChangedVersion { version }))
}
