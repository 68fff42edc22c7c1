//! What a record of the raw log does to the state of a workspace. A function of the log alone.
//!
//! The applier keeps in memory what it decides with: identifiers and links, event names, recent
//! message ids. What it decides is collected in a [`Batch`]; storing it is the caller's.
//!
//! After a crash the state tables may be ahead of the parts. Records that the tables hold already
//! give their rows again and leave the tables as they are.

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use hashbrown::HashSet;
use throughline_ingest::{
    Decoded, Quarantined, accounts, consent, identifiers,
    identity::{
        self, Changes, Link, LinkEntry, LinkReason, Resolver, RootChange, Sighting, SignIn,
        TurnsChange,
    },
    traits,
};
use throughline_model::{
    ActorId, Event, Identifier, MessageKey, ProfileId, Seq, SourceId, Timestamp,
    account::{AccountDescription, AccountKey},
    identity::{Decided, Decision, TraitRule},
    naming::NamesDecided,
    plan::PlanDecided,
};
use throughline_store::{
    EventNames, Roots, StoredEvent, Turn, Turns,
    state::{
        ConsentRow, LinkMoment, RefusedEvent, Restored, SignInRow, SourceCounts, StateBatch,
        StoredLink, TraitRow,
    },
};

use super::{
    held::{breaks, is_blocked, names_are_full, names_nobody},
    in_force::{InForce, PlanInForce},
    release::Released,
    window::Window,
};
use crate::erasures::{Erased, Gone};

/// Events of one record, decoded.
#[derive(Clone, Debug)]
pub struct Arrival {
    pub source: SourceId,
    pub received: Timestamp,
    /// With their index within the record.
    pub events: Vec<(u32, Event)>,
    pub quarantined: Vec<Quarantined>,
    /// Indexes of events without a message id of their own, in ascending order.
    pub unnamed: Vec<u32>,
    /// Indexes of what speaks of no profile: it is nobody's event.
    pub aside: Vec<u32>,
    /// What of that was told of accounts.
    pub described: Vec<AccountDescription>,
    /// Rows of a file that are no events.
    pub faulty: u64,
}

impl Arrival {
    /// What a request held; events that are held back keep their places in it.
    pub fn of(source: SourceId, received: Timestamp, mut decoded: Decoded) -> Self {
        for (_, event) in &mut decoded.events {
            identifiers::complete(event);
        }
        Self {
            source,
            received,
            events: decoded.events,
            quarantined: decoded.quarantined,
            unnamed: decoded.unnamed,
            aside: decoded.aside,
            described: decoded.described,
            faulty: 0,
        }
    }

    /// Gives events without a message id one that no other record has.
    ///
    /// Two clients, or one that is fast, may say the same within a millisecond and mean two events.
    fn tell_apart(&mut self, position: u64) {
        for (index, event) in &mut self.events {
            if self.unnamed.binary_search(index).is_ok() {
                event.message.0 = event.message.0.wrapping_add(u128::from(position));
            }
        }
    }
}

/// What became of one event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Stored,
    /// It was here before, so it changed nothing.
    Duplicate,
    Quarantined,
}

/// What records decided and nobody has stored yet.
#[derive(Debug, Default)]
pub struct Batch {
    pub rows: Vec<StoredEvent>,
    pub state: StateBatch,
    pub roots: Vec<RootChange>,
    /// Devices whose turns are others now, with all of them; none, where they are shared no longer.
    pub turns: Vec<(ActorId, Turns)>,
    /// Profiles that gained or lost events by that.
    pub owners: Vec<ProfileId>,
    /// Whose turn it was at events of shared devices.
    pub seen: Vec<(ActorId, Seq)>,
    /// Sources whose events have to go, in the order of their records.
    pub removed_sources: Vec<SourceId>,
    /// Of all sources together, also of records that the tables held before.
    pub counts: SourceCounts,
    /// Messages that came again, with when they did.
    pub repeated: Vec<(MessageKey, Timestamp)>,
    /// Which values of traits stay from now on, when that was decided.
    pub trait_rules: Option<Vec<TraitRule>>,
    /// How names are read from now on, when that was decided.
    pub naming: Option<InForce>,
    /// What is planned from now on, when that was decided.
    pub plan: Option<PlanInForce>,
}

