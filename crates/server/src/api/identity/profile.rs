//! Why identifiers are one person, and how that came to be.

use std::collections::{BTreeMap, BTreeSet};

use axum::{
    Json,
    extract::{Path, State},
};
use serde::{Deserialize, Serialize};
use throughline_ingest::identity::{Link, LinkReason, Standing};
use throughline_insight::places_of;
use throughline_model::{
    ActorId, Identifier, ProfileId, Role, Seq, SourceId, Timestamp,
    identity::{Decided, Decision},
    limits,
};
use throughline_store::state::{StateError, StoredLink};
use utoipa::{IntoParams, ToSchema};

use super::{DecisionKind, KnownIdentifier};
use crate::{
    access::gate::{Needs, Workspace},
    app::App,
    http::{
        body::Query,
        refusal::{Code, Refusal},
        routes::Route,
    },
    workspace::{Context, WorkspaceRuntime},
};

/// What makes a profile one person.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProfileIdentity {
    pub profile: ProfileId,
    /// Lines of the link log.
    pub position: u64,
    /// Those of the profile, and others that links name.
    pub identifiers: Vec<KnownIdentifier>,
    /// Lines of the link log that name an identifier of the profile, the newest first.
    pub links: Vec<IdentityLink>,
    /// What members have decided about identifiers of the profile, the newest first.
    pub decisions: Vec<IdentityDecided>,
    /// When devices that several people share were the profile's, the newest first; of a profile
    /// that is such a device, whose it was when.
    pub turns: Vec<DeviceTurn>,
    /// True when there are more identifiers or links than are shown.
    pub is_cut: bool,
}

/// A time in which a device that several people share was somebody's.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeviceTurn {
    pub device: ActorId,
    /// None while it was nobody's.
    pub owner: Option<ProfileId>,
    /// None from the beginning.
    pub from: Option<Timestamp>,
    /// The first moment that it was not; none as long as nobody else signs in.
    pub until: Option<Timestamp>,
}

/// A line of the link log: evidence that two identifiers are one person.
#[derive(Debug, Serialize, ToSchema)]
pub struct IdentityLink {
    pub position: u64,
    pub left: ActorId,
    pub right: ActorId,
    pub reason: IdentityReason,
    /// The name of the event that shows it; none for what a member has joined, and for events of
    /// other profiles.
    pub event: Option<String>,
    pub time: Timestamp,
    pub source: SourceId,
    pub standing: IdentityStanding,
}

/// Why two identifiers are linked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum IdentityReason {
    /// They stood on one event.
    Together,
    /// An alias event says so.
    Alias,
    /// A member says so.
    Member,
}

/// What became of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum IdentityStanding {
    /// It holds the profile together.
    Holds,
    /// It says what earlier links say already.
    Repeats,
    /// It would join two known identities.
    Refused,
    /// A member has parted the two.
    Parted,
    /// One of the two is suspended.
    Suspended,
    /// Several people sign in on one of the two, so whose it is follows from the time.
    Shared,
    /// The policy takes no more identifiers of its type.
    OverLimit,
    /// A type of the two does not join.
    NoJoin,
    /// Its import was taken back.
    Retracted,
}

/// What a member has decided.
#[derive(Debug, Serialize, ToSchema)]
pub struct IdentityDecided {
    pub position: u64,
    pub at: Timestamp,
    pub by: String,
    pub why: String,
    pub what: DecisionKind,
    pub identifier: Identifier,
    pub other: Option<Identifier>,
}

/// A moment of the link log.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct IdentityAt {
    /// Only the first lines of the link log; all of them when it is left out.
    pub as_of: Option<u64>,
}

/// Who was one person with a profile at an earlier position of the link log.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProfilePast {
    pub position: u64,
    /// The pieces that the profile of now was then, and with whom.
    pub pieces: Vec<PastPiece>,
}

/// One profile of then.
#[derive(Debug, Serialize, ToSchema)]
pub struct PastPiece {
    pub profile: ProfileId,
    pub identifiers: Vec<ActorId>,
    /// Identifiers of this piece that belong to somebody else now.
    pub others: usize,
}

pub fn routes() -> Vec<Route> {
    let reads = Needs::Workspace(Role::Viewer);
    vec![
        Route::new(reads, __path_show, show),
        Route::new(reads, __path_past, past),
    ]
}

/// Identifiers of a profile, the links that make them one person, and what members decided.
#[utoipa::path(get, path = "/api/w/{ws}/profiles/{id}/identity", tag = "identity",
    operation_id = "getProfileIdentity",
    params(("ws" = String, Path, description = "The workspace"), ("id" = u32, Path, description = "The profile")),
    responses((status = 200, body = ProfileIdentity)))]
