//! Questions about what comes last before people leave.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    By, Field, Matcher, Rule, Span,
    people::PeopleRule,
    report::{Faults, Range},
    retention::PeriodUnit,
};

/// What people meet last before they leave, against those who were like them and stayed.
///
/// People are looked at once in each period in which they act: at the last act of it. Who then does nothing for as
/// long as `silence` has left, whether they come back later or not. They are compared with those who acted in the
/// same period, were in the same stage, had acted about as often before and been here for about as long.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LastTouch {
    /// Binds the periods; what comes after is followed to the end of the log.
    pub range: Range,
    /// No act for this long is leaving.
    #[serde(default = "LastTouch::default_silence")]
    pub silence: Span,
    /// How long the periods are in which people are compared with each other.
    #[serde(default = "LastTouch::default_period")]
    pub period: PeriodUnit,
    /// What last acts are told apart by.
    #[serde(default = "LastTouch::default_by")]
    #[schema(value_type = String)]
    pub by: By,
    /// Events by which the company reaches out, which are no acts; none means those whose names say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contacts: Option<Matcher>,
    /// Events that fail it are not there at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Rule>,
    /// Everything is counted as if only these people were in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<PeopleRule>,
    /// Of all that are called findings, so many thousandths at most are expected to be chance.
    #[serde(default = "LastTouch::default_false_permille")]
    pub false_permille: u32,
}

impl LastTouch {
    fn default_silence() -> Span {
        Span::days(30)
    }

    fn default_period() -> PeriodUnit {
        PeriodUnit::Week
    }

    fn default_by() -> By {
        By::Field(Field::Event)
    }

    fn default_false_permille() -> u32 {
        50
    }

    pub(crate) fn check(&self, faults: &mut Faults) {
        faults.rule("filter", self.filter.as_ref());
        if let Some(contacts) = &self.contacts {
            faults.rule("contacts", contacts.rule.as_ref());
        }
        if self.silence.0 <= 0 {
            faults.push("silence", "must be longer than nothing".to_owned());
        }
        if !(1..=500).contains(&self.false_permille) {
            faults.push("false_permille", "lies between 1 and 500".to_owned());
        }
    }
}
