//! MemberList: who they are, where they may work, and the links that let them in.

mod rules;

use axum::{
    Json,
    extract::{Path, State},
};
use http::{HeaderMap, StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::json;
use throughline_model::{MemberId, Role, Timestamp, WorkspaceId, limits};
use throughline_store::state::instance::{Change, LinkPurpose, LinkRow, MemberRow, MembershipRow};
use utoipa::ToSchema;

use super::{session::check_name, setup::check_email};
use crate::{
    access::{
        gate::{Caller, Needs},
        secret::Secret,
    },
    app::App,
    http::{
        body::Body,
        refusal::{Code, Refusal},
        routes::Route,
    },
    instance::{Decision, Directory},
};
pub use rules::actor as actor_of;
use rules::{actor, check_grants, check_keeps_owner, governs, is_visible, unknown};

/// Everyone whom the caller may see.
#[derive(Debug, Serialize, ToSchema)]
pub struct MemberList {
    pub members: Vec<MemberEntry>,
}

/// Someone who works in the product.
#[derive(Debug, Serialize, ToSchema)]
pub struct MemberEntry {
    pub id: MemberId,
    pub email: String,
    pub name: String,
    /// Owners have every workspace.
    pub owner: bool,
    /// False until the link to join was used.
    pub joined: bool,
    pub created: Timestamp,
    /// When a session of theirs was last in use.
    pub seen: Option<Timestamp>,
    /// Those that the caller administers.
    pub workspaces: Vec<Grant>,
}

/// A role in a workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    pub id: WorkspaceId,
    pub role: Role,
}

/// A new member, or more workspaces for one who is here already.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Invitation {
    pub email: String,
    pub name: String,
    pub workspaces: Vec<Grant>,
    /// Whether they own the installation too; only an owner can say so.
    #[serde(default)]
    pub owner: bool,
}

/// What an invitation has led to.
#[derive(Debug, Serialize, ToSchema)]
pub struct Invited {
    pub id: MemberId,
    /// To be handed over; it works once. None when the member has a password already.
    pub link: Option<String>,
}

/// A member's new roles; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleChange {
    #[serde(default)]
    pub workspaces: Vec<RoleIn>,
    #[serde(default)]
    pub owner: Option<bool>,
}

/// A member's new role in a workspace.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleIn {
    pub id: WorkspaceId,
    /// None takes the workspace away.
    pub role: Option<Role>,
}

pub fn routes() -> Vec<Route> {
    let admin = Needs::Anywhere(Role::Admin);
    vec![
        Route::new(admin, __path_list, list),
        Route::new(admin, __path_invite, invite),
        Route::new(admin, __path_change, change),
        Route::new(admin, __path_remove, remove),
        Route::new(admin, __path_link, link),
    ]
}

/// Everyone whom the caller may see: all for an owner, those of shared workspaces for an admin.
#[utoipa::path(get, path = "/api/members", tag = "members", operation_id = "listMembers",
    responses((status = 200, body = MemberList)))]
async fn list(State(app): State<App>, caller: Caller) -> Result<Json<MemberList>, Refusal> {
    let directory = app.instance().read();
    let me = actor(&directory, &caller)?;
    let members = directory
        .members()
        .filter(|row| row.id == me.id || is_visible(&directory, me, row))
        .map(|row| describe(&directory, me, row))
        .collect();
    Ok(Json(MemberList { members }))
}

/// Invites somebody. Nobody can give a role above their own.
#[utoipa::path(post, path = "/api/members", tag = "members", operation_id = "inviteMember",
    request_body = Invitation, responses((status = 200, body = Invited)))]
