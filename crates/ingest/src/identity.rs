//! Which identifiers are one profile: an append-only link log and the components it makes.
//!
//! Two identifiers seen together are linked. A profile is a component of the links under one
//! rule: it holds at most one known identity. Where links compete, the earlier one is kept, by
//! (event time, reason, identifiers); the other stays in the log, refused. So the components
//! depend on the set of links alone, never on the order in which they arrived.
//!
//! The previous id of an alias counts as anonymous. If it is a known identity as well, the link
//! between the two known ones is recorded, and always refused.
//!
//! The log holds evidence and decisions. Which evidence counts follows from the policy, from what
//! members have decided, and from the set of links itself: an identifier that was seen with too
//! many others is suspended. None of it depends on the order of arrival, and none is undone by
//! taking a line out of the log: a decision is a line of its own, and so is its undoing.
//!
//! Under a policy that says so, a device that several people sign in on joins none of them: whose
//! its events are follows from who was signed in at their time.

mod blocked;
mod decide;
mod evidence;
mod explain;
mod forest;
mod policy;
mod turns;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use hashbrown::HashTable;
use throughline_model::{
    ActorId, Event, EventKind, Identifier, IdentifierKind, ProfileId, Seq, SourceId, Timestamp,
    identity::{Decided, IdentityPolicy, Treatment},
};

use crate::identifiers;
pub use blocked::{is_blocked, is_blocked_as};
use evidence::Evidence;
pub use explain::{Standing, Suspect};
use forest::{Forest, Rank};
use policy::Compiled;
use turns::SignIns;
pub use turns::{SignIn, Stretch, Turn, TurnsChange, slot};

/// Why two identifiers are linked. The order decides between links of one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum LinkReason {
    /// They stood on one event.
    Together = 0,
    /// An alias event says so.
    Alias = 1,
    /// A member says so.
    Member = 2,
}

impl LinkReason {
    /// The reason of a code on disk.
    pub fn from_code(code: u8) -> Option<Self> {
        match code {
            0 => Some(Self::Together),
            1 => Some(Self::Alias),
            2 => Some(Self::Member),
            _ => None,
        }
    }
}

/// The source of links that members make.
pub const MEMBERS: SourceId = SourceId(u32::MAX);

/// Evidence that two identifiers are one profile. A known identity stands on the left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    pub left: ActorId,
    pub right: ActorId,
    pub reason: LinkReason,
    /// Time of the event that shows it.
    pub time: Timestamp,
    pub source: SourceId,
    pub seq: Seq,
}

/// One line of the link log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkEntry {
    Link(Link),
    /// Every earlier link of a source no longer counts.
    Retract(SourceId),
    Decision(Box<Decided>),
}

/// What an event tells about identity.
#[derive(Clone, Copy, Debug)]
pub struct Sighting<'a> {
    /// The known identity first; of an alias, the previous id last. Never empty.
    pub identifiers: &'a [Identifier],
    pub is_alias: bool,
    pub time: Timestamp,
    pub source: SourceId,
    pub seq: Seq,
}

impl<'a> Sighting<'a> {
    /// What an event tells.
    pub fn of(event: &'a Event, source: SourceId, seq: Seq) -> Self {
        Self {
            identifiers: &event.identifiers,
            is_alias: event.kind == EventKind::Alias,
            time: event.time,
            source,
            seq,
        }
    }
}

/// An actor that now belongs to another profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RootChange {
    pub actor: ActorId,
    pub old: ProfileId,
    pub new: ProfileId,
}

/// What sightings changed, in the order in which it happened: all that has to be stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Identifiers that were never seen before.
    pub actors: Vec<(ActorId, Identifier)>,
    /// Identifiers that were known by their hash only, and now by themselves.
    pub plain: Vec<(ActorId, Identifier)>,
    /// Lines of the link log with their positions.
    pub links: Vec<(u64, LinkEntry)>,
    pub roots: Vec<RootChange>,
    /// Sign-ins that were not known, or not as early in their slot.
    pub signs: Vec<SignIn>,
    /// Devices whose turns are others.
    pub turns: Vec<TurnsChange>,
}

