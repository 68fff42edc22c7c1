//! Imports: what was asked, how far it is. The rows themselves lie in the log and the archive.

use rusqlite::{OptionalExtension as _, params};
use throughline_model::SourceId;

use super::{StateError, WorkspaceState};

/// An import as its owner describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredImport {
    pub source: SourceId,
    /// JSON text; its shape is the importer's.
    pub json: String,
}

impl WorkspaceState {
    /// Writes an import, new or changed.
    pub fn put_import(&self, import: &StoredImport) -> Result<(), StateError> {
        self.db.write("store an import", |tx| {
            tx.prepare_cached(
                "INSERT INTO imports (source, json) VALUES (?1, ?2)
                 ON CONFLICT (source) DO UPDATE SET json = excluded.json",
            )?
            .execute(params![import.source.0, import.json])?;
            Ok(())
        })
    }

    /// One import.
    pub fn import(&self, source: SourceId) -> Result<Option<StoredImport>, StateError> {
        self.db.read("read an import", |tx| {
            tx.prepare_cached("SELECT json FROM imports WHERE source = ?1")?
                .query_row([source.0], |row| {
                    Ok(StoredImport {
                        source,
                        json: row.get(0)?,
                    })
                })
                .optional()
        })
    }

    /// Every import, newest first.
    pub fn imports(&self) -> Result<Vec<StoredImport>, StateError> {
        self.db.read("list imports", |tx| {
            let mut select =
                tx.prepare_cached("SELECT source, json FROM imports ORDER BY source DESC")?;
            let rows = select.query_map([], |row| {
                Ok(StoredImport {
                    source: SourceId(row.get(0)?),
                    json: row.get(1)?,
                })
            })?;
            rows.collect()
        })
    }
}
