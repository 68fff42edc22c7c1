//! What libraries say about people, as operations on traits.
//!
//! A value that is set wins by its time; one that is set once gives way to any other, and of two
//! the earlier one holds. What needs the value before, as adding to a number, stays beside the event
//! as it came, and counts by its time among all that is told.

use super::draft::Members;
use crate::{json, traits::standard};

/// The operations of one event.
#[derive(Default)]
pub(super) struct Operations {
    pub set: Members,
    pub once: Members,
    /// Everything else, by the name of the operation.
    pub other: Members,
}

impl Operations {
    /// Takes an object of operations in; `$`-less names are values that are set.
    pub fn take(&mut self, object: &str) {
        for (name, value) in json::members(object) {
            self.operate(&name, value);
        }
    }

    /// Takes one operation in.
    pub fn operate(&mut self, operation: &str, value: &str) {
        match operation {
            "$set" => self.set(value),
            "$set_once" | "$setOnce" => self.set_once(value),
            "$unset" => self.unset(value),
            name if name.starts_with('$') => self.other.put(name, value),
            name => self.set.put(name, value),
        }
    }

    /// Sets each member of an object.
    pub fn set(&mut self, object: &str) {
        for (name, value) in json::members(object) {
            self.set.put(&standard(&name), value);
        }
    }

    /// Sets each member of an object that has no value yet.
    pub fn set_once(&mut self, object: &str) {
        for (name, value) in json::members(object) {
            if value != "null" {
                self.once.put(&standard(&name), value);
            }
        }
    }

    /// Removes traits: a list of names, or an object with the names as keys.
    pub fn unset(&mut self, names: &str) {
        let listed = json::elements(names).filter_map(json::text);
        let keys = json::members(names).map(|(name, _)| name);
        for name in listed.chain(keys) {
            self.set.put(&standard(&name), "null");
        }
    }

    pub fn is_empty(&self) -> bool {
        self.set.is_empty() && self.once.is_empty() && self.other.is_empty()
    }
}
