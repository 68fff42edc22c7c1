//! Rows of the installation's tables, and how they are read.

use rusqlite::{Connection, Row, Transaction, types::Type};
use throughline_model::{MemberId, Role, SourceId, Timestamp, WorkspaceId, Zone};

/// SHA-256 of a secret of at least 128 bits; the secret itself is never stored.
pub type SecretHash = [u8; 32];

/// Someone who works in the product.
#[derive(Clone, Debug, PartialEq)]
pub struct MemberRow {
    pub id: MemberId,
    /// In lower case.
    pub email: String,
    pub name: String,
    /// As the hashing function writes it; none until the member has joined.
    pub password: Option<String>,
    pub is_owner: bool,
    pub locale: Option<String>,
    pub created: Timestamp,
}

/// What a member may do in one workspace.
#[derive(Clone, Debug, PartialEq)]
pub struct MembershipRow {
    pub member: MemberId,
    pub workspace: WorkspaceId,
    pub role: Role,
}

/// A member who is signed in on one browser.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionRow {
    pub hash: SecretHash,
    pub member: MemberId,
    pub created: Timestamp,
    pub seen: Timestamp,
}

/// A link that works once.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkRow {
    pub hash: SecretHash,
    pub purpose: LinkPurpose,
    /// Whom it is for; none when it makes the owner.
    pub member: Option<MemberId>,
    pub expires: Timestamp,
}

/// What a one-time link does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkPurpose {
    /// Makes the owner at first start.
    Setup,
    /// Lets an invited member choose a password.
    Join,
    /// Opens a session without typing, for the demo on the same machine.
    Open,
}

/// A place with events, maps and members of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct WorkspaceRow {
    pub id: WorkspaceId,
    pub name: String,
    pub zone: Zone,
    pub is_demo: bool,
    pub created: Timestamp,
}

/// A key that may only send events. Its id is the source of what it sends.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyRow {
    pub id: SourceId,
    pub workspace: WorkspaceId,
    pub name: String,
    /// The first characters, by which people tell keys apart.
    pub prefix: String,
    pub hash: SecretHash,
    pub created: Timestamp,
    pub last_used: Option<Timestamp>,
}

/// A link by which anybody may read one document, until it is revoked.
#[derive(Clone, Debug, PartialEq)]
pub struct ShareRow {
    pub id: i64,
    pub hash: SecretHash,
    pub workspace: WorkspaceId,
    pub kind: ShareKind,
    /// The id of the document.
    pub document: String,
    /// For whom it is, in the words of its author.
    pub note: String,
    /// The email of the member who made it.
    pub author: String,
    pub created: Timestamp,
    pub expires: Option<Timestamp>,
}

/// An address to which another product sends what happens there. Its id is the source of it.
#[derive(Clone, PartialEq)]
pub struct HookRow {
    pub id: SourceId,
    pub workspace: WorkspaceId,
    pub name: String,
    /// The last part of the address, that nobody can guess. It is shown again, as whoever sets the
    /// other product up has to find it.
    pub key: String,
    /// Whose it is and how it is checked, as JSON. The secret that the other product signs with is
    /// among it, as a signature cannot be checked without.
    pub settings: String,
    pub created: Timestamp,
}

impl std::fmt::Debug for HookRow {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("HookRow")
            .field("id", &self.id)
            .field("workspace", &self.workspace)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// What a link shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShareKind {
    Report,
    Dashboard,
}

/// Everything that the tables hold, but the audit log.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InstanceRows {
    pub members: Vec<MemberRow>,
    pub memberships: Vec<MembershipRow>,
    pub sessions: Vec<SessionRow>,
    pub links: Vec<LinkRow>,
    pub workspaces: Vec<WorkspaceRow>,
    pub keys: Vec<KeyRow>,
    pub shares: Vec<ShareRow>,
    pub hooks: Vec<HookRow>,
    /// Larger than every number that was ever given to a member, a source or a share.
    pub next_id: i64,
}

impl ShareKind {
    const ALL: [Self; 2] = [Self::Report, Self::Dashboard];

    /// The name on disk.
    pub fn name(self) -> &'static str {
        match self {
            Self::Report => "report",
            Self::Dashboard => "dashboard",
        }
    }
}

impl LinkPurpose {
    const ALL: [Self; 3] = [Self::Setup, Self::Join, Self::Open];

    /// The name on disk.
    pub fn name(self) -> &'static str {
        match self {
            Self::Setup => "setup",
            Self::Join => "join",
            Self::Open => "open",
        }
    }
}

