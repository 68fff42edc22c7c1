//! Questions about effect: what people do more because they were treated, and whether that pays.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Field, Matcher, Rule, Span, Value,
    cost::parse_amount,
    limits,
    people::PeopleRule,
    report::{Faults, Range},
};

/// What those who were treated do more than those who were not, in the same time from the moment of their assignment.
///
/// The first assignment of a profile in the range starts its clock and says its arm. Outcomes count strictly after it,
/// as events of one instant come in no order. Only a drawing at random makes of the difference an effect.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Lift {
    /// Binds the assignment; outcomes may fall after its end.
    pub range: Range,
    /// The event by which a profile is assigned.
    pub assigned: Matcher,
    pub arms: Arms,
    /// Whether chance alone said who is in which arm.
    #[serde(default)]
    pub random: bool,
    /// Thousandths of the people that were meant for the control; none means as many as for every other arm.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub control_permille: Option<u32>,
    /// What the treatment is for.
    pub goal: Matcher,
    /// The property that says what reaching the goal is worth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Field>,
    /// Events that make a visit; none counts no visits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visits: Option<Matcher>,
    /// A visit begins after at least as long without such an event.
    #[serde(default = "Lift::default_pause")]
    pub pause: Span,
    /// How long after the assignment outcomes count, the end included.
    #[serde(default = "Lift::default_within")]
    pub within: Span,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<LiftCost>,
    /// Events that fail it are not there at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<Rule>,
    /// Everything is counted as if only these people were in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<PeopleRule>,
}

/// What splits people.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Arms {
    /// Values of a field of the assigning event.
    Field(FieldArms),
    /// Values of a trait, as it is known now.
    Trait(TraitArms),
    /// Those who satisfy a rule now, and others.
    People(PeopleArms),
}

/// Arms by the value of a field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FieldArms {
    #[schema(value_type = String)]
    pub field: Field,
    /// The value of those who were not treated.
    pub control: Value,
    /// The values of those who were; empty means every other one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub treated: Vec<Value>,
}

/// Arms by the value of a trait.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TraitArms {
    pub name: String,
    /// The value of those who were not treated.
    pub control: Value,
    /// The values of those who were; empty means every other one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub treated: Vec<Value>,
}

/// Two arms by rules about people. Who satisfies both is in neither.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PeopleArms {
    pub treated: PeopleRule,
    /// None means everybody else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub control: Option<PeopleRule>,
}

/// What the treatment cost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LiftCost {
    /// A sum for each profile that was treated, or for each contact.
    Each(CostEach),
    /// What was paid for campaigns of these names on days of the range, shared out over all who were treated in it.
    Campaigns(Vec<String>),
}

/// A cost that comes as often as something happens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CostEach {
    /// A decimal number like `0.05`, in whatever the worth of the goal is in.
    pub amount: String,
    /// Contacts that are paid for, at the assignment or in time after it; none means one for each treated profile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Matcher>,
}

impl Lift {
    fn default_pause() -> Span {
        Span::minutes(30)
    }

    fn default_within() -> Span {
        Span::days(14)
    }

    /// The rules of its arms about people, each with its place.
    pub fn groups(&self) -> impl Iterator<Item = (String, &PeopleRule)> {
        let arms = match &self.arms {
            Arms::People(it) => Some(it),
            Arms::Field(_) | Arms::Trait(_) => None,
        };
        arms.into_iter().flat_map(|it| {
            let treated = ("arms.people.treated", Some(&it.treated));
            let control = ("arms.people.control", it.control.as_ref());
            [treated, control]
                .into_iter()
                .filter_map(|(place, rule)| Some((place.to_owned(), rule?)))
        })
    }

    /// Its matchers with their places.
    pub fn matchers(&self) -> impl Iterator<Item = (String, &Matcher)> {
        let contact = match &self.cost {
            Some(LiftCost::Each(it)) => it.contact.as_ref(),
            _ => None,
        };
        let all = [
            ("assigned", Some(&self.assigned)),
            ("goal", Some(&self.goal)),
            ("visits", self.visits.as_ref()),
            ("cost.each.contact", contact),
        ];
        all.into_iter()
            .filter_map(|(place, matcher)| Some((place.to_owned(), matcher?)))
    }

