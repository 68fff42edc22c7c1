//! Which links count: by the policy, by what members decided, and by how many an identifier joins.
//!
//! Whether an identifier is suspended, and which of its links are over a limit, are functions of
//! the set of links, so the order of arrival never matters. Both are looked at anew only for the
//! ends of a link that is new, and only once they have more links than their limit.

use std::collections::{BTreeMap, BTreeSet};

use throughline_model::{ActorId, IdentifierKind, ProfileId, identity::Treatment};

use super::{Link, LinkReason, Rank, Resolver, RootChange, rank};

const NONE: u32 = u32::MAX;

/// The links of each actor, and what they say of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Evidence {
    /// Per actor its newest link and the count of its links.
    ends: Vec<(u32, u32)>,
    /// Per link the one before it of its left and of its right actor.
    before: Vec<[u32; 2]>,
    pub suspended: BTreeSet<u32>,
    /// Devices that several people have signed in on, where the policy says whose they are by time.
    pub shared: BTreeSet<u32>,
    /// Around an actor, and of a kind, the last link that counts.
    pub last: BTreeMap<(u32, u8), Rank>,
}

impl Evidence {
    pub fn add(&mut self) {
        self.ends.push((NONE, 0));
    }

    pub fn clear(&mut self, actors: usize) {
        *self = Self::default();
        self.ends.resize(actors, (NONE, 0));
    }

    /// Notes the link at `index`, which is the next one.
    pub fn tie(&mut self, index: u32, link: &Link) {
        debug_assert_eq!(index as usize, self.before.len());
        let before = [link.left, link.right].map(|actor| {
            let (newest, count) = &mut self.ends[actor.0 as usize];
            *count += 1;
            std::mem::replace(newest, index)
        });
        self.before.push(before);
    }

    fn count(&self, actor: u32) -> usize {
        self.ends[actor as usize].1 as usize
    }
}

impl Resolver {
    /// The links of an actor, the newest first, as indexes.
    pub(super) fn links_at(&self, actor: u32) -> impl Iterator<Item = u32> {
        let start = self.evidence.ends[actor as usize].0;
        let some = |index: u32| (index != NONE).then_some(index);
        std::iter::successors(some(start), move |&index| {
            let side = usize::from(self.links[index as usize].left.0 != actor);
            some(self.evidence.before[index as usize][side])
        })
    }

    /// Whether a link joins, unless an earlier one stands against it.
    pub(super) fn counts(&self, index: u32) -> bool {
        let link = &self.links[index as usize];
        if self.is_apart(link) {
            return false;
        }
        if link.reason == LinkReason::Member {
            return true;
        }
        let (left, right) = (self.kind(link.left.0), self.kind(link.right.0));
        let Evidence {
            suspended, shared, ..
        } = &self.evidence;
        let stands_back = |it: u32| suspended.contains(&it) || shared.contains(&it);
        self.policy.joins(left)
            && self.policy.joins(right)
            && !(stands_back(link.left.0) || stands_back(link.right.0))
            && self.is_within_limit(link)
    }

    pub(super) fn is_apart(&self, link: &Link) -> bool {
        !self.apart.is_empty() && self.apart.contains(&(link.left.0, link.right.0))
    }

    pub(super) fn is_within_limit(&self, link: &Link) -> bool {
        let last = &self.evidence.last;
        if last.is_empty() {
            return true;
        }
        self.by_strength(link).is_none_or(|(strong, weak)| {
            let last = last.get(&(strong, self.kind(weak) as u8));
            last.is_none_or(|last| rank(link, &self.keys) <= *last)
        })
    }

    /// Looks at the ends of a new link: true when more than this link counts differently now.
    pub(super) fn is_news_for_ends(&mut self, index: u32) -> bool {
        let link = self.links[index as usize];
        let Some((strong, weak)) = self.by_strength(&link) else {
            return false;
        };
        let kind = self.kind(weak);
        let crowds = !self.evidence.suspended.contains(&weak) && self.judge(weak);
        let last = self.evidence.last.get(&(strong, kind as u8));
        let is_late = last.is_some_and(|last| rank(&link, &self.keys) > *last);
        let shifts = !is_late && self.judge_around(strong, kind);
        crowds || shifts
    }

    /// Looks at an actor anew: true when it is suspended or shared now and was not, or the other way.
    pub(super) fn judge(&mut self, actor: u32) -> bool {
        let treatment = self.treated.get(&actor).copied();
        let is_suspended = match treatment.unwrap_or(Treatment::Learned) {
            Treatment::Released => false,
            Treatment::Suspended => true,
            Treatment::Learned => self.is_crowded(actor),
        };
        let is_shared = self.policy.shared(self.kind(actor)).is_some() && self.has_guests(actor);
        if is_shared || self.turns.contains_key(&actor) {
            self.unsettled.insert(actor);
        }
        let put = |set: &mut BTreeSet<u32>, is_in: bool| match is_in {
            true => set.insert(actor),
            false => set.remove(&actor),
        };
        let suspends = put(&mut self.evidence.suspended, is_suspended);
        put(&mut self.evidence.shared, is_shared) || suspends
    }

