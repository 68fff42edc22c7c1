//! The tables of one workspace: who is whom, what is known of them, and what people have drawn.
//!
//! Everything that follows from the raw log is written by one applier, a batch at a time, together
//! with the position up to which the log has been applied. Writing a batch again changes nothing,
//! so a restart may apply records twice.

mod accounts;
mod consents;
mod costs;
mod counts;
mod decided;
mod documents;
mod erase;
mod imports;
mod memberships;
mod quarantine;
mod sign_ins;
mod traits;
mod violations;

use std::{collections::BTreeMap, path::Path, sync::atomic::AtomicU64};

use rusqlite::{Transaction, params};
use throughline_model::{
    ActorId, EventCode, EventName, Identifier, IdentifierKind, Seq, SourceId, Timestamp,
    naming::NamesDecided, plan::PlanDecided,
};

use super::db::{Db, Schema, StateError};
use crate::EventNames;

pub use accounts::{AccountTrait, AccountsTold};
pub use consents::ConsentRow;
pub use costs::{CostError, CostImport, CostLine, CostWhere, CostsPlanned, NewCosts};
pub use counts::SourceCounts;
pub use documents::{Document, DocumentError, DocumentHead, DocumentKind};
pub use erase::is_gone;
pub use imports::StoredImport;
pub use memberships::{KeptProfiles, LoggedMove, MoveCause, SegmentMove, SegmentQuarter};
pub use quarantine::{QuarantineFilter, QuarantinePage, QuarantinedEvent, ReasonCount};
pub use sign_ins::SignInRow;
pub use traits::{TraitRow, TraitRules, winning_traits};
pub use violations::{CountedViolation, Violations};

