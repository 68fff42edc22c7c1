//! Why people do not get there.

use super::{Cell, Column, Table, Unit, of_whole, quotes, word};
use crate::{kernel::reasons::ReasonsAnswer, quote::Quote};

pub(super) fn tables(answer: &ReasonsAnswer) -> Vec<Table> {
    vec![
        reasons(answer),
        both(answer),
        counts(answer),
        quotes("reason", said(answer)),
        totals(answer),
    ]
}

/// What those said of whom no reason is known stands under none.
fn said(answer: &ReasonsAnswer) -> impl Iterator<Item = (Option<&String>, &[Quote])> {
    let of_reasons = (answer.reasons.iter()).map(|it| (Some(&it.name), it.quotes.as_slice()));
    of_reasons.chain([(None, answer.unknown_quotes.as_slice())])
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
        let named = [it.name.clone().into(), word(&it.standing)];
        table.push(
            (named.into_iter())
                .chain(of_whole(Some(it.gave_up)))
                .chain([it.alone.into()])
                .chain(of_whole(Some(it.converted)))
                .chain(super::contrast::cells(it.compared.as_ref())),
        );
    }
    table
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
    let of_left = |it| {
        let [part, _, share, low, high] = of_whole(Some(it));
        [part, share, low, high]
    };
    let rest: [Cell; 4] = [
        answer.said.into(),
        answer.immature.into(),
        answer.tested.into(),
        answer.months.into(),
    ];
    table.push(
        (of_whole(Some(answer.gave_up)).into_iter())
            .chain(of_left(answer.explained))
            .chain(of_left(answer.unknown))
            .chain(rest),
    );
    table
}
