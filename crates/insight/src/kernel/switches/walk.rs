//! From a profile's rows to its acts, each with what came next and whether the profile went on.

use std::sync::Arc;

use throughline_model::{Channel, TimeRange, Timestamp, channels::Switches};
use throughline_store::Run;

use super::{ANY, AtStage};
use crate::{
    ask::{AskError, When},
    extent::extent,
    meetings::Meetings,
    rule::Condition,
    scan::ProfileRows,
    sequence::Element,
    view::{Stages, View},
    worth::Worths,
};

/// The definition made ready.
pub(super) struct Walker<'v> {
    pub(super) meetings: Meetings<'v>,
    pub(super) stages: Vec<Element>,
    pub(super) end: i64,
    of_row: &'v Stages,
    goal: Option<Condition>,
    worths: Option<Worths>,
    range: TimeRange,
    within_ms: i64,
    gap_ms: i64,
    runs: &'v [Arc<Run>],
    has_foreign_rows: bool,
}

/// One act and what came after it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Move {
    /// Number of the stage, 0 before any.
    pub(super) stage: u8,
    pub(super) from: Channel,
    /// How many acts in this channel the stay in the stage has had, in [`band`]s.
    pub(super) band: u8,
    /// How long it was until the next act, in [`pause`]s.
    pub(super) pause: u8,
    /// None when the profile stayed.
    pub(super) to: Option<Next>,
    pub(super) goes_on: bool,
    pub(super) is_mature: bool,
}

/// The act by which a profile switches.
#[derive(Clone, Copy, Debug)]
pub(super) struct Next {
    pub(super) channel: Channel,
    pub(super) gap_ms: i64,
    /// Whether no identity did both acts.
    pub(super) is_merged: bool,
}

/// What else a profile shows.
#[derive(Default)]
pub(super) struct Seen {
    /// Acts in the range, and those of them in no known channel alone.
    pub(super) acts: u64,
    pub(super) unplaced: u64,
    pub(super) reached: u64,
    pub(super) valued: u64,
    pub(super) micros: i128,
}

/// Memory that is used again for each profile.
#[derive(Default)]
pub(super) struct Room {
    instants: Vec<Instant>,
    acts: Vec<Act>,
}

/// All rows of one instant.
struct Instant {
    time: i64,
    /// Its first row, and how many it has.
    start: usize,
    rows: usize,
    /// A bit for the code of each channel that was acted in.
    channels: u16,
    stage: u8,
    is_goal: bool,
}

struct Act {
    /// Index of its instant.
    instant: usize,
    time: i64,
    channel: Channel,
    stage: u8,
    band: u8,
    goes_on: bool,
}

/// Acts of a stay are told apart one by one at first, then by doubling numbers.
pub(super) const BANDS: usize = 12;

/// The band of the n-th act, from 1 on: 1 to 8 alone, then to 16, 32, 64 and beyond.
pub(super) fn band(nth: u32) -> u8 {
    debug_assert!(nth > 0);
    let band = match nth {
        ..=8 => nth - 1,
        _ => 8 + ((nth - 1).ilog2() - 3).min(3),
    };
    u8::try_from(band).expect("few bands")
}

/// Ends of pauses before the next act: within one visit, then later and later. Who switches after a pause is
/// compared with those who had been as quiet.
const PAUSES_MS: [i64; 5] = [
    30 * 60_000,
    2 * 3_600_000,
    12 * 3_600_000,
    86_400_000,
    3 * 86_400_000,
];
pub(super) const PAUSES: usize = PAUSES_MS.len() + 1;

/// The pause that a time until the next act is; an end lies before it.
pub(super) fn pause(gap_ms: i64) -> u8 {
    let pause = PAUSES_MS.partition_point(|end| *end < gap_ms);
    u8::try_from(pause).expect("few pauses")
}

const OTHER: u16 = 1 << Channel::Other as u8;

impl<'v> Walker<'v> {
    pub(super) fn new(
        view: &'v View<'_>,
        report: &Switches,
        when: &When,
    ) -> Result<Self, AskError> {
        let stages: Vec<Element> = (view.vocabulary.stages.iter())
            .map(|it| Element::new(&it.id, &it.name))
            .collect();
        if stages.is_empty() && report.goal.is_none() {
            return Err(AskError::fault(
                "goal",
                "is missing, and the vocabulary has no stages to go on to; name one or add stages",
            ));
        }
        Ok(Self {
            meetings: Meetings::new(view, report.contacts.as_ref(), report.filter.as_ref())?,
            stages,
            end: extent(view.snapshot).map_or(when.now.0, |(_, last)| last.min(when.now.0)),
            of_row: view.stages()?,
            goal: (report.goal.as_ref())
                .map(|it| view.matcher(it))
                .transpose()?,
            worths: (report.value.as_ref())
                .map(|field| Worths::of(view, field))
                .transpose()?,
            range: when.range,
            within_ms: report.within.0,
            gap_ms: report.gap_max.0,
            runs: &view.snapshot.runs,
            has_foreign_rows: view.snapshot.runs.iter().any(|it| it.has_foreign_rows()),
        })
    }

    pub(super) fn stages_count(&self) -> usize {
        self.stages.len()
    }

    /// False where there is no goal and no later stage.
    pub(super) fn can_go_on(&self, stage: u8) -> bool {
        self.goal.is_some() || usize::from(stage) < self.stages.len()
    }

    pub(super) fn at(&self, stage: u8) -> AtStage {
        match stage {
            ANY => AtStage::Any,
            0 => AtStage::Before,
            stage => AtStage::Stage(self.stages[usize::from(stage) - 1].id.clone()),
        }
    }

