//! What each channel does, and what happens when it is changed.

use super::{
    Cell, Column, POINT, Table, Unit, bounds,
    cost::{COST, paid, ratio},
    passes, point, share,
};
use crate::{
    kernel::{
        channels::{ChannelMeetings, ChannelsAnswer},
        cost::CostTotal,
        switches::{Against, AtStage, GAPS, SwitchOutcome, SwitchesAnswer, Switching},
    },
    sequence::Names,
};

pub(super) fn tables(answer: &ChannelsAnswer) -> Vec<Table> {
    let mut tables = vec![channels(answer), trend(answer), points(answer)];
    if !answer.by_stage.is_empty() {
        tables.push(by_stage(answer));
    }
    tables.push(totals(answer));
    tables.push(contacts(&answer.contacts));
    if let Some(cost) = &answer.cost {
        tables.push(costs(answer, cost));
    }
    tables
}

/// What each channel costs: by whom it reached, who answered, and the conversions that it is on the path of.
fn costs(answer: &ChannelsAnswer, total: &CostTotal) -> Table {
    let columns = [Column::text("channel")].into_iter().chain(COST);
    let each = [
        Column::real("cost_per_reached", Unit::Value),
        Column::real("cost_per_answer", Unit::Value),
        Column::real("cost_per_conversion", Unit::Value),
        Column::real("return_on_cost", Unit::None),
    ];
    let mut table = Table::new("costs", columns.chain(each));
    for it in &answer.lines {
        let Some(cost) = it.cost else { continue };
        let row = [it.channel.name().into()].into_iter();
        table.push(row.chain(paid(total, cost)).chain([
            ratio(cost.amount, it.meetings.events.profiles as f64),
            ratio(cost.amount, it.meetings.answered.times as f64),
            ratio(cost.amount, it.on_path.times as f64),
            ratio(it.last.value, cost.amount),
        ]));
    }
    table
}

const MEETINGS: [Column; 27] = [
    Column::whole("events", Unit::Events),
    Column::whole("reached", Unit::Profiles),
    Column::whole("contacts", Unit::Events),
    Column::whole("contacts_profiles", Unit::Profiles),
    Column::whole("acts", Unit::Events),
    Column::whole("acts_profiles", Unit::Profiles),
    Column::whole("answerable", Unit::Events),
    Column::whole("answerable_profiles", Unit::Profiles),
    Column::whole("answered", Unit::Events),
    Column::whole("answered_profiles", Unit::Profiles),
    Column::share("answered_share"),
    Column::whole("returned", Unit::Events),
    Column::whole("returned_profiles", Unit::Profiles),
    Column::share("returned_share"),
    Column::whole("service", Unit::Events),
    Column::whole("service_profiles", Unit::Profiles),
    Column::whole("repeated", Unit::Events),
    Column::whole("repeated_profiles", Unit::Profiles),
    Column::share("repeated_share"),
    Column::whole("repeated_same", Unit::Events),
    Column::whole("repeated_same_profiles", Unit::Profiles),
    Column::whole("repeated_other", Unit::Events),
    Column::whole("repeated_other_profiles", Unit::Profiles),
    Column::whole("mature", Unit::Profiles),
    Column::whole("converted", Unit::Profiles),
    Column::share("converted_share"),
    Column::whole("immature", Unit::Profiles),
];

fn meetings(it: &ChannelMeetings) -> impl Iterator<Item = Cell> {
    let counted = [it.events, it.contacts, it.acts, it.answerable, it.answered];
    let counted = counted.into_iter().flat_map(passes);
    let answerable = it.answerable.times;
    let returned = passes(it.returned);
    counted
        .chain([share(it.answered.times, answerable)])
        .chain(returned)
        .chain([share(it.returned.times, answerable)])
        .chain(passes(it.service))
        .chain(passes(it.repeated))
        .chain([share(it.repeated.times, it.service.times)])
        .chain(passes(it.repeated_same))
        .chain(passes(it.repeated_other))
        .chain([
            it.mature.into(),
            it.converted.into(),
            share(it.converted, it.mature),
            it.immature.into(),
        ])
}

fn channels(answer: &ChannelsAnswer) -> Table {
    let paths = [
        Column::share("reached_share"),
        Column::whole("on_path", Unit::Conversions),
        Column::whole("on_path_profiles", Unit::Profiles),
        Column::whole("assisted", Unit::Conversions),
        Column::whole("assisted_profiles", Unit::Profiles),
        Column::real("last_touch", Unit::Conversions),
        Column::real("last_touch_value", Unit::Value),
        Column::share("last_touch_share"),
    ];
    let columns = [Column::text("channel")].into_iter();
    let mut table = Table::new("channels", columns.chain(MEETINGS).chain(paths));
    for it in &answer.lines {
        let reach = share(it.meetings.events.profiles, answer.events.profiles);
        let row = [it.channel.name().into()].into_iter();
        let row = row.chain(meetings(&it.meetings)).chain([reach]);
        let row = row.chain(passes(it.on_path)).chain(passes(it.assisted));
        table.push(row.chain([
            it.last.conversions.into(),
            it.last.value.into(),
            it.last.share.into(),
        ]));
    }
    table
}

