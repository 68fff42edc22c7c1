//! What the browser library tells in the few browsers that run it: how a page was seen and clicked on.
//!
//! It has chance of its own, so that nobody lives differently because somebody looks on.

use super::life::{Life, SECOND};
use super::person::DeviceKind;
use super::site::{self, Fate, Part, Site};
use super::visit::Visit;
use super::writer::{Call, Object};

/// Share of pages from which somebody strays to another one and is back at once.
const STRAYS: f64 = 0.06;
/// Share that takes a picture or a button that does nothing for one that does, and then loses patience.
const RAGES: f64 = 0.3;
/// A click is said to have done nothing after so long.
const WAITED_MS: i64 = 5_000;
const BAND_PX: i64 = 100;

/// One view of a page.
#[derive(Clone, Debug)]
pub(super) struct Sight {
    pub path: &'static str,
    view: u32,
    from: i64,
    until: i64,
    /// Milliseconds on the page before, and whether it was the page before that one.
    arrival: Option<(i64, bool)>,
    window: (i64, i64),
    height: i64,
    searched_at: Option<i64>,
}

/// A click that is told: where, when, and what came of it.
struct Click<'a> {
    part: &'a Part,
    at: i64,
    /// Where in the element, in thousandths of its width and height.
    inside: (i64, i64),
    /// Milliseconds since the clicks before it in this place, the nearest first.
    within: &'a [i64],
    /// None when nothing did.
    reaction: Option<(&'static str, i64)>,
}

