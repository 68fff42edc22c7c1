//! Profiles: finding one, and everything that is known of it.

use std::collections::BTreeMap;

use axum::{
    Json,
    extract::{Path, State},
};
use serde::{Deserialize, Serialize};
use throughline_ingest::identifiers;
use throughline_insight::{AskError, Cancel, Person, Place, View, describe, places_of};
use throughline_model::{
    ActorId, Channel, EventKind, Identifier, IdentifierKind, ProfileId, Role, Seq, SourceId,
    Timestamp, limits,
};
use throughline_store::{
    StoredEvent,
    state::{StateError, TraitRow, WorkspaceState},
};
use utoipa::{IntoParams, ToSchema};

use super::privacy::{ProfileConsents, consents_of};
use crate::{
    access::gate::{Needs, Workspace},
    answers::refuse,
    app::App,
    http::{
        body::Query,
        refusal::{Code, Refusal},
        routes::Route,
    },
    workspace::Context,
};

/// A profile in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProfileRow {
    pub id: ProfileId,
    /// The most telling name that is known.
    pub label: String,
    /// False while only a browser or an installation is known.
    pub known: bool,
    pub first: Timestamp,
    pub last: Timestamp,
    pub events_count: u64,
    /// The id of the stage that it is in.
    pub stage: Option<String>,
    /// The channels that it was met on, the most frequent first.
    pub channels: Vec<Channel>,
}

/// Profiles that were found.
#[derive(Debug, Serialize, ToSchema)]
pub struct Profiles {
    pub profiles: Vec<ProfileRow>,
}

/// What to look for.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ProfileSearch {
    /// The beginning of an identifier or of a trait's text.
    pub q: String,
    /// At most 500.
    pub limit: Option<usize>,
}

/// One profile.
#[derive(Debug, Serialize, ToSchema)]
pub struct Profile {
    pub id: ProfileId,
    pub label: String,
    pub known: bool,
    pub identifiers: Vec<ProfileIdentifier>,
    pub traits: Vec<ProfileTrait>,
    pub stage: Option<ProfileStage>,
    pub first: Timestamp,
    pub last: Timestamp,
    pub events_count: u64,
    pub channels: Vec<ChannelCount>,
    pub consents: ProfileConsents,
}

/// A key of a profile.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProfileIdentifier {
    pub kind: IdentifierKind,
    pub value: String,
}

/// What is known of a profile, from when and from where. The newest wins.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProfileTrait {
    pub name: String,
    #[schema(value_type = Object)]
    pub value: serde_json::Value,
    pub time: Timestamp,
    pub source: SourceId,
    /// Operations that the value was worked out by; 0 where it is as it was told.
    pub operations_count: u64,
}

/// The stage that a profile is in.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProfileStage {
    pub id: String,
    pub name: String,
    pub since: Timestamp,
}

/// Events on a channel.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChannelCount {
    pub channel: Channel,
    pub events: u64,
}

/// Where to go on in a timeline.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct EventsBefore {
    /// `next` of the page before.
    pub before: Option<String>,
    /// At most 500.
    pub limit: Option<usize>,
}

/// One page of a profile's timeline, the newest event first.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProfileEvents {
    pub events: Vec<ProfileEvent>,
    /// `before` of the next page; none on the last.
    pub next: Option<String>,
}

/// One event of a profile.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProfileEvent {
    pub seq: String,
    pub time: Timestamp,
    pub received: Timestamp,
    pub name: String,
    /// The name that it was sent under, where a rule shows it as another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent_as: Option<String>,
    pub kind: EventKind,
    pub channel: Channel,
    /// The id of the touchpoint.
    pub touchpoint: Option<String>,
    /// The id of the stage that it leads to.
    pub stage: Option<String>,
    #[schema(value_type = Object)]
    pub properties: serde_json::Value,
    #[schema(value_type = Object)]
    pub context: serde_json::Value,
    pub source: SourceId,
}

pub fn routes() -> Vec<Route> {
    let reads = Needs::Workspace(Role::Viewer);
    vec![
        Route::new(reads, __path_search, search),
        Route::new(reads, __path_show, show),
        Route::new(reads, __path_list_events, list_events),
    ]
}

/// Finds profiles by the beginning of an identifier or of a trait.
#[utoipa::path(get, path = "/api/w/{ws}/profiles", tag = "profiles", operation_id = "searchProfiles",
    params(("ws" = String, Path, description = "The workspace"), ProfileSearch),
    responses((status = 200, body = Profiles)))]
