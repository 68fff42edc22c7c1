//! What goes with converting.

use throughline_model::drivers::DriverSource;

use super::{Column, Table, Unit, bounds, line, of_whole, share, word};
use crate::kernel::drivers::DriversAnswer;

pub(super) fn tables(answer: &DriversAnswer) -> Vec<Table> {
    vec![drivers(answer), totals(answer)]
}

fn drivers(answer: &DriversAnswer) -> Table {
    let mut table = Table::new(
        "drivers",
        [
            Column::text("from"),
            Column::text("field"),
            Column::text("line"),
            Column::text("label"),
            Column::text("standing"),
            Column::whole("did", Unit::Profiles),
            Column::whole("did_converted", Unit::Profiles),
            Column::share("did_low"),
            Column::share("did_high"),
            Column::whole("did_not", Unit::Profiles),
            Column::whole("did_not_converted", Unit::Profiles),
            Column::share("did_not_low"),
            Column::share("did_not_high"),
        ]
        .into_iter()
        .chain(super::contrast::columns()),
    );
    for it in &answer.drivers {
        let (from, field) = match &it.from {
            DriverSource::OnTheWay(field) => ("on_the_way", field.to_string()),
            DriverSource::AtEntry(field) => ("at_entry", field.to_string()),
            DriverSource::Trait(name) => ("trait", name.clone()),
        };
        let named = [from.into(), field.into()]
            .into_iter()
            .chain(line(Some(&it.label)));
        let standing = [word(&it.standing)];
        let counted = [it.did, it.did_not].into_iter().flat_map(|it| {
            let [part, whole, _, low, high] = of_whole(Some(it));
            [whole, part, low, high]
        });
        table.push(
            named
                .chain(standing)
                .chain(counted)
                .chain(super::contrast::cells(it.compared.as_ref())),
        );
    }
    table
}

fn totals(answer: &DriversAnswer) -> Table {
    let mut table = Table::new(
        "totals",
        [
            Column::whole("entered", Unit::Profiles),
            Column::whole("converted", Unit::Profiles),
            Column::share("share"),
            Column::share("share_low"),
            Column::share("share_high"),
            Column::whole("immature", Unit::Profiles),
            Column::whole("tested", Unit::None),
            Column::real("months", Unit::None),
        ],
    );
    let it = answer.converted;
    let [low, high] = bounds(it.interval);
    table.push([
        it.whole.into(),
        it.part.into(),
        share(it.part, it.whole),
        low,
        high,
        answer.immature.into(),
        answer.tested.into(),
        answer.months.into(),
    ]);
    table
}