impl Life<'_> {
    /// A view of a page as the library tells it; none where it does not run.
    pub fn sight(
        &mut self,
        visit: &Visit,
        path: &'static str,
        from: i64,
        until: i64,
    ) -> Option<Sight> {
        let device = &self.person.devices[visit.device];
        if !device.runs_library {
            return None;
        }
        self.views_count += 1;
        let is_desktop = device.kind == DeviceKind::Desktop;
        let site = Site::of(path);
        Some(Sight {
            path,
            view: self.views_count,
            from,
            until,
            arrival: visit.sight.as_ref().map(|before| {
                let back = visit.path_before.is_some_and(|it| it == path);
                (from - before.from, back && before.path != path)
            }),
            window: if is_desktop { (1_440, 800) } else { (390, 760) },
            height: if is_desktop {
                site.height
            } else {
                site.height * 8 / 5
            },
            searched_at: None,
        })
    }

    /// Tells what is done on a page while it is seen.
    pub fn watch(&mut self, visit: &mut Visit, sight: Sight) {
        let site = Site::of(sight.path);
        for _ in 0..self.gestures.weighted(&[30, 42, 20, 8]) {
            let weights = site.parts.iter().map(|it| it.weight);
            let chosen = self.gestures.weighted(&weights.collect::<Vec<_>>());
            let spare = (sight.until - sight.from).min(90 * SECOND);
            let at = sight.from + (self.gestures.unit() * spare as f64) as i64;
            self.click(visit, &sight, &site.parts[chosen], at);
        }
        self.leave(visit, &sight);
        let (path, from, until) = (sight.path, sight.from, sight.until);
        visit.path_before = visit.sight.replace(sight).map(|it| it.path);
        if path != site::HELP && until - from > 30 * SECOND && self.gestures.is(STRAYS) {
            self.stray(visit, path, from + 12 * SECOND);
        }
    }

    /// A page that was not meant, and back.
    fn stray(&mut self, visit: &mut Visit, path: &'static str, at: i64) {
        let back_at = at + self.gestures.between(2, 9) * SECOND;
        for (name, path, from, until) in [
            ("Help", site::HELP, at, back_at),
            (Site::of(path).name, path, back_at, back_at + 5 * SECOND),
        ] {
            let Some(sight) = self.sight(visit, path, from, until) else {
                return;
            };
            let call = Call::Page { name, path };
            self.tell(from, visit.device, visit.campaign, call, |it| {
                sight.write(it)
            });
            self.leave(visit, &sight);
            visit.path_before = visit.sight.replace(sight).map(|it| it.path);
        }
    }

    fn click(&mut self, visit: &Visit, sight: &Sight, part: &Part, at: i64) {
        let mut side = || self.gestures.between(150, 850);
        let inside = (side(), side());
        let wait = self.gestures.between(30, 900);
        let reaction = match part.fate {
            Fate::Leads => Some(("leave", wait)),
            Fate::Changes => Some(("change", wait)),
            Fate::Types => Some(("input", wait + 600)),
            Fate::Nothing => None,
        };
        let is_rage = reaction.is_none() && self.gestures.is(RAGES);
        let clicks = if is_rage {
            self.gestures.between(3, 5)
        } else {
            1
        };
        let mut at = at;
        let mut within: Vec<i64> = Vec::new();
        for _ in 0..clicks {
            let click = Click {
                part,
                at,
                inside,
                within: &within,
                reaction,
            };
            self.tell_click(visit, sight, &click);
            let pause = self.gestures.between(120, 320);
            at += pause;
            within.iter_mut().for_each(|it| *it += pause);
            within.insert(0, pause);
        }
    }

    fn tell_click(&mut self, visit: &Visit, sight: &Sight, click: &Click<'_>) {
        self.tell_captured(visit, sight, "element_clicked", click.at, |it| {
            let (part, width) = (click.part, sight.window.0);
            let (left, wide) = (part.left * width / 1_000, part.width * width / 1_000);
            let (x, y) = click.inside;
            it.object("element", |it| {
                it.plain("selector", part.selector).plain("tag", part.tag);
                if !part.text.is_empty() {
                    it.plain("text", part.text);
                }
                it.count("left", left)
                    .count("top", part.top)
                    .count("width", wide)
                    .count("height", part.height);
            });
            it.count("x", left + wide * x / 1_000)
                .count("y", part.top + part.height * y / 1_000)
                .thousandths("element_x", x)
                .thousandths("element_y", y)
                .flag("active", part.tag != "img");
            if !click.within.is_empty() {
                it.object("within", |it| {
                    for (clicks, ms) in ["2", "3", "4", "5", "6"].iter().zip(click.within) {
                        it.count(clicks, *ms);
                    }
                });
            }
            match click.reaction {
                Some((reaction, ms)) => it.plain("reaction", reaction).count("reaction_ms", ms),
                None => it.plain("reaction", "none").count("waited_ms", WAITED_MS),
            };
        });
    }

    /// How far the page was scrolled, and how long its bands were in sight.
    fn leave(&mut self, visit: &Visit, sight: &Sight) {
        let depth = self.gestures.quantile(&[0.0, 0.0, 0.15, 0.3, 0.6, 1.0]);
        let scrolled = ((sight.height - sight.window.1).max(0) as f64 * depth) as i64;
        let reached = sight.window.1 + scrolled;
        let active_ms = (sight.until - sight.from).clamp(0, 60 * SECOND);
        self.tell_captured(visit, sight, "page_left", sight.until - 1, |it| {
            // The first window is seen at the beginning and passed once more on the way back.
            let (seen, first) = (reached / BAND_PX, sight.window.1 / BAND_PX);
            let unit = active_ms / 100 * first / (seen + first).max(1);
            let bands: Vec<String> = (0..seen)
                .map(|band| (if band < first { 2 * unit } else { unit }).to_string())
                .collect();
            it.count("part", 1)
                .count("active_ms", active_ms)
                .count("reached", reached)
                .plain("bands", &bands.join(" "))
                .count("band_px", BAND_PX);
        });
    }

    /// The answer of a search, on the page that it lies over.
    pub fn answer_search(&mut self, visit: &mut Visit, at: i64, results: i64) {
        let Some(sight) = visit.sight.as_mut() else {
            return;
        };
        let again_ms = sight.searched_at.replace(at).map(|before| at - before);
        let sight = sight.clone();
        self.tell_captured(visit, &sight, "search_answered", at, |it| {
            it.count("results", results);
            if let Some(ms) = again_ms {
                it.count("again_ms", ms);
            }
        });
    }

    /// The address form, sent or refused.
    pub fn send_address(&mut self, visit: &Visit, at: i64, is_refused: bool) {
        let Some(sight) = visit.sight.clone() else {
            return;
        };
        let form = |it: &mut Object<'_>| {
            it.plain("selector", "#address").plain("tag", "form");
        };
        if is_refused {
            self.tell_captured(visit, &sight, "form_error", at, |it| {
                it.object("element", |it| {
                    it.plain("selector", "#address input[name=postcode]")
                        .plain("tag", "input")
                        .plain("name", "postcode");
                });
                it.plain("fault", "patternMismatch").object("form", form);
            });
        } else {
            self.tell_captured(visit, &sight, "form_submitted", at, |it| {
                it.object("element", form);
                it.count("fields", 6).flag("search", false);
            });
        }
    }

    fn tell_captured(
        &mut self,
        visit: &Visit,
        sight: &Sight,
        event: &'static str,
        at: i64,
        fill: impl FnOnce(&mut Object<'_>),
    ) {
        let call = Call::Captured {
            event,
            path: sight.path,
        };
        self.tell(at, visit.device, visit.campaign, call, |it| {
            fill(it);
            it.plain("path", sight.path);
            sight.write_view(it);
        });
    }
}

impl Sight {
    /// What the library adds to a page.
    pub fn write(&self, it: &mut Object<'_>) {
        self.write_view(it);
        if let Some((before_ms, is_back)) = self.arrival {
            it.count("before_ms", before_ms).flag("back", is_back);
        }
    }

    fn write_view(&self, it: &mut Object<'_>) {
        it.shown("view", format_args!("{:x}-{:x}", self.from, self.view))
            .count("page_width", self.window.0)
            .count("page_height", self.height)
            .count("viewport_width", self.window.0)
            .count("viewport_height", self.window.1);
    }
}