pub(super) fn load(connection: &Transaction<'_>) -> rusqlite::Result<InstanceRows> {
    Ok(InstanceRows {
        members: list(
            connection,
            "SELECT id, email, name, password, is_owner, locale, created FROM members ORDER BY id",
            |row| {
                Ok(MemberRow {
                    id: MemberId(row.get(0)?),
                    email: row.get(1)?,
                    name: row.get(2)?,
                    password: row.get(3)?,
                    is_owner: row.get(4)?,
                    locale: row.get(5)?,
                    created: Timestamp(row.get(6)?),
                })
            },
        )?,
        memberships: list(
            connection,
            "SELECT member, workspace, role FROM memberships ORDER BY member, workspace",
            |row| {
                Ok(MembershipRow {
                    member: MemberId(row.get(0)?),
                    workspace: workspace(row, 1)?,
                    role: known(row, 2, Role::parse)?,
                })
            },
        )?,
        sessions: list(
            connection,
            "SELECT hash, member, created, seen FROM sessions",
            |row| {
                Ok(SessionRow {
                    hash: row.get(0)?,
                    member: MemberId(row.get(1)?),
                    created: Timestamp(row.get(2)?),
                    seen: Timestamp(row.get(3)?),
                })
            },
        )?,
        links: list(
            connection,
            "SELECT hash, purpose, member, expires FROM links",
            |row| {
                Ok(LinkRow {
                    hash: row.get(0)?,
                    purpose: known(row, 1, |it| {
                        LinkPurpose::ALL.into_iter().find(|each| each.name() == it)
                    })?,
                    member: row.get::<_, Option<i64>>(2)?.map(MemberId),
                    expires: Timestamp(row.get(3)?),
                })
            },
        )?,
        workspaces: list(
            connection,
            "SELECT id, name, zone, is_demo, created FROM workspaces ORDER BY created, id",
            |row| {
                Ok(WorkspaceRow {
                    id: workspace(row, 0)?,
                    name: row.get(1)?,
                    zone: known(row, 2, Zone::parse)?,
                    is_demo: row.get(3)?,
                    created: Timestamp(row.get(4)?),
                })
            },
        )?,
        keys: list(
            connection,
            "SELECT id, workspace, name, prefix, hash, created, last_used FROM write_keys ORDER BY id",
            |row| {
                Ok(KeyRow {
                    id: SourceId(row.get(0)?),
                    workspace: workspace(row, 1)?,
                    name: row.get(2)?,
                    prefix: row.get(3)?,
                    hash: row.get(4)?,
                    created: Timestamp(row.get(5)?),
                    last_used: row.get::<_, Option<i64>>(6)?.map(Timestamp),
                })
            },
        )?,
        shares: list(
            connection,
            "SELECT id, hash, workspace, kind, document, note, author, created, expires
             FROM shares ORDER BY id",
            |row| {
                Ok(ShareRow {
                    id: row.get(0)?,
                    hash: row.get(1)?,
                    workspace: workspace(row, 2)?,
                    kind: known(row, 3, |it| {
                        ShareKind::ALL.into_iter().find(|each| each.name() == it)
                    })?,
                    document: row.get(4)?,
                    note: row.get(5)?,
                    author: row.get(6)?,
                    created: Timestamp(row.get(7)?),
                    expires: row.get::<_, Option<i64>>(8)?.map(Timestamp),
                })
            },
        )?,
        hooks: list(
            connection,
            "SELECT id, workspace, name, key, settings, created FROM hooks ORDER BY id",
            |row| {
                Ok(HookRow {
                    id: SourceId(row.get(0)?),
                    workspace: workspace(row, 1)?,
                    name: row.get(2)?,
                    key: row.get(3)?,
                    settings: row.get(4)?,
                    created: Timestamp(row.get(5)?),
                })
            },
        )?,
        next_id: connection.query_row(
            "SELECT next FROM counters WHERE name = 'id'",
            [],
            |row| row.get(0),
        )?,
    })
}

fn list<T>(
    connection: &Connection,
    sql: &str,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> rusqlite::Result<Vec<T>> {
    connection.prepare(sql)?.query_map([], read)?.collect()
}

fn workspace(row: &Row<'_>, column: usize) -> rusqlite::Result<WorkspaceId> {
    known(row, column, WorkspaceId::parse)
}

/// Reads a name that must be one of those that this build knows.
fn known<T>(
    row: &Row<'_>,
    column: usize,
    parse: impl Fn(&str) -> Option<T>,
) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    parse(&text).ok_or_else(|| {
        let message = format!("`{text}` is not known to this build");
        rusqlite::Error::FromSqlConversionFailure(column, Type::Text, message.into())
    })
}