/// Decides what records do.
#[derive(Debug, Default)]
pub struct Applier {
    /// Shared with who explains it; only the applier changes it.
    resolver: Arc<RwLock<Resolver>>,
    names: EventNames,
    window: Window,
    /// Records below this position are in the state tables.
    stored_upto: u64,
    /// Records below this position give user ids and anonymous ids only.
    typed_from: u64,
    /// What records below this position say of consent is not read.
    consents_from: u64,
    /// How names are read after the record at a position.
    namings: BTreeMap<u64, InForce>,
    /// What is planned after the record at a position.
    plans: BTreeMap<u64, PlanInForce>,
    /// Whose events are left out, wherever they still come from.
    erased: Erased,
}

impl Applier {
    /// Goes on where the stored state ends. Recent message ids are given by [`Applier::remember`].
    pub fn restore(restored: Restored) -> Self {
        let links: Vec<LinkEntry> = restored.links.into_iter().filter_map(entry_of).collect();
        let signs: Vec<SignIn> = restored.sign_ins.iter().map(sign_in).collect();
        let resolver = Resolver::restore(restored.identifiers, &links, &signs);
        Self {
            resolver: Arc::new(RwLock::new(resolver)),
            names: restored.names,
            window: Window::default(),
            stored_upto: restored.applied,
            typed_from: restored.typed_from,
            consents_from: restored.consents_from,
            namings: (restored.namings.iter())
                .map(|(position, decided)| (*position, InForce::of(decided)))
                .collect(),
            plans: (restored.plans.iter())
                .map(|(position, decided)| (*position, PlanInForce::of(decided)))
                .collect(),
            erased: Erased::default(),
        }
    }

    /// Leaves out events of those who were erased.
    #[must_use]
    pub fn without(self, erased: Erased) -> Self {
        Self { erased, ..self }
    }

    /// Tells of an event that is stored already.
    pub fn remember(&mut self, key: MessageKey, source: SourceId, received: Timestamp) {
        self.window.insert(key, source, received);
    }

    /// Applies the events of a request, the record at `position`, in their order.
    ///
    /// An event that arrived before within the window is a duplicate. `verdicts` hears what became
    /// of each event.
    pub fn take(
        &mut self,
        position: u64,
        mut arrival: Arrival,
        batch: &mut Batch,
        verdicts: impl FnMut(u32, Verdict),
    ) {
        arrival.tell_apart(position);
        let mut window = std::mem::take(&mut self.window);
        let source = arrival.source;
        let is_new = |_, event: &Event| window.insert(event.message, source, event.received);
        self.apply(position, arrival, is_new, batch, verdicts);
        self.window = window;
    }

    /// Applies rows of a file, the record at `position`, in their order.
    ///
    /// `known` says of each event whether the log held it before, over all of time. Rows do not
    /// enter the window: a file may have more of them than fit into memory.
    pub fn take_rows(
        &mut self,
        position: u64,
        arrival: Arrival,
        known: &[bool],
        batch: &mut Batch,
    ) {
        let mut here = HashSet::with_capacity(arrival.events.len());
        let is_new = |place: usize, event: &Event| !known[place] && here.insert(event.message.0);
        self.apply(position, arrival, is_new, batch, |_, _| {});
    }

