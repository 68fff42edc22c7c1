//! What people write of.

use super::{Cell, Column, POINT, Table, Unit, of_whole, passes, point, quotes, word};
use crate::{
    kernel::topics::{TopicAnswer, TopicsAnswer},
    quote::Quote,
};

pub(super) fn tables(answer: &TopicsAnswer) -> Vec<Table> {
    vec![
        topics(answer),
        trend(answer),
        quotes("topic", said(answer)),
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
                .chain(of_whole(it.gave_up))
                .chain(of_whole(it.converted))
                .chain([word(&it.standing)])
                .chain(super::contrast::cells(it.compared.as_ref())),
        );
    }
    table
}

fn said(answer: &TopicsAnswer) -> impl Iterator<Item = (Option<&String>, &[Quote])> {
    (answer.topics.iter()).map(|it| (it.terms.first(), it.quotes.as_slice()))
}

fn name(it: &TopicAnswer) -> Cell {
    it.terms.first().cloned().into()
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
    table.push(counted.chain(of_whole(answer.gave_up)).chain(rest));
    table
}