/// Identifiers as dense numbers, the links between them, and the profile of each.
#[derive(Clone, Debug, Default)]
pub struct Resolver {
    keys: Vec<u128>,
    /// Actors by key; the keys themselves lie in `keys`.
    actors: HashTable<u32>,
    /// Actors that are known by their hash only.
    hashed: BTreeSet<u32>,
    links: Vec<Link>,
    evidence: Evidence,
    policy: Compiled,
    /// Pairs whose links do not count.
    apart: BTreeSet<(u32, u32)>,
    /// Pairs that are not to be suggested.
    dismissed: BTreeSet<(u32, u32)>,
    /// Actors that are not treated as their number of owners says.
    treated: BTreeMap<u32, Treatment>,
    /// The earliest link of each (pair, source, reason), as an index into `links`.
    earliest: HashTable<u32>,
    /// Previous ids of aliases by the key that they would have as a known identity.
    aliases: BTreeMap<u128, Vec<Awaited>>,
    forest: Forest,
    signs: SignIns,
    signs_version: u64,
    /// The turns of devices that are shared; see [`Resolver::settle`].
    turns: BTreeMap<u32, Arc<[Turn]>>,
    /// Devices whose turns may be others by now.
    unsettled: BTreeSet<u32>,
    /// Lines of the link log.
    lines: u64,
}

/// A link that an alias asks for, should its previous id be a known identity as well.
#[derive(Clone, Copy, Debug)]
struct Awaited {
    left: ActorId,
    time: Timestamp,
    source: SourceId,
    seq: Seq,
}

impl Resolver {
    /// Builds a resolver from what earlier changes told: identifiers in order, the whole link log,
    /// and the sign-ins.
    pub fn restore(
        identifiers: impl IntoIterator<Item = Identifier>,
        log: &[LinkEntry],
        signs: &[SignIn],
    ) -> Self {
        let mut resolver = Self::default();
        let mut values = BTreeMap::new();
        for identifier in identifiers {
            let actor = resolver.add(identifiers::key(&identifier), identifier.kind);
            if identifiers::is_hashed(&identifier) {
                resolver.hashed.insert(actor.0);
            }
            if identifier.kind == IdentifierKind::Anonymous {
                values.insert(actor, identifier.value);
            }
        }
        for entry in log {
            match entry {
                LinkEntry::Link(link) => resolver.links.push(*link),
                LinkEntry::Retract(source) => resolver.drop_links_of(*source),
                LinkEntry::Decision(decided) => {
                    resolver.heed(decided);
                }
            }
            resolver.lines += 1;
        }
        for link in &resolver.links {
            let is_known = resolver.forest.kind(link.left.0) == IdentifierKind::User;
            if link.reason == LinkReason::Alias
                && is_known
                && let Some(value) = values.get(&link.right)
            {
                let awaited = Awaited {
                    left: link.left,
                    time: link.time,
                    source: link.source,
                    seq: link.seq,
                };
                let key = Identifier::user(value).key();
                resolver.aliases.entry(key).or_default().push(awaited);
            }
        }
        let known = u32::try_from(resolver.keys.len()).expect("actors are counted in 32 bits");
        for sign in signs.iter().filter(|it| it.device.0.max(it.user.0) < known) {
            resolver.signs.note(sign);
        }
        resolver.rebuild();
        resolver.settle(&mut Changes::default());
        resolver
    }

    /// Takes in what an event tells. The answer is the event's own actor.
    pub fn observe(&mut self, sighting: Sighting<'_>, changes: &mut Changes) -> ActorId {
        let Sighting {
            time, source, seq, ..
        } = sighting;
        let own = self.intern(&sighting.identifiers[0], changes);
        let last = sighting.identifiers.len() - 1;
        for (index, identifier) in sighting.identifiers.iter().enumerate().skip(1) {
            let other = self.intern(identifier, changes);
            let reason = if sighting.is_alias && index == last {
                LinkReason::Alias
            } else {
                LinkReason::Together
            };
            let is_known = self.forest.kind(own.0) == IdentifierKind::User;
            if is_known && reason == LinkReason::Together && turns::is_device(identifier.kind) {
                let sign = SignIn {
                    device: other,
                    user: own,
                    source,
                    time,
                };
                self.sign_in(sign, changes);
            }
            let link = self.oriented(own, other, reason, time, source, seq);
            let is_news = self.add_link(link, changes);
            if is_news && is_known && reason == LinkReason::Alias {
                self.await_known(
                    identifier,
                    Awaited {
                        left: own,
                        time,
                        source,
                        seq,
                    },
                    changes,
                );
            }
        }
        own
    }

