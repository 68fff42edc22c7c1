//! Maps: the drawings of a workspace.

use axum::{
    Json,
    extract::{Path, State},
    response::Response,
};
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use throughline_insight::{
    View,
    discover::{DiscoverOptions, Discovery, discover},
    map_metrics::{MapNumbers, map_metrics},
};
use throughline_model::{Map, MapKind, Matcher, Role, Timestamp, report::Range};
use throughline_store::state::DocumentKind;
use utoipa::ToSchema;

use super::{
    ask::ticket,
    documents::{self, IfMatch},
    session::check_name,
};
use crate::{
    access::gate::{Needs, Workspace},
    answers::{self, Asked},
    app::App,
    http::{body::Body, refusal::Refusal, routes::Route},
};

/// The maps of a workspace, the one that changed last first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Maps {
    pub maps: Vec<MapEntry>,
}

/// A map in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct MapEntry {
    pub id: String,
    pub title: String,
    pub kind: MapKind,
    pub steps_count: usize,
    pub updated: Timestamp,
    pub goal: Matcher,
}

/// A map with its version.
#[derive(Debug, Serialize, ToSchema)]
pub struct StoredMap {
    pub id: String,
    /// To be sent in `If-Match` with a change.
    pub version: u64,
    pub map: Map,
    pub updated: Timestamp,
}

/// The id of something that was made.
#[derive(Debug, Serialize, ToSchema)]
pub struct MadeId {
    pub id: String,
}

/// The version of something that was changed.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangedVersion {
    pub version: u64,
}

/// A map that is not saved.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MapDraft {
    pub map: Map,
}

/// What to draw a map of.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DiscoverRequest {
    /// What customers want to reach.
    pub goal: Matcher,
    pub range: Range,
    #[serde(default)]
    pub title: Option<String>,
}

pub fn routes() -> Vec<Route> {
    let (reads, draws) = (
        Needs::Workspace(Role::Viewer),
        Needs::Workspace(Role::Editor),
    );
    vec![
        Route::new(reads, __path_list, list),
        Route::new(draws, __path_make, make),
        Route::new(reads, __path_show, show),
        Route::new(draws, __path_change, change),
        Route::new(draws, __path_remove, remove),
        Route::new(reads, __path_numbers, numbers),
        Route::new(reads, __path_draft_numbers, draft_numbers),
        Route::new(Needs::Workspace(Role::Analyst), __path_find, find),
    ]
}

/// The maps of the workspace.
#[utoipa::path(get, path = "/api/w/{ws}/maps", tag = "maps", operation_id = "listMaps",
    params(("ws" = String, Path, description = "The workspace")),
    responses((status = 200, body = Maps)))]
async fn list(workspace: Workspace) -> Result<Json<Maps>, Refusal> {
    let documents = documents::list(&workspace, DocumentKind::Map).await?;
    let heads = documents.iter().map(|document| {
        let map: Map = documents::parse(document)?;
        Ok(MapEntry {
            id: document.head.id.clone(),
            steps_count: map.steps().count(),
            title: map.title,
            kind: map.kind,
            updated: document.head.updated,
            goal: map.goal,
        })
    });
    let maps = heads.collect::<Result<_, Refusal>>()?;
    Ok(Json(Maps { maps }))
}

/// Saves a new map.
#[utoipa::path(post, path = "/api/w/{ws}/maps", tag = "maps", operation_id = "makeMap",
    params(("ws" = String, Path, description = "The workspace")),
    request_body = Map, responses((status = 200, body = MadeId)))]
async fn make(
    State(app): State<App>,
    workspace: Workspace,
    Body(map): Body<Map>,
) -> Result<Json<MadeId>, Refusal> {
    check(&map)?;
    let (title, json) = (map.title.clone(), text(&map));
    let id = documents::add(&app, &workspace, DocumentKind::Map, title, json).await?;
    Ok(Json(MadeId { id }))
}

/// A map.
#[utoipa::path(get, path = "/api/w/{ws}/maps/{id}", tag = "maps", operation_id = "getMap",
    params(("ws" = String, Path, description = "The workspace"), ("id" = String, Path, description = "The map")),
    responses((status = 200, body = StoredMap)))]
async fn show(
    workspace: Workspace,
    Path((_, id)): Path<(String, String)>,
) -> Result<Json<StoredMap>, Refusal> {
    let document = documents::get(&workspace, DocumentKind::Map, id).await?;
    Ok(Json(StoredMap {
        map: documents::parse(&document)?,
        id: document.head.id,
        version: document.head.version,
        updated: document.head.updated,
    }))
}

