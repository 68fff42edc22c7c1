//! The installation's tables in memory: what every request looks up, without I/O.

use std::collections::{BTreeMap, HashMap};

use throughline_model::{MemberId, Role, SourceId, Timestamp, WorkspaceId, limits};
use throughline_store::state::instance::{
    Change, HookRow, InstanceRows, KeyRow, LinkPurpose, LinkRow, MemberRow, SecretHash, SessionRow,
    ShareRow, WorkspaceRow,
};

use crate::access::secret::hash_of;

/// Members, sessions, links, workspaces and keys.
#[derive(Debug, Default)]
pub struct Directory {
    members: BTreeMap<MemberId, MemberRow>,
    memberships: BTreeMap<(MemberId, WorkspaceId), Role>,
    sessions: HashMap<SecretHash, SessionRow>,
    links: HashMap<SecretHash, LinkRow>,
    workspaces: BTreeMap<WorkspaceId, WorkspaceRow>,
    keys: BTreeMap<SourceId, KeyRow>,
    sources_by_hash: HashMap<SecretHash, SourceId>,
    shares: BTreeMap<i64, ShareRow>,
    shares_by_hash: HashMap<SecretHash, i64>,
    hooks: BTreeMap<SourceId, HookRow>,
    hooks_by_hash: HashMap<SecretHash, SourceId>,
    next_id: i64,
}

impl Directory {
    /// Takes what was read from disk.
    pub fn new(rows: InstanceRows) -> Self {
        let mut directory = Self {
            next_id: rows.next_id,
            ..Self::default()
        };
        let changes = rows
            .members
            .into_iter()
            .map(Change::PutMember)
            .chain(rows.workspaces.into_iter().map(Change::PutWorkspace))
            .chain(rows.memberships.into_iter().map(Change::PutMembership))
            .chain(rows.sessions.into_iter().map(Change::PutSession))
            .chain(rows.links.into_iter().map(Change::PutLink))
            .chain(rows.keys.into_iter().map(Change::PutKey))
            .chain(rows.shares.into_iter().map(Change::PutShare))
            .chain(rows.hooks.into_iter().map(Change::PutHook));
        for change in changes {
            directory.apply(change);
        }
        directory
    }

    /// Does to memory what the tables have done.
    pub fn apply(&mut self, change: Change) {
        match change {
            Change::PutMember(row) => {
                self.members.insert(row.id, row);
            }
            Change::RemoveMember(id) => {
                self.members.remove(&id);
                self.memberships.retain(|(member, _), _| *member != id);
                self.sessions.retain(|_, session| session.member != id);
                self.links.retain(|_, link| link.member != Some(id));
            }
            Change::PutMembership(row) => {
                self.memberships
                    .insert((row.member, row.workspace), row.role);
            }
            Change::RemoveMembership(member, workspace) => {
                self.memberships.remove(&(member, workspace));
            }
            Change::PutSession(row) => {
                self.sessions.insert(row.hash, row);
            }
            Change::RemoveSession(hash) => {
                self.sessions.remove(&hash);
            }
            Change::PutLink(row) => {
                self.links.insert(row.hash, row);
            }
            Change::RemoveLink(hash) => {
                self.links.remove(&hash);
            }
            Change::PutWorkspace(row) => {
                self.workspaces.insert(row.id.clone(), row);
            }
            Change::RemoveWorkspace(id) => {
                self.workspaces.remove(&id);
                self.memberships
                    .retain(|(_, workspace), _| *workspace != id);
                self.keys.retain(|_, key| key.workspace != id);
                let keys = &self.keys;
                self.sources_by_hash
                    .retain(|_, source| keys.contains_key(source));
                self.shares.retain(|_, share| share.workspace != id);
                let shares = &self.shares;
                self.shares_by_hash
                    .retain(|_, share| shares.contains_key(share));
                self.hooks.retain(|_, hook| hook.workspace != id);
                let hooks = &self.hooks;
                self.hooks_by_hash
                    .retain(|_, hook| hooks.contains_key(hook));
            }
            Change::PutKey(row) => {
                self.sources_by_hash.insert(row.hash, row.id);
                self.keys.insert(row.id, row);
            }
            Change::RemoveKey(id) => {
                if let Some(row) = self.keys.remove(&id) {
                    self.sources_by_hash.remove(&row.hash);
                }
            }
            Change::UseKey(id, at) => {
                if let Some(row) = self.keys.get_mut(&id) {
                    row.last_used = Some(at);
                }
            }
            Change::PutShare(row) => {
                self.shares_by_hash.insert(row.hash, row.id);
                self.shares.insert(row.id, row);
            }
            Change::RemoveShare(id) => {
                if let Some(row) = self.shares.remove(&id) {
                    self.shares_by_hash.remove(&row.hash);
                }
            }
            Change::PutHook(row) => {
                self.hooks_by_hash.insert(hash_of(&row.key), row.id);
                self.hooks.insert(row.id, row);
            }
            Change::RemoveHook(id) => {
                if let Some(row) = self.hooks.remove(&id) {
                    self.hooks_by_hash.remove(&hash_of(&row.key));
                }
            }
            Change::NextId(next) => self.next_id = self.next_id.max(next),
        }
    }

    /// A number that no member, source or share has or had, and the change that takes it.
    pub fn new_id(&self) -> (i64, Change) {
        (self.next_id, Change::NextId(self.next_id + 1))
    }

    /// True once the first start is over.
    pub fn has_owner(&self) -> bool {
        self.members.values().any(|member| member.is_owner)
    }

