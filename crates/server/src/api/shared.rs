//! What a link shows to whoever has it: one document, its numbers, and nothing else.

use std::net::IpAddr;

use axum::{
    Json,
    extract::{Path, State},
    response::Response,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use throughline_insight::Answer;
use throughline_model::{
    By, Field, Span, Timestamp, Vocabulary, Zone,
    compare::AgainstKind,
    dashboard::{Dashboard, Narrow, Tile, TileContent},
    report::{Days, Range, Report},
};
use throughline_store::state::{
    DocumentKind,
    instance::{ShareKind, ShareRow},
};
use utoipa::{IntoParams, ToSchema};

use super::shares::SharedKind;
use crate::{
    access::{
        gate::{self, Needs},
        secret::hash_of,
    },
    answers::{self, Asked},
    app::{App, ClientAddress},
    digests::{self, Titled},
    http::{
        body::Query,
        refusal::{Code, Refusal},
        routes::Route,
    },
    workspace::WorkspaceRuntime,
};

/// A document as a link shows it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Shared {
    pub kind: SharedKind,
    pub title: String,
    pub description: String,
    /// Of the workspace, in which times are shown.
    #[schema(value_type = String)]
    pub zone: Zone,
    /// That of the dashboard; a report has its own.
    pub range: Option<Range>,
    /// The name of the member who made the link; none when they are no member any more.
    pub author: Option<String>,
    pub created: Timestamp,
    pub expires: Option<Timestamp>,
    pub tiles: Vec<SharedTile>,
    /// What the workspace calls the values that reports on it are split by.
    pub names: Vec<SharedName>,
}

/// The name of a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SharedName {
    /// `touchpoint` or `stage`.
    pub field: &'static str,
    pub id: String,
    pub name: String,
}

/// A tile as a link shows it.
#[derive(Debug, Serialize, ToSchema)]
pub struct SharedTile {
    pub id: String,
    pub title: String,
    pub note: String,
    pub width: u8,
    pub height: u8,
    pub content: SharedContent,
    /// What the report is compared with; its numbers are to be asked for, too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub against: Option<AgainstKind>,
}

/// What is on a tile, without what leads further.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SharedContent {
    /// A report, whose numbers are to be asked for by the tile's id.
    #[schema(no_recursion)]
    Report(Box<Report>),
    Text(String),
    /// Something that is not shared, or was deleted.
    Nothing,
}

/// Another range than the document's own.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct SharedRange {
    /// The span that ends now, like `30d`.
    #[param(value_type = Option<String>)]
    pub last: Option<Span>,
    /// The first day; `to` comes with it.
    #[param(value_type = Option<String>)]
    pub from: Option<Date>,
    /// The last day, included.
    #[param(value_type = Option<String>)]
    pub to: Option<Date>,
}

/// The one tile of a shared report.
const REPORT_TILE: &str = "report";

pub fn routes() -> Vec<Route> {
    vec![
        Route::new(Needs::Nothing, __path_show, show),
        Route::new(Needs::Nothing, __path_tile, tile),
        Route::new(Needs::Nothing, __path_other_side, other_side),
    ]
}

/// The document of a link.
#[utoipa::path(get, path = "/api/shared/{token}", tag = "shares", operation_id = "getShared",
    params(("token" = String, Path, description = "The end of the link")),
    responses((status = 200, body = Shared)))]
