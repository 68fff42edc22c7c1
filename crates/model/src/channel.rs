//! Routes between a company and its customers.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A route both ways. The discriminant is the code on disk and never changes.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Channel {
    Other = 0,
    Web = 1,
    App = 2,
    Email = 3,
    Sms = 4,
    Push = 5,
    Whatsapp = 6,
    Ads = 7,
    Social = 8,
    Store = 9,
    Call = 10,
    Chat = 11,
    Delivery = 12,
    Service = 13,
    Review = 14,
}

impl Channel {
    /// Every channel, in the order of its code.
    pub const ALL: [Self; 15] = [
        Self::Other,
        Self::Web,
        Self::App,
        Self::Email,
        Self::Sms,
        Self::Push,
        Self::Whatsapp,
        Self::Ads,
        Self::Social,
        Self::Store,
        Self::Call,
        Self::Chat,
        Self::Delivery,
        Self::Service,
        Self::Review,
    ];

    /// The code on disk.
    pub fn code(self) -> u8 {
        self as u8
    }

    /// The channel of a code; an unknown code is `Other`, as a newer binary may have written it.
    pub fn from_code(code: u8) -> Self {
        Self::ALL
            .get(usize::from(code))
            .copied()
            .unwrap_or(Self::Other)
    }

    /// The name in the API and in rules.
    pub fn name(self) -> &'static str {
        match self {
            Self::Other => "other",
            Self::Web => "web",
            Self::App => "app",
            Self::Email => "email",
            Self::Sms => "sms",
            Self::Push => "push",
            Self::Whatsapp => "whatsapp",
            Self::Ads => "ads",
            Self::Social => "social",
            Self::Store => "store",
            Self::Call => "call",
            Self::Chat => "chat",
            Self::Delivery => "delivery",
            Self::Service => "service",
            Self::Review => "review",
        }
    }

    /// The channel of a name, ignoring case.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|channel| channel.name().eq_ignore_ascii_case(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_names_lead_back() {
        for (index, channel) in Channel::ALL.into_iter().enumerate() {
            assert_eq!(usize::from(channel.code()), index);
            assert_eq!(Channel::from_code(channel.code()), channel);
            assert_eq!(Channel::parse(channel.name()), Some(channel));
        }
        assert_eq!(Channel::from_code(200), Channel::Other);
    }
}
