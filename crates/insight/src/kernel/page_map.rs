//! Where a page is clicked, how far it is read, and what of it is looked at, by the width of the window.
//!
//! Places are told in twentieths of the width of the page, downwards as well, so that pages of unlike widths lie on
//! each other. Bands are told in CSS pixels, as they were measured.

mod tally;
mod walk;

use serde::{Deserialize, Serialize};
use throughline_model::{
    ProfileId,
    page_map::{PageMap, WidthClass},
};
use utoipa::ToSchema;

use self::{
    tally::Tally,
    walk::{Fact, Room, Walker},
};
use crate::{
    ask::{AskError, Counted, LeftOut, When},
    passes::Passes,
    scan::scan,
    select::counts::{PageMapPart, PageMapSelect},
    view::View,
};

/// Cells from the left to the right edge of a page.
pub const COLUMNS: i64 = 20;
/// Rows of cells that are told; what lies below them is in the last one.
pub const ROWS_MAX: i64 = 1_000;
/// Elements of one width that are listed.
pub const ELEMENTS_MAX: usize = 100;

/// A page at three widths.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PageMapAnswer {
    /// Phone, tablet and desktop, also those that nobody came with.
    pub widths: Vec<PageMapWidth>,
    /// Who was on the page at any width.
    pub visitors: u64,
    /// Clicks of the page that do not say where they were made.
    pub unplaced: u64,
}

/// A page at one width.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PageMapWidth {
    pub class: WidthClass,
    /// Views of the page of which it is known how far they were scrolled.
    pub views: Passes,
    pub clicks: ClickTally,
    /// The middle one of all widths of the page; none where nobody came with.
    pub page_width: Option<u32>,
    pub page_height: Option<u32>,
    /// The middle one of all heights of the window: what is seen before anybody scrolls.
    pub fold: Option<u32>,
    /// Cells with a click, row by row.
    pub cells: Vec<ClickCell>,
    /// The most clicked first.
    pub elements: Vec<ClickedElement>,
    /// Elements beyond those that are listed.
    pub more_elements: u64,
    /// From the top; none below the deepest that anybody reached.
    pub bands: Vec<PageBand>,
}

/// Clicks, and how many of them went wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct ClickTally {
    pub clicks: Passes,
    /// The last of several quick ones in one place.
    pub rage: Passes,
    /// Nothing came of them, as far as it was waited for.
    pub dead: Passes,
}

/// A place on the page, in twentieths of its width.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CellPlace {
    pub row: u32,
    pub column: u32,
}

/// Clicks in one place.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct ClickCell {
    #[serde(flatten)]
    pub place: CellPlace,
    #[serde(flatten)]
    pub tally: ClickTally,
}

/// Clicks on one element.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ClickedElement {
    pub selector: String,
    /// What was written on it at the newest click.
    pub text: Option<String>,
    /// Where it was at the newest click that tells it.
    pub at: Option<ElementBox>,
    #[serde(flatten)]
    pub tally: ClickTally,
}

/// A box on a page, each side in thousandths of the width of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
pub struct ElementBox {
    pub left: i64,
    pub top: i64,
    pub width: i64,
    pub height: i64,
}

/// A band of the page, as high as 100 CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct PageBand {
    /// From the top of the page, in CSS pixels.
    pub top: u32,
    /// Views that were scrolled so far.
    pub reached: Passes,
    /// How long it was in sight of somebody who was there, over all views.
    pub looked_ms: u64,
    /// Profiles that it was in sight of.
    pub lookers: u64,
}

pub(crate) fn answer(
    view: &View<'_>,
    report: &PageMap,
    when: &When,
) -> Result<Counted<PageMapAnswer>, AskError> {
    let walker = Walker::new(view, report, when)?;
    let begin = || (Tally::default(), Room::default());
    let states = scan(view.snapshot, view.cancel, begin, |(tally, room), rows| {
        walker.visit(rows, room, &mut |fact| tally.add(rows.profile, &fact));
    })?;
    let mut tally = Tally::default();
    for (state, _) in states {
        tally.merge(state);
    }
    let numbers = tally.answer(&walker);
    Ok(Counted {
        n: numbers.visitors,
        left_out: LeftOut {
            ungrouped: numbers.unplaced,
            capped: numbers.widths.iter().map(|it| it.more_elements).sum(),
            ..LeftOut::default()
        },
        numbers,
    })
}

pub(crate) fn people(
    view: &View<'_>,
    report: &PageMap,
    select: &PageMapSelect,
    when: &When,
) -> Result<Vec<ProfileId>, AskError> {
    let walker = Walker::new(view, report, when)?;
    let element = match &select.of {
        PageMapPart::Element(selector) => {
            let label = walker.element(selector);
            Some(
                label
                    .ok_or_else(|| AskError::fault("select.of", "is not in the report's answer"))?,
            )
        }
        _ => None,
    };
    let fits = |fact: &Fact<'_>| {
        let is_wide = |class| select.width.is_none_or(|it| it == class);
        match (fact, &select.of) {
            (Fact::Unplaced, _) => false,
            (Fact::Click(click), of) if is_wide(click.class) => match of {
                PageMapPart::Visited | PageMapPart::Clicked => true,
                PageMapPart::Rage => click.is_rage,
                PageMapPart::Dead => click.is_dead,
                PageMapPart::Cell(place) => click.place == *place,
                PageMapPart::Element(_) => element == Some(click.element),
                PageMapPart::Viewed | PageMapPart::Reached(_) | PageMapPart::Looked(_) => false,
            },
            (Fact::View { class, reached }, of) if is_wide(*class) => match of {
                PageMapPart::Visited | PageMapPart::Viewed => true,
                PageMapPart::Reached(top) => walk::reaches(*reached, *top),
                _ => false,
            },
            (Fact::Visit { class }, PageMapPart::Visited) => is_wide(*class),
            (Fact::Look { class, bands }, PageMapPart::Looked(top)) if is_wide(*class) => {
                walk::looks(bands).any(|(band, _)| band * walk::BAND_PX == *top)
            }
            _ => false,
        }
    };
    let begin = || (Vec::new(), Room::default());
    let states = scan(view.snapshot, view.cancel, begin, |(found, room), rows| {
        let mut is_in = false;
        walker.visit(rows, room, &mut |fact| is_in |= fits(&fact));
        if is_in {
            found.push(rows.profile);
        }
    })?;
    let mut profiles: Vec<ProfileId> = states.into_iter().flat_map(|(it, _)| it).collect();
    profiles.sort_unstable();
    Ok(profiles)
}

#[cfg(test)]
mod tests;