fn trend(answer: &ChannelsAnswer) -> Table {
    let columns = [Column::text("channel")].into_iter().chain(POINT);
    let counts = [Column::whole("profiles", Unit::Profiles)];
    let mut table = Table::new("trend", columns.chain(counts));
    for it in &answer.lines {
        for (at, profiles) in answer.points.iter().zip(&it.trend) {
            let row = [it.channel.name().into()].into_iter().chain(point(at));
            table.push(row.chain([(*profiles).into()]));
        }
    }
    table
}

/// The points of the trend, which are there even where no channel is.
fn points(answer: &ChannelsAnswer) -> Table {
    let mut table = Table::new("points", POINT);
    for it in &answer.points {
        table.push(point(it));
    }
    table
}

fn by_stage(answer: &ChannelsAnswer) -> Table {
    let names = Names::of(answer.stages.iter());
    let columns = STAGE.into_iter().chain([Column::text("channel")]);
    let mut table = Table::new("by_stage", columns.chain(MEETINGS));
    for it in &answer.by_stage {
        let row = stage(&names, &it.at).into_iter();
        let row = row.chain([it.channel.name().into()]);
        table.push(row.chain(meetings(&it.meetings)));
    }
    table
}

fn totals(answer: &ChannelsAnswer) -> Table {
    let mut table = Table::new(
        "totals",
        [
            Column::time("followed_to"),
            Column::whole("events", Unit::Events),
            Column::whole("profiles", Unit::Profiles),
            Column::whole("conversions", Unit::Conversions),
            Column::whole("conversions_profiles", Unit::Profiles),
            Column::real("conversions_value", Unit::Value),
            Column::whole("untouched", Unit::Conversions),
            Column::whole("untouched_profiles", Unit::Profiles),
            Column::real("untouched_value", Unit::Value),
            Column::whole("unvalued", Unit::Conversions),
        ],
    );
    let [events, profiles] = passes(answer.events);
    let row = [answer.followed_to.into(), events, profiles].into_iter();
    let row = row.chain(passes(answer.conversions.passes));
    let row = row.chain([answer.conversions.value.into()]);
    let row = row.chain(passes(answer.untouched.passes));
    table.push(row.chain([answer.untouched.value.into(), answer.unvalued.into()]));
    table
}

/// Names that were taken for contacts.
fn contacts(names: &[String]) -> Table {
    let mut table = Table::new("contacts", [Column::text("event")]);
    for name in names {
        table.push([name.as_str().into()]);
    }
    table
}

/// In which stage: what it is, its id and its name where it has one.
const STAGE: [Column; 3] = [
    Column::text("at"),
    Column::text("stage"),
    Column::text("stage_name"),
];

fn stage(names: &Names<'_>, at: &AtStage) -> [Cell; 3] {
    match at {
        AtStage::Any => ["any".into(), Cell::Missing, Cell::Missing],
        AtStage::Before => ["before".into(), Cell::Missing, Cell::Missing],
        AtStage::Stage(id) => ["stage".into(), id.as_str().into(), names.name(id).into()],
    }
}

pub(super) fn switches(answer: &SwitchesAnswer) -> Vec<Table> {
    vec![
        pairs(answer),
        leaves(answer),
        gaps(answer),
        switches_totals(answer),
        contacts(&answer.contacts),
    ]
}

fn outcome(it: &SwitchOutcome) -> [Cell; 4] {
    [
        it.mature.into(),
        it.went_on.into(),
        share(it.went_on, it.mature),
        it.immature.into(),
    ]
}

fn pairs(answer: &SwitchesAnswer) -> Table {
    let names = Names::of(answer.stages.iter());
    let columns = [
        Column::text("from"),
        Column::text("to"),
        Column::whole("switches", Unit::Times),
        Column::whole("switches_profiles", Unit::Profiles),
        Column::whole("merged", Unit::Times),
        Column::whole("merged_profiles", Unit::Profiles),
        Column::share("merged_share"),
        Column::span("median_ms"),
        Column::span("p90_ms"),
        Column::whole("mature", Unit::Profiles),
        Column::whole("went_on", Unit::Profiles),
        Column::share("went_on_share"),
        Column::whole("immature", Unit::Profiles),
        Column::whole("compared", Unit::Profiles),
        Column::whole("compared_went_on", Unit::Profiles),
        Column::share("compared_share"),
        Column::share("expected_share"),
        Column::share("difference"),
        Column::share("difference_low"),
        Column::share("difference_high"),
        Column::real("lost", Unit::Profiles),
        Column::real("lost_value", Unit::Value),
    ];
    let mut table = Table::new("switches", STAGE.into_iter().chain(columns));
    for it in &answer.switches {
        let row = stage(&names, &it.at).into_iter();
        let row = row.chain([it.from.name().into(), it.to.name().into()]);
        let row = row.chain(passes(it.switches)).chain(passes(it.merged));
        let row = row.chain([share(it.merged.times, it.switches.times)]);
        let row = row.chain([it.median_ms.into(), it.p90_ms.into()]);
        let row = row.chain(outcome(&it.outcome));
        table.push(row.chain(against(it.against.as_ref())));
    }
    table
}

