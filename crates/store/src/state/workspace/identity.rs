//! Who is whom: identifiers by actor, and the link log.

use rusqlite::{Transaction, params};
use throughline_model::{ActorId, Identifier, IdentifierKind, Seq, SourceId, Timestamp};

use super::{SignInRow, StateBatch, StateError, WorkspaceState, each, sign_ins};

/// One line of the link log, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoredLink {
    Link {
        left: ActorId,
        right: ActorId,
        reason: u8,
        time: Timestamp,
        source: SourceId,
        seq: Seq,
    },
    /// Earlier links of the source no longer count.
    Retract(SourceId),
    /// What a member has decided, as JSON.
    Decision(Box<str>),
}

/// What sort of line one is, in the column that once told retractions only.
mod line {
    pub const LINK: u8 = 0;
    pub const RETRACTION: u8 = 1;
    pub const DECISION: u8 = 2;
}

impl WorkspaceState {
    /// The identifiers of actors, in the order asked; unknown actors are left out.
    pub fn identifiers(
        &self,
        actors: &[ActorId],
    ) -> Result<Vec<(ActorId, Identifier)>, StateError> {
        self.db.read("read identifiers", |tx| {
            let mut select =
                tx.prepare_cached("SELECT kind, value FROM identifiers WHERE actor = ?1")?;
            let mut found = Vec::with_capacity(actors.len());
            for actor in actors {
                let mut rows = select.query([actor.0])?;
                if let Some(row) = rows.next()? {
                    found.push((*actor, read_identifier(row)?));
                }
            }
            Ok(found)
        })
    }

    /// How many identifiers of a kind there are.
    pub fn identifiers_count(&self, kind: IdentifierKind) -> Result<u64, StateError> {
        self.db.read("count identifiers", |tx| {
            let count: i64 = tx
                .prepare_cached("SELECT count(*) FROM identifiers WHERE kind = ?1")?
                .query_row([kind as u8], |row| row.get(0))?;
            Ok(count.cast_unsigned())
        })
    }

    /// Every identifier of a kind, actor by actor.
    pub fn each_identifier(
        &self,
        kind: IdentifierKind,
        mut see: impl FnMut(ActorId, Identifier),
    ) -> Result<(), StateError> {
        self.db.read("read identifiers of a kind", |tx| {
            let mut select = tx.prepare_cached(
                "SELECT kind, value, actor FROM identifiers WHERE kind = ?1 ORDER BY actor",
            )?;
            let mut rows = select.query([kind as u8])?;
            while let Some(row) = rows.next()? {
                see(ActorId(row.get(2)?), read_identifier(row)?);
            }
            Ok(())
        })
    }

    /// The lines of the link log that name an actor, oldest first, with their positions.
    pub fn links_of(&self, actor: ActorId) -> Result<Vec<(u64, StoredLink)>, StateError> {
        self.db.read("read links", |tx| {
            let mut select = tx.prepare_cached(
                "SELECT position, is_retraction, left_actor, right_actor, reason, time, source, seq,
                        decision
                 FROM links WHERE (left_actor = ?1 OR right_actor = ?1) AND is_retraction = 0
                 ORDER BY position",
            )?;
            let rows = select.query_map([actor.0], |row| {
                let position: i64 = row.get(0)?;
                Ok((position.cast_unsigned(), read_link(row, 1)?))
            })?;
            rows.collect()
        })
    }

    /// Every identifier by actor, and the lines of the link log below a position.
    pub fn links_below(
        &self,
        position: u64,
    ) -> Result<(Vec<Identifier>, Vec<StoredLink>), StateError> {
        self.db.read("read the link log", |tx| {
            Ok((identifiers(tx)?, links(tx, position.cast_signed())?))
        })
    }

    /// Shows every pair of actors that was seen together with the event that said so, oldest first.
    pub fn each_pair(&self, mut see: impl FnMut(ActorId, ActorId, Seq)) -> Result<(), StateError> {
        self.db.read("read the link log", |tx| {
            let mut select = tx.prepare_cached(
                "SELECT left_actor, right_actor, seq FROM links WHERE is_retraction = ?1
                 ORDER BY position",
            )?;
            let mut rows = select.query([line::LINK])?;
            while let Some(row) = rows.next()? {
                let seq: i64 = row.get(2)?;
                see(
                    ActorId(row.get(0)?),
                    ActorId(row.get(1)?),
                    Seq(seq.cast_unsigned()),
                );
            }
            Ok(())
        })
    }

    /// Every sign-in that is kept.
    pub fn sign_ins(&self) -> Result<Vec<SignInRow>, StateError> {
        self.db.read("read sign-ins", sign_ins::restore)
    }

    /// Decisions of members with their positions in the link log, oldest first.
    pub fn decisions(&self) -> Result<Vec<(u64, Box<str>)>, StateError> {
        self.db.read("read decisions about identity", |tx| {
            let mut select = tx.prepare_cached(
                "SELECT position, decision FROM links WHERE is_retraction = ?1 ORDER BY position",
            )?;
            let rows = select.query_map([line::DECISION], |row| {
                let (position, json): (i64, String) = (row.get(0)?, row.get(1)?);
                Ok((position.cast_unsigned(), json.into()))
            })?;
            rows.collect()
        })
    }

