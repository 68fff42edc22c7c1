//! The walk over one profile's events, from stay to stay.

use throughline_model::{TimeRange, Timestamp, report::StageTime};

use crate::{
    ask::{AskError, When},
    codes::Codes,
    extent::extent,
    pick::Wanted,
    rule::{Condition, Verdict},
    scan::{Found, Picks, ProfileRows},
    sequence::{Element, stages_of},
    view::View,
};

/// One stay of a profile in a stage.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stay {
    /// Index of the stage.
    pub(super) stage: u8,
    pub(super) length_ms: i64,
    pub(super) ending: Ending,
}

/// How a stay ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    Next(u8),
    Silent,
    StillIn,
}

/// Which pauses between the rows of a profile end a stay, a bit for each: that of a row and the next one.
#[derive(Default)]
pub(super) struct Pauses(Vec<u64>);

const WORD: usize = u64::BITS as usize;

impl Pauses {
    /// Looks at all rows of a profile; true when there is such a pause. Whether one is comes without a branch: the
    /// difference to the longest silence is negative then, and its sign is the bit.
    fn mark(&mut self, times: &[i64], silence_ms: i64) -> bool {
        self.0.clear();
        let Some(pairs_count) = times.len().checked_sub(1) else {
            return false;
        };
        let (before, after) = (&times[..pairs_count], &times[1..]);
        let words = before.chunks(WORD).zip(after.chunks(WORD));
        self.0.extend(words.map(|(before, after)| {
            let pairs = before.iter().zip(after);
            let bits = pairs.fold(0, |bits, (before, after)| {
                let sign = (silence_ms - (after - before)).cast_unsigned() & (1 << (WORD - 1));
                bits >> 1 | sign
            });
            bits >> (WORD - before.len())
        }));
        self.0.iter().any(|word| *word != 0)
    }

    /// The row before the first such pause on the way from one row to another.
    #[inline(always)]
    fn first(&self, from: usize, to: usize) -> Option<usize> {
        let mut index = from / WORD;
        let mut skipped = from % WORD;
        while index * WORD < to {
            let word = self.0[index] & u64::MAX << skipped;
            if word != 0 {
                let row = index * WORD + word.trailing_zeros() as usize;
                return (row < to).then_some(row);
            }
            (index, skipped) = (index + 1, 0);
        }
        None
    }
}

/// The definition made ready.
pub(super) struct Plan {
    pub(super) stages: Vec<Element>,
    pub(super) entries: Codes,
    pub(super) filter: Condition,
    pub(super) is_system: Vec<bool>,
    /// Events that may lead to a stage; without one there is no stay.
    pub(super) picks: Picks,
    /// Per code of a name what its events do, when names decide: [`ABSENT`], 0 for no stage, else the stage's number.
    pub(super) table: Option<Box<[u8; 1 << 16]>>,
    /// True when some names are as good as not there.
    pub(super) leaves_out: bool,
    pub(super) range: TimeRange,
    pub(super) silence_ms: i64,
    pub(super) end: i64,
}

/// Stands for events that are as good as not there.
const ABSENT: u8 = u8::MAX;

impl Plan {
    pub(super) fn new(
        view: &View<'_>,
        stage_time: &StageTime,
        when: &When,
    ) -> Result<Self, AskError> {
        let (stages, entries) = stages_of(view, stage_time.stages.as_deref())?;
        if stages.is_empty() {
            return Err(AskError::fault(
                "stages",
                "are missing, and the vocabulary has none; name some or add them to the vocabulary",
            ));
        }
        let filter = view.rule(stage_time.filter.as_ref())?;
        let is_system: Vec<bool> = view.snapshot.names.quiet();
        let table = match (entries.table(), filter.by_name()) {
            (Some(entries), Some(passes)) => {
                let mut table = Box::new([ABSENT; 1 << 16]);
                for (code, entry) in entries.iter().enumerate() {
                    if passes[code] && (*entry > 0 || !is_system[code]) {
                        table[code] = number(*entry);
                    }
                }
                Some(table)
            }
            _ => None,
        };
        let wanted = || {
            Wanted::of(is_system.len(), |code| match &table {
                Some(table) => !matches!(table[usize::from(code)], 0 | ABSENT),
                None => entries.by_name(code) != Some(0) && filter.verdict(code) != Verdict::No,
            })
        };
        Ok(Self {
            stages,
            picks: Picks {
                wanted: wanted(),
                needed: wanted(),
            },
            entries,
            filter,
            leaves_out: table
                .as_ref()
                .is_none_or(|table| table[..is_system.len()].contains(&ABSENT)),
            table,
            is_system,
            range: when.range,
            silence_ms: stage_time.silence_max.map_or(i64::MAX, |span| span.0),
            end: extent(view.snapshot).map_or(when.now.0, |(_, last)| last.min(when.now.0)),
        })
    }

