//! Links by which anybody may read one dashboard or one saved report, until they are revoked.

use axum::{
    Json,
    extract::{Path, State},
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use throughline_model::{Role, Span, Timestamp, limits};
use throughline_store::state::{
    DocumentKind,
    instance::{Change, ShareKind, ShareRow},
};
use utoipa::ToSchema;

use super::{documents, session::faulty};
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
    instance::Decision,
};

/// The links of a workspace, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShareLinks {
    pub shares: Vec<ShareLink>,
}

/// A link, without its secret.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShareLink {
    pub id: i64,
    pub kind: SharedKind,
    /// The id of the dashboard or report.
    pub document: String,
    pub note: String,
    /// The email of who made it.
    pub author: String,
    pub created: Timestamp,
    pub expires: Option<Timestamp>,
    /// True when it can no longer be used.
    pub is_over: bool,
}

/// What a link shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SharedKind {
    Report,
    Dashboard,
}

/// A link to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewShare {
    pub kind: SharedKind,
    pub document: String,
    /// For whom it is, for those who later wonder.
    #[serde(default)]
    pub note: String,
    /// How long it can be used; none until it is revoked.
    #[serde(default)]
    pub expires_in: Option<Span>,
}

/// A link that was made. Its path holds the secret, which is in this answer and nowhere else.
#[derive(Debug, Serialize, ToSchema)]
pub struct MadeShare {
    pub id: i64,
    pub path: String,
}

pub fn routes() -> Vec<Route> {
    let (reads, publishes) = (
        Needs::Workspace(Role::Viewer),
        Needs::Workspace(Role::Publisher),
    );
    vec![
        Route::new(reads, __path_list, list),
        Route::new(publishes, __path_make, make),
        Route::new(publishes, __path_revoke, revoke),
    ]
}

/// The links of the workspace.
#[utoipa::path(get, path = "/api/w/{ws}/shares", tag = "shares", operation_id = "listShares",
    params(("ws" = String, Path, description = "The workspace")),
    responses((status = 200, body = ShareLinks)))]
async fn list(State(app): State<App>, workspace: Workspace) -> Json<ShareLinks> {
    let now = app.now();
    let directory = app.instance().read();
    let shares = directory.shares_of(workspace.runtime.id());
    Json(ShareLinks {
        shares: shares.map(|row| share(row, now)).collect(),
    })
}

/// Makes a link to a dashboard or a saved report.
#[utoipa::path(post, path = "/api/w/{ws}/shares", tag = "shares", operation_id = "makeShare",
    params(("ws" = String, Path, description = "The workspace")),
    request_body = NewShare, responses((status = 200, body = MadeShare)))]
async fn make(
    State(app): State<App>,
    workspace: Workspace,
    Body(body): Body<NewShare>,
) -> Result<Json<MadeShare>, Refusal> {
    if body.note.chars().count() > limits::NAME_CHARS_MAX {
        let most = limits::NAME_CHARS_MAX;
        return Err(faulty("note", &format!("has at most {most} characters")));
    }
    if body.expires_in.is_some_and(|span| span.0 <= 0) {
        return Err(faulty("expires_in", "is longer than nothing"));
    }
    // Only what is there can be shared.
    documents::get(&workspace, body.kind.document(), body.document.clone()).await?;
    let (secret, now) = (Secret::random(), app.now());
    let made = app.instance().decide(move |directory| {
        let id = workspace.runtime.id();
        if directory.shares_of(id).count() >= limits::SHARES_MAX {
            let most = limits::SHARES_MAX;
            let message = format!("a workspace has at most {most} links; revoke some first");
            return Err(Refusal::new(Code::LimitReached, message));
        }
        let (number, taken) = directory.new_id();
        let row = ShareRow {
            id: number,
            hash: secret.hash(),
            workspace: id.clone(),
            kind: body.kind.stored(),
            document: body.document,
            note: body.note.trim().to_owned(),
            author: workspace.caller.email.clone(),
            created: now,
            expires: body.expires_in.map(|span| now.plus(span)),
        };
        let mut audit = workspace.did("share.made", now);
        audit.subject = Some(subject(&row));
        audit.details = serde_json::json!({"id": number, "expires": row.expires});
        Ok(Decision {
            changes: vec![taken, Change::PutShare(row)],
            audit: Some(audit),
            result: MadeShare {
                id: number,
                path: format!("/shared/{}", secret.reveal()),
            },
        })
    });
    made.await.map(Json)
}

/// Revokes a link: from now on it shows nothing.
#[utoipa::path(delete, path = "/api/w/{ws}/shares/{id}", tag = "shares", operation_id = "revokeShare",
    params(("ws" = String, Path, description = "The workspace"), ("id" = i64, Path, description = "The link")),
    responses((status = 204)))]
async fn revoke(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, id)): Path<(String, i64)>,
) -> Result<StatusCode, Refusal> {
    let now = app.now();
    let revoked = app.instance().decide(move |directory| {
        let mut shares = directory.shares_of(workspace.runtime.id());
        let row = shares
            .find(|row| row.id == id)
            .ok_or_else(|| Refusal::new(Code::ShareUnknown, "this workspace has no such link"))?;
        let mut audit = workspace.did("share.revoked", now);
        audit.subject = Some(subject(row));
        audit.details = serde_json::json!({"id": id});
        Ok::<_, Refusal>(Decision {
            changes: vec![Change::RemoveShare(id)],
            audit: Some(audit),
            result: StatusCode::NO_CONTENT,
        })
    });
    revoked.await
}

/// Ends every link to a document that is gone.
pub async fn end_all(
    app: &App,
    workspace: &Workspace,
    kind: SharedKind,
    document: String,
) -> Result<(), Refusal> {
    let id = workspace.runtime.id().clone();
    let ended = app.instance().decide(move |directory| {
        let shares = directory.shares_of(&id);
        let its = shares.filter(|row| row.kind == kind.stored() && row.document == document);
        Ok::<_, Refusal>(Decision {
            changes: its.map(|row| Change::RemoveShare(row.id)).collect(),
            audit: None,
            result: (),
        })
    });
    ended.await
}

fn share(row: &ShareRow, now: Timestamp) -> ShareLink {
    ShareLink {
        id: row.id,
        kind: SharedKind::of(row.kind),
        document: row.document.clone(),
        note: row.note.clone(),
        author: row.author.clone(),
        created: row.created,
        expires: row.expires,
        is_over: row.expires.is_some_and(|end| end <= now),
    }
}

fn subject(row: &ShareRow) -> String {
    format!("{} {}", row.kind.name(), row.document)
}

impl SharedKind {
    /// As the tables have it.
    pub fn stored(self) -> ShareKind {
        match self {
            Self::Report => ShareKind::Report,
            Self::Dashboard => ShareKind::Dashboard,
        }
    }

    /// From the tables.
    pub fn of(kind: ShareKind) -> Self {
        match kind {
            ShareKind::Report => Self::Report,
            ShareKind::Dashboard => Self::Dashboard,
        }
    }

    fn document(self) -> DocumentKind {
        match self {
            Self::Report => DocumentKind::Report,
            Self::Dashboard => DocumentKind::Dashboard,
        }
    }
}
