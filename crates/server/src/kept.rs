//! What a worker keeps of its work as a document, which others may change at the same moment.

use serde::{Serialize, de::DeserializeOwned};
use throughline_model::Timestamp;
use throughline_store::state::{DocumentError, DocumentKind, StateError, WorkspaceState};

/// What is kept, with the version that it was read at; none where nothing is that can be read.
pub fn read<T: DeserializeOwned>(
    state: &WorkspaceState,
    kind: DocumentKind,
    id: &str,
) -> Result<(Option<u64>, Option<T>), StateError> {
    let document = state.document(kind, id)?;
    let version = document.as_ref().map(|it| it.head.version);
    let known = document.and_then(|it| serde_json::from_str(&it.json).ok());
    Ok((version, known))
}

/// Changes what is kept, whoever else changes it meanwhile.
pub fn update<T: Serialize + DeserializeOwned>(
    state: &WorkspaceState,
    kind: DocumentKind,
    id: &str,
    now: Timestamp,
    begin: impl Fn() -> T,
    mut change: impl FnMut(&mut T),
) -> Result<T, StateError> {
    loop {
        let (version, known) = read(state, kind, id)?;
        let mut value = known.unwrap_or_else(&begin);
        change(&mut value);
        if write(state, kind, id, version, &value, now)? {
            return Ok(value);
        }
    }
}

/// False when somebody else was faster.
pub fn write(
    state: &WorkspaceState,
    kind: DocumentKind,
    id: &str,
    version: Option<u64>,
    value: &impl Serialize,
    now: Timestamp,
) -> Result<bool, StateError> {
    let json = serde_json::to_string(value).expect("what is kept has text keys");
    match state.put_document(kind, id, version, "", &json, now) {
        Ok(_) => Ok(true),
        Err(DocumentError::Conflict { .. }) => Ok(false),
        Err(DocumentError::State(error)) => Err(error),
    }
}