async fn show(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, id)): Path<(String, u32)>,
) -> Result<Json<ProfileIdentity>, Refusal> {
    let context = workspace.runtime.context(app.now());
    let clock = app.clone();
    let shown = app
        .desk()
        .answer(None, move || clock.now(), move |_| identity(&context, id));
    shown.await?.map(Json)
}

/// The pieces that a profile was at an earlier position of the link log.
#[utoipa::path(get, path = "/api/w/{ws}/profiles/{id}/past", tag = "identity",
    operation_id = "getProfilePast",
    params(("ws" = String, Path, description = "The workspace"), ("id" = u32, Path, description = "The profile"),
        IdentityAt),
    responses((status = 200, body = ProfilePast)))]
async fn past(
    State(app): State<App>,
    workspace: Workspace,
    Path((_, id)): Path<(String, u32)>,
    Query(query): Query<IdentityAt>,
) -> Result<Json<ProfilePast>, Refusal> {
    let runtime = workspace.runtime;
    let clock = app.clone();
    let shown = app.desk().answer(
        None,
        move || clock.now(),
        move |_| pieces(&runtime, id, query.as_of),
    );
    shown.await?.map(Json)
}

/// What is known of identifiers.
pub fn known(
    runtime: &WorkspaceRuntime,
    actors: &[ActorId],
) -> Result<BTreeMap<ActorId, KnownIdentifier>, StateError> {
    let unique: BTreeSet<ActorId> = actors.iter().copied().collect();
    let actors: Vec<ActorId> = unique.into_iter().collect();
    let identifiers = runtime.state().identifiers(&actors)?;
    let resolver = runtime.pipeline().resolver();
    // The tables are written after the resolver has moved on, never before.
    let known = identifiers.into_iter().map(|(actor, identifier)| {
        let seen = resolver.seen(actor);
        let known = KnownIdentifier {
            id: actor,
            kind: identifier.kind,
            value: identifier.value.to_string(),
            profile: resolver.root(actor),
            first: seen.map(|it| it.0),
            last: seen.map(|it| it.1),
            suspended: resolver.is_suspended(actor),
            shared: resolver.is_shared(actor),
            treatment: resolver.treatment(actor),
        };
        (actor, known)
    });
    Ok(known.collect())
}

fn members(runtime: &WorkspaceRuntime, id: u32) -> Result<(ProfileId, Vec<ActorId>), Refusal> {
    let resolver = runtime.pipeline().resolver();
    if id as usize >= resolver.roots().len() {
        let message = "this workspace has no profile of this id";
        return Err(Refusal::new(Code::ProfileUnknown, message));
    }
    let root = resolver.root(ActorId(id));
    let of = |(actor, it): (u32, &u32)| (*it == root.0).then_some(ActorId(actor));
    let actors = (0..).zip(resolver.roots()).filter_map(of).collect();
    Ok((root, actors))
}

fn identity(context: &Context, id: u32) -> Result<ProfileIdentity, Refusal> {
    let runtime = &context.runtime;
    let (profile, mut actors) = members(runtime, id)?;
    let mut is_cut = actors.len() > limits::IDENTITY_SHOWN_MAX;
    actors.truncate(limits::IDENTITY_SHOWN_MAX);
    let mut lines: BTreeMap<u64, StoredLink> = BTreeMap::new();
    for actor in &actors {
        lines.extend(runtime.state().links_of(*actor)?);
    }
    let standings = standings(runtime, &actors);
    let mut links: Vec<IdentityLink> = Vec::new();
    for (position, line) in lines.iter().rev() {
        if links.len() >= limits::IDENTITY_LINKS_SHOWN_MAX {
            is_cut = true;
            break;
        }
        links.extend(shown_link(*position, line, &standings));
    }
    name_events(context, profile, &lines, &mut links)?;
    links.extend(joined(&standings));
    let ends = links.iter().flat_map(|link| [link.left, link.right]);
    let turns = turns_of(runtime, profile, &mut is_cut);
    // A known identity stands for its profile, so an owner is an identifier as well.
    let concerned = turns.iter().flat_map(|it| {
        let owner = it.owner.map(|owner| ActorId(owner.0));
        owner.into_iter().chain([it.device])
    });
    let wanted = actors.iter().copied().chain(ends).chain(concerned);
    let wanted: Vec<ActorId> = wanted.collect();
    let known = known(runtime, &wanted)?;
    let decisions = decisions(runtime, &known)?;
    place_joined(&mut links, &decisions, &known);
    let mut identifiers: Vec<KnownIdentifier> = known.into_values().collect();
    identifiers.sort_by_key(|it| (it.profile != profile, it.kind, it.first, it.id));
    Ok(ProfileIdentity {
        profile,
        position: runtime.pipeline().resolver().position(),
        identifiers,
        links,
        decisions,
        turns,
        is_cut,
    })
}