    fn apply(
        &mut self,
        position: u64,
        arrival: Arrival,
        mut is_new: impl FnMut(usize, &Event) -> bool,
        batch: &mut Batch,
        mut verdicts: impl FnMut(u32, Verdict),
    ) {
        let is_stored = position < self.stored_upto;
        let Arrival {
            source,
            received,
            events,
            quarantined,
            unnamed: _,
            aside: _,
            described,
            faulty,
        } = arrival;
        let mut counts = SourceCounts {
            faulty,
            ..SourceCounts::default()
        };
        let erased = &self.erased;
        let quarantined = quarantined.into_iter();
        for held in quarantined.filter(|_| !erased.is_past_held(position, received)) {
            verdicts(held.index, Verdict::Quarantined);
            counts.quarantined += 1;
            if !is_stored {
                batch.hold(Seq::new(position, held.index), source, received, held);
            }
        }
        if !is_stored {
            for description in described {
                batch.state.accounts.describe(source, description);
            }
        }
        let mut changes = Changes::default();
        let first = batch.rows.len();
        let naming = self.naming_at(position).naming;
        let plan = self.plan_at(position).ready;
        let shared = Arc::clone(&self.resolver);
        let mut resolver = write(&shared);
        for (place, (index, mut event)) in events.into_iter().enumerate() {
            let seq = Seq::new(position, index);
            let country = resolver.policy().country.as_deref();
            match self.gone(position, &event, country) {
                None => {}
                Some(Gone::Erased) => continue,
                // It is not held back, as nothing of what it says may be kept.
                Some(Gone::Refused(erasure)) => {
                    counts.refused += 1;
                    if !is_stored {
                        batch.state.refused.push(RefusedEvent {
                            seq,
                            received: event.received,
                            source,
                            id: event.message,
                            erasure,
                        });
                    }
                    continue;
                }
            }
            // What is known of people stays, though the event is in no report and no list.
            let is_past = self.erased.is_past(position, &event.name, event.time);
            // Before it is noted as seen: what is held back may come again.
            let held = match naming.is_blocked(&event.name) {
                true => Some(is_blocked(index, &event)),
                false => breaks(&plan, &naming, index, &event, |breach, name, property| {
                    if !is_stored && !is_past {
                        batch.state.violations.see(breach, name, property, received);
                    }
                }),
            };
            if let Some(held) = held {
                if is_past {
                    continue;
                }
                counts.quarantined += 1;
                verdicts(index, Verdict::Quarantined);
                if !is_stored {
                    batch.hold(seq, source, received, held);
                }
                continue;
            }
            if !is_new(place, &event) {
                counts.duplicate += 1;
                verdicts(index, Verdict::Duplicate);
                batch.repeated.push((event.message, event.received));
                continue;
            }
            if position < self.typed_from {
                identifiers::ids_only(&mut event.identifiers);
            }
            let country = resolver.policy().country.as_deref();
            identifiers::settle(&mut event.identifiers, country);
            if event.identifiers.is_empty() {
                if is_past {
                    continue;
                }
                counts.quarantined += 1;
                verdicts(index, Verdict::Quarantined);
                if !is_stored {
                    batch.hold(seq, source, received, names_nobody(index, &event));
                }
                continue;
            }
            let names_before = self.names.len();
            let code = match is_past {
                true => None,
                false => self.names.intern(&event.name),
            };
            if code.is_none() && !is_past {
                counts.quarantined += 1;
                verdicts(index, Verdict::Quarantined);
                if !is_stored {
                    batch.hold(seq, source, received, names_are_full(index, &event));
                }
                continue;
            }
            if let Some(code) = code
                && self.names.len() > names_before
            {
                batch.state.names.push((code, event.name.clone()));
            }
            let known = is_stored
                .then(|| resolver.actor(&event.identifiers[0]))
                .flatten();
            let actor = match known {
                Some(actor) => actor,
                None => {
                    let sighting = Sighting::of(&event, source, seq);
                    let actor = resolver.observe(sighting, &mut changes);
                    batch.state.traits.extend(trait_rows(&event, actor, source));
                    if position >= self.consents_from {
                        let consents = consent_rows(&event, actor, source, seq);
                        batch.state.consents.extend(consents);
                    }
                    actor
                }
            };
            let Some(code) = code else {
                continue;
            };
            if !is_stored {
                for account_type in accounts::types_of(&event) {
                    (batch.state.accounts).see(source, account_type, AccountKey::Context);
                }
            }
            counts.stored += 1;
            verdicts(index, Verdict::Stored);
            batch.rows.push(StoredEvent {
                actor,
                seq,
                time: event.time,
                received: event.received,
                kind: event.kind,
                event: code.0,
                channel: event.channel.code(),
                source,
                message: event.message,
                properties: event.properties,
                context: event.context,
            });
        }
        resolver.settle(&mut changes);
        if !resolver.turns().is_empty() {
            let rows = batch.rows[first..].iter();
            let shared = rows.filter(|it| resolver.turns().contains_key(&it.actor.0));
            // A profile is named by one of its actors.
            let seen = shared.map(|it| {
                let profile = resolver.profile_at(it.actor, it.time);
                (ActorId(profile.0), it.seq)
            });
            let seen: Vec<_> = seen.collect();
            batch.seen.extend(seen);
        }
        batch.take_changes(changes, received);
        batch.counts += counts;
        if !is_stored {
            *batch.state.counts.entry(source).or_default() += counts;
        }
        batch.state.applied = position + 1;
    }

    /// What becomes of an event of somebody who was erased; none where it is of somebody else.
    fn gone(&self, position: u64, event: &Event, country: Option<&str>) -> Option<Gone> {
        if !self.erased.reaches(position) {
            return None;
        }
        let mut named = event.identifiers.clone();
        if position < self.typed_from {
            identifiers::ids_only(&mut named);
        }
        identifiers::settle(&mut named, country);
        self.erased.gone(position, &named, event.time)
    }

