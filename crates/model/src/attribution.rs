//! Questions about credit: which touches are behind conversions, by several models side by side.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Channel, Field, Matcher, Rule, Span, limits,
    people::PeopleRule,
    report::{Faults, Range},
};

/// Which touches get how much of the credit for conversions, by several models side by side.
///
/// Each conversion is credited on its own, so a profile that converts twice counts twice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AttributionReport {
    /// Binds the conversions; touches may lie before it, as far as the look-back reaches.
    pub range: Range,
    pub conversion: Matcher,
    /// The property that says what a conversion is worth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Field>,
    /// Events that can be credited; none means all that a customer did where `by` is known.
    /// A conversion is never a touch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub touch: Option<Matcher>,
    /// The field whose values are credited.
    #[serde(default = "AttributionReport::default_by")]
    pub by: Field,
    #[serde(default)]
    pub look_back: LookBack,
    /// Whether one touch may serve two conversions; if not, it serves the first after it.
    #[serde(default)]
    pub reuse: bool,
    /// Whether touches of one value in a row count once; the latest stands for all of them.
    #[serde(default = "AttributionReport::default_collapse")]
    pub collapse: bool,
    /// Touches that `last_non_direct` passes over while there is another.
    #[serde(default = "AttributionReport::default_direct")]
    pub direct: Matcher,
    #[serde(default = "AttributionReport::default_models")]
    pub models: Vec<CreditModel>,
    /// Events that fail it are not there at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Rule>,
    /// Everything is counted as if only these people were in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<PeopleRule>,
}

/// How long before a conversion a touch may lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LookBack {
    /// The end included.
    Within(Span),
    Unlimited,
}

impl Default for LookBack {
    fn default() -> Self {
        Self::Within(Span::days(30))
    }
}

/// A rule that divides the credit for a conversion among the touches before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CreditModel {
    First,
    Last,
    /// The last touch that is not direct; the last of all when each is direct.
    LastNonDirect,
    /// The same to each touch.
    Linear,
    Position(PositionWeights),
    /// A touch has half of what one a half-life later has.
    TimeDecay(Span),
    /// Full credit to each value on the path: the only model whose credit sums to more than there is.
    Participation,
    /// In the proportion of the conversions that are lost without a value, in a chain that
    /// remembers 1 to 3 touches.
    Markov(u8),
    /// In equal parts to the different values on the path.
    Shapley,
}

/// Percent of the credit for the first and the last touch; those between share what is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PositionWeights {
    pub first: u8,
    pub last: u8,
}

impl CreditModel {
    /// Every kind of model in its usual form; the three positions are U, J and inverse J.
    pub const ALL: [Self; 13] = [
        Self::First,
        Self::Last,
        Self::LastNonDirect,
        Self::Linear,
        Self::position(40, 40),
        Self::position(20, 60),
        Self::position(60, 20),
        Self::TimeDecay(Span::days(7)),
        Self::Participation,
        Self::Markov(1),
        Self::Markov(2),
        Self::Markov(3),
        Self::Shapley,
    ];

    const fn position(first: u8, last: u8) -> Self {
        Self::Position(PositionWeights { first, last })
    }
}

impl AttributionReport {
    fn default_by() -> Field {
        Field::Channel
    }

    fn default_collapse() -> bool {
        true
    }

    /// The company's own places, where customers come by themselves.
    fn default_direct() -> Matcher {
        Matcher {
            channels: vec![Channel::Web, Channel::App],
            ..Matcher::default()
        }
    }

    fn default_models() -> Vec<CreditModel> {
        CreditModel::ALL.to_vec()
    }

    pub(crate) fn check(&self, faults: &mut Faults) {
        let matchers = [
            ("conversion", Some(&self.conversion)),
            ("touch", self.touch.as_ref()),
            ("direct", Some(&self.direct)),
        ];
        for (place, matcher) in matchers {
            faults.rule(place, matcher.and_then(|it| it.rule.as_ref()));
        }
        faults.rule("filter", self.filter.as_ref());
        if let Some(field) = &self.value
            && !matches!(field, Field::Property(_) | Field::Context(_))
        {
            faults.push("value", "is not a property of the conversion".to_owned());
        }
        let count = self.models.len();
        if !(1..=limits::CREDIT_MODELS_MAX).contains(&count) {
            faults.push(
                "models",
                format!("number 1 to {}", limits::CREDIT_MODELS_MAX),
            );
        }
        for (index, model) in self.models.iter().enumerate() {
            let message = match model {
                _ if self.models[..index].contains(model) => "is listed twice",
                CreditModel::Position(PositionWeights { first, last })
                    if u16::from(*first) + u16::from(*last) > 100 =>
                {
                    "gives away more than 100 percent"
                }
                CreditModel::TimeDecay(half_life) if half_life.0 <= 0 => "needs a half-life",
                CreditModel::Markov(order) if !(1..=3).contains(order) => {
                    "remembers 1 to 3 touches"
                }
                _ => continue,
            };
            faults.push(&format!("models[{index}]"), message.to_owned());
        }
    }
}
