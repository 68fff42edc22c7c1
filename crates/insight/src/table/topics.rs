//! What people write of.

use super::{Cell, Column, POINT, Table, Unit, bounds, passes, point, share};
use crate::kernel::{
    funnel::Share,
    topics::{TopicAnswer, TopicStanding, TopicsAnswer},
};

pub(super) fn tables(answer: &TopicsAnswer) -> Vec<Table> {
    vec![
        topics(answer),
        trend(answer),
        quotes(answer),
        totals(answer),
    ]
}

fn topics(answer: &TopicsAnswer) -> Table {
    let mut table = Table::new(
        "topics",
        [
            Column::text("topic"),
            Column::text("terms"),
            Column::whole("texts", Unit::Times),
            Column::whole("profiles", Unit::Profiles),
            Column::whole("gave_up", Unit::Profiles),
            Column::whole("gave_up_of", Unit::Profiles),
            Column::share("gave_up_share"),
            Column::share("gave_up_low"),
            Column::share("gave_up_high"),
            Column::whole("converted", Unit::Profiles),
            Column::whole("converted_of", Unit::Profiles),
            Column::share("converted_share"),
            Column::share("converted_low"),
            Column::share("converted_high"),
            Column::text("standing"),
        ]
        .into_iter()
        .chain(super::contrast::columns()),
    );
    for it in &answer.topics {
        let named = [name(it), it.terms.join(" ").into()].into_iter();
        table.push(
            (named.chain(passes(it.texts)))
                .chain(people(it.gave_up))
                .chain(people(it.converted))
                .chain([standing(it.standing).into()])
                .chain(super::contrast::cells(it.compared.as_ref())),
        );
    }
    table
}

fn name(it: &TopicAnswer) -> Cell {
    it.terms.first().cloned().into()
}

fn people(it: Option<Share>) -> [Cell; 5] {
    let Some(it) = it else {
        return [const { Cell::Missing }; 5];
    };
    let [low, high] = bounds(it.interval);
    [
        it.part.into(),
        it.whole.into(),
        share(it.part, it.whole),
        low,
        high,
    ]
}

fn standing(standing: TopicStanding) -> &'static str {
    match standing {
        TopicStanding::Holds => "holds",
        TopicStanding::Helps => "helps",
        TopicStanding::Unsure => "unsure",
        TopicStanding::Few => "few",
    }
}

/// All texts stand under no topic.
fn trend(answer: &TopicsAnswer) -> Table {
    let own = [Column::text("topic"), Column::whole("texts", Unit::Times)];
    let mut table = Table::new("trend", POINT.into_iter().chain(own));
    let topics = answer.topics.iter().map(|it| (name(it), &it.trend));
    for (name, trend) in [(Cell::Missing, &answer.trend)].into_iter().chain(topics) {
        for (at, texts) in answer.points.iter().zip(trend) {
            let own = [name.clone(), (*texts).into()];
            table.push(point(at).into_iter().chain(own));
        }
    }
    table
}

fn quotes(answer: &TopicsAnswer) -> Table {
    let mut table = Table::new(
        "quotes",
        [
            Column::text("topic"),
            Column::text("text"),
            Column::whole("profiles", Unit::Profiles),
            Column::time("at"),
        ],
    );
    for it in &answer.topics {
        for quote in &it.quotes {
            let text = quote.text.clone().into();
            table.push([name(it), text, quote.profiles.into(), quote.at.into()]);
        }
    }
    table
}

fn totals(answer: &TopicsAnswer) -> Table {
    let mut table = Table::new(
        "totals",
        [
            Column::whole("texts", Unit::Times),
            Column::whole("profiles", Unit::Profiles),
            Column::whole("untold", Unit::Times),
            Column::whole("untold_profiles", Unit::Profiles),
            Column::whole("gave_up", Unit::Profiles),
            Column::whole("entered", Unit::Profiles),
            Column::share("gave_up_share"),
            Column::share("gave_up_low"),
            Column::share("gave_up_high"),
            Column::whole("tested", Unit::None),
            Column::real("months", Unit::None),
        ],
    );
    let counted = passes(answer.texts)
        .into_iter()
        .chain(passes(answer.untold));
    let rest: [Cell; 2] = [answer.tested.into(), answer.months.into()];
    table.push(counted.chain(people(answer.gave_up)).chain(rest));
    table
}
