//! Those with something against those who are like them, as columns.

use super::{Cell, Column, Unit, bounds};
use crate::contrast::Contrast;

const COUNT: usize = 16;

pub(super) fn columns() -> [Column; COUNT] {
    [
        Column::whole("with", Unit::None),
        Column::whole("with_part", Unit::None),
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
    ]
}

/// All missing where nothing was tested.
pub(super) fn cells(contrast: Option<&Contrast>) -> Vec<Cell> {
    let Some(it) = contrast else {
        return vec![Cell::Missing; COUNT];
    };
    let [with_low, with_high] = bounds(it.with.interval);
    let [low, high] = bounds(Some(it.interval));
    let [people_low, people_high] = bounds(Some(it.people_interval));
    vec![
        it.with.whole.into(),
        it.with.part.into(),
        super::share(it.with.part, it.with.whole),
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