    /// Shows each stay of a profile that begins in the range, in order. `pauses` is room that is used again.
    pub(super) fn follow(
        &self,
        rows: &ProfileRows<'_>,
        entries: &[Found],
        pauses: &mut Pauses,
        see: &mut impl FnMut(Stay),
    ) {
        let Some(table) = &self.table else {
            return self.walk(rows, |index| self.by_row(rows, index), see);
        };
        let entry_of = |event: u16| table[usize::from(event)];
        if !self.may_fall_silent(rows) {
            self.jump(rows, entries, entry_of, see);
        } else if self.leaves_out {
            // The pauses between the events that are left may be longer.
            self.walk(rows, |index| entry_of(rows.event[index]), see);
        } else if pauses.mark(rows.time, self.silence_ms) {
            self.hop(rows, entries, pauses, entry_of, see);
        } else {
            self.jump(rows, entries, entry_of, see);
        }
    }

    /// False when a profile's events lie so near together that no pause between them can end a stay.
    fn may_fall_silent(&self, rows: &ProfileRows<'_>) -> bool {
        match (rows.time.first(), rows.time.last()) {
            (Some(first), Some(last)) => last - first > self.silence_ms,
            _ => false,
        }
    }

    /// Follows a profile from one event that leads to a stage to the next.
    fn jump(
        &self,
        rows: &ProfileRows<'_>,
        entries: &[Found],
        entry_of: impl Fn(u16) -> u8,
        see: &mut impl FnMut(Stay),
    ) {
        let mut at = At::default();
        let mut index = 0;
        while index < entries.len() {
            let Found { time, event, .. } = entries[index];
            let mut entry = entry_of(event);
            index += 1;
            // Events of one instant are a set: the last stage that one of them leads to is meant.
            while index < entries.len() && entries[index].time == time {
                entry = entry.max(entry_of(entries[index].event));
                index += 1;
            }
            self.enter(&mut at, entry, time, see);
        }
        if at.stage != 0 {
            at.last = match self.leaves_out && self.silence_ms < i64::MAX {
                true => (0..rows.len())
                    .rfind(|it| entry_of(rows.event[*it]) != ABSENT)
                    .map_or(at.since, |it| rows.time[it]),
                false => rows.time[rows.len() - 1],
            };
            self.finish(&mut at, see);
        }
    }

    /// Follows a profile from entry to entry, and looks between two of them for a pause that ends the stay.
    ///
    /// What comes after such a pause and before the next entry needs no look.
    fn hop(
        &self,
        rows: &ProfileRows<'_>,
        entries: &[Found],
        pauses: &Pauses,
        entry_of: impl Fn(u16) -> u8,
        see: &mut impl FnMut(Stay),
    ) {
        let mut at = At::default();
        let mut row = 0;
        for instant in entries.chunk_by(|before, after| before.time == after.time) {
            let first = instant[0].row as usize;
            if at.stage != 0
                && let Some(last) = pauses.first(row, first)
            {
                at.last = rows.time[last];
                self.leave(&mut at, Ending::Silent, see);
            }
            // Events of one instant are a set: the last stage that one of them leads to is meant.
            let entry = instant.iter().map(|it| entry_of(it.event)).fold(0, u8::max);
            self.enter(&mut at, entry, instant[0].time, see);
            row = first;
        }
        if at.stage == 0 {
            return;
        }
        let end = rows.len() - 1;
        match pauses.first(row, end) {
            Some(last) => {
                at.last = rows.time[last];
                self.leave(&mut at, Ending::Silent, see);
            }
            None => {
                at.last = rows.time[end];
                self.finish(&mut at, see);
            }
        }
    }

    fn by_row(&self, rows: &ProfileRows<'_>, index: usize) -> u8 {
        let (event, place) = (rows.event[index], rows.place(index));
        if !self.filter.holds(event, place) {
            return ABSENT;
        }
        match self.entries.of(event, place) {
            0 if self.is_system[usize::from(event)] => ABSENT,
            entry => number(entry),
        }
    }