    /// Takes back every link that a source gave, as when an import is undone.
    pub fn retract(&mut self, source: SourceId, changes: &mut Changes) {
        self.write(LinkEntry::Retract(source), changes);
        self.drop_links_of(source);
        for awaited in self.aliases.values_mut() {
            awaited.retain(|it| it.source != source);
        }
        self.aliases.retain(|_, awaited| !awaited.is_empty());
        self.signs.retract(source);
        self.signs_version += 1;
        self.rebuild_telling(&mut changes.roots);
        self.settle(changes);
    }

    /// The actor of an identifier, if it was ever seen.
    pub fn actor(&self, identifier: &Identifier) -> Option<ActorId> {
        self.find(identifiers::key(identifier))
    }

    /// The profile of an actor.
    pub fn root(&self, actor: ActorId) -> ProfileId {
        ProfileId(self.forest.roots()[actor.0 as usize])
    }

    /// The profile of every actor: the dense table that scans apply.
    pub fn roots(&self) -> &[u32] {
        self.forest.roots()
    }

    /// Lines in the link log.
    pub fn position(&self) -> u64 {
        self.lines
    }

    /// What is in force.
    pub fn policy(&self) -> &IdentityPolicy {
        self.policy.document()
    }

    /// False for a link that would join two known identities, or lost its actor to an earlier one.
    pub fn holds(&self, link: &Link) -> bool {
        self.root(link.left) == self.root(link.right)
    }

    fn intern(&mut self, identifier: &Identifier, changes: &mut Changes) -> ActorId {
        let key = identifiers::key(identifier);
        if let Some(actor) = self.find(key) {
            if !self.hashed.is_empty()
                && !identifiers::is_hashed(identifier)
                && self.hashed.remove(&actor.0)
            {
                changes.plain.push((actor, identifier.clone()));
            }
            return actor;
        }
        let actor = self.add(key, identifier.kind);
        if identifiers::is_hashed(identifier) {
            self.hashed.insert(actor.0);
        }
        changes.actors.push((actor, identifier.clone()));
        let awaited = self.aliases.get(&key).cloned().unwrap_or_default();
        for Awaited {
            left,
            time,
            source,
            seq,
        } in awaited
        {
            let link = self.oriented(left, actor, LinkReason::Alias, time, source, seq);
            self.add_link(link, changes);
        }
        actor
    }

    /// Records that an alias names a known identity as its previous id, now or when it appears.
    fn await_known(&mut self, previous: &Identifier, awaited: Awaited, changes: &mut Changes) {
        let key = Identifier::user(&previous.value).key();
        self.aliases.entry(key).or_default().push(awaited);
        if let Some(known) = self.find(key) {
            let Awaited {
                left,
                time,
                source,
                seq,
            } = awaited;
            let link = self.oriented(left, known, LinkReason::Alias, time, source, seq);
            self.add_link(link, changes);
        }
    }

    fn oriented(
        &self,
        a: ActorId,
        b: ActorId,
        reason: LinkReason,
        time: Timestamp,
        source: SourceId,
        seq: Seq,
    ) -> Link {
        let order = |actor: ActorId| (self.forest.kind(actor.0), self.keys[actor.0 as usize]);
        let (left, right) = if order(a) <= order(b) { (a, b) } else { (b, a) };
        Link {
            left,
            right,
            reason,
            time,
            source,
            seq,
        }
    }

    /// Appends a link unless its source has shown the same at least as early.
    fn add_link(&mut self, link: Link, changes: &mut Changes) -> bool {
        if link.left == link.right {
            return false;
        }
        let known = self.earliest.find(pair_hash(&link), |&index| {
            is_same_pair(&self.links[index as usize], &link)
        });
        if let Some(&known) = known {
            let known = &self.links[known as usize];
            if known.time <= link.time {
                return false;
            }
        }
        self.write(LinkEntry::Link(link), changes);
        let index = self.keep(link);
        self.weigh(index, &mut changes.roots);
        true
    }

    fn write(&mut self, entry: LinkEntry, changes: &mut Changes) {
        changes.links.push((self.lines, entry));
        self.lines += 1;
    }