async fn invite(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Body(body): Body<Invitation>,
) -> Result<Json<Invited>, Refusal> {
    check_name("name", &body.name)?;
    let email = check_email(&body.email)?;
    let (token, now) = (Secret::random(), app.now());
    let url = join_url(&headers, &token);
    let invited = app.instance().decide(move |directory| {
        let me = actor(directory, &caller)?;
        check_grants(directory, me, &body.workspaces, body.owner)?;
        let mut changes = directory.expired(now);
        let known = directory.member_by_email(&email).cloned();
        let (id, is_new) = match &known {
            Some(row) => (row.id, false),
            None => {
                let (id, taken) = new_member_id(directory)?;
                changes.push(taken);
                (id, true)
            }
        };
        if is_new || body.owner {
            changes.push(Change::PutMember(match known.clone() {
                Some(row) => MemberRow {
                    is_owner: true,
                    ..row
                },
                None => MemberRow {
                    id,
                    email: email.clone(),
                    name: body.name.trim().to_owned(),
                    password: None,
                    is_owner: body.owner,
                    locale: None,
                    created: now,
                },
            }));
        }
        changes.extend(
            body.workspaces
                .iter()
                .map(|grant| put_membership(id, grant)),
        );
        let has_password = known.is_some_and(|row| row.password.is_some());
        if !has_password {
            changes.extend(new_link(directory, id, &token, now));
        }
        let mut audit = caller.did("member.invited", now);
        audit.subject = Some(email);
        audit.workspace = body.workspaces.first().map(|grant| grant.id.clone());
        audit.details = json!({"workspaces": body.workspaces, "owner": body.owner});
        Ok::<_, Refusal>(Decision {
            changes,
            audit: Some(audit),
            result: Invited {
                id,
                link: (!has_password).then_some(url),
            },
        })
    });
    invited.await.map(Json)
}

/// Changes roles. It ends the member's sessions, so that the new roles hold at once.
#[utoipa::path(patch, path = "/api/members/{id}", tag = "members", operation_id = "changeRoles",
    params(("id" = i64, Path, description = "The member")),
    request_body = RoleChange, responses((status = 204)))]
async fn change(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<i64>,
    Body(body): Body<RoleChange>,
) -> Result<StatusCode, Refusal> {
    let now = app.now();
    let changed = app.instance().decide(move |directory| {
        let me = actor(directory, &caller)?;
        let row = visible(directory, me, MemberId(id))?;
        let grants: Vec<Grant> = body
            .workspaces
            .iter()
            .map(|it| Grant {
                id: it.id.clone(),
                role: it.role.unwrap_or(Role::Viewer),
            })
            .collect();
        check_grants(directory, me, &grants, body.owner.is_some())?;
        for grant in &grants {
            governs(directory, me, row, &grant.id)?;
        }
        let mut changes: Vec<Change> = body
            .workspaces
            .iter()
            .map(|it| match it.role {
                Some(role) => put_membership(
                    row.id,
                    &Grant {
                        id: it.id.clone(),
                        role,
                    },
                ),
                None => Change::RemoveMembership(row.id, it.id.clone()),
            })
            .collect();
        if let Some(is_owner) = body.owner {
            check_keeps_owner(directory, row, is_owner)?;
            changes.push(Change::PutMember(MemberRow {
                is_owner,
                ..row.clone()
            }));
        }
        changes.extend(end_sessions(directory, row.id));
        let mut audit = caller.did("member.roles_changed", now);
        audit.subject = Some(row.email.clone());
        audit.workspace = grants.first().map(|grant| grant.id.clone());
        let roles: Vec<_> = body
            .workspaces
            .iter()
            .map(|it| json!({"id": it.id, "role": it.role}))
            .collect();
        audit.details = json!({"workspaces": roles, "owner": body.owner});
        Ok::<_, Refusal>(Decision {
            changes,
            audit: Some(audit),
            result: StatusCode::NO_CONTENT,
        })
    });
    changed.await
}

/// Takes a member's workspaces away, and the member when none is left.
#[utoipa::path(delete, path = "/api/members/{id}", tag = "members", operation_id = "removeMember",
    params(("id" = i64, Path, description = "The member")), responses((status = 204)))]
async fn remove(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<i64>,
) -> Result<StatusCode, Refusal> {
    let now = app.now();
    let removed = app.instance().decide(move |directory| {
        let me = actor(directory, &caller)?;
        let row = visible(directory, me, MemberId(id))?;
        check_keeps_owner(directory, row, false)?;
        let mut changes = end_sessions(directory, row.id);
        let mut is_left = false;
        for (workspace, _) in directory.workspaces_of(row) {
            if me.is_owner || governs(directory, me, row, &workspace.id).is_ok() {
                changes.push(Change::RemoveMembership(row.id, workspace.id.clone()));
            } else {
                is_left = true;
            }
        }
        if !is_left {
            changes.push(Change::RemoveMember(row.id));
        }
        let mut audit = caller.did("member.removed", now);
        audit.subject = Some(row.email.clone());
        Ok::<_, Refusal>(Decision {
            changes,
            audit: Some(audit),
            result: StatusCode::NO_CONTENT,
        })
    });
    removed.await
}

