//! Who was whom at an earlier position of the link log, and who would be under another policy.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
};

use throughline_ingest::identity::{Changes, LinkEntry, Resolver};
use throughline_model::{
    Identifier, ProfileId, Timestamp,
    identity::{Decided, Decision, IdentityPolicy},
    limits,
};
use throughline_store::{Roots, Snapshot, state::StateError};

use super::{Context, WorkspaceRuntime};
use crate::pipeline::applier::{entry_of, roots_of};

/// The roots of the position that was asked for last, as questions about one come in numbers, and
/// the version of the sign-ins that they were made with.
#[derive(Default)]
pub struct Past(Mutex<Option<(u64, u64, Roots)>>);

/// What another policy would do to all of history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    pub profiles_before: usize,
    pub profiles_after: usize,
    /// Profiles of now that would be part of another.
    pub merged: usize,
    /// Profiles of now that would fall apart.
    pub split: usize,
    pub suspended_before: usize,
    pub suspended_after: usize,
    /// Devices that several people share by time, now and then.
    pub shared_before: usize,
    pub shared_after: usize,
    /// Profiles of now that would be one.
    pub merges: Vec<Vec<ProfileId>>,
    /// Actors that stand for what a profile of now would fall into.
    pub splits: Vec<(ProfileId, Vec<u32>)>,
    /// The profile of every actor, then.
    pub roots: Roots,
}

impl WorkspaceRuntime {
    /// The root of every actor as the first `position` lines of the link log tell it. Who was signed
    /// in when on a device is no line of it, and is taken as it is known now.
    pub fn roots_at(&self, position: u64) -> Result<Roots, StateError> {
        // Held while it is made, so that two who ask at once do not both make it.
        let mut past = (self.0.past.0.lock()).unwrap_or_else(PoisonError::into_inner);
        let version = self.pipeline().resolver().signs_version();
        if let Some((at, made, roots)) = &*past
            && (*at, *made) == (position, version)
        {
            return Ok(roots.clone());
        }
        let (version, signs) = self.pipeline().resolver().sign_ins();
        let (identifiers, links) = self.state().links_below(position)?;
        let lines: Vec<LinkEntry> = links.into_iter().filter_map(entry_of).collect();
        let roots = roots_of(&Resolver::restore(identifiers, &lines, &signs));
        *past = Some((position, version, roots.clone()));
        Ok(roots)
    }

    /// What a policy would do, without anybody being moved.
    pub fn try_policy(&self, policy: &IdentityPolicy, now: Timestamp) -> Tried {
        let (roots_before, suspended_before) = {
            let resolver = self.pipeline().resolver();
            (roots_of(&resolver), resolver.suspended_count())
        };
        let policy = Box::new(policy.clone());
        let tried = self.resolver_after(Decision::Policy { policy }, now);
        let roots_after = roots_of(&tried);
        let store = self.pipeline().store();
        let before = store
            .snapshot_under(roots_before.clone(), 0, now)
            .profiles();
        let after = store.snapshot_under(roots_after.clone(), 0, now).profiles();
        let mut joined: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
        let mut parted: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
        for (&old, &new) in roots_before.iter().zip(roots_after.iter()) {
            if before.contains(old) && after.contains(new) {
                joined.entry(new).or_default().insert(old);
                parted.entry(old).or_default().insert(new);
            }
        }
        joined.retain(|_, them| them.len() > 1);
        parted.retain(|_, them| them.len() > 1);
        let most = limits::IDENTITY_SAMPLES_MAX;
        Tried {
            profiles_before: before.len(),
            profiles_after: after.len(),
            merged: joined.values().map(BTreeSet::len).sum(),
            split: parted.len(),
            suspended_before,
            suspended_after: tried.suspended_count(),
            shared_before: roots_before.turns().len(),
            shared_after: roots_after.turns().len(),
            merges: (joined.values().take(most))
                .map(|them| them.iter().map(|it| ProfileId(*it)).collect())
                .collect(),
            splits: (parted.into_iter().take(most))
                .map(|(old, them)| (ProfileId(old), them.into_iter().collect()))
                .collect(),
            roots: roots_after,
        }
    }

    /// Who is whom after a decision, which is not taken.
    fn resolver_after(&self, what: Decision, now: Timestamp) -> Resolver {
        let mut tried = self.pipeline().resolver().clone();
        let decided = Decided {
            at: now,
            by: String::new(),
            why: String::new(),
            what,
        };
        tried.decide(&decided, &mut Changes::default());
        tried
    }
}

impl Context {
    /// The same question asked of who was whom at an earlier position of the link log.
    pub fn as_of(&self, position: u64) -> Result<Self, StateError> {
        if position >= self.snapshot.links {
            return Ok(self.clone());
        }
        Ok(self.under(self.runtime.roots_at(position)?, position))
    }

    /// As of a position of the link log, else as it is.
    pub fn at(&self, as_of: Option<u64>) -> Result<Self, StateError> {
        as_of.map_or_else(|| Ok(self.clone()), |position| self.as_of(position))
    }

    /// The same question asked of who would be whom after a decision, which is not taken.
    pub fn after(&self, what: Decision) -> Self {
        let tried = self.runtime.resolver_after(what, self.now);
        self.under(roots_of(&tried), tried.position())
    }

    fn under(&self, roots: Roots, position: u64) -> Self {
        let store = self.runtime.pipeline().store();
        let snapshot: Snapshot = store.snapshot_under(roots, position, self.now);
        Self {
            snapshot: Arc::new(self.money.convert(snapshot.named(&self.naming.naming))),
            ..self.clone()
        }
    }

    /// The actor of an identifier, when it was ever seen.
    pub fn actor_of(&self, identifier: &Identifier) -> Option<u32> {
        let resolver = self.runtime.pipeline().resolver();
        resolver.actor(identifier).map(|actor| actor.0)
    }
}
