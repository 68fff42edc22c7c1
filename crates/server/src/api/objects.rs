//! Objects: orders, shipments, tickets and whatever else has a life of its own, and what kinds there are.

mod kinds;

use axum::{
    Json,
    extract::{Path, State},
    response::Response,
};
use serde::{Deserialize, Serialize};
use throughline_insight::{
    Cancel, ObjectList, ObjectStory, ObjectsAsk, ObjectsOfProfile, Place, PromiseStanding, View,
    object, objects, objects_of,
};
use throughline_model::{
    ProfileId, Role, Zone, limits, object_kind::ObjectKind, people::PeopleRule, report::Range,
};
use utoipa::{IntoParams, ToSchema};

use super::profiles::{ProfileEvent, ProfileRow, event_shower, rows};
use crate::{
    access::gate::{Needs, Workspace},
    answers::{self, Asked, refuse},
    app::App,
    http::{
        body::{Body, Query},
        refusal::{Code, Refusal},
        routes::Route,
    },
    workspace::Context,
};

/// Which objects to list.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectsQuestion {
    /// Id of the kind.
    pub kind: String,
    /// Objects whose first event lies in it. Promises that name no zone are read in its zone.
    pub range: Range,
    /// Only those in the state of this id.
    #[serde(default)]
    pub state: Option<String>,
    /// Only those whose promise stands like this.
    #[serde(default)]
    pub standing: Option<PromiseStanding>,
    /// Only those from which nothing more is waited for, or the others.
    #[serde(default)]
    pub is_over: Option<bool>,
    /// Only those whose id begins like this.
    #[serde(default)]
    pub starts: Option<String>,
    /// As if only these people were in the log.
    #[serde(default)]
    pub people: Option<PeopleRule>,
    /// How many to pass over.
    #[serde(default)]
    pub offset: usize,
    /// At most 500.
    #[serde(default = "default_limit")]
    pub limit: usize,
}

fn default_limit() -> usize {
    100
}

/// In which zone moments are read that name none.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ReadIn {
    /// An IANA name; UTC when it is left out.
    #[serde(default)]
    #[param(value_type = Option<String>)]
    pub zone: Zone,
}

/// One object with all that happened to it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShownObject {
    #[serde(flatten)]
    pub story: ObjectStory,
    /// Those who have an event of it, who had one first first; at most 500.
    pub profiles: Vec<ProfileRow>,
    /// Its events, the latest first; at most 500.
    pub events: Vec<ObjectEvent>,
}

/// An event of an object.
#[derive(Debug, Serialize, ToSchema)]
pub struct ObjectEvent {
    pub profile: ProfileId,
    #[serde(flatten)]
    pub event: ProfileEvent,
}

pub fn routes() -> Vec<Route> {
    let reads = Needs::Workspace(Role::Viewer);
    let own = vec![
        Route::new(reads, __path_list, list),
        Route::new(reads, __path_show, show),
        Route::new(reads, __path_of_profile, of_profile),
    ];
    own.into_iter().chain(kinds::routes()).collect()
}

/// The objects of a kind, those that are overdue longest first.
#[utoipa::path(post, path = "/api/w/{ws}/objects", tag = "objects", operation_id = "listObjects",
    params(("ws" = String, Path, description = "The workspace")),
    request_body = ObjectsQuestion, responses((status = 200, body = ObjectList)))]
async fn list(
    State(app): State<App>,
    workspace: Workspace,
    Body(question): Body<ObjectsQuestion>,
) -> Result<Response, Refusal> {
    let text = serde_json::to_string(&question).expect("questions have text keys");
    let asked = Asked::of(&workspace, &format!("objects {text}"));
    answers::try_answer(&app, asked, move |context, cancel| {
        listed(context, question, cancel)
    })
    .await
}

fn listed(
    context: &Context,
    question: ObjectsQuestion,
    cancel: &Cancel,
) -> Result<ObjectList, Refusal> {
    let kind = kind_of(context, &question.kind)?;
    let rules: Vec<&PeopleRule> = question.people.iter().collect();
    let snapshot = context.snapshot_for(&rules)?;
    let view = View::new(&snapshot, &context.meaning.vocabulary, cancel);
    let ask = ObjectsAsk {
        range: (!question.range.days.is_all()).then(|| question.range.resolve(context.now)),
        state: question.state,
        standing: question.standing,
        is_over: question.is_over,
        starts: question.starts.filter(|it| !it.is_empty()),
        people: question.people.clone(),
        offset: question.offset,
        limit: question.limit.clamp(1, limits::OBJECTS_PAGE_MAX),
    };
    objects(&view, kind, &ask, &question.range.zone, context.now).map_err(refuse)
}

