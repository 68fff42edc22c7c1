//! Workspaces: making, renaming and removing them.

use axum::{Json, extract::State};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use throughline_model::{Role, SourceId, WorkspaceId, Zone, limits, schedule::Language};
use throughline_store::state::instance::{Change, MembershipRow, WorkspaceRow};
use utoipa::ToSchema;

use super::{members::actor_of, session::check_name};
use crate::{
    access::gate::{Caller, Needs, Workspace},
    app::App,
    http::{
        body::Body,
        refusal::{Code, Refusal},
        routes::Route,
    },
    instance::Decision,
};

/// A new workspace.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWorkspace {
    /// Short, for addresses: 1 to 40 of a-z, 0-9 and -, starting with a letter.
    pub id: WorkspaceId,
    pub name: String,
    /// In which days and weeks are counted unless a report says otherwise.
    #[schema(value_type = String)]
    pub zone: Zone,
    /// In which names of stages and touchpoints are suggested; English when it is left out.
    #[serde(default)]
    pub language: Language,
}

/// A workspace that was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct MadeWorkspace {
    pub id: WorkspaceId,
}

/// What to change of a workspace; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkspaceChange {
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub zone: Option<Zone>,
}

pub fn routes() -> Vec<Route> {
    vec![
        Route::new(Needs::Anywhere(Role::Admin), __path_make, make),
        Route::new(Needs::Workspace(Role::Admin), __path_change, change),
        Route::new(Needs::Workspace(Role::Admin), __path_remove, remove),
    ]
}

/// Makes a workspace. Its maker administers it.
#[utoipa::path(post, path = "/api/workspaces", tag = "workspaces", operation_id = "makeWorkspace",
    request_body = NewWorkspace, responses((status = 200, body = MadeWorkspace)))]
async fn make(
    State(app): State<App>,
    caller: Caller,
    Body(body): Body<NewWorkspace>,
) -> Result<Json<MadeWorkspace>, Refusal> {
    check_name("name", &body.name)?;
    let (now, language) = (app.now(), body.language);
    let made = app.instance().decide(move |directory| {
        let me = actor_of(directory, &caller)?;
        if directory.workspace(&body.id).is_some() {
            let message = "there is a workspace of this name already; choose another";
            return Err(Refusal::new(Code::WorkspaceExists, message));
        }
        if directory.workspaces().len() >= limits::WORKSPACES_MAX {
            let most = limits::WORKSPACES_MAX;
            let message = format!("an installation has at most {most} workspaces");
            return Err(Refusal::new(Code::LimitReached, message));
        }
        let mut changes = vec![Change::PutWorkspace(WorkspaceRow {
            id: body.id.clone(),
            name: body.name.trim().to_owned(),
            zone: body.zone,
            is_demo: false,
            created: now,
        })];
        if !me.is_owner {
            changes.push(Change::PutMembership(MembershipRow {
                member: me.id,
                workspace: body.id.clone(),
                role: Role::Admin,
            }));
        }
        let mut audit = caller.did("workspace.made", now);
        audit.workspace = Some(body.id.clone());
        Ok(Decision {
            changes,
            audit: Some(audit),
            result: body.id,
        })
    });
    let id = made.await?;
    let starting = app.clone();
    let started = id.clone();
    let opened =
        tokio::task::spawn_blocking(move || starting.workspaces().start_empty(started)).await;
    let runtime = opened
        .expect("opening a workspace does not panic")
        .map_err(|error| Refusal::internal(&error))?;
    let spoken = tokio::task::spawn_blocking(move || runtime.speak(language, now)).await;
    spoken
        .expect("writing a language does not panic")
        .map_err(|error| Refusal::internal(&error))?;
    Ok(Json(MadeWorkspace { id }))
}

/// Renames a workspace, or changes its time zone.
#[utoipa::path(patch, path = "/api/workspaces/{ws}", tag = "workspaces",
    operation_id = "changeWorkspace", params(("ws" = String, Path, description = "The workspace")),
    request_body = WorkspaceChange, responses((status = 204)))]
async fn change(
    State(app): State<App>,
    workspace: Workspace,
    Body(body): Body<WorkspaceChange>,
) -> Result<StatusCode, Refusal> {
    if let Some(name) = &body.name {
        check_name("name", name)?;
    }
    let now = app.now();
    let changed = app.instance().decide(move |directory| {
        let mut row = found(directory.workspace(workspace.runtime.id()))?.clone();
        let mut audit = workspace.did("workspace.changed", now);
        audit.details = serde_json::json!({
            "before": {"name": row.name, "zone": row.zone},
            "after": {"name": body.name, "zone": body.zone},
        });
        row.name = body.name.map_or(row.name, |name| name.trim().to_owned());
        row.zone = body.zone.unwrap_or(row.zone);
        Ok::<_, Refusal>(Decision {
            changes: vec![Change::PutWorkspace(row)],
            audit: Some(audit),
            result: StatusCode::NO_CONTENT,
        })
    });
    changed.await
}

/// Removes a workspace with everything in it.
#[utoipa::path(delete, path = "/api/workspaces/{ws}", tag = "workspaces",
    operation_id = "removeWorkspace", params(("ws" = String, Path, description = "The workspace")),
    responses((status = 204)))]
async fn remove(State(app): State<App>, workspace: Workspace) -> Result<StatusCode, Refusal> {
    let (now, id) = (app.now(), workspace.runtime.id().clone());
    let audit = workspace.did("workspace.removed", now);
    let removed = app.instance().decide({
        let id = id.clone();
        move |directory| {
            found(directory.workspace(&id))?;
            let hooks: Vec<SourceId> = directory.hooks_of(&id).map(|it| it.id).collect();
            Ok::<_, Refusal>(Decision {
                changes: vec![Change::RemoveWorkspace(id)],
                audit: Some(audit),
                result: hooks,
            })
        }
    });
    for hook in removed.await? {
        app.collector().hooks.forget(hook);
    }
    drop(workspace);
    app.workspaces().remove(&id).await;
    Ok(StatusCode::NO_CONTENT)
}

fn found(row: Option<&WorkspaceRow>) -> Result<&WorkspaceRow, Refusal> {
    row.ok_or_else(|| Refusal::new(Code::WorkspaceUnknown, "you have no workspace of this name"))
}