fn turns_of(runtime: &WorkspaceRuntime, profile: ProfileId, is_cut: &mut bool) -> Vec<DeviceTurn> {
    let mut found = {
        let resolver = runtime.pipeline().resolver();
        match resolver.stretches(ActorId(profile.0)) {
            all if all.is_empty() => resolver.stretches_of(profile),
            all => all,
        }
    };
    found.sort_by_key(|it| std::cmp::Reverse((it.from, it.device)));
    *is_cut |= found.len() > limits::TURNS_SHOWN_MAX;
    found.truncate(limits::TURNS_SHOWN_MAX);
    let shown = found.into_iter().map(|it| DeviceTurn {
        device: it.device,
        owner: it.owner,
        from: Some(it.from).filter(|it| it.0 != i64::MIN),
        until: Some(it.until).filter(|it| it.0 != i64::MAX),
    });
    shown.collect()
}

type Told = (ActorId, ActorId, u8, SourceId, Timestamp, Seq);

fn standings(runtime: &WorkspaceRuntime, actors: &[ActorId]) -> BTreeMap<Told, Standing> {
    let resolver = runtime.pipeline().resolver();
    let mut standings = BTreeMap::new();
    for actor in actors {
        for (link, standing) in resolver.links_of(*actor) {
            standings.insert(told(&link), standing);
        }
    }
    standings
}

/// Links that members have made. They have no lines of their own: the decision is the line.
fn joined(standings: &BTreeMap<Told, Standing>) -> impl Iterator<Item = IdentityLink> {
    let is_made = |(told, _): &(&Told, &Standing)| told.2 == LinkReason::Member as u8;
    standings
        .iter()
        .filter(is_made)
        .map(|(told, standing)| IdentityLink {
            position: 0,
            left: told.0,
            right: told.1,
            reason: IdentityReason::Member,
            event: None,
            time: told.4,
            source: told.3,
            standing: shown_standing(*standing),
        })
}

/// Gives links that members have made the position of the decision, and sorts all links.
fn place_joined(
    links: &mut [IdentityLink],
    decisions: &[IdentityDecided],
    known: &BTreeMap<ActorId, KnownIdentifier>,
) {
    let is = |actor: &ActorId, it: &Identifier| {
        let known = known.get(actor);
        known.is_some_and(|known| known.kind == it.kind && *known.value == *it.value)
    };
    for link in links
        .iter_mut()
        .filter(|it| it.reason == IdentityReason::Member)
    {
        let decision = decisions.iter().rev().find(|it| {
            let other = it.other.as_ref();
            it.what == DecisionKind::Join
                && other.is_some_and(|other| {
                    let (left, right) = (&link.left, &link.right);
                    (is(left, &it.identifier) && is(right, other))
                        || (is(right, &it.identifier) && is(left, other))
                })
        });
        link.position = decision.map_or(0, |it| it.position);
    }
    links.sort_by_key(|it| std::cmp::Reverse(it.position));
}

fn told(link: &Link) -> Told {
    let Link {
        left,
        right,
        reason,
        time,
        source,
        seq,
    } = *link;
    (left, right, reason as u8, source, time, seq)
}

fn shown_link(
    position: u64,
    line: &StoredLink,
    standings: &BTreeMap<Told, Standing>,
) -> Option<IdentityLink> {
    let StoredLink::Link {
        left,
        right,
        reason,
        time,
        source,
        seq,
    } = *line
    else {
        return None;
    };
    let standing = standings.get(&(left, right, reason, source, time, seq));
    Some(IdentityLink {
        position,
        left,
        right,
        reason: match LinkReason::from_code(reason)? {
            LinkReason::Together => IdentityReason::Together,
            LinkReason::Alias => IdentityReason::Alias,
            LinkReason::Member => IdentityReason::Member,
        },
        event: None,
        time,
        source,
        standing: standing.map_or(IdentityStanding::Retracted, |it| shown_standing(*it)),
    })
}

fn shown_standing(standing: Standing) -> IdentityStanding {
    match standing {
        Standing::Holds => IdentityStanding::Holds,
        Standing::Repeats => IdentityStanding::Repeats,
        Standing::Refused => IdentityStanding::Refused,
        Standing::Parted => IdentityStanding::Parted,
        Standing::Suspended => IdentityStanding::Suspended,
        Standing::Shared => IdentityStanding::Shared,
        Standing::OverLimit => IdentityStanding::OverLimit,
        Standing::NoJoin => IdentityStanding::NoJoin,
    }
}

