//! Random timelines for property tests, full of equal times.

use proptest::prelude::*;
use throughline_model::{ActorId, Channel, EventName, JsonObject, Span};

use super::{FIRST_DAY, TimelineEvent};

/// What random timelines are made of.
#[derive(Clone, Debug)]
pub struct Mix {
    pub names: Vec<&'static str>,
    pub channels: Vec<Channel>,
    /// Texts of the property `kind`, which half of the events carry.
    pub kinds: Vec<&'static str>,
    pub profiles_max: u32,
    pub events_max: usize,
    /// Instants are whole multiples of this after the first day.
    pub grain: Span,
    /// How many different instants there are; fewer make more ties.
    pub instants_count: i64,
}

impl Default for Mix {
    fn default() -> Self {
        Self {
            names: vec!["a", "b", "c", "d"],
            channels: vec![Channel::Web, Channel::App],
            kinds: vec!["x", "y"],
            profiles_max: 4,
            events_max: 30,
            grain: Span::minutes(10),
            instants_count: 12,
        }
    }
}

/// Events of a few profiles in random order, many of them at one instant.
pub fn tied_timelines(mix: &Mix) -> impl Strategy<Value = Vec<TimelineEvent>> + use<> {
    let grain = mix.grain;
    let properties: Vec<JsonObject> = mix
        .kinds
        .iter()
        .map(|kind| {
            let mut members = serde_json::Map::new();
            members.insert("kind".to_owned(), (*kind).into());
            JsonObject::from_map(&members)
        })
        .collect();
    let event = (
        0..mix.profiles_max,
        0..mix.instants_count,
        prop::sample::select(mix.names.clone()),
        prop::sample::select(mix.channels.clone()),
        prop::option::of(prop::sample::select(properties)),
    )
        .prop_map(
            move |(profile, instant, name, channel, properties)| TimelineEvent {
                actor: ActorId(profile),
                profile: format!("p{profile}"),
                time: FIRST_DAY.plus(Span(grain.0 * instant)),
                name: EventName::parse(name).expect("names of a mix are event names"),
                channel,
                properties: properties.unwrap_or_else(JsonObject::empty),
            },
        );
    prop::collection::vec(event, 0..=mix.events_max)
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest! {
        #[test]
        fn drawn_timelines_keep_to_the_mix(events in tied_timelines(&Mix::default())) {
            prop_assert!(events.len() <= 30);
            for event in events {
                prop_assert!(event.actor.0 < 4);
                let since = event.time.since(FIRST_DAY).0;
                prop_assert!(since % Span::minutes(10).0 == 0 && since < Span::minutes(120).0);
            }
        }
    }
}
