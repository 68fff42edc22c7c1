//! What documents share: ids from titles, versions, and who wins when two people write.

use axum::extract::FromRequestParts;
use http::{header, request::Parts};
use serde::de::DeserializeOwned;
use throughline_model::{Timestamp, limits};
use throughline_store::state::{Document, DocumentError, DocumentKind, WorkspaceState};

use crate::{
    access::gate::Workspace,
    app::App,
    http::refusal::{Code, Fault, Refusal},
};

/// The version that the caller has read, from the header `If-Match`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IfMatch(pub u64);

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Refusal> {
        let value = parts.headers.get(header::IF_MATCH);
        let text = value.and_then(|it| it.to_str().ok()).unwrap_or_default();
        text.trim_matches('"').parse().map(Self).map_err(|_| {
            let message = "send the version that you have read in the header If-Match";
            Refusal::new(Code::VersionNeeded, message)
        })
    }
}

/// Writes a new document under an id made from its title.
pub async fn add(
    app: &App,
    workspace: &Workspace,
    kind: DocumentKind,
    title: String,
    json: String,
) -> Result<String, Refusal> {
    let now = app.now();
    workspace
        .runtime
        .with_state(move |state| put_new(state, kind, &title, &json, now))
        .await
}

/// As [`add`], for who has the tables in hand.
pub fn put_new(
    state: &WorkspaceState,
    kind: DocumentKind,
    title: &str,
    json: &str,
    now: Timestamp,
) -> Result<String, Refusal> {
    let taken: Vec<String> = ids(state.documents(kind)?);
    if taken.len() >= limits::DOCUMENTS_MAX {
        let most = limits::DOCUMENTS_MAX;
        let message = format!("a workspace keeps at most {most} of these; delete some");
        return Err(Refusal::new(Code::LimitReached, message));
    }
    let mut id = new_id(title, &taken);
    // Somebody may take the id between the look and the write.
    loop {
        match state.put_document(kind, &id, None, title, json, now) {
            Ok(_) => return Ok(id),
            Err(DocumentError::Conflict { .. }) => {
                let taken = ids(state.documents(kind)?);
                id = new_id(title, &taken);
            }
            Err(DocumentError::State(error)) => return Err(error.into()),
        }
    }
}

/// Writes a document over the version that the caller has read.
pub async fn replace(
    app: &App,
    workspace: &Workspace,
    kind: DocumentKind,
    id: String,
    IfMatch(version): IfMatch,
    title: String,
    json: String,
) -> Result<u64, Refusal> {
    let now = app.now();
    workspace
        .runtime
        .with_state(move |state| {
            let expected = (version > 0).then_some(version);
            put_over(state, kind, &id, expected, &title, &json, now)
        })
        .await
}

/// As [`replace`], for who has the tables in hand.
pub fn put_over(
    state: &WorkspaceState,
    kind: DocumentKind,
    id: &str,
    expected: Option<u64>,
    title: &str,
    json: &str,
    now: Timestamp,
) -> Result<u64, Refusal> {
    state
        .put_document(kind, id, expected, title, json, now)
        .map_err(refuse)
}

/// Reads a document.
pub async fn get(
    workspace: &Workspace,
    kind: DocumentKind,
    id: String,
) -> Result<Document, Refusal> {
    find(workspace, kind, id).await?.ok_or_else(unknown)
}

/// Reads a document that may not be there.
pub async fn find(
    workspace: &Workspace,
    kind: DocumentKind,
    id: String,
) -> Result<Option<Document>, Refusal> {
    workspace
        .runtime
        .with_state(move |state| Ok(state.document(kind, &id)?))
        .await
}

/// Removes a document.
pub async fn remove(workspace: &Workspace, kind: DocumentKind, id: String) -> Result<(), Refusal> {
    workspace
        .runtime
        .with_state(move |state| {
            if state.remove_document(kind, &id)? {
                Ok(())
            } else {
                Err(unknown())
            }
        })
        .await
}

/// Lists documents, the one that changed last first.
pub async fn list(workspace: &Workspace, kind: DocumentKind) -> Result<Vec<Document>, Refusal> {
    workspace
        .runtime
        .with_state(move |state| Ok(state.documents(kind)?))
        .await
}

/// Reads what a document holds.
pub fn parse<T: DeserializeOwned>(document: &Document) -> Result<T, Refusal> {
    serde_json::from_str(&document.json).map_err(|error| Refusal::internal(&error))
}

/// Refuses a document with everything that is wrong with it.
pub fn check(
    what: &str,
    faults: impl IntoIterator<Item = impl Into<Fault>>,
) -> Result<(), Refusal> {
    let faults: Vec<Fault> = faults.into_iter().map(Into::into).collect();
    if faults.is_empty() {
        return Ok(());
    }
    let count = faults.len();
    let plural = if count == 1 { "fault" } else { "faults" };
    Err(Refusal::faulty(
        format!("the {what} has {count} {plural}"),
        faults,
    ))
}

fn refuse(error: DocumentError) -> Refusal {
    match error {
        DocumentError::Conflict { now: Some(_) } => Refusal::new(
            Code::VersionConflict,
            "somebody else has changed this since you read it; load it again and redo your change",
        ),
        DocumentError::Conflict { now: None } => unknown(),
        DocumentError::State(error) => error.into(),
    }
}

/// Says that there is no such document.
pub fn unknown() -> Refusal {
    Refusal::new(
        Code::DocumentUnknown,
        "there is nothing of this id; it may have been deleted",
    )
}

fn ids(documents: Vec<Document>) -> Vec<String> {
    documents.into_iter().map(|it| it.head.id).collect()
}

/// A short id from a title, with a number where the id is taken.
fn new_id(title: &str, taken: &[String]) -> String {
    let mut slug = String::new();
    for part in title
        .to_lowercase()
        .split(|it: char| !it.is_ascii_alphanumeric())
    {
        if !part.is_empty() && slug.len() + part.len() < 50 {
            if !slug.is_empty() {
                slug.push('-');
            }
            slug.push_str(part);
        }
    }
    if slug.is_empty() {
        slug.push_str("untitled");
    }
    let is_free = |id: &String| !taken.contains(id);
    let numbered = (2..).map(|number| format!("{slug}-{number}"));
    std::iter::once(slug.clone())
        .chain(numbered)
        .find(is_free)
        .expect("there are more numbers than documents")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_from_titles_and_never_repeat() {
        let taken = ["checkout-2026".to_owned(), "untitled".to_owned()];
        for (title, id) in [
            ("Checkout, 2026!", "checkout-2026-2"),
            ("  From cart to order ", "from-cart-to-order"),
            ("购物", "untitled-2"),
            ("../../etc", "etc"),
        ] {
            assert_eq!(new_id(title, &taken), id);
        }
    }
}
