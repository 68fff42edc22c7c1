//! Who is in a segment, kept as events arrive and as time passes. Pure: the caller brings the rows and the moment.

use std::{
    cmp::Reverse,
    collections::{BTreeSet, BinaryHeap, HashMap},
};

use throughline_model::Timestamp;
use throughline_store::ProfileSet;

use super::row::{RowRule, Standing};
use crate::{ask::AskError, scan::Gather, view::View};

/// The members of one segment, and when somebody may come or go though nothing happens.
#[derive(Clone, Debug, Default)]
pub struct Membership {
    members: ProfileSet,
    /// Who is to be looked at when; entries that `planned` does not know any more are passed over.
    wakes: BinaryHeap<Reverse<(i64, u32)>>,
    planned: HashMap<u32, i64>,
}

/// Somebody came or went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    pub profile: u32,
    pub has_entered: bool,
    pub at: Timestamp,
    /// True when nothing but time made it so.
    pub by_time: bool,
}

impl Membership {
    /// Members as they were kept; who may move by time is known after [`Membership::renew`].
    pub fn of(members: ProfileSet) -> Self {
        Self {
            members,
            ..Self::default()
        }
    }

    /// The members.
    pub fn members(&self) -> &ProfileSet {
        &self.members
    }

    /// Looks at everybody, and says who moved since the members were known last.
    pub fn renew(
        &mut self,
        view: &View<'_>,
        rule: &RowRule<'_>,
        now: Timestamp,
    ) -> Result<Vec<Move>, AskError> {
        let all = rule.stand_all(view, now)?;
        let before = std::mem::take(self);
        for (profile, standing) in all {
            if standing.holds {
                self.members.insert(profile.0);
            }
            self.plan(profile.0, standing);
        }
        let seen = before.members.iter().chain(self.members.iter());
        let seen: BTreeSet<u32> = seen.collect();
        let moved = (seen.into_iter())
            .filter(|it| before.members.contains(*it) != self.members.contains(*it));
        let moved = moved.map(|profile| Move {
            profile,
            has_entered: self.members.contains(profile),
            at: now,
            by_time: false,
        });
        Ok(moved.collect())
    }

    /// Whether somebody may have moved as time has passed.
    pub fn is_due(&self, now: Timestamp) -> bool {
        self.wakes
            .peek()
            .is_some_and(|Reverse((at, _))| *at <= now.0)
    }

    /// Who has to be looked at as time has passed, each with the moment it is due. They are due no more.
    pub fn due(&mut self, now: Timestamp) -> Vec<(u32, Timestamp)> {
        let mut due = Vec::new();
        while let Some(Reverse((at, profile))) = self.wakes.peek().copied() {
            if at > now.0 {
                break;
            }
            self.wakes.pop();
            if self.planned.get(&profile) == Some(&at) {
                self.planned.remove(&profile);
                due.push((profile, Timestamp(at)));
            }
        }
        due
    }

    /// Looks at a profile to which something has happened.
    pub fn touch(
        &mut self,
        view: &View<'_>,
        rule: &RowRule<'_>,
        profile: u32,
        now: Timestamp,
        gather: &mut Gather,
    ) -> Option<Move> {
        let standing = look(view, rule, profile, now, gather);
        self.plan(profile, standing);
        self.note(profile, standing, now, false)
    }

    /// Follows a profile from a moment at which it was due up to now.
    pub fn wake(
        &mut self,
        view: &View<'_>,
        rule: &RowRule<'_>,
        (profile, from): (u32, Timestamp),
        now: Timestamp,
        gather: &mut Gather,
        moves: &mut Vec<Move>,
    ) {
        let mut at = from;
        loop {
            let standing = look(view, rule, profile, at, gather);
            moves.extend(self.note(profile, standing, at, true));
            match standing.until {
                Some(until) if until <= now => at = until,
                _ => {
                    self.plan(profile, standing);
                    return;
                }
            }
        }
    }

    fn note(
        &mut self,
        profile: u32,
        standing: Standing,
        at: Timestamp,
        by_time: bool,
    ) -> Option<Move> {
        let is_new = match standing.holds {
            true => self.members.insert(profile),
            false => self.members.remove(profile),
        };
        is_new.then_some(Move {
            profile,
            has_entered: standing.holds,
            at,
            by_time,
        })
    }

    /// An earlier plan stays: looking once more than needed is harmless, and costs less than to forget.
    fn plan(&mut self, profile: u32, standing: Standing) {
        let Some(until) = standing.until else {
            self.planned.remove(&profile);
            return;
        };
        let planned = self.planned.get(&profile);
        if planned.is_none_or(|planned| *planned > until.0) {
            self.planned.insert(profile, until.0);
            self.wakes.push(Reverse((until.0, profile)));
        }
    }
}

/// A profile that was merged into another, or of which nothing is left, satisfies nothing.
fn look(
    view: &View<'_>,
    rule: &RowRule<'_>,
    profile: u32,
    now: Timestamp,
    gather: &mut Gather,
) -> Standing {
    match gather.profile(view.snapshot, profile) {
        Some(rows) => rule.stands(&rows, now),
        None => Standing {
            holds: false,
            until: None,
        },
    }
}
