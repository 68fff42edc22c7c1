//! What people draw and write: maps, vocabularies, reports, mappings. Text with a version.

use rusqlite::{OptionalExtension as _, Row, params};
use throughline_model::Timestamp;

use super::{StateError, WorkspaceState};

/// What a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DocumentKind {
    Map,
    Vocabulary,
    Report,
    Mapping,
    Segment,
    Dashboard,
    Schedule,
    /// What became of the deliveries of a schedule.
    Delivery,
    /// The queries that one member has asked in SQL.
    SqlHistory,
    SqlStatement,
    Target,
    Decision,
    /// One piece of research; its field notes and quotes have tables of their own.
    Study,
    /// How personal data is treated: purposes of consent, what is masked, how long it is kept.
    Privacy,
    /// Who looks after events and properties, and what they mean.
    Notes,
    /// A folder of this machine whose files are imported by themselves.
    Folder,
    /// What became of the files of a watched folder.
    FolderFiles,
    /// How links in messages are looked at, and when they were taken up last.
    SentLinks,
    /// What is written to a CRM with its token, and what became of the last run.
    Crm,
}

impl DocumentKind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Map => "map",
            Self::Vocabulary => "vocabulary",
            Self::Report => "report",
            Self::Mapping => "mapping",
            Self::Segment => "segment",
            Self::Dashboard => "dashboard",
            Self::Schedule => "schedule",
            Self::Delivery => "delivery",
            Self::SqlHistory => "sql_history",
            Self::SqlStatement => "sql_statement",
            Self::Target => "target",
            Self::Decision => "decision",
            Self::Study => "study",
            Self::Privacy => "privacy",
            Self::Notes => "notes",
            Self::Folder => "folder",
            Self::FolderFiles => "folder_files",
            Self::SentLinks => "sent_links",
            Self::Crm => "crm",
        }
    }
}

/// A document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    pub head: DocumentHead,
    pub json: String,
}

/// A document without its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentHead {
    pub id: String,
    /// Counts from 1 and grows by one with each change.
    pub version: u64,
    pub title: String,
    pub updated: Timestamp,
}

/// Why a document was not written.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// Somebody else has changed it since it was read; `now` is none when it is gone.
    #[error("the document has changed since it was read")]
    Conflict { now: Option<u64> },
    #[error(transparent)]
    State(#[from] StateError),
}

impl WorkspaceState {
    /// Writes a document whose version is still `expected`; none means that it must be new.
    pub fn put_document(
        &self,
        kind: DocumentKind,
        id: &str,
        expected: Option<u64>,
        title: &str,
        json: &str,
        now: Timestamp,
    ) -> Result<u64, DocumentError> {
        let outcome = self.db.write("store a document", |tx| {
            let current: Option<i64> = tx
                .prepare_cached("SELECT version FROM documents WHERE kind = ?1 AND id = ?2")?
                .query_row(params![kind.name(), id], |row| row.get(0))
                .optional()?;
            let current = current.map(i64::cast_unsigned);
            if current != expected {
                return Ok(Err(current));
            }
            let version = current.unwrap_or(0) + 1;
            tx.prepare_cached(
                "INSERT INTO documents (kind, id, version, title, updated, json)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (kind, id) DO UPDATE SET version = excluded.version,
                 title = excluded.title, updated = excluded.updated, json = excluded.json",
            )?
            .execute(params![
                kind.name(),
                id,
                version.cast_signed(),
                title,
                now.0,
                json
            ])?;
            Ok(Ok(version))
        })?;
        outcome.map_err(|now| DocumentError::Conflict { now })
    }

    /// One document.
    pub fn document(&self, kind: DocumentKind, id: &str) -> Result<Option<Document>, StateError> {
        self.db.read("read a document", |tx| {
            tx.prepare_cached(
                "SELECT id, version, title, updated, json FROM documents
                 WHERE kind = ?1 AND id = ?2",
            )?
            .query_row(params![kind.name(), id], |row| {
                Ok(Document {
                    head: read_head(row)?,
                    json: row.get(4)?,
                })
            })
            .optional()
        })
    }

    /// Every document of a kind, the one that changed last first.
    pub fn documents(&self, kind: DocumentKind) -> Result<Vec<Document>, StateError> {
        self.db.read("list documents", |tx| {
            let mut select = tx.prepare_cached(
                "SELECT id, version, title, updated, json FROM documents
                 WHERE kind = ?1 ORDER BY updated DESC, id",
            )?;
            let rows = select.query_map([kind.name()], |row| {
                Ok(Document {
                    head: read_head(row)?,
                    json: row.get(4)?,
                })
            })?;
            rows.collect()
        })
    }

    /// Removes a document; false when there was none.
    pub fn remove_document(&self, kind: DocumentKind, id: &str) -> Result<bool, StateError> {
        self.db.write("remove a document", |tx| {
            let gone = tx
                .prepare_cached("DELETE FROM documents WHERE kind = ?1 AND id = ?2")?
                .execute(params![kind.name(), id])?;
            Ok(gone > 0)
        })
    }
}

fn read_head(row: &Row<'_>) -> rusqlite::Result<DocumentHead> {
    let version: i64 = row.get(1)?;
    Ok(DocumentHead {
        id: row.get(0)?,
        version: version.cast_unsigned(),
        title: row.get(2)?,
        updated: Timestamp(row.get(3)?),
    })
}
