//! The kinds of objects of a workspace: those that everybody has, until somebody writes others.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use throughline_insight::{Cancel, StandingCount, StateCount, View};
use throughline_model::{Role, Vocabulary, object_kind::ObjectKind};
use throughline_store::state::DocumentKind;
use utoipa::ToSchema;

use super::counted;
use crate::{
    access::gate::{Needs, Workspace},
    api::{
        documents::{self, IfMatch},
        maps::ChangedVersion,
    },
    app::App,
    http::{
        body::Body,
        refusal::{Fault, Refusal},
        routes::Route,
    },
    workspace::{Context, OBJECTS},
};

/// The kinds of objects that hold.
#[derive(Debug, Serialize, ToSchema)]
pub struct StoredKinds {
    /// 0 while they are those that everybody has; to be sent in `If-Match` with a change.
    pub version: u64,
    pub kinds: Vec<ObjectKind>,
}

/// Kinds of objects.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectKinds {
    pub kinds: Vec<ObjectKind>,
}

/// What kinds of objects would find.
#[derive(Debug, Serialize, ToSchema)]
pub struct KindsCheck {
    pub faults: Vec<Fault>,
    /// In the order of the kinds; none while there are faults.
    pub kinds: Vec<KindCount>,
}

/// What there is of one kind.
#[derive(Debug, Serialize, ToSchema)]
pub struct KindCount {
    pub id: String,
    pub objects: u64,
    /// From which something is still waited for.
    pub open: u64,
    /// In the order of the kind.
    pub states: Vec<StateCount>,
    pub standings: Vec<StandingCount>,
}

pub(super) fn routes() -> Vec<Route> {
    let (reads, writes) = (
        Needs::Workspace(Role::Viewer),
        Needs::Workspace(Role::Editor),
    );
    vec![
        Route::new(reads, __path_show, show),
        Route::new(writes, __path_change, change),
        Route::new(reads, __path_check, check),
    ]
}

/// The kinds of objects that hold.
#[utoipa::path(get, path = "/api/w/{ws}/object-kinds", tag = "objects", operation_id = "getObjectKinds",
    params(("ws" = String, Path, description = "The workspace")),
    responses((status = 200, body = StoredKinds)))]
async fn show(State(app): State<App>, workspace: Workspace) -> Json<StoredKinds> {
    let meaning = workspace.runtime.context(app.now()).meaning;
    Json(StoredKinds {
        version: meaning.objects_version,
        kinds: meaning.vocabulary.object_kinds().to_vec(),
    })
}

/// Writes the kinds of objects. They hold for all of history at once.
#[utoipa::path(put, path = "/api/w/{ws}/object-kinds", tag = "objects", operation_id = "changeObjectKinds",
    params(("ws" = String, Path, description = "The workspace"),
        ("If-Match" = u64, Header, description = "The version that was read")),
    request_body = ObjectKinds, responses((status = 200, body = ChangedVersion)))]
async fn change(
    State(app): State<App>,
    workspace: Workspace,
    version: IfMatch,
    Body(ObjectKinds { kinds }): Body<ObjectKinds>,
) -> Result<Json<ChangedVersion>, Refusal> {
    let context = workspace.runtime.context(app.now());
    documents::check("kinds of objects", faults(&context, &kinds))?;
    let json = serde_json::to_string(&kinds).expect("kinds have text keys");
    let (kind, id) = (DocumentKind::Vocabulary, OBJECTS.to_owned());
    let title = "Objects".to_owned();
    let version = documents::replace(&app, &workspace, kind, id, version, title, json).await?;
    workspace.runtime.set_objects(version, kinds);
    Ok(Json(ChangedVersion { version }))
}

/// What kinds of objects would find, without writing them.
#[utoipa::path(post, path = "/api/w/{ws}/object-kinds/check", tag = "objects",
    operation_id = "checkObjectKinds", params(("ws" = String, Path, description = "The workspace")),
    request_body = ObjectKinds, responses((status = 200, body = KindsCheck)))]
async fn check(
    State(app): State<App>,
    workspace: Workspace,
    Body(ObjectKinds { kinds }): Body<ObjectKinds>,
) -> Result<Json<KindsCheck>, Refusal> {
    let context = workspace.runtime.context(app.now());
    let faults = faults(&context, &kinds);
    if !faults.is_empty() {
        let kinds = Vec::new();
        return Ok(Json(KindsCheck { faults, kinds }));
    }
    let clock = app.clone();
    let counts = app.desk().answer(
        None,
        move || clock.now(),
        move |cancel| count(&context, &kinds, cancel),
    );
    let kinds = counts.await??;
    Ok(Json(KindsCheck { faults, kinds }))
}

fn count(
    context: &Context,
    kinds: &[ObjectKind],
    cancel: &Cancel,
) -> Result<Vec<KindCount>, Refusal> {
    let view = View::new(&context.snapshot, &context.meaning.vocabulary, cancel);
    let of_kind = |kind: &ObjectKind| {
        let list = counted(&view, kind, context)?;
        Ok(KindCount {
            id: kind.id.clone(),
            objects: list.all,
            open: list.open,
            states: list.states,
            standings: list.standings,
        })
    };
    kinds.iter().map(of_kind).collect()
}

fn faults(context: &Context, kinds: &[ObjectKind]) -> Vec<Fault> {
    let vocabulary = Vocabulary {
        objects: Some(kinds.to_vec()),
        ..Vocabulary::clone(&context.meaning.vocabulary)
    };
    let faults = vocabulary.check().into_iter();
    faults
        .filter(|it| it.place.starts_with("objects"))
        .map(Fault::from)
        .collect()
}
