//! Segments that people have saved, and who satisfies a rule about people.

mod count;
mod history;

use axum::{
    Json,
    extract::{Path, State},
};
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use throughline_insight::people_faults;
use throughline_model::{
    ActorId, MemberId, Role, Timestamp,
    compare::Against,
    dashboard::{Dashboard, TileContent},
    limits,
    people::PeopleRule,
    report::Report,
    segment::{SegmentDefinition, named_faults},
};
use throughline_store::state::{Document, DocumentKind, WorkspaceState};
use utoipa::ToSchema;

use super::{
    ask::{PeopleOf, SelectOf, found, ticket, wanted},
    documents::{self, IfMatch},
    maps::{ChangedVersion, MadeId},
    reports::{Kept as KeptReport, ReportOwner, check_owner, owner},
    session::{check_name, faulty},
};
use crate::{
    access::gate::{Needs, Workspace},
    answers::refuse,
    app::App,
    http::{
        body::Body,
        refusal::{Code, Refusal},
        routes::Route,
    },
    workspace::{KeptSegment, Origin},
};

const KIND: DocumentKind = DocumentKind::Segment;

/// The segments of a workspace, the one that changed last first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Segments {
    pub segments: Vec<SegmentEntry>,
}

/// A segment in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct SegmentEntry {
    pub id: String,
    pub version: u64,
    pub title: String,
    pub description: String,
    /// None when they are in it no more.
    pub owner: Option<ReportOwner>,
    pub kind: SegmentKind,
    /// How many are in it now; none until it was looked at for the first time.
    pub people: Option<u64>,
    pub updated: Timestamp,
}

/// How a segment says who is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SegmentKind {
    Rule,
    Listed,
}

/// A segment with its version.
#[derive(Debug, Serialize, ToSchema)]
pub struct StoredSegment {
    pub id: String,
    /// To be sent in `If-Match` with a change.
    pub version: u64,
    pub title: String,
    pub description: String,
    pub owner: Option<ReportOwner>,
    pub definition: ShownDefinition,
    /// The number whose people were listed, where they come from one.
    pub origin: Option<Origin>,
    /// How many are in it now; none until it was looked at for the first time.
    pub people: Option<u64>,
    /// Segments and reports that name it.
    pub used_by: Vec<SegmentUse>,
    pub updated: Timestamp,
}

/// Who is in a segment; lists are read page by page, as the people of the rule `{"segment": {"id": …}}`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ShownDefinition {
    Rule(PeopleRule),
    Listed(ListedCount),
}

/// A list in short.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListedCount {
    /// As many as were listed; merged profiles are listed once for each of their actors.
    pub profiles: usize,
}

/// Something that names a segment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SegmentUse {
    pub kind: SegmentUser,
    pub id: String,
    pub title: String,
}

/// What names a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SegmentUser {
    Segment,
    Report,
    Dashboard,
}

/// A segment under a title.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TitledSegment {
    pub title: String,
    #[serde(default)]
    pub description: String,
    /// Needed for a new one; a change without it leaves who is in it.
    #[serde(default)]
    pub definition: Option<NewDefinition>,
    /// A member of the workspace. None leaves the owner, who is at first the one that saves it.
    #[serde(default)]
    pub owner: Option<MemberId>,
}

/// Who is to be in a segment.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum NewDefinition {
    Rule(PeopleRule),
    Listed(Vec<ActorId>),
    /// The people behind a number, as they are now.
    Behind(Box<Behind>),
}

/// A number whose people are to be listed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Behind {
    pub of: PeopleOf,
    /// The number's place, as its answer names it; not needed for a rule.
    #[serde(default)]
    #[schema(value_type = Option<SelectOf>)]
    pub select: serde_json::Value,
    /// `asked` of the answer that the number is from, so that the list is as long as the number says.
    #[serde(default)]
    pub asked: Option<Timestamp>,
}

pub fn routes() -> Vec<Route> {
    let (reads, asks) = (
        Needs::Workspace(Role::Viewer),
        Needs::Workspace(Role::Analyst),
    );
    let mut routes = vec![
        Route::new(reads, __path_list, list),
        Route::new(asks, __path_make, make),
        Route::new(reads, __path_show, show),
        Route::new(asks, __path_change, change),
        Route::new(asks, __path_remove, remove),
    ];
    routes.extend(count::routes());
    routes.extend(history::routes());
    routes
}

