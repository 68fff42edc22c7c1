//! One-time links: the first owner, an invited member, the demo on this machine.

use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use http::header;
use serde::Deserialize;
use throughline_model::{MemberId, Timestamp, WorkspaceId, limits};
use throughline_store::state::{
    StateError,
    instance::{AuditEntry, Change, LinkPurpose, LinkRow, MemberRow},
};
use utoipa::{IntoParams, ToSchema};

use super::session::{begin, check_name, faulty, refuse_password, session_changes, session_cookie};
use crate::{
    access::{
        gate::Needs,
        secret::{Secret, hash_of},
    },
    app::{App, ClientAddress},
    demo::DEMO,
    http::{
        body::{Body, Query},
        refusal::{Code, Refusal},
        routes::Route,
    },
    instance::{Decision, Directory},
};

/// The first owner.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Setup {
    /// From the link that the server printed.
    pub token: Secret,
    pub email: String,
    pub name: String,
    pub password: Secret,
}

/// An invited member's password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Join {
    /// From the link that an admin made.
    pub token: Secret,
    pub password: Secret,
}

/// What a link that opens a session carries.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Open {
    pub token: String,
}

pub fn routes() -> Vec<Route> {
    vec![
        Route::new(Needs::OwnPage, __path_set_up, set_up),
        Route::new(Needs::OwnPage, __path_join, join),
        Route::new(Needs::Nothing, __path_open, open),
    ]
}

/// Makes the owner, once, and signs them in.
#[utoipa::path(post, path = "/api/setup", tag = "access", operation_id = "setUp",
    request_body = Setup, responses((status = 200, body = super::session::Session)))]
async fn set_up(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    Body(body): Body<Setup>,
) -> Result<Response, Refusal> {
    check_name("name", &body.name)?;
    let email = check_email(&body.email)?;
    let (token, now) = (body.token.hash(), app.now());
    check_link(&app.instance().read(), &token, LinkPurpose::Setup, now)?;
    let password = app
        .passwords()
        .hash(&body.password)
        .await
        .map_err(refuse_password)?;
    let made = app.instance().decide(move |directory| {
        if directory.has_owner() {
            let message = "this installation has an owner; sign in, or ask them for a link to join";
            return Err(Refusal::new(Code::SetupDone, message));
        }
        check_link(directory, &token, LinkPurpose::Setup, now)?;
        let (id, taken) = directory.new_id();
        let owner = MemberRow {
            id: MemberId(id),
            email,
            name: body.name.trim().to_owned(),
            password: Some(password),
            is_owner: true,
            locale: None,
            created: now,
        };
        let changes = vec![taken, Change::PutMember(owner), Change::RemoveLink(token)];
        Ok(Decision {
            changes,
            audit: None,
            result: MemberId(id),
        })
    });
    let owner = made.await?;
    begin(
        &app,
        owner,
        "owner.created",
        address.map(|it| it.to_string()),
    )
    .await
}

/// Takes an invitation: chooses a password and signs in.
#[utoipa::path(post, path = "/api/join", tag = "access", operation_id = "join",
    request_body = Join, responses((status = 200, body = super::session::Session)))]
async fn join(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    Body(body): Body<Join>,
) -> Result<Response, Refusal> {
    let (token, now) = (body.token.hash(), app.now());
    check_link(&app.instance().read(), &token, LinkPurpose::Join, now)?;
    let password = app
        .passwords()
        .hash(&body.password)
        .await
        .map_err(refuse_password)?;
    let joined = app.instance().decide(move |directory| {
        let link = check_link(directory, &token, LinkPurpose::Join, now)?;
        let invited = link.member.and_then(|id| directory.member(id));
        let mut row = invited.ok_or_else(unknown_link)?.clone();
        row.password = Some(password);
        let id = row.id;
        // A new link is also how a forgotten password is replaced, so older sessions end.
        let mut changes: Vec<Change> = directory
            .sessions_of(id)
            .into_iter()
            .map(|session| Change::RemoveSession(session.hash))
            .collect();
        changes.extend([Change::PutMember(row), Change::RemoveLink(token)]);
        Ok::<_, Refusal>(Decision {
            changes,
            audit: None,
            result: id,
        })
    });
    let member = joined.await?;
    begin(
        &app,
        member,
        "member.joined",
        address.map(|it| it.to_string()),
    )
    .await
}

/// Opens a session without typing, with the link that `throughline demo` has printed.
#[utoipa::path(get, path = "/open", tag = "access", operation_id = "open", params(Open),
    responses((status = 303, description = "To the interface, signed in")))]
