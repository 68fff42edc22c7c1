//! Orders, shipments, tickets: what became of each, from the events that carry its id, whoever they are of.
//!
//! Nothing is stored: objects follow from the events and from the kinds of the vocabulary, so a kind that is
//! mended holds for all of history at once.

pub(crate) mod keys;
pub(crate) mod life;

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use serde::{Deserialize, Serialize};
use throughline_model::{
    ProfileId, TimeRange, Timestamp, Zone, limits,
    object_kind::{ObjectKind, object_id},
    people::PeopleRule,
};
use throughline_store::Run;
use utoipa::ToSchema;

use self::life::{Life, Plan, Touch};
use crate::{
    ask::{AskError, about},
    person::places_of,
    scan::Place,
    view::View,
};

/// How a promise stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PromiseStanding {
    /// Kept before the promised moment, by more than the tolerance.
    Early,
    /// Kept within the tolerance.
    OnTime,
    /// Kept too late.
    Late,
    /// Not kept yet, and too late already.
    Overdue,
    /// Not kept yet, and there is time left.
    Pending,
    /// The object ended without the promise being kept, and nobody waits any more.
    Released,
    /// Nothing was promised before it happened.
    Untold,
}

/// An object in a list.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ObjectFacts {
    /// Id of the kind.
    pub kind: String,
    pub id: String,
    /// Its first event.
    pub begun: Timestamp,
    pub last: Timestamp,
    pub events_count: u64,
    pub people_count: u64,
    /// Id of the state that it is in; none before the first.
    pub state: Option<String>,
    pub since: Option<Timestamp>,
    /// Whether it is in a state from which nothing more is waited for.
    pub is_over: bool,
    /// None where the kind promises nothing.
    pub promise: Option<PromiseFacts>,
}

/// A promise against the fact.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PromiseFacts {
    pub standing: PromiseStanding,
    /// The moment that was promised; none where nothing was.
    pub promised: Option<Timestamp>,
    /// When it was promised.
    pub told: Option<Timestamp>,
    /// Different moments that were promised before the fact.
    pub promises_count: usize,
    pub kept: Option<Timestamp>,
    /// From the promise to the fact, or to the end of the log; less than nothing when it is early.
    pub gap_ms: Option<i64>,
}

/// Everything about one object.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ObjectStory {
    #[serde(flatten)]
    pub facts: ObjectFacts,
    /// Up to when it was followed: the last event of the log, or now when that is earlier.
    pub followed_to: Timestamp,
    /// The states that it went through, in the order in which they were entered.
    pub passages: Vec<ObjectPassage>,
    /// Those who have an event of it, who had one first first.
    pub people: Vec<ProfileId>,
    /// Objects of kinds that belong to this one, or that this one belongs to.
    pub related: Vec<ObjectName>,
    /// The rows of the events that are shown, the earliest first.
    #[serde(skip)]
    pub shown: Vec<(Place, ProfileId)>,
}

/// One time in a state.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ObjectPassage {
    /// Id of the state.
    pub state: String,
    pub from: Timestamp,
    /// None for the state that it is in.
    pub to: Option<Timestamp>,
}

/// Which object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
pub struct ObjectName {
    pub kind: String,
    pub id: String,
}

/// Which objects to list.
#[derive(Clone, Debug, Default)]
pub struct ObjectsAsk {
    /// Only those whose first event lies in it.
    pub range: Option<TimeRange>,
    /// Only those in this state.
    pub state: Option<String>,
    /// Only those whose promise stands like this.
    pub standing: Option<PromiseStanding>,
    /// Only those that are over, or not.
    pub is_over: Option<bool>,
    /// Only those whose id begins like this.
    pub starts: Option<String>,
    /// As if only these people were in the log.
    pub people: Option<PeopleRule>,
    pub offset: usize,
    pub limit: usize,
}

/// A page of a list, those that are overdue longest first.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ObjectList {
    /// Up to when objects were followed: the last event of the log, or now when that is earlier.
    pub followed_to: Timestamp,
    /// Objects in the range, in whatever state.
    pub all: u64,
    pub open: u64,
    /// How many of them are in each state, in the order of the kind; those in none are left out.
    pub states: Vec<StateCount>,
    pub standings: Vec<StandingCount>,
    /// How many the list has.
    pub found: u64,
    pub objects: Vec<ObjectFacts>,
}

/// Objects in a state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct StateCount {
    pub state: String,
    pub objects: u64,
}

/// Objects whose promise stands like this.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct StandingCount {
    pub standing: PromiseStanding,
    pub objects: u64,
}

/// Objects of one kind that a profile has events of.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ObjectsOfProfile {
    /// Those that something happened to last come first.
    pub objects: Vec<ObjectFacts>,
    /// How many there are of all kinds, those that are not listed included.
    pub found: u64,
}