/// The segments of the workspace.
#[utoipa::path(get, path = "/api/w/{ws}/segments", tag = "segments", operation_id = "listSegments",
    params(("ws" = String, Path, description = "The workspace")),
    responses((status = 200, body = Segments)))]
async fn list(State(app): State<App>, workspace: Workspace) -> Result<Json<Segments>, Refusal> {
    let documents = documents::list(&workspace, KIND).await?;
    let entry = |document: Document| {
        let kept: KeptSegment = documents::parse(&document)?;
        Ok(SegmentEntry {
            owner: owner(&app, kept.owner),
            kind: match kept.definition {
                SegmentDefinition::Rule(_) => SegmentKind::Rule,
                SegmentDefinition::Listed(_) => SegmentKind::Listed,
            },
            description: kept.description,
            people: people(&workspace, &document.head.id),
            id: document.head.id,
            version: document.head.version,
            title: document.head.title,
            updated: document.head.updated,
        })
    };
    let segments = documents.into_iter().map(entry);
    let segments = segments.collect::<Result<_, Refusal>>()?;
    Ok(Json(Segments { segments }))
}

/// Saves a new segment.
#[utoipa::path(post, path = "/api/w/{ws}/segments", tag = "segments", operation_id = "makeSegment",
    params(("ws" = String, Path, description = "The workspace"),
        ("X-Query-Id" = Option<String>, Header, description = "An id of your choice, to follow and stop the listing of people")),
    request_body = TitledSegment, responses((status = 200, body = MadeId)))]
async fn make(
    State(app): State<App>,
    workspace: Workspace,
    headers: HeaderMap,
    Body(body): Body<TitledSegment>,
) -> Result<Json<MadeId>, Refusal> {
    check(&app, &workspace, &body)?;
    let Some(definition) = body.definition else {
        return Err(faulty("definition", "says who is in the segment"));
    };
    let (definition, origin) = define(&app, &workspace, &headers, definition).await?;
    let kept = KeptSegment {
        description: body.description.trim().to_owned(),
        owner: body.owner.or(Some(workspace.caller.id)),
        definition,
        origin,
    };
    let (runtime, now) = (workspace.runtime.clone(), app.now());
    let vocabulary = runtime.context(now).meaning.vocabulary;
    let title = body.title.trim().to_owned();
    let made = workspace.runtime.with_state(move |state| {
        let _changing = runtime.segments().change();
        let (_, others) = runtime.segments().definitions();
        if others.len() >= limits::SEGMENTS_MAX {
            let most = limits::SEGMENTS_MAX;
            let message = format!("a workspace keeps at most {most} segments; delete some");
            return Err(Refusal::new(Code::LimitReached, message));
        }
        let mut faults = kept.definition.faults();
        faults.extend(kept.definition.faults_among(None, &others));
        if let SegmentDefinition::Rule(rule) = &kept.definition {
            let consent = state.consent_policy();
            faults.extend(people_faults(
                &vocabulary,
                &consent,
                rule,
                "definition.rule",
            ));
        }
        documents::check("rule", faults)?;
        let json = written(&kept);
        let id = documents::put_new(state, KIND, &title, &json, now)?;
        runtime.segments().reload(state)?;
        Ok(id)
    });
    Ok(Json(MadeId { id: made.await? }))
}

/// A segment, with what names it.
#[utoipa::path(get, path = "/api/w/{ws}/segments/{id}", tag = "segments", operation_id = "getSegment",
    params(("ws" = String, Path, description = "The workspace"), ("id" = String, Path, description = "The segment")),
    responses((status = 200, body = StoredSegment)))]
async fn show(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, id)): Path<(String, String)>,
) -> Result<Json<StoredSegment>, Refusal> {
    let document = documents::get(&workspace, KIND, id.clone()).await?;
    let uses = workspace.runtime.with_state(move |state| uses(state, &id));
    let used_by = uses.await?;
    let kept: KeptSegment = documents::parse(&document)?;
    Ok(Json(StoredSegment {
        owner: owner(&app, kept.owner),
        description: kept.description,
        definition: match kept.definition {
            SegmentDefinition::Rule(rule) => ShownDefinition::Rule(rule),
            SegmentDefinition::Listed(actors) => ShownDefinition::Listed(ListedCount {
                profiles: actors.len(),
            }),
        },
        origin: kept.origin,
        people: people(&workspace, &document.head.id),
        used_by,
        id: document.head.id,
        version: document.head.version,
        title: document.head.title,
        updated: document.head.updated,
    }))
}

