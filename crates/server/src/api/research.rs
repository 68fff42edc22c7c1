//! Research: studies with their field notes, and quotes that stand on maps, segments and people.

mod files;
mod links;
mod notes;
mod quotes;
mod shown;

use std::collections::BTreeMap;

use axum::{
    Json,
    extract::{Path, State},
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;
use throughline_model::{
    Role, Timestamp,
    research::{Method, Study},
};
use throughline_store::state::{DocumentKind, ResearchError};
use utoipa::{IntoParams, ToSchema};

use super::{
    documents::{self, IfMatch},
    logged,
    maps::{ChangedVersion, MadeId},
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

/// The studies of a workspace, the latest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Studies {
    pub studies: Vec<StudyEntry>,
    /// Every tag of field notes and quotes, by name.
    pub tags: Vec<TagCount>,
}

/// A study with how much it holds.
#[derive(Debug, Serialize, ToSchema)]
pub struct StudyEntry {
    pub id: String,
    /// To be sent in `If-Match` with a change.
    pub version: u64,
    pub study: Study,
    pub notes: u64,
    pub quotes: u64,
    pub updated: Timestamp,
}

/// How often a tag is used.
#[derive(Debug, Serialize, ToSchema)]
pub struct TagCount {
    pub tag: String,
    pub notes: u64,
    pub quotes: u64,
}

/// What to look for: all that is said has to fit.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ResearchSearch {
    /// Words, each of which has to stand in the text.
    pub q: Option<String>,
    /// Id of a study.
    pub study: Option<String>,
    pub method: Option<Method>,
    pub tag: Option<String>,
    /// Id of a segment, of the note or of the quote itself.
    pub segment: Option<String>,
    /// A profile that it is about.
    pub profile: Option<u32>,
    /// Id of a map with a step that a quote belongs to. Of quotes only.
    pub map: Option<String>,
    /// Id of that step. Of quotes only.
    pub step: Option<String>,
}

pub fn routes() -> Vec<Route> {
    let (reads, edits) = (
        Needs::Workspace(Role::Viewer),
        Needs::Workspace(Role::Editor),
    );
    let mut routes = vec![
        Route::new(reads, __path_list, list),
        Route::new(edits, __path_make, make),
        Route::new(edits, __path_change, change),
        Route::new(edits, __path_remove, remove),
    ];
    routes.extend(files::routes());
    routes.extend(notes::routes());
    routes.extend(quotes::routes());
    routes
}

/// The studies of the workspace.
#[utoipa::path(get, path = "/api/w/{ws}/research/studies", tag = "research", operation_id = "listStudies",
    params(("ws" = String, Path, description = "The workspace")),
    responses((status = 200, body = Studies)))]
async fn list(workspace: Workspace) -> Result<Json<Studies>, Refusal> {
    let listed = workspace.runtime.with_state(|state| {
        let mut sizes: BTreeMap<String, (u64, u64)> = BTreeMap::new();
        let mut tags: BTreeMap<String, (u64, u64)> = BTreeMap::new();
        state.each_note(false, |it| {
            let size = sizes.entry(it.study).or_default();
            size.0 += 1;
            size.1 += it.quotes_count;
            for tag in it.note.tags {
                tags.entry(tag).or_default().0 += 1;
            }
        })?;
        for tag in state.quotes()?.into_iter().flat_map(|it| it.quote.tags) {
            tags.entry(tag).or_default().1 += 1;
        }
        let entry = |document| {
            let study = documents::parse(&document)?;
            let (notes, quotes) = sizes.get(&document.head.id).copied().unwrap_or_default();
            Ok(StudyEntry {
                id: document.head.id,
                version: document.head.version,
                study,
                notes,
                quotes,
                updated: document.head.updated,
            })
        };
        let studies = state.documents(DocumentKind::Study)?.into_iter().map(entry);
        let mut studies = studies.collect::<Result<Vec<StudyEntry>, Refusal>>()?;
        studies.sort_by_key(|it| std::cmp::Reverse(it.study.day));
        let tags = tags.into_iter();
        let tags = tags.map(|(tag, (notes, quotes))| TagCount { tag, notes, quotes });
        Ok(Studies {
            studies,
            tags: tags.collect(),
        })
    });
    listed.await.map(Json)
}

