//! Why people do not get there.

use super::{Cell, Column, Table, Unit, bounds, share};
use crate::{
    kernel::{
        funnel::Share,
        reasons::{ReasonStanding, ReasonsAnswer},
    },
    quote::Quote,
};

pub(super) fn tables(answer: &ReasonsAnswer) -> Vec<Table> {
    vec![
        reasons(answer),
        both(answer),
        counts(answer),
        quotes(answer),
        totals(answer),
    ]
}

fn reasons(answer: &ReasonsAnswer) -> Table {
    let mut table = Table::new(
        "reasons",
        [
            Column::text("reason"),
            Column::text("standing"),
            Column::whole("gave_up", Unit::Profiles),
            Column::whole("gave_up_of", Unit::Profiles),
            Column::share("gave_up_share"),
            Column::share("gave_up_low"),
            Column::share("gave_up_high"),
            Column::whole("alone", Unit::Profiles),
            Column::whole("converted", Unit::Profiles),
            Column::whole("converted_of", Unit::Profiles),
            Column::share("converted_share"),
            Column::share("converted_low"),
            Column::share("converted_high"),
        ]
        .into_iter()
        .chain(super::contrast::columns()),
    );
    for it in &answer.reasons {
        let named = [it.name.clone().into(), standing(it.standing).into()];
        table.push(
            (named.into_iter())
                .chain(people(it.gave_up))
                .chain([it.alone.into()])
                .chain(people(it.converted))
                .chain(super::contrast::cells(it.compared.as_ref())),
        );
    }
    table
}

fn people(it: Share) -> [Cell; 5] {
    let [low, high] = bounds(it.interval);
    [
        it.part.into(),
        it.whole.into(),
        share(it.part, it.whole),
        low,
        high,
    ]
}

fn standing(standing: ReasonStanding) -> &'static str {
    match standing {
        ReasonStanding::Holds => "holds",
        ReasonStanding::Helps => "helps",
        ReasonStanding::Unsure => "unsure",
        ReasonStanding::Few => "few",
        ReasonStanding::OnTheWay => "on_the_way",
        ReasonStanding::AtTheEnd => "at_the_end",
    }
}

fn both(answer: &ReasonsAnswer) -> Table {
    let mut table = Table::new(
        "both",
        [
            Column::text("first"),
            Column::text("second"),
            Column::whole("profiles", Unit::Profiles),
        ],
    );
    for it in &answer.both {
        table.push([
            it.first.clone().into(),
            it.second.clone().into(),
            it.profiles.into(),
        ]);
    }
    table
}

fn counts(answer: &ReasonsAnswer) -> Table {
    let mut table = Table::new(
        "counts",
        [
            Column::whole("reasons", Unit::None),
            Column::whole("profiles", Unit::Profiles),
        ],
    );
    for (count, profiles) in answer.by_count.iter().enumerate() {
        table.push([count.into(), (*profiles).into()]);
    }
    table
}

/// Without a reason where nothing of the list was met.
fn quotes(answer: &ReasonsAnswer) -> Table {
    let mut table = Table::new(
        "quotes",
        [
            Column::text("reason"),
            Column::text("text"),
            Column::whole("profiles", Unit::Profiles),
            Column::time("at"),
        ],
    );
    let of_reasons = answer.reasons.iter().map(|it| (Some(&it.name), &it.quotes));
    for (name, quotes) in of_reasons.chain([(None, &answer.unknown_quotes)]) {
        for Quote { text, profiles, at } in quotes {
            let name = name.cloned();
            let row: [Cell; 4] = [
                name.into(),
                text.clone().into(),
                (*profiles).into(),
                (*at).into(),
            ];
            table.push(row);
        }
    }
    table
}

fn totals(answer: &ReasonsAnswer) -> Table {
    let mut table = Table::new(
        "totals",
        [
            Column::whole("gave_up", Unit::Profiles),
            Column::whole("entered", Unit::Profiles),
            Column::share("gave_up_share"),
            Column::share("gave_up_low"),
            Column::share("gave_up_high"),
            Column::whole("explained", Unit::Profiles),
            Column::share("explained_share"),
            Column::share("explained_low"),
            Column::share("explained_high"),
            Column::whole("unknown", Unit::Profiles),
            Column::share("unknown_share"),
            Column::share("unknown_low"),
            Column::share("unknown_high"),
            Column::whole("said", Unit::Profiles),
            Column::whole("immature", Unit::Profiles),
            Column::whole("tested", Unit::None),
            Column::real("months", Unit::None),
        ],
    );
    let of_left = |it: Share| {
        let [part, _, share, low, high] = people(it);
        [part, share, low, high]
    };
    let rest: [Cell; 4] = [
        answer.said.into(),
        answer.immature.into(),
        answer.tested.into(),
        answer.months.into(),
    ];
    table.push(
        (people(answer.gave_up).into_iter())
            .chain(of_left(answer.explained))
            .chain(of_left(answer.unknown))
            .chain(rest),
    );
    table
}
