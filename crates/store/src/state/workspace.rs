//! The tables of one workspace: who is whom, what is known of them, and what people have drawn.
//!
//! Everything that follows from the raw log is written by one applier, a batch at a time, together
//! with the position up to which the log has been applied. Writing a batch again changes nothing,
//! so a restart may apply records twice.

mod accounts;
mod consents;
mod costs;
mod counts;
mod crm;
mod decided;
mod describe;
mod documents;
mod erase;
mod identity;
mod imports;
mod link_moments;
mod memberships;
mod operations;
mod quarantine;
mod refused;
mod research;
mod schema;
mod sent_links;
mod sign_ins;
mod traits;
mod violations;

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, RwLock, atomic::AtomicU64},
};

use rusqlite::{Transaction, params};
use throughline_model::{
    ActorId, EventCode, EventName, Identifier, Seq, SourceId, money::Money, naming::NamesDecided,
    plan::PlanDecided,
};

use self::schema::SCHEMA;
use super::db::{Db, StateError};
use crate::EventNames;

pub use accounts::{AccountTrait, AccountsTold};
pub use consents::ConsentRow;
pub use costs::{CostError, CostImport, CostLine, CostWhere, CostsPlanned, NewCosts};
pub use counts::SourceCounts;
pub use crm::CrmContactRow;
pub use documents::{Document, DocumentError, DocumentHead, DocumentKind};
pub use erase::is_gone;
pub use identity::StoredLink;
pub use imports::StoredImport;
pub use link_moments::LinkMoment;
pub use memberships::{KeptProfiles, LoggedMove, MoveCause, SegmentMove, SegmentQuarter};
pub use operations::OperationRow;
pub use quarantine::{QuarantineFilter, QuarantinePage, QuarantinedEvent, ReasonCount};
pub use refused::{RefusedCount, RefusedEvent};
pub use research::{NoteRow, QuoteRow, ResearchError, ResearchSize};
pub use sent_links::{NewSentLink, SentLinkRow};
pub use sign_ins::SignInRow;
pub use traits::{TraitRow, TraitRules, winning_traits};
pub use violations::{CountedViolation, Violations};

/// The state tables of one workspace.
pub struct WorkspaceState {
    db: Db,
    columns: traits::Columns,
    costs_version: AtomicU64,
    /// How costs are turned over.
    money: RwLock<Option<Arc<Money>>>,
    accounts_version: AtomicU64,
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
    /// When they arrived.
    pub link_moments: Vec<LinkMoment>,
    pub sign_ins: Vec<SignInRow>,
    pub traits: Vec<TraitRow>,
    pub operations: Vec<OperationRow>,
    pub consents: Vec<ConsentRow>,
    /// Types of accounts, and what was told of accounts and of nobody.
    pub accounts: AccountsTold,
    pub quarantined: Vec<QuarantinedEvent>,
    /// Events of people who were erased before.
    pub refused: Vec<RefusedEvent>,
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
            + self.operations.len()
            + self.consents.len()
            + self.accounts.len()
            + self.quarantined.len()
            + self.refused.len()
            + self.released.len()
            + self.violations.len()
            + self.counts.len()
            + self.removed_sources.len()
    }
}

impl WorkspaceState {
    /// Opens the tables of a workspace, and makes them if they are missing.
    pub fn open(path: &Path) -> Result<Self, StateError> {
        let state = Self {
            db: Db::open(path, SCHEMA)?,
            columns: traits::Columns::default(),
            costs_version: AtomicU64::new(0),
            money: RwLock::default(),
            accounts_version: AtomicU64::new(0),
        };
        state.find_operated()?;
        Ok(state)
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
            Ok(Restored {
                applied,
                typed_from,
                consents_from: consents_from.cast_unsigned(),
                names,
                namings: decided::restore(tx)?,
                plans: decided::restore(tx)?,
                identifiers: identity::identifiers(tx)?,
                links: identity::links(tx, i64::MAX)?,
                sign_ins: sign_ins::restore(tx)?,
            })
        });
        // Whole tables were read, which nobody does again while the process runs.
        self.db.rest();
        restored
    }

    /// Stores a batch; all of it is durable on `Ok`, none of it otherwise.
    pub fn commit(&self, batch: &StateBatch) -> Result<(), StateError> {
        self.columns.expect_operations(&batch.operations);
        self.db.write("store what the log says", |tx| {
            for source in &batch.removed_sources {
                traits::remove_source(tx, *source)?;
                operations::remove_source(tx, *source)?;
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
            identity::store(tx, batch)?;
            link_moments::store(tx, &batch.link_moments)?;
            decided::store(tx, &batch.namings)?;
            decided::store(tx, &batch.plans)?;
            sign_ins::store(tx, &batch.sign_ins)?;
            traits::store(tx, &batch.traits)?;
            consents::store(tx, &batch.consents)?;
            accounts::store(tx, batch)?;
            quarantine::store(tx, &batch.quarantined, &batch.released)?;
            refused::store(tx, &batch.refused)?;
            // Adding is not repeatable, unlike all else here, so a batch counts only once.
            if applied(tx)? < batch.applied {
                operations::add(tx, &batch.operations)?;
                counts::add(tx, &batch.counts)?;
                violations::add(tx, &batch.violations)?;
            }
            tx.prepare_cached("UPDATE progress SET applied = max(applied, ?1)")?
                .execute([batch.applied.cast_signed()])?;
            Ok(())
        })?;
        self.columns.follow(batch);
        self.follow_accounts(batch);
        self.follow_operations(&batch.operations);
        Ok(())
    }

    /// The position up to which the raw log is in the tables.
    pub fn applied(&self) -> Result<u64, StateError> {
        self.db.read("read how far the log was applied", applied)
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

    /// Reads every page and index; an empty list says that the tables are sound.
    pub fn faults(&self) -> Result<Vec<String>, StateError> {
        self.db.faults()
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

#[cfg(test)]
mod tests;
