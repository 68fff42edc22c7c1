//! Webhooks of a workspace: made, looked at, mapped, paused, deleted.

use std::collections::BTreeMap;

use axum::{
    Json,
    extract::{Path, State},
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use throughline_ingest::{
    Decoded,
    dialect::hook::{self, Maker, Note},
    file::Mapping,
};
use throughline_model::{Role, SourceId, Timestamp, limits};
use throughline_store::state::{SourceCounts, instance::Change};
use utoipa::{IntoParams, ToSchema};

use super::session::check_name;
use crate::{
    access::gate::{Needs, Workspace},
    app::App,
    collect::refuse,
    hooks::{
        Check, Hook, Method, Settings,
        again::{self, AgainError, ReadAgain},
        heard::HookArrival,
        new_key,
    },
    http::{
        body::{Body, Query},
        refusal::{Code, Fault, Refusal},
        routes::Route,
    },
    import::{FileColumn, PreviewEvent, PreviewRow},
    instance::{Decision, Directory, source_id},
    pipeline::envelope::Envelope,
    work::blocking,
};

/// The webhooks of a workspace.
#[derive(Debug, Serialize, ToSchema)]
pub struct Hooks {
    /// Where this server is reached, when its settings say so; paths begin there.
    pub base: Option<String>,
    pub hooks: Vec<ShownHook>,
}

/// A webhook and what has come to it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShownHook {
    /// Also the source of its events.
    pub id: SourceId,
    pub name: String,
    pub maker: Maker,
    /// Its address, after that of the server.
    pub path: String,
    /// What some products ask for before they send.
    pub verify_token: String,
    /// The secret itself is never shown again.
    pub has_secret: bool,
    pub check: Check,
    pub mapping: Option<Mapping>,
    pub is_paused: bool,
    pub created: Timestamp,
    /// Events of it that count, that came again, and that were held back; over all of time.
    pub stored: u64,
    pub duplicate: u64,
    pub quarantined: u64,
    /// Requests since the server was started.
    pub taken: u64,
    pub refused: u64,
    pub latest: Option<HookArrival>,
}

/// What a new webhook is for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewHook {
    pub name: String,
    pub maker: Maker,
    #[serde(default)]
    pub secret: Option<String>,
    #[serde(default)]
    pub check: Check,
}

/// What is to be changed; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HookChange {
    #[serde(default)]
    pub name: Option<String>,
    #[serde(default)]
    pub secret: Option<String>,
    #[serde(default)]
    pub check: Option<Check>,
    #[serde(default)]
    pub mapping: Option<Mapping>,
    #[serde(default)]
    pub is_paused: Option<bool>,
}

/// The last requests to a webhook, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct HookArrivals {
    pub arrivals: Vec<HookArrival>,
}

/// A body to be looked at; without a mapping one is suggested.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HookSample {
    pub body: String,
    #[serde(default)]
    pub mapping: Option<Mapping>,
}

/// What a body holds and what it becomes. Nothing comes in.
#[derive(Debug, Serialize, ToSchema)]
pub struct HookPreview {
    pub columns: Vec<FileColumn>,
    pub mapping: Mapping,
    pub rows: Vec<PreviewRow>,
}

/// What becomes of the events of a webhook that is deleted.
#[derive(Debug, Deserialize, IntoParams)]
pub struct RemovedHook {
    /// Takes back everything that it brought.
    #[serde(default)]
    #[param(required = false)]
    pub with_events: bool,
}

pub fn routes() -> Vec<Route> {
    let admin = Needs::Workspace(Role::Admin);
    vec![
        Route::new(admin, __path_list, list),
        Route::new(admin, __path_make, make),
        Route::new(admin, __path_change, change),
        Route::new(admin, __path_remove, remove),
        Route::new(admin, __path_arrivals, arrivals),
        Route::new(admin, __path_reread, reread),
        Route::new(admin, __path_show_preview, show_preview),
    ]
}

/// The webhooks of the workspace.
#[utoipa::path(get, path = "/api/w/{ws}/hooks", tag = "hooks", operation_id = "listHooks",
    params(("ws" = String, Path, description = "The workspace")),
    responses((status = 200, body = Hooks)))]
