//! What people have agreed to: purposes as a workspace defines them, and what holds for each.
//!
//! Events speak of keys, as `ad_user_data` or `marketing`; a workspace says which keys mean which
//! purpose. So a change of purposes holds for all of history at once.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Channel, is_short_id, limits};

/// The key of what was said of every purpose that needs consent.
pub const EVERY_KEY: &str = "*";

/// Why data may be used.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema, Default,
)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The person has to agree.
    #[default]
    Consent,
    /// The company has a reason of its own, and the person may object.
    LegitimateInterest,
}

/// Whether something may be done.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema, Default,
)]
#[serde(rename_all = "snake_case")]
pub enum ConsentState {
    #[default]
    Granted,
    Denied,
}

/// What data is used for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Purpose {
    /// Stable and short, like `marketing`.
    pub id: String,
    pub name: String,
    /// What events call it, whatever the case; its id is one of them without being listed.
    #[serde(default)]
    pub keys: Vec<String>,
    /// Channels on which it is asked apart; none where it has no channel.
    #[serde(default)]
    pub channels: Vec<Channel>,
    #[serde(default)]
    pub basis: Basis,
    /// What holds of those who have said nothing.
    pub untold: ConsentState,
}

/// Every purpose of a workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ConsentPolicy {
    pub purposes: Vec<Purpose>,
}

/// Whether a purpose is granted or denied, on one channel or for all of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsentIs {
    /// The id of a purpose.
    pub purpose: String,
    /// None asks for what was said of all channels together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
    #[serde(default)]
    pub state: ConsentState,
}

/// What an author must mend in a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ConsentFault {
    /// Where, like `purposes[2].id`.
    pub place: String,
    pub message: String,
}

/// A word for a purpose in the form in which words compare: whatever its case and its blanks.
///
/// Some words mean every purpose.
pub fn key_of(word: &str) -> String {
    let key: String = folded(word).collect();
    match key.as_str() {
        "all" | "everything" => EVERY_KEY.to_owned(),
        _ => key,
    }
}

fn folded(word: &str) -> impl Iterator<Item = char> {
    let words = word.split_whitespace();
    let letters = words.flat_map(|it| {
        let letters = it.chars().flat_map(char::to_lowercase);
        std::iter::once(' ').chain(letters)
    });
    letters.skip(1)
}

/// Names the column of a consent among those of traits; no event can name a trait like this.
const COLUMN: &str = "\u{0}consent\u{0}";

impl ConsentIs {
    /// The name of the column that tells who has denied it.
    pub fn column(&self) -> String {
        let channel = self.channel.map_or("", Channel::name);
        format!("{COLUMN}{}\u{0}{channel}", self.purpose)
    }

    /// The consent of a column; none when the column is that of a trait.
    pub fn of_column(name: &str) -> Option<Self> {
        let (purpose, channel) = name.strip_prefix(COLUMN)?.split_once('\u{0}')?;
        Some(Self {
            purpose: purpose.to_owned(),
            channel: Channel::parse(channel),
            state: ConsentState::Granted,
        })
    }

    /// Whether it holds for one of whom this was told; none when nothing was.
    pub fn holds(&self, is_denied: Option<bool>, policy: &ConsentPolicy) -> bool {
        let state = match is_denied {
            Some(true) => ConsentState::Denied,
            Some(false) => ConsentState::Granted,
            None => policy.untold(&self.purpose),
        };
        state == self.state
    }
}

impl ConsentState {
    /// From whether it is granted.
    pub fn of(is_granted: bool) -> Self {
        match is_granted {
            true => Self::Granted,
            false => Self::Denied,
        }
    }
}

impl Purpose {
    /// Whether what was said of a key and a channel counts for the purpose on the channel asked.
    pub fn hears(&self, key: &str, said: Option<Channel>, asked: Option<Channel>) -> bool {
        (said.is_none() || said == asked) && self.is_meant(key)
    }

    fn is_meant(&self, key: &str) -> bool {
        match key {
            EVERY_KEY => self.basis == Basis::Consent,
            key => {
                let is_same = |it: &str| folded(it).eq(folded(key));
                is_same(&self.id) || self.keys.iter().any(|it| is_same(it))
            }
        }
    }

