//! Who counts as one person: the policy of a workspace, and what its members decide by hand.
//!
//! Evidence is kept whatever the policy says; the policy only says which of it counts. So it can
//! be changed, and tried out over all of history, without an event being touched.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Identifier, IdentifierKind, SourceId, Timestamp, limits};

/// What joins identifiers into profiles, and which of two values of a trait stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IdentityPolicy {
    /// Where phone numbers without a country are from: two letters, as in ISO 3166. None leaves
    /// such numbers out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// A rule for each type of identifier, the strongest type first. The user id is always first.
    pub types: Vec<TypeRule>,
    /// Traits of which not the newest value stays.
    #[serde(default)]
    pub traits: Vec<TraitRule>,
}

/// How identifiers of one type take part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TypeRule {
    pub kind: IdentifierKind,
    /// False keeps what they were seen with, and joins nobody by it.
    pub joins: bool,
    /// An identifier that was seen with more identifiers of one stronger type is suspended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owners_max: Option<u32>,
    /// Around one identifier of a stronger type, only so many of this type join, the earliest first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub around_max: Option<u32>,
    /// Of a browser, an app or a device that several people have signed in on, whose events that
    /// name nobody else are by who was signed in at their time. None: they are those of the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shared: Option<SharedByTime>,
}

/// Until when a shared device is somebody's: from a sign-in to that of another person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SharedByTime {
    /// So long after somebody was seen on it last it is nobody's. None: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gap_minutes_max: Option<u32>,
    /// So long before the first sign-in it is that person's already. None: all the time before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before_minutes_max: Option<u32>,
}

/// Which value of a trait stays when several were told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TraitRule {
    pub name: String,
    pub keep: Survivor,
}

/// Which of several values stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Survivor {
    /// The one that was told first.
    First,
    /// That of the first of these sources that tells one; of all others, the newest.
    Sources { order: Vec<SourceId> },
    /// The one that most tell: what each source told last of each identifier is one vote. Of
    /// values with as many votes, the newest.
    Frequent,
}

impl Survivor {
    /// Of two values the one with the greater precedence stays; then the newer or older one.
    pub fn precedence(keep: Option<&Self>, source: SourceId, time: Timestamp) -> (i64, i64) {
        match keep {
            None | Some(Self::Frequent) => (0, time.0),
            // A time below zero marks a value that was set once, at that time all the same.
            Some(Self::First) => (0, -time.0.saturating_abs()),
            Some(Self::Sources { order }) => {
                let place = order.iter().position(|it| *it == source);
                let place = place.map_or(i64::MIN, |place| -i64::try_from(place).unwrap_or(0));
                (place, time.0)
            }
        }
    }

    /// Whether operations on a trait count: not where the first value stays or the most frequent.
    pub fn hears_operations(keep: Option<&Self>) -> bool {
        !matches!(keep, Some(Self::First | Self::Frequent))
    }

    /// The value with the most votes; of those with as many, that with the greatest precedence,
    /// and then the greater one. So the order of the votes never matters.
    pub fn elect<T: Ord>(votes: impl IntoIterator<Item = ((i64, i64), T)>) -> Option<T> {
        let mut told: BTreeMap<T, (usize, (i64, i64))> = BTreeMap::new();
        for (precedence, value) in votes {
            let (count, greatest) = told.entry(value).or_insert((0, precedence));
            *count += 1;
            *greatest = precedence.max(*greatest);
        }
        // Of equal ones the last is taken, and they lie in the order of the values.
        let winner = told.into_iter().max_by_key(|(_, votes)| *votes);
        winner.map(|(value, _)| value)
    }
}

/// What a member decided about identity. It is a record of the raw log, as events are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    pub at: Timestamp,
    /// Name of the member, as it was then.
    pub by: String,
    pub why: String,
    pub what: Decision,
}

/// What can be decided about identity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Decision {
    /// Links between the two no longer count, nor do those that come later.
    Part { left: Identifier, right: Identifier },
    /// Links between the two count again.
    Reunite { left: Identifier, right: Identifier },
    /// The two are one person, whatever events say.
    Join { left: Identifier, right: Identifier },
    /// Whether links of an identifier count.
    Treat {
        identifier: Identifier,
        treatment: Treatment,
    },
    /// The two are not suggested to be one person. Nothing else follows from it.
    Dismiss { left: Identifier, right: Identifier },
    /// They may be suggested again.
    Reconsider { left: Identifier, right: Identifier },
    /// From here on, this is the policy.
    Policy { policy: Box<IdentityPolicy> },
}

/// Whether links of an identifier count.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Treatment {
    /// As the limit of its type says.
    Learned,
    /// Always, however many it was seen with.
    Released,
    /// Never.
    Suspended,
}

/// What is wrong with a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PolicyFault {
    /// Where, like `types[2].owners_max`.
    pub place: String,
    pub message: String,
}

