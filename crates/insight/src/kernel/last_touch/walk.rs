//! From a profile's rows to the last act of each period, and whether it left after it.

use throughline_model::{TimeRange, Timestamp, last_touch::LastTouch};

use crate::{
    ask::{AskError, When},
    calendar::{Point, points},
    extent::{clipped, extent},
    labels::{Label, Labels},
    meetings::Meetings,
    scan::ProfileRows,
    view::{Stages, View},
};

/// The definition made ready.
pub(super) struct Walker<'v> {
    meetings: Meetings<'v>,
    stages: &'v Stages,
    labels: Labels<'v>,
    periods: Vec<Point>,
    silence_ms: i64,
    /// Nothing is known from here on.
    pub(super) end: i64,
}

/// What people are alike in who are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) period: u32,
    /// Number of the stage, 0 before any.
    pub(super) stage: u8,
    /// How often they had acted lately, in [`band`]s.
    pub(super) acts: u8,
    /// For how long they have been here, in [`tenure`]s.
    pub(super) tenure: u8,
}

/// The last act of a profile in one period.
pub(super) struct Case<'r> {
    pub(super) key: Key,
    pub(super) time: i64,
    /// Labels of all acts at that instant, each once; the missing one is not among them.
    pub(super) labels: &'r [u32],
    pub(super) has_left: bool,
    /// Whether it acted again, however late.
    pub(super) is_back: bool,
    /// Whether the silence is over, whatever came of it.
    pub(super) is_known: bool,
}

/// Memory that is used again for each profile.
#[derive(Default)]
pub(super) struct Room {
    acts: Vec<Act>,
    labels: Vec<u32>,
}

/// The rows of one instant with an act among them.
#[derive(Clone, Copy)]
struct Act {
    time: i64,
    start: usize,
    end: usize,
}

/// Nobody is told apart any finer from 16 acts on.
const BANDS_MAX: u32 = 5;

/// The band of a number of acts: none, 1, 2 and 3, 4 to 7, 8 to 15, and more.
pub(super) fn band(acts: usize) -> u8 {
    let band = acts.checked_ilog2().map_or(0, |it| (it + 1).min(BANDS_MAX));
    u8::try_from(band).expect("few bands")
}

const DAY_MS: i64 = 86_400_000;
/// Ends of the times that people have been here: a day, a week, a month, a quarter.
const TENURES_MS: [i64; 4] = [DAY_MS, 7 * DAY_MS, 30 * DAY_MS, 90 * DAY_MS];

/// The band of the time since the first event; an end lies before it.
pub(super) fn tenure(ms: i64) -> u8 {
    let tenure = TENURES_MS.partition_point(|end| *end <= ms);
    u8::try_from(tenure).expect("few tenures")
}

impl<'v> Walker<'v> {
    pub(super) fn new(
        view: &'v View<'_>,
        report: &LastTouch,
        when: &When,
    ) -> Result<Self, AskError> {
        let end = extent(view.snapshot).map_or(when.now.0, |(_, last)| last.min(when.now.0));
        let range = clipped(view, when);
        let range = TimeRange {
            from: range.from,
            to: range.to.min(Timestamp(end.saturating_add(1))),
        };
        let periods = points(range, report.period.every(), &when.zone, when.now)
            .ok_or_else(|| AskError::fault("period", "is too short for the range"))?;
        Ok(Self {
            meetings: Meetings::new(view, report.contacts.as_ref(), report.filter.as_ref())?,
            stages: view.stages()?,
            labels: Labels::by(view, &report.by)?,
            periods,
            silence_ms: report.silence.0,
            end,
        })
    }

    /// Event names that were taken for contacts as nothing else was asked for, sorted.
    pub(super) fn contacts(&self) -> &[String] {
        self.meetings.names()
    }

    pub(super) fn label(&self, label: u32) -> Label {
        self.labels.value(label)
    }

    /// The label of a value; none when no event has it.
    pub(super) fn number(&self, label: &Label) -> Option<u32> {
        let count = u32::try_from(self.labels.count()).expect("a label");
        (1..count).find(|it| self.labels.value(*it) == *label)
    }

    /// Shows the last act of each period in which a profile acts, in order.
    pub(super) fn visit(
        &self,
        rows: &ProfileRows<'_>,
        room: &mut Room,
        see: &mut impl FnMut(&Case<'_>),
    ) {
        self.gather(rows, room);
        let Some(first) = rows.time.first() else {
            return;
        };
        let Room { acts, labels } = room;
        let mut period = 0;
        for (index, act) in acts.iter().enumerate() {
            while self
                .periods
                .get(period)
                .is_some_and(|it| it.to.0 <= act.time)
            {
                period += 1;
            }
            let Some(own) = self.periods.get(period) else {
                return;
            };
            let next = acts.get(index + 1).map(|it| it.time);
            if act.time < own.from.0 || next.is_some_and(|it| it < own.to.0) {
                continue;
            }
            labels.clear();
            let labeled = (act.start..act.end).filter(|row| self.is_act(rows, *row));
            labels.extend(labeled.map(|row| self.labels.label(rows, row)));
            labels.retain(|it| *it != 0);
            labels.sort_unstable();
            labels.dedup();
            let lately = act.time.saturating_sub(self.silence_ms);
            let acts_count = index - acts.partition_point(|it| it.time < lately);
            let silent_at = act.time.saturating_add(self.silence_ms);
            see(&Case {
                key: Key {
                    period: u32::try_from(period).expect("few periods"),
                    stage: self.stages.of(rows.place(act.start)),
                    acts: band(acts_count),
                    tenure: tenure(act.time - first),
                },
                time: act.time,
                labels,
                has_left: next.is_none_or(|it| it > silent_at),
                is_back: next.is_some(),
                is_known: silent_at <= self.end,
            });
        }
    }

    /// Finds the instants at which a profile acts.
    fn gather(&self, rows: &ProfileRows<'_>, room: &mut Room) {
        room.acts.clear();
        let mut start = 0;
        for together in rows.time.chunk_by(|a, b| a == b) {
            let end = start + together.len();
            if together[0] <= self.end && (start..end).any(|row| self.is_act(rows, row)) {
                room.acts.push(Act {
                    time: together[0],
                    start,
                    end,
                });
            }
            start = end;
        }
    }

    fn is_act(&self, rows: &ProfileRows<'_>, row: usize) -> bool {
        (self.meetings.of(rows, row)).is_some_and(|it| !it.is_contact)
    }
}
