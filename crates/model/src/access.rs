//! Who works in the product, and what each may do.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Someone who works in the product.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(transparent)]
pub struct MemberId(pub i64);

/// What a member may do in a workspace. Each role may do what the ones before it may.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Reads what is there.
    Viewer,
    /// Asks questions of their own and saves them.
    Analyst,
    /// Draws maps, writes the vocabulary, imports files.
    Editor,
    /// Puts things live.
    Publisher,
    /// Gives access: members and keys.
    Admin,
    /// Has every workspace. There is one owner at least.
    Owner,
}

impl Role {
    /// Every role, the least first.
    pub const ALL: [Self; 6] = [
        Self::Viewer,
        Self::Analyst,
        Self::Editor,
        Self::Publisher,
        Self::Admin,
        Self::Owner,
    ];

    /// The name in the API and on disk.
    pub fn name(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Analyst => "analyst",
            Self::Editor => "editor",
            Self::Publisher => "publisher",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }

    /// The role of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_listed_in_their_order_and_names_lead_back() {
        assert!(Role::ALL.is_sorted());
        for role in Role::ALL {
            assert_eq!(Role::parse(role.name()), Some(role));
        }
    }
}
