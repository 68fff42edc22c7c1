//! Facts of many profiles, summed.

use std::collections::BTreeMap;

use throughline_model::{ProfileId, page_map::WidthClass};

use super::{
    CellPlace, ClickCell, ClickTally, ClickedElement, ELEMENTS_MAX, ElementBox, PageBand,
    PageMapAnswer, PageMapWidth,
    walk::{BAND_PX, Click, Fact, Walker, bands_reached, looks},
};
use crate::passes::Marked;

#[derive(Default)]
pub(super) struct Tally {
    widths: [Width; WidthClass::ALL.len()],
    visitors: Marked,
    unplaced: u64,
}

#[derive(Default)]
struct Width {
    views: Marked,
    clicks: Clicks,
    cells: BTreeMap<CellPlace, Clicks>,
    elements: BTreeMap<u32, Element>,
    bands: Vec<Band>,
    widths: Sizes,
    heights: Sizes,
    folds: Sizes,
}

#[derive(Default)]
struct Clicks {
    all: Marked,
    rage: Marked,
    dead: Marked,
}

#[derive(Default)]
struct Element {
    clicks: Clicks,
    /// The newest click, and what was written on the element then.
    text: (i64, u32),
    /// The newest click that tells where the element was.
    at: Option<(i64, ElementBox)>,
}

#[derive(Clone, Default)]
struct Band {
    reached: Marked,
    looked: Marked,
    looked_ms: u64,
}

/// How often each size came.
#[derive(Default)]
struct Sizes(BTreeMap<u32, u64>);

impl Tally {
    pub(super) fn add(&mut self, profile: ProfileId, fact: &Fact<'_>) {
        match fact {
            Fact::Unplaced => self.unplaced += 1,
            Fact::Visit { .. } => self.visitors.add(profile),
            Fact::Click(click) => {
                self.visitors.add(profile);
                self.width(click.class).click(profile, click);
            }
            Fact::View { class, reached } => {
                self.visitors.add(profile);
                let width = self.width(*class);
                width.views.add(profile);
                for band in 0..bands_reached(*reached) {
                    width.band(band).reached.add(profile);
                }
            }
            Fact::Look { class, bands } => {
                let width = self.width(*class);
                for (band, ms) in looks(bands) {
                    let band = width.band(band);
                    band.looked.add(profile);
                    band.looked_ms += ms;
                }
            }
            Fact::Size {
                class,
                width,
                height,
                window,
            } => {
                let sizes = self.width(*class);
                sizes.widths.add(Some(*width));
                sizes.heights.add(*height);
                sizes.folds.add(*window);
            }
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.visitors.merge(&other.visitors);
        self.unplaced += other.unplaced;
        for (own, other) in self.widths.iter_mut().zip(other.widths) {
            own.merge(other);
        }
    }

    pub(super) fn answer(self, walker: &Walker<'_>) -> PageMapAnswer {
        let widths = WidthClass::ALL.into_iter().zip(self.widths);
        PageMapAnswer {
            widths: widths.map(|(class, it)| it.told(class, walker)).collect(),
            visitors: self.visitors.passes.profiles,
            unplaced: self.unplaced,
        }
    }

    fn width(&mut self, class: WidthClass) -> &mut Width {
        &mut self.widths[class as usize]
    }
}

impl Width {
    fn click(&mut self, profile: ProfileId, click: &Click) {
        self.clicks.add(profile, click);
        self.cells
            .entry(click.place)
            .or_default()
            .add(profile, click);
        if click.element == 0 {
            return;
        }
        let element = self.elements.entry(click.element).or_default();
        element.clicks.add(profile, click);
        let (time, text, at) = click.told;
        element.text = element.text.max((time, text));
        element.at = element.at.max(at.map(|at| (time, at)));
    }

    fn band(&mut self, band: u32) -> &mut Band {
        let band = band as usize;
        if self.bands.len() <= band {
            self.bands.resize(band + 1, Band::default());
        }
        &mut self.bands[band]
    }

    fn merge(&mut self, other: Self) {
        self.views.merge(&other.views);
        self.clicks.merge(&other.clicks);
        for (place, clicks) in other.cells {
            self.cells.entry(place).or_default().merge(&clicks);
        }
        for (label, element) in other.elements {
            let own = self.elements.entry(label).or_default();
            own.clicks.merge(&element.clicks);
            own.text = own.text.max(element.text);
            own.at = own.at.max(element.at);
        }
        for (band, other) in (0..).zip(other.bands) {
            let own = self.band(band);
            own.reached.merge(&other.reached);
            own.looked.merge(&other.looked);
            own.looked_ms += other.looked_ms;
        }
        self.widths.merge(other.widths);
        self.heights.merge(other.heights);
        self.folds.merge(other.folds);
    }

    fn told(self, class: WidthClass, walker: &Walker<'_>) -> PageMapWidth {
        let mut elements: Vec<(u32, Element)> = self.elements.into_iter().collect();
        // Of two that are clicked as often, the one that comes first by name.
        elements.sort_by_key(|(label, it)| {
            let times = it.clicks.all.passes.times;
            (std::cmp::Reverse(times), *label)
        });
        let more_elements = elements.len().saturating_sub(ELEMENTS_MAX) as u64;
        elements.truncate(ELEMENTS_MAX);
        let cells = self.cells.into_iter().map(|(place, clicks)| ClickCell {
            place,
            tally: clicks.tally(),
        });
        let elements = elements.into_iter().map(|(label, it)| ClickedElement {
            selector: walker.selector(label).unwrap_or_default(),
            text: walker.text(it.text.1),
            at: it.at.map(|(_, at)| at),
            tally: it.clicks.tally(),
        });
        let bands = (0..)
            .zip(self.bands)
            .map(|(band, it): (u32, Band)| PageBand {
                top: band * BAND_PX,
                reached: it.reached.passes,
                looked_ms: it.looked_ms,
                lookers: it.looked.passes.profiles,
            });
        PageMapWidth {
            class,
            views: self.views.passes,
            clicks: self.clicks.tally(),
            page_width: self.widths.middle(),
            page_height: self.heights.middle(),
            fold: self.folds.middle(),
            cells: cells.collect(),
            elements: elements.collect(),
            more_elements,
            bands: bands.collect(),
        }
    }
}

impl Clicks {
    fn add(&mut self, profile: ProfileId, click: &Click) {
        self.all.add(profile);
        if click.is_rage {
            self.rage.add(profile);
        }
        if click.is_dead {
            self.dead.add(profile);
        }
    }

    fn merge(&mut self, other: &Self) {
        self.all.merge(&other.all);
        self.rage.merge(&other.rage);
        self.dead.merge(&other.dead);
    }

    fn tally(&self) -> ClickTally {
        ClickTally {
            clicks: self.all.passes,
            rage: self.rage.passes,
            dead: self.dead.passes,
        }
    }
}

impl Sizes {
    fn add(&mut self, px: Option<i64>) {
        if let Some(px) = px
            .and_then(|it| u32::try_from(it).ok())
            .filter(|it| *it > 0)
        {
            *self.0.entry(px).or_default() += 1;
        }
    }

    fn merge(&mut self, other: Self) {
        for (px, count) in other.0 {
            *self.0.entry(px).or_default() += count;
        }
    }

    /// Of an even count the lower one of the two in the middle.
    fn middle(&self) -> Option<u32> {
        let count: u64 = self.0.values().sum();
        let mut left = count.checked_sub(1)? / 2;
        for (px, times) in &self.0 {
            match left.checked_sub(*times) {
                Some(rest) => left = rest,
                None => return Some(*px),
            }
        }
        None
    }
}