    /// Takes everything back that a source brought, as the record at `position` asks that arrived `at`.
    pub fn remove_source(
        &mut self,
        position: u64,
        source: SourceId,
        at: Timestamp,
        batch: &mut Batch,
    ) {
        self.window.remove_source(source);
        batch.rows.retain(|row| row.source != source);
        batch.removed_sources.push(source);
        if position >= self.stored_upto {
            let mut changes = Changes::default();
            write(&self.resolver).retract(source, &mut changes);
            batch.take_changes(changes, at);
            batch.state.traits.retain(|row| row.source != source);
            batch.state.sign_ins.retain(|row| row.source != source);
            batch.state.consents.retain(|row| row.source != source);
            batch.state.accounts.remove_source(source);
            batch
                .state
                .quarantined
                .retain(|event| event.source != source);
            batch.state.refused.retain(|event| event.source != source);
            batch.state.counts.remove(&source);
            batch.state.removed_sources.push(source);
        }
        batch.state.applied = position + 1;
    }

    /// Does as a member decided, as the record at `position` says.
    pub fn decide(&mut self, position: u64, decided: &Decided, batch: &mut Batch) {
        if position >= self.stored_upto {
            let mut changes = Changes::default();
            write(&self.resolver).decide(decided, &mut changes);
            batch.take_changes(changes, decided.at);
        }
        if let Decision::Policy { policy } = &decided.what {
            batch.trait_rules = Some(policy.traits.clone());
        }
        batch.state.applied = position + 1;
    }

    /// Reads names as a member decided, as the record at `position` says.
    ///
    /// Each decision is kept with its place, so that records before it are applied again as they were.
    pub fn decide_names(&mut self, position: u64, decided: NamesDecided, batch: &mut Batch) {
        let in_force = InForce::of(&decided);
        if position >= self.stored_upto {
            batch.state.namings.push((position, decided));
        }
        batch.naming = Some(in_force.clone());
        self.namings.insert(position, in_force);
        batch.state.applied = position + 1;
    }

    /// How names are read for the record at a position.
    pub fn naming_at(&self, position: u64) -> InForce {
        let before = self.namings.range(..position).next_back();
        before.map(|(_, it)| it.clone()).unwrap_or_default()
    }

    /// Asks for what a member planned, as the record at `position` says.
    pub fn decide_plan(&mut self, position: u64, decided: PlanDecided, batch: &mut Batch) {
        let in_force = PlanInForce::of(&decided);
        if position >= self.stored_upto {
            batch.state.plans.push((position, decided));
            batch.state.violations.begin();
        }
        batch.plan = Some(in_force.clone());
        self.plans.insert(position, in_force);
        batch.state.applied = position + 1;
    }

    /// What is planned for the record at a position.
    pub fn plan_at(&self, position: u64) -> PlanInForce {
        let before = self.plans.range(..position).next_back();
        before.map(|(_, it)| it.clone()).unwrap_or_default()
    }

    /// Takes an event that was held back out of the quarantine, and applies it as it is sent now, the
    /// record at `position`.
    pub fn release(
        &mut self,
        position: u64,
        released: &Released,
        mut arrival: Arrival,
        batch: &mut Batch,
        verdicts: impl FnMut(u32, Verdict),
    ) {
        if position >= self.stored_upto {
            batch.state.released.push((position, released.seq));
        }
        arrival.received = released.at;
        for (index, event) in &mut arrival.events {
            event.received = released.at;
            if let Some(id) = &released.id {
                event.message = *id;
                arrival.unnamed.retain(|it| it != index);
            }
        }
        self.take(position, arrival, batch, verdicts);
    }

    /// Leaves out a record that cannot be understood.
    pub fn skip(&mut self, position: u64, batch: &mut Batch) {
        batch.state.applied = position + 1;
    }

    /// Who is whom, as it is now.
    pub fn resolver(&self) -> RwLockReadGuard<'_, Resolver> {
        self.resolver.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who is whom, for those who explain it.
    pub fn share(&self) -> Arc<RwLock<Resolver>> {
        Arc::clone(&self.resolver)
    }

    /// Lines in the link log.
    pub fn links(&self) -> u64 {
        self.resolver().position()
    }

    /// The event names by code.
    pub fn names(&self) -> &EventNames {
        &self.names
    }

    /// Message ids that are remembered.
    pub fn window_len(&self) -> usize {
        self.window.len()
    }

    /// The profile that an event of an identifier belongs to.
    pub fn profile(&self, identifier: &Identifier, time: Timestamp) -> Option<ProfileId> {
        let resolver = self.resolver();
        let actor = resolver.actor(identifier)?;
        Some(resolver.profile_at(actor, time))
    }
}

