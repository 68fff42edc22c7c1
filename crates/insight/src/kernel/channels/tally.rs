//! What one thread counts.

use throughline_model::{Channel, ProfileId};

use super::{
    ChannelMeetings,
    walk::{Event, Seen},
};
use crate::passes::{Marked, Passes};

const CHANNELS: usize = Channel::ALL.len();

pub(super) struct Tally {
    events: Marked,
    /// Per channel.
    channels: Vec<Line>,
    /// Per stage, before any first, and channel.
    stages: Vec<Line>,
    /// Per channel and point.
    trend: Vec<Marked>,
    points_count: usize,
}

#[derive(Clone, Default)]
struct Line {
    /// Those of [`ChannelMeetings`], in the order in which they are written.
    passes: [Marked; 10],
    mature: u64,
    converted: u64,
    immature: u64,
}

impl Line {
    fn add(&mut self, profile: ProfileId, event: &Event) {
        let met = match event.contact {
            None => [true, false, true, false, false, false],
            Some(it) => {
                let answered = it.is_answered();
                [true, true, false, it.is_over, answered, it.is_returned()]
            }
        };
        let asked = match event.service {
            None => [false; 4],
            Some(it) => [true, it.same || it.other, it.same, it.other],
        };
        for (marked, is_part) in self.passes.iter_mut().zip(met.into_iter().chain(asked)) {
            if is_part {
                marked.add(profile);
            }
        }
    }

    fn merge(&mut self, more: &Self) {
        for (mine, more) in self.passes.iter_mut().zip(&more.passes) {
            mine.merge(more);
        }
        self.mature += more.mature;
        self.converted += more.converted;
        self.immature += more.immature;
    }

    fn told(&self) -> ChannelMeetings {
        let [
            events,
            contacts,
            acts,
            answerable,
            answered,
            returned,
            service,
            repeated,
            repeated_same,
            repeated_other,
        ] = self.passes.map(|it| it.passes);
        ChannelMeetings {
            events,
            contacts,
            acts,
            answerable,
            answered,
            returned,
            service,
            repeated,
            repeated_same,
            repeated_other,
            mature: self.mature,
            converted: self.converted,
            immature: self.immature,
        }
    }
}

impl Tally {
    pub(super) fn new(stages_count: usize, points_count: usize) -> Self {
        Self {
            events: Marked::default(),
            channels: vec![Line::default(); CHANNELS],
            stages: vec![Line::default(); (stages_count + 1) * CHANNELS],
            trend: vec![Marked::default(); CHANNELS * points_count],
            points_count,
        }
    }

    pub(super) fn add(&mut self, profile: ProfileId, seen: &Seen) {
        match seen {
            Seen::Event(event) => {
                let channel = usize::from(event.channel.code());
                self.events.add(profile);
                self.channels[channel].add(profile, event);
                self.stages[event.stage * CHANNELS + channel].add(profile, event);
                self.trend[channel * self.points_count + event.point].add(profile);
            }
            Seen::First(first) => {
                let channel = usize::from(first.channel.code());
                let line = match first.stage {
                    Some(stage) => &mut self.stages[stage * CHANNELS + channel],
                    None => &mut self.channels[channel],
                };
                line.mature += u64::from(first.is_over);
                line.converted += u64::from(first.is_over && first.has_converted);
                line.immature += u64::from(!first.is_over);
            }
        }
    }

    pub(super) fn merge(&mut self, more: &Self) {
        self.events.merge(&more.events);
        for (mine, more) in [
            (&mut self.channels, &more.channels),
            (&mut self.stages, &more.stages),
        ] {
            for (mine, more) in mine.iter_mut().zip(more) {
                mine.merge(more);
            }
        }
        for (mine, more) in self.trend.iter_mut().zip(&more.trend) {
            mine.merge(more);
        }
    }

    pub(super) fn events(&self) -> Passes {
        self.events.passes
    }

    pub(super) fn channel(&self, channel: Channel) -> ChannelMeetings {
        self.channels[usize::from(channel.code())].told()
    }

    pub(super) fn stage(&self, stage: usize, channel: Channel) -> ChannelMeetings {
        self.stages[stage * CHANNELS + usize::from(channel.code())].told()
    }

    pub(super) fn trend(&self, channel: Channel) -> Vec<u64> {
        let start = usize::from(channel.code()) * self.points_count;
        let points = &self.trend[start..start + self.points_count];
        points.iter().map(|it| it.passes.profiles).collect()
    }
}