    /// The channels that it is asked for, each apart.
    pub fn asked(&self) -> Vec<Option<Channel>> {
        match self.channels.is_empty() {
            true => vec![None],
            false => self.channels.iter().copied().map(Some).collect(),
        }
    }
}

impl ConsentPolicy {
    /// The purpose of an id.
    pub fn purpose(&self, id: &str) -> Option<&Purpose> {
        self.purposes.iter().find(|it| it.id == id)
    }

    /// What holds of those who have said nothing; a purpose that is unknown is denied.
    pub fn untold(&self, id: &str) -> ConsentState {
        self.purpose(id)
            .map_or(ConsentState::Denied, |it| it.untold)
    }

    /// Everything that is wrong; empty when it can be used.
    pub fn check(&self) -> Vec<ConsentFault> {
        let mut faults = Vec::new();
        let mut fault = |place: String, message: String| {
            faults.push(ConsentFault { place, message });
        };
        let most = limits::CONSENT_PURPOSES_MAX;
        if self.purposes.len() > most {
            fault("purposes".to_owned(), format!("are more than {most}"));
        }
        for (index, purpose) in self.purposes.iter().enumerate() {
            let place = |what: &str| format!("purposes[{index}].{what}");
            if !is_short_id(&purpose.id) {
                let message = format!(
                    "`{}` has to be 1 to 60 lower-case letters, digits, hyphens and underscores",
                    purpose.id
                );
                fault(place("id"), message);
            }
            if key_of(&purpose.id) == EVERY_KEY {
                let message = format!("`{}` means every purpose", purpose.id);
                fault(place("id"), message);
            }
            if (self.purposes[..index].iter()).any(|it| it.id == purpose.id) {
                fault(place("id"), format!("`{}` is there twice", purpose.id));
            }
            let chars = purpose.name.trim().chars().count();
            let most = limits::CONSENT_KEY_CHARS_MAX;
            if !(1..=most).contains(&chars) {
                fault(place("name"), format!("has 1 to {most} characters"));
            }
            let keys_most = limits::CONSENT_KEYS_MAX;
            if purpose.keys.len() > keys_most {
                fault(place("keys"), format!("are more than {keys_most}"));
            }
            for key in &purpose.keys {
                let read = key_of(key);
                if !(1..=most).contains(&read.chars().count()) || read == EVERY_KEY {
                    let message = format!(
                        "`{key}` has to be a word of at most {most} characters that does not mean every purpose"
                    );
                    fault(place("keys"), message);
                }
            }
            if (1..purpose.channels.len())
                .any(|it| purpose.channels[..it].contains(&purpose.channels[it]))
            {
                fault(place("channels"), "names a channel twice".to_owned());
            }
        }
        faults
    }
}