async fn show(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    Path(token): Path<String>,
) -> Result<Json<Shared>, Refusal> {
    let (share, runtime) = enter(&app, address, &token)?;
    let zone = zone_of(&app, &runtime);
    let author = author_of(&app, &share);
    let vocabulary = runtime.context(app.now()).meaning.vocabulary;
    let shown = runtime.with_state(move |state| {
        let dashboard = document(state, &share)?;
        let mut tiles = Vec::new();
        for tile in &dashboard.tiles {
            // A map leads into the workspace, where a link does not let anybody in.
            if matches!(tile.content, TileContent::Map(_)) {
                continue;
            }
            let titled = digests::report_of(state, tile, &dashboard.narrow)?;
            tiles.push(SharedTile {
                id: tile.id.clone(),
                title: (titled.as_ref()).map_or(tile.title.clone(), |it| it.title.clone()),
                note: tile.note.clone(),
                width: tile.width,
                height: tile.height,
                against: titled
                    .as_ref()
                    .and_then(|it| Some(it.against.as_ref()?.kind())),
                content: match (&tile.content, titled) {
                    (_, Some(it)) => SharedContent::Report(Box::new(it.report.about_anybody())),
                    (TileContent::Text(text), None) => SharedContent::Text(text.clone()),
                    (_, None) => SharedContent::Nothing,
                },
            });
        }
        let names = names(&vocabulary, &tiles);
        Ok(Shared {
            names,
            kind: SharedKind::of(share.kind),
            title: dashboard.title,
            description: dashboard.description,
            zone,
            range: dashboard.narrow.range,
            author,
            created: share.created,
            expires: share.expires,
            tiles,
        })
    });
    shown.await.map(Json)
}

/// The numbers of one tile of a link's document.
#[utoipa::path(get, path = "/api/shared/{token}/tiles/{tile}", tag = "shares", operation_id = "getSharedTile",
    params(("token" = String, Path, description = "The end of the link"),
        ("tile" = String, Path, description = "The tile"), SharedRange),
    responses((status = 200, body = Answer)))]
async fn tile(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    Path((token, id)): Path<(String, String)>,
    Query(query): Query<SharedRange>,
) -> Result<Response, Refusal> {
    answered(&app, address, &token, id, query, |it| Some(it.report)).await
}

/// The numbers that those of a tile are compared with.
#[utoipa::path(get, path = "/api/shared/{token}/tiles/{tile}/against", tag = "shares", operation_id = "getSharedOtherSide",
    params(("token" = String, Path, description = "The end of the link"),
        ("tile" = String, Path, description = "The tile"), SharedRange),
    responses((status = 200, body = Answer)))]
async fn other_side(
    State(app): State<App>,
    ClientAddress(address): ClientAddress,
    Path((token, id)): Path<(String, String)>,
    Query(query): Query<SharedRange>,
) -> Result<Response, Refusal> {
    let side = |it: Titled| Some(it.against?.other(&it.report));
    answered(&app, address, &token, id, query, side).await
}

/// The answer of one side of a tile.
async fn answered(
    app: &App,
    address: Option<IpAddr>,
    token: &str,
    id: String,
    query: SharedRange,
    side: impl FnOnce(Titled) -> Option<Report>,
) -> Result<Response, Refusal> {
    let (share, runtime) = enter(app, address, token)?;
    let range = range_of(query, zone_of(app, &runtime))?;
    let found = runtime.with_state(move |state| {
        let dashboard = document(state, &share)?;
        let tile = dashboard.tiles.iter().find(|it| it.id == id);
        let tile = tile.ok_or_else(gone)?;
        let narrow = Narrow {
            range: range.or(dashboard.narrow.range),
            ..dashboard.narrow
        };
        let titled = digests::report_of(state, tile, &narrow)?;
        titled.ok_or_else(gone)
    });
    let report = side(found.await?).ok_or_else(gone)?;
    let question = serde_json::to_string(&report).expect("reports have text keys");
    let asked = Asked::without_caller(&runtime, &format!("shared {question}"));
    answers::answer(app, asked, move |context, cancel| {
        let answer = context.ask(&report, cancel)?;
        Ok(Answer {
            report: answer.report.about_anybody(),
            ..answer
        })
    })
    .await
}