async fn list(State(app): State<App>, workspace: Workspace) -> Json<Hooks> {
    let hooks: Vec<Hook> = {
        let directory = app.instance().read();
        let rows = directory.hooks_of(workspace.runtime.id());
        rows.filter_map(Hook::read).collect()
    };
    let base = app.config().server.public_url.as_ref();
    Json(Hooks {
        base: base.map(|it| it.as_str().trim_end_matches('/').to_owned()),
        hooks: hooks.iter().map(|it| shown(&app, &workspace, it)).collect(),
    })
}

/// Makes a webhook. Its address can be read again; its secret cannot.
#[utoipa::path(post, path = "/api/w/{ws}/hooks", tag = "hooks", operation_id = "makeHook",
    params(("ws" = String, Path, description = "The workspace")),
    request_body = NewHook, responses((status = 200, body = ShownHook)))]
async fn make(
    State(app): State<App>,
    workspace: Workspace,
    Body(body): Body<NewHook>,
) -> Result<Json<ShownHook>, Refusal> {
    check_name("name", &body.name)?;
    let settings = Settings {
        maker: body.maker,
        secret: secret_of(body.secret),
        check: body.check,
        mapping: None,
        is_paused: false,
    };
    check_settings(&settings)?;
    let (key, now) = (new_key(), app.now());
    let id = workspace.runtime.id().clone();
    let audit = workspace.did("hook.made", now);
    let made = app.instance().decide(move |directory| {
        if directory.hooks_of(&id).count() >= limits::HOOKS_MAX {
            let most = limits::HOOKS_MAX;
            let message = format!("a workspace has at most {most} webhooks; delete one first");
            return Err(Refusal::new(Code::LimitReached, message));
        }
        let (number, taken) = directory.new_id();
        let hook = Hook {
            id: source_id(number),
            workspace: id,
            name: body.name.trim().to_owned(),
            key,
            settings,
            created: now,
        };
        let mut audit = audit;
        audit.subject = Some(hook.name.clone());
        audit.details = serde_json::json!({ "hook": hook.id, "maker": hook.settings.maker });
        Ok(Decision {
            changes: vec![taken, Change::PutHook(hook.row())],
            audit: Some(audit),
            result: hook,
        })
    });
    let hook = made.await?;
    Ok(Json(shown(&app, &workspace, &hook)))
}

/// Changes a webhook: its name, its secret, how it is checked and read, whether it is paused.
#[utoipa::path(patch, path = "/api/w/{ws}/hooks/{id}", tag = "hooks", operation_id = "changeHook",
    params(("ws" = String, Path, description = "The workspace"), ("id" = u32, Path, description = "The webhook")),
    request_body = HookChange, responses((status = 200, body = ShownHook)))]
async fn change(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, id)): Path<(String, u32)>,
    Body(body): Body<HookChange>,
) -> Result<Json<ShownHook>, Refusal> {
    if let Some(name) = &body.name {
        check_name("name", name)?;
    }
    let ws = workspace.runtime.id().clone();
    let mut audit = workspace.did("hook.changed", app.now());
    let changed = app.instance().decide(move |directory| {
        let mut hook = find(directory, &ws, id)?;
        let HookChange {
            name,
            secret,
            check,
            mapping,
            is_paused,
        } = body;
        hook.name = name.map_or(hook.name, |it| it.trim().to_owned());
        hook.settings.secret = secret_of(secret).or(hook.settings.secret);
        hook.settings.check = check.unwrap_or(hook.settings.check);
        hook.settings.mapping = mapping.or(hook.settings.mapping);
        hook.settings.is_paused = is_paused.unwrap_or(hook.settings.is_paused);
        check_settings(&hook.settings)?;
        audit.subject = Some(hook.name.clone());
        audit.details =
            serde_json::json!({ "hook": hook.id, "is_paused": hook.settings.is_paused });
        Ok::<_, Refusal>(Decision {
            changes: vec![Change::PutHook(hook.row())],
            audit: Some(audit),
            result: hook,
        })
    });
    let hook = changed.await?;
    Ok(Json(shown(&app, &workspace, &hook)))
}

/// Deletes a webhook. What it has brought stays, unless it is taken back with it.
#[utoipa::path(delete, path = "/api/w/{ws}/hooks/{id}", tag = "hooks", operation_id = "removeHook",
    params(("ws" = String, Path, description = "The workspace"), ("id" = u32, Path, description = "The webhook"), RemovedHook),
    responses((status = 204)))]
