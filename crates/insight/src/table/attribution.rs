//! Credit by every model.

use throughline_model::attribution::CreditModel;

use super::{
    Cell, Column, LINE, Table, Unit,
    cost::{COST, paid, ratio},
    line, passes,
};
use crate::kernel::{
    attribution::{AttributionAnswer, Conversions, Credit},
    cost::CostTotal,
};

pub(super) fn tables(answer: &AttributionAnswer) -> Vec<Table> {
    let mut tables = vec![
        credit(answer),
        sums(answer),
        lines(answer),
        totals(answer),
        skipped(answer),
    ];
    if let Some(cost) = &answer.cost {
        tables.push(costs(answer, cost));
        tables.push(returns(answer));
    }
    tables
}

const CREDIT: [Column; 5] = [
    Column::text("model"),
    Column::real("conversions", Unit::Conversions),
    Column::real("value", Unit::Value),
    Column::share("share"),
    Column::share("effect"),
];

fn credit(answer: &AttributionAnswer) -> Table {
    let mut table = Table::new("credit", LINE.into_iter().chain(CREDIT));
    for it in &answer.lines {
        for (model, credit) in answer.models.iter().zip(&it.credit) {
            let named = line(Some(&it.label)).into_iter();
            table.push(named.chain(credited(*model, *credit)));
        }
    }
    table
}

fn sums(answer: &AttributionAnswer) -> Table {
    let mut table = Table::new("sums", CREDIT);
    for (model, credit) in answer.models.iter().zip(&answer.sums) {
        table.push(credited(*model, *credit));
    }
    table
}

fn lines(answer: &AttributionAnswer) -> Table {
    let columns = [
        Column::whole("touches", Unit::Times),
        Column::whole("touches_profiles", Unit::Profiles),
        Column::whole("on_path", Unit::Conversions),
        Column::whole("on_path_profiles", Unit::Profiles),
        Column::whole("assisted", Unit::Conversions),
        Column::whole("assisted_profiles", Unit::Profiles),
    ];
    let mut table = Table::new("lines", LINE.into_iter().chain(columns));
    for it in &answer.lines {
        let counted = [it.touches, it.on_path, it.assisted];
        let counted = counted.into_iter().flat_map(passes);
        table.push(line(Some(&it.label)).into_iter().chain(counted));
    }
    table
}

fn totals(answer: &AttributionAnswer) -> Table {
    let mut table = Table::new(
        "totals",
        [
            Column::whole("conversions", Unit::Conversions),
            Column::whole("conversions_profiles", Unit::Profiles),
            Column::real("conversions_value", Unit::Value),
            Column::whole("untouched", Unit::Conversions),
            Column::whole("untouched_profiles", Unit::Profiles),
            Column::real("untouched_value", Unit::Value),
            Column::whole("unconverted", Unit::Times),
            Column::whole("unconverted_profiles", Unit::Profiles),
            Column::whole("paths", Unit::None),
            Column::whole("unvalued", Unit::Conversions),
            Column::whole("cut", Unit::Times),
        ],
    );
    let worth = |it: Conversions| passes(it.passes).into_iter().chain([it.value.into()]);
    let counted = worth(answer.total).chain(worth(answer.untouched));
    let others = [answer.paths, answer.unvalued, answer.cut].map(Into::into);
    table.push(counted.chain(passes(answer.unconverted)).chain(others));
    table
}

/// Models whose chain would have more states than is allowed.
fn skipped(answer: &AttributionAnswer) -> Table {
    let mut table = Table::new("skipped", [Column::text("model")]);
    for model in &answer.skipped {
        table.push([model_name(*model).into()]);
    }
    table
}

/// All that was paid: for lines, and for what no touch has.
fn costs(answer: &AttributionAnswer, total: &CostTotal) -> Table {
    let columns = [Column::flag("has_touches")].into_iter().chain(COST);
    let mut table = Table::new("costs", LINE.into_iter().chain(columns));
    let met = (answer.lines.iter()).filter_map(|it| Some((&it.label, it.cost?, true)));
    let unmet = (total.without_touch.iter()).map(|it| (&it.label, it.paid, false));
    for (label, cost, has_touches) in met.chain(unmet) {
        let row = line(Some(label)).into_iter();
        table.push(row.chain([has_touches.into()]).chain(paid(total, cost)));
    }
    table
}

/// What a conversion costs and what comes back, by every model. It divides what happened, and does not say what caused it.
fn returns(answer: &AttributionAnswer) -> Table {
    let columns = [
        Column::text("model"),
        Column::real("cost", Unit::Value),
        Column::real("conversions", Unit::Conversions),
        Column::real("cost_per_conversion", Unit::Value),
        Column::real("value", Unit::Value),
        Column::real("return_on_cost", Unit::None),
    ];
    let mut table = Table::new("returns", LINE.into_iter().chain(columns));
    for it in &answer.lines {
        let Some(cost) = it.cost else { continue };
        for (model, credit) in answer.models.iter().zip(&it.credit) {
            let row = line(Some(&it.label)).into_iter();
            table.push(row.chain([
                model_name(*model).into(),
                cost.amount.into(),
                credit.conversions.into(),
                ratio(cost.amount, credit.conversions),
                credit.value.into(),
                ratio(credit.value, cost.amount),
            ]));
        }
    }
    table
}

fn credited(model: CreditModel, credit: Credit) -> [Cell; 5] {
    [
        model_name(model).into(),
        credit.conversions.into(),
        credit.value.into(),
        credit.share.into(),
        credit.effect.into(),
    ]
}

fn model_name(model: CreditModel) -> String {
    match model {
        CreditModel::First => "first".to_owned(),
        CreditModel::Last => "last".to_owned(),
        CreditModel::LastNonDirect => "last_non_direct".to_owned(),
        CreditModel::Linear => "linear".to_owned(),
        CreditModel::Position(it) => format!("position {}/{}", it.first, it.last),
        CreditModel::TimeDecay(half_life) => format!("time_decay {half_life}"),
        CreditModel::Participation => "participation".to_owned(),
        CreditModel::Markov(order) => format!("markov {order}"),
        CreditModel::Shapley => "shapley".to_owned(),
    }
}
