//! Questions about why people do not get there.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Field, Matcher, Rule, Span,
    people::PeopleRule,
    report::{Faults, Filter, FilterWhen, Funnel, FunnelStep, Range, Ties, Window},
};

/// What people meet who set out and do not arrive, by reasons that somebody has named.
///
/// A reason is a rule over events. What was met before giving up need not be why: so each reason is told with those
/// who met it and arrived all the same, and compared with all who were then still on the way and had not met it.
/// The first entry of a profile in the range starts its clock.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reasons {
    /// Binds the first step only: people may arrive after its end.
    pub range: Range,
    /// The way, in order: who reaches the first step sets out, who reaches the last arrives.
    pub steps: Vec<FunnelStep>,
    /// How much time there is from the first step on, the end included. Who has not arrived then has given up.
    #[serde(default = "Reasons::default_within")]
    pub within: Span,
    #[serde(default)]
    pub ties: Ties,
    /// Properties that must keep the value they had at the first step.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<String>)]
    pub hold: Vec<Field>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Rule>,
    /// Everything is counted as if only these people were in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<PeopleRule>,
    /// What may stand in the way; one profile may meet several.
    pub reasons: Vec<Reason>,
    /// Fields whose texts are quoted from those who gave up, such as comments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<String>)]
    pub quotes: Vec<Field>,
    /// Events by which the company reaches out, which end no silence; none means those whose names say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contacts: Option<Matcher>,
    /// Of all that are called findings, so many thousandths at most are expected to be chance.
    #[serde(default = "Reasons::default_false_permille")]
    pub false_permille: u32,
}

/// Something that may stand in the way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// Unlike those of the others.
    pub name: String,
    pub sign: Sign,
}

/// What a reason is known by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sign {
    /// Events on the way.
    Met(Met),
    /// No act for this long, while nothing else of the list had been met.
    Silence(Span),
}

/// Events that are met on the way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Met {
    pub matcher: Matcher,
    /// As often as this.
    #[serde(default = "Met::once", skip_serializing_if = "Met::is_once")]
    pub times: u32,
    /// With as many different values of this field, instead of as many events.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub different: Option<Field>,
}

/// Reasons that can be looked at together.
pub const REASONS_MAX: usize = 20;
/// Fields that can be quoted from.
pub const QUOTE_FIELDS_MAX: usize = 6;
/// The most often that something can be asked to be met.
pub const MET_TIMES_MAX: u32 = 100;

impl Met {
    fn once() -> u32 {
        1
    }

    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "serde asks for a reference"
    )]
    fn is_once(times: &u32) -> bool {
        *times == 1
    }
}

impl Reasons {
    fn default_within() -> Span {
        Span::days(7)
    }

    fn default_false_permille() -> u32 {
        50
    }

    /// Every matcher with its place.
    pub fn matchers(&self) -> impl Iterator<Item = (String, &Matcher)> {
        let steps = (self.steps.iter().enumerate())
            .map(|(index, step)| (format!("steps[{index}].matcher"), &step.matcher));
        let signs =
            (self.reasons.iter().enumerate()).filter_map(|(index, reason)| match &reason.sign {
                Sign::Met(met) => {
                    Some((format!("reasons[{index}].sign.met.matcher"), &met.matcher))
                }
                Sign::Silence(_) => None,
            });
        let contacts = self.contacts.iter().map(|it| ("contacts".to_owned(), it));
        steps.chain(signs).chain(contacts)
    }

    /// The funnel whose ways are looked at.
    pub fn funnel(&self) -> Funnel {
        Funnel {
            ties: self.ties,
            hold: self.hold.clone(),
            filter: self.filter.clone().map(|rule| Filter {
                rule,
                when: FilterWhen::Before,
            }),
            people: self.people.clone(),
            accounts: None,
            ..Funnel::of_steps(
                self.range.clone(),
                self.steps.clone(),
                Window::Whole(self.within),
            )
        }
    }

    pub(crate) fn check(&self, faults: &mut Faults) {
        self.funnel().check(faults);
        if !(1..=REASONS_MAX).contains(&self.reasons.len()) {
            faults.push("reasons", format!("number 1 to {REASONS_MAX}"));
        }
        for (index, reason) in self.reasons.iter().enumerate() {
            let place = |rest: &str| format!("reasons[{index}].{rest}");
            if reason.name.trim().is_empty() {
                faults.push(&place("name"), "is missing".to_owned());
            }
            if self.reasons[..index]
                .iter()
                .any(|it| it.name == reason.name)
            {
                let message = format!("`{}` is used twice", reason.name);
                faults.push(&place("name"), message);
            }
            match &reason.sign {
                Sign::Met(met) => {
                    let rule = met.matcher.rule.as_ref();
                    faults.rule(&place("sign.met.matcher"), rule);
                    if !(1..=MET_TIMES_MAX).contains(&met.times) {
                        let message = format!("lies between 1 and {MET_TIMES_MAX}");
                        faults.push(&place("sign.met.times"), message);
                    }
                }
                Sign::Silence(span) => {
                    if span.0 <= 0 || span.0 >= self.within.0 {
                        let message = "must be longer than nothing and shorter than `within`";
                        faults.push(&place("sign.silence"), message.to_owned());
                    }
                }
            }
        }
        if self.quotes.len() > QUOTE_FIELDS_MAX {
            faults.push("quotes", format!("number at most {QUOTE_FIELDS_MAX}"));
        }
        if let Some(contacts) = &self.contacts {
            faults.rule("contacts", contacts.rule.as_ref());
        }
        if !(1..=500).contains(&self.false_permille) {
            faults.push("false_permille", "lies between 1 and 500".to_owned());
        }
    }
}