/// Changes a segment, unless somebody else has in the meantime. Version 0 brings a deleted one back.
#[utoipa::path(put, path = "/api/w/{ws}/segments/{id}", tag = "segments", operation_id = "changeSegment",
    params(("ws" = String, Path, description = "The workspace"), ("id" = String, Path, description = "The segment"),
        ("If-Match" = u64, Header, description = "The version that was read")),
    request_body = TitledSegment, responses((status = 200, body = ChangedVersion)))]
async fn change(
    State(app): State<App>,
    workspace: Workspace,
    headers: HeaderMap,
    Path((_, id)): Path<(String, String)>,
    IfMatch(version): IfMatch,
    Body(body): Body<TitledSegment>,
) -> Result<Json<ChangedVersion>, Refusal> {
    check(&app, &workspace, &body)?;
    let before = documents::find(&workspace, KIND, id.clone()).await?;
    let before: Option<KeptSegment> = before.as_ref().map(documents::parse).transpose()?;
    let (definition, origin) = match (body.definition, &before) {
        (Some(definition), _) => define(&app, &workspace, &headers, definition).await?,
        (None, Some(before)) => (before.definition.clone(), before.origin.clone()),
        (None, None) => return Err(faulty("definition", "says who is in the segment")),
    };
    let owner = match before {
        Some(before) => body.owner.or(before.owner),
        None => body.owner.or(Some(workspace.caller.id)),
    };
    let kept = KeptSegment {
        description: body.description.trim().to_owned(),
        owner,
        definition,
        origin,
    };
    let (runtime, now) = (workspace.runtime.clone(), app.now());
    let vocabulary = runtime.context(now).meaning.vocabulary;
    let title = body.title.trim().to_owned();
    let changed = workspace.runtime.with_state(move |state| {
        let _changing = runtime.segments().change();
        let (_, others) = runtime.segments().definitions();
        let mut faults = kept.definition.faults();
        faults.extend(kept.definition.faults_among(Some(&id), &others));
        if let SegmentDefinition::Rule(rule) = &kept.definition {
            let consent = state.consent_policy();
            faults.extend(people_faults(
                &vocabulary,
                &consent,
                rule,
                "definition.rule",
            ));
        }
        documents::check("rule", faults)?;
        let expected = (version > 0).then_some(version);
        let version =
            documents::put_over(state, KIND, &id, expected, &title, &written(&kept), now)?;
        runtime.segments().reload(state)?;
        Ok(version)
    });
    let version = changed.await?;
    Ok(Json(ChangedVersion { version }))
}

/// Deletes a segment that nothing else names.
#[utoipa::path(delete, path = "/api/w/{ws}/segments/{id}", tag = "segments", operation_id = "removeSegment",
    params(("ws" = String, Path, description = "The workspace"), ("id" = String, Path, description = "The segment")),
    responses((status = 204)))]
async fn remove(
    workspace: Workspace,
    Path((_, id)): Path<(String, String)>,
) -> Result<StatusCode, Refusal> {
    let runtime = workspace.runtime.clone();
    let removed = workspace.runtime.with_state(move |state| {
        let _changing = runtime.segments().change();
        let uses = uses(state, &id)?;
        if !uses.is_empty() {
            let named = uses.iter().map(|it| match it.kind {
                SegmentUser::Segment => format!("the segment “{}”", it.title),
                SegmentUser::Report => format!("the report “{}”", it.title),
                SegmentUser::Dashboard => format!("the dashboard “{}”", it.title),
            });
            let named: Vec<String> = named.collect();
            let message = format!("it is used by {}; change those first", named.join(", "));
            return Err(Refusal::new(Code::SegmentUsed, message));
        }
        if !state.remove_document(KIND, &id)? {
            return Err(documents::unknown());
        }
        Ok(runtime.segments().reload(state)?)
    });
    removed.await?;
    Ok(StatusCode::NO_CONTENT)
}