async fn remove(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, id)): Path<(String, u32)>,
    Query(how): Query<RemovedHook>,
) -> Result<StatusCode, Refusal> {
    let (ws, now) = (workspace.runtime.id().clone(), app.now());
    if how.with_events {
        // Nothing more may come in while what came is taken back.
        let paused = app.instance().decide(move |directory| {
            let mut hook = find(directory, &ws, id)?;
            hook.settings.is_paused = true;
            Ok::<_, Refusal>(Decision {
                changes: vec![Change::PutHook(hook.row())],
                audit: None,
                result: (),
            })
        });
        paused.await?;
        // Who found it before it was paused is done when the door is free.
        drop(app.collector().hooks_door.write().await);
        take_back(&app, &workspace, SourceId(id), now).await?;
    }
    let ws = workspace.runtime.id().clone();
    let mut audit = workspace.did("hook.removed", now);
    let removed = app.instance().decide(move |directory| {
        let hook = find(directory, &ws, id)?;
        audit.subject = Some(hook.name.clone());
        audit.details = serde_json::json!({ "hook": hook.id, "with_events": how.with_events });
        Ok::<_, Refusal>(Decision {
            changes: vec![Change::RemoveHook(hook.id)],
            audit: Some(audit),
            result: StatusCode::NO_CONTENT,
        })
    });
    let removed = removed.await?;
    app.collector().hooks.forget(SourceId(id));
    Ok(removed)
}

/// The last requests to a webhook, and what became of each.
#[utoipa::path(get, path = "/api/w/{ws}/hooks/{id}/arrivals", tag = "hooks", operation_id = "listHookArrivals",
    params(("ws" = String, Path, description = "The workspace"), ("id" = u32, Path, description = "The webhook")),
    responses((status = 200, body = HookArrivals)))]
async fn arrivals(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, id)): Path<(String, u32)>,
) -> Result<Json<HookArrivals>, Refusal> {
    let hook = find(&app.instance().read(), workspace.runtime.id(), id)?;
    let kept = app.collector().hooks.of(hook.id);
    Ok(Json(HookArrivals {
        arrivals: kept.last.into(),
    }))
}

/// Reads what came before there was a mapping by the one that the webhook has now.
#[utoipa::path(post, path = "/api/w/{ws}/hooks/{id}/again", tag = "hooks", operation_id = "readHookAgain",
    params(("ws" = String, Path, description = "The workspace"), ("id" = u32, Path, description = "The webhook")),
    responses((status = 200, body = ReadAgain)))]
async fn reread(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, id)): Path<(String, u32)>,
) -> Result<Json<ReadAgain>, Refusal> {
    let hook = find(&app.instance().read(), workspace.runtime.id(), id)?;
    let mapping = hook.settings.mapping.ok_or_else(|| {
        let message = "the webhook has no mapping yet; save one first";
        Refusal::new(Code::BodyUnusable, message)
    })?;
    let mut audit = workspace.did("hook.read_again", app.now());
    audit.subject = Some(hook.name);
    let (runtime, now) = (workspace.runtime.clone(), app.now());
    let read = blocking(move || again::read_again(&runtime, hook.id, &mapping, now)).await;
    let read = read.map_err(|error| match error {
        AgainError::Append(error) => refuse::unaccepted(&error, app.is_draining()),
        AgainError::Ended => refuse::draining(),
        error => Refusal::internal(&error),
    })?;
    audit.details = serde_json::json!({ "hook": hook.id, "arrivals": read.arrivals });
    let noted = app.instance().decide(move |_| {
        Ok::<_, Refusal>(Decision {
            changes: Vec::new(),
            audit: Some(audit),
            result: (),
        })
    });
    noted.await?;
    Ok(Json(read))
}

/// Shows what a body becomes by a mapping. Nothing comes in.
#[utoipa::path(post, path = "/api/w/{ws}/hooks/preview", tag = "hooks", operation_id = "previewHook",
    params(("ws" = String, Path, description = "The workspace")),
    request_body = HookSample, responses((status = 200, body = HookPreview)))]
async fn show_preview(
    State(app): State<App>,
    workspace: Workspace,
    Body(sample): Body<HookSample>,
) -> Result<Json<HookPreview>, Refusal> {
    drop(workspace);
    let now = app.now();
    blocking(move || preview(sample, now)).await.map(Json)
}