    /// Shows a profile's acts in the range, in order.
    pub(super) fn visit(
        &self,
        rows: &ProfileRows<'_>,
        room: &mut Room,
        see: &mut impl FnMut(Move),
    ) -> Seen {
        let seen = self.gather(rows, room);
        follow(room);
        self.look_ahead(room);
        for (index, act) in room.acts.iter().enumerate() {
            if !self.range.contains(Timestamp(act.time)) {
                continue;
            }
            let next = (room.acts.get(index + 1)).map(|next| Next {
                channel: next.channel,
                gap_ms: next.time - act.time,
                is_merged: false,
            });
            let to = next.filter(|it| it.channel != act.channel && it.gap_ms <= self.gap_ms);
            see(Move {
                stage: act.stage,
                from: act.channel,
                band: act.band,
                pause: next.map_or(PAUSES as u8 - 1, |it| pause(it.gap_ms)),
                to: to.map(|it| Next {
                    is_merged: self.is_merged(rows, room, (act, &room.acts[index + 1])),
                    ..it
                }),
                goes_on: act.goes_on,
                is_mature: act.time.saturating_add(self.within_ms) <= self.end,
            });
        }
        seen
    }

    /// Whether no identity did both acts, so that only merging shows them in a row.
    fn is_merged(&self, rows: &ProfileRows<'_>, room: &Room, acts: (&Act, &Act)) -> bool {
        if !self.has_foreign_rows {
            return false;
        }
        let before = self.actors(rows, room, acts.0);
        !self
            .actors(rows, room, acts.1)
            .any(|actor| before.clone().any(|it| it == actor))
    }

    /// The identities that did an act.
    fn actors<'r>(
        &'r self,
        rows: &'r ProfileRows<'_>,
        room: &'r Room,
        act: &'r Act,
    ) -> impl Iterator<Item = u32> + Clone + 'r {
        let instant = &room.instants[act.instant];
        let all = instant.start..instant.start + instant.rows;
        let is_act = move |index: &usize| {
            let meeting = self.meetings.of(rows, *index);
            meeting.is_some_and(|it| !it.is_contact && it.channel == act.channel)
        };
        all.filter(is_act).map(move |index| {
            let place = rows.place(index);
            let foreign = self.runs[place.run as usize].foreign_actor(place.row);
            foreign.map_or(rows.profile.0, |it| it.0)
        })
    }

    fn gather(&self, rows: &ProfileRows<'_>, room: &mut Room) -> Seen {
        room.instants.clear();
        let mut seen = Seen::default();
        let mut start = 0;
        for together in rows.time.chunk_by(|a, b| a == b) {
            let time = together[0];
            let is_within = self.range.contains(Timestamp(time));
            let mut instant = Instant {
                time,
                start,
                rows: together.len(),
                channels: 0,
                stage: self.of_row.of(rows.place(start)),
                is_goal: false,
            };
            for index in start..start + together.len() {
                if let Some(meeting) = self.meetings.of(rows, index)
                    && !meeting.is_contact
                {
                    instant.channels |= 1 << meeting.channel.code();
                }
                let place = rows.place(index);
                let is_goal = (self.goal.as_ref())
                    .is_some_and(|goal| goal.holds(rows.event[index], place))
                    && self.meetings.passes(rows, index);
                instant.is_goal |= is_goal;
                if is_goal && is_within {
                    seen.reached += 1;
                    if let Some(micros) = self.worths.as_ref().and_then(|it| it.micros(place)) {
                        seen.valued += 1;
                        seen.micros += i128::from(micros);
                    }
                }
            }
            let is_act = u64::from(is_within && instant.channels != 0);
            seen.acts += is_act;
            seen.unplaced += is_act * u64::from(instant.channels == OTHER);
            instant.channels &= !OTHER;
            room.instants.push(instant);
            start += together.len();
        }
        seen
    }

    /// Finds out backwards which acts were followed by going on.
    fn look_ahead(&self, room: &mut Room) {
        let Room { instants, acts } = room;
        let mut goal_at = i64::MAX;
        // Per stage when the profile is in it next.
        let mut stage_at = [i64::MAX; ANY as usize];
        let mut at = instants.len();
        for act in acts.iter_mut().rev() {
            while at > act.instant + 1 {
                at -= 1;
                let instant = &instants[at];
                stage_at[usize::from(instant.stage)] = instant.time;
                if instant.is_goal {
                    goal_at = instant.time;
                }
            }
            let reached_at = match self.goal {
                Some(_) => goal_at,
                None => (stage_at[usize::from(act.stage) + 1..=self.stages.len()].iter())
                    .min()
                    .map_or(i64::MAX, |it| *it),
            };
            act.goes_on = reached_at <= act.time.saturating_add(self.within_ms);
        }
    }
}

/// Gives each act its channel and its place in the stay.
fn follow(room: &mut Room) {
    room.acts.clear();
    let mut stage = 0;
    let mut counts = [0_u32; Channel::ALL.len()];
    let mut current: Option<Channel> = None;
    for (index, instant) in room.instants.iter().enumerate() {
        if instant.stage != stage {
            stage = instant.stage;
            counts = [0; Channel::ALL.len()];
        }
        if instant.channels == 0 {
            continue;
        }
        let is_among = |channel: &Channel| instant.channels & 1 << channel.code() != 0;
        let channel = (current.filter(is_among))
            .or_else(|| Channel::ALL.into_iter().find(is_among))
            .expect("a bit is set");
        current = Some(channel);
        let count = &mut counts[usize::from(channel.code())];
        *count += 1;
        room.acts.push(Act {
            instant: index,
            time: instant.time,
            channel,
            stage,
            band: band(*count),
            goes_on: false,
        });
    }
}
