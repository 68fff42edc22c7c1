//! The gate before every handler: it is told what a route needs, and lets nobody else through.
//!
//! Handlers get a [`Caller`] or a [`Workspace`] only from here, so none can forget to ask.

use axum::{
    extract::{FromRequestParts, RawPathParams, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, header, request::Parts};
use throughline_model::{MemberId, Role, Span, Timestamp, WorkspaceId};
use throughline_store::state::instance::{AuditEntry, Change, MemberRow, SecretHash, SessionRow};

use super::{origin, secret::hash_of};
use crate::{
    app::App,
    config::PublicUrl,
    http::refusal::{Code, Refusal},
    instance::Decision,
    workspace::WorkspaceRuntime,
};

/// What a route needs before its handler runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing: health, the interface, and links that bring their own secret.
    Nothing,
    /// A write key instead of a session, which the handler looks for. Any site may make the call.
    WriteKey,
    /// Only that the call comes from our own pages: signing in.
    OwnPage,
    /// A session.
    Member,
    /// A session of a member who has this role in one workspace at least.
    Anywhere(Role),
    /// A session of a member who has this role in the workspace of the path.
    Workspace(Role),
}

/// Who calls.
#[derive(Clone, Debug)]
pub struct Caller {
    pub id: MemberId,
    pub email: String,
    /// The session that the call was made with.
    pub session: SecretHash,
    pub address: Option<String>,
}

/// A workspace that the caller may work in, with the role that they have there.
#[derive(Clone)]
pub struct Workspace {
    pub caller: Caller,
    pub role: Role,
    pub runtime: WorkspaceRuntime,
}

impl Caller {
    /// What the audit log says of something that the caller did.
    pub fn did(&self, action: &str, at: Timestamp) -> AuditEntry {
        AuditEntry {
            at,
            actor: self.email.clone(),
            address: self.address.clone(),
            action: action.to_owned(),
            workspace: None,
            subject: None,
            details: serde_json::json!({}),
        }
    }
}

impl Workspace {
    /// What the audit log says of something that the caller did in this workspace.
    pub fn did(&self, action: &str, at: Timestamp) -> AuditEntry {
        AuditEntry {
            workspace: Some(self.runtime.id().clone()),
            ..self.caller.did(action, at)
        }
    }
}

/// Lets a request through to its handler, or refuses it.
pub async fn gate(
    State((app, needs)): State<(App, Needs)>,
    params: RawPathParams,
    mut request: Request,
    next: Next,
) -> Response {
    match admit(&app, needs, &params, &mut request).await {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    }
}

async fn admit(
    app: &App,
    needs: Needs,
    params: &RawPathParams,
    request: &mut Request,
) -> Result<(), Refusal> {
    if matches!(needs, Needs::Nothing | Needs::WriteKey) {
        return Ok(());
    }
    let public_url = app.config().server.public_url.as_ref();
    origin::check(request.method(), request.headers(), public_url)
        .map_err(|error| Refusal::new(Code::OriginForeign, error.to_string()))?;
    if needs == Needs::OwnPage {
        return Ok(());
    }
    let now = app.now();
    let hash = session_cookie(request.headers(), public_url).map(hash_of);
    let (member, session) = find_session(app, hash, now)?;
    let caller = Caller {
        id: member.id,
        email: member.email.clone(),
        session: session.hash,
        address: app.address_of(request).map(|it| it.to_string()),
    };
    touch(app, session, now);
    match needs {
        Needs::Anywhere(role) => {
            require(app.instance().read().highest_role(&member), role)?;
        }
        Needs::Workspace(role) => {
            let workspace = enter(app, &member, caller.clone(), params)?;
            require(workspace.role, role)?;
            request.extensions_mut().insert(workspace);
        }
        Needs::Nothing | Needs::WriteKey | Needs::OwnPage | Needs::Member => {}
    }
    request.extensions_mut().insert(caller);
    Ok(())
}