/// Makes a new link to join, for one that has run out or a password that was forgotten.
#[utoipa::path(post, path = "/api/members/{id}/link", tag = "members", operation_id = "linkMember",
    params(("id" = i64, Path, description = "The member")), responses((status = 200, body = Invited)))]
async fn link(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<i64>,
    headers: HeaderMap,
) -> Result<Json<Invited>, Refusal> {
    let (token, now) = (Secret::random(), app.now());
    let url = join_url(&headers, &token);
    let made = app.instance().decide(move |directory| {
        let me = actor(directory, &caller)?;
        let row = visible(directory, me, MemberId(id))?;
        // Whoever holds the link becomes the member, so it takes power over all that they may do.
        if !me.is_owner {
            for (workspace, _) in directory.workspaces_of(row) {
                governs(directory, me, row, &workspace.id)?;
            }
        }
        let mut audit = caller.did("member.linked", now);
        audit.subject = Some(row.email.clone());
        Ok::<_, Refusal>(Decision {
            changes: new_link(directory, row.id, &token, now),
            audit: Some(audit),
            result: Invited {
                id: row.id,
                link: Some(url),
            },
        })
    });
    made.await.map(Json)
}

fn describe(directory: &Directory, me: &MemberRow, row: &MemberRow) -> MemberEntry {
    let sessions = directory.sessions_of(row.id);
    let workspaces = directory
        .workspaces_of(row)
        .filter(|(workspace, _)| {
            row.id == me.id || directory.role(me, &workspace.id) >= Some(Role::Admin)
        })
        .map(|(workspace, role)| Grant {
            id: workspace.id.clone(),
            role,
        });
    MemberEntry {
        id: row.id,
        email: row.email.clone(),
        name: row.name.clone(),
        owner: row.is_owner,
        joined: row.password.is_some(),
        created: row.created,
        seen: sessions.iter().map(|session| session.seen).max(),
        workspaces: workspaces.collect(),
    }
}

fn visible<'a>(
    directory: &'a Directory,
    me: &MemberRow,
    id: MemberId,
) -> Result<&'a MemberRow, Refusal> {
    let row = directory.member(id);
    row.filter(|row| is_visible(directory, me, row))
        .ok_or_else(unknown)
}

fn new_member_id(directory: &Directory) -> Result<(MemberId, Change), Refusal> {
    if directory.members().count() >= limits::MEMBERS_MAX {
        let message = format!(
            "there are {} members, and no more are kept",
            limits::MEMBERS_MAX
        );
        return Err(Refusal::new(Code::LimitReached, message));
    }
    let (id, taken) = directory.new_id();
    Ok((MemberId(id), taken))
}

fn put_membership(member: MemberId, grant: &Grant) -> Change {
    Change::PutMembership(MembershipRow {
        member,
        workspace: grant.id.clone(),
        role: grant.role,
    })
}

fn new_link(
    directory: &Directory,
    member: MemberId,
    token: &Secret,
    now: Timestamp,
) -> Vec<Change> {
    let old = directory.links(LinkPurpose::Join, Some(member));
    let mut changes: Vec<Change> = old.map(|link| Change::RemoveLink(link.hash)).collect();
    changes.push(Change::PutLink(LinkRow {
        hash: token.hash(),
        purpose: LinkPurpose::Join,
        member: Some(member),
        expires: now.plus(limits::JOIN_LINK_AGE_MAX),
    }));
    changes
}

fn end_sessions(directory: &Directory, member: MemberId) -> Vec<Change> {
    let sessions = directory.sessions_of(member).into_iter();
    sessions
        .map(|session| Change::RemoveSession(session.hash))
        .collect()
}

/// The gate has compared `Origin` with our own address, so links can start with it.
fn join_url(headers: &HeaderMap, token: &Secret) -> String {
    let origin = headers.get(header::ORIGIN).and_then(|it| it.to_str().ok());
    format!(
        "{}/join?token={}",
        origin.unwrap_or_default(),
        token.reveal()
    )
}