/// One object: its states, its promise against the fact, its people and its events.
#[utoipa::path(get, path = "/api/w/{ws}/objects/{kind}/{id}", tag = "objects", operation_id = "getObject",
    params(("ws" = String, Path, description = "The workspace"),
        ("kind" = String, Path, description = "Id of the kind"),
        ("id" = String, Path, description = "Id of the object"), ReadIn),
    responses((status = 200, body = ShownObject)))]
async fn show(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, kind, id)): Path<(String, String, String)>,
    Query(ReadIn { zone }): Query<ReadIn>,
) -> Result<Json<ShownObject>, Refusal> {
    let context = workspace.runtime.context(app.now());
    let clock = app.clone();
    let shown = app.desk().answer(
        None,
        move || clock.now(),
        move |cancel| shown(&context, &kind, &id, &zone, cancel),
    );
    shown.await?.map(Json)
}

fn shown(
    context: &Context,
    kind: &str,
    id: &str,
    zone: &Zone,
    cancel: &Cancel,
) -> Result<ShownObject, Refusal> {
    let kind = kind_of(context, kind)?;
    let view = View::new(&context.snapshot, &context.meaning.vocabulary, cancel);
    let story = object(&view, kind, id, zone, context.now).map_err(refuse)?;
    let mut story = story.ok_or_else(|| {
        let message = format!(
            "no event carries an id like this; see the keys of `{}`",
            kind.id
        );
        Refusal::new(Code::DocumentUnknown, message)
    })?;
    story.people.truncate(limits::PROFILES_PAGE_MAX);
    let events = events_at(context, &view, &story.shown)?;
    let state = context.runtime.state();
    Ok(ShownObject {
        profiles: rows(context, state, &story.people, cancel)?,
        events,
        story,
    })
}

/// Events by where they lie, the last first.
pub fn events_at(
    context: &Context,
    view: &View<'_>,
    places: &[(Place, ProfileId)],
) -> Result<Vec<ObjectEvent>, Refusal> {
    let show = event_shower(context, view).map_err(refuse)?;
    let mut events = Vec::with_capacity(places.len());
    for (place, profile) in places.iter().rev() {
        let run = &context.snapshot.runs[place.run as usize];
        let read = run.events(&[place.row]);
        let read = read.map_err(|error| Refusal::internal(&error))?;
        events.extend(read.into_iter().map(|event| ObjectEvent {
            profile: *profile,
            event: show(*place, event),
        }));
    }
    Ok(events)
}

/// The objects that a profile has events of, what happened last first.
#[utoipa::path(get, path = "/api/w/{ws}/profiles/{id}/objects", tag = "objects",
    operation_id = "listProfileObjects",
    params(("ws" = String, Path, description = "The workspace"), ("id" = u32, Path, description = "The profile"),
        ReadIn),
    responses((status = 200, body = ObjectsOfProfile)))]
async fn of_profile(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, id)): Path<(String, u32)>,
    Query(ReadIn { zone }): Query<ReadIn>,
) -> Result<Json<ObjectsOfProfile>, Refusal> {
    let context = workspace.runtime.context(app.now());
    let clock = app.clone();
    let listed = app.desk().answer(
        None,
        move || clock.now(),
        move |cancel| {
            let profile = ProfileId(context.snapshot.root(id));
            let view = View::new(&context.snapshot, &context.meaning.vocabulary, cancel);
            objects_of(&view, profile, &zone, context.now).map_err(refuse)
        },
    );
    listed.await?.map(Json)
}

fn kind_of<'a>(context: &'a Context, id: &str) -> Result<&'a ObjectKind, Refusal> {
    context.meaning.vocabulary.object_kind(id).ok_or_else(|| {
        let message = format!("there is no kind of objects `{id}`");
        Refusal::new(Code::DocumentUnknown, message)
    })
}

/// What a list says of one kind, for who looks at kinds only.
pub(super) fn counted(
    view: &View<'_>,
    kind: &ObjectKind,
    context: &Context,
) -> Result<ObjectList, Refusal> {
    let ask = ObjectsAsk::default();
    objects(view, kind, &ask, &Zone::UTC, context.now).map_err(refuse)
}
