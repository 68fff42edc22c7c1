//! Names of things, each a type of its own so that they cannot be confused.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An identifier as a dense number, in order of first appearance in the log.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(transparent)]
pub struct ActorId(pub u32);

/// A profile: the actor that stands for its component in the link log.
///
/// It is the actor of the known identity if there is one, else the smallest actor.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(transparent)]
pub struct ProfileId(pub u32);

/// The dense code of an event name in one workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EventCode(pub u16);

/// Where an event came from: a write key or an import.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(transparent)]
pub struct SourceId(pub u32);

/// Place of an event in the log: record position, then index within the record.
///
/// It only breaks ties when events are listed; results never depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seq(pub u64);

impl Seq {
    const INDEX_BITS: u32 = 24;

    /// Joins a record's position and an event's index within it.
    pub fn new(position: u64, index: u32) -> Self {
        debug_assert!(position < 1 << (64 - Self::INDEX_BITS));
        debug_assert!(index < 1 << Self::INDEX_BITS);
        Self(position << Self::INDEX_BITS | u64::from(index))
    }

    /// Position of the record that held the event.
    pub fn position(self) -> u64 {
        self.0 >> Self::INDEX_BITS
    }

    /// The event's index within its record.
    pub fn index(self) -> u32 {
        u32::try_from(self.0 & ((1 << Self::INDEX_BITS) - 1)).expect("masked to 24 bits")
    }
}

/// A workspace's short name: 1 to 40 of `a-z`, `0-9` and `-`, starting with a letter.
///
/// It names a directory, so the invariant is what keeps workspaces apart on disk.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
pub struct WorkspaceId(String);

impl WorkspaceId {
    /// Reads a workspace name, `None` when it is not a valid one.
    pub fn parse(text: &str) -> Option<Self> {
        let valid = (1..=40).contains(&text.len())
            && text.starts_with(|first: char| first.is_ascii_lowercase())
            && text
                .bytes()
                .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
        valid.then(|| Self(text.to_owned()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for WorkspaceId {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
            .ok_or("a workspace name has 1 to 40 of a-z, 0-9 and -, and starts with a letter")
    }
}

impl From<WorkspaceId> for String {
    fn from(id: WorkspaceId) -> Self {
        id.0
    }
}

impl fmt::Display for WorkspaceId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workspace_names_cannot_leave_their_directory() {
        for bad in ["", "..", "a/b", "A", "1a", "a b", "-a", &"a".repeat(41)] {
            assert_eq!(WorkspaceId::parse(bad), None, "{bad:?}");
        }
        assert!(WorkspaceId::parse("shop-1").is_some());
    }

    #[test]
    fn sequence_orders_by_position_then_index() {
        assert!(Seq::new(1, 16_000_000) < Seq::new(2, 0));
        assert_eq!(Seq::new(77, 5).position(), 77);
    }
}