fn find_session(
    app: &App,
    hash: Option<SecretHash>,
    now: Timestamp,
) -> Result<(MemberRow, SessionRow), Refusal> {
    let directory = app.instance().read();
    if !directory.has_owner() {
        return Err(Refusal::new(
            Code::SetupNeeded,
            "nobody owns this installation yet; open the link that `throughline serve` has printed",
        ));
    }
    hash.and_then(|hash| {
        let session = directory.session(&hash, now)?;
        let member = directory.member(session.member)?;
        Some((member.clone(), session.clone()))
    })
    .ok_or_else(|| Refusal::new(Code::SessionNone, "sign in first"))
}

fn require(has: Role, needs: Role) -> Result<(), Refusal> {
    if has >= needs {
        return Ok(());
    }
    let (has, needs) = (has.name(), needs.name());
    Err(Refusal::new(
        Code::RoleLow,
        format!("this needs the role {needs}, and yours is {has}; ask an admin of the workspace"),
    ))
}

/// A workspace that is not the member's is as unknown as one that is not there.
fn enter(
    app: &App,
    member: &MemberRow,
    caller: Caller,
    params: &RawPathParams,
) -> Result<Workspace, Refusal> {
    let unknown = || Refusal::new(Code::WorkspaceUnknown, "you have no workspace of this name");
    let (_, name) = params
        .iter()
        .find(|(name, _)| *name == "ws")
        .ok_or_else(unknown)?;
    let id = WorkspaceId::parse(name).ok_or_else(unknown)?;
    let role = app.instance().read().role(member, &id);
    let role = role.ok_or_else(unknown)?;
    Ok(Workspace {
        caller,
        role,
        runtime: app.workspaces().get(&id).ok_or_else(closed)?,
    })
}

/// Says that a workspace is listed and not open: it is put together anew, or made or removed.
pub fn closed() -> Refusal {
    let message = "the workspace is closed for a moment; try again";
    Refusal::new(Code::Draining, message).retry_after(Span::seconds(2))
}

/// Notes that a session is in use, at most once in a while, as it costs a write.
fn touch(app: &App, session: SessionRow, now: Timestamp) {
    if now < session.seen.plus(Span::minutes(5)) {
        return;
    }
    let instance = app.instance().clone();
    tokio::spawn(async move {
        let touched: Result<(), throughline_store::state::StateError> = instance
            .decide(move |directory| {
                // It may have ended in the meantime, and must not come back.
                let is_there = directory.session(&session.hash, now).is_some();
                let seen = SessionRow {
                    seen: now,
                    ..session
                };
                Ok(Decision {
                    changes: is_there
                        .then_some(Change::PutSession(seen))
                        .into_iter()
                        .collect(),
                    audit: None,
                    result: (),
                })
            })
            .await;
        if let Err(error) = touched {
            tracing::warn!(%error, "use of a session was not noted");
        }
    });
}

/// The session cookie's value, under the name that fits how the server is reached.
pub fn session_cookie<'a>(
    headers: &'a HeaderMap,
    public_url: Option<&PublicUrl>,
) -> Option<&'a str> {
    let name = session_cookie_name(public_url);
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(its_name, _)| *its_name == name)
        .map(|(_, value)| value)
}

/// `__Host-` makes the browser refuse the cookie from subdomains and over http.
pub fn session_cookie_name(public_url: Option<&PublicUrl>) -> &'static str {
    if public_url.is_some_and(PublicUrl::is_https) {
        "__Host-session"
    } else {
        "session"
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Refusal> {
        parts.extensions.get().cloned().ok_or_else(ungated)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Workspace {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Refusal> {
        parts.extensions.get().cloned().ok_or_else(ungated)
    }
}

/// The route's entry in the table and its handler disagree. The matrix test finds these.
fn ungated() -> Refusal {
    tracing::error!("a handler asks for more than its route needs");
    Refusal::new(Code::Internal, "this call is not available")
}