    /// Looks anew at how many of a kind there are around an actor: true when others count now.
    pub(super) fn judge_around(&mut self, actor: u32, kind: IdentifierKind) -> bool {
        let place = (actor, kind as u8);
        let last = self.policy.around_max(kind);
        let last = last.and_then(|max| self.last_around(actor, kind, max));
        let known = match last {
            Some(last) => self.evidence.last.insert(place, last),
            None => self.evidence.last.remove(&place),
        };
        known != last
    }

    pub(super) fn judge_all(&mut self) {
        let count = u32::try_from(self.keys.len()).expect("actors are counted in 32 bits");
        for actor in 0..count {
            self.judge(actor);
            for kind in IdentifierKind::ALL {
                self.judge_around(actor, kind);
            }
        }
    }

    /// How many identifiers of one stronger type an actor was seen with; of several types, the most.
    pub(super) fn owners_count(&self, actor: u32) -> usize {
        let kind = self.kind(actor);
        let mut owners: BTreeSet<(u8, u32)> = BTreeSet::new();
        for (index, other) in self.neighbors(actor) {
            let its_kind = self.kind(other);
            if self.policy.is_stronger(its_kind, kind)
                && !self.is_apart(&self.links[index as usize])
            {
                owners.insert((its_kind as u8, other));
            }
        }
        let of = |kind: IdentifierKind| {
            let kind = kind as u8;
            owners.range((kind, 0)..=(kind, u32::MAX)).count()
        };
        IdentifierKind::ALL.into_iter().map(of).max().unwrap_or(0)
    }

    /// The links of an actor with the other end of each.
    pub(super) fn neighbors(&self, actor: u32) -> impl Iterator<Item = (u32, u32)> {
        self.links_at(actor).map(move |index| {
            let link = &self.links[index as usize];
            let ends = u64::from(link.left.0) ^ u64::from(link.right.0) ^ u64::from(actor);
            (index, u32::try_from(ends).expect("an actor"))
        })
    }

    pub(super) fn kind(&self, actor: u32) -> IdentifierKind {
        self.forest.kind(actor)
    }

    /// Weaves the trees that hold these actors anew, and those that now join them.
    pub(super) fn mend(&mut self, seeds: &[u32], changes: &mut Vec<RootChange>) {
        let mut actors: BTreeSet<u32> = seeds.iter().copied().collect();
        let mut found: BTreeSet<u32> = BTreeSet::new();
        let mut open: Vec<u32> = actors.iter().copied().collect();
        while let Some(actor) = open.pop() {
            for (index, other) in self.neighbors(actor) {
                let counts = self.counts(index);
                if counts {
                    found.insert(index);
                }
                // What held until now is a way too, as whoever is cut off has to be looked at.
                if (counts || self.forest.edge(actor, other) == Some(index)) && actors.insert(other)
                {
                    open.push(other);
                }
            }
        }
        let actors: Vec<u32> = actors.into_iter().collect();
        let before: Vec<u32> = actors
            .iter()
            .map(|&actor| self.forest.roots()[actor as usize])
            .collect();
        self.forest.isolate(&actors);
        let mut order: Vec<u32> = found.into_iter().collect();
        order.sort_by_cached_key(|&index| rank(&self.links[index as usize], &self.keys));
        let mut ignored = Vec::new();
        for index in order {
            self.weave(index, &mut ignored);
            ignored.clear();
        }
        for (&actor, old) in actors.iter().zip(before) {
            let new = self.forest.roots()[actor as usize];
            if new != old {
                changes.push(RootChange {
                    actor: ActorId(actor),
                    old: ProfileId(old),
                    new: ProfileId(new),
                });
            }
        }
    }

    fn is_crowded(&self, actor: u32) -> bool {
        let max = self.policy.owners_max(self.kind(actor));
        max.is_some_and(|max| self.evidence.count(actor) > max && self.owners_count(actor) > max)
    }

    /// The rank of the last of the `max` earliest neighbors of a kind; none when there are no more.
    fn last_around(&self, actor: u32, kind: IdentifierKind, max: usize) -> Option<Rank> {
        if self.evidence.count(actor) <= max || !self.policy.is_stronger(self.kind(actor), kind) {
            return None;
        }
        let mut first: BTreeMap<u32, Rank> = BTreeMap::new();
        for (index, other) in self.neighbors(actor) {
            let link = &self.links[index as usize];
            if self.kind(other) == kind && !self.is_apart(link) {
                let rank = rank(link, &self.keys);
                let known = first.entry(other).or_insert(rank);
                *known = rank.min(*known);
            }
        }
        let mut ranks: Vec<Rank> = first.into_values().collect();
        ranks.sort_unstable();
        (ranks.len() > max).then(|| ranks[max - 1])
    }

    /// The ends of a link, the stronger first; none when neither is.
    pub(super) fn by_strength(&self, link: &Link) -> Option<(u32, u32)> {
        let (left, right) = (link.left.0, link.right.0);
        let (left_kind, right_kind) = (self.kind(left), self.kind(right));
        if self.policy.is_stronger(left_kind, right_kind) {
            Some((left, right))
        } else if self.policy.is_stronger(right_kind, left_kind) {
            Some((right, left))
        } else {
            None
        }
    }
}
