//! The choices of other products, as fields.

use serde::{Deserialize, Serialize};
use throughline_model::{
    Span,
    report::{Entry, ExclusionEffect, Funnel, Order, Ties, Unit, Window},
};
use utoipa::ToSchema;

/// Whose choices a funnel takes over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    Throughline,
    /// `windowFunnel` without modes: one event may serve two steps.
    Clickhouse,
    /// An excluded event takes the unit out of every step.
    Posthog,
    /// The first entry counts, an excluded event stops it, and two seconds are as one instant.
    Mixpanel,
    /// Another clean attempt still counts, and one second is as one instant.
    Amplitude,
}

impl Preset {
    /// Every preset, our own first.
    pub const ALL: [Self; 5] = [
        Self::Throughline,
        Self::Clickhouse,
        Self::Posthog,
        Self::Mixpanel,
        Self::Amplitude,
    ];

    /// Sets the fields in which products differ. Range, steps, breakdown, filter and held fields stay,
    /// and so does the length of the window, which each of them lets choose.
    pub fn apply(self, funnel: &mut Funnel) {
        let spoil = ExclusionEffect::SpoilAttempt;
        let (entry, ties, reuse, effect) = match self {
            Self::Throughline => (Entry::Best, Ties::AnyOrder, false, spoil),
            Self::Clickhouse => (Entry::Best, Ties::AnyOrder, true, spoil),
            Self::Posthog => (
                Entry::Best,
                Ties::AnyOrder,
                false,
                ExclusionEffect::DropUnit,
            ),
            Self::Mixpanel => {
                let grace = Ties::Grace(Span::seconds(2));
                (Entry::First, grace, false, ExclusionEffect::StopThere)
            }
            Self::Amplitude => (Entry::Best, Ties::Grace(Span::seconds(1)), false, spoil),
        };
        funnel.order = Order::Ordered;
        funnel.unit = Unit::Profile;
        if let Window::Each(span) = funnel.window {
            funnel.window = Window::Whole(span);
        }
        funnel.entry = entry;
        funnel.ties = ties;
        funnel.reuse = reuse;
        for exclusion in &mut funnel.exclusions {
            exclusion.effect = effect;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use expect_test::expect_file;
    use serde_json::json;
    use throughline_model::report::Report;

    use super::*;

    /// A funnel that makes every choice otherwise than any product does by default.
    const ODD: &str = r#"{"kind":"funnel","range":{"all":true},"order":"strict","window":{"each":"3d"},
        "entry":"every","unit":"attempt","ties":"later","reuse":true,
        "steps":[{"name":"a","matcher":{"events":["a"]}},{"name":"b","matcher":{"events":["b"]}}],
        "exclusions":[{"matcher":{"events":["x"]},"after":0,"before":1,"effect":"stop_there"}]}"#;

    #[test]
    fn presets_are_written_down_for_the_interface_and_make_sound_funnels() {
        let mut written = BTreeMap::new();
        for preset in Preset::ALL {
            let Report::Funnel(mut funnel) = serde_json::from_str(ODD).expect("valid") else {
                panic!("a funnel")
            };
            preset.apply(&mut funnel);
            assert_eq!(Report::Funnel(funnel.clone()).check(), []);
            assert_eq!(funnel.window, Window::Whole(Span::days(3)));
            let name = serde_json::to_value(preset).expect("a name");
            let fields = json!({
                "order": funnel.order,
                "entry": funnel.entry,
                "unit": funnel.unit,
                "ties": funnel.ties,
                "reuse": funnel.reuse,
                "effect": funnel.exclusions[0].effect,
            });
            written.insert(name.as_str().expect("text").to_owned(), fields);
        }
        let text = serde_json::to_string_pretty(&written).expect("plain");
        expect_file!["../../../../../web/src/insight/funnel-presets.json"]
            .assert_eq(&format!("{text}\n"));
    }
}
