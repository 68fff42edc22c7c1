//! What tables about costs share.

use super::{Cell, Column, Unit};
use crate::kernel::cost::{CostTotal, PaidFor};

pub(super) const COST: [Column; 4] = [
    Column::text("currency"),
    Column::real("cost", Unit::Value),
    Column::whole("impressions", Unit::None),
    Column::whole("clicks", Unit::None),
];

pub(super) fn paid(total: &CostTotal, cost: PaidFor) -> [Cell; 4] {
    [
        total.currency.as_str().into(),
        cost.amount.into(),
        cost.impressions.into(),
        cost.clicks.into(),
    ]
}

/// One for each of the other; missing where there is none of it.
pub(super) fn ratio(part: f64, whole: f64) -> Cell {
    (whole > 0.0).then(|| part / whole).into()
}