async fn search(
    State(app): State<App>,
    workspace: Workspace,
    Query(query): Query<ProfileSearch>,
) -> Result<Json<Profiles>, Refusal> {
    let text = query.q.trim().to_owned();
    let limit = query
        .limit
        .unwrap_or(20)
        .clamp(1, limits::PROFILES_PAGE_MAX);
    let context = workspace.runtime.context(app.now());
    let (clock, runtime) = (app.clone(), workspace.runtime.clone());
    let found = app.desk().answer(
        None,
        move || clock.now(),
        move |cancel| {
            if text.is_empty() {
                return Ok(Vec::new());
            }
            // Whoever has exactly this identifier, in whatever form it was typed, comes first.
            let mut actors: Vec<ActorId> = {
                let resolver = runtime.pipeline().resolver();
                let country = resolver.policy().country.as_deref();
                let readings = identifiers::readings(&text, country);
                let found = readings.iter().filter_map(|it| resolver.actor(it));
                found.collect()
            };
            actors.extend(runtime.state().search(&text, limit)?);
            actors.truncate(limit);
            let mut profiles: Vec<ProfileId> = Vec::new();
            for actor in actors {
                let profile = ProfileId(context.snapshot.root(actor.0));
                if !profiles.contains(&profile) {
                    profiles.push(profile);
                }
            }
            rows(&context, runtime.state(), &profiles, cancel)
        },
    );
    let profiles = found.await??;
    Ok(Json(Profiles { profiles }))
}

/// Everything that is known of a profile.
#[utoipa::path(get, path = "/api/w/{ws}/profiles/{id}", tag = "profiles", operation_id = "getProfile",
    params(("ws" = String, Path, description = "The workspace"), ("id" = u32, Path, description = "The profile")),
    responses((status = 200, body = Profile)))]
async fn show(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, id)): Path<(String, u32)>,
) -> Result<Json<Profile>, Refusal> {
    let context = workspace.runtime.context(app.now());
    let (clock, runtime) = (app.clone(), workspace.runtime.clone());
    let shown = app.desk().answer(
        None,
        move || clock.now(),
        move |cancel| profile(&context, runtime.state(), id, cancel),
    );
    shown.await?.map(Json)
}

/// A profile's events over all channels, the newest first.
#[utoipa::path(get, path = "/api/w/{ws}/profiles/{id}/events", tag = "profiles",
    operation_id = "listProfileEvents",
    params(("ws" = String, Path, description = "The workspace"), ("id" = u32, Path, description = "The profile"),
        EventsBefore),
    responses((status = 200, body = ProfileEvents)))]
async fn list_events(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, id)): Path<(String, u32)>,
    Query(query): Query<EventsBefore>,
) -> Result<Json<ProfileEvents>, Refusal> {
    let before = match query.before.as_deref().map(parse_place) {
        Some(None) => {
            let message = "`before` is the `next` of an earlier page";
            return Err(Refusal::new(Code::ParameterUnusable, message));
        }
        Some(Some(place)) => place,
        None => (i64::MAX, u64::MAX),
    };
    let limit = query
        .limit
        .unwrap_or(100)
        .clamp(1, limits::PROFILE_EVENTS_PAGE_MAX);
    let context = workspace.runtime.context(app.now());
    let clock = app.clone();
    let listed = app.desk().answer(
        None,
        move || clock.now(),
        move |cancel| events(&context, ProfileId(id), before, limit, cancel),
    );
    listed.await?.map(Json)
}

/// Describes profiles for a list, in the order asked.
pub fn rows(
    context: &Context,
    state: &WorkspaceState,
    profiles: &[ProfileId],
    cancel: &Cancel,
) -> Result<Vec<ProfileRow>, Refusal> {
    let vocabulary = &context.meaning.vocabulary;
    let view = View::new(&context.snapshot, vocabulary, cancel);
    let people = describe(&view, profiles).map_err(refuse)?;
    let mut names = names_of(context, state, profiles)?;
    let line = |person: Person| {
        let name = names.remove(&person.profile).unwrap_or_default();
        ProfileRow {
            id: person.profile,
            label: name.label(person.profile),
            known: name.is_known(),
            first: person.first,
            last: person.last,
            events_count: person.events_count,
            stage: person
                .stage
                .map(|(stage, _)| vocabulary.stages[stage].id.clone()),
            channels: person
                .channels
                .into_iter()
                .map(|(channel, _)| channel)
                .collect(),
        }
    };
    Ok(people.into_iter().map(line).collect())
}

