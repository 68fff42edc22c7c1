//! What members decided about names and about the tracking plan, each at its place in the log.
//!
//! All of them are kept: a record that is applied again must meet the decisions that it met before.

use std::collections::BTreeMap;

use rusqlite::{Transaction, params};
use serde::{Serialize, de::DeserializeOwned};
use throughline_model::{Timestamp, naming::NamesDecided, plan::PlanDecided};

use super::{StateError, WorkspaceState};

/// A decision that holds for the records after it.
pub(super) trait Decided: Serialize + DeserializeOwned {
    /// What it is called among the documents.
    const KIND: &str;

    fn version(&self) -> u64;
    fn at(&self) -> Timestamp;
}

impl Decided for NamesDecided {
    const KIND: &str = "names_decided";

    fn version(&self) -> u64 {
        self.version
    }

    fn at(&self) -> Timestamp {
        self.at
    }
}

impl Decided for PlanDecided {
    const KIND: &str = "plan_decided";

    fn version(&self) -> u64 {
        self.version
    }

    fn at(&self) -> Timestamp {
        self.at
    }
}

impl WorkspaceState {
    /// What members decided about names, by the position of the record.
    pub fn namings(&self) -> Result<BTreeMap<u64, NamesDecided>, StateError> {
        self.db.read("read rules on names", restore)
    }

    /// Tracking plans that members decided on, by the position of the record.
    pub fn plans(&self) -> Result<BTreeMap<u64, PlanDecided>, StateError> {
        self.db.read("read tracking plans", restore)
    }
}

pub(super) fn store<T: Decided>(
    tx: &Transaction<'_>,
    decided: &[(u64, T)],
) -> rusqlite::Result<()> {
    let mut insert = tx.prepare_cached(
        "INSERT OR IGNORE INTO documents (kind, id, version, title, updated, json)
         VALUES (?1, ?2, ?3, '', ?4, ?5)",
    )?;
    for (position, it) in decided {
        let json = serde_json::to_string(it).expect("decisions have text keys");
        insert.execute(params![
            T::KIND,
            position.to_string(),
            it.version().cast_signed(),
            it.at().0,
            json
        ])?;
    }
    Ok(())
}

pub(super) fn restore<T: Decided>(tx: &Transaction<'_>) -> rusqlite::Result<BTreeMap<u64, T>> {
    let mut select = tx.prepare("SELECT id, json FROM documents WHERE kind = ?1")?;
    let rows = select.query_map([T::KIND], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
    })?;
    let mut decided = BTreeMap::new();
    for row in rows {
        let (position, json) = row?;
        if let (Ok(position), Ok(it)) = (position.parse(), serde_json::from_str(&json)) {
            decided.insert(position, it);
        }
    }
    Ok(decided)
}
