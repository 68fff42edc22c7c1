//! Events and profiles over time.

use super::{Cell, Column, LINE, POINT, Table, Unit, line, point};
use crate::{
    kernel::counts::{Count, CountsAnswer},
    select::counts::SeriesName,
};

pub(super) fn tables(answer: &CountsAnswer) -> Vec<Table> {
    let series = [Column::text("series"), Column::flag("is_rest")];
    let counted = [
        Column::whole("events", Unit::Events),
        Column::whole("profiles", Unit::Profiles),
    ];
    let named = || series.clone().into_iter().chain(LINE);
    let mut points = Table::new("points", named().chain(POINT).chain(counted.clone()));
    let mut totals = Table::new("totals", named().chain(counted));
    for series in &answer.series {
        let name = || {
            name(&series.name)
                .into_iter()
                .chain(line(series.label.as_ref()))
        };
        for (at, count) in answer.points.iter().zip(&series.points) {
            points.push(name().chain(point(at)).chain(counts(*count)));
        }
        totals.push(name().chain(counts(series.total)));
    }
    // An event may be in several series, so this is no sum of the rows above.
    let all = [Cell::Missing, false.into()];
    totals.push(
        all.into_iter()
            .chain(line(None))
            .chain(counts(answer.total)),
    );
    vec![points, totals]
}

fn name(series: &SeriesName) -> [Cell; 2] {
    match series {
        SeriesName::Name(name) => [name.as_str().into(), false.into()],
        SeriesName::Rest => [Cell::Missing, true.into()],
    }
}

fn counts(count: Count) -> [Cell; 2] {
    [count.events.into(), count.profiles.into()]
}
