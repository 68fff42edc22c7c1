//! What people of each side click on a page, and how far they read it.

use throughline_model::page_map::WidthClass;

use super::figure::{FigureName, FigureOf, FigureUnit, Figures, Measure, both};
use crate::{
    kernel::page_map::{ClickedElement, PageMapAnswer, PageMapWidth},
    passes::Passes,
    select::{
        Select,
        counts::{PageMapPart, PageMapSelect},
    },
};

/// Depths are compared at each multiple of so many pixels: bands are many, and say nearly the same as the next.
const DEPTH_PX: u32 = 500;

pub(super) fn figures(figures: &mut Figures<'_>, a: &PageMapAnswer, b: &PageMapAnswer) {
    // Both have all widths, in the same order.
    for (of_a, of_b) in a.widths.iter().zip(&b.widths) {
        let (class, sides) = (of_a.class, [of_a, of_b]);
        depths(figures, class, sides);
        wrong(figures, class, sides);
        elements(figures, class, sides);
    }
}

fn depths(figures: &mut Figures<'_>, class: WidthClass, sides: [&PageMapWidth; 2]) {
    let deepest = sides.map(|it| it.bands.last().map_or(0, |it| it.top));
    let last = deepest[0].max(deepest[1]);
    for top in (DEPTH_PX..=last).step_by(DEPTH_PX as usize) {
        let shares = sides.map(|it| {
            let band = it.bands.iter().find(|it| it.top == top);
            let part = band.map_or(0, |it| it.reached.profiles);
            let whole = it.views.profiles;
            Measure::Share { part, whole }
        });
        let names = vec![FigureName::Width(class), FigureName::Depth(top)];
        let select = select(class, PageMapPart::Reached(top));
        figures.shares(FigureOf::PageReached, names, shares, select);
    }
}

fn wrong(figures: &mut Figures<'_>, class: WidthClass, sides: [&PageMapWidth; 2]) {
    let mut share = |of, clicks: fn(&PageMapWidth) -> Passes, part| {
        if sides.iter().all(|it| it.clicks.clicks.profiles == 0) {
            return;
        }
        let shares = sides.map(|it| Measure::Share {
            part: clicks(it).profiles,
            whole: it.clicks.clicks.profiles,
        });
        let names = vec![FigureName::Width(class)];
        figures.shares(of, names, shares, select(class, part));
    };
    share(FigureOf::PageRage, |it| it.clicks.rage, PageMapPart::Rage);
    share(FigureOf::PageDead, |it| it.clicks.dead, PageMapPart::Dead);
}

fn elements(figures: &mut Figures<'_>, class: WidthClass, sides: [&PageMapWidth; 2]) {
    let [of_a, of_b] = sides.map(|it| it.elements.iter().map(|it| it.selector.as_str()));
    for selector in both(of_a, of_b) {
        let found = sides.map(|side| (side, find(side, selector)));
        let names = || {
            let shown = found.iter().find_map(|it| it.1);
            let text = shown.and_then(|it| it.text.as_deref());
            let name = text.unwrap_or(selector).to_owned();
            let id = selector.to_owned();
            vec![FigureName::Width(class), FigureName::Element { id, name }]
        };
        // An element that is not listed was clicked by nobody only where all are.
        let clicks = |(side, found): &(&PageMapWidth, Option<&ClickedElement>)| match found {
            Some(it) => Some(it.tally.clicks),
            None => (side.more_elements == 0).then(Passes::default),
        };
        let people = |is_there: bool| {
            let part = PageMapPart::Element(selector.to_owned());
            is_there.then(|| select(class, part))
        };
        let clicked = found.map(|it| {
            let whole = it.0.clicks.clicks.profiles;
            let share = clicks(&it).map_or(Measure::unknown(whole), |clicks| Measure::Share {
                part: clicks.profiles,
                whole,
            });
            (share, people(it.1.is_some()))
        });
        figures.push(FigureOf::PageElement, names(), FigureUnit::Share, clicked);
        // One person clicks often and comes often, so that clicks by views have no interval.
        let per_view = found.map(|it| {
            let views = it.0.views;
            let value = clicks(&it)
                .filter(|_| views.times > 0)
                .map(|clicks| clicks.times as f64 / views.times as f64);
            let n = views.profiles;
            (Measure::Plain { value, n }, people(it.1.is_some()))
        });
        figures.push(FigureOf::PageClicks, names(), FigureUnit::Plain, per_view);
    }
}

fn find<'a>(width: &'a PageMapWidth, selector: &str) -> Option<&'a ClickedElement> {
    width.elements.iter().find(|it| it.selector == selector)
}

fn select(class: WidthClass, of: PageMapPart) -> Select {
    Select::PageMap(PageMapSelect {
        width: Some(class),
        of,
    })
}
