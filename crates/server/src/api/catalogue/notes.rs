//! Who looks after an event or a property, and what it means: words of people, for people.

use std::collections::BTreeMap;

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use throughline_model::{EventName, Field, Role, limits};
use throughline_store::state::{DocumentKind, StateError, WorkspaceState};
use utoipa::ToSchema;

use super::super::{documents, session::faulty};
use crate::{
    access::gate::{Needs, Workspace},
    app::App,
    http::{
        body::Body,
        refusal::{Code, Refusal},
        routes::Route,
    },
};

/// What people say of a name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Note {
    /// Who looks after it.
    pub owner: String,
    /// What it means.
    pub meaning: String,
}

/// What is said of one event, or of one property wherever it is sent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NoteChange {
    #[serde(default)]
    pub event: Option<EventName>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub property: Option<Field>,
    pub note: Note,
}

/// Everything that was said.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Notes {
    pub events: BTreeMap<String, Note>,
    pub properties: BTreeMap<String, Note>,
}

const ID: &str = "notes";
/// How often a write that somebody else was faster than is tried again.
const TRIES: usize = 5;

pub fn routes() -> Vec<Route> {
    vec![Route::new(
        Needs::Workspace(Role::Editor),
        __path_change,
        change,
    )]
}

/// Says who looks after an event or a property, and what it means.
#[utoipa::path(put, path = "/api/w/{ws}/catalogue/notes", tag = "catalogue", operation_id = "changeNote",
    params(("ws" = String, Path, description = "The workspace")),
    request_body = NoteChange, responses((status = 200, body = Note)))]
async fn change(
    State(app): State<App>,
    workspace: Workspace,
    Body(body): Body<NoteChange>,
) -> Result<Json<Note>, Refusal> {
    let most = limits::NOTE_CHARS_MAX;
    for (place, words) in [
        ("note.owner", &body.note.owner),
        ("note.meaning", &body.note.meaning),
    ] {
        if words.chars().count() > most {
            return Err(faulty(place, &format!("has at most {most} characters")));
        }
    }
    if body.event.is_some() == body.property.is_some() {
        return Err(faulty(
            "event",
            "is named, or `property` is: one of the two",
        ));
    }
    let note = Note {
        owner: body.note.owner.trim().to_owned(),
        meaning: body.note.meaning.trim().to_owned(),
    };
    let (now, said) = (app.now(), note.clone());
    let write = workspace.runtime.with_state(move |state| {
        let mut last = documents::unknown();
        for _ in 0..TRIES {
            let (version, mut notes) = read(state)?;
            let (list, key) = match (&body.event, &body.property) {
                (Some(event), _) => (&mut notes.events, event.to_string()),
                (_, Some(property)) => (&mut notes.properties, property.to_string()),
                _ => unreachable!("checked above"),
            };
            match said == Note::default() {
                true => list.remove(&key),
                false => list.insert(key, said.clone()),
            };
            let json = serde_json::to_string(&notes).expect("notes have text keys");
            let kind = DocumentKind::Notes;
            match documents::put_over(state, kind, ID, version, "Notes", &json, now) {
                Ok(_) => return Ok(()),
                Err(refusal) if refusal.code() == Code::VersionConflict => last = refusal,
                Err(refusal) => return Err(refusal),
            }
        }
        Err(last)
    });
    write.await?;
    Ok(Json(note))
}

/// Everything that was said, with the version of the document.
pub fn read(state: &WorkspaceState) -> Result<(Option<u64>, Notes), StateError> {
    let document = state.document(DocumentKind::Notes, ID)?;
    Ok(match document {
        Some(it) => {
            let notes = serde_json::from_str(&it.json).unwrap_or_default();
            (Some(it.head.version), notes)
        }
        None => (None, Notes::default()),
    })
}
