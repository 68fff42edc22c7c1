//! Who looks after an event or a property, and what it means: words of people, for people.

use std::collections::BTreeMap;

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use throughline_model::{EventName, Field, Role, limits, naming::Naming};
use throughline_store::state::{Document, DocumentKind, StateError, WorkspaceState};
use utoipa::ToSchema;

use super::{
    super::{documents, session::faulty},
    list::SentName,
};
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
            let (version, mut notes) = read_to_change(state)?;
            notes.change(&body, &said)?;
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

/// Everything that was said, with the version of the document. What cannot be read is no notes.
pub fn read(state: &WorkspaceState) -> Result<Notes, StateError> {
    let document = state.document(DocumentKind::Notes, ID)?;
    let read = |it: Document| serde_json::from_str(&it.json);
    let notes = document.map(read).unwrap_or_else(|| Ok(Notes::default()));
    Ok(notes.unwrap_or_else(|error| {
        tracing::error!(%error, "the notes of the catalogue cannot be read");
        Notes::default()
    }))
}

/// The same for who is about to change them: notes that cannot be read are not to be written over.
fn read_to_change(state: &WorkspaceState) -> Result<(Option<u64>, Notes), Refusal> {
    match state.document(DocumentKind::Notes, ID)? {
        Some(it) => {
            let notes = serde_json::from_str(&it.json);
            let notes = notes.map_err(|error| Refusal::internal(&error))?;
            Ok((Some(it.head.version), notes))
        }
        None => Ok((None, Notes::default())),
    }
}

impl Notes {
    /// What is said of an event under its shown name, or else under one that it is sent as.
    pub fn of_event(&self, shown: &str, sent: &[SentName]) -> Note {
        let names = [shown]
            .into_iter()
            .chain(sent.iter().map(|it| it.name.as_str()));
        first_of(&self.events, names)
    }

    /// What is said of a property under its name, or else under one that is read as it.
    pub fn of_property(&self, property: &Field, naming: &Naming) -> Note {
        let old = (naming.properties().iter()).filter_map(|rule| match property {
            Field::Property(path) if *path == rule.to => Some(Field::Property(rule.from.clone())),
            _ => None,
        });
        let names: Vec<String> = [property.clone()]
            .into_iter()
            .chain(old)
            .map(|it| it.to_string())
            .collect();
        first_of(&self.properties, names.iter().map(String::as_str))
    }

    fn change(&mut self, body: &NoteChange, note: &Note) -> Result<(), Refusal> {
        let (list, key, most) = match (&body.event, &body.property) {
            (Some(event), _) => (&mut self.events, event.to_string(), limits::EVENT_NOTES_MAX),
            (_, Some(property)) => {
                let most = limits::PROPERTY_NOTES_MAX;
                (&mut self.properties, property.to_string(), most)
            }
            _ => unreachable!("checked before"),
        };
        if *note == Note::default() {
            list.remove(&key);
            return Ok(());
        }
        list.insert(key, note.clone());
        match list.len() > most {
            true => Err(faulty(
                "note",
                &format!("is one more than the {most} that are kept"),
            )),
            false => Ok(()),
        }
    }
}

fn first_of<'n>(notes: &BTreeMap<String, Note>, mut names: impl Iterator<Item = &'n str>) -> Note {
    let found = names.find_map(|name| notes.get(name));
    found.cloned().unwrap_or_default()
}