    fn keep(&mut self, link: Link) -> u32 {
        let index = u32::try_from(self.links.len()).expect("a workspace has under 2^32 links");
        self.links.push(link);
        self.evidence.tie(index, &link);
        self.note_earliest(index);
        index
    }

    /// Lets a new link do what it does: join, or show that one of its ends joins too many.
    fn weigh(&mut self, index: u32, changes: &mut Vec<RootChange>) {
        let Link { left, right, .. } = self.links[index as usize];
        if self.is_news_for_ends(index) {
            self.mend(&[left.0, right.0], changes);
        } else if self.counts(index) {
            self.weave(index, changes);
        }
    }

    fn note_earliest(&mut self, index: u32) {
        let link = self.links[index as usize];
        let found = self.earliest.find_mut(pair_hash(&link), |&known| {
            is_same_pair(&self.links[known as usize], &link)
        });
        match found {
            Some(known) => {
                let other = &self.links[*known as usize];
                if link.time < other.time {
                    *known = index;
                }
            }
            None => {
                self.earliest
                    .insert_unique(pair_hash(&link), index, |&known| {
                        pair_hash(&self.links[known as usize])
                    });
            }
        }
    }

    fn weave(&mut self, index: u32, changes: &mut Vec<RootChange>) {
        let Link { left, right, .. } = self.links[index as usize];
        let rank = |index: u32| rank(&self.links[index as usize], &self.keys);
        self.forest.link((left.0, right.0), index, &rank, changes);
    }

    fn drop_links_of(&mut self, source: SourceId) {
        self.links.retain(|link| link.source != source);
    }

    /// Makes everything that follows from the links anew.
    fn rebuild(&mut self) {
        self.forest.reset();
        self.earliest.clear();
        self.evidence.clear(self.keys.len());
        let count = u32::try_from(self.links.len()).expect("a workspace has under 2^32 links");
        for index in 0..count {
            let link = self.links[index as usize];
            self.evidence.tie(index, &link);
        }
        self.judge_all();
        let mut order: Vec<u32> = (0..count).collect();
        // In rank order no link ever replaces another, so this is one pass.
        order.sort_by_key(|&index| rank(&self.links[index as usize], &self.keys));
        let mut ignored = Vec::new();
        for index in order {
            self.note_earliest(index);
            if self.counts(index) {
                self.weave(index, &mut ignored);
                ignored.clear();
            }
        }
    }

    fn rebuild_telling(&mut self, changes: &mut Vec<RootChange>) {
        let before = self.forest.roots().to_vec();
        self.rebuild();
        for (actor, (&old, &new)) in (0..).zip(before.iter().zip(self.forest.roots())) {
            if old != new {
                changes.push(RootChange {
                    actor: ActorId(actor),
                    old: ProfileId(old),
                    new: ProfileId(new),
                });
            }
        }
    }

    fn find(&self, key: u128) -> Option<ActorId> {
        self.actors
            .find(key_hash(key), |&actor| self.keys[actor as usize] == key)
            .map(|&actor| ActorId(actor))
    }

    fn add(&mut self, key: u128, kind: IdentifierKind) -> ActorId {
        let actor = self.forest.add(kind);
        self.evidence.add();
        self.keys.push(key);
        self.actors.insert_unique(key_hash(key), actor, |&actor| {
            key_hash(self.keys[actor as usize])
        });
        ActorId(actor)
    }
}

fn rank(link: &Link, keys: &[u128]) -> Rank {
    let left = keys[link.left.0 as usize];
    let right = keys[link.right.0 as usize];
    Rank {
        is_evidence: link.reason != LinkReason::Member,
        time: link.time.0,
        reason: link.reason as u8,
        low: left.min(right),
        high: left.max(right),
    }
}

fn is_same_pair(a: &Link, b: &Link) -> bool {
    (a.left, a.right, a.source, a.reason) == (b.left, b.right, b.source, b.reason)
}

/// A key is a good hash already; its lower half is enough for a table.
#[expect(clippy::cast_possible_truncation, reason = "the lower half is wanted")]
fn key_hash(key: u128) -> u64 {
    key as u64
}

fn pair_hash(link: &Link) -> u64 {
    let pair = u64::from(link.left.0) << 32 | u64::from(link.right.0);
    xxhash_rust::xxh3::xxh3_64_with_seed(&pair.to_le_bytes(), u64::from(link.source.0))
}

#[cfg(test)]
mod tests;
