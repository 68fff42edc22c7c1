//! What is past its limit now: before it is decided, and for the report of what went.

use std::collections::BTreeMap;

use throughline_model::{ActorId, EventCode, Timestamp, identity::Decided, keeping::Cuts};
use throughline_store::{ProfileSet, state::StateError};

use super::{scan::identifiers_of, sweep::Swept};
use crate::pipeline::Pipeline;

/// What would go, and who would stay.
#[derive(Debug)]
pub struct Survey {
    pub found: Swept,
    /// Actors of whom nothing would be left.
    pub gone: ProfileSet,
    /// Per actor the one that stands for its profile.
    roots: Vec<u32>,
    /// Profiles that have an event left, or about which a member has decided.
    staying: ProfileSet,
}

impl Survey {
    /// Whether the profile of an actor stays. Who came since does.
    pub fn stays(&self, actor: ActorId) -> bool {
        let root = self.roots.get(actor.0 as usize);
        root.is_none_or(|root| self.staying.contains(*root))
    }
}

/// Looks at every event that reports can see. Blocks.
pub fn survey(pipeline: &Pipeline, cuts: &Cuts, now: Timestamp) -> Result<Survey, StateError> {
    let roots: Vec<u32> = pipeline.resolver().roots().to_vec();
    let aged = Aged::of(pipeline, cuts, now);
    let decided = decided(pipeline)?;
    let root = |actor: u32| roots.get(actor as usize).copied();
    let staying = aged.kept.iter().chain(decided.iter().map(|it| it.0));
    let staying: ProfileSet = staying.filter_map(root).collect();
    let mut survey = Survey {
        found: Swept {
            events: aged.by_event.values().sum(),
            by_event: aged.by_event,
            ..Swept::default()
        },
        gone: ProfileSet::default(),
        roots,
        staying,
    };
    let past = aged.past.iter();
    let leaving = past.filter(|it| !survey.stays(ActorId(*it)));
    let leaving: ProfileSet = leaving
        .filter_map(|it| survey.roots.get(it as usize).copied())
        .collect();
    survey.found.profiles = leaving.len() as u64;
    if let Some(cut) = cuts.of_held() {
        survey.found.held_back = pipeline.state().quarantined_before(cut)?;
    }
    survey.gone = gone(pipeline, &survey)?;
    Ok(survey)
}

/// Actors of profiles that go, save those that an event of one that stays names as well.
fn gone(pipeline: &Pipeline, survey: &Survey) -> Result<ProfileSet, StateError> {
    let before = pipeline.state().gone_actors()?;
    let all = 0..u32::try_from(survey.roots.len()).expect("actors are counted in 32 bits");
    let mut gone: ProfileSet = all
        .filter(|it| !survey.stays(ActorId(*it)) && !before.contains(*it))
        .collect();
    pipeline.state().each_pair(|left, right, _| {
        if survey.stays(left) != survey.stays(right) {
            gone.remove(left.0);
            gone.remove(right.0);
        }
    })?;
    Ok(gone)
}

/// Actors with events that are past, and with others.
struct Aged {
    past: ProfileSet,
    kept: ProfileSet,
    by_event: BTreeMap<String, u64>,
}

impl Aged {
    fn of(pipeline: &Pipeline, cuts: &Cuts, now: Timestamp) -> Self {
        let snapshot = pipeline.store().snapshot(now);
        let naming = pipeline.naming().whole;
        let mut cut_of = vec![i64::MIN; snapshot.names.len()];
        for (code, name) in snapshot.names.iter() {
            cut_of[code.0 as usize] = cuts.of(name).map_or(i64::MIN, |it| it.0);
        }
        let mut counts = vec![0_u64; cut_of.len()];
        let (mut past, mut kept) = (ProfileSet::default(), ProfileSet::default());
        let turns = snapshot.roots.turns();
        for base in snapshot.bases() {
            let run = &snapshot.runs[base];
            let rows = run.time.iter().zip(run.event.iter()).zip(run.actors());
            for ((time, event), actor) in rows {
                let event = *event as usize;
                let is_past = *time < cut_of[event];
                counts[event] += u64::from(is_past);
                let of = if is_past { &mut past } else { &mut kept };
                of.insert(actor);
                if turns.contains_key(&actor) {
                    of.insert(snapshot.roots.at(actor, *time));
                }
            }
        }
        let mut by_event = BTreeMap::new();
        for (code, count) in (0_u16..).zip(counts).filter(|(_, count)| *count > 0) {
            if let Some(sent) = snapshot.names.name(EventCode(code)) {
                let shown = naming.shown(sent).as_str().to_owned();
                *by_event.entry(shown).or_default() += count;
            }
        }
        Self {
            past,
            kept,
            by_event,
        }
    }
}

/// Actors that members have decided about.
fn decided(pipeline: &Pipeline) -> Result<Vec<ActorId>, StateError> {
    let mut actors = Vec::new();
    for (_, json) in pipeline.state().decisions()? {
        let Ok(decided) = serde_json::from_str::<Decided>(&json) else {
            continue;
        };
        let resolver = pipeline.resolver();
        let named = identifiers_of(&decided.what);
        actors.extend(named.into_iter().filter_map(|it| resolver.actor(it)));
    }
    Ok(actors)
}
