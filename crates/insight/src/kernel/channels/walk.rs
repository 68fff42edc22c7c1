//! From a profile's rows to its meetings with the company, and what followed each.

use throughline_model::{Channel, TimeRange, channels::ChannelBoard, limits};

use crate::{
    ask::{AskError, When},
    calendar::{Point, points},
    extent::{clipped, extent},
    kernel::switches::AtStage,
    meetings::{Meeting, Meetings},
    rule::Condition,
    scan::ProfileRows,
    sequence::Element,
    view::{Stages, View},
};

/// The definition made ready.
pub(super) struct Walker<'v> {
    pub(super) meetings: Meetings<'v>,
    pub(super) points: Vec<Point>,
    pub(super) stages: Vec<Element>,
    pub(super) end: i64,
    of_row: Option<&'v Stages>,
    goal: Condition,
    service: Option<Condition>,
    range: TimeRange,
    answer_ms: i64,
    repeat_ms: i64,
    within_ms: i64,
}

/// What a profile shows, in no order that may be relied on.
pub(super) enum Seen {
    Event(Event),
    /// The first event of a channel, in all or in one stage.
    First(First),
}

pub(super) struct Event {
    pub(super) channel: Channel,
    /// Number of the stage, 0 before any.
    pub(super) stage: usize,
    pub(super) point: usize,
    /// None when it is an act.
    pub(super) contact: Option<Contact>,
    /// None when it asks for no help, and while the time for a repeat is not over.
    pub(super) service: Option<Service>,
}

/// Whether somebody who asked for help asked again in time.
#[derive(Clone, Copy)]
pub(super) struct Service {
    pub(super) same: bool,
    pub(super) other: bool,
}

/// What came of a contact.
#[derive(Clone, Copy)]
pub(super) struct Contact {
    /// True when the time for an answer is over.
    pub(super) is_over: bool,
    has_answer: bool,
    has_act: bool,
}

pub(super) struct First {
    pub(super) channel: Channel,
    /// None for all stages.
    pub(super) stage: Option<usize>,
    /// True when the time to convert is over.
    pub(super) is_over: bool,
    pub(super) has_converted: bool,
}

impl Contact {
    pub(super) fn is_answered(self) -> bool {
        self.is_over && self.has_answer
    }

    pub(super) fn is_returned(self) -> bool {
        self.is_over && self.has_act
    }
}

/// Memory that is used again for each profile.
#[derive(Default)]
pub(super) struct Room {
    meetings: Vec<(usize, Meeting)>,
    /// Per stage and channel, all stages behind each, the first event: its time and that of the next goal.
    firsts: Vec<Option<(i64, i64)>>,
}

const CHANNELS: usize = Channel::ALL.len();

impl<'v> Walker<'v> {
    pub(super) fn new(
        view: &'v View<'_>,
        report: &ChannelBoard,
        when: &When,
    ) -> Result<Self, AskError> {
        let range = clipped(view, when);
        let points = points(range, report.every, &when.zone, when.now).ok_or_else(|| {
            AskError::fault(
                "every",
                format!(
                    "cuts the range into more than {} points; choose a longer unit or a shorter range",
                    limits::SERIES_POINTS_MAX
                ),
            )
        })?;
        let stages = match report.by_stage {
            true => (view.vocabulary.stages.iter())
                .map(|it| Element::new(&it.id, &it.name))
                .collect(),
            false => Vec::new(),
        };
        Ok(Self {
            meetings: Meetings::new(view, report.contacts.as_ref(), report.filter.as_ref())?,
            points,
            stages,
            end: extent(view.snapshot).map_or(when.now.0, |(_, last)| last.min(when.now.0)),
            of_row: report.by_stage.then(|| view.stages()).transpose()?,
            goal: view.matcher(&report.goal)?,
            service: (report.service.as_ref())
                .map(|it| view.matcher(it))
                .transpose()?,
            range,
            answer_ms: report.answer_within.0,
            repeat_ms: report.repeat_within.0,
            within_ms: report.within.0,
        })
    }

    pub(super) fn at(&self, stage: usize) -> AtStage {
        match stage.checked_sub(1) {
            None => AtStage::Before,
            Some(index) => AtStage::Stage(self.stages[index].id.clone()),
        }
    }