    /// Actors with an identifier or a text trait that begins with `text`, ignoring ASCII case.
    pub fn search(&self, text: &str, limit: usize) -> Result<Vec<ActorId>, StateError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let end = format!("{text}\u{10FFFF}");
        self.db.read("search profiles", |tx| {
            let mut found = Vec::new();
            for statement in [
                "SELECT actor FROM identifiers
                 WHERE value COLLATE NOCASE >= ?1 AND value COLLATE NOCASE < ?2
                 ORDER BY value COLLATE NOCASE LIMIT ?3",
                "SELECT actor FROM traits WHERE text IS NOT NULL
                 AND text COLLATE NOCASE >= ?1 AND text COLLATE NOCASE < ?2
                 ORDER BY text COLLATE NOCASE LIMIT ?3",
            ] {
                let mut select = tx.prepare_cached(statement)?;
                let rows = select.query_map(params![text, end, limit], |row| row.get(0))?;
                for actor in rows {
                    found.push(ActorId(actor?));
                }
            }
            let mut seen = std::collections::BTreeSet::new();
            found.retain(|actor| seen.insert(*actor));
            found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
            Ok(found)
        })
    }
}

/// Every identifier by actor.
pub(super) fn identifiers(tx: &Transaction<'_>) -> rusqlite::Result<Vec<Identifier>> {
    let mut identifiers = Vec::new();
    let all = "SELECT kind, value FROM identifiers ORDER BY actor";
    each(tx, all, |row| {
        identifiers.push(read_identifier(row)?);
        Ok(())
    })?;
    Ok(identifiers)
}

/// The lines of the link log below a position.
pub(super) fn links(tx: &Transaction<'_>, below: i64) -> rusqlite::Result<Vec<StoredLink>> {
    let mut select = tx.prepare_cached(
        "SELECT is_retraction, left_actor, right_actor, reason, time, source, seq, decision
         FROM links WHERE position < ?1 ORDER BY position",
    )?;
    let rows = select.query_map([below], |row| read_link(row, 0))?;
    rows.collect()
}

/// Stores the identifiers and links of a batch.
pub(super) fn store(tx: &Transaction<'_>, batch: &StateBatch) -> rusqlite::Result<()> {
    let mut insert = tx.prepare_cached(
        "INSERT OR IGNORE INTO identifiers (actor, kind, value) VALUES (?1, ?2, ?3)",
    )?;
    for (actor, identifier) in &batch.identifiers {
        insert.execute(params![actor.0, identifier.kind as u8, &*identifier.value])?;
    }
    let mut update = tx.prepare_cached("UPDATE identifiers SET value = ?2 WHERE actor = ?1")?;
    for (actor, identifier) in &batch.plain {
        update.execute(params![actor.0, &*identifier.value])?;
    }
    let mut insert = tx.prepare_cached(
        "INSERT OR IGNORE INTO links
         (position, is_retraction, left_actor, right_actor, reason, time, source, seq, decision)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    for (position, link) in &batch.links {
        let position = position.cast_signed();
        match link {
            StoredLink::Link {
                left,
                right,
                reason,
                time,
                source,
                seq,
            } => {
                insert.execute(params![
                    position,
                    line::LINK,
                    left.0,
                    right.0,
                    reason,
                    time.0,
                    source.0,
                    seq.0.cast_signed(),
                    None::<&str>
                ])?;
            }
            StoredLink::Retract(source) => {
                let kind = line::RETRACTION;
                let none = None::<&str>;
                insert.execute(params![position, kind, 0, 0, 0, 0, source.0, 0, none])?;
            }
            StoredLink::Decision(json) => {
                let kind = line::DECISION;
                insert.execute(params![position, kind, 0, 0, 0, 0, 0, 0, &**json])?;
            }
        }
    }
    Ok(())
}

/// Reads kind and value.
fn read_identifier(row: &rusqlite::Row<'_>) -> rusqlite::Result<Identifier> {
    let (code, value): (u8, String) = (row.get(0)?, row.get(1)?);
    Ok(Identifier {
        // A kind that this program does not know can only be looked at, never joined.
        kind: IdentifierKind::from_code(code).unwrap_or(IdentifierKind::Custom),
        value: value.into(),
    })
}

/// Reads a link whose columns begin at `first`.
fn read_link(row: &rusqlite::Row<'_>, first: usize) -> rusqlite::Result<StoredLink> {
    let source = SourceId(row.get(first + 5)?);
    match row.get(first)? {
        line::RETRACTION => return Ok(StoredLink::Retract(source)),
        line::DECISION => {
            let json: String = row.get(first + 7)?;
            return Ok(StoredLink::Decision(json.into()));
        }
        _ => {}
    }
    let seq: i64 = row.get(first + 6)?;
    Ok(StoredLink::Link {
        left: ActorId(row.get(first + 1)?),
        right: ActorId(row.get(first + 2)?),
        reason: row.get(first + 3)?,
        time: Timestamp(row.get(first + 4)?),
        source,
        seq: Seq(seq.cast_unsigned()),
    })
}
