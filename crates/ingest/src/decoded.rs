//! What a body was found to hold, whatever dialect it speaks.

use throughline_model::{
    Event, MessageKey, Timestamp, account::AccountDescription, blank::is_blank,
};
use xxhash_rust::xxh3::Xxh3;

use crate::{Fault, Quarantined};

/// What a body holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decoded {
    /// With their places in the body, without those in quarantine.
    pub events: Vec<(u32, Event)>,
    pub quarantined: Vec<Quarantined>,
    /// Places of events without a message id of their own, in ascending order.
    pub unnamed: Vec<u32>,
    /// Places of what speaks of no profile, as of a group: it is nobody's event.
    pub aside: Vec<u32>,
    /// What of that was told of accounts.
    pub described: Vec<AccountDescription>,
    /// The write key in the body, for requests that carry none in their headers.
    pub write_key: Option<String>,
}

/// An event, and whether it brought its own message id.
#[derive(Debug)]
pub(crate) struct Found {
    pub event: Event,
    pub has_id: bool,
}

impl Decoded {
    /// Takes in what became of the item at a place.
    pub(crate) fn take(&mut self, index: u32, found: Result<Found, Fault>, raw: &str) {
        match found {
            Ok(found) => {
                if !found.has_id {
                    self.unnamed.push(index);
                }
                self.events.push((index, found.event));
            }
            // It keeps its place, so that all others keep theirs.
            Err(_) if is_blank(raw.as_bytes()) => {}
            Err(fault) => self.quarantined.push(Quarantined::new(index, fault, raw)),
        }
    }

    /// Items that need not be sent again: all but those in quarantine.
    pub fn accepted_count(&self) -> usize {
        self.events.len() + self.aside.len()
    }
}

/// The key of an event without an id, from its arrival, its place and its text.
pub(crate) fn derived_message(text: &str, index: u32, received: Timestamp) -> MessageKey {
    let mut hasher = Xxh3::new();
    hasher.update(b"without message id");
    hasher.update(&received.0.to_le_bytes());
    hasher.update(&index.to_le_bytes());
    hasher.update(text.as_bytes());
    MessageKey(hasher.digest128())
}
