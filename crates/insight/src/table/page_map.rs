//! Clicks, scrolling and attention on a page.

use super::{Cell, Column, Table, Unit, passes, share};
use crate::kernel::page_map::{ClickTally, ElementBox, PageMapAnswer};

const CLICKS: [Column; 6] = [
    Column::whole("clicks", Unit::Events),
    Column::whole("profiles", Unit::Profiles),
    Column::whole("rage_clicks", Unit::Events),
    Column::whole("rage_profiles", Unit::Profiles),
    Column::whole("dead_clicks", Unit::Events),
    Column::whole("dead_profiles", Unit::Profiles),
];

pub(super) fn tables(answer: &PageMapAnswer) -> Vec<Table> {
    let columns = |more: Vec<Column>| {
        [Column::text("width")]
            .into_iter()
            .chain(more)
            .chain(CLICKS)
    };
    let mut elements = Table::new(
        "elements",
        columns(vec![
            Column::text("selector"),
            Column::text("text"),
            Column::whole("left", Unit::None),
            Column::whole("top", Unit::None),
            Column::whole("box_width", Unit::None),
            Column::whole("box_height", Unit::None),
        ]),
    );
    let mut cells = Table::new(
        "cells",
        columns(vec![
            Column::whole("row", Unit::None),
            Column::whole("column", Unit::None),
        ]),
    );
    let mut bands = Table::new(
        "bands",
        [
            Column::text("width"),
            Column::whole("top", Unit::None),
            Column::whole("views", Unit::Times),
            Column::whole("profiles", Unit::Profiles),
            Column::share("share_of_views"),
            Column::span("looked_ms"),
            Column::whole("lookers", Unit::Profiles),
        ],
    );
    let sizes = ["page_width", "page_height", "fold"].map(|it| Column::whole(it, Unit::None));
    let views = [
        Column::whole("views", Unit::Times),
        Column::whole("viewers", Unit::Profiles),
        Column::whole("more_elements", Unit::None),
    ];
    let mut totals = Table::new("totals", columns(sizes.into_iter().chain(views).collect()));
    for it in &answer.widths {
        let width = || Cell::from(it.class.name());
        for element in &it.elements {
            let side = |of: fn(&ElementBox) -> i64| Cell::from(element.at.as_ref().map(of));
            let head = [
                width(),
                element.selector.clone().into(),
                element.text.clone().into(),
                side(|it| it.left),
                side(|it| it.top),
                side(|it| it.width),
                side(|it| it.height),
            ];
            elements.push(head.into_iter().chain(clicks(&element.tally)));
        }
        for cell in &it.cells {
            let head = [width(), cell.place.row.into(), cell.place.column.into()];
            cells.push(head.into_iter().chain(clicks(&cell.tally)));
        }
        for band in &it.bands {
            let reached = passes(band.reached);
            let rest = [
                share(band.reached.times, it.views.times),
                band.looked_ms.into(),
                band.lookers.into(),
            ];
            let head = [width(), band.top.into()];
            bands.push(head.into_iter().chain(reached).chain(rest));
        }
        let head = [
            width(),
            it.page_width.into(),
            it.page_height.into(),
            it.fold.into(),
        ];
        let views = passes(it.views)
            .into_iter()
            .chain([it.more_elements.into()]);
        totals.push(head.into_iter().chain(views).chain(clicks(&it.clicks)));
    }
    let mut page = Table::new(
        "page",
        [
            Column::whole("visitors", Unit::Profiles),
            Column::whole("unplaced", Unit::Events),
        ],
    );
    page.push([answer.visitors.into(), answer.unplaced.into()]);
    vec![elements, cells, bands, totals, page]
}

fn clicks(it: &ClickTally) -> impl Iterator<Item = Cell> {
    [it.clicks, it.rage, it.dead].into_iter().flat_map(passes)
}