    /// Shows a profile's events in the range and the first one of each channel, followed backwards in time.
    pub(super) fn visit(
        &self,
        rows: &ProfileRows<'_>,
        room: &mut Room,
        see: &mut impl FnMut(Seen),
    ) {
        let within = rows.between(self.range.from.0, self.range.to.0);
        if within.is_empty() {
            return;
        }
        let Room { meetings, firsts } = room;
        firsts.clear();
        firsts.resize((self.stages.len() + 2) * CHANNELS, None);
        let mut act_at = [i64::MAX; CHANNELS];
        let mut any_act_at = i64::MAX;
        // Per channel when help is asked for next.
        let mut service_at = [i64::MAX; CHANNELS];
        let mut goal_at = i64::MAX;
        let mut point = self.points.len() - 1;
        let mut end = rows.len();
        while end > within.start {
            let time = rows.time[end - 1];
            let start = rows.time[..end].partition_point(|it| *it < time);
            // Events of one instant are a set: one of them may be the conversion that another leads to,
            // but none is the answer to another.
            meetings.clear();
            for index in start..end {
                if self.goal.holds(rows.event[index], rows.place(index))
                    && self.meetings.passes(rows, index)
                {
                    goal_at = time;
                }
                if let Some(meeting) = self.meetings.of(rows, index) {
                    meetings.push((index, meeting));
                }
            }
            if start < within.end {
                while self.points[point].from.0 > time {
                    point -= 1;
                }
                for (index, meeting) in meetings.iter() {
                    let stage = self.stage(rows, *index);
                    let channel = meeting.channel;
                    let code = usize::from(channel.code());
                    for place in [stage, self.stages.len() + 1] {
                        firsts[place * CHANNELS + code] = Some((time, goal_at));
                    }
                    let until = time.saturating_add(self.answer_ms);
                    see(Seen::Event(Event {
                        channel,
                        stage,
                        point,
                        contact: meeting.is_contact.then(|| Contact {
                            is_over: until <= self.end,
                            has_answer: act_at[code] <= until,
                            has_act: any_act_at <= until,
                        }),
                        service: (self.asks(rows, *index))
                            .then(|| self.repeat(time, code, &service_at))
                            .flatten(),
                    }));
                }
            }
            for (_, meeting) in meetings.iter().filter(|it| !it.1.is_contact) {
                act_at[usize::from(meeting.channel.code())] = time;
                any_act_at = time;
            }
            for (index, meeting) in meetings.iter() {
                if self.asks(rows, *index) {
                    service_at[usize::from(meeting.channel.code())] = time;
                }
            }
            end = start;
        }
        self.show_firsts(firsts, see);
    }

    /// Whether a meeting asks for help.
    fn asks(&self, rows: &ProfileRows<'_>, index: usize) -> bool {
        let service = self.service.as_ref();
        service.is_some_and(|it| it.holds(rows.event[index], rows.place(index)))
    }

    /// What follows a time that help was asked for; none while its time is not over.
    fn repeat(&self, time: i64, code: usize, service_at: &[i64; CHANNELS]) -> Option<Service> {
        let until = time.saturating_add(self.repeat_ms);
        let mut others = service_at.iter().enumerate().filter(|(it, _)| *it != code);
        (until <= self.end).then(|| Service {
            same: service_at[code] <= until,
            other: others.any(|(_, at)| *at <= until),
        })
    }

    fn stage(&self, rows: &ProfileRows<'_>, index: usize) -> usize {
        (self.of_row).map_or(0, |stages| usize::from(stages.of(rows.place(index))))
    }

    fn show_firsts(&self, firsts: &[Option<(i64, i64)>], see: &mut impl FnMut(Seen)) {
        for (place, first) in firsts.iter().enumerate() {
            let Some((time, goal_at)) = first else {
                continue;
            };
            let stage = place / CHANNELS;
            let until = time.saturating_add(self.within_ms);
            see(Seen::First(First {
                channel: Channel::ALL[place % CHANNELS],
                stage: (stage <= self.stages.len()).then_some(stage),
                is_over: until <= self.end,
                has_converted: *goal_at <= until,
            }));
        }
    }
}
