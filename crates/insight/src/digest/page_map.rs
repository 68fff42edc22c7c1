//! The elements of a page that are clicked most, at the width that most clicks are of.

use super::{Amount, Body, DigestRow, Quantity, RowLabel, bar};
use crate::{
    kernel::page_map::PageMapAnswer,
    select::{
        Select,
        counts::{PageMapPart, PageMapSelect},
    },
};

pub(super) fn body(answer: &PageMapAnswer) -> Body {
    let select = |width, of| Select::PageMap(PageMapSelect { width, of });
    let sum = |of: fn(&crate::kernel::page_map::PageMapWidth) -> u64| {
        Amount::count(answer.widths.iter().map(of).sum())
    };
    let figures = vec![
        Amount::profiles(answer.visitors, select(None, PageMapPart::Visited))
            .named(Quantity::Visitors),
        sum(|it| it.views.times).named(Quantity::Views),
        sum(|it| it.clicks.clicks.times).named(Quantity::Clicks),
        sum(|it| it.clicks.rage.times).named(Quantity::RageClicks),
        sum(|it| it.clicks.dead.times).named(Quantity::DeadClicks),
    ];
    // Of two widths with as many clicks, the narrower one.
    let widths = answer.widths.iter().rev();
    let Some(widest) = widths.max_by_key(|it| it.clicks.clicks.times) else {
        return Body {
            figures,
            ..Body::default()
        };
    };
    let most = widest.elements.first().map(|it| it.tally.clicks.times);
    Body {
        figures,
        columns: vec![
            Quantity::Clicks,
            Quantity::Profiles,
            Quantity::RageClicks,
            Quantity::DeadClicks,
        ],
        rows: (widest.elements.iter())
            .map(|it| {
                let of = PageMapPart::Element(it.selector.clone());
                DigestRow {
                    label: RowLabel::Name(it.text.clone().unwrap_or_else(|| it.selector.clone())),
                    bar: bar(it.tally.clicks.times, most.unwrap_or(0)),
                    cells: vec![
                        Amount::count(it.tally.clicks.times),
                        Amount::profiles(it.tally.clicks.profiles, select(Some(widest.class), of)),
                        Amount::count(it.tally.rage.times),
                        Amount::count(it.tally.dead.times),
                    ],
                }
            })
            .collect(),
        more: widest.more_elements,
        ..Body::default()
    }
}
