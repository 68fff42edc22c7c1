//! Write keys: they may send events to one workspace, and do nothing else.

use axum::{
    Json,
    extract::{Path, State},
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use throughline_model::{Role, SourceId, Timestamp, limits};
use throughline_store::state::instance::{Change, KeyRow};
use utoipa::ToSchema;

use super::session::check_name;
use crate::{
    access::{
        gate::{Needs, Workspace},
        secret::Secret,
    },
    app::App,
    http::{
        body::Body,
        refusal::{Code, Refusal},
        routes::Route,
    },
    instance::{Decision, source_id},
};

/// The write keys of a workspace.
#[derive(Debug, Serialize, ToSchema)]
pub struct Keys {
    pub keys: Vec<Key>,
}

/// A write key, as far as it can be shown again.
#[derive(Debug, Serialize, ToSchema)]
pub struct Key {
    /// Also the source of the events that it has sent.
    pub id: SourceId,
    pub name: String,
    /// Its first characters.
    pub prefix: String,
    pub created: Timestamp,
    pub last_used: Option<Timestamp>,
}

/// What a new key is for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewKey {
    pub name: String,
}

/// A key that was just made.
#[derive(Debug, Serialize, ToSchema)]
pub struct MadeKey {
    pub id: SourceId,
    /// Shown this once; only its hash is kept.
    pub key: String,
}

pub fn routes() -> Vec<Route> {
    let admin = Needs::Workspace(Role::Admin);
    vec![
        Route::new(admin, __path_list, list),
        Route::new(admin, __path_make, make),
        Route::new(admin, __path_remove, remove),
    ]
}

/// The write keys of the workspace.
#[utoipa::path(get, path = "/api/w/{ws}/keys", tag = "keys", operation_id = "listKeys",
    params(("ws" = String, Path, description = "The workspace")),
    responses((status = 200, body = Keys)))]
async fn list(State(app): State<App>, workspace: Workspace) -> Json<Keys> {
    let directory = app.instance().read();
    let keys = directory.keys_of(workspace.runtime.id()).map(|row| Key {
        id: row.id,
        name: row.name.clone(),
        prefix: row.prefix.clone(),
        created: row.created,
        last_used: row.last_used,
    });
    Json(Keys {
        keys: keys.collect(),
    })
}

/// Makes a write key. It is in this answer and nowhere else.
#[utoipa::path(post, path = "/api/w/{ws}/keys", tag = "keys", operation_id = "makeKey",
    params(("ws" = String, Path, description = "The workspace")),
    request_body = NewKey, responses((status = 200, body = MadeKey)))]
async fn make(
    State(app): State<App>,
    workspace: Workspace,
    Body(body): Body<NewKey>,
) -> Result<Json<MadeKey>, Refusal> {
    check_name("name", &body.name)?;
    let (key, now) = (Secret::write_key(), app.now());
    let made = app.instance().decide(move |directory| {
        let id = workspace.runtime.id();
        if directory.keys_of(id).count() >= limits::KEYS_MAX {
            let most = limits::KEYS_MAX;
            let message = format!("a workspace has at most {most} keys; delete one first");
            return Err(Refusal::new(Code::LimitReached, message));
        }
        let (number, taken) = directory.new_id();
        let row = KeyRow {
            id: source_id(number),
            workspace: id.clone(),
            name: body.name.trim().to_owned(),
            prefix: key.key_prefix().to_owned(),
            hash: key.hash(),
            created: now,
            last_used: None,
        };
        let mut audit = workspace.did("key.made", now);
        audit.subject = Some(row.prefix.clone());
        let result = MadeKey {
            id: row.id,
            key: key.reveal().to_owned(),
        };
        Ok(Decision {
            changes: vec![taken, Change::PutKey(row)],
            audit: Some(audit),
            result,
        })
    });
    made.await.map(Json)
}

/// Deletes a write key. What it sends from now on is refused; what it has sent stays.
#[utoipa::path(delete, path = "/api/w/{ws}/keys/{id}", tag = "keys", operation_id = "removeKey",
    params(("ws" = String, Path, description = "The workspace"),
        ("id" = u32, Path, description = "The key")),
    responses((status = 204)))]
async fn remove(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, id)): Path<(String, u32)>,
) -> Result<StatusCode, Refusal> {
    let now = app.now();
    let removed = app.instance().decide(move |directory| {
        let mut keys = directory.keys_of(workspace.runtime.id());
        let row = keys
            .find(|row| row.id == SourceId(id))
            .ok_or_else(|| Refusal::new(Code::KeyUnknown, "this workspace has no such key"))?;
        let mut audit = workspace.did("key.removed", now);
        audit.subject = Some(row.prefix.clone());
        Ok::<_, Refusal>(Decision {
            changes: vec![Change::RemoveKey(row.id)],
            audit: Some(audit),
            result: StatusCode::NO_CONTENT,
        })
    });
    removed.await
}