impl Default for ConsentPolicy {
    fn default() -> Self {
        let purpose = |id: &str, name: &str, keys: &[&str], channels: &[Channel]| Purpose {
            id: id.to_owned(),
            name: name.to_owned(),
            keys: keys.iter().map(|it| (*it).to_owned()).collect(),
            channels: channels.to_vec(),
            basis: Basis::Consent,
            untold: ConsentState::Denied,
        };
        let marketing = [
            "advertising",
            "advertisement",
            "targeting",
            "newsletter",
            "ad_storage",
            "ad_user_data",
        ];
        Self {
            purposes: vec![
                purpose(
                    "analytics",
                    "Analytics",
                    &["statistics", "performance", "analytics_storage"],
                    &[],
                ),
                purpose(
                    "marketing",
                    "Marketing",
                    &marketing,
                    &[
                        Channel::Email,
                        Channel::Sms,
                        Channel::Push,
                        Channel::Whatsapp,
                        Channel::Ads,
                    ],
                ),
                purpose(
                    "personalization",
                    "Personalization",
                    &[
                        "functional",
                        "preferences",
                        "ad_personalization",
                        "personalization_storage",
                    ],
                    &[],
                ),
                Purpose {
                    basis: Basis::LegitimateInterest,
                    untold: ConsentState::Granted,
                    ..purpose(
                        "service",
                        "Service messages",
                        &["transactional"],
                        &[Channel::Email, Channel::Sms, Channel::Push],
                    )
                },
            ],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_purposes_to_start_from_are_sound_and_read_again() {
        let policy = ConsentPolicy::default();
        assert_eq!(policy.check(), Vec::new());
        let text = serde_json::to_string(&policy).expect("written");
        assert_eq!(
            serde_json::from_str::<ConsentPolicy>(&text).expect("read"),
            policy
        );
    }

    #[test]
    fn every_fault_has_its_place() {
        let mut policy = ConsentPolicy::default();
        policy.purposes[1].id = "analytics".to_owned();
        policy.purposes[0].keys = ["*", " All ", " \t", "Alles"].map(str::to_owned).into();
        policy.purposes[2].name = " ".to_owned();
        policy.purposes[3].channels.push(Channel::Email);
        let places: Vec<String> = policy.check().into_iter().map(|it| it.place).collect();
        let expected = [
            "purposes[0].keys",
            "purposes[0].keys",
            "purposes[0].keys",
            "purposes[1].id",
            "purposes[2].name",
            "purposes[3].channels",
        ];
        assert_eq!(places, expected);
        policy = ConsentPolicy::default();
        policy.purposes[0].id = "all".to_owned();
        assert_eq!(
            policy.check().len(),
            1,
            "its events would mean every purpose"
        );
    }

    #[test]
    fn what_was_said_of_one_channel_says_nothing_of_another() {
        let policy = ConsentPolicy::default();
        let marketing = policy.purpose("marketing").expect("there");
        let (email, sms) = (Some(Channel::Email), Some(Channel::Sms));
        for (key, said, asked, expected) in [
            ("marketing", None, email, true),
            ("Ad_Storage", None, None, true),
            ("marketing", email, email, true),
            ("marketing", email, sms, false),
            ("marketing", email, None, false),
            ("analytics", None, email, false),
            ("*", None, email, true),
        ] {
            assert_eq!(marketing.hears(key, said, asked), expected, "{key}");
        }
        let service = policy.purpose("service").expect("there");
        assert!(!service.hears("*", None, email), "it needs no consent");
    }

    #[test]
    fn words_compare_whatever_their_case_and_blanks() {
        let mut purpose = ConsentPolicy::default().purposes.remove(1);
        purpose.keys = vec![" Größe  XL ".to_owned()];
        for (key, expected) in [
            ("größe xl", true),
            ("GRÖSSE XL", false),
            ("GRÖßE\u{3000}xl", true),
            ("größexl", false),
            ("MARKETING", true),
        ] {
            assert_eq!(purpose.hears(&key_of(key), None, None), expected, "{key}");
            assert_eq!(purpose.hears(key, None, None), expected, "{key}");
        }
        assert_eq!(key_of(" All"), EVERY_KEY);
    }

    #[test]
    fn a_column_names_its_consent() {
        for channel in [None, Some(Channel::Sms)] {
            let consent = ConsentIs {
                purpose: "marketing".to_owned(),
                channel,
                state: ConsentState::Granted,
            };
            assert_eq!(
                ConsentIs::of_column(&consent.column()),
                Some(consent.clone())
            );
        }
        assert_eq!(ConsentIs::of_column("plan"), None);
    }

    #[test]
    fn silence_counts_as_the_purpose_says() {
        let policy = ConsentPolicy::default();
        let is = |purpose: &str, state| ConsentIs {
            purpose: purpose.to_owned(),
            channel: None,
            state,
        };
        let (granted, denied) = (ConsentState::Granted, ConsentState::Denied);
        assert!(!is("marketing", granted).holds(None, &policy));
        assert!(is("marketing", denied).holds(None, &policy));
        assert!(is("marketing", granted).holds(Some(false), &policy));
        assert!(is("service", granted).holds(None, &policy));
        assert!(is("service", denied).holds(Some(true), &policy));
        assert!(is("no_such", denied).holds(None, &policy));
    }
}
