//! What one profile did, as the map sees it: experiences, and the visits in them.

use std::ops::Range;

use crate::scan::ProfileRows;

use super::plan::Plan;

/// One profile's way over the map. Kept by each thread and filled anew for each profile.
#[derive(Default)]
pub(super) struct Path {
    pub experiences: Vec<Experience>,
    pub visits: Vec<Visit>,
    /// Per event on the map its step and the code of its channel.
    pub touches: Vec<(u16, u8)>,
    /// Per event that the map does not show its code, and one more than the step before it.
    pub strays: Vec<(u16, u16)>,
    instant: Vec<u16>,
    /// Per step the number of the last experience that visited it; 0 for none.
    visited_in: Vec<u32>,
    experience_number: u32,
}

/// Events without a pause that the map does not allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Experience {
    /// Indexes of its visits.
    pub visits: Range<usize>,
    /// When the goal was last reached.
    pub goal_at: Option<i64>,
    pub last_at: i64,
}

/// An instant at a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Visit {
    pub at: i64,
    pub step: u16,
    /// No event since the visit before that the map does not show.
    pub is_direct: bool,
    /// The first at its step in this experience.
    pub is_first: bool,
    /// The step was visited before in this experience, and another one since.
    pub is_return: bool,
    /// The step before in drawing order was visited before in this experience, or at this instant.
    pub from_previous: bool,
}

impl Path {
    /// Follows a profile. False when it has no event in scope.
    ///
    /// Events of one instant are a set: they are taken in drawing order, each step once.
    pub fn walk(&mut self, plan: &Plan<'_>, rows: &ProfileRows<'_>) -> bool {
        self.experiences.clear();
        self.visits.clear();
        self.touches.clear();
        self.strays.clear();
        self.visited_in.resize(plan.steps_count, 0);
        let rows = rows.slice(rows.between(plan.range.from.0, plan.range.to.0));
        let mut start = 0;
        let mut strays_between = false;
        while start < rows.len() {
            let at = rows.time[start];
            let count = rows.time[start..]
                .iter()
                .take_while(|time| **time == at)
                .count();
            let seen = self.meet(plan, &rows, start..start + count);
            start += count;
            if !seen.is_in_scope {
                continue;
            }
            self.turn_to(plan, at);
            if self.visits.len() == self.current().visits.start {
                strays_between = false;
            }
            self.arrive(at, strays_between);
            self.stray(plan, &rows, start - count..start, at);
            // What happens at the very instant of a visit lies neither before nor after it.
            strays_between = self.instant.is_empty() && (strays_between || seen.has_strays);
            let current = self.current();
            current.last_at = at;
            if seen.is_goal {
                current.goal_at = Some(at);
            }
        }
        !self.experiences.is_empty()
    }

    /// Notes the steps of one instant and what their events touch.
    fn meet(&mut self, plan: &Plan<'_>, rows: &ProfileRows<'_>, indexes: Range<usize>) -> Seen {
        let mut seen = Seen::default();
        self.instant.clear();
        for index in indexes {
            let (event, place) = (rows.event[index], rows.place(index));
            if !plan.filter.holds(event, place) {
                continue;
            }
            let code = plan.steps.of(event, place);
            if code == 0 && !plan.is_customer[usize::from(event)] {
                continue;
            }
            seen.is_in_scope = true;
            seen.is_goal |= plan.goal.holds(event, place);
            if code == 0 {
                seen.has_strays = true;
                continue;
            }
            let channel = plan.channels.of(event, rows.channel[index], place);
            self.touches.push((code - 1, channel.code()));
            self.instant.push(code - 1);
        }
        self.instant.sort_unstable();
        self.instant.dedup();
        seen
    }

    /// Begins a new experience after a pause.
    fn turn_to(&mut self, plan: &Plan<'_>, at: i64) {
        let visits = self.visits.len();
        let goes_on = self
            .experiences
            .last()
            .is_some_and(|last| at - last.last_at <= plan.pause_ms_max);
        if !goes_on {
            self.experience_number += 1;
            self.experiences.push(Experience {
                visits: visits..visits,
                goal_at: None,
                last_at: at,
            });
        }
    }

    fn current(&mut self) -> &mut Experience {
        self.experiences.last_mut().expect("an event has begun one")
    }

    fn arrive(&mut self, at: i64, strays_between: bool) {
        let number = self.experience_number;
        let mut before = self.visits.len().checked_sub(1);
        if self.visits.len() == self.current().visits.start {
            before = None;
        }
        for (place, step) in self.instant.iter().enumerate() {
            let index = usize::from(*step);
            let came_from = before.map(|before| self.visits[before].step);
            let was_here = self.visited_in[index] == number;
            self.visited_in[index] = number;
            self.visits.push(Visit {
                at,
                step: *step,
                is_direct: place > 0 || !strays_between,
                is_first: !was_here,
                is_return: was_here && came_from != Some(*step),
                from_previous: index > 0 && self.visited_in[index - 1] == number,
            });
            before = Some(self.visits.len() - 1);
        }
        let visits = self.visits.len();
        self.current().visits.end = visits;
    }

    /// Notes the events of an instant that the map does not show.
    fn stray(&mut self, plan: &Plan<'_>, rows: &ProfileRows<'_>, indexes: Range<usize>, at: i64) {
        let visits = self.current().visits.clone();
        let before = self.visits[visits].iter().rev().find(|visit| visit.at < at);
        let after = before.map_or(0, |visit| visit.step + 1);
        for index in indexes {
            let (event, place) = (rows.event[index], rows.place(index));
            let is_stray = plan.is_customer[usize::from(event)]
                && plan.steps.of(event, place) == 0
                && plan.filter.holds(event, place);
            if is_stray {
                self.strays.push((event, after));
            }
        }
    }
}

#[derive(Default)]
struct Seen {
    is_in_scope: bool,
    is_goal: bool,
    has_strays: bool,
}
