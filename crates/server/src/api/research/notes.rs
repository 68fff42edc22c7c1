//! Field notes: what was said in one talk or seen in one case.

use axum::{
    Json,
    extract::{Path, State},
};
use http::StatusCode;
use serde::Serialize;
use serde_json::json;
use throughline_model::{
    ProfileId, Role, Timestamp, limits,
    report::ReportFault,
    research::{FieldNote, Method},
};
use throughline_store::state::DocumentKind;
use utoipa::ToSchema;

use super::{
    ResearchSearch,
    links::Links,
    note, refuse,
    shown::{NoteEntry, QuoteEntry, ResearchPerson, Shower},
};
use crate::{
    access::gate::{Needs, Workspace},
    api::{
        documents::{self, IfMatch},
        maps::ChangedVersion,
    },
    app::App,
    http::{
        body::{Body, Query},
        refusal::Refusal,
        routes::Route,
    },
};

/// Field notes that were looked for, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldNotes {
    /// At most 500.
    pub notes: Vec<NoteEntry>,
    /// How many there are.
    pub found: u64,
}

/// A field note with its quotes in the order of its text.
#[derive(Debug, Serialize, ToSchema)]
pub struct StoredFieldNote {
    pub id: u64,
    /// To be sent in `If-Match` with a change.
    pub version: u64,
    pub study: String,
    pub study_title: String,
    pub method: Method,
    pub note: FieldNote,
    /// Whom it is about.
    pub person: Option<ResearchPerson>,
    pub quotes: Vec<QuoteEntry>,
    pub updated: Timestamp,
}

/// The number of something that was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct MadeNumber {
    pub id: u64,
}

pub fn routes() -> Vec<Route> {
    let (reads, edits) = (
        Needs::Workspace(Role::Viewer),
        Needs::Workspace(Role::Editor),
    );
    // A text may be written in characters of four bytes each, and as escapes of six.
    let body_max = limits::FIELD_NOTE_CHARS_MAX * 6 + limits::API_BODY_BYTES_MAX;
    vec![
        Route::new(reads, __path_list, list),
        Route::new(edits, __path_make, make).with_body_max(body_max),
        Route::new(reads, __path_show, show),
        Route::new(edits, __path_change, change).with_body_max(body_max),
        Route::new(edits, __path_remove, remove),
    ]
}

/// Finds field notes.
#[utoipa::path(get, path = "/api/w/{ws}/research/notes", tag = "research", operation_id = "listFieldNotes",
    params(("ws" = String, Path, description = "The workspace"), ResearchSearch),
    responses((status = 200, body = FieldNotes)))]
async fn list(
    State(app): State<App>,
    workspace: Workspace,
    Query(search): Query<ResearchSearch>,
) -> Result<Json<FieldNotes>, Refusal> {
    let (runtime, now) = (workspace.runtime.clone(), app.now());
    let listed = workspace.runtime.with_state(move |state| {
        let shower = Shower::new(&runtime, state)?;
        let profile = search.profile.map(|it| {
            let snapshot = runtime.context(now).snapshot;
            ProfileId(snapshot.root(it))
        });
        let (mut notes, mut found) = (Vec::new(), 0);
        let words = search.words();
        state.each_note(words.is_some(), |row| {
            if !search.takes_note(&shower, &row, profile) {
                return;
            }
            found += 1;
            if notes.len() < limits::RESEARCH_LISTED_MAX {
                notes.extend(shower.note(row, words));
            }
        })?;
        Ok(FieldNotes { notes, found })
    });
    listed.await.map(Json)
}

/// Adds a field note to a study.
#[utoipa::path(post, path = "/api/w/{ws}/research/studies/{id}/notes", tag = "research", operation_id = "makeFieldNote",
    params(("ws" = String, Path, description = "The workspace"), ("id" = String, Path, description = "The study")),
    request_body = FieldNote, responses((status = 200, body = MadeNumber)))]
