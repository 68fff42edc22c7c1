//! What goes with converting.

use super::{Amount, Body, DigestRow, Quantity, RowLabel, bar};
use crate::{
    kernel::drivers::{Driver, DriversAnswer, Standing},
    select::{
        Select,
        why::{DriverPart, DriversSelect},
    },
};

pub(super) fn body(answer: &DriversAnswer) -> Body {
    let all = answer.converted;
    let entered = Select::Drivers {
        of: DriversSelect::Entered,
    };
    Body {
        figures: vec![
            Amount::profiles(all.whole, entered).named(Quantity::Entered),
            Amount::share(all.part, all.whole, all.interval).named(Quantity::Converted),
        ],
        columns: vec![Quantity::Profiles, Quantity::Converted],
        rows: (answer.drivers.iter())
            .filter(|it| it.standing <= Standing::Hinders)
            .map(|it| row(it, all.whole))
            .collect(),
        ..Body::default()
    }
}

fn row(it: &Driver, whole: u64) -> DigestRow {
    let of = DriversSelect::Of {
        from: it.from.clone(),
        label: it.label.clone(),
        part: DriverPart::Did,
    };
    DigestRow {
        label: RowLabel::Line(it.label.clone()),
        bar: bar(it.did.whole, whole),
        cells: vec![
            Amount::profiles(it.did.whole, Select::Drivers { of }),
            Amount::share(it.did.part, it.did.whole, it.did.interval),
        ],
    }
}
