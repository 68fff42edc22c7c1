//! Events that are past their limit, and of those the ones by which somebody is still known.
//!
//! What is known of people does not age with single events: that two identifiers are of one person,
//! traits, what was said of consent, and who signed in when on a device that is shared. While a profile
//! has an event left, the one that says such a thing stays in the log, so that the log read again gives
//! the same people; it is in no report.

use std::{cell::RefCell, collections::BTreeSet};

use throughline_ingest::{
    consent::{self, Statement},
    traits::{self, TraitChange, TraitUpdate},
};
use throughline_model::{ActorId, Event, Seq, SourceId, Timestamp, keeping::Cuts};
use throughline_store::state::{ConsentRow, OperationRow, StateError, TraitRow, WorkspaceState};

use super::{scan::Reading, survey::Survey};
use crate::pipeline::Pipeline;

/// Which events are past, and go.
pub struct Past<'a> {
    cuts: &'a Cuts,
    pipeline: &'a Pipeline,
    survey: &'a Survey,
    /// Events that lines of the link log come from, sorted.
    links: Vec<Seq>,
    /// Who signed in on a shared device: the person, when, and which source said so.
    signs: BTreeSet<(ActorId, Timestamp, SourceId)>,
    /// What is known of the actor that was asked for last.
    known: RefCell<Option<Known>>,
    failed: RefCell<Option<StateError>>,
}

struct Known {
    actor: ActorId,
    traits: Vec<TraitRow>,
    operations: Vec<OperationRow>,
    consents: Vec<ConsentRow>,
}

/// What one event says of a person.
struct Said {
    traits: Vec<TraitUpdate>,
    changes: Vec<TraitChange>,
    consents: Vec<Statement>,
}

impl Said {
    fn is_empty(&self) -> bool {
        self.traits.is_empty() && self.changes.is_empty() && self.consents.is_empty()
    }
}

impl<'a> Past<'a> {
    /// Reads what is known now.
    pub fn of(
        pipeline: &'a Pipeline,
        cuts: &'a Cuts,
        survey: &'a Survey,
    ) -> Result<Self, StateError> {
        let mut links = Vec::new();
        let state = pipeline.state();
        state.each_pair(|left, right, seq| {
            if survey.stays(left) || survey.stays(right) {
                links.push(seq);
            }
        })?;
        links.sort_unstable();
        let signs = state.sign_ins()?.into_iter();
        let resolver = pipeline.resolver();
        let signs = signs.filter(|it| resolver.turns().contains_key(&it.device.0));
        Ok(Self {
            cuts,
            pipeline,
            survey,
            links,
            signs: signs.map(|it| (it.user, it.time, it.source)).collect(),
            known: RefCell::default(),
            failed: RefCell::default(),
        })
    }

    /// Why what is known could not be read; what depended on it was kept.
    pub fn failed(self) -> Result<(), StateError> {
        self.failed.into_inner().map_or(Ok(()), Err)
    }

    /// Whether something that was held back goes, by when it came.
    pub fn holds(&self, received: Timestamp) -> bool {
        self.cuts.of_held().is_some_and(|cut| received < cut)
    }

    /// Whether an event goes. `seq` is none for a row that never came into the log.
    pub fn owns(
        &self,
        event: &Event,
        reading: &Reading,
        seq: Option<Seq>,
        source: SourceId,
    ) -> bool {
        if !self.cuts.is_past(&event.name, event.time) {
            return false;
        }
        let is_origin = seq.is_some_and(|it| self.links.binary_search(&it).is_ok());
        let said = Said {
            traits: traits::updates(event),
            changes: traits::changes(event),
            consents: consent::statements(event),
        };
        let may_sign_in = !self.signs.is_empty() && event.identifiers.len() > 1;
        if !is_origin && !may_sign_in && said.is_empty() {
            return true;
        }
        let first = reading.first_of(event);
        let actor = first.and_then(|it| self.pipeline.resolver().actor(&it));
        let Some(actor) = actor.filter(|it| self.survey.stays(*it)) else {
            return true;
        };
        let is_origin = is_origin || self.signs.contains(&(actor, event.time, source));
        !is_origin && !self.tells(actor, event, source, &said)
    }

    /// Whether a trait or a statement of consent that is known comes from an event.
    fn tells(&self, actor: ActorId, event: &Event, source: SourceId, said: &Said) -> bool {
        let mut known = self.known.borrow_mut();
        if known.as_ref().is_none_or(|it| it.actor != actor) {
            match read(self.pipeline.state(), actor) {
                Ok(read) => *known = Some(read),
                Err(error) => {
                    *self.failed.borrow_mut() = Some(error);
                    return true;
                }
            }
        }
        let known = known.as_ref().expect("was just read");
        said.traits.iter().any(|told| {
            // Of a value that was set once the time is negative.
            let is_it = |row: &TraitRow| {
                row.time == told.state.time
                    || (row.first.as_ref()).is_some_and(|(_, at)| at.0 == told.state.time.0.abs())
            };
            let mut rows = known.traits.iter();
            rows.any(|row| *row.name == *told.name && row.source == source && is_it(row))
        }) || said.changes.iter().any(|told| {
            // What the same source has set since takes it back, and a sum stands for all up to its time.
            let mut set = known.traits.iter();
            let is_over = set.any(|row| {
                *row.name == *told.name && row.source == source && row.time > event.time
            });
            let is_it = |it: &OperationRow| match it.operation.count {
                1 => it.operation.time == event.time && !is_over,
                _ => it.operation.time >= event.time,
            };
            let mut rows = known.operations.iter();
            rows.any(|row| *row.name == *told.name && row.source == source && is_it(row))
        }) || said.consents.iter().any(|said| {
            let is_it = |row: &ConsentRow| row.time == event.time || row.first == event.time;
            let mut rows = known.consents.iter();
            rows.any(|row| *row.key == *said.key && row.source == source && is_it(row))
        })
    }
}

fn read(state: &WorkspaceState, actor: ActorId) -> Result<Known, StateError> {
    Ok(Known {
        actor,
        traits: state.all_traits(&[actor])?,
        operations: state.operations(&[actor])?,
        consents: state.consents(&[actor])?,
    })
}