    /// The member of an id.
    pub fn member(&self, id: MemberId) -> Option<&MemberRow> {
        self.members.get(&id)
    }

    /// The member of an email, in whatever case it is written.
    pub fn member_by_email(&self, email: &str) -> Option<&MemberRow> {
        let email = email.trim().to_lowercase();
        self.members.values().find(|member| member.email == email)
    }

    /// Every member.
    pub fn members(&self) -> impl Iterator<Item = &MemberRow> {
        self.members.values()
    }

    /// What a member may do in a workspace; none when it is not theirs or not there.
    pub fn role(&self, member: &MemberRow, workspace: &WorkspaceId) -> Option<Role> {
        self.workspaces.get(workspace)?;
        if member.is_owner {
            return Some(Role::Owner);
        }
        self.memberships
            .get(&(member.id, workspace.clone()))
            .copied()
    }

    /// The highest role that a member has anywhere.
    pub fn highest_role(&self, member: &MemberRow) -> Role {
        if member.is_owner {
            return Role::Owner;
        }
        self.workspaces_of(member)
            .map(|(_, role)| role)
            .max()
            .unwrap_or(Role::Viewer)
    }

    /// The workspaces of a member, the oldest first, and what they may do there.
    pub fn workspaces_of(&self, member: &MemberRow) -> impl Iterator<Item = (&WorkspaceRow, Role)> {
        let mut list: Vec<_> = self
            .workspaces
            .values()
            .filter_map(|row| Some((row, self.role(member, &row.id)?)))
            .collect();
        list.sort_by_key(|(row, _)| row.created);
        list.into_iter()
    }

    /// The session of a cookie, when it still counts.
    pub fn session(&self, hash: &SecretHash, now: Timestamp) -> Option<&SessionRow> {
        self.sessions
            .get(hash)
            .filter(|session| is_alive(session, now))
    }

    /// The sessions of a member, the oldest first.
    pub fn sessions_of(&self, member: MemberId) -> Vec<&SessionRow> {
        let its = |session: &&SessionRow| session.member == member;
        let mut sessions: Vec<_> = self.sessions.values().filter(its).collect();
        sessions.sort_by_key(|session| (session.created, session.hash));
        sessions
    }

    /// Changes that drop what has run out: sessions and links.
    pub fn expired(&self, now: Timestamp) -> Vec<Change> {
        let sessions = self.sessions.values();
        let links = self.links.values();
        sessions
            .filter(|session| !is_alive(session, now))
            .map(|session| Change::RemoveSession(session.hash))
            .chain(
                links
                    .filter(|link| link.expires <= now)
                    .map(|link| Change::RemoveLink(link.hash)),
            )
            .collect()
    }

    /// A one-time link that can be used now.
    pub fn link(
        &self,
        hash: &SecretHash,
        purpose: LinkPurpose,
        now: Timestamp,
    ) -> Option<&LinkRow> {
        self.links
            .get(hash)
            .filter(|link| link.purpose == purpose && now < link.expires)
    }

    /// Every link of a purpose, for one member or none.
    pub fn links(
        &self,
        purpose: LinkPurpose,
        member: Option<MemberId>,
    ) -> impl Iterator<Item = &LinkRow> {
        self.links
            .values()
            .filter(move |link| link.purpose == purpose && link.member == member)
    }

    /// The workspace of an id.
    pub fn workspace(&self, id: &WorkspaceId) -> Option<&WorkspaceRow> {
        self.workspaces.get(id)
    }

    /// Every workspace.
    pub fn workspaces(&self) -> impl ExactSizeIterator<Item = &WorkspaceRow> {
        self.workspaces.values()
    }

    /// The write key whose hash this is.
    pub fn key_by_hash(&self, hash: &SecretHash) -> Option<&KeyRow> {
        self.keys.get(self.sources_by_hash.get(hash)?)
    }

    /// The share of a link, when it can be used now.
    pub fn share_by_hash(&self, hash: &SecretHash, now: Timestamp) -> Option<&ShareRow> {
        let share = self.shares.get(self.shares_by_hash.get(hash)?)?;
        share.expires.is_none_or(|end| now < end).then_some(share)
    }

    /// The shares of a workspace, the newest first, those that have run out included.
    pub fn shares_of(&self, workspace: &WorkspaceId) -> impl Iterator<Item = &ShareRow> {
        let shares = self.shares.values().rev();
        shares.filter(move |share| share.workspace == *workspace)
    }

    /// The webhook whose address ends with this key. Looked up by hash, so that the time that it
    /// takes tells nothing of a key.
    pub fn hook_by_key(&self, key: &str) -> Option<&HookRow> {
        self.hooks.get(self.hooks_by_hash.get(&hash_of(key))?)
    }

    /// The webhooks of a workspace, in the order in which they were made.
    pub fn hooks_of(&self, workspace: &WorkspaceId) -> impl Iterator<Item = &HookRow> {
        let hooks = self.hooks.values();
        hooks.filter(move |hook| hook.workspace == *workspace)
    }

    /// The keys of a workspace, in the order in which they were made.
    pub fn keys_of(&self, workspace: &WorkspaceId) -> impl Iterator<Item = &KeyRow> {
        self.keys
            .values()
            .filter(move |key| key.workspace == *workspace)
    }
}

fn is_alive(session: &SessionRow, now: Timestamp) -> bool {
    now < session.seen.plus(limits::SESSION_IDLE_MAX)
        && now < session.created.plus(limits::SESSION_AGE_MAX)
}
