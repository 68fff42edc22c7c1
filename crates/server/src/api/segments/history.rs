//! Who is in a segment, who came and who went, and how large it was day by day.

use std::collections::BTreeMap;

use axum::{
    Json,
    extract::{Path, State},
};
use jiff::{ToSpan as _, civil::Date};
use serde::{Deserialize, Serialize};
use throughline_model::{ProfileId, Role, Timestamp, Zone, limits};
use throughline_store::state::{DocumentKind, LoggedMove, MoveCause, SegmentQuarter};
use utoipa::{IntoParams, ToSchema};

use crate::{
    access::gate::{Needs, Workspace},
    api::{documents, profiles::names_of},
    app::App,
    http::{
        body::Query,
        refusal::{Code, Refusal},
        routes::Route,
    },
};

/// How large a segment was, day by day.
#[derive(Debug, Serialize, ToSchema)]
pub struct SegmentHistory {
    #[schema(value_type = String)]
    pub zone: Zone,
    /// How many are in it now; none until it was looked at for the first time.
    pub people: Option<u64>,
    /// From the first day that is known to today.
    pub days: Vec<SegmentDay>,
}

/// A day of a segment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SegmentDay {
    #[schema(value_type = String, format = Date)]
    pub day: Date,
    /// How often somebody came into it; who comes twice counts twice.
    pub entered: u64,
    pub left: u64,
    /// How many were in it at the end of the day.
    pub people: u64,
}

/// Which days to tell of.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct DaysOf {
    /// At most 400; 30 if not said.
    pub days: Option<i32>,
    /// The zone whose days they are, like `Europe/Berlin`; UTC if not said.
    #[param(value_type = Option<String>)]
    pub zone: Option<Zone>,
}

/// Comings and goings, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct SegmentMoves {
    pub moves: Vec<SegmentMoveRow>,
    /// `before` of the next page; none on the last.
    pub next: Option<u64>,
}

/// Somebody came into a segment or left it.
#[derive(Debug, Serialize, ToSchema)]
pub struct SegmentMoveRow {
    /// The id of the segment.
    pub segment: String,
    pub profile: ProfileId,
    /// What the profile is called now.
    pub label: String,
    /// False when it left.
    pub entered: bool,
    pub at: Timestamp,
    pub because: MoveReason,
    /// The event, where one was the reason: its `seq` in the profile's timeline.
    pub event: Option<String>,
}

/// Why somebody came or went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MoveReason {
    Event,
    /// Nothing happened; time went by.
    Time,
    /// Profiles were joined or taken apart.
    Merge,
    /// Something was told of an account that the profile is in.
    Account,
    /// Everybody was looked at anew: the server was started, the vocabulary changed, or an import was undone.
    Renewal,
}

/// Which page of comings and goings.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct MovesPage {
    /// `next` of the page before.
    pub before: Option<u64>,
    /// At most 500.
    pub limit: Option<usize>,
}

/// Segments of a profile.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProfileSegments {
    /// Those that it is in now, by title.
    pub segments: Vec<ProfileSegment>,
    /// The latest comings and goings, the newest first.
    pub moves: Vec<SegmentMoveRow>,
}

/// A segment that a profile is in.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProfileSegment {
    pub id: String,
    pub title: String,
    /// When it came in; none when it was in already as the segment was made or changed.
    pub since: Option<Timestamp>,
}

const DAYS_MAX: i32 = 400;
const PROFILE_MOVES: usize = 100;

pub fn routes() -> Vec<Route> {
    let reads = Needs::Workspace(Role::Viewer);
    vec![
        Route::new(reads, __path_history, history),
        Route::new(reads, __path_list_moves, list_moves),
        Route::new(reads, __path_of_profile, of_profile),
    ]
}

/// How large a segment was day by day, and how many came and went.
#[utoipa::path(get, path = "/api/w/{ws}/segments/{id}/history", tag = "segments", operation_id = "getSegmentHistory",
    params(("ws" = String, Path, description = "The workspace"), ("id" = String, Path, description = "The segment"), DaysOf),
    responses((status = 200, body = SegmentHistory)))]
async fn history(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, id)): Path<(String, String)>,
    Query(query): Query<DaysOf>,
) -> Result<Json<SegmentHistory>, Refusal> {
    documents::get(&workspace, DocumentKind::Segment, id.clone()).await?;
    let zone = query.zone.unwrap_or(Zone::UTC);
    let count = query.days.unwrap_or(30).clamp(1, DAYS_MAX);
    let today = app.now().in_zone(&zone).date();
    let first = today.saturating_sub((count - 1).days());
    let from = zone.start_of(first);
    let people = workspace.runtime.memberships().of(&id);
    let read = workspace
        .runtime
        .with_state(move |state| Ok(state.segment_quarters(&id, from)?));
    Ok(Json(SegmentHistory {
        days: days(&read.await?, &zone, first, today),
        people: people.map(|it| it.len() as u64),
        zone,
    }))
}

/// Who came into a segment and who left it, the newest first.
#[utoipa::path(get, path = "/api/w/{ws}/segments/{id}/moves", tag = "segments", operation_id = "listSegmentMoves",
    params(("ws" = String, Path, description = "The workspace"), ("id" = String, Path, description = "The segment"), MovesPage),
    responses((status = 200, body = SegmentMoves)))]
