//! What each profile did on the page, one fact after the other.

use std::{collections::BTreeMap, sync::Arc};

use arrow::array::Array as _;
use throughline_model::{
    EventName,
    page_map::{PageMap, WidthClass},
};
use throughline_store::Values;
use xxhash_rust::xxh3::xxh3_64;

use super::{COLUMNS, CellPlace, ElementBox, ROWS_MAX};
use crate::{
    ask::{AskError, When},
    captured::{field, text_of},
    labels::Labels,
    rule::Condition,
    scan::{Place, ProfileRows},
    view::View,
};

/// Height of a band, in CSS pixels.
pub(super) const BAND_PX: u32 = 100;
/// Bands of a page that are told, as the library measures no more.
const BANDS_MAX: u32 = 200;
/// A time in sight is told in tenths of a second.
const LOOK_UNIT_MS: u64 = 100;
/// No page is larger; what says so is a mistake.
const PX_MAX: f64 = 1e6;

/// One thing that a profile did on the page.
pub(super) enum Fact<'a> {
    Click(Click),
    /// A click of which it is not known where it was made.
    Unplaced,
    /// A view, and how far down it was scrolled at most, in CSS pixels.
    View {
        class: WidthClass,
        reached: i64,
    },
    /// A part of a view that does not say of which, or how far it was scrolled.
    Visit {
        class: WidthClass,
    },
    /// How long bands were in sight, as the library writes it.
    Look {
        class: WidthClass,
        bands: &'a str,
    },
    /// How large page and window were.
    Size {
        class: WidthClass,
        width: i64,
        height: Option<i64>,
        window: Option<i64>,
    },
}

pub(super) struct Click {
    pub(super) class: WidthClass,
    pub(super) place: CellPlace,
    pub(super) is_rage: bool,
    pub(super) is_dead: bool,
    /// Label of the element; 0 for none.
    pub(super) element: u32,
    /// When it was, what was written on the element, and where that was.
    pub(super) told: (i64, u32, Option<ElementBox>),
}

/// What is written down while one profile is looked at.
#[derive(Default)]
pub(super) struct Room {
    /// How far each view was scrolled, by what names it.
    views: BTreeMap<(WidthClass, u64), i64>,
}

pub(super) struct Walker<'v> {
    from: i64,
    to: i64,
    report: &'v PageMap,
    clicked: Option<u16>,
    left: Option<u16>,
    page: Condition,
    selectors: Labels<'v>,
    texts: Labels<'v>,
    columns: Columns,
}

/// The fields that are read of each event.
struct Columns {
    x: Column,
    y: Column,
    page_width: Column,
    page_height: Column,
    viewport_width: Column,
    viewport_height: Column,
    within: Column,
    reaction: Column,
    reaction_ms: Column,
    element: [Column; 4],
    view: Column,
    reached: Column,
    bands: Column,
}

/// A field by run.
struct Column(Vec<Arc<Values>>);

impl<'v> Walker<'v> {
    pub(super) fn new(
        view: &'v View<'_>,
        report: &'v PageMap,
        when: &When,
    ) -> Result<Self, AskError> {
        let code = |name: &str| {
            let name = EventName::parse(name).expect("names of ours are sound");
            view.snapshot.names.code(&name).map(|it| it.0)
        };
        let column = |path: &str| Column::of(view, path);
        Ok(Self {
            from: when.range.from.0,
            to: when.range.to.0,
            report,
            clicked: code("element_clicked"),
            left: code("page_left"),
            page: view.rule(Some(&report.rule()))?,
            selectors: Labels::of(view, &field("element.selector"))?,
            texts: Labels::of(view, &field("element.text"))?,
            columns: Columns {
                x: column("x")?,
                y: column("y")?,
                page_width: column("page_width")?,
                page_height: column("page_height")?,
                viewport_width: column("viewport_width")?,
                viewport_height: column("viewport_height")?,
                within: column(&format!("within.{}", report.rage_clicks))?,
                reaction: column("reaction")?,
                reaction_ms: column("reaction_ms")?,
                element: [
                    column("element.left")?,
                    column("element.top")?,
                    column("element.width")?,
                    column("element.height")?,
                ],
                view: column("view")?,
                reached: column("reached")?,
                bands: column("bands")?,
            },
        })
    }

    /// The label of an element, where one has this selector.
    pub(super) fn element(&self, selector: &str) -> Option<u32> {
        let count = u32::try_from(self.selectors.count()).expect("labels fit 32 bits");
        (1..count).find(|label| self.selector(*label).as_deref() == Some(selector))
    }

    pub(super) fn selector(&self, label: u32) -> Option<String> {
        text_of(&self.selectors, label)
    }

    pub(super) fn text(&self, label: u32) -> Option<String> {
        text_of(&self.texts, label)
    }

