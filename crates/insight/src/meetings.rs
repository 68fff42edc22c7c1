//! Events as meetings of a profile and the company: in which channel, and who began.

use throughline_model::{Channel, Matcher, Rule};

use crate::{
    ask::AskError,
    rule::Condition,
    scan::ProfileRows,
    view::{Channels, View},
    vocabulary_defaults::contacts::is_contact,
};

/// One event in a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Meeting {
    pub(crate) channel: Channel,
    /// True when the company reached out, false when the customer acted.
    pub(crate) is_contact: bool,
}

/// Says which meeting each event is.
pub(crate) struct Meetings<'v> {
    channels: &'v Channels,
    contacts: Condition,
    filter: Condition,
    is_quiet: Vec<bool>,
    names: Vec<String>,
}

impl<'v> Meetings<'v> {
    /// Without a matcher the names of events say which are contacts.
    pub(crate) fn new(
        view: &'v View<'_>,
        contacts: Option<&Matcher>,
        filter: Option<&Rule>,
    ) -> Result<Self, AskError> {
        let names = &view.snapshot.names;
        let mut named = Vec::new();
        let contacts = match contacts {
            Some(contacts) => view.matcher(contacts)?,
            None => {
                let events: Vec<_> = (names.iter())
                    .filter(|(code, name)| {
                        !names.is_quiet(*code) && names.stands(*code) && is_contact(name)
                    })
                    .map(|(_, name)| name.clone())
                    .collect();
                named.extend(events.iter().map(|name| name.as_str().to_owned()));
                named.sort_unstable();
                match events.is_empty() {
                    // A matcher without names would take every event.
                    true => Condition::constant(view, false),
                    false => view.matcher(&Matcher {
                        events,
                        ..Matcher::default()
                    })?,
                }
            }
        };
        Ok(Self {
            channels: view.channels()?,
            contacts,
            filter: view.rule(filter)?,
            is_quiet: names.quiet(),
            names: named,
        })
    }

    /// Event names that were taken for contacts as nothing else was asked for, sorted.
    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// The meeting that a row is; none for those that fail the filter, and for system events and hidden ones
    /// that are not named as contacts.
    pub(crate) fn of(&self, rows: &ProfileRows<'_>, index: usize) -> Option<Meeting> {
        let (event, place) = (rows.event[index], rows.place(index));
        let is_contact = self.contacts.holds(event, place);
        let is_there = is_contact || !self.is_quiet[usize::from(event)];
        (is_there && self.filter.holds(event, place)).then(|| Meeting {
            channel: self.channels.of(event, rows.channel[index], place),
            is_contact,
        })
    }

    /// Whether a row passes the filter.
    pub(crate) fn passes(&self, rows: &ProfileRows<'_>, index: usize) -> bool {
        self.filter.holds(rows.event[index], rows.place(index))
    }
}
