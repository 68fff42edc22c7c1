//! Which way people choose.

use throughline_predict::scoring::Scores;

use super::{Cell, Column, Table, Unit, bounds, line, of_whole, share, word};
use crate::{
    kernel::{
        choice::{ChoiceAnswer, FactorSource},
        funnel::Share,
    },
    labels::Label,
};

pub(super) fn tables(answer: &ChoiceAnswer) -> Vec<Table> {
    vec![
        factors(answer),
        references(answer),
        ways(answer),
        apart(answer),
        calibration(answer),
        totals(answer),
    ]
}

fn source(from: &FactorSource) -> [Cell; 2] {
    let (kind, name) = match from {
        FactorSource::Trait(name) => ("trait", name.clone()),
        FactorSource::Field(field) => ("field", field.to_string()),
        FactorSource::Before(name) => ("before", name.clone()),
    };
    [kind.into(), name.into()]
}

/// The whole stands first.
fn people(it: Share) -> [Cell; 5] {
    let [part, whole, share, low, high] = of_whole(Some(it));
    [whole, part, share, low, high]
}

fn line_or_none(label: Option<&Label>) -> [Cell; 2] {
    match label {
        Some(_) => line(label),
        None => [Cell::Missing, Cell::Missing],
    }
}

fn factors(answer: &ChoiceAnswer) -> Table {
    let mut table = Table::new(
        "factors",
        [
            Column::text("from"),
            Column::text("name"),
            Column::text("line"),
            Column::text("label"),
            Column::text("reference_line"),
            Column::text("reference"),
            Column::whole("with", Unit::Profiles),
            Column::whole("with_chosen", Unit::Profiles),
            Column::share("with_share"),
            Column::share("with_low"),
            Column::share("with_high"),
            Column::whole("without", Unit::Profiles),
            Column::whole("without_chosen", Unit::Profiles),
            Column::share("without_share"),
            Column::share("without_low"),
            Column::share("without_high"),
            Column::real("odds", Unit::None),
            Column::real("odds_low", Unit::None),
            Column::real("odds_high", Unit::None),
            Column::share("p"),
            Column::share("false_rate"),
            Column::flag("is_found"),
        ],
    );
    for it in answer.model.iter().flat_map(|it| &it.factors) {
        let rest: [Cell; 6] = [
            it.odds.into(),
            it.interval.low.into(),
            it.interval.high.into(),
            it.p.into(),
            it.false_rate.into(),
            it.is_found.into(),
        ];
        table.push(
            (source(&it.from).into_iter())
                .chain(line(Some(&it.label)))
                .chain(line_or_none(it.reference.as_ref()))
                .chain(people(it.with))
                .chain(people(it.without))
                .chain(rest),
        );
    }
    table
}

fn references(answer: &ChoiceAnswer) -> Table {
    let mut table = Table::new(
        "references",
        [
            Column::text("from"),
            Column::text("name"),
            Column::text("line"),
            Column::text("label"),
            Column::whole("with", Unit::Profiles),
            Column::whole("with_chosen", Unit::Profiles),
            Column::share("with_share"),
            Column::share("with_low"),
            Column::share("with_high"),
        ],
    );
    for it in &answer.references {
        table.push(
            (source(&it.from).into_iter())
                .chain(line(Some(&it.label)))
                .chain(people(it.with)),
        );
    }
    table
}

fn ways(answer: &ChoiceAnswer) -> Table {
    let mut table = Table::new(
        "ways",
        [
            Column::text("line"),
            Column::text("label"),
            Column::whole("profiles", Unit::Profiles),
        ],
    );
    for it in &answer.ways {
        let count = [it.profiles.into()];
        table.push(line(Some(&it.label)).into_iter().chain(count));
    }
    table
}

fn apart(answer: &ChoiceAnswer) -> Table {
    let mut table = Table::new(
        "apart",
        [
            Column::text("from"),
            Column::text("name"),
            Column::text("line"),
            Column::text("label"),
            Column::text("why"),
            Column::text("joins_line"),
            Column::text("joins"),
            Column::whole("with", Unit::Profiles),
            Column::whole("with_chosen", Unit::Profiles),
            Column::share("with_share"),
            Column::share("with_low"),
            Column::share("with_high"),
        ],
    );
    for it in &answer.apart {
        table.push(
            (source(&it.from).into_iter())
                .chain(line(Some(&it.label)))
                .chain([word(&it.why)])
                .chain(line_or_none(it.joins.as_ref()))
                .chain(people(it.with)),
        );
    }
    table
}

fn calibration(answer: &ChoiceAnswer) -> Table {
    let mut table = Table::new(
        "calibration",
        [
            Column::share("chance"),
            Column::whole("scored", Unit::Profiles),
            Column::whole("chosen", Unit::Profiles),
            Column::share("share"),
            Column::share("share_low"),
            Column::share("share_high"),
        ],
    );
    for it in answer.model.iter().flat_map(|it| &it.calibration) {
        let [low, high] = bounds(it.interval);
        table.push([
            it.chance.into(),
            it.whole.into(),
            it.part.into(),
            share(it.part, it.whole),
            low,
            high,
        ]);
    }
    table
}

fn totals(answer: &ChoiceAnswer) -> Table {
    let mut table = Table::new(
        "totals",
        [
            Column::text("explained_line"),
            Column::text("explained"),
            Column::whole("chose", Unit::Profiles),
            Column::whole("chosen", Unit::Profiles),
            Column::share("chosen_share"),
            Column::share("chosen_low"),
            Column::share("chosen_high"),
            Column::whole("cases", Unit::Profiles),
            Column::whole("needed", Unit::Profiles),
            Column::whole("fitted", Unit::Profiles),
            Column::whole("scored", Unit::Profiles),
            Column::real("auc", Unit::None),
            Column::real("log_loss", Unit::None),
            Column::real("brier", Unit::None),
            Column::real("naive_auc", Unit::None),
            Column::real("naive_log_loss", Unit::None),
            Column::real("naive_brier", Unit::None),
        ],
    );
    let model = answer.model.as_ref();
    let scored = |it: Option<Scores>| -> [Cell; 3] {
        [
            it.map(|it| it.auc).into(),
            it.map(|it| it.log_loss).into(),
            it.map(|it| it.brier).into(),
        ]
    };
    let counted: [Cell; 4] = [
        answer.cases.into(),
        answer.needed.into(),
        model.map(|it| it.fitted).into(),
        model.map(|it| it.scored).into(),
    ];
    table.push(
        (line(Some(&answer.explained)).into_iter())
            .chain(people(answer.chosen))
            .chain(counted)
            .chain(scored(model.and_then(|it| it.scores)))
            .chain(scored(model.and_then(|it| it.naive))),
    );
    table
}
