//! A first vocabulary from nothing but the names of events. People correct it; it is never silent law.

mod words;

use throughline_model::{
    Channel, ChannelRule, EventName, Field, Matcher, Nothing, Rule, StageRule, Test, Touchpoint,
    Vocabulary,
};
use throughline_store::Snapshot;

use words::{PLACES, Phase, Place, tokens};

/// Suggests touchpoints, channels and stages for the names of a snapshot.
pub fn vocabulary(snapshot: &Snapshot) -> Vocabulary {
    let names = snapshot.names.iter().map(|(code, name)| Known {
        name,
        is_unplaced: is_unplaced(snapshot, code.0),
    });
    of_names(names.filter(|it| !it.name.is_system()))
}

/// An event name, and whether its events do not say themselves where they took place.
struct Known<'a> {
    name: &'a EventName,
    is_unplaced: bool,
}

fn of_names<'a>(names: impl Iterator<Item = Known<'a>>) -> Vocabulary {
    let mut by_place: Vec<Vec<EventName>> = vec![Vec::new(); PLACES.len()];
    let mut by_phase: Vec<Vec<EventName>> = vec![Vec::new(); Phase::ALL.len()];
    let mut channels: Vec<(Channel, Vec<EventName>)> = Vec::new();
    for known in names {
        let tokens = tokens(known.name.as_str());
        let Some(place) = PLACES.iter().position(|place| place.fits(&tokens)) else {
            continue;
        };
        by_place[place].push(known.name.clone());
        if let Some(phase) = PLACES[place].phase_of(&tokens) {
            by_phase[phase as usize].push(known.name.clone());
        }
        if let Some(channel) = PLACES[place].channel
            && known.is_unplaced
        {
            match channels.iter_mut().find(|(it, _)| *it == channel) {
                Some((_, names)) => names.push(known.name.clone()),
                None => channels.push((channel, vec![known.name.clone()])),
            }
        }
    }
    let mut touchpoints = landings(&by_place);
    touchpoints.extend(
        PLACES
            .iter()
            .zip(by_place)
            .filter(|(_, names)| !names.is_empty())
            .map(|(place, names)| touchpoint(place, of(names))),
    );
    Vocabulary {
        channels: channels
            .into_iter()
            .map(|(channel, names)| ChannelRule {
                channel,
                matcher: of(names),
            })
            .collect(),
        touchpoints,
        stages: Phase::ALL
            .into_iter()
            .zip(by_phase)
            .filter(|(_, names)| !names.is_empty())
            .map(|(phase, names)| StageRule {
                id: phase.id().to_owned(),
                name: phase.name().to_owned(),
                entry: of(names),
            })
            .collect(),
    }
}

/// Pages that a campaign has led to, told by the marks in their address.
fn landings(by_place: &[Vec<EventName>]) -> Vec<Touchpoint> {
    let pages = PLACES
        .iter()
        .zip(by_place)
        .filter(|(place, _)| place.id == "pages")
        .flat_map(|(_, names)| names.iter().cloned());
    let pages: Vec<EventName> = pages
        .filter(|name| name.as_str() == "page_viewed")
        .collect();
    if pages.is_empty() {
        return Vec::new();
    }
    let field = Field::Context(vec!["campaign".to_owned(), "source".to_owned()]);
    vec![Touchpoint {
        id: "campaign_landing".to_owned(),
        name: "Campaign landing page".to_owned(),
        matcher: Matcher {
            rule: Some(Rule::Where {
                field,
                test: Test::Exists(Nothing {}),
            }),
            ..of(pages)
        },
    }]
}

fn touchpoint(place: &Place, matcher: Matcher) -> Touchpoint {
    Touchpoint {
        id: place.id.to_owned(),
        name: place.name.to_owned(),
        matcher,
    }
}

fn of(names: Vec<EventName>) -> Matcher {
    Matcher {
        events: names,
        ..Matcher::default()
    }
}

/// Looks at the first events of a name in each run; sources rarely change their mind.
fn is_unplaced(snapshot: &Snapshot, code: u16) -> bool {
    const LOOKED_AT: usize = 50_000;
    const ENOUGH: usize = 20;
    let mut channels = Vec::new();
    for run in &snapshot.runs {
        let rows = run.event.iter().zip(run.channel.iter()).take(LOOKED_AT);
        let its = rows.filter(|(event, _)| **event == code);
        channels.extend(its.map(|(_, channel)| *channel).take(ENOUGH));
    }
    let other = Channel::Other.code();
    let unplaced = channels.iter().filter(|channel| **channel == other);
    unplaced.count() * 2 > channels.len()
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn check(names: &str, expected: Expect) {
        let names: Vec<EventName> = names
            .split_whitespace()
            .map(|it| EventName::parse(it).unwrap())
            .collect();
        let known = names.iter().map(|name| Known {
            name,
            is_unplaced: true,
        });
        let vocabulary = of_names(known);
        assert_eq!(vocabulary.check(), []);
        let mut text = String::new();
        let list = |matcher: &Matcher| {
            matcher
                .events
                .iter()
                .map(EventName::as_str)
                .collect::<Vec<_>>()
                .join(" ")
        };
        for touchpoint in &vocabulary.touchpoints {
            text.push_str(&format!(
                "{}: {}\n",
                touchpoint.id,
                list(&touchpoint.matcher)
            ));
        }
        for stage in &vocabulary.stages {
            text.push_str(&format!("stage {}: {}\n", stage.id, list(&stage.entry)));
        }
        for rule in &vocabulary.channels {
            text.push_str(&format!(
                "channel {}: {}\n",
                rule.channel.name(),
                list(&rule.matcher)
            ));
        }
        expected.assert_eq(&text);
    }

    #[test]
    fn a_shop_gets_its_touchpoints_and_stages() {
        check(
            "ad_clicked social_post_clicked page_viewed product_searched list_filtered product_viewed
             recommendation_shown wishlist_added product_added cart_viewed checkout_started address_entered
             delivery_chosen payment_submitted payment_failed order_placed order_shipped order_delivered
             store_visited store_purchased email_opened push_sent sms_clicked whatsapp_read chat_started
             call_ended ticket_opened return_requested refund_paid review_submitted survey_answered
             signed_up points_earned friend_invited something_else",
            expect![[""]],
        );
    }

    #[test]
    fn other_ways_to_write_names_are_understood() {
        check(
            "Product-Viewed addToCart BeginCheckout Purchase campaign_received payment_done view",
            expect![[""]],
        );
    }
}