fn against(it: Option<&Against>) -> impl Iterator<Item = Cell> {
    let [low, high] = bounds(it.map(|it| it.interval));
    [
        it.map(|it| it.profiles).into(),
        it.map(|it| it.went_on).into(),
        it.map(|it| it.share).into(),
        it.map(|it| it.expected_share).into(),
        it.map(|it| it.difference).into(),
        low,
        high,
        it.map(|it| it.lost).into(),
        it.and_then(|it| it.lost_value).into(),
    ]
    .into_iter()
}

fn leaves(answer: &SwitchesAnswer) -> Table {
    let names = Names::of(answer.stages.iter());
    let columns = [
        Column::text("from"),
        Column::whole("acts", Unit::Times),
        Column::whole("acts_profiles", Unit::Profiles),
        Column::whole("switched", Unit::Times),
        Column::whole("switched_profiles", Unit::Profiles),
        Column::whole("merged", Unit::Times),
        Column::whole("merged_profiles", Unit::Profiles),
        Column::whole("stayed", Unit::Times),
        Column::whole("stayed_profiles", Unit::Profiles),
        Column::whole("mature", Unit::Profiles),
        Column::whole("went_on", Unit::Profiles),
        Column::share("went_on_share"),
        Column::whole("immature", Unit::Profiles),
    ];
    let mut table = Table::new("leaves", STAGE.into_iter().chain(columns));
    for it in &answer.leaves {
        let row = stage(&names, &it.at).into_iter();
        let row = row.chain([it.from.name().into()]);
        let counted = [it.acts, it.switched, it.merged, it.stayed];
        let row = row.chain(counted.into_iter().flat_map(passes));
        table.push(row.chain(outcome(&it.stayers)));
    }
    table
}

fn gaps(answer: &SwitchesAnswer) -> Table {
    let names = Names::of(answer.stages.iter());
    let columns = [
        Column::text("from"),
        Column::text("to"),
        // Bounds of a list, not measures of the answer.
        Column::whole("longer_than_ms", Unit::None),
        Column::whole("up_to_ms", Unit::None),
        Column::whole("switches", Unit::Times),
    ];
    let mut table = Table::new("gaps", STAGE.into_iter().chain(columns));
    for it in &answer.switches {
        for (from, to, count) in lengths(it) {
            let row = stage(&names, &it.at).into_iter();
            let row = row.chain([it.from.name().into(), it.to.name().into()]);
            table.push(row.chain([from.into(), to.into(), count.into()]));
        }
    }
    table
}

/// Each length that gaps are counted in, with its bounds.
fn lengths(it: &Switching) -> impl Iterator<Item = (Option<i64>, Option<i64>, u64)> {
    (it.gaps.iter().enumerate()).map(|(index, count)| {
        let from = index.checked_sub(1).map(|before| GAPS[before]);
        (from, GAPS.get(index).copied(), *count)
    })
}

fn switches_totals(answer: &SwitchesAnswer) -> Table {
    let mut table = Table::new(
        "totals",
        [
            Column::time("followed_to"),
            Column::flag("is_rounded"),
            Column::whole("acts", Unit::Times),
            Column::whole("acts_profiles", Unit::Profiles),
            Column::whole("unplaced", Unit::Times),
            Column::whole("unplaced_profiles", Unit::Profiles),
            Column::whole("goal_reached", Unit::Conversions),
            Column::whole("goal_valued", Unit::Conversions),
            Column::real("goal_value", Unit::Value),
            Column::real("goal_mean", Unit::Value),
        ],
    );
    let row = [answer.followed_to.into(), answer.is_rounded.into()].into_iter();
    let row = row
        .chain(passes(answer.acts))
        .chain(passes(answer.unplaced));
    let worth = answer.worth;
    table.push(row.chain([
        worth.map(|it| it.reached).into(),
        worth.map(|it| it.valued).into(),
        worth.map(|it| it.value).into(),
        worth.and_then(|it| it.mean).into(),
    ]));
    table
}
