//! Groups of customers.

use super::{Amount, Body, DigestRow, Form, Quantity, RowLabel, bar};
use crate::{
    kernel::rfm::RfmAnswer,
    select::{Select, counts::RfmSelect},
};

pub(super) fn body(answer: &RfmAnswer) -> Body {
    let all = Select::Rfm(RfmSelect::default());
    let worth = |value| Amount {
        form: Form::Amount,
        value: Some(value),
        ..Amount::default()
    };
    let has_worth = !answer.money.is_empty();
    let mut figures = vec![
        Amount::profiles(answer.total.profiles, all).named(Quantity::Customers),
        Amount::count(answer.total.purchases).named(Quantity::Purchases),
    ];
    let mut columns = vec![Quantity::Share, Quantity::Customers, Quantity::Purchases];
    if has_worth {
        figures.push(worth(answer.total.value).named(Quantity::Worth));
        columns.push(Quantity::Worth);
    }
    let most = answer.groups.iter().map(|it| it.tally.profiles).max();
    Body {
        figures,
        columns,
        rows: (answer.groups.iter())
            .map(|it| {
                let select = Select::Rfm(RfmSelect {
                    group: Some(it.group),
                    ..RfmSelect::default()
                });
                let mut cells = vec![
                    Amount::share(it.tally.profiles, answer.total.profiles, None),
                    Amount::profiles(it.tally.profiles, select),
                    Amount::count(it.tally.purchases),
                ];
                cells.extend(has_worth.then(|| worth(it.tally.value)));
                DigestRow {
                    label: RowLabel::Group(it.group),
                    bar: bar(it.tally.profiles, most.unwrap_or(0)),
                    cells,
                }
            })
            .collect(),
        ..Body::default()
    }
}
