//! Whose a device is that several people sign in on, at which time.
//!
//! A person signs in on a device by an event that names both. Of each person and source the first
//! such event of every [slot](limits::SIGN_IN_SLOT) is kept. It is a set, so whose turn it is
//! depends on the events alone and never on the order in which they arrive.

use std::{collections::BTreeMap, sync::Arc};

use hashbrown::HashMap;
use throughline_model::{
    ActorId, IdentifierKind, ProfileId, SourceId, Timestamp, identity::SharedByTime, limits,
};

use super::{Changes, LinkReason, Resolver};

/// That a person was seen on a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SignIn {
    pub device: ActorId,
    pub user: ActorId,
    pub source: SourceId,
    pub time: Timestamp,
}

/// From a moment until that of the next turn, a device is somebody's or nobody's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    pub from: Timestamp,
    pub owner: Option<ProfileId>,
}

/// A time in which a device was somebody's or nobody's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    pub device: ActorId,
    pub owner: Option<ProfileId>,
    pub from: Timestamp,
    /// The first moment that is not within.
    pub until: Timestamp,
}

/// A device whose turns are others now; none, when it is not shared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TurnsChange {
    pub device: ActorId,
    pub old: Arc<[Turn]>,
    pub new: Arc<[Turn]>,
}

/// Who was seen on which device.
#[derive(Clone, Debug, Default)]
pub(super) struct SignIns(HashMap<u32, Vec<Sign>>);

/// In the order of time, then of actor and source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Sign {
    time: i64,
    user: u32,
    source: u32,
}

/// Kinds on which people sign in.
pub(super) fn is_device(kind: IdentifierKind) -> bool {
    SharedByTime::KINDS.contains(&kind)
}

/// The slot that a moment lies in.
pub fn slot(time: Timestamp) -> i64 {
    time.0.div_euclid(limits::SIGN_IN_SLOT.0)
}

impl SignIns {
    /// Notes a sign-in; false when an earlier one of its slot is known.
    pub fn note(&mut self, it: &SignIn) -> bool {
        let signs = self.0.entry(it.device.0).or_default();
        let sign = Sign {
            time: it.time.0,
            user: it.user.0,
            source: it.source.0,
        };
        let from = slot(it.time).saturating_mul(limits::SIGN_IN_SLOT.0);
        let first = signs.partition_point(|it| it.time < from);
        let known = signs[first..]
            .iter()
            .take_while(|it| it.time - from < limits::SIGN_IN_SLOT.0)
            .position(|it| (it.user, it.source) == (sign.user, sign.source));
        if let Some(known) = known {
            if signs[first + known].time <= sign.time {
                return false;
            }
            signs.remove(first + known);
        }
        let at = signs.partition_point(|it| *it < sign);
        signs.insert(at, sign);
        true
    }

    pub fn retract(&mut self, source: SourceId) {
        self.0.retain(|_, signs| {
            signs.retain(|it| it.source != source.0);
            !signs.is_empty()
        });
    }

    /// Every sign-in, in no order.
    pub fn iter(&self) -> impl Iterator<Item = SignIn> {
        let all = self.0.iter();
        all.flat_map(|(device, signs)| {
            signs.iter().map(|it| SignIn {
                device: ActorId(*device),
                user: ActorId(it.user),
                source: SourceId(it.source),
                time: Timestamp(it.time),
            })
        })
    }

    fn of(&self, device: u32) -> impl Iterator<Item = (i64, u32)> {
        let signs = self.0.get(&device).into_iter().flatten();
        signs.map(|it| (it.time, it.user))
    }
}

impl Resolver {
    /// Finds out anew whose turn it is on devices that something has happened to. To be called when
    /// a record was observed; decisions and retractions do it by themselves.
    pub fn settle(&mut self, changes: &mut Changes) {
        if !self.policy.shares() && self.turns.is_empty() {
            self.unsettled.clear();
            return;
        }
        // Whom a member has joined a device with may have joined others.
        let moved = changes.roots.iter().map(|it| it.actor.0);
        let moved = moved.filter(|it| self.evidence.shared.contains(it));
        self.unsettled.extend(moved);
        for device in std::mem::take(&mut self.unsettled) {
            let new: Arc<[Turn]> = self.turns_now(device).into();
            let old = match new.is_empty() {
                true => self.turns.remove(&device),
                false => self.turns.insert(device, Arc::clone(&new)),
            };
            let old = old.unwrap_or_default();
            if old != new {
                let device = ActorId(device);
                changes.turns.push(TurnsChange { device, old, new });
            }
        }
    }

    /// Every device that several people share, with its turns in the order of time.
    ///
    /// Before the first turn, and while it is nobody's, what it did is the device's own.
    pub fn turns(&self) -> &BTreeMap<u32, Arc<[Turn]>> {
        &self.turns
    }

    /// When which shared device was a profile's; of one that is a device itself, when it was nobody's.
    pub fn stretches_of(&self, profile: ProfileId) -> Vec<Stretch> {
        let all = self
            .turns
            .keys()
            .flat_map(|it| self.stretches(ActorId(*it)));
        let is_own = |it: &Stretch| it.owner.unwrap_or(ProfileId(it.device.0)) == profile;
        all.filter(is_own).collect()
    }