impl Batch {
    /// Takes what a record that arrived `at` changed of who is whom.
    fn take_changes(&mut self, changes: Changes, at: Timestamp) {
        self.state.identifiers.extend(changes.actors);
        self.state.plain.extend(changes.plain);
        let lines = changes.links.last().map(|(position, _)| position + 1);
        let links = changes
            .links
            .into_iter()
            .map(|(at, entry)| (at, stored(entry)));
        self.state.links.extend(links);
        if let Some(lines) = lines {
            self.state.link_moments.push(LinkMoment { lines, at });
        }
        self.roots.extend(changes.roots);
        self.state
            .sign_ins
            .extend(changes.signs.iter().map(sign_in_row));
        for change in changes.turns {
            self.owners.extend(concerned(&change));
            self.turns
                .push((change.device, turns_of(change.device.0, &change.new)));
        }
    }
}

fn trait_rows(event: &Event, actor: ActorId, source: SourceId) -> impl Iterator<Item = TraitRow> {
    traits::updates(event)
        .into_iter()
        .map(move |update| TraitRow {
            actor,
            name: update.name.into(),
            value: update.state.value.map(Into::into),
            time: update.state.time,
            source,
            first: None,
        })
}

fn consent_rows(
    event: &Event,
    actor: ActorId,
    source: SourceId,
    seq: Seq,
) -> impl Iterator<Item = ConsentRow> {
    consent::statements(event)
        .into_iter()
        .map(move |said| ConsentRow {
            actor,
            key: said.key.into(),
            channel: said.channel,
            is_granted: said.is_granted,
            source,
            is_decision: said.is_decision,
            text: said.text.unwrap_or_default().into(),
            proof: said.proof.unwrap_or_default().into(),
            first: event.time,
            time: event.time,
            seq,
            message: event.message,
            event: event.name.as_str().into(),
        })
}

/// The resolver, to change it; a panic of who explains it leaves it sound.
fn write(resolver: &RwLock<Resolver>) -> RwLockWriteGuard<'_, Resolver> {
    resolver.write().unwrap_or_else(PoisonError::into_inner)
}

fn stored(entry: LinkEntry) -> StoredLink {
    match entry {
        LinkEntry::Link(link) => StoredLink::Link {
            left: link.left,
            right: link.right,
            reason: link.reason as u8,
            time: link.time,
            source: link.source,
            seq: link.seq,
        },
        LinkEntry::Retract(source) => StoredLink::Retract(source),
        LinkEntry::Decision(decided) => {
            let json = serde_json::to_string(&decided).expect("decisions have text keys");
            StoredLink::Decision(json.into())
        }
    }
}

fn sign_in(row: &SignInRow) -> SignIn {
    SignIn {
        device: row.device,
        user: row.user,
        source: row.source,
        time: row.time,
    }
}

fn sign_in_row(it: &SignIn) -> SignInRow {
    SignInRow {
        device: it.device,
        user: it.user,
        source: it.source,
        slot: identity::slot(it.time),
        time: it.time,
    }
}

/// The turns of a device as rows are sorted by them: what is nobody's is its own.
fn turns_of(device: u32, turns: &[identity::Turn]) -> Turns {
    let turns = turns.iter().map(|it| Turn {
        from: it.from,
        profile: it.owner.unwrap_or(ProfileId(device)),
    });
    turns.collect()
}

/// Whose turns are others, and the device itself.
fn concerned(change: &TurnsChange) -> impl Iterator<Item = ProfileId> {
    let (old, new) = (&*change.old, &*change.new);
    let same = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    // The last turn that is the same may end at another time.
    let from = same.saturating_sub(1);
    let turns = old[from.min(old.len())..]
        .iter()
        .chain(&new[from.min(new.len())..]);
    let owners: Vec<ProfileId> = turns.filter_map(|it| it.owner).collect();
    owners.into_iter().chain([ProfileId(change.device.0)])
}

/// Who is whom, as rows are sorted by it.
pub fn roots_of(resolver: &Resolver) -> Roots {
    let turns = resolver.turns().iter();
    let turns = turns.map(|(device, its)| (*device, turns_of(*device, its)));
    Roots::new(resolver.roots().into(), Arc::new(turns.collect()))
}

/// A line of the link log; none for a reason that this program does not know.
pub fn entry_of(stored: StoredLink) -> Option<LinkEntry> {
    Some(match stored {
        StoredLink::Link {
            left,
            right,
            reason,
            time,
            source,
            seq,
        } => LinkEntry::Link(Link {
            left,
            right,
            reason: LinkReason::from_code(reason)?,
            time,
            source,
            seq,
        }),
        StoredLink::Retract(source) => LinkEntry::Retract(source),
        StoredLink::Decision(json) => LinkEntry::Decision(serde_json::from_str(&json).ok()?),
    })
}

#[cfg(test)]
mod tests;