async fn list_moves(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, id)): Path<(String, String)>,
    Query(page): Query<MovesPage>,
) -> Result<Json<SegmentMoves>, Refusal> {
    documents::get(&workspace, DocumentKind::Segment, id.clone()).await?;
    let limit = page.limit.unwrap_or(50).clamp(1, limits::PROFILES_PAGE_MAX);
    let context = workspace.runtime.context(app.now());
    let read = workspace.runtime.with_state(move |state| {
        let mut moves = state.moves_of_segment(&id, page.before, limit + 1)?;
        let is_last = moves.len() <= limit;
        moves.truncate(limit);
        let next = moves.last().map(|it| it.id).filter(|_| !is_last);
        let profiles: Vec<ProfileId> = moves.iter().map(|it| it.step.profile).collect();
        let names = names_of(&context, state, &profiles)?;
        let label = |profile: ProfileId| {
            let name = names.get(&profile).cloned().unwrap_or_default();
            name.label(profile)
        };
        let moves = moves.into_iter().map(|it| row(it, &label)).collect();
        Ok(SegmentMoves { moves, next })
    });
    Ok(Json(read.await?))
}

/// The segments that a profile is in, and when it came into which and left it.
#[utoipa::path(get, path = "/api/w/{ws}/profiles/{id}/segments", tag = "profiles", operation_id = "listProfileSegments",
    params(("ws" = String, Path, description = "The workspace"), ("id" = u32, Path, description = "The profile")),
    responses((status = 200, body = ProfileSegments)))]
async fn of_profile(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, id)): Path<(String, u32)>,
) -> Result<Json<ProfileSegments>, Refusal> {
    let context = workspace.runtime.context(app.now());
    let profile = ProfileId(context.snapshot.root(id));
    if throughline_insight::places_of(&context.snapshot, profile).is_empty() {
        let message = "this workspace has no profile of this id";
        return Err(Refusal::new(Code::ProfileUnknown, message));
    }
    let within = workspace.runtime.memberships().of_profile(profile);
    let read = workspace.runtime.with_state(move |state| {
        let moves = state.moves_of_profile(profile, PROFILE_MOVES)?;
        let since = |id: &str| {
            let last = moves.iter().find(|it| it.segment == id);
            last.filter(|it| it.step.has_entered).map(|it| it.step.at)
        };
        let mut segments = Vec::new();
        for document in state.documents(DocumentKind::Segment)? {
            if within.contains(&document.head.id) {
                segments.push(ProfileSegment {
                    since: since(&document.head.id),
                    id: document.head.id,
                    title: document.head.title,
                });
            }
        }
        segments.sort_by(|a, b| a.title.cmp(&b.title));
        let name = names_of(&context, state, &[profile])?.remove(&profile);
        let label = name.unwrap_or_default().label(profile);
        let moves = moves.into_iter().map(|it| row(it, &|_| label.clone()));
        Ok(ProfileSegments {
            moves: moves.collect(),
            segments,
        })
    });
    Ok(Json(read.await?))
}

fn row(logged: LoggedMove, label: &impl Fn(ProfileId) -> String) -> SegmentMoveRow {
    let (because, event) = match logged.step.cause {
        MoveCause::Event(seq) => (MoveReason::Event, Some(seq.0.to_string())),
        MoveCause::Time => (MoveReason::Time, None),
        MoveCause::Merge => (MoveReason::Merge, None),
        MoveCause::Account => (MoveReason::Account, None),
        MoveCause::Renewal => (MoveReason::Renewal, None),
    };
    SegmentMoveRow {
        segment: logged.segment,
        label: label(logged.step.profile),
        profile: logged.step.profile,
        entered: logged.step.has_entered,
        at: logged.step.at,
        because,
        event,
    }
}

/// Days from the first that anything is known of; a day without change is as large as the one before.
fn days(quarters: &[SegmentQuarter], zone: &Zone, first: Date, today: Date) -> Vec<SegmentDay> {
    let mut by_day: BTreeMap<Date, SegmentDay> = BTreeMap::new();
    let mut size = None;
    for quarter in quarters {
        let day = quarter.start.in_zone(zone).date();
        if day < first {
            size = Some(quarter.size);
            continue;
        }
        let told = by_day.entry(day).or_insert(SegmentDay {
            day,
            entered: 0,
            left: 0,
            people: 0,
        });
        told.entered += quarter.entered;
        told.left += quarter.left;
        told.people = quarter.size;
    }
    let mut days = Vec::new();
    let mut day = first;
    while day <= today {
        match (by_day.remove(&day), size) {
            (Some(told), _) => {
                size = Some(told.people);
                days.push(told);
            }
            (None, Some(people)) => days.push(SegmentDay {
                day,
                entered: 0,
                left: 0,
                people,
            }),
            (None, None) => {}
        }
        let Ok(next) = day.tomorrow() else {
            break;
        };
        day = next;
    }
    days
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_zone_and_none_is_missing() {
        let quarter = |start: &str, entered, left, size| SegmentQuarter {
            start: Timestamp::parse(start).unwrap(),
            entered,
            left,
            size,
        };
        let quarters = [
            quarter("2026-02-01T00:00:00Z", 0, 0, 4),
            quarter("2026-03-01T15:45:00Z", 2, 1, 5),
            quarter("2026-03-01T16:00:00Z", 1, 0, 6),
            quarter("2026-03-03T00:00:00Z", 0, 2, 4),
        ];
        let zone = Zone::parse("Asia/Shanghai").unwrap();
        let (first, today) = (Date::constant(2026, 2, 28), Date::constant(2026, 3, 4));
        let told: Vec<String> = days(&quarters, &zone, first, today)
            .into_iter()
            .map(|it| format!("{} +{} -{} = {}", it.day, it.entered, it.left, it.people))
            .collect();
        let expected = [
            "2026-02-28 +0 -0 = 4",
            "2026-03-01 +2 -1 = 5",
            "2026-03-02 +1 -0 = 6",
            "2026-03-03 +0 -2 = 4",
            "2026-03-04 +0 -0 = 4",
        ];
        assert_eq!(told, expected);
    }
}
