//! Links that people have clicked in messages, from the events that tell of it.

use std::collections::{BTreeMap, BTreeSet};

use throughline_model::{Field, TimeRange, Timestamp, Value, limits};

use crate::{
    ask::AskError,
    scan::{Place, scan},
    view::View,
};

/// Events that tell of a click in a message, as makers name them.
const CLICKS: [&str; 6] = [
    "message_clicked",
    "email_clicked",
    "email_link_clicked",
    "Email Link Clicked",
    "Email Clicked",
    "sms_clicked",
];
/// Where they have the address; of those that an event has, the first decides.
const ADDRESSES: [&str; 4] = ["url", "link_url", "link", "href"];
/// Where they have the name of what was sent.
const CAMPAIGNS: [&str; 5] = [
    "campaign",
    "campaign_name",
    "template",
    "message_name",
    "campaign_id",
];

/// A link that was clicked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClickedLink {
    pub clicks: u64,
    pub people: u64,
    pub last: Timestamp,
    /// Messages that carried it, those of the most clicks first.
    pub campaigns: Vec<String>,
}

/// The links that were clicked in a range, by the form in which their addresses are kept.
///
/// `kept` brings an address to its form, or says that it is none.
pub fn clicked_links(
    view: &View<'_>,
    range: TimeRange,
    kept: impl Fn(&str) -> Option<String>,
) -> Result<BTreeMap<String, ClickedLink>, AskError> {
    let names = view.snapshot.names.iter();
    let codes: BTreeSet<u16> = (names.filter(|(_, name)| CLICKS.contains(&name.as_str())))
        .map(|(code, _)| code.0)
        .collect();
    if codes.is_empty() {
        return Ok(BTreeMap::new());
    }
    let states = scan(view.snapshot, view.cancel, Vec::new, |found, rows| {
        for index in rows.between(range.from.0, range.to.0) {
            if codes.contains(&rows.event[index]) {
                found.push((rows.place(index), rows.profile.0, rows.time[index]));
            }
        }
    })?;
    let mut clicks: Vec<(Place, u32, i64)> = states.concat();
    clicks.sort_unstable();
    let property = |name: &&str| Field::Property(vec![(*name).to_owned()]);
    let mut links: BTreeMap<String, Tally> = BTreeMap::new();
    for of_run in clicks.chunk_by(|a, b| a.0.run == b.0.run) {
        view.cancel.check()?;
        let run = &view.snapshot.runs[of_run[0].0.run as usize];
        let columns = |names: &[&str]| {
            let values = names.iter().map(|name| run.values(&property(name)));
            values.collect::<Result<Vec<_>, _>>()
        };
        let (addresses, campaigns) = (columns(&ADDRESSES)?, columns(&CAMPAIGNS)?);
        for (place, profile, time) in of_run {
            let text = |columns: &[std::sync::Arc<throughline_store::Values>]| {
                columns
                    .iter()
                    .find_map(|it| match it.get(place.row as usize)? {
                        Value::Text(text) => Some(text),
                        _ => None,
                    })
            };
            let Some(address) = text(&addresses).and_then(|it| kept(&it)) else {
                continue;
            };
            let tally = links.entry(address).or_default();
            tally.clicks += 1;
            tally.people.insert(*profile);
            tally.last = tally.last.max(*time);
            if let Some(campaign) = text(&campaigns) {
                *tally.campaigns.entry(campaign).or_default() += 1;
            }
        }
    }
    Ok(links
        .into_iter()
        .map(|(it, tally)| (it, tally.told()))
        .collect())
}

#[derive(Default)]
struct Tally {
    clicks: u64,
    people: BTreeSet<u32>,
    last: i64,
    campaigns: BTreeMap<String, u64>,
}

impl Tally {
    fn told(self) -> ClickedLink {
        let mut campaigns: Vec<(String, u64)> = self.campaigns.into_iter().collect();
        campaigns.sort_by_key(|(_, clicks)| std::cmp::Reverse(*clicks));
        campaigns.truncate(limits::LINK_CAMPAIGNS_MAX);
        ClickedLink {
            clicks: self.clicks,
            people: self.people.len() as u64,
            last: Timestamp(self.last),
            campaigns: campaigns.into_iter().map(|it| it.0).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use throughline_model::Vocabulary;

    use super::*;
    use crate::{
        cancel::Cancel,
        fixture::{LAYOUTS, Log, at},
    };

    #[test]
    fn clicks_are_counted_by_the_address_that_is_kept() {
        let log = Log::read(
            r#"
            ana 09:00 message_clicked email {"url":"https://a.example/x?u=ana","campaign":"Spring"}
            ana 09:05 message_clicked email {"url":"https://a.example/x?u=ana","campaign":"Spring"}
            ben 10:00 message_clicked email {"link_url":"https://a.example/x?u=ben","campaign":"Fall"}
            ben 10:01 message_clicked email {"url":7}
            cem 10:02 message_opened email {"url":"https://a.example/x"}
            cem 1d10:00 message_clicked email {"url":"https://a.example/y"}
            "#,
        );
        let range = TimeRange {
            from: at("00:00"),
            to: at("1d00:00"),
        };
        let (vocabulary, cancel) = (Vocabulary::default(), Cancel::default());
        for layout in LAYOUTS {
            let snapshot = log.laid_out(layout);
            let view = View::new(&snapshot, &vocabulary, &cancel);
            let kept = |text: &str| text.split('?').next().map(str::to_owned);
            let found = clicked_links(&view, range, kept).expect("read");
            let expected = ClickedLink {
                clicks: 3,
                people: 2,
                last: at("10:00"),
                campaigns: vec!["Spring".to_owned(), "Fall".to_owned()],
            };
            assert_eq!(found, [("https://a.example/x".to_owned(), expected)].into());
        }
    }
}