    /// Follows a profile event by event.
    fn walk(
        &self,
        rows: &ProfileRows<'_>,
        entry_of: impl Fn(usize) -> u8,
        see: &mut impl FnMut(Stay),
    ) {
        let mut at = At::default();
        let mut index = 0;
        while index < rows.len() {
            let entry = entry_of(index);
            if entry == ABSENT {
                index += 1;
                continue;
            }
            let time = rows.time[index];
            if at.stage != 0 && time - at.last > self.silence_ms {
                self.leave(&mut at, Ending::Silent, see);
            }
            at.last = time;
            if entry == 0 || entry == at.stage {
                index += 1;
                continue;
            }
            let (entry, next) = together(rows.time, index, &entry_of);
            index = next;
            self.enter(&mut at, entry, time, see);
        }
        if at.stage != 0 {
            self.finish(&mut at, see);
        }
    }

    /// Moves a profile to a stage, if it is not there yet.
    fn enter(&self, at: &mut At, entry: u8, time: i64, see: &mut impl FnMut(Stay)) {
        if entry == at.stage {
            return;
        }
        at.last = time;
        if at.stage != 0 {
            self.leave(at, Ending::Next(entry - 1), see);
        }
        at.stage = entry;
        at.since = time;
    }

    /// Ends the last stay of a profile: by silence when that has lasted long enough, else not at all.
    fn finish(&self, at: &mut At, see: &mut impl FnMut(Stay)) {
        let is_silent = self.silence_ms < i64::MAX && self.end - at.last > self.silence_ms;
        let ending = if is_silent {
            Ending::Silent
        } else {
            Ending::StillIn
        };
        self.leave(at, ending, see);
    }

    /// Ends the stay that a profile is in; by silence, when that had lasted long enough.
    fn leave(&self, at: &mut At, ending: Ending, see: &mut impl FnMut(Stay)) {
        let end = match ending {
            Ending::Next(_) => at.last,
            Ending::Silent => at.last.saturating_add(self.silence_ms),
            Ending::StillIn => self.end,
        };
        let stay = Stay {
            stage: at.stage - 1,
            // An event may lie a little ahead of the end of the log.
            length_ms: (end - at.since).max(0),
            ending,
        };
        at.stage = 0;
        if self.range.contains(Timestamp(at.since)) {
            see(stay);
        }
    }
}

/// Where a profile is on its way.
#[derive(Default)]
struct At {
    /// Number of the stage, 0 for none.
    stage: u8,
    since: i64,
    /// Time of the last event.
    last: i64,
}

/// The stage that the events of an instant lead to, and the first row behind them.
///
/// Events of one instant are a set: the last stage that one of them leads to is meant.
fn together(times: &[i64], index: usize, entry_of: &impl Fn(usize) -> u8) -> (u8, usize) {
    let time = times[index];
    let mut entry = entry_of(index);
    let mut first = index;
    while first > 0 && times[first - 1] == time {
        first -= 1;
        entry = later(entry, entry_of(first));
    }
    let mut next = index + 1;
    while next < times.len() && times[next] == time {
        entry = later(entry, entry_of(next));
        next += 1;
    }
    (entry, next)
}

fn number(entry: u16) -> u8 {
    u8::try_from(entry).expect("the limit of stages lies below 2^8")
}

/// The later stage of two events; one that is not there leads nowhere.
fn later(entry: u8, other: u8) -> u8 {
    match other {
        ABSENT => entry,
        other => entry.max(other),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn pauses_are_those_that_a_look_at_each_row_finds(
            gaps in prop::collection::vec(0..4_i64, 0..200), silence in 0..4_i64, from in 0..200_usize, to in 0..200_usize,
        ) {
            let mut time = -3;
            let times: Vec<i64> = gaps.iter().map(|gap| { time += gap; time }).collect();
            let is_pause = |row: usize| times[row + 1] - times[row] > silence;
            let mut pauses = Pauses(vec![u64::MAX; 3]);
            let rows = 0..times.len().saturating_sub(1);
            prop_assert_eq!(pauses.mark(&times, silence), rows.clone().any(is_pause));
            let to = to.min(rows.end);
            prop_assert_eq!(pauses.first(from, to), (from..to).find(|row| is_pause(*row)));
        }
    }
}