/// Changes a map, unless somebody else has in the meantime.
#[utoipa::path(put, path = "/api/w/{ws}/maps/{id}", tag = "maps", operation_id = "changeMap",
    params(("ws" = String, Path, description = "The workspace"), ("id" = String, Path, description = "The map"),
        ("If-Match" = u64, Header, description = "The version that was read")),
    request_body = Map, responses((status = 200, body = ChangedVersion)))]
async fn change(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, id)): Path<(String, String)>,
    version: IfMatch,
    Body(map): Body<Map>,
) -> Result<Json<ChangedVersion>, Refusal> {
    check(&map)?;
    let (title, json) = (map.title.clone(), text(&map));
    let kind = DocumentKind::Map;
    let version = documents::replace(&app, &workspace, kind, id, version, title, json).await?;
    Ok(Json(ChangedVersion { version }))
}

/// Deletes a map.
#[utoipa::path(delete, path = "/api/w/{ws}/maps/{id}", tag = "maps", operation_id = "removeMap",
    params(("ws" = String, Path, description = "The workspace"), ("id" = String, Path, description = "The map")),
    responses((status = 204)))]
async fn remove(
    workspace: Workspace,
    Path((_, id)): Path<(String, String)>,
) -> Result<StatusCode, Refusal> {
    documents::remove(&workspace, DocumentKind::Map, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The live numbers of a map.
#[utoipa::path(get, path = "/api/w/{ws}/maps/{id}/numbers", tag = "maps", operation_id = "getMapNumbers",
    params(("ws" = String, Path, description = "The workspace"), ("id" = String, Path, description = "The map"),
        ("X-Query-Id" = Option<String>, Header, description = "An id of your choice, to follow and stop it")),
    responses((status = 200, body = MapNumbers)))]
async fn numbers(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let document = documents::get(&workspace, DocumentKind::Map, id).await?;
    let map = documents::parse(&document)?;
    numbers_of(&app, &workspace, map, &headers).await
}

/// The numbers of a map that is not saved.
#[utoipa::path(post, path = "/api/w/{ws}/maps/numbers", tag = "maps", operation_id = "getDraftNumbers",
    params(("ws" = String, Path, description = "The workspace"),
        ("X-Query-Id" = Option<String>, Header, description = "An id of your choice, to follow and stop it")),
    request_body = MapDraft, responses((status = 200, body = MapNumbers)))]
async fn draft_numbers(
    State(app): State<App>,
    workspace: Workspace,
    headers: HeaderMap,
    Body(body): Body<MapDraft>,
) -> Result<Response, Refusal> {
    numbers_of(&app, &workspace, body.map, &headers).await
}

/// Draws a map of the way to a goal from what people really did. It is not saved.
#[utoipa::path(post, path = "/api/w/{ws}/maps/discover", tag = "maps", operation_id = "discoverMap",
    params(("ws" = String, Path, description = "The workspace"),
        ("X-Query-Id" = Option<String>, Header, description = "An id of your choice, to follow and stop it")),
    request_body = DiscoverRequest, responses((status = 200, body = Discovery)))]
async fn find(
    State(app): State<App>,
    workspace: Workspace,
    headers: HeaderMap,
    Body(body): Body<DiscoverRequest>,
) -> Result<Response, Refusal> {
    if let Some(title) = &body.title {
        check_name("title", title)?;
    }
    let question = serde_json::to_string(&body).expect("requests have text keys");
    let asked = Asked {
        ticket: ticket(&workspace, &headers)?,
        ..Asked::of(&workspace, &format!("discover {question}"))
    };
    answers::answer(&app, asked, move |context, cancel| {
        let view = View::new(&context.snapshot, &context.meaning.vocabulary, cancel);
        let options = DiscoverOptions::titled(body.title.as_deref().unwrap_or("New map"));
        discover(&view, &body.goal, &body.range, &options, context.now)
    })
    .await
}

async fn numbers_of(
    app: &App,
    workspace: &Workspace,
    map: Map,
    headers: &HeaderMap,
) -> Result<Response, Refusal> {
    check(&map)?;
    let asked = Asked {
        ticket: ticket(workspace, headers)?,
        ..Asked::of(workspace, &format!("map {}", text(&map)))
    };
    answers::answer(app, asked, move |context, cancel| {
        let view = View::new(&context.snapshot, &context.meaning.vocabulary, cancel);
        map_metrics(&view, &map, context.now)
    })
    .await
}

/// Refuses a map that cannot be used.
pub fn check(map: &Map) -> Result<(), Refusal> {
    documents::check("map", map.check())
}

fn text(map: &Map) -> String {
    serde_json::to_string(map).expect("maps have text keys")
}
