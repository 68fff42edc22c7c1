use std::collections::{BTreeMap, BTreeSet};

use expect_test::{Expect, expect};
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use throughline_model::{Channel, EventCode, Timestamp, Vocabulary, report::Report};
use throughline_store::Snapshot;

use super::*;
use crate::{
    ask::{Numbers, ask, people},
    cancel::Cancel,
    fixture::{LAYOUTS, Layout, Log, at},
    select::Select,
};

fn read(more: &str) -> Report {
    let text = format!(r#"{{"kind":"page_map","range":{{"all":true}}{more}}}"#);
    serde_json::from_str(&text).expect(&text)
}

fn asked(log: &Log, layout: Layout, report: &Report) -> PageMapAnswer {
    let (vocabulary, cancel) = (Vocabulary::default(), Cancel::default());
    let snapshot = log.laid_out(layout);
    let answer = ask(&snapshot, &vocabulary, report, at("9d00:00"), &cancel);
    let Numbers::PageMap(found) = answer.expect("sound").numbers else {
        panic!("a map of a page")
    };
    found
}

fn chosen(
    snapshot: &Snapshot,
    report: &Report,
    width: Option<WidthClass>,
    of: PageMapPart,
) -> Vec<u32> {
    let found = people(
        snapshot,
        &Vocabulary::default(),
        report,
        &Select::PageMap(PageMapSelect { width, of }),
        at("9d00:00"),
        &Cancel::default(),
    );
    found
        .expect("in the answer")
        .into_iter()
        .map(|it| it.0)
        .collect()
}

fn shown(answer: &PageMapAnswer) -> String {
    let pair = |it: Passes| format!("{} by {}", it.times, it.profiles);
    let clicks = |it: &ClickTally| {
        format!(
            "{}, rage {}, dead {}",
            pair(it.clicks),
            pair(it.rage),
            pair(it.dead)
        )
    };
    let mut text = format!(
        "{} visitors, {} unplaced\n",
        answer.visitors, answer.unplaced
    );
    for it in &answer.widths {
        let sizes = [it.page_width, it.page_height, it.fold].map(Option::unwrap_or_default);
        text += &format!(
            "{}: {} views, {sizes:?}, {}\n",
            it.class.name(),
            pair(it.views),
            clicks(&it.clicks)
        );
        for cell in &it.cells {
            let CellPlace { row, column } = cell.place;
            text += &format!("  cell {row}/{column}: {}\n", clicks(&cell.tally));
        }
        for element in &it.elements {
            let at = element.at.map(|it| [it.left, it.top, it.width, it.height]);
            let name = element.text.as_deref().unwrap_or("–");
            text += &format!(
                "  {} {name} {at:?}: {}\n",
                element.selector,
                clicks(&element.tally)
            );
        }
        for band in &it.bands {
            text += &format!(
                "  from {}: {}, {} ms by {}\n",
                band.top,
                pair(band.reached),
                band.looked_ms,
                band.lookers
            );
        }
    }
    text
}

fn check(log: &str, more: &str, expected: Expect) {
    let (log, report) = (Log::read(log), read(more));
    let all = LAYOUTS.map(|layout| shown(&asked(&log, layout, &report)));
    assert_eq!(all[0], all[1]);
    assert_eq!(all[0], all[2]);
    expected.assert_eq(&all[0]);
}

#[test]
fn clicks_lie_in_cells_of_the_width_of_the_page() {
    check(
        r##"
        ana 09:00 element_clicked web {"path":"/","x":399,"y":0,"page_width":400,"page_height":3000,"viewport_width":400,"viewport_height":800,"reaction":"change","reaction_ms":20}
        ana 09:01 element_clicked web {"path":"/","x":400,"y":799,"page_width":800,"page_height":1600,"viewport_width":800,"viewport_height":600,"reaction":"change","reaction_ms":20}
        ben 09:02 element_clicked web {"path":"/","x":600,"y":600,"page_width":1200,"page_height":1000,"viewport_width":1200,"viewport_height":700,"reaction":"change","reaction_ms":20}
        ben 09:03 element_clicked web {"path":"/other","x":600,"y":600,"page_width":1200,"viewport_width":1200}
        ben 09:04 element_clicked web {"path":"/","x":-5,"y":99999,"page_width":1200,"viewport_width":1200,"reaction":"change","reaction_ms":2501}
        ben 09:05 element_clicked web {"path":"/","x":5,"y":5,"page_width":0,"viewport_width":1200}
        ben 09:06 element_clicked web {"path":"/"}
        "##,
        r#","page":{"is":["/"]}"#,
        expect![[r#"
            2 visitors, 2 unplaced
            phone: 0 by 0 views, [400, 3000, 800], 1 by 1, rage 0 by 0, dead 0 by 0
              cell 0/19: 1 by 1, rage 0 by 0, dead 0 by 0
            tablet: 0 by 0 views, [800, 1600, 600], 1 by 1, rage 0 by 0, dead 0 by 0
              cell 19/10: 1 by 1, rage 0 by 0, dead 0 by 0
            desktop: 0 by 0 views, [1200, 1000, 700], 2 by 1, rage 0 by 0, dead 1 by 1
              cell 10/10: 1 by 1, rage 0 by 0, dead 0 by 0
              cell 999/0: 1 by 1, rage 0 by 0, dead 1 by 1
        "#]],
    );
}

const SHOP: &str = r##"
    ana 09:00 element_clicked web {"path":"/a","x":10,"y":10,"page_width":1000,"viewport_width":1100,"reaction":"none","waited_ms":5000,"element":{"selector":"#buy","text":"Buy","left":0,"top":0,"width":100,"height":50}}
    ana 09:00:01 element_clicked web {"path":"/a","x":10,"y":10,"page_width":1000,"viewport_width":1100,"within":{"2":300},"reaction":"change","reaction_ms":900,"element":{"selector":"#buy","text":"Buy now"}}
    ana 09:00:02 element_clicked web {"path":"/a","x":10,"y":10,"page_width":1000,"viewport_width":1100,"within":{"2":300,"3":600},"reaction":"scroll","reaction_ms":10,"element":{"selector":"#buy","text":"Buy now"}}
    ana 09:01 page_left web {"path":"/a","view":"1","page_width":1000,"viewport_width":1100,"viewport_height":500,"reached":500,"bands":"10 10 0 x 3"}
    ana 09:02 page_left web {"path":"/a","view":"1","page_width":1000,"viewport_width":1100,"viewport_height":700,"reached":301,"bands":"10"}
    ben 09:00 page_left web {"path":"/b","view":"1","page_width":1000,"viewport_width":1100,"viewport_height":700,"reached":100,"bands":""}
    ben 09:01 page_left web {"path":"/b","view":"2","page_width":300,"viewport_width":300}
    cem 09:02 page_left web {"path":"/b","page_width":300,"viewport_width":300,"reached":100}
    cem 09:03 element_clicked web {"path":"/b","x":10,"y":10,"page_width":300,"viewport_width":300}
"##;

#[test]
fn a_view_is_as_deep_as_its_deepest_part_and_looks_are_summed() {
    check(
        SHOP,
        r#","page":{"starts_with":"/"}"#,
        expect![[r#"
            3 visitors, 0 unplaced
            phone: 0 by 0 views, [300, 0, 0], 1 by 1, rage 0 by 0, dead 0 by 0
              cell 0/0: 1 by 1, rage 0 by 0, dead 0 by 0
            tablet: 0 by 0 views, [0, 0, 0], 0 by 0, rage 0 by 0, dead 0 by 0
            desktop: 2 by 2 views, [1000, 0, 700], 3 by 1, rage 1 by 1, dead 1 by 1
              cell 0/0: 3 by 1, rage 1 by 1, dead 1 by 1
              #buy Buy now Some([0, 0, 100, 50]): 3 by 1, rage 1 by 1, dead 1 by 1
              from 0: 2 by 2, 2000 ms by 1
              from 100: 1 by 1, 1000 ms by 1
              from 200: 1 by 1, 0 ms by 0
              from 300: 1 by 1, 0 ms by 0
              from 400: 1 by 1, 300 ms by 1
        "#]],
    );
}

#[test]
fn what_is_rage_and_what_is_dead_is_for_the_report_to_say() {
    let log = Log::read(SHOP);
    let count = |more: &str| {
        let report = read(&format!(r#","page":{{"is":["/a"]}}{more}"#));
        let answer = asked(&log, LAYOUTS[0], &report);
        let tally = answer.widths[2].clicks;
        (tally.rage.times, tally.dead.times)
    };
    assert_eq!(count(""), (1, 1));
    assert_eq!(count(r#","rage_clicks":2"#), (2, 1));
    assert_eq!(
        count(r#","rage_within":"599ms","dead_after":"899ms""#),
        (0, 2)
    );
    assert_eq!(count(r#","rage_clicks":6,"dead_after":"9ms""#), (0, 3));
}

#[test]
fn an_element_that_nobody_clicked_has_no_people() {
    let (log, cancel) = (Log::read(SHOP), Cancel::default());
    let select = Select::PageMap(PageMapSelect {
        width: None,
        of: PageMapPart::Element("#sell".to_owned()),
    });
    let report = read(r#","page":{"is":["/a"]}"#);
    let found = people(
        &log.snapshot(),
        &Vocabulary::default(),
        &report,
        &select,
        at("9d00:00"),
        &cancel,
    );
    assert!(found.is_err());
}

/// The same from the definition: lists of what everybody did, counted one question at a time.
mod naive {
    use super::*;

    pub(super) struct Did {
        pub(super) profile: u32,
        pub(super) time: i64,
        pub(super) is_click: bool,
        pub(super) told: Json,
    }

    pub(super) fn all(log: &Log) -> Vec<Did> {
        let mut all: Vec<Did> = Vec::new();
        for event in &log.events {
            let name = log
                .names
                .name(EventCode(event.event))
                .expect("named")
                .to_string();
            let told: Json = serde_json::from_str(event.properties.as_str()).expect("an object");
            if told["path"] != "/" || !["element_clicked", "page_left"].contains(&name.as_str()) {
                continue;
            }
            all.push(Did {
                profile: log.roots[event.actor.0 as usize],
                time: event.time.0,
                is_click: name == "element_clicked",
                told,
            });
        }
        all
    }

    fn passes<'a>(of: impl Iterator<Item = &'a Did>) -> Passes {
        let all: Vec<u32> = of.map(|it| it.profile).collect();
        Passes {
            times: all.len() as u64,
            profiles: all.iter().collect::<BTreeSet<_>>().len() as u64,
        }
    }

    impl Did {
        fn number(&self, name: &str) -> Option<i64> {
            self.told[name].as_f64().map(|it| it as i64)
        }

        fn class(&self) -> Option<WidthClass> {
            Some(match self.number("viewport_width")? {
                ..600 => WidthClass::Phone,
                600..1_024 => WidthClass::Tablet,
                _ => WidthClass::Desktop,
            })
        }

        fn cell(&self) -> Option<CellPlace> {
            let width = self.number("page_width").filter(|it| *it > 0)?;
            let part = |it: i64| (it * 20).div_euclid(width).max(0) as u32;
            Some(CellPlace {
                row: part(self.number("y")?).min(999),
                column: part(self.number("x")?).min(19),
            })
        }
    }

    fn tally(clicks: &[&Did]) -> ClickTally {
        let of = |fits: &dyn Fn(&Did) -> bool| passes(clicks.iter().copied().filter(|it| fits(it)));
        ClickTally {
            clicks: of(&|_| true),
            rage: of(&|it| {
                it.told["within"]["3"]
                    .as_i64()
                    .is_some_and(|ms| ms <= 1_000)
            }),
            dead: of(&|it| {
                let ms = it.number("reaction_ms");
                !it.told["reaction"].is_null() && ms.is_none_or(|ms| ms > 2_500)
            }),
        }
    }

    fn middle(mut sizes: Vec<i64>) -> Option<u32> {
        sizes.retain(|it| *it > 0);
        sizes.sort_unstable();
        let index = sizes.len().checked_sub(1)? / 2;
        u32::try_from(sizes[index]).ok()
    }

    pub(super) fn answer(log: &Log) -> PageMapAnswer {
        let all = all(log);
        let placed = |it: &&Did| it.is_click && it.class().is_some() && it.cell().is_some();
        let seen = all
            .iter()
            .filter(|it| placed(it) || (!it.is_click && it.class().is_some()));
        PageMapAnswer {
            visitors: passes(seen).profiles,
            unplaced: all.iter().filter(|it| it.is_click && !placed(it)).count() as u64,
            widths: WidthClass::ALL.map(|class| width(&all, class)).into(),
        }
    }

    fn width(all: &[Did], class: WidthClass) -> PageMapWidth {
        let here: Vec<&Did> = all.iter().filter(|it| it.class() == Some(class)).collect();
        let clicks: Vec<&Did> = here
            .iter()
            .copied()
            .filter(|it| it.is_click && it.cell().is_some())
            .collect();
        let parts: Vec<&Did> = here.iter().copied().filter(|it| !it.is_click).collect();
        let mut views: BTreeMap<(u32, String), i64> = BTreeMap::new();
        for it in &parts {
            if let (Some(view), Some(reached)) = (it.told["view"].as_str(), it.number("reached")) {
                let deepest = views.entry((it.profile, view.to_owned())).or_default();
                *deepest = reached.max(*deepest);
            }
        }
        let of_views = |reached: &dyn Fn(i64) -> bool| {
            let fits: Vec<u32> = views
                .iter()
                .filter(|it| reached(*it.1))
                .map(|it| it.0.0)
                .collect();
            Passes {
                times: fits.len() as u64,
                profiles: fits.iter().collect::<BTreeSet<_>>().len() as u64,
            }
        };
        let places: BTreeSet<CellPlace> = clicks.iter().filter_map(|it| it.cell()).collect();
        let selectors: BTreeSet<&str> = clicks
            .iter()
            .filter_map(|it| it.told["element"]["selector"].as_str())
            .collect();
        let mut elements: Vec<ClickedElement> = (selectors.into_iter())
            .map(|selector| {
                let own: Vec<&Did> = clicks
                    .iter()
                    .copied()
                    .filter(|it| it.told["element"]["selector"] == selector)
                    .collect();
                // Of clicks at one instant the one whose text comes last stands for all.
                let newest = own
                    .iter()
                    .max_by_key(|it| (it.time, it.told["element"]["text"].as_str()));
                let at = own
                    .iter()
                    .filter_map(|it| Some((it.time, boxed(it)?)))
                    .max();
                ClickedElement {
                    selector: selector.to_owned(),
                    text: newest
                        .and_then(|it| it.told["element"]["text"].as_str())
                        .map(str::to_owned),
                    at: at.map(|it| it.1),
                    tally: tally(&own),
                }
            })
            .collect();
        elements.sort_by_key(|it| std::cmp::Reverse(it.tally.clicks.times));
        let looks = |band: usize| {
            let looked = parts.iter().filter_map(move |it| {
                let bands = it.told["bands"].as_str()?;
                let tenths: u64 = bands.split(' ').nth(band)?.parse().ok()?;
                (tenths > 0).then_some((it.profile, tenths * 100))
            });
            looked.collect::<Vec<(u32, u64)>>()
        };
        let last = (0..200_u32).rev().find(|band| {
            !looks(*band as usize).is_empty()
                || views.values().any(|it| *it > i64::from(*band) * 100)
        });
        PageMapWidth {
            class,
            views: of_views(&|_| true),
            clicks: tally(&clicks),
            page_width: middle(
                here.iter()
                    .filter_map(|it| it.number("page_width"))
                    .collect(),
            ),
            page_height: sizes(&here, "page_height"),
            fold: sizes(&here, "viewport_height"),
            cells: (places.into_iter())
                .map(|place| ClickCell {
                    place,
                    tally: tally(
                        &clicks
                            .iter()
                            .copied()
                            .filter(|it| it.cell() == Some(place))
                            .collect::<Vec<_>>(),
                    ),
                })
                .collect(),
            elements,
            more_elements: 0,
            bands: (0..last.map_or(0, |it| it + 1))
                .map(|band| {
                    let looks = looks(band as usize);
                    PageBand {
                        top: band * 100,
                        reached: of_views(&|reached| reached > i64::from(band) * 100),
                        looked_ms: looks.iter().map(|it| it.1).sum(),
                        lookers: looks.iter().map(|it| it.0).collect::<BTreeSet<_>>().len() as u64,
                    }
                })
                .collect(),
        }
    }

    /// Sizes are told together with the width of the page.
    fn sizes(here: &[&Did], name: &str) -> Option<u32> {
        let told = here.iter().filter(|it| it.number("page_width").is_some());
        middle(told.filter_map(|it| it.number(name)).collect())
    }

    fn boxed(it: &Did) -> Option<ElementBox> {
        let width = it.number("page_width")?;
        let side = |name: &str| Some(it.told["element"][name].as_i64()? * 1_000 / width);
        Some(ElementBox {
            left: side("left")?,
            top: side("top")?,
            width: side("width")?,
            height: side("height")?,
        })
    }
}

/// Logs of one page and another, with sizes, places and elements that are often missing.
fn any_site() -> impl Strategy<Value = Log> {
    let event = (0..8_u32, 0..6_i64, 0..3_usize, any::<u64>());
    prop::collection::vec(event, 0..40).prop_map(|events| {
        let mut log = Log {
            roots: (0..8).map(|it| if it == 5 { 2 } else { it }).collect(),
            ..Log::default()
        };
        for (actor, minute, name, seed) in events {
            let mut rng = seed;
            let mut below = |most: u64| {
                rng = rng.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (rng >> 33) % most
            };
            let path = ["/", "/", "/b"][below(3) as usize];
            let mut told = json!({"path": path});
            if let view @ 1.. = below(4) {
                told["view"] = json!(view.to_string());
            }
            if below(3) > 0 {
                told["reaction"] = [json!("none"), json!("change"), json!(1), json!(true)][below(4) as usize].clone();
            }
            let fields: [(&str, &[i64]); 7] = [
                ("x", &[0, 19, 20, 299, 600, -1]),
                ("y", &[0, 5, 100, 900, 90_000]),
                ("page_width", &[0, 300, 400, 1_000]),
                ("page_height", &[100, 2_000]),
                ("viewport_width", &[599, 600, 1_023, 1_024]),
                ("viewport_height", &[500, 700]),
                ("reaction_ms", &[0, 2_500, 2_501]),
            ];
            for (field, values) in fields {
                if let Some(value) = values.get(below(values.len() as u64 + 1) as usize) {
                    told[field] = json!(value);
                }
            }
            if below(2) == 0 {
                let third = [999, 1_000, 1_001][below(3) as usize];
                told["within"] = json!({"2": 10, "3": third});
            }
            if below(3) > 0 {
                let text = ["", "Buy", "Go"][below(3) as usize];
                let selector = ["#a", "#b"][below(2) as usize];
                told["element"] = json!({"selector": selector, "left": below(500), "top": below(500), "width": 20, "height": 7});
                if !text.is_empty() {
                    told["element"]["text"] = json!(text);
                }
            }
            if below(4) > 0 {
                let reached = [0, 1, 100, 101, 730][below(5) as usize];
                told["reached"] = json!(reached);
                let bands = ["", "1", "0 0 7", "3 x 2", "9 9 9 9"][below(5) as usize];
                told["bands"] = json!(bands);
            }
            let time = Timestamp(at("09:00").0 + minute * 60_000);
            let name = ["element_clicked", "page_left", "page_viewed"][name];
            log.push(actor, time, name, Channel::Web, &told.to_string());
        }
        log
    })
}

proptest! {
    #![proptest_config(crate::fixture::twin_config())]

    #[test]
    fn the_map_is_what_the_definition_says_and_lists_whom_it_counts(log in any_site()) {
        let report = read(r#","page":{"is":["/"]}"#);
        let expected = naive::answer(&log);
        for layout in LAYOUTS {
            prop_assert_eq!(shown(&asked(&log, layout, &report)), shown(&expected));
        }
        let snapshot = log.snapshot();
        let count = |width, of| chosen(&snapshot, &report, width, of).len() as u64;
        prop_assert_eq!(count(None, PageMapPart::Visited), expected.visitors);
        for it in &expected.widths {
            let width = Some(it.class);
            prop_assert_eq!(count(width, PageMapPart::Viewed), it.views.profiles);
            prop_assert_eq!(count(width, PageMapPart::Clicked), it.clicks.clicks.profiles);
            prop_assert_eq!(count(width, PageMapPart::Rage), it.clicks.rage.profiles);
            prop_assert_eq!(count(width, PageMapPart::Dead), it.clicks.dead.profiles);
            for cell in &it.cells {
                prop_assert_eq!(count(width, PageMapPart::Cell(cell.place)), cell.tally.clicks.profiles);
            }
            for element in &it.elements {
                let of = PageMapPart::Element(element.selector.clone());
                prop_assert_eq!(count(width, of), element.tally.clicks.profiles);
            }
            for band in &it.bands {
                prop_assert_eq!(count(width, PageMapPart::Reached(band.top)), band.reached.profiles);
                prop_assert_eq!(count(width, PageMapPart::Looked(band.top)), band.lookers);
            }
        }
    }
}