const SCHEMA: Schema = Schema {
    application_id: 0x5468_7753,
    migrations: &["
        CREATE TABLE progress (id INTEGER PRIMARY KEY CHECK (id = 0), applied INTEGER NOT NULL) STRICT;
        INSERT INTO progress VALUES (0, 0);
        CREATE TABLE event_names (code INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
        CREATE TABLE identifiers (
            actor INTEGER PRIMARY KEY, kind INTEGER NOT NULL, value TEXT NOT NULL
        ) STRICT;
        CREATE INDEX identifiers_by_value ON identifiers (value COLLATE NOCASE);
        CREATE TABLE links (
            position INTEGER PRIMARY KEY,
            is_retraction INTEGER NOT NULL,
            left_actor INTEGER NOT NULL,
            right_actor INTEGER NOT NULL,
            reason INTEGER NOT NULL,
            time INTEGER NOT NULL,
            source INTEGER NOT NULL,
            seq INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX links_by_left ON links (left_actor);
        CREATE INDEX links_by_right ON links (right_actor);
        CREATE TABLE traits (
            actor INTEGER NOT NULL,
            name TEXT NOT NULL,
            source INTEGER NOT NULL,
            value TEXT,
            text TEXT,
            time INTEGER NOT NULL,
            PRIMARY KEY (actor, name, source)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX traits_by_text ON traits (text COLLATE NOCASE) WHERE text IS NOT NULL;
        CREATE INDEX traits_by_source ON traits (source);
        CREATE TABLE quarantine (
            seq INTEGER PRIMARY KEY,
            received INTEGER NOT NULL,
            reason TEXT NOT NULL,
            message TEXT NOT NULL,
            raw TEXT NOT NULL,
            source INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX quarantine_by_reason ON quarantine (reason, seq);
        CREATE INDEX quarantine_by_source ON quarantine (source);
        CREATE TABLE quarantine_counts (
            reason TEXT PRIMARY KEY, dropped INTEGER NOT NULL, dropped_upto INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE source_counts (
            source INTEGER PRIMARY KEY,
            stored INTEGER NOT NULL,
            duplicate INTEGER NOT NULL,
            quarantined INTEGER NOT NULL,
            faulty INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE imports (source INTEGER PRIMARY KEY, json TEXT NOT NULL) STRICT;
        CREATE TABLE documents (
            kind TEXT NOT NULL,
            id TEXT NOT NULL,
            version INTEGER NOT NULL,
            title TEXT NOT NULL,
            updated INTEGER NOT NULL,
            json TEXT NOT NULL,
            PRIMARY KEY (kind, id)
        ) STRICT, WITHOUT ROWID;
    ", "
        CREATE TABLE segment_bases (
            segment TEXT PRIMARY KEY, definition TEXT NOT NULL, logged INTEGER NOT NULL, members BLOB NOT NULL
        ) STRICT;
        CREATE TABLE segment_moves (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            segment TEXT NOT NULL,
            profile INTEGER NOT NULL,
            has_entered INTEGER NOT NULL,
            at INTEGER NOT NULL,
            cause INTEGER NOT NULL,
            seq INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX segment_moves_by_segment ON segment_moves (segment, id);
        CREATE INDEX segment_moves_by_profile ON segment_moves (profile, id);
        CREATE TABLE segment_quarters (
            segment TEXT NOT NULL,
            start INTEGER NOT NULL,
            entered INTEGER NOT NULL,
            gone INTEGER NOT NULL,
            size INTEGER NOT NULL,
            PRIMARY KEY (segment, start)
        ) STRICT, WITHOUT ROWID;
    ", "
        CREATE TABLE cost_imports (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL,
            member TEXT NOT NULL,
            at INTEGER NOT NULL,
            currency TEXT NOT NULL,
            records INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE costs (
            day TEXT NOT NULL,
            channel INTEGER NOT NULL,
            source TEXT NOT NULL,
            campaign TEXT NOT NULL,
            import INTEGER NOT NULL,
            medium TEXT NOT NULL,
            content TEXT NOT NULL,
            micros INTEGER NOT NULL,
            impressions INTEGER NOT NULL,
            clicks INTEGER NOT NULL,
            PRIMARY KEY (day, channel, source, campaign, import, medium, content)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX costs_by_import ON costs (import);
    ", "
        ALTER TABLE links ADD COLUMN decision TEXT;
        ALTER TABLE progress ADD COLUMN typed_from INTEGER NOT NULL DEFAULT 0;
        UPDATE progress SET typed_from = applied;
        ALTER TABLE traits ADD COLUMN first_value TEXT;
        ALTER TABLE traits ADD COLUMN first_time INTEGER;
        UPDATE traits SET first_value = value, first_time = abs(time) WHERE value IS NOT NULL;
    ", "
        CREATE TABLE consents (
            actor INTEGER NOT NULL,
            key TEXT NOT NULL,
            channel INTEGER NOT NULL,
            source INTEGER NOT NULL,
            is_granted INTEGER NOT NULL,
            text TEXT NOT NULL,
            proof TEXT NOT NULL,
            span INTEGER NOT NULL,
            is_decision INTEGER NOT NULL,
            first INTEGER NOT NULL,
            time INTEGER NOT NULL,
            seq INTEGER NOT NULL,
            message BLOB NOT NULL,
            event TEXT NOT NULL,
            PRIMARY KEY (actor, key, channel, source, is_granted, text, proof, span, is_decision)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX consents_by_source ON consents (source);
        ALTER TABLE progress ADD COLUMN consents_from INTEGER NOT NULL DEFAULT 0;
        UPDATE progress SET consents_from = applied;
    ", "
        ALTER TABLE quarantine ADD COLUMN id BLOB;
        CREATE TABLE violations (
            breach TEXT NOT NULL,
            event TEXT NOT NULL,
            property TEXT NOT NULL,
            count INTEGER NOT NULL,
            first INTEGER NOT NULL,
            last INTEGER NOT NULL,
            PRIMARY KEY (breach, event, property)
        ) STRICT, WITHOUT ROWID;
    ", "
        CREATE TABLE account_types (
            type TEXT NOT NULL,
            source INTEGER NOT NULL,
            is_property INTEGER NOT NULL,
            PRIMARY KEY (type, source)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE account_traits (
            type TEXT NOT NULL,
            id TEXT NOT NULL,
            name TEXT NOT NULL,
            source INTEGER NOT NULL,
            value TEXT,
            time INTEGER NOT NULL,
            PRIMARY KEY (type, id, name, source)
        ) STRICT, WITHOUT ROWID;
    ", "
        CREATE TABLE sign_ins (
            device INTEGER NOT NULL,
            slot INTEGER NOT NULL,
            user INTEGER NOT NULL,
            source INTEGER NOT NULL,
            time INTEGER NOT NULL,
            PRIMARY KEY (device, slot, user, source)
        ) STRICT, WITHOUT ROWID;
    "],
};

/// The state tables of one workspace.
pub struct WorkspaceState {
    db: Db,
    columns: traits::Columns,
    costs_version: AtomicU64,
}

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

/// What a batch of the raw log adds to the tables.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StateBatch {
    /// Records of the raw log below this position are applied once the batch is stored.
    pub applied: u64,
    pub names: Vec<(EventCode, EventName)>,
    /// What members decided about names, by the position of the record.
    pub namings: Vec<(u64, NamesDecided)>,
    /// Tracking plans that members decided on, by the position of the record.
    pub plans: Vec<(u64, PlanDecided)>,
    pub identifiers: Vec<(ActorId, Identifier)>,
    /// Identifiers that were known by their hash only until now.
    pub plain: Vec<(ActorId, Identifier)>,
    pub links: Vec<(u64, StoredLink)>,
    pub sign_ins: Vec<SignInRow>,
    pub traits: Vec<TraitRow>,
    pub consents: Vec<ConsentRow>,
    /// Types of accounts, and what was told of accounts and of nobody.
    pub accounts: AccountsTold,
    pub quarantined: Vec<QuarantinedEvent>,
    /// Places of events that are held back no longer, each with the position of the record that says so.
    pub released: Vec<(u64, Seq)>,
    /// What broke the tracking plan, to be added to what was counted before.
    pub violations: Violations,
    /// What became of what sources sent, to be added to what was counted before.
    pub counts: BTreeMap<SourceId, SourceCounts>,
    /// Sources whose traits, consents, quarantined events and counts go, as when an import is undone.
    pub removed_sources: Vec<SourceId>,
}

/// What the applier needs to go on where it stopped.
#[derive(Clone, Debug, Default)]
pub struct Restored {
    pub applied: u64,
    /// Records below this position give user ids and anonymous ids only.
    pub typed_from: u64,
    /// Of records below this position nobody has read what they say of consent.
    pub consents_from: u64,
    pub names: EventNames,
    /// What members decided about names, by the position of the record.
    pub namings: BTreeMap<u64, NamesDecided>,
    /// Tracking plans that members decided on, by the position of the record.
    pub plans: BTreeMap<u64, PlanDecided>,
    /// By actor, from 0 without gaps.
    pub identifiers: Vec<Identifier>,
    /// By position, from 0 without gaps.
    pub links: Vec<StoredLink>,
    pub sign_ins: Vec<SignInRow>,
}

impl StateBatch {
    /// Changes in the batch, to tell when it is worth a commit.
    pub fn changes_count(&self) -> usize {
        self.names.len()
            + self.namings.len()
            + self.plans.len()
            + self.identifiers.len()
            + self.plain.len()
            + self.links.len()
            + self.sign_ins.len()
            + self.traits.len()
            + self.consents.len()
            + self.accounts.len()
            + self.quarantined.len()
            + self.released.len()
            + self.violations.len()
            + self.counts.len()
            + self.removed_sources.len()
    }
}

impl WorkspaceState {
    /// Opens the tables of a workspace, and makes them if they are missing.
    pub fn open(path: &Path) -> Result<Self, StateError> {
        Ok(Self {
            db: Db::open(path, SCHEMA)?,
            columns: traits::Columns::default(),
            costs_version: AtomicU64::new(0),
        })
    }

    /// Everything that the applier keeps in memory.
    pub fn restore(&self) -> Result<Restored, StateError> {
        let restored = self.db.read("load the state of a workspace", |tx| {
            let applied = applied(tx)?;
            let typed_from = typed_from(tx)?;
            let consents_from: i64 =
                tx.query_row("SELECT consents_from FROM progress", [], |row| row.get(0))?;
            let mut names = EventNames::default();
            each(tx, "SELECT name FROM event_names ORDER BY code", |row| {
                let name: String = row.get(0)?;
                if let Ok(name) = EventName::parse(&name) {
                    names.intern(&name);
                }
                Ok(())
            })?;
            let mut identifiers = Vec::new();
            each(
                tx,
                "SELECT kind, value FROM identifiers ORDER BY actor",
                |row| {
                    identifiers.push(read_identifier(row)?);
                    Ok(())
                },
            )?;
            let mut links = Vec::new();
            each(
                tx,
                "SELECT is_retraction, left_actor, right_actor, reason, time, source, seq, decision
                 FROM links ORDER BY position",
                |row| {
                    links.push(read_link(row, 0)?);
                    Ok(())
                },
            )?;
            Ok(Restored {
                applied,
                typed_from,
                consents_from: consents_from.cast_unsigned(),
                names,
                namings: decided::restore(tx)?,
                plans: decided::restore(tx)?,
                identifiers,
                links,
                sign_ins: sign_ins::restore(tx)?,
            })
        });
        // Whole tables were read, which nobody does again while the process runs.
        self.db.rest();
        restored
    }

    /// Stores a batch; all of it is durable on `Ok`, none of it otherwise.
    pub fn commit(&self, batch: &StateBatch) -> Result<(), StateError> {
        self.db.write("store what the log says", |tx| {
            for source in &batch.removed_sources {
                traits::remove_source(tx, *source)?;
                sign_ins::remove_source(tx, *source)?;
                consents::remove_source(tx, *source)?;
                accounts::remove_source(tx, *source)?;
                quarantine::remove_source(tx, *source)?;
                counts::remove_source(tx, *source)?;
            }
            let mut insert = tx
                .prepare_cached("INSERT OR IGNORE INTO event_names (code, name) VALUES (?1, ?2)")?;
            for (code, name) in &batch.names {
                insert.execute(params![code.0, name.as_str()])?;
            }
            let mut insert = tx.prepare_cached(
                "INSERT OR IGNORE INTO identifiers (actor, kind, value) VALUES (?1, ?2, ?3)",
            )?;
            for (actor, identifier) in &batch.identifiers {
                insert.execute(params![actor.0, identifier.kind as u8, &*identifier.value])?;
            }
            let mut update =
                tx.prepare_cached("UPDATE identifiers SET value = ?2 WHERE actor = ?1")?;
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
            decided::store(tx, &batch.namings)?;
            decided::store(tx, &batch.plans)?;
            sign_ins::store(tx, &batch.sign_ins)?;
            traits::store(tx, &batch.traits)?;
            consents::store(tx, &batch.consents)?;
            accounts::store(tx, batch)?;
            quarantine::store(tx, &batch.quarantined, &batch.released)?;
            // Adding is not repeatable, unlike all else here, so a batch counts only once.
            if applied(tx)? < batch.applied {
                counts::add(tx, &batch.counts)?;
                violations::add(tx, &batch.violations)?;
            }
            tx.prepare_cached("UPDATE progress SET applied = max(applied, ?1)")?
                .execute([batch.applied.cast_signed()])?;
            Ok(())
        })?;
        self.columns.follow(batch);
        Ok(())
    }

    /// The position up to which the raw log is in the tables.
    pub fn applied(&self) -> Result<u64, StateError> {
        self.db.read("read how far the log was applied", applied)
    }

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
            let mut identifiers = Vec::new();
            let all = "SELECT kind, value FROM identifiers ORDER BY actor";
            each(tx, all, |row| {
                identifiers.push(read_identifier(row)?);
                Ok(())
            })?;
            let mut select = tx.prepare_cached(
                "SELECT is_retraction, left_actor, right_actor, reason, time, source, seq, decision
                 FROM links WHERE position < ?1 ORDER BY position",
            )?;
            let rows = select.query_map([position.cast_signed()], |row| read_link(row, 0))?;
            Ok((identifiers, rows.collect::<rusqlite::Result<_>>()?))
        })
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

    /// Records below this position give user ids and anonymous ids only.
    pub fn typed_from(&self) -> Result<u64, StateError> {
        self.db.read("read how identifiers are taken", typed_from)
    }

    /// Brings everything into the one file, so that it can be moved.
    pub fn fold(&self) -> Result<(), StateError> {
        self.db.fold()
    }

    /// Says from where on typed identifiers are taken, in tables that hold nothing yet.
    pub fn set_typed_from(&self, position: u64) -> Result<(), StateError> {
        self.db.write("say how identifiers are taken", |tx| {
            tx.execute(
                "UPDATE progress SET typed_from = ?1, consents_from = 0 WHERE applied = 0",
                [position.cast_signed()],
            )?;
            Ok(())
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

    /// Reads every page and index; an empty list says that the tables are sound.
    pub fn faults(&self) -> Result<Vec<String>, StateError> {
        self.db.faults()
    }

    /// A line for each thing that follows from the log, in an order that does not depend on history.
    ///
    /// Two states of the same log write the same lines, so that a replay can be compared.
    pub fn describe(&self, line: &mut dyn FnMut(&str)) -> Result<(), StateError> {
        const QUESTIONS: [&str; 11] = [
            "SELECT 'name', code, name, '', '' FROM event_names ORDER BY code",
            "SELECT 'account type', type, source, is_property, '' FROM account_types ORDER BY type, source",
            "SELECT 'account', type || '/' || id, name || '/' || source, time, ifnull(value, '')
             FROM account_traits ORDER BY type, id, name, source",
            "SELECT 'identifier', actor, kind, value, '' FROM identifiers ORDER BY actor",
            "SELECT 'link', position, is_retraction || '/' || left_actor || '/' || right_actor,
                    reason || '/' || time, source || '/' || seq || ifnull(decision, '')
             FROM links ORDER BY position",
            "SELECT 'sign-in', device || '/' || slot, user, source, time
             FROM sign_ins ORDER BY device, slot, user, source",
            "SELECT 'trait', actor, name, source, ifnull(value, '') || '/' || time || '/'
                    || ifnull(first_value, '') || '/' || ifnull(first_time, '')
             FROM traits ORDER BY actor, name, source",
            "SELECT 'consent', actor, key || '/' || channel || '/' || source,
                    is_granted || '/' || span || '/' || is_decision || '/' || first || '/' || time
                    || '/' || seq, hex(message) || '/' || event || '/' || text || '/' || proof
             FROM consents
             ORDER BY actor, key, channel, source, is_granted, text, proof, span, is_decision",
            "SELECT 'quarantined', seq, reason, source, raw FROM quarantine ORDER BY seq",
            "SELECT 'violation', breach, event, property, count || '/' || first || '/' || last
             FROM violations ORDER BY breach, event, property",
            "SELECT 'count', source, stored, duplicate, quarantined || '/' || faulty
             FROM source_counts ORDER BY source",
        ];
        self.db.read("describe the state", |tx| {
            for question in QUESTIONS {
                each(tx, question, |row| {
                    let mut text = String::new();
                    for column in 0..5 {
                        let value: rusqlite::types::Value = row.get(column)?;
                        match value {
                            rusqlite::types::Value::Integer(number) => {
                                text.push_str(&number.to_string())
                            }
                            rusqlite::types::Value::Text(value) => text.push_str(&value),
                            other => text.push_str(&format!("{other:?}")),
                        }
                        text.push('\t');
                    }
                    line(&text);
                    Ok(())
                })?;
            }
            Ok(())
        })
    }
}

fn applied(tx: &Transaction<'_>) -> rusqlite::Result<u64> {
    let applied: i64 = tx.query_row("SELECT applied FROM progress", [], |row| row.get(0))?;
    Ok(applied.cast_unsigned())
}

fn typed_from(tx: &Transaction<'_>) -> rusqlite::Result<u64> {
    let position: i64 = tx.query_row("SELECT typed_from FROM progress", [], |row| row.get(0))?;
    Ok(position.cast_unsigned())
}

fn each(
    tx: &Transaction<'_>,
    question: &str,
    mut see: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    let mut select = tx.prepare_cached(question)?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        see(row)?;
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

#[cfg(test)]
mod tests;
