//! Questions about one page of a site: where it is clicked, how far it is read, and what of it is looked at.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Field, Rule, Span, Test,
    people::PeopleRule,
    report::{Faults, Range},
};

/// Clicks, scrolling and attention on a page, by how wide the window was.
///
/// It is counted from what the browser library tells: `element_clicked` and `page_left`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PageMap {
    pub range: Range,
    /// Which paths are the page; it may be one, or all that begin alike.
    pub page: Test,
    /// The narrowest window of a tablet, in CSS pixels; what is narrower is a phone.
    #[serde(default = "PageMap::default_tablet_px")]
    pub tablet_px: u32,
    /// The narrowest window of a desktop, in CSS pixels.
    #[serde(default = "PageMap::default_desktop_px")]
    pub desktop_px: u32,
    /// So many clicks in one place are rage when they come within `rage_within`.
    #[serde(default = "PageMap::default_rage_clicks")]
    pub rage_clicks: u8,
    #[serde(default = "PageMap::default_rage_within")]
    pub rage_within: Span,
    /// A click is dead when nothing came of it for so long.
    #[serde(default = "PageMap::default_dead_after")]
    pub dead_after: Span,
    /// Events that fail it are not there at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Rule>,
    /// Everything is counted as if only these people were in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<PeopleRule>,
}

/// How wide the window of a visitor was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WidthClass {
    Phone,
    Tablet,
    Desktop,
}

impl WidthClass {
    pub const ALL: [Self; 3] = [Self::Phone, Self::Tablet, Self::Desktop];

    /// As it is written in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Tablet => "tablet",
            Self::Desktop => "desktop",
        }
    }
}

impl PageMap {
    /// The clicks in one place that the library tells the time of.
    pub const RAGE_CLICKS: std::ops::RangeInclusive<u8> = 2..=6;
    /// How long the library waits for what comes of a click.
    pub const DEAD_AFTER_MAX: Span = Span::seconds(5);

    fn default_tablet_px() -> u32 {
        600
    }

    fn default_desktop_px() -> u32 {
        1_024
    }

    fn default_rage_clicks() -> u8 {
        3
    }

    fn default_rage_within() -> Span {
        Span::seconds(1)
    }

    fn default_dead_after() -> Span {
        Span(2_500)
    }

    /// The class of a window.
    pub fn class_of(&self, viewport_px: i64) -> WidthClass {
        if viewport_px >= i64::from(self.desktop_px) {
            WidthClass::Desktop
        } else if viewport_px >= i64::from(self.tablet_px) {
            WidthClass::Tablet
        } else {
            WidthClass::Phone
        }
    }

    /// What holds on events of the page.
    pub fn rule(&self) -> Rule {
        let page = Rule::Where {
            field: Field::Property(vec!["path".to_owned()]),
            test: self.page.clone(),
        };
        Rule::All(std::iter::once(page).chain(self.filter.clone()).collect())
    }

    pub(crate) fn check(&self, faults: &mut Faults) {
        faults.rule("filter", self.filter.as_ref());
        if self.tablet_px >= self.desktop_px {
            faults.push("desktop_px", "must be wider than a tablet".to_owned());
        }
        if !Self::RAGE_CLICKS.contains(&self.rage_clicks) {
            faults.push("rage_clicks", "lie between 2 and 6".to_owned());
        }
        if self.rage_within.0 <= 0 || self.rage_within > Span::seconds(30) {
            faults.push("rage_within", "lies between 1ms and 30s".to_owned());
        }
        if self.dead_after.0 <= 0 || self.dead_after > Self::DEAD_AFTER_MAX {
            faults.push("dead_after", "lies between 1ms and 5s".to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::report::Report;

    fn read(more: &str) -> Report {
        let text =
            format!(r#"{{"kind":"page_map","range":{{"all":true}},"page":{{"is":["/"]}}{more}}}"#);
        serde_json::from_str(&text).expect(&text)
    }

    #[test]
    fn windows_are_told_apart_by_their_width() {
        let Report::PageMap(map) = read("") else {
            panic!("a page map")
        };
        let classes = [0, 599, 600, 1_023, 1_024].map(|it| map.class_of(it).name());
        assert_eq!(classes, ["phone", "phone", "tablet", "tablet", "desktop"]);
    }

    #[test]
    fn limits_that_the_library_does_not_measure_are_refused() {
        assert_eq!(read("").check(), []);
        let faulty = r#","tablet_px":1024,"rage_clicks":7,"rage_within":"1m","dead_after":"6s""#;
        let faults = read(faulty).check();
        let places: Vec<&str> = faults.iter().map(|it| it.place.as_str()).collect();
        let expected = ["desktop_px", "rage_clicks", "rage_within", "dead_after"];
        assert_eq!(places, expected);
    }
}