    /// Whose a shared device was, over all of time; nothing for one that is not shared.
    pub fn stretches(&self, device: ActorId) -> Vec<Stretch> {
        let Some(turns) = self.turns.get(&device.0) else {
            return Vec::new();
        };
        let before = (Timestamp(i64::MIN), None);
        let starts = turns.iter().map(|it| (it.from, it.owner));
        let starts: Vec<_> = std::iter::once(before).chain(starts).collect();
        let ends = starts[1..].iter().map(|it| it.0);
        let ends = ends.chain([Timestamp(i64::MAX)]);
        let all = starts.iter().zip(ends);
        all.filter(|(start, until)| start.0 < *until)
            .map(|((from, owner), until)| Stretch {
                device,
                owner: *owner,
                from: *from,
                until,
            })
            .collect()
    }

    /// The profile of an event of an actor.
    pub fn profile_at(&self, actor: ActorId, time: Timestamp) -> ProfileId {
        match self.turns.get(&actor.0) {
            Some(turns) => owner_at(turns, time).unwrap_or(ProfileId(actor.0)),
            None => self.root(actor),
        }
    }

    /// Every sign-in that is kept, in no order; others have another version.
    pub fn sign_ins(&self) -> (u64, Vec<SignIn>) {
        (self.signs_version, self.signs.iter().collect())
    }

    /// Grows with each sign-in that is kept or taken back.
    pub fn signs_version(&self) -> u64 {
        self.signs_version
    }

    /// True for a device that several people have signed in on, under a policy that says whose it
    /// is by time.
    pub fn is_shared(&self, actor: ActorId) -> bool {
        self.evidence.shared.contains(&actor.0)
    }

    /// Notes that somebody was seen on a device, when that is news.
    pub(super) fn sign_in(&mut self, it: SignIn, changes: &mut Changes) {
        if self.signs.note(&it) {
            changes.signs.push(it);
            self.signs_version += 1;
            if self.policy.shared(self.kind(it.device.0)).is_some() {
                self.unsettled.insert(it.device.0);
            }
        }
    }

    /// Whether two people or more have signed in on a device.
    pub(super) fn has_guests(&self, device: u32) -> bool {
        let mut first = None;
        self.guests(device)
            .any(|(_, user)| *first.get_or_insert(user) != user)
    }

    /// Who was seen on a device on one event, with when that was first, as often as links say so.
    fn guests(&self, device: u32) -> impl Iterator<Item = (i64, u32)> {
        self.neighbors(device).filter_map(move |(index, other)| {
            let link = &self.links[index as usize];
            let is_guest = self.kind(other) == IdentifierKind::User
                && link.reason == LinkReason::Together
                && !self.is_apart(link);
            is_guest.then_some((link.time.0, other))
        })
    }

    fn turns_now(&self, device: u32) -> Vec<Turn> {
        let rule = self.policy.shared(self.kind(device));
        let is_suspended = self.evidence.suspended.contains(&device);
        let is_own_root = self.forest.roots()[device as usize] == device;
        let Some(rule) =
            rule.filter(|_| self.evidence.shared.contains(&device) && !is_suspended && is_own_root)
        else {
            return Vec::new();
        };
        // Where an older program kept no sign-ins, links say when each was seen first.
        let mut first: BTreeMap<u32, i64> = BTreeMap::new();
        for (time, user) in self.guests(device) {
            let known = first.entry(user).or_insert(time);
            *known = time.min(*known);
        }
        let signs = self.signs.of(device);
        let signs = signs.filter(|(_, user)| first.contains_key(user));
        let all = signs.chain(first.iter().map(|(user, time)| (*time, *user)));
        let mut all: Vec<_> = all
            .map(|(time, user)| (time, self.keys[user as usize], user))
            .collect();
        all.sort_unstable();
        all.dedup();
        turns(&all, rule)
    }
}

/// Whose turn it is at a time; none before the first turn, and while it is nobody's.
fn owner_at(turns: &[Turn], time: Timestamp) -> Option<ProfileId> {
    let behind = turns.partition_point(|it| it.from <= time);
    turns[behind.checked_sub(1)?].owner
}

/// The turns that sign-ins make, in the order of time and then of keys.
fn turns(signs: &[(i64, u128, u32)], rule: &SharedByTime) -> Vec<Turn> {
    const MINUTE: i64 = 60_000;
    let Some((first_time, _, first)) = signs.first() else {
        return Vec::new();
    };
    let mut turns: Vec<Turn> = Vec::new();
    let mut turn = |from: i64, owner: Option<u32>| {
        let (from, owner) = (Timestamp(from), owner.map(ProfileId));
        match turns.last_mut() {
            Some(last) if last.from == from => last.owner = owner,
            Some(last) if last.owner == owner => {}
            _ => turns.push(Turn { from, owner }),
        }
    };
    let before = rule.before_minutes_max;
    let from = before.map_or(i64::MIN, |minutes| {
        first_time.saturating_sub(i64::from(minutes) * MINUTE)
    });
    turn(from, Some(*first));
    for (index, (time, _, user)) in signs.iter().enumerate() {
        let next = signs.get(index + 1).map(|it| it.0);
        if next == Some(*time) {
            // Of two at one moment the last one counts.
            continue;
        }
        turn(*time, Some(*user));
        if let Some(minutes) = rule.gap_minutes_max {
            let end = time.saturating_add(i64::from(minutes) * MINUTE + 1);
            if next.is_none_or(|next| next > end) {
                turn(end, None);
            }
        }
    }
    turns
}
