//! What each channel does on each side, and what changing it does.

use throughline_model::Channel;

use super::figure::{FigureName, FigureOf, FigureUnit, Figures, Measure, both};
use crate::{
    kernel::{
        channels::{ChannelLine, ChannelsAnswer},
        switches::{Leaving, SwitchesAnswer, Switching},
    },
    select::{
        Select,
        counts::{ChannelPart, ChannelsSelect},
        ways::{SwitchPart, SwitchesSelect},
    },
};

pub(super) fn board(figures: &mut Figures<'_>, a: &ChannelsAnswer, b: &ChannelsAnswer) {
    type Shares = fn(&ChannelsAnswer, Option<&ChannelLine>) -> (u64, u64);
    let parts: [(FigureOf, ChannelPart, Shares); 4] = [
        (FigureOf::ChannelReached, ChannelPart::Reached, |all, it| {
            let reached = it.map_or(0, |it| it.meetings.events.profiles);
            (reached, all.events.profiles)
        }),
        (FigureOf::ChannelAnswered, ChannelPart::Answered, |_, it| {
            it.map_or((0, 0), |it| {
                let meetings = &it.meetings;
                (meetings.answered.profiles, meetings.answerable.profiles)
            })
        }),
        (
            FigureOf::ChannelConverted,
            ChannelPart::Converted,
            |_, it| it.map_or((0, 0), |it| (it.meetings.converted, it.meetings.mature)),
        ),
        (FigureOf::ChannelOnPath, ChannelPart::OnPath, |all, it| {
            let on_path = it.map_or(0, |it| it.on_path.profiles);
            (on_path, all.conversions.passes.profiles)
        }),
    ];
    let [of_a, of_b] = [a, b].map(|it| it.lines.iter().map(|it| it.channel));
    let channels: Vec<Channel> = both(of_a, of_b);
    for (of, part, share) in parts {
        for channel in &channels {
            let sides = [a, b].map(|it| {
                let line = it.lines.iter().find(|it| it.channel == *channel);
                let (part, whole) = share(it, line);
                Measure::Share { part, whole }
            });
            let select = Select::Channels(ChannelsSelect {
                channel: Some(*channel),
                part,
                ..ChannelsSelect::default()
            });
            figures.shares(of, vec![FigureName::Channel(*channel)], sides, select);
        }
    }
}

pub(super) fn switches(figures: &mut Figures<'_>, a: &SwitchesAnswer, b: &SwitchesAnswer) {
    let [of_a, of_b] = [a, b].map(|it| it.leaves.iter().map(|it| (&it.at, it.from)));
    for (at, channel) in both(of_a, of_b) {
        let sides = [a, b].map(|it| {
            let found = (it.leaves.iter()).find(|it| it.at == *at && it.from == channel);
            let (part, whole) = found.map_or((0, 0), |it: &Leaving| {
                (it.switched.profiles, it.acts.profiles)
            });
            Measure::Share { part, whole }
        });
        let select = Select::Switches(SwitchesSelect {
            at: at.clone(),
            from: Some(channel),
            to: None,
            part: SwitchPart::Switched,
        });
        let names = vec![FigureName::Stage(at.clone()), FigureName::Channel(channel)];
        figures.shares(FigureOf::Switched, names, sides, select);
    }
    hops(figures, a, b);
}

fn hops<'a>(figures: &mut Figures<'_>, a: &'a SwitchesAnswer, b: &'a SwitchesAnswer) {
    let key = |it: &'a Switching| (&it.at, it.from, it.to);
    let [of_a, of_b] = [a, b].map(|it| it.switches.iter().map(key));
    for (at, from, to) in both(of_a, of_b) {
        let found = [a, b].map(|it| {
            (it.switches.iter()).find(|it| it.at == *at && it.from == from && it.to == to)
        });
        let names = || {
            vec![
                FigureName::Stage(at.clone()),
                FigureName::Channel(from),
                FigureName::Channel(to),
            ]
        };
        let select = |part: SwitchPart| {
            Select::Switches(SwitchesSelect {
                at: at.clone(),
                from: Some(from),
                to: Some(to),
                part,
            })
        };
        let sides = found.map(|it: Option<&Switching>| {
            let (part, whole) = it.map_or((0, 0), |it| (it.outcome.went_on, it.outcome.mature));
            let people = it.map(|_| select(SwitchPart::WentOn));
            (Measure::Share { part, whole }, people)
        });
        figures.push(FigureOf::SwitchWentOn, names(), FigureUnit::Share, sides);
        let sides = found.map(|it| {
            let median = Measure::Plain {
                value: it.map(|it| it.median_ms as f64),
                n: it.map_or(0, |it| it.switches.profiles),
            };
            (median, it.map(|_| select(SwitchPart::Switched)))
        });
        let unit = FigureUnit::Milliseconds;
        figures.push(FigureOf::SwitchTime, names(), unit, sides);
    }
}
