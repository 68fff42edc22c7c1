//! What each channel does: whom it reaches, who answers, what comes of it, and when.
//!
//! Paths to conversions are those of attribution, asked with the same definition, so that the two agree.

mod tally;
mod walk;

use serde::Serialize;
use throughline_model::{
    Channel, Field, Matcher, ProfileId, Timestamp, Value,
    attribution::{AttributionReport, CreditModel, LookBack},
    channels::ChannelBoard,
};
use utoipa::ToSchema;

use self::{
    tally::Tally,
    walk::{Room, Seen, Walker},
};
use crate::{
    ask::{AskError, Counted, LeftOut, When},
    calendar::Point,
    kernel::{
        attribution::{self, Conversions, Credit, CreditLine},
        cost::{CostTotal, PaidFor},
        switches::AtStage,
    },
    labels::Label,
    passes::Passes,
    scan::scan,
    select::{
        counts::{ChannelPart, ChannelsSelect},
        why::AttributionSelect,
    },
    sequence::Element,
    view::View,
};

/// What each channel does.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ChannelsAnswer {
    pub points: Vec<Point>,
    /// Up to when profiles were followed: the last event of the log, or now when that is earlier.
    pub followed_to: Timestamp,
    /// Names of events that were taken for contacts, as the report names none.
    pub contacts: Vec<String>,
    pub stages: Vec<Element>,
    /// All events of the range and the profiles that have them.
    pub events: Passes,
    /// Conversions of the range, those that no channel is on the path of apart.
    pub conversions: Conversions,
    pub untouched: Conversions,
    /// Conversions that do not say what they are worth; they count as worth nothing.
    pub unvalued: u64,
    /// Channels with an event in the range or on a path, the one that reaches most first; no known channel last.
    pub lines: Vec<ChannelLine>,
    /// The same by the stage that profiles were in, where that is asked for; in the order of the stages.
    pub by_stage: Vec<StageLine>,
    /// What was paid in the range; none while no cost is stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<CostTotal>,
}

/// One channel.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ChannelLine {
    pub channel: Channel,
    pub meetings: ChannelMeetings,
    /// Profiles of each point of the answer.
    pub trend: Vec<u64>,
    /// Conversions with the channel on their path.
    pub on_path: Passes,
    /// Conversions with the channel on their path before the last touch.
    pub assisted: Passes,
    /// What the channel has when the last touch has all credit.
    pub last: Credit,
    /// What was paid for the channel in the range; none where no cost names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<PaidFor>,
}

/// One channel in one stage.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct StageLine {
    pub at: AtStage,
    pub channel: Channel,
    pub meetings: ChannelMeetings,
}

/// Events in a channel, and what came of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ChannelMeetings {
    pub events: Passes,
    /// By which the company reached out.
    pub contacts: Passes,
    /// By which customers acted.
    pub acts: Passes,
    /// Contacts whose time for an answer is over; only these have a share that answered.
    pub answerable: Passes,
    /// Of those, with an act in the channel in time.
    pub answered: Passes,
    /// Of those, with an act in any channel in time.
    pub returned: Passes,
    /// Times that customers asked for help whose time for a repeat is over; only these have a share that came again.
    pub service: Passes,
    /// Of those, with a later one in time, in any channel.
    pub repeated: Passes,
    /// In the same channel.
    pub repeated_same: Passes,
    /// In another channel.
    pub repeated_other: Passes,
    /// Profiles whose time to convert after the first event here is over; only these have a share that converted.
    pub mature: u64,
    /// Of those, who converted at or after it, in time.
    pub converted: u64,
    /// Profiles whose time is not over.
    pub immature: u64,
}