    pub(crate) fn check(&self, faults: &mut Faults) {
        for (place, matcher) in self.matchers() {
            faults.rule(&place, matcher.rule.as_ref());
        }
        faults.rule("filter", self.filter.as_ref());
        self.check_arms(faults);
        if self
            .control_permille
            .is_some_and(|it| !(1..=999).contains(&it))
        {
            faults.push("control_permille", "lies between 1 and 999".to_owned());
        }
        if let Some(field) = &self.value
            && !matches!(field, Field::Property(_) | Field::Context(_))
        {
            faults.push("value", "is not a property of the goal".to_owned());
        }
        for (place, span) in [("within", self.within), ("pause", self.pause)] {
            if span.0 <= 0 {
                faults.push(place, "needs some time".to_owned());
            }
        }
        match &self.cost {
            Some(LiftCost::Each(it)) => {
                if let Err(message) = parse_amount(&it.amount) {
                    faults.push("cost.each.amount", message.to_owned());
                }
            }
            Some(LiftCost::Campaigns(names)) if names.is_empty() => {
                faults.push("cost.campaigns", "names no campaign".to_owned());
            }
            _ => {}
        }
        if self.cost.is_some() && self.value.is_none() {
            faults.push(
                "cost",
                "needs `value`, as money is held against it".to_owned(),
            );
        }
    }

    fn check_arms(&self, faults: &mut Faults) {
        let (place, control, treated) = match &self.arms {
            Arms::Field(it) => ("arms.field", &it.control, &it.treated),
            Arms::Trait(it) => ("arms.trait", &it.control, &it.treated),
            Arms::People(_) => return,
        };
        if let Arms::Trait(it) = &self.arms
            && (it.name.is_empty() || it.name.chars().count() > limits::TRAIT_NAME_CHARS_MAX)
        {
            faults.push("arms.trait.name", "is not the name of a trait".to_owned());
        }
        let most = limits::LIFT_ARMS_MAX - 1;
        if treated.len() > most {
            faults.push(
                &format!("{place}.treated"),
                format!("number {most} at most"),
            );
        }
        for (index, value) in treated.iter().enumerate() {
            if value == control || treated[..index].contains(value) {
                let place = format!("{place}.treated[{index}]");
                faults.push(&place, "is an arm already".to_owned());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::report::Report;

    fn places(more: &str) -> Vec<String> {
        let text = format!(
            r#"{{"kind":"lift","range":{{"all":true}},"assigned":{{"events":["assigned"]}},"goal":{{"events":["buy"]}},{more}}}"#
        );
        let report: Report = serde_json::from_str(&text).expect(&text);
        let again = serde_json::to_string(&report).expect("written");
        assert_eq!(
            serde_json::from_str::<Report>(&again).expect("read"),
            report
        );
        report.check().into_iter().map(|it| it.place).collect()
    }

    #[test]
    fn arms_are_told_by_fields_traits_and_people() {
        for arms in [
            r#"{"field":{"field":"properties.variant","control":"none"}}"#,
            r#"{"trait":{"name":"segment","control":false,"treated":[true]}}"#,
            r#"{"people":{"treated":{"listed":[1]},"control":{"listed":[2]}}}"#,
        ] {
            assert!(places(&format!(r#""arms":{arms}"#)).is_empty(), "{arms}");
        }
    }

    #[test]
    fn what_means_nothing_is_refused_at_once() {
        let found = places(
            r#""arms":{"field":{"field":"properties.variant","control":"none","treated":["a","none","a"]}},
                "control_permille":1000,"value":"stage","within":"0d","cost":{"each":{"amount":"-1"}}"#,
        );
        assert_eq!(
            found,
            [
                "arms.field.treated[1]",
                "arms.field.treated[2]",
                "control_permille",
                "value",
                "within",
                "cost.each.amount",
            ]
        );
        let found = places(r#""arms":{"trait":{"name":"","control":1}},"cost":{"campaigns":[]}"#);
        assert_eq!(found, ["arms.trait.name", "cost.campaigns", "cost"]);
    }
}
