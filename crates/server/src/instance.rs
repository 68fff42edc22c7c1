//! The installation: who may do what, in memory for reading, on disk before it holds.

mod directory;

use std::{
    path::Path,
    sync::{Arc, Mutex, RwLock, RwLockReadGuard},
};

use throughline_model::{SourceId, Timestamp, WorkspaceId};
use throughline_store::state::{
    StateError,
    instance::{AuditEntry, AuditFilter, AuditRecord, Change, InstanceDb, SecretHash},
};

pub use directory::Directory;

/// Members, workspaces and keys of one data directory.
#[derive(Clone)]
pub struct Instance(Arc<Inner>);

struct Inner {
    db: InstanceDb,
    directory: RwLock<Directory>,
    /// Held from a decision until it is on disk and in memory, so that decisions never cross.
    deciding: Mutex<()>,
}

/// What was decided: changes, what the audit log says of them, and what the caller wants back.
pub struct Decision<T> {
    pub changes: Vec<Change>,
    pub audit: Option<AuditEntry>,
    pub result: T,
}

/// A write key that was shown with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WriteKey {
    pub workspace: WorkspaceId,
    pub source: SourceId,
    /// As far as it was noted.
    pub last_used: Option<Timestamp>,
}

impl Instance {
    /// Opens the installation's tables.
    pub fn open(path: &Path) -> Result<Self, StateError> {
        let db = InstanceDb::open(path)?;
        let directory = Directory::new(db.load()?);
        Ok(Self(Arc::new(Inner {
            db,
            directory: RwLock::new(directory),
            deciding: Mutex::new(()),
        })))
    }

    /// The tables as they are now.
    pub fn read(&self) -> RwLockReadGuard<'_, Directory> {
        self.0
            .directory
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Decides on the tables as they are, and makes the decision durable before anyone sees it.
    ///
    /// It waits for the disk, so it runs away from the threads that serve requests.
    pub async fn decide<T, E>(
        &self,
        decide: impl FnOnce(&Directory) -> Result<Decision<T>, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StateError> + Send + 'static,
    {
        let instance = self.clone();
        tokio::task::spawn_blocking(move || instance.decide_here(decide))
            .await
            .expect("decisions do not panic")
    }

    /// As [`Instance::decide`], for callers that may wait for the disk themselves.
    pub fn decide_here<T, E: From<StateError>>(
        &self,
        decide: impl FnOnce(&Directory) -> Result<Decision<T>, E>,
    ) -> Result<T, E> {
        let inner = &self.0;
        let _deciding = inner
            .deciding
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let decision = decide(&self.read())?;
        if !decision.changes.is_empty() || decision.audit.is_some() {
            inner
                .db
                .commit(&decision.changes, decision.audit.as_ref())?;
        }
        let mut directory = inner
            .directory
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        for change in decision.changes {
            directory.apply(change);
        }
        Ok(decision.result)
    }

    /// The workspace and source of a write key; none when it is not one of ours.
    pub fn write_key(&self, key: &str) -> Option<WriteKey> {
        let hash: SecretHash = crate::access::secret::hash_of(key);
        let directory = self.read();
        let row = directory.key_by_hash(&hash)?;
        Some(WriteKey {
            workspace: row.workspace.clone(),
            source: row.id,
            last_used: row.last_used,
        })
    }

    /// A number for a new source of events, such as an import, that no source has or had.
    pub async fn new_source(&self) -> Result<SourceId, StateError> {
        self.decide(take_source).await
    }

    /// As [`Instance::new_source`], for callers that may wait for the disk themselves.
    pub fn new_source_here(&self) -> Result<SourceId, StateError> {
        self.decide_here(take_source)
    }

    /// Records of the audit log, the newest first.
    pub fn audit(&self, filter: &AuditFilter) -> Result<Vec<AuditRecord>, StateError> {
        self.0.db.audit(filter)
    }
}

fn take_source(directory: &Directory) -> Result<Decision<SourceId>, StateError> {
    let (id, taken) = directory.new_id();
    Ok(Decision {
        changes: vec![taken],
        audit: None,
        result: source_id(id),
    })
}

/// The source that a number of the directory stands for.
pub fn source_id(id: i64) -> SourceId {
    SourceId(u32::try_from(id).expect("fewer than 2^32 members and sources are ever made"))
}
