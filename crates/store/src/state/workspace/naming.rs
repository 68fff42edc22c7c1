//! What members decided about names, each at its place in the log.
//!
//! All of them are kept: a record that is applied again must meet the rules that it met before.

use std::collections::BTreeMap;

use rusqlite::{Transaction, params};
use throughline_model::naming::NamesDecided;

use super::{StateError, WorkspaceState};

const KIND: &str = "names_decided";

impl WorkspaceState {
    /// What members decided about names, by the position of the record.
    pub fn namings(&self) -> Result<BTreeMap<u64, NamesDecided>, StateError> {
        self.db.read("read rules on names", restore)
    }
}

pub(super) fn store(tx: &Transaction<'_>, namings: &[(u64, NamesDecided)]) -> rusqlite::Result<()> {
    let mut insert = tx.prepare_cached(
        "INSERT OR IGNORE INTO documents (kind, id, version, title, updated, json)
         VALUES (?1, ?2, ?3, '', ?4, ?5)",
    )?;
    for (position, decided) in namings {
        let json = serde_json::to_string(decided).expect("decisions have text keys");
        let version = decided.version.cast_signed();
        insert.execute(params![
            KIND,
            position.to_string(),
            version,
            decided.at.0,
            json
        ])?;
    }
    Ok(())
}

pub(super) fn restore(tx: &Transaction<'_>) -> rusqlite::Result<BTreeMap<u64, NamesDecided>> {
    let mut select = tx.prepare("SELECT id, json FROM documents WHERE kind = ?1")?;
    let rows = select.query_map([KIND], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?))
    })?;
    let mut namings = BTreeMap::new();
    for row in rows {
        let (position, json) = row?;
        if let (Ok(position), Ok(decided)) = (position.parse(), serde_json::from_str(&json)) {
            namings.insert(position, decided);
        }
    }
    Ok(namings)
}
