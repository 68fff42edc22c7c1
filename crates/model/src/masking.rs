//! Which personal data may not be kept where it does not belong, and what stands there instead.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::limits;

/// What sort of personal data or secret a rule looks for.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Detector {
    Email,
    /// A phone number with a country, or with separators.
    Phone,
    /// The number of a payment card, by its check digit.
    Card,
    /// The number of a Chinese identity card, by its date and its check digit.
    NationalIdCn,
    /// The number of a bank account, by its check digits.
    Iban,
    /// The value of a parameter with a telling name, as `token` or `password`.
    Secret,
}

/// Where a rule looks.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum MaskPlace {
    /// Parameters of an address, behind `?` or `#`.
    UrlParameters,
    /// All of an address before its parameters.
    UrlPath,
    /// Titles of pages and of screens.
    Titles,
    /// Every other text but identifiers, traits and what is allowed by name.
    Properties,
}

/// What becomes of what was found.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema, Default,
)]
#[serde(rename_all = "snake_case")]
pub enum MaskAction {
    /// A word that says what it was stands instead, as `***email***`.
    #[default]
    Mask,
    /// Nothing stands instead.
    Drop,
}

/// Looks for one sort of data in one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MaskRule {
    pub detector: Detector,
    pub place: MaskPlace,
    #[serde(default)]
    pub action: MaskAction,
    /// False for a rule that is only proposed.
    pub is_on: bool,
}

/// Every rule of a workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Masking {
    /// At most one for each detector and place.
    pub rules: Vec<MaskRule>,
    /// Names of properties and parameters that are never looked at.
    pub allowed: Vec<String>,
}

/// What an author must mend in the rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MaskingFault {
    /// Where, like `rules[2]`.
    pub place: String,
    pub message: String,
}

impl Detector {
    /// Every detector, in the order in which one gives way to the next.
    pub const ALL: [Self; 6] = [
        Self::Email,
        Self::Phone,
        Self::Card,
        Self::NationalIdCn,
        Self::Iban,
        Self::Secret,
    ];

    /// What stands where it was found.
    pub fn word(self) -> &'static str {
        match self {
            Self::Email => "***email***",
            Self::Phone => "***phone***",
            Self::Card => "***card***",
            Self::NationalIdCn => "***national_id***",
            Self::Iban => "***iban***",
            Self::Secret => "***secret***",
        }
    }
}

impl MaskPlace {
    /// Every place.
    pub const ALL: [Self; 4] = [
        Self::UrlParameters,
        Self::UrlPath,
        Self::Titles,
        Self::Properties,
    ];
}

impl Masking {
    /// No rules at all.
    pub const NONE: Self = Self {
        rules: Vec::new(),
        allowed: Vec::new(),
    };

    /// Everything that is wrong; empty when it can be used.
    pub fn check(&self) -> Vec<MaskingFault> {
        let mut faults = Vec::new();
        let mut fault = |place: String, message: &str| {
            faults.push(MaskingFault {
                place,
                message: message.to_owned(),
            });
        };
        for (index, rule) in self.rules.iter().enumerate() {
            let place = format!("rules[{index}]");
            let is_same = |it: &MaskRule| it.detector == rule.detector && it.place == rule.place;
            if self.rules[..index].iter().any(is_same) {
                fault(place, "is there twice");
            } else if rule.detector == Detector::Secret && rule.place != MaskPlace::UrlParameters {
                fault(
                    place,
                    "a secret is known by the name of its parameter, so it can only be looked for there",
                );
            }
        }
        if self.allowed.len() > limits::MASK_ALLOWED_MAX {
            fault("allowed".to_owned(), "are too many");
        }
        for (index, name) in self.allowed.iter().enumerate() {
            let chars = name.trim().chars().count();
            if !(1..=limits::TRAIT_NAME_CHARS_MAX).contains(&chars) {
                fault(format!("allowed[{index}]"), "is the name of a property");
            }
        }
        faults
    }
}

impl Default for Masking {
    /// Addresses are looked at; what people wrote on purpose is not, until somebody says so.
    fn default() -> Self {
        let mut rules = Vec::new();
        for place in MaskPlace::ALL {
            for detector in Detector::ALL {
                if detector == Detector::Secret && place != MaskPlace::UrlParameters {
                    continue;
                }
                let in_address = matches!(place, MaskPlace::UrlParameters | MaskPlace::UrlPath);
                rules.push(MaskRule {
                    detector,
                    place,
                    action: MaskAction::Mask,
                    is_on: in_address,
                });
            }
        }
        Self {
            rules,
            allowed: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_to_start_from_are_sound_and_look_at_addresses_only() {
        let masking = Masking::default();
        assert_eq!(masking.check(), Vec::new());
        let on = masking.rules.iter().filter(|it| it.is_on);
        assert!(
            on.clone()
                .all(|it| matches!(it.place, MaskPlace::UrlParameters | MaskPlace::UrlPath))
        );
        assert_eq!(on.count(), 11);
    }

    #[test]
    fn a_rule_is_there_once_and_a_secret_is_known_by_its_name() {
        let rule = |detector, place| MaskRule {
            detector,
            place,
            action: MaskAction::Drop,
            is_on: true,
        };
        let masking = Masking {
            rules: vec![
                rule(Detector::Email, MaskPlace::Titles),
                rule(Detector::Email, MaskPlace::Titles),
                rule(Detector::Secret, MaskPlace::UrlPath),
            ],
            allowed: vec![" ".to_owned()],
        };
        let places: Vec<String> = masking.check().into_iter().map(|it| it.place).collect();
        assert_eq!(places, ["rules[1]", "rules[2]", "allowed[0]"]);
    }
}
