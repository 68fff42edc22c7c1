//! Questions about value: customers by how recently, how often and for how much they bought.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Field, Matcher, Rule,
    people::PeopleRule,
    report::{Faults, Range},
};

/// Customers in fifths by recency, frequency and money. Whoever did not buy in the range is no customer here.
///
/// The three fifths and the names of groups follow Hughes, *Strategic Database Marketing* (1994), and the
/// grid of ten groups that most tools have taken up since.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rfm {
    /// Purchases that count. Recency is counted from its end, or from now where that comes first.
    pub range: Range,
    pub purchase: Matcher,
    /// The property that says what a purchase is worth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Field>,
    /// Events that fail it are not there at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Rule>,
    /// Everything is counted as if only these people were in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<PeopleRule>,
}

impl Rfm {
    /// How many scores there are: 1 is the least, this the most.
    pub const SCORES: u8 = 5;

    pub(crate) fn check(&self, faults: &mut Faults) {
        faults.rule("purchase.rule", self.purchase.rule.as_ref());
        faults.rule("filter", self.filter.as_ref());
    }
}

/// A group of customers by their scores of recency and frequency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RfmGroup {
    /// Bought lately and often.
    Champions,
    /// Buy often, lately enough.
    Loyal,
    /// Bought lately, more than once.
    PotentialLoyal,
    /// Bought very lately, and hardly before.
    New,
    /// Bought lately, and hardly before.
    Promising,
    /// In the middle of both.
    NeedAttention,
    /// Neither lately nor often, but not long ago.
    AboutToSleep,
    /// Used to buy, and have not for long.
    AtRisk,
    /// Used to buy most often, and have not for long.
    CannotLose,
    /// Bought seldom, and long ago.
    Hibernating,
}

impl RfmGroup {
    /// All, the most valuable to hold first.
    pub const ALL: [Self; 10] = [
        Self::Champions,
        Self::Loyal,
        Self::PotentialLoyal,
        Self::New,
        Self::Promising,
        Self::NeedAttention,
        Self::AboutToSleep,
        Self::AtRisk,
        Self::CannotLose,
        Self::Hibernating,
    ];

    /// The group of two scores, each from 1 to 5.
    pub fn of(recency: u8, frequency: u8) -> Self {
        match (recency, frequency) {
            (5, 4..=5) => Self::Champions,
            (3..=4, 4..=5) => Self::Loyal,
            (4..=5, 2..=3) => Self::PotentialLoyal,
            (5, 1) => Self::New,
            (4, 1) => Self::Promising,
            (3, 3) => Self::NeedAttention,
            (3, 1..=2) => Self::AboutToSleep,
            (1..=2, 5) => Self::CannotLose,
            (1..=2, 3..=4) => Self::AtRisk,
            _ => Self::Hibernating,
        }
    }

    /// As it is written in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Champions => "champions",
            Self::Loyal => "loyal",
            Self::PotentialLoyal => "potential_loyal",
            Self::New => "new",
            Self::Promising => "promising",
            Self::NeedAttention => "need_attention",
            Self::AboutToSleep => "about_to_sleep",
            Self::AtRisk => "at_risk",
            Self::CannotLose => "cannot_lose",
            Self::Hibernating => "hibernating",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The grid as it is printed: a letter for each group, recency to the right, frequency upwards.
    #[test]
    fn every_pair_of_scores_is_in_the_group_of_the_printed_grid() {
        let letters = "CLPNMAZRXH";
        let rows: Vec<String> = (1..=Rfm::SCORES)
            .rev()
            .map(|frequency| {
                (1..=Rfm::SCORES)
                    .map(|recency| {
                        let group = RfmGroup::of(recency, frequency);
                        let index = RfmGroup::ALL.iter().position(|it| *it == group);
                        letters.as_bytes()[index.expect("listed")] as char
                    })
                    .collect()
            })
            .collect();
        assert_eq!(rows, ["XXLLC", "RRLLC", "RRAPP", "HHZPP", "HHZMN"]);
    }

    #[test]
    fn names_are_those_of_the_wire() {
        for group in RfmGroup::ALL {
            let written = serde_json::to_value(group).expect("written");
            assert_eq!(written, group.name());
        }
    }
}
