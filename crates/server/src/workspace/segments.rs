//! Segments that people have saved, kept in memory as every question about people may name one.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
};

use serde::{Deserialize, Serialize};
use throughline_model::{
    MemberId, Timestamp,
    segment::{Definitions, SegmentDefinition},
};
use throughline_store::state::{Document, DocumentKind, StateError, WorkspaceState};
use utoipa::ToSchema;

use crate::api::ask::PeopleOf;

/// What a document of a segment holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeptSegment {
    #[serde(default)]
    pub description: String,
    #[serde(default)]
    pub owner: Option<MemberId>,
    pub definition: SegmentDefinition,
    #[serde(default)]
    pub origin: Option<Origin>,
}

/// The number whose people were listed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Origin {
    pub of: PeopleOf,
    /// The number's place, as its answer names it.
    #[schema(value_type = Object)]
    pub select: serde_json::Value,
    /// When they were listed.
    pub asked: Timestamp,
}

/// The definitions that hold now.
#[derive(Debug, Default)]
pub struct Segments {
    kept: RwLock<(u64, Arc<Definitions>)>,
    /// Held from the check of a change until it is written, so that two changes cannot make a circle.
    changing: Mutex<()>,
}

impl Segments {
    /// Has every segment looked at again, as what its words mean has changed.
    pub fn renew(&self) {
        self.kept.write().unwrap_or_else(PoisonError::into_inner).0 += 1;
    }

    /// Reads what people have saved.
    pub fn load(state: &WorkspaceState) -> Result<Self, StateError> {
        let segments = Self::default();
        segments.reload(state)?;
        Ok(segments)
    }

    /// The definitions, and a number that grows when one changes.
    pub fn definitions(&self) -> (u64, Arc<Definitions>) {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        (kept.0, Arc::clone(&kept.1))
    }

    /// Whoever holds it is the only one to change segments.
    pub fn change(&self) -> MutexGuard<'_, ()> {
        self.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes over what was just written.
    pub fn reload(&self, state: &WorkspaceState) -> Result<(), StateError> {
        let mut definitions = BTreeMap::new();
        for document in state.documents(DocumentKind::Segment)? {
            match read(&document) {
                Ok(kept) => {
                    definitions.insert(document.head.id, kept.definition);
                }
                Err(error) => {
                    let id = document.head.id;
                    tracing::error!(segment = id, %error, "a segment cannot be read");
                }
            }
        }
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        *kept = (kept.0 + 1, Arc::new(definitions));
        Ok(())
    }
}

/// Reads a document of a segment.
pub fn read(document: &Document) -> Result<KeptSegment, serde_json::Error> {
    serde_json::from_str(&document.json)
}