/// Finds the events of the profile that the links were seen on.
fn name_events(
    context: &Context,
    profile: ProfileId,
    lines: &BTreeMap<u64, StoredLink>,
    links: &mut [IdentityLink],
) -> Result<(), Refusal> {
    let mut wanted: BTreeMap<(Timestamp, Seq), Vec<u64>> = BTreeMap::new();
    for link in links.iter() {
        if let Some(StoredLink::Link { time, seq, .. }) = lines.get(&link.position) {
            wanted.entry((*time, *seq)).or_default().push(link.position);
        }
    }
    let times: BTreeSet<Timestamp> = wanted.keys().map(|it| it.0).collect();
    let mut names: BTreeMap<u64, String> = BTreeMap::new();
    for (index, rows) in places_of(&context.snapshot, profile) {
        let run = &context.snapshot.runs[index];
        let all = &run.time[rows.clone()];
        let mut at = Vec::new();
        for time in &times {
            let from = rows.start + all.partition_point(|it| *it < time.0);
            let to = rows.start + all.partition_point(|it| *it <= time.0);
            at.extend((from..to).map(|row| u32::try_from(row).expect("rows fit 32 bits")));
        }
        let events = run.events(&at).map_err(|error| Refusal::internal(&error))?;
        for event in events {
            for position in wanted.get(&(event.time, event.seq)).into_iter().flatten() {
                names.insert(*position, context.name_of(event.event));
            }
        }
    }
    for link in links {
        link.event = names.remove(&link.position);
    }
    Ok(())
}

fn decisions(
    runtime: &WorkspaceRuntime,
    known: &BTreeMap<ActorId, KnownIdentifier>,
) -> Result<Vec<IdentityDecided>, Refusal> {
    let mut found = Vec::new();
    for (position, json) in runtime.state().decisions()?.iter().rev() {
        let Ok(decided) = serde_json::from_str::<Decided>(json) else {
            continue;
        };
        let Decided { at, by, why, what } = decided;
        let Some((what, identifier, other)) = named(what) else {
            continue;
        };
        let names = |it: &Identifier| {
            (known.values()).any(|known| known.kind == it.kind && *known.value == *it.value)
        };
        if names(&identifier) || other.as_ref().is_some_and(names) {
            found.push(IdentityDecided {
                position: *position,
                at,
                by,
                why,
                what,
                identifier,
                other,
            });
        }
    }
    Ok(found)
}

fn named(what: Decision) -> Option<(DecisionKind, Identifier, Option<Identifier>)> {
    use throughline_model::identity::Treatment;
    Some(match what {
        Decision::Part { left, right } => (DecisionKind::Part, left, Some(right)),
        Decision::Reunite { left, right } => (DecisionKind::Reunite, left, Some(right)),
        Decision::Join { left, right } => (DecisionKind::Join, left, Some(right)),
        Decision::Dismiss { left, right } => (DecisionKind::Dismiss, left, Some(right)),
        Decision::Reconsider { left, right } => (DecisionKind::Reconsider, left, Some(right)),
        Decision::Treat {
            identifier,
            treatment,
        } => {
            let kind = match treatment {
                Treatment::Learned => DecisionKind::Learn,
                Treatment::Released => DecisionKind::Release,
                Treatment::Suspended => DecisionKind::Suspend,
            };
            (kind, identifier, None)
        }
        Decision::Policy { .. } => return None,
    })
}

fn pieces(runtime: &WorkspaceRuntime, id: u32, as_of: Option<u64>) -> Result<ProfilePast, Refusal> {
    let (_, actors) = members(runtime, id)?;
    let end = runtime.pipeline().resolver().position();
    let position = as_of.unwrap_or(end).min(end);
    let roots = runtime.roots_at(position)?;
    let root = |actor: ActorId| roots.get(actor.0 as usize).copied().unwrap_or(actor.0);
    let mut pieces: BTreeMap<u32, Vec<ActorId>> = BTreeMap::new();
    for actor in actors {
        pieces.entry(root(actor)).or_default().push(actor);
    }
    let mut sizes: BTreeMap<u32, usize> = pieces.keys().map(|it| (*it, 0)).collect();
    for it in roots.iter() {
        if let Some(size) = sizes.get_mut(it) {
            *size += 1;
        }
    }
    let shown = pieces.into_iter().map(|(profile, mut identifiers)| {
        let others = sizes[&profile].saturating_sub(identifiers.len());
        identifiers.truncate(limits::IDENTITY_SHOWN_MAX);
        PastPiece {
            profile: ProfileId(profile),
            identifiers,
            others,
        }
    });
    Ok(ProfilePast {
        position,
        pieces: shown.collect(),
    })
}