fn profile(
    context: &Context,
    state: &WorkspaceState,
    id: u32,
    cancel: &Cancel,
) -> Result<Profile, Refusal> {
    // A link to a profile that was merged since leads to the profile that it is now.
    let id = ProfileId(context.snapshot.root(id));
    let vocabulary = &context.meaning.vocabulary;
    let view = View::new(&context.snapshot, vocabulary, cancel);
    let person = describe(&view, &[id]).map_err(refuse)?.pop();
    let person = person.ok_or_else(|| {
        Refusal::new(
            Code::ProfileUnknown,
            "this workspace has no profile of this id",
        )
    })?;
    let name = names_of(context, state, &[id])?
        .remove(&id)
        .unwrap_or_default();
    let stage = person.stage.map(|(stage, since)| {
        let rule = &vocabulary.stages[stage];
        ProfileStage {
            id: rule.id.clone(),
            name: rule.name.clone(),
            since,
        }
    });
    let actors = context.actors_of(&[id]).remove(&id).unwrap_or_default();
    Ok(Profile {
        id,
        consents: consents_of(state, &actors)?,
        label: name.label(id),
        known: name.is_known(),
        identifiers: name.identifiers.iter().map(shown_identifier).collect(),
        traits: name.traits.iter().map(shown_trait).collect(),
        stage,
        first: person.first,
        last: person.last,
        events_count: person.events_count,
        channels: person
            .channels
            .into_iter()
            .map(|(channel, events)| ChannelCount { channel, events })
            .collect(),
    })
}

fn events(
    context: &Context,
    id: ProfileId,
    before: (i64, u64),
    limit: usize,
    cancel: &Cancel,
) -> Result<ProfileEvents, Refusal> {
    let id = ProfileId(context.snapshot.root(id.0));
    let view = View::new(&context.snapshot, &context.meaning.vocabulary, cancel);
    let show = event_shower(context, &view).map_err(refuse)?;
    let mut found: Vec<(Place, StoredEvent)> = Vec::new();
    for (index, rows) in places_of(&context.snapshot, id) {
        let run = &context.snapshot.runs[index];
        // Rows of a run lie in the order of time, so the page is among its last ones before `before`.
        let upto = rows.start + run.time[rows.clone()].partition_point(|time| *time <= before.0);
        let tied = run.time[rows.start..upto]
            .iter()
            .rev()
            .take_while(|time| **time == before.0)
            .count();
        let from = upto.saturating_sub(limit + 1 + tied).max(rows.start);
        let wanted: Vec<u32> = (from..upto)
            .map(|row| u32::try_from(row).expect("rows fit 32 bits"))
            .collect();
        let events = run
            .events(&wanted)
            .map_err(|error| Refusal::internal(&error))?;
        let run = u32::try_from(index).expect("fewer than 2^32 runs");
        found.extend(wanted.into_iter().map(|row| Place { run, row }).zip(events));
    }
    found.retain(|(_, event)| (event.time.0, event.seq.0) < before);
    found.sort_by_key(|(_, event)| std::cmp::Reverse((event.time, event.seq)));
    let is_last = found.len() <= limit;
    found.truncate(limit);
    let next = found
        .last()
        .filter(|_| !is_last)
        .map(|(_, event)| write_place(event.time, event.seq));
    let shown = found.into_iter().map(|(place, event)| show(place, event));
    Ok(ProfileEvents {
        events: shown.collect(),
        next,
    })
}

/// How events are shown: with what the vocabulary says of them.
pub fn event_shower<'v>(
    context: &'v Context,
    view: &'v View<'_>,
) -> Result<impl Fn(Place, StoredEvent) -> ProfileEvent, AskError> {
    let vocabulary = &context.meaning.vocabulary;
    let (channels, touchpoints) = (view.channels()?, view.touchpoints()?);
    let stages = view.stage_entries()?;
    Ok(move |place, event: StoredEvent| ProfileEvent {
        seq: event.seq.0.to_string(),
        time: event.time,
        received: event.received,
        name: context.name_of(event.event),
        sent_as: context.sent_as(event.event),
        kind: event.kind,
        channel: channels.of(event.event, event.channel, place),
        touchpoint: code_index(touchpoints.of(event.event, place))
            .map(|index| vocabulary.touchpoints[index].id.clone()),
        stage: code_index(stages.of(event.event, place))
            .map(|index| vocabulary.stages[index].id.clone()),
        properties: event.properties.to_map().into(),
        context: event.context.to_map().into(),
        source: event.source,
    })
}

