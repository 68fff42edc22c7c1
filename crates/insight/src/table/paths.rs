//! What follows what, and the most frequent whole ways.

use super::{Cell, Column, Table, Unit, passes};
use crate::{
    kernel::{paths::PathsAnswer, transitions::TransitionsAnswer},
    sequence::Names,
};

pub(super) fn transitions(answer: &TransitionsAnswer) -> Vec<Table> {
    let names = Names::of(answer.elements.iter().map(|it| &it.element));
    let mut pairs = Table::new(
        "transitions",
        [
            Column::text("from"),
            Column::text("from_name"),
            Column::text("to"),
            Column::text("to_name"),
            Column::whole("times", Unit::Times),
            Column::whole("profiles", Unit::Profiles),
            Column::span("median_ms"),
            Column::span("p90_ms"),
        ],
    );
    for it in &answer.transitions {
        let ends = names.cells(&it.from).into_iter().chain(names.cells(&it.to));
        let times = [it.median_ms.into(), it.p90_ms.into()];
        pairs.push(ends.chain(passes(it.passes)).chain(times));
    }
    let mut elements = Table::new(
        "elements",
        [
            Column::text("element"),
            Column::text("name"),
            Column::whole("visits", Unit::Times),
            Column::whole("visits_profiles", Unit::Profiles),
            Column::whole("starts", Unit::Times),
            Column::whole("starts_profiles", Unit::Profiles),
            Column::whole("ends", Unit::Times),
            Column::whole("ends_profiles", Unit::Profiles),
        ],
    );
    for it in &answer.elements {
        let named = names.cells(&it.element.id).into_iter();
        let counted = [it.visits, it.starts, it.ends].into_iter().flat_map(passes);
        elements.push(named.chain(counted));
    }
    let mut totals = Table::new("totals", [Column::whole("sequences", Unit::Times)]);
    totals.push([answer.sequences.into()]);
    vec![pairs, elements, totals]
}

pub(super) fn tables(answer: &PathsAnswer) -> Vec<Table> {
    let names = Names::of(&answer.elements);
    let mut paths = Table::new(
        "paths",
        [
            Column::whole("number", Unit::None),
            Column::text("path"),
            Column::whole("length", Unit::None),
            Column::whole("times", Unit::Times),
            Column::whole("profiles", Unit::Profiles),
            Column::span("median_ms"),
            Column::span("p90_ms"),
        ],
    );
    // A name may hold an arrow itself, so the elements are told one by one too.
    let mut places = Table::new(
        "places",
        [
            Column::whole("number", Unit::None),
            Column::whole("place", Unit::None),
            Column::text("element"),
            Column::text("name"),
        ],
    );
    for (number, it) in (1_u64..).zip(&answer.paths) {
        let path: Vec<&str> = it.elements.iter().map(|id| names.name(id)).collect();
        let named = [number.into(), path.join(" → ").into(), path.len().into()];
        let times = [it.median_ms.into(), it.p90_ms.into()];
        paths.push(named.into_iter().chain(passes(it.passes)).chain(times));
        for (place, id) in (1_u64..).zip(&it.elements) {
            let at = [number.into(), place.into()].into_iter();
            places.push(at.chain(names.cells(id)));
        }
    }
    let mut totals = Table::new(
        "totals",
        [
            Column::whole("total", Unit::Times),
            Column::whole("total_profiles", Unit::Profiles),
            Column::whole("rest", Unit::Times),
            Column::whole("rest_profiles", Unit::Profiles),
            Column::whole("unfinished", Unit::Times),
            Column::whole("unfinished_profiles", Unit::Profiles),
            Column::whole("cut", Unit::Times),
            Column::whole("ways", Unit::None),
        ],
    );
    let counted = [answer.total, answer.rest, answer.unfinished];
    let counted = counted.into_iter().flat_map(passes);
    totals.push(counted.chain([answer.cut.into(), answer.variants.into()]));
    vec![paths, totals, places]
}

impl Names<'_> {
    /// The id and the name.
    pub(super) fn cells(&self, id: &str) -> [Cell; 2] {
        [id.into(), self.name(id).into()]
    }
}