/// Lists the objects of a kind.
pub fn objects(
    view: &View<'_>,
    kind: &ObjectKind,
    ask: &ObjectsAsk,
    zone: &Zone,
    now: Timestamp,
) -> Result<ObjectList, AskError> {
    let snapshot = about(
        view.snapshot,
        view.vocabulary,
        ask.people.as_ref(),
        now,
        view.cancel,
    )?;
    let view = &View::new(&snapshot, view.vocabulary, view.cancel);
    let plan = Plan::new(view, kind, zone, now)?;
    let touches = plan.gather(view, |_| true)?;
    let mut list = ObjectList {
        followed_to: Timestamp(plan.end),
        all: 0,
        open: 0,
        states: (kind.states.iter())
            .map(|it| StateCount {
                state: it.id.clone(),
                objects: 0,
            })
            .collect(),
        standings: Vec::new(),
        found: 0,
        objects: Vec::new(),
    };
    let mut standings: BTreeMap<PromiseStanding, u64> = BTreeMap::new();
    let mut found: Vec<(Life, &[Touch])> = Vec::new();
    for touches in touches.chunk_by(|a, b| a.object == b.object) {
        let life = plan.life(touches);
        if ask
            .range
            .is_some_and(|it| !it.contains(Timestamp(life.begun)))
        {
            continue;
        }
        list.all += 1;
        list.open += u64::from(!life.is_over);
        if let Some((state, _)) = life.passages.last() {
            list.states[*state].objects += 1;
        }
        if let Some(promise) = &life.promise {
            *standings.entry(promise.standing).or_default() += 1;
        }
        if is_asked(&plan, ask, &life, touches[0].object) {
            found.push((life, touches));
        }
    }
    list.standings = (standings.into_iter())
        .map(|(standing, objects)| StandingCount { standing, objects })
        .collect();
    list.found = found.len() as u64;
    found.sort_by(|a, b| {
        let ids = || plan.keys.id(a.1[0].object).cmp(plan.keys.id(b.1[0].object));
        urgency(&a.0).cmp(&urgency(&b.0)).then_with(ids)
    });
    let page = found.into_iter().skip(ask.offset).take(ask.limit);
    list.objects = page
        .map(|(life, touches)| facts(&plan, &life, touches))
        .collect();
    Ok(list)
}

/// Everything about one object; none where no event carries its id.
pub fn object(
    view: &View<'_>,
    kind: &ObjectKind,
    id: &str,
    zone: &Zone,
    now: Timestamp,
) -> Result<Option<ObjectStory>, AskError> {
    let plan = Plan::new(view, kind, zone, now)?;
    let Some(code) = plan.keys.code(id) else {
        return Ok(None);
    };
    let touches = plan.gather(view, |object| object == code)?;
    if touches.is_empty() {
        return Ok(None);
    }
    let life = plan.life(&touches);
    let mut people: Vec<ProfileId> = Vec::new();
    let mut seen = BTreeSet::new();
    for touch in &touches {
        if seen.insert(touch.profile) {
            people.push(ProfileId(touch.profile));
        }
    }
    let ends = life.passages.iter().skip(1).map(|it| Some(Timestamp(it.1)));
    let passages = (life.passages.iter().zip(ends.chain([None])))
        .map(|((state, from), to)| ObjectPassage {
            state: kind.states[*state].id.clone(),
            from: Timestamp(*from),
            to,
        })
        .collect();
    let first = touches.len().saturating_sub(limits::OBJECT_EVENTS_MAX);
    let shown = &touches[first..];
    Ok(Some(ObjectStory {
        facts: facts(&plan, &life, &touches),
        followed_to: Timestamp(plan.end),
        passages,
        people,
        related: related(view, kind, shown)?,
        shown: (shown.iter())
            .map(|it| (it.place, ProfileId(it.profile)))
            .collect(),
    }))
}

/// The objects that a profile has events of.
pub fn objects_of(
    view: &View<'_>,
    profile: ProfileId,
    zone: &Zone,
    now: Timestamp,
) -> Result<ObjectsOfProfile, AskError> {
    let kinds = view.vocabulary.object_kinds();
    let mut ids: Vec<BTreeSet<String>> = vec![BTreeSet::new(); kinds.len()];
    for (run, rows) in places_of(view.snapshot, profile) {
        view.cancel.check()?;
        for (kind, ids) in kinds.iter().zip(&mut ids) {
            ids.extend(ids_at(&view.snapshot.runs[run], kind, rows.clone())?);
        }
    }
    let mut found: Vec<ObjectFacts> = Vec::new();
    for (kind, ids) in kinds.iter().zip(ids).filter(|it| !it.1.is_empty()) {
        let plan = Plan::new(view, kind, zone, now)?;
        let codes: BTreeSet<u32> = ids.iter().filter_map(|id| plan.keys.code(id)).collect();
        let touches = plan.gather(view, |object| codes.contains(&object))?;
        for touches in touches.chunk_by(|a, b| a.object == b.object) {
            found.push(facts(&plan, &plan.life(touches), touches));
        }
    }
    found.sort_by(|a, b| {
        let key = |it: &ObjectFacts| Reverse((it.last, it.begun));
        key(a)
            .cmp(&key(b))
            .then_with(|| (&a.kind, &a.id).cmp(&(&b.kind, &b.id)))
    });
    let count = found.len() as u64;
    found.truncate(limits::OBJECTS_OF_PROFILE_MAX);
    Ok(ObjectsOfProfile {
        objects: found,
        found: count,
    })
}

