//! Who did what, as a chain of hashes: a record that was changed or removed later breaks it.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use sha2::{Digest, Sha256};
use throughline_model::{Timestamp, WorkspaceId};

use super::SecretHash;

/// What someone did.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditEntry {
    pub at: Timestamp,
    /// A member's email, or what acted instead, like `command line`.
    pub actor: String,
    pub address: Option<String>,
    /// Stable and short, like `member.invited`.
    pub action: String,
    pub workspace: Option<WorkspaceId>,
    /// On what, like a member's email or a key's prefix.
    pub subject: Option<String>,
    /// What was before and what is after, as JSON.
    pub details: serde_json::Value,
}

/// An entry with its place in the log.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditRecord {
    pub position: i64,
    pub entry: AuditEntry,
}

/// Which records to list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AuditFilter {
    /// Only those before this position.
    pub before: Option<i64>,
    /// Only those of these workspaces; none means all, those of no workspace included.
    pub workspaces: Option<Vec<WorkspaceId>>,
    pub count_max: usize,
}

/// Where the chain of hashes does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditBreak {
    pub position: i64,
}

pub(super) fn append(transaction: &Transaction<'_>, entry: &AuditEntry) -> rusqlite::Result<()> {
    let last: Option<(i64, SecretHash)> = transaction
        .query_row(
            "SELECT position, hash FROM audit ORDER BY position DESC LIMIT 1",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    let (position, previous) = last.map_or((1, [0; 32]), |(position, hash)| (position + 1, hash));
    let details = entry.details.to_string();
    let hash = link(&previous, position, entry, &details);
    transaction.execute(
        "INSERT INTO audit (position, at, actor, address, action, workspace, subject, details, hash)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![
            position,
            entry.at.0,
            entry.actor,
            entry.address,
            entry.action,
            entry.workspace.as_ref().map(WorkspaceId::as_str),
            entry.subject,
            details,
            hash
        ],
    )?;
    Ok(())
}

pub(super) fn list(
    connection: &Connection,
    filter: &AuditFilter,
) -> rusqlite::Result<Vec<AuditRecord>> {
    let mut statement = connection.prepare(
        "SELECT position, at, actor, address, action, workspace, subject, details, hash FROM audit
         WHERE position < ?1 ORDER BY position DESC",
    )?;
    let mut rows = statement.query(params![filter.before.unwrap_or(i64::MAX)])?;
    let mut records = Vec::new();
    while records.len() < filter.count_max
        && let Some(row) = rows.next()?
    {
        let (record, _, _) = read(row)?;
        let passes = filter.workspaces.as_ref().is_none_or(|allowed| {
            let its = record.entry.workspace.as_ref();
            its.is_some_and(|its| allowed.contains(its))
        });
        if passes {
            records.push(record);
        }
    }
    Ok(records)
}

pub(super) fn verify(connection: &Connection) -> rusqlite::Result<Option<AuditBreak>> {
    let mut statement = connection.prepare(
        "SELECT position, at, actor, address, action, workspace, subject, details, hash FROM audit
         ORDER BY position",
    )?;
    let mut rows = statement.query([])?;
    let mut previous = [0; 32];
    let mut expected = 1;
    while let Some(row) = rows.next()? {
        let (record, details, hash) = read(row)?;
        let follows = link(&previous, record.position, &record.entry, &details) == hash;
        if record.position != expected || !follows {
            return Ok(Some(AuditBreak {
                position: record.position,
            }));
        }
        previous = hash;
        expected += 1;
    }
    Ok(None)
}

fn read(row: &Row<'_>) -> rusqlite::Result<(AuditRecord, String, SecretHash)> {
    let workspace: Option<String> = row.get(5)?;
    let details: String = row.get(7)?;
    let entry = AuditEntry {
        at: Timestamp(row.get(1)?),
        actor: row.get(2)?,
        address: row.get(3)?,
        action: row.get(4)?,
        workspace: workspace.as_deref().and_then(WorkspaceId::parse),
        subject: row.get(6)?,
        // A text that someone damaged is shown as it is; the chain tells that it was.
        details: serde_json::from_str(&details)
            .unwrap_or_else(|_| serde_json::Value::String(details.clone())),
    };
    let record = AuditRecord {
        position: row.get(0)?,
        entry,
    };
    Ok((record, details, row.get(8)?))
}

/// The hash of a record: over the one before it and every field, each with its length.
fn link(previous: &SecretHash, position: i64, entry: &AuditEntry, details: &str) -> SecretHash {
    let mut hash = Sha256::new();
    hash.update(previous);
    hash.update(position.to_le_bytes());
    hash.update(entry.at.0.to_le_bytes());
    let workspace = entry.workspace.as_ref().map(WorkspaceId::as_str);
    for text in [
        Some(entry.actor.as_str()),
        entry.address.as_deref(),
        Some(entry.action.as_str()),
        workspace,
        entry.subject.as_deref(),
        Some(details),
    ] {
        let length = text.map_or(u64::MAX, |text| text.len() as u64);
        hash.update(length.to_le_bytes());
        hash.update(text.unwrap_or_default());
    }
    hash.finalize().into()
}