async fn make(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, study)): Path<(String, String)>,
    Body(mut body): Body<FieldNote>,
) -> Result<Json<MadeNumber>, Refusal> {
    documents::get(&workspace, DocumentKind::Study, study.clone()).await?;
    let (runtime, now) = (workspace.runtime.clone(), app.now());
    let made = workspace.runtime.with_state(move |state| {
        let links = Links::new(&runtime, state, now);
        let faults = faults_of(&mut body, None, links)?;
        documents::check("note", faults)?;
        let made = state.put_notes(&study, &[body], now);
        made.map_err(|error| refuse("note", error))
    });
    let id = made.await?.pop().ok_or_else(documents::unknown)?;
    Ok(Json(MadeNumber { id }))
}

/// A field note with its text and its quotes.
#[utoipa::path(get, path = "/api/w/{ws}/research/notes/{id}", tag = "research", operation_id = "getFieldNote",
    params(("ws" = String, Path, description = "The workspace"), ("id" = u64, Path, description = "The field note")),
    responses((status = 200, body = StoredFieldNote)))]
async fn show(
    workspace: Workspace,
    Path((_, id)): Path<(String, u64)>,
) -> Result<Json<StoredFieldNote>, Refusal> {
    let runtime = workspace.runtime.clone();
    let shown = workspace.runtime.with_state(move |state| {
        let (row, quotes) = state.note(id)?.ok_or_else(documents::unknown)?;
        let mut shower = Shower::new(&runtime, state)?;
        let mut entries = Vec::with_capacity(quotes.len());
        for quote in quotes {
            entries.extend(shower.quote(state, quote, &row, None)?);
        }
        let study = shower.study(&row.study).ok_or_else(documents::unknown)?;
        Ok(StoredFieldNote {
            id,
            version: row.version,
            study_title: study.title.clone(),
            method: study.method,
            person: shower.person(row.note.person.as_ref()),
            study: row.study,
            note: row.note,
            quotes: entries,
            updated: row.updated,
        })
    });
    shown.await.map(Json)
}

/// Changes a field note, unless somebody else has in the meantime. Its quotes move along with their words; where the
/// words of one are gone, the change is refused.
#[utoipa::path(put, path = "/api/w/{ws}/research/notes/{id}", tag = "research", operation_id = "changeFieldNote",
    params(("ws" = String, Path, description = "The workspace"), ("id" = u64, Path, description = "The field note"),
        ("If-Match" = u64, Header, description = "The version that was read")),
    request_body = FieldNote, responses((status = 200, body = ChangedVersion)))]
async fn change(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, id)): Path<(String, u64)>,
    IfMatch(version): IfMatch,
    Body(mut body): Body<FieldNote>,
) -> Result<Json<ChangedVersion>, Refusal> {
    let (runtime, now) = (workspace.runtime.clone(), app.now());
    let changed = workspace.runtime.with_state(move |state| {
        let (before, _) = state.note(id)?.ok_or_else(documents::unknown)?;
        let links = Links::new(&runtime, state, now);
        let faults = faults_of(&mut body, Some(&before.note), links)?;
        documents::check("note", faults)?;
        let changed = state.replace_note(id, version, &body, now);
        changed.map_err(|error| refuse("note", error))
    });
    let version = changed.await?;
    Ok(Json(ChangedVersion { version }))
}

/// Deletes a field note with its quotes.
#[utoipa::path(delete, path = "/api/w/{ws}/research/notes/{id}", tag = "research", operation_id = "removeFieldNote",
    params(("ws" = String, Path, description = "The workspace"), ("id" = u64, Path, description = "The field note")),
    responses((status = 204)))]
async fn remove(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, id)): Path<(String, u64)>,
) -> Result<StatusCode, Refusal> {
    let removed = workspace
        .runtime
        .with_state(move |state| state.remove_note(id)?.ok_or_else(documents::unknown));
    let quotes = removed.await?;
    let details = json!({"note": id, "quotes": quotes});
    note(&app, &workspace, "research.note_removed", details).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Cleans a field note, and says everything that is wrong with it.
pub fn faults_of(
    note: &mut FieldNote,
    before: Option<&FieldNote>,
    links: Links<'_>,
) -> Result<Vec<ReportFault>, Refusal> {
    note.clean();
    let mut faults = note.check();
    faults.extend(links.of_note(note, before)?);
    Ok(faults)
}
