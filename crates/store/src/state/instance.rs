//! Tables of an installation: members, sessions, one-time links, workspaces, write keys, webhooks,
//! audit.
//!
//! They are small, so the server keeps them in memory and writes each change here first.

mod audit;
mod rows;

use std::path::Path;

use rusqlite::{Transaction, params};
use throughline_model::{MemberId, SourceId, Timestamp, WorkspaceId};

use super::{Db, Schema, StateError};
pub use audit::{AuditBreak, AuditEntry, AuditFilter, AuditRecord};
pub use rows::{
    HookRow, InstanceRows, KeyRow, LinkPurpose, LinkRow, MemberRow, MembershipRow, SecretHash,
    SessionRow, ShareKind, ShareRow, WorkspaceRow,
};

/// The tables of an installation on disk.
pub struct InstanceDb {
    db: Db,
}

const SCHEMA: Schema = Schema {
    application_id: 0x544C_0001,
    migrations: &[
        include_str!("instance/0001.sql"),
        include_str!("instance/0002.sql"),
        include_str!("instance/0003.sql"),
    ],
};

/// One change of the tables. A commit holds several, all or none.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    PutMember(MemberRow),
    /// Takes memberships, sessions and links along.
    RemoveMember(MemberId),
    PutMembership(MembershipRow),
    RemoveMembership(MemberId, WorkspaceId),
    PutSession(SessionRow),
    RemoveSession(SecretHash),
    PutLink(LinkRow),
    RemoveLink(SecretHash),
    PutWorkspace(WorkspaceRow),
    /// Takes memberships, keys, shares and webhooks along.
    RemoveWorkspace(WorkspaceId),
    PutKey(KeyRow),
    RemoveKey(SourceId),
    UseKey(SourceId, Timestamp),
    PutShare(ShareRow),
    RemoveShare(i64),
    PutHook(HookRow),
    RemoveHook(SourceId),
    /// Numbers below this one are taken for good.
    NextId(i64),
}

impl InstanceDb {
    /// Opens the tables, making and migrating them when needed.
    pub fn open(path: &Path) -> Result<Self, StateError> {
        Ok(Self {
            db: Db::open(path, SCHEMA)?,
        })
    }

    /// Everything but the audit log.
    pub fn load(&self) -> Result<InstanceRows, StateError> {
        self.db.read("read the installation", rows::load)
    }

    /// Makes changes durable together, with what the audit log says of them.
    pub fn commit(&self, changes: &[Change], audit: Option<&AuditEntry>) -> Result<(), StateError> {
        self.db.write("change the installation", |transaction| {
            for change in changes {
                apply(transaction, change)?;
            }
            match audit {
                Some(entry) => audit::append(transaction, entry),
                None => Ok(()),
            }
        })
    }

    /// The latest audit records that pass the filter, the newest first.
    pub fn audit(&self, filter: &AuditFilter) -> Result<Vec<AuditRecord>, StateError> {
        self.db
            .read("read the audit log", |tx| audit::list(tx, filter))
    }

    /// Walks the whole audit log; the first record that does not follow from the one before it.
    pub fn verify_audit(&self) -> Result<Option<AuditBreak>, StateError> {
        self.db.read("read the audit log", |tx| audit::verify(tx))
    }
}

fn apply(transaction: &Transaction<'_>, change: &Change) -> rusqlite::Result<usize> {
    let run = |sql: &str, params: &[&dyn rusqlite::ToSql]| {
        transaction.prepare_cached(sql)?.execute(params)
    };
    match change {
        Change::PutMember(row) => run(
            "INSERT INTO members (id, email, name, password, is_owner, locale, created)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
             ON CONFLICT (id) DO UPDATE SET email = ?2, name = ?3, password = ?4, is_owner = ?5,
                 locale = ?6",
            params![
                row.id.0,
                row.email,
                row.name,
                row.password,
                row.is_owner,
                row.locale,
                row.created.0
            ],
        ),
        Change::RemoveMember(id) => run("DELETE FROM members WHERE id = ?1", params![id.0]),
        Change::PutMembership(row) => run(
            "INSERT INTO memberships (member, workspace, role) VALUES (?1, ?2, ?3)
             ON CONFLICT (member, workspace) DO UPDATE SET role = ?3",
            params![row.member.0, row.workspace.as_str(), row.role.name()],
        ),
        Change::RemoveMembership(member, workspace) => run(
            "DELETE FROM memberships WHERE member = ?1 AND workspace = ?2",
            params![member.0, workspace.as_str()],
        ),
        Change::PutSession(row) => run(
            "INSERT INTO sessions (hash, member, created, seen) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (hash) DO UPDATE SET seen = ?4",
            params![row.hash, row.member.0, row.created.0, row.seen.0],
        ),
        Change::RemoveSession(hash) => run("DELETE FROM sessions WHERE hash = ?1", params![hash]),
        Change::PutLink(row) => run(
            "INSERT INTO links (hash, purpose, member, expires) VALUES (?1, ?2, ?3, ?4)",
            params![
                row.hash,
                row.purpose.name(),
                row.member.map(|it| it.0),
                row.expires.0
            ],
        ),
        Change::RemoveLink(hash) => run("DELETE FROM links WHERE hash = ?1", params![hash]),
        Change::PutWorkspace(row) => run(
            "INSERT INTO workspaces (id, name, zone, is_demo, created) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (id) DO UPDATE SET name = ?2, zone = ?3, is_demo = ?4",
            params![
                row.id.as_str(),
                row.name,
                row.zone.name(),
                row.is_demo,
                row.created.0
            ],
        ),
        Change::RemoveWorkspace(id) => {
            run("DELETE FROM workspaces WHERE id = ?1", params![id.as_str()])
        }
        Change::PutKey(row) => run(
            "INSERT INTO write_keys (id, workspace, name, prefix, hash, created, last_used)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                row.id.0,
                row.workspace.as_str(),
                row.name,
                row.prefix,
                row.hash,
                row.created.0,
                row.last_used.map(|it| it.0)
            ],
        ),
        Change::RemoveKey(id) => run("DELETE FROM write_keys WHERE id = ?1", params![id.0]),
        Change::UseKey(id, at) => run(
            "UPDATE write_keys SET last_used = ?2 WHERE id = ?1",
            params![id.0, at.0],
        ),
        Change::PutShare(row) => run(
            "INSERT INTO shares
             (id, hash, workspace, kind, document, note, author, created, expires)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![
                row.id,
                row.hash,
                row.workspace.as_str(),
                row.kind.name(),
                row.document,
                row.note,
                row.author,
                row.created.0,
                row.expires.map(|it| it.0)
            ],
        ),
        Change::RemoveShare(id) => run("DELETE FROM shares WHERE id = ?1", params![id]),
        Change::PutHook(row) => run(
            "INSERT INTO hooks (id, workspace, name, key, settings, created)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (id) DO UPDATE SET name = ?3, settings = ?5",
            params![
                row.id.0,
                row.workspace.as_str(),
                row.name,
                row.key,
                row.settings,
                row.created.0
            ],
        ),
        Change::RemoveHook(id) => run("DELETE FROM hooks WHERE id = ?1", params![id.0]),
        Change::NextId(next) => run(
            "UPDATE counters SET next = max(next, ?1) WHERE name = 'id'",
            params![next],
        ),
    }
}

#[cfg(test)]
mod tests;