pub(crate) fn answer(
    view: &View<'_>,
    report: &ChannelBoard,
    when: &When,
) -> Result<Counted<ChannelsAnswer>, AskError> {
    let walker = Walker::new(view, report, when)?;
    let begin = || Tally::new(walker.stages.len(), walker.points.len());
    let states = scan(
        view.snapshot,
        view.cancel,
        || (begin(), Room::default()),
        |(tally, room), rows| {
            walker.visit(rows, room, &mut |seen| tally.add(rows.profile, &seen));
        },
    )?;
    let mut tally = begin();
    for (state, _) in states {
        tally.merge(&state);
    }
    let credit = attribution::answer(view, &paths(report), when)?.numbers;
    let of_channel = |channel: Channel| {
        let label = label(channel);
        credit.lines.iter().find(|it| it.label == label)
    };
    // Costs of channels that nobody was met in are no less paid.
    let paid_of = |channel: Channel| {
        let met = of_channel(channel).and_then(|it| it.cost);
        met.or_else(|| credit.cost.as_ref()?.without_touch_of(&label(channel)))
    };
    let mut lines: Vec<ChannelLine> = Channel::ALL
        .into_iter()
        .map(|channel| ChannelLine {
            cost: paid_of(channel),
            ..line(&tally, channel, of_channel(channel))
        })
        .filter(|it| it.meetings.events.times + it.on_path.times > 0 || it.cost.is_some())
        .collect();
    lines.sort_by_key(|it| {
        let is_other = it.channel == Channel::Other;
        let reach = it.meetings.events.profiles;
        (is_other, std::cmp::Reverse(reach), it.channel)
    });
    let by_stage = match report.by_stage {
        true => by_stage(&walker, &tally),
        false => Vec::new(),
    };
    Ok(Counted {
        n: tally.events().profiles,
        left_out: LeftOut {
            immature: lines.iter().map(|it| it.meetings.immature).sum(),
            ..LeftOut::default()
        },
        numbers: ChannelsAnswer {
            followed_to: Timestamp(walker.end),
            contacts: walker.meetings.names().to_vec(),
            stages: walker.stages.clone(),
            events: tally.events(),
            conversions: credit.total,
            untouched: credit.untouched,
            unvalued: credit.unvalued,
            cost: credit.cost.clone().map(|cost| CostTotal {
                without_touch: Vec::new(),
                is_narrowed: report.filter.is_some() || report.people.is_some(),
                ..cost
            }),
            lines,
            by_stage,
            points: walker.points,
        },
    })
}

fn line(tally: &Tally, channel: Channel, credit: Option<&CreditLine>) -> ChannelLine {
    ChannelLine {
        channel,
        meetings: tally.channel(channel),
        trend: tally.trend(channel),
        on_path: credit.map_or(Passes::default(), |it| it.on_path),
        assisted: credit.map_or(Passes::default(), |it| it.assisted),
        last: credit.map_or(Credit::default(), |it| it.credit[0]),
        cost: None,
    }
}

fn by_stage(walker: &Walker<'_>, tally: &Tally) -> Vec<StageLine> {
    let stages = 0..=walker.stages.len();
    let lines = stages.flat_map(|stage| {
        let channels = Channel::ALL
            .into_iter()
            .map(move |channel| (stage, channel));
        channels.map(|(stage, channel)| StageLine {
            at: walker.at(stage),
            channel,
            meetings: tally.stage(stage, channel),
        })
    });
    lines.filter(|it| it.meetings.events.times > 0).collect()
}

/// The paths to conversions, by the same definition.
fn paths(report: &ChannelBoard) -> AttributionReport {
    AttributionReport {
        range: report.range.clone(),
        conversion: report.goal.clone(),
        value: report.value.clone(),
        touch: None,
        by: Field::Channel,
        look_back: LookBack::Within(report.within),
        reuse: false,
        collapse: true,
        direct: Matcher::default(),
        models: vec![CreditModel::Last],
        filter: report.filter.clone(),
        // The view holds nobody else.
        people: None,
    }
}

fn label(channel: Channel) -> Label {
    Label::Value(Value::Text(channel.name().to_owned()))
}

pub(crate) fn people(
    view: &View<'_>,
    report: &ChannelBoard,
    select: &ChannelsSelect,
    when: &When,
) -> Result<Vec<ProfileId>, AskError> {
    if let Some(of) = on_paths(select)? {
        return attribution::people(view, &paths(report), &of, when);
    }
    let walker = Walker::new(view, report, when)?;
    let wanted = Wanted::of(&walker, select)?;
    let states = scan(
        view.snapshot,
        view.cancel,
        || (Vec::new(), Room::default()),
        |(profiles, room), rows| {
            let mut is_hit = false;
            walker.visit(rows, room, &mut |seen| is_hit |= wanted.is(&seen));
            if is_hit {
                profiles.push(rows.profile);
            }
        },
    )?;
    let mut profiles: Vec<ProfileId> = states.into_iter().flat_map(|it| it.0).collect();
    profiles.sort_unstable();
    Ok(profiles)
}