fn is_asked(plan: &Plan<'_>, ask: &ObjectsAsk, life: &Life, object: u32) -> bool {
    let state = life.passages.last().map(|it| &plan.kind.states[it.0].id);
    let standing = life.promise.as_ref().map(|it| it.standing);
    let starts = ask.starts.as_ref();
    ask.state.as_ref().is_none_or(|it| Some(it) == state)
        && ask.standing.is_none_or(|it| Some(it) == standing)
        && ask.is_over.is_none_or(|it| it == life.is_over)
        && starts.is_none_or(|it| plan.keys.id(object).starts_with(it.as_str()))
}

/// What asks for somebody first: what is overdue longest, what is due soonest, what is open, what was late most.
fn urgency(life: &Life) -> (u8, i64, Reverse<i64>) {
    let promise = life.promise.as_ref();
    let gap = promise.and_then(|it| it.gap_ms).unwrap_or(0);
    let (rank, order) = match promise.map(|it| it.standing) {
        Some(PromiseStanding::Overdue) => (0, -gap),
        Some(PromiseStanding::Pending) => (1, -gap),
        Some(PromiseStanding::Late) => (3, -gap),
        _ if !life.is_over => (2, 0),
        _ => (4, 0),
    };
    (rank, order, Reverse(life.last))
}

fn facts(plan: &Plan<'_>, life: &Life, touches: &[Touch]) -> ObjectFacts {
    let people: BTreeSet<u32> = touches.iter().map(|it| it.profile).collect();
    let now = life.passages.last();
    ObjectFacts {
        kind: plan.kind.id.clone(),
        id: plan.keys.id(touches[0].object).to_owned(),
        begun: Timestamp(life.begun),
        last: Timestamp(life.last),
        events_count: touches.len() as u64,
        people_count: people.len() as u64,
        state: now.map(|it| plan.kind.states[it.0].id.clone()),
        since: now.map(|it| Timestamp(it.1)),
        is_over: life.is_over,
        promise: life.promise.as_ref().map(|it| PromiseFacts {
            standing: it.standing,
            promised: it.told.map(|it| Timestamp(it.1)),
            told: it.told.map(|it| Timestamp(it.0)),
            promises_count: it.promises_count,
            kept: it.kept.map(Timestamp),
            gap_ms: it.gap_ms,
        }),
    }
}

/// Objects of neighboring kinds whose ids events carry beside this one's.
fn related(
    view: &View<'_>,
    kind: &ObjectKind,
    touches: &[Touch],
) -> Result<Vec<ObjectName>, AskError> {
    let kinds = view.vocabulary.object_kinds().iter();
    let near: Vec<&ObjectKind> = kinds
        .filter(|it| it.belongs_to.contains(&kind.id) || kind.belongs_to.contains(&it.id))
        .collect();
    let mut rows: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for touch in touches {
        let of_run = rows.entry(touch.place.run).or_default();
        of_run.push(touch.place.row as usize);
    }
    let mut found = BTreeSet::new();
    for (run, rows) in &rows {
        for kind in &near {
            let ids = ids_at(
                &view.snapshot.runs[*run as usize],
                kind,
                rows.iter().copied(),
            )?;
            found.extend(ids.into_iter().map(|id| ObjectName {
                kind: kind.id.clone(),
                id,
            }));
        }
    }
    Ok(found.into_iter().collect())
}

/// The ids of objects of a kind that some rows carry, by columns: those know old names of properties.
fn ids_at(
    run: &Run,
    kind: &ObjectKind,
    rows: impl Iterator<Item = usize>,
) -> Result<BTreeSet<String>, AskError> {
    let columns = kind.keys.iter().map(|field| run.values(field));
    let columns = columns.collect::<Result<Vec<_>, _>>()?;
    let id_at = |row| columns.iter().find_map(|it| object_id(&it.get(row)?));
    Ok(rows.filter_map(id_at).collect())
}

#[cfg(test)]
pub(crate) mod tests;
