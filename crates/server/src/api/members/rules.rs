//! Who may change whose access. Nobody gives or takes more than they have.

use throughline_model::{Role, WorkspaceId};
use throughline_store::state::instance::MemberRow;

use super::Grant;
use crate::{
    access::gate::Caller,
    http::refusal::{Code, Refusal},
    instance::Directory,
};

/// The caller's row, as it is at the moment of the decision.
pub fn actor<'a>(directory: &'a Directory, caller: &Caller) -> Result<&'a MemberRow, Refusal> {
    directory
        .member(caller.id)
        .ok_or_else(|| Refusal::new(Code::SessionNone, "sign in first"))
}

/// Owners see everyone; admins see who shares a workspace that they administer.
pub fn is_visible(directory: &Directory, me: &MemberRow, row: &MemberRow) -> bool {
    let shares = |id: &WorkspaceId| directory.role(me, id) >= Some(Role::Admin);
    me.is_owner
        || (!row.is_owner
            && directory
                .workspaces_of(row)
                .any(|(workspace, _)| shares(&workspace.id)))
}

/// Refuses grants in workspaces that the caller does not administer, or above their own role.
pub fn check_grants(
    directory: &Directory,
    me: &MemberRow,
    grants: &[Grant],
    names_owner: bool,
) -> Result<(), Refusal> {
    if names_owner && !me.is_owner {
        let message = "only an owner can say who owns the installation";
        return Err(Refusal::new(Code::RoleLow, message));
    }
    for grant in grants {
        let mine = directory
            .role(me, &grant.id)
            .filter(|it| *it >= Role::Admin);
        let mine = mine.ok_or_else(|| {
            let message = format!("you do not administer a workspace named {}", grant.id);
            Refusal::new(Code::WorkspaceUnknown, message)
        })?;
        if grant.role > mine || grant.role == Role::Owner {
            let message = "nobody can give a role above their own; owners are made with `owner`";
            return Err(Refusal::new(Code::RoleLow, message));
        }
    }
    Ok(())
}

/// Refuses to touch a member's role in a workspace where the caller has less.
pub fn governs(
    directory: &Directory,
    me: &MemberRow,
    row: &MemberRow,
    workspace: &WorkspaceId,
) -> Result<(), Refusal> {
    let mine = directory.role(me, workspace);
    let its = directory.role(row, workspace);
    if mine >= Some(Role::Admin) && mine >= its {
        return Ok(());
    }
    let message = "this member has a role that you cannot change; ask an owner";
    Err(Refusal::new(Code::RoleLow, message))
}

/// Refuses to leave the installation without an owner who can sign in.
pub fn check_keeps_owner(
    directory: &Directory,
    row: &MemberRow,
    stays_owner: bool,
) -> Result<(), Refusal> {
    let mut others = directory.members().filter(|it| it.id != row.id);
    let another = others.any(|it| it.is_owner && it.password.is_some());
    if stays_owner || !row.is_owner || another {
        return Ok(());
    }
    let message = "the installation needs an owner who can sign in; make another one first";
    Err(Refusal::new(Code::MemberLast, message))
}

/// For members who are not there and for those whom the caller may not see.
pub fn unknown() -> Refusal {
    Refusal::new(Code::MemberUnknown, "there is no such member")
}
