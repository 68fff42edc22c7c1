//! Why identifiers are one profile, and why others are not.

use throughline_model::{ActorId, Timestamp, identity::Treatment};

use super::{Link, Resolver, rank};

/// What became of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It holds the profile together.
    Holds,
    /// It says what earlier links say already.
    Repeats,
    /// It would join two known identities, and earlier links stand against it.
    Refused,
    /// A member has parted the two.
    Parted,
    /// One of the two is suspended.
    Suspended,
    /// Several people sign in on one of the two: whose it is follows from the time.
    Shared,
    /// There are more identifiers of its type than the policy takes.
    OverLimit,
    /// A type of the two does not join.
    NoJoin,
}

/// An identifier that joins too many, or one that a member has treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Suspect {
    pub actor: ActorId,
    pub is_suspended: bool,
    pub treatment: Treatment,
    /// Identifiers of one stronger type that it was seen with.
    pub owners_count: usize,
}

impl Resolver {
    /// The links that lead from one actor of a profile to another; none when they are apart.
    pub fn chain(&self, from: ActorId, to: ActorId) -> Option<Vec<Link>> {
        (self.root(from) == self.root(to)).then(|| {
            let way = self.forest.way(from.0, to.0);
            let link = |index: u32| self.links[index as usize];
            way.into_iter().map(link).collect()
        })
    }

    /// Every link that an actor has, the newest first, and what became of it.
    pub fn links_of(&self, actor: ActorId) -> impl Iterator<Item = (Link, Standing)> {
        self.links_at(actor.0)
            .map(|index| (self.links[index as usize], self.standing(index)))
    }

    /// Suspended identifiers, and those that a member has treated.
    pub fn suspects(&self) -> Vec<Suspect> {
        let suspended = &self.evidence.suspended;
        let mut actors: Vec<u32> = suspended
            .iter()
            .chain(self.treated.keys())
            .copied()
            .collect();
        actors.sort_unstable();
        actors.dedup();
        let suspect = |actor: u32| Suspect {
            actor: ActorId(actor),
            is_suspended: suspended.contains(&actor),
            treatment: self.treatment(ActorId(actor)),
            owners_count: self.owners_count(actor),
        };
        actors.into_iter().map(suspect).collect()
    }

    /// True for an identifier whose links do not count.
    pub fn is_suspended(&self, actor: ActorId) -> bool {
        self.evidence.suspended.contains(&actor.0)
    }

    /// True for a profile that holds a known identity.
    pub fn is_known(&self, profile: throughline_model::ProfileId) -> bool {
        self.kind(profile.0) == throughline_model::IdentifierKind::User
    }

    /// How many suspended identifiers there are.
    pub fn suspended_count(&self) -> usize {
        self.evidence.suspended.len()
    }

    /// What a member has decided about an identifier.
    pub fn treatment(&self, actor: ActorId) -> Treatment {
        let treatment = self.treated.get(&actor.0).copied();
        treatment.unwrap_or(Treatment::Learned)
    }

    /// Pairs that members have parted and not reunited.
    pub fn parted(&self) -> impl Iterator<Item = (ActorId, ActorId)> {
        let pairs = self.apart.iter();
        pairs.map(|&(left, right)| (ActorId(left), ActorId(right)))
    }

    /// Pairs that members do not want to be suggested.
    pub fn dismissed(&self) -> impl Iterator<Item = (ActorId, ActorId)> {
        let pairs = self.dismissed.iter();
        pairs.map(|&(left, right)| (ActorId(left), ActorId(right)))
    }

    /// Evidence that joins nobody by the policy alone: an identifier whose links do not count, or
    /// not all, and one that it was seen with, as often as it was.
    pub fn unjoined(&self) -> impl Iterator<Item = (ActorId, ActorId)> {
        let count = u32::try_from(self.links.len()).expect("a workspace has under 2^32 links");
        let is_open = |index: &u32| {
            let link = &self.links[*index as usize];
            !self.holds(link) && !self.is_apart(link) && !self.counts(*index)
        };
        let open = (0..count).filter(is_open);
        open.flat_map(|index| self.held_back(&self.links[index as usize]))
    }

    /// The ends that hold a link back, each with the other one.
    fn held_back(&self, link: &Link) -> Vec<(ActorId, ActorId)> {
        let ends = [(link.left, link.right), (link.right, link.left)];
        let holds_back = |(actor, _): &(ActorId, ActorId)| {
            self.is_suspended(*actor)
                || self.is_shared(*actor)
                || !self.policy.joins(self.kind(actor.0))
        };
        let found: Vec<_> = ends.into_iter().filter(holds_back).collect();
        if !found.is_empty() {
            return found;
        }
        // There are too many of the weaker type around the stronger one.
        let by_strength = self.by_strength(link);
        let weaker = by_strength.map(|(strong, weak)| (ActorId(weak), ActorId(strong)));
        weaker.into_iter().collect()
    }

    /// The time at which an actor was first linked to another, and the last.
    pub fn seen(&self, actor: ActorId) -> Option<(Timestamp, Timestamp)> {
        let times = self
            .links_at(actor.0)
            .map(|index| self.links[index as usize].time);
        times.fold(None, |seen, time| {
            let (first, last) = seen.unwrap_or((time, time));
            Some((first.min(time), last.max(time)))
        })
    }

    fn standing(&self, index: u32) -> Standing {
        let link = &self.links[index as usize];
        let (left, right) = (link.left, link.right);
        if self.counts(index) {
            return if self.forest.edge(left.0, right.0) == Some(index) {
                Standing::Holds
            } else if self.root(left) == self.root(right) {
                Standing::Repeats
            } else {
                Standing::Refused
            };
        }
        if self.is_apart(link) {
            Standing::Parted
        } else if !(self.policy.joins(self.kind(left.0)) && self.policy.joins(self.kind(right.0))) {
            Standing::NoJoin
        } else if self.is_suspended(left) || self.is_suspended(right) {
            Standing::Suspended
        } else if self.is_shared(left) || self.is_shared(right) {
            Standing::Shared
        } else {
            debug_assert!(!self.is_within_limit(link), "{:?}", rank(link, &self.keys));
            Standing::OverLimit
        }
    }
}
