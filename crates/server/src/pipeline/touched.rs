//! To whom something has happened since the members of segments were looked at last.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use throughline_model::{ActorId, EventKind, ProfileId, Seq, limits};

use super::applier::Batch;

/// Filled by who applies the log, emptied by who looks.
#[derive(Debug, Default)]
pub struct Touched(Mutex<Whom>);

/// Whom to look at.
#[derive(Debug, Default)]
pub struct Whom {
    /// Actors with their latest event in the log.
    pub actors: HashMap<ActorId, Seq>,
    /// Profiles that gained or lost an actor.
    pub joined: Vec<ProfileId>,
    /// Whether anything was told of accounts, by a group call or of nobody.
    pub accounts: bool,
    /// True when too many were touched to tell, or events were taken back.
    pub everybody: bool,
}

impl Touched {
    pub(super) fn note(&self, more: Whom) {
        let mut whom = self.lock();
        whom.everybody |= more.everybody;
        whom.accounts |= more.accounts;
        for (actor, seq) in more.actors {
            let known = whom.actors.entry(actor).or_insert(seq);
            *known = seq.max(*known);
        }
        whom.joined.extend(more.joined);
        if whom.everybody || whom.actors.len() + whom.joined.len() > limits::SEGMENT_TOUCHED_MAX {
            *whom = Whom {
                everybody: true,
                ..Whom::default()
            };
        }
    }

    /// Whom to look at since the last time.
    pub fn take(&self) -> Whom {
        std::mem::take(&mut *self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Whom> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Whom {
    /// Whom a batch concerns.
    pub(super) fn of(batch: &Batch) -> Self {
        let mut actors = HashMap::new();
        let rows = batch.rows.iter().map(|row| (row.actor, row.seq));
        for (actor, seq) in rows.chain(batch.seen.iter().copied()) {
            let known = actors.entry(actor).or_insert(seq);
            *known = seq.max(*known);
        }
        Self {
            actors,
            joined: (batch.roots.iter())
                .flat_map(|change| [change.old, change.new])
                .chain(batch.owners.iter().copied())
                .collect(),
            accounts: batch.state.accounts.has_descriptions()
                || batch.rows.iter().any(|it| it.kind == EventKind::Group),
            everybody: !batch.removed_sources.is_empty()
                || batch.trait_rules.is_some()
                || batch.naming.is_some(),
        }
    }

    /// True when nothing has happened.
    pub fn is_nobody(&self) -> bool {
        self.actors.is_empty() && self.joined.is_empty() && !self.accounts && !self.everybody
    }
}