impl Default for IdentityPolicy {
    fn default() -> Self {
        let rule = |kind| TypeRule {
            kind,
            joins: !matches!(kind, IdentifierKind::Order | IdentifierKind::Custom),
            owners_max: (kind != IdentifierKind::User).then_some(limits::IDENTIFIER_OWNERS_MAX),
            around_max: None,
            shared: None,
        };
        Self {
            country: None,
            types: IdentifierKind::BY_STRENGTH.map(rule).into(),
            traits: Vec::new(),
        }
    }
}

impl SharedByTime {
    /// What people sign in on.
    pub const KINDS: [IdentifierKind; 2] = [IdentifierKind::Anonymous, IdentifierKind::Device];
}

impl IdentityPolicy {
    /// The rule of a type.
    pub fn rule(&self, kind: IdentifierKind) -> Option<&TypeRule> {
        self.types.iter().find(|rule| rule.kind == kind)
    }

    /// Everything that is wrong with the policy.
    pub fn check(&self) -> Vec<PolicyFault> {
        let mut faults = Vec::new();
        let mut fault = |place: String, message: &str| {
            let message = message.to_owned();
            faults.push(PolicyFault { place, message });
        };
        if let Some(country) = &self.country
            && !(country.len() == 2 && country.bytes().all(|it| it.is_ascii_uppercase()))
        {
            fault("country".into(), "is two capital letters, as `DE`");
        }
        for kind in IdentifierKind::BY_STRENGTH {
            if self.types.iter().filter(|it| it.kind == kind).count() != 1 {
                fault("types".into(), "has each type of identifier once");
                break;
            }
        }
        for (index, rule) in self.types.iter().enumerate() {
            let at = |field: &str| format!("types[{index}].{field}");
            if (rule.kind == IdentifierKind::User) != (index == 0) {
                fault(at("kind"), "the user id is the strongest type");
            }
            if rule.kind == IdentifierKind::User {
                if !rule.joins {
                    fault(at("joins"), "the user id always joins");
                }
                if rule.owners_max.is_some() || rule.around_max.is_some() {
                    fault(at("owners_max"), "there is no stronger type to count");
                }
            }
            if rule.owners_max == Some(0) {
                fault(at("owners_max"), "is 1 or more");
            }
            if rule.around_max == Some(0) {
                fault(at("around_max"), "is 1 or more");
            }
            if let Some(shared) = &rule.shared {
                if !SharedByTime::KINDS.contains(&rule.kind) {
                    fault(at("shared"), "is for browsers, apps and devices only");
                } else if !rule.joins {
                    fault(at("shared"), "needs a type that joins");
                }
                let gap = shared.gap_minutes_max;
                if gap.is_some_and(|it| it < limits::SHARED_GAP_MINUTES_MIN) {
                    fault(at("shared.gap_minutes_max"), "is 10 or more");
                }
            }
        }
        if self.traits.len() > limits::IDENTITY_TRAIT_RULES_MAX {
            fault("traits".into(), "are too many");
        }
        for (index, rule) in self.traits.iter().enumerate() {
            let is_first = self.traits[..index].iter().all(|it| it.name != rule.name);
            if rule.name.trim().is_empty() || !is_first {
                let place = format!("traits[{index}].name");
                fault(place, "names a trait, each once");
            }
            if matches!(&rule.keep, Survivor::Sources { order } if order.is_empty()) {
                let place = format!("traits[{index}].keep.order");
                fault(place, "names one source or more");
            }
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(policy: &IdentityPolicy) -> Vec<String> {
        policy.check().into_iter().map(|it| it.place).collect()
    }

    #[test]
    fn the_policy_of_a_new_workspace_is_sound_and_reads_back() {
        let policy = IdentityPolicy::default();
        assert_eq!(places(&policy), Vec::<String>::new());
        let json = serde_json::to_string(&policy).expect("writes");
        assert_eq!(
            serde_json::from_str::<IdentityPolicy>(&json).expect("reads"),
            policy
        );
    }

    #[test]
    fn every_fault_is_told_with_its_place() {
        let mut policy = IdentityPolicy {
            country: Some("de".into()),
            ..IdentityPolicy::default()
        };
        policy.types[0].joins = false;
        policy.types.swap(0, 1);
        policy.types[2].owners_max = Some(0);
        policy.types[3].around_max = Some(0);
        policy.types[3].shared = Some(SharedByTime::default());
        policy.types[4].joins = false;
        policy.types[4].shared = Some(SharedByTime {
            gap_minutes_max: Some(9),
            before_minutes_max: None,
        });
        policy.types.pop();
        policy.traits = vec![TraitRule {
            name: " ".into(),
            keep: Survivor::Sources { order: Vec::new() },
        }];
        assert_eq!(
            places(&policy),
            [
                "country",
                "types",
                "types[0].kind",
                "types[1].kind",
                "types[1].joins",
                "types[2].owners_max",
                "types[3].around_max",
                "types[3].shared",
                "types[4].shared",
                "types[4].shared.gap_minutes_max",
                "traits[0].name",
                "traits[0].keep.order",
            ]
        );
    }
}