/// The share of a link and the workspace that it is of. Every call counts, right or wrong.
fn enter(
    app: &App,
    address: Option<IpAddr>,
    token: &str,
) -> Result<(ShareRow, WorkspaceRuntime), Refusal> {
    let now = app.now();
    let address = address.unwrap_or(IpAddr::from([0, 0, 0, 0]));
    app.shared_pace().call(address, now).map_err(|wait| {
        let message = "too many calls from your address; wait a minute";
        Refusal::new(Code::SharedBusy, message).retry_after(wait)
    })?;
    let directory = app.instance().read();
    let share = directory.share_by_hash(&hash_of(token), now);
    let share = share.cloned().ok_or_else(unknown)?;
    let runtime = app.workspaces().get(&share.workspace);
    let runtime = runtime.ok_or_else(gate::closed)?;
    Ok((share, runtime))
}

/// What a share shows, as a dashboard; a report is one with a single tile.
fn document(
    state: &throughline_store::state::WorkspaceState,
    share: &ShareRow,
) -> Result<Dashboard, Refusal> {
    match share.kind {
        ShareKind::Dashboard => {
            let document = state.document(DocumentKind::Dashboard, &share.document)?;
            super::documents::parse(&document.ok_or_else(unknown)?)
        }
        ShareKind::Report => {
            let saved = digests::saved(state, &share.document)?.ok_or_else(unknown)?;
            Ok(Dashboard {
                title: saved.title,
                description: String::new(),
                narrow: Narrow::default(),
                tiles: vec![Tile {
                    id: REPORT_TILE.to_owned(),
                    title: String::new(),
                    note: String::new(),
                    width: throughline_model::dashboard::COLUMNS,
                    height: throughline_model::dashboard::HEIGHT_MAX,
                    content: TileContent::Saved(share.document.clone()),
                }],
            })
        }
    }
}

fn range_of(query: SharedRange, zone: Zone) -> Result<Option<Range>, Refusal> {
    let days = match (query.last, query.from, query.to) {
        (None, None, None) => return Ok(None),
        (Some(span), None, None) => Days::Last(span),
        (None, Some(from), Some(to)) if from <= to => Days::Between { from, to },
        _ => {
            let message = "give `last`, or `from` and `to` with the earlier day first";
            return Err(Refusal::new(Code::ParameterUnusable, message));
        }
    };
    Ok(Some(Range { days, zone }))
}

fn zone_of(app: &App, runtime: &WorkspaceRuntime) -> Zone {
    let directory = app.instance().read();
    let row = directory.workspace(runtime.id());
    row.map_or(Zone::UTC, |row| row.zone.clone())
}

/// The names of touchpoints and stages, as far as a tile is split by them.
fn names(vocabulary: &Vocabulary, tiles: &[SharedTile]) -> Vec<SharedName> {
    let splits = |field: &Field| {
        tiles.iter().any(|tile| match &tile.content {
            SharedContent::Report(report) => match report.as_ref() {
                Report::Counts(counts) => {
                    counts.breakdown.as_ref().and_then(By::field) == Some(field)
                }
                Report::Trends(trends) => {
                    trends.breakdown.as_ref().and_then(By::field) == Some(field)
                }
                _ => false,
            },
            _ => false,
        })
    };
    let name = |field, id: &str, name: &str| SharedName {
        field,
        id: id.to_owned(),
        name: name.to_owned(),
    };
    let touchpoints = vocabulary.touchpoints.iter();
    let touchpoints = touchpoints.filter(|_| splits(&Field::Touchpoint));
    let stages = vocabulary.stages.iter().filter(|_| splits(&Field::Stage));
    touchpoints
        .map(|it| name("touchpoint", &it.id, &it.name))
        .chain(stages.map(|it| name("stage", &it.id, &it.name)))
        .collect()
}

/// What the member who made a link is called.
fn author_of(app: &App, share: &ShareRow) -> Option<String> {
    let directory = app.instance().read();
    let member = directory.member_by_email(&share.author);
    member.map(|it| it.name.clone())
}

/// The same for a link that never was, has run out or was revoked.
fn unknown() -> Refusal {
    let message = "this link shows nothing; it may have been revoked or have run out";
    Refusal::new(Code::ShareUnknown, message)
}

fn gone() -> Refusal {
    let message = "there is nothing on this tile any more";
    Refusal::new(Code::DocumentUnknown, message)
}