/// What people call a profile by.
#[derive(Clone, Debug, Default)]
pub struct Name {
    pub identifiers: Vec<Identifier>,
    /// By name.
    pub traits: Vec<TraitRow>,
}

impl Name {
    /// False while only a browser or an installation is known.
    pub fn is_known(&self) -> bool {
        self.identifiers
            .iter()
            .any(|it| it.kind == IdentifierKind::User)
    }

    /// A name, else an email, else the first identifier, else the number.
    pub fn label(&self, profile: ProfileId) -> String {
        let text = |name: &str| {
            let row = self.traits.iter().find(|row| &*row.name == name)?;
            let text: String = serde_json::from_str(row.value.as_deref()?).ok()?;
            Some(text.trim().to_owned()).filter(|text| !text.is_empty())
        };
        let both = || {
            let first = text("firstName").or_else(|| text("first_name"))?;
            let last = text("lastName")
                .or_else(|| text("last_name"))
                .unwrap_or_default();
            Some(format!("{first} {last}").trim().to_owned())
        };
        let identifier = || {
            let first = self.identifiers.iter().min()?;
            Some(first.value.to_string())
        };
        text("name")
            .or_else(both)
            .or_else(|| text("email"))
            .or_else(identifier)
            .unwrap_or_else(|| format!("#{}", profile.0))
    }
}

/// What each of the profiles is called.
pub fn names_of(
    context: &Context,
    state: &WorkspaceState,
    profiles: &[ProfileId],
) -> Result<BTreeMap<ProfileId, Name>, StateError> {
    let mut names = BTreeMap::new();
    for (profile, actors) in context.actors_of(profiles) {
        let mut identifiers: Vec<Identifier> = state
            .identifiers(&actors)?
            .into_iter()
            .map(|(_, identifier)| identifier)
            .collect();
        identifiers.sort();
        let name = Name {
            identifiers,
            traits: state.traits(&actors)?,
        };
        names.insert(profile, name);
    }
    Ok(names)
}

impl Context {
    /// The actors of each profile, by one walk over who is whom.
    pub fn actors_of(&self, profiles: &[ProfileId]) -> BTreeMap<ProfileId, Vec<ActorId>> {
        // Who came after the last link is not in the table, and is nobody else.
        let own = profiles.iter().map(|profile| {
            let is_alone = profile.0 as usize >= self.snapshot.roots.len();
            (
                *profile,
                is_alone.then_some(ActorId(profile.0)).into_iter().collect(),
            )
        });
        let mut actors: BTreeMap<ProfileId, Vec<ActorId>> = own.collect();
        for (actor, root) in (0..).zip(self.snapshot.roots.iter()) {
            if let Some(list) = actors.get_mut(&ProfileId(*root)) {
                list.push(ActorId(actor));
            }
        }
        actors
    }
}

/// A key of a profile as it is shown.
pub fn shown_identifier(identifier: &Identifier) -> ProfileIdentifier {
    ProfileIdentifier {
        kind: identifier.kind,
        value: identifier.value.to_string(),
    }
}

/// A trait as it is shown.
pub fn shown_trait(row: &TraitRow) -> ProfileTrait {
    let value = row.value.as_deref().unwrap_or("null");
    ProfileTrait {
        name: row.name.to_string(),
        value: serde_json::from_str(value).unwrap_or_default(),
        // A time below zero marks a value that was set once.
        time: Timestamp(row.time.0.abs()),
        source: row.source,
        operations_count: row.operations_count,
    }
}

fn code_index(code: u16) -> Option<usize> {
    usize::from(code).checked_sub(1)
}

fn write_place(time: Timestamp, seq: Seq) -> String {
    format!("{}-{}", time.0, seq.0)
}

fn parse_place(text: &str) -> Option<(i64, u64)> {
    let (time, seq) = text.rsplit_once('-')?;
    Some((time.parse().ok()?, seq.parse().ok()?))
}