async fn open(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    Query(query): Query<Open>,
) -> Result<Response, Refusal> {
    let (token, now) = (hash_of(&query.token), app.now());
    let session = Secret::random();
    let hash = session.hash();
    let opened = app.instance().decide(move |directory| {
        let link = check_link(directory, &token, LinkPurpose::Open, now)?;
        let member = link.member.and_then(|id| directory.member(id));
        let member = member.ok_or_else(unknown_link)?;
        let mut changes = session_changes(directory, member.id, hash, now);
        changes.push(Change::RemoveLink(token));
        Ok::<_, Refusal>(Decision {
            changes,
            audit: Some(AuditEntry {
                at: now,
                actor: member.email.clone(),
                address: address.map(|it| it.to_string()),
                action: "session.opened".to_owned(),
                workspace: None,
                subject: None,
                details: serde_json::json!({}),
            }),
            result: (),
        })
    });
    match opened.await {
        Ok(()) => {
            let cookie = session_cookie(&app, &session);
            Ok(([(header::SET_COOKIE, cookie)], Redirect::to(landing(&app))).into_response())
        }
        // A browser may load a link twice; the page itself asks to sign in when that is needed.
        Err(refusal) if refusal.code() == Code::LinkUnknown => {
            Ok(Redirect::to("/").into_response())
        }
        Err(refusal) => Err(refusal),
    }
}

/// The demo opens on its map.
fn landing(app: &App) -> &'static str {
    let demo = WorkspaceId::parse(DEMO).expect("a valid name");
    match app.instance().read().workspace(&demo) {
        Some(_) => "/w/demo/maps/order",
        None => "/",
    }
}

/// Makes the link of the first start anew. The one of an earlier start no longer works.
pub fn new_setup_link(app: &App) -> Result<Option<Secret>, StateError> {
    let (token, now) = (Secret::random(), app.now());
    let hash = token.hash();
    app.instance().decide_here(move |directory| {
        let old = directory.links(LinkPurpose::Setup, None);
        let mut changes: Vec<Change> = old.map(|link| Change::RemoveLink(link.hash)).collect();
        let is_needed = !directory.has_owner();
        if is_needed {
            changes.push(Change::PutLink(LinkRow {
                hash,
                purpose: LinkPurpose::Setup,
                member: None,
                expires: now.plus(limits::SETUP_LINK_AGE_MAX),
            }));
        }
        Ok(Decision {
            changes,
            audit: None,
            result: is_needed.then_some(token),
        })
    })
}

/// Makes a link that opens a session of an owner who has no password, and has no other way in.
///
/// For the demo such an owner is made when there is nobody yet.
pub fn new_open_link(app: &App, is_demo: bool) -> Result<Option<Secret>, StateError> {
    let (token, now) = (Secret::random(), app.now());
    let hash = token.hash();
    app.instance().decide_here(move |directory| {
        let mut changes = Vec::new();
        let owner = match directory.members().find(|row| row.is_owner) {
            Some(_) if has_way_in(directory) => None,
            Some(row) => Some(row.id),
            None if is_demo => {
                let (id, taken) = directory.new_id();
                changes.extend([taken, Change::PutMember(demo_owner(MemberId(id), now))]);
                Some(MemberId(id))
            }
            None => None,
        };
        if let Some(owner) = owner {
            let old = directory.links(LinkPurpose::Open, Some(owner));
            changes.extend(old.map(|link| Change::RemoveLink(link.hash)));
            changes.push(Change::PutLink(LinkRow {
                hash,
                purpose: LinkPurpose::Open,
                member: Some(owner),
                expires: now.plus(limits::SETUP_LINK_AGE_MAX),
            }));
        }
        Ok(Decision {
            changes,
            audit: None,
            result: owner.map(|_| token),
        })
    })
}

fn has_way_in(directory: &Directory) -> bool {
    directory
        .members()
        .any(|row| row.is_owner && row.password.is_some())
}

fn demo_owner(id: MemberId, now: Timestamp) -> MemberRow {
    MemberRow {
        id,
        email: "demo@localhost".to_owned(),
        name: "Demo".to_owned(),
        password: None,
        is_owner: true,
        locale: None,
        created: now,
    }
}

/// An email in the form in which it is stored.
pub fn check_email(email: &str) -> Result<String, Refusal> {
    let email = email.trim().to_lowercase();
    let is_sound = email.len() <= 254
        && !email.contains(|it: char| it.is_whitespace() || it.is_control())
        && email.split_once('@').is_some_and(|(name, host)| {
            !name.is_empty() && !host.is_empty() && !host.contains('@')
        });
    if is_sound {
        Ok(email)
    } else {
        Err(faulty("email", "is not an address like ada@example.com"))
    }
}

fn check_link<'a>(
    directory: &'a Directory,
    token: &[u8; 32],
    purpose: LinkPurpose,
    now: Timestamp,
) -> Result<&'a LinkRow, Refusal> {
    directory.link(token, purpose, now).ok_or_else(unknown_link)
}

fn unknown_link() -> Refusal {
    Refusal::new(
        Code::LinkUnknown,
        "this link was used, has run out or was replaced; ask for a new one",
    )
}