/// Saves a new study, without field notes yet.
#[utoipa::path(post, path = "/api/w/{ws}/research/studies", tag = "research", operation_id = "makeStudy",
    params(("ws" = String, Path, description = "The workspace")),
    request_body = Study, responses((status = 200, body = MadeId)))]
async fn make(
    State(app): State<App>,
    workspace: Workspace,
    Body(study): Body<Study>,
) -> Result<Json<MadeId>, Refusal> {
    let (title, json) = written(study)?;
    let id = documents::add(&app, &workspace, DocumentKind::Study, title, json).await?;
    Ok(Json(MadeId { id }))
}

/// Changes a study, unless somebody else has in the meantime.
#[utoipa::path(put, path = "/api/w/{ws}/research/studies/{id}", tag = "research", operation_id = "changeStudy",
    params(("ws" = String, Path, description = "The workspace"), ("id" = String, Path, description = "The study"),
        ("If-Match" = u64, Header, description = "The version that was read")),
    request_body = Study, responses((status = 200, body = ChangedVersion)))]
async fn change(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, id)): Path<(String, String)>,
    version: IfMatch,
    Body(study): Body<Study>,
) -> Result<Json<ChangedVersion>, Refusal> {
    let (title, json) = written(study)?;
    let kind = DocumentKind::Study;
    // Version 0 would make a study that is not there.
    documents::get(&workspace, kind, id.clone()).await?;
    let version = documents::replace(&app, &workspace, kind, id, version, title, json).await?;
    Ok(Json(ChangedVersion { version }))
}

/// Deletes a study with all its field notes and quotes.
#[utoipa::path(delete, path = "/api/w/{ws}/research/studies/{id}", tag = "research", operation_id = "removeStudy",
    params(("ws" = String, Path, description = "The workspace"), ("id" = String, Path, description = "The study")),
    responses((status = 204)))]
async fn remove(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, id)): Path<(String, String)>,
) -> Result<StatusCode, Refusal> {
    let removed = workspace
        .runtime
        .with_state(move |state| state.remove_study(&id)?.ok_or_else(documents::unknown));
    let gone = removed.await?;
    let details = json!({"notes": gone.notes, "quotes": gone.quotes});
    note(&app, &workspace, "research.study_removed", details).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Says in the audit log what a member did. It names neither people nor titles, as it is kept for good.
async fn note(
    app: &App,
    workspace: &Workspace,
    action: &str,
    details: serde_json::Value,
) -> Result<(), Refusal> {
    let mut audit = workspace.did(action, app.now());
    audit.details = details;
    logged::note(app, audit).await
}

fn written(mut study: Study) -> Result<(String, String), Refusal> {
    documents::check("study", study.check())?;
    study.title = study.title.trim().to_owned();
    let json = serde_json::to_string(&study).expect("studies have text keys");
    Ok((study.title, json))
}

fn refuse(what: &str, error: ResearchError) -> Refusal {
    match error {
        ResearchError::Unknown => documents::unknown(),
        ResearchError::Conflict => Refusal::new(
            Code::VersionConflict,
            "somebody else has changed this since you read it; load it again and redo your change",
        ),
        ResearchError::Full(_) => Refusal::new(Code::LimitReached, error.to_string()),
        ResearchError::Faulty(faults) => match documents::check(what, faults) {
            Err(refusal) => refusal,
            Ok(()) => Refusal::internal(&std::io::Error::other("faults that are none")),
        },
        ResearchError::State(error) => error.into(),
    }
}
