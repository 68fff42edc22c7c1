//! What goes with converting.

use super::{Cell, Column, Table, Unit, bounds, line, share};
use throughline_model::drivers::DriverSource;

use crate::kernel::{
    drivers::{Driver, DriversAnswer, Standing},
    funnel::Share,
};

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
            Column::whole("with", Unit::Profiles),
            Column::whole("with_converted", Unit::Profiles),
            Column::share("with_share"),
            Column::share("with_low"),
            Column::share("with_high"),
            Column::share("without_share"),
            Column::share("difference"),
            Column::share("difference_low"),
            Column::share("difference_high"),
            Column::real("relative", Unit::None),
            Column::real("odds", Unit::None),
            Column::real("people_per_month", Unit::None),
            Column::real("people_per_month_low", Unit::None),
            Column::real("people_per_month_high", Unit::None),
            Column::share("p"),
            Column::share("false_rate"),
        ],
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
        let standing = [standing(it.standing).into()];
        let counted = people(it.did).into_iter().chain(people(it.did_not));
        table.push(named.chain(standing).chain(counted).chain(compared(it)));
    }
    table
}

fn people(it: Share) -> [Cell; 4] {
    let [low, high] = bounds(it.interval);
    [it.whole.into(), it.part.into(), low, high]
}

fn compared(driver: &Driver) -> Vec<Cell> {
    let Some(it) = &driver.compared else {
        return vec![Cell::Missing; 16];
    };
    let [with_low, with_high] = bounds(it.with.interval);
    let [low, high] = bounds(Some(it.interval));
    let [people_low, people_high] = bounds(Some(it.people_interval));
    vec![
        it.with.whole.into(),
        it.with.part.into(),
        share(it.with.part, it.with.whole),
        with_low,
        with_high,
        it.without.into(),
        it.difference.into(),
        low,
        high,
        it.relative.into(),
        it.odds.into(),
        it.people_per_month.into(),
        people_low,
        people_high,
        it.p.into(),
        it.false_rate.into(),
    ]
}

fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Helps => "helps",
        Standing::Hinders => "hinders",
        Standing::Unsure => "unsure",
        Standing::Few => "few",
        Standing::OnTheWay => "on_the_way",
        Standing::AtTheEnd => "at_the_end",
    }
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
