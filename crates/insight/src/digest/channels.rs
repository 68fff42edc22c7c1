//! What each channel does, and the changes of channel that are made most.

use throughline_model::{By, Channel, Field, Value};

use super::{Amount, Body, DigestRow, Form, Quantity, RowLabel, bar};
use crate::{
    kernel::{
        channels::ChannelsAnswer,
        switches::{AtStage, SwitchesAnswer},
    },
    labels::Label,
    select::{
        Select,
        counts::{ChannelPart, ChannelsSelect},
        ways::{SwitchPart, SwitchesSelect},
    },
};

pub(super) fn body(answer: &ChannelsAnswer) -> Body {
    let select = |channel: Option<Channel>, part| {
        Select::Channels(ChannelsSelect {
            channel,
            part,
            ..ChannelsSelect::default()
        })
    };
    let reach = answer.lines.iter().map(|it| it.meetings.events.profiles);
    let most = reach.max().unwrap_or(0);
    Body {
        figures: vec![
            Amount::profiles(answer.events.profiles, select(None, ChannelPart::Reached))
                .named(Quantity::Profiles),
            Amount::count(answer.conversions.passes.times).named(Quantity::Conversions),
        ],
        by: Some(By::Field(Field::Channel)),
        columns: vec![
            Quantity::Profiles,
            Quantity::Converted,
            Quantity::Conversions,
        ],
        rows: (answer.lines.iter())
            .map(|line| {
                let meetings = line.meetings;
                let reach = meetings.events.profiles;
                let name = Value::Text(line.channel.name().to_owned());
                DigestRow {
                    label: RowLabel::Line(Label::Value(name)),
                    bar: bar(reach, most),
                    cells: vec![
                        Amount::profiles(reach, select(Some(line.channel), ChannelPart::Reached)),
                        Amount::share(meetings.converted, meetings.mature, None),
                        Amount::count(line.on_path.times),
                    ],
                }
            })
            .collect(),
        ..Body::default()
    }
}

/// Over all stages, the most frequent first.
pub(super) fn switches(answer: &SwitchesAnswer) -> Body {
    let mut switches: Vec<_> = (answer.switches.iter())
        .filter(|it| it.at == AtStage::Any)
        .collect();
    switches.sort_by_key(|it| (std::cmp::Reverse(it.switches.times), it.from, it.to));
    let most = switches.first().map_or(0, |it| it.switches.times);
    let select = |from, to, part| {
        Select::Switches(SwitchesSelect {
            at: AtStage::Any,
            from,
            to,
            part,
        })
    };
    let acted = select(None, None, SwitchPart::Acted);
    Body {
        figures: vec![Amount::profiles(answer.acts.profiles, acted).named(Quantity::Profiles)],
        columns: vec![
            Quantity::Times,
            Quantity::Profiles,
            Quantity::MedianTime,
            Quantity::Lost,
        ],
        rows: (switches.into_iter())
            .map(|it| DigestRow {
                label: RowLabel::Way(vec![it.from.name().to_owned(), it.to.name().to_owned()]),
                bar: bar(it.switches.times, most),
                cells: vec![
                    Amount::count(it.switches.times),
                    Amount::profiles(
                        it.switches.profiles,
                        select(Some(it.from), Some(it.to), SwitchPart::Switched),
                    ),
                    Amount::span(Some(it.median_ms)),
                    Amount {
                        form: Form::Amount,
                        value: it.against.map(|it| it.lost),
                        is_small: it.against.is_none_or(|it| it.profiles < super::SMALL),
                        ..Amount::default()
                    },
                ],
            })
            .collect(),
        ..Body::default()
    }
}