    /// Tells everything that a profile did on the page.
    pub(super) fn visit(
        &self,
        rows: &ProfileRows<'_>,
        room: &mut Room,
        tell: &mut impl FnMut(Fact<'_>),
    ) {
        room.views.clear();
        for index in rows.between(self.from, self.to) {
            let (event, place) = (Some(rows.event[index]), rows.place(index));
            let is_click = event == self.clicked;
            if (!is_click && event != self.left) || !self.page.holds(rows.event[index], place) {
                continue;
            }
            let columns = &self.columns;
            let window = columns.viewport_width.px(place);
            let class = window.map(|it| self.report.class_of(it));
            if let (Some(class), Some(width)) = (class, columns.page_width.px(place)) {
                tell(Fact::Size {
                    class,
                    width,
                    height: columns.page_height.px(place),
                    window: columns.viewport_height.px(place),
                });
            }
            match class {
                None if is_click => tell(Fact::Unplaced),
                None => {}
                Some(class) if is_click => match self.click(rows, index, class) {
                    Some(click) => tell(Fact::Click(click)),
                    None => tell(Fact::Unplaced),
                },
                Some(class) => {
                    match (columns.view.text(place), columns.reached.px(place)) {
                        (Some(name), Some(reached)) => {
                            let view = room.views.entry((class, xxh3_64(name.as_bytes())));
                            let deepest = view.or_default();
                            *deepest = reached.max(*deepest);
                        }
                        _ => tell(Fact::Visit { class }),
                    }
                    if let Some(bands) = columns.bands.text(place) {
                        tell(Fact::Look { class, bands });
                    }
                }
            }
        }
        for ((class, _), reached) in &room.views {
            tell(Fact::View {
                class: *class,
                reached: *reached,
            });
        }
    }

    fn click(&self, rows: &ProfileRows<'_>, index: usize, class: WidthClass) -> Option<Click> {
        let (columns, place) = (&self.columns, rows.place(index));
        let width = columns.page_width.px(place).filter(|it| *it > 0)?;
        let (x, y) = (columns.x.px(place)?, columns.y.px(place)?);
        let within = columns.within.px(place);
        let reaction = columns.reaction_ms.px(place);
        // A click that tells no reaction because it was never waited for is not dead.
        let was_waited = columns.reaction.is_set(place);
        let label = |labels: &Labels<'_>| labels.label(rows, index);
        Some(Click {
            class,
            place: CellPlace {
                row: cell(y, width, ROWS_MAX),
                column: cell(x, width, COLUMNS),
            },
            is_rage: within.is_some_and(|it| it <= self.report.rage_within.0),
            is_dead: was_waited && reaction.is_none_or(|it| it > self.report.dead_after.0),
            element: label(&self.selectors),
            told: (
                rows.time[index],
                label(&self.texts),
                columns.boxed(place, width),
            ),
        })
    }
}

impl Columns {
    fn boxed(&self, place: Place, width: i64) -> Option<ElementBox> {
        let side = |column: &Column| Some(column.px(place)? * 1_000 / width);
        let [left, top, wide, high] = &self.element;
        Some(ElementBox {
            left: side(left)?,
            top: side(top)?,
            width: side(wide)?,
            height: side(high)?,
        })
    }
}

impl Column {
    fn of(view: &View<'_>, path: &str) -> Result<Self, AskError> {
        let runs = view.snapshot.runs.iter();
        let values = runs.map(|run| {
            view.cancel.check()?;
            Ok(run.values(&field(path))?)
        });
        values.collect::<Result<_, AskError>>().map(Self)
    }

    /// A number without its fraction; none where it is missing or beyond all measure.
    fn px(&self, place: Place) -> Option<i64> {
        let numbers = self.0[place.run as usize].number.as_ref()?;
        let row = place.row as usize;
        let number = numbers.is_valid(row).then(|| numbers.value(row))?;
        (number.abs() <= PX_MAX).then_some(number as i64)
    }

    /// Whether there is a value, of any type.
    fn is_set(&self, place: Place) -> bool {
        let (values, row) = (&self.0[place.run as usize], place.row as usize);
        let has_text = values.text.as_ref().is_some_and(|it| it.get(row).is_some());
        let has_number = values.number.as_ref().is_some_and(|it| it.is_valid(row));
        has_text || has_number || values.flag.as_ref().is_some_and(|it| it.is_valid(row))
    }

    fn text(&self, place: Place) -> Option<&str> {
        let values = &self.0[place.run as usize];
        let (codes, texts) = (values.text.as_ref()?, values.texts.as_ref()?);
        Some(texts.value(codes.get(place.row as usize)?))
    }
}

/// Bands that were in sight, and for how many milliseconds.
pub(super) fn looks(bands: &str) -> impl Iterator<Item = (u32, u64)> {
    let numbers = (0..BANDS_MAX).zip(bands.split(' '));
    numbers.filter_map(|(band, text)| {
        // A day is more than anybody looks at a page.
        let tenths = text
            .parse::<u64>()
            .ok()
            .filter(|it| (1..864_000).contains(it))?;
        Some((band, tenths * LOOK_UNIT_MS))
    })
}

/// Whether a view that was scrolled so far has shown something of the band that begins at `top`.
pub(super) fn reaches(reached: i64, top: u32) -> bool {
    reached > i64::from(top)
}

/// Bands that a view has shown something of.
pub(super) fn bands_reached(reached: i64) -> u32 {
    let bands = reached.max(0).unsigned_abs().div_ceil(u64::from(BAND_PX));
    u32::try_from(bands).unwrap_or(BANDS_MAX).min(BANDS_MAX)
}

/// The cell of a place, of which the width of the page has [`COLUMNS`].
fn cell(px: i64, width: i64, count: i64) -> u32 {
    let cell = (px * COLUMNS / width).clamp(0, count - 1);
    u32::try_from(cell).expect("clamped above")
}