/// What is asked of paths to conversions, if that is it.
fn on_paths(select: &ChannelsSelect) -> Result<Option<AttributionSelect>, AskError> {
    let is_of_paths = matches!(
        select.part,
        ChannelPart::OnPath
            | ChannelPart::Assisted
            | ChannelPart::AnyConversion
            | ChannelPart::Untouched
    );
    if !is_of_paths {
        return Ok(None);
    }
    if select.at != AtStage::Any || select.point.is_some() {
        return Err(AskError::fault(
            "select",
            "asks for paths to conversions in one stage or point, where they are not told",
        ));
    }
    Ok(Some(match (select.part, select.channel) {
        (ChannelPart::OnPath, Some(channel)) => AttributionSelect::OnPath(label(channel)),
        (ChannelPart::Assisted, Some(channel)) => AttributionSelect::Assisted(label(channel)),
        (ChannelPart::AnyConversion, None) => AttributionSelect::Converted,
        (ChannelPart::Untouched, None) => AttributionSelect::Untouched,
        (ChannelPart::OnPath | ChannelPart::Assisted, None) => {
            return Err(AskError::fault("select.channel", "is missing"));
        }
        _ => {
            return Err(AskError::fault(
                "select.channel",
                "is given, and all conversions are asked for",
            ));
        }
    }))
}

/// Which events a selection is about.
struct Wanted {
    channel: Option<Channel>,
    stage: Option<usize>,
    point: Option<usize>,
    part: ChannelPart,
}

impl Wanted {
    fn of(walker: &Walker<'_>, select: &ChannelsSelect) -> Result<Self, AskError> {
        let unknown = |place: &str| AskError::fault(place, "is not in the report's answer");
        let stage = match &select.at {
            AtStage::Any => None,
            AtStage::Before => Some(0),
            AtStage::Stage(id) => {
                let index = walker.stages.iter().position(|it| it.id == *id);
                Some(index.ok_or_else(|| unknown("select.at"))? + 1)
            }
        };
        let point = match select.point {
            Some(from) => {
                let index = walker.points.iter().position(|it| it.from == from);
                Some(index.ok_or_else(|| unknown("select.point"))?)
            }
            None => None,
        };
        let is_plain = select.part == ChannelPart::Reached;
        if select.channel.is_none() && !is_plain {
            return Err(AskError::fault("select.channel", "is missing"));
        }
        if point.is_some() && (stage.is_some() || !is_plain) {
            return Err(AskError::fault(
                "select.point",
                "is told for the profiles that a channel reached, and nothing else",
            ));
        }
        Ok(Self {
            channel: select.channel,
            stage,
            point,
            part: select.part,
        })
    }

    fn is(&self, seen: &Seen) -> bool {
        match seen {
            Seen::Event(it) => {
                let is_part = match self.part {
                    ChannelPart::Reached => true,
                    ChannelPart::Contacted => it.contact.is_some(),
                    ChannelPart::Acted => it.contact.is_none(),
                    ChannelPart::Answerable => it.contact.is_some_and(|it| it.is_over),
                    ChannelPart::Answered => it.contact.is_some_and(|it| it.is_answered()),
                    ChannelPart::Returned => it.contact.is_some_and(|it| it.is_returned()),
                    ChannelPart::Service => it.service.is_some(),
                    ChannelPart::Repeated => it.service.is_some_and(|it| it.same || it.other),
                    ChannelPart::RepeatedSame => it.service.is_some_and(|it| it.same),
                    ChannelPart::RepeatedOther => it.service.is_some_and(|it| it.other),
                    _ => false,
                };
                is_part
                    && self.channel.is_none_or(|channel| channel == it.channel)
                    && self.stage.is_none_or(|stage| stage == it.stage)
                    && self.point.is_none_or(|point| point == it.point)
            }
            Seen::First(it) => {
                let is_part = match self.part {
                    ChannelPart::Mature => it.is_over,
                    ChannelPart::Converted => it.is_over && it.has_converted,
                    ChannelPart::Immature => !it.is_over,
                    _ => false,
                };
                is_part && Some(it.channel) == self.channel && it.stage == self.stage
            }
        }
    }
}

#[cfg(test)]
mod tests;