fn people(workspace: &Workspace, id: &str) -> Option<u64> {
    let profiles = workspace.runtime.memberships().of(id)?;
    Some(profiles.len() as u64)
}

/// Who is in the segment, and the number that they come from.
async fn define(
    app: &App,
    workspace: &Workspace,
    headers: &HeaderMap,
    definition: NewDefinition,
) -> Result<(SegmentDefinition, Option<Origin>), Refusal> {
    let behind = match definition {
        NewDefinition::Rule(rule) => return Ok((SegmentDefinition::Rule(rule), None)),
        NewDefinition::Listed(actors) => return Ok((SegmentDefinition::Listed(actors), None)),
        NewDefinition::Behind(behind) => behind,
    };
    let now = app.now();
    let asked = behind.asked.map_or(now, |asked| asked.min(now));
    let origin = Origin {
        of: behind.of.clone(),
        select: behind.select.clone(),
        asked,
    };
    let wanted = wanted(workspace, behind.of, behind.select).await?;
    let context = workspace.runtime.context(asked);
    let (clock, ticket) = (app.clone(), ticket(workspace, headers)?);
    let listed = app.desk().answer(
        ticket,
        move || clock.now(),
        move |cancel| found(&context, &wanted, cancel).map_err(refuse),
    );
    let actors = listed.await??.into_iter().map(|it| ActorId(it.0));
    let definition = SegmentDefinition::Listed(actors.collect());
    documents::check("rule", definition.faults())?;
    Ok((definition, Some(origin)))
}

/// What names a segment.
fn uses(state: &WorkspaceState, id: &str) -> Result<Vec<SegmentUse>, Refusal> {
    let of = |kind, document: Document| SegmentUse {
        kind,
        id: document.head.id,
        title: document.head.title,
    };
    let mut uses = Vec::new();
    for document in state.documents(KIND)? {
        let kept: KeptSegment = documents::parse(&document)?;
        if kept.definition.segments().iter().any(|it| it.1 == id) {
            uses.push(of(SegmentUser::Segment, document));
        }
    }
    for document in state.documents(DocumentKind::Report)? {
        let kept = KeptReport::read(&document).map_err(|error| Refusal::internal(&error))?;
        let against = match &kept.against {
            Some(Against::People(rule)) => Some(&**rule),
            _ => None,
        };
        if is_named_by(&kept.report, id) || names(against, id) {
            uses.push(of(SegmentUser::Report, document));
        }
    }
    for document in state.documents(DocumentKind::Dashboard)? {
        let dashboard: Dashboard = documents::parse(&document)?;
        let is_in_tile = dashboard.tiles.iter().any(|tile| match &tile.content {
            TileContent::Report(report) => is_named_by(report, id),
            _ => false,
        });
        if is_in_tile || names(dashboard.narrow.people.as_ref(), id) {
            uses.push(of(SegmentUser::Dashboard, document));
        }
    }
    Ok(uses)
}

fn names<'a>(rules: impl IntoIterator<Item = &'a PeopleRule>, id: &str) -> bool {
    (rules.into_iter()).any(|it| it.segments("").iter().any(|it| it.1 == id))
}

fn is_named_by(report: &Report, id: &str) -> bool {
    names(report.rules().into_iter().map(|it| it.1), id)
}

/// Refuses a rule that cannot be asked.
pub fn check_rule(workspace: &Workspace, rule: &PeopleRule, place: &str) -> Result<(), Refusal> {
    let (_, segments) = workspace.runtime.segments().definitions();
    let mut faults = rule.faults(place);
    faults.extend(named_faults(rule, place, None, &segments));
    documents::check("rule", faults)
}

fn check(app: &App, workspace: &Workspace, body: &TitledSegment) -> Result<(), Refusal> {
    check_name("title", &body.title)?;
    if body.description.chars().count() > limits::DESCRIPTION_CHARS_MAX {
        let most = limits::DESCRIPTION_CHARS_MAX;
        return Err(faulty(
            "description",
            &format!("has at most {most} characters"),
        ));
    }
    check_owner(app, workspace, body.owner)
}

fn written(kept: &KeptSegment) -> String {
    serde_json::to_string(kept).expect("segments have text keys")
}