fn preview(sample: HookSample, now: Timestamp) -> Result<HookPreview, Refusal> {
    const ROWS_MAX: usize = 20;
    let unread = |refusal| refuse::undecoded(&refusal);
    let body = sample.body.as_bytes();
    let rows = hook::arrived(body).map_err(unread)?;
    let columns = hook::columns(&rows);
    let mapping = match sample.mapping {
        Some(mapping) => mapping,
        None => hook::suggest(&rows),
    };
    let note = Note {
        mapping: Some(mapping.clone()),
        ..Note::default()
    };
    let decoded = hook::decode(Maker::Generic, SourceId(0), &note, body, now).map_err(unread)?;
    Ok(HookPreview {
        columns: columns
            .into_iter()
            .map(|(name, samples)| FileColumn { name, samples })
            .collect(),
        rows: rows_of(decoded).into_iter().take(ROWS_MAX).collect(),
        mapping,
    })
}

/// What became of each item, in their order.
fn rows_of(decoded: Decoded) -> Vec<PreviewRow> {
    let mut rows = BTreeMap::new();
    for (index, event) in &decoded.events {
        let row = PreviewRow {
            event: Some(PreviewEvent::of(event)),
            fault: None,
        };
        rows.insert(*index, row);
    }
    for held in decoded.quarantined {
        let row = PreviewRow {
            event: None,
            fault: Some(held.fault.message),
        };
        rows.insert(held.index, row);
    }
    rows.into_values().collect()
}

async fn take_back(
    app: &App,
    workspace: &Workspace,
    source: SourceId,
    received: Timestamp,
) -> Result<(), Refusal> {
    let runtime = workspace.runtime.clone();
    let removed = blocking(move || {
        let envelope = Envelope::SourceRemoved { source, received };
        let position = runtime.pipeline().append(&envelope, None)?;
        Ok(runtime.pipeline().wait_until_applied(position))
    });
    match removed.await {
        Ok(true) => Ok(()),
        Ok(false) => Err(refuse::draining()),
        Err(error) => Err(refuse::unaccepted(&error, app.is_draining())),
    }
}

fn find(
    directory: &Directory,
    workspace: &throughline_model::WorkspaceId,
    id: u32,
) -> Result<Hook, Refusal> {
    let mut rows = directory.hooks_of(workspace);
    let row = rows.find(|row| row.id == SourceId(id));
    row.and_then(Hook::read)
        .ok_or_else(|| Refusal::new(Code::HookUnknown, "this workspace has no such webhook"))
}

/// A secret as it was pasted, without what copying adds.
fn secret_of(pasted: Option<String>) -> Option<String> {
    let secret = pasted?.trim().to_owned();
    (!secret.is_empty()).then_some(secret)
}

fn check_settings(settings: &Settings) -> Result<(), Refusal> {
    let mut faults = Vec::new();
    let mut fault = |place: &str, message: &str| {
        faults.push(Fault {
            place: place.to_owned(),
            message: message.to_owned(),
        });
    };
    if let Some(secret) = &settings.secret
        && secret.chars().count() > limits::HOOK_SECRET_CHARS_MAX
    {
        fault("secret", "is longer than any secret is");
    }
    let Check { method, header } = &settings.check;
    let is_header = http::HeaderName::from_bytes(header.as_bytes()).is_ok();
    if *method != Method::None && !is_header {
        fault(
            "check.header",
            "names the header with the signature, like X-Signature",
        );
    }
    if let Some(mapping) = &settings.mapping {
        for found in hook::faults(mapping) {
            fault(&format!("mapping.{}", found.place), &found.message);
        }
    }
    match faults.is_empty() {
        true => Ok(()),
        false => Err(Refusal::faulty(
            "the webhook cannot be set up like this",
            faults,
        )),
    }
}

fn shown(app: &App, workspace: &Workspace, hook: &Hook) -> ShownHook {
    let SourceCounts {
        stored,
        duplicate,
        quarantined,
        ..
    } = workspace.runtime.pipeline().counts(hook.id);
    let (taken, refused, latest) = app.collector().hooks.counts(hook.id);
    ShownHook {
        id: hook.id,
        name: hook.name.clone(),
        maker: hook.settings.maker,
        path: hook.path(),
        verify_token: hook.verify_token(),
        has_secret: hook.settings.secret.is_some(),
        check: hook.settings.check.clone(),
        mapping: hook.settings.mapping.clone(),
        is_paused: hook.settings.is_paused,
        created: hook.created,
        stored,
        duplicate,
        quarantined,
        taken,
        refused,
        latest,
    }
}
