//! Paths that begin at an event, found by leaping from one such event to the next.
//!
//! Where names decide what events are, the rows before a path begins need no look. Events of one
//! instant have an order of their own, so a profile that has any near a path is left to the careful walk.

use super::{End, Walker};
use crate::{
    pick::Wanted,
    rule::Condition,
    scan::{Found, Picks, ProfileRows},
};

/// What names decide.
pub(super) struct Leap {
    pub(super) picks: Picks,
    ends: Option<Vec<bool>>,
}

/// Paths of one profile, kept until it is certain that they are right.
#[derive(Default)]
pub(super) struct Leaps {
    elements: Vec<u32>,
    /// How each ended, where its elements end, and its length in time.
    paths: Vec<(End, usize, i64)>,
}

impl Leap {
    /// None when rows decide where paths begin or end.
    pub(super) fn of(from: Option<&Condition>, to: Option<&Condition>) -> Option<Self> {
        let begins = from?.by_name()?;
        let ends = match to {
            Some(to) => Some(to.by_name()?),
            None => None,
        };
        let picked = |names: &[bool]| Wanted::of(names.len(), |code| names[usize::from(code)]);
        Some(Self {
            picks: Picks {
                wanted: picked(&begins),
                needed: picked(&begins),
            },
            ends,
        })
    }
}

impl Leaps {
    /// Shows the paths that were found.
    pub(super) fn show(&self, see: &mut impl FnMut(End, &[u32], i64)) {
        let mut start = 0;
        for (end, until, time) in &self.paths {
            see(*end, &self.elements[start..*until], *time);
            start = *until;
        }
    }
}

impl Walker<'_> {
    /// Finds the paths of a profile; false when events of one instant are in the way.
    pub(super) fn leap(
        &self,
        leap: &Leap,
        rows: &ProfileRows<'_>,
        begins: &[Found],
        leaps: &mut Leaps,
    ) -> bool {
        leaps.elements.clear();
        leaps.paths.clear();
        let within = rows.between(self.sequences.range().from.0, self.sequences.range().to.0);
        let mut next = within.start;
        for begin in begins {
            let row = begin.row as usize;
            // A path that is open takes in what could begin another.
            if row < next
                || row >= within.end
                || self.sequences.element_by_name(begin.event).is_none()
            {
                continue;
            }
            let Some(behind) = self.follow_from(leap, rows, row, within.end, leaps) else {
                return false;
            };
            next = behind;
        }
        true
    }

    /// Follows a path from its first row; gives the first row behind it, none when two rows share an instant.
    fn follow_from(
        &self,
        leap: &Leap,
        rows: &ProfileRows<'_>,
        first: usize,
        end: usize,
        leaps: &mut Leaps,
    ) -> Option<usize> {
        let start = leaps.elements.len();
        let begin = rows.time[first];
        let (mut last, mut before) = (begin, begin);
        if first > 0 && rows.time[first - 1] == begin {
            return None;
        }
        let unfinished = match leap.ends {
            Some(_) => End::Unfinished,
            None => End::Whole,
        };
        for row in first..end {
            let (time, event) = (rows.time[row], rows.event[row]);
            if row > first && time == before {
                return None;
            }
            before = time;
            let Some(element) = self.sequences.element_by_name(event) else {
                continue;
            };
            if self.sequences.is_pause(time - last) {
                leaps
                    .paths
                    .push((unfinished, leaps.elements.len(), last - begin));
                return Some(row);
            }
            let is_new = leaps.elements.len() == start || leaps.elements.last() != Some(&element);
            if !self.collapse || is_new {
                if leaps.elements.len() - start == self.length_max {
                    let end = if leap.ends.is_some() {
                        End::Unfinished
                    } else {
                        End::Cut
                    };
                    leaps.paths.push((end, leaps.elements.len(), last - begin));
                    return Some(row + 1).filter(|next| !is_tied(rows, *next));
                }
                leaps.elements.push(element);
            }
            last = time;
            let is_end = |ends: &Vec<bool>| ends[usize::from(event)];
            if row > first && leap.ends.as_ref().is_some_and(is_end) {
                leaps
                    .paths
                    .push((End::Whole, leaps.elements.len(), last - begin));
                return Some(row + 1).filter(|next| !is_tied(rows, *next));
            }
        }
        leaps
            .paths
            .push((unfinished, leaps.elements.len(), last - begin));
        Some(end)
    }
}

/// True when a row shares its instant with the one before it.
fn is_tied(rows: &ProfileRows<'_>, row: usize) -> bool {
    row < rows.len() && rows.time[row] == rows.time[row - 1]
}
